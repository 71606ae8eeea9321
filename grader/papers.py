"""One student's paper, marked as it was issued: from its stored text and numbers, with what was amended since and what
a person decided."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.answers.phrases import joined, phrase
from examwright.answers.reader import Ambiguous, Blank, Notation, Unreadable
from examwright.generator import wording
from examwright.generator.errors import ExamwrightError
from examwright.generator.exam import stored
from examwright.generator.load import load_text
from examwright.generator.processes import pool
from examwright.generator.question import Part, Question, Variant
from examwright.generator.store import StoredItem
from examwright.grader.amend import drawn_as_issued, key_as_typed, mark_amended, points_of
from examwright.grader.mark import Mark
from examwright.grader.records import HELD, Amendment, Cell, Hand, Marked, Place, Record

Answers = Mapping[Place, list[tuple[str, Cell]]]


@dataclasses.dataclass(frozen=True)
class Rules:
    """What all papers of an exam are marked by: the issued questions (sha256 → id, file, text), how numbers are written,
    what fewer digits than asked earn, the amendments in force."""

    sources: Mapping[str, tuple[str, str, str]]
    notation: Notation
    fewer_digits: fmpq  # what a right answer in fewer digits than asked earns
    amendments: tuple[Amendment, ...] = ()


def rules_of(record: Record) -> Rules:
    """The rules of an exam as recorded."""
    return Rules(record.sources, notation_of(record.about), fewer_digits_of(record.about), tuple(record.amendments.values()))


def notation_of(about: Mapping[str, str]) -> Notation:
    """How numbers were to be written in this exam, from the stored plan."""
    plan = stored(about["plan"])
    return Notation(plan.decimal_comma, plan.log_base)


def fewer_digits_of(about: Mapping[str, str]) -> fmpq:
    """What a right answer in fewer digits than asked earns in this exam, from the stored plan."""
    return stored(about["plan"]).fewer_digits


# ---- the variant that was printed -----------------------------------------------------------

_loaded: dict[str, Question] = {}  # by the hash of its text


def question_of(sha: str, question_id: str, file: str, text: str) -> Question:
    """The question of a stored text. Raises ExamwrightError if that is not what was stored."""
    found = _loaded.get(sha)
    if found is None:
        if hashlib.sha256(text.encode()).hexdigest() != sha:
            raise ExamwrightError(f"exam.db: the stored text of {question_id} has been changed.")
        found = _loaded[sha] = load_text(text, Path(file), question_id)
    return found


def keys_of(variant: Variant) -> dict[str, Any]:
    """Part → its exact key as JSON, as `wording.as_json` has it; None for a part that is marked by hand."""
    return {p.name: None if p.formula is None else wording.exact_json(wording.kind_of(variant, p).exact(variant.values[p.name]))
            for p in variant.parts}


def issued(item: StoredItem, sources: Mapping[str, tuple[str, str, str]]) -> Variant:
    """The variant that was printed, from its stored question text and numbers. Raises ExamwrightError if this
    version of the solvers computes other values than were issued."""
    variant = drawn_as_issued(question_of(item.question, *sources[item.question]), item)
    then = {p["name"]: None if p["key"] is None else p["key"]["exact"] for p in item.shown["parts"]}
    _same_keys(item, variant, then)
    return variant


def _same_keys(item: StoredItem, variant: Variant, then: Mapping[str, Any]) -> None:
    for part, now in keys_of(variant).items():
        if part in then and now != then[part]:
            raise ExamwrightError(
                f"{item.student}, item {item.number}, part {part} of {variant.question.id}: the key on record is {then[part]}, this "
                f"version of Examwright computes {now}. Nothing was marked. If the new one is right, "
                f"'examwright regrade --question {variant.question.id} --why …' marks by it.")


def variant_of(item: StoredItem, rules: Rules) -> Variant:
    """The variant by which an issued item is marked: as printed, or with the keys and mistakes of the latest corrected
    question file. Raises ExamwrightError as `issued` does."""
    fix = _fix(item, rules)
    if fix is None:
        return issued(item, rules.sources)
    sha = hashlib.sha256(fix["source"].encode()).hexdigest()
    variant = drawn_as_issued(question_of(sha, fix["id"], fix["file"], fix["source"]), item)
    _same_keys(item, variant, fix["keys"].get(item.student, {}).get(str(item.number), {}))
    return variant


def _fix(item: StoredItem, rules: Rules) -> dict[str, Any] | None:
    found = None
    for amendment in rules.amendments:
        if amendment.content["do"] == "question" and amendment.content["of"] == item.question:
            found = amendment.content
    return found


# ---- marking --------------------------------------------------------------------------------


def mark_papers(record: Record, todo: Iterable[tuple[str, int]], jobs: int | None = None) -> Iterable[list[Marked]]:
    """The marks of the papers' items that are named (student, number), a list for each student. Raises ExamwrightError."""
    wanted: dict[str, set[int]] = {}
    for who, number in todo:
        wanted.setdefault(who, set()).add(number)
    answers: dict[str, dict[Place, list[tuple[str, Cell]]]] = {}
    for place, cells in record.answers.items():
        answers.setdefault(place[0], {})[place] = cells
    hands: dict[str, dict[Place, Hand]] = {}
    for place, hand in record.hands.items():
        hands.setdefault(place[0], {})[place] = hand
    tasks = [([i for i in record.items[who] if i.number in numbers], answers.get(who, {}), hands.get(who, {}))
             for who, numbers in sorted(wanted.items())]
    rules = rules_of(record)
    jobs = min(jobs or os.cpu_count() or 1, max(1, len(tasks) // 20))
    if jobs == 1:
        for task in tasks:
            yield mark_paper(*task, rules)
        return
    with pool(jobs, _share, (rules,)) as workers:
        yield from workers.map(_mark, tasks, chunksize=5)


_shared: list[Rules] = []  # of a worker process


def _share(rules: Rules) -> None:
    _shared[:] = [rules]


def _mark(task: tuple[list[StoredItem], Answers, dict[Place, Hand]]) -> list[Marked]:
    items, answers, hands = task
    return mark_paper(items, answers, hands, _shared[0])


def mark_paper(items: Iterable[StoredItem], answers: Answers, hands: Mapping[Place, Hand], rules: Rules) -> list[Marked]:
    """The marks of one student's items."""
    return [m for item in items for m in _mark_item(item, answers, hands, rules)]


def _mark_item(item: StoredItem, answers: Answers, hands: Mapping[Place, Hand], rules: Rules) -> list[Marked]:
    variant = variant_of(item, rules)
    raw: dict[str, str] = {}
    texts: dict[str, str] = {}  # what is marked: as typed, or as a person read it
    decided: dict[str, Hand] = {}
    for part in variant.parts:
        place = (item.student, item.number, part.name)
        found = [cell.raw for _, cell in answers.get(place, ())]
        once = {text.strip() for text in found}
        raw[part.name] = found[0] if len(once) == 1 else " | ".join([t.strip() for t in found])
        hand = hands.get(place)
        if hand is not None and hand.raw == raw[part.name]:  # a person's decision is about one text
            decided[part.name] = hand
        if part.name in decided and decided[part.name].means is not None:
            texts[part.name] = str(decided[part.name].means)
        elif len(once) < 2:
            texts[part.name] = raw[part.name]
    marks = _marks(item, variant, texts, raw, decided, rules)
    points = points_of(item, variant, rules.amendments)
    out: list[Marked] = []
    for name, label, _ in item.parts:
        part, of = variant.question.part(name), points[name]
        mark, waits = dataclasses.replace(marks[name], raw=raw[name]), ""
        if mark.waits_for:
            held = any([m.mark.open for m in out if m.mark.part in mark.waits_for])
            waits = HELD if held else "undecided"
            if not held:
                mark = dataclasses.replace(mark, say=phrase("A person will look at this answer."), evidence=f"{mark.evidence}, which was given points, "
                                           "but nobody has said what it means")
        elif mark.open and name not in texts:
            mark, waits = dataclasses.replace(mark, evidence="answered more than once, differently"), "duplicate"
        elif mark.open:
            waits = _doubt(variant, part, texts[name], rules.notation)
        if name in decided and mark.why != "void":
            mark = _by_hand(mark, decided[name])
            waits = waits if mark.open else ""
        scale = of / part.points if part.points else fmpq(0)
        out.append(Marked(item.student, f"{item.number}{label}", item.name, mark, mark.points * scale, of, 0, item.number,
                          "", _key(variant, part), waits))
    return out


def _marks(item: StoredItem, variant: Variant, texts: Mapping[str, str], raw: Mapping[str, str], decided: Mapping[str, Hand],
           rules: Rules) -> dict[str, Mark]:
    """Part → its mark by rule. An answer that cannot be read and that a person gave full points is the key where nothing else
    is right: later parts are marked from that, and need not wait."""

    def marked(texts: Mapping[str, str]) -> dict[str, Mark]:
        return mark_amended(item, variant, texts, raw, rules.notation, rules.fewer_digits, rules.amendments)

    marks = marked(texts)
    right = {n: marks[n] for n, hand in decided.items()
             if marks[n].open and not marks[n].waits_for and hand.scaled(marks[n].of) == marks[n].of and _one_key(variant, n)}
    return {**marked({**texts, **{n: key_as_typed(variant, n) for n in right}}), **right} if right else marks


def _one_key(variant: Variant, name: str) -> bool:
    """Is the key the only right answer, rounding aside?"""
    part = variant.question.part(name)
    return not (part.formula is None or part.accept or part.accept_if or variant.kinds[name].equivalents(variant.values[name]))


def _by_hand(mark: Mark, hand: Hand) -> Mark:
    """The mark that a person gave, or the mark of what a person read."""
    points = hand.scaled(mark.of)
    if points is not None:
        return dataclasses.replace(mark, points=points, why="hand", read=hand.means or mark.read,
                                   evidence="marked by a person", say=hand.comment, causes=(), waits_for=())
    if hand.means is None:  # a comment only
        return mark
    return dataclasses.replace(mark, evidence=joined(phrase("read by a person as {text}", text=hand.means), mark.evidence),
                               comment=hand.comment)


def _doubt(variant: Variant, part: Part, text: str, notation: Notation) -> str:
    """Why an answer waits: by hand, unreadable, ambiguous or undecided."""
    kind = wording.kind_of(variant, part)
    if kind.manual:
        return "by hand"
    try:
        kind.read(text, notation)
    except Ambiguous:
        return "ambiguous"
    except (Unreadable, Blank):
        return "unreadable"
    return "undecided"


def _key(variant: Variant, part: Part) -> str:
    return wording.part_solution(variant, part) if part.formula is None else key_as_typed(variant, part.name)
