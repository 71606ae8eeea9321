"""Grids of cells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from examwright.generator.figures.style import GREY, HEAVY, LINE, THIN
from examwright.generator.figures.words import FigureError, Speech, number_label

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

LARGEST = 14  # rows or columns


def check(what: str, rows: Sequence[Sequence[Any]]) -> None:
    """Raise FigureError for a grid that is too large."""
    if len(rows) > LARGEST or (rows and len(rows[0]) > LARGEST):
        raise FigureError(f"{what} has {len(rows)}×{len(rows[0])} entries; at most {LARGEST}×{LARGEST} can be drawn")


def told(say: Speech, rows: Sequence[Sequence[Any]]) -> str:
    """The entries in words, row by row."""
    return say("; ").join([" ".join([say.number(v) for v in row]) for row in rows])


def labels(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """The entries as labels; "" is an empty cell."""
    return [[number_label(v) for v in row] for row in rows]


def size(canvas: Canvas, rows: Sequence[Sequence[str]], least: float = 6.4) -> float:
    """The width of the cells that the labels need, in mm."""
    return max([least, *[canvas.size_of(text)[0] + 2.2 for row in rows for text in row if text]])


def grid(canvas: Canvas, x: float, y: float, rows: Sequence[Sequence[str]], w: float, h: float,
         grey: Collection[tuple[int, int]] = (), pad: int = 0) -> None:
    """Cells of w × h mm from the upper left corner (x, y), their labels, some cells grey, the outermost `pad` cells dashed."""
    m, n = len(rows), len(rows[0])
    for i, j in sorted(grey):
        canvas.rectangle(x + j * w, y + i * h, w, h, fill=GREY, width=None)
    inner = (pad, m - pad, pad, n - pad)
    for i in range(m + 1):
        if inner[0] <= i <= inner[1]:
            canvas.line([(x + inner[2] * w, y + i * h), (x + inner[3] * w, y + i * h)], width=LINE)
    for j in range(n + 1):
        if inner[2] <= j <= inner[3]:
            canvas.line([(x + j * w, y + inner[0] * h), (x + j * w, y + inner[1] * h)], width=LINE)
    if pad:
        dash = (0.5, 0.6)
        for i in range(m + 1):
            spans = [(0, inner[2]), (inner[3], n)] if inner[0] <= i <= inner[1] else [(0, n)]
            for a, b in spans:
                canvas.line([(x + a * w, y + i * h), (x + b * w, y + i * h)], width=THIN, dash=dash)
        for j in range(n + 1):
            spans = [(0, inner[0]), (inner[1], m)] if inner[2] <= j <= inner[3] else [(0, m)]
            for a, b in spans:
                canvas.line([(x + j * w, y + a * h), (x + j * w, y + b * h)], width=THIN, dash=dash)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            if text:
                canvas.write(text, x + (j + 0.5) * w, y + (i + 0.5) * h)


def frame(canvas: Canvas, x: float, y: float, w: float, h: float) -> None:
    """A heavy frame around some cells."""
    canvas.rectangle(x, y, w, h, width=HEAVY)
