"""Class lists, and reading CSV files as spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examwright.generator.errors import ExamwrightError, nearest, short_path

MAX_BYTES = 50_000_000
MAX_COLUMNS = 16_384  # as many as a spreadsheet has
_IDS = ("id", "student", "student id", "studentid", "student number", "matriculation", "matriculation number",
        "matrikelnummer", "username", "login", "学号")
_EXTRA = ("extra minutes", "extra time", "extra")
_LARGE = ("large print", "large")
_DYSLEXIC = ("dyslexia", "dyslexia type", "dyslexic")
_TINT = ("paper colour", "paper color", "tint")
_YES = ("yes", "y", "x", "1", "true", "ja", "oui", "sí", "si", "是")
_NO = ("", "no", "n", "0", "false", "-", "nein", "non", "否")
_NAMES = ("name", "full name", "student name", "姓名")
_FIRST, _LAST = ("first name", "firstname", "given name", "vorname", "prénom", "nombre"), ("last name", "lastname", "surname", "family name", "nachname", "nom", "apellidos")


_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True)
class Student:
    """One line of a class list. `extra` minutes, `large` print, `dyslexic`: type that is easier on dyslexic readers, `tint` of the
    paper."""

    id: str
    name: str
    extra: int = 0
    large: bool = False
    dyslexic: bool = False
    tint: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a CSV file: its line number and its cells by column."""

    line: int
    cells: dict[str, str]
    extra: tuple[str, ...]  # cells beyond the header
    delimiter: str  # of the file


def read_csv(path: Path, content: bytes | None = None) -> tuple[list[str], list[Row]]:
    """The header and the rows of a CSV file (or of its content): UTF-8 with or without BOM; comma, semicolon or tab,
    whichever the header has. Blank lines are skipped. Raises ExamwrightError."""
    name = short_path(path)
    raw = read_bytes(path) if content is None else content
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise ExamwrightError(f"{name} is a workbook of a spreadsheet program, not a CSV file. Save the sheet as 'CSV UTF-8'.")
    if len(raw) > MAX_BYTES:
        raise ExamwrightError(f"{name} is larger than {MAX_BYTES // 10**6} MB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[:error.start].count(b"\n") + 1
        raise ExamwrightError(f"{name}:{line}: is not UTF-8 text here. Save the file as 'CSV UTF-8'.") from None
    first = next((ln for ln in text.splitlines() if ln.strip()), "")
    if not first:
        raise ExamwrightError(f"{name} is empty.")
    bare = re.sub(r'"[^"]*"', "", first)
    delimiter = max(",;\t", key=lambda d: (bare.count(d), -",;\t".index(d)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] = []
    rows = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any([c.strip() for c in cells]):
                continue
            if not header:
                header = [c.strip() for c in cells]
                if len(header) > MAX_COLUMNS:
                    raise ExamwrightError(f"{name}:{line}: has {len(header)} columns; more than {MAX_COLUMNS} are no spreadsheet's.")
                twice = sorted([c for c, n in Counter(header).items() if c and n > 1])
                if twice:
                    raise ExamwrightError(f"{name}:{line}: the column {twice[0]!r} stands there twice.")
                continue
            extra = cells[len(header):]
            while extra and not extra[-1].strip():
                extra.pop()
            rows.append(Row(line, dict(zip(header, cells)), tuple(extra), delimiter))
    except csv.Error as error:
        raise ExamwrightError(f"{name}:{reader.line_num}: is not a CSV file: {error}.") from None
    return header, rows


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or of what another program writes (`/dev/stdin`, a pipe); of too many, one more than is allowed. Raises ExamwrightError where
    there is none."""
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ExamwrightError(f"{short_path(path)} cannot be read: {error.strerror}.") from None


def column(header: list[str], wanted: tuple[str, ...]) -> str | None:
    """The column that has one of the names, whatever its case."""
    named: dict[str, str] = {}
    for name in header:
        named.setdefault(_plain(name), name)
    return next((named[want] for want in wanted if want in named), None)


def id_column(header: list[str], path: Path) -> str:
    """The column of the student ids. Raises ExamwrightError."""
    found = column(header, _IDS)
    if found is None:
        raise ExamwrightError(f"{short_path(path)}:1: no column with the student's id. It must be called 'id' or 'student'; "
                              f"the file has {', '.join(map(repr, header[:8]))}. {nearest('id', header, 0)}".strip())
    return found


def clean_id(text: str) -> str:
    """An id without spaces around it, in one Unicode form."""
    return unicodedata.normalize("NFC", text).strip()


def read_roster(path: Path, content: bytes | None = None) -> list[Student]:
    """The students of a class list, sorted by id. Needs a column `id` (or `student`), takes `name` and the columns of
    accommodations; others are ignored. `content`: what stands in the file. Raises ExamwrightError with all faults."""
    header, rows = read_csv(path, content)
    ids, names = id_column(header, path), [c for c in ([column(header, _NAMES)] if column(header, _NAMES) else [column(header, _FIRST), column(header, _LAST)]) if c]
    needs = {field: column(header, wanted) for field, wanted in (("extra", _EXTRA), ("large", _LARGE), ("dyslexic", _DYSLEXIC),
                                                                 ("tint", _TINT))}
    seen: dict[str, int] = {}
    out, faults = [], []
    for row in rows:
        who = clean_id(row.cells.get(ids, ""))
        at = f"{short_path(path)}:{row.line}"
        if row.extra:
            faults.append(f"{at}: more cells than the header has columns. A cell with a {_SEPARATORS[row.delimiter]} in it stands in quotes.")
        elif not who:
            faults.append(f"{at}: no id.")
        elif len(who) > 80 or any([unicodedata.category(c)[0] == "C" for c in who]):
            faults.append(f"{at}: {who[:20]!r} is not an id (at most 80 printable characters).")
        elif who.casefold() in seen:
            faults.append(f"{at}: the id {who!r} stands there a second time (first on line {seen[who.casefold()]}).")
        else:
            seen[who.casefold()] = row.line
            name = " ".join(" ".join([row.cells.get(c, "") for c in names]).split())
            special = {f: _need(f, row.cells.get(c, ""), f"{at}, {c}", faults) for f, c in needs.items() if c is not None}
            out.append(Student(who, unicodedata.normalize("NFC", name)[:120], **special))
    if faults:
        raise ExamwrightError("\n".join(faults[:50]))
    if not out:
        raise ExamwrightError(f"{short_path(path)}: no students.")
    return sorted(out, key=lambda s: s.id)


def unused_columns(path: Path, content: bytes | None = None) -> list[str]:
    """The columns of a class list that change nothing: a misspelt accommodation would be one of them. Raises ExamwrightError."""
    header, _ = read_csv(path, content)
    known = {id_column(header, path)} | {column(header, wanted) for wanted in (_NAMES, _FIRST, _LAST, _EXTRA, _LARGE, _DYSLEXIC, _TINT)}
    return [c for c in header if c and c not in known]


def _need(field: str, text: str, at: str, faults: list[str]) -> Any:
    """What a cell says a student needs; what it cannot mean is a fault."""
    word = text.strip().casefold()
    if field == "extra":
        if word and not re.fullmatch("[0-9]{1,3}", word):
            faults.append(f"{at}: {text.strip()!r} is not a number of minutes.")
            return 0
        return int(word or 0)
    if field == "tint":
        from examwright.generator.pages.views import TINTS

        if word not in TINTS:
            faults.append(f"{at}: {text.strip()!r} is not a colour of paper. {nearest(word, [t for t in TINTS if t])}")
            return ""
        return word
    if word not in _YES + _NO:
        faults.append(f"{at}: {text.strip()!r} is neither yes nor no.")
    return word in _YES


def file_name(who: str) -> str:
    """A file name for an id: letters, digits, '.', '_' and '-' stay, the rest is written in hex."""
    out = "".join([c if re.fullmatch(r"[A-Za-z0-9_-]", c) or (c == "." and i) else f"~{ord(c):x}~" for i, c in enumerate(who)])
    return out if len(out) <= 150 else out[:100] + "~" + str(abs(hash_of(out)))


def hash_of(text: str) -> int:
    """A number that stands for a text, the same everywhere."""
    import hashlib

    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
