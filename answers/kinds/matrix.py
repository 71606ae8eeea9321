"""A matrix of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from examwright.answers.kinds.base import DEFAULT, THREE_DIGITS, Kind, KindError, Notation, Precision, precision_of
from examwright.answers.kinds.equivalence import MATRIX_WORDS, up_to_of
from examwright.answers.kinds.grid import MatrixLike, matrix_fault, size_of
from examwright.answers.reader import read_matrix


class MatrixKind(MatrixLike):
    """``matrix``, ``{matrix: [2, 2]}``, ``{matrix: {shape: [2, 2], digits: 3}}``; sizes may be formulas. ``up_to``
    accepts other forms of the key too: ``sign``, ``scale``, ``positive scale`` (of the whole), ``row order``, ``column
    order``, ``row signs``, ``column signs``."""

    name = "matrix"

    def __init__(self, shape: tuple[Any, Any] | None = None, precision: Precision = THREE_DIGITS, up_to: str | None = None):
        self.shape = shape
        self.precision = precision
        self.up_to = up_to

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if options is None:
            return cls()
        if isinstance(options, (list, tuple)):
            options = {"shape": options}
        if not isinstance(options, dict):
            raise KindError(f"the shape of a matrix is [rows, columns], not {options}", str(options))
        precision = precision_of(options, cls.name, ("shape", "up_to"))
        up_to = up_to_of(options, MATRIX_WORDS)
        shape = options.get("shape")
        if shape is None:
            return cls(None, precision, up_to)
        if not isinstance(shape, (list, tuple)) or len(shape) != 2:
            raise KindError(f"the shape of a matrix is [rows, columns], not {shape}", "shape")
        sizes = [n if isinstance(n, str) else size_of(n) for n in shape]
        for n, size in zip(shape, sizes):
            if size is None:
                raise KindError(f"rows and columns are whole numbers from 1 to 40, not {n}", str(n))
        return cls((sizes[0], sizes[1]), precision, up_to)

    def formulas(self) -> list[str]:
        return [n for n in self.shape or () if isinstance(n, str)]

    def resolve(self, evaluate: Callable[[str], Any]) -> Kind:
        if not self.formulas():
            return self
        assert self.shape
        sizes = [size_of(evaluate(n)) if isinstance(n, str) else n for n in self.shape]
        for n, size in zip(self.shape, sizes):
            if size is None:
                raise KindError(f"'{n}' is not a whole number from 1 to 40", str(n))
        return type(self)((sizes[0], sizes[1]), self.precision, self.up_to)

    def sized(self) -> tuple[int, int] | None:
        return None if self.shape is None or self.formulas() else self.shape

    def key_fault(self, value: Any) -> str | None:
        return matrix_fault(value, self.sized()) or self.form_fault(value)

    def read(self, raw: str, notation: Notation = DEFAULT) -> Any:
        return read_matrix(raw, notation, self.sized())

    def space(self) -> dict[str, Any]:
        sizes = self.sized()
        if sizes is None:
            return {"shape": "lines", "count": 3}
        return {"shape": "grid", "rows": sizes[0], "columns": sizes[1], "row_heads": [], "column_heads": []}


KIND = MatrixKind
