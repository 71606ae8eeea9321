"""What was handed in is kept, a fix re-marks the class from what was issued, people's marks stand, and nothing is lost when
a run is killed, runs beside another, or finds the disk full."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flint import fmpq

from examwright.cli import main
from examwright.generator.errors import ExamwrightError
from examwright.generator.make import make
from examwright.grader.grade import current, grade
from examwright.grader.regrade import Fixes, regrade

pytestmark = pytest.mark.slow

QUESTION = """\
title: The price of one unit
topics: [warm-up]
minutes: 2
draw:
  units: {choice: [4, 5, 8]}
  price: {from: [11, 49], except: [16, 20, 24, 32, 40]}
text: A crate of {{ units }} units costs {{ price }} euros.
parts:
  - name: unit_price
    ask: What does one unit cost?
    answer: KEY
    type: {number: {decimals: 2}}
    points: 2
    mistakes:
      - answer: units / price
        points: 1
        say: You divided the wrong way round.
  - name: two
    ask: And two of them?
    answer: 2*unit_price
    type: {number: {decimals: 2}}
    points: 2
  - name: comment
    ask: Is that dear?
    type: text
    points: 2
check: {unit_price: CHECK, two: "2*(CHECK)"}
"""
PLAN = """\
title: A short test
minutes: 30
points: 6
sections:
  - questions:
      - {question: unit-price.yaml, points: 6}
"""
STUDENTS = [f"{n:03}" for n in range(1, 13)]
WRONG = QUESTION.replace("KEY", "price / units + 1").replace("CHECK", "price / units + 1")
RIGHT = QUESTION.replace("KEY", "price / units").replace("CHECK", "price / units")


@pytest.fixture(scope="module")
def issued(tmp_path_factory: Any) -> Path:
    """An exam with a wrong key, which nobody noticed."""
    folder = tmp_path_factory.mktemp("exam")
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "unit-price.yaml").write_text(WRONG)
    (folder / "class.csv").write_text("id,name\n" + "".join(f"{s},Student {s}\n" for s in STUDENTS))
    make(folder / "plan.yaml", folder / "class.csv", 3, folder / "out")
    return folder


@pytest.fixture
def exam(issued: Path, tmp_path: Path) -> Path:
    shutil.copytree(issued, tmp_path / "exam")
    return tmp_path / "exam" / "out"


def numbers(exam: Path) -> dict[str, tuple[int, int]]:
    """Student → (price, units), read past our own code."""
    with sqlite3.connect(exam / "exam.db") as db:
        found = {who: json.loads(draws) for who, draws in db.execute("SELECT student, draws FROM item")}
    return {who: (int(d["price"]), int(d["units"])) for who, d in found.items()}


def answers(exam: Path, name: str = "a.csv", change: Any = None) -> Path:
    """What the class handed in: the truth, in euros."""
    rows = [["student", "1a", "1b", "1c"]]
    for who, (price, units) in numbers(exam).items():
        row = [who, f"{price / units:.2f}", f"{2 * price / units:.2f}", "Rather."]
        rows.append(change(who, row) if change else row)
    path = exam.parent / name
    with open(path, "w", newline="") as f:
        csv.writer(f).writerows(rows)
    return path


def table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def totals(exam: Path) -> dict[str, fmpq]:
    return {who: p for who, (p, _, _) in current(exam).totals().items()}


def rows_of(exam: Path, query: str) -> list[Any]:
    with sqlite3.connect(exam / "exam.db") as db:
        return db.execute(query).fetchall()


def papers(exam: Path) -> dict[str, bytes]:
    return {str(p.relative_to(exam)): p.read_bytes() for p in sorted(exam.rglob("*.pdf"))}


# ---- keeping ---------------------------------------------------------------------------------

def test_every_submission_is_kept_raw_and_the_same_file_again_changes_nothing(exam: Path) -> None:
    path = answers(exam)
    first = grade(exam, path)
    kept = rows_of(exam, "SELECT content FROM submission")
    assert [bytes(c) for c, in kept] == [path.read_bytes()] and first.recorded
    before = (exam / "exam.db").read_bytes()
    again = grade(exam, path)
    assert not again.recorded and not again.changes and (exam / "exam.db").read_bytes() == before
    corrected = grade(exam, answers(exam, "b.csv", lambda who, row: [row[0], "7", *row[2:]] if who == "003" else row))
    assert corrected.recorded and {c.after.student for c in corrected.changes} == {"003"}
    assert len(rows_of(exam, "SELECT content FROM submission")) == 2


@pytest.mark.parametrize("table_name", ["submission", "answer", "mark", "run", "hand", "amendment", "item", "paper"])
def test_what_is_on_record_can_be_neither_changed_nor_deleted(exam: Path, table_name: str) -> None:
    grade(exam, answers(exam))
    with sqlite3.connect(exam / "exam.db") as db:
        if not db.execute(f"SELECT count(*) FROM {table_name}").fetchone()[0]:
            return
        column = db.execute(f"PRAGMA table_info({table_name})").fetchone()[1]
        for statement in (f"UPDATE {table_name} SET {column} = {column}", f"DELETE FROM {table_name}"):
            with pytest.raises(sqlite3.Error, match="append-only"):
                db.execute(statement)


def test_an_exam_of_the_first_format_is_read_and_graded(exam: Path) -> None:
    assert rows_of(exam, "SELECT format FROM exam") == [(1,)]
    with pytest.raises(ExamwrightError, match="nothing is marked yet"):
        current(exam)
    grade(exam, answers(exam))
    assert len(current(exam).marks) == 3 * len(STUDENTS)


# ---- regrading ------------------------------------------------------------------------------

def test_a_corrected_key_remarks_the_class_from_what_was_issued(exam: Path) -> None:
    printed = papers(exam)
    grade(exam, answers(exam))
    assert max(totals(exam).values()) < 4
    fixed = exam.parent / "fixed.yaml"
    fixed.write_text(RIGHT)
    question_id = rows_of(exam, "SELECT id FROM question")[0][0]
    fixes = Fixes(questions=(f"{question_id}={fixed}",))
    before = (exam / "exam.db").read_bytes()
    dry = regrade(exam, "the key had a 1 too much", fixes, dry=True)
    assert (exam / "exam.db").read_bytes() == before, "a dry run writes nothing"
    done = regrade(exam, "the key had a 1 too much", fixes)
    assert [(c.after.student, c.after.mark.part, c.before.points, c.after.points) for c in done.graded.changes if c.before] == \
        [(c.after.student, c.after.mark.part, c.before.points, c.after.points) for c in dry.graded.changes if c.before] != []
    assert totals(exam) == dict.fromkeys(STUDENTS, fmpq(4)), "all but the text, which waits for a person"
    assert all("corrected" in c.reason for c in done.graded.changes)
    assert papers(exam) == printed, "nobody's paper changes"
    (exam.parent / "unit-price.yaml").write_text("title: something else\n")  # the template moves on
    again = regrade(exam, "once more", Fixes())
    assert not again.graded.changes and totals(exam) == dict.fromkeys(STUDENTS, fmpq(4))
    grade(exam, answers(exam, "late.csv", lambda who, row: [*row[:3], "Yes."]))
    assert totals(exam) == dict.fromkeys(STUDENTS, fmpq(4)), "an amendment holds for later grading too"


@pytest.mark.parametrize(("change", "told"), [
    ({"units: {choice: [4, 5, 8]}": "amount: {choice: [4, 5, 8]}", "units": "amount"}, "no draw 'units'"),
    ({"name: two": "name: double"}, "no part 'two'"),
])
def test_a_file_that_does_not_fit_the_papers_is_refused(exam: Path, change: dict[str, str], told: str) -> None:
    grade(exam, answers(exam))
    text = RIGHT
    for old, new in change.items():
        text = text.replace(old, new)
    text = text.replace('two: "2*', 'double: "2*') if "double" in text else text
    other = exam.parent / "other.yaml"
    other.write_text(text)
    question_id = rows_of(exam, "SELECT id FROM question")[0][0]
    before = (exam / "exam.db").read_bytes()
    with pytest.raises(ExamwrightError, match=told):
        regrade(exam, "try", Fixes(questions=(f"{question_id}={other}",)))
    assert (exam / "exam.db").read_bytes() == before


def test_another_answer_is_accepted_withdrawn_and_listed(exam: Path) -> None:
    grade(exam, answers(exam))
    low = totals(exam)
    regrade(exam, "the text was unclear", Fixes(accept_formula=("1a=price/units", "1b=2*price/units")))
    assert totals(exam) == dict.fromkeys(STUDENTS, fmpq(4))
    regrade(exam, "Ann had another paper", Fixes(points=("1b=3",), student="001"))
    assert current(exam).totals()["001"][1] == 7
    runner = CliRunner()
    told = runner.invoke(main, ["history", str(exam)]).output
    assert "the text was unclear" in told and "also right: price/units" in told and "amendment 1" in told
    regrade(exam, "no, it was clear", Fixes(withdraw=(1, 2, 3)))
    assert totals(exam) == low
    assert "[withdrawn]" in runner.invoke(main, ["history", str(exam)]).output
    regrade(exam, "the part was struck", Fixes(void=("1b",)))
    assert {m.points for m in current(exam).marks if m.mark.part == "two"} == {fmpq(2)}


@pytest.mark.parametrize(("options", "told"), [
    (["--accept", "9z=3"], "no paper has an item '9z'"), (["--accept", "1a"], "is not ITEM=ANSWER"),
    (["--accept-formula", "1a=prise/units"], "Did you mean 'price'"), (["--accept-formula", "1a=__import__('os')"], "has no meaning"),
    (["--points", "1a=-3"], "is no number of points"), (["--withdraw", "9"], "no amendment 9"),
    (["--question", "nothing.yaml"], "nothing.yaml"), (["--student", "999", "--void", "1a"], "no student '999'"),
])
def test_a_fix_that_makes_no_sense_changes_nothing(exam: Path, options: list[str], told: str) -> None:
    grade(exam, answers(exam))
    before = (exam / "exam.db").read_bytes()
    result = CliRunner().invoke(main, ["regrade", str(exam), "--why", "try", *options])
    assert result.exit_code == 2 and told in result.output, result.output
    assert "Traceback" not in result.output and (exam / "exam.db").read_bytes() == before


def test_a_regrade_needs_a_reason_and_a_graded_exam(exam: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(main, ["regrade", str(exam)]).exit_code == 2
    empty = runner.invoke(main, ["regrade", str(exam), "--why", " "])
    assert empty.exit_code == 2 and "needs a reason" in empty.output
    early = runner.invoke(main, ["regrade", str(exam), "--why", "x"])
    assert early.exit_code == 2 and "nothing is marked yet" in early.output


# ---- people's marks -------------------------------------------------------------------------

def fill(exam: Path, points: Any, name: str = "sheet.csv") -> Path:
    rows = table(exam / "marks-open.csv")
    for row in rows:
        row.update(points(row))
    path = exam.parent / name
    with open(path, "w", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_sheet_goes_out_and_comes_back(exam: Path) -> None:
    odd = lambda who, row: {"001": [row[0], "about ten", *row[2:]], "002": [row[0], "1,234", *row[2:]]}.get(who, row)  # noqa: E731
    graded = grade(exam, answers(exam, change=odd))
    rows = table(exam / "marks-open.csv")
    assert len(rows) == len(graded.open) == len(STUDENTS) + 4, "two cannot be read, and what stands on them waits with them"
    assert [r["part"] for r in rows] == sorted([r["part"] for r in rows], key=["unit_price", "two", "comment"].index), "by question"
    assert {r["kind"] for r in rows} == {"by hand", "unreadable", "ambiguous", "undecided"} and all(r["file"] == "a.csv" and int(r["row"]) > 1 for r in rows)
    half = fill(exam, lambda row: {"points": "1,5", "comment": "Say why."} if row["part"] == "comment" and row["student"] < "007" else {})
    graded = grade(exam, half)
    assert len(graded.open) == len(STUDENTS) + 4 - 6, "a sheet may be filled in bit by bit"
    assert {m.points for m in graded.marks if m.mark.part == "comment" and m.student < "007"} == {fmpq(3, 2)}
    means = fill(exam, lambda row: {"means": "10"} if row["part"] == "unit_price" else {"points": "2"})
    graded = grade(exam, means)
    assert not graded.open and CliRunner().invoke(main, ["grade", str(exam), str(means)]).exit_code == 0
    regrade(exam, "a look at everything", Fixes())
    assert {m.points for m in current(exam).marks if m.mark.part == "comment"} == {fmpq(3, 2), fmpq(2)}, "a person's marks stay"


@pytest.mark.parametrize(("row", "told"), [
    ({"points": "9"}, "more than this part has"), ({"points": "two"}, "no number of points"), ({"points": "-1"}, "no number of points"),
    ({"student": "999", "points": "1", "ref": ""}, "no student '999'"), ({"item": "9z", "points": "1", "ref": ""}, "no item '9z'"),
])
def test_a_wrong_sheet_is_refused_whole_with_its_rows(exam: Path, row: dict[str, str], told: str) -> None:
    grade(exam, answers(exam))
    before = (exam / "exam.db").read_bytes()
    path = fill(exam, lambda r: row if r["student"] == "005" else {"points": "1"})
    result = CliRunner().invoke(main, ["grade", str(exam), str(path)])
    assert result.exit_code == 2 and told in result.output and "sheet.csv:" in result.output, result.output
    assert (exam / "exam.db").read_bytes() == before


def test_a_sheet_that_was_filled_in_is_not_overwritten(exam: Path) -> None:
    path = answers(exam)
    grade(exam, path)
    filled = fill(exam, lambda row: {"points": "2"})
    shutil.copy(filled, exam / "marks-open.csv")
    result = CliRunner().invoke(main, ["grade", str(exam), str(answers(exam, "new.csv", lambda who, row: [row[0], "3", *row[2:]]))])
    assert result.exit_code == 2 and "not recorded yet" in result.output
    assert table(exam / "marks-open.csv")[0]["points"] == "2"


# ---- nothing is lost ------------------------------------------------------------------------

def command(*arguments: Any) -> list[str]:
    return [sys.executable, "-m", "examwright", *map(str, arguments)]


def shown(exam: Path) -> list[Any]:
    return sorted([(m.student, m.item, m.mark.raw, m.mark.why, str(m.points)) for m in current(exam).marks])


def test_killed_at_any_moment(exam: Path) -> None:
    path = answers(exam)
    twin = exam.parent / "twin"
    shutil.copytree(exam, twin)
    began = time.perf_counter()
    subprocess.run(command("grade", twin, path), capture_output=True, check=False)
    whole = time.perf_counter() - began
    rng = random.Random(7)
    for _ in range(12):
        run = subprocess.Popen(command("grade", exam, path, "--jobs", 1), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
        time.sleep(rng.uniform(0.3, 1.0) * whole)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        assert rows_of(exam, "PRAGMA integrity_check") == [("ok",)]
        tables = rows_of(exam, "SELECT name FROM sqlite_master WHERE name = 'mark'")
        marked = rows_of(exam, "SELECT count(*) FROM mark") if tables else [(0,)]
        assert marked in ([(0,)], [(3 * len(STUDENTS),)]), "all or nothing"
        for name in ("marks.csv", "marks-totals.csv", "marks-open.csv"):
            if (exam / name).exists():
                assert table(exam / name) == table(twin / name), "a file is whole or not there"
    assert subprocess.run(command("grade", exam, path), capture_output=True, check=False).returncode == 3
    assert shown(exam) == shown(twin)


def test_two_at_once(exam: Path) -> None:
    paths = [answers(exam, f"{k}.csv", lambda who, row, k=k: [row[0], str(k), *row[2:]]) for k in range(4)]
    runs = [subprocess.Popen(command("grade", exam, p, "--jobs", 1), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for p in paths]
    for run in runs:
        _, told = run.communicate()
        assert run.returncode == 3, told
    assert len(rows_of(exam, "SELECT id FROM submission")) == 4 and rows_of(exam, "PRAGMA integrity_check") == [("ok",)]
    last = rows_of(exam, "SELECT file FROM submission ORDER BY id DESC LIMIT 1")[0][0]
    assert {m.mark.raw for m in current(exam).marks if m.mark.part == "unit_price"} == {last.removesuffix(".csv")}
    assert [r["raw"] for r in table(exam / "marks.csv") if r["part"] == "unit_price"] == [last.removesuffix(".csv")] * len(STUDENTS)


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from examwright.cli import main
sys.argv = ["examwright", *sys.argv[2:]]
main()
"""


@pytest.mark.parametrize("limit", [0, 1000, 3000, 60_000, 100_000])
def test_no_room_on_the_disk(exam: Path, limit: int) -> None:
    """No file may grow beyond a limit: what is written fails half-way, as on a full disk."""
    grade(exam, answers(exam))
    marks, seen = (exam / "marks.csv").read_bytes(), shown(exam)
    second = answers(exam, "b.csv", lambda who, row: [row[0], "1", *row[2:]])
    run = subprocess.run([sys.executable, "-c", FULL, str(limit), "grade", str(exam), str(second), "--jobs", "1"],
                         capture_output=True, text=True, check=False)
    assert "Traceback" not in run.stderr and rows_of(exam, "PRAGMA integrity_check") == [("ok",)]
    if run.returncode != 3:  # 3: all of it found room
        assert run.returncode == 2 and "examwright:" in run.stderr, run.stderr
        assert len(table(exam / "marks.csv")) == 3 * len(STUDENTS), "never a part of a file"
        if shown(exam) == seen:
            assert (exam / "marks.csv").read_bytes() == marks
    assert limit > 3000 or run.returncode == 2
    grade(exam, second)
    assert {m.mark.raw for m in current(exam).marks if m.mark.part == "unit_price"} == {"1"}
    assert {r["raw"] for r in table(exam / "marks.csv") if r["part"] == "unit_price"} == {"1"}
