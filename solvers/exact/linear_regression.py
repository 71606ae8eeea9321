"""Linear regression by least squares: normal equation, residuals, and the ways it goes wrong.

A model ŷ = θ₀ + θ₁x₁ + … + θ_d x_d has the parameter vector θ = (θ₀, …, θ_d), intercept first. Its design matrix X
has a row (1, x₁, …, x_d) for each example, so the column of ones stands first. Sources: Hastie, Tibshirani
and Friedman, *The Elements of Statistical Learning*, section 3.2; Bishop, *Pattern Recognition and Machine
Learning*, section 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import Number
from examwright.solvers.exact.common import Matrix, Vector, count, dot, solve, transpose

__all__ = [
    "decimals_needed", "design_matrix", "entrywise_inverse", "examples_between", "fit_through_origin", "gram_matrix", "least_squares",
    "moment_vector", "most_frequent", "residuals", "solve_2x2_with_slip", "solve_normal_equation", "without_first", "without_last",
]


def design_matrix(inputs: Sequence[Any]) -> Matrix:
    """The inputs with a column of ones in front: n×2 from a vector of n numbers, n×(d+1) from n rows of d.
    ValueError if there are none. Source: Elements of Statistical Learning, section 3.2."""
    if not inputs:
        raise ValueError("a design matrix of no examples")
    one = fmpq(1)
    return tuple([(one, *x) if isinstance(x, tuple) else (one, x) for x in inputs])


def gram_matrix(design: Matrix) -> Matrix:
    """XᵀX, p×p, from X with n rows and p columns. ValueError for rows of different lengths.
    Source: Elements of Statistical Learning, equation 3.6."""
    if len({len(row) for row in design}) != 1:
        raise ValueError("the rows of the design matrix have different lengths")
    columns = transpose(design)
    return tuple([tuple([dot(a, b) for b in columns]) for a in columns])


def moment_vector(design: Matrix, targets: Vector) -> Vector:
    """Xᵀy, length p, from X with n rows and p columns and n targets. ValueError unless the lengths agree.
    Source: Elements of Statistical Learning, equation 3.6."""
    return tuple([dot(column, targets) for column in transpose(design)])


def _unrounded(a: Matrix, b: Vector) -> None:
    """Refuse enclosures: subtracting the products of rounded sums can leave nothing of the solution, so there is
    no rounding interval worth having."""
    if not all(isinstance(x, fmpq) for row in (*a, b) for x in row):
        raise ValueError("the sums of a normal equation must not be rounded")


def solve_normal_equation(gram: Matrix, moments: Vector) -> Vector:
    """θ from XᵀXθ = Xᵀy, length p, for exact sums only. ZeroDivisionError if XᵀX is singular, ValueError for sizes
    that do not fit and for rounded sums. Source: Elements of Statistical Learning, equation 3.6."""
    _unrounded(gram, moments)
    return solve(gram, moments)


def least_squares(design: Matrix, targets: Vector) -> Vector:
    """θ with the smallest Σ(y − Xθ)², length p, from the normal equation XᵀXθ = Xᵀy. ZeroDivisionError if the
    columns of X are linearly dependent, ValueError unless the lengths agree.
    Source: Elements of Statistical Learning, equation 3.6."""
    return solve_normal_equation(gram_matrix(design), moment_vector(design, targets))


def fit_through_origin(inputs: Sequence[Any], targets: Vector) -> Vector:
    """(0, θ₁, …, θ_d): least squares without an intercept, for a vector of n inputs or n rows of d, with 0 in the
    intercept's place. ZeroDivisionError if the columns are linearly dependent, ValueError unless the lengths
    agree. Source: Elements of Statistical Learning, equation 3.24 (Σxy/Σx² for d = 1)."""
    rows = tuple([x if isinstance(x, tuple) else (x,) for x in inputs])
    return (fmpq(0), *least_squares(rows, targets))


def residuals(design: Matrix, targets: Vector, theta: Vector) -> Vector:
    """y − Xθ, one for each example, in the unit of y. ValueError unless the sizes agree.
    Source: Elements of Statistical Learning, section 3.2."""
    if len(design) != len(targets):
        raise ValueError("the design matrix and the targets have different lengths")
    return tuple([y - dot(row, theta) for row, y in zip(design, targets)])


def solve_2x2_with_slip(a: Matrix, b: Vector, slip: str) -> Vector:
    """What a·x = b gives for a 2×2 matrix where the inverse 1/det · ((d, −b), (−c, a)) is written down wrongly:
    'signs' (b and c keep their signs), 'diagonal' (a and d are not exchanged), 'determinant' (ad + bc) or 'undivided'
    (no division by the determinant). ValueError for another slip or shape or rounded sums, ZeroDivisionError as
    for the inverse. Source: Cramer's rule, with the slip."""
    if len(a) != 2 or len(a[0]) != 2 or len(b) != 2:
        raise ValueError("a system of two equations in two unknowns")
    _unrounded(a, b)
    (p, q), (r, s) = a
    det = p * s - q * r
    if slip == "signs":
        return (s * b[0] + q * b[1]) / det, (r * b[0] + p * b[1]) / det
    if slip == "diagonal":
        return (p * b[0] - q * b[1]) / det, (s * b[1] - r * b[0]) / det
    if slip == "undivided":
        return s * b[0] - q * b[1], p * b[1] - r * b[0]
    if slip == "determinant":
        wrong = p * s + q * r
        return (s * b[0] - q * b[1]) / wrong, (p * b[1] - r * b[0]) / wrong
    raise ValueError(f"no slip is called {slip!r}")


def entrywise_inverse(m: Matrix) -> Matrix:
    """1/x for each entry that is not 0 (and 0 for those), the shape of m: what some take for the inverse.
    TypeError for what is no number. Source: the misconception that matrices are inverted entry by entry."""
    return tuple([tuple([x if x == 0 else 1 / x for x in row]) for row in m])


def without_first(xs: Sequence[Any]) -> tuple[Any, ...]:
    """All entries but the first, of a vector or the rows of a matrix. ValueError if there are none.
    Source: the shift of a time series by one step (Box and Jenkins, *Time Series Analysis*, section 1.2)."""
    if not xs:
        raise ValueError("there is no first entry to leave out")
    return tuple(xs[1:])


def without_last(xs: Sequence[Any]) -> tuple[Any, ...]:
    """All entries but the last, of a vector or the rows of a matrix. ValueError if there are none.
    Source: as `without_first`."""
    if not xs:
        raise ValueError("there is no last entry to leave out")
    return tuple(xs[:-1])


def decimals_needed(xs: Vector) -> fmpq:
    """The fewest decimals with which all entries are written exactly. ValueError for an entry that has no
    terminating decimal of at most 12 places. Source: the definition of a decimal fraction."""
    for places in range(13):
        if all(isinstance(x, fmpq) and (x * 10**places).q == 1 for x in xs):
            return fmpq(places)
    raise ValueError("not all of these are short decimals")


def examples_between(xs: Sequence[Any], start: Number, stop: Number) -> tuple[Any, ...]:
    """The entries of a vector, or the rows of a matrix, from `start` (counted from 0) up to but not including `stop`. ValueError unless
    0 <= start < stop <= their number. Source: the batches of Goodfellow et al., *Deep Learning*, section 8.1.3."""
    if not 0 <= start < stop <= len(xs):
        raise ValueError("there are no such rows")
    return tuple([x for i, x in enumerate(xs) if start <= i < stop])


def most_frequent(xs: Vector) -> Vector:
    """All values that occur most often, in ascending order. ValueError for no values. Source: the mode, the best constant for the
    0-1 loss (Bishop, section 1.5.5)."""
    if not xs:
        raise ValueError("the mode of no values")
    times = {x: count(xs, x) for x in xs}
    most = max(times.values())
    return tuple(sorted([x for x, n in times.items() if n == most]))
