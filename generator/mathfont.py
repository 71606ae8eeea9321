"""The math glyphs of one PDF file as an embedded font, so that formulas are text: sharp on any screen, searchable.

The font has the glyphs that the file uses, in the order of their first use (a bare CFF font, PDF's CIDFontType0C).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from struct import pack
from typing import Any, NamedTuple

from examwright.generator.mathset import outline

NAME = "MJ"  # in the resources of every page


class MathFont:
    """Collects the glyphs of one file."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}

    def code(self, name: str) -> int:
        """The code of a glyph in this file."""
        code = self.codes.get(name)
        if code is None:
            code = self.codes[name] = len(self.codes) + 1
        return code

    def add(self, writer: Any) -> int:
        """Put the font into a file (`pages.pdf.Writer`); the number of its object, 0 if no formula was drawn."""
        if not self.codes:
            return 0
        names = list(self.codes)
        tag = "".join([chr(65 + b % 26) for b in sha256(" ".join(names).encode()).digest()[:6]])
        font_name = f"{tag}+NewCMMath-Regular"
        glyphs = [_glyph(name) for name in names]
        program = writer.add("/Subtype/CIDFontType0C", _cff(font_name, glyphs))
        descriptor = writer.add(
            f"<</Type/FontDescriptor/FontName/{font_name}/Flags 4/FontBBox[-3000 -3000 4000 4000]/ItalicAngle 0/Ascent 806/Descent -194"
            f"/CapHeight 683/StemV 69/FontFile3 {program} 0 R>>")
        widths = " ".join([glyph.width for glyph in glyphs])
        inner = writer.add(f"<</Type/Font/Subtype/CIDFontType0/BaseFont/{font_name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
                           f"/Supplement 0>>/DW 500/W[1[{widths}]]/FontDescriptor {descriptor} 0 R>>")
        unicode = writer.add("", _to_unicode(glyphs))
        number: int = writer.add(f"<</Type/Font/Subtype/Type0/BaseFont/{font_name}/Encoding/Identity-H/DescendantFonts[{inner} 0 R]"
                                 f"/ToUnicode {unicode} 0 R>>")
        return number


class _Glyph(NamedTuple):
    """What a file says of a glyph: its name, its Type 2 charstring, about how wide it is, and as what it reads (UTF-16 in hexadecimal)."""

    name: bytes
    program: bytes
    width: str
    reads: str


def _to_unicode(glyphs: list[_Glyph]) -> bytes:
    lines = ["/CIDInit /ProcSet findresource begin 12 dict begin begincmap", "/CMapName /Adobe-Identity-UCS def",
             "/CMapType 2 def", "1 begincodespacerange <0000> <ffff> endcodespacerange"]
    pairs = [f"<{code:04x}> <{glyph.reads}>" for code, glyph in enumerate(glyphs, 1)]
    for i in range(0, len(pairs), 100):
        lines += [f"{len(pairs[i:i + 100])} beginbfchar", *pairs[i:i + 100], "endbfchar"]
    lines += ["endcmap CMapName currentdict /CMap defineresource pop end end"]
    return "\n".join(lines).encode()


def _character(name: str) -> str:
    """What a glyph reads as: the plain letter of a math letter."""
    try:
        return unicodedata.normalize("NFKC", chr(int(name.rsplit("-", 1)[-1], 16))) or "\ufffd"
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
    return _Glyph(name.encode(), b"".join(out) + b"\x0e", str(right + 30), _character(name).encode("utf-16-be").hex())


def _index(items: list[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    offsets = list(accumulate([len(item) for item in items], initial=1))
    size = max(1, (offsets[-1].bit_length() + 7) // 8)
    table = pack(f">{len(offsets)}H", *offsets) if size == 2 else b"".join([o.to_bytes(size, "big") for o in offsets])
    return b"".join([len(items).to_bytes(2, "big"), bytes([size]), table, *items])


def _long(v: int) -> bytes:
    return b"\x1d" + v.to_bytes(4, "big", signed=True)


def _cff(font_name: str, glyphs: list[_Glyph]) -> bytes:
    charstrings = _index([b"\x0e"] + [glyph.program for glyph in glyphs])
    strings = _index([glyph.name for glyph in glyphs])
    charset = b"\0" + pack(f">{len(glyphs)}H", *range(391, 391 + len(glyphs)))
    private = _integer(0) + b"\x14"
    head = b"\1\0\4\4" + _index([font_name.encode()])

    def top(charset_at: int, charstrings_at: int, private_at: int) -> bytes:
        return _index([b"".join([_long(-3000), _long(-3000), _long(4000), _long(4000), b"\x05", _long(charset_at), b"\x0f",
                                 _long(charstrings_at), b"\x11", _long(len(private)), _long(private_at), b"\x12"])])

    start = len(head) + len(top(0, 0, 0)) + len(strings) + 2
    charset_at = start
    charstrings_at = charset_at + len(charset)
    private_at = charstrings_at + len(charstrings)
    return head + top(charset_at, charstrings_at, private_at) + strings + b"\0\0" + charset + charstrings + private
