"""Kernels: values and Gram matrices, features, definiteness.

Points are vectors, a Gram matrix has K(xᵢ, xⱼ) in row i and column j. Source: Shawe-Taylor and Cristianini, *Kernel Methods for
Pattern Analysis* (ST).
"""

from __future__ import annotations

from examwright.solvers.arithmetic import Number, power
from examwright.solvers.exact.common import Matrix, Vector, dot

__all__ = ["polynomial_gram", "polynomial_kernel"]


def polynomial_kernel(x: Vector, z: Vector, c: Number, degree: Number) -> Number:
    """(x·z + c)^degree. ValueError unless the lengths agree. Source: ST, definition 9.1."""
    return power(dot(x, z) + c, degree)


def polynomial_gram(points: Matrix, c: Number, degree: Number) -> Matrix:
    """The n × n matrix of `polynomial_kernel` for n points. Source: ST, definition 3.6."""
    return tuple([tuple([polynomial_kernel(x, z, c, degree) for z in points]) for x in points])
