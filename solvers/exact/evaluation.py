"""Evaluation: errors of predictions, confusion counts and the measures made of them, thresholds, the ROC curve.

Counts are always (TP, FP, FN, TN), in this order. A label is 1 for the positive class and 0 for the other; a
higher score speaks for the positive class. A threshold h has a rule: "at least" calls an example positive if
its score is ≥ h, "above" if it is > h.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from examwright.solvers.arithmetic import Number, absolute, as_int, is_integer, to_decimal
from examwright.solvers.exact.common import Matrix, Vector, mean

__all__ = [
    "accuracy_at_scores", "accuracy_score", "area_under_points", "balanced_accuracy", "concordant_pairs",
    "confusion_counts", "errors_beside", "f1_at_scores", "f_measure", "false_discovery_rates", "kfold_train_size",
    "loo_deviations_constant", "loo_predictions_line", "loo_predictions_origin",
    "mean_absolute_error", "mean_squared_error", "negative_predictive_value", "population_variance", "precision_score",
    "recall_score", "roc_points", "search_trainings", "simplest_within", "slope_of", "specificity_score", "threshold_names",
    "training_predictions_line", "without",
]

_RULES = ("at least", "above")


# ---- errors of predictions -------------------------------------------------------------------

def mean_squared_error(predictions: Vector, targets: Vector) -> Number:
    """(1/n) Σ (prediction − target)². ValueError unless the lengths agree, or if there are none.
    Source: James et al., *An Introduction to Statistical Learning*, equation 2.5."""
    return mean([(p - t) * (p - t) for p, t in _paired(predictions, targets)])


def mean_absolute_error(predictions: Vector, targets: Vector) -> Number:
    """(1/n) Σ |prediction − target|. ValueError unless the lengths agree, or if there are none.
    Source: Willmott and Matsuura 2005, equation 1."""
    return mean([absolute(p - t) for p, t in _paired(predictions, targets)])


def population_variance(values: Vector) -> Number:
    """(1/n) Σ (value − mean)²: the mean squared error of always predicting the mean. ValueError for no values.
    Source: the definition."""
    middle = mean(values)
    return mean([(v - middle) * (v - middle) for v in values])


def _paired(predictions: Vector, targets: Vector) -> list[tuple[Number, Number]]:
    if len(predictions) != len(targets):
        raise ValueError("as many predictions as targets are needed")
    return list(zip(predictions, targets))


# ---- confusion counts ------------------------------------------------------------------------

def accuracy_score(counts: Vector) -> Number:
    """(TP + TN) / (TP + FP + FN + TN). ZeroDivisionError if there are no examples.
    Source: Fawcett 2006, *An introduction to ROC analysis*, figure 1."""
    tp, fp, fn, tn = counts
    return (tp + tn) / (tp + fp + fn + tn)


def precision_score(counts: Vector) -> Number:
    """TP / (TP + FP). ZeroDivisionError if nothing is called positive. Source: Fawcett 2006, figure 1."""
    tp, fp, _, _ = counts
    return tp / (tp + fp)


def recall_score(counts: Vector) -> Number:
    """TP / (TP + FN), also the true positive rate. ZeroDivisionError if nothing is positive.
    Source: Fawcett 2006, figure 1."""
    tp, _, fn, _ = counts
    return tp / (tp + fn)


def specificity_score(counts: Vector) -> Number:
    """TN / (TN + FP), 1 minus the false positive rate. ZeroDivisionError if nothing is negative.
    Source: Fawcett 2006, section 2."""
    _, fp, _, tn = counts
    return tn / (tn + fp)


def negative_predictive_value(counts: Vector) -> Number:
    """TN / (TN + FN). ZeroDivisionError if nothing is called negative. Source: Altman and Bland 1994."""
    _, _, fn, tn = counts
    return tn / (tn + fn)


def f_measure(precision: Number, recall: Number, beta: Number) -> Number:
    """(1 + β²)·P·R / (β²·P + R): recall counts β times as much as precision; β = 1 gives F1.
    ZeroDivisionError if both are 0. Source: van Rijsbergen 1979, chapter 7; Manning et al., equation 8.6."""
    weight = beta * beta
    return (1 + weight) * precision * recall / (weight * precision + recall)


# ---- scores and thresholds -------------------------------------------------------------------

def confusion_counts(scores: Vector, labels: Vector, threshold: Number, rule: str) -> Vector:
    """(TP, FP, FN, TN) of the scores against a threshold. ValueError for an unknown rule, or unless there is a
    label for each score. Source: Fawcett 2006, figure 1."""
    if rule not in _RULES:
        raise ValueError(f"no rule {rule!r}; there are {', '.join(_RULES)}")
    if len(scores) != len(labels):
        raise ValueError("as many labels as scores are needed")
    tp = fp = fn = tn = 0
    for score, label in zip(scores, labels):
        if score > threshold or (score == threshold and rule == "at least"):
            if label == 1:
                tp += 1
            else:
                fp += 1
        elif label == 1:
            fn += 1
        else:
            tn += 1
    return fmpq(tp), fmpq(fp), fmpq(fn), fmpq(tn)


def _counts_at(scores: Vector, labels: Vector, rule: str) -> list[tuple[list[int], Vector]]:
    """For the threshold at each different score, the highest first: the positions of the examples with this score,
    and the counts. One pass down the scores."""
    if rule not in _RULES:
        raise ValueError(f"no rule {rule!r}; there are {', '.join(_RULES)}")
    if len(scores) != len(labels):
        raise ValueError("as many labels as scores are needed")
    groups: list[list[int]] = []
    for i in sorted(range(len(scores)), key=lambda i: scores[i], reverse=True):
        if groups and scores[groups[-1][0]] == scores[i]:
            groups[-1].append(i)
        else:
            groups.append([i])
    hit = [label == 1 for label in labels]
    positives = sum(hit)
    negatives = len(hit) - positives
    tp = fp = 0
    out: list[tuple[list[int], Vector]] = []
    for group in groups:
        more = sum([hit[i] for i in group])
        after = tp + more, fp + len(group) - more
        if rule == "at least":
            tp, fp = after
        out.append((group, (fmpq(tp), fmpq(fp), fmpq(positives - tp), fmpq(negatives - fp))))
        tp, fp = after
    return out


def f1_at_scores(scores: Vector, labels: Vector, rule: str) -> Vector:
    """F1 = 2·TP / (2·TP + FP + FN) with the threshold at each score in turn, in the order of the scores.
    Errors as `confusion_counts`; ZeroDivisionError if nothing is positive and nothing called so.
    Source: Manning et al., *Introduction to Information Retrieval*, equation 8.6."""
    found: list[Number] = [fmpq(0)] * len(scores)
    for group, (tp, fp, fn, _) in _counts_at(scores, labels, rule):
        for i in group:
            found[i] = 2 * tp / (2 * tp + fp + fn)
    return tuple(found)


def accuracy_at_scores(scores: Vector, labels: Vector, rule: str) -> Vector:
    """The accuracy with the threshold at each score in turn, in the order of the scores.
    Errors as `confusion_counts`. Source: as `accuracy_score`."""
    found: list[Number] = [fmpq(0)] * len(scores)
    for group, counts in _counts_at(scores, labels, rule):
        for i in group:
            found[i] = accuracy_score(counts)
    return tuple(found)


def roc_points(scores: Vector, labels: Vector, rule: str) -> Matrix:
    """A row (FPR, TPR) for the threshold at each different score, from the highest to the lowest. (0, 0) is
    added by `area_under_points`. Errors as `confusion_counts`; ZeroDivisionError if a class is missing.
    Source: Fawcett 2006, algorithm 1."""
    return tuple([(fp / (fp + tn), tp / (tp + fn)) for _, (tp, fp, fn, tn) in _counts_at(scores, labels, rule)])


def false_discovery_rates(scores: Vector, labels: Vector) -> Vector:
    """FP / (FP + TP) for the threshold at each different score (rule "at least"), from the highest to the
    lowest. Errors as `confusion_counts`. Source: 1 minus the precision; Fawcett 2006, figure 1."""
    return tuple([1 - precision_score(counts) for _, counts in _counts_at(scores, labels, "at least")])


def area_under_points(points: Matrix) -> Number:
    """The area under the straight lines from (0, 0) through the rows (x, y) in their order, by trapezia.
    Source: Fawcett 2006, algorithm 2."""
    area: Number = fmpq(0)
    x0: Number = fmpq(0)
    y0: Number = fmpq(0)
    for x, y in points:
        area = area + (x - x0) * (y + y0) / 2
        x0, y0 = x, y
    return area


def concordant_pairs(scores: Vector, labels: Vector, credit: Number) -> Number:
    """How many pairs of a positive and a negative example have the higher score on the positive; a pair with
    equal scores counts `credit`. ValueError unless there is a label for each score.
    Source: Hanley and McNeil 1982 (the Mann-Whitney statistic)."""
    if len(scores) != len(labels):
        raise ValueError("as many labels as scores are needed")
    negatives = [s for s, label in zip(scores, labels) if label != 1]
    above = ties = 0
    for score, label in zip(scores, labels):
        if label == 1:
            for s in negatives:
                if score > s:
                    above += 1
                elif score == s:
                    ties += 1
    return above + ties * credit


def threshold_names(scores: Sequence[Number]) -> tuple[str, ...]:
    """h = 0.91, h = 0.85, …: a heading for the threshold at each different score, the highest first, all with
    two decimals. Source: as `roc_points`."""
    return tuple([f"$h = {to_decimal(s, decimals=2)}$" for s in sorted(set(scores), reverse=True)])


def balanced_accuracy(counts: Vector) -> Number:
    """(TP/(TP + FN) + TN/(TN + FP)) / 2: the mean of the recalls of both classes. ZeroDivisionError if a class is
    empty. Source: Brodersen et al. 2010, *The balanced accuracy and its posterior distribution*, section II."""
    return (recall_score(counts) + specificity_score(counts)) / 2


# ---- cross-validation ------------------------------------------------------------------------

def kfold_train_size(n: Number, k: Number) -> Number:
    """n − n/k: how many of n examples each of the k models is trained on, with folds of equal size. ValueError
    unless k divides n. Source: Hastie et al., *The Elements of Statistical Learning*, section 7.10.1."""
    if not is_integer(n / k):
        raise ValueError("the folds are not of equal size")
    return n - n / k


def search_trainings(first: Number, second: Number, k: Number) -> Number:
    """first · second · k: trainings of a search over a grid of two parameters, each pair by k folds.
    TypeError for what is no number. Source: Hastie et al., section 7.10.1."""
    return first * second * k


def without(values: Vector, i: Number) -> Vector:
    """The values without the one at place i (from 0). IndexError if there is none.
    Source: the training set of leave-one-out, Hastie et al., section 7.10.1."""
    k = as_int(i)
    if not 0 <= k < len(values):
        raise IndexError(f"there is no value {k}")
    return values[:k] + values[k + 1:]


def slope_of(xs: Vector, ys: Vector) -> Number:
    """The slope of the least-squares line. ZeroDivisionError if all x are the same.
    Source: James et al., equation 3.4."""
    x, y = mean(xs), mean(ys)
    return sum([(a - x) * (b - y) for a, b in zip(xs, ys)], fmpq(0)) / sum([(a - x) * (a - x) for a in xs], fmpq(0))


def _line_at(xs: Vector, ys: Vector, at: Number) -> Number:
    return mean(ys) + slope_of(xs, ys) * (at - mean(xs))


def loo_deviations_constant(ys: Vector) -> Vector:
    """y_i minus the mean of the other values. ValueError for a single value. Source: Hastie et al., section 7.10.1."""
    return tuple([y - mean(without(ys, fmpq(i))) for i, y in enumerate(ys)])



def loo_predictions_line(xs: Vector, ys: Vector) -> Vector:
    """At each x the value of the least-squares line through the other points. ZeroDivisionError if the others have
    one x only. Source: Hastie et al., section 7.10.1."""
    return tuple([_line_at(without(xs, fmpq(i)), without(ys, fmpq(i)), x) for i, x in enumerate(xs)])


def loo_predictions_origin(xs: Vector, ys: Vector) -> Vector:
    """The same with lines through the origin, y = x·Σxy/Σx². ZeroDivisionError if the others are all at 0.
    Source: James et al., exercise 3.5."""
    out = []
    for i, at in enumerate(xs):
        x, y = without(xs, fmpq(i)), without(ys, fmpq(i))
        out.append(at * sum([a * b for a, b in zip(x, y)], fmpq(0)) / sum([a * a for a in x], fmpq(0)))
    return tuple(out)


def training_predictions_line(xs: Vector, ys: Vector) -> Vector:
    """The fitted values of the least-squares line. ZeroDivisionError if all x are the same.
    Source: James et al., equation 3.4."""
    return tuple([_line_at(xs, ys, x) for x in xs])


def errors_beside(tp: Number, rate: Number) -> Number:
    """TP/rate − TP: the false positives beside TP true ones if the rate is the precision, the false negatives if it is
    the recall. ZeroDivisionError for a rate of 0. Source: Fawcett 2006, figure 1, solved for the count."""
    return tp / rate - tp


def simplest_within(losses: Vector, limit: Number, simpler: str) -> Number:
    """Number (from 1) of the simplest setting with a loss of at most the limit: the last one if a "larger" setting is simpler, the first
    if a "smaller" one is. ValueError if there is none, or for another word.
    Source: Hastie et al., section 7.10.1 (the one-standard-error rule)."""
    accepted = [i for i, loss in enumerate(losses, start=1) if loss <= limit]
    if simpler not in ("larger", "smaller"):
        raise ValueError(f"simpler is larger or smaller, not {simpler!r}")
    if not accepted:
        raise ValueError("no loss is within the limit")
    return fmpq(accepted[-1] if simpler == "larger" else accepted[0])
