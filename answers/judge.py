"""Is this text a right answer to that key? The rules of marking without a question around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from examwright.answers import kinds
from examwright.answers.kinds.base import precision_of
from examwright.answers.kinds.expression import ExpressionKind
from examwright.answers.kinds.interval import IntervalKind
from examwright.answers.parser import clean
from examwright.answers.precision import NIL, ONE, Judgement, Precision
from examwright.answers.reader import Ambiguous, Blank, Unreadable, read_list, read_matrix, read_words
from examwright.answers.symbols import inferred_symbols, symbols_of
from examwright.solvers.arithmetic import Undecided

__all__ = ["Verdict", "judge"]

_KINDS = ("integer", "number", "fraction", "expression", "vector", "matrix", "set", "interval", "ordering", "choice")


@dataclass(frozen=True)
class Verdict:
    """`verdict`: equal, different, undecided, ambiguous or unreadable; `why`: key, rounded, wrong, blank, undecided,
    ambiguous or unreadable; `read`: how the answer was read ("" if it was not); `evidence`: one sentence."""

    verdict: str
    why: str
    read: str
    evidence: str


def judge(answer: str, key: str, kind: str, *, digits: int | None = None, within: Any = None,
          symbols: Any = None) -> Verdict:
    """Judge typed text against a key, typed in the same notation.

    Without `digits` (significant) or `within` (an int, Fraction, Decimal, or a text such as 0.1) only the exact value is right.
    `symbols` are those of an expression with their domains, as a text or a list of texts (``"x > 0, y"``; without them,
    the letters of the key, each any real number), or the variable of an interval's conditions. Raises ValueError for
    an unknown kind, a key that is not one, or options that do not belong to the kind.
    """
    if kind not in _KINDS:
        raise ValueError(f"there is no kind '{kind}'; there are {', '.join(_KINDS)}")
    if symbols is not None and kind not in ("expression", "interval"):
        raise ValueError("symbols belong to the kinds 'expression' and 'interval'")
    if within is not None and kind == "expression":
        raise ValueError("an expression is judged exactly, or to a number of digits; 'within' belongs to numbers")
    reach = None if within is None else precision_of({"within": within}, kind, default_digits=None).within
    if digits is not None and not 1 <= digits <= 50:
        raise ValueError("'digits' is a whole number from 1 to 50")
    try:
        judged, right = _prepared(key, kind, Precision(digits, None, reach), symbols)
    except (Unreadable, Ambiguous, Blank) as error:
        raise ValueError(f"the key '{key}' cannot be read: {error.reason}") from None
    fault = judged.key_fault(right)
    if fault is not None:
        raise ValueError(f"the key '{key}' {fault}")
    try:
        structure = judged.read(answer)
    except Blank as error:
        return Verdict("unreadable", "blank", "", error.reason)
    except Ambiguous as error:
        return Verdict("ambiguous", "ambiguous", "", error.reason)
    except Unreadable as error:
        return Verdict("unreadable", "unreadable", "", error.reason)
    try:
        found = judged.judge(structure, right)
    except Undecided as error:
        return Verdict("undecided", "undecided", judged.show(structure), str(error))
    why = "rounded" if found.how == "fewer digits" else found.how
    return Verdict("equal" if found.share == 1 else "different", why, judged.show(structure), found.evidence)


def _prepared(key: str, kind: str, precision: Precision, symbols: Any) -> tuple[Any, Any]:
    """The kind that judges, and the exact key."""
    if kind == "expression":
        expression = ExpressionKind(inferred_symbols(clean(key)) if symbols is None else symbols_of(symbols), precision.digits)
        return expression, expression.value(expression.read(key))
    if kind == "interval":
        interval = IntervalKind(precision, symbols_of(symbols)[0].name if symbols is not None else "")
        return interval, interval.value(interval.read(key))
    if kind in ("ordering", "choice"):
        words = read_words(key) if kind == "ordering" else (key.strip(),)
        return _Words(kind == "ordering"), words
    made: Any = kinds.make(kind)
    if kind not in ("integer", "fraction"):
        made.precision = precision
    if kind == "vector":
        entries = read_list(key)
        made.size = len(entries)
    elif kind == "matrix":
        entries = read_matrix(key)
        made.shape = (len(entries), len(entries[0]))
    else:
        entries = made.read(key)
    return made, made.value(entries)


class _Words:
    """Words without a list of options: compared as they stand, but for case and spaces."""

    def __init__(self, many: bool):
        self.many = many

    def key_fault(self, value: Any) -> str | None:
        return None if value and all(value) else "there is no word in it"

    def read(self, raw: str) -> tuple[str, ...]:
        if not raw.strip():
            raise Blank
        return read_words(raw) if self.many else (" ".join(raw.split()),)

    def show(self, structure: tuple[str, ...]) -> str:
        return ", ".join(structure)

    def judge(self, structure: tuple[str, ...], key: tuple[str, ...]) -> Judgement:
        if [s.casefold() for s in structure] == [" ".join(k.split()).casefold() for k in key]:
            return Judgement(ONE, "key", f"{self.show(structure)} is right")
        return Judgement(NIL, "wrong", f"{self.show(structure)} is not {self.show(key)}")
