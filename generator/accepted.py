"""What is fully right besides a part's key: the values of `accept`, whatever meets `accept_if`, and the chain as it goes
on for a student who has chosen one of those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from examwright.answers.kinds.base import rounded
from examwright.generator.chain import ChainError, intervals, mistake_values, needed_steps, rerun, value_of
from examwright.generator.formula import RUNTIME_ERRORS
from examwright.generator.question import Part, Variant
from examwright.solvers.arithmetic import Undecided

Choice = tuple[Any, Any]  # a value, and an enclosure of what honest rounding makes of it


def other_keys(part: Part, kinds: Mapping[str, Any], carry: int, values: Mapping[str, Any],
               bounds: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The values of `accept` that exist for these values of the chain, each with its rounding interval (or None).

    `kinds` are those of all parts asked, `carry` the digits that students carry, `bounds` the rounding intervals of
    the chain.
    """
    if not part.accept:
        return []
    carried = dict(values)
    for name, bound in bounds.items():
        carried[name] = kinds[name].carried(bound, carry) if name in kinds else rounded(bound, carry)
    out = []
    for formula in part.accept:
        try:
            value = value_of(part.name, formula, values)
        except ChainError:
            continue
        if kinds[part.name].key_fault(value):
            continue
        try:
            about = value_of(part.name, formula, carried)
        except ChainError:
            about = None
        out.append((value, about))
    return out


def fulfils(part: Part, value: Any, values: Mapping[str, Any]) -> bool:
    """Does a value of the part meet its `accept_if`? Raises Undecided where an enclosure is too wide to tell."""
    if part.accept_if is None:
        return False
    try:
        return bool(part.accept_if.run({**values, part.name: value}))
    except Undecided:
        raise
    except RUNTIME_ERRORS:
        return False


def continued(variant: Variant, chosen: Mapping[str, Choice]) -> Variant:
    """The variant as it is for a student whose right answers are other values than the keys (an eigenvector with the
    other sign, a data set of their own): all that stands on them is computed again from what they chose."""
    question = variant.question
    values = rerun(question, variant.values, {name: value for name, (value, _) in chosen.items()})
    about = {name: variant.kinds[name].carried(bound, variant.carry) for name, (_, bound) in chosen.items()}
    steps = needed_steps(question, variant.parts)
    bounds = intervals(question, steps, variant.values, variant.carry, variant.parts, about)
    wrong = dict(variant.wrong)
    for part in variant.parts:
        if part.formula is None or part.name in chosen:
            continue
        kind = variant.kinds[part.name]
        if part.name in values and kind.key_fault(values[part.name]):
            del values[part.name]
        wrong[part.name] = mistake_values(question, part, kind, values)
    slack = {**variant.slack, **bounds, **{name: bound for name, (_, bound) in chosen.items()}}
    return replace(variant, values=values, slack=slack, wrong=wrong, chosen=about)
