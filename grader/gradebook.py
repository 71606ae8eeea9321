"""Points into the gradebook file that an instructor exported from Canvas or Moodle, ready to be imported again.

Only cells of the chosen column (and its feedback column) change; every other byte of the file comes out as it went in: order of
columns and rows, quotes, line ends, encoding, byte order mark.

What the files look like, from the programs that write and read them:

* **Canvas**, Gradebook → Export (`lib/gradebook_exporter.rb` and `lib/gradebook_importer.rb` of canvas-lms): `Student` (or
  `LastName`, `FirstName`), `ID`, `SIS User ID`, `SIS Login ID`, perhaps `Integration ID` and `Root Account`, `Section`, custom
  columns, assignments as `Title (id)`, then totals such as `Current Score`, which are read-only: on import every column whose name
  holds one of those words is skipped. Below the header there may be a row `Manual Posting`, then comes `    Points Possible`;
  importing another number there changes the assignment. `EX` is excused, `N/A` not assigned, `Student, Test` the test student.
  Comma or semicolon, point or comma in decimals, with or without byte order mark. Comments cannot be imported.
* **Moodle, grades**, Export → Plain text file (`grade/export/txt`, `grade/import/csv`): user fields (`First name`, `Last name`,
  `ID number`, `Email address`, …), for each item `Assignment: Name (Real)` and, if wanted, `Assignment: Name (Feedback)`, totals, and
  last `Last downloaded from this course`. An empty grade is imported as no grade.
* **Moodle, worksheet** of one assignment (`mod/assign/feedback/offline`): `Identifier` (`Participant 123`), `Full name`, user fields,
  `Status`, `Grade`, `Maximum Grade`, `Grade can be changed`, `Last modified (grade)`, `Feedback comments`. Feedback is HTML, and it is
  imported even where the grade is not: so feedback is never written without its grade.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flint import fmpq

from examwright.generator.errors import ExamwrightError, nearest, short_path
from examwright.generator.make import safe_cell
from examwright.generator.roster import MAX_BYTES, clean_id, read_bytes
from examwright.grader.records import Graded, number_text

CANVAS, MOODLE, WORKSHEET = "Canvas", "Moodle grades", "Moodle worksheet"
_IDS = {CANVAS: ("SIS User ID", "SIS Login ID", "Integration ID", "ID"),
        MOODLE: ("ID number", "Username", "Email address"),
        WORKSHEET: ("ID number", "Username", "Email address", "Identifier")}
_CANVAS_PERSON = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")
_CANVAS_TOTAL = re.compile("(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
_MOODLE_PERSON = ("First name", "Surname", "Last name", "Full name", "ID number", "Institution", "Department", "Email address", "Username",
                  "Suspended", "Last downloaded from this course")
_MOODLE_TOTAL = re.compile(r"^[^:]*\btotal(?: \(Real\))?$|\((?:Feedback|Percentage|Letter)\)$")


@dataclass
class Filled:
    """What became of an exported gradebook. `data` is the new file; the lists hold student ids, but for `strangers`, the
    (line, text) of rows that are nobody of the exam, and `kept`, the (student, reason) of cells that must not be changed."""

    system: str
    column: str
    matched_by: str
    data: bytes
    filled: list[str] = field(default_factory=list)
    changed: list[tuple[str, str, str]] = field(default_factory=list)  # (student, grade before, grade now)
    kept: list[tuple[str, str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # in the exam, not in the file
    strangers: list[tuple[int, str]] = field(default_factory=list)


def fill(graded: Graded, path: Path, column: str | None = None, new_column: str | None = None, ids: str | None = None,
         feedback: Callable[[str], list[str]] | None = None, provisional: bool = False, absent_zero: bool = False,
         scale: bool = False, title: str = "") -> Filled:
    """Write each student's points into the file's `column`, or into a `new_column`.

    Without either, the column that is called like the exam (`title`) is taken. `ids` names the column with the students' ids; without
    it, the one that fits most of the class. `feedback` gives the lines of a student's feedback column (Moodle only). Who has
    marks that wait for a person gets no grade unless `provisional`; who handed in nothing gets none unless `absent_zero`. Where
    the column's maximum is known and is not the exam's, `scale` converts. Raises ExamwrightError.
    """
    table = _Table.read(path)
    book = _Book(table, path)
    if feedback and book.system == CANVAS:
        raise ExamwrightError("Canvas imports no comments from a gradebook file. Leave --feedback out, and hand out the pages that "
                              "'examwright feedback' makes.")
    at = book.add(new_column) if new_column else book.choose(column, title)
    notes = book.feedback_column(at) if feedback else None
    key, by = book.match(graded.names, ids)
    out = Filled(book.system, table.value(0, at), by, b"")
    totals = graded.totals()
    blank = set(graded.names) - {m.student for m in graded.marks if m.answered}
    of = max([t[1] for t in totals.values()], default=fmpq(0))
    if new_column:
        book.note_maximum(at, number_text(of))
    found: set[str] = set()
    for row in book.people:
        who = key.get(row)
        if who is None:
            out.strangers.append((table.lines[row], book.named(row)))
            continue
        found.add(who)
        points, mine, waiting = totals[who]
        if waiting and not provisional:
            out.open.append(who)
            continue
        if who in blank and not absent_zero:
            out.absent.append(who)
            continue
        before = table.value(row, at).strip()
        reason = book.locked(row, before)
        if reason:
            out.kept.append((who, reason))
            continue
        grade = book.written(points * book.factor(row, at, mine, scale))
        if before not in ("", "-") and _number(before) != _number(grade):
            out.changed.append((who, before, grade))
        table.set(row, at, grade)
        if notes is not None and feedback is not None:
            table.set(row, notes, _as_html(feedback(who)))
        out.filled.append(who)
    out.missing = [who for who in graded.names if who not in found]
    out.data = table.data()
    return out


def _as_html(lines: list[str]) -> str:
    r"""Feedback for Moodle: HTML with nothing in it but line breaks, formulas in \(…\) for its MathJax filter."""
    return "<br />".join([re.sub(r"\$([^$]+)\$", r"\\(\1\\)", html.escape(line, quote=False)) for line in lines])


def _number(text: str) -> fmpq | None:
    """A grade as a gradebook writes it, with a point or a comma."""
    match = re.fullmatch(r"(-?)([0-9]{1,9})(?:[.,]([0-9]{1,9}))?", text.strip())
    if not match:
        return None
    sign, whole, part = match.group(1), match.group(2), match.group(3) or ""
    return fmpq(int(sign + whole + part), 10 ** len(part))


class _Book:
    """Where the people, the grades and the maxima of a gradebook file stand."""

    def __init__(self, table: _Table, path: Path):
        self.table = table
        self.name = short_path(path)
        self.header = [table.value(0, c).strip() for c in range(table.width)]
        self.system = self._system()
        rows = [r for r in range(1, len(table.cells)) if any([table.value(r, c).strip() for c in range(len(table.cells[r]))])]
        self.maximum: int | None = None  # the row with the points possible
        self.people = rows
        if self.system == CANVAS:
            self.maximum = next((r for r in rows if "Points Possible" in table.value(r, 0)), None)
            self.people = [r for r in rows if r != self.maximum and not self._posting(r) and not self._test_student(r)]
        for row in self.people:
            if len(table.cells[row]) > table.width:
                raise ExamwrightError(f"{self.name}:{table.lines[row]}: the row has more cells than the header.")
        texts = [table.value(r, c) for r in rows for c in range(len(table.cells[r]))]
        comma, point = [any([re.fullmatch(rf"[0-9]+{mark}[0-9]+", t.strip()) for t in texts]) for mark in (",", r"\.")]
        self.comma = comma and not point

    def _system(self) -> str:
        h = self.header
        if (h[:2] == ["Student", "ID"] or h[:3] == ["LastName", "FirstName", "ID"]) and "Section" in h:
            return CANVAS
        if "Identifier" in h and "Grade" in h:
            return WORKSHEET
        if any([c in h for c in _IDS[MOODLE]]):
            return MOODLE
        raise ExamwrightError(
            f"{self.name}:1: this is not a gradebook that I know. Canvas has the columns Student, ID, …, Section; Moodle has ID number, "
            f"Username or Email address, or Identifier and Grade. Export it with English column names. The file has: {', '.join(h[:8])}.")

    def _posting(self, row: int) -> bool:
        cells = [self.table.value(row, c).strip() for c in range(len(self.table.cells[row]))]
        return all([re.fullmatch(r"(?:Muted|Manual Posting.*)?", c, re.I) for c in cells])

    def _test_student(self, row: int) -> bool:
        first = self.table.value(row, 0)
        return first == "Student, Test" or (self.header[0] == "LastName" and (first, self.table.value(row, 1)) == ("Student", "Test"))

    def named(self, row: int) -> str:
        """Whom the row is about, for a message."""
        return ", ".join([t for t in [self.table.value(row, c).strip() for c in range(min(4, len(self.table.cells[row])))] if t])[:80]

    # the column

    def gradable(self) -> dict[int, str]:
        """The columns that may hold a grade, with their bare names."""
        out = {}
        for c, name in enumerate(self.header):
            if self.system == WORKSHEET:
                if name == "Grade":
                    out[c] = name
            elif self.system == CANVAS:
                points = self.table.value(self.maximum, c).strip() if self.maximum is not None else ""
                bare = re.sub(r"\s*\([0-9]+\)$", "", name)  # a custom column has no id and no points
                if name not in _CANVAS_PERSON and not _CANVAS_TOTAL.search(name) and (_number(points) is not None or (bare != name and not points)):
                    out[c] = bare
            elif name and name not in _MOODLE_PERSON and not _MOODLE_TOTAL.search(name):
                out[c] = re.sub(r"\s*\(Real\)$", "", name)
        return out

    def choose(self, column: str | None, title: str) -> int:
        """The column that is meant. Raises ExamwrightError."""
        able = self.gradable()
        if self.system == WORKSHEET and column is None:
            return next(iter(able))
        wanted = (column if column is not None else title).strip().casefold()
        found = [c for c in able if self.header[c].casefold() == wanted] or [
            c for c, bare in able.items() if wanted in (bare.casefold(), bare.partition(": ")[2].casefold())]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise ExamwrightError(f"{self.name}: several columns are called {column or title!r}: {', '.join([self.header[c] for c in found])}.")
        if column is not None and column.strip() in self.header:
            raise ExamwrightError(f"{self.name}: the column {column!r} is read-only or holds no grades. {nearest('', able.values(), 20)}".strip())
        told = f"there is no column {column!r}" if column is not None else f"which column? None is called {title!r}"
        raise ExamwrightError(f"{self.name}: {told}. {nearest(column or title, able.values(), 20)} Name one with --column, or a new one "
                              "with --new-column.".replace("  ", " "))

    def add(self, name: str) -> int:
        """A new column: before the totals, or before Moodle's time of export. Raises ExamwrightError."""
        if self.system == WORKSHEET:
            raise ExamwrightError("A Moodle worksheet is for one assignment; its grades go into its own column. Leave --new-column out.")
        if name.casefold() in [h.casefold() for h in self.header] + [n.casefold() for n in self.gradable().values()]:
            raise ExamwrightError(f"{self.name}: there is a column {name!r}; use --column.")
        if self.system == CANVAS and (_CANVAS_TOTAL.search(name) or name in _CANVAS_PERSON):
            raise ExamwrightError(f"Canvas takes no column called {name!r}: it skips names with words such as 'Final Grade' or 'Current "
                                  "Score'. Choose another name.")
        able = self.gradable()
        people = [c for c, h in enumerate(self.header) if h in (_CANVAS_PERSON if self.system == CANVAS else _MOODLE_PERSON[:-1])]
        at = max([*able, *people]) + 1
        self._insert(at, name)
        return at

    def _insert(self, at: int, name: str) -> None:
        self.table.insert(at, name)
        self.header.insert(at, name)

    def note_maximum(self, at: int, text: str) -> None:
        """The points possible of a new column."""
        if self.maximum is not None:
            self.table.set(self.maximum, at, text.replace(".", ",") if self.comma else text)

    def feedback_column(self, at: int) -> int:
        """The column of the feedback that belongs to a grade's column; a new one beside it if there is none."""
        if self.system == WORKSHEET:
            if "Feedback comments" not in self.header:
                raise ExamwrightError(f"{self.name}: there is no column 'Feedback comments'. Switch 'Feedback comments' on in the settings of "
                                      "the assignment and download the worksheet again.")
            return self.header.index("Feedback comments")
        name = re.sub(r"\s*\(Real\)$", "", self.header[at]) + " (Feedback)"
        if name not in self.header:
            self._insert(at + 1, name)
        return self.header.index(name)

    def locked(self, row: int, before: str) -> str:
        """Why a grade must not be changed; "" if it may."""
        if self.system == CANVAS and before.upper() == "EX":
            return "excused in Canvas (EX)"
        if self.system == CANVAS and before.upper() == "N/A":
            return "not assigned to this student in Canvas (N/A)"
        free = "Grade can be changed"
        if self.system == WORKSHEET and free in self.header and self.table.value(row, self.header.index(free)).strip().casefold() == "no":
            return "locked in Moodle (Grade can be changed: No)"
        return ""

    def factor(self, row: int, at: int, of: fmpq, scale: bool) -> fmpq:
        """What the exam's points are multiplied by, 1 unless the column has another maximum. Raises ExamwrightError."""
        where = (self.maximum, at) if self.system == CANVAS else (
            (row, self.header.index("Maximum Grade")) if self.system == WORKSHEET and "Maximum Grade" in self.header else (None, 0))
        most = _number(self.table.value(where[0], where[1])) if where[0] is not None else None
        if most is None or most == of or not of:
            return fmpq(1)
        if not scale:
            raise ExamwrightError(f"{self.name}: the column {self.header[at]!r} is out of {number_text(most)} points, the exam out of "
                                  f"{number_text(of)}. --scale converts; or change the points of the assignment and export again.")
        return most / of

    def written(self, points: fmpq) -> str:
        """Points as this file writes numbers."""
        text = number_text(points)
        return text.replace(".", ",") if self.comma else text

    # the people

    def match(self, names: Mapping[str, str], ids: str | None) -> tuple[dict[int, str], str]:
        """Row → student, and the column they were told by. Raises ExamwrightError."""
        known = {clean_id(who).casefold(): who for who in names}
        if ids is not None:
            found = [c for c, h in enumerate(self.header) if h.casefold() == ids.strip().casefold()]
            if not found:
                raise ExamwrightError(f"{self.name}: there is no column {ids!r}. {nearest(ids, self.header, 20)}".strip())
            columns = found
        else:
            columns = [self.header.index(h) for h in _IDS[self.system] if h in self.header]
        best: dict[int, str] = {}
        by = ""
        for local in (False, True):  # then by the part of an address before the @
            for c in columns:
                rows = {r: known[k] for r in self.people if (k := self._id(r, c, local)) in known}
                if len(rows) > len(best):
                    best, by = rows, self.header[c] + (" (before the @)" if local else "")
            if best:
                break
        if not best:
            raise ExamwrightError(f"{self.name}: no student of the exam is in the columns {', '.join([self.header[c] for c in columns])}. "
                                  f"Name the column with the ids of your class list with --id: {', '.join(self.header[:10])}.")
        twice: dict[str, list[int]] = {}
        for row, who in best.items():
            twice.setdefault(who, []).append(self.table.lines[row])
        faults = [f"{self.name}: {who} stands on lines {', '.join(map(str, lines))}." for who, lines in twice.items() if len(lines) > 1]
        if faults:
            raise ExamwrightError("\n".join(faults))
        return best, by

    def _id(self, row: int, column: int, local: bool) -> str:
        text = re.sub(r"\.0$", "", clean_id(self.table.value(row, column)).removeprefix("'"))
        return (text.partition("@")[0] if local else text).casefold()


# ---- the file ------------------------------------------------------------------------------

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CELL = re.compile(r'"(?:[^"]|"")*"', re.S)


class _Table:
    """A CSV file that keeps each cell as it was written. Cells are (row, column) from 0; row 0 is the header."""

    def __init__(self, cells: list[list[str]], ends: list[str], lines: list[int], delimiter: str, bom: bytes, encoding: str):
        self.cells, self.ends, self.lines = cells, ends, lines
        self.delimiter, self.bom, self.encoding = delimiter, bom, encoding

    @classmethod
    def read(cls, path: Path) -> _Table:
        """The file's cells. Raises ExamwrightError."""
        name = short_path(path)
        raw = read_bytes(path)
        if len(raw) > MAX_BYTES:
            raise ExamwrightError(f"{name} is larger than {MAX_BYTES // 10**6} MB.")
        bom, encoding = next(((b, e) for b, e in _BOMS if raw.startswith(b)), (b"", "utf-8"))
        try:
            text = raw[len(bom):].decode(encoding)
        except UnicodeDecodeError as error:
            line = raw[:error.start].count(b"\n") + 1
            raise ExamwrightError(f"{name}:{line}: is not {encoding.upper()} text here. Export the file again in UTF-8.") from None
        first = next((ln for ln in text.splitlines() if ln.strip()), "")
        if not first:
            raise ExamwrightError(f"{name} is empty.")
        bare = re.sub(r'"[^"]*"', "", first)
        delimiter = max(",;\t", key=lambda d: (bare.count(d), -",;\t".index(d)))
        table = cls([], [], [], delimiter, bom, encoding)
        table._split(text, name)
        if table.cells[0] == [""]:
            raise ExamwrightError(f"{name}:1: the first line is empty; it must be the header.")
        return table

    def _split(self, text: str, name: str) -> None:
        cell = re.compile(rf'"(?:[^"]|"")*"[^{self.delimiter}\r\n"]*|[^{self.delimiter}\r\n"]*', re.S)
        at, line, row = 0, 1, []
        start = 1
        while True:
            match = cell.match(text, at)
            assert match is not None
            row.append(match.group())
            line += match.group().count("\n")
            at = match.end()
            if text[at:at + 1] == self.delimiter:
                at += 1
                continue
            if text[at:at + 1] == '"':
                raise ExamwrightError(f"{name}:{line}: a quotation mark in the middle of a cell, or one that is never closed.")
            end = "\r\n" if text[at:at + 2] == "\r\n" else text[at:at + 1]
            self.cells.append(row)
            self.ends.append(end)
            self.lines.append(start)
            at += len(end)
            line += 1
            start, row = line, []
            if at >= len(text):
                return

    @property
    def width(self) -> int:
        """How many columns the header has."""
        return len(self.cells[0])

    def value(self, row: int, column: int) -> str:
        """What a cell says; "" where the row is too short."""
        cells = self.cells[row]
        raw = cells[column] if column < len(cells) else ""
        match = _CELL.match(raw)
        return match.group()[1:-1].replace('""', '"') + raw[match.end():] if match else raw

    def set(self, row: int, column: int, text: str) -> None:
        """Write a cell; it is no formula for any spreadsheet."""
        text = safe_cell(text)
        quoted = any([c in text for c in (self.delimiter, '"', "\n", "\r")]) or text != text.strip()
        cells = self.cells[row]
        cells += [""] * (column + 1 - len(cells))
        cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def insert(self, column: int, name: str) -> None:
        """A new, empty column."""
        for cells in self.cells:
            if cells != [""]:  # an empty line stays empty
                cells += [""] * (column - len(cells))
                cells.insert(column, "")
        self.set(0, column, name)

    def data(self) -> bytes:
        """The file."""
        text = "".join([self.delimiter.join(cells) + end for cells, end in zip(self.cells, self.ends)])
        return self.bom + text.encode(self.encoding)
