"""What is told about a graded exam, as files: feedback for each student, the class report, a gradebook to import."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examwright.generator.errors import ExamwrightError, nearest, short_path
from examwright.generator.files import beginning, hashed, lengthened

if TYPE_CHECKING:
    from examwright.generator.pages.theme import Theme
    from examwright.generator.pages.views import Look
    from examwright.grader.gradebook import Filled
    from examwright.grader.papers import Rules
    from examwright.grader.report import Report

Progress = Callable[[int, int], None]  # (done, of)
NOTES = ".feedback.jsonl"  # what each file was made from: a line for each student
MAX_NOTES = 50_000_000  # bytes


# ---- feedback --------------------------------------------------------------------------------


@dataclass(frozen=True)
class FeedbackMade:
    """What a run of `feedback` did: `made` students now, `kept` ones whose files were there and are up to date, `open` ones whose
    marks are not final, `unmarked` ones who got their paper after the last grading."""

    out: Path
    made: int
    kept: int
    open: tuple[str, ...]
    unmarked: tuple[str, ...]


@dataclass(frozen=True)
class _Shared:
    """What all students' feedback needs."""

    out: Path
    about: dict[str, str]
    rules: Rules
    html: bool
    theme: Theme
    looks: dict[str, Look]
    style: str
    notes: dict[str, dict[str, Any]]


def make_feedback(exam: Path, out: Path | None = None, students: Sequence[str] = (), html: bool = False, theme: Path | None = None,
                  roster: Path | None = None, jobs: int | None = None, progress: Progress | None = None) -> FeedbackMade:
    """Write OUT/<id>.pdf for every student of a graded exam (or for those named), with `html` also OUT/<id>.html (default OUT:
    the exam's folder / feedback). The look is that of the papers, unless a theme or a class list (for the accommodations) is given.

    Files that were made from the same marks are kept, so an interrupted run is finished by the same call, and after a
    regrading only what changed is made again. Raises ExamwrightError.
    """
    from examwright import __version__
    from examwright.generator.make import DB, THEME, write_atomic
    from examwright.generator.pages.sheet import FOLDER
    from examwright.generator.pages.theme import kept_theme, load_theme
    from examwright.generator.pages.views import Look
    from examwright.generator.roster import read_roster
    from examwright.generator.store import Store
    from examwright.grader.grade import current
    from examwright.grader.papers import rules_of
    from examwright.grader.records import check_marked, read

    graded = current(exam)
    record = read(exam)
    check_marked(exam, record)
    with Store.open(exam / DB) as store:
        papers, kept = store.papers(), store.looks()
    for who in students:
        if who not in papers:
            raise ExamwrightError(f"There is no student {who!r} in this exam. {nearest(who, papers, 0)}".strip())
    out = out or exam / "feedback"
    looks = {s.id: Look(s.large, s.dyslexic, s.tint) for s in read_roster(roster)} if roster else {who: Look(**k) for who, k in kept.items()}
    style = hashlib.sha256(__version__.encode())
    for path in sorted([*FOLDER.glob("*.j2"), *FOLDER.glob("*.css")]):
        style.update(path.read_bytes())
    shared = _Shared(out, record.about, rules_of(record), html, load_theme(theme) if theme else kept_theme(exam / THEME), looks, style.hexdigest(), _notes(out))
    marks: dict[str, list[Any]] = {who: [] for who in papers}
    for m in graded.marks:
        marks[m.student].append(m)
    wanted = [who for who in papers if not students or who in students]
    tasks = [(papers[who], record.items[who], marks[who]) for who in wanted if marks[who]]
    made = 0
    waiting = []
    lines = []
    for n, (note, new, waits) in enumerate(_run(tasks, shared, jobs), 1):
        made += new
        lines.append(json.dumps(note, ensure_ascii=False))
        if new:
            with lengthened(out / NOTES) as f:
                f.write(lines[-1].encode() + b"\n")
        if waits:
            waiting.append(note["student"])
        if progress:
            progress(n, len(tasks))
    if not students and made:
        write_atomic(out / NOTES, "".join([line + "\n" for line in lines]).encode())  # without lines that are out of date
    return FeedbackMade(out, made, len(tasks) - made, tuple(waiting), tuple([who for who in wanted if not marks[who]]))


def _notes(out: Path) -> dict[str, dict[str, Any]]:
    """Student → what their files were made from. A line that a killed run left unfinished, or that is damaged, is skipped: those files
    are made again. Raises ExamwrightError where something else is in its place."""
    found: dict[str, dict[str, Any]] = {}
    if (out / NOTES).exists() and not (out / NOTES).is_file():
        raise ExamwrightError(f"{short_path(out / NOTES)} is no regular file. Remove it; the same command goes on.")
    try:
        data = beginning(out / NOTES, MAX_NOTES + 1)
    except OSError:
        return found
    for line in data.splitlines() if len(data) <= MAX_NOTES else ():
        with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError, RecursionError):
            note = json.loads(line)
            found[note["student"]] = {**note, "files": dict(note["files"])}
    return found


_work: list[_Shared] = []  # of a worker process


def _start(shared: _Shared) -> None:
    _work[:] = [shared]


def _run(tasks: list[Any], shared: _Shared, jobs: int | None) -> Iterator[tuple[dict[str, Any], bool, bool]]:
    from examwright.generator.processes import pool

    try:
        shared.out.mkdir(parents=True, exist_ok=True)
        for leftover in shared.out.glob(".*.part"):
            leftover.unlink()
    except OSError as error:
        raise ExamwrightError(f"{short_path(error.filename)}: {error.strerror}.") from None
    jobs = min(jobs or os.cpu_count() or 1, len(tasks))
    if jobs <= 1:
        _start(shared)
        yield from map(_one, tasks)
        return
    workers = pool(jobs, _start, (shared,))
    try:
        yield from workers.map(_one, tasks)
    finally:
        workers.shutdown(wait=True, cancel_futures=True)


def _one(task: tuple[dict[str, str], list[Any], list[Any]]) -> tuple[dict[str, Any], bool, bool]:
    """One student's files: (what they were made from, were they made now, do marks wait for a person)."""
    from examwright.generator.feedback_pages import render_feedback, render_feedback_page
    from examwright.generator.make import write_atomic
    from examwright.generator.pages.views import Look
    from examwright.generator.roster import file_name
    from examwright.grader.feedback import feedback

    paper, items, marks = task
    shared = _work[0]
    who = items[0].student
    view = feedback(shared.about, paper, items, marks, shared.rules, shared.theme.language)
    view = dataclasses.replace(view, theme=shared.theme, look=shared.looks.get(who, Look()))
    digest = hashlib.sha256(f"{shared.style}\x1f{view!r}".encode("utf-8", "surrogatepass")).hexdigest()
    makers = {".pdf": render_feedback, **({".html": render_feedback_page} if shared.html else {})}
    names = {ending: file_name(who) + ending for ending in makers}
    known = shared.notes.get(who, {})
    hashes = dict(known.get("files", {})) if known.get("view") == digest else {}
    stale = [e for e, name in names.items() if name not in hashes or hashes[name] != _sha(shared.out / name)]
    for ending in stale:
        hashes[names[ending]], _ = write_atomic(shared.out / names[ending], makers[ending](view))
    return {"student": who, "view": digest, "files": hashes}, bool(stale), view.open > 0


def _sha(path: Path) -> str:
    found = hashed(path)
    return found[0] if found else ""


# ---- the report and the gradebook ----------------------------------------------------------------


def make_report(exam: Path, out: Path | None = None) -> tuple[Report, list[Path]]:
    """Write report.html and its CSV files into `out` (default: the exam's folder / report): the report, and the files. Raises
    ExamwrightError."""
    from examwright.generator.make import DB, write_atomic
    from examwright.generator.store import Store
    from examwright.grader.grade import current
    from examwright.grader.records import check_marked, read
    from examwright.grader.report import report, tables
    from examwright.report_page import report_page

    graded = current(exam)
    record = read(exam)
    check_marked(exam, record)
    with Store.open(exam / DB) as store:
        papers = store.papers()
    found = report(graded, record.about, papers, [i for items in record.items.values() for i in items], record.times)
    out = out or exam / "report"
    files = []
    for name, data in {"report.html": report_page(found), **tables(found)}.items():
        write_atomic(out / name, data)
        files.append(out / name)
    return found, files


def fill_gradebook(exam: Path, export: Path, out: Path, feedback: bool = False, **how: Any) -> Filled:
    """Write an exported gradebook with the points of a graded exam to `out`; `how` are the options of `grader.gradebook.fill`.
    Raises ExamwrightError; the exported file is left as it is."""
    from examwright.generator.exam import facts_of
    from examwright.generator.make import DB, THEME, write_atomic
    from examwright.generator.pages.theme import kept_theme
    from examwright.generator.store import Store
    from examwright.grader.feedback import lines
    from examwright.grader.grade import current
    from examwright.grader.gradebook import fill

    if out.resolve() == export.resolve():
        raise ExamwrightError(f"{short_path(out)} is the exported file itself. Choose another name for the new one.")
    graded = current(exam)
    with Store.open(exam / DB) as store:
        facts = facts_of(store.exam()["plan"])
    language = facts.get("language") or kept_theme(exam / THEME).language or "en"
    marks: dict[str, list[Any]] = {who: [] for who in graded.names}
    for m in graded.marks:
        marks[m.student].append(m)
    filled = fill(graded, export, title=facts.get("title", ""), feedback=(lambda who: lines(marks[who], language)) if feedback else None, **how)
    write_atomic(out, filled.data)
    return filled
