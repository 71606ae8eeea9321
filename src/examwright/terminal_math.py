r"""Formulas and texts for a terminal: readable Unicode on one line, from the tree that MathJax makes of the LaTeX.

``\frac{2}{9}`` is 2/9, ``x_1^2`` is x₁², a matrix is written as it is typed: [[1, 2], [3, 4]].
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from examwright.generator import figures
from examwright.generator.mathjax import MathError, math_tree

_UP = dict(zip("0123456789+-−=()abcdefghijklmnoprstuvwxyzTθβ*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᶿᵝ*"))
_DOWN = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"))
_OVER = {"^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304", "―": "\u0304", "→": "\u20d7", "⃗": "\u20d7",
         "˙": "\u0307", "¨": "\u0308", "_": "\u0304"}
_SPACED = set("=<>≤≥≠≈≡∼∝∈∉⊂⊆→↦⇒⇔←∣:+−±×÷∪∩∖∧∨") | {"&lt;", "&gt;"}
_BINARY = set("+−±")
_MATH = re.compile(r"(?<!\\)(\$\$?)(?!\$)((?:[^$\\]|\\.)+?)\1(?!\$)", re.S)


@lru_cache(maxsize=4096)
def unicode_math(latex: str) -> str:
    """A formula on one line; the LaTeX itself where it cannot be read."""
    try:
        text = _row(math_tree(latex)[2])
    except MathError:
        return latex
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip())


def terminal_text(text: str) -> str:
    """A text of a question as Markdown without formulas; figures are said in words."""
    def plain(match: re.Match[str]) -> str:
        return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", unicode_math(match.group(2).strip()))

    return _MATH.sub(plain, figures.described(text)).replace(r"\$", "$")


def terminal_words(text: str) -> str:
    """A short text within a line, without any markup."""
    return re.sub(r"[*`]", "", _MATH.sub(lambda m: unicode_math(m.group(2).strip()), text))


def _row(nodes: list[Any]) -> str:
    out: list[str] = []
    for i, node in enumerate(nodes):
        text = _node(node)
        if not isinstance(node, str) and node[0] == "mo" and text in _SPACED:
            unary = text in _BINARY and (i == 0 or not out or out[-1].endswith(("(", "[", "{", ",", " ", "/", "⋅")))
            text = text if unary else f" {text} "
        elif not isinstance(node, str) and node[0] == "mo" and text in (",", ";"):
            text += " "
        elif _is(node, "mfrac") and text and (_function(out) or _goes_on(nodes[i + 1:])):
            text = f"({text})"
        elif text[:1].isalnum() and out and (_function(out) or re.search(r"[_^]\w+\Z", out[-1]) or (_NAME.match(text) and out[-1][-1:].isalnum())):
            text = " " + text
        out.append(text)
    return "".join(out)


def _is(node: Any, kind: str) -> bool:
    """Is it that, in whatever rows around it?"""
    while not isinstance(node, str) and node[0] in ("TeXAtom", "mrow", "inferredMrow", "mstyle") and len(node[2]) == 1:
        node = node[2][0]
    return not isinstance(node, str) and node[0] == kind


def _function(before: list[str]) -> bool:
    """Does the name of a function stand right before?"""
    return bool(before) and re.search(r"(?:ln|log[₀-₉]*|exp|sin|cos|tan|max|min|tanh|sgn|arg)\Z", "".join(before)) is not None


_NAME = re.compile(r"(?:ln|log|exp|sin|cos|tan|max|min|tanh|sgn|arg)(?![a-z])")


def _goes_on(after: list[Any]) -> bool:
    """Is what stands before multiplied with what follows?"""
    rest = [n for n in after if _node(n).strip()]
    if not rest:
        return False
    text = _node(rest[0]).strip()
    return text[0] in "([{|‖" if _is(rest[0], "mo") else text[0] not in ")],.;%"


def _node(node: Any) -> str:
    if isinstance(node, str):
        return node.replace("\u2061", "").replace("\u2062", "").replace("\u2063", "")
    kind, attributes, children = node
    if kind in ("mi", "mn", "mo", "mtext", "ms"):
        return "".join([_node(c) for c in children]).replace("\u00a0", " ")
    if kind == "mspace":
        return " "
    if kind == "mfrac":
        if str(attributes.get("linethickness", "")).startswith("0"):
            return f"{_node(children[0])} over {_node(children[1])}"
        return f"{_grouped(children[0], True)}/{_grouped(children[1], True)}"
    if kind == "msqrt":
        return "√" + _grouped(children[0] if len(children) == 1 else ["mrow", {}, children])
    if kind == "mroot":
        return _script(_node(children[1]), _UP, "") + "√" + _grouped(children[0])
    if kind in ("msup", "msub", "msubsup", "munder", "mover", "munderover"):
        return _scripts(kind, children)
    if kind == "mtable":
        return _table(children)
    if kind == "mphantom":
        return ""
    return _row(children)


def _grouped(node: Any, tight: bool = False) -> str:
    """In parentheses, if it is more than one thing; `tight`: also for products."""
    text = _node(node).strip()
    whole = re.fullmatch(r"[\w.′\u0300-\u036f₀-₉⁰-⁹ᵀᵢⱼₖ∞]+|\([^()]*\)", text) if tight else re.fullmatch(r"(?:(?![⁰¹²³⁴-⁹])[\w.])+|\([^()]*\)", text)  # √(n²) is not (√n)²
    return text if whole else f"({text})"


def _scripts(kind: str, children: list[Any]) -> str:
    base = _node(children[0])
    below = _node(children[1]) if kind in ("msub", "msubsup", "munder", "munderover") else ""
    above = _node(children[-1]) if kind in ("msup", "msubsup", "mover", "munderover") else ""
    if kind == "mover" and above.strip() in _OVER:
        mark = _OVER[above.strip()]
        return base[:1] + mark + base[1:] if len(base) > 1 and base[0].isalpha() and len(base) < 4 else base + mark
    if set(above) == {"′"}:
        return base + _script(below, _DOWN, "_") + above
    if kind in ("msup", "msubsup") and re.search(r"[\s/+]", base.strip()) and not base.startswith("("):
        base = f"({base})"
    return base + _script(below, _DOWN, "_") + _script(above, _UP, "^")


def _script(text: str, letters: dict[str, str], sign: str) -> str:
    """A script in small letters where there are such; else after a sign."""
    text = text.strip()
    small = text.replace(" ", "")
    if not text:
        return ""
    if all([c in letters for c in small]):
        return "".join([letters[c] for c in small])
    return f"{sign}{text}" if re.fullmatch(r"\w+|.", text) else f"{sign}({text})"


def _table(rows: list[Any]) -> str:
    cells = [[_node(cell).strip() for cell in row[2] if not isinstance(cell, str)] for row in rows if not isinstance(row, str)]
    if all([len(r) == 1 for r in cells]):
        return "; ".join([r[0] for r in cells])
    return "; ".join([", ".join([c for c in r]) for r in cells])
