"""Independent checks of the logistic regression questions, by way of the logit, complex steps and roots."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "boundary_by_root_finding", "cross_entropies_by_logit", "cross_entropy_by_logit", "intercept_by_root_finding",
    "logistic_step_by_complex_step", "neuron_by_sampling", "probability_by_softmax",
    "regularised_loss_by_complex_step", "softmax_by_log_sum_exp",
]


def cross_entropy_by_logit(y: int, q: float, base: str) -> dict[str, Any]:
    """Every part of logistic-regression/ce-point: the loss as ln(1 + e^(∓z)) at the logit z = ln(q/(1 − q)), its
    slope in z by a complex step."""
    h = 1e-30
    z = np.log(q) - np.log1p(-q) + 1j * h
    loss = np.log(1 + np.exp(-z if y == 1 else z))
    unit = np.log(2.0) if base == "log2" else 1.0
    return {"loss": float(loss.real / unit), "slope": float(loss.imag / h)}


def probability_by_softmax(theta: np.ndarray, x: np.ndarray, h: float) -> dict[str, Any]:
    """Every part of logistic-regression/predict-prob: two classes with the logits z and 0, and the odds counted anew
    for x₁ + 1."""
    def shares(at: np.ndarray) -> np.ndarray:
        logits = np.array([0.0, np.concatenate([[1.0], at]) @ theta])
        weights = np.exp(logits - logits.max())
        return weights / weights.sum()

    zero, one = shares(x)
    further = shares(x + np.array([1.0, 0.0]))
    return {"z": float(np.log(one) - np.log(zero)), "p": one, "odds": one / zero, "label": "one" if one >= h else "zero",
            "step": (further[1] / further[0]) / (one / zero)}


def boundary_by_root_finding(w: np.ndarray, b: float, point: np.ndarray, k: float) -> dict[str, Any]:
    """Every part of logistic-regression/boundary: the places where the probability equals the threshold are roots found by
    bisection in the logit, the distance is that from the closest point of the boundary, by least norm."""
    def score(x: Any) -> float:
        return float(np.dot(w, x) + b)

    def root(x1: float, target: float) -> float:
        low, high = -1e3, 1e3
        rising = score([x1, high]) > score([x1, low])
        for _ in range(80):
            middle = (low + high) / 2
            if (score([x1, middle]) < target) == rising:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    step = np.linalg.pinv(np.asarray(w, dtype=float)[None, :]) @ np.array([-score(point)])
    level = np.log(k / (k + 1)) - np.log1p(-k / (k + 1))
    crossing = root(0.0, 0.0)
    return {"score": score(point), "side": "one" if 1 / (1 + np.exp(-score(point))) >= 0.5 else "zero",
            "distance": float(np.linalg.norm(step)), "crossing": crossing, "slope": root(1.0, 0.0) - crossing,
            "moved": root(0.0, float(level))}


def logistic_step_by_complex_step(xs: np.ndarray, ys: np.ndarray, theta: np.ndarray, eta: float, loss: str) -> dict[str, Any]:
    """Every part of logistic-regression/gradient-step: the loss as Σ ln(1 + e^(∓z)), its gradient by complex steps."""
    share = 1.0 if loss == "sum" else 1 / len(xs)

    def total(t: np.ndarray) -> Any:
        return share * np.log(1 + np.exp((1 - 2 * ys) * (t[0] + t[1] * xs))).sum()

    h = 1e-30
    gradient = np.array([total(theta + 1j * h * e).imag / h for e in np.eye(2)])
    new = theta - eta * gradient
    z = theta[0] + theta[1] * xs
    return {"p": 0.5 * (1 + np.tanh(z / 2)), "gradient": gradient, "new_theta": new, "before": total(theta), "after": total(new)}


def softmax_by_log_sum_exp(logits: np.ndarray, truth: int, change: str, amount: float) -> dict[str, Any]:
    """Every part of logistic-regression/softmax-ce, from ln Σ e^z and its gradient by complex steps."""
    def log_sum(z: np.ndarray) -> Any:
        return np.log(np.exp(z - z.real.max()).sum()) + z.real.max()

    h = 1e-30
    gradient = np.array([(log_sum(logits + 1j * h * e) - (logits + 1j * h * e)[truth - 1]).imag / h for e in np.eye(3)])
    p = np.exp(logits - log_sum(logits))
    after = {"add": logits + amount, "subtract": logits - amount, "multiply": logits * amount, "divide": logits / amount}[change]
    moved = np.exp(after - log_sum(after))
    spread = float(np.ptp(moved) - np.ptp(p))
    changed = "same" if np.allclose(moved, p) else "sharper" if spread > 0 else "flatter"
    return {"p": p, "loss": log_sum(logits) - logits[truth - 1], "gradient": gradient,
            "sharper": np.exp(2 * logits - log_sum(2 * logits)), "changed": changed}


def regularised_loss_by_complex_step(x: float, y: int, w: np.ndarray, strength: np.ndarray, at: float, start: float,
                                     eta: float) -> dict[str, Any]:
    """Every part of logistic-regression/regularised-gradient, the loss as ln(1 + e^(∓wx)) and its gradient by complex
    steps. `w` and `strength` (λ) are arrays of points for the parts that are expressions; the step begins at `start`
    with λ = `at`."""
    def loss(weight: Any, penalty: Any) -> Any:
        z = x * weight * (1 - 2 * y)
        positive = np.real(z) > 0  # ln(1 + e^z) = z + ln(1 + e^-z)
        rest = np.log(1 + np.exp(np.where(positive, -z, z)))
        return np.where(positive, z, 0) + rest + penalty * weight**2 / 2

    h = 1e-30
    slope = float(loss(start + 1j * h, at).imag / h)
    return {"loss": loss(w, strength).real, "gradient": loss(w + 1j * h, strength).imag / h, "slope": slope,
            "after": start - eta * slope}


def neuron_by_sampling(weight: float, bias: float, at: float, low: float, high: float, ends: str) -> dict[str, Any]:
    """Every part of logistic-regression/sigmoid-calculus for f(x) = ½(1 + tanh(½(wx + b))): the slope by a complex step, the
    intervals from the extremes over a grid (an end belongs to the image if the input where it is taken belongs to the
    inputs), the mirrored place by inverting f."""
    def f(x: Any) -> Any:
        return 0.5 * (1 + np.tanh((weight * x + bias) / 2))

    grid = np.linspace(low, high, 513)
    inside = np.ones(513, dtype=bool)
    inside[0], inside[-1] = ends[0] == "[", ends[1] == "]"

    def hull(values: np.ndarray) -> list[list[Any]]:
        first, last = int(np.argmin(values)), int(np.argmax(values))
        return [[float(values[first]), float(values[last]), ("[" if inside[first] else "(") + ("]" if inside[last] else ")")]]

    h = 1e-30
    slopes = f(np.linspace(-40, 40, 3201) + 1j * h).imag / h  # -b/w is a multiple of 1/4 and on this grid
    level = 1 - f(at)
    reached = f(f(np.array([-1e4, 1e4])))
    return {"slope": float(f(at + 1j * h).imag / h), "steepest": float(np.abs(slopes).max()),
            "mirror": (np.log(level) - np.log1p(-level) - bias) / weight, "image": hull(f(grid)), "twice": hull(f(f(grid))),
            "everything": [[float(reached.min()), float(reached.max()), "()"]]}


def cross_entropies_by_logit(labels: np.ndarray, q: np.ndarray, share: float) -> dict[str, Any]:
    """Every part of logistic-regression/ce-dataset: losses as ln(1 + e^(∓z)) at the logits; the best constant prediction is where a
    complex step finds no slope."""
    z = np.log(q) - np.log1p(-q)
    losses = np.logaddexp(0, np.where(labels == 1, -z, z))
    low, high = -30.0, 30.0
    h = 1e-30

    def total(b: Any) -> Any:
        return share * np.log(1 + np.exp((1 - 2 * labels) * b)).sum()

    for _ in range(80):
        b = (low + high) / 2
        low, high = (low, b) if total(b + 1j * h).imag > 0 else (b, high)
    return {"truth": np.exp(-losses), "likelihood": float(np.exp(-losses.sum())), "loss": float(share * losses.sum()),
            "worst": float(np.argmax(losses) + 1), "typical": float(np.exp(-losses.mean())), "baseline": float(total(low))}


def intercept_by_root_finding(ones: int, zeros: int, mean_one: float, mean_zero: float) -> dict[str, Any]:
    """Every part of logistic-regression/intercept-limit: the mean loss of the examples, those of a class all at its mean, as ln(1 + e^(∓z));
    slopes by complex steps, the intercept where the slope vanishes by bisection."""
    y = np.repeat([1, 0], [ones, zeros])
    x = np.repeat([mean_one, mean_zero], [ones, zeros])
    h = 1e-30

    def loss(w: Any, b: Any) -> Any:
        return np.log(1 + np.exp((1 - 2 * y) * (w * x + b))).mean()

    low, high = -30.0, 30.0
    for _ in range(80):
        b = (low + high) / 2
        low, high = (low, b) if loss(0, b + 1j * h).imag > 0 else (b, high)
    return {"probability": 0.5 * (1 + np.tanh(low / 2)), "b": low, "loss": float(loss(0, low)), "start": float(loss(0, 1j * h).imag / h),
            "pull": float(loss(1j * h, low).imag / h), "shrunk": float(np.exp(-loss(0, 0)))}
