"""A rational number; only the exact value is right, in any spelling."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import Kind, Precision, Said, described
from examwright.answers.kinds.number import NumberKind
from examwright.answers.phrases import phrase
from examwright.solvers.arithmetic import to_decimal, to_text


class FractionKind(NumberKind):
    """``fraction``."""

    name = "fraction"

    def __init__(self) -> None:
        super().__init__(Precision())

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        return super(NumberKind, cls).from_options(options)

    def key_fault(self, value: Any) -> str | None:
        return None if isinstance(value, fmpq) else phrase("is {what}, where a fraction is asked for", what=described(value))

    def asked(self) -> Said:
        return phrase("exact fraction")

    def samples(self, key: Any) -> list[str]:
        text = to_text(key)
        out = [text, "x = " + text, text.replace("-", "−"), f"{key.p * 2}/{key.q * 2}", "$" + self.latex(key) + "$"]
        decimal = to_decimal(key)
        return out + [decimal] if len(decimal) < 12 else out


KIND = FractionKind
