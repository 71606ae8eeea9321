"""A matrix or table with some cells marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examwright.generator.figures import cells
from examwright.generator.figures.options import Cells, Flag, Labels, Places
from examwright.generator.figures.style import GREY, STRONG
from examwright.generator.figures.words import FigureError, Speech, number_label

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Table"
EXAMPLE = """\
values: [[50, 10], [5, 35]]
rows: [is positive, is negative]
columns: [called positive, called negative]
marked: [[0, 0], [1, 1]]
"""


def describe(say: Speech, *, values: Cells, rows: Labels = (), columns: Labels = (), marked: Places = (), brackets: Flag = False) -> str:
    """The entries row by row, and which are marked."""
    if not values:
        raise FigureError("values is empty")
    cells.check("values", values)
    if rows and len(rows) != len(values):
        raise FigureError(f"there are {len(rows)} names of rows for {len(values)} rows")
    if columns and len(columns) != len(values[0]):
        raise FigureError(f"there are {len(columns)} names of columns for {len(values[0])} columns")
    for i, j in marked:
        if i >= len(values) or j >= len(values[0]):
            raise FigureError(f"marked names the cell [{i}, {j}], which does not exist")
    out = [say("{rest}.", rest=say.row([say.counted(len(values), "{n} row", "{n} rows"), say.counted(len(values[0]), "{n} column", "{n} columns")]))]
    if columns:
        out.append(say("Columns: {rest}.", rest=say.row([say.label(c) for c in columns])))
    for i, row in enumerate(values):
        out.append(say("{name}: {rest}.", name=say.label(rows[i]) if rows else say("Row {i}", i=i + 1), rest=say.row([say.number(v) for v in row])))
    if marked:
        out.append(say("Marked: {rest}.", rest=say.all([say("{value} in row {i}, column {j}", value=say.number(values[i][j]), i=i + 1, j=j + 1)
                                                        for i, j in marked])))
    return say.text(out)


def draw(canvas: Canvas, *, values: Cells, rows: Labels = (), columns: Labels = (), marked: Places = (), brackets: Flag = False) -> None:
    """A table, some of its cells grey with a heavy frame.

    values: the rows of numbers or words; '' is an empty cell
    rows: a name to the left of each row
    columns: a name above each column
    marked: [row, column] of the cells to be marked, from 0
    brackets: true draws a matrix in brackets, without lines
    """
    m, n = len(values), len(values[0])
    labels = cells.labels(values)
    heads = [canvas.size_of(c)[0] + 2.4 for c in columns]
    w, h = max([cells.size(canvas, labels, 9.0), *heads]), 6.8
    if brackets:
        for i, j in marked:
            canvas.rectangle(j * w + 0.4, i * h + 0.4, w - 0.8, h - 0.8, fill=GREY, width=STRONG)
        for i, row in enumerate(labels):
            for j, text in enumerate(row):
                if text:
                    canvas.write(text, (j + 0.5) * w, (i + 0.5) * h)
        for x, d in ((-0.6, 1.2), (n * w + 0.6, -1.2)):
            canvas.line([(x + d, -0.3), (x, -0.3), (x, m * h + 0.3), (x + d, m * h + 0.3)], width=STRONG)
    else:
        cells.grid(canvas, 0, 0, labels, w, h, {(i, j) for i, j in marked})
        for i, j in marked:
            cells.frame(canvas, j * w, i * h, w, h)
    for i, name in enumerate(rows):
        canvas.write(number_label(name), -2.0, (i + 0.5) * h, across="right")
    for j, name in enumerate(columns):
        canvas.write(number_label(name), (j + 0.5) * w, -2.0, down="base")
