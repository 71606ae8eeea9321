"""Lists of words."""

from __future__ import annotations

import re
import unicodedata

from examwright.answers.brackets import opened
from examwright.answers.characters import AND, AND_WORDS, MAX_LENGTH, visible
from examwright.answers.lists import MAX_ENTRIES
from examwright.answers.typed import Ambiguous, Blank, Unreadable

__all__ = ["clean_words", "comparison_in", "option_typed", "read_words"]

_SEPARATOR = re.compile(r"\s*(?:->|=>|[,;，、；><→⇒≻≺\n|])\s*")
_LATEX = {"\\to": "→", "\\rightarrow": "→", "\\succ": ">", "\\prec": "<", "\\{": "{", "\\}": "}", "$": "", "≺": "<", "≻": ">"}
_NUMBERED = re.compile(r"(?:^|[\s,;]+)([0-9]{1,2})[.)]\s+")
_JOINED = re.compile(rf"{AND}|(?<=[A-Z)])\s+y\s+(?=\(?[A-Z])|\s*[&+]\s*|\s*,\s*(?:(?:{AND_WORDS}|y)\s+)?")
_LABEL = re.compile(r"(?:the\s+)?(?:answer|ans|option|choice)s?\b(?:\s+(?:is|are)\b)?\s*[:=]?\s*(?=\S)", re.I)
_MARK = re.compile(r"[(\[]?(?:[A-Za-z]|[0-9]{1,2})[)\].]?")


def clean_words(raw: str) -> str:
    """The text without signs of no width, each space a plain one. Raises Blank or Unreadable."""
    if not isinstance(raw, str):
        raise Unreadable("this is not text")
    text = visible(raw).strip()
    if not text:
        raise Blank
    if len(raw) > MAX_LENGTH:
        raise Unreadable("the answer is longer than {n} characters", n=MAX_LENGTH)
    return text


def option_typed(text: str) -> str:
    """What stands after ``answer:`` or ``option``, with the letters of an East Asian keyboard as plain ones."""
    bare = _LABEL.sub("", text.strip(), 1)
    return unicodedata.normalize("NFKC", bare) if re.search("[\uff01-\uff5e]", bare) else bare


def read_words(raw: str, sign: str = "") -> tuple[str, ...]:
    """The words of a list such as ``b > a > c``, ``b, a, c``, ``b a c`` or ``1. b 2. a 3. c``; single spaces inside a word are
    kept where another separator is used. `sign` is the comparison (< or >) that the order asked for goes by: a list with the
    other one is read from its end.

    Raises Blank; Unreadable; without `sign`, Ambiguous for ``b < a < c``: it may say the order from left to right, or that c
    comes first.
    """
    text = _without_latex(clean_words(raw))
    typed = comparison_in(text)
    inner, whole = opened(text)
    while whole:
        text = inner
        inner, whole = opened(text)
    text = text.strip()
    if not text:
        return ()
    words = _cut(text)
    if any(not w for w in words):
        raise Unreadable("an entry is missing")
    if len(words) > MAX_ENTRIES:
        raise Unreadable("more than {n} entries", n=MAX_ENTRIES)
    if typed == "<" and not sign and len(words) > 1:
        raise Ambiguous([", ".join(words), ", ".join(reversed(words))])
    return words[::-1] if sign and typed and typed != sign else words


def comparison_in(text: str) -> str:
    """The comparison that joins the words of a list, "" if none does. Raises Unreadable for both."""
    bare = re.sub("[-=]>", "", _without_latex(text))
    found = [sign for sign in "<>" if sign in bare]
    if len(found) > 1:
        raise Unreadable("'>' and '<' in one list")
    return "".join(found)


def _without_latex(text: str) -> str:
    for latex, plain in _LATEX.items():
        text = text.replace(latex, plain)
    return text


def _cut(text: str) -> tuple[str, ...]:
    numbered = _NUMBERED.split(text)
    if len(numbered) > 3 and not numbered[0] and all(numbered[2::2]):  # 1. b 2. a
        ranked = sorted(zip([int(n) for n in numbered[1::2]], numbered[2::2]))
        if [n for n, _ in ranked] == list(range(1, len(ranked) + 1)):
            return tuple([" ".join(word.strip(" ,;").split()) for _, word in ranked])
    marks = _JOINED.split(text)
    if all([_MARK.fullmatch(m) for m in marks]):  # A and C
        return tuple(marks)
    pieces = [" ".join(p.split()) for p in _SEPARATOR.split(text)]
    return tuple(pieces if len(pieces) > 1 else text.split())
