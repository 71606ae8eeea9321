"""Independent checks of the questions on kernels, by way of explicit features, eigenvalues and series."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

__all__ = ["kernels_by_features"]


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
