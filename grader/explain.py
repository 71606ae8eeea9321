"""How an answer came about: the explanations of one answer by one run of the chain.

By each run an answer may be right, a known mistake, too coarse, two mistakes at once, a slip of the pen, right in some entries, or
none of these; the first of them that fits explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from examwright.answers.kinds.grid import GridKind
from examwright.answers.kinds.number import NumberKind
from examwright.answers.phrases import Said, phrase
from examwright.generator import wording
from examwright.generator.chain import ChainError, dependents, holds, mistake_value, rerun, value_of
from examwright.generator.question import Mistake, Part
from examwright.grader.runs import Answer, Lift, Run, Wrong
from examwright.grader.slips import SAY, slip

MOST_ROUTES = 40  # pairs of mistakes, and mistakes of parts left blank, that are tried for one answer

NONE = fmpq(0)


@dataclass(frozen=True)
class Explanation:
    """How an answer came about, as far as marking can tell, and what that earns. `causes` names what went wrong:
    "theta/2" is mistake 2 of part theta, "slip/sign" a slip of the pen. `refused`: why a right continuation buys
    nothing, neither here nor further on."""

    points: fmpq
    why: str
    evidence: Said
    say: Said = ""
    causes: tuple[str, ...] = ()
    refused: Said = ""


# ---- one run ---------------------------------------------------------------------------------

def explain(run: Run, answer: Answer, blank: tuple[Part, ...] = (), depth: int = 2) -> list[Explanation]:
    """The explanations of an answer by one run, several where several known mistakes fit. `blank` are the earlier
    parts without an answer. `depth`: 0 only looks whether it is right (no explanation if not), 1 for known mistakes and
    right entries too, 2 for two mistakes at once and slips of the pen too.
    Raises Undecided where the typed value cannot be told from the expected one."""
    if not depth and answer.far_from(run.numbers) and not run.part.accept and run.part.accept_if is None:
        return []
    judged = run.judge(answer)
    if judged.right:
        return [_right(run, judged)]
    if not depth:
        return []
    coarse = [] if judged.how == "wrong" else [Explanation(run.full * judged.share, "rounded", judged.evidence, phrase("Too few digits."))]
    known = list(_known(run, answer))
    if known:  # a number in fewer digits than asked may be either, unless it is exactly what the mistake gives
        either = isinstance(run.kind, NumberKind) and not any([exact for _, exact in known])
        return [e for e, _ in known] + (coarse if either else [])
    if coarse:
        return coarse
    partly = Explanation(run.full * judged.share, "wrong", judged.evidence, judged.say)
    if depth < 2:
        return [partly]
    found = list(_pairs(run, answer)) if answer.telling else []
    if not found:
        found = [*(_left_out(run, answer, blank) if answer.telling else ()), *_slips(run, answer)]
    return [Explanation(max(e.points, partly.points), e.why, e.evidence, e.say, e.causes) for e in found] or [partly]


def _right(run: Run, judged: Any) -> Explanation:
    if not run.names:
        return Explanation(run.full, judged.how, judged.evidence)
    places = wording.places(run.variant, run.own)
    evidence = f"{judged.evidence}, continued from your own {run.names}"
    if run.right:
        return Explanation(run.full, "rounded", evidence)
    if run.refused:
        return Explanation(NONE, "wrong", f"{evidence}; {run.refused}",
                           phrase("This continues your own answer to {places}, but it earns nothing: {reason}.", places=places, reason=run.refused), (), run.refused)
    return Explanation(run.full, "follow-through", evidence, phrase("Right from your own answer to {places}.", places=places))


def _known(run: Run, answer: Answer) -> Iterator[tuple[Explanation, bool]]:
    """The known mistakes that fit, each with whether it was typed exactly."""
    variant, part = run.variant, run.part
    for i, mistake, wrong in run.mistakes:
        def route(carried: Mapping[str, Any], mistake: Mistake = mistake) -> Any:
            return mistake_value(variant.question, part, mistake, carried, run.lift)

        judged = run.matches(answer, wrong, route)
        if judged is None:
            continue
        evidence = f"mistake {i + 1}: {judged.evidence}"
        say = wording.say(variant, part, mistake, run.values)
        earned = min(mistake.points, run.full)
        if run.own:
            evidence += f", continued from your own {run.names}"
            if run.refused:
                earned, evidence = NONE, f"{evidence}; {run.refused}"
        yield Explanation(earned, "mistake", evidence, say, (cause(part, i),)), judged.how == "key"


def cause(part: Part, index: int) -> str:
    """The name of a mistake in `causes`."""
    return f"{part.name}/{index + 1}"


def _pairs(run: Run, answer: Answer) -> Iterator[Explanation]:
    """Two known mistakes of the part at once, where the second builds on what the first has changed. Each costs what
    it costs alone."""
    variant, part, question = run.variant, run.part, run.variant.question
    for i, first, j, second, wrong in run.once("pairs", lambda: list(_both(run))):
        def enclosed(carried: Mapping[str, Any], first: Mistake = first, second: Mistake = second) -> Any:
            own = mistake_value(question, part, first, carried, run.lift)
            return None if own is None else _value(_second, run, first, second, carried, run.lift(part.name, own), run.lift)

        judged = run.matches(answer, wrong, enclosed)
        if judged is not None:
            left = max(NONE, first.points + second.points - part.points)
            yield Explanation(min(left, run.full) if not run.refused else NONE, "mistake",
                              f"mistakes {i + 1} and {j + 1} at once: {judged.evidence}",
                              phrase("Two things went wrong. {first} {second}", first=wording.say(variant, part, first, run.values),
                                     second=wording.say(variant, part, second, run.values)), (cause(part, i), cause(part, j)))
            return


def _both(run: Run) -> Iterator[tuple[int, Mistake, int, Mistake, Wrong]]:
    """The pairs of mistakes that are tried, each mistake with its number, and what they come to."""
    part, question = run.part, run.variant.question
    tried = 0
    for i, first, value in run.mistakes:
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
            wrong = run.usable(_value(_second, run, first, second, run.values, value.value, None))
            if wrong is not None:
                yield i, first, j, second, wrong


def _second(run: Run, first: Mistake, second: Mistake, values: Mapping[str, Any], own: Any, lift: Lift | None) -> Any:
    """The second of two mistakes, where `own` is what the first has made of the part. Raises ChainError."""
    part = run.part
    env = dict(values)
    if first.instead:
        wrong = {n: value_of(n, f, values) for n, f in first.instead.items()}
        if lift is not None:
            wrong = {n: lift(n, v) for n, v in wrong.items()}
        env = rerun(run.variant.question, values, wrong, part.name, lift)
    env[part.name] = own
    assert second.formula is not None
    return value_of(part.name, second.formula, env)


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
            values, found = _from_mistake(run, earlier, i)
            for j, (second, value) in enumerate(zip((None, *part.mistakes), found)):
                tried += 1
                if tried > MOST_ROUTES:
                    return

                def enclosed(carried: Mapping[str, Any], earlier: Part = earlier, i: int = i, second: Mistake | None = second) -> Any:
                    first = mistake_value(question, earlier, earlier.mistakes[i], carried, run.lift)
                    if first is None:
                        return None
                    env = rerun(question, carried, {earlier.name: run.lift(earlier.name, first)}, part.name, run.lift)
                    return _value(_onward, run, env, second, run.lift)

                judged = None if value is None else run.matches(answer, value, enclosed)
                if value is None or judged is None:
                    continue
                place = wording.places(variant, [earlier.name])
                causes = [cause(earlier, i)]
                say = phrase("This is what you get if the following happened in {place}, which was left blank. {say}", place=place,
                             say=wording.say(variant, earlier, earlier.mistakes[i]))
                if second is not None:
                    causes.append(cause(part, j - 1))
                    say = phrase("{first} And here: {then}", first=say, then=wording.say(variant, part, second, {**values, part.name: value.value}))
                yield Explanation(NONE, "mistake", f"mistake {i + 1} of {earlier.name}, which was left blank"
                                  + (f", then mistake {j}" if second is not None else "") + f": {judged.evidence}",
                                  say, tuple(causes))
                return


def _from_mistake(run: Run, earlier: Part, i: int) -> tuple[Mapping[str, Any], list[Wrong | None]]:
    """The chain from a mistake of an earlier part, and what the part is from there: right, and with each of its own mistakes; None for
    what is no answer."""

    def find() -> tuple[Mapping[str, Any], list[Wrong | None]]:
        values = rerun(run.variant.question, run.values, {earlier.name: run.variant.wrong[earlier.name][i]}, run.part.name)
        return values, [run.usable(_value(_onward, run, values, second, None)) for second in (None, *run.part.mistakes)]

    return run.once(f"from {cause(earlier, i)}", find)


def _onward(run: Run, env: Mapping[str, Any], mistake: Mistake | None, lift: Lift | None) -> Any:
    """What the part is from these values: right, or with a mistake. Raises ChainError."""
    part = run.part
    assert part.formula is not None
    own = value_of(part.name, part.formula, env)
    if mistake is None:
        return own
    env = {**env, part.name: own if lift is None else lift(part.name, own)}
    return mistake_value(run.variant.question, part, mistake, env, lift)


def _slips(run: Run, answer: Answer) -> Iterator[Explanation]:
    """The right method with a slip of the pen; it keeps the share of the points that the question's `slip` sets."""
    if not isinstance(run.kind, (NumberKind, GridKind)):
        return
    found = slip(answer.typed, run.expected, run.slack, run.kind.precision)
    if found is not None:
        name, evidence = found
        if run.own:
            evidence += f", continued from your own {run.names}"
        earned = NONE if run.refused else run.full * run.variant.question.slip
        yield Explanation(earned, "wrong", evidence, SAY[name], (f"slip/{name}",))
