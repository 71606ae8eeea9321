"""A grid world: walls, rewards, a policy, values, a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examwright.generator.figures.options import Cells, Flag, Places, Whole
from examwright.generator.figures.style import DASHED, LINE, STRONG
from examwright.generator.figures.words import FigureError, Speech, number_label, shown

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Grid world"
EXAMPLE = """\
size: [3, 4]
walls: [[1, 1]]
cells: [['', '', '', 1], ['', '', '', -1], ['S', '', '', '']]
terminal: [[0, 3], [1, 3]]
policy: [['right', 'right', 'right', ''], ['up', '', 'up', ''], ['up', 'left', 'left', 'left']]
coordinates: true
"""
_ARROWS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


def describe(say: Speech, *, size: Whole, walls: Places = (), cells: Cells = (), terminal: Places = (), policy: Cells = (), path: Places = (),
             coordinates: Flag = False) -> str:
    """The grid row by row: what stands in each cell and where the policy goes."""
    if len(size) != 2 or not all([1 <= k <= 12 for k in size]):
        raise FigureError("size must be [rows, columns], each from 1 to 12")
    m, n = size
    for what, grid in (("cells", cells), ("policy", policy)):
        if grid and (len(grid), len(grid[0])) != (m, n):
            raise FigureError(f"{what} must be a {m}×{n} matrix")
    for what, places in (("walls", walls), ("terminal", terminal), ("path", path)):
        for i, j in places:
            if i >= m or j >= n:
                raise FigureError(f"{what} names the cell [{i}, {j}], which does not exist in a {m}×{n} grid")
    for row in policy:
        for word in row:
            if word != "" and word not in _ARROWS:
                raise FigureError(f"policy has the direction {shown(word)}; there are {', '.join(_ARROWS)} and '' for none")
    out = [say("A grid of {m} rows and {n} columns, the first row at the top.", m=m, n=n)]
    for i in range(m):
        told = []
        for j in range(n):
            if (i, j) in walls:
                told.append(say("wall"))
                continue
            words = []
            if cells and cells[i][j] != "":
                words.append(say.number(cells[i][j]))
            if (i, j) in terminal:
                words.append(say("terminal"))
            if policy and policy[i][j] != "":
                words.append(say("go {direction}", direction=say(policy[i][j])))
            told.append(" ".join(words) or say("empty"))
        out.append(say("Row {i}: {rest}.", i=i + 1, rest=say.row(told)))
    if path:
        out.append(say("A path leads through {rest}.", rest=say.row([say("row {i} column {j}", i=i + 1, j=j + 1) for i, j in path])))
    return say.text(out)


def draw(canvas: Canvas, *, size: Whole, walls: Places = (), cells: Cells = (), terminal: Places = (), policy: Cells = (), path: Places = (),
         coordinates: Flag = False) -> None:
    """A grid of squares.

    size: [rows, columns]
    walls: [row, column] of each wall, from 0; walls are hatched
    cells: what stands in each cell, a matrix of numbers or words, such as rewards or values; '' for nothing
    terminal: [row, column] of each terminal cell; it has a double frame
    policy: up, down, left, right or '' for each cell, drawn as an arrow
    path: the cells of a path, in order
    coordinates: true numbers the rows and columns, from 1
    """
    m, n = size
    side = max(9.5, 0.0, *[canvas.size_of(number_label(v))[0] + 3.4 for row in cells for v in row if v != ""]) * canvas.scale
    for i in range(m + 1):
        canvas.line([(0, i * side), (n * side, i * side)], width=LINE)
    for j in range(n + 1):
        canvas.line([(j * side, 0), (j * side, m * side)], width=LINE)
    for i, j in walls:
        canvas.rectangle(j * side, i * side, side, side, hatch=1.6)
    for i, j in terminal:
        canvas.rectangle(j * side + 0.7, i * side + 0.7, side - 1.4, side - 1.4)
    both = bool(cells) and bool(policy)
    for i in range(m):
        for j in range(n):
            x, y = (j + 0.5) * side, (i + 0.5) * side
            wall = (i, j) in walls  # nothing stands in it
            going: Any = policy[i][j] if policy and not wall else ""
            written: Any = cells[i][j] if cells and not wall else ""
            if written != "":
                canvas.write(number_label(written), x, y - (2.2 if both and going != "" else 0))
            if going != "":
                u, v = _ARROWS[going]
                low = y + (side / 2 - 2.6 if written != "" else 0)
                k = 2.6 if written == "" or not v else 1.7
                canvas.arrow((x - k * u, low - k * v), (x + k * u, low + k * v), width=STRONG, length=1.8)
    if path[1:]:
        points = [((j + 0.5) * side, (i + 0.5) * side) for i, j in path]
        (ax, ay), (bx, by) = points[-2], points[-1]
        canvas.line([*points[:-1], (bx - 0.14 * (bx - ax), by - 0.14 * (by - ay))], width=STRONG, dash=DASHED)
        canvas.head((bx, by), (bx - ax, by - ay))
    if coordinates:
        for i in range(m):
            canvas.write(f"${i + 1}$", -1.6, (i + 0.5) * side, across="right")
        for j in range(n):
            canvas.write(f"${j + 1}$", (j + 0.5) * side, -1.4, down="base")
