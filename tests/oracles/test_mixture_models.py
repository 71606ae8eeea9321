"""scikit-learn's mixtures, scipy's distributions and enumerations against the mixture solvers and the keys of the question files."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import mixture_models as solver

stats = pytest.importorskip("scipy.stats")
mixture = pytest.importorskip("sklearn.mixture")

SEEDS = range(1, 41)


def floats(value: Any) -> Any:
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(floats(found), expected, rtol=1e-9, atol=1e-9)


def fitted(weights: Any, means: Any, variances: Any) -> Any:
    """A GaussianMixture of scikit-learn on the line with given parameters."""
    model = mixture.GaussianMixture(len(weights), covariance_type="diag")
    model.weights_, model.means_ = np.asarray(weights), np.asarray(means, dtype=float)[:, None]
    model.covariances_ = np.asarray(variances, dtype=float)[:, None]
    model.precisions_cholesky_ = 1 / np.sqrt(model.covariances_)
    return model


def random_responsibilities(rng: random.Random, n: int) -> Any:
    tenths = [rng.randint(1, 9) for _ in range(n)]
    return tuple([(fmpq(t, 10), fmpq(10 - t, 10)) for t in tenths])


def test_density_ratio_against_scipy() -> None:
    rng = random.Random(51)
    for _ in range(40):
        x, one, two, precision = rng.randint(-5, 5), rng.randint(-5, 5), rng.randint(-5, 5), fmpq(1, rng.randint(1, 9))
        sigma = 1 / np.sqrt(to_float(precision))
        expected = stats.norm.pdf(x, one, sigma) / stats.norm.pdf(x, two, sigma)
        close(solver.density_ratio(fmpq(x), fmpq(one), fmpq(two), precision), expected)


def test_m_step_against_numpy_averages() -> None:
    rng = random.Random(52)
    for _ in range(30):
        n = rng.randint(2, 7)
        xs, resp = exact([rng.randint(-9, 9) for _ in range(n)]), random_responsibilities(rng, n)
        counts = solver.effective_counts(resp)
        r, x = floats(resp), floats(xs)
        close(counts, r.sum(axis=0))
        means = solver.weighted_means(xs, resp, counts)
        expected = [np.average(x, weights=r[:, k]) for k in (0, 1)]
        close(means, expected)
        close(solver.weighted_variances(xs, resp, counts, means), [np.cov(x, aweights=r[:, k], ddof=0) for k in (0, 1)])
        close(solver.hard_assignment(resp), np.eye(2)[r.argmax(axis=1)])


def test_coins_against_scipy() -> None:
    rng = random.Random(53)
    for _ in range(30):
        n = rng.randint(1, 6)
        rows = [[rng.randint(0, 1) for _ in range(n)] for _ in range(3)]
        a, b, prior = fmpq(1, rng.randint(2, 5)), fmpq(3, rng.randint(4, 7)), fmpq(1, rng.randint(2, 4))
        shown = np.array([[stats.bernoulli.pmf(row, to_float(t)).prod() for t in (a, b)] for row in rows])
        close(solver.heads_in_sequences(exact(rows)), np.sum(rows, axis=1))
        close(tuple([solver.sequence_likelihood(exact(row), a) for row in rows]), shown[:, 0])
        weighted = shown * [to_float(prior), 1 - to_float(prior)]
        close(solver.coin_responsibilities(exact(rows), a, b, prior), weighted[:, 0] / weighted.sum(axis=1))


def test_faults_are_named() -> None:
    with pytest.raises(ZeroDivisionError):
        solver.share_of_first(fmpq(1), fmpq(-1))
    with pytest.raises(ValueError, match="different lengths"):
        solver.weighted_means(exact([1, 2]), exact([[1, 0]]), exact([1, 1]))


@pytest.mark.parametrize("seed", SEEDS)
def test_gmm_responsibility_key(seed: int) -> None:
    v = examwright.draw("mixture-models/gmm-responsibility", seed=seed).values
    means, weights, variance = floats(v["mu"]), floats(v["pi"]), 1 / to_float(v["precision"])
    model = fitted(weights, means, [variance, variance])
    at = np.array([[to_float(v["x"])], [means.mean()], [to_float(v["boundary"])]])
    shares = model.predict_proba(at)[:, 0]
    np.testing.assert_allclose(shares, [to_float(v["resp"]), to_float(v["midway"]), 0.5], rtol=1e-9)
    density = stats.norm(means, np.sqrt(variance)).pdf(to_float(v["x"]))
    close(v["ratio"], density[0] / density[1])
    z, sigmas = to_float(v["z"]), floats(v["sigmas"])
    narrow = fitted(weights, [-z * sigmas[0], z * sigmas[1]], sigmas**2).predict_proba(np.array([[0.0]]))
    close(v["unequal"], narrow[0, 0])


@pytest.mark.parametrize("seed", SEEDS)
def test_gmm_m_step_key(seed: int) -> None:
    from sklearn.mixture._gaussian_mixture import _estimate_gaussian_parameters

    v = examwright.draw("mixture-models/gmm-m-step", seed=seed).values
    xs, resp = floats(v["xs"]), floats(v["resp"])
    np.testing.assert_allclose(resp.sum(axis=1), 1)
    counts, means, variances = _estimate_gaussian_parameters(xs[:, None], resp, 0.0, "diag")
    np.testing.assert_allclose(floats(v["N"]), counts)
    np.testing.assert_allclose(floats(v["pi"]), counts / len(xs))
    np.testing.assert_allclose(floats(v["mu"]), means[:, 0])
    np.testing.assert_allclose(floats(v["sigma2"]), variances[:, 0])
    close(v["mean_of_mixture"], xs.mean())
    close(v["hard_means"], [xs[resp.argmax(axis=1) == k].mean() for k in (0, 1)])


@pytest.mark.parametrize("seed", SEEDS)
def test_em_two_coins_key(seed: int) -> None:
    """One step of EM never lowers the likelihood of the data, and it maximizes the expected complete-data likelihood."""
    v = examwright.draw("mixture-models/em-two-coins", seed=seed).values
    rows = floats(v["sequences"])
    h, n = rows.sum(axis=1), rows.shape[1]

    def weighted(a: float, b: float, prior: float) -> np.ndarray:
        out: np.ndarray = np.stack([prior * a**h * (1 - a) ** (n - h), (1 - prior) * b**h * (1 - b) ** (n - h)])
        return out

    before = weighted(*(to_float(v[name]) for name in ("first", "second", "prior")))
    after = weighted(*(to_float(v[name]) for name in ("theta_A", "theta_B", "share")))
    assert np.log(after.sum(axis=0)).sum() > np.log(before.sum(axis=0)).sum()
    r = before[0] / before.sum(axis=0)
    close(v["resp"], r)
    close(v["counts"], [r @ h, r @ (n - h)])
    close(v["theta_A"], np.average(h / n, weights=r))
    close(v["theta_B"], np.average(h / n, weights=1 - r))
    close(v["share"], r.mean())
    close(v["hard"], rows[r > 0.5].mean())
    close(v["likelihoods"], before[:, 0] / [to_float(v["prior"]), 1 - to_float(v["prior"])])


@pytest.mark.parametrize("seed", SEEDS)
def test_gmm_em_iteration_key(seed: int) -> None:
    """The E step by scikit-learn, the M step by its estimator, and the log-likelihood by its score."""
    from sklearn.mixture._gaussian_mixture import _estimate_gaussian_parameters

    v = examwright.draw("mixture-models/gmm-em-iteration", seed=seed).values
    xs, old = floats(v["xs"])[:, None], floats(v["old"])
    model = fitted(old, floats(v["mu"]), [1.0, 1.0])
    resp = model.predict_proba(xs)
    close(v["resp"], resp[:, 0])
    counts, means, _ = _estimate_gaussian_parameters(xs, resp, 0.0, "diag")
    np.testing.assert_allclose(floats(v["means"]), means[:, 0])
    close(v["share"], counts[0] / 3)
    constant = 3 * np.log(2 * np.pi) / 2
    close(v["before"], model.score_samples(xs).sum() + constant)
    close(v["after"], fitted(counts / 3, means[:, 0], [1.0, 1.0]).score_samples(xs).sum() + constant)
    assert to_float(v["after"]) > to_float(v["before"])


@pytest.mark.parametrize("seed", SEEDS)
def test_gmm_param_count_key_against_scikit_learn(seed: int) -> None:
    v = examwright.draw("mixture-models/gmm-param-count", seed=seed).values
    d = int(to_float(v["D"]))

    def counted(k: int, kind: str) -> int:
        model = mixture.GaussianMixture(k, covariance_type=kind)
        model.means_ = np.zeros((k, d))
        return int(model._n_parameters())

    k = int(to_float(v["size"]))
    assert [int(to_float(v[n])) for n in ("full", "diagonal", "spherical", "shared")] == [
        counted(k, kind) for kind in ("full", "diag", "spherical", "tied")]
    largest = int(to_float(v["largest"]))
    assert counted(largest, "full") <= to_float(v["budget"]) < counted(largest + 1, "full")
