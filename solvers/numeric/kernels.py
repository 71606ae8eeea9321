"""Independent checks of the questions on kernels, by way of explicit features, eigenvalues and series."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

__all__ = [
    "definiteness_by_eigenvalues", "distances_in_feature_space", "features_by_fitting", "kernels_by_features",
    "lifted_machine",
]


def _monomials(x: np.ndarray, c: float, degree: int) -> np.ndarray:
    """Features of (x·z + c)^degree: the monomials of (x, √c) with the roots of the multinomial coefficients."""
    full = np.append(x, np.sqrt(c)) if c else np.asarray(x, dtype=float)
    out = []
    for chosen in itertools.combinations_with_replacement(range(len(full)), degree):
        times = math.factorial(degree)
        for i in set(chosen):
            times //= math.factorial(chosen.count(i))
        out.append(math.sqrt(times) * np.prod(full[list(chosen)]))
    return np.array(out)


def kernels_by_features(points: np.ndarray, c: float, degree: int, gamma: float, other: str, slope: float) -> dict[str, Any]:
    """Every part of kernels/eval-gram: polynomial kernels as inner products of monomials, the Gaussian one as a product over
    the coordinates, the cosine with the law of cosines, tanh from exponentials."""
    x, z = points[0], points[1]
    square = x @ x + z @ z - 2 * float(np.einsum("i,i", x, z))
    features = np.array([_monomials(p, c, 2) for p in points])
    inner = (x @ x + z @ z - square) / 2
    b = slope * inner - 1
    cosine = (x @ x + z @ z - square) / (2 * np.linalg.norm(x) * np.linalg.norm(z))
    return {"inner": inner, "poly": float(_monomials(x, c, degree) @ _monomials(z, c, degree)), "square": square,
            "gauss": float(np.prod([math.exp(-gamma * (p - q)**2) for p, q in zip(x, z)])), "gram": features @ features.T,
            "value": cosine if other == "cosine" else (1 - math.exp(-2 * b)) / (1 + math.exp(-2 * b))}


def features_by_fitting(exponents: np.ndarray, triple: np.ndarray, a: float, c: float, p: np.ndarray, q: np.ndarray, n: int,
                        degree: int, x: np.ndarray, k: int, sigma: float) -> dict[str, Any]:
    """Every part of kernels/feature-map: the squares of the factors are fitted to K(x, x) at many points, the features are
    counted one by one; the Taylor coefficient of the last part, at the points x, is a mean over a circle."""
    variables = exponents.shape[1]
    rng = np.random.default_rng(5)
    sample = rng.uniform(0.5, 1.5, (80, variables))

    def fitted(d: int, shown: np.ndarray) -> np.ndarray:
        full = [np.bincount(np.array(chosen, dtype=int), minlength=variables + 1)[:variables]
                for chosen in itertools.combinations_with_replacement(range(variables + 1), d)]
        basis = np.array([np.prod(sample**(2 * e), axis=1) for e in full]).T
        squares = np.linalg.lstsq(basis, (a * (sample**2).sum(axis=1) + c)**d, rcond=None)[0]
        found = [squares[next(i for i, e in enumerate(full) if (e == row).all())] for row in shown]
        return np.sqrt(np.maximum(found, 0))

    coefficients = fitted(2, exponents)

    def features(point: np.ndarray) -> np.ndarray:
        return coefficients * np.prod(point**exponents, axis=1)

    ones = 1 if c else 0
    return {"factors": coefficients, "product": float(features(p) @ features(q)), "cubic": float(fitted(3, triple[None, :])[0]),
            "features": float(sum(1 for _ in itertools.combinations_with_replacement(range(n + ones), degree))),
            "gauss": _gaussian_feature(x, k, sigma)}


def _gaussian_feature(x: np.ndarray, k: int, sigma: float) -> np.ndarray:
    """The coefficient of z^k in exp(xz/σ²) as a mean over a circle, shared evenly between x and z."""
    angles = 2 * np.pi * np.arange(64) / 64
    inverse_factorial = np.mean(np.exp(k * np.exp(1j * angles)) * np.exp(-1j * k * angles)).real / k**k
    return np.asarray(np.exp(-(x / sigma)**2 / 2) * (x / sigma)**k * np.sqrt(inverse_factorial))


def definiteness_by_eigenvalues(m: np.ndarray, v: np.ndarray, a: float, b: float, g: np.ndarray) -> dict[str, Any]:
    """The parts of kernels/psd-check that are computed, from eigenvalues; the end of the interval by bisection on the smallest one,
    the form as a sum over eigenvectors."""
    values, vectors = np.linalg.eigh(m)
    low, high = 0.0, a + b
    for _ in range(80):
        t = (low + high) / 2
        inside = np.linalg.det([[a, t], [t, b]]) >= 0
        low, high = (t, high) if inside else (low, t)
    minors = np.array([np.prod(np.linalg.eigvals(g[:k, :k])).real for k in range(1, 4)])
    return {"form": float((values * (vectors.T @ v)**2).sum()), "eigenvalues": values[::-1],
            "verdict": "yes" if values.min() >= -1e-9 else "no", "t": [[-low, low, "[]"]], "minors": minors,
            "definite": "yes" if np.linalg.eigvalsh(g).min() > 0 else "no"}


def distances_in_feature_space(kind: str, x: np.ndarray, z: np.ndarray, u: np.ndarray, support: np.ndarray, alphas: np.ndarray,
                               labels: np.ndarray, b: float, parameter: float) -> dict[str, Any]:
    """Every part of kernels/distance-predict. The square of a polynomial is taken apart into its monomials; for the Gaussian kernel
    feature vectors of the points at hand are the rows of a root of their Gram matrix."""
    points = np.vstack([[x, z, u], support]).astype(float)
    if kind == "square":
        features = np.array([_monomials(p, parameter, 2) for p in points])
    else:
        gram = np.prod(np.exp(-parameter * (points[:, None, :] - points[None, :, :])**2), axis=2)
        values, vectors = np.linalg.eigh(gram)
        features = vectors * np.sqrt(np.clip(values, 0, None))
    p, q, new, rest = features[0], features[1], features[2], features[3:]
    f = float((alphas * labels) @ rest @ new + b)
    return {"entries": np.array([p @ p, p @ q, q @ q]), "distance": float(((p - q)**2).sum()),
            "cosine": float(p @ q / np.linalg.norm(p) / np.linalg.norm(q)), "value": f, "label": "positive" if f > 0 else "negative"}


def lifted_machine(
    points: np.ndarray, labels: np.ndarray, c: float, u: np.ndarray, third: str, x1: np.ndarray, x2: np.ndarray,
) -> dict[str, Any]:
    """Every part of kernels/xor-lift: the machine in the space of monomials, its weights as the least ones with margin 1 everywhere;
    whether a plane (with the third coordinate, or none) would do is decided by Gordan's theorem: it would
    unless the rows y·(x, 1) have a combination 0 with weights of one sign."""
    features = np.array([_monomials(p, c, 2) for p in points])
    w = np.linalg.lstsq(labels[:, None] * features, np.ones(len(labels)), rcond=None)[0]
    alphas = np.linalg.lstsq((labels[:, None] * features).T, w, rcond=None)[0]
    grid = np.array([_monomials(np.array([s, t]), c, 2) for s, t in zip(x1, x2)])
    s, t = points.T
    added = {"none": 0 * s, "linear": s - t, "length": s**2 + t**2, "distance": abs(s - t), "square": (s + t) ** 2, "max": np.maximum(s, t)}[third]
    left, sizes, _ = np.linalg.svd(labels[:, None] * np.column_stack([points, added, np.ones(len(points))]))
    weights = left[:, -1] if sizes[-1] < 1e-9 else np.array([1.0, -1.0])
    return {"separable": "no" if abs(np.sign(weights).sum()) == len(weights) else "yes", "gram": features @ features.T, "alpha": float(alphas.mean()),
            "f": grid @ w, "value": float(_monomials(u, c, 2) @ w), "width": 2 / float(np.linalg.norm(w))}
