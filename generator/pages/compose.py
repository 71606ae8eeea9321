"""Pages put together from blocks: which block stands where, and what is drawn there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from examwright.generator.mathfont import MathFont
from examwright.generator.mathset import Formula, number
from examwright.generator.pages import nodes, pdf, spoken, weasy
from examwright.generator.pages.drawings import PX, formula_operators, qr
from examwright.generator.pages.sheet import BOTTOM, LEFT, TOP, Block, Figure, Hole, Math, Sheet

POINT = 0.75  # points in a CSS pixel
CODE = 13.0  # mm, the side of the code on each page


@dataclass
class _Placed:
    """A block on a page: at which height, and which part of it (from one height of the page to another)."""

    compiled: weasy.Compiled
    laid: nodes.Laid
    holes: Sequence[Hole]
    y: float
    since: float = -1e9
    until: float = 1e9
    struct: list[pdf.Struct] = field(default_factory=list)  # its elements; the pieces of one block share them


@lru_cache(maxsize=2048)
def _compiled(press: weasy.Press, xhtml: str) -> weasy.Compiled:
    return weasy.compiled(press, xhtml)


@lru_cache(maxsize=1024)
def _flowed(press: weasy.Press, xhtml: str, words: tuple[str, ...]) -> nodes.Laid:
    """A block without formulas, laid out: the same for all who have these words in it."""
    return nodes.flow(_compiled(press, xhtml).node, words)


class Composer(nodes.Painter):
    """Composes one document."""

    def __init__(self, sheet: Sheet, press: weasy.Press):
        self.source, self.press = sheet, press
        self.math_font = MathFont()
        self.fonts: dict[str, dict[int, str]] = {}
        self.root = pdf.Struct("Document")
        self.marks: list[pdf.Bookmark] = []
        self.sheets: list[pdf.Sheet] = []
        self.page = pdf.Sheet(0, 0)
        self.idle: list[str] = []  # what means nothing on the page: rules, grounds
        self.open: pdf.Struct | None = None
        self.structs: list[pdf.Struct] = []
        self.elems: tuple[Any, ...] = ()
        self.face: Any = None
        self.inside = (0.0, 0.0, 1.0)  # where something drawn smaller stands
        self.color = ""

    def document(self, attachments: list[pdf.Attachment]) -> bytes:
        """The whole document."""
        pages = self._paged([self._laid(block) for block in self.source.blocks_of()])
        for n, placed in enumerate(pages):
            self._page(n, len(pages), placed)
        fonts = []
        for name, texts in self.fonts.items():
            program = weasy.font_program(self.press, name, frozenset(texts))
            fonts.append((name, pdf.FontObject(program.name, program.data, program.opentype, program.flags, program.ascent,
                                               program.descent, program.widths, tuple(texts.items()))))
        return pdf.document(self.sheets, self.root, fonts, self.math_font, self.marks, attachments, self.source.title or "Examwright",
                            self.press.language)

    # layout

    def _laid(self, block: Block) -> _Placed:
        made = _compiled(self.press, block.xhtml)
        words = [h for h in block.holes if isinstance(h, str)]
        laid = _flowed(self.press, block.xhtml, tuple(words)) if len(words) == len(block.holes) else nodes.flow(made.node, block.holes)
        return _Placed(made, laid, block.holes, 0.0)

    def _paged(self, blocks: list[_Placed]) -> list[list[_Placed]]:
        """Which blocks stand on which page: as many as fit, and none that is to stay with the next at the foot."""
        top, foot = TOP * PX, self.press.height - BOTTOM * PX
        pages: list[list[_Placed]] = [[]]
        y, n, begin = top, 0, 0  # begin: the first block of this page
        while n < len(blocks):
            block, page = blocks[n], pages[-1]
            at = y if not page and len(pages) > 1 else y + block.compiled.gap
            end = at + block.laid.height
            if foot >= end * (1 - 1e-9):
                block.y = at
                page.append(block)
                y, n = end, n + 1
                continue
            if page and not (block.compiled.long and any([c <= foot for c in block.laid.cuts(at)])):
                # to the next page, with those before it that stay with it
                split = next((m for m in range(n, begin, -1) if not blocks[m - 1].compiled.keep), n)
                del page[len(page) - (n - split):]
                n = begin = split
                pages.append([])
                y = top
                continue
            since = -1e9
            while True:  # it does not fit any page, or need not: cut it
                cuts = [c for c in block.laid.cuts(at) if c > top + 1]
                cut = max([c for c in cuts if c <= foot], default=min(cuts, default=end))
                last = end <= foot or cut >= end
                pages[-1].append(_Placed(block.compiled, block.laid, block.holes, at, since, 1e9 if last else cut, block.struct))
                if last:
                    y, n = end, n + 1
                    break
                since = top - 1e-3
                at, end = at - (cut - top), end - (cut - top)
                begin = n
                pages.append([])
        return [page for page in pages if page]

    # drawing

    def _page(self, n: int, of: int, placed: list[_Placed]) -> None:
        press = self.press
        self.page = pdf.Sheet(press.width * POINT, press.height * POINT)
        self.idle, self.face, self.color, self.open = [], None, "", None
        self.sheets.append(self.page)
        for block in placed:
            if block.since == -1e9:
                self._structure(block)
                if block.compiled.mark:
                    level, title = block.compiled.mark
                    self.marks.append(pdf.Bookmark(level, title, n, (press.height - block.y) * POINT))
            self.structs = block.struct
            self.elems = block.compiled.elems
            block.laid.paint(self, block.compiled.dx, block.y, block.since, block.until)
        self._close()
        body = self.page.operators
        self.page.operators = [f"{POINT} 0 0 {-POINT} 0 {number(press.height * POINT)} cm"]
        if press.tint:
            self.page.operators += ["/Artifact BMC", f"{_rgb(press.tint)} rg 0 0 {number(press.width)} {number(press.height)} re f", "EMC"]
        if self.idle:
            self.page.operators += ["/Artifact BMC", *self.idle, "EMC"]
        self.page.operators += body
        self._margins(n, of)

    def _margins(self, n: int, of: int) -> None:
        """Head and foot, and the code that tells which page of which paper this is."""
        source, words = self.source, self.source.words
        end = f"{words['page']} {n + 1} {words['of']} {of} {words.get('pages', '')}".strip()
        texts = {"@bottom-left": source.foot, "@bottom-right": end}
        if n:
            texts |= {"@top-left": source.head, "@top-right": source.who}
        self.page.operators.append("/Artifact <</Type/Pagination>> BDC")
        self.face, self.color = None, ""
        for place, text in texts.items():
            if text and place in self.press.page_boxes:
                face, left, width, baseline, align = self.press.page_boxes[place]
                shaped = face.shape(text)
                x = left + (width - shaped.width if align in ("right", "end") else 0.0)
                if place == "@bottom-left" and not source.code:
                    x = LEFT * PX  # nothing stands before it
                self._show(x, baseline, nodes.Text(face, shaped.runs, -1))
        if source.code:
            self.page.operators += ["q 0 g", stamp(source.code, n + 1, self.press.height), "Q"]
        self.page.operators.append("EMC")

    def _structure(self, block: _Placed) -> None:
        """The elements of a block: those that may be empty stand at once, those within a line when they are drawn."""
        formula: pdf.Struct | None = None
        for elem in block.compiled.elems:
            struct = pdf.Struct(elem.role, elem.alt, elem.scope)
            if elem.hole >= 0:
                hole = block.holes[elem.hole]
                assert not isinstance(hole, str)
                if not isinstance(hole, Math):
                    struct.alt, struct.language = hole.alt, hole.language if hole.language != self.press.language else ""
                elif not hole.whole and formula is not None:  # a piece of the formula before
                    struct = formula
                else:
                    struct.alt = spoken.say(hole.whole, self.press.language)
                formula = struct if isinstance(hole, Math) else formula
            block.struct.append(struct)
            if elem.role not in ("Formula", "Span", "Figure"):
                (self.root if elem.parent < 0 else block.struct[elem.parent]).kids.append(struct)

    def _mark(self, elem: int) -> pdf.Struct | None:
        """What follows belongs to an element."""
        struct = self.structs[elem] if elem >= 0 else None
        if struct is self.open:
            return struct
        self._close()
        if struct is None:
            self.page.operators.append("/Artifact BMC")
        else:
            if struct.role in ("Formula", "Span", "Figure") and not struct.kids:
                parent = self._above(elem)
                if struct not in parent.kids:
                    parent.kids.append(struct)
            struct.kids.append((len(self.sheets) - 1, len(self.page.pieces)))
            self.page.operators.append(f"/{struct.role} <</MCID {len(self.page.pieces)}>> BDC")
            self.page.pieces.append(struct)
        self.open = struct if struct is not None else _IDLE
        return struct

    def _above(self, elem: int) -> pdf.Struct:
        parent = self.elems[elem].parent
        return self.root if parent < 0 else self.structs[parent]

    def _close(self) -> None:
        if self.open is not None:
            self.page.operators.append("EMC")
            self.open = None

    def text(self, x: float, y: float, text: nodes.Text) -> None:
        self._mark(text.elem)
        self._show(x, y, text)

    def _show(self, x: float, y: float, text: nodes.Text) -> None:
        out, face = self.page.operators, text.face
        if face.color != self.color:
            self.color = face.color
            out.append(f"{face.color} rg")
        place = f"BT 1 0 0 -1 {x:.3f} {y:.3f} Tm"
        for font, shown, codes, runs in text.shown():
            used = self.fonts.get(font)
            if used is None:
                used = self.fonts[font] = {}
            if not used.keys() >= codes:
                for run in runs:
                    for glyph, reads in run.glyphs:
                        used.setdefault(glyph, reads)
            if self.face != (font, face.size):
                self.face = (font, face.size)
                place = f"{place}\n/{font} {number(face.size)} Tf"
            out.append(f"{place}\n[{shown}] TJ" if place else f"[{shown}] TJ")
            place = ""
        out[-1] += " ET"

    def math(self, x: float, y: float, face: Any, formula: Formula, scale: float, elem: int) -> None:
        struct = self._mark(elem)
        size = face.size * scale
        if struct is not None:
            box = self._box(x, y - formula.height * size, formula.width * size, (formula.height + formula.depth) * size)
            struct.box = box if struct.box is None else struct.box
        k = size / 1000
        self.page.operators += [f"q {k:.6f} 0 0 {-k:.6f} {x:.3f} {y:.3f} cm {face.color} rg {face.color} RG",
                                formula_operators(formula, self.math_font, face.color), "Q"]

    def figure(self, x: float, y: float, figure: Figure, scale: float, elem: int) -> None:
        struct = self._mark(elem)
        if struct is not None:
            struct.box = self._box(x, y, figure.width * scale, figure.height * scale)
        self.page.operators += [f"q {scale:.6f} 0 0 {scale:.6f} {x:.3f} {y:.3f} cm 0 g 0 G", figure.operators(self.math_font.code), "Q"]

    def image(self, x: float, y: float, image: nodes.Image, elem: int) -> None:
        struct = self._mark(elem)
        if struct is not None:
            struct.box = self._box(x, y, image.width, image.height)
        self.page.operators += [f"q 1 0 0 1 {x:.3f} {y:.3f} cm 0 g 0 G", nodes.box_of(image, self.press.drawn(image.name)), "Q"]

    def _box(self, x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
        high = self.press.height
        ox, oy, scale = self.inside
        x, y, width, height = ox + x * scale, oy + y * scale, width * scale, height * scale
        return (x * POINT, (high - y - height) * POINT, (x + width) * POINT, (high - y) * POINT)

    def scaled(self, x: float, y: float, scale: float, paint: Callable[[], None]) -> None:
        self._close()
        self.page.operators.append(f"q {scale:.6f} 0 0 {scale:.6f} {x:.3f} {y:.3f} cm")
        self.inside, self.face, self.color = (x, y, scale), None, ""
        paint()
        self._close()
        self.page.operators.append("Q")
        self.inside, self.face, self.color = (0.0, 0.0, 1.0), None, ""

    def fill(self, x: float, y: float, width: float, height: float, color: str) -> None:
        # through a window, as WeasyPrint does it: a thin line drawn by itself is made thicker by some viewers
        ox, oy, scale = self.inside
        x, y, width, height = ox + x * scale, oy + y * scale, width * scale, height * scale
        right, bottom = x + width, y + height
        self.idle.append(f"q {x:.3f} {y:.3f} m {right:.3f} {y:.3f} l {right:.3f} {bottom:.3f} l {x:.3f} {bottom:.3f} l W* n {color} rg "
                         f"{x - 1:.3f} {y - 1:.3f} {width + 2:.3f} {height + 2:.3f} re f Q")


_IDLE = pdf.Struct("Artifact")


def _rgb(color: str) -> str:
    return " ".join([number(int(color[i:i + 2], 16) / 255) for i in (1, 3, 5)])


def stamp(code: str, page: int, height: float) -> str:
    """The code of a page, at the left of its foot; in CSS pixels, y downwards, `height` being that of the page."""
    text = f"EW1 {code} {page}"
    return f"{number(PX)} 0 0 {number(PX)} {number((LEFT - 1) * PX)} {number(height - (BOTTOM - 5) * PX)} cm {qr(text, CODE)}"
