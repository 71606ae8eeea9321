"""Pictures that are drawn, not loaded: lines, boxes and cells to write on, formulas, the code of a page."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from examwright.generator.mathfont import NAME
from examwright.generator.mathset import Formula, Glyph, Layout, number, outline

PX = 96 / 25.4  # CSS pixels in a millimetre
CELL = 8.5  # mm, the height of a cell to write in


@dataclass(frozen=True)
class Drawing:
    """Path operators in mm, y downwards. A stretched one is as wide as its place: WIDTH stands for it in the operators."""

    width: float
    height: float
    operators: str
    stretch: bool = False

    def painted(self, scale: float, width: float) -> str:
        """The operators for a place `width` wide, with `scale` units to the millimetre."""
        return self.operators.replace("WIDTH", number(width / scale)) if self.stretch else self.operators


@lru_cache(maxsize=512)
def drawing(name: str, width: float, height: float) -> Drawing:
    """The drawing of a name: lines:N, tick, ring, or grid:ROWS,COLUMNS,CELL WIDTH."""
    kind, _, rest = name.partition(":")
    if kind == "lines":
        rules = " ".join([f"0 {8 * (i + 1) - 0.27:g} WIDTH 0.14 re" for i in range(int(rest))])
        return Drawing(width, height, f"{rules} f", stretch=True)
    if kind == "tick":
        return Drawing(width, height, f"0.16 w 0.1 0.1 {width - 0.2:.3f} {height - 0.2:.3f} re S")
    if kind == "ring":
        r, c = width / 2 - 0.1, width / 2
        k = 0.5523 * r
        return Drawing(width, height, (
            f"0.16 w {c + r:.3f} {c} m {c + r:.3f} {c + k:.3f} {c + k:.3f} {c + r:.3f} {c} {c + r:.3f} c "
            f"{c - k:.3f} {c + r:.3f} {c - r:.3f} {c + k:.3f} {c - r:.3f} {c} c {c - r:.3f} {c - k:.3f} {c - k:.3f} {c - r:.3f} "
            f"{c} {c - r:.3f} c {c + k:.3f} {c - r:.3f} {c + r:.3f} {c - k:.3f} {c + r:.3f} {c} c S"))
    rows, columns, w = [float(v) for v in rest.split(",")]
    return grid(int(rows), int(columns), w)


@lru_cache(maxsize=512)
def grid(rows: int, columns: int, w: float) -> Drawing:
    """Cells in brackets: a vector in parentheses, a matrix in brackets."""
    gap, side = 1.6, 3.0
    width = columns * w + (columns - 1) * gap + 2 * side
    height = rows * CELL + (rows - 1) * gap + 1.6
    out = ["0.3 G 0.12 w"]
    for r in range(rows):
        for c in range(columns):
            out.append(f"{side + c * (w + gap):.2f} {0.8 + r * (CELL + gap):.2f} {w:.2f} {CELL} re")
    out.append("S 0 G 0.22 w")
    if rows == 1:
        h = height - 0.3
        for x, s in ((1.9, -1), (width - 1.9, 1)):
            out.append(f"{x:.2f} 0.15 m {x + 1.9 * s:.2f} {h * 0.3:.2f} {x + 1.9 * s:.2f} {h * 0.7:.2f} {x:.2f} {h:.2f} c S")
        out.append("0 g")
        for c in range(1, columns):
            x = side + c * (w + gap) - gap / 2
            out.append(f"{x:.2f} {CELL + 0.1:.2f} m {x - 0.3:.2f} {CELL + 1.1:.2f} l S")
    else:
        for x, s in ((1.9, -1), (width - 1.9, 1)):
            out.append(f"{x:.2f} 0.15 m {x + 1.3 * s:.2f} 0.15 l {x + 1.3 * s:.2f} {height - 0.15:.2f} l {x:.2f} {height - 0.15:.2f} l S")
    return Drawing(width, height, " ".join(out))


# ---- formulas --------------------------------------------------------------------------------

def number5(x: float) -> str:
    """A number of a matrix, with at most 5 decimals."""
    return f"{x:.5f}".rstrip("0").rstrip(".") or "0"


@lru_cache(maxsize=4096)
def _place(matrix: tuple[float, float, float, float]) -> str:
    return " ".join([number5(v) for v in matrix])


@lru_cache(maxsize=8192)
def _point(x: float) -> str:
    """Where a glyph stands: mostly where others stand in other formulas."""
    return f"{x:g}"


def _inverse(m: tuple[float, ...]) -> str:
    a, b, c, d, e, f = m
    det = a * d - b * c
    v = (d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det)
    return " ".join([f"{x:.9f}".rstrip("0").rstrip(".") for x in v]) + " cm"


def formula_operators(formula: Formula, own: str) -> tuple[str, Sequence[str]]:
    """What draws a formula, in thousandths of an em with y upwards, with %s for the code of each of these glyphs; `own` is its colour,
    as three numbers."""
    text, names, places = _written(formula.layout, own)
    if not places:
        return text, names
    shown, digits = list(names), formula.digits
    for i, k in places:
        shown[i] += digits[k]
    return text, shown


@lru_cache(maxsize=4096)
def _written(layout: Layout, own: str) -> tuple[str, tuple[str, ...], tuple[tuple[int, int], ...]]:
    """The same for a layout: the names of some glyphs lack their digit, and which of them shows which digit."""
    out: list[str] = []
    names: list[str] = []
    places: list[tuple[int, int]] = []
    color: str | None = None
    writing = False
    for mark, digit in zip(*layout.drawn()):
        name, (a, b, c, d, e, f), tone = mark
        if isinstance(mark, Glyph):
            if not outline(name):
                continue
            if tone != color:
                if writing:
                    out.append("ET")
                    writing = False
                color = tone
                out.append(f"{color or own} rg {color or own} RG")
            if not writing:
                out.append(f"BT /{NAME} 1000 Tf")
                writing = True
            out.append(f"{_place((a, b, c, d))} {_point(e)} {_point(f)} Tm <%s> Tj")
            if digit >= 0:
                places.append((len(names), digit))
                name = name[:-1]
            names.append(name)
            continue
        if writing:
            out.append("ET")
            writing = False
        place = f"{_place((a, b, c, d))} {number(e)} {number(f)}"
        if name == "Q":
            out.append("Q")
        elif name.startswith("q "):  # what follows has its own whole matrix
            out.append(f"q {place} cm {name[2:]} {_inverse(mark.matrix)}")
        else:
            paint = f"{tone} rg {tone} RG " if tone else ""
            out.append(f"q {paint}{place} cm {name} Q")
    if writing:
        out.append("ET")
    return "\n".join(out), tuple(names), tuple(places)


# ---- the code of a page ----------------------------------------------------------------------

_CODE = re.compile(r"(EW1 [0-9A-Z $%*+./:-]+) ([0-9]+)")
_DARK = re.compile(b"\x01+")


def _made(text: str) -> bytes:
    import segno

    return b"".join([bytes(row) for row in segno.make_qr(text, error="m", boost_error=False, mask=4).matrix])


def modules(text: str) -> bytes:
    """The modules of a QR code, row by row: 1 is dark. A code of ours that differs from another one only in the page at its end differs
    from it in the same modules whatever stands before: a QR code is linear in its bits."""
    found = _CODE.fullmatch(text)
    if not found:
        return _made(text)
    start, page = found.groups()
    return _either(_first(start, len(page)), _turned(len(start), page))


@lru_cache(maxsize=64)
def _first(start: str, digits: int) -> bytes:
    return _made(f"{start} {'1' * digits}")


@lru_cache(maxsize=1024)
def _turned(length: int, page: str) -> bytes:
    """The modules in which a page differs from page 1 (11, 111)."""
    start = "A" * length
    return _either(_made(f"{start} {page}"), _first(start, len(page)))


def _either(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))


@lru_cache(maxsize=64)
def qr(text: str, side: float) -> str:
    """A QR code as one path of filled rectangles, `side` mm wide with its quiet zone; y downwards. A module is a unit of it."""
    made = modules(text)
    size = math.isqrt(len(made))
    quiet = 2  # modules; the margin of the page around it is white as well
    unit = side / (size + 2 * quiet)
    return f"{unit:.6f} 0 0 {unit:.6f} 0 0 cm " + "".join(
        [f"{run.start() - y * size + quiet} {y + quiet} {run.end() - run.start()} 1 re " for y in range(size)
         for run in _DARK.finditer(made, y * size, (y + 1) * size)]) + "f"
