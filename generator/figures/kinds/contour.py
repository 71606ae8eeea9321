"""The level lines of a quadratic function, and the steps of a descent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flint import fmpq

from examwright.generator.figures.axes import Axes, wide_enough
from examwright.generator.figures.options import Label, Labels, Matrix, Number, Numbers, Points, same
from examwright.generator.figures.style import STRONG, THIN
from examwright.generator.figures.words import FigureError, Speech
from examwright.solvers.arithmetic import to_float

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Contour plot"
THINNEST = 10**6  # how many times one axis of the ellipses may be as long as the other, squared
EXAMPLE = """\
hessian: [[2, 0], [0, 8]]
minimum: [1, 0]
path: [[-3, 1], [-2, -0.6], [-1.25, 0.36], [-0.7, -0.2]]
names: [$\\theta_0$, $\\theta_1$, $\\theta_2$, $\\theta_3$]
x_label: $\\theta_1$
y_label: $\\theta_2$
"""


def describe(say: Speech, *, hessian: Matrix, minimum: Numbers, path: Points = (), names: Labels = (), levels: Numbers = (), x_label: Label = "$x$",
             y_label: Label = "$y$", width: Number = 78) -> str:
    """The quadratic, its minimum, and the steps."""
    same("names", names, "path", path)
    if len(minimum) != 2:
        raise FigureError("minimum must be a point, a list of two numbers")
    if [len(r) for r in hessian] != [2, 2] or hessian[0][1] != hessian[1][0]:
        raise FigureError("hessian must be a symmetric 2×2 matrix")
    a, b, d = hessian[0][0], hessian[0][1], hessian[1][1]
    if not (a > 0 and a * d - b * b > 0):
        raise FigureError("hessian must be positive definite, so that the level lines are ellipses")
    if (a + d) * (a + d) > THINNEST * (a * d - b * b):
        raise FigureError("hessian gives level lines that are too long and thin to be drawn")
    if any([not v > 0 for v in levels]):
        raise FigureError("levels lie above 0, the value at the minimum")
    if not path and not levels:
        raise FigureError("a contour plot needs a path or levels")
    out = [say("Ellipses around the minimum {point}: the level lines of one half of {sum}, where (u, v) is the way from the minimum, "
               "with {x} to the right and {y} upwards.", point=say.point(minimum), sum=say.sum((a, "u²"), (2 * b, "u v"), (d, "v²")),
               x=say.label(x_label), y=say.label(y_label))]
    if levels:
        out.append(say("Levels: {rest}.", rest=say.row([say.number(v) for v in levels])))
    if path:
        told = say.points(path, names)
        out.append(say("Arrows lead through {rest}.", rest=say.row(told)) if path[1:] else say("A point: {rest}.", rest=told[0]) if names
                   else say("A point at {point}.", point=told[0]))
    return say.text(out)


def draw(canvas: Canvas, *, hessian: Matrix, minimum: Numbers, path: Points = (), names: Labels = (), levels: Numbers = (),
         x_label: Label = "$x$", y_label: Label = "$y$", width: Number = 78) -> None:
    """Ellipses around a minimum.

    hessian: the matrix H of the quadratic ½ (x − m)ᵀ H (x − m), positive definite
    minimum: the point m
    path: points joined by arrows, such as the steps of gradient descent; a level line goes through each
    names: a label for each point of the path
    levels: the values of the level lines, instead of those through the path
    x_label: name of the axis to the right
    y_label: name of the axis upwards
    width: of the plane, in mm
    """
    h = [[to_float(v) for v in row] for row in hessian]
    m = (to_float(minimum[0]), to_float(minimum[1]))

    def value(p: Any) -> float:
        u, v = to_float(p[0]) - m[0], to_float(p[1]) - m[1]
        return (h[0][0] * u * u + 2 * h[0][1] * u * v + h[1][1] * v * v) / 2

    found = [to_float(v) for v in levels] or _apart([value(p) for p in path])
    if not found:
        raise FigureError("path does not leave the minimum, so no level line goes through it: give levels")
    many = [minimum, *path]
    reach = _reach(h, found, [(to_float(p[0]) - m[0], to_float(p[1]) - m[1]) for p in path])
    spans = []
    for k in (0, 1):
        values = [to_float(p[k]) for p in many] + [m[k] - reach[k], m[k] + reach[k]]
        spans.append(wide_enough(fmpq(math.floor(min(values) * 64), 64), fmpq(math.ceil(max(values) * 64), 64), "the plane around minimum and path"))
    axes = Axes(canvas, spans[0], spans[1], max(30.0, min(110.0, to_float(width))) * canvas.scale, 62.0 * canvas.scale, equal=True)
    axes.draw(x_label, y_label)
    mean, diff = (h[0][0] + h[1][1]) / 2, math.hypot((h[0][0] - h[1][1]) / 2, h[0][1])
    angle = math.atan2(2 * h[0][1], h[0][0] - h[1][1]) / 2  # of the axis of the larger eigenvalue
    for level in found:
        ra, rb = math.sqrt(2 * level / (mean + diff)), math.sqrt(2 * level / (mean - diff))
        for piece in _ellipse(axes, m, ra, rb, angle):
            canvas.line(piece, width=THIN)
    canvas.marker(*axes.at(*m), "cross", 0.9)
    at = [axes.place(*p) for p in path]
    for a, b in zip(at, at[1:]):
        canvas.arrow(a, b, width=STRONG, length=1.9)
    for i, p in enumerate(at):
        canvas.marker(*p, "disc", 0.6)
        if names:
            canvas.label(names[i], *p, 0.8)


def _apart(values: list[float]) -> list[float]:
    """Levels that can be told apart, from the highest down."""
    out: list[float] = []
    for v in sorted(values, reverse=True):
        if v > 1e-9 * max(values) and (not out or math.sqrt(v / out[0]) < math.sqrt(out[-1] / out[0]) - 0.06):
            out.append(v)
    return out


def _reach(h: list[list[float]], levels: list[float], path: list[tuple[float, float]]) -> tuple[float, float]:
    """How far to both sides the plane goes: to the ends of the largest ellipse, but not far beyond the path."""
    det = h[0][0] * h[1][1] - h[0][1] ** 2
    top = max(levels)
    ends = (math.sqrt(2 * top * h[1][1] / det), math.sqrt(2 * top * h[0][0] / det))
    if not path:
        return ends
    wide = max([max(abs(u), abs(v)) for u, v in path])
    return min(ends[0], 1.3 * wide), min(ends[1], 1.3 * wide)


def _ellipse(axes: Axes, m: tuple[float, float], ra: float, rb: float, angle: float) -> list[list[tuple[float, float]]]:
    """The ellipse as lines, as far as it lies in the plane."""
    c, s = math.cos(angle), math.sin(angle)
    pieces: list[list[tuple[float, float]]] = [[]]
    for k in range(65):
        t = 2 * math.pi * k / 64
        u, v = ra * math.cos(t), rb * math.sin(t)
        x, y = axes.at(m[0] + u * c - v * s, m[1] + u * s + v * c)
        if -0.01 <= x <= axes.width + 0.01 and -0.01 <= y <= axes.height + 0.01:
            pieces[-1].append((x, y))
        elif pieces[-1]:
            pieces.append([])
    return [p for p in pieces if p[1:]]
