"""Papers for a class: PDFs, keys, the answer form, and `exam.db`.

Each paper is drawn and printed in a worker process, its files are put in place by rename, and only then is it
noted in exam.db. So a run that was killed leaves whole files, and the same command finishes the rest.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import io
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.answers.phrases import told
from examwright.generator import embedded, wording
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError, short_path
from examwright.generator.exam import Plan, Slot, load_plan, paper, share_points
from examwright.generator.files import lengthened, unchanged
from examwright.generator.load import load_text
from examwright.generator.pages.theme import PLAIN, Theme, keep_theme, load_theme
from examwright.generator.question import Part, Variant
from examwright.generator.roster import Student, file_name, read_bytes, read_roster, unused_columns
from examwright.generator.store import Store, damaged, encode
from examwright.generator.wide import OURS, SIGN, code_of
from examwright.solvers.arithmetic import to_text

ALL, FORM, DB = "papers-all.pdf", "answers-form.csv", "exam.db"
THEME = "theme"  # the folder in which the theme of the papers is kept
Progress = Callable[[int, int], None]  # (done, of)
Issued = dict[tuple[str, str], str]  # (question, its file) → the text that was issued


@dataclass(frozen=True)
class Made:
    """What a run of `make` did: `made` papers now, `again` those whose files were lost, `kept` the others from before."""

    out: Path
    made: int
    again: int
    kept: int
    questions: int
    minutes: tuple[float, float]
    points: fmpq
    seconds: float
    other_look: tuple[str, ...]  # students whose paper was made in another look (large print and the like) than the list says now
    unnamed: tuple[str, ...]  # students whose name no font can print: their papers have the id and an empty line
    unused_columns: tuple[str, ...]  # of the class list


def make(plan_path: Path, roster_path: Path, seed: Any, out: Path, jobs: int | None = None,
         progress: Progress | None = None, theme: Path | None = None, layout: str = "", booklet: bool = False) -> Made:
    """Make the exam in the folder `out`, or finish it; with `theme` instead of the plan's own; with a print file in a `layout`
    ("two-up" or "booklet") and a booklet of solutions where they are wanted. Raises ExamwrightError; nothing is ever overwritten
    by another exam."""
    began = time.monotonic()
    seed = str(seed)
    if not seed.strip():
        raise ExamwrightError("The seed is empty. It gives all the numbers, so it has to be a word or number that nobody guesses.")
    plan = load_plan(plan_path, theme=load_theme(theme) if theme else None)
    listed = read_bytes(roster_path)  # once: it may be a pipe
    students = read_roster(roster_path, listed)
    _names_fit(students, roster_path)
    unnamed = _unprintable(students, plan)
    with _locked(out), _opened(out, plan, seed) as store:
        if plan.theme != PLAIN:
            keep_theme(plan.theme, out / THEME)
        known = store.papers()
        _same_class(known, students, out)
        looks = store.looks()
        other_look = tuple([s.id for s in students if s.id in known and _look(s) != looks.get(s.id, _look(Student("", "")))])
        noted = store.files()
        _files_noted(known, noted, out)
        todo = [s for s in students if s.id not in known or not _intact(out, noted, s)]
        versions = _versions(plan, students, known)
        issued = {(q[0], q[1]): q[2] for q in store.questions().values()}
        tasks = [(s, versions[s.id], {n: noted[n] for n in _paper_files(s.id)} if s.id in known else {}) for s in todo]
        sources = dict(issued)
        for result in _run(tasks, plan, seed, out, issued, jobs, progress, len(students)):
            if result["student"] in known:
                continue
            for question, file, source in result["questions"].values():
                if sources.setdefault((question, file), source) != source:
                    raise ExamwrightError(f"The question {question} has changed while this exam was made in {short_path(out)}, or two files "
                                          f"of this name are in the plan ({file}). Make the exam in a new folder.")
            store.add(result)
        _whole_class(out, store, students, progress)
        _extras(out, store, plan, seed, students, versions, issued, layout, booklet)
        spent: dict[str, float] = {}
        questions = set()
        for item in store.items():  # one at a time: a large class has a lot of them
            spent[item.student] = spent.get(item.student, 0) + float(item.shown["minutes"])
            questions.add(item.question)
    new = len([s for s in todo if s.id not in known])
    return Made(out, new, len(todo) - new, len(students) - len(todo), len(questions),
                (min(spent.values()), max(spent.values())), plan.points, time.monotonic() - began, other_look, unnamed,
                tuple(unused_columns(roster_path, listed)))


# ---- the folder ----------------------------------------------------------------------------


@contextlib.contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Only one run at a time works in a folder."""
    if out.exists() and not out.is_dir():
        raise ExamwrightError(f"{short_path(out)} is a file, not a folder.")
    if out.is_dir() and not (out / DB).exists() and any(p.name != ".lock" for p in out.iterdir()):
        raise ExamwrightError(f"{short_path(out)} is not empty and holds no exam. Choose a new folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExamwrightError(f"{short_path(out)}: {error.strerror}.") from None
    with lengthened(out / ".lock") as lock:
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            yield
            return
        for patience in range(10, -1, -1):  # the workers of a run that was killed take a moment to notice
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if not patience:
                    raise ExamwrightError(f"Another 'examwright make' is at work in {short_path(out)}.") from None
                time.sleep(0.1)
        yield


def _opened(out: Path, plan: Plan, seed: str) -> Store:
    """The exam.db of the folder: a new one, or the one of this very exam."""
    path = out / DB
    if not path.exists():
        from examwright import __version__

        part = out / (DB + ".part")
        for leftover in out.glob(DB + ".part*"):
            leftover.unlink()
        Store.create(part, plan.path.name, plan.source, seed, __version__, time.strftime("%Y-%m-%dT%H:%M:%S%z")).db.close()
        os.replace(part, path)
    store = Store.open(path, write=True)
    exam = store.exam()
    what = "was made with another seed" if exam["seed"] != seed else "was made from another plan" if exam["plan"] != plan.source else ""
    if what:
        store.db.close()
        raise ExamwrightError(f"{short_path(out)} holds another exam: it {what}. It is left as it is; choose a new folder.")
    return store


def _names_fit(students: list[Student], roster: Path) -> None:
    seen: dict[str, str] = {}
    for s in students:
        strange = OURS.search(s.name)
        if strange:
            raise ExamwrightError(f"{short_path(roster)}: the name of {s.id!r} has the character {code_of(strange.group())}, which no page can hold.")
        name = file_name(s.id).casefold()
        if name in seen:
            raise ExamwrightError(f"The ids {seen[name]!r} and {s.id!r} give the same file name.")
        seen[name] = s.id


def _unprintable(students: list[Student], plan: Plan) -> tuple[str, ...]:
    """The ids of those whose name has characters that our fonts lack. Raises ExamwrightError for such an id."""
    from examwright.generator.pages import printable

    for s in students:
        if not printable(s.id, plan.theme, plan.language):
            raise ExamwrightError(f"The fonts of the pages cannot print the id {s.id!r}. Put a font that can into a folder and name the "
                                  "folder in EXAMWRIGHT_FONTS.")
    return tuple([s.id for s in students if not printable(s.name, plan.theme, plan.language)])


def _same_class(known: dict[str, dict[str, str]], students: list[Student], out: Path) -> None:
    """The class may grow, but nobody who has a paper may vanish or be renamed."""
    now = {s.id: s.name for s in students}
    gone = [who for who in known if who not in now]
    if gone:
        raise ExamwrightError(f"{short_path(out)} holds another exam, or the class list has lost students: {', '.join(gone[:8])}{' …' if gone[8:] else ''} "
                              f"{'has a paper' if len(gone) == 1 else 'have papers'} there but {'is' if len(gone) == 1 else 'are'} not in the list. "
                              "Who has a paper stays in it, also who has left the course.")
    for who, row in known.items():
        if now[who] != row["name"]:
            raise ExamwrightError(f"{who} is called {now[who]!r} in the class list, but {row['name']!r} on the paper in "
                                  f"{short_path(out)}.")


def _look(student: Student) -> dict[str, Any]:
    """What exam.db keeps of how a student's paper looks."""
    from examwright.generator.pages import Look

    return asdict(Look(student.large, student.dyslexic, student.tint))


def _paper_files(who: str) -> tuple[str, str]:
    return f"papers/{file_name(who)}.pdf", f"keys/{file_name(who)}-key.pdf"


def _files_noted(known: Iterable[str], noted: Mapping[str, Any], out: Path) -> None:
    """Are the files of each known paper in exam.db? Raises ExamwrightError."""
    for who in known:
        for name in _paper_files(who):
            if name not in noted:
                raise damaged(out / DB, f"table file: {name} of student {who} is not in it")


def _intact(out: Path, noted: dict[str, tuple[str, int]], student: Student) -> bool:
    """Are the files of a noted paper there, with the bytes that were written?"""
    return all(unchanged(out / name, noted.get(name)) for name in _paper_files(student.id))


def _versions(plan: Plan, students: list[Student], known: dict[str, dict[str, str]]) -> dict[str, str]:
    """Student → version letter ("" where each has numbers of their own): the one of the paper that was issued, else dealt so that
    neighbours in the list differ."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    dealt = {s.id: letters[i % plan.versions] if plan.versions else "" for i, s in enumerate(students)}
    return {who: known[who]["variant"] if who in known else letter for who, letter in dealt.items()}


def write_atomic(path: Path, data: bytes | Iterable[bytes]) -> tuple[str, int]:
    """Write a file, given whole or in pieces, so that it is there whole or not at all; (sha256, bytes). Raises ExamwrightError."""
    seen, length = hashlib.sha256(), 0
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as f:
            for piece in [data] if isinstance(data, bytes) else data:
                f.write(piece)
                seen.update(piece)
                length += len(piece)
            f.flush()
            os.fsync(f.fileno())
        os.replace(part, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise ExamwrightError(f"{short_path(path)} cannot be written: {error.strerror}.") from None
    return seen.hexdigest(), length


# ---- one paper -----------------------------------------------------------------------------


_work: dict[str, Any] = {}  # of a worker process


def _start(plan_path: Path, plan_text: str, seed: str, out: Path, theme: Theme, issued: Issued) -> None:
    from examwright.generator.processes import Tidy

    _work.update(plan=load_plan(plan_path, plan_text, theme), seed=seed, out=out, issued=issued, tidy=Tidy())


def _run(tasks: list[Any], plan: Plan, seed: str, out: Path, issued: Issued, jobs: int | None, progress: Progress | None,
         whole: int) -> Iterator[dict[str, Any]]:
    from examwright.generator.processes import each
    from examwright.generator.processes import pool as processes

    for folder in (out, out / "papers", out / "keys"):
        folder.mkdir(exist_ok=True)
        for leftover in folder.glob(".*.part"):
            leftover.unlink()
    done = whole - len(tasks)
    if progress:
        progress(done, whole)
    if not tasks:
        return
    jobs = min(jobs or os.cpu_count() or 1, len(tasks))
    if jobs == 1:
        _work.update(plan=plan, seed=seed, out=out, issued=issued, tidy=None)
        for task in tasks:
            yield _print(task)
            done += 1
            if progress:
                progress(done, whole)
        return
    pool = processes(jobs, _start, (plan.path, plan.source, seed, out, plan.theme, issued))
    try:
        for result in each(pool, jobs, _print, tasks):
            yield result
            done += 1
            if progress:
                progress(done, whole)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _print(task: tuple[Student, str, dict[str, tuple[str, int]]]) -> dict[str, Any]:
    """Draw and print one student's paper and key; what is to be noted in exam.db. Where files of this paper are noted, what is printed
    must be the same: else it is not put in place."""
    from examwright import __version__
    from examwright.generator.pages import render

    student, version, before = task
    plan, seed, out = _work["plan"], _work["seed"], _work["out"]
    slots = as_issued(paper(plan, seed, f"version {version}" if version else student.id), _work["issued"], out)
    variants = [draw_variant(s.question, s.seed, s.pins, s.parts, plan.digits) for s in slots]
    code = paper_code(plan, student.id, version)
    items, questions = noted(plan, slots, variants)
    result: dict[str, Any] = {"student": student.id, "name": student.name, "variant": version, "code": code, "version": __version__,
                              "items": items, "questions": questions, "files": {}}
    about = {"title": plan.title, "course": plan.course, "date": plan.date, **{k: result[k] for k in ("student", "name", "code", "variant", "version")}}
    view = replace(paper_view(plan, student, code, slots, variants), data=embedded.dumps(about, result))
    try:
        pages = {name: render(view, kind) for name, kind in zip(_paper_files(student.id), ("paper", "key"))}
    except ExamwrightError as error:
        raise ExamwrightError(_with_culprit(plan, view, slots, variants, error)) from None
    for name, data in pages.items():
        if before and before[name] != (hashlib.sha256(data).hexdigest(), len(data)):
            raise ExamwrightError(f"{name} in {short_path(out)} is lost or was changed, and what is printed now differs from what was issued: "
                                  "other fonts, another theme, another version of Examwright or WeasyPrint, other questions in the "
                                  f"pool, or other entries of {student.id} in the class list. It is not put in place.")
    for name, data in pages.items():
        result["files"][name] = write_atomic(out / name, data)
    if view.look != type(view.look)():
        result["look"] = asdict(view.look)
    if _work["tidy"]:
        _work["tidy"]()
    return result


def _with_culprit(plan: Plan, view: Any, slots: list[Slot], variants: list[Variant], error: ExamwrightError) -> str:
    """What cannot be printed of a paper, and where it stands: in the plan, or in a question."""
    from examwright.generator import culprit

    if place := culprit.of_plan(view, plan.path, plan.source, error):
        return f"{place}: {error}"
    items = [i for section in view.sections for i in section.items]
    for slot, variant, item in zip(slots, variants, items):
        if not culprit.prints(view, item):
            place = culprit.of_question(view, item, variant, error)
            return f"{slot.name} (seed {slot.seed}): {error}{f', at {place}' if place else ''}"
    return str(error)


def as_issued(slots: list[Slot], issued: Issued, out: Path) -> list[Slot]:
    """The slots with the questions as they were issued in this exam, whatever has become of their files. Raises ExamwrightError where a
    changed file would change the points of a paper."""
    slots = list(slots)
    for i, slot in enumerate(slots):
        question = slot.question
        text = issued.get((question.id, question.path.name), question.source)
        if text != question.source:
            old = load_text(text, question.path, question.id)
            if [(p.name, p.points) for p in old.parts] != [(p.name, p.points) for p in question.parts]:
                raise ExamwrightError(f"The question {question.id} has other parts or points now than when this exam was begun in "
                                      f"{short_path(out)}. Put it back as it was, or make the exam in a new folder.")
            slots[i] = replace(slot, question=old)
    return slots


def noted(plan: Plan, slots: list[Slot], variants: list[Variant]) -> tuple[list[dict[str, Any]], dict[str, tuple[str, str, str]]]:
    """What exam.db keeps of one paper: its items, and its questions by the hash of their text."""
    items, questions = [], {}
    for slot, variant in zip(slots, variants):
        question = slot.question
        sha = hashlib.sha256(question.source.encode()).hexdigest()
        questions[sha] = (question.id, question.path.name, question.source)
        points = share_points(slot.points, [p.points for p in variant.parts])
        items.append({
            "number": slot.number, "name": _printed_name(slot), "question": sha, "seed": slot.seed, "carry": plan.digits,
            "parts": [[p.name, part_label(i, variant.parts), to_text(n)] for i, (p, n) in enumerate(zip(variant.parts, points))],
            "points": to_text(slot.points), "draws": {n: encode(variant.values[n]) for n in question.draw_names},
            "shown": wording.as_json(variant)})
    return items, questions


def _printed_name(slot: Slot) -> str:
    return slot.question.id if slot.name.endswith((".yaml", ".yml")) else slot.name


def part_label(i: int, parts: tuple[Part, ...]) -> str:
    """The letter of a part; "" where a question has only one."""
    return wording.label(i) if len(parts) > 1 else ""


def paper_code(plan: Plan, who: str, version: str) -> str:
    """A short code that tells papers apart. It comes from what is public anyway, not from the seed."""
    text = "\x1f".join([plan.title, plan.course, plan.date, who])
    code = base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:8]
    return f"{code[:4]}-{code[4:]}" + (f"-{version}" if version else "")


def paper_view(plan: Plan, student: Student, code: str, slots: list[Slot], variants: list[Variant]) -> Any:
    """What the page templates print."""
    from examwright.generator.pages import Look, PaperView, SectionView, printable
    from examwright.generator.pages.words import WORDS

    items = [item_view(s, v, plan.working, plan.language) for s, v in zip(slots, variants)]
    sections = tuple([SectionView(s.title, s.instructions, tuple([i for slot, i in zip(slots, items) if slot.section == k]))
                      for k, s in enumerate(plan.sections)])
    words = {**WORDS[plan.language], **dict(plan.theme.words)}
    return PaperView(
        title=plan.title, course=plan.course, date=plan.date, minutes=wording.points(plan.minutes + student.extra),
        points=wording.points(plan.points), rules=plan.instructions, digits=words["digits"].format(plan.digits), student=student.id,
        name=student.name if printable(student.name, plan.theme, plan.language) else "", code=code, sections=sections, language=plan.language,
        page_size=plan.paper, theme=plan.theme, look=Look(student.large, student.dyslexic, student.tint),
        extra=str(student.extra) if student.extra else "")


def sample_view(variant: Variant, theme: Theme) -> Any:
    """One variant as a paper of its own, for nobody: what `examwright preview` shows."""
    from examwright.generator.pages import PaperView, SectionView
    from examwright.generator.pages.words import WORDS

    points = sum((p.points for p in variant.parts), fmpq(0))
    language = theme.language or ("zh" if SIGN.search(variant.question.title) else "en")
    item = item_view(Slot(1, 0, variant.question.id, variant.question, {}, None, str(variant.seed), points), variant, True, language)
    return PaperView(
        title=variant.question.title, course=variant.question.id, date="", minutes=wording.points(wording.minutes(variant)),
        points=wording.points(points), rules=(), digits=WORDS[language]["digits"].format(variant.carry), student="", name="",
        code=f"seed {variant.seed}", sections=(SectionView("", "", (item,)),), language=language, theme=theme)


def item_view(slot: Slot, variant: Variant, working: bool, language: str) -> Any:
    """What stands on a page of one question; `working`: is there room for it? `language`: in which it is said how to answer."""
    from examwright.generator.pages import ItemView, PartView

    shares = share_points(slot.points, [p.points for p in variant.parts])
    parts = []
    for i, (part, points) in enumerate(zip(variant.parts, shares)):
        kind = wording.kind_of(variant, part)
        scale = points / part.points if part.points else fmpq(0)
        key = variant.values.get(part.name) if part.formula is not None else None
        mistakes = tuple([(kind.latex(w, language), wording.points(m.points * scale), wording.say(variant, part, m))
                          for m, w in zip(part.mistakes, variant.wrong.get(part.name, ())) if w is not None])
        given = part.formula is not None
        space = kind.space()
        parts.append(PartView(
            label=part_label(i, variant.parts), ask=wording.ask(variant, part, language), points=wording.points(points), asked=told(kind.asked(), language),
            space=space, key_latex=kind.latex(key, language) if given else "", key_plain=told(kind.plain(key), language) if given else "",
            accepted=told(wording.accepted(variant, part), language) if given else "", mistakes=mistakes,
            solution=wording.part_solution(variant, part, language),
            working=working and given and space["shape"] not in ("boxes", "lines")))
    closing = wording.closing(variant)
    return ItemView(number=str(slot.number), title=slot.question.title, text=wording.question_text(variant),
                    points=wording.points(slot.points), minutes=wording.points(wording.minutes(variant)), parts=tuple(parts), solution=closing)


# ---- the class -----------------------------------------------------------------------------


def _whole_class(out: Path, store: Store, students: list[Student], progress: Progress | None) -> None:
    """The print-ready file of all papers, and the blank answer form."""
    from examwright.generator.pages import merge

    noted = store.files()
    form = answer_form(store)
    if not unchanged(out / FORM, (hashlib.sha256(form).hexdigest(), len(form))):
        store.add_files({FORM: write_atomic(out / FORM, form)})
    names = [_paper_files(s.id)[0] for s in students]
    stamp = json.dumps([noted[n][0] for n in names])
    mark = hashlib.sha256(stamp.encode()).hexdigest()
    if unchanged(out / ALL, noted.get(ALL)) and noted.get(ALL + "/of", ("", 0))[0] == mark:
        return
    data = merge(((out / n).read_bytes() for n in names), duplex=True)
    store.add_files({ALL: write_atomic(out / ALL, data), ALL + "/of": (mark, len(names))})


def _extras(out: Path, store: Store, plan: Plan, seed: str, students: list[Student], versions: dict[str, str], issued: Issued,
            layout: str, booklet: bool) -> None:
    """The papers in another layout for the printer, and the solutions without names: of each version, or where every student has
    numbers of their own, of a paper that nobody has."""
    from examwright.generator.pages import render
    from examwright.generator.pages.printing import impose

    if layout:
        name = f"papers-{layout}.pdf"
        store.add_files({name: write_atomic(out / name, impose(((out / _paper_files(s.id)[0]).read_bytes() for s in students), layout))})
    if booklet:
        for version in sorted(set(versions.values())):
            slots = as_issued(paper(plan, seed, f"version {version}" if version else "solutions"), issued, out)
            variants = [draw_variant(s.question, s.seed, s.pins, s.parts, plan.digits) for s in slots]
            view = paper_view(plan, Student("", ""), paper_code(plan, "solutions", version), slots, variants)
            name = f"solutions{'-' + version if version else ''}.pdf"
            store.add_files({name: write_atomic(out / name, render(view, "booklet"))})


def answer_form(store: Store) -> bytes:
    """The blank form: a line for each student, a column for each part as printed ("3b")."""
    papers = store.papers()
    labels: dict[tuple[int, int], str] = {}
    for item in store.items():
        for i, (_, label, _) in enumerate(item.parts):
            old = labels.get((item.number, i), "")
            labels[item.number, i] = max(old, f"{item.number}{label}", key=len)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "name", *[labels[k] for k in sorted(labels)]])
    for who, row in papers.items():
        writer.writerow([safe_cell(who), safe_cell(row["name"]), *[""] * len(labels)])
    return text.getvalue().encode()


_PLAIN_NEGATIVE = re.compile(r"-[0-9][0-9.,/% ]*([eE][-+]?[0-9]+)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, without characters that no CSV file can hold (shown as U+FFFD)."""
    text = _CONTROL.sub("\ufffd", text)
    if text.lstrip()[:1] in tuple("=+@＝＋＠－") or text[:1] in ("\t", "\r") or (text.lstrip()[:1] == "-" and not _PLAIN_NEGATIVE.fullmatch(text.strip())):
        return "'" + text
    return text
