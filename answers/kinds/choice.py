"""One of several printed options."""

from __future__ import annotations

from typing import Any

from examwright.answers.kinds.base import DEFAULT, Judgement, Notation, word_latex
from examwright.answers.kinds.options import OptionsKind, names_of, word_of
from examwright.answers.phrases import phrase
from examwright.answers.precision import NIL, ONE
from examwright.answers.reader import Blank


class ChoiceKind(OptionsKind):
    """``{choice: [rises, falls]}`` or ``{choice: {up: "It rises."}}``, or with the words of `OptionsKind` ``{choice: {options: …,
    last: none}}``. The key is the id of an option."""

    name = "choice"

    def key_fault(self, value: Any) -> str | None:
        ids = [i for i, _ in self.options]
        return None if word_of(value) in ids else f"is none of the options {', '.join(ids)}"

    def read(self, raw: str, notation: Notation = DEFAULT) -> str:
        if not raw.strip():
            raise Blank
        return self.find(raw)

    def judge(self, structure: str, key: Any, slack: Any = None) -> Judgement:
        if structure == word_of(key):
            return Judgement(ONE, "key", phrase("{chosen} is the right option", chosen=self.show(structure)))
        return Judgement(NIL, "wrong", phrase("{chosen} was chosen, right is {right}", chosen=self.show(structure), right=self.show(word_of(key))))

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return word_of(a) == word_of(key)

    def latex(self, value: Any, language: str = "en") -> str:
        return word_latex(self.show(word_of(value)))

    def plain(self, value: Any) -> str:
        return self.show(word_of(value))

    def rounded(self, value: Any) -> str:
        return self.mark_of(word_of(value))

    def samples(self, key: Any) -> list[str]:
        mark = self.mark_of(word_of(key))
        return [mark, mark.lower(), f"{mark})", f"({mark})", *names_of(word_of(key), self.text_of(word_of(key)))]


KIND = ChoiceKind
