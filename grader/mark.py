"""Marking a chain: by the key, by the student's own earlier answers, by the known mistakes.

Each part is explained by the chain with the key's values, then by the chain continued from what the student answered
before (error carried forward). The explanation that pays best counts: never more than full marks, never less than by
the key alone, and one more right answer never lowers the total.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flint import fmpq

from examwright.answers.phrases import Said, listed, phrase
from examwright.answers.precision import HALF
from examwright.answers.reader import Ambiguous, Blank, Notation, Unreadable
from examwright.generator import wording
from examwright.generator.chain import dependents, holds
from examwright.generator.errors import ExamwrightError, nearest
from examwright.generator.question import Part, Variant
from examwright.grader.explain import Explanation, explain
from examwright.grader.runs import Answer, Own, Run, key_run, own_answer, own_runs
from examwright.solvers.arithmetic import Undecided

T = TypeVar("T")

MOST_KEPT = 400  # answers and their explanations, of one variant
WHY = ("key", "rounded", "follow-through", "mistake", "wrong", "blank", "unreadable", "undecided")


@dataclass(frozen=True)
class Mark:
    """What one part earned, and why. `read` is how the answer was understood, `evidence` what the
    verdict rests on, `say` what the student is told; the three may be phrases (as text they are English). `open` marks wait for a person. `causes` names what went wrong, the
    cause that counted first: "theta/2" is mistake 2 of part theta, "slip/sign" a slip of the pen. `waits_for` names the
    earlier parts that a person has to look at before this one can be marked from them, `comment` is what a person has
    written to the student (Markdown) beside a mark by rule."""

    part: str
    points: fmpq
    of: fmpq
    why: str
    read: Said
    evidence: Said
    say: Said
    raw: str
    causes: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    comment: str = ""

    @property
    def told(self) -> Said:
        """All that the student is told: `say`, and the comment."""
        return listed([text for text in (self.say, self.comment) if text], " ")

    @property
    def open(self) -> bool:
        """True if a person has to look at the answer."""
        return self.why in ("unreadable", "undecided")

    def as_json(self) -> dict[str, Any]:
        """The mark as `mark --json` prints it."""
        return {"part": self.part, "points": wording.plain_number(self.points), "of": wording.plain_number(self.of),
                "why": self.why, "read": self.read, "say": self.say, "evidence": self.evidence, "raw": self.raw,
                "causes": list(self.causes), "waits_for": list(self.waits_for)}


def mark_variant(variant: Variant, answers: Mapping[str, str], notation: Notation | None = None,
                 fewer_digits: fmpq = HALF, unsettled: Collection[str] = ()) -> list[Mark]:
    """The marks of all parts of a variant, in order. `answers` maps part names to what was typed; a part that is
    missing is blank. `fewer_digits` is the share of the points for a right answer in fewer digits than asked. `unsettled`
    are parts that were answered, but a person has yet to say what the answer is.
    Raises ExamwrightError for a name that is no part."""
    names = [p.name for p in variant.parts]
    for name in (*answers, *unsettled):
        if name not in names:
            raise ExamwrightError(f"{variant.question.id} has no part {name!r}. {nearest(name, names)}")
    if fewer_digits != HALF:
        variant = _paying(variant, fewer_digits)
    marker = _Marker(variant, notation or Notation(), unsettled)
    return [marker.mark(part, answers.get(part.name, "")) for part in variant.parts]


def _paying(variant: Variant, fewer_digits: fmpq) -> Variant:
    """The variant with another share of the points for too few digits; made once, for what is worked out about it."""
    key = ("fewer digits", int(fewer_digits.p), int(fewer_digits.q))
    found: Variant | None = variant.cache.get(key)
    if found is None:
        kinds = {n: k.with_fewer_digits(fewer_digits) for n, k in variant.kinds.items()}
        found = variant.cache[key] = replace(variant, kinds=kinds, cache={})
    return found


class _Marker:
    """Marks the parts of one variant in order and remembers the student's own answers."""

    def __init__(self, variant: Variant, notation: Notation, unsettled: Collection[str]):
        self.variant = variant
        self.notation = notation
        self.unsettled = unsettled
        self.own: dict[str, Callable[[], Own]] = {}
        self.blank: tuple[Part, ...] = ()
        self.waiting: list[str] = []  # parts whose answers wait for a person

    def mark(self, part: Part, raw: str) -> Mark:
        kind = wording.kind_of(self.variant, part)

        def result(why: str, read: Said = "", evidence: Said = "", say: Said = "") -> Mark:
            self.waiting.append(part.name)
            return Mark(part.name, fmpq(0), part.points, why, read, evidence, say, raw)

        if part.name in self.unsettled:
            return result("undecided", say=phrase("A person will look at this answer."))
        if not raw.strip():
            return self.left_blank(part, raw)
        if kind.manual:
            return result("undecided", raw.strip(), say=phrase("This part is marked by hand."))
        run = key_run(self.variant, part)
        try:
            answer = _kept(self.variant, (part.name, raw, self.notation), lambda: Answer(kind, kind.read(raw, self.notation), run.numbers))
        except Blank:
            return self.left_blank(part, raw)
        except Unreadable as error:
            return result("unreadable", evidence=error.reason, say=phrase("The answer could not be read: {reason}", reason=error.reason))
        except Ambiguous as error:
            return result("undecided", evidence=error.reason, say=phrase("The answer can be read in two ways: {reason}", reason=error.reason))
        try:
            best = self.explained(part, answer, run)
        except Undecided as error:
            return result("undecided", answer.read, str(error), phrase("A person will look at this answer."))
        self.own[part.name] = functools.partial(_own, run, answer, _full(best, part), best.why == "key", best.refused)
        mark = Mark(part.name, best.points, part.points, best.why, answer.read, best.evidence, best.say, raw, best.causes)
        first = tuple([n for n in self.waiting if part.name in dependents(self.variant.question, n)])
        return self.held_back(mark, first) if first and mark.points < mark.of else mark

    def left_blank(self, part: Part, raw: str) -> Mark:
        """The mark of a part without an answer."""
        self.blank = (*self.blank, part)
        mark: Mark | None = self.variant.cache.get(("blank", part.name))
        if mark is None or mark.raw != raw:
            mark = self.variant.cache["blank", part.name] = Mark(part.name, fmpq(0), part.points, "blank", "", "",
                                                                        phrase("No answer was given."), raw)
        return mark

    def held_back(self, mark: Mark, first: tuple[str, ...]) -> Mark:
        """The mark of a part that may earn more once a person has said what the answers to earlier ones are. Full marks
        cannot be beaten, so they never wait."""
        return replace(mark, why="undecided", evidence=f"{mark.evidence}; not yet judged from the answer to {', '.join(first)}",
                       say=phrase("A person will look at the answer to {places} first, then at this one.", places=wording.places(self.variant, first)),
                       causes=(), waits_for=first)

    def explained(self, part: Part, answer: Answer, by_key: Run) -> Explanation:
        """The explanation that counts; `by_key` is the run with the key's values. Raises Undecided where a person has to look."""
        variant = self.variant
        found = list(_kept(variant, (answer, tuple([p.name for p in self.blank])), lambda: explain(by_key, answer, self.blank)))
        if _full(found[0], part):
            return found[0]
        for run, depth in own_runs(variant, part, self.own):
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
        best = _chosen(found, part)
        if best.why == "wrong" and not best.say:
            for rule in part.must:
                if not holds(rule, {**variant.values, part.name: answer.value}):
                    return replace(best, say=phrase("This cannot be, whatever the numbers: {rule} must hold.", rule=rule.text))
        return best


def _kept(variant: Variant, key: Hashable, find: Callable[[], T]) -> T:
    """What does not depend on the other answers is worked out once for a variant: most answers are marked several times, alone and beside
    others, or again after the next one."""
    found: dict[Hashable, T] = variant.cache.setdefault("marked", {})
    if key not in found:
        if len(found) >= MOST_KEPT:
            found.clear()
        found[key] = find()
    return found[key]


def _own(run: Run, answer: Answer, *judged: Any) -> Own:
    """`own_answer`, worked out where a later part asks for it."""
    return _kept(run.variant, (answer, *judged), lambda: own_answer(run, answer, *judged))


def _full(explanation: Explanation, part: Part) -> bool:
    return explanation.why in ("key", "rounded") and explanation.points == part.points


def _chosen(found: list[Explanation], part: Part) -> Explanation:
    """The best-paid explanation; the others that say something are named with it, unless nothing is lost."""
    best = max(found, key=lambda e: (e.points, -WHY.index(e.why), bool(e.say)))
    if best.points == part.points or (best.why in ("key", "rounded") and not best.say):
        return best
    others = [e for e in found if e.say and e.causes and e.say != best.say]
    if not others:
        return best
    said = best.say
    for other in others:
        said = phrase("{first} It may also be this: {then}", first=said, then=other.say)
    return replace(best, evidence="; or ".join([best.evidence, *[e.evidence for e in others]]), say=said if best.say else others[0].say,
                   causes=(*best.causes, *[c for e in others for c in e.causes]))
