"""A set of numbers or words: order and repetition do not count."""

from __future__ import annotations

import re
from typing import Any

from flint import fmpq

from examwright.answers.characters import NONE
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
    word_latex,
)
from examwright.answers.kinds.number import number_latex
from examwright.answers.phrases import joined, listed, phrase, spelled
from examwright.answers.precision import ONE
from examwright.answers.reader import read_list, same_value
from examwright.solvers.arithmetic import to_text

_EMPTY = re.compile(r"\$?\s*(?:∅|\\emptyset|\\varnothing)\s*\$?|(?:(?:the )?empty(?: set)?|(?:die )?leere Menge|leer|(?:l[’'])?ensemble vide|vide"
                    rf"|(?:el )?conjunto vacío|vacío|空集?|{NONE})\.?", re.I)


class SetKind(Kind):
    """``set`` or ``{set: {digits: 3}}``."""

    name = "set"

    def __init__(self, precision: Precision = THREE_DIGITS):
        self.precision = precision

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if options is None:
            return cls()
        options = only_words(options, cls.name, ["digits", "decimals", "within"])
        return cls(precision_of(options, cls.name))

    def key_fault(self, value: Any) -> str | None:
        if not isinstance(value, tuple):
            return f"is {described(value)}, where a list is asked for"
        for v in value:
            if not (is_exact_number(v) or (isinstance(v, str) and v)):
                return "has entries that are neither numbers nor words"
        return None

    def read(self, raw: str, notation: Notation = DEFAULT) -> Any:
        if isinstance(raw, str) and _EMPTY.fullmatch(raw.strip()):
            return ()
        return read_list(raw, notation, words=True)

    def show(self, structure: Any) -> Said:
        return spelled("{", listed([s.shown if isinstance(s, Typed) else s for s in structure]), "}")

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        bounds = (None,) * len(key) if slack is None else slack
        met: list[bool] = [False] * len(key)
        how, worst = "key", ONE
        strange: list[str] = []
        for typed in structure:
            best: Judgement | None = None
            at = -1
            for i, k in enumerate(key):
                one = self._one(typed, k, bounds[i])
                if one is not None and (best is None or (one.how == "key") > (best.how == "key")
                                        or (one.share > best.share and best.how != "key")):
                    best, at = one, i
            if best is None:
                strange.append(typed.text if isinstance(typed, Typed) else typed)
                continue
            for i, k in enumerate(key):  # the same value may stand twice in a key
                if i == at or _equal(k, key[at]):
                    met[i] = True
            how = best.how if how == "key" or best.how == "fewer digits" else how
            worst = min(worst, best.share)
        missing = sum([not m for m in met])
        if strange or missing:
            notes: list[Said] = [phrase("not in the set: {entries}", entries=", ".join(strange[:6]))] if strange else []
            if missing:
                notes.append(phrase("{n} missing", n=missing) if missing > 1 else phrase("1 missing"))
            total = len(key) + len(strange)
            return Judgement(fmpq(len(key) - missing, max(total, 1)), "wrong", joined(*notes))
        if how == "key":
            return Judgement(ONE, "key", phrase("the same set"))
        return Judgement(worst, how, phrase("the same set, rounded" if how == "rounded" else "the same set, rounded to fewer digits than asked"))

    def _one(self, typed: Any, key: Any, slack: Any) -> Judgement | None:
        if isinstance(key, str):
            text = typed.text if isinstance(typed, Typed) else typed
            return Judgement(ONE, "key", "") if _fold(text) == _fold(key) else None
        if not isinstance(typed, Typed):
            return None
        one = self.precision.judge(typed, key, slack)
        return one if one.how != "wrong" else None

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        if not isinstance(a, tuple):
            return False
        bounds = (None,) * len(key) if slack is None else slack
        met = [False] * len(key)
        for x in a:
            hit = False
            for i, k in enumerate(key):
                if isinstance(k, str) or isinstance(x, str):
                    close = isinstance(k, str) and isinstance(x, str) and _fold(x) == _fold(k)
                else:
                    close = self.precision.confusable(x, k, bounds[i])
                if close:
                    met[i] = hit = True
            if not hit:
                return False
        return all(met)

    def latex(self, value: Any, language: str = "en") -> str:
        inner = [word_latex(v) if isinstance(v, str) else number_latex(v, self.precision) for v in value]
        return r"\{" + ",\\, ".join(inner) + r"\}" if inner else r"\emptyset"

    def plain(self, value: Any) -> str:
        return "{" + ", ".join([to_text(v) for v in value]) + "}"

    def rounded(self, value: Any) -> str:
        return "{" + ", ".join([v if isinstance(v, str) else self.precision.rounded(v) for v in value]) + "}"

    def asked(self) -> Said:
        return ""

    def samples(self, key: Any) -> list[str]:
        words = [to_text(v) for v in key]
        out = [self.plain(key), self.rounded(key), "{" + "; ".join(reversed(words)) + "}"]
        if words:
            out.append("(" + ", ".join([*words, words[0]]) + ")")
        return out


def _fold(text: str) -> str:
    return " ".join(text.casefold().replace("$", "").replace("_", "").split())


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and _fold(a) == _fold(b)
    return same_value(a, b)


KIND = SetKind
