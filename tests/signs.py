"""Small fonts with signs of Chinese, made on the spot, so that what is done with them is tested where no Chinese font is installed."""

from __future__ import annotations

import io
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from fontTools.ttLib.ttCollection import TTCollection

from examwright.generator.feedback_pages import _WORDS
from examwright.generator.pages.words import WORDS


def all_signs(text: str = "") -> str:
    """What a paper in Chinese needs at least, with the signs of a text."""
    fixed = [*WORDS["zh"].values(), *[str(w) for w in _WORDS["zh"].values()]]
    return "".join(sorted({c for c in "".join([*fixed, text, "“”‘’…—，。、；：！？（）《》"]) if ord(c) >= 0x2000 and c != "−"}))


def signs_font(characters: str, family: str = "Signs SC", weight: int = 400, thick: int = 0) -> bytes:
    """A TrueType font in which each of the characters is a box of its own size, an em wide."""
    names = [".notdef", "space", *[f"uni{ord(c):04X}" for c in characters]]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({32: "space"} | {ord(c): f"uni{ord(c):04X}" for c in characters})
    glyphs = {}
    for n, name in enumerate(names):
        pen = TTGlyphPen(None)
        if n != 1:
            right, top = 500 + n % 20 * 20 + thick, 400 + n // 20 % 20 * 20
            for k, corner in enumerate([(60, -80), (60, top), (right, top), (right, -80)]):
                (pen.lineTo if k else pen.moveTo)(corner)
            pen.closePath()
        glyphs[name] = pen.glyph()
    made.setupGlyf(glyphs)
    made.setupHorizontalMetrics({name: (250 if name == "space" else 1000, 60) for name in names})
    made.setupHorizontalHeader(ascent=880, descent=-120)
    made.setupNameTable({"familyName": family, "styleName": "Bold" if weight > 500 else "Regular"})
    made.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120, usWeightClass=weight)
    made.setupPost()
    made.font["head"].created = made.font["head"].modified = 0
    out = io.BytesIO()
    made.font.recalcTimestamp = False
    made.font.save(out)
    return out.getvalue()


def variable_font(font: bytes) -> bytes:
    """The font with an axis of weights: at 900 all boxes are 80 wider."""
    made = TTFont(io.BytesIO(font), recalcTimestamp=False)
    builder = FontBuilder(font=made)
    builder.setupFvar([("wght", 200, 400, 900, "Weight")], [])
    wider = [(0, 0), (0, 0), (80, 0), (80, 0)]
    builder.setupGvar({name: [TupleVariation({"wght": (0, 1, 1)}, [*(wider if made["glyf"][name].numberOfContours > 0 else ()), *[(0, 0)] * 4])]
                       for name in made.getGlyphOrder()})
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def collection(path: Path, *fonts: bytes) -> Path:
    """The fonts in one file."""
    made = TTCollection()
    made.fonts = [TTFont(io.BytesIO(font), recalcTimestamp=False) for font in fonts]
    made.save(path)
    return path
