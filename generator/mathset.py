r"""Formulas for PDF pages: asking MathJax (`mathjax.py`) as seldom as can be.

`typeset` gives a `Formula`: its box in em and its glyphs. MathJax needs some 4 ms for a formula, and every
paper has new numbers, but formulas that differ in their digits only have the same shape (all digits are
equally wide): each shape is typeset once, and where its digits stand is found out by trying. Numbers in the main line and
entries of matrices may even be of any length: what follows them moves; each such template is tried once against MathJax.
How all this stands (`Layout`) is worked out once for formulas that are the same with all digits 0.
What comes out depends on the formula alone, never on what was typeset before.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

from examwright.generator import cache, mathjax, mathrows
from examwright.generator.mathjax import MAX_LENGTH, Glyph, Marks, MathError, Rule, Whole, number, outlines, set_whole

TEMPLATES, LAYOUTS, FORMULAS = 512, 4096, 2048  # kept in memory


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """Where everything of a formula stands: the same for all formulas that differ in their digits only. `drawn` gives its marks, and for each mark
    which digit of the formula it shows (its name is that of 0), or -1. They are made each time: most formulas are only measured."""

    width: float
    height: float
    depth: float
    drawn: Callable[[], tuple[Marks, Sequence[int]]]


class Formula:
    """A formula in em: its width, its height above the baseline and its depth below it; what to draw."""

    __slots__ = ("_marks", "depth", "height", "latex", "layout", "width")

    def __init__(self, latex: str, width: float, height: float, depth: float, marks: Marks | None, layout: Layout | None = None):
        self.latex, self.width, self.height, self.depth, self._marks = latex, width, height, depth, marks
        self.layout = layout or _fixed(width, height, depth, marks or ())

    @property
    def digits(self) -> str:
        """The digits of its source."""
        return self.latex.encode("utf-8", "surrogatepass").translate(None, _OTHERS).decode()

    @property
    def marks(self) -> Marks:
        """What to draw, in this order."""
        if self._marks is None:
            digits = self.digits
            self._marks = tuple([mark if k < 0 else mark._replace(name=_digit(mark[0], digits[k]))  # type: ignore[call-arg]
                                 for mark, k in zip(*self.layout.drawn())])
        return self._marks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self.latex)

    def __reduce__(self) -> tuple[Any, ...]:
        return Formula, (self.latex, self.width, self.height, self.depth, self.marks)

    def __repr__(self) -> str:
        return f"Formula({self.latex!r}, {self.width!r}, {self.height!r}, {self.depth!r}, {self.marks!r})"


def _fixed(width: float, height: float, depth: float, marks: Marks, digits: Sequence[int] = ()) -> Layout:
    """A layout of marks that are there; `digits` as in `Layout`, all -1 if it is empty."""
    found = marks, digits or (-1,) * len(marks)
    return Layout(width, height, depth, lambda: found)


# ---- what MathJax said before ----------------------------------------------------------------

@lru_cache(maxsize=1)
def _version() -> bytes:
    """What decides how a formula is set: MathJax and our own code."""
    from importlib.metadata import version

    return cache.digest(version("quickjax"), cache.source(Path(__file__)), cache.source(Path(mathjax.__file__)))


def _key(what: str, latex: str, display: bool) -> bytes:
    return cache.digest("formula", _version(), what, latex, display)


def _kept(made: Whole, digits: tuple[str, ...] = ()) -> list[Any]:
    """What MathJax made, for the cache, with the outlines it needs (`digits` are names that are not in it)."""
    for name in {m.name for m in made.marks if isinstance(m, Glyph)} | set(digits):
        if name not in _saved:
            _saved.add(name)
            cache.CACHE.put(_key("outline", name, False), outlines[name])
    return [made.width, made.height, made.depth, [[isinstance(m, Glyph), *m] for m in made.marks], made.characters]


def _found(kept: list[Any], digits: tuple[str, ...] = ()) -> Whole | None:
    """The same, from the cache; None if an outline is missing there."""
    width, height, depth, marks, characters = kept
    for name in {m[1] for m in marks if m[0]} | set(digits):
        if name not in outlines:
            path = cache.CACHE.get(_key("outline", name, False))
            if path is None:
                return None
            outlines[name] = path
    return Whole(width, height, depth, tuple([(Glyph if glyph else Rule)(intern(name), tuple(matrix), color) for glyph, name, matrix, color in marks]),
                characters)


_saved: set[str] = set()


@lru_cache(maxsize=FORMULAS)
def _once(latex: str, display: bool) -> Formula:
    """A formula without digits, once and for all."""
    key = _key("set", latex, display)
    kept = cache.CACHE.get(key)
    made = None if kept is None else _found(kept)
    if made is None:
        made = set_whole(latex, display)
        cache.CACHE.put(key, _kept(made))
    return Formula(latex, made.width, made.height, made.depth, made.marks)


# ---- shapes ----------------------------------------------------------------------------------

_DIGIT = re.compile(r"[0-9]")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_OTHERS = bytes([c for c in range(256) if not 48 <= c < 58])


def zeros(latex: str) -> bytes:
    """A formula with all its digits 0, in UTF-8: as bytes it takes a tenth of the time."""
    return latex.encode("utf-8", "surrogatepass").translate(_ZEROS)


@dataclass(frozen=True)
class _Shape:
    """A formula with all digits 0, and which mark shows which digit of the LaTeX source."""

    made: Whole
    slots: tuple[tuple[int, int], ...]  # (mark, digit)


@lru_cache(maxsize=64)  # asked for once a template
def _shape(zeros: str, display: bool) -> _Shape | None:
    """The shape of a formula, given with all its digits 0; None if its digits do more than show themselves."""
    key = _key("shape", zeros, display)
    kept = cache.CACHE.get(key)
    if kept == []:
        return None
    if kept is not None and (found := _found_shape(kept)):
        return found
    shape = _tried(zeros, display)
    cache.CACHE.put(key, [] if shape is None else _kept_shape(shape))
    return shape


def _tried(zeros: str, display: bool) -> _Shape | None:
    """As `_shape`, found out with MathJax."""
    places = [m.start() for m in _DIGIT.finditer(zeros)]
    try:
        base = set_whole(zeros, display)
        numbers = [0] * len(base.marks)
        weight = 1
        for _ in range(len(str(max(len(places) - 1, 0)))):  # each round tells one digit of each place's number
            text = list(zeros)
            for k, place in enumerate(places):
                text[place] = str(k // weight % 10)
            tried = set_whole("".join(text), display)
            if (tried.width, len(tried.marks)) != (base.width, len(base.marks)):
                return None
            if abs(tried.height - base.height) > 0.03 or abs(tried.depth - base.depth) > 0.03:
                return None
            for i, (mark, other) in enumerate(zip(base.marks, tried.marks)):
                c = base.characters[i]
                if any([abs(p - q) > 25 for p, q in zip(mark.matrix, other.matrix)]):
                    return None
                if not isinstance(mark, Glyph) or not isinstance(other, Glyph) or c != "0":
                    if type(mark) is not type(other) or c != tried.characters[i]:
                        return None
                    continue
                if tried.characters[i] not in "0123456789" or not mark.name.endswith("-30"):
                    return None
                numbers[i] += int(tried.characters[i]) * weight
            weight *= 10
    except MathError:
        return None
    slots = tuple([(i, numbers[i]) for i in range(len(base.marks)) if base.characters[i] == "0"])
    if sorted([k for _, k in slots]) != list(range(len(places))):
        return None
    shape = _Shape(base, slots)
    return shape if _has_digits(shape, zeros, display) else None


def _has_digits(shape: _Shape, zeros: str, display: bool) -> bool:
    """Are the outlines of all digits there? Those of this formula are asked for."""
    names = {shape.made.marks[i][0] for i, _ in shape.slots}
    try:
        for digit in "0123456789":
            if any([_digit(name, digit) not in outlines for name in names]):
                set_whole(_DIGIT.sub(digit, zeros), display)
    except MathError:
        return False
    return all([_digit(name, digit) in outlines for name in names for digit in "0123456789"])


def _kept_shape(shape: _Shape) -> list[Any]:
    digits = sorted({_digit(shape.made.marks[i][0], d) for i, _ in shape.slots for d in "0123456789"})
    return [_kept(shape.made, tuple(digits)), shape.slots, digits]


def _found_shape(kept: list[Any]) -> _Shape | None:
    made, slots, digits = kept
    found = _found(made, tuple(digits))
    return None if found is None else _Shape(found, tuple([(i, k) for i, k in slots]))


def _digit(name: str, digit: str) -> str:
    """The name of the same font's outline of another digit."""
    return f"{name[:-2]}3{digit}"


# ---- numbers of any length -------------------------------------------------------------------

_ATOM = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_FRACTION = re.compile(r"\\frac\s*\{\s*([0-9]+(?:\.[0-9]+)?)\s*\}\s*\{\s*([0-9]+(?:\.[0-9]+)?)\s*\}")
_ENTRY = re.compile(rf"(-?)\s*{_FRACTION.pattern}")
_MATRIX = re.compile(r"\\begin\{([bpvB]?matrix)\}(.*?)\\end\{\1\}", re.S)
_OPENING = {None, "=", "<", ">", "(", "[", ",", ";", r"\le", r"\leq", r"\ge", r"\geq", r"\approx", r"\ne", r"\neq"}
_SPACES = {r"\,", r"\;", r"\:", r"\!", r"\quad", r"\qquad"}
_BEFORE = _OPENING | _SPACES | {"+", "-", "/", r"\cdot", r"\times", r"\in", r"\ln"}


@dataclass(frozen=True)
class _Place:
    """A number, or a fraction of two, that may be of any length: where it stands in the LaTeX, and its column if it is a matrix
    entry. The minus before a fraction is no part of it, but of the entry (`minus`)."""

    start: int
    end: int
    column: tuple[int, int] | None  # (which matrix, which column)
    signed: bool  # could it be negative here?
    fraction: bool = False
    minus: bool = False


def _places(latex: str) -> tuple[_Place, ...]:
    """The numbers in the main line of a formula and in its matrices of numbers only, in the order of the source."""
    out: list[_Place] = []
    at = depth = matrices = 0
    before: str | None = None
    while at < len(latex):
        matrix = _MATRIX.match(latex, at) if depth == 0 else None
        if matrix:
            found = _entries(matrix.group(2), matrix.start(2), matrices)
            if found is not None and before not in ("^", "_"):
                out += found
                matrices += 1
                at, before = matrix.end(), "matrix"
                continue
        piece = mathrows.PIECE.match(latex, at)
        assert piece
        word = piece.group()
        if word.isspace():
            at = piece.end()
            continue
        if word == "{" or word.startswith(r"\begin{"):
            depth += 1
        elif word == "}" or word.startswith(r"\end{"):
            depth -= 1
        elif depth == 0:
            fraction = _FRACTION.match(latex, at)
            if fraction and before in _BEFORE | {"place", "matrix"}:
                out.append(_Place(fraction.start(), fraction.end(), None, False, True))
                at, before = fraction.end(), "place"
                continue
            number = _ATOM.match(latex, at)
            if number and before in (_OPENING if word == "-" else _BEFORE) and latex[number.end():number.end() + 1] not in (
                    "{", "."):
                out.append(_Place(number.start(), number.end(), None, before in _OPENING))
                at, before = number.end(), "place"
                continue
        at = piece.end()
        if before not in _OPENING or word not in _SPACES:
            before = word
    return tuple(out)


def _entries(body: str, start: int, which: int) -> list[_Place] | None:
    """The entries of a matrix of numbers and fractions of numbers only."""
    out: list[_Place] = []
    at = start
    for row in body.split(r"\\"):
        for column, cell in enumerate(row.split("&")):
            left = at + len(cell) - len(cell.lstrip())
            right = left + len(cell.strip())
            fraction = _ENTRY.fullmatch(cell.strip())
            if fraction:
                begin = left + cell.strip().index("\\")
                out.append(_Place(begin, right, (which, column), False, True, bool(fraction.group(1))))
            elif _ATOM.fullmatch(cell.strip()):
                out.append(_Place(left, right, (which, column), True))
            else:
                return None
            at += len(cell) + 1
        at += 1
    return out


def _with(latex: str, places: tuple[_Place, ...], words: list[str]) -> str:
    """The LaTeX with other numbers in the places."""
    out, at = [], 0
    for place, word in zip(places, words):
        out += [latex[at:place.start], word]
        at = place.end
    return "".join([*out, latex[at:]])


_WIDTHS = {".": 278.0, "-": 778.0}
_POINT, _MINUS = "N-2E", "N-2212"
_SIDE = 120.0  # the space at each side of a fraction
_ZERO = r"\frac{0}{0}"


@lru_cache(maxsize=1024)
def _wide(word: str) -> float:
    return sum([_WIDTHS.get(c, 500.0) for c in word])


@dataclass(frozen=True)
class _Atom:
    """A number or a fraction in the template: its marks (a minus, the first digits, the bar), where it begins, how wide it is."""

    marks: tuple[int, ...]
    left: float
    width: float
    scale: float = 1.0


def _atom(place: _Place, slots: list[int], marks: tuple[Glyph | Rule, ...]) -> _Atom | None:
    """The template's atom at a place, whose digits are the marks `slots`."""
    first = marks[slots[0]]
    if not place.fraction:
        return _Atom((slots[0],), first.matrix[4], 500.0) if first.matrix[:4] == (1, 0, 0, 1) else None
    bar = marks[slots[1] + 1] if slots[1] + 1 < len(marks) else first
    if slots[1] != slots[0] + 1 or not isinstance(bar, Rule) or not bar.operators.endswith(" re f"):
        return None
    x, _, width, _ = [float(v) for v in bar.operators.split()[:4]]
    left, right = bar.matrix[4] + x - _SIDE, bar.matrix[4] + x + width + _SIDE
    found = (*slots, slots[1] + 1)
    if place.minus:
        sign = marks[slots[0] - 1] if slots[0] else first
        if not isinstance(sign, Glyph) or sign.name != _MINUS:
            return None
        left, found = sign.matrix[4], (slots[0] - 1, *found)
    return _Atom(found, left, right - left, first.matrix[0])


class _Step(NamedTuple):
    """How one mark of a template is drawn: how many edges stand before it; its digit, its place and which number of that it is, -1 each where there is
    none."""

    mark: Glyph | Rule
    edge: int
    slot: int
    place: int
    piece: int


@dataclass(frozen=True)
class _Plan:
    """A template, in which every number that may be of any length is 0, and all that follows from it alone."""

    places: tuple[_Place, ...]
    made: Whole
    atoms: tuple[_Atom, ...]  # of each place
    steps: tuple[_Step, ...]  # of each mark
    columns: tuple[tuple[int, tuple[int, ...]], ...]  # of matrices: which edge moves, which places are in it
    alone: tuple[tuple[int, int], ...]  # (place, which edge moves) of all others
    edges: tuple[float, ...]  # where a formula gets wider, from left to right


def _plan(template: str, shape: _Shape) -> _Plan | None:
    """The plan of a template; None if the marks of its numbers cannot be found."""
    places = _places(template)
    owner: dict[int, int] = {}
    count = at = 0
    for n, place in enumerate(places):
        count += len(_DIGIT.findall(template[at:place.start]))
        for _ in range(2 if place.fraction else 1):
            owner[count] = n
            count += 1
        at = place.end
    if count + len(_DIGIT.findall(template[at:])) != len(shape.slots):
        return None
    held: dict[int, list[int]] = {}
    for i, k in sorted(shape.slots, key=lambda pair: pair[1]):
        if k in owner:
            held.setdefault(owner[k], []).append(i)
    atoms: list[_Atom] = []
    for n, place in enumerate(places):
        atom = _atom(place, held[n], shape.made.marks)
        if atom is None:
            return None
        atoms.append(atom)
    members: dict[tuple[int, int], list[int]] = {}
    for n, place in enumerate(places):
        if place.column is not None:
            members.setdefault(place.column, []).append(n)
    begin = [atom.left for atom in atoms]
    for column in members.values():
        edge = min([atoms[n].left for n in column])
        for n in column:
            begin[n] = edge
    edges = sorted(set(begin))
    inside, slots = {i: n for n, atom in enumerate(atoms) for i in atom.marks}, dict(shape.slots)
    steps: list[_Step] = []
    for i, mark in enumerate(shape.made.marks):
        n, slot = inside.get(i, -1), slots.get(i, -1)
        piece = held[n].index(i) if n >= 0 and slot >= 0 else -1
        edge = bisect_left(edges, (mark.matrix[4] if n < 0 else begin[n]) - 0.01)
        steps.append(_Step(mark, edge, slot, n, piece))
    return _Plan(places, shape.made, tuple(atoms), tuple(steps), tuple([(edges.index(begin[column[0]]), tuple(column)) for column in members.values()]),
                 tuple([(n, edges.index(begin[n])) for n, place in enumerate(places) if place.column is None]), tuple(edges))


class _Words(NamedTuple):
    """What a formula has in the places of a plan: each a number, or the two of a fraction. And which digit of the formula each digit of the template
    is, or is replaced by the first of."""

    places: list[tuple[str, ...]]
    digits: list[int]


def _words(latex: str, places: tuple[_Place, ...]) -> _Words:
    words: list[tuple[str, ...]] = []
    digits: list[int] = []
    at = count = 0
    for place in places:
        before = count + len(_DIGIT.findall(latex[at:place.start]))
        digits += range(count, before)
        count = before
        text = latex[place.start:place.end]
        found = _FRACTION.fullmatch(text) if place.fraction else None
        words.append(found.groups() if found else (text,))
        for word in words[-1]:
            digits.append(count)
            count += len(_DIGIT.findall(word))
        at = place.end
    digits += range(count, count + len(_DIGIT.findall(latex[at:])))
    return _Words(words, digits)


class _Spread(NamedTuple):
    """A plan, as wide as its words make it."""

    reach: list[float]  # of the widest word of each place
    widths: list[float]  # of each place
    inner: list[float]  # how far each place moves within its column
    moved: list[float]  # how far what stands behind so many edges moves


def _spread(plan: _Plan, words: _Words) -> _Spread:
    reach = [max([_wide(w) for w in held]) for held in words.places]
    widths = [atom.width + atom.scale * (r - 500) for atom, r in zip(plan.atoms, reach)]
    grown = [0.0] * len(plan.edges)  # how much wider it gets at each edge
    inner = [0.0] * len(widths)
    for n, edge in plan.alone:
        grown[edge] = widths[n] - plan.atoms[n].width
    for edge, members in plan.columns:
        was, now = max([plan.atoms[n].width for n in members]), max([widths[n] for n in members])
        grown[edge] = now - was
        for n in members:
            inner[n] = (now - widths[n]) / 2 - (was - plan.atoms[n].width) / 2
    return _Spread(reach, widths, inner, list(accumulate(grown, initial=0.0)))


def _laid(latex: str, plan: _Plan, places: tuple[_Place, ...]) -> Layout:
    """The layout of a formula, made from the plan of its template."""
    words = _words(latex, places)
    width = round(plan.made.width + _spread(plan, words).moved[-1] / 1000, 4)
    depth = max(plan.made.depth, 0.083) if any([held[0][0] == "-" for held in words.places]) else plan.made.depth
    return Layout(width, plan.made.height, depth, partial(_composed, plan, words))


def _composed(plan: _Plan, words: _Words) -> tuple[Marks, Sequence[int]]:
    """The marks of a formula made from the plan of its template, and its digits, as in `Layout`."""
    reach, widths, inner, moved = _spread(plan, words)
    out: list[Glyph | Rule] = []
    digits: list[int] = []
    for mark, edge, slot, place, piece in plan.steps:
        name, (a, b, c, d, e, f), color = mark
        e += moved[edge]
        if place < 0:
            digits.append(words.digits[slot] if slot >= 0 else -1)
        elif slot < 0:  # the minus of an entry, or the bar of a fraction
            e += inner[place]
            if isinstance(mark, Rule):
                x, y, width, height = [float(v) for v in name.split()[:4]]
                name = f"{number(x)} {number(y)} {number(width + widths[place] - plan.atoms[place].width)} {number(height)} re f"
            digits.append(-1)
        else:
            word, scale = words.places[place][piece], plan.atoms[place].scale
            e += inner[place] + scale * (reach[place] - _wide(word)) / 2  # it is centred in its fraction
            digit = words.digits[slot]
            for character in word:
                shown = _POINT if character == "." else _MINUS if character == "-" else name
                out.append(Glyph(shown, (a, b, c, d, round(e, 3), f), color))
                digits.append(digit if shown == name else -1)
                digit += shown == name
                e += _WIDTHS.get(character, 500.0) * scale
            continue
        out.append(type(mark)(name, (a, b, c, d, round(e, 3), f), color))
    return tuple(out), digits


_TRIES = ("-12.5", "7", "345", "-6")
_FRACTIONS = (r"\frac{345}{7}", r"\frac{2}{61}", r"\frac{12}{34}", r"\frac{1}{2345}")


# rows in which that is always so; not where a number has an exponent
_PLAIN = re.compile(r"(?:\\(?:frac|cdot|times|approx|left|right|ln|log|alpha|theta|gamma|lambda|eta|sigma|le|ge)(?![A-Za-z])|\\,"
                    r"|(?<=[A-Za-z)\]])[\^_]|[A-Za-z0-9 +\-=<>()\[\],.{}|;/])*")


@lru_cache(maxsize=TEMPLATES)
def _composable(template: str, display: bool) -> _Plan | None:
    """The plan of a template, given with all its digits 0, if other numbers come out where MathJax puts them: that is tried once, but for plain rows."""
    for name, latex in ((_POINT, "0.0"), (_MINUS, "-0")):
        if name not in outlines:
            _once(latex, False)
    key = _key("composable", template, display)
    kept = cache.CACHE.get(key)
    if kept == []:
        return None
    if kept is not None and (found := _found_shape(kept)):
        return _plan(template, found)
    for tried, within in _shapes(template, display):
        plan = _plan(template, tried)
        if plan is not None and (_PLAIN.fullmatch(template) or _agrees(plan, template, display, within)):
            cache.CACHE.put(key, _kept_shape(tried))
            return plan
    cache.CACHE.put(key, [])
    return None


def _shapes(template: str, display: bool) -> Iterator[tuple[_Shape, float]]:
    """The shape of a template if its digits are drawn in their order, which is not sure but quick; then the one that is sure. Each
    with how near (in thousandths of an em) all must be to what MathJax makes of it."""
    try:
        base = set_whole(template, display)
    except MathError:
        return
    marks = [i for i, c in enumerate(base.characters) if c == "0"]
    if len(marks) == len(_DIGIT.findall(template)) and all([str(base.marks[i][0]).endswith("-30") for i in marks]):
        shape = _Shape(base, tuple([(i, k) for k, i in enumerate(marks)]))
        if _has_digits(shape, template, display):
            yield shape, 8.0
    if sure := _shape(template, display):
        yield sure, 25.0


def _agrees(plan: _Plan, template: str, display: bool, within: float) -> bool:
    """Is a formula with other digits and numbers in the template what MathJax makes of it?"""
    words = [_FRACTIONS[n % 4] if place.fraction else _TRIES[n % 4] if place.signed else _TRIES[n % 4].lstrip("-")
             for n, place in enumerate(plan.places)]
    others = iter("1234567890" * len(template))
    latex = _with("".join([next(others) if c == "0" else c for c in template]), plan.places, words)
    places = _places(latex)
    if len(places) != len(plan.places):
        return False
    made = _formula(latex, _laid(_DIGIT.sub("0", latex), plan, places))
    try:
        wanted = set_whole(latex, display)
    except MathError:
        return False
    if len(made.marks) != len(wanted.marks) or abs(made.width - wanted.width) > 0.01:
        return False
    if abs(made.height - wanted.height) > within / 800 or abs(made.depth - wanted.depth) > within / 800:
        return False
    return all([_like(a, b, within) and max([abs(x - y) for x, y in zip(a.matrix, b.matrix)]) < within
                for a, b in zip(made.marks, wanted.marks)])


def _like(a: Glyph | Rule, b: Glyph | Rule, within: float) -> bool:
    """The same glyph, or a path of the same kind with nearly the same numbers?"""
    if isinstance(a, Glyph) or isinstance(b, Glyph):
        return isinstance(a, Glyph) and isinstance(b, Glyph) and a.name == b.name
    one, other = a.operators.split(), b.operators.split()
    return len(one) == len(other) and all([x == y or (x[-1:].isdigit() and y[-1:].isdigit() and abs(float(x) - float(y)) < within)
                                           for x, y in zip(one, other)])


@lru_cache(maxsize=FORMULAS)
def typeset(latex: str, display: bool = False) -> Formula:
    """The formula, ready to be drawn. Raises MathError, which names the formula and what is wrong with it."""
    if len(latex) > MAX_LENGTH or not _DIGIT.search(latex):
        return _once(latex, display)
    layout = _layout(zeros(latex), display)
    if layout is None:
        made = set_whole(latex, display)  # not kept: nobody else has these numbers
        return Formula(latex, made.width, made.height, made.depth, made.marks)
    return _formula(latex, layout)


def _formula(latex: str, layout: Layout) -> Formula:
    """A formula whose marks are made when they are asked for."""
    return Formula(latex, layout.width, layout.height, layout.depth, None, layout)


@lru_cache(maxsize=LAYOUTS)
def _layout(source: bytes, display: bool) -> Layout | None:
    """The layout of a formula, given as `zeros` makes it; None if its digits do more than show themselves."""
    zeros = source.decode("utf-8", "surrogatepass")
    row = mathrows.parts(zeros)
    if row:
        return _row(row, display) or _whole(zeros, display)
    fenced = mathrows.fenced(zeros)
    return (_fenced(*fenced, display) if fenced else None) or _whole(zeros, display)


def _whole(zeros: str, display: bool) -> Layout | None:
    """The layout of a formula that does not come apart, or whose terms cannot be set by themselves."""
    places = _places(zeros)
    if places:
        plan = _composable(_with(zeros, places, [_ZERO if place.fraction else "0" for place in places]), display)
        if plan is not None and len(plan.places) == len(places):
            return _laid(zeros, plan, places)
    shape = _shape(zeros, display)
    if shape is None:
        return None
    made, digits = shape.made, dict(shape.slots)
    return _fixed(made.width, made.height, made.depth, made.marks, [digits.get(i, -1) for i in range(len(made.marks))])


# ---- rows ------------------------------------------------------------------------------------

_AXIS = 0.25  # how high the middle of a bracket stands


class _Terms(NamedTuple):
    """The terms and signs of a row, and which digit of the row is the first of each."""

    made: tuple[Layout, ...]
    first: tuple[int, ...]


def _terms(row: Sequence[mathrows.Part], display: bool) -> _Terms | None:
    """The terms and signs of a row, set; None if one of them cannot be set by itself."""
    out: list[Layout] = []
    counts: list[int] = []
    for latex, sign in row:
        digits = len(_DIGIT.findall(latex))
        made = _layout(latex.encode("utf-8", "surrogatepass"), display) if digits else _once(f"{{}}{latex}{{}}" if sign else latex, display).layout
        if made is None:
            return None
        out.append(made)
        counts.append(digits)
    return _Terms(tuple(out), tuple(accumulate(counts[:-1], initial=0)))


def _row(row: Sequence[mathrows.Part], display: bool) -> Layout | None:
    """A row of terms and signs; None if it has to be set as a whole."""
    terms = _terms(row, display)
    return _joined(terms) if terms else None


def _joined(terms: _Terms) -> Layout:
    made = terms.made
    return Layout(round(sum([m.width for m in made]), 4), max([m.height for m in made]), max([m.depth for m in made]), partial(_together, terms))


def _together(terms: _Terms) -> tuple[Marks, Sequence[int]]:
    """The marks of terms side by side, and their digits, as in `Layout`."""
    out: list[Glyph | Rule] = []
    digits: list[int] = []
    left = 0.0
    for made, first in zip(*terms):
        marks, shown = made.drawn()
        out += [_moved(mark, 1000 * left) for mark in marks]
        digits += [k if k < 0 else k + first for k in shown]
        left += made.width
    return tuple(out), digits


def _moved(mark: Glyph | Rule, x: float) -> Glyph | Rule:
    a, b, c, d, e, f = mark.matrix
    return mark._replace(matrix=(a, b, c, d, round(e + x, 3), f))


def _fenced(opening: str, inside: str, closing: str, display: bool) -> Layout | None:
    """A row between brackets that are as high as it is. They are those of its highest term and the sign that reaches furthest."""
    row = mathrows.parts(inside)
    terms = _terms(row, display) if row else None
    if not row or not terms:
        return None

    def reach(n: int) -> float:
        return max(terms.made[n].height - _AXIS, terms.made[n].depth + _AXIS)

    order = range(len(row))
    sample = [row[max([n for n in order if row[n].sign == sign], key=reach)] for sign in (False, True) if any([part.sign == sign for part in row])]
    inner = _row(sample, display)
    outer = _whole(rf"\left{opening}{''.join([part.latex for part in sample])}{{}}\right{closing}", display)
    if inner is None or outer is None:
        return None
    marks, digits = outer.drawn()
    within, _ = inner.drawn()
    count, odd = divmod(len(marks) - len(within), 2)
    if odd or count < 1 or any([k >= 0 for k in digits[:count]]):
        return None
    joined = _joined(terms)
    left = (marks[count].matrix[4] - within[0].matrix[4]) / 1000
    wider = joined.width - inner.width

    def drawn() -> tuple[Marks, Sequence[int]]:
        own, shown = joined.drawn()
        right = [_moved(mark, 1000 * wider) for mark in marks[-count:]]
        return (*marks[:count], *[_moved(mark, 1000 * left) for mark in own], *right), [*[-1] * count, *shown, *[-1] * count]

    return Layout(round(outer.width + wider, 4), max(outer.height, joined.height), max(outer.depth, joined.depth), drawn)


def check_math(latex: str) -> str | None:
    """What is wrong with a formula (without its dollar signs), or None if it can be printed."""
    try:
        typeset(latex.strip())
    except MathError as error:
        return str(error)
    return None
