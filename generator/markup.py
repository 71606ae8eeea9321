"""Texts (Markdown with LaTeX math) as XHTML for the pages. Raw HTML is text; pictures and links load nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from html import escape
from itertools import pairwise, takewhile
from typing import Any

from examwright.generator import figures
from examwright.generator.errors import ExamwrightError
from examwright.generator.mathjax import MathError
from examwright.generator.mathset import Formula, typeset, zeros
from examwright.generator.wide import OURS, SIGN, WIDE, joined, quoted

MAX_LENGTH = 100_000
Place = Callable[[Formula, bool, str], str]  # a formula (displayed?) as an element; what it is part of, "" if the last one was too
Show = Callable[[str, str], str]  # a figure (its address; is it "figure", or "blank": in the key it is left out?) as an element


class MarkupError(ExamwrightError):
    """A text that cannot be printed."""


_QUOTES = {"en": "“”‘’", "de": "„“‚‘", "fr": ["«\u202f", "\u202f»", "‹\u202f", "\u202f›"]}


_FIGURE = re.compile(r"(figure|blank):([A-Za-z0-9_=-]+)")


@lru_cache(maxsize=8)
def _parser(language: str) -> Any:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    md = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True, "typographer": True,
                                   "quotes": _QUOTES.get(language, _QUOTES["en"])})
    md.enable(["table", "smartquotes"]).disable(["html_block", "html_inline", "reference"])
    dollarmath_plugin(md, double_inline=True)
    md.inline.ruler.at("emphasis", _emphasis)

    def inline(self: Any, tokens: Any, idx: int, options: Any, env: Any) -> str:
        env["formulas"].append((tokens[idx].content, False))
        return f"\0{len(env['formulas']) - 1}\0"

    def display(self: Any, tokens: Any, idx: int, options: Any, env: Any) -> str:
        env["formulas"].append((tokens[idx].content, True))
        return f"\0{len(env['formulas']) - 1}\0"

    def image(self: Any, tokens: Any, idx: int, options: Any, env: Any) -> str:
        source = str(tokens[idx].attrs.get("src", ""))
        if not _FIGURE.fullmatch(source):
            raise MarkupError(f"a text has the picture {source!r}; texts cannot load pictures")
        return f"\x01{source}\x01"

    def link_open(self: Any, tokens: Any, idx: int, options: Any, env: Any) -> str:
        env.setdefault("links", []).append(str(tokens[idx].attrs.get("href", "")))
        return ""

    def link_close(self: Any, tokens: Any, idx: int, options: Any, env: Any) -> str:
        href = env["links"].pop()
        return f" ({escape(href)})" if href else ""

    def softbreak(self: Any, tokens: Any, idx: int, options: Any, env: Any) -> str:
        before = next((t.content for t in reversed(tokens[:idx]) if t.content), "")
        after = next((t.content for t in tokens[idx + 1:] if t.content), "")
        return "" if joined(before[-1:], after[:1]) else "\n"

    def emphasis(self: Any, tokens: Any, idx: int, options: Any, env: Any) -> str:
        opens = tokens[idx].nesting == 1
        inside = list(takewhile(lambda t: t.level != tokens[idx].level or t.type not in ("em_open", "em_close"), tokens[idx + 1:] if opens else tokens[idx - 1::-1]))
        return f"<{'' if opens else '/'}{'strong' if any([SIGN.search(t.content) for t in inside]) else 'em'}>"

    for name, rule in (("em_open", emphasis), ("em_close", emphasis), ("softbreak", softbreak), ("math_inline", inline), ("math_inline_double", display), ("math_block", display),
                       ("math_block_label", display), ("image", image), ("link_open", link_open),
                       ("link_close", link_close)):
        md.add_render_rule(name, rule)
    return md


def _emphasis(state: Any, silent: bool) -> bool:
    """Asterisks, as in CommonMark; but beside signs of a script without spaces they begin and end emphasis whatever punctuation is on their other side, as
    no space can tell (`请看**“截距”**一行`). Such emphasis is set bold: the signs have no italics."""
    from markdown_it.rules_inline.emphasis import tokenize
    from markdown_it.rules_inline.state_inline import Delimiter

    start = end = state.pos
    while end < state.posMax and state.src[end] == "*":
        end += 1
    before, after = state.src[start - 1:start], state.src[end:end + 1]
    if silent or end == start or not SIGN.match(before) and not SIGN.match(after):
        return bool(tokenize(state, silent))
    for _ in range(end - start):
        state.push("text", "", 0).content = "*"
        state.delimiters.append(Delimiter(marker=ord("*"), length=end - start, token=len(state.tokens) - 1, end=-1,
                                          open=not after.isspace() and after != "", close=not before.isspace() and before != ""))
    state.pos = end
    return True


@lru_cache(maxsize=768)
def parsed(text: str, block: bool, language: str) -> tuple[str, tuple[tuple[str, bool], ...]]:
    """The XHTML with \\0n\\0 in the place of each formula, and the formulas."""
    env: dict[str, Any] = {"formulas": []}
    md = _parser(language)
    html = md.render(text, env) if block else md.renderInline(text, env)
    return quoted(html.strip()), tuple(env["formulas"])


FORMULA = r"(?<!\\)(?P<dollars>\$\$?)(?!\$)(?P<latex>(?:[^$\\]|\\.)+?)(?P=dollars)(?!\$)"
NUMBER = rf"[-−+]?[0-9]+(?:[.,:/][0-9]+)*%?(?=[ |,;:?!)\n{WIDE}]|\.(?:\s|\Z)|\Z)"
WITHIN = rf"(?:(?<=[^\s\-*+>.)][ |(])|(?<=[{WIDE}]))"  # where a number begins no list
_MATH = re.compile(FORMULA, re.S)


def clean(text: str) -> str:
    """A text without characters that mean something to ourselves. Raises MarkupError for one that is too long."""
    if len(text) > MAX_LENGTH:
        raise MarkupError(f"a text has {len(text)} characters, more than {MAX_LENGTH}")
    return OURS.sub("\ufffd", text)


_NUMBER = re.compile(WITHIN + NUMBER)
_HELD = "\x02"


def _split(text: str, block: bool, language: str) -> tuple[str, tuple[tuple[str, bool], ...]]:
    """As `parsed`; texts that differ in formulas, figures and numbers only are parsed once."""
    text = clean(text)
    found: list[str] = []
    shown: list[str] = []
    numbers: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        found.append(match.group(2).strip())
        return f"{match.group(1)}{len(found) - 1}{match.group(1)}"

    def pictured(match: re.Match[str]) -> str:
        shown.append(match.group(2))
        return f"![]({match.group(1)}:{len(shown) - 1})"

    def held(match: re.Match[str]) -> str:
        numbers.append(match.group())
        return _HELD

    same = _MATH.sub(numbered, text) if "$" in text else text
    same = _NUMBER.sub(held, figures.IN_TEXT.sub(pictured, same) if "](" in same else same)
    if same == text:
        return parsed(text, block, language)
    html, formulas = parsed(same, block, language)
    between = html.split(_HELD)
    pictures = _SHOWN.findall(html) if shown else []
    if ([c.strip() for c, _ in formulas] != [str(n) for n in range(len(found))] or len(between) != len(numbers) + 1
            or [n for _, n in pictures] != [str(n) for n in range(len(shown))]):
        return parsed(text, block, language)  # something of it stands in code, or in a formula's place
    if numbers:
        html = "".join([words + n for words, n in zip(between, [*numbers, ""])])
    if shown:
        html = _SHOWN.sub(lambda m: f"\x01{m.group(1)}:{shown[int(m.group(2))]}\x01", html)
    return html, tuple([(found[n], wide) for n, (_, wide) in enumerate(formulas)])


# ---- long formulas in a line -----------------------------------------------------------------

_WIDE = 9.0  # em: wider than this, a formula in a line may be broken
_SHORT = 14  # characters: what is no longer is no wider, but for some letters that are never seen
_STEP = re.compile(r"\\(?:begin|left)(?![A-Za-z])|\\(?:end|right)(?![A-Za-z])|\\[A-Za-z]+|\\.|[{}]|.", re.S)
_KEEP = re.compile(r"&|\\\\|\\(?:color|displaystyle|textstyle|scriptstyle|rm|bf|it|tt|over|choose|atop|middle|limits)(?![A-Za-z])")
_RELATIONS = {"=", "<", ">", ",", ";", r"\le", r"\leq", r"\ge", r"\geq", r"\ne", r"\neq", r"\approx", r"\in", r"\to",
              r"\mapsto", r"\sim", r"\propto", r"\equiv", r"\Rightarrow", r"\implies", r"\iff", r"\quad", r"\qquad",
              r"\leftarrow", r"\rightarrow", r"\gets"}


def pieces(latex: str) -> tuple[Formula, ...]:
    """A formula in a line of text, in pieces between which the line may break: after relations and commas."""
    ends = _ends(zeros(latex).decode("utf-8", "surrogatepass")) if len(latex) > _SHORT else ()
    return tuple([typeset(p) for p in _cut(latex, ends)])


def _cut(latex: str, ends: Sequence[int]) -> list[str]:
    return [*[latex[a:b] + "{}" for a, b in pairwise([0, *ends])], latex[ends[-1] if ends else 0:]]


@lru_cache(maxsize=2048)
def _ends(latex: str) -> Sequence[int]:
    """Where pieces of a formula end. It is asked with 0 for all digits, as digits are equally wide."""
    ends = [] if _KEEP.search(latex) else _breaks(latex, _RELATIONS)
    if ends:
        with suppress(MathError):
            out = [typeset(p) for p in _cut(latex, ends)]
            if max([f.width for f in out]) > 25:
                ends = [a + end for a, b in pairwise([0, *ends, len(latex)]) for end in (*_breaks(latex[a:b], {"+", "-"}), b - a)][:-1]
                out = [typeset(p) for p in _cut(latex, ends)]
            if sum([f.width for f in out]) > _WIDE:
                return ends
    return ()


def _breaks(latex: str, after: set[str]) -> list[int]:
    """Where a formula may end a line: behind these signs."""
    out, depth, start = [], 0, 0
    last = ""
    for match in _STEP.finditer(latex):
        word = match.group()
        if word == "{" or word in (r"\begin", r"\left"):
            depth += 1
        elif word == "}" or word in (r"\end", r"\right"):
            depth -= 1
        elif depth == 0 and word in after and latex[start:match.start()].strip() and last not in after and last not in "^_":
            rest = latex[match.end():]
            if rest.strip() and not re.match(r"\s*[{_^=]", rest):
                start = match.end()
                out.append(start)
        if not word.isspace():
            last = word
    return out


# ---- putting the formulas in -----------------------------------------------------------------

_MARK = re.compile(r"\0(\d+)\0")
_GLUED = re.compile(rf"[^\s<>\0{WIDE}]*(?:\0\d+\0[^\s<>\0{WIDE}]*)+")


_SHOWN = re.compile(r"\x01(figure|blank):([A-Za-z0-9_=-]+)\x01")
_ALONE = re.compile(r"<p>(\s*(?:\x01[^\x01<>]+\x01\s*)+)</p>")


class Markup:
    """Turns texts into XHTML; `place` makes the element of each formula, `show` that of each figure (none: figures are
    described in words). Figures without words beside them get a paragraph of the class "figure"."""

    def __init__(self, place: Place, language: str = "en", show: Show | None = None):
        self.place = place
        self.language = language
        self.show = show

    def block(self, text: str) -> str:
        """A text of any number of paragraphs, lists, tables."""
        return self._filled(text, True)

    def inline(self, text: str) -> str:
        """A text within a line."""
        return self._filled(text, False)

    def formula(self, latex: str, display: bool = False) -> str:
        """One formula, given without its dollar signs."""
        return self._formula(latex, display).replace("<wbr/>", "")

    def _formula(self, latex: str, display: bool) -> str:
        if display:
            return f'<span class="display">{self.place(typeset(latex, True), True, latex)}</span>'
        return "<wbr/>".join([self.place(f, False, "" if n else latex) for n, f in enumerate(pieces(latex))])

    def _filled(self, text: str, block: bool) -> str:
        if "](" in text and self.show is None:
            text = figures.described(text, self.language)
        return put_in(*_split(text, block, self.language), self._formula, self.show)


def put_in(html: str, formulas: Sequence[tuple[str, bool]], formula: Callable[[str, bool], str], show: Show | None) -> str:
    """The XHTML of `parsed` with its formulas and figures; what stands beside a formula without a space stays with it."""
    if "\x01" in html and show is not None:
        html = _ALONE.sub(r'<p class="figure">\1</p>', html)
        html = _SHOWN.sub(lambda m: show(m.group(2), m.group(1)), html).replace('<p class="figure"></p>', "")
    if not formulas:
        return html
    made = [formula(latex, display) for latex, display in formulas]

    def put(match: re.Match[str]) -> str:
        return made[int(match.group(1))]

    def glued(match: re.Match[str]) -> str:
        word = match.group()
        if word.count("\0") == 2 and word[0] == word[-1] == "\0":
            return made[int(word[1:-1])]
        if any([formulas[int(n)][1] for n in _MARK.findall(word)]):
            return _MARK.sub(put, word)
        if "<wbr/>" not in (full := _MARK.sub(put, word)):
            return f'<span class="w">{full}</span>'
        first, *middle, last = full.split("<wbr/>")
        return "".join([f'<span class="w">{first}</span>', *middle, f'<span class="w">{last}</span>'])

    # a displayed formula is no part of a line: blocks stand beside paragraphs
    return _GLUED.sub(glued, html).replace("<wbr/>", "")
