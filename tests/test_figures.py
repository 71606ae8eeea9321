"""Figures: what is drawn, what is said, that no label overlaps, and how question files name them."""

from __future__ import annotations

import ast
import inspect
import io
import json
import math
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from effort import examples
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from examwright.cli import main
from examwright.generator import figures, wording
from examwright.generator.draw import draw_variant
from examwright.generator.figures import FigureError, canvas, display, gallery
from examwright.generator.figures.check import faults
from examwright.generator.figures.display import Drawn
from examwright.generator.figures.label import pieces_of, set_text
from examwright.generator.figures.obstacles import Obstacles, segment_meets
from examwright.generator.figures.options import READ
from examwright.generator.figures.phrases import PHRASES
from examwright.generator.figures.words import shown, speech
from examwright.generator.index import question_paths
from examwright.generator.load import load, load_text
from examwright.generator.markup import MarkupError
from examwright.generator.mathjax import Glyph
from examwright.generator.pages import (
    ItemView,
    Look,
    PagesError,
    PaperView,
    PartView,
    SectionView,
    render_key,
    render_paper,
    spoken,
)
from examwright.generator.pages.theme import PLAIN
from examwright.generator.pages.weasy import DYSLEXIC_FOLDERS, text_face
from examwright.generator.pages.words import WORDS
from examwright.solvers.arithmetic import exact, ln

ROOT = Path(__file__).resolve().parent.parent
KINDS = figures.kind_names()
CJK = Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf")


def draw(kind: str, **options: Any) -> Drawn:
    return figures.drawn(figures.address(kind, {k: exact(v) for k, v in options.items()}))


def addresses(variant: Any) -> list[tuple[str, str]]:
    """(role, address) of every figure in the texts of a variant."""
    texts = [wording.question_text(variant), *[wording.ask(variant, p) for p in variant.parts], wording.solution(variant)]
    return [found for text in texts for found in figures.IN_TEXT.findall(text)]


def sheet(*texts: str, solution: str = "") -> PaperView:
    parts = tuple([PartView(chr(97 + i), t, "1", space={"shape": "line"}, key_latex="1", solution=solution) for i, t in enumerate(texts)])
    return PaperView("Figures", "", "", "", "1", (), "", "", "", "X", (SectionView("", "", (ItemView("1", "Figures", "", "1", "", parts),)),))


def words(pdf: bytes) -> str:
    return " ".join(" ".join([p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages]).split())


# ---- every kind ------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_complete(kind: str) -> None:
    """Both functions take the same options, every option is of a known type and is documented."""
    module = figures.kind(kind)
    describes, draws = [list(inspect.signature(f).parameters.values()) for f in (module.describe, module.draw)]
    assert describes[1:] == draws[1:] and (describes[0].name, draws[0].name) == ("say", "canvas")
    assert {what for what, _ in figures.options_of(kind).values()} <= set(READ)
    first, options = gallery.about(kind)
    assert first.endswith(".") and all([meaning for *_, meaning in options]) and module.describe.__doc__ and module.TITLE


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind(kind: str) -> None:
    """Loaded from YAML as any question's; clean; said with its numbers."""
    address = gallery.address(kind)
    made = figures.drawn(address)
    assert list(faults(made)) == [] and 20 < made.width < 150 and 10 < made.height < 90
    numbers = {str(v) for v in re.findall(r"(?<![\w'/.-])\d+(?![\w/.])", gallery.figures.kind(kind).EXAMPLE)}
    assert all([re.search(rf"\b{n}\b", made.alt) for n in numbers - {"0"}]), made.alt
    assert not re.search(r"[$\\{}]|fmpq|None|True|False", made.alt)


@pytest.mark.parametrize("kind", KINDS)
def test_svg_stands_alone(kind: str) -> None:
    made = figures.drawn(gallery.address(kind))
    text = made.svg()
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == made.title and root.find(f"{space}desc").text == made.alt  # type: ignore[union-attr]
    ids = [n.get("id") for n in root.iter() if n.get("id")]
    assert len(ids) == len(set(ids)) and root.get("role") == "img"
    used = {n.get("href") for n in root.iter(f"{space}use")}
    assert used <= {f"#{i}" for i in ids} and used
    assert not re.search(r"http(?!://www\.w3\.org/2000/svg)|url\(|<script|<image|style=", text)
    assert {n.tag.removeprefix(space) for n in root.iter()} <= {"svg", "title", "desc", "defs", "path", "use", "rect"}
    assert len(text) < 40_000


@pytest.mark.parametrize("kind", KINDS)
def test_operators_are_balanced(kind: str) -> None:
    codes: dict[str, int] = {}
    text = figures.drawn(gallery.address(kind)).operators(lambda name: codes.setdefault(name, len(codes) + 1))
    lines = text.split()
    assert lines.count("BT") == lines.count("ET") >= 1 and lines.count("q") == lines.count("Q")
    assert all([re.fullmatch(r"-?[0-9]*\.?[0-9]+|[A-Za-z*]+|/MJ|<[0-9a-f]{4}>|\[|\]|\[[\d.]*|[\d.]*\]|\[\]", w) for w in lines])


def test_the_gallery_is_up_to_date(tmp_path: Path) -> None:
    """docs/figures.md and its pictures are what `examwright figures -o docs` writes."""
    result = CliRunner().invoke(main, ["figures", "-o", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0
    names = sorted([p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()])
    assert len(names) == len(KINDS) + 1
    assert [n for n in names if (tmp_path / n).read_bytes() != (ROOT / "docs" / n).read_bytes()] == []


def test_the_examples_of_the_format_are_right() -> None:
    """Every kind has an example in docs/question-format.md, with options that it has."""
    import yaml

    text = (ROOT / "docs" / "question-format.md").read_text(encoding="utf-8")
    found = {kind: yaml.safe_load(example) for kind, example in re.findall(r"^\| `(\w+)` \| [^|]* \| `(\{kind: .*\})` \|$", text, re.M)}
    assert sorted(found) == list(KINDS)
    for kind, example in found.items():
        options = [o for o in example if o not in ("kind", "key")] + list(example.get("key", {}))
        assert example["kind"] == kind and options and set(options) <= set(figures.options_of(kind))


def test_the_command_tells_kinds_and_options() -> None:
    result = CliRunner().invoke(main, ["figures"])
    assert result.exit_code == 0 and all([k in result.output for k in KINDS])
    result = CliRunner().invoke(main, ["figures", "roc"])
    assert "kind: roc" in result.output and "area (true or false)" in result.output
    result = CliRunner().invoke(main, ["figures", "rock"])
    assert result.exit_code == 2 and "Did you mean 'roc'?" in result.output and "Traceback" not in result.output
    result = CliRunner().invoke(main, ["figures", "-o", "/proc/nowhere"])
    assert result.exit_code == 2 and "Traceback" not in result.output


# ---- labels never overlap ----------------------------------------------------------------------

def number(r: random.Random, low: int = -20, high: int = 20) -> fmpq:
    return fmpq(r.randint(low * 10, high * 10), r.choice([1, 2, 5, 10, 10, 100, 7]))


def rates_(r: random.Random) -> list[Any]:
    n, m = r.randint(2, 6), r.randint(2, 6)
    x = y = 0
    out = []
    while (x, y) != (n, m):
        step = r.choice([s for s, ok in (((1, 0), x < n), ((0, 1), y < m), ((1, 1), x < n and y < m)) if ok])
        x, y = x + step[0], y + step[1]
        out.append([fmpq(x, n), fmpq(y, m)])
    return out


def some_tree(r: random.Random, depth: int) -> Any:
    if not depth or (depth < 3 and r.random() < 0.3):
        return r.choice(["A", "B", "yes", "survives", "class 1"])
    answers = r.choice([["yes", "no"], ["low", "middle", "high"], ["red", "green", "blue"], [r"$\le 3$", "$> 3$"]])
    return [r.choice([rf"$x_{r.randint(1, 3)} \le {r.randint(-9, 99)}$", "weather", "age in years", "$x_2 < 0.75$"]),
            *[[a, some_tree(r, depth - 1)] for a in answers]]


def some_chain(r: random.Random, n: int, actions: int) -> list[Any]:
    out = []
    for _ in range(actions):
        rows = []
        for i in range(n):
            if i and r.random() < 0.12:
                rows.append([0] * n)
                continue
            row = [0] * n
            for j in r.sample(range(n), min(n, r.randint(1, 3 if actions == 1 else 2))):
                row[j] = r.randint(1, 6)  # type: ignore[call-overload]
            rows.append([fmpq(v, sum(row)) if r.random() < 0.3 else fmpq(round(100 * v / sum(row)), 100) for v in row])
        out.append(rows)
    return out


def random_options(kind: str, r: random.Random) -> dict[str, Any]:
    """Options as questions have them, some at the limits."""
    if kind == "scatter":
        n = r.randint(1, 14)
        span = r.choice([1, 5, 20, 400])
        points = [[number(r, -span, span), number(r, -span, span)] for _ in range(n)]
        if r.random() < 0.3:
            points = [[fmpq(r.randint(0, 3)), fmpq(r.randint(0, 3))] for _ in range(n)]
        out: dict[str, Any] = {"points": points}
        if r.random() < 0.6:
            out["classes"] = [r.choice(["+", "-"]) if span > 4 else r.choice([0, 1, 2]) for _ in range(n)]
        if r.random() < 0.4 and n <= 8 and len({tuple(p) for p in points}) == n:
            out["names"] = [str(i + 1) for i in range(n)]
        if r.random() < 0.5:
            out |= {"line": [number(r), number(r, -3, 3)], "residuals": r.random() < 0.5}
        if r.random() < 0.5:
            out |= {"boundary": [[number(r), number(r), number(r)]], "margins": r.random() < 0.5}
        return out | {"marked": r.sample(range(n), min(n, 2)), "equal": r.random() < 0.3,
                      "x_label": r.choice(["$x_1$", "speed in km/h", r"$\theta_0$"]), "y_label": r.choice(["$y$", "consumption"])}
    if kind in ("roc", "precision_recall"):
        points = rates_(r)
        out = {"points": points} if r.random() < 0.8 else {}
        if kind == "roc" and out and r.random() < 0.5:
            out["area"] = True
        elif out and len({tuple(p) for p in points}) == len(points):
            out["names"] = [f"$h_{{{i + 1}}}$" for i in range(len(points))]
        return out | ({"steps": [r.randint(1, 12), r.randint(1, 12)]} if r.random() < 0.5 else {})
    if kind == "neural_network":
        sizes = [r.randint(1, 4) for _ in range(r.randint(2, 4))]
        out = {"layers": [[f"${r.choice('abxyz')}_{{{k}{i}}}$" for i in range(n)] for k, n in enumerate(sizes)]}
        if r.random() < 0.9:
            out["weights"] = [[[number(r, -3, 3) for _ in range(a)] for _ in range(b)] for a, b in zip(sizes, sizes[1:])]
        if r.random() < 0.5:
            out["biases"] = [[number(r, -3, 3) for _ in range(n)] for n in sizes[1:]]
        if r.random() < 0.5:
            out |= {"values": [[number(r, -3, 3) for _ in range(n)] for n in sizes], "digits": r.randint(2, 4)}
        return out
    if kind == "convolution":
        n, f = r.randint(2, 8), r.randint(1, 3)
        pad, stride = r.randint(0, 2), r.randint(1, 2)
        f = min(f, n)
        m = (n + 2 * pad - f) // stride + 1

        def matrix(k: int) -> list[Any]:
            return [[number(r, -99, 99) for _ in range(k)] for _ in range(k)]

        return {"input": matrix(n), "kernel": matrix(f), "output": matrix(m), "pad": pad, "stride": stride,
                "at": [r.randrange(m), r.randrange(m)], "names": ["$I$", "$K$", r"$I \ast K$"]}
    if kind == "table":
        m, n = r.randint(1, 8), r.randint(1, 8)
        return {"values": [[number(r, -999, 999) if r.random() < 0.8 else r.choice(["", "hot", "mild"]) for _ in range(n)] for _ in range(m)],
                "rows": [r.choice(["is positive", "$s_1$", "a"]) for _ in range(m)],
                "columns": [r.choice(["called positive", "$V_2$", r"$\frac{1}{2}$"]) for _ in range(n)],
                "marked": [[r.randrange(m), r.randrange(n)] for _ in range(r.randint(0, 4))], "brackets": r.random() < 0.4}
    if kind == "state_graph":
        n, actions = r.randint(1, 5), r.randint(0, 2)
        if n > 3:
            actions = min(actions, 1)
        out = {"states": [r.choice([f"$s_{{{i + 1}}}$", f"${chr(65 + i)}$"]) for i in range(n)],
               "probabilities": some_chain(r, n, max(actions, 1)), "actions": [f"$a_{{{k + 1}}}$" for k in range(actions)]}
        if r.random() < 0.5 and actions < 2:
            out["rewards"] = [[r.choice([r.randint(-9, 20), ""]) for _ in range(max(actions, 1))] for _ in range(n)]
        if r.random() < 0.5:
            out["values"] = [number(r) for _ in range(n)]
        return out | {"row": n <= 3 and r.random() < 0.3}
    if kind == "grid_world":
        m, n = r.randint(1, 6), r.randint(1, 6)
        places = [[i, j] for i in range(m) for j in range(n)]
        return {"size": [m, n], "walls": r.sample(places, min(len(places), 2)) if r.random() < 0.5 else [],
                "cells": [[r.choice(["", "S", number(r, -9, 9), r.randint(-100, 100)]) for _ in range(n)] for _ in range(m)],
                "policy": [[r.choice(["", "up", "down", "left", "right"]) for _ in range(n)] for _ in range(m)] if r.random() < 0.6 else [],
                "terminal": r.sample(places, min(len(places), 2)), "coordinates": r.random() < 0.7}
    if kind == "decision_tree":
        return {"tree": some_tree(r, r.choice([1, 2, 2]))}
    if kind == "contour":
        a, d = fmpq(r.randint(1, 10)), fmpq(r.randint(1, 10))
        b = fmpq(r.randint(-9, 9), 10) * (1 if a * d > 1 else 0)
        x = [number(r, -5, 5), number(r, -5, 5)]
        m = [number(r, -2, 2), number(r, -2, 2)]
        path = [x]
        rate = fmpq(r.randint(5, 19), 10) / (a + d)
        for _ in range(r.randint(1, 4)):
            u, v = x[0] - m[0], x[1] - m[1]
            x = [x[0] - rate * (a * u + b * v), x[1] - rate * (b * u + d * v)]
            path.append(x)
        if path[0] == m:
            path[0] = [m[0] + 1, m[1]]
        steps = [math.dist([float(v) for v in p], [float(v) for v in q]) for p, q in zip(path, path[1:])]
        size = max([abs(float(p[k] - m[k])) for p in path for k in (0, 1)])
        names = [rf"$\theta_{{{i}}}$" for i in range(len(path))] if min(steps) > size / 12 else []
        return {"hessian": [[a, b], [b, d]], "minimum": m, "path": path, "names": names}
    if kind == "bar_chart":
        k, n = r.randint(1, 3), r.randint(1, 7)
        return {"labels": [r.choice(["A", "Mon", "$x_1$", "cold"]) for _ in range(n)],
                "values": [[number(r, r.choice([0, -20]), 20) for _ in range(n)] for _ in range(k)],
                "names": [f"group {i}" for i in range(k)], "numbers": k * n <= 8 and r.random() < 0.5, "y_label": r.choice(["", "count"])}
    if kind == "line_chart":
        k, n = r.randint(1, 4), r.randint(1, 10)
        return {"x": sorted({number(r) for _ in range(n)} | {fmpq(100)}), "series": [], "k": k}
    if kind == "number_line":
        n = r.randint(0, 12)
        points = [fmpq(r.randint(0, 100), 100) for _ in range(n)]
        out = {"points": points, "x_range": [0, 1], "x_label": r.choice(["$s$", "score $s$", ""])}
        if r.random() < 0.7:
            out["classes"] = [r.randint(0, 1) for _ in range(n)]
        if r.random() < 0.7:
            out["names"] = [str(i + 1) for i in range(n)]
        if r.random() < 0.6:
            out |= {"thresholds": [fmpq(r.randint(5, 95), 100) for _ in range(2)], "threshold_names": ["$h = 0.25$", "$h'$"]}
        return out | ({"intervals": [[fmpq(1, 5), fmpq(1, 2)]]} if r.random() < 0.3 else {})
    raise AssertionError(f"the kind {kind} has no random data here: write some")


def random_figure(kind: str, seed: int) -> str:
    r = random.Random(f"{kind} {seed}")
    options = random_options(kind, r)
    if kind == "line_chart":
        k = options.pop("k")
        options["series"] = [[number(r) for _ in options["x"]] for _ in range(k)]
        options["names"] = [r.choice(["training", "test", "$J$"]) + f" {i}" for i in range(k)]
    return figures.address(kind, {k: exact(v) for k, v in options.items() if v not in ([], (), "")})


def clean(kind: str, seeds: range) -> list[str]:
    bad = []
    for seed in seeds:
        try:
            bad += [f"{kind} {seed}: {f}" for f in faults(figures.drawn(random_figure(kind, seed)))]
        except FigureError as error:
            bad.append(f"{kind} {seed}: {error}")
    return bad


@pytest.mark.parametrize("kind", KINDS)
def test_labels_never_overlap_on_random_data(kind: str) -> None:
    assert clean(kind, range(10)) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_labels_never_overlap_on_much_random_data(kind: str) -> None:
    assert clean(kind, range(10, 210)) == []


WITH_FIGURES = [i for i, path in question_paths().items() if "\nfigures:" in path.read_text("utf-8")]


def clean_question(question_id: str, seeds: range) -> list[str]:
    bad = []
    for seed in seeds:
        for _, address in addresses(draw_variant(load(question_id), seed)):
            try:
                made = figures.drawn(address)
                bad += [f"seed {seed}: {f}" for f in faults(made)]
                if made.width > 150 or made.height > 100:
                    bad.append(f"seed {seed}: the figure is {made.width}×{made.height} mm")
            except FigureError as error:
                bad.append(f"seed {seed}: {error}")
    return bad


@pytest.mark.parametrize("question_id", WITH_FIGURES)
def test_figures_of_questions(question_id: str) -> None:
    assert clean_question(question_id, range(3)) == []


@pytest.mark.slow
@pytest.mark.parametrize("question_id", WITH_FIGURES)
def test_figures_of_questions_on_many_seeds(question_id: str, seeds: int) -> None:
    assert clean_question(question_id, range(seeds // 4)) == []  # the contracts look at more of them


def test_the_check_sees_what_overlaps() -> None:
    """Every rule of the check, broken on purpose; the canvas itself reports the same labels."""
    def finished(write: Any) -> tuple[Drawn, list[str]]:
        c = canvas.Canvas()
        c.rectangle(0, 0, 40, 30)
        write(c)
        return c.finish("Test", "A test."), c.missed

    made, missed = finished(lambda c: (c.write("one", 10, 10), c.write("two", 12, 10.5)))
    assert list(faults(made)) == ["the labels 'one' and 'two' overlap"] and missed == ["two"]
    made, missed = finished(lambda c: (c.line([(5, 5), (20, 12)]), c.write("$x_1$", 12.5, 8.5)))
    assert list(faults(made)) == ["a line runs through the label '$x_1$'"] and missed == ["$x_1$"]
    made, missed = finished(lambda c: (c.circle(20, 15, 5, owner=1), c.write("far too long for it", 20, 15, owner=1)))
    assert set(faults(made)) == {"a line runs through the label 'far too long for it'"} and missed == []  # the owner's own affair
    made, missed = finished(lambda c: (c.rectangle(2, 2, 20, 12, fill=0.1, width=None), c.write("dark", 12, 8)))
    assert list(faults(made)) == ["a line runs through the label 'dark'"]
    made, missed = finished(lambda c: (c.rectangle(2, 2, 20, 12, fill=0.85, width=None), c.write("grey", 12, 8)))
    assert list(faults(made)) == [] and missed == []
    made, _ = finished(lambda c: c.write("in", 20, 15))
    small = Drawn(made.title, made.alt, "en", 20, 15, (), made.words)
    assert list(faults(small)) == ["the label 'in' reaches out of the figure"]


def test_labels_give_way() -> None:
    """Eight labels at one point find eight places; a background line is left open under a label; an edge under its own."""
    c = canvas.Canvas()
    for i in range(8):
        c.label(f"label {i}", 0, 0)
    made = c.finish("Test", "A test.")
    assert list(faults(made)) == [] and c.missed == [] and len(made.words) == 8
    c = canvas.Canvas()
    c.back((0, 0), (40, 0))
    c.edge((0, 10), (40, 10), "on it")
    c.write("over it", 20, 0)
    made = c.finish("Test", "A test.")
    assert list(faults(made)) == [] and len(made.paths) == 4


@pytest.mark.parametrize("seed", range(5))
def test_obstacles_are_found_wherever_they_stand(seed: int) -> None:
    """Upright, level and slanting bars, points, thick ones and chains: those that are looked at are enough."""
    r = random.Random(seed)
    points = [(float(r.randint(0, 60)), float(r.randint(0, 40))) for _ in range(60)]
    bars: list[Any] = []
    for (x, y), (u, v) in zip(points, points[1:]):
        bars.append((*r.choice([(x, y, u, v), (x, y, x, v), (x, y, u, y), (x, y, x, y)]), r.choice([0.3, 0.41, 0.9, 1.39, 1.4, 4.5]), r.choice([None, "a", "b"])))
    chains = [(points[i:i + 9], 0.4, r.choice([None, "a"])) for i in (0, 20, 40)]
    found = Obstacles(bars[::6], chains)
    plain = [*bars[::6], *[(*p, *q, radius, owner) for line, radius, owner in chains for p, q in zip(line, line[1:])]]
    hits = 0
    for _ in range(2000):
        x, y, owner = r.uniform(-3, 63), r.uniform(-3, 43), r.choice([None, "a", "b"])
        box = (x, y, x + r.uniform(0.1, 6), y + r.uniform(0.1, 3))
        wanted = any([(owner is None or of != owner) and segment_meets(a, b, c, d, box[0] - radius, box[1] - radius, box[2] + radius, box[3] + radius)
                      for a, b, c, d, radius, of in plain])
        hits += wanted
        assert found.hit(box, owner) == wanted, (box, owner)
    assert 200 < hits < 1800


def test_an_edge_is_open_where_its_label_stands() -> None:
    """Straight edges, those with an arrow, and curves: what is left ends just outside the label, on both sides."""
    for via, arrow in ((None, False), (None, True), (((0.0, 30.0), (60.0, 30.0)), False)):
        for bx, by in ((60.0, 0.0), (0.0, 60.0), (50.0, 20.0), (-40.0, 35.0)):
            c = canvas.Canvas()
            c.edge((0.0, 0.0), (bx, by), "$w = 1$", via=via, arrow=arrow)
            made = c.finish("Test", "A test.")
            assert list(faults(made)) == [] and c.missed == []
            left, bottom, right, top = set_text("$w = 1$").box
            x, y = made.words[0].x, made.words[0].y
            ends = [p.at[-2:] if n == 0 else p.at[:2] for n, p in enumerate([p for p in made.paths if p.fill is None])]
            assert len(ends) == 2
            for u, v in ends:
                out = max(x + left - u, u - x - right, y - top - v, v - y + bottom)  # how far from the box
                assert out == pytest.approx(0.75, abs=0.01)


def test_lengths_are_written_alike_whenever_they_come() -> None:
    r = random.Random(1)
    texts = display._Texts(display.mm)
    for x in [r.choice([r.uniform(-200, 200), r.randint(-99, 99) / 2, 0.0, -0.0, -0.004, 1e-9]) for _ in range(3 * display.KEPT)]:
        assert texts[x] == texts[x] == display.mm(x) and re.fullmatch(r"0|-?[0-9]+(\.[0-9]?[1-9])?", texts[x])
        assert abs(float(texts[x]) - x) <= 0.005001
    assert len(texts) <= display.KEPT


def test_a_figure_without_room_says_so() -> None:
    with pytest.raises(FigureError, match=r"the figure figure: there is no room for its labels another"):
        draw("convolution", input=[[1]], kernel=[[1]], names=["a long name" * 9, "another" * 9])


def test_a_figure_with_too_many_labels_says_so() -> None:
    with pytest.raises(FigureError, match="it has 81 labels beside points and lines; at most 80"):
        draw("scatter", points=[[i % 9, i // 9] for i in range(81)], names=[str(i) for i in range(81)])


# ---- the same everywhere -------------------------------------------------------------------------

@pytest.mark.slow
def test_the_same_bytes_in_another_process() -> None:
    code = ("from examwright.generator import figures\nfrom examwright.generator.figures import gallery\nimport hashlib\n"
            "for k in {order}(figures.kind_names()):\n f = figures.drawn(gallery.address(k))\n"
            " print(k, hashlib.sha256((f.svg() + f.operators(len)).encode()).hexdigest())")
    found = [sorted(subprocess.run([sys.executable, "-c", code.format(order=order)], env={**os.environ, "PYTHONHASHSEED": seed},
                                   capture_output=True, text=True, check=True).stdout.split("\n"))
             for order, seed in (("sorted", "1"), ("reversed", "99"))]
    assert found[0] == found[1] and len(found[0]) == len(KINDS) + 1


def test_a_figure_can_be_stored_and_sent() -> None:
    import pickle

    made = draw("scatter", points=[[1, 2], [3, 4]])
    assert pickle.loads(pickle.dumps(made)).svg() == made.svg() and hash(made) == hash(pickle.loads(pickle.dumps(made)))


@examples(100)
@given(st.recursive(st.one_of(st.integers(), st.fractions(), st.booleans(), st.text(max_size=20)), lambda x: st.lists(x, max_size=4), max_leaves=12))
def test_addresses_are_exact(value: Any) -> None:
    value = exact(value)
    text = figures.address("table", {"values": value})
    assert figures.IN_TEXT.fullmatch(f"![](figure:{text})")
    back = figures._exact(json.loads(__import__("base64").urlsafe_b64decode(text))[1]["values"])
    assert back == value and repr(back) == repr(value)


def test_irrational_values_keep_their_digits() -> None:
    assert "0.693" in figures.describe(figures.address("table", {"values": ((ln(fmpq(2)),),)}))
    with pytest.raises(FigureError, match="is no value that a figure can show"):
        figures.address("table", {"values": ((0.5,),)})


@pytest.mark.parametrize("text", ["", "x", "====", "W10=", "e30=", "WyJ0YWJsZSJd", "WyJ0YWJsZSIsIHt9XQ==", "bnVsbA==", "W1sxXSx7fV0=",
                                  "WyJ0YWJsZSIseyJ2YWx1ZXMiOjF9XQ==", "WyJ0YWJsZSIseyJ2YWx1ZXMiOltbIjEvMCJdXX1d", "A" * 70_000,
                                  "WyIuLi9vcyIse31d", "WyJ0YWJsZSIseyJ2YWx1ZXMiOltbMV1dLCJ4IjoxfV0="])
def test_hostile_addresses_are_refused(text: str) -> None:
    with pytest.raises(FigureError):
        figures.drawn(text)
    if figures.IN_TEXT.fullmatch(f"![](figure:{text})"):
        with pytest.raises((FigureError, PagesError)):
            render_paper(sheet(f"![](figure:{text})"))


@pytest.mark.parametrize("what", ["Matrix", "Rows", "Tensor", "Cells", "Points", "Places", "Blocks"])
def test_rows_without_entries(what: str) -> None:
    rows = ((),) if what not in ("Tensor", "Blocks") else (((),),)
    with pytest.raises(ValueError, match="has rows without entries|must be a list of pairs"):
        figures.options.READ[what](rows)


@examples(80)
@given(st.sampled_from(KINDS), st.data())
def test_strange_options_are_refused_by_name(kind: str, data: Any) -> None:
    """Any values for any options: drawn, or refused with a sentence that names an option or what is wrong."""
    value = st.recursive(st.one_of(st.integers(-9, 9), st.booleans(), st.sampled_from(["", "up", "$x$", "a"]), st.fractions(0, 1, max_denominator=9)),
                         lambda x: st.lists(x, max_size=3), max_leaves=9)
    names = data.draw(st.lists(st.sampled_from(sorted(figures.options_of(kind))), unique=True))
    try:
        made = draw(kind, **{n: data.draw(value) for n in names})
    except FigureError as error:
        assert len(str(error)) < 400 and "fmpq" not in str(error) and "\n" not in str(error)
    else:
        assert list(faults(made)) == []


# ---- what is said --------------------------------------------------------------------------------

@pytest.mark.parametrize("label, words_", [
    ("$s_1$", "s_1"), (r"$x_1 \le 3$", "x_1 ≤ 3"), (r"$\theta_0$", "theta_0"), (r"$\frac{1}{3}$", "1/3"), ("true class", "true class"), (r"$\hat y$", "y hat"),
    ("score $s$", "score s"), ("$-2$", "−2"), (r"$h' = 0.5$", "h' = 0.5"), (r"$x^2$", "x to the power 2"), (r"$\text{out}_o$", "out_o"),
])
def test_labels_are_said_in_words(label: str, words_: str) -> None:
    assert speech("en").label(label) == words_


def test_numbers_are_shown_as_short_as_they_are() -> None:
    assert [shown(fmpq(p, q)) for p, q in ((1, 2), (-3, 1), (1, 3), (12345, 10000), (2, 30000), (10**10, 3))] == [
        "0.5", "-3", "0.333", "1.2345", "0.0000667", "3330000000"]
    say = speech("en")
    assert shown(fmpq(1, 3), decimals=2) == "0.33" and shown(fmpq(2, 3), digits=4) == "0.6667" and shown("x") == "x"
    assert say.number(fmpq(-1, 2)) == "−0.5" and say.number("-") == "minus"
    assert say.sum((fmpq(-1), "x"), (fmpq(2), "y"), (fmpq(0), "")) == "−x + 2 y" and say.sum((fmpq(0), "x")) == "0"


@pytest.mark.parametrize("text", ["50% of {a} & #1_b^c~\\d", "x < y > z", "größer “é” – it’s", "costs \\$5", "a $x_1$ b", "$", "a|b", "0/1"])
def test_any_words_can_be_labels(text: str) -> None:
    letters = [m for m in set_text(text).formula.marks if isinstance(m, Glyph)]
    assert len(letters) >= len(re.sub(r"\s|\\(?=\$)|\$.*\$", "", text)) - 1, pieces_of(text)


def test_labels_that_cannot_be_drawn_are_named() -> None:
    for empty in ("", "$ {} $"):
        with pytest.raises(FigureError, match="is empty"):
            set_text(empty)
    with pytest.raises(FigureError, match="cannot draw"):
        set_text(r"$\xrightarrow{abcdefghijkl}$")


def test_every_language_has_every_phrase() -> None:
    """The same sentences in all languages, with the same places for values; and none that no kind says."""
    folder = Path(figures.__file__).parent
    said = {node.value for path in folder.rglob("*.py") if path.name != "phrases.py"
            for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert set(PHRASES) == set(WORDS) - {"en"}
    for table in PHRASES.values():
        assert set(table) == set(PHRASES["de"]) and set(table) <= said
        for english, phrase in table.items():
            assert sorted(re.findall(r"\{\w+\}", phrase)) == sorted(re.findall(r"\{\w+\}", english)), phrase


@pytest.mark.parametrize("language", sorted(PHRASES))
@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_described_in_every_language(kind: str, language: str) -> None:
    """All its numbers, in other words; and everything that the random figures have in them can be said."""
    english, other = [figures.describe(gallery.address(kind), x) for x in ("en", language)]
    assert sorted(re.findall(r"[0-9.]*[0-9]", english)) == sorted(re.findall(r"[0-9.]*[0-9]", other)) and english != other
    assert not re.search(r"[{}]", other) and figures.drawn(gallery.address(kind), language).language == language
    for seed in range(10):
        figures.describe(random_figure(kind, seed), language)


@pytest.mark.parametrize("language, said", [("en", "x sub 1"), ("de", "x Index 1"), ("fr", "x indice 1"), ("es", "x subíndice 1"), ("zh", "x 下标 1")])
def test_names_with_an_index_are_heard_as_in_formulas(language: str, said: str) -> None:
    address = gallery.address(next(k for k in KINDS if "tree" in k))
    assert "x_1" in figures.describe(address, language) and "_" not in (alt := figures.drawn(address, language).alt) and said in alt
    assert said == spoken.say("x_1", language)


@pytest.mark.parametrize("language, said", [("en", "I star K"), ("de", "I Stern K"), ("fr", "I étoile K"), ("es", "I asterisco K"), ("zh", "I 星 K")])
def test_the_sign_of_a_convolution_is_heard(language: str, said: str) -> None:
    """As a word of the language, as in formulas."""
    assert speech(language).label(r"$I \ast K$") == said
    assert said.split()[1] == spoken.say(r"\ast", language)


@pytest.mark.parametrize("language, words_", [("en", "yes no recall precision"), ("de", "ja nein Recall Präzision"), ("fr", "oui non rappel précision"),
                                              ("es", "sí no exhaustividad precisión"), ("zh", "是 否 召回率 精确率")])
def test_words_of_ours_are_drawn_in_the_language(language: str, words_: str) -> None:
    """In English where the fonts of a paper have no such characters; without such fonts, on a web page, the browser has them."""
    tree = figures.address("decision_tree", {"tree": ("x", "A", "B")})
    texts = [w.text for address in (tree, figures.address("precision_recall", {})) for w in figures.drawn(address, language).words]
    assert set(words_.split()) <= set(texts)
    if language == "zh":
        assert {"yes", "no"} <= {w.text for w in figures.drawn(tree, language, text_face(PLAIN, Look())).words}
    if CJK.is_file() and language == "zh":
        own = figures.drawn(tree, language, (*text_face(PLAIN, Look()), str(CJK)))
        assert {"是", "否"} <= {w.text for w in own.words} and list(faults(own)) == []
        assert (own.title, own.alt) == ("决策树", "决策树。根结点判断 x；是：A；否：B。")


# ---- in the fonts of the text ----------------------------------------------------------------------

FACES = [Look(), *([Look(dyslexic=True)] if Path(DYSLEXIC_FOLDERS[0]).is_dir() else [])]


@pytest.mark.parametrize("look", FACES, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_labels_in_the_fonts_of_the_text(kind: str, look: Look) -> None:
    """No label overlaps with their widths either; words and numbers are in the text font, only formulas are not."""
    face = text_face(PLAIN, look)
    for address in (gallery.address(kind), *[random_figure(kind, seed) for seed in range(6)]):
        made = figures.drawn(address, "de", face)
        assert list(faults(made)) == []
        for word in made.words:
            own = {m.name.startswith("T") and len(m.name.partition("-")[0]) == 9 for m in word.formula.marks if isinstance(m, Glyph)}
            if "$" not in word.text or re.fullmatch(r"\$[-+]?[0-9./]+\$", word.text):
                assert own == {True}, word.text


def test_words_in_a_face_are_as_wide_as_its_font_says() -> None:
    from fontTools.ttLib import TTFont

    face = text_face(PLAIN, Look())
    font = TTFont(face[0])
    wide = sum([font["hmtx"][font.getBestCmap()[ord(c)]][0] for c in "width 50"]) / font["head"].unitsPerEm
    made = set_text("width 50", face)
    assert made.width == pytest.approx(wide) and 0 < made.ink[0] < made.ink[2] < wide and made.ink[3] < 0.8
    with pytest.raises(FigureError, match="the fonts of the paper have no '漢'"):
        set_text("漢", face)


def test_a_figure_is_narrower_where_there_is_little_room() -> None:
    wide = figures.address("number_line", {"points": exact([0, 3, 10])})
    made, narrow = figures.drawn(wide), figures.drawn(wide, room=90)
    assert made.width > 110 and narrow.width <= 90 and list(faults(narrow)) == []
    assert {w.size for w in narrow.words} == {w.size for w in made.words} and narrow.alt == made.alt


# ---- in question files -----------------------------------------------------------------------------

PLOT = """\
figures:
  plot:
    kind: scatter
    points: [[a, b], [1, 1]]
    key: {line: "[total, -1]", names: [first, "{{ total }}"]}
text: |
  Let $a = {{ a }}$ and $b = {{ b }}$.

  {{ figure('plot') }}
parts:
  - name: total
    ask: What is $a + b$?
    answer: a + b
    type: integer
    points: 1
    solution: "See {{ figure('plot') }}"
  - name: area
    ask: Multiply your sum by $a$.
    answer: total*a
    type: integer
    points: 2
check: {total: a + b, area: (a + b)*a}
"""
HEAD = "title: A tiny question\ntopics: [testing]\nminutes: 2\ndraw:\n  a: {from: [2, 9]}\n  b: {from: [2, 9]}\n"


def question(text: str = PLOT) -> Any:
    return load_text(HEAD + text, Path("tiny.yaml"), "tests/tiny")


def test_students_see_the_options_and_the_key_adds_to_them() -> None:
    variant = draw_variant(question(), 1)
    (role, paper), = figures.IN_TEXT.findall(wording.question_text(variant))
    (filled_role, filled), = figures.IN_TEXT.findall(wording.part_solution(variant, variant.parts[0]))
    assert (role, filled_role) == ("blank", "figure")
    a, b = (int(variant.values[n].p) for n in "ab")
    assert f"({a}, {b}), (1, 1)" in figures.describe(paper) and "The line" not in figures.describe(paper)
    assert f"first at ({a}, {b}), {a + b} at (1, 1)" in figures.describe(filled) and f"The line y = −x + {a + b}." in figures.describe(filled)


def test_what_is_blank_stays_in_the_key_where_no_solution_shows_it() -> None:
    (role, _), = figures.IN_TEXT.findall(wording.question_text(draw_variant(question(), 1, parts=["area"])))
    assert role == "figure"


def test_show_tells_a_figure_in_brackets(tmp_path: Path) -> None:
    path = tmp_path / "plot.yaml"
    path.write_text(HEAD + PLOT, encoding="utf-8")
    result = CliRunner().invoke(main, ["show", str(path), "--set", "a=3", "--set", "b=4", "--solution"], catch_exceptions=False)
    assert "[Scatter plot. A plane with x to the right and y upwards. 2 points: (3, 4), (1, 1).]" in result.output
    assert "The line y = −x + 7.]" in result.output and "figure:" not in result.output
    told = json.loads(CliRunner().invoke(main, ["show", str(path), "--set", "a=3", "--set", "b=4", "--json"]).output)
    assert "(3, 4), (1, 1)" in told["text"] and "−x + 7" in told["solution"] and "figure:" not in json.dumps(told)


def test_values_that_only_a_figure_shows_are_computed() -> None:
    text = PLOT.replace("figures:", "let: {far: 3*a}\nfigures:").replace("[1, 1]]", "[1, far]]")
    variant = draw_variant(question(text), 2, parts=["area"])
    assert variant.values["far"] == 3 * variant.values["a"] and addresses(variant)


def test_a_figure_that_does_not_fit_its_values_names_itself() -> None:
    variant = draw_variant(question(PLOT.replace("points: [[a, b], [1, 1]]", "points: [[a, b], [1, 1]]\n    classes: [a]")), 1)
    with pytest.raises(wording.WordingError, match="tests/tiny, seed 1: the figure plot: classes has 1 entries, but points has 2"):
        wording.as_json(variant)
    variant = draw_variant(question(PLOT.replace("[[a, b], [1, 1]]", "[[a, b], [1, 1/(a - a)]]")), 1)
    with pytest.raises(wording.WordingError, match="tests/tiny, seed 1, text: points = .* has no value here"):
        wording.question_text(variant)


def test_figures_in_conditions_are_drawn_only_where_they_are_shown() -> None:
    text = PLOT.replace("{{ figure('plot') }}\nparts", "{% if a > 9 %}{{ figure('plot') }}{% endif %}\nparts")
    assert not figures.IN_TEXT.search(wording.question_text(draw_variant(question(text), 1)))


@pytest.mark.parametrize("options, words_", [
    ("kind: table\n    values: [[1, 'two', a]]", "1, two, 3"), ("kind: table\n    values: \"[[a, 'x']]\"", "3, x"),
    ("kind: decision_tree\n    tree: {test: '$x \\le {{ a }}$', then: A, else: {test: y, branches: {'1': B, '2': C}}}", "Root test x ≤ 3; yes: A; no: test y. Test y; 1: B; 2: C."),
    ("kind: decision_tree\n    tree: \"['x', ['low', 'A'], ['high', a]]\"", "Root test x; low: A; high: 3."),
    ("kind: number_line\n    points: [a, b]\n    names: range(2)", "0 at 3, 1 at 4"), ("kind: number_line\n    points: [a, b]\n    names: [4, '{{ b }}']", "4 at 3, 4 at 4"),
    ("kind: roc", "No curve is drawn."), ("kind: neural_network\n    layers: [[$x$], [$y$]]\n    weights: [[[a/2]]]", "1.5 from x"),
    ("kind: scatter\n    points: [[a, b]]\n    boundary: [1, -1, 0]", "x − y = 0"), ("kind: bar_chart\n    labels: [A]\n    values: [a]", "A 3."),
    ("kind: state_graph\n    states: [$x$]\n    probabilities: [[1]]", "From x: to x."),
    ("kind: neural_network\n    layers: [[$x$], [$y$]]\n    weights: [[['$w$']]]", "w from x"), ("kind: grid_world\n    size: [1, 2]\n    policy: [['left', '']]", "go left, empty"),
])
def test_ways_to_write_options(options: str, words_: str) -> None:
    text = f"figures:\n  plot:\n    {options}\n" + PLOT[PLOT.index("text:"):].replace("solution: \"See {{ figure('plot') }}\"", "solution: See.")
    variant = draw_variant(question(text), 1, {"a": fmpq(3), "b": fmpq(4)})
    assert words_ in figures.described(wording.question_text(variant))


# ---- on pages --------------------------------------------------------------------------------------

def test_a_paper_shows_the_figure_and_the_key_the_filled_one() -> None:
    variant = draw_variant(question(PLOT.replace("[[a, b], [1, 1]]", "[[a, b], [1, 1]]\n    x_label: blank")
                                    .replace("key: {", "key: {x_label: filled, ")), 1)
    ask, solution = wording.question_text(variant), wording.part_solution(variant, variant.parts[0])
    paper, key = words(render_paper(sheet(ask, solution=solution))), words(render_key(sheet(ask, solution=solution)))
    assert "blank" in paper and "filled" not in paper and "filled" in key and "blank" not in key


def test_numbers_of_a_figure_are_text_in_the_pdf() -> None:
    pdf = render_paper(sheet("![](figure:" + figures.address("table", {"values": exact([[1234, -56], ["word", fmpq(1, 3)]])}) + ")"))
    said_ = words(pdf)
    assert all([w in said_ for w in ("1234", "−56", "word", "0.333")])


def test_figures_beside_each_other_and_in_words() -> None:
    from examwright.generator.markup import Markup

    one = figures.address("roc", {})
    html = Markup(lambda f, d, whole: f"[{f.latex}]", show=lambda a, role: f"<{role}/>").block
    assert html(f"![](figure:{one}) ![](blank:{one})") == '<p class="figure"><figure/> <blank/></p>'
    assert html(f"See ![](figure:{one}) and $x$.") == '<p>See <figure/> and <span class="w">[x].</span></p>'
    assert Markup(lambda f, d, whole: "").block(f"![](figure:{one})").startswith("<p>[ROC axes. A unit square")
    for text in ("![](https://example.org/x.png)", "![](/etc/passwd)", "![](figure:../x)"):
        with pytest.raises(MarkupError, match="cannot load pictures"):
            render_paper(sheet(text))


def test_larger_type_enlarges_figures() -> None:
    def scales(look: Look) -> list[float]:
        view = replace(sheet(f"![](figure:{figures.address('roc', {})})"), look=look)
        pages = PdfReader(io.BytesIO(render_paper(view))).pages
        content = "".join([page.get_contents().get_data().decode("latin-1") for page in pages])
        return [float(m) for m in re.findall(r"q ([0-9.]+) 0 0 \1 [-0-9.]+ [-0-9.]+ cm 0 g 0 G", content)]

    small, large = scales(Look()), scales(Look(large=True))
    assert small and large and max(large) == pytest.approx(1.5 * max(small), rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_pdf_and_svg_give_the_same_picture(kind: str) -> None:
    """Pixel by pixel: the operators that pages use against the SVG, laid out by WeasyPrint (the reference way)."""
    pypdfium2 = pytest.importorskip("pypdfium2")
    import numpy as np

    text = sheet(f"![](figure:{gallery.address(kind)})")
    found = []
    for reference in (False, True):
        page = pypdfium2.PdfDocument(render_paper(text, reference=reference))[0].render(scale=3).to_numpy()[..., 0]
        page = 255 - page[700:2400, :1700]  # below the head of the page, beside the points
        rows = np.split(inked := np.flatnonzero((page > 130).any(axis=1)), np.flatnonzero(np.diff(inked) > 24) + 1)
        figure = max(rows[1:], key=len)  # higher than any line of text; the head of the page stands before it
        page = page[figure[0]:figure[-1] + 1]
        columns = np.flatnonzero((page > 50).any(axis=0))  # a thin minus sign between two pixels is grey
        found.append(page[:, columns[0]:columns[-1] + 1])
    height, width = (min(n) for n in zip(*(f.shape for f in found)))
    assert all([f.shape[0] - height < 4 and f.shape[1] - width < 4 for f in found]) and height > 100 and width > 200
    a, b = (f[:height, :width] for f in found)

    def thick(x: Any) -> Any:
        return np.logical_or.reduce([np.roll(x > 8, (i, j), (0, 1)) for i in range(-3, 4) for j in range(-3, 4)])

    for x, y in ((a, b), (b, a)):
        assert ((x > 130) & ~thick(y)).sum() < 0.002 * (x > 130).sum()  # what is dark in one is there in the other


def test_a_paper_describes_and_draws_figures_in_its_language() -> None:
    view = replace(sheet(f"![](figure:{figures.address('decision_tree', {'tree': ('x', 'A', 'B')})})"), language="de")
    pdf = render_paper(view)
    reader = PdfReader(io.BytesIO(pdf))
    assert "Entscheidungsbaum. Test an der Wurzel x; ja: A; nein: B." in _alts(reader)
    assert {"ja", "nein"} <= set(words(pdf).split()) and "yes" not in words(pdf)
    assert reader.trailer["/Root"]["/Lang"] == "de"
    tagged = [o for o in map(reader.get_object, range(1, reader.trailer["/Size"])) if isinstance(o, dict) and o.get("/S") == "/Figure"]
    assert tagged and not any(["/Lang" in o for o in tagged])  # that of the document


def test_alternative_text_reaches_the_page() -> None:
    address = figures.address("table", {"values": exact([[1, "<b>&"]])})
    reader = PdfReader(io.BytesIO(render_paper(sheet(f"![](figure:{address})"))))
    assert "Table. 1 row, 2 columns. Row 1: 1, <b>&." in _alts(reader)


def _alts(reader: Any) -> list[str]:
    """Every alternative text of the file's structure."""
    found, todo = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        node = todo.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                todo.append(node["/K"])
    return found
