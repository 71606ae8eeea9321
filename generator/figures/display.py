"""A finished figure: strokes, fills and words in millimetres, as PDF operators and as SVG.

The one thing that pages, web pages and exports know of a figure is a `Drawn`:

    drawn.width, drawn.height     millimetres, for text of 10.5 pt (a page with larger type enlarges the figure with it)
    drawn.alt                     what the figure shows, with its numbers, in plain words of drawn.language
    drawn.operators(code)         PDF operators in a space of width × height mm, y downwards, without an own q … Q; `code` is
                                  `MathFont.code` of the file: the words are text in the font that the formulas use
    drawn.svg()                   a self-contained SVG in the colour of the text around it, with <title> and <desc>

It depends on nothing but what was drawn, so it may be kept, sent to other processes, and drawn any number of times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape

from examwright.generator.mathfont import NAME
from examwright.generator.mathset import Formula, Glyph, outline

Op = tuple  # type: ignore[type-arg]  # ("m", x, y), ("l", x, y), ("c", x, y, x, y, x, y) or ("h",)
EM = 3.7042  # mm in 10.5 pt, the size of the text on a page


@dataclass(frozen=True)
class Path:
    """Lines and curves. `width` (mm) of the stroke or None; `ink` and `fill` are greys from 0 (black) to 1."""

    ops: tuple[Op, ...]
    width: float | None = None
    dash: tuple[float, ...] = ()
    ink: float = 0.0
    fill: float | None = None


@dataclass(frozen=True)
class Word:
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


@dataclass(frozen=True)
class Drawn:
    """A figure, ready for any page. See the module's head."""

    title: str
    alt: str
    language: str
    width: float
    height: float
    paths: tuple[Path, ...]
    words: tuple[Word, ...]

    # ---- PDF ----

    @cached_property
    def _strokes(self) -> str:
        out = ["1 j 0 J"]
        width = ink = fill = None
        dash: tuple[float, ...] = ()
        for p in self.paths:
            if p.fill is not None and p.fill != fill:
                fill = p.fill
                out.append(f"{mm(fill)} g")
            if p.width is not None:
                if p.width != width:
                    width = p.width
                    out.append(f"{mm(width)} w")
                if p.ink != ink:
                    ink = p.ink
                    out.append(f"{mm(ink)} G")
                if p.dash != dash:
                    dash = p.dash
                    out.append(f"[{' '.join([mm(d) for d in dash])}] 0 d")
            out += [" ".join([*[mm(v) for v in op[1:]], op[0]]) for op in p.ops]
            out.append("B" if p.width is not None and p.fill is not None else "S" if p.width is not None else "f")
        return "\n".join(out)

    @cached_property
    def _writing(self) -> list[tuple[str, str, str]]:
        """(glyph, matrix, "") and ("", "", operators), in the order of the words."""
        out: list[tuple[str, str, str]] = []
        for w in self.words:
            k = w.size / 1000
            for mark in w.formula.marks:
                a, b, c, d, e, f = mark.matrix
                x, y = w.x + k * e, w.y - k * f
                if not isinstance(mark, Glyph):
                    turned = " ".join([_fine(v) for v in (k * a, -k * b, k * c, -k * d)])
                    out.append(("", "", f"q {turned} {mm(x)} {mm(y)} cm {mark.operators} Q"))
                elif outline(mark.name):
                    turned = " ".join([_fine(v) for v in (w.size * a, -w.size * b, w.size * c, -w.size * d)])
                    out.append((mark.name, f"{turned} {x:.3f} {y:.3f}", ""))
        return out

    def operators(self, code: Callable[[str], int]) -> str:
        """The figure as PDF operators; `code` gives the code of a glyph in the font of the file."""
        out = [self._strokes, "0 g 0 G [] 0 d"]
        writing = False
        for name, matrix, rule in self._writing:
            if not writing and name:
                out.append(f"BT /{NAME} 1 Tf")
            elif writing and not name:
                out.append("ET")
            writing = bool(name)
            out.append(f"{matrix} Tm <{code(name):04x}> Tj" if name else rule)
        if writing:
            out.append("ET")
        return "\n".join(out)

    # ---- SVG ----

    def svg(self, paper: str = "") -> str:
        """The figure as SVG; `paper` is a colour to lay under it ("" for none)."""
        size = f'width="{self.width / EM:.2f}em" height="{self.height / EM:.2f}em" viewBox="0 0 {mm(self.width)} {mm(self.height)}"'
        body = [f'<rect width="100%" height="100%" fill="{paper}"/>'] if paper else []
        for p in self.paths:
            line = "".join([_SVG[op[0]] + " ".join([mm(v) for v in op[1:]]) for op in p.ops])
            style = "" if p.fill is None else f' fill="currentColor"{_opacity("fill", p.fill)}'
            if p.width is not None:
                style += ("" if p.fill is not None else ' fill="none"') + f' stroke="currentColor" stroke-width="{mm(p.width)}"'
                style += _opacity("stroke", p.ink)
                if p.dash:
                    style += f' stroke-dasharray="{" ".join([mm(v) for v in p.dash])}"'
            body.append(f'<path d="{line}"{style}/>')
        tag = "f" + sha256("".join([*body, self.alt]).encode()).hexdigest()[:8]
        defined: dict[str, str] = {}
        for word in self.words:
            k = word.size / 1000
            for mark in word.formula.marks:
                a, b, c, d, e, f = mark.matrix
                place = " ".join([_fine(v) for v in (k * a, -k * b, k * c, -k * d)]) + f" {word.x + k * e:.3f} {word.y - k * f:.3f}"
                if not isinstance(mark, Glyph):
                    body.append(f'<path d="{svg_path(mark.operators)}" fill="currentColor" transform="matrix({place})"/>')
                elif outline(mark.name):
                    name = f"{tag}{mark.name}"
                    defined.setdefault(name, f'<path id="{name}" d="{svg_path(outline(mark.name))}"/>')
                    body.append(f'<use href="#{name}" fill="currentColor" transform="matrix({place})"/>')
        return (f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{tag}t {tag}d" stroke-linejoin="round">'
                f'<title id="{tag}t">{escape(self.title)}</title><desc id="{tag}d">{escape(self.alt)}</desc>'
                f'<defs>{"".join(defined.values())}</defs>{"".join(body)}</svg>')


_SVG = {"m": "M", "l": "L", "c": "C", "h": "Z"}


def _opacity(what: str, grey: float) -> str:
    return f' {what}-opacity="{mm(1 - grey)}"' if grey else ""


_PDF = re.compile(r"([-\d. ]*?) ?(re|[mlchf])(?= |$)")


def svg_path(operators: str) -> str:
    """PDF path operators (m, l, c, h, re, f) as the `d` of an SVG path."""
    out = []
    for values, op in _PDF.findall(operators):
        if op == "re":
            x, y, w, h = values.split()
            out.append(f"M{x} {y}h{w}v{h}h-{w}Z")
        elif op != "f":
            out.append(_SVG[op] + values.strip())
    return "".join(out)
