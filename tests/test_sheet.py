"""The sheet: everything that waits for a person, filled in and handed back."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flint import fmpq

from examwright.cli import main
from examwright.generator.errors import ExamwrightError
from examwright.grader.grade import Graded, current, grade, write_sheet
from examwright.grader.records import read
from examwright.grader.regrade import Fixes, regrade
from examwright.grader.sheet import COLUMNS

ANSWERS = ("007,1a,1", "007,1b,one and a half", "007,1d,because it is", "008,1b,\"1,234\"", "008,1d,=1+1", "008,1a,3", "008,1a,4",
           "009,1c,first", "009,1c,first", "099,1a,7", "009,9z,8")


def table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def save(path: Path, rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with open(path, "w", encoding=encoding, newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def sheet(two: Path) -> Path:
    """The sheet of an exam with one of everything."""
    (two / "a.csv").write_text("student,item,answer\n" + "\n".join(ANSWERS) + "\n")
    grade(two / "out", two / "a.csv")
    return two / "out" / "marks-open.csv"


@pytest.fixture
def fill(sheet: Path) -> Callable[..., Graded]:
    """fill({(student, item): {column: text}}) fills the sheet in and hands it back."""

    def run(cells: dict[tuple[str, str], dict[str, str]], path: Path | None = None, **how: str) -> Graded:
        rows = table(sheet)
        keys = {(r["student"], r["item"]) for r in rows}
        assert keys >= set(cells), keys
        filled = [{**r, **cells.get((r["student"], r["item"]), {})} for r in rows]
        return grade(sheet.parent, save(path or sheet.parent.parent / "filled.csv", filled, **how))

    return run


def test_all_that_waits_stands_there_by_question(sheet: Path) -> None:
    rows = table(sheet)
    assert tuple(rows[0]) == COLUMNS
    assert [(r["student"], r["item"], r["kind"], r["row"]) for r in rows] == [
        ("008", "1a", "duplicate", "7"), ("007", "1b", "unreadable", "3"), ("008", "1b", "ambiguous", "5"), ("007", "1d", "by hand", "4"),
        ("008", "1d", "by hand", "6"), ("009", "1c", "duplicate", "10"), ("099", "", "unknown student", "11"), ("009", "9z", "unknown item", "12")]
    assert all(r["file"] == "a.csv" and not r["points"] and not r["means"] and not r["comment"] for r in rows)
    by = {(r["student"], r["item"]): r for r in rows}
    assert by["008", "1a"]["raw"] == "3 | 4" and by["007", "1d"]["of"] == "2" and by["007", "1d"]["key"].startswith("Because")
    assert by["008", "1d"]["raw"] == "'=1+1" and by["099", ""]["raw"] == "099 | 1a | 7"  # no spreadsheet computes it
    assert by["007", "1b"]["key"] and by["007", "1b"]["message"]


def test_points_by_a_person_are_marks_with_their_comment(fill: Any, sheet: Path) -> None:
    graded = fill({("007", "1d"): {"points": "1,5", "comment": "Nearly: say why."}, ("008", "1d"): {"points": "0"}})
    by = {(m.student, m.item): m for m in graded.marks}
    assert (by["007", "1d"].points, by["007", "1d"].mark.why, by["007", "1d"].mark.say) == (fmpq(3, 2), "hand", "Nearly: say why.")
    assert (by["008", "1d"].points, by["008", "1d"].mark.why, by["008", "1d"].waits) == (0, "hand", "")
    assert len(table(sheet)) == 6 and graded.totals()["007"][2] == 1
    assert {(c.after.student, c.after.item) for c in graded.changes} == {("007", "1d"), ("008", "1d")}


@pytest.mark.parametrize("how", [{"delimiter": ";"}, {"delimiter": "\t"}, {"encoding": "utf-8-sig"}])
def test_sheets_as_spreadsheets_save_them(fill: Any, how: dict[str, str]) -> None:
    graded = fill({("007", "1d"): {"points": "2.0"}}, **how)
    assert next(m for m in graded.marks if (m.student, m.item) == ("007", "1d")).points == 2


def test_what_an_answer_means_is_marked_as_if_typed(fill: Any, sheet: Path) -> None:
    """And the later parts follow from it."""
    graded = fill({("008", "1a"): {"means": "3", "comment": "the first one counts"}, ("008", "1b"): {"means": "1.234"}})
    by = {(m.student, m.item): m for m in graded.marks}
    mark = by["008", "1a"].mark
    assert mark.raw == "3 | 4" and mark.read == "3" and mark.why in ("wrong", "key", "mistake") and mark.comment == "the first one counts" and mark.told.endswith(mark.comment)
    assert "read by a person as 3" in mark.evidence
    assert not by["008", "1b"].mark.open and by["008", "1b"].mark.raw == "1,234"


def test_means_carries_forward(fill: Any, two: Path) -> None:
    """A first part that nobody could read is read by a person; the second one is right from there."""
    (two / "a.csv").write_text("student,item,answer\n007,1a,three?\n007,1b,\n")
    grade(two / "out", two / "a.csv")
    b = numbers(two)[1]
    (two / "a.csv").write_text(f"student,item,answer\n007,1a,three?\n007,1b,30/{b}\n")
    grade(two / "out", two / "a.csv")
    graded = fill({("007", "1a"): {"means": "30"}})
    by = {(m.student, m.item): m for m in graded.marks}
    assert by["007", "1b"].mark.why == "follow-through" and by["007", "1b"].points == 1
    assert {(c.after.item, c.reason) for c in graded.changes} == {("1a", "decided by a person"), ("1b", "follows from another part")}


# ---- parts that wait for an earlier one ------------------------------------------------------


@pytest.fixture
def held(two: Path) -> Callable[..., Any]:
    """held(answer to 1a, answer to 1b, cells for the row of 1a) grades both and then the sheet; the marks by item. Numbers are
    a/b with a − b as the key of 1a."""

    def run(first: str, second: str, **cells: str) -> Any:
        (two / "a.csv").write_text("student,item,answer\n" + "".join([f"007,1a,\"{t}\"\n" for t in first.split("|")]) + f"007,1b,{second}\n008,1a,0\n009,1a,0\n")
        graded = grade(two / "out", two / "a.csv")
        rows = table(two / "out" / "marks-open.csv")
        if cells:
            graded = grade(two / "out", save(two / "filled.csv", [{**r, **cells} for r in rows if r["item"] == "1a"]))
            rows = table(two / "out" / "marks-open.csv")
        return {m.item: m for m in graded.marks if m.student == "007"}, [r for r in rows if r["student"] == "007"]

    return run


def numbers(two: Path) -> tuple[int, int]:
    draws = read(two / "out").items["007"][0].draws
    return draws["a"], draws["b"]


@pytest.mark.parametrize("first", ["some thirty", "1,234", "30|31"])
def test_the_list_has_the_answer_that_others_wait_for(held: Any, two: Path, first: str) -> None:
    by, rows = held(first, "77")
    assert [r["item"] for r in rows] == ["1a"] and rows[0]["message"].endswith("; 1b waits for what this means")
    assert (by["1b"].waits, by["1b"].mark.open, by["1b"].points) == ("earlier part", True, 0)
    graded = current(two / "out")
    assert len(graded.open) == 2 and len(graded.listed) == 1 and graded.totals()["007"][2] == 2
    done = CliRunner().invoke(main, ["grade", str(two / "out"), str(two / "a.csv")])
    assert done.exit_code == 3 and "for a person: 1 answer (and 1 later part waiting for them), 0 rows" in done.output
    assert "      1b waits for it\n" in done.output


def test_full_marks_wait_for_nothing(held: Any, two: Path) -> None:
    a, b = numbers(two)
    by, rows = held("some thirty", f"{a - b}/{b}")
    assert by["1b"].mark.why == "key" and not by["1b"].waits and "waits" not in rows[0]["message"]


@pytest.mark.parametrize("points", ["", "0.5"])
def test_what_it_means_releases_the_later_parts(held: Any, two: Path, points: str) -> None:
    by, rows = held("some thirty", f"30/{numbers(two)[1]}", means="30", points=points)
    assert rows == [] and (by["1b"].mark.why, by["1b"].points, by["1b"].waits) == ("follow-through", 1, "")
    assert by["1a"].mark.why == ("hand" if points else "wrong")


def test_full_points_make_it_the_key(held: Any) -> None:
    by, rows = held("some thirty", "77", points="1")
    assert rows == [] and (by["1a"].mark.why, by["1a"].mark.read, by["1b"].mark.why) == ("hand", "", "wrong")


def test_points_alone_do_not_say_what_later_parts_follow_from(held: Any) -> None:
    """So each has a row of its own then, and nothing is lost."""
    for first in ("some thirty", "30|31"):
        by, rows = held(first, "77", points="0")
        assert [r["item"] for r in rows] == ["1b"] and by["1b"].waits == "undecided"
        assert rows[0]["message"].endswith("not yet judged from the answer to total, which was given points, but nobody has said what it means")


def test_a_comment_takes_a_row_off_the_list_for_good(fill: Any, sheet: Path, two: Path) -> None:
    graded = fill({("099", ""): {"comment": "not in my class"}, ("009", "9z"): {"comment": "there is no 9z"}})
    assert [t.kind for t in graded.troubles] == ["duplicate"]
    (two / "b.csv").write_text("student,item,answer\n007,1a,1\n" + "\n".join(ANSWERS) + "\n099,1b,9\n")  # the rows have moved
    assert [(t.kind, t.raw) for t in grade(two / "out", two / "b.csv").troubles] == [
        ("duplicate", "1"), ("duplicate", "first"), ("unknown student", "099 | 1b | 9")]


def test_all_seen_to_is_exit_code_0(fill: Any, sheet: Path, two: Path) -> None:
    assert CliRunner().invoke(main, ["grade", str(two / "out"), str(two / "a.csv")]).exit_code == 3
    fill({(r["student"], r["item"]): {"points": "1"} if r["of"] else {"comment": "seen"} for r in table(sheet)})
    result = CliRunner().invoke(main, ["grade", str(two / "out"), str(two / "a.csv")])
    assert result.exit_code == 0 and "for a person" not in result.output
    assert len(table(sheet)) == 0


def test_partial_sheets_again_and_again(fill: Any, sheet: Path, two: Path) -> None:
    fill({("007", "1d"): {"points": "1"}})
    first = table(two / "filled.csv")
    assert not grade(two / "out", two / "filled.csv").recorded  # the same sheet again
    fill({("008", "1d"): {"points": "2"}})
    assert [r["item"] for r in table(sheet)].count("1d") == 0
    changed = [{**r, "points": "2" if r["points"] else ""} for r in first]  # a person thinks again
    graded = grade(two / "out", save(two / "again.csv", changed))
    assert [(c.after.student, c.after.item, c.after.points) for c in graded.changes] == [("007", "1d", 2)]


def test_a_list_written_by_hand_overrules_any_mark(sheet: Path, two: Path) -> None:
    (two / "appeal.csv").write_text("id;item;points;comment\n009;1c;0;\n7;1a;1;\n")
    with pytest.raises(ExamwrightError, match="there is no student '7'"):
        grade(two / "out", two / "appeal.csv")
    (two / "appeal.csv").write_text("id;item;points;comment\n009;1c;1;after all\n009;mine/two/total;0,5;he showed his way\n")
    by = {(m.student, m.item): m for m in grade(two / "out", two / "appeal.csv").marks}
    assert by["009", "1c"].mark.why == by["009", "1a"].mark.why == "hand"
    assert by["009", "1a"].points == fmpq(1, 2) and by["009", "1a"].mark.raw == ""


@pytest.mark.parametrize(("cells", "said"), [
    ({"points": "2.5"}, "more than this part has (2)"), ({"points": "-1"}, "no number of points"), ({"points": "two"}, "no number of points"),
    ({"points": "1e0"}, "no number of points"), ({"points": "nan"}, "no number of points"), ({"points": "1/0"}, "no number of points"),
    ({"points": "1,234.5"}, "no number of points"), ({"points": "٣"}, "no number of points"), ({"points": "9" * 400}, "no number of points"),
    ({"means": "x"}, "marked by hand: give it points"),
])
def test_what_cannot_be_points(fill: Any, sheet: Path, cells: dict[str, str], said: str) -> None:
    before = sheet.read_bytes()
    with pytest.raises(ExamwrightError) as caught:
        fill({("007", "1d"): cells, ("008", "1d"): {"points": "1"}})
    assert "filled.csv:5: " in str(caught.value) and said in str(caught.value) and "Nothing of this sheet was recorded" in str(caught.value)
    assert sheet.read_bytes() == before and all(m.waits for m in current(sheet.parent).marks if m.item == "1d" and m.mark.raw)


def test_all_faults_of_a_sheet_at_once(fill: Any) -> None:
    with pytest.raises(ExamwrightError) as caught:
        fill({("007", "1d"): {"points": "3"}, ("099", ""): {"points": "1"}, ("007", "1b"): {"means": "still unclear"}})
    lines = str(caught.value).split("\n")
    assert len(lines) == 4 and "cannot be read either" in lines[0] and "more than" in lines[1] and "belongs to no part" in lines[2]


def test_a_sheet_of_other_answers_is_refused(fill: Any, sheet: Path, two: Path) -> None:
    rows = table(sheet)
    (two / "b.csv").write_text("student,item,answer\n007,1d,something else\n")
    grade(two / "out", two / "b.csv")
    filled = save(two / "old.csv", [{**r, "points": "1"} for r in rows if (r["student"], r["item"]) == ("007", "1d")])
    with pytest.raises(ExamwrightError, match="has changed since this sheet was written; it is now 'something else'"):
        grade(two / "out", filled)


def test_a_persons_mark_belongs_to_the_answer_it_was_given_for(fill: Any, two: Path) -> None:
    fill({("007", "1d"): {"points": "1"}})
    (two / "b.csv").write_text((two / "a.csv").read_text().replace("because it is", "because it was"))
    graded = grade(two / "out", two / "b.csv")
    mark = next(m for m in graded.marks if (m.student, m.item) == ("007", "1d"))
    assert mark.waits == "by hand" and mark.points == 0
    graded = grade(two / "out", two / "a.csv")  # the answer is what it was, and so is its mark
    assert next(m for m in graded.marks if (m.student, m.item) == ("007", "1d")).points == 1


def test_a_filled_sheet_is_never_overwritten(fill: Any, sheet: Path, two: Path) -> None:
    rows = [{**r, "points": "1"} if r["kind"] == "by hand" else r for r in table(sheet)]
    filled = save(sheet, rows).read_bytes()
    for again in (lambda: grade(two / "out", two / "a.csv"), lambda: regrade(two / "out", "x", Fixes(void=("1a",)))):
        with pytest.raises(ExamwrightError, match="has been filled in since it was written"):
            again()
        assert sheet.read_bytes() == filled
    assert len(regrade(two / "out", "x", Fixes(void=("1a",)), dry=True).graded.changes) == 3
    graded = grade(two / "out", sheet)  # handed back at its own place
    assert len([m for m in graded.marks if m.mark.why == "hand"]) == 2 and len(table(sheet)) == 6
    sheet.write_bytes(filled)  # all of it is on record now
    grade(two / "out", two / "a.csv")
    sheet.write_bytes(b"row,student,points\n\xff\xfe")  # saved in some other way
    with pytest.raises(ExamwrightError, match="has been filled in"):
        grade(two / "out", two / "a.csv")


def test_a_comment_alone_is_kept_on_the_sheet(fill: Any, sheet: Path, two: Path) -> None:
    graded = fill({("007", "1d"): {"comment": "ask Bob"}})
    assert graded.recorded and not graded.changes
    assert {r["comment"] for r in table(sheet)} == {"", "ask Bob"}
    assert not grade(two / "out", sheet).recorded


def test_the_list_of_marks_is_no_sheet(sheet: Path, two: Path) -> None:
    with pytest.raises(ExamwrightError, match="is a list of marks"):
        grade(two / "out", sheet.with_name("marks.csv"))


def test_a_sheet_of_a_whole_item(sheet: Path, two: Path, fill: Any) -> None:
    """Texts that were written on paper stand in no file: everybody's row is on the sheet."""
    fill({("007", "1d"): {"points": "1/2", "comment": "short"}})
    assert write_sheet(two / "out", ["1d", "mine/two/larger"], two / "s.csv") == 6
    rows = table(two / "s.csv")
    assert [(r["student"], r["item"], r["points"], r["kind"]) for r in rows] == [
        ("007", "1c", "", "blank"), ("008", "1c", "", "blank"), ("009", "1c", "", rows[2]["kind"]), ("007", "1d", "0.5", "hand"),
        ("008", "1d", "", "by hand"), ("009", "1d", "", "blank")]
    assert not grade(two / "out", two / "s.csv").recorded
    save(two / "s.csv", [{**r, "points": "1"} for r in rows if r["item"] == "1d"])
    assert {m.points for m in grade(two / "out", two / "s.csv").marks if m.item == "1d"} == {fmpq(1)}
    with pytest.raises(ExamwrightError, match="No paper has an item '1z'"):
        write_sheet(two / "out", ["1z"], two / "t.csv")
