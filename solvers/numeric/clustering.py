"""Independent checks of the clustering questions: bisecting lines instead of distances, least squares instead of means, and
all partitions where a best one is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["two_rounds_by_bisectors"]


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
