"""Independent checks of the mixture questions: densities in full, points repeated by their weights, all assignments enumerated."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

__all__ = [
    "densities_in_full", "enumerate_coins", "iterate_with_log_odds", "repeat_points_by_weight", "write_down_the_parameters",
]


def _normal(x: float, mean: float, sigma: float) -> float:
    return math.exp(-(((x - mean) / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))


def densities_in_full(
    x: float, means: np.ndarray, spread: float, base: float, weights: np.ndarray, sigmas: np.ndarray, z: float,
) -> dict[str, Any]:
    """Every part of mixture-models/gmm-responsibility from densities with all their factors (σ² = spread/ln base); the boundary is
    found by halving an interval on which the responsibility falls from 1 to 0."""
    sigma = math.sqrt(spread / math.log(base))

    def share(at: float) -> float:
        parts = [w * _normal(at, m, sigma) for w, m in zip(weights, means)]
        return parts[0] / math.fsum(parts)

    low, high = float(means[0]) - 10, float(means[1]) + 10  # the first component lies to the left
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) > 0.5 else (low, middle)
    narrow = [w * _normal(z * s, 0.0, s) for w, s in zip(weights, sigmas)]
    return {
        "ratio": _normal(x, means[0], sigma) / _normal(x, means[1], sigma), "resp": share(x), "midway": share(float(means.mean())),
        "boundary": (low + high) / 2, "unequal": narrow[0] / math.fsum(narrow),
    }


def repeat_points_by_weight(xs: np.ndarray, resp: np.ndarray) -> dict[str, Any]:
    """Every part of mixture-models/gmm-m-step: responsibilities in tenths make every point a heap of ten, which is dealt out
    to the components; their means and variances are those of plain samples."""
    tenths = np.rint(10 * resp).astype(int)
    heaps = [np.repeat(xs, tenths[:, k]) for k in range(tenths.shape[1])]
    together = np.concatenate(heaps)
    return {
        "N": [len(h) / 10 for h in heaps], "pi": [len(h) / len(together) for h in heaps], "mu": [float(h.mean()) for h in heaps],
        "sigma2": [float(h.var()) for h in heaps], "mean_of_mixture": float(together.mean()),
        "hard_means": [float(xs[tenths.argmax(axis=1) == k].mean()) for k in range(tenths.shape[1])],
    }


def enumerate_coins(sequences: np.ndarray, first: float, second: float, prior: float) -> dict[str, Any]:
    """Every part of mixture-models/em-two-coins: the posterior over all ways of giving each sequence one of the coins is written
    out, and the expected counts are means over these ways."""
    thetas, chances = (first, second), (prior, 1 - prior)
    ways = np.array(list(product((0, 1), repeat=len(sequences))))
    shown = np.array([[np.prod(np.where(row == 1, t, 1 - t)) for t in thetas] for row in sequences])
    weight = np.array([np.prod([chances[c] * shown[i, c] for i, c in enumerate(way)]) for way in ways])
    weight /= weight.sum()
    counted = [[sum(weight[w] * (sequences[ways[w] == c] == side).sum() for w in range(len(ways))) for side in (1, 0)] for c in (0, 1)]
    r = [float(weight[ways[:, i] == 0].sum()) for i in range(len(sequences))]
    sure = [row for row, p in zip(sequences, r) if p > 0.5]
    return {
        "likelihoods": shown[0], "resp": r, "counts": counted[0], "theta_A": counted[0][0] / sum(counted[0]),
        "theta_B": counted[1][0] / sum(counted[1]), "share": float(weight @ (ways == 0).mean(axis=1)), "hard": float(np.mean(sure)),
    }


def iterate_with_log_odds(xs: np.ndarray, mu: np.ndarray, weight: float, watched: str) -> dict[str, Any]:
    """Every part of mixture-models/gmm-em-iteration: responsibilities from log-odds, log-likelihoods by logaddexp, and means as the
    points where the weighted squared distance has no slope. What is certain about the `watched` number is seen in iterations from many
    starts, with the points nearer together and farther apart."""
    def logs(points: np.ndarray, means: np.ndarray, share: float) -> np.ndarray:
        out: np.ndarray = np.log([share, 1 - share]) - (points[:, None] - means) ** 2 / 2
        return out

    def likelihood(points: np.ndarray, means: np.ndarray, share: float) -> float:
        terms = logs(points, means, share)
        return float(np.logaddexp(terms[:, 0], terms[:, 1]).sum())

    def iterated(points: np.ndarray, means: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray, float]:
        terms = logs(points, means, share)
        resp = (1 + np.tanh((terms[:, 0] - terms[:, 1]) / 2)) / 2
        both = np.stack([resp, 1 - resp])
        return resp, np.linalg.lstsq(np.diag(both.sum(axis=1)), both @ points)[0], float(np.average(resp))

    def number(points: np.ndarray, means: np.ndarray, share: float) -> float:
        fit = likelihood(points, means, share)
        return {"likelihood": fit, "loss": -fit, "gap": float(abs(means[0] - means[1])), "share": share}[watched]

    resp, means, share = iterated(xs, mu, weight)
    moves = []
    for spread in (0.5, 1, 4):
        points = spread * (xs - xs.mean())
        for left, right in ((-1.5, 1.0), (-0.2, 0.1), (0.3, 2.0), (-3.0, 3.0)):
            for start in (0.1, 0.5, 0.9):
                at = np.array([left, right]), start
                moves.append(number(points, *iterated(points, *at)[1:]) - number(points, *at))
    seen = "not_lower" if min(moves) > -1e-12 else "not_higher" if max(moves) < 1e-12 else "nothing"
    return {"resp": resp, "share": share, "means": means, "before": likelihood(xs, mu, weight), "after": likelihood(xs, means, share), "next": seen}


def write_down_the_parameters(dimension: float, size: float, budget: float, k: np.ndarray) -> dict[str, Any]:
    """Every part of mixture-models/gmm-param-count: the free entries of matrices, means and weights are listed and counted."""
    d, components = int(dimension), int(size)
    upper = [(i, j) for i in range(d) for j in range(i, d)]

    def listed(count: int, shape: list[Any], shared: bool = False) -> int:
        names = {("weight", c) for c in range(count - 1)} | {("mean", c, i) for c in range(count) for i in range(d)}
        return len(names | {("covariance", 0 if shared else c, entry) for c in range(count) for entry in shape})

    largest = next(c for c in range(1, 1000) if listed(c + 1, upper) > budget)
    return {
        "one": len(upper), "full": listed(components, upper), "diagonal": listed(components, [(i, i) for i in range(d)]),
        "spherical": listed(components, [0]), "shared": listed(components, upper, True),
        "formula": np.array([listed(int(c), upper) if c < 200 else np.polyval(np.polyfit([1, 2], [listed(1, upper), listed(2, upper)], 1), c) for c in k]),
        "largest": largest,
    }
