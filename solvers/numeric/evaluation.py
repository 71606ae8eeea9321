"""Independent checks of the evaluation questions: label lists are built and counted, vectors measured by their
norms, and the area under a ROC curve is a count of pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "average_over_label_lists", "constant_and_alarm_by_lists", "count_trainings_by_loop", "counts_by_search",
    "decide_by_lists_and_roots", "diagnose_by_rule", "leave_one_out_by_refits",
    "measure_label_lists", "measure_residual_norms", "roc_by_pairs", "scale_by_solving", "select_by_pairs", "sweep_by_cumulative_sums",
]


def _ratio(a: Any, b: Any) -> Any:
    """a/b in NumPy's arithmetic: nan, not an exception, for 0/0."""
    return np.float64(a) / np.float64(b)


def measure_residual_norms(predictions: np.ndarray, targets: np.ndarray, setting: list[Any]) -> dict[str, Any]:
    """Every part of evaluation/mse-mae-rmse: norms of the residual vector, and the residual that is left when the
    column of ones is projected out of the targets. Everything is measured again in the smaller unit;
    `setting` is (what, unit, smaller unit, how many of these)."""
    n, factor = len(targets), setting[3]

    def measure(p: np.ndarray, t: np.ndarray) -> tuple[float, ...]:
        ones = np.ones((n, 1))
        left = t - ones @ np.linalg.lstsq(ones, t, rcond=None)[0]
        long, short = float(np.linalg.norm(p - t)), float(np.linalg.norm(left))
        return long**2 / n, long / np.sqrt(n), float(np.linalg.norm(p - t, 1)) / n, short**2 / n, 1 - _ratio(long, short)**2

    mse, rmse, mae, baseline, r2 = measure(predictions, targets)
    small = measure(factor * predictions, factor * targets)
    return {"mse": mse, "rmse": rmse, "mae": mae, "baseline": baseline, "r2": r2, "rescaled": np.array([small[0], small[4]])}


def measure_label_lists(tp: int, fp: int, fn: int, tn: int, beta: float) -> dict[str, Any]:
    """Every part of evaluation/confusion-metrics, from two lists of labels: means over the examples that are, or
    are called, positive or negative. F1 is the overlap of two sets (Dice), Fβ a weighted harmonic mean."""
    truth = np.repeat([1, 0, 1, 0], [tp, fp, fn, tn])
    called = np.repeat([1, 1, 0, 0], [tp, fp, fn, tn])

    def share(of: np.ndarray) -> Any:
        return _ratio(of.sum(), of.size)

    precision, recall = share(truth[called == 1]), share(called[truth == 1])
    weight = _ratio(1, 1 + beta**2)
    table = np.histogram2d(called, truth, bins=2, range=[[-0.5, 1.5]] * 2)[0]
    return {
        "counts": np.array([table[1, 1], table[1, 0], table[0, 1], table[0, 0]]),
        "accuracy": share(truth == called), "precision": precision, "recall": recall,
        "specificity": share(1 - called[truth == 0]),
        "f1": _ratio(2 * (truth * called).sum(), truth.sum() + called.sum()),
        "f_beta": 1 / (weight / precision + (1 - weight) / recall),
        "arithmetic_mean": np.array([precision, recall]).mean(),
    }


def sweep_by_cumulative_sums(
    scores: np.ndarray, labels: np.ndarray, h: float, moved: float, rule: str,
) -> dict[str, Any]:
    """Every part of evaluation/threshold-sweep: the examples are sorted once, and the k best called positive for
    each k. The scores differ."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.concatenate([[0], np.cumsum(labels[order])])
    sizes = np.arange(len(scores) + 1)
    positives = hits[-1]
    precision, recall = hits / sizes, hits / positives
    f1 = 2 * hits / (sizes + positives)
    side = "right" if rule == "at least" else "left"

    def called(threshold: float) -> int:
        return int(np.searchsorted(-ranked, -threshold, side=side))  # type: ignore[call-overload]

    k, m = called(h), called(moved)
    at_scores = [f1[called(s)] for s in ranked]
    return {
        "counts": np.array([hits[k], k - hits[k], positives - hits[k], len(scores) - k - positives + hits[k]]),
        "precision": precision[k], "recall": recall[k], "f1": f1[k],
        "moved_metrics": np.array([precision[m], recall[m]]), "best": int(order[int(np.argmax(at_scores))]) + 1,
    }


def roc_by_pairs(scores: np.ndarray, labels: np.ndarray, change: str) -> dict[str, Any]:
    """Every part of evaluation/roc-auc: rates from the sorted scores of each class, and areas from the signs of
    all differences between a positive and a negative score. The changed scores are really computed."""
    positive, negative = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    thresholds = np.unique(scores)[::-1]

    def rate(of: np.ndarray) -> np.ndarray:
        return 1 - np.searchsorted(of, thresholds, side="left") / len(of)

    signs = np.sign(positive[:, None] - negative[None, :])
    transforms: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "flip": lambda s: 1 - s, "square": lambda s: s**2, "half": lambda s: s / 2, "root": np.sqrt,
        "shift": lambda s: s - 0.5, "inverse": lambda s: 1 / s,
    }
    changed = transforms[change]
    signs_after = np.sign(changed(positive)[:, None] - changed(negative)[None, :])
    return {
        "points": np.stack([rate(negative), rate(positive)], axis=1),
        "auc": (1 + signs.mean()) / 2, "concordant": int((signs > 0).sum()), "auc_after": (1 + signs_after.mean()) / 2,
    }


def constant_and_alarm_by_lists(n: int, rare: int, tp: int, fp: int, asked: str) -> dict[str, Any]:
    """Every part of evaluation/accuracy-paradox: the verdicts of both models as lists, and means over them. A mean
    over no alarms does not exist. `asked`: the class, positive or negative, whose precision is asked for."""
    truth = np.arange(n) < rare
    silent, alarm = np.zeros(n, dtype=bool), (np.arange(n) < tp) | ((np.arange(n) >= rare) & (np.arange(n) < rare + fp))

    def means(called: np.ndarray) -> tuple[float, float, float]:
        right = called == truth
        per_class = [float(right[truth == c].mean()) for c in (True, False)]
        return float(right.mean()), per_class[0], float(np.mean(per_class))

    (accuracy_a, recall_a, balanced_a), (accuracy_b, _, balanced_b) = means(silent), means(alarm)
    called, right = (silent, truth) if asked == "positive" else (~silent, ~truth)
    share = float(right[called].mean()) if called.any() else float("nan")
    precision_a = "undefined" if np.isnan(share) else {0.0: "zero", 1.0: "one", float(right.mean()): "share"}.get(share, "")
    verdict = "b" if (accuracy_a - accuracy_b) * (balanced_a - balanced_b) < 0 < accuracy_a - accuracy_b else "same"
    return {"accuracy_a": accuracy_a, "recall_a": recall_a, "precision_a": precision_a, "balanced_a": balanced_a,
            "accuracy_b": accuracy_b, "balanced_b": balanced_b, "verdict": verdict}


def count_trainings_by_loop(n: int, k: int, first: int, second: int) -> dict[str, Any]:
    """Every part of evaluation/kfold-count: the folds are made and the trainings of the search counted one by one."""
    folds = np.arange(n) % k
    sizes, uses, pairs, trainings = set(), 0, 0, 0
    for _ in range(first * second):
        for held_out in range(k):
            trainings += 1
            inside = folds != held_out
            sizes.add(int(inside.sum()))
    for held_out in range(k):
        inside = folds != held_out
        uses += int(inside[0])
        pairs += int(inside[0] and inside[1])
    leave_one_out = sum([1 for _ in range(first * second) for _ in range(n)])
    return {"train_size": sizes.pop() if len(sizes) == 1 else float("nan"), "trainings": trainings, "all_trainings": trainings + 1,
            "used_for_training": uses, "together": pairs, "loo_trainings": leave_one_out}


def counts_by_search(tp: int, precision: float, recall: float, n: int, law: str) -> dict[str, Any]:
    """Every part of evaluation/confusion-inverse: of all whole counts, those whose rates are the given ones. A `law` is looked for in
    all small tables: the condition under which it holds in each of them, and without which it fails in some."""
    others = np.arange(n + 1)
    fp = others[np.isclose(tp / (tp + others), precision, rtol=1e-12)]
    fn = others[np.isclose(tp / (tp + others), recall, rtol=1e-12)]
    if len(fp) != 1 or len(fn) != 1:
        return {}
    truth = np.repeat([1, 0, 1, 0], [tp, fp[0], fn[0], n - tp - fp[0] - fn[0]])
    called = np.repeat([1, 1, 0, 0], [tp, fp[0], fn[0], n - tp - fp[0] - fn[0]])
    tables = np.stack(np.meshgrid(*[np.arange(1, 6)] * 4, indexing="ij"), axis=-1).reshape(-1, 4)  # tp, fp, fn, tn
    a, b, c, d = tables.T.astype(float)
    accuracy = (a + d) / tables.sum(axis=1)
    one, other = {"precision and recall": (a / (a + b), a / (a + c)), "truth": (accuracy, (a / (a + c) + d / (b + d)) / 2),
                  "verdicts": (accuracy, (a / (a + b) + d / (c + d)) / 2)}[law]
    holds = np.isclose(one, other, rtol=1e-12)
    met = {"errors": b == c, "classes": a + c == b + d, "verdicts": a + b == c + d, "perfect": b + c == 0}
    found = [name for name, m in met.items() if m.any() and holds[m].all() and not holds[~m].all()]
    return {"fp_count": fp[0], "fn_count": fn[0], "tn_count": int(((truth == 0) & (called == 0)).sum()),
            "accuracy": float((truth == called).mean()), "specificity": float((called[truth == 0] == 0).mean()),
            "equal": found[0] if len(found) == 1 else ""}


def leave_one_out_by_refits(xs: np.ndarray, ys: np.ndarray, candidates: str) -> dict[str, Any]:
    """Every part of evaluation/loocv-small: polynomials of degree 0 and 1 fitted anew without each example, and up to degree 2 with all."""
    inside = ~np.eye(len(xs), dtype=bool)

    def left_out(degree: int) -> np.ndarray:
        return np.array([np.polyval(np.polyfit(xs[keep], ys[keep], degree), x) for keep, x in zip(inside, xs)])

    errors = [(left_out(degree) - ys) ** 2 for degree in (0, 1)]
    training = [float(((np.polyval(np.polyfit(xs, ys, degree), xs) - ys) ** 2).mean()) for degree in range({"two": 2, "three": 3}[candidates])]
    scores = [float(e.mean()) for e in errors]
    return {"constant_errors": errors[0], "constant_score": scores[0], "line_predictions": left_out(1), "line_errors": errors[1],
            "line_score": scores[1], "chosen": "CL"[int(np.argmin(scores))], "training_choice": ["C", "L", "third"][int(np.argmin(training))]}


def average_over_label_lists(confusion: np.ndarray, average: str) -> dict[str, Any]:
    """Every part of evaluation/multiclass-f1, from two lists of labels: means over those called and those that are, F1 as the
    overlap of two sets (Dice), and the micro average as the overlap of the sets of all pairs (example, class). When an average is the
    accuracy is looked for in random tables."""
    counts = confusion.astype(int)
    truth, called = [np.repeat(np.indices(counts.shape)[axis].ravel(), counts.ravel()) for axis in (0, 1)]
    one_hot = np.eye(3)
    t, c = one_hot[truth], one_hot[called]
    f1 = 2 * (t * c).sum(axis=0) / (t.sum(axis=0) + c.sum(axis=0))
    tables = np.random.default_rng(3).integers(1, 9, (400, 3, 3)).astype(float)
    tables[::3, [0, 1, 2], [0, 1, 2]] += 30 - tables[::3].sum(axis=2)  # of one size
    tables[1::3, [0, 1, 2], [0, 1, 2]] += 30 - tables[1::3].sum(axis=1)  # called equally often
    diagonal, sizes, calls = np.einsum("kii->ki", tables), tables.sum(axis=2), tables.sum(axis=1)
    wrong = tables.sum(axis=(1, 2)) - diagonal.sum(axis=1)
    means = {"micro": 2 * diagonal.sum(axis=1) / (2 * diagonal.sum(axis=1) + 2 * wrong), "recalls": (diagonal / sizes).mean(axis=1),
             "precisions": (diagonal / calls).mean(axis=1)}[average]
    same = np.isclose(means, diagonal.sum(axis=1) / tables.sum(axis=(1, 2)), rtol=1e-9)
    reason = "always" if same.all() else "sizes" if same[::3].all() else "calls" if same[1::3].all() else ""
    return {
        "precisions": np.array([(truth[called == k] == k).mean() for k in range(3)]),
        "recalls": np.array([(called[truth == k] == k).mean() for k in range(3)]),
        "f1s": f1, "macro": f1.sum() / 3, "weighted": f1[truth].mean(), "micro": 2 * (t * c).sum() / (t.sum() + c.sum()),
        "reason": reason,
    }


def decide_by_lists_and_roots(costs: np.ndarray, p: float, models: np.ndarray, pair: list[str]) -> dict[str, Any]:
    """Every part of evaluation/cost-threshold: expected costs as means over a table of costs, the two equal costs where a difference
    of costs is 0, found by interpolation (both are straight lines), totals from lists of examples."""
    hit, alarm, miss = costs

    def both(q: float, of_miss: float) -> np.ndarray:
        return np.array([[hit, alarm], [of_miss, 0.0]]) @ np.array([q, 1 - q])

    def lists(of_miss: float) -> np.ndarray:
        price = np.array([hit, alarm, of_miss, 0.0])
        return np.array([price[np.repeat(np.arange(4), row.astype(int))].sum() for row in models])

    def root(difference: Callable[[float], float], low: float, high: float) -> float:
        at_low, at_high = difference(low), difference(high)
        return float(low - at_low * (high - low) / (at_high - at_low))

    expected, totals = both(p, miss), lists(miss)
    i, j = ["ABC".index(letter) for letter in pair]
    return {
        "threshold": root(lambda q: float(np.subtract(*both(q, miss))), 0.0, 1.0), "expected": expected,
        "action": ("act", "wait")[int(np.argmin(expected))], "totals": totals, "cheapest": "ABC"[int(np.argmin(totals))],
        "break_even": root(lambda c: float(lists(c)[i] - lists(c)[j]), 0.0, 1000.0),
    }


def select_by_pairs(folds: np.ndarray, training: np.ndarray, measure: str, setting: list[Any]) -> dict[str, Any]:
    """Every part of evaluation/cv-select: the variance of a row as half the mean square of the differences of all pairs; the rule
    goes from the simplest setting on until one is good enough. `setting` ends with the sort of value that is simpler."""
    k = folds.shape[1]
    losses, fitted = (folds, training) if measure == "error" else (1 - folds, 1 - training)
    means = losses @ np.full(k, 1 / k)
    order = np.argsort(means)
    row = losses[order[0]]
    variance = ((row[:, None] - row[None, :])**2).sum() / (2 * k * (k - 1))
    error = float(np.sqrt(variance / k))
    numbers = list(range(len(means)))
    taken = next(i for i in (numbers[::-1] if setting[-1] == "larger" else numbers) if means[i] <= means[order[0]] + error + 1e-12)
    sign = 1 if measure == "error" else -1
    return {"means": folds @ np.full(k, 1 / k), "best": int(order[0]) + 1, "error_of_mean": error,
            "limit": float(folds[order[0]] @ np.full(k, 1 / k)) + sign * error, "one_se": taken + 1, "by_training": int(np.argsort(fitted)[0]) + 1}


def scale_by_solving(xs: np.ndarray, new: float, q: float, intercept: float, weight: float, divisor: str) -> dict[str, Any]:
    """Every part of evaluation/feature-scaling: each scale is the straight line through two points that are known on it, and the
    standard deviation comes from the differences of all pairs."""
    n = len(xs)
    pairs = float(((xs[:, None] - xs[None, :])**2).sum()) / (2 * n)
    middle, spread = float(np.dot(xs, np.full(n, 1 / n))), float(np.sqrt(pairs / (n if divisor == "all" else n - 1)))
    low, high = np.sort(xs)[[0, -1]]

    def line(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
        return np.linalg.solve(np.array([[1, x0], [1, x1]]), np.array([y0, y1]))

    def scaled(theta: np.ndarray) -> float:
        return float(theta @ np.array([1, new]))

    standard = line(middle, 0, middle + spread, 1)
    return {
        "mu": middle, "sigma": spread, "z": scaled(standard), "minmax": scaled(line(low, 0, high, 1)),
        "centred": scaled(line(middle, 0, middle + high - low, 1)), "original": float((q - standard[0]) / standard[1]),
        "raw": line(middle, intercept, middle + spread, intercept + weight),
    }


def diagnose_by_rule(reachable: float, models: np.ndarray) -> dict[str, Any]:
    """Every part of evaluation/fit-diagnosis that is computed: the rule of the question, word for word."""
    gaps = np.diff(np.column_stack([np.full(len(models), reachable), models]), axis=1)
    large = gaps > 5

    def only(first: bool, second: bool) -> str:
        found = [letter for letter, (a, b) in zip("ABCD", large) if (a, b) == (first, second)]
        return found[0] if len(found) == 1 else ""

    return {"gaps": gaps, "under": only(True, False), "over": only(False, True), "used": only(False, False)}
