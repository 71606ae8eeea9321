"""scikit-learn's K-means and SciPy's distances against the exact clustering solvers and the keys of the questions."""

from __future__ import annotations

import random
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import clustering as solver

cluster = pytest.importorskip("sklearn.cluster")
spatial = pytest.importorskip("scipy.spatial.distance")

SEEDS = range(1, 31)


def floats(value: Any) -> Any:
    """A nested tuple of exact numbers as an array."""
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def rounds(points: np.ndarray, start: np.ndarray, count: int) -> Any:
    """scikit-learn's model after so many rounds of Lloyd's algorithm: its labels are those that follow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cluster.KMeans(len(start), init=start, n_init=1, max_iter=count, tol=0, algorithm="lloyd").fit(points)


def test_distances_and_steps() -> None:
    rng = random.Random(1)
    for _ in range(40):
        points = exact([[rng.randint(-9, 9) for _ in range(3)] for _ in range(9)])
        centres = exact([[rng.randint(-9, 9) for _ in range(3)] for _ in range(3)])
        x, m = floats(points), floats(centres)
        assert np.allclose(floats(solver.squared_distances(points, centres)), spatial.cdist(x, m, "sqeuclidean"))
        assert np.allclose(floats(solver.manhattan_distances(points, centres)), spatial.cdist(x, m, "cityblock"))
        labels = solver.nearest_clusters(solver.squared_distances(points, centres))
        assert [int(k) for k in labels] == list(spatial.cdist(x, m).argmin(axis=1) + 1)
        used = sorted(set(labels))
        renamed = exact([used.index(k) + 1 for k in labels])
        groups = [x[floats(labels) == k] for k in floats(tuple(used))]
        count = exact(len(used))
        assert np.allclose(floats(solver.cluster_means(points, renamed, count)), [g.mean(axis=0) for g in groups])
        assert np.allclose(floats(solver.cluster_medians(points, renamed, count)), [np.median(g, axis=0) for g in groups])


def test_faults_are_named() -> None:
    points = exact([[0], [1]])
    for function in (solver.cluster_means, solver.cluster_medians):
        with pytest.raises(ValueError, match="cluster 2 is empty"):
            function(points, exact([1, 1]), exact(2))
    with pytest.raises(ValueError, match="as many"):
        solver.cluster_points(points, exact([1]), exact(1))


@pytest.mark.parametrize("seed", SEEDS)
def test_k_means_steps_key(seed: int) -> None:
    v = examwright.draw("clustering/k-means-steps", seed=seed).values
    points, start = floats(v["points"]), floats(v["start"])
    assert np.allclose(floats(v["D"]), spatial.cdist(points, start, "sqeuclidean"))
    one, two = rounds(points, start, 1), rounds(points, start, 2)
    assert np.allclose(floats(v["centres"]), one.cluster_centers_)
    assert np.allclose(floats(v["next_labels"]), one.labels_ + 1)
    assert np.allclose(floats(v["next_centres"]), two.cluster_centers_)
    assert np.allclose(floats(v["last_labels"]), two.labels_ + 1)


def test_every_second_question_goes_on_after_two_rounds() -> None:
    resting = [v["last_labels"] == v["next_labels"]
               for v in (examwright.draw("clustering/k-means-steps", seed=seed).values for seed in range(60))]
    assert 15 <= sum(resting) <= 45


def test_inertia_by_sklearn_and_pairs() -> None:
    rng = random.Random(2)
    for _ in range(30):
        points = exact([[rng.randint(-9, 9) for _ in range(2)] for _ in range(8)])
        labels = exact([1, 2, 1, 2] + [rng.randint(1, 2) for _ in range(4)])
        x, k = floats(points), floats(labels)
        centres = solver.cluster_means(points, labels, exact(2))
        model = rounds(x, floats(centres), 1)
        assert to_float(solver.inertia(points, exact([int(i) + 1 for i in model.labels_]), exact_rows(model.cluster_centers_))) == (
            pytest.approx(model.inertia_))
        pairs = sum(spatial.pdist(x[k == c], "sqeuclidean").sum() for c in (1, 2))
        assert to_float(solver.pairwise_scatter(points, labels)) == pytest.approx(pairs)
        distances = spatial.cdist(x, floats(centres), "cityblock")
        assert to_float(solver.absolute_scatter(points, labels, centres)) == pytest.approx(
            sum(row[int(c) - 1] for row, c in zip(distances, k)))


def exact_rows(values: np.ndarray) -> Any:
    """Floats as the exact fractions they are."""
    return exact([[Fraction(float(v)) for v in row] for row in values])


@pytest.mark.parametrize("seed", SEEDS)
def test_k_means_inertia_key(seed: int) -> None:
    v = examwright.draw("clustering/k-means-inertia", seed=seed).values
    x = floats(v["values"])[:, None]
    best = cluster.KMeans(2, n_init=15, random_state=0).fit(x)
    assert to_float(v["J_best"]) == pytest.approx(best.inertia_)
    assert len({(a, int(b)) for a, b in zip(best.labels_, v["best"])}) == 2, "the same clusters"
    assert to_float(v["J_one"]) == pytest.approx(cluster.KMeans(1, n_init=1).fit(x).inertia_)
    assert to_float(v["J"]) > to_float(v["J_best"])
    model = rounds(x, floats(v["centres"])[:, None], 1)
    assert (v["stable"] == "stays") == bool(np.allclose(model.cluster_centers_[:, 0], floats(v["centres"])))
    assert to_float(v["share"]) == pytest.approx(1 - best.inertia_ / to_float(v["J_one"]))


def test_best_clusters_need_an_order() -> None:
    for wrong in ([1], [2, 1]):
        with pytest.raises(ValueError, match="ascending"):
            solver.best_two_clusters(exact(wrong))
    with pytest.raises(ValueError, match="as many"):
        solver.inertia(exact([[1]]), exact([1, 1]), exact([[1]]))
