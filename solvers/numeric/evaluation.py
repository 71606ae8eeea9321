"""Independent checks of the evaluation questions: label lists are built and counted, vectors measured by their
norms, and the area under a ROC curve is a count of pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["measure_label_lists", "measure_residual_norms", "roc_by_pairs", "sweep_by_cumulative_sums"]


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
