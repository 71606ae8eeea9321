"""The README's tour, as a newcomer would type it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from examwright.cli import main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.M | re.S)
COMMANDS = [line.split("  #")[0] for kind, text in BLOCKS if not kind for line in text.splitlines() if line.startswith("examwright ")]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: Any) -> Path:
    """A folder with what the README tells the reader to write."""
    (tmp_path / "my").mkdir()
    question = next(text for kind, text in BLOCKS if kind == "yaml" and text.startswith("title:"))
    (tmp_path / "my" / "unit-price.yaml").write_text(question)
    for name in ("banks", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_quick_commands_of_the_tour(desk: Path) -> None:
    quick = [c for c in COMMANDS if "my-exam" not in c and c != "examwright serve"]  # a server does not end
    assert len(quick) >= 7
    for command in quick:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, (command, result.output)


def test_the_marks_of_the_tour(desk: Path) -> None:
    command = next(c for c in COMMANDS if "theta=" in c)
    assert "A: 2 of 2 (key)" in CliRunner().invoke(main, shlex.split(command)[1:]).output


@pytest.mark.slow
def test_an_exam_as_in_the_tour(desk: Path) -> None:
    (desk / "class.csv").write_text("id,name\n2026103,Amara Okafor\n")
    make = next(c for c in COMMANDS if c.startswith("examwright make")).replace("examples/class.csv", "class.csv")
    result = CliRunner().invoke(main, shlex.split(make)[1:])
    assert result.exit_code == 0 and (desk / "my-exam" / "papers" / "2026103.pdf").read_bytes().startswith(b"%PDF"), result.output
    grade = next(c for c in COMMANDS if c.startswith("examwright grade"))
    result = CliRunner().invoke(main, shlex.split(grade)[1:])
    assert result.exit_code == 3 and "there is no student" in result.output  # the others of the class have no paper here
    told = (("feedback", 0, "feedback for 1 student in"), ("report", 0, "report: my-exam/report/report.html"),
            ("gradebook", 3, "1 grade in the column 'Midterm (208549)'"))
    for command in [c for c in COMMANDS if "my-exam" in c and not c.startswith(("examwright make", "examwright grade "))]:
        code, said = next(((code, said) for start, code, said in told if command.startswith(f"examwright {start}")), (None, ""))
        result = CliRunner().invoke(main, [*shlex.split(command.replace("2026299", "2026103"))[1:], *(["--provisional"] if "gradebook" in command else [])])
        assert result.exit_code in ((0, 3) if code is None else (code,)) and said in result.output, (command, result.output)


def test_python_of_the_readme() -> None:
    code = next(text for kind, text in BLOCKS if kind == "python")
    lines = [line for line in code.splitlines() if not any([f"{word}(" in line for word in ("make", "grade", "report")])]
    exec(compile("\n".join(lines), "README.md", "exec"), {})  # our own file


def _examples() -> list[tuple[str, str]]:
    """(file, text) of each whole question that the documents show."""
    found = [(name, text) for name in ("README.md", "CONTRIBUTING.md", *[f"docs/{p.name}" for p in sorted((ROOT / "docs").glob("*.md"))])
             for text in re.findall(r"^```yaml\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.M | re.S)]
    return [(name, text) for name, text in found if text.startswith("title:") and "\nparts:" in text]


@pytest.mark.slow
@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in _examples()])
def test_whole_questions_of_the_documents_pass_the_check(tmp_path: Path, text: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "question.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(tmp_path / "own"), "--seeds", "1000", "--jobs", "1"])
    assert result.exit_code == 0, result.output


def test_the_first_question_of_the_format_is_whole() -> None:
    assert {"README.md", "docs/question-format.md"} <= {name for name, _ in _examples()}


def test_links_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", *[f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")]):
        text = (ROOT / name).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#\s]+)\)", text):
            if not link.startswith(("http:", "https:")):
                assert ((ROOT / name).parent / link).exists(), (name, link)


def test_the_sample_answers_fit_the_sample_midterm() -> None:
    """examples/answers.csv is what examples/make_answers.py writes for the seed of `make demo`."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("make_answers", ROOT / "examples" / "make_answers.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    seed = re.search(r"^SEED \?= (\w+)", (ROOT / "Makefile").read_text(), re.M)
    assert seed and module.build(seed.group(1)) == (ROOT / "examples" / "answers.csv").read_text(encoding="utf-8")
