"""`exam.db`: what was issued, once and for all.

One SQLite file per exam. Triggers refuse every change and deletion, so that what stands there is what was
printed: the plan, the seed, the text of each question, each paper's numbers and keys, the hash of each file.
The grader adds tables of its own to the same file (grader/records.py).

Writers work in short transactions with a rollback journal: one file when nobody is at work (copying it is a
backup), whole again after a kill or a power cut at any moment, and usable on network folders, where SQLite's
write-ahead log is not.

Every row is read by `Store.rows`, which looks whether its values are of the kinds that are written: whoever edits the file,
or a broken disk, is told by table, row and column.
"""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.generator.errors import ExamwrightError, short_path
from examwright.solvers.arithmetic import Real, fmpq_of, from_text, to_text

FORMAT = 1  # of the tables below; those of the grader have their own
WAIT = 120.0  # seconds for another run to finish writing
_TABLES = {
    "exam": "format INTEGER NOT NULL, plan_name TEXT NOT NULL, plan TEXT NOT NULL, seed TEXT NOT NULL, version TEXT NOT NULL, "
            "made TEXT NOT NULL",
    "question": "sha256 TEXT PRIMARY KEY, id TEXT NOT NULL, file TEXT NOT NULL, source TEXT NOT NULL",
    "paper": "student TEXT PRIMARY KEY, name TEXT NOT NULL, variant TEXT NOT NULL, code TEXT NOT NULL UNIQUE, "
             "version TEXT NOT NULL",
    "item": "student TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, question TEXT NOT NULL, seed TEXT NOT NULL, "
            "carry INTEGER NOT NULL, parts TEXT NOT NULL, points TEXT NOT NULL, draws TEXT NOT NULL, shown TEXT NOT NULL, "
            "PRIMARY KEY (student, number)",
    "file": "name TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL",
    "look": "student TEXT PRIMARY KEY, look TEXT NOT NULL",  # made with the first paper that looks other than the rest
    "sqlite_master": "type TEXT NOT NULL, name TEXT NOT NULL",
}
_FIRST = ("exam", "question", "paper", "item", "file")  # the tables that every exam has
_KINDS: dict[str, type] = {"TEXT": str, "INTEGER": int, "REAL": float, "BLOB": bytes}
_KEYS = ("student", "paper", "number", "part", "id", "run", "submission", "line", "name", "ref", "sha256")  # columns that tell a row
_DEEP = 20  # lists in lists of a drawn value: nobody draws a table of tables of tables
_DAMAGED = ("malformed", "not a database", "unsupported", "no such", "decode", "no column", "were supplied")  # in what SQLite says

DAMAGE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)  # what reading a damaged value raises
MEND = ("Nothing was changed. Put a copy of the exam's folder in its place; without one, 'examwright make' makes the same papers in a new folder from "
        "the same plan, seed and class list.")


@dataclass(frozen=True)
class StoredItem:
    """An issued question. `parts` is a list of (name, label, points); `draws` are the drawn values; `shown` is
    what `show --json` prints, keys included."""

    student: str
    number: int
    name: str
    question: str  # sha256 of its source
    seed: str
    carry: int
    parts: tuple[tuple[str, str, fmpq], ...]
    points: fmpq
    draws: dict[str, Any]
    shown: dict[str, Any]


class Store:
    """An open exam.db. Use as a context manager."""

    def __init__(self, path: Path, db: sqlite3.Connection):
        self.path = path
        self.db = db

    @classmethod
    def create(cls, path: Path, plan_name: str, plan: str, seed: str, version: str, made: str) -> Store:
        """A new exam.db. The caller has made sure that there is none. Raises ExamwrightError."""
        try:
            store = cls(path, _connect(path, "rwc"))
        except sqlite3.Error as error:
            raise ExamwrightError(f"{short_path(path)}: {_in_words(error)}") from None
        with store.transaction():
            for table in _FIRST:
                store.create_table(table, _TABLES[table])
            store.db.execute("INSERT INTO exam VALUES (?,?,?,?,?,?)", (FORMAT, plan_name, plan, seed, version, made))
        return store

    @classmethod
    def open(cls, path: Path, write: bool = False) -> Store:
        """An exam.db that is there. Raises ExamwrightError if it is none."""
        name = short_path(path)
        if not path.is_file():
            raise ExamwrightError(f"{name}: there is no exam here. 'examwright make' makes one.")
        # readers too may have to roll back what a killed run left, so they open for writing where they can
        may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        if write and not may_write:
            raise ExamwrightError(f"{name} cannot be written: Permission denied.")
        try:
            db = _connect(path, "rw" if may_write else "ro")
            row = db.execute("SELECT format, version FROM exam").fetchone()
            views = db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
            if not write:
                db.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            told = f": {_in_words(error)}" if "malformed" in str(error) else f" is not an exam made by Examwright ({error})."
            raise ExamwrightError(name + told) from None
        if row is None or row[0] != FORMAT:
            raise ExamwrightError(f"{name} was made by Examwright {row[1] if row else '?'}; this version cannot read it.")
        if views:  # which need have no end
            raise damaged(path, f"{views[0][0]!r} is no table but a view")
        return cls(path, db)

    def create_table(self, table: str, columns: str) -> None:
        """A table that only grows. To be called in a transaction."""
        self.db.execute(f"CREATE TABLE {table} ({columns})")
        for verb in ("UPDATE", "DELETE"):
            self.db.execute(f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                            f"SELECT RAISE(ABORT, 'exam.db is append-only'); END")

    @contextlib.contextmanager
    def transaction(self, write: bool = True) -> Iterator[None]:
        """All that is written inside is there, or nothing of it; what is read inside is of one moment (`write=False`: others
        may write meanwhile). Raises ExamwrightError where the disk is full or another run is at work for too long."""
        try:
            self.db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            yield
            self.db.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise ExamwrightError(f"{short_path(self.path)}: {_in_words(error)}") from None
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self.db.in_transaction:  # SQLite has done so itself after some errors
            with contextlib.suppress(sqlite3.Error):
                self.db.execute("ROLLBACK")

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def rows(self, table: str, columns: str, rest: str = "", values: Iterable[Any] = (), declared: str = "",
             **read: Callable[[Any], Any]) -> Iterator[tuple[Any, ...]]:
        """Some columns of a table, `declared` as in _TABLES, for each row; `read` makes of a column's value what it stands for. Raises
        ExamwrightError where a value is of another kind, or cannot be read."""
        kinds = _kinds(declared or _TABLES[table], columns)
        readers = [(i, read[name]) for i, (name, _) in enumerate(kinds) if name in read]
        good: set[tuple[type, ...]] = set()  # most rows have the types of the first
        try:
            for row in self.db.execute(f"SELECT {columns} FROM {table} {rest}", tuple(values)):
                at = 0
                try:
                    types = tuple(map(type, row))
                    if types not in good:
                        for at, (_, allowed) in enumerate(kinds):
                            if types[at] not in allowed:
                                raise TypeError
                        good.add(types)
                    found = list(row)
                    for at, reader in readers:
                        found[at] = reader(row[at])
                except DAMAGE:
                    where = ", ".join([f"{name} {row[i]}"[:100] for i, (name, _) in enumerate(kinds) if name in _KEYS and i != at])
                    raise damaged(self.path, f"table {table}, {where}{': ' if where else ''}{kinds[at][0]} is {_shown(row[at])}, which Examwright does not "
                                  "write there") from None
                yield tuple(found)
        except sqlite3.Error as error:
            raise ExamwrightError(f"{short_path(self.path)}: {_in_words(error)}") from None

    def has(self, table: str) -> bool:
        """Is there such a table?"""
        return next(self.rows("sqlite_master", "name", "WHERE name = ?", (table,)), None) is not None

    def exam(self) -> dict[str, str]:
        """plan_name, plan (its text), seed, version, made."""
        names = ("plan_name", "plan", "seed", "version", "made")
        return dict(zip(names, next(self.rows("exam", ", ".join(names)))))

    def papers(self) -> dict[str, dict[str, str]]:
        """Student → {name, variant, code, version}, in the order of the ids."""
        rows = self.rows("paper", "student, name, variant, code, version", "ORDER BY student")
        return {r[0]: dict(zip(("name", "variant", "code", "version"), r[1:])) for r in rows}

    def questions(self) -> dict[str, tuple[str, str, str]]:
        """sha256 → (id, file, source)."""
        return {r[0]: (r[1], r[2], r[3]) for r in self.rows("question", "sha256, id, file, source")}

    def items(self) -> Iterator[StoredItem]:
        """All issued questions, by student and number."""
        for row in self.rows("item", "student, number, name, question, seed, carry, parts, points, draws, shown", "ORDER BY student, number",
                             student=one_of(self.papers()), question=one_of(self.questions()), carry=carry_of, points=points_of,
                             parts=lambda text: parts_of(json.loads(text)), draws=json.loads, shown=lambda text: shown_of(json.loads(text))):
            item = StoredItem(*row)
            try:
                draws = draws_of(item.draws, item.shown)
            except DAMAGE:
                raise damaged(self.path, f"table item, student {item.student}, number {item.number}: draws is {_shown(json.dumps(item.draws))}, which is not what was drawn "
                              "for this paper") from None
            yield replace(item, draws=draws)

    def files(self) -> dict[str, tuple[str, int]]:
        """File name → (sha256, bytes), as last written."""
        return {r[0]: (r[1], r[2]) for r in self.rows("file", "name, sha256, bytes", "ORDER BY rowid")}

    def looks(self) -> dict[str, dict[str, Any]]:
        """Student → {large, dyslexic, tint}, for those whose paper looks other than the rest."""
        return dict(self.rows("look", "student, look", look=_look_of)) if self.has("look") else {}

    def add(self, paper: Mapping[str, Any]) -> None:
        """Note a paper with its items, questions and files, all or nothing."""
        db = self.db
        with self.transaction():
            if paper.get("look"):
                if not self.has("look"):  # the first such paper, or an exam begun by an older version
                    self.create_table("look", _TABLES["look"])
                db.execute("INSERT INTO look VALUES (?,?)", (paper["student"], json.dumps(paper["look"])))
            for sha, (question, file, source) in paper["questions"].items():
                db.execute("INSERT OR IGNORE INTO question VALUES (?,?,?,?)", (sha, question, file, source))
            db.execute("INSERT INTO paper VALUES (?,?,?,?,?)", (paper["student"], paper["name"], paper["variant"], paper["code"],
                                                                paper["version"]))
            for i in paper["items"]:
                db.execute("INSERT INTO item VALUES (?,?,?,?,?,?,?,?,?,?)",
                           (paper["student"], i["number"], i["name"], i["question"], i["seed"], i["carry"],
                            json.dumps(i["parts"]), i["points"], json.dumps(i["draws"], ensure_ascii=False),
                            json.dumps(i["shown"], ensure_ascii=False)))
            self._add_files(paper["files"])

    def add_files(self, files: Mapping[str, tuple[str, int]]) -> None:
        """Note files that were written: name → (sha256, bytes)."""
        with self.transaction():
            self._add_files(files)

    def _add_files(self, files: Mapping[str, tuple[str, int]]) -> None:
        for name, (sha, size) in files.items():
            self.db.execute("INSERT INTO file VALUES (?,?,?)", (name, sha, size))


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=WAIT)
    db.execute("PRAGMA synchronous = EXTRA")  # what was committed stays so after a power cut
    return db


def _in_words(error: sqlite3.Error) -> str:
    text = str(error)
    if "locked" in text:
        return "another run has been writing there for a long time. Nothing was changed; try again when it is done."
    if "full" in text or "I/O" in text or "unable to open" in text:
        return f"it cannot be written ({text}). Is the disk full? Nothing was changed."
    if any([sign in text for sign in _DAMAGED]):
        return f"it is damaged ({text}). {MEND}"
    return f"{text}. Nothing was changed."


def damaged(path: Path, what: str) -> ExamwrightError:
    """The error that tells what is wrong in an exam.db, and what can be done."""
    return ExamwrightError(f"{short_path(path)} is damaged: {what}. {MEND}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


@functools.lru_cache(maxsize=64)
def _kinds(declared: str, columns: str) -> tuple[tuple[str, tuple[type, ...]], ...]:
    """(column, the types that its values may have) of some columns of a table."""
    known = {c.split()[0]: c for c in declared.split(", ")}
    out = []
    for name in columns.split(", "):
        kind = _KINDS[known[name].split()[1]]
        out.append((name, (kind,) if "NOT NULL" in known[name] or "PRIMARY KEY" in known[name] else (kind, type(None))))
    return tuple(out)


# ---- values: each function raises one of DAMAGE for what was never written ---------------------


def one_of(known: Container[Any]) -> Callable[[Any], Any]:
    """Reads what must be one of some values."""

    def read(value: Any) -> Any:
        if value not in known:
            raise ValueError
        return value

    return read


def carry_of(digits: Any) -> int:
    """The digits that students carry: 2 to 12, as a plan may say."""
    return int(one_of(range(2, 13))(digits))


def points_of(text: str) -> fmpq:
    """Points: no number below 0."""
    found = fmpq_of(text)
    if found < 0:
        raise ValueError
    return found


def texts_of(values: Any) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(values, list) or not all([isinstance(v, str) for v in values]):
        raise TypeError
    return tuple(values)


def parts_of(values: Any) -> tuple[tuple[str, str, fmpq], ...]:
    """The parts of an item from JSON: (name, label, points), each name once."""
    out = []
    for part in values:
        name, label, worth = texts_of(part)
        out.append((name, label, points_of(worth)))
    if not out or len({name for name, _, _ in out}) < len(out):
        raise ValueError
    return tuple(out)


def draws_of(values: Any, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The drawn values of an item from JSON: those that `shown` tells too."""
    told = shown["values"]
    if any([n in told and _bare(v) != told[n] for n, v in values.items()]):
        raise ValueError
    return {n: decode(v) for n, v in values.items()}


def _bare(value: Any) -> Any:
    """A drawn value as `shown` has it: words as they are."""
    return value["word"] if isinstance(value, dict) else [_bare(v) for v in value] if isinstance(value, list) else value


def shown_of(values: Any) -> dict[str, Any]:
    """What `show --json` printed of an item, as far as it is read back."""
    texts_of([values["title"], *[part["name"] for part in values["parts"]]])
    numbers = [values["minutes"], *[part["points"] for part in values["parts"]]]
    keys = [part["key"]["exact"] for part in values["parts"] if part["key"] is not None]
    if not all([type(n) in (int, float) and math.isfinite(n) for n in numbers]) or None in keys or not isinstance(values["values"], dict):
        raise ValueError
    return dict(values)


def _look_of(text: str) -> dict[str, Any]:
    from examwright.generator.pages.views import TINTS

    look = json.loads(text)
    if {n: type(v) for n, v in look.items()} != {"large": bool, "dyslexic": bool, "tint": str}:
        raise TypeError
    one_of(TINTS)(look["tint"])
    return dict(look)


def encode(value: Any) -> Any:
    """A drawn value for JSON; words are told from numbers. Raises ExamwrightError for an irrational number that is not exactly known."""
    if isinstance(value, tuple):
        return [encode(v) for v in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"word": value}
    text = to_text(value)
    if isinstance(value, Real) and value.form is None:
        raise ExamwrightError(f"A drawn value is {text}…, an irrational number that cannot be written down exactly: only multiples of ln, log2, sqrt or exp of a "
                              "rational can. Draw what it is made of, and compute it in the chain.")
    return text


def decode(value: Any, deep: int = 0) -> Any:
    """The drawn value that `encode` wrote. Raises one of DAMAGE for anything else."""
    if isinstance(value, list):
        if deep > _DEEP:
            raise ValueError("lists in lists in lists")
        return tuple([decode(v, deep + 1) for v in value])
    if isinstance(value, dict):
        return texts_of([value["word"]])[0]
    return value if isinstance(value, bool) else from_text(value)
