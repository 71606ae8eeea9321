"""Regression data whose lines and planes have short coefficients."""

from __future__ import annotations

from math import gcd
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["inputs_with_whole_mean", "lagged_series", "line_data", "penalized_slope_data", "plane_data"]


def line_data(stream: Stream) -> tuple[Any, ...]:
    """Three to five points with whole coordinates, the inputs different and ascending, near a line: slope and
    intercept are not 0 and have denominators of at most 6, R² lies between
    0.55 and 0.98."""
    while True:
        n = stream.choice((3, 4, 4, 5))
        low = stream.choice((0, 0, 1, -2))
        xs = sorted(stream.sample(range(low, low + 7), n))
        rise, start = stream.choice((-4, -3, -2, -1, 1, 2, 3, 4, 5)), stream.below(11) - 3
        ys = [(rise * x) // stream.choice((1, 1, 2)) + start + stream.below(5) - 2 for x in xs]
        sx, sy = sum(xs), sum(ys)
        sxx, sxy = sum([x * x for x in xs]), sum([x * y for x, y in zip(xs, ys)])
        det = n * sxx - sx * sx
        slope, intercept = n * sxy - sx * sy, sxx * sy - sx * sxy
        if 0 in (sx, sy, sxy, slope, intercept):
            continue
        if det // gcd(det, slope) > 6 or det // gcd(det, intercept) > 6:
            continue
        if abs(slope) > 6 * det or abs(intercept) > 12 * det:
            continue
        variation = n * sum([y * y for y in ys]) - sy * sy  # n times Σ(y - ȳ)²
        left = variation * det - slope * slope  # n·det times the sum of the squared residuals
        if not 2 * variation * det < 100 * left < 45 * variation * det or 500 * left < n * det * sum([y * y for y in ys]):
            continue  # R² between 0.55 and 0.98, also about zero not almost 1
        return tuple(xs), tuple(ys)


def _normal(u: list[int], v: list[int]) -> tuple[list[int], int]:
    """An integer vector orthogonal to (1, 1, 1, 1), u and v, in lowest terms, and det(XᵀX)."""
    rows = list(zip(u, v))
    out = []
    for skip in range(4):
        (a, b), (c, d), (e, f) = [rows[i] for i in range(4) if i != skip]
        minor = (c * f - d * e) - (a * f - b * e) + (a * d - b * c)
        out.append(minor if skip % 2 == 0 else -minor)
    common = gcd(*out)
    return ([x // common for x in out] if common else out), sum([x * x for x in out])


def plane_data(stream: Stream) -> tuple[Any, ...]:
    """Four examples with two whole-numbered features (4×2) and whole targets. The least-squares coefficients
    are whole numbers, none of them 0; XᵀX has a 0 beside its diagonal, but not three; the residuals are ±1 or ±2."""
    while True:
        low = stream.choice((-1, 0, 0))
        u = [low + stream.below(4) for _ in range(4)]
        v = [stream.below(4) - 1 for _ in range(4)]
        products = (sum(u), sum(v), sum([a * b for a, b in zip(u, v)]))
        if 0 not in products or products == (0, 0, 0):
            continue
        normal, det = _normal(u, v)
        if not 0 < det <= 400 or max(map(abs, normal)) > 2 or len(set(zip(u, v))) < 4:
            continue
        theta = (stream.choice((-3, -2, -1, 1, 2, 3, 4, 5)), *stream.sample((-4, -3, -2, -1, 1, 2, 3, 4), 2))
        sign = stream.choice((-1, 1))
        ys = tuple([theta[0] + theta[1] * a + theta[2] * b + sign * r for a, b, r in zip(u, v, normal)])
        return tuple(zip(u, v)), ys


def lagged_series(stream: Stream) -> tuple[Any, ...]:
    """Growth rates in half per cents, the values that follow a year later (one decimal), and the next growth
    rate. The line through the pairs has short decimal coefficients, and all sums have at most four digits."""
    while True:
        n = stream.choice((4, 5, 5, 6))
        halves = stream.sample(range(1, 13), n)
        slope, intercept = 4 * (2 + stream.below(9)), 5 * (10 + stream.below(40))  # in tenths
        noise = [stream.below(13) - 6 for _ in range(n - 2)]
        first, last = halves[-2], halves[-1]
        total, moment = -sum(noise), -sum([k * r for k, r in zip(halves, noise)])
        if (moment - first * total) % (last - first):
            continue
        end = (moment - first * total) // (last - first)
        noise += [total - end, end]
        if max(map(abs, noise)) > 9 or noise.count(0) > 1:
            continue
        ys = [intercept + slope * k // 2 + r for k, r in zip(halves, noise)]
        squares = fmpq(sum([k * k for k in halves]), 4)
        products = fmpq(sum([k * y for k, y in zip(halves, ys)]), 20)
        if not (_short(squares) and _short(products)):
            continue
        ahead = stream.choice([k for k in range(3, 15) if k not in halves])
        return tuple([fmpq(k, 2) for k in halves]), tuple([fmpq(y, 10) for y in ys]), fmpq(ahead, 2)


def _short(x: fmpq) -> bool:
    """True if x has at most four significant digits."""
    places = 2 if x < 100 else 1 if x < 1000 else 0
    return bool((x * 10**places).q == 1 and x < 10_000)


def inputs_with_whole_mean(stream: Stream, low: Any, high: Any) -> tuple[Any, ...]:
    """Four different whole numbers from low to high, in ascending order, whose mean is whole and none of them."""
    pool = range(int(fmpq(low).p), int(fmpq(high).p) + 1)
    while True:
        xs = sorted(stream.sample(pool, 4))
        if sum(xs) % 4 == 0 and sum(xs) // 4 not in xs:
            return tuple(map(fmpq, xs))


def penalized_slope_data(stream: Stream) -> tuple[Any, ...]:
    """Four points with whole coordinates and whole means, the one of x not 0, and a whole penalty λ, such that the slope of the ridge line
    Sxy/(Sxx + λ) has a denominator of at most 12."""
    while True:
        xs = sorted(stream.sample(range(-2, 10), 4))
        sxx = sum([(x - fmpq(sum(xs), 4)) ** 2 for x in xs], fmpq(0))
        if sum(xs) % 4 or sum(xs) == 0 or sxx > 60:
            continue
        ys = [stream.below(18) - 3 for _ in range(3)]
        ys.append(4 * stream.choice((1, 2, 3, 4, 5, 6)) - sum(ys))
        sxy = sum([(x - fmpq(sum(xs), 4)) * y for x, y in zip(xs, ys)], fmpq(0))
        lam = fmpq(stream.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 20)))
        if -4 <= ys[3] <= 20 and 0 < abs(sxy) <= 150 and sxy not in (sxx, -sxx) and lam != sxx and (sxy / (sxx + lam)).q <= 12:
            return tuple(map(fmpq, xs)), tuple(map(fmpq, ys)), lam
