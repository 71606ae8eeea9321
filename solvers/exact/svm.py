"""Support vector machines: margins, hard and soft, weights from multipliers, slack variables; and the perceptron.

`points` is a matrix with a row for each of n examples, `labels` a vector of n numbers 1 or −1, (w, b) a hyperplane
w·x + b = 0. Source: Cristianini and Shawe-Taylor, *An Introduction to Support Vector Machines* (CST).
"""

from __future__ import annotations

from examwright.solvers.arithmetic import Number
from examwright.solvers.exact.common import Matrix, Vector, dot, mean

__all__ = [
    "absolute_values", "decision_values", "foot_on_hyperplane", "functional_margins", "innermost_points",
    "innermost_points_without", "midpoint_of_class_means",
]


def absolute_values(xs: Vector) -> Vector:
    """|x| for each entry. Source: definition."""
    return tuple([abs(x) for x in xs])


def decision_values(points: Matrix, w: Vector, b: Number) -> Vector:
    """w·x + b for each of the n points. ValueError unless the sizes agree. Source: CST, section 2.1."""
    return tuple([dot(w, x) + b for x in points])


def functional_margins(labels: Vector, values: Vector) -> Vector:
    """y·f(x) for n labels y and decision values f(x): positive where the side is right. ValueError unless the lengths agree.
    Source: CST, definition 2.1."""
    if len(labels) != len(values):
        raise ValueError("as many labels as decision values are needed")
    return tuple([y * f for y, f in zip(labels, values)])


def foot_on_hyperplane(x: Vector, w: Vector, value: Number) -> Vector:
    """The point of the hyperplane that is nearest to x, where `value` is w·x + b: x − value·w/‖w‖². ZeroDivisionError for
    w = 0, ValueError unless the lengths agree. Source: CST, section 2.1 (the distance along the unit normal)."""
    share = value / dot(w, w)
    if len(x) != len(w):
        raise ValueError("a point has as many coordinates as the normal")
    return tuple([xi - share * wi for xi, wi in zip(x, w)])


def innermost_points(xs: Vector, labels: Vector) -> Vector:
    """(the innermost input labelled −1, the innermost labelled +1) of n inputs on a line that a threshold separates: the two
    support vectors. ValueError where a class is empty or no threshold separates them. Source: CST, definition 6.2, on a line."""
    negative = sorted([x for x, y in zip(xs, labels) if y < 0])
    positive = sorted([x for x, y in zip(xs, labels) if y > 0])
    if not negative or not positive:
        raise ValueError("both classes need an example")
    if negative[-1] < positive[0]:
        return negative[-1], positive[0]
    if positive[-1] < negative[0]:
        return negative[0], positive[-1]
    raise ValueError("no threshold separates the classes")


def innermost_points_without(xs: Vector, labels: Vector, gone: Number) -> Vector:
    """`innermost_points` of the examples whose input is not `gone`. Errors and source as there."""
    kept = [(x, y) for x, y in zip(xs, labels) if x != gone]
    return innermost_points(tuple([x for x, _ in kept]), tuple([y for _, y in kept]))


def midpoint_of_class_means(xs: Vector, labels: Vector) -> Number:
    """The place halfway between the means of the inputs labelled 1 and of those labelled −1. ValueError where a class is empty.
    Source: the nearest-centroid rule, Hastie et al., *The Elements of Statistical Learning*, section 18.2."""
    return (mean([x for x, y in zip(xs, labels) if y > 0]) + mean([x for x, y in zip(xs, labels) if y < 0])) / 2
