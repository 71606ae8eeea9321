"""Runs of the chain up to one part: with the key's values, and continued from a student's own earlier answers.

A wrong earlier answer takes the place of the key. A right one that was rounded widens the enclosure of what may have
been carried on; a right one that is another value than the key (an eigenvector with the other sign) takes its
place too. Because a rounded right answer only ever widens, answering one more part rightly never closes a way that was open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import Any, TypeVar

from flint import arb, fmpq

from examwright.answers.kinds.base import Kind
from examwright.answers.kinds.grid import GridKind
from examwright.answers.kinds.number import NumberKind
from examwright.answers.phrases import Said, phrase
from examwright.answers.precision import ONE, Judgement
from examwright.generator import wording
from examwright.generator.accepted import among_counts, fulfils, other_keys
from examwright.generator.chain import ChainError, carrying, dependents, mistake_value, rerun, value_of
from examwright.generator.question import Mistake, Part, Question, Variant
from examwright.grader.guards import refused_answer, refused_continuation
from examwright.solvers.arithmetic import Real, Undecided, counts_enclosed, enclosure, is_number, to_float, to_text

MOST_TAKEN_IN_ALL_WAYS = 3  # right answers after a wrong one that are taken or computed anew in all ways
MOST_CORNERS = 4  # rounded numbers whose ends are combined in all ways

Lift = Callable[[str, Any], Any]
Numbers = tuple[tuple[float, ...], float]  # all numbers of a value, and the largest size among them
T = TypeVar("T")


class Answer:
    """A typed structure, how it was read, and its numbers for a quick look at what it cannot be; `key` are those of the key."""

    def __init__(self, kind: Kind, typed: Any, key: Numbers | None):
        self.kind, self.typed = kind, typed
        self.value, self.read = kind.value(typed), kind.show(typed)
        self.numbers = numbers_of(kind, self.value)
        self.nothing = key[1] / 20 if self.numbers and key else 0.0

    @property
    def telling(self) -> bool:
        """True for numbers that are hardly met by chance: not for a word, and not for one digit alone."""
        numbers = self.numbers[0] if self.numbers else (0.0,)
        return len(numbers) > 1 or numbers[0] % 1 != 0 or abs(numbers[0]) >= 10

    def far_from(self, others: Numbers | None) -> bool:
        """True if some number differs from those by a third of the largest there is: rounding does not do that,
        unless it is all that is left of a difference (then the value is 0 or nearly so, next to the key)."""
        own = self.numbers
        if own is None or others is None:
            return False
        if len(others[0]) != len(own[0]):
            return True
        largest = max(own[1], others[1])
        if not largest > self.nothing:
            return False
        third = largest / 3
        return any(abs(a - b) > third for a, b in zip(own[0], others[0]))


def numbers_of(kind: Kind, value: Any) -> Numbers | None:
    """The numbers of a value that is made of nothing else; None for others, and for numbers that are no floats."""
    found = _floats(value) if isinstance(kind, (NumberKind, GridKind)) else None
    return None if not found else (tuple(found), max(map(abs, found)))


class Wrong:
    """A wrong value that answers are compared with. Its rounding interval is worked out when an answer comes near it."""

    __slots__ = ("numbers", "slack", "value")

    def __init__(self, kind: Kind, value: Any):
        self.value, self.numbers = value, numbers_of(kind, value)
        self.slack: Any = UNKNOWN


UNKNOWN = object()


def _floats(value: Any) -> list[float] | None:
    """All numbers of a value; None if some are no floats."""
    try:
        if type(value) is fmpq:
            return [float(value)]
        if isinstance(value, tuple):
            return [to_float(x) for row in value for x in (row if isinstance(row, tuple) else (row,))]
        return [to_float(value)]
    except (OverflowError, TypeError, ValueError):
        return None


@dataclass(frozen=True)
class Own:
    """A student's answer to an earlier part: its exact value, and the enclosure of all that it may be a rounding of.
    `right`: it earned full marks; `rounded`: and it is the key, as far as rounding goes. `refused` says why what is
    continued from a wrong one buys nothing, where that is known."""

    part: Part
    value: Any
    enclosed: Any
    right: bool
    rounded: bool
    refused: Said = ""


NO_OWN: Mapping[str, Own] = {}


class Run:
    """The chain up to one part: exact `values`, the part's `expected` one among them, and enclosures of what is carried
    on when steps are rounded. `full` is what the right value earns. `own` are the earlier answers that took the
    place of the key, `rounded` those that are the key rounded; `refused` says why the run buys nothing. `found` is for what
    is worked out once about it."""

    def __init__(self, variant: Variant, part: Part, values: Mapping[str, Any], full: fmpq, own: Mapping[str, Own] | None = None,
                 rounded: Mapping[str, Own] | None = None, refused: Said = "", found: dict[Any, Any] | None = None):
        self.variant, self.part, self.kind = variant, part, wording.kind_of(variant, part)
        self.values, self.expected, self.full, self.refused = values, values[part.name], full, refused
        self.own, self.rounded = own or NO_OWN, rounded or NO_OWN
        self.found: dict[Any, Any] = {} if found is None else found

    def once(self, what: str, find: Callable[[], T]) -> T:
        """What does not depend on the answer, found when it is asked for first."""
        key = (what, self.part.name)
        value: Any = self.found.get(key, UNKNOWN)
        if value is UNKNOWN:
            value = self.found[key] = find()
        found: T = value
        return found

    @property
    def numbers(self) -> Numbers | None:
        """Those of the expected value."""
        return self.once("numbers", lambda: numbers_of(self.kind, self.expected))

    @property
    def names(self) -> str:
        """The earlier parts whose own answers were used, for the evidence."""
        return ", ".join([*self.own, *self.rounded])

    @property
    def right(self) -> bool:
        """True if all own answers that are used are right."""
        return all([o.right for o in self.own.values()])

    # ---- enclosures ----

    @cached_property
    def lift(self) -> Lift:
        """How values are carried on, own right answers included."""
        plain = carrying(self.variant.kinds, self.variant.carry)
        if not self.rounded:
            return plain

        def lift(name: str, value: Any) -> Any:
            value = plain(name, value)
            own = self.rounded.get(name)
            return value if own is None else _hull(value, own.enclosed)

        return lift

    @cached_property
    def _enclosures(self) -> tuple[Any, Mapping[str, Any]]:
        """Of the part's value, and of all that it stands on. What was typed counts as rounded; where a test comes out either way then
        (x ≤ t at a threshold of about 10), it counts as typed."""
        if self.own and self._as_rounded[0] is None:
            return self._enclosed({n: o.value for n, o in self.own.items()})
        return self._as_rounded

    @cached_property
    def _as_rounded(self) -> tuple[Any, Mapping[str, Any]]:
        return self._enclosed({n: o.enclosed for n, o in self.own.items()})

    def _enclosed(self, start: dict[str, Any]) -> tuple[Any, Mapping[str, Any]]:
        variant, part, question = self.variant, self.part, self.variant.question
        for name, own in self.rounded.items():
            if name in variant.carried and not any([name in dependents(question, n) for n in start]):
                start[name] = _hull(variant.carried[name], own.enclosed)
        out = rerun(question, variant.carried, start, part.name, self.lift)
        out.pop(part.name, None)
        assert part.formula is not None
        try:
            value = value_of(part.name, part.formula, out)
        except ChainError:
            return None, out
        out[part.name] = self.lift(part.name, value)
        return value, out

    @property
    def carried(self) -> Mapping[str, Any]:
        """The enclosures of what is carried on, the part's own value among them."""
        return self._enclosures[1] if self.own or self.rounded else self.variant.carried

    @property
    def slack(self) -> Any:
        """The rounding interval of the expected value, None where there is none."""
        return self.once("slack", self._slack)

    def _slack(self) -> Any:
        if self.own or self.rounded:
            return self.written(self._enclosures[0], self.expected)
        return _fitting(self.variant.slack.get(self.part.name), self.expected)

    def written(self, value: Any, like: Any) -> Any:
        """The enclosure of what is rounded for the paper; None where rounding on the way may change even the shape."""
        return None if value is None else _fitting(self.kind.written(value, self.variant.carry), like)

    # ---- judging ----

    def judge(self, answer: Answer) -> Judgement:
        """The answer against the expected value, and against all else that the part accepts. Raises Undecided."""
        found = self.judge_expected(answer)
        if found.right or not (self.part.accept or self.part.accept_if):
            return found
        for value, about in other_keys(self.part, self.variant.kinds, self.values, self.carried):
            judged = self.kind.judge(answer.typed, value, self.written(value if about is None else about, value))
            found = max(found, judged, key=lambda j: j.share)
        if not found.right and fulfils(self.part, answer.value, self.values):
            condition = "" if self.part.accept_if is None else self.part.accept_if.text
            return Judgement(ONE, "key", phrase("{typed} meets the condition {condition}", typed=self.kind.show(answer.typed), condition=condition))
        return found

    def judge_expected(self, answer: Answer) -> Judgement:
        """The answer against the expected value."""
        if not self.own and not self.rounded and self.slack is not None:
            return self.kind.judge(answer.typed, self.expected, self.slack)
        found = self.kind.judge(answer.typed, self.expected)  # without enclosures, which take most of the time
        if not found.right:
            slack = self.slack if self.slack is not None else self.written(self.expected, self.expected)
            found = self.kind.judge(answer.typed, self.expected, slack)
        return self._at_an_edge(answer) or found if not found.right else found

    def _at_an_edge(self, answer: Answer) -> Judgement | None:
        """The judgement if the answer is right for a corner of what the own answers may stand for; None otherwise. For
        words and counts that flip on the way there, and so have no rounding interval."""
        if not self.own or self.written(self._as_rounded[0], self.expected) is not None:
            return None
        variant, part = self.variant, self.part
        assert part.formula is not None
        for own in _corners(self.own):
            try:
                value = value_of(part.name, part.formula, rerun(variant.question, variant.values, own, part.name))
                if not self.kind.key_fault(value):
                    judged = self.kind.judge(answer.typed, value)
                    if judged.right:
                        return judged
            except (ChainError, Undecided):
                pass
        return None

    def matches(self, answer: Answer, wrong: Wrong, route: Callable[[Mapping[str, Any]], Any]) -> Judgement | None:
        """The judgement if the answer is that wrong value, rounded on the way or not; None otherwise. `route` gives the
        enclosure of what students get that way from what they carry; for a count, that of all that it may come to."""
        if answer.far_from(wrong.numbers):
            return None
        value = wrong.value
        try:
            slack = None
            if not self.kind.right(answer.typed, value):
                if wrong.slack is UNKNOWN:
                    carried = self.carried
                    with counts_enclosed():
                        wrong.slack = self.written(route(carried), value)
                slack = wrong.slack
                if slack is None:
                    return None
                if not self.kind.right(answer.typed, value, slack):
                    if self.kind.name == "integer" and among_counts(answer.value, slack):
                        return Judgement(ONE, "rounded", phrase("{typed} is what {key} becomes when steps on the way are rounded",
                                                                typed=to_text(answer.value), key=to_text(value)))
                    return None
            return self.kind.judge(answer.typed, value, slack)
        except Undecided:
            return None

    # ---- mistakes ----

    @property
    def mistakes(self) -> list[tuple[int, Mistake, Wrong]]:
        """(number from 0, mistake, value) of each mistake that exists in this run."""
        return self.once("mistakes", lambda: list(self._mistakes()))

    def _mistakes(self) -> Iterator[tuple[int, Mistake, Wrong]]:
        known = None if self.own else self.variant.wrong[self.part.name]
        for i, mistake in enumerate(self.part.mistakes):
            value = mistake_value(self.variant.question, self.part, mistake, self.values) if known is None else known[i]
            wrong = self.usable(value) if known is None else None if value is None else Wrong(self.kind, value)
            if wrong is not None:
                yield i, mistake, wrong

    def usable(self, value: Any) -> Wrong | None:
        """The value to compare answers with, None if it is no answer to the part."""
        return None if value is None or self.kind.key_fault(value) else Wrong(self.kind, value)


def own_answer(run: Run, answer: Answer, right: bool, exact: bool, refused: Said) -> Own:
    """The answer as later parts may continue it, where `run` is the chain with the key's values; `exact` says that it is right to
    the last digit."""
    part, key = run.part, run.expected
    same = answer.value == key if answer.numbers is None else not answer.far_from(run.numbers)
    if right and same and (part.accept or part.accept_if is not None or run.kind.equivalents(key)):  # the key, or something else?
        same = run.judge_expected(answer).right and not run.kind.in_other_form(answer.typed, key, run.slack)
    enclosed = answer.value if exact else answer.kind.enclosed(answer.typed)
    return Own(part, answer.value, enclosed, right, right and same, refused)


def _hull(a: Any, b: Any) -> Any:
    """The smallest enclosure of both; the first where they are of different shapes."""
    if isinstance(a, tuple):
        return tuple(map(_hull, a, b)) if isinstance(b, tuple) and len(a) == len(b) else a
    if not (is_number(a) and is_number(b)) or (isinstance(a, fmpq) and isinstance(b, fmpq) and a == b):
        return a
    return Real(enclosure(a).union(enclosure(b)))


def _corners(own: Mapping[str, Own]) -> Iterator[dict[str, Any]]:
    """The own answers with every number at an end of what it may stand for: in all ways where the numbers are few, else all
    at the same end, and each alone at the other."""
    n = sum([_rounded_numbers(o.enclosed) for o in own.values()])
    ends: Iterable[tuple[Callable[[arb], arb], ...]] = product((arb.lower, arb.upper), repeat=n)
    if n > MOST_CORNERS:
        same = ((arb.lower,) * n, (arb.upper,) * n)
        ends = [*same, *[(*a[:i], b[0], *a[i + 1:]) for a, b in (same, same[::-1]) for i in range(n)]]
    for way in ends:
        todo = iter(way)
        yield {name: _ends(o.enclosed, todo) for name, o in own.items()}


def _rounded_numbers(value: Any) -> int:
    return sum(map(_rounded_numbers, value)) if isinstance(value, tuple) else isinstance(value, Real)


def _ends(value: Any, ends: Iterator[Callable[[arb], arb]]) -> Any:
    if isinstance(value, tuple):
        return tuple([_ends(v, ends) for v in value])
    return Real(next(ends)(value.ball)) if isinstance(value, Real) else value


def _fitting(slack: Any, value: Any) -> Any:
    """The enclosure if it has the shape of the value."""
    return slack if slack is not None and _same_shape(slack, value) else None


def _same_shape(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same_shape, a, b))
    return isinstance(a, tuple) == isinstance(b, tuple)


# ---- the runs of one part --------------------------------------------------------------------

def key_run(variant: Variant, part: Part) -> Run:
    """The chain with the key's values. What is found out about it stays with the variant."""
    return Run(variant, part, variant.values, part.points, found=variant.cache)


def own_runs(variant: Variant, part: Part, earlier: Mapping[str, Callable[[], Own]]) -> Iterator[tuple[Run, int]]:
    """The chain continued from a student's own earlier answers, the likeliest run first, each with how deep `explain`
    should look: with what was rounded, then from all wrong answers, then from some of them with the others put right. What was
    answered rightly is computed from the wrong ones, or taken as it was answered."""
    question = variant.question
    used = {n: own() for n, own in earlier.items() if part.name in dependents(question, n)}
    rounded = {n: o for n, o in used.items() if o.rounded and o.enclosed is not o.value}
    if rounded:
        yield Run(variant, part, variant.values, part.points, None, rounded), 0
    others = [n for n, o in used.items() if not o.rounded and (o.right or part.follow.points > 0)]
    if not others:
        return
    for i, names in enumerate(_sets(question, part, others)):
        later = [n for n, o in used.items() if o.right and n not in names and any([n in dependents(question, w) for w in names])]
        kept = {n: o for n, o in rounded.items() if n not in later}
        for own in _with_right_ones(question, part, names, later) if later else (names,):
            run = _own_run(variant, part, {n: used[n] for n in own}, kept)
            if run is not None:
                yield run, 0 if i else 2 if own == names else 1


def _own_run(variant: Variant, part: Part, own: Mapping[str, Own], rounded: Mapping[str, Own]) -> Run | None:
    """The chain from these own answers; None where the part has no value then."""
    values = rerun(variant.question, variant.values, {n: o.value for n, o in own.items()}, part.name)
    values.pop(part.name, None)
    assert part.formula is not None
    try:
        expected = value_of(part.name, part.formula, values)
    except ChainError:
        return None
    if variant.kinds[part.name].key_fault(expected):
        return None
    wrong = {n: o for n, o in own.items() if not o.right}
    refused: Said = ""
    for name, o in wrong.items():
        fault = refused_answer(o.part, variant.kinds[name], o.value, variant.values[name], values)
        refused = refused or o.refused or (fault and phrase("with your own {name} {reason}", name=name, reason=fault))
    if wrong and not refused:
        refused = refused_continuation(part, expected, variant.values[part.name], {n: o.value for n, o in wrong.items()},
                                       variant.values, values)
    values[part.name] = expected
    return Run(variant, part, values, part.follow.points if wrong else part.points, own, rounded, refused)


def _sets(question: Question, part: Part, names: list[str]) -> list[list[str]]:
    """Sets of earlier answers that a student may have worked on with, the likeliest first: all of them, then with some
    put right. Sets that come to the same for this part are named once. None is left out that was tried while more were wrong: a right
    answer in place of a wrong one must not cost points."""
    if len(names) == 1:
        return [names]
    key = ("sets", part.name, tuple(names))
    found: list[list[str]] | None = question.cache.get(key)
    if found is None:
        n = len(names)
        seen: dict[frozenset[str], None] = {}
        for size in range(n, 0, -1) if n <= 4 else (n, n - 1, 1):
            for chosen in combinations(names, size):
                seen.setdefault(_reached(question, part, frozenset(chosen)))
        found = question.cache[key] = [[n for n in names if n in chosen] for chosen in seen]
    return found


def _with_right_ones(question: Question, part: Part, names: list[str], later: list[str]) -> list[list[str]]:
    """The wrong answers alone, with all right ones that come after them, and with some: a student may have gone on from either.
    Sets that come to the same for this part are named once."""
    key = ("with right ones", part.name, *names, "and", *later)
    found: list[list[str]] | None = question.cache.get(key)
    if found is None:
        n = len(later)
        seen: dict[frozenset[str], list[str]] = {}
        for size in (0, n, *(range(n - 1, 0, -1) if n <= MOST_TAKEN_IN_ALL_WAYS else (n - 1, 1))):
            for chosen in combinations(later, size):
                seen.setdefault(_reached(question, part, frozenset([*names, *chosen])), [*names, *chosen])
        found = question.cache[key] = list(seen.values())
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
