"""Do the labels of a finished figure overlap anything? Looked at in the display list itself, apart from what placed them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from examwright.generator.figures.display import Drawn, Path, Word
from examwright.generator.figures.label import Box, ink

DARK = 0.6  # a fill lighter than this may lie under a label
LEAST = 0.1  # mm that must be free around the ink of a label


def faults(figure: Drawn) -> Iterator[str]:
    """One sentence for each label that touches another, a line, a dark area, or the edge of the figure."""
    boxes = [(_box(w, *figure.origin), w.text) for w in figure.words]
    for i, (a, text) in enumerate(boxes):
        if a[0] < -0.01 or a[1] < -0.01 or a[2] > figure.width + 0.01 or a[3] > figure.height + 0.01:
            yield f"the label {text!r} reaches out of the figure"
        for b, other in boxes[:i]:
            if a[0] - LEAST < b[2] and b[0] - LEAST < a[2] and a[1] - LEAST < b[3] and b[1] - LEAST < a[3]:
                yield f"the labels {other!r} and {text!r} overlap"
    for path in figure.paths:
        touched = set()
        pad = 0 if path.width is None else path.width / 2 + LEAST
        for line in _lines(path, *figure.origin):
            across, down = [x for x, _ in line], [y for _, y in line]
            left, top, right, bottom = min(across) - pad, min(down) - pad, max(across) + pad, max(down) + pad
            touched |= {text for box, text in boxes if box[0] <= right and box[2] >= left and box[1] <= bottom and box[3] >= top  # most lie elsewhere
                        and _touches(box, path, line)}
        for text in sorted(touched):
            yield f"a line runs through the label {text!r}"


def _box(word: Word, dx: float, dy: float) -> Box:
    """The box of the ink, glyph by glyph, in the figure."""
    found = ink(word.formula, word.text)
    assert found is not None  # an empty label is none
    left, bottom, right, top = [v * word.size for v in found]
    x, y = word.x + dx, word.y + dy
    return x + left, y - top, x + right, y - bottom


def _lines(path: Path, dx: float, dy: float) -> Iterator[list[tuple[float, float]]]:
    """The subpaths of a path, its curves as short straight lines, in the figure."""
    if path.shape == "o":
        x, y, r = path.at
        yield [(x + dx + r * math.cos(k * math.pi / 24), y + dy + r * math.sin(k * math.pi / 24)) for k in range(49)]
        return
    line: list[tuple[float, float]] = []
    points = iter([(x + dx, y + dy) for x, y in zip(path.at[::2], path.at[1::2])])
    for operator in path.shape:
        if operator == "m":
            if line:
                yield line
            line = [next(points)]
        elif operator == "l":
            line.append(next(points))
        elif operator == "c":
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = line[-1], next(points), next(points), next(points)
            for k in range(1, 13):
                t, u = k / 12, 1 - k / 12
                line.append((u**3 * x0 + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t**3 * x3,
                             u**3 * y0 + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t**3 * y3))
        else:
            line.append(line[0])
    if line:
        yield line


def _touches(box: Box, path: Path, line: list[tuple[float, float]]) -> bool:
    left, top, right, bottom = box
    if path.width is not None:
        pad = path.width / 2 + LEAST
        for (x1, y1), (x2, y2) in zip(line, line[1:]):
            steps = max(1, int(max(abs(x2 - x1), abs(y2 - y1)) / 0.05))
            if max(x1, x2) < left - pad or min(x1, x2) > right + pad or max(y1, y2) < top - pad or min(y1, y2) > bottom + pad:
                continue
            for k in range(steps + 1):  # a walk along the line in steps of 0.05 mm
                x, y = x1 + (x2 - x1) * k / steps, y1 + (y2 - y1) * k / steps
                if left - pad < x < right + pad and top - pad < y < bottom + pad:
                    return True
    if path.fill is not None and path.fill < DARK:
        if any([left < x < right and top < y < bottom for x, y in line]):
            return True
        corners = ((left, top), (right, top), (left, bottom), (right, bottom), ((left + right) / 2, (top + bottom) / 2))
        return any([_inside(x, y, line) for x, y in corners])
    return False


def _inside(x: float, y: float, polygon: list[tuple[float, float]]) -> bool:
    """Is the point inside? (Crossings of a ray to the right.)"""
    odd = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            odd = not odd
    return odd
