"""Expressions in free symbols: an immutable tree that a chain carries like a number.

A node is a number, a symbol, pi, a sum, a product, a quotient, a power or one of `FUNCTIONS`. The operators of
Python and the functions of `arithmetic` take expressions and numbers alike. They tidy up a little (``2*3*w`` is
``6*w``, ``w + w`` is ``2*w``, ``w - w`` is the number 0) and never expand; `tree` builds what it is told, so that what a
student typed can be shown as it was typed.

Two ways to take a value, both exact in their kind and both used to compare expressions:

* `enclose`: at rational values of the symbols, exactly where the result is rational, else as a certified ball;
* `residue`: modulo the prime 2^61 - 1, where functions that are not rational are black boxes: the same for the same
  argument, random otherwise. Two expressions with the same residue at a random point are the same (up to a
  probability of degree/2^61); nothing follows from different ones unless both are rational.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Union

from flint import arb, ctx, fmpq, fmpz

from examwright.solvers import arithmetic
from examwright.solvers.arithmetic import Number, Real, Symbolic, Undecided, to_decimal, to_latex, to_text

__all__ = [
    "FUNCTIONS", "GREEK", "PRIME", "Expression", "NoValue", "Walk", "derivative", "number_of", "residue", "same_residue",
    "substitute", "symbol", "symbol_latex", "tree", "with_numbers", "wrapped",
]

MAX_SIZE = 1000  # nodes
MAX_DEPTH = 100
MAX_POWER = 1000  # of a number as an exponent
MAX_BITS = 8192  # of a numerator or denominator of a number inside
PRIME = (1 << 61) - 1

FUNCTIONS = {  # name → fewest arguments; only max and min take more
    "ln": 1, "log2": 1, "log10": 1, "exp": 1, "sqrt": 1, "abs": 1, "sin": 1, "cos": 1, "tan": 1, "sigmoid": 1, "tanh": 1,
    "max": 2, "min": 2,
}
GREEK = {  # letter → the name that stands for it in formulas
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta",
    "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}
_GREEK_NAMES = frozenset(GREEK.values())

Value = Union[Number, "Expression"]


class NoValue(ArithmeticError):
    """The expression certainly has no value at this point: the logarithm of a negative number, a division by zero."""


class Expression(Symbolic):
    """One node: `op` is number, symbol, pi, + (any number of terms), * (any number of factors), /, ^ or a name of
    `FUNCTIONS`; `args` are the expressions below it (of a number its value, of a symbol its name).

    `rational`: built from symbols and rational numbers by + - * / and whole powers alone. `partial`: holds a function that
    has no value for some arguments (a logarithm, a root). `rough`: holds a number that is only known by a ball.
    `degree` bounds the degree of the polynomials behind `residue`.
    ``==`` compares trees, not functions; ``<`` and the like are a TypeError.
    """

    __slots__ = ("_hash", "_text", "args", "degree", "depth", "op", "partial", "rational", "rough", "size")

    def __init__(self, op: str, args: tuple[Any, ...]):
        self.op, self.args = op, args
        self._text: str | None = None
        if op in ("number", "symbol", "pi"):
            self.size = self.depth = 1
            self.degree = int(op == "symbol")
            self.partial = False
            number = args[0] if op == "number" else None
            self.rational = op == "symbol" or isinstance(number, fmpq)
            self.rough = isinstance(number, Real)
            if isinstance(number, fmpq) and (number.p.bit_length() > MAX_BITS or number.q.bit_length() > MAX_BITS):
                raise ValueError("a number with too many digits")
            self._hash = hash(op if self.rough else (op, args))
            return
        self.size, self.depth = 1 + sum([a.size for a in args]), 1 + max([a.depth for a in args])
        if self.size > MAX_SIZE or self.depth > MAX_DEPTH:
            raise ValueError("an expression with too many terms")
        k = args[1].args[0] if op == "^" and args[1].op == "number" else None
        if k is not None and not abs(arithmetic.enclosure(k)) <= MAX_POWER:
            raise ValueError(f"an exponent beyond {MAX_POWER}")
        whole = isinstance(k, fmpq) and k.q == 1
        self.rational = (op in "+*/" or whole) and all([a.rational for a in args])
        self.partial = op in _PARTIAL or (op == "^" and not whole) or any([a.partial for a in args])
        self.rough = any([a.rough for a in args])
        degrees = [a.degree for a in args]
        self.degree = sum(degrees) if op in "+*/" else max(1, *degrees)
        if whole:
            self.degree = degrees[0] * abs(int(k.p))
        self._hash = hash((op, args))

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

    def symbols(self) -> set[str]:
        """The names of the free symbols."""
        if self.op == "symbol":
            return {self.args[0]}
        return set() if self.op in ("number", "pi") else set().union(*[a.symbols() for a in self.args])

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
        if decimals:
            return _text(self, _decimal)[0]
        if self._text is None:
            self._text = _text(self)[0]
        return self._text

    def latex(self) -> str:
        r"""The expression in LaTeX: ``\frac{1}{2}x^2``, ``e^{-x}``."""
        return _Latex(self).of(self)


_VALUES = (Expression, fmpq, Real, int)
_PARTIAL = ("ln", "log2", "log10", "sqrt", "tan")


def symbol(name: str) -> Expression:
    """The free symbol of that name."""
    return Expression("symbol", (name,))


def wrapped(x: Any) -> Expression:
    """A number (int, fmpq, Real) as an expression, from its closed form where it has one; an expression as it is."""
    if isinstance(x, Expression):
        return x
    if not isinstance(x, Real):
        return Expression("number", (fmpq(x),))
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
        found[rest] = found.get(rest, fmpq(0)) + c
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
    over: list[Expression] = [wrapped(_power(x, k)) for x, k in found.items() if k > 0]
    under: list[Expression] = [wrapped(_power(x, -k)) for x, k in found.items() if k < 0]
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
        return arithmetic.exp(x.form[2] * n)
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
        return f * (derivative(b, x) * arithmetic.ln(a) + b * derivative(a, x) / a)
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


# ---- printing --------------------------------------------------------------------------------

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4  # how tightly a text holds together


def _negative(x: Expression) -> bool:
    """Does the text begin with a minus sign?"""
    if x.op == "number":
        value = x.args[0]
        return bool((value.ball if isinstance(value, Real) else value) < 0)
    return x.op in "*/" and _negative(x.args[0]) and (x.args[0].op == "number" or x.op == "/")


def _negated(x: Expression) -> Expression:
    """−x for an x that is `_negative`."""
    if x.op == "number":
        return wrapped(-x.args[0])
    first = _negated(x.args[0])
    if x.op == "/":
        return Expression("/", (first, x.args[1]))
    rest = x.args[1:]
    if first.op == "number" and isinstance(first.args[0], fmpq) and first.args[0] == 1:
        return rest[0] if len(rest) == 1 else Expression("*", rest)
    return Expression("*", (first, *rest))


def _decimal(x: Number) -> str:
    text = to_decimal(x)
    return text if isinstance(x, fmpq) and len(text) <= 20 and _fmpq_of(text) == x else to_text(x)


def _fmpq_of(text: str) -> fmpq:
    """The rational that a plain decimal stands for."""
    head, _, tail = text.partition(".")
    return fmpq(int(head + tail), 10 ** len(tail))


def _held(x: Expression, least: int, number: Callable[[Number], str]) -> str:
    text, level = _text(x, number)
    return text if level >= least else f"({text})"


def _text(x: Expression, number: Callable[[Number], str] = to_text) -> tuple[str, int]:
    """(text, how tightly it holds together)."""
    if x.op == "number":
        text = number(x.args[0])
        return text, _SUM if text[0] == "-" else _PRODUCT if "/" in text or "*" in text else _ATOM
    if x.op in ("symbol", "pi"):
        return (x.args[0] if x.op == "symbol" else "pi"), _ATOM
    if x.op == "+":
        out = _held(x.args[0], _PRODUCT, number) if not _negative(x.args[0]) else _text(x.args[0], number)[0]
        for term in x.args[1:]:
            minus = _negative(term)
            out += (" - " if minus else " + ") + _held(_negated(term) if minus else term, _PRODUCT, number)
        return out, _SUM
    if _negative(x):
        return "-" + _held(_negated(x), _PRODUCT, number), _SUM
    if x.op == "*":
        # a fraction or quotient may only stand first: x*(1/2) is not (x*1)/2 to the eye
        return "*".join([_held(a, _POWER if i or a.op in "*/" else _PRODUCT, number) for i, a in enumerate(x.args)]), _PRODUCT
    if x.op == "/":
        a, b = x.args
        return f"{_held(a, _POWER if a.op in ('number', '/') else _PRODUCT, number)}/{_held(b, _POWER, number)}", _PRODUCT
    if x.op == "^":
        return f"{_held(x.args[0], _ATOM, number)}^{_held(x.args[1], _ATOM, number)}", _POWER
    return f"{x.op}({', '.join([_text(a, number)[0] for a in x.args])})", _ATOM


def symbol_latex(name: str) -> str:
    r"""A symbol's name in LaTeX: ``\lambda``, ``\theta_{1}``, ``x``, ``\mathrm{rate}``."""
    base, _, index = name.partition("_")
    if not index:
        stem = base.rstrip("0123456789")
        base, index = stem, base[len(stem):]
    if base in _GREEK_NAMES:
        base = "\\" + base
    elif len(base) > 1:
        base = rf"\mathrm{{{base}}}"
    return f"{base}_{{{index}}}" if index else base


_BARE = ("ln", "log2", "log10", "sin", "cos", "tan", "tanh")  # may stand without brackets
_LATEX_NAMES = {"ln": r"\ln", "log2": r"\log_2", "log10": r"\log_{10}", "sin": r"\sin", "cos": r"\cos", "tan": r"\tan",
                "tanh": r"\tanh", "max": r"\max", "min": r"\min", "exp": r"\exp"}


class _Latex:
    """Prints one expression; knows which of its symbols need care."""

    def __init__(self, whole: Expression):
        names = whole.symbols()
        self.sigmoid = r"\operatorname{sigmoid}" if "sigma" in names else r"\sigma"
        self.powers_of_e = "e" not in names

    def of(self, x: Expression) -> str:
        return self.print(x)[0]

    def held(self, x: Expression, least: int, last: bool = True) -> str:
        text, level = self.print(x, last)
        return text if level >= least else self.brackets(text)

    @staticmethod
    def brackets(text: str) -> str:
        return rf"\left({text}\right)" if r"\frac" in text or "^" in text else f"({text})"

    def print(self, x: Expression, last: bool = True) -> tuple[str, int]:
        """(LaTeX, how tightly it holds); `last`: nothing follows that a function could swallow."""
        if x.op == "number":
            text = to_latex(x.args[0])
            plain = text.isdigit()
            return text, _ATOM if plain else _SUM if text[0] == "-" else _POWER if text.startswith(r"\frac") else _PRODUCT
        if x.op == "symbol":
            return symbol_latex(x.args[0]), _ATOM
        if x.op == "pi":
            return r"\pi", _ATOM
        if x.op == "+":
            out = ""
            for i, term in enumerate(x.args):
                minus = _negative(term)
                sign = ("- " if i else "-") if minus else "+ " if i else ""
                out += (" " if i else "") + sign + self.held(_negated(term) if minus else term, _PRODUCT)
            return out, _SUM
        if _negative(x):
            return "-" + self.held(_negated(x), _PRODUCT, last), _SUM
        if x.op == "*":
            return self.product(x.args, last), _PRODUCT
        if x.op == "/":
            return rf"\frac{{{self.of(x.args[0])}}}{{{self.of(x.args[1])}}}", _POWER
        if x.op == "^":
            exponent = to_text(x.args[1].args[0]) if x.args[1].op == "number" else self.of(x.args[1])  # 1/2, no tower
            return self.power(self.held(x.args[0], _ATOM), exponent), _POWER
        return self.function(x, last)

    @staticmethod
    def power(base: str, exponent: str) -> str:
        return f"{base}^{exponent}" if len(exponent) == 1 else f"{base}^{{{exponent}}}"

    def product(self, factors: tuple[Expression, ...], last: bool) -> str:
        out = ""
        for i, factor in enumerate(factors):
            text = self.held(factor, _PRODUCT if i == 0 and factor.op == "number" else _POWER, last and i == len(factors) - 1)
            if out and (text[0].isdigit() or (text.startswith(r"\frac") and factors[i - 1].op == "number")):
                out += r" \cdot " + text
            elif out and (r"\mathrm" in out + text or r"\operatorname" in text) and text[0] != "(":
                out += r"\," + text
            elif out and text[0].isalpha() and _ends_in_command(out):
                out += " " + text
            else:
                out += text
        return out

    def function(self, x: Expression, last: bool) -> tuple[str, int]:
        inner = [self.of(a) for a in x.args]
        if x.op == "sqrt":
            return rf"\sqrt{{{inner[0]}}}", _POWER
        if x.op == "abs":
            return rf"\left|{inner[0]}\right|", _POWER
        if x.op == "exp" and self.powers_of_e and r"\frac" not in inner[0]:
            return ("e", _ATOM) if inner[0] == "1" else (self.power("e", inner[0]), _POWER)
        name = self.sigmoid if x.op == "sigmoid" else _LATEX_NAMES[x.op]
        if last and x.op in _BARE and (x.args[0].op in ("symbol", "pi") or (x.args[0].op == "number" and inner[0][0] != "-")):
            return f"{name} {inner[0]}", _POWER
        return name + self.brackets(r",\, ".join(inner)), _POWER


def _ends_in_command(latex: str) -> bool:
    head, backslash, tail = latex.rpartition("\\")
    return bool(backslash) and tail.isalpha()


# ---- values ----------------------------------------------------------------------------------

_EXACT_BITS = 4096  # beyond this, a rational goes on as a ball


class Walk:
    """Takes values of expressions at one point (symbol → fmpq) in the precision of `flint.ctx`.

    `clean` turns False where a term was too small to leave a trace in a sum (or a sigmoid was as good as 0 or 1): then
    agreement of two values says little. `work` counts the nodes visited.
    """

    __slots__ = ("clean", "point", "work")

    def __init__(self, point: Mapping[str, fmpq]):
        self.point = point
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
            if isinstance(value, arb):
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
            if op in ("sigmoid", "tanh") and abs(args[0]) > ctx.prec // 4:
                self.clean = False
        if isinstance(value, arb):
            if not value.is_finite():
                raise Undecided("a value too large to tell")
        elif value.p.bit_length() > _EXACT_BITS or value.q.bit_length() > _EXACT_BITS:
            value = arb(value)
        return value

    def traces(self, terms: list[Any]) -> None:
        """Note if a term of a sum is lost beside the largest."""
        sizes = [abs(arb(t)) for t in terms if not t == 0]  # a ball around 0 counts: what is in it is lost
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
    if a < 0 and not (isinstance(k, fmpq) and k.q % 2 == 1):  # (-8)^(1/3) is taken for -2 by some
        raise NoValue("a broken power of a negative number")
    raise Undecided("a broken power of what may be negative")


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
    """A function's residue, by the identities that hold for all arguments: parity, and sigmoid and tanh by exp."""
    if op in ("ln", "log2", "log10"):
        arguments.add(("ln", a))
        if a == 1:
            return 0
        out = _mixed(_CODES["ln"], a)
        return out if op == "ln" else out * _inverse(_mixed(_CODES["ln"], int(op[3:]))) % PRIME
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
