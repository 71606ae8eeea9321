"""SciPy's optimisers and scikit-learn's SVC against the keys of the questions on support vector machines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import to_float
from examwright.solvers.exact import svm as solver

optimize = pytest.importorskip("scipy.optimize")
SEEDS = range(1, 36)


def q(*xs: Any) -> tuple[Any, ...]:
    return tuple([q(*x) if isinstance(x, (tuple, list)) else fmpq(x) for x in xs])


def floats(value: Any) -> Any:
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value])
    return value if isinstance(value, str) else to_float(value)


def drawn(question: str, seed: int) -> dict[str, Any]:
    return {n: floats(v) for n, v in examwright.draw(f"svm/{question}", seed=seed).values.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_distance_margin_key(seed: int) -> None:
    v = drawn("distance-margin", seed)
    points, labels, w, b = v["points"], v["labels"], v["w"], v["b"]
    distances = []
    for x in points:
        found = optimize.minimize(lambda z, x=x: ((z - x)**2).sum(), x, jac=lambda z, x=x: 2*(z - x), method="SLSQP",
                                  constraints={"type": "eq", "fun": lambda z: w @ z + b, "jac": lambda z: w})
        distances.append(np.linalg.norm(found.x - x))
        if len(distances) == 1:
            assert v["foot"] == pytest.approx(found.x, abs=1e-6)
    signs = np.where(np.sign(points @ w + b) == labels, 1, -1)
    assert v["geometric"] == pytest.approx(signs * distances, abs=1e-6)
    assert v["margin"] == pytest.approx((signs * distances).min(), abs=1e-6)
    assert v["functional"] == pytest.approx(labels * (points @ w + b)) and v["length"] == pytest.approx(1 / distances[0], abs=1e-6)


def test_geometry() -> None:
    assert solver.decision_values(q([1, 2], [0, 0]), q(3, 4), fmpq(-5)) == q(6, -5)
    assert solver.functional_margins(q(1, -1), q(6, 5)) == q(6, -5)
    assert solver.foot_on_hyperplane(q(3, 4), q(3, 4), fmpq(25)) == q(0, 0)
    assert solver.absolute_values(q(-3, 0, 2)) == q(3, 0, 2)
    with pytest.raises(ValueError, match="as many labels"):
        solver.functional_margins(q(1), q(1, 2))
    with pytest.raises(ValueError, match="as many coordinates"):
        solver.foot_on_hyperplane(q(1, 2, 3), q(3, 4), fmpq(1))
