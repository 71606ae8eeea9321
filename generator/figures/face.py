"""Words of labels in the text fonts of a paper, as outlines: so they can be measured, drawn with the formulas' font, and sent anywhere.

A face is a tuple of font files, the one that is preferred first; () is the text font of the formulas. Numbers in figures are words too.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any

from examwright.generator import fontfile
from examwright.generator.mathjax import SIGNS, Glyph, MathError, Rule, add_outline, number
from examwright.generator.mathset import Formula
from examwright.generator.wide import HALF, SIGN

Face = tuple[str, ...]


class _Font:
    """One font file, read once: its glyphs by character, in thousandths of an em."""

    def __init__(self, path: str):
        self.font = fontfile.opened(path)
        self.tag = "T" + sha256(fontfile.data(path)).hexdigest()[:8]
        self.cmap = self.font.getBestCmap()
        self.scale = 1000 / self.font["head"].unitsPerEm
        self.glyphs = self.font.getGlyphSet()
        self.found: dict[str, tuple[str, float]] = {}

    def glyph(self, character: str) -> tuple[str, float]:
        """The name of a character's outline, and how far it advances."""
        if character not in self.found:
            name = self.cmap[ord(character)]
            pen = _pen()(self.glyphs, self.scale)
            self.glyphs[name].draw(pen)
            own = f"{self.tag}-{ord(character):X}"  # reads as this character (`mathfont`)
            add_outline(own, " ".join(pen.out))
            self.found[character] = own, self.glyphs[name].width * self.scale
        return self.found[character]


@lru_cache(maxsize=1)
def _pen() -> Any:
    from fontTools.pens.basePen import BasePen

    class Pen(BasePen):  # type: ignore[misc]
        """Writes an outline as PDF path operators, its curves as cubics."""

        def __init__(self, glyphs: Any, scale: float):
            super().__init__(glyphs)
            self.scale = scale
            self.out: list[str] = []

        def put(self, operator: str, *points: tuple[float, float]) -> None:
            self.out.append(" ".join([*[number(v * self.scale) for p in points for v in p], operator]))

        def _moveTo(self, p: Any) -> None:
            self.put("m", p)

        def _lineTo(self, p: Any) -> None:
            self.put("l", p)

        def _curveToOne(self, p: Any, q: Any, r: Any) -> None:
            self.put("c", p, q, r)

        def _closePath(self) -> None:
            self.put("h")

    return Pen


@lru_cache(maxsize=16)
def _font(path: str) -> _Font:
    return _Font(path)


def lacks(face: Face, text: str) -> str:
    """The characters of the text that no font of the face has."""
    return "".join([c for c in text if not any([ord(c) in _font(path).cmap for path in face])])


def sign(face: Face, name: str) -> str:
    """The outline for a sign in a formula (`mathjax.SIGNS`). Raises MathError where no font of the face has it."""
    character = chr(int(name.removeprefix(SIGNS), 16))
    if lacks(face, character):
        raise MathError(f"the fonts of the paper have no {character!r}, which stands in a formula")
    drawn = words(face, character).marks[0]
    assert isinstance(drawn, Glyph)
    return drawn.name


def _drawn(face: Face, mark: Glyph | Rule) -> Glyph | Rule:
    if isinstance(mark, Glyph) and mark.name.startswith(SIGNS):
        return Glyph(sign(face, mark.name), mark.matrix, mark.color)
    return mark


def with_signs(face: Face, formula: Formula) -> Formula:
    """A formula with the signs in it drawn by the face, if there is one (web pages leave that to the browser). Raises MathError where no font has one."""
    if not face:
        return formula
    marks = tuple([_drawn(face, mark) for mark in formula.marks])
    return formula if marks == formula.marks else Formula(formula.latex, formula.width, formula.height, formula.depth, marks)


@lru_cache(maxsize=4096)
def words(face: Face, text: str) -> Formula:
    """The text on one line, each character from the first font that has it. Raises KeyError where none has."""
    marks = []
    x = 0.0
    for c in text:
        fonts = reversed(face) if c in HALF and SIGN.search(text) else face  # of other signs' width
        font = next((f for f in map(_font, fonts) if ord(c) in f.cmap), None)
        if font is None:
            raise KeyError(c)
        name, advance = font.glyph(c)
        marks.append(Glyph(name, (1, 0, 0, 1, round(x, 3), 0)))
        x += advance
    return Formula(text, x / 1000, 0.75, 0.25, tuple(marks))
