"""A view as a stack of blocks: XHTML with a character in the place of each formula and of each word that differs from paper to paper.

So two papers with other numbers have the same XHTML, and a block needs to be laid out only once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape, unescape
from pathlib import Path
from typing import Any, Protocol

from examwright.generator import figures
from examwright.generator.cache import Recent
from examwright.generator.markup import Markup, pieces
from examwright.generator.mathset import Formula, typeset
from examwright.generator.pages import drawings
from examwright.generator.pages.views import SIZES, PagesError, PaperView, PartView
from examwright.generator.pages.words import WORDS

FOLDER = Path(__file__).resolve().parent.parent.parent / "templates" / "pages"
LEFT, RIGHT, TOP, BOTTOM = 20, 28, 21, 24  # mm; the right margin has the points, the foot the code
MATH, FIGURE, WORD = 0xF0000, 0xFA000, 0x100000  # the first characters that stand for formulas, for figures and for words
EM = 3.7042  # mm in 10.5 pt, the type for which figures are made
HOLE = re.compile("[\U000f0000-\U0010fffd]")
_BLOCK = re.compile(r'(?=<div class="b )')
_TEXT = re.compile(r">([^<>]*[0-9][^<>]*)<")
_DIGITS = re.compile(r"[^\s&]*[0-9][^\s&]*")


@dataclass(frozen=True)
class Math:
    """What a formula's character stands for. `whole` is the formula that it is a piece of; "" for a piece after the first."""

    latex: str
    display: bool
    whole: str

    @property
    def formula(self) -> Formula:
        """The formula, set: blocks are kept in memory, and the glyphs of their formulas would be most of it."""
        return typeset(self.latex, self.display)


class Figure(Protocol):
    """What a figure's character stands for: a drawing of a question, `width` × `height` mm beside text of 10.5 pt."""

    @property
    def alt(self) -> str:
        """What it shows, in words."""

    @property
    def language(self) -> str:
        """The language of these words."""

    @property
    def width(self) -> float: ...

    @property
    def height(self) -> float: ...

    def operators(self, code: Callable[[str], int]) -> str:
        """PDF operators in mm, y downwards; `code` gives the code of a glyph in the font of formulas."""

    def svg(self) -> str:
        """The same as SVG."""


Hole = Math | str | Figure


def base_of(code: int) -> int:
    """The first character of the kind of hole that a character is."""
    return WORD if code >= WORD else FIGURE if code >= FIGURE else MATH


@dataclass(frozen=True)
class Block:
    """One block: its XHTML, and what stands for each of its holes, in order."""

    xhtml: str
    holes: tuple[Hole, ...]


@lru_cache(maxsize=1)
def templates() -> Any:
    """The Jinja environment of the pages."""
    import jinja2

    return jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, undefined=jinja2.StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)


@lru_cache(maxsize=4)
def _template(name: str) -> Any:
    return templates().get_template(name)


def _safe(text: str) -> Any:
    from markupsafe import Markup as Safe

    return Safe(text)


def plain(text: str) -> str:
    """A title without its markup."""
    return re.sub(r"[*_`$\\{}]", "", text)


_MINUS = re.compile(r"(?<![\w)\]])-(?=\.?[0-9])")
_WORDS_IN = re.compile(r"\\text\{((?:[^{}\\]|\\.)*)\}")


def _markdown(text: str) -> str:
    """What stands in \\text{…} as Markdown that means just this."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", re.sub(r"\\(.)", r"\1", text))


def words_in(latex: str) -> str:
    """A key of words, such as an option, as Markdown, whose lines may be broken; "" for a formula."""
    if not latex.startswith(r"\text{"):
        return ""
    return "".join([_markdown(t) if n % 2 else f"${t.strip()}$" if t.strip() else "" for n, t in enumerate(_WORDS_IN.split(latex))])


_TAG = re.compile(r"<(/?)([a-zA-Z0-9]+)[^>]*?(/?)>")


@lru_cache(maxsize=4096)
def top_level(xhtml: str) -> tuple[str, ...]:
    """The elements that XHTML consists of, each by itself."""
    out, depth, start = [], 0, 0
    for match in _TAG.finditer(xhtml):
        closing, _, empty = match.groups()
        depth += 0 if empty else -1 if closing else 1
        if depth == 0:
            out.append(xhtml[start:match.end()].strip())
            start = match.end()
    rest = xhtml[start:].strip()
    return tuple([t for t in [*out, rest] if t])


_PICTURES = ('<p class="figure">', "<table")
_PIECES = ("<ul", "<ol", "<table")
_ENDS = (".", "!", "?", ")", "”", "。", "！", "？")
_REASON = re.compile(r"<li><strong>(\w+\.)</strong>\s(.*?)</li>", re.S)
_MATRIX = re.compile(r"\\begin\{bmatrix\}((?:(?!\\end).)*)\\end\{bmatrix\}", re.S)
LYING = 26.0  # em


def lying(latex: str, wide: bool = False) -> str:
    """A formula as a key has it: a column of more than three numbers takes one line, and if it may be `wide`, so does a matrix of more
    than four rows, as students type it: [1 2; 3 4]."""
    found = _MATRIX.fullmatch(latex)
    rows = [[cell.strip() for cell in row.split("&")] for row in found.group(1).split(r"\\")] if found else []
    if rows[3:] and len(rows[0]) == 1:
        return f"({', '.join([cell for cell, in rows])})"
    if wide and rows[4:]:
        one = r"\left[" + r";\ \ ".join([r"\ ".join(row) for row in rows]) + r"\right]"
        return one if typeset(one).width < LYING else latex
    return latex


def spread(cells: Sequence[Any], most: int) -> list[Sequence[Any]]:
    """Cells in as few rows as `most` in a row allow, each about as long as the others."""
    step = max(1, -(-len(cells) // max(1, -(-len(cells) // most))))
    return [cells[i:i + step] for i in range(0, len(cells), step)]


class Sheet:
    """The blocks of one view; `kind` is "paper", "key" or "booklet" (a key without a student)."""

    def __init__(self, view: PaperView, kind: str):
        if view.page_size not in SIZES:
            raise PagesError(f"there is no page size {view.page_size!r}; there are {', '.join(SIZES)}")
        if view.language not in WORDS:
            raise PagesError(f"there are no words for the language {view.language!r}; there are {', '.join(WORDS)}")
        self.view, self.kind, self.key = view, kind, kind != "paper"
        self.words = {**WORDS[view.language], **dict(view.theme.words)}
        self.held: list[Hole] = []
        self.markup = Markup(self._place, view.language, self._show)
        self.scale = 1.5 if view.look.large else 1.0
        self.math = self.scale * view.look.math  # how much larger formulas are than on a usual paper
        self.worth = round(15 * self.math, 1)  # mm for the points of a mistake
        self.narrow = (SIZES[view.page_size][0] - LEFT - RIGHT) / self.scale - 18  # mm for a figure in a worked solution
        plain_title = [plain(t) for t in (view.course, view.title)]
        self.title = plain_title[1]
        self.head = " · ".join([p for p in plain_title if p])
        self.who = " · ".join([t for t in (view.name, view.student) if t])
        self.foot = " · ".join([t for t in (view.code, view.date) if t])
        self.code = view.code  # on each page, as a picture that a scanner reads

    # holes

    def _place(self, formula: Formula, display: bool, whole: str) -> str:
        self.held.append(Math(formula.latex, display, whole))
        return chr(MATH + len(self.held) - 1)

    def _word(self, word: str) -> str:
        self.held.append(word)
        return chr(WORD + len(self.held) - 1)

    def _show(self, address: str, role: str) -> str:
        """A figure of a text. The key leaves out what a student fills in: its solution shows it filled in."""
        return "" if role == "blank" and self.key else self.figure(figures.drawn(address, self.view.language, self.face, self.narrow))

    @cached_property
    def face(self) -> tuple[str, ...]:
        """The fonts of the words in figures: those of the text."""
        from examwright.generator.pages import weasy

        return weasy.text_face(self.view.theme, self.view.look)

    def figure(self, figure: Figure) -> str:
        """The character of a figure."""
        self.held.append(figure)
        return chr(FIGURE + len(self.held) - 1)

    def say(self, text: str) -> Any:
        """A plain text, each word of which may be another one on the next paper."""
        return _safe(" ".join([self._word(w) for w in HOLE.sub("\ufffd", text).split()]))

    # texts

    def block(self, text: str) -> Any:
        return _safe(self.markup.block(text))

    def blocks(self, text: str) -> list[Any]:
        """The paragraphs, lists and tables of a text."""
        return [_safe(t) for t in top_level(self.markup.block(text))] if text else []

    def inline(self, text: str) -> Any:
        return _safe(self.markup.inline(text))

    def ask(self, part: PartView) -> list[Any]:
        """The text of a part, with its label before the first line and its points in the margin."""
        score = "" if self.key else '<span class="score"></span>'
        of = f"{part.points} {self.words['p']}" if self.key else f"/ {part.points}"
        label = f'<span class="lab">({escape(part.label)})</span>' if part.label else ""  # a single part has none
        spoken = escape(self.points(part.points), quote=True)
        head = f'<span class="end pts" data-say="{spoken}">{score}{escape(of)}</span>{label}'
        first, *rest = top_level(self.markup.block(part.ask)) or ("",)
        if first.startswith("<p>"):
            return [_safe(f"<p>{head}{first[3:]}"), *[_safe(t) for t in rest]]
        return [_safe(f"<p>{head}</p>"), *[_safe(t) for t in (first, *rest) if t]]

    def answer(self, part: PartView) -> Any:
        if part.key_latex:
            return self.value(part.key_latex)
        return self.inline(part.key_plain) if part.key_plain else "–"

    def value(self, latex: str, wide: bool = False) -> Any:
        if not latex:
            return ""
        if words := words_in(latex):
            return self.inline(words)
        latex = lying(latex, wide)
        whole = typeset(latex)
        return _safe(self._place(whole, False, latex) if whole.width <= 14 / self.math else self.markup.formula(latex))

    @staticmethod
    def minus(text: str) -> str:
        """Numbers with a real minus sign."""
        return _MINUS.sub("\u2212", text)

    @staticmethod
    def long(xhtml: str) -> str:
        """The class of a text that may be cut at the foot of a page."""
        return " l" if len(xhtml) > 1500 else ""

    def solved(self, text: str) -> list[Any]:
        """The pieces of a worked solution. The reasons of a pool's statements stand by themselves, each with its letter, so that a page
        may end between them."""
        found = self.blocks(text)
        if len(found) == 1 and (reasons := _REASON.findall(found[0])):
            return [_safe(f'<p class="reason"><span class="lab"><strong>{letter}</strong></span>{said}</p>') for letter, said in reasons]
        return found

    @classmethod
    def stays(cls, texts: Sequence[str], n: int) -> bool:
        """Does a piece of a solution stay with the next? Of reasons two are on each side."""
        if n + 1 == len(texts):
            return False
        reasons = [i for i, t in enumerate(texts) if t.startswith('<p class="reason"')]
        return cls.leads(texts[n], texts[n + 1]) or n in reasons[:1] + reasons[-2:-1]

    @staticmethod
    def short(texts: Sequence[str]) -> bool:
        """Is a solution so short that it would look lost at the head of a page?"""
        return len(texts) == 1 and len(texts[0]) < 240 and texts[0].startswith("<p>")

    @staticmethod
    def leads(xhtml: str, following: str) -> bool:
        """Does a paragraph lead to what follows: is that a figure, does it end with a colon, or does its sentence go on?"""
        if following.startswith('<p class="figure">'):
            return not xhtml.startswith("<table")
        end, begin = _TAG.sub("", xhtml).rstrip()[-1:], _TAG.sub("", following).lstrip()[:1]
        if end in (":", "："):
            return True
        if not xhtml.startswith("<p>") or end in _ENDS:
            return False
        return following.startswith(_PIECES) or begin.islower() or not HOLE.match(end)

    def holds(self, stem: str, xhtml: str, following: str) -> bool:
        """Does a block of a question's text stay with the next ("": with the first part)? So that pages are filled, the parts may begin on
        a new page below a text that is long or has a figure or table; so may what follows these; and a key may be cut where nothing leads on
        and no table follows."""
        size = len(figures.IN_TEXT.sub("", stem))
        if not following:
            return size < 600 and size == len(stem) and "\n|" not in stem
        if self.key:
            return self.leads(xhtml, following) or (following.startswith("<table") and xhtml.startswith("<p>"))
        return self.leads(xhtml, following) or (size < 2500 and not xhtml.startswith(_PICTURES))

    def first(self, part: PartView) -> float:
        """Millimetres for the first column of the mistakes, so wide that its longest piece fits, but at most three fifths of the table; in
        steps, so that few layouts are needed."""
        most = 14.0 / self.math
        wide = 1.0
        for latex in [lying(latex, True) for latex, _, _ in part.mistakes if latex]:
            whole = typeset(latex).width
            wide = max(wide, whole if whole <= most else most if words_in(latex) else max([most, *[f.width for f in pieces(latex)]]))
        table = SIZES[self.view.page_size][0] - LEFT - RIGHT - 14 * self.scale - self.worth
        return float(max(18, min(6 * (0.6 * table // 6), 6 * -(-(wide * 9.5 * self.math * 25.4 / 72 + 3.5 * self.scale) // 6))))

    @staticmethod
    def groups(mistakes: tuple[tuple[str, str, str], ...]) -> list[tuple[tuple[str, str, str], ...]]:
        """The mistakes of a part in tables: one, or one for each where their values are tall, so that a page may end between them."""
        tall = sum([lying(latex, True).count(r"\\") for latex, _, _ in mistakes]) > 6
        return [(m,) for m in mistakes] if tall else [mistakes] if mistakes else []

    def points(self, text: str) -> str:
        return self.words["one"] if text == "1" else self.words["many"].format(text) if text else ""

    def logo(self) -> Any:
        theme = self.view.theme
        alt = self.words["logo"].format(theme.institution or self.view.course or self.title)
        return _safe(f'<img src="draw:logo" alt="{escape(alt)}"/>') if theme.logo else ""

    # room for answers

    def room(self, part: PartView) -> int:
        """Millimetres of free room above an answer, for the working."""
        if not part.working or part.space.get("shape") in ("lines", "room", "boxes"):
            return 0
        try:
            worth = float(part.points)
        except ValueError:
            worth = 2
        return int(min(60, 9 + 6.5 * worth))

    def drawn(self, name: str, width: float, height: float, css: str, grown: float = 1.0) -> Any:
        """A drawing, `grown` times its size."""
        address = f"draw:{name}:{width}:{height}"
        size = f' style="width: {round(width * grown, 2)}mm"' if grown != 1 else ""
        kind, _, rest = name.partition(":")
        numbers = rest.split(",")
        alt = {"lines": self.words["lines"].format(rest), "grid": self.words["cells"].format(*numbers[:2]) if kind == "grid" else ""}
        return _safe(f'<img class="{css}"{size} src="{address}" alt="{escape(alt.get(kind, self.words["boxes"]))}"/>')

    def grid(self, space: dict[str, Any]) -> Any:
        rows, columns = int(space["rows"]), int(space["columns"])
        w = max(9.0, min(20.0, (96 - 1.6 * columns) / columns))
        made = drawings.grid(rows, columns, w)
        return self.drawn(f"grid:{rows},{columns},{w}", made.width, made.height, "drawn", self.scale)

    @staticmethod
    def chunks(space: dict[str, Any]) -> list[int]:
        """Lines to write on, in pieces between which the page may end."""
        count = int(space.get("count", 6)) if space.get("shape") == "lines" else 0
        return [5] * (count // 5) + ([count % 5] if count % 5 else [])

    def side(self, options: Iterable[tuple[str, str]]) -> bool:
        """Do the options stand side by side?"""
        return bool(sum([len(re.sub(r"\\[A-Za-z]+|[{}$]", "", t)) + 9 for _, t in options]) < 78 / self.scale)

    @staticmethod
    def cell(space: dict[str, Any]) -> float:
        return round(max(4.0, min(22.0, 100 / int(space.get("columns") or 1))), 1)

    def tally(self) -> list[Sequence[tuple[str, str]]]:
        """The table of points, in rows that fit the page."""
        cells = [(i.number, i.points) for s in self.view.sections for i in s.items]
        cells.append((self.words["sum"], self.view.points))
        return spread(cells, int(16 / self.scale))

    # the document

    def blocks_of(self) -> list[Block]:
        """The blocks, each with its own holes numbered from 0."""
        key = self.key
        made = _made((self.kind, self.view.language, self.view.page_size, self.view.theme, self.view.look))
        macros: list[Any] = []

        def blocks(name: str, told: tuple[Any, ...], *arguments: Any) -> tuple[Block, ...]:
            """What a macro of the page template makes, once for all papers that tell it the same."""
            found = made.get((name, told))
            if found is None:
                if not macros:
                    macros.append(self._macros())
                found = self.numbered(str(getattr(macros[0], name)(*arguments)))
                made.put((name, told), found)
            return found

        out = list(self.numbered(str(self._macros().front())))
        for section in self.view.sections:
            level = "h3" if section.title else "h2"
            out += blocks("heading", (section.title, section.instructions), section)
            for item in section.items:
                out += blocks("stem", (item.number, item.title, item.points, item.text, level), item, level)
                for n, part in enumerate(item.parts):
                    out += blocks("asked", (part.label, part.ask, part.points, n == 0), part, n == 0)
                    about: tuple[Any, ...] = (part.asked, part.points, part.working, repr(part.space))
                    if key:
                        about = (part.asked, part.key_latex, part.key_plain, part.accepted, part.mistakes, part.solution)
                    out += blocks("below", about, part)
                if key and item.solution:
                    out += blocks("closing", (item.solution,), item)
        return out

    def _macros(self) -> Any:
        """The macros of the page template."""
        view = self.view
        time = self.words["extra"].format(view.minutes, view.extra) if view.extra else self.words["minutes"].format(view.minutes)
        facts = [time if view.minutes else "", self.points(view.points)]
        return _template("paper.xhtml.j2").make_module(dict(
            view=view, key=self.key, booklet=self.kind == "booklet", words=self.words, facts=" · ".join([f for f in facts if f]),
            plain_title=self.title, plain=plain, tally=[] if self.key else self.tally(), logo=self.logo(), say=self.say, blocks=self.blocks,
            inline=self.inline, minus=self.minus, leads=self.leads, holds=self.holds, ask=self.ask, answer=self.answer, value=self.value, points=self.points, room=self.room,
            beside=len(view.theme.institution + view.course + view.date) * self.scale < 78, chunks=self.chunks, side=self.side,
            cell=self.cell, first=self.first, worth=self.worth, groups=self.groups, grid=self.grid,
            drawn=self.drawn, long=self.long, short=self.short, solved=self.solved, stays=self.stays))

    def numbered(self, xhtml: str) -> tuple[Block, ...]:
        """XHTML in its blocks, with a hole for each word that has a digit, and the holes of each block numbered from 0."""
        out = []
        for text in _BLOCK.split(_TEXT.sub(lambda m: f">{_DIGITS.sub(self._number, m.group(1))}<", xhtml))[1:]:
            holes: list[Hole] = []

            def own(match: re.Match[str], holes: list[Hole] = holes) -> str:
                code = ord(match.group())
                base = base_of(code)
                holes.append(self.held[code - base])
                return chr(base + len(holes) - 1)

            text = HOLE.sub(own, text.strip())
            out.append(Block(sys.intern(text), tuple(holes)))  # most texts stand in many blocks that are kept
        self.held.clear()
        return tuple(out)

    def _number(self, match: re.Match[str]) -> str:
        word = match.group()
        return word if HOLE.search(word) or ";" in word else self._word(unescape(word))


@lru_cache(maxsize=16)
def _made(setting: tuple[Any, ...]) -> Recent[tuple[Block, ...]]:
    """The blocks that were made lately for papers of one kind, language, page size, theme and look."""
    return Recent(768)


def filled(xhtml: str, holes: tuple[Hole, ...], picture: Callable[[Math | Figure], str]) -> str:
    """XHTML with its holes filled; `picture` makes the element of a formula or a figure."""
    def put(match: re.Match[str]) -> str:
        code = ord(match.group())
        hole = holes[code - base_of(code)]
        return escape(hole) if isinstance(hole, str) else picture(hole)

    return HOLE.sub(put, xhtml)
