"""An issued exam taken on screen: who may see which paper, when, and what they answered. Marks come from `examwright grade`, like those of
answers on paper, and are told when the instructor releases them."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from examwright.answers.phrases import Said, phrase
from examwright.generator import wording
from examwright.generator.errors import ExamwrightError
from examwright.generator.exam import sections_of, stored
from examwright.generator.feedback_view import FeedbackView
from examwright.generator.make import DB, THEME
from examwright.generator.pages.theme import kept_theme
from examwright.generator.question import Variant
from examwright.generator.roster import clean_id, read_roster
from examwright.generator.store import Store as ExamStore
from examwright.generator.store import StoredItem
from examwright.grader.papers import issued, notation_of
from examwright.practice.fields import field_of, typed
from examwright.practice.store import Sitting, Store, now

KEY_LENGTH = 12  # letters and digits of an access key
GRACE = timedelta(seconds=30)  # for what was on its way when the time was up


class Exam:
    """An issued exam and the database in which its sittings are kept. `opens` and `closes` bound when it can be taken (UTC; None: any time);
    a class list gives some students more minutes, also beyond `closes`."""

    def __init__(self, folder: Path, store: Store, opens: datetime | None = None, closes: datetime | None = None, roster: Path | None = None):
        """Raises ExamwrightError where there is no exam."""
        with ExamStore.open(folder / DB) as kept:
            about, self.papers, self.sources = kept.exam(), kept.papers(), kept.questions()
            self.items: dict[str, list[StoredItem]] = {}
            for item in kept.items():
                self.items.setdefault(item.student, []).append(item)
        self.folder, self.store, self.opens, self.closes = folder, store, opens, closes
        plan = stored(about["plan"])
        self.facts, self.notation, self.instructions = plan.facts, notation_of(about), plan.rules
        self.minutes = plan.minutes or max([sum([float(i.shown["minutes"]) for i in items]) for items in self.items.values()], default=0.0)
        self.language = self.facts.get("language") or kept_theme(folder / THEME).language or "en"
        self.sections = sections_of(about["plan"], min([len(items) for items in self.items.values()], default=0))
        self.extra = {s.id: float(s.extra) for s in read_roster(roster)} if roster else {}
        self.id = hashlib.sha256("\x1f".join([about["plan"], about["seed"], about["made"]]).encode()).hexdigest()[:16]
        self._variants: dict[tuple[str, int], Variant] = {}

    # ---- who ----

    def key(self, student: str) -> str:
        """The access key of a student: only who holds the database's secret can make it."""
        found = hmac.new(self.store.secret.encode(), f"{self.id}\x1f{student}".encode(), hashlib.sha256).digest()
        return base64.b32encode(found).decode()[:KEY_LENGTH]

    def admitted(self, student: str, key: str) -> str | None:
        """The student's id, where the key is theirs."""
        known = {clean_id(who).casefold(): who for who in self.papers}
        who = known.get(clean_id(student).casefold(), "")
        typed_key = "".join(key.split()).upper().replace("-", "")
        return who if hmac.compare_digest(self.key(who).encode(), typed_key.encode()) and who else None

    def access(self) -> str:
        """A CSV with the access key of each student, to be sent to them one by one."""
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["student", "name", "access key"])
        rows.writerows([[who, paper["name"], self.key(who)] for who, paper in self.papers.items()])
        return out.getvalue()

    # ---- when ----

    def closed_now(self, student: str) -> Said:
        """Why a student cannot begin now; "" if nothing is against it."""
        at = datetime.now(UTC)
        if self.opens and at < self.opens:
            return phrase("The exam opens on {when}.", when=_when(self.opens, self.language))
        if self.closes and at >= self.closes + timedelta(minutes=self.extra.get(student, 0)):
            return phrase("The exam closed on {when}.", when=_when(self.closes, self.language))
        return ""

    def sitting(self, student: str) -> Sitting | None:
        """A student's sitting; None before it is begun."""
        return self.store.sitting(self._id(student))

    def begin(self, student: str) -> Sitting:
        """Begin, or go on where one was. Raises ExamwrightError outside the time window."""
        found = self.sitting(student)
        if found is None:
            fault = self.closed_now(student)
            if fault:
                raise ExamwrightError(fault)
            begun = datetime.fromisoformat(now())
            extra = timedelta(minutes=self.extra.get(student, 0))
            until = begun + timedelta(minutes=self.minutes) + extra
            if self.closes:
                until = min(until, self.closes + extra)
            self.store.begin_sitting(Sitting(self._id(student), self._id(student), self.facts["title"], begun.isoformat(timespec="microseconds"),
                                             until.astimezone(UTC).isoformat(timespec="microseconds"), None, ()))
            found = self.sitting(student)
        assert found is not None
        return found

    @staticmethod
    def over(sitting: Sitting) -> bool:
        """True if nothing can be saved any more."""
        return sitting.handed_in is not None or datetime.fromisoformat(now()) > datetime.fromisoformat(sitting.until) + GRACE

    # ---- what ----

    def variant(self, student: str, number: int) -> Variant:
        """A question as it was issued to a student. Raises ExamwrightError."""
        found = self._variants.get((student, number))
        if found is None:
            item = next((i for i in self.items[student] if i.number == number), None)
            if item is None:
                raise ExamwrightError(phrase("There is no question {n} on your paper.", n=number))
            found = self._variants[student, number] = issued(item, self.sources)
        return found

    def section(self, number: int) -> tuple[str, str]:
        """(title, instructions) of the section in which a question stands (Markdown)."""
        return next(((title, text) for title, text, first in reversed(self.sections) if first <= number), ("", ""))

    def draft(self, student: str, number: int) -> dict[str, dict[str, str]]:
        """What stands in the fields of a question."""
        return self.store.draft(self._id(student), str(number))

    def save(self, student: str, number: int, inputs: Mapping[str, Mapping[str, str]]) -> bool:
        """Keep what stands in the fields; False where it is too late or was handed in."""
        return self.store.save_open(self._id(student), str(number), inputs, self.over)

    def hand_in(self, student: str) -> bool:
        """Hand in, once. False where that was done."""
        return self.store.hand_in(self._id(student), now())

    def answers(self, student: str, number: int, inputs: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """Part → what was answered, as text, from what stands in the fields of a question."""
        variant = self.variant(student, number)
        out = {}
        for part in variant.parts:
            kind = wording.kind_of(variant, part)
            out[part.name] = typed(field_of(kind), kind, inputs.get(part.name, {}))
        return {name: text for name, text in out.items() if text}

    # ---- afterwards ----

    def collected(self) -> tuple[str, Sequence[str], Sequence[str]]:
        """(the answers of all who have handed in or whose time is up, as a CSV for `examwright grade`; who they are; who is still at work)."""
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["student", "item", "answer"])
        done, working = [], []
        for student in self.papers:
            if self.sitting(student) is None:
                continue
            drafts = self.store.over_drafts(self._id(student), self.over)
            if drafts is None:
                working.append(student)
                continue
            done.append(student)
            for item in self.items[student]:
                given = self.answers(student, item.number, drafts.get(str(item.number), {}))
                rows.writerows([[student, f"{item.number}{label}", given[name]] for name, label, _ in item.parts if name in given])
        return out.getvalue(), done, working

    @property
    def released(self) -> bool:
        """True once students may see their results."""
        return bool(self.store.setting(f"released {self.id}"))

    def release(self, yes: bool = True) -> None:
        """Let students see their results, or hold them back again."""
        self.store.set(f"released {self.id}", now() if yes else "")

    def feedback(self, student: str) -> FeedbackView | None:
        """A student's feedback, by the marks that stand; None before the release, and for who has not sat the exam to its end. Raises
        ExamwrightError where nothing is marked."""
        sitting = self.sitting(student)
        if not self.released or sitting is None or not self.over(sitting):
            return None
        from examwright.grader.feedback import feedback
        from examwright.grader.grade import current
        from examwright.grader.papers import rules_of
        from examwright.grader.records import read

        marks = [m for m in current(self.folder).marks if m.student == student]
        if not marks:
            raise ExamwrightError(phrase("Nothing of yours is marked."))
        record = read(self.folder)
        return feedback(record.about, self.papers[student], record.items[student], marks, rules_of(record), self.language)

    def _id(self, student: str) -> str:
        """The name of a student's sitting, and of the learner whose drafts are its answers: no browser's id is like it."""
        return f"exam {self.id} {student}"


_TIMES = {"en": "%d %B %Y at %H:%M (%Z)", "de": "%d.%m.%Y, %H:%M (%Z)", "fr": "%d/%m/%Y, %H:%M (%Z)", "es": "%d/%m/%Y, %H:%M (%Z)", "zh": "%Y-%m-%d %H:%M (%Z)"}


def _when(at: datetime, language: str) -> str:
    return at.astimezone().strftime(_TIMES[language])
