"""How long students took: what columns say so, what their cells mean, and that it is kept with the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from examwright.grader.grade import current, grade
from examwright.grader.records import read
from examwright.grader.times import seconds, time_columns


@pytest.mark.parametrize(("header", "columns"), [
    ("minutes", [(("minutes",), "", 60)]), ("3b minutes", [(("3b minutes",), "3b", 60)]), ("3 (sec)", [(("3 (sec)",), "3", 1)]),
    ("3b_seconds", [(("3b_seconds",), "3b", 1)]), ("Time 3b (min)", [(("Time 3b (min)",), "3b", 60)]), ("Question 4 time spent", [(("Question 4 time spent",), "question 4", 0)]),
    ("mine/two/total minutes", [(("mine/two/total minutes",), "mine/two/total", 60)]), ("Time taken", [(("Time taken",), "", 0)]),
    ("Started on,Completed", [(("Started on", "Completed"), "", 0)]),
    ("Started on,Completed,Time taken", [(("Started on", "Completed"), "", 0), (("Time taken",), "", 0)]),
    ("Started on", []), ("time", []), ("3b", []), ("mine/two/min", []), ("", []),
])
def test_columns_that_hold_times(header: str, columns: list[Any]) -> None:
    assert [(c.columns, c.item, c.unit) for c in time_columns(header.split(","))] == columns


@pytest.mark.parametrize(("cells", "unit", "taken"), [
    ("12", 60, 720), ("2.5", 60, 150), ("2,5", 60, 150), ("90", 1, 90), ("0", 60, 0), ("-1", 60, None), ("12:05", 60, None), ("1e3", 1, None), ("\u0663", 60, None),
    ("99999", 60, None), ("1:02:03", 0, 3723), ("00:00:07.5", 0, 7), ("12:05", 0, None), ("12 mins 5 secs", 0, 725), ("1 hour 3 mins", 0, 3780), ("1 day", 0, 86400),
    ("PT1H2M3S", 0, 3723), ("PT45.2S", 0, 45), ("PT", 0, None), ("5", 0, None), ("soon", 0, None), ("9" * 5000, 1, None), ("1" + " " * 5000 + "min", 0, 60),
    ("2026-11-30T09:00|2026-11-30T09:10:30", 0, 630), ("2026-11-30 09:00:00+01:00|2026-11-30T08:30:00Z", 0, 1800), ("2026-11-30T09:00|2026-11-30T09:10Z", 0, None),
    ("30 November 2026, 9:55 AM|30 November 2026, 12:05 PM", 0, 7800), ("2026-11-30T09:00|2026-11-30T08:00", 0, None), ("2026-11-30T09:00|", 0, None),
])
def test_what_a_cell_means(cells: str, unit: int, taken: float | None) -> None:
    assert seconds(tuple(cells.split("|")), unit) == taken


def graded(two: Path, text: str, name: str = "a.csv", **how: Any) -> dict[Any, float]:
    (two / name).write_text(text)
    grade(two / "out", two / name, **how)
    return read(two / "out").times


def test_times_of_a_long_file(two: Path) -> None:
    times = graded(two, "student,item,answer,seconds\n007,1a,1,30\n007,1b,,45\n008,1,,600\n009,1c,first,\n009,,x,9\n099,1a,1,5\n008,1z,1,5\n")
    assert times == {("007", 1, "total"): 30, ("007", 1, "share"): 45, ("008", 1, ""): 600}
    assert [t.kind for t in current(two / "out").troubles] == ["unknown item", "unknown student", "unknown item"]
    assert graded(two, "student,item,answer,seconds\n007,1a,1,60\n", "b.csv", more=True)["007", 1, "total"] == 60
    assert graded(two, "student,item,answer\n007,1a,1\n008,1a,1\n009,1a,1\n") == {}  # a corrected file takes the place of all


def test_times_of_a_wide_file_change_no_mark(two: Path) -> None:
    rows = [("007", "1", "10", "5 mins"), ("008", "2", "", "1 hour"), ("009", "3", "7,5", "-")]
    graded(two, "id;1a\n" + "".join([f"{who};{a}\n" for who, a, *_ in rows]))
    before = current(two / "out").marks
    times = graded(two, "id;1a;1 minutes;Time taken;Submitted\n" + "".join([";".join([*row, "yesterday"]) + "\n" for row in rows]))
    assert times == {("007", 1, ""): 600, ("009", 1, ""): 450, ("007", 0, ""): 300, ("008", 0, ""): 3600}
    assert current(two / "out").marks == before and not current(two / "out").troubles
    assert not grade(two / "out", two / "a.csv").recorded


def test_cells_that_are_no_times_are_told_once_for_a_column(two: Path) -> None:
    graded(two, "student,item,answer,minutes\n007,1a,1,long\n008,1a,2,longer\n009,1a,3,4\n")
    (trouble,) = current(two / "out").troubles
    assert (trouble.kind, trouble.line) == ("time", 2)
    assert trouble.message == "2 cells of 'minutes' cannot be read as a time, as 'long' here; the report does without"


def test_an_exam_that_an_older_version_graded(two: Path) -> None:
    import sqlite3

    graded(two, "student,item,answer\n007,1a,1\n")
    with sqlite3.connect(two / "out" / "exam.db") as db:
        db.execute("DROP TABLE timing")
    assert read(two / "out").times == {}
    assert graded(two, "student,item,answer,minutes\n007,1a,1,2\n", "b.csv") == {("007", 1, "total"): 120}
