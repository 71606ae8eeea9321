"""Files for the printer: all papers in one, two pages on a sheet, or booklets to be folded. They are for paper only: without tags.

A file is written piece by piece while the papers are read one after another, so that a class of a thousand needs no more memory
than one of ten. What papers share, such as fonts, stands in it once.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from examwright.generator.mathset import number
from examwright.generator.pages.views import PagesError

LAYOUTS = ("two-up", "booklet")


class _File:
    """A PDF file that is written as it grows: `take` gives what is new of it."""

    def __init__(self) -> None:
        self.new = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        self.at = len(self.new[0])
        self.places = [0]  # where each object begins
        self.known: dict[bytes, int] = {}  # objects by what they say
        self.pages: list[int] = []
        self.tree = self.reserved()

    def reserved(self) -> int:
        """The number of an object to come."""
        self.places.append(0)
        return len(self.places) - 1

    def add(self, text: bytes, stream: bytes | None = None, n: int = 0) -> int:
        """Write an object; its number. `text` is what it says, or the inside of a stream's dictionary."""
        n = n or self.reserved()
        self.places[n] = self.at
        body = text if stream is None else b"<<%b/Length %d>>\nstream\n%b\nendstream" % (text, len(stream), stream)
        self.new.append(b"%d 0 obj\n%b\nendobj\n" % (n, body))
        self.at += len(self.new[-1])
        return n

    def shared(self, text: bytes, stream: bytes | None = None) -> int:
        """The same, but once only however often it is added."""
        key = sha256(text + b"\0" + (stream or b"")).digest()
        if key not in self.known:
            self.known[key] = self.add(text, stream)
        return self.known[key]

    def page(self, width: float, height: float, more: bytes) -> None:
        """Add a page; `more` says what is on it."""
        box = f"{number(width)} {number(height)}".encode()
        self.pages.append(self.add(b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %b]%b>>" % (self.tree, box, more)))

    def copied(self, value: Any) -> bytes:
        """What a value read by pypdf says in this file."""
        from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

        if isinstance(value, IndirectObject):
            target = value.get_object()
            if isinstance(target, StreamObject):
                return b"%d 0 R" % self.shared(self._inside(target), target._data)
            return b"%d 0 R" % self.shared(self.copied(target))
        if isinstance(value, DictionaryObject):
            return b"<<%b>>" % self._inside(value)
        if isinstance(value, ArrayObject):
            return b"[%b]" % b" ".join([self.copied(v) for v in value])
        out = io.BytesIO()
        value.write_to_stream(out)
        return out.getvalue()

    def _inside(self, value: Any) -> bytes:
        return b"".join([f"{name} ".encode() + self.copied(v) for name, v in dict.items(value) if name != "/Length"])

    def take(self) -> bytes:
        """What was written since this was last asked."""
        out, self.new = b"".join(self.new), []
        return out

    def end(self) -> bytes:
        """The rest of the file."""
        self.add(b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self.pages), b" ".join([b"%d 0 R" % p for p in self.pages])), n=self.tree)
        root = self.add(b"<</Type/Catalog/Pages %d 0 R>>" % self.tree)
        info = self.add(b"<</Producer(Examwright)>>")
        table = b"\0\0\0\0\0" + b"".join([b"\1" + place.to_bytes(4, "big") for place in [*self.places[1:], self.at]])
        begin = self.at
        self.add(b"/Type/XRef/Size %d/W[1 4 0]/Root %d 0 R/Info %d 0 R/Filter/FlateDecode" % (len(self.places) + 1, root, info), zlib.compress(table))
        self.new.append(b"startxref\n%d\n%%%%EOF\n" % begin)
        return self.take()


def _pages(pdf: bytes) -> list[Any]:
    from pypdf import PdfReader

    return list(PdfReader(io.BytesIO(pdf)).pages)


def _size(page: Any) -> tuple[float, float]:
    return float(page.mediabox.width), float(page.mediabox.height)


def merge(pdfs: Iterable[bytes], duplex: bool) -> Iterator[bytes]:
    """All papers in one file for the printer, in pieces; with `duplex` each begins on the front of a sheet."""
    file = _File()
    for pdf in pdfs:
        pages = _pages(pdf)
        for page in pages:
            contents = page.raw_get("/Contents").get_object()
            stream = file.add(b"/Filter/FlateDecode", contents._data)
            file.page(*_size(page), b"/Resources %b/Contents %d 0 R" % (file.copied(page.raw_get("/Resources")), stream))
        if duplex and len(pages) % 2:
            file.page(*_size(pages[-1]), b"/Resources<<>>")
        yield file.take()
    if not file.pages:
        raise PagesError("there are no papers to put together")
    yield file.end()


def impose(pdfs: Iterable[bytes], layout: str) -> Iterator[bytes]:
    """All papers, two pages side by side on each side of a sheet, in pieces: "two-up" in their order, each paper on sheets of its own;
    "booklet" so that each paper's stack, printed on both sides (short edge) and folded, is a booklet of half the size."""
    if layout not in LAYOUTS:
        raise PagesError(f"there is no layout {layout!r}; there are {', '.join(LAYOUTS)}")
    file = _File()
    for pdf in pdfs:
        pages: list[Any] = _pages(pdf)
        width, height = _size(pages[0])
        scale = min(height / (2 * width), width / height)
        pages += [None] * (-len(pages) % 4)  # a sheet has four pages, front and back: papers never share one
        n = len(pages)
        order = list(range(n))
        if layout == "booklet":
            order = [p for s in range(n // 4) for p in (n - 1 - 2 * s, 2 * s, 2 * s + 1, n - 2 - 2 * s)]
        drawn = [0 if page is None else _drawing(file, page) for page in pages]
        for i in range(0, n, 2):
            halves = [(half, drawn[at]) for half, at in enumerate(order[i:i + 2]) if drawn[at]]
            y = (width - height * scale) / 2
            shown = [f"q {scale:.6f} 0 0 {scale:.6f} {half * height / 2 + (height / 2 - width * scale) / 2:.3f} {y:.3f} cm /P{half} Do Q"
                     for half, _ in halves]
            stream = file.add(b"/Filter/FlateDecode", zlib.compress("\n".join(shown).encode()))
            named = "".join([f"/P{half} {form} 0 R" for half, form in halves]).encode()
            file.page(height, width, b"/Resources<</XObject<<%b>>>>/Contents %d 0 R" % (named, stream))
        yield file.take()
    yield file.end()


def _drawing(file: _File, page: Any) -> int:
    """A page as a drawing that other pages can show."""
    box = " ".join(map(number, _size(page))).encode()
    return file.add(b"/Type/XObject/Subtype/Form/BBox[0 0 %b]/Resources %b/Filter/FlateDecode" % (box, file.copied(page.raw_get("/Resources"))),
                    page.raw_get("/Contents").get_object()._data)
