"""Logistic regression: probabilities, cross-entropy and its gradient, softmax.

A design matrix X has a row (1, x₁, …) for each example. Labels are 0 or 1, classes of a softmax are numbered from 1.
Source: Bishop, *Pattern Recognition and Machine Learning*, section 4.3.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, exp, ln, log2, sigmoid
from examwright.solvers.exact.common import Matrix, Vector, dot, transpose
from examwright.solvers.intervals import interval, union

__all__ = [
    "all_between", "binary_cross_entropy", "label_probabilities", "label_probability", "logarithm",
    "logistic_gradient", "logistic_gradient_of_squares", "logistic_loss", "one_hot", "predicted_probabilities",
    "sigmoid_derivative", "sigmoid_image", "softmax",
]


def logarithm(x: Number, base: str) -> Number:
    """Logarithm of x: `base` is ln (natural), log2 or log10. ValueError unless x > 0 and the base is one of
    these. Source: change of base, log_b x = ln x / ln b."""
    if base == "ln":
        return ln(x)
    if base == "log2":
        return log2(x)
    if base == "log10":
        return ln(x) / ln(fmpq(10))
    raise ValueError(f"no logarithm {base!r}; there are ln, log2, log10")


def label_probability(y: Number, q: Number) -> Number:
    """The probability a model gives to the label y when it gives q to class 1: q for y = 1, 1 − q for y = 0.
    ValueError for another label. Source: the Bernoulli likelihood q^y·(1 − q)^(1 − y)."""
    if y == 1:
        return q
    if y == 0:
        return 1 - q
    raise ValueError("a label is 0 or 1")


def binary_cross_entropy(y: Number, q: Number, base: str) -> Number:
    """−y·log q − (1 − y)·log(1 − q) for a label y in {0, 1} and a probability q of class 1; in nats for ln,
    in bits for log2. ValueError unless the label has positive probability. Source: Bishop, *Pattern
    Recognition and Machine Learning*, equation 4.90, for one example."""
    return -logarithm(label_probability(y, q), base)


def predicted_probabilities(design: Matrix, theta: Vector) -> Vector:
    """σ(Xθ), one for each of the n rows of X. ValueError unless the sizes agree. Source: Bishop, equation 4.87."""
    return tuple([sigmoid(dot(row, theta)) for row in design])


def logistic_gradient(design: Matrix, labels: Vector, probabilities: Vector, share: Number) -> Vector:
    """share · Xᵀ(p − y), length of a row: the gradient of the sum (share 1) or mean (share 1/n) of the cross-entropies.
    ValueError unless there are as many probabilities and labels as rows. Source: Bishop, equation 4.91."""
    differences = _differences(labels, probabilities)
    return tuple([share * dot(column, differences) for column in transpose(design)])


def logistic_gradient_of_squares(design: Matrix, labels: Vector, probabilities: Vector, share: Number) -> Vector:
    """share · Xᵀ((p − y)·p·(1 − p)): the gradient of half the squared errors instead. Errors as `logistic_gradient`.
    Source: the chain rule with σ' = σ(1 − σ), Bishop, equation 4.88."""
    differences = [d * p * (1 - p) for d, p in zip(_differences(labels, probabilities), probabilities)]
    return tuple([share * dot(column, tuple(differences)) for column in transpose(design)])


def _differences(labels: Vector, probabilities: Vector) -> Vector:
    if len(labels) != len(probabilities):
        raise ValueError("as many labels as probabilities are needed")
    return tuple([p - y for p, y in zip(probabilities, labels)])


def logistic_loss(labels: Vector, probabilities: Vector, share: Number) -> Number:
    """share · Σ(−y·ln p − (1 − y)·ln(1 − p)), in nats. ValueError for a label that is not 0 or 1, for a true class with
    probability 0, or unless the lengths agree. Source: Bishop, equation 4.90."""
    if len(labels) != len(probabilities):
        raise ValueError("as many labels as probabilities are needed")
    total: Number = fmpq(0)
    for y, p in zip(labels, probabilities):
        total = total + binary_cross_entropy(y, p, "ln")
    return share * total


def softmax(logits: Vector) -> Vector:
    """e^z / Σe^z, entry by entry. ZeroDivisionError for no logits. Source: Bishop, equation 4.104."""
    powers = [exp(z) for z in logits]
    total: Number = fmpq(0)
    for power in powers:
        total = total + power
    return tuple([power / total for power in powers])


def one_hot(place: Number, size: Number) -> Vector:
    """The vector of that size with a 1 at the place (from 1) and zeros elsewhere. ValueError for a place outside.
    Source: the 1-of-K coding scheme, Bishop, section 4.3.4."""
    k, n = as_int(place), as_int(size)
    if not 1 <= k <= n:
        raise ValueError(f"place {k} of {n}")
    return tuple([fmpq(int(i == k)) for i in range(1, n + 1)])


def all_between(xs: Vector, low: Number, high: Number) -> bool:
    """True if low < x < high for every entry. Source: the range of a probability."""
    return all(low < x < high for x in xs)


def sigmoid_derivative(height: Number) -> Number:
    """σ'(z), from the height σ(z). Source: σ' = σ(1 − σ), Bishop, equation 4.88."""
    return height * (1 - height)


def sigmoid_image(weight: Number, bias: Number, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values of σ(weight·x + bias) for x in a set of intervals, as a set of intervals; an end at infinity becomes 0 or 1,
    open. ValueError for weight 0. Source: a continuous monotone function maps an interval onto the one between the values
    at its ends, which keep or change places."""
    if weight == 0:
        raise ValueError("a weight of 0 makes the sigmoid constant")

    def height(bound: Any) -> Number:
        if isinstance(bound, str):
            return fmpq(int((bound == "inf") == (weight > 0)))
        return sigmoid(weight * bound + bias)

    pieces = []
    for low, high, ends in inputs:
        first, last = height(low), height(high)
        turned = ("[" if ends[1] == "]" else "(") + ("]" if ends[0] == "[" else ")")
        pieces.append(interval(first, last, ends) if first <= last else interval(last, first, turned))
    return union(*pieces)


def label_probabilities(labels: Vector, probabilities: Vector) -> Vector:
    """`label_probability` for each of n labels. ValueError for a label that is not 0 or 1, or unless the lengths agree. Source: the
    Bernoulli likelihood."""
    if len(labels) != len(probabilities):
        raise ValueError("as many labels as probabilities are needed")
    return tuple([label_probability(y, q) for y, q in zip(labels, probabilities)])
