"""What is said of answers, in the language of who reads it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from examwright.answers import kinds
from examwright.answers.kinds.equivalence import MATRIX_WORDS, VECTOR_WORDS
from examwright.answers.kinds.policy import PolicyKind
from examwright.answers.phrases import SENTENCES, Phrase, either, joined, known, phrase, told
from examwright.generator import wording
from examwright.generator.draw import draw_variant
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.make import sample_view
from examwright.generator.mathset import typeset
from examwright.generator.pages.theme import Theme
from examwright.generator.pages.words import WORDS

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = sorted(SENTENCES)


def fields(sentence: Any) -> set[str]:
    return {name for one in ((sentence,) if isinstance(sentence, str) else sentence) for _, name, _, _ in Formatter().parse(one) if name}


def said_in_code() -> dict[str, set[str]]:
    """Name → what is given in it, of every phrase that is said anywhere in the code, the reasons of `Unreadable` among them."""
    out: dict[str, set[str]] = {}
    for path in [p for room in ("answers", "generator", "grader", "practice", "src/examwright/web") for p in (ROOT / room).rglob("*.py")]:
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)) if "phrase(" in source or "Unreadable(" in source else ():
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("phrase", "Unreadable") and node.args):
                continue
            (name,) = node.args
            if node.func.id == "Unreadable" and isinstance(name, (ast.Attribute, ast.Call)):
                continue  # a reason that was said before, or a solver's
            if isinstance(name, ast.JoinedStr):  # "up to …"
                names = [f"up to {word}" for word in {*VECTOR_WORDS, *MATRIX_WORDS}]
            else:
                names = [n.value for n in ast.walk(name) if isinstance(n, ast.Constant) and n.value in SENTENCES["en"]]
                assert names or isinstance(name, ast.Name), f"{path}: {ast.unparse(node)}"
            for one in names:
                out.setdefault(one, set()).update([k.arg for k in node.keywords if k.arg])
    return out


def test_every_phrase_exists_in_every_language() -> None:
    assert set(LANGUAGES) == set(WORDS)
    for language in LANGUAGES:
        assert SENTENCES[language].keys() == SENTENCES["en"].keys()
        for name, sentence in SENTENCES[language].items():
            assert fields(sentence) == fields(SENTENCES["en"][name]), (language, name)


def test_every_phrase_that_is_said_exists_and_no_other_does() -> None:
    said = said_in_code()
    words = {"state", "step", "cell", "states", "steps", "cells",  # of `each`
             "a number with too many digits", "an expression with too many terms"}  # of solvers/expression.py
    assert said.keys() == SENTENCES["en"].keys() - words
    assert all([known(w) == phrase(w) for w in words]) and known("Zug") == "Zug" and known("also") == "also"
    for name, given in said.items():
        assert given == fields(SENTENCES["en"][name]), name


@pytest.mark.parametrize(("said", "english", "german"), [
    (phrase("digits", n=3), "to 3 significant digits", "auf 3 signifikante Stellen"), (phrase("decimals", n=1), "to 1 decimal", "auf 1 Nachkommastelle"),
    (kinds.make({"interval": {"decimals": 2}}).asked(), "as an interval, to 2 decimals", "als Intervall, auf 2 Nachkommastellen"),
    (kinds.make({"choices": {"options": ["a", "b"], "scheme": "negative"}}).asked(), "tick all that apply; wrong ticks cost points",
     "alles Zutreffende ankreuzen; falsche Kreuze kosten Punkte"),
    (kinds.make({"expression": {"symbols": ["x > 0", "y"], "digits": 1}}).asked(),
     "in terms of $x$ and $y$ for $x > 0$; numbers to 1 significant digit", "ausgedrückt durch $x$ und $y$ für $x > 0$; Zahlen auf 1 signifikante Stelle"),
    (PolicyKind(("1", "2"), ("left", "stay")).asked(), "one of left, stay for each state", "eines von left, stay für jedes Stück (Zustand)"),
    (joined("0.31 … 0.34", "", phrase("also", answer="3/7")), "0.31 … 0.34; also 3/7", "0.31 … 0.34; auch 3/7"),
    (either("left"), "left", "left"), (either("left", "up", "stay"), "left or up or stay", "left oder up oder stay"),
    (joined("", ""), "", ""), (joined(phrase("also", answer="also 3")), "also also 3", "auch also 3")])
def test_phrases(said: Any, english: str, german: str) -> None:
    assert str(said) == told(said, "en") == english and told(said, "de") == german


def test_words_in_keys_are_in_the_language_of_the_paper() -> None:
    choices, policy = kinds.make({"choices": ["a", "b"]}), PolicyKind(("1",), ("left", "up"))
    assert [choices.latex((), language) for language in ("en", "de")] == [r"\text{none}", r"\text{keine}"]
    assert [policy.latex((("left", "up"),), language) for language in ("en", "de")] == [r"\text{1: left or up}", r"\text{1: left oder up}"]
    for language in LANGUAGES:  # the font of formulas has all of their signs
        assert typeset(choices.latex((), language)).width > 0 and typeset(policy.latex((("left", "up"),), language)).width > 0


def test_an_unknown_phrase_is_refused_where_it_is_said() -> None:
    with pytest.raises(KeyError):
        phrase("no such phrase")


@pytest.mark.parametrize("question", ["linear-regression/simple-ols", "mdp/gridworld", "rnn/charlm-loss"])
def test_views_hold_what_is_said_in_the_language_of_the_paper(question: str) -> None:
    variant = draw_variant(load(question), "1")
    kept = {language: sample_view(variant, Theme(language=language)).sections[0].items[0].parts for language in LANGUAGES}
    for language, parts in kept.items():
        for part, view in zip(variant.parts, parts):
            assert view.asked == told(wording.kind_of(variant, part).asked(), language)
            assert view.accepted == told(wording.accepted(variant, part), language)
    assert len({tuple([p.asked for p in parts]) for parts in kept.values()}) == len(LANGUAGES)


def of_every_language(said: Any) -> Iterator[str]:
    """The texts in a phrase, which are the same in every language, but for words of the question's author."""
    if isinstance(said, Phrase):
        for name, value in said.given.items():
            if name not in ("answer", "actions"):
                yield from of_every_language(value)
    else:
        yield str(said)


@pytest.mark.slow
def test_nothing_of_the_bank_stays_in_english() -> None:
    """But for formulas, code, and words of the question."""
    found: set[Any] = set()
    for path in question_paths():
        variant = draw_variant(load(path), "told")
        for part in variant.parts:
            found.add(wording.kind_of(variant, part).asked())
            if part.formula is not None:
                found.add(wording.accepted(variant, part))
    assert len(found) > 50
    for said in found:
        for text in of_every_language(said):
            assert not re.search("[a-z]{3}", re.sub(r"\$[^$]*\$|`[^`]*`", "", text)), text
        for language in set(LANGUAGES) - {"en"}:
            assert not isinstance(said, Phrase) or told(said, language) != str(said)
