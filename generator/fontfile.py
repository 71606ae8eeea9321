"""Font files: single fonts (.ttf, .otf), and collections (.ttc) of which one font is used. A font of a collection is called `path#n`, counted from 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from struct import pack, unpack
from typing import Any, BinaryIO, NamedTuple

from examwright.generator import files
from examwright.generator.errors import ExamwrightError

ENDINGS = (".ttf", ".otf", ".ttc")
MAX_BYTES = 300_000_000  # of a file, and of the tables of one font: collections of Chinese fonts have some 150 MB
MAX_FONTS = 200  # of a collection
_SINGLE, _SEVERAL = (b"\0\1\0\0", b"true", b"OTTO"), b"ttcf"  # how files begin
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
    with files.opened(path) as file:
        whole = file.read(MAX_BYTES + 1) if n < 0 else _taken_out(file, n)
    if len(whole) > MAX_BYTES:
        raise ExamwrightError(f"{path.name} {_TOO_LARGE}.")
    return whole


_TOO_LARGE = f"is larger than {MAX_BYTES // 10**6} MB"


def digest(font: str) -> bytes:
    """What stands for the font in keys of the cache: another for every font, though no more than a piece of its file is in memory at a time."""
    path, n = place(font)
    return f"{files.hashed(path)} {n}".encode()


def _taken_out(file: BinaryIO, n: int) -> bytes:
    """One font of a collection (OpenType's `ttcf`): its tables, put behind each other."""
    start, = unpack(">L", _piece(file, 12 + 4 * n, 4))
    head = _piece(file, start, 12)
    count, = unpack(">H", head[4:6])
    records, tables, at = [], [], 12 + 16 * count
    for k in range(count):
        tag, checksum, offset, length = unpack(">4s3L", _piece(file, start + 12 + 16 * k, 16))
        records.append(pack(">4s3L", tag, checksum, at, length))
        if at + length > MAX_BYTES:
            raise ValueError(f"its tables have more than {MAX_BYTES // 10**6} MB")
        tables.append(_piece(file, offset, length) + bytes(-length % 4))
        at += len(tables[-1])
    return b"".join([head, *records, *tables])


def _piece(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)


@lru_cache(maxsize=16)
def characters(font: str) -> frozenset[str]:
    """The characters that a font has; of a collection those of its upright font."""
    with opened(upright(font)) as read:
        return frozenset(map(chr, read.getBestCmap()))


def fault(path: str) -> str:
    """Why a file is no font that can be used; "" if it is one. An unchanged file is looked at once."""
    try:
        status = Path(path).stat()
    except OSError as error:
        return error.strerror or str(error)
    return f"it {_TOO_LARGE}" if status.st_size > MAX_BYTES else _fault(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _fault(path: str, stamp: int, size: int) -> str:
    try:
        _look_at_the_head(Path(path))
        for font in sorted({upright(path), upright(path, 700)}):
            _try(font)
    except OSError as error:
        return error.strerror or str(error)
    except Exception as error:  # what fontTools, and the decoders below it, raise for a damaged file is written down nowhere
        missing = f"there is no table {error}" if isinstance(error, KeyError) else ""
        return f"this font file is damaged: {missing or error or type(error).__name__}"
    return ""


def _look_at_the_head(path: Path) -> None:
    """Raises ValueError for a file that is neither a font nor a collection of a possible number of fonts: fontTools would believe any number, and would
    unpack what is compressed, whatever size that has."""
    with files.opened(path) as file:
        head = file.read(12)
    several = path.suffix.lower() == ".ttc"
    if head[:4] not in ((*_SINGLE, _SEVERAL) if several else _SINGLE):
        raise ValueError(f"it does not begin like a {'collection' if several else 'font'}")
    if head[:4] == _SEVERAL and not 1 <= int.from_bytes(head[8:], "big") <= MAX_FONTS:
        raise ValueError(f"it has {int.from_bytes(head[8:], 'big')} fonts; a collection has from 1 to {MAX_FONTS}")


def _try(font: str) -> None:
    """Read whatever pages will want of a font, and draw a few of its glyphs. Raises all sorts of errors for a damaged one."""
    from fontTools.pens.basePen import NullPen

    with opened(font) as read:
        if sum([entry.length for entry in read.reader.tables.values()]) > MAX_BYTES:
            raise ValueError(f"its tables have more than {MAX_BYTES // 10**6} MB")
        glyph_of = read.getBestCmap()
        if not glyph_of:
            raise ValueError("it has no characters")
        widths, order = read["hmtx"].metrics, read.getGlyphOrder()
        if not (read["hhea"].numberOfHMetrics and 16 <= read["head"].unitsPerEm <= 16384):
            raise ValueError("it has no widths")
        some = sorted({*order[:2], *[glyph_of[c] for c in sorted(glyph_of)[:200]]})
        if not all([name in widths for name in some]):
            raise ValueError("it has characters without a glyph")
        if {"glyf", "CFF ", "CFF2"} & {*read.keys()}:  # else it has pictures only
            glyphs = read.getGlyphSet()
            for name in some[::20]:
                glyphs[name].draw(NullPen())


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
