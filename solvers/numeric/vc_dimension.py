"""Independent checks of the VC questions: labelings are listed and tested, recursions counted through."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import combinations
from typing import Any

import numpy as np

__all__ = ["growth_by_enumeration", "vc_by_shattering"]


def _labelings(n: int) -> np.ndarray:
    """All labelings of n points, one bit for each point, the first point lowest."""
    return np.arange(1 << n, dtype=np.int64)


def _runs(bits: np.ndarray) -> np.ndarray:
    """How many runs of + each labeling of points on a line has."""
    return np.bitwise_count(bits & ~(bits << 1))


def _changes(bits: np.ndarray, n: int) -> np.ndarray:
    """How many neighbours have different labels."""
    return np.bitwise_count((bits ^ (bits >> 1)) & ((1 << (n - 1)) - 1))


def _cyclic_runs(bits: np.ndarray, n: int) -> np.ndarray:
    """How many runs of + points on a circle have."""
    turned = ((bits << 1) | (bits >> (n - 1))) & ((1 << n) - 1)
    return np.bitwise_count(bits & ~turned)


@cache
def _cover(n: int, d: int) -> int:
    """Dichotomies of n points in general position by half-spaces through the origin of R^d: a new point
    splits those that a hyperplane through it can make (Cover's recursion)."""
    if n == 1 or d <= 0:
        return 2 if d > 0 else 0
    return _cover(n - 1, d) + _cover(n - 1, d - 1)


@cache
def _dichotomies(family: str, size: int, n: int) -> int:
    """The number of labelings of n points that the class can make."""
    if family == "halfspaces":
        return _cover(n, size + 1)
    if family == "origin_halfspaces":
        return _cover(n, size)
    bits = _labelings(n)
    if family == "rays":
        good = np.isin(bits, (1 << n) - (1 << np.arange(n + 1)))
    elif family == "centred_balls":
        good = np.isin(bits, (1 << np.arange(n + 1)) - 1)
    elif family == "two_sided_rays":
        good = _changes(bits, n) <= 1
    elif family == "polynomials":
        good = _changes(bits, n) <= size
    elif family == "k_intervals":
        good = _runs(bits) <= size
    elif family == "rings":
        good = _runs(bits) <= 1
    elif family == "signed_intervals":
        good = (_runs(bits) <= 1) | (_runs(((1 << n) - 1) ^ bits) <= 1)
    elif family == "polygons":  # on a circle: a corner for each +, or an edge that cuts off each run of -
        good = (np.bitwise_count(bits) <= size) | (_cyclic_runs(((1 << n) - 1) ^ bits, n) <= size)
    elif family == "conjunctions":  # 2^d hypotheses; on the points with a single 0 each variable used makes one -
        if n > size:
            return 1 << size
        holds = 1 - np.eye(n, dtype=np.int64)
        used = (bits[:, None] >> np.arange(n)) & 1
        labels = (used[:, None, :] <= holds).all(axis=2)
        return len(np.unique(labels, axis=0))
    elif family == "finite":
        return min(size, 1 << n)
    else:
        raise ValueError(family)
    return int(good.sum())


def _box_dimension(d: int) -> int:
    """2d if the points ±e_i are shattered by boxes, and the box around the extreme points of random sets of
    2d + 1 points holds all of them."""
    points = np.concatenate([np.eye(d), -np.eye(d)])
    inside = (_labelings(2 * d)[1:, None] >> np.arange(2 * d)) & 1 == 1
    high = np.where(inside[:, :, None], points, -2.0).max(axis=1)
    low = np.where(inside[:, :, None], points, 2.0).min(axis=1)
    held = ((points <= high[:, None, :]) & (points >= low[:, None, :])).all(axis=2)
    assert (held == inside).all()
    for seed in range(3):
        cloud = np.random.default_rng(seed).normal(size=(2 * d + 1, d))
        chosen = cloud[np.union1d(cloud.argmax(axis=0), cloud.argmin(axis=0))]
        assert len(chosen) <= 2 * d and ((cloud <= chosen.max(axis=0)) & (cloud >= chosen.min(axis=0))).all()
    return 2 * d


@cache
def _largest_shattered(family: str, size: int) -> int:
    if family == "boxes":
        return _box_dimension(size)
    if family == "balls":  # |x - c|² - r² takes any values on affinely independent points; Radon forbids more
        cloud = np.random.default_rng(0).normal(size=(size + 5, size))
        return int(np.linalg.matrix_rank(np.column_stack([cloud, np.ones(size + 5)])))
    n = 0
    while _dichotomies(family, size, n + 1) == 1 << (n + 1):
        n += 1
    return n


@cache
def _conclusion(claim: str) -> str:
    """What a claim about pairs implies, over all 255 classes on three points."""
    pairs = list(combinations(range(3), 2))
    dimensions = set()
    for chosen in range(1, 256):
        labels = [h for h in range(8) if chosen >> h & 1]
        shattered = [len({(h >> i & 1, h >> j & 1) for h in labels}) == 4 for i, j in pairs]
        true = {"some": any(shattered), "every": all(shattered), "not_some": not all(shattered),
                "none": not any(shattered)}[claim]
        if true:
            dimensions.add("at_least" if any(shattered) else "below")
    return dimensions.pop() if len(dimensions) == 1 else "nothing"


@cache
def _is_finite(kind: str) -> str:
    """Tries eight points: the infinite classes of the list shatter a suitable set, the finite ones none."""
    bits = _labelings(8)
    if kind == "sine":  # points 10^-i; the frequency spells the labels in its decimals
        x = 10.0 ** -np.arange(1, 9)
        wanted = (bits[:, None] >> np.arange(8)) & 1
        frequency = np.pi * (1 + ((1 - wanted) * 10.0 ** np.arange(1, 9)).sum(axis=1))
        shattered = bool(((np.sin(frequency[:, None] * x) > 0) == (wanted == 1)).all())
    elif kind == "convex":  # on a circle no point lies in the hull of others
        angle = 2 * np.pi * np.arange(8) / 8
        circle = np.column_stack([np.cos(angle), np.sin(angle)])
        shattered = bool(all((np.delete(circle @ p, i) < 1 - 1e-9).all() for i, p in enumerate(circle)))
    elif kind == "unions":
        shattered = int(_runs(bits).max()) <= 8
    elif kind == "neighbour":  # each point is its own nearest neighbour
        x = np.arange(8.0)
        shattered = bool((np.abs(x[:, None] - x).argmin(axis=1) == np.arange(8)).all())
    else:
        most = {"rectangles": lambda: 1 << _box_dimension(2), "space": lambda: _cover(8, 6), "hundred": lambda: 100,
                "cubics": lambda: _dichotomies("polynomials", 3, 8)}[kind]()
        shattered = most >= 1 << 8
    return "infinite" if shattered else "finite"


def vc_by_shattering(family: str, size: int, claim: str, other: str) -> dict[str, Any]:
    """Every part of vc-dimension/hypothesis-class, from labelings counted point by point."""
    dimension = _largest_shattered(family, size)
    return {
        "dimension": dimension, "labelings": len(range(1 << dimension)), "conclusion": _conclusion(claim),
        "infinite": _is_finite(other),
    }


@cache
def _sauer(n: int, k: int) -> int:
    """B(N, k): the most dichotomies of N points with break point k, by B(N-1, k) + B(N-1, k-1)."""
    if k <= 1:
        return 1 if k == 1 else 0
    return 2 if n == 1 else _sauer(n - 1, k) + _sauer(n - 1, k - 1)


@lru_cache(maxsize=4096)
def growth_by_enumeration(family: str, size: int, points: int) -> dict[str, Any]:
    """Every part of vc-dimension/growth-function: labelings are listed (half-spaces: counted by recursion)."""
    made = _dichotomies(family, size, points)
    stop = _largest_shattered(family, size) + 1
    most = _sauer(points, stop)
    return {
        "dichotomies": made, "impossible": (1 << points) - made, "break_point": stop, "bound": most,
        "tight": "equal" if most == made else "smaller",
    }
