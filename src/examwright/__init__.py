"""Examwright: randomized exam questions with exact keys, papers, and marks that follow through.

    import examwright
    q = examwright.load("linear-regression/simple-ols")
    v = examwright.draw("linear-regression/simple-ols", seed=1)
    marks = examwright.mark(v, {"theta": "(1, 2/3)"})
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from examwright.generator.question import Question, Variant
    from examwright.grader.mark import Mark

__version__ = "0.1.0"
__all__ = ["__version__", "draw", "feedback", "grade", "gradebook", "judge", "load", "make", "mark", "regrade", "report"]


def load(question: str | Path) -> Question:
    """The question of an id ("evaluation/roc-auc", "lecture-deck/S06") or of a file's path.

    Raises UnknownQuestion, or Problems with all faults of the file.
    """
    from examwright.generator.bank import resolve

    return resolve(str(question))[0]


def draw(question: str | Path | Question, seed: Any = 0, set: Mapping[str, Any] | None = None,
         parts: Sequence[str] | None = None, carry: int = 4) -> Variant:
    """A variant: the same question, seed and version give the same values on any machine.

    `set` pins drawn values (ints, Decimals, Fractions, strings such as "1/3", lists; never floats). Raises
    DrawError where nothing fits, Disagreement where the exact and the numeric solver differ.
    """
    from examwright.generator.bank import resolve
    from examwright.generator.draw import draw_variant

    if isinstance(question, (str, Path)):
        loaded, pins, pinned_parts = resolve(str(question))
        parts = pinned_parts if parts is None else parts
    else:
        loaded, pins = question, {}
    return draw_variant(loaded, seed, {**pins, **{name: _pin(value) for name, value in (set or {}).items()}}, parts, carry)


def _pin(value: Any) -> Any:
    """A value that was set: a text that is a number ("1/3", "0.25") is that number, exactly."""
    import re
    from fractions import Fraction

    if isinstance(value, (list, tuple)):
        return [_pin(v) for v in value]
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,60}(/0*[1-9][0-9]{0,59}|\.[0-9]{1,60})?\s*", value, re.ASCII):
        return Fraction(value.replace(" ", ""))
    return value


def mark(variant: Variant, answers: Mapping[str, str], fewer_digits: Any = "1/2") -> list[Mark]:
    """The marks of a variant's parts, in order; `answers` maps part names to what was typed.

    `fewer_digits` is the share of the points, from 0 to 1, that a right answer in fewer digits than asked
    earns (an int, Fraction, Decimal or a string such as "1/2"). Raises TypeError for an answer that is no text: what a
    student typed is never turned into a number before it is read.
    """
    from fractions import Fraction

    from examwright.grader.mark import mark_variant
    from examwright.solvers.arithmetic import exact

    for name, answer in answers.items():
        if not isinstance(answer, str):
            raise TypeError(f"the answer to {name!r} is no text but {answer!r}")
    share = exact(Fraction(fewer_digits) if isinstance(fewer_digits, str) else fewer_digits)
    if not 0 <= share <= 1:
        raise ValueError("fewer_digits is a share of the points from 0 to 1")
    return mark_variant(variant, answers, fewer_digits=share)


def make(plan: str | Path, roster: str | Path, seed: Any, out: str | Path, jobs: int | None = None) -> Any:
    """Write papers, keys, the answer form and exam.db for a class; see `examwright make`."""
    from examwright.generator.make import make as run

    return run(Path(plan), Path(roster), seed, Path(out), jobs=jobs)


def grade(exam: str | Path, answers: str | Path, out: str | Path | None = None) -> Any:
    """Mark a class's answers against what was issued; see `examwright grade`."""
    from examwright.grader.grade import grade as run

    return run(Path(exam), Path(answers), Path(out) if out else None)


def feedback(exam: str | Path, out: str | Path | None = None, students: Sequence[str] = (), html: bool = False) -> Any:
    """Write a feedback PDF for each student of a graded exam, and a web page with `html`; see `examwright feedback`."""
    from examwright.outputs import make_feedback as run

    return run(Path(exam), Path(out) if out else None, students, html)


def report(exam: str | Path, out: str | Path | None = None) -> Any:
    """Write the report of a graded class; (the figures, the files). See `examwright report`."""
    from examwright.outputs import make_report as run

    return run(Path(exam), Path(out) if out else None)


def gradebook(exam: str | Path, export: str | Path, out: str | Path, **options: Any) -> Any:
    """Write the points of a graded exam into a gradebook exported from Canvas or Moodle; `options` as in
    `grader.gradebook.fill`. See `examwright gradebook`."""
    from examwright.outputs import fill_gradebook as run

    return run(Path(exam), Path(export), Path(out), **options)


def regrade(exam: str | Path, why: str, *, dry: bool = False, out: str | Path | None = None, **fixes: Any) -> Any:
    """Mark a class again after a fix; `fixes` are those of `grader.regrade.Fixes`, as typed: `accept=("3b=0.5",)`. See
    `examwright regrade`."""
    from examwright.grader.regrade import Fixes
    from examwright.grader.regrade import regrade as run

    return run(Path(exam), why, Fixes(**fixes), dry, Path(out) if out else None)


def judge(answer: str, key: str, kind: str, *, digits: int | None = None, within: Any = None,
          symbols: Any = None) -> Any:
    """Judge one typed answer against one key, without any question; see `answers.judge`."""
    from examwright.answers.judge import judge as run

    return run(answer, key, kind, digits=digits, within=within, symbols=symbols)
