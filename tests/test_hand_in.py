"""Saving and handing in at the same moment: what was accepted counts, what comes after is refused."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from examwright.generator import wording  # noqa: E402
from examwright.practice import midterm  # noqa: E402
from examwright.practice.exam import Exam  # noqa: E402
from examwright.practice.fields import field_of  # noqa: E402
from examwright.practice.store import Sitting, Store, now  # noqa: E402


@pytest.fixture
def store(tmp_path: Path) -> Any:
    found = Store(str(tmp_path / "practice.db"))
    yield found
    found.close()


class Elsewhere:
    """Another process that is in the middle of writing: it holds the database until `commit`."""

    def __init__(self, store: Store):
        self.db = sqlite3.connect(store.place, isolation_level=None, check_same_thread=False)
        self.db.execute("BEGIN IMMEDIATE")

    def draft(self, learner: str, place: str, inputs: Any) -> None:
        self.db.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?)", (learner, place, now(), json.dumps(inputs)))

    def meanwhile(self, work: Callable[[], Any]) -> Any:
        """Begin some work here, commit once it waits, and give its result."""
        out: list[Any] = []
        thread = threading.Thread(target=lambda: out.append(work()))
        thread.start()
        time.sleep(0.3)  # long enough to read whatever it reads before it has to wait
        assert thread.is_alive(), "it did not wait"
        self.db.execute("COMMIT")
        self.db.close()
        thread.join()
        return out[0]


def test_a_saving_that_comes_while_it_is_handed_in_is_refused(two: Path, store: Store) -> None:
    exam = Exam(two / "out", store)
    sitting = exam.begin("007")
    assert exam.save("007", 1, {"total": {"": "1"}})
    other = Elsewhere(store)
    other.db.execute("UPDATE sitting SET handed_in = ? WHERE id = ?", (now(), sitting.id))
    assert not other.meanwhile(lambda: exam.save("007", 1, {"total": {"": "2"}}))
    assert exam.draft("007", 1) == {"total": {"": "1"}}


def test_a_saving_that_comes_before_the_end_is_collected(two: Path, store: Store) -> None:
    """It was accepted in time, but is not written yet when the time is up and the instructor collects."""
    exam = Exam(two / "out", store)
    begun = datetime.now(UTC) - timedelta(hours=2)
    store.begin_sitting(Sitting(exam._id("007"), exam._id("007"), "An exam", begun.isoformat(timespec="microseconds"),
                                (begun + timedelta(hours=1)).isoformat(timespec="microseconds"), None, ()))
    other = Elsewhere(store)
    other.draft(exam._id("007"), "1", {"total": {"": "at the last moment"}})
    text, done, working = other.meanwhile(exam.collected)
    assert "at the last moment" in text and (done, working) == (["007"], [])


def in_words(sitting: Sitting) -> tuple[midterm.Item, str]:
    """A question of a midterm, and a part of it that is answered with words of one's own."""
    return next((i, p.name) for i in midterm.items(sitting) for p in i.variant.parts
                if field_of(wording.kind_of(i.variant, p)).shape in ("line", "long", "grid"))


def test_a_midterm_is_marked_by_all_that_was_accepted(store: Store) -> None:
    id = midterm.start(store, "ann", "midterm")
    sitting = midterm.find(store, "ann", id)
    item, name = in_words(sitting)
    assert midterm.save(store, sitting, item.number, {name: {"": "first", "0.0": "first"}})
    other = Elsewhere(store)
    other.draft("ann", midterm.place(sitting, item.number), {name: {"": "second", "0.0": "second"}})
    done = other.meanwhile(lambda: midterm.hand_in(store, sitting))
    latest = midterm.sheet(store, done, item).part(name).latest
    assert latest and latest.text == "second"
    assert not midterm.save(store, sitting, item.number, {})  # whoever holds an older sitting


def test_marking_that_was_killed_is_finished_by_the_next_look(store: Store) -> None:
    sitting = midterm.find(store, "ann", midterm.start(store, "ann", "midterm"))
    item, name = in_words(sitting)
    assert midterm.save(store, sitting, item.number, {name: {"": "1", "0.0": "1"}})
    store.hand_in(sitting.id, now())  # and here the server was killed
    found = midterm.sheet(store, midterm.find(store, "ann", sitting.id), item)
    assert found.done and found.part(name).latest


def rush(stores: list[Store], exam_of: Callable[[Store], Exam], student: str) -> None:
    """Six tabs of one student save as fast as they can, and a seventh hands in: what was accepted last stands, and nothing else is there."""
    exams = [exam_of(store) for store in stores]
    exams[0].begin(student)
    accepted: dict[str, str] = {}
    refused = threading.Event()

    def tab(n: int) -> None:
        exam, place = exams[n % len(exams)], 100 + n  # a question of its own: so we know what it saved last
        for i in range(10_000):
            if not exam.save(student, place, {"total": {"": str(i)}}):
                refused.set()
                return
            accepted[str(place)] = str(i)

    threads = [threading.Thread(target=tab, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    while len(accepted) < 6:
        time.sleep(0.01)
    assert exams[-1].hand_in(student) and not exams[0].hand_in(student)
    at_the_end = stores[-1].over_drafts(exams[0]._id(student), Exam.over)
    for thread in threads:
        thread.join()
    assert refused.is_set() and at_the_end is not None
    assert {place: inputs["total"][""] for place, inputs in at_the_end.items()} == accepted
    assert stores[0].over_drafts(exams[0]._id(student), Exam.over) == at_the_end


def test_many_tabs_save_while_one_hands_in(two: Path, store: Store) -> None:
    other = Store(store.place)  # as another process would
    rush([store, other], lambda s: Exam(two / "out", s), "008")
    other.close()
