"""Independent checks of the regression questions: orthogonal projections instead of the normal equation."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

__all__ = [
    "constants_by_search", "line_by_projection", "plane_by_projection", "regression_by_years", "ridge_on_all_rows", "targets_by_interpolation",
]


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


def targets_by_interpolation(
    xs: np.ndarray, ys: np.ndarray, k: int, slope: float, zs: np.ndarray, theta: np.ndarray, y_first: float,
) -> dict[str, Any]:
    """Every part of linear-regression/normal-eq-inverse: lines are fitted with trial values for the unknown targets, and the values
    wanted are interpolated, because a fitted line is linear in the targets."""
    def fitted(q: float) -> np.ndarray:
        targets = ys.astype(float).copy()
        targets[int(k)] = q
        return _solved([np.ones(len(xs)), xs.astype(float)], targets)

    at_zero, at_one = fitted(0.0), fitted(1.0)
    rate = at_one[1] - at_zero[1]
    wanted = (slope - at_zero[1]) / rate

    def other(u: float, v: float) -> np.ndarray:
        return _solved([np.ones(3), zs.astype(float)], np.array([float(y_first), u, v]))

    base = other(0.0, 0.0)
    effect = np.column_stack([other(1.0, 0.0) - base, other(0.0, 1.0) - base])
    return {"d": xs - np.average(xs), "rate": rate, "flat": -at_zero[1] / rate, "wanted": wanted, "intercept": fitted(wanted)[0],
            "pair": np.linalg.inv(effect) @ (theta - base)}


def constants_by_search(ys: np.ndarray, outlier: float, level: float) -> dict[str, Any]:
    """Every part of linear-regression/constant-model: the loss of every candidate on a grid of fifths, which holds all means, medians
    and modes, is written out; the sixth value is found on a grid as well."""
    def best(values: np.ndarray) -> list[tuple[float, float]]:
        grid = np.arange(5 * int(values.min()), 5 * int(values.max()) + 1) / 5
        errors = values[None, :] - grid[:, None]
        losses = ((errors**2).mean(axis=1), np.abs(errors).mean(axis=1), (np.abs(errors) > 1e-9).mean(axis=1))
        return [(float(grid[loss.argmin()]), float(loss.min())) for loss in losses]

    far = np.where(np.arange(5) == int(ys.argmax()), ys + outlier, ys)
    now, then = best(ys), best(far)
    trial = np.arange(-100, 101)
    sixth = trial[np.abs((ys.sum() + trial) / (len(ys) + 1) - level).argmin()]
    return {"c_squared": now[0][0], "mse": now[0][1], "c_absolute": now[1][0], "mae": now[1][1], "c_zero_one": now[2][0],
            "moved": [b[0] - a[0] for a, b in zip(now, then)], "sixth": float(sixth)}


def ridge_on_all_rows(xs: np.ndarray, ys: np.ndarray, lam: float, share: float) -> dict[str, Any]:
    """Every part of linear-regression/ridge-centred-1d without centring: the penalty is one more row (0, √λ | 0) of a least-squares
    problem in both parameters; the strong penalty is found by halving an interval of λ."""
    design = np.column_stack([np.append(np.ones(len(xs)), 0.0), np.append(xs, 0.0)])
    targets = np.append(ys, 0.0)

    def fitted(penalty: float) -> np.ndarray:
        design[-1, 1] = penalty**0.5
        return np.linalg.lstsq(design, targets)[0]

    plain, ridge = fitted(0.0), fitted(float(lam))
    errors = [float(np.linalg.norm(ys - t[0] - t[1] * xs) ** 2) for t in (plain, ridge)]
    low, high = 0.0, 1000.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if abs(fitted(middle)[1]) > abs(plain[1]) / share else (low, middle)
    spread = np.cov(xs, ys, ddof=0) * len(xs)
    return {"Sxx": spread[0, 0], "Sxy": spread[0, 1], "slope": ridge[1], "intercept": ridge[0], "rise": errors[1] - errors[0],
            "strong": (low + high) / 2}
