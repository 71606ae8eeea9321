"""Laid-out blocks with holes, and how they are filled: lines are broken, tables get their widths, and everything is drawn.

`weasy.compiled` makes these trees from what WeasyPrint has laid out; nothing here knows WeasyPrint or CSS. All lengths are
CSS pixels, y downwards. `flow` measures a tree with its holes filled; `Laid.paint` draws it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from examwright.generator.mathjax import number
from examwright.generator.pages.drawings import PX, Drawing
from examwright.generator.pages.holes import EM, Size


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A word as it is shown: glyphs of one font, and how far they reach. `glyphs` are (code, text)."""

    font: str
    shown: str  # for PDF's TJ: (ab)-3(cd), two characters for a glyph
    width: float
    glyphs: tuple[tuple[int, str], ...]


class Text:
    """Words of one face that follow each other on a line, and the element they belong to."""

    __slots__ = ("elem", "face", "runs")

    def __init__(self, face: Face, runs: Sequence[Run], elem: int):
        self.face, self.runs, self.elem = face, runs, elem

    def shown(self) -> list[tuple[str, str, Sequence[Run]]]:
        """Piece by piece: the font, what is shown in it, its runs."""
        runs = self.runs
        if len(runs) == 1:
            return [(runs[0].font, runs[0].shown, runs)]
        out: list[tuple[str, str, Sequence[Run]]] = []
        for font, group in groupby(runs, _font_of):
            some = list(group)
            out.append((font, "".join([r.shown for r in some]).replace(")(", ""), some))
        return out


_font_of = attrgetter("font")


@dataclass(frozen=True, slots=True)
class Shaped:
    """A word in its runs (more than one where a font lacks a character), with its reach above and below the baseline."""

    runs: tuple[Run, ...]
    width: float
    above: float
    below: float


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A word for a hole, set: the whole of it, and its pieces if a line may end in it. `key` has all that decides what stands around it, `high` all but
    its width."""

    sets: tuple[Shaped, ...]
    key: tuple[Any, ...]
    high: tuple[Any, ...]

    @property
    def width(self) -> float:
        """How wide the whole of it is."""
        return self.sets[0].width


def measured(sets: Sequence[Shaped]) -> Measured:
    """A word for a hole."""
    high = tuple([(s.above, s.below, *[r.font for r in s.runs]) for s in sets])
    return Measured(tuple(sets), tuple([(s.width, *h) for s, h in zip(sets, high)]), high)


Measure = Measured | Size  # of what comes into a hole
Measures = Sequence[Measure]


class Face(Protocol):
    """A font in a size and colour; `em` is the size of the formulas beside it."""

    size: float
    em: float
    color: str

    def shape(self, text: str) -> Shaped:
        """The text, set."""

    def pieces(self, word: str) -> tuple[str, ...]:
        """The word in pieces between which a line may end."""

    def measured(self, word: str) -> Measured:
        """The word, for a hole."""


# ---- what stands in a line -------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Word:
    """A word; `hole` is its number where it differs from paper to paper, else -1."""

    face: Face
    text: str
    elem: int
    hole: int = -1


@dataclass(frozen=True, slots=True)
class MathHole:
    """The place of a formula; it may be as wide as `limit` times the line (0: as wide as it is)."""

    face: Face
    hole: int
    elem: int
    limit: float = 0.0


@dataclass(frozen=True, slots=True)
class FigureHole:
    """The place of a figure, with its lower end on the line; `limit` as that of a formula."""

    face: Face
    hole: int
    elem: int
    limit: float = 0.0


@dataclass(frozen=True, slots=True)
class Image:
    """A drawing, with its reach from the baseline and the space at its sides."""

    name: str
    width: float
    height: float
    above: float
    below: float
    left: float
    right: float
    elem: int


@dataclass(frozen=True, slots=True)
class Inline:
    """A box that stands in a line, on its own baseline."""

    node: Node
    left: float
    right: float
    margin_top: float
    margin_bottom: float
    baseline: float | None  # from its border top; None: that of its last line
    auto: bool  # as wide as what is in it


Atom = Word | MathHole | FigureHole | Image | Inline


@dataclass(frozen=True, slots=True)
class Token:
    """Atoms that stay together, and the space before them (face, or None where a line may end without one)."""

    space: Face | None
    atoms: tuple[Atom, ...]


class _Set(NamedTuple):
    """Tokens as they are set: the space before it (face, as it is shown, element), its width and reach, what is drawn where."""

    space: tuple[Face, Shaped, int] | None
    width: float
    above: float
    below: float
    drawn: list[tuple[float, Any]]


# ---- boxes -----------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Edge:
    """A border's width on each side with its colour, the padding included in `inset`; and the colour of the ground."""

    inset: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # left, top, right, bottom: borders and padding
    borders: tuple[tuple[str, float, str], ...] = ()  # (side, width, colour)
    ground: str = ""


@dataclass(frozen=True)
class Lines:
    """A paragraph: lines that end by themselves (`hard`), each a list of tokens."""

    dx: float
    width: float  # of its border box
    edge: Edge
    hard: tuple[tuple[Token, ...], ...]
    align: str
    above: float  # the least reach of a line
    below: float
    wraps: bool
    height: float | None  # of its border box, where it is given

    @cached_property
    def ready(self) -> list[list[_Set | Token]]:
        """Its lines with all tokens set that are the same on every paper."""
        out: list[list[_Set | Token]] = [[] for _ in self.hard]
        for line, hard in zip(out, self.hard):
            for token in hard:
                line += _ready(token, self.wraps) or (token,)
        return out

    @cached_property
    def fixed(self) -> bool:
        """Is it the same on every paper?"""
        return all([isinstance(ready, _Set) for line in self.ready for ready in line])

    @cached_property
    def alone(self) -> Token | None:
        """All that stands in it, if that is one word or formula; so it is in most cells of tables."""
        tokens = [token for line in self.hard for token in line]
        return tokens[0] if len(tokens) == 1 and len(tokens[0].atoms) == 1 and isinstance(tokens[0].atoms[0], (Word, MathHole)) else None

    @cached_property
    def kept(self) -> dict[float, tuple[float, float | None, float | None, list[_Line]]]:
        """How it was laid out last, by its width, if it is the same on every paper: its height, the baselines of its first and last line, its lines.
        (A `Laid` refers to this object: both would stay in memory until garbage is collected.)"""
        return {}


@dataclass(frozen=True, slots=True)
class Stack:
    """Boxes below each other, with the gap before each."""

    dx: float
    width: float
    edge: Edge
    children: tuple[tuple[float, Node], ...]
    end: float  # gap after the last
    height: float | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its content, without width where that is the column's to say."""

    node: Node
    align: str  # baseline, middle, top
    elem: int


class Loose(NamedTuple):
    """A hole that is all that stands in a cell: its column, what stands beside it, its unit of width. How wide it is decides how wide the column is,
    and its own place, but nothing else."""

    column: int
    hole: int
    inset: float
    unit: float


class Columns(NamedTuple):
    """What decides how wide the columns of a table are: its loose holes (none if columns have other holes whose width counts), how wide the columns
    are without them, whether each may be wider, the width there is."""

    loose: tuple[Loose, ...]
    least: tuple[float, ...]
    grows: tuple[bool, ...]
    room: float

    def widths(self, holes: Measures) -> tuple[float, ...] | None:
        """How wide the columns are; None if not all fit as they are."""
        widths = list(self.least)
        for column, hole, inset, unit in self.loose:
            measure = holes[hole]
            wide = measure.width * unit + inset
            if wide > widths[column]:
                widths[column] = wide
                if not self.grows[column]:
                    return None
            if isinstance(measure, Measured) and len(measure.sets) > 1:
                return None
        return tuple(widths) if sum(widths) <= self.room + 0.01 else None


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a column is at least so wide, and as wide as its widest cell where it may be."""

    dx: float
    width: float
    edge: Edge
    rows: tuple[tuple[tuple[Cell, ...], float], ...]  # cells and the least height of the row
    columns: tuple[tuple[float, bool], ...]
    centered: bool
    room: float  # the width there is

    @property
    def sized(self) -> Columns:
        """What decides how wide its columns are."""
        left, _, right, _ = self.edge.inset
        loose = self._loose()
        holes = {one.hole for one in loose}
        widths = [least for least, _ in self.columns]
        for cells, _ in self.rows if loose else ():
            for n, (cell, (_, grows)) in enumerate(zip(cells, self.columns)):
                if grows and not any([isinstance(atom, (Word, MathHole)) and atom.hole in holes for atom in atoms(cell.node)]):
                    widths[n] = max(widths[n], _natural(cell.node, ()))
        return Columns(loose, tuple(widths), tuple([grows for _, grows in self.columns]), self.room - left - right)

    def _loose(self) -> tuple[Loose, ...]:
        out = []
        for cells, _ in self.rows:
            for n, (cell, (_, grows)) in enumerate(zip(cells, self.columns)):
                held = [atom for atom in atoms(cell.node) if isinstance(atom, (Word, MathHole, FigureHole)) and atom.hole >= 0]
                if isinstance(cell.node, Lines) and cell.node.alone and held:
                    left, _, right, _ = cell.node.edge.inset
                    atom = held[0]
                    out.append(Loose(n, atom.hole, left + right, atom.face.em if isinstance(atom, MathHole) else 1.0))
                elif held and grows:
                    return ()
        return tuple(out)


Node = Lines | Stack | Table


def tables(node: Node) -> Iterator[Table]:
    """The tables in a box."""
    if isinstance(node, Table):
        yield node
    elif isinstance(node, Stack):
        for _, child in node.children:
            yield from tables(child)


def paragraphs(node: Node) -> Iterator[Lines]:
    """All lines in a box."""
    if isinstance(node, Lines):
        yield node
        for line in node.hard:
            for token in line:
                for atom in token.atoms:
                    if isinstance(atom, Inline):
                        yield from paragraphs(atom.node)
    else:
        for child in [child for _, child in node.children] if isinstance(node, Stack) else [cell.node for cells, _ in node.rows for cell in cells]:
            yield from paragraphs(child)


def atoms(node: Node) -> Iterator[Atom]:
    """All that stands in the lines of a box."""
    for lines in paragraphs(node):
        for line in lines.hard:
            for token in line:
                yield from token.atoms


def reach(node: Node) -> dict[int, tuple[float, float]]:
    """For each hole for a formula that is never made smaller: how high and how deep it may be (in its em) without making its line higher."""
    return {atom.hole: (lines.above / atom.face.em - 1e-6, lines.below / atom.face.em - 1e-6) for lines in paragraphs(node)
            for line in lines.hard for token in line for atom in token.atoms if isinstance(atom, MathHole) and not atom.limit}


# ---- laid out --------------------------------------------------------------------------------

class Place(NamedTuple):
    """A place on a line for a hole in a table's cell: from `at` so many times (`share`) its width to the left."""

    at: float
    hole: int
    share: float

    def moved(self, x: float) -> Place:
        """The place seen from further left."""
        return Place(self.at + x, self.hole, self.share)


class Painter(Protocol):
    """Where things are drawn: a page."""

    def text(self, x: float | Place, y: float, text: Text) -> None:
        """Words from a place on the baseline."""

    def math(self, x: float | Place, y: float, face: Face, hole: int, size: Size, scale: float, elem: int) -> None:
        """The formula of a hole, from a place on its baseline."""

    def figure(self, x: float, y: float, hole: int, size: Size, scale: float, elem: int) -> None:
        """The figure of a hole with its top left corner at the place, `scale` to the mm."""

    def image(self, x: float, y: float, image: Image, elem: int) -> None:
        """A drawing with its top left corner at the place."""

    def fill(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """A rectangle that means nothing."""

    def scaled(self, x: float, y: float, scale: float, paint: Callable[[], None]) -> None:
        """Something drawn smaller, with its top left corner at the place."""


_Line = tuple[float, float, list[tuple[Any, Any]]]  # (top, baseline, pieces, each with its place)


@dataclass(slots=True)
class Laid:
    """A box laid out: its size, the baselines of its first and last line, what is drawn where."""

    node: Node
    width: float
    height: float
    first: float | None
    last: float | None
    lines: list[_Line] = field(default_factory=list)
    parts: list[tuple[float, float, Laid]] = field(default_factory=list)  # (x, y, box)
    dx: float = 0.0
    scale: float = 1.0

    def paint(self, painter: Painter, x: float, y: float, since: float = -1e9, until: float = 1e9) -> None:
        """Draw it with its border box at the place; only the lines that begin between two heights of the page."""
        if self.scale != 1.0:
            inside = Laid(self.node, self.width / self.scale, self.height / self.scale, None, None, self.lines, self.parts)
            painter.scaled(x, y, self.scale, lambda: inside.paint(painter, 0.0, 0.0))
            return
        edge = self.node.edge
        if edge.ground or edge.borders:
            top, bottom = max(y, since), min(y + self.height, until)
            if bottom > top or self.height == 0:
                if edge.ground:
                    painter.fill(x, top, self.width, bottom - top, edge.ground)
                for side, w, color in edge.borders:
                    if side == "top" and since <= y < until:
                        painter.fill(x, y, self.width, w, color)
                    elif side == "bottom" and since < y + self.height <= until:
                        painter.fill(x, y + self.height - w, self.width, w, color)
                    elif side == "left":
                        painter.fill(x, top, w, bottom - top, color)
                    elif side == "right":
                        painter.fill(x + self.width - w, top, w, bottom - top, color)
        for right, down, box in self.parts:
            box.paint(painter, x + right, y + down, since, until)
        for line_top, baseline, pieces in self.lines:
            if not since <= y + line_top < until:
                continue
            for dx, piece in pieces:
                kind = piece[0]
                if isinstance(dx, Place):
                    if kind == "t":
                        painter.text(dx.moved(x), y + baseline, piece[1])
                    else:
                        painter.math(dx.moved(x), y + baseline + piece[6], *piece[1:6])
                elif kind == "t":
                    painter.text(x + dx, y + baseline, piece[1])
                elif kind == "m":
                    painter.math(x + dx, y + baseline + piece[6], *piece[1:6])
                elif kind == "f":
                    painter.figure(x + dx, y + baseline - piece[2].height * piece[3], *piece[1:])
                elif kind == "i":
                    painter.image(x + dx, y + baseline - piece[1].above, piece[1], piece[1].elem)
                else:
                    piece[1].paint(painter, x + dx, y + baseline - piece[2])

    def cuts(self, y: float = 0.0) -> list[float]:
        """The heights at which a page may end in it: between rows, between boxes, and between lines if two stay on each side."""
        if isinstance(self.node, Table):
            return sorted({y + dy for _, dy, _ in self.parts})[1:] if self.scale == 1.0 else []
        out = [y + top for top, _, _ in self.lines[2:-1]]
        for n, (_, dy, box) in enumerate(self.parts):
            out += [*([y + dy] if n else []), *box.cuts(y + dy)]
        return out


def flow(node: Node, holes: Measures, width: float | None = None) -> Laid:
    """Lay a box out whose holes are filled with what has these measures. `width` replaces its own."""
    if isinstance(node, Lines):
        wide = node.width if width is None else width
        if not node.fixed:
            return _lines(node, holes, wide)
        kept = node.kept.get(wide)
        if kept is None:
            laid = _lines(node, holes, wide)
            node.kept.clear()
            kept = node.kept[wide] = laid.height, laid.first, laid.last, laid.lines
        height, first, last, lines = kept
        return Laid(node, wide, height, first, last, lines.copy())
    if isinstance(node, Table):
        return _table(node, holes)
    wide = node.width if width is None else width
    left, top, right, bottom = node.edge.inset
    y = top
    laid = Laid(node, wide, 0.0, None, None)
    for gap, child in node.children:
        y += gap
        box = flow(child, holes, None if width is None else _stretched(child, node, width))
        laid.parts.append((box.dx if isinstance(child, Table) else child.dx, y, box))
        if laid.first is None and box.first is not None:
            laid.first = y + box.first
        if box.last is not None:
            laid.last = y + box.last
        y += box.height
    laid.height = y + node.end + bottom if node.height is None else node.height
    return laid


def _stretched(child: Node, node: Stack, width: float) -> float | None:
    """A child of a box that has become wider or narrower."""
    return None if isinstance(child, Table) else child.width + width - node.width


def _atom(atom: Atom, holes: Measures, room: float) -> tuple[float, float, float, list[tuple[float, Any]]]:
    """(width, above, below, pieces) of what stands in a line."""
    if isinstance(atom, Word):
        shaped = atom.face.shape(atom.text) if atom.hole < 0 else _open(holes, atom.hole, 0)
        return shaped.width, shaped.above, shaped.below, [(0.0, ("t", atom.face, shaped.runs, atom.elem))]
    if isinstance(atom, MathHole):
        size = holes[atom.hole]
        assert isinstance(size, Size)
        em = atom.face.em
        depth = size.depth * em
        w = size.width * em
        scale = 1.0
        if atom.limit and w > room * atom.limit:
            scale = room * atom.limit / w
        above = (size.height * em + depth) * scale - depth
        down = depth - depth * scale  # a formula made smaller still hangs from its full depth
        return w * scale, above, depth, [(0.0, ("m", atom.face, atom.hole, size, scale, atom.elem, down))]
    if isinstance(atom, FigureHole):
        size = holes[atom.hole]
        assert isinstance(size, Size)
        scale = atom.face.size / EM  # pixels in a mm of the figure
        if atom.limit and size.width * scale > room * atom.limit:
            scale = room * atom.limit / size.width
        return size.width * scale, size.height * scale, 0.0, [(0.0, ("f", atom.hole, size, scale, atom.elem))]
    if isinstance(atom, Image):
        return atom.left + atom.width + atom.right, atom.above, atom.below, [(atom.left, ("i", atom))]
    box = flow(atom.node, holes, _natural(atom.node, holes) if atom.auto else None)
    baseline = atom.baseline
    if baseline is None:
        baseline = box.last if box.last is not None else box.height + atom.margin_bottom
    return (atom.left + box.width + atom.right, baseline + atom.margin_top, box.height - baseline + atom.margin_bottom,
            [(atom.left, ("b", box, baseline))])


def _natural(node: Node, holes: Measures, pieces: bool = False) -> float:
    """How wide a box is if none of its lines is broken; with `pieces`, if all are broken wherever they may be."""
    if isinstance(node, Table):
        return node.width
    left, _, right, _ = node.edge.inset
    if isinstance(node, Stack):
        return max([_natural(c, holes, pieces) for _, c in node.children] or [0.0]) + left + right
    widest = 0.0
    for line in node.hard:
        w = 0.0
        for n, token in enumerate(line):
            if pieces:
                widest, w = max(widest, w), 0.0
            elif n and token.space is not None:
                w += token.space.shape(" ").width
            w += sum([_atom(a, holes, 1e6)[0] for a in token.atoms])
        widest = max(widest, w)
    return widest + left + right


def _lines(node: Lines, holes: Measures, width: float) -> Laid:
    """Break a paragraph into lines: as much on each as fits."""
    left, top, right, bottom = node.edge.inset
    room = width - left - right
    laid = Laid(node, width, 0.0, None, None)
    wraps, limit = node.wraps, room + 1e-6
    y = top
    for line in node.ready:
        at, above, below = 0.0, node.above, node.below
        pieces: list[tuple[float, Any]] = []
        empty = True
        for ready in line:
            for space, w, up, down, drawn in (ready,) if isinstance(ready, _Set) else _filled(ready, holes, room, wraps):
                if empty:
                    space = None
                elif wraps and at + (space[1].width if space else 0.0) + w > limit:
                    if space:  # not to be seen, but it parts the words for those who read the text of the file
                        pieces.append((at, ("t", space[0], space[1].runs, space[2])))
                    y = _end(laid, node, y, left, room, at, above, below, pieces)
                    at, above, below, pieces = 0.0, node.above, node.below, []
                    space = None
                if space is not None:
                    face, shaped, elem = space
                    pieces.append((at, ("t", face, shaped.runs, elem)))
                    at += shaped.width
                for dx, piece in drawn:
                    pieces.append((at + dx, piece))
                at += w
                if up > above:
                    above = up
                if down > below:
                    below = down
                empty = False
        if not empty:
            y = _end(laid, node, y, left, room, at, above, below, pieces)
    laid.height = y + bottom if node.height is None else node.height
    return laid


def _ready(token: Token, wraps: bool) -> Sequence[_Set] | None:
    """A token that is the same on every paper, set; a word with hyphens in pieces. None for any other."""
    if any([not isinstance(a, Word) or a.hole >= 0 for a in token.atoms]):
        return None
    return _filled(token, (), 0.0, wraps)


def _filled(token: Token, holes: Measures, room: float, wraps: bool) -> list[_Set]:
    """A token with its holes filled, set; a word with hyphens in pieces."""
    elem = next((a.elem for a in token.atoms if isinstance(a, Word)), -1)
    space = None if token.space is None else (token.space, token.space.shape(" "), elem)
    if wraps and len(token.atoms) == 1 and isinstance(token.atoms[0], Word):
        word = token.atoms[0]
        if word.hole >= 0:
            word_set = holes[word.hole]
            assert isinstance(word_set, Measured)
            many = len(word_set.sets) - 1
            if many > 0:
                return [_set(space if n == 0 else None, _open(holes, word.hole, n + 1), word) for n in range(many)]
        elif not word.text.isalnum() and len(found := word.face.pieces(word.text)) > 1:
            return [_set(space if n == 0 else None, word.face.shape(piece), word) for n, piece in enumerate(found)]
    return [_together(space, [_atom(a, holes, room) for a in token.atoms])]


def _set(space: tuple[Face, Shaped, int] | None, shaped: Shaped, word: Word) -> _Set:
    return _Set(space, shaped.width, shaped.above, shaped.below, [(0.0, ("t", word.face, shaped.runs, word.elem))])


OPEN = re.compile("\ue001([wmfax])([0-9]+):([^\ue002]*)\ue002")  # in what is drawn: a word's run, a formula in a colour, a figure, a place; in elements what is said


def _open(holes: Measures, hole: int, n: int) -> Shaped:
    """The word of a hole (0), or one of its pieces; what shows it is put in later."""
    word = holes[hole]
    assert isinstance(word, Measured)
    shaped = word.sets[n]
    runs = tuple([Run(run.font, f"\ue001w{hole}:{n}:{r}\ue002", run.width, ()) for r, run in enumerate(shaped.runs)])
    return Shaped(runs, shaped.width, shaped.above, shaped.below)


def _together(space: tuple[Face, Shaped, int] | None, atoms: list[tuple[float, float, float, list[tuple[float, Any]]]]) -> _Set:
    """What stands side by side."""
    if len(atoms) == 1:
        return _Set(space, *atoms[0])
    at, drawn = 0.0, []
    for wide, _, _, pieces in atoms:
        drawn += [(at + dx, piece) for dx, piece in pieces]
        at += wide
    return _Set(space, at, max([a[1] for a in atoms]), max([a[2] for a in atoms]), drawn)


def _end(laid: Laid, node: Lines, y: float, left: float, room: float, at: float, above: float, below: float,
         pieces: list[tuple[float, Any]]) -> float:
    """Note a finished line; the y of the next. Words of one face that follow each other are shown in one go."""
    offset = left
    if at < room:
        offset += (room - at) / 2 if node.align == "center" else room - at if node.align in ("right", "end") else 0.0
    baseline = y + above
    laid.first = baseline if laid.first is None else laid.first
    laid.last = baseline
    out: list[tuple[float | Place, Any]] = []
    runs: list[Run] = []
    face: Any = None
    elem, x = -1, 0.0
    for place, piece in pieces:
        if piece[0] == "t":
            of = piece[3]
            if piece[1] is face and (of == elem or of < 0 or elem < 0):
                runs += piece[2]
                elem = max(of, elem)
                continue
            if runs:
                out.append((x, ("t", Text(face, runs, elem))))
            face, runs, elem, x = piece[1], list(piece[2]), of, place + offset
            continue
        if runs:
            out.append((x, ("t", Text(face, runs, elem))))
            runs = []
        face = None
        out.append((place + offset, piece))
    if runs:
        out.append((x, ("t", Text(face, runs, elem))))
    laid.lines.append((y, baseline, out))
    return y + above + below


def _alone(node: Node, holes: Measures) -> _Set | None:
    """What stands in a box, if that is one word or formula that is in one piece."""
    if not isinstance(node, Lines) or node.alone is None:
        return None
    sets = _filled(node.alone, holes, 1e6, node.wraps)
    return sets[0] if len(sets) == 1 else None


def _one(node: Node, one: _Set | None, width: float) -> Laid | None:
    """A box with nothing but that, if it fits the width."""
    left, top, right, bottom = node.edge.inset
    room = width - left - right
    if one is None or one.width > room + 1e-6:
        return None
    assert isinstance(node, Lines)
    laid = Laid(node, width, 0.0, None, None)
    y = _end(laid, node, top, left, room, one.width, max(node.above, one.above), max(node.below, one.below), one.drawn)
    laid.height = y + bottom if node.height is None else node.height
    share = 0.5 if node.align == "center" else 1.0 if node.align in ("right", "end") else 0.0
    hole = node.alone.atoms[0].hole if node.alone and isinstance(node.alone.atoms[0], (Word, MathHole)) else -1
    if share and hole >= 0:  # its place is open, so that the table is the same for other numbers
        line_top, baseline, [(_, piece)] = laid.lines[0]
        laid.lines[0] = line_top, baseline, [(Place(left + room * share, hole, share), piece)]
    return laid


def _table(node: Table, holes: Measures) -> Laid:
    """Columns as wide as their widest cells, rows as high as their highest."""
    left, top, right, bottom = node.edge.inset
    widths = [least for least, _ in node.columns]
    alone = [[_alone(cell.node, holes) for cell in cells] for cells, _ in node.rows]
    for (cells, _), sets in zip(node.rows, alone):
        for column, (cell, one) in enumerate(zip(cells, sets)):
            if node.columns[column][1]:
                inset = cell.node.edge.inset
                wide = _natural(cell.node, holes) if one is None else one.width + inset[0] + inset[2]
                if wide > widths[column]:
                    widths[column] = wide
    room, scale = node.room - left - right, 1.0
    if sum(widths) > room + 0.01 and any([grows for _, grows in node.columns]):  # lines must be broken
        narrow = [w for w, _ in node.columns]
        for cells, _ in node.rows:
            for column, cell in enumerate(cells):
                if node.columns[column][1]:
                    narrow[column] = max(narrow[column], _natural(cell.node, holes, pieces=True))
        spare = room - sum(narrow)
        if spare < 0:  # the whole table is made smaller
            scale, widths = room / sum(narrow), narrow
        else:
            share = spare / (sum(widths) - sum(narrow))
            widths = [low + (high - low) * share for low, high in zip(narrow, widths)]
    whole = sum(widths) + left + right
    dx = node.dx + ((node.room - whole * scale) / 2 if node.centered else 0.0)
    laid = Laid(node, whole, 0.0, None, None, dx=dx, scale=scale)
    y = top
    for (cells, least), sets in zip(node.rows, alone):
        boxes = [_one(cell.node, one, w) or flow(cell.node, holes, w) for cell, one, w in zip(cells, sets, widths)]
        base = max([b.first or 0.0 for b, c in zip(boxes, cells) if c.align == "baseline"] or [0.0])
        shifts = [base - (b.first or 0.0) if c.align == "baseline" and b.first is not None else 0.0 for b, c in zip(boxes, cells)]
        high = max([least, *[b.height + s for b, s in zip(boxes, shifts)]])
        x = left
        for box, cell, shift, w in zip(boxes, cells, shifts, widths):
            inner = (high - box.height) / 2 if cell.align == "middle" else shift
            for n, (line_top, baseline, pieces) in enumerate(box.lines):
                box.lines[n] = (line_top + inner, baseline + inner, pieces)
            box.parts = [(px, py + inner, part) for px, py, part in box.parts]
            if box.first is not None:
                laid.first = y + box.first + inner if laid.first is None else laid.first
            box.height = high
            laid.parts.append((x, y, box))
            x += w
        y += high
    laid.height = y + bottom
    if scale != 1.0:  # from outside it is a box of another size
        laid.width, laid.height = laid.width * scale, laid.height * scale
        laid.first = None if laid.first is None else laid.first * scale
    return laid


def box_of(image: Image, drawn: Drawing) -> str:
    """The operators of a drawing, in its place."""
    scale = PX if drawn.stretch else image.width / drawn.width
    return f"{number(scale)} 0 0 {number(scale)} 0 0 cm {drawn.painted(scale, image.width)}"
