"""The list of all questions, read quickly: YAML only, no formulas compiled, no numbers drawn."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from examwright.answers.sentences import are_shuffled
from examwright.generator.errors import ExamwrightError, Problems, short_path
from examwright.generator.yamlfile import read

_ID = re.compile(r"(?=.{1,199}$)[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")  # what `load.find` looks up
_ROOT = Path(__file__).resolve().parent.parent
MAX_LOOKED = 50_000  # files and folders below a folder of questions
FACTS = _ROOT / "templates" / "catalogue.json"  # what `list` shows, of files that have not changed since


class TooMany(ExamwrightError):
    """A folder of questions with more below it than one can mean."""


def questions_root() -> Path:
    """The folder of the question files that come with Examwright."""
    return _ROOT / "templates" / "questions"


def banks_root() -> Path:
    """The folder of the banks and exam plans that come with Examwright."""
    return _ROOT / "banks"


def question_paths(root: Path | None = None) -> dict[str, Path]:
    """Id → path of every question file below a folder, in the order of the ids; folders that are links are not entered. Raises TooMany."""
    base = root or questions_root()
    found = {}
    looked = 0
    for folder, folders, files in os.walk(base):
        looked += len(folders) + len(files)
        if looked > MAX_LOOKED:
            raise TooMany(f"{short_path(base)} has more than {MAX_LOOKED} files and folders below it. Name the folder that holds the questions.")
        folders.sort()
        for file in files:
            if file.endswith((".yaml", ".yml")):
                path = Path(folder) / file
                found[path.relative_to(base).with_suffix("").as_posix()] = path
    return dict(sorted(found.items()))


def id_of(path: Path) -> str:
    """The id that the path of a question file stands for, whoever asks: below a folder named `questions` (the nearest one) the rest of the
    path, else the last folder and the name."""
    try:
        parts = path.resolve().with_suffix("").parts
    except RuntimeError:  # a link that leads back to itself: it is told where the file is read
        parts = path.absolute().with_suffix("").parts
    if "questions" in parts[:-1]:
        at = len(parts) - 2 - parts[-2::-1].index("questions")
        return "/".join(parts[at + 1:])
    return "/".join(parts[-2:]) if len(parts) > 2 else parts[-1]


_own: dict[str, Path] = {}


def own_questions() -> dict[str, Path]:
    """Id → path of the question files of folders that were offered."""
    return _own


def offer(folder: Path) -> dict[str, Path]:
    """The question files of an instructor's own folder by their ids (`id_of`): from now on they are known by these in this process. Raises
    ExamwrightError where there are none, or an id is taken."""
    found: dict[str, Path] = {}
    for path in question_paths(folder).values():
        question_id = id_of(path)
        taken = found.get(question_id) or _own.get(question_id) or question_paths().get(question_id)
        if taken is not None and not taken.samefile(path):
            raise ExamwrightError(f"{short_path(path)}: there is a question {question_id} already. Give the file or its folder another name.")
        if not _ID.fullmatch(question_id):
            raise ExamwrightError(f"{short_path(path)}: the names of a question's file and folder have letters, digits, - and _ only.")
        found[question_id] = path
    if not found:
        raise ExamwrightError(f"{short_path(folder)}: there is no question file (*.yaml) in this folder.")
    _own.update(found)
    return found


def bank_paths() -> dict[str, Path]:
    """Name → path of the banks that come with Examwright."""
    return {p.stem: p for p in sorted(banks_root().glob("*.yaml")) if not _is_plan(p)}


def bank_path(name: str) -> Path | None:
    """The path of a bank that comes with Examwright, without a look at all of them; None if there is none of that name."""
    path = banks_root() / f"{name}.yaml"
    return path if path.stem == name and os.path.isfile(path) and not _is_plan(path) else None


def plan_paths() -> dict[str, Path]:
    """Name → path of the exam plans that come with Examwright."""
    return {p.stem: p for p in sorted(banks_root().glob("*.yaml")) if _is_plan(p)}


@functools.cache
def _is_plan(path: Path) -> bool:
    """An exam plan has sections, a bank has none."""
    return re.search(r"^sections:", path.read_text(encoding="utf-8", errors="replace"), re.M) is not None


def hash_of(path: Path) -> str:
    """By which a file is known to be unchanged."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def entries(root: Path | None = None) -> Iterator[dict[str, Any]]:
    """For each question {id, title, topics, minutes, points, parts, draw: {name: shape}}, in the order of the
    ids; with {distinct, redraws, work} where they have been measured (`make catalogue`). A file that cannot be read has
    {id, error} instead."""
    facts = json.loads(FACTS.read_text(encoding="utf-8")) if root is None and FACTS.exists() else {}
    for question_id, path in sorted([(id_of(path), path) for path in question_paths(root).values()]):
        known = facts.get(question_id)
        if known is not None and known.pop("sha256") == hash_of(path):
            yield known
            continue
        try:
            _, top = read(path)
            yield entry(question_id, top.python())
        except (Problems, AttributeError, TypeError, KeyError, ValueError) as error:
            yield {"id": question_id, "error": str(error).split("\n")[0]}


def entry(question_id: str, top: dict[str, Any]) -> dict[str, Any]:
    """The listing of one question from its plain YAML value."""
    points = sum((_number(p["points"]) for p in top["parts"]), 0)
    draws: dict[str, str] = {}
    for key, how in (top.get("draw") or {}).items():
        for name in key.split(","):
            draws[name.strip()] = shape(how)
    for part in top["parts"]:
        draws.update(_type_draws(part["name"], part["type"]))
    topics = top["topics"]
    return {"id": question_id, "title": top["title"], "topics": topics if isinstance(topics, list) else [topics],
            "minutes": _number(top["minutes"]), "points": points,
            "parts": [p["name"] for p in top["parts"]], "draw": draws}


def _type_draws(part: str, type_: Any) -> dict[str, str]:
    """What the type of a part draws: its statements, the order of its options."""
    given = next((type_[word] for word in ("choice", "choices", "ordering") if word in type_), None) if isinstance(type_, dict) else None
    if given is None:
        return {}
    if isinstance(given, dict) and isinstance(given.get("pool"), list):
        return {shown_name(part): f"{given['pick']} of {len(given['pool'])} statements"}
    long = isinstance(given, dict) and isinstance(given.get("options"), (dict, list))
    options = given["options"] if long else given
    texts = [str(t) for t in (options.values() if isinstance(options, dict) else options)]
    return {order_name(part): f"order of {len(texts)} options"} if are_shuffled(texts, given.get("order") if long else None) else {}


def shown_name(part: str) -> str:
    """The name of the drawn value that says which statements of a part's pool are shown."""
    return f"{part}_shown"


def order_name(part: str) -> str:
    """The name of the drawn value that says in which order a part's options are printed."""
    return f"{part}_order"


def _number(x: Any) -> int | float:
    if isinstance(x, str) and re.fullmatch(r"\s*\d+\s*/\s*\d+\s*", x):
        p, q = x.split("/")
        return int(p) / int(q)
    return int(x) if x == int(x) else float(x)


def shape(how: dict[str, Any]) -> str:
    """What a draw gives, in words: "number", "vector of 3", "matrix 2x3", "word", "design …"."""
    if "design" in how:
        return f"by design {how['design']}"
    if "value" in how:
        return _shape_of(how["value"])
    items = how.get("choice")
    base = _shape_of(items[0]) if isinstance(items, list) and items else "number"
    if "shape" in how:
        return "matrix " + "x".join(str(n) for n in how["shape"])
    if "shuffle" in how:
        return f"vector of {len(how['shuffle'])}" if isinstance(how["shuffle"], list) else "vector"
    if "count" in how:
        return f"vector of {how['count']}" + (" words" if base == "word" else "")
    return base


def _shape_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str) and not re.fullmatch(r"\s*-?\d+\s*/\s*\d+\s*", value):
        return "word"
    if isinstance(value, list):
        if value and all(isinstance(v, list) for v in value):
            return f"matrix {len(value)}x{len(value[0])}"
        return f"vector of {len(value)}" + (" words" if value and isinstance(value[0], str) else "")
    return "number"
