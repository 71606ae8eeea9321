"""What a learner fills in for one answer: a line, cells, options, an order. Any face asks `field_of` what to show, and `typed` what was
answered, as text for the grader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from examwright.answers.kinds import Kind
from examwright.answers.phrases import Said, phrase
from examwright.answers.reader import DEFAULT, Ambiguous, Blank, Notation, Unreadable, without_ignored

MAX_CELLS = 400
MAX_LENGTH = 2000  # characters of one answer
WHOLE = "whole"  # the name of an input that holds a whole answer as text, as it is typed in a terminal
EMPTY = "□"  # stands in the place of a cell that was left out


@dataclass(frozen=True)
class Field:
    """`shape`: "line", "long" (a line), "lines", "grid", "one" or "many" (of the options), "order", or "picks" (one of `picks` for each
    row). `options` are (mark, text); heads and texts may hold math. `narrow`: what stands in a cell is a word or two letters; `note`: how to fill it in."""

    shape: str
    rows: int = 1
    columns: int = 1
    row_heads: tuple[str, ...] = ()
    column_heads: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    picks: tuple[str, ...] = ()
    ties: bool = False
    narrow: bool = False
    note: Said = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs: "" where there is one, "row.column" for cells, "n" for the options of an order (from 0)."""
        if self.shape in ("grid", "picks"):
            return tuple([f"{r}.{c}" for r in range(self.rows) for c in range(self.columns)])
        if self.shape == "order":
            return tuple([str(i) for i in range(len(self.options))])
        if self.shape == "many":
            return tuple([mark for mark, _ in self.options] + ["none"])
        return ("",)


def field_of(kind: Kind) -> Field:
    """The field for answers of a kind (with its texts filled in)."""
    space = kind.space()
    shape = space["shape"]
    options = tuple([(str(m), str(t)) for m, t in space.get("options", ())])
    if shape == "boxes":
        return Field("many" if space["many"] else "one", options=options)
    if options:
        ties = bool(getattr(kind, "ties", False))
        return Field("order", options=options, ties=ties, note=phrase(
            "the place of each: 1 for the first, the same number for equal ones" if ties else "the place of each: 1 for the first"))
    if shape == "grid" and space["rows"] * space["columns"] <= MAX_CELLS:
        heads = tuple([str(h) for h in space["row_heads"]]), tuple([str(h) for h in space["column_heads"]])
        actions = tuple([str(a) for a in getattr(kind, "actions", ())])
        if actions and not heads[0]:
            return Field("line")
        labels = kind.name == "labels"
        if labels and not heads[1]:
            heads = heads[0], tuple([str(n + 1) for n in range(space["columns"])])
        return Field("picks" if actions else "grid", space["rows"], space["columns"], *heads, picks=actions, narrow=labels)
    if shape == "lines":
        return Field("lines", rows=space["count"], note=phrase("one row on each line: 1, 2, 3") if kind.name == "matrix" else "")
    return Field("long" if space.get("long") else "line", note=phrase("separated by commas") if kind.name == "set" else "")


def typed(field: Field, kind: Kind, values: Mapping[str, str]) -> str:
    """The answer as text, from what stands in the inputs; "" where nothing does. In the first cell of a grid the whole answer may stand."""
    if whole := values.get(WHOLE, "").strip()[:MAX_LENGTH]:
        return whole
    given = {name: values.get(name, "").strip()[:MAX_LENGTH] for name in field.inputs}
    if not any(given.values()):
        return ""
    if field.shape == "many":
        return ", ".join([name for name, value in given.items() if value and name != "none"]) or "none"
    if field.shape == "order":
        return _ordered(field, kind, given)
    if field.shape not in ("grid", "picks"):
        return given[""]
    filled = [v for v in given.values() if v]
    if len(filled) == 1 and given["0.0"] and len(given) > 1:
        return filled[0]
    rows = [[given[f"{r}.{c}"] or EMPTY for c in range(field.columns)] for r in range(field.rows)]
    if field.shape == "picks" or kind.name == "labels":
        return ", ".join([cell for row in rows for cell in row])
    if kind.name == "vector":
        return "(" + "; ".join([cell for row in rows for cell in row]) + ")"
    if len(rows) == 1:
        return "[[" + ", ".join(rows[0]) + "]]"
    return "\n".join(["[" + "; ".join(row) + "]" for row in rows])


def _ordered(field: Field, kind: Kind, given: Mapping[str, str]) -> str:
    """The options by the places they were given (1 comes first); what has no place makes the answer incomplete, and where there are
    no equal ranks, so do two at one place: it is not for us to say which of them was meant to be first."""
    places: dict[int, list[str]] = {}
    for i, (mark, _) in enumerate(field.options):
        place = given[str(i)]
        if place.isascii() and place.isdigit():
            places.setdefault(int(place), []).append(mark)
    return str(getattr(kind, "between", ", ")).join([" = ".join(marks) for _, marks in sorted(places.items())]) or EMPTY


def as_read(kind: Kind, raw: str, notation: Notation = DEFAULT) -> tuple[Said, str, Said]:
    """How an answer would be understood: (text, LaTeX or "", what is wrong with it or ""). It says nothing about right or wrong."""
    if kind.manual:
        return raw.strip(), "", ""
    try:
        structure = kind.read(raw[:MAX_LENGTH], notation)
    except Blank:
        return "", "", ""
    except Unreadable as error:
        return "", "", error.reason
    except Ambiguous as error:
        return "", "", phrase("this can be read in two ways: {reason}", reason=error.reason)
    return kind.show(structure), _latex(kind, structure), ""


def _latex(kind: Kind, structure: Any) -> str:
    """What was read, typeset; "" where text shows it as well: options, words, decimals (which would be printed as fractions), or better: what was ignored."""
    if kind.name not in ("expression", "fraction", "number", "integer", "vector", "matrix", "table", "set", "interval"):
        return ""
    shown = kind.show(structure)
    if kind.name != "expression" and "." in shown or without_ignored(shown) != shown:
        return ""
    try:
        return kind.latex(kind.value(structure))
    except (ValueError, TypeError, ArithmeticError, KeyError):
        return ""
