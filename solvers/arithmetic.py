"""The kinds of number a chain can run in.

* `fmpq` (python-flint): an exact rational. Every drawn value is one.
* `Real`: a real number known by a certified enclosure (an `arb` ball of 192 bits) and, where it is
  short, by a closed form such as ``ln(5/3)``. The same class carries the wide balls of the
  interval run, in which every named value is rounded as the paper allows.

A binary float never enters: mixing one with an `fmpq` is a `TypeError`. Functions here take either
kind and return an `fmpq` whenever the result is rational (``sigmoid(ln(3))`` is exactly 3/4).
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from fractions import Fraction
from typing import Any, Union

from flint import arb, ctx, fmpq, fmpz

ctx.prec = 192  # bits: about 57 digits, so that 25 are right after any chain we run

LONG = 10_000  # bits of a rational inside a closed form, and of what is searched for square factors
FEW_BITS = 13  # of numerator and denominator: so few that a float tells any two such rationals apart
MOST_KEPT = 2_000  # texts of such rationals: the first ones are those that come again

Number = Union[fmpq, "Real"]

__all__ = [
    "Number", "Real", "Symbolic", "TooLarge", "Undecided", "absolute", "as_int", "ceil", "cos", "counts_enclosed", "exact", "exp", "floor",
    "enclosure", "has_decimals", "is_integer", "is_number", "ln", "log10", "log2", "maximum", "minimum", "power", "power_of_ten", "relu",
    "rounded_ball", "round_half_up", "sigmoid", "sign", "significant_exponent", "sin", "sqrt", "surely_differ", "tan", "tanh",
    "to_decimal", "to_float", "to_text", "to_latex",
]


class Undecided(ArithmeticError):
    """Two enclosures overlap, so that a comparison has no certain answer."""


class TooLarge(ValueError):
    """A value beyond what a question may compute with: a fault of the question, and of no single draw."""


class Symbolic:
    """Base of values with free symbols (`solvers/expression.py`). The functions here do not compute with one, they
    let it build the expression."""

    __slots__ = ()

    def apply(self, function: str, *arguments: Any) -> Any:
        """The function (ln, power, max, …) of the arguments, one of which is this value."""
        raise NotImplementedError

    def text(self) -> str:
        """The value as it can be typed."""
        raise NotImplementedError

    def latex(self) -> str:
        """The value in LaTeX."""
        raise NotImplementedError


class Real:
    """A real number: `ball` encloses it; `form` = (coefficient, function, argument) says
    coefficient·function(argument) exactly, with function one of ln, log2, sqrt, exp, and rational
    coefficient and argument; None where no short form is known."""

    __slots__ = ("ball", "form")

    def __init__(self, ball: arb, form: tuple[fmpq, str, fmpq] | None = None):
        self.ball = ball
        self.form = form

    def __add__(self, other: Any) -> Number:
        if isinstance(other, Real):
            a, b = self.form, other.form
            if a and b and a[1] == b[1]:
                if a[2] == b[2]:
                    return _scaled(a[0] + b[0], a[1], a[2])
                if a[1] in ("ln", "log2") and a[0].q == 1 and b[0].q == 1 and max(abs(a[0]), abs(b[0])) <= 64 \
                        and abs(a[0]) * a[2].height_bits() + abs(b[0]) * b[2].height_bits() <= LONG:  # or it grows step by step
                    return _log_of(a[1], a[2] ** int(a[0].p) * b[2] ** int(b[0].p))
            return Real(self.ball + other.ball)
        if not isinstance(other, (fmpq, int)):
            return NotImplemented
        if other == 0:
            return self
        return Real(self.ball + other)

    __radd__ = __add__

    def __neg__(self) -> Real:
        f = self.form
        return Real(-self.ball, (-f[0], f[1], f[2]) if f else None)

    def __sub__(self, other: Any) -> Number:
        if not isinstance(other, (Real, fmpq, int)):
            return NotImplemented
        return self + (-other)

    def __rsub__(self, other: Any) -> Number:
        if not isinstance(other, (fmpq, int)):
            return NotImplemented
        return -self + other

    def __mul__(self, other: Any) -> Number:
        if isinstance(other, Real):
            a, b = self.form, other.form
            if a and b and a[1] == b[1] == "sqrt":
                return _scaled(a[0] * b[0], "sqrt", a[2] * b[2])
            return Real(self.ball * other.ball)
        if not isinstance(other, (fmpq, int)):
            return NotImplemented
        if other == 0:
            return fmpq(0)
        f = self.form
        return Real(self.ball * other, (f[0] * other, f[1], f[2]) if f else None)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Number:
        if isinstance(other, Real):
            a, b = self.form, other.form
            if a and b and a[1:] == b[1:]:
                return a[0] / b[0]
            if other.ball.contains(0):
                raise ZeroDivisionError("division by an enclosure of zero")
            return Real(self.ball / other.ball)
        if not isinstance(other, (fmpq, int)):
            return NotImplemented
        return self * (fmpq(1) / other)

    def __rtruediv__(self, other: Any) -> Number:
        if not isinstance(other, (fmpq, int)):
            return NotImplemented
        if self.ball.contains(0):
            raise ZeroDivisionError("division by an enclosure of zero")
        f = self.form
        if f and f[1] == "sqrt":  # q/(c√a) = (q/(ca))·√a
            return _scaled(other / (f[0] * f[2]), "sqrt", f[2])
        return Real(other / self.ball)

    def __pow__(self, other: Any) -> Number:
        return power(self, other)

    def __rpow__(self, other: Any) -> Number:
        return power(other, self)

    def __abs__(self) -> Number:
        return absolute(self)

    def _compare(self, other: Any) -> int:
        if isinstance(other, Real):
            if self is other or (self.form is not None and self.form == other.form):
                return 0
            ball = other.ball
        elif isinstance(other, (fmpq, int)):
            ball = arb(other)
        else:
            raise TypeError(f"a number cannot be compared with {other!r}")
        if self.ball < ball:
            return -1
        if self.ball > ball:
            return 1
        if self.ball.is_exact() and ball.is_exact():
            return 0
        raise Undecided("the two values are too close to tell apart")

    def __lt__(self, other: Any) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._compare(other) >= 0

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, (Real, fmpq, int)):
            return NotImplemented
        return self._compare(other) == 0

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Real({to_text(self)})"


def exact(value: Any) -> Any:
    """Lift ints, Decimals, Fractions, and nested lists of them to exact values (lists to tuples).

    Strings and booleans pass through. Raises TypeError for a float: it never becomes a key.
    """
    if type(value) is not tuple and (isinstance(value, (fmpq, Real, str, bool, Symbolic)) or value is None):
        return value
    if isinstance(value, (list, tuple)):
        for v in value:
            if type(v) is not fmpq:
                return tuple([v if type(v) is fmpq else exact(v) for v in value])
        return value if type(value) is tuple else tuple(value)
    if isinstance(value, (int, fmpz)):
        return fmpq(value)
    if isinstance(value, Fraction):
        return fmpq(value.numerator, value.denominator)
    if isinstance(value, Decimal):
        p, q = value.as_integer_ratio()
        return fmpq(p, q)
    raise TypeError(f"{value!r} ({type(value).__name__}) is not an exact value")


def is_number(value: Any) -> bool:
    """True for an fmpq or a Real (or an int), False for anything else, booleans included."""
    return isinstance(value, (fmpq, Real)) or (isinstance(value, int) and not isinstance(value, bool))


def is_integer(x: Any) -> bool:
    """True if x is a rational with denominator 1."""
    return (isinstance(x, fmpq) and x.q == 1) or (isinstance(x, int) and not isinstance(x, bool))


def as_int(x: Any) -> int:
    """The Python int of an integral value. Raises ValueError for anything else."""
    if isinstance(x, fmpq):
        if x.height_bits() <= 40:  # nearly always; no fraction of so few bits is a whole number as a float
            near = float(x)
            if near.is_integer():
                return int(near)
        elif x.q == 1:
            return int(x.p)
    elif isinstance(x, int) and not isinstance(x, bool):
        return x
    raise ValueError(f"{to_text(x)} is not a whole number")


def enclosure(x: Any) -> arb:
    """The ball that certainly contains x."""
    return x.ball if isinstance(x, Real) else arb(x)


# ---- functions -----------------------------------------------------------------------------

def _scaled(c: fmpq, function: str, argument: fmpq) -> Number:
    """c·function(argument) as an exact rational or a Real with that form."""
    if c == 0:
        return fmpq(0)
    if function == "sqrt":
        inside, argument = _square_free(argument)
        c = c * inside
        if argument == 1:
            return c
        ball = arb(argument).sqrt()
    elif function == "ln":
        ball = arb(argument).log()
    elif function == "log2":
        ball = arb(argument).log() / arb(2).log()
    else:
        ball = arb(argument).exp()
    return Real(ball * c, (c, function, argument))


def _square_free(a: fmpq) -> tuple[fmpq, fmpq]:
    """a = r²·s with s a square-free integer where the factors are small: (r, s)."""
    return _parts_of_root(int(a.p), int(a.q))


@functools.lru_cache(maxsize=4096)
def _parts_of_root(p: int, q: int) -> tuple[fmpq, fmpq]:
    n, outside, d = p * q, 1, 2
    root = fmpz(n).isqrt()
    if root * root == n:  # at once, or a number of many digits takes long
        return fmpq(root, q), fmpq(1)
    while d * d <= n and d < 1000 and n.bit_length() <= LONG:
        while n % (d * d) == 0:
            n //= d * d
            outside *= d
        d += 1
    root = fmpz(n).isqrt()
    if root * root == n:
        outside, n = outside * int(root), 1
    return fmpq(outside, q), fmpq(n)


_KEPT_VALUES: dict[tuple[str, float, int] | None, Number] = {}
_MOST_VALUES = 4_000


def _function_of(function: str, argument: fmpq) -> Number:
    """ln, log2, sqrt or exp of a rational, where that exists; of one of few bits it is worked out once (for a precision)."""
    key = (function, float(argument), ctx.prec) if argument.height_bits() <= FEW_BITS else None
    if key in _KEPT_VALUES:
        return _KEPT_VALUES[key]
    found = _scaled(fmpq(1), function, argument) if function in ("sqrt", "exp") else _log_of(function, argument)
    if key is not None and len(_KEPT_VALUES) < _MOST_VALUES:
        _KEPT_VALUES[key] = found
    return found


def _log_of(function: str, argument: fmpq) -> Number:
    if argument == 1:
        return fmpq(0)
    if function == "log2":
        p, q = int(argument.p), int(argument.q)
        if p & (p - 1) == 0 and q & (q - 1) == 0:
            return fmpq(p.bit_length() - q.bit_length())
    if argument < 1:
        return _scaled(fmpq(-1), function, 1 / argument)
    return _scaled(fmpq(1), function, argument)


def _logarithm(x: Any, function: str) -> Number:
    if isinstance(x, Symbolic):
        return x.apply(function, x)
    if isinstance(x, Real):
        if x.form and x.form[1] == "exp" and function == "ln" and x.form[0] == 1:
            return x.form[2]
        if not x.ball > 0:
            raise ValueError("logarithm of a value that is not positive")
        ball = x.ball.log()
        return Real(ball if function == "ln" else ball / arb(2).log())
    if x <= 0:
        raise ValueError(f"logarithm of {to_text(x)}, which is not positive")
    return _function_of(function, fmpq(x))


def ln(x: Number) -> Number:
    """Natural logarithm. ValueError unless x > 0."""
    return _logarithm(x, "ln")


def log2(x: Number) -> Number:
    """Binary logarithm, exact for powers of two. ValueError unless x > 0."""
    return _logarithm(x, "log2")


def log10(x: Number) -> Number:
    """Logarithm to base 10, exact for powers of ten. ValueError unless x > 0."""
    if isinstance(x, Symbolic):
        return x.apply("log10", x)
    if isinstance(x, fmpq) and x > 0 and 1 in (x.p, x.q):
        k = _digits(x.p if x.q == 1 else x.q) - 1
        if fmpq(10) ** (k if x.q == 1 else -k) == x:
            return fmpq(k if x.q == 1 else -k)
    return ln(x) / ln(fmpq(10))


def exp(x: Number) -> Number:
    """e to the x; exact when x is an integer multiple of the logarithm of a rational."""
    if isinstance(x, Symbolic):
        return x.apply("exp", x)
    if isinstance(x, Real):
        f = x.form
        if f and f[1] == "ln" and f[0].q == 1 and abs(f[0]) <= 64:
            return f[2] ** int(f[0].p)
        if f and f[1] == "ln" and f[0].q == 2 and abs(f[0]) <= 64:
            return _scaled(fmpq(1), "sqrt", f[2] ** int(f[0].p))
        return Real(x.ball.exp())
    if x == 0:
        return fmpq(1)
    return _function_of("exp", fmpq(x))


def sqrt(x: Number) -> Number:
    """Square root, exact for squares of rationals. ValueError if x < 0."""
    if isinstance(x, Symbolic):
        return x.apply("sqrt", x)
    if isinstance(x, Real):
        if x.ball < 0:
            raise ValueError("square root of a negative value")
        return Real(x.ball.sqrt())
    if x < 0:
        raise ValueError(f"square root of {to_text(x)}, which is negative")
    return fmpq(0) if x == 0 else _function_of("sqrt", fmpq(x))


def sigmoid(x: Number) -> Number:
    """1/(1+e^(-x)); exact at logarithms of rationals."""
    if isinstance(x, Symbolic):
        return x.apply("sigmoid", x)
    return 1 / (1 + exp(-x))


def tanh(x: Number) -> Number:
    """Hyperbolic tangent (e^(2x)-1)/(e^(2x)+1); exact at half-logarithms of rationals."""
    if isinstance(x, Symbolic):
        return x.apply("tanh", x)
    if isinstance(x, Real) and not (x.form and x.form[1] == "ln"):
        return Real(x.ball.tanh())
    e = exp(2 * x)
    return (e - 1) / (e + 1)


def sin(x: Number) -> Number:
    """Sine of x radians."""
    return _circular(x, "sin")


def cos(x: Number) -> Number:
    """Cosine of x radians."""
    return _circular(x, "cos")


def tan(x: Number) -> Number:
    """Tangent of x radians. ZeroDivisionError near a pole."""
    return x.apply("tan", x) if isinstance(x, Symbolic) else sin(x) / cos(x)


def _circular(x: Any, function: str) -> Number:
    if isinstance(x, Symbolic):
        return x.apply(function, x)
    if not isinstance(x, Real) and x == 0:
        return fmpq(int(function == "cos"))
    return Real(getattr(enclosure(x), function)())


def maximum(*xs: Any) -> Number:
    """The largest of the numbers (or of one list of them); overlapping enclosures are merged."""
    return _extreme(xs, arb.max, 1)


def minimum(*xs: Any) -> Number:
    """The smallest of the numbers (or of one list of them); overlapping enclosures are merged."""
    return _extreme(xs, arb.min, -1)


def _extreme(xs: Sequence[Any], join: Any, direction: int) -> Number:
    items: Sequence[Any] = xs[0] if len(xs) == 1 and isinstance(xs[0], (tuple, list)) else xs
    if items and set(map(type, items)) == {fmpq}:  # nearly always
        return _extreme_rational(items, direction)
    for x in items:
        if isinstance(x, Symbolic):
            return x.apply("max" if direction > 0 else "min", *items)
    best = None
    for x in items:
        if best is None:
            best = x
            continue
        try:
            if (x > best) if direction > 0 else (x < best):
                best = x
        except Undecided:
            best = Real(join(enclosure(best), enclosure(x)))
    if best is None:
        raise ValueError("the largest or smallest of no numbers")
    return best


def _extreme_rational(items: Sequence[fmpq], direction: int) -> fmpq:
    """The same of rationals: in floats, which keep the order, unless several are the same there."""
    join = max if direction > 0 else min
    if len(items) < 4:
        return join(items)
    try:
        near = list(map(float, items))
    except OverflowError:
        return join(items)
    best = join(near)
    return items[near.index(best)] if near.count(best) == 1 else join(items)


def relu(x: Number) -> Number:
    """max(0, x)."""
    if isinstance(x, Symbolic):
        return x.apply("relu", x)
    return maximum(fmpq(0), x)


def absolute(x: Number) -> Number:
    """|x|."""
    if isinstance(x, Symbolic):
        return x.apply("abs", x)
    if isinstance(x, Real):
        if x.ball >= 0:
            return x
        if x.ball <= 0:
            return -x
        return Real(abs(x.ball))
    return abs(x)


def sign(x: Number) -> fmpq:
    """-1, 0 or +1."""
    return fmpq((x > 0) - (x < 0))


def surely_differ(a: Number, b: Number) -> bool:
    """False for equal numbers, and for enclosures that overlap."""
    try:
        return bool(a != b)
    except Undecided:
        return False


def _power_around_zero(ball: arb, n: int) -> arb:
    """The n-th power, n ≥ 1, of a ball that contains 0: flint takes a logarithm there and has no answer."""
    low, high = (-((-ball.lower()) ** n) if n % 2 else (-ball.lower()) ** n), ball.upper() ** n
    return low.union(high) if n % 2 else low.union(high).union(arb(0))


def power(x: Number, k: Number) -> Number:
    """x to the k. Rational k with a rational base gives a root where k = n/2; |k| ≤ 10000.

    Raises ZeroDivisionError for 0 to a negative power, TooLarge for a larger exponent or a power of more than 40000 bits, ValueError for what
    is not real.
    """
    if isinstance(x, Symbolic):
        return x.apply("power", x, k)
    if isinstance(k, Symbolic):
        return k.apply("power", x, k)
    if isinstance(k, (int, fmpz)):
        k = fmpq(k)
    if isinstance(k, fmpq):
        if abs(k) > 10000:
            raise TooLarge("an exponent beyond 10000")
        if k.q == 1:
            n = int(k.p)
            if isinstance(x, Real):
                if x.form and x.form[1] == "sqrt" and n == 2:
                    return x.form[0] ** 2 * x.form[2]
                if n < 0 and x.ball.contains(0):
                    raise ZeroDivisionError("a negative power of zero")
                return x if n == 1 else Real(x.ball ** n if n < 1 or not x.ball.contains(0) else _power_around_zero(x.ball, n))
            if isinstance(x, int):
                x = fmpq(x)
            if max(int(x.p).bit_length(), int(x.q).bit_length()) * abs(n) > 40000:
                raise TooLarge("a power with too many digits (more than some 12000)")
            return x ** n
        if k.q == 2:
            return power(sqrt(x), fmpq(k.p))
    if not (x > 0):
        raise ValueError("a broken power of a value that is not positive")
    return Real(enclosure(x) ** enclosure(k))


_COUNTS_ENCLOSED: ContextVar[bool] = ContextVar("counts enclosed", default=False)


@contextmanager
def counts_enclosed() -> Iterator[None]:
    """Inside, `floor` and `ceil` of an enclosure that spans whole numbers enclose all that they may be, instead of raising Undecided."""
    token = _COUNTS_ENCLOSED.set(True)
    try:
        yield
    finally:
        _COUNTS_ENCLOSED.reset(token)


def floor(x: Number) -> Number:
    """The largest whole number ≤ x. Undecided if the enclosure spans one, except under `counts_enclosed`."""
    if isinstance(x, Real):
        whole = x.ball.floor()
        n = whole.unique_fmpz()
        if n is not None:
            return fmpq(n)
        if _COUNTS_ENCLOSED.get() and whole.is_finite():
            return Real(whole)
        raise Undecided("cannot tell which side of a whole number the value lies on")
    return fmpq(fmpq(x).floor())


def ceil(x: Number) -> Number:
    """The smallest whole number ≥ x. Undecided if the enclosure spans one, except under `counts_enclosed`."""
    return -floor(-x)


# ---- rounding and showing ------------------------------------------------------------------

def _digits(n: Any) -> int:
    """The number of decimal digits of a whole number n ≥ 1, without writing it down."""
    number = int(n)
    e = (number.bit_length() - 1) * 30102 // 100000  # never too high, and a digit too low in 100,000 bits
    power = _ten(e)
    while power <= number:
        e, power = e + 1, power * 10
    return e


def significant_exponent(x: Number) -> int | None:
    """The e with 10^e ≤ |x| < 10^(e+1); None for zero. For a Real, of its midpoint."""
    try:
        approximate = abs(float(x)) if type(x) is fmpq else abs(to_float(x)) if isinstance(x, (Real, fmpq)) else float(abs(x))
    except OverflowError:
        approximate = math.inf
    if type(x) is fmpq and 0.1 < approximate < 100:  # most numbers; what lies beyond a power of ten is rounded to the power at most
        if 1 < approximate < 10 or approximate == 1 and x.q == 1:
            return 0
        if approximate < 1:
            return -1
        if approximate > 10:
            return 1
    if 1e-200 < approximate < 1e200:
        guess = math.log10(approximate)
        e = math.floor(guess)
        if 1e-9 < guess - e < 1 - 1e-9:  # far enough from a power of ten for a float to decide
            return e
    if isinstance(x, Real):
        mid = x.ball.mid()
        if mid == 0:
            return None
        a = abs(mid)
        e = math.floor(float((a.log() / arb(10).log()).mid()))
        while arb(10) ** (e + 1) <= a:
            e += 1
        while arb(10) ** e > a:
            e -= 1
        return e
    q = abs(fmpq(x))
    if q == 0:
        return None
    e = _digits(q.p) - _digits(q.q)
    return e - 1 if fmpq(10) ** e > q else e


_TENS = [fmpz(10) ** k for k in range(64)]


def _ten(k: int) -> fmpz:
    """10 to the power k ≥ 0."""
    return _TENS[k] if k < len(_TENS) else fmpz(10) ** k


_HALF = fmpq(1, 2)


@functools.lru_cache(maxsize=256)
def power_of_ten(k: int) -> fmpq:
    """10^k."""
    return fmpq(10) ** k


def has_decimals(x: fmpq, places: int) -> bool:
    """Does a rational end at so many decimals (negative: at tens, hundreds, …), so that rounding there changes nothing?"""
    q = x.q
    return bool(_ten(places) % q == 0) if places >= 0 else bool(q == 1 and x.p % _ten(-places) == 0)


def _units(x: Any, decimals: int) -> fmpz:
    """The whole number of units of the last of `decimals` decimals that |x| rounds to, halves up."""
    if isinstance(x, Real):
        middle = x.ball.mid()
        whole = (abs(middle) * power_of_ten(decimals) + _HALF).floor().mid().unique_fmpz()
        if whole is not None:
            return whole
        mantissa, exponent = middle.man_exp()  # on the edge as far as the ball can tell: the middle itself is exact
        x = fmpq(mantissa) * fmpq(2) ** int(exponent)
    p, q = abs(x.p), x.q
    if decimals >= 0:
        return (2 * p * _ten(decimals) + q) // (2 * q)
    q = q * _ten(-decimals)
    return (2 * p + q) // (2 * q)


def _negative(x: Any) -> bool:
    return not x.ball.mid() > 0 if isinstance(x, Real) else x.p < 0


def round_half_up(x: Number, decimals: int) -> fmpq:
    """x to `decimals` decimals (negative: tens, hundreds, …), halves away from zero."""
    if not isinstance(x, (Real, fmpq)):
        x = fmpq(x)
    n = _units(x, decimals)
    if _negative(x):
        n = -n
    return fmpq(n, _ten(decimals)) if decimals >= 0 else fmpq(n * _ten(-decimals))


def rounded_ball(x: Number, digits: int) -> Number:
    """The enclosure of x after an honest student rounded it to `digits` significant digits or kept
    more: x ± half a unit of the last digit. A rational that fits the digits stays exact."""
    if isinstance(x, fmpq):
        e = significant_exponent(x)
        if e is None:
            return x
        if has_decimals(x, digits - 1 - e):
            return x
        ball = arb(x)
    else:
        ball = x.ball
        e = significant_exponent(Real(abs(ball).upper()))
        if e is None:
            return x
    return Real(ball + _half_a_unit(e - digits + 1, ctx.prec))


@functools.lru_cache(maxsize=256)
def _half_a_unit(exponent: int, bits: int) -> arb:
    """0 ± 10^exponent/2, worked out with so many bits."""
    return arb(0, arb(power_of_ten(exponent) / 2))


def _whole(n: Any) -> str:
    """A whole number as text: Python is quicker than flint, but refuses thousands of digits."""
    number = int(n)
    return str(number) if number.bit_length() < 1000 else str(fmpz(n))


def _plain(n: Any, negative: bool, decimals: int) -> str:
    """n units of the last of `decimals` decimals, as a plain decimal string with exactly those."""
    text = _whole(n)
    if decimals > 0:
        text = text.rjust(decimals + 1, "0")
        text = text[:-decimals] + "." + text[-decimals:]
    return "-" + text if negative and n else text


def terminates(x: fmpq) -> int | None:
    """The number of decimals of a terminating decimal, None for the others."""
    q, twos, fives = int(x.q), 0, 0
    while q % 2 == 0:
        q, twos = q // 2, twos + 1
    while q % 5 == 0:
        q, fives = q // 5, fives + 1
    return max(twos, fives) if q == 1 else None


def to_decimal(x: Number, digits: int | None = None, decimals: int | None = None) -> str:
    """x as a plain decimal string: with `decimals` decimals, or `digits` significant digits, or in
    full where it terminates and to 25 significant digits where it does not."""
    if not isinstance(x, (Real, fmpq)):
        x = fmpq(x)
    if decimals is None:
        if digits is None and isinstance(x, fmpq):
            near = float(x) if x.height_bits() <= FEW_BITS else None
            if near in _DECIMALS:
                return _DECIMALS[near]
            full = terminates(x)
            if full is not None and full <= 25:
                text = _plain(abs(x.p) * _ten(full) // x.q, x.p < 0, full)
                return text if near is None else _kept(_DECIMALS, near, text)
        e = significant_exponent(x)
        if e is None:
            return "0"
        decimals = (digits or 25) - 1 - e
        n = _units(x, decimals)
        if digits is not None and n >= _ten(digits):  # 9.996 → 10.0
            decimals -= 1
            n = _units(x, decimals)
    else:
        n = _units(x, decimals)
    return _plain(n if decimals >= 0 else n * _ten(-decimals), _negative(x), max(decimals, 0))


def to_float(x: Number) -> float:
    """The nearest float; for showing and for comparing with the numeric solvers only."""
    return float(x.ball.mid()) if isinstance(x, Real) else float(x)


def to_text(x: Any) -> str:
    """An exact value as text: "2/9", "ln(5/3)", "-2·sqrt(3)", else 25 certified digits. Nested
    values as "(1, 2)" and "[[1, 2], [3, 4]]"."""
    if isinstance(x, fmpq):
        if x.height_bits() <= FEW_BITS:
            near = float(x)
            return _TEXTS.get(near) or _kept(_TEXTS, near, _rational_text(x))
        return _rational_text(x)
    if isinstance(x, Real):
        if x.form:
            c, function, a = x.form
            core = f"{function}({to_text(a)})"
            if c == 1:
                return core
            if c == -1:
                return "-" + core
            return f"{to_text(c)}*{core}" if c.q == 1 else f"({to_text(c)})*{core}"
        return to_decimal(x)
    if isinstance(x, (tuple, list)):
        if x and all(isinstance(r, (tuple, list)) for r in x):
            return "[" + ", ".join("[" + ", ".join(map(to_text, r)) + "]" for r in x) + "]"
        return "(" + ", ".join(map(to_text, x)) + ")"
    return x.text() if isinstance(x, Symbolic) else str(x)


_RATIONAL = r"-?[0-9]+(?:/[1-9][0-9]*)?"
_WRITTEN = re.compile(rf"(?:(?P<minus>-)|(?P<whole>-?[0-9]+)\*|\((?P<fraction>{_RATIONAL})\)\*)?(?P<function>ln|log2|sqrt|exp)\((?P<argument>{_RATIONAL})\)")


def from_text(text: str) -> Number:
    """The number of which `to_text` wrote this exactly: a rational, or a multiple of ln, log2, sqrt or exp of one. Raises ValueError."""
    if re.fullmatch(_RATIONAL, text):
        return fmpq_of(text)
    found = _WRITTEN.fullmatch(text)
    argument = fmpq_of(found["argument"]) if found else fmpq(0)
    if not found or (argument <= 0 and found["function"] != "exp"):
        raise ValueError(f"{text!r} is no exact number")
    return _scaled(fmpq(-1) if found["minus"] else fmpq_of(found["whole"] or found["fraction"] or "1"), found["function"], argument)


def fmpq_of(text: str) -> fmpq:
    """A rational from "2/9" or "-3". Raises ValueError for anything else."""
    top, _, bottom = text.partition("/")
    return fmpq(int(top), int(bottom or 1))


_TEXTS: dict[float, str] = {}
_LATEX: dict[float, str] = {}
_DECIMALS: dict[float | None, str] = {}


def _kept(texts: dict[Any, str], near: float, text: str) -> str:
    if len(texts) < MOST_KEPT:
        texts[near] = text
    return text


def _rational_text(x: fmpq) -> str:
    q = x.q
    return _whole(x.p) if q == 1 else f"{_whole(x.p)}/{_whole(q)}"


def _rational_latex(x: fmpq) -> str:
    p, q = x.p, x.q
    if q == 1:
        return _whole(p)
    return ("-" if p < 0 else "") + rf"\frac{{{_whole(abs(p))}}}{{{_whole(q)}}}"


def to_latex(x: Any, digits: int = 4) -> str:
    r"""A number as LaTeX: ``\frac{2}{9}``, ``\ln\frac{5}{3}``, or rounded to `digits` significant digits."""
    if isinstance(x, fmpq):
        if x.height_bits() <= FEW_BITS:
            near = float(x)
            return _LATEX.get(near) or _kept(_LATEX, near, _rational_latex(x))
        return _rational_latex(x)
    if isinstance(x, (int, fmpz)):
        return _whole(x)
    if isinstance(x, Real):
        if x.form:
            c, function, a = x.form
            head = {"ln": r"\ln ", "log2": r"\log_2 ", "sqrt": r"\sqrt", "exp": "e^"}[function]
            inner = to_latex(a)
            core = head + (f"{{{inner}}}" if function in ("sqrt", "exp") else inner)
            if c == 1:
                return core
            if c == -1:
                return "-" + core
            return to_latex(c) + r"\," + core
        return to_decimal(x, digits=digits)
    return x.latex() if isinstance(x, Symbolic) else str(x)
