"""The pages of practice: topics, one question, progress."""

from __future__ import annotations

import json
import threading
from typing import Any

from starlette.responses import JSONResponse, Response

from examwright.generator import wording
from examwright.generator.errors import ExamwrightError
from examwright.practice import attempt, tasks
from examwright.practice.fields import MAX_LENGTH, typed
from examwright.practice.progress import SITS, progress, suggestion
from examwright.web.safety import inputs_of
from examwright.web.site import Site, Visit
from examwright.web.views import PartView, echo, part_of, typeset

MAX_NAME = 60


def home(visit: Visit) -> Response:
    """Topics and their questions, what is due, where to go on."""
    found = progress(visit.site.store, visit.learner, visit.site.catalogue)
    wanted = _wanted(visit)
    chosen = {f.id for f in visit.site.catalogue.choose(*wanted)}
    topics = {name: [s for s in standings if s.family.id in chosen] for name, standings in found.topics.items()}
    return visit.page("home", progress=found, topics={t: s for t, s in topics.items() if s}, all_topics=list(found.topics), query=visit.query, name_of=tasks.topic_name,
                      levels=tasks.LEVELS, sits=SITS, filtered=any(wanted),
                      next=suggestion([s for standings in topics.values() for s in standings]))


def next_question(visit: Visit) -> Response:
    """A fresh variant: of one family until it sits (`only`), or of what is best practised next (`topic`, `minutes`, `level`)."""
    only = visit.query.get("only")
    if only:
        return visit.to(address(visit.site.catalogue.family(only).id, tasks.fresh_seed()))
    chosen = {f.id for f in visit.site.catalogue.choose(*_wanted(visit))}
    found = progress(visit.site.store, visit.learner, visit.site.catalogue)
    best = suggestion([s for standings in found.topics.values() for s in standings if s.family.id in chosen], visit.query.get("last", ""))
    if best is None:
        raise ExamwrightError("No question fits this choice of topic, time and difficulty.")
    return visit.to(address(best.family.id, tasks.fresh_seed()))


def _wanted(visit: Visit) -> tuple[str | None, float | None, str | None]:
    """(topic, minutes at most, level) that were chosen; None for any."""
    minutes = visit.query.get("minutes", "")
    return visit.query.get("topic") or None, float(minutes) if minutes.isascii() and minutes.isdigit() else None, visit.query.get("level") or None


def address(question: str, seed: str) -> str:
    """The address of a variant: the same question with the same numbers, for everybody."""
    return f"/q/{question}/{seed}"


def question(visit: Visit) -> Response:
    """One variant: as it stands, or after what the learner did. An address without a seed leads to a new variant."""
    name, seed = visit.path["question"], visit.path["seed"]
    if name not in visit.site.catalogue.families:
        whole = f"{name}/{seed}"
        return visit.to(address(visit.site.catalogue.family(whole).id, tasks.fresh_seed()))
    variant = visit.site.catalogue.variant(name, seed)
    store = visit.site.store
    found = attempt.sheet(store, visit.learner, name, variant)
    if not visit.form:
        return _question_page(visit, found)
    inputs = cut(inputs_of(visit.form))
    before = found = attempt.with_inputs(found, inputs)
    what, _, part = visit.form.get("do", "").partition(" ")
    texts = attempt.texts_of(found, inputs)
    where = part
    if what == "check" and part:
        found = attempt.answer(store, found, {n: t for n, t in texts.items() if n == part})
    elif what == "check":
        fresh_parts = [p.part.name for p in found.parts if p.part.name in texts and not p.closed]
        found, where = attempt.answer(store, found, texts), fresh_parts[0] if fresh_parts else ""
    elif what == "hint":
        found = attempt.hint(store, found, part)
    elif what == "show":
        found = attempt.show(store, found, part)
    if found is before and any([v for cells in inputs.values() for v in cells.values()]):
        store.save_draft(visit.learner, attempt.place(name, seed), inputs)
    return visit.to(address(name, seed) + (f"#part-{where}" if where else ""))


def _question_page(visit: Visit, found: attempt.Sheet) -> Response:
    variant = found.variant
    texts = typeset(variant)
    family = visit.site.catalogue.family(found.question)
    standing = None
    if found.done:
        standings = progress(visit.site.store, visit.learner, visit.site.catalogue).topics[family.topic]
        standing = next((s for s in standings if s.family.id == family.id), None)
    return visit.page(
        "question", sheet=found, family=family, topic=tasks.topic_name(family.topic), title=texts.inline(variant.question.title), text=texts.block(wording.question_text(variant)),
        parts=[PartView(found, p) for p in found.parts], minutes=wording.minutes(variant), address=address(found.question, variant.seed),
        carry=variant.carry, closing=texts.block(wording.closing(variant)) if found.done and wording.closing(variant) else "",
        standing=standing, sits=SITS)


def cut(inputs: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """No input is longer than an answer may be."""
    return {part: {cell: value[:MAX_LENGTH] for cell, value in cells.items()} for part, cells in inputs.items()}


def read(visit: Visit) -> Response:
    """How the answer to a part is read, while it is typed; what stands in the fields is kept."""
    name, seed = visit.form.get("question", ""), visit.form.get("seed", "")
    variant = visit.site.catalogue.variant(name, seed)
    found = attempt.sheet(visit.site.store, visit.learner, name, variant)
    inputs = cut(inputs_of(visit.form))
    visit.site.store.save_draft(visit.learner, attempt.place(name, seed), inputs)
    part = found.part(part_of(variant, visit.form.get("part", "")).name)
    html, fault = echo(variant, part.kind, typed(part.field, part.kind, inputs.get(part.part.name, {})))
    return JSONResponse({"read": str(html), "fault": fault})


def progress_page(visit: Visit) -> Response:
    """How the learner stands."""
    found = progress(visit.site.store, visit.learner, visit.site.catalogue)
    known = visit.site.store.learner(visit.learner)
    families = {s.family.id: s.family for standings in found.topics.values() for s in standings}
    return visit.page("progress", progress=found, name=known[0] if known else "", known=known is not None, families=families, sits=SITS)


def rename(visit: Visit) -> Response:
    """Give oneself a name, or take it away."""
    visit.site.store.call(visit.learner, " ".join(visit.form.get("name", "").split())[:MAX_NAME])
    return visit.to("/progress")


def export(visit: Visit) -> Response:
    """All that is kept about the learner, as a file."""
    data = json.dumps(visit.site.store.export(visit.learner), ensure_ascii=False, indent=1)
    return Response(data, media_type="application/json", headers={"content-disposition": 'attachment; filename="examwright.json"'})


def forget(visit: Visit) -> Response:
    """Delete all that is kept about the learner; the browser is a new one then."""
    if visit.form.get("sure") != "yes":
        return visit.to("/progress#data")
    visit.site.store.forget(visit.learner)
    visit.session.clear()
    return visit.to("/")


def warm(site: Site, stop: threading.Event) -> None:
    """Typeset some variants of each family: the shapes of their formulas are known then, and the first learner does not wait."""
    for seed in ("warm-1", "warm-2", "warm-3"):
        for family in site.catalogue.families.values():
            if stop.is_set():
                return
            try:
                variant = tasks.variant(family.id, seed)
                texts = typeset(variant)
                texts.block(wording.question_text(variant))
                for part in variant.parts:
                    texts.block(wording.ask(variant, part))
                    texts.block(wording.part_solution(variant, part))
            except ExamwrightError:
                continue  # told when somebody asks for it


ROUTES: tuple[tuple[str, Any, list[str]], ...] = (
    ("/", home, ["GET"]), ("/next", next_question, ["GET"]), ("/read", read, ["POST"]),
    ("/progress", progress_page, ["GET"]), ("/progress/name", rename, ["POST"]), ("/progress/export", export, ["GET"]),
    ("/progress/forget", forget, ["POST"]),
    ("/q/{question:path}/{seed}", question, ["GET", "POST"]),
)
