"""The questions follow docs/conventions.md, where that can be checked."""

from __future__ import annotations

import importlib.util
import re
from typing import Any

import pytest
from conftest import ROOT

from examwright.generator.draw import draw_variant
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.question import Question
from examwright.generator.text import Text

PAGE = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
QUESTIONS = list(question_paths())


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    lines = PAGE.split(f"## {heading}\n", 1)[1].split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("|---"))
    table = []
    for line in lines[start + 1:]:
        if not line.startswith("|"):
            break
        table.append([c.strip() for c in re.split(r"(?<!\\)\|", line.strip("|"))])
    return table


SYMBOLS = {row[0].strip("$"): re.findall(r"`(\w+)`", row[2]) for row in rows("Symbols")}
AVOIDED = [w.strip() for row in rows("Words") for w in row[1].split(",")]


def given(question: Question) -> list[str]:
    """What the paper says."""
    return [t.source for t in (question.text, *[p.ask for p in question.parts])]


def said(question: Question) -> list[str]:
    """Everything that anybody reads."""
    texts: list[Text | None] = [question.text, question.solution]
    for p in question.parts:
        texts += [p.ask, p.solution, *[m.say for m in p.mistakes]]
    return [question.title, *[t.source for t in texts if t is not None]]


def test_the_tables_are_read() -> None:
    assert SYMBOLS[r"\eta"] == ["eta"] and SYMBOLS[r"\lambda"] == ["lam", "strength"] and len(SYMBOLS) >= 10
    assert {"cutoff", "regularization", "data point"} <= set(AVOIDED)


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_symbols_have_their_names(question_id: str) -> None:
    question = load(question_id)
    for text in given(question):
        for symbol, name in re.findall(r"(\\[a-z]+(?:\^2)?) *= *\{\{ *(\w+)", text):
            if symbol in SYMBOLS and name in question.draw_names:
                assert name in SYMBOLS[symbol], f"{symbol} is drawn as {name}"


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_words_are_those_of_the_house(question_id: str) -> None:
    stems = [w[:-1] if w.endswith("ize") else w for w in AVOIDED]
    pattern = re.compile(rf"(?i)\b({'|'.join(map(re.escape, stems))})(s|d|[a-z]*ing|e|ed|es)?\b")
    found = [m.group() for text in said(load(question_id)) for m in pattern.finditer(re.sub(r"\{\{.*?\}\}|\\begin\{.*?\}|\$[^$]*\$", " ", text, flags=re.S))]
    assert found == []


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_logarithms_have_a_base(question_id: str) -> None:
    assert [t for t in said(load(question_id)) if re.search(r"\\log\b(?!_)", t)] == []


@pytest.fixture(scope="module")
def catalogue() -> Any:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "docs" / "catalogue.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_printed_convention_is_in_the_table(catalogue: Any) -> None:
    assert [row[0] for row in rows("Conventions that are printed")] == list(catalogue.CONVENTIONS)


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_conventions_are_printed(question_id: str, catalogue: Any) -> None:
    for seed in range(3):
        found = catalogue.conventions(draw_variant(load(question_id), seed, check=False))
        assert [name for name, sentence in found.items() if not sentence] == [], f"seed {seed}: not said"


def test_what_is_not_said_is_seen(tiny: Any, catalogue: Any) -> None:
    question = tiny(("Let $a =", r"Let $p = \sigma(3)$, the learning rate, and $a ="))
    assert catalogue.conventions(draw_variant(question, 1)) == {"sigmoid": ""}
    question = tiny(("Let $a =", r"Let $\sigma(z) = 1/(1 + e^{-z})$. Let $a ="))
    assert catalogue.conventions(draw_variant(question, 1)) == {"sigmoid": r"Let $\sigma(z) = 1/(1 + e^{-z})$."}
