"""A view as a stack of blocks: XHTML with a character in the place of each formula and of each word that differs from paper to paper.

So two papers with other numbers have the same XHTML, and a block needs to be laid out only once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache, partial
from html import escape, unescape
from pathlib import Path
from typing import Any

from examwright.generator import figures
from examwright.generator.cache import Recent
from examwright.generator.markup import pieces
from examwright.generator.mathjax import MathError
from examwright.generator.mathset import Formula, typeset
from examwright.generator.pages import drawings
from examwright.generator.pages.holes import FIGURE, HOLE, MATH, WORD, Around, Block, Hole, Math, Shape, base_of, math
from examwright.generator.pages.symbols import SymbolMarkup, Symbols, holes_of
from examwright.generator.pages.views import SIZES, PagesError, PaperView, PartView
from examwright.generator.pages.words import WORDS
from examwright.generator.wide import WIDE

FOLDER = Path(__file__).resolve().parent.parent.parent / "templates" / "pages"
LEFT, RIGHT, TOP, BOTTOM = 20, 28, 21, 24  # mm; the right margin has the points, the foot the code
_BLOCK = re.compile(r'(?=<div class="b )')
_TEXT = re.compile(">([^<>]+)<")
# words that are other ones on other papers: those with digits, and letters that name something
_VARIED = re.compile(f"[^\\s&{WIDE}]*[0-9\U00100000-\U0010fffd][^\\s&{WIDE}]*|(?<!\\S)\\(?[A-Z](?:[,.;:)]+(?!\\S)|(?=\\s*\\Z))")
_LISTED = re.compile("[^\\s&]+")


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


@lru_cache(maxsize=32)
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
        self.held: list[Hole | Around] = []
        self.open = 0  # how many of them stay open
        self.known, self.shapes = _known((kind, view.language, view.page_size, view.theme, view.look))
        self.scale = 1.5 if view.look.large else 1.0
        self.math = self.scale * view.look.math  # how much larger formulas are than on a usual paper
        self.worth = round(15 * self.math, 1)  # mm for the points of a mistake
        self.narrow = (SIZES[view.page_size][0] - LEFT - RIGHT) / self.scale - 18  # mm for a figure in a worked solution
        plain_title = [plain(t) for t in (view.course, view.title)]
        self.title = plain_title[1]
        self.head = " · ".join([p for p in plain_title if p])
        self.named = " · ".join([t for t in (self.head, *([self.words["booklet" if kind == "booklet" else "key"]] if self.key else [])) if t])
        self.who = " · ".join([t for t in (view.name, view.student) if t])
        self.foot = " · ".join([t for t in (view.code, view.date) if t])
        self.code = view.code  # on each page, as a picture that a scanner reads

    # holes

    def _hold(self, hole: Hole | Around, base: int) -> str:
        """The character of a hole."""
        self.held.append(hole)
        return chr(base + len(self.held) - 1)

    def _place(self, formula: Formula, display: bool, whole: str) -> str:
        return self._hold(math(formula, display, whole), MATH)

    def _word(self, word: str) -> str:
        return self._hold(word, WORD)

    def _show(self, address: str, role: str) -> str:
        hole = self._hole(role, address)
        return "" if hole is None else self._hold(hole, FIGURE)

    def _hole(self, role: str, address: str) -> Hole | None:
        """A figure of a text. The key leaves out what a student fills in: its solution shows it filled in."""
        return None if role == "blank" and self.key else figures.drawn(address, self.view.language, self.face, self.narrow)

    @cached_property
    def face(self) -> tuple[str, ...]:
        """The fonts of the words in figures: those of the text."""
        from examwright.generator.pages import weasy

        return weasy.text_face(self.view.theme, self.view.look, self.view.language)

    def say(self, text: str) -> Any:
        """A plain text, each word of which may be another one on the next paper."""
        return _safe(" ".join([self._word(w) for w in HOLE.sub("\ufffd", text).split()]))

    # texts

    @property
    def markup(self) -> SymbolMarkup:
        """What makes XHTML of texts. (Were it kept, it and this sheet would refer to each other.)"""
        return SymbolMarkup(self._place, self.view.language, self._show)

    def block(self, text: str) -> Any:
        return _safe(self.markup.block(text))

    def blocks(self, text: str) -> list[Any]:
        """The paragraphs, lists and tables of a text."""
        return [_safe(t) for t in top_level(self.markup.block(text))] if text else []

    def inline(self, text: str) -> Any:
        return _safe(self.markup.inline(text))

    @property
    def beside(self) -> bool:
        """Is there room for the date beside the course?"""
        view = self.view
        return len(view.theme.institution + view.course + view.date) * self.math < 78

    def ask(self, label: str, points: str, text: str, said: str = "") -> list[Any]:
        """The text of a part, with its label before the first line and its points in the margin (which are heard as `said`)."""
        score = "" if self.key else '<span class="score"></span>'
        of = f"{points} {self.words['p']}" if self.key else f"/ {points}"
        before = f'<span class="lab">({escape(label)})\u00a0</span>' if label else ""  # a single part has none
        spoken = escape(self.points(said or points), quote=True)
        head = f'<span class="end pts" data-say="{spoken}">{score}{escape(of)}</span>{before}'
        first, *rest = top_level(self.markup.block(text)) or ("",)
        if first.startswith("<p>"):
            return [_safe(f"<p>{head}{first[3:]}"), *[_safe(t) for t in rest]]
        return [_safe(f"<p>{head}</p>"), *[_safe(t) for t in (first, *rest) if t]]

    def answer(self, part: PartView) -> Any:
        if words := words_in(part.key_latex):
            return self.inline(words)
        if part.key_latex:
            return _safe("".join([self._hold(h, MATH) for h in self.value_holes(part.key_latex)]))
        return self.inline(part.key_plain) if part.key_plain else "–"

    def value_holes(self, latex: str, wide: bool = False) -> Sequence[Math]:
        """What stands for a value in a key: it is broken only where it is long."""
        latex = lying(latex, wide)
        whole = typeset(latex)
        return [math(whole, False, latex)] if whole.width <= 14 / self.math else holes_of(latex)

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
            return [_safe(f'<p class="reason"><span class="lab"><strong>{letter}</strong>\u00a0</span>{said}</p>') for letter, said in reasons]
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
        return following.startswith(_PIECES) or begin.islower() or not "\U000f0000" <= end < chr(WORD)

    @staticmethod
    def extent(text: str) -> tuple[bool, bool]:
        """Of a question's text: is it short, without figures and tables; is it no longer than most?"""
        size = len(figures.IN_TEXT.sub("", text))
        return size < 600 and size == len(text) and "\n|" not in text, size < 2500

    def holds(self, extent: tuple[bool, bool], xhtml: str, following: str) -> bool:
        """Does a block of a question's text stay with the next ("": with the first part)? So that pages are filled, the parts may begin on
        a new page below a text that is long or has a figure or table; so may what follows these; and a key may be cut where nothing leads on
        and no table follows."""
        short, usual = extent
        if not following:
            return short
        if self.key:
            return self.leads(xhtml, following) or (following.startswith("<table") and xhtml.startswith("<p>"))
        return self.leads(xhtml, following) or (usual and not xhtml.startswith(_PICTURES))

    def first(self, mistakes: Sequence[tuple[str, str, str]]) -> float:
        """Millimetres for the first column of the mistakes, so wide that its longest piece fits, but at most three fifths of the table; in
        steps, so that few layouts are needed."""
        most = 14.0 / self.math
        head = (1.95 if self.view.look.dyslexic else 1.6) * len(self.words["mistake"]) * (2 if self.view.language == "zh" else 1) * self.scale  # mm
        wide = 1.0
        for latex in [lying(latex, True) for latex, _, _ in mistakes if latex]:
            words = words_in(latex)
            try:
                whole = typeset(latex).width
            except MathError:
                if not words:
                    raise
                whole = most  # the font of the text has more signs
            wide = max(wide, whole if whole <= most else most if words else max([most, *[f.width for f in pieces(latex)]]))
        table = SIZES[self.view.page_size][0] - LEFT - RIGHT - 14 * self.scale - self.worth
        return float(max(18, 6 * -(-(head + 3.5 * self.scale) // 6), min(6 * (0.6 * table // 6), 6 * -(-(wide * 9.5 * self.math * 25.4 / 72 + 3.5 * self.scale) // 6))))

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
        if kind == "grid":
            rows, columns, _ = rest.split(",")
            say = figures.speech(self.view.language)
            alt = self.words["cells"].format(say.counted(int(rows), "{n} row", "{n} rows"), say.counted(int(columns), "{n} column", "{n} columns"))
        else:
            alt = self.words["lines"].format(rest) if kind == "lines" else self.words["boxes"]
        return _safe(f'<img class="{css}"{size} src="{address}" alt="{escape(alt)}"/>')

    def grid(self, rows: int, columns: int) -> Any:
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
    def cell(columns: int) -> float:
        return round(max(4.0, min(22.0, 100 / (columns or 1))), 1)

    def tally(self) -> tuple[Sequence[tuple[str, str]], ...]:
        """The table of points, in rows that fit the page."""
        cells = [(i.number, i.points) for s in self.view.sections for i in s.items]
        cells.append((self.words["sum"], self.view.points))
        return tuple(map(tuple, spread(cells, int(16 / self.scale))))

    # the document

    def blocks_of(self) -> list[Block]:
        """The blocks, each with its own holes numbered from 0."""
        try:
            return self._blocks()
        finally:
            self._let_go()

    def _blocks(self) -> list[Block]:
        view = self.view
        out = list(self._made("front", (view.title, view.course, view.date, view.minutes, view.extra, view.points, view.name, view.student, view.rules, view.digits,
                                        () if self.key else self.tally()), self._front))
        for section in view.sections:
            level = "h3" if section.title else "h2"
            out += self._made("heading", (section.title, section.instructions), _as_told)
            for item in section.items:
                out += self._made("stem", (item.number, item.title, item.points, level, item.text), self._stem)
                for n, part in enumerate(item.parts):
                    out += self._made("asked", (part.label, part.points, n == 0, part.ask), _asked)
                    if self.key:
                        out += self._made("given", (part.asked, part.key_latex, part.key_plain, part.accepted, part.mistakes, part.solution), self._given)
                    else:
                        out += self._made("room", (part.asked, part.points, part.working, repr(part.space)), partial(self._room, part))
                if self.key and item.solution:
                    out += self._made("closing", (item.solution,), _closing)
        return out

    def _made(self, name: str, told: tuple[Any, ...], arguments: Callable[..., tuple[Any, ...]]) -> tuple[Block, ...]:
        """What a macro of the page template makes of its `arguments`: once for all papers where what decides them is the same, word for word
        or but for formulas, figures and numbers."""
        known = self.known.get((name, told))
        if known is not None:
            return known
        into = Symbols(self._hole)
        given = arguments(into, *told)
        shapes = self.shapes.get((name, given))
        if shapes is None and (refused := into.unfit(self.view.language)):
            into = Symbols(self._hole, refused)
            given = arguments(into, *told)
            shapes = self.shapes.get((name, given))
        if shapes is None:
            self.held = [*into.held]
            shapes = self.shaped(str(getattr(self._macros, name)(*given)), len(into.held))
            self.shapes.put((name, given), shapes)
        made = tuple([shape.filled(into.held) for shape in shapes])
        self.known.put((name, told), made)
        return made

    def _front(self, into: Symbols, title: str, course: str, date: str, minutes: str, extra: str, points: str, name: str, student: str,
               rules: tuple[str, ...], digits: str, tally: tuple[Any, ...]) -> tuple[Any, ...]:
        """What stands before the questions."""
        institution = self.view.theme.institution
        time = self.words["extra"].format(minutes, extra) if extra else self.words["minutes"].format(minutes)
        facts = [time if minutes else "", self.points(points)]
        return (title, self.title, course, into.words(institution), into.words(date), date, self.beside,
                " · ".join([f for f in facts if f]), into.words(name), into.words(student), tuple([into.inline(rule) for rule in rules]), into.inline(digits), tally)

    def _stem(self, into: Symbols, number: str, title: str, points: str, level: str, text: str) -> tuple[Any, ...]:
        return number, title, points, level, into.block(text), self.extent(text)

    def _given(self, into: Symbols, asked: str, latex: str, plain: str, accepted: str, mistakes: tuple[tuple[str, str, str], ...],
               solution: str) -> tuple[Any, ...]:
        """A part's answer, with all about it."""
        def value(latex: str, wide: bool = False) -> str:
            words = words_in(latex)
            return into.inline(words) if words else into.formula(self.value_holes(latex, wide)) if latex else ""

        groups = tuple([tuple([(value(latex, True), worth, into.inline(said)) for latex, worth, said in group]) for group in self.groups(mistakes)])
        return (into.inline(asked), value(latex) if latex else into.inline(plain), into.inline(self.minus(accepted)), groups,
                self.first(mistakes), into.block(solution))

    def _room(self, part: PartView, into: Symbols, *told: Any) -> tuple[Any, ...]:
        """The room for a part's answer."""
        space = part.space
        options = space.get("options", ())
        shape = space.get("shape", "line")
        return (into.inline(part.asked), shape, self.room(part), tuple([(mark, into.inline(text) if text != mark else text) for mark, text in options]),
                bool(space.get("many")), self.side(options), tuple([into.inline(h) for h in space.get("row_heads", ())]),
                tuple([into.inline(h) for h in space.get("column_heads", ())]), int(space.get("rows", 0)), int(space.get("columns", 0)), bool(space.get("long")),
                space.get("height", 40), tuple(self.chunks(space)))

    @cached_property
    def _macros(self) -> Any:
        """The macros of the page template."""
        template = _template("paper.xhtml.j2")
        self._names = dict(
            template.globals, key=self.key, booklet=self.kind == "booklet", words=self.words, plain=plain, logo=self.logo(), blocks=self.blocks,
            inline=self.inline, leads=self.leads, holds=self.holds, ask=self.ask, points=self.points, worth=self.worth, grid=self.grid, cell=self.cell,
            drawn=self.drawn, long=self.long, short=self.short, solved=self.solved, stays=self.stays)
        return template.make_module(self._names, shared=True)

    def _let_go(self) -> None:
        """Part with the macros: they refer to each other and to this sheet, and would keep all texts of its paper until garbage is collected."""
        if self.__dict__.pop("_macros", None):
            self._names.clear()

    def numbered(self, xhtml: str) -> tuple[Block, ...]:
        """XHTML in its blocks, with a hole for each word that may be another one on another paper, and the holes of each block numbered from 0."""
        return tuple([shape.filled(()) for shape in self.shaped(xhtml)])

    def shaped(self, xhtml: str, symbols: int = 0) -> tuple[Shape, ...]:
        """The same, where the first `symbols` of the held holes stay open."""
        out = []
        self.open = symbols
        for text in _BLOCK.split(_TEXT.sub(self._varied, xhtml))[1:]:
            holes: list[int | Around | Hole] = []

            def own(match: re.Match[str], holes: list[int | Around | Hole] = holes) -> str:
                code = ord(match.group())
                base = base_of(code)
                holes.append(code - base if code - base < symbols else self.held[code - base])
                return chr(base + len(holes) - 1)

            text = HOLE.sub(own, text.strip())
            out.append(Shape.of(text, holes))
        self.held = []
        return tuple(out)

    def _varied(self, match: re.Match[str]) -> str:
        """A text with holes for the words that are other ones on other papers: all of them in a list of words."""
        text = match.group(1)
        words = _LISTED if 3 < text.count(",") >= text.count(" ") / 2 else _VARIED
        return f">{words.sub(self._number, text)}<"

    def _number(self, match: re.Match[str]) -> str:
        word = match.group()
        found = HOLE.findall(word)
        if not found:
            return word if ";" in word else self._hold(unescape(word), WORD)
        if ";" in word or word in found or any([not WORD <= ord(c) < WORD + self.open for c in found]):
            return word
        return self._hold(Around(unescape(word)), WORD)


def _as_told(into: Symbols, *told: Any) -> tuple[Any, ...]:
    return told


def _asked(into: Symbols, label: str, points: str, near: bool, ask: str) -> tuple[Any, ...]:
    return label, points, near, into.block(ask)


def _closing(into: Symbols, solution: str) -> tuple[Any, ...]:
    return (into.block(solution),)


@lru_cache(maxsize=16)
def _known(setting: tuple[Any, ...]) -> tuple[Recent[tuple[Block, ...]], Recent[tuple[Shape, ...]]]:
    """The blocks that were made lately for papers of one kind, language, page size, theme and look, and their shapes. What stands on papers is mostly the
    same for all; of keys the shapes are, which are more."""
    return (Recent(768), Recent(512)) if setting[0] == "paper" else (Recent(384), Recent(768))
