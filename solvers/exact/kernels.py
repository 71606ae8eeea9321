"""Kernels: values and Gram matrices, features, definiteness.

Points are vectors, a Gram matrix has K(xᵢ, xⱼ) in row i and column j. Source: Shawe-Taylor and Cristianini, *Kernel Methods for
Pattern Analysis* (ST).
"""

from __future__ import annotations

from math import factorial, prod

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, power, sqrt
from examwright.solvers.exact.common import Matrix, Vector, dot

__all__ = ["feature_coefficients", "feature_coefficients_without_multiplicity",
           "polynomial_gram", "polynomial_kernel", "taylor_root"]


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
    """`feature_coefficients` with the multinomial coefficients left out. Errors and source as there."""
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
