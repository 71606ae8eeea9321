"""Small Markov decision processes with short decimals everywhere."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["evaluated_policy", "two_action_mdp"]

_SPLITS = (fmpq(1), fmpq(1), fmpq(1, 2), fmpq(1, 5), fmpq(2, 5), fmpq(3, 5), fmpq(4, 5))


def _successors(stream: Stream, states: int) -> tuple[Any, ...]:
    """A row of transition probabilities that leads to one or two states."""
    row = [fmpq(0)] * states
    here, there = stream.sample(range(states), 2)
    p = stream.choice(_SPLITS)
    row[here], row[there] = p, 1 - p
    return tuple(row)


def two_action_mdp(stream: Stream, states: Any = 3, low: Any = -4, high: Any = 12) -> tuple[Any, ...]:
    """Transition matrices of the two actions and the rewards (states×2): in each state the actions lead to
    different places and pay different whole numbers from low to high."""
    n, low, high = int(fmpq(states).p), int(fmpq(low).p), int(fmpq(high).p)
    first, second, rewards = [], [], []
    for _ in range(n):
        p = _successors(stream, n)
        q = _successors(stream, n)
        while q == p:
            q = _successors(stream, n)
        first.append(p)
        second.append(q)
        rewards.append(tuple(stream.sample(range(low, high + 1), 2)))
    return tuple(first), tuple(second), tuple(rewards)


def evaluated_policy(stream: Stream) -> tuple[Any, ...]:
    """A policy on two states and an exit, built from its values: P (2×2, row sums below 1), r (one decimal),
    γ, and for a second action in the first state the probabilities (of both states) and the reward."""
    tenth = fmpq(1, 10)
    while True:
        gamma = stream.choice((fmpq(1, 2), fmpq(4, 5), fmpq(9, 10), fmpq(1)))
        transitions = tuple([(tenth * stream.below(7), tenth * (1 + stream.below(7))) for _ in range(2)])
        transitions = (transitions[0], (transitions[1][1], transitions[1][0]))
        values = tuple([fmpq(10 * (stream.below(9) - 2)) for _ in range(2)])
        rewards = tuple([v - gamma * (p[0] * values[0] + p[1] * values[1]) for v, p in zip(values, transitions)])
        if any(sum(p, fmpq(0)) >= 1 for p in transitions) or 0 in values or 0 in rewards:
            continue
        if values[0] == values[1] or rewards[0] == rewards[1] or any(abs(r) > 20 for r in rewards):
            continue
        deviation = (tenth * stream.below(5), tenth * (1 + stream.below(6)))
        if sum(deviation, fmpq(0)) > 1 or deviation == transitions[0]:
            continue
        margin = fmpq(stream.choice((-4, -3, -2, 2, 3, 4)))
        expected = gamma * (deviation[0] * values[0] + deviation[1] * values[1])
        bonus = fmpq(int((values[0] + margin - expected).floor()))
        if bonus == 0 or bonus == rewards[0] or bonus + expected == values[0]:
            continue
        return transitions, rewards, gamma, deviation, bonus
