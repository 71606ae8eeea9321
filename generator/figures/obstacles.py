"""What no label may touch."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import itemgetter

from examwright.generator.figures.label import Box

Bar = tuple[float, float, float, float, float, object]  # a segment (x1, y1, x2, y2) with a radius, in mm; labels of its owner may touch it
Chain = tuple[Sequence[tuple[float, float]], float, object]  # bars of one radius and owner from point to point
THIN = 1.4  # mm, more than the radius of the bars that are looked up by where they stand


class Obstacles:
    """Bars, most of which are upright or level in figures: these are sorted by where they stand, so that a label need not be compared with all."""

    def __init__(self, bars: Iterable[Bar], chains: Iterable[Chain]):
        upright: list[Bar] = []
        level: list[Bar] = []
        self.others: list[tuple[float, float, float, float, Bar]] = []  # each with its box
        for bar in bars:
            x1, y1, x2, y2, r, owner = bar
            if r < THIN and x1 == x2:
                upright.append(bar if y1 <= y2 else (x2, y2, x1, y1, r, owner))
            elif r < THIN and y1 == y2:
                level.append(bar if x1 <= x2 else (x2, y2, x1, y1, r, owner))
            else:
                left, right = (x1, x2) if x1 < x2 else (x2, x1)
                top, bottom = (y1, y2) if y1 < y2 else (y2, y1)
                self.others.append((left - r, top - r, right + r, bottom + r, bar))
        self.chains: list[tuple[float, float, float, float, Chain]] = []
        for chain in chains:
            xs, ys = zip(*chain[0])
            r = chain[1]
            self.chains.append((min(xs) - r, min(ys) - r, max(xs) + r, max(ys) + r, chain))
        upright.sort(key=itemgetter(0))
        level.sort(key=itemgetter(1))
        self.upright, self.level = upright, level
        self.across, self.down = [b[0] for b in upright], [b[1] for b in level]

    def hit(self, box: Box, owner: object) -> bool:
        """Does a bar meet the box (at the bar's corners: come near it)? Those of the owner may."""
        left, top, right, bottom = box
        near = self.upright[bisect_left(self.across, left - THIN):bisect_left(self.across, right + THIN)]
        near += self.level[bisect_left(self.down, top - THIN):bisect_left(self.down, bottom + THIN)]
        for x1, y1, x2, y2, r, of in near:
            if x1 - r < right and x2 + r > left and y1 - r < bottom and y2 + r > top and (owner is None or of != owner):
                return True
        some = [bar for west, north, east, south, bar in self.others if west < right and east > left and north < bottom and south > top]
        for west, north, east, south, (points, r, of) in self.chains:
            if west < right and east > left and north < bottom and south > top and (owner is None or of != owner):
                w, n, e, s = left - r, top - r, right + r, bottom + r
                some += [(*p, *q, r, of) for p, q in zip(points, points[1:])
                         if (p[0] < e or q[0] < e) and (p[0] > w or q[0] > w) and (p[1] < s or q[1] < s) and (p[1] > n or q[1] > n)]
        for x1, y1, x2, y2, r, of in some:
            if (owner is None or of != owner) and segment_meets(x1, y1, x2, y2, left - r, top - r, right + r, bottom + r):
                return True
        return False


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
