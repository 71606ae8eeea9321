"""Web pages that stand alone: one file, no request to any host, formulas as MathML, light and dark.

Texts are Markdown with LaTeX math (`WebMarkup`); everything else that comes into a template is escaped by Jinja2. A
Content-Security-Policy in the page forbids scripts and every request, should something slip through after all.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

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
        return _HEAD.sub(lambda m: self.heading(m.group()), super().block(text))

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


def web_page(template: str, language: str = "en", **values: Any) -> bytes:
    """A page from templates/pages/<template>. The template has `block` and `inline` for texts, `value` for a formula without
    dollar signs, and the values given. Raises ExamwrightError where a text cannot be shown."""
    from markupsafe import Markup as Safe

    markup = WebMarkup(language)

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
