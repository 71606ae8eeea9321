"""Independent checks of the questions on support vector machines: geometry by least squares, quadratic programs by going through
all active sets, subgradients by difference quotients, and plain simulation."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["margins_by_projection"]


def _foot(x: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """The nearest point of the hyperplane, with a basis of the directions in it from an SVD."""
    row = np.asarray(w, dtype=float)[None, :]
    inside = np.linalg.svd(row)[2][1:]
    some = np.linalg.lstsq(row, np.array([-b]), rcond=None)[0]
    return np.asarray(some + inside.T @ (inside @ (x - some)))


def margins_by_projection(points: np.ndarray, labels: np.ndarray, w: np.ndarray, b: float) -> dict[str, Any]:
    """Every part of svm/distance-margin: distances are those from the nearest points of the hyperplane, the scale of w
    for a functional margin of 1 is found by bisection."""
    feet = np.array([_foot(x, w, b) for x in points])
    away = points - feet
    signs = np.sign((away * w).sum(axis=1))
    distances = np.linalg.norm(away, axis=1)
    geometric = labels * signs * distances
    values = np.column_stack([points, np.ones(len(points))]) @ np.append(w, b)
    low, high = 0.0, 1.0
    for _ in range(200):
        c = (low + high) / 2
        low, high = (c, high) if labels[0] * (points[0] @ (c * w) + c * b) < 1 else (low, c)
    return {"values": values, "functional": np.where(signs == labels, 1, -1) * np.abs(values), "geometric": geometric,
            "margin": float(geometric.min()), "foot": feet[0], "length": float(np.linalg.norm(high * w))}
