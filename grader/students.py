"""Simulated students: is honest work marked as it deserves?

Three sorts work through a variant, round every named value on the way as the paper allows, and type their
answers rounded as asked:

* honest students make no error: full marks for every part;
* students with one mistake make one of the known mistakes of one part: told of that mistake;
* students with one carried error have some wrong value for one part and work on rightly: full follow-through.

`examwright check --simulate N` and the tests run them over every question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import Kind, Precision, is_exact_number
from examwright.generator import wording
from examwright.generator.chain import ChainError, dependents, needed_steps, rerun, value_of
from examwright.generator.draw import DEFAULT_CARRY, draw_variant
from examwright.generator.question import Mistake, Part, Question, Variant
from examwright.generator.random import Stream
from examwright.grader.explain import cause
from examwright.grader.guards import refused_answer, refused_continuation
from examwright.grader.mark import Mark, mark_variant
from examwright.solvers.arithmetic import Symbolic, is_integer, round_half_up, significant_exponent

LEAST = {"honest": 1.0, "mistake": 0.95, "carried": 1.0}  # of each sort, the share that must be marked as it deserves
SORTS = tuple(LEAST)


@dataclass(frozen=True)
class Habits:
    """How a student rounds: `digits` significant digits are carried on, halves go up or to the `even` digit; `lets`:
    values that no part asks for and no text prints are rounded too; `twice`: what is typed is the carried value rounded
    once more."""

    digits: int
    even: bool
    lets: bool
    twice: bool


def habits(stream: Stream, digits: int) -> Habits:
    """A student's habits: as many digits as the paper asks for, or now and then more."""
    return Habits(digits + stream.choice((0, 0, 0, 1, 3)), *[stream.below(2) == 1 for _ in range(3)])


@dataclass
class Tally:
    """What the students of one sort got: `right` of `total` cases, and what went wrong, by part (and mistake)."""

    right: int = 0
    total: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The share of right cases; 1 where there are none."""
        return self.right / self.total if self.total else 1.0

    def add(self, other: Tally) -> None:
        """Take in what other students showed."""
        self.right += other.right
        self.total += other.total
        self.failed += other.failed
        self.examples = {**other.examples, **self.examples}

    def count(self, right: bool, case: str, example: str) -> None:
        """Note one case."""
        self.total += 1
        self.right += right
        if not right:
            self.failed[case] += 1
            self.examples.setdefault(case, example)


# ---- working through the chain ---------------------------------------------------------------

def _round(value: Any, digits: int, precision: Precision | None, even: bool) -> Any:
    """Every number of the value as this student carries it on."""
    if isinstance(value, tuple):
        return tuple([_round(v, digits, precision, even) for v in value])
    if not is_exact_number(value):
        return value
    if precision is not None:
        if precision.digits is precision.decimals is precision.within is None:
            return value
        digits = max(digits, precision.digits or 0)
    e = significant_exponent(value)
    if e is None or is_integer(value):
        return value  # nobody rounds a whole number
    places = digits - 1 - e
    if precision is not None and precision.decimals is not None:
        places = max(places, precision.decimals)
    short = round_half_up(value, places)
    if even and isinstance(value, fmpq):
        unit = fmpq(10) ** -places
        if 2 * abs(short - value) == unit and (short / unit).p % 2:
            short = short - unit if short > value else short + unit
    return short


class Student:
    """One student at work on a variant, with habits of their own."""

    def __init__(self, variant: Variant, how: Habits):
        self.variant = variant
        self.how = how
        self.steps = needed_steps(variant.question, variant.parts)
        self.given = {*variant.question.text.names, *[n for p in variant.parts for n in p.ask.names]}
        self.kinds = {p.name: wording.kind_of(variant, p) for p in variant.parts if p.formula is not None}

    def carry(self, name: str, value: Any) -> Any:
        """A value as it is carried on."""
        kind = self.variant.kinds.get(name)
        if kind is None:
            return _round(value, self.how.digits, None, self.how.even) if self.how.lets and name not in self.given else value
        return _round(value, self.how.digits, getattr(kind, "precision", Precision()), self.how.even)

    def typed(self, name: str, value: Any) -> str:
        """A value as it is typed; "" if it is no answer to the part, or longer than anybody writes."""
        kind = self.kinds[name]
        if kind.key_fault(value):
            return ""
        once = self.how.twice or self.how.even  # who rounds halves to even does so on the paper too
        text: str = kind.rounded(self.carry(name, value) if once else value)
        return text if max(map(len, text.split())) <= 50 else ""

    def work(self, instead: Mapping[str, Callable[[dict[str, Any]], Any]] | None = None) -> dict[str, str]:
        """The answers, by part. `instead` gives another way to the value of a part, from the student's own values.
        What has no value for this student is left blank, with all that stands on it."""
        env = {n: self.variant.values[n] for n in self.variant.question.draw_names}
        answers: dict[str, str] = {}
        for step in self.steps:
            try:
                value = value_of(step.name, step.formula, env)
                if instead and step.name in instead:
                    env[step.name] = self.carry(step.name, value)
                    value = instead[step.name](env)
            except (ChainError, KeyError):
                env.pop(step.name, None)
                continue
            env[step.name] = self.carry(step.name, value)
            if step.name in self.variant.kinds:
                answers[step.name] = self.typed(step.name, value)
        return answers

    def told(self, mark: Mark) -> str:
        """A mark, for people who want to know why."""
        return (f"seed {self.variant.seed}, carrying {self.how.digits} digits: {mark.raw!r} earns {mark.points} of {mark.of} "
                f"({mark.why}: {mark.evidence})")

    def mistaken(self, part: Part, mistake: Mistake) -> Callable[[dict[str, Any]], Any]:
        """The way to the part's value that makes a mistake."""

        def wrong(env: dict[str, Any]) -> Any:
            if mistake.formula is not None:
                return value_of(part.name, mistake.formula, env)
            changed = {n: self.carry(n, value_of(n, f, env)) for n, f in mistake.instead.items()}
            again = rerun(self.variant.question, env, changed, part.name, self.carry)
            assert part.formula is not None
            return value_of(part.name, part.formula, again)

        return wrong


# ---- the three sorts -------------------------------------------------------------------------

def simulate(question: Question, seeds: Iterable[int], carry: int = DEFAULT_CARRY) -> dict[str, Tally]:
    """One student of each sort on each variant. The tallies by sort: `honest` counts parts, `mistake` students (each
    known mistake in turn), `carried` the parts that stand on a wrong earlier answer."""
    tallies = {sort: Tally() for sort in SORTS}
    for turn, seed in enumerate(seeds):
        variant = draw_variant(question, seed, carry=carry, check=False)
        stream = Stream("students", question.id, seed, carry)
        honest(variant, stream, tallies)
        one_mistake(variant, stream, tallies, turn)
        carried_error(variant, stream, tallies)
    return tallies


def honest(variant: Variant, stream: Stream, tallies: Mapping[str, Tally]) -> None:
    """A student without errors: every part in full."""
    student = Student(variant, habits(stream, variant.carry))
    for mark in mark_variant(variant, student.work()):
        if variant.question.part(mark.part).formula is not None:
            tallies["honest"].count(mark.points == mark.of, mark.part, student.told(mark))


def one_mistake(variant: Variant, stream: Stream, tallies: Mapping[str, Tally], turn: int) -> None:
    """A student who makes one mistake and works on honestly: told of it, and followed from there."""
    known = [(p, i) for p in variant.parts for i, w in enumerate(variant.wrong.get(p.name, ())) if w is not None]
    if not known:
        return
    part, i = known[turn % len(known)]
    student = Student(variant, habits(stream, variant.carry))
    answers = student.work({part.name: student.mistaken(part, part.mistakes[i])})
    marks = {m.part: m for m in mark_variant(variant, answers)}
    name = cause(part, i)
    tallies["mistake"].count(name in marks[part.name].causes, name, student.told(marks[part.name]))
    followed(student, part, answers, marks, tallies["carried"])


def carried_error(variant: Variant, stream: Stream, tallies: Mapping[str, Tally]) -> None:
    """A student with some wrong value for one part, who works on honestly: full follow-through."""
    computed = [p for p in variant.parts if p.formula is not None]
    first = [p for p in computed if any(q.name in dependents(variant.question, p.name) for q in computed)]
    if not first:
        return
    part = stream.choice(first)
    wrong = other_value(part, variant, stream)
    if wrong is None:
        return
    student = Student(variant, habits(stream, variant.carry))
    answers = student.work({part.name: lambda env: wrong})
    followed(student, part, answers, {m.part: m for m in mark_variant(variant, answers)}, tallies["carried"])


def followed(student: Student, part: Part, answers: Mapping[str, str], marks: Mapping[str, Mark], tally: Tally) -> None:
    """Count the parts that stand on a wrong answer to `part`: do they earn what follow-through pays? Those do not count
    that it is not to pay by the rules of `guards`."""
    variant, question = student.variant, student.variant.question
    if not answers.get(part.name) or marks[part.name].points == part.points:
        return
    kind = student.kinds[part.name]
    own = kind.value(kind.read(answers[part.name]))
    values = rerun(question, variant.values, {part.name: own})
    if refused_answer(part, kind, own, variant.values[part.name], values):
        return
    for later in variant.parts:
        if later.name not in dependents(question, part.name) or not answers.get(later.name) or later.name not in values:
            continue
        before = {n: v for n, v in values.items() if n != later.name}
        if refused_continuation(later, values[later.name], variant.values[later.name], {part.name: own}, variant.values, before):
            continue
        mark = marks[later.name]
        tally.count(mark.points >= later.follow.points, f"{part.name} -> {later.name}",
                    f"own {answers[part.name]}; {student.told(mark)}")


def other_value(part: Part, variant: Variant, stream: Stream) -> Any:
    """Some wrong value of the sort of the key: counts stay counts, signs stay, what lies between 0 and 1 stays there, and
    what can be written in full with the digits asked stays so. None for an answer without numbers or options."""
    kind, key = variant.kinds[part.name], variant.values[part.name]
    for _ in range(20):
        wrong = _another(kind, key, stream)
        if wrong is None or (wrong != key and not kind.key_fault(wrong)):
            return wrong
    return None


def _another(kind: Kind, key: Any, stream: Stream) -> Any:
    precision = getattr(kind, "precision", None) or Precision()
    whole = precision.whole or kind.name == "integer"

    def other(x: Any) -> Any:
        if isinstance(x, Symbolic):
            return x + 1  # type: ignore[operator]
        if whole:
            return stream.choice([x + d for d in range(-3, 4) if d and (x + d > 0 or x < 0)])
        short = round_half_up(x, precision.places(x))
        if short == 0:
            return fmpq(stream.choice((-3, -2, 2, 3)), 8)
        factor = stream.integer(60, 160) / 100 + fmpq(1, 400)
        if 0 < short < 1 and short * factor > 1:
            factor = 1 / factor
        wrong = short * factor
        return round_half_up(wrong, precision.places(wrong)) if isinstance(x, fmpq) and short == x else wrong

    if kind.name == "labels":
        i = stream.choice([i for i, label in enumerate(key) if key.count(label) > 1] or [0])
        return (*key[:i], stream.choice([label for label in key if label != key[i]] or [key[i]]), *key[i + 1:])
    if kind.name == "ordering" and len(key) > 1:
        i = stream.below(len(key) - 1)
        return (*key[:i], key[i + 1], key[i], *key[i + 2:])
    if isinstance(key, str):
        options = [o[0] for o in kind.options if o[0] != key]
        return stream.choice(options) if options else None
    if is_exact_number(key):
        return other(key)
    if isinstance(key, tuple) and key:
        i = stream.below(len(key))
        if is_exact_number(key[i]):
            return (*key[:i], other(key[i]), *key[i + 1:])
        if isinstance(key[i], tuple) and key[i] and is_exact_number(key[i][0]):
            j = stream.choice([n for n, x in enumerate(key[i]) if is_exact_number(x)])
            return (*key[:i], (*key[i][:j], other(key[i][j]), *key[i][j + 1:]), *key[i + 1:])
    return None
