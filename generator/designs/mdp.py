"""Small Markov decision processes with short decimals everywhere."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["evaluated_policy", "grid_layout", "look_ahead_case", "two_action_mdp"]

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
        deviation = (tenth * (1 + stream.below(5)), tenth * (1 + stream.below(6)))
        if sum(deviation, fmpq(0)) >= 1 or deviation == transitions[0]:
            continue
        margin = fmpq(stream.choice((-4, -3, -2, 2, 3, 4)))
        expected = gamma * (deviation[0] * values[0] + deviation[1] * values[1])
        bonus = fmpq(int((values[0] + margin - expected).floor()))
        if bonus == 0 or bonus == rewards[0] or bonus + expected == values[0]:
            continue
        return transitions, rewards, gamma, deviation, bonus


def look_ahead_case(stream: Stream) -> tuple[Any, ...]:
    """One state with three actions of two outcomes each: probabilities, rewards and successors (3×2), the values of three states, the
    probabilities of a policy, and the number of the action with the smallest Q. All Q differ, and a discount of ½, 0.8 or 0.9, also
    returned, keeps them short decimals."""
    tenth = fmpq(1, 10)
    while True:
        gamma = stream.choice((fmpq(1, 2), fmpq(4, 5), fmpq(9, 10)))
        values = [fmpq(10 * x) for x in stream.sample(range(-2, 8), 3)]
        probabilities, rewards, successors = [], [], []
        for _ in range(3):
            p = tenth * stream.choice((1, 2, 3, 4, 6, 7, 8, 9))
            probabilities.append((p, 1 - p))
            rewards.append(tuple(map(fmpq, stream.sample(range(-5, 11), 2))))
            successors.append(tuple(map(fmpq, stream.sample((1, 2, 3), 2))))
        q = [sum([p * (r + gamma * values[int(s.p) - 1]) for p, r, s in zip(*rows)], fmpq(0))
             for rows in zip(probabilities, rewards, successors)]
        if len(set(q)) == 3 and max(q) - min(q) <= 30 and max(q) > 0 and 0 not in values:
            policy = [tenth * x for x in stream.choice(((5, 3, 2), (6, 2, 2), (4, 4, 2), (2, 5, 3), (3, 1, 6), (1, 7, 2)))]
            return (gamma, tuple(values), tuple(probabilities), tuple(rewards), tuple(successors), tuple(policy),
                    fmpq(q.index(min(q)) + 1))


_GRIDS = ((3, 3, 1), (2, 4, 0), (2, 4, 1), (3, 3, 2))  # rows, columns, walls
_MOVES = ((-1, 0), (1, 0), (0, -1), (0, 1))


def grid_layout(stream: Stream) -> tuple[Any, ...]:
    """A small grid world with two terminal cells: [rows, columns], the walls, what stands in the cells (names, rewards of the terminal
    cells, '' for walls), the same with 'wall' in the walls, the terminal cells, the names, the matrix of moves (n×4) and the rewards
    of the exits (good, bad). From every cell the good exit can be reached, from some in three moves or more, and the bad exit
    has a neighbour."""
    while True:
        rows, columns, walls = stream.choice(_GRIDS)
        places = [(i, j) for i in range(rows) for j in range(columns)]
        special = stream.sample(places, walls + 2)
        good, bad, blocked = special[0], special[1], special[2:]
        free = [p for p in places if p not in special]
        index = {p: k for k, p in enumerate([*free, good, bad], 1)}
        moves = [[index.get((i + di, j + dj), index[i, j]) for di, dj in _MOVES] for i, j in free]
        distance = _distances(moves, len(free) + 1)
        if None in distance or max(distance, default=0) < 3 or not any(len(free) + 2 in row for row in moves):
            continue
        exits = fmpq(stream.choice((8, 10, 12, 20))), fmpq(stream.choice((-4, -5, -8, -10)))
        names = "ABCDEF"[:len(free)]
        shown: dict[Any, Any] = {good: exits[0], bad: exits[1], **dict(zip(free, names))}
        cells = tuple([tuple([shown.get((i, j), "") for j in range(columns)]) for i in range(rows)])
        marked = tuple([tuple([shown.get((i, j), "wall") for j in range(columns)]) for i in range(rows)])
        return ((fmpq(rows), fmpq(columns)), tuple([tuple(map(fmpq, w)) for w in blocked]), cells, marked,
                tuple([tuple(map(fmpq, t)) for t in (good, bad)]), tuple(names), tuple([tuple(map(fmpq, row)) for row in moves]), exits)


def _distances(moves: list[list[int]], goal: int) -> list[Any]:
    """Moves from each cell to the goal, None where there is no way."""
    found: list[Any] = [None] * len(moves)
    for steps in range(1, len(moves) + 1):
        for k, row in enumerate(moves):
            if found[k] is None and any(m == goal or (m <= len(moves) and found[m - 1] == steps - 1) for m in row):
                found[k] = steps
    return found
