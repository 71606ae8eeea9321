"""Answers that are expressions, each with its key and whether it is right: what ours and SymPy judge side by side.

All are spelled so that both can read them. SymPy's way is the usual one: `parse_expr` on both texts and `simplify` of their
difference. (It runs what it reads as Python; never do that with what a student typed.)
"""

from __future__ import annotations

from typing import Any

from examwright.answers.kinds import make

SYMBOLS = ["w", "x > 0", "y > 0", "0 < p < 1", "n", "gamma"]

ANSWERS = [  # answer, key, right
    ("2*w + x", "x + w + w", True), ("(w - 3)**2", "w**2 - 6*w + 9", True), ("(w - 3)**2", "w**2 - 6*w - 9", False), ("x*(w*x - y)", "w*x**2 - x*y", True), ("2*x*(w*x - y)", "x*(w*x - y)", False), ("w/2 + w/3", "5*w/6", True),
    ("(n**2 + n + 2)/2", "n*(n + 1)/2 + 1", True), ("n*(n + 1)/2", "n*(n + 1)/2 + 1", False), ("1/(1 - gamma**2)", "1/((1 - gamma)*(1 + gamma))", True), ("1/(1 - gamma)", "1/(1 - gamma**2)", False), ("2*x*y/(x + y)", "2/(1/x + 1/y)", True), ("(x + y)/2", "2/(1/x + 1/y)", False),
    ("exp(-w)/(1 + exp(-w))**2", "1/(1 + exp(-w))*(1 - 1/(1 + exp(-w)))", True), ("1/(1 + exp(-w))", "exp(w)/(1 + exp(w))", True), ("1/(1 + exp(w))", "1/(1 + exp(-w))", False), ("ln(1 + exp(-w*x))", "-ln(1/(1 + exp(-w*x)))", True), ("(exp(2*w) - 1)/(exp(2*w) + 1)", "tanh(w)", True), ("1 - tanh(w)", "1 - tanh(w)**2", False),
    ("-p*ln(p) - (1 - p)*ln(1 - p)", "p*ln(1/p) + (1 - p)*ln(1/(1 - p))", True), ("-p*ln(p)", "-p*ln(p) - (1 - p)*ln(1 - p)", False), ("ln(x) - ln(y)", "ln(x/y)", True), ("ln(x)/ln(y)", "ln(x/y)", False), ("2*ln(x)", "ln(x**2)", True), ("x*exp(-x*w) - y", "x*exp(-w*x) + y", False),
    ("sqrt(x**2 + 2*x*y + y**2)", "x + y", True), ("sqrt(x**2 + y**2)", "x + y", False), ("x*sqrt(x)", "x**(3/2)", True), ("3*w**2 - 2*w", "w*(3*w - 2)", True), ("6*w - 2", "3*w**2 - 2*w", False), ("(x*w - y)**2/2 + w**2/2", "w**2/2 + (y - w*x)**2/2", True), ("x*(x*w - y) + w", "(x**2 + 1)*w - x*y", True), ("x*(x*w - y) + 2*w", "(x**2 + 1)*w - x*y", False),
]


def ours() -> Any:
    """A function that reads and judges one of `ANSWERS`: True, False, or None where a person would be asked."""
    from examwright.solvers.arithmetic import Undecided

    kind = make({"expression": SYMBOLS})
    keys = {key: kind.value(kind.read(key)) for _, key, _ in ANSWERS}

    def judged(item: tuple[str, str, bool]) -> bool | None:
        try:
            return bool(kind.judge(kind.read(item[0]), keys[item[1]]).share == 1)
        except Undecided:
            return None

    return judged


def sympys() -> Any:
    """The same with SymPy; the keys are parsed once too."""
    import sympy
    from sympy.parsing.sympy_parser import parse_expr

    names = {n: sympy.Symbol(n, real=True, positive=n in "xyp") for n in ("w", "x", "y", "p", "n", "gamma")}
    keys = {key: parse_expr(key, names) for _, key, _ in ANSWERS}

    def judged(item: tuple[str, str, bool]) -> bool:
        return bool(sympy.simplify(parse_expr(item[0], names) - keys[item[1]]) == 0)

    return judged
