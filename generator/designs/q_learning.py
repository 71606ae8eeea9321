"""Episodes in which every update of Q-learning has something to say."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["q_episode", "td_episode"]


def q_episode(stream: Stream) -> tuple[Any, ...]:
    """A 3×2 table of whole numbers and four transitions (s, a, r, s') from 1: x → y → x → z → terminal state
    4. The second update looks at the row that the first one changed, and the next action taken is not
    the best one after the first transition."""
    states = stream.shuffled((1, 2, 3))
    x, y = states[0], states[1]
    z = stream.choice((states[1], states[2], states[2]))
    table = [stream.sample(range(-2, 11), 2) for _ in range(3)]
    first = 1 if table[x - 1][0] > table[x - 1][1] else 2
    if stream.below(4) == 0:
        first = 3 - first
    second = 1 if table[y - 1][0] < table[y - 1][1] else 2
    steps = (
        (x, first, stream.below(17) - 6, y),
        (y, second, stream.below(15) - 4, x),
        (x, stream.choice((1, 2)), stream.below(15) - 4, z),
        (z, stream.choice((1, 2)), stream.choice((-10, -8, 6, 8, 10, 12)), 4),
    )
    return tuple(map(tuple, table)), steps


def td_episode(stream: Stream) -> tuple[Any, ...]:
    """Values of three states, the states x → y → x → z → terminal state 4 (from 1) of an episode, the four rewards, the learning rate
    and the discount, and the value that a first update with another learning rate leads to. The first state is met twice, so
    the second and third update stand on changed values; no error of the first update is 0."""
    while True:
        states = stream.shuffled((1, 2, 3))
        x, y, z = states[0], states[1], stream.choice((states[1], states[2], states[2]))
        values = [fmpq(2 * v) for v in stream.sample(range(-3, 11), 3)]
        rewards = [fmpq(stream.below(13) - 4) for _ in range(3)] + [fmpq(stream.choice((-8, 6, 8, 10, 12)))]
        alpha = stream.choice((fmpq(1, 2), fmpq(1, 5), fmpq(1, 10)))
        gamma = stream.choice((fmpq(1), fmpq(1, 2), fmpq(9, 10)))
        error = rewards[0] + gamma * values[y - 1] - values[x - 1]
        other = stream.choice([a for a in (fmpq(1, 4), fmpq(2, 5), fmpq(3, 10), fmpq(3, 4), fmpq(1, 20)) if a != alpha])
        if abs(error) >= 2 and 0 not in values and 0 not in rewards:
            path = tuple(map(fmpq, (x, y, x, z, 4)))
            return tuple(values), path, tuple(rewards), alpha, gamma, values[x - 1] + other * error
