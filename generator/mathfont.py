"""The math glyphs of one PDF file as an embedded font, so that formulas are text: sharp on any screen, searchable.

The font has the glyphs that the file uses (a bare CFF font, PDF's CIDFontType0C). The usual ones have the same code in every file, so that what is
drawn with them is the same text in every file; the others are numbered in the order of their first use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from struct import pack
from typing import Any, NamedTuple

from examwright.generator.figures.face import Face, sign
from examwright.generator.mathjax import SIGNS, outline
from examwright.generator.wide import SIGN

NAME = "MJ"  # in the resources of every page


_FIXED = {"N": (0x20, 0x3000, 0x1020), "I": (0x1D400, 0x1D800, 0x4000)}  # of a kind of outline: the first and last character, the code of the first
_OTHERS = (0x1, 0x1000, 0x5000)  # codes of other glyphs: from here to there, then on from there


@lru_cache(maxsize=4096)
def fixed_code(name: str) -> int | None:
    """The code that a glyph has in every file, if it has one."""
    kind, _, character = name.partition("-")
    first, end, code = _FIXED.get(kind, (0, 0, 0))
    try:
        value = int(character, 16)
    except ValueError:
        return None
    return code + value - first if first <= value < end else None


class MathFont:
    """Collects the glyphs of one file."""

    def __init__(self, face: Face = ()) -> None:
        self.face = face  # of the signs in formulas
        self.codes: dict[str, int] = {}
        self.sets: dict[frozenset[str], None] = {}
        self.others = 0

    def code(self, name: str) -> int:
        """The code of a glyph in this file. Raises MathError for a sign that no font of the face has."""
        code = self.codes.get(name)
        if code is None and name.startswith(SIGNS):
            code = self.code(sign(self.face, name))
        elif code is None:
            code = fixed_code(name)
            if code is None:
                low, end, on = _OTHERS
                code = low + self.others if low + self.others < end else on + self.others - (end - low)
                self.others += 1
            self.codes[name] = code
        return code

    def use(self, sets: Iterable[frozenset[str]]) -> None:
        """Note glyphs that have the same code in every file."""
        self.sets.update(dict.fromkeys(sets))

    def add(self, writer: Any) -> int:
        """Put the font into a file (`pages.pdf.Writer`); the number of its object, 0 if no formula was drawn."""
        codes = self.codes | {name: fixed_code(name) or 0 for name in frozenset().union(*self.sets)}
        if not codes:
            return 0
        names = sorted(codes, key=codes.__getitem__)
        numbers = [codes[name] for name in names]
        tag = "".join([chr(65 + b % 26) for b in sha256(" ".join(names).encode()).digest()[:6]])
        font_name = f"{tag}+NewCMMath-Regular"
        glyphs = [_glyph(name) for name in names]
        program = writer.add("/Subtype/CIDFontType0C", _cff(font_name, glyphs, numbers))
        descriptor = writer.add(
            f"<</Type/FontDescriptor/FontName/{font_name}/Flags 4/FontBBox[-3000 -3000 4000 4000]/ItalicAngle 0/Ascent 806/Descent -194"
            f"/CapHeight 683/StemV 69/FontFile3 {program} 0 R>>")
        widths = "".join([f"{code}[{glyph.width}]" for code, glyph in zip(numbers, glyphs)])
        inner = writer.add(f"<</Type/Font/Subtype/CIDFontType0/BaseFont/{font_name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
                           f"/Supplement 0>>/DW 500/W[{widths}]/FontDescriptor {descriptor} 0 R>>")
        unicode = writer.add("", _to_unicode(glyphs, numbers))
        number: int = writer.add(f"<</Type/Font/Subtype/Type0/BaseFont/{font_name}/Encoding/Identity-H/DescendantFonts[{inner} 0 R]"
                                 f"/ToUnicode {unicode} 0 R>>")
        return number


class _Glyph(NamedTuple):
    """What a file says of a glyph: its Type 2 charstring, which begins with its width, about how wide it is, and as what it reads (UTF-16 in hexadecimal)."""

    program: bytes
    width: str
    reads: str


def _to_unicode(glyphs: list[_Glyph], numbers: list[int]) -> bytes:
    lines = ["/CIDInit /ProcSet findresource begin 12 dict begin begincmap", "/CMapName /Adobe-Identity-UCS def",
             "/CMapType 2 def", "1 begincodespacerange <0000> <ffff> endcodespacerange"]
    pairs = [f"<{code:04x}> <{glyph.reads}>" for code, glyph in zip(numbers, glyphs)]
    for i in range(0, len(pairs), 100):
        lines += [f"{len(pairs[i:i + 100])} beginbfchar", *pairs[i:i + 100], "endbfchar"]
    lines += ["endcmap CMapName currentdict /CMap defineresource pop end end"]
    return "\n".join(lines).encode()


def _character(name: str) -> str:
    """What a glyph reads as: the plain letter of a math letter."""
    try:
        character = chr(int(name.rsplit("-", 1)[-1], 16))
        return character if SIGN.match(character) else unicodedata.normalize("NFKC", character) or "\ufffd"
    except ValueError:
        return "\ufffd"


# ---- CFF -------------------------------------------------------------------------------------

def _integer(v: int) -> bytes:
    if -107 <= v <= 107:
        return bytes([v + 139])
    if 108 <= v <= 1131:
        return bytes([(v - 108 >> 8) + 247, v - 108 & 255])
    if -1131 <= v <= -108:
        return bytes([(-v - 108 >> 8) + 251, -v - 108 & 255])
    return b"\x1c" + v.to_bytes(2, "big", signed=True)


@lru_cache(maxsize=2048)
def _glyph(name: str) -> _Glyph:
    out: list[bytes] = []
    x = y = right = 0
    for body, operator in re.findall(r"([-\d. ]*?) ?([mlch])(?= |$)", outline(name)):
        if operator == "h":
            continue
        values = [round(float(v)) for v in body.split()]
        for i in range(0, len(values), 2):
            out += [_integer(values[i] - x), _integer(values[i + 1] - y)]
            x, y = values[i], values[i + 1]
        right = max(right, x)
        out.append({"m": b"\x15", "l": b"\x05", "c": b"\x08"}[operator])
    width = right + 30
    return _Glyph(_integer(width) + b"".join(out) + b"\x0e", str(width), _character(name).encode("utf-16-be").hex())


def _index(items: list[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    offsets = list(accumulate([len(item) for item in items], initial=1))
    size = max(1, (offsets[-1].bit_length() + 7) // 8)
    table = pack(f">{len(offsets)}H", *offsets) if size == 2 else b"".join([o.to_bytes(size, "big") for o in offsets])
    return b"".join([len(items).to_bytes(2, "big"), bytes([size]), table, *items])


def _long(v: int) -> bytes:
    return b"\x1d" + v.to_bytes(4, "big", signed=True)


_STRINGS = _index([b"Adobe", b"Identity"])
_ROS = b"\xf8\x1b\xf8\x1c\x8b\x0c\x1e"  # the strings 391 and 392, and 0


def _cff(font_name: str, glyphs: list[_Glyph], numbers: list[int]) -> bytes:
    """A CFF font (Adobe's Technical Note 5176) whose glyphs have these numbers."""
    charstrings = _index([_integer(500) + b"\x0e"] + [glyph.program for glyph in glyphs])
    charset = b"\0" + pack(f">{len(numbers)}H", *numbers)
    select = b"\3\0\1\0\0\0" + (len(glyphs) + 1).to_bytes(2, "big")  # all glyphs are of the one font below
    private = _integer(0) + b"\x14"
    head = b"\1\0\4\4" + _index([font_name.encode()])

    def top(charset_at: int, select_at: int, charstrings_at: int, fonts_at: int) -> bytes:
        return _index([b"".join([_ROS, _long(-3000), _long(-3000), _long(4000), _long(4000), b"\x05", _long(65535), b"\x0c\x22", _long(charset_at), b"\x0f",
                                 _long(select_at), b"\x0c\x25", _long(charstrings_at), b"\x11", _long(fonts_at), b"\x0c\x24"])])

    def fonts(private_at: int) -> bytes:
        return _index([b"".join([_long(len(private)), _long(private_at), b"\x12"])])

    charset_at = len(head) + len(top(0, 0, 0, 0)) + len(_STRINGS) + 2
    select_at = charset_at + len(charset)
    charstrings_at = select_at + len(select)
    fonts_at = charstrings_at + len(charstrings)
    private_at = fonts_at + len(fonts(0))
    return b"".join([head, top(charset_at, select_at, charstrings_at, fonts_at), _STRINGS, b"\0\0", charset, select, charstrings, fonts(private_at), private])
