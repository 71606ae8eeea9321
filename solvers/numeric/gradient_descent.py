"""Independent checks of the questions on gradient descent and penalties: derivatives by complex steps or automatic
differentiation, the algorithms run as loops, and minima found by search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "curve_descent_by_complex_step", "descend_by_complex_step", "epoch_by_autodiff", "epoch_of_batches", "learning_rate_by_search",
    "penalised_by_search", "ridge_by_augmented_rows", "roll_with_momentum", "simulate_quadratic_descent",
]

_STEP = 1e-30


def _gradient(f: Callable[[np.ndarray], Any], at: np.ndarray) -> np.ndarray:
    """The gradient of an analytic function by complex steps, right to the last digits."""
    moved = np.asarray(at, dtype=complex)[None, :] + 1j * _STEP * np.eye(len(at))
    return np.array([f(row).imag / _STEP for row in moved])


def descend_by_complex_step(xs: np.ndarray, ys: np.ndarray, start: np.ndarray, eta: float, loss: str) -> dict[str, Any]:
    """Every part of linear-regression/bgd-steps."""
    factor = {"half sum": 0.5, "mean": 1 / len(xs), "half mean": 0.5 / len(xs)}[loss]

    def f(theta: np.ndarray) -> Any:
        return factor * ((ys - theta[0] - theta[1] * xs) ** 2).sum()

    first = _gradient(f, start)
    one = start - eta * first
    two = one - eta * _gradient(f, one)
    return {"J_start": f(start), "gradient": first, "theta_one": one, "J_one": f(one), "theta_two": two, "J_two": f(two)}


def epoch_by_autodiff(xs: np.ndarray, ys: np.ndarray, start: np.ndarray, eta: float, change: str) -> dict[str, Any]:
    """Every part of linear-regression/sgd-steps; what a change changes in general is tried on examples moved a little."""
    def loss(x: float, y: float, more: float = 0.0) -> Callable[[np.ndarray], Any]:
        return lambda theta: (y - theta[0] - theta[1] * x) ** 2 / 2 + more

    def epoch(examples: list[tuple[float, float]], rate: float, more: float = 0.0) -> list[np.ndarray]:
        theta, path = np.asarray(start, dtype=float), []
        for x, y in examples:
            theta = theta - rate * _gradient(loss(x, y, more), theta)
            path.append(theta)
        return path

    def step(examples: list[tuple[float, float]], rate: float, more: float = 0.0, parts: float = 1.0) -> np.ndarray:
        moved: np.ndarray = start - rate * sum(_gradient(loss(x, y, more), start) for x, y in examples) / parts
        return moved

    given = list(zip(xs, ys))
    path = epoch(given, eta)
    near = list(zip(xs + [0.137, 0.291, 0.453], ys + [0.071, 0.319, 0.223]))
    other = near[::-1] if change == "order" else near
    rate, more, parts = (eta / 2 if change == "rate" else eta), (1.0 if change == "constant" else 0.0), (3.0 if change == "mean" else 1.0)
    moved = (not np.allclose(epoch(other, rate, more)[-1], epoch(near, eta)[-1], rtol=0, atol=1e-12),
             not np.allclose(step(other, rate, more, parts), step(near, eta), rtol=0, atol=1e-12))
    changed = {(True, False): "sgd", (False, True): "batch", (True, True): "both", (False, False): "none"}[moved]
    return {"theta_one": path[0], "theta_two": path[1], "theta_three": path[2], "batch": step(given, eta), "changed": changed}


def simulate_quadratic_descent(a: float, b: float, eta: float, start: np.ndarray) -> dict[str, Any]:
    """Every part of linear-regression/lr-threshold: the factors are eigenvalues of I − ηH, the limit and the best rate
    come from bisections of the spectral radius."""
    hessian = np.diag([a, b]).astype(float)
    step = np.eye(2) - eta * hessian

    def radius(*rates: float) -> Any:
        return np.abs(np.linalg.eigvalsh(np.eye(2) - np.array(rates)[:, None, None] * hessian)).max(axis=1)

    low, high = 0.0, 4.0  # the radius is convex in the rate: 1 at 0, below 1, then 1 again
    for _ in range(100):
        third = (high - low) / 3
        first, second = radius(low + third, high - third)
        if first < second:
            high -= third
        else:
            low += third
    best = (low + high) / 2
    inside, outside = best, 4.0
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if radius(middle)[0] < 1 else (inside, middle)
    path = [np.asarray(start, dtype=float)]
    for _ in range(2):
        path.append(step @ path[-1])
    j = int(b > a)
    x, y = path[0][j], path[1][j]
    behaviour = "diverging" if abs(y) > abs(x) else "monotone" if x * y > 0 else "oscillating"
    return {"factors": np.diag(step), "after": path[2], "limit": inside, "best": best, "behaviour": behaviour}


def curve_descent_by_complex_step(coefficients: np.ndarray, start: float, eta: float) -> dict[str, Any]:
    """Every part of linear-regression/gd-function."""
    def f(x: np.ndarray) -> Any:
        return sum(c * x[0] ** k for k, c in enumerate(coefficients))

    first = _gradient(f, np.array([start]))[0]
    one = start - eta * first
    second = _gradient(f, np.array([one]))[0]
    two = one - eta * second
    values = [f(np.array([x])) for x in (start, two)]
    return {"slope": first, "x_one": one, "second_slope": second, "x_two": two, "values": np.array(values),
            "fallen": "yes" if values[1] < values[0] else "no"}


def learning_rate_by_search(a: float, centre: float, start: float, x_one: float, tolerance: float) -> dict[str, Any]:
    """Every part of linear-regression/gd-inverse: the rate from the secant of one step in η, the rest by running the steps."""
    def step(x: float, eta: float) -> float:
        return x - eta * float(_gradient(lambda v: a * (v[0] - centre) ** 2, np.array([x]))[0])

    rate = (x_one - step(start, 0)) / (step(start, 1) - step(start, 0))
    factor = (step(centre + 1, rate) - centre)
    x = start
    for _ in range(3):
        x = step(x, rate)
    low = step(0, rate)  # a step is an affine map: its inverse from two points
    before = (start - low) / (step(1, rate) - low)
    steps, distance = 0, 1.0
    while distance > tolerance * (1 + 1e-12):
        distance, steps = distance * abs(factor), steps + 1
    return {"rate": rate, "factor": factor, "x_three": x, "before": before, "steps": steps}


def ridge_by_augmented_rows(xs: np.ndarray, ys: np.ndarray, lam: float, loss: str, penalised: str) -> dict[str, Any]:
    """Every part of linear-regression/ridge-closed: least squares on a design matrix with further rows √λ·I and targets 0.
    The limit is the same with a huge λ."""
    ones = np.ones(len(xs))
    weight = lam if loss == "sum" else 2 * lam
    rows = np.eye(2) if penalised == "both" else np.array([[0.0, 1.0]])

    def fit(size: float) -> tuple[np.ndarray, np.ndarray]:
        design = np.vstack([np.column_stack([ones, xs]), np.sqrt(size) * rows])
        return np.linalg.lstsq(design, np.concatenate([ys, np.zeros(len(rows))]), rcond=None)[0], design

    theta, design = fit(weight)
    return {"M": np.einsum("ni,nj->ij", design, design), "theta": theta, "unpenalised": fit(0)[0],
            "limit": np.round(fit(1e13)[0], 9)}


def penalised_by_search(z: np.ndarray, lam: float, loss: str) -> dict[str, Any]:
    """Every part of linear-regression/lasso-soft-threshold: each coordinate separately (the design is orthonormal), by the
    smaller of the minima of the two parabolas that make up the loss, for the order in which they vanish on a grid of λ."""
    half = 0.5 if loss == "half" else 1.0

    def lasso(target: float, size: float) -> float:
        candidates = [0.0] + [s * max(s * target - size / (2 * half), 0.0) for s in (1.0, -1.0)]
        return min(candidates, key=lambda t: half * (t - target) ** 2 + size * abs(t))

    theta = np.array([lasso(t, lam) for t in z])
    slopes = _gradient(lambda t: half * ((t - z) ** 2).sum(), np.zeros(3))  # λ must outweigh the steepest at 0
    ridge = np.linalg.solve((2 * half + 2 * lam) * np.eye(3), 2 * half * z)
    vanished: list[str] = []
    for size in np.arange(0, 2 * np.abs(z).max() + 0.25, 0.25):
        vanished += [name for j, t in enumerate(z, 1) if lasso(t, size) == 0 and (name := f"theta_{j}") not in vanished]
    return {"theta": theta, "zeros": int((theta == 0).sum()), "all_vanish": np.abs(slopes).max(), "vanishing": vanished, "ridge": ridge}


def epoch_of_batches(
    xs: np.ndarray, ys: np.ndarray, sizes: np.ndarray, start: np.ndarray, eta: float, total: float, batch: float, epochs: float,
) -> dict[str, Any]:
    """Every part of linear-regression/minibatch: gradients by complex steps, the steps of the epochs counted one by one."""
    def loss(chosen: slice) -> Callable[[np.ndarray], Any]:
        return lambda theta: ((ys[chosen] - theta[0] - theta[1] * xs[chosen]) ** 2).mean() / 2

    cut = int(sizes[0])
    one = _gradient(loss(slice(0, cut)), start)
    theta_one = start - eta * one
    two = _gradient(loss(slice(cut, None)), theta_one)
    steps = sum(1 for _ in range(int(epochs)) for _ in range(0, int(total), int(batch)))
    return {"g_one": one, "theta_one": theta_one, "g_two": two, "theta_two": theta_one - eta * two,
            "batch_step": start - eta * _gradient(loss(slice(None)), start), "steps": steps}


def roll_with_momentum(a: float, centre: float, start: float, eta: float, beta: float) -> dict[str, Any]:
    """Every part of linear-regression/momentum: a step is one matrix applied to (θ - centre, v), and two or three steps are its
    powers; Nesterov's step is such a matrix too."""
    curve = eta * a
    heavy = np.array([[1 - curve, beta], [-curve, beta]])
    ahead = np.array([[1 - curve, beta * (1 - curve)], [-curve, beta * (1 - curve)]])
    state = np.array([start - centre, 0.0])
    one, two, three = (np.linalg.matrix_power(heavy, k) @ state for k in (1, 2, 3))
    without = np.linalg.matrix_power(np.array([[1 - curve]]), 2) @ state[:1]
    return {"theta_one": centre + one[0], "v_two": two[1], "theta_two": centre + two[0], "v_three": three[1],
            "theta_three": centre + three[0], "plain": centre + without[0], "nesterov": centre + (ahead @ one)[0]}
