"""Independent check of the Q-learning question: the episode is replayed on a table that changes in place."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["replay_q_learning"]


def replay_q_learning(table: np.ndarray, steps: np.ndarray, alpha: float, gamma: float) -> dict[str, Any]:
    """Every part of q-learning/update: each transition (s, a, r, s') adds α times its temporal-difference
    error. The terminal state is a further row of zeros that is never visited as s."""
    states, actions = table.shape
    q = np.zeros((states + 1, actions))
    q[:states] = table
    found: dict[str, Any] = {}
    for k, (s, a, r, after) in enumerate(steps.tolist(), 1):
        cell = int(s) - 1, int(a) - 1
        q[cell] += alpha * (r + gamma * q[int(after) - 1].max() - q[cell])
        found[f"u{k}"] = q[cell]
    q = q[:states]
    found["table"] = q
    found["V"] = np.partition(q, -1, axis=1)[:, -1]
    found["greedy"] = f"a{int(q[int(steps[0, 0]) - 1].argmax()) + 1}"
    return found
