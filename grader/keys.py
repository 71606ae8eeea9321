"""Is an answer right by the key, or by anything else that the question accepts?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from examwright.answers.precision import Judgement
from examwright.generator.accepted import Choice, fulfils, other_keys
from examwright.generator.question import Part, Variant


def judge_by_keys(variant: Variant, part: Part, kind: Any, typed: Any, values: Mapping[str, Any],
                  bounds: Mapping[str, Any]) -> tuple[Judgement, Choice | None]:
    """What an answer is worth by the key, by the other keys of the part and by its `accept_if`, whichever is best.

    `values` is the chain with the part's key in it, `bounds` its rounding intervals. The second value is what a
    right answer has chosen where that is not the key as it stands, so that the chain can go on from there.
    Raises Undecided.
    """
    best = kind.judge(typed, values[part.name], bounds.get(part.name))
    choice: Choice | None = kind.chosen(typed, values[part.name], bounds.get(part.name))
    for key, slack in other_keys(part, variant.kinds, variant.carry, values, bounds):
        if best.how in ("key", "rounded"):
            break
        judged = kind.judge(typed, key, slack)
        if judged.share > best.share:
            best = judged
            choice = kind.chosen(typed, key, slack) or (key, key if slack is None else slack)
    if best.how not in ("key", "rounded"):
        own = kind.value(typed)
        if fulfils(part, own, values):
            condition = "" if part.accept_if is None else part.accept_if.text
            return Judgement(fmpq(1), "key", f"{kind.show(typed)} meets the condition {condition}"), (own, own)
    return best, None if best.how == "wrong" else choice
