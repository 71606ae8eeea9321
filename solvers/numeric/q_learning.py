"""Independent checks of the Q-learning questions: episodes are replayed on tables that change in place."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["replay_q_learning", "replay_td0", "targets_by_weights"]


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


def targets_by_weights(
    own: float, row: np.ndarray, taken: float, reward: float, alpha: float, gamma: float, epsilon: float, wanted: float, told: str,
) -> dict[str, Any]:
    """Every part of q-learning/sarsa-vs-q: each method is a row of weights on the action values of the next state, and the
    three targets are one matrix product; ε is found by halving an interval, and what a target depends on by changing it."""
    k = len(row)
    one_hot = np.eye(k)

    def policy(eps: float) -> np.ndarray:
        out: np.ndarray = (1 - eps) * one_hot[int(row.argmax())] + eps * np.full(k, 1 / k)
        return out

    def all_targets(action: int, eps: float) -> np.ndarray:
        found: np.ndarray = reward + gamma * np.stack([one_hot[int(row.argmax())], one_hot[action], policy(eps)]) @ row
        return found

    first = int(taken) - 1
    targets = all_targets(first, epsilon)
    moved = [~np.isclose(all_targets((first + 1) % k, epsilon), targets), ~np.isclose(all_targets(first, epsilon / 2), targets)]
    asked = {"action": moved[0], "epsilon": moved[1], "nothing": ~(moved[0] | moved[1])}[told]
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if reward + gamma * float(policy(middle) @ row) > wanted else (low, middle)
    return {
        "t_q": targets[0], "t_sarsa": targets[1], "pi": policy(epsilon), "t_expected": targets[2], "new": own + alpha * (targets - own),
        "eps": (low + high) / 2, "kind": ("q", "sarsa", "expected")[int(asked.argmax())] if asked.sum() == 1 else "none",
    }


def replay_td0(
    values: np.ndarray, path: np.ndarray, rewards: np.ndarray, alpha: float, gamma: float, goal: float,
) -> dict[str, Any]:
    """Every part of q-learning/td0: the episode is replayed on an array with a further zero for the terminal state, each update
    as a weighted mean; the return is a sum of powers of γ."""
    v = np.append(values.astype(float), 0.0)
    states = path.astype(int) - 1
    found: dict[str, Any] = {"error": rewards[0] + gamma * v[states[1]] - v[states[0]]}
    for k, (s, after, reward) in enumerate(zip(states, states[1:], rewards), 1):
        v[s] = (1 - alpha) * v[s] + alpha * (reward + gamma * v[after])
        found[f"v{k}"] = v[s]
    total = float(rewards @ gamma ** np.arange(len(rewards)))
    start = float(values[states[0]])
    found |= {"V": v[:-1], "G": total, "mc": (1 - alpha) * start + alpha * total}
    first = rewards[0] + gamma * float(values[states[1]])
    found["rate"] = (goal - start) / (first - start)
    return found
