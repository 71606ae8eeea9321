"""scikit-learn and PyTorch against the exact cross-entropy and the keys of its question file."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import to_float
from examwright.solvers.exact import logistic_regression as solver
from examwright.solvers.exact.logistic_regression import (
    binary_cross_entropy,
    label_probability,
    logarithm,
)
from examwright.solvers.expression import substitute, symbol
from examwright.solvers.intervals import interval

torch = pytest.importorskip("torch")
metrics = pytest.importorskip("sklearn.metrics")


def test_cross_entropy_against_sklearn() -> None:
    rng = random.Random(3)
    for _ in range(50):
        y, q = rng.randint(0, 1), fmpq(rng.randint(1, 99), 100)
        expected = metrics.log_loss([y], [float(q)], labels=[0, 1])
        for base, unit in (("ln", 1.0), ("log2", math.log(2)), ("log10", math.log(10))):
            assert to_float(binary_cross_entropy(fmpq(y), q, base)) == pytest.approx(expected / unit, rel=1e-12)
        decimal = to_float(logarithm(label_probability(fmpq(y), q), "log10"))
        assert decimal == pytest.approx(math.log10(float(q) if y else float(1 - q)), rel=1e-12)


@pytest.mark.parametrize("seed", range(1, 26))
def test_ce_point_key(seed: int) -> None:
    v = examwright.draw("logistic-regression/ce-point", seed=seed).values
    y, q = int(v["y"].p), float(v["q"])
    expected = metrics.log_loss([y], [q], labels=[0, 1]) / (math.log(2) if v["base"] == "log2" else 1)
    assert to_float(v["loss"]) == pytest.approx(expected, rel=1e-12)
    z = torch.tensor(math.log(q / (1 - q)), dtype=torch.float64, requires_grad=True)
    target = torch.tensor(float(y), dtype=torch.float64)
    torch.nn.functional.binary_cross_entropy_with_logits(z, target).backward()
    assert float(v["slope"]) == pytest.approx(z.grad.item(), rel=1e-9)


# ---- probabilities, boundaries, gradients, softmax ---------------------------------------------

special = pytest.importorskip("scipy.special")
SEEDS = range(1, 41)


def floats(value: Any) -> Any:
    return np.array([floats(v) for v in value], dtype=float) if isinstance(value, tuple) else to_float(value)


def drawn(question: str, seed: int, *names: str) -> list[Any]:
    v = examwright.draw(f"logistic-regression/{question}", seed=seed).values
    return [v[n] if isinstance(v[n], str) else floats(v[n]) for n in names]


@pytest.mark.parametrize("seed", SEEDS)
def test_predict_prob_key(seed: int) -> None:
    theta, x, h, p, odds, label, step = drawn("predict-prob", seed, "theta", "x", "h", "p", "odds", "label", "step")
    expected = special.expit(theta[0] + theta[1:] @ x)
    assert p == pytest.approx(expected) and odds == pytest.approx(np.exp(special.logit(expected)))
    assert (label == "one") == (expected >= h)
    assert step == pytest.approx(np.exp(theta[1]))


@pytest.mark.parametrize("seed", SEEDS)
def test_boundary_key(seed: int) -> None:
    w, b, point, k = drawn("boundary", seed, "w", "b", "point", "k")
    score, side, distance, crossing, slope, moved = drawn("boundary", seed, "score", "side", "distance", "crossing", "slope", "moved")
    assert (special.expit(w @ point + b) >= 0.5) == (side == "one") and score == w @ point + b
    foot = point - score * w / (w @ w)
    assert special.expit(w @ foot + b) == pytest.approx(0.5) and distance == pytest.approx(np.linalg.norm(point - foot))
    assert special.expit(w @ [0, crossing] + b) == pytest.approx(0.5)
    assert special.expit(w @ [1, crossing + slope] + b) == pytest.approx(0.5)
    assert special.expit(w @ [0, moved] + b) == pytest.approx(k / (k + 1))


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_step_key(seed: int) -> None:
    xs, ys, theta, eta, loss = drawn("gradient-step", seed, "xs", "ys", "theta", "eta", "loss")
    p, gradient, new, before, after = drawn("gradient-step", seed, "p", "gradient", "new_theta", "before", "after")
    t = torch.tensor(theta, requires_grad=True)
    targets = torch.tensor(ys)

    def total(parameters: Any) -> Any:
        scores = parameters[0] + parameters[1] * torch.tensor(xs)
        return torch.nn.functional.binary_cross_entropy_with_logits(scores, targets, reduction=loss)

    total(t).backward()
    assert p == pytest.approx(special.expit(theta[0] + theta[1] * xs))
    assert gradient == pytest.approx(t.grad.numpy()) and new == pytest.approx(theta - eta * t.grad.numpy())
    assert before == pytest.approx(total(t).item()) and after == pytest.approx(total(torch.tensor(new)).item())


@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_ce_key(seed: int) -> None:
    logits, truth, p, loss, gradient, sharper = drawn("softmax-ce", seed, "logits", "truth", "p", "loss", "gradient", "sharper")
    z = torch.tensor(logits, requires_grad=True)
    found = torch.nn.functional.cross_entropy(z[None], torch.tensor([int(truth) - 1]))
    found.backward()
    assert loss == pytest.approx(found.item()) and gradient == pytest.approx(z.grad.numpy())
    assert p == pytest.approx(special.softmax(logits)) and sharper == pytest.approx(special.softmax(logits / 0.5))


def test_faults_are_named() -> None:
    one = fmpq(1)
    with pytest.raises(ValueError, match="as many labels"):
        solver.logistic_loss((one,), (), one)
    with pytest.raises(ValueError, match="as many labels"):
        solver.logistic_gradient(((one, one),), (), (one,), one)
    with pytest.raises(ValueError, match="place 4 of 3"):
        solver.one_hot(fmpq(4), fmpq(3))
    assert solver.all_between((fmpq(1, 2),), fmpq(0), one) and not solver.all_between((one,), fmpq(0), one)


@pytest.mark.parametrize("seed", range(1, 16))
def test_regularised_gradient_key(seed: int) -> None:
    """The loss, an expression, against PyTorch at points, its derivative against autograd."""
    v = examwright.draw("logistic-regression/regularised-gradient", seed=seed).values
    x, y = torch.tensor(float(v["x"]), dtype=torch.float64), torch.tensor(float(v["y"]), dtype=torch.float64)
    for weight, strength in ((fmpq(1, 3), fmpq(1, 2)), (fmpq(-2), fmpq(3)), (v["start"], v["strength"])):
        w = torch.tensor(float(weight), dtype=torch.float64, requires_grad=True)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(w * x, y) + float(strength) / 2 * w**2
        loss.backward()
        for name, expected in (("loss", loss.item()), ("gradient", w.grad.item())):
            at = substitute(substitute(v[name], symbol("w"), weight), symbol("lambda"), strength)
            assert to_float(at) == pytest.approx(expected, rel=1e-12)
    assert to_float(v["after"]) == pytest.approx(float(v["start"]) - float(v["eta"]) * w.grad.item(), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_sigmoid_calculus_key(seed: int) -> None:
    """mpmath's interval arithmetic for the images, SciPy's for the slopes."""
    mpmath = pytest.importorskip("mpmath")
    v = examwright.draw("logistic-regression/sigmoid-calculus", seed=seed).values
    w, b, at, low, high = [float(v[n]) for n in ("weight", "bias", "at", "low", "high")]

    def f(x: Any) -> Any:
        return 1 / (1 + mpmath.iv.exp(-(w * x + b)))

    inputs = mpmath.iv.mpf([low, high])
    for name, expected in (("image", f(inputs)), ("twice", f(f(inputs))), ("everything", f(mpmath.iv.mpf([0, 1])))):
        [(bottom, top, ends)] = v[name]
        assert (to_float(bottom), to_float(top)) == pytest.approx((float(expected.a), float(expected.b)), rel=1e-12)
        once = v["ends"] if w > 0 else {"[)": "(]", "(]": "[)"}.get(v["ends"], v["ends"])
        assert ends == {"image": once, "twice": v["ends"], "everything": "()"}[name]
    p = special.expit(w * at + b)
    assert to_float(v["slope"]) == pytest.approx(w * p * (1 - p)) and to_float(v["steepest"]) == abs(w) / 4
    assert special.expit(w * to_float(v["mirror"]) + b) == pytest.approx(1 - p)


def test_sigmoid_image() -> None:
    everything = interval("-inf", "inf")
    assert solver.sigmoid_image(fmpq(-2), fmpq(1), everything) == interval(fmpq(0), fmpq(1))
    assert solver.sigmoid_image(fmpq(1), fmpq(0), interval(fmpq(0), "inf", "[)")) == interval(fmpq(1, 2), fmpq(1), "[)")
    assert solver.sigmoid_image(fmpq(-1), fmpq(0), interval(fmpq(0), "inf", "[)")) == interval(fmpq(0), fmpq(1, 2), "(]")
    assert solver.sigmoid_derivative(fmpq(1, 4)) == fmpq(3, 16)
    with pytest.raises(ValueError, match="weight of 0"):
        solver.sigmoid_image(fmpq(0), fmpq(1), everything)


@pytest.mark.parametrize("seed", SEEDS)
def test_ce_dataset_key(seed: int) -> None:
    labels, q, truth, likelihood, loss, worst, typical, baseline = drawn(
        "ce-dataset", seed, "labels", "q", "truth", "likelihood", "loss", "worst", "typical", "baseline")
    variant = examwright.draw("logistic-regression/ce-dataset", seed=seed).values
    times = len(labels) if variant["mode"] == "sum" else 1
    assert loss == pytest.approx(times * metrics.log_loss(labels, q)) and typical == pytest.approx(np.exp(-metrics.log_loss(labels, q)))
    assert truth == pytest.approx(np.where(labels == 1, q, 1 - q)) and likelihood == pytest.approx(truth.prod())
    assert worst == np.argmin(truth) + 1
    assert baseline == pytest.approx(times * metrics.log_loss(labels, np.full(len(labels), labels.mean())))


def test_label_probabilities() -> None:
    assert solver.label_probabilities((fmpq(1), fmpq(0)), (fmpq(1, 4), fmpq(1, 4))) == (fmpq(1, 4), fmpq(3, 4))
    with pytest.raises(ValueError, match="as many labels"):
        solver.label_probabilities((fmpq(1),), ())


@pytest.mark.parametrize("seed", SEEDS)
def test_intercept_limit_key(seed: int) -> None:
    """scikit-learn with a very strong penalty, which leaves the intercept alone."""
    linear = pytest.importorskip("sklearn.linear_model")
    ones, zeros, mean_one, mean_zero = drawn("intercept-limit", seed, "ones", "zeros", "mean_one", "mean_zero")
    probability, b, loss, start, pull = drawn("intercept-limit", seed, "probability", "b", "loss", "start", "pull")
    y = np.repeat([1, 0], [int(ones), int(zeros)])
    x = np.repeat([mean_one, mean_zero], [int(ones), int(zeros)])[:, None]
    strength = 1e6
    model = linear.LogisticRegression(C=1 / strength, tol=1e-12, max_iter=10000).fit(x, y)
    assert model.intercept_[0] == pytest.approx(b, abs=1e-3) and probability == pytest.approx(y.mean())
    assert loss == pytest.approx(metrics.log_loss(y, np.full(len(y), y.mean())))
    # the optimum has λw = −(sum of (p − y)x), so nearly −n·pull/λ
    assert model.coef_[0, 0] * strength == pytest.approx(-len(y) * pull, rel=1e-2)
    bias = torch.zeros((), dtype=torch.float64, requires_grad=True)
    torch.nn.functional.binary_cross_entropy_with_logits(bias.expand(len(y)), torch.tensor(y, dtype=torch.float64)).backward()
    assert bias.grad.item() == pytest.approx(start)
