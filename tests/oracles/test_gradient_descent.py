"""torch, scikit-learn and SciPy against the keys of the questions on gradient descent and penalties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import to_float
from examwright.solvers.exact import gradient_descent as solver

torch = pytest.importorskip("torch")
linear = pytest.importorskip("sklearn.linear_model")
optimize = pytest.importorskip("scipy.optimize")

SEEDS = range(1, 41)
FACTORS = {"half sum": lambda n: 0.5, "mean": lambda n: 1 / n, "half mean": lambda n: 0.5 / n}


def floats(value: Any) -> Any:
    return np.array([floats(v) for v in value], dtype=float) if isinstance(value, tuple) else to_float(value)


def values(question: str, seed: int) -> dict[str, Any]:
    found = examwright.draw(question, seed=seed).values
    return {n: v if isinstance(v, str) else floats(v) for n, v in found.items() if not isinstance(v, tuple) or not isinstance(v[0], str)}


def torch_descent(loss: Any, start: Any, eta: float, steps: int) -> list[Any]:
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=eta)
    path = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss(theta).backward()
        gradient = theta.grad.clone().numpy()
        optimizer.step()
        path.append((gradient, theta.detach().clone().numpy()))
    return path


@pytest.mark.parametrize("seed", SEEDS)
def test_bgd_steps(seed: int) -> None:
    v = values("linear-regression/bgd-steps", seed)
    x, y = torch.tensor(v["xs"]), torch.tensor(v["ys"])
    factor = FACTORS[v["loss"]](len(v["xs"]))
    (gradient, one), (_, two) = torch_descent(lambda t: factor * ((y - t[0] - t[1] * x) ** 2).sum(), v["start"], v["eta"], 2)
    assert gradient == pytest.approx(v["gradient"], abs=1e-12)
    assert one == pytest.approx(v["theta_one"], abs=1e-12)
    assert two == pytest.approx(v["theta_two"], abs=1e-12)
    assert factor * ((v["ys"] - two[0] - two[1] * v["xs"]) ** 2).sum() == pytest.approx(v["J_two"])


@pytest.mark.parametrize("seed", SEEDS)
def test_sgd_steps(seed: int) -> None:
    v = values("linear-regression/sgd-steps", seed)
    theta = v["start"]
    for x, y, name in zip(v["xs"], v["ys"], ("theta_one", "theta_two", "theta_three")):
        theta = torch_descent(lambda t, x=x, y=y: (y - t[0] - t[1] * x) ** 2 / 2, theta, v["eta"], 1)[0][1]
        assert theta == pytest.approx(v[name], abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_gd_function(seed: int) -> None:
    v = values("linear-regression/gd-function", seed)
    f = np.polynomial.Polynomial(v["coefficients"])
    path = torch_descent(lambda t: sum(c * t[0] ** k for k, c in enumerate(v["coefficients"])), [v["start"]], v["eta"], 2)
    assert path[0][0][0] == pytest.approx(f.deriv()(v["start"])) == pytest.approx(v["slope"])
    assert [p[0] for _, p in path] == pytest.approx([v["x_one"], v["x_two"]])
    assert (v["fallen"] == "yes") == (f(v["x_two"]) < f(v["start"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_gd_inverse(seed: int) -> None:
    v = values("linear-regression/gd-inverse", seed)
    assert v["rate"] == pytest.approx(v["eta"])
    path = torch_descent(lambda t: v["a"] * (t[0] - v["centre"]) ** 2, [v["start"]], v["eta"], 70)
    assert path[2][1][0] == pytest.approx(v["x_three"])
    distances = np.abs([v["start"] - v["centre"]] + [p[0] - v["centre"] for _, p in path])
    assert int(np.argmax(distances <= v["tolerance"] * distances[0] * (1 + 1e-9))) == v["steps"]
    back = torch_descent(lambda t: v["a"] * (t[0] - v["centre"]) ** 2, [v["before"]], v["eta"], 1)
    assert back[0][1][0] == pytest.approx(v["start"])


@pytest.mark.parametrize("seed", SEEDS)
def test_lr_threshold(seed: int) -> None:
    v = values("linear-regression/lr-threshold", seed)
    hessian = np.diag([v["a"], v["b"]])

    def end(eta: float, steps: int = 4000) -> float:
        return float(np.abs(np.linalg.matrix_power(np.eye(2) - eta * hessian, steps) @ v["start"]).max())

    assert end(v["limit"] * 0.995) < 1e-3 and end(v["limit"] * 1.005) > 1e3
    found = optimize.minimize_scalar(lambda eta: np.abs(1 - eta * np.diag(hessian)).max(), bounds=(0, 3), method="bounded",
                                     options={"xatol": 1e-10})
    assert found.x == pytest.approx(v["best"], abs=1e-6)
    assert v["after"] == pytest.approx(np.linalg.matrix_power(np.eye(2) - v["eta"] * hessian, 2) @ v["start"])


@pytest.mark.parametrize("seed", SEEDS)
def test_ridge_closed(seed: int) -> None:
    v = values("linear-regression/ridge-closed", seed)
    alpha = v["lam"] * (1 if v["loss"] == "sum" else 2)
    x = v["xs"][:, None]
    if v["penalised"] == "both":
        ones = np.column_stack([np.ones(len(x)), x])
        theta = linear.Ridge(alpha=alpha, fit_intercept=False).fit(ones, v["ys"]).coef_
    else:
        model = linear.Ridge(alpha=alpha).fit(x, v["ys"])
        theta = np.array([model.intercept_, model.coef_[0]])
    assert theta == pytest.approx(v["theta"], abs=1e-9)
    plain = linear.LinearRegression().fit(x, v["ys"])
    assert [plain.intercept_, plain.coef_[0]] == pytest.approx(v["unpenalised"], abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_lasso_soft_threshold(seed: int) -> None:
    v = values("linear-regression/lasso-soft-threshold", seed)
    n, scale = 4, 1 if v["loss"] == "half" else 0.5
    design = np.array([[1, 1, 1], [1, -1, 1], [1, 1, -1], [1, -1, -1]]) / 2  # orthonormal columns
    y = design @ v["z"]
    theta = linear.Lasso(alpha=scale * v["lam"] / n, fit_intercept=False, tol=1e-14, max_iter=10**6).fit(design, y).coef_
    assert theta == pytest.approx(v["theta"], abs=1e-9)
    edge = linear.Lasso(alpha=scale * v["all_vanish"] / n * 1.0001, fit_intercept=False).fit(design, y).coef_
    assert not edge.any()
    assert linear.Lasso(alpha=scale * v["all_vanish"] / n * 0.999, fit_intercept=False, tol=1e-14).fit(design, y).coef_.any()
    path = linear.lars_path(design, y, method="lasso")[2] != 0  # a column for each λ at which a coefficient leaves 0, the largest first
    assert examwright.draw("linear-regression/lasso-soft-threshold", seed=seed).values["vanishing"] == tuple([f"theta_{j + 1}" for j in np.argsort(path.sum(axis=1))])
    ridge = linear.Ridge(alpha=v["lam"] * 2 * scale, fit_intercept=False).fit(design, y).coef_
    assert ridge == pytest.approx(v["ridge"], abs=1e-9)


def test_faults_are_named() -> None:
    one = fmpq(1)
    with pytest.raises(ValueError, match="one entry"):
        solver.gradient_step((one, one), (one,), one)
    with pytest.raises(ValueError, match="edge"):
        solver.descent_behaviour(one, one)
    with pytest.raises(ValueError, match="between 0 and 1"):
        solver.steps_until(fmpq(2), fmpq(1, 10))
    with pytest.raises(ValueError, match="penalised"):
        solver.ridge_matrix(((one, one),), one, "none")


def test_a_polynomial_in_words() -> None:
    def text(*coefficients: Any) -> str:
        return solver.polynomial_text(tuple(map(fmpq, coefficients)), "x")

    assert text(3, -1, 0, 2) == "2x^3 - x + 3"
    assert text(0, 1) == "x" and text(0, -1) == "-x" and text(0, 0) == "0" and text(-5) == "-5"
    assert solver.polynomial_text((fmpq(0), fmpq(0), fmpq(1, 2)), "t") == r"\frac{1}{2}t^2"


@pytest.mark.parametrize("seed", SEEDS)
def test_minibatch(seed: int) -> None:
    v = values("linear-regression/minibatch", seed)
    cut = int(v["sizes"][0])

    def loss(theta: Any, chosen: slice) -> Any:
        x, y = torch.tensor(v["xs"][chosen]), torch.tensor(v["ys"][chosen])
        return torch.nn.functional.mse_loss(theta[0] + theta[1] * x, y) / 2

    [(g_one, one)] = torch_descent(lambda t: loss(t, slice(0, cut)), v["start"], v["eta"], 1)
    [(g_two, two)] = torch_descent(lambda t: loss(t, slice(cut, None)), one, v["eta"], 1)
    [(_, batch)] = torch_descent(lambda t: loss(t, slice(None)), v["start"], v["eta"], 1)
    for name, found in (("g_one", g_one), ("theta_one", one), ("g_two", g_two), ("theta_two", two), ("batch_step", batch)):
        assert found == pytest.approx(v[name], abs=1e-12)
    loader = torch.utils.data.DataLoader(range(int(v["total"])), batch_size=int(v["batch"]))
    assert v["steps"] == v["epochs"] * len(loader)


@pytest.mark.parametrize("seed", SEEDS)
def test_momentum(seed: int) -> None:
    """torch writes v ← βv + g, θ ← θ - ηv, which is the same path for one learning rate."""
    v = values("linear-regression/momentum", seed)

    def path(steps: int, **options: Any) -> list[float]:
        theta = torch.tensor(v["start"], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([theta], lr=float(v["eta"]), **options)
        found = [float(v["start"])]
        for _ in range(steps):
            optimizer.zero_grad()
            (v["a"] / 2 * (theta - v["centre"]) ** 2).backward()
            optimizer.step()
            found.append(theta.item())
        return found

    start, one, two, three = path(3, momentum=float(v["beta"]))
    assert [one, two, three] == pytest.approx([v["theta_one"], v["theta_two"], v["theta_three"]], abs=1e-9)
    assert [two - one, three - two] == pytest.approx([v["v_two"], v["v_three"]], abs=1e-9)
    assert path(2)[-1] == pytest.approx(v["plain"], abs=1e-9)
    ahead = v["theta_one"] + v["beta"] * (v["theta_one"] - start)
    assert v["nesterov"] == pytest.approx(ahead - v["eta"] * v["a"] * (ahead - v["centre"]), abs=1e-9)
