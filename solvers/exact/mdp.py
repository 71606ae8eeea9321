"""Markov decision processes: Bellman sweeps, greedy actions, and the value of a fixed policy.

An MDP with n states and two actions is two n×n matrices, `first` and `second` (row: the state that is left,
column: the state that is entered), and an n×2 matrix of rewards, paid on leaving a state by an action. A
fixed policy is one matrix and one vector of rewards; a row that sums to less than 1 ends the episode with
the rest of the probability. Values have the unit of the rewards. Sources: Sutton and Barto, *Reinforcement
Learning*, 2nd edition, chapters 3 and 4; Puterman, *Markov Decision Processes*, section 6.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import Number, absolute, maximum
from examwright.solvers.exact.common import Matrix, Vector, dot, mean

__all__ = [
    "action_values", "bellman_matrix", "best_actions", "contraction_bound", "greedy_actions", "largest_change", "policy_sweep",
    "uniform_sweep", "value_sweep", "value_sweep_in_place", "without_exit",
]


def action_values(first: Matrix, second: Matrix, rewards: Matrix, gamma: Number, values: Vector) -> Matrix:
    """Q(s, a) = r(s, a) + γ Σ p(s' | s, a) V(s'): n×2, from V of length n. ValueError unless the sizes agree.
    Source: Sutton and Barto, equation 4.6."""
    return tuple([
        (r[0] + gamma * dot(p, values), r[1] + gamma * dot(q, values))
        for p, q, r in zip(first, second, rewards)
    ])


def value_sweep(first: Matrix, second: Matrix, rewards: Matrix, gamma: Number, values: Vector) -> Vector:
    """One synchronous sweep of value iteration: max over the actions, all states from the old V (length n).
    ValueError unless the sizes agree. Source: Sutton and Barto, equation 4.10."""
    return tuple([maximum(row) for row in action_values(first, second, rewards, gamma, values)])


def value_sweep_in_place(first: Matrix, second: Matrix, rewards: Matrix, gamma: Number, values: Vector) -> Vector:
    """One sweep in the order of the states in which each state already sees the new values (length n).
    ValueError unless the sizes agree. Source: Sutton and Barto, section 4.1, "in place"."""
    new = list(values)
    for s, (p, q, r) in enumerate(zip(first, second, rewards)):
        new[s] = maximum(r[0] + gamma * dot(p, tuple(new)), r[1] + gamma * dot(q, tuple(new)))
    return tuple(new)


def uniform_sweep(first: Matrix, second: Matrix, rewards: Matrix, gamma: Number, values: Vector) -> Vector:
    """The sweep that evaluates the policy "both actions equally often": the mean where value iteration takes
    the maximum (length n). ValueError unless the sizes agree. Source: Sutton and Barto, equation 4.5."""
    return tuple([mean(row) for row in action_values(first, second, rewards, gamma, values)])


def greedy_actions(q: Matrix) -> Vector:
    """The number (from 1) of the best action in each row of an n×m table, the smallest number on a tie.
    Undecided where two enclosures overlap. Source: Sutton and Barto, equation 4.9."""
    out = []
    for row in q:
        best = 0
        for a in range(1, len(row)):
            if row[a] > row[best]:
                best = a
        out.append(fmpq(best + 1))
    return tuple(out)


def best_actions(q: Matrix, actions: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """For each row of an n×m table the words of all its best actions, in the order of the m `actions`. ValueError
    unless there is a word for every column; Undecided where two enclosures overlap. Source: Sutton and Barto,
    equation 4.9 ("any action that attains the maximum")."""
    out = []
    for row in q:
        if len(row) != len(actions):
            raise ValueError("as many actions as columns are needed")
        largest = maximum(row)
        out.append(tuple([a for a, x in zip(actions, row) if x == largest]))
    return tuple(out)


def largest_change(new: Vector, old: Vector) -> Number:
    """The largest absolute difference of two vectors of one length, in the unit of the values. ValueError
    if they are empty. Source: the maximum norm of Puterman, section 6.3.2."""
    return maximum([absolute(a - b) for a, b in zip(new, old)])


def contraction_bound(gamma: Number, change: Number) -> Number:
    """How far V can still be from V* after a sweep that changed it by `change`: γ/(1-γ)·change, in the unit
    of the values. ZeroDivisionError for γ = 1. Source: Puterman, theorem 6.3.1 (contraction by γ)."""
    return gamma / (1 - gamma) * change


def bellman_matrix(transitions: Matrix, gamma: Number) -> Matrix:
    """I - γP (n×n), the matrix of the linear system (I - γP)V = r of policy evaluation.
    ValueError never; the sizes are those of P. Source: Puterman, equation 6.1.5."""
    return tuple([
        tuple([(1 if i == j else 0) - gamma * p for j, p in enumerate(row)])
        for i, row in enumerate(transitions)
    ])


def policy_sweep(transitions: Matrix, rewards: Vector, gamma: Number, values: Vector, order: str) -> Vector:
    """One sweep of iterative policy evaluation (length n): `order` is 'synchronous' (every state from the old
    values) or 'in-place' (in the order of the states, with the new values at once). ValueError for another
    order or sizes that do not fit. Source: Sutton and Barto, section 4.1."""
    if order not in ("synchronous", "in-place"):
        raise ValueError(f"no order of sweeping is called {order!r}")
    new: list[Any] = list(values)
    for s, (p, r) in enumerate(zip(transitions, rewards)):
        new[s] = r + gamma * dot(p, tuple(new) if order == "in-place" else values)
    return tuple(new)


def without_exit(transitions: Matrix) -> Matrix:
    """Each row of an n×n matrix divided by its sum: the chain as if it could not end. ZeroDivisionError for
    a row of zeros. Source: the wrong reading in which the terminal state is forgotten."""
    out = []
    for row in transitions:
        total: Any = fmpq(0)
        for p in row:
            total = total + p
        out.append(tuple([p / total for p in row]))
    return tuple(out)
