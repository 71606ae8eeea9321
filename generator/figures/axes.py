"""Axes with ticks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpz

from examwright.generator.figures.style import DOTTED
from examwright.generator.figures.words import FigureError, number_label, shown
from examwright.solvers.arithmetic import Real, to_float

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

Point = tuple[float, float]
NARROWEST, CLOSEST = fmpq(1, 10**30), 10**9  # of a range, and of what part of its largest value
FARTHEST = 10_000.0  # mm from the corner of a plane
Ticks = tuple[tuple[fmpq, str], ...]  # values with their labels


def span(values: Iterable[Any], given: Sequence[Any] | None, what: str) -> tuple[fmpq, fmpq]:
    """The exact range of an axis: the one given, or that of the values."""
    if given is not None:
        if len(given) != 2 or not given[0] < given[1]:
            raise FigureError(f"{what} must be a list of two numbers, the smaller first")
        return wide_enough(_rational(given[0]), _rational(given[1]), what)
    found = [_rational(v) for v in values]
    if not found:
        raise FigureError(f"without points the figure needs {what}")
    floats = [float(v) for v in found]  # to compare these is much quicker
    low, high = min(floats), max(floats)
    return wide_enough(min([v for v, f in zip(found, floats) if f == low]), max([v for v, f in zip(found, floats) if f == high]), what)


def wide_enough(low: fmpq, high: fmpq, what: str) -> tuple[fmpq, fmpq]:
    """The range, if floats can tell its values apart (or if it is a single value, beside which there will be room). Raises FigureError."""
    width = high - low
    if width > 0 and (width < NARROWEST or width * CLOSEST < max(-low, high)):
        raise FigureError(f"{what} is too narrow, or its values are too close together for their size: the highest must be at least 10^-30 above the lowest, "
                          "and a billionth of it")
    return low, high


def _rational(x: Any) -> fmpq:
    return x if type(x) is fmpq else fmpq(*to_float(x).as_integer_ratio()) if isinstance(x, Real) else fmpq(x)


def tick_step(low: fmpq, high: fmpq, most: int) -> fmpq:
    """The step 1, 2 or 5 times a power of ten that gives at most `most` steps."""
    width = high - low
    return _step(width.p, width.q, most)


@lru_cache(maxsize=1024)
def _step(p: fmpz, q: fmpz, most: int) -> fmpq:
    width, step = fmpq(p, q), fmpq(1)
    while width / step > most:
        step *= 10
    while width / step <= most:
        step /= 10
    for factor in (2, 5, 10):
        if width / (step * factor) <= most:
            return step * factor
    raise AssertionError


class Axes:
    """A plane of `width` × `height` mm with its ticks; `place` gives the point of a pair of values.

    Ranges that were not given grow to whole steps. Where zero lies inside a range, a dotted line marks it.
    """

    def __init__(self, canvas: Canvas, x: tuple[fmpq, fmpq], y: tuple[fmpq, fmpq], width: float, height: float, *,
                 fixed: tuple[bool, bool] = (False, False), equal: bool = False, most: tuple[int, int] = (6, 5)):
        self.canvas = canvas
        self.x_step, self.x = _grown(*x, most[0], fixed[0])
        self.y_step, self.y = _grown(*y, most[1], fixed[1])
        if equal:
            wide, tall = self.x[1] - self.x[0], self.y[1] - self.y[0]
            self.x = _centred(self.x, max(wide, 2 * tall / 5), self.x_step)  # neither axis less than two fifths of the other
            self.y = _centred(self.y, max(tall, 2 * wide / 5), self.y_step)
            self.x_step = tick_step(*self.x, most[0] + 1)
            self.y_step = tick_step(*self.y, most[1] + 1)
            unit = min(width / float(self.x[1] - self.x[0]), height / float(self.y[1] - self.y[0]))
            width, height = unit * float(self.x[1] - self.x[0]), unit * float(self.y[1] - self.y[0])
        self.width, self.height = width, height
        self._x0, self._kx = float(self.x[0]), width / float(self.x[1] - self.x[0])
        self._y0, self._ky = float(self.y[0]), height / float(self.y[1] - self.y[0])

    def place(self, x: Any, y: Any) -> Point:
        """The point (mm) of two values. Raises FigureError for one that is nowhere near the plane."""
        right, down = (to_float(x) - self._x0) * self._kx, self.height - (to_float(y) - self._y0) * self._ky
        if not (-FARTHEST < right < FARTHEST and -FARTHEST < down < FARTHEST):
            raise FigureError(f"the point ({to_float(x):.3g}, {to_float(y):.3g}) lies far outside of x_range or y_range")
        return right, down

    def draw(self, x_label: str = "", y_label: str = "", x_ticks: Sequence[tuple[Any, str]] | None = None,
             y_ticks: Sequence[tuple[Any, str]] | None = None, grid: bool = False) -> None:
        """The axes at the left and at the foot, their ticks and names; with `grid`, lines through the ticks.

        `x_ticks` and `y_ticks` are the values that have a tick, each with its label.
        """
        c = self.canvas
        xs = self._fitting(self.x, self.x_step, self._kx, False) if x_ticks is None else x_ticks
        ys = self._fitting(self.y, self.y_step, self._ky, True) if y_ticks is None else y_ticks
        out = 2.2  # the axes go a little beyond the last tick
        if grid:
            for x, _ in xs:
                px, _ = self.place(x, self.y[0])
                c.back((px, self.height), (px, 0))
            for y, _ in ys:
                _, py = self.place(self.x[0], y)
                c.back((0, py), (self.width, py))
        else:
            if self.x[0] < 0 < self.x[1]:
                px, _ = self.place(0, self.y[0])
                c.back((px, self.height), (px, 0), dash=DOTTED)
            if self.y[0] < 0 < self.y[1]:
                _, py = self.place(self.x[0], 0)
                c.back((0, py), (self.width, py), dash=DOTTED)
        c.arrow((0, self.height), (self.width + out + 1.6, self.height), length=1.7)
        c.arrow((0, self.height), (0, -out - 1.6), length=1.7)
        right = self.width + out + 2.7
        for x, name in xs:
            px = (to_float(x) - self._x0) * self._kx
            right = max(right, px + c.size_of(name)[0] / 2 + 1.2)
            c.line([(px, self.height), (px, self.height + 1.1)])
            c.write(name, px, self.height + 1.9, down="top")
        for y, name in ys:
            py = self.height - (to_float(y) - self._y0) * self._ky
            c.line([(0, py), (-1.1, py)])
            c.write(name, -1.8, py, across="right")
        if x_label:
            c.write(x_label, right, self.height, across="left")
        if y_label:
            c.write(y_label, 0, -out - 3.4, across="centre" if c.size_of(y_label)[0] < 12 else "left", down="base")

    def _fitting(self, ends: tuple[fmpq, fmpq], step: fmpq, scale: float, upwards: bool) -> Ticks:
        """The ticks of an axis, so many that their labels stay apart."""
        while True:
            found = ticks(*ends, step)
            room = float(step) * scale
            if len(found) < 2 or room > (4.2 if upwards else max([self.canvas.size_of(t)[0] for _, t in found]) + 1.8):
                return found
            step = tick_step(fmpq(0), step * 5, 4)  # the next in the row 1, 2, 5, 10

    def through(self, a: float, b: float, c: float) -> tuple[Point, Point] | None:
        """The ends of the line a·x + b·y + c = 0 inside the plane; None if it does not cross it."""
        x1, x2, y1, y2 = [float(v) for v in (*self.x, *self.y)]
        found = []
        if b:
            found += [(x, -(a * x + c) / b) for x in (x1, x2)]
        if a:
            found += [(-(b * y + c) / a, y) for y in (y1, y2)]
        tiny = 1e-9 * max(abs(v) for v in (x1, x2, y1, y2, 1.0))
        inside = sorted([p for p in found if x1 - tiny <= p[0] <= x2 + tiny and y1 - tiny <= p[1] <= y2 + tiny])
        if len(inside) < 2 or inside[0] == inside[-1]:
            return None
        return self.at(*inside[0]), self.at(*inside[-1])

    def at(self, x: float, y: float) -> Point:
        """The point of two floats."""
        return (x - self._x0) * self._kx, self.height - (y - self._y0) * self._ky


def ticks(low: fmpq, high: fmpq, step: fmpq) -> Ticks:
    """The multiples of the step in a range, each with its label: all with as many decimals as the longest needs."""
    return _ticks(low.p, low.q, high.p, high.q, step.p, step.q)


@lru_cache(maxsize=1024)
def _ticks(*numbers: fmpz) -> Ticks:
    low, high, step = [fmpq(p, q) for p, q in zip(numbers[::2], numbers[1::2])]
    values = [k * step for k in range(int((low / step).ceil()), int((high / step).floor()) + 1)]
    decimals = max([len(shown(v).partition(".")[2]) for v in values], default=0)
    return tuple([(v, number_label(v, decimals)) for v in values])


def _centred(ends: tuple[fmpq, fmpq], length: fmpq, step: fmpq) -> tuple[fmpq, fmpq]:
    """A range of at least the length around the given one, in whole steps."""
    short = length - (ends[1] - ends[0])
    if short <= 0:
        return ends
    more = (short / 2 / step).ceil() * step
    return ends[0] - more, ends[1] + more


def _grown(low: fmpq, high: fmpq, most: int, fixed: bool) -> tuple[fmpq, tuple[fmpq, fmpq]]:
    return _whole(low.p, low.q, high.p, high.q, most, fixed)


@lru_cache(maxsize=1024)
def _whole(p: fmpz, q: fmpz, r: fmpz, s: fmpz, most: int, fixed: bool) -> tuple[fmpq, tuple[fmpq, fmpq]]:
    low, high = fmpq(p, q), fmpq(r, s)
    if low == high:
        room = max(fmpq(1), abs(low) * 10 / CLOSEST)
        low, high = low - room, high + room
    step = tick_step(low, high, most)
    if fixed:
        return step, (low, high)
    margin = (high - low) / 50  # no point on the frame
    low, high = ((low - margin) / step).floor() * step, ((high + margin) / step).ceil() * step
    return tick_step(low, high, most + 1), (low, high)
