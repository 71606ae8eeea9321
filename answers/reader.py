"""Reading what a student typed: numbers, expressions, lists, matrices and words, exactly or not at all.

Nothing is ever executed and no binary float appears. What has one sensible meaning is read, what has
two is `Ambiguous`, the rest is `Unreadable` with a reason in plain words; both go to a person.
Guessing is not reading: ``2 1/2`` is 5/2, ``1 000`` is 1000, but ``1,234`` and ``ln 5/3`` are asked about.

This is the door; behind it, in the order in which text passes: `characters` (variants of signs), `brackets`,
`numbers`, `expressions`, `lists` and `words` (what is one answer), `tokens` and `parser` (what it means).
"""

from __future__ import annotations

from examwright.answers.expressions import read_expression
from examwright.answers.lists import pair_in, read_list, read_matrix
from examwright.answers.numbers import read_number
from examwright.answers.parser import same_value
from examwright.answers.typed import (
    DEFAULT,
    Ambiguous,
    Blank,
    Notation,
    Typed,
    TypedExpression,
    Unreadable,
    without_ignored,
)
from examwright.answers.words import read_words

__all__ = [
    "DEFAULT", "Ambiguous", "Blank", "Notation", "Typed", "TypedExpression", "Unreadable", "pair_in", "read_expression",
    "read_list", "read_matrix", "read_number", "read_words", "same_value", "without_ignored",
]
