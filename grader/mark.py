"""Marking a chain: by the key, by the student's own earlier answers, by the known mistakes.

Each part is explained by the chain with the key's values, then by the chain continued from what the student answered
before (error carried forward). The explanation that pays best counts: never more than full marks, never less than by
the key alone, and one more right answer never lowers the total.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import Kind
from examwright.answers.reader import Ambiguous, Blank, Notation, Unreadable
from examwright.generator import wording
from examwright.generator.chain import ChainError, dependents, holds, rerun, value_of
from examwright.generator.errors import ExamwrightError, nearest
from examwright.generator.question import Part, Question, Variant
from examwright.grader.explain import Answer, Explanation, Run, explain
from examwright.grader.guards import refused_answer, refused_continuation
from examwright.solvers.arithmetic import Undecided

WHY = ("key", "rounded", "follow-through", "mistake", "wrong", "blank", "unreadable", "undecided")
MOST_SETS = 8  # sets of own earlier answers that are tried for one part


@dataclass(frozen=True)
class Mark:
    """What one part earned, and why. `read` is how the answer was understood, `evidence` what the
    verdict rests on, `say` what the student is told. `open` marks wait for a person. `causes` names what went wrong, the
    cause that counted first: "theta/2" is mistake 2 of part theta, "slip/sign" a slip of the pen."""

    part: str
    points: fmpq
    of: fmpq
    why: str
    read: str
    evidence: str
    say: str
    raw: str
    causes: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """True if a person has to look at the answer."""
        return self.why in ("unreadable", "undecided")

    def as_json(self) -> dict[str, Any]:
        """The mark as `mark --json` prints it."""
        return {"part": self.part, "points": wording.plain_number(self.points), "of": wording.plain_number(self.of),
                "why": self.why, "read": self.read, "say": self.say, "evidence": self.evidence, "raw": self.raw,
                "causes": list(self.causes)}


def mark_variant(variant: Variant, answers: Mapping[str, str], notation: Notation | None = None) -> list[Mark]:
    """The marks of all parts of a variant, in order. `answers` maps part names to what was typed; a
    part that is missing is blank. Raises ExamwrightError for a name that is no part."""
    names = [p.name for p in variant.parts]
    for name in answers:
        if name not in names:
            raise ExamwrightError(f"{variant.question.id} has no part {name!r}. {nearest(name, names)}")
    marker = _Marker(variant, notation or Notation())
    return [marker.mark(part, answers.get(part.name, "")) for part in variant.parts]


@dataclass(frozen=True)
class _Own:
    """An earlier answer: its exact value, and the enclosure of what it may be a rounding of."""

    value: Any
    enclosed: Any


class _Marker:
    """Marks the parts of one variant in order and remembers the student's own answers."""

    def __init__(self, variant: Variant, notation: Notation):
        self.variant = variant
        self.notation = notation
        self.right: dict[str, _Own] = {}
        self.wrong: dict[str, _Own] = {}
        self.blank: tuple[Part, ...] = ()
        self.waiting: list[str] = []  # parts whose answers wait for a person

    def mark(self, part: Part, raw: str) -> Mark:
        kind = wording.kind_of(self.variant, part)

        def result(why: str, read: str = "", evidence: str = "", say: str = "") -> Mark:
            if why == "blank":
                self.blank = (*self.blank, part)
            else:
                self.waiting.append(part.name)
            return Mark(part.name, fmpq(0), part.points, why, read, evidence, say, raw)

        if not raw.strip():
            return result("blank", say="No answer was given.")
        if kind.manual:
            return result("undecided", raw.strip(), say="This part is marked by hand.")
        try:
            typed = kind.read(raw, self.notation)
        except Blank:
            return result("blank", say="No answer was given.")
        except Unreadable as error:
            return result("unreadable", evidence=str(error), say=f"The answer could not be read: {error}")
        except Ambiguous as error:
            return result("undecided", evidence=str(error), say=f"The answer can be read in two ways: {error}")
        read = kind.show(typed)
        try:
            best = self.explained(part, kind, typed)
        except Undecided as error:
            return result("undecided", read, str(error), "A person will look at this answer.")
        own = _Own(kind.value(typed), kind.enclosed(typed))
        if best.why in ("key", "rounded") and best.points == part.points:
            self.right[part.name] = own
        else:
            self.wrong[part.name] = own
        return Mark(part.name, best.points, part.points, best.why, read, best.evidence, best.say, raw, best.causes)

    def explained(self, part: Part, kind: Kind, typed: Any) -> Explanation:
        """The explanation that counts. Raises Undecided where a person has to look."""
        variant = self.variant
        answer = Answer(kind, typed, variant.values[part.name])
        key = Run(variant, part, variant.values[part.name], variant.values, part.points)
        found = explain(key, answer, self.blank)
        if found[0].why in ("key", "rounded") and found[0].points == part.points:
            return found[0]
        for run, depth in self.runs(part, kind):
            if run.full <= max([e.points for e in found]) and depth > 0:
                continue
            try:
                more = explain(run, answer, depth=depth)
            except Undecided:
                if run.full > max([e.points for e in found]) and not run.refused:
                    raise
                continue
            found += more
            if more and more[0].points == run.full:
                break
        best = _chosen(found)
        later = [n for n in self.waiting if part.name in dependents(variant.question, n)]
        if later and best.points < part.follow.points:
            places = wording.places(variant, later)
            return replace(best, why="undecided", evidence=f"{best.evidence}; not yet judged from the answer to {', '.join(later)}",
                           say=f"A person will look at the answer to {places} first, then at this one.")
        if best.why == "wrong" and not best.say:
            for rule in part.must:
                if not holds(rule, {**variant.values, part.name: kind.value(typed)}):
                    return replace(best, say=f"This cannot be, whatever the numbers: {rule.text} must hold.")
        return best

    # ---- the student's own earlier answers ----

    def runs(self, part: Part, kind: Kind) -> Iterator[tuple[Run, int]]:
        """The chain continued from own earlier answers, the likeliest first, each with how deep to look: from all wrong
        ones, then from some of them with the others put right; what was answered rightly is computed from them, or taken
        as it was answered."""
        question, follow = self.variant.question, part.follow
        wrong = [n for n in self.wrong if part.name in dependents(question, n)]
        right = [n for n in self.right if part.name in dependents(question, n)]
        if not wrong or follow.points == 0:
            if right:
                run = self.run(part, kind, right, True)
                if run is not None:
                    yield run, 0
            return
        for depth, names in enumerate(_sets(question, part, wrong)):
            later = [n for n in right if any(n in dependents(question, w) for w in names)]
            for own in (names, [*names, *right]) if later else (names,):
                run = self.run(part, kind, own, False)
                if run is not None:
                    yield run, 2 if own is names and depth == 0 else 1 if depth == 0 else 0

    def run(self, part: Part, kind: Kind, names: list[str], right: bool) -> Run | None:
        """The chain from the own answers to these parts; None where the part has no value then."""
        variant, question = self.variant, self.variant.question
        own = {n: self.wrong.get(n) or self.right[n] for n in names}
        exact = {n: o.value for n, o in own.items()}
        values = rerun(question, variant.values, exact, part.name)
        values.pop(part.name, None)
        assert part.formula is not None
        try:
            expected = value_of(part.name, part.formula, values)
        except ChainError:
            return None
        if kind.key_fault(expected):
            return None
        refused = ""
        for name in names:
            if name in self.wrong and not refused:
                fault = refused_answer(question.part(name), variant.kinds[name], exact[name], variant.values[name], values)
                refused = fault and f"your own {name}: {fault}"
        wrong = {n: v for n, v in exact.items() if n in self.wrong}
        if wrong and not refused:
            refused = refused_continuation(part, expected, variant.values[part.name], wrong, variant.values, values)
        values[part.name] = expected
        return Run(variant, part, expected, values, part.points if right else part.follow.points,
                   {n: o.enclosed for n, o in own.items()}, right, refused)


def _chosen(found: list[Explanation]) -> Explanation:
    """The best-paid explanation; the others that say something are named with it."""
    best = max(found, key=lambda e: (e.points, -WHY.index(e.why), bool(e.say)))
    if best.why in ("key", "rounded"):
        return best
    others = [e for e in found if e.say and e.causes and e.say != best.say]
    if not others:
        return best
    return replace(best, evidence="; or ".join([best.evidence, *[e.evidence for e in others]]),
                   say=" It may also be this: ".join([best.say, *[e.say for e in others]]) if best.say else others[0].say,
                   causes=(*best.causes, *[c for e in others for c in e.causes]))


def _sets(question: Question, part: Part, wrong: list[str]) -> list[list[str]]:
    """Sets of wrong earlier answers that a student may have worked on with, the likeliest first: all of them, then with
    some put right. Sets that come to the same for this part are named once."""
    if len(wrong) == 1:
        return [wrong]
    key = ("sets", part.name, tuple(wrong))
    found: list[list[str]] | None = question.cache.get(key)
    if found is None:
        n = len(wrong)
        sizes = range(n, 0, -1) if n <= 4 else (n, n - 1, 1)
        seen: dict[frozenset[str], None] = {}
        for size in sizes:
            for names in combinations(wrong, size):
                seen.setdefault(_reached(question, part, frozenset(names)))
        found = question.cache[key] = [[n for n in wrong if n in names] for names in list(seen)[:MOST_SETS]]
    return found


def _reached(question: Question, part: Part, names: frozenset[str]) -> frozenset[str]:
    """Those of the names that the part's formula meets on its way back through the chain, before any other of them."""
    steps = {s.name: s for s in question.steps}
    met, seen, todo = set(), set(), list(steps[part.name].formula.names)
    while todo:
        name = todo.pop()
        if name in names:
            met.add(name)
        elif name in steps and name not in seen:
            seen.add(name)
            todo += steps[name].formula.names
    return frozenset(met)
