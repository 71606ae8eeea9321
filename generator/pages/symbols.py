"""Texts with symbols in the place of their formulas, figures and numbers: what differs from paper to paper.

Two papers that differ in these only have the same texts with symbols, so what the page template makes of a text is made once and filled for each
paper. The symbol of a formula says in how many pieces it is, since that decides what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from examwright.generator.cache import Sharing
from examwright.generator.markup import FORMULA, NUMBER, WITHIN, Markup, clean, parsed, pieces, put_in
from examwright.generator.mathset import typeset
from examwright.generator.pages.holes import FIGURE, MATH, WORD, Hole, Math, math
from examwright.generator.wide import WIDE

_MARK = "\x02"  # begins the symbol of a formula between its dollar signs, and that of a figure; no text has it
_FIGURE = r"!\[\]\((?P<role>figure|blank):(?P<address>[A-Za-z0-9_=-]+)\)"
_FIRST = r"(?=[$!0-9\-−+])"  # what any of them begins with
_WITHIN = re.compile(rf"{_FIRST}(?:{FORMULA}|{_FIGURE}|(?<![^\s|({WIDE}]){NUMBER})", re.S)
_BLOCK = re.compile(rf"{_FIRST}(?:{FORMULA}|{_FIGURE}|{WITHIN}{NUMBER})", re.S)
_WORDS = re.compile(f"[{chr(WORD)}-\U0010fffd]")
_TAG = re.compile("<[^>]*>")


class Symbolic(str):
    """A text with symbols."""

    __slots__ = ()


@lru_cache(maxsize=3072)
def holes_of(latex: str, display: bool = False) -> tuple[Math, ...]:
    """The holes of a formula in a text."""
    if display:
        return (math(typeset(latex, True), True, latex),)
    return tuple([math(f, False, "" if n else latex) for n, f in enumerate(pieces(latex))])


_one = Sharing(2048)


class Symbols:
    """Puts symbols into texts; `held` is what they stand for, in their order. `figure` makes the hole of a figure of a role and an address, or None
    where it is left out. `refused` are texts that stay as they are."""

    def __init__(self, figure: Callable[[str, str], Hole | None], refused: Collection[str] = ()):
        self.figure, self.refused = figure, refused
        self.held: list[Hole] = []
        self.texts: list[tuple[str, Symbolic, bool]] = []

    def block(self, text: str) -> str:
        """A text of any number of paragraphs, lists, tables."""
        return self._text(text, _BLOCK, True)

    def inline(self, text: str) -> str:
        """A text within a line."""
        return self._text(text, _WITHIN, False)

    def words(self, text: str) -> str:
        """A plain text, each word of which may be another one on the next paper."""
        words = clean(text).split()
        self.held += words
        return Symbolic(" ".join([chr(WORD + len(self.held) - len(words) + n) for n in range(len(words))]))

    def formula(self, holes: Sequence[Math]) -> str:
        """A text that is a formula and nothing else."""
        self.held += holes
        return Symbolic(f"${_MARK}{len(self.held) - len(holes)}:{len(holes)}$")

    def unfit(self, language: str) -> set[str]:
        """The texts that Markdown reads otherwise with symbols: with dollar signs in code, say."""
        return {text for text, symbolic, block in self.texts if not _fits(symbolic, block, language)}

    def _text(self, text: str, find: re.Pattern[str], block: bool) -> str:
        if text in self.refused:
            return text
        made = _one(Symbolic(find.sub(self._symbol, clean(text))))
        self.texts.append((text, made, block))
        return made

    def _symbol(self, match: re.Match[str]) -> str:
        held, kind = self.held, match.lastgroup
        if kind == "latex":
            dollars, latex = match.group(1, 2)
            holes = holes_of(latex.strip(), len(dollars) == 2)
            held += holes
            return f"{dollars}{_MARK}{len(held) - len(holes)}:{len(holes)}{dollars}"
        if kind == "address":
            role, address = match.group(3, 4)
            made = self.figure(role, address)
            if made is None:
                return ""
            held.append(made)
            return f"![](figure:{len(held) - 1})"
        held.append(match.group())
        return chr(WORD + len(held) - 1)


@lru_cache(maxsize=1024)
def _fits(text: str, block: bool, language: str) -> bool:
    html, formulas = parsed(text, block, language)
    return (re.findall(rf"{_MARK}[0-9]+:[0-9]+", text) == [latex for latex, _ in formulas]
            and re.findall(r"!\[\]\(figure:([0-9]+)\)", text) == re.findall("\x01figure:([0-9]+)\x01", html)
            and _WORDS.findall(text) == _WORDS.findall(_TAG.sub("", html)))


class SymbolMarkup(Markup):
    """Turns texts with symbols into XHTML in which one character stands for each hole; other texts as `Markup` does."""

    def _filled(self, text: str, block: bool) -> str:
        if not isinstance(text, Symbolic):
            return super()._filled(text, block)
        return put_in(*parsed(text, block, self.language), _characters, lambda address, role: chr(FIGURE + int(address)))


def _characters(symbol: str, display: bool) -> str:
    first, count = [int(n) for n in symbol.removeprefix(_MARK).split(":")]
    made = "<wbr/>".join([chr(MATH + first + n) for n in range(count)])
    return f'<span class="display">{made}</span>' if display else made
