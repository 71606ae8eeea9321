"""NumPy means, exact enumeration and simulated agents against the bandit solvers and the keys of the question files."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import bandits as solver

SEEDS = range(1, 41)


def floats(value: Any) -> Any:
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def fraction(x: Any) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(floats(found), expected, rtol=1e-9, atol=1e-9)


def masked_means(arms: np.ndarray, rewards: np.ndarray, size: int) -> np.ndarray:
    """numpy.bincount as the sample average, 0 without plays."""
    counts = np.bincount(arms, minlength=size)
    return np.bincount(arms, weights=rewards, minlength=size) / np.maximum(counts, 1)


def test_counts_sums_and_histories_against_bincount() -> None:
    rng = random.Random(41)
    for _ in range(40):
        size, plays = rng.randint(2, 5), rng.randint(1, 9)
        arms, rewards = [rng.randint(1, size) for _ in range(plays)], [rng.randint(-5, 9) for _ in range(plays)]
        a, r = np.array(arms) - 1, np.array(rewards, dtype=float)
        log = exact(arms), exact(rewards), fmpq(size)
        assert list(map(int, map(fraction, solver.play_counts(log[0], log[2])))) == np.bincount(a, minlength=size).tolist()
        close(solver.reward_sums(*log), np.bincount(a, weights=r, minlength=size))
        for t in range(plays):
            close(solver.estimates_before(*log)[t], masked_means(a[:t], r[:t], size))
            close(solver.estimates_after(*log)[t], masked_means(a[:t + 1], r[:t + 1], size))
            close(solver.sums_before(*log)[t], np.bincount(a[:t], weights=r[:t], minlength=size))


def test_greedy_arms_and_plays_by_their_definition() -> None:
    rng = random.Random(42)
    for _ in range(40):
        history = [[rng.randint(0, 2) for _ in range(3)] for _ in range(5)]
        arms = [rng.randint(1, 3) for _ in range(5)]
        best = [[a for a in (1, 2, 3) if row[a - 1] == max(row)] for row in history]
        assert [list(map(int, map(fraction, solver.greedy_arms(exact(row))))) for row in history] == best
        said = exact(history), exact(arms)
        assert solver.surely_explored(*said) == exact([t for t in range(1, 6) if arms[t - 1] not in best[t - 1]])
        assert solver.plays_off_first_greedy(*said) == exact([t for t in range(1, 6) if arms[t - 1] != best[t - 1][0]])
        assert solver.tied_plays(said[0]) == exact([t for t in range(1, 6) if len(best[t - 1]) > 1])


def test_faults_are_named() -> None:
    for wrong in (lambda: solver.play_counts(exact([1, 3]), fmpq(2)), lambda: solver.with_arm_entry(exact([1]), fmpq(0), fmpq(1)),
                  lambda: solver.arm_probabilities(fmpq(2), exact([3]), fmpq(1), fmpq(0))):
        with pytest.raises(IndexError, match="numbered from 1"):
            wrong()
    with pytest.raises(ValueError, match="each play"):
        solver.reward_sums(exact([1]), exact([1, 2]), fmpq(2))
    with pytest.raises(ValueError, match="row of estimates"):
        solver.surely_explored(exact([[1]]), exact([1, 1]))
    with pytest.raises(ZeroDivisionError):
        solver.confidence_bonus(fmpq(1), fmpq(5), exact([0, 2]))


@pytest.mark.parametrize("seed", SEEDS)
def test_sample_average_key(seed: int) -> None:
    v = examwright.draw("bandits/sample-average", seed=seed).values
    arms, rewards, size = floats(v["arms"]).astype(int) - 1, floats(v["rewards"]), int(fraction(v["size"]))
    close(v["Q"], masked_means(arms, rewards, size))
    assert int(fraction(v["greedy"])) == int(np.argmax(floats(v["Q"]))) + 1
    longer = np.append(arms, int(fraction(v["again"])) - 1), np.append(rewards, to_float(v["reward"]))
    close(v["updated"], masked_means(*longer, size)[longer[0][-1]])
    other = int(fraction(v["other"])) - 1
    close(v["target"], masked_means(np.append(arms, other), np.append(rewards, to_float(v["needed"])), size)[other])


@pytest.mark.parametrize("seed", SEEDS)
def test_eps_greedy_key_against_the_whole_lottery(seed: int) -> None:
    v = examwright.draw("bandits/eps-greedy-prob", seed=seed).values
    estimates, means = [fraction(q) for q in v["estimates"]], [fraction(m) for m in v["means"]]
    size, epsilon = len(estimates), fraction(v["epsilon"])
    best = [a for a in range(size) if estimates[a] == max(estimates)]

    def chance(arm: int, eps: Fraction) -> Fraction:
        return eps / size + ((1 - eps) / len(best) if arm in best else 0)

    assert [int(fraction(a)) - 1 for a in v["greedy"]] == best
    chances = [chance(a, epsilon) for a in range(size)]
    assert sum(chances) == 1 and [fraction(p) for p in v["chances"]] == chances
    assert fraction(v["off"]) == sum(chances[a] for a in range(size) if a not in best)
    assert fraction(v["expected"]) == sum(p * m for p, m in zip(chances, means))
    assert fraction(v["regret"]) == sum(p * (max(means) - m) for p, m in zip(chances, means))
    assert chance(best[0], fraction(v["lower"])) == fraction(v["goal"]) and 0 < fraction(v["lower"]) < epsilon


@pytest.mark.parametrize("seed", range(1, 6))
def test_eps_greedy_key_against_a_simulated_agent(seed: int) -> None:
    v = examwright.draw("bandits/eps-greedy-prob", seed=seed).values
    rng = np.random.default_rng(seed)
    size, epsilon, plays = len(v["estimates"]), to_float(v["epsilon"]), 200_000
    best = floats(v["greedy"]).astype(int) - 1
    played = np.where(rng.random(plays) < epsilon, rng.integers(0, size, plays), rng.choice(best, plays))
    assert np.abs(np.bincount(played, minlength=size) / plays - floats(v["chances"])).max() < 0.006
    assert abs(floats(v["means"])[played].mean() - to_float(v["expected"])) < 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_identify_exploration_key(seed: int) -> None:
    v = examwright.draw("bandits/identify-exploration", seed=seed).values
    arms, rewards, size = floats(v["arms"]).astype(int) - 1, floats(v["rewards"]), int(fraction(v["size"]))
    before = np.array([masked_means(arms[:t], rewards[:t], size) for t in range(len(arms))])
    close(v["Q"], before)
    sure = np.flatnonzero(before[range(len(arms)), arms] < before.max(axis=1) - 1e-9) + 1
    assert [int(fraction(t)) for t in v["sure"]] == sure.tolist() and 2 <= len(sure) < len(arms)
    tied = [t + 1 for t, row in enumerate(before) if np.isclose(row, row.max()).sum() > 1]
    assert [int(fraction(t)) for t in v["tied"]] == tied
    assert int(fraction(v["at"])) not in sure.tolist()


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_chance_of_exploring_against_a_simulated_agent(seed: int) -> None:
    v = examwright.draw("bandits/identify-exploration", seed=seed).values
    rng, plays = np.random.default_rng(seed), 400_000
    row, arm = floats(v["Q"])[int(fraction(v["at"])) - 1], int(fraction(v["arms"][int(fraction(v["at"])) - 1])) - 1
    best = np.flatnonzero(np.isclose(row, row.max()))
    explores = rng.random(plays) < to_float(v["epsilon"])
    played = np.where(explores, rng.integers(0, len(row), plays), rng.choice(best, plays))
    assert abs(explores[played == arm].mean() - to_float(v["chance"])) < 0.008


@pytest.mark.parametrize("seed", SEEDS)
def test_ucb_key(seed: int) -> None:
    v = examwright.draw("bandits/ucb", seed=seed).values
    q, n, c, t = floats(v["estimates"]), floats(v["counts"]), to_float(v["c"]), to_float(v["t"])
    assert t == n.sum() + (v["convention"] == "coming")
    close(v["bonus"], c * np.sqrt(np.log(t) / n))
    upper = q + c * np.sqrt(np.log(t) / n)
    close(v["U"], upper)
    arm = int(upper.argmax())
    assert int(fraction(v["arm"])) == arm + 1
    q[arm], n[arm] = (q[arm] * n[arm] + to_float(v["reward"])) / (n[arm] + 1), n[arm] + 1
    then = q + c * np.sqrt(np.log(t + 1) / n)
    close(v["U_next"], then)
    assert int(fraction(v["arm_next"])) == int(then.argmax()) + 1
    at = floats(v["estimates"]) + to_float(v["threshold"]) * np.sqrt(np.log(t) / floats(v["counts"]))
    good, wide = int(np.argmax(floats(v["estimates"]))), int(np.argmin(floats(v["counts"])))
    assert abs(at[good] - at[wide]) < 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_constant_step_key_against_a_linear_filter(seed: int) -> None:
    """The estimate is an exponential filter of the rewards (scipy.signal.lfilter) that starts at Q_1."""
    signal = pytest.importorskip("scipy.signal")
    v = examwright.draw("bandits/constant-step", seed=seed).values
    alpha, start, rewards = to_float(v["alpha"]), to_float(v["start"]), floats(v["rewards"])
    filtered, _ = signal.lfilter([alpha], [1, alpha - 1], rewards, zi=[(1 - alpha) * start])
    close(v["Q2"], filtered[0])
    close(v["Q"], filtered[-1])
    impulse = np.eye(4)[int(fraction(v["which"])) - 1]
    close(v["weight"], signal.lfilter([alpha], [1, alpha - 1], impulse)[-1])
    close(v["initial_weight"], signal.lfilter([alpha], [1, alpha - 1], np.zeros(4), zi=[1 - alpha])[0][-1])
    n = int(fraction(v["needed"]))
    assert (1 - alpha) ** n < to_float(v["small"]) <= (1 - alpha) ** (n - 1)
    estimates, plays = np.full(3, to_float(v["optimistic"])), []
    for _ in range(5):
        plays.append(int(np.argmax(estimates)) + 1)
        estimates[plays[-1] - 1] += (floats(v["pays"])[plays[-1] - 1] - estimates[plays[-1] - 1]) / 2
    assert [int(fraction(a)) for a in v["plays"]] == plays and set(plays) == {1, 2, 3}
    close(v["final"], estimates)
