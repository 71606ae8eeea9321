"""The sheet: all that waits for a person, as a CSV file to fill in and hand back to `examwright grade`.

`marks-open.csv` is the list of what is open and the sheet at once. A row is taken off it by `points` (with a comment for
the student), by what the answer `means` (then it is marked as if that had been typed), or, where a row belongs to
no part of any paper, by a comment that says why it may stay so. Later parts that only wait for an answer to be read have no
row of their own: its message names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.answers.reader import Ambiguous, Blank, Unreadable
from examwright.generator import wording
from examwright.generator.errors import ExamwrightError, nearest, short_path
from examwright.generator.roster import Row, clean_id, column, id_column, read_csv
from examwright.grader.collect import ANSWERS, ITEMS, Finder
from examwright.grader.papers import rules_of, variant_of
from examwright.grader.records import Entry, Graded, Hand, Marked, Place, Record, Submission, label_order, number_text
from examwright.solvers.arithmetic import to_text

COLUMNS = ("file", "row", "student", "item", "question", "part", "kind", "raw", "read", "message", "key", "of", "points", "means",
           "comment", "ref")
_FILLED = ("points", "means", "comment")


def sheet_rows(graded: Graded, hands: Mapping[Place, Hand]) -> list[tuple[Any, ...]]:
    """The header and a row for each thing that is open: the parts by question, then the rows that belong to no part."""
    return part_rows(graded.listed, hands, graded.held()) + [
        (t.file, t.line or "", t.student, t.item, "", "", t.kind, t.raw, "", t.message, "", "", "", "", "", t.ref) for t in graded.troubles]


def part_rows(marks: Iterable[Marked], hands: Mapping[Place, Hand], held: Mapping[Place, list[str]]) -> list[tuple[Any, ...]]:
    """The header and a row for each mark, with what a person has said of it already and the items that wait for it (`held`).
    All answers to one part stand together, whatever its number on each paper."""
    rows: list[tuple[Any, ...]] = [COLUMNS]
    for m in sorted(marks, key=lambda m: (m.question, label_order(m.item.lstrip("0123456789")), m.mark.part, m.student)):
        hand = hands.get(m.place)
        if hand is None or hand.raw != m.mark.raw:
            hand = Hand(m.place, m.mark.raw, None, m.of, None, "")
        told = m.mark.evidence or m.mark.say
        rows.append((m.file, m.line or "", m.student, m.item, m.question, m.mark.part, m.waits or m.mark.why, m.mark.raw, m.mark.read,
                     (told if m.waits else f"now {number_text(m.points)} points" + (f": {told}" if told else "")) + waiting(held.get(m.place)),
                     m.key, number_text(m.of),
                     _points_cell(hand.scaled(m.of)), hand.means or "", hand.comment, m.ref))
    return rows


def waiting(items: list[str] | None) -> str:
    """What stands beneath an answer that others wait for."""
    return f"; {', '.join(items)} {'wait' if items[1:] else 'waits'} for what this means" if items else ""


def _points_cell(points: fmpq | None) -> str:
    if points is None:
        return ""
    return number_text(points) if (points * 100).q == 1 else to_text(points)


# ---- reading it back ------------------------------------------------------------------------


def is_sheet(header: list[str], path: Path) -> bool:
    """Is a file with this header a sheet? Raises ExamwrightError for the list of marks, which looks alike."""
    points = column(header, ("points",)) is not None and column(header, ITEMS) is not None and column(header, ANSWERS) is None
    if points and column(header, ("why",)) is not None:
        raise ExamwrightError(f"{short_path(path)} is a list of marks that 'examwright grade' has written. What a person decides is filled "
                              "into the sheet beside it (…-open.csv), or into a file with the columns student, item, points, comment.")
    return points


def entry_of_sheet(header: list[str], rows: Iterable[Row], path: Path, content: bytes, record: Record) -> Entry:
    """What a filled-in sheet adds to the record: nothing for rows that are blank or on record already. Raises ExamwrightError
    with all faults, and then nothing of it counts."""
    reader = _Sheet(header, path, record)
    for row in rows:
        reader.take(row)
    if reader.faults:
        raise ExamwrightError("\n".join([*reader.faults[:50], "Nothing of this sheet was recorded."]))
    if reader.hands or reader.seen:
        return Entry("sheet", submission=Submission("sheet", path.name, content), hands=list(reader.hands.values()), seen=reader.seen)
    return Entry("sheet")


def guard(path: Path, record: Record) -> None:
    """Raises ExamwrightError if the sheet that is about to be replaced holds what is not on record."""
    if not path.exists():
        return
    if not path.is_file():
        raise ExamwrightError(f"{short_path(path)} is no file, but a sheet is to be written there. Move it away. Nothing was changed.")
    try:
        header, rows = read_csv(path)
        filled = is_sheet(header, path) and any([row.cells.get(c, "").strip() for row in rows for c in _FILLED])
        if not filled or entry_of_sheet(header, rows, path, b"", record).empty:
            return
    except ExamwrightError:
        pass  # whatever it is, a person has had it in hand
    raise ExamwrightError(f"{short_path(path)} has been filled in since it was written, and that is not recorded yet. Record it first "
                          f"('examwright grade … {short_path(path)}'), or move the file away. Nothing was changed.")


class _Sheet:
    """Reads one sheet and collects its faults."""

    def __init__(self, header: list[str], path: Path, record: Record):
        self.name, self.record = short_path(path), record
        self.ids, self.item = id_column(header, path), column(header, ITEMS) or ""
        self.columns = {c: column(header, (c,)) or "" for c in (*_FILLED, "ref")}
        self.find = Finder(record.items)
        self.rules = rules_of(record)
        self.troubles = {t.ref for t in record.troubles(seen=True)}
        self.hands: dict[Place, Hand] = {}
        self.seen: dict[str, str] = {}
        self.lines: dict[Place, int] = {}
        self.faults: list[str] = []

    def take(self, row: Row) -> None:
        points, means, comment, ref = [row.cells.get(c, "").strip() for c in self.columns.values()]
        if not (points or means or comment):
            return
        try:
            if ref in self.troubles:
                self.take_trouble(ref, points or means, comment)
            else:
                self.take_mark(row, points, means, comment, ref)
        except ValueError as fault:
            self.faults.append(f"{self.name}:{row.line}: {fault}")

    def take_trouble(self, ref: str, points: str, comment: str) -> None:
        if points:
            raise ValueError("this row belongs to no part of any paper, so it can have no points. Mend the answers and grade them again, or "
                             "write a comment that says why it may stay as it is.")
        if self.record.seen.get(ref) != comment:
            self.seen[ref] = comment

    def take_mark(self, row: Row, points: str, means: str, comment: str, ref: str) -> None:
        written, label = clean_id(row.cells.get(self.ids, "")), row.cells.get(self.item, "").strip()
        who = self.find.student(written)
        if ref and (who is None or not label):
            return  # a row that has been mended since
        if who is None:
            raise ValueError(f"there is no student {written!r} in this exam. {nearest(written, self.record.items, 0)}".strip())
        place = self.find.place(who, label)
        if place is None:
            raise ValueError(f"there is no item {label!r} on this paper. {nearest(label, self.find.labels(who), 0)}".strip())
        marked = self.record.marks.get(place)
        if marked is None:
            raise ValueError(f"{who} {label} has not been graded yet.")
        if ref and ref != marked.ref:
            raise ValueError(f"the answer of {who} to {label} has changed since this sheet was written; it is now {marked.mark.raw[:60]!r}. "
                             "Take the sheet of the last run.")
        if place in self.lines:
            raise ValueError(f"{who} {label} stands there a second time (first on line {self.lines[place]}).")
        self.lines[place] = row.line
        worth = self.points(points, marked.of) if points else None
        if means:
            self.check(place, means)
        old = self.record.hands.get(place)
        if old is None or old.raw != marked.mark.raw:
            old = Hand(place, marked.mark.raw, None, marked.of, None, "")
        new = Hand(place, old.raw, old.points if worth is None else worth, old.of if worth is None else marked.of, means or old.means,
                   comment or old.comment)
        if new != old:
            self.hands[place] = new

    @staticmethod
    def points(text: str, of: fmpq) -> fmpq:
        """Points as a person writes them: 2, 1.5, 1,5, 1/2."""
        match = re.fullmatch(r"([0-9]{1,6})(?:[.,]([0-9]{1,6})|/([1-9][0-9]{0,5}))?", text)
        if not match:
            raise ValueError(f"{text[:30]!r} is no number of points. Write it as 2, 1.5 or 1/2.")
        whole, decimals, bottom = match.groups()
        value = fmpq(int(whole + (decimals or "")), int(bottom or 10 ** len(decimals or "")))
        if value > of:
            raise ValueError(f"{text} points are more than this part has ({number_text(of)}).")
        return value

    def check(self, place: Place, means: str) -> None:
        """Can what an answer means be read?"""
        item = next(i for i in self.record.items[place[0]] if i.number == place[1])
        variant = variant_of(item, self.rules)
        kind = wording.kind_of(variant, variant.question.part(place[2]))
        if kind.manual:
            raise ValueError("this part is marked by hand: give it points.")
        try:
            kind.read(means, self.rules.notation)
        except (Ambiguous, Unreadable, Blank) as error:
            raise ValueError(f"what it means, {means[:60]!r}, cannot be read either: {error}.") from None
