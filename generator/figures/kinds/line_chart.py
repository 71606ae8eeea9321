"""Values over a range, each series with its own dashes and markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examwright.generator.figures.axes import Axes, span
from examwright.generator.figures.options import Flag, Label, Labels, Number, Numbers, Rows
from examwright.generator.figures.style import DASHES, STRONG
from examwright.generator.figures.words import FigureError, Speech
from examwright.solvers.arithmetic import to_float

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Line chart"
EXAMPLE = """\
x: [1, 2, 3, 4, 5]
series: [[8, 5, 3, 2, 1.5], [8.5, 6, 5, 5.5, 6.5]]
names: [training, validation]
x_label: degree
y_label: error
"""
_STYLES = list(zip(("disc", "ring", "triangle", "square"), DASHES))


def describe(say: Speech, *, x: Numbers, series: Rows, names: Labels = (), markers: Flag = True, x_label: Label = "$x$", y_label: Label = "$y$",
             x_range: Numbers = (), y_range: Numbers = (), width: Number = 75) -> str:
    """The points of each line."""
    if not series or not x:
        raise FigureError("a line chart needs x and series")
    if len(series[0]) != len(x):
        raise FigureError(f"each row of series must have {len(x)} entries, one for each x")
    if len(series) > len(_STYLES):
        raise FigureError(f"at most {len(_STYLES)} lines can be told apart")
    if names and len(names) != len(series):
        raise FigureError(f"names has {len(names)} entries, but series has {len(series)} rows")
    rows = [say.row([say.point(p) for p in zip(x, row)]) for row in series]
    return say.text([say("{x} to the right, {y} upwards.", x=say.label(x_label), y=say.label(y_label)),
                     *([say("{name}: {rest}.", name=say.label(n), rest=row) for n, row in zip(names, rows)] if names
                       else [say("A line through {rest}.", rest=row) for row in rows])])


def draw(canvas: Canvas, *, x: Numbers, series: Rows, names: Labels = (), markers: Flag = True, x_label: Label = "$x$",
         y_label: Label = "$y$", x_range: Numbers = (), y_range: Numbers = (), width: Number = 75) -> None:
    """Lines through points.

    x: the values to the right
    series: the values upwards: one row, or a row for each line
    names: a name at the end of each line
    markers: false leaves the points themselves out
    x_label: name of the axis to the right
    y_label: name of the axis upwards
    x_range: [lowest, highest]; else the axis fits the points
    y_range: [lowest, highest]; else the axis fits the points
    width: of the plane, in mm
    """
    w = max(30.0, min(110.0, to_float(width))) * canvas.scale
    axes = Axes(canvas, span(x, x_range or None, "x_range"), span([v for row in series for v in row], y_range or None, "y_range"), w, 0.6 * w,
                fixed=(bool(x_range), bool(y_range)))
    axes.draw(x_label, y_label)
    for row, (shape, dash) in zip(series, _STYLES):
        points = [axes.place(a, b) for a, b in zip(x, row)]
        if points[1:]:
            canvas.line(points, dash=dash, width=STRONG)
        if markers:
            for p in points:
                canvas.marker(*p, shape, 0.8)
    for name, row in zip(names, series):
        canvas.label(name, *axes.place(x[-1], row[-1]), 1.0, near=((1, 0), (1, -1), (1, 1), (0, -1), (0, 1), (-1, -1), (-1, 1)),
                     far=(0.9, 1.8, 4.5, 7.0, 9.5))
