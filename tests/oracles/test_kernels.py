"""scikit-learn's pairwise kernels, SVC and NumPy's eigenvalues against the keys of the questions on kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import to_float
from examwright.solvers.exact import kernels as solver
from examwright.solvers.expression import substitute, symbol

pairwise = pytest.importorskip("sklearn.metrics.pairwise")
SEEDS = range(1, 36)


def q(*xs: Any) -> tuple[Any, ...]:
    return tuple([q(*x) if isinstance(x, (tuple, list)) else fmpq(x) for x in xs])


def floats(value: Any) -> Any:
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value])
    return value if isinstance(value, str) else to_float(value)


def drawn(question: str, seed: int) -> dict[str, Any]:
    return {n: floats(v) for n, v in examwright.draw(f"kernels/{question}", seed=seed).values.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_eval_gram_key(seed: int) -> None:
    v = drawn("eval-gram", seed)
    x, z = v["x"][None, :], v["z"][None, :]
    points = np.array([v["x"], v["z"], v["u"]])
    assert v["poly"] == pytest.approx(pairwise.polynomial_kernel(x, z, degree=v["degree"], gamma=1, coef0=v["c"])[0, 0])
    gamma = 1 / (2 * v["sigma"]**2) if v["written"] == "sigma" else v["rate"]
    assert v["gauss"] == pytest.approx(pairwise.rbf_kernel(x, z, gamma=gamma)[0, 0])
    assert v["inner"] == pairwise.linear_kernel(x, z)[0, 0] and v["square"] == pytest.approx(pairwise.euclidean_distances(x, z)[0, 0]**2)
    expected = pairwise.cosine_similarity(x, z) if v["other"] == "cosine" else pairwise.sigmoid_kernel(x, z, gamma=v["slope"], coef0=-1)
    assert v["value"] == pytest.approx(expected[0, 0])
    assert v["gram"] == pytest.approx(pairwise.polynomial_kernel(points, degree=2, gamma=1, coef0=v["c"]))


def test_kernels() -> None:
    x, z = q(1, 2), q(3, -1)
    assert solver.polynomial_kernel(x, z, fmpq(1), fmpq(3)) == 8
    assert solver.polynomial_gram((x, z), fmpq(0), fmpq(2)) == q([25, 1], [1, 100])
    with pytest.raises(ValueError, match="different lengths"):
        solver.polynomial_kernel(x, q(1), fmpq(1), fmpq(2))


@pytest.mark.parametrize("seed", SEEDS)
def test_feature_map_key(seed: int) -> None:
    """The features against scikit-learn's kernel at random points, the count against its PolynomialFeatures."""
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    variant = examwright.draw("kernels/feature-map", seed=seed).values
    v = {n: floats(variant[n]) for n in variant if n not in ("kind", "gauss")}
    rng = np.random.default_rng(seed)
    exponents = v["exponents"]
    x, z = rng.normal(size=(2, 1, exponents.shape[1]))
    inner = float((v["factors"] * np.prod(x**exponents, axis=1)) @ (v["factors"] * np.prod(z**exponents, axis=1)))
    assert inner == pytest.approx(pairwise.polynomial_kernel(x, z, degree=2, gamma=v["a"], coef0=v["c"])[0, 0])
    expected = pairwise.polynomial_kernel(v["p"][None, :], v["q"][None, :], degree=2, gamma=v["a"], coef0=v["c"])[0, 0]
    assert v["product"] == pytest.approx(expected)
    n, degree = int(v["n"]), int(v["degree"])
    powers = preprocessing.PolynomialFeatures(degree).fit(np.zeros((1, n))).powers_
    assert v["features"] == (len(powers) if variant["kind"] == "affine" else (powers.sum(axis=1) == degree).sum())
    # the feature of the third power, from the mixed derivative of the kernel at 0: ∂x^e ∂z^e K = (factor·e!)²
    sympy = pytest.importorskip("sympy")
    xs, zs = sympy.symbols(f"x:{len(v['triple'])}"), sympy.symbols(f"z:{len(v['triple'])}")
    kernel = sympy.expand((int(v["a"]) * sum(s * t for s, t in zip(xs, zs)) + int(v["c"]))**3)
    monomial = sympy.prod([(s * t)**int(e) for s, t, e in zip(xs, zs, v["triple"])])
    assert v["cubic"] == pytest.approx(float(sympy.sqrt(sympy.Poly(kernel, *xs, *zs).coeff_monomial(monomial))))
    k, sigma = int(v["k"]), v["sigma"]
    for place in (fmpq(-3, 2), fmpq(1, 2), fmpq(2)):
        at, value = float(place), to_float(substitute(variant["gauss"], symbol("x"), place))
        assert value == pytest.approx(np.exp(-at**2 / (2 * sigma**2)) * (at / sigma)**k / np.sqrt(float(sympy.factorial(k))))


def test_feature_factors() -> None:
    assert solver.feature_coefficients(q([2, 0], [0, 0]), fmpq(2), fmpq(3), fmpq(2)) == q(2, 3)
    assert solver.feature_coefficients_without_multiplicity(q([1, 1]), fmpq(2), fmpq(3), fmpq(2)) == q(2)
    assert solver.taylor_root(fmpq(1), fmpq(2)) == fmpq(1, 2)
    with pytest.raises(ValueError, match="higher degree"):
        solver.feature_coefficients(q([2, 1]), fmpq(1), fmpq(1), fmpq(2))


@pytest.mark.parametrize("seed", SEEDS)
def test_psd_check_key(seed: int) -> None:
    sympy = pytest.importorskip("sympy")
    v = examwright.draw("kernels/psd-check", seed=seed).values
    m, g = [sympy.Matrix([[int(x) for x in row] for row in v[n]]) for n in ("M", "G")]
    vector = sympy.Matrix([int(x) for x in v["v"]])
    assert int(v["form"]) == (vector.T * m * vector)[0]
    assert sorted(int(x) for x in v["eigenvalues"]) == sorted(m.eigenvals(multiple=True))
    assert (v["verdict"] == "yes") == bool(m.is_positive_semidefinite)
    assert [int(x) for x in v["minors"]] == [g[:k, :k].det() for k in (1, 2, 3)]
    assert (v["definite"] == "yes") == bool(g.is_positive_definite)
    [(low, high, ends)] = v["t"]
    for t, inside in ((low, True), (high, True), (low - fmpq(1, 100), False), (high + fmpq(1, 100), False), (fmpq(0), True)):
        values = np.linalg.eigvalsh([[float(v["a"]), float(t)], [float(t), float(v["d"])]])
        assert (values[0] >= -1e-9) == inside and ends == "[]"


def test_definiteness() -> None:
    assert solver.quadratic_form(q([1, 2], [2, 1]), q(1, -1)) == -2
    assert solver.eigenvalues_2x2(q([1, 2], [2, 1])) == q(3, -1)
    assert solver.leading_minors(q([2, 1, 0], [1, 3, -1], [0, -1, 1])) == q(2, 5, 3)
    for wrong in (q([1, 2], [3, 1]), q([1])):
        with pytest.raises(ValueError, match="symmetric"):
            solver.eigenvalues_2x2(wrong)


def test_rules_of_kernels_by_trying() -> None:
    """What the statements of kernels/psd-check claim, on random Gram matrices and on the counterexamples they name."""
    rng = np.random.default_rng(2)

    def least(m: np.ndarray) -> float:
        return float(np.linalg.eigvalsh(m)[0])

    for _ in range(50):
        one, two = [(lambda b: b @ b.T)(rng.normal(size=(5, 3))) for _ in range(2)]
        f = rng.normal(size=5)
        for kernel in (one + two, one * two, 3 * one, one + 5, f[:, None] * one * f, np.exp(one), (one + 1)**3):
            assert least(kernel) > -1e-8 * np.abs(kernel).max()
    first, second = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]]), np.array([[1, 0, 0], [0, 1, 0.9], [0, 0.9, 1]])
    assert least(first) > 0 and least(second) > 0 and np.linalg.det(np.maximum(first, second)) < 0
    places = np.pi / 4 * np.arange(4)
    cosine, v = np.cos(places[:, None] - places), np.array([1, -1, 1, -1])
    assert least(cosine) > -1e-12 and v @ np.abs(cosine) @ v == pytest.approx(4 - 4 * np.sqrt(2))


@pytest.mark.parametrize("seed", SEEDS)
def test_distance_predict_key(seed: int) -> None:
    variant = examwright.draw("kernels/distance-predict", seed=seed).values
    v = {n: floats(variant[n]) for n in ("x", "z", "u", "support", "alphas", "labels", "b", "parameter", "entries", "distance", "cosine", "value")}

    def kernel(a: np.ndarray, c: np.ndarray) -> np.ndarray:
        if variant["kind"] == "square":
            return pairwise.polynomial_kernel(a, c, degree=2, gamma=1, coef0=v["parameter"])
        return pairwise.rbf_kernel(a, c, gamma=v["parameter"])

    two = np.array([v["x"], v["z"]])
    gram = kernel(two, two)
    assert v["entries"] == pytest.approx([gram[0, 0], gram[0, 1], gram[1, 1]])
    assert v["distance"] == pytest.approx(np.array([1, -1]) @ gram @ np.array([1, -1]))
    assert v["cosine"] == pytest.approx(gram[0, 1] / np.sqrt(gram[0, 0] * gram[1, 1]))
    f = (v["alphas"] * v["labels"]) @ kernel(v["support"], v["u"][None, :])[:, 0] + v["b"]
    assert v["value"] == pytest.approx(f) and variant["label"] == ("positive" if f > 0 else "negative")


def test_kernel_values() -> None:
    x, z = q(1, 2), q(3, -1)
    assert solver.kernel_value("square", x, z, fmpq(1)) == 4
    assert to_float(solver.kernel_value("gauss", x, z, fmpq(1, 2))) == pytest.approx(np.exp(-6.5))
    assert solver.kernel_expansion("square", (x, z), q(2, -1), x, fmpq(1)) == 68
    for fault, call in (("no kernel", lambda: solver.kernel_value("cube", x, z, fmpq(1))),
                        ("different lengths", lambda: solver.gaussian_kernel(x, q(1), fmpq(1))),
                        ("needs a weight", lambda: solver.kernel_expansion("square", (x, z), q(2), x, fmpq(1)))):
        with pytest.raises(ValueError, match=fault):
            call()


@pytest.mark.parametrize("seed", SEEDS)
def test_xor_lift_key(seed: int) -> None:
    svm = pytest.importorskip("sklearn.svm")
    variant = examwright.draw("kernels/xor-lift", seed=seed).values
    v = {n: floats(variant[n]) for n in ("points", "labels", "c", "u", "gram", "alpha", "value", "width")}
    machine = svm.SVC(kernel="poly", degree=2, gamma=1, coef0=v["c"], C=1e4, tol=1e-6).fit(v["points"], v["labels"])
    assert np.abs(machine.dual_coef_[0]) == pytest.approx(np.full(4, v["alpha"]), rel=1e-4)
    assert machine.decision_function(v["u"][None, :])[0] == pytest.approx(v["value"], abs=1e-3) and abs(machine.intercept_[0]) < 1e-3
    assert v["gram"] == pytest.approx(pairwise.polynomial_kernel(v["points"], degree=2, gamma=1, coef0=v["c"]))
    assert v["width"] == pytest.approx(2 / np.sqrt(np.abs(machine.dual_coef_[0]).sum()), rel=1e-4)
    at = substitute(substitute(variant["f"], symbol("x1"), fmpq(1, 2)), symbol("x2"), fmpq(-3))
    assert machine.decision_function([[0.5, -3.0]])[0] == pytest.approx(to_float(at), abs=1e-3)
    s, t = v["points"].T
    added = {"none": 0 * s, "linear": s - t, "length": s * s + t * t, "distance": abs(s - t), "square": (s + t) ** 2, "max": np.maximum(s, t)}
    lifted = np.column_stack([s, t, added[str(variant["third"])]])
    linear = svm.SVC(kernel="linear", C=1e6).fit(lifted, v["labels"])
    assert variant["separable"] == ("yes" if linear.score(lifted, v["labels"]) == 1 else "no")


def test_equal_multiplier() -> None:
    assert solver.equal_multiplier(q([9, 1], [1, 9]), q(1, -1)) == fmpq(1, 8)
    with pytest.raises(ValueError, match="different lengths"):
        solver.equal_multiplier(q([9, 1], [1, 9]), q(1))
