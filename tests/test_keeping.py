"""What exam.db keeps: every file as handed in, every mark, every change, and nothing twice."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flint import fmpq

from examwright.cli import main
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError
from examwright.generator.load import load
from examwright.generator.store import Store
from examwright.generator.wording import as_json
from examwright.grader.grade import current, grade
from examwright.grader.papers import keys_of
from examwright.grader.records import Hand, letters, marks_of, read, runs


def table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def write(path: Path, *rows: str) -> Path:
    path.write_text("student,item,answer\n" + "".join([row + "\n" for row in rows]), encoding="utf-8")
    return path


def count(exam: Path) -> dict[str, int]:
    with sqlite3.connect(exam / "exam.db") as db:
        return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
                for name in ("run", "submission", "answer", "trouble", "mark", "hand", "seen", "amendment")}


def invoke(*args: Any, code: int) -> str:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return str(result.stdout if code != 2 else result.output)


def test_nothing_is_marked_before_the_first_grading(two: Path) -> None:
    with pytest.raises(ExamwrightError, match="nothing is marked yet"):
        current(two / "out")
    assert runs(two / "out") == [] and "Nothing is marked yet" in invoke("history", two / "out", code=0)


def test_a_submission_is_kept_as_it_was(two: Path) -> None:
    path = write(two / "a.csv", "007,1a, 3 ", "099,1a,x", "007,9z,y")
    graded = grade(two / "out", path)
    with Store.open(two / "out" / "exam.db") as store:
        kind, file, content = store.db.execute("SELECT kind, file, content FROM submission").fetchone()
        rows = store.db.execute("SELECT line, student, item, raw, paper, number, part FROM answer ORDER BY rowid").fetchall()
    assert (kind, file, content) == ("answers", "a.csv", path.read_bytes())
    assert rows == [(2, "007", "1a", " 3 ", "007", 1, "total"), (3, "099", "1a", "x", None, None, None), (4, "007", "9z", "y", None, None, None)]
    found = current(two / "out")
    assert found.marks == graded.marks and found.troubles == graded.troubles and found.names == graded.names
    assert {m.line for m in found.marks if m.student == "007" and m.item == "1a"} == {2} and found.marks[0].file == "a.csv"


def test_the_same_file_again_changes_nothing(two: Path) -> None:
    path = write(two / "a.csv", "007,1a,3", "008,1b,?", "099,1a,x")
    first = grade(two / "out", path)
    kept, files = count(two / "out"), [p.read_bytes() for p in first.files]
    again = grade(two / "out", path)
    assert first.recorded and not again.recorded
    assert count(two / "out") == kept and [p.read_bytes() for p in again.files] == files and not again.changes
    assert "nothing has changed" in invoke("grade", two / "out", path, code=3)
    for p in first.files:
        p.unlink()
    grade(two / "out", path)
    assert [p.read_bytes() for p in first.files] == files


def test_a_corrected_file_says_which_marks_change(two: Path) -> None:
    grade(two / "out", write(two / "a.csv", "007,1c,first", "008,1c,first", "009,1a,1"))
    before = {m.place: m for m in current(two / "out").marks}
    graded = grade(two / "out", write(two / "b.csv", "007,1c,second", "008,1c,first", "009,1a,1"))
    assert [(c.after.student, c.after.item) for c in graded.changes] == [("007", "1c")]
    assert abs(graded.changes[0].after.points - graded.changes[0].before.points) == 1  # type: ignore[union-attr]
    assert graded.changes[0].reason == "the answer was 'first' and is 'second'"
    after = {m.place: m for m in current(two / "out").marks}
    assert {p for p in after if after[p].mark != before[p].mark} == {("007", 1, "larger")}
    assert count(two / "out")["run"] == 2 and count(two / "out")["mark"] == len(after) + 1
    assert [m.mark.raw for _, m in marks_of(two / "out", "007") if m.item == "1c"] == ["first", "second"]
    told = json.loads(invoke("grade", two / "out", two / "a.csv", "--json", code=0))
    assert [(c["student"], c["item"], c["before"]["raw"], c["after"]["raw"]) for c in told["changes"]] == [("007", "1c", "second", "first")]


def test_an_answer_that_is_left_out_of_a_corrected_file_is_blank_again(two: Path) -> None:
    grade(two / "out", write(two / "a.csv", "007,1a,1", "007,1c,first", "008,1a,2"))
    graded = grade(two / "out", write(two / "b.csv", "007,1a,1", "008,1a,2"))
    assert [(c.after.item, c.after.mark.why, c.reason) for c in graded.changes] == [("1c", "blank", "no longer answered")]


def test_answers_are_added_to_those_that_are_there(two: Path) -> None:
    grade(two / "out", write(two / "a.csv", "007,1a,1", "007,1c,first", "008,1a,2"))
    added = write(two / "late.csv", "009,1a,3", "007,1a,4", "007,1c,")
    graded = grade(two / "out", added, more=True)
    raw = {(m.student, m.item): m.mark.raw for m in graded.marks if m.mark.raw}
    assert raw == {("007", "1a"): "4", ("007", "1c"): "first", ("008", "1a"): "2", ("009", "1a"): "3"}
    assert not graded.troubles and not grade(two / "out", added, more=True).recorded
    assert [m.file for m in graded.marks if m.mark.raw] == ["late.csv", "a.csv", "a.csv", "late.csv"]
    alone = grade(two / "out", added)
    assert {m.student for m in alone.marks if m.mark.raw} == {"007", "009"}
    assert [t.student for t in alone.troubles] == ["008"]


def test_a_student_whose_paper_came_later(two: Path, issue: Any) -> None:
    path = write(two / "a.csv", "007,1a,1", "010,1c,first")
    assert [t.kind for t in grade(two / "out", path).troubles] == ["absent", "absent", "unknown student"]
    with Store.open(two / "out" / "exam.db", write=True) as store:
        paper = next(i for i in store.items() if i.student == "009")
        row = store.db.execute("SELECT * FROM item WHERE student = '009'").fetchone()
        store.db.execute("INSERT INTO paper VALUES ('010', '', '', '010', '0')")
        store.db.execute(f"INSERT INTO item VALUES ({','.join('?' * len(row))})", ("010", *row[1:]))
    graded = grade(two / "out", path)
    assert paper.number == 1 and [t.kind for t in graded.troubles] == ["absent", "absent"]
    assert next(m for m in graded.marks if m.place == ("010", 1, "larger")).mark.raw == "first"


def test_an_answer_with_a_comma_and_no_quotes(two: Path) -> None:
    """A long row holds it whole, and a person is asked; in a wide row nothing can be told, and nothing is marked."""
    graded = grade(two / "out", write(two / "a.csv", "007,1b,0,5,", "008,1b,\"0,5\"", "007,1c,first"))
    by = {(m.student, m.item): m for m in graded.marks}
    assert by["007", "1b"].mark.raw == "0,5" and by["007", "1b"].mark.read == by["008", "1b"].mark.read
    assert [(t.kind, t.line, t.student, t.item) for t in graded.troubles] == [("absent", 0, "009", ""), ("row", 2, "007", "1b")]
    assert "needs quotes" in graded.troubles[1].message and graded.totals()["007"][2] == 1 == graded.totals()["007"][2] + graded.totals()["009"][2]
    path = two / "wide.csv"
    path.write_text("student;1a;1b;1c\n007;1;0;5;first\n008;1;0,5;first\n009;1;1;first;;\n")
    graded = grade(two / "out", path)
    assert {m.student for m in graded.marks if m.mark.raw} == {"008", "009"}
    assert [(t.kind, t.line, t.student) for t in graded.troubles] == [("row", 2, "007")] and "semicolon" in graded.troubles[0].message
    path = two / "other.csv"
    path.write_text("student,answer,item\n007,0,5,1b\n008,1,1c\n")
    assert "cannot be told" in grade(two / "out", path).troubles[1].message


@pytest.mark.parametrize("statement", ["UPDATE mark SET points = '100'", "DELETE FROM mark", "DELETE FROM submission", "UPDATE answer SET raw = ''",
                                       "UPDATE run SET why = ''", "DELETE FROM hand", "DELETE FROM amendment", "UPDATE seen SET comment = ''"])
def test_what_is_kept_cannot_be_changed(two: Path, statement: str) -> None:
    from examwright.grader.regrade import Fixes, regrade

    grade(two / "out", write(two / "a.csv", "007,1d,because", "099,1a,1"))
    rows = table(two / "out" / "marks-open.csv")
    filled = [{**r, "points": "1" if r["of"] else "", "comment": "seen"} for r in rows]
    with open(two / "s.csv", "w", newline="") as f:
        writer = csv.DictWriter(f, rows[0])
        writer.writeheader()
        writer.writerows(filled)
    grade(two / "out", two / "s.csv")
    regrade(two / "out", "why not", Fixes(void=("1c",)))
    assert min(count(two / "out").values()) > 0
    with sqlite3.connect(two / "out" / "exam.db") as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)


def test_an_exam_of_the_first_format_is_graded_as_it_is(two: Path) -> None:
    """The tables of the grader come with the first grading; those of the issue stay as they were."""
    with sqlite3.connect(two / "out" / "exam.db") as db:
        before = {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        issued = db.execute("SELECT * FROM item").fetchall()
    assert before == {"exam", "question", "paper", "item", "file"}
    grade(two / "out", write(two / "a.csv", "007,1a,1"))
    with sqlite3.connect(two / "out" / "exam.db") as db:
        assert db.execute("SELECT format FROM exam").fetchone() == (1,) and db.execute("SELECT format FROM grading").fetchone() == (2,)
        assert db.execute("SELECT * FROM item").fetchall() == issued


def test_an_exam_that_a_later_version_graded_is_left_alone(two: Path) -> None:
    path = write(two / "a.csv", "007,1a,1")
    grade(two / "out", path)
    with sqlite3.connect(two / "out" / "exam.db") as db:
        db.execute("INSERT INTO grading VALUES (9, 'later', '7.0')")
    for use in (lambda: current(two / "out"), lambda: grade(two / "out", path)):
        with pytest.raises(ExamwrightError, match=r"graded by Examwright 7\.0"):
            use()


def test_marks_survive_the_record_exactly(two: Path) -> None:
    """Every field of every mark comes back from exam.db as it was computed."""
    from examwright.grader.papers import mark_papers

    grade(two / "out", write(two / "a.csv", "007,1a,1", "007,1b,0.333", "008,1a,'=1+1", "008,1b,½", "009,1c,ß\u0000x", "009,1d,Ünï"))
    record = read(two / "out")
    todo = [(who, 1) for who in record.items]
    assert {m.place: m for found in mark_papers(record, todo) for m in found} == record.marks
    assert len({m.mark.why for m in record.marks.values()}) >= 4


def test_a_damaged_file_is_told_and_not_written_to(two: Path) -> None:
    grade(two / "out", write(two / "a.csv", "007,1a,1"))
    path = two / "out" / "exam.db"
    data = bytearray(path.read_bytes())
    for at in range(4096, len(data) - 4096, 4096):
        data[at:at + 64] = b"\xff" * 64
    path.write_bytes(data)
    assert "exam.db" in invoke("grade", two / "out", write(two / "b.csv", "007,1a,2"), code=2)
    assert path.read_bytes() == bytes(data)


def test_a_folder_that_cannot_be_written_is_told(two: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    grade_it = ("grade", two / "out", write(two / "a.csv", "007,1a,1"))
    assert "cannot be written: Permission denied" in invoke(*grade_it, code=2)
    assert list((two / "out").iterdir()) == [two / "out" / "exam.db"]


def test_history_tells_all(two: Path) -> None:
    grade(two / "out", write(two / "a.csv", "007,1c,first"))
    grade(two / "out", write(two / "b.csv", "007,1c,second"))
    invoke("regrade", two / "out", "--why", "the letters were printed badly", "--void", "1c", code=3)
    invoke("regrade", two / "out", "--why", "no, they were not", "--withdraw", "1", code=3)
    text = invoke("history", two / "out", code=0)
    assert "a.csv" in text and "b.csv" in text and "the letters were printed badly" in text
    assert "amendment 1: mine/two/larger: full points for everybody [withdrawn]" in text and "amendment 1 withdrawn" in text
    told = json.loads(invoke("history", two / "out", "--json", code=0))
    assert [r["command"] for r in told] == ["grade", "grade", "regrade", "regrade"] and told[3]["withdraws"] == [1]
    one = json.loads(invoke("history", two / "out", "--student", "007", "--json", code=0))
    found = [r for r in one if r["item"] == "1c"]
    assert [(r["raw"], r["reason"]) for r in found] == [("first", ""), ("second", ""), ("second", "the letters were printed badly"),
                                                        ("second", "no, they were not")]
    assert found[2]["why"] == "void" and found[3]["why"] == found[1]["why"]
    assert "No marks of '0815'" in invoke("history", two / "out", "--student", "0815", code=2)


def test_what_students_write_does_not_move_the_cursor(two: Path) -> None:
    path = write(two / "a.csv", '007,"9z\x1b[2J",1', '"00\x1b[1m",1a,1', '007,1a,"\x1b[3m"')
    text = invoke("grade", two / "out", path, code=3)
    assert "\x1b" not in text and "9z\ufffd[2J" in text


def test_a_question_text_that_this_version_cannot_read(two: Path) -> None:
    """The faults come back whole from a worker process too."""
    import pickle

    from examwright.generator.errors import Problem, Problems

    faults = Problems([Problem("two.yaml", 3, 1, "unknown key 'x'."), Problem("two.yaml", 9, 2, "unknown key 'y'.")])
    again = pickle.loads(pickle.dumps(faults))
    assert again.problems == faults.problems and str(again) == str(faults)


def test_letters_stand_for_texts() -> None:
    assert letters("a", "b") != letters("ab", "") and letters("a", "b") == letters("a", "b")
    assert letters("x").isalpha() and len(letters("x")) == 8


@pytest.mark.parametrize(("points", "then", "now", "scaled"), [(1, 2, 2, 1), (1, 2, 4, 2), (None, 2, 4, None), (0, 0, 3, 0), (3, 3, 0, 0)])
def test_a_persons_points_follow_those_of_the_part(points: int | None, then: int, now: int, scaled: int | None) -> None:
    hand = Hand(("007", 1, "x"), "", None if points is None else fmpq(points), fmpq(then), None, "")
    assert hand.scaled(fmpq(now)) == scaled


@pytest.mark.parametrize(("text", "said"), [
    ("id,name,large print\n007,Ann,yes\n", ":1: none of the columns is an item of this exam ('large print'). A wide file has a column for each item, such as 1a."),
    ("student,item,answer\n7,1a,1\n008,9z,2\n", ": none of the 2 answers belongs to a paper of this exam (line 2: student '7', item '1a'). Is it the file of "),
])
def test_the_file_of_something_else_wipes_nothing(two: Path, text: str, said: str) -> None:
    (two / "a.csv").write_text("student,item,answer\n007,1a,1\n")
    grade(two / "out", two / "a.csv")
    before = current(two / "out").marks
    (two / "b.csv").write_text(text)
    with pytest.raises(ExamwrightError) as caught:
        grade(two / "out", two / "b.csv")
    assert said in str(caught.value) and current(two / "out").marks == before


def test_a_form_that_nobody_filled_in_is_a_file_of_this_exam(two: Path) -> None:
    (two / "a.csv").write_text("id,name,1a,1b\n007,Ann,,\n")
    assert {m.mark.why for m in grade(two / "out", two / "a.csv").marks} == {"blank"}


@pytest.mark.parametrize("question_id", ["svm/objective-compare", "kernels/psd-check"])
def test_the_key_on_record_is_the_one_that_is_computed(question_id: str) -> None:
    """Whatever the kinds of its parts: an interval's key is a text on record."""
    variant = draw_variant(load(question_id), 1)
    assert keys_of(variant) == {p["name"]: p["key"]["exact"] for p in as_json(variant)["parts"] if p["key"]}
