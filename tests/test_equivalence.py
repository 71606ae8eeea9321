"""Are two expressions the same function? A table of pairs with verdicts, perturbed random expressions, and bounded work."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from effort import examples
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from examwright.answers import equivalence
from examwright.answers.characters import clean
from examwright.answers.equivalence import compare, generic_points, may_agree
from examwright.answers.parser import evaluate_expression
from examwright.answers.symbols import Scope, symbols_of
from examwright.answers.typed import Notation
from examwright.solvers.arithmetic import Real, exp, ln, maximum, power, sigmoid, sqrt, tanh
from examwright.solvers.expression import Expression, symbol, tree, wrapped

Q = fmpq
NATURAL = Notation(log_base="e")


def read(text: str, symbols: str) -> Any:
    return evaluate_expression(clean(text), NATURAL, Scope(symbols_of(symbols))).value


# symbols with their domains, two expressions, the verdict
PAIRS = [
    # polynomials and rational functions
    ("x", "2x+x", "3x", "equal"), ("x", "x+1", "x+2", "different"), ("x", "(x+1)^2", "x^2+2x+1", "equal"), ("x", "(x+1)^2", "x^2+1", "different"),
    ("x,y", "(x+y)^3", "x^3+3x^2*y+3x*y^2+y^3", "equal"), ("x,y", "(x+y)^2", "x^2+y^2", "different"), ("x,y", "x*y", "x+y", "different"),
    ("x", "(x^2-1)/(x-1)", "x+1", "equal"), ("x", "x/x", "1", "equal"), ("x", "x^2/x", "x", "equal"), ("x", "1/(1/x)", "x", "equal"),
    ("a,b,c", "a/(b/c)", "a*c/b", "equal"), ("a,b,c", "(a/b)/c", "a/(b/c)", "different"), ("x", "1/x+1/(x+1)", "(2x+1)/(x(x+1))", "equal"),
    ("x", "x-x", "0", "equal"), ("x", "-(x-1)", "1-x", "equal"), ("x", "0.1x", "x/10", "equal"), ("x", "0.333x", "x/3", "different"),
    ("x", "(x+1)^100", "(x+1)^99*(x+1)", "equal"), ("x", "(x+1)^100", "(x+1)^99*(x+2)", "different"), ("x", "x^200", "x^199", "different"),
    ("x", "x + x(x-1)(x-2)(x-3)(x-5)(x-10)(x+1)(x+2)(x+3)", "x", "different"), ("x", "x^2", "x^3", "different"),
    ("n", "n(n+1)/2+1", "(n^2+n+2)/2", "equal"), ("p,q", "2p*q/(p+q)", "2/(1/p+1/q)", "equal"), ("gamma", "1/(1-gamma^2)", "1/((1-γ)(1+γ))", "equal"),
    ("x", "1/(x-x)", "x", "different"), ("x,y,z", "(x-y)(y-z)(z-x)+(x-y)(x-z)(y-z)", "0", "equal"),
    # tiny and huge coefficients
    ("x", "x+10^-30*x", "x", "different"), ("x", "x+10^-200", "x", "different"), ("x", "sin x + 10^-30*x", "sin x", "different"),
    ("x", "sin x + 10^-150", "sin x", "different"), ("x", "10^100*x+1", "10^100*x", "different"), ("x", "sin(x)+10^100", "sin(x)+10^100+1", "different"),
    ("x", "ln(1+10^-40)*x", "10^-40*x", "different"),
    # roots and absolute values
    ("x", "sqrt(x^2)", "|x|", "equal"), ("x", "sqrt(x^2)", "x", "different"), ("x>0", "sqrt(x^2)", "x", "equal"), ("x<0", "sqrt(x^2)", "-x", "equal"),
    ("x>=0", "sqrt(x)^2", "x", "equal"), ("x", "(x^2)^(1/2)", "|x|", "equal"), ("x", "(x^2)^(1/2)", "x", "different"), ("x", "|x|^2", "x^2", "equal"), ("x", "|x|", "x", "different"),
    ("x,y", "|x*y|", "|x|*|y|", "equal"), ("x,y", "|x+y|", "|x|+|y|", "different"), ("a>0,b>0", "sqrt(a*b)", "sqrt(a)*sqrt(b)", "equal"),
    ("a,b", "sqrt(a*b)", "sqrt(a)*sqrt(b)", "different"), ("x>0", "sqrt(x)", "x^0.5", "equal"), ("x>0", "x/sqrt(x)", "sqrt(x)", "equal"),
    ("x", "sqrt(3+2sqrt(2))*x", "(1+sqrt(2))x", "equal"), ("x", "sqrt(5+2sqrt(6))", "sqrt(2)+sqrt(3)", "equal"), ("x", "sqrt(2)+sqrt(3)", "sqrt(10)", "different"),
    ("x", "sqrt((x+300)^2)-300", "x", "different"), ("x", "x^(1/3)*x^(2/3)", "x", "equal"), ("x", "x^(ln(8)/ln(2))", "x^3", "equal"), ("x", "x^sqrt(2)", "|x|^sqrt(2)", "different"), ("x>0", "sqrt(sqrt(x))", "x^(1/4)", "equal"),
    # logarithms and exponentials
    ("x", "ln(x^2)", "2 ln(x)", "different"), ("x>0", "ln(x^2)", "2 ln(x)", "equal"), ("x", "ln(x^2)", "2 ln|x|", "equal"), ("x", "e^{ln x}", "x", "different"),
    ("x>0", "e^{ln x}", "x", "equal"), ("x", "ln(e^x)", "x", "equal"), ("a>0,b>0", "ln(a/b)", "ln a - ln b", "equal"), ("a,b", "ln(a/b)", "ln a - ln b", "different"),
    ("x>0", "ln(1/x)", "-ln(x)", "equal"), ("x>0", "log2(x)", "ln(x)/ln(2)", "equal"), ("x>0", "log10(x)", "ln(x)", "different"), ("x>0", "ln(2x)", "ln(2)+ln(x)", "equal"),
    ("x", "e^x*e^(-x)", "1", "equal"), ("x", "e^(2x)", "(e^x)^2", "equal"), ("x", "e^(2x)", "e^(x^2)", "different"), ("x", "2^x", "e^(x*ln(2))", "equal"), ("x", "exp(x+1)", "e*exp(x)", "equal"),
    ("x", "x+ln(x)-ln(x)", "x", "different"), ("x>0", "x+ln(x)-ln(x)", "x", "equal"), ("0<p<1", "-p*ln(p)-(1-p)*ln(1-p)", "p*ln(1/p)+(1-p)*ln(1/(1-p))", "equal"),
    ("0<p<1", "-p*log2(p)", "-p*ln(p)", "different"), ("x", "ln(8)", "3 ln(2)", "equal"), ("x", "ln(5/3)", "ln(5)-ln(3)", "equal"), ("x", "ln(5/3)", "0.510825623765990683", "different"),
    # sigmoid, tanh, circular functions
    ("z", "σ(-z)", "1-σ(z)", "equal"), ("z", "σ(z)", "1/(1+e^(-z))", "equal"), ("z", "σ(z)", "e^z/(1+e^z)", "equal"), ("z", "σ(z)(1-σ(z))", "e^{-z}/(1+e^{-z})^2", "equal"),
    ("z", "tanh(z)", "2σ(2z)-1", "equal"), ("z", "tanh(z)", "(e^z-e^{-z})/(e^z+e^{-z})", "equal"), ("z", "1-tanh(z)^2", "4/(e^z+e^{-z})^2", "equal"), ("z", "σ(2z)", "σ(z)^2", "different"),
    ("z", "σ(z)", "tanh(z)", "different"), ("z", "-ln(σ(z))", "ln(1+e^{-z})", "equal"), ("z", "ln(1+e^z)-z", "ln(1+e^(-z))", "equal"), ("x", "sin^2(x)+cos^2(x)", "1", "equal"),
    ("x", "cos(2x)", "1-2sin(x)^2", "equal"), ("x", "sin(2x)", "2 sin(x)", "different"), ("x", "tan(x)", "sin(x)/cos(x)", "equal"), ("x", "cos(x)", "sin(x+π/2)", "equal"), ("x", "sin(π*x)", "0", "different"),
    # max and min
    ("x", "max(0,x)", "(x+|x|)/2", "equal"), ("x", "max(0,x)", "x", "different"), ("x>0", "max(0,x)", "x", "equal"), ("x,y", "max(x,y)+min(x,y)", "x+y", "equal"), ("x,y", "max(x,y)", "max(y,x)", "equal"),
    ("x,y", "min(x,y)", "-max(-x,-y)", "equal"), ("x", "max(0,1-x)", "1-x", "different"), ("x", "max(x,-50)", "x", "different"), ("x,y,z", "max(x,y,z)", "max(x,max(y,z))", "equal"),
    ("x", "max(0, x-1000)", "0", "different"), ("x", "relu(x)-relu(-x)", "x", "equal"),
    # domains
    ("whole n>=1", "(-1)^(2n)", "1", "equal"), ("whole n", "(-1)^n", "1", "different"), ("whole n>=0", "2^(n+1)", "2*2^n", "equal"), ("whole 1<=n<=3", "(n-1)(n-2)(n-3)+n", "n", "equal"), ("n", "(n-1)(n-2)(n-3)+n", "n", "different"),
    ("whole 0<=y<=1", "y^2", "y", "equal"), ("0<=x<=1", "|x-2|", "2-x", "equal"), ("x>=3", "|x-2|", "x-2", "equal"), ("x<=-1", "|x|", "-x", "equal"), ("whole n>=1", "sin(π*n)", "0", "equal"),
    # honest doubt
    ("x>5", "x+exp(-exp(exp(x)))", "x", "undecided"), ("x>300", "σ(x)", "1", "undecided"),
]


def test_there_are_enough_pairs() -> None:
    assert len({p[:3] for p in PAIRS}) == len(PAIRS) >= 120
    assert {v for *_, v in PAIRS} == {"equal", "different", "undecided"}


@pytest.mark.parametrize("symbols, a, b, verdict", PAIRS, ids=[f"{p[1]} | {p[2]} | {p[0]}" for p in PAIRS])
def test_pairs(symbols: str, a: str, b: str, verdict: str) -> None:
    declared = symbols_of(symbols)
    x, y = read(a, symbols), read(b, symbols)
    for left, right in ((x, y), (y, x)):
        found = compare(left, right, declared)
        assert found.verdict == verdict, found
        if verdict == "different":
            one, other = found.values()
            assert one != other and (found.at or not found.point)
            assert all(s.allows(found.point[s.name]) for s in declared if s.name in found.point), "the point lies in the domain"


def test_a_gap_is_told_at_a_simple_point() -> None:
    found = compare(read("ln(x^2)", "x"), read("2 ln x", "x"), symbols_of("x"))
    assert found.at == "x = -1" and found.values() == ("0", "no value")
    found = compare(read("ln(a/b)", "a,b"), read("ln a - ln b", "a,b"), symbols_of("a,b"))
    assert found.at == "a = -1, b = -2"


def test_evidence_shows_enough_digits() -> None:
    for tiny in ("10^-30", "10^-120"):
        found = compare(read(f"sin(x) + {tiny}", "x"), read("sin x", "x"), symbols_of("x"))
        assert found.verdict == "different" and len(set(found.values())) == 2


def test_undecided_is_not_forced_by_expressions_that_are_too_long() -> None:
    long = read("+".join(["sin(x)"] * 50), "x")
    other = read("+".join(["sin(x+0)"] * 49 + ["sin(x)"]), "x")
    assert compare(long, other, symbols_of("x")).verdict in ("equal", "undecided")


HARD = ["x^x^x^x", "(((x^200)^200)^200)^200", "exp(exp(exp(exp(x))))", "sin(exp(exp(x^9)))", "1/(x-1/(x-1/(x-1/(x-1/x))))", "(x+y)^200*(x-y)^200",
        "+".join(["sin(x)*exp(y)"] * 30), "*".join(["(x+1)"] * 80), "ln(" * 12 + "x" + ")" * 12, "sqrt(" * 12 + "x" + ")" * 12, "2^(2^(2^(2^x)))", "max(" * 12 + "x" + ",y)" * 12,
        "tan(1/x)^150", "x^(1/7)^(1/7)^(1/7)", "|" * 1 + "x-1|*|x-2|*|x-3|"]


@pytest.mark.parametrize("text", HARD)
def test_the_work_of_a_comparison_is_bounded(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes visited, not seconds: one comparison visits a bounded number, whatever the verdict."""
    visited = 0
    enclose = equivalence.Walk.enclose

    def counted(self: Any, x: Expression) -> Any:
        nonlocal visited
        visited += 1
        return enclose(self, x)

    monkeypatch.setattr(equivalence.Walk, "enclose", counted)
    a = read(text, "x,y")
    for b in (read(text + "+x-x", "x,y"), read(f"sin({text})", "x,y"), read("x", "x,y")):
        visited = 0
        assert compare(a, b, symbols_of("x,y")).verdict in ("equal", "different", "undecided")
        assert visited <= equivalence.WORK + 2 * (wrapped(a).size + wrapped(b).size)


def test_the_same_pair_gets_the_same_verdict_in_another_process() -> None:
    code = ("from examwright.answers.equivalence import compare, generic_points, _Numbers\n"
            "from examwright.answers.symbols import symbols_of, Scope\n"
            "from examwright.answers.parser import evaluate_expression\nfrom examwright.answers.typed import Notation\n"
            "s = symbols_of('x, p > 0, whole n')\nr = lambda t: evaluate_expression(t, Notation(), Scope(s)).value\n"
            "a, b = r('sin(x)^2 + p^n'), r('1 - cos(x)^2 + p^n')\nprint(compare(a, b, s), compare(a, r('x'), s))\n"
            "print(list(generic_points(s, _Numbers(a, b, s).below, 6)))")
    out = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
           for seed in ("1", "77")]
    assert out[0] == out[1] and "equal" in out[0]


@examples(60)
@given(st.sampled_from(["x", "x > 0", "x <= -3", "0 < x <= 1/3", "whole x", "whole x >= 2", "whole -4 < x < 9", "2.5 <= x <= 2.6", "x < 7"]), st.integers(0, 10**9))
def test_points_lie_in_the_domain(declared: str, seed: int) -> None:
    symbols = symbols_of(declared)
    state = [seed]

    def below(n: int) -> int:
        state[0] = (state[0] * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state[0] >> 16) % n

    for point in [*generic_points(symbols, below, 30), *equivalence._corner_points(symbols, below, [Q(3), Q(1, 2)]), *equivalence._nice_points(symbols)]:
        assert symbols[0].allows(point["x"])


# ---- random expressions ----------------------------------------------------------------------

X, Y = symbol("x"), symbol("y")
LEAVES = st.one_of(st.sampled_from([X, Y]), st.builds(lambda p, q: wrapped(Q(p, q)), st.integers(-5, 5), st.integers(1, 4)))


def _grown(children: Any) -> Any:
    two = st.tuples(children, children)
    return st.one_of(
        two.map(lambda ab: tree("+", *ab)), two.map(lambda ab: tree("*", *ab)), children.map(lambda a: tree("^", a, 2)),
        children.map(lambda a: tree("exp", a)), children.map(lambda a: tree("sin", a)), children.map(lambda a: tree("sigmoid", a)),
        two.map(lambda ab: tree("/", ab[0], tree("+", 1, tree("^", ab[1], 2)))), two.map(lambda ab: tree("max", *ab)), children.map(lambda a: tree("abs", a)))


EXPRESSIONS = st.recursive(LEAVES, _grown, max_leaves=7)
REALS = symbols_of("x, y")


@examples(150)
@given(EXPRESSIONS, EXPRESSIONS)
def test_rearranged_expressions_are_never_different(a: Expression, b: Expression) -> None:
    for left, right in ((tree("+", a, b), tree("+", b, a)), (tree("*", a, tree("+", b, 1)), tree("+", tree("*", b, a), a)),
                        (tree("+", a, tree("*", -1, a)), wrapped(0)), (tree("^", tree("+", a, b), 2), a ** 2 + 2 * a * b + b ** 2)):
        assert compare(left, right, REALS).verdict in ("equal", "undecided")


@examples(150)
@given(EXPRESSIONS, st.sampled_from([Q(1), Q(-1, 7), Q(1, 10**12), X, Y * X, sigmoid(X), exp(-Y), X ** 3]))
def test_perturbed_expressions_are_never_equal(a: Expression, change: Any) -> None:
    assert compare(a, tree("+", a, change), REALS).verdict != "equal"
    assert compare(tree("*", a, change), tree("*", a, change, 2), REALS).verdict != "equal" or compare(a, Q(0), REALS).verdict == "equal"


@examples(60)
@given(EXPRESSIONS)
def test_tidied_expressions_are_the_same(a: Expression) -> None:
    """The operators tidy up what `tree` leaves as it is."""
    def tidy(e: Expression) -> Any:
        if e.op in ("number", "symbol"):
            return e.args[0] if e.op == "number" else e
        args = [tidy(x) for x in e.args]
        if e.op in "+*":
            total = args[0]
            for x in args[1:]:
                total = total + x if e.op == "+" else total * x
            return total
        functions: dict[str, Any] = {"/": lambda p, q: p / q, "^": power, "exp": exp, "sigmoid": sigmoid, "abs": abs, "max": maximum}
        return functions[e.op](*args) if e.op in functions else (tree(e.op, *args) if isinstance(args[0], Expression) else wrapped(args[0]).apply(e.op, args[0]))

    assert compare(a, tidy(a), REALS).verdict in ("equal", "undecided")


# ---- rounded numbers -------------------------------------------------------------------------

def test_intervals_in_expressions() -> None:
    third = Real(arb(Q(333, 1000), Q(1, 2000)))
    wide = tree("+", tree("*", third, X), 1)
    assert may_agree(wide, X / 3 + 1, REALS) and not may_agree(wide, X / 3 + Q(101, 100), REALS) and not may_agree(wide, X * Q(334, 1000) + 1, REALS)
    assert not may_agree(wide, X ** 2 / 3 + 1, REALS)


def test_numbers_without_symbols() -> None:
    assert compare(sqrt(Q(2)) * sqrt(Q(3)), sqrt(Q(6)), ()).verdict == "equal"
    assert compare(ln(Q(2)), Q(693147, 10**6), ()).verdict == "different"
    assert compare(tanh(Q(1)), 2 * sigmoid(Q(2)) - 1, ()).verdict == "equal"
    assert compare(tree("ln", -1), Q(0), ()).verdict == "different"
