"""The pinned banks: every item draws, is solved twice, and has the answer that is known to be right."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

import examwright
from examwright.generator.bank import load_bank
from examwright.generator.errors import ExamwrightError
from examwright.generator.index import bank_paths, question_paths
from examwright.generator.wording import as_json, question_text, solution
from examwright.grader.contracts import key_earns_full_marks, texts
from examwright.solvers.arithmetic import Real, round_half_up

ITEMS = [(name, item) for name in bank_paths() for item in load_bank(name).items]


def agrees(value: Any, expected: Any) -> bool:
    """Is this the value? "~0.5108" is one rounded to the digits shown."""
    if isinstance(expected, list):
        return isinstance(value, tuple) and len(value) == len(expected) and all(map(agrees, value, expected))
    if isinstance(expected, str) and expected.startswith("~"):
        places = len(expected.partition(".")[2])
        return bool(round_half_up(value, places) == fmpq(*Fraction(expected[1:]).as_integer_ratio()))
    if isinstance(value, Real):
        return False  # an exact value is expected
    if isinstance(value, fmpq):
        return bool(value == fmpq(*Fraction(str(expected)).as_integer_ratio()))
    return bool(value == expected)


@pytest.mark.parametrize(("bank", "item_id"), ITEMS, ids=[i for _, i in ITEMS])
def test_item(bank: str, item_id: str) -> None:
    item = load_bank(bank).items[item_id]
    variant = examwright.draw(item_id, seed=1)
    assert item.expect or item.note, "an item needs a known answer, or a note that says why there is none"
    for name, expected in item.expect.items():
        assert name in variant.values, f"{name} is not in the chain"
        assert agrees(variant.values[name], expected), (name, variant.values[name], expected)
    assert not list(texts(variant)) and not list(key_earns_full_marks(variant))
    assert question_text(variant) and solution(variant)


@pytest.mark.parametrize(("value", "expected", "same"), [
    (fmpq(1, 3), "~0.333", True), (fmpq(1, 3), "~0.334", False), (fmpq(1, 3), "1/3", True), (fmpq(1, 3), 0, False),
    ((fmpq(1), fmpq(2)), [1, 2], True), ((fmpq(1), fmpq(2)), [1, 3], False), ((fmpq(1),), [1, 1], False), ("left", "left", True),
    (True, True, True), (fmpq(-1, 2), "~-0.5", True),
])
def test_the_comparison_can_fail(value: Any, expected: Any, same: bool) -> None:
    assert agrees(value, expected) is same


def test_no_numbers_of_an_item_depend_on_the_seed() -> None:
    for _, item_id in ITEMS:
        item = load_bank(item_id.partition("/")[0]).items[item_id]
        question = examwright.load(item_id)
        if set(item.pins) == set(question.draw_names):
            one, two = examwright.draw(item_id, seed=1), examwright.draw(item_id, seed=2)
            assert as_json(one)["values"] == as_json(two)["values"], item_id
            assert [p["key"] for p in as_json(one)["parts"]] == [p["key"] for p in as_json(two)["parts"]], item_id


def test_the_pool_holds_every_question() -> None:
    assert set(load_bank("machine-learning").pool) == set(question_paths())


def test_faults_of_a_bank_come_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("titel: x\nitems:\n  A: {question: cnn/conv2}\n  B: {question: cnn/conv2d, sets: {}}\nquestions: [nothing/*]\n")
    with pytest.raises(ExamwrightError) as caught:
        load_bank(path)
    for said in ("unknown key 'titel'", "Did you mean 'cnn/conv2d'", "unknown key 'sets'", "'nothing/*'"):
        assert said in str(caught.value)
