"""Independent checks of the questions on sample sizes: bounds are searched for the first sample size that meets them."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["sample_size_by_search", "union_bound_by_search"]


def _first(low: int, high: int, good: Any) -> int:
    """The smallest whole number for which `good` holds, by bisection; `good` never turns false again."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if good(middle) else (middle + 1, high)
    return low


def sample_size_by_search(family: str, n: int, plain: float, epsilon: float, delta: float, m: int) -> dict[str, Any]:
    """Every part of pac-learning/finite-consistent: ln|H| as a sum over the choices a hypothesis makes, the sample size as the
    first m with |H|·e^(−εm) ≤ δ, the guaranteed error by bisection of the same inequality."""
    ways = {"conjunctions": [2] * n, "signed conjunctions": [3] * n, "tables": [2] * 2**n, "plain": [plain]}[family]
    log_size = float(np.log(np.array(ways, dtype=float)).sum())

    def log_risk(examples: float, error: float) -> float:
        return log_size - error * examples

    low, high = 0.0, 100.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if log_risk(m, middle) <= np.log(delta) else (middle, high)
    examples = _first(0, 10**7, lambda k: log_risk(k, epsilon) <= np.log(delta))
    more = [(log_size - np.log(d)) / epsilon for d in (delta, delta / 10)]
    return {"log_size": log_size, "examples": examples, "error": high, "more": more[1] - more[0]}


def union_bound_by_search(count: int, m: int, epsilon: float, delta: float) -> dict[str, Any]:
    """Every part of pac-learning/hoeffding-union: the probabilities are added up hypothesis by hypothesis, sample sizes and
    numbers of hypotheses are searched."""
    def total(hypotheses: int, error: float, examples: float) -> float:
        one = np.exp(np.log(2.0) - 2 * error**2 * examples)
        return float(np.full(hypotheses, one).sum()) if hypotheses <= 1000 else hypotheses * float(one)

    low, high = 0.0, 10.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if total(count, middle, m) <= delta else (middle, high)
    return {"single": total(1, epsilon, m), "examples": _first(0, 10**7, lambda k: total(count, epsilon, k) <= delta), "reach": high,
            "most": _first(0, 10**7, lambda k: total(k, epsilon, m) > delta) - 1}
