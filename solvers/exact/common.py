"""The general words of the formula language: functions of numbers, vectors and matrices.

A vector is a tuple of numbers, a matrix a tuple of rows. Numbers are `fmpq` or `Real`.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import (
    Number,
    absolute,
    as_int,
    ceil,
    cos,
    exp,
    floor,
    is_integer,
    ln,
    log2,
    log10,
    maximum,
    minimum,
    relu,
    round_half_up,
    sigmoid,
    sign,
    sin,
    sqrt,
    tan,
    tanh,
)
from examwright.solvers.expression import derivative, substitute
from examwright.solvers.intervals import intersection, interval, union

Vector = tuple[Number, ...]
Matrix = tuple[Vector, ...]

__all__ = [
    "abs", "all", "any", "argmax", "argmin", "ceil", "column", "cos", "count", "denominator",
    "derivative", "distinct", "dot", "exp", "flatten", "floor", "integer", "intersection", "interval",
    "len", "ln", "log10", "log2", "matmul", "matvec", "max", "mean", "min", "numerator", "pairs",
    "prod", "range", "ranking", "relu", "round", "row_maxima", "sigmoid", "sign", "sin", "solve", "sort", "sqrt", "substitute",
    "sum", "tan", "tanh", "transpose", "union",
]

_ZERO: Any = fmpq(0)

abs = absolute
max = maximum
min = minimum


def sum(xs: Sequence[Number]) -> Number:
    """Sum of a vector; 0 for an empty one."""
    total = _ZERO
    for x in xs:
        total = total + x
    return total


def prod(xs: Sequence[Number]) -> Number:
    """Product of a vector; 1 for an empty one."""
    total: Any = fmpq(1)
    for x in xs:
        total = total * x
    return total


def row_maxima(rows: Matrix) -> Vector:
    """The largest entry of each row: values of the best actions, probabilities of the greedy letters. ValueError for an empty row."""
    return tuple([maximum(row) for row in rows])


def mean(xs: Sequence[Number]) -> Number:
    """Arithmetic mean of a vector. ValueError if it is empty."""
    if not xs:
        raise ValueError("the mean of no values")
    return sum(xs) / builtins.len(xs)


def len(xs: Sequence[Any]) -> fmpq:
    """Number of entries."""
    return fmpq(builtins.len(xs))


def dot(xs: Vector, ys: Vector) -> Number:
    """Scalar product. ValueError unless the lengths agree."""
    if builtins.len(xs) != builtins.len(ys):
        raise ValueError("the scalar product of vectors of different lengths")
    return builtins.sum([x * y for x, y in zip(xs, ys)], _ZERO)


def transpose(m: Matrix) -> Matrix:
    """Rows become columns."""
    return tuple(zip(*m))


def column(m: Matrix, j: Number) -> Vector:
    """Column j (from 0) of a matrix."""
    k = as_int(j)
    return tuple([row[k] for row in m])


def matvec(m: Matrix, v: Vector) -> Vector:
    """Matrix times column vector. ValueError unless the sizes agree."""
    return tuple([dot(row, v) for row in m])


def matmul(a: Matrix, b: Matrix) -> Matrix:
    """Matrix product. ValueError unless the sizes agree."""
    columns = transpose(b)
    return tuple([tuple([dot(row, c) for c in columns]) for row in a])


def solve(a: Matrix, b: Vector) -> Vector:
    """Solution of a·x = b by exact elimination. ZeroDivisionError if a is singular, ValueError on
    sizes that do not fit. Source: Gauss-Jordan elimination."""
    n = builtins.len(a)
    if builtins.len(b) != n or builtins.any(builtins.len(row) != n for row in a):
        raise ValueError("the sizes of the linear system do not fit")
    m = [list(row) + [b[i]] for i, row in enumerate(a)]
    for k in builtins.range(n):
        pivot = None
        for i in builtins.range(k, n):
            if m[i][k] != 0:
                pivot = i
                break
        if pivot is None:
            raise ZeroDivisionError("the matrix is singular")
        m[k], m[pivot] = m[pivot], m[k]
        top = m[k]
        inverse = 1 / top[k]
        top[k:] = [x * inverse for x in top[k:]]
        for i in builtins.range(n):
            if i != k:
                factor = m[i][k]
                if isinstance(factor, fmpq) and factor == 0:
                    continue
                m[i][k:] = [x - factor * t for x, t in zip(m[i][k:], top[k:])]
    return tuple([row[n] for row in m])


def flatten(m: Matrix) -> Vector:
    """All entries, row by row."""
    return tuple([x for row in m for x in row])


def pairs(xs: Sequence[Any], ys: Sequence[Any]) -> tuple[tuple[Any, Any], ...]:
    """((x0, y0), (x1, y1), …). ValueError unless the lengths agree."""
    if builtins.len(xs) != builtins.len(ys):
        raise ValueError("pairs of lists of different lengths")
    return tuple(zip(xs, ys))


def argmax(xs: Vector) -> fmpq:
    """Position (from 0) of the largest entry, the first on a tie."""
    best = 0
    for i in builtins.range(1, builtins.len(xs)):
        if xs[i] > xs[best]:
            best = i
    return fmpq(best)


def argmin(xs: Vector) -> fmpq:
    """Position (from 0) of the smallest entry, the first on a tie."""
    return argmax(tuple([-x for x in xs]))


def sort(xs: Vector) -> Vector:
    """The entries in ascending order."""
    return tuple(sorted(xs))


def ranking(words: Sequence[str], values: Vector) -> tuple[Any, ...]:
    """The words from the largest of their values to the smallest; those with equal values stand in a list of their own, as the
    keys of orderings have them. ValueError unless there is a value for each word; Undecided where two enclosures overlap."""
    places: list[tuple[Number, list[str]]] = []
    for word, value in pairs(words, values):
        n = builtins.sum(1 for other, _ in places if other > value)
        if n < builtins.len(places) and places[n][0] == value:
            places[n][1].append(word)
        else:
            places.insert(n, (value, [word]))
    return tuple([tuple(here) if here[1:] else here[0] for _, here in places])


def count(xs: Sequence[Any], value: Any) -> fmpq:
    """How many entries equal value."""
    return fmpq(builtins.sum(1 for x in xs if x == value))


def distinct(xs: Sequence[Any]) -> bool:
    """True if no two entries are equal."""
    return builtins.len(set(xs)) == builtins.len(xs)


def all(xs: Sequence[bool]) -> bool:
    """True if every entry is true."""
    return builtins.all(xs)


def any(xs: Sequence[bool]) -> bool:
    """True if some entry is true."""
    return builtins.any(xs)


def range(n: Number) -> Vector:
    """(0, 1, …, n-1). ValueError for more than 10000."""
    if n > 10_000:
        raise ValueError("a range of more than 10000 numbers")
    return tuple([fmpq(i) for i in builtins.range(as_int(n))])


def denominator(x: Number) -> Number:
    """Denominator of a rational in lowest terms. ValueError for an irrational value."""
    if not isinstance(x, fmpq):
        raise ValueError("the denominator of a value that is not rational")
    return fmpq(x.q)


def numerator(x: Number) -> Number:
    """Numerator of a rational in lowest terms. ValueError for an irrational value."""
    if not isinstance(x, fmpq):
        raise ValueError("the numerator of a value that is not rational")
    return fmpq(x.p)


def integer(x: Number) -> bool:
    """True if x is a whole number."""
    return is_integer(x)


def round(x: Number, decimals: Number) -> Number:
    """x rounded to so many decimals, halves away from zero. ValueError for more than 100 decimals."""
    if absolute(decimals) > 100:
        raise ValueError("rounding to more than 100 decimals")
    return round_half_up(x, as_int(decimals))
