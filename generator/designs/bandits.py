"""Bandits with short probabilities, and logs of plays that tell whether the agent explored."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["eps_greedy_case", "exploration_log"]

_SHARES = (2, 3, 4, 5, 6, 8)  # ε/K in hundredths


def eps_greedy_case(stream: Stream, greedy: Any) -> tuple[Any, ...]:
    """Estimates of three to five arms, `greedy` of them largest, their true means (whole numbers, the best of them not always
    greedy), ε, and the probability that each greedy arm shall have with a smaller ε. All probabilities are short decimals."""
    size, best = stream.choice((3, 4, 4, 5)), int(fmpq(greedy).p)
    share, lower = sorted(stream.sample(_SHARES, 2), reverse=True)
    top = 40 + stream.below(50)
    lesser = [top - 3 - stream.below(30) for _ in range(size - best)]
    estimates = [fmpq(x, 10) for x in stream.shuffled([top] * best + lesser)]
    means = [fmpq(x) for x in stream.sample(range(1, 13), size)]
    goal = (1 - fmpq(size * lower, 100)) / best + fmpq(lower, 100)
    return tuple(estimates), tuple(means), fmpq(size * share, 100), goal


def exploration_log(stream: Stream) -> tuple[Any, ...]:
    """Arms and rewards of six or seven plays of an ε-greedy agent with sample averages that start at 0, the number of arms, and
    a play from 3 on that took a greedy arm. At least two plays, not the whole rest, took an arm that was not greedy, and after
    the first play there was a tie of which not the smallest number was taken."""
    while True:
        size, plays = stream.choice((3, 4)), stream.choice((6, 7))
        sums, counts = [0] * size, [0] * size
        arms, rewards, sure, late = [], [], [], []
        tie_taken = False
        for t in range(1, plays + 1):
            estimates = [fmpq(s, n) if n else fmpq(0) for s, n in zip(sums, counts)]
            greedy = [a for a in range(size) if estimates[a] == max(estimates)]
            others = [a for a in range(size) if a not in greedy]
            arm = stream.choice(others) if others and stream.below(5) < 2 else stream.choice(greedy)
            if arm in others:
                sure.append(t)
            elif t > 2:
                late.append(t)
            tie_taken = tie_taken or (t > 1 and arm in greedy and arm != greedy[0])
            reward = stream.choice((-2, -1, -1, 0, 1, 1, 2, 3))
            arms.append(arm + 1)
            rewards.append(reward)
            sums[arm] += reward
            counts[arm] += 1
        if 2 <= len(sure) <= plays - 3 and late and tie_taken:
            return tuple(map(fmpq, arms)), tuple(map(fmpq, rewards)), fmpq(size), fmpq(stream.choice(late))
