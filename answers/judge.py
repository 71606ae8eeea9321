"""Is this text a right answer to that key? The rules of marking without a question around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from examwright.answers import kinds
from examwright.answers.characters import AND_WORDS, clean
from examwright.answers.kinds.base import precision_of
from examwright.answers.kinds.expression import ExpressionKind
from examwright.answers.kinds.interval import IntervalKind
from examwright.answers.precision import NIL, ONE, Judgement, Precision
from examwright.answers.reader import Ambiguous, Blank, Unreadable, read_list, read_matrix, read_words
from examwright.answers.symbols import inferred_symbols, symbols_of
from examwright.answers.words import clean_words, comparison_in, option_typed
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
        words = _Ordering(comparison_in(key)) if kind == "ordering" else _Choice(_marks(key) is not None)
        return words, words.read(key)
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
    """Words without a list of options: compared but for case and spaces."""

    def key_fault(self, value: Any) -> str | None:
        return None if value and all(value) else "there is no word in it"

    def read(self, raw: str) -> tuple[str, ...]:
        raise NotImplementedError

    def show(self, structure: tuple[str, ...]) -> str:
        return ", ".join(structure)

    def judge(self, structure: tuple[str, ...], key: tuple[str, ...]) -> Judgement:
        if [s.casefold() for s in structure] == [k.casefold() for k in key]:
            return Judgement(ONE, "key", f"{self.show(structure)} is right")
        return Judgement(NIL, "wrong", f"{self.show(structure)} is not {self.show(key)}")


class _Ordering(_Words):
    """The words from the first to the last; `sign` is the comparison in the key."""

    def __init__(self, sign: str):
        self.sign = sign

    def read(self, raw: str) -> tuple[str, ...]:
        return read_words(raw, self.sign)


class _Choice(_Words):
    """One word or phrase; where the key is the mark of an option or several (``A``, ``A, C``), the marks in any order."""

    def __init__(self, marks: bool):
        self.marks = marks

    def read(self, raw: str) -> tuple[str, ...]:
        text = " ".join(clean_words(raw).split())
        found = _marks(text) if self.marks else None
        return (text,) if found is None else found


_MARK = re.compile(r"[(\[]?([A-Za-z]|[0-9]{1,2})[)\].:]{0,2}")


def _marks(text: str) -> tuple[str, ...] | None:
    """The marks of options that the text is: A and C of ``a) and c)``, ``(A), (C)`` or ``AC``; None if it is something else."""
    bare = option_typed(text)
    found = [_MARK.fullmatch(word) for word in re.split(rf"(?<=[A-Z)])\s+y\s+(?=\(?[A-Z])|\s*(?:[,;&+和与及]|\b(?:{AND_WORDS})\b|\s)\s*", bare)]
    if all(found):
        return tuple(sorted({m.group(1).upper() for m in found if m}))
    if re.fullmatch("[A-H]{2,8}", bare) and list(bare) == sorted(set(bare)):
        return tuple(bare)
    return None
