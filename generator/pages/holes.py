"""What stands in the holes of blocks: formulas, figures, and words that differ from paper to paper.

In the XHTML of a block one character of Unicode's private planes stands for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple, Protocol

from examwright.generator.cache import Sharing
from examwright.generator.mathset import Formula, typeset

MATH, FIGURE, WORD = 0xF0000, 0xFA000, 0x100000  # the first characters that stand for formulas, for figures and for words
HOLE = re.compile("[\U000f0000-\U0010fffd]")
EM = 3.7042  # mm in 10.5 pt, the type for which figures are made


class Size(NamedTuple):
    """How large a formula (in its em) or a figure (in mm) is. `whole`: does it begin a formula, of which there may be more pieces?"""

    width: float
    height: float
    depth: float = 0.0
    whole: bool = True


class Math(NamedTuple):
    """What a formula's character stands for. `whole` is the formula that it is a piece of; "" for a piece after the first."""

    latex: str
    display: bool
    whole: str
    size: Size

    @property
    def formula(self) -> Formula:
        """The formula, set: blocks are kept in memory, and the glyphs of their formulas would be most of it."""
        return typeset(self.latex, self.display)


def math(formula: Formula, display: bool, whole: str) -> Math:
    """A formula for a hole. Its size is rounded, so that formulas of one size are the same to what is around them."""
    return Math(formula.latex, display, whole, _size(Size(round(formula.width, 4), round(formula.height, 4), round(formula.depth, 4) + 0.0, bool(whole))))


_size = Sharing(2048)
_text = Sharing(2048)


class Figure(Protocol):
    """What a figure's character stands for: a drawing of a question, `width` × `height` mm beside text of 10.5 pt."""

    @property
    def alt(self) -> str:
        """What it shows, in words."""

    @property
    def language(self) -> str:
        """The language of these words."""

    @property
    def width(self) -> float: ...

    @property
    def height(self) -> float: ...

    def operators(self, code: Callable[[str], int]) -> str:
        """PDF operators in mm, y downwards; `code` gives the code of a glyph in the font of formulas."""

    def svg(self) -> str:
        """The same as SVG."""


Hole = Math | str | Figure


def base_of(code: int) -> int:
    """The first character of the kind of hole that a character is."""
    return WORD if code >= WORD else FIGURE if code >= FIGURE else MATH


class Block:
    """One block: its XHTML as `packed`, and what stands for each of its holes, in order. `drawn` is what `compose.drawn` made of it."""

    __slots__ = ("drawn", "holes", "packed")

    def __init__(self, packed: bytes, holes: tuple[Hole, ...]):
        self.packed, self.holes = packed, holes
        self.drawn: Any = None

    @property
    def xhtml(self) -> str:
        """Its XHTML, with a character for each hole."""
        return unpacked(self.packed)


def packed(xhtml: str) -> bytes:
    """XHTML as it is kept in memory: as a text, the characters that stand for holes would make each of its others take four bytes. Most texts stand in
    many blocks, and are there once."""
    return _text(xhtml.encode("utf-8", "surrogatepass"))


def unpacked(xhtml: bytes) -> str:
    """The XHTML that was `packed`."""
    return xhtml.decode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Around:
    """A word with characters for words that differ from paper to paper."""

    text: str

    def filled(self, held: Sequence[Hole]) -> str:
        """The word of a paper."""
        return HOLE.sub(lambda m: str(held[ord(m.group()) - WORD]), self.text)


class Shape(NamedTuple):
    """A block some of whose holes are open: the place of what comes there, among what differs from paper to paper."""

    packed: bytes
    holes: tuple[int | Around | Hole, ...]

    @classmethod
    def of(cls, xhtml: str, holes: Sequence[int | Around | Hole]) -> Shape:
        """The shape of a block with this XHTML."""
        return cls(packed(xhtml), tuple(holes))

    def filled(self, held: Sequence[Hole]) -> Block:
        """The block of a paper."""
        return Block(self.packed, tuple([held[h] if isinstance(h, int) else h.filled(held) if isinstance(h, Around) else h for h in self.holes]))


def filled(xhtml: str, holes: tuple[Hole, ...], picture: Callable[[Math | Figure], str]) -> str:
    """XHTML with its holes filled; `picture` makes the element of a formula or a figure."""
    def put(match: re.Match[str]) -> str:
        code = ord(match.group())
        hole = holes[code - base_of(code)]
        return escape(hole) if isinstance(hole, str) else picture(hole)

    return HOLE.sub(put, xhtml)
