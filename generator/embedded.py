"""The variant that each key carries as a JSON attachment, so that a paper found in ten years can be marked again.

It holds what `exam.db` holds of the paper: each question's own text, the drawn values, the points, the keys as they were.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examwright.generator.errors import ExamwrightError, short_path
from examwright.generator.files import beginning
from examwright.generator.store import DAMAGE, StoredItem, carry_of, draws_of, parts_of, points_of, shown_of

NAME = "variant.json"
FORMAT = 1
MAX_BYTES = 100_000_000  # of a key


@dataclass(frozen=True)
class Issued:
    """A paper as issued. `sources` are sha256 → (id, file, text) of its questions; `about` has title, course, date, student, name,
    code, variant, version."""

    about: dict[str, str]
    items: tuple[StoredItem, ...]
    sources: dict[str, tuple[str, str, str]]


def dumps(about: Mapping[str, str], result: Mapping[str, Any]) -> str:
    """The JSON of a paper; `result` has items and questions as `Store.add` takes them."""
    return json.dumps({"format": FORMAT, "about": dict(about), "items": result["items"],
                       "questions": {sha: list(found) for sha, found in result["questions"].items()}},
                      ensure_ascii=False, sort_keys=True)


def loads(text: str) -> Issued:
    """The paper of a JSON text. Raises ExamwrightError."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ExamwrightError(f"{NAME} has the format {data['format']!r}; this version reads {FORMAT}.")
        about = {str(k): str(v) for k, v in data["about"].items()}
        items = tuple([StoredItem(
            about["student"], int(i["number"]), i["name"], i["question"], i["seed"], carry_of(i["carry"]), parts_of(i["parts"]),
            points_of(i["points"]), draws_of(i["draws"], i["shown"]), shown_of(i["shown"])) for i in data["items"]])
        return Issued(about, items, {sha: (q, file, source) for sha, (q, file, source) in data["questions"].items()})
    except DAMAGE as error:
        raise ExamwrightError(f"{NAME} is not that of a key ({type(error).__name__}: {error}).") from None


def read_key(path: Path) -> Issued:
    """The paper that a key (PDF) carries. Raises ExamwrightError."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        data = beginning(path, MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ExamwrightError(f"{short_path(path)} is larger than {MAX_BYTES // 10**6} MB.")
        found = PdfReader(io.BytesIO(data)).attachments.get(NAME)
    except (OSError, PyPdfError) as error:
        raise ExamwrightError(f"{short_path(path)} cannot be read: {error}.") from None
    if not found:
        raise ExamwrightError(f"{short_path(path)} carries no {NAME}: it is not a key made by Examwright.")
    return loads(found[0].decode())
