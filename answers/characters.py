"""Typed characters with their variants made one: spaces, dashes, dots, full-width forms, and LaTeX's ways of saying them."""

from __future__ import annotations

import re
import unicodedata

from examwright.answers.typed import Blank, Unreadable

__all__ = ["MAX_LENGTH", "ROW", "SUBSCRIPTS", "VULGAR", "clean", "visible"]

MAX_LENGTH = 500  # characters of one answer

ROW = "\x1e"  # a LaTeX row break, after cleaning

_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Zero-width signs and marks of direction; the two overrides U+202D and U+202E are not among them: they would show other digits than
# are there, and cannot be read.
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\u2061\u2062\u2063\u2066\u2067\u2068\u2069\ufeff"
_VISIBLE: dict[int, str | None] = {**{ord(c): " " for c in _SPACES}, **{ord(c): None for c in _UNSEEN}, ord("\r"): "\n"}
# words in the languages of papers: that join the last of several to the others, that lead to the next, that say there is none. Those that stand within
# other words (和 in 饱和) or are usual names (y) join numbers and letters only.
AND_WORDS, THEN_WORDS, NONE = "and|und|et", "then|dann|danach|puis|ensuite|luego|después", "none|keine[rs]?|aucune?|ningun[ao]|无"
AND = rf"(?:\s+(?:{AND_WORDS})\s+|(?<=[0-9A-Za-z)\]}}])\s*(?:以?及|和|与)\s*(?=[-(\[{{0-9A-Za-z])|(?<=[0-9)])\s+y\s+(?=[-(]?[0-9]))"
THEN = rf"(?:\b(?:{THEN_WORDS})\b|然后|再)"

_DASHES = "–—‒―"  # between digits they stand for a range
_TABLE: dict[int, str | None] = {
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    **_VISIBLE,
    **{ord(c): "-" for c in "−﹣⁃"},
    **{ord(c): "*" for c in "×·⋅∙•∗✕✖⨯‧"},
    **{ord(c): "/" for c in "÷∕⁄"},
    **{ord(c): "≈" for c in "~～∼≃≅≐≒"},
    ord("⟨"): "(", ord("⟩"): ")", ord("〈"): "(", ord("〉"): ")", ord("’"): "'", ord("ℯ"): "e", ord("、"): ",",
    ord("。"): ".", ord("٪"): "%", ord("ˆ"): "^", ord("≔"): "=", ord(ROW): "\x1f",
}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾⸍", "0123456789+-()/")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅐": (1, 7), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    "⅑": (1, 9), "⅒": (1, 10),
}
_LATEX_DROPPED = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?|displaystyle|textstyle|q?quad|limits|hline|boxed|nolimits)"
                            r"(?![A-Za-z])|\\[,;:! ]|\\(?=\s)")
_LATEX_MEANING = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "approx": "≈", "simeq": "≈", "sim": "≈", "cong": "≈", "minus": "-",
    "pm": "±", "infty": "∞", "emptyset": "∅", "varnothing": "∅", "pi": " π ", "ln": " ln ", "log": " log ", "exp": " exp ",
    "lg": " lg ", "to": "→", "rightarrow": "→", "succ": ">", "prec": "<", "gt": ">", "lt": "<", "langle": "(", "rangle": ")",
    "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "lvert": "|", "rvert": "|", "vert": "|", "top": "⊤",
    "%": "%", "{": "{", "}": "}", "$": " ", "|": "‖", "&": "&",
}
_LATEX_SYMBOLS = re.compile(r"\\(?:(" + "|".join([k for k in _LATEX_MEANING if k.isalpha()]) + r")(?![A-Za-z])|([%{}$|&]))")
_FONT = re.compile(r"\\(?:mathrm|mathit|mathbf|text|textrm|textbf|operatorname)\s*\{([^{}]*)\}")
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_LOG_BASE = re.compile(r"log([₀-₉]+)")
_MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ff]")  # letters and digits as Word's formulas have them
_DASH = re.compile(rf"(?<![0-9])[{_DASHES}]|[{_DASHES}](?![0-9])")


def clean(raw: str) -> str:
    """The text with its variants of signs and spaces made one; newlines are kept.

    Raises Blank where nothing is left, Unreadable for more than MAX_LENGTH characters.
    """
    if not isinstance(raw, str):
        raise Unreadable("this is not text")
    if len(raw) > MAX_LENGTH:
        if not raw.strip():
            raise Blank
        raise Unreadable("the answer is longer than {n} characters", n=MAX_LENGTH)
    if "~" in raw and ("\\" in raw or "$" in raw):
        raw = re.sub(r"(?<=[^\s=$])~(?=\S)", " ", raw)  # LaTeX's space
    text = raw.translate(_TABLE)
    if not text.isascii():
        text = _DASH.sub("-", text)
        text = _MATHEMATICAL.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)
        text = _LOG_BASE.sub(lambda m: "log_{" + m.group(1).translate(SUBSCRIPTS) + "}", text)
        text = _RAISED.sub(lambda m: "^(" + m.group().translate(_SUPERSCRIPTS) + ")", text)
    if "\\" in text:
        text = text.replace("\\\\", ROW)
        text = _FONT.sub(r"\1", text)
        text = re.sub(r"\\log\s*_\s*", " log_", text)
        text = _LATEX_DROPPED.sub(" ", text)
        text = re.sub(r"\\[\[\]()]", " ", text)
        text = _LATEX_SYMBOLS.sub(lambda m: _LATEX_MEANING[m.group(1) or m.group(2)], text)
    text = text.replace("{,}", ",").replace("$", " ").replace(":=", "=").replace("==", "=")
    text = re.sub(r" {2,}", " ", text).strip()
    if not text:
        if raw.translate(_TABLE).strip(" \n$"):
            raise Unreadable("there is nothing to read")
        raise Blank
    return text


def visible(text: str) -> str:
    """The text without signs of no width, every space a plain one; nothing else is changed."""
    return text if text.isascii() else text.translate(_VISIBLE)
