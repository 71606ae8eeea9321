"""scikit-learn and PyTorch against the exact cross-entropy and the keys of its question file."""

from __future__ import annotations

import math
import random

import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import to_float
from examwright.solvers.exact.logistic_regression import (
    binary_cross_entropy,
    label_probability,
    logarithm,
)

torch = pytest.importorskip("torch")
metrics = pytest.importorskip("sklearn.metrics")


def test_cross_entropy_against_sklearn() -> None:
    rng = random.Random(3)
    for _ in range(50):
        y, q = rng.randint(0, 1), fmpq(rng.randint(1, 99), 100)
        expected = metrics.log_loss([y], [float(q)], labels=[0, 1])
        for base, unit in (("ln", 1.0), ("log2", math.log(2)), ("log10", math.log(10))):
            assert to_float(binary_cross_entropy(fmpq(y), q, base)) == pytest.approx(expected / unit, rel=1e-12)
        decimal = to_float(logarithm(label_probability(fmpq(y), q), "log10"))
        assert decimal == pytest.approx(math.log10(float(q) if y else float(1 - q)), rel=1e-12)


@pytest.mark.parametrize("seed", range(1, 26))
def test_ce_point_key(seed: int) -> None:
    v = examwright.draw("logistic-regression/ce-point", seed=seed).values
    y, q = int(v["y"].p), float(v["q"])
    expected = metrics.log_loss([y], [q], labels=[0, 1]) / (math.log(2) if v["base"] == "log2" else 1)
    assert to_float(v["loss"]) == pytest.approx(expected, rel=1e-12)
    z = torch.tensor(math.log(q / (1 - q)), dtype=torch.float64, requires_grad=True)
    target = torch.tensor(float(y), dtype=torch.float64)
    torch.nn.functional.binary_cross_entropy_with_logits(z, target).backward()
    assert float(v["slope"]) == pytest.approx(z.grad.item(), rel=1e-9)
