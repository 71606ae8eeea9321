"""The kinds of answers: right spellings are right, near ones are not, and a wrong `type:` is told with the nearest word."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examwright.answers import kinds
from examwright.answers.kinds import KindError, make, names
from examwright.answers.reader import Ambiguous, Blank, Unreadable
from examwright.solvers.arithmetic import Real, exp, ln, log2, sigmoid, sqrt, to_decimal, to_text
from examwright.solvers.expression import symbol
from examwright.solvers.intervals import interval, union

Q = fmpq
HALF = Q(1, 2)
X, LAM = symbol("x"), symbol("lambda")

OPTIONS = {"up": "It rises.", "down": "It falls, slowly.", "same": "It stays at $x_1$."}
SPECS: list[tuple[Any, list[Any]]] = [
    # a type, keys that fit it
    ("integer", [Q(0), Q(-7), Q(34848), Q(10) ** 20]), ("fraction", [Q(2, 9), Q(-17, 3), Q(0), Q(5), Q(1, 1024)]),
    ("number", [Q(2, 9), Q(0), Q(-5), Q(1, 8), Q(123456), Q(1, 10**6), ln(Q(5, 3)), -2 * sqrt(Q(3)), exp(Q(1, 3)), log2(Q(3)), 1 + ln(Q(2)), Q(9995, 10000)]),
    ({"number": {"digits": 1}}, [Q(2, 9), Q(95), Q(-1, 300)]), ({"number": {"decimals": 2}}, [Q(2, 9), Q(0), Q(1, 1000), Q(12345, 10), -ln(Q(2))]), ({"number": {"decimals": 0}}, [Q(5, 2), Q(1, 3), Q(99)]),
    ({"number": {"within": Decimal("0.01")}}, [Q(1, 3), ln(Q(2))]), ({"number": {"digits": 2, "within": 1}}, [Q(1, 3), Q(50)]),
    ("vector", [(Q(1), Q(2, 3)), (Q(-1, 2), ln(Q(2)), Q(0))]), ({"vector": 2}, [(Q(1), Q(2, 3)), (Q(-1), Q(-2))]), ({"vector": {"size": 3, "digits": 6}}, [(Q(1, 3), Q(-2, 3), Q(12345))]),
    ({"vector": {"size": 4, "whole": True}}, [(Q(1), Q(2), Q(0), Q(3))]),
    ("matrix", [((Q(1), Q(-2)), (Q(2, 3), Q(0)))]), ({"matrix": [2, 2]}, [((Q(1), Q(-2)), (Q(2, 3), Q(0)))]), ({"matrix": {"shape": [1, 3], "decimals": 2}}, [((Q(1, 3), Q(2), Q(-1)),)]),
    ({"table": {"rows": ["$s_1$", "$s_2$"], "columns": ["a", "b"], "digits": 4}}, [((Q(1), Q(-2)), (Q(2, 3), Q(1, 8)))]),
    ("set", [(Q(1), Q(2)), (), ("left", "right"), (Q(1, 3), Q(-5)), (Q(1), Q(1), Q(2))]), ({"set": {"digits": 2}}, [(Q(1, 3), ln(Q(2)))]),
    ({"expression": ["x", "lambda > 0"]}, [2 * X + LAM, LAM * X ** 2 / 2 - ln(X ** 2 + 1), sigmoid(-X), exp(-LAM * X) / 3, Q(0), Q(2, 3), sqrt(Q(2)), X, -X / (1 + LAM), abs(X) + 1]),
    ({"expression": {"symbols": "x", "digits": 3}}, [X / 3 + Q(2, 7), exp(X) * ln(Q(2)), 2 * X, X ** 2 * sqrt(Q(3)), Q(1, 3)]),
    ("interval", [interval(Q(0), Q(1), "(]"), interval("-inf", Q(2)), union(interval(Q(0), Q(1)), interval(Q(2), "inf", "[)")), (), interval(Q(3), Q(3), "[]"), interval(ln(Q(2)), Q(3)), interval("-inf", "inf")]),
    ({"interval": {"variable": "gamma", "digits": 3, "wrong_ends": Decimal("0.5")}}, [interval(Q(1, 3), Q(2, 3), "[]"), interval(sqrt(Q(2)), "inf")]),
    ({"choice": ["rises", "falls"]}, ["rises", "falls"]), ({"choice": OPTIONS}, ["up", "down", "same"]), ({"choice": [1, 2, 3]}, [Q(1), Q(3)]), ({"choice": [True, False]}, [True, False]), ({"choice": ["B", "A"]}, ["A", "B"]),
    ({"choices": OPTIONS}, [("up",), ("same", "up"), (), ("up", "down", "same")]), ({"choices": {"options": ["x", "y", "z"], "scheme": "per-option"}}, [("x", "z")]),
    ({"ordering": ["b", "a", "c"]}, [("a", "b", "c"), ("c", "b", "a")]), ({"ordering": ["batch GD", "SGD"]}, [("SGD", "batch GD")]), ({"ordering": OPTIONS}, [("same", "up", "down")]),
]
CASES = [(spec, key) for spec, keys in SPECS for key in keys]
IDS = [f"{spec}-{to_text(key)}"[:70] for spec, key in CASES]


def judged(kind: Any, raw: str, key: Any) -> tuple[fmpq, str]:
    found = kind.judge(kind.read(raw), key)
    return found.share, found.how


@pytest.mark.parametrize("spec, key", CASES, ids=IDS)
def test_right_spellings_are_right(spec: Any, key: Any) -> None:
    kind = make(spec)
    assert kind.key_fault(key) is None
    spellings = [kind.plain(key), kind.rounded(key), *kind.samples(key)]
    assert len(spellings) >= 3
    for raw in spellings:
        assert judged(kind, raw, key)[0] == 1, raw
    assert judged(kind, kind.plain(key), key)[1] == "key" or (isinstance(key, Real) and key.form is None) or "ln" in str(key)
    assert kind.confusable(key, key)


@pytest.mark.parametrize("spec, key", CASES, ids=IDS)
def test_what_is_printed_is_whole(spec: Any, key: Any) -> None:
    kind = make(spec)
    latex = kind.latex(key)
    assert latex and latex.count("{") == latex.count("}") and "fmpq" not in latex and "Real(" not in latex
    assert isinstance(kind.asked(), str) and isinstance(kind.accepted(key), str)
    assert kind.space()["shape"] in ("line", "lines", "grid", "boxes")
    assert kind.with_texts(lambda text: text).latex(key) == latex


@pytest.mark.parametrize("spec, key", CASES, ids=IDS)
def test_what_was_read_is_shown_and_can_go_on_in_a_chain(spec: Any, key: Any) -> None:
    kind = make(spec)
    structure = kind.read(kind.plain(key))
    assert kind.show(structure)
    assert kind.key_fault(kind.value(structure)) is None
    assert kind.confusable(kind.value(structure), key)


@pytest.mark.parametrize("spec", [s for s, _ in SPECS] + ["text"], ids=str)
@pytest.mark.parametrize("raw", ["", " ", "\n"])
def test_nothing_is_blank(spec: Any, raw: str) -> None:
    with pytest.raises(Blank):
        make(spec).read(raw)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([s for s, _ in SPECS]), st.one_of(st.text(max_size=30), st.sampled_from(["nan", "1/0", "(" * 99, "9" * 400, "a>b<c", "A,B", "none", "{}", "[[1,2],[3]]"])))
def test_reading_gives_an_answer_or_one_of_three_errors(spec: Any, raw: str) -> None:
    kind = make(spec)
    try:
        structure = kind.read(raw)
    except (Unreadable, Ambiguous, Blank) as error:
        assert error.reason
        return
    key = next(k for s, k in CASES if s == spec)
    assert 0 <= kind.judge(structure, key).share <= 1 and kind.show(structure)


# ---- one number ------------------------------------------------------------------------------

rationals = st.fractions(-2000, 2000, max_denominator=3000).map(lambda f: Q(f.numerator, f.denominator))
precisions = st.one_of(st.integers(1, 6).map(lambda n: {"digits": n}), st.integers(0, 5).map(lambda n: {"decimals": n}))


@settings(max_examples=300, deadline=None)
@given(rationals, precisions)
def test_half_a_unit_is_the_edge(key: fmpq, precision: dict[str, int]) -> None:
    kind: Any = make({"number": precision})
    unit = kind.precision.unit(key)
    for side in (-1, 1):
        assert judged(kind, to_text(key + side * unit / 2), key)[0] == 1
        assert judged(kind, to_text(key + side * unit * Q(51, 100)), key) != (1, "rounded")
    assert judged(kind, kind.rounded(key), key)[0] == 1


@settings(max_examples=300, deadline=None)
@given(rationals, rationals, precisions)
def test_what_is_accepted_is_confusable(key: fmpq, other: fmpq, precision: dict[str, int]) -> None:
    """The generator throws away every draw in which a mistake would be taken for the key."""
    kind: Any = make({"number": precision})
    for typed in (other, key + other / 10**5, key + (1 if other > 0 else -1) * kind.precision.unit(key) / 2):
        if judged(kind, to_text(typed), key)[0] == 1:
            assert kind.confusable(typed, key)
        for raw in (kind.rounded(typed), kind.plain(typed)):
            if judged(kind, raw, key)[0] == 1:
                assert kind.confusable(typed, key), raw


@settings(max_examples=200, deadline=None)
@given(rationals, precisions)
def test_the_range_on_the_key_sheet_is_the_range_accepted(key: fmpq, precision: dict[str, int]) -> None:
    kind: Any = make({"number": precision})
    told = kind.accepted(key)
    assume(told)
    low, high = (Q(Fraction(t).numerator, Fraction(t).denominator) for t in told.split(" … "))
    assert low <= key <= high
    for x in (low, high):
        assert judged(kind, to_text(x), key)[0] == 1
    step = kind.precision.unit(key) / 2
    for x in (low - step, high + step):
        assert judged(kind, to_text(x), key)[1] != "rounded" or judged(kind, to_text(x), key)[0] < 1


@pytest.mark.parametrize("spec, key, raw, share, how", [
    # zero has no leading digit
    ({"digits": 3}, Q(0), "0", 1, "key"), ({"digits": 3}, Q(0), "0.000", 1, "key"), ({"digits": 3}, Q(0), "-0", 1, "key"), ({"digits": 3}, Q(0), "0.0005", 1, "rounded"), ({"digits": 3}, Q(0), "0.0006", 0, "wrong"),
    ({"decimals": 2}, Q(0), "0.005", 1, "rounded"), ({"decimals": 2}, Q(0), "0.0051", 0, "wrong"), ({"digits": 3}, Q(1, 10**6), "0", 0, "wrong"), ({"digits": 3}, Q(1, 10**6), "1e-6", 1, "key"),
    # halves are right both ways
    ({"decimals": 2}, Q(1, 8), "0.12", 1, "rounded"), ({"decimals": 2}, Q(1, 8), "0.13", 1, "rounded"), ({"decimals": 2}, Q(1, 8), "0.11", 0, "wrong"), ({"decimals": 2}, Q(1, 8), "0.14", 0, "wrong"), ({"decimals": 2}, Q(1, 8), "0.125", 1, "key"),
    ({"decimals": 0}, Q(5, 2), "2", 1, "rounded"), ({"decimals": 0}, Q(5, 2), "3", 1, "rounded"), ({"decimals": 0}, Q(-5, 2), "-3", 1, "rounded"), ({"decimals": 0}, Q(5, 2), "4", 0, "wrong"),
    # too few digits, but those right, earn half
    ({"digits": 3}, Q(2, 9), "0.22", HALF, "rounded"), ({"digits": 3}, Q(2, 9), "0.2", HALF, "rounded"), ({"digits": 3}, Q(2, 9), "0.23", 0, "wrong"), ({"digits": 3}, Q(2, 9), "0.3", 0, "wrong"), ({"digits": 3}, Q(2, 9), "0", 0, "wrong"),
    ({"digits": 3}, Q(2, 3), "1", 0, "wrong"), ({"digits": 3}, Q(2, 3), "0.7", HALF, "rounded"), ({"digits": 3}, Q(2, 3), "0.67", HALF, "rounded"), ({"digits": 3}, Q(2, 3), "0.66", 0, "wrong"), ({"digits": 3}, Q(2, 3), "0.667", 1, "rounded"), ({"digits": 3}, Q(2, 3), "0.666", 0, "wrong"),
    ({"digits": 3}, Q(2, 3), "0.6666", 1, "rounded"), ({"digits": 3}, Q(2, 3), "0.66666667", 1, "rounded"), ({"digits": 3}, Q(2, 3), "2/3", 1, "key"), ({"digits": 3}, Q(2, 3), "4/6", 1, "key"),
    ({"digits": 3}, Q(12345), "12300", 1, "rounded"), ({"digits": 3}, Q(12345), "1.23e4", 1, "rounded"), ({"digits": 3}, Q(12345), "12345", 1, "key"), ({"digits": 3}, Q(12345), "12000", 0, "wrong"), ({"digits": 3}, Q(12345), "1.2e4", HALF, "rounded"),
    # carrying over a power of ten
    ({"digits": 3}, Q(9996, 1000), "10.0", 1, "rounded"), ({"digits": 3}, Q(9996, 1000), "10", 1, "rounded"), ({"digits": 3}, Q(9999967, 10**9), "0.01000", 1, "rounded"),
    # percent, decimal comma, signs, other spellings
    ({"digits": 3}, Q(2, 9), "22.2%", 1, "rounded"), ({"digits": 3}, Q(2, 9), "22,2 %", 1, "rounded"), ({"digits": 3}, Q(2, 9), "22%", HALF, "rounded"), ({"digits": 3}, Q(2, 9), "22.2", 0, "wrong"), ({"digits": 3}, Q(2, 9), "0,222", 1, "rounded"),
    ({"digits": 3}, Q(-2, 9), "−0.222", 1, "rounded"), ({"digits": 3}, Q(-2, 9), "0.222", 0, "wrong"), ({"digits": 3}, Q(2, 9), "2/9 = 0.222", 1, "key"), ({"digits": 3}, Q(2, 9), "\\frac{2}{9}", 1, "key"), ({"digits": 3}, Q(1), "100%", 1, "key"),
    # an explicit tolerance
    ({"within": Decimal("0.01")}, Q(1, 3), "0.343", 1, "rounded"), ({"within": Decimal("0.01")}, Q(1, 3), "0.344", 0, "wrong"), ({"within": "1/100"}, Q(1), "1.01", 1, "rounded"), ({"within": 5}, Q(100), "105", 1, "rounded"), ({"within": 5}, Q(100), "106", 0, "wrong"),
])
def test_one_number(spec: dict[str, Any], key: Any, raw: str, share: Any, how: str) -> None:
    assert judged(make({"number": spec}), raw, key) == (share, how)


@pytest.mark.parametrize("raw, right", [("0.510826", True), ("0.511", True), ("ln(5/3)", True), ("-ln(0.6)", True), ("ln 5 - ln 3", True), ("0.5108", True), ("0.512", False), ("ln(3/5)", False)])
def test_an_irrational_key(raw: str, right: bool) -> None:
    assert (judged(make("number"), raw, ln(Q(5, 3)))[0] == 1) is right


@pytest.mark.parametrize("spec, key, raw, right", [
    ("integer", Q(12), "12.0", True), ("integer", Q(12), "3*4", True), ("integer", Q(12), "24/2", True), ("integer", Q(12), "12.01", False), ("integer", Q(12), "11.999999", False), ("integer", Q(1000), "1 000", True),
    ("fraction", Q(2, 9), "4/18", True), ("fraction", Q(1, 4), "0.25", True), ("fraction", Q(1, 4), "25%", True), ("fraction", Q(2, 9), "0.222222222222", False), ("fraction", Q(5, 2), "2 1/2", True), ("fraction", Q(5, 2), "2½", True),
])
def test_only_the_exact_value(spec: str, key: fmpq, raw: str, right: bool) -> None:
    share, how = judged(make(spec), raw, key)
    assert (share, how) == ((1, "key") if right else (0, "wrong"))


def test_slack_widens_what_is_accepted() -> None:
    from flint import arb

    kind = make({"number": {"digits": 3}})
    slack = Real(arb("0.667", "0.004"))
    assert kind.judge(kind.read("0.670"), Q(2, 3), slack).share == 1
    assert kind.judge(kind.read("0.670"), Q(2, 3)).share == 0
    assert kind.judge(kind.read("0.672"), Q(2, 3), slack).share == 0
    assert kind.confusable(Q(68, 100), Q(2, 3), slack) and not kind.confusable(Q(75, 100), Q(2, 3), slack)


# ---- lists and matrices ----------------------------------------------------------------------

KEY = (Q(1), Q(2, 3))
SQUARE = ((Q(1), Q(2)), (Q(3), Q(1, 3)))


@pytest.mark.parametrize("raw, share", [("(1, 2/3)", 1), ("1; 0.667", 1), ("[1 2/3]", 1), ("(1, 0.67)", Q(3, 4)), ("(1, 0.6)", HALF), ("(2/3, 1)", 0), ("(5, 0.667)", HALF), ("(1,5)", HALF)])
def test_vectors_by_entries(raw: str, share: Any) -> None:
    assert judged(make({"vector": 2}), raw, KEY)[0] == share


@pytest.mark.parametrize("spec, raw, told", [
    ({"vector": 2}, "(1, 2, 3)", "3 entries typed, 2 asked for"), ({"vector": 2}, "5", "1 entry typed, 2 asked for"), ({"matrix": [2, 2]}, "1 2 3; 4 5 6", "entries typed, 2 asked for"), ({"matrix": [2, 2]}, "[1, 2]", "1 row typed, 2 asked for"),
    ({"vector": 2}, "(1, x)", "'x'"), ({"ordering": ["a", "b", "c"]}, "a, b", "2 typed, all 3"), ({"ordering": ["a", "b", "c"]}, "a, b, b", "twice"), ({"choice": ["x", "y"]}, "z", "none of the options"), ({"choices": ["x", "y"]}, "x, q", "none of the options"),
])
def test_wrong_shapes_are_unreadable_not_wrong(spec: Any, raw: str, told: str) -> None:
    with pytest.raises(Unreadable) as caught:
        make(spec).read(raw)
    assert told in caught.value.reason


def test_a_vector_of_open_size_is_judged_wrong() -> None:
    share, how = judged(make("vector"), "(1, 2, 3)", KEY)
    assert (share, how) == (0, "wrong")
    assert "3 entries were typed, the key has 2" in make("vector").judge(make("vector").read("(1, 2, 3)"), KEY).evidence
    assert "a 1×2 matrix was typed, the key is 2×2" in make("matrix").judge(make("matrix").read("[1, 2]"), SQUARE).evidence


def test_matrices_and_tables_name_the_wrong_entries() -> None:
    kind = make({"matrix": [2, 2]})
    found = kind.judge(kind.read("1 5; 3 0.333"), SQUARE)
    assert found.share == Q(3, 4) and found.how == "wrong" and found.evidence == "row 1, column 2: 5 is not 2"
    table = make({"table": {"rows": ["s1", "s2"], "columns": ["left", "right"]}})
    assert table.judge(table.read("1 2; 7 0.333"), SQUARE).evidence == "s2, left: 7 is not 3"
    assert table.space()["row_heads"] == ["s1", "s2"]


def test_sizes_may_be_formulas() -> None:
    vector: Any = make({"vector": "n"})
    assert vector.formulas() == ["n"] and vector.resolve(lambda text: {"n": Q(2)}[text]).size == 2
    matrix: Any = make({"matrix": ["n", 3]}).resolve(lambda text: Q(2))
    assert matrix.shape == (2, 3) and matrix.key_fault(SQUARE) == "has shape 2×2, where the type says 2×3"
    table: Any = make({"table": {"rows": "names", "columns": ["x"]}}).resolve(lambda text: ("a", Q(2)))
    assert table.rows == ("a", "2")
    for bad in (Q(0), Q(1, 2), Q(41), "x", (Q(1),)):
        with pytest.raises(KindError):
            make({"vector": "n"}).resolve(lambda text, b=bad: b)
    with pytest.raises(KindError):
        make({"table": {"rows": "names", "columns": ["x"]}}).resolve(lambda text: Q(3))


@settings(max_examples=100, deadline=None)
@given(st.lists(rationals, min_size=1, max_size=4), st.integers(1, 5))
def test_vectors_and_matrices_of_any_numbers(xs: list[fmpq], digits: int) -> None:
    v = tuple(xs)
    kind = make({"vector": {"size": len(v), "digits": digits}})
    m = (v, tuple(reversed(v)))
    grid = make({"matrix": {"shape": [2, len(v)], "digits": digits}})
    for k, key in ((kind, v), (grid, m)):
        for raw in k.samples(key):
            assert judged(k, raw, key)[0] == 1, raw


# ---- sets and options ------------------------------------------------------------------------

@pytest.mark.parametrize("key, raw, share", [
    ((Q(1), Q(2)), "{2, 1}", 1), ((Q(1), Q(2)), "1, 2, 2, 1", 1), ((Q(1), Q(2)), "{1}", HALF), ((Q(1), Q(2)), "{1, 2, 3}", Q(2, 3)), ((Q(1), Q(2)), "{}", 0), ((), "{}", 1), ((), "∅", 1), ((), "empty", 1), ((), "{1}", 0),
    (("left", "right"), "Right; left", 1), (("s_1", "s_2"), "{s1, $s_2$}", 1), ((Q(1, 3),), "0.333", 1), ((Q(1, 3),), "0.33", 1 * HALF),
])
def test_sets(key: Any, raw: str, share: Any) -> None:
    assert judged(make("set"), raw, key)[0] == share


@pytest.mark.parametrize("raw, read", [("A", "up"), ("a", "up"), ("(b)", "down"), ("C.", "same"), ("up", "up"), ("UP", "up"), ("It rises.", "up"), ("it rises", "up"), ("B) It falls, slowly.", "down"), ("  same ", "same"), ("It stays at $x_1$", "same")])
def test_choices_by_letter_word_or_text(raw: str, read: str) -> None:
    assert make({"choice": OPTIONS}).read(raw) == read


def test_a_choice_with_two_meanings() -> None:
    swapped = make({"choice": ["B", "A"]})
    assert swapped.rounded("A") in ("2", "B") and swapped.read(swapped.rounded("A")) == "A" and swapped.read(swapped.rounded("B")) == "B"
    with pytest.raises(Unreadable):
        make({"choice": OPTIONS}).read("B) It rises.")


def test_choices_schemes() -> None:
    whole, each = make({"choices": ["x", "y", "z"]}), make({"choices": {"options": ["x", "y", "z"], "scheme": "per-option"}})
    for raw, share in (("A, C", 1), ("C A", 1), ("x; z", 1), ("A", 0), ("A, B, C", 0), ("none", 0)):
        assert judged(whole, raw, ("x", "z"))[0] == share
    for raw, part in (("A, C", Q(1)), ("A", Q(2, 3)), ("none", Q(1, 3)), ("B", Q(0)), ("A, B, C", Q(2, 3))):
        assert judged(each, raw, ("x", "z"))[0] == part
    assert make({"choices": {"options": "few", "scheme": "many"}}).read("B") == ("scheme",)  # a mapping of two options


@pytest.mark.parametrize("raw", ["b > a > c", "b, a, c", "b→a→c", "b a c", "1, 2, 3", "b < a < c", "(b; a; c)"])
def test_orderings(raw: str) -> None:
    kind = make({"ordering": ["b", "a", "c"]})  # numbered 1 2 3: the letters are options themselves
    assert judged(kind, raw, ("b", "a", "c")) == (1, "key")
    found = kind.judge(kind.read(raw), ("b", "c", "a"))
    assert found.share == 0 and found.evidence == "1 of 3 stand in their place; right is b, c, a"


def test_text_is_for_people() -> None:
    kind = make({"text": {"lines": 8}})
    assert kind.manual and kind.read(" an essay ") == "an essay" and kind.space() == {"shape": "lines", "count": 8}
    with pytest.raises(TypeError):
        kind.judge("x", None)
    assert kind.key_fault(None) is None and "marked by hand" in str(kind.key_fault(Q(1)))


# ---- keys that do not fit, types that do not exist -------------------------------------------

@pytest.mark.parametrize("spec, key, told", [
    ("integer", Q(1, 2), "is a fraction, where a whole number"), ("integer", "x", "is a word"), ("integer", ln(Q(2)), "is an irrational number"), ("integer", (Q(1),), "is a list"), ("integer", True, "is true or false"), ("fraction", ln(Q(2)), "is an irrational number"),
    ("number", "x", "is a word"), ("number", ((Q(1),),), "is a matrix"), ("vector", Q(1), "is a whole number, where a vector"), ("vector", (), "is empty"), ("vector", ("a",), "entries that are not numbers"), ({"vector": 2}, (Q(1),), "has 1 entries, where the type says 2"),
    ({"vector": 2}, ((Q(1), Q(2)),), "not numbers"), ("matrix", (Q(1),), "is a list, where a matrix"), ("matrix", ((Q(1),), (Q(1), Q(2))), "rows of different lengths"), ({"matrix": [2, 2]}, ((Q(1),),), "has shape 1×1"), ({"table": {"rows": ["a"], "columns": ["b", "c"]}}, ((Q(1),),), "has shape 1×1"),
    ("set", Q(1), "where a list is asked for"), ("set", ((Q(1),),), "neither numbers nor words"), ({"choice": ["a", "b"]}, "c", "none of the options a, b"), ({"choices": ["a", "b"]}, ("c",), "has 'c'"), ({"choices": ["a", "b"]}, "a", "where a list of options"),
    ({"ordering": ["a", "b"]}, ("a",), "each option once"), ({"ordering": ["a", "b"]}, ("a", "a"), "each option once"), ({"ordering": ["a", "b"]}, "a", "where a list of words"),
])
def test_keys_that_do_not_fit(spec: Any, key: Any, told: str) -> None:
    assert told in str(make(spec).key_fault(key))


@pytest.mark.parametrize("spec, word, told, allowed", [
    ("interger", "interger", "there is no type 'interger'", "integer"), ({"numbr": {}}, "numbr", "there is no type 'numbr'", "number"), (3, "3", "a type is a word", "number"), (None, "None", "a type is a word", "vector"), (["vector"], "['vector']", "a type is a word", "vector"),
    ({"number": {"digits": 3}, "points": 2}, "points", "a type is one word", ""), ({}, "type", "a type is one word", ""), ("base", "base", "there is no type 'base'", ""), ("../x", "../x", "there is no type", ""), ("__init__", "__init__", "there is no type", ""),
    ({"integer": {"digits": 3}}, "digits", "the type 'integer' has no options", ""), ({"fraction": 3}, "3", "has no options", ""), ({"number": 3}, "3", "the options of 'number' are words with values, not 3", "digits"), ({"number": {"digit": 3}}, "digit", "has no option 'digit'", "digits"),
    ({"number": {"digits": 0}}, "digits", "from 1 to 15, not 0", ""), ({"number": {"digits": 16}}, "digits", "from 1 to 15", ""), ({"number": {"digits": "three"}}, "digits", "from 1 to 15, not three", ""), ({"number": {"digits": True}}, "digits", "from 1 to 15", ""), ({"number": {"digits": Q(5, 2)}}, "digits", "from 1 to 15", ""),
    ({"number": {"decimals": -1}}, "decimals", "from 0 to 15, not -1", ""), ({"number": {"digits": 3, "decimals": 2}}, "decimals", "not both", ""), ({"number": {"within": 0}}, "within", "a positive number, not 0", ""), ({"number": {"within": "-1"}}, "within", "positive", ""), ({"number": {"within": "1/0"}}, "within", "positive", ""),
    ({"number": {"within": 0.5}}, "within", "positive", ""), ({"number": {"within": "9" * 50}}, "within", "positive", ""), ({"vector": 0}, "size", "from 1 to 40, not 0", ""), ({"vector": 41}, "size", "from 1 to 40", ""), ({"vector": {"sizes": 2}}, "sizes", "has no option 'sizes'", "size"),
    ({"vector": [2]}, "size", "from 1 to 40", ""), ({"matrix": 2}, "2", "[rows, columns], not 2", ""), ({"matrix": [2]}, "shape", "[rows, columns]", ""), ({"matrix": [2, 0]}, "0", "from 1 to 40, not 0", ""), ({"matrix": {"shapes": [2, 2]}}, "shapes", "has no option", "shape"),
    ("table", "table", "a table needs 'rows' and 'columns'", "rows"), ({"table": {"rows": ["a"]}}, "table", "a table needs 'columns'", "columns"), ({"table": {"rows": [], "columns": ["a"]}}, "rows", "a list of headings", ""), ({"table": {"rows": 3, "columns": ["a"]}}, "rows", "a list of headings", ""),
    ("choice", "choice", "needs a list of options", ""), ({"choice": ["a"]}, "choice", "needs 2 to 40 options, not 1", ""), ({"choice": ["a", "a"]}, "a", "stands there twice", ""), ({"choice": ["a", ["b"]]}, "['b']", "an option is a word or a number", ""), ({"choice": [str(i) for i in range(41)]}, "choice", "not 41", ""),
    ({"choices": {"options": ["a", "b"], "shceme": "x"}}, "shceme", "has no option 'shceme'", "scheme"), ({"choices": {"options": ["a", "b"], "scheme": "half"}}, "half", "there is no scheme 'half'", "per-option"), ({"text": {"line": 3}}, "line", "has no option 'line'", "lines"),
    ({"text": {"lines": 0}}, "lines", "from 1 to 60, not 0", ""), ({"text": 5}, "5", "words with values", "lines"), ({"set": 3}, "3", "words with values", "digits"), ({"set": {"size": 3}}, "size", "has no option 'size'", "digits"),
], ids=str)
def test_types_that_do_not_exist(spec: Any, word: str, told: str, allowed: str) -> None:
    with pytest.raises(KindError) as caught:
        make(spec)
    assert caught.value.word == word and told in str(caught.value)
    assert not allowed or allowed in caught.value.allowed


def test_kinds_are_found_by_themselves() -> None:
    assert names() == ["choice", "choices", "expression", "fraction", "integer", "interval", "matrix", "number", "ordering", "set", "table", "text", "vector"]
    for name in names():
        kind = kinds.importlib.import_module(f"examwright.answers.kinds.{name}").KIND
        assert kind.name == name and kind.__doc__
    assert {next(iter(s)) if isinstance(s, dict) else s for s, _ in SPECS} | {"text"} == set(names())


def test_decimals_as_the_paper_shows_them() -> None:
    assert make({"number": {"digits": 3}}).rounded(Q(2, 3)) == "0.667" and make({"number": {"decimals": 2}}).rounded(Q(1, 8)) == "0.13"
    assert make({"number": {"digits": 3}}).asked() == "to 3 significant digits" and make({"number": {"decimals": 0}}).asked() == "to the nearest whole number"
    assert make("integer").asked() == "whole number" and to_decimal(Q(1, 8)) == "0.125"
