"""Points with responsibilities in tenths whose weighted means and variances are short."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["weighted_points"]


def weighted_points(stream: Stream) -> tuple[Any, ...]:
    """Four or five points on a line (whole numbers, ascending) and their responsibilities for two components (n×2, tenths). The points to
    the left belong mostly to the first component; both means have a denominator of at most 5 and differ."""
    while True:
        n = stream.choice((4, 4, 5))
        xs = [fmpq(x) for x in sorted(stream.sample(range(-3, 13), n))]
        tenths = sorted([stream.choice((1, 2, 3, 4, 5, 6, 7, 8, 9)) for _ in range(n)], reverse=True)
        if stream.below(3) == 0:  # not always in order
            i = stream.below(n - 1)
            tenths[i], tenths[i + 1] = tenths[i + 1], tenths[i]
        first = [fmpq(t, 10) for t in tenths]
        size = sum(first, fmpq(0))
        if not 1 <= size <= n - 1 or len(set(tenths)) < 3:
            continue
        means = [sum([w * x for w, x in zip(weights, xs)], fmpq(0)) / sum(weights, fmpq(0)) for weights in (first, [1 - w for w in first])]
        if all([m.q <= 5 and m != 0 for m in means]) and means[1] - means[0] >= 1 and size != n - size:
            return tuple(xs), tuple([(w, 1 - w) for w in first])
