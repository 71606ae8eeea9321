"""PDF files: objects, fonts, and the structure that a reader hears (PDF/UA-1)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from itertools import accumulate
from operator import add
from typing import NamedTuple

import deflate

from examwright.generator.mathfont import NAME, MathFont

_ENTRY = struct.Struct(">BIH").pack  # of the table of objects
LEVEL = 1  # of compression; 6 takes twice as long for files a tenth smaller
PACKED = 400  # objects that are packed together
_PLACES = [n.to_bytes(2, "big") for n in range(PACKED)]


def compressed(data: bytes, level: int = LEVEL) -> bytes:
    """A stream as it stands in a file: by libdeflate, which is twice as fast as zlib, makes smaller files, and is the same on every machine (many
    systems have a zlib of their own)."""
    return bytes(deflate.zlib_compress(data, level))


def text_string(text: str) -> str:
    """A text as a PDF string."""
    if text.isascii() and text.isprintable():
        return "(" + text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") + ")"
    return "<" + b"\xfe\xff".hex() + text.encode("utf-16-be").hex() + ">"


class Writer:
    """Collects objects and writes them: those without a stream packed together, as PDF 1.5 allows."""

    def __init__(self) -> None:
        self.objects: list[str | tuple[str, bytes]] = []  # what each says, and its stream

    def add(self, text: str = "", stream: bytes | None = None, packed: bool = False) -> int:
        """Add an object; its number. `text` is what it says, or the inside of a stream's dictionary."""
        if stream is not None:
            data = stream if packed else compressed(stream)
            self.objects.append((f"<<{text}/Filter/FlateDecode/Length {len(data)}>>", data))
        else:
            self.objects.append(text)
        return len(self.objects)

    def put(self, number: int, text: str) -> None:
        """Say what an object added before says."""
        self.objects[number - 1] = text

    def written(self, root: int, info: int) -> bytes:
        """The file."""
        out = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        at = len(out[0])
        entries = [_ENTRY(0, 0, 65535)] * (len(self.objects) + 1)

        def emit(number: int, data: bytes) -> None:
            nonlocal at
            entries[number] = _ENTRY(1, at, 0)
            out.append(b"%d 0 obj\n%b\nendobj\n" % (number, data))
            at += len(out[-1])

        numbers: list[int] = []
        bodies: list[str] = []
        for number, body in enumerate(self.objects, 1):
            if isinstance(body, str):
                numbers.append(number)
                bodies.append(body)
            else:
                text, stream = body
                emit(number, b"%b\nstream\n%b\nendstream" % (text.encode("latin-1"), stream))
        following = len(self.objects) + 1
        for start in range(0, len(numbers), PACKED):
            some, texts = numbers[start:start + PACKED], bodies[start:start + PACKED]
            offsets = accumulate(map(len, texts), _behind, initial=0)
            first = " ".join(map("%d %d".__mod__, zip(some, offsets))) + "\n"
            data = compressed((first + "\n".join(texts)).encode("latin-1"))
            kept = following.to_bytes(4, "big")
            for n, i in zip(some, _PLACES):
                entries[n] = b"\2" + kept + i
            entries.append(b"")
            emit(following, b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream"
                 % (len(some), len(first), len(data), data))
            following += 1
        entries.append(_ENTRY(1, at, 0))
        data = compressed(b"".join(entries))
        out.append(b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\n"
                   b"endobj\nstartxref\n%d\n%%%%EOF\n" % (following, following + 1, root, info, len(data), data, at))
        return b"".join(out)


def _behind(offset: int, length: int) -> int:
    return offset + length + 1


# ---- structure -------------------------------------------------------------------------------

class Tags(NamedTuple):
    """The elements of a block, one object to a line, in their order. A % stands for each number that is another one in another file: `which` of the
    block's numbers (it makes a tuple of them), and what is `added` to it, where those are: of its first element; of the document's; and for each page
    that it stands on, of the page, of its first marked piece there, and the block's height there (points from the foot). `tops` are the
    elements that are in no other one, `owners` those of the marked pieces on each page; both counted from the first."""

    text: str
    which: Callable[[Sequence[float]], tuple[float, ...]]
    added: tuple[float, ...]
    elements: int
    tops: tuple[int, ...]
    owners: tuple[tuple[int, ...], ...]


class Tagged(NamedTuple):
    """The elements of one block, and where it stands: (page, number of its first marked piece, height) for each of its pages."""

    tags: Tags
    places: list[tuple[int, int, float]]


@dataclass
class Sheet:
    """A page: its operators, and how many marked pieces there are in them."""

    width: float
    height: float
    operators: list[str] = field(default_factory=list)
    pieces: int = 0


@dataclass
class Bookmark:
    """A line of the outline, `y` points from the page's bottom."""

    level: int
    title: str
    page: int
    y: float


@dataclass
class Attachment:
    """A file that the document carries."""

    name: str
    mime: str
    about: str
    data: bytes


@dataclass(frozen=True, eq=False)
class FontObject:
    """A font as PDF objects are made from it."""

    name: str
    program: bytes  # compressed
    length: int  # of the program before
    sort: str  # of its program, as PDF calls it: OpenType or CIDFontType0C, "" for TrueType
    flags: int
    ascent: int
    descent: int
    widths: tuple[tuple[int, int], ...]
    texts: tuple[tuple[int, str], ...]

    @cached_property
    def reach(self) -> str:
        """Its widths in a file."""
        return " ".join([f"{glyph}[{width}]" for glyph, width in self.widths])

    @cached_property
    def unicode(self) -> bytes:
        """The map from glyphs to what they read as, compressed."""
        return compressed(to_unicode(self.texts))


def to_unicode(pairs: Iterable[tuple[int, str]]) -> bytes:
    """The map from glyphs to what they read as."""
    rows = [f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in pairs]
    lines = ["/CIDInit /ProcSet findresource begin 12 dict begin begincmap", "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
             "/CMapName /Adobe-Identity-UCS def", "/CMapType 2 def", "1 begincodespacerange <0000> <ffff> endcodespacerange"]
    for i in range(0, len(rows), 100):
        lines += [f"{len(rows[i:i + 100])} beginbfchar", *rows[i:i + 100], "endbfchar"]
    return "\n".join([*lines, "endcmap CMapName currentdict /CMap defineresource pop end end"]).encode()


def add_font(writer: Writer, font: FontObject) -> int:
    """Add a font; the number of its object."""
    if font.sort:
        program = writer.add(f"/Subtype/{font.sort}", font.program, packed=True)
    else:
        program = writer.add(f"/Length1 {font.length}", font.program, packed=True)
    descriptor = writer.add(f"<</Type/FontDescriptor/FontName/{font.name}/Flags {font.flags}/FontBBox[0 {font.descent} 1000 {font.ascent}]"
                            f"/ItalicAngle 0/Ascent {font.ascent}/Descent {font.descent}/CapHeight {font.ascent}/StemV 80"
                            f"/FontFile{'3' if font.sort else '2'} {program} 0 R>>")
    kind = "0" if font.sort else "2/CIDToGIDMap/Identity"
    inner = writer.add(f"<</Type/Font/Subtype/CIDFontType{kind}/BaseFont/{font.name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
                       f"/Supplement 0>>/DW 1000/W[{font.reach}]/FontDescriptor {descriptor} 0 R>>")
    unicode = writer.add("", font.unicode, packed=True)
    return writer.add(f"<</Type/Font/Subtype/Type0/BaseFont/{font.name}/Encoding/Identity-H/DescendantFonts[{inner} 0 R]"
                      f"/ToUnicode {unicode} 0 R>>")


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag>
</dc:language><pdf:Producer>Examwright</pdf:Producer><pdfuaid:part>1</pdfuaid:part></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def document(sheets: list[Sheet], blocks: Iterable[Tagged], fonts: list[tuple[str, FontObject]], math: MathFont, marks: list[Bookmark],
             attachments: list[Attachment], title: str, language: str) -> bytes:
    """A whole file: pages, structure, outline, attachments."""
    writer = Writer()
    catalog, pages, info = writer.add(), writer.add(), writer.add()
    font_dictionary = "".join([f"/{name} {add_font(writer, font)} 0 R" for name, font in fonts])
    math_number = math.add(writer)
    if math_number:
        font_dictionary += f"/{NAME} {math_number} 0 R"
    resources = writer.add(f"<</Font<<{font_dictionary}>>>>")
    page_numbers = []
    for n, sheet in enumerate(sheets):
        contents = writer.add("", "\n".join(sheet.operators).encode("latin-1"))
        box = f"[0 0 {sheet.width:g} {sheet.height:g}]"
        page_numbers.append(writer.add(f"<</Type/Page/Parent {pages} 0 R/MediaBox{box}/Contents {contents} 0 R/Resources {resources} 0 R"
                                       f"/Tabs/S/StructParents {n}>>"))
    writer.put(pages, f"<</Type/Pages/Count {len(sheets)}/Kids[{' '.join([f'{p} 0 R' for p in page_numbers])}]>>")
    tree = _structure(writer, blocks, page_numbers)
    outline = _outline(writer, marks, page_numbers)
    xmp = _XMP.format(title=escape(title), language=escape(language)).encode()
    writer.objects.append((f"<</Type/Metadata/Subtype/XML/Length {len(xmp)}>>", xmp))
    metadata = len(writer.objects)
    names = ""
    if attachments:
        pairs = []
        for attachment in attachments:
            stream = writer.add(f"/Type/EmbeddedFile/Subtype/{attachment.mime.replace('/', '#2F')}/Params<</Size {len(attachment.data)}>>",
                                attachment.data)
            name = text_string(attachment.name)
            spec = writer.add(f"<</Type/Filespec/F{name}/UF{name}/Desc{text_string(attachment.about)}/AFRelationship/Data"
                              f"/EF<</F {stream} 0 R/UF {stream} 0 R>>>>")
            pairs.append(f"{name} {spec} 0 R")
        names = f"/Names<</EmbeddedFiles<</Names[{' '.join(pairs)}]>>>>"
    writer.put(info, f"<</Title{text_string(title)}/Producer(Examwright)>>")
    writer.put(catalog, f"<</Type/Catalog/Pages {pages} 0 R/StructTreeRoot {tree} 0 R/MarkInfo<</Marked true>>/Lang{text_string(language)}"
                        f"/ViewerPreferences<</DisplayDocTitle true>>/Metadata {metadata} 0 R{outline}{names}>>")
    return writer.written(catalog, info)


def _structure(writer: Writer, blocks: Iterable[Tagged], pages: list[int]) -> int:
    tree, parents, document = writer.add(), writer.add(), writer.add()
    tops: list[int] = []
    owners: list[list[int]] = [[] for _ in pages]
    number = len(writer.objects) + 1
    texts: list[str] = []
    filled: list[float] = []
    for tags, places in blocks:
        if not tags.elements:
            continue
        numbers: list[float] = [number, document]
        for place, owned in zip(places, tags.owners):
            numbers += (pages[place[0]], place[1], place[2])
            owners[place[0]] += [number + n for n in owned]
        texts.append(tags.text)
        filled += map(add, tags.which(numbers), tags.added)
        tops += [number + n for n in tags.tops]
        number += tags.elements
    if texts:
        writer.objects += ("\n".join(texts) % tuple(filled)).split("\n")
    writer.put(document, f"<</S/Document/P {tree} 0 R/K[{_references(tops)}]>>")
    nums = " ".join([f"{n}[{_references(owned)}]" for n, owned in enumerate(owners)])
    writer.put(parents, f"<</Nums[{nums}]>>")
    writer.put(tree, f"<</Type/StructTreeRoot/K[{document} 0 R]/ParentTree {parents} 0 R/ParentTreeNextKey {len(pages)}>>")
    return tree


def _references(numbers: Sequence[int]) -> str:
    """References to objects."""
    return " ".join(["%d 0 R"] * len(numbers)) % tuple(numbers)


def _outline(writer: Writer, marks: list[Bookmark], pages: list[int]) -> str:
    if not marks:
        return ""
    root = writer.add()
    numbers = [writer.add() for _ in marks]
    above: list[int] = []  # the parent of each, -1 for the root
    for n, mark in enumerate(marks):
        above.append(next((m for m in range(n - 1, -1, -1) if marks[m].level < mark.level), -1))
    for n, mark in enumerate(marks):
        sisters = [m for m in range(len(marks)) if above[m] == above[n]]
        kids = [m for m in range(len(marks)) if above[m] == n]
        at = sisters.index(n)
        more = f"/Prev {numbers[sisters[at - 1]]} 0 R" if at else ""
        more += f"/Next {numbers[sisters[at + 1]]} 0 R" if at + 1 < len(sisters) else ""
        if kids:
            below = next((m for m in range(n + 1, len(marks)) if marks[m].level <= mark.level), len(marks)) - n - 1  # all of them are shown
            more += f"/First {numbers[kids[0]]} 0 R/Last {numbers[kids[-1]]} 0 R/Count {below}"
        parent = root if above[n] < 0 else numbers[above[n]]
        writer.put(numbers[n], f"<</Title{text_string(mark.title)}/Parent {parent} 0 R/Dest[{pages[mark.page]} 0 R/XYZ null {mark.y:.1f} null]"
                               f"{more}>>")
    top = [m for m in range(len(marks)) if above[m] < 0]
    writer.put(root, f"<</Type/Outlines/First {numbers[top[0]]} 0 R/Last {numbers[top[-1]]} 0 R/Count {len(marks)}>>")
    return f"/Outlines {root} 0 R/PageMode/UseOutlines"
