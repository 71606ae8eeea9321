"""A class's answers against what was issued: marks with their reasons, totals, and a list of all that is odd.

Nothing that was handed in is dropped: a row that fits no student or no part, an answer that stands there twice
or cannot be read is listed by row, and its part waits for a person.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.answers.precision import HALF
from examwright.answers.reader import Notation
from examwright.generator import wording
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError, nearest, short_path
from examwright.generator.load import load_text
from examwright.generator.make import DB, safe_cell, write_atomic
from examwright.generator.question import Question
from examwright.generator.roster import clean_id, column, id_column, read_csv
from examwright.generator.store import Store, StoredItem
from examwright.grader.mark import Mark, mark_variant

_ITEMS = ("item", "number", "nr", "no", "task")
_QUESTIONS = ("question", "question id", "id of question")
_PARTS = ("part", "part name")
_ANSWERS = ("answer", "response", "text")
_IGNORED = ("name", "full name", "student name", "email", "seat", "version", "code", "姓名", "time", "timestamp")


@dataclass(frozen=True)
class Trouble:
    """A row of the answers that needs a person: its line, the student, the item as written, and what is odd."""

    line: int
    student: str
    item: str
    kind: str  # unknown student, unknown item, duplicate, row, absent
    message: str


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


@dataclass
class Graded:
    """The result of a class."""

    marks: list[Marked]
    troubles: list[Trouble]
    names: dict[str, str]
    files: list[Path] = field(default_factory=list)

    @property
    def open(self) -> list[Marked]:
        """The parts that wait for a person."""
        return [m for m in self.marks if m.mark.open]

    def totals(self) -> dict[str, tuple[fmpq, fmpq, int]]:
        """Student → (points, of, parts that wait for a person)."""
        out = {who: (fmpq(0), fmpq(0), 0) for who in self.names}
        for m in self.marks:
            points, of, waiting = out[m.student]
            out[m.student] = (points + m.points, of + m.of, waiting + m.mark.open)
        return out

    def said(self) -> Counter[tuple[str, str]]:
        """How often each mistake was made: (question and part, message)."""
        return Counter((f"{m.question} ({m.mark.part})", m.mark.say) for m in self.marks if m.mark.why == "mistake")


def grade(exam: Path, answers: Path, out: Path | None = None, jobs: int | None = None,
          progress: Callable[[int, int], None] | None = None) -> Graded:
    """Mark the answers of a CSV file and write marks, totals and troubles beside `out` (default: marks.csv in the
    exam's folder). Raises ExamwrightError."""
    with Store.open(exam / DB) as store:
        header, rows = read_csv(answers)
        names = {who: row["name"] for who, row in store.papers().items()}
        items: dict[str, list[StoredItem]] = {who: [] for who in names}
        for item in store.items():
            items[item.student].append(item)
        sources = store.questions()
        about = store.exam()
    rules = notation_of(about), fewer_digits_of(about)
    typed, troubles = collect(header, rows, answers, items)
    tasks = [(who, items[who], {k: v for k, v in typed.items() if k[0] == who}) for who in names]
    marks: list[Marked] = []
    for i, found in enumerate(_all(tasks, sources, rules, jobs)):
        marks += found
        if progress:
            progress(i + 1, len(tasks))
    answered = {k[0] for k, cells in typed.items() if any([text.strip() for _, text in cells])}
    absent = {t.student for t in troubles}
    for who in names:
        if who not in answered and who not in absent:
            troubles.append(Trouble(0, who, "", "absent", "no answers at all"))
    graded = Graded(marks, sorted(troubles, key=lambda t: (t.line, t.student)), names)
    _write(graded, out or exam / "marks.csv")
    return graded


def notation_of(about: Mapping[str, str]) -> Notation:
    """How numbers were to be written in this exam, from the stored plan."""
    import yaml

    found = (yaml.safe_load(about["plan"]) or {}).get("notation") or {}
    comma = {"comma": True, "point": False}.get(str(found.get("decimal")))
    base = found.get("log")
    return Notation(comma, None if base is None else str(base))


def fewer_digits_of(about: Mapping[str, str]) -> fmpq:
    """What a right answer in fewer digits than asked earns in this exam, from the stored plan."""
    import yaml

    found = (yaml.safe_load(about["plan"]) or {}).get("fewer_digits", HALF)
    return fmpq(*Fraction(str(found).replace(" ", "")).as_integer_ratio())


# ---- which cell belongs to which part -----------------------------------------------------

Typed = dict[tuple[str, int, str], list[tuple[int, str]]]  # (student, item number, part name) → [(line, text)]


def collect(header: list[str], rows: Iterable[Any], path: Path,
            items: Mapping[str, list[StoredItem]]) -> tuple[Typed, list[Trouble]]:
    """The cells by student and part, and what fits nowhere. Long files have a column for the item (or question and
    part) and one for the answer, wide ones a column for each item. Raises ExamwrightError for neither."""
    ids = id_column(header, path)
    item_at, question_at, part_at = column(header, _ITEMS), column(header, _QUESTIONS), column(header, _PARTS)
    answer_at = column(header, _ANSWERS)
    rest = [h for h in header if h and h != ids and " ".join(h.replace("_", " ").casefold().split()) not in _IGNORED]
    long = answer_at is not None
    if long and not (item_at or question_at):
        raise ExamwrightError(f"{short_path(path)}:1: there is an answer column, but none called 'item' or 'question'.")
    if not long and not rest:
        raise ExamwrightError(f"{short_path(path)}:1: no answers: a long file has the columns student, item, answer; a wide one has a "
                              "column for each item, such as 3b.")
    known = {clean_id(who).casefold(): who for who in items}
    places = {who: _places(of) for who, of in items.items()}
    typed: Typed = {}
    troubles: list[Trouble] = []
    unknown_columns: Counter[str] = Counter()
    seen_rows: dict[str, int] = {}
    for row in rows:
        written = clean_id(row.cells.get(ids, ""))
        who = known.get(written.casefold()) or known.get(_bare(written).casefold())
        if row.extra:
            troubles.append(Trouble(row.line, written, "", "row", f"the row has more cells than the header ({', '.join(row.extra)[:60]}); "
                                    "an answer with a comma needs quotes"))
        if who is None:
            hint = nearest(written, items, 0)
            what = "no student in this row" if not written else f"there is no student {written!r} in this exam. {hint}".strip()
            troubles.append(Trouble(row.line, written, "", "unknown student", what))
            continue
        if long:
            assert answer_at is not None
            named = (row.cells.get(item_at, "") if item_at else "").strip()
            question = (row.cells.get(question_at, "") if question_at else "").strip()
            part = (row.cells.get(part_at, "") if part_at else "").strip()
            if "/" in named and not question:
                question, named = named, ""
            label = named + part if named else question + (f"/{part}" if part else "")
            cells = [(label, row.cells.get(answer_at, ""))]
        else:
            if who in seen_rows:
                troubles.append(Trouble(row.line, who, "", "duplicate", f"a second row for this student (first on line {seen_rows[who]})"))
            seen_rows.setdefault(who, row.line)
            cells = [(h, row.cells.get(h, "")) for h in rest]
        for label, text in cells:
            place = places[who].get(normal(label))
            if place is None:
                if text.strip():
                    hint = nearest(label, [f"{i.number}{x}" for i in items[who] for _, x, _ in i.parts], 0)
                    troubles.append(Trouble(row.line, who, label, "unknown item",
                                            f"there is no item {label!r} on this paper; it holds {text.strip()[:60]!r}. {hint}".strip()))
                    unknown_columns[label] += 1
                continue
            typed.setdefault((who, *place), []).append((row.line, text))
    for (who, number, part), found in typed.items():
        filled = [(line, text) for line, text in found if text.strip()]
        if len(filled) > 1:
            same = len({text.strip() for _, text in filled}) == 1
            label = _label_of(items[who], number, part)
            lines = ", ".join(str(line) for line, _ in filled)
            troubles.append(Trouble(filled[-1][0], who, label, "duplicate",
                                    f"{label} is answered on lines {lines}, " + ("each time the same" if same else "differently")))
    return typed, troubles


def _bare(text: str) -> str:
    """An id as a spreadsheet may have written it: '0123 or 123.0."""
    return re.sub(r"\.0$", "", text.removeprefix("'"))


def normal(label: str) -> str:
    """An item as written, without what people put around it: "Q3 (b)" is "3b"."""
    text = label.strip().casefold()
    if "/" in text:
        return text.replace(":", "/")
    return re.sub(r"^(?:question|item|task|q|nr|no)", "", re.sub(r"[\s().,:_-]", "", text))


def _places(items: list[StoredItem]) -> dict[str, tuple[int, str]]:
    """All the ways to name a part of one paper → (item number, part name)."""
    out: dict[str, tuple[int, str]] = {}
    asked = Counter(i.name for i in items)
    for item in items:
        for name, label, _ in item.parts:
            place = (item.number, name)
            out[f"{item.number}{label}"] = place
            if len(item.parts) == 1:
                out[str(item.number)] = out[f"{item.number}a"] = place
            for question in {item.name, item.shown["id"]}:
                if asked[item.name] == 1:
                    out.setdefault(f"{question}/{name}".casefold(), place)
                    if label:
                        out.setdefault(f"{question}/{label}".casefold(), place)
                    if len(item.parts) == 1:
                        out.setdefault(question.casefold(), place)
    return out


def _label_of(items: list[StoredItem], number: int, part: str) -> str:
    return next(f"{i.number}{x}" for i in items if i.number == number for n, x, _ in i.parts if n == part)


# ---- marking --------------------------------------------------------------------------------

Rules = tuple[Notation, fmpq]  # how numbers are written; what fewer digits than asked earn

_shared: dict[str, Any] = {}
_loaded: dict[str, Question] = {}


def _share(sources: Mapping[str, tuple[str, str, str]], rules: Rules) -> None:
    _shared.update(sources=sources, rules=rules)
    _loaded.clear()


def _all(tasks: list[Any], sources: Mapping[str, tuple[str, str, str]], rules: Rules,
         jobs: int | None) -> Iterable[list[Marked]]:
    jobs = min(jobs or os.cpu_count() or 1, max(1, len(tasks) // 20))
    if jobs == 1:
        _share(sources, rules)
        yield from map(_student, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs, initializer=_share, initargs=(sources, rules)) as pool:
        yield from pool.map(_student, tasks, chunksize=5)


def issued(item: StoredItem, sources: Mapping[str, tuple[str, str, str]]) -> Any:
    """The variant that was printed, from its stored question text and numbers. Raises ExamwrightError if this
    version of the solvers computes other values than were issued."""
    question = _loaded.get(item.question)
    if question is None:
        question_id, file, text = sources[item.question]
        if hashlib.sha256(text.encode()).hexdigest() != item.question:
            raise ExamwrightError(f"exam.db: the stored text of {question_id} has been changed.")
        question = _loaded[item.question] = load_text(text, Path(file), question_id)
    variant = draw_variant(question, item.seed, item.draws, [name for name, _, _ in item.parts], item.carry)
    for part, shown in zip(variant.parts, item.shown["parts"]):
        now = None if part.formula is None else wording.exact_json(variant.values[part.name])
        then = None if shown["key"] is None else shown["key"]["exact"]
        if now != then:
            raise ExamwrightError(f"{item.student}, item {item.number}, part {part.name} of {question.id}: the key on record is {then}, this "
                                  f"version of Examwright computes {now}. Nothing was marked.")
    return variant


def _student(task: tuple[str, list[StoredItem], Typed]) -> list[Marked]:
    who, items, typed = task
    out = []
    for item in items:
        variant = issued(item, _shared["sources"])
        answers: dict[str, str] = {}
        lines: dict[str, int] = {}
        twice: dict[str, str] = {}
        for name, _, _ in item.parts:
            filled = [(line, text) for line, text in typed.get((who, item.number, name), []) if text.strip()]
            if not filled:
                continue
            lines[name] = filled[0][0]
            if len({text.strip() for _, text in filled}) > 1:
                twice[name] = " | ".join([text.strip() for _, text in filled])
            else:
                answers[name] = filled[0][1]
        marks = mark_variant(variant, answers, *_shared["rules"])
        for mark, part, (_, label, points) in zip(marks, variant.parts, item.parts):
            if part.name in twice:
                mark = Mark(part.name, fmpq(0), part.points, "undecided", "", "answered more than once, differently",
                            "A person will look at this answer.", twice[part.name])
            scale = points / part.points if part.points else fmpq(0)
            out.append(Marked(who, f"{item.number}{label}", item.name, mark, mark.points * scale, points, lines.get(part.name, 0)))
    return out


# ---- files ----------------------------------------------------------------------------------


def number_text(x: fmpq) -> str:
    """Points for a spreadsheet: at most two decimals."""
    from examwright.solvers.arithmetic import round_half_up, to_decimal

    short = round_half_up(x, 2)
    return to_decimal(short)


def _table(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([safe_cell(str(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _write(graded: Graded, out: Path) -> None:
    marks = [("student", "name", "item", "question", "part", "points", "of", "why", "read", "say", "evidence", "raw", "row")]
    for m in graded.marks:
        marks.append((m.student, graded.names[m.student], m.item, m.question, m.mark.part, number_text(m.points), number_text(m.of),
                      m.mark.why, m.mark.read, m.mark.say, m.mark.evidence, m.mark.raw, str(m.line or "")))
    totals = graded.totals()
    numbers = sorted({int(re.match(r"\d+", m.item).group()) for m in graded.marks})  # type: ignore[union-attr]
    by_item: dict[tuple[str, int], fmpq] = {}
    for m in graded.marks:
        place = (m.student, int(re.match(r"\d+", m.item).group()))  # type: ignore[union-attr]
        by_item[place] = by_item.get(place, fmpq(0)) + m.points
    sums: list[tuple[Any, ...]] = [("student", "name", "points", "of", "percent", "open", *numbers)]
    for who, (points, of, waiting) in totals.items():
        percent = number_text(points * 100 / of) if of else ""
        sums.append((who, graded.names[who], number_text(points), number_text(of), percent, waiting,
                     *[number_text(by_item[who, n]) if (who, n) in by_item else "" for n in numbers]))
    odd: list[tuple[Any, ...]] = [("row", "student", "item", "kind", "message")]
    odd += [(t.line or "", t.student, t.item, t.kind, t.message) for t in graded.troubles]
    odd += [(m.line or "", m.student, m.item, m.mark.why, f"{m.mark.raw[:200]!r}: {m.mark.evidence or m.mark.say}") for m in graded.open]
    for path, rows in ((out, marks), (out.with_name(out.stem + "-totals.csv"), sums), (out.with_name(out.stem + "-open.csv"), odd)):
        try:
            write_atomic(path, _table(rows))
        except OSError as error:
            raise ExamwrightError(f"{short_path(path)} cannot be written: {error.strerror}.") from None
        graded.files.append(path)
