"""Mixtures: responsibilities, the steps of the EM algorithm for Gaussians on a line and for coins, and counts of parameters.

`xs` is a vector of n points, `resp` an n×K matrix of responsibilities (a row for each point, a column for each component), `counts`
the effective sizes N_k. Variances have the unit of x squared. Source: Bishop, *Pattern Recognition and Machine Learning*, section 9.2.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import Number, exp, ln
from examwright.solvers.exact.common import Matrix, Vector, dot, prod, sum, transpose

__all__ = [
    "coin_responsibilities", "density_ratio", "effective_counts", "first_of_rows", "hard_assignment", "heads_in_sequences",
    "log_of_entries", "log_of_row_sums", "sequence_likelihood", "share_of_first", "weighted_bells", "weighted_means",
    "weighted_variances",
]


def density_ratio(x: Number, first: Number, second: Number, precision: Number) -> Number:
    """N(x | first, σ²) / N(x | second, σ²) for one variance σ² = 1/precision, a number above 0. Exact where the exponent is the
    logarithm of a rational. Source: Bishop, equation 1.46; the factors 1/√(2πσ²) cancel."""
    return exp(((x - second) ** 2 - (x - first) ** 2) / 2 * precision)


def share_of_first(first: Number, second: Number) -> Number:
    """first/(first + second): the responsibility of the first of two components with these weighted densities.
    ZeroDivisionError if they add up to 0. Source: Bishop, equation 9.13."""
    return first / (first + second)


def effective_counts(resp: Matrix) -> Vector:
    """N_k = Σ_n r_nk, the column sums of the n×K responsibilities. ValueError never.
    Source: Bishop, equation 9.18."""
    return tuple([sum(column) for column in transpose(resp)])


def weighted_means(xs: Vector, resp: Matrix, counts: Vector) -> Vector:
    """μ_k = Σ_n r_nk x_n / N_k. ZeroDivisionError for an empty component; ValueError unless there is a row of
    responsibilities for each point. Source: Bishop, equation 9.17."""
    return tuple([dot(column, xs) / n for column, n in zip(transpose(resp), counts)])


def weighted_variances(xs: Vector, resp: Matrix, counts: Vector, means: Vector) -> Vector:
    """σ²_k = Σ_n r_nk (x_n - μ_k)² / N_k. ZeroDivisionError for an empty component; ValueError unless there is a row of
    responsibilities for each point. Source: Bishop, equation 9.19, in one dimension."""
    return tuple([dot(column, tuple([(x - mu) ** 2 for x in xs])) / n
                  for column, n, mu in zip(transpose(resp), counts, means)])


def hard_assignment(resp: Matrix) -> Matrix:
    """Each row with a 1 for its largest entry (the first on a tie) and 0 elsewhere. ValueError never.
    Source: Bishop, section 9.3.2 (K-means as the limit of EM)."""
    out = []
    for row in resp:
        best = 0
        for k in range(1, len(row)):
            if row[k] > row[best]:
                best = k
        out.append(tuple([fmpq(k == best) for k in range(len(row))]))
    return tuple(out)


def weighted_bells(xs: Vector, means: Vector, weights: Vector) -> Matrix:
    """n×K: π_k·e^(-(x - μ_k)²/2), the weighted densities for the variance 1 without their common factor. ValueError never.
    Source: Bishop, equation 9.7."""
    return tuple([tuple([w * exp(-((x - mu) ** 2) / 2) for mu, w in zip(means, weights)]) for x in xs])


def first_of_rows(terms: Matrix) -> Vector:
    """The share of the first entry in the sum of each row: the responsibilities of component 1. ZeroDivisionError for a row that
    adds up to 0. Source: Bishop, equation 9.13."""
    return tuple([row[0] / sum(row) for row in terms])


def log_of_row_sums(terms: Matrix) -> Number:
    """Σ_n ln Σ_k of an n×K matrix of weighted densities: the log-likelihood. ValueError for a sum that is not positive.
    Source: Bishop, equation 9.14."""
    return sum([ln(sum(row)) for row in terms])


def log_of_entries(terms: Matrix) -> Vector:
    """The logarithms of all entries, row by row: the wrong reading of the log-likelihood in which the logarithm moves inside the sum.
    ValueError for an entry that is not positive. Source: Bishop, section 9.2.1, on why there is no closed form."""
    return tuple([ln(x) for row in terms for x in row])


# ---- two coins -------------------------------------------------------------------------------

def heads_in_sequences(sequences: Matrix) -> Vector:
    """The number of heads in each sequence of tosses (1 heads, 0 tails). ValueError never.
    Source: Do and Batzoglou, *What is the expectation maximization algorithm?*, Nature Biotechnology 26 (2008)."""
    return tuple([sum(row) for row in sequences])


def sequence_likelihood(tosses: Vector, theta: Number) -> Number:
    """The probability of this sequence of tosses, in this order, with a coin that shows heads with probability theta.
    ValueError never. Source: Bishop, equation 2.5."""
    return prod([theta if toss == 1 else 1 - theta for toss in tosses])


def coin_responsibilities(sequences: Matrix, first: Number, second: Number, prior: Number) -> Vector:
    """For each sequence the probability that it was tossed with the first of two coins, which is taken with probability `prior`;
    first and second are their probabilities of heads. ZeroDivisionError if neither coin can show a sequence.
    Source: Do and Batzoglou, figure 1b."""
    out: list[Any] = []
    for row in sequences:
        one = prior * sequence_likelihood(row, first)
        out.append(share_of_first(one, (1 - prior) * sequence_likelihood(row, second)))
    return tuple(out)
