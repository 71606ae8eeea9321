"""What all tests share: the option `--seeds`, the questions found on disk, and a small question to play with."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

TINY = """\
title: A tiny question
topics: [testing]
minutes: 2
draw:
  a: {from: [2, 9]}
  b: {from: [2, 9]}
text: |
  Let $a = {{ a }}$ and $b = {{ b }}$.
parts:
  - name: total
    ask: What is $a + b$?
    answer: a + b
    type: integer
    points: 1
    mistakes:
      - answer: a - b
        say: Add, do not subtract.
  - name: area
    ask: Multiply your sum by $a$.
    answer: total*a
    type: integer
    points: 2
check: {total: a + b, area: (a + b)*a}
"""


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--seeds", type=int, default=50, metavar="N",
                     help="variants of each question in the contract tests (50); the first few run in the quick tests too")


@pytest.fixture(scope="session")
def seeds(request: pytest.FixtureRequest) -> int:
    """How many variants of each question the slow contract tests look at."""
    return int(request.config.getoption("--seeds"))


@functools.lru_cache(maxsize=256)
def _variant(question_id: str, seed: int) -> Any:
    from examwright.generator.draw import draw_variant
    from examwright.generator.load import load

    return draw_variant(load(question_id), seed)


@pytest.fixture(scope="session")
def variant_of() -> Callable[[str, int], Any]:
    """(id, seed) → the variant, drawn once in a process however many contracts look at it."""
    return _variant


@pytest.fixture
def tiny() -> Callable[..., Any]:
    """Load the tiny question, with pieces of its text replaced: tiny(("a + b", "a - b"))."""
    from examwright.generator.load import load_text

    def make(*changes: tuple[str, str], id: str = "tests/tiny") -> Any:
        text = TINY
        for old, new in changes:
            assert old in text, f"{old!r} does not stand in the tiny question"
            text = text.replace(old, new)
        return load_text(text, Path("tiny.yaml"), id)

    return make


@pytest.fixture
def write_question(tmp_path: Path) -> Callable[..., Path]:
    """Write a question file (the tiny one, with pieces replaced) below a `questions` folder; its path."""

    def write(name: str = "mine/tiny", *changes: tuple[str, str], text: str = TINY) -> Path:
        for old, new in changes:
            assert old in text, f"{old!r} does not stand in the question"
            text = text.replace(old, new)
        path = tmp_path / "questions" / (name + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write
