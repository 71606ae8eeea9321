"""The rule for one number: exact, or rounded as asked.

A typed value is right if it equals the key, or lies within half a unit of the asked digit of it (the
edge counts, and what an enclosure cannot exclude counts), or its rounding interval meets the
interval an honest chain of rounded steps may reach (`slack`). Fewer digits than asked, but those
right, earn half.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from flint import arb, fmpq

from examwright.answers.reader import Typed, same_value
from examwright.solvers.arithmetic import (
    Number,
    Real,
    enclosure,
    round_half_up,
    significant_exponent,
    to_decimal,
    to_text,
)

__all__ = ["NIL", "ONE", "THREE_DIGITS", "Judgement", "Precision"]

_HALF = fmpq(1, 2)


class Judgement(NamedTuple):
    """What one value is worth: `share` of the points from 0 to 1, `how` ('key', 'rounded' or 'wrong'),
    and the evidence as a short sentence."""

    share: fmpq
    how: str
    evidence: str


ONE, NIL = fmpq(1), fmpq(0)


@dataclass(frozen=True)
class Precision:
    """What rounding is asked for: significant `digits`, or `decimals`, or neither (exact only);
    `within` accepts any value that close to the key besides."""

    digits: int | None = None
    decimals: int | None = None
    within: fmpq | None = None
    whole: bool = False  # whole numbers are asked for, each exactly

    def unit(self, key: Number) -> fmpq | None:
        """The unit of the last digit asked for, None if rounding is not allowed. With significant digits it
        follows from the key, 10^(e-k+1); a key of zero has no leading digit and takes 10^-k."""
        if self.decimals is not None:
            return fmpq(10) ** -self.decimals
        if self.digits is None:
            return None
        e = significant_exponent(key)
        return fmpq(10) ** (-self.digits if e is None else e - self.digits + 1)

    def judge(self, typed: Typed, key: Number, slack: Number | None = None) -> Judgement:
        """Judge one typed number against an exact key; `slack` is the interval of honest rounding or None."""
        value = typed.value
        if same_value(value, key):
            return Judgement(ONE, "key", f"{typed.text} is exactly right")
        if self.within is not None and _near(value, key, self.within):
            return Judgement(ONE, "rounded", f"{typed.text} is within {to_decimal(self.within)} of {_short(key)}")
        unit = self.unit(key)
        if unit is not None:
            if _near(value, key, unit * _HALF):  # as good as asked, also where 0.4180 lost its zero
                return Judgement(ONE, "rounded", f"{typed.text} is {_short(key)} {self.words()}")
            if slack is not None and _meets(value, self.reach(typed, unit), slack):
                return Judgement(ONE, "rounded",
                                 f"{typed.text} is what {_short(key)} becomes when steps on the way are rounded")
            own = typed.unit
            if own is None and isinstance(value, fmpq) and value.q == 1:
                own = ONE
            if own is not None and own > unit and value != 0 and _near(value, key, own * _HALF):
                e = significant_exponent(key)
                if e is not None and own <= fmpq(10) ** e:  # the first digit at least
                    return Judgement(_HALF, "rounded",
                                     f"{typed.text} is {_short(key)} rounded to fewer digits than asked: {self.asked()[3:]}")
        return Judgement(NIL, "wrong", f"{typed.text} is not {_short(key)}")

    def reach(self, typed: Typed, unit: fmpq) -> fmpq | None:
        """The unit of which the typed number is a rounding, `unit` being asked for; None for a fraction or closed form,
        which is no rounding, and for 0. 0.426 may stand for 0.4260, and 425000 for any of its six digits."""
        if typed.unit is not None:
            return typed.unit if typed.unit <= unit or self._full(typed) else unit
        if not isinstance(typed.value, fmpq) or typed.value.q != 1 or typed.value == 0:
            return None
        return unit if (typed.value / unit).q == 1 else ONE

    def enclosed(self, typed: Typed) -> Number:
        """Every value that the typed number may be a rounding of."""
        unit = self.unit(typed.value)
        reach = None if unit is None else self.reach(typed, unit)
        return typed.value if reach is None else Real(enclosure(typed.value) + arb(0, arb(reach * _HALF)))

    def _full(self, typed: Typed) -> bool:
        """Does the typed number itself show the digits asked? 0.01000 does, though 0.009999967 has a finer unit."""
        e = None if self.digits is None else significant_exponent(typed.value)
        return e is not None and self.digits is not None and typed.unit is not None \
            and typed.unit <= fmpq(10) ** (e - self.digits + 1)

    def confusable(self, value: Number, key: Number, slack: Number | None = None) -> bool:
        """Would this exact value pass for the key if all tolerances were three times as wide?"""
        if isinstance(value, fmpq) and isinstance(key, fmpq):
            gap = abs(value - key)
            if gap == 0:
                return True
            if self.digits is not None and self.within is None and slack is None and value != 0 and key != 0 \
                    and gap > _far(self.digits) * max(abs(value), abs(key)):
                return False  # without looking for units, which takes most of the time of a draw
            unit = self._wider(key, value)
            if unit is not None and 2 * gap <= 3 * unit:
                return True
            if self.within is not None and gap <= 3 * self.within:
                return True
        else:
            if same_value(value, key):
                return True
            unit = self._wider(key, value)
            if unit is not None and _near(value, key, unit * 3 / 2):
                return True
            if self.within is not None and _near(value, key, 3 * self.within):
                return True
        if slack is None or unit is None or not isinstance(slack, Real):
            return False
        middle, radius = slack.ball.mid(), slack.ball.rad()
        return bool(arb(middle, 3 * radius + arb(unit * 3 / 2)).overlaps(enclosure(value)))

    def _wider(self, a: Number, b: Number) -> fmpq | None:
        """The larger of the two units: 0.9982 and 1.0000 must not round to the same text either."""
        one, two = self.unit(a), self.unit(b)
        return None if one is None or two is None else max(one, two)

    def asked(self) -> str:
        """The hint for the paper."""
        if self.whole:
            return "whole numbers"
        if self.decimals is not None:
            if self.decimals == 0:
                return "to the nearest whole number"
            return f"to {self.decimals} decimal{'s' if self.decimals > 1 else ''}"
        if self.digits is not None:
            return f"to {self.digits} significant digit{'s' if self.digits > 1 else ''}"
        return ""

    def words(self) -> str:
        """The same, after 'rounded'."""
        return f"rounded {self.asked()}"

    def rounded(self, key: Number) -> str:
        """The key as a careful student would type it: in full where it ends early, else rounded."""
        if self.decimals is None and self.digits is None:
            return to_text(key)
        if isinstance(key, fmpq) and key.q == 1:
            return str(key.p)
        places = self.places(key)
        short = round_half_up(key, places)
        if isinstance(key, fmpq) and short == key:
            return to_decimal(key)
        if self.decimals is not None:
            return to_decimal(key, decimals=self.decimals)
        return to_decimal(key, digits=self.digits)

    def places(self, key: Number) -> int:
        """The decimals of the last digit asked for (negative: tens, hundreds); 0 if exact."""
        if self.decimals is not None:
            return self.decimals
        if self.digits is None:
            return 0
        e = significant_exponent(key)
        return self.digits if e is None else self.digits - 1 - e

    def accepted(self, key: Number, slack: Number | None = None) -> str:
        """The range of values that pass, both ends rounded inwards; "" if only the exact value does."""
        reach = self.unit(key)
        half = NIL if reach is None else reach * _HALF
        if self.within is not None and self.within > half:
            half = self.within
        if half == 0:
            return ""
        ball = enclosure(key)
        low, high = (ball - half).mid(), (ball + half).mid()
        if isinstance(slack, Real):
            low, high = low.min(slack.ball.lower()), high.max(slack.ball.upper())
        places = max(-(significant_exponent(half) or 0) + 1, 0)
        scale = fmpq(10) ** places
        bottom, top = _whole(low * scale, True), _whole(high * scale, False)
        if bottom is None or top is None or bottom > top:
            return ""
        return f"{to_decimal(bottom / scale, decimals=places)} … {to_decimal(top / scale, decimals=places)}"


@lru_cache
def _far(digits: int) -> fmpq:
    """Three halves of the largest unit there is, relative to the number."""
    return fmpq(3, 2) * fmpq(10) ** (1 - digits)


THREE_DIGITS = Precision(3)  # asked for where a type says nothing


def _whole(x: arb, up: bool) -> fmpq | None:
    near = round_half_up(Real(x.mid()), 0)
    if abs(x - near) < arb(10) ** -20:  # an edge that is a decimal itself
        return near
    n = (x.ceil() if up else x.floor()).unique_fmpz()
    return None if n is None else fmpq(n)


def _near(a: Number, b: Number, reach: fmpq) -> bool:
    """|a - b| ≤ reach, exactly for rationals; an enclosure that may reach counts."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return bool(abs(a - b) <= reach)
    return not bool(abs(enclosure(a) - enclosure(b)) > arb(reach))


def _meets(value: Number, unit: fmpq | None, slack: Number) -> bool:
    """Does the typed value, or any value it is a rounding of, lie in the slack?"""
    if not isinstance(slack, Real):
        return same_value(value, slack)
    ball = enclosure(value)
    if unit is not None:
        ball = ball + arb(0, arb(unit * _HALF))
    return bool(ball.overlaps(slack.ball))


def _short(key: Number) -> str:
    if isinstance(key, Real) and key.form is None:
        return to_decimal(key, digits=8)
    return to_text(key)
