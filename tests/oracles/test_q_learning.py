"""A plain simulation loop, and the fixed point of the Bellman equation, against the Q-learning solvers and keys."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import exact
from examwright.solvers.exact import q_learning as solver

SEEDS = range(1, 61)


def fraction(x: Any) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def replay(table: dict[tuple[int, int], Fraction], steps: Any, alpha: Fraction, gamma: Fraction) -> list[Fraction]:
    """The new values, one for each transition; the table changes. Terminal states have no entries."""
    found = []
    for s, a, reward, after in steps:
        choices = [q for (state, _), q in table.items() if state == after]
        error = reward + gamma * max(choices, default=Fraction(0)) - table[s, a]
        table[s, a] += alpha * error
        found.append(table[s, a])
    return found


def as_dictionary(table: Any) -> dict[tuple[int, int], Fraction]:
    return {(s, a): fraction(q) for s, row in enumerate(table, 1) for a, q in enumerate(row, 1)}


def as_steps(steps: Any) -> list[tuple[int, int, Fraction, int]]:
    return [(int(s.p), int(a.p), fraction(r), int(after.p)) for s, a, r, after in steps]


def random_episode(rng: random.Random) -> tuple[Any, Any]:
    states, actions = rng.randint(1, 4), rng.randint(1, 3)
    table = exact([[rng.randint(-9, 9) for _ in range(actions)] for _ in range(states)])
    steps = exact([[rng.randint(1, states), rng.randint(1, actions), rng.randint(-9, 9), rng.randint(1, states + 1)]
                   for _ in range(rng.randint(1, 8))])
    return table, steps


def test_updates_against_the_loop() -> None:
    rng = random.Random(31)
    for _ in range(80):
        table, steps = random_episode(rng)
        alpha, gamma = fmpq(1, rng.choice((2, 5, 10))), fmpq(rng.choice((1, 5, 9, 10)), 10)
        twin = as_dictionary(table)
        expected = replay(twin, as_steps(steps), fraction(alpha), fraction(gamma))
        for step, value in zip(steps, expected):
            new = solver.q_updated(table, step, alpha, gamma)
            assert fraction(new) == value
            blend = solver.q_blend(solver.q_entry(table, step[0], step[1]), solver.q_target(table, step, gamma), alpha)
            assert blend == new
            table = solver.with_q_entry(table, step[0], step[1], new)
        assert as_dictionary(table) == twin
        for s, row in enumerate(table, 1):
            assert solver.q_best(table, fmpq(s)) == max(row)
            assert solver.best_action_label(table, fmpq(s)) == f"a{row.index(max(row)) + 1}"


def test_sarsa_is_q_learning_where_the_best_action_is_taken() -> None:
    rng = random.Random(32)
    for _ in range(40):
        table, steps = random_episode(rng)
        for step in steps:
            after = int(step[3].p)
            for a in range(1, len(table[0]) + 1):
                found = solver.sarsa_updated(table, step, fmpq(a), fmpq(1, 5), fmpq(9, 10))
                value = table[after - 1][a - 1] if after <= len(table) else fmpq(0)
                old = table[int(step[0].p) - 1][int(step[1].p) - 1]
                assert found == old + fmpq(1, 5) * (step[2] + fmpq(9, 10) * value - old)
                if value == solver.q_best(table, step[3]):
                    assert found == solver.q_updated(table, step, fmpq(1, 5), fmpq(9, 10))


def test_repeated_updates_reach_the_fixed_point() -> None:
    """A corridor 1 → 2 → end with rewards 2 and 10: Q* = (2 + γ·10, 10), whatever the start."""
    table, gamma, half = exact([[-7], [3]]), fmpq(9, 10), fmpq(1, 2)
    for _ in range(60):
        for step in (exact([1, 1, 2, 2]), exact([2, 1, 10, 3])):
            table = solver.with_q_entry(table, step[0], step[1], solver.q_updated(table, step, half, gamma))
    assert [round(float(fraction(row[0])), 9) for row in table] == [11.0, 10.0]


def test_terminal_states_are_worth_nothing_and_faults_are_named() -> None:
    table = exact([[1, 2], [3, 4]])
    assert solver.q_best(table, fmpq(3)) == 0 and solver.q_entry(table, fmpq(3), fmpq(1)) == 0
    for wrong in (lambda: solver.with_q_entry(table, fmpq(3), fmpq(1), fmpq(0)),
                  lambda: solver.q_entry(table, fmpq(1), fmpq(3)), lambda: solver.q_entry(table, fmpq(1), fmpq(0)),
                  lambda: solver.best_action_label(table, fmpq(3))):
        with pytest.raises(IndexError):
            wrong()
    with pytest.raises(ValueError):
        solver.q_best(table, fmpq(0))


@pytest.mark.parametrize("seed", SEEDS)
def test_update_key(seed: int) -> None:
    v = examwright.draw("q-learning/update", seed=seed).values
    table, steps = as_dictionary(v["Q0"]), as_steps(v["steps"])
    found = replay(table, steps, fraction(v["alpha"]), fraction(v["gamma"]))
    assert [fraction(v[f"u{k}"]) for k in (1, 2, 3, 4)] == found
    assert as_dictionary(v["table"]) == table
    best = [max(q for (state, _), q in table.items() if state == s) for s in (1, 2, 3)]
    assert [fraction(x) for x in v["V"]] == best
    s = steps[0][0]
    assert v["greedy"] == ("a1" if table[s, 1] > table[s, 2] else "a2")
    assert steps[-1][3] == 4 and all(a[3] == b[0] for a, b in zip(steps, steps[1:])), "one episode, to its end"


@pytest.mark.parametrize("seed", SEEDS)
def test_update_by_running_the_episode_with_sarsa(seed: int) -> None:
    """The first mistake of u1 is what SARSA does with the action that is really taken next."""
    variant = examwright.draw("q-learning/update", seed=seed)
    table, steps = as_dictionary(variant.values["Q0"]), as_steps(variant.values["steps"])
    (s, a, reward, after), (_, following, _, _) = steps[:2]
    alpha, gamma = fraction(variant.values["alpha"]), fraction(variant.values["gamma"])
    expected = table[s, a] + alpha * (reward + gamma * table[after, following] - table[s, a])
    assert fraction(variant.wrong["u1"][0]) == expected


# ---- three methods, and values of states -----------------------------------------------------

def test_eps_greedy_rows_by_enumeration() -> None:
    rng = random.Random(33)
    for _ in range(40):
        row = [rng.randint(0, 3) for _ in range(rng.randint(2, 5))]
        eps = Fraction(rng.randint(0, 10), 10)
        best = [a for a, q in enumerate(row) if q == max(row)]
        expected = [eps / len(row) + ((1 - eps) / len(best) if a in best else 0) for a in range(len(row))]
        found = [fraction(x) for x in solver.eps_greedy_row(exact(row), fmpq(eps.numerator, eps.denominator))]
        assert found == expected and sum(found) == 1


def test_faults_of_values_are_named() -> None:
    with pytest.raises(IndexError, match="not left"):
        solver.td_error(exact([1, 2]), fmpq(3), fmpq(0), fmpq(1), fmpq(1))
    with pytest.raises(IndexError, match="no such state"):
        solver.with_state_value(exact([1, 2]), fmpq(3), fmpq(0))


@pytest.mark.parametrize("seed", SEEDS)
def test_sarsa_vs_q_key(seed: int) -> None:
    """Q-learning and SARSA are expected SARSA for the greedy policy and for one that is sure of its action."""
    v = examwright.draw("q-learning/sarsa-vs-q", seed=seed).values
    row, r, gamma, alpha, own = [fraction(q) for q in v["row"]], *(fraction(v[n]) for n in ("reward", "gamma", "alpha", "own"))

    def target(policy: list[Fraction]) -> Fraction:
        return r + gamma * sum((p * q for p, q in zip(policy, row)), Fraction(0))

    def policy(eps: Fraction) -> list[Fraction]:
        return [eps / len(row) + (1 - eps if q == max(row) else 0) for q in row]

    sure = [Fraction(a == int(fraction(v["taken"])) - 1) for a in range(len(row))]
    targets = [target(policy(Fraction(0))), target(sure), target(policy(fraction(v["epsilon"])))]
    assert [fraction(v[n]) for n in ("t_q", "t_sarsa", "t_expected")] == targets
    assert [fraction(x) for x in v["pi"]] == policy(fraction(v["epsilon"]))
    assert [fraction(x) for x in v["new"]] == [own + alpha * (t - own) for t in targets]
    assert target(policy(fraction(v["eps"]))) == fraction(v["wanted"]) and 0 < fraction(v["eps"]) < 1


@pytest.mark.parametrize("seed", SEEDS)
def test_td0_key_by_a_table_with_one_action(seed: int) -> None:
    """With a single action Q-learning, SARSA and TD(0) are the same: the episode is replayed by the table of Q-learning."""
    v = examwright.draw("q-learning/td0", seed=seed).values
    path, rewards = [int(fraction(s)) for s in v["path"]], [fraction(r) for r in v["rewards"]]
    table = {(s, 1): fraction(x) for s, x in enumerate(v["V0"], 1)}
    start, gamma, alpha = table[path[0], 1], fraction(v["gamma"]), fraction(v["alpha"])
    steps = [(s, 1, r, after) for s, r, after in zip(path, rewards, path[1:])]
    assert path[0] == path[2] and path[-1] == 4
    error = rewards[0] + gamma * table[path[1], 1] - start
    found = replay(table, steps, alpha, gamma)
    assert [fraction(v[f"v{k}"]) for k in (1, 2, 3, 4)] == found
    assert fraction(v["error"]) == error and start + fraction(v["rate"]) * error == fraction(v["goal"])
    total = sum((r * gamma**k for k, r in enumerate(rewards)), Fraction(0))
    assert fraction(v["G"]) == total and fraction(v["mc"]) == (1 - alpha) * start + alpha * total
