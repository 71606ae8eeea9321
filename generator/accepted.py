"""What is fully right besides a part's key: the values of `accept`, and whatever meets `accept_if`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from examwright.generator.chain import ChainError, value_of
from examwright.generator.formula import RUNTIME_ERRORS
from examwright.generator.question import Part
from examwright.solvers.arithmetic import Real, Undecided


def other_keys(part: Part, kinds: Mapping[str, Any], values: Mapping[str, Any],
               carried: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The values of `accept` that exist for these values of the chain, each with its rounding interval (or None).

    `kinds` are those of all parts asked, `carried` the enclosures of what students carry on.
    """
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


def among_counts(value: Any, about: Any) -> bool:
    """Is the value one of the whole numbers in an enclosure?"""
    return isinstance(about, Real) and isinstance(value, fmpq) and value.q == 1 and bool(about.ball.contains(value))


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
