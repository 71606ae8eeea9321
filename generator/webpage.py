"""Web pages that stand alone: one file, no request to any host, formulas as MathML, light and dark.

Texts are Markdown with LaTeX math (`WebMarkup`); everything else that comes into a template is escaped by Jinja2. A
Content-Security-Policy in the page forbids scripts and every request, should something slip through after all.
"""

from __future__ import annotations

import functools
import re
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree

from examwright.generator import figures
from examwright.generator.errors import ExamwrightError
from examwright.generator.markup import Markup
from examwright.generator.mathml import mathml
from examwright.generator.pages.sheet import FOLDER, templates, words_in
from examwright.generator.pages.spoken import say

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


_HEAD = re.compile(r"<th\b[^>]*>.*?</th>", re.S)
_FORMULA = re.compile(r'<math\b(?=[^>]*>)((?:(?!</math>).)*?<annotation encoding="application/x-tex">([^<]*))', re.S)


class WebMarkup(Markup):
    """Texts as HTML with native MathML, and figures as SVG in the colour of the text; with `blanks` also those that are to be filled in,
    which a page with solutions has no need of."""

    def __init__(self, language: str = "en", blanks: bool = False):
        super().__init__(lambda formula, display, whole: mathml(whole, display), language, self._svg)
        self.blanks = blanks
        self.figures = 0

    def block(self, text: str) -> str:
        return _HEAD.sub(lambda m: self.heading(m.group()), super().block(text)).replace("<th></th>", "<td></td>")  # a head that says nothing is none

    def heading(self, html: str) -> str:
        """HTML for the head of a row or a column, which is read out with each cell: its formulas are given in words."""
        return _FORMULA.sub(lambda m: f'<math aria-label="{escape(say(unescape(m.group(2)), self.language))}"{m.group(1)}', html)

    def _svg(self, address: str, role: str) -> str:
        """A figure of a text; what a student was to fill in is shown filled in, in the solution."""
        if role == "blank" and not self.blanks:
            return ""
        svg = figures.drawn(address, self.language).svg()
        self.figures += 1  # the same figure may stand on a page twice, its ids may not
        tag = svg.partition('aria-labelledby="')[2].partition("t ")[0]
        return svg.replace(tag, f"{tag}-{self.figures}-")

    def _formula(self, latex: str, display: bool) -> str:
        return mathml(latex, display)


class _Still(WebMarkup):
    """The same for pages without scripts: what may be too wide for a telephone stands in a box that scrolls, by keys as well. Browsers do
    not break formulas into lines, and without a script nobody measures them; so their width is guessed, rather too large than too small."""

    def block(self, text: str) -> str:
        box = self._box("div", "scroll", 1)
        return re.sub("<table>.*?</table>", lambda m: f"{box}{m.group()}</div>", super().block(text), flags=re.S)

    def _formula(self, latex: str, display: bool) -> str:
        html = super()._formula(latex, display)
        return f"{self._box('span', 'wide', 0)}{html}</span>" if width(html) > NARROW else html

    def _box(self, tag: str, name: str, what: int) -> str:
        return f'<{tag} class="{name}" role="group" tabindex="0" aria-label="{_BOXES[self.language][what]}">'


_BOXES = {"en": ("formula", "table"), "de": ("Formel", "Tabelle"), "fr": ("formule", "tableau"), "es": ("fórmula", "tabla"), "zh": ("公式", "表格")}
NARROW = 12.0  # em: what is sure to fit a telephone of 320 px, within a solution's box


@functools.lru_cache(maxsize=4096)
def width(html: str) -> float:
    """About how wide a `<math>` element is, in em."""
    return _width(ElementTree.fromstring(html))


def _width(element: ElementTree.Element) -> float:
    tag, children = element.tag, list(element)
    if tag in ("annotation", "none", "mprescripts"):
        return 0.0
    if not children:
        text = (element.text or "").strip()
        if tag == "mo":
            return 1.3 if text in _SPACED else 0.5 * len(text)
        return 0.55 * len(text) if tag != "mspace" else 1.0
    widths = [_width(c) for c in children]
    if tag in ("msub", "msup", "msubsup", "mmultiscripts"):
        return widths[0] + 0.7 * (max(widths[1:]) if tag == "msubsup" else sum(widths[1:]))
    if tag in ("munder", "mover", "munderover", "mtable", "mfrac"):
        return max(widths)
    if tag == "mroot":
        return 1 + widths[0]
    return sum(widths) + (0.9 if tag == "mtd" else 0.8 if tag == "msqrt" else 0.0)


_SPACED = frozenset("+−-=<>≤≥≠≈∼∝⋅×·/∈→↦←∑∏∫⟹⇒⟺∣|≪≫±")


def web_page(template: str, language: str = "en", **values: Any) -> bytes:
    """A page from templates/pages/<template>. The template has `block` and `inline` for texts, `value` for a formula without
    dollar signs, and the values given. Raises ExamwrightError where a text cannot be shown."""
    from markupsafe import Markup as Safe

    markup = _Still(language)

    def value(latex: str) -> Any:
        words = words_in(latex)
        return Safe(markup.inline(words) if words else markup.formula(latex)) if latex else ""

    return bytes(templates().get_template(template).render(
        block=lambda text: Safe(markup.block(text)), inline=lambda text: Safe(markup.inline(text)), value=value,
        told=lambda text: told(markup, text), language=language, policy=POLICY, css=Safe((FOLDER / "web.css").read_text("utf-8")),
        **values).encode())


def told(markup: Markup, text: str) -> Any:
    """An author's words filled in with a student's numbers; as plain text where these cannot be typeset."""
    from markupsafe import Markup as Safe

    try:
        return Safe(markup.block(text))
    except ExamwrightError:
        return text
