"""A whole number; only the exact value is right."""

from __future__ import annotations

from typing import Any

from examwright.answers.kinds.base import Kind, Precision, Said, described, is_exact_number
from examwright.answers.kinds.number import NumberKind
from examwright.answers.phrases import phrase
from examwright.solvers.arithmetic import is_integer, to_text


class IntegerKind(NumberKind):
    """``integer``. What is typed may be ``12.0`` or ``3*4``, as long as it is the key."""

    name = "integer"

    def __init__(self) -> None:
        super().__init__(Precision())

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        return super(NumberKind, cls).from_options(options)

    def key_fault(self, value: Any) -> str | None:
        if is_exact_number(value) and is_integer(value):
            return None
        return phrase("is {what}, where a whole number is asked for", what=described(value))

    def asked(self) -> Said:
        return phrase("whole number")

    def samples(self, key: Any) -> list[str]:
        n = to_text(key)
        return [n, n + ".0", "n = " + n, n.replace("-", "−"), f"{key * 2}/2", f"${n}$"]


KIND = IntegerKind
