"""The kinds of answers: right spellings are right, near ones are not, and a wrong `type:` is told with the nearest word."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from effort import examples
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from examwright.answers import kinds
from examwright.answers.kinds import KindError, make, names
from examwright.answers.phrases import Phrase
from examwright.answers.precision import Precision, _far_apart
from examwright.answers.reader import Ambiguous, Blank, Unreadable, without_ignored
from examwright.practice.fields import as_read
from examwright.solvers.arithmetic import (
    Real,
    enclosure,
    exp,
    ln,
    log2,
    rounded_ball,
    sigmoid,
    sqrt,
    to_decimal,
    to_text,
)
from examwright.solvers.expression import symbol
from examwright.solvers.intervals import interval, union

Q = fmpq
HALF = Q(1, 2)
KEY7 = Q(4179642, 10**7)
X, LAM = symbol("x"), symbol("lambda")

POOL = [{"says": f"claim {i}", "is": i % 2 == 0, "why": f"Reason {i}."} for i in range(8)]
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
    ({"ordering": {"options": ["b", "a", "c"], "ties": True}}, [("a", "b", "c"), ("b", ("a", "c")), (("a", "b", "c"),)]), ({"ordering": {"options": ["x", "y", "z"], "scheme": "pairs"}}, [("z", "x", "y")]),
    ({"vector": {"size": 2, "up_to": "sign"}}, [(Q(3, 5), Q(-4, 5)), (1 / sqrt(Q(5)), 2 / sqrt(Q(5)))]), ({"vector": {"size": 3, "up_to": "scale"}}, [(Q(1), Q(1, 2), Q(-3)), (Q(0), sqrt(Q(2)), Q(7))]), ({"vector": {"size": 3, "up_to": "positive scale", "digits": 2}}, [(Q(1), Q(-1, 3), Q(10))]), ({"vector": {"up_to": "order"}}, [(Q(3), Q(1, 3), Q(3), Q(-2))]),
    ({"matrix": {"shape": [2, 2], "up_to": "row order"}}, [((Q(1), Q(2)), (Q(1, 3), Q(4)))]), ({"matrix": {"shape": [2, 3], "up_to": "column signs"}}, [((Q(1), Q(2), Q(0)), (Q(1, 3), Q(4), Q(-1)))]), ({"matrix": {"shape": [2, 2], "up_to": "scale"}}, [((Q(1), Q(0)), (Q(1, 3), Q(4)))]), ({"matrix": {"up_to": "sign"}}, [((Q(1), Q(-2)),)]),
    ({"choices": {"options": ["x", "y", "z"], "scheme": "negative"}}, [("x",), (), ("x", "y", "z")]),
    ({"labels": 4}, [(Q(1), Q(1), Q(2), Q(2)), ("a", "b", "a", "c")]), ({"labels": {"points": 3, "names": [1, 2]}}, [(Q(2), Q(1), Q(1)), (Q(1), Q(1), Q(1))]),
    ({"policy": {"states": ["$s_1$", "$s_2$"], "actions": ["left", "right"]}}, [(("left", "right"), ("right",)), (("left",), ("left",)), ("left", "right")]), ({"policy": {"states": ["A", "B", "C"], "actions": ["a1", "a2"]}}, [(("a1",), ("a2", "a1"), ("a1",))]),
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
    assert isinstance(kind.asked(), str | Phrase) and isinstance(kind.accepted(key), str | Phrase)
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


@examples(200)
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


@examples(300)
@given(rationals, precisions)
def test_half_a_unit_is_the_edge(key: fmpq, precision: dict[str, int]) -> None:
    """Of the numbers in as many digits as typed those count that lie half a unit from the key or nearer, both ways on a
    tie, whether as many digits were typed as asked or more."""
    kind: Any = make({"number": precision})
    unit = kind.precision.unit(key)
    for own in (unit, unit / 10, unit / 1000):
        for n in range(-1, 3):
            typed = (Q((key / own).floor()) + n) * own
            reach = unit if key == 0 else own
            while own == 1 and reach < unit and (typed / reach / 10).q == 1:
                reach *= 10  # zeros at the end of a whole number
            share, how = judged(kind, decimal_of(typed, own), key)
            assert (share == 1) is (abs(typed - key) <= reach / 2), (own, typed)
            assert share != 1 or how == ("key" if typed == key else "rounded")
    assert judged(kind, kind.rounded(key), key)[0] == 1


def decimal_of(x: fmpq, unit: fmpq) -> str:
    """x as typed with its last digit at the unit: in scientific notation where that is left of the point."""
    k = len(str(unit.q)) - 1 if unit < 1 else 1 - len(str(unit.p))
    return to_decimal(x, decimals=k) if k > 0 else f"{(x / unit).p}e{-k}" if k < 0 else f"{x.p}"


@examples(300)
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


@pytest.mark.parametrize("spec, key, slack, told", [
    ({"vector": {"size": 4}}, (Q(19, 2), Q(5), Q(0), Q(26, 3)), None, "9.5, 5, 0, 8.67"), ("vector", (Q(0), Q(12)), (Q(0), Q(12)), ""), ("vector", (Q(1, 2), Q(7)), None, ""),
    ("vector", (Q(0), Q(1, 3)), None, "0, 0.333"), ("vector", (Q(1, 32), Q(1, 3)), None, "0.0312 … 0.0313, 0.333"),
    ({"matrix": [2, 2]}, ((Q(1, 2), Q(0)), (Q(1), Q(2, 3))), None, "0.5, 0; 1, 0.667"), ({"matrix": [1, 2]}, ((Q(1, 2), Q(0)),), None, "")])
def test_a_key_tells_what_passes_in_each_place(spec, key, slack, told):
    assert str(make(spec).accepted(key, slack)) == told


@examples(200)
@given(rationals, precisions)
def test_the_range_on_the_key_sheet_is_the_range_accepted(key: fmpq, precision: dict[str, int]) -> None:
    kind: Any = make({"number": precision})
    told = kind.accepted(key)
    assume(told)
    ends = told.split(" … ")
    for raw in ends:
        assert judged(kind, raw, key)[0] == 1
    low, high = (Q(Fraction(t).numerator, Fraction(t).denominator) for t in (ends[0], ends[-1]))
    step = kind.precision.unit(key)
    assert key == 0 or low - step / 2 <= key <= high + step / 2
    for x in (low - step, high + step):
        assert judged(kind, decimal_of(x, step), key)[0] < 1


@pytest.mark.parametrize("spec, key, raw, share, how", [
    # zero has no leading digit
    ({"digits": 3}, Q(0), "0", 1, "key"), ({"digits": 3}, Q(0), "0.000", 1, "key"), ({"digits": 3}, Q(0), "-0", 1, "key"), ({"digits": 3}, Q(0), "0.0005", 1, "rounded"), ({"digits": 3}, Q(0), "0.0006", 0, "wrong"),
    ({"decimals": 2}, Q(0), "0.005", 1, "rounded"), ({"decimals": 2}, Q(0), "0.0051", 0, "wrong"), ({"digits": 3}, Q(1, 10**6), "0", 0, "wrong"), ({"digits": 3}, Q(1, 10**6), "1e-6", 1, "key"),
    # halves are right both ways
    ({"decimals": 2}, Q(1, 8), "0.12", 1, "rounded"), ({"decimals": 2}, Q(1, 8), "0.13", 1, "rounded"), ({"decimals": 2}, Q(1, 8), "0.11", 0, "wrong"), ({"decimals": 2}, Q(1, 8), "0.14", 0, "wrong"), ({"decimals": 2}, Q(1, 8), "0.125", 1, "key"),
    ({"decimals": 0}, Q(5, 2), "2", 1, "rounded"), ({"decimals": 0}, Q(5, 2), "3", 1, "rounded"), ({"decimals": 0}, Q(-5, 2), "-3", 1, "rounded"), ({"decimals": 0}, Q(5, 2), "4", 0, "wrong"),
    # too few digits, but those right, earn half
    ({"digits": 3}, Q(2, 9), "0.22", HALF, "fewer digits"), ({"digits": 3}, Q(2, 9), "0.2", HALF, "fewer digits"), ({"digits": 3}, Q(2, 9), "0.23", 0, "wrong"), ({"digits": 3}, Q(2, 9), "0.3", 0, "wrong"), ({"digits": 3}, Q(2, 9), "0", 0, "wrong"),
    ({"digits": 3}, Q(2, 3), "1", 0, "wrong"), ({"digits": 3}, Q(2, 3), "0.7", HALF, "fewer digits"), ({"digits": 3}, Q(2, 3), "0.67", HALF, "fewer digits"), ({"digits": 3}, Q(2, 3), "0.66", 0, "wrong"), ({"digits": 3}, Q(2, 3), "0.667", 1, "rounded"), ({"digits": 3}, Q(2, 3), "0.666", 0, "wrong"),
    ({"digits": 3}, Q(2, 3), "0.6667", 1, "rounded"), ({"digits": 3}, Q(2, 3), "0.66666667", 1, "rounded"), ({"digits": 3}, Q(2, 3), "2/3", 1, "key"), ({"digits": 3}, Q(2, 3), "4/6", 1, "key"),
    ({"digits": 3}, Q(12345), "12300", 1, "rounded"), ({"digits": 3}, Q(12345), "1.23e4", 1, "rounded"), ({"digits": 3}, Q(12345), "12345", 1, "key"), ({"digits": 3}, Q(12345), "12000", 0, "wrong"), ({"digits": 3}, Q(12345), "1.2e4", HALF, "fewer digits"),
    # whoever types more digits than asked is judged by those digits; a fraction is precise
    ({"digits": 3}, KEY7, "0.418", 1, "rounded"), ({"digits": 3}, KEY7, "0.4180", 1, "rounded"), ({"digits": 3}, KEY7, "0.41796", 1, "rounded"), ({"digits": 3}, KEY7, "0.4179642", 1, "key"), ({"digits": 3}, KEY7, "0.41797", 0, "wrong"), ({"digits": 3}, KEY7, "0.41812", 0, "wrong"),
    ({"digits": 3}, KEY7, "0.4184", 0, "wrong"), ({"digits": 3}, KEY7, "209/500", 0, "wrong"), ({"digits": 3}, KEY7, "0.42", HALF, "fewer digits"), ({"digits": 3}, Q(2, 3), "0.6666", 0, "wrong"), ({"decimals": 1}, KEY7, "0.4", 1, "rounded"), ({"decimals": 1}, KEY7, "0.42", 1, "rounded"), ({"decimals": 1}, KEY7, "0.41", 0, "wrong"),
    # zeros at the end may be missing, and those of a whole number may stand for other digits
    ({"digits": 3}, Q(41996, 10**5), "0.42", 1, "rounded"), ({"digits": 3}, Q(12345), "12350", 1, "rounded"), ({"digits": 3}, Q(12345), "12340", 1, "rounded"), ({"digits": 3}, Q(12345), "12346", 0, "wrong"), ({"digits": 2}, Q(1203, 100), "12", 1, "rounded"), ({"digits": 3}, Q(1203, 100), "12", 1, "rounded"), ({"digits": 3}, Q(1206, 100), "12", HALF, "fewer digits"),
    # carrying over a power of ten
    ({"digits": 3}, Q(9996, 1000), "10.0", 1, "rounded"), ({"digits": 3}, Q(9996, 1000), "10", 1, "rounded"), ({"digits": 3}, Q(9999967, 10**9), "0.01000", 1, "rounded"),
    # percent, decimal comma, signs, other spellings
    ({"digits": 3}, Q(2, 9), "22.2%", 1, "rounded"), ({"digits": 3}, Q(2, 9), "22,2 %", 1, "rounded"), ({"digits": 3}, Q(2, 9), "22%", HALF, "fewer digits"), ({"digits": 3}, Q(2, 9), "22.2", 0, "wrong"), ({"digits": 3}, Q(2, 9), "0,222", 1, "rounded"),
    ({"digits": 3}, Q(-2, 9), "−0.222", 1, "rounded"), ({"digits": 3}, Q(-2, 9), "0.222", 0, "wrong"), ({"digits": 3}, Q(2, 9), "2/9 = 0.222", 1, "key"), ({"digits": 3}, Q(2, 9), "\\frac{2}{9}", 1, "key"), ({"digits": 3}, Q(1), "100%", 1, "key"),
    # an explicit tolerance
    ({"within": Decimal("0.01")}, Q(1, 3), "0.343", 1, "rounded"), ({"within": Decimal("0.01")}, Q(1, 3), "0.34", 1, "rounded"), ({"within": Decimal("0.01")}, Q(1, 3), "0.3", HALF, "fewer digits"), ({"within": Decimal("0.01")}, Q(1, 3), "0.344", 0, "wrong"), ({"within": "1/100"}, Q(1), "1.01", 1, "rounded"), ({"within": 5}, Q(100), "105", 1, "rounded"), ({"within": 5}, Q(100), "106", 0, "wrong"),
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


def test_fewer_digits_earn_the_share_that_is_set() -> None:
    for share in (Q(0), Q(1, 4), Q(1)):
        kind = make({"number": {"digits": 3}}).with_fewer_digits(share)
        assert judged(kind, "0.22", Q(2, 9)) == (share, "fewer digits") and judged(kind, "0.222", Q(2, 9)) == (1, "rounded")
    vector = make({"vector": {"size": 2}}).with_fewer_digits(Q(1, 4))
    assert judged(vector, "(0.22, 1)", (Q(2, 9), Q(1))) == (Q(5, 8), "fewer digits")
    for spec in ("integer", "text", {"choice": ["a", "b"]}):
        assert make(spec).with_fewer_digits(Q(0)).name == make(spec).name


def test_a_value_rounded_twice_is_rounded_honestly() -> None:
    """Whoever keeps one digit more than asked and then rounds as asked is right: 2.1449 becomes 2.145 becomes 2.15."""
    kind = make({"number": {"digits": 3}})
    key = Q(21449, 10**4)

    def share(typed: str, key: Any) -> Any:
        return kind.judge(kind.read(typed), key, kind.written(key, 3)).share

    assert share("2.15", key) == 1 and kind.judge(kind.read("2.15"), key).share == 0
    assert share("2.16", key) == 0
    assert share("0.6666", Q(2, 3)) == 1  # cut off, but beyond the digits that count
    assert share("0.41812", KEY7) == 0
    assert share("0.2501", Q(1, 4)) == 0  # nothing is rounded there


def test_slack_widens_what_is_accepted() -> None:
    from flint import arb

    kind = make({"number": {"digits": 3}})
    slack = Real(arb("0.667", "0.004"))
    assert kind.judge(kind.read("0.670"), Q(2, 3), slack).share == 1
    assert kind.judge(kind.read("0.670"), Q(2, 3)).share == 0
    assert kind.judge(kind.read("0.672"), Q(2, 3), slack).share == 0
    assert kind.confusable(Q(68, 100), Q(2, 3), slack) and not kind.confusable(Q(75, 100), Q(2, 3), slack)


@examples(300)
@given(st.integers(-3000, 3000), st.sampled_from((1, 3, 7, 100)), st.integers(-400, 400), st.integers(1, 9), st.sampled_from((None, 2, 4)), st.booleans(), st.booleans())
def test_far_apart_is_never_confusable(top: int, bottom: int, away: int, digits: int, carried: int | None, rough: bool, other_rough: bool) -> None:
    """The quick look in floats refuses only what the rule refuses: three times the half unit, and three times the enclosure."""
    a, b = Q(top, bottom), Q(top, bottom) * (1 + Q(away, 100 * 10 ** (digits - 1)))
    root = sqrt(Q(2))
    x, y = a * root if rough else a, b * root if other_rough else b
    slack = rounded_ball(y, carried) if carried else None
    if not _far_apart(x, y, digits, slack if isinstance(slack, Real) else None):
        return
    unit = max(Precision(digits).unit(x), Precision(digits).unit(y))  # type: ignore[type-var]
    assert not abs(enclosure(x) - enclosure(y)) <= enclosure(unit * 3 / 2)
    if isinstance(slack, Real):
        assert not slack.ball.mid().union(slack.ball.mid() + 3 * slack.ball.rad()).union(slack.ball.mid() - 3 * slack.ball.rad()).overlaps(enclosure(x))


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


@examples(100)
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


def test_negative_marks() -> None:
    kind: Any = make({"choices": {"options": ["x", "y", "z", "u", "v"], "scheme": "negative"}})
    for raw, share in (("A, C", 1), ("A", HALF), ("A, B", HALF - Q(1, 3)), ("A, C, B", Q(2, 3)), ("A, B, C, D, E", 0), ("B", 0), ("none", 0)):
        assert judged(kind, raw, ("x", "z"))[0] == share, raw
    below = make({"choices": {"options": ["x", "y", "z"], "scheme": "negative", "floor": "-1/2"}})
    assert judged(below, "B, C", ("x",))[0] == -HALF and judged(below, "A, B", ("x",))[0] == HALF and judged(below, "none", ("x",))[0] == 0
    assert judged(below, "A", ())[0] == -Q(1, 3) and judged(below, "none", ())[0] == 1 and judged(below, "A, B", ("x", "y", "z"))[0] == Q(2, 3)


def test_a_pool_of_statements() -> None:
    kind: Any = make({"choices": {"pool": POOL, "pick": 3}}).drawn_as("shown")  # type: ignore[attr-defined]
    assert kind.own_key and kind.formulas() == ["shown"] and not kind.options
    shown = kind.resolve(lambda text: (Q(5), Q(2), Q(1)))
    assert [t for _, t in shown.options] == ["claim 4", "claim 1", "claim 0"] and shown.true_ones((Q(5), Q(2), Q(1))) == ("claim 4", "claim 0")
    assert shown.formulas() == [] and shown.key_fault(("claim 4", "claim 0")) is None and shown.plain(("claim 4", "claim 0")) == "A, C"
    assert shown.worked().splitlines() == ["- **A.** claim 4 *This is true.* Reason 4.", "- **B.** claim 1 *This is false.* Reason 1.", "- **C.** claim 0 *This is true.* Reason 0."]
    found = shown.judge(shown.read("A, B"), ("claim 4", "claim 0"))
    assert found == (0, "wrong", "wrongly ticked or left out: B, C", "B is false. Reason 1. C is true. Reason 0.")
    assert shown.with_texts(str.upper).reasons(["claim 1"]) == ["B is false. REASON 1."]
    for bad in ((Q(1), Q(1)), (Q(0),), (Q(9),)):
        with pytest.raises(ValueError, match="different numbers from 1 to 8"):
            kind.resolve(lambda text, b=bad: b)


TIES: Any = make({"ordering": {"options": ["a", "b", "c"], "ties": True, "scheme": "pairs"}})


@pytest.mark.parametrize("raw, share", [
    ("b > a = c", 1), ("b, c=a", 1), ("b → a = c", 1), ("B>C≈A", 1), ("(b > a = c)", 1), ("b > a > c", Q(1, 3)), ("a = b = c", 0), ("b = a > c", 0), ("a > c > b", 0), ("c, a, b", 0),
])
def test_orderings_with_ties_and_marks_for_pairs(raw: str, share: Any) -> None:
    assert judged(TIES, raw, ("b", ("a", "c")))[0] == share


@pytest.mark.parametrize("raw", ["b > a =", "= a > b, c", "b > a = a", "b = c", "b > a = d"])
def test_orderings_with_ties_that_cannot_be_read(raw: str) -> None:
    with pytest.raises(Unreadable):
        TIES.read(raw)


def test_ties_go_on_in_a_chain_as_they_were_typed() -> None:
    assert TIES.value(TIES.read("b > a = c")) == ("b", ("a", "c")) and TIES.show(TIES.read("B, A=C")) == "b > a = c"


# ---- answers that are right in several forms ---------------------------------------------------

UNIT = (1 / sqrt(Q(5)), 2 / sqrt(Q(5)))
PLANE = (Q(1), Q(1, 2), Q(-3, 2))


@pytest.mark.parametrize("up_to, key, raw, share, how", [
    ("sign", UNIT, "(0.447, 0.894)", 1, "rounded"), ("sign", UNIT, "(-0.447, -0.894)", 1, "rounded"), ("sign", UNIT, "(-1/sqrt(5), -2/sqrt(5))", 1, "key"), ("sign", UNIT, "(-0.447, 0.894)", HALF, "wrong"), ("sign", UNIT, "(-0.45, -0.89)", HALF, "fewer digits"), ("sign", UNIT, "(1, 2)", 0, "wrong"),
    ("positive scale", PLANE, "(2, 1, -3)", 1, "key"), ("positive scale", PLANE, "(0.2, 0.1, -0.3)", 1, "key"), ("positive scale", PLANE, "(0.535, 0.267, -0.802)", 1, "rounded"), ("positive scale", PLANE, "(0.667, 0.333, -1)", 1, "rounded"), ("positive scale", PLANE, "(-2, -1, 3)", 0, "wrong"), ("positive scale", PLANE, "(0.54, 0.27, -0.80)", HALF, "fewer digits"),
    ("positive scale", PLANE, "(2, 1, 3)", HALF, "wrong"), ("positive scale", PLANE, "(2, 1, -4)", HALF, "wrong"), ("positive scale", PLANE, "(5, 7, 9)", 0, "wrong"), ("positive scale", PLANE, "(0, 0, 0)", 0, "wrong"), ("positive scale", PLANE, "(0.535, 0.267, -0.803)", 1, "rounded"), ("positive scale", PLANE, "(0.535, 0.267, -0.805)", HALF, "wrong"),
    ("scale", PLANE, "(-2, -1, 3)", 1, "key"), ("scale", PLANE, "(-0.535, -0.267, 0.802)", 1, "rounded"), ("scale", (UNIT[0], UNIT[1], Q(0)), "(1, 2, 0)", 1, "key"), ("scale", (UNIT[0], UNIT[1], Q(0)), "(2, 1, 0)", HALF, "wrong"), ("scale", (UNIT[0], UNIT[1], Q(0)), "(1, 2, 0.1)", HALF, "wrong"), ("scale", (Q(0), Q(0), Q(5)), "(0, 0, 1)", 1, "key"),
    ("order", (Q(1, 3), Q(5), Q(7)), "(5, 7, 0.333)", 1, "rounded"), ("order", (Q(1, 3), Q(5), Q(7)), "(7, 5, 1/3)", 1, "key"), ("order", (Q(1, 3), Q(5), Q(7)), "(7, 5, 2)", Q(2, 3), "wrong"), ("order", (Q(1), Q(1), Q(2)), "(2, 1, 2)", Q(2, 3), "wrong"), ("order", (Q(1), Q(1), Q(2)), "(2, 1, 1)", 1, "key"),
])
def test_vectors_up_to(up_to: str, key: Any, raw: str, share: Any, how: str) -> None:
    kind = make({"vector": {"size": len(key), "up_to": up_to}})
    assert judged(kind, raw, key) == (share, how)
    assert judged(make({"vector": {"size": len(key)}}), raw, key)[0] <= share or how == "wrong"  # a free form takes nothing away
    if share == 1:
        assert kind.confusable(kind.value(kind.read(raw)), key)


@pytest.mark.parametrize("up_to, raw, share", [
    ("sign", "-1 -2; -3 -1/3", 1), ("sign", "-1 -2; 3 1/3", HALF), ("row signs", "-1 -2; 3 1/3", 1), ("row signs", "-1 2; 3 1/3", Q(3, 4)), ("column signs", "1 -2; 3 -1/3", 1), ("column signs", "1 -2; 3 1/3", Q(3, 4)),
    ("row order", "3 1/3; 1 2", 1), ("row order", "3 1/3; 1 5", Q(3, 4)), ("column order", "2 1; 1/3 3", 1), ("column order", "3 1/3; 1 2", 0), ("scale", "3 6; 9 1", 1), ("scale", "-3 -6; -9 -1", 1), ("positive scale", "-3 -6; -9 -1", 0), ("positive scale", "3 6; 9 2", Q(2, 3)),
])
def test_matrices_up_to(up_to: str, raw: str, share: Any) -> None:
    assert judged(make({"matrix": {"shape": [2, 2], "up_to": up_to}}), raw, SQUARE)[0] == share


SHAPES = st.sampled_from(["sign", "scale", "positive scale", "order"])


@examples(200)
@given(st.lists(rationals, min_size=2, max_size=5), SHAPES, st.fractions(-50, 50, max_denominator=40), st.randoms(use_true_random=False), st.integers(2, 5))
def test_every_form_of_a_key_is_right_rounded_too(xs: list[fmpq], up_to: str, f: Any, random: Any, digits: int) -> None:
    """... what is right can be confused with the key, and what is chosen is that form."""
    key, factor = tuple(xs), Q(f.numerator, f.denominator)
    assume(any(xs) and factor != 0)
    kind: Any = make({"vector": {"size": len(key), "up_to": up_to, "digits": digits}})
    if up_to == "order":
        form = list(key)
        random.shuffle(form)
    else:
        n = abs(factor) if up_to == "positive scale" else factor if up_to == "scale" else Q(random.choice((-1, 1)))
        form = [n * x for x in key]
    other = make({"vector": {"size": len(key), "digits": digits}})
    for raw in (kind.plain(tuple(form)), other.rounded(tuple(form))):
        typed = kind.read(raw)
        assert kind.judge(typed, key).share == 1, raw
        assert kind.confusable(kind.value(typed), key)
        assert kind.in_other_form(typed, key) or other.judge(typed, key).share == 1
    assert kind.confusable(tuple(form), key) and kind.confusable(key, tuple(form))


@examples(150)
@given(st.lists(rationals, min_size=2, max_size=4), st.lists(rationals, min_size=2, max_size=4), SHAPES)
def test_what_is_accepted_in_some_form_is_confusable(xs: list[fmpq], ys: list[fmpq], up_to: str) -> None:
    assume(len(xs) == len(ys) and any(xs))
    kind: Any = make({"vector": {"size": len(xs), "up_to": up_to, "digits": 2}})
    for raw in (kind.plain(tuple(ys)), kind.rounded(tuple(ys))):
        if kind.judge(kind.read(raw), tuple(xs)).share == 1:
            assert kind.confusable(tuple(ys), tuple(xs)), raw


@examples(100)
@given(st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(st.integers(0, 3), min_size=n, max_size=n), min_size=n, max_size=n)))
def test_the_best_assignment_is_the_best_of_all(table: list[list[int]]) -> None:
    from itertools import permutations

    from examwright.answers.kinds.equivalence import best_assignment

    n = len(table)
    worth = [[Q(x) for x in row] for row in table]
    found = best_assignment(worth)
    best = max(sum(table[i][p[i]] for i in range(n)) for p in permutations(range(n)))
    assert sorted(found) == list(range(n)) and sum(table[i][j] for i, j in enumerate(found)) == best


def test_rounding_on_the_way_is_accepted_in_every_form() -> None:
    from flint import arb

    slack = (Real(arb("0.4472", "0.004")), Real(arb("0.8944", "0.004")))
    kind = make({"vector": {"size": 2, "up_to": "sign"}})
    assert kind.judge(kind.read("(-0.450, -0.891)"), UNIT, slack).share == 1 and kind.judge(kind.read("(-0.450, -0.891)"), UNIT).share == 0
    free = make({"vector": {"size": 2, "up_to": "positive scale"}})
    assert free.judge(free.read("(1.00, 1.98)"), UNIT, slack).share == 1 and free.judge(free.read("(1.00, 1.98)"), UNIT).share < 1
    assert free.judge(free.read("(1.00, 1.90)"), UNIT, slack).share < 1
    assert kind.confusable(tuple([-x for x in UNIT]), UNIT, slack)


# ---- labels and policies -----------------------------------------------------------------------

CLUSTERS = (Q(1), Q(1), Q(2), Q(2), Q(2))


@pytest.mark.parametrize("raw, share", [
    ("1 1 2 2 2", 1), ("A,A,B,B,B", 1), ("2;2;1;1;1", 1), ("BBAAA", 1), ("z = (1, 1, 2, 2, 2)", 1), ("a A b B b", 1), ("1 2 2 2 2", HALF), ("1 1 1 1 1", 0), ("1 2 3 3 3", HALF), ("1 2 1 2 1", 0), ("1 1 2 2 3", HALF),
])
def test_labels_up_to_their_names(raw: str, share: Any) -> None:
    kind = make({"labels": {"points": 5, "names": [1, 2]}})
    assert judged(kind, raw, CLUSTERS)[0] == share


@pytest.mark.parametrize("raw", ["1 1 2 2", "1 1 2 2 2 2", "1 1 2 2 x!", "1,5 2", "0 1 2 3 4 5 6 7 8"])
def test_labels_that_cannot_be_read(raw: str) -> None:
    with pytest.raises(Unreadable):
        make({"labels": 9 if raw[0] == "0" else 5}).read(raw)


def test_labels_go_on_in_a_chain_under_its_names() -> None:
    kind: Any = make({"labels": {"points": 3, "names": [1, 2]}})
    assert kind.value(kind.read("B A A")) == (2, 1, 1) and kind.value(kind.read("2 1 1")) == (2, 1, 1) and kind.value(kind.read("7 9 9")) == (1, 2, 2)
    assert kind.in_other_form(kind.read("b a a"), (Q(1), Q(2), Q(2))) and not kind.in_other_form(kind.read("A B B"), (Q(1), Q(2), Q(2)))
    assert make({"labels": 3}).value(make({"labels": 3}).read("x y y")) == ("x", "y", "y")


POLICY: Any = make({"policy": {"states": ["$s_1$", "$s_2$"], "actions": ["left", "right"]}})


@pytest.mark.parametrize("raw", [
    "s1: left, s2: right", "s_1=left; s_2=right", "left, right", "L, R", "L R", "LR", "(left, right)", "s1: left s2: right", "s2: right, s1: left", "$s_1$: Left, $s_2$: Right", "π(s1) = left, π(s2) = right", "s1 → left, s2 → right", "s1->left,s2->right", "← →", "←→", "left\nright", "policy: left, right",
])
def test_policies(raw: str) -> None:
    assert POLICY.read(raw.replace("\\n", "\n")) == ("left", "right")


def test_any_best_action_is_right() -> None:
    key = (("left", "right"), ("right",))
    for raw, share in (("left, right", 1), ("right, right", 1), ("left, left", HALF), ("right, left", HALF)):
        assert judged(POLICY, raw, key)[0] == share
    assert POLICY.judge(POLICY.read("L, L"), key).evidence == "not right in $s_2$"
    assert POLICY.in_other_form(POLICY.read("R, R"), key) and not POLICY.in_other_form(POLICY.read("R, R"), (("right",), ("right",)))
    assert POLICY.confusable((("left",), ("left", "right")), key) and not POLICY.confusable((("left",), ("left",)), key)
    assert POLICY.latex(key).count("left or right") == 1 and POLICY.space()["row_heads"] == ["$s_1$", "$s_2$"]
    numbered = make({"policy": {"states": ["A", "B"], "actions": ["a_1", "a_2"]}})
    assert numbered.read("2, 1") == ("a_2", "a_1") and numbered.read("a1 a2") == ("a_1", "a_2")


@pytest.mark.parametrize("raw, error", [
    ("s1: left", Unreadable), ("left", Unreadable), ("up, right", Unreadable), ("s1: left, s1: right", Unreadable), ("s3: left, s2: right", Unreadable), ("s1: left, right", Unreadable), ("left, right, left", Unreadable), ("l" * 3000, Unreadable), (", ,", Unreadable),
])
def test_policies_that_cannot_be_read(raw: str, error: Any) -> None:
    with pytest.raises(error):
        POLICY.read(raw)


def test_an_action_with_two_meanings() -> None:
    kind = make({"policy": {"states": ["A"], "actions": ["stay", "stop"]}})
    with pytest.raises(Ambiguous):
        kind.read("st")
    assert kind.read("sto") == ("stop",) and kind.resolve(lambda text: ()) is kind
    assert make({"policy": {"states": "names", "actions": ["x", "y"]}}).resolve(lambda text: (Q(1), "b")).states == ("1", "b")  # type: ignore[attr-defined]


@pytest.mark.parametrize("raw", ["b > a > c", "b, a, c", "b→a→c", "b a c", "1, 2, 3", "(b; a; c)"])
def test_orderings(raw: str) -> None:
    kind = make({"ordering": ["b", "a", "c"]})  # numbered 1 2 3: the letters are options themselves
    assert judged(kind, raw, ("b", "a", "c")) == (1, "key")
    found = kind.judge(kind.read(raw), ("b", "c", "a"))
    assert found.share == 0 and found.evidence == "1 of 3 stand in their place; right is b, c, a"


def test_a_ranking_is_the_key_of_an_ordering() -> None:
    from examwright.solvers.arithmetic import Real, Undecided, enclosure
    from examwright.solvers.exact.common import ranking

    assert ranking(("a", "b", "c"), (Q(1), Q(3), Q(2))) == ("b", "c", "a")
    assert ranking("abcd", (Q(1), Q(3), Q(1), Q(3))) == (("b", "d"), ("a", "c"))
    assert make({"ordering": ["a", "b", "c"]}).key_fault(ranking("abc", (Q(1), Q(1), Q(2)))) == "has equal ranks, which need 'ties: true' in the type"
    with pytest.raises(ValueError):
        ranking(("a", "b"), (Q(1),))
    with pytest.raises(Undecided):
        ranking("ab", (Q(1), Real(enclosure(Q(0)).union(enclosure(Q(2))))))


ATTRIBUTES: Any = make({"ordering": {"options": {"A": "outlook", "B": "wind", "C": "wet grass"}, "sign": ">"}})


@pytest.mark.parametrize("raw", [
    "B > A > C", "wind > outlook > wet grass", "C < A < B", "wet grass<outlook<wind", "bac", "BAC", "first wind, then outlook, then wet grass", "wind then outlook and then wet grass", "1. wind 2. outlook 3. wet grass",
])
def test_orderings_by_size(raw: str) -> None:
    assert ATTRIBUTES.read(raw) == ("B", "A", "C")


@pytest.mark.parametrize("raw", ["A > B < C", "A = B = C", "A > B = C", "acc", "ab", "then", "first", "wind then", "<", ">" * 400, "then " * 90, "first " * 80, "A" * 400])
def test_orderings_by_size_that_cannot_be_read(raw: str) -> None:
    with pytest.raises(Unreadable):
        ATTRIBUTES.read(raw)


def test_an_ordering_with_ties_is_turned_round_with_its_ranks() -> None:
    kind: Any = make({"ordering": {"options": ["x", "y", "z"], "ties": True, "sign": "<"}})
    assert kind.read("z > x = y") == kind.read("x = y < z") == (("x", "y"), "z") and kind.show((("x", "y"), "z")) == "x = y < z"
    with pytest.raises(Ambiguous):
        make({"ordering": ["x", "y", "z"]}).read("x < y < z")


@pytest.mark.parametrize("raw", ["θ2, θ1, θ10", "θ₂ > θ_1 > θ_{10}", r"\theta_2, \theta_1, \theta_{10}", "theta_2 theta_1 theta10"])
def test_symbols_as_options(raw: str) -> None:
    kind = make({"ordering": {"one": r"$\theta_1$", "two": r"$\theta_2$", "ten": r"$\theta_{10}$"}})
    assert kind.read(raw) == ("two", "one", "ten")


def test_entries_that_are_not_rounded() -> None:
    kind = make({"vector": {"size": 2, "exact": True}})
    assert kind.asked() == "" and judged(kind, "(1/3, 0.5)", (Q(1, 3), Q(1, 2))) == (1, "key")
    assert judged(kind, "(0.333, 0.5)", (Q(1, 3), Q(1, 2))) == (Q(1, 2), "wrong") and judged(kind, "(1/3, 0.5001)", (Q(1, 3), Q(1, 2)))[0] == Q(1, 2)
    for bad in ({"exact": False}, {"exact": True, "digits": 3}, {"exact": True, "whole": True}):
        with pytest.raises(KindError, match="is true, and stands without the other words of rounding"):
            make({"vector": bad})


def test_a_policy_says_what_its_states_are() -> None:
    kind = make({"policy": {"states": "names", "actions": ["h", "e"], "each": "step"}}).resolve(lambda text: (Q(1), Q(2)))
    assert str(kind.asked()) == "one of h, e for each step" and kind.with_texts(str).asked() == kind.asked()
    with pytest.raises(Unreadable, match="1 typed, one for each of 2 steps asked for"):
        kind.read("h")
    with pytest.raises(KindError, match="one word for what the states are"):
        make({"policy": {"states": ["1", "2"], "actions": ["h", "e"], "each": "time step"}})


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
    ({"ordering": ["a", "b"]}, (("a", "b"),), "need 'ties: true'"), ({"ordering": {"options": ["a", "b", "c"], "ties": True}}, (("a", "b"),), "each option once"), ({"vector": {"up_to": "scale"}}, (Q(0), Q(0)), "is zero, and has no direction"), ({"vector": {"up_to": "order"}}, (Q(1),) * 9, "too large to be right in any order"), ({"vector": {"up_to": "scale"}}, (Q(1),) * 13, "has 13 numbers; at most 12"),
    ({"labels": 2}, (Q(1),), "has 1 labels, where the type says 2"), ({"labels": 2}, Q(1), "where a list of labels"), ({"labels": 1}, (True,), "neither numbers nor words"), ({"labels": 9}, tuple(map(Q, range(9))), "more than 8 clusters"), ({"labels": {"points": 2, "names": [1, 2]}}, (Q(1), Q(3)), "has the label 3, which is none of 1, 2"),
    ({"policy": {"states": ["s", "t"], "actions": ["x", "y"]}}, (("x",),), "has 1 states, where the type says 2"), ({"policy": {"states": ["s"], "actions": ["x", "y"]}}, ((),), "a state without an action"), ({"policy": {"states": ["s"], "actions": ["x", "y"]}}, (("z",),), "has the action 'z'"), ({"policy": {"states": ["s"], "actions": ["x", "y"]}}, "x", "best actions of each state"),
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
    ({"vector": {"size": 2, "up_to": "signs"}}, "signs", "cannot be right up to 'signs'", "sign"), ({"matrix": {"up_to": "order"}}, "order", "up to 'order'", "row order"), ({"vector": {"up_to": "scale", "decimals": 2}}, "decimals", "means nothing where the scale is free", "digits"), ({"vector": {"up_to": "positive scale", "within": 1}}, "within", "scale is free", "whole"),
    ({"ordering": {"options": ["a", "b"], "tie": True}}, "tie", "has no option 'tie'", "ties"), ({"ordering": {"options": ["a", "b"], "ties": 1}}, "ties", "true or false, not 1", ""), ({"ordering": {"options": ["a", "b"], "scheme": "pair"}}, "pair", "no scheme 'pair'", "pairs"),
    ({"ordering": {"options": ["a", "b"], "sign": "="}}, "=", "no sign '='", "<"), ({"ordering": {"options": ["$x > 1$", "b"], "sign": ">"}}, "sign", "in which no < or > stands", ""),
    ({"choices": {"options": ["a", "b"], "floor": -1}}, "floor", "belongs to the scheme 'negative'", ""), ({"choices": {"options": ["a", "b"], "scheme": "negative", "floor": "1/2"}}, "floor", "from -1 to 0, not 1/2", ""), ({"choices": {"options": ["a", "b"], "scheme": "negative", "floor": "x"}}, "floor", "from -1 to 0, not x", ""),
    ({"choices": {"pool": [{"says": "x", "is": True, "why": "y"}], "pick": 1}}, "pool", "at least 8 statements", ""), ({"choices": {"pool": POOL, "pick": 1}}, "pick", "from 2 to 8", ""), ({"choices": {"pool": POOL, "pick": 9}}, "pick", "from 2 to 8", ""), ({"choices": {"pool": POOL}}, "pick", "whole number", ""), ({"choices": {"pool": POOL, "picks": 3}}, "picks", "has no option 'picks'", "pick"),
    ({"choices": {"pool": [*POOL, POOL[0]], "pick": 3}}, "claim 0", "twice", ""), ({"choices": {"pool": [*POOL, {"says": "x"}], "pick": 3}}, "pool", "a statement is {says", ""), ({"choices": {"pool": [*POOL, {"say": "x"}], "pick": 3}}, "say", "a statement has no 'say'", "says"), ({"choices": {"pool": [p for p in POOL if p["is"]] * 1 + [{"says": f"t{i}", "is": True, "why": ""} for i in range(6)], "pick": 3}}, "pool", "true and false ones", ""),
    ("labels", "labels", "needs the number of points", ""), ({"labels": 0}, "labels", "from 1 to 40", ""), ({"labels": {"point": 3}}, "point", "has no option 'point'", "points"), ({"labels": {"points": 3, "names": [1, 1]}}, "names", "different numbers or words", ""), ({"labels": {"points": 3, "names": "k"}}, "names", "a list of different", ""),
    ("policy", "policy", "needs 'states' and 'actions'", "states"), ({"policy": {"states": ["a"]}}, "policy", "needs 'actions'", "actions"), ({"policy": {"states": ["a"], "actions": ["x"]}}, "actions", "2 to 12 words", ""), ({"policy": {"states": ["s_1", "$s_1$"], "actions": ["x", "y"]}}, "states", "two states have the same name", ""), ({"policy": {"states": ["s"], "actions": ["X", "x"]}}, "actions", "two actions", ""), ({"policy": {"states": [], "actions": ["x", "y"]}}, "states", "a list of names", ""), ({"policy": {"state": ["a"], "actions": ["x", "y"]}}, "state", "has no option 'state'", "states"),
    ({"text": {"lines": 0}}, "lines", "from 1 to 60, not 0", ""), ({"text": 5}, "5", "words with values", "lines"), ({"set": 3}, "3", "words with values", "digits"), ({"set": {"size": 3}}, "size", "has no option 'size'", "digits"),
], ids=str)
def test_types_that_do_not_exist(spec: Any, word: str, told: str, allowed: str) -> None:
    with pytest.raises(KindError) as caught:
        make(spec)
    assert caught.value.word == word and told in str(caught.value)
    assert not allowed or allowed in caught.value.allowed


def test_kinds_are_found_by_themselves() -> None:
    assert names() == ["choice", "choices", "expression", "fraction", "integer", "interval", "labels", "matrix", "number", "ordering", "policy", "set",
                       "table", "text", "vector"]
    for name in names():
        kind = kinds.importlib.import_module(f"examwright.answers.kinds.{name}").KIND
        assert kind.name == name and kind.__doc__
    assert {next(iter(s)) if isinstance(s, dict) else s for s, _ in SPECS} | {"text"} == set(names())


def test_decimals_as_the_paper_shows_them() -> None:
    assert make({"number": {"digits": 3}}).rounded(Q(2, 3)) == "0.667" and make({"number": {"decimals": 2}}).rounded(Q(1, 8)) == "0.13"
    assert str(make({"number": {"digits": 3}}).asked()) == "to 3 significant digits" and str(make({"number": {"decimals": 0}}).asked()) == "to the nearest whole number"
    assert str(make("integer").asked()) == "whole number" and to_decimal(Q(1, 8)) == "0.125"


SIGNS_IN_OPTIONS: list[tuple[Any, tuple[str, ...]]] = [
    (["the loss, squared", "the slope", "the bias"], ("the slope", "the loss, squared", "the bias")),
    (["$f(x, y)$", "$g(x)$", "$h(x)$"], ("$g(x)$", "$f(x, y)$", "$h(x)$")),
    (["Draw a batch, then shuffle.", "Compute the loss, the gradient and its norm.", "Take a step."],
     ("Take a step.", "Draw a batch, then shuffle.", "Compute the loss, the gradient and its norm.")),
    (["[0, 1)", "(0, 1]", "{0, 1}"], ("{0, 1}", "[0, 1)", "(0, 1]")),
    (["x > 3", "x < 2", "x = 5"], ("x < 2", "x > 3", "x = 5")),
    (["1, 2", "2", "1"], ("2", "1", "1, 2")),
    (["A, B", "B, A", "A"], ("B, A", "A", "A, B")),
    ({"u": "First, the data", "v": "Second, the model", "w": "Third, the loss"}, ("v", "u", "w")),
    (["fit, predict", "predict, fit", "fit"], ("predict, fit", "fit", "fit, predict")),
    (["train, and test", "wait; train", "test"], ("test", "train, and test", "wait; train"))]


@pytest.mark.parametrize(("options", "key"), SIGNS_IN_OPTIONS, ids=[str(k) for _, k in SIGNS_IN_OPTIONS])
@pytest.mark.parametrize("ties", [False, True])
def test_options_of_an_ordering_may_hold_the_signs_that_cut_lists(options: Any, key: tuple[str, ...], ties: bool) -> None:
    kind = make({"ordering": {"options": options, "ties": ties}})
    texts = [kind.text_of(i) for i in key]
    for raw in (*kind.samples(key), kind.plain(key), kind.rounded(key), ", ".join(texts), "; ".join(texts), " > ".join(texts), "\n".join(texts).lower()):
        assert judged(kind, raw, key) == (1, "key"), raw


@pytest.mark.parametrize(("options", "raw", "read"), [
    (["a, b", "b, c", "d"], "a, b, c, d", Ambiguous), (["a, b", "b, c", "d"], "A, B, C", ("a, b", "b, c", "d")),
    (["a, b", "b, c", "d"], "d, a,b; b,c", ("d", "a, b", "b, c")), (["1, 2", "2", "1"], "1, 2, 1, 2", Unreadable),
    (["f(x, y)", "g(x)", "h"], "first g(x), then f(x,y), then h", ("g(x)", "f(x, y)", "h")), (["f(x, y)", "g(x)", "h"], "A) f(x, y), C) h, B) g(x)", ("f(x, y)", "h", "g(x)")),
    (["f(x, y)", "g(x)", "h"], "1. h 2. f(x,y) 3. g(x)", ("h", "f(x, y)", "g(x)")), (["f(x, y)", "g(x)", "h"], "f(x, y, g(x), h", Unreadable)])
def test_words_of_options_are_found_before_a_list_is_cut(options: list[str], raw: str, read: Any) -> None:
    kind = make({"ordering": options})
    if isinstance(read, tuple):
        assert kind.read(raw) == read
    else:
        with pytest.raises(read):
            kind.read(raw)


def test_choices_with_commas() -> None:
    kind = make({"choices": ["rises, then falls", "rises", "falls, then rises"]})
    assert kind.read("rises, rises, then falls") == ("rises, then falls", "rises") and kind.read("rises; falls, then rises") == ("rises", "falls, then rises")
    with pytest.raises(Ambiguous):
        kind.read("rises, then falls, then rises")


@pytest.mark.parametrize(("spec", "raw", "shown"), [
    ("integer", "3 cm", "3 (cm ignored)"), ("number", "0.5 bits", "0.5 (bits ignored)"), ("fraction", "1/2", "1/2"),
    ({"vector": 2}, "1 cm, 2 cm", "(1 (cm ignored), 2 (cm ignored))"), ({"matrix": [1, 2]}, "[[1 kg, 2]]", "[[1 (kg ignored), 2]]"),
    ("set", "{1 bit, 2}", "{1 (bit ignored), 2}")])
def test_a_unit_is_ignored_aloud_wherever_answers_are_read_back(spec: Any, raw: str, shown: str) -> None:
    kind = make(spec)
    text, latex, fault = as_read(kind, raw)
    assert (text, fault) == (shown, "") and kind.show(kind.read(raw)) == shown
    assert bool(latex) == ("ignored" not in shown)  # LaTeX would not say it
    plain = kind.read(re.sub(r" (?:cm|bits?|kg)", "", raw))
    assert kind.value(kind.read(raw)) == kind.value(plain) and without_ignored(shown) == kind.show(plain)
