"""Drawing: every way to draw, exactly; the same seed gives the same numbers; pins; and no variant that is solved once only."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from effort import examples
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

import examwright
from examwright.cli import main
from examwright.generator import vocabulary
from examwright.generator.chain import Disagreement, agree, carrying, intervals, needed_steps, rerun, to_numeric
from examwright.generator.draw import DrawError, draw_variant
from examwright.generator.errors import ExamwrightError, Problems
from examwright.generator.load import load, load_text
from examwright.generator.random import Stream
from examwright.solvers.arithmetic import Real, ln, to_text
from examwright.solvers.exact import cnn

Q = fmpq

GOLDEN_BELOW = [6, 1, 0, 6, 4, 5, 0, 1]
GOLDEN_SHUFFLED = ["a", "f", "b", "d", "e", "c"]
GOLDEN_SAMPLE = [15, 18, 9, 3, 8]
GOLDEN_LARGE = 240680827467240820

SHELL = """\
title: Draws
topics: [testing]
minutes: 1
draw:
{draws}
{more}
text: Look.
parts:
  - {{name: part, ask: What?, answer: "{answer}", type: integer, points: 1}}
check: {{part: {check}}}
"""


def question(draws: str, more: str = "", answer: str = "7", check: str = "7") -> Any:
    """A question that only draws."""
    text = SHELL.format(draws="\n".join("  " + d for d in draws.split("\n")), more=more, answer=answer, check=check)
    return load_text(text.replace("\n\n", "\n"), Path("draws.yaml"), "tests/draws")


def drawn(how: str, seeds: int = 200) -> list[Any]:
    q = question(f"x: {how}")
    return [draw_variant(q, seed).values["x"] for seed in range(seeds)]


def test_whole_numbers() -> None:
    values = drawn("{from: [-2, 3]}", 400)
    assert set(values) == {Q(n) for n in range(-2, 4)} and min(Counter(map(str, values)).values()) > 30


@pytest.mark.parametrize("how, wanted", [
    ("{from: [0.1, 0.4], step: 0.1}", [Q(n, 10) for n in range(1, 5)]), ("{from: [0.10, 0.13], decimals: 2}", [Q(n, 100) for n in range(10, 14)]),
    ("{from: [0, 1], step: 1/3}", [Q(0), Q(1, 3), Q(2, 3), Q(1)]), ("{from: [0, 1], step: 0.3}", [Q(0), Q(3, 10), Q(6, 10), Q(9, 10)]),
    ("{from: [-1, 1], except: [0]}", [Q(-1), Q(1)]), ("{from: [1/2, 5/2], step: 1}", [Q(1, 2), Q(3, 2), Q(5, 2)]), ("{from: [5, 5]}", [Q(5)]),
    ("{choice: [1, 0.5, 1/3]}", [Q(1), Q(1, 2), Q(1, 3)]), ("{choice: [1, 2, 3], except: [2]}", [Q(1), Q(3)]), ("{choice: [ln, log2]}", ["ln", "log2"]),
    ("{choice: [true, false]}", [True, False]), ("{choice: [[1, 2], [3, 4]]}", [(Q(1), Q(2)), (Q(3), Q(4))]), ("{value: 1/2}", [Q(1, 2)]), ("{value: [1, 2]}", [(Q(1), Q(2))]),
    ("{value: 2 + 3*4}", [Q(14)]), ("{from: [\"1 + 1\", \"2*2\"]}", [Q(2), Q(3), Q(4)]), ("{choice: \"range(3)\"}", [Q(0), Q(1), Q(2)]),
], ids=str)
def test_values_are_exact_and_all_are_reached(how: str, wanted: list[Any]) -> None:
    values = drawn(how)
    assert sorted(set(values), key=str) == sorted(wanted, key=str)
    assert {type(v) for v in values} == {type(w) for w in wanted}


def test_vectors() -> None:
    for v in drawn("{count: 4, from: [0, 9]}", 60):
        assert len(v) == 4 and all(0 <= x <= 9 and x.q == 1 for x in v)
    for v in drawn("{count: 4, from: [1, 5], distinct: true}", 60):
        assert len(set(v)) == 4
    assert {tuple(sorted(v)) for v in drawn("{count: 3, from: [1, 3], distinct: true}", 60)} == {(1, 2, 3)}
    for v in drawn("{count: 4, from: [0, 9], sorted: ascending}", 60) + drawn("{count: 4, from: [0, 9], sorted: true}", 20):
        assert list(v) == sorted(v)
    for v in drawn("{count: 4, from: [0, 9], sorted: descending, distinct: true}", 60):
        assert list(v) == sorted(v, reverse=True) and len(set(v)) == 4
    for v in drawn("{count: 3, choice: [a, b, c], distinct: true}", 30):
        assert sorted(v) == ["a", "b", "c"]
    assert len({v[0] for v in drawn("{count: 2, from: [0, 9], sorted: false}", 100)}) == 10


@pytest.mark.parametrize("how, total", [("{count: 4, from: [1, 9], sum: 20}", Q(20)), ("{count: 3, from: [0.1, 0.9], step: 0.1, sum: 1}", Q(1)),
                                        ("{count: 3, from: [1, 9], sum: 12, distinct: true, sorted: ascending}", Q(12)), ("{count: 1, from: [1, 9], sum: 5}", Q(5))])
def test_sums(how: str, total: fmpq) -> None:
    values = drawn(how, 100)
    assert all(sum(v, Q(0)) == total for v in values)
    assert all(min(v) >= Q(1, 10) and max(v) <= 9 for v in values)
    if "distinct" in how:
        assert all(len(set(v)) == len(v) and list(v) == sorted(v) for v in values)
    else:  # the entry that makes the sum come out stands anywhere
        assert len({v[-1] for v in values}) >= (4 if len(values[0]) > 1 else 1)


def test_matrices() -> None:
    for m in drawn("{shape: [2, 3], from: [-2, 2]}", 60):
        assert len(m) == 2 and all(len(r) == 3 and all(-2 <= x <= 2 for x in r) for r in m)
    for m in drawn("{shape: [2, 2], from: [1, 4], distinct: true}", 60):
        assert sorted(x for r in m for x in r) == [1, 2, 3, 4]
    q = question("n: {from: [2, 4]}\nm: {shape: [n, \"n + 1\"], from: [0, 9]}\nk: {from: [1, \"n - 1\"]}")
    for seed in range(30):
        v = draw_variant(q, seed).values
        assert (len(v["m"]), len(v["m"][0])) == (v["n"], v["n"] + 1) and 1 <= v["k"] <= v["n"] - 1


def test_shuffles_and_fairness() -> None:
    values = drawn("{shuffle: [1, 2, 3]}", 600)
    assert len(set(values)) == 6 and min(Counter(map(str, values)).values()) > 60
    assert {tuple(sorted(v)) for v in drawn("{shuffle: [1, 1, 0, 0]}", 50)} == {(0, 0, 1, 1)}


def test_designs_give_several_values() -> None:
    q = load("cnn/pooling")
    assert q.draw_names[:3] == ("n", "window", "stride")
    for seed in range(20):
        v = draw_variant(q, seed).values
        assert all(isinstance(v[n], fmpq) and v[n].q == 1 for n in ("n", "window", "stride")) and v["stride"] <= v["window"] <= v["n"]


@pytest.mark.parametrize("draws, told", [
    ("x: {count: 5, from: [1, 4], distinct: true}", "5 different values from only 4"), ("x: {count: 2, from: [1, 4], sum: 100}", "no 2 values with the sum 100"),
    ("n: {value: 1}\nx: {from: [2, n]}", "nothing lies from 2 to 1"), ("n: {value: 0}\nx: {from: [1, \"3/n\"]}", "x cannot be drawn"),
    ("n: {value: 3}\nx: {choice: [3], except: [3, n]}", "nothing"), ("n: {value: 99999}\nx: {count: n, from: [1, 2]}", "99999 values"),
    ("x: {from: [0, 99999999], except: [5]}", "more than 100000 values"), ("n: {value: 1/2}\nx: {count: n, from: [1, 2]}", "is not a whole number"),
])
def test_draws_that_cannot_work_are_told(draws: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examwright.generator.draw.MAX_REDRAWS", 30)
    try:
        q = question(draws)
    except ExamwrightError as error:
        assert told in str(error)
        return
    with pytest.raises(DrawError) as caught:
        draw_variant(q, 5)
    assert told in str(caught.value) and str(caught.value).startswith("tests/draws, seed 5: no variant in 30 draws: ")


@pytest.mark.parametrize("draws, told", [
    ("x: {count: 1000000000, from: [1, 2]}", "draws.yaml:5:14: the draw of x: count is 1000000000; at most 1000 values can be drawn."),
    ("x: {shape: [1000, 1000], from: [1, 2]}", "draws.yaml:5:14: the draw of x: shape makes 1000000 values; at most 1000 can be drawn."),
    ("x: {from: [0, 99999999], distinct: true, count: 2}", "draws.yaml:5:13: the draw of x: more than 100000 values to choose from, which is the limit"),
    (f"x: {{from: [0, {10 ** 30}]}}", "draws.yaml:5:13: the draw of x: more than 2^64 values to choose from"),
    ("x: {shuffle: [" + "1, " * 1001 + "]}", "draws.yaml:5:16: 1001 values in shuffle of the draw of x; at most 1000 are allowed."),
    ("x: {choice: [" + "1, " * 1001 + "]}", "1001 values in choice of the draw of x; at most 1000 are allowed."),
    ("x: {from: [1, 9], except: [" + "1, " * 60_000 + "]}", "the file holds more than 50000 values"),
    ("\n".join(f"x{i}: {{from: [1, 9]}}" for i in range(201)), "draws.yaml:5:3: 201 draws; at most 200 are allowed."),
])
def test_sizes_of_draws_are_bounded(draws: str, told: str) -> None:
    with pytest.raises(Problems) as caught:
        question(draws)
    assert told in str(caught.value)


def test_a_count_that_is_drawn_names_the_limit() -> None:
    with pytest.raises(DrawError, match="x: 1000000000 values; a draw has at most 1000"):
        draw_variant(question("n: {value: 1000000000}\nx: {count: n, from: [1, 2]}"), 1)


def test_many_values_with_a_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examwright.generator.draw.MAX_BLOCKS", 1500)
    q = question("x: {count: 300, from: [0, 1000000], sum: 150000000}")
    assert sum(draw_variant(q, 1).values["x"], Q(0)) == 150_000_000
    q = question("x: {count: 300, from: [0, 1000000], sum: 290000000}")
    with pytest.raises(DrawError, match=r"no variant in [0-9]+ draws, when [0-9]+ bytes of random numbers had been used, which is the limit: x: no 300 values with the sum 290000000 in 66 tries"):
        draw_variant(q, 1)


@pytest.mark.parametrize("answer, told", [
    ("(x + 1/7)**4000", "draws.yaml:8: part = (x + 1/7)**4000 has no value here: a number with too many digits (at most 1000 are allowed"),
    ("x**10001", "draws.yaml:8: part = x**10001 has no value here: an exponent beyond 10000"),
    ("(x + 1/3)**10000", "draws.yaml:8: part = (x + 1/3)**10000 has no value here: a "),
    ("10**301 + x", "draws.yaml:8: part = 10**301 + x has no value here: a number that is too large or too small (10^300"),
    ("sqrt(sqrt(sqrt(10**10000)))", "draws.yaml:8: part = sqrt(sqrt(sqrt(10**10000))) has no value here: a number with too many digits"),
])
def test_values_of_no_sane_size_are_the_question_s_fault(answer: str, told: str) -> None:
    """At once: not after thousands of redraws."""
    q = question("x: {from: [2, 9]}", answer=answer)
    with pytest.raises(DrawError) as caught:
        draw_variant(q, 1)
    assert str(caught.value).startswith(told)
    q = question("x: {from: [2, 9]}", more='let: {big: "10**301 + x"}', answer="min(big, x)")
    with pytest.raises(DrawError, match="draws.yaml:6: big = "):
        draw_variant(q, 1)


# ---- the stream ------------------------------------------------------------------------------

def test_the_stream_is_fixed_for_ever() -> None:
    """These numbers stand in issued exams: they must never change."""
    s = Stream("examwright", "golden", 1)
    assert [s.below(10) for _ in range(8)] == GOLDEN_BELOW
    assert s.shuffled("abcdef") == GOLDEN_SHUFFLED and s.sample(range(20), 5) == GOLDEN_SAMPLE
    assert s.below(2**64) == GOLDEN_LARGE


@examples(200)
@given(st.integers(1, 2**64), st.integers(0, 2**32))
def test_below_is_below(n: int, seed: int) -> None:
    s = Stream(seed)
    assert all(0 <= s.below(n) < n for _ in range(5))


@examples(100)
@given(st.fractions(-5, 5, max_denominator=20), st.fractions(0, 5, max_denominator=20), st.fractions(Fraction(1, 30), 3, max_denominator=30), st.integers())
def test_stepped_stays_on_the_grid(low: Fraction, width: Fraction, step: Fraction, seed: int) -> None:
    a, w, h = (Q(x.numerator, x.denominator) for x in (low, width, step))
    for _ in range(4):
        x = Stream(seed).stepped(a, a + w, h)
        assert a <= x <= a + w and ((x - a) / h).q == 1


@examples(200)
@given(st.lists(st.tuples(st.integers(1, 2**64) | st.integers(1, 300), st.integers(0, 9)), max_size=12), st.integers(0, 2**32))
def test_many_draws_are_one_after_another(asked: list[tuple[int, int]], seed: int) -> None:
    one, other = Stream(seed), Stream(seed)
    for n, count in asked:
        assert one.many(n, count) == [other.below(n) for _ in range(count)]
        items = range(min(n, 300))
        assert one.choices(items, count) == [items[other.below(len(items))] for _ in range(count)]
        assert one.choice(items) == items[other.below(len(items))]
        assert [k >> 6 for k in one.eights(count)] == [other.below(4) for _ in range(count)]
        assert one.blocks == other.blocks


def test_demands_are_tested_as_soon_as_they_can_be() -> None:
    """Values that no demand stands on are not computed for draws that will not do; the order of the values stays that of the file."""
    q = question("x: {from: [1, 9]}\ny: {from: [1, 9]}", more='let: {large: "3**(y * 200)", small: "x + y"}\nrequire: ["small == 3"]',
                 answer="small + min(large, 4)")
    for seed in range(20):
        values = draw_variant(q, seed, check=False).values
        assert values["x"] + values["y"] == 3 and list(values)[:4] == ["x", "y", "large", "small"]


def test_the_stream_refuses_nothing() -> None:
    for n in (0, -1, 2**64 + 1):
        with pytest.raises(ValueError):
            Stream(1).below(n)
    with pytest.raises(ValueError):
        Stream(1).choice([])
    with pytest.raises(ValueError):
        Stream(1).sample([1], 2)
    assert Stream(1).shuffled([]) == [] and Stream(1).below(1) == 0


def test_seeds_are_not_neighbours() -> None:
    assert Stream("a", "bc").below(2**60) != Stream("ab", "c").below(2**60)
    q = question("x: {count: 6, from: [0, 99]}")
    values = [draw_variant(q, s).values["x"] for s in range(60)]
    assert len(set(values)) == 60 and len({v[0] for v in values}) > 35
    assert len({v[i:] + v[:i] for v in values for i in range(6)}) == 360


# ---- the same again --------------------------------------------------------------------------

_AGAIN = """
import sys
from examwright import draw
from examwright.solvers.arithmetic import to_text
for name in sys.argv[2:]:
    draw("cnn/output-size", 9)  # something else in between
    v = draw(name, sys.argv[1])
    print(name, {n: to_text(x) for n, x in v.values.items()}, v.redraws)
"""


def test_the_same_seed_in_another_process_and_order() -> None:
    names = ["cnn/pooling", "mdp/policy-eval", "q-learning/update", "logistic-regression/ce-point"]
    here = []
    for name in names:
        v = examwright.draw(name, "7")
        here.append(f"{name} { {n: to_text(x) for n, x in v.values.items()} } {v.redraws}".replace("{ {", "{").replace("} }", "}"))
    run = subprocess.run([sys.executable, "-c", _AGAIN, "7", *names[::-1]], capture_output=True, text=True, check=True,
                         env={"PYTHONHASHSEED": "77", "PYTHONIOENCODING": "utf-8", "PATH": ""})
    assert run.stdout.splitlines() == here[::-1]
    assert {n: to_text(x) for n, x in examwright.draw(names[0], 7).values.items()} == {
        n: to_text(x) for n, x in examwright.draw(names[0], "7").values.items()}


def test_parts_do_not_change_the_numbers() -> None:
    whole = examwright.draw("cnn/pooling", 3)
    part = examwright.draw("cnn/pooling", 3, parts=["volume"])
    assert [p.name for p in part.parts] == ["volume"] and part.points == 2
    assert part.values["volume"] == cnn_volume(part.values) and set(part.values) < set(whole.values) | {"volume"}


def cnn_volume(v: Any) -> Any:
    side = cnn.conv_output_size(v["side"], v["window"], v["stride"], Q(0))
    return (side, side, v["depth"])


# ---- pins ------------------------------------------------------------------------------------

def test_pins_are_exact_and_everything_follows(tiny: Any) -> None:
    v = draw_variant(tiny(), 0, {"a": 3, "b": Decimal("4")})
    assert v.values == {"a": Q(3), "b": Q(4), "total": Q(7), "area": Q(21)} and v.pinned == {"a": Q(3), "b": Q(4)}
    assert draw_variant(tiny(), 5, {"a": 3}).values["b"] == draw_variant(tiny(), 5).values["b"]


def test_pins_may_leave_the_range_and_requirements(tiny: Any) -> None:
    q = tiny(("text: |", "require: [a < b]\ntext: |"))
    assert all(draw_variant(q, s).values["a"] < draw_variant(q, s).values["b"] for s in range(20))
    v = draw_variant(q, 0, {"a": 100, "b": 3})
    assert v.values["total"] == 103
    same = draw_variant(q, 0, {"a": 5, "b": 0})  # the mistake a - b equals the key: the caller's affair
    assert same.wrong["total"] == (Q(5),) and same.values["total"] == 5


@pytest.mark.parametrize("pins, told", [
    ({"aa": 3}, "there is no drawn value 'aa'. Did you mean 'a'?"), ({"total": 3}, "there is no drawn value 'total'."), ({"a": 0.5}, "a cannot be set: 0.5 (float) is not an exact value."),
    ({"a": "three"}, "a is a number, not a word."), ({"a": [1, 2]}, "a is a number, not a vector."), ({"a": [[1], [2]]}, "a is a number, not a matrix."), ({"a": True}, "a is a number, not a true or false."),
    ({"a": Fraction(1, 3), "b": 1}, "the key 4/3 is a fraction, where a whole number is asked for"),
])
def test_pins_that_do_not_fit(pins: dict[str, Any], told: str, tiny: Any) -> None:
    with pytest.raises(DrawError) as caught:
        draw_variant(tiny(), 0, pins)
    assert told in str(caught.value)


def test_pins_that_give_no_value(tiny: Any) -> None:
    q = tiny(("answer: total*a", "answer: total*a/(a - 2)"), ("area: (a + b)*a", "area: (a + b)*a/(a - 2)"), ("type: integer\n    points: 2", "type: fraction\n    points: 2"))
    with pytest.raises(DrawError, match="the values that were set do not work: area = .* has no value here"):
        draw_variant(q, 0, {"a": 2, "b": 3})
    assert all(draw_variant(q, s).values["a"] != 2 for s in range(20))


def _cli(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_pins_on_the_command_line(write_question: Any) -> None:
    path = str(write_question())
    good = _cli("show", path, "--set", "a=3", "--set", "b=1/1", "--solution")
    assert good.exit_code == 0 and "key: 4\n" in good.output and "$a = 3$ and $b = 1$" in good.output
    for value, told in (("a", "is not NAME=VALUE"), ("a=1e3", "binary float"), ("a=012", "octal"), ("a=no", "true or false"), ("a=1:30", "base 60"), ("a={x: 1}", "must be a number, a word or a list"),
                        ("a=", "is empty"), ("a=[1", "not valid YAML"), ("a=!!python/object:x 1", "tag"), ("=3", "is not NAME=VALUE"), ("zz=1", "there is no drawn value 'zz'"), ("a=x", "a is a number, not a word")):
        bad = _cli("show", path, "--set", value)
        assert bad.exit_code == 2 and told in bad.output and "Traceback" not in bad.output, value
    twice = _cli("show", path, "--set", "a=1", "--set", "a=2")
    assert twice.exit_code == 2 and "'a' is set twice" in twice.output


def test_parts_that_do_not_exist(tiny: Any) -> None:
    with pytest.raises(DrawError, match="there is no part 'totl'. Did you mean 'total'"):
        draw_variant(tiny(), 0, parts=["totl"])


# ---- solved twice ----------------------------------------------------------------------------

def test_a_wrong_exact_function_stops_every_way_to_draw(monkeypatch: pytest.MonkeyPatch, write_question: Any) -> None:
    path = write_question("mine/mean", ("answer: a + b", "answer: mean([a, b])*2"))
    right = vocabulary.exact_functions()
    wrong = {**right, "mean": lambda xs: right["mean"](xs) + Q(1, 10**6)}
    monkeypatch.setattr("examwright.generator.load.exact_functions", lambda: wrong)
    text = path.read_text(encoding="utf-8").replace("integer", "fraction")
    q = load_text(text, path, "mine/mean")
    for pins in (None, {"a": 3}, {"a": 3, "b": 4}):
        with pytest.raises(Disagreement) as caught:
            draw_variant(q, "s1", pins)
        assert str(caught.value).startswith("mine/mean, seed s1, part total: the exact solver gives ")
    assert str(caught.value) == ("mine/mean, seed s1, part total: the exact solver gives 3500001/500000, the numeric solver 7. "
                                 "The variant is not issued.")
    assert draw_variant(q, "s1", {"a": 3, "b": 4}, check=False).values["total"] == Q(3500001, 500000)


def test_a_wrong_numeric_function_stops_it_too(tiny: Any) -> None:
    with pytest.raises(Disagreement, match="tests/tiny, seed 4, part area: the exact solver gives .*, the numeric solver .*"):
        draw_variant(tiny(("area: (a + b)*a", "area: (a + b)*b + 0.5")), 4)


def test_a_numeric_solver_that_fails_is_told(tiny: Any) -> None:
    with pytest.raises(Disagreement, match="part total: the numeric solver a / 0 fails: ZeroDivisionError"):
        draw_variant(tiny(("total: a + b", "total: a / 0")), 4)


def test_a_let_value_that_is_checked(tiny: Any) -> None:
    with pytest.raises(Disagreement, match="value twice: the exact solver gives"):
        draw_variant(tiny(("text: |", "let: {twice: 2*a}\ntext: |"), ("answer: total*a", "answer: total*twice/2"),
                          ("area: (a + b)*a", "area: (a + b)*a, twice: 3*a")), 1)


@pytest.mark.parametrize("key, found, same", [
    (Q(1, 3), 1 / 3, True), (Q(1, 3), 0.333333333, True), (Q(1, 3), 0.33333333, False), (Q(0), 1e-10, True), (Q(0), 1e-8, False), (Q(10) ** 12, 1e12 + 100, True), (Q(10) ** 12, 1e12 + 10000, False),
    (Q(1), float("nan"), False), (Q(1), float("inf"), False), (Q(1), None, False), (Q(1), "one", False), (ln(Q(2)), 0.6931471805599453, True), ("a", "a", True), ("a", "b", False), (True, True, True), (True, False, False),
    ((Q(1), Q(2)), [1, 2], True), ((Q(1), Q(2)), np.array([1.0, 2.0]), True), ((Q(1), Q(2)), [1], False), ((Q(1), Q(2)), [1, 2, 3], False), ((Q(1),), 1.0, False), (((Q(1), Q(2)), (Q(3), Q(4))), np.array([[1, 2], [3, 4]]), True),
    (((Q(1), Q(2)), (Q(3), Q(4))), np.array([[1, 2], [3, 5]]), False), (("a", "b"), ["a", "b"], True), (("a", "b"), ["b", "a"], False), (None, None, False),
])
def test_agreement(key: Any, found: Any, same: bool) -> None:
    assert agree(key, found) is same


def test_what_the_numeric_solver_gets() -> None:
    assert to_numeric(Q(3)) == 3 and type(to_numeric(Q(3))) is int and to_numeric(Q(1, 2)) == 0.5 and to_numeric("ln") == "ln"
    assert to_numeric((Q(1), Q(2))).tolist() == [1.0, 2.0] and to_numeric(((Q(1),), (Q(2),))).shape == (2, 1)
    assert to_numeric(("a", "b")) == ["a", "b"] and to_numeric(((Q(1),), (Q(2), Q(3))))[1].tolist() == [2.0, 3.0]


# ---- the chain -------------------------------------------------------------------------------

def test_rerun_touches_only_what_depends(tiny: Any) -> None:
    q = tiny()
    v = draw_variant(q, 1, {"a": 3, "b": 4})
    assert rerun(q, v.values, {"total": Q(10)}) == {"a": 3, "b": 4, "total": 10, "area": 30}
    assert rerun(q, v.values, {"area": Q(1)}) == {"a": 3, "b": 4, "total": 7, "area": 1}
    assert rerun(q, v.values, {"total": ("x",)}) == {"a": 3, "b": 4, "total": ("x",)}  # area cannot be computed
    assert v.values["area"] == 21


def test_rounding_intervals_hold_the_honest_way(tiny: Any) -> None:
    q = tiny(("answer: a + b", "answer: a/b"), ("total: a + b", "total: a/b"), ("answer: total*a", "answer: 1000*total"), ("(a + b)*a", "1000*a/b"),
             ("type: integer\n    points: 1", "type: {number: {digits: 3}}\n    points: 1"), ("type: integer\n    points: 2", "type: {number: {digits: 6}}\n    points: 2"))
    v = draw_variant(q, 0, {"a": 2, "b": 3})
    found, carried = intervals(q, needed_steps(q, v.parts), v.values, carrying(v.kinds, 3))
    assert found["total"] == Q(2, 3) and isinstance(found["area"], Real)
    assert found["area"].ball.contains(667) and found["area"].ball.contains(666.6) and not found["area"].ball.contains(668)
    assert carried["a"] == 2 and carried["total"].ball.contains(0.667) and not carried["total"].ball.contains(0.668)


def test_key_and_mistakes_are_apart(tiny: Any) -> None:
    q = tiny(("b: {from: [2, 9]}", "b: {from: [0, 9]}"))
    assert all(draw_variant(q, s).values["b"] != 0 for s in range(60))
    never = tiny(("answer: a - b\n", "answer: a + b\n"))
    with pytest.raises(DrawError, match="part total: mistake 1 cannot be told from the key"):
        draw_variant(never, 0)
