"""Several questions against a clock: the mixed midterm for practice, and an issued exam on screen."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flint import fmpq
from starlette.responses import HTMLResponse, JSONResponse, Response

from examwright.answers.phrases import phrase
from examwright.answers.phrases import told as in_language
from examwright.answers.reader import DEFAULT, Notation
from examwright.generator import wording
from examwright.generator.errors import ExamwrightError
from examwright.generator.exam import facts_of
from examwright.generator.feedback_pages import render_feedback_page
from examwright.generator.index import plan_paths
from examwright.generator.question import Variant
from examwright.generator.webpage import POLICY
from examwright.practice import midterm
from examwright.practice.exam import Exam
from examwright.practice.fields import field_of, typed
from examwright.practice.store import Sitting, now
from examwright.practice.tasks import topic_name
from examwright.web.pages import address, cut
from examwright.web.safety import inputs_of
from examwright.web.site import Visit
from examwright.web.views import PartView, echo, typeset
from examwright.web.words import SCREEN

KIND = "exam"  # of the session: who is admitted to the exam


# ---- what both have in common ------------------------------------------------------------------

class Row:
    """A question of a sitting in the list of all, under the head of its section."""

    def __init__(self, number: int, variant: Variant, worth: fmpq, inputs: dict[str, dict[str, str]], section: tuple[str, str],
                 language: str = "en"):
        self.section = section
        self.number, self.title, self.points = number, typeset(variant, language).inline(variant.question.title), wording.points(worth)
        self.of = len(variant.parts)
        self.answered = len([p for p in variant.parts if any([v.strip() for v in inputs.get(p.name, {}).values()])])


class ItemView:
    """A question of a sitting, to be answered: nothing of its key is here."""

    def __init__(self, number: int, variant: Variant, worth: fmpq, inputs: dict[str, dict[str, str]], section: tuple[str, str],
                 notation: Notation = DEFAULT, language: str = "en"):
        texts = typeset(variant, language)
        self.section, self.carry = section, variant.carry
        self.number, self.title, self.points = number, texts.inline(variant.question.title), wording.points(worth)
        self.text = texts.block(wording.question_text(variant))
        self.parts = [AnswerView(variant, i, inputs, notation, language) for i in range(len(variant.parts))]


class AnswerView:
    """A part of it: what is asked, and what stands in its fields."""

    def __init__(self, variant: Variant, i: int, inputs: dict[str, dict[str, str]], notation: Notation, language: str):
        part, texts = variant.parts[i], typeset(variant, language)
        self.name, self.id, self.label = part.name, part.name, wording.label(i) if len(variant.parts) > 1 else ""
        self.kind = wording.kind_of(variant, part)
        self.field = field_of(self.kind)
        self.title = f"({self.label})" if self.label else SCREEN[language]["your_answer"]
        self.ask = texts.block(wording.ask(variant, part, language))
        self.asked = texts.asked(self.kind, self.field)
        self.options = [(mark, texts.inline(text)) for mark, text in self.field.options]
        self.row_heads, self.column_heads = texts.heads(self.field)
        self.inputs = inputs.get(part.name, {})
        self.raw = typed(self.field, self.kind, self.inputs)
        self.read: Any = ""
        self.fault = ""
        if self.raw:
            self.read, self.fault = echo(variant, self.kind, self.raw, notation, language)
        self.closed = False


def _read(variant: Variant, name: str, inputs: dict[str, dict[str, str]], notation: Notation, language: str) -> tuple[Any, str]:
    for i, part in enumerate(variant.parts):
        if part.name == name:
            view = AnswerView(variant, i, inputs, notation, language)
            return view.read, view.fault
    raise ExamwrightError(phrase("There is no part {name}.", name=repr(name[:60])))


def _saved(visit: Visit, saved: bool, variant: Variant, inputs: dict[str, dict[str, str]], notation: Notation = DEFAULT) -> Response:
    """The answer to a page's own request to save: how it is read, or that it was too late."""
    if not saved:
        return JSONResponse({"error": str(visit.words["too_late"])}, 409)
    html, fault = _read(variant, visit.form.get("part", ""), inputs, notation, visit.site.language)
    return JSONResponse({"read": str(html), "fault": fault, "saved": now()})


def _shown(visit: Visit, sitting: Sitting, rows: list[Row], base: str, current: ItemView | None, who: str = "") -> Response:
    """The page of one question, or of all. The seconds that are left are told, for the clock of a student's computer may be wrong."""
    left = (datetime.fromisoformat(sitting.until) - datetime.fromisoformat(now())).total_seconds()
    return visit.page("sitting", sitting=sitting, rows=rows, base=base, current=current, who=who, left=max(0, int(left)))


def _by_script(visit: Visit) -> bool:
    return "part" in visit.form


# ---- the mixed midterm -------------------------------------------------------------------------

def midterms(visit: Visit) -> Response:
    """The plans there are, and what was sat."""
    if visit.form:
        plan = visit.form.get("plan", "")
        if plan not in plan_paths():
            raise ExamwrightError("There is no such plan.")
        return visit.to(f"/midterm/{midterm.start(visit.site.store, visit.learner, plan)}")
    return visit.page("midterms", plans=_plans(), sittings=visit.site.store.sittings(visit.learner))


def _plans() -> dict[str, list[tuple[str, str, str]]]:
    """(name, name in words, minutes or "") of the plans there are, as midterms, quizzes and worksheets."""
    found: dict[str, list[tuple[str, str, str]]] = {"midterm": [], "quiz": [], "worksheet": []}
    for name, path in sorted(plan_paths().items()):
        kind = next((k for k in ("quiz", "worksheet") if name.endswith(f"-{k}")), "midterm")
        found[kind].append((name, topic_name(name.removesuffix(f"-{kind}")), _minutes(path, path.stat().st_mtime_ns)))
    return found


@lru_cache(maxsize=200)
def _minutes(path: Path, changed: int) -> str:
    """The minutes that stand in a plan's file, as it was changed last."""
    return facts_of(path.read_text(encoding="utf-8")).get("minutes", "")


def midterm_page(visit: Visit) -> Response:
    """A midterm: what there is to answer, or how it came out."""
    store = visit.site.store
    sitting = midterm.find(store, visit.learner, visit.path["id"])
    if visit.form.get("do") == "hand in":
        midterm.hand_in(store, sitting)
        return visit.to(f"/midterm/{sitting.id}")
    items = midterm.items(sitting)
    if sitting.handed_in is None:
        return _shown(visit, sitting, _rows(visit, sitting, items), f"/midterm/{sitting.id}", None)
    sheets = [midterm.sheet(store, sitting, i) for i in items]
    rows = [{"number": i.number, "title": typeset(i.variant).inline(i.variant.question.title), "points": wording.points(midterm.scaled(i, s)),
             "of": wording.points(i.points), "address": f"/midterm/{sitting.id}/{i.number}"} for i, s in zip(items, sheets)]
    total = sum([midterm.scaled(i, s) for i, s in zip(items, sheets)], fmpq(0))
    return visit.page("midterm_result", sitting=sitting, rows=rows, points=wording.points(total), of=wording.points(sum([i.points for i in items], fmpq(0))))


def midterm_question(visit: Visit) -> Response:
    """One question of a midterm, to be answered, or marked and with its solution."""
    store, number = visit.site.store, int(visit.path["number"])
    sitting = midterm.find(store, visit.learner, visit.path["id"])
    items = midterm.items(sitting)
    if not 1 <= number <= len(items):
        raise ExamwrightError(f"There is no question {number} in this midterm.")
    item = items[number - 1]
    base = f"/midterm/{sitting.id}"
    if sitting.handed_in is not None:
        if visit.form:
            return _saved(visit, False, item.variant, {}) if _by_script(visit) else visit.to(base)
        found, texts = midterm.sheet(store, sitting, item), typeset(item.variant)
        closing = wording.closing(item.variant)
        return visit.page("marked", sitting=sitting, number=number, of=len(items), base=base, title=texts.inline(item.variant.question.title),
                          text=texts.block(wording.question_text(item.variant)), parts=[PartView(found, p) for p in found.parts],
                          points=wording.points(midterm.scaled(item, found)), worth=wording.points(item.points), again=address(item.question, "")[:-1],
                          closing=texts.block(closing) if closing else "")
    if visit.form:
        inputs = cut(inputs_of(visit.form))
        saved = midterm.save(store, sitting, number, inputs)
        if _by_script(visit):
            return _saved(visit, saved, item.variant, inputs)
        return visit.to(_where(visit, base, number, len(items)))
    current = ItemView(number, item.variant, item.points, store.draft(visit.learner, midterm.place(sitting, number)), item.section)
    return _shown(visit, sitting, _rows(visit, sitting, items), base, current)


def _rows(visit: Visit, sitting: Sitting, items: list[midterm.Item]) -> list[Row]:
    return [Row(i.number, i.variant, i.points, visit.site.store.draft(visit.learner, midterm.place(sitting, i.number)), i.section) for i in items]


def _where(visit: Visit, base: str, number: int, of: int) -> str:
    """Where a form of a sitting leads after saving."""
    go = visit.form.get("go", "")
    if go == "next":
        number += 1
    elif go == "previous":
        number -= 1
    elif go == "all":
        return base
    return f"{base}/{number}" if 1 <= number <= of else base


# ---- an issued exam ----------------------------------------------------------------------------

def _exam(visit: Visit) -> Exam:
    assert visit.site.exam is not None
    return visit.site.exam


def _student(visit: Visit) -> str | None:
    """Who is admitted in this browser; sessions are signed, so nobody else can be named."""
    found = visit.session.get(KIND)
    exam = _exam(visit)
    return found[1] if isinstance(found, list) and len(found) == 2 and found[0] == exam.id and found[1] in exam.papers else None


def exam_door(visit: Visit) -> Response:
    """Where a student comes in with id and access key."""
    exam = _exam(visit)
    student = _student(visit)
    if visit.form.get("do") == "leave":
        visit.session.pop(KIND, None)
        return visit.to("/")
    if visit.form.get("do") == "begin" and student:
        exam.begin(student)
        return visit.to("/exam/1")
    fault = ""
    if visit.form:
        if visit.site.guess_rate.wait(visit.address):
            fault = visit.words["too_many_tries"]
        else:
            student = exam.admitted(visit.form.get("student", "")[:100], visit.form.get("key", "")[:100])
            if student:
                visit.session[KIND] = [exam.id, student]
                return visit.to("/")
            fault = visit.words["not_together"]
    sitting = exam.sitting(student) if student else None
    if sitting and not exam.over(sitting):
        return visit.to("/exam")
    return visit.page("exam_door", status=200 if not fault else 403, facts=exam.facts, instructions=exam.instructions, student=student, fault=fault, sitting=sitting, typed=visit.form.get("student", "")[:100],
                      name=exam.papers[student]["name"] if student else "", minutes=exam.minutes + exam.extra.get(student or "", 0),
                      closed=in_language(exam.closed_now(student), exam.language) if student else "", released=exam.released)


def exam_paper(visit: Visit) -> Response:
    """A student's paper as a whole; handing in."""
    exam, student = _exam(visit), _student(visit)
    sitting = exam.sitting(student) if student else None
    if student is None or sitting is None:
        return visit.to("/")
    if visit.form.get("do") == "hand in":
        exam.hand_in(student)
        return visit.to("/")
    if exam.over(sitting):
        return visit.to("/")
    return _shown(visit, sitting, _rows_of(exam, student), "/exam", None, _who(exam, student))


def exam_question(visit: Visit) -> Response:
    """One question of a student's paper; saving."""
    exam, student, number = _exam(visit), _student(visit), int(visit.path["number"])
    sitting = exam.sitting(student) if student else None
    if student is None or sitting is None:
        return visit.to("/")
    variant = exam.variant(student, number)
    if visit.form:
        inputs = cut(inputs_of(visit.form))
        saved = exam.save(student, number, inputs)
        if _by_script(visit):
            return _saved(visit, saved, variant, inputs, exam.notation)
        return visit.to(_where(visit, "/exam", number, len(exam.items[student])) if saved else "/")
    if exam.over(sitting):
        return visit.to("/")
    worth = next(i.points for i in exam.items[student] if i.number == number)
    current = ItemView(number, variant, worth, exam.draft(student, number), exam.section(number), exam.notation, exam.language)
    return _shown(visit, sitting, _rows_of(exam, student), "/exam", current, _who(exam, student))


def exam_result(visit: Visit) -> Response:
    """The feedback of a student, once it is released."""
    exam, student = _exam(visit), _student(visit)
    view = exam.feedback(student) if student else None
    if view is None:
        return visit.to("/")
    return HTMLResponse(render_feedback_page(view, "/"), headers={"content-security-policy": POLICY + "; frame-ancestors 'none'"})


def _rows_of(exam: Exam, student: str) -> list[Row]:
    return [Row(i.number, exam.variant(student, i.number), i.points, exam.draft(student, i.number), exam.section(i.number), exam.language)
            for i in exam.items[student]]


def _who(exam: Exam, student: str) -> str:
    name = exam.papers[student]["name"]
    return f"{name} ({student})" if name else student


Routes = tuple[tuple[str, Any, list[str]], ...]
MIDTERM: Routes = (("/midterm", midterms, ["GET", "POST"]), ("/midterm/{id}", midterm_page, ["GET", "POST"]),
                   ("/midterm/{id}/{number:int}", midterm_question, ["GET", "POST"]))
EXAM: Routes = (("/", exam_door, ["GET", "POST"]), ("/exam", exam_paper, ["GET", "POST"]),
                ("/exam/{number:int}", exam_question, ["GET", "POST"]), ("/exam/result", exam_result, ["GET"]))
