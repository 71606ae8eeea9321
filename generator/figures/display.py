"""A finished figure: strokes, fills and words in millimetres, as PDF operators and as SVG.

The one thing that pages, web pages and exports know of a figure is a `Drawn`:

    drawn.width, drawn.height     millimetres, for text of 10.5 pt (a page with larger type enlarges the figure with it)
    drawn.alt                     what the figure shows, with its numbers, in plain words of drawn.language that are read aloud
    drawn.operators(code)         PDF operators in a space of width × height mm, y downwards, without an own q … Q; `code` is
                                  `MathFont.code` of the file: the words are text in the font that the formulas use
    drawn.svg()                   a self-contained SVG in the colour of the text around it, with <title> and <desc>

It depends on nothing but what was drawn, so it may be kept, sent to other processes, and drawn any number of times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from html import escape
from itertools import chain
from typing import NamedTuple

from examwright.generator.mathfont import NAME
from examwright.generator.mathjax import SIGNS, Glyph, outline
from examwright.generator.mathset import Formula

EM = 3.7042  # mm in 10.5 pt, the size of the text on a page
KEPT = 4096  # lengths whose text is kept


class Path(NamedTuple):
    """Lines and curves: `shape` has a letter for each operator (m, l, c, h as in PDF), `at` all their coordinates, x and y in turn; or a circle:
    shape o, and `at` is x, y and radius. `width` (mm) of the stroke or None; `ink` and `fill` are greys from 0 (black) to 1."""

    shape: str
    at: tuple[float, ...]
    width: float | None = None
    dash: tuple[float, ...] = ()
    ink: float = 0.0
    fill: float | None = None


class Word(NamedTuple):
    """A text with its baseline's left end at (x, y); `size` is mm in an em; `text` as the author wrote it."""

    formula: Formula
    x: float
    y: float
    size: float
    text: str


def mm(x: float) -> str:
    """A length with at most 2 decimals."""
    text = f"{x:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _fine(x: float) -> str:
    text = f"{x:.5f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class _Texts(dict[float, str]):
    """Lengths as text, looked up by the length: in figures nearly all of them have come before, and to look one up takes a quarter of the time."""

    def __init__(self, written: Callable[[float], str]):
        super().__init__()
        self.written = written

    def __missing__(self, x: float) -> str:
        if len(self) >= KEPT:
            self.clear()
        text = self[x] = self.written(x)
        return text


_MM = _Texts(mm)
_PLACE = _Texts("{:.3f}".format)  # where glyphs stand


@lru_cache(maxsize=512)
def _turned(k: float, a: float, b: float, c: float, d: float) -> str:
    """The first four numbers of a matrix, y downwards, in units of which `k` is one."""
    return " ".join([_fine(v) for v in (k * a, -k * b, k * c, -k * d)])


@lru_cache(maxsize=4096)
def _marks(formula: Formula, size: float) -> tuple[list[tuple[str, float, float, str, str]], bool]:
    """The marks of a formula that show something, with all but their places: the name of a glyph or "", (x, y) from the left end of the baseline in
    mm, what stands before and after the place among the operators. And: are all of them glyphs?"""
    k = size / 1000
    out = []
    for mark in formula.marks:
        a, b, c, d, e, f = mark.matrix
        if not isinstance(mark, Glyph):
            out.append(("", k * e, k * f, f"q {_turned(k, a, b, c, d)} ", f" cm {mark.operators} Q"))
        elif outline(mark.name):
            out.append((mark.name, k * e, k * f, f"{_turned(size, a, b, c, d)} ", " Tm <%s> Tj"))
    return out, all([name for name, *_ in out])


_OPERATORS = {"m": "%s %s m", "l": "%s %s l", "c": "%s %s %s %s %s %s c", "h": "h"}
_SVG = {"m": "M%s %s", "l": "L%s %s", "c": "C%s %s %s %s %s %s", "h": "Z"}
_SVG_CIRCLE = "".join([_SVG[c] for c in "mcccch"])


@lru_cache(maxsize=512)
def _outlined(shape: str, paint: str) -> str:
    """The operators of a path, with a %s for each coordinate."""
    return "\n".join([*[_OPERATORS[c] for c in shape], paint])


def _circle(template: str, at: tuple[float, ...], origin: tuple[float, float]) -> str:
    """A circle as four curves; in the template is a %s for each coordinate."""
    x, y, r = at
    dx, dy = origin
    k = 0.5522847498 * r
    left, west, middle, east, right = [_MM[v + dx] for v in (x - r, x - k, x, x + k, x + r)]
    top, north, level, south, bottom = [_MM[v + dy] for v in (y - r, y - k, y, y + k, y + r)]
    return template % (right, level, right, south, east, bottom, middle, bottom, west, bottom, left, south, left, level,
                       left, north, west, top, middle, top, east, top, right, north, right, level)


_kept_circle = lru_cache(maxsize=512)(_circle)


@dataclass(frozen=True)
class Drawn:
    """A figure, ready for any page. See the module's head. `origin` is to be added to the coordinates of paths and words."""

    title: str
    alt: str
    language: str
    width: float
    height: float
    paths: tuple[Path, ...]
    words: tuple[Word, ...]
    origin: tuple[float, float] = (0.0, 0.0)

    def _coordinates(self) -> list[str]:
        """Those of all paths but circles, as text."""
        dx, dy = self.origin
        flat = list(chain.from_iterable([p.at for p in self.paths if p.shape != "o"]))
        out = [""] * len(flat)
        out[::2] = [_MM[x + dx] for x in flat[::2]]
        out[1::2] = [_MM[y + dy] for y in flat[1::2]]
        return out

    # ---- PDF ----

    def _strokes(self) -> str:
        out = ["1 j 0 J"]
        width = ink = fill = None
        dash: tuple[float, ...] = ()
        for shape, at, wide, dashes, grey, filled in self.paths:
            if filled is not None and filled != fill:
                fill = filled
                out.append(f"{mm(fill)} g")
            if wide is None:
                paint = "f"
            else:
                paint = "S" if filled is None else "B"
                if wide != width:
                    width = wide
                    out.append(f"{mm(width)} w")
                if grey != ink:
                    ink = grey
                    out.append(f"{mm(ink)} G")
                if dashes != dash:
                    dash = dashes
                    out.append(f"[{' '.join([mm(d) for d in dash])}] 0 d")
            out.append(_kept_circle(_outlined("mcccch", paint), at, self.origin) if shape == "o" else _outlined(shape, paint))
        return "\n".join(out) % tuple(self._coordinates())

    @cached_property
    def _writing(self) -> tuple[str, list[str]]:
        """The operators with a %s for the code of each glyph, and the names of the glyphs."""
        out = [self._strokes(), "0 g 0 G [] 0 d"]
        names: list[str] = []
        dx, dy = self.origin
        writing = False
        for formula, left, base, size, _ in self.words:
            x, y = left + dx, base + dy
            marks, plain = _marks(formula, size)
            if plain:
                if not writing and marks:
                    writing = True
                    out.append(f"BT /{NAME} 1 Tf")
                out += [f"{before}{_PLACE[x + e]} {_PLACE[y - f]}{after}" for _, e, f, before, after in marks]
                names += [m[0] for m in marks]
                continue
            for name, e, f, before, after in marks:
                if bool(name) != writing:
                    writing = not writing
                    out.append(f"BT /{NAME} 1 Tf" if writing else "ET")
                if name:
                    names.append(name)
                    out.append(f"{before}{_PLACE[x + e]} {_PLACE[y - f]}{after}")
                else:
                    out.append(f"{before}{_MM[x + e]} {_MM[y - f]}{after}")
        if writing:
            out.append("ET")
        return "\n".join(out), names

    def operators(self, code: Callable[[str], int]) -> str:
        """The figure as PDF operators; `code` gives the code of a glyph in the font of the file."""
        text, names = self._writing
        codes = {name: f"{code(name):04x}" for name in dict.fromkeys(names)}
        return text % tuple([codes[name] for name in names])

    # ---- SVG ----

    def svg(self, paper: str = "") -> str:
        """The figure as SVG; `paper` is a colour to lay under it ("" for none)."""
        size = f'width="{self.width / EM:.2f}em" height="{self.height / EM:.2f}em" viewBox="0 0 {mm(self.width)} {mm(self.height)}"'
        body = [f'<rect width="100%" height="100%" fill="{paper}"/>'] if paper else []
        lines = []
        for p in self.paths:
            style = "" if p.fill is None else f' fill="currentColor"{_opacity("fill", p.fill)}'
            if p.width is not None:
                style += ("" if p.fill is not None else ' fill="none"') + f' stroke="currentColor" stroke-width="{mm(p.width)}"'
                style += _opacity("stroke", p.ink)
                if p.dash:
                    style += f' stroke-dasharray="{" ".join([mm(v) for v in p.dash])}"'
            line = _circle(_SVG_CIRCLE, p.at, self.origin) if p.shape == "o" else "".join([_SVG[c] for c in p.shape])
            lines.append(f'<path d="{line}"{style}/>')
        body.append("".join(lines) % tuple(self._coordinates()))
        tag = "f" + sha256("".join([*body, self.alt]).encode()).hexdigest()[:8]
        defined: dict[str, str] = {}
        dx, dy = self.origin
        for word in self.words:
            x, y, k = word.x + dx, word.y + dy, word.size / 1000
            for mark in word.formula.marks:
                a, b, c, d, e, f = mark.matrix
                place = f"{_turned(k, a, b, c, d)} {_PLACE[x + k * e]} {_PLACE[y - k * f]}"
                if not isinstance(mark, Glyph):
                    body.append(f'<path d="{svg_path(mark.operators)}" fill="currentColor" transform="matrix({place})"/>')
                elif mark.name.startswith(SIGNS):  # left to the fonts of whoever looks at it
                    upright = f"{_turned(k, a, b, -c, -d)} {_PLACE[x + k * e]} {_PLACE[y - k * f]}"
                    body.append(f'<text font-size="1000" fill="currentColor" transform="matrix({upright})">{chr(int(mark.name.removeprefix(SIGNS), 16))}</text>')
                elif outline(mark.name):
                    name = f"{tag}{mark.name}"
                    if name not in defined:
                        defined[name] = f'<path id="{name}" d="{svg_path(outline(mark.name))}"/>'
                    body.append(f'<use href="#{name}" fill="currentColor" transform="matrix({place})"/>')
        return (f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{tag}t {tag}d" stroke-linejoin="round">'
                f'<title id="{tag}t">{escape(self.title)}</title><desc id="{tag}d">{escape(self.alt)}</desc>'
                f'<defs>{"".join(defined.values())}</defs>{"".join(body)}</svg>')


def _opacity(what: str, grey: float) -> str:
    return f' {what}-opacity="{mm(1 - grey)}"' if grey else ""


_PDF = re.compile(r"([-\d. ]*?) ?(re|[mlchf])(?= |$)")
_LETTERS = {"m": "M", "l": "L", "c": "C", "h": "Z"}


def svg_path(operators: str) -> str:
    """PDF path operators (m, l, c, h, re, f) as the `d` of an SVG path."""
    out = []
    for values, op in _PDF.findall(operators):
        if op == "re":
            x, y, w, h = values.split()
            out.append(f"M{x} {y}h{w}v{h}h-{w}Z")
        elif op != "f":
            out.append(_LETTERS[op] + values.strip())
    return "".join(out)
