"""Exam papers and keys as PDF pages: one room with one door.

`render` makes the PDF of one paper, key or solution booklet from a view; `merge` puts many into one file for the printer. A view
holds texts only (Markdown with LaTeX math, values already filled in); the same view gives the same bytes.

WeasyPrint is the compiler: it lays out each shape of a block, and each word, once; our own composer then breaks the lines, fills
the pages and writes the file with its structure for screen readers. `reference=True` is plain WeasyPrint, to compare with.
"""

from __future__ import annotations

import base64
import gc
import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from examwright.generator import cache
from examwright.generator.mathjax import svg
from examwright.generator.pages.printing import impose, merge
from examwright.generator.pages.theme import PLAIN, Theme
from examwright.generator.pages.views import ItemView, Look, PagesError, PaperView, PartView, SectionView

__all__ = ["ItemView", "Look", "PagesError", "PaperView", "PartView", "SectionView", "Theme", "impose", "merge", "printable", "render",
           "render_key", "render_paper"]


def printable(text: str, theme: Theme = PLAIN, language: str = "en") -> bool:
    """Do our fonts have every character of the text?"""
    from examwright.generator.pages import weasy

    return weasy.printable(text, theme, language)


def render(view: PaperView, kind: str = "paper", reference: bool = False, full: bool = False) -> bytes:
    """The PDF of a view: kind "paper", "key" (the answer, the accepted range, the marks and the worked solution in each place) or
    "booklet" (the keys of all questions, for nobody in particular). `reference` has WeasyPrint set the pages, which end where ours do,
    or as late as they can if they are to be `full`. Raises PagesError, MarkupError or MathError, which say what cannot be printed."""
    from examwright.generator.pages import compose, pdf, weasy
    from examwright.generator.pages.sheet import Sheet

    sheet = Sheet(view, kind)
    if reference:
        press, blocks = press_of(sheet), sheet.blocks_of()
        return weasy.reference(press, _plain(sheet, compose.margins(sheet, press), blocks, [] if full else compose.Composer(sheet, press).begins(blocks)))
    attachments = []
    if view.data and kind == "key":
        attachments.append(pdf.Attachment("variant.json", "application/json", "The variant of this paper", view.data.encode()))
    return composed(sheet, attachments)


def press_of(sheet: Any) -> Any:
    """The press that a sheet is printed with."""
    from examwright.generator.pages import weasy

    view = sheet.view
    return weasy.press(view.page_size, view.language, view.theme, view.look, tuple(sheet.words.items()))


def composed(sheet: Any, attachments: list[Any]) -> bytes:
    """The PDF of a `sheet.Sheet`."""
    from examwright.generator.pages import compose

    collecting = gc.isenabled()
    gc.disable()  # a layout makes many objects that all live until it is done
    try:
        return compose.Composer(sheet, press_of(sheet)).document(attachments)
    finally:
        if collecting:
            gc.enable()
        cache.CACHE.save()


def _plain(sheet: Any, margins: tuple[str, str, str], blocks: Sequence[Any], begins: Sequence[int]) -> str:
    """The document for WeasyPrint alone: MathJax's own SVG as a picture for each formula; a page begins with each of the blocks `begins`."""
    from examwright.generator.pages.holes import EM, Figure, Math, filled

    math, (foot, head, who) = sheet.view.look.math, margins

    def picture(hole: Math | Figure) -> str:
        if not isinstance(hole, Math):
            data = base64.b64encode(hole.svg().encode()).decode()
            return f'<img style="width:{hole.width / EM:.4f}em" src="data:image/svg+xml;base64,{data}" alt="{escape(hole.alt)}"/>'
        formula = hole.formula
        return (f'<img style="width:{formula.width * math:.4f}em;vertical-align:{-formula.depth * math:.4f}em" src="{_address(formula.latex, hole.display)}" '
                f'alt="{escape(formula.latex)}"/>')

    texts = [filled(block.xhtml, block.holes, picture) for block in blocks]
    for n in begins:
        texts[n] = texts[n].replace("<div ", '<div style="break-before: page; margin-top: 0" ', 1)
    body = "".join(texts)
    return (f'<html lang="{sheet.view.language}"><head><title>{escape(sheet.named)}</title></head><body data-foot="{escape(foot)}" '
            f'data-head="{escape(head)}" data-who="{escape(who)}">{body}</body></html>')


@lru_cache(maxsize=4096)
def _address(latex: str, display: bool) -> str:
    """A formula as a picture in a `data:` address."""
    image = re.sub(r' (width|height)="[\d.]+ex"', "", svg(latex, display), count=2).replace("currentColor", "#000")
    return "data:image/svg+xml;base64," + base64.b64encode(image.encode()).decode()


def render_paper(view: PaperView, reference: bool = False) -> bytes:
    """The paper as PDF; see `render`."""
    return render(view, "paper", reference)


def render_key(view: PaperView, reference: bool = False) -> bytes:
    """The same paper with the key; see `render`."""
    return render(view, "key", reference)
