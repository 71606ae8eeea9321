"""Independent checks of the MDP questions: all policies are tried, and values are summed over time."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

__all__ = [
    "add_up_reward_streams", "evaluate_policy_by_series", "look_ahead_by_state", "value_iteration_by_policies", "walk_the_grid",
]

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


def add_up_reward_streams(
    rewards: np.ndarray, gamma: float, start: float, first: np.ndarray, forever: float, cycle: np.ndarray, level: float, total: float,
) -> dict[str, Any]:
    """Every part of mdp/return: streams are written out for 3000 steps and added up with powers of γ; the unknown γ, of a stream that
    stays the same for 4096 steps, is found by halving an interval."""
    def worth(stream: Any, discount: float) -> float:
        return float(np.asarray(stream, dtype=float) @ discount ** np.arange(len(stream)))

    def ones(discount: float) -> float:  # 1 + γ + … + γ^4095, each time twice as many
        total, power = 1.0, discount
        for _ in range(12):
            total, power = total + total * power, power * power
        return total

    steps = 3000
    eventually = worth([*first, *[forever] * steps], gamma)
    low, high = 0.0, 0.995
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if level * ones(middle) < total else (low, middle)
    return {
        "late": worth(rewards[int(start):], gamma), "G": worth(rewards, gamma), "eventually": eventually,
        "periodic": worth(list(cycle) * (steps // len(cycle)), gamma), "constant": eventually / ones(gamma),
        "discount": (low + high) / 2,
    }


def look_ahead_by_state(
    probabilities: np.ndarray, rewards: np.ndarray, successors: np.ndarray, gamma: float, values: np.ndarray, policy: np.ndarray,
    weak: float,
) -> dict[str, Any]:
    """Every part of mdp/q-from-v: outcomes are gathered into a transition matrix over the states, and the reward that makes
    the weak action as good as the best is read off a straight line."""
    actions = len(probabilities)
    transitions = np.zeros((actions, len(values)))
    for a in range(actions):
        np.add.at(transitions[a], successors[a].astype(int) - 1, probabilities[a])
    q = np.einsum("ao,ao->a", probabilities, rewards) + gamma * transitions @ values
    w = int(weak) - 1
    raised = rewards.astype(float).copy()
    raised[w, 0] += 1.0
    slope = float(probabilities[w] @ raised[w]) - float(probabilities[w] @ rewards[w])
    average = float(q @ policy)
    return {"Q": q, "best": float(np.sort(q)[-1]), "greedy": f"a{int(q.argmax()) + 1}", "V_new": average, "advantages": q - average,
            "reward": float(rewards[w, 0]) + (float(q.max()) - q[w]) / slope}


_STEPS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


def walk_the_grid(
    cells: list[list[Any]], names: list[str], living: float, gamma: float, at: str, action: str, straight: float,
) -> dict[str, Any]:
    """Every part of mdp/gridworld from the picture itself: `cells` holds the names of cells, numbers in terminal cells and 'wall'. The
    optimal values come from 2000 sweeps of value iteration that start at 0."""
    place = {name: (i, j) for i, row in enumerate(cells) for j, name in enumerate(row) if isinstance(name, str) and name in names}

    def entered(name: str, move: str) -> tuple[int, int]:
        i, j = (a + b for a, b in zip(place[name], _STEPS[move]))
        inside = 0 <= i < len(cells) and 0 <= j < len(cells[0]) and cells[i][j] != "wall"
        return (i, j) if inside else place[name]

    def value(name: str, move: str, v: dict[tuple[int, int], float]) -> float:
        i, j = entered(name, move)
        return v[i, j] * gamma + living if (i, j) in v else float(cells[i][j])

    def sweep(v: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
        return {place[n]: max(value(n, m, v) for m in _STEPS) for n in names}

    zero = {place[n]: 0.0 for n in names}
    once = sweep(zero)
    twice = sweep(once)
    best = twice
    for _ in range(2000):
        new = sweep(best)
        if all(abs(new[p] - best[p]) < 1e-14 for p in new):
            break
        best = new
    policy = []
    for n in names:
        q = {m: value(n, m, best) for m in _STEPS}
        policy.append([m for m in _STEPS if abs(q[m] - max(q.values())) < 1e-9])
    chance = {m: straight if m == action else 0.0 if _STEPS[m] == tuple(-d for d in _STEPS[action]) else (1 - straight) / 2 for m in _STEPS}
    return {
        "V1": [once[place[n]] for n in names], "V2": [twice[place[n]] for n in names], "V": [best[place[n]] for n in names],
        "policy": policy, "slip": sum(p * value(at, m, best) for m, p in chance.items()),
    }
