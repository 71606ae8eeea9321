"""Numbers and labels of a figure in words: what is written, and what is said to a reader who does not see it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flint import fmpq

from examwright.generator.errors import ExamwrightError
from examwright.solvers.arithmetic import to_decimal

MATH = re.compile(r"\$((?:[^$\\]|\\.)+)\$")


class FigureError(ExamwrightError):
    """A figure that cannot be drawn: which one, and why."""


def shown(x: Any, decimals: int | None = None, digits: int = 3) -> str:
    """A number as a figure shows it: with `decimals` decimals, else exactly where that takes at most 4, else
    rounded to `digits` significant digits; a word as it is."""
    if isinstance(x, str):
        return x
    if decimals is not None:
        return to_decimal(x, decimals=decimals)
    if isinstance(x, fmpq) and 10_000 % int(x.q) == 0 and abs(x) < 10**9:
        return to_decimal(x)
    return to_decimal(x, digits=max(digits, 1))


def number_label(x: Any, decimals: int | None = None, digits: int = 3) -> str:
    """The same as a label; the words + and - are set as signs."""
    if isinstance(x, str):
        return f"${x}$" if x in ("+", "-") else x
    return f"${shown(x, decimals, digits)}$"


# ---- what is said ----------------------------------------------------------------------------

_SAID = {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "cdot": "·", "times": "×", "pm": "±",
    "to": "→", "rightarrow": "→", "infty": "infinity", "top": "transposed", "quad": " ", "qquad": " ", "ldots": "…", "dots": "…",
    "uparrow": "up", "downarrow": "down", "leftarrow": "left", "in": "in", "sqrt": "root of ", "hat": "", "bar": "", "vec": "",
    "text": "", "mathrm": "", "mathbf": "", "operatorname": "", "left": "", "right": "", "displaystyle": "",
}
_ACCENT = re.compile(r"\\(hat|bar|tilde|vec|dot)\s*(?:\{(\\?[A-Za-z]+)\}|(\\?[A-Za-z]+))")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")


def _math_words(latex: str) -> str:
    latex = _ACCENT.sub(lambda m: f"{m.group(2) or m.group(3)} {m.group(1)} ", latex)
    latex = _FRACTION.sub(r"\1/\2", latex)
    latex = re.sub(r"\\([A-Za-z]+)\s*", lambda m: f" {_SAID.get(m.group(1), m.group(1))} ", latex)
    latex = re.sub(r"\\[,;:! ]", " ", latex)
    latex = re.sub(r"[{}\\]", "", latex).replace("^", " to the power ").replace("-", "−")
    return re.sub(r"\s*_\s*", "_", latex)


@lru_cache(maxsize=4096)
def said(text: str) -> str:
    """A label in plain words, for a reader who does not see it."""
    return " ".join(MATH.sub(lambda m: _math_words(m.group(1)), text).split())


def said_number(x: Any, digits: int = 3) -> str:
    """A number (or word) for a reader who does not see it, with a real minus sign."""
    if isinstance(x, str):
        return {"+": "plus", "-": "minus", "−": "minus", "": "empty"}.get(x) or said(x)
    return shown(x, digits=digits).replace("-", "−")


def pair(p: Any) -> str:
    """A point: (1, −2)."""
    return f"({', '.join([said_number(v) for v in p])})"


def terms(*those: tuple[Any, str]) -> str:
    """A sum of multiples: 2 x − y + 3. The last word may be empty."""
    out = ""
    for x, word in those:
        if x == 0:
            continue
        size = said_number(abs(x))
        body = word if word and size == "1" else f"{size} {word}".strip()
        out += (" − " if x < 0 else " + ") + body if out else ("−" if x < 0 else "") + body
    return out or "0"


def counted(n: int, what: str) -> str:
    """1 row, 2 rows."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def listed(items: list[str]) -> str:
    """"a, b and c"."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if items[1:] else "".join(items)
