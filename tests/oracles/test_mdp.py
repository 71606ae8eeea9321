"""numpy.linalg and scipy's linear programming against the exact MDP solvers and the keys of the question files."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import mdp as solver
from examwright.solvers.exact.common import row_maxima

optimize = pytest.importorskip("scipy.optimize")

SEEDS = range(1, 41)


def floats(value: Any) -> Any:
    """A nested tuple of exact numbers as an array."""
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(floats(found), expected, rtol=1e-9, atol=1e-9)


def random_row(rng: random.Random, n: int) -> tuple[Any, ...]:
    weights = [rng.randint(0, 4) for _ in range(n - 1)] + [rng.randint(1, 4)]
    return tuple([fmpq(w, sum(weights)) for w in weights])


def random_mdp(rng: random.Random, n: int) -> tuple[Any, Any, Any, Any]:
    first, second = (tuple([random_row(rng, n) for _ in range(n)]) for _ in range(2))
    rewards = exact([[rng.randint(-9, 9), rng.randint(-9, 9)] for _ in range(n)])
    return first, second, rewards, fmpq(rng.choice((1, 4, 9)), 10)


def optimal_values(first: np.ndarray, second: np.ndarray, rewards: np.ndarray, gamma: float) -> np.ndarray:
    """V* as the smallest V with V ≥ r_a + γ P_a V for every action."""
    n = len(rewards)
    a_ub = np.vstack([gamma * first - np.eye(n), gamma * second - np.eye(n)])
    b_ub = -np.concatenate([rewards[:, 0], rewards[:, 1]])
    found = optimize.linprog(np.ones(n), A_ub=a_ub, b_ub=b_ub, bounds=[(None, None)] * n, method="highs")
    assert found.status == 0
    values: np.ndarray = found.x
    return values


def policy_value(transitions: np.ndarray, rewards: np.ndarray, gamma: float) -> np.ndarray:
    values: np.ndarray = np.linalg.solve(np.eye(len(rewards)) - gamma * transitions, rewards)
    return values


def test_sweeps_against_array_arithmetic() -> None:
    rng = random.Random(21)
    for _ in range(40):
        n = rng.randint(2, 4)
        first, second, rewards, gamma = random_mdp(rng, n)
        values = exact([rng.randint(-9, 9) for _ in range(n)])
        p, r, v, g = np.stack([floats(first), floats(second)]), floats(rewards), floats(values), to_float(gamma)
        q = r + g * np.einsum("asn,n->sa", p, v)
        close(solver.action_values(first, second, rewards, gamma, values), q)
        close(solver.value_sweep(first, second, rewards, gamma, values), q.max(axis=1))
        close(solver.uniform_sweep(first, second, rewards, gamma, values), q.mean(axis=1))
        close(solver.greedy_actions(solver.action_values(first, second, rewards, gamma, values)), q.argmax(axis=1) + 1)
        for s in range(n):
            v[s] = max(r[s, a] + g * p[a, s] @ v for a in (0, 1))
        close(solver.value_sweep_in_place(first, second, rewards, gamma, values), v)


def test_best_actions_with_ties_against_numpy() -> None:
    rng = random.Random(23)
    for _ in range(40):
        q = exact([[rng.randint(0, 2) for _ in range(3)] for _ in range(4)])
        table = floats(q)
        expected = tuple([tuple(np.array(["l", "m", "r"])[row == row.max()].tolist()) for row in table])
        assert solver.best_actions(q, ["l", "m", "r"]) == expected
    with pytest.raises(ValueError, match="as many actions as columns"):
        solver.best_actions(exact([[1, 2]]), ["l"])


def test_sweeps_tend_to_the_optimum_of_the_linear_program() -> None:
    rng = random.Random(22)
    for _ in range(15):
        first, second, rewards, _ = random_mdp(rng, 3)
        gamma = fmpq(1, 2)
        best = optimal_values(floats(first), floats(second), floats(rewards), 0.5)
        values = exact([0, 0, 0])
        for _ in range(40):
            last, values = values, solver.value_sweep(first, second, rewards, gamma, values)
            bound = to_float(solver.contraction_bound(gamma, solver.largest_change(values, last)))
            assert np.abs(floats(values) - best).max() <= bound + 1e-6
        np.testing.assert_allclose(floats(values), best, atol=1e-6)
        greedy = solver.greedy_actions(solver.action_values(first, second, rewards, gamma, values))
        picked = [int(a.p) - 1 for a in greedy]
        p = np.stack([floats(first), floats(second)])[picked, range(3)]
        np.testing.assert_allclose(policy_value(p, floats(rewards)[range(3), picked], 0.5), best, atol=1e-6)


def test_policy_sweeps_tend_to_the_solution() -> None:
    rng = random.Random(23)
    for k in range(20):
        n = rng.randint(2, 4)
        transitions = tuple([tuple([x * fmpq(9, 10) for x in random_row(rng, n)]) for _ in range(n)])
        rewards, gamma = exact([rng.randint(-9, 9) for _ in range(n)]), fmpq(1, 2)
        expected = policy_value(floats(transitions), floats(rewards), 0.5)
        close(solver.bellman_matrix(transitions, gamma), np.eye(n) - 0.5 * floats(transitions))
        order = ("synchronous", "in-place")[k % 2]
        values, v = exact([0] * n), np.zeros(n)
        for _ in range(4):
            values = solver.policy_sweep(transitions, rewards, gamma, values, order)
            seen = v.copy()
            for s in range(n):
                v[s] = floats(rewards)[s] + 0.5 * floats(transitions)[s] @ (v if order == "in-place" else seen)
            close(values, v)
        for _ in range(40):
            values = tuple([fmpq(round(to_float(x) * 10**9), 10**9) for x in values])  # keeps the fractions short
            values = solver.policy_sweep(transitions, rewards, gamma, values, order)
        np.testing.assert_allclose(floats(values), expected, atol=1e-6)
        close(solver.without_exit(transitions), floats(transitions) / floats(transitions).sum(axis=1, keepdims=True))


def test_faults_are_named() -> None:
    one = exact([[1]])
    with pytest.raises(ValueError, match="order"):
        solver.policy_sweep(one, exact([1]), fmpq(1, 2), exact([0]), "backwards")
    with pytest.raises(ZeroDivisionError):
        solver.contraction_bound(fmpq(1), fmpq(3))
    with pytest.raises(ZeroDivisionError):
        solver.without_exit(exact([[0, 0], [1, 0]]))


@pytest.mark.parametrize("seed", SEEDS)
def test_policy_eval_key(seed: int) -> None:
    v = examwright.draw("mdp/policy-eval", seed=seed).values
    p, r, gamma = floats(v["P"]), floats(v["r"]), to_float(v["gamma"])
    close(v["A"], np.eye(2) - gamma * p)
    value = policy_value(p, r, gamma)
    close(v["V"], value)
    swept = np.zeros(2)
    for _ in range(2):
        old = swept.copy()
        for s in (0, 1):
            swept[s] = r[s] + gamma * p[s] @ (swept if v["order"] == "in-place" else old)
    close(v["second"], swept)
    q = to_float(v["bonus"]) + gamma * floats(v["deviation"]) @ value
    close(v["q"], q)
    changed = policy_value(np.vstack([floats(v["deviation"]), p[1]]), np.array([to_float(v["bonus"]), r[1]]), gamma)
    assert v["verdict"] == ("better" if changed[0] > value[0] else "worse"), "what the improvement theorem promises"
    rows = np.vstack([p, floats(v["deviation"])])
    assert (rows >= 0).all() and (rows.sum(axis=1) <= 1 + 1e-12).all() and (p.sum(axis=1) < 1).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_value_iteration_key(seed: int) -> None:
    v = examwright.draw("mdp/value-iteration", seed=seed).values
    p = np.stack([floats(v["first"]), floats(v["second"])])
    r, gamma = floats(v["rewards"]), to_float(v["gamma"])
    np.testing.assert_allclose(p.sum(axis=2), 1)

    def look_ahead(values: np.ndarray) -> np.ndarray:
        result: np.ndarray = r + gamma * np.einsum("asn,n->sa", p, values)
        return result

    v1 = look_ahead(np.zeros(3)).max(axis=1)
    v2 = look_ahead(v1).max(axis=1)
    close(v["V1"], v1)
    close(v["V2"], v2)
    q3 = look_ahead(v2)
    assert v["policy"] == tuple([tuple([f"a{a + 1}" for a in (0, 1) if np.isclose(row[a], row.max())]) for row in q3])
    close(v["bound"], gamma / (1 - gamma) * np.abs(v2 - v1).max())
    best = optimal_values(p[0], p[1], r, gamma)
    assert np.abs(v2 - best).max() <= to_float(v["bound"]) + 1e-6
    by_policies = max((policy_value(p[list(a), range(3)], r[range(3), list(a)], gamma) for a in product((0, 1), repeat=3)),
                      key=lambda value: value.sum())
    np.testing.assert_allclose(by_policies, best, atol=1e-6)


# ---- returns, looking ahead, grid worlds -----------------------------------------------------

def test_returns_against_polynomials() -> None:
    rng = random.Random(24)
    for _ in range(40):
        rewards, gamma = [rng.randint(-9, 9) for _ in range(rng.randint(1, 7))], fmpq(rng.choice((1, 5, 9)), 10)
        start = rng.randint(0, len(rewards))
        found = solver.discounted_return(exact(rewards), gamma, fmpq(start))
        close(found, np.polynomial.polynomial.polyval(to_float(gamma), [*rewards[start:], 0]))
    with pytest.raises(ValueError, match="no such time"):
        solver.discounted_return(exact([1]), fmpq(1), fmpq(2))


def test_outcome_values_against_a_transition_matrix() -> None:
    rng = random.Random(25)
    for _ in range(30):
        p = exact([[1, 2], [3, 4]])
        p = tuple([tuple([x / sum(row, fmpq(0)) for x in row]) for row in p])
        rewards = exact([[rng.randint(-5, 9) for _ in range(2)] for _ in range(2)])
        after = [[rng.randint(1, 3) for _ in range(2)] for _ in range(2)]
        values, gamma = exact([rng.randint(-9, 9) for _ in range(3)]), fmpq(9, 10)
        expected = [sum(to_float(p[a][o]) * (to_float(rewards[a][o]) + 0.9 * to_float(values[after[a][o] - 1])) for o in (0, 1)) for a in (0, 1)]
        close(solver.outcome_values(p, rewards, exact(after), gamma, values), expected)
        close(row_maxima(rewards), floats(rewards).max(axis=1))
        close(solver.row_means(rewards), floats(rewards).mean(axis=1))
    with pytest.raises(IndexError, match="numbered from 1"):
        solver.outcome_values(exact([[1]]), exact([[1]]), exact([[0]]), fmpq(1), exact([1, 2]))


@pytest.mark.parametrize("seed", SEEDS)
def test_return_key(seed: int) -> None:
    v = examwright.draw("mdp/return", seed=seed).values
    gamma, rewards = to_float(v["gamma"]), floats(v["rewards"])
    close(v["G"], np.polynomial.polynomial.polyval(gamma, rewards))
    close(v["late"], np.polynomial.polynomial.polyval(gamma, rewards[int(to_float(v["start"])):]))
    # endless streams as states: the value of a chain is the solution of its Bellman equation
    chain = policy_value(np.array([[0, 1, 0], [0, 0, 1], [0, 0, 1.0]]), np.array([*floats(v["first"]), to_float(v["forever"])]), gamma)
    close(v["eventually"], chain[0])
    close(v["periodic"], policy_value(np.array([[0, 1], [1.0, 0]]), floats(v["cycle"]), gamma)[0])
    close(v["eventually"], policy_value(np.eye(1), floats((v["constant"],)), gamma)[0])
    close(v["total"], policy_value(np.eye(1), floats((v["level"],)), to_float(v["discount"]))[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_q_from_v_key(seed: int) -> None:
    v = examwright.draw("mdp/q-from-v", seed=seed).values
    p, r, gamma = floats(v["p"]), floats(v["r"]), to_float(v["gamma"])
    np.testing.assert_allclose(p.sum(axis=1), 1)
    entered, values, pi = floats(v["entered"]).astype(int) - 1, floats(v["V"]), floats(v["pi"])
    q = (p * (r + gamma * values[entered])).sum(axis=1)
    close(v["Q"], q)
    assert v["greedy"] == f"a{q.argmax() + 1}" and int(to_float(v["weak"])) == q.argmin() + 1
    close(v["best"], q.max())
    close(v["V_new"], np.average(q, weights=pi))
    close(v["advantages"], q - np.average(q, weights=pi))
    w = int(q.argmin())
    r[w, 0] = to_float(v["reward"])
    assert np.isclose((p[w] * (r[w] + gamma * values[entered[w]])).sum(), q.max())


def grid_matrices(v: Any) -> tuple[np.ndarray, np.ndarray]:
    """Transition matrices (action × cell × cell) and rewards (action × cell) of a grid world, from its picture."""
    cells, names = v["marked"], list(v["names"])
    place = {name: (i, j) for i, row in enumerate(cells) for j, name in enumerate(row) if isinstance(name, str) and name != "wall"}
    p, r = np.zeros((4, len(names), len(names))), np.full((4, len(names)), to_float(v["living"]))
    for a, (di, dj) in enumerate(((-1, 0), (1, 0), (0, -1), (0, 1))):
        for k, name in enumerate(names):
            i, j = place[name][0] + di, place[name][1] + dj
            target = cells[i][j] if 0 <= i < len(cells) and 0 <= j < len(cells[0]) else "wall"
            if isinstance(target, str):
                p[a, k, k if target == "wall" else names.index(target)] = 1
            else:
                r[a, k] = to_float(target)
    return p, r


@pytest.mark.parametrize("seed", SEEDS)
def test_gridworld_key_against_linear_programming(seed: int) -> None:
    v = examwright.draw("mdp/gridworld", seed=seed).values
    p, r = grid_matrices(v)
    n, gamma = r.shape[1], to_float(v["gamma"])
    v1 = r.max(axis=0)
    close(v["V1"], v1)
    close(v["V2"], (r + gamma * p @ v1).max(axis=0))
    found = optimize.linprog(np.ones(n), A_ub=np.vstack([gamma * p[a] - np.eye(n) for a in range(4)]), b_ub=-r.ravel(),
                             bounds=[(None, None)] * n, method="highs")
    np.testing.assert_allclose(floats(v["V"]), found.x, atol=1e-6)
    best = floats(v["V"])
    q = r + gamma * p @ best
    words = np.array(["up", "down", "left", "right"])
    assert v["policy"] == tuple([tuple(words[np.isclose(q[:, k], q[:, k].max())].tolist()) for k in range(n)])
    picked = [list(words).index(actions[0]) for actions in v["policy"]]
    np.testing.assert_allclose(policy_value(p[picked, range(n)], r[picked, range(n)], gamma), best, atol=1e-9)
    cell, action, straight = int(to_float(v["cell"])) - 1, list(words).index(v["action"]), to_float(v["straight"])
    sides = (2, 3) if action < 2 else (0, 1)
    close(v["slip"], straight * q[action, cell] + (1 - straight) / 2 * (q[sides[0], cell] + q[sides[1], cell]))


def test_grid_functions_name_their_faults() -> None:
    moves, exits = exact([[1, 1, 1, 2]]), exact([5])
    assert solver.finite_path_values(moves, exits, fmpq(-1), fmpq(1)) == exact((5,))
    with pytest.raises(ValueError, match="no terminal cell can be reached"):
        solver.finite_path_values(exact([[1, 1, 1, 1]]), exits, fmpq(0), fmpq(1))
    with pytest.raises(ValueError, match="no action"):
        solver.slip_value(moves, exits, fmpq(0), fmpq(1), exact([0]), fmpq(1), "north", fmpq(1))
    with pytest.raises(ValueError, match="its actions"):
        solver.arrows_on_grid((("A",),), ("A",), ())
    assert solver.arrows_on_grid((("A", fmpq(3)),), ("A",), (("up", "left"),)) == (("up", ""),)
