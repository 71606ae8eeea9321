"""Options in an order of their own on every paper: drawn, printed, typed, marked and marked again by the same letters."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

import examwright
from examwright.answers import kinds
from examwright.generator import wording
from examwright.generator.draw import DrawError, draw_variant
from examwright.generator.load import load_text
from examwright.generator.store import Store
from examwright.grader import contracts
from examwright.grader.amend import drawn_as_issued
from examwright.grader.mark import mark_variant

ASKED = """\
title: What happens?
topics: [testing]
minutes: 2
draw:
  a: {from: [2, 40]}
text: A ball is thrown up at $t = {{ a }}$.
parts:
  - name: way
    ask: Where does it go?
    answer: "'up'"
    type: TYPE
    points: 2
    mistakes:
      - answer: "'down'"
        points: 1
        say: It was thrown up.
check: {way: "'up'"}
"""
SENTENCES = "{choice: {up: It rises., down: It falls., stays: It stays., unknown: None of these is known.}}"


def question(spec: str) -> Any:
    return load_text(ASKED.replace("TYPE", spec), Path("way.yaml"), "mine/way")


def printed(variant: Any) -> list[str]:
    return [option for option, _ in wording.kind_of(variant, variant.parts[0]).options]


@pytest.mark.parametrize(("spec", "shuffled"), [
    (SENTENCES, True),
    ("{choice: {up: It rises., down: It falls, stays: It stays.}}", False),
    ("{choice: [up, down, stays]}", False),
    ("{choice: {options: [up, down, stays], order: shuffled}}", True),
    ("{choice: {options: {up: It rises., down: It falls., stays: It stays.}, order: as written}}", False),
    ("{choice: {options: {up: It rises., down: It falls., stays: It stays.}}}", True),
])
def test_sentences_are_shuffled_and_words_are_not(spec: str, shuffled: bool) -> None:
    loaded = question(spec)
    written = tuple([option for option, _ in loaded.parts[0].kind.options])
    found = {tuple(printed(draw_variant(loaded, seed))) for seed in range(300)}
    assert found == (set(itertools.permutations(written)) if shuffled else {written})


def test_pinned_options_stay_last() -> None:
    spec = "{choice: {options: {never: Never., up: It rises., down: It falls., both: Both.}, last: [both, never]}}"
    found = {tuple(printed(draw_variant(question(spec), seed))) for seed in range(40)}
    assert found == {("up", "down", "never", "both"), ("down", "up", "never", "both")}


def test_the_order_changes_no_other_value() -> None:
    seeds = range(20)
    fixed = question("{choice: {options: [up, down, stays], order: as written}}")
    assert [draw_variant(question(SENTENCES), s).values["a"] for s in seeds] == [draw_variant(fixed, s).values["a"] for s in seeds]


@pytest.mark.parametrize("seed", range(6))
def test_letters_mean_the_printed_order(seed: int) -> None:
    variant = draw_variant(question(SENTENCES), seed)
    order = printed(variant)
    letter = dict(zip(order, "ABCD"))
    for option, worth in (("up", 2), ("down", 1), ("stays", 0)):
        (mark,) = mark_variant(variant, {"way": letter[option]})
        assert mark.points == worth and mark.read.startswith(f"{letter[option]}. It ")
    shown = wording.as_json(variant)["parts"][0]
    assert [(o["mark"], o["id"]) for o in shown["options"]] == list(zip("ABCD", order))
    assert shown["key"]["rounded"] == letter["up"] and letter["up"] in variant.kinds["way"].samples("up")
    assert contracts.run(question(SENTENCES), range(10)).faults == []


def test_an_id_of_one_letter_is_no_answer_where_it_is_not_printed() -> None:
    variant = draw_variant(question("{choice: {up: It rises., a: It falls., down: It stays.}}"), 0, {"way_order": (3, 2, 1)})
    kind = wording.kind_of(variant, variant.parts[0])
    assert kind.marks == ("A", "B", "C") and kind.read("a") == "down" and kind.read("b") == kind.read("It falls") == "a"


def test_an_order_can_be_pinned_and_is_checked() -> None:
    variant = draw_variant(question(SENTENCES), 0, {"way_order": (3, 1, 4, 2)})
    assert printed(variant) == ["stays", "up", "unknown", "down"]
    for bad in ((1, 2, 3), (1, 1, 2, 3), (0, 1, 2, 3)):
        with pytest.raises(DrawError, match="way_order is not the numbers from 1 to 4, the options, in some order"):
            draw_variant(question(SENTENCES), 0, {"way_order": bad})


def test_another_order_is_no_other_variant() -> None:
    assert len(contracts.run(question(SENTENCES), range(300), full=0).distinct) == 39


def test_papers_without_an_order_have_the_options_as_written(issue: Any, tmp_path: Path) -> None:
    (tmp_path / "way.yaml").write_text(ASKED.replace("TYPE", SENTENCES))
    out = issue(tmp_path, "title: T\nminutes: 5\npoints: 2\nsections: [{questions: [{question: way.yaml}]}]\n", ["x", "y", "z"])
    with Store.open(out / "exam.db") as store:
        items = list(store.items())
    loaded = examwright.load(str(tmp_path / "way.yaml"))
    for item in items:
        assert item.draws["way_order"] and printed(drawn_as_issued(loaded, item)) == [o["id"] for o in item.shown["parts"][0]["options"]]
        before = replace(item, draws={"a": item.draws["a"]})
        assert printed(drawn_as_issued(loaded, before)) == ["up", "down", "stays", "unknown"]


@pytest.mark.parametrize(("spec", "typed", "value"), [
    ({"choices": {"options": {"p": "Yes it is.", "q": "No it is not."}}}, "A", ("q",)),
    ({"ordering": {"options": ["first one", "second one", "third one"], "order": "shuffled"}}, "A, C, B", ("third one", "first one", "second one")),
])
def test_choices_and_orderings(spec: Any, typed: str, value: Any) -> None:
    kind: Any = kinds.make(spec)
    assert kind.shuffled
    count = len(kind.options)
    kind = kind.order_drawn_as("o").resolve(lambda name: tuple([fmpq(n) for n in range(count, 0, -1)]))
    assert kind.formulas() == [] and kind.read(typed) == value
