"""Tabular Q-learning: one update at a time.

A table is a tuple of rows, one for each state that is not terminal, with one entry for each action. A
transition is (s, a, r, s'), with states and actions numbered from 1; a state beyond the last row of the table
is terminal and worth 0. Source: Watkins and Dayan, *Q-learning*, Machine Learning 8 (1992); Sutton and
Barto, *Reinforcement Learning*, 2nd edition, equation 6.8.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, maximum
from examwright.solvers.exact.common import Matrix, Vector

__all__ = [
    "best_action_label", "eps_greedy_row", "q_best", "q_blend", "q_entry", "q_target", "q_updated", "sarsa_updated", "td_error",
    "with_q_entry", "with_state_value",
]


def _row(table: Matrix, state: Number) -> Any:
    s = as_int(state)
    if s < 1:
        raise ValueError("states are numbered from 1")
    return table[s - 1] if s <= len(table) else None


def q_entry(table: Matrix, state: Number, action: Number) -> Number:
    """Q(s, a); 0 for a terminal state. IndexError for an action that does not exist.
    Source: Sutton and Barto, section 6.5."""
    row = _row(table, state)
    if row is None:
        return fmpq(0)
    a = as_int(action)
    if a < 1:
        raise IndexError("actions are numbered from 1")
    return row[a - 1]


def q_best(table: Matrix, state: Number) -> Number:
    """max over a of Q(s, a), in the unit of the rewards; 0 for a terminal state. ValueError for a state
    below 1. Source: Sutton and Barto, equation 6.8."""
    row = _row(table, state)
    return fmpq(0) if row is None else maximum(row)


def q_blend(old: Number, target: Number, alpha: Number) -> Number:
    """(1 - α)·old + α·target. TypeError for what is no number.
    Source: Sutton and Barto, equation 6.8, with the brackets multiplied out."""
    return (1 - alpha) * old + alpha * target


def q_target(table: Matrix, step: Vector, gamma: Number) -> Number:
    """r + γ max Q(s', ·) of a transition (s, a, r, s'), only r if s' is terminal. ValueError for a state
    below 1. Source: Sutton and Barto, equation 6.8."""
    return step[2] + gamma * q_best(table, step[3])


def q_updated(table: Matrix, step: Vector, alpha: Number, gamma: Number) -> Number:
    """The new value of Q(s, a) after a transition (s, a, r, s') with learning rate α and discount γ.
    IndexError for an action that does not exist. Source: Sutton and Barto, equation 6.8."""
    return q_blend(q_entry(table, step[0], step[1]), q_target(table, step, gamma), alpha)


def sarsa_updated(table: Matrix, step: Vector, next_action: Number, alpha: Number, gamma: Number) -> Number:
    """The same with Q(s', a') of the action that is really taken next. IndexError for an action that does not
    exist. Source: Sutton and Barto, equation 6.7."""
    target = step[2] + gamma * q_entry(table, step[3], next_action)
    return q_blend(q_entry(table, step[0], step[1]), target, alpha)


def with_q_entry(table: Matrix, state: Number, action: Number, value: Number) -> Matrix:
    """The table with Q(s, a) replaced. IndexError for a terminal state or an action that does not exist.
    Source: the assignment arrow of Sutton and Barto, equation 6.8."""
    s, a = as_int(state) - 1, as_int(action) - 1
    if not (0 <= s < len(table) and 0 <= a < len(table[s])):
        raise IndexError("the table has no such entry")
    row = table[s][:a] + (value,) + table[s][a + 1:]
    return table[:s] + (row,) + table[s + 1:]


def best_action_label(table: Matrix, state: Number) -> str:
    """'a1', 'a2', …: the action with the largest Q in a state, the smallest number on a tie. IndexError for
    a terminal state. Source: the greedy policy of Sutton and Barto, section 6.5."""
    row = _row(table, state)
    if row is None:
        raise IndexError("a terminal state has no actions")
    best = 0
    for a in range(1, len(row)):
        if row[a] > row[best]:
            best = a
    return f"a{best + 1}"


def eps_greedy_row(row: Vector, epsilon: Number) -> Vector:
    """The probability of each action of a state with the action values `row` under the ε-greedy policy: exploring draws one of all
    actions, greedy is the one with the largest value (on a tie each with the same share). ValueError for no actions.
    Source: Sutton and Barto, section 2.2."""
    largest = maximum(row)
    best = [q == largest for q in row]
    shared = (1 - epsilon) / best.count(True)
    return tuple([epsilon / len(row) + (shared if b else 0) for b in best])


def td_error(values: Vector, state: Number, reward: Number, after: Number, gamma: Number) -> Number:
    """δ = r + γ V(s') - V(s), where V is a vector of the states 1, 2, … and a state beyond its end is terminal and worth 0.
    IndexError for a state below 1 or a terminal `state`. Source: Sutton and Barto, equation 6.5."""
    s, following = as_int(state), as_int(after)
    if not 1 <= s <= len(values) or following < 1:
        raise IndexError("states are numbered from 1, and a terminal state is not left")
    return reward + (gamma * values[following - 1] if following <= len(values) else 0) - values[s - 1]


def with_state_value(values: Vector, state: Number, value: Number) -> Vector:
    """The vector with V(s) replaced. IndexError for a state that it does not have. Source: the assignment arrow of Sutton
    and Barto, equation 6.2."""
    if not 1 <= state <= len(values):
        raise IndexError("the vector has no such state")
    return tuple([value if s == state else v for s, v in enumerate(values, 1)])
