"""The figures of the class report against SciPy, NumPy and numbers worked by hand."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from examwright.grader import statistics as ours

RNG = np.random.default_rng(7)


def test_summary_by_hand() -> None:
    s = ours.summary([2, 4, 4, 10])
    assert (s.n, s.mean, s.median, s.least, s.most, s.lower, s.upper) == (4, 5.0, 4.0, 2.0, 10.0, 3.5, 5.5)
    assert s.sd == pytest.approx(np.sqrt((9 + 1 + 1 + 25) / 3))
    assert ours.summary([3]).sd is None
    with pytest.raises(ValueError, match="no values"):
        ours.summary([])


@pytest.mark.parametrize("n", [3, 10, 200])
def test_discrimination_of_a_right_or_wrong_item_is_the_point_biserial_correlation(n: int) -> None:
    item = np.array([0, 1] * n)[:n]
    rest = RNG.normal(size=n) + item
    assert ours.correlation(list(item), list(rest)) == pytest.approx(stats.pointbiserialr(item, rest).statistic, abs=1e-12)
    points = RNG.integers(0, 5, n) + np.arange(n) % 2
    assert ours.correlation(list(points), list(rest)) == pytest.approx(stats.pearsonr(points, rest).statistic, abs=1e-12)


def test_no_correlation_where_there_is_none() -> None:
    assert ours.correlation([1, 1, 1, 1], [1, 2, 3, 4]) is None
    assert ours.correlation([0.1 + 0.2] * 9 + [0.3], list(range(10))) is None  # no variance but that of binary rounding
    assert ours.correlation([1, 2], [2, 1]) is None
    assert ours.correlation([1, 2, 3], [2, 4, 6]) == 1.0
    with pytest.raises(ValueError, match="3 values against 2"):
        ours.correlation([1, 2, 3], [1, 2])


def test_alpha_by_hand() -> None:
    # three people, two items: variances 1 and 1, totals 2, 4, 6 with variance 4: 2/1 · (1 − 2/4)
    assert ours.cronbach_alpha([[1, 1], [2, 2], [3, 3]]) == 1.0
    # totals 4, 4, 4 do not vary
    assert ours.cronbach_alpha([[1, 3], [2, 2], [3, 1]]) is None
    # variances 1 and 1/3, totals 2, 3, 5 with variance 7/3: 2 · (1 − (4/3)/(7/3))
    assert ours.cronbach_alpha([[1, 1], [2, 1], [3, 2]]) == pytest.approx(6 / 7)
    assert ours.cronbach_alpha([[1], [2], [3]]) is None


def test_alpha_is_the_covariance_form() -> None:
    """α = k·c̄ / (v̄ + (k − 1)·c̄), from the mean covariance and the mean variance: the same by another way."""
    table = RNG.normal(size=(60, 1)) + RNG.normal(size=(60, 7))
    cov = np.cov(table.T)
    k = 7
    mean_var = np.trace(cov) / k
    mean_cov = (cov.sum() - np.trace(cov)) / (k * (k - 1))
    assert ours.cronbach_alpha(table.tolist()) == pytest.approx(k * mean_cov / (mean_var + (k - 1) * mean_cov), abs=1e-12)
    sem = ours.error_of_measurement(10, 0.84)
    assert sem == pytest.approx(4.0) and ours.error_of_measurement(1, -0.1) is None


def test_bootstrap_interval_against_scipy() -> None:
    data = RNG.normal(size=(80, 1))

    def mean(rows: np.ndarray) -> float:
        return float(rows.mean())

    low, high = ours.bootstrap_interval(mean, data.tolist(), "x") or (0, 0)
    theirs = stats.bootstrap((data[:, 0],), np.mean, n_resamples=4000, method="percentile", rng=1).confidence_interval
    assert low == pytest.approx(theirs.low, abs=0.03) and high == pytest.approx(theirs.high, abs=0.03)
    assert ours.bootstrap_interval(mean, [[1.0], [2.0]], "x") is None
    assert ours.bootstrap_interval(lambda rows: None, data.tolist(), "x") is None


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40))
def test_ranks_are_scipys(values: list[int]) -> None:
    assert ours.ranks(values) == pytest.approx(list(stats.rankdata(values)))


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=12), min_size=2, max_size=5))
def test_h_is_scipys(groups: list[list[int]]) -> None:
    flat = [v for g in groups for v in g]
    test = ours.kruskal_wallis(groups, "s", permutations=9)
    if len(set(flat)) == 1 or len(flat) < 3:
        assert test is None
        return
    assert test is not None and test.statistic == pytest.approx(stats.kruskal(*groups).statistic, abs=1e-9)
    assert test.n == len(flat) and test.groups == len(groups)


@pytest.mark.parametrize("shift", [pytest.param(0.0, marks=pytest.mark.slow), 0.5, pytest.param(1.2, marks=pytest.mark.slow)])
def test_p_of_the_groups_is_that_of_scipys_permutations(shift: float) -> None:
    groups = [list(RNG.normal(size=12)), list(RNG.normal(size=9) + shift), list(RNG.normal(size=15))]
    test = ours.kruskal_wallis(groups, "seed")
    theirs = stats.permutation_test(groups, lambda *g: stats.kruskal(*g).statistic, vectorized=False, alternative="greater",
                                    permutation_type="independent", n_resamples=1999, rng=3)
    assert test is not None and test.p == pytest.approx(theirs.pvalue, abs=0.04)


def test_p_of_small_groups_is_exact() -> None:
    """3 against 3, all of one group above all of the other: 2 of the 20 ways to deal them are so far apart."""
    test = ours.kruskal_wallis([[1, 2, 3], [4, 5, 6]], "seed")
    assert test is not None and test.p == pytest.approx(2 / 20, abs=0.01)
    assert ours.kruskal_wallis([[1, 2], []], "s") is None and ours.kruskal_wallis([[1, 2, 3]], "s") is None


def test_p_is_never_zero_and_false_alarms_are_as_rare_as_promised() -> None:
    far = ours.kruskal_wallis([list(range(40)), list(range(100, 140))], "s", permutations=999)
    assert far is not None and far.p == 1 / 1000
    alarms = 0
    for k in range(300):
        g = RNG.integers(0, 20, 30).tolist()
        found = ours.kruskal_wallis([g[:10], g[10:20], g[20:]], str(k), permutations=199)
        alarms += found is not None and found.p <= 0.05
    assert alarms <= 30  # 15 expected; 30 is 4 standard deviations away


def test_spearman_against_scipy() -> None:
    x = RNG.integers(0, 9, 30).tolist()
    y = (np.array(x) + RNG.normal(size=30) * 6).tolist()
    test = ours.spearman(x, y, "s")
    theirs = stats.spearmanr(x, y)
    assert test is not None and test.statistic == pytest.approx(theirs.statistic, abs=1e-12)
    assert test.p == pytest.approx(theirs.pvalue, abs=0.02)
    assert ours.spearman([1, 2, 3, 4], [1, 2, 3, 4], "s") is None and ours.spearman([1] * 9, list(range(9)), "s") is None


def test_holm_by_hand() -> None:
    assert ours.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert ours.holm([0.5, 0.9]) == [1.0, 1.0] and ours.holm([]) == []


def test_the_same_marks_give_the_same_figures_in_every_process() -> None:
    code = ("from examwright.grader.statistics import *; "
            "print(kruskal_wallis([[1,2,3,9],[2,4,4,1],[5,6,1,2]], 'a', 499), "
            "bootstrap_interval(lambda r: float(r.mean()), [[1],[2],[5],[7]], 'b', resamples=99))")
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**__import__("os").environ, "PYTHONHASHSEED": h}).stdout
            for h in ("0", "1")}
    assert len(runs) == 1


def test_large_classes_are_done_in_pieces() -> None:
    test = ours.kruskal_wallis([list(range(0, 2400, 2)), list(range(1, 2400, 2))], "s", permutations=4000)
    assert test is not None and test.p > 0.5
