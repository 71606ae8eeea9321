"""Printed options in the right order."""

from __future__ import annotations

import re
from typing import Any

from examwright.answers.kinds.base import DEFAULT, Judgement, Notation, described, word_latex
from examwright.answers.kinds.options import OptionsKind, word_of
from examwright.answers.precision import NIL, ONE
from examwright.answers.reader import Blank, Unreadable


class OrderingKind(OptionsKind):
    """``{ordering: [a, b, c]}``. The key is the list of all ids in the right order, the answer is read from left
    to right whatever stands between the words."""

    name = "ordering"

    def key_fault(self, value: Any) -> str | None:
        if not isinstance(value, tuple):
            return f"is {described(value)}, where a list of words is asked for"
        if sorted([word_of(v) for v in value]) != sorted([i for i, _ in self.options]):
            return "does not hold each option once: " + ", ".join([word_of(v) for v in value])
        return None

    def read(self, raw: str, notation: Notation = DEFAULT) -> tuple[str, ...]:
        if not raw.strip():
            raise Blank
        found = self.find_all(raw)
        if len(found) != len(self.options):
            raise Unreadable(f"{len(found)} typed, all {len(self.options)} are to be put in order")
        for i in found:
            if found.count(i) > 1:
                raise Unreadable(f"'{self.text_of(i)}' stands there twice")
        return found

    def show(self, structure: Any) -> str:
        if isinstance(structure, tuple):
            return ", ".join([self.text_of(s) for s in structure])
        return super().show(structure)

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        right = tuple([word_of(k) for k in key])
        if structure == right:
            return Judgement(ONE, "key", "the order is right")
        places = sum([a == b for a, b in zip(structure, right)])
        return Judgement(NIL, "wrong", f"{places} of {len(right)} stand in their place; right is {self.show(right)}")

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return isinstance(a, tuple) and [word_of(x) for x in a] == [word_of(k) for k in key]

    def latex(self, value: Any) -> str:
        return word_latex(self.show(tuple([word_of(v) for v in value])))

    def plain(self, value: Any) -> str:
        words = [word_of(v) for v in value]
        if any([re.search(r"[,;<>|→\s]", t) for option in self.options for t in option]):
            return ", ".join([self.mark_of(w) for w in words])
        return ", ".join(words)

    def rounded(self, value: Any) -> str:
        return ", ".join([self.mark_of(word_of(v)) for v in value])

    def space(self) -> dict[str, Any]:
        return {"shape": "line", "options": super().space()["options"]}

    def samples(self, key: Any) -> list[str]:
        marks = [self.mark_of(word_of(v)) for v in key]
        out = [", ".join(marks), " > ".join(marks), " → ".join(marks).lower(), " ".join(marks)]
        return out + [", ".join([self.text_of(word_of(v)) for v in key])]


KIND = OrderingKind
