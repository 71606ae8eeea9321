"""Marking a chain: by the key, by the student's own earlier answers, by the known mistakes.

Each part is judged against the key first, then against the chain run again from what the student
answered before (error carried forward), then against each known mistake, from the key's values and from
the student's. The best explanation counts: never more than full marks, never less than by the key alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import rounded
from examwright.answers.precision import HALF
from examwright.answers.reader import Ambiguous, Blank, Notation, Unreadable
from examwright.generator import wording
from examwright.generator.accepted import Choice, continued
from examwright.generator.chain import (
    ChainError,
    dependents,
    holds,
    intervals,
    mistake_value,
    needed_steps,
    rerun,
    value_of,
)
from examwright.generator.errors import ExamwrightError, nearest
from examwright.generator.question import Part, Variant
from examwright.grader.keys import judge_by_keys
from examwright.solvers.arithmetic import Real, Undecided

WHY = ("key", "rounded", "follow-through", "mistake", "wrong", "blank", "unreadable", "undecided")


@dataclass(frozen=True)
class Mark:
    """What one part earned, and why. `read` is how the answer was understood, `evidence` what the
    verdict rests on, `say` what the student is told. `open` marks wait for a person."""

    part: str
    points: fmpq
    of: fmpq
    why: str
    read: str
    evidence: str
    say: str
    raw: str

    @property
    def open(self) -> bool:
        """True if a person has to look at the answer."""
        return self.why in ("unreadable", "undecided")

    def as_json(self) -> dict[str, Any]:
        """The mark as `mark --json` prints it."""
        return {"part": self.part, "points": wording.plain_number(self.points), "of": wording.plain_number(self.of),
                "why": self.why, "read": self.read, "say": self.say, "evidence": self.evidence, "raw": self.raw}


def mark_variant(variant: Variant, answers: Mapping[str, str], notation: Notation | None = None,
                 fewer_digits: fmpq = HALF) -> list[Mark]:
    """The marks of all parts of a variant, in order. `answers` maps part names to what was typed; a part that is
    missing is blank. `fewer_digits` is the share of the points for a right answer in fewer digits than asked.
    Raises ExamwrightError for a name that is no part."""
    names = [p.name for p in variant.parts]
    for name in answers:
        if name not in names:
            raise ExamwrightError(f"{variant.question.id} has no part {name!r}. {nearest(name, names)}")
    marker = _Marker(variant, notation or Notation(), fewer_digits)
    return [marker.mark(part, answers.get(part.name, "")) for part in variant.parts]


@dataclass(frozen=True)
class _Verdict:
    points: fmpq
    why: str
    evidence: str
    say: str
    share: fmpq
    choice: Choice | None = None


class _Marker:
    """Marks the parts of one variant in order and remembers the student's own values."""

    def __init__(self, variant: Variant, notation: Notation, fewer_digits: fmpq):
        self.variant = variant
        self.notation = notation
        self.fewer_digits = fewer_digits
        self.own: dict[str, Any] = {}  # the student's value where it is not right
        self.chosen: dict[str, Choice] = {}  # and where it is right, but not the key's
        self.onward: _Marker | None = None  # marks by the chain that goes on from the chosen values

    def mark(self, part: Part, raw: str) -> Mark:
        kind = wording.kind_of(self.variant, part).with_fewer_digits(self.fewer_digits)

        def result(points: fmpq, why: str, read: str = "", evidence: str = "", say: str = "") -> Mark:
            return Mark(part.name, points, part.points, why, read, evidence, say, raw)

        if not raw.strip():
            return result(fmpq(0), "blank", say="No answer was given.")
        if kind.manual:
            return result(fmpq(0), "undecided", raw.strip(), say="This part is marked by hand.")
        try:
            typed = kind.read(raw, self.notation)
        except Blank:
            return result(fmpq(0), "blank", say="No answer was given.")
        except Unreadable as error:
            return result(fmpq(0), "unreadable", evidence=str(error), say=f"The answer could not be read: {error}")
        except Ambiguous as error:
            return result(fmpq(0), "undecided", evidence=str(error), say=f"The answer can be read in two ways: {error}")
        read = kind.show(typed)
        try:
            verdict = self.judge(part, kind, typed)
            if self.onward is not None and part.name in self.onward.variant.values and verdict.points < part.points:
                onward = self.onward.judge(part, kind, typed)
                if onward.points > verdict.points:
                    verdict = replace(onward, evidence=f"{onward.evidence}, continued from your own {', '.join(self.chosen)}")
        except Undecided as error:
            return result(fmpq(0), "undecided", read, str(error), "A person will look at this answer.")
        if verdict.why not in ("key", "rounded") or verdict.share != 1:
            self.own[part.name] = kind.value(typed)
        elif verdict.choice is not None:
            self.chosen[part.name] = verdict.choice
            self.onward = _Marker(continued(self.variant, self.chosen), self.notation, self.fewer_digits)
            self.onward.own = self.own
        return result(verdict.points, verdict.why, read, verdict.evidence, verdict.say)

    def judge(self, part: Part, kind: Any, typed: Any) -> _Verdict:
        variant, question = self.variant, self.variant.question
        key = variant.values[part.name]
        by_key, choice = judge_by_keys(variant, part, kind, typed, variant.values, variant.slack)
        if by_key.how in ("key", "rounded"):
            return _Verdict(part.points, by_key.how, by_key.evidence, "", by_key.share, choice)
        coarse = [] if by_key.how == "wrong" else [
            _Verdict(part.points * by_key.share, "rounded", by_key.evidence, "Too few digits.", fmpq(0))]
        found: list[_Verdict] = []
        partial = by_key.share if by_key.how == "wrong" else fmpq(0)
        evidence = by_key.evidence

        carried = {n: v for n, v in self.own.items() if part.name in dependents(question, n)}
        env = None
        if carried and part.follow.points > 0:
            env = rerun(question, variant.values, self._earlier(part), upto=part.name)
            env.pop(part.name, None)
            followed = self._follow(part, kind, typed, key, env, carried)
            if followed is not None:
                if followed.share == 1:
                    found.append(followed)
                else:
                    partial = max(partial, followed.share * part.follow.points / part.points)
        for i, mistake in enumerate(part.mistakes):
            wrong = variant.wrong[part.name][i]
            if wrong is not None and self._matches(kind, typed, wrong, self._mistake_slack(part, mistake)):
                found.append(_Verdict(mistake.points, "mistake", f"equals the value of mistake {i + 1}",
                                      wording.say(variant, part, mistake), fmpq(1)))
            elif env is not None:
                wrong = mistake_value(question, part, mistake, env)
                if wrong is not None and not kind.key_fault(wrong) and self._matches(kind, typed, wrong, None):
                    found.append(_Verdict(min(mistake.points, part.follow.points), "mistake",
                                          f"equals mistake {i + 1} from your own earlier answer",
                                          wording.say(variant, part, mistake, env), fmpq(1)))
        # what a known mistake gives, in the digits asked, is that mistake and not a sloppy rounding of the key
        if not any(v.why == "mistake" for v in found):
            found += coarse
        if found:
            return max(found, key=lambda v: (v.points, -WHY.index(v.why)))
        return _Verdict(part.points * partial, "wrong", evidence, by_key.say, fmpq(0))

    @staticmethod
    def _matches(kind: Any, typed: Any, wrong: Any, slack: Any) -> bool:
        try:
            return kind.judge(typed, wrong, slack).how in ("key", "rounded")
        except Undecided:
            return False

    def _mistake_slack(self, part: Part, mistake: Any) -> Any:
        """The rounding interval of a mistake: what a student who makes it and rounds gets."""
        variant = self.variant
        if mistake.formula is None:
            return None
        env = getattr(self, "_rounded", None)
        if env is None:
            kinds = {p.name: p.kind for p in variant.parts}
            env = {n: v for n, v in variant.values.items() if n in variant.question.draw_names}
            env.update({n: kinds[n].carried(v, variant.carry) if n in kinds else rounded(v, variant.carry)
                        for n, v in variant.slack.items()})
            self._rounded = env
        try:
            return value_of(part.name, mistake.formula, env)
        except ChainError:
            return None

    def _earlier(self, part: Part) -> dict[str, Any]:
        """The student's own values of the parts before this one."""
        out = {}
        for p in self.variant.parts:
            if p.name == part.name:
                break
            if p.name in self.own:
                out[p.name] = self.own[p.name]
        return out

    def _follow(self, part: Part, kind: Any, typed: Any, key: Any, env: dict[str, Any],
                carried: Mapping[str, Any]) -> _Verdict | None:
        """The part judged against the chain from the student's own earlier answers; None where
        follow-through buys nothing."""
        variant = self.variant
        question = variant.question
        for name, value in carried.items():
            if makes_trivial(value, variant.values[name]):
                return None
        if part.follow.only_if is not None and not holds(part.follow.only_if, env):
            return None
        assert part.formula is not None
        try:
            expected = value_of(part.name, part.formula, env)
        except ChainError:
            return None
        if kind.key_fault(expected):
            return None
        bounds = intervals(question, needed_steps(question, variant.parts), variant.values, variant.carry,
                           variant.parts, {**variant.chosen, **self._earlier(part)})
        env[part.name] = expected
        judged, _ = judge_by_keys(variant, part, kind, typed, env, bounds)
        names = ", ".join(carried)
        return _Verdict(part.follow.points, "follow-through", f"right, continued from your own {names}",
                        f"Right from your own {names}.", judged.share)


def makes_trivial(value: Any, key: Any) -> bool:
    """True for an earlier answer from which the rest is no work: zero, a zero vector or matrix, the
    identity, where the key is none of these."""
    return _trivial(value) and not _trivial(key)


def _trivial(value: Any) -> bool:
    if isinstance(value, fmpq):
        return value == 0
    if isinstance(value, tuple) and value:
        if all(isinstance(v, tuple) for v in value):
            square = all(len(row) == len(value) for row in value)
            if square and all(_is(x, 1 if i == j else 0) for i, row in enumerate(value) for j, x in enumerate(row)):
                return True
            return all(_trivial(row) for row in value)
        return all(_is(v, 0) for v in value)
    return False


def _is(x: Any, n: int) -> bool:
    return isinstance(x, fmpq) and x == n and not isinstance(x, Real)
