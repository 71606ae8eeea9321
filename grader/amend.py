"""Amendments: what an instructor decided about an issued exam after the fact, applied when papers are marked.

An amendment is plain JSON, kept for good in exam.db. Its `do` is one of

    question  a corrected question file, to be applied to the numbers that were issued
    accept    another answer that is right too, as a text or as a formula over the chain
    points    other full points for a part
    void      full points for everybody

All but the first have `at`: {question: as printed in the plan, part, number: of the item, null for any}, and `student`
(null: the whole class).
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flint import fmpq

from examwright.answers.phrases import Said, phrase
from examwright.answers.reader import Ambiguous, Blank, Notation, Unreadable
from examwright.generator import wording
from examwright.generator.chain import value_of
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError
from examwright.generator.exam import share_points
from examwright.generator.formula import Formula, parse
from examwright.generator.question import Question, Variant
from examwright.generator.store import StoredItem
from examwright.generator.vocabulary import exact_functions
from examwright.grader.mark import Mark, mark_variant
from examwright.grader.records import Amendment, number_text
from examwright.solvers.arithmetic import fmpq_of


def describe(content: Mapping[str, Any]) -> str:
    """An amendment in a few words."""
    if content["do"] == "question":
        return f"{content['id']} corrected ({content['file']})"
    at = content["at"]
    where = f"{at['question']}/{at['part']}" + (f" (item {at['number']})" if at["number"] else "")
    what = {"accept": lambda: f"also right: {content['text']!r}" if "text" in content else f"also right: {content['formula']}",
            "points": lambda: f"{number_text(fmpq_of(content['points']))} points", "void": lambda: "full points for everybody"}[content["do"]]()
    return f"{where}: {what}" + (f", for {content['student']}" if content["student"] else "")


def concerns(content: Mapping[str, Any], item: StoredItem, part: str | None = None) -> bool:
    """Does an amendment change how an item (or one part of it) is marked?"""
    if content["do"] == "question":
        return bool(content["of"] == item.question)
    at = content["at"]
    return (at["question"] == item.name and at["number"] in (None, item.number) and content["student"] in (None, item.student)
            and part in (None, at["part"]))


def drawn_as_issued(question: Question, item: StoredItem, check: bool = True) -> Variant:
    """The variant of a question with the numbers, parts and digits of an issued item. Raises DrawError, Disagreement."""
    return draw_variant(question, item.seed, {**question.orders_as_written, **item.draws}, [name for name, _, _ in item.parts], item.carry, check)


def points_of(item: StoredItem, variant: Variant, amendments: Iterable[Amendment]) -> dict[str, fmpq]:
    """Part → its full points on this paper. Where a corrected file changes the points of its parts, a question whose points
    the plan had set keeps them and shares them anew; another one has the points of the file."""
    points = {name: worth for name, _, worth in item.parts}
    printed = {p["name"]: p["points"] for p in item.shown["parts"]}
    now = {p.name: wording.plain_number(p.points) for p in variant.parts}
    if now != printed:
        parts = [variant.question.part(name) for name in points]
        scaled = {n: wording.plain_number(w) for n, w in points.items()} != printed
        shares = share_points(item.points, [p.points for p in parts]) if scaled else [p.points for p in parts]
        points = dict(zip(points, shares))
    for amendment in amendments:
        if amendment.content["do"] == "points" and concerns(amendment.content, item):
            points[amendment.content["at"]["part"]] = fmpq_of(amendment.content["points"])
    return points


def mark_amended(item: StoredItem, variant: Variant, texts: Mapping[str, str], raw: Mapping[str, str], notation: Notation,
                 fewer_digits: fmpq, amendments: Iterable[Amendment]) -> dict[str, Mark]:
    """Part → its mark, with the answers that are accepted too and the parts that were taken out. `texts` are marked: what
    was typed (`raw`), or what a person read in it; a part that has none of them though something was typed waits for a
    person. From an answer that is accepted the later parts are marked as from the key; of the two the better mark counts."""

    def marked(variant: Variant, texts: Mapping[str, str]) -> dict[str, Mark]:
        unsettled = [name for name, typed in raw.items() if typed.strip() and name not in texts]
        return {m.part: m for m in mark_variant(variant, texts, notation, fewer_digits, unsettled)}

    marks = marked(variant, texts)
    here = [a for a in amendments if a.content["do"] != "question" and concerns(a.content, item)]
    for amendment in here:
        name = amendment.content["at"]["part"]
        mark = marks[name]
        if amendment.content["do"] != "accept" or not raw[name].strip() or mark.points == mark.of:
            continue
        other = _accepting(amendment.content, item, variant, notation)
        found = marked(other, texts) if other is not None else {}
        if other is not None and found[name].points == mark.of:
            variant = other
        elif _words(raw[name]) == _words(amendment.content.get("text", "")):  # as if the key stood there
            texts = {**texts, name: key_as_typed(variant, name)}
            found = marked(variant, texts)
        else:
            continue
        marks = {n: max(m, found[n], key=lambda m: (m.points, not m.open)) for n, m in marks.items()}
        marks[name] = _settled(mark, "accepted", f"accepted too since amendment {amendment.number}: {amendment.why}", "")
    for amendment in here:
        if amendment.content["do"] == "void":
            mark = marks[amendment.content["at"]["part"]]
            marks[mark.part] = _settled(mark, "void", f"amendment {amendment.number}: {amendment.why}",
                                       phrase("Everybody has full points for this part."))
    return marks


def _settled(mark: Mark, why: str, evidence: str, say: Said) -> Mark:
    return dataclasses.replace(mark, points=mark.of, why=why, evidence=evidence, say=say, causes=(), waits_for=())


def key_as_typed(variant: Variant, name: str) -> str:
    """The key of a part as a student would type it, rounded as asked; "" for a part that is marked by hand."""
    part = variant.question.part(name)
    return "" if part.formula is None else str(wording.kind_of(variant, part).rounded(variant.values[name]))


def _accepting(content: Mapping[str, Any], item: StoredItem, variant: Variant, notation: Notation) -> Variant | None:
    """The variant whose key is the accepted answer; None where that is no answer to this variant."""
    name = content["at"]["part"]
    try:
        formula = accepted_formula(content, variant, notation)
        if formula is None:
            return None
        return drawn_as_issued(variant.question.with_answer(name, formula), item, check=False)
    except ExamwrightError:
        return None


def accepted_formula(content: Mapping[str, Any], variant: Variant, notation: Notation) -> Formula | None:
    """The accepted answer as a formula; None for a text that is no answer of the part's kind."""
    if "formula" in content:
        return _parsed(content["formula"])
    part = variant.question.part(content["at"]["part"])
    kind = wording.kind_of(variant, part)
    if kind.manual:
        return None
    try:
        value = kind.value(kind.read(content["text"], notation))
    except (Ambiguous, Unreadable, Blank):
        return None
    return Formula(content["text"], _constant(value), {})


def accepted_later(amendments: Iterable[Amendment], item: StoredItem, variant: Variant, name: str, notation: Notation) -> list[str]:
    """What amendments accept besides the key of a part, as a student would type it: the words, or what a formula gives for
    the numbers of this paper."""
    kind = wording.kind_of(variant, variant.question.part(name))
    found: list[str] = []
    for content in [a.content for a in amendments if a.content["do"] == "accept" and concerns(a.content, item, name)]:
        if "text" in content:
            found.append(content["text"])
            continue
        with contextlib.suppress(ExamwrightError):  # a formula may have no value for some papers
            value = value_of(name, _parsed(content["formula"]), variant.values)
            if kind.key_fault(value) is None:
                found.append(kind.rounded(value))
    return found


def _constant(value: Any) -> Callable[[Any], Any]:
    return lambda values: value


@functools.lru_cache(maxsize=256)
def _parsed(text: str) -> Formula:
    return parse(text, exact_functions())


def _words(text: str) -> str:
    """A text without what does not matter: case and spaces."""
    return " ".join(text.casefold().split())
