"""Font files: single fonts (.ttf, .otf), and collections (.ttc) of which one font is used. A font of a collection is called `path#n`, counted from 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from struct import error as StructError
from struct import pack, unpack_from
from typing import Any, NamedTuple

ENDINGS = (".ttf", ".otf", ".ttc")
_CHINESE = ("SC", "CN", "GB")  # how families of simplified Chinese end, in collections that also have the forms of other countries


class FontName(NamedTuple):
    """What a font says of itself; `weight` is 400 for regular and 700 for bold type."""

    family: str
    weight: int
    italic: bool
    font: str


def place(font: str) -> tuple[Path, int]:
    """The file of a font, and its number there; -1 if the file is no collection."""
    path, _, n = font.rpartition("#")
    return (Path(path), int(n)) if n.isdigit() and path.lower().endswith(".ttc") else (Path(font), -1)


def opened(font: str) -> Any:
    """The font, read when it is asked (fontTools). Raises what fontTools raises."""
    from fontTools.ttLib import TTFont

    path, n = place(font)
    return TTFont(path, fontNumber=n, lazy=True)


def data(font: str) -> bytes:
    """The font as a file of its own."""
    path, n = place(font)
    whole = path.read_bytes()
    return whole if n < 0 else _taken_out(whole, n)


def _taken_out(whole: bytes, n: int) -> bytes:
    """One font of a collection (OpenType's `ttcf`): its tables, put behind each other."""
    start, = unpack_from(">L", whole, 12 + 4 * n)
    count, = unpack_from(">H", whole, start + 4)
    records, tables, at = [], [], 12 + 16 * count
    for k in range(count):
        tag, checksum, offset, length = unpack_from(">4s3L", whole, start + 12 + 16 * k)
        records.append(pack(">4s3L", tag, checksum, at, length))
        tables.append(whole[offset:offset + length] + bytes(-length % 4))
        at += len(tables[-1])
    return b"".join([whole[start:start + 12], *records, *tables])


@lru_cache(maxsize=16)
def characters(font: str) -> frozenset[str]:
    """The characters that a font has; of a collection those of its upright font."""
    with opened(upright(font)) as read:
        return frozenset(map(chr, read.getBestCmap()))


def fault(path: str) -> str:
    """Why a file is no font that can be used; "" if it is one."""
    from fontTools.ttLib import TTLibError

    try:
        characters(path)
    except (TTLibError, OSError, KeyError, ValueError, AssertionError, AttributeError, StructError) as error:
        return str(error) or type(error).__name__
    return ""


@lru_cache(maxsize=64)
def names(path: str) -> tuple[FontName, ...]:
    """The fonts of a file: of a collection those of its first family of simplified Chinese, or of its first family where there is none."""
    from fontTools.ttLib.ttCollection import TTCollection

    if place(path)[1] >= 0 or not path.lower().endswith(".ttc"):
        with opened(path) as font:
            return (_name(font, path),)
    with TTCollection(path, lazy=True) as collection:
        found = [_name(font, f"{path}#{n}") for n, font in enumerate(collection)]
    family = next((f.family for f in found if f.family.endswith(_CHINESE)), found[0].family)
    return tuple([f for f in found if f.family == family])


def _name(font: Any, called: str) -> FontName:
    os2 = font.get("OS/2")
    return FontName(str(font["name"].getBestFamilyName() or ""), os2.usWeightClass if os2 else 400, bool(os2 and os2.fsSelection & 1), called)


def upright(path: str, weight: int = 400) -> str:
    """The upright font of a file whose weight is next to the given one."""
    return _next([f for f in names(path) if not f.italic] or names(path), weight)


def families(paths: Iterable[str]) -> list[tuple[str, str]]:
    """The families that files hold, in their order: the regular font of each, and its bold one ("" where it has none)."""
    found: dict[str, list[FontName]] = {}
    for path in paths:
        for name in names(path):
            found.setdefault(name.family, []).append(name)
    out = []
    for some in found.values():
        straight = [f for f in some if not f.italic] or some
        heavy = [f for f in straight if f.weight >= 600]
        out.append((_next(straight, 400), _next(heavy, 700) if heavy and len(heavy) < len(straight) else ""))
    return out


def _next(some: Sequence[FontName], weight: int) -> str:
    return min(some, key=lambda f: abs(f.weight - weight)).font
