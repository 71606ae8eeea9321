"""The one style of all figures: widths of lines, dashes, greys, markers. Told apart without colour, in millimetres."""

from __future__ import annotations

THIN, LINE, STRONG, HEAVY = 0.15, 0.22, 0.35, 0.5  # widths of strokes
DASHED, DOTTED, LONG = (1.5, 1.0), (0.35, 0.7), (3.0, 1.2)
DASHES: tuple[tuple[float, ...], ...] = ((), DASHED, DOTTED, LONG)  # of several lines in one figure
MARKERS = ("disc", "ring", "triangle", "cross")  # of several classes
MARKER_WORDS = {"disc": "filled circles", "ring": "open circles", "triangle": "triangles", "cross": "crosses"}
GREY = 0.82  # of marked cells: dark enough to see, light enough to write on
