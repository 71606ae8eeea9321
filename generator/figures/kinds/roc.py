"""A ROC curve, or its empty axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examwright.generator.figures import rates
from examwright.generator.figures.options import Flag, Label, Labels, Number, Points, Whole
from examwright.generator.figures.style import DASHED, STRONG
from examwright.generator.figures.words import Speech

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "ROC axes"
EXAMPLE = """\
points: [[0, 1/3], [1/4, 1/3], [1/4, 1], [1, 1]]
area: true
steps: [4, 3]
"""


def describe(say: Speech, *, points: Points = (), names: Labels = (), area: Flag = False, steps: Whole = (), x_label: Label = "FPR",
             y_label: Label = "TPR", width: Number = 52) -> str:
    """The curve point by point."""
    rates.check(points, names, steps)
    start = say("A unit square with {grid}, the false positive rate to the right, the true positive rate upwards, and its diagonal dashed.",
                grid=rates.ruled(say, steps))
    if not points:
        return say.text([start, say("No curve is drawn.")])
    return say.text([start, say("The curve goes from (0, 0) through {rest}; the area under it is hatched." if area else
                                "The curve goes from (0, 0) through {rest}.", rest=say.row(say.points(points, names)))])


def draw(canvas: Canvas, *, points: Points = (), names: Labels = (), area: Flag = False, steps: Whole = (), x_label: Label = "FPR",
         y_label: Label = "TPR", width: Number = 52) -> None:
    """The unit square of false and true positive rates, with its diagonal.

    points: the (FPR, TPR) of each threshold, such as `roc_points(scores, labels, 'at least')`; none for empty axes
    names: a label for each point
    area: true hatches the area under the curve
    steps: [negatives, positives] rules the square in that many steps instead of tenths, with fractions at the ticks
    x_label: name of the axis to the right
    y_label: name of the axis upwards
    width: of the square, in mm
    """
    axes = rates.square(canvas, x_label, y_label, steps, width)
    ends = axes.place(0, 0), axes.place(1, 1)
    if points:
        if area:
            canvas.area([ends[0], *[axes.place(*p) for p in points], axes.place(points[-1][0], 0)], width=None, hatch=3.0)
        canvas.line([ends[0], axes.place(*points[0])], width=STRONG)
        rates.curve(canvas, axes, points, names)
    canvas.line(ends, dash=DASHED)
