"""Bars side by side, in groups told apart by their hatches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq

from examwright.generator.figures.axes import Axes, span, tick_step, ticks
from examwright.generator.figures.options import Flag, Label, Labels, Number, Numbers, Rows
from examwright.generator.figures.style import LINE
from examwright.generator.figures.words import FigureError, Speech, number_label
from examwright.solvers.arithmetic import to_float

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Bar chart"
EXAMPLE = """\
labels: [A, B, C]
values: [[3, 5, 2], [4, 1, 2.5]]
names: [before, after]
numbers: true
y_label: visits
"""
_STYLES: tuple[tuple[float | None, float, bool], ...] = ((0.75, 0.0, True), (None, 1.3, True), (None, 0.0, True), (None, 1.3, False))


def describe(say: Speech, *, labels: Labels, values: Rows, names: Labels = (), numbers: Flag = False, y_label: Label = "", y_range: Numbers = (),
             width: Number = 70) -> str:
    """The height of each bar."""
    if not values or not labels:
        raise FigureError("a bar chart needs labels and values")
    if len(values[0]) != len(labels):
        raise FigureError(f"each row of values must have {len(labels)} entries, one for each label")
    if len(values) > len(_STYLES):
        raise FigureError(f"at most {len(_STYLES)} rows of bars can be told apart")
    if names and len(names) != len(values):
        raise FigureError(f"names has {len(names)} entries, but values has {len(values)} rows")
    if len(labels) > 16:
        raise FigureError("at most 16 labels have room below the bars")
    rows = [say.row([f"{say.label(t)} {say.number(v)}" for t, v in zip(labels, row)]) for row in values]
    return say.text([say("Bars of {what}.", what=say.label(y_label)) if y_label else say("Bars."),
                     *([say("{name}: {rest}.", name=say.label(n), rest=row) for n, row in zip(names, rows)] if names
                       else [say("{rest}.", rest=row) for row in rows])])


def draw(canvas: Canvas, *, labels: Labels, values: Rows, names: Labels = (), numbers: Flag = False, y_label: Label = "",
         y_range: Numbers = (), width: Number = 70) -> None:
    """Bars from zero upwards (or downwards).

    labels: what stands below each group of bars
    values: the heights: one row, or a row for each name
    names: what the rows are; each has its own hatch
    numbers: true writes its height at each bar
    y_label: name of the axis upwards
    y_range: [lowest, highest]; else the axis fits the bars
    width: of the chart, in mm
    """
    rows, groups = len(values), len(labels)
    w = max(30.0, min(120.0, to_float(width))) * canvas.scale
    bar = min(9.0, 0.8 * w / groups / rows)
    if numbers:  # bars as wide as what stands at them
        bar = max(bar, max([canvas.size_of(number_label(v))[0] for row in values for v in row]) + 1.2)
    group = max(w / groups, bar * rows / 0.8)
    w = group * groups
    low, high = span([v for row in values for v in row], y_range or None, "y_range")
    if not y_range:
        low, high = min(low, fmpq(0)), max(high, fmpq(0))
        if low == high:
            high = fmpq(1)
        if numbers and low < 0:
            low -= (high - low) / 8  # for the number below the lowest bar
        step = tick_step(low, high, 5)
        high = (high / step).ceil() * step
    axes = Axes(canvas, (fmpq(0), fmpq(1)), (low, high), w, 42.0 * canvas.scale, fixed=(True, True))
    zero = axes.place(0, max(axes.y[0], min(axes.y[1], fmpq(0))))[1]
    for tick, text in ticks(*axes.y, axes.y_step):
        py = axes.place(0, tick)[1]
        canvas.line([(0, py), (-1.1, py)])
        canvas.write(text, -1.8, py, across="right")
    canvas.line([(0, axes.height), (0, -1.5)])
    canvas.line([(0, zero), (w, zero)])
    if y_label:
        canvas.write(y_label, -1.8, -3.4, across="left", down="base")
    for g, label in enumerate(labels):
        middle = (g + 0.5) * group
        canvas.write(number_label(label), middle, axes.height + 1.9, down="top")
        for k, row in enumerate(values):
            top = axes.place(0, row[g])[1]
            x = middle + (k - rows / 2) * bar
            fill, hatch, rising = _STYLES[k]
            if row[g] != 0:
                canvas.rectangle(x, min(top, zero), bar, abs(zero - top), fill=fill, width=LINE, hatch=hatch, rising=rising)
            if numbers:
                canvas.write(number_label(row[g]), x + bar / 2, top + (-1.0 if row[g] >= 0 else 1.0), down="base" if row[g] >= 0 else "top")
    for k, name in enumerate(names):
        fill, hatch, rising = _STYLES[k]
        y = 1.5 + 6.0 * k
        canvas.rectangle(w + 4.0, y - 1.8, 5.0, 3.6, fill=fill, width=LINE, hatch=hatch, rising=rising)
        canvas.write(number_label(name), w + 10.6, y, across="left")

