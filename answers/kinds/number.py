"""A number, exact or rounded to the digits or decimals asked."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import (
    DEFAULT,
    THREE_DIGITS,
    Judgement,
    Kind,
    Notation,
    Precision,
    Said,
    Typed,
    described,
    is_exact_number,
    only_words,
    precision_of,
)
from examwright.answers.phrases import phrase
from examwright.answers.reader import read_number
from examwright.solvers.arithmetic import Number, Real, to_decimal, to_latex, to_text


class NumberKind(Kind):
    """``number`` or ``{number: {digits: 3}}``, ``{decimals: 2}``, ``{within: 0.01}``."""

    name = "number"

    def __init__(self, precision: Precision = THREE_DIGITS):
        self.precision = precision

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if options is None:
            return cls()
        options = only_words(options, cls.name, ["digits", "decimals", "within"])
        return cls(precision_of(options, cls.name))

    def key_fault(self, value: Any) -> str | None:
        return None if is_exact_number(value) else phrase("is {what}, where a number is asked for", what=described(value))

    def read(self, raw: str, notation: Notation = DEFAULT) -> Typed:
        return read_number(raw, notation)

    def judge(self, structure: Typed, key: Number, slack: Number | None = None) -> Judgement:
        return self.precision.judge(structure, key, slack)

    def right(self, structure: Typed, key: Number, slack: Number | None = None) -> bool:
        return self.precision.right(structure, key, slack)

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return is_exact_number(a) and self.precision.confusable(a, key, slack)

    def latex(self, value: Number, language: str = "en") -> str:
        return number_latex(value, self.precision)

    def plain(self, value: Number) -> str:
        return to_text(value)

    def rounded(self, value: Number) -> str:
        return self.precision.rounded(value)

    def accepted(self, key: Number, slack: Number | None = None) -> str:
        return self.precision.accepted(key, slack)

    def asked(self) -> Said:
        return self.precision.asked()

    def samples(self, key: Number) -> list[str]:
        return number_samples(key, self.precision)


def number_latex(value: Number, precision: Precision) -> str:
    """A key in LaTeX: its exact form, or where there is no short one, rounded with one digit to spare."""
    if isinstance(value, Real) and value.form is None:
        return to_decimal(value, digits=max(precision.digits or 0, 4) + 1)
    return to_latex(value)


def number_samples(key: Number, precision: Precision) -> list[str]:
    """Right spellings of a number."""
    out = [to_text(key), precision.rounded(key), "x = " + to_text(key), "$" + number_latex(key, precision) + "$"]
    if isinstance(key, fmpq):
        out += [f"{key.p * 3}/{key.q * 3}", to_text(key).replace("-", "−")]
        out.append(to_decimal(key * 100, decimals=max(precision.places(key), 2)) + "%")
    elif key.form is None:
        out.pop()
    decimal = precision.rounded(key)
    if "." in decimal and not (len(decimal.partition(".")[2]) == 3 and decimal.lstrip("-")[0] != "0"):
        out.append(decimal.replace(".", ","))
    return out


KIND = NumberKind
