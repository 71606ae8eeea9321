"""Simulated students: every question must treat honest work fairly and see mistakes for what they are."""

from __future__ import annotations

import json
from typing import Any

import effort
import pytest
from click.testing import CliRunner
from flint import fmpq

from examwright.answers.kinds.base import Precision
from examwright.cli import main
from examwright.generator.draw import draw_variant
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.random import Stream
from examwright.grader.students import LEAST, Habits, Student, _round, other_value, simulate

QUESTIONS = list(question_paths())
FEW, MANY = 6, 150  # students of each sort; `examwright check --simulate 1000` is the long look


def _unfair(question: Any, seeds: range, digits: int = 4) -> dict[str, Any]:
    return {sort: (f"{t.right} of {t.total}", t.examples) for sort, t in simulate(question, seeds, digits).items()
            if t.share < LEAST[sort]}


@pytest.mark.parametrize("question", effort.some(QUESTIONS, 1))
def test_some_students(question: str) -> None:
    tallies = simulate(load(question), range(FEW))
    assert {s: t.examples for s, t in tallies.items() if s != "mistake" and t.failed} == {}
    assert tallies["mistake"].total - tallies["mistake"].right <= 1


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_many_students(question: str) -> None:
    assert _unfair(load(question), range(1000, 1000 + MANY)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("question", ["neural-networks/forward-sigmoid", "mdp/value-iteration", "evaluation/mse-mae-rmse"])
def test_students_who_carry_three_digits(question: str) -> None:
    assert _unfair(load(question), range(MANY), 3) == {}


# ---- the simulation can fail -----------------------------------------------------------------

def test_intervals_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without rounding intervals honest students lose marks."""
    monkeypatch.setattr("examwright.grader.runs.Run.slack", None)
    monkeypatch.setattr("examwright.grader.runs.Run.written", lambda *a: None)
    tallies = simulate(load("neural-networks/backprop-sigmoid"), range(10))
    assert tallies["honest"].share < 0.95 and tallies["carried"].share < 1


def test_a_mistake_that_is_not_seen_is_told(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examwright.grader.explain._known", lambda *a: [])
    tally = simulate(tiny(), range(5))["mistake"]
    assert (tally.right, tally.total, list(tally.failed)) == (0, 5, ["total/1"]) and "earns 0 of 1" in tally.examples["total/1"]


def test_missing_follow_through_is_told(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examwright.grader.mark.own_runs", lambda *a: [])
    assert simulate(tiny(), range(5))["carried"].right == 0


# ---- how students round ----------------------------------------------------------------------

@pytest.mark.parametrize(("value", "digits", "even", "rounded"), [
    ("1/3", 4, False, "3333/10000"), ("12345/10000", 4, False, "247/200"), ("12345/10000", 4, True, "617/500"), ("12355/10000", 4, True, "309/250"),
    ("-5/2", 1, False, "-3"), ("-5/2", 1, True, "-2"), ("123456", 4, False, "123456"), ("0", 3, True, "0"),
])
def test_rounding_by_hand(value: str, digits: int, even: bool, rounded: str) -> None:
    assert _round(fmpq(*map(int, value.split("/"))), digits, None, even) == fmpq(*map(int, rounded.split("/")))


def test_as_finely_as_asked() -> None:
    assert _round(fmpq(1, 3), 2, Precision(5), False) == fmpq(33333, 100000)
    assert _round(fmpq(1, 3), 2, Precision(None, 3), False) == fmpq(333, 1000)
    assert _round(fmpq(1, 3), 2, Precision(), False) == fmpq(1, 3)  # only the exact value is right
    assert _round(("a", fmpq(2, 3)), 1, None, False) == ("a", fmpq(7, 10))


def test_what_the_text_gives_is_not_rounded() -> None:
    """Precision and recall stand in the text as fractions: students start from them as they are."""
    variant = draw_variant(load("evaluation/confusion-inverse"), 2)
    student = Student(variant, Habits(2, False, True, False))
    assert student.carry("precision", fmpq(45, 59)) == fmpq(45, 59) and student.carry("elsewhere", fmpq(45, 59)) == fmpq(19, 25)


@pytest.mark.parametrize("question", QUESTIONS)
def test_other_values_are_other_answers_of_the_same_sort(question: str) -> None:
    for seed in range(3):
        variant = draw_variant(load(question), seed)
        for part in variant.parts:
            if part.formula is None:
                continue
            wrong = other_value(part, variant, Stream("other", seed))
            if wrong is not None:
                assert wrong != variant.values[part.name] and variant.kinds[part.name].key_fault(wrong) is None


# ---- the command -----------------------------------------------------------------------------

def test_check_simulate(write_question: Any) -> None:
    path = str(write_question())
    result = CliRunner().invoke(main, ["check", path, "--simulate", "12", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    head, row, last = result.output.splitlines()
    assert row.split() == ["mine/tiny", "ok", "100.00", "%", "of", "24", "100.00", "%", "of", "12", "100.00", "%", "of", "23"]
    assert last == "1 question, 12 students of each sort, who carry 4 digits: all well."
    told = json.loads(CliRunner().invoke(main, ["check", path, "--simulate", "12", "--jobs", "1", "--json"]).output)
    assert told[0]["ok"] and told[0]["honest"] == {"right": 24, "of": 24, "failed": []}


def test_check_simulate_tells_what_fails(write_question: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examwright.grader.mark.own_runs", lambda *a: [])
    path = write_question()
    write_question("mine/bad", ("minutes: 2", "minute: 2"))
    result = CliRunner().invoke(main, ["check", str(path.parent), "--simulate", "8", "--jobs", "1"])
    assert result.exit_code == 1 and "2 questions, 8 students of each sort, who carry 4 digits: 2 with faults." in result.output
    assert "carried, total -> area, " in result.output and "FAULT" in result.output and "Did you mean 'minutes'" in result.output
