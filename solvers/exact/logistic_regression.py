"""Logistic regression: the cross-entropy of one example."""

from __future__ import annotations

from flint import fmpq

from examwright.solvers.arithmetic import Number, ln, log2

__all__ = ["binary_cross_entropy", "label_probability", "logarithm"]


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
