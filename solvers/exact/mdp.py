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

from examwright.solvers.arithmetic import Number, absolute, as_int, maximum
from examwright.solvers.exact.common import Matrix, Vector, dot, mean

__all__ = [
    "action_values", "arrows_on_grid", "bellman_matrix", "best_actions", "contraction_bound", "discounted_return", "finite_path_values",
    "greedy_actions", "grid_action_values", "largest_change", "outcome_values", "policy_sweep", "row_means", "slip_value",
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


def discounted_return(rewards: Vector, gamma: Number, start: Number) -> Number:
    """G_t = R_{t+1} + γ R_{t+2} + γ² R_{t+3} + … of an episode with the rewards (R_1, …, R_T), from the time t = `start`; 0 at its end.
    ValueError for a time outside the episode. Source: Sutton and Barto, equation 3.8."""
    t = as_int(start)
    if not 0 <= t <= len(rewards):
        raise ValueError("the episode has no such time")
    total: Any = fmpq(0)
    for reward in reversed(rewards[t:]):
        total = reward + gamma * total
    return total


def outcome_values(probabilities: Matrix, rewards: Matrix, successors: Matrix, gamma: Number, values: Vector) -> Vector:
    """Q(s, a) = Σ p·(r + γ V(s')) for each action of one state: the three matrices have a row for each action and a column
    for each of its outcomes; `successors` are numbers of states from 1. IndexError for a state without a value.
    Source: Sutton and Barto, equation 4.6."""
    out = []
    for chances, paid, entered in zip(probabilities, rewards, successors):
        total: Any = fmpq(0)
        for p, r, s in zip(chances, paid, entered):
            total = total + p * (r + gamma * values[_state(s)])
        out.append(total)
    return tuple(out)


def _state(number: Number) -> int:
    """The position (from 0) of a state that is numbered from 1. IndexError below 1."""
    s = as_int(number)
    if s < 1:
        raise IndexError("states are numbered from 1")
    return s - 1


def row_means(table: Matrix) -> Vector:
    """The mean of each row of an n×m table of action values. ValueError for an empty row.
    Source: Sutton and Barto, equation 4.5 (the equiprobable policy)."""
    return tuple([mean(row) for row in table])


# ---- grid worlds -----------------------------------------------------------------------------
#
# A grid world with n cells in which one can stand is an n×4 matrix `moves`: the number of the cell that is entered from
# each cell by going up, down, left and right; its own number where a wall or the border is in the way, and n + 1, n + 2, … for
# the terminal cells, which pay `exits` when they are entered. Every other move pays `living`.

def _move_value(entered: Number, exits: Vector, living: Number, gamma: Number, values: Vector) -> Number:
    """What a move into a cell is worth: the exit's reward, or the reward of a move and the discounted value of the cell."""
    k = _state(entered)
    return exits[k - len(values)] if k >= len(values) else living + gamma * values[k]


def grid_action_values(moves: Matrix, exits: Vector, living: Number, gamma: Number, values: Vector) -> Matrix:
    """n×4: the value of each move (up, down, left, right) from each cell, if V (length n) is the value of the cells.
    IndexError for a cell that does not exist. Source: Sutton and Barto, equation 4.6."""
    return tuple([tuple([_move_value(k, exits, living, gamma, values) for k in row]) for row in moves])


def finite_path_values(moves: Matrix, exits: Vector, living: Number, gamma: Number) -> Vector:
    """For each of n cells the largest return of all ways that reach a terminal cell: V* if going round for ever is not better.
    ValueError if some cell has no way out. Source: Sutton and Barto, equation 4.10, on paths of 1, 2, …, n moves."""
    n = len(moves)
    entered = [[_state(k) for k in row] for row in moves]
    best: list[Any] = [None] * n
    for _ in moves:
        new: list[Any] = []
        for row in entered:
            known = [exits[k - n] if k >= n else living + gamma * best[k] for k in row if k >= n or best[k] is not None]
            new.append(maximum(known) if known else None)
        best = new
    if None in best:
        raise ValueError("a cell from which no terminal cell can be reached")
    return tuple(best)


_SIDES = {"up": (0, 2, 3), "down": (1, 2, 3), "left": (2, 0, 1), "right": (3, 0, 1)}  # a move and those at right angles to it


def slip_value(
    moves: Matrix, exits: Vector, living: Number, gamma: Number, values: Vector, cell: Number, action: str, straight: Number,
) -> Number:
    """Q of an action in one cell (from 1), if the move goes where it is meant to with probability `straight`, and with half of the
    rest each to the two sides at right angles. ValueError for an unknown action; IndexError for a cell that does not exist.
    Source: Russell and Norvig, *Artificial Intelligence*, section 17.1 (the 4×3 world)."""
    if action not in _SIDES:
        raise ValueError(f"no action is called {action!r}")
    ahead, one, other = [_move_value(moves[_state(cell)][k], exits, living, gamma, values) for k in _SIDES[action]]
    return straight * ahead + (1 - straight) / 2 * (one + other)


def arrows_on_grid(cells: Sequence[Sequence[Any]], names: Sequence[str], policy: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The first best action of each named cell at its place in the grid, '' elsewhere. ValueError unless each name has its
    actions. Source: the arrows of Sutton and Barto, figure 3.5."""
    if len(names) != len(policy):
        raise ValueError("each cell needs its actions")
    first = {name: actions[0] for name, actions in zip(names, policy)}
    return tuple([tuple([first.get(cell, "") if isinstance(cell, str) else "" for cell in row]) for row in cells])
