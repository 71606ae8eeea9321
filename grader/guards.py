"""What an earlier answer must be to buy anything: follow-through pays for work, and for work that can be.

A wrong earlier answer is refused where it leaves nothing to do (zero, an identity matrix) and where it is
impossible: not of the sort that was asked for (a count that is not whole), or against a `must` of its part (a probability
of 1.3). A continuation is refused where it has no value (the mean of an empty cluster), where the question says so
(`only_if`), and where it is zero or a mere copy of the earlier answer although the key is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import Kind, Precision
from examwright.answers.phrases import Said, phrase
from examwright.generator.chain import holds
from examwright.generator.question import Part
from examwright.solvers.arithmetic import is_integer


def refused_answer(part: Part, kind: Kind, own: Any, key: Any, values: Mapping[str, Any]) -> Said:
    """Why a wrong answer to `part` buys nothing in later ones, to follow the words "with it"; "" if it does.
    `values` is the chain run from it."""
    fault = kind.key_fault(own)
    if fault:
        return phrase("nothing can go on, as it {fault}", fault=fault)
    precision: Precision | None = getattr(kind, "precision", None)
    if precision is not None and precision.whole and not _whole(own):
        return phrase("nothing can go on, as it is not made of whole numbers")
    for rule in part.must:
        if not holds(rule, {**values, part.name: own}):
            return phrase("nothing can go on, as {rule} must hold", rule=rule.text)
    if makes_trivial(own, key):
        return phrase("nothing is left to do")
    return ""


def refused_continuation(part: Part, expected: Any, key: Any, own: Mapping[str, Any], keys: Mapping[str, Any],
                         values: Mapping[str, Any]) -> Said:
    """Why the right continuation of the `own` earlier answers buys nothing for `part`, as a sentence; "" if it does.
    `keys` are the right values of the earlier parts, `values` is the chain run from the own ones."""
    if part.follow.only_if is not None and not holds(part.follow.only_if, values):
        return phrase("this needs {rule}", rule=part.follow.only_if.text)
    if makes_trivial(expected, key):
        return phrase("nothing is left to do then")
    for name, value in own.items():
        if _copied(expected, value) and not _copied(key, keys[name]):
            return phrase("that is a copy of {name}", name=name)
    return ""


def makes_trivial(value: Any, key: Any) -> bool:
    """True for an answer from which the rest is no work: zero, a zero vector or matrix, the identity, where the
    key is none of these."""
    return _trivial(value) and not _trivial(key)


def _trivial(value: Any) -> bool:
    if isinstance(value, tuple) and value:
        square = all([isinstance(row, tuple) and len(row) == len(value) for row in value])
        if square and all([_is(x, int(i == j)) for i, row in enumerate(value) for j, x in enumerate(row)]):
            return True
        return all([_trivial(v) if isinstance(v, tuple) else _is(v, 0) for v in value])
    return _is(value, 0)


def _copied(value: Any, own: Any) -> bool:
    """Is the value what was there before? Of single numbers only 1, on which roots, powers and products do nothing."""
    if isinstance(value, tuple):
        return bool(value == own) if isinstance(own, tuple) and _rational(value) and _rational(own) else False
    return _is(value, 1) and _is(own, 1)


def _rational(value: Any) -> bool:
    return all(map(_rational, value)) if isinstance(value, tuple) else isinstance(value, fmpq)


def _whole(value: Any) -> bool:
    return all(map(_whole, value)) if isinstance(value, tuple) else is_integer(value)


def _is(x: Any, n: int) -> bool:
    return isinstance(x, fmpq) and x == n
