"""How answers are explained: own earlier answers and what they buy, pairs of mistakes, slips of the pen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

import examwright
from examwright.generator.draw import DrawError, draw_variant
from examwright.generator.errors import Problems
from examwright.generator.load import load_text
from examwright.grader.guards import refused_answer
from examwright.grader.mark import mark_variant

CHAIN = """\
title: A chain
topics: [testing]
minutes: 5
draw:
  a: {value: 7}
  b: {value: 5}
  c: {value: 31}
text: Let $a = {{ a }}$, $b = {{ b }}$, $c = {{ c }}$.
parts:
  - name: s
    ask: Add $a$ and $b$.
    answer: a + b
    type: {number: {digits: 3}}
    points: 2
    must: s > 0
    mistakes:
      - answer: a*b
        points: 1
        say: Add, do not multiply.
  - name: r
    ask: Divide $c$ by the sum.
    answer: c/s
    type: {number: {digits: 3}}
    points: 3
    mistakes:
      - answer: s/c
        points: 1
        say: That is upside down.
      - answer: c/s + 1
        say: Nothing is to be added.
  - name: t
    ask: Multiply by $a$ and subtract the sum.
    let: {u: r*a}
    answer: u - s
    type: {number: {digits: 3}}
    points: 4
    follow: {points: 3}
    mistakes:
      - instead: {u: r + a}
        points: 3
        say: Multiply, do not add.
      - answer: u + s
        points: 2
        say: Subtract the sum.
  - name: positive
    ask: Is that positive?
    answer: "'yes' if t > 0 else 'no'"
    type: {choice: {'yes': It is., 'no': It is not.}}
    points: 1
check: {s: a + b, r: c/(a + b), t: c/(a + b)*a - a - b, positive: "'yes' if c/(a + b)*a > a + b else 'no'"}
"""


def question(*changes: tuple[str, str]) -> Any:
    text = CHAIN
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return load_text(text, Path("chain.yaml"), "tests/chain")


def marks(answers: dict[str, str], *changes: tuple[str, str], c: int = 31) -> dict[str, Any]:
    """The marks by part; all numbers are fixed: s = 12, r = 31/12, t = 73/12."""
    return {m.part: m for m in mark_variant(draw_variant(question(*changes), 0, {"a": 7, "b": 5, "c": c}), answers)}


# ---- own earlier answers ---------------------------------------------------------------------

def test_follow_through_from_the_nearest_own_answer() -> None:
    found = marks({"s": "13", "r": "2.38", "t": "3.66"})  # 31/13 = 2.385; 7·2.38 − 13 = 3.66
    assert (found["s"].why, found["r"].why, found["t"].why) == ("wrong", "follow-through", "follow-through")
    assert (found["r"].points, found["t"].points) == (3, 3) and found["t"].say == "Right from your own answer to (a) and (b)."


def test_where_nothing_is_lost_no_mistake_is_named() -> None:
    """3.58 is 31/8.65, and it is 31/12 + 1, which is a known mistake."""
    found = marks({"s": "8.65", "r": "3.58"})["r"]
    assert (found.why, found.points, found.say, found.causes) == ("follow-through", 3, "Right from your own answer to (a).", ())
    assert "Nothing is to be added" in marks({"s": "8.65", "r": "3.58"}, ("    points: 3\n    mistakes:\n      - answer: s/c", "    points: 3\n    follow: {points: 2}\n    mistakes:\n      - answer: s/c"))["r"].say


@pytest.mark.parametrize(("t", "names"), [
    ("3.00", "s, r"),  # 7·(16/7) − 13
    ("3.69", "s"),  # 7·31/13 − 13: r worked out again
    ("4.00", "r"),  # 7·(16/7) − 12: the right sum
])
def test_some_own_answers_put_right(t: str, names: str) -> None:
    """s and r are both wrong, and t may go on from both or from one of them."""
    found = marks({"s": "13", "r": "16/7", "t": t})
    assert found["t"].why == "follow-through" and found["t"].evidence.endswith(f"continued from your own {names}")


def test_what_was_written_rounded_may_be_continued() -> None:
    """6.06 is 7·2.58 − 12: right from r as it was written down, though not from r as it is."""
    found = marks({"r": "2.58", "t": "6.06"})
    assert (found["r"].why, found["t"].why, found["t"].points) == ("rounded", "rounded", 4)
    assert found["t"].evidence.endswith("continued from your own r")
    assert marks({"t": "6.06"})["t"].why == "wrong"


def test_another_right_answer_is_continued_in_full() -> None:
    """The order of a set is free; what is computed from the student's own order is right."""
    changes = (("type: {number: {digits: 3}}\n    points: 2\n    must: s > 0", "type: set\n    points: 2"), ("answer: a + b\n", "answer: '[a, b]'\n"),
               ("answer: a*b", "answer: '[a, b, c]'"), ("answer: c/s\n", "answer: c/s[0]\n"), ("points: 3\n    mistakes:\n      - answer: s/c", "points: 3\n    follow: none\n    mistakes:\n      - answer: s[0]/c"),
               ("answer: c/s + 1", "answer: c/s[0] + 1"), ("u - s\n", "u - s[0]\n"), ("answer: u + s", "answer: u + s[0]"),
               ("s: a + b, r: c/(a + b), t: c/(a + b)*a - a - b", "s: '[a, b]', r: c/a, t: c - a"), ("c/(a + b)*a > a + b", "c > a"))
    found = marks({"s": "{5, 7}", "r": "31/5"}, *changes)
    assert (found["s"].why, found["r"].why, found["r"].points) == ("key", "rounded", 3)
    assert marks({"s": "{7, 5}", "r": "31/5"}, *changes)["r"].points == 0


def test_later_right_by_the_key_counts_after_anything() -> None:
    for s in ("13", "", "eleven or so", "0"):
        found = marks({"s": s, "r": "2.58"})
        assert (found["r"].why, found["r"].points) == ("rounded", 3)


def test_a_part_waits_for_an_unreadable_earlier_one() -> None:
    """Invalid is not wrong: 2.38 may be right from what the student meant."""
    found = marks({"s": "thirteen", "r": "2.38", "t": "6.08"})
    assert (found["s"].why, found["r"].why, found["t"].why) == ("unreadable", "undecided", "rounded")
    assert found["r"].open and found["r"].say == "A person will look at the answer to (a) first, then at this one."
    assert "not yet judged from the answer to s" in found["r"].evidence and found["r"].waits_for == ("s",)
    assert marks({"s": "thirteen"})["r"].why == "blank"  # nothing can be earned there


def test_only_what_can_still_rise_waits() -> None:
    """Full marks cannot be beaten; anything less can, were the earlier answer only rounded (6.06 is 7·2.58 − 12) or not."""
    found = marks({"s": "thirteen", "r": "2.58", "t": "6.08", "positive": "A"})
    assert [m.open for m in found.values()] == [True, False, False, False] and found["t"].points == 4
    for changes in ((), (("    follow: {points: 3}\n", "    follow: none\n"),)):
        assert marks({"r": "2.58 I think", "t": "6.06"}, *changes)["t"].waits_for == ("r",)
        assert marks({"r": "2.58", "t": "6.06"}, *changes)["t"].why == "rounded"
    found = marks({"s": "thirteen", "t": "30.08"})
    assert (found["t"].why, found["t"].points, found["t"].causes) == ("undecided", 2, ())  # a known mistake: so much it has for certain


def test_an_answer_that_is_not_settled() -> None:
    found = {m.part: m for m in mark_variant(draw_variant(question(), 0, {"a": 7, "b": 5, "c": 31}), {"r": "2.38"}, unsettled=["s"])}
    assert (found["s"].why, found["r"].waits_for) == ("undecided", ("s",))


def test_an_answer_at_the_edge_of_an_own_rounding() -> None:
    """With c = 20 no is right. An r of 1.71 says no too, but 1.7149, which is rounded to it, says yes: 12/7 lies between."""
    assert [marks({"r": r, "positive": "A"}, c=20)["positive"].why for r in ("1.71", "1.70", "1.72")] == ["follow-through", "wrong", "follow-through"]
    assert [marks({"r": r, "positive": "B"}, c=20)["positive"].why for r in ("1.71", "1.72")] == ["key", "key"]


PAIR = """\
title: A pair
topics: [testing]
minutes: 2
draw: {a: {value: 5}, b: {value: 6}}
text: Let $a = {{ a }}$, $b = {{ b }}$.
parts:
  - {name: v, ask: Divide both by 7., answer: "[a/7, b/7]", type: {vector: {size: 2, digits: 2}}, points: 1}
  - {name: which, ask: Which is larger?, answer: "'first' if v[0] > v[1] else 'second'", type: {choice: {first: the first, second: the second}}, points: 1}
check: {v: "[a/7, b/7]", which: "'first' if a > b else 'second'"}
"""


@pytest.mark.parametrize(("v", "why"), [("(1.2, 1.2)", "follow-through"), ("(1.2, 1.1)", "follow-through"), ("(1.2, 1.4)", "wrong")])
def test_own_numbers_are_rounded_each_for_itself(v: str, why: str) -> None:
    """1.21 and 1.19 are both written 1.2, and of those the first is larger."""
    variant = draw_variant(load_text(PAIR, Path("pair.yaml"), "tests/pair"), 0)
    assert mark_variant(variant, {"v": v, "which": "A"})[1].why == why


# ---- what buys nothing -----------------------------------------------------------------------

@pytest.mark.parametrize(("s", "r", "told"), [
    ("0.5", "62", None), ("-4", "-7.75", "s > 0 must hold"), ("-1/2", "-62", "s > 0 must hold"),
])
def test_an_answer_against_its_must(s: str, r: str, told: str | None) -> None:
    found = marks({"s": s, "r": r})
    if told is None:
        assert found["r"].why == "follow-through"
        return
    assert (found["r"].why, found["r"].points) == ("wrong", 0)
    assert told in found["r"].say and found["s"].say == "This cannot be, whatever the numbers: s > 0 must hold."


def test_what_follows_from_nothing_is_nothing_further_on() -> None:
    """r continues an impossible s and earns nothing; what continues r earns nothing either."""
    found = marks({"s": "-4", "r": "-7.75", "t": "-50.25"})
    assert (found["r"].points, found["t"].points) == (0, 0) and "s > 0" in found["t"].say


@pytest.mark.parametrize(("key", "own", "words"), [
    ("a + b", fmpq(1, 2), "a fraction, where a whole number"), ("a - 2*a", fmpq(0), "nothing is left to do"), ("a + b", fmpq(-3), ""),
])
def test_refused_answers(tiny: Any, key: str, own: fmpq, words: str) -> None:
    variant = draw_variant(tiny(), 1)
    part = variant.question.part("total")
    told = refused_answer(part, variant.kinds["total"], own, fmpq(5), variant.values)
    assert words in told if words else told == ""


def test_whole_numbers_in_vectors(tiny: Any) -> None:
    question = tiny(("answer: a + b", "answer: '[a, b]'"), ("type: integer\n    points: 1", "type: {vector: {size: 2, whole: true}}\n    points: 1"),
                    ("answer: a - b", "answer: '[b, a + 1]'"), ("total*a", "total[0]*a"), ("total: a + b", "total: '[a, b]'"), ("(a + b)*a", "a*a"))
    variant = draw_variant(question, 0, {"a": 4, "b": 5})
    found = {m.part: m for m in mark_variant(variant, {"total": "(4.5, 5)", "area": "18"})}
    assert found["area"].points == 0 and "whole numbers" in found["area"].say
    assert mark_variant(variant, {"total": "(6, 5)", "area": "24"})[1].why == "follow-through"


def test_a_copy_is_no_work(tiny: Any) -> None:
    """From an a·total that is what it was: the root of 1."""
    question = tiny(("answer: total*a", "answer: sqrt(total)"), ("type: integer\n    points: 2", "type: number\n    points: 2"), ("(a + b)*a", "(a + b)**0.5"))
    variant = draw_variant(question, 0, {"a": 5, "b": 6})
    assert [mark_variant(variant, {"total": t, "area": r})[1].points for t, r in (("1", "1"), ("9", "3"))] == [0, 2]


def test_the_key_has_to_keep_its_own_rule() -> None:
    with pytest.raises(DrawError, match="part s: the key 12 breaks its own rule, must: s > 20"):
        marks({}, ("must: s > 0", "must: s > 20"))


def test_faults_of_must_and_slip() -> None:
    for change, told in ((("must: s > 0", "must: t > 0"), "'t'"), (("must: s > 0", "must: s >"), "must"), (("minutes: 5", "minutes: 5\nslip: 2"), "from 0 to 1"),
                         (("minutes: 5", "minutes: 5\nslip: half"), "must be a number")):
        with pytest.raises(Problems, match=told):
            question(change)
    assert [f.text for f in question(("must: s > 0", "must: [s > 0, s < 100]")).part("s").must] == ["s > 0", "s < 100"]


# ---- mistakes --------------------------------------------------------------------------------

def test_a_mistake_after_a_carried_error() -> None:
    found = marks({"s": "13", "r": "0.419"})["r"]  # 13/31
    assert (found.why, found.points, found.causes) == ("mistake", 1, ("r/1",)) and "continued from your own s" in found.evidence


def test_two_mistakes_at_once_cost_both() -> None:
    """u = r + a instead of r·a, then u + s: 3 + 2 − 4 of the points are left."""
    found = marks({"t": "21.6"})["t"]
    assert (found.why, found.points, found.causes) == ("mistake", 1, ("t/1", "t/2"))
    assert found.say == "Two things went wrong. Multiply, do not add. Subtract the sum."


def test_a_mistake_in_a_part_left_blank_is_told_but_not_paid() -> None:
    found = marks({"r": "0.886"})["r"]  # 31/35
    assert (found.why, found.points, found.causes) == ("mistake", 0, ("s/1",))
    assert "(a), which was left blank. Add, do not multiply." in found.say
    both = marks({"r": "1.13"})["r"]  # 35/31
    assert both.causes == ("s/1", "r/1") and both.say.endswith("And here: That is upside down.")
    assert marks({"s": "35", "r": "0.886"})["r"].why == "follow-through"


def test_two_explanations_are_both_named_and_the_better_counts() -> None:
    """43/12 is c/s + 1 from the right sum, which earns nothing, and s/c from the student's own, which earns 1 point."""
    found = marks({"s": "1333/12", "r": "43/12"})["r"]
    assert (found.why, found.points) == ("mistake", 1) and set(found.causes) == {"r/1", "r/2"}
    assert "upside down" in found.say and "It may also be this: Nothing is to be added." in found.say


# ---- slips -----------------------------------------------------------------------------------

@pytest.mark.parametrize(("answer", "cause"), [
    ("-2.58", "sign"), ("25.8", "point"), ("0.0258", "point"), ("2.85", "digits"), ("5.28", "digits"), ("258.", "point"), ("2.59", ""), ("8.52", ""),
])
def test_slips_of_a_number(answer: str, cause: str) -> None:
    found = marks({"r": answer})["r"]
    assert found.causes == ((f"slip/{cause}",) if cause else ()) and (found.why, found.points) == ("wrong", 0)
    assert bool(found.say) == bool(cause)


def test_a_slip_keeps_the_share_that_the_question_sets() -> None:
    paid = ("minutes: 5", "minutes: 5\nslip: 1/2")
    assert marks({"r": "-2.58"}, paid)["r"].points == fmpq(3, 2)
    assert marks({"r": "0.387"}, paid)["r"].points == 1  # a known mistake has its own points
    assert marks({"s": "13", "r": "-2.38"}, paid)["r"].points == fmpq(3, 2)  # after a carried error too


@pytest.mark.parametrize(("answer", "cause"), [
    ("(9, 4, 31)", "entries"), ("(-4, 9, 31)", "sign"), ("(-4, -9, -31)", "sign"), ("(4, 9, 13)", "digits"), ("(40, 90, 310)", "point"),
    ("(4, 9, 3.1)", "point"), ("(9, 31, 4)", "entries"), ("(9, 9, 31)", ""), ("(4, -9, 3.1)", ""), ("(4, 9)", ""),
])
def test_slips_of_a_vector(tiny: Any, answer: str, cause: str) -> None:
    question = tiny(("answer: a + b", "answer: '[a, b, 31]'"), ("type: integer\n    points: 1", "type: vector\n    points: 1"), ("answer: a - b", "answer: '[a, a, a]'"),
                    ("total*a", "total[0]*a"), ("total: a + b", "total: '[a, b, 31]'"), ("(a + b)*a", "a*a"))
    found = mark_variant(draw_variant(question, 0, {"a": 4, "b": 9}), {"total": answer})[0]
    assert found.causes == ((f"slip/{cause}",) if cause else ())
    assert found.why == "wrong" and 0 <= found.points < 1


def test_right_entries_count_beside_a_slip(tiny: Any) -> None:
    question = tiny(("answer: a + b", "answer: '[a, b]'"), ("type: integer\n    points: 1", "type: vector\n    points: 1"), ("answer: a - b", "answer: '[a, a]'"),
                    ("total*a", "total[0]*a"), ("total: a + b", "total: '[a, b]'"), ("(a + b)*a", "a*a"))
    found = mark_variant(draw_variant(question, 0, {"a": 4, "b": 9}), {"total": "(4, -9)"})[0]
    assert found.points == fmpq(1, 2) and found.causes == ("slip/sign",) and found.say


def test_what_is_said_does_not_give_the_key_away() -> None:
    for answers in ({"r": "-2.58"}, {"r": "25.8"}, {"s": "13", "r": "2.38"}, {"s": "-4", "r": "-7.75"}, {"r": "0.886"}, {"r": "2.5"}):
        assert not [m for m in marks(answers).values() if any(key in m.say for key in ("31/12", "2.58", "2.6"))]


# ---- too few digits, or a mistake ------------------------------------------------------------

@pytest.mark.parametrize(("answer", "points", "why"), [
    ("0.89", fmpq(1, 2), "rounded"),  # 8/9 or the geometric mean, 0.8903, in two digits: both are named, the better-paid one counts
    ("0.890", 0, "mistake"),  # in the digits asked it is the geometric mean
    ("0.889", 1, "rounded"), ("0.8916", 0, "mistake"),
])
def test_what_fits_a_mistake_and_too_few_digits_is_paid_for_the_better(answer: str, points: Any, why: str) -> None:
    found = {m.part: m for m in examwright.mark(examwright.draw("lecture-deck/S06"), {"f1": answer})}["f1"]
    assert (found.points, found.why) == (points, why)
    if answer == "0.89":
        assert found.say.startswith("Too few digits. It may also be this: That is the geometric mean") and found.causes


# ---- counts of a mistake -----------------------------------------------------------------------

COUNTS = """\
title: Counts
topics: [testing]
minutes: 5
draw:
  size: {value: 300}
  epsilon: {value: 0.03}
let:
  bits: log2(size)
text: A class holds ${{ size }}$ hypotheses, and $\\varepsilon = {{ epsilon | decimal }}$.
parts:
  - name: L
    ask: Give its natural logarithm.
    answer: ln(size)
    type: {number: {digits: 4}}
    points: 1
  - name: m
    ask: How many examples are enough?
    let: {u: L}
    answer: ceil(u/epsilon)
    type: integer
    points: 2
    mistakes:
      - answer: ceil(L/epsilon**2)
        points: 1
        say: No square.
      - answer: ceil(bits/epsilon**2)
        points: 0.5
        say: The natural logarithm.
      - instead: {u: 60*L*L}
        say: Not that.
check: {L: "5.703782474656201", m: "191"}
"""


@pytest.mark.parametrize("typed, causes", [
    ("191", ()), ("190", ()), ("192", ()),  # the key is certain, and right only exactly
    ("6338", ("m/1",)), ("6337", ("m/1",)), ("6339", ("m/1",)), ("6336", ()), ("6340", ()), ("6338.5", ()),
    ("9143", ("m/2",)), ("9144", ("m/2",)), ("9142", ()), ("9145", ()),
    ("65067", ("m/3",)), ("65055", ("m/3",)), ("65030", ()), ("65100", ()),
])
def test_a_mistake_that_is_a_count_is_known_when_steps_were_rounded(typed: str, causes: tuple[str, ...]) -> None:
    variant = draw_variant(load_text(COUNTS, Path("counts.yaml"), "tests/counts"), 1)
    mark = mark_variant(variant, {"L": "5.704", "m": typed})[1]
    assert mark.causes == causes and (mark.points == 2) == (typed == "191")


def test_counts_of_a_mistake_from_a_wrong_own_answer() -> None:
    variant = draw_variant(load_text(COUNTS, Path("counts.yaml"), "tests/counts"), 1)
    for typed, causes in (("6889", ("m/1",)), ("6890", ("m/1",)), ("6888", ()), ("6892", ())):
        mark = mark_variant(variant, {"L": "6.200", "m": typed})[1]
        assert mark.causes == causes
    assert mark_variant(variant, {"L": "6.200", "m": "207"})[1].why == "follow-through"


@pytest.mark.parametrize("formula, what", [
    ("ceil(L*1.00462/epsilon)", "mistake 1 cannot be told from the key"),
    ("ceil(L/epsilon**2) + 2", "mistakes 1 and 2 cannot be told apart"),
])
def test_counts_of_mistakes_keep_apart_when_steps_are_rounded(formula: str, what: str) -> None:
    text = COUNTS.replace("ceil(bits/epsilon**2)", formula) if "apart" in what else COUNTS.replace("ceil(L/epsilon**2)", formula)
    with pytest.raises(DrawError, match=what + ".* honestly rounded"):
        draw_variant(load_text(text, Path("counts.yaml"), "tests/counts"), 1)
