"""A precision–recall curve, or its empty axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examwright.generator.figures import rates
from examwright.generator.figures.options import Label, Labels, Number, Points, Whole
from examwright.generator.figures.style import DASHED
from examwright.generator.figures.words import FigureError, Speech

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Precision–recall axes"
EXAMPLE = """\
points: [[1/3, 1], [1/3, 1/2], [2/3, 2/3], [1, 3/4], [1, 3/5]]
names: [$h_1$, $h_2$, $h_3$, $h_4$, $h_5$]
baseline: 1/2
"""


def describe(say: Speech, *, points: Points = (), names: Labels = (), baseline: Number = None, steps: Whole = (), x_label: Label = "",
             y_label: Label = "", width: Number = 52) -> str:
    """The curve point by point."""
    rates.check(points, names, steps)
    if baseline is not None and not 0 <= baseline <= 1:
        raise FigureError("the baseline lies between 0 and 1")
    out = [say("A unit square with {grid}, recall to the right and precision upwards.", grid=rates.ruled(say, steps))]
    if baseline is not None:
        out.append(say("A dashed line at the precision {precision}.", precision=say.number(baseline)))
    out.append(say("The points {rest}, joined in this order.", rest=say.row(say.points(points, names))) if points else say("No curve is drawn."))
    return say.text(out)


def draw(canvas: Canvas, *, points: Points = (), names: Labels = (), baseline: Number = None, steps: Whole = (), x_label: Label = "",
         y_label: Label = "", width: Number = 52) -> None:
    """The unit square of recall and precision.

    points: the (recall, precision) of each threshold; none for empty axes
    names: a label for each point
    baseline: the share of positives, a dashed line
    steps: rules the square in that many steps to the right and upwards instead of tenths, with fractions at the ticks
    x_label: name of the axis to the right; else recall
    y_label: name of the axis upwards; else precision
    width: of the square, in mm
    """
    axes = rates.square(canvas, x_label or canvas.word("recall"), y_label or canvas.word("precision"), steps, width)
    if points:
        rates.curve(canvas, axes, points, names)
    if baseline is not None:
        canvas.line([axes.place(0, baseline), axes.place(1, baseline)], dash=DASHED)
