"""What a learner has mastered, what to repeat and when, and which mistakes keep coming back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from flint import fmpq

from examwright.practice.attempt import mark_from
from examwright.practice.schedule import GOOD
from examwright.practice.store import Store, now
from examwright.practice.tasks import Catalogue, Family
from examwright.solvers.arithmetic import fmpq_of

SITS = 2  # good attempts in a row, from which a question counts as mastered


@dataclass(frozen=True)
class Standing:
    """A question as a learner stands to it. `share` is what the last attempt earned (None: there is none yet), `row` how many good attempts
    in a row there were last, `due` when to repeat it ("" if never tried)."""

    family: Family
    attempts: int
    share: float | None
    row: int
    due: str

    @property
    def mastered(self) -> bool:
        """True if it sits."""
        return self.row >= SITS


@dataclass(frozen=True)
class Habit:
    """A mistake that a learner makes: what is said about it (Markdown), in which question, how often, when last."""

    question: str
    cause: str
    say: str
    times: int
    last: str


@dataclass(frozen=True)
class Progress:
    """Everything of a learner: by topic, the questions that are due now (the longest due first), the mistakes (the most frequent first)."""

    topics: dict[str, list[Standing]]
    due: list[Standing]
    habits: list[Habit]
    attempts: int
    points: fmpq
    of: fmpq


def progress(store: Store, learner: str, catalogue: Catalogue) -> Progress:
    """How a learner stands."""
    results, cards, at = store.results(learner), store.cards(learner), now()
    by: dict[str, list[fmpq]] = {}
    points = of = fmpq(0)
    for question, _, got, most in results:
        by.setdefault(question, []).append(fmpq_of(got) / fmpq_of(most))
        points, of = points + fmpq_of(got), of + fmpq_of(most)
    topics = {topic: [_standing(f, by.get(f.id, []), cards.get(f.id, ("", ""))[0]) for f in families]
              for topic, families in catalogue.topics.items()}
    due = sorted([s for found in topics.values() for s in found if s.due and s.due <= at], key=lambda s: s.due)
    return Progress(topics, due, habits(store, learner), len(results), points, of)


def _standing(family: Family, shares: list[fmpq], due: str) -> Standing:
    row = 0
    for share in reversed(shares):
        if share < GOOD:
            break
        row += 1
    return Standing(family, len(shares), float(shares[-1]) if shares else None, row, due)


def habits(store: Store, learner: str) -> list[Habit]:
    """The mistakes that a learner made, the most frequent first; slips of the pen are one habit whatever the question."""
    found: dict[tuple[str, str], Habit] = {}
    for question, at, kept in store.marks(learner):
        mark = mark_from(kept)
        for cause in mark.causes[:1]:  # the one that counted
            key = ("", cause) if cause.startswith("slip/") else (question, cause)
            times = found[key].times if key in found else 0
            found[key] = Habit(*key, mark.say, times + 1, at)
    return sorted(found.values(), key=lambda h: (-h.times, h.last))


def suggestion(standings: Iterable[Standing], last: str = "") -> Standing | None:
    """What to practise next: what has been due longest, else something new, else what is not mastered yet, the weakest first; not the last
    question again if there is another one."""
    every = list(standings)
    found = [s for s in every if s.family.id != last] or every
    at = now()
    due = sorted([s for s in found if s.due and s.due <= at], key=lambda s: s.due)
    fresh = sorted([s for s in found if s.share is None], key=lambda s: s.family.minutes)
    weak = sorted([s for s in found if s.share is not None and not s.mastered], key=lambda s: s.share or 0.0)
    return next(iter([*due, *fresh, *weak, *found]), None)


def due(at: str) -> str:
    """When something is to be repeated: now, in 10 minutes, in 5 hours, on 2026-12-03."""
    minutes = (datetime.fromisoformat(at) - datetime.now(UTC)).total_seconds() / 60
    if minutes <= 0:
        return "now"
    if minutes < 90:
        return _in(max(1, round(minutes)), "minute")
    return _in(round(minutes / 60), "hour") if minutes < 24 * 60 else f"on {at[:10]}"


def _in(n: int, word: str) -> str:
    return f"in {n} {word}{'' if n == 1 else 's'}"
