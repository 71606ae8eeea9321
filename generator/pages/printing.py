"""Files for the printer: all papers in one, two pages on a sheet, or booklets to be folded. They are for paper only: without tags.

A file is written piece by piece while the papers are read one after another, so that a class of a thousand needs no more memory
than one of ten. What papers share, such as fonts, stands in it once.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256

from examwright.generator.mathjax import number
from examwright.generator.pages.pdf import compressed
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
        """Write an object; its number. `text` is what it says, `stream` what follows its dictionary."""
        n = n or self.reserved()
        self.places[n] = self.at
        body = text if stream is None else b"%b\nstream\n%b\nendstream" % (text, stream)
        self.new.append(b"%d 0 obj\n%b\nendobj\n" % (n, body))
        self.at += len(self.new[-1])
        return n

    def shared(self, text: bytes, stream: bytes | None = None) -> int:
        """The same, but once only however often it is added."""
        key = sha256(text + b"\0" + (stream or b"")).digest()
        if key not in self.known:
            self.known[key] = self.add(text, stream)
        return self.known[key]

    def page(self, size: bytes, more: bytes) -> None:
        """Add a page; `more` says what is on it."""
        self.pages.append(self.add(b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %b]%b>>" % (self.tree, size, more)))

    def copied(self, paper: _Paper, n: int) -> int:
        """An object of a paper in this file, with all that it refers to; what papers share stands in it once."""
        found = paper.copied.get(n)
        if found is None:
            text, stream = paper.object(n)
            text = _REFERENCE.sub(lambda m: b"%d 0 R" % self.copied(paper, int(m[1])), text)
            found = paper.copied[n] = self.shared(text, stream)
        return found

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
        table = compressed(table)
        self.add(b"<</Type/XRef/Size %d/W[1 4 0]/Root %d 0 R/Info %d 0 R/Filter/FlateDecode/Length %d>>"
                 % (len(self.places) + 1, root, info, len(table)), table)
        self.new.append(b"startxref\n%d\n%%%%EOF\n" % begin)
        return self.take()


class _Paper:
    """A file that `pdf.Writer` wrote, read object by object. (pypdf, which reads all files there are, takes 90 ms for what is 1 ms of work here:
    as long as it takes to make the paper.) Raises PagesError for another file."""

    def __init__(self, data: bytes):
        self.data = data
        self.packed: dict[int, dict[int, bytes]] = {}  # the objects of each stream of objects that was opened
        self.copied: dict[int, int] = {}  # where `_File.copied` put them
        try:
            begin = int(data[data.rindex(b"\nstartxref\n") + 11:].split(b"\n", 1)[0])
            text, stream = self._stream(begin)
            self.table = zlib.decompress(stream)
            root = _number(rb"/W\[1 4 2\]/Root (\d+) 0 R", text)
            tree, _ = self.object(_number(rb"/Pages (\d+) 0 R", self.object(root)[0]))
            kids = tree[tree.index(b"/Kids[") + 6:tree.index(b"]")]
            self.pages = [_Page(self, self.object(int(kid))[0]) for kid in kids.split()[::3]]
        except (ValueError, IndexError, KeyError, struct.error, zlib.error):
            raise PagesError("this is no paper that was made here, or it is damaged") from None

    def object(self, n: int) -> tuple[bytes, bytes | None]:
        """What an object says, and its stream as it is in the file."""
        kind, at, _ = _ENTRY(self.table, 7 * n)
        if kind == 1:
            return self._stream(at)
        if at not in self.packed:
            text, stream = self.object(at)
            assert stream is not None
            inside, first = zlib.decompress(stream), _number(rb"/First (\d+)", text)
            table = [int(v) for v in inside[:first].split()]
            places = [first + offset for offset in table[1::2]]
            self.packed[at] = {number: inside[begin:end].rstrip(b"\n") for number, begin, end in zip(table[::2], places, [*places[1:], len(inside)])}
        return self.packed[at][n], None

    def _stream(self, at: int) -> tuple[bytes, bytes]:
        begin = self.data.index(b" 0 obj\n", at) + 7
        end = self.data.index(b"\nstream\n", begin)
        text = self.data[begin:end]
        return text, self.data[end + 8:end + 8 + _number(rb"/Length (\d+)", text)]


class _Page:
    """A page of a paper: its size in points, its operators (a compressed stream), the number of the object that has its fonts."""

    def __init__(self, paper: _Paper, text: bytes):
        self.paper = paper
        self.size = text[text.index(b"/MediaBox[0 0 ") + 14:text.index(b"]")]
        self.width, self.height = [float(v) for v in self.size.split()]
        contents = paper.object(_number(rb"/Contents (\d+) 0 R", text))[1]
        if contents is None:
            raise ValueError(text)
        self.contents = contents
        self.resources = _number(rb"/Resources (\d+) 0 R", text)


_ENTRY = struct.Struct(">BIH").unpack_from  # of the table of objects
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")


def _number(pattern: bytes, text: bytes) -> int:
    """The number in a pattern. Raises ValueError."""
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(text)
    return int(found[1])


def merge(pdfs: Iterable[bytes], duplex: bool) -> Iterator[bytes]:
    """All papers in one file for the printer, in pieces; with `duplex` each begins on the front of a sheet."""
    file = _File()
    for pdf in pdfs:
        paper = _Paper(pdf)
        for page in paper.pages:
            stream = file.add(b"<</Filter/FlateDecode/Length %d>>" % len(page.contents), page.contents)
            file.page(page.size, b"/Resources %d 0 R/Contents %d 0 R" % (file.copied(paper, page.resources), stream))
        if duplex and len(paper.pages) % 2:
            file.page(paper.pages[-1].size, b"/Resources<<>>")
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
        pages: list[_Page | None] = [*_Paper(pdf).pages]
        assert pages[0]
        width, height = pages[0].width, pages[0].height
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
            operators = compressed("\n".join(shown).encode())
            stream = file.add(b"<</Filter/FlateDecode/Length %d>>" % len(operators), operators)
            named = "".join([f"/P{half} {form} 0 R" for half, form in halves]).encode()
            file.page(f"{number(height)} {number(width)}".encode(), b"/Resources<</XObject<<%b>>>>/Contents %d 0 R" % (named, stream))
        yield file.take()
    yield file.end()


def _drawing(file: _File, page: _Page) -> int:
    """A page as a drawing that other pages can show."""
    return file.add(b"<</Type/XObject/Subtype/Form/BBox[0 0 %b]/Resources %d 0 R/Filter/FlateDecode/Length %d>>"
                    % (page.size, file.copied(page.paper, page.resources), len(page.contents)), page.contents)
