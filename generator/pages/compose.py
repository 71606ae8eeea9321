"""Pages put together from blocks: which block stands where, and what is drawn there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from examwright.generator.cache import Recent
from examwright.generator.mathfont import MathFont
from examwright.generator.mathjax import number
from examwright.generator.pages import breaks, nodes, pagecode, pdf, weasy
from examwright.generator.pages.drawings import PX
from examwright.generator.pages.holes import Block, Math, unpacked
from examwright.generator.pages.pieces import POINT, Fonts, Form, Piece, Recorder, TagsForm, tagged
from examwright.generator.pages.sheet import BOTTOM, LEFT, RIGHT, TOP, Sheet

CODE = 13.0  # mm, the side of the code on each page
_WHOLE = (-1e9, 1e9)


class Drawn(NamedTuple):
    """A block as it stands on a page if it is not cut: the same for all who have the same in its holes. The gap above it, whether it stays with
    the next, whether a page may end in it, what it costs to end one below it, its bookmark; its height, and what is drawn and heard."""

    gap: float
    keep: bool
    long: bool
    cost: float
    mark: tuple[int, str] | None
    height: float
    piece: Piece
    tags: pdf.Tags


@dataclass(slots=True)
class _Placed:
    """A block on a page: at which height, and which part of it (from one height of the page to another)."""

    drawn: Drawn
    block: Block
    y: float = 0.0
    since: float = _WHOLE[0]
    until: float = _WHOLE[1]


_COMPILED: Recent[weasy.Compiled] = Recent(2048)


def _compiled(press: weasy.Press, xhtml: bytes) -> weasy.Compiled:
    made = _COMPILED.get((press, xhtml))
    if made is None:
        [made] = weasy.compiled(press, unpacked(xhtml))
        _COMPILED.put((press, xhtml), made)
    return made


def _compile(press: weasy.Press, blocks: Iterable[bytes]) -> None:
    """Have blocks laid out, all that are new in one go."""
    new = [xhtml for xhtml in dict.fromkeys(blocks) if _COMPILED.get((press, xhtml)) is None]
    for xhtml, made in zip(new, weasy.compiled(press, *map(unpacked, new)) if new else ()):
        _COMPILED.put((press, xhtml), made)


class _Layout(NamedTuple):
    """A block whose holes are open, laid out: the same for all papers on which what comes into them is as large."""

    height: float
    form: Form
    tags: TagsForm


_DRAWN: Recent[Drawn] = Recent(512)
_LAYOUTS: Recent[_Layout] = Recent(4096)


def drawn(press: weasy.Press, block: Block) -> Drawn:
    """A block, drawn; most blocks of a paper stand on others too, and of the others most are like one that does but for what is shown."""
    if block.drawn is None or block.drawn[0] is not press:
        figures = any([not isinstance(h, (str, Math)) for h in block.holes])  # they are hardly ever the same
        key = (press, block.packed, block.holes)
        found = None if figures else _DRAWN.get(key)
        if found is None:
            found = _drawn(press, block)
            if not figures:
                _DRAWN.put(key, found)
        block.drawn = press, found
    made: Drawn = block.drawn[1]
    return made


def _drawn(press: weasy.Press, block: Block) -> Drawn:
    made = _compiled(press, block.packed)
    measures = made.measures(block.holes)
    key = made.layout_key(measures)
    layout = _LAYOUTS.get(key)
    if layout is None:
        laid = nodes.flow(made.tree.node, measures)
        form = _form(press, made, laid, measures, 0.0)
        layout = _Layout(laid.height, form, tagged(made, measures, [form]))
        _LAYOUTS.put(key, layout)
    return Drawn(made.gap, made.keep, made.long, made.cost, made.mark, layout.height, layout.form.filled(block.holes, measures),
                 layout.tags.filled(block.holes, press.language))


def _form(press: weasy.Press, made: weasy.Compiled, laid: nodes.Laid, measures: nodes.Measures, y: float, since: float = _WHOLE[0],
          until: float = _WHOLE[1]) -> Form:
    tree = made.tree
    recorder = Recorder(press, tree.elems, measures)
    laid.paint(recorder, tree.dx, y, since, until)
    return recorder.form()


class Composer:
    """Composes one document."""

    def __init__(self, sheet: Sheet, press: weasy.Press):
        self.source, self.press = sheet, press
        self.around = margins(sheet, press)
        self.math_font = MathFont(press.text_face)
        self.fonts: dict[Fonts, None] = {}  # of the pieces, each once
        self.runs: dict[nodes.Run, None] = {}
        self.blocks: list[pdf.Tagged] = []
        self.marks: list[pdf.Bookmark] = []
        self.sheets: list[pdf.Sheet] = []
        self.cut_forms: list[Form] = []  # of a block that stands on several pages: what stands on each, and where
        self.cut_places: list[tuple[int, int, float]] = []

    def document(self, attachments: list[pdf.Attachment]) -> bytes:
        """The whole document."""
        pages = self.paged(self.source.blocks_of())
        for n, placed in enumerate(pages):
            self._page(n, len(pages), placed)
        used: dict[str, dict[int, str]] = {}
        for fonts in self.fonts:
            for font, texts in fonts:
                used.setdefault(font, {}).update(texts)
        for run in self.runs:
            used.setdefault(run.font, {}).update(run.glyphs)
        made = [(font, weasy.font_object(self.press, font, texts)) for font, texts in used.items()]
        return pdf.document(self.sheets, self.blocks, made, self.math_font, self.marks, attachments, self.source.named or "Examwright",
                            self.press.language)

    # layout

    def paged(self, source: Sequence[Block]) -> list[list[_Placed]]:
        """Which blocks stand on which page."""
        _compile(self.press, [block.packed for block in source if block.drawn is None])
        blocks = [_Placed(drawn(self.press, block), block) for block in source]
        begins = self._better([block.drawn for block in blocks])
        pages = self._filled(blocks, begins)
        if begins and any([block.drawn.long for block in blocks]):
            full = self._filled(blocks)  # they may be fewer, where one ends in a block
            return full if (len(full) + 1) // 2 < (len(pages) + 1) // 2 else pages
        return pages

    def _better(self, blocks: Sequence[Drawn]) -> frozenset[int]:
        """The blocks at which pages are to begin so that they end in better places than full ones would; none where all places are as good, and in keys,
        from which nobody works. (Their blocks say the same costs, so that what was laid out for the paper is used again.)"""
        if self.source.kind != "paper" or not any([block.cost for block in blocks]):
            return frozenset()
        return frozenset(breaks.best(blocks, self.press.height - (BOTTOM + TOP) * PX) or ())

    def begins(self, source: Sequence[Block]) -> list[int]:
        """The blocks at which a page begins although more would fit the one before."""
        wanted = [page[0] for page in self.paged(source)]
        blocks = [_Placed(drawn(self.press, block), block) for block in source]
        begins: list[int] = []
        for n, begin in enumerate(wanted):
            found = [page[0] for page in self._filled(blocks, frozenset(begins))]
            if (found[n].block, found[n].since) != (begin.block, begin.since):
                begins.append(source.index(begin.block))
        return begins

    def _filled(self, blocks: Sequence[_Placed], begins: frozenset[int] = frozenset()) -> list[list[_Placed]]:
        """As many blocks on each page as fit, and none that is to stay with the next at the foot; but a page begins with each of `begins`."""
        top, foot = TOP * PX, self.press.height - BOTTOM * PX
        pages: list[list[_Placed]] = [[]]
        y, n, begin = top, 0, 0  # begin: the first block of this page
        while n < len(blocks):
            block, page = blocks[n], pages[-1]
            at = y if not page and len(pages) > 1 else y + block.drawn.gap
            end = at + block.drawn.height
            if n in begins and page:
                begin = n
                pages.append([])
                y = top
                continue
            if foot >= end * (1 - 1e-6):
                block.y = at
                page.append(block)
                y, n = end, n + 1
                continue
            laid = self._laid(block) if block.drawn.long or not page else None
            if page and not (laid and any([c <= foot for c in laid.cuts(at)])):
                # to the next page, with those before it that stay with it
                split = next((m for m in range(n, begin, -1) if not blocks[m - 1].drawn.keep), n)
                del page[len(page) - (n - split):]
                n = begin = split
                pages.append([])
                y = top
                continue
            laid = laid or self._laid(block)
            since = _WHOLE[0]
            while True:  # it does not fit any page, or need not: cut it
                cuts = [c for c in laid.cuts(at) if c > top + 1]
                cut = max([c for c in cuts if c <= foot], default=min(cuts, default=end))
                last = end <= foot or cut >= end
                pages[-1].append(_Placed(block.drawn, block.block, at, since, _WHOLE[1] if last else cut))
                if last:
                    y, n = end, n + 1
                    break
                since = top - 1e-3
                at, end = at - (cut - top), end - (cut - top)
                begin = n
                pages.append([])
        return [page for page in pages if page]

    def _laid(self, block: _Placed) -> nodes.Laid:
        made = _compiled(self.press, block.block.packed)
        return nodes.flow(made.tree.node, made.measures(block.block.holes))

    # drawing

    def _page(self, n: int, of: int, placed: list[_Placed]) -> None:
        press, code = self.press, self.math_font.code
        page = pdf.Sheet(press.width * POINT, press.height * POINT)
        self.sheets.append(page)
        idle: list[str] = []
        body: list[str] = []
        for block in placed:
            if block.since == _WHOLE[0] and block.drawn.mark:
                level, title = block.drawn.mark
                self.marks.append(pdf.Bookmark(level, title, n, (press.height - block.y) * POINT))
            if (block.since, block.until) == _WHOLE:
                piece, y = block.drawn.piece, block.y
                self.blocks.append(pdf.Tagged(block.drawn.tags, [(n, page.pieces, (press.height - y) * POINT)]))
            else:
                piece, y = self._part(block, (n, page.pieces, press.height * POINT)), 0.0
            if piece.idle:
                idle.append(f"q 1 0 0 1 0 {y:.3f} cm\n{piece.idle}\nQ")
            if piece.operators:
                body.append(f"q 1 0 0 1 0 {y:.3f} cm\n{piece.filled(code, page.pieces)}\nQ")
            page.pieces += piece.marked
            self._uses(piece)
        page.operators = [f"{POINT} 0 0 {-POINT} 0 {number(press.height * POINT)} cm"]
        if press.tint:
            page.operators += ["/Artifact BMC", f"{_rgb(press.tint)} rg 0 0 {number(press.width)} {number(press.height)} re f", "EMC"]
        if idle:
            page.operators += ["/Artifact BMC", *idle, "EMC"]
        page.operators += body
        self._margins(page, n, of)

    def _part(self, block: _Placed, place: tuple[int, int, float]) -> Piece:
        """A part of a block that stands on several pages; its elements are noted with the last one."""
        made, holes = _compiled(self.press, block.block.packed), block.block.holes
        measures = made.measures(holes)
        form = _form(self.press, made, nodes.flow(made.tree.node, measures), measures, block.y, block.since, block.until)
        if block.since == _WHOLE[0]:
            self.cut_forms, self.cut_places = [], []
        self.cut_forms.append(form)
        self.cut_places.append(place)
        if block.until == _WHOLE[1]:
            self.blocks.append(pdf.Tagged(tagged(made, measures, self.cut_forms).filled(holes, self.press.language), self.cut_places))
        return form.filled(holes, measures)

    def _uses(self, piece: Piece) -> None:
        """Note the glyphs of a piece."""
        self.fonts[piece.fonts] = None
        if piece.runs:
            self.runs.update(dict.fromkeys(piece.runs))
        if piece.glyphs:
            self.math_font.use(piece.glyphs)

    def _margins(self, page: pdf.Sheet, n: int, of: int) -> None:
        """Head and foot, and the code that tells which page of which paper this is."""
        source, (foot, head, who) = self.source, self.around
        texts = {"@bottom-left": foot, "@bottom-right": _paged(source.words, n + 1, of)}
        if n:
            texts |= {"@top-left": head, "@top-right": who}
        page.operators.append("/Artifact <</Type/Pagination>> BDC")
        for place, text in texts.items():
            if text and place in self.press.page_boxes:
                piece = _margin(self.press, place, text, bool(source.code))
                page.operators.append(piece.operators)
                self._uses(piece)
        if source.code:
            page.operators += ["q 0 g", stamp(source.code, n + 1, self.press.height), "Q"]
        page.operators.append("EMC")


def _paged(words: dict[str, str], n: int, of: int) -> str:
    return f"{words['page']} {n} {words['of']} {of} {words.get('pages', '')}".strip()


def margins(source: Sheet, press: weasy.Press) -> tuple[str, str, str]:
    """The texts for the foot and the two sides of the head, cut where they would run into what stands beside them."""
    across, apart = press.width - (LEFT + RIGHT) * PX, 4 * PX
    name, dot, number = source.who.rpartition(" · ")
    who = _fitting(press, "@top-right", name or number, 0.65 * across, dot + number if dot else "")  # the number stays
    head = _fitting(press, "@top-left", source.head, across - _wide(press, "@top-right", who) - apart)
    begin = press.page_boxes["@bottom-left"][1] - LEFT * PX
    foot = _fitting(press, "@bottom-left", source.foot, across - begin - _wide(press, "@bottom-right", _paged(source.words, 88, 88)) - apart)
    return foot, head, who


def _wide(press: weasy.Press, place: str, text: str) -> float:
    face = press.page_boxes[place][0]
    return sum([face.shape(t).width for t in re.split("( )", text) if t])


@lru_cache(maxsize=512)
def _fitting(press: weasy.Press, place: str, text: str, room: float, last: str = "") -> str:
    """As much of a text as there is room for, with what comes last."""
    shown, end = text + last, len(text)
    while end and _wide(press, place, shown) > room:
        end -= 1
        shown = text[:end].rstrip(" ·") + "…" + last
    return shown


@lru_cache(maxsize=512)
def _margin(press: weasy.Press, place: str, text: str, coded: bool) -> Piece:
    """A text in a page's margin; at the left of its foot it makes room for the page's code."""
    face, left, width, baseline, align = press.page_boxes[place]
    words = [face.shape(t) for t in re.split("( )", text) if t]
    wide = sum([w.width for w in words])
    x = left + (width - wide if align in ("right", "end") else 0.0)
    recorder = Recorder(press, (), ())
    recorder.show(LEFT * PX if place == "@bottom-left" and not coded else x, baseline, nodes.Text(face, [run for w in words for run in w.runs], -1))
    piece = recorder.form().filled((), ())
    return piece._replace(operators=piece.operators % ())


def _rgb(color: str) -> str:
    return " ".join([number(int(color[i:i + 2], 16) / 255) for i in (1, 3, 5)])


def stamp(code: str, page: int, height: float) -> str:
    """The code of a page, at the left of its foot; in CSS pixels, y downwards, `height` being that of the page."""
    text = f"EW1 {code} {page}"
    return f"{number(PX)} 0 0 {number(PX)} {number((LEFT - 1) * PX)} {number(height - (BOTTOM - 5) * PX)} cm {pagecode.operators(text, CODE)}"
