"""Points on a line, with thresholds and intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examwright.generator.figures.axes import span, tick_step, ticks
from examwright.generator.figures.classes import legend, markers
from examwright.generator.figures.classes import told as class_words
from examwright.generator.figures.options import Label, Labels, Number, Numbers, Points, Values, same
from examwright.generator.figures.style import DASHED, LINE
from examwright.generator.figures.words import FigureError, Speech
from examwright.solvers.arithmetic import to_float

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Number line"
EXAMPLE = """\
points: [0.1, 0.25, 0.4, 0.45, 0.7, 0.9]
classes: [0, 0, 1, 0, 1, 1]
names: ['1', '2', '3', '4', '5', '6']
thresholds: [0.43]
threshold_names: [$h$]
x_range: [0, 1]
x_label: score $s$
"""


def describe(say: Speech, *, points: Numbers = (), classes: Values = (), names: Labels = (), thresholds: Numbers = (), threshold_names: Labels = (),
             intervals: Points = (), x_range: Numbers = (), x_label: Label = "", width: Number = 115) -> str:
    """The points from the left to the right, and the thresholds."""
    same("classes", classes, "points", points)
    same("names", names, "points", points)
    same("threshold_names", threshold_names, "thresholds", thresholds)
    if any([not a < b for a, b in intervals]):
        raise FigureError("an interval must be [lower end, upper end]")
    if x_range and any([not x_range[0] <= v <= x_range[-1] for v in [*points, *thresholds, *[e for i in intervals for e in i]]]):
        raise FigureError("a point lies outside of x_range")
    out = [say("A number line of {what}.", what=say.label(x_label)) if x_label else say("A number line.")]
    order = sorted(range(len(points)), key=lambda i: to_float(points[i]))
    told = say.points([points[i] for i in order], [names[i] for i in order] if names else ())
    if classes:
        out += class_words(say, tuple([classes[i] for i in order]), told)
    elif points:
        out.append(say("Points: {rest}.", rest=say.row(told)))
    if thresholds:
        named = [f"{say.label(n)} = " for n in threshold_names] or [""] * len(thresholds)
        out.append(say("Thresholds: {rest}." if thresholds[1:] else "Threshold: {rest}.",
                       rest=say.all([n + say.number(t) for n, t in zip(named, thresholds)])))
    if intervals:
        out.append(say("Intervals: {rest}.", rest=say.all([say.point(i) for i in intervals])))
    return say.text(out)


def draw(canvas: Canvas, *, points: Numbers = (), classes: Values = (), names: Labels = (), thresholds: Numbers = (),
         threshold_names: Labels = (), intervals: Points = (), x_range: Numbers = (), x_label: Label = "", width: Number = 115) -> None:
    """Markers over a line with ticks; markers that would touch stand one above the other.

    points: the values
    classes: the class of each point, numbers or words; each gets its own marker
    names: a label above each point
    thresholds: values marked by a dashed line across
    threshold_names: a label for each of them
    intervals: [lower end, upper end] of stretches drawn heavy
    x_range: [lowest, highest]; else the line fits the points
    x_label: name of the line
    width: of the line, in mm
    """
    w = max(40.0, min(135.0, to_float(width))) * canvas.scale
    low, high = span([*points, *thresholds, *[e for i in intervals for e in i]], x_range or None, "x_range")
    if not x_range:
        step = tick_step(low, high, 10) if low < high else tick_step(low - 1, high + 1, 10)
        low, high = (low / step).floor() * step, (high / step).ceil() * step
        if low == high:
            low, high = low - step, high + step
    scale, start = w / float(high - low), float(low)

    def at(x: Number) -> float:
        return (to_float(x) - start) * scale

    canvas.arrow((-1.5, 0), (w + 4.5, 0), length=1.7)
    for tick, text in ticks(low, high, tick_step(low, high, 12)):
        x = at(tick)
        canvas.line([(x, 0), (x, 1.1)])
        canvas.write(text, x, 1.9, down="top")
    if x_label:
        canvas.write(x_label, w + 5.8, 0, across="left")
    for a, b in intervals:
        canvas.line([(at(a), 0), (at(b), 0)], width=0.9)
    order, own = markers(classes)
    taken: list[tuple[float, int]] = []
    for i in sorted(range(len(points)), key=lambda i: (to_float(points[i]), i)):
        x = at(points[i])
        near = [v for u, v in taken if abs(x - u) <= 2.5]
        level = next(n for n in range(len(points)) if n not in near)
        taken.append((x, level))
        y = -2.2 - 2.6 * level
        canvas.line([(x, 0), (x, -0.7)])
        canvas.marker(x, y, own[i] if classes else "disc")
        if names:
            canvas.label(names[i], x, y, 1.2, near=((0, -1), (-1, -1), (1, -1)), far=(0.8, 4.2, 6.4, 9.2))
    top = -4.5 - 2.6 * max([v for _, v in taken], default=0) - (3.6 if names else 0)
    for k, t in enumerate(thresholds):
        canvas.back((at(t), 0), (at(t), top), width=LINE, dash=DASHED, ink=0.0)
        if threshold_names:
            canvas.label(threshold_names[k], at(t), top, 0.2, near=((0, -1), (1, -1), (-1, -1)), far=(0.5, 2.0, 4.5, 8.0))
    legend(canvas, order, w + 9.0, -7.2 - 5.0 * (len(order) - 1))
