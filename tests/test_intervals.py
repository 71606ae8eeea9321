"""Sets of intervals: as values of a chain, read in all spellings, judged by bounds and ends."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from effort import examples
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from examwright.answers.intervals import read_intervals
from examwright.answers.kinds import KindError, make
from examwright.answers.reader import Ambiguous, Blank, Notation, Unreadable
from examwright.solvers.arithmetic import ln, sqrt
from examwright.solvers.intervals import (
    intersection,
    interval,
    intervals_fault,
    intervals_latex,
    intervals_text,
    union,
)

Q = fmpq

# ---- values ----------------------------------------------------------------------------------


def test_intervals_are_made_and_joined() -> None:
    assert interval(Q(0), Q(1), "(]") == ((Q(0), Q(1), "(]"),)
    assert interval("-inf", Q(2), "[]") == (("-inf", Q(2), "(]"),), "an end at infinity is open"
    assert interval(Q(3), Q(1)) == () == interval(Q(1), Q(1), "[)") and interval(Q(1), Q(1), "[]") == ((Q(1), Q(1), "[]"),)
    assert union(interval(Q(2), Q(3)), interval(Q(0), Q(1))) == ((Q(0), Q(1), "()"), (Q(2), Q(3), "()"))
    assert union(interval(Q(0), Q(1)), interval(Q(1), Q(2))) == ((Q(0), Q(1), "()"), (Q(1), Q(2), "()")), "1 is missing"
    assert union(interval(Q(0), Q(1), "(]"), interval(Q(1), Q(2))) == ((Q(0), Q(2), "()"),)
    assert union(interval(Q(0), Q(5)), interval(Q(1), Q(2), "[]")) == ((Q(0), Q(5), "()"),)
    assert union(interval(Q(0), Q(1)), interval(Q(0), Q(1), "[]")) == ((Q(0), Q(1), "[]"),)
    assert union(interval("-inf", Q(0)), interval(Q(-1), "inf", "[)")) == (("-inf", "inf", "()"),) and union() == ()
    assert intersection(interval(Q(0), Q(2)), interval(Q(1), "inf", "[)")) == ((Q(1), Q(2), "[)"),)
    assert intersection(interval(Q(0), Q(1), "[]"), interval(Q(1), Q(2), "[]")) == ((Q(1), Q(1), "[]"),)
    assert intersection(interval(Q(0), Q(1)), interval(Q(1), Q(2))) == ()


@pytest.mark.parametrize("wrong", [(Q(0), Q(1), "<>"), ("inf", Q(1), "()"), (Q(0), "-inf", "()"), ("a", Q(1), "()"), (Q(0), (Q(1),), "()")])
def test_what_is_no_interval(wrong: Any) -> None:
    with pytest.raises(ValueError):
        interval(*wrong)


def test_faults_of_keys() -> None:
    assert intervals_fault(interval(ln(Q(2)), sqrt(Q(3)))) is None and intervals_fault(()) is None
    assert "interval(0, 1" in str(intervals_fault(Q(3))) and "interval(0, 1" in str(intervals_fault((Q(1), Q(2))))
    assert "out of order" in str(intervals_fault(((Q(2), Q(3), "()"), (Q(0), Q(1), "()")))) and "no set" in str(intervals_fault((("x", Q(3), "()"),)))


def test_printing() -> None:
    both = union(interval("-inf", Q(2)), interval(Q(5, 2), Q(5, 2), "[]"), interval(Q(3), "inf", "[)"))
    assert intervals_text(both) == "(-inf, 2) U {5/2} U [3, inf)"
    assert intervals_latex(both) == r"(-\infty,\, 2) \cup \{\frac{5}{2}\} \cup [3,\, \infty)"
    assert intervals_latex(interval(Q(0), Q(1, 2), "(]")) == r"\left(0,\, \frac{1}{2}\right]" and intervals_text(()) == "{}"


# ---- reading ---------------------------------------------------------------------------------

READ = [
    ("(0, 1]", "(0, 1]"), ("[0; 1)", "[0, 1)"), ("]0,1]", "(0, 1]"), ("]0,1[", "(0, 1)"), ("[0,1]", "[0, 1]"), ("0 < x <= 1", "(0, 1]"), ("0<x≤1", "(0, 1]"), ("0 \\le x \\lt 1", "[0, 1)"), ("1 >= x > 0", "(0, 1]"), ("x > 3", "(3, inf)"), ("3 < x", "(3, inf)"), ("x ≥ 3", "[3, inf)"), ("x\\geq 3", "[3, inf)"), ("x >= 3", "[3, inf)"),
    ("x < 1/2", "(-inf, 1/2)"), ("(-inf, 2)", "(-inf, 2)"), ("(-∞, 2)", "(-inf, 2)"), ("(−∞; 2]", "(-inf, 2]"), ("[0.5, ∞)", "[0.5, inf)"), ("[0.5, +∞)", "[0.5, inf)"), ("(-\\infty, \\infty)", "(-inf, inf)"), ("(2, infinity)", "(2, inf)"), ("(2, oo)", "(2, inf)"), ("[2, inf[", "[2, inf)"),
    ("(0,1) ∪ (2,3)", "(0, 1) U (2, 3)"), ("(0,1)U(2,3)", "(0, 1) U (2, 3)"), ("(0,1) \\cup [2,3]", "(0, 1) U [2, 3]"), ("(0,1) or (2,3)", "(0, 1) U (2, 3)"), ("(0,1) union (2,3)", "(0, 1) U (2, 3)"), ("(2,3) ∪ (0,1)", "(0, 1) U (2, 3)"), ("(0,1] ∪ (1,2)", "(0, 2)"), ("x < 1 or x > 3", "(-inf, 1) U (3, inf)"), ("]0;1[ ∪ ]2;3[", "(0, 1) U (2, 3)"),
    ("x >= 1 and x < 3", "[1, 3)"), ("x > 0 ∧ x < 1", "(0, 1)"), ("x ≠ 2", "(-inf, 2) U (2, inf)"), ("x != 2", "(-inf, 2) U (2, inf)"), ("x = 2", "{2}"), ("{2}", "{2}"), ("{1, 2}", "{1} U {2}"), ("R", "(-inf, inf)"), ("ℝ", "(-inf, inf)"), ("\\mathbb{R}", "(-inf, inf)"), ("∅", "{}"), ("{}", "{}"), ("\\emptyset", "{}"),
    ("x ∈ (0, 1]", "(0, 1]"), ("x \\in [0,1]", "[0, 1]"), ("x in (0,1]", "(0, 1]"), ("η = (0, 2)", "(0, 2)"), ("γ > 1/2", "(1/2, inf)"), ("\\gamma > \\frac{1}{2}", "(1/2, inf)"), ("0 < θ_1 < 1", "(0, 1)"), ("\\left(-\\infty, \\frac{1}{2}\\right]", "(-inf, 1/2]"), ("$[0, 1)$", "[0, 1)"),
    ("(0,5, 1)", "(0.5, 1)"), ("(0,5; 1,5)", "(0.5, 1.5)"), ("(1 000, 2 000)", "(1000, 2000)"), ("(ln(2), 3]", "(ln(2), 3]"), ("(√2, e)", "(sqrt(2), exp(1))"), ("[50%, 1]", "[0.50, 1]"), ("[1,1]", "{1}"), ("x < ∞", "(-inf, inf)"), ("-∞ < x < 2", "(-inf, 2)"), ("x > 3.", "(3, inf)"),
]


@pytest.mark.parametrize("raw, text", READ, ids=[r[0] for r in READ])
def test_reading(raw: str, text: str) -> None:
    found = read_intervals(raw)
    assert found.text == text and read_intervals(found.text).text == text


@pytest.mark.parametrize("raw, word", [
    ("(3, 1)", "wrong way round"), ("(1, 1)", "wrong way round"), ("(∞, 1)", "wrong way round"), ("[0, 1", "asked for"), ("0, 1", "asked for"), ("5", "asked for"), ("yes", "asked for"), ("x < y", "one variable"), ("0 < x > 1", "same way"), ("3 < 4", "one variable"), ("(a, b)", "'a'"), ("(0, 1, 2)", "3 entries"), ("(0)", "1 entry"),
    ("x < 1 or y > 3", "not x"), ("|x| < 2", "one variable"), ("x < 1 < y", "one variable"), ("(0, nan)", "nan"), ("x > 1/0", "zero"), ("x > ∞", "infinity"), ("x = ∞", "infinity"), ("(0, 1) ∪", "missing"), ("x > ", "condition"), ("(0,1)" + " ∪ (0,1)" * 40, "more than"), ("(0, 1) (2, 3)", ""),
])
def test_what_cannot_be_read(raw: str, word: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_intervals(raw)
    assert word in caught.value.reason


def test_what_the_question_settles() -> None:
    assert read_intervals("x > 1", variable="x").text == "(1, inf)" and read_intervals("γ > 1", variable="gamma").text == "(1, inf)"
    with pytest.raises(Unreadable, match="'y' is not x"):
        read_intervals("y > 1", variable="x")
    with pytest.raises(Ambiguous):
        read_intervals("(1,234, 5)")
    assert read_intervals("(1,234; 5)", Notation(decimal_comma=True)).text == "(1.234, 5)"
    with pytest.raises(Blank):
        read_intervals(" ")


HOSTILE = ["(" * 500, "(0,1)∪" * 80, "x>1 or " * 70, "x>1 and " * 60, "<" * 500, "x<" * 250, "1<x<" * 100, "]" * 400, "[" * 250 + "]" * 250, "(9^9^9^9, 1)", "(1e99999, 2)", "x > " + "9" * 490, "∞" * 500, "{" + "1," * 240 + "1}", "-∞" * 200, "U" * 500, "\x00", "(0,1]" * 100, "or" * 250, "x ∈ " * 120]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input(raw: str) -> None:
    with contextlib.suppress(Unreadable, Ambiguous, Blank):
        read_intervals(raw)


PIECES = ["(", ")", "[", "]", "0", "1", "2.5", "1/2", ",", ";", "x", "<", "<=", ">", "∪", "U", "or", "and", "∞", "-", "inf", " ", "{", "}", "∈", "=", "≠", "ℝ"]


@examples(300)
@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)))
def test_nothing_but_the_three_errors(raw: str) -> None:
    with contextlib.suppress(Unreadable, Ambiguous, Blank):
        assert intervals_fault(make("interval").value(read_intervals(raw))) is None


BOUNDS = st.builds(Q, st.integers(-40, 40), st.integers(1, 6))


def _set(cuts: list[fmpq], ends: list[str], low: bool, high: bool) -> Any:
    cuts = sorted(set(cuts))
    pieces = [interval(a, b, e) for a, b, e in zip(cuts[::2], cuts[1::2], ends)]
    if low and cuts:
        pieces.append(interval("-inf", cuts[0] - 1, "(]"))
    if high and cuts:
        pieces.append(interval(cuts[-1] + 1, "inf", "[)"))
    return union(*pieces)


SETS = st.builds(_set, st.lists(BOUNDS, max_size=6), st.lists(st.sampled_from(["()", "(]", "[)", "[]"]), min_size=3, max_size=3), st.booleans(), st.booleans())


@examples(150)
@given(SETS)
def test_round_trip(value: Any) -> None:
    kind = make("interval")
    for raw in (kind.plain(value), *kind.samples(value)):
        assert kind.value(kind.read(raw)) == value, raw
        assert kind.judge(kind.read(raw), value).share == 1


@examples(150)
@given(SETS, SETS)
def test_different_sets_are_told_apart_by_a_number(a: Any, b: Any) -> None:
    kind = make("interval")
    found = kind.judge(kind.read(kind.plain(a)), b)
    assert (found.share == 1) == (a == b)
    assert a == b or " lies in " in found.evidence


# ---- judging ---------------------------------------------------------------------------------

@pytest.mark.parametrize("options, raw, share, how", [
    ({}, "(0, 1/3]", 1, "key"), ({}, "0 < x <= 1/3", 1, "key"), ({}, "(0, 1/3)", 0, "wrong"), ({}, "[0, 1/3]", 0, "wrong"), ({}, "(0, 0.333]", 0, "wrong"), ({"digits": 3}, "(0, 0.333]", 1, "rounded"), ({"digits": 3}, "(0, 0.334]", 0, "wrong"),
    ({"digits": 3, "wrong_ends": Q(1, 2)}, "(0, 0.333)", Q(1, 2), "wrong"), ({"wrong_ends": Q(1, 2)}, "[0, 1/3)", Q(1, 2), "wrong"), ({"wrong_ends": Q(1, 2)}, "(0, 1/2)", 0, "wrong"), ({"within": 1}, "(0, 0.5]", 1, "rounded"), ({}, "(0, inf)", 0, "wrong"), ({}, "{}", 0, "wrong"), ({}, "(0, 1/6] ∪ (1/6, 1/3]", 1, "key"),
])
def test_judging(options: dict[str, Any], raw: str, share: Any, how: str) -> None:
    kind = make({"interval": options} if options else "interval")
    found = kind.judge(kind.read(raw), interval(Q(0), Q(1, 3), "(]"))
    assert (found.share, found.how) == (share, how), found


def test_evidence_names_a_number() -> None:
    kind = make("interval")
    assert "1 lies in (0, 1] and not in (0, 1)" in kind.judge(kind.read("(0, 1)"), interval(Q(0), Q(1), "(]")).evidence
    assert "lies in (0, 2] and not in (0, 1]" in kind.judge(kind.read("(0, 2]"), interval(Q(0), Q(1), "(]")).evidence


@pytest.mark.parametrize("spec, word", [({"interval": {"wrong_ends": 2}}, "wrong_ends"), ({"interval": {"ends": 1}}, "ends"), ({"interval": "x"}, "x"), ({"interval": {"variable": 3}}, "variable"), ({"interval": {"digits": 0}}, "digits")])
def test_faults_of_a_type(spec: Any, word: str) -> None:
    with pytest.raises(KindError) as caught:
        make(spec)
    assert caught.value.word == word
