"""Numbers and labels of a figure in words: what is written, and what is said to a reader who does not see it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from flint import fmpq, fmpz

from examwright.generator.errors import ExamwrightError
from examwright.generator.figures.phrases import PHRASES
from examwright.solvers.arithmetic import to_decimal

MATH = re.compile(r"\$((?:[^$\\]|\\.)+)\$")


class FigureError(ExamwrightError):
    """A figure that cannot be drawn: which one, and why."""


def shown(x: Any, decimals: int | None = None, digits: int = 3) -> str:
    """A number as a figure shows it: with `decimals` decimals, else exactly where that takes at most 4, else
    rounded to `digits` significant digits; a word as it is."""
    if isinstance(x, str):
        return x
    return _written(x.p, x.q, decimals, digits) if type(x) is fmpq else _rounded(x, decimals, digits)


def _rounded(x: Any, decimals: int | None, digits: int) -> str:
    if decimals is not None:
        return to_decimal(x, decimals=decimals)
    if isinstance(x, fmpq) and 10_000 % int(x.q) == 0 and abs(x) < 10**9:
        return to_decimal(x)
    return to_decimal(x, digits=max(digits, 1))


@lru_cache(maxsize=4096)
def _written(p: fmpz, q: fmpz, decimals: int | None, digits: int) -> str:
    """A rational; most stand in many figures. (To hash one costs more than its two integers.)"""
    return _rounded(fmpq(p, q), decimals, digits)


def number_label(x: Any, decimals: int | None = None, digits: int = 3) -> str:
    """The same as a label; the words + and - are set as signs."""
    if isinstance(x, str):
        return f"${x}$" if x in ("+", "-") else x
    return f"${shown(x, decimals, digits)}$"


# ---- what is said ----------------------------------------------------------------------------

_SIGNS = {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "cdot": "·", "times": "×", "pm": "±",
    "to": "→", "rightarrow": "→", "in": "∈", "quad": " ", "qquad": " ", "ldots": "…", "dots": "…", "hat": "", "bar": "", "vec": "",
    "text": "", "mathrm": "", "mathbf": "", "operatorname": "", "left": "", "right": "", "displaystyle": "",
}
_SAID = {"infty": "infinity", "top": "transposed", "uparrow": "up", "downarrow": "down", "leftarrow": "left", "sqrt": "root of", "ast": "star"}
_ACCENT = re.compile(r"\\(" + "|".join(["hat", "bar", "tilde", "vec", "dot"]) + r")\s*(?:\{(\\?[A-Za-z]+)\}|(\\?[A-Za-z]+))")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")

_INDEX = re.compile(r"(?<!\w)([^\W\d_]+)_(\w+)")


class Speech:
    """One language, in which figures are described to a reader who does not see them. Called with a sentence in English, which stands in the
    file of the kind, it gives that sentence in its own words, with the values put in their places."""

    def __init__(self, language: str):
        self.language = language
        self.table = None if language == "en" else PHRASES[language]

    def __call__(self, english: str, **values: Any) -> str:
        text = english if self.table is None else self.table[english]
        return text.format(**values) if values else text

    def label(self, text: str) -> str:
        """A label in plain words."""
        return _said(self, text)

    def _math(self, latex: str) -> str:
        latex = _ACCENT.sub(lambda m: f"{m.group(2) or m.group(3)} {self(m.group(1))} ", latex)
        latex = _FRACTION.sub(r"\1/\2", latex)
        latex = re.sub(r"\\([A-Za-z]+)\s*", lambda m: f" {self._command(m.group(1))} ", latex)
        latex = re.sub(r"\\[,;:! ]", " ", latex)
        latex = re.sub(r"[{}\\]", "", latex).replace("^", f" {self('to the power')} ").replace("-", "−")
        return re.sub(r"\s*_\s*", "_", latex)

    def _command(self, name: str) -> str:
        return self(_SAID[name]) if name in _SAID else _SIGNS.get(name, name)

    def aloud(self, text: str) -> str:
        """A description as it is to be heard: a name with an index as in formulas that are read aloud."""
        return _INDEX.sub(lambda m: self("{name} sub {index}", name=m.group(1), index=m.group(2)), text)

    def number(self, x: Any, digits: int = 3) -> str:
        """A number, with a real minus sign; a word as a label."""
        if isinstance(x, str):
            return self({"+": "plus", "-": "minus", "−": "minus", "": "empty"}[x]) if x in ("+", "-", "−", "") else self.label(x)
        return _aloud(x.p, x.q, digits) if type(x) is fmpq else shown(x, digits=digits).replace("-", "−")

    def point(self, p: Any) -> str:
        """A point: (1, −2)."""
        return f"({', '.join([self.number(v) for v in p])})"

    def sum(self, *those: tuple[Any, str]) -> str:
        """A sum of multiples: 2 x − y + 3. The last word may be empty."""
        out = ""
        for x, word in those:
            if x == 0:
                continue
            size = self.number(abs(x))
            body = word if word and size == "1" else f"{size} {word}".strip()
            out += (" − " if x < 0 else " + ") + body if out else ("−" if x < 0 else "") + body
        return out or "0"

    def points(self, points: Iterable[Any], names: Sequence[str] = ()) -> list[str]:
        """Points of a plane or a line, each with its name if they have names."""
        said = [self.point(p) if isinstance(p, tuple) else self.number(p) for p in points]
        return [self("{name} at {point}", name=self.label(n), point=p) for n, p in zip(names, said)] if names else said

    def counted(self, n: int, one: str, many: str, **values: Any) -> str:
        """A phrase for one, or that for more: 1 row, 2 rows."""
        return self(one if n == 1 else many, n=n, **values)

    def row(self, items: Iterable[str]) -> str:
        """"a, b, c"."""
        return self(", ").join(items)

    def all(self, items: Sequence[str]) -> str:
        """"a, b and c"."""
        return self(" and ").join([self.row(items[:-1]), items[-1]]) if items[1:] else "".join(items)

    def text(self, sentences: Iterable[str]) -> str:
        """Sentences one after another."""
        return self(" ").join(sentences)


@lru_cache(maxsize=4096)
def _aloud(p: fmpz, q: fmpz, digits: int) -> str:
    return _written(p, q, None, digits).replace("-", "−")


@lru_cache(maxsize=8)
def speech(language: str) -> Speech:
    """The speech of a language: en, or one of `phrases.PHRASES`."""
    return Speech(language)


@lru_cache(maxsize=4096)
def _said(say: Speech, text: str) -> str:
    return " ".join(MATH.sub(lambda m: say._math(m.group(1)), text).split())


def listed(items: Sequence[str]) -> str:
    """"a, b and c", in English: for errors."""
    return speech("en").all(items)
