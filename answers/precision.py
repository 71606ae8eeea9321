"""The rule for one number, in this order; typed decimals are exact, so the very edge counts.

1. Equal to the key, in any spelling.
2. Equal after rounding the key to the precision typed (either way, if that is a tie), where at least the
   precision asked was typed: 0.418 and 0.41796 for the key 0.4179642, but not 0.41812: whoever shows five digits is
   judged by five. Zeros at the end may be left out (0.42 for 0.420), and those of a whole number may stand
   for digits that were rounded away (12300 for 12345).
3. Inside the rounding interval (`slack`): some value that honest rounding on the way can lead to, itself perhaps
   rounded to one digit more than asked before it was rounded again, lies within half a unit of the last digit typed.
4. Inside an explicit `within`.

Fewer digits than asked, but those right, earn the share `fewer_digits`. A key of zero has no leading digit, so no
number of digits is typed right or wrong: whatever would be rounded to zero at the last place asked is right.
Without digits or decimals asked only 1 and 4 hold; whole numbers and counts are judged by 1 alone.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

from flint import arb, fmpq

from examwright.answers.phrases import Said, phrase
from examwright.answers.reader import Typed, same_value
from examwright.solvers.arithmetic import (
    Number,
    Real,
    enclosure,
    power_of_ten,
    round_half_up,
    significant_exponent,
    to_decimal,
    to_text,
)

__all__ = ["HALF", "NIL", "ONE", "THREE_DIGITS", "Judgement", "Precision", "own_unit", "span"]

# what a typed number may be to a key → how that is judged
HOW = {"exact": "key", "rounded": "rounded", "rounded on the way": "rounded", "within": "rounded", "fewer digits": "fewer digits", "wrong": "wrong"}
FLOAT_DIGITS = 15  # that a computer's 0.30000000000000004 is good for

ONE, HALF, NIL = fmpq(1), fmpq(1, 2), fmpq(0)


class Judgement(NamedTuple):
    """What one value is worth: `share` of the points (from 0 to 1; below 0 only where a type takes points
    away), `how` ('key', 'rounded', 'fewer digits' or 'wrong'), the evidence as a short sentence, and what the student
    is told about a wrong answer where the kind knows that."""

    share: fmpq
    how: str
    evidence: Said
    say: Said = ""

    @property
    def right(self) -> bool:
        """True for the key and what rounding makes of it, in the digits asked."""
        return self.how in ("key", "rounded")


@dataclass(frozen=True)
class Precision:
    """What rounding is asked for: significant `digits`, or `decimals`, or neither (exact only);
    `within` accepts any value that close to the key besides; `fewer_digits` is the share of the points for
    an answer in fewer digits than asked."""

    digits: int | None = None
    decimals: int | None = None
    within: fmpq | None = None
    whole: bool = False  # whole numbers are asked for, each exactly
    fewer_digits: fmpq = HALF

    def unit(self, key: Number) -> fmpq | None:
        """The unit of the last digit asked for, None if rounding is not allowed. With significant digits it
        follows from the key, 10^(e-k+1); a key of zero has no leading digit and takes 10^-k."""
        if self.decimals is not None:
            return power_of_ten(-self.decimals)
        if self.digits is None:
            return None
        e = significant_exponent(key)
        return power_of_ten(-self.digits if e is None else e - self.digits + 1)

    def judge(self, typed: Typed, key: Number, slack: Number | None = None) -> Judgement:
        """Judge one typed number against an exact key; `slack` is the interval of honest rounding or None."""
        how = self.compared(typed, key, slack)
        return Judgement(self.worth(how), HOW[how], self.told(how, typed, key))

    def compared(self, typed: Typed, key: Number, slack: Number | None = None) -> str:
        """What the typed number is to the key, one of the words of `HOW`."""
        value = typed.value
        if same_value(value, key):
            return "exact"
        unit = self.unit(key)
        own = None
        if unit is not None:
            own = own_unit(typed, unit)
            if isinstance(key, fmpq) and key == 0:
                reach: fmpq | None = unit
            else:
                reach = own if own is None or own < unit else unit
            if reach is not None and _near(value, key, reach * HALF):
                return "rounded"
            if slack is not None and _meets(value, self.reach(typed, unit), slack, unit):
                return "rounded on the way"
        if self.within is not None and _near(value, key, self.within):
            return "within"
        if unit is not None and own is not None and own > unit and value != 0:
            e = significant_exponent(key)
            if e is not None and own <= power_of_ten(e) and (  # the first digit at least
                    _near(value, key, own * HALF) or slack is not None and _meets(value, own, slack, unit)):
                return "fewer digits"
        return "wrong"

    def right(self, typed: Typed, key: Number, slack: Number | None = None) -> bool:
        """Is the typed number the key, or what rounding makes of it?"""
        return HOW[self.compared(typed, key, slack)] in ("key", "rounded")

    def worth(self, how: str) -> fmpq:
        """The share of the points for what `compared` says."""
        return NIL if how == "wrong" else self.fewer_digits if how == "fewer digits" else ONE

    def told(self, how: str, typed: Typed, key: Number) -> Said:
        """What `compared` says, as a sentence."""
        if how == "exact":
            return phrase("{typed} is exactly right", typed=typed.text)
        if how == "rounded":
            return phrase("{typed} is {key} rounded {how}", typed=typed.text, key=_short(key), how=self.asked())
        if how == "rounded on the way":
            return phrase("{typed} is what {key} becomes when steps on the way are rounded", typed=typed.text, key=_short(key))
        if how == "within":
            assert self.within is not None
            return phrase("{typed} is within {reach} of {key}", typed=typed.text, reach=to_decimal(self.within), key=_short(key))
        if how == "fewer digits":
            return phrase("{typed} is {key} rounded to fewer digits than asked: {asked}", typed=typed.text, key=_short(key), asked=self._so_many())
        return phrase("{typed} is not {key}", typed=typed.text, key=_short(key))

    def _so_many(self) -> Said:
        """`asked`, as the name of what was asked."""
        if self.decimals is not None:
            return phrase("so many decimals", n=self.decimals) if self.decimals else phrase("nearest")
        return "" if self.digits is None else phrase("so many digits", n=self.digits)

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
        return typed.value if reach is None else Real(enclosure(typed.value) + arb(0, arb(reach * HALF)))

    def _full(self, typed: Typed) -> bool:
        """Does the typed number itself show the digits asked? 0.01000 does, though 0.009999967 has a finer unit."""
        e = None if self.digits is None else significant_exponent(typed.value)
        return e is not None and self.digits is not None and typed.unit is not None \
            and typed.unit <= fmpq(10) ** (e - self.digits + 1)

    def confusable(self, value: Number, key: Number, slack: Number | None = None) -> bool:
        """Would this exact value pass for the key if all tolerances were three times as wide?"""
        if self.digits is not None and self.within is None and _far_apart(value, key, self.digits, slack):
            return False  # nearly always, and without looking for units
        if isinstance(value, fmpq) and isinstance(key, fmpq):
            gap = abs(value - key)
            if gap == 0:
                return True
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

    def asked(self) -> Said:
        """The hint for the paper."""
        if self.whole:
            return phrase("whole numbers")
        if self.decimals is not None:
            return phrase("decimals", n=self.decimals) if self.decimals else phrase("nearest whole")
        return "" if self.digits is None else _digits(self.digits)

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
        """What passes besides the exact key: the first and the last number in the digits asked, or the range that
        `within` allows where that is wider; "" if only the exact value does."""
        low, high = span(key)
        unit = self.unit(key)
        reach = NIL if self.within is None else self.within
        if unit is not None:
            if isinstance(key, fmpq) and key == 0:
                reach = max(reach, unit * HALF)
            bottom, top = low - unit * HALF, high + unit * HALF
            if slack is not None and enclosure(slack).is_finite():
                around = span(slack)
                bottom, top = min(bottom, around[0] - unit * HALF), max(top, around[1] + unit * HALF)
            bottom, top = fmpq((bottom / unit).ceil()) * unit, fmpq((top / unit).floor()) * unit
            if bottom <= top and (high - bottom > reach or top - low > reach):
                places = self.places(unit) if self.decimals is not None else -(significant_exponent(unit) or 0)
                ends = [to_decimal(x, decimals=max(places, 0)) for x in (bottom, top)]
                return ends[0] if bottom == top else " … ".join(ends)
        if reach == 0:
            return ""
        places = max(-(significant_exponent(reach) or 0) + 1, 0)
        scale = fmpq(10) ** places
        bottom, top = fmpq(((high - reach) * scale).ceil()) / scale, fmpq(((low + reach) * scale).floor()) / scale
        if bottom > top:
            return ""
        return f"{to_decimal(bottom, decimals=places)} … {to_decimal(top, decimals=places)}"


def _far_apart(a: Number, b: Number, digits: int, slack: Number | None = None) -> bool:
    """True only if two numbers, neither of them 0, differ by more than three halves of the largest unit there is for so many digits, and the first
    lies as far outside of three times the enclosure `slack`; in floats, and so not quite up to the edge."""
    if digits >= len(_WIDE):
        return False
    x, y = _close_float(a), _close_float(b)
    reach = _WIDE[digits] * max(abs(x), abs(y))
    if not (x != 0 and y != 0 and reach < math.inf and abs(x - y) > reach):
        return False
    if not isinstance(slack, Real):
        return True
    ball = slack.ball
    return abs(x - float(ball.mid())) > 3.00001 * float(ball.rad()) + reach  # false for what is no number


_WIDE = [1.500001 * 10.0 ** (1 - digits) for digits in range(9)]  # of so many digits a float has enough to spare


def _close_float(x: Number) -> float:
    """The number up to the error of a float; infinite where it cannot be told."""
    try:
        if type(x) is fmpq:
            return float(x)
        if type(x) is Real:
            ball = x.ball
            middle = float(ball.mid())
            return middle if float(ball.rad()) <= 1e-16 * abs(middle) else math.inf
    except OverflowError:
        pass
    return math.inf


THREE_DIGITS = Precision(3)  # asked for where a type says nothing


def span(x: Number) -> tuple[fmpq, fmpq]:
    """The smallest and the largest value that a number or an enclosure may have. ValueError if that is infinite."""
    if isinstance(x, fmpq):
        return x, x
    ends = []
    for end in (x.ball.lower(), x.ball.upper()):
        mantissa, exponent = end.man_exp()
        ends.append(fmpq(mantissa) * fmpq(2) ** int(exponent))
    return ends[0], ends[1]


def own_unit(typed: Typed, unit: fmpq) -> fmpq | None:
    """The unit of the last digit typed. None for a fraction or a closed form, which is precise. The zeros at the end of
    a whole number may stand for digits that were rounded away, up to the unit asked; digits beyond the 15th are a computer's, and no
    one is judged by them."""
    if typed.unit is not None and len(typed.text) > FLOAT_DIGITS:
        e = significant_exponent(typed.value)
        return typed.unit if e is None else max(typed.unit, min(unit, fmpq(10) ** (e - FLOAT_DIGITS + 1)))
    if typed.unit is not None or not isinstance(typed.value, fmpq) or typed.value.q != 1:
        return typed.unit
    own = ONE
    while own * 10 <= unit and (typed.value / (own * 10)).q == 1:
        own = own * 10
    return own


def _near(a: Number, b: Number, reach: fmpq) -> bool:
    """|a - b| ≤ reach, exactly for rationals; an enclosure that may reach counts."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return bool(abs(a - b) <= reach)
    return not bool(abs(enclosure(a) - enclosure(b)) > arb(reach))


def _meets(value: Number, own: fmpq | None, slack: Number, unit: fmpq) -> bool:
    """Does the typed value, or any value it is a rounding of, lie in the rounding interval?"""
    ball = enclosure(value)
    if own is not None:
        ball = ball + arb(0, arb(own * HALF))
    return bool(ball.overlaps(enclosure(slack)))


@functools.cache
def _digits(n: int) -> Said:
    """So many significant digits."""
    return phrase("digits", n=n)


def _short(key: Number) -> str:
    if isinstance(key, Real) and key.form is None:
        return to_decimal(key, digits=8)
    return to_text(key)
