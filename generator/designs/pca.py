"""Data built backwards from its principal components."""

from __future__ import annotations

import functools
import itertools
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["component_model", "points_along_directions", "variance_spectrum"]

_DIRECTIONS = ((1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2), (3, 1), (1, 3), (3, -1), (1, -3))


@functools.lru_cache(maxsize=1)
def _patterns() -> tuple[Any, ...]:
    """Pairs of whole-number score vectors of four or five examples: both add up to 0, they are orthogonal, the second is
    not 0 and has at most 60 % of the first one's sum of squares, and no two examples are alike."""
    out = []
    for n, reach in ((4, 3), (5, 2)):
        vectors = [v for v in itertools.product(range(-reach, reach + 1), repeat=n) if sum(v) == 0 and any(v)]
        for s in vectors:
            size = sum([a * a for a in s])
            out += [(s, t) for t in vectors if 10 * sum([b * b for b in t]) <= 6 * size and not _dot(s, t)
                    and len(set(zip(s, t))) == n]
    return tuple(out)


def points_along_directions(stream: Stream) -> tuple[Any, ...]:
    """Four or five points with whole coordinates from 0 to 18, a divisor (n or n − 1), and the first principal direction
    (p, q) in small whole numbers. Both eigenvalues of the covariance matrix are whole, the second is not 0 and at most
    60 % of the first."""
    p, q = stream.choice(_DIRECTIONS)
    while True:
        s, t = stream.choice(_patterns())
        n = len(s)
        divisor = stream.choice((n, n - 1))
        if any(_dot(v, v) * (p * p + q * q) % divisor for v in (s, t)):
            continue
        points = [(a * p - b * q, a * q + b * p) for a, b in zip(s, t)]
        low = [stream.below(4) - min(column) for column in zip(*points)]
        points = [(x + low[0], y + low[1]) for x, y in points]
        if max(map(max, points)) <= 18:
            return tuple([tuple(map(fmpq, x)) for x in points]), fmpq(divisor), (fmpq(p), fmpq(q))


_FRAMES: tuple[Any, ...] = (  # orthonormal vectors times the denominator
    (5, ((3, 4), (-4, 3))), (5, ((4, 3), (3, -4))), (5, ((4, -3), (3, 4))), (5, ((3, -4), (4, 3))),
    (3, ((1, 2, 2), (2, 1, -2), (2, -2, 1))), (3, ((2, 2, 1), (2, -1, -2), (1, -2, 2))),
    (3, ((2, -1, 2), (1, -2, -2), (2, 2, -1))), (3, ((2, 1, -2), (1, 2, 2), (2, -2, 1))),
)


def component_model(stream: Stream) -> tuple[Any, ...]:
    """A mean (whole numbers), orthonormal principal directions as rows (two in the plane or three in space), their
    variances in descending order, the number n of examples, one of them, and the score that another one has on the first
    direction. All coordinates are whole or have one decimal; no score is larger than n examples with these variances
    allow."""
    denominator, frame = stream.choice(_FRAMES)
    d = len(frame)
    while True:
        scores = [stream.choice((-1, 1)) * (1 + stream.below(8 if k == 0 else 4)) for k in range(d)]
        offset = [sum([z * u[j] for z, u in zip(scores, frame)]) for j in range(d)]
        mean = [stream.below(13) - 2 for _ in range(d)]
        other = stream.choice((-1, 1)) * (1 + stream.below(8))
        whole = denominator == 5 or all(o % 3 == 0 for o in offset) and other % 3 == 0
        if not whole or 0 in offset or mean.count(0) or len(set(map(abs, scores))) < d or other == scores[0]:
            continue
        variances = sorted(stream.sample(range(1, 13), d), reverse=True)
        n = stream.choice((8, 10, 12, 15, 20, 25))
        possible = all(z * z < (n - 1) * v for z, v in zip(scores, variances)) and other**2 < (n - 1) * variances[0]
        if possible and abs(scores[0]) > 1 and variances[0] >= 2 * variances[1] and _dot(mean, frame[0]):
            u = tuple([tuple([fmpq(a, denominator) for a in row]) for row in frame])
            x = tuple([m + fmpq(o, denominator) for m, o in zip(mean, offset)])
            return tuple(map(fmpq, mean)), u, tuple(map(fmpq, variances)), fmpq(n), x, fmpq(other)


def _dot(a: Any, b: Any) -> int:
    return sum([x * y for x, y in zip(a, b)])


def variance_spectrum(stream: Stream) -> tuple[Any, ...]:
    """Five or six different eigenvalues (whole, in random order, with a round sum) and a share. The number of components
    that reach the share is at least 2 and leaves two out; in every third draw they reach it exactly. Taken in the order
    given, another number would be needed."""
    exactly = stream.below(3) == 0
    while True:
        d = stream.choice((5, 6, 6))
        values = [1 + stream.below(stream.choice((4, 12, 30))) for _ in range(d)]
        total = sum(values)
        if total not in (20, 25, 40, 50, 80, 100) or len(set(values)) < d:
            continue
        ranked = sorted(values, reverse=True)
        sums = list(itertools.accumulate(ranked))
        share = stream.choice((70, 75, 80, 85, 90, 95))
        need = next(k for k, s in enumerate(sums, 1) if 100 * s >= share * total)
        if not 2 <= need <= d - 2 or (100 * sums[need - 1] == share * total) != exactly:
            continue
        if next(k for k, s in enumerate(itertools.accumulate(values), 1) if 100 * s >= share * total) != need:
            return tuple(map(fmpq, values)), fmpq(share, 100)
