"""Expressions in free symbols: an immutable tree that a chain carries like a number.

A node is a number, a symbol, pi, a sum, a product, a quotient, a power or one of `FUNCTIONS`. The operators of
Python and the functions of `arithmetic` take expressions and numbers alike. They tidy up a little (``2*3*w`` is
``6*w``, ``w + w`` is ``2*w``, ``w - w`` is the number 0) and never expand; `tree` builds what it is told, so that what a
student typed can be shown as it was typed.

`expression_text` prints expressions, `expression_values` takes their values.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Union

from flint import arb, fmpq

from examwright.solvers import arithmetic
from examwright.solvers.arithmetic import FEW_BITS, Number, Real, Symbolic, to_text

__all__ = [
    "FUNCTIONS", "Expression", "Value", "derivative", "number_of", "substitute", "symbol", "tree", "with_numbers", "wrapped",
]

MAX_SIZE = 1000  # nodes
MAX_DEPTH = 100
MAX_POWER = 1000  # of a number as an exponent
MAX_BITS = 8192  # of a numerator or denominator of a number inside

FUNCTIONS = {  # name → fewest arguments; only max and min take more
    "ln": 1, "log2": 1, "log10": 1, "exp": 1, "sqrt": 1, "abs": 1, "sin": 1, "cos": 1, "tan": 1, "sigmoid": 1, "tanh": 1,
    "max": 2, "min": 2,
}

Value = Union[Number, "Expression"]


class Expression(Symbolic):
    """One node: `op` is number, symbol, pi, + (any number of terms), * (any number of factors), /, ^ or a name of
    `FUNCTIONS`; `args` are the expressions below it (of a number its value, of a symbol its name).

    `rational`: built from symbols and rational numbers by + - * / and whole powers alone. `rough`: holds a number that is
    only known by a ball.
    `degree` bounds the degree of the polynomials behind `residue`.
    ``==`` compares trees, not functions; ``<`` and the like are a TypeError.
    """

    __slots__ = ("_hash", "_symbols", "_text", "args", "degree", "depth", "known", "op", "rational", "rough", "size")

    def __init__(self, op: str, args: tuple[Any, ...]):
        self.op, self.args = op, args
        self._text: str | None = None
        self._symbols: frozenset[str] | None = None
        self.known: tuple[Any, Any] | None = None  # a point and the value there, for whoever takes values
        if op in ("number", "symbol", "pi"):
            self.size = self.depth = 1
            self.degree = int(op == "symbol")
            number = args[0] if op == "number" else None
            self.rational = op == "symbol" or isinstance(number, fmpq)
            self.rough = isinstance(number, Real)
            if isinstance(number, fmpq) and (number.p.bit_length() > MAX_BITS or number.q.bit_length() > MAX_BITS):
                raise ValueError("a number with too many digits")
            # the hash of an fmpq itself is slow
            self._hash = hash((int(number.p), int(number.q)) if isinstance(number, fmpq) else op if self.rough else (op, args))
            return
        self.rational, self.rough = op in "+*/", False
        size, depth, degree = 1, 0, 0
        hashes: list[Any] = [op]
        for a in args:  # one pass: expressions are made all the time
            size += a.size
            depth = max(depth, a.depth)
            degree = degree + a.degree if op in "+*/" else max(degree, a.degree, 1)
            self.rational = self.rational and a.rational
            self.rough = self.rough or a.rough
            hashes.append(a._hash)
        if op == "^" and args[1].op == "number":
            k = args[1].args[0]
            if not abs(arithmetic.enclosure(k)) <= MAX_POWER:
                raise ValueError(f"an exponent beyond {MAX_POWER}")
            if isinstance(k, fmpq) and k.q == 1:
                self.rational = args[0].rational
                degree = args[0].degree * abs(int(k.p))
        if size > MAX_SIZE or depth >= MAX_DEPTH:
            raise ValueError("an expression with too many terms")
        self.size, self.depth, self.degree = size, depth + 1, degree
        self._hash = hash(tuple(hashes))

    # trees

    def __eq__(self, other: Any) -> bool:
        if self is other:
            return True
        if not isinstance(other, Expression):
            return NotImplemented
        if self._hash != other._hash or self.op != other.op or len(self.args) != len(other.args):
            return False
        if self.op == "number" and (self.rough or other.rough):
            return self.args[0] is other.args[0]
        return bool(self.args == other.args)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Expression({self.text()})"

    def symbols(self) -> frozenset[str]:
        """The names of the free symbols."""
        if self._symbols is None:
            if self.op in ("number", "symbol", "pi"):
                self._symbols = frozenset(self.args if self.op == "symbol" else ())
            else:
                self._symbols = frozenset().union(*[a.symbols() for a in self.args])
        return self._symbols

    # arithmetic

    def apply(self, function: str, *arguments: Any) -> Value:
        if function == "power":
            return _power(*arguments)
        if function == "relu":
            function, arguments = "max", (fmpq(0), *arguments)
        return tree(function, *arguments) if len(arguments) >= FUNCTIONS[function] else self

    def __add__(self, other: Any) -> Value:
        return _sum(self, other) if isinstance(other, _VALUES) else NotImplemented

    def __radd__(self, other: Any) -> Value:
        return _sum(other, self) if isinstance(other, _VALUES) else NotImplemented

    def __neg__(self) -> Value:
        return _product(fmpq(-1), self)

    def __sub__(self, other: Any) -> Value:
        return _sum(self, -other) if isinstance(other, _VALUES) else NotImplemented

    def __rsub__(self, other: Any) -> Value:
        return _sum(other, -self) if isinstance(other, _VALUES) else NotImplemented

    def __mul__(self, other: Any) -> Value:
        return _product(self, other) if isinstance(other, _VALUES) else NotImplemented

    def __rmul__(self, other: Any) -> Value:
        return _product(other, self) if isinstance(other, _VALUES) else NotImplemented

    def __truediv__(self, other: Any) -> Value:
        return _quotient(self, other) if isinstance(other, _VALUES) else NotImplemented

    def __rtruediv__(self, other: Any) -> Value:
        return _quotient(other, self) if isinstance(other, _VALUES) else NotImplemented

    def __pow__(self, other: Any) -> Value:
        return _power(self, other) if isinstance(other, _VALUES) else NotImplemented

    def __rpow__(self, other: Any) -> Value:
        return _power(other, self) if isinstance(other, _VALUES) else NotImplemented

    def __abs__(self) -> Value:
        return tree("abs", self)

    def __lt__(self, other: Any) -> bool:
        raise TypeError(f"{self.text()} has free symbols and cannot be compared")

    __le__ = __gt__ = __ge__ = __lt__

    # printing

    def text(self, decimals: bool = False) -> str:
        """The expression as it can be typed: ``x^2 - 1/2*x``, ``ln(x)/(x + 1)``, every product with its sign. With
        `decimals`, fractions that end are written so: ``0.667*x``."""
        from examwright.solvers.expression_text import decimal_text, written

        if decimals:
            return written(self, decimal_text)[0]
        if self._text is None:
            self._text = written(self)[0]
        return self._text

    def latex(self) -> str:
        r"""The expression in LaTeX: ``\frac{1}{2}x^2``, ``e^{-x}``."""
        from examwright.solvers.expression_text import Latex

        return Latex(self).of(self)


_VALUES = (Expression, fmpq, Real, int)


def symbol(name: str) -> Expression:
    """The free symbol of that name."""
    return Expression("symbol", (name,))


_NUMBERS: dict[float | None, Expression] = {}  # the leaves of rationals of few bits
_MOST_NUMBERS = 2_000


def wrapped(x: Any) -> Expression:
    """A number (int, fmpq, Real) as an expression, from its closed form where it has one; an expression as it is."""
    if isinstance(x, Expression):
        return x
    if not isinstance(x, Real):
        x = fmpq(x)
        near = float(x) if x.height_bits() <= FEW_BITS else None
        if near in _NUMBERS:
            return _NUMBERS[near]
        made = Expression("number", (x,))
        if near is not None and len(_NUMBERS) < _MOST_NUMBERS:
            _NUMBERS[near] = made
        return made
    if x.form is None:
        return Expression("number", (x,))
    c, function, argument = x.form
    core = Expression(function, (Expression("number", (argument,)),))
    return core if c == 1 else Expression("*", (wrapped(c), core))


def tree(op: str, *arguments: Any) -> Expression:
    """The node as it stands, nothing tidied; sums inside sums and products inside products are joined from the left.

    ValueError if it grows beyond 1000 nodes or 100 levels.
    """
    args = tuple([wrapped(a) for a in arguments])
    if op in "+*" and args[0].op == op:
        args = args[0].args + args[1:]
    return Expression(op, args)


# ---- tidy arithmetic -------------------------------------------------------------------------

_FORMS = ("ln", "log2", "sqrt", "exp")  # the functions of closed forms


def _value(x: Expression) -> Value:
    """An expression that is only a number, as that number, if that is exact."""
    if x.op == "number":
        return x.args[0]
    if x.op == "symbol":
        return x
    if x.op == "*" and len(x.args) == 2 and x.args[1].op in _FORMS:
        c, number = _value(x.args[0]), _value(x.args[1])
        return c * number if isinstance(c, fmpq) and isinstance(number, Real) else x
    if x.op in _FORMS and x.args[0].op == "number":
        argument = x.args[0].args[0]
        if isinstance(argument, fmpq) and (argument > 0 or x.op == "exp"):
            return _COMPUTED[x.op](argument)
    return x


def _known(x: Value) -> bool:
    """Is it a number that is known exactly?"""
    return isinstance(x, fmpq) or (isinstance(x, Real) and x.form is not None)


def _split(term: Expression) -> tuple[fmpq, Expression | None]:
    """A term as rational coefficient and the rest; None where there is no rest."""
    if term.op == "number" and isinstance(term.args[0], fmpq):
        return term.args[0], None
    if term.op == "*" and term.args[0].op == "number" and isinstance(term.args[0].args[0], fmpq):
        rest = term.args[1:]
        return term.args[0].args[0], rest[0] if len(rest) == 1 else Expression("*", rest)
    return fmpq(1), term


def _terms(x: Expression) -> tuple[Expression, ...]:
    return x.args if x.op == "+" else (x,)


def _sum(a: Any, b: Any) -> Value:
    """a + b: rational numbers added up, equal terms collected in the place of the first."""
    found: dict[Expression | None, fmpq] = {}
    for term in _terms(wrapped(a)) + _terms(wrapped(b)):
        c, rest = _split(term)
        found[rest] = found[rest] + c if rest in found else c
    parts = [wrapped(c) if rest is None else rest if c == 1 else wrapped(_product(c, rest))
             for rest, c in found.items() if c != 0]
    if len(parts) < 2:
        return _value(parts[0]) if parts else fmpq(0)
    return Expression("+", tuple(parts))


def _factors(x: Expression, sign: int, found: dict[Expression, int], number: Number) -> Number:
    """Take the factors of x into `found` (base → whole exponent) and its numbers into `number`."""
    if x.op == "*":
        for a in x.args:
            number = _factors(a, sign, found, number)
        return number
    if x.op == "/":
        return _factors(x.args[1], -sign, found, _factors(x.args[0], sign, found, number))
    value = _value(x)
    if not isinstance(value, Expression):
        joined = number * value if sign > 0 else number / value
        if _known(joined) or not (_known(number) and _known(value)):
            return joined  # otherwise ln(2)*ln(3) would become a mere ball
    exponent = 1
    if x.op == "^":
        k = _value(x.args[1])
        if isinstance(k, fmpq) and k.q == 1:
            x, exponent = x.args[0], int(k.p)
    found[x] = found.get(x, 0) + sign * exponent
    return number


def _product(a: Any, b: Any) -> Value:
    """a·b: numbers multiplied, whole powers of equal factors joined, what cancels cancelled."""
    found: dict[Expression, int] = {}
    return _built(_factors(wrapped(b), 1, found, _factors(wrapped(a), 1, found, fmpq(1))), found)


def _quotient(a: Any, b: Any) -> Value:
    """a/b, tidied like a product. ZeroDivisionError for the number 0 below."""
    if not isinstance(b, Expression) and b == 0:
        raise ZeroDivisionError("division by zero")
    found: dict[Expression, int] = {}
    return _built(_factors(wrapped(b), -1, found, _factors(wrapped(a), 1, found, fmpq(1))), found)


def _built(number: Number, found: Mapping[Expression, int]) -> Value:
    """number · the product of the powers, as numerator and denominator."""
    if number == 0:
        return fmpq(0)
    over: list[Expression] = [wrapped(_value(x) if k == 1 else _power(x, k)) for x, k in found.items() if k > 0]
    under: list[Expression] = [wrapped(_value(x) if k == -1 else _power(x, -k)) for x, k in found.items() if k < 0]
    if under and isinstance(number, fmpq) and number.q != 1:
        under.insert(0, wrapped(fmpq(number.q)))
        number = fmpq(number.p)
    if not over or not (isinstance(number, fmpq) and number == 1):
        over.insert(0, wrapped(number))
    top = over[0] if len(over) == 1 else Expression("*", tuple(over))
    if not under:
        return _value(top)
    return Expression("/", (top, under[0] if len(under) == 1 else Expression("*", tuple(under))))


def _power(a: Any, b: Any) -> Value:
    """a^b; whole powers of powers joined, e^b an exponential."""
    base, k = wrapped(a), wrapped(b)
    x, n = _value(base), _value(k)
    if isinstance(n, fmpq):
        if n == 1:
            return x
        if n == 0:
            return fmpq(1)
        if n.q == 1 and base.op == "^" and isinstance(inner := _value(base.args[1]), fmpq) and inner.q == 1:
            return _power(base.args[0], inner * n)
    if isinstance(x, Real) and x.form and x.form[:2] == (1, "exp"):
        exponent: Any = x.form[2] * n
        return arithmetic.exp(exponent)
    if not isinstance(x, Expression) and not isinstance(n, Expression):
        number = arithmetic.power(x, n)
        if _known(number) or not (_known(x) and _known(n)):
            return number
    return Expression("^", (base, k))


_COMPUTED: dict[str, Callable[..., Any]] = {
    "+": lambda *xs: _folded(operator.add, xs), "*": lambda *xs: _folded(operator.mul, xs), "/": operator.truediv,
    "^": arithmetic.power,
    "ln": arithmetic.ln, "log2": arithmetic.log2, "log10": arithmetic.log10, "exp": arithmetic.exp,
    "sqrt": arithmetic.sqrt, "abs": arithmetic.absolute, "sin": arithmetic.sin, "cos": arithmetic.cos,
    "tan": arithmetic.tan, "sigmoid": arithmetic.sigmoid, "tanh": arithmetic.tanh,
    "max": arithmetic.maximum, "min": arithmetic.minimum,
}


def _folded(operation: Callable[[Any, Any], Any], xs: tuple[Any, ...]) -> Any:
    total = xs[0]
    for x in xs[1:]:
        total = operation(total, x)
    return total


def substitute(f: Value, x: Expression, value: Value) -> Value:
    """f with `value` (a number or an expression) in place of the symbol x; a number where no symbol is left.

    TypeError unless x is a symbol; ValueError or ZeroDivisionError where f has no value there.
    """
    if not isinstance(x, Expression) or x.op != "symbol":
        raise TypeError(f"{to_text(x)} is no free symbol")
    if not isinstance(f, Expression) or x.args[0] not in f.symbols():
        return f
    if f.op == "symbol":
        return value
    out = _COMPUTED[f.op](*[substitute(_value(a), x, value) for a in f.args])
    return out if out is value or not isinstance(out, Expression) or out.symbols() else number_of(out)


def number_of(x: Expression) -> Number:
    """The number that an expression without symbols is. ValueError or ZeroDivisionError where it is none."""
    if x.op == "pi":
        return Real(arb.pi())
    found = _value(x)
    return _COMPUTED[x.op](*[number_of(a) for a in x.args]) if isinstance(found, Expression) else found


def with_numbers(x: Expression, change: Callable[[Number], Number]) -> Expression:
    """The same tree with each number replaced that is no exponent."""
    if x.op == "number":
        return wrapped(change(x.args[0]))
    if x.op in ("symbol", "pi"):
        return x
    kept = x.args[1:] if x.op == "^" else ()
    changed = x.args[:1] if x.op == "^" else x.args
    return Expression(x.op, tuple([with_numbers(a, change) for a in changed]) + kept)


def derivative(f: Value, x: Expression) -> Value:
    """The derivative of f in the symbol x, by the rules of calculus, tidied but not simplified.

    TypeError unless x is a symbol; ValueError for abs, max and min of something with x, which have corners.
    Source: sum, product, quotient and chain rule.
    """
    if not isinstance(x, Expression) or x.op != "symbol":
        raise TypeError(f"{to_text(x)} is no free symbol")
    if not isinstance(f, Expression) or x.args[0] not in f.symbols():
        return fmpq(0)
    args = [_value(a) for a in f.args] if f.op != "symbol" else []
    if f.op == "symbol":
        return fmpq(1)
    if f.op == "+":
        return _folded(_sum, tuple([derivative(a, x) for a in args]))
    if f.op == "*":
        terms = [_folded(_product, (*args[:i], derivative(a, x), *args[i + 1:])) for i, a in enumerate(args)]
        return _folded(_sum, tuple(terms))
    if f.op == "/":
        a, b = args
        if not (isinstance(b, Expression) and x.args[0] in b.symbols()):
            return derivative(a, x) / b
        return (derivative(a, x) * b - a * derivative(b, x)) / _power(b, 2)
    if f.op == "^":
        a, b = args
        if not (isinstance(b, Expression) and x.args[0] in b.symbols()):
            return b * _power(a, b - 1) * derivative(a, x)
        log: Any = arithmetic.ln(a)  # type: ignore[arg-type]
        return f * (derivative(b, x) * log + b * derivative(a, x) / a)
    outer = _SLOPES.get(f.op)
    if outer is None:
        raise ValueError(f"{f.op} has corners and no derivative everywhere")
    return outer(f, args[0]) * derivative(args[0], x)


_SLOPES: dict[str, Callable[[Any, Any], Any]] = {
    "ln": lambda f, u: 1 / u, "log2": lambda f, u: 1 / (u * arithmetic.ln(fmpq(2))),
    "log10": lambda f, u: 1 / (u * arithmetic.ln(fmpq(10))), "exp": lambda f, u: f, "sqrt": lambda f, u: 1 / (2 * f),
    "sin": lambda f, u: tree("cos", u), "cos": lambda f, u: -tree("sin", u), "tan": lambda f, u: 1 + f ** 2,
    "sigmoid": lambda f, u: f * (1 - f), "tanh": lambda f, u: 1 - f ** 2,
}
