"""How much work a variant is, and that students get equally much of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median_low
from typing import Any

import pytest
from flint import fmpq

import examwright
from examwright.generator.chain import needed_steps
from examwright.generator.draw import draw_variant
from examwright.generator.index import question_paths
from examwright.generator.load import load, load_text
from examwright.generator.work import Tally, counting, digits, even, most_even, options_of, usual, work, work_of
from examwright.grader import contracts
from examwright.solvers.arithmetic import Real, Symbolic, ln, maximum, sigmoid, sqrt, to_text

Q = fmpq


@pytest.mark.parametrize(("value", "size"), [
    (Q(0), 1), (Q(9), 1), (Q(-10), 2), (Q(99), 2), (Q(100), 3), (Q(10**39), 40), (Q(10**45), 46), (Q(1, 2), 2), (Q(-13, 7), 3), (Q(355, 113), 4),
    (ln(Q(2)), 4), ("word", 1), (True, 1), ((Q(1), (Q(22), "a")), 4),
])
def test_digits(value: Any, size: int) -> None:
    assert digits(value) == size


@pytest.mark.parametrize("n", [1, 9, 10, 99, 100, 999, 1000, 1023, 1024, 9999, 10**17, 10**18 - 1])
def test_whole_numbers_have_as_many_digits_as_are_written(n: int) -> None:
    assert digits(Q(n)) == digits(Q(-n)) == len(str(n))


@pytest.mark.parametrize(("run", "values", "cost"), [
    (lambda a, b: a + b, (Q(12), Q(345)), 5),
    (lambda a, b: a + b, (Q(0), Q(345)), 0),
    (lambda a, b: a * b, (Q(1), Q(345)), 0),
    (lambda a, b: a / b, (Q(1), Q(345)), 4),  # a reciprocal is a division
    (lambda a, b: a / b, (Q(345), Q(1)), 0),
    (lambda a, b: a - b * b, (Q(20), Q(3)), 2 + 3),
    (lambda a: -a, (Q(20),), 0),
    (lambda a: abs(a), (Q(-20),), 0),
    (lambda a: a**2, (Q(12),), 3),
    (lambda a: 2 * a + 1, (Q(12),), 3 + 3),
    (lambda a: fmpq(2) * a, (Q(12),), 3),
    (lambda a: sum(a, fmpq(0)), ((Q(1), Q(2), Q(30)),), 2 + 3),
    (lambda a: sqrt(a), (Q(2),), 1),
    (lambda a: sqrt(a) * a, (Q(2),), 1 + 5),
    (lambda a: ln(a) * ln(a), (Q(2),), 1 + 1 + 8),
    (lambda a: sigmoid(ln(a)), (Q(3),), 1 + 4),
    (lambda a, b: maximum(a, b), (Q(3), Q(25)), 3),
])
def test_operations_cost_the_digits_of_both_sides(run: Any, values: Any, cost: int) -> None:
    tally = Tally()
    result = run(*[counting(v, tally) for v in values])
    assert tally.total == cost and _plain(result) == _text(run(*values))


def test_counting_numbers_compute_as_the_plain_ones_do() -> None:
    """Every formula of every question, with numbers that count."""
    for question_id in question_paths():
        variant = draw_variant(load(question_id), 3, check=False)
        tally = Tally()
        known = {n: counting(v, tally) for n, v in variant.values.items()}
        for step in needed_steps(variant.question, variant.parts):
            assert _plain(step.formula.run(known)) == _text(variant.values[step.name]), (question_id, step.name)
        assert work(variant) >= tally.total


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    return _text(getattr(value, "plain", value))


def _text(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_text(v) for v in value]
    return to_text(value) if isinstance(value, (fmpq, Real, Symbolic)) else str(fmpq(value)) if type(value) is int else value


def test_too_much_work_is_not_counted_to_the_end() -> None:
    variant = drawn(sums(), 1)[0]
    steps, options = needed_steps(variant.question, variant.parts), options_of(variant.parts)
    whole = work_of(steps, variant.values, options)
    assert work_of(steps, variant.values, options, whole) == whole
    assert work_of(steps, variant.values, options, whole - 1) == whole > work_of(steps, variant.values, options, 0) > 0
    for usual_work in range(1, 200):
        assert even(most_even(usual_work), usual_work) and not even(most_even(usual_work) + 1, usual_work)


def test_the_usual_is_the_middle_of_the_densest_group() -> None:
    assert usual([100]) == 100
    assert usual([10, 11, 12, 50, 52, 54, 55, 56, 57, 200]) == 54
    assert usual([40] * 5 + [100] * 4) == 40
    assert even(100, 100) and even(84, 100) and even(116, 100) and not even(83, 100) and not even(117, 100)


BRANCHES = """\
title: Sums
topics: [testing]
minutes: 2
draw:
  n: {from: [4, 12]}
  xs: {count: n, from: [10, 99]}
text: Add ${{ xs | row }}$.
parts:
  - name: total
    ask: What is the sum?
    answer: sum(xs)
    type: integer
    points: 1
check: {total: "xs[0]"}
"""


def sums(*changes: tuple[str, str]) -> Any:
    text = BRANCHES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load_text(text, Path("sums.yaml"), "mine/sums")


def drawn(question: Any, count: int = 150) -> list[Any]:
    return [draw_variant(question, seed, check=False) for seed in range(count)]


def test_draws_are_kept_within_a_quarter_of_the_median() -> None:
    works = [work(v) for v in drawn(sums())]
    middle = median_low(works)
    assert all(4 * abs(w - middle) <= middle for w in works) and len(set(works)) > 3
    free = drawn(sums(("minutes: 2", "minutes: 2\nuneven: More numbers are more work, which is the point.")))
    works = [work(v) for v in free]
    assert max(works) > 2 * min(works) and {int(v.values["n"].p) for v in free} == set(range(4, 13))


def test_branches_are_even_each_by_itself() -> None:
    question = sums(("n: {from: [4, 12]}", "n: {choice: [4, 12]}"), ("minutes: 2", "minutes: 2\nuneven: {by: n, why: Longer sums are longer.}"),
                    ("from: [10, 99]", "from: [1, 999]"))
    works: dict[int, list[int]] = {}
    for v in drawn(question):
        works.setdefault(int(v.values["n"].p), []).append(work(v))
    assert set(works) == {4, 12} and min(works[12]) > 2 * max(works[4])
    for some in works.values():
        middle = median_low(some)
        assert len(set(some)) > 3 and all(4 * abs(w - middle) <= middle for w in some)


def test_pinned_numbers_are_taken_whatever_the_work() -> None:
    for n in (4, 12):
        variant = draw_variant(sums(), 1, {"n": Q(n), "xs": tuple([Q(20)] * n)}, check=False)
        assert len(variant.values["xs"]) == n and work(variant) == sum([2 + digits(Q(20 * k)) for k in range(1, n)]) + digits(Q(20 * n))


def test_some_parts_have_a_usual_work_of_their_own(tiny: Any) -> None:
    question = tiny()
    whole, part = (work(draw_variant(question, 1, parts=names)) for names in (None, ["total"]))
    assert part < whole
    assert {names for what, names in [k for k in question.cache if isinstance(k, tuple) and k[0] == "usual work"]} == {("total", "area"), ("total",)}


def test_the_report_tells_uneven_work_and_branches_that_are_lost() -> None:
    lost = sums(("n: {from: [4, 12]}", "n: {choice: [4, 10, 11]}"))
    (fault,) = [f for f in contracts.statistics(lost, _report(lost, 200))]
    assert fault.contract == "choices" and fault.message.startswith("n is never 4 in 200 variants")
    question = sums(("minutes: 2", "minutes: 2\nuneven: it is"))
    report = _report(question, 60)
    assert report.work()[1] < report.work()[0] < report.work()[2] and contracts.statistics(question, report) == []
    told = contracts.statistics(sums(), report)
    assert [f.contract for f in told] == ["work"] and "is more than a quarter from the usual" in told[0].message


def _report(question: Any, count: int) -> contracts.Report:
    report = contracts.Report(question.id)
    for v in drawn(question, count):
        report.seeds += 1
        report.distinct.add(repr(v.values))
        report.works.setdefault((), []).append(work(v))
        report.chosen.setdefault("n", set()).add(to_text(v.values["n"]))
    return report


def test_few_variants_are_told(tiny: Any) -> None:
    wide = ("b: {from: [2, 9]}", "b: {from: [2, 15]}")
    report = contracts.run(tiny(wide), range(1000), full=0)
    assert 50 <= len(report.distinct) < 100 and [f.message for f in report.faults] == [
        f"only {len(report.distinct)} different variants in 1000 seeds; 500 are wanted, or 50 of a question that says why under 'few'"]
    assert contracts.run(tiny(wide, ("minutes: 2", "minutes: 2\nfew: Two digits.")), range(1000), full=0).faults == []


def test_work_stands_in_json_and_in_check(write_question: Any) -> None:
    from click.testing import CliRunner

    from examwright.cli import main

    variant = examwright.draw("linear-regression/simple-ols", 4)
    shown = json.loads(CliRunner().invoke(main, ["show", "linear-regression/simple-ols", "--seed", "4", "--json"]).output)
    assert shown["work"] == work(variant) == work_of(needed_steps(variant.question, variant.parts), variant.values, options_of(variant.parts))
    path = write_question()
    assert " redraws on average, work " in CliRunner().invoke(main, ["check", str(path), "--seeds", "20"]).output
    (row,) = json.loads(CliRunner().invoke(main, ["check", str(path), "--seeds", "20", "--json"]).output)
    middle, least, most = row["work"]
    assert least <= middle <= most


def test_the_order_in_which_variants_are_drawn_does_not_matter() -> None:
    """What is refused first is learned on the way, but not what is drawn."""
    code = ("import sys; from examwright import draw; from examwright.solvers.arithmetic import to_text\n"
            "print([[to_text(v) for v in draw('cnn/conv2d', s).values.values()] for s in eval(sys.argv[1])])")
    runs = [subprocess.run([sys.executable, "-c", code, seeds], capture_output=True, text=True, check=True).stdout
            for seeds in ("range(12)", "[*range(50, 80), *range(12)]")]
    one, two = (eval(r) for r in runs)
    assert one == two[-12:]
