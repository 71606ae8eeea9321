"""What reading gives: a number as typed, or the reason why there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from flint import fmpq

from examwright.answers.phrases import SENTENCES, Phrase, Said, phrase
from examwright.solvers.arithmetic import Number

if TYPE_CHECKING:
    from examwright.solvers.expression import Expression

__all__ = ["DEFAULT", "Ambiguous", "Blank", "Notation", "Typed", "TypedExpression", "Unreadable", "without_ignored"]


class Unreadable(ValueError):
    """The text has no meaning as an answer of this kind; `reason` says why, in plain words: a phrase with what is `given` in it."""

    def __init__(self, reason: Said, /, **given: Said | int):
        self.reason = reason if isinstance(reason, Phrase) or reason not in SENTENCES["en"] else phrase(reason, **given)
        super().__init__(self.reason)


class Ambiguous(ValueError):
    """The text has several sensible meanings; `readings` holds them, `reason` says the doubt as a sentence."""

    def __init__(self, readings: Sequence[Said]):
        *rest, last = readings
        for reading in reversed(rest):
            last = phrase("{first} or {second}", first=reading, second=last)
        self.readings = readings
        self.reason = phrase("this could mean {readings}", readings=last)
        super().__init__(self.reason)


class Blank(ValueError):
    """Nothing was typed."""

    def __init__(self) -> None:
        self.reason = phrase("nothing was typed")
        super().__init__(self.reason)


class Typed(NamedTuple):
    """A number as typed: its exact value; for a decimal the unit of its last digit (``0.50``: 1/100,
    ``22%``: 1/100, ``5e3``: 1000), None for whole numbers, fractions and closed forms; how it was read; and the words beside
    it that count for nothing (``3 cm``: cm)."""

    value: Number
    unit: fmpq | None
    text: str
    ignored: str = ""

    @property
    def shown(self) -> Said:
        """How it was read, with what was ignored, so that nothing is dropped unsaid."""
        return phrase("{text} ({words} ignored)", text=self.text, words=self.ignored) if self.ignored else self.text


_IGNORED = re.compile(r" \([^()]{1,60} ignored\)")


def without_ignored(read: str) -> str:
    """How an answer was read (`Typed.shown`), without what was ignored."""
    return _IGNORED.sub("", read)


class TypedExpression(NamedTuple):
    """An expression as typed: its exact value (a number where no symbol is left), how it was read, and, where it holds
    decimals, the same with each decimal as the interval of half a unit around it, and how many significant digits the
    shortest of them has."""

    value: Expression | Number
    text: str
    rounded: Expression | Number | None = None
    digits: int | None = None


@dataclass(frozen=True)
class Notation:
    """How to take what is written differently from place to place. `decimal_comma`: True or False, None
    to find out from the text; `log_base`: what a bare ``log`` means, 'e', '2' or '10', None if not agreed."""

    decimal_comma: bool | None = None
    log_base: str | None = None


DEFAULT = Notation()
