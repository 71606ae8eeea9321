"""Small sets of points on which K-means has something to do, without ties and without empty clusters."""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["clustered_numbers", "two_round_points"]


def _assigned(points: Any, centres: Any) -> list[int] | None:
    """The nearest of two centres (0 or 1) for each point, None on a tie or for an empty cluster."""
    scale = math.lcm(*[c.denominator for m in centres for c in m])  # so that whole numbers are compared
    one, other = [[c.numerator * (scale // c.denominator) for c in m] for m in centres]
    rest = sum([b * b for b in one]) - sum([b * b for b in other])
    slopes = [2 * scale * (b - c) for b, c in zip(one, other)]
    out = []
    for x in points:
        further = rest - sum(map(operator.mul, x, slopes))  # the squared distance from the first less that from the second, scaled
        if further == 0:
            return None
        out.append(1 if further > 0 else 0)
    return out if 0 < sum(out) < len(out) else None


def _means(points: Any, labels: Any) -> list[tuple[Fraction, ...]]:
    groups = [[x for x, k in zip(points, labels) if k == c] for c in (0, 1)]
    return [tuple([Fraction(sum(column), len(group)) for column in zip(*group)]) for group in groups]


def two_round_points(stream: Stream) -> tuple[Any, ...]:
    """Five or six points with whole coordinates, and two centres, points of the set or others. The first two rounds of
    K-means differ in at least one label and have no ties and no cluster of one point in the end; in half of the draws a
    third round changes something as well. Clusters have at most four points, so that means are short."""
    goes_on = stream.below(2) == 0
    cells = [(a, b) for a in range(0, 10) for b in range(0, 9)]
    while True:
        n = stream.choice((5, 6, 6))
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


def _scatter(values: Any, labels: Any) -> int:
    """Sixty times the sum of squares about the means of two clusters, which is whole for five numbers at most in each."""
    groups = [[x for x, k in zip(values, labels) if k == c] for c in (1, 2)]
    return 60 * sum([x * x for x in values]) - sum([sum(g) ** 2 * (60 // len(g)) for g in groups])


def clustered_numbers(stream: Stream) -> tuple[Any, ...]:
    """Five or six different numbers in ascending order and a clustering of them in two that is not the best one. In half of
    the draws K-means stays there, in the other half it moves on. The best clustering is unique, and is not that with the
    most even sizes in two draws of three."""
    stays = stream.below(2) == 0
    while True:
        n = stream.choice((5, 6, 6))
        values = sorted(stream.sample(range(1, 25), n))
        cuts = sorted([(_scatter(values, [1] * k + [2] * (n - k)), k) for k in range(1, n)])
        if cuts[0][0] == cuts[1][0] or n % 2 == 0 and 2 * cuts[0][1] == n and stream.below(3):
            continue
        labels = [1 + stream.below(2) for _ in range(n)]
        if stays or stream.below(2):
            k = stream.choice(cuts[1:])[1]
            labels = [1] * k + [2] * (n - k)
        if labels[0] == 2 or len(set(labels)) < 2 or _scatter(values, labels) == cuts[0][0]:
            continue
        means = _means([(x,) for x in values], [k - 1 for k in labels])
        nearest = _assigned([(x,) for x in values], means)
        if nearest is None or ([k + 1 for k in nearest] == labels) != stays:
            continue
        if max([Fraction(scatter, 60).denominator for scatter in (_scatter(values, labels), cuts[0][0])]) <= 12:
            return tuple(map(fmpq, values)), tuple(map(fmpq, labels))
