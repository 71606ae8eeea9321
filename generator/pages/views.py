"""What is printed: frozen views that hold texts only (Markdown with LaTeX math, values already filled in)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from examwright.generator.errors import ExamwrightError
from examwright.generator.pages.theme import PLAIN, Theme

SIZES = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}  # mm
TINTS = {"": "", "cream": "#fdf6e3", "yellow": "#fffbcc", "blue": "#e8f1fb", "green": "#eaf6ea", "pink": "#fdeef0", "grey": "#f2f2f2"}


class PagesError(ExamwrightError):
    """Pages that cannot be made."""


@dataclass(frozen=True)
class PartView:
    """One part of a question. `space` is what its kind's `space()` gives; `mistakes` are (LaTeX, points, text)."""

    label: str
    ask: str
    points: str
    asked: str = ""
    space: dict[str, Any] = field(default_factory=dict)
    key_latex: str = ""
    key_plain: str = ""
    accepted: str = ""
    mistakes: tuple[tuple[str, str, str], ...] = ()
    solution: str = ""
    working: bool = True


@dataclass(frozen=True)
class ItemView:
    """One question."""

    number: str
    title: str
    text: str
    points: str
    minutes: str = ""
    parts: tuple[PartView, ...] = ()
    solution: str = ""


@dataclass(frozen=True)
class SectionView:
    """Some questions under a heading."""

    title: str
    instructions: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class Look:
    """How one student's paper differs in looks: large print, type that is easier on dyslexic readers, a tint of the paper."""

    large: bool = False
    dyslexic: bool = False
    tint: str = ""

    @property
    def math(self) -> float:
        """How much larger than the text formulas are: OpenDyslexic has higher letters (an x of 0.55 em against 0.43, digits of 0.74 against 0.67)."""
        return 1.18 if self.dyslexic else 1.0


@dataclass(frozen=True)
class PaperView:
    """One student's paper. `digits` says how many digits to carry; `code` stands on every page; `data` is the JSON text that
    a key carries as an attachment; `extra` says how many of the minutes this student has beyond the others."""

    title: str
    course: str
    date: str
    minutes: str
    points: str
    rules: tuple[str, ...]
    digits: str
    student: str
    name: str
    code: str
    sections: tuple[SectionView, ...]
    language: str = "en"
    page_size: str = "A4"
    theme: Theme = PLAIN
    look: Look = Look()
    data: str = ""
    extra: str = ""
