"""What the options of a figure may be. The annotation of a parameter of a kind says which of these it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from examwright.generator.figures.words import FigureError
from examwright.solvers.arithmetic import as_int, is_number, to_text

Number = Any  # an exact number: fmpq or Real
Count = int
Flag = bool
Numbers = tuple[Any, ...]
Points = tuple[tuple[Any, Any], ...]  # pairs of numbers
Matrix = tuple[tuple[Any, ...], ...]  # rows of numbers, all of one length
Rows = Matrix  # or one row by itself
Tensor = tuple[Matrix, ...]  # or one matrix by itself
Cells = tuple[tuple[Any, ...], ...]  # rows of numbers or words, all of one length
Values = tuple[Any, ...]  # numbers or words
ValueRows = tuple[tuple[Any, ...], ...]  # lists of numbers or words, of any lengths
Blocks = tuple[tuple[tuple[Any, ...], ...], ...]  # matrices of numbers or words, of any sizes
Whole = tuple[int, ...]
Places = tuple[tuple[int, ...], ...]  # (row, column), from 0
Label = str  # plain words with LaTeX between dollar signs
Labels = tuple[str, ...]
LabelRows = tuple[tuple[str, ...], ...]
Tree = Any  # a leaf (a label), or (test, (branch, tree), (branch, tree), …), where a branch is a label, or True or False for yes and no

MOST = 200  # entries of a list
LONGEST = 200  # characters of a label
LARGEST, LARGEST_SHOWN = 30, 300  # powers of ten: of a number that a place on paper follows from, and of one that is only written
_RATIONAL = {fmpq}
_FEW_BITS = 96  # of a rational that is within any bound


def number(x: Any, largest: int = LARGEST) -> Any:
    """A number. Raises ValueError, as all of these do, with what is wrong."""
    if not is_number(x):
        raise ValueError(f"must be a number, not {_named(x)}")
    if not -10**largest <= x <= 10**largest:
        raise ValueError(f"must be a number from -10^{largest} to 10^{largest}")
    return x


def count(x: Any) -> int:
    """A whole number from 0 to MOST."""
    n = as_int(number(x))
    if not 0 <= n <= MOST:
        raise ValueError(f"must be a whole number from 0 to {MOST}, not {n}")
    return n


def flag(x: Any) -> bool:
    """true or false."""
    if not isinstance(x, bool):
        raise ValueError(f"must be true or false, not {_named(x)}")
    return x


def label(x: Any) -> str:
    """A label; a number is written out."""
    text = to_text(x) if is_number(x) else x
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"must be a text, not {_named(x)}")
    if len(text) > LONGEST:
        raise ValueError(f"is a text of more than {LONGEST} characters")
    return " ".join(text.split())


def value(x: Any) -> Any:
    """A number, or a word of at most LONGEST characters; "" is an empty place."""
    return number(x, LARGEST_SHOWN) if is_number(x) else x if x == "" else label(x)


def _list(item: Callable[[Any], Any], what: str) -> Callable[[Any], tuple[Any, ...]]:
    rational = item in (number, value)  # these take a rational as it is

    def read(x: Any) -> tuple[Any, ...]:
        if not isinstance(x, (tuple, list)):
            raise ValueError(f"must be a list of {what}, not {_named(x)}")
        if len(x) > MOST:
            raise ValueError(f"has more than {MOST} entries")
        if rational and {*map(type, x)} == _RATIONAL and max([v.height_bits() for v in x]) < _FEW_BITS:  # as most are
            return tuple(x)
        return tuple([item(v) for v in x])

    return read


def _rows(item: Callable[[Any], Any], what: str, width: int | None = None) -> Callable[[Any], tuple[tuple[Any, ...], ...]]:
    lists = _list(_list(item, what), f"lists of {what}")

    def read(x: Any) -> tuple[tuple[Any, ...], ...]:
        rows = lists(x)
        wanted = width if width is not None else len(rows[0]) if rows else 0
        if rows and not wanted:
            raise ValueError("has rows without entries")
        if any([len(r) != wanted for r in rows]):
            raise ValueError(f"must be a list of pairs of {what}" if width == 2 else "must have rows of one length")
        return rows

    return read


def _alone(read: Callable[[Any], Any], depth: int) -> Callable[[Any], Any]:
    """The same for a list of one, given without its brackets: `depth` is that of the numbers in a whole list."""

    def one(x: Any) -> Any:
        inner, found = x, 0
        while isinstance(inner, (tuple, list)) and inner:
            inner, found = inner[0], found + 1
        return read((x,) if found == depth - 1 and is_number(inner) else x)

    return one


def tree(x: Any, depth: int = 0) -> Any:
    """A leaf, or (test, (branch, tree), …) with at least two branches, or (test, tree, tree): what follows from yes and from no, whose
    branches are then True and False."""
    if not isinstance(x, (tuple, list)):
        return label(x)
    if depth > 6:
        raise ValueError("is a tree of more than 6 levels")
    if len(x) == 3 and not any([isinstance(b, (tuple, list)) and len(b) == 2 for b in x[1:]]):
        return (label(x[0]), (True, tree(x[1], depth + 1)), (False, tree(x[2], depth + 1)))
    if len(x) < 3 or any([not isinstance(b, (tuple, list)) or len(b) != 2 for b in x[1:]]):
        raise ValueError("must be a tree: a leaf, or [test, [branch, tree], [branch, tree]]")
    return (label(x[0]), *[(label(b), tree(t, depth + 1)) for b, t in x[1:]])


def _named(x: Any) -> str:
    return "a list" if isinstance(x, (tuple, list)) else repr(x)[:40] if isinstance(x, (str, bool)) or x is None else to_text(x)


READ: dict[str, Callable[[Any], Any]] = {
    "Number": number, "Count": count, "Flag": flag, "Numbers": _list(number, "numbers"), "Points": _rows(number, "numbers", 2),
    "Matrix": _rows(number, "numbers"), "Rows": _alone(_rows(number, "numbers"), 2),
    "Tensor": _alone(_list(_rows(number, "numbers"), "matrices"), 3), "Cells": _rows(value, "numbers or words"),
    "Values": _list(value, "numbers or words"), "ValueRows": _list(_list(value, "numbers or words"), "lists of numbers or words"),
    "Blocks": _list(_rows(value, "numbers or words"), "matrices"), "Whole": _list(count, "whole numbers"), "Places": _rows(count, "whole numbers", 2),
    "Label": label, "Labels": _list(label, "texts"), "LabelRows": _list(_list(label, "texts"), "lists of texts"), "Tree": tree,
}
IN_WORDS = {
    "Number": "a number", "Count": "a whole number", "Flag": "true or false", "Numbers": "a list of numbers", "Points": "a list of pairs",
    "Matrix": "a matrix", "Rows": "a list of rows of numbers, or one row", "Tensor": "a list of matrices, or one matrix", "Cells": "a matrix of numbers or words", "Values": "a list of numbers or words",
    "ValueRows": "a list of lists of numbers or words", "Blocks": "a list of matrices of numbers or words",
    "Whole": "a list of whole numbers", "Places": "a list of [row, column]", "Label": "a text", "Labels": "a list of texts",
    "LabelRows": "a list of lists of texts", "Tree": "a tree",
}
TEXTS = {"Label": 0, "Labels": 1, "LabelRows": 2}  # written as texts in so many lists; a formula may stand for a list


def same(what: str, xs: Any, others: str, ys: Any) -> None:
    """Raise FigureError unless both lists have one length; an option that is not given fits."""
    if xs and ys and len(xs) != len(ys):
        raise FigureError(f"{what} has {len(xs)} entries, but {others} has {len(ys)}")
