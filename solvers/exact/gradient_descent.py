"""Gradient descent: on the squared loss of a line, on a curve, on a quadratic bowl; and penalised least squares.

The loss of a design matrix X (n×p), targets y and parameters θ is w·Σ(y − Xθ)², with w = ½, 1/n or 1/(2n) as the
question prints it. A polynomial is the vector of its coefficients, the constant first.
Sources: Bishop, *Pattern Recognition and Machine Learning*, section 3.1.3; Boyd and Vandenberghe, *Convex
Optimization*, section 9.3; Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, section 3.4.
"""

from __future__ import annotations

from flint import fmpq

from examwright.solvers.arithmetic import Number, absolute, ceil, ln, relu, sign
from examwright.solvers.exact.common import Matrix, Vector, dot
from examwright.solvers.exact.linear_regression import gram_matrix, moment_vector, residuals

__all__ = [
    "best_learning_rate", "contraction_factor", "derivative_of", "descent_behaviour", "gradient_step", "hard_threshold",
    "largest_learning_rate", "one_parameter_after_the_other", "ones_like", "polynomial_slope", "polynomial_slope_without_powers",
    "polynomial_text", "polynomial_value", "ridge_matrix", "sgd_step", "soft_threshold", "squared_loss",
    "squared_loss_gradient", "steps_until",
]


# ---- the squared loss ------------------------------------------------------------------------

def squared_loss(design: Matrix, targets: Vector, theta: Vector, weight: Number) -> Number:
    """weight · Σ(y − Xθ)². ValueError unless the sizes agree. Source: Bishop, equation 3.12."""
    e = residuals(design, targets, theta)
    return weight * dot(e, e)


def squared_loss_gradient(design: Matrix, targets: Vector, theta: Vector, weight: Number) -> Vector:
    """The gradient of `squared_loss`, −2·weight·Xᵀ(y − Xθ), length p. ValueError unless the sizes agree.
    Source: Bishop, equation 3.13."""
    return tuple([-2 * weight * m for m in moment_vector(design, residuals(design, targets, theta))])


def gradient_step(theta: Vector, gradient: Vector, eta: Number) -> Vector:
    """θ − η·gradient. ValueError unless the lengths agree. Source: Boyd and Vandenberghe, algorithm 9.3."""
    if len(theta) != len(gradient):
        raise ValueError("a gradient has one entry for each parameter")
    return tuple([t - eta * g for t, g in zip(theta, gradient)])


def one_parameter_after_the_other(design: Matrix, targets: Vector, theta: Vector, weight: Number, eta: Number) -> Vector:
    """A step in which each parameter is changed with the derivative at the point where the ones before it have
    moved already: not gradient descent. ValueError unless the sizes agree.
    Source: the misconception named in Ng, *CS229 lecture notes*, section 1.1 ("simultaneously for all j")."""
    now = list(theta)
    for j in range(len(now)):
        now[j] = now[j] - eta * squared_loss_gradient(design, targets, tuple(now), weight)[j]
    return tuple(now)


def sgd_step(theta: Vector, row: Vector, target: Number, eta: Number) -> Vector:
    """θ + η(y − θᵀx)·x: one step on ½(y − θᵀx)² of one example, with its row x of the design matrix. ValueError
    unless the lengths agree. Source: Bishop, equation 3.23."""
    e = target - dot(theta, row)
    return tuple([t + eta * e * x for t, x in zip(theta, row)])


# ---- a quadratic bowl ------------------------------------------------------------------------

def contraction_factor(eta: Number, curvature: Number) -> Number:
    """1 − η·λ: what a step multiplies the coordinate with in a direction of curvature λ. TypeError for what is no
    number. Source: Goodfellow et al., *Deep Learning*, section 8.2.1; Boyd and Vandenberghe, section 9.3.2."""
    return 1 - eta * curvature


def largest_learning_rate(curvature: Number) -> Number:
    """2/λ: gradient descent converges for rates below it, λ the largest curvature. ZeroDivisionError for λ = 0.
    Source: Boyd and Vandenberghe, section 9.3.1."""
    return 2 / curvature


def best_learning_rate(low: Number, high: Number) -> Number:
    """2/(λ_min + λ_max), which makes the larger |1 − ηλ| smallest. ZeroDivisionError if they cancel.
    Source: Polyak, *Introduction to Optimization*, section 1.4, theorem 3."""
    return 2 / (low + high)


def descent_behaviour(eta: Number, curvature: Number) -> str:
    """'monotone', 'oscillating' or 'diverging', by the factor 1 − ηλ. ValueError where the factor is 0 or ±1.
    Source: Boyd and Vandenberghe, section 9.3.2."""
    factor = contraction_factor(eta, curvature)
    if factor == 0 or absolute(factor) == 1:
        raise ValueError("the behaviour is at the edge between two")
    return "monotone" if factor > 0 else "oscillating" if factor > -1 else "diverging"


def steps_until(factor: Number, tolerance: Number) -> Number:
    """The smallest whole k with factor^k ≤ tolerance, for 0 < factor < 1 and 0 < tolerance < 1. ValueError otherwise.
    Source: linear convergence, Boyd and Vandenberghe, equation 9.18."""
    if not (0 < factor < 1 and 0 < tolerance < 1):
        raise ValueError("a factor and a tolerance between 0 and 1")
    return ceil(ln(tolerance) / ln(factor))


# ---- a curve ---------------------------------------------------------------------------------

def polynomial_value(coefficients: Vector, x: Number) -> Number:
    """c₀ + c₁x + c₂x² + …, by Horner's rule; 0 for no coefficients. Source: Knuth, TAOCP 2, section 4.6.4."""
    total: Number = fmpq(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def derivative_of(coefficients: Vector) -> Vector:
    """The coefficients of the derivative: c₁, 2c₂, 3c₃, … Source: the power rule."""
    return tuple([c * k for k, c in enumerate(coefficients)][1:])


def polynomial_slope(coefficients: Vector, x: Number) -> Number:
    """The derivative of a polynomial at x. Source: the power rule."""
    return polynomial_value(derivative_of(coefficients), x)


def polynomial_slope_without_powers(coefficients: Vector, x: Number) -> Number:
    """c₁ + c₂x + c₃x² + …: the derivative where the exponents were not brought down as factors.
    Source: the misconception."""
    return polynomial_value(coefficients[1:], x)


def polynomial_text(coefficients: Vector, letter: str) -> str:
    """The polynomial in LaTeX, the highest power first: ``2x^4 - \\frac{1}{2}x^2 + 3``. Source: the usual notation."""
    from examwright.solvers.arithmetic import to_latex

    out = ""
    for k in reversed(range(len(coefficients))):
        c = coefficients[k]
        if c == 0:
            continue
        size = absolute(c)
        power = "" if k == 0 else letter if k == 1 else f"{letter}^{k}"
        factor = "" if size == 1 and k else to_latex(size)
        out += (" - " if c < 0 else " + ") + factor + power
    if not out:
        return "0"
    return out[3:] if out.startswith(" + ") else "-" + out[3:]


# ---- penalties -------------------------------------------------------------------------------

def ridge_matrix(design: Matrix, added: Number, penalised: str) -> Matrix:
    """XᵀX with `added` on the diagonal, p×p: everywhere ('both'), or not at the intercept in front ('slope').
    ValueError for another word. Source: Elements of Statistical Learning, equation 3.44."""
    if penalised not in ("both", "slope"):
        raise ValueError(f"'both' or 'slope' is penalised, not {penalised!r}")
    first = 0 if penalised == "both" else 1
    return tuple([tuple([x + added if i == j >= first else x for j, x in enumerate(row)])
                  for i, row in enumerate(gram_matrix(design))])


def soft_threshold(z: Vector, threshold: Number) -> Vector:
    """sign(z)·max(|z| − t, 0), entry by entry. TypeError for what is no number.
    Source: Elements of Statistical Learning, table 3.4 (lasso)."""
    return tuple([sign(x) * relu(absolute(x) - threshold) for x in z])


def hard_threshold(z: Vector, threshold: Number) -> Vector:
    """z where |z| > t, else 0. Source: Elements of Statistical Learning, table 3.4 (best subset)."""
    return tuple([x if absolute(x) > threshold else fmpq(0) for x in z])


def ones_like(z: Vector) -> Vector:
    """As many ones as there are entries. Source: NumPy's `ones_like`."""
    return tuple([fmpq(1) for _ in z])
