"""Curves to descend, and data that ridge regression gives short coefficients for."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["quartic_well", "ridge_data"]


def quartic_well(stream: Stream, degree: fmpq) -> tuple[Any, ...]:
    """Coefficients (constant first) of a polynomial of this degree, 2, 3 or 4, with small whole numbers; the leading ones of even
    degree are positive."""
    if degree == 2:
        return tuple(map(fmpq, (stream.below(9) - 4, stream.choice((-6, -4, -3, -2, 2, 3, 4, 6)), stream.choice((1, 2, 3)))))
    lower = [stream.below(9) - 4, stream.choice((-5, -4, -3, -2, 0, 2, 3, 4)), stream.choice((-3, -2, -1, 1, 2, 3))]
    if degree == 3:
        return tuple(map(fmpq, (*lower, stream.choice((-2, -1, 1, 2)))))
    return tuple(map(fmpq, (*lower, stream.choice((-1, 0, 0, 1)), 1)))


def ridge_data(stream: Stream) -> tuple[Any, ...]:
    """Two or three points with whole coordinates, x different, whose least-squares line has coefficients with denominators
    of at most 6, none of them 0."""
    while True:
        n = stream.choice((2, 3, 3))
        xs = sorted(stream.sample(range(-2, 5), n))
        ys = [stream.below(13) - 4 for _ in range(n)]
        sx, sxx, sy = sum(xs), sum([x * x for x in xs]), sum(ys)
        sxy = sum([x * y for x, y in zip(xs, ys)])
        det = n * sxx - sx * sx
        theta = Fraction(sxx * sy - sx * sxy, det), Fraction(n * sxy - sx * sy, det)
        if 0 not in (*theta, sx, sy) and all([t.denominator <= 6 for t in theta]) and (n == 2 or len(set(ys)) > 1):
            return tuple(map(fmpq, xs)), tuple(map(fmpq, ys))
