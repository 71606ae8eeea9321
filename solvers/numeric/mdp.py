"""Independent checks of the MDP questions: all policies are tried, and values are summed over time."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

__all__ = ["evaluate_policy_by_series", "value_iteration_by_policies"]

_POLICIES = {n: np.array(list(product((0, 1), repeat=n))) for n in (2, 3, 4)}
_STATES = {n: np.arange(n) for n in (2, 3, 4)}
_POWERS = np.arange(1, 1000)


def value_iteration_by_policies(
    first: np.ndarray, second: np.ndarray, rewards: np.ndarray, gamma: float,
) -> dict[str, Any]:
    """Every part of mdp/value-iteration without a single maximum over actions: V_k is the best return of k
    steps over all policies, each of them carried out as a whole. `first`, `second` n×n, `rewards` n×2."""
    n = len(rewards)
    policies, states = _POLICIES[n], _STATES[n]
    transitions = np.stack([first, second])[policies, states]  # policies × states × next states
    payments = rewards[states, policies]
    v1 = payments.max(axis=0)
    v2 = (payments + gamma * (transitions @ v1)).max(axis=0)
    third = payments + gamma * (transitions @ v2)
    best = third.max(axis=0)
    return {
        "V1": v1, "V2": v2,
        "policy": [[f"a{a + 1}" for a in (0, 1) if (np.abs(third[policies[:, s] == a, s] - best[s]) < 1e-9).all()] for s in range(n)],
        "bound": np.linalg.norm(v2 - v1, np.inf) * (float(gamma) ** _POWERS).sum(),
    }


def evaluate_policy_by_series(
    transitions: np.ndarray, rewards: np.ndarray, gamma: float, order: str, deviation: np.ndarray, bonus: float,
) -> dict[str, Any]:
    """Every part of mdp/policy-eval: V is the sum of the discounted rewards over time, doubled up as
    (I + M)(I + M²)(I + M⁴)… r with M = γP; sweeps are split into the lower and upper triangle of M."""
    step = gamma * transitions
    total, power = rewards, step
    for _ in range(12):
        total = total + power @ total
        power = power @ power
    eye = np.eye(len(rewards))
    seen = np.tril(step, -1) if order == "in-place" else 0 * step
    sweep = np.linalg.inv(eye - seen)
    second = sweep @ (rewards + (step - seen) @ (sweep @ rewards))
    q = bonus + gamma * float(np.einsum("i,i->", deviation, total))
    return {
        "A": eye - step, "V": total, "second": second, "q": q, "verdict": "better" if q - total[0] > 0 else "worse",
    }
