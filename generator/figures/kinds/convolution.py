"""The grids of a convolution or of pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examwright.generator.figures import cells
from examwright.generator.figures.options import Cells, Count, Labels, Whole
from examwright.generator.figures.words import FigureError, Speech, number_label

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Convolution grids"
EXAMPLE = """\
input: [[1, 0, 2, 3], [4, 1, 0, 2], [0, 3, 1, 1], [2, 2, 0, 1]]
kernel: [[1, -1], [0, 2]]
output: [[3, -2, 3], [9, 3, 0], [1, 2, 2]]
at: [0, 1]
names: [$I$, $K$, $I * K$]
"""


def describe(say: Speech, *, input: Cells, kernel: Cells = (), output: Cells = (), pad: Count = 0, stride: Count = 1, window: Count = 0,
             at: Whole = (), names: Labels = ()) -> str:
    """The numbers of each grid, row by row, and which cells are marked."""
    if not input:
        raise FigureError("input is empty")
    for what, rows in (("input", input), ("kernel", kernel), ("output", output)):
        cells.check(what, rows)
    if pad > 4:
        raise FigureError("at most 4 rows of zeros can be drawn on each side")
    if stride < 1:
        raise FigureError("stride must be at least 1")
    grids = 1 + bool(kernel) + bool(output)
    if names and len(names) != grids:
        raise FigureError(f"names has {len(names)} entries, but there are {grids} grids")
    shape = _window(kernel, window)
    if at and (len(at) != 2 or not shape):
        raise FigureError("at needs [row, column] of the output, and a kernel or a window")
    if at and shape:
        top, left, (h, w) = at[0] * stride, at[1] * stride, shape
        if top + h > len(input) + 2 * pad or left + w > len(input[0]) + 2 * pad:
            raise FigureError(f"at {list(at)} the window lies outside the input")
        if output and (at[0] >= len(output) or at[1] >= len(output[0])):
            raise FigureError(f"the output has no cell {list(at)}")
    said = [f" {say.label(n)}" for n in names] or [""] * grids

    def told(what: str, name: str, rows: Cells) -> str:
        return say("{what}, {m} by {n}: {rest}.", what=say(what) + name, m=len(rows), n=len(rows[0]), rest=cells.told(say, rows))

    out = [told("Input", said[0], input)]
    if pad:
        out.append(say.counted(pad, "Around it {n} row of zeros on each side, dashed.", "Around it {n} rows of zeros on each side, dashed."))
    if kernel:
        out.append(told("Kernel", said[1], kernel))
    if output:
        out.append(told("Output", said[-1], output))
    if at:
        out.append(say("Marked: the window for row {row}, column {column} of the output, and that cell of the output." if output else
                       "Marked: the window for row {row}, column {column} of the output.", row=at[0] + 1, column=at[1] + 1))
    return say.text(out)


def _window(kernel: Cells, window: int) -> tuple[int, int] | None:
    return (len(kernel), len(kernel[0])) if kernel else (window, window) if window else None


def draw(canvas: Canvas, *, input: Cells, kernel: Cells = (), output: Cells = (), pad: Count = 0, stride: Count = 1, window: Count = 0,
         at: Whole = (), names: Labels = ()) -> None:
    """Input, kernel and output side by side.

    input: the matrix that the kernel or the window runs over
    kernel: the matrix of weights
    output: the result
    pad: that many rows of zeros are drawn around the input, dashed
    stride: how far the window moves
    window: the width of the window of pooling, where there is no kernel
    at: [row, column] of a cell of the output, from 0; it is marked, and so is the window of the input that it comes from
    names: a name above each grid
    """
    zeros = ["$0$"] * pad
    around = [["$0$"] * (len(input[0]) + 2 * pad)] * pad
    shown = [[*around, *[[*zeros, *row, *zeros] for row in cells.labels(input)], *around]]
    if kernel:
        shown.append(cells.labels(kernel))
    if output:
        shown.append(cells.labels(output))
    side = max([cells.size(canvas, g) for g in shown])
    height = 6.4
    tall = max([len(g) for g in shown]) * height
    gap = 9.0 * canvas.scale
    x = 0.0
    shape = _window(kernel, window)
    signs = ["", *([r"$\ast$"] if kernel else []), *(["$=$" if kernel else r"$\to$"] if output else [])]
    for k, (rows, sign) in enumerate(zip(shown, signs)):
        y = (tall - len(rows) * height) / 2
        grey: set[tuple[int, int]] = set()
        if at and shape and k == 0:
            top, left = at[0] * stride, at[1] * stride
            grey = {(top + i, left + j) for i in range(shape[0]) for j in range(shape[1])}
        if at and output and k == len(shown) - 1:
            grey = {(at[0], at[1])}
        if sign:
            canvas.write(sign, x - gap / 2, tall / 2, down="ink")
        cells.grid(canvas, x, y, rows, side, height, grey, pad if k == 0 else 0)
        if grey:
            i, j = min(grey)
            m, n = max(grey)
            cells.frame(canvas, x + j * side, y + i * height, (n - j + 1) * side, (m - i + 1) * height)
        if names:
            canvas.write(number_label(names[k]), x + len(rows[0]) * side / 2, y - 1.5, down="base")
        x += len(rows[0]) * side + gap
