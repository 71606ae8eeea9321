"""Data points in a plane, in classes, with lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examwright.generator.figures.axes import Axes, span
from examwright.generator.figures.classes import legend, markers
from examwright.generator.figures.classes import told as class_words
from examwright.generator.figures.options import (
    Flag,
    Label,
    Labels,
    Matrix,
    Number,
    Numbers,
    Points,
    Rows,
    Values,
    Whole,
    same,
)
from examwright.generator.figures.style import DASHED, DOTTED, STRONG
from examwright.generator.figures.words import FigureError, Speech
from examwright.solvers.arithmetic import to_float

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Scatter plot"
EXAMPLE = """\
points: [[1, 2], [2, 4], [2, 1], [3, 3], [4, 1], [5, 3], [5, 2]]
classes: ['+', '+', '+', '+', '-', '-', '-']
boundary: [-2, 1, 5]
marked: [3, 4]
x_label: $x_1$
y_label: $x_2$
"""


def describe(say: Speech, *, points: Points, classes: Values = (), names: Labels = (), line: Numbers = (), residuals: Flag = False,
             boundary: Rows = (), margins: Flag = False, centres: Points = (), marked: Whole = (), arrows: Matrix = (),
             equal: Flag = False, x_label: Label = "$x$", y_label: Label = "$y$", x_range: Numbers = (), y_range: Numbers = (),
             width: Number = 70) -> str:
    """The points, class by class, and the lines, with their numbers."""
    same("classes", classes, "points", points)
    same("names", names, "points", points)
    if line and len(line) != 2:
        raise FigureError("line must be a list of two numbers, intercept and slope")
    if boundary and len(boundary[0]) != 3:
        raise FigureError("boundary must be a list of [w1, w2, b], for the lines w1 x + w2 y + b = 0")
    if arrows and len(arrows[0]) != 4:
        raise FigureError("arrows must be a list of [x, y, x of the tip, y of the tip]")
    if any([i >= len(points) for i in marked]):
        raise FigureError(f"marked names a point that does not exist; there are {len(points)}, counted from 0")
    x, y = say.label(x_label), say.label(y_label)
    told = say.points(points, names)
    out = [say("A plane with {x} to the right and {y} upwards.", x=x, y=y)]
    if classes:
        out += class_words(say, classes, told)
    elif points:
        out.append(say.counted(len(points), "One point: {rest}.", "{n} points: {rest}.", rest=say.row(told)))
    else:
        out.append(say("It is empty."))
    if marked:
        out.append(say("Circled: {rest}.", rest=say.all(say.points([points[i] for i in marked]))))
    if centres:
        out.append(say("Centres (crosses): {rest}.", rest=say.row(say.points(centres))))
    if line:
        out.append(say("The line {equation}, with a dotted line up or down to each point." if residuals else "The line {equation}.",
                       equation=f"{y} = {say.sum((line[1], x), (line[0], ''))}"))
    for a, b, c in boundary:
        total = say.sum((a, x), (b, y), (c, ""))
        out.append(say("The line {sum} = 0, and dashed lines where this is 1 and −1.", sum=total) if margins else
                   say("The line {equation}.", equation=f"{total} = 0"))
    out += [say("An arrow from {start} to {tip}.", start=say.point(a[:2]), tip=say.point(a[2:])) for a in arrows]
    return say.text(out)


def draw(canvas: Canvas, *, points: Points, classes: Values = (), names: Labels = (), line: Numbers = (), residuals: Flag = False,
         boundary: Rows = (), margins: Flag = False, centres: Points = (), marked: Whole = (), arrows: Matrix = (),
         equal: Flag = False, x_label: Label = "$x$", y_label: Label = "$y$", x_range: Numbers = (), y_range: Numbers = (),
         width: Number = 70) -> None:
    """A scatter plot.

    points: the data, a list of pairs; may be empty if the ranges are given
    classes: the class of each point, numbers or words; each gets its own marker
    names: a label for each point
    line: [intercept, slope] of a line, such as `theta`
    residuals: true draws a dotted line from each point to that line
    boundary: [w1, w2, b] for the line w1 x + w2 y + b = 0, or a list of such
    margins: true draws the lines where w1 x + w2 y + b is 1 and -1 as well, dashed
    centres: points marked by large crosses, such as the centres of clusters
    marked: the numbers (from 0) of points to be circled, such as support vectors
    arrows: a list of [x, y, x of the tip, y of the tip]
    equal: true gives both axes the same unit
    x_label: name of the axis to the right
    y_label: name of the axis upwards
    x_range: [lowest, highest]; else the axis fits the points
    y_range: [lowest, highest]; else the axis fits the points
    width: of the plane, in mm
    """
    many = [*points, *centres, *[a[:2] for a in arrows], *[a[2:] for a in arrows]]
    fitted = [line[0] + line[1] * x for x, _ in points] if residuals and line else []
    w = max(30.0, min(110.0, to_float(width))) * canvas.scale
    axes = Axes(canvas, span([p[0] for p in many], x_range or None, "x_range"), span([*[p[1] for p in many], *fitted], y_range or None, "y_range"),
                w, 0.68 * w, fixed=(bool(x_range), bool(y_range)), equal=equal)
    axes.draw(x_label, y_label)
    if line:
        ends = axes.through(to_float(line[1]), -1, to_float(line[0]))
        if ends:
            canvas.line(ends)
        for (x, y), on_line in zip(points, fitted):
            canvas.line([axes.place(x, y), axes.place(x, on_line)], dash=DOTTED)
    for a, b, c in boundary:
        for shift in (0, 1, -1) if margins else (0,):
            ends = axes.through(to_float(a), to_float(b), to_float(c) - shift)
            if ends:
                canvas.line(ends, dash=DASHED if shift else ())
    for a in arrows:
        canvas.arrow(axes.place(*a[:2]), axes.place(*a[2:]), width=STRONG)
    for p in centres:
        canvas.marker(*axes.place(*p), "cross", 1.7)
    order, own = markers(classes)
    for i, p in enumerate(points):
        at = axes.place(*p)
        canvas.marker(*at, own[i] if classes else "disc")
        if i in marked:
            canvas.circle(*at, 2.0)
        if names:
            canvas.label(names[i], *at, 2.2 if i in marked else 1.2)
    legend(canvas, order, axes.width + 7.0, 2.0)
