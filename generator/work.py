"""How much work a variant is: the operations of its chain, each weighed by the digits that it works on.

A pure function of the question and its numbers, so that the draw may depend on it on any machine. The chain is run once more
with numbers that count: whatever a solver does with them, in a formula or inside a function, adds to the tally.
"""

from __future__ import annotations

import contextlib
import operator
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flint import fmpq

from examwright.generator.chain import needed_steps
from examwright.generator.formula import RUNTIME_ERRORS
from examwright.generator.question import Part, Step, Variant
from examwright.solvers import arithmetic
from examwright.solvers.arithmetic import Real, Symbolic, to_text

CARRIED = 4  # digits of a number that does not come out even, as students carry them
_POWERS = [10**k for k in range(40)]
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(arithmetic, name) for name in ("cos", "exp", "ln", "log10", "log2", "power", "relu", "sigmoid", "sin", "sqrt", "tan", "tanh")},
    "abs": arithmetic.absolute, "max": arithmetic.maximum, "min": arithmetic.minimum}


def digits(x: Any) -> int:
    """How many digits (or other signs) are written for a value: those of a whole number, numerator and denominator of a fraction but
    not more than are carried, one for a word; those of all entries of a list."""
    if isinstance(x, fmpq):
        bits = x.height_bits()  # of the larger of numerator and denominator
        if x.q == 1:
            return 1 if bits <= 3 else _length(x.p)
        return 2 if bits <= 3 else CARRIED if bits > 13 else min(_length(x.p) + _length(x.q), CARRIED)
    if isinstance(x, tuple):
        return sum(map(digits, x))
    if isinstance(x, Real):
        return CARRIED
    return len(to_text(x).replace(" ", "")) if isinstance(x, Symbolic) else 1


def _length(n: Any) -> int:
    """Decimal digits of a whole number."""
    size = abs(int(n))
    if size < 100:  # nearly always
        return 1 if size < 10 else 2
    least = (size.bit_length() * 1233) >> 12
    return least + (size >= _POWERS[least]) if least < len(_POWERS) else len(str(fmpq(size)))


class _Counting(Symbolic):
    """A number that counts what is done with it: the digits of both sides for an operation, nothing where there is nothing to compute.
    `tally` is shared by all numbers of one run, `plain` is the number itself."""

    __slots__ = ()
    plain: Any
    tally: list[int]
    size: int

    def apply(self, function: str, *arguments: Any) -> Any:
        """One of the functions of `solvers.arithmetic`."""
        self.tally[0] += sum([x.size if isinstance(x, _Counting) else digits(x) for x in arguments])
        return counting(_FUNCTIONS[function](*[x.plain if isinstance(x, _Counting) else x for x in arguments]), self.tally)

    def __neg__(self) -> Any:
        return counting(-self.plain, self.tally)

    def __abs__(self) -> Any:
        return counting(abs(self.plain), self.tally)


class _Rational(_Counting, fmpq):  # type: ignore[misc]
    __slots__ = ("plain", "tally", "size")


class _Irrational(_Counting, Real):
    __slots__ = ("plain", "tally", "size")
    __hash__ = None  # type: ignore[assignment]


def _operation(op: Callable[[Any, Any], Any], swapped: bool, lefts: tuple[int, ...], rights: tuple[int, ...]) -> Callable[[Any, Any], Any]:
    """The operator, counted unless its left or right side is one of these."""
    here, there = (rights, lefts) if swapped else (lefts, rights)

    def operate(self: Any, other: Any) -> Any:
        if isinstance(other, _Counting):
            plain, size = other.plain, other.size
        elif isinstance(other, (fmpq, Real)):
            plain, size = other, digits(other)
        elif isinstance(other, int):
            plain, size = other, _length(other)
        else:
            return NotImplemented
        own = self.plain
        result = op(plain, own) if swapped else op(own, plain)
        tally = self.tally
        if not ((size == 1 and plain in there) or (self.size == 1 and own in here)):
            tally[0] += self.size + size
        if type(result) is not fmpq:
            return counting(result, tally)
        out = _Rational(result)
        out.plain, out.tally, out.size = result, tally, digits(result)
        return out

    return operate


for _name, _op, _lefts, _rights in (("add", operator.add, (0,), (0,)), ("sub", operator.sub, (0,), (0,)), ("mul", operator.mul, (0, 1), (0, 1)),
                                    ("truediv", operator.truediv, (0,), (1,)), ("pow", arithmetic.power, (0, 1), (0, 1))):
    setattr(_Counting, f"__{_name}__", _operation(_op, False, _lefts, _rights))
    setattr(_Counting, f"__r{_name}__", _operation(_op, True, _lefts, _rights))


def counting(value: Any, tally: list[int]) -> Any:
    """The value with all its numbers counting into the tally."""
    kind = type(value)
    if kind is fmpq:
        out: Any = _Rational(value)
    elif kind is Real:
        out = _Irrational(value.ball, value.form)
    elif kind is tuple:
        return tuple([counting(v, tally) for v in value])
    else:
        return value
    out.plain, out.tally, out.size = value, tally, digits(value)
    return out


def work_of(steps: Iterable[Step], values: Mapping[str, Any], options: Mapping[str, int]) -> int:
    """The work of the steps of a chain: of each operation the digits that it works on; of each value those that are written down, or
    for a part that gives options to choose from, their number (`options`)."""
    tally = [0]
    known = {name: counting(value, tally) for name, value in values.items()}
    for step in steps:
        with contextlib.suppress(*RUNTIME_ERRORS):  # it has been computed before, with plain numbers
            step.formula.run(known)
        tally[0] += options.get(step.name) or digits(values[step.name])
    return tally[0]


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
