"""Where the kinds of figures draw: lines, curves, markers and labels in millimetres, y downwards.

Labels that have a fixed place (`write`) stand there; the others (`label`, and those of an `edge`) are placed by `finish`,
which tries positions until the ink of the label, measured glyph by glyph, is clear of every line, marker and other
label. What cannot be placed is left in `missed`; the caller then draws the figure again on a larger canvas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from examwright.generator.figures.display import Drawn, Op, Path, Word
from examwright.generator.figures.face import Face
from examwright.generator.figures.label import Box, Setting, set_text
from examwright.generator.figures.style import LINE, THIN
from examwright.generator.figures.words import FigureError, Speech, speech
from examwright.generator.mathset import MathError

SIZE = 3.35  # mm in an em of a label: 9.5 pt
CLEAR = 0.3  # mm, the least between the ink of a label and anything else
LEADER = 3.5  # mm
MOST = 80  # labels to be placed
BESIDE = 0.8  # mm between two labels side by side
CAP = 0.34  # em, half the height of a digit of the formulas

Point = tuple[float, float]
_COMPASS = ((1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (0, 1), (1, 0), (-1, 0))
_ALONG = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.26, 0.74, 0.22, 0.78)


class _Bar:
    """Something no label may touch: a segment with a radius. `owner`: the labels of that name may."""

    __slots__ = ("x1", "y1", "x2", "y2", "r", "owner", "left", "right", "top", "bottom")

    def __init__(self, x1: float, y1: float, x2: float, y2: float, r: float, owner: object = None):
        self.x1, self.y1, self.x2, self.y2, self.r, self.owner = x1, y1, x2, y2, r + CLEAR, owner
        self.left, self.right = (x1 - self.r, x2 + self.r) if x1 < x2 else (x2 - self.r, x1 + self.r)
        self.top, self.bottom = (y1 - self.r, y2 + self.r) if y1 < y2 else (y2 - self.r, y1 + self.r)

    def touches(self, box: Box) -> bool:
        """Does it come nearer to the box than CLEAR (at corners: up to 1.4 times that)?"""
        r = self.r
        return segment_meets(self.x1, self.y1, self.x2, self.y2, box[0] - r, box[1] - r, box[2] + r, box[3] + r)


def segment_meets(x1: float, y1: float, x2: float, y2: float, left: float, top: float, right: float, bottom: float) -> bool:
    """Does the segment meet the rectangle? (Liang and Barsky's clipping.)"""
    dx, dy = x2 - x1, y2 - y1
    low, high = 0.0, 1.0
    for p, q in ((-dx, x1 - left), (dx, right - x1), (-dy, y1 - top), (dy, bottom - y1)):
        if p == 0:
            if q < 0:
                return False
        else:
            t = q / p
            if p < 0:
                low = max(low, t)
            else:
                high = min(high, t)
            if low > high:
                return False
    return True


@dataclass
class _Edge:
    """A curve (one cubic) with a label on it; the curve is left open where the label stands."""

    curve: tuple[Point, Point, Point, Point]
    straight: bool
    width: float
    dash: tuple[float, ...]
    cut: tuple[float, float] | None = None


@dataclass
class _Wanted:
    """A label to be placed: where it may be centred, in order of preference. Words on edges are centred on their small
    letters and not on their ink, so that those side by side have one baseline."""

    text: str
    setting: Setting
    spots: list[tuple[float, float, float]]  # (x, y, t on the edge or distance from the point)
    edge: _Edge | None = None
    point: tuple[float, float, float] | None = None  # (x, y, radius)

    @property
    def middle(self) -> float:
        """How far above the baseline the middle is, in mm."""
        _, bottom, _, top = self.setting.ink
        return SIZE * (0.27 if self.edge is not None and top < 0.85 and bottom > -0.35 else (top + bottom) / 2)


@dataclass
class Canvas:
    """One figure being drawn. `scale` is how much larger than usual its layout is (the labels are not); its words are in a face of
    `face.py`, and those of the kind itself in the language of `say`."""

    scale: float = 1.0
    face: Face = ()
    say: Speech = field(default_factory=lambda: speech("en"))
    missed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.digit = set_text("$0$", self.face).ink[3] if self.face else 2 * CAP  # em, the height of a digit
        self._paths: list[Path] = []
        self._words: list[Word] = []
        self._bars: list[_Bar] = []
        self._boxes: list[tuple[Box, object, str]] = []
        self._wanted: list[_Wanted] = []
        self._edges: list[_Edge] = []
        self._back: list[tuple[Point, Point, float, tuple[float, ...], float]] = []

    # ---- lines and areas ----

    def line(self, points: Sequence[Point], width: float = LINE, dash: tuple[float, ...] = (), ink: float = 0.0) -> None:
        """Straight lines from point to point."""
        self._paths.append(Path((("m", *points[0]), *[("l", *p) for p in points[1:]]), width, dash, ink))
        for a, b in zip(points, points[1:]):
            self._bars.append(_Bar(*a, *b, width / 2))

    def back(self, a: Point, b: Point, width: float = THIN, dash: tuple[float, ...] = (), ink: float = 0.55) -> None:
        """A line of the background: it is left open where labels stand."""
        self._back.append((a, b, width, dash, ink))

    def area(self, points: Sequence[Point], fill: float | None = None, width: float | None = LINE, hatch: float = 0.0,
             rising: bool = True) -> None:
        """A closed polygon; `fill` is a grey, `hatch` the distance of the lines of a hatch in mm."""
        ops: tuple[Op, ...] = (("m", *points[0]), *[("l", *p) for p in points[1:]], ("h",))
        if hatch:
            lines = [op for a, b in hatched(points, hatch, rising) for op in (("m", *a), ("l", *b))]
            if lines:
                self._paths.append(Path(tuple(lines), THIN))
                self._bars += [_Bar(*lines[i][1:], *lines[i + 1][1:], THIN / 2) for i in range(0, len(lines), 2)]
        if width is not None or fill is not None:
            self._paths.append(Path(ops, width, fill=fill))
        if width is not None or (fill is not None and fill < 0.6):
            for a, b in zip(points, [*points[1:], points[0]]):
                self._bars.append(_Bar(*a, *b, (width or 0) / 2))

    def rectangle(self, x: float, y: float, w: float, h: float, fill: float | None = None, width: float | None = LINE,
                  hatch: float = 0.0, rising: bool = True) -> None:
        """A rectangle from its upper left corner."""
        self.area([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], fill, width, hatch, rising)

    def circle(self, x: float, y: float, r: float, fill: float | None = None, width: float | None = LINE, owner: object = None) -> None:
        """A circle; no label may stand in it but those that name the same `owner`."""
        self._paths.append(Path(_circle(x, y, r), width, fill=fill))
        self._bars.append(_Bar(x, y, x, y, r + (width or 0) / 2, owner))

    def marker(self, x: float, y: float, shape: str, r: float = 0.95) -> None:
        """A data point: disc, ring, cross, triangle or square, told apart without colour."""
        if shape == "cross":
            self._paths.append(Path((("m", x - r, y - r), ("l", x + r, y + r), ("m", x - r, y + r), ("l", x + r, y - r)), 0.3))
        elif shape == "disc":
            self._paths.append(Path(_circle(x, y, r), fill=0.0))
        elif shape == "ring":
            self._paths.append(Path(_circle(x, y, r), 0.28))
        elif shape == "triangle":
            h = 1.25 * r
            self._paths.append(Path((("m", x, y - h), ("l", x + 1.1 * r, y + 0.7 * h), ("l", x - 1.1 * r, y + 0.7 * h), ("h",)), 0.28))
        elif shape == "square":
            self._paths.append(Path((("m", x - r, y - r), ("l", x + r, y - r), ("l", x + r, y + r), ("l", x - r, y + r), ("h",)),
                                    fill=0.0))
        else:
            raise ValueError(shape)
        self._bars.append(_Bar(x, y, x, y, 1.25 * r))

    def head(self, tip: Point, direction: Point, length: float = 2.1) -> None:
        """The head of an arrow."""
        n = math.hypot(*direction) or 1.0
        ux, uy = direction[0] / n, direction[1] / n
        bx, by, w = tip[0] - length * ux, tip[1] - length * uy, 0.36 * length
        self._paths.append(Path((("m", *tip), ("l", bx - w * uy, by + w * ux), ("l", bx + w * uy, by - w * ux), ("h",)), fill=0.0))
        self._bars.append(_Bar(bx, by, *tip, 0.55 * w))

    def arrow(self, a: Point, b: Point, width: float = LINE, dash: tuple[float, ...] = (), length: float = 2.1) -> None:
        """A straight arrow from a to b."""
        n = math.hypot(b[0] - a[0], b[1] - a[1]) or 1.0
        k = max(0.0, 1 - 0.8 * length / n)
        self.line([a, (a[0] + k * (b[0] - a[0]), a[1] + k * (b[1] - a[1]))], width, dash)
        self.head(b, (b[0] - a[0], b[1] - a[1]), min(length, 0.8 * n))

    def edge(self, a: Point, b: Point, text: str = "", via: tuple[Point, Point] | None = None, arrow: bool = False,
             width: float = LINE, dash: tuple[float, ...] = (), along: Sequence[float] = _ALONG) -> None:
        """A line from a to b, or a curve with the control points `via`, with a label on it that interrupts it.

        `along` are the places for the label, as shares of the way, in order of preference.
        """
        p, q = via or ((a[0] + (b[0] - a[0]) / 3, a[1] + (b[1] - a[1]) / 3), (a[0] + 2 * (b[0] - a[0]) / 3, a[1] + 2 * (b[1] - a[1]) / 3))
        curve = (a, p, q, b)
        if arrow:
            self.head(b, (b[0] - q[0], b[1] - q[1]))
            n = math.hypot(b[0] - q[0], b[1] - q[1]) or 1.0
            end = (b[0] - 1.7 * (b[0] - q[0]) / n, b[1] - 1.7 * (b[1] - q[1]) / n)
            curve = (a, p, q, end)
        edge = _Edge(curve, via is None, width, dash)
        self._edges.append(edge)
        points = [curve[0], curve[3]] if edge.straight else [_at(curve, k / 10) for k in range(11)]
        self._bars += [_Bar(*u, *v, width / 2, edge) for u, v in zip(points, points[1:])]
        if text:
            spots = [(*_at(curve, t), t) for t in along]
            self._wanted.append(_Wanted(text, set_text(text, self.face), spots, edge))

    # ---- labels ----

    def word(self, english: str) -> str:
        """A word of the kind's own, in the language of the figure; in English where the fonts lack that."""
        word = self.say(english)
        try:
            set_text(word, self.face)
        except (FigureError, MathError):
            return english
        return word

    def size_of(self, text: str) -> Point:
        """Width and height of the ink of a label in mm."""
        left, bottom, right, top = set_text(text, self.face).ink
        return (right - left) * SIZE, (top - bottom) * SIZE

    def write(self, text: str, x: float, y: float, across: str = "centre", down: str = "middle", owner: object = None) -> None:
        """A label at a fixed place. `across`: left, centre or right of it at x. `down`: at y is the middle of the digits
        (middle), that of its ink (ink), the top of the digits (top), or the baseline (base)."""
        setting = set_text(text, self.face)
        left, bottom, right, top = [v * SIZE for v in setting.ink]
        dx = {"left": -left, "centre": -(left + right) / 2, "right": -right}[across]
        dy = {"middle": self.digit / 2 * SIZE if top < (self.digit + 0.12) * SIZE else (top + bottom) / 2, "ink": (top + bottom) / 2,
              "top": max(top, (self.digit - 0.014) * SIZE), "base": 0.0}[down]
        self._put(text, setting, x + dx, y + dy, owner)

    def _put(self, text: str, setting: Setting, x: float, y: float, owner: object) -> None:
        left, bottom, right, top = [v * SIZE for v in setting.ink]
        self._words.append(Word(setting.formula, x, y, SIZE, text))
        self._boxes.append(((x + left, y - top, x + right, y - bottom), owner, text))

    def label(self, text: str, x: float, y: float, r: float = 0.0, near: Sequence[Point] = _COMPASS,
              far: Sequence[float] = (0.7, 1.6, 4.0, 6.0, 8.5)) -> None:
        """A label near (x, y), outside the radius r; `near` are the directions to try, `far` the distances in mm. From
        LEADER mm on a thin line leads from the point to its label."""
        setting = set_text(text, self.face)
        w, h = self.size_of(text)
        spots = []
        for d in far:
            for u, v in near if d < LEADER else _COMPASS:
                n = math.hypot(u, v)
                k = (r + d) * (1 if not u or not v else 0.8) / n
                spots.append((x + u * k + (u > 0) * w / 2 - (u < 0) * w / 2, y + v * k + (v > 0) * h / 2 - (v < 0) * h / 2, d))
        self._wanted.append(_Wanted(text, setting, spots, point=(x, y, r)))

    # ---- the end ----

    def finish(self, title: str, alt: str, language: str = "en") -> Drawn:
        """Place the labels, and give the figure, cut to what is drawn."""
        self._check_fixed()
        self._place()
        for edge in self._edges:
            for piece in _pieces(edge):
                self._paths.append(Path(piece, edge.width, edge.dash))
        back: list[Path] = []
        for line in self._back:
            back += self._open(line)
        paths = [*back, *self._paths]
        boxes = [b for b, _, _ in self._boxes]
        left, top, right, bottom = _extent(paths, boxes)
        dx, dy = 0.3 - left, 0.3 - top
        return Drawn(title, alt, language, round(right - left + 0.6, 2), round(bottom - top + 0.6, 2),
                     tuple([Path(_shift(p.ops, dx, dy), p.width, p.dash, p.ink, p.fill) for p in paths]),
                     tuple([Word(w.formula, w.x + dx, w.y + dy, w.size, w.text) for w in self._words]))

    def _check_fixed(self) -> None:
        for i, (box, owner, text) in enumerate(self._boxes):
            if self._hit(box, owner) or any([_overlap(box, other) for other, _, _ in self._boxes[:i]]):
                self.missed.append(text)

    def _hit(self, box: Box, owner: object) -> bool:
        """Does a line or marker come too near? Those of the owner may."""
        left, top, right, bottom = box
        near = [b for b in self._bars if b.left < right and b.right > left and b.top < bottom and b.bottom > top]
        return any([b.touches(box) for b in near if owner is None or b.owner != owner])

    def _place(self) -> None:
        """Greedily; a label that finds no place goes first in the next of a few tries. Raises FigureError for too many."""
        if len(self._wanted) > MOST:
            raise FigureError(f"it has {len(self._wanted)} labels beside points and lines; at most {MOST} can be placed")
        order = list(range(len(self._wanted)))
        taken: dict[int, tuple[float, float, float, Box]] = {}
        for _ in range(6):
            taken = {}
            fixed = [b for b, _, _ in self._boxes]
            for i in order:
                spot = self._spot(self._wanted[i], fixed)
                if spot is not None:
                    taken[i] = spot
                    fixed.append(spot[3])
            failed = [i for i in order if i not in taken]
            if not failed:
                break
            order = [*failed, *[i for i in order if i in taken]]
        for i, wanted in enumerate(self._wanted):
            if i not in taken:
                self.missed.append(wanted.text)
                continue
            x, y, _, box = taken[i]
            left, _, right, _ = [v * SIZE for v in wanted.setting.ink]
            self._put(wanted.text, wanted.setting, x - (left + right) / 2, y + wanted.middle, wanted.edge)
            if wanted.edge is not None:
                wanted.edge.cut = _inside(wanted.edge.curve, taken[i][2], box)
            elif wanted.point is not None and taken[i][2] >= LEADER:
                px, py, r = wanted.point
                end = (min(max(px, box[0] - 0.4), box[2] + 0.4), min(max(py, box[1] - 0.4), box[3] + 0.4))
                k = (r + 0.2) / (math.hypot(end[0] - px, end[1] - py) or 1.0)
                self.back((px + k * (end[0] - px), py + k * (end[1] - py)), end, ink=0.3)

    def _spot(self, wanted: _Wanted, fixed: list[Box]) -> tuple[float, float, float, Box] | None:
        left, bottom, right, top = [v * SIZE for v in wanted.setting.ink]
        w, middle = (right - left) / 2, wanted.middle
        for x, y, t in wanted.spots:
            box = (x - w, y - top + middle, x + w, y - bottom + middle)
            if any([_overlap(box, other) for other in fixed]) or self._hit(box, wanted.edge):
                continue
            if wanted.edge is not None:
                low, high = _inside(wanted.edge.curve, t, box)
                if _length(wanted.edge.curve, 0, low) < 1.2 or _length(wanted.edge.curve, high, 1) < 1.2:
                    continue  # too little of the line would be left
            return x, y, t, box
        return None

    def _open(self, line: tuple[Point, Point, float, tuple[float, ...], float]) -> Iterable[Path]:
        """A background line without what lies under labels."""
        (x1, y1), (x2, y2), width, dash, ink = line
        gaps = []
        for (left, top, right, bottom), _, _ in self._boxes:
            low, high = 0.0, 1.0
            pad = CLEAR + 0.3
            for p, q in ((x1 - x2, x1 - left + pad), (x2 - x1, right + pad - x1), (y1 - y2, y1 - top + pad), (y2 - y1, bottom + pad - y1)):
                if p == 0:
                    high = high if q >= 0 else -1.0
                elif p < 0:
                    low = max(low, q / p)
                else:
                    high = min(high, q / p)
            if low < high:
                gaps.append((low, high))
        at = 0.0
        for low, high in [*sorted(gaps), (1.0, 1.0)]:
            if low > at:
                yield Path((("m", x1 + at * (x2 - x1), y1 + at * (y2 - y1)), ("l", x1 + low * (x2 - x1), y1 + low * (y2 - y1))), width, dash, ink)
            at = max(at, high)


# ---- geometry ----------------------------------------------------------------------------------

def _overlap(a: Box, b: Box) -> bool:
    return a[0] - BESIDE < b[2] and b[0] - BESIDE < a[2] and a[1] - CLEAR < b[3] and b[1] - CLEAR < a[3]


def _circle(x: float, y: float, r: float) -> tuple[Op, ...]:
    k = 0.5522847498 * r
    p = [(r, 0), (r, k), (k, r), (0, r), (-k, r), (-r, k), (-r, 0), (-r, -k), (-k, -r), (0, -r), (k, -r), (r, -k), (r, 0)]
    q = [(x + u, y + v) for u, v in p]
    return (("m", *q[0]), *[("c", *q[i], *q[i + 1], *q[i + 2]) for i in (1, 4, 7, 10)], ("h",))


def _at(curve: Sequence[Point], t: float) -> Point:
    u = 1 - t
    weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
    return (sum([w * p[0] for w, p in zip(weights, curve)]), sum([w * p[1] for w, p in zip(weights, curve)]))


def _part(curve: Sequence[Point], low: float, high: float) -> tuple[Point, Point, Point, Point]:
    """The piece of a cubic from `low` to `high` (de Casteljau's blossom)."""

    def blossom(a: float, b: float, c: float) -> Point:
        points = list(curve)
        for t in (a, b, c):
            points = [(p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])) for p, q in zip(points, points[1:])]
        return points[0]

    return (blossom(low, low, low), blossom(low, low, high), blossom(low, high, high), blossom(high, high, high))


def _length(curve: Sequence[Point], low: float, high: float) -> float:
    a, b, c = _at(curve, low), _at(curve, (low + high) / 2), _at(curve, high)
    return math.hypot(b[0] - a[0], b[1] - a[1]) + math.hypot(c[0] - b[0], c[1] - b[1])


def _inside(curve: Sequence[Point], t: float, box: Box) -> tuple[float, float]:
    """The part of the curve around t that the label in the box covers, with some room."""
    pad = 0.75

    def outside(s: float) -> bool:
        x, y = _at(curve, s)
        return x < box[0] - pad or x > box[2] + pad or y < box[1] - pad or y > box[3] + pad

    ends = []
    for end in (0.0, 1.0):
        inner, outer = t, end
        if not outside(end):
            ends.append(end)
            continue
        for _ in range(18):
            middle = (inner + outer) / 2
            if outside(middle):
                outer = middle
            else:
                inner = middle
        ends.append(outer)
    return ends[0], ends[1]


def _pieces(edge: _Edge) -> Iterable[tuple[Op, ...]]:
    spans = [(0.0, 1.0)] if edge.cut is None else [(0.0, edge.cut[0]), (edge.cut[1], 1.0)]
    for low, high in spans:
        if high > low:
            a, b, c, d = _part(edge.curve, low, high)
            yield (("m", *a), ("l", *d)) if edge.straight else (("m", *a), ("c", *b, *c, *d))


def hatched(polygon: Sequence[Point], distance: float, rising: bool) -> list[tuple[Point, Point]]:
    """The lines of a hatch at 45 degrees in a polygon: scan lines x ± y = constant, entering and leaving in turn."""
    sign = 1.0 if rising else -1.0
    values = [x + sign * y for x, y in polygon]
    out = []
    for k in range(math.ceil(min(values) / distance), math.floor(max(values) / distance) + 1):
        level = k * distance + 1e-6  # never through a corner
        crossings = []
        for (x1, y1), (x2, y2), a, b in zip(polygon, [*polygon[1:], polygon[0]], values, [*values[1:], values[0]]):
            if (a < level) != (b < level):
                t = (level - a) / (b - a)
                crossings.append((x1 + t * (x2 - x1), y1 + t * (y2 - y1)))
        crossings.sort()
        out += [(crossings[i], crossings[i + 1]) for i in range(0, len(crossings) - 1, 2)]
    return out


def _extent(paths: Sequence[Path], boxes: Sequence[Box]) -> Box:
    xs: list[float] = []
    ys: list[float] = []
    for p in paths:
        r = (p.width or 0) / 2
        for op in p.ops:
            for v in op[1::2]:
                xs += (v - r, v + r)
            for v in op[2::2]:
                ys += (v - r, v + r)
    for box in boxes:
        xs += (box[0], box[2])
        ys += (box[1], box[3])
    return min(xs), min(ys), max(xs), max(ys)


def _shift(ops: Iterable[Op], dx: float, dy: float) -> tuple[Op, ...]:
    out: list[Op] = []
    for op in ops:
        if len(op) == 3:
            out.append((op[0], op[1] + dx, op[2] + dy))
        elif len(op) == 7:
            out.append((op[0], op[1] + dx, op[2] + dy, op[3] + dx, op[4] + dy, op[5] + dx, op[6] + dy))
        else:
            out.append(op)
    return tuple(out)
