"""What is said of answers on paper, in the paper's language."""

from __future__ import annotations

import re

import pytest

from examwright.answers.kinds import equivalence
from examwright.generator import wording
from examwright.generator.draw import draw_variant
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.pages.told import _PATTERNS, PHRASES, told
from examwright.generator.pages.words import WORDS


def test_every_language_has_every_phrase():
    assert set(PHRASES) == set(WORDS) - {"en"}
    for phrases in PHRASES.values():
        assert len(phrases) == len(_PATTERNS)
        for pattern, phrase in zip(_PATTERNS, phrases):
            assert set(re.findall(r"\{\w\}", pattern)) == set(re.findall(r"\{\w\}", phrase)), phrase


@pytest.mark.parametrize("english, german", [
    ("to 3 significant digits", "auf 3 signifikante Stellen"), ("as an interval, to 2 decimals", "als Intervall, auf 2 Nachkommastellen"),
    ("tick all that apply; wrong ticks cost points", "alles Zutreffende ankreuzen; falsche Kreuze kosten Punkte"),
    ("in terms of $x$ and $y$ for $x > 0$; numbers to 1 significant digit", "ausgedrückt durch $x$ und $y$ für $x > 0$; Zahlen auf 1 signifikante Stelle"),
    ("one of left, stay for each state", "eines von left, stay für jedes Stück (Zustand)"), ("0.31 … 0.34; also 3/7", "0.31 … 0.34; auch 3/7"), ("", "")])
def test_phrases(english, german):
    assert told(english, "de") == german and told(english, "en") == english


def said_of_answers():
    yield from [f"also {equivalence.words(way)}".replace("also also", "also") for way in
                ("sign", "scale", "positive scale", "order", "row order", "column order", "row signs", "column signs")]
    for path in question_paths():
        variant = draw_variant(load(path), "told")
        for part in variant.parts:
            yield wording.kind_of(variant, part).asked()
            yield wording.accepted(variant, part)


@pytest.mark.slow
def test_nothing_of_the_bank_stays_in_english():
    """But for formulas, code, and words of the question."""
    texts = {text for text in said_of_answers() if text}
    assert len(texts) > 50
    for language in PHRASES:
        for text in texts:
            for piece in [text] if text in _PATTERNS else text.split("; "):
                words = re.sub(r"\$[^$]*\$|`[^`]*`", "", piece)
                assert told(piece, language) != piece or not re.search("[a-z]{3}", words) or not words.isascii(), piece
