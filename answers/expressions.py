"""One expression as typed, in the symbols that a question allows."""

from __future__ import annotations

from examwright.answers.brackets import split
from examwright.answers.characters import clean
from examwright.answers.equivalence import compare, may_agree
from examwright.answers.numbers import MAX_SIDES, is_label, without_label
from examwright.answers.parser import evaluate_expression
from examwright.answers.symbols import Scope
from examwright.answers.typed import DEFAULT, Ambiguous, Notation, TypedExpression, Unreadable

__all__ = ["read_expression"]


def read_expression(raw: str, scope: Scope, notation: Notation = DEFAULT) -> TypedExpression:
    """The expression that was typed, in the symbols of the scope. A label (``y = …``, ``dL/dw = …``) is ignored; of
    ``2(x+1) = 2x + 2`` all sides must be the same function.

    Raises Unreadable, Ambiguous or Blank, and nothing else, in bounded time.
    """
    text = clean(raw).replace("\n", " ").strip()
    text = without_label(text).removesuffix(".").strip()
    sides = [s.strip() for s in split(text, "=≈")]
    if len(sides) > MAX_SIDES:
        raise Unreadable("too many equals signs")
    while len(sides) > 1 and (not sides[0] or is_label(sides[0])) and not _is_expression(sides[0], notation, scope):
        sides.pop(0)
    if not sides[-1]:
        raise Unreadable("nothing stands after the equals sign")
    read = [evaluate_expression(side, notation, scope) for side in sides]
    best = max(read, key=lambda t: 99 if t.digits is None else t.digits)
    for other in read:
        if other is best or compare(best.value, other.value, scope.symbols).verdict == "equal":
            continue
        if other.rounded is None or not may_agree(best.value, other.rounded, scope.symbols):
            raise Ambiguous([t.text for t in read])
    return best


def _is_expression(side: str, notation: Notation, scope: Scope) -> bool:
    """Can the left side be more than a name for the right one? A symbol alone is a name: w = w - 2."""
    try:
        found = evaluate_expression(side, notation, scope)
    except (Unreadable, Ambiguous):
        return False
    return found.text not in scope.names
