"""Where the kinds of figures draw: lines, curves, markers and labels in millimetres, y downwards.

Labels that have a fixed place (`write`) stand there; the others (`label`, and those of an `edge`) are placed by `finish`,
which tries positions until the ink of the label, measured glyph by glyph, is clear of every line, marker and other
label. What cannot be placed is left in `missed`; the caller then draws the figure again on a larger canvas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from examwright.generator.figures.display import Drawn, Path, Word
from examwright.generator.figures.face import Face
from examwright.generator.figures.label import SIZE, Box, Setting, set_text
from examwright.generator.figures.obstacles import Bar, Chain, Obstacles
from examwright.generator.figures.style import LINE, THIN
from examwright.generator.figures.words import FigureError, Speech, speech
from examwright.generator.mathjax import MathError

CLEAR = 0.3  # mm, the least between the ink of a label and anything else
LEADER = 3.5  # mm
MOST = 80  # labels to be placed
BESIDE = 0.8  # mm between two labels side by side
CAP = 0.34  # em, half the height of a digit of the formulas

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
_COMPASS = ((1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (0, 1), (1, 0), (-1, 0))
_ALONG = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.26, 0.74, 0.22, 0.78)


@dataclass(eq=False)
class _Edge:
    """A curve (one cubic) with a label on it; the curve is left open where the label stands. `even`: straight, and run through at one speed."""

    curve: Curve
    straight: bool
    even: bool
    width: float
    dash: tuple[float, ...]
    cut: tuple[float, float] | None = None


@dataclass
class _Wanted:
    """A label to be placed. Its `spots` are where it may be centred, in order of preference: (x, y, t on the edge or distance from the point)."""

    text: str
    setting: Setting

    @property
    def middle(self) -> float:
        """How far above the baseline the middle of its ink is, in mm."""
        _, bottom, _, top = self.setting.ink
        return SIZE * ((top + bottom) / 2)


@dataclass
class _OnEdge(_Wanted):
    """Words on edges are centred on their small letters and not on their ink, so that those side by side have one baseline."""

    edge: _Edge
    along: Sequence[float]

    def spots(self) -> Iterator[tuple[float, float, float]]:
        for t in self.along:
            yield (*_at(self.edge.curve, t), t)

    @property
    def middle(self) -> float:
        _, bottom, _, top = self.setting.ink
        return SIZE * 0.27 if top < 0.85 and bottom > -0.35 else super().middle


@dataclass
class _Beside(_Wanted):
    """A label beside a point with a radius: in the directions `near`, at the distances `far`; from LEADER on in all directions."""

    point: tuple[float, float, float]
    near: Sequence[Point]
    far: Sequence[float]

    def spots(self) -> Iterator[tuple[float, float, float]]:
        x, y, r = self.point
        w, h = self.setting.size
        for d in self.far:
            for u, v in self.near if d < LEADER else _COMPASS:
                k = (r + d) * (1 if not u or not v else 0.8) / math.hypot(u, v)
                yield x + u * k + (u > 0) * w / 2 - (u < 0) * w / 2, y + v * k + (v > 0) * h / 2 - (v < 0) * h / 2, d


class _Spot(NamedTuple):
    """Where a label was placed: its middle, its t or distance, its box, and the part of its edge that it covers."""

    x: float
    y: float
    t: float
    box: Box
    cut: tuple[float, float] | None


@dataclass
class Canvas:
    """One figure being drawn. `scale` is how much larger than usual its layout is (the labels are not); its words are in a face of
    `face.py`, and those of the kind itself in the language of `say`."""

    scale: float = 1.0
    face: Face = ()
    say: Speech = field(default_factory=lambda: speech("en"))
    missed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        digit = set_text("$0$", self.face).ink[3] if self.face else 2 * CAP  # em
        self._low, self._high = digit / 2 * SIZE, (digit - 0.014) * SIZE  # above the baseline in mm: the middle and the top of digits
        self._tall = (digit + 0.12) * SIZE  # what is taller is not centred as digits are
        self._paths: list[Path] = []
        self._words: list[Word] = []
        self._bars: list[Bar] = []
        self._chains: list[Chain] = []
        self._boxes: list[Box] = []  # of the words
        self._owners: list[object] = []
        self._wanted: list[_OnEdge | _Beside] = []
        self._edges: list[_Edge] = []
        self._back: list[tuple[Point, Point, float, tuple[float, ...], float]] = []

    # ---- lines and areas ----

    def line(self, points: Sequence[Point], width: float = LINE, dash: tuple[float, ...] = (), ink: float = 0.0) -> None:
        """Straight lines from point to point."""
        if len(points) == 2:  # nearly all
            at = (*points[0], *points[1])
            self._paths.append(Path("ml", at, width, dash, ink))
            self._bars.append((*at, width / 2 + CLEAR, None))
        else:
            self._paths.append(Path("m" + "l" * (len(points) - 1), tuple(chain.from_iterable(points)), width, dash, ink))
            self._chains.append((points, width / 2 + CLEAR, None))

    def back(self, a: Point, b: Point, width: float = THIN, dash: tuple[float, ...] = (), ink: float = 0.55) -> None:
        """A line of the background: it is left open where labels stand."""
        self._back.append((a, b, width, dash, ink))

    def area(self, points: Sequence[Point], fill: float | None = None, width: float | None = LINE, hatch: float = 0.0,
             rising: bool = True) -> None:
        """A closed polygon; `fill` is a grey, `hatch` the distance of the lines of a hatch in mm."""
        if hatch:
            lines = hatched(points, hatch, rising)
            if lines:
                self._paths.append(Path("ml" * len(lines), tuple([v for a, b in lines for v in (*a, *b)]), THIN))
                self._bars += [(*a, *b, THIN / 2 + CLEAR, None) for a, b in lines]
        if width is not None or fill is not None:
            self._paths.append(Path("m" + "l" * (len(points) - 1) + "h", tuple(chain.from_iterable(points)), width, (), 0.0, fill))
        if width is not None or (fill is not None and fill < 0.6):
            self._bars += [(*a, *b, (width or 0) / 2 + CLEAR, None) for a, b in zip(points, [*points[1:], points[0]])]

    def rectangle(self, x: float, y: float, w: float, h: float, fill: float | None = None, width: float | None = LINE,
                  hatch: float = 0.0, rising: bool = True) -> None:
        """A rectangle from its upper left corner."""
        self.area([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], fill, width, hatch, rising)

    def circle(self, x: float, y: float, r: float, fill: float | None = None, width: float | None = LINE, owner: object = None) -> None:
        """A circle; no label may stand in it but those that name the same `owner`."""
        self._paths.append(Path("o", (x, y, r), width, (), 0.0, fill))
        self._bars.append((x, y, x, y, r + (width or 0) / 2 + CLEAR, owner))

    def marker(self, x: float, y: float, shape: str, r: float = 0.95) -> None:
        """A data point: disc, ring, cross, triangle or square, told apart without colour."""
        if shape == "cross":
            path = Path("mlml", (x - r, y - r, x + r, y + r, x - r, y + r, x + r, y - r), 0.3)
        elif shape == "disc":
            path = Path("o", (x, y, r), fill=0.0)
        elif shape == "ring":
            path = Path("o", (x, y, r), 0.28)
        elif shape == "triangle":
            h = 1.25 * r
            path = Path("mllh", (x, y - h, x + 1.1 * r, y + 0.7 * h, x - 1.1 * r, y + 0.7 * h), 0.28)
        elif shape == "square":
            path = Path("mlllh", (x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r), fill=0.0)
        else:
            raise ValueError(shape)
        self._paths.append(path)
        self._bars.append((x, y, x, y, 1.25 * r + CLEAR, None))

    def head(self, tip: Point, direction: Point, length: float = 2.1) -> None:
        """The head of an arrow."""
        n = math.hypot(*direction) or 1.0
        ux, uy = direction[0] / n, direction[1] / n
        bx, by, w = tip[0] - length * ux, tip[1] - length * uy, 0.36 * length
        self._paths.append(Path("mllh", (*tip, bx - w * uy, by + w * ux, bx + w * uy, by - w * ux), fill=0.0))
        self._bars.append((bx, by, *tip, 0.55 * w + CLEAR, None))

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
        edge = _Edge(curve, via is None, via is None and not arrow, width, dash)
        self._edges.append(edge)
        if edge.straight:
            self._bars.append((*curve[0], *curve[3], width / 2 + CLEAR, edge))
        else:
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
            points = [(e * x0 + f * x1 + g * x2 + h * x3, e * y0 + f * y1 + g * y2 + h * y3) for e, f, g, h in _TENTHS]
            self._chains.append((points, width / 2 + CLEAR, edge))
        if text:
            self._wanted.append(_OnEdge(text, set_text(text, self.face), edge, along))

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
        return set_text(text, self.face).size

    def write(self, text: str, x: float, y: float, across: str = "centre", down: str = "middle", owner: object = None) -> None:
        """A label at a fixed place. `across`: left, centre or right of it at x. `down`: at y is the middle of the digits
        (middle), that of its ink (ink), the top of the digits (top), or the baseline (base)."""
        setting = set_text(text, self.face)
        left, bottom, right, top = setting.box
        x -= (left + right) / 2 if across == "centre" else left if across == "left" else right
        if down == "middle":
            y += self._low if top < self._tall else (top + bottom) / 2
        elif down == "top":
            y += max(top, self._high)
        elif down == "ink":
            y += (top + bottom) / 2
        self._put(text, setting, x, y, owner)

    def _put(self, text: str, setting: Setting, x: float, y: float, owner: object) -> None:
        left, bottom, right, top = setting.box
        self._words.append(Word(setting.formula, x, y, SIZE, text))
        self._boxes.append((x + left, y - top, x + right, y - bottom))
        self._owners.append(owner)

    def label(self, text: str, x: float, y: float, r: float = 0.0, near: Sequence[Point] = _COMPASS,
              far: Sequence[float] = (0.7, 1.6, 4.0, 6.0, 8.5)) -> None:
        """A label near (x, y), outside the radius r; `near` are the directions to try, `far` the distances in mm. From
        LEADER mm on a thin line leads from the point to its label."""
        self._wanted.append(_Beside(text, set_text(text, self.face), (x, y, r), near, far))

    # ---- the end ----

    def finish(self, title: str, alt: str, language: str = "en") -> Drawn:
        """Place the labels, and give the figure, cut to what is drawn."""
        obstacles = Obstacles(self._bars, self._chains)
        self._check_fixed(obstacles)
        self._place(obstacles)
        for edge in self._edges:
            self._paths += _pieces(edge)
        paths = [*chain.from_iterable([self._open(*line) for line in self._back]), *self._paths]
        left, top, right, bottom = _extent(paths, self._boxes)
        return Drawn(title, alt, language, round(right - left + 0.6, 2), round(bottom - top + 0.6, 2), tuple(paths), tuple(self._words),
                     (0.3 - left, 0.3 - top))

    def _check_fixed(self, obstacles: Obstacles) -> None:
        bad = {i for i, box, owner in zip(range(len(self._boxes)), self._boxes, self._owners) if obstacles.hit(box, owner)}
        order = sorted([(*box, i) for i, box in enumerate(self._boxes)])  # from the left to the right: those beside each other are near
        for k, (_, top, right, bottom, i) in enumerate(order):
            for west, north, _, south, j in order[k + 1:]:
                if west - BESIDE >= right:
                    break
                if top - CLEAR < south and north - CLEAR < bottom:
                    bad.add(max(i, j))
        self.missed += [self._words[i].text for i in sorted(bad)]

    def _place(self, obstacles: Obstacles) -> None:
        """Greedily; a label that finds no place goes first in the next of a few tries. Raises FigureError for too many."""
        if len(self._wanted) > MOST:
            raise FigureError(f"it has {len(self._wanted)} labels beside points and lines; at most {MOST} can be placed")
        order = list(range(len(self._wanted)))
        taken: dict[int, _Spot] = {}
        for _ in range(6):
            taken = {}
            fixed = self._boxes.copy()
            for i in order:
                spot = _spot(self._wanted[i], fixed, obstacles)
                if spot is not None:
                    taken[i] = spot
                    fixed.append(spot.box)
            failed = [i for i in order if i not in taken]
            if not failed:
                break
            order = [*failed, *[i for i in order if i in taken]]
        for i, wanted in enumerate(self._wanted):
            if i not in taken:
                self.missed.append(wanted.text)
                continue
            x, y, far, box, cut = taken[i]
            left, _, right, _ = wanted.setting.box
            edge = wanted.edge if isinstance(wanted, _OnEdge) else None
            self._put(wanted.text, wanted.setting, x - (left + right) / 2, y + wanted.middle, edge)
            if edge is not None:
                edge.cut = cut
            elif isinstance(wanted, _Beside) and far >= LEADER:
                px, py, r = wanted.point
                end = (min(max(px, box[0] - 0.4), box[2] + 0.4), min(max(py, box[1] - 0.4), box[3] + 0.4))
                k = (r + 0.2) / (math.hypot(end[0] - px, end[1] - py) or 1.0)
                self.back((px + k * (end[0] - px), py + k * (end[1] - py)), end, ink=0.3)

    def _open(self, a: Point, b: Point, width: float, dash: tuple[float, ...], ink: float) -> Iterator[Path]:
        """A background line without what lies under labels."""
        (x1, y1), (x2, y2) = a, b
        pad = CLEAR + 0.3
        west, east = (x1 - pad, x2 + pad) if x1 < x2 else (x2 - pad, x1 + pad)
        north, south = (y1 - pad, y2 + pad) if y1 < y2 else (y2 - pad, y1 + pad)
        gaps = []
        for left, top, right, bottom in self._boxes:
            if left > east or right < west or top > south or bottom < north:
                continue
            low, high = 0.0, 1.0
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
                yield Path("ml", (x1 + at * (x2 - x1), y1 + at * (y2 - y1), x1 + low * (x2 - x1), y1 + low * (y2 - y1)), width, dash, ink)
            at = max(at, high)


def _spot(wanted: _OnEdge | _Beside, fixed: list[Box], obstacles: Obstacles) -> _Spot | None:
    """The first place that is free."""
    left, bottom, right, top = wanted.setting.box
    w, middle = (right - left) / 2, wanted.middle
    edge = wanted.edge if isinstance(wanted, _OnEdge) else None
    for x, y, t in wanted.spots():
        box = x - w, y - top + middle, x + w, y - bottom + middle
        beside, over, end, under = box[0] - BESIDE, box[1] - CLEAR, box[2], box[3]
        for west, north, east, south in fixed:
            if beside < east and west - BESIDE < end and over < south and north - CLEAR < under:
                break
        else:
            if obstacles.hit(box, edge):
                continue
            if edge is None:
                return _Spot(x, y, t, box, None)
            low, high = _inside(edge, t, box)
            if _length(edge, 0, low) >= 1.2 and _length(edge, high, 1) >= 1.2:  # else too little of the line would be left
                return _Spot(x, y, t, box, (low, high))
    return None


# ---- geometry ----------------------------------------------------------------------------------

def _weights(t: float) -> tuple[float, float, float, float]:
    u = 1 - t
    return u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t


_TENTHS = [_weights(k / 10) for k in range(11)]


def _at(curve: Curve, t: float) -> Point:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    a, b, c, d = _weights(t)
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def _blossom(curve: Curve, a: float, b: float, c: float) -> Point:
    """De Casteljau's construction with a number of its own for each round: the control points of pieces of the curve."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
    x0, x1, x2 = x0 + a * (x1 - x0), x1 + a * (x2 - x1), x2 + a * (x3 - x2)
    y0, y1, y2 = y0 + a * (y1 - y0), y1 + a * (y2 - y1), y2 + a * (y3 - y2)
    x0, x1 = x0 + b * (x1 - x0), x1 + b * (x2 - x1)
    y0, y1 = y0 + b * (y1 - y0), y1 + b * (y2 - y1)
    return x0 + c * (x1 - x0), y0 + c * (y1 - y0)


def _length(edge: _Edge, low: float, high: float) -> float:
    """About the length of a piece of the edge."""
    if edge.even:
        return (high - low) * math.dist(edge.curve[0], edge.curve[3])
    a, b, c = _at(edge.curve, low), _at(edge.curve, (low + high) / 2), _at(edge.curve, high)
    return math.hypot(b[0] - a[0], b[1] - a[1]) + math.hypot(c[0] - b[0], c[1] - b[1])


def _inside(edge: _Edge, t: float, box: Box) -> tuple[float, float]:
    """The part of the edge around t that the label in the box covers, with some room."""
    pad = 0.75
    left, top, right, bottom = box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = edge.curve
    ends = []
    for end, (x, y) in ((0.0, edge.curve[0]), (1.0, edge.curve[3])):
        if left <= x <= right and top <= y <= bottom:
            ends.append(end)
            continue
        inner, outer = t, end
        if edge.even:  # where it leaves the box is known
            over, down = (x3 - x0, y3 - y0) if end else (x0 - x3, y0 - y3)
            far = min(((right if over > 0 else left) - x) / over if over else 0.0, ((bottom if down > 0 else top) - y) / down if down else 0.0)
            leaves = 1 + far if end else -far
            for _ in range(18):
                s = (inner + outer) / 2
                if (s > leaves) if end else (s < leaves):
                    outer = s
                else:
                    inner = s
        else:
            ax, bx, cx = 3 * (x1 - x0), 3 * (x2 - 2 * x1 + x0), x3 - x0 + 3 * (x1 - x2)
            ay, by, cy = 3 * (y1 - y0), 3 * (y2 - 2 * y1 + y0), y3 - y0 + 3 * (y1 - y2)
            for _ in range(18):
                s = (inner + outer) / 2
                if left <= x0 + s * (ax + s * (bx + s * cx)) <= right and top <= y0 + s * (ay + s * (by + s * cy)) <= bottom:
                    inner = s
                else:
                    outer = s
        ends.append(outer)
    return ends[0], ends[1]


def _pieces(edge: _Edge) -> Iterator[Path]:
    """The edge without what its label covers."""
    for low, high in [(0.0, 1.0)] if edge.cut is None else [(0.0, edge.cut[0]), (edge.cut[1], 1.0)]:
        if high > low:
            first, last = _blossom(edge.curve, low, low, low), _blossom(edge.curve, high, high, high)
            if edge.straight:
                yield Path("ml", (*first, *last), edge.width, edge.dash)
            else:
                yield Path("mc", (*first, *_blossom(edge.curve, low, low, high), *_blossom(edge.curve, low, high, high), *last), edge.width, edge.dash)


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


def _extent(paths: Iterable[Path], boxes: Iterable[Box]) -> Box:
    """The box of all, with the widths of strokes."""
    of_width: dict[float, list[float]] = {}  # the coordinates of all paths with strokes of one width, x and y in turn
    for shape, at, width, _, _, _ in paths:
        if shape == "o":
            x, y, r = at
            at = (x - r, y - r, x + r, y + r)
        of_width.setdefault(width or 0.0, []).extend(at)
    found = list(boxes)
    for w, flat in of_width.items():
        xs, ys = flat[::2], flat[1::2]
        found.append((min(xs) - w / 2, min(ys) - w / 2, max(xs) + w / 2, max(ys) + w / 2))
    left, top, right, bottom = zip(*found)
    return min(left), min(top), max(right), max(bottom)
