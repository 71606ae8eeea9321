"""Every file in bad_files/ is refused with the errors that it says at its end, all at once, in every way to load it.

A line `# expect LINE:COLUMN 'word' | message | hint` is one fault: its exact place and offending word, and what its
message and its hint must hold. `# expect draw | message` is a fault that only the numbers show. Files called
`bank-…` are banks. There are no other faults than those expected.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from examwright.cli import main
from examwright.generator.bank import load_bank
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError, Problem, Problems
from examwright.generator.index import entries
from examwright.generator.load import load_file
from examwright.generator.yamlfile import MAX_BYTES
from examwright.grader import contracts

FOLDER = Path(__file__).resolve().parent / "bad_files"
FILES = sorted(FOLDER.glob("*.yaml"))
BANKS = [p for p in FILES if p.name.startswith("bank-")]
QUESTIONS = [p for p in FILES if p not in BANKS]

_EXPECT = re.compile(r"# expect (?:(\d+):(\d+) ('.*?'|\".*?\")|draw) \| (.*)")


@dataclass(frozen=True)
class Expected:
    """One fault as the file announces it; line 0: only a draw shows it."""

    line: int
    column: int
    word: str
    message: str
    hint: str

    def fits(self, p: Problem) -> bool:
        return (p.line, p.column, p.word) == (self.line, self.column, self.word) and self.message in p.message \
            and self.hint in p.hint


def expected(path: Path) -> list[Expected]:
    out = []
    for text in path.read_bytes().decode("latin-1").splitlines():
        if "# expect" not in text:
            continue
        m = _EXPECT.fullmatch(text)
        assert m, f"{path.name}: this line is no expectation: {text}"
        line, column, word, rest = m.groups()
        message, _, hint = rest.encode("latin-1").decode("utf-8").partition(" | ")
        word = ast.literal_eval(word.encode("latin-1").decode("utf-8")) if word else ""
        out.append(Expected(int(line or 0), int(column or 0), word, message, hint))
    assert out, f"{path.name} announces no fault"
    return out


def load_any(path: Path) -> Any:
    return load_bank(path) if path in BANKS else load_file(path)


STATIC = [p for p in FILES if expected(p)[0].line]
LATER = [p for p in FILES if not expected(p)[0].line]


def test_the_corpus_is_large() -> None:
    assert len(FILES) >= 100 and len(BANKS) >= 5 and len(LATER) >= 8
    assert sum(len(expected(p)) >= 12 for p in STATIC) >= 2


@pytest.mark.parametrize("path", STATIC, ids=lambda p: p.stem)
def test_all_faults_at_their_places(path: Path) -> None:
    with pytest.raises(Problems) as caught:
        load_any(path)
    found, wanted = caught.value.problems, sorted(expected(path), key=lambda e: (e.line, e.column))
    shown = "\n".join(f"{p.line}:{p.column} {p.word!r} | {p.message} | {p.hint}" for p in found)
    assert len(found) == len(wanted), shown
    for problem, one in zip(found, wanted):
        assert one.fits(problem), f"expected {one}\n{shown}"


@pytest.mark.parametrize("path", STATIC, ids=lambda p: p.stem)
def test_an_error_is_complete_for_a_person(path: Path) -> None:
    with pytest.raises(Problems) as caught:
        load_any(path)
    text = path.read_bytes().decode("utf-8", "replace")
    for line, problem in zip(str(caught.value).split("\n"), caught.value.problems):
        assert line.startswith(f"{problem.file}:{problem.line}:{problem.column}: ") and problem.file.endswith(path.name)
        assert problem.line <= text.count("\n") + 1 and len(line) < 700
        assert "Y(" not in line and "fmpq" not in line and "Decimal(" not in line


@pytest.mark.parametrize("path", LATER, ids=lambda p: p.stem)
def test_faults_that_only_a_draw_shows(path: Path) -> None:
    question = load_file(path)
    (wanted,) = expected(path)
    with pytest.raises(ExamwrightError) as caught:
        list(contracts.texts(draw_variant(question, 1)))
    assert wanted.message in str(caught.value) and question.id in str(caught.value)


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda p: p.stem)
def test_the_command_line_tells_it_too(path: Path) -> None:
    result = CliRunner().invoke(main, ["check", str(path), "--seeds", "1", "--jobs", "1"], catch_exceptions=False)
    assert result.exit_code == 1
    assert "Traceback" not in result.output and "FAULT" in result.output
    for one in expected(path):
        place = f"{path.name}:{one.line}:{one.column}: " if one.line else ""
        assert any(place in line and one.message in line and one.hint in line for line in result.output.splitlines()), \
            result.output


@pytest.mark.parametrize("path", BANKS, ids=lambda p: p.stem)
def test_a_bad_bank_through_the_command_line(path: Path) -> None:
    result = CliRunner().invoke(main, ["list", "--bank", str(path)], catch_exceptions=False)
    assert result.exit_code == 2 and "Traceback" not in result.output
    for one in expected(path):
        assert f"{path.name}:{one.line}:{one.column}: " in result.output and one.message in result.output


def test_show_and_mark_tell_it_too() -> None:
    path = str(FOLDER / "many-faults.yaml")
    for command in (["show", path], ["mark", path, "--answer", "total=1"]):
        result = CliRunner().invoke(main, command, catch_exceptions=False)
        assert result.exit_code == 2 and result.output.count("many-faults.yaml:") == len(expected(Path(path)))


def test_a_folder_of_bad_files_is_listed_without_stopping() -> None:
    found = list(entries(FOLDER))
    assert len(found) == len(FILES)
    assert {e["id"] for e in found if "error" in e} >= {f"bad_files/{name}" for name in ("bytes-nul", "yaml-tab", "yaml-list", "bytes-empty")}


def test_nothing_was_run() -> None:
    for path in STATIC:
        with pytest.raises(Problems):
            load_any(path)
    assert not Path("/tmp/examwright-was-here").exists()


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(Problems) as caught:
        load_file(path)
    assert [(p.line, p.column, p.message) for p in caught.value.problems] == [(1, 1, "is larger than 1000000 bytes.")]


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    with pytest.raises(Problems, match=":1:1: cannot be read: "):
        load_file(tmp_path / name)
