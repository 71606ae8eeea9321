"""Brute force against the VC solvers and keys: every hypothesis that matters is listed, linear classes are tried
with scipy's linear programming."""

from __future__ import annotations

from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.exact import vc_dimension as solver

optimize = pytest.importorskip("scipy.optimize")

SEEDS = range(1, 61)
Labels = tuple[bool, ...]


# ---- classes on the line and on distances, by their thresholds --------------------------------

def _interval_unions(n: int, k: int) -> set[Labels]:
    """Labelings of n points in order by unions of at most k intervals, whose ends lie in the gaps."""
    found = set()
    for j in range(k + 1):
        for ends in combinations(range(n + 1), 2 * j):
            found.add(tuple([sum(e <= i for e in ends) % 2 == 1 for i in range(n)]))
    return found


def _opposite(labelings: set[Labels]) -> set[Labels]:
    return {tuple([not x for x in labels]) for labels in labelings}


def labelings_on_a_line(family: str, size: int, n: int) -> set[Labels]:
    rays = {tuple([i >= t for i in range(n)]) for t in range(n + 1)}
    if family == "rays":
        return rays
    if family == "centred_balls":  # near points first
        return _opposite(rays)
    if family == "two_sided_rays":
        return rays | _opposite(rays)
    if family == "rings":
        return _interval_unions(n, 1)
    if family == "k_intervals":
        return _interval_unions(n, size)
    if family == "signed_intervals":
        return _interval_unions(n, 1) | _opposite(_interval_unions(n, 1))
    if family == "polynomials":  # zeros in up to `size` gaps, and the sign at the far left
        found = set()
        for j in range(size + 1):
            for zeros in combinations(range(1, n), j):
                labels = tuple([sum(z <= i for z in zeros) % 2 == 0 for i in range(n)])
                found |= {labels} | _opposite({labels})
        return found
    raise ValueError(family)


LINES = [("rays", 1), ("two_sided_rays", 1), ("signed_intervals", 1), ("centred_balls", 3), ("rings", 4),
         *[("k_intervals", k) for k in (1, 2, 3)], *[("polynomials", k) for k in (1, 2, 3, 4)]]


@pytest.mark.parametrize("family, size", LINES)
def test_classes_on_a_line(family: str, size: int) -> None:
    for n in range(1, 9):
        assert solver.growth_function(family, fmpq(size), fmpq(n)) == len(labelings_on_a_line(family, size, n))
    shattered = [n for n in range(1, 9) if len(labelings_on_a_line(family, size, n)) == 2**n]
    assert shattered == list(range(1, len(shattered) + 1))
    if shattered[-1] < 8:
        assert solver.vc_dimension(family, fmpq(size)) == shattered[-1]


# ---- linear classes -----------------------------------------------------------------------------

def feasible(rows: np.ndarray, labels: Labels, ball: bool = False) -> bool:
    """Is there a w with row·w ≥ 1 for each + row and ≤ −1 for each − row? `ball`: with its last entry ≥ 0."""
    signs = np.where(labels, 1.0, -1.0)
    bounds = [(None, None)] * (rows.shape[1] - ball) + [(0, None)] * ball
    found = optimize.linprog(np.zeros(rows.shape[1]), A_ub=-signs[:, None] * rows, b_ub=-np.ones(len(rows)),
                             bounds=bounds, method="highs")
    return bool(found.status == 0)


def count(rows: np.ndarray, ball: bool = False) -> int:
    return sum(feasible(rows, labels, ball) for labels in product((False, True), repeat=len(rows)))


def with_ones(points: np.ndarray) -> np.ndarray:
    return np.column_stack([points, np.ones(len(points))])


@pytest.mark.parametrize("d, n", [(1, 4), (2, 3), (2, 4), (2, 5), (2, 6), (3, 4), (3, 5), (3, 6)])
def test_half_spaces_by_linear_programming(d: int, n: int) -> None:
    points = np.random.default_rng(n).normal(size=(n, d))
    assert solver.growth_function("halfspaces", fmpq(d), fmpq(n)) == count(with_ones(points))
    assert solver.growth_function("origin_halfspaces", fmpq(d), fmpq(n)) == count(points)


@pytest.mark.parametrize("degree, n", [(1, 3), (2, 4), (2, 5), (3, 5), (3, 6)])
def test_polynomials_by_linear_programming(degree: int, n: int) -> None:
    x = np.linspace(-1, 1, n)
    assert solver.growth_function("polynomials", fmpq(degree), fmpq(n)) == count(np.vander(x, degree + 1))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_balls_by_linear_programming(d: int) -> None:
    """|x − c|² < r² is 2c·x + k − λ|x|² > 0 for a λ > 0; λ = 0, the half-space, is a ball large enough."""

    def lifted(points: np.ndarray) -> np.ndarray:
        return np.column_stack([with_ones(points), -(points**2).sum(axis=1)])

    dimension = int(solver.vc_dimension("balls", fmpq(d)).p)
    simplex = np.vstack([np.zeros(d), np.eye(d)])
    assert len(simplex) == dimension
    assert count(lifted(simplex), ball=True) == 2**dimension
    for seed in range(5):
        cloud = np.random.default_rng(seed).normal(size=(dimension + 1, d))
        assert count(lifted(cloud), ball=True) < 2 ** (dimension + 1)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_boxes_by_their_hulls(d: int) -> None:
    """A labeling can be made by a box if the smallest box around the + points holds no − point."""

    def shattered(points: np.ndarray) -> bool:
        for labels in product((False, True), repeat=len(points)):
            inside = points[np.array(labels)]
            if not len(inside):
                continue
            held = ((points >= inside.min(axis=0)) & (points <= inside.max(axis=0))).all(axis=1)
            if held.tolist() != list(labels):
                return False
        return True

    dimension = int(solver.vc_dimension("boxes", fmpq(d)).p)
    assert shattered(np.vstack([np.eye(d), -np.eye(d)])) and dimension == 2 * d
    if d == 1:
        assert not any(shattered(np.array(c, dtype=float)[:, None]) for c in combinations(range(5), 3))
    if d == 2:
        grid = np.array(list(product(range(4), repeat=2)), dtype=float)
        assert not any(shattered(grid[list(c)]) for c in combinations(range(16), dimension + 1))
    for seed in range(20):
        assert not shattered(np.random.default_rng(seed).normal(size=(dimension + 1, d)))


@pytest.mark.parametrize("k", [3, 4])
def test_polygons_on_a_circle(k: int) -> None:
    """Each side of a polygon cuts points off; whether one line can do it is asked of linear programming."""
    dimension = int(solver.vc_dimension("polygons", fmpq(k)).p)
    assert dimension == 2 * k + 1

    def circle(n: int) -> np.ndarray:
        angle = 2 * np.pi * np.arange(n) / n
        return with_ones(np.column_stack([np.cos(angle), np.sin(angle)]))

    def cut(points: np.ndarray, away: list[int], kept: list[int]) -> bool:
        return feasible(points[away + kept], (True,) * len(away) + (False,) * len(kept))

    points = circle(dimension)
    for labels in product((False, True), repeat=dimension):
        plus = [i for i, label in enumerate(labels) if label]
        minus = [i for i, label in enumerate(labels) if not label]
        if len(plus) <= k:
            continue  # the + points are the corners; on a circle no other point lies in their hull
        assert len(minus) <= k
        if labels[0] and len(minus) == k:  # each − is cut off by a side of its own
            assert all(cut(points, [i], plus) for i in minus)
    around = circle(dimension + 1)
    plus, minus = list(range(0, dimension + 1, 2)), list(range(1, dimension + 1, 2))
    assert len(plus) > k and len(minus) > k
    assert not any(cut(around, [i, j], plus) for i, j in combinations(minus, 2))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_conjunctions_by_listing(d: int) -> None:
    points = list(product((False, True), repeat=d))
    hypotheses = [s for r in range(d + 1) for s in combinations(range(d), r)]
    rows = [tuple([all(p[i] for i in s) for p in points]) for s in hypotheses]

    def shattered(chosen: tuple[int, ...]) -> bool:
        return len({tuple([row[i] for i in chosen]) for row in rows}) == 2 ** len(chosen)

    largest = max(m for m in range(len(points) + 1) if any(shattered(c) for c in combinations(range(len(points)), m)))
    assert solver.vc_dimension("conjunctions", fmpq(d)) == largest


def _classes(n: int) -> list[list[Labels]]:
    """All classes (sets of labelings) on n points but the empty one."""
    labels = list(product((False, True), repeat=n))
    return [[h for i, h in enumerate(labels) if chosen >> i & 1] for chosen in range(1, 1 << len(labels))]


def _shatters(hypotheses: list[Labels], points: tuple[int, ...]) -> bool:
    return len({tuple([h[i] for i in points]) for h in hypotheses}) == 2 ** len(points)


def _dimension(hypotheses: list[Labels], n: int) -> int:
    return max(m for m in range(n + 1) if any(_shatters(hypotheses, c) for c in combinations(range(n), m)))


def test_finite_classes_and_sauer_by_listing() -> None:
    largest: dict[int, int] = {}
    most: dict[int, int] = {}
    for hypotheses in _classes(3):
        d, size = _dimension(hypotheses, 3), len(hypotheses)
        largest[size] = max(largest.get(size, 0), d)
        most[d] = max(most.get(d, 0), size)
    for size, d in largest.items():
        assert solver.vc_dimension("finite", fmpq(size)) == d
    for d, size in most.items():
        assert solver.sauer_bound(fmpq(3), fmpq(d)) == size
    assert solver.sauer_bound(fmpq(10), fmpq(3)) == sum(comb(10, i) for i in range(4))
    assert solver.subsets_of_size(fmpq(6), fmpq(2)) == len(list(combinations(range(6), 2)))


@pytest.mark.parametrize("claim", ["some", "every", "not_some", "none"])
def test_conclusions_by_listing(claim: str) -> None:
    """What a claim about pairs of points leaves open, over all classes on three points."""
    seen = set()
    for hypotheses in _classes(3):
        pairs = [_shatters(hypotheses, c) for c in combinations(range(3), 2)]
        if {"some": any(pairs), "every": all(pairs), "not_some": not all(pairs), "none": not any(pairs)}[claim]:
            seen.add(_dimension(hypotheses, 3) >= 2)
    expected = "nothing" if len(seen) == 2 else "at_least" if seen == {True} else "below"
    assert solver.shattering_conclusion(claim) == expected


def test_infinite_classes() -> None:
    assert {k: solver.finite_or_infinite(k) for k in ("sine", "rectangles")} == {"sine": "infinite", "rectangles": "finite"}
    for n in (1, 3, 6):  # ω = π(1 + Σ (1 − label) 10^i) gives the points 10^-i any labels
        x = 10.0 ** -np.arange(1, n + 1)
        for labels in product((0, 1), repeat=n):
            omega = np.pi * (1 + sum((1 - y) * 10.0 ** (i + 1) for i, y in enumerate(labels)))
            assert ((np.sin(omega * x) > 0) == np.array(labels, dtype=bool)).all()


def test_faults_are_named() -> None:
    for wrong in (lambda: solver.vc_dimension("stars", fmpq(2)), lambda: solver.vc_dimension("boxes", fmpq(0)),
                  lambda: solver.growth_function("boxes", fmpq(2), fmpq(4)), lambda: solver.sauer_bound(fmpq(4), fmpq(-1)),
                  lambda: solver.finite_or_infinite("stars")):
        with pytest.raises(ValueError):
            wrong()


# ---- keys -----------------------------------------------------------------------------------------

def _oracle_growth(family: str, size: int, n: int) -> int:
    if family in ("halfspaces", "origin_halfspaces"):  # Cover's recursion, tested above by linear programming
        table: dict[tuple[int, int], int] = {}
        d = size + (family == "halfspaces")
        for points in range(1, n + 1):
            for k in range(d + 1):
                table[points, k] = 0 if k == 0 else 2 if points == 1 else table[points - 1, k] + table[points - 1, k - 1]
        return table[n, d]
    return len(labelings_on_a_line(family, size, n))


@pytest.mark.parametrize("seed", SEEDS)
def test_growth_function_key(seed: int) -> None:
    v: dict[str, Any] = examwright.draw("vc-dimension/growth-function", seed=seed).values
    family, size, n = v["family"], int(v["size"].p), int(v["points"].p)
    made = _oracle_growth(family, size, n)
    assert v["dichotomies"] == made and v["impossible"] == 2**n - made
    k = int(v["break_point"].p)
    assert _oracle_growth(family, size, k) < 2**k and _oracle_growth(family, size, k - 1) == 2 ** (k - 1)
    assert v["bound"] == sum(len(list(combinations(range(n), i))) for i in range(k))
    assert v["tight"] == ("equal" if v["bound"] == made else "smaller")
    assert n >= k, "on fewer points than the break point there is nothing to count"


@pytest.mark.parametrize("seed", SEEDS)
def test_hypothesis_class_key(seed: int) -> None:
    v: dict[str, Any] = examwright.draw("vc-dimension/hypothesis-class", seed=seed).values
    family, size, d = v["family"], int(v["size"].p), int(v["dimension"].p)
    assert v["labelings"] == 2**d
    if family == "finite":
        assert 2**d <= size < 2 ** (d + 1)
    elif family in ("halfspaces", "origin_halfspaces", "two_sided_rays", "k_intervals", "rings", "centred_balls"):
        assert _oracle_growth(family, size, d) == 2**d
        if d < 12:
            assert _oracle_growth(family, size, d + 1) < 2 ** (d + 1)
    assert v["conclusion"] == solver.shattering_conclusion(v["claim"])
