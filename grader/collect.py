"""Which cell of an answers file belongs to which part of whose paper, and what fits nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from examwright.generator.errors import ExamwrightError, nearest, short_path
from examwright.generator.roster import Row, clean_id, column, id_column
from examwright.generator.store import StoredItem
from examwright.grader.records import Cell, Place, Time, Trouble
from examwright.grader.times import FINISHED, STARTED, Clock, time_columns

ITEMS = ("item", "number", "nr", "no", "task")
_QUESTIONS = ("question", "question id", "id of question")
_PARTS = ("part", "part name")
ANSWERS = ("answer", "response", "text")
_IGNORED = ("name", "full name", "student name", "email", "seat", "version", "code", "姓名", "time", "timestamp", *STARTED, *FINISHED)


def collect(header: list[str], rows: Iterable[Row], path: Path,
            items: Mapping[str, list[StoredItem]]) -> tuple[list[Cell], list[Trouble], list[Time]]:
    """The answers of a file, each with its place if it has one, the rows that need a person, and the times it tells. Long files
    have a column for the item (or question and part) and one for the answer, wide ones a column for each item. Raises
    ExamwrightError for neither."""
    ids = id_column(header, path)
    item_at, question_at, part_at = column(header, ITEMS), column(header, _QUESTIONS), column(header, _PARTS)
    answer_at = column(header, ANSWERS)
    long = answer_at is not None
    clock = Clock([c for c in time_columns(header) if not (long and c.item)])
    ignored = {ids, *[name for c in clock.columns for name in c.columns]}
    rest = [h for h in header if h and h not in ignored and " ".join(h.replace("_", " ").casefold().split()) not in _IGNORED]
    if long and not (item_at or question_at):
        raise ExamwrightError(f"{short_path(path)}:1: there is an answer column, but none called 'item' or 'question'.")
    if not long and not rest:
        raise ExamwrightError(f"{short_path(path)}:1: no answers: a long file has the columns student, item, answer; a wide one has a "
                              "column for each item, such as 3b.")
    find = Finder(items)
    if not long and not any([find.whole(who, h) for h in (*rest, *[c.item for c in clock.columns]) for who in items]):
        raise ExamwrightError(f"{short_path(path)}:1: none of the columns is an item of this exam ({', '.join(map(repr, rest[:8]))}). A wide file has a "
                              f"column for each item, such as {find.labels(next(iter(items)))[0]}. Nothing was changed.")
    cells: list[Cell] = []
    troubles: list[Trouble] = []
    first_rows: dict[str, int] = {}
    for row in rows:
        written = clean_id(row.cells.get(ids, ""))
        who = find.student(written)
        whole = " | ".join([c.strip() for c in (*row.cells.values(), *row.extra) if c.strip()])
        if who is None:
            hint = nearest(written, items, 0)
            what = "no student in this row" if not written else f"there is no student {written!r} in this exam. {hint}".strip()
            troubles.append(Trouble(row.line, written, "", "unknown student", what, raw=whole))
        if long:
            assert answer_at is not None
            named = (row.cells.get(item_at, "") if item_at else "").strip()
            question = (row.cells.get(question_at, "") if question_at else "").strip()
            part = (row.cells.get(part_at, "") if part_at else "").strip()
            if "/" in named and not question:
                question, named = named, ""
            label = named + part if named else question + (f"/{part}" if part else "")
            answer = row.cells.get(answer_at, "")
            if row.extra and answer_at == header[-1]:  # it holds the delimiter, and has no quotes
                answer = row.delimiter.join([answer, *row.extra])
                troubles.append(Trouble(row.line, who or written, label, "row", "the row has more cells than the header; the answer was taken to be "
                                        f"{answer[:60]!r}. An answer with a {_DELIMITERS[row.delimiter]} needs quotes", raw=whole))
            elif row.extra:
                troubles.append(Trouble(row.line, who or written, label, "row", f"the row has more cells than the header ({_cells(row)}): which of "
                                        "them is the answer cannot be told, and it was not marked", raw=whole))
                answer = ""
            found = [(label, answer)]
        else:
            found = [(h, row.cells.get(h, "")) for h in rest]
            if row.extra:  # one of the answers holds the delimiter, and all that follow stand in a wrong column
                troubles.append(Trouble(row.line, who or written, "", "row", f"the row has more cells than the header ({_cells(row)}), so which answer "
                                        f"belongs where cannot be told, and none was marked. An answer with a {_DELIMITERS[row.delimiter]} "
                                        "needs quotes", raw=whole))
                found = []
            if who is not None and who in first_rows:
                troubles.append(Trouble(row.line, who, "", "duplicate", f"a second row for this student (first on line {first_rows[who]})",
                                        raw=whole))
            first_rows.setdefault(who or "", row.line)
        if clock.columns and who is not None and not row.extra:
            here = find.whole(who, found[0][0]) if long else (who, 0, "")
            clock.take(row, lambda item, who=who, here=here: find.whole(who, item) if item else here)  # type: ignore[misc]
        for label, text in found:
            if not text.strip():
                continue
            place = find.place(who, label) if who is not None else None
            cells.append(Cell(row.line, written, label, text, place))
            if who is not None and place is None:
                hint = nearest(label, find.labels(who), 0)
                troubles.append(Trouble(row.line, who, label, "unknown item", f"there is no item {label!r} on this paper; it holds "
                                        f"{text.strip()[:60]!r}. {hint}".strip(), raw=text))
    if cells and all([c.place is None for c in cells]):
        first = cells[0]
        raise ExamwrightError(f"{short_path(path)}: none of the {len(cells)} answers belongs to a paper of this exam (line {first.line}: student "
                              f"{first.student!r}, item {first.item!r}). Is it the file of another exam? Nothing was changed.")
    return cells, troubles + clock.troubles() + (_repeated(cells, find) if long else []), list(clock.found.values())


_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


def _cells(row: Row) -> str:
    return ", ".join(row.extra)[:60]


def _repeated(cells: Iterable[Cell], find: Finder) -> list[Trouble]:
    """The parts that were answered several times in the same words (in different words: the mark itself waits)."""
    by_place: dict[Place, list[Cell]] = {}
    for cell in cells:
        if cell.place is not None:
            by_place.setdefault(cell.place, []).append(cell)
    out = []
    for place, found in by_place.items():
        if len(found) > 1 and len({c.raw.strip() for c in found}) == 1:
            label = find.label(place)
            out.append(Trouble(found[-1].line, place[0], label, "duplicate", f"{label} is answered on lines "
                               f"{', '.join([str(c.line) for c in found])}, each time the same", raw=found[0].raw))
    return out


class Finder:
    """Finds students and the parts of their papers by what people write for them."""

    def __init__(self, items: Mapping[str, list[StoredItem]]):
        self.items = items
        self._students = {clean_id(who).casefold(): who for who in items}
        self._places = {who: _places(of) for who, of in items.items()}

    def student(self, written: str) -> str | None:
        """The student of an id as written; None if there is none."""
        return self._students.get(clean_id(written).casefold()) or self._students.get(_bare(clean_id(written)).casefold())

    def place(self, who: str, label: str) -> Place | None:
        """The place of an item as written ("3b", "Q3 (b)", "evaluation/roc-auc/auc"); None if there is none on this paper."""
        found = self._places[who].get(normal(label))
        return None if found is None else (who, *found)

    def whole(self, who: str, label: str) -> Place | None:
        """The place of an item as written, also of a whole question ("3": part "")."""
        found, plain = self.place(who, label), normal(label)
        number = next((i.number for i in self.items[who] if plain in (str(i.number), i.name.casefold())), None)
        return found or (None if number is None else (who, number, ""))

    def labels(self, who: str) -> list[str]:
        """The items of a paper as printed."""
        return [f"{i.number}{x}" for i in self.items[who] for _, x, _ in i.parts]

    def label(self, place: Place) -> str:
        """A place as printed: "3b"."""
        who, number, part = place
        return next(f"{i.number}{x}" for i in self.items[who] if i.number == number for n, x, _ in i.parts if n == part)


def _bare(text: str) -> str:
    """An id as a spreadsheet may have written it: '0123 or 123.0."""
    return re.sub(r"\.0$", "", text.removeprefix("'"))


def normal(label: str) -> str:
    """An item as written, without what people put around it: "Q3 (b)" is "3b"."""
    text = label.strip().casefold()
    if "/" in text:
        return text.replace(":", "/")
    return re.sub(r"^(?:question|item|task|q|nr|no)", "", re.sub(r"[\s().,:_-]", "", text))


def _places(items: list[StoredItem]) -> dict[str, tuple[int, str]]:
    """All the ways to name a part of one paper → (item number, part name). Behind a question's name a part's own name comes before a letter: a part
    called b may be printed as (c)."""
    out: dict[str, tuple[int, str]] = {}
    asked = Counter(name for i in items for name in {i.name, i.shown["id"]})
    for item in items:
        places = {name: (item.number, name) for name, _, _ in item.parts}
        for name, label, _ in item.parts:
            out[f"{item.number}{label}"] = places[name]
        questions = [q for q in {item.name, item.shown["id"]} if asked[q] == 1]
        if len(item.parts) == 1:
            [place] = places.values()
            out |= {str(item.number): place, f"{item.number}a": place}
            for question in questions:
                out.setdefault(question.casefold(), place)
        for question in questions:
            for name, place in places.items():
                out.setdefault(f"{question}/{name}".casefold(), place)
            for name, label, _ in item.parts:
                if label:
                    out.setdefault(f"{question}/{label}".casefold(), places[name])
    return out
