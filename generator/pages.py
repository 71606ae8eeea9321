"""Exam papers and keys as PDF pages.

`render_paper` and `render_key` make the pages of one student; `merge` puts many into one file for the printer. A
view holds texts only (Markdown with LaTeX math, values already filled in); the same view gives the same bytes.

The layout is WeasyPrint's, the page is `templates/pages/`. What makes it fast: formulas come from
`generator.mathset` as drawing operators, not as pictures that are read and drawn again at every use; fonts and style
sheets are read once; the page's XHTML is parsed as XML. `reference=True` is the plain way, for comparison.
"""

from __future__ import annotations

import base64
import gc
import io
import math
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from examwright.generator import figures
from examwright.generator.errors import ExamwrightError
from examwright.generator.figures.display import EM, Drawn
from examwright.generator.markup import Markup, pieces
from examwright.generator.mathfont import NAME, MathFont
from examwright.generator.mathset import Formula, Glyph, number, outline, svg, typeset

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "pages"


class PagesError(ExamwrightError):
    """Pages that cannot be made."""


# ---- what is printed -------------------------------------------------------------------------

@dataclass(frozen=True)
class PartView:
    """One part of a question. `space` is what its kind's `space()` gives; `mistakes` are (LaTeX, points, text)."""

    label: str
    ask: str
    points: str
    asked: str = ""
    space: dict[str, Any] = field(default_factory=dict)
    key_latex: str = ""
    key_plain: str = ""
    accepted: str = ""
    mistakes: tuple[tuple[str, str, str], ...] = ()
    solution: str = ""
    working: bool = True


@dataclass(frozen=True)
class ItemView:
    """One question."""

    number: str
    title: str
    text: str
    points: str
    minutes: str = ""
    parts: tuple[PartView, ...] = ()
    solution: str = ""


@dataclass(frozen=True)
class SectionView:
    """Some questions under a heading."""

    title: str
    instructions: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class PaperView:
    """One student's paper. `digits` says how many digits to carry; `code` stands on every page."""

    title: str
    course: str
    date: str
    minutes: str
    points: str
    rules: tuple[str, ...]
    digits: str
    student: str
    name: str
    code: str
    sections: tuple[SectionView, ...]
    language: str = "en"
    page_size: str = "A4"


_WORDS = {
    "en": {"page": "Page", "of": "of", "name": "Name", "id": "Student number", "question": "Question", "points": "Points",
           "score": "Score", "answer": "Answer", "key": "Key", "accepted": "accepted:", "p": "p.", "sum": "Sum",
           "minutes": "{} minutes", "one": "1 point", "many": "{} points"},
    "de": {"page": "Seite", "of": "von", "name": "Name", "id": "Matrikelnummer", "question": "Aufgabe",
           "points": "Punkte", "score": "erreicht", "answer": "Antwort", "key": "Lösung", "accepted": "angenommen:",
           "p": "P.", "sum": "Summe", "minutes": "{} Minuten", "one": "1 Punkt", "many": "{} Punkte"},
}
_SIZES = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
_LEFT, _RIGHT = 20, 28  # mm; the right margin has the points
_FONTS = (("Examwright", "normal", "normal", "cmunrm.ttf"), ("Examwright", "italic", "normal", "cmunti.ttf"),
          ("Examwright", "normal", "bold", "cmunbx.ttf"), ("Examwright", "italic", "bold", "cmunbi.ttf"),
          ("Examwright Mono", "normal", "normal", "cmuntt.ttf"))


# ---- WeasyPrint ------------------------------------------------------------------------------

@lru_cache(maxsize=1)
def _weasyprint() -> Any:
    install = ("Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. macOS: brew install pango "
               "harfbuzz.")
    try:
        import weasyprint
        from weasyprint.text.ffi import harfbuzz_subset
    except OSError as error:
        raise PagesError(f"WeasyPrint cannot load a system library ({str(error).splitlines()[0]}). {install}") from None
    if harfbuzz_subset is None:  # its substitute stamps each font with the time of day: never the same bytes twice
        raise PagesError(f"WeasyPrint cannot load the system library harfbuzz-subset. {install}")
    return weasyprint


@lru_cache(maxsize=1)
def _classes() -> Any:
    """The subclasses of WeasyPrint's classes that we need; made late, as the import takes half a second."""
    import cssselect2
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Refused(FatalURLFetchingError):
        pass

    class DataOnly(URLFetcher):  # type: ignore[misc]
        """Nothing but data: addresses; anything else stops the page."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.lower().startswith("data:"):
                raise Refused(f"a page wants to load {url[:200]!r}; pages load no files and nothing from the network")
            return super().fetch(url, headers)

    class Own(URLFetcher):  # type: ignore[misc]
        """For our own style sheet: fonts by their place in a list."""

        def __init__(self, files: Sequence[Path]) -> None:
            super().__init__(allowed_protocols=("font",))
            self.files = files

        def fetch(self, url: str, headers: Any = None) -> Any:
            return URLFetcherResponse(url, self.files[int(url.removeprefix("font:"))].read_bytes())

    class Page(_weasyprint().HTML):  # type: ignore[misc,name-defined]
        """A document from an XML tree, with our own base style sheet."""

        def __init__(self, root: ElementTree.Element, base: Any) -> None:
            self.base_url = None
            self.url_fetcher = DataOnly()
            self.media_type = "print"
            self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element
            self._base = base

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [self._base]

    return Refused, DataOnly, Own, Page


@dataclass(frozen=True)
class _Press:
    """What all papers of a page size and language share."""

    fonts: Any
    base: Any
    sheet: Any
    families: frozenset[str]


def _font_files() -> list[tuple[str, str, str, Path]]:
    files = [(family, style, weight, FOLDER / "fonts" / name) for family, style, weight, name in _FONTS]
    for *_, path in files:
        if not path.is_file():
            raise PagesError(f"the font {path.name} is missing: it belongs in {path.parent}")
    folder = os.environ.get("EXAMWRIGHT_FONTS")
    if folder:
        more = sorted([p for p in Path(folder).glob("*") if p.suffix.lower() in (".ttf", ".otf")])
        if not more:
            raise PagesError(f"EXAMWRIGHT_FONTS is {folder!r}, where there is no .ttf or .otf file")
        files += [(f"Examwright Extra {n}", "normal", "normal", path) for n, path in enumerate(more)]
    return files


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    """The characters of the upright text font and of the fonts that the user added."""
    from fontTools.ttLib import TTFont

    covered: set[int] = set()
    for family, style, weight, path in _font_files():
        if style == weight == "normal" and "Mono" not in family:
            with TTFont(path, lazy=True) as font:
                covered |= set(font.getBestCmap())
    return frozenset(covered)


def printable(text: str) -> bool:
    """Do our fonts have every character of the text?"""
    return all([ord(c) in _covered() for c in text])


@lru_cache(maxsize=8)
def _press(size: str, language: str) -> _Press:
    weasyprint = _weasyprint()
    _, _, own, _ = _classes()
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    files = _font_files()
    faces = "".join([f"@font-face{{font-family:'{family}';font-style:{style};font-weight:{weight};src:url(font:{n})}}"
                     for n, (family, style, weight, _) in enumerate(files)])
    fetcher = own([path for *_, path in files])
    extra = "".join([f", {family}" for family, *_ in files if "Extra" in family])
    css = faces + _templates().get_template("paper.css.j2").render(
        size=size, width=round(_SIZES[size][0] - _LEFT - _RIGHT, 1), left=_LEFT, right=_RIGHT, extra=extra,
        words=_WORDS[language])
    base = (FOLDER / "base.css").read_text("utf-8")
    return _Press(fonts, weasyprint.CSS(string=base, url_fetcher=fetcher, font_config=fonts),
                  weasyprint.CSS(string=css, url_fetcher=fetcher, font_config=fonts),
                  frozenset([family for family, *_ in files] + ["CMU Serif", "CMU Typewriter Text"]))


@lru_cache(maxsize=1)
def _templates() -> Any:
    import jinja2

    return jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, undefined=jinja2.StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)


# ---- pictures that are drawn, not loaded -----------------------------------------------------

@lru_cache(maxsize=4096)
def _operators(formula: Formula) -> list[tuple[str, str]]:
    """What draws a formula (in thousandths of an em): (operators, "") or (matrix, glyph)."""
    out: list[tuple[str, str]] = []
    color: str | None = None
    for mark in formula.marks:
        a, b, c, d, e, f = mark.matrix
        place = f"{number5(a)} {number5(b)} {number5(c)} {number5(d)} {number(e)} {number(f)}"
        if isinstance(mark, Glyph):
            if outline(mark.name):
                if mark.color != color and mark.color:
                    out.append((f"{mark.color} rg {mark.color} RG", ""))
                elif mark.color != color:
                    out.append(("", "color"))
                color = mark.color
                out.append((place, mark.name))
        elif mark.operators == "Q":
            out.append(("Q", ""))
        elif mark.operators.startswith("q "):  # what follows has its own whole matrix
            out.append((f"q {place} cm {mark.operators[2:]} {_inverse(mark.matrix)}", ""))
        else:
            paint = f"{mark.color} rg {mark.color} RG " if mark.color else ""
            out.append((f"q {paint}{place} cm {mark.operators} Q", ""))
    return out


def number5(x: float) -> str:
    """A number of a matrix, with at most 5 decimals."""
    return f"{x:.5f}".rstrip("0").rstrip(".") or "0"


def _inverse(m: tuple[float, ...]) -> str:
    a, b, c, d, e, f = m
    det = a * d - b * c
    v = (d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det)
    return " ".join([f"{x:.9f}".rstrip("0").rstrip(".") for x in v]) + " cm"


class _FormulaImage:
    """A formula where WeasyPrint expects a picture."""

    def __init__(self, formula: Formula, font: MathFont):
        self.formula, self.font = formula, font
        self.width = formula.width
        self.height, self.depth = formula.height, depth_class(formula) / 100

    def get_intrinsic_size(self, resolution: Any, font_size: float) -> tuple[float, float, float]:
        height = self.height + self.depth
        return self.width * font_size, height * font_size, self.width / height if height else 1

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        if not self.formula.marks or not width or not height:
            return
        color = style["color"]
        stream.set_color(color)
        stream.set_color(color, stroke=True)
        scale = width / self.width / 1000
        stream.transform(scale, 0, 0, -scale, 0, scale * 1000 * self.height)
        own = " ".join([number(v) for v in color.to("srgb").coordinates])
        out: list[str] = []
        writing = False
        for text, name in _operators(self.formula):
            if name and name != "color":
                if not writing:
                    out.append(f"BT /{NAME} 1000 Tf")
                    writing = True
                out.append(f"{text} Tm <{self.font.code(name):04x}> Tj")
                continue
            if writing:
                out.append("ET")
                writing = False
            out.append(text if name != "color" else f"{own} rg {own} RG")
        if writing:
            out.append("ET")
        stream.stream.append("\n".join(out).encode())


def depth_class(formula: Formula) -> int:
    """How far a formula reaches below the baseline, in hundredths of an em, rounded up."""
    return max(0, math.ceil(formula.depth * 100 - 1e-6))


class _FigureImage:
    """A figure of a question (`generator.figures`) where WeasyPrint expects a picture; larger type enlarges it."""

    def __init__(self, figure: Drawn, font: MathFont):
        self.figure, self.font = figure, font

    def get_intrinsic_size(self, resolution: Any, font_size: float) -> tuple[float, float, float]:
        em = font_size / EM
        return self.figure.width * em, self.figure.height * em, self.figure.width / self.figure.height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        scale = width / self.figure.width
        stream.transform(scale, 0, 0, scale, 0, 0)
        stream.stream.append(self.figure.operators(self.font.code).encode())


class _Drawing:
    """Lines and boxes to write on, in mm."""

    def __init__(self, width: float, height: float, operators: str, stretch: bool = False):
        self.width, self.height, self.operators, self.stretch = width, height, operators, stretch

    def get_intrinsic_size(self, resolution: Any, font_size: float) -> tuple[float, float, float | None]:
        mm = 96 / 25.4
        return self.width * mm, self.height * mm, None if self.stretch else self.width / self.height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        from tinycss2.color5 import parse_color

        stream.set_color(parse_color("#000"), stroke=True)
        mm = 96 / 25.4 if self.stretch else width / self.width
        stream.transform(mm, 0, 0, mm, 0, 0)
        text = self.operators.replace("WIDTH", number(width / mm))
        stream.stream.append(text.encode())


@lru_cache(maxsize=512)
def _drawing(name: str, width: float, height: float) -> _Drawing:
    kind, _, rest = name.partition(":")
    if kind == "lines":
        n = int(rest)
        return _Drawing(width, height, "0.12 w " + " ".join([f"0 {8 * (i + 1) - 0.2} m WIDTH {8 * (i + 1) - 0.2} l"
                                                            for i in range(n)]) + " S", stretch=True)
    if kind == "tick":
        return _Drawing(width, height, f"0.16 w 0.1 0.1 {width - 0.2} {height - 0.2} re S")
    if kind == "ring":
        r, c = width / 2 - 0.1, width / 2
        k = 0.5523 * r
        return _Drawing(width, height, (
            f"0.16 w {c + r:.3f} {c} m {c + r:.3f} {c + k:.3f} {c + k:.3f} {c + r:.3f} {c} {c + r:.3f} c "
            f"{c - k:.3f} {c + r:.3f} {c - r:.3f} {c + k:.3f} {c - r:.3f} {c} c {c - r:.3f} {c - k:.3f} {c - k:.3f} {c - r:.3f} "
            f"{c} {c - r:.3f} c {c + k:.3f} {c - r:.3f} {c + r:.3f} {c - k:.3f} {c + r:.3f} {c} c S"))
    rows, columns, w = [float(v) for v in rest.split(",")]
    return _grid(int(rows), int(columns), w)


_CELL = 8.5  # mm, the height of a cell to write in


def _grid(rows: int, columns: int, w: float) -> _Drawing:
    """Cells in brackets: a vector in parentheses, a matrix in brackets."""
    gap, side = 1.6, 3.0
    width = columns * w + (columns - 1) * gap + 2 * side
    height = rows * _CELL + (rows - 1) * gap + 1.6
    out = ["0.3 G 0.12 w"]
    for r in range(rows):
        for c in range(columns):
            out.append(f"{side + c * (w + gap):.2f} {0.8 + r * (_CELL + gap):.2f} {w:.2f} {_CELL} re")
    out.append("S 0 G 0.22 w")
    if rows == 1:
        h = height - 0.3
        for x, s in ((1.9, -1), (width - 1.9, 1)):
            out.append(f"{x:.2f} 0.15 m {x + 1.9 * s:.2f} {h * 0.3:.2f} {x + 1.9 * s:.2f} {h * 0.7:.2f} {x:.2f} {h:.2f} c S")
        out.append("0 g")
        for c in range(1, columns):
            x = side + c * (w + gap) - gap / 2
            out.append(f"{x:.2f} {_CELL + 0.1:.2f} m {x - 0.3:.2f} {_CELL + 1.1:.2f} l S")
    else:
        for x, s in ((1.9, -1), (width - 1.9, 1)):
            out.append(f"{x:.2f} 0.15 m {x + 1.3 * s:.2f} 0.15 l {x + 1.3 * s:.2f} {height - 0.15:.2f} l {x:.2f} {height - 0.15:.2f} l S")
    return _Drawing(width, height, " ".join(out))


# ---- a page ----------------------------------------------------------------------------------

class _Setter:
    """Sets one paper: keeps the pictures that its pages use."""

    def __init__(self, view: PaperView, key: bool, reference: bool):
        if view.page_size not in _SIZES:
            raise PagesError(f"there is no page size {view.page_size!r}; there are {', '.join(_SIZES)}")
        if view.language not in _WORDS:
            raise PagesError(f"there are no words for the language {view.language!r}; there are {', '.join(_WORDS)}")
        self.view, self.key, self.reference = view, key, reference
        self.words = _WORDS[view.language]
        self.images: dict[str, Any] = {}
        self.font = MathFont()
        self.markup = Markup(self.place, view.language, self.figure)

    # elements

    def place(self, formula: Formula, display: bool) -> str:
        depth = depth_class(formula)
        style = f'class="d{depth}"' if depth <= 400 else f'style="vertical-align:-{depth / 100}em"'
        alt = escape(formula.latex)
        if self.reference:
            return self._plain(formula, display, style, alt)
        name = f"math:{'d' if display else 'i'}{len(self.images)}"
        self.images[name] = _FormulaImage(formula, self.font)
        return f'<img {style if depth else ""} src="{name}" alt="{alt}"/>'

    def _plain(self, formula: Formula, display: bool, style: str, alt: str) -> str:
        """The plain way: MathJax's own SVG as a picture."""
        picture = re.sub(r' (width|height)="[\d.]+ex"', "", svg(formula.latex, display), count=2)
        picture = picture.replace("currentColor", "#000")
        data = base64.b64encode(picture.encode()).decode()
        return (f'<img style="width:{formula.width:.4f}em;height:{formula.height + formula.depth:.4f}em;'
                f'vertical-align:{-formula.depth:.4f}em" src="data:image/svg+xml;base64,{data}" alt="{alt}"/>')

    def figure(self, address: str, role: str) -> str:
        """A figure of a text. The key leaves out what a student fills in: its solution shows it filled in."""
        if role == "blank" and self.key:
            return ""
        figure = figures.drawn(address)
        alt = escape(figure.alt)
        if self.reference:
            data = base64.b64encode(figure.svg().encode()).decode()
            return f'<img class="figure" style="width:{figure.width / EM:.4f}em" src="data:image/svg+xml;base64,{data}" alt="{alt}"/>'
        name = f"figure:{len(self.images)}"
        self.images[name] = _FigureImage(figure, self.font)
        return f'<img class="figure" src="{name}" alt="{alt}"/>'

    def drawn(self, name: str, width: float, height: float, css: str) -> Any:
        from markupsafe import Markup as Safe

        address = f"draw:{name}:{width}:{height}"
        self.images[address] = _drawing(name, float(width), float(height))
        return Safe(f'<img class="{css}" src="{address}" alt=""/>')

    def grid(self, space: dict[str, Any]) -> Any:
        rows, columns = int(space["rows"]), int(space["columns"])
        w = max(9.0, min(20.0, (96 - 1.6 * columns) / columns))
        drawing = _grid(rows, columns, w)
        return self.drawn(f"grid:{rows},{columns},{w}", drawing.width, drawing.height, "drawn")

    # texts

    def block(self, text: str) -> Any:
        from markupsafe import Markup as Safe

        return Safe(self.markup.block(text))

    def inline(self, text: str) -> Any:
        from markupsafe import Markup as Safe

        return Safe(self.markup.inline(text))

    def ask(self, part: PartView) -> Any:
        """The text of a part, with its label before the first line and its points in the margin."""
        from markupsafe import Markup as Safe

        score = "" if self.key else '<span class="score"></span>'
        of = f"{part.points} {self.words['p']}" if self.key else f"/ {part.points}"
        label = f'<span class="lab">({escape(part.label)})</span>' if part.label else ""  # a single part has none
        head = f'<span class="pts">{score}{escape(of)}</span>{label}'
        text = self.markup.block(part.ask)
        if text.startswith("<p>"):
            return Safe(f"<p>{head}{text[3:]}")
        return Safe(f"<p>{head}</p>{text}")

    def answer(self, part: PartView) -> Any:
        if part.key_latex:
            return self.value(part.key_latex)
        return self.inline(part.key_plain) if part.key_plain else "–"

    def value(self, latex: str) -> Any:
        from markupsafe import Markup as Safe

        if not latex:
            return ""
        whole = typeset(latex)
        return Safe(self.place(whole, False) if whole.width <= 14 else self.markup.formula(latex))

    @staticmethod
    def first(part: PartView) -> float:
        """Millimetres for the first column of the mistakes."""
        wide = max([min(typeset(latex).width, 14.0) for latex, _, _ in part.mistakes if latex] or [1.0])
        return round(wide * 9.5 * 25.4 / 72 + 3.5, 1)

    def points(self, text: str) -> str:
        return self.words["one"] if text == "1" else self.words["many"].format(text) if text else ""

    def room(self, part: PartView) -> int:
        """Millimetres of free room above an answer, for the working."""
        if not part.working or part.space.get("shape") in ("lines", "room", "boxes"):
            return 0
        try:
            worth = float(part.points)
        except ValueError:
            worth = 2
        return int(min(60, 9 + 6.5 * worth))

    def long(self, part: PartView) -> bool:
        """Might the part fill most of a page? Then it may go on to the next, else it is kept together."""
        if self.key:
            return len(part.ask) + len(part.solution) + 150 * len(part.mistakes) > 2500
        space = part.space
        height = {"lines": 8 * int(space.get("count", 6)), "room": int(space.get("height", 40)),
                  "grid": 10 * int(space.get("rows", 1)), "boxes": 7 * len(space.get("options", ()))}
        return self.room(part) + height.get(str(space.get("shape")), 10) + len(part.ask) / 15 > 150

    @staticmethod
    def chunks(count: int) -> list[int]:
        return [5] * (count // 5) + ([count % 5] if count % 5 else [])

    @staticmethod
    def side(options: Iterable[tuple[str, str]]) -> bool:
        """Do the options stand side by side?"""
        return sum([len(re.sub(r"\\[A-Za-z]+|[{}$]", "", t)) + 9 for _, t in options]) < 78

    @staticmethod
    def cell(space: dict[str, Any]) -> float:
        return round(max(4.0, min(22.0, 100 / int(space["columns"]))), 1)

    def tally(self) -> list[list[tuple[str, str]]]:
        """The table of points, in rows that fit the page."""
        cells = [(i.number, i.points) for s in self.view.sections for i in s.items]
        cells.append((self.words["sum"], self.view.points))
        return [cells[i:i + 14] for i in range(0, len(cells), 14)]

    # the document

    def xhtml(self) -> str:
        view = self.view
        facts = [self.words["minutes"].format(view.minutes) if view.minutes else "", self.points(view.points)]
        plain = [re.sub(r"[*_`$\\]", "", t) for t in (view.course, view.title)]
        return str(_templates().get_template("paper.xhtml.j2").render(
            view=view, key=self.key, words=self.words, facts=" · ".join([f for f in facts if f]), plain_title=plain[1],
            head=" · ".join([p for p in plain if p]), foot=view.date,
            who=" · ".join([t for t in (view.name, view.student) if t]), tally=[] if self.key else self.tally(),
            block=self.block, inline=self.inline, ask=self.ask, answer=self.answer, value=self.value, points=self.points,
            room=self.room, long=self.long, chunks=self.chunks, side=self.side, cell=self.cell, first=self.first, grid=self.grid, drawn=self.drawn))

    def pdf(self) -> bytes:
        press = _press(self.view.page_size, self.view.language)
        refused, _, _, page = _classes()
        try:
            root = ElementTree.fromstring(self.xhtml())
        except ElementTree.ParseError as error:
            raise PagesError(f"templates/pages does not give well-formed XML: {error}") from None
        try:
            document = page(root, press.base).render(
                font_config=press.fonts, stylesheets=[press.sheet], cache=self.images)
            out = io.BytesIO()
            document.write_pdf(out, finisher=self.finish)
        except refused as error:
            raise PagesError(str(error)) from None
        self.check_fonts(document, press)
        return out.getvalue()

    def finish(self, document: Any, pdf: Any) -> None:
        """Add the font of the formulas to what WeasyPrint has made."""
        page = pdf.objects[pdf.pages["Kids"][0]]
        resources = pdf.objects[int(page["Resources"].split()[0])]
        self.font.add_to(pdf, pdf.objects[int(resources["Font"].split()[0])])

    def check_fonts(self, document: Any, press: _Press) -> None:
        for font in document.fonts.values():
            if font.family not in press.families:
                wanted = "".join(sorted(set("".join(font.to_unicode.values()))))
                raise PagesError(
                    f"the fonts of the pages have no {wanted!r} ({font.family} would have stood in). Put a font that has "
                    "them into a folder and name the folder in EXAMWRIGHT_FONTS.")
            if font.missing:
                wanted = "".join([chr(c) if isinstance(c, int) else str(c) for c in sorted(font.missing)])
                raise PagesError(f"no font has {wanted!r}. Put one that has into a folder and name the folder in "
                                 "EXAMWRIGHT_FONTS.")


def _rendered(view: PaperView, key: bool, reference: bool) -> bytes:
    collecting = gc.isenabled()
    gc.disable()  # a layout makes many objects that all live until it is done
    try:
        return _Setter(view, key, reference).pdf()
    finally:
        if collecting:
            gc.enable()


def render_paper(view: PaperView, reference: bool = False) -> bytes:
    """The paper as PDF. Raises PagesError, MarkupError or MathError, which say what cannot be printed."""
    return _reference(view) if reference else _rendered(view, False, False)


def render_key(view: PaperView) -> bytes:
    """The same paper with the key, the accepted range, the marks and the worked solution in each place."""
    return _rendered(view, True, False)


def _reference(view: PaperView) -> bytes:
    """The plain way, with nothing kept from one paper to the next."""
    weasyprint = _weasyprint()
    for cache in (_press, typeset, pieces):
        cache.cache_clear()
    setter = _Setter(view, False, True)
    press = _press(view.page_size, view.language)
    _, fetcher, _, _ = _classes()
    html = setter.xhtml()
    return bytes(weasyprint.HTML(string=html, url_fetcher=fetcher()).write_pdf(
        font_config=press.fonts, stylesheets=[press.base, press.sheet], cache=setter.images))


def merge(pdfs: list[bytes], duplex: bool) -> bytes:
    """All papers in one file for the printer; with `duplex` each begins on the front of a sheet."""
    from pypdf import PdfReader, PdfWriter

    if not pdfs:
        raise PagesError("there are no papers to put together")
    writer = PdfWriter()
    for pdf in pdfs:
        reader = PdfReader(io.BytesIO(pdf))
        writer.append(reader, import_outline=False)
        if duplex and len(reader.pages) % 2:
            box = reader.pages[-1].mediabox
            writer.add_blank_page(box.width, box.height)
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    writer.metadata = {"/Producer": "Examwright"}
    writer._ID = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
