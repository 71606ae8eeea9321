"""A deck for Anki: fresh variants of questions, with their keys and worked solutions on the back. Formulas are MathML, figures SVG, nothing is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from examwright.generator import wording
from examwright.generator.question import Variant
from examwright.practice import tasks
from examwright.practice.fields import field_of

_CSS = """
.card { font: 18px/1.5 Georgia, serif; text-align: left; max-width: 46rem; margin: 0 auto; padding: .5rem }
table { border-collapse: collapse } th, td { padding: .2rem .6rem; border-bottom: 1px solid #9998 }
.figure { text-align: center } .figure svg { max-width: 100%; height: auto } .soft { opacity: .7 } ul { padding-left: 1.2rem }
"""
_FRONT = "<h3>{{Title}}</h3>{{Question}}"
_BACK = '{{FrontSide}}<hr id="answer">{{Answer}}'


def _number(text: str) -> int:
    """An id as Anki has them, always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") | 1 << 30


def export(catalogue: tasks.Catalogue, families: Iterable[tasks.Family], count: int, seed: str | None, out: Path) -> int:
    """Write an .apkg with `count` variants of each family, in one deck for each topic; how many notes it has. With a `seed` the variants are always the
    same; importing them again then updates the notes. Raises ExamwrightError."""
    import genanki

    model = genanki.Model(_number("examwright note 1"), "Examwright", fields=[{"name": n} for n in ("Title", "Question", "Answer", "Variant")],
                          templates=[{"name": "Question", "qfmt": _FRONT, "afmt": _BACK}], css=_CSS)
    decks: dict[str, Any] = {}
    notes = 0
    for family in families:
        name = f"Examwright::{tasks.topic_name(family.topic)}"
        deck = decks.setdefault(name, genanki.Deck(_number(name), name))
        for n in range(count):
            variant = catalogue.variant(family.id, f"{seed}-{n}" if seed is not None else tasks.fresh_seed())
            front, back = sides(variant)
            deck.add_note(genanki.Note(
                model=model, fields=[_markup().inline(variant.question.title), front, back, f"{family.id}/{variant.seed}"],
                guid=genanki.guid_for("examwright", family.id, variant.seed), tags=[family.topic, family.id.replace("/", "::")]))
            notes += 1
    genanki.Package(list(decks.values())).write_to_file(str(out))
    return notes


def _markup() -> Any:
    from examwright.generator.webpage import WebMarkup

    return WebMarkup(blanks=True)


def sides(variant: Variant) -> tuple[str, str]:
    """Front and back of a card, as HTML."""
    markup = _markup()
    front, back = [markup.block(wording.question_text(variant))], []
    for i, part in enumerate(variant.parts):
        kind = wording.kind_of(variant, part)
        label = f"<b>({wording.label(i)})</b> " if len(variant.parts) > 1 else ""
        asked = f' <span class="soft">[{markup.inline(str(kind.asked()))}]</span>' if kind.asked() else ""
        front.append(f"<div>{label}{markup.block(wording.ask(variant, part))}{asked}</div>")
        options = [f"<li><b>{mark}</b> {markup.inline(text)}</li>" for mark, text in field_of(kind).options]
        front.append(f"<ul>{''.join(options)}</ul>" if options else "")
        if part.formula is not None:
            value = variant.values[part.name]
            back.append(f"<p>{label}{_shown(markup, kind, value)}</p>")
    back.append(markup.block(wording.solution(variant)))
    return "\n".join([f for f in front if f]), "\n".join(back)


def _shown(markup: Any, kind: Any, value: Any) -> str:
    """A key: words as text, anything else as a formula."""
    from examwright.generator.pages.sheet import words_in

    latex = kind.latex(value)
    words = words_in(latex)
    return str(markup.inline(words) if words else markup.formula(latex))
