"""Independent checks of the questions on decision trees: class labels one by one instead of formulas of shares, trees by
enumeration."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "entropy_by_guessing", "gain_by_joint_entropy", "gini_by_pairs", "grown_by_recursion", "prunings_by_enumeration",
    "stump_by_indicators", "stumps_by_label_lists", "threshold_by_sweep",
]


def _labels(counts: Any) -> np.ndarray:
    """The class number of each example of a node."""
    return np.repeat(np.arange(len(counts)), np.asarray(counts, dtype=int))


def _entropy(labels: np.ndarray) -> float:
    """log n minus the mean over the examples of the log of the size of their class, in nats."""
    size = np.array([np.count_nonzero(labels == y) for y in labels], dtype=float)
    return float(np.log(len(labels)) - np.log(size).mean())


def entropy_by_guessing(counts: np.ndarray, change: str) -> dict[str, Any]:
    """Every part of decision-trees/entropy-node, from the list of the examples' classes; the changes are made to that
    list."""
    labels = _labels(counts)
    sizes = [int(np.count_nonzero(labels == k)) for k in range(len(counts))]
    largest, smallest = int(np.argmax(sizes)), int(np.argmin(sizes))
    after = labels.copy()
    if change == "double":
        after = np.concatenate([labels, labels])
    elif change == "exchange":
        after[labels == 0], after[labels == len(counts) - 1] = len(counts) - 1, 0
    elif change == "absorb":
        after[np.flatnonzero(labels == smallest)[0]] = largest
    elif change == "level":
        after[np.flatnonzero(labels == largest)[0]] = smallest
    elif change == "new":
        after = np.append(labels, len(counts))
    elif change == "remove":
        after = labels[labels != smallest]
    nats, moved = _entropy(labels), _entropy(after)
    trend = "same" if abs(moved - nats) < 1e-9 else "rises" if moved > nats else "falls"
    even = _entropy(np.arange(len(counts)))
    left = np.bincount(after, minlength=len(counts))
    return {"p": np.bincount(labels, minlength=len(counts)) / len(labels), "H": nats / np.log(2), "highest": even / np.log(2),
            "nats": nats, "after": np.delete(left, smallest) if change == "remove" else left, "H_after": moved / np.log(2),
            "trend": trend}


def gain_by_joint_entropy(examples: np.ndarray, branches: int, classes: int, extreme: str) -> dict[str, Any]:
    """Every part of decision-trees/info-gain. `examples` has a row (branch, class) for each; the gain is the mutual
    information H(A) + H(Y) − H(A, Y), and the conditional entropy is what it leaves of H(Y)."""
    a, y = examples[:, 0].astype(int), examples[:, 1].astype(int)
    counts = np.zeros((branches, classes))
    np.add.at(counts, (a - 1, y - 1), 1)

    def bits(labels: np.ndarray) -> float:
        return _entropy(labels) / float(np.log(2))

    gain = bits(a) + bits(y) - bits(a * 100 + y)
    others = {"perfect": y, "identity": np.arange(len(y)), "constant": np.zeros(len(y)), "renamed": 50 - a}
    other = others[extreme]
    return {"counts": counts, "H": bits(y), "H_branches": np.array([bits(y[a == b + 1]) for b in range(branches)]),
            "H_left": bits(y) - gain, "gain": gain, "other_gain": bits(other) + bits(y) - bits(other * 100 + y)}


def stumps_by_label_lists(examples: np.ndarray, names: list[str]) -> dict[str, Any]:
    """Every part of decision-trees/best-split: the gain of each column is the mutual information with the last one, and the
    stump on the best column is built and applied to all examples."""
    y = examples[:, -1].astype(int)

    def bits(labels: np.ndarray) -> float:
        return _entropy(labels) / float(np.log(2))

    gains = np.array([bits(a) + bits(y) - bits(a * 100 + y) for a in examples[:, :-1].T])
    best = int(np.argsort(-gains, kind="stable")[0])
    groups = [y[examples[:, best] == v] for v in np.unique(examples[:, best])]
    wrong = sum([int((g != np.bincount(g).argmax()).sum()) for g in groups])
    return {"H": bits(y), "gains": gains, "ranked": [names[j] for j in np.argsort(-gains, kind="stable")], "errors": wrong,
            "impure": sum([int(np.unique(g).size > 1) for g in groups])}


def gini_by_pairs(first: np.ndarray, second: np.ndarray) -> dict[str, Any]:
    """Every part of decision-trees/gini: the Gini impurity is the share of the ordered pairs of examples (with return)
    that differ in class, and errors are counted on label lists."""

    def impurity(labels: np.ndarray) -> float:
        return float((labels[:, None] != labels[None, :]).mean())

    def left(table: np.ndarray) -> tuple[list[float], float, float]:
        groups = [_labels(row) for row in table]
        each = np.concatenate([np.full(len(g), impurity(g)) for g in groups])
        wrong = np.concatenate([g != np.bincount(g).argmax() for g in groups])
        return [impurity(g) for g in groups], float(each.mean()), float(wrong.mean())

    whole = impurity(_labels(first.sum(axis=0)))
    (branches, after_a, wrong_a), (_, after_b, wrong_b) = left(first), left(second)
    by_error = "equal" if abs(wrong_a - wrong_b) < 1e-12 else "A" if wrong_a < wrong_b else "B"
    return {"G": whole, "G_branches": np.array(branches), "G_left": after_a, "drop": whole - after_a, "G_other": after_b,
            "chosen": "A" if after_a < after_b else "B", "error_rates": np.array([wrong_a, wrong_b]), "by_error": by_error}


def grown_by_recursion(examples: np.ndarray, new: np.ndarray) -> dict[str, Any]:
    """Every part of decision-trees/id3-full: a tree of at most two tests on each way is grown as nested dictionaries by
    mutual information, and followed for each row."""
    x, y = examples[:, :-1].astype(int), examples[:, -1].astype(int)

    def mutual(a: np.ndarray, b: np.ndarray) -> float:
        return (_entropy(a) + _entropy(b) - _entropy(100 * a + b)) / float(np.log(2))

    def grow(inside: np.ndarray, depth: int) -> Any:
        if depth == 0 or np.ptp(y[inside]) == 0:
            return int(np.bincount(y[inside]).argmax())
        gains = [mutual(x[inside, j], y[inside]) for j in range(x.shape[1])]
        j = int(np.argmax(np.round(gains, 12)))
        return {"at": j, **{v: grow(inside & (x[:, j] == v), depth - 1) for v in (1, 2)}}

    def follow(row: np.ndarray) -> int:
        node = grown
        while isinstance(node, dict):
            node = node[int(row[node["at"]])]
        return int(node)

    def told(node: Any) -> str:
        return "ABC"[node["at"]] if isinstance(node, dict) else ["first", "second"][node - 1]

    def below(node: Any) -> list[int]:
        return [node[1], node[2]] if isinstance(node, dict) else [node, node]

    grown = grow(np.ones(len(y), dtype=bool), 2)
    return {"leaves": np.array([below(grown[1]), below(grown[2])]), "gains": np.array([mutual(a, y) for a in x.T]), "root": told(grown), "one": told(grown[1]), "two": told(grown[2]),
            "predicted": [f"r{i}" for i, row in enumerate(new, 1) if follow(row) == 1],
            "errors": int(np.sum([follow(row) != k for row, k in zip(x, y)]))}


def threshold_by_sweep(values: np.ndarray, classes: np.ndarray, measure: str, at: float) -> dict[str, Any]:
    """Every part of decision-trees/threshold: a fine grid of thresholds is tried, and the middle of the best stretch taken.
    Impurities by pairs (Gini) or label lists (entropy)."""

    def impurity(labels: np.ndarray) -> float:
        if measure == "Gini":
            return float((labels[:, None] != labels[None, :]).mean())
        return _entropy(labels) / float(np.log(2))

    seen: dict[bytes, float] = {}

    def left(below: np.ndarray) -> float:
        if (key := below.tobytes()) not in seen:
            seen[key] = sum([len(side) * impurity(side) for side in (classes[below], classes[~below])]) / len(values)
        return seen[key]

    step = 0.05
    grid = np.arange(values.min() + step / 2, values.max(), step)
    below = values <= grid[:, None]
    found = np.round([left(row) for row in below], 9)
    tried = len(seen)
    best = grid[found == found.min()]
    t = float(best.mean())
    ranked = classes[np.argsort(values, kind="stable")]
    change = np.flatnonzero(ranked[1:] != ranked[:-1])
    cuts = (np.sort(values)[change] + np.sort(values)[change + 1]) / 2
    sides = [classes[values <= t], classes[values > t]]
    majority = [int(np.bincount(side.astype(int)).argmax()) for side in sides]
    wrong = sum([int((side != m).sum()) for side, m in zip(sides, majority)])
    different = np.unique(values)
    return {"tried": tried, "middles": different[:-1] + np.diff(different) / 2, "borders": len(change), "cuts": cuts,
            "compared": np.array([left(values <= c) for c in cuts]), "threshold": t,
            "table": np.array([[int((side == k).sum()) for k in (1, 2)] for side in sides]), "remaining": float(found.min()),
            "errors": wrong, "predicted": ["first", "second"][majority[0 if at <= t else 1] - 1]}


def stump_by_indicators(xs: np.ndarray, ys: np.ndarray, at: float) -> dict[str, Any]:
    """Every part of decision-trees/regression: for each cut the targets are regressed on a constant and the indicator
    of the right branch, by least squares; the best cut is that with the least residual."""
    different = np.unique(xs)
    cuts = different[:-1] + np.diff(different) / 2

    def fit(t: float) -> tuple[np.ndarray, float]:
        design = np.stack([np.ones(len(xs)), xs > t], axis=1)
        theta, *_ = np.linalg.lstsq(design, ys, rcond=None)
        return theta, float(((ys - design @ theta) ** 2).sum())

    errors = np.array([fit(t)[1] for t in cuts])
    t = float(cuts[np.argmin(np.round(errors, 9))])
    theta, left = fit(t)
    whole = float(((ys - np.linalg.lstsq(np.ones((len(ys), 1)), ys, rcond=None)[0][0]) ** 2).sum())
    return {"whole": whole, "cuts": cuts, "errors": errors, "threshold": t, "leaves": np.array([theta[0], theta.sum()]),
            "prediction": theta[0] + theta[1] * (at > t), "share": 1 - left / whole}


def prunings_by_enumeration(
    training_left: np.ndarray, training_right: np.ndarray, validation_left: np.ndarray, validation_right: np.ndarray, alpha: float,
) -> dict[str, Any]:
    """Every part of decision-trees/prune: all four prunings are built as lists of leaves and compared as wholes."""
    size = training_left.sum() + training_right.sum()

    def grown(training: np.ndarray, validation: np.ndarray, pruned: bool) -> tuple[np.ndarray, np.ndarray]:
        return (training.sum(axis=0)[None], validation.sum(axis=0)[None]) if pruned else (training, validation)

    def wrong(training: np.ndarray, counted: np.ndarray) -> int:
        return int(sum([np.delete(row, int(np.argmax(seen))).sum() for seen, row in zip(training, counted)]))

    trees = {}
    for name, (a, b) in {"none": (0, 0), "left": (1, 0), "right": (0, 1), "both": (1, 1)}.items():
        parts = [grown(training_left, validation_left, bool(a)), grown(training_right, validation_right, bool(b))]
        fit = sum([wrong(t, t) for t, _ in parts]) / size
        trees[name] = sum([wrong(t, v) for t, v in parts]), fit, sum([len(t) for t, _ in parts])
    base = trees["none"]
    sides = [(training_left, validation_left), (training_right, validation_right)]
    table = np.array([[wrong(*grown(t, v, pruned)) for pruned in (False, True)] for t, v in sides])
    order = ["both", "left", "right", "none"]  # of equally good ones the most pruned tree
    chosen = min(order, key=lambda name: trees[name][0])
    cheapest = min(order, key=lambda name: trees[name][1] + alpha * trees[name][2])
    return {"before": base[0], "table": table, "pruned": chosen, "after": trees[chosen][0],
            "alphas": np.array([(trees[s][1] - base[1]) / (base[2] - trees[s][2]) for s in ("left", "right")]),
            "cost": base[1] + alpha * base[2], "cheapest": cheapest}
