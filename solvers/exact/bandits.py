"""Multi-armed bandits: counts, sample averages, ε-greedy choice and upper confidence bounds.

Arms are numbered from 1 to K, plays from 1 to T. `arms` and `rewards` are two vectors of one length, the arm and the reward of
each play in order; `estimates` (Q) and `counts` (N) have one entry for each arm. Rewards, estimates and bounds have the same
unit. Source: Sutton and Barto, *Reinforcement Learning*, 2nd edition, chapter 2.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, ln, maximum, sqrt
from examwright.solvers.exact.common import Matrix, Vector

__all__ = [
    "arm_probabilities", "confidence_bonus", "estimates_after", "estimates_after_plays", "estimates_before", "greedy_arms", "greedy_plays",
    "play_counts", "plays_off_first_greedy", "reward_sums", "sums_before", "surely_explored", "tied_plays", "with_arm_entry",
]


def _arm(arm: Number, k: int) -> int:
    """The position (from 0) of an arm. IndexError for one that does not exist."""
    a = as_int(arm)
    if not 1 <= a <= k:
        raise IndexError(f"arms are numbered from 1 to {k}")
    return a - 1


def play_counts(arms: Vector, size: Number) -> Vector:
    """N(a): how often each of `size` arms was played. IndexError for an arm beyond them.
    Source: Sutton and Barto, equation 2.1 (the denominator)."""
    out = [fmpq(0)] * as_int(size)
    for arm in arms:
        out[_arm(arm, len(out))] += 1
    return tuple(out)


def reward_sums(arms: Vector, rewards: Vector, size: Number) -> Vector:
    """The sum of the rewards of each of `size` arms. ValueError unless each play has one reward; IndexError for an arm
    beyond them. Source: Sutton and Barto, equation 2.1 (the numerator)."""
    if len(arms) != len(rewards):
        raise ValueError("each play has one arm and one reward")
    out: list[Any] = [fmpq(0)] * as_int(size)
    for arm, reward in zip(arms, rewards):
        a = _arm(arm, len(out))
        out[a] = out[a] + reward
    return tuple(out)


def with_arm_entry(values: Vector, arm: Number, value: Number) -> Vector:
    """A vector with one entry for each arm, that of one arm replaced. IndexError for an arm that does not exist.
    Source: the assignment arrow of Sutton and Barto, section 2.4."""
    if not 1 <= arm <= len(values):
        raise IndexError(f"arms are numbered from 1 to {len(values)}")
    return tuple([value if a == arm else x for a, x in enumerate(values, 1)])


# ---- ε-greedy --------------------------------------------------------------------------------

def greedy_arms(estimates: Vector) -> Vector:
    """The numbers of all arms with the largest estimate, in ascending order. ValueError for no arms; Undecided where two
    enclosures overlap. Source: Sutton and Barto, equation 2.2."""
    largest = maximum(estimates)
    return tuple([fmpq(a) for a, q in enumerate(estimates, 1) if q == largest])


def arm_probabilities(size: Number, greedy: Vector, p_greedy: Number, p_other: Number) -> Vector:
    """The probability of each of `size` arms: p_greedy for those in `greedy`, p_other for the rest. IndexError for a
    greedy arm that does not exist. Source: Sutton and Barto, section 2.2 (ε-greedy)."""
    out = [p_other] * as_int(size)
    for arm in greedy:
        out[_arm(arm, len(out))] = p_greedy
    return tuple(out)


def sums_before(arms: Vector, rewards: Vector, size: Number) -> Matrix:
    """T×K: row t holds the sums of the rewards of each arm before play t. ValueError unless each play has one reward.
    Source: the numerator of Sutton and Barto, equation 2.1, at every time step."""
    return tuple([reward_sums(arms[:t], rewards[:t], size) for t in range(len(arms))])


def _averages(arms: Vector, rewards: Vector, size: Number) -> Vector:
    """Sample averages of each arm, 0 for an arm that was not played."""
    totals, counts = reward_sums(arms, rewards, size), play_counts(arms, size)
    return tuple([fmpq(0) if n == 0 else s / n for s, n in zip(totals, counts)])


def estimates_before(arms: Vector, rewards: Vector, size: Number) -> Matrix:
    """T×K: row t holds the sample averages before play t, 0 for an arm that was not played yet. ValueError unless each
    play has one reward. Source: Sutton and Barto, equation 2.1."""
    return tuple([_averages(arms[:t], rewards[:t], size) for t in range(len(arms))])


def estimates_after(arms: Vector, rewards: Vector, size: Number) -> Matrix:
    """The same after play t: each row one play too late. ValueError unless each play has one reward.
    Source: Sutton and Barto, equation 2.1."""
    return tuple([_averages(arms[:t], rewards[:t], size) for t in range(1, len(arms) + 1)])


def surely_explored(history: Matrix, arms: Vector) -> Vector:
    """The plays t (from 1) whose arm did not have the largest estimate in row t of `history` (T×K). ValueError unless
    there is a row for each play. Source: Sutton and Barto, exercise 2.2."""
    if len(history) != len(arms):
        raise ValueError("each play needs its row of estimates")
    return tuple([fmpq(t) for t, (row, arm) in enumerate(zip(history, arms), 1) if arm not in greedy_arms(row)])


def plays_off_first_greedy(history: Matrix, arms: Vector) -> Vector:
    """The plays t (from 1) whose arm is not the greedy arm with the smallest number: the wrong reading in which ties are
    overlooked. ValueError for a row without arms. Source: Sutton and Barto, exercise 2.2, misread."""
    return tuple([fmpq(t) for t, (row, arm) in enumerate(zip(history, arms), 1) if arm != greedy_arms(row)[0]])


def tied_plays(history: Matrix) -> Vector:
    """The plays t (from 1) with more than one greedy arm in row t of `history` (T×K). ValueError for a row without arms.
    Source: Sutton and Barto, equation 2.2 (ties)."""
    return tuple([fmpq(t) for t, row in enumerate(history, 1) if len(greedy_arms(row)) > 1])


# ---- upper confidence bounds -----------------------------------------------------------------

def confidence_bonus(c: Number, t: Number, counts: Vector) -> Vector:
    """c·√(ln t / N(a)) for each arm, in the unit of the rewards. ZeroDivisionError for an arm that was never played.
    Source: Sutton and Barto, equation 2.10."""
    return tuple([c * sqrt(ln(t) / n) for n in counts])


# ---- a constant step size --------------------------------------------------------------------

def estimates_after_plays(start: Number, pays: Vector, alpha: Number, plays: Vector) -> Vector:
    """The estimates of arms that always pay `pays` after these plays (numbers of arms), from the same start for each arm, with the
    constant step size α. IndexError for an arm that does not exist. Source: Sutton and Barto, equation 2.5."""
    out: list[Any] = [start] * len(pays)
    for arm in plays:
        a = _arm(arm, len(out))
        out[a] = out[a] + alpha * (pays[a] - out[a])
    return tuple(out)


def greedy_plays(start: Number, pays: Vector, alpha: Number, size: Number) -> Vector:
    """The first `size` plays of a greedy agent (smallest number on a tie) on arms that always pay `pays`, from the same start for
    each arm. ValueError for no arms. Source: Sutton and Barto, section 2.6 (optimistic initial values)."""
    out: Vector = ()
    for _ in range(as_int(size)):
        out = (*out, greedy_arms(estimates_after_plays(start, pays, alpha, out))[0])
    return out
