"""Independent checks of the questions on principal components: singular values of the centred data instead of a covariance
matrix, and least squares instead of projections."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["components_by_svd", "projection_by_least_squares", "spectrum_by_truncation"]


def components_by_svd(X: np.ndarray, divisor: float) -> dict[str, Any]:
    """Every part of pca/cov-eig from the singular value decomposition of the centred data (singular values s, directions
    V): the variances are s²/divisor, the covariance matrix V diag(s²/divisor) Vᵀ."""
    means = np.linalg.lstsq(np.ones((len(X), 1)), X, rcond=None)[0][0]
    _, s, rows = np.linalg.svd(X - means, full_matrices=False)
    variances = s**2 / divisor
    first = rows[0] * np.sign(rows[0, 0])
    return {"mu": means, "S": rows.T @ np.diag(variances) @ rows, "lam": variances, "u": first,
            "share": variances[0] / variances.sum()}


def projection_by_least_squares(
    mu: np.ndarray, U: np.ndarray, lam: np.ndarray, n: float, x: np.ndarray, other: float,
) -> dict[str, Any]:
    """Every part of pca/project-reconstruct: the score minimises ‖x − μ − z·u₁‖. For the error of all examples, a set with
    these variances is made and projected: n/2 pairs of points, or as many as show it, along each direction."""
    axis = U[0][:, None]
    score = float(np.linalg.lstsq(axis, x - mu, rcond=None)[0][0])
    nearest = mu + axis[:, 0] * score
    cloud = np.concatenate([np.sqrt(len(lam) * v) * np.outer([1, -1], u) for v, u in zip(lam, U)])  # covariance U'diag(lam)U
    left = cloud - (cloud @ axis) @ axis.T
    return {"z0": x - mu, "score": score, "back": nearest, "error": float(np.linalg.norm(x - nearest) ** 2),
            "other_point": np.linalg.solve(U, U @ mu + other * np.eye(len(mu))[0]), "total": n * float((left**2).sum()) / len(cloud)}


def spectrum_by_truncation(values: np.ndarray, threshold: float, n: int) -> dict[str, Any]:
    """Every part of pca/choose-k: a diagonal covariance matrix with these variances is cut down to its best approximation
    of each rank, and the traces are compared; the stored numbers are those in the arrays that a program would keep."""
    S = np.diag(values)
    variances, directions = np.linalg.eigh(S)
    order = np.argsort(-variances)
    ranked, directions = variances[order], directions[:, order]
    kept = np.array([np.trace(directions[:, :k] @ np.diag(ranked[:k]) @ directions[:, :k].T) for k in range(1, len(values) + 1)])
    shares = kept / np.trace(S)
    K = int(np.flatnonzero(shares >= threshold - 1e-12)[0]) + 1
    stored = np.zeros((n, K)).size + directions[:, :K].size + np.zeros(len(values)).size
    return {"ordered": ranked, "shares": shares, "K": K, "error": np.trace(S) - kept[K - 1], "stored": stored,
            "one_more": ranked[K] / np.trace(S)}
