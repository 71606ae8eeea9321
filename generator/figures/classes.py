"""Classes of data points: each has its own marker, the same one in every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flint import fmpq

from examwright.generator.figures.options import Values
from examwright.generator.figures.style import MARKER_WORDS, MARKERS
from examwright.generator.figures.words import FigureError, Speech, number_label

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas


def markers(classes: Values) -> tuple[list[tuple[Any, str]], list[str]]:
    """The classes in order, each with its marker, and the marker of each point. Numbers go from the lowest up (open, filled, …), words by the
    alphabet (filled, open, …), so that 1 and + are filled. Raises FigureError for more classes than there are markers."""
    keys = [(c.p, c.q) if type(c) is fmpq else c for c in classes]  # to hash a rational takes long
    kinds = dict(zip(keys, classes))
    words = sorted([c for c in kinds.values() if isinstance(c, str)])
    numbers = sorted([c for c in kinds.values() if not isinstance(c, str)])
    found = [*numbers, *words]
    if len(found) > len(MARKERS):
        raise FigureError(f"there are {len(found)} classes; at most {len(MARKERS)} can be told apart")
    order = list(zip(found, (MARKERS[1], MARKERS[0], *MARKERS[2:]) if numbers else MARKERS))
    own = {key: next(marker for c, marker in order if c == kind) for key, kind in kinds.items()}
    return order, [own[key] for key in keys]


def told(say: Speech, classes: Values, points: list[str]) -> list[str]:
    """A sentence for each class: its marker and its points."""
    order, own = markers(classes)
    return [say("Class {name} ({marker}): {rest}.", name=say.number(kind), marker=say(MARKER_WORDS[marker]),
                rest=say.row([p for p, m in zip(points, own) if m == marker])) for kind, marker in order]


def legend(canvas: Canvas, classes: list[tuple[Any, str]], x: float, y: float) -> None:
    """Markers and names of the classes, one below the other from (x, y) on."""
    signed = {kind for kind, _ in classes} == {-1, 1}  # as tables and formulas have them
    for i, (kind, marker) in enumerate(classes):
        canvas.marker(x, y + 5.0 * i, marker)
        canvas.write(f"{'+' if signed and kind == 1 else ''}{number_label(kind)}", x + 2.6, y + 5.0 * i, across="left")
