"""Slips of the pen: the right value with a wrong sign, two digits or two entries exchanged, the decimal point elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import Typed
from examwright.answers.phrases import phrase
from examwright.answers.precision import Precision
from examwright.solvers.arithmetic import Undecided, is_integer, significant_exponent, to_text

SAY = {
    "sign": phrase("The numbers are right but for the sign."),
    "digits": phrase("Two neighbouring digits have changed places."),
    "entries": phrase("The right numbers stand in the wrong places."),
    "point": phrase("The digits are right, the decimal point stands in the wrong place."),
}
_PLAIN = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


def slip(structure: Any, expected: Any, slack: Any, precision: Precision | None) -> tuple[str, str] | None:
    """(which slip, evidence) if the typed numbers are the expected ones but for one slip; None otherwise, and for
    answers that are not made of numbers. `slack` is the rounding interval of the expected value or None."""
    if precision is None or not _shaped(structure, expected):
        return None
    typed, keys = list(_flat(structure)), list(_flat(expected))
    bounds = list(_flat(slack)) if slack is not None and _shaped(slack, expected) else [None] * len(keys)

    def fits(t: Typed, i: int) -> bool:
        try:
            return precision.right(t, keys[i], bounds[i])
        except Undecided:
            return False

    wrong = [i for i, t in enumerate(typed) if not fits(t, i)]
    if not wrong or len(wrong) > 12:
        return None
    for name, found in (("sign", _sign), ("entries", _entries), ("point", _point), ("digits", _digits)):
        evidence = found(typed, keys, wrong, fits)
        if evidence:
            return name, evidence
    return None


Fits = Callable[[Typed, int], bool]


def _sign(typed: list[Typed], keys: list[Any], wrong: list[int], fits: Fits) -> str:
    if any([typed[i].value == 0 for i in wrong]):
        return ""
    turned = {i: Typed(-typed[i].value, typed[i].unit, _negated(typed[i].text)) for i in wrong}
    if not all([fits(t, i) for i, t in turned.items()]):
        return ""
    return ", ".join([f"{typed[i].text} for {t.text}" for i, t in turned.items()])


def _entries(typed: list[Typed], keys: list[Any], wrong: list[int], fits: Fits) -> str:
    if len(wrong) < 2:
        return ""
    free = list(wrong)
    for i in wrong:
        place = next((j for j in free if j != i and fits(typed[i], j)), None)
        if place is None:
            return ""
        free.remove(place)
    return "entries " + ", ".join([str(i + 1) for i in wrong]) + " are exchanged"


def _point(typed: list[Typed], keys: list[Any], wrong: list[int], fits: Fits) -> str:
    ours, theirs = significant_exponent(keys[wrong[0]]), significant_exponent(typed[wrong[0]].value)
    if ours is None or theirs is None or not 1 <= abs(ours - theirs) <= 3:
        return ""
    factor = fmpq(10) ** (ours - theirs)
    return f"off by a factor of {to_text(1 / factor)}" if all([fits(_times(typed[i], factor), i) for i in wrong]) else ""


def _digits(typed: list[Typed], keys: list[Any], wrong: list[int], fits: Fits) -> str:
    if len(wrong) != 1:
        return ""
    i = wrong[0]
    for text in _exchanged(typed[i].text):
        value = fmpq(int(text.replace(".", "")), 10 ** len(text.partition(".")[2]))
        if fits(Typed(value, typed[i].unit, text), i):
            return f"{typed[i].text} for {text}"
    return ""


def _exchanged(text: str) -> Iterator[str]:
    """The number with two neighbouring, different digits exchanged, in each place."""
    if not _PLAIN.fullmatch(text):
        return
    places = [i for i, c in enumerate(text) if c.isdigit()]
    for a, b in zip(places, places[1:]):
        if text[a] != text[b]:
            yield text[:a] + text[b] + text[a + 1:b] + text[a] + text[b + 1:]


def _times(typed: Typed, factor: fmpq) -> Typed:
    unit = fmpq(1) if typed.unit is None and is_integer(typed.value) else typed.unit
    return Typed(typed.value * factor, None if unit is None else unit * factor, typed.text)


def _negated(text: str) -> str:
    return text[1:] if text.startswith("-") else "-" + text


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple) and not isinstance(value, Typed):
        for v in value:
            yield from _flat(v)
    else:
        yield value


def _shaped(value: Any, key: Any) -> bool:
    """Are both numbers, or lists of one shape?"""
    if isinstance(key, tuple):
        return isinstance(value, tuple) and not isinstance(value, Typed) and len(value) == len(key) and all(
            [_shaped(v, k) for v, k in zip(value, key)])
    return not isinstance(key, (str, bool)) and (isinstance(value, Typed) or not isinstance(value, (tuple, str, bool)))
