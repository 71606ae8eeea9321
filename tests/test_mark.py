"""Marking a chain: the deck's own worked examples, errors carried forward, mistakes named, guards."""

from __future__ import annotations

from typing import Any

import pytest
from flint import arb, fmpq

import examwright
from examwright.generator.errors import ExamwrightError
from examwright.grader.guards import makes_trivial
from examwright.solvers.arithmetic import Real, power


def marks(question: Any, answers: dict[str, str], **options: Any) -> dict[str, Any]:
    return {m.part: m for m in examwright.mark(examwright.draw(question, **options), answers)}


S17 = "lecture-deck/S17"


def test_the_decks_contradiction_is_a_mistake_with_its_message() -> None:
    """Row S20: the deck's first version carries the error back through the updated weights."""
    right = marks("lecture-deck/S20", {"delta_o": "-0.04068", "delta_h": "(-0.002654, -0.008172)"})
    assert right["delta_h"].points == right["delta_h"].of
    first = marks("lecture-deck/S20", {"delta_o": "-0.04068", "delta_h": "(-0.002410, -0.007926)"})["delta_h"]
    assert first.why == "mistake" and first.points < first.of and "updated" in first.say


def test_an_error_is_carried_forward(tiny: Any) -> None:
    found = marks(tiny(), {"total": "20", "area": str(20 * 5)}, set={"a": 5, "b": 3})
    assert (found["total"].why, found["total"].points) == ("wrong", 0)
    assert found["area"].why == "follow-through" and found["area"].points > 0
    assert "total" in found["area"].evidence


def test_a_mistake_is_named_and_its_continuation_earns(tiny: Any) -> None:
    found = marks(tiny(), {"total": "2", "area": "10"}, set={"a": 5, "b": 3})
    assert found["total"].why == "mistake" and found["total"].say == "Add, do not subtract."
    assert found["area"].why == "follow-through"


def test_by_the_key_counts_though_the_own_earlier_value_is_wrong(tiny: Any) -> None:
    found = marks(tiny(), {"total": "20", "area": "40"}, set={"a": 5, "b": 3})
    assert found["area"].why == "key" and found["area"].points == found["area"].of


def test_zero_buys_nothing(tiny: Any) -> None:
    found = marks(tiny(), {"total": "0", "area": "0"}, set={"a": 5, "b": 3})
    assert found["area"].points == 0 and found["area"].why == "wrong"


@pytest.mark.parametrize(("value", "key", "trivial"), [
    (fmpq(0), fmpq(3), True), (fmpq(0), fmpq(0), False), (fmpq(1), fmpq(3), False), ((fmpq(0), fmpq(0)), (fmpq(1), fmpq(0)), True),
    (((fmpq(1), fmpq(0)), (fmpq(0), fmpq(1))), ((fmpq(3), fmpq(6)), (fmpq(6), fmpq(14))), True),
    ((fmpq(0), fmpq(1)), (fmpq(1), fmpq(0)), False),
])
def test_what_is_trivial(value: Any, key: Any, trivial: bool) -> None:
    assert makes_trivial(value, key) is trivial


def test_unreadable_and_ambiguous_answers_wait_for_a_person(tiny: Any) -> None:
    found = marks(tiny(), {"total": "eight or so", "area": "1,234"}, set={"a": 5, "b": 3})
    assert found["total"].why == "unreadable" and found["total"].open and found["total"].raw == "eight or so"
    assert found["area"].why == "undecided" and found["area"].open
    assert all(m.points == 0 for m in found.values())


def test_a_part_that_is_not_there(tiny: Any) -> None:
    with pytest.raises(ExamwrightError, match="Did you mean 'total'"):
        marks(tiny(), {"totl": "1"})


def test_a_mistake_in_full_beats_a_sloppy_rounding_of_the_key(tiny: Any) -> None:
    """8 is 7.5 in too few digits, and exactly what the mistake gives: the student is told of the mistake."""
    question = tiny(("answer: a + b", "answer: a + b/2"), ("type: integer", "type: {number: {digits: 3}}"), ("answer: a - b", "answer: a + b"),
                    ("total: a + b,", "total: a + b/2,"), ("area: (a + b)*a", "area: (a + b/2)*a"))
    assert marks(question, {"total": "8"}, set={"a": 7, "b": 1})["total"].why == "mistake"
    assert marks(question, {"total": "7.5"}, set={"a": 7, "b": 1})["total"].why == "key"


def test_honest_rounding_of_every_step_is_accepted() -> None:
    """A student who carries four digits through the network gets what rounding gave them."""
    variant = examwright.draw("neural-networks/backprop-sigmoid", seed=11)
    values = {n: v for n, v in variant.values.items()}
    from examwright.answers.kinds.base import is_exact_number
    from examwright.generator.chain import value_of
    from examwright.solvers.arithmetic import round_half_up, significant_exponent

    def round4(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(round4, value))
        if not is_exact_number(value):
            return value
        e = significant_exponent(value)
        return value if e is None else round_half_up(value, 3 - e)

    env = {n: values[n] for n in variant.question.draw_names}
    typed = {}
    for step in variant.question.steps:
        env[step.name] = round4(value_of(step.name, step.formula, env))
        if step.part:
            kind = variant.kinds[step.name]
            typed[step.name] = kind.rounded(env[step.name]) if not isinstance(env[step.name], str) else kind.plain(env[step.name])
    for mark in examwright.mark(variant, typed):
        if mark.raw:
            assert mark.points == mark.of, (mark.part, mark.raw, mark.evidence)


def test_a_round_answer_is_followed_though_its_rounding_would_flip_a_test() -> None:
    """10 may stand for anything from 9.5 to 10.5, but x ≤ 10 with an x of 10 is what the student goes on with."""
    own = {"xs": (3, 7, 10, 11, 12), "ys": (9, 10, 10, 7, 13)}
    for share in ("0.00707", "0.00708"):  # of 18.67 carried as 18.667 or in full
        mark = marks("decision-trees/regression", {"threshold": "10", "share": share}, set=own)["share"]
        assert (mark.why, mark.points) == ("follow-through", mark.of), share


def test_a_follow_up_past_a_right_answer() -> None:
    """Whoever answers one part more rightly keeps what was followed from an earlier wrong answer around it."""
    sheet = {"dual": "2*alpha - 20*alpha^2", "w": "(-0.2, -0.421)", "b": "-2.2", "width": "4.47", "value": "-2"}
    before, after = [marks("svm/two-point-dual", one, seed=90) for one in (sheet, {**sheet, "best": "0.1"})]
    assert before["value"].why == after["value"].why == "follow-through"
    assert sum([m.points for m in after.values()]) == sum([m.points for m in before.values()]) + after["best"].of


@pytest.mark.parametrize("low, high", [(-1, 1), (-3, 1), (-1, 3), (0, 2), (-2, 0), (0, 0)])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_powers_of_enclosures_around_zero(low: int, high: int, n: int) -> None:
    """Their logarithm, by which others are raised to a power, does not exist."""
    found = power(Real(arb(low).union(arb(high))), fmpq(n)).ball
    for x in (low, (low + high) / 2, high):
        assert found.contains(arb(x) ** n if x else arb(0))
    assert found.rad() <= max(abs(low), abs(high)) ** n * 1.01
