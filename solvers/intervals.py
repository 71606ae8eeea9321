"""Sets of real numbers made of intervals, as plain values of a chain.

A set is a tuple of pieces (low, high, ends) in ascending order, apart from one another; `ends` is one of "()", "(]", "[)",
"[]", and a bound that is missing is the word "-inf" or "inf". One number alone is (a, a, "[]"), the empty set is ().
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import Number, Real, Undecided, to_latex, to_text

__all__ = ["interval", "intervals_fault", "intervals_latex", "intervals_text", "intersection", "union"]

ENDS = ("()", "(]", "[)", "[]")
Piece = tuple[Any, Any, str]


def interval(low: Number | str, high: Number | str, ends: str = "()") -> tuple[Piece, ...]:
    """The interval from low to high as a value of a chain; 'inf' and '-inf' are no bound. `ends`: '()' open, '[]'
    closed, '(]', '[)'. Empty where low > high, or low = high and not closed.

    ValueError for other words. Source: ISO 80000-2, 2-7.7 to 2-7.14.
    """
    if ends not in ENDS:
        raise ValueError(f"an interval ends with one of {', '.join(ENDS)}, not {ends!r}")
    for bound, word in ((low, "-inf"), (high, "inf")):
        if not (isinstance(bound, (fmpq, Real)) or (isinstance(bound, str) and bound == word)):
            raise ValueError(f"{to_text(bound)} is no bound of an interval there")
    left = "(" if low == "-inf" else ends[0]
    right = ")" if high == "inf" else ends[1]
    if not isinstance(low, str) and not isinstance(high, str) and (low > high or (low == high and left + right != "[]")):
        return ()
    return ((low, high, left + right),)


def _compare(a: Any, b: Any) -> int:
    """−1, 0, 1 for two bounds."""
    if isinstance(a, str) or isinstance(b, str):
        order = {"-inf": -1, "inf": 1}
        x, y = [order.get(v, 0) if isinstance(v, str) else 0 for v in (a, b)]
        return (x > y) - (x < y)
    return int(a > b) - int(a < b)


def _begins(a: Piece, b: Piece) -> int:
    return _compare(a[0], b[0]) or (a[2][0] == "(") - (b[2][0] == "(")


def union(*sets: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The union of sets of intervals, pieces that touch joined. Undecided where two bounds cannot be told apart.
    Source: sweep over the sorted lower bounds."""
    pieces = sorted([p for s in sets for p in s], key=functools.cmp_to_key(_begins))
    out: list[Piece] = []
    for low, high, ends in pieces:
        if out:
            before_low, before_high, before = out[-1]
            gap = _compare(low, before_high)
            if gap < 0 or (gap == 0 and (before[1] == "]" or ends[0] == "[")):
                further = _compare(high, before_high)
                if further > 0:
                    out[-1] = (before_low, high, before[0] + ends[1])
                elif further == 0 and ends[1] == "]":
                    out[-1] = (before_low, high, before[0] + "]")
                continue
        out.append((low, high, ends))
    return tuple(out)


def intersection(a: tuple[Piece, ...], b: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """What lies in both sets. Undecided where two bounds cannot be told apart. Source: definition."""
    out: list[Piece] = []
    for x in a:
        for y in b:
            left = x if _begins(x, y) > 0 else y
            ending = _compare(x[1], y[1]) or (x[2][1] == "]") - (y[2][1] == "]")
            right = x if ending < 0 else y
            order = _compare(left[0], right[1])
            ends = left[2][0] + right[2][1]
            if order < 0 or (order == 0 and ends == "[]"):
                out.append((left[0], right[1], ends))
    return union(tuple(out))


def intervals_fault(value: Any) -> str | None:
    """Why a value is no set of intervals in order, to follow "the key …"; None if it is one."""
    if not isinstance(value, tuple) or any([not isinstance(p, tuple) or len(p) != 3 or p[2] not in ENDS for p in value]):
        return "is no set of intervals; interval(0, 1, '(]') makes one"
    try:
        if union(*[interval(*p) for p in value]) != value:
            return "has intervals that are empty, out of order or overlap; union(…) joins them"
    except (ValueError, TypeError) as error:
        return f"is no set of intervals: {error}"
    except Undecided:
        return "has bounds that cannot be told apart"
    return None


def intervals_text(value: tuple[Piece, ...]) -> str:
    """A set as it can be typed: ``(0, 1]``, ``(-inf, 2) U [3, inf)``, ``{3}``, ``{}`` for the empty set."""
    return " U ".join([_piece(p, to_text, "inf", "{%s}", ", ") for p in value]) if value else "{}"


def intervals_latex(value: tuple[Piece, ...]) -> str:
    r"""A set in LaTeX: ``(0,\, 1]``, ``(-\infty,\, 2) \cup [3,\, \infty)``."""
    return r" \cup ".join([_piece(p, to_latex, r"\infty", r"\{%s\}", r",\, ") for p in value]) if value else r"\emptyset"


def _piece(piece: Piece, show: Callable[[Any], str], infinity: str, single: str, comma: str) -> str:
    low, high, ends = piece
    if not isinstance(low, str) and not isinstance(high, str) and ends == "[]" and low == high:
        return single % show(low)
    one, other = ["-" + infinity if v == "-inf" else infinity if v == "inf" else show(v) for v in (low, high)]
    if r"\frac" in one + other:
        return rf"\left{ends[0]}{one}{comma}{other}\right{ends[1]}"
    return ends[0] + one + comma + other + ends[1]
