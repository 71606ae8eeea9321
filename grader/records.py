"""What was handed in, marked and changed, kept in `exam.db` beside what was issued.

Every table here only grows (triggers refuse the rest). A *run* is one call of `grade` or `regrade` that had
something to record; whatever belongs to it (a file as handed in, its cells, a person's marks, amendments, the marks
that are new or changed) is written in one transaction with it. What counts now is derived: of each mark the latest,
of the answers those of the latest file and of the files added to it, of the amendments those not withdrawn.

The tables are made by the first grading, so an exam that was issued by an older version is read and graded as it is.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.answers.phrases import Phrase, as_json, from_json
from examwright.generator.errors import ExamwrightError, short_path
from examwright.generator.make import DB
from examwright.generator.store import Store, StoredItem, damaged, one_of, points_of, texts_of
from examwright.grader.mark import WHY as BY_RULE
from examwright.grader.mark import Mark
from examwright.solvers.arithmetic import round_half_up, to_decimal, to_text

FORMAT = 2  # of exam.db with these tables; 1 is one without
_TABLES = {
    "grading": "format INTEGER NOT NULL, at TEXT NOT NULL, version TEXT NOT NULL",
    "run": "id INTEGER PRIMARY KEY, at TEXT NOT NULL, command TEXT NOT NULL, why TEXT NOT NULL, version TEXT NOT NULL",
    "submission": "id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, kind TEXT NOT NULL, file TEXT NOT NULL, "
                  "sha256 TEXT NOT NULL, content BLOB NOT NULL",
    "answer": "submission INTEGER NOT NULL REFERENCES submission, line INTEGER NOT NULL, student TEXT NOT NULL, item TEXT NOT NULL, "
              "raw TEXT NOT NULL, paper TEXT, number INTEGER, part TEXT",
    "trouble": "submission INTEGER NOT NULL REFERENCES submission, line INTEGER NOT NULL, student TEXT NOT NULL, item TEXT NOT NULL, "
               "kind TEXT NOT NULL, message TEXT NOT NULL, raw TEXT NOT NULL",
    "timing": "submission INTEGER NOT NULL REFERENCES submission, line INTEGER NOT NULL, student TEXT NOT NULL, number INTEGER NOT NULL, "
              "part TEXT NOT NULL, seconds REAL NOT NULL",
    "seen": "run INTEGER NOT NULL REFERENCES run, ref TEXT NOT NULL, comment TEXT NOT NULL",
    "hand": "run INTEGER NOT NULL REFERENCES run, student TEXT NOT NULL, number INTEGER NOT NULL, part TEXT NOT NULL, raw TEXT NOT NULL, "
            "points TEXT, of TEXT NOT NULL, means TEXT, comment TEXT NOT NULL",
    "amendment": "id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, content TEXT NOT NULL",
    "withdrawal": "run INTEGER NOT NULL REFERENCES run, amendment INTEGER NOT NULL REFERENCES amendment",
    "mark": "run INTEGER NOT NULL REFERENCES run, student TEXT NOT NULL, number INTEGER NOT NULL, part TEXT NOT NULL, item TEXT NOT NULL, "
            "question TEXT NOT NULL, points TEXT NOT NULL, of TEXT NOT NULL, why TEXT NOT NULL, waits TEXT NOT NULL, key TEXT NOT NULL, "
            "detail TEXT NOT NULL",
}

WHY = (*BY_RULE, "hand", "accepted", "void")  # of a mark
LONGEST = 14 * 24 * 3600  # seconds: nobody took longer
HELD = "earlier part"  # what a mark waits for that follows from an answer which a person has yet to see

Place = tuple[str, int, str]  # (student, number of the item, name of the part)


@dataclass(frozen=True)
class Trouble:
    """A row of the answers that needs a person: its place, the student and the item as written, and what is odd."""

    line: int
    student: str
    item: str
    kind: str  # unknown student, unknown item, duplicate, row, absent
    message: str
    file: str = ""
    raw: str = ""

    @property
    def ref(self) -> str:
        """Letters that stand for it, wherever its row moves to."""
        return letters("trouble", self.kind, self.student, self.item, self.raw)


@dataclass(frozen=True)
class Marked:
    """One part of one student's paper, marked."""

    student: str
    item: str  # as printed: "3b"
    question: str
    mark: Mark  # its points are those of the question file
    points: fmpq  # on this paper
    of: fmpq
    line: int  # of the answers file, 0 if blank
    number: int = 0  # of the item: 3
    file: str = ""  # the answers file
    key: str = ""  # the right answer as a student would type it; for a text the model solution
    waits: str = ""  # for a person: by hand, unreadable, ambiguous, undecided, duplicate; for another part: HELD; "" if final

    @property
    def place(self) -> Place:
        """Student, number of the item, name of the part."""
        return self.student, self.number, self.mark.part

    @property
    def answered(self) -> bool:
        """True if anything was handed in here, or a person gave it points. A blank that was voided has full points and is none."""
        return bool(self.mark.raw.strip()) if self.mark.why == "void" else self.mark.why != "blank"

    @property
    def ref(self) -> str:
        """Letters that stand for this answer: another answer at the same place has others."""
        return letters("answer", self.student, str(self.number), self.mark.part, self.mark.raw)


@dataclass(frozen=True)
class Change:
    """A mark that a run changed; `before` is None for one that is new."""

    before: Marked | None
    after: Marked
    reason: str


@dataclass
class Graded:
    """The marks of a class. `troubles` are the open rows of the answers. Of a run also: the `files` it wrote, and its `changes`
    of marks that were there before."""

    marks: list[Marked]
    troubles: list[Trouble]
    names: dict[str, str]
    files: list[Path] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    recorded: bool = False  # was there anything new to record?

    @property
    def open(self) -> list[Marked]:
        """The parts whose marks are not final."""
        return [m for m in self.marks if m.mark.open]

    @property
    def listed(self) -> list[Marked]:
        """The open parts that a person has to look at; the others wait for one of these."""
        return [m for m in self.open if m.waits != HELD]

    def held(self) -> dict[Place, list[str]]:
        """Place of a listed part → the items that wait for it, as printed."""
        out: dict[Place, list[str]] = {}
        for m in self.open:
            for first in m.mark.waits_for if m.waits == HELD else ():
                out.setdefault((m.student, m.number, first), []).append(m.item)
        return out

    def totals(self) -> dict[str, tuple[fmpq, fmpq, int]]:
        """Student → (points, of, how much of it waits for a person: parts, and rows that could not be marked)."""
        rows = Counter([t.student for t in self.troubles if t.kind in ("row", "unknown item")])
        out = {who: (fmpq(0), fmpq(0), rows[who]) for who in self.names}
        for m in self.marks:
            points, of, waiting = out[m.student]
            out[m.student] = (points + m.points, of + m.of, waiting + m.mark.open)
        return out

    def said(self) -> Counter[tuple[str, str]]:
        """How often each mistake was made: (question and part, message)."""
        return Counter((f"{m.question} ({m.mark.part})", m.mark.say) for m in self.marks if m.mark.why == "mistake")


@dataclass(frozen=True)
class Cell:
    """An answer as handed in, and the part that it belongs to (None: to no part of any paper)."""

    line: int
    student: str
    item: str
    raw: str
    place: Place | None


@dataclass(frozen=True)
class Time:
    """How long a student took, as handed in: for a part, a question (part ""), or the whole paper (number 0)."""

    line: int
    place: Place
    seconds: float


@dataclass(frozen=True)
class Submission:
    """A file as handed in. `kind`: answers (those of the whole class), more (added to what was there), sheet."""

    kind: str
    file: str
    content: bytes  # not read back
    cells: tuple[Cell, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    times: tuple[Time, ...] = ()

    def same(self, other: Submission) -> bool:
        """Do the two say the same, with every cell at the same place?"""
        return (self.kind, self.cells, [t.ref for t in self.troubles], self.times) == (
            other.kind, other.cells, [t.ref for t in other.troubles], other.times)


@dataclass(frozen=True)
class Hand:
    """What a person decided about the answer `raw`: `points` of `of`, or what it `means`, or both."""

    place: Place
    raw: str
    points: fmpq | None
    of: fmpq
    means: str | None
    comment: str

    def scaled(self, of: fmpq) -> fmpq | None:
        """The points where the part has other full points than it had then."""
        return None if self.points is None else self.points * of / self.of if self.of else fmpq(0)


@dataclass(frozen=True)
class Amendment:
    """A lasting change of how an issued exam is marked; `content` is plain JSON (grader/amend.py)."""

    number: int
    content: dict[str, Any]
    at: str
    why: str


@dataclass
class Entry:
    """What one run adds, besides the marks that follow from it."""

    command: str
    why: str = ""
    submission: Submission | None = None
    hands: list[Hand] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)  # ref of a trouble → comment
    amendments: list[dict[str, Any]] = field(default_factory=list)
    withdraws: list[int] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True if there is nothing to record."""
        return not (self.submission or self.hands or self.seen or self.amendments or self.withdraws)


@dataclass
class Record:
    """All that counts in an exam at one moment."""

    last: int  # the latest run, 0 if there was none
    about: dict[str, str]
    names: dict[str, str]
    items: dict[str, list[StoredItem]]
    sources: dict[str, tuple[str, str, str]]
    submissions: list[Submission]  # the answers that count: the latest of the class, and those added since
    hands: dict[Place, Hand]
    seen: dict[str, str]
    amendments: dict[int, Amendment]  # those in force
    last_amendment: int
    marks: dict[Place, Marked]

    @functools.cached_property
    def answers(self) -> dict[Place, list[tuple[str, Cell]]]:
        """What was answered at each place: (file, cell), more than one where it was answered more than once."""
        out: dict[Place, list[tuple[str, Cell]]] = {}
        for submission in self.submissions:
            here: dict[Place, list[tuple[str, Cell]]] = {}
            for cell in submission.cells:
                if cell.place is not None and cell.raw.strip():
                    here.setdefault(cell.place, []).append((submission.file, cell))
            out.update(here)
        return out

    @property
    def times(self) -> dict[Place, float]:
        """How many seconds students took, where that was told: for parts, questions (part "") and whole papers (number 0)."""
        return {t.place: t.seconds for s in self.submissions for t in s.times}

    def raw(self, place: Place) -> tuple[str, ...]:
        """What was answered there, as typed; nothing where it is blank."""
        return tuple([cell.raw for _, cell in self.answers.get(place, ())])

    def troubles(self, seen: bool = False) -> list[Trouble]:
        """The rows that need a person and that nobody has seen to (or all of them)."""
        found = [dataclasses.replace(t, file=s.file) for s in self.submissions for t in s.troubles]
        present = {place[0] for place in self.answers} | {t.student for t in found}
        found += [Trouble(0, who, "", "absent", "no answers at all") for who in self.names if who not in present]
        return sorted([t for t in found if seen or t.ref not in self.seen], key=lambda t: (t.line, t.student))

    def graded(self) -> Graded:
        """The marks as they stand, each with the place of its answer."""
        marks = []
        for place in sorted(self.marks, key=lambda p: (p[0], p[1], label_order(self.marks[p].item))):
            file, cell = self.answers.get(place, [("", None)])[0]
            marks.append(dataclasses.replace(self.marks[place], line=cell.line if cell else 0, file=file))
        return Graded(marks, self.troubles(), self.names)


def with_entry(record: Record, entry: Entry) -> Record:
    """The record as it will be when the entry is in it."""
    submissions = list(record.submissions)
    if entry.submission and entry.submission.kind != "sheet":
        submissions = [*(submissions if entry.submission.kind == "more" else ()), entry.submission]
    amendments = {n: a for n, a in record.amendments.items() if n not in entry.withdraws}
    number = record.last_amendment
    for content in entry.amendments:
        number += 1
        amendments[number] = Amendment(number, content, now(), entry.why)
    return dataclasses.replace(record, submissions=submissions, hands={**record.hands, **{h.place: h for h in entry.hands}},
                   seen={**record.seen, **entry.seen}, amendments=amendments, marks=dict(record.marks))


def label_order(item: str) -> tuple[int, str]:
    """Sorts the labels of one item: 3, 3a, 3b, …, 3z, 3aa."""
    return len(item), item


def number_text(x: fmpq) -> str:
    """Points for a spreadsheet: at most two decimals."""
    return to_decimal(round_half_up(x, 2))


def letters(*texts: str) -> str:
    """Eight letters that stand for some texts. No digits: a spreadsheet would take 1e5 for a number."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).digest()[:8], "big")
    out = ""
    for _ in range(8):
        number, letter = divmod(number, 26)
        out += chr(ord("a") + letter)
    return out


# ---- reading --------------------------------------------------------------------------------


def read(exam: Path, items: bool = True) -> Record:
    """All that counts in the exam of a folder, as of one moment; without the issued items where nobody needs them. Raises
    ExamwrightError."""
    with Store.open(exam / DB) as store, store.transaction(write=False):
        return _read(store, items)


@contextlib.contextmanager
def publishing(exam: Path) -> Iterator[Record]:
    """All that counts (without the issued items), and nobody records anything until the end of the block: so that of two
    runs that write the same files the later one has the last word. Raises ExamwrightError."""
    with Store.open(exam / DB, write=True) as store, store.transaction():
        yield _read(store, items=False)


def _read(store: Store, items: bool) -> Record:
    names = {who: row["name"] for who, row in store.papers().items()}
    record = Record(0, store.exam(), names, {}, {}, [], {}, {}, {}, 0, {})
    if items:
        record.sources = store.questions()
        record.items = {who: [] for who in names}
        for item in store.items():
            record.items[item.student].append(item)
    if _made(store):
        _read_runs(store, record)
        if items:
            _fits(store, record)
    return record


def _fits(store: Store, record: Record) -> None:
    """Is what was marked and amended on the papers? Raises ExamwrightError."""
    every = [i for listed in record.items.values() for i in listed]
    places = {(i.student, i.number, name) for i in every for name, _, _ in i.parts}
    for student, number, part in record.marks:
        if (student, number, part) not in places:
            raise damaged(store.path, f"table mark, student {student}: there is no part {part!r} of an item {number} on the paper")
    parts = {(i.name, name) for i in every for name, _, _ in i.parts}
    for number, amendment in record.amendments.items():
        at = amendment.content.get("at")
        if at and (at["question"], at["part"]) not in parts:
            raise damaged(store.path, f"table amendment, id {number}: no paper has a part {at['part']!r} of {at['question']!r}")


def check_marked(exam: Path, record: Record) -> None:
    """Has each student who has marks one for each part of the paper? Raises ExamwrightError."""
    marked = {who for who, _, _ in record.marks}
    for item in [i for who, listed in record.items.items() if who in marked for i in listed]:
        for name, label, _ in item.parts:
            if (item.student, item.number, name) not in record.marks:
                raise damaged(exam / DB, f"table mark, student {item.student}: there is no mark for {item.number}{label}")


def _rows(store: Store, table: str, columns: str, rest: str = "", values: Iterable[Any] = (), **read: Callable[[Any], Any]) -> Iterator[tuple[Any, ...]]:
    """Rows of a table of the grader, as `Store.rows` reads them."""
    return store.rows(table, columns, rest, values, _TABLES[table], **read)


def _made(store: Store) -> bool:
    """Are the tables of the grader there? Raises ExamwrightError if a later version made them."""
    if not store.has("grading"):
        return False
    found, version = next(_rows(store, "grading", "format, version", "ORDER BY rowid DESC"), (0, "?"))
    if found != FORMAT:
        raise ExamwrightError(f"{short_path(store.path)} was graded by Examwright {version}; this version cannot read it.")
    return True


def _latest(store: Store, table: str, rest: str = "") -> int:
    """The largest id of a table, 0 where there is none."""
    return next((n for n, in _rows(store, table, "id", f"{rest} ORDER BY id DESC LIMIT 1")), 0)


def _read_runs(store: Store, record: Record) -> None:
    record.last = _latest(store, "run")
    whole = _latest(store, "submission", "WHERE kind = 'answers'")
    timed = store.has("timing")  # an exam that an older version graded has none
    for number, kind, file in list(_rows(store, "submission", "id, kind, file", "WHERE id >= ? AND kind != 'sheet' ORDER BY id", (whole,))):
        here = "WHERE submission = ? ORDER BY rowid", (number,)
        cells = [Cell(line, student, item, raw, None if paper is None else (paper, n, part))
                 for line, student, item, raw, paper, n, part in _rows(store, "answer", "line, student, item, raw, paper, number, part", *here)]
        troubles = [Trouble(r[0], r[1], r[2], r[3], r[4], file, r[5])
                    for r in _rows(store, "trouble", "line, student, item, kind, message, raw", *here)]
        times = [Time(line, (student, n, part), taken) for line, student, n, part, taken in
                 _rows(store, "timing", "line, student, number, part, seconds", *here, seconds=_seconds_of)] if timed else []
        record.submissions.append(Submission(kind, file, b"", tuple(cells), tuple(troubles), tuple(times)))
    for student, n, part, raw, points, of, means, comment in _rows(store, "hand", "student, number, part, raw, points, of, means, comment",
                                                                   "ORDER BY rowid", points=lambda text: None if text is None else points_of(text), of=points_of):
        record.hands[student, n, part] = Hand((student, n, part), raw, points, of, means, comment)
    record.seen = dict(_rows(store, "seen", "ref, comment", "ORDER BY rowid"))
    withdrawn = {n for n, in _rows(store, "withdrawal", "amendment")}
    told = {run: (at, why) for run, at, why in _rows(store, "run", "id, at, why")}
    for number, run, content in _rows(store, "amendment", "id, run, content", "ORDER BY id", run=one_of(told), content=_content_of):
        record.last_amendment = number
        if number not in withdrawn:
            record.amendments[number] = Amendment(number, content, *told[run])
    for marked in _marks(store, "WHERE rowid IN (SELECT max(rowid) FROM mark GROUP BY student, number, part)", students=record.names):
        record.marks[marked.place] = marked


def _seconds_of(taken: float) -> float:
    if not 0 <= taken <= LONGEST:
        raise ValueError
    return taken


def _content_of(text: str) -> dict[str, Any]:
    """An amendment, as grader/amend.py says."""
    content: dict[str, Any] = json.loads(text)
    if one_of(("question", "accept", "points", "void"))(content["do"]) == "question":
        texts_of([content[key] for key in ("of", "id", "file", "source")])
        for keys in content["keys"].values():
            for parts in keys.values():
                parts.items()
        return content
    at = content["at"]
    texts_of([at["question"], at["part"], content["student"] or ""])
    if not isinstance(at["number"], (int, type(None))):
        raise TypeError
    if content["do"] == "points":
        points_of(content["points"])
    elif content["do"] == "accept":
        texts_of([content.get("text") if "text" in content else content["formula"]])
    return content


def _marks(store: Store, rest: str, values: Iterable[Any] = (), students: Container[str] | None = None) -> Iterator[Marked]:
    """Marks on record; of these `students` only."""
    read: dict[str, Any] = {"student": one_of(students)} if students is not None else {}
    for student, number, part, item, question, points, of, waits, key, detail in _rows(
            store, "mark", "student, number, part, item, question, points, of, waits, key, detail", rest, values,
            points=points_of, of=points_of, detail=lambda text: _mark_of("", json.loads(text)), **read):
        yield Marked(student, item, question, dataclasses.replace(detail, part=part), points, of, 0, number, "", key, waits)


_TEXTS, _LISTS = ("read", "evidence", "say", "raw", "comment"), ("causes", "waits_for")


def _mark_of(part: str, detail: Mapping[str, Any]) -> Mark:
    """The mark that `_detail` wrote."""
    values: dict[str, Any] = dict(zip(_TEXTS, texts_of([*[detail[name] for name in _TEXTS[:-1]], detail.get("comment", "")])))
    values |= {"why": one_of(WHY)(detail["why"]), "points": points_of(detail["points"]), "of": points_of(detail["of"])}
    values |= {name: texts_of(detail[name]) for name in _LISTS if name in detail}
    for name, kept in detail.get("phrases", {}).items():
        with contextlib.suppress(KeyError, IndexError, ValueError):  # another version said it in other words: those stand
            said = from_json(kept)
            values[name] = said if said == values[name] else values[name]
    return Mark(part, **values)


def _detail(mark: Mark) -> str:
    found = {f.name: getattr(mark, f.name) for f in dataclasses.fields(mark) if f.name != "part"}
    phrases = {n: as_json(v) for n, v in found.items() if isinstance(v, Phrase)}  # to be told in any language; the text stands beside them
    detail = {n: to_text(v) if n in ("points", "of") else v for n, v in found.items()}
    return json.dumps({**detail, "phrases": phrases} if phrases else detail, ensure_ascii=False)


def runs(exam: Path) -> list[dict[str, Any]]:
    """All runs in order, for people and scripts: {run, at, command, why, version, files: [{kind, file, sha256}], amendments:
    [{number, content, withdrawn}], withdraws: [number], marks}; `marks` is how many it set. Raises ExamwrightError."""
    with Store.open(exam / DB) as store, store.transaction(write=False):
        if not _made(store):
            return []
        out = {r[0]: {"run": r[0], "at": r[1], "command": r[2], "why": r[3], "version": r[4], "files": [], "amendments": [], "withdraws": [],
                      "marks": 0} for r in _rows(store, "run", "id, at, command, why, version", "ORDER BY id")}
        known = one_of(out)
        for run, kind, file, sha in _rows(store, "submission", "run, kind, file, sha256", "ORDER BY id", run=known):
            out[run]["files"].append({"kind": kind, "file": file, "sha256": sha})
        withdrawals = list(_rows(store, "withdrawal", "run, amendment", "ORDER BY rowid", run=known))
        for run, number in withdrawals:
            out[run]["withdraws"].append(number)
        withdrawn = {number for _, number in withdrawals}
        for number, run, content in _rows(store, "amendment", "id, run, content", "ORDER BY id", run=known, content=_content_of):
            out[run]["amendments"].append({"number": number, "content": content, "withdrawn": number in withdrawn})
        for run, in _rows(store, "mark", "run", run=known):
            out[run]["marks"] += 1
        return list(out.values())


def marks_of(exam: Path, student: str) -> list[tuple[int, Marked]]:
    """Every mark that a student ever had: (run, mark), by item and then in order. Raises ExamwrightError."""
    with Store.open(exam / DB) as store, store.transaction(write=False):
        if not _made(store):
            return []
        here = "WHERE student = ? ORDER BY rowid", (student,)
        found = list(zip([run for run, in _rows(store, "mark", "run", *here)], _marks(store, *here)))
    return sorted(found, key=lambda x: (x[1].number, label_order(x[1].item)))


# ---- writing --------------------------------------------------------------------------------


def now() -> str:
    """The time as it is noted: 2026-11-30T14:05:00+0100."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def write(exam: Path, last: int, entry: Entry, marks: Iterable[Marked]) -> bool:
    """Note a run with all that belongs to it, in one transaction. False, and nothing is noted, if another run has been
    noted since `last`. Raises ExamwrightError where that cannot be written."""
    from examwright import __version__

    with Store.open(exam / DB, write=True) as store, store.transaction():
        db = store.db
        if not _made(store):
            for table, columns in _TABLES.items():
                store.create_table(table, columns)
            db.execute("INSERT INTO grading VALUES (?,?,?)", (FORMAT, now(), __version__))
        if _latest(store, "run") != last:
            return False
        run = db.execute("INSERT INTO run (at, command, why, version) VALUES (?,?,?,?)",
                         (now(), entry.command, entry.why, __version__)).lastrowid
        if entry.submission:
            _write_submission(store, run, entry.submission)
        db.executemany("INSERT INTO seen VALUES (?,?,?)", [(run, ref, comment) for ref, comment in entry.seen.items()])
        db.executemany("INSERT INTO hand VALUES (?,?,?,?,?,?,?,?,?)", [
            (run, *h.place, h.raw, None if h.points is None else to_text(h.points), to_text(h.of), h.means, h.comment)
            for h in entry.hands])
        db.executemany("INSERT INTO amendment (run, content) VALUES (?,?)",
                       [(run, json.dumps(content, ensure_ascii=False)) for content in entry.amendments])
        db.executemany("INSERT INTO withdrawal VALUES (?,?)", [(run, n) for n in entry.withdraws])
        db.executemany("INSERT INTO mark VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", [
            (run, m.student, m.number, m.mark.part, m.item, m.question, to_text(m.points), to_text(m.of), m.mark.why, m.waits, m.key,
             _detail(m.mark)) for m in marks])
    return True


def _write_submission(store: Store, run: int | None, submission: Submission) -> None:
    number = store.db.execute("INSERT INTO submission (run, kind, file, sha256, content) VALUES (?,?,?,?,?)",
                              (run, submission.kind, submission.file, hashlib.sha256(submission.content).hexdigest(), submission.content)).lastrowid
    store.db.executemany("INSERT INTO answer VALUES (?,?,?,?,?,?,?,?)", [
        (number, c.line, c.student, c.item, c.raw, *(c.place or (None, None, None))) for c in submission.cells])
    store.db.executemany("INSERT INTO trouble VALUES (?,?,?,?,?,?,?)", [
        (number, t.line, t.student, t.item, t.kind, t.message, t.raw) for t in submission.troubles])
    if submission.times:
        if not store.has("timing"):
            store.create_table("timing", _TABLES["timing"])
        store.db.executemany("INSERT INTO timing VALUES (?,?,?,?,?,?)", [(number, t.line, *t.place, t.seconds) for t in submission.times])
