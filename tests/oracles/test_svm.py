"""SciPy's optimisers and scikit-learn's SVC against the keys of the questions on support vector machines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import to_float
from examwright.solvers.exact import svm as solver
from examwright.solvers.expression import substitute, symbol

optimize = pytest.importorskip("scipy.optimize")
SEEDS = range(1, 36)


def q(*xs: Any) -> tuple[Any, ...]:
    return tuple([q(*x) if isinstance(x, (tuple, list)) else fmpq(x) for x in xs])


def floats(value: Any) -> Any:
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value])
    return value if isinstance(value, str) else to_float(value)


def drawn(question: str, seed: int) -> dict[str, Any]:
    return {n: floats(v) for n, v in examwright.draw(f"svm/{question}", seed=seed).values.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_distance_margin_key(seed: int) -> None:
    v = drawn("distance-margin", seed)
    points, labels, w, b = v["points"], v["labels"], v["w"], v["b"]
    distances = []
    for x in points:
        found = optimize.minimize(lambda z, x=x: ((z - x)**2).sum(), x, jac=lambda z, x=x: 2*(z - x), method="SLSQP",
                                  constraints={"type": "eq", "fun": lambda z: w @ z + b, "jac": lambda z: w})
        distances.append(np.linalg.norm(found.x - x))
        if len(distances) == 1:
            assert v["foot"] == pytest.approx(found.x, abs=1e-6)
    signs = np.where(np.sign(points @ w + b) == labels, 1, -1)
    assert v["geometric"] == pytest.approx(signs * distances, abs=1e-6)
    assert v["margin"] == pytest.approx((signs * distances).min(), abs=1e-6)
    assert v["functional"] == pytest.approx(labels * (points @ w + b)) and v["length"] == pytest.approx(1 / distances[0], abs=1e-6)


def test_geometry() -> None:
    assert solver.decision_values(q([1, 2], [0, 0]), q(3, 4), fmpq(-5)) == q(6, -5)
    assert solver.functional_margins(q(1, -1), q(6, 5)) == q(6, -5)
    assert solver.foot_on_hyperplane(q(3, 4), q(3, 4), fmpq(25)) == q(0, 0)
    assert solver.absolute_values(q(-3, 0, 2)) == q(3, 0, 2)
    with pytest.raises(ValueError, match="as many labels"):
        solver.functional_margins(q(1), q(1, 2))
    with pytest.raises(ValueError, match="as many coordinates"):
        solver.foot_on_hyperplane(q(1, 2, 3), q(3, 4), fmpq(1))


svms = pytest.importorskip("sklearn.svm")


def hard_margin(points: np.ndarray, labels: np.ndarray) -> Any:
    """A trained SVC whose slack costs so much that nobody buys any."""
    return svms.SVC(kernel="linear", C=1e7, tol=1e-10).fit(points, labels)


@pytest.mark.parametrize("seed", SEEDS)
def test_hard_margin_1d_key(seed: int) -> None:
    v = drawn("hard-margin-1d", seed)
    xs, labels = v["xs"][:, None], v["labels"]
    machine = hard_margin(xs, labels)
    w, b = machine.coef_[0, 0], machine.intercept_[0]
    assert v["w"] == pytest.approx(w, rel=1e-4) and v["b"] == pytest.approx(b, rel=1e-4, abs=1e-5)
    assert sorted(v["support"]) == sorted(machine.support_vectors_[:, 0]) and v["boundary"] == pytest.approx(-b / w, abs=1e-3)
    assert v["width"] == pytest.approx(2 / abs(w), rel=1e-4) and v["value"] == pytest.approx(w * v["at"] + b, rel=1e-3, abs=1e-4)
    keep = v["xs"] != v["gone"]
    assert v["after"] == pytest.approx(2 / abs(hard_margin(xs[keep], labels[keep]).coef_[0, 0]), rel=1e-4)


def test_innermost_points() -> None:
    assert solver.innermost_points(q(5, 1, 2, 8), q(1, -1, -1, 1)) == q(2, 5)
    assert solver.innermost_points(q(5, 1, 2, 8), q(-1, 1, 1, -1)) == q(5, 2)
    assert solver.innermost_points_without(q(5, 1, 2, 8), q(1, -1, -1, 1), fmpq(5)) == q(2, 8)
    assert solver.midpoint_of_class_means(q(0, 2, 10), q(-1, -1, 1)) == fmpq(11, 2)
    with pytest.raises(ValueError, match="both classes"):
        solver.innermost_points(q(1, 2), q(1, 1))
    with pytest.raises(ValueError, match="no threshold"):
        solver.innermost_points(q(1, 2, 3), q(1, -1, 1))


@pytest.mark.parametrize("seed", SEEDS)
def test_hard_margin_2d_key(seed: int) -> None:
    variant = examwright.draw("svm/hard-margin-2d", seed=seed).values
    v = {n: floats(variant[n]) for n in variant if n not in ("names", "support")}
    points, labels, names = v["points"], v["labels"], np.array(variant["names"])
    machine = hard_margin(points, labels)
    w, b = machine.coef_[0], machine.intercept_[0]
    alphas = np.zeros(6)
    alphas[machine.support_] = np.abs(machine.dual_coef_[0])
    assert v["w"] == pytest.approx(w, abs=1e-3) and v["b"] == pytest.approx(b, abs=1e-3)
    assert v["alpha"] == pytest.approx(alphas, abs=1e-3) and set(variant["support"]) == set(names[v["alpha"] > 1e-3])
    assert v["width"] == pytest.approx(2 / np.linalg.norm(w), rel=1e-3) and v["value"] == pytest.approx(w @ v["at"] + b, abs=1e-2)
    keep = names != variant["gone"]
    again = hard_margin(points[keep], labels[keep])
    wider = np.linalg.norm(again.coef_[0]) < np.linalg.norm(w) - 1e-4
    assert variant["effect"] == ("moves" if wider else "stays")


def test_support_and_multipliers() -> None:
    points, labels = q([0, 0], [2, -1], [2, 3], [9, 9], [-5, 0]), q(-1, 1, 1, 1, -1)
    places = solver.places_named(solver.support_vectors_named(points, labels, "ABCDE"), "ABCDE")
    assert places == q(0, 1, 2)
    *alphas, b = solver.multipliers_on(points, labels, places)
    w = solver.weights_from_multipliers(points, labels, tuple(alphas))
    assert w == q(1, 0) == solver.weights_on(points, labels, places) and b == -1 == solver.bias_between_classes(points, labels, w)
    assert alphas == [fmpq(1, 2), fmpq(3, 8), fmpq(1, 8), 0, 0]
    assert solver.places_named(("C", "A"), "ABC") == q(0, 2)
    assert solver.closest_pair(points, labels, "ABCDE") == ("A", "B") and solver.equal_shares(q(1, 0, 2)) == (fmpq(3, 2), 0, fmpq(3, 2))
    assert solver.class_mean(points, labels, fmpq(-1)) == (fmpq(-5, 2), 0)
    for fault, call in (("in a plane", lambda: solver.support_vectors_named(q([1], [2]), q(1, -1), "AB")),
                        ("both classes", lambda: solver.support_vectors_named(points, q(1, 1, 1, 1, 1), "ABCDE")),
                        ("both classes", lambda: solver.closest_pair(points, q(1, 1, 1, 1, 1), "ABCDE")),
                        ("both classes", lambda: solver.bias_between_classes(points, q(1, 1, 1, 1, 1), w)),
                        ("no points", lambda: solver.class_mean(points, labels, fmpq(0))),
                        ("a label and a multiplier", lambda: solver.weights_from_multipliers(points, labels, q(1)))):
        with pytest.raises(ValueError, match=fault):
            call()


@pytest.mark.parametrize("seed", SEEDS)
def test_recover_from_alphas_key(seed: int) -> None:
    variant = examwright.draw("svm/recover-from-alphas", seed=seed).values
    v = {n: floats(variant[n]) for n in variant if n not in ("names", "support", "setting")}
    machine = hard_margin(v["points"], v["labels"])
    signed = np.zeros(6)
    signed[machine.support_] = machine.dual_coef_[0]
    names = np.array(variant["names"])
    assert v["missing"] == pytest.approx(abs(signed[int(v["hidden"])]), abs=1e-3) and v["missing"] > 0
    assert set(variant["support"]) == set(names[np.abs(signed) > 1e-3])
    assert v["w"] == pytest.approx(machine.coef_[0], abs=1e-3) and v["b"] == pytest.approx(machine.intercept_[0], abs=1e-3)
    assert v["value"] == pytest.approx(machine.decision_function(v["at"][None, :])[0], abs=1e-2)
    assert v["width"] == pytest.approx(2 / np.sqrt(np.abs(signed).sum()), rel=1e-3)


def test_multipliers() -> None:
    alphas = q(2, 5, 1, 0)
    assert solver.missing_multiplier(q(1, -1, -1, 1), alphas, fmpq(1)) == 1
    assert solver.with_multiplier(alphas, fmpq(1), fmpq(1)) == q(2, 1, 1, 0)
    assert solver.ones_where_positive(q(-1, 0, 3)) == q(0, 0, 1)
    assert solver.names_where_positive(alphas, "ABCD") == ("A", "B", "C")
    with pytest.raises(ValueError, match="needs a label"):
        solver.missing_multiplier(q(1), alphas, fmpq(0))
    with pytest.raises(ValueError, match="needs a name"):
        solver.names_where_positive(alphas, "AB")


@pytest.mark.parametrize("seed", SEEDS)
def test_slack_classify_key(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    variant = examwright.draw("svm/slack-classify", seed=seed).values
    v = {n: floats(variant[n]) for n in variant if n not in ("names", "inside", "wrong", "setting")}
    f = v["points"] @ v["w"] + v["b"]
    losses = np.array([3 * metrics.hinge_loss([y, 1, -1], [s, 5, -5]) for y, s in zip(v["labels"], f)])  # two that pay nothing
    names = np.array(variant["names"])
    assert v["values"] == pytest.approx(f) and v["slacks"] == pytest.approx(losses, abs=1e-12)
    right = np.sign(f) == v["labels"]
    assert list(variant["wrong"]) == list(names[~right]) and list(variant["inside"]) == list(names[right & (losses > 1e-9)])
    assert v["objective"] == pytest.approx(v["w"] @ v["w"] / 2 + v["cost"] * losses.sum())
    which = int(v["which"])
    moved = v["points"][which] + v["way"] * v["labels"][which] * v["w"] / np.linalg.norm(v["w"])
    assert v["labels"][which] * (moved @ v["w"] + v["b"]) == pytest.approx(1)


def test_slacks() -> None:
    assert solver.hinge_slacks(q(2, 1, fmpq(1, 2), -3)) == q(0, 0, fmpq(1, 2), 4)
    assert solver.soft_margin_objective(q(3, 4), q(1, 2), fmpq(2)) == fmpq(37, 2)
    assert solver.inside_of(q(0, fmpq(1, 2), 1, 2), fmpq(0), fmpq(1)) == q(0, 1, 0, 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_perceptron_key(seed: int) -> None:
    """scikit-learn's perceptron with the examples in their order; it counts y·f = 0 as a mistake too."""
    linear = pytest.importorskip("sklearn.linear_model")
    v = {n: x for n, x in drawn("perceptron", seed).items() if n != "setting"}

    def weights(passes: int) -> np.ndarray:
        learned = linear.Perceptron(penalty=None, shuffle=False, tol=None, max_iter=passes).fit(v["points"], v["labels"])
        return np.append(learned.coef_[0], learned.intercept_)

    assert v["after_pass"] == pytest.approx(weights(1)) and v["final"] == pytest.approx(weights(60))
    extended = np.column_stack([v["points"], np.ones(4)])
    assert (v["labels"] * (extended @ v["final"]) > 0).all()
    least = (v["labels"] * (extended @ v["final"])).min() / np.linalg.norm(v["final"])
    assert v["bound"] == pytest.approx((np.linalg.norm(extended, axis=1).max() / least)**2) and v["bound"] >= v["total"]


def test_perceptron_by_hand() -> None:
    points, labels, zero = q([1, 0], [0, 1], [1, 1]), q(1, -1, 1), q(0, 0, 0)
    assert solver.perceptron_pass(zero, points, labels, fmpq(0), "at most") == q(2, 0, 1)
    assert solver.perceptron_pass(zero, points, labels, fmpq(0), "below") == zero
    assert solver.perceptron_pass(zero, points, labels, fmpq(0), "always") == q(2, 0, 1)
    assert solver.perceptron_pass(zero, points, labels, fmpq(0), "no bias") == q(2, 0, 0)
    assert solver.perceptron_pass(zero, points, labels, fmpq(3), "at most") == zero
    assert solver.perceptron_pass(q(1, 0, 1), points, labels, fmpq(1), "frozen") == q(1, -1, 0)
    assert solver.perceptron_updates(zero, points, labels, fmpq(0)) == 3
    assert solver.perceptron_final(zero, points, labels) == q(3, -1, 0) or solver.perceptron_total(zero, points, labels) > 3
    assert len(solver.perceptron_trace(zero, points, labels)) % 3 == 0
    assert solver.longest_square(points) == 2 and solver.novikoff_bound(fmpq(3), fmpq(5), fmpq(2)) == fmpq(15, 4)
    with pytest.raises(ValueError, match="no rule"):
        solver.perceptron_pass(zero, points, labels, fmpq(0), "sometimes")
    with pytest.raises(ValueError, match="more than 500"):
        solver.perceptron_final(zero, q([1, 0], [1, 0]), q(1, -1))
    with pytest.raises(ValueError, match="do not separate"):
        solver.novikoff_bound(fmpq(3), fmpq(5), fmpq(0))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_point_dual_key(seed: int) -> None:
    values = examwright.draw("svm/two-point-dual", seed=seed).values
    v = {n: floats(x) for n, x in values.items() if n not in ("dual", "setting")}
    points, labels = np.array([v["plus"], v["minus"]]), np.array([1, -1])
    machine = hard_margin(points, labels)
    assert v["best"] == pytest.approx(machine.dual_coef_[0].max(), rel=1e-4)
    assert v["w"] == pytest.approx(machine.coef_[0], rel=1e-4, abs=1e-6) and v["b"] == pytest.approx(machine.intercept_[0], rel=1e-3, abs=1e-4)
    assert v["width"] == pytest.approx(np.linalg.norm(points[0] - points[1]))
    assert v["value"] == pytest.approx(machine.decision_function(v["at"][None, :])[0], abs=1e-3)
    alpha, gram = 0.3, points @ points.T
    dual = to_float(substitute(values["dual"], symbol("alpha"), fmpq(3, 10)))
    assert dual == pytest.approx(2 * alpha - alpha**2 / 2 * (labels[:, None] * labels * gram).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_objective_compare_key(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    variant = examwright.draw("svm/objective-compare", seed=seed).values
    v = {n: floats(variant[n]) for n in variant if n not in ("better", "setting", "cheap")}
    sums = []
    for w, b, name in ((v["w"], v["b"], "slacks_1"), (v["v"], v["c"], "slacks_2")):
        f = v["points"] @ w + b
        assert v[name].mean() == pytest.approx(metrics.hinge_loss(v["labels"], f))
        sums.append(4 * metrics.hinge_loss(v["labels"], f))
    norms = [v["w"] @ v["w"] / 2, v["v"] @ v["v"] / 2]
    assert v["objectives"] == pytest.approx([n + v["cost"] * s for n, s in zip(norms, sums)])
    assert variant["better"] == ("one" if v["objectives"][0] < v["objectives"][1] else "two")
    assert norms[0] + v["tie"] * sums[0] == pytest.approx(norms[1] + v["tie"] * sums[1])
    assert variant["cheap"] == ((fmpq(0), variant["tie"], "()"),)
    below = v["tie"] / 2
    assert norms[1] + below * sums[1] < norms[0] + below * sums[0]


def test_cost_at_tie() -> None:
    assert solver.cost_at_tie(fmpq(5), fmpq(1), fmpq(1), fmpq(3)) == 1
    with pytest.raises(ValueError, match="equal slack"):
        solver.cost_at_tie(fmpq(5), fmpq(1), fmpq(2), fmpq(2))


@pytest.mark.parametrize("seed", SEEDS)
def test_hinge_subgradient_key(seed: int) -> None:
    torch = pytest.importorskip("torch")
    v = {n: x for n, x in drawn("hinge-subgradient", seed).items() if n != "setting"}
    w = torch.tensor(v["w"], requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=v["eta"], weight_decay=v["strength"])
    for i, (x, y) in enumerate(zip(v["points"], v["labels"]), 1):
        optimizer.zero_grad()
        margin = y * (w @ torch.tensor(x))
        hinge = torch.relu(1 - margin)
        hinge.backward()
        assert v[f"margin_{i}"] == pytest.approx(margin.item())
        if i == 1:
            assert v["loss"] == pytest.approx(hinge.item() + v["strength"] / 2 * (w @ w).item())
            assert v["gradient"] == pytest.approx(w.grad.numpy() + v["strength"] * w.detach().numpy())
        optimizer.step()
        assert v[f"w_{i}"] == pytest.approx(w.detach().numpy())


def test_hinge_by_hand() -> None:
    w, x = q(1, 2), q(3, -1)
    assert solver.hinge_subgradient(w, x, fmpq(1), fmpq(1), fmpq(1, 2)) == (fmpq(1, 2), 1)
    assert solver.hinge_subgradient(w, x, fmpq(-1), fmpq(-1), fmpq(1, 2)) == (fmpq(7, 2), 0)
    assert solver.regularised_hinge_loss(w, fmpq(-1), fmpq(2)) == 7 and solver.regularised_hinge_loss(w, fmpq(2), fmpq(2)) == 5
    with pytest.raises(ValueError, match="as many entries"):
        solver.hinge_subgradient(w, q(1), fmpq(1), fmpq(1), fmpq(1))


@pytest.mark.parametrize("seed", SEEDS)
def test_kkt_status_key(seed: int) -> None:
    """A kernel that gives the scores is built, and scikit-learn trains with it: the same multipliers, b and slacks."""
    variant = examwright.draw("svm/kkt-status", seed=seed).values
    v = {n: floats(variant[n]) for n in variant if n not in ("names", "free", "wrong", "added", "setting")}
    labels, scores, alphas, names = v["labels"], v["scores"], v["alphas"], np.array(variant["names"])
    signed = alphas * labels
    gram = np.outer(scores, scores) / (signed @ scores)
    assert gram @ signed == pytest.approx(scores)
    f = scores + v["b"]
    # the optimum of the primal problem: the Karush-Kuhn-Tucker conditions with these multipliers
    assert signed.sum() == pytest.approx(0) and alphas.min() >= 0 and alphas.max() <= v["cost"] + 1e-12
    assert v["slacks"] == pytest.approx(np.maximum(0, 1 - labels * f)) and v["missing"] == pytest.approx(alphas[int(v["hidden"])])
    assert (np.abs(alphas * (1 - v["slacks"] - labels * f)) < 1e-9).all() and (np.abs((v["cost"] - alphas) * v["slacks"]) < 1e-9).all()
    machine = svms.SVC(kernel="precomputed", C=v["cost"], tol=1e-10).fit(gram, labels)
    primal = ((signed @ gram @ signed) / 2 + v["cost"] * v["slacks"].sum())
    found = machine.decision_function(gram)
    dual = np.zeros(6)
    dual[machine.support_] = machine.dual_coef_[0]
    assert dual @ gram @ dual / 2 + v["cost"] * np.maximum(0, 1 - labels * found).sum() == pytest.approx(primal, rel=1e-4)
    assert list(variant["free"]) == list(names[(alphas > 1e-9) & (alphas < v["cost"] - 1e-9)])
    assert list(variant["wrong"]) == list(names[labels * f < 0])
    assert variant["added"] == ("stays" if v["new_label"] * (v["new_score"] + v["b"]) >= 1 else "changes")


@pytest.mark.parametrize("seed", SEEDS)
def test_losses_key(seed: int) -> None:
    torch = pytest.importorskip("torch")
    variant = examwright.draw("svm/losses", seed=seed).values
    v = {n: floats(variant[n]) for n in ("labels", "scores", "margins", "errors", "hinge", "logistic", "exponential", "slope")}
    m = torch.tensor(v["labels"] * v["scores"], requires_grad=True)
    soft = torch.nn.functional.softplus(-m)
    soft[0].backward()
    assert v["margins"] == pytest.approx(m.detach().numpy()) and v["logistic"] == pytest.approx(soft.detach().numpy())
    assert v["slope"] == pytest.approx(m.grad[0].item()) and v["hinge"] == pytest.approx(torch.relu(1 - m).detach().numpy())
    assert v["errors"] == pytest.approx((np.sign(v["scores"]) != v["labels"]).astype(float))
    assert v["exponential"] == pytest.approx(torch.exp(-m).detach().numpy())
