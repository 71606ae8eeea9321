"""Cutting text at signs that stand outside all brackets."""

from __future__ import annotations

from collections.abc import Callable

from examwright.answers.typed import Unreadable

__all__ = ["groups", "has", "opened", "split"]

_PAIRS = {"(": ")", "[": "]", "{": "}"}


def groups(text: str) -> list[tuple[int, int]]:
    """Where the outermost pairs of brackets begin and end. Raises Unreadable where brackets do not match."""
    out: list[tuple[int, int]] = []
    awaited: list[str] = []
    start = 0
    for i, c in enumerate(text):
        if c in _PAIRS:
            if not awaited:
                start = i
            awaited.append(_PAIRS[c])
        elif c in ")]}":
            if not awaited:
                raise Unreadable("a closing bracket without an opening one")
            if awaited.pop() != c:
                raise Unreadable("brackets that do not match")
            if not awaited:
                out.append((start, i + 1))
    if awaited:
        raise Unreadable("a bracket is not closed")
    return out


def split(text: str, is_separator: str | Callable[[str, int], bool]) -> list[str]:
    """The pieces between separators (one of some signs, or where a function of text and place says so) outside all brackets."""
    signs = is_separator if isinstance(is_separator, str) else None
    out, start, at = [], 0, 0
    for begin, end in [*groups(text), (len(text), len(text))]:
        for i in range(at, begin):
            if text[i] in signs if signs is not None else is_separator(text, i):  # type: ignore[operator]
                out.append(text[start:i])
                start = i + 1
        at = end
    out.append(text[start:])
    return out


def has(text: str, sign: str) -> bool:
    """Does the sign stand outside all brackets?"""
    return sign in text and len(split(text, sign)) > 1


def opened(text: str) -> tuple[str, bool]:
    """The text inside the one pair of brackets around it, and whether there was one."""
    text = text.strip()
    if text[:1] in tuple(_PAIRS) and groups(text)[0] == (0, len(text)):
        return text[1:-1].strip(), True
    return text, False
