"""Pages: what a sheet looks like in a browser. Texts are typeset once for each variant and kept with it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flint import fmpq
from markupsafe import Markup as Safe
from markupsafe import escape

from examwright.answers.kinds import Kind
from examwright.answers.phrases import joined
from examwright.answers.phrases import told as in_language
from examwright.answers.reader import DEFAULT, Notation
from examwright.generator import wording
from examwright.generator.errors import ExamwrightError
from examwright.generator.pages.sheet import FOLDER, words_in
from examwright.generator.question import Part, Variant
from examwright.generator.webpage import WebMarkup, told
from examwright.practice.attempt import PartSheet, Sheet
from examwright.practice.fields import Field, as_read, field_of
from examwright.practice.hints import Hint
from examwright.practice.progress import due

WEB = FOLDER / "web"
LONG = 80  # characters of an order, from which on its options are called by their letters


@lru_cache(maxsize=1)
def environment() -> Any:
    """Jinja2 for the pages: everything that comes in is escaped."""
    import jinja2.sandbox

    env = jinja2.sandbox.SandboxedEnvironment(loader=jinja2.FileSystemLoader(WEB), autoescape=True, undefined=jinja2.StrictUndefined,
                                              trim_blocks=True, lstrip_blocks=True)
    env.filters["points"] = wording.points
    env.filters["inline"] = lambda text: Safe(_PLAIN.inline(str(text)))
    env.filters["block"] = lambda text: told(_PLAIN, str(text))
    env.filters["when"] = lambda at: Safe(f'<time datetime="{at[:19]}Z">{at[:10]} {at[11:16]} UTC</time>')
    env.filters["due"] = due
    env.filters["breakable"] = lambda text: Safe("<wbr>").join(re.split("(?<=[(,_])", str(text)))
    return env


_PLAIN = WebMarkup()


def number(n: fmpq | int, word: str) -> str:
    """1 point, 2 points."""
    return f"{wording.points(n)} {word}{'' if n == 1 else 's'}"


class Typeset:
    """The texts of one variant as HTML."""

    def __init__(self, variant: Variant, language: str = "en"):
        self.variant, self.language = variant, language
        self.markup = WebMarkup(language, blanks=True)
        self._made: dict[tuple[str, bool], Any] = {}

    def block(self, text: str) -> Any:
        """A text of any number of paragraphs."""
        return self._kept(text, True)

    def inline(self, text: str) -> Any:
        """A text within a line."""
        return self._kept(text, False)

    def _kept(self, text: str, block: bool) -> Any:
        found = self._made.get((text, block))
        if found is None:
            found = self._made[text, block] = Safe(self.markup.block(text) if block else self.markup.inline(text))
        return found

    def asked(self, kind: Kind, field: Field) -> Any:
        """In which form an answer is asked for."""
        words = in_language(field.note if field.shape == "order" else joined(kind.asked(), field.note), self.language)
        return self.inline(words) if words else ""

    def heads(self, field: Field) -> tuple[list[Any], list[Any]]:
        """The heads of the rows and of the columns of a field."""
        rows, columns = [[Safe(self.markup.heading(self.inline(h))) for h in heads] for heads in (field.row_heads, field.column_heads)]
        return rows, columns

    def told(self, text: str) -> Any:
        """An author's words with a learner's numbers in them."""
        return told(self.markup, text)

    def value(self, latex: str, text: str) -> Any:
        """A value as HTML: typeset where there is LaTeX and it can be, as text otherwise."""
        if not latex:
            return escape(text)
        try:
            words = words_in(latex)
            return Safe(self.markup.inline(words) if words else self.markup.formula(latex))
        except ExamwrightError:
            return escape(text)


def typeset(variant: Variant, language: str = "en") -> Typeset:
    """The texts of a variant, made once; figures are described, and answers asked for, in the language."""
    found: Typeset | None = variant.cache.get(("typeset", language))
    if found is None:
        found = variant.cache["typeset", language] = Typeset(variant, language)
    return found


# ---- one part --------------------------------------------------------------------------------

class PartView:
    """A part of a sheet for its template. Nothing of the key is in reach of the template before the part is closed."""

    def __init__(self, sheet: Sheet, part: PartSheet, number_: str = ""):
        self._sheet, self._part, self._texts = sheet, part, typeset(sheet.variant)
        self.name, self.label, self.field, self.closed, self.more = part.part.name, part.label, part.field, part.closed, part.more
        self.id = f"{number_}-{part.part.name}" if number_ else part.part.name
        self.title = (f"({part.label}) " if part.label else "") + number(part.part.points, "point")
        self.ask = self._texts.block(wording.ask(sheet.variant, part.part))
        self.asked = self._texts.asked(part.kind, part.field)
        self.inputs = part.inputs
        self.options = [(mark, self._texts.inline(text)) for mark, text in part.field.options]
        self.row_heads, self.column_heads = self._texts.heads(part.field)
        self.worth = part.worth
        self.cost = part.part.points / 4
        self.tried = bool(part.tries)

    @property
    def tone(self) -> str:
        """How the part looks."""
        return self._part.tone

    @property
    def verdict(self) -> str:
        """The latest answer's mark in a few words."""
        return self._part.verdict

    @property
    def earned(self) -> str:
        """What the part has earned, in words; "" before it is closed."""
        if self._part.points is None or not self.closed:
            return ""
        return f"{wording.points(self._part.points)} of {number(self._part.part.points, 'point')}"

    @property
    def say(self) -> Any:
        """What is told about the latest answer: the author's words, or why it could not be read. Before the part is closed nothing else."""
        return self._part.fault or (self._texts.told(self._part.say) if self._part.say else "")

    @property
    def typed(self) -> str:
        """The latest answer as typed."""
        return self._part.latest.text.strip() if self._part.latest else ""

    @property
    def read(self) -> Any:
        """How the latest answer was read."""
        latest = self._part.latest
        return echo(self._sheet.variant, self._part.kind, latest.text)[0] if latest and not latest.mark.open else ""

    @property
    def hints(self) -> list[Any]:
        """The hints that were given, each as HTML."""
        return [hint_html(self._sheet, self._texts, h) for h in self._part.hints]

    # only for closed parts

    def key(self) -> Any:
        """The right answer."""
        part = self._shut()
        if part.part.formula is None:
            return ""
        value = self._sheet.variant.values[self.name]
        if part.field.shape == "order" and len(part.kind.latex(value)) > LONG:
            return part.kind.rounded(value)  # by their letters
        return self._texts.value(part.kind.latex(value), part.kind.plain(value))

    def accepted(self) -> Any:
        """What else is right."""
        part = self._shut()
        found = wording.accepted(self._sheet.variant, part.part) if part.part.formula is not None else ""
        return self._texts.inline(str(found)) if found else ""

    def solution(self) -> Any:
        """The worked solution, or what has to be closed before."""
        part = self._shut()
        waits = self._sheet.waits_for(part)
        if waits:
            return f"It tells the answer to {' and '.join([f'({label})' for label in waits])} too, and is shown when that is closed."
        return self._texts.block(wording.part_solution(self._sheet.variant, part.part))

    def why(self) -> list[dict[str, Any]]:
        """The chain run from each known mistake of the latest answer that was not right."""
        value = self._texts.value
        return [{"say": self._texts.told(route.say), "rows": [
            {"name": name_of(self._sheet, line.name), "formula": line.formula, "right": value(*line.right),
             "wrong_formula": line.wrong_formula, "wrong": value(*line.wrong)} for line in route.lines]}
            for route in self._sheet.routes_of(self._shut())]

    def _shut(self) -> PartSheet:
        if not self._part.closed:
            raise ExamwrightError("This part is still open.")
        return self._part


def _sentence(text: str, language: str = "en") -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", "。", "？", "！")) else "。" if language == "zh" else ".")


def name_of(sheet: Sheet, name: str) -> str:
    """A value of the chain for learners: the letter of the part that asks for it, or its name in words."""
    for p in sheet.parts:
        if p.part.name == name and p.label:
            return f"({p.label})"
    return name.replace("_", " ")


def hint_html(sheet: Sheet, texts: Typeset, hint: Hint) -> Any:
    """A hint as a line of HTML."""
    if not hint.name:
        return Safe("Method: {}").format(_sentence(hint.text))
    name = name_of(sheet, hint.name)
    return Safe("<b>{}</b> is {}").format(name, texts.value(hint.latex, hint.text))


def echo(variant: Variant, kind: Kind, raw: str, notation: Notation = DEFAULT, language: str = "en") -> tuple[Any, str]:
    """(how an answer would be read, as HTML; what is wrong with it). It says nothing about right or wrong."""
    read, latex, fault = as_read(kind, raw, notation)
    if fault:
        return "", _sentence(in_language(fault, language), language)
    text = in_language(read, language)
    texts = typeset(variant, language)
    shape = field_of(kind).shape
    if shape == "order" and len(text) > LONG:
        text = kind.rounded(kind.value(kind.read(raw, notation)))
    if shape in ("one", "many", "order", "picks"):
        return texts.inline(text) if text else "", ""
    return texts.value(latex, text), ""


def part_of(variant: Variant, name: str) -> Part:
    """A part asked by a variant. Raises ExamwrightError."""
    for part in variant.parts:
        if part.name == name:
            return part
    raise ExamwrightError(f"There is no part {name[:60]!r}.")
