"""Evaluation: errors of predictions, confusion counts and the measures made of them, thresholds, the ROC curve.

Counts are always (TP, FP, FN, TN), in this order. A label is 1 for the positive class and 0 for the other; a
higher score speaks for the positive class. A threshold h has a rule: "at least" calls an example positive if
its score is ≥ h, "above" if it is > h.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from examwright.solvers.arithmetic import Number, absolute, to_decimal
from examwright.solvers.exact.common import Matrix, Vector, mean

__all__ = [
    "accuracy_at_scores", "accuracy_score", "area_under_points", "concordant_pairs", "confusion_counts", "f1_at_scores",
    "f_measure", "false_discovery_rates", "mean_absolute_error", "mean_squared_error", "negative_predictive_value", "population_variance",
    "precision_score", "recall_score", "roc_points", "specificity_score", "threshold_names",
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
