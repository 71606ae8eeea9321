"""Gradebooks of Canvas and Moodle: the points go in, everything else stays as it was exported."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from examwright.generator.errors import ExamwrightError
from examwright.grader.grade import Graded, Marked
from examwright.grader.gradebook import CANVAS, MOODLE, WORKSHEET, _Table, fill
from examwright.grader.mark import Mark

CANVAS_FILE = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Homework 1 (208548),Midterm (208549),Assignments Current Score,Current Score,Final Score
,,,,,,,Manual Posting,,,
    Points Possible,,,,,,10.0,20.0,(read only),(read only),(read only)
"Okafor, Amara",71,2026103,amara,"Lec 1, A",likes tea,9.5,,95,95,31
"Korhonen, Aino",72,2026117,aino,"Lec 1, A",,10,12.00,88,88,60
"Böb ""the"" Tester",73,2026131,bob,Lec 1,,N/A,,,,
"Student, Test",99,,d41d8cd98f,Lec 1,,,,,,
"""
MOODLE_FILE = """\
"First name","Last name","ID number",Institution,Department,"Email address","Assignment: Homework 1 (Real)","Assignment: Midterm (Real)","Course total (Real)","Last downloaded from this course"
Amara,Okafor,2026103,,,amara@uni.example,9.50,-,9.50,1790000000
Aino,Korhonen,2026117,,,aino@uni.example,10.00,12.00,22.00,1790000000
Bob,Tester,2026131,,,bob@uni.example,-,-,-,1790000000
"""
SHEET_FILE = """\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade","Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 11","Amara Okafor",2026103,amara@uni.example,"No submission",,20.00,Yes,-,-,
"Participant 12","Aino Korhonen",2026117,aino@uni.example,"No submission",12.00,20.00,Yes,-,"Monday, 1 June 2026, 9:00 AM",
"Participant 13","Bob Tester",2026131,bob@uni.example,"No submission",,20.00,No,-,-,
"""


def marked(who: str, points: Any, why: str = "key", of: int = 20, item: str = "1") -> Marked:
    mark = Mark("x", fmpq(points), fmpq(of), why, "5", "", "You forgot the *square* of $x < 3$." if why == "mistake" else "", "5")
    return Marked(who, item, "topic/name", mark, fmpq(points), fmpq(of), 2)


def graded(*marks: Marked, names: tuple[str, ...] = ("2026103", "2026117", "2026131")) -> Graded:
    return Graded(list(marks), [], dict.fromkeys(names, "N. N."))


CLASS = graded(marked("2026103", fmpq(37, 3), "mistake"), marked("2026117", 18), marked("2026131", 7))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def export(tmp_path: Path) -> Any:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "export.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def differing(old: str, new: bytes) -> list[tuple[int, int, str, str]]:
    """The cells that differ: (row, column, before, after)."""
    a, b = [list(csv.reader(io.StringIO(t, newline=""))) for t in (old, new.decode())]
    assert [len(r) for r in a] == [len(r) for r in b]
    return [(i, j, x, y) for i, (r, s) in enumerate(zip(a, b)) for j, (x, y) in enumerate(zip(r, s)) if x != y]


# ---- Canvas ----------------------------------------------------------------------------------

def test_canvas_fills_one_column_and_nothing_else(export: Any) -> None:
    done = fill(CLASS, export(CANVAS_FILE), "Midterm")
    assert done.system == CANVAS and done.column == "Midterm (208549)" and done.matched_by == "SIS User ID"
    assert differing(CANVAS_FILE, done.data) == [(3, 7, "", "12.33"), (4, 7, "12.00", "18"), (5, 7, "", "7")]
    assert done.filled == ["2026103", "2026117", "2026131"] and done.changed == [("2026117", "12.00", "18")]
    assert not (done.open or done.missing or done.strangers or done.kept or done.absent)
    assert done.data.decode().splitlines()[0] == CANVAS_FILE.splitlines()[0]
    assert b"    Points Possible,,,,,,10.0,20.0,(read only),(read only),(read only)\n" in done.data
    assert b'"Student, Test",99,,d41d8cd98f,Lec 1,,,,,,\n' in done.data


@pytest.mark.parametrize("name", ["midterm", "Midterm (208549)", " MIDTERM "])
def test_a_column_by_its_name_with_or_without_the_id(export: Any, name: str) -> None:
    assert fill(CLASS, export(CANVAS_FILE), name).column == "Midterm (208549)"
    assert fill(CLASS, export(CANVAS_FILE), title="Midterm").column == "Midterm (208549)"


def test_a_new_column_stands_before_the_totals_with_its_maximum(export: Any) -> None:
    done = fill(CLASS, export(CANVAS_FILE), new_column="Second try")
    table = rows(done.data)
    assert list(table[0])[7:10] == ["Midterm (208549)", "Second try", "Assignments Current Score"]
    assert table[1]["Second try"] == "20" and table[0]["Second try"] == ""
    assert [r["Second try"] for r in table[2:]] == ["12.33", "18", "7", ""]
    without = [{k: v for k, v in r.items() if k != "Second try"} for r in table]
    assert without == rows(CANVAS_FILE.encode())


def test_what_canvas_skips_or_protects(export: Any) -> None:
    with pytest.raises(ExamwrightError, match="skips names"):
        fill(CLASS, export(CANVAS_FILE), new_column="Midterm Final Score")
    with pytest.raises(ExamwrightError, match="use --column"):
        fill(CLASS, export(CANVAS_FILE), new_column="midterm")
    for readonly in ("Final Score", "Section", "SIS User ID"):
        with pytest.raises(ExamwrightError, match="read-only or holds no grades"):
            fill(CLASS, export(CANVAS_FILE), readonly)
    with pytest.raises(ExamwrightError, match="no column 'Midtrem'. Did you mean 'Midterm"):
        fill(CLASS, export(CANVAS_FILE), "Midtrem")
    with pytest.raises(ExamwrightError, match="which column"):
        fill(CLASS, export(CANVAS_FILE), title="Machine Learning")
    with pytest.raises(ExamwrightError, match="no comments"):
        fill(CLASS, export(CANVAS_FILE), "Midterm", feedback=lambda who: ["x"])
    excused = fill(CLASS, export(CANVAS_FILE.replace("12.00", "EX")), "Midterm")
    assert excused.kept == [("2026117", "excused in Canvas (EX)")] and b',EX,' in excused.data
    assert fill(CLASS, export(CANVAS_FILE), "Homework 1", scale=True).kept == [("2026131", "not assigned to this student in Canvas (N/A)")]


def test_another_maximum_is_not_overlooked(export: Any) -> None:
    path = export(CANVAS_FILE.replace("10.0,20.0", "10.0,40.0"))
    with pytest.raises(ExamwrightError, match="out of 40 points, the exam out of 20"):
        fill(CLASS, path, "Midterm")
    assert [r["Midterm (208549)"] for r in rows(fill(CLASS, path, "Midterm", scale=True).data)[2:5]] == ["24.67", "36", "14"]


def test_first_and_last_names_apart(export: Any) -> None:
    text = ("LastName,FirstName,ID,SIS Login ID,Section,Midterm (5)\n    Points Possible,,,,,20\nOkafor,Amara,71,2026103,A,\n"
            "Student,Test,99,x,A,\n")
    done = fill(graded(marked("2026103", 3), names=("2026103",)), export(text), "Midterm")
    assert done.matched_by == "SIS Login ID" and b"Okafor,Amara,71,2026103,A,3\n" in done.data and not done.strangers


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_semicolons_decimal_commas_and_marks_are_kept(export: Any, bom: bytes, end: str) -> None:
    text = ('Student;ID;SIS User ID;SIS Login ID;Section;Prüfung (9);Current Score\n    Points Possible;;;;;"20,00";(läs endast)\n'
            'Okafor, Amara;71;2026103;amara;A;;"95,5"\n').replace("\n", end)
    done = fill(graded(marked("2026103", fmpq(37, 3)), names=("2026103",)), export(bom + text.encode()), "prüfung")
    assert done.data == bom + text.replace(f"A;;{chr(34)}95", f"A;12,33;{chr(34)}95").encode()
    utf16 = fill(graded(marked("2026103", 3), names=("2026103",)), export(b"\xff\xfe" + text.encode("utf-16-le")), "prüfung")
    assert utf16.data.startswith(b"\xff\xfe") and utf16.data.decode("utf-16") == text.replace("A;;", "A;3;")


# ---- Moodle ----------------------------------------------------------------------------------

def test_moodle_grades_with_feedback_beside_them(export: Any) -> None:
    done = fill(CLASS, export(MOODLE_FILE), "Midterm", feedback=lambda who: ["1: 12.33 of 20", "You forgot the square of $x < 3$."])
    assert done.system == MOODLE and done.matched_by == "ID number"
    table = rows(done.data)
    assert list(table[0])[6:10] == ["Assignment: Homework 1 (Real)", "Assignment: Midterm (Real)", "Assignment: Midterm (Feedback)",
                                    "Course total (Real)"]
    assert [r["Assignment: Midterm (Real)"] for r in table] == ["12.33", "18", "7"]
    assert table[0]["Assignment: Midterm (Feedback)"] == r"1: 12.33 of 20<br />You forgot the square of \(x &lt; 3\)."
    assert done.changed == [("2026117", "12.00", "18")]
    assert [r["Course total (Real)"] for r in table] == ["9.50", "22.00", "-"]


def test_feedback_never_without_its_grade(export: Any) -> None:
    """Moodle's worksheet import takes feedback even where it skips the grade."""
    waiting = graded(marked("2026103", 5), marked("2026103", 0, "unreadable", 0, "2"), marked("2026117", 0, "blank"), marked("2026131", 7))
    for text, name, grade, notes in ((MOODLE_FILE, "Midterm", "Assignment: Midterm (Real)", "Assignment: Midterm (Feedback)"),
                                     (SHEET_FILE, None, "Grade", "Feedback comments")):
        done = fill(waiting, export(text), name, feedback=lambda who: ["well"])
        assert done.open == ["2026103"] and done.absent == ["2026117"]
        table = rows(done.data)
        assert [r[notes] for r in table] == ["", "", "well" if text == MOODLE_FILE else ""]
        assert [r[grade] for r in table] == [*[r[grade] for r in rows(text.encode())][:2], "7" if text == MOODLE_FILE else ""]


def test_worksheet(export: Any) -> None:
    done = fill(CLASS, export(SHEET_FILE), feedback=lambda who: ["well"])
    assert done.system == WORKSHEET and done.column == "Grade"
    assert done.kept == [("2026131", "locked in Moodle (Grade can be changed: No)")]
    assert [r["Grade"] for r in rows(done.data)] == ["12.33", "18", ""]
    assert [r["Feedback comments"] for r in rows(done.data)] == ["well", "well", ""]
    with pytest.raises(ExamwrightError, match="out of 30 points, the exam out of 20"):
        fill(CLASS, export(SHEET_FILE.replace("20.00", "30.00")))
    with pytest.raises(ExamwrightError, match="Switch 'Feedback comments' on"):
        fill(CLASS, export(SHEET_FILE.replace('"Feedback comments"', "Other")), feedback=lambda who: ["well"])
    with pytest.raises(ExamwrightError, match="one assignment"):
        fill(CLASS, export(SHEET_FILE), new_column="More")


def test_totals_of_moodle_are_no_columns_for_grades(export: Any) -> None:
    for name in ("Course total", "Course total (Real)", "Email address", "Last downloaded from this course"):
        with pytest.raises(ExamwrightError, match="read-only|no column"):
            fill(CLASS, export(MOODLE_FILE), name)
    assert b'"Assignment: Midterm (Real)",Oral,"Course total (Real)"' in fill(CLASS, export(MOODLE_FILE), new_column="Oral").data


# ---- who is who ------------------------------------------------------------------------------

def test_those_who_fit_nobody_are_listed_on_both_sides(export: Any) -> None:
    done = fill(graded(marked("2026103", 5), marked("2026999", 6), names=("2026103", "2026999")), export(CANVAS_FILE), "Midterm")
    assert done.missing == ["2026999"] and [line for line, _ in done.strangers] == [5, 6]
    assert done.strangers[0][1] == "Korhonen, Aino, 72, 2026117, aino" and done.filled == ["2026103"]
    assert differing(CANVAS_FILE, done.data) == [(3, 7, "", "5")]


def test_the_column_that_fits_is_found_or_named(export: Any) -> None:
    by_login = graded(*[marked(w, 5) for w in ("AMARA", "aino", "bob")], names=("AMARA", "aino", "bob"))
    assert fill(by_login, export(CANVAS_FILE), "Midterm").matched_by == "SIS Login ID"
    assert fill(by_login, export(MOODLE_FILE), "Midterm").matched_by == "Email address (before the @)"
    assert fill(graded(marked("likes tea", 5), names=("likes tea",)), export(CANVAS_FILE), "Midterm", ids="notes").missing == []
    with pytest.raises(ExamwrightError, match="no student of the exam is in the columns SIS User ID, SIS Login ID, ID"):
        fill(graded(marked("z", 5), names=("z",)), export(CANVAS_FILE), "Midterm")
    with pytest.raises(ExamwrightError, match="no column 'Loggin'"):
        fill(CLASS, export(CANVAS_FILE), "Midterm", ids="Loggin")
    with pytest.raises(ExamwrightError, match="2026103 stands on lines 4, 5"):
        fill(CLASS, export(CANVAS_FILE.replace("2026117", "2026103")), "Midterm")


def test_ids_are_not_guessed(export: Any) -> None:
    """7 is not 007: leading zeros that a spreadsheet has eaten are listed, not made up."""
    text = "Student,ID,SIS User ID,SIS Login ID,Section,Midterm (5)\nA,1,7,a,S,\nB,2,008,b,S,\n"
    done = fill(graded(marked("007", 5), marked("008", 6), names=("007", "008")), export(text), "Midterm")
    assert done.filled == ["008"] and done.missing == ["007"] and len(done.strangers) == 1


def test_open_marks_and_absent_students(export: Any) -> None:
    some = graded(marked("2026103", 5), marked("2026103", 2, "undecided", 0, "2"), marked("2026117", 0, "blank"), marked("2026131", 7))
    done = fill(some, export(CANVAS_FILE), "Midterm")
    assert done.open == ["2026103"] and done.absent == ["2026117"] and done.filled == ["2026131"]
    assert differing(CANVAS_FILE, done.data) == [(5, 7, "", "7")]
    assert fill(some, export(CANVAS_FILE), "Midterm", provisional=True).filled == ["2026103", "2026131"]
    assert ("2026117", "12.00", "0") in fill(some, export(CANVAS_FILE), "Midterm", absent_zero=True).changed


# ---- the file --------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "said"), [
    ("", "empty"), ("\nStudent,ID,Section\n", "first line is empty"), ("a,b\n1,2\n", "not a gradebook"),
    ('Student,ID,Section,M\n"x,1,A,\n', "never closed"), ('Student,ID,Section,M\nx"y,1,A,\n', "quotation mark"),
    ("Student,ID,Section,M\nx,1,A,2,3\n", "more cells than the header"),
])
def test_files_that_cannot_be_used(export: Any, text: str, said: str) -> None:
    with pytest.raises(ExamwrightError, match=said):
        fill(CLASS, export(text), "M")


def test_not_utf8_and_not_there(export: Any, tmp_path: Path) -> None:
    with pytest.raises(ExamwrightError, match="export.csv:2: is not UTF-8"):
        fill(CLASS, export(b"Student,ID,Section\n\xff"), "M")
    with pytest.raises(ExamwrightError, match="cannot be read"):
        fill(CLASS, tmp_path / "none.csv", "M")


def test_what_we_write_is_no_formula(export: Any) -> None:
    done = fill(CLASS, export(MOODLE_FILE), "Midterm", feedback=lambda who: ["=cmd|'/c calc'!A1"])
    assert rows(done.data)[0]["Assignment: Midterm (Feedback)"].startswith("'=cmd")


_CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('",;\t\n'), max_size=6)


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=5), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]),
       st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_a_table_comes_out_as_it_went_in(table: list[list[str]], delimiter: str, end: str, quoting: Any) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(table)
    ours = _Table([], [], [], delimiter, b"", "utf-8")
    ours._split(text.getvalue(), "x")
    assert ours.data() == text.getvalue().encode()
    assert [[ours.value(r, c) for c in range(len(ours.cells[r]))] for r in range(len(table))] == table
    ours.set(0, 1, 'a "b"' + delimiter + "\n")
    ours.insert(1, "new")
    again = list(csv.reader(io.StringIO(ours.data().decode(), newline=""), delimiter=delimiter))
    assert again[0][:3] == [table[0][0], "new", 'a "b"' + delimiter + "\n"]
    assert [r[0] for r in again] == [r[0] for r in table] and [r[2:] for r in again[1:]] == [r[1:] for r in table[1:]]
