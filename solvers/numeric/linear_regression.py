"""Independent checks of the regression questions: orthogonal projections instead of the normal equation."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

__all__ = ["line_by_projection", "plane_by_projection", "regression_by_years"]


def _solved(columns: list[np.ndarray], y: np.ndarray) -> np.ndarray:
    """The coefficients of the projection of y on the columns, by a singular value decomposition."""
    left, sizes, right = np.linalg.svd(np.column_stack(columns), full_matrices=False)
    result: np.ndarray = right.T @ ((left.T @ y) / sizes)
    return result


def line_by_projection(xs: np.ndarray, ys: np.ndarray, at: float) -> dict[str, Any]:
    """Every part of linear-regression/simple-ols. XᵀX and Xᵀy are sums of outer products over the examples, θ
    comes from centred data, residuals from a projection, R² is the squared correlation."""
    points = np.column_stack([np.ones(len(xs)), xs])
    dx, dy = xs - xs.mean(), ys - ys.mean()
    unit = dx / np.linalg.norm(dx)
    left = dy - unit * (unit @ dy)
    theta = _solved([np.ones(len(xs)), np.asarray(xs, dtype=float)], ys)
    return {
        "A": sum(np.outer(p, p) for p in points), "b": sum(p * y for p, y in zip(points, ys)), "theta": theta,
        "e": left, "mse": np.linalg.norm(left) ** 2 / len(ys), "prediction": ys.mean() + (at - xs.mean()) * (dx @ dy) / (dx @ dx),
        "r2": np.corrcoef(xs, ys)[0, 1] ** 2,
    }


@lru_cache(maxsize=1024)
def _hat_trace(examples: int, features: int) -> float:
    """The trace of QQᵀ for the QR decomposition of a random design matrix with a column of ones."""
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(examples), rng.normal(size=(examples, features))])
    return float((np.linalg.qr(design)[0] ** 2).sum())


def plane_by_projection(
    inputs: np.ndarray, ys: np.ndarray, examples: int, features: int,
) -> dict[str, Any]:
    """Every part of linear-regression/normal-eq-matrix (`inputs` n×d): θ by a singular value decomposition, ŷ
    by projection on an orthonormal basis."""
    points = np.column_stack([np.ones(len(inputs)), inputs])
    basis = np.linalg.qr(points)[0]
    fitted = basis @ (basis.T @ ys)
    return {
        "A": np.einsum("ni,nj->ij", points, points), "b": np.einsum("ni,n->i", points, ys),
        "theta": _solved(list(points.T), ys), "fitted": fitted, "sse": ys @ ys - fitted @ fitted,
        "trace": _hat_trace(examples, features),
    }


def regression_by_years(first_year: int, xs: np.ndarray, ys: np.ndarray, ahead: float) -> dict[str, Any]:
    """Every part of linear-regression/lagged: the two columns are joined by year, and the line is fitted to
    centred data by an orthogonal projection."""
    growth = {first_year + i: float(x) for i, x in enumerate(xs)}
    sales = {first_year + 1 + i: float(y) for i, y in enumerate(ys)}
    joined = np.array([(growth[year - 1], sales[year]) for year in sorted(sales) if year - 1 in growth])
    x, y = joined[:, 0], joined[:, 1]
    line = _solved([np.ones(len(x)), x - x.mean()], y)
    return {
        "n": len(joined), "A": sum(np.outer((1, g), (1, g)) for g in x), "b": np.array([y.sum(), (x * y).sum()]),
        "theta": np.array([line[0] - line[1] * x.mean(), line[1]]), "forecast": line[0] + line[1] * (ahead - x.mean()),
    }
