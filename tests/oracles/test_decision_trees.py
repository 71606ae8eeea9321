"""SciPy, scikit-learn and brute force against the exact decision-tree solvers and the keys of the questions."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import decision_trees as solver

stats = pytest.importorskip("scipy.stats")

SEEDS = range(1, 41)


def floats(value: Any) -> Any:
    """A nested tuple of exact numbers as an array."""
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


# ---- impurity of a node ----------------------------------------------------------------------

def test_impurities_of_nodes() -> None:
    rng = random.Random(1)
    for _ in range(60):
        counts = exact([rng.randint(0, 9) for _ in range(rng.randint(1, 5))] + [1])
        p = floats(counts) / floats(counts).sum()
        assert to_float(solver.node_entropy(counts, "log2")) == pytest.approx(stats.entropy(p, base=2), abs=1e-12)
        assert to_float(solver.shannon_entropy(solver.class_shares(counts), "ln")) == pytest.approx(stats.entropy(p), abs=1e-12)
        positive = [q for q in solver.class_shares(counts) if q]
        assert floats(solver.information_contents(tuple(positive))) == pytest.approx(-np.log2(floats(tuple(positive))), abs=1e-12)
    with pytest.raises(ZeroDivisionError):
        solver.node_entropy(exact([0, 0]), "log2")
    with pytest.raises(ValueError):
        solver.node_entropy(exact([1, 2]), "log3")


def test_changes_of_a_node() -> None:
    counts = exact([3, 1, 5])
    found = {c: solver.counts_after_change(counts, c) for c in ("double", "exchange", "absorb", "level", "new", "remove")}
    assert found == {"double": (6, 2, 10), "exchange": (5, 1, 3), "absorb": (3, 0, 6), "level": (3, 2, 4),
                     "new": (3, 1, 5, 1), "remove": (3, 5)}
    with pytest.raises(ValueError, match="no change"):
        solver.counts_after_change(counts, "halve")


# ---- the keys of the questions ---------------------------------------------------------------

@pytest.mark.parametrize("seed", SEEDS)
def test_entropy_node_key(seed: int) -> None:
    v = examwright.draw("decision-trees/entropy-node", seed=seed).values
    p = floats(v["counts"]) / sum(floats(v["counts"]))
    assert floats(v["p"]) == pytest.approx(p)
    assert to_float(v["H"]) == pytest.approx(stats.entropy(p, base=2))
    assert to_float(v["nats"]) == pytest.approx(stats.entropy(p))
    assert to_float(v["highest"]) == pytest.approx(stats.entropy(np.full(len(p), 1 / len(p)), base=2))
    moved = stats.entropy(floats(v["after"]), base=2) - to_float(v["H"])
    assert v["trend"] == ("same" if abs(moved) < 1e-12 else "rises" if moved > 0 else "falls")
    expected = {"double": "same", "exchange": "same", "absorb": "falls", "remove": "falls", "level": "rises", "new": "rises"}
    assert v["trend"] == expected[v["change"]]
