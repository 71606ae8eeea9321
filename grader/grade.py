"""A class's answers against what was issued: marks with their reasons, totals, and a list of all that waits for a person.

Nothing that was handed in is dropped: a row that fits no student or no part, an answer that stands there twice
or cannot be read is listed by row, and its part waits for a person. All of it is kept in exam.db; the CSV files
are written from there.
"""

from __future__ import annotations

import csv
import glob
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright import __version__
from examwright.generator.errors import ExamwrightError, nearest, short_path
from examwright.generator.make import DB, safe_cell, write_atomic
from examwright.generator.roster import read_bytes, read_csv
from examwright.generator.store import Store
from examwright.grader.amend import concerns, describe
from examwright.grader.collect import Finder, collect, normal
from examwright.grader.papers import issued, mark_papers, notation_of
from examwright.grader.records import (
    Change,
    Entry,
    Graded,
    Marked,
    Place,
    Record,
    Submission,
    Trouble,
    number_text,
    publishing,
    read,
    with_entry,
    write,
)
from examwright.grader.sheet import entry_of_sheet, guard, is_sheet, part_rows, sheet_rows

__all__ = ["Change", "Graded", "Marked", "Trouble", "current", "grade", "issued", "normal", "notation_of", "number_text"]

Progress = Callable[[int, int], None]  # (done, of)


def current(exam: Path) -> Graded:
    """The present marks of everybody, with their reasons and the places of the answers, as recorded in the exam.db of a folder,
    and the rows that nobody has seen to. Raises ExamwrightError where no answers have been graded."""
    record = read(exam, items=False)
    if not record.last:
        raise ExamwrightError(f"{short_path(exam)}: nothing is marked yet. 'examwright grade {short_path(exam)} ANSWERS.csv' does it.")
    return record.graded()


def grade(exam: Path, answers: Path, out: Path | None = None, jobs: int | None = None,
          progress: Progress | None = None, more: bool = False) -> Graded:
    """Mark the answers of a CSV file, record them with their marks in exam.db, and write marks, totals and what is open
    beside `out` (default: marks.csv in the exam's folder).

    The file stands for the whole class and takes the place of an earlier one, or (`more`) is added to what is there. A
    filled-in sheet (grader/sheet.py) is told by its header and adds what a person decided. Marks of items whose answers
    are what they were stay as they are. Raises ExamwrightError.
    """
    Store.open(exam / DB).close()  # where there is no exam, that is the first thing to say
    content = read_bytes(answers)
    header, rows = read_csv(answers, content)
    sheet = is_sheet(header, answers)

    def entry(record: Record) -> Entry:
        if sheet:
            return entry_of_sheet(header, rows, answers, content, record)
        cells, troubles, times = collect(header, rows, answers, record.items)
        submission = Submission("more" if more else "answers", answers.name, content, tuple(cells), tuple(troubles), tuple(times))
        counts = record.submissions[-1:] if more else record.submissions
        return Entry("grade", submission=None if len(counts) == 1 and submission.same(counts[0]) else submission)

    return carry_out(exam, entry, out or exam / "marks.csv", jobs, progress)


def write_sheet(exam: Path, labels: Sequence[str], out: Path) -> int:
    """Write a sheet with everybody's answers to some items, whatever their marks; how many there are. Raises ExamwrightError."""
    record = read(exam)
    find = Finder(record.items)
    wanted: set[Place] = set()
    for label in labels:
        places = {p for p in [find.place(who, label) for who in record.items] if p is not None}
        if not places:
            names = {f"{i.name}/{part}" for items in record.items.values() for i in items for part, _, _ in i.parts}
            raise ExamwrightError(f"No paper has an item {label!r}. {nearest(label, names, 0)}".strip())
        wanted |= places
    guard(out, record)
    graded = record.graded()
    rows = part_rows([m for m in graded.marks if m.place in wanted], record.hands, graded.held())
    write_atomic(out, _table(rows))
    return len(rows) - 1


# ---- a run ----------------------------------------------------------------------------------


def carry_out(exam: Path, entry_of: Callable[[Record], Entry], out: Path, jobs: int | None = None,
              progress: Progress | None = None, everything: bool = False, dry: bool = False) -> Graded:
    """Work out what a run adds to the record, mark again what that touches (or everything), record both at once,
    and write the CSV files. A dry run records and writes nothing.

    Where another run was quicker, its result is read and the work is done again on top of it.
    """
    while True:
        before = read(exam)
        entry = entry_of(before)
        after = with_entry(before, entry)
        if not dry:
            guard(open_path(out), after)
        todo = [(who, i.number) for who, items in before.items.items() for i in items
                if everything or _touched(before, after, who, i.number, [name for name, _, _ in i.parts])]
        of = len({who for who, _ in todo})
        changes: list[Change] = []
        for done, found in enumerate(mark_papers(after, todo, jobs), 1):
            for m in found:
                old = before.marks.get(m.place)
                if m != old:
                    after.marks[m.place] = m
                    changes.append(Change(old, m, reason(before, after, entry, m)))
            if progress:
                progress(done, of)
        news = bool(changes) or not entry.empty
        if dry or not news or write(exam, before.last, entry, [c.after for c in changes]):
            break
    if dry:
        graded = after.graded()
    else:
        with publishing(exam) as record:
            graded = record.graded()
            try:
                _write(graded, record, out)
            except ExamwrightError as error:
                raise ExamwrightError(f"{error} The marks are on record in exam.db; the same command writes the files.") from None
    graded.recorded = news and not dry
    graded.changes = [c for c in changes if c.before is not None and _shows(c.before) != _shows(c.after)]
    return graded


def _touched(before: Record, after: Record, who: str, number: int, parts: Iterable[str]) -> bool:
    """Does the run change what the marks of an item rest on, or has it none yet?"""
    places: list[Place] = [(who, number, part) for part in parts]
    return any([p not in before.marks or before.raw(p) != after.raw(p) or before.hands.get(p) != after.hands.get(p) for p in places])


def _shows(m: Marked) -> tuple[Any, ...]:
    return m.points, m.of, m.mark.why, m.waits


def reason(before: Record, after: Record, entry: Entry, m: Marked) -> str:
    """Why a run changed a mark."""
    place = m.place
    if before.raw(place) != after.raw(place):
        old, new = [" | ".join(r.raw(place)) for r in (before, after)]
        return f"the answer was {old[:40]!r} and is {new[:40]!r}" if old and new else "newly answered" if new else "no longer answered"
    if before.hands.get(place) != after.hands.get(place):
        return "decided by a person"
    if entry.command != "regrade":
        return "follows from another part"
    item = next(i for i in before.items[m.student] if i.number == m.number)
    fixes = [(c, "") for c in entry.amendments] + [(before.amendments[n].content, "withdrawn: ") for n in entry.withdraws]
    said = [prefix + describe(c) for c, prefix in fixes if concerns(c, item, m.mark.part)]
    if not said and any([concerns(c, item) for c, _ in fixes]):
        return "follows from another part"
    return "; ".join(said) or f"marked anew by Examwright {__version__}"


# ---- files ----------------------------------------------------------------------------------


MOST = 30_000  # characters: a cell of Excel has at most 32,767, and what is beyond would run over into the next rows


def _short(text: str) -> str:
    return text if len(text) <= MOST else f"{text[:MOST]} … ({len(text)} characters)"


def _table(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([safe_cell(_short(str(cell))) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _write(graded: Graded, record: Record, out: Path) -> None:
    marks = [("student", "name", "item", "question", "part", "points", "of", "why", "read", "say", "evidence", "raw", "row")]
    for m in graded.marks:
        marks.append((m.student, graded.names[m.student], m.item, m.question, m.mark.part, number_text(m.points), number_text(m.of),
                      m.mark.why, m.mark.read, m.mark.told, m.mark.evidence, m.mark.raw, str(m.line or "")))
    totals = graded.totals()
    numbers = sorted({m.number for m in graded.marks})
    by_item: dict[tuple[str, int], fmpq] = {}
    for m in graded.marks:
        by_item[m.student, m.number] = by_item.get((m.student, m.number), fmpq(0)) + m.points
    sums: list[tuple[Any, ...]] = [("student", "name", "points", "of", "percent", "open", *numbers)]
    for who, (points, of, waiting) in totals.items():
        percent = number_text(points * 100 / of) if of else ""
        sums.append((who, graded.names[who], number_text(points), number_text(of), percent, waiting,
                     *[number_text(by_item[who, n]) if (who, n) in by_item else "" for n in numbers]))
    for path, rows in ((out, marks), (out.with_name(out.stem + "-totals.csv"), sums), (open_path(out), sheet_rows(graded, record.hands))):
        for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.part"):  # of a run that was killed; nobody else writes now
            leftover.unlink()
        write_atomic(path, _table(rows))
        graded.files.append(path)


def open_path(out: Path) -> Path:
    """The sheet that belongs to a file of marks."""
    return out.with_name(out.stem + "-open.csv")
