"""What all requests share, and one request as the pages see it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import HTMLResponse, RedirectResponse

from examwright.answers.phrases import told as in_language
from examwright.generator.errors import ExamwrightError
from examwright.generator.load import UnknownQuestion
from examwright.practice.attempt import Revised
from examwright.practice.exam import Exam
from examwright.practice.store import Store, StoreError
from examwright.practice.tasks import Catalogue
from examwright.web.safety import Rate
from examwright.web.views import environment
from examwright.web.words import SCREEN


def told(error: ExamwrightError, language: str = "en") -> tuple[int, str]:
    """(status, text) of an error for the world. What is wrong with a file or the database is for who runs the server: it goes to the log."""
    if type(error) in (ExamwrightError, UnknownQuestion):
        return 404, in_language(error.args[0] if error.args else "", language).split("\n")[0]
    if isinstance(error, Revised):
        return 409, str(error)
    print(f"examwright: {error}", file=sys.stderr, flush=True)
    if isinstance(error, StoreError):
        return 503, str(SCREEN[language]["no_database"])
    return 500, str(SCREEN[language]["not_shown"])


@dataclass
class Site:
    """What all requests share. `exam` is an issued exam that is taken on screen."""

    store: Store
    catalogue: Catalogue
    exam: Exam | None = None
    rate: Rate = field(default_factory=lambda: Rate(per_minute=240, burst=120))  # forms of one browser
    api_rate: Rate = field(default_factory=lambda: Rate(per_minute=600, burst=200))  # of one client
    guess_rate: Rate = field(default_factory=lambda: Rate(per_minute=10, burst=20))  # tries at tokens and access keys from one address

    @property
    def language(self) -> str:
        """That of the exam; what is practised is told in English."""
        return "en" if self.exam is None else self.exam.language


@dataclass
class Visit:
    """One request of a learner's browser, as the pages see it."""

    site: Site
    learner: str
    csrf: str
    path: dict[str, Any]
    query: dict[str, str]
    form: dict[str, str]
    session: dict[str, Any]
    address: str

    @property
    def words(self) -> dict[str, Any]:
        """The fixed words of the pages."""
        return SCREEN[self.site.language]

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page from templates/pages/web/<template>.html.j2."""
        text = environment().get_template(template + ".html.j2").render(csrf=self.csrf, exam_mode=self.site.exam is not None, words=self.words, **values)
        return HTMLResponse(text, status)

    def to(self, path: str) -> RedirectResponse:
        """Go on to another page of ours."""
        return RedirectResponse(path, 303)
