"""SciPy and simulation against the keys of the questions on sample sizes, bias and variance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import to_float
from examwright.solvers.exact import pac_learning as solver

optimize = pytest.importorskip("scipy.optimize")
stats = pytest.importorskip("scipy.stats")

SEEDS = range(1, 41)


def values(question: str, seed: int) -> dict[str, Any]:
    def plain(v: Any) -> Any:
        if isinstance(v, tuple):
            return [plain(x) for x in v]
        return v if isinstance(v, str) else to_float(v)

    return {name: plain(v) for name, v in examwright.draw(question, seed=seed).values.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_finite_consistent_key(seed: int) -> None:
    v = values("pac-learning/finite-consistent", seed)

    def log_risk(m: float, epsilon: float) -> float:
        return float(v["log_size"] - epsilon * m)

    root = optimize.brentq(lambda m: log_risk(m, v["epsilon"]) - np.log(v["delta"]), 0, 1e7)
    assert v["examples"] == np.ceil(root)
    assert v["error"] == pytest.approx(optimize.brentq(lambda e: log_risk(v["m"], e) - np.log(v["delta"]), 0, 100))
    # the bound keeps its promise: a hypothesis of error ε survives m examples with probability (1 − ε)^m
    assert v["log_size"] + stats.binom.logpmf(0, int(v["examples"]), v["epsilon"]) <= np.log(v["delta"]) + 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_hoeffding_union_key(seed: int) -> None:
    v = values("pac-learning/hoeffding-union", seed)
    m, epsilon, delta, models = int(v["m"]), v["epsilon"], v["delta"], v["models"]
    k = np.arange(m + 1)
    outside = np.abs(k / m - 0.5) > epsilon
    assert v["single"] >= stats.binom.pmf(k, m, 0.5)[outside].sum(), "a bound lies above the probability"
    assert v["single"] == pytest.approx(2 * np.exp(-2 * epsilon**2 * m))
    need = optimize.brentq(lambda x: 2 * models * np.exp(-2 * epsilon**2 * x) - delta, 0, 1e7)
    assert v["examples"] == np.ceil(need)
    assert 2 * models * np.exp(-2 * v["reach"] ** 2 * m) == pytest.approx(delta)
    assert v["most"] * v["single"] <= delta < (v["most"] + 1) * v["single"]


@pytest.mark.parametrize("seed", SEEDS)
def test_decompose_key(seed: int) -> None:
    v = values("bias-variance/decompose", seed)
    rng = np.random.default_rng(seed)
    g = rng.choice(v["predictions"], 400_000)
    y = v["target"] + rng.normal(0, np.sqrt(v["noise"]), g.size)
    assert v["expected_error"] == pytest.approx(np.mean((y - g) ** 2), rel=0.02)
    assert v["variance"] == pytest.approx(np.var(v["predictions"])) and v["bias"] == pytest.approx(np.mean(v["predictions"]) - v["target"])


@pytest.mark.parametrize("seed", SEEDS)
def test_shrinkage_key(seed: int) -> None:
    v = values("bias-variance/shrinkage", seed)
    law = stats.norm(v["mu"], np.sqrt(v["sigma2"] / v["n"]))

    def mse(c: float) -> float:
        return float(law.expect(lambda x: (c * x - v["mu"]) ** 2))

    assert v["mse"] == pytest.approx(mse(v["c"]), rel=1e-6)
    assert optimize.minimize_scalar(mse, bounds=(0, 1), method="bounded").x == pytest.approx(v["best"], abs=1e-4)
    assert (v["better"] == "shrunk") == (mse(v["c"]) < mse(1.0))


def test_counts_of_hypotheses_by_enumeration() -> None:
    from itertools import product

    for n in (1, 2, 3):
        inputs = list(product((0, 1), repeat=n))
        plain = {frozenset(i for i in range(n) if row[i]) for row in inputs}
        signed = set(product((0, 1, None), repeat=n))
        assert solver.hypothesis_count("conjunctions", fmpq(n), fmpq(0)) == len(plain)
        assert solver.hypothesis_count("signed conjunctions", fmpq(n), fmpq(0)) == len(signed)
        assert solver.hypothesis_count("tables", fmpq(n), fmpq(0)) == len(set(product((0, 1), repeat=len(inputs))))
    for wrong in (("tables", 11), ("trees", 2)):
        with pytest.raises(ValueError):
            solver.hypothesis_count(wrong[0], fmpq(wrong[1]), fmpq(0))
    assert solver.far_from_whole(fmpq(1, 2)) and not solver.far_from_whole(fmpq(101, 100))
