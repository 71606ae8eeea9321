"""What can be practised: families of questions, and their variants by id and seed."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examwright.generator.bank import find_item, load_bank, resolve
from examwright.generator.draw import DEFAULT_CARRY, draw_variant
from examwright.generator.errors import ExamwrightError, nearest
from examwright.generator.index import entries, entry, offer
from examwright.generator.load import load_file
from examwright.generator.question import Variant
from examwright.generator.yamlfile import read

SEED = re.compile(r"[A-Za-z0-9._-]{1,40}")
LEVELS = ("easy", "medium", "hard")
_WORK = 80, 220  # operations × digits, as `examwright list` has them: below the first a question is easy, from the second on it is hard
_MINUTES = 6, 12  # the same where its work was not measured


@dataclass(frozen=True)
class Family:
    """A question, or a pinned item of a bank: what stands in a list. `topic` is its folder or bank, `parts` how many there are."""

    id: str
    title: str
    topic: str
    topics: tuple[str, ...]
    minutes: float
    points: float
    parts: int
    level: str


class Catalogue:
    """The families that are offered: of some banks and folders of own questions, or all questions that come with Examwright and nothing pinned."""

    def __init__(self, banks: Iterable[str] = ()):
        """Raises UnknownQuestion or Problems for a bank or a question that cannot be read, ExamwrightError where nothing is left to practise."""
        every = {e["id"]: e for e in entries() if "error" not in e}
        wanted: dict[str, str] = {}  # id → question
        for name in banks:
            if Path(name).is_dir():
                for question, path in offer(Path(name)).items():
                    load_file(path)
                    every[question], wanted[question] = entry(question, read(path)[1].python()), question
                continue
            bank = load_bank(name)
            for question in bank.pool:
                item = find_item(question)
                wanted[question] = item.question if item else question
            wanted.update({item.id: item.question for item in bank.items.values()})
        chosen = wanted or ({} if banks else {i: i for i in every})
        self.families = {i: _family(i, every[q]) for i, q in chosen.items() if q in every}
        if not self.families:
            raise ExamwrightError(f"There is nothing to practise in {', '.join(banks) or 'the question folder'}.")

    @property
    def topics(self) -> dict[str, list[Family]]:
        """Topic → its families, in the order of their ids."""
        out: dict[str, list[Family]] = {}
        for family in sorted(self.families.values(), key=lambda f: f.id):
            out.setdefault(family.topic, []).append(family)
        return out

    def family(self, question: str) -> Family:
        """The family of an id. Raises ExamwrightError with the nearest one."""
        if question not in self.families:
            raise ExamwrightError(f"There is no question {question[:100]!r} here. {nearest(question, self.families, 0)}".strip())
        return self.families[question]

    def variant(self, question: str, seed: str) -> Variant:
        """A variant of a family. Raises ExamwrightError for an id that is not offered, or a seed that is none."""
        self.family(question)
        return variant(question, seed)

    def choose(self, topic: str | None = None, minutes: float | None = None, level: str | None = None) -> list[Family]:
        """The families of a topic (a folder, or a word of `topics`), of at most so many minutes, of a level."""
        return [f for f in self.families.values()
                if (topic is None or topic.casefold() in {f.topic.casefold(), *[t.casefold() for t in f.topics]})
                and (minutes is None or f.minutes <= minutes) and level in (None, f.level)]


def _family(question: str, entry: dict[str, Any]) -> Family:
    item = find_item(question)
    parts = len((item.parts if item else None) or entry["parts"])
    measured, bounds = (entry["work"][0], _WORK) if "work" in entry else (entry["minutes"], _MINUTES)
    return Family(question, entry["title"], question.split("/")[0], tuple(entry["topics"]), float(entry["minutes"]), float(entry["points"]),
                  parts, LEVELS[sum([measured >= bound for bound in bounds])])


def topic_name(topic: str) -> str:
    """A topic's folder in words: CNN, VC dimension, Q-learning, Linear regression."""
    words = [w if w in ("and", "my", "new", "of", "our", "own", "the") else w.upper() if len(w) <= 3 or not set(w) & set("aeiou") else w for w in topic.split("-")]
    name = ("-" if len(words[0]) == 1 else " ").join([words[0], " ".join(words[1:])]) if words[1:] else words[0]
    return name[:1].upper() + name[1:]


def fresh_seed() -> str:
    """A seed for a new variant, short enough for an address."""
    return secrets.token_hex(4)


def source_hash(variant: Variant) -> str:
    """Which text of the question a variant was drawn from."""
    return hashlib.sha256(variant.question.source.encode()).hexdigest()


_KEPT = 2000  # variants
_cache: OrderedDict[Any, tuple[Variant, Any]] = OrderedDict()
_LOCK = threading.Lock()


def variant(question: str, seed: str, parts: Sequence[str] | None = None, pins: Mapping[str, Any] | None = None,
            carry: int = DEFAULT_CARRY) -> Variant:
    """The variant of an id and a seed, with these parts only and these values set; the same one for ever, as long as the question's file does
    not change. `carry` is how many digits are carried. Raises ExamwrightError."""
    if not SEED.fullmatch(seed):
        raise ExamwrightError("A seed has 1 to 40 letters, digits, dots, underscores or hyphens.")
    loaded, own, asked = resolve(question)
    asked, pins = asked if parts is None else tuple(parts), {**own, **(pins or {})}
    key = (question, seed, asked, carry)
    with _LOCK:
        found = _cache.get(key)
    if found is None or found[0].question is not loaded or found[1] != pins:
        found = draw_variant(loaded, seed, pins, asked, carry), pins
    with _LOCK:
        _cache[key] = found
        _cache.move_to_end(key)
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return found[0]
