"""How much work a variant is: the operations of its chain, each weighed by the digits that it works on.

A pure function of the question and its numbers, so that the draw may depend on it on any machine. The chain is run once more
with numbers that count: whatever a solver does with them, in a formula or inside a function, adds to the tally.
"""

from __future__ import annotations

import contextlib
import math
import operator
import statistics
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flint import fmpq

from examwright.generator.chain import needed_steps
from examwright.generator.formula import RUNTIME_ERRORS
from examwright.generator.question import Part, Step, Variant
from examwright.solvers import arithmetic
from examwright.solvers.arithmetic import FEW_BITS, MOST_KEPT, Real, Symbolic, to_text

CARRIED = 4  # digits of a number that does not come out even, as students carry them
_POWERS = [10**k for k in range(40)]
_SIZES: dict[float, int] = {}  # digits of rationals of few bits: fractions of more have at least as many as are carried
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(arithmetic, name) for name in ("cos", "exp", "ln", "log10", "log2", "power", "relu", "sigmoid", "sin", "sqrt", "tan", "tanh")},
    "abs": arithmetic.absolute, "max": arithmetic.maximum, "min": arithmetic.minimum}


def digits(x: Any) -> int:
    """How many digits (or other signs) are written for a value: those of a whole number, numerator and denominator of a fraction but
    not more than are carried, one for a word; those of all entries of a list."""
    if isinstance(x, fmpq):
        if x.height_bits() <= FEW_BITS:  # nearly always
            near = float(x)
            return _SIZES.get(near) or _size(x, near)
        return _length(x.p) if x.q == 1 else CARRIED
    if isinstance(x, tuple):
        return sum(map(digits, x))
    if isinstance(x, Real):
        return CARRIED
    return len(to_text(x).replace(" ", "")) if isinstance(x, Symbolic) else 1


def _size(x: fmpq, near: float) -> int:
    """The digits of a rational of few bits, noted down."""
    size = _length(x.p) if x.q == 1 else min(_length(x.p) + _length(x.q), CARRIED)
    if len(_SIZES) < MOST_KEPT:
        _SIZES[near] = size
    return size


def _length(n: Any) -> int:
    """Decimal digits of a whole number."""
    size = abs(int(n))
    if size < 100:  # nearly always
        return 1 if size < 10 else 2
    least = (size.bit_length() * 1233) >> 12
    return least + (size >= _POWERS[least]) if least < len(_POWERS) else len(str(fmpq(size)))


_MOST_SMALL = 2_000


class Tally:
    """What the numbers of a run have counted; `small` has those of few bits, of which each is made only once."""

    __slots__ = ("small", "total")

    def __init__(self) -> None:
        self.total = 0
        self.small: dict[float, Any] = {}


class _Counting(Symbolic):
    """A number that counts what is done with it: the digits of both sides for an operation, nothing where there is nothing to compute.
    `tally` is shared by all numbers of one run, `plain` is the number itself, `size` its digits, `unit` tells 0 and 1 (another number stands
    for all others)."""

    __slots__ = ()
    plain: Any
    tally: Tally
    size: int
    unit: float

    def apply(self, function: str, *arguments: Any) -> Any:
        """One of the functions of `solvers.arithmetic`."""
        self.tally.total += sum([x.size if isinstance(x, _Counting) else digits(x) for x in arguments])
        return counting(_FUNCTIONS[function](*[x.plain if isinstance(x, _Counting) else x for x in arguments]), self.tally)

    def __neg__(self) -> Any:
        return counting(-self.plain, self.tally)

    def __abs__(self) -> Any:
        return counting(abs(self.plain), self.tally)


class _Rational(_Counting, fmpq):  # type: ignore[misc]
    __slots__ = ("plain", "tally", "size", "unit")


class _Irrational(_Counting, Real):
    __slots__ = ("plain", "tally", "size", "unit")
    __hash__ = None  # type: ignore[assignment]


def _operation(op: Callable[[Any, Any], Any], swapped: bool, lefts: tuple[int, ...], rights: tuple[int, ...]) -> Callable[[Any, Any], Any]:
    """The operator, counted unless its left or right side is one of these."""
    here, there = (rights, lefts) if swapped else (lefts, rights)

    def operate(self: Any, other: Any) -> Any:
        if isinstance(other, _Counting):
            plain, size, unit = other.plain, other.size, other.unit
        elif isinstance(other, (fmpq, Real)):
            plain, size, unit = other, digits(other), _unit(other)
        elif isinstance(other, int):
            plain, size, unit = other, _length(other), other
        else:
            return NotImplemented
        own = self.plain
        result = op(plain, own) if swapped else op(own, plain)
        tally = self.tally
        if unit not in there and self.unit not in here:
            tally.total += self.size + size
        if type(result) is fmpq and result.height_bits() <= FEW_BITS:  # as in `counting`: this is where most of the time goes
            out = tally.small.get(float(result))
            return _rational(result, tally) if out is None else out
        return counting(result, tally)

    return operate


for _name, _op, _lefts, _rights in (("add", operator.add, (0,), (0,)), ("sub", operator.sub, (0,), (0,)), ("mul", operator.mul, (0, 1), (0, 1)),
                                    ("truediv", operator.truediv, (0,), (1,)), ("pow", arithmetic.power, (0, 1), (0, 1))):
    setattr(_Counting, f"__{_name}__", _operation(_op, False, _lefts, _rights))
    setattr(_Counting, f"__r{_name}__", _operation(_op, True, _lefts, _rights))


def _unit(x: Any) -> float:
    """0 or 1 for these two, another number for all others."""
    return float(x) if type(x) is fmpq and x.height_bits() == 1 else 2


def counting(value: Any, tally: Tally) -> Any:
    """The value with all its numbers counting into the tally."""
    kind = type(value)
    if kind is fmpq:
        found = tally.small.get(float(value)) if value.height_bits() <= FEW_BITS else None
        return _rational(value, tally) if found is None else found
    if kind is tuple:
        return tuple([counting(v, tally) for v in value])
    if kind is not Real:
        return value
    out = _Irrational(value.ball, value.form)
    out.plain, out.tally, out.size, out.unit = value, tally, CARRIED, 2
    return out


def _rational(value: fmpq, tally: Tally) -> _Rational:
    out = _Rational(value)
    out.plain, out.tally, out.size, out.unit = value, tally, digits(value), _unit(value)
    if len(tally.small) < _MOST_SMALL and value.height_bits() <= FEW_BITS:
        tally.small[float(value)] = out
    return out


class _Known(dict):  # type: ignore[type-arg]
    """The chain's values, made to count when a formula asks for them."""

    def __init__(self, values: Mapping[str, Any], tally: Tally):
        super().__init__()
        self._values, self._tally = values, tally

    def __missing__(self, name: str) -> Any:
        value = self[name] = counting(self._values[name], self._tally)
        return value


_OWN = threading.local()  # a thread's tally, whose small numbers serve the next run


def work_of(steps: Sequence[Step], values: Mapping[str, Any], options: Mapping[str, int], most: float = math.inf) -> int:
    """The work of the steps of a chain: of each operation the digits that it works on; of each value those that are written down, or
    for a part that gives options to choose from, their number (`options`). If it is more than `most`, it is not counted to the end."""
    tally = getattr(_OWN, "tally", None) or Tally()
    _OWN.tally = tally
    tally.total = sum([options.get(s.name) or digits(values[s.name]) for s in steps])
    known = _Known(values, tally)
    for step in steps:
        if tally.total > most:
            break
        with contextlib.suppress(*RUNTIME_ERRORS):  # it has been computed before, with plain numbers
            step.formula.run(known)
    return tally.total


def options_of(parts: Iterable[Part]) -> dict[str, int]:
    """Part → how many options it gives to choose from."""
    return {p.name: getattr(p.kind, "pick", 0) or len(p.kind.options) for p in parts}


def work(variant: Variant) -> int:
    """The work of a variant, counted once."""
    found: int | None = variant.cache.get("work")
    if found is None:
        found = variant.cache["work"] = work_of(needed_steps(variant.question, variant.parts), variant.values, options_of(variant.parts))
    return found


def usual(works: Sequence[int]) -> int:
    """The middle of those that lie closest together: where the largest group within a sixth of one of them is, moved to the median of
    its own group until it stays. So the median of what is drawn afterwards, within a sixth of it, is about the same."""
    found = max(sorted(set(works)), key=lambda w: len([x for x in works if even(x, w)]))
    for _ in works:
        middle = statistics.median_low([x for x in works if even(x, found)])
        if middle == found:
            break
        found = middle
    return found


def even(found: int, usual_work: int) -> bool:
    """Is it within a sixth of what is usual? (So it is within a quarter of the median of all, which is not known exactly.)"""
    return 6 * abs(found - usual_work) <= usual_work


def most_even(usual_work: int) -> int:
    """The most work that is `even`."""
    return usual_work + usual_work // 6
