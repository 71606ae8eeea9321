"""Texts without statements are filled in by closures of our own: as Jinja would, and with the same errors."""

from __future__ import annotations

from typing import Any

import pytest
from flint import arb, fmpq

from examwright.generator import text
from examwright.generator.draw import draw_variant
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.text import Text, TextError, compile_text
from examwright.solvers.arithmetic import Real, ln

VALUES = {"a": fmpq(-7, 3), "n": fmpq(4), "v": (fmpq(1), fmpq(-1, 2), fmpq(3)), "m": ((fmpq(1), fmpq(2)), (fmpq(0), fmpq(-5, 4))),
          "word": "left", "yes": True, "r": Real(arb(2).sqrt()), "l": ln(fmpq(5, 3)), "names": ("A", "B")}
SOURCES = [
    "{{ a }} and {{ a | dec(2) }}, {{ n }}, {{ word }}, {{ yes }}", "${{ v | row }}$ {{ v }} {{ m | matrix }} {{ m }} {{ v[1] }} {{ m[1][0] | signed }}",
    "{{ r }} {{ r | dec }} {{ r | sig(4) }} {{ l }} {{ l | dec(3) }}", "{{ a + n * 2 - 1/2 }} {{ -a }} {{ n ** 2 }} {{ n / 3 }} {{ v * 2 }}",
    "{{ sum(v) }} {{ abs(a) | paren }} {{ max(v[0], n) }} {{ range(3) | join(', ') }}", "{{ 'big' if n > 3 else 'small' }} {{ 'no' if n == 3 else word }}",
    "{{ [a, n] | row }} {{ (1, 2) | set }} {{ word ~ 's' }} {{ [v, v] | table(['x', 'y', 'z']) }}", "{{ v[7] }}", "{{ word + 1 }}", "{{ word * 3 }}", "{{ a / 0 }}",
    "{{ v | dec(200) }}", "{{ sqrt(a) }}", "{{ m[0] | matrix }}", "{{ names[0] }}: {{ names | tuple }}", "{# a remark #}{{ n | percent }}", "{{ n[0] }}", "{{ word[0] }}",
    "{{ v | first }} {{ v | length }}", "{{ n in v }} {{ not yes }} {{ yes and n }}", "{{ v[1:] }}", "{{ 3 }} {{ 1.5 }}", "{{ v | join(between='; ') }}"]


def by_jinja(source: str, monkeypatch: pytest.MonkeyPatch) -> Text:
    with monkeypatch.context() as patch:
        patch.setattr(text, "_pieces", lambda *a: None)
        return compile_text(source)


def filled(found: Text, values: Any) -> str:
    try:
        return found.render(values)
    except TextError as error:
        return f"TextError: {error}"


@pytest.mark.parametrize("source", SOURCES)
def test_as_jinja(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = compile_text(source), by_jinja(source, monkeypatch)
    assert theirs.template is not None and theirs.pieces is None and (ours.names, ours.calls) == (theirs.names, theirs.calls)
    assert filled(ours, VALUES) == filled(theirs, VALUES)


def test_most_of_them_do_without_jinja() -> None:
    found = [compile_text(source) for source in SOURCES]
    assert sum([t.template is None and t.pieces is not None for t in found]) > len(found) * 2 / 3


@pytest.mark.parametrize("source", ["{{ a | nothing }}", "{{ a.b }}", "{{ a + }}", "{% include 'x' %}", "{{ a | dec( }}"])
def test_faults_are_told_when_it_is_compiled(source: str) -> None:
    with pytest.raises(TextError):
        compile_text(source)


@pytest.mark.slow
def test_all_texts_of_all_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    for question_id in question_paths():
        question = load(question_id)
        values = draw_variant(question, 1, check=False).values
        for found in [question.text, question.solution, *[t for p in question.parts for t in (p.ask, p.solution, *[m.say for m in p.mistakes])]]:
            if found is not None and found.pieces is not None:
                compared += 1
                assert filled(found, values) == filled(by_jinja(found.source, monkeypatch), values), (question_id, found.source)
    assert compared > 500
