"""Independent checks of the questions on bias and variance: expectations summed over all outcomes."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

__all__ = ["error_by_enumeration", "shrinkage_by_two_point_law"]


def error_by_enumeration(predictions: np.ndarray, target: float, noise: float) -> dict[str, Any]:
    """Every part of bias-variance/decompose: expectations over all training sets and over noise of ±σ, outcome by outcome."""
    outcomes = [(g, target + s * np.sqrt(noise)) for g, s in product(predictions, (-1.0, 1.0))]
    centre = float(np.median(np.mean([[g] for g in predictions], axis=0)))
    pairs = [(a - b) ** 2 for a, b in product(predictions, repeat=2)]
    return {"average": centre, "bias": float(np.mean(predictions - target)), "variance": float(np.mean(pairs)) / 2,
            "expected_error": float(np.mean([(y - g) ** 2 for g, y in outcomes])),
            "averaged": float(np.mean([(y - centre) ** 2 for _, y in outcomes]))}


def shrinkage_by_two_point_law(mu: float, sigma2: float, n: int, c: float) -> dict[str, Any]:
    """Every part of bias-variance/shrinkage: observations μ ± σ with equal probabilities, all 2^n samples enumerated; the best
    factor from the parabola through three values of the mean squared error."""
    samples = np.array(list(product((mu - np.sqrt(sigma2), mu + np.sqrt(sigma2)), repeat=n)))
    averages = samples.mean(axis=1)

    def mse(factor: float) -> float:
        return float(((factor * averages - mu) ** 2).mean())

    a, b, _ = np.polyfit([0.0, 0.5, 1.0], [mse(0.0), mse(0.5), mse(1.0)], 2)
    estimates = c * averages
    return {"bias": float(estimates.mean()) - mu, "variance": float(estimates.var()), "mse": mse(c),
            "better": "shrunk" if mse(c) < mse(1.0) else "plain", "best": -b / (2 * a)}
