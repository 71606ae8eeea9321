"""Independent checks of the questions on support vector machines: geometry by least squares, quadratic programs by going through
all active sets, subgradients by difference quotients, and plain simulation."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

__all__ = [
    "candidates_by_bisection", "hinge_steps_by_complex_step", "kkt_by_best_constant", "losses_by_classes",
    "margin_by_active_sets", "margins_by_projection", "multipliers_by_active_sets", "perceptron_by_gram_matrix",
    "slacks_by_projection", "two_points_by_search", "widest_gap_on_line",
]


def _foot(x: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """The nearest point of the hyperplane, with a basis of the directions in it from an SVD."""
    row = np.asarray(w, dtype=float)[None, :]
    inside = np.linalg.svd(row)[2][1:]
    some = np.linalg.lstsq(row, np.array([-b]), rcond=None)[0]
    return np.asarray(some + inside.T @ (inside @ (x - some)))


def margins_by_projection(points: np.ndarray, labels: np.ndarray, w: np.ndarray, b: float) -> dict[str, Any]:
    """Every part of svm/distance-margin: distances are those from the nearest points of the hyperplane, the scale of w
    for a functional margin of 1 is found by bisection."""
    feet = np.array([_foot(x, w, b) for x in points])
    away = points - feet
    signs = np.sign((away * w).sum(axis=1))
    distances = np.linalg.norm(away, axis=1)
    geometric = labels * signs * distances
    values = np.column_stack([points, np.ones(len(points))]) @ np.append(w, b)
    low, high = 0.0, 1.0
    for _ in range(200):
        c = (low + high) / 2
        low, high = (c, high) if labels[0] * (points[0] @ (c * w) + c * b) < 1 else (low, c)
    return {"values": values, "functional": np.where(signs == labels, 1, -1) * np.abs(values), "geometric": geometric,
            "margin": float(geometric.min()), "foot": feet[0], "length": float(np.linalg.norm(high * w))}


def _max_margin(points: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """(w, b) of least norm with y(w·x + b) ≥ 1: for every set of up to d + 1 examples the least w that has equality there
    (a linear system), and of those that hold for all examples the shortest."""
    n, d = points.shape
    best: tuple[np.ndarray, float] | None = None
    signed = labels[:, None] * np.column_stack([points, np.ones(n)])
    for size in range(2, d + 2):
        rows = np.array([c for c in itertools.combinations(range(n), size) if abs(labels[list(c)].sum()) != size], dtype=int)
        if not len(rows):
            continue
        systems = np.zeros((len(rows), d + 1 + size, d + 1 + size))
        systems[:, range(d), range(d)] = 1.0
        systems[:, d + 1:, :d + 1] = signed[rows]
        systems[:, :d + 1, d + 1:] = signed[rows].transpose(0, 2, 1)
        solutions = np.linalg.pinv(systems, rcond=1e-15 * (d + 1 + size))[:, :d + 1, d + 1:].sum(axis=2)
        for solution in solutions[(signed @ solutions.T >= 1 - 1e-9).all(axis=0)]:
            w, b = solution[:d], float(solution[d])
            if best is None or w @ w < best[0] @ best[0] - 1e-12:
                best = w, b
    assert best is not None, "the data are not separable"
    return best


def widest_gap_on_line(xs: np.ndarray, labels: np.ndarray, gone: float, at: float) -> dict[str, Any]:
    """Every part of svm/hard-margin-1d by the quadratic program, the width once more without the example at `gone`."""
    (w,), b = _max_margin(xs[:, None], labels)
    margins = labels * (w * xs + b)
    keep = xs != gone
    (less,), _ = _max_margin(xs[keep][:, None], labels[keep])
    return {"support": sorted(xs[np.abs(margins - 1) < 1e-9]), "boundary": -b / w, "w": w, "b": b, "width": 2 / abs(w),
            "value": w * at + b, "after": 2 / abs(less)}


def _alphas(points: np.ndarray, labels: np.ndarray, w: np.ndarray, active: np.ndarray) -> np.ndarray:
    """The multipliers, from w = Σ αyx and Σ αy = 0 by least squares over the active examples."""
    system = np.vstack([(labels[:, None] * points).T, labels])[:, active]
    out = np.zeros(len(labels))
    out[active] = np.linalg.lstsq(system, np.append(w, 0), rcond=None)[0]
    return out


def margin_by_active_sets(points: np.ndarray, labels: np.ndarray, names: list[str], at: np.ndarray, gone: str) -> dict[str, Any]:
    """Every part of svm/hard-margin-2d by the quadratic program, once more without the example called `gone`."""
    w, b = _max_margin(points, labels)
    active = np.abs(labels * (points @ w + b) - 1) < 1e-9
    keep = np.array([name != gone for name in names])
    w2, b2 = _max_margin(points[keep], labels[keep])
    same = np.allclose(w, w2, atol=1e-9) and abs(b - b2) < 1e-9
    return {"support": [n for n, a in zip(names, active) if a], "w": w, "b": b, "width": 2 / float(np.linalg.norm(w)),
            "alpha": _alphas(points, labels, w, active), "value": float(w @ at + b), "effect": "stays" if same else "moves"}


def multipliers_by_active_sets(points: np.ndarray, labels: np.ndarray, hidden: int, names: list[str], at: np.ndarray) -> dict[str, Any]:
    """Every part of svm/recover-from-alphas from the examples alone, by the quadratic program."""
    w, b = _max_margin(points, labels)
    active = np.abs(labels * (points @ w + b) - 1) < 1e-9
    alphas = _alphas(points, labels, w, active)
    return {"missing": alphas[hidden], "support": [n for n, a in zip(names, active) if a], "w": w, "b": b,
            "value": float(w @ at + b), "width": 2 / float(np.linalg.norm(w))}


def slacks_by_projection(points: np.ndarray, labels: np.ndarray, w: np.ndarray, b: float, cost: float, names: list[str],
                         chosen: int) -> dict[str, Any]:
    """Every part of svm/slack-classify: a slack is the length of the way back to the margin line of the example's class, in
    units of 1/‖w‖; on which side it lies tells the direction of that way."""
    length = float(np.linalg.norm(w))
    values, ways = [], []
    for x, y in zip(points, labels):
        back = _foot(x, w, b - y) - x  # the margin line w·x + b = y
        ways.append(float(y * (back @ w) / length))
        values.append(y - float(back @ w))
    ways_back = np.array(ways)
    slacks = np.where(ways_back > 1e-12, ways_back * length, 0)
    predicted = np.where(np.array(values) > 0, 1, -1)
    return {"values": np.array(values), "slacks": slacks,
            "inside": [n for n, s, p, y in zip(names, slacks, predicted, labels) if s > 1e-9 and p == y],
            "wrong": [n for n, p, y in zip(names, predicted, labels) if p != y],
            "objective": length**2 / 2 + cost * slacks.sum(), "way": float(ways_back[chosen])}


def perceptron_by_gram_matrix(points: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Every part of svm/perceptron in the dual form: only the number of mistakes of each example is kept, and values of f
    come from inner products of the extended examples (x, 1)."""
    extended = np.column_stack([points, np.ones(len(points))])
    gram = extended @ extended.T
    counts = np.zeros(len(points))
    history = []
    while True:
        before = counts.copy()
        for i, y in enumerate(labels):
            if y * (gram[i] @ (counts * labels)) <= 0:
                counts[i] += 1
            history.append(counts.copy())
        if (counts == before).all():
            break

    def weights(c: np.ndarray) -> np.ndarray:
        return np.asarray((c * labels) @ extended)

    n = len(points)
    inner = labels * (gram @ (counts * labels))
    square = (counts * labels) @ gram @ (counts * labels)
    return {"first": weights(history[0]), "after_pass": weights(history[n - 1]), "in_pass": float(history[n - 1].sum()),
            "final": weights(counts), "total": float(counts.sum()), "bound": gram.diagonal().max() * square / inner.min()**2}


def two_points_by_search(plus: np.ndarray, minus: np.ndarray, alpha: np.ndarray, at: np.ndarray) -> dict[str, Any]:
    """Every part of svm/two-point-dual: the dual objective as the double sum, at the points `alpha`; its best place from three
    values of it; w and b from the primal problem."""
    points, labels = np.array([plus, minus], dtype=float), np.array([1.0, -1.0])
    signed = labels[:, None] * points

    def dual(a: Any) -> Any:
        return 2 * a - 0.5 * sum(a * a * float(p @ q) for p in signed for q in signed)

    first, second = dual(1.0), dual(2.0)  # a parabola through 0
    bend = (second - 2 * first) / 2
    w, b = _max_margin(points, labels)
    return {"dual": dual(alpha), "best": -(first - bend) / (2 * bend), "w": w, "b": b, "width": 2 / float(np.linalg.norm(w)),
            "value": float(w @ at + b)}


def candidates_by_bisection(points: np.ndarray, labels: np.ndarray, w: np.ndarray, b: float, v: np.ndarray, c: float,
                            cost: float) -> dict[str, Any]:
    """Every part of svm/objective-compare: the slacks as half of d + |d| for what is missing to 1, the C where the two objectives
    are equal by bisection."""
    def slacks(normal: np.ndarray, constant: float) -> np.ndarray:
        missing = 1 - (labels[:, None] * np.column_stack([points, np.ones(len(points))])) @ np.append(normal, constant)
        return (missing + np.abs(missing)) / 2

    one, two = [(float(normal @ normal / 2), float(slacks(normal, constant).sum())) for normal, constant in ((w, b), (v, c))]

    def objective(of: tuple[float, float], price: float) -> float:
        return of[0] + price * of[1]

    low, high = 0.0, 1e3
    for _ in range(100):
        price = (low + high) / 2
        low, high = (price, high) if objective(two, price) < objective(one, price) else (low, price)
    first, second = objective(one, cost), objective(two, cost)
    return {"slacks_1": slacks(w, b), "slacks_2": slacks(v, c), "objectives": np.array([first, second]),
            "better": "one" if first < second else "two", "tie": low, "cheap": [[0.0, low, "()"]]}


def hinge_steps_by_complex_step(w: np.ndarray, points: np.ndarray, labels: np.ndarray, strength: float, eta: float) -> dict[str, Any]:
    """Every part of svm/hinge-subgradient: the gradients of the loss by complex steps, the margins from its derivative along w."""
    def loss(v: Any, x: np.ndarray, y: float) -> Any:
        missing = 1 - y * (v @ x)
        return strength / 2 * (v @ v) + (missing if missing.real > 0 else 0)

    h = 1e-30
    out: dict[str, Any] = {}
    at = np.asarray(w, dtype=float)
    for i, (x, y) in enumerate(zip(points, labels), 1):
        out[f"margin_{i}"] = float(y * np.sum(at * x))
        slope = np.array([loss(at + 1j * h * e, x, y).imag / h for e in np.eye(len(at))])
        if i == 1:
            out["loss"], out["gradient"] = float(loss(at + 0j, x, y).real), slope
        at = at - eta * slope
        out[f"w_{i}"] = at
    return out


def kkt_by_best_constant(labels: np.ndarray, alphas: np.ndarray, scores: np.ndarray, hidden: int, cost: float, names: list[str],
                         new_label: float, new_score: float) -> dict[str, Any]:
    """Every part of svm/kkt-status: b is the one of the places y − w·x with the least total slack, whatever the multipliers are; the
    hidden multiplier is what is left of C for the slope in b to vanish."""
    places = labels - scores
    totals = [np.maximum(0, 1 - labels * (scores + place)).sum() for place in places]
    b = float(places[int(np.argmin(totals))])
    margins = labels * (scores + b)
    others = np.arange(len(labels)) != hidden
    missing = -labels[hidden] * float((alphas * labels)[others].sum())
    full = np.where(others, alphas, missing)
    return {"missing": missing, "free": [n for n, a in zip(names, full) if 1e-9 < a < cost - 1e-9], "b": b,
            "slacks": np.maximum(0, 1 - margins), "wrong": [n for n, m in zip(names, margins) if m < 0],
            "added": "stays" if new_label * (new_score + b) >= 1 else "changes"}


def losses_by_classes(labels: np.ndarray, scores: np.ndarray, property: str) -> dict[str, Any]:
    """Every part of svm/losses: errors by comparing signs, the logistic loss as a log-sum of two exponentials, its slope by a complex
    step, the hinge as what a bound on the margin lacks; a property of the losses is looked for on a fine grid."""
    margins = np.where(labels > 0, scores, -scores)
    h = 1e-30
    grid = np.linspace(-6, 6, 2401)
    error = (grid <= 0).astype(float)
    losses = {"hinge": np.clip(1 - grid, 0, None), "exponential": np.exp(-grid), "natural": np.logaddexp(0, -grid),
              "binary": np.logaddexp(0, -grid) / np.log(2), "perceptron": np.clip(-grid, 0, None)}
    has = {"bounds": lambda loss: (loss >= error - 1e-12).all(), "smooth": lambda loss: np.abs(np.diff(loss[800:-800], 2)).max() < 0.001,
           "satisfied": lambda loss: loss[-1] == 0, "robust": lambda loss: loss[0] - loss[1] < 2 * (loss[400] - loss[401])}[property]
    return {"margins": margins, "errors": (np.where(scores > 0, 1, -1) != labels).astype(float),
            "hinge": (1 - margins) * (margins < 1), "logistic": np.logaddexp(0, -margins), "exponential": np.power(np.e, -margins),
            "slope": float(np.log(1 + np.exp(-(margins[0] + 1j * h))).imag / h),
            "bounds": [name for name, loss in losses.items() if has(loss)]}
