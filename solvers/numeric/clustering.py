"""Independent checks of the clustering questions: bisecting lines instead of distances, least squares instead of means, and
all partitions where a best one is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["inertia_of_all_partitions", "two_rounds_by_bisectors"]


def _side(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """1 or 2: the side of the perpendicular bisector of the two centres on which each point lies."""
    direction = centres[1] - centres[0]
    return np.where((points - centres.mean(axis=0)) @ direction > 0, 2, 1)


def _fitted(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The centres that minimise the squared distances for these labels, by least squares on the indicators."""
    indicators = (labels[:, None] == np.unique(labels)[None, :]).astype(float)
    return np.linalg.lstsq(indicators, points, rcond=None)[0]


def two_rounds_by_bisectors(points: np.ndarray, start: np.ndarray) -> dict[str, Any]:
    """Every part of clustering/k-means-steps, for two centres in the plane. Squared distances by ‖x‖² − 2x·m + ‖m‖²."""
    distances = (points**2).sum(axis=1)[:, None] - 2 * points @ start.T + (start**2).sum(axis=1)[None, :]
    first = _side(points, start)
    centres = _fitted(points, first)
    second = _side(points, centres)
    moved = _fitted(points, second)
    third = _side(points, moved)
    return {"D": distances, "labels": first, "centres": centres, "next_labels": second, "next_centres": moved,
            "last_labels": third}


def inertia_of_all_partitions(values: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Every part of clustering/k-means-inertia: each cluster's inertia is its variance times its size, and the best
    clustering is looked for among all ways to split the numbers into two sets."""
    n = len(values)

    def scatter(chosen: np.ndarray) -> float:
        clusters = [values[chosen == k] for k in (1, 2)]
        return sum([float(cluster.var()) * len(cluster) for cluster in clusters if len(cluster)])

    second = (np.arange(1, 2 ** (n - 1))[:, None] >> np.arange(n) & 1).astype(bool)  # each way to split: who is in the second set
    around = np.where(second, (second @ values / second.sum(axis=1))[:, None], (~second @ values / (~second).sum(axis=1))[:, None])
    best = 1 + second[np.round(((values - around) ** 2).sum(axis=1), 9).argmin()]
    centres = _fitted(values[:, None], labels)[:, 0]
    nearest = np.where(np.abs(values - centres[0]) < np.abs(values - centres[1]), 1, 2)
    whole, least = scatter(np.ones(n)), scatter(best)
    return {"centres": centres, "J": scatter(labels), "stable": "stays" if (nearest == labels).all() else "moves",
            "best": best if best[0] == 1 else 3 - best, "J_best": least, "J_one": whole, "share": 1 - least / whole}
