"""The values of expressions, taken in two ways that are exact in their kind and used to compare expressions.

* `Walk.enclose`: at rational values of the symbols, exactly where the result is rational, else as a certified ball;
* `residue`: modulo the prime 2^61 - 1, where functions that are not rational are black boxes: the same for the same
  argument, random otherwise. Two expressions with the same residue at a random point are the same (up to a
  probability of degree/2^61); nothing follows from different ones unless both are rational.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from examwright.solvers.arithmetic import Undecided
from examwright.solvers.expression import FUNCTIONS, Expression, Value, wrapped

__all__ = ["PRIME", "NoValue", "Walk", "residue", "same_residue"]

PRIME = (1 << 61) - 1


class NoValue(ArithmeticError):
    """The expression certainly has no value at this point: the logarithm of a negative number, a division by zero."""


_EXACT_BITS = 4096  # beyond this, a rational goes on as a ball


class Walk:
    """Takes values of expressions at one point (symbol → fmpq) in the precision of `flint.ctx`.

    `clean` turns False where a term was too small to leave a trace in a sum (or a sigmoid was as good as 0 or 1): then
    agreement of two values says little. Only a `careful` walk looks. `work` counts the nodes visited.
    """

    __slots__ = ("careful", "clean", "point", "work")

    def __init__(self, point: Mapping[str, fmpq], careful: bool = False):
        self.point = point
        self.careful = careful
        self.clean = True
        self.work = 0

    def enclose(self, x: Expression) -> fmpq | arb:
        """The value: an fmpq where it is rational, else a finite ball.

        Raises NoValue where there certainly is none, Undecided where that cannot be told.
        """
        self.work += 1
        op = x.op
        if op == "symbol":
            return self.point[x.args[0]]
        if op == "number":
            value = x.args[0]
            return value if isinstance(value, fmpq) else value.ball
        if op == "pi":
            return arb.pi()
        args = [self.enclose(a) for a in x.args]
        if op == "+":
            value = args[0]
            for a in args[1:]:
                value = value + a
            if self.careful and isinstance(value, arb):
                self.traces(args)
        elif op == "*":
            value = args[0]
            for a in args[1:]:
                value = value * a
        elif op == "/":
            value = _divided(*args)
        elif op == "^":
            value = _raised(*args)
        else:
            value = _CALLS[op](*args)
            if op in ("sigmoid", "tanh") and abs(arb(args[0])) > ctx.prec // 4:
                self.clean = False
        if isinstance(value, arb):
            if not value.is_finite():
                raise Undecided("a value too large to tell")
        elif value.p.bit_length() > _EXACT_BITS or value.q.bit_length() > _EXACT_BITS:
            value = arb(value)
        return value

    def traces(self, terms: list[Any]) -> None:
        """Note if a term of a sum is lost beside the largest."""
        zeros = [bool(t == 0) for t in terms]  # certainly: of a ball around 0, what is in it may be lost
        sizes = [abs(arb(t)) for t, zero in zip(terms, zeros) if not zero]
        largest = sizes[0] if sizes else arb(0)
        for s in sizes:
            largest = largest.max(s)
        edge = largest * arb(2) ** -(ctx.prec // 2)
        if any([not s > edge for s in sizes]):
            self.clean = False


def _divided(a: Any, b: Any) -> Any:
    if b == 0:
        raise NoValue("division by zero")
    if isinstance(b, arb) and b.contains(0):
        raise Undecided("a division by what may be zero")
    return a / b


def _raised(a: Any, k: Any) -> Any:
    if isinstance(k, fmpq) and k.q == 1:
        n = int(k.p)
        if isinstance(a, fmpq):
            if a == 0 and n <= 0:
                if n < 0:
                    raise NoValue("a negative power of zero")
                raise Undecided("0^0")
            if max(a.p.bit_length(), a.q.bit_length()) * abs(n) <= _EXACT_BITS:
                return a ** n
        elif n <= 0 and a.contains(0):
            raise Undecided("a negative power of what may be zero")
        return arb(a) ** n
    if a == 0:
        if k > 0:
            return fmpq(0)
        if k < 0:
            raise NoValue("a negative power of zero")
        raise Undecided("0^0")
    if a > 0:
        return arb(a) ** arb(k)
    if a < 0 and not _odd_root(k):
        raise NoValue("a broken power of a negative number")
    raise Undecided("a broken power of what may be negative")


def _odd_root(k: Any) -> bool:
    """May the exponent be a whole number over an odd one? (-8)^(1/3) is taken for -2 by some, and ln(8)/ln(2) is 3."""
    if isinstance(k, fmpq):
        return bool(k.q % 2 == 1)
    return any([bool((k * q).contains_integer()) for q in (1, 3, 5, 7, 9)])


def _logarithm(a: Any) -> Any:
    if a > 0:
        return fmpq(0) if isinstance(a, fmpq) and a == 1 else arb(a).log()
    if a <= 0:
        raise NoValue("the logarithm of a number that is not positive")
    raise Undecided("the logarithm of what may be zero")


def _root(a: Any) -> Any:
    if a >= 0:
        if isinstance(a, fmpq):
            top, bottom = fmpz(a.p).isqrt(), fmpz(a.q).isqrt()
            if top * top == a.p and bottom * bottom == a.q:
                return fmpq(top, bottom)
        return arb(a).sqrt()
    if a < 0:
        raise NoValue("the root of a negative number")
    raise Undecided("the root of what may be negative")


def _tangent(a: Any) -> Any:
    below = arb(a).cos()
    if below.contains(0):
        raise Undecided("a tangent near its pole")
    return arb(a).sin() / below


def _squashed(a: Any) -> Any:
    if a > 0:
        return 1 / (1 + arb(-a).exp())
    e = arb(a).exp()
    return e / (1 + e)


def _extreme(direction: int) -> Callable[..., Any]:
    def pick(*args: Any) -> Any:
        best = args[0]
        for a in args[1:]:
            if isinstance(a, fmpq) and isinstance(best, fmpq):
                best = a if (a > best) == (direction > 0) else best
            else:
                best = arb(best).max(arb(a)) if direction > 0 else arb(best).min(arb(a))
        return best

    return pick


_CALLS: dict[str, Callable[..., Any]] = {
    "ln": _logarithm, "log2": lambda a: _logarithm(a) / arb(2).log(), "log10": lambda a: _logarithm(a) / arb(10).log(),
    "exp": lambda a: fmpq(1) if a == 0 else arb(a).exp(), "sqrt": _root, "abs": abs, "sin": lambda a: arb(a).sin(),
    "cos": lambda a: arb(a).cos(), "tan": _tangent, "sigmoid": _squashed, "tanh": lambda a: arb(a).tanh(),
    "max": _extreme(1), "min": _extreme(-1),
}


# ---- residues --------------------------------------------------------------------------------

_HALF = (PRIME + 1) // 2
_CODES = {name: i + 1 for i, name in enumerate((*FUNCTIONS, "^", "pi"))}


def _mixed(code: int, *args: int) -> int:
    """A residue that looks random, the same for the same arguments (the finish of SplitMix64)."""
    z = code * 0x9E3779B97F4A7C15
    for a in args:
        z = (z ^ a) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        z = (z ^ (z >> 29)) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        z ^= z >> 32
    return z % PRIME


def residue(x: Expression, point: Mapping[str, int], arguments: set[Any]) -> int:
    """The value of x modulo `PRIME` at the point (symbol → residue). What the functions that are not defined everywhere
    are applied to is added to `arguments`: two expressions with the same set have values at the same points, isolated
    ones aside.

    Raises ZeroDivisionError for a division by zero modulo the prime, Undecided for a number without closed form.
    """
    op = x.op
    if op == "symbol":
        return point[x.args[0]]
    if op == "number":
        if x.rough:
            raise Undecided("a number without a closed form")
        return _rational(x.args[0])
    if op == "pi":
        return _mixed(_CODES["pi"])
    args = [residue(a, point, arguments) for a in x.args]
    if op == "+":
        return sum(args) % PRIME
    if op == "*":
        out = args[0]
        for a in args[1:]:
            out = out * a % PRIME
        return out
    if op == "/":
        return args[0] * _inverse(args[1]) % PRIME
    if op == "^":
        k = x.args[1].args[0] if x.args[1].op == "number" else None
        if isinstance(k, fmpq) and k.q == 1:
            n = int(k.p)
            return pow(args[0], n, PRIME) if n >= 0 else pow(_inverse(args[0]), -n, PRIME)
        if isinstance(k, fmpq) and k.q == 2:  # a power of the root
            return pow(_boxed("sqrt", args[0], arguments), int(k.p) % (PRIME - 1), PRIME)
        arguments.add(("^", args[0], args[1]))
        return _mixed(_CODES["^"], *args)
    if op in ("max", "min"):
        out = args[0]
        for a in args[1:]:
            size = _boxed("abs", (out - a) % PRIME, arguments)
            out = (out + a + (size if op == "max" else -size)) * _HALF % PRIME
        return out
    return _boxed(op, args[0], arguments)


def _rational(q: fmpq) -> int:
    return int(q.p) % PRIME * _inverse(int(q.q) % PRIME) % PRIME if q.q != 1 else int(q.p) % PRIME


def _inverse(a: int) -> int:
    if a == 0:
        raise ZeroDivisionError("division by zero modulo the prime")
    return pow(a, -1, PRIME)


def _boxed(op: str, a: int, arguments: set[Any]) -> int:
    """A function's residue, by the identities that hold for all arguments: parity, ln(1/u) = -ln(u), and sigmoid and tanh
    by exp."""
    if op in ("ln", "log2", "log10"):
        if a == 1:
            arguments.add(("ln", a))
            return 0
        out = _log(a, arguments)
        return out if op == "ln" else out * _inverse(_log(int(op[3:]), set())) % PRIME
    if op == "sqrt":
        arguments.add((op, a))
        return a if a in (0, 1) else _mixed(_CODES[op], a)
    if a == 0 and op in ("exp", "cos", "abs", "sin"):
        return int(op in ("exp", "cos"))
    other = PRIME - a
    small, turned = min(a, other), other < a
    if op == "exp":
        out = _mixed(_CODES[op], small)
        return _inverse(out) if turned else out
    if op in ("abs", "cos"):
        return _mixed(_CODES[op], small)
    if op == "sin":
        out = _mixed(_CODES[op], small)
        return PRIME - out if turned and out else out
    if op == "tan":
        arguments.add((op, small))
        return _boxed("sin", a, arguments) * _inverse(_boxed("cos", a, arguments)) % PRIME
    if op == "sigmoid":
        e = _boxed("exp", a, arguments)
        return e * _inverse(e + 1) % PRIME
    e = _boxed("exp", 2 * a % PRIME, arguments)  # tanh
    return (e - 1) * _inverse(e + 1) % PRIME


def _log(a: int, arguments: set[Any]) -> int:
    """The residue of ln: ln(1/u) is -ln(u)."""
    other = _inverse(a)
    small = min(a, other)
    arguments.add(("ln", small))
    out = _mixed(_CODES["ln"], small)
    return PRIME - out if other < a else out


def same_residue(a: Value, b: Value) -> bool:
    """Are the two certainly the same function, wherever both have a value? (Up to a probability below 10^-12.) False
    says only that this way does not show it."""
    x, y = wrapped(a), wrapped(b)
    if x == y:
        return True
    if x.degree + y.degree > 10**6 or x.rough or y.rough:
        return False
    point = {name: _mixed(99, i, *name.encode()) for i, name in enumerate(sorted(x.symbols() | y.symbols()))}
    try:
        return residue(x, point, set()) == residue(y, point, set())
    except (ZeroDivisionError, Undecided):
        return False
