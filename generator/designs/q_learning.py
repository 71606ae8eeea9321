"""Episodes in which every update of Q-learning has something to say."""

from __future__ import annotations

from typing import Any

from examwright.generator.random import Stream

__all__ = ["q_episode"]


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
