"""Principal component analysis of small data matrices.

A data matrix X has a row for each of n examples and a column for each of d features. Source: Bishop, *Pattern Recognition
and Machine Learning*, section 12.1; Jolliffe, *Principal Component Analysis*, chapter 1.
"""

from __future__ import annotations

from flint import fmpq

from examwright.solvers.arithmetic import Number, sqrt
from examwright.solvers.exact.common import Matrix, Vector, matmul, mean, sum, transpose

__all__ = [
    "centred_rows", "column_means", "components_needed", "covariance_matrix", "cumulative_shares",
    "point_with_score", "standard_deviations", "unit_eigenvector_2x2",
]


def column_means(X: Matrix) -> Vector:
    """The mean of each of the d columns, in the units of the features. Source: Bishop, equation 12.1."""
    return tuple([mean(column) for column in transpose(X)])


def centred_rows(X: Matrix) -> Matrix:
    """Every row less the mean row (n × d). Source: Bishop, section 12.1.1."""
    means = column_means(X)
    return tuple([tuple([x - m for x, m in zip(row, means)]) for row in X])


def covariance_matrix(X: Matrix, divisor: Number) -> Matrix:
    """(1/divisor) Σ (x − x̄)(x − x̄)ᵀ (d × d), in products of the features' units; the divisor is n or n − 1.
    ZeroDivisionError for a divisor of 0. Source: Bishop, equation 12.3 (with n)."""
    Z = centred_rows(X)
    return tuple([tuple([entry / divisor for entry in row]) for row in matmul(transpose(Z), Z)])


def unit_eigenvector_2x2(S: Matrix, eigenvalue: Number) -> Vector:
    """The eigenvector of length 1 of a symmetric 2 × 2 matrix for one of its eigenvalues, with a positive first entry.
    ValueError for another size, ZeroDivisionError for a diagonal matrix. Source: the first row of (S − λI)v = 0 with
    v₁ = 1, then divided by the length."""
    (a, b), _ = S
    slope = (eigenvalue - a) / b
    length = sqrt(1 + slope * slope)
    return 1 / length, slope / length


def point_with_score(mu: Vector, u: Vector, score: Number) -> Vector:
    """μ + z·u (length d): the point on the first principal axis with the score z along the unit vector u. ValueError
    unless the lengths agree. Source: Bishop, equation 12.12, for one component."""
    if len(mu) != len(u):
        raise ValueError("the mean and the direction have different lengths")
    return tuple([m + score * a for m, a in zip(mu, u)])


# ---- how many components ---------------------------------------------------------------------

def cumulative_shares(values: Vector) -> Vector:
    """(λ₁ + … + λ_k) / Σλ for k = 1, …, d, in the order given. ZeroDivisionError if they add up to 0.
    Source: Jolliffe, equation 6.1.1."""
    so_far: Number = fmpq(0)
    total, out = sum(values), []
    for value in values:
        so_far = so_far + value
        out.append(so_far / total)
    return tuple(out)


def components_needed(shares: Vector, threshold: Number) -> Number:
    """The smallest k (from 1) with a cumulative share of at least the threshold. ValueError if there is none.
    Source: Jolliffe, section 6.1.1."""
    for k, share in enumerate(shares, 1):
        if share >= threshold:
            return fmpq(k)
    raise ValueError("no number of components reaches the threshold")


def standard_deviations(variances: Vector) -> Vector:
    """The root of each variance. ValueError for a negative one. Source: the definition."""
    return tuple([sqrt(v) for v in variances])
