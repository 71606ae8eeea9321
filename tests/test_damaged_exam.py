"""An exam.db, notes, plans, class lists and themes that are damaged, or written to do harm: each is told with its place, and nothing fails with a
fault of our own."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from examwright.cli import main
from examwright.generator.errors import ExamwrightError

SEEN = ("student,item,answer\n" "007,1a,3\n008,1b,0.5\n009,1c,first\n")


def invoke(*args: Any, code: int = 2) -> str:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exit_code == code, result.output
    assert "a fault of Examwright itself" not in result.output and "Traceback" not in result.output, result.output
    return str(result.output)


def change(exam: Path, statement: str, *values: Any) -> None:
    """Change an exam.db as somebody would who first drops its triggers."""
    with sqlite3.connect(exam / "exam.db") as db:
        for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(statement, values)


def commands(two: Path) -> dict[str, tuple[Any, ...]]:
    out = two / "out"
    return {"grade": ("grade", out, two / "b.csv", "--jobs", 1), "feedback": ("feedback", out, "--jobs", 1), "report": ("report", out),
            "regrade": ("regrade", out, "--why", "so", "--void", "1a", "--dry-run"), "sheet": ("sheet", out, "1a", "-o", out / "s.csv"), "history": ("history", out),
            "make": ("make", two / "plan.yaml", "--roster", two / "class.csv", "--seed", 1, "-o", out, "--jobs", 1)}


@pytest.fixture(scope="module")
def graded_once(issued_once: Path, tmp_path_factory: Any) -> Path:
    folder = Path(tmp_path_factory.mktemp("graded") / "exam")
    shutil.copytree(issued_once, folder)
    (folder / "a.csv").write_text(SEEN)
    (folder / "b.csv").write_text(SEEN.replace("first", "second"))
    (folder / "class.csv").write_text("id,name\n007,Name 007\n008,Name 008\n009,Name 009\n")
    assert CliRunner().invoke(main, ["grade", str(folder / "out"), str(folder / "a.csv")]).exit_code in (0, 3)
    return folder


@pytest.fixture
def graded(graded_once: Path, tmp_path: Path) -> Path:
    """As `two`, graded, with other answers in b.csv."""
    return Path(shutil.copytree(graded_once, tmp_path / "exam"))


READS_ITEMS = ("grade", "feedback", "report", "regrade", "sheet")
READS_MARKS = ("grade", "feedback", "report", "regrade", "sheet", "history")

WRONG_PARTS = ['"x"', "3", "NaN", "[" * 30_000, "9" * 6000, b"\xff", "{}", "[]", "null", "[", "-1", "1e400", '{"a": {"b": 1}}', '[["p", "", "1"], ["p", "", "1"]]',
               '[["p", "", "-1"]]', '[["p", "", 1]]', '[["p", "", "1/0"]]', '[["total", "a"]]']
WRONG_DRAWS = ['{"a": "1e999999999"}', '{"a": "exp(10^1000000)"}', '{"a": ' + "[" * 900 + "]" * 900 + "}", '{"a": "1/0"}', '{"a": 1}', '{"a": {"word": 3}}', '{"a": null}', "[]", "3",
               "[" * 30_000, b"\xff", '{"a": "%s"}' % ("9" * 6000), '{"a": true}', '{"a": {"word": "x"}}']


@pytest.mark.parametrize(("column", "value"), [
    *[("parts", v) for v in WRONG_PARTS], *[("draws", v) for v in WRONG_DRAWS],
    *[("points", v) for v in ("[", "null", "-1", "1/0", "x", "", "9" * 6000, b"1")],
    *[("shown", v) for v in ("[", "null", "{}", "[]", "3", '{"title": 3}', '{"title": "T", "minutes": "x", "values": {}, "parts": []}', "[" * 30_000, b"\xff",
                             '{"title": "T", "minutes": 1, "values": {}, "parts": [{"name": "total"}]}')],
    *[("carry", v) for v in ("x", -1, 100_000_000)], ("question", "nope"), ("student", "nobody"), ("number", "x"), ("seed", b"\xff"),
], ids=lambda v: repr(v)[:24])
def test_a_wrong_value_of_an_item_is_told_with_its_place(graded: Path, column: str, value: Any) -> None:
    change(graded / "out", f"UPDATE item SET {column} = ? WHERE student = '008'", value)
    for name in READS_ITEMS:
        told = invoke(*commands(graded)[name])
        assert "exam.db is damaged: table item" in told and f"{column} is " in told and "Put a copy" in told
        assert ("student 008" in told) == (column != "student") and len(told) < 700


@pytest.mark.parametrize("plan", ["[", "- a", "x", "3", "", "title: 5\n- x", "title: T\nnotation: 3", "title: T\nnotation: {log: 7}", "title: T\nfewer_digits: x", "title: T\nlanguage: xx",
                                  "title: T\npaper: A9", "title: T\nminutes: x", "title: T\ninstructions: {a: b}", "a: " + "[" * 30_000, b"\xff\x00"], ids=lambda v: repr(v)[:24])
def test_a_wrong_plan_is_told(graded: Path, plan: Any) -> None:
    change(graded / "out", "UPDATE exam SET plan = ?", plan)
    for name in ("grade", "feedback", "report", "regrade"):
        told = invoke(*commands(graded)[name])
        assert "exam.db is damaged: table exam" in told and "plan" in told and "Put a copy" in told


def test_a_column_without_a_value_is_told(graded: Path) -> None:
    for statement in ("CREATE TABLE e2 AS SELECT * FROM exam", "UPDATE e2 SET plan = NULL", "DROP TABLE exam", "ALTER TABLE e2 RENAME TO exam"):
        change(graded / "out", statement)
    for name in (*READS_MARKS, "make"):
        if name != "history":
            assert "damaged: table exam, plan is None" in invoke(*commands(graded)[name])


@pytest.mark.parametrize(("statement", "said", "readers"), [
    ("DROP TABLE item", "no such table: item", READS_ITEMS), ("DROP TABLE mark", "no such table: mark", READS_MARKS),
    ("ALTER TABLE item RENAME COLUMN parts TO teile", "no such column: parts", READS_ITEMS),
    ("ALTER TABLE question RENAME COLUMN source TO s", "no such column: source", READS_ITEMS),
    ("UPDATE item SET parts = CAST(x'ff' AS TEXT)", "decode", READS_ITEMS),
    ("UPDATE paper SET variant = x'ff'", "table paper, student 007, name Name 007: variant is b'", READS_MARKS[:5]), ("DELETE FROM paper", "student is '007'", READS_MARKS[:5]),
    ("DELETE FROM question", "question is '", READS_ITEMS), ("UPDATE question SET source = x'ff'", "table question", READS_ITEMS),
    ("CREATE VIEW more AS SELECT * FROM item", "'more' is no table", (*READS_MARKS, "make")),
    ("CREATE TABLE look AS SELECT '007' AS student, '{\"large\": 3}' AS look", "table look, student 007: look is ", ("feedback",)),
    ("UPDATE answer SET raw = x'ff'", "table answer, line 2, student 007, paper 007, number 1, part total: raw is b'", READS_MARKS[:5]),
    ("UPDATE answer SET line = 'x'", "line is 'x'", READS_MARKS[:5]),
    ("INSERT INTO timing VALUES (1, 1, '007', 1, 'total', 'x')", "seconds is 'x'", READS_MARKS[:5]),
    ("INSERT INTO timing VALUES (1, 1, '007', 1, 'total', 1e308)", "seconds is 1e+308", READS_MARKS[:5]),
    ("INSERT INTO hand VALUES (1, '007', 1, 'total', '', 'x', 'y', NULL, '')", "table hand, student 007, number 1, part total: points is 'x'", READS_MARKS[:5]),
    *[(f"INSERT INTO amendment VALUES (1, 1, '{content}')", "table amendment, id 1, run 1: content is", READS_MARKS)
      for content in ("{", "[]", "{}", '{"do": "void"}', '{"do": "points", "at": {"question": "q", "part": "p", "number": null}, "student": null, "points": "x"}',
                      '{"do": "question", "of": "x", "id": "x", "file": "x", "source": "x", "keys": [3]}', "[" * 20_000)],
    ("INSERT INTO amendment VALUES (1, 7, '{}')", "run is 7", READS_MARKS),
    ('INSERT INTO amendment VALUES (1, 1, \'{"do": "void", "at": {"question": "mine/two", "part": "p", "number": null}, "student": null}\')', "no paper has a part 'p'", READS_ITEMS[:2]),
    ("INSERT INTO withdrawal VALUES (1, 'x')", "amendment is 'x'", READS_MARKS), ("DELETE FROM grading", "graded by Examwright ?", READS_MARKS),
    ("DELETE FROM run", "run is 1", ("history",)),
    ("DELETE FROM mark WHERE part = 'share'", "there is no mark for 1b", ("feedback", "report")), ("UPDATE mark SET part = 'x' WHERE part = 'share'", "there is no part 'x' of an item 1", READS_ITEMS),
    ("UPDATE mark SET student = 'x'", "student is 'x'", READS_MARKS[:5]), ("UPDATE mark SET number = 'x'", "number is 'x'", READS_MARKS[:5]),
], ids=lambda v: repr(v)[:40])
def test_a_wrong_row_is_told(graded: Path, statement: str, said: str, readers: tuple[str, ...]) -> None:
    change(graded / "out", statement)
    for name in readers:
        told = invoke(*commands(graded)[name])
        assert "exam.db" in told and said in told, (name, told)


@pytest.mark.parametrize(("column", "value"), [
    *[(c, v) for c in ("points", "of") for v in ("x", "", "-5", "1/0", "9" * 6000, "{}", b"\xff")],
    *[("detail", v) for v in ("", "x", "3", "[1]", "{}", '{"why": "key"}', '{"why": "nothing", "points": "1", "of": "1"}', "[" * 20_000, b"\xff",
                              '{"why": "key", "points": "1", "of": "1", "read": 3}', '{"why": "key", "points": "1", "of": "1", "read": "", "evidence": "", "say": "", "raw": "", "causes": [3]}')],
    ("waits", b"\xff"), ("key", b"\xff"), ("item", b"\xff"),
], ids=lambda v: repr(v)[:24])
def test_a_wrong_mark_is_told(graded: Path, column: str, value: Any) -> None:
    change(graded / "out", f"UPDATE mark SET {column} = ? WHERE student = '008' AND part = 'share'", value)
    for name in READS_MARKS[:5]:
        assert f"exam.db is damaged: table mark, student 008, number 1, part share: {column} is " in invoke(*commands(graded)[name])
    assert "table mark, student 008" in invoke("history", graded / "out", "--student", "008")


def test_random_bytes_in_the_middle_are_told(graded: Path) -> None:
    path = graded / "out" / "exam.db"
    whole = path.read_bytes()
    for at in range(0, len(whole) - 1, 3 * 4096):
        path.write_bytes(whole[:at + 20] + bytes([(7 * i * i + at) % 251 for i in range(3000)]) + whole[at + 3020:])
        for name in ("report", "history", "regrade"):
            result = CliRunner().invoke(main, [str(a) for a in commands(graded)[name]])
            assert "a fault of Examwright itself" not in result.output, (at, name, result.output)


def test_a_paper_whose_files_are_not_on_record_is_told(two: Path) -> None:
    (two / "class.csv").write_text("id,name\n007,Name 007\n008,Name 008\n009,Name 009\n")
    assert "table file: papers/007.pdf of student 007 is not in it" in invoke(*commands(two)["make"])


def test_the_variant_of_a_key_may_be_damaged_too() -> None:
    from examwright.generator.embedded import loads

    for text in ("[" * 30_000, "[]", "{}", '{"format": 1, "about": {"student": "1"}, "items": [{"number": 1e400}], "questions": {}}'):
        with pytest.raises(ExamwrightError, match="is not that of a key"):
            loads(text)


# ---- the folder of the feedback ----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("notes", [b"\xff\n", b"[" * 99_999 + b"\n", b'{"student": [1]}\n[1]\n', b'{"student": "007", "files": 3, "view": "x"}\n'], ids=lambda v: repr(v[:12]))
def test_damaged_notes_of_feedback_mean_that_it_is_made_again(graded: Path, notes: bytes) -> None:
    folder = graded / "out" / "feedback"
    folder.mkdir()
    (folder / ".feedback.jsonl").write_bytes(notes)
    assert "(1 made, 0 kept)" in invoke("feedback", graded / "out", "--jobs", 1, "--student", "007", code=0)


@pytest.mark.parametrize(("name", "said"), [(".feedback.jsonl", "is no regular file"), (".a.part", "Is a directory")])
def test_a_folder_in_the_way_of_feedback_is_told(graded: Path, name: str, said: str) -> None:
    (graded / "out" / "feedback" / name).mkdir(parents=True)
    told = invoke(*commands(graded)["feedback"])
    assert name in told and said in told


# ---- texts that cannot be printed --------------------------------------------------------------

PLAN = """\
title: A test
minutes: 5
points: 6
sections:
  - title: First
    questions: [mine/two.yaml]
"""


@pytest.fixture
def asked(two: Path, monkeypatch: Any) -> Path:
    """A folder with a plan and its question, in which nothing is made yet."""
    (two / "class.csv").write_text("id,name\n007,Ann\n")
    (two / "plan.yaml").write_text(PLAN)
    monkeypatch.chdir(two)
    return two


def make(code: int = 2, **more: str) -> str:
    return invoke("make", "plan.yaml", "--roster", "class.csv", "--seed", 1, "-o", "made", "--jobs", 1, *[x for k, v in more.items() for x in (f"--{k}", v)], code=code)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("old", "new", "said"), [
    ("title: A test\n", 'title: "A ![x](http://h/i.png)"\n', "plan.yaml:1:16 (title): a text has the picture 'http://h/i.png'"),
    ("minutes: 5\n", 'minutes: 5\ninstructions:\n  - Be brief.\n  - "![x](http://h/i.png)"\n', "plan.yaml:5:11 (instructions[2]): a text has the picture"),
    ("minutes: 5\n", 'minutes: 5\ninstructions: "Be $\\\\foo$"\n', "plan.yaml:3:19 (instructions[1]): $\\foo$: there is no command"),
    ("title: First\n", 'title: "![x](http://h/i.png)"\n', "plan.yaml:5:18 (sections[1].title): a text has the picture"),
    ("title: First\n", 'title: First\n    instructions: Say ཀ.\n', "plan.yaml:6:23 (sections[1].instructions): "),
    ("title: A test\n", "title: A test\ncourse: ཀ 1\n", "plan.yaml:2:9 (course): "),
])
def test_a_text_of_the_plan_that_cannot_be_printed_is_told_with_its_place(asked: Path, old: str, new: str, said: str) -> None:
    edit(asked / "plan.yaml", old, new)
    told = make()
    assert said in told and "two.yaml" not in told


@pytest.mark.parametrize(("old", "new", "said"), [
    ("text: Let $a =", "text: Let $\\foo$, $a =", "$\\foo$: there is no command \\foo, at mine/two.yaml:8:11 (text)"),
    ("text: Let $a =", "text: |\n  Some words.\n\n  Let $\\foo$, $a =", "at mine/two.yaml:11:7 (text)"),
    ("ask: Divide it by $b$.", "ask: '![x](http://h/i.png) divide it by $b$.'", "at mine/two.yaml:19:16 (parts[2].ask)"),
    ("say: Add, do not", "say: Add $\\foo$, do not", "(parts[1].mistakes[1])"),
    ("solution: Because $", "solution: Because $\\foo$ or $", "at mine/two.yaml:33:23 (parts[4].solution)"),
    ("first: The first.", "first: The ཀ first.", "(parts[3].type)"),
    ("title: Two numbers", "title: Two ཀ numbers", "at mine/two.yaml:1:12 (title)"),
])
def test_a_text_of_a_question_that_cannot_be_printed_is_told_with_its_place(asked: Path, old: str, new: str, said: str) -> None:
    edit(asked / "mine" / "two.yaml", old, new)
    told = make()
    assert told.startswith(("papers", "examwright: mine/two.yaml (seed ")) and said in told
    assert said in invoke("preview", "mine/two.yaml", "--key", "-o", "x.pdf")


# ---- characters and lengths --------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new", "said"), [
    ("title: A test\n", 'title: "A\\U000F0000 test"\n', "plan.yaml:1:10: title has the character U+F0000, which no page can hold"),
    ("title: A test\n", 'title: A \U00100001 test\n', "plan.yaml:1:10: title has the character U+100001"),
    ("title: A test\n", 'title: A test\ncourse: "\\U0010FFFD"\n', "plan.yaml:2:10: course has the character U+10FFFD"),
    ("title: A test\n", "title: A test\ninstructions:\n  - So.\n  - So \U000F0000.\n", "plan.yaml:4:8: instructions has the character U+F0000"),
    ("title: First\n", "title: \U000F0000\n", "plan.yaml:5:12: title has the character U+F0000"),
    ("title: A test\n", f"title: {'a' * 301}\n", "plan.yaml:1:8: title has 301 characters; at most 300 are allowed"),
    ("title: A test\n", f"title: A test\ncourse: {'a' * 20_000}\ndate: {'a' * 20_000}\n", "plan.yaml:3:7: date has 20000 characters; at most 300"),
    ("title: A test\n", f"title: A test\ninstructions: [So., {'a ' * 3000}]\n", "plan.yaml:2:21: instructions has 5999 characters; at most 5000"),
    ("title: A test\n", "title: A test\ncourse: 101\n", "plan.yaml:2:9: course must be a text. Put it in quotes."),
    ("title: First\n", f"title: {'a' * 20_000}\n    instructions: {'b ' * 3000}\n", "plan.yaml:6:19: instructions has 5999 characters; at most 5000"),
])
def test_characters_and_lengths_of_a_plan_are_bounded(asked: Path, old: str, new: str, said: str) -> None:
    edit(asked / "plan.yaml", old, new)
    assert said in make() and not (asked / "made").exists()


def test_what_is_long_but_allowed_prints(asked: Path) -> None:
    edit(asked / "plan.yaml", "title: A test\n", f"title: {'Long ' * 59}\ncourse: {'Course ' * 42}\ninstructions: {'Be brief. ' * 490}\n")
    (asked / "theme.yaml").write_text(f"words: {{name: {'n' * 200}}}\n")
    make(0, theme="theme.yaml")


@pytest.mark.parametrize(("theme", "said"), [
    (f"words: {{name: {'a' * 100_000}}}\n", "theme.yaml:1:15: name has 100000 characters; at most 200 are allowed"),
    ('words: {name: "a\\U000F0000"}\n', "theme.yaml:1:17: name has the character U+F0000"),
    (f"institution: {'a' * 301}\n", "theme.yaml:1:14: institution has 301 characters"),
])
def test_characters_and_lengths_of_a_theme_are_bounded(asked: Path, theme: str, said: str) -> None:
    (asked / "theme.yaml").write_text(theme, encoding="utf-8")
    assert said in make(theme="theme.yaml")
    edit(asked / "plan.yaml", "minutes: 5\n", "minutes: 5\ntheme: theme.yaml\n")
    assert said in make()


@pytest.mark.parametrize("name", ["A\U000F0000nn", "A\U0010FFFDnn", "A\x01nn"])
def test_a_name_that_no_page_can_hold_is_told(asked: Path, name: str) -> None:
    (asked / "class.csv").write_text(f"id,name\n006,Ann\n007,{name}\n", encoding="utf-8")
    told = make()
    assert f"class.csv: the name of '007' has the character U+{ord(name[1]):04X}, which no page can hold" in told


@pytest.mark.parametrize("kind", ["fifo", "loop", "folder"])
def test_a_theme_that_is_no_file_is_told(asked: Path, kind: str) -> None:
    theme = asked / "theme.yaml"
    {"fifo": lambda: os.mkfifo(theme), "loop": lambda: theme.symlink_to("theme.yaml"), "folder": theme.mkdir}[kind]()
    edit(asked / "plan.yaml", "minutes: 5\n", "minutes: 5\ntheme: theme.yaml\n")
    told = make()
    assert "plan.yaml:3:8: theme 'theme.yaml' is no regular file." in told and "Did you mean" not in told


@pytest.mark.parametrize(("old", "new", "said"), [
    ("title: Two", "title: Two \U000F0000", "mine/two.yaml:1:12: title has the character U+F0000, which no page can hold"),
    ("ask: Why?", 'ask: "Why\\U0010FFFD?"', "U+10FFFD, which no page can hold"),
])
def test_characters_of_a_question_are_bounded(asked: Path, old: str, new: str, said: str) -> None:
    edit(asked / "mine" / "two.yaml", old, new)
    assert said in make() and said in invoke("preview", "mine/two.yaml", "-o", "x.pdf")


def test_an_exam_on_screen_whose_plan_names_no_minutes_has_those_of_its_questions(two: Path) -> None:
    from examwright.practice.exam import Exam
    from examwright.practice.store import Store

    change(two / "out", "UPDATE exam SET plan = 'title: T\nsections: []'")
    store = Store(str(two / "p.db"))
    assert Exam(two / "out", store).minutes == 4.0
    change(two / "out", "UPDATE exam SET plan = 'title: T\nsections: 3'")
    with pytest.raises(ExamwrightError, match="its sections are not those of a plan"):
        Exam(two / "out", store)


def test_a_figure_that_cannot_be_printed_is_told_with_its_place(asked: Path) -> None:
    path = asked / "mine" / "two.yaml"
    edit(path, "text: Let", "figures:\n  line:\n    kind: number_line\n    points: [1]\n    x_label: An ཀ\ntext: Look at {{ figure('line') }}. Let")
    edit(path, "text: Look at {{ figure('line') }}. Let", "text: |\n  {{ figure('line') }}\n\n  Let")
    told = make()
    assert "the figure line: " in told and "at mine/two.yaml:12:17 (figures.line)" in told
