"""A precision–recall curve, or its empty axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examwright.generator.figures import rates
from examwright.generator.figures.options import Label, Labels, Number, Points, Whole
from examwright.generator.figures.style import DASHED
from examwright.generator.figures.words import FigureError, said_number

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Precision–recall axes"
EXAMPLE = """\
points: [[1/3, 1], [1/3, 1/2], [2/3, 2/3], [1, 3/4], [1, 3/5]]
names: [$h_1$, $h_2$, $h_3$, $h_4$, $h_5$]
baseline: 1/2
"""


def describe(*, points: Points = (), names: Labels = (), baseline: Number = None, steps: Whole = (), x_label: Label = "recall",
             y_label: Label = "precision", width: Number = 52) -> str:
    """The curve point by point."""
    rates.check(points, names, steps)
    if baseline is not None and not 0 <= baseline <= 1:
        raise FigureError("the baseline lies between 0 and 1")
    out = f"A unit square with {rates.ruled(steps)}, recall to the right and precision upwards."
    if baseline is not None:
        out += f" A dashed line at the precision {said_number(baseline)}."
    return out + (f" The points {rates.told(points, names)}, joined in this order." if points else " No curve is drawn.")


def draw(canvas: Canvas, *, points: Points = (), names: Labels = (), baseline: Number = None, steps: Whole = (), x_label: Label = "recall",
         y_label: Label = "precision", width: Number = 52) -> None:
    """The unit square of recall and precision.

    points: the (recall, precision) of each threshold; none for empty axes
    names: a label for each point
    baseline: the share of positives, a dashed line
    steps: rules the square in that many steps to the right and upwards instead of tenths, with fractions at the ticks
    x_label: name of the axis to the right
    y_label: name of the axis upwards
    width: of the square, in mm
    """
    axes = rates.square(canvas, x_label, y_label, steps, width)
    if points:
        rates.curve(canvas, axes, points, names)
    if baseline is not None:
        canvas.line([axes.place(0, baseline), axes.place(1, baseline)], dash=DASHED)
