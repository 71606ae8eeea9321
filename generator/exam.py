"""Exam plans: which questions a paper has, in which order, for how many points.

A plan is a YAML file (docs/exam-plan.md). Loading it reports every fault at once; `paper` then says which
question, with which seed, stands under which number on one student's paper.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.answers.precision import HALF
from examwright.generator import index
from examwright.generator.bank import LONG, TITLE, check_keys, exact_value, find_item, load_bank, text_of
from examwright.generator.draw import DEFAULT_CARRY
from examwright.generator.errors import ExamwrightError, Problems, nearest
from examwright.generator.load import UnknownQuestion, load
from examwright.generator.pages.theme import LANGUAGES, PLAIN, Theme, load_theme
from examwright.generator.question import Question
from examwright.generator.random import Stream
from examwright.generator.store import DAMAGE, damaged
from examwright.generator.yamlfile import MAX_BYTES, Source, Y, read

PLAN_KEYS = ("title", "course", "date", "minutes", "points", "digits", "fewer_digits", "language", "paper", "pool", "versions",
             "instructions", "working", "notation", "theme", "sections")
SECTION_KEYS = ("title", "instructions", "questions")
FIXED_KEYS = ("question", "points", "parts", "set")
PICK_KEYS = ("pick", "topic", "minutes", "points")
PAPERS = ("A4", "Letter")
MAX_FILES = 2_000  # of a pool
MAX_BROKEN = 50  # of these that are told before the others are given up


@dataclass(frozen=True)
class Entry:
    """One line of a section: a fixed question (with pinned values and chosen parts), or `pick` questions
    out of `candidates`. `points` are those of each question."""

    points: fmpq
    name: str = ""  # as the plan writes it: a question, or an item of a bank
    pins: tuple[tuple[str, Any], ...] = ()
    parts: tuple[str, ...] | None = None
    pick: int = 0
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A titled group of questions."""

    title: str
    instructions: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Plan:
    """An exam plan as loaded. `digits` are the significant digits that students carry; `fewer_digits` is the share of
    the points for a right answer in fewer digits than asked; `versions` is 0 where every student gets numbers of
    their own."""

    path: Path
    source: str
    title: str
    course: str
    date: str
    minutes: fmpq
    points: fmpq
    digits: int
    fewer_digits: fmpq
    language: str
    paper: str
    versions: int
    instructions: tuple[str, ...]
    working: bool
    decimal_comma: bool | None
    log_base: str | None
    sections: tuple[Section, ...]
    theme: Theme = PLAIN


@dataclass(frozen=True)
class Slot:
    """A question on a paper: its printed number, section, name in the plan, seed, and points."""

    number: int
    section: int
    name: str
    question: Question
    pins: dict[str, Any]
    parts: tuple[str, ...] | None
    seed: str
    points: fmpq


def load_plan(path: str | Path, text: str | None = None, theme: Theme | None = None) -> Plan:
    """The plan of a file, or of a name in banks/ ("midterm"); with `theme` instead of its own. Raises Problems with all
    its faults, those of the question files and the theme that it names included."""
    path = Path(path)
    if text is None and not path.exists() and path.suffix not in (".yaml", ".yml"):
        plans = index.plan_paths()
        if str(path) not in plans:
            raise ExamwrightError(f"There is no plan {str(path)!r}. {nearest(str(path), plans)}".strip())
        path = plans[str(path)]
    source, root = read(path, text)
    return _Loader(source, root, theme).plan()


@dataclass(frozen=True)
class Stored:
    """What is read back of a stored plan; no question is looked up. `facts` are its single values as they were written (title, course,
    date, language, paper, …), `rules` its instructions (Markdown)."""

    facts: dict[str, str]
    rules: tuple[str, ...]
    minutes: float
    decimal_comma: bool | None
    log_base: str | None
    fewer_digits: fmpq
    sections: Y | None


@lru_cache(maxsize=4)
def stored(text: str) -> Stored:
    """The plan that exam.db keeps. Raises ExamwrightError where that is none."""
    path = Path("exam.db")
    try:
        source, root = read(path, text)
        loader = _Loader(source, root, PLAIN)
        minutes, rules = loader.positive("minutes"), loader.texts(loader.top.get("instructions"), "instructions")  # older versions had no bound
        loader.word("language", "en", LANGUAGES)
        loader.word("paper", "A4", PAPERS)
        (comma, base), fewer = loader.notation(), loader.share("fewer_digits", HALF)
        source.finish()
    except Problems as error:
        first = error.problems[0]
        raise damaged(path, f"table exam, plan, line {first.line}: {first.message}") from None
    facts = {name: y.text for name, y in loader.top.items() if not isinstance(y.value, (dict, list))}
    return Stored(facts, tuple(rules), float(minutes), comma, base, fewer, loader.top.get("sections"))


def facts_of(text: str) -> dict[str, str]:
    """The single values of a stored plan as they were written. Raises ExamwrightError."""
    return stored(text).facts


def sections_of(text: str, items: int) -> tuple[tuple[str, str, int], ...]:
    """(title, instructions, number of its first question) of each section of a stored plan, on a paper of so many questions. () where only the
    question files could tell: with `pick: all` in several sections. Raises ExamwrightError."""
    try:
        return _sections_of(stored(text).sections, items)
    except DAMAGE:
        raise damaged(Path("exam.db"), "table exam, plan: its sections are not those of a plan") from None


def _sections_of(y: Y | None, items: int) -> tuple[tuple[str, str, int], ...]:
    heads, counts = [], []
    for section in y.value if y is not None else ():
        given = {name: y.text for name, y in section.value.items() if name != "questions"}
        heads.append((given.get("title", ""), given.get("instructions", "")))
        picks = [q.value["pick"] if isinstance(q.value, dict) and "pick" in q.value else None for q in section.value["questions"].value]
        counts.append(None if [p for p in picks if p is not None and not isinstance(p.value, int)] else sum([p.value if p else 1 for p in picks]))
    known = sum([c for c in counts if c is not None])
    if counts.count(None) > 1 or (known != items if None not in counts else known >= items):
        return ()
    out, first = [], 1
    for (title, instructions), count in zip(heads, counts):
        out.append((title, instructions, first))
        first += items - known if count is None else count
    return tuple(out)


class _Loader:
    """Reads one plan and collects its faults."""

    def __init__(self, source: Source, root: Y, theme: Theme | None):
        self.source = source
        self.root = root
        self.given_theme = theme
        self.top = check_keys(source, root, PLAN_KEYS, "an exam plan")
        self.broken: list[ExamwrightError] = []
        self.every: dict[int, list[Entry]] = {}  # of each `pick: all`, by the identity of its place
        self.own: dict[str, dict[str, Any]] = {}  # the listing of each question of the pool that stands beside the plan, by its path

    def plan(self) -> Plan:
        source, top = self.source, self.top
        if not isinstance(self.root.value, dict):
            source.finish()
        for key in ("title", "minutes", "points", "sections"):
            if key not in top and not (key in ("minutes", "points") and self.all_fixed()):
                source.fault((1, 1), f"the plan has no '{key}'.", key)
        title, course, date = [text_of(source, top.get(key), key, most=TITLE) for key in ("title", "course", "date")]
        minutes, points = self.positive("minutes"), self.positive("points")
        digits = self.whole("digits", DEFAULT_CARRY, 2, 12)
        fewer = self.share("fewer_digits", HALF)
        versions = self.whole("versions", 0, 1, 26)
        working = self.flag("working", True)
        comma, log_base = self.notation()
        theme = self.theme()
        language = self.word("language", theme.language or "en", LANGUAGES)
        paper = self.word("paper", "A4", PAPERS)
        instructions = tuple(self.texts(top.get("instructions"), "instructions", LONG))
        sections = self.sections(self.pool())
        if "points" in top:
            self.sums(sections, points)
        else:
            points = sum((e.points for s in sections for e in s.entries), fmpq(0))
        if "minutes" not in top and not self.broken and not source.problems:
            minutes = sum((_minutes(e) for s in sections for e in s.entries), fmpq(0))
        if self.broken:
            problems = list(source.problems)
            for error in self.broken:
                problems += error.problems if isinstance(error, Problems) else []
            raise Problems(problems) if problems else self.broken[0]
        source.finish()
        return Plan(source.path, source.text, title, course, date, minutes, points, digits, fewer, language, paper, versions,
                    instructions, working, comma, log_base, sections, theme)

    # single values

    def positive(self, key: str) -> fmpq:
        y = self.top.get(key)
        if y is None:
            return fmpq(0)
        return self.number(y, key)

    def number(self, y: Y, what: str) -> fmpq:
        value = exact_value(y, self.source) if not isinstance(y.value, (dict, list)) else None
        if isinstance(value, bool) or not isinstance(value, fmpq) or value <= 0:
            self.source.fault(y, f"{what} must be a positive number.", y.text)
            return fmpq(0)
        return value

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        y = self.top.get(key)
        if y is None:
            return default
        if isinstance(y.value, bool) or not isinstance(y.value, int) or not low <= y.value <= high:
            self.source.fault(y, f"{key} must be a whole number from {low} to {high}.", y.text)
            return default
        return y.value

    def share(self, key: str, default: fmpq) -> fmpq:
        y = self.top.get(key)
        if y is None:
            return default
        value = exact_value(y, self.source) if not isinstance(y.value, (dict, list)) else None
        if isinstance(value, bool) or not isinstance(value, fmpq) or not 0 <= value <= 1:
            self.source.fault(y, f"{key} must be a share of the points from 0 to 1, such as 1/2.", y.text)
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        y = self.top.get(key)
        if y is None:
            return default
        if not isinstance(y.value, bool):
            self.source.fault(y, f"{key} must be true or false.", y.text)
            return default
        return y.value

    def word(self, key: str, default: str, allowed: Sequence[str]) -> str:
        y = self.top.get(key)
        if y is None:
            return default
        if y.value not in allowed:
            self.source.fault(y, f"{key} {y.text!r} is not known.", y.text, nearest(str(y.value), allowed))
            return default
        return str(y.value)

    def texts(self, y: Y | None, what: str, most: int = MAX_BYTES) -> list[str]:
        if y is None:
            return []
        listed = y.value if isinstance(y.value, list) else [y]
        return [text_of(self.source, item, what, most=most) for item in listed]

    def notation(self) -> tuple[bool | None, str | None]:
        y = self.top.get("notation")
        if y is None:
            return None, None
        found = check_keys(self.source, y, ("decimal", "log"), "notation")
        comma: bool | None = None
        if "decimal" in found:
            d = found["decimal"]
            if d.value not in ("comma", "point"):
                self.source.fault(d, "decimal must be 'comma' or 'point'.", d.text)
            comma = d.value == "comma"
        base: str | None = None
        if "log" in found:
            b = found["log"]
            base = str(b.value)
            if base not in ("e", "2", "10"):
                self.source.fault(b, "log must be e, 2 or 10: the base of a bare log.", b.text)
        return comma, base

    def theme(self) -> Theme:
        """The look of the pages: the one given, or that of the file which the plan names."""
        y = self.top.get("theme")
        if self.given_theme is not None or y is None:
            return self.given_theme or PLAIN
        name = text_of(self.source, y, "theme")
        path = self.source.path.parent / name
        if not name or not os.path.isfile(path):  # false, too, for what can be no name
            if name and os.path.lexists(path):
                self.source.fault(y, f"theme {name!r} is no regular file.", name)
                return PLAIN
            there = [p.name for p in self.source.path.parent.glob("*.y*ml") if p.is_file()] if name else []
            self.source.fault(y, f"there is no theme file {name[:60]!r} beside the plan.", name, nearest(name, there, 0))
            return PLAIN
        try:
            return load_theme(path)
        except Problems as error:
            self.broken.append(error)
            return PLAIN

    def pool(self) -> tuple[str, ...]:
        """The ids that may be picked, in order."""
        ids = list(index.question_paths())
        y = self.top.get("pool")
        if y is None:
            return tuple(ids)
        out: list[str] = []
        for item in y.value if isinstance(y.value, list) else [y]:
            name = text_of(self.source, item, "pool")
            if not name:
                continue
            banks = index.bank_paths()
            if name in banks:
                try:
                    found = list(load_bank(name).pool)
                except Problems as error:
                    self.broken.append(error)
                    continue
            else:
                try:
                    found = [i for i in ids if fnmatch.fnmatchcase(i, name)] or self.beside(name)
                except index.TooMany as error:
                    self.source.fault(item, f"pool {name!r} is too much: {error}", name)
                    break
            if not found:
                beside = [f"{p.name}/*" for p in self.source.path.parent.iterdir() if p.is_dir()] if self.source.path.parent.is_dir() else []
                self.source.fault(item, f"no bank or question matches {name[:60]!r}.", name, nearest(name, [*banks, *ids, *beside], 0))
            out += [i for i in found if i not in out]
        return tuple(out)

    def beside(self, name: str) -> list[str]:
        """The question files that a folder, a file or a pattern (`own/*`) names, seen from the plan's folder, in the order of their ids. Raises TooMany."""
        base = self.source.path.parent
        while name and not any([c in name.partition("/")[0] for c in "*?["]):  # what has no pattern in it is walked into
            first, _, rest = name.partition("/")
            if not os.path.isdir(base / first):
                break
            base, name = base / first, rest
        if base == self.source.path.parent:
            return []
        wanted = name.removesuffix(".yaml").removesuffix(".yml")
        paths = [path for relative, path in index.question_paths(base).items() if not name or fnmatch.fnmatchcase(relative, wanted)]
        if len(paths) > MAX_FILES:
            raise index.TooMany(f"it has {len(paths)} question files; {MAX_FILES} are allowed.")
        out = []
        broken = 0
        for path in paths:
            try:
                question = load(str(path))
            except ExamwrightError as error:
                self.broken.append(error)
                broken += 1
                if broken == MAX_BROKEN:  # a folder of something else
                    raise index.TooMany(f"{broken} of its files are no questions, and there may be more.") from None
                continue
            self.own[str(path)] = {"id": str(path), "topics": question.topics, "folder": question.id.split("/")[0], "minutes": question.minutes}
            out.append(str(path))
        return out

    # sections

    def sections(self, pool: tuple[str, ...]) -> tuple[Section, ...]:
        y = self.top.get("sections")
        if y is None:
            return ()
        if not isinstance(y.value, list) or not y.value:
            self.source.fault(y, "sections must be a list of {title, instructions, questions}.")
            return ()
        drafts: list[tuple[str, str, list[Y]]] = []
        for item in y.value:
            found = check_keys(self.source, item, SECTION_KEYS, "a section")
            questions = found.get("questions")
            listed: list[Y] = []
            if questions is None or not isinstance(questions.value, list) or not questions.value:
                self.source.fault(questions or item, "a section has a list of questions.", "questions")
            else:
                listed = questions.value
            drafts.append((text_of(self.source, found.get("title"), "title", most=TITLE),
                           text_of(self.source, found.get("instructions"), "instructions", most=LONG), listed))
        fixed = {self.question_of(q) for _, _, listed in drafts for q in listed}
        for q in [q for _, _, listed in drafts for q in listed if _takes_all(q)]:
            self.every[id(q)] = self.all_of(q, pool, fixed)
            fixed |= {e.name for e in self.every[id(q)]}
        picked: list[tuple[set[str], int]] = []
        out = []
        for title, instructions, listed in drafts:
            entries: list[Entry | None] = []
            for q in listed:
                entries += self.every[id(q)] if id(q) in self.every else [self.entry(q, pool, fixed, picked)]
            out.append(Section(title, instructions, tuple([e for e in entries if e is not None])))
        return tuple(out)

    def all_fixed(self) -> bool:
        """Are the questions the same on all papers? Then the plan need not say how many points and minutes they come to."""
        y = self.top.get("sections")
        lists = [s.value.get("questions") for s in y.value if isinstance(s.value, dict)] if y is not None and isinstance(y.value, list) else []
        entries = [q for listed in lists if listed is not None and isinstance(listed.value, list) for q in listed.value]
        return bool(entries) and not [q for q in entries if isinstance(q.value, dict) and "pick" in q.value and not _takes_all(q)]

    def all_of(self, y: Y, pool: tuple[str, ...], fixed: set[str]) -> list[Entry]:
        """The entries of `pick: all`."""
        found = check_keys(self.source, y, PICK_KEYS, "a pick")
        points = self.number(found["points"], "points") if "points" in found else None
        matching = self.matching(found, pool)
        names = [c for c in matching or () if c not in fixed]
        if matching is not None and not names:
            self.source.fault(y, "no question of the pool matches (questions named elsewhere are left out).", "pick")
        entries = []
        for name in names:
            try:
                entries.append(Entry(points or load(name).points, name))
            except ExamwrightError as error:
                self.broken.append(error)
        return entries

    def question_of(self, y: Y) -> str:
        """The question file of a fixed entry, "" for a pick."""
        name = y.value.get("question") if isinstance(y.value, dict) else y
        if name is None:
            return ""
        try:
            return _file_of(located(str(name.value), self.source.path))
        except ExamwrightError:
            return ""

    def entry(self, y: Y, pool: tuple[str, ...], fixed: set[str], picked: list[tuple[set[str], int]]) -> Entry | None:
        if isinstance(y.value, str):  # a bare id
            return self.fixed(y, {"question": y})
        if not isinstance(y.value, dict):
            self.source.fault(y, "a question is {question: ID, …} or {pick: N, topic: T, …}.")
            return None
        if "pick" in y.value:
            return self.picks(check_keys(self.source, y, PICK_KEYS, "a pick"), y, pool, fixed, picked)
        found = check_keys(self.source, y, FIXED_KEYS, "a question")
        if "question" not in found:
            self.source.fault(y, "this entry has neither 'question' nor 'pick'.", "question")
            return None
        return self.fixed(y, found)

    def fixed(self, y: Y, found: Mapping[str, Y]) -> Entry | None:
        source = self.source
        name = text_of(source, found["question"], "question")
        if not name:
            return None
        name = located(name, self.source.path)
        try:
            item = None if name.endswith((".yaml", ".yml")) else find_item(name)
            question = load(item.question if item else name)
        except UnknownQuestion:
            source.fault(found["question"], f"there is no question {name!r}.", name,
                         nearest(name, index.question_paths(), 0))
            return None
        except Problems as error:
            self.broken.append(error)
            return None
        pins = dict(item.pins) if item else {}
        if "set" in found:
            if not isinstance(found["set"].value, dict):
                source.fault(found["set"], "set must be a mapping of drawn names to values.")
            else:
                for key, value in found["set"].value.items():
                    if key not in question.draw_names:
                        source.fault(found["set"].keys[key], f"{name} draws nothing called {key!r}.", key,
                                     nearest(key, question.draw_names))
                    pins[key] = exact_value(value, source)
        parts = item.parts if item else None
        names = [p.name for p in question.parts]
        if "parts" in found:
            chosen = self.texts(found["parts"], "parts")
            listed = found["parts"].value if isinstance(found["parts"].value, list) else [found["parts"]]
            for part, at in zip(chosen, listed):
                if part not in names:
                    source.fault(at, f"{name} has no part {part!r}.", part, nearest(part, names))
            parts = tuple([n for n in names if n in chosen])
        own = sum((p.points for p in question.parts if parts is None or p.name in parts), fmpq(0))
        points = self.number(found["points"], "points") if "points" in found else own
        return Entry(points, name, tuple(pins.items()), parts)

    def picks(self, found: Mapping[str, Y], y: Y, pool: tuple[str, ...], fixed: set[str],
              picked: list[tuple[set[str], int]]) -> Entry | None:
        source = self.source
        count = found["pick"].value
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 50:
            if not _takes_all(y):  # of which the faults have been told
                source.fault(found["pick"], "pick must be a whole number from 1 to 50, or all.", found["pick"].text)
            return None
        if "points" not in found:
            source.fault(y, "a pick needs 'points' (for each question), so that all papers have the same total.", "points")
        points = self.number(found["points"], "points") if "points" in found else fmpq(0)
        candidates = self.matching(found, pool)
        if candidates is None:
            return None
        free = [c for c in candidates if c not in fixed]
        taken = sum(min(n, len(others & set(free))) for others, n in picked)
        if len(free) - taken < count:
            why = f"only {len(free)} question{'s' if len(free) != 1 else ''} of the pool match" + (
                "" if len(free) != 1 else "es")
            if taken:
                why += f", and other picks may take {taken} of them"
            source.fault(y, f"cannot pick {count}: {why} (fixed questions are left out).", "pick",
                         "Widen the minutes or the topic, or pick fewer.")
            return None
        for c in free:
            try:
                load(c)
            except ExamwrightError as error:
                self.broken.append(error)
        picked.append((set(free), count))
        return Entry(points, pick=count, candidates=tuple(sorted(free, key=lambda c: load(c).id if c in self.own else c)))

    def matching(self, found: Mapping[str, Y], pool: tuple[str, ...]) -> list[str] | None:
        """The questions of the pool that a pick may take; None where its topic is unknown."""
        source = self.source
        low, high = fmpq(0), fmpq(10**6)
        if "minutes" in found:
            both = found["minutes"].value
            if not isinstance(both, list) or len(both) != 2:
                source.fault(found["minutes"], "minutes must be [from, to].", found["minutes"].text)
            else:
                low, high = self.number(both[0], "minutes"), self.number(both[1], "minutes")
                if low > high:
                    source.fault(found["minutes"], "minutes go from the smaller to the larger number.")
        topic = text_of(source, found.get("topic"), "topic").casefold()
        candidates: list[str] = []
        topics: set[str] = set()
        for e in [*index.entries(), *self.own.values()]:
            if "error" in e or e["id"] not in pool:
                continue
            words = {t.casefold() for t in e["topics"]} | {e.get("folder", e["id"].split("/")[0]).casefold()}
            topics |= words
            minutes = e["minutes"] if isinstance(e["minutes"], fmpq) else fmpq(*float(e["minutes"]).as_integer_ratio())
            if (not topic or topic in words) and low <= minutes <= high:
                candidates.append(e["id"])
        if topic and topic not in topics:
            source.fault(found["topic"], f"no question of the pool has the topic {topic!r}.", topic, nearest(topic, topics, 40))
            return None
        return candidates

    def sums(self, sections: tuple[Section, ...], points: fmpq) -> None:
        if self.source.problems or self.broken:
            return
        total = sum((e.points * max(e.pick, 1) for s in sections for e in s.entries), fmpq(0))
        if total != points:
            each = " + ".join([f"{e.pick}·{e.points}" if e.pick > 1 else str(e.points) for s in sections for e in s.entries])
            self.source.fault(self.top["points"], f"the questions add up to {total} points, not {points}: {each}.", str(points),
                              "Change 'points' here or at the questions.")


def _takes_all(y: Y) -> bool:
    """Is it `pick: all`?"""
    return isinstance(y.value, dict) and "pick" in y.value and y.value["pick"].value == "all"


def _minutes(entry: Entry) -> fmpq:
    """The time of a fixed question, or of the parts of it that are asked."""
    question = load(_file_of(entry.name))
    asked = sum((p.points for p in question.parts if entry.parts is None or p.name in entry.parts), fmpq(0))
    return question.minutes if entry.parts is None else (question.minutes * asked / question.points * 2).ceil() / fmpq(2)


def located(name: str, plan: Path) -> str:
    """A question named by a file: as seen from the plan's folder, else from the current one. Ids stay as they are."""
    if name.endswith((".yaml", ".yml")) and not Path(name).is_absolute() and (plan.parent / name).is_file():
        return str(plan.parent / name)
    return name


# ---- papers --------------------------------------------------------------------------------


def variant_seed(exam_seed: Any, who: str, question: str, again: int = 0) -> str:
    """The seed of one question on one paper: a hash, so that neither seed can be guessed from the other."""
    text = "\x1f".join(["variant", str(exam_seed), who, question, str(again)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def paper(plan: Plan, exam_seed: Any, who: str) -> list[Slot]:
    """What stands on the paper of `who` (a student, or a version): the same for the same plan and seed."""
    out: list[Slot] = []
    files = {e.name: _file_of(e.name) for s in plan.sections for e in s.entries if e.name}
    used = set(files.values())
    again: dict[str, int] = {}

    def add(section: int, entry: Entry, name: str, question: Question) -> None:
        n = again.get(question.id, 0)
        again[question.id] = n + 1
        out.append(Slot(len(out) + 1, section, name, question, dict(entry.pins), entry.parts,
                        variant_seed(exam_seed, who, question.id, n), entry.points))

    for i, section in enumerate(plan.sections):
        for j, entry in enumerate(section.entries):
            if not entry.pick:
                add(i, entry, entry.name, load(files[entry.name]))
                continue
            free = [c for c in entry.candidates if c not in used]
            for name in Stream("pick", exam_seed, who, i, j).sample(free, entry.pick):
                used.add(name)
                add(i, entry, name, load(name))
    return out


def _file_of(name: str) -> str:
    item = find_item(name) if not name.endswith((".yaml", ".yml")) else None
    return item.question if item else name


def share_points(points: fmpq, parts: Sequence[fmpq]) -> list[fmpq]:
    """The points of a question spread over its parts in the proportions of the file, in half points where
    that does not come out even (largest remainder, at least half a point each)."""
    total = sum(parts, fmpq(0))
    exact = [points * p / total for p in parts] if total else [points / len(parts) for _ in parts]
    half = fmpq(1, 2)
    if all([(e / half).q == 1 for e in exact]) or points < half * len(parts) or (points / half).q != 1:
        return exact
    out = [max(half * fmpq(int((e / half).floor())), half) for e in exact]
    while sum(out, fmpq(0)) < points:
        i = max(range(len(out)), key=lambda k: (exact[k] - out[k], -k))
        out[i] += half
    while sum(out, fmpq(0)) > points:
        i = max((k for k in range(len(out)) if out[k] > half), key=lambda k: (out[k] - exact[k], -k))
        out[i] -= half
    return out
