"""scikit-learn's pairwise kernels, SVC and NumPy's eigenvalues against the keys of the questions on kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import to_float
from examwright.solvers.exact import kernels as solver

pairwise = pytest.importorskip("sklearn.metrics.pairwise")
SEEDS = range(1, 36)


def q(*xs: Any) -> tuple[Any, ...]:
    return tuple([q(*x) if isinstance(x, (tuple, list)) else fmpq(x) for x in xs])


def floats(value: Any) -> Any:
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value])
    return value if isinstance(value, str) else to_float(value)


def drawn(question: str, seed: int) -> dict[str, Any]:
    return {n: floats(v) for n, v in examwright.draw(f"kernels/{question}", seed=seed).values.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_eval_gram_key(seed: int) -> None:
    v = drawn("eval-gram", seed)
    x, z = v["x"][None, :], v["z"][None, :]
    points = np.array([v["x"], v["z"], v["u"]])
    assert v["poly"] == pytest.approx(pairwise.polynomial_kernel(x, z, degree=v["degree"], gamma=1, coef0=v["c"])[0, 0])
    gamma = 1 / (2 * v["sigma"]**2) if v["written"] == "sigma" else v["rate"]
    assert v["gauss"] == pytest.approx(pairwise.rbf_kernel(x, z, gamma=gamma)[0, 0])
    assert v["inner"] == pairwise.linear_kernel(x, z)[0, 0] and v["square"] == pytest.approx(pairwise.euclidean_distances(x, z)[0, 0]**2)
    expected = pairwise.cosine_similarity(x, z) if v["other"] == "cosine" else pairwise.sigmoid_kernel(x, z, gamma=v["slope"], coef0=-1)
    assert v["value"] == pytest.approx(expected[0, 0])
    assert v["gram"] == pytest.approx(pairwise.polynomial_kernel(points, degree=2, gamma=1, coef0=v["c"]))


def test_kernels() -> None:
    x, z = q(1, 2), q(3, -1)
    assert solver.polynomial_kernel(x, z, fmpq(1), fmpq(3)) == 8
    assert solver.polynomial_gram((x, z), fmpq(0), fmpq(2)) == q([25, 1], [1, 100])
    with pytest.raises(ValueError, match="different lengths"):
        solver.polynomial_kernel(x, q(1), fmpq(1), fmpq(2))
