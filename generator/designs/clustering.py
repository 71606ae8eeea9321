"""Small sets of points on which K-means has something to do, without ties and without empty clusters."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["two_round_points"]


def _assigned(points: Any, centres: Any) -> list[int] | None:
    """The nearest of two centres (0 or 1) for each point, None on a tie or for an empty cluster."""
    out = []
    for x in points:
        d = [sum([(a - b) ** 2 for a, b in zip(x, m)]) for m in centres]
        if d[0] == d[1]:
            return None
        out.append(int(d[1] < d[0]))
    return out if len(set(out)) == 2 else None


def _means(points: Any, labels: Any) -> list[tuple[Fraction, ...]]:
    groups = [[x for x, k in zip(points, labels) if k == c] for c in (0, 1)]
    return [tuple([Fraction(sum(column), len(group)) for column in zip(*group)]) for group in groups]


def two_round_points(stream: Stream) -> tuple[Any, ...]:
    """Five or six points with whole coordinates, and two centres, points of the set or others. The first two rounds of
    K-means differ in at least one label and have no ties and no cluster of one point in the end; in half of the draws a
    third round changes something as well. Clusters have at most four points, so that means are short."""
    goes_on = stream.below(2) == 0
    while True:
        n = stream.choice((5, 6, 6))
        cells = [(a, b) for a in range(0, 10) for b in range(0, 9)]
        points = sorted(stream.sample(cells, n))
        start = stream.sample(points if stream.below(2) else cells, 2)
        first = _assigned(points, start)
        if first is None:
            continue
        second = _assigned(points, _means(points, first))
        if second is None or second == first or max(map(second.count, (0, 1))) > 4 or min(map(second.count, (0, 1))) < 2:
            continue
        if max(map(first.count, (0, 1))) > 4:
            continue
        third = _assigned(points, _means(points, second))
        if third is not None and (third != second) == goes_on:
            return tuple([tuple(map(fmpq, x)) for x in points]), tuple([tuple(map(fmpq, m)) for m in start])
