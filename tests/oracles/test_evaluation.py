"""scikit-learn and SciPy against the exact measures and the keys of the evaluation questions."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import evaluation

metrics = pytest.importorskip("sklearn.metrics")
stats = pytest.importorskip("scipy.stats")

SEEDS = range(1, 41)
RULES = ("at least", "above")


def floats(value: Any) -> Any:
    """A nested tuple of exact numbers as an array."""
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def labels_of(counts: Any) -> tuple[np.ndarray, np.ndarray]:
    """(true labels, predicted labels) of (TP, FP, FN, TN)."""
    sizes = [int(fmpq(c).p) for c in counts]
    return np.repeat([1, 0, 1, 0], sizes), np.repeat([1, 1, 0, 0], sizes)


def sklearn_counts(truth: Any, called: Any) -> tuple[int, ...]:
    """(TP, FP, FN, TN) by scikit-learn."""
    tn, fp, fn, tp = metrics.confusion_matrix(truth, called, labels=[0, 1]).ravel()
    return int(tp), int(fp), int(fn), int(tn)


def called_by(scores: np.ndarray, h: float, rule: str) -> np.ndarray:
    return (scores >= h if rule == "at least" else scores > h).astype(int)


def scored_examples(rng: random.Random, ties: bool) -> tuple[Any, Any]:
    n = rng.randint(4, 12)
    pool = range(1, 6) if ties else range(1, 100)
    scores = [rng.choice(pool) for _ in range(n)] if ties else rng.sample(pool, n)
    labels = [1, 0] + [rng.randint(0, 1) for _ in range(n - 2)]
    return exact([fmpq(s, 100) for s in scores]), exact(labels)


# ---- the functions ---------------------------------------------------------------------------

def test_errors_of_predictions() -> None:
    rng = random.Random(1)
    for _ in range(50):
        n = rng.randint(1, 9)
        p, t = (exact([fmpq(rng.randint(-50, 50), 10) for _ in range(n)]) for _ in range(2))
        a, b = floats(t), floats(p)
        assert to_float(evaluation.mean_squared_error(p, t)) == pytest.approx(metrics.mean_squared_error(a, b), rel=1e-12)
        assert to_float(evaluation.mean_absolute_error(p, t)) == pytest.approx(metrics.mean_absolute_error(a, b), rel=1e-12)
        assert to_float(evaluation.population_variance(t)) == pytest.approx(a.var(), rel=1e-12, abs=1e-12)
    for function in (evaluation.mean_squared_error, evaluation.mean_absolute_error):
        with pytest.raises(ValueError):
            function((fmpq(1),), ())
        with pytest.raises(ValueError):
            function((), ())


def test_confusion_measures() -> None:
    rng = random.Random(2)
    for _ in range(40):
        counts = exact([rng.randint(1, 30) for _ in range(4)])
        truth, called = labels_of(counts)
        p, r = evaluation.precision_score(counts), evaluation.recall_score(counts)
        assert to_float(evaluation.accuracy_score(counts)) == pytest.approx(metrics.accuracy_score(truth, called))
        assert to_float(p) == pytest.approx(metrics.precision_score(truth, called))
        assert to_float(r) == pytest.approx(metrics.recall_score(truth, called))
        assert to_float(evaluation.specificity_score(counts)) == pytest.approx(
            metrics.recall_score(truth, called, pos_label=0))
        assert to_float(evaluation.negative_predictive_value(counts)) == pytest.approx(
            metrics.precision_score(truth, called, pos_label=0))
        for beta in (fmpq(1), fmpq(2), fmpq(1, 2), fmpq(3)):
            assert to_float(evaluation.f_measure(p, r, beta)) == pytest.approx(
                metrics.fbeta_score(truth, called, beta=float(beta)))


def test_undefined_measures_are_refused() -> None:
    nothing_called = exact([0, 0, 10, 9990])
    assert evaluation.accuracy_score(nothing_called) == fmpq(999, 1000)
    assert evaluation.recall_score(nothing_called) == 0
    with pytest.raises(ZeroDivisionError):
        evaluation.precision_score(nothing_called)
    with pytest.raises(ZeroDivisionError):
        evaluation.f_measure(fmpq(0), fmpq(0), fmpq(1))
    with pytest.raises(ValueError):
        evaluation.confusion_counts((fmpq(1),), (fmpq(1),), fmpq(0), "over")
    for function in (evaluation.roc_points, evaluation.f1_at_scores, evaluation.accuracy_at_scores):
        with pytest.raises(ValueError):
            function((fmpq(1),), (), "above")
        with pytest.raises(ValueError):
            function((fmpq(1),), (fmpq(1),), "over")
    with pytest.raises(ZeroDivisionError):
        evaluation.roc_points((fmpq(1),), (fmpq(1),), "at least")


@pytest.mark.parametrize("ties", [False, True])
def test_thresholds(ties: bool) -> None:
    rng = random.Random(3)
    for _ in range(20):
        scores, labels = scored_examples(rng, ties)
        s, y = floats(scores), floats(labels)
        for rule in RULES:
            f1, right = evaluation.f1_at_scores(scores, labels, rule), evaluation.accuracy_at_scores(scores, labels, rule)
            for i, h in enumerate(scores):
                called = called_by(s, s[i], rule)
                assert evaluation.confusion_counts(scores, labels, h, rule) == sklearn_counts(y, called)
                assert to_float(f1[i]) == pytest.approx(metrics.f1_score(y, called))
                assert to_float(right[i]) == pytest.approx(metrics.accuracy_score(y, called))


@pytest.mark.parametrize("ties", [False, True])
def test_roc_against_sklearn_and_mann_whitney(ties: bool) -> None:
    rng = random.Random(4)
    for _ in range(50):
        scores, labels = scored_examples(rng, ties)
        s, y = floats(scores), floats(labels)
        points = evaluation.roc_points(scores, labels, "at least")
        fpr, tpr, thresholds = metrics.roc_curve(y, s, drop_intermediate=False)
        np.testing.assert_allclose(floats(points), np.stack([fpr, tpr], axis=1)[1:], atol=1e-12)
        assert [f"$h = {h:.2f}$" for h in thresholds[1:]] == list(evaluation.threshold_names(scores))
        auc = evaluation.area_under_points(points)
        assert to_float(auc) == pytest.approx(metrics.roc_auc_score(y, s))
        pairs = fmpq(int(y.sum()) * int((1 - y).sum()))
        assert evaluation.concordant_pairs(scores, labels, fmpq(1, 2)) == auc * pairs
        u = stats.mannwhitneyu(s[y == 1], s[y == 0]).statistic
        assert to_float(auc * pairs) == pytest.approx(u)
        precision = [metrics.precision_score(y, called_by(s, h, "at least")) for h in thresholds[1:]]
        np.testing.assert_allclose(floats(evaluation.false_discovery_rates(scores, labels)), 1 - np.array(precision), atol=1e-12)


# ---- the keys of the questions ---------------------------------------------------------------

@pytest.mark.parametrize("seed", SEEDS)
def test_mse_mae_rmse_key(seed: int) -> None:
    v = examwright.draw("evaluation/mse-mae-rmse", seed=seed).values
    p, t, factor = floats(v["predictions"]), floats(v["targets"]), int(v["factor"].p)
    assert to_float(v["mse"]) == pytest.approx(metrics.mean_squared_error(t, p))
    assert to_float(v["rmse"]) == pytest.approx(math.sqrt(metrics.mean_squared_error(t, p)))
    assert to_float(v["mae"]) == pytest.approx(metrics.mean_absolute_error(t, p))
    assert to_float(v["baseline"]) == pytest.approx(metrics.mean_squared_error(t, np.full(len(t), t.mean())))
    assert to_float(v["r2"]) == pytest.approx(metrics.r2_score(t, p))
    np.testing.assert_allclose(floats(v["rescaled"]), [metrics.mean_squared_error(factor * t, factor * p),
                                                       metrics.r2_score(factor * t, factor * p)], rtol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_confusion_metrics_key(seed: int) -> None:
    v = examwright.draw("evaluation/confusion-metrics", seed=seed).values
    truth, called = labels_of([v[k] for k in ("tp", "fp", "fn", "tn")])
    assert v["counts"] == sklearn_counts(truth, called)
    p, r, f, _ = metrics.precision_recall_fscore_support(truth, called, average="binary")
    assert to_float(v["accuracy"]) == pytest.approx(metrics.accuracy_score(truth, called))
    assert [to_float(v[k]) for k in ("precision", "recall", "f1")] == pytest.approx([p, r, f])
    assert to_float(v["specificity"]) == pytest.approx(metrics.recall_score(truth, called, pos_label=0))
    assert to_float(v["f_beta"]) == pytest.approx(metrics.fbeta_score(truth, called, beta=float(v["beta"])))
    assert to_float(v["arithmetic_mean"]) == pytest.approx((p + r) / 2)
    assert to_float(v["f1"]) == pytest.approx(stats.hmean([p, r]))


@pytest.mark.parametrize("seed", SEEDS)
def test_threshold_sweep_key(seed: int) -> None:
    v = examwright.draw("evaluation/threshold-sweep", seed=seed).values
    s, y, h, moved = (floats(v[k]) for k in ("scores", "labels", "h", "moved"))
    assert h in s and moved not in s
    called = called_by(s, h, v["rule"])
    assert v["counts"] == sklearn_counts(y, called)
    p, r, f, _ = metrics.precision_recall_fscore_support(y, called, average="binary")
    assert [to_float(v[k]) for k in ("precision", "recall", "f1")] == pytest.approx([p, r, f])
    after = called_by(s, moved, v["rule"])
    assert floats(v["moved_metrics"]) == pytest.approx([metrics.precision_score(y, after), metrics.recall_score(y, after)])
    all_f1 = [metrics.f1_score(y, called_by(s, t, v["rule"])) for t in s]
    best = int(np.argmax(all_f1))
    assert v["best"] == best + 1 and sum(np.isclose(all_f1, all_f1[best])) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_roc_auc_key(seed: int) -> None:
    v = examwright.draw("evaluation/roc-auc", seed=seed).values
    s, y = floats(v["scores"]), floats(v["labels"])
    fpr, tpr, _ = metrics.roc_curve(y, s, drop_intermediate=False)
    np.testing.assert_allclose(floats(v["points"]), np.stack([fpr, tpr], axis=1)[1:], atol=1e-12)
    assert to_float(v["auc"]) == pytest.approx(metrics.roc_auc_score(y, s))
    assert to_float(v["auc"]) == pytest.approx(metrics.auc(fpr, tpr))
    assert v["concordant"] == sum(a > b for a in s[y == 1] for b in s[y == 0])
    changed = {"flip": 1 - s, "inverse": 1 / s, "square": s**2, "half": s / 2, "root": np.sqrt(s), "shift": s - 0.5}
    assert to_float(v["auc_after"]) == pytest.approx(metrics.roc_auc_score(y, changed[v["change"]]))


def test_every_third_roc_question_has_equal_scores() -> None:
    tied = [len(set(v["scores"])) < len(v["scores"])
            for v in (examwright.draw("evaluation/roc-auc", seed=seed).values for seed in range(100))]
    assert 20 <= sum(tied) <= 50


# ---- cross-validation, imbalance, and back from rates to counts ---------------------------------

@pytest.mark.parametrize("seed", SEEDS)
def test_accuracy_paradox_key(seed: int) -> None:
    dummy = pytest.importorskip("sklearn.dummy")
    v = examwright.draw("evaluation/accuracy-paradox", seed=seed).values
    n, rare, tp, fp = [int(v[name].p) for name in ("n", "rare", "tp", "fp")]
    truth = np.repeat([1, 0], [rare, n - rare])
    silent = dummy.DummyClassifier(strategy="most_frequent").fit(np.zeros((n, 1)), truth).predict(np.zeros((n, 1)))
    assert to_float(v["accuracy_a"]) == pytest.approx(metrics.accuracy_score(truth, silent))
    assert to_float(v["recall_a"]) == metrics.recall_score(truth, silent)
    assert to_float(v["balanced_a"]) == metrics.balanced_accuracy_score(truth, silent)
    truth, called = labels_of((tp, fp, rare - tp, n - rare - fp))
    assert to_float(v["accuracy_b"]) == pytest.approx(metrics.accuracy_score(truth, called))
    assert to_float(v["balanced_b"]) == pytest.approx(metrics.balanced_accuracy_score(truth, called))
    assert (v["accuracy_a"] > v["accuracy_b"]) == (metrics.accuracy_score(truth, np.zeros_like(truth)) > metrics.accuracy_score(truth, called))
    assert v["balanced_a"] < v["balanced_b"]


@pytest.mark.parametrize("seed", SEEDS)
def test_kfold_count_key(seed: int) -> None:
    selection = pytest.importorskip("sklearn.model_selection")
    v = examwright.draw("evaluation/kfold-count", seed=seed).values
    n, k, first, second = [int(v[name].p) for name in ("n", "k", "first", "second")]
    splits = list(selection.KFold(k).split(np.zeros((n, 1))))
    assert {len(train) for train, _ in splits} == {int(v["train_size"].p)}
    grid = selection.ParameterGrid({"a": range(first), "b": range(second)})
    assert len(grid) * len(splits) == v["trainings"] and v["all_trainings"] == v["trainings"] + 1
    assert sum(0 in train for train, _ in splits) == v["used_for_training"]
    assert sum(0 in train and n - 1 in train for train, _ in splits) == v["together"]
    assert len(grid) * selection.LeaveOneOut().get_n_splits(np.zeros((n, 1))) == v["loo_trainings"]


@pytest.mark.parametrize("seed", SEEDS)
def test_loocv_small_key(seed: int) -> None:
    selection, linear = pytest.importorskip("sklearn.model_selection"), pytest.importorskip("sklearn.linear_model")
    dummy = pytest.importorskip("sklearn.dummy")
    v = examwright.draw("evaluation/loocv-small", seed=seed).values
    x, y = floats(v["xs"])[:, None], floats(v["ys"])
    for model, errors in ((dummy.DummyRegressor(), "constant_errors"), (linear.LinearRegression(), "line_errors")):
        predictions = selection.cross_val_predict(model, x, y, cv=selection.LeaveOneOut())
        assert (predictions - y) ** 2 == pytest.approx(floats(v[errors]))
    assert v["chosen"] == ("C" if np.mean(floats(v["constant_errors"])) < np.mean(floats(v["line_errors"])) else "L")


@pytest.mark.parametrize("seed", SEEDS)
def test_confusion_inverse_key(seed: int) -> None:
    v = examwright.draw("evaluation/confusion-inverse", seed=seed).values
    truth, called = labels_of((v["tp"], v["fp_count"], v["fn_count"], v["tn_count"]))
    assert len(truth) == v["n"]
    assert metrics.precision_score(truth, called) == pytest.approx(to_float(v["precision"]))
    assert metrics.recall_score(truth, called) == pytest.approx(to_float(v["recall"]))
    assert metrics.accuracy_score(truth, called) == pytest.approx(to_float(v["accuracy"]))
    assert metrics.recall_score(truth, called, pos_label=0) == pytest.approx(to_float(v["specificity"]))


def test_faults_of_the_folds_are_named() -> None:
    with pytest.raises(ValueError, match="equal size"):
        evaluation.kfold_train_size(fmpq(10), fmpq(3))
    with pytest.raises(IndexError):
        evaluation.without((fmpq(1),), fmpq(1))
    with pytest.raises(ZeroDivisionError):
        evaluation.slope_of((fmpq(1), fmpq(1)), (fmpq(1), fmpq(2)))


# ---- several classes -------------------------------------------------------------------------

@pytest.mark.parametrize("seed", SEEDS)
def test_multiclass_f1_key(seed: int) -> None:
    v = examwright.draw("evaluation/multiclass-f1", seed=seed).values
    counts = floats(v["confusion"]).astype(int)
    truth, called = [np.repeat(np.indices((3, 3))[axis].ravel(), counts.ravel()) for axis in (0, 1)]
    assert (metrics.confusion_matrix(truth, called) == counts).all()
    p, r, f, sizes = metrics.precision_recall_fscore_support(truth, called)
    for name, values in (("precisions", p), ("recalls", r), ("f1s", f), ("sizes", sizes)):
        np.testing.assert_allclose(floats(v[name]), values, rtol=1e-12)
    for average in ("macro", "weighted", "micro"):
        assert to_float(v[average]) == pytest.approx(metrics.f1_score(truth, called, average=average))
    assert to_float(v["micro"]) == pytest.approx(metrics.accuracy_score(truth, called))


@pytest.mark.parametrize("seed", SEEDS)
def test_cost_threshold_key(seed: int) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    v = examwright.draw("evaluation/cost-threshold", seed=seed).values
    hit, alarm, miss = floats(v["costs"])
    models = floats(v["models"])

    def acting_costs_more(q: float) -> float:
        return float(q * hit + (1 - q) * alarm - q * miss)

    threshold = optimize.brentq(acting_costs_more, 0, 1)
    assert to_float(v["threshold"]) == pytest.approx(threshold)
    p = float(v["p"])
    assert v["action"] == ("wait" if p < threshold else "act")
    assert floats(v["expected"])[0] - floats(v["expected"])[1] == pytest.approx(acting_costs_more(p))
    totals, accuracies = [], []
    for row in models:
        truth, called = labels_of(exact([int(c) for c in row]))
        weights = np.select([truth * called == 1, called == 1, truth == 1], [hit, alarm, miss], 0.0)
        totals.append(weights.sum())
        accuracies.append(metrics.accuracy_score(truth, called))
    assert floats(v["totals"]) == pytest.approx(totals)
    assert v["cheapest"] == "ABC"[int(np.argmin(totals))] != "ABC"[int(np.argmax(accuracies))]
    i, j = ["ABC".index(letter) for letter in v["pair"]]
    even = optimize.brentq(lambda c: (models[i] - models[j]) @ [hit, alarm, c, 0], -1e4, 1e6)
    assert to_float(v["break_even"]) == pytest.approx(even)


@pytest.mark.parametrize("seed", SEEDS)
def test_cv_select_key(seed: int) -> None:
    v = examwright.draw("evaluation/cv-select", seed=seed).values
    folds, training, setting = floats(v["folds"]), floats(v["training"]), v["setting"]
    sense = 1 if v["measure"] == "error" else -1
    assert floats(v["means"]) == pytest.approx(folds.mean(axis=1))
    best = int(np.argmin(sense * folds.mean(axis=1)))
    error = stats.sem(folds[best])
    assert (v["best"], to_float(v["error_of_mean"])) == (best + 1, pytest.approx(error))
    assert to_float(v["limit"]) == pytest.approx(folds[best].mean() + sense * error)
    accepted = np.flatnonzero(sense * folds.mean(axis=1) <= sense * to_float(v["limit"]) + 1e-12)
    taken = accepted.max() if setting[6] == "larger" else accepted.min()
    assert v["one_se"] == taken + 1 != best + 1
    assert v["by_training"] == np.argmin(sense * training) + 1


def test_simplest_setting_within_a_limit() -> None:
    losses = exact([fmpq(3), fmpq(1), fmpq(2), fmpq(5)])
    assert evaluation.simplest_within(losses, fmpq(2), "larger") == 3
    assert evaluation.simplest_within(losses, fmpq(3), "smaller") == 1
    with pytest.raises(ValueError, match="within the limit"):
        evaluation.simplest_within(losses, fmpq(0), "larger")
    with pytest.raises(ValueError, match="larger or smaller"):
        evaluation.simplest_within(losses, fmpq(2), "fewer")


@pytest.mark.parametrize("seed", SEEDS)
def test_feature_scaling_key(seed: int) -> None:
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    v = examwright.draw("evaluation/feature-scaling", seed=seed).values
    x, new = floats(v["xs"])[:, None], np.array([[to_float(v["new"])]])
    sigma = np.std(x, ddof=0 if v["divisor"] == "all" else 1)
    assert (to_float(v["mu"]), to_float(v["sigma"])) == (pytest.approx(x.mean()), pytest.approx(sigma))
    standard = preprocessing.StandardScaler().fit(x)  # its divisor is n
    z = standard.transform(new)[0, 0] * x.std() / sigma
    assert to_float(v["z"]) == pytest.approx(z)
    assert to_float(v["minmax"]) == pytest.approx(preprocessing.MinMaxScaler().fit(x).transform(new)[0, 0])
    assert to_float(v["centred"]) == pytest.approx((new[0, 0] - x.mean()) / np.ptp(x))
    assert to_float(v["original"]) == pytest.approx(standard.inverse_transform([[float(v["q"]) * sigma / x.std()]])[0, 0])
    theta = floats(v["raw"])
    assert theta[0] + theta[1] * new[0, 0] == pytest.approx(to_float(v["intercept"]) + to_float(v["weight"]) * z)


@pytest.mark.parametrize("seed", SEEDS)
def test_fit_diagnosis_key(seed: int) -> None:
    v = examwright.draw("evaluation/fit-diagnosis", seed=seed).values
    reachable, models = to_float(v["reachable"]), floats(v["models"])
    verdict = {}
    for letter, (training, validation) in zip("ABCD", models):
        verdict[training - reachable > 5, validation - training > 5] = letter
    assert (verdict[True, False], verdict[False, True], verdict[False, False]) == (v["under"], v["over"], v["used"])
    assert v["used"] == "ABCD"[int(np.argmin(models[:, 1]))] and v["over"] == "ABCD"[int(np.argmin(models[:, 0]))]
