"""The unit square in which curves of rates are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flint import fmpq

from examwright.generator.figures.axes import Axes
from examwright.generator.figures.options import Labels, Points, Whole, same
from examwright.generator.figures.style import STRONG
from examwright.generator.figures.words import FigureError, Speech
from examwright.solvers.arithmetic import to_float, to_text

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

UNIT = (fmpq(0), fmpq(1))


def check(points: Points, names: Labels, steps: Whole) -> None:
    """Raise FigureError for points outside the square, and for other impossible options."""
    same("names", names, "points", points)
    if any([not 0 <= v <= 1 for p in points for v in p]):
        raise FigureError("the points of a curve of rates lie between 0 and 1")
    if steps and (len(steps) != 2 or not all([1 <= n <= 12 for n in steps])):
        raise FigureError("steps must be two whole numbers from 1 to 12")


def ruled(say: Speech, steps: Whole) -> str:
    """The grid in words."""
    return say("a grid of {m} by {n} steps", m=steps[0], n=steps[1]) if steps else say("a grid of tenths")


def square(canvas: Canvas, x_label: str, y_label: str, steps: Sequence[int], width: Any) -> Axes:
    """The axes with a grid: of tenths, or of the steps given, whose ticks are fractions."""
    w = max(30.0, min(90.0, to_float(width))) * canvas.scale
    axes = Axes(canvas, UNIT, UNIT, w, w, fixed=(True, True))
    if steps:
        axes.draw(x_label, y_label, grid=True, x_ticks=_fractions(steps[0]), y_ticks=_fractions(steps[1]))
    else:
        for k in range(11):
            a, b = w * k / 10, (0.4 if k % 5 == 0 else 0.75)
            canvas.back((a, 0), (a, w), ink=b)
            canvas.back((0, a), (w, a), ink=b)
        axes.draw(x_label, y_label)
    return axes


def _fractions(n: int) -> list[tuple[fmpq, str]]:
    return [(fmpq(k, n), f"${to_text(fmpq(k, n))}$") for k in range(n + 1)]


def curve(canvas: Canvas, axes: Axes, points: Points, names: Labels) -> None:
    """The points, joined and named."""
    at = [axes.place(*p) for p in points]
    if at[1:]:
        canvas.line(at, width=STRONG)
    for i, p in enumerate(at):
        if points[i] not in points[:i]:
            canvas.marker(*p, "disc", 0.85)
        if names:
            canvas.label(names[i], *p, 1.1, near=((1, 1), (-1, -1), (1, 0), (0, 1), (0, -1), (-1, 0), (1, -1), (-1, 1)))
