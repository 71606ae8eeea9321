"""How long students took, where an answers file says so.

A column is about the row that it stands in (`minutes`, `seconds`, `time taken`, or the pair `started` and `finished`) or, in a wide
file, about the item that it names (`3b minutes`, `3 (seconds)`). In a long file a row is an item, in a wide one a whole paper.
Times never touch a mark; the report shows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from examwright.generator.roster import Row
from examwright.grader.records import Place, Time, Trouble

UNITS = {"minutes": 60, "minute": 60, "mins": 60, "min": 60, "seconds": 1, "second": 1, "secs": 1, "sec": 1}
SPELT = ("time taken", "time spent", "duration")
STARTED = ("started", "started on", "started at", "start time")
FINISHED = ("finished", "finished at", "completed", "completed on", "submitted", "submitted at", "end time")
MOST = 14 * 24 * 3600  # seconds: nobody took longer
_STAMPS = ("%d %B %Y, %I:%M %p", "%d %B %Y %I:%M %p", "%d %B %Y, %I:%M:%S %p", "%d %B %Y %I:%M:%S %p", "%d %B %Y, %H:%M", "%d %B %Y %H:%M")
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)([0-5]?[0-9]):([0-5]?[0-9])(?:[.,][0-9]{1,6})?")
_ISO = re.compile(r"pt(?=[0-9])(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,6})(?:\.[0-9]{1,6})?s)?")
_WORDS = re.compile(r"(?=[0-9])(?:([0-9]{1,2}) ?(?:days?|d) ?)?(?:([0-9]{1,3}) ?(?:hours?|hrs?|h) ?)?(?:([0-9]{1,4}) ?(?:minutes?|mins?|m) ?)?"
                    r"(?:([0-9]{1,6}) ?(?:seconds?|secs?|s))?")


@dataclass(frozen=True)
class TimeColumn:
    """A column (or two: from, to) that holds times; `item` as written in its name, "" for the row's own; `unit` in seconds, 0 where the
    cells say it themselves."""

    columns: tuple[str, ...]
    item: str
    unit: int


def time_columns(header: Iterable[str]) -> list[TimeColumn]:
    """The columns of a file that say how long students took."""
    found = []
    stamps: dict[str, str] = {}
    for name in header:
        words = re.sub(r"[\s()\[\]_,:]+", " ", name.casefold()).split()
        text = " ".join(words)
        for kind, known in (("from", STARTED), ("to", FINISHED)):
            if text in known:
                stamps.setdefault(kind, name)
        spelt = next((s for s in SPELT if text == s or text.endswith(" " + s)), None)
        if words and words[-1] in UNITS:
            item = [w for w in words[:-1] if w not in ("time", "taken", "spent", "in", "on")]
            found.append(TimeColumn((name,), " ".join(item), UNITS[words[-1]]))
        elif spelt:
            found.append(TimeColumn((name,), text.removesuffix(spelt).strip(), 0))
    if len(stamps) == 2:  # first, so that a column that says it outright has the last word
        found.insert(0, TimeColumn((stamps["from"], stamps["to"]), "", 0))
    return found


def seconds(cells: tuple[str, ...], unit: int) -> float | None:
    """The time that one cell says, or two stamps. None for what is no time.

    >>> seconds(("2,5",), 60), seconds(("12 mins 5 secs",), 0), seconds(("0:12:05",), 0), seconds(("soon",), 60)
    (150.0, 725.0, 725.0, None)
    """
    texts = [" ".join(c.casefold().split())[:60] for c in cells]
    if len(texts) == 2:
        stamps = [_stamp(t) for t in texts]
        if stamps[0] is None or stamps[1] is None or (stamps[0].tzinfo is None) != (stamps[1].tzinfo is None):
            return None
        taken = (stamps[1] - stamps[0]).total_seconds()
    elif unit:
        if not re.fullmatch(r"[0-9]{1,7}([.,][0-9]{1,6})?", texts[0]):
            return None
        taken = float(texts[0].replace(",", ".")) * unit
    elif match := _CLOCK.fullmatch(texts[0]) or _ISO.fullmatch(texts[0]):
        h, m, s = [int(g or 0) for g in match.groups()]
        taken = 3600.0 * h + 60 * m + s
    elif match := _WORDS.fullmatch(texts[0]):
        d, h, m, s = [int(g or 0) for g in match.groups()]
        taken = 86400.0 * d + 3600 * h + 60 * m + s
    else:
        return None
    return taken if 0 <= taken <= MOST else None


def _stamp(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        pass
    for form in _STAMPS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


class Clock:
    """Collects the times of an answers file, row by row."""

    def __init__(self, columns: Iterable[TimeColumn]):
        self.columns = list(columns)
        self.found: dict[Place, Time] = {}
        self.bad: dict[tuple[str, ...], list[tuple[int, str]]] = {}

    def take(self, row: Row, place_of: Callable[[str], Place | None]) -> None:
        """The times of a row; `place_of` gives the place of an item as written ("": of the row itself)."""
        for column in self.columns:
            cells = tuple([row.cells.get(c, "").strip() for c in column.columns])
            place = place_of(column.item)
            if place is None or all([c in ("", "-", "–") for c in cells]):
                continue
            taken = seconds(cells, column.unit)
            if taken is None:
                self.bad.setdefault(column.columns, []).append((row.line, " – ".join(cells)))
            else:
                self.found[place] = Time(row.line, place, taken)

    def troubles(self) -> list[Trouble]:
        """For each column with cells that are no times a row that says so."""
        return [Trouble(cells[0][0], "", "", "time", f"{len(cells)} {'cells' if cells[1:] else 'cell'} of {' and '.join(map(repr, names))} cannot be read as "
                        f"a time, as {cells[0][1][:40]!r} here; the report does without", raw=" | ".join([text for _, text in cells])[:400])
                for names, cells in self.bad.items()]
