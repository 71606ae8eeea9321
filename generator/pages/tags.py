"""What a screen reader is told: the structure of a page (PDF/UA-1), element by element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_ROLES = {"p": "P", "h1": "H1", "h2": "H2", "h3": "H3", "ul": "L", "ol": "L", "li": "LI", "table": "Table", "thead": "THead",
          "tbody": "TBody", "tr": "TR", "th": "TH", "td": "TD", "blockquote": "BlockQuote", "pre": "P"}
_BLOCKS = {*_ROLES, "div", "hr"}


@dataclass(frozen=True, slots=True)
class Elem:
    """An element: its role, the index of the one that it is in (-1: the document), what is said in its place; `hole` is the formula
    or figure that it stands for; `late`: is it said after all else that is in the same one? (What stands at the end of a line is drawn first.)"""

    role: str
    parent: int
    alt: str = ""
    hole: int = -1
    scope: str = ""
    late: bool = False


def role_of(element: Any) -> tuple[str, str] | None:
    """(role, what is said in its place) of an element of a page, or None if it is none by itself."""
    tag = element.tag
    if tag == "img":
        if element.get("data-hole") is not None:
            return "Figure" if element.get("data-figure") else "Formula", ""
        return ("Figure", element.get("alt")) if element.get("alt") else None
    if element.get("data-say"):
        return "Span", element.get("data-say")
    if tag == "div" and not any([child.tag in _BLOCKS for child in element]) and (len(element) or (element.text or "").strip()):
        return "P", ""
    if tag in _ROLES:
        return _ROLES[tag], ""
    return None
