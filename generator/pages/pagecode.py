"""The code on each page, by which a scanner knows it: a QR code, drawn."""

from __future__ import annotations

import math
import re
from functools import lru_cache

_CODE = re.compile(r"EW1 [0-9A-Z $%*+./:-]+ [0-9]+")
_VALUES = {c: n for n, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
_DARK = re.compile(b"\x01+")
_STEP = 6  # modules that are drawn together
QUIET = 2  # modules; the margin of the page around it is white as well


def _made(text: str, mode: str | None = None) -> int:
    import segno

    made = segno.make_qr(text, error="m", mode=mode, boost_error=False, mask=4).matrix
    return int.from_bytes(b"\x01" + b"".join([bytes(row) for row in made]))  # the first 1 keeps the length


def modules(text: str) -> bytes:
    """The modules of a QR code, row by row: 1 is dark. A code is linear in its bits, and two characters take eleven of them, so the code of a page is
    that of zeros changed for each two characters, whatever the others are."""
    if not _CODE.fullmatch(text):
        made = _made(text)
    else:
        made = _zeros(len(text))
        for at in range(0, len(text), 2):
            made ^= _two(len(text), at, text[at:at + 2])
    return made.to_bytes((made.bit_length() + 7) // 8)[1:]


@lru_cache(maxsize=64)
def _zeros(length: int) -> int:
    return _made("0" * length, "alphanumeric")


@lru_cache(maxsize=2048)
def _two(length: int, at: int, characters: str) -> int:
    """The modules in which a text of zeros and these characters at their place differs from zeros."""
    value = 0
    for c in characters:
        value = 45 * value + _VALUES[c]
    out = 0
    for bit in range(value.bit_length()):
        if value >> bit & 1:
            out ^= _bit(length, at, len(characters), bit)
    return out


@lru_cache(maxsize=2048)
def _bit(length: int, at: int, count: int, bit: int) -> int:
    value = 1 << bit
    names = list(_VALUES)
    characters = names[value // 45] + names[value % 45] if count == 2 else names[value]
    text = "0" * at + characters + "0" * (length - at - count)
    return _made(text, "alphanumeric") ^ _zeros(length)


def operators(text: str, side: float) -> str:
    """A QR code as one path of filled rectangles, `side` mm wide with its quiet zone; y downwards. A module is a unit of it."""
    made = modules(text)
    size = math.isqrt(len(made))
    unit = side / (size + 2 * QUIET)
    rows = [_run(made[y * size + x:y * size + min(x + _STEP, size)], x + QUIET, y + QUIET) for y in range(size) for x in range(0, size, _STEP)]
    return f"{unit:.6f} 0 0 {unit:.6f} 0 0 cm {''.join(rows)}f"


@lru_cache(maxsize=16384)
def _run(row: bytes, x: int, y: int) -> str:
    return "".join([f"{x + run.start()} {y} {run.end() - run.start()} 1 re " for run in _DARK.finditer(row)])
