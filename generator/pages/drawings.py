"""Pictures that are drawn, not loaded: lines, boxes and cells to write on, formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from examwright.generator.cache import Sharing
from examwright.generator.mathfont import NAME, fixed_code
from examwright.generator.mathjax import Glyph, number, outline
from examwright.generator.mathset import Formula, Layout

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
    text = f"{x:.5f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@lru_cache(maxsize=4096)
def _place(matrix: tuple[float, float, float, float]) -> str:
    return " ".join([number5(v) for v in matrix])


@lru_cache(maxsize=2048)
def _point(x: float) -> str:
    """Where a glyph stands: mostly where others stand in other formulas."""
    return f"{x + 0.0:g}"  # -0.0 is equal to 0.0, and must not look different to those who come first


def _inverse(m: tuple[float, ...]) -> str:
    a, b, c, d, e, f = m
    det = a * d - b * c
    v = (d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det)
    return " ".join([f"{x:.9f}".rstrip("0").rstrip(".") for x in v]) + " cm"


class FormulaDrawn(NamedTuple):
    """What draws a formula, in thousandths of an em with y upwards. In `operators` a %s stands for the code of each glyph of `open`; `glyphs` are the
    others, which have the same code in every file."""

    operators: str
    open: Sequence[str]
    glyphs: frozenset[str]


def formula_operators(formula: Formula, own: str) -> FormulaDrawn:
    """What draws a formula; `own` is its colour, as three numbers."""
    made = _written(formula.layout, own)
    text = made.texts[0]
    names: Sequence[str] = made.names
    if made.digits or made.places:
        digits = formula.digits
        out = [text]
        for k, text in zip(made.digits, made.texts[1:]):
            out += (digits[k], text)
        text = "".join(out)
        if made.places:
            full = [*names]
            for i, k in made.places:
                full[i] += digits[k]
            names = full
    return FormulaDrawn(text, names, made.glyphs)


class _Written(NamedTuple):
    """A layout drawn: its operators before, between and after `digits` (which digit of a formula comes there: it ends a code); the names of glyphs whose
    codes are open, some of which lack their digit (`places`: which one, and which digit); the glyphs whose codes are not open."""

    texts: Sequence[str]
    digits: Sequence[int]
    names: tuple[str, ...]
    places: Sequence[tuple[int, int]]
    glyphs: frozenset[str]


@lru_cache(maxsize=4096)
def _written(layout: Layout, own: str) -> _Written:
    out: list[str] = []
    digits: list[int] = []
    names: list[str] = []
    places: list[tuple[int, int]] = []
    glyphs: set[str] = set()
    color: str | None = None
    writing = False
    last: tuple[float, float] | None = None  # where an upright glyph before this one stands
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
                writing, last = True, (0.0, 0.0)
            code = fixed_code(name)
            shown = "%s"
            if code is None:
                if digit >= 0:
                    places.append((len(names), digit))
                    name = name[:-1]
                names.append(name)
            elif digit >= 0:  # codes of digits end with it
                digits.append(digit)
                shown = f"{code:04x}"[:3] + _DIGIT
                glyphs |= {name[:-1] + d for d in "0123456789"}
            else:
                shown = f"{code:04x}"
                glyphs.add(name)
            upright = (a, b, c, d) == (1, 0, 0, 1)
            if upright and last:
                out.append(f"{e - last[0]:g} {f - last[1]:g} Td <{shown}> Tj")
            else:
                out.append(f"{_place((a, b, c, d))} {_point(e)} {_point(f)} Tm <{shown}> Tj")
            last = (e, f) if upright else None
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
    return _Written(tuple(map(intern, "\n".join(out).split(_DIGIT))), tuple(digits), tuple(names), tuple(places), _once(frozenset(glyphs)))


_once = Sharing(1024)
_DIGIT = "\ue003"
