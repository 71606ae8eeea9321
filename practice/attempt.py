"""One learner at one variant: answers, hints, solutions, and what they earn.

An attempt is what its events say, nothing else: `sheet` reads them, the other functions add some. Each answer is marked once, by the
grader, with the answers to the other parts at that time, and the mark is kept with it.

A part is closed when it is right, when its solution was asked for, or when its value was given away as a hint for a later part. It earns the best of
its answers; each hint and each further answer before that costs a quarter of its points. What could not be read costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flint import fmpq

from examwright.generator import wording
from examwright.generator.errors import ExamwrightError
from examwright.generator.question import Part, Variant
from examwright.grader.mark import Mark, mark_variant
from examwright.practice import schedule
from examwright.practice.fields import MAX_LENGTH, Field, as_read, field_of, typed
from examwright.practice.hints import Hint, Route, gives_away, hints, routes
from examwright.practice.store import Event, Store, now
from examwright.practice.tasks import source_hash
from examwright.solvers.arithmetic import fmpq_of

COST = fmpq(1, 4)  # of the part's points, for a hint or a further answer
MOST_TRIES = 30  # of one part


class Revised(ExamwrightError):
    """The question's file has changed since the attempt was begun."""


@dataclass(frozen=True)
class Try:
    """An answer: what was typed, and its mark."""

    text: str
    mark: Mark


@dataclass(frozen=True)
class PartSheet:
    """How far one part is. `hints` were given, `more` says that there are others; `shown`: its solution was asked for; `points` is what it has
    earned so far, None where it is marked by hand, and `worth` what a right answer would earn now."""

    part: Part
    label: str
    kind: Any
    field: Field
    inputs: Mapping[str, str]
    tries: tuple[Try, ...]
    hints: tuple[Hint, ...]
    more: bool
    shown: bool
    points: fmpq | None
    worth: fmpq

    @property
    def right(self) -> bool:
        """True once an answer was fully right."""
        return any([t.mark.points == t.mark.of for t in self.tries if not t.mark.open])

    @property
    def closed(self) -> bool:
        """True if nothing can be answered any more, and the solution may be seen."""
        told = self.kind.own_key and any([not t.mark.open for t in self.tries])  # the reasons that were told are the key
        return self.shown or self.right or told or (self.kind.manual and bool(self.tries)) or len(self.tries) >= MOST_TRIES

    @property
    def latest(self) -> Try | None:
        """The last answer."""
        return self.tries[-1] if self.tries else None

    @property
    def tone(self) -> str:
        """How the part looks: "" (nothing yet), shown, right, partly, wrong, open (the latest answer could not be read)."""
        latest = self.latest
        if latest is None:
            return "shown" if self.shown else ""
        if self.right:
            return "right"
        if latest.mark.open:
            return "open"
        return "partly" if latest.mark.points > 0 else "wrong"

    @property
    def verdict(self) -> str:
        """The mark of the latest answer in a few words."""
        latest = self.latest
        if latest is None:
            return ""
        if self.kind.manual:
            return "Compare your answer with the solution"
        mark = latest.mark
        if 0 < mark.points < mark.of and mark.why != "follow-through":
            return "Partly right"
        return _VERDICTS[mark.why]

    @property
    def fault(self) -> str:
        """Why the latest answer could not be marked, as a sentence; "" if it could. (The evidence of a mark may hold the key.)"""
        latest = self.latest
        if latest is None or not latest.mark.open or self.kind.manual:
            return ""
        text = as_read(self.kind, latest.text)[2] or "it cannot be told whether this is right; write it in another form"
        return f"{text[:1].upper()}{text[1:]}." + ("" if self.closed else " This costs nothing.")

    @property
    def say(self) -> str:
        """What is told about the latest answer besides (Markdown)."""
        latest = self.latest
        return "" if latest is None or latest.mark.open else latest.mark.say


_VERDICTS = {"key": "Right", "rounded": "Right, rounded", "follow-through": "Right from your own value", "mistake": "Not right", "wrong": "Not right",
             "blank": "No answer", "unreadable": "I could not read this", "undecided": "I am not sure how to read this"}


@dataclass(frozen=True)
class Sheet:
    """A learner's attempt at a variant as it stands."""

    learner: str
    question: str
    variant: Variant
    parts: tuple[PartSheet, ...]
    seen: int  # events
    unsaved: Mapping[str, Mapping[str, str]] | None = None  # what stands in the fields, to be kept with the next event

    @property
    def begun(self) -> bool:
        """True if anything was answered, hinted at or shown."""
        return self.seen > 0

    @property
    def done(self) -> bool:
        """True if every part is closed."""
        return all([p.closed for p in self.parts])

    @property
    def points(self) -> fmpq:
        """What was earned so far."""
        return sum([p.points for p in self.parts if p.points is not None], fmpq(0))

    @property
    def of(self) -> fmpq:
        """What could be earned, without parts that are marked by hand."""
        return sum([p.part.points for p in self.parts if p.points is not None], fmpq(0))

    def part(self, name: str) -> PartSheet:
        """The part of that name. Raises ExamwrightError."""
        for p in self.parts:
            if p.part.name == name:
                return p
        raise ExamwrightError(f"{self.question} asks for no part {name[:60]!r}.")

    def waits_for(self, part: PartSheet) -> list[str]:
        """The other parts, by their letters, that have to be closed before the solution of a part can be shown, because it tells their keys."""
        told = gives_away(self.variant, part.part)
        return [p.label for p in self.parts if p.part.name in told and not p.closed]

    def routes_of(self, part: PartSheet) -> list[Route]:
        """The chain run from each known mistake of the latest answer to a closed part that was not right; none that shows the value of an open part."""
        wrong = [t for t in part.tries if not t.mark.open and t.mark.causes]
        if not wrong or not part.closed:
            return []
        texts = {**self.texts(), part.part.name: wrong[-1].text}
        still_open = {p.part.name for p in self.parts if not p.closed}
        return [r for r in routes(self.variant, part.part, wrong[-1].mark.causes, texts) if still_open.isdisjoint([line.name for line in r.lines])]

    def texts(self) -> dict[str, str]:
        """The latest answer to each part."""
        return {p.part.name: p.latest.text for p in self.parts if p.latest}


def place(question: str, seed: str) -> str:
    """Where the drafts of a variant are kept."""
    return f"{question}/{seed}"


def sheet(store: Store, learner: str, question: str, variant: Variant) -> Sheet:
    """The attempt as it stands. Raises Revised where it was begun with another text of the question."""
    source, events = store.events(learner, question, variant.seed)
    if source is not None and source != source_hash(variant):
        raise Revised("This question has been revised since you began it. Take another one like it.")
    drafts = store.draft(learner, place(question, variant.seed))
    parts = tuple([_part(variant, i, events, drafts.get(p.name, {})) for i, p in enumerate(variant.parts)])
    return Sheet(learner, question, variant, parts, len(events))


def _part(variant: Variant, i: int, events: list[Event], inputs: Mapping[str, str]) -> PartSheet:
    part = variant.parts[i]
    kind = wording.kind_of(variant, part)
    tries: list[Try] = []
    given = counted = 0
    shown = False
    best = fmpq(0)
    for event in events:
        if event.part != part.name:
            continue
        if event.what == "hint":
            given += 1
        elif event.what == "shown":
            shown = True
        else:
            assert event.mark is not None
            mark = mark_from(event.mark)
            tries.append(Try(event.text, mark))
            if not mark.open:
                if not shown:
                    best = max(best, _worth(mark.points, part.points, given + counted))
                counted += 1
    worth = fmpq(0) if shown else _worth(part.points, part.points, given + counted)
    ways = _hints(variant, part)
    return PartSheet(part, wording.label(i) if len(variant.parts) > 1 else "", kind, field_of(kind), inputs, tuple(tries),
                     tuple(ways[:given]), len(ways) > given, shown, None if kind.manual else best, worth)


def _worth(points: fmpq, of: fmpq, costs: int) -> fmpq:
    """Points less a quarter of the full ones for each hint and each earlier answer, but not below 0."""
    return max(points - COST * costs * of, fmpq(0))


def _hints(variant: Variant, part: Part) -> list[Hint]:
    """The hints to a part, the same ones whatever else was answered meanwhile."""
    key = ("hints", part.name)
    if key not in variant.cache:
        variant.cache[key] = hints(variant, part, [p.name for p in variant.parts])
    ways: list[Hint] = variant.cache[key]
    return ways


def with_inputs(found: Sheet, inputs: Mapping[str, Mapping[str, str]]) -> Sheet:
    """The sheet with what stands in the fields now (part → input → text), which is kept with whatever is done next."""
    return replace(found, unsaved=inputs)


# ---- what a learner does ----------------------------------------------------------------------

def texts_of(found: Sheet, inputs: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The answers as text, from what stands in the fields (part → input → text); blank ones are left out."""
    texts = {p.part.name: typed(p.field, p.kind, inputs.get(p.part.name, {})) for p in found.parts}
    return {name: text for name, text in texts.items() if text.strip()}


def answer(store: Store, found: Sheet, texts: Mapping[str, str]) -> Sheet:
    """Mark the answers to some open parts and keep them. Closed parts, blank answers and a repetition of the latest answer change nothing.
    Raises ExamwrightError for a part that is none."""
    fresh = {}
    for name, text in texts.items():
        p, text = found.part(name), text[:MAX_LENGTH]
        if text.strip() and not p.closed and (p.latest is None or p.latest.text != text):
            fresh[name] = text
    if not fresh:
        return found
    marks = _marks(found, fresh)
    return _added(store, found, [Event(now(), "answer", name, text, mark_json(marks[name])) for name, text in fresh.items()])


def _marks(found: Sheet, fresh: Mapping[str, str]) -> dict[str, Mark]:
    """The marks of the fresh answers. An answer to another part that cannot be read is left out, for nobody will read it later."""
    texts = {**found.texts(), **fresh}
    readable = {name: text for name, text in texts.items() if not as_read(found.part(name).kind, text)[2]}
    marks = {m.part: m for m in mark_variant(found.variant, readable)}
    return {name: marks[name] if name in readable else next(m for m in mark_variant(found.variant, {name: text}) if m.part == name)
            for name, text in fresh.items()}


def hint(store: Store, found: Sheet, name: str) -> Sheet:
    """Give the next hint to a part; where that is the value of an earlier part, this one is closed."""
    p = found.part(name)
    if p.closed or not p.more:
        return found
    way = _hints(found.variant, p.part)[len(p.hints)]
    events = [Event(now(), "hint", name, way.name, None)]
    if way.part and not found.part(way.part).closed:
        events.append(Event(now(), "shown", way.part, "", None))
    return _added(store, found, events)


def show(store: Store, found: Sheet, name: str) -> Sheet:
    """Close a part and show its solution."""
    return found if found.part(name).closed else _added(store, found, [Event(now(), "shown", name, "", None)])


def _added(store: Store, found: Sheet, events: list[Event]) -> Sheet:
    """The sheet with some events more; where another tab was quicker, what stands there now. A finished attempt is noted."""
    variant = found.variant
    draft = None if found.unsaved is None else (place(found.question, variant.seed), found.unsaved)
    store.record(found.learner, found.question, variant.seed, source_hash(variant), found.seen, events, draft)
    after = sheet(store, found.learner, found.question, variant)
    if after.done and after.of:
        card = schedule.after(store.cards(found.learner).get(found.question), after.points / after.of)
        store.finish(found.learner, found.question, variant.seed, str(after.points), str(after.of), *card)
    return after


# ---- marks as they are kept --------------------------------------------------------------------

def mark_json(mark: Mark) -> dict[str, Any]:
    """A mark for the database."""
    return {"part": mark.part, "points": str(mark.points), "of": str(mark.of), "why": mark.why, "read": mark.read, "evidence": mark.evidence,
            "say": mark.say, "raw": mark.raw, "causes": list(mark.causes)}


def mark_from(kept: Mapping[str, Any]) -> Mark:
    """The mark that `mark_json` wrote."""
    return Mark(kept["part"], fmpq_of(kept["points"]), fmpq_of(kept["of"]), kept["why"], kept["read"], kept["evidence"], kept["say"],
                kept["raw"], tuple(kept["causes"]))
