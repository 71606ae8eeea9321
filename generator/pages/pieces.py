"""What a block puts on a page, drawn once for all papers that have it: its operators, and the elements that a reader hears.

All heights are counted from the block, in CSS pixels. Left open is what differs from file to file: the codes of glyphs in the font of formulas,
the numbers of marked pieces on their page, and the numbers of objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from operator import itemgetter
from sys import intern
from typing import Any, NamedTuple

from examwright.generator.cache import Sharing
from examwright.generator.mathjax import number
from examwright.generator.pages import nodes, spoken
from examwright.generator.pages.drawings import FormulaDrawn, formula_operators
from examwright.generator.pages.holes import Figure, Hole, Math, Size
from examwright.generator.pages.pdf import Tags, text_string
from examwright.generator.pages.tags import Elem

POINT = 0.75  # points in a CSS pixel
_BLACK = "0 0 0"
Fonts = tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
_INLINE = ("Formula", "Span", "Figure")  # elements within a line: they stand where they are drawn


class Piece(NamedTuple):
    """A block, or what stands of it on one page. In `operators` a %s stands for each of `open`: the name of a glyph, the number of a marked
    piece (from 0), or a figure. `idle` is what means nothing: rules and grounds. `fonts` has what the glyphs of each font read as, but for those that it has in all files, for the words
    that are the same on all papers; `runs` are the others. `glyphs` are those of formulas. `marked` is how many marked pieces there are."""

    operators: str
    open: Sequence[str | int | Figure]
    idle: str
    fonts: Fonts
    runs: tuple[nodes.Run, ...]
    glyphs: tuple[frozenset[str], ...]
    marked: int

    def filled(self, code: Callable[[str], int], first: int) -> str:
        """The operators in a file, with `code` for its glyphs, where the first marked piece has the number `first`."""
        if isinstance(self.open, range):  # nothing but marked pieces
            return self.operators % tuple(range(first, first + self.marked))
        return self.operators % tuple([f"{code(v):04x}" if isinstance(v, str) else v + first if isinstance(v, int) else v.operators(code)
                                       for v in self.open])


class Form:
    """A piece whose holes are open: the same for all papers on which what comes into them is as large. `texts` are its operators before each of
    its `slots` and after the last; `counts` says how many marked pieces begin in each of them. `boxes` has where each figure stands (x, y, width,
    height), `marked` the element of each marked piece."""

    __slots__ = ("boxes", "counts", "fonts", "idle", "marked", "slots", "texts")

    def __init__(self, operators: str, idle: str, fonts: Fonts, marked: tuple[int, ...],
                 boxes: dict[int, tuple[float, float, float, float]]):
        self.idle, self.fonts, self.marked, self.boxes = intern(idle), fonts, _one(marked), boxes or _NONE
        self.slots, self.texts = _apart(operators)
        self.counts = _one(tuple([text.count("%s") - text.count("%%s") for text in self.texts]))

    def filled(self, holes: Sequence[Hole], measures: nodes.Measures) -> Piece:
        """The piece of a paper."""
        out = [self.texts[0]]
        count = self.counts[0]
        left: list[str | int | Figure] = [*range(count)]
        runs: list[nodes.Run] = []
        glyphs: list[frozenset[str]] = []
        for (kind, hole, which), text, more in zip(self.slots, self.texts[1:], self.counts[1:]):
            if kind == "w":
                run = measures[hole].sets[which[0]].runs[which[1]]  # type: ignore[union-attr]
                out.append(run.shown)
                runs.append(run)
            elif kind == "m":
                operators, names, used = _formula(holes[hole], which)  # type: ignore[arg-type]
                out.append(operators)
                left += names
                glyphs.append(used)
            elif kind == "x":
                at, share = which
                out.append(f"{at - share * measures[hole].width:.3f}")
            else:
                out.append("%s")
                left.append(holes[hole])  # type: ignore[arg-type]
            out.append(text)
            if more:
                left += range(count, count + more)
                count += more
        marked = len(self.marked)
        return Piece("".join(out), range(marked) if len(left) == marked else tuple(left), self.idle, self.fonts, tuple(runs), tuple(glyphs), marked)


_Slot = tuple[str, int, Any]


def _apart(text: str) -> tuple[tuple[_Slot, ...], tuple[str, ...]]:
    """What is to be put into a text (kind, hole, which), and the pieces of the text between."""
    found = nodes.OPEN.split(text)
    return _one(tuple(map(_slot, found[1::4], found[2::4], found[3::4]))), tuple(map(intern, found[::4]))


# Layouts are kept in thousands, and what they consist of is mostly the same: those that are equal are one in memory.
_NONE: dict[int, tuple[float, float, float, float]] = {}


_one, _sums = Sharing(4096), Sharing(1024)  # the latter of what may be whole or not: 1.0 is equal to 1


@lru_cache(maxsize=2048)
def _slot(kind: str, hole: str, which: str) -> _Slot:
    read = {"w": int, "x": float}
    return kind, int(hole), tuple([read[kind](n) for n in which.split(":")]) if kind in read else which


@lru_cache(maxsize=2048)
def _formula(hole: Math, color: str) -> FormulaDrawn:
    return formula_operators(hole.formula, color)


def shared(elems: Sequence[Elem], holes: nodes.Measures) -> list[int]:
    """For each element the one that it is drawn as: the pieces of a long formula are one."""
    out: list[int] = []
    formula = -1
    for n, elem in enumerate(elems):
        if elem.role != "Formula":
            out.append(n)
            continue
        size = holes[elem.hole]
        assert isinstance(size, Size)
        if size.whole or formula < 0:
            formula = n
        out.append(formula)
    return out


class Recorder(nodes.Painter):
    """Draws a block, or a part of it."""

    def __init__(self, press: Any, elems: Sequence[Elem], measures: nodes.Measures):
        self.press, self.elems, self.drawn_as = press, elems, shared(elems, measures)
        self.out: list[str] = []
        self.idle: list[str] = []
        self.filled: tuple[str, list[tuple[float, float, float, float]]] | None = None  # rectangles that are not yet among what is idle
        self.fonts: dict[str, dict[int, str]] = {}
        self.marked: list[int] = []
        self.boxes: dict[int, tuple[float, float, float, float]] = {}
        self.opened: int | None = None  # the element that is drawn; -1 if it is none
        self.face: Any = None
        self.color = ""
        self.inside = (0.0, 0.0, 1.0)  # where something drawn smaller stands

    def form(self) -> Form:
        """What was drawn."""
        self._close()
        self._fill()
        fonts = tuple([(font, tuple(texts.items())) for font, texts in self.fonts.items()])
        return Form("\n".join(self.out), "\n".join(self.idle), _one(fonts), tuple(self.marked), self.boxes)

    def _mark(self, elem: int) -> int:
        """What follows belongs to an element, which is returned; -1 if it means nothing."""
        at = self.drawn_as[elem] if elem >= 0 else -1
        if at != self.opened or at < 0:
            self._close()
            self.opened = at
            if at < 0:
                self.out.append("/Artifact BMC")
            else:
                self.out.append(f"/{self.elems[at].role} <</MCID %s>> BDC")
                self.marked.append(at)
        return at

    def _close(self) -> None:
        if self.opened is not None:
            self.out.append("EMC")
            self.opened = None

    def text(self, x: float | nodes.Place, y: float, text: nodes.Text) -> None:
        self._mark(text.elem)
        self.show(x, y, text)

    def show(self, x: float | nodes.Place, y: float, text: nodes.Text) -> None:
        """Words that belong to what is being drawn."""
        out, face = self.out, text.face
        if face.color != self.color:
            self.color = face.color
            out.append(f"{face.color} rg")
        place = f"BT 1 0 0 -1 {_written(x)} {y:.3f} Tm"
        found = text.shown()
        thin = self.press.thin and any([font in self.press.thin for font, _, _ in found])
        if thin:
            out.append(f"q {face.color} RG {number(face.size / 28)} w")
        for font, shown, runs in found:
            used = self.fonts.setdefault(font, {})
            for run in runs:
                used.update(run.glyphs)
            if self.face != (font, face.size):
                self.face = (font, face.size)
                place = f"{place}\n/{font} {number(face.size)} Tf"
            if thin:
                place = f"{place}\n{2 if font in self.press.thin else 0} Tr"
            out.append(f"{place}\n[{shown}] TJ" if place else f"[{shown}] TJ")
            place = ""
        out[-1] += " ET"
        if thin:
            out.append("Q")
            self.face = None

    def math(self, x: float | nodes.Place, y: float, face: nodes.Face, hole: int, size: Size, scale: float, elem: int) -> None:
        self._mark(elem)
        em = face.em * scale
        k = em / 1000
        color = "" if self.color == face.color == _BLACK else f" {face.color} rg {face.color} RG"  # nothing else sets the colour of strokes
        self.out += [f"q {k:g} 0 0 {-k:g} {_written(x, em)} {y:.3f} cm{color}", f"\ue001m{hole}:{face.color}\ue002", "Q"]

    def figure(self, x: float, y: float, hole: int, size: Size, scale: float, elem: int) -> None:
        at = self._mark(elem)
        if at >= 0:
            self._box(at, x, y, size.width * scale, size.height * scale)
        self.out.append(f"q {scale:g} 0 0 {scale:g} {x:.3f} {y:.3f} cm 0 g 0 G\n\ue001f{hole}:\ue002\nQ")

    def image(self, x: float, y: float, image: nodes.Image, elem: int) -> None:
        at = self._mark(elem)
        if at >= 0:
            self._box(at, x, y, image.width, image.height)
        self.out += [f"q 1 0 0 1 {x:.3f} {y:.3f} cm 0 g 0 G", nodes.box_of(image, self.press.drawn(image.name)).replace("%", "%%"), "Q"]

    def _box(self, elem: int, x: float, y: float, width: float, height: float) -> None:
        ox, oy, scale = self.inside
        self.boxes[elem] = (ox + x * scale, oy + y * scale, width * scale, height * scale)

    def scaled(self, x: float, y: float, scale: float, paint: Callable[[], None]) -> None:
        self._close()
        self.out.append(f"q {scale:.6f} 0 0 {scale:.6f} {x:.3f} {y:.3f} cm")
        self.inside, self.face, self.color = (x, y, scale), None, ""
        paint()
        self._close()
        self.out.append("Q")
        self.inside, self.face, self.color = (0.0, 0.0, 1.0), None, ""

    def fill(self, x: float, y: float, width: float, height: float, color: str) -> None:
        ox, oy, scale = self.inside
        box = ox + x * scale, oy + y * scale, width * scale, height * scale
        if self.filled and self.filled[0] != color:
            self._fill()
        self.filled = self.filled or (color, [])
        self.filled[1].append(box)

    def _fill(self) -> None:
        """Rectangles of one colour that follow each other: through a window, as WeasyPrint does it with each. A thin line drawn by itself is made
        thicker by some viewers."""
        if self.filled:
            color, boxes = self.filled
            left, top = min([x for x, _, _, _ in boxes]) - 1, min([y for _, y, _, _ in boxes]) - 1
            right, bottom = max([x + w for x, _, w, _ in boxes]) + 1, max([y + h for _, y, _, h in boxes]) + 1
            window = "\n".join([f"{x:.3f} {y:.3f} {w:.3f} {h:.3f} re" for x, y, w, h in boxes])
            self.idle.append(f"q {window} W n {color} rg {left:.0f} {top:.0f} {right - left + 1:.0f} {bottom - top + 1:.0f} re f Q")
            self.filled = None


def _written(x: float | nodes.Place, unit: float = 1.0) -> str:
    """A place on a line; if it depends on how wide (in units) what comes there is, it is left open."""
    return f"\ue001x{x.hole}:{x.at:.4f}:{x.share * unit:.6f}\ue002" if isinstance(x, nodes.Place) else f"{x:.3f}"


# ---- elements ----------------------------------------------------------------------------------

class TagsForm:
    """The elements of a block whose holes are open: `texts` stand before, between and after what is said of each of `slots`, its formulas and figures.
    The rest is as in `pdf.Tags`."""

    __slots__ = ("added", "count", "owners", "slots", "texts", "tops", "which")

    def __init__(self, text: str, opened: tuple[tuple[int, float], ...], count: int, tops: tuple[int, ...], owners: tuple[tuple[int, ...], ...]):
        self.count, self.tops, self.owners = count, _one(tops), _one(owners)
        self.which = _picked(tuple([which for which, _ in opened]))
        self.added = _sums(tuple([more for _, more in opened]))
        slots, self.texts = _apart(text)
        self.slots = _one(tuple([hole for _, hole, _ in slots]))

    def filled(self, holes: Sequence[Hole], language: str) -> Tags:
        """The elements of a block of a paper."""
        out = [self.texts[0]]
        for hole, text in zip(self.slots, self.texts[1:]):
            out += (_said(holes[hole], language), text)
        return Tags("".join(out), self.which, self.added, self.count, self.tops, self.owners)


@lru_cache(maxsize=1024)
def _picked(places: tuple[int, ...]) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """What takes the numbers at these places."""
    return itemgetter(*places) if len(places) > 1 else lambda numbers: tuple([numbers[n] for n in places])


def tagged(made: Any, measures: nodes.Measures, forms: Sequence[Form]) -> TagsForm:
    """The elements of a block (a `weasy.Compiled`) that stands in these forms on as many pages."""
    elems = made.tree.elems
    about = _one((_one(tuple(shared(elems, measures))), tuple([form.marked for form in forms])))
    found = made.plans.get(about)
    plan = found or _planned(elems, *about)
    if isinstance(plan, TagsForm):
        return plan
    boxes = {n: box for form in reversed(forms) for n, box in form.boxes.items()}
    texts: list[str] = []
    left: list[tuple[int, float]] = []
    for n, text, opened, first in plan.rows:
        left += opened
        if n >= 0:
            elem = elems[n]
            text += f"\ue001a{elem.hole}:\ue002" if elem.hole >= 0 else _alt(elem.alt)
            if n in boxes:
                x, y, width, height = boxes[n]
                text += f"/A<</O/Layout/Placement/Block/BBox[{int(x * POINT)} %d {ceil((x + width) * POINT)} %d]>>"  # whole points: readers outline it
                left += [(3 * first + 4, -(y + height) * POINT), (3 * first + 4, 1 - y * POINT)]
            text += ">>"
        texts.append(text)
    made_of = TagsForm("\n".join(texts), tuple(left), len(texts), plan.tops, plan.owners)
    if found is None:
        made.plans[about] = plan if boxes else made_of  # without figures it says nothing of places
    return made_of


@dataclass(frozen=True)
class _Plan:
    """Elements before it is known what formulas and figures say and where they stand: for each its index (-1 where nothing is to be added), its
    text, what is open in it, the first piece that has something of it."""

    rows: tuple[tuple[int, str, tuple[tuple[int, float], ...], int], ...]
    tops: tuple[int, ...]
    owners: tuple[tuple[int, ...], ...]


def _planned(elems: Sequence[Elem], same: tuple[int, ...], marked: tuple[tuple[int, ...], ...]) -> _Plan:
    """The elements of a block, given which one each is drawn as (`shared`) and that of each marked piece on each page."""
    tops: list[int] = []
    kids: list[list[int | tuple[int, int]]] = [[] for _ in elems]  # elements, and (page, number)

    def above(n: int) -> list[Any]:
        return tops if elems[n].parent < 0 else kids[elems[n].parent]

    for n, elem in enumerate(elems):  # those that may be empty stand at once, those within a line when they are drawn
        if elem.role not in _INLINE:
            above(n).append(n)
    for page, owners in enumerate(marked):
        for piece, n in enumerate(owners):
            if elems[n].role in _INLINE and not kids[n]:
                above(n).append(n)
            kids[n].append((page, piece))

    full = [False] * len(elems)
    for n in reversed(range(len(elems))):  # what is in an element comes after it
        kids[n] = sorted([k for k in kids[n] if isinstance(k, tuple) or full[k]], key=lambda k: isinstance(k, int) and elems[k].late)
        full[n] = bool(kids[n]) or elems[n].role in ("TD", "TH")
    tops = [n for n in tops if full[n]]
    order: dict[int, int] = {}
    for n in tops:
        _count(n, kids, order)
    rows: list[tuple[int, str, tuple[tuple[int, float], ...], int]] = []
    for n in order:
        elem = elems[n]
        left: list[tuple[int, float]] = [(1, 0) if elem.parent < 0 else (0, order[same[elem.parent]])]
        first = next((k[0] for k in kids[n] if isinstance(k, tuple)), -1)
        said = []
        for kid in kids[n]:
            if isinstance(kid, int):
                said.append("%d 0 R")
                left.append((0, order[kid]))
            elif kid[0] == first:
                said.append("%d")
                left.append((3 * first + 3, kid[1]))
            else:
                said.append("<</Type/MCR/Pg %d 0 R/MCID %d>>")
                left += [(3 * kid[0] + 2, 0), (3 * kid[0] + 3, kid[1])]
        text = f"<</S/{elem.role}/P %d 0 R/K[{' '.join(said)}]"
        if first >= 0:
            text += "/Pg %d 0 R"
            left.append((3 * first + 2, 0))
        if elem.role in ("Formula", "Figure"):
            rows.append((n, text, tuple(left), max(first, 0)))
            continue
        if elem.role == "Span" and elem.alt:
            text += f"/ActualText{text_string(elem.alt)}".replace("%", "%%")
        else:
            text += _alt(elem.alt)
        if elem.scope:
            text += f"/A<</O/Table/Scope/{elem.scope}>>"
        rows.append((-1, text + ">>", tuple(left), 0))
    return _Plan(tuple(rows), tuple([order[n] for n in tops]), tuple([tuple([order[n] for n in owners]) for owners in marked]))


def _count(n: int, kids: Sequence[Sequence[int | tuple[int, int]]], order: dict[int, int]) -> None:
    """Give an element and those in it the next numbers."""
    order[n] = len(order)
    for kid in kids[n]:
        if isinstance(kid, int):
            _count(kid, kids, order)


def _alt(text: str) -> str:
    return f"/Alt{text_string(text)}".replace("%", "%%") if text else ""


def _said(hole: Hole, language: str) -> str:
    """What is said in the place of a formula or figure, and in which language if that is not the page's."""
    if isinstance(hole, Math):
        return _spoken(hole.whole, language) if hole.whole else ""
    assert not isinstance(hole, str)
    return _alt(hole.alt) + (f"/Lang{text_string(hole.language)}" if hole.language != language else "")


@lru_cache(maxsize=2048)
def _spoken(latex: str, language: str) -> str:
    return _alt(spoken.say(latex, language))
