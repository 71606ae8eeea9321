"""The code on each page, by which a scanner knows it: a QR code, drawn."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import getitem
from typing import NamedTuple

_CODE = re.compile(r"EW1 [0-9A-Z $%*+./:-]+ [0-9]+")
_VALUES = {c: n for n, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
_DARK = re.compile("1+")
_STEP = 6  # modules that are drawn together
QUIET = 2  # modules; the margin of the page around it is white as well


class _Modules(NamedTuple):
    """The modules of a code, row by row, as one number: a byte has `_STEP` of them, the last one of a row what is left."""

    size: int
    bits: int

    def bytes(self) -> bytes:
        """Its bytes."""
        return self.bits.to_bytes(self.size * -(-self.size // _STEP))


def _made(text: str, mode: str | None = None) -> _Modules:
    import segno

    rows = segno.make_qr(text, error="m", mode=mode, boost_error=False, mask=4).matrix
    parts = [row[x:x + _STEP] for row in rows for x in range(0, len(rows), _STEP)]
    return _Modules(len(rows), int.from_bytes(bytes([int("".join(map(str, part)), 2) for part in parts])))


def _code(text: str) -> _Modules:
    """A code is linear in its bits, and two characters take eleven of them, so the code of a page is that of zeros changed for each two characters,
    whatever the others are."""
    if not _CODE.fullmatch(text):
        return _made(text)
    size, bits = _zeros(len(text))
    for at in range(0, len(text), 2):
        bits ^= _two(len(text), at, text[at:at + 2])
    return _Modules(size, bits)


def modules(text: str) -> list[str]:
    """The rows of a QR code: 1 is dark."""
    made = _code(text)
    steps = _steps(made.size)
    parts = [f"{part:0{steps[n % len(steps)]}b}" for n, part in enumerate(made.bytes())]
    return ["".join(parts[y:y + len(steps)]) for y in range(0, len(parts), len(steps))]


def _steps(size: int) -> list[int]:
    """How many modules of a row are drawn together."""
    return [min(_STEP, size - x) for x in range(0, size, _STEP)]


@lru_cache(maxsize=64)
def _zeros(length: int) -> _Modules:
    return _made("0" * length, "alphanumeric")


@lru_cache(maxsize=256)
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
    return _made(text, "alphanumeric").bits ^ _zeros(length).bits


@lru_cache(maxsize=64)
def operators(text: str, side: float) -> str:
    """A QR code as one path of filled rectangles, `side` mm wide with its quiet zone; y downwards. A module is a unit of it."""
    made = _code(text)
    unit = side / (made.size + 2 * QUIET)
    return f"{unit:.6f} 0 0 {unit:.6f} 0 0 cm {''.join(map(getitem, _drawn(made.size), made.bytes()))}f"


@lru_cache(maxsize=4)
def _drawn(size: int) -> list[list[str]]:
    """The rectangles of each byte of a code, by what it has."""
    return [["".join([f"{QUIET + x + run.start()} {QUIET + y} {run.end() - run.start()} 1 re " for run in _DARK.finditer(f"{part:0{step}b}")])
             for part in range(2 ** step)] for y in range(size) for x, step in zip(range(0, size, _STEP), _steps(size))]
