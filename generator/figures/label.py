"""Labels of a figure: how they are set, and how large they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from examwright.generator.figures.face import Face, lacks, with_signs
from examwright.generator.figures.face import words as text_in
from examwright.generator.figures.words import MATH, FigureError
from examwright.generator.mathjax import Glyph, Rule, outline
from examwright.generator.mathset import Formula, typeset

Box = tuple[float, float, float, float]  # left, top, right, bottom in mm, y downwards
SIZE = 3.35  # mm in an em of a label: 9.5 pt


@dataclass(frozen=True)
class Setting:
    """A text, set: in em, its advance width and the box of its ink (left, bottom, right, top; y upwards); that box and its size in mm."""

    formula: Formula
    width: float
    ink: Box
    box: Box
    size: tuple[float, float]


_SPECIAL = {c: "\\" + c for c in "{}#&_%$"} | {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+|/[0-9]+)?")


def pieces_of(text: str) -> list[tuple[str, str]]:
    """A label (plain words, with LaTeX between dollar signs) in pieces to be set one after the other: (words, "") or ("", LaTeX)."""
    out, at = [], 0
    for match in [*MATH.finditer(text), None]:
        words = text[at:match.start() if match else len(text)].replace("\\$", "$")
        if words:
            out.append((words, ""))
        if match:
            out.append(("", match.group(1).strip()))
            at = match.end()
    return out


def _piece(words: str, latex: str, face: Face) -> Formula:
    """One piece. Numbers are words, where the paper has a face for these."""
    if face and (words or _NUMBER.fullmatch(latex)):
        shown = words or latex.replace("-", "\u2212")
        if missing := lacks(face, shown):
            raise FigureError(f"the fonts of the paper have no {missing[0]!r}, which stands in the label {shown!r}")
        return text_in(face, shown)
    return with_signs(face, typeset(latex or r"\text{" + "".join([_SPECIAL.get(c, c) for c in words]) + "}"))


def _joined(formulas: list[Formula]) -> Formula:
    """The formulas side by side. Set one by one, numbers in them cost next to nothing."""
    if len(formulas) == 1:
        return formulas[0]
    marks: list[Glyph | Rule] = []
    x = 0.0
    for f in formulas:
        for mark in f.marks:
            m = (*mark.matrix[:4], mark.matrix[4] + 1000 * x, mark.matrix[5])
            marks.append(Glyph(mark.name, m, mark.color) if isinstance(mark, Glyph) else Rule(mark.operators, m, mark.color))
        x += f.width
    return Formula("".join([f.latex for f in formulas]), x, max([f.height for f in formulas]), max([f.depth for f in formulas]), tuple(marks))


@lru_cache(maxsize=4096)
def set_text(text: str, face: Face = ()) -> Setting:
    """The text, typeset and measured, its words in a face of `face.py`. Raises MathError, or FigureError for what a figure cannot draw."""
    pieces = pieces_of(text)
    if not pieces:
        raise FigureError("a label is empty")
    formula = _joined([_piece(words, latex, face) for words, latex in pieces])
    found = ink(formula, text)
    if found is None:
        raise FigureError(f"the label {text!r} is empty")
    left, bottom, right, top = found
    return Setting(formula, formula.width, found, (left * SIZE, bottom * SIZE, right * SIZE, top * SIZE), ((right - left) * SIZE, (top - bottom) * SIZE))


def ink(formula: Formula, text: str) -> Box | None:
    """The box of what is drawn of a formula, in em, y upwards. Raises FigureError for what a figure cannot draw."""
    boxes = [_glyph_ink(mark.name, mark.matrix) for mark in formula.marks if isinstance(mark, Glyph)]
    for mark in formula.marks:
        if not isinstance(mark, Glyph):
            if mark.operators[0] in "qQ" or not mark.operators.endswith(" f"):
                raise FigureError(f"the label {text!r} is too tall, or has lines that a figure cannot draw")
            boxes.append(_moved(_bounds(mark.operators), mark.matrix))
    found = [b for b in boxes if b]
    if not found:
        return None
    return (min([b[0] for b in found]) / 1000, min([b[1] for b in found]) / 1000,
            max([b[2] for b in found]) / 1000, max([b[3] for b in found]) / 1000)


@lru_cache(maxsize=1024)
def _glyph_bounds(name: str) -> Box | None:
    return _bounds(outline(name)) if outline(name) else None


def _glyph_ink(name: str, matrix: Any) -> Box | None:
    box = _glyph_bounds(name)
    return _moved(box, matrix) if box else None


def _bounds(operators: str) -> Box:
    """The box of a path; that of the control points, which is never too small."""
    xs: list[float] = []
    ys: list[float] = []
    for values, op in re.findall(r"([-\d. ]*?) ?(re|[mlch])(?= |$)", operators):
        v = [float(t) for t in values.split()]
        if op == "re":
            v = [v[0], v[1], v[0] + v[2], v[1] + v[3]]
        xs += v[0::2]
        ys += v[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def _moved(box: Box, m: Any) -> Box:
    a, b, c, d, e, f = m
    if b == c == 0 and a > 0 and d > 0:  # upright, as nearly all
        return a * box[0] + e, d * box[1] + f, a * box[2] + e, d * box[3] + f
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    return (min([x for x, _ in corners]), min([y for _, y in corners]), max([x for x, _ in corners]), max([y for _, y in corners]))
