"""Are two expressions the same function on their domain? Equal, different, or undecided; never guessed.

1. *Modulo a prime* (`expression_values.residue`): the same residue at a random point says that the two are the same, with a
   probability of error below degree/2^61. Functions that are not rational are black boxes there, so that another
   residue says nothing yet.
2. *At points of the domain*: whole numbers, small fractions, near 0 and near the ends, large, negative, around the numbers
   in the expressions; exactly where the values are rational, else as certified balls of 192 bits. Two balls without a
   common point prove "different", and the point is the evidence.
3. *Agreement* at points counts only where it means something: the balls are narrow, and no term of a sum was too small
   to leave a trace (1 + 10^-200 x looks like 1). The precision is raised until all numbers in the expressions
   show. Enough of that is "equal"; less is "undecided", and a person looks.

Where one side has no value and the other has one, the two are different, as long as that holds on more than isolated
points: ln(x^2) and 2 ln x differ on all real numbers and are equal for x > 0, but x^2/x is x, whatever happens at 0.
So a missing value counts only at random points, which no isolated gap meets. Where neither has a value, nothing
is compared.

The points follow from a hash of the two texts: the same pair gets the same verdict everywhere.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpq

from examwright.answers.phrases import Said, phrase
from examwright.answers.symbols import Symbol
from examwright.solvers.arithmetic import Real, Undecided, to_text
from examwright.solvers.expression import Expression, Value, wrapped
from examwright.solvers.expression_values import PRIME, NoValue, Walk, residue

__all__ = ["Comparison", "compare", "generic_points", "may_agree"]

NICE = 8  # points a person would try
GENERIC = 16  # random points, and 6 more for each symbol
CLEAN = 8  # random points at which agreement meant something, for "equal"
WORK = 5000  # nodes visited in one comparison, in units of 192 bits
MAX_BITS = 3000  # of precision
MAX_DEGREE = 10**6  # up to which a residue proves something


@dataclass(frozen=True)
class Comparison:
    """`verdict`: equal, different or undecided; `reason` says in words what it rests on. For different, `point` is where the
    values `left` and `right` differ (None: there is no value)."""

    verdict: str
    reason: str
    point: Mapping[str, fmpq] = field(default_factory=dict)
    left: fmpq | arb | None = None
    right: fmpq | arb | None = None

    @property
    def at(self) -> str:
        """The point in words: ``x = -1``."""
        return ", ".join([f"{name} = {to_text(value)}" for name, value in self.point.items()])

    def values(self) -> tuple[Said, Said]:
        """The two values as text, to as many digits as it takes to see the difference."""
        one, other = _shown(self.left), _shown(self.right)
        if one == other:
            one, other = _shown(self.left, 40), _shown(self.right, 40)
        if one == other and self.left is not None and self.right is not None:
            with ctx.workprec(2 * MAX_BITS):
                other = phrase("{value} (they differ by {gap})", value=other, gap=_shown(self.left - self.right))
        return one, other


class _Spent(Exception):
    """The work allowed is done."""


def compare(a: Value, b: Value, symbols: Sequence[Symbol]) -> Comparison:
    """Are a and b the same function of the symbols, each in its domain? Every symbol of a and b must be among them."""
    x, y = wrapped(a), wrapped(b)
    if x == y:
        return Comparison("equal", "the same expression")
    return _Comparing(x, y, symbols).verdict()


class _Comparing:
    """One comparison, with its random numbers and its account of work."""

    def __init__(self, a: Expression, b: Expression, symbols: Sequence[Symbol]):
        self.a, self.b = a, b
        free = a.symbols() | b.symbols()
        self.symbols = [s for s in symbols if s.name in free]
        self.rough = a.rough or b.rough
        self.numbers = _Numbers(a, b, self.symbols)
        self.nice = _nice_points(tuple(self.symbols))
        self.work, self.limit = 0.0, float(WORK)

    def verdict(self) -> Comparison:
        first = self.at_first() if self.symbols else None
        if first is not None:
            return first
        proven, same_arguments, other_residue = self.by_residue()
        if proven and same_arguments:
            return Comparison("equal", "the same for all values")
        try:
            if not self.symbols:
                return self.by_value()
            if proven:
                return self.by_gaps()
            return self.by_points(other_residue)
        except _Spent:
            return Comparison("undecided", "too long to compare")

    def at_first(self) -> Comparison | None:
        """The quick way to "different": the first simple point."""
        try:
            left, right = _at_first(self.a, self.nice[0]), _at_first(self.b, self.nice[0])
        except Undecided:
            return None
        apart = left is not None and right is not None and _apart(left, right)
        return self.different(self.nice[0], left, right) if apart else None

    # ---- modulo the prime

    def by_residue(self) -> tuple[bool, bool, bool]:
        """(the same function, defined at the same points, certainly another function)."""
        a, b = self.a, self.b
        if self.rough or a.degree + b.degree > MAX_DEGREE:
            return False, False, False
        for _ in range(3):
            point = {s.name: self.numbers.below(PRIME) for s in self.symbols}
            left: set[Any] = set()
            right: set[Any] = set()
            try:
                same = residue(a, point, left) == residue(b, point, right)
            except (ZeroDivisionError, Undecided):
                continue
            # a polynomial may vanish on all of a finite domain
            return same, left == right, not same and a.rational and b.rational and not any(map(_finite, self.symbols))
        return False, False, False

    # ---- at points

    def both(self, point: Mapping[str, fmpq], careful: bool = True) -> tuple[Any, Any, bool]:
        """The two values (None: there is none) and whether agreement there means something. Undecided, _Spent."""
        values: list[Any] = []
        clean = True
        for e in (self.a, self.b):
            walk = Walk(point, careful)
            try:
                values.append(walk.enclose(e))
            except NoValue:
                values.append(None)
            finally:
                self.work += walk.work * max(ctx.prec / 192, 1)
            clean = clean and walk.clean
        if self.work > self.limit:
            raise _Spent
        return values[0], values[1], clean

    def by_value(self) -> Comparison:
        """Two numbers."""
        enough = 192 if self.rough else max(self.precision(), 384)
        for bits in dict.fromkeys((192, enough)):
            with ctx.workprec(bits):
                try:
                    left, right, clean = self.both({})
                except Undecided:
                    continue
                if left is None or right is None:
                    same = left is None and right is None
                    return Comparison("undecided", "neither has a value") if same else self.different({}, left, right)
                if _apart(left, right):
                    return self.different({}, left, right)
                if _equal(left, right) or (bits == enough and clean and _narrow(left, right)):
                    return Comparison("equal", "the same number")
        return Comparison("undecided", "the two numbers are too close to tell apart")

    def by_gaps(self) -> Comparison:
        """Two expressions that are the same function where both have a value: is one without a value where the other
        has one?"""
        for point in generic_points(self.symbols, self.numbers.below, GENERIC + 6 * len(self.symbols)):
            try:
                left, right, _ = self.both(point)
            except Undecided:
                continue
            if (left is None) != (right is None):
                return self.gap_at(point, left, right)
        return Comparison("equal", "the same for all values")

    def gap_at(self, point: dict[str, fmpq], left: Any, right: Any) -> Comparison:
        """A random point where only one of the two has a value; a simple one in its place where there is one."""
        for nicer in self.nice:
            try:
                values = self.both(nicer)
            except (Undecided, _Spent):
                continue
            if (values[0] is None, values[1] is None) == (left is None, right is None):
                return self.different(nicer, values[0], values[1])
        return self.different(point, left, right)

    def by_points(self, other_residue: bool) -> Comparison:
        """The verdict by values alone. `other_residue`: the two are certainly different somewhere."""
        exhausted, corners = _exhausted(self.symbols), _corners(self.a, self.b)
        below, count = self.numbers.below, GENERIC + 6 * len(self.symbols)
        points = generic_points(self.symbols, below, 4 * count if other_residue else count)
        random = iter(()) if exhausted else itertools.chain(points, _corner_points(self.symbols, below, corners))
        smooth = corners is None  # then a few points are as good as many
        self.limit = WORK * 2 / 3
        with ctx.workprec(192):
            different, found, whole = self.search(self.nice, random, CLEAN if smooth and not exhausted and not other_residue else None)
        if different is not None:
            return different
        if other_residue:
            return Comparison("undecided", "they are different, but agree at all points tried")
        if exhausted and found == len(self.nice):
            return Comparison("equal", "the same at every point of the domain")
        bits = self.precision()
        if bits <= 192 and found >= CLEAN and (smooth or whole):
            return Comparison("equal", f"the same to 28 digits at {found} points")
        if bits <= MAX_BITS and (smooth or whole):
            self.limit = WORK
            with ctx.workprec(bits):
                different, found, _ = self.search((), generic_points(self.symbols, below, count), CLEAN)
            if different is not None:
                return different
            if found >= CLEAN:
                return Comparison("equal", f"the same to {bits * 3 // 20} digits at {found} points")
        return Comparison("undecided", "they agree at all points tried, which proves too little here")

    def search(self, simple: Iterable[dict[str, fmpq]], random: Iterable[dict[str, fmpq]],
               most: int | None) -> tuple[Comparison | None, int, bool]:
        """A difference; at how many points agreement meant something (of the random ones, or of the simple ones where there
        are no others); and whether all points were looked at. Stops after `most` such points."""
        counted = {False: 0, True: 0}
        for is_random, points in ((False, simple), (True, random)):
            for point in points:
                try:
                    left, right, clean = self.both(point)
                except Undecided:
                    continue
                except _Spent:
                    return None, counted[True], False
                if left is None or right is None:
                    if is_random and left is not right:
                        return self.gap_at(point, left, right), 0, False
                    counted[is_random] += int(left is right and not is_random)
                elif _apart(left, right):
                    return self.different(point, left, right), 0, False
                elif _equal(left, right) or (clean and _narrow(left, right)):
                    counted[is_random] += 1
                    if most is not None and counted[True] >= most:
                        return None, most, True
        return None, counted[True] or counted[False], True

    def precision(self) -> int:
        """Bits at which all numbers in the two expressions show; mere balls show no more in more bits."""
        return 192 if self.rough else 128 + 2 * (_bits(self.a) + _bits(self.b))

    def different(self, point: Mapping[str, fmpq], left: Any, right: Any) -> Comparison:
        both = left is not None and right is not None
        return Comparison("different", "they have different values" if both else "only one of them has a value", point, left, right)


def _at_first(e: Expression, point: Mapping[str, fmpq]) -> Any:
    """The value at a point, None where there is none; kept with the expression, for keys meet many answers."""
    known = e.known  # looked at once: another thread may be at another point
    if known is None or known[0] is not point:
        try:
            known = (point, Walk(point).enclose(e))
        except NoValue:
            known = (point, None)
        e.known = known
    return known[1]


def may_agree(a: Value, b: Value, symbols: Sequence[Symbol]) -> bool:
    """Can two expressions with intervals in them (a typed 0.33 stands for all that is rounded to it) be one function? They
    must have common values at all points where both have any, and at four at least."""
    comparing = _Comparing(wrapped(a), wrapped(b), symbols)
    met = 0
    points = comparing.nice + list(generic_points(comparing.symbols, comparing.numbers.below, GENERIC))
    for point in points:
        try:
            left, right, _ = comparing.both(point)
        except Undecided:
            continue
        except _Spent:
            break
        if left is None or right is None:
            continue
        if _apart(left, right):
            return False
        met += 1
    return met >= min(4, len(points))


# ---- values ----------------------------------------------------------------------------------

def _apart(a: Any, b: Any) -> bool:
    """Certainly different."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return bool(a != b)
    return not arb(a).overlaps(arb(b))


def _equal(a: Any, b: Any) -> bool:
    """Certainly equal."""
    return isinstance(a, fmpq) and isinstance(b, fmpq) and bool(a == b)


def _narrow(a: Any, b: Any) -> bool:
    """Do two balls that meet say so to many digits?"""
    x, y = arb(a), arb(b)
    widest = x.rad().max(y.rad())
    if x.contains(0) and y.contains(0):
        return bool(widest < arb(2) ** -(ctx.prec // 2))
    return bool(widest < abs(x).min(abs(y)) * arb(2) ** -(ctx.prec // 2))


def _shown(value: Any, digits: int = 8) -> Said:
    if value is None:
        return phrase("no value")
    if isinstance(value, fmpq):
        text = to_text(value)
        if len(text) <= max(24, digits):
            return text
    ball = arb(value)
    if ball.contains(0):
        return "0"
    mantissa, e, exponent = str(ball.str(digits, radius=False)).partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + e + exponent


def _bits(e: Expression) -> int:
    """The bits of all numbers in the expression."""
    if e.op == "number":
        value = e.args[0]
        return 0 if isinstance(value, Real) else int(value.p.bit_length() + value.q.bit_length())
    return sum([_bits(a) for a in e.args]) if e.op not in ("symbol", "pi") else 0


_CORNERS = ("abs", "max", "min", "sqrt", "^")  # sqrt((x - 3)^2) has one


def _corners(*expressions: Expression) -> list[fmpq] | None:
    """Numbers at which corners may lie, such as 3 in ``|x - 3|`` and ``max(0, 2x - 6)``: those inside max, min, abs and roots, and
    their ratios. None where nothing has corners."""
    found: dict[fmpq, None] = {}
    any_corner = False

    def walk(e: Expression, inside: bool) -> None:
        nonlocal any_corner
        if e.op == "number":
            if inside and isinstance(e.args[0], fmpq) and 0 < abs(e.args[0]) < 10**9:
                found[abs(e.args[0])] = None
        elif e.op not in ("symbol", "pi"):
            here = e.op in _CORNERS and not (e.op == "^" and _whole_power(e))
            inside, any_corner = inside or here, any_corner or here
            for a in e.args[:1] if e.op == "^" else e.args:
                walk(a, inside)

    for e in expressions:
        walk(e, False)
    if not any_corner:
        return None
    numbers = list(found)[:6]
    return list(dict.fromkeys([fmpq(0), *numbers, *[a / b for a in numbers for b in numbers if a != b]]))


def _whole_power(e: Expression) -> bool:
    k = e.args[1].args[0] if e.args[1].op == "number" else None
    return isinstance(k, fmpq) and k.q == 1


# ---- points ----------------------------------------------------------------------------------

class _Numbers:
    """Random numbers that follow from the two expressions and the domains: SHA-256 and SHAKE-256."""

    def __init__(self, a: Expression, b: Expression, symbols: Sequence[Symbol]):
        self.of = (a, b, symbols)
        self.text = ""
        self.bits = 0
        self.size = 0

    def below(self, n: int) -> int:
        """One of 0, …, n − 1, each as likely as the others up to 2^-64."""
        need = n.bit_length() + (64 if n & (n - 1) else -1)
        if self.size < need:
            if not self.text:
                a, b, symbols = self.of
                self.text = f"{a.text()}|{b.text()}|{','.join([s.condition() or s.name for s in symbols])}"
            seed = hashlib.sha256(self.text.encode()).digest()
            self.text = seed.hex()
            self.bits, self.size = int.from_bytes(hashlib.shake_256(seed).digest(512)), 4096
        part = self.bits & ((1 << need) - 1)
        self.bits >>= need
        self.size -= need
        return part % n


def _finite(symbol: Symbol) -> bool:
    return symbol.whole and symbol.low is not None and symbol.high is not None


def _values_of(symbol: Symbol) -> list[fmpq]:
    """All values of a symbol with finitely many."""
    assert symbol.low is not None and symbol.high is not None
    first, last = int(symbol.low.ceil()), int(symbol.high.floor())
    return [fmpq(n) for n in range(first, min(last, first + 100) + 1) if symbol.allows(fmpq(n))]


def _exhausted(symbols: Sequence[Symbol]) -> bool:
    """Are the nice points all points that there are?"""
    total = 1
    for s in symbols:
        if not _finite(s) or s.high - s.low > 64:  # type: ignore[operator]
            return False
        total *= len(_values_of(s))
    return total <= 64


_TRIED = tuple([fmpq(p, q) for p, q in ((2, 1), (3, 1), (1, 1), (-1, 1), (1, 2), (5, 1), (-2, 1), (0, 1), (-3, 1), (2, 3), (10, 1))])


@lru_cache(maxsize=256)
def _nice_of(symbol: Symbol) -> tuple[fmpq, ...]:
    """Values of one symbol that a person would try, the ends of a closed domain among them."""
    if _finite(symbol) and _exhausted((symbol,)):
        return tuple(_values_of(symbol))
    low, high = symbol.low, symbol.high
    tried = list(_TRIED)
    if low is not None and high is not None:
        tried += [low + (high - low) * fmpq(k, 4) for k in (2, 1, 3)]
    elif low is not None:
        tried += [low + k for k in (1, 2, 3, fmpq(1, 2), 10)]
    elif high is not None:
        tried += [high - k for k in (1, 2, 3, fmpq(1, 2), 10)]
    tried += [end for end in (low, high) if end is not None]
    if symbol.whole:
        tried = [fmpq(t.floor()) for t in tried] + [fmpq(t.ceil()) for t in tried]
    return tuple(dict.fromkeys([t for t in tried if symbol.allows(t)]))


@lru_cache(maxsize=256)
def _nice_points(symbols: tuple[Symbol, ...]) -> list[dict[str, fmpq]]:
    """A few simple points, the symbols different at the first; all points of a small finite domain."""
    choices = [_nice_of(s) for s in symbols]
    if _exhausted(symbols):
        points: list[dict[str, fmpq]] = [{}]
        for s, values in zip(symbols, choices):
            points = [{**p, s.name: v} for p in points for v in values]
        return points
    points = [{s.name: values[(k * (j + 1) + j) % len(values)] for j, (s, values) in enumerate(zip(symbols, choices))}
              for k in range(NICE)]
    below = [[v for v in values if v < 0] for values in choices]
    if len(symbols) > 1 and all(below):  # -1, -2, -3, …
        points.insert(2, {s.name: values[j % len(values)] for j, (s, values) in enumerate(zip(symbols, below))})
    return points


def generic_points(symbols: Sequence[Symbol], below: Callable[[int], int], count: int,
                   moderate: int = 4) -> Iterator[dict[str, fmpq]]:
    """`count` random points of the domain. `below(n)` gives random numbers; the values are fractions with a power of two
    below, the first `moderate` points of moderate size, the others also near 0, near the ends, and large."""
    for k in range(count):
        yield {s.name: _random_value(s, below, 0 if k < moderate else below(4)) for s in symbols}


def _corner_points(symbols: Sequence[Symbol], below: Callable[[int], int], corners: Sequence[fmpq] | None) -> Iterator[dict[str, fmpq]]:
    """Random points on both sides of the numbers, for each symbol in turn."""
    for c in (corners or ())[:max(12 // max(len(symbols), 1), 2)]:
        for s in symbols:
            for center in (c, -c):
                for side in (1, -1):
                    value = center + side * _fraction(below)
                    if s.whole:
                        value = fmpq(value.floor())
                    if s.allows(value):
                        yield {t.name: value if t is s else _random_value(t, below, 0) for t in symbols}


def _fraction(below: Callable[[int], int]) -> fmpq:
    """A random number inside (0, 1)."""
    return fmpq(2 * below(1 << 19) + 1, 1 << 20)


def _random_value(symbol: Symbol, below: Callable[[int], int], stratum: int) -> fmpq:
    """A random value of a symbol. Strata: 0 and 1 moderate, 2 near 0 or an end, 3 large."""
    r = _fraction(below)
    side = 1 - 2 * below(2)
    low, high = symbol.low, symbol.high
    if symbol.whole:
        n = below((8, 8, 4, 200)[stratum])
        if low is not None and high is not None:
            first, last = int(low.ceil()), int(high.floor())
            value = fmpq(first + below(last - first + 1))
            return value if symbol.allows(value) else fmpq((first + last) // 2)
        if low is not None:
            value = fmpq(low.ceil()) + n
            return value if symbol.allows(value) else value + 1
        if high is not None:
            value = fmpq(high.floor()) - n
            return value if symbol.allows(value) else value - 1
        return fmpq(side * n)
    size = (3 * r, 3 * r, r / 1024, 80 * r)[stratum]
    if low is not None and high is not None:
        width = high - low
        if stratum == 2:
            return low + width * r / 1024 if side > 0 else high - width * r / 1024
        return low + width * r
    if low is not None:
        return low + size
    if high is not None:
        return high - size
    return side * size
