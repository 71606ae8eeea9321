"""Banks: pools of questions, and questions pinned to given numbers (a lecture's worked examples)."""

from __future__ import annotations

import fnmatch
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examwright.generator.errors import Problems, nearest
from examwright.generator.index import bank_path, bank_paths, question_paths
from examwright.generator.wide import OURS, code_of
from examwright.generator.yamlfile import MAX_BYTES, Source, Y, read

BANK_KEYS = ("title", "about", "items", "questions")
ITEM_KEYS = ("question", "set", "parts", "expect", "note")


@dataclass(frozen=True)
class Item:
    """A question with pinned numbers. `parts`: only these are asked; `expect`: known right answers that
    the tests compare with the keys (they are never the keys)."""

    id: str
    question: str
    pins: dict[str, Any]
    parts: tuple[str, ...] | None
    expect: dict[str, Any]
    note: str


@dataclass(frozen=True)
class Bank:
    """A named bank: pinned items by id, and the ids of the questions in its pool."""

    name: str
    path: Path
    title: str
    items: dict[str, Item]
    pool: tuple[str, ...]


def exact_value(y: Y, source: Source) -> Any:
    """A YAML value as an exact one: "1/2" is a rational, lists are vectors."""
    import re

    from flint import fmpq

    from examwright.solvers.arithmetic import exact

    if isinstance(y.value, list):
        return tuple(exact_value(v, source) for v in y.value)
    if isinstance(y.value, dict) or y.value is None:
        source.fault(y, "must be a number, a word or a list of them.")
        return None
    if isinstance(y.value, str):
        match = re.fullmatch(r"\s*(-?[0-9]{1,60})\s*/\s*([0-9]{1,60})\s*", y.value)
        if match and int(match.group(2)):
            return fmpq(int(match.group(1)), int(match.group(2)))
    return exact(y.value)


def check_keys(source: Source, y: Y, allowed: tuple[str, ...], what: str) -> dict[str, Y]:
    """The known keys of a mapping; the others are faults."""
    if not isinstance(y.value, dict):
        source.fault(y, f"{what} must be a mapping of {', '.join(allowed)}.")
        return {}
    for key, at in y.keys.items():
        if key not in allowed:
            source.fault(at, f"unknown key {key!r} in {what}.", key, nearest(key, allowed))
    return {k: v for k, v in y.value.items() if k in allowed}


WORD, TITLE, LONG = 200, 300, 5000  # characters of a word of a theme, of a title, of a text with sentences: longer ones take very long to print


def text_of(source: Source, y: Y | None, what: str, default: str = "", most: int = MAX_BYTES) -> str:
    """A text value; a fault where it is none, is too long, or has a character that pages cannot hold."""
    if y is None:
        return default
    if not isinstance(y.value, str):
        source.fault(y, f"{what} must be a text.", y.text, "Put it in quotes.")
        return default
    if not refuse_ours(source, y, what) and len(y.value) > most:
        source.fault(y, f"{what} has {len(y.value)} characters; at most {most} are allowed.")
    return y.value


def refuse_ours(source: Source, y: Y, what: str) -> bool:
    """A fault for a character that no page can hold. Is there one?"""
    strange = OURS.search(y.value)
    if strange and strange.group() >= "\U000f0000":  # the others are told when the file is read
        source.fault_inside(y, strange.start(), f"{what} has the character {code_of(strange.group())}, which no page can hold.", strange.group())
    return strange is not None


def load_bank(name: str | Path) -> Bank:
    """The bank of a name (in banks/) or of a path. Raises Problems with all faults of the file."""
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        known = bank_paths()
        if str(name) not in known:
            from examwright.generator.load import UnknownQuestion

            raise UnknownQuestion(f"There is no bank {str(name)!r}. {nearest(str(name), known)}".strip())
        path = known[str(name)]
    return _load_bank(path, path.stat().st_mtime_ns if path.exists() else 0)


@functools.lru_cache(maxsize=64)
def _load_bank(path: Path, stamp: int) -> Bank:
    source, root = read(path)
    top = check_keys(source, root, BANK_KEYS, "a bank")
    if "title" not in top:
        source.fault(root, "the bank has no 'title'.", "title")
    text_of(source, top.get("about"), "about")
    items: dict[str, Item] = {}
    ids = question_paths()
    items_y = top.get("items")
    if items_y is not None:
        if not isinstance(items_y.value, dict):
            source.fault(items_y, "items must be a mapping of an id to a pinned question.")
        else:
            for key, y in items_y.value.items():
                item = _item(source, f"{path.stem}/{key}", y, ids)
                if item is not None:
                    items[item.id] = item
    pool: list[str] = []
    questions_y = top.get("questions")
    if questions_y is not None:
        for y in questions_y.value if isinstance(questions_y.value, list) else [questions_y]:
            pattern = text_of(source, y, "a question of the pool")
            found = [i for i in ids if fnmatch.fnmatchcase(i, pattern)]
            if not found and pattern.rpartition("/")[0] in bank_paths():
                found = [pattern]
            if not found and pattern:
                source.fault(y, f"no question matches {pattern!r}.", pattern, nearest(pattern, ids, 0))
            pool += [i for i in found if i not in pool]
    title = text_of(source, top.get("title"), "title")
    source.finish()
    return Bank(path.stem, path, title, items, tuple(pool))


@functools.lru_cache(maxsize=512)
def _names_in(path: Path, stamp: int) -> tuple[list[str], list[str], list[str]]:
    """(drawn names, parts, all values) of a question file, from its YAML alone; nothing of a file with faults."""
    try:
        _, root = read(path)
        top = root.python()
        draws = [n.strip() for key in top.get("draw") or {} for n in key.split(",")]
        parts = [p["name"] for p in top["parts"]]
        lets = [n for holder in (top, *top["parts"]) for n in holder.get("let") or {}]
    except (Problems, AttributeError, TypeError, KeyError):
        return [], [], []  # the question's own check tells its faults
    return draws, parts, [*draws, *lets, *parts]


def _item(source: Source, item_id: str, y: Y, ids: dict[str, Path]) -> Item | None:
    found = check_keys(source, y, ITEM_KEYS, f"the item {item_id}")
    question = text_of(source, found.get("question"), "question")
    if not question:
        if "question" not in found:
            source.fault(y, f"the item {item_id} has no 'question'.", "question")
        return None
    if question not in ids:
        source.fault(found["question"], f"there is no question {question!r}.", question, nearest(question, ids, 0))
        return None
    draws, named, every = _names_in(ids[question], ids[question].stat().st_mtime_ns)

    def known(at: Y | tuple[int, int], name: str, names: list[str], what: str) -> None:
        if names and name and name not in names:
            source.fault(at, f"{question} {what} {name!r}.", name, nearest(name, names))

    pins: dict[str, Any] = {}
    if "set" in found:
        values = found["set"].value
        if not isinstance(values, dict):
            source.fault(found["set"], "set must be a mapping of drawn names to values.")
        else:
            pins = {name: exact_value(v, source) for name, v in values.items()}
            for name, at in found["set"].keys.items():
                known(at, name, draws, "draws no")
    parts = None
    if "parts" in found:
        parts_y = found["parts"]
        listed = parts_y.value if isinstance(parts_y.value, list) else [parts_y]
        parts = tuple(text_of(source, p, "parts") for p in listed)
        for y, name in zip(listed, parts):
            known(y, name, named, "has no part")
    if "expect" in found and not isinstance(found["expect"].value, dict):
        source.fault(found["expect"], "expect must be a mapping of names to values.")
    elif "expect" in found:
        for name, at in found["expect"].keys.items():
            known(at, name, every, "has no value")
    expect = found["expect"].python() if "expect" in found and isinstance(found["expect"].value, dict) else {}
    return Item(item_id, question, pins, parts, expect, text_of(source, found.get("note"), "note"))


def find_item(item_id: str) -> Item | None:
    """The pinned item of an id such as "lecture-deck/S06"; None if there is none."""
    bank_name, slash, rest = item_id.partition("/")
    path = bank_path(bank_name) if slash else None
    if path is None:
        return None
    bank = load_bank(path)
    item = bank.items.get(item_id)
    if item is None:
        from examwright.generator.load import UnknownQuestion

        raise UnknownQuestion(f"The bank {bank_name} has no item {rest!r}. "
                              f"{nearest(item_id, bank.items, 0)}".strip())
    return item


def resolve(question_id: str) -> tuple[Any, dict[str, Any], tuple[str, ...] | None]:
    """(question, pinned values, parts asked) of a question's id, a bank item's id, or a path.

    Raises UnknownQuestion, or Problems with all faults of the file.
    """
    from examwright.generator.load import load

    item = None if Path(question_id).suffix in (".yaml", ".yml") else find_item(question_id)
    if item is None:
        return load(question_id), {}, None
    return load(item.question), item.pins, item.parts


__all__ = ["Bank", "Item", "check_keys", "exact_value", "find_item", "load_bank", "resolve", "text_of"]
