"""What stands on a student's feedback page: texts only, as in the other views."""

from __future__ import annotations

from dataclasses import dataclass

from examwright.generator.pages.theme import PLAIN, Theme
from examwright.generator.pages.views import Look


@dataclass(frozen=True)
class FeedbackPart:
    """One part: what was asked, what was answered, what it earned and why.

    `ask`, `say`, `accepted` and `solution` are Markdown with LaTeX math, as the question's author or an examiner wrote them; `typed`, `read`
    and `note` (which stands before `say`) may hold what the student wrote and are plain text, as are the answers of `also`, which were accepted after the exam; `options` are
    (mark, text) of what could be chosen. `tone` is right, partly, wrong or open; `why` as in a mark.
    """

    label: str
    ask: str
    points: str
    of: str
    tone: str
    why: str
    say: str
    note: str
    typed: str
    read: str
    asked: str
    key_latex: str
    key_plain: str
    accepted: str
    solution: str
    options: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeedbackItem:
    """One question with its parts."""

    number: str
    title: str
    text: str
    points: str
    of: str
    parts: tuple[FeedbackPart, ...]
    solution: str


@dataclass(frozen=True)
class FeedbackView:
    """One student's marked paper. `open` counts the parts that wait for a person."""

    title: str
    course: str
    date: str
    student: str
    name: str
    code: str
    points: str
    of: str
    percent: str
    open: int
    items: tuple[FeedbackItem, ...]
    language: str = "en"
    page_size: str = "A4"
    theme: Theme = PLAIN
    look: Look = Look()
