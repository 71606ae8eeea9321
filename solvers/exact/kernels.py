"""Kernels: values and Gram matrices, features, definiteness.

Points are vectors, a Gram matrix has K(xᵢ, xⱼ) in row i and column j. Source: Shawe-Taylor and Cristianini, *Kernel Methods for
Pattern Analysis* (ST).
"""

from __future__ import annotations

from math import factorial, prod

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, exp, power, sqrt, surely_differ
from examwright.solvers.exact.common import Matrix, Vector, dot, matvec

__all__ = [
    "eigenvalues_2x2", "equal_multiplier", "feature_coefficients", "feature_coefficients_without_multiplicity",
    "gaussian_kernel", "kernel_expansion", "kernel_value", "leading_minors", "polynomial_gram", "polynomial_kernel",
    "quadratic_form", "taylor_root",
]


def polynomial_kernel(x: Vector, z: Vector, c: Number, degree: Number) -> Number:
    """(x·z + c)^degree. ValueError unless the lengths agree. Source: ST, definition 9.1."""
    return power(dot(x, z) + c, degree)


def polynomial_gram(points: Matrix, c: Number, degree: Number) -> Matrix:
    """The n × n matrix of `polynomial_kernel` for n points. Source: ST, definition 3.6."""
    return tuple([tuple([polynomial_kernel(x, z, c, degree) for z in points]) for x in points])


def feature_coefficients(exponents: Matrix, a: Number, c: Number, degree: Number) -> Vector:
    """The factors ≥ 0 in front of the monomials x₁^e₁·x₂^e₂·… that make the features of (a·x·z + c)^degree, one for each row of
    exponents: the root of degree!/(e₁!·e₂!·…·r!)·a^(e₁ + e₂ + …)·c^r with r = degree − e₁ − e₂ − …. ValueError where r < 0.
    Source: ST, section 9.1, by the multinomial theorem."""
    return tuple([sqrt(_times(row, degree) * square) for row, square in zip(exponents, _plain_squares(exponents, a, c, degree))])


def feature_coefficients_without_multiplicity(exponents: Matrix, a: Number, c: Number, degree: Number) -> Vector:
    """`feature_coefficients` with the multinomial coefficients left out. Errors as there. Source: ST, section 9.1."""
    return tuple([sqrt(square) for square in _plain_squares(exponents, a, c, degree)])


def _rest(row: Vector, degree: Number) -> int:
    rest = as_int(degree) - sum([as_int(e) for e in row])
    if rest < 0:
        raise ValueError("the monomial has a higher degree than the kernel")
    return rest


def _times(row: Vector, degree: Number) -> Number:
    """How often the monomial occurs in the expanded power."""
    return fmpq(factorial(as_int(degree)), prod([factorial(as_int(e)) for e in row]) * factorial(_rest(row, degree)))


def _plain_squares(exponents: Matrix, a: Number, c: Number, degree: Number) -> list[Number]:
    return [power(a, degree - _rest(row, degree)) * power(c, fmpq(_rest(row, degree))) for row in exponents]


def taylor_root(k: Number, sigma: Number) -> Number:
    """1/(σ^k·√k!): what stands before x^k·exp(−x²/(2σ²)) in feature k (from 0) of exp(−(x − z)²/(2σ²)) on the line. ZeroDivisionError
    for σ = 0. Source: the Taylor series of exp(xz/σ²); ST, section 9.1 (Gaussian kernels as limits of polynomial ones)."""
    return 1 / (power(sigma, k) * sqrt(fmpq(factorial(as_int(k)))))


def quadratic_form(m: Matrix, v: Vector) -> Number:
    """vᵀMv. ValueError unless the sizes agree. Source: ST, definition 3.11."""
    return dot(v, matvec(m, v))


def eigenvalues_2x2(m: Matrix) -> Vector:
    """The two eigenvalues of a symmetric 2 × 2 matrix, the larger first. ValueError for another matrix. Source: the roots of
    λ² − (trace)·λ + determinant."""
    if [len(row) for row in m] != [2, 2] or surely_differ(m[0][1], m[1][0]):
        raise ValueError("a symmetric 2 × 2 matrix is needed")
    half, spread = (m[0][0] + m[1][1]) / 2, sqrt(power((m[0][0] - m[1][1]) / 2, fmpq(2)) + power(m[0][1], fmpq(2)))
    return half + spread, half - spread


def leading_minors(m: Matrix) -> Vector:
    """The determinants of the upper left 1 × 1, 2 × 2, … blocks of an n × n matrix. Source: Laplace's expansion along the
    last row."""
    return tuple([_determinant(tuple([row[:k] for row in m[:k]])) for k in range(1, len(m) + 1)])


def _determinant(m: Matrix) -> Number:
    if not m:
        return fmpq(1)
    last = len(m) - 1
    total: Number = fmpq(0)
    for j, entry in enumerate(m[last]):
        total = total + power(fmpq(-1), fmpq(last + j)) * entry * _determinant(tuple([row[:j] + row[j + 1:] for row in m[:last]]))
    return total


def gaussian_kernel(x: Vector, z: Vector, gamma: Number) -> Number:
    """exp(−γ‖x − z‖²). ValueError unless the lengths agree. Source: ST, definition 9.10, with γ = 1/(2σ²)."""
    if len(x) != len(z):
        raise ValueError("the two points have different lengths")
    difference = tuple([a - b for a, b in zip(x, z)])
    return exp(-gamma * dot(difference, difference))


def kernel_value(kind: str, x: Vector, z: Vector, parameter: Number) -> Number:
    """K(x, z): (x·z + c)² for the kind 'square', exp(−γ‖x − z‖²) for 'gauss', where `parameter` is c or γ. ValueError for another
    kind, or unless the lengths agree. Source: ST, definitions 9.1 and 9.10."""
    if kind == "square":
        return polynomial_kernel(x, z, parameter, fmpq(2))
    if kind == "gauss":
        return gaussian_kernel(x, z, parameter)
    raise ValueError(f"no kernel {kind!r}; there are square, gauss")


def kernel_expansion(kind: str, points: Matrix, weights: Vector, x: Vector, parameter: Number) -> Number:
    """Σ weightᵢ·K(xᵢ, x) over the n points. ValueError unless there are n weights, or as `kernel_value`. Source: ST,
    section 7.2 (the dual form of a classifier)."""
    if len(points) != len(weights):
        raise ValueError("every point needs a weight")
    return dot(weights, tuple([kernel_value(kind, p, x, parameter) for p in points]))


def equal_multiplier(gram: Matrix, labels: Vector) -> Number:
    """The α for which α·Σⱼ yᵢyⱼKᵢⱼ = 1 for the first of n examples, when all multipliers are equal. ZeroDivisionError where that sum is
    0, ValueError unless the sizes agree. Source: the hard margin's constraints with b = 0; CST, section 6.1."""
    return 1 / (labels[0] * dot(gram[0], labels))
