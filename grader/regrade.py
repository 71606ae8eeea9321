"""Marking a whole class again, from what was issued, after a fix: `examwright regrade`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.generator import wording
from examwright.generator.bank import find_item
from examwright.generator.chain import ChainError, value_of
from examwright.generator.errors import ExamwrightError, nearest, short_path
from examwright.generator.formula import FormulaError
from examwright.generator.index import id_of
from examwright.generator.load import find, load_text
from examwright.generator.question import Question
from examwright.generator.store import StoredItem
from examwright.grader.amend import accepted_formula, describe, drawn_as_issued
from examwright.grader.collect import Finder
from examwright.grader.grade import Progress, carry_out
from examwright.grader.papers import keys_of, mark_papers, rules_of, variant_of
from examwright.grader.records import Change, Entry, Graded, Hand, Record, with_entry
from examwright.solvers.arithmetic import to_text


@dataclass(frozen=True)
class Fixes:
    """What `regrade` is told, as typed: `questions` "FILE" or "ID=FILE", the others "ITEM=…", `void` "ITEM"; `withdraw` numbers
    of amendments. `redo_hand`: where marking by rule gives a mark, it takes the place of a person's."""

    questions: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    accept_formula: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    student: str | None = None
    withdraw: tuple[int, ...] = ()
    redo_hand: bool = False


@dataclass
class Regraded:
    """The marks as they are now (or would be), the amendments that are new, and `kept`: marks of a person where marking by
    rule gives other points."""

    graded: Graded
    added: list[str]
    kept: list[Change]


def regrade(exam: Path, why: str, fixes: Fixes, dry: bool = False, out: Path | None = None, jobs: int | None = None,
            progress: Progress | None = None) -> Regraded:
    """Mark the whole class again, with the fixes and all amendments in force; record what changes, and why. A dry run only
    works it out. Nobody's paper changes. Raises ExamwrightError, and then nothing is recorded."""
    if not why.strip():
        raise ExamwrightError("A regrade needs a reason: it is kept with each mark that changes.")
    result = Regraded(Graded([], [], {}), [], [])

    def entry(record: Record) -> Entry:
        if not record.last:
            raise ExamwrightError(f"{short_path(exam)}: nothing is marked yet. 'examwright grade' comes first.")
        found = _entry(record, why.strip(), fixes)
        result.added = [describe(c) for c in found.amendments]
        result.kept = _overruled(with_entry(record, found), jobs)
        if fixes.redo_hand:
            found.hands = [replace(record.hands[c.after.place], points=None) for c in result.kept]
            result.kept = []
        return found

    result.graded = carry_out(exam, entry, out or exam / "marks.csv", jobs, progress, everything=True, dry=dry)
    return result


def _overruled(record: Record, jobs: int | None) -> list[Change]:
    """Where a person's points differ from those that marking by rule gives: (the person's mark, the other)."""
    hands = {place: h for place, h in record.hands.items() if h.points is not None and place in record.marks}
    without: dict[Any, Hand] = {place: replace(h, points=None) for place, h in hands.items()}
    todo = {(who, number) for who, number, _ in hands}
    by_rule = {m.place: m for found in mark_papers(replace(record, hands={**record.hands, **without}), todo, jobs) for m in found}
    out = []
    for place in sorted(hands):
        old, new = record.marks[place], by_rule[place]
        if hands[place].raw == new.mark.raw and not new.mark.open and new.mark.why != "void" and new.points != old.points:
            out.append(Change(old, new, "given by a person"))
    return out


def _entry(record: Record, why: str, fixes: Fixes) -> Entry:
    """What the fixes add; those that are in force already add nothing."""
    for number in fixes.withdraw:
        if not 1 <= number <= record.last_amendment:
            known = ", ".join([f"{n} ({describe(a.content)})" for n, a in record.amendments.items()])
            raise ExamwrightError(f"There is no amendment {number}. " + (f"In force: {known}." if known else "None is in force."))
    entry = Entry("regrade", why, withdraws=[n for n in record.amendments if n in fixes.withdraw])
    base = with_entry(record, entry)
    contents = [content for text in fixes.questions for content in _corrections(base, text)]
    amended = replace(base, amendments=with_entry(base, Entry("regrade", why, amendments=contents)).amendments)
    builder = _Builder(amended, fixes.student)
    for option, texts in (("--accept", fixes.accept), ("--accept-formula", fixes.accept_formula), ("--points", fixes.points),
                          ("--void", fixes.void)):
        contents += [builder.content(option, text) for text in texts]
    in_force = [a.content for a in base.amendments.values()]
    entry.amendments = [c for i, c in enumerate(contents) if c not in in_force and c not in contents[:i]]
    return entry


# ---- a corrected question file --------------------------------------------------------------


def _corrections(record: Record, text: str) -> list[dict[str, Any]]:
    """The amendments of a corrected question file (one for each issued text that it corrects), tried on every paper that has
    the question. Raises ExamwrightError where it does not fit what was issued."""
    question_id, equals, name = text.rpartition("=")
    pinned = None if name.endswith((".yaml", ".yml")) else find_item(name)
    path = find(pinned.question if pinned else name)
    question_id = question_id if equals else id_of(path)
    issued = [sha for sha, (known, _, _) in record.sources.items() if known == question_id]
    if not issued:
        ids = sorted({known for known, _, _ in record.sources.values()})
        raise ExamwrightError(f"No paper of this exam has the question {question_id!r}. {nearest(question_id, ids, 0)}".strip() + f" If {short_path(path)} "
                              "corrects one of them, write --question ID=FILE. Questions: " + ", ".join(ids) + ".")
    question = load_text(None, path, question_id)
    return [{"do": "question", "of": sha, "id": question_id, "file": path.name, "source": question.source,
             "keys": _keys(question, path, [i for items in record.items.values() for i in items if i.question == sha])} for sha in issued]


def _keys(question: Question, path: Path, items: Iterable[StoredItem]) -> dict[str, dict[str, Any]]:
    """Student → number of the item → part → the key that the corrected file gives."""
    where = f"{short_path(path)} does not fit the papers"
    keys: dict[str, dict[str, Any]] = {}
    for item in items:
        later = set(question.orders_as_written) - set(item.draws)  # this paper has the options as they are written
        _fits(item, set(question.draw_names) - later, {p.name for p in question.parts}, where)
        try:
            variant = drawn_as_issued(question, item)
        except ExamwrightError as error:
            raise ExamwrightError(f"{where}: with the numbers of {item.student}, item {item.number}: {error}") from None
        _same_options(item, variant, where)
        keys.setdefault(item.student, {})[str(item.number)] = keys_of(variant)
    return keys


def _fits(item: StoredItem, draws: set[str], parts: set[str], where: str) -> None:
    """The corrected file draws what was drawn and asks what was asked."""
    for what, issued, now in (("part", {name for name, _, _ in item.parts}, parts), ("draw", set(item.draws), draws)):
        missing = sorted(issued - now)
        if missing:
            raise ExamwrightError(f"{where}: it has no {what} {missing[0]!r}, which {item.student} has (item {item.number}). "
                                  f"{nearest(missing[0], now)}")
        if what == "draw" and now - issued:
            raise ExamwrightError(f"{where}: it draws {sorted(now - issued)[0]!r}, which was not drawn for them. A value that is the same for "
                                  "all belongs under 'let'.")


def _same_options(item: StoredItem, variant: Any, where: str) -> None:
    """Options stand under the letters that were printed."""
    for shown in item.shown["parts"]:
        then = [o["id"] for o in shown.get("options", ())]
        kind = wording.kind_of(variant, variant.question.part(shown["name"]))
        now = [option for option, _ in kind.options]
        if then != now:
            raise ExamwrightError(f"{where}: part {shown['name']} was printed with the options {', '.join(then) or 'none'}, in this order; the file "
                                  f"has {', '.join(now) or 'none'}.")


# ---- one part -------------------------------------------------------------------------------


class _Builder:
    """Makes amendments of one part from what was typed."""

    def __init__(self, record: Record, student: str | None):
        self.record, self.find, self.rules = record, Finder(record.items), rules_of(record)
        self.student = None
        if student is not None:
            self.student = self.find.student(student)
            if self.student is None:
                raise ExamwrightError(f"--student: there is no student {student!r} in this exam. {nearest(student, record.items, 0)}".strip())

    def content(self, option: str, text: str) -> dict[str, Any]:
        """The amendment of one option. Raises ExamwrightError."""
        label, equals, value = text.partition("=")
        value = value.strip()
        if option == "--void":
            label, value = text, ""
        elif not equals or not value:
            raise ExamwrightError(f"{option} {text!r} is not ITEM=" + ("N." if option == "--points" else "ANSWER."))
        at, items = self.located(option, label.strip())
        content: dict[str, Any] = {"do": option.removeprefix("--").removesuffix("-formula"), "at": at, "student": self.student}
        if option == "--points":
            if not re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,6}|/[1-9][0-9]{0,5})?", value):
                raise ExamwrightError(f"--points {text!r}: {value!r} is no number of points. Write it as 2, 1.5 or 1/2.")
            whole, _, bottom = value.replace(",", ".").partition("/")
            digits = whole.partition(".")[2]
            content["points"] = to_text(fmpq(int(whole.replace(".", "")), 10 ** len(digits) * int(bottom or 1)))
        elif option == "--accept":
            content["text"] = value
        elif option == "--accept-formula":
            content["formula"] = value
            self.check_formula(content, items)
        return content

    def located(self, option: str, label: str) -> tuple[dict[str, Any], list[StoredItem]]:
        """The part that a label names, the same one on every paper, and the items that have it."""
        found: dict[tuple[str, str], dict[str, tuple[int, StoredItem]]] = {}
        for who in [self.student] if self.student else self.record.items:
            place = self.find.place(who, label)
            if place is not None:
                item = next(i for i in self.record.items[who] if i.number == place[1])
                found.setdefault((item.name, place[2]), {})[who] = (place[1], item)
        if not found:
            names = {f"{i.name}/{part}" for items in self.record.items.values() for i in items for part, _, _ in i.parts}
            raise ExamwrightError(f"{option}: no paper has an item {label!r}. {nearest(label, names, 0)}".strip())
        if len(found) > 1:
            names = {f"{question}/{part}" for question, part in found}
            raise ExamwrightError(f"{option}: {label} is not the same on all papers. Name it by its question: {', '.join(sorted(names))}.")
        (question, part), places = next(iter(found.items()))
        several = any([sum(i.name == question for i in self.record.items[who]) > 1 for who in places])
        numbers = {number for number, _ in places.values()}
        at = {"question": question, "part": part, "number": numbers.pop() if several else None}
        return at, [item for _, item in places.values()]

    def check_formula(self, content: dict[str, Any], items: Iterable[StoredItem]) -> None:
        """Has the formula a value of the right kind, for the numbers of one paper at least?"""
        reason = ""
        for item in items:
            variant = variant_of(item, self.rules)
            try:
                formula = accepted_formula(content, variant, self.rules.notation)
            except FormulaError as error:
                raise ExamwrightError(f"--accept-formula: {content['formula']}: {error.message.rstrip('.')}. {error.hint}".strip()) from None
            assert formula is not None
            unknown = [name for name in formula.names if name not in variant.values]
            if unknown:
                raise ExamwrightError(f"--accept-formula: {content['formula']}: there is no value {unknown[0]!r} in {variant.question.id}. "
                                      f"{nearest(unknown[0], variant.values, 30)}")
            part = content["at"]["part"]
            try:
                fault = variant.kinds[part].key_fault(value_of(part, formula, variant.values))
                fault = fault and f"it {fault}"
            except ChainError as error:
                fault = str(error)
            if fault is None:
                return
            reason = reason or f"for {item.student} {fault}"
        raise ExamwrightError(f"--accept-formula: {content['formula']} is no answer to this part on any paper: {reason}.")
