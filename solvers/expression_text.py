"""Expressions as they can be typed, and in LaTeX."""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from examwright.solvers.arithmetic import Number, Real, to_decimal, to_latex, to_text
from examwright.solvers.expression import Expression, wrapped

__all__ = ["GREEK", "Latex", "decimal_text", "symbol_latex", "written"]

GREEK = {  # letter → the name that stands for it in formulas
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta",
    "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}
_GREEK_NAMES = frozenset(GREEK.values())

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


def decimal_text(x: Number) -> str:
    text = to_decimal(x)
    return text if isinstance(x, fmpq) and len(text) <= 20 and _fmpq_of(text) == x else to_text(x)


def _fmpq_of(text: str) -> fmpq:
    """The rational that a plain decimal stands for."""
    head, _, tail = text.partition(".")
    return fmpq(int(head + tail), 10 ** len(tail))


def _held(x: Expression, least: int, number: Callable[[Number], str]) -> str:
    text, level = written(x, number)
    return text if level >= least else f"({text})"


def written(x: Expression, number: Callable[[Number], str] = to_text) -> tuple[str, int]:
    """(text, how tightly it holds together)."""
    if x.op == "number":
        text = number(x.args[0])
        return text, _SUM if text[0] == "-" else _PRODUCT if "/" in text or "*" in text else _ATOM
    if x.op in ("symbol", "pi"):
        return (x.args[0] if x.op == "symbol" else "pi"), _ATOM
    if x.op == "+":
        out = _held(x.args[0], _PRODUCT, number) if not _negative(x.args[0]) else written(x.args[0], number)[0]
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
    return f"{x.op}({', '.join([written(a, number)[0] for a in x.args])})", _ATOM


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


class Latex:
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
            # without braces only where the reader does not ask what belongs to the exponent: x^2y
            bare = len(exponent) == 1 and exponent.isdigit() and bool(x.args[0].symbols())
            return self.held(x.args[0], _ATOM) + ("^" + exponent if bare else f"^{{{exponent}}}"), _POWER
        return self.function(x, last)

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
            return ("e", _ATOM) if inner[0] == "1" else (f"e^{{{inner[0]}}}", _POWER)
        name = self.sigmoid if x.op == "sigmoid" else _LATEX_NAMES[x.op]
        if last and x.op in _BARE and (x.args[0].op in ("symbol", "pi") or (x.args[0].op == "number" and inner[0][0] != "-")):
            return f"{name} {inner[0]}", _POWER
        return name + self.brackets(r",\, ".join(inner)), _POWER


def _ends_in_command(latex: str) -> bool:
    head, backslash, tail = latex.rpartition("\\")
    return bool(backslash) and tail.isalpha()
