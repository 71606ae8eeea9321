"""scikit-learn, SciPy and NumPy against the exact regression solvers and the keys of the question files."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq

import examwright
from examwright.solvers.arithmetic import Real, exact, to_float
from examwright.solvers.exact import linear_regression as solver

stats = pytest.importorskip("scipy.stats")
linear_model = pytest.importorskip("sklearn.linear_model")
metrics = pytest.importorskip("sklearn.metrics")

SEEDS = range(1, 41)


def floats(value: Any) -> Any:
    """A nested tuple of exact numbers as an array."""
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(floats(found), expected, rtol=1e-9, atol=1e-9)


def coefficients(inputs: np.ndarray, targets: np.ndarray, intercept: bool = True) -> np.ndarray:
    """(θ₀, θ₁, …) by scikit-learn; θ₀ = 0 without an intercept."""
    rows = inputs.reshape(len(targets), -1)
    model = linear_model.LinearRegression(fit_intercept=intercept).fit(rows, targets)
    return np.array([model.intercept_, *model.coef_])


def random_data(rng: random.Random, features: int) -> tuple[Any, Any]:
    n = rng.randint(features + 2, 8)
    rows = tuple([tuple([exact(fmpq(rng.randint(-20, 20), rng.choice((1, 2, 10)))) for _ in range(features)])
                  for _ in range(n)])
    return rows, tuple([fmpq(rng.randint(-50, 50), rng.choice((1, 3))) for _ in range(n)])


def test_least_squares_against_scikit_learn() -> None:
    rng = random.Random(11)
    for k in range(60):
        inputs, targets = random_data(rng, 1 + k % 3)
        design = solver.design_matrix(inputs)
        if np.linalg.matrix_rank(floats(design)) < len(design[0]):
            continue
        theta = solver.least_squares(design, targets)
        close(theta, coefficients(floats(inputs), floats(targets)))
        close(solver.gram_matrix(design), floats(design).T @ floats(design))
        close(solver.moment_vector(design, targets), floats(design).T @ floats(targets))
        left = solver.residuals(design, targets, theta)
        close(left, floats(targets) - floats(design) @ np.linalg.lstsq(floats(design), floats(targets))[0])
        assert all(x == 0 for x in solver.moment_vector(design, left)), "residuals are orthogonal to every column, exactly"


def test_fit_through_origin_against_scikit_learn() -> None:
    rng = random.Random(12)
    for k in range(40):
        inputs, targets = random_data(rng, 1 + k % 2)
        if np.linalg.matrix_rank(floats(inputs)) < len(inputs[0]):
            continue
        close(solver.fit_through_origin(inputs, targets), coefficients(floats(inputs), floats(targets), intercept=False))
        column = tuple([row[0] for row in inputs])
        if any(x != 0 for x in column):
            expected = (floats(column) @ floats(targets)) / (floats(column) @ floats(column))
            close(solver.fit_through_origin(column, targets), [0, expected])


def test_slips_differ_from_the_inverse_as_named() -> None:
    a, b = exact([[3, 6], [6, 14]]), exact([10, 24])
    (p, q), (r, s) = floats(a)
    det = np.linalg.det(floats(a))
    wrong = {"signs": [[s, q], [r, p]], "diagonal": [[p, -q], [-r, s]]}
    for slip, adjugate in wrong.items():
        close(solver.solve_2x2_with_slip(a, b, slip), np.array(adjugate) @ floats(b) / det)
    right = np.linalg.solve(floats(a), floats(b))
    close(solver.solve_2x2_with_slip(a, b, "undivided"), right * det)
    close(solver.solve_2x2_with_slip(a, b, "determinant"), right * det / (p * s + q * r))
    close(solver.solve_normal_equation(a, b), right)
    with np.errstate(divide="ignore"):
        close(solver.entrywise_inverse(exact([[2, 0], [-4, 5]])), [[0.5, 0], [-0.25, 0.2]])


def test_faults_are_named() -> None:
    with pytest.raises(ZeroDivisionError):
        solver.least_squares(solver.design_matrix(exact([2, 2, 2])), exact([1, 2, 3]))
    with pytest.raises(ValueError, match="no examples"):
        solver.design_matrix(())
    with pytest.raises(ValueError, match="slip"):
        solver.solve_2x2_with_slip(exact([[1, 2], [2, 5]]), exact([1, 1]), "haste")
    with pytest.raises(ValueError, match="rounded"):
        wide = Real(arb(268, 0.5))
        solver.solve_normal_equation(((fmpq(6), fmpq(40)), (fmpq(40), wide)), exact([162, 1085]))
    with pytest.raises(ValueError, match="short decimals"):
        solver.decimals_needed(exact([fmpq(1, 3)]))
    for function in (solver.without_first, solver.without_last):
        with pytest.raises(ValueError):
            function(())


def test_decimals_needed() -> None:
    assert solver.decimals_needed(exact([1, 2])) == 0
    assert solver.decimals_needed((fmpq(62, 10), fmpq(548, 100))) == 2
    assert solver.without_first((1, 2, 3)) == (2, 3)
    assert solver.without_last((1, 2, 3)) == (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_simple_ols_key(seed: int) -> None:
    v = examwright.draw("linear-regression/simple-ols", seed=seed).values
    xs, ys = floats(v["xs"]), floats(v["ys"])
    line = stats.linregress(xs, ys)
    close(v["theta"], [line.intercept, line.slope])
    close(v["theta"], coefficients(xs, ys))
    fitted = line.intercept + line.slope * xs
    close(v["e"], ys - fitted)
    close(v["mse"], metrics.mean_squared_error(ys, fitted))
    close(v["r2"], metrics.r2_score(ys, fitted))
    close(v["r2"], line.rvalue**2)
    close(v["prediction"], line.intercept + line.slope * to_float(v["at"]))
    close(v["A"], [[len(xs), xs.sum()], [xs.sum(), (xs**2).sum()]])
    close(v["b"], [ys.sum(), xs @ ys])
    assert all(t.q <= 6 for t in v["theta"]) and v["at"] > max(v["xs"])


@pytest.mark.parametrize("seed", SEEDS)
def test_normal_eq_matrix_key(seed: int) -> None:
    v = examwright.draw("linear-regression/normal-eq-matrix", seed=seed).values
    inputs, ys = floats(v["inputs"]), floats(v["ys"])
    model = linear_model.LinearRegression().fit(inputs, ys)
    close(v["theta"], [model.intercept_, *model.coef_])
    close(v["fitted"], model.predict(inputs))
    close(v["sse"], ((ys - model.predict(inputs)) ** 2).sum())
    design = np.column_stack([np.ones(len(ys)), inputs])
    close(v["A"], design.T @ design)
    close(v["b"], design.T @ ys)
    assert all(t.q == 1 and t != 0 for t in v["theta"])
    shape = int(v["examples"].p), int(v["features"].p)
    design = np.column_stack([np.ones(shape[0]), np.random.default_rng(seed).normal(size=shape)])
    assert np.trace(design @ np.linalg.pinv(design)) == pytest.approx(to_float(v["trace"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_lagged_key(seed: int) -> None:
    v = examwright.draw("linear-regression/lagged", seed=seed).values
    xs, ys = floats(v["xs"]), floats(v["ys"])
    growth = np.append(xs, np.nan)  # the printed table: the last growth and the first sales are unknown
    sales = np.insert(ys, 0, np.nan)
    before = np.roll(growth, 1)
    known = ~np.isnan(sales) & ~np.isnan(before)
    known[0] = False
    assert v["n"] == known.sum()
    line = stats.linregress(before[known], sales[known])
    close(v["theta"], [line.intercept, line.slope])
    close(v["forecast"], line.intercept + line.slope * to_float(v["ahead"]))
    close(v["A"], [[len(xs), xs.sum()], [xs.sum(), (xs**2).sum()]])
    close(v["b"], [ys.sum(), xs @ ys])


@pytest.mark.parametrize("seed", SEEDS)
def test_lagged_wrong_pairings(seed: int) -> None:
    """The first two mistakes of theta are the fits that their messages describe."""
    variant = examwright.draw("linear-regression/lagged", seed=seed)
    xs, ys = floats(variant.values["xs"]), floats(variant.values["ys"])
    same_year, backwards = variant.wrong["theta"][:2]
    close(same_year, np.polyfit(xs[1:], ys[:-1], 1)[::-1])
    close(backwards, np.polyfit(xs[2:], ys[:-2], 1)[::-1])


def test_the_deck() -> None:
    line = examwright.draw("lecture-deck/S09", seed=1).values
    assert line["theta"] == (fmpq(-2, 3), fmpq(2)) and line["mse"] == fmpq(2, 9)
    sales = examwright.draw("lecture-deck/S10", seed=1)
    assert to_float(sales.values["forecast"]) == pytest.approx(27.850560, abs=5e-7)
    np.testing.assert_allclose(floats(sales.wrong["theta"][0]), [23.121385, 0.484183], atol=5e-7)
    assert sales.slack.get("theta") is None, "the normal equation of S10 has no rounding interval worth having"


# ---- missing targets, constants, centred ridge -----------------------------------------------

def test_modes_and_batches() -> None:
    rng = random.Random(15)
    for _ in range(40):
        xs = [rng.randint(0, 4) for _ in range(rng.randint(1, 8))]
        counts = np.bincount(xs)
        assert solver.most_frequent(exact(xs)) == exact(np.flatnonzero(counts == counts.max()).tolist())
        i = rng.randint(0, len(xs) - 1)
        j = rng.randint(i + 1, len(xs))
        assert solver.examples_between(exact(xs), fmpq(i), fmpq(j)) == exact(xs[i:j])
    with pytest.raises(ValueError, match="no such rows"):
        solver.examples_between(exact([1, 2]), fmpq(1), fmpq(3))
    with pytest.raises(ValueError, match="no values"):
        solver.most_frequent(())


@pytest.mark.parametrize("seed", SEEDS)
def test_normal_eq_inverse_key(seed: int) -> None:
    v = examwright.draw("linear-regression/normal-eq-inverse", seed=seed).values
    xs, ys, k = floats(v["xs"]), floats(v["ys"]), int(to_float(v["k"]))

    def fitted(q: float) -> np.ndarray:
        return coefficients(xs, np.where(np.arange(4) == k, q, ys))

    np.testing.assert_allclose(fitted(to_float(v["flat"]))[1], 0, atol=1e-9)
    np.testing.assert_allclose(fitted(to_float(v["wanted"])), [to_float(v["intercept"]), to_float(v["slope"])], atol=1e-9)
    np.testing.assert_allclose(fitted(5.0)[1] - fitted(4.0)[1], to_float(v["rate"]), atol=1e-9)
    np.testing.assert_allclose(coefficients(floats(v["zs"]), np.array([to_float(v["y_first"]), *floats(v["pair"])])), floats(v["theta"]), atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_constant_model_key(seed: int) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    v = examwright.draw("linear-regression/constant-model", seed=seed).values
    ys = floats(v["ys"])
    for c, least, loss in (("c_squared", "mse", lambda c: ((ys - c) ** 2).mean()), ("c_absolute", "mae", lambda c: np.abs(ys - c).mean())):
        found = optimize.minimize_scalar(loss, bounds=(ys.min(), ys.max()), method="bounded", options={"xatol": 1e-10})
        assert found.x == pytest.approx(to_float(v[c]), abs=1e-5) and found.fun == pytest.approx(to_float(v[least]), abs=1e-5)
    assert to_float(v["c_zero_one"]) == stats.mode(ys).mode
    far = np.where(np.arange(5) == ys.argmax(), ys.max() + to_float(v["outlier"]), ys)
    close(v["moved"], [far.mean() - ys.mean(), np.median(far) - np.median(ys), stats.mode(far).mode - stats.mode(ys).mode])
    close(v["level"], np.append(ys, to_float(v["sixth"])).mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_ridge_centred_key(seed: int) -> None:
    v = examwright.draw("linear-regression/ridge-centred-1d", seed=seed).values
    xs, ys = floats(v["xs"]), floats(v["ys"])

    def fitted(lam: float) -> tuple[float, float, float]:
        model = linear_model.Ridge(alpha=lam).fit(xs[:, None], ys) if lam else linear_model.LinearRegression().fit(xs[:, None], ys)
        return model.intercept_, model.coef_[0], ((ys - model.predict(xs[:, None])) ** 2).sum()

    plain, ridge, strong = fitted(0.0), fitted(to_float(v["lam"])), fitted(to_float(v["strong"]))
    np.testing.assert_allclose([to_float(v["intercept"]), to_float(v["slope"])], ridge[:2], atol=1e-9)
    np.testing.assert_allclose(to_float(v["rise"]), ridge[2] - plain[2], atol=1e-9)
    np.testing.assert_allclose(plain[1] / to_float(v["share"]), strong[1], atol=1e-9)
    cov = np.cov(xs, ys, ddof=0) * 4
    np.testing.assert_allclose([to_float(v["Sxx"]), to_float(v["Sxy"])], cov[0], atol=1e-9)
