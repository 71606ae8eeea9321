"""Points with responsibilities in tenths whose weighted means and variances are short."""

from __future__ import annotations

import math
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["weighted_points"]


def weighted_points(stream: Stream) -> tuple[Any, ...]:
    """Four or five points on a line (whole numbers, ascending) and their responsibilities for two components (n×2, tenths). The points to
    the left belong mostly to the first component; both means have a denominator of at most 5 and differ."""
    while True:
        n = stream.choice((4, 4, 5))
        xs = sorted(stream.sample(range(-3, 13), n))
        tenths = sorted(stream.choices((1, 2, 3, 4, 5, 6, 7, 8, 9), n), reverse=True)
        if stream.below(3) == 0:  # not always in order
            i = stream.below(n - 1)
            tenths[i], tenths[i + 1] = tenths[i + 1], tenths[i]
        size = sum(tenths)
        if not 10 <= size <= 10 * (n - 1) or len(set(tenths)) < 3:
            continue
        rest = 10 * n - size
        first = sum([t * x for t, x in zip(tenths, xs)])  # sums of weighted points, in tenths
        second = 10 * sum(xs) - first
        short = all([top != 0 and bottom // math.gcd(top, bottom) <= 5 for top, bottom in ((first, size), (second, rest))])
        if short and second * size - first * rest >= size * rest and size != rest:
            return tuple(map(fmpq, xs)), tuple([(fmpq(t, 10), fmpq(10 - t, 10)) for t in tenths])
