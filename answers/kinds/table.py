"""A matrix with headings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from examwright.answers.kinds.base import (
    DEFAULT,
    THREE_DIGITS,
    Kind,
    KindError,
    Notation,
    Precision,
    Said,
    precision_of,
)
from examwright.answers.kinds.grid import MatrixLike, matrix_fault
from examwright.answers.reader import read_matrix
from examwright.solvers.arithmetic import is_number, to_text

Heads = Any  # tuple of texts, or a formula as str


class TableKind(MatrixLike):
    """``{table: {rows: [...], columns: [...], digits: 3}}``; either list of headings may be a formula."""

    name = "table"

    def __init__(self, rows: Heads, columns: Heads, precision: Precision = THREE_DIGITS):
        self.rows = rows
        self.columns = columns
        self.precision = precision

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        allowed = ["rows", "columns", "digits", "decimals", "within"]
        if not isinstance(options, dict):
            raise KindError("a table needs 'rows' and 'columns'", "table", allowed)
        precision = precision_of(options, cls.name, ("rows", "columns"))
        heads: list[Heads] = []
        for word in ("rows", "columns"):
            if word not in options:
                raise KindError(f"a table needs '{word}'", "table", allowed)
            given = options[word]
            if isinstance(given, str):
                heads.append(given)
            elif isinstance(given, (list, tuple)) and 1 <= len(given) <= 40:
                heads.append(tuple([_head(h) for h in given]))
            else:
                raise KindError(f"'{word}' is a list of headings, or a formula that gives one", word)
        return cls(heads[0], heads[1], precision)

    def with_texts(self, render: Callable[[str], str]) -> Kind:
        heads = [h if isinstance(h, str) else tuple([render(t) for t in h]) for h in (self.rows, self.columns)]
        return type(self)(heads[0], heads[1], self.precision)

    def formulas(self) -> list[str]:
        return [h for h in (self.rows, self.columns) if isinstance(h, str)]

    def resolve(self, evaluate: Callable[[str], Any]) -> Kind:
        heads = []
        for h in (self.rows, self.columns):
            if isinstance(h, str):
                value = evaluate(h)
                if not isinstance(value, (tuple, list)) or not value:
                    raise KindError(f"'{h}' does not give a list of headings", h)
                h = tuple([_head(v) for v in value])
            heads.append(h)
        return type(self)(heads[0], heads[1], self.precision)

    def sized(self) -> tuple[int, int] | None:
        return None if self.formulas() else (len(self.rows), len(self.columns))

    def key_fault(self, value: Any) -> str | None:
        return matrix_fault(value, self.sized())

    def read(self, raw: str, notation: Notation = DEFAULT) -> Any:
        return read_matrix(raw, notation, self.sized())

    def place(self, at: tuple[int, int]) -> Said:
        if self.formulas():
            return super().place(at)
        return f"{self.rows[at[0]]}, {self.columns[at[1]]}"

    def space(self) -> dict[str, Any]:
        rows, columns = self.sized() or (1, 1)
        heads = [[] if isinstance(h, str) else list(h) for h in (self.rows, self.columns)]
        return {"shape": "grid", "rows": rows, "columns": columns, "row_heads": heads[0], "column_heads": heads[1]}


def _head(value: Any) -> str:
    return to_text(value) if is_number(value) else str(value)


KIND = TableKind
