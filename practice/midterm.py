"""A mixed midterm for practice: a paper drawn by an exam plan, against a clock, marked as a whole when it is handed in.

Until then nothing is marked and no seed is told, so nobody can look its solutions up; afterwards its questions are attempts like others.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flint import fmpq

from examwright.generator.errors import ExamwrightError
from examwright.generator.exam import load_plan, paper
from examwright.generator.question import Variant
from examwright.generator.store import decode, encode
from examwright.practice import attempt
from examwright.practice.attempt import Sheet
from examwright.practice.store import Sitting, Store, now
from examwright.practice.tasks import variant
from examwright.solvers.arithmetic import fmpq_of

GRACE = timedelta(seconds=15)  # for what was on its way when the time was up


@dataclass(frozen=True)
class Item:
    """One question of a sitting; `points` is what it is worth there, `section` the (title, instructions) of the section it stands in (Markdown)."""

    number: int
    question: str
    variant: Variant
    points: fmpq
    section: tuple[str, str] = ("", "")


def start(store: Store, learner: str, plan_name: str) -> str:
    """Begin a midterm of a plan; its id. Raises ExamwrightError, Problems."""
    plan = load_plan(plan_name)
    id, seed, begun = secrets.token_urlsafe(12), secrets.token_hex(16), datetime.fromisoformat(now())
    items = tuple([{"question": slot.name, "seed": slot.seed, "points": str(slot.points), "parts": slot.parts, "carry": plan.digits,
                    "section": [plan.sections[slot.section].title, plan.sections[slot.section].instructions],
                    "pins": {n: encode(v) for n, v in slot.pins.items()}} for slot in paper(plan, seed, learner)])
    until = begun + timedelta(minutes=float(plan.minutes))
    store.begin_sitting(Sitting(id, learner, plan.title, begun.isoformat(timespec="microseconds"), until.isoformat(timespec="microseconds"),
                                None, items))
    return id


def find(store: Store, learner: str, id: str) -> Sitting:
    """A learner's own midterm; one whose time is up is handed in. Raises ExamwrightError where there is none, or it is another's."""
    found = store.sitting(id)
    if found is None or found.learner != learner:
        raise ExamwrightError("There is no such midterm.")
    if found.handed_in is None and over(found):
        found = hand_in(store, found)
    return found


def over(sitting: Sitting) -> bool:
    """True if it was handed in or its time is up, with some seconds for what was on its way."""
    return sitting.handed_in is not None or datetime.fromisoformat(now()) > datetime.fromisoformat(sitting.until) + GRACE


def items(sitting: Sitting) -> list[Item]:
    """The questions of a midterm. Raises ExamwrightError where one cannot be drawn any more."""
    return [Item(n, i["question"], variant(i["question"], i["seed"], i["parts"], {k: decode(v) for k, v in i["pins"].items()}, i["carry"]),
                 fmpq_of(i["points"]), tuple(i.get("section", ("", "")))) for n, i in enumerate(sitting.items, 1)]


def place(sitting: Sitting, number: int) -> str:
    """Where the drafts of one of its questions are kept."""
    return f"sitting {sitting.id}/{number}"


def save(store: Store, sitting: Sitting, number: int, inputs: Mapping[str, Mapping[str, str]]) -> bool:
    """Keep what stands in the fields of a question; False where it is too late."""
    return store.save_open(sitting.id, place(sitting, number), inputs, over)


def sheet(store: Store, sitting: Sitting, item: Item) -> Sheet:
    """The attempt behind a question of a midterm that was handed in, with all parts marked and closed. Where that was not finished, because
    the server was killed, it is now."""
    found = attempt.sheet(store, sitting.learner, item.question, item.variant)
    if not found.done:
        found = attempt.answer(store, found, attempt.texts_of(found, store.draft(sitting.learner, place(sitting, item.number))))
        for part in found.parts:
            found = attempt.show(store, found, part.part.name)
    return found


def hand_in(store: Store, sitting: Sitting) -> Sitting:
    """Hand in, once, and mark everything. What is saved in the fields does not change any more when marking begins."""
    store.hand_in(sitting.id, min(now(), sitting.until))
    after = store.sitting(sitting.id)
    assert after is not None
    for item in items(after):
        sheet(store, after, item)
    return after


def scaled(item: Item, found: Sheet) -> fmpq:
    """What a question earned, in points of the midterm. Parts that are marked by hand are left out."""
    return item.points * found.points / found.of if found.of else fmpq(0)
