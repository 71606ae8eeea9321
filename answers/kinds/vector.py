"""A vector of numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
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
from examwright.answers.kinds.equivalence import VECTOR_WORDS, up_to_of
from examwright.answers.kinds.grid import GridKind, accepted_cells, size_of, vector_fault, vector_latex
from examwright.answers.phrases import phrase
from examwright.answers.reader import read_list
from examwright.solvers.arithmetic import to_text


@functools.cache
def _entry(n: int) -> Said:
    """The name of the n-th entry."""
    return phrase("entry {n}", n=n)


class VectorKind(GridKind):
    """``vector``, ``{vector: 2}``, ``{vector: {size: 2, digits: 3}}``; the size may be a formula. ``up_to: sign``,
    ``scale``, ``positive scale`` or ``order`` accepts the other forms of the key too."""

    name = "vector"

    def __init__(self, size: int | str | None = None, precision: Precision = THREE_DIGITS, up_to: str | None = None):
        self.size = size
        self.precision = precision
        self.up_to = up_to

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if options is None:
            return cls()
        if not isinstance(options, dict):
            options = {"size": options}
        precision = precision_of(options, cls.name, ("size", "up_to"))
        size = options.get("size")
        if size is not None and not isinstance(size, str):
            if size_of(size) is None:
                raise KindError(f"the size of a vector is a whole number from 1 to 40, not {size}", "size")
            size = size_of(size)
        return cls(size, precision, up_to_of(options, VECTOR_WORDS))

    def formulas(self) -> list[str]:
        return [self.size] if isinstance(self.size, str) else []

    def resolve(self, evaluate: Callable[[str], Any]) -> Kind:
        if not isinstance(self.size, str):
            return self
        size = size_of(evaluate(self.size))
        if size is None:
            raise KindError(f"the size '{self.size}' is not a whole number from 1 to 40", self.size)
        return type(self)(size, self.precision, self.up_to)

    def key_fault(self, value: Any) -> str | None:
        return vector_fault(value, self.size if isinstance(self.size, int) else None) or self.form_fault(value)

    def read(self, raw: str, notation: Notation = DEFAULT) -> Any:
        return read_list(raw, notation, self.size if isinstance(self.size, int) else None)

    def strange(self, structure: Any, key: Any) -> Said | None:
        if len(structure) == len(key):
            return None
        return phrase("{n} entries were typed, the key has {of}", n=len(structure), of=len(key))

    def entries(self, structure: Any, key: Any, slack: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
        for i, k in enumerate(key):
            yield i, structure[i], k, None if slack is None else slack[i]

    def place(self, at: int) -> Said:
        return _entry(at + 1)

    def close(self, a: Any, key: Any, slack: Any) -> bool:
        close = self.precision.confusable
        for x, k, s in zip(a, key, (None,) * len(key) if slack is None else slack):
            if isinstance(x, tuple) or not close(x, k, s):
                return False
        return True

    def latex(self, value: Any, language: str = "en") -> str:
        return vector_latex(value, self.precision)

    def rounded(self, value: Any) -> str:
        return "(" + ", ".join([self.precision.rounded(v) for v in value]) + ")"

    def accepted(self, key: Any, slack: Any = None) -> Said:
        cells, more = accepted_cells(self.precision, key, slack) if len(key) <= 12 else ([], False)
        return self.with_forms(", ".join(cells) if more else "")

    def space(self) -> dict[str, Any]:
        if isinstance(self.size, int) and self.size <= 12:
            return {"shape": "grid", "rows": 1, "columns": self.size, "row_heads": [], "column_heads": []}
        return {"shape": "line"}

    def samples(self, key: Any) -> list[str]:
        exact = [to_text(v) for v in key]
        out = [to_text(key), self.rounded(key), "[" + "; ".join(exact) + "]", "v = {" + ", ".join(exact) + "}",
               "$" + self.latex(key) + "$", "(" + ", ".join(exact) + ")^T"]
        if self.size is not None:
            out.append(" ".join(exact))
        return out + [to_text(v) for v in self.equivalents(key)]


KIND = VectorKind
