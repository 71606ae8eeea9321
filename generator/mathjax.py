"""MathJax in QuickJS: LaTeX to SVG, and to the marks that PDF pages draw.

`set_whole` asks for one formula as it is and takes some 4 ms; `mathset` asks it as seldom as it can. What comes out depends on the formula alone,
never on what was typeset before.
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from xml.etree import ElementTree

from examwright.generator.errors import ExamwrightError
from examwright.generator.wide import SIGN

MAX_LENGTH = 10_000
SECONDS = 5  # for one formula


class MathError(ExamwrightError):
    """A formula that cannot be printed."""


class Glyph(NamedTuple):
    """One outline, drawn at a place: the matrix (a b c d e f) is in thousandths of an em, y upwards."""

    name: str
    matrix: tuple[float, float, float, float, float, float]
    color: str | None = None


class Rule(NamedTuple):
    """Path operators that belong to this one formula: fraction bars, lines, frames, with their matrix."""

    operators: str
    matrix: tuple[float, float, float, float, float, float]
    color: str | None = None


Marks = tuple[Glyph | Rule, ...]


# ---- asking MathJax ---------------------------------------------------------------------------------

# these would change, or depend on, other formulas; pages are set in any order
_STATEFUL = re.compile(
    r"\\(def|gdef|edef|xdef|let|newcommand|renewcommand|providecommand|newenvironment|renewenvironment|"
    r"DeclareMathOperator|DeclarePairedDelimiter\w*|newtagform|renewtagform|usetagform|label|ref|eqref|tag|notag|"
    r"require|begingroup|endgroup|href|url|toggle|mathtip|texttip|cssId|class|style|data|mathtoolsset|newcolumntype|"
    r"definecolor|includegraphics|mmlToken|setOptions)\*?(?![A-Za-z])")

_LOCK = threading.RLock()


# MathJax keeps its internal tree to itself; this hands it out: [kind, attributes, children], texts as strings
_TREE = """globalThis.tree=function(latex,display){const walk=n=>n.kind==="text"?n.getText():[n.kind,
n.attributes?n.attributes.getAllAttributes():{},(n.childNodes||[]).filter(c=>c).map(walk)];
return JSON.stringify(walk(%s.convert(latex,{display:display,containerWidth:1e7,end:100})))};"""


@lru_cache(maxsize=1)
def _context() -> Any:
    from quickjax import MathJaxRenderer  # pinned in pyproject.toml: young, and known to nothing but this module

    class Bundle:
        """The bundle with our function in it."""

        @staticmethod
        def read_text(encoding: str) -> str:
            text = str(MathJaxRenderer._JS_BUNDLE.read_text(encoding=encoding))
            place = re.search(r"globalThis\.render=function\(\w+\)\{try\{let \w+=(\w+)\.convert\(", text)
            assert place, "another quickjax than the pinned one"
            return text[:place.start()] + _TREE % place.group(1) + text[place.start():]

    class Renderer(MathJaxRenderer):  # type: ignore[misc]
        _JS_BUNDLE = Bundle

        def tree(self, latex: str, display: bool) -> str:
            return str(self._ctx.eval(f"globalThis.tree({json.dumps(latex)},{json.dumps(display)})"))

    return Renderer()


def _shown(latex: str) -> str:
    text = " ".join(latex.split())
    return "$" + (text if len(text) <= 160 else text[:157] + "…") + "$"


def _mathjax(latex: str, display: bool, tree: bool = False) -> str:
    """MathJax's SVG of a formula, or its internal tree as JSON. Raises MathError."""
    if len(latex) > MAX_LENGTH:
        raise MathError(f"{_shown(latex)}: a formula may have {MAX_LENGTH} characters, this one has {len(latex)}")
    if not latex.strip():
        raise MathError("there is an empty formula: $$")
    found = _STATEFUL.search(latex)
    if found:
        raise MathError(f"{_shown(latex)}: {found.group().rstrip('*')} is not allowed in a formula")
    try:
        with _LOCK:
            renderer = _context()
            renderer._ctx.set_time_limit(SECONDS)
            return str(renderer.tree(latex, display) if tree else renderer.render(latex, display=display))
    except Exception as error:
        _context.cache_clear()  # whatever state it is in now
        reason = str(error).rsplit("MathJax render error: ", 1)[-1].split("\n")[0]
        if "interrupted" in reason:
            reason = f"it takes longer than {SECONDS} seconds"
        elif "memory" in reason or "stack" in reason:
            reason = "it is too large or nested too deeply"
        raise MathError(f"{_shown(latex)}: {reason}") from None


def math_tree(latex: str, display: bool = False) -> list[Any]:
    """The formula as MathJax understands it: nested [kind, attributes, children], where kinds are MathML's elements and
    MathJax's own (TeXAtom, inferredMrow); texts are strings. Raises MathError."""
    tree: list[Any] = json.loads(_mathjax(latex, display, tree=True))

    def check(node: Any) -> None:
        if isinstance(node, str):
            return
        kind, attributes, children = node
        if kind == "merror":
            raise MathError(f"{_shown(latex)}: {attributes.get('data-mjx-error') or 'it cannot be read'}")
        if kind == "mtext" and attributes.get("mathcolor") == "red" and re.fullmatch(r"\\([A-Za-z]+|.)", attributes.get("data-latex", "")):
            raise MathError(f"{_shown(latex)}: there is no command {attributes['data-latex']}")
        for child in children:
            check(child)

    check(tree)
    return tree


_XLINK = "{http://www.w3.org/1999/xlink}href"


def _xml(text: str) -> str:
    """MathJax's SVG as XML: it leaves & and < in its error attributes as they are."""
    text = re.sub(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)", "&amp;", text)
    return re.sub(r'="[^"]*"', lambda m: m.group().replace("<", "&lt;"), text)


def _tree(latex: str, display: bool) -> ElementTree.Element:
    """MathJax's SVG, parsed and found free of errors."""
    try:
        tree = ElementTree.fromstring(_xml(_mathjax(latex, display)).replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    except ElementTree.ParseError:  # control characters
        raise MathError(f"{_shown(latex)}: there are characters in it that no font has") from None
    for node in tree.iter():
        kind = node.get("data-mml-node")
        if kind == "merror" or node.get("data-mjx-error"):
            title = node.find("title")
            said = node.get("data-mjx-error") or (title.text if title is not None else None) or "it cannot be read"
            raise MathError(f"{_shown(latex)}: {said}")
        if kind == "mtext" and node.get("fill") == "red" and re.fullmatch(
                r"\\([A-Za-z]+|.)", node.get("data-latex", "")):
            raise MathError(f"{_shown(latex)}: there is no command {node.get('data-latex')}")
        if node.tag == "text" and (word := SIGN.sub("", "".join(node.itertext()))):
            raise MathError(f"{_shown(latex)}: the math font has no character {word!r}")
    return tree


# ---- SVG to marks ----------------------------------------------------------------------------

_Matrix = tuple[float, float, float, float, float, float]
_UNIT: _Matrix = (1, 0, 0, 1, 0, 0)


def _times(m: _Matrix, n: _Matrix) -> _Matrix:
    """First n, then m."""
    a, b, c, d, e, f = m
    g, h, i, j, k, o = n
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * o + e, b * k + d * o + f)


_TRANSFORM = re.compile(r"(translate|scale|matrix|rotate)\(([^)]*)\)")


def _transform(text: str | None) -> _Matrix:
    m = _UNIT
    for name, inner in _TRANSFORM.findall(text or ""):
        v = [float(x) for x in re.split(r"[\s,]+", inner.strip())]
        if name == "translate":
            n: _Matrix = (1, 0, 0, 1, v[0], v[1] if v[1:] else 0)
        elif name == "scale":
            n = (v[0], 0, 0, v[1] if v[1:] else v[0], 0, 0)
        elif name == "rotate":
            c, s = math.cos(math.radians(v[0])), math.sin(math.radians(v[0]))
            n = (c, s, -s, c, 0, 0)
            if v[1:]:
                n = _times(_times((1, 0, 0, 1, v[1], v[2]), n), (1, 0, 0, 1, -v[1], -v[2]))
        else:
            n = (v[0], v[1], v[2], v[3], v[4], v[5])
        m = _times(m, n)
    return m


_TOKEN = re.compile(r"([A-Za-z])|(-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")


def number(x: float) -> str:
    """A number as PDF wants it, with at most 3 decimals (the unit is a thousandth of an em)."""
    text = f"{x:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def path_operators(d: str) -> str:
    """An SVG path as PDF path operators, without the painting. Raises ValueError."""
    out: list[str] = []
    x = y = sx = sy = px = py = 0.0
    command, last = "", ""
    tokens = _TOKEN.findall(d)
    at = 0

    def take(n: int) -> list[float]:
        nonlocal at
        values = [float(t[1]) for t in tokens[at:at + n]]
        at += n
        return values

    while at < len(tokens):
        if tokens[at][0]:
            command = tokens[at][0]
            at += 1
        elif command in "Zz":
            raise ValueError(d)
        c = command.upper()
        ox, oy = (x, y) if command.islower() else (0.0, 0.0)
        if c == "Z":
            out.append("h")
            x, y = sx, sy
        elif c == "M":
            x, y = take(2)
            x, y = x + ox, y + oy
            sx, sy = x, y
            out.append(f"{number(x)} {number(y)} m")
            command = "l" if command == "m" else "L"
        elif c in "LHV":
            v = take(2 if c == "L" else 1)
            x, y = (v[0] + ox, v[1] + oy) if c == "L" else (v[0] + ox, y) if c == "H" else (x, v[0] + oy)
            out.append(f"{number(x)} {number(y)} l")
        elif c in "CSQT":
            v = take({"C": 6, "S": 4, "Q": 4, "T": 2}[c])
            points = [(v[i] + ox, v[i + 1] + oy) for i in range(0, len(v), 2)]
            if c in "ST":
                smooth = last in ("CS" if c == "S" else "QT")
                points.insert(0, (2 * x - px, 2 * y - py) if smooth else (x, y))
            px, py = points[-2]
            if c in "QT":
                qx, qy = points[0]
                ex, ey = points[1]
                points = [(x + 2 * (qx - x) / 3, y + 2 * (qy - y) / 3), (ex + 2 * (qx - ex) / 3, ey + 2 * (qy - ey) / 3),
                          (ex, ey)]
            x, y = points[-1]
            out.append(" ".join([f"{number(a)} {number(b)}" for a, b in points]) + " c")
        else:
            raise ValueError(d)
        last = c
    return " ".join(out)


outlines: dict[str, str] = {}


def outline(name: str) -> str:
    """The path operators of a glyph that some formula has used."""
    return outlines[name]


SIGNS = "W-"  # begins the names of signs in a formula that the text's fonts have to draw
_SIGN = "60 -70 m 940 -70 l 940 820 l 60 820 l h"  # as large as they are


def add_outline(name: str, operators: str) -> None:
    """Make the glyph of another font known, so that it can be drawn as those of formulas are."""
    outlines[name] = operators


def _ellipse(cx: float, cy: float, rx: float, ry: float) -> str:
    k = 0.5522847498
    p = [(rx, 0), (rx, k * ry), (k * rx, ry), (0, ry), (-k * rx, ry), (-rx, k * ry), (-rx, 0), (-rx, -k * ry),
         (-k * rx, -ry), (0, -ry), (k * rx, -ry), (rx, -k * ry), (rx, 0)]
    q = [f"{number(cx + a)} {number(cy + b)}" for a, b in p]
    return f"{q[0]} m " + " ".join([f"{q[i]} {q[i + 1]} {q[i + 2]} c" for i in (1, 4, 7, 10)])


def _color(text: str | None, inherited: str | None) -> str | None:
    """A colour as three numbers for PDF's rg; None is the colour of the text."""
    if text is None or text in ("inherit", "none"):
        return inherited
    if text == "currentColor":
        return None
    from tinycss2.color3 import parse_color

    color = parse_color(text)
    if color is None or not hasattr(color, "red"):
        raise MathError(f"{text!r} is not a colour")
    return " ".join([number(v) for v in (color.red, color.green, color.blue)])


def _marks(node: ElementTree.Element, m: _Matrix, color: str | None) -> Iterator[tuple[Glyph | Rule, str]]:
    """The marks below a node, each with the character it shows ("" if none)."""
    tag = node.tag
    if tag in ("defs", "title", "desc"):
        return
    m = _times(m, _transform(node.get("transform")))
    fill, stroke = node.get("fill"), node.get("stroke")
    color = _color(fill if fill != "none" else stroke, color)
    if tag in ("g", "a"):
        for child in node:
            yield from _marks(child, m, color)
        return
    if tag == "svg":  # a stretched piece: its own window, on which it is clipped
        x, y, w, h = [float(node.get(k, "0")) for k in ("x", "y", "width", "height")]
        bx, by, bw, bh = [float(v) for v in (node.get("viewBox") or f"0 0 {w} {h}").split()]
        window = _times(m, (w / bw, 0, 0, h / bh, x - bx * w / bw, y - by * h / bh))
        yield Rule(f"q {number(bx)} {number(by)} {number(bw)} {number(bh)} re W n", window, color), ""
        for child in node:
            yield from _marks(child, window, color)
        yield Rule("Q", window, color), ""
        return
    if tag == "text":  # signs that are an em wide (`figures.face` has them); MathJax takes them for lower, so they would come too near to a fraction bar above
        for n, c in enumerate("".join(node.itertext())):
            name = f"{SIGNS}{ord(c):X}"
            add_outline(name, _SIGN)
            yield Glyph(name, _times(m, (0.96, 0, 0, -0.96, 1000 * n + 20, 0)), color), c
        return
    if tag == "use":
        name = node.get(_XLINK, "").rsplit("-MM-", 1)[-1]
        yield Glyph(name, m, color), chr(int(node.get("data-c", "0"), 16))
        return

    def get(key: str) -> float:
        return float(re.sub(r"[a-z]+$", "", node.get(key, "0")))

    if tag == "rect":
        path = f"{number(get('x'))} {number(get('y'))} {number(get('width'))} {number(get('height'))} re"
    elif tag == "line":
        path = f"{number(get('x1'))} {number(get('y1'))} m {number(get('x2'))} {number(get('y2'))} l"
    elif tag == "path":
        path = path_operators(node.get("d", ""))
    elif tag in ("ellipse", "circle"):
        path = _ellipse(get("cx"), get("cy"), get("rx") or get("r"), get("ry") or get("r"))
    else:
        raise MathError(f"it needs <{tag}>, which cannot be printed")
    thick = get("stroke-width") or (get("data-line-width") if node.get("data-line-width") else 0)
    style = node.get("style", "") + " " + node.get("class", "")
    found = re.search(r"stroke-width:\s*([\d.]+)", style)
    thick = float(found.group(1)) if found else thick
    if tag == "line" or fill == "none":
        thick = thick or 60
        dash = node.get("stroke-dasharray") or ""
        found = re.search(r"stroke-dasharray:\s*([\d., ]+)", style)
        dash = found.group(1) if found else dash
        if "mjx-dashed" in style:
            dash = "140"
        elif "mjx-dotted" in style:
            dash = "0 140"
        dashes = " ".join([number(float(v)) for v in re.split(r"[\s,]+", dash.strip())]) if dash.strip() else ""
        cap = " 1 J" if "mjx-dotted" in style else ""
        yield Rule(f"{number(thick)} w{cap}{f' [{dashes}] 0 d' if dashes else ''} {path} S", m, color), ""
    else:
        yield Rule(f"{path} f", m, color), ""


@dataclass(frozen=True)
class Whole:
    """What MathJax made of one formula: its box in em, its marks, the characters they show."""

    width: float
    height: float
    depth: float
    marks: tuple[Glyph | Rule, ...]
    characters: str  # one for each mark, \0 where there is none


def set_whole(latex: str, display: bool) -> Whole:
    """A formula as MathJax sets it. Raises MathError."""
    tree = _tree(latex, display)
    for path in tree.iter("path"):
        name = path.get("id")
        if name and (name := name.rsplit("-MM-", 1)[-1]) not in outlines:
            outlines[name] = path_operators(path.get("d", ""))
    try:
        x, y, w, h = [float(v) for v in tree.get("viewBox", "").split()]
        found = [pair for child in tree for pair in _marks(child, (1, 0, 0, -1, -x, 0), None)]
    except MathError as error:
        raise MathError(f"{_shown(latex)}: {error}") from None
    except ValueError:
        hint = r". A \\ stands between \begin{aligned} and \end{aligned}" if "\\\\" in latex else ""
        raise MathError(f"{_shown(latex)}: it has no box of its own{hint}") from None
    # the SVG's y points down, ours up: the outer flip of _marks undoes MathJax's own
    marks = [Glyph(k.name, _flip(k.matrix), k.color) if isinstance(k, Glyph)
             else Rule(k.operators, _flip(k.matrix), k.color) for k, _ in found]
    return Whole(w / 1000, -y / 1000, (y + h) / 1000, tuple(marks), "".join([c or "\0" for _, c in found]))


def _flip(m: _Matrix) -> _Matrix:
    a, b, c, d, e, f = m
    return (round(a, 5) + 0.0, round(b, 5) + 0.0, round(c, 5) + 0.0, round(d, 5) + 0.0, round(e, 3) + 0.0, round(f, 3) + 0.0)


def svg(latex: str, display: bool = False) -> str:
    """The formula as a self-contained SVG image. Raises MathError."""
    _tree(latex, display)
    return _mathjax(latex, display)

