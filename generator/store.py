"""`exam.db`: what was issued, once and for all.

One SQLite file per exam. Triggers refuse every change and deletion, so that what stands there is what was
printed: the plan, the seed, the text of each question, each paper's numbers and keys, the hash of each file.
The grader adds tables of its own to the same file (grader/records.py).

Writers work in short transactions with a rollback journal: one file when nobody is at work (copying it is a
backup), whole again after a kill or a power cut at any moment, and usable on network folders, where SQLite's
write-ahead log is not.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
}


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
            for table, columns in _TABLES.items():
                store.create_table(table, columns)
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
            if not write:
                db.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise ExamwrightError(f"{name} is not an exam made by Examwright ({error}).") from None
        if row is None or row[0] != FORMAT:
            raise ExamwrightError(f"{name} was made by Examwright {row[1] if row else '?'}; this version cannot read it.")
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

    def exam(self) -> dict[str, str]:
        """plan_name, plan (its text), seed, version, made."""
        row = self.db.execute("SELECT plan_name, plan, seed, version, made FROM exam").fetchone()
        return dict(zip(("plan_name", "plan", "seed", "version", "made"), row))

    def papers(self) -> dict[str, dict[str, str]]:
        """Student → {name, variant, code, version}, in the order of the ids."""
        rows = self.db.execute("SELECT student, name, variant, code, version FROM paper ORDER BY student")
        return {r[0]: dict(zip(("name", "variant", "code", "version"), r[1:])) for r in rows}

    def questions(self) -> dict[str, tuple[str, str, str]]:
        """sha256 → (id, file, source)."""
        return {r[0]: (r[1], r[2], r[3]) for r in self.db.execute("SELECT sha256, id, file, source FROM question")}

    def items(self) -> Iterator[StoredItem]:
        """All issued questions, by student and number."""
        for r in self.db.execute("SELECT student, number, name, question, seed, carry, parts, points, draws, shown FROM item "
                                 "ORDER BY student, number"):
            parts = tuple([(n, label, fmpq_of(p)) for n, label, p in json.loads(r[6])])
            draws = {n: decode(v) for n, v in json.loads(r[8]).items()}
            yield StoredItem(r[0], r[1], r[2], r[3], r[4], r[5], parts, fmpq_of(r[7]), draws, json.loads(r[9]))

    def files(self) -> dict[str, tuple[str, int]]:
        """File name → (sha256, bytes), as last written."""
        return {r[0]: (r[1], r[2]) for r in self.db.execute("SELECT name, sha256, bytes FROM file ORDER BY rowid")}

    def looks(self) -> dict[str, dict[str, Any]]:
        """Student → {large, dyslexic, tint}, for those whose paper looks other than the rest."""
        return {r[0]: json.loads(r[1]) for r in self.db.execute("SELECT student, look FROM look")} if self._has_looks() else {}

    def _has_looks(self) -> bool:
        return self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'look'").fetchone() is not None

    def add(self, paper: Mapping[str, Any]) -> None:
        """Note a paper with its items, questions and files, all or nothing."""
        db = self.db
        with self.transaction():
            if paper.get("look"):
                if not self._has_looks():  # the first such paper, or an exam begun by an older version
                    self.create_table("look", "student TEXT PRIMARY KEY, look TEXT NOT NULL")
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
    return f"{text}. Nothing was changed."


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


def decode(value: Any) -> Any:
    """The drawn value that `encode` wrote."""
    if isinstance(value, list):
        return tuple([decode(v) for v in value])
    if isinstance(value, dict):
        return value["word"]
    return value if isinstance(value, bool) else from_text(value)
