"""What all tests share: the option `--seeds`, the questions found on disk, and a small question to play with."""

from __future__ import annotations

import functools
import gc
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import effort
import pytest

ROOT = Path(__file__).resolve().parent.parent

# the asserts that pytest rewrites are kept for the next run, and modules for the processes that tests start, whatever the environment
# says: it is nearly half of collecting the tests
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

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


def pytest_configure(config: Any) -> None:
    """A cache of their own for the tests, shared by all processes of a run."""
    if "EXAMWRIGHT_CACHE" not in os.environ:
        os.environ["EXAMWRIGHT_CACHE"] = config._examwright_cache = tempfile.mkdtemp(prefix="examwright-cache-")
    effort.QUICK = "not slow" in config.getoption("markexpr")


def pytest_unconfigure(config: Any) -> None:
    if folder := getattr(config, "_examwright_cache", ""):
        del os.environ["EXAMWRIGHT_CACHE"]
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """The thousands of tests, and the libraries that they load, stay until the end: no garbage collection looks at them again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)  # what a test makes is let go without it, all but a few circles
        gc.enable()


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--seeds", type=int, default=200, metavar="N",
                     help="variants of each question in the contract tests (200); the first few run in the quick tests too")


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


class Outline(HTMLParser):
    """What a screen reader and a browser see of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.headings: list[int] = []
        self.addresses: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = self.css = ""
        self.stack: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        self.stack.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.addresses += [v or "" for k, v in attrs if k in ("href", "src", "srcset", "action", "data", "poster", "style") and v]

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] in ("style", "script"):
            self.css += data
        else:
            self.text += data


def _stands_alone(page: bytes) -> Outline:
    """A page that asks no host for anything, and whose structure can be read aloud."""
    text = page.decode()
    seen = Outline(text)
    names = [tag for tag, _ in seen.tags]
    assert not {"script", "link", "iframe", "object", "embed", "form", "img", "base"} & set(names)
    assert all(a.startswith("#") or re.fullmatch(r"(?:text-align:(?:left|right)|border:1px solid;padding:\.15em)", a) for a in seen.addresses), seen.addresses
    assert not re.search(r"@import|url\(|//", seen.css)
    assert "default-src 'none'" in unescape(text) and next(a for t, a in seen.tags if t == "html").get("lang")
    assert seen.headings[0] == 1 and seen.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(seen.headings, seen.headings[1:]))
    assert names.count("main") == 1 and "<title>" in text
    for tag, attributes in seen.tags:
        if tag == "th" and "scope" not in attributes:
            continue  # a table of a question's text
        if tag == "svg":
            assert attributes.get("role") == "img"
    assert text.count("<svg") == len(re.findall("<title[ >]", text)) - 1
    ids = [a["id"] for _, a in seen.tags if "id" in a]
    assert len(ids) == len(set(ids)) and all(a[1:] in ids for a in seen.addresses if a.startswith("#"))
    return seen


@pytest.fixture(scope="session")
def stands_alone() -> Callable[[bytes], Outline]:
    """Check that a web page needs no other file and can be read aloud; what is on it."""
    return _stands_alone


@pytest.fixture(scope="session")
def issue() -> Callable[..., Path]:
    """Issue an exam without printing it: issue(folder, plan, ids) writes folder/plan.yaml and folder/out/exam.db."""
    from examwright.generator.draw import draw_variant
    from examwright.generator.exam import load_plan, paper
    from examwright.generator.make import noted
    from examwright.generator.store import Store

    def run(folder: Path, plan_text: str, students: list[str], seed: int = 1) -> Path:
        (folder / "plan.yaml").write_text(plan_text, encoding="utf-8")
        plan = load_plan(folder / "plan.yaml")
        out = folder / "out"
        out.mkdir()
        with Store.create(out / "exam.db", "plan.yaml", plan.source, str(seed), "0", "then") as store:
            for who in students:
                slots = paper(plan, seed, who)
                variants = [draw_variant(s.question, s.seed, s.pins, s.parts, plan.digits) for s in slots]
                items, questions = noted(plan, slots, variants)
                store.add({"student": who, "name": f"Name {who}", "variant": "", "code": who, "version": "0", "items": items,
                           "questions": questions, "files": {}})
        return out

    return run


# a question with one part of each sort; as issued, the key of `total` has the wrong sign
TWO = """\
title: Two numbers
topics: [testing]
minutes: 4
draw:
  a: {from: [2, 9]}
  b: {from: [2, 9]}
require: ["a != b"]
text: Let $a = {{ a }}$ and $b = {{ b }}$.
parts:
  - name: total
    ask: What is $a + b$?
    answer: a - b
    type: integer
    points: 1
    mistakes:
      - answer: a*b
        say: Add, do not multiply.
  - name: share
    ask: Divide it by $b$.
    answer: total/b
    type: {number: {digits: 3}}
    points: 2
    follow: {points: 1}
  - name: larger
    ask: Which one is larger?
    answer: "'first' if a > b else 'second'"
    type: {choice: {first: The first., second: The second.}}
    points: 1
  - name: reason
    ask: Why?
    type: text
    points: 2
    solution: Because ${{ a }}$ is what it is.
check: {total: a - b, share: (a - b)/b, larger: "'first' if a > b else 'second'"}
"""
TWO_PLAN = """\
title: A short test
minutes: 10
points: 6
sections: [{questions: [{question: mine/two.yaml}]}]
"""


@pytest.fixture(scope="session")
def issued_once(issue: Callable[..., Path], tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("issued")
    (folder / "mine").mkdir()
    (folder / "mine" / "two.yaml").write_text(TWO, encoding="utf-8")
    issue(folder, TWO_PLAN, ["007", "008", "009"])
    return Path(folder)


@pytest.fixture
def two(issued_once: Path, tmp_path: Path) -> Path:
    """A folder with mine/two.yaml, plan.yaml, and out/: an exam of three students (007, 008, 009) with that question,
    issued and not yet graded."""
    import shutil

    shutil.copytree(issued_once, tmp_path / "exam")
    return tmp_path / "exam"
