"""scikit-learn's PCA and NumPy's eigenvalues against the exact solvers and the keys of the questions."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import pca as solver
from examwright.solvers.exact.kernels import eigenvalues_2x2

decomposition = pytest.importorskip("sklearn.decomposition")

SEEDS = range(1, 41)


def floats(value: Any) -> Any:
    """A nested tuple of exact numbers as an array."""
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def test_covariances_and_eigenvectors() -> None:
    rng = random.Random(1)
    for _ in range(60):
        X = exact([[rng.randint(-9, 9) for _ in range(2)] for _ in range(rng.randint(3, 7))])
        n = len(X)
        assert np.allclose(floats(solver.column_means(X)), floats(X).mean(axis=0))
        assert np.allclose(floats(solver.centred_rows(X)).sum(axis=0), 0)
        S = solver.covariance_matrix(X, exact(n - 1))
        assert np.allclose(floats(S), np.cov(floats(X), rowvar=False))
        assert np.allclose(floats(solver.covariance_matrix(X, exact(n))), np.cov(floats(X), rowvar=False, ddof=0))
        values, vectors = np.linalg.eigh(floats(S))
        found = eigenvalues_2x2(S)
        assert np.allclose(floats(found), values[::-1])
        if S[0][1] != 0:
            for k, eigenvalue in enumerate(found):
                u = floats(solver.unit_eigenvector_2x2(S, eigenvalue))
                assert u[0] > 0 and np.allclose(abs(u @ vectors[:, 1 - k]), 1)
    with pytest.raises(ZeroDivisionError):
        solver.unit_eigenvector_2x2(exact([[2, 0], [0, 1]]), exact(2))
    with pytest.raises(ValueError, match="lengths"):
        solver.point_with_score(exact([1, 2]), exact([1]), exact(1))


@pytest.mark.parametrize("seed", SEEDS)
def test_cov_eig_key(seed: int) -> None:
    v = examwright.draw("pca/cov-eig", seed=seed).values
    X = floats(v["X"])
    model = decomposition.PCA(2).fit(X)
    scale = (len(X) - 1) / to_float(v["divisor"])
    assert np.allclose(floats(v["mu"]), model.mean_)
    assert np.allclose(floats(v["S"]), model.get_covariance() * scale)
    assert np.allclose(floats(v["lam"]), model.explained_variance_ * scale)
    assert abs(floats(v["u"]) @ model.components_[0]) == pytest.approx(1)
    assert to_float(v["share"]) == pytest.approx(model.explained_variance_ratio_[0])
    assert all(x.q == 1 for x in v["lam"])


@pytest.mark.parametrize("seed", SEEDS)
def test_project_reconstruct_key(seed: int) -> None:
    v = examwright.draw("pca/project-reconstruct", seed=seed).values
    mu, U, lam, n = floats(v["mu"]), floats(v["U"]), floats(v["lam"]), to_float(v["n"])
    assert np.allclose(U @ U.T, np.eye(len(mu)))
    model = decomposition.PCA(1)
    model.mean_, model.components_, model.n_features_in_ = mu, U[:1], len(mu)
    model.explained_variance_ = lam[:1]
    x = floats(v["x"])
    score = model.transform(x[None, :])
    assert to_float(v["score"]) == pytest.approx(score[0, 0])
    back = model.inverse_transform(score)[0]
    assert floats(v["back"]) == pytest.approx(back)
    assert to_float(v["error"]) == pytest.approx(((x - back) ** 2).sum())
    assert floats(v["other_point"]) == pytest.approx(model.inverse_transform([[to_float(v["other"])]])[0])
    # a cloud with these variances, reconstructed from a model that is fitted to it
    cloud = mu + np.concatenate([np.sqrt(len(mu) * s) * np.outer([1, -1], u) for s, u in zip(lam, U)])
    fitted = decomposition.PCA(1).fit(cloud)
    lost = ((cloud - fitted.inverse_transform(fitted.transform(cloud))) ** 2).sum()
    assert to_float(v["total"]) == pytest.approx(n * lost / len(cloud))
    assert 0 < v["error"] < v["total"]


@pytest.mark.parametrize("seed", SEEDS)
def test_choose_k_key(seed: int) -> None:
    v = examwright.draw("pca/choose-k", seed=seed).values
    values, d = floats(v["values"]), len(v["values"])
    # data with this covariance matrix (divided by n − 1), so that a share of components is what scikit-learn is asked for
    cloud = np.concatenate([np.diag(np.sqrt(values)), -np.diag(np.sqrt(values))]) * np.sqrt((2 * d - 1) / 2)
    model = decomposition.PCA(d).fit(cloud)
    assert np.allclose(model.explained_variance_, sorted(values, reverse=True))
    shares = np.cumsum(model.explained_variance_ratio_)
    assert floats(v["shares"]) == pytest.approx(shares)
    K = int(v["K"])
    assert decomposition.PCA(to_float(v["threshold"]) - 1e-9, svd_solver="full").fit(cloud).n_components_ == K
    kept = decomposition.PCA(K).fit(cloud)
    assert to_float(v["error"]) == pytest.approx(kept.noise_variance_ * (d - K))
    assert to_float(v["one_more"]) == pytest.approx(model.explained_variance_ratio_[K])
    assert v["stored"] == v["n"] * K + kept.components_.size + kept.mean_.size


def test_shares_and_thresholds() -> None:
    values = exact([2, 5, 3])
    assert np.allclose(floats(solver.standard_deviations(values)), np.sqrt([2, 5, 3]))
    shares = solver.cumulative_shares(exact([5, 3, 2]))
    assert [int(solver.components_needed(shares, t)) for t in exact([Fraction(1, 2), Fraction(51, 100), 1])] == [1, 2, 3]
    with pytest.raises(ValueError, match="reaches"):
        solver.components_needed(shares, exact(2))
