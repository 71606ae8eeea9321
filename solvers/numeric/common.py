"""The general words of `check:`, in floats: those of `solvers/exact/common.py` that a formula of one line needs, by the methods of NumPy.

A vector is an array, a matrix an array of rows or a list of them, a free symbol an array of points. Functions of numbers work entry by entry.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

__all__ = [
    "abs", "argmax", "argmin", "ceil", "column", "cos", "count", "dot", "exp", "floor", "len", "ln", "log10", "log2", "matmul", "matvec", "max", "mean",
    "min", "prod", "range", "relu", "sigmoid", "sign", "sin", "solve", "sort", "sqrt", "sum", "tan", "tanh", "transpose",
]


def abs(x: Any) -> Any:
    """Absolute value."""
    return np.abs(x)


def ceil(x: Any) -> Any:
    """The next whole number upwards."""
    return np.ceil(x)


def floor(x: Any) -> Any:
    """The next whole number downwards."""
    return np.floor(x)


def sign(x: Any) -> Any:
    """-1, 0 or 1."""
    return np.sign(x)


def sqrt(x: Any) -> Any:
    """Square root; not a number below 0."""
    return np.sqrt(x)


def exp(x: Any) -> Any:
    """Exponential function."""
    return np.exp(x)


def ln(x: Any) -> Any:
    """Natural logarithm."""
    return np.log(x)


def log2(x: Any) -> Any:
    """Logarithm to the base 2."""
    return np.log2(x)


def log10(x: Any) -> Any:
    """Logarithm to the base 10."""
    return np.log10(x)


def sin(x: Any) -> Any:
    """Sine."""
    return np.sin(x)


def cos(x: Any) -> Any:
    """Cosine."""
    return np.cos(x)


def tan(x: Any) -> Any:
    """Tangent."""
    return np.tan(x)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    return np.tanh(x)


def sigmoid(x: Any) -> Any:
    """1/(1 + e^-x), by its logarithm."""
    return np.exp(-np.logaddexp(0, -np.asarray(x, dtype=float)))


def relu(x: Any) -> Any:
    """max(0, x)."""
    return np.maximum(x, 0)


def max(*xs: Any) -> Any:
    """The largest entry of a vector, or the largest of several numbers (at each point, of expressions)."""
    return np.max(xs[0]) if builtins.len(xs) == 1 else reduce(np.maximum, xs)


def min(*xs: Any) -> Any:
    """The smallest entry of a vector, or the smallest of several numbers."""
    return np.min(xs[0]) if builtins.len(xs) == 1 else reduce(np.minimum, xs)


def sum(xs: Any) -> Any:
    """Sum of a vector; 0 for an empty one."""
    return np.sum(xs, axis=0)


def prod(xs: Any) -> Any:
    """Product of a vector; 1 for an empty one."""
    return np.prod(np.asarray(xs, dtype=float), axis=0)


def mean(xs: Any) -> Any:
    """Arithmetic mean of a vector."""
    return np.mean(xs, axis=0)


def len(xs: Sequence[Any]) -> int:
    """Number of entries."""
    return builtins.len(xs)


def count(xs: Sequence[Any], value: Any) -> int:
    """How many entries equal value."""
    return builtins.sum(bool(np.all(x == value)) for x in xs)


def range(n: Any) -> Any:
    """0, 1, …, n - 1. ValueError for more than 10,000 numbers."""
    if not 0 <= n <= 10_000:
        raise ValueError("a range of more than 10000 numbers")
    return np.arange(int(n))


def sort(xs: Any) -> Any:
    """The entries in ascending order."""
    return np.sort(xs)


def argmax(xs: Any) -> int:
    """Where the largest entry stands first (from 0)."""
    return int(np.argmax(xs))


def argmin(xs: Any) -> int:
    """Where the smallest entry stands first (from 0)."""
    return int(np.argmin(xs))


def dot(xs: Any, ys: Any) -> Any:
    """Scalar product."""
    return np.dot(xs, ys)


def transpose(m: Any) -> Any:
    """Rows become columns."""
    return np.transpose(m)


def column(m: Any, j: Any) -> Any:
    """Column j (from 0) of a matrix."""
    return np.asarray(m)[:, int(j)]


def matvec(m: Any, v: Any) -> Any:
    """Matrix times column vector."""
    return np.asarray(m) @ np.asarray(v)


def matmul(a: Any, b: Any) -> Any:
    """Matrix product."""
    return np.asarray(a) @ np.asarray(b)


def solve(a: Any, b: Any) -> Any:
    """Solution of a·x = b, by LU decomposition. LinAlgError if a is singular."""
    return np.linalg.solve(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
