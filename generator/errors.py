"""Errors for people: what is wrong, where, and what would be right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class ExamwrightError(Exception):
    """Anything a user can mend. Its text is complete: it is printed without a traceback."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of a file. Lines and columns count from 1; `word` is the offending word."""

    file: str
    line: int
    column: int
    message: str
    word: str = ""
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.message}"
        return f"{text} {self.hint}" if self.hint else text


class Problems(ExamwrightError):
    """All faults of a file (or several) at once, in reading order."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[Problems], tuple[list[Problem]]]:
        return type(self), (self.problems,)  # as a worker process hands it back


def nearest(word: str, allowed: Iterable[str], list_all: int = 14) -> str:
    """"Did you mean …?" or the list of what is allowed, as a sentence; empty if nothing helps."""
    names = sorted(set(allowed))
    spelled = {_without_zeros(n): n for n in reversed(names)}
    wanted = _without_zeros(word)
    close = difflib.get_close_matches(wanted, spelled, 1, 0.6) or [s for s in spelled if s.lower() == wanted.lower()]
    said = f"Did you mean {spelled[close[0]]!r}?" if close else ""
    if names and len(names) <= list_all:
        said += (" " if said else "") + "Allowed: " + ", ".join(names) + "."
    return said


def _without_zeros(name: str) -> str:
    """The name with its numbers as one reads them: S6 for S06."""
    return re.sub(r"(?<![0-9.])0+(?=[0-9])", "", name)


def short_path(path: Path | str) -> str:
    """The path as a user would type it: relative to the current folder where that is shorter."""
    p = Path(path)
    try:
        return str(p.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError, RuntimeError):  # elsewhere, or a link that leads back to itself
        return str(p)
