"""How an answer came about: the explanations of one answer by one run of the chain.

A run is the chain up to a part, with the key's values or continued from a student's own earlier answers. By each run
an answer may be right, a known mistake, too coarse, two mistakes at once, a slip of the pen, right in some entries, or
none of these; the first of them that fits explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, fmpq

from examwright.answers.kinds.base import Kind
from examwright.answers.kinds.grid import GridKind
from examwright.answers.kinds.number import NumberKind
from examwright.generator import wording
from examwright.generator.chain import ChainError, carrying, dependents, holds, mistake_value, rerun, value_of
from examwright.generator.question import Mistake, Part, Variant
from examwright.grader.slips import SAY, slip
from examwright.solvers.arithmetic import Real, Undecided, to_float

MOST_ROUTES = 40  # pairs of mistakes, and mistakes of parts left blank, that are tried for one answer

Lift = Callable[[str, Any], Any]
NONE = fmpq(0)


@dataclass(frozen=True)
class Explanation:
    """How an answer came about, as far as marking can tell, and what that earns. `causes` names what went wrong:
    "theta/2" is mistake 2 of part theta, "slip/sign" a slip of the pen."""

    points: fmpq
    why: str
    evidence: str
    say: str = ""
    causes: tuple[str, ...] = ()


class Answer:
    """A typed structure, and its numbers as floats, for a quick look at what it cannot be."""

    def __init__(self, kind: Kind, typed: Any, key: Any):
        self.typed = typed
        self.numbers = _floats(kind.value(typed)) if isinstance(kind, (NumberKind, GridKind)) else None
        self.nothing = max(map(abs, (self.numbers and _floats(key)) or [0.0])) / 20

    def far_from(self, value: Any) -> bool:
        """True if some number differs from the value's by a third of the largest there is: rounding does not do that,
        unless it is all that is left of a difference (then the value is 0 or nearly so, next to the key)."""
        others = None if self.numbers is None else _floats(value)
        if self.numbers is None or others is None:
            return False
        if len(others) != len(self.numbers):
            return True
        largest = max(map(abs, (*self.numbers, *others)))
        return largest > self.nothing and any([abs(a - b) > largest / 3 for a, b in zip(self.numbers, others)])


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


class Run:
    """The chain up to one part: exact `values`, with the part's `expected` one among them, and `carried`, the enclosures
    of what is carried on when steps are rounded. `full` is what the right value earns. `own` holds the earlier answers
    that the run continues, as enclosures of what they may stand for; `right` says that they are right themselves,
    `refused` why the run buys nothing."""

    def __init__(self, variant: Variant, part: Part, expected: Any, values: Mapping[str, Any], full: fmpq,
                 own: Mapping[str, Any] | None = None, right: bool = True, refused: str = ""):
        self.variant, self.part, self.kind = variant, part, variant.kinds[part.name]
        self.expected, self.full, self.right, self.refused = expected, full, right, refused
        self.own = dict(own or {})
        self.values = values

    @cached_property
    def lift(self) -> Lift:
        """How values are carried on."""
        return carrying(self.variant.kinds, self.variant.carry)

    @cached_property
    def _enclosures(self) -> tuple[Any, Mapping[str, Any]]:
        part = self.part
        out = rerun(self.variant.question, self.variant.carried, self.own, part.name, self.lift)
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
        return self._enclosures[1] if self.own else self.variant.carried

    @cached_property
    def slack(self) -> Any:
        """The rounding interval of the expected value, None where there is none."""
        if not self.own:
            return fitting(self.variant.slack.get(self.part.name), self.expected)
        return self._written(self._enclosures[0], self.expected)

    @property
    def written(self) -> Any:
        """The rounding interval, or where there is none, what rounding twice makes of the expected value."""
        return self.slack if self.slack is not None else self._written(self.expected, self.expected)

    def _written(self, value: Any, like: Any) -> Any:
        return None if value is None else fitting(self.kind.written(value, self.variant.carry), like)

    def judge(self, answer: Answer) -> Any:
        """The answer against the expected value."""
        typed = answer.typed
        if not self.own and self.slack is not None:
            return self.kind.judge(typed, self.expected, self.slack)
        found = self.kind.judge(typed, self.expected)  # without enclosures, which take most of the time
        return found if found.share == 1 else self.kind.judge(typed, self.expected, self.written)

    def mistakes(self) -> Iterator[tuple[int, Mistake, Any]]:
        """(number from 0, mistake, value) of each mistake that exists in this run."""
        known = self.variant.wrong[self.part.name] if not self.own else None
        for i, mistake in enumerate(self.part.mistakes):
            value = known[i] if known is not None else self._usable(
                mistake_value(self.variant.question, self.part, mistake, self.values))
            if value is not None:
                yield i, mistake, value

    def _usable(self, value: Any) -> Any:
        return None if value is None or self.kind.key_fault(value) else value

    def matches(self, answer: Answer, value: Any, route: Callable[[], Any]) -> Any:
        """The judgement if the answer is that wrong value, rounded on the way or not; None otherwise.
        `route` gives the enclosure of what students get that way."""
        if answer.far_from(value):
            return None
        typed = answer.typed
        try:
            found = self.kind.judge(typed, value)
            if found.share != 1:
                slack = self._written(route(), value)
                if slack is None:
                    return None
                found = self.kind.judge(typed, value, slack)
        except Undecided:
            return None
        return found if found.share == 1 else None


    def at_an_edge(self, answer: Answer) -> Any:
        """The judgement if the answer is right for an end of what the own answers may stand for; None otherwise. For
        words and counts that flip there, and so have no rounding interval."""
        if not self.own or self.slack is not None:
            return None
        variant, part = self.variant, self.part
        assert part.formula is not None
        for end in (arb.lower, arb.upper):
            own = {name: _ends(value, end) for name, value in self.own.items()}
            try:
                value = value_of(part.name, part.formula, rerun(variant.question, variant.values, own, part.name))
                if not self.kind.key_fault(value):
                    judged = self.kind.judge(answer.typed, value)
                    if judged.share == 1:
                        return judged
            except (ChainError, Undecided):
                pass
        return None


def _ends(value: Any, end: Callable[[arb], arb]) -> Any:
    if isinstance(value, tuple):
        return tuple([_ends(v, end) for v in value])
    return Real(end(value.ball)) if isinstance(value, Real) else value


def fitting(slack: Any, value: Any) -> Any:
    """The enclosure if it has the shape of the value; None if rounding on the way may change even that."""
    return slack if slack is not None and _same_shape(slack, value) else None


def _same_shape(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same_shape, a, b))
    return isinstance(a, tuple) == isinstance(b, tuple)


# ---- one run ---------------------------------------------------------------------------------

def explain(run: Run, answer: Answer, blank: tuple[Part, ...] = (), depth: int = 2) -> list[Explanation]:
    """The explanations of an answer by one run, several where several known mistakes fit. `blank` are the earlier
    parts without an answer. `depth`: 0 only looks whether it is right (no explanation if not), 1 for known mistakes and
    right entries too, 2 for two mistakes at once and slips of the pen too.
    Raises Undecided where the typed value cannot be told from the expected one."""
    if not depth and answer.far_from(run.expected):
        return []
    judged = run.judge(answer)
    right = judged if judged.share == 1 else run.at_an_edge(answer)
    if right is not None:
        return [_right(run, right)]
    if not depth:
        return []
    known = list(_known(run, answer))
    if known:
        return known
    if judged.how != "wrong":
        return [Explanation(run.full * judged.share, judged.how, judged.evidence, "Too few digits.")]
    partly = Explanation(run.full * judged.share, "wrong", judged.evidence)
    if depth < 2:
        return [partly]
    found = list(_pairs(run, answer)) or [*_left_out(run, answer, blank), *_slips(run, answer)]
    return [Explanation(max(e.points, partly.points), e.why, e.evidence, e.say, e.causes) for e in found] or [partly]


def _right(run: Run, judged: Any) -> Explanation:
    if not run.own:
        return Explanation(run.full, judged.how, judged.evidence)
    names = ", ".join(run.own)
    places = wording.places(run.variant, run.own)
    evidence = f"{judged.evidence}, continued from your own {names}"
    if run.right:
        return Explanation(run.full, "rounded", evidence)
    if run.refused:
        return Explanation(NONE, "wrong", f"{evidence}; {run.refused}",
                           f"This continues your own answer to {places}, but it earns nothing: {run.refused}.")
    return Explanation(run.full, "follow-through", evidence, f"Right from your own answer to {places}.")


def _known(run: Run, answer: Answer) -> Iterator[Explanation]:
    """The known mistakes that fit."""
    variant, part = run.variant, run.part
    for i, mistake, wrong in run.mistakes():
        def route(mistake: Mistake = mistake) -> Any:
            return mistake_value(variant.question, part, mistake, run.carried, run.lift)

        judged = run.matches(answer, wrong, route)
        if judged is None:
            continue
        evidence = f"mistake {i + 1}: {judged.evidence}"
        say = wording.say(variant, part, mistake, run.values)
        earned = min(mistake.points, run.full)
        if run.own:
            evidence += f", continued from your own {', '.join(run.own)}"
            if run.refused:
                earned, evidence = NONE, f"{evidence}; {run.refused}"
        yield Explanation(earned, "mistake", evidence, say, (cause(part, i),))


def cause(part: Part, index: int) -> str:
    """The name of a mistake in `causes`."""
    return f"{part.name}/{index + 1}"


def _pairs(run: Run, answer: Answer) -> Iterator[Explanation]:
    """Two known mistakes of the part at once, where the second builds on what the first has changed. Each costs what
    it costs alone."""
    variant, part, question = run.variant, run.part, run.variant.question
    tried = 0
    for i, first, value in run.mistakes():
        changed = {part.name}
        for name in first.instead:
            changed |= {name, *dependents(question, name)}
        for j, second in enumerate(part.mistakes):
            if second is first or second.formula is None or changed.isdisjoint(second.formula.names):
                continue
            if second.when is not None and not holds(second.when, run.values):
                continue
            tried += 1
            if tried > MOST_ROUTES:
                return

            def route(values: Mapping[str, Any], own: Any, lift: Lift | None, first: Mistake = first,
                      second: Mistake = second) -> Any:
                env = dict(values)
                if first.instead:
                    wrong = {n: value_of(n, f, values) for n, f in first.instead.items()}
                    if lift is not None:
                        wrong = {n: lift(n, v) for n, v in wrong.items()}
                    env = rerun(question, values, wrong, part.name, lift)
                env[part.name] = own
                assert second.formula is not None
                return value_of(part.name, second.formula, env)

            def enclosed(first: Mistake = first, route: Any = route) -> Any:
                own = mistake_value(question, part, first, run.carried, run.lift)
                return None if own is None else _value(route, run.carried, run.lift(part.name, own), run.lift)

            wrong = run._usable(_value(route, run.values, value, None))
            judged = None if wrong is None else run.matches(answer, wrong, enclosed)
            if judged is not None:
                left = max(NONE, first.points + second.points - part.points)
                yield Explanation(min(left, run.full) if not run.refused else NONE, "mistake",
                                  f"mistakes {i + 1} and {j + 1} at once: {judged.evidence}",
                                  f"Two things went wrong. {wording.say(variant, part, first, run.values)} "
                                  f"{wording.say(variant, part, second, run.values)}", (cause(part, i), cause(part, j)))
                return


def _value(route: Callable[..., Any], *arguments: Any) -> Any:
    """The value of a route, None where there is none."""
    try:
        return route(*arguments)
    except ChainError:
        return None


def _left_out(run: Run, answer: Answer, blank: tuple[Part, ...]) -> Iterator[Explanation]:
    """A known mistake of an earlier part that was left blank, and this part right from there or with a mistake of its
    own. Told, but not paid: what was not written down cannot be followed."""
    variant, part, question = run.variant, run.part, run.variant.question
    tried = 0
    for earlier in reversed(blank):
        if earlier.formula is None or part.name not in dependents(question, earlier.name):
            continue
        for i, wrong in enumerate(variant.wrong[earlier.name]):
            if wrong is None:
                continue
            values = rerun(question, run.values, {earlier.name: wrong}, part.name)
            ways: list[Mistake | None] = [None, *part.mistakes]
            for j, second in enumerate(ways):
                tried += 1
                if tried > MOST_ROUTES:
                    return

                def route(env: Mapping[str, Any], lift: Lift | None, second: Mistake | None = second) -> Any:
                    assert part.formula is not None
                    own = value_of(part.name, part.formula, env)
                    if second is None:
                        return own
                    env = {**env, part.name: own if lift is None else lift(part.name, own)}
                    return mistake_value(question, part, second, env, lift)

                def enclosed(earlier: Part = earlier, i: int = i, route: Any = route) -> Any:
                    first = mistake_value(question, earlier, earlier.mistakes[i], run.carried, run.lift)
                    if first is None:
                        return None
                    env = rerun(question, run.carried, {earlier.name: run.lift(earlier.name, first)}, part.name, run.lift)
                    return _value(route, env, run.lift)

                value = run._usable(_value(route, values, None))
                judged = None if value is None else run.matches(answer, value, enclosed)
                if judged is None:
                    continue
                place = wording.places(variant, [earlier.name])
                causes = [cause(earlier, i)]
                say = (f"This is what you get if the following happened in {place}, which was left blank. "
                       f"{wording.say(variant, earlier, earlier.mistakes[i])}")
                if second is not None:
                    causes.append(cause(part, j - 1))
                    say += " And here: " + wording.say(variant, part, second, {**values, part.name: value})
                yield Explanation(NONE, "mistake", f"mistake {i + 1} of {earlier.name}, which was left blank"
                                  + (f", then mistake {j}" if second is not None else "") + f": {judged.evidence}",
                                  say, tuple(causes))
                return


def _slips(run: Run, answer: Answer) -> Iterator[Explanation]:
    """The right method with a slip of the pen; it keeps the share of the points that the question's `slip` sets."""
    if not isinstance(run.kind, (NumberKind, GridKind)):
        return
    found = slip(answer.typed, run.expected, run.slack, run.kind.precision)
    if found is not None:
        name, evidence = found
        if run.own:
            evidence += f", continued from your own {', '.join(run.own)}"
        earned = NONE if run.refused else run.full * run.variant.question.slip
        yield Explanation(earned, "wrong", evidence, SAY[name], (f"slip/{name}",))
