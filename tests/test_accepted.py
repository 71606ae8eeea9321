"""What is right besides the key: other keys, conditions, other forms of the key, pools of statements, fewer digits; and
how the chain goes on from what a student chose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

import examwright
from examwright.generator import wording
from examwright.generator.draw import DrawError, draw_variant
from examwright.generator.load import load, load_text
from examwright.grader import contracts
from examwright.grader.mark import mark_variant
from examwright.solvers.arithmetic import Undecided

CHOSEN = """\
title: Values that a student chooses
topics: [testing]
minutes: 5
draw:
  a: {from: [1, 9]}
  b: {from: [1, 9]}
  xs: {count: 4, from: [0, 20], distinct: true}
require:
  - a != b
  - count([xs[0] > 10, xs[1] > 10, xs[2] > 10, xs[3] > 10], true) == 2
text: Let $a = {{ a }}$ and $b = {{ b }}$; the points are {{ xs | row }}.
parts:
  - name: u
    ask: Give a unit vector along $(a, b)$, in either direction.
    let: {norm: sqrt(a*a + b*b)}
    answer: "[a/norm, b/norm]"
    type: {vector: {size: 2, digits: 3, up_to: sign}}
    points: 2
    mistakes:
      - answer: "[b/norm, a/norm]"
        points: 1
        say: The entries are exchanged.
  - name: score
    ask: Its scalar product with $(1, 2)$.
    answer: u[0] + 2*u[1]
    type: {number: {digits: 3}}
    points: 2
    follow: {points: 1}
    mistakes:
      - answer: 2*u[0] + u[1]
        points: 1
        say: The other way round.
  - name: w
    ask: Give $(w_1, w_2, c)$ of the line $a x + b y = 1$.
    answer: "[a, b, -1]"
    type: {vector: {size: 3, up_to: scale}}
    points: 3
  - name: product
    ask: Multiply your $w_1$ and $w_2$.
    answer: w[0]*w[1]
    type: {number: {digits: 3}}
    points: 1
  - name: between
    ask: Give any number between $a$ and $b$.
    answer: (a + b)/2
    accept: [sqrt(a*b), "0"]
    accept_if: min(a, b) < between < max(a, b)
    type: {number: {digits: 3}}
    points: 1
    mistakes:
      - answer: a + b
        say: Halve it.
  - name: square
    ask: Square it.
    answer: between**2
    type: {number: {digits: 3}}
    points: 1
    follow: {points: 0.5}
  - name: clusters
    ask: Which points belong together?
    answer: "[1 if xs[0] > 10 else 2, 1 if xs[1] > 10 else 2, 1 if xs[2] > 10 else 2, 1 if xs[3] > 10 else 2]"
    type: {labels: {points: 4, names: [1, 2]}}
    points: 2
  - name: first
    ask: Which label has the first point?
    answer: clusters[0]
    type: integer
    points: 1
check:
  u: "[a/(a*a + b*b)**0.5, b/(a*a + b*b)**0.5]"
  score: (a + 2*b)/(a*a + b*b)**0.5
  w: "[a, b, -1]"
  product: a*b
  between: (a + b)/2
  square: (a + b)**2/4
  clusters: "[1 if xs[0] > 10 else 2, 1 if xs[1] > 10 else 2, 1 if xs[2] > 10 else 2, 1 if xs[3] > 10 else 2]"
  first: 1 if xs[0] > 10 else 2
"""
SET = {"a": 3, "b": 4, "xs": [1, 12, 2, 15]}


@pytest.fixture(scope="module")
def question() -> Any:
    return load_text(CHOSEN, Path("chosen.yaml"), "tests/chosen")


def marks(question: Any, answers: dict[str, str], **options: Any) -> dict[str, Any]:
    variant = examwright.draw(question, set=SET)
    return {m.part: m for m in examwright.mark(variant, answers, **options)}


def earned(question: Any, answers: dict[str, str]) -> dict[str, fmpq]:
    return {n: m.points for n, m in marks(question, answers).items() if n in answers}


@pytest.mark.parametrize("seeds", [range(5), pytest.param(range(5, 25), marks=pytest.mark.slow)])
def test_the_question_keeps_all_contracts(question: Any, seeds: range) -> None:
    assert contracts.run(question, seeds).faults == []


# ---- forms of the key, and the chain that goes on from them ----------------------------------

@pytest.mark.parametrize("u, score, points", [
    ("(0.6, 0.8)", "2.2", 2), ("(-0.6, -0.8)", "-2.2", 2), ("(-0.600, -0.800)", "-2.20", 2),
    ("(-0.6, -0.8)", "2.2", 2),  # never less than by the key alone
    ("(-0.6, -0.8)", "-2.0", 1), ("(0.6, 0.8)", "2.0", 1),  # the mistake, from either
    ("(0.6, 0.8)", "-2.2", 0), ("(0.8, 0.6)", "2.0", 1), ("(-0.8, -0.6)", "-2.0", 1),  # follow-through, or the mistake
])
def test_the_own_direction_is_carried_on(question: Any, u: str, score: str, points: int) -> None:
    assert marks(question, {"u": u, "score": score})["score"].points == points


def test_a_mistake_from_the_own_direction_is_known_when_rounded(question: Any) -> None:
    variant = examwright.draw(question, set={**SET, "a": 1, "b": 2})
    found = mark_variant(variant, {"u": "(-0.447, -0.894)", "score": "-1.79"})[1]  # exactly it is -4/sqrt(5) = -1.7889
    assert (found.why, found.points) == ("mistake", 1)
    found = mark_variant(variant, {"u": "(-0.447, -0.894)", "score": "-2.24"})[1]
    assert (found.why, found.points) == ("rounded", 2) and found.evidence.endswith("continued from your own u")


def test_the_own_scale_is_carried_on(question: Any) -> None:
    assert earned(question, {"w": "(3, 4, -1)", "product": "12"}) == {"w": 3, "product": 1}
    assert earned(question, {"w": "(-6, -8, 2)", "product": "48"}) == {"w": 3, "product": 1}
    assert earned(question, {"w": "(0.588, 0.784, -0.196)", "product": "0.461"}) == {"w": 3, "product": 1}
    assert earned(question, {"w": "(-6, -8, 2)", "product": "12"}) == {"w": 3, "product": 1}
    assert earned(question, {"w": "(-6, -8, 2)", "product": "24"}) == {"w": 3, "product": 0}
    assert earned(question, {"w": "(6, 8, 2)", "product": "48"})["w"] == fmpq(3, 2)


def test_other_names_of_the_clusters_are_carried_on(question: Any) -> None:
    assert earned(question, {"clusters": "2 1 2 1", "first": "2"}) == {"clusters": 2, "first": 1}
    assert earned(question, {"clusters": "1 2 1 2", "first": "1"}) == {"clusters": 2, "first": 1}
    assert earned(question, {"clusters": "A B A B", "first": "1"}) == {"clusters": 2, "first": 1}
    assert earned(question, {"clusters": "2 1 2 1", "first": "3"}) == {"clusters": 2, "first": 0}


# ---- several keys, and conditions ------------------------------------------------------------

@pytest.mark.parametrize("raw, points, why", [
    ("3.5", 1, "key"), ("7/2", 1, "key"), ("3.46", 1, "rounded"), ("sqrt(12)", 1, "key"), ("0", 1, "key"), ("3.1", 1, "key"), ("3.9999", 1, "key"),
    ("2.9", 0, "wrong"), ("4.1", 0, "wrong"), ("3", fmpq(1, 2), "rounded"), ("7", 0, "mistake"), ("-1", 0, "wrong"),
])
def test_other_keys_and_conditions(question: Any, raw: str, points: Any, why: str) -> None:
    found = marks(question, {"between": raw})["between"]
    assert (found.points, found.why) == (points, why)


def test_the_condition_is_told_as_evidence(question: Any) -> None:
    assert marks(question, {"between": "3.1"})["between"].evidence == "3.1 meets the condition min(a, b) < between < max(a, b)"


@pytest.mark.parametrize("between, square, points", [
    ("3.5", "12.25", 1), ("3.5", "12.3", 1), ("3.1", "9.61", 1), ("3.46", "12", 1), ("sqrt(12)", "12", 1), ("3.1", "12.25", 1), ("3.1", "9.7", 0), ("0", "0", 1), ("5", "25", fmpq(1, 2)),
])
def test_what_was_chosen_is_carried_on(question: Any, between: str, square: str, points: Any) -> None:
    assert marks(question, {"between": between, "square": square})["square"].points == points


def test_other_keys_hold_in_follow_through_too(tiny: Any) -> None:
    own = tiny(("answer: total*a\n", "answer: total*a\n    accept: [total*b]\n    accept_if: area == total*a or area == total + 100\n"))
    for area, points in (("100", 2), ("60", 2), ("120", 2), ("101", 0)):
        found = {m.part: m for m in examwright.mark(examwright.draw(own, set={"a": 5, "b": 3}), {"total": "20", "area": area})}
        assert (found["area"].points, found["area"].why == "follow-through") == (points, points == 2), area


def test_a_condition_on_an_earlier_answer_depends_on_it(tiny: Any) -> None:
    from examwright.generator.chain import dependents

    own = tiny(("answer: total*a\n", "answer: a*b + a*a\n    accept_if: area == a*b + a*a or area == total*100\n"))
    assert "area" in dependents(own, "total")
    found = {m.part: m for m in examwright.mark(examwright.draw(own, set={"a": 5, "b": 3}), {"total": "20", "area": "2000"})}
    assert found["area"].why == "follow-through"


def test_a_condition_that_cannot_be_decided_goes_to_a_person(tiny: Any) -> None:
    own = tiny(("answer: a + b\n    type: integer", "answer: a + b\n    accept_if: total == a + b or sqrt(total) + sqrt(5) - sqrt(5) == sqrt(total)\n    type: {number: {digits: 3}}"))
    with pytest.raises(Undecided):
        own.parts[0].accept_if.run({"a": fmpq(5), "b": fmpq(3), "total": fmpq(3)})
    found = {m.part: m for m in examwright.mark(examwright.draw(own, set={"a": 5, "b": 3}), {"total": "3"})}
    assert found["total"].why == "undecided" and found["total"].open


def test_a_condition_without_a_value_is_not_met(tiny: Any) -> None:
    own = tiny(("answer: a + b\n", "answer: a + b\n    accept_if: 1/(total - 3) > 0\n"))
    found = {m.part: m for m in examwright.mark(examwright.draw(own, set={"a": 5, "b": 3}), {"total": "3"})}
    assert found["total"].why == "wrong"


def test_another_key_that_has_no_value_is_left_out(tiny: Any) -> None:
    own = tiny(("answer: a + b\n", "answer: a + b\n    accept: [a/(b - 3), a/b]\n"))
    for raw, right in (("8", True), ("2", False)):
        found = {m.part: m for m in examwright.mark(examwright.draw(own, set={"a": 5, "b": 3}), {"total": raw})}
        assert (found["total"].why == "key") is right


def test_the_key_sheet_names_what_else_is_right(question: Any) -> None:
    variant = examwright.draw(question, set=SET)
    told = {p.name: str(wording.accepted(variant, p)) for p in variant.parts}
    assert told["u"] == "also with all signs changed" and told["w"] == "also any multiple but 0 times it"
    assert told["between"] == "also 3.46; also 0; also whatever meets the condition `min(a, b) < between < max(a, b)`"
    assert told["clusters"] == "also with other names of the clusters"
    assert wording.as_json(variant)["parts"][4]["key"]["accepted"] == told["between"]


# ---- the contracts can fail ------------------------------------------------------------------

def test_a_form_that_is_not_carried_on_is_told(question: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examwright.grader.mark.own_runs", lambda *a: iter(()))
    told = [m for seed in range(6) for m in contracts.other_right_answers(draw_variant(question, seed))]
    assert any("part score" in m and "from the right answer" in m for m in told)


def test_another_key_that_is_not_accepted_is_told(question: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examwright.grader.runs.other_keys", lambda *a: [])
    told = [m for seed in range(3) for m in contracts.other_right_answers(draw_variant(question, seed))]
    assert any("part between: the right answer '0' earns 0 of 1" in m for m in told)


def test_fewer_digits_that_earn_the_wrong_share_are_told(question: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examwright.answers.kinds.base.Kind.with_fewer_digits", lambda self, share: self)
    assert any("has too few digits and earns" in m for seed in range(6) for m in contracts.fewer_digits(draw_variant(question, seed)))


def test_a_key_that_breaks_its_own_condition_is_refused(tiny: Any) -> None:
    own = tiny(("answer: a + b\n", "answer: a + b\n    accept_if: total < 12\n"))
    with pytest.raises(DrawError, match="part total: the key 14 does not meet accept_if: total < 12"):
        examwright.draw(own, set={"a": 9, "b": 5})
    assert examwright.draw(own, set={"a": 4, "b": 5}).values["total"] == 9


# ---- fewer digits ----------------------------------------------------------------------------

@pytest.mark.parametrize("share, points", [("0", 0), ("1/4", fmpq(1, 4)), (fmpq(1, 2), fmpq(1, 2)), (1, 1)])
def test_fewer_digits_earn_what_is_set(question: Any, share: Any, points: Any) -> None:
    found = marks(question, {"square": "12"}, fewer_digits=share)["square"]
    assert (found.points, found.why, found.say) == (points, "rounded", "Too few digits.")


def test_a_share_beyond_the_points_is_refused(question: Any) -> None:
    for share in ("3/2", -1):
        with pytest.raises(ValueError, match="from 0 to 1"):
            marks(question, {}, fewer_digits=share)


def test_a_known_mistake_is_not_taken_for_too_few_digits_even_where_those_earn_everything(tiny: Any) -> None:
    own = tiny(("answer: a + b", "answer: a + b/2"), ("type: integer", "type: {number: {digits: 3}}"), ("answer: a - b", "answer: a + b"),
               ("total: a + b,", "total: a + b/2,"), ("area: (a + b)*a", "area: (a + b/2)*a"))
    variant = examwright.draw(own, set={"a": 7, "b": 1})
    assert examwright.mark(variant, {"total": "8"}, fewer_digits=1)[0].why == "mistake"
    assert examwright.mark(variant, {"total": "6"}, fewer_digits=1)[0].points == 0


# ---- pools of statements ---------------------------------------------------------------------

STATEMENTS = "evaluation/statements"


def test_statements_are_drawn_for_each_paper() -> None:
    variants = [examwright.draw(STATEMENTS, seed=s) for s in range(40)]
    shown = [v.values["claims_shown"] for v in variants]
    assert len(set(shown)) == 40 and {len(s) for s in shown} == {5} and {int(n.p) for s in shown for n in s} == set(range(1, 15))
    for v in variants:
        texts = [t for _, t in v.kinds["claims"].options]
        assert 1 <= len(v.values["claims"]) <= 4 and set(v.values["claims"]) < set(texts)
    assert examwright.draw(STATEMENTS, seed=3).values == variants[3].values


@pytest.mark.parametrize(("words", "asked"), [
    ("scheme: negative", "each false one costs its share; you cannot get less than nothing for the part."),
    ("scheme: negative, floor: -1/2", r"you can lose $\frac{1}{2}$ of the points at most."),
    ("scheme: per-option", "Each statement that is rightly ticked or left out earns its share of the points."),
    ("scheme: all-or-nothing", "Only the whole list is right."),
])
def test_a_pool_asks_by_itself(words: str, asked: str) -> None:
    pool = ", ".join([f"{{says: Claim {i}., is: {'true' if i % 2 else 'false'}, why: Reason {i}.}}" for i in range(8)])
    text = ("title: Claims\ntopics: [testing]\nminutes: 2\ntext: Think.\nparts:\n  - name: claims\n    type: {choices: {pick: 4, "
            f"{words}, pool: [{pool}]}}}}\n    points: 2\n")
    variant = draw_variant(load_text(text, Path("claims.yaml"), "mine/claims"), 1)
    said = wording.ask(variant, variant.parts[0])
    assert said.startswith("Which of these statements are true? ") and said.endswith(asked)


def test_statements_can_be_pinned_and_are_checked() -> None:
    variant = examwright.draw(STATEMENTS, set={"claims_shown": [2, 1, 14]})
    assert wording.kind_of(variant, variant.parts[0]).rounded(variant.values["claims"]) == "B"
    for bad in ([0, 1], [1, 1], [15, 1]):
        with pytest.raises(DrawError, match="numbers from 1 to 14"):
            examwright.draw(STATEMENTS, set={"claims_shown": bad})


def test_the_reasons_stand_in_the_key_and_in_what_is_said() -> None:
    variant = examwright.draw(STATEMENTS, set={"claims_shown": [2, 1, 14]})
    assert [line[:15] for line in wording.solution(variant).splitlines()[1:]] == ["- **A.** Raisin", "- **B.** A clas", "- **C.** Of two"]
    assert [line.split("*")[5] for line in wording.solution(variant).splitlines()[1:]] == ["This is false.", "This is true.", "This is false."]
    (mark,) = mark_variant(variant, {"claims": "A, B"})
    assert mark.points == fmpq(2) and mark.say.startswith("A is false. The example that is no longer called positive")
    assert "B is" not in mark.say and "C is" not in mark.say
    assert mark_variant(variant, {"claims": "C"})[0].points == 0 and mark_variant(variant, {"claims": "b"})[0].points == 4


def test_marks_below_nothing_only_where_the_author_says_so(tiny: Any) -> None:
    own = tiny(("answer: a + b\n    type: integer", "answer: \"['x', 'y']\"\n    type: {choices: {options: [x, y, z, u], scheme: negative, floor: -1/2}}"),
               ("answer: a - b", "answer: \"['x']\""), ("answer: total*a", "answer: a*b"), ("total: a + b, ", "total: \"['x', 'y']\", "), ("area: (a + b)*a", "area: a*b"))
    variant = examwright.draw(own)
    assert [mark_variant(variant, {"total": t})[0].points for t in ("A, B", "C, D", "C", "B, C", "none")] == [1, fmpq(-1, 2), fmpq(-1, 2), 0, 0]
    assert list(contracts.hostile_answers(variant)) == []


def test_the_statements_are_well() -> None:
    pool = load(STATEMENTS).parts[0].kind.pool
    assert len(pool) == 14 and sum(s.true for s in pool) == 7 and all(len(s.why) > 30 for s in pool)
