"""Independent checks of the bandit questions: plays are listed arm by arm, lotteries are written out, rules are replayed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["average_lists_of_rewards", "compare_confidence_bounds", "play_the_lottery", "replay_the_log", "weigh_the_rewards"]


def average_lists_of_rewards(
    arms: np.ndarray, rewards: np.ndarray, again: float, reward: float, other: float, target: float,
) -> dict[str, Any]:
    """Every part of bandits/sample-average from the full list of the rewards of each arm, never from an update; the
    missing reward is read off the straight line that the mean is as a function of it."""
    lists = [rewards[arms == a].tolist() for a in range(1, int(arms.max()) + 1)]
    means = [float(np.mean(x)) for x in lists]
    longer = lists[int(again) - 1] + [reward]
    at_zero, at_one = (float(np.mean([*lists[int(other) - 1], x])) for x in (0.0, 1.0))
    return {
        "N": [len(x) for x in lists], "Q": means, "greedy": int(np.argmax(means)) + 1, "step": 1 / len(longer),
        "updated": float(np.mean(longer)), "needed": (target - at_zero) / (at_one - at_zero),
    }


def _lottery(estimates: np.ndarray, eps: float) -> np.ndarray:
    """The probability of each arm, summed over the outcomes (explores or not, arm drawn) of the two lotteries."""
    best = np.flatnonzero(np.abs(estimates - estimates.max()) < 1e-12)
    total = np.zeros(len(estimates))
    for explores, chance in ((True, eps), (False, 1 - eps)):
        drawn = np.arange(len(estimates)) if explores else best
        for arm in drawn:
            total[arm] += chance / len(drawn)
    return total


def play_the_lottery(estimates: np.ndarray, means: np.ndarray, eps: float, goal: float) -> dict[str, Any]:
    """Every part of bandits/eps-greedy-prob: all outcomes of the lottery are added up; the ε that gives a greedy arm the
    probability `goal` is found by halving an interval."""
    chances = _lottery(estimates, eps)
    best = int(np.argmax(estimates))
    greedy = [a + 1 for a in range(len(estimates)) if math.isclose(estimates[a], estimates[best])]
    others = [a for a in range(len(estimates)) if a + 1 not in greedy]
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _lottery(estimates, middle)[best] > goal else (low, middle)
    reward = float(chances @ means)
    return {
        "greedy": greedy, "p_greedy": chances[best], "p_other": chances[others[0]], "off": float(chances[others].sum()),
        "expected": reward, "regret": float(chances @ (means.max() - means)), "lower": (low + high) / 2,
    }


def replay_the_log(arms: np.ndarray, rewards: np.ndarray, size: float, at: float, eps: float) -> dict[str, Any]:
    """Every part of bandits/identify-exploration: the agent is replayed with incremental updates; the probability of
    exploring is a count of equally likely outcomes, a thousandth of ε and of 1 - ε each, split over the arms."""
    k = int(size)
    q, n = np.zeros(k), np.zeros(k)
    rows, sure, tied = [], [], []
    for t, (arm, reward) in enumerate(zip(arms.astype(int) - 1, rewards), 1):
        rows.append(q.copy())
        if q[arm] < q.max() - 1e-9:
            sure.append(t)
        if (q > q.max() - 1e-9).sum() > 1:
            tied.append(t)
        n[arm] += 1
        q[arm] += (reward - q[arm]) / n[arm]
    before = rows[int(at) - 1]
    best = int((before > before.max() - 1e-9).sum())
    tickets = round(1000 * eps) * best, (1000 - round(1000 * eps)) * k  # of 1000·k·best: explores onto this arm, or is greedy
    return {"Q": np.array(rows), "sure": sure, "tied": tied, "possible": list(range(1, len(arms) + 1)),
            "chance": tickets[0] / sum(tickets)}


def compare_confidence_bounds(
    estimates: np.ndarray, counts: np.ndarray, c: float, convention: str, reward: float, later: str,
) -> dict[str, Any]:
    """Every part of bandits/ucb, the roots by way of logarithms and the threshold of c by halving an interval; the new arm is put
    beside the others with what it counts for."""
    def bounds(q: np.ndarray, n: np.ndarray, time: float, width: float) -> np.ndarray:
        out: np.ndarray = q + width * np.exp((np.log(np.log(time)) - np.log(n)) / 2)
        return out

    t = float(np.sum(counts)) + {"so far": 0, "coming": 1}[convention]
    upper = bounds(estimates, counts, t, c)
    arm = int(upper.argmax())
    q, n = estimates.astype(float).copy(), counts.astype(float).copy()
    q[arm] = (q[arm] * n[arm] + reward) / (n[arm] + 1)
    n[arm] += 1
    then = bounds(q, n, t + 1, c)
    one, two = int(estimates.argmax()), int(counts.argmin())
    low, high = 0.0, 1e3
    for _ in range(80):
        middle = (low + high) / 2
        at = bounds(estimates, counts, t, middle)
        low, high = (middle, high) if at[one] > at[two] else (low, middle)
    new = {"bounds": np.inf, "pessimist": 0.0, "optimist": 6.0}[later]
    beside = [np.append(then if later == "bounds" else values, new).argmax() for values in (estimates, q)]
    fresh = {True: "fresh", False: "same"}[bool(beside[0] == len(q))] if (beside[0] == len(q)) == (beside[1] == len(q)) else ""
    return {"bonus": upper - estimates, "U": upper, "arm": arm + 1, "U_next": then, "arm_next": int(then.argmax()) + 1,
            "threshold": (low + high) / 2, "fresh": fresh}


def weigh_the_rewards(
    start: float, rewards: np.ndarray, alpha: float, which: float, small: float, pays: np.ndarray, optimistic: float,
) -> dict[str, Any]:
    """Every part of bandits/constant-step: estimates are sums of weighted rewards and never updated; the distance of an optimistic
    estimate from what its arm pays is halved by every play."""
    def weights(n: int) -> np.ndarray:
        decay = (1 - alpha) ** np.arange(n - 1, -1, -1)
        return np.array([1 - alpha * decay.sum(), *(alpha * decay)])  # of the start and of each reward

    series = np.array([start, *rewards])
    updates = next(n for n in range(1, 1000) if weights(n)[0] < small)
    times, order = np.zeros(len(pays), dtype=int), []
    for _ in range(5):
        order.append(int((pays + (optimistic - pays) / 2.0**times).argmax()))
        times[order[-1]] += 1
    return {
        "Q2": float(weights(1) @ series[:2]), "Q": float(weights(4) @ series), "weight": weights(4)[int(which)], "initial_weight": weights(4)[0],
        "needed": updates, "plays": [a + 1 for a in order], "final": pays + (optimistic - pays) / 2.0**times,
    }
