"""Free text, marked by hand."""

from __future__ import annotations

from typing import Any

from examwright.answers.kinds.base import DEFAULT, Judgement, Kind, KindError, Notation, only_words
from examwright.answers.reader import Blank


class TextKind(Kind):
    """``text`` or ``{text: {lines: 8}}``: no key; a person reads it."""

    name = "text"
    manual = True

    def __init__(self, lines: int = 6):
        self.lines = lines

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if options is None:
            return cls()
        options = only_words(options, cls.name, ["lines"])
        for word in options:
            if word != "lines":
                raise KindError(f"the type 'text' has no option '{word}'", str(word), ["lines"])
        lines = options.get("lines", 6)
        if not isinstance(lines, int) or isinstance(lines, bool) or not 1 <= lines <= 60:
            raise KindError(f"'lines' is a whole number from 1 to 60, not {lines}", "lines")
        return cls(lines)

    def key_fault(self, value: Any) -> str | None:
        return None if value is None else "is not asked for: text is marked by hand"

    def read(self, raw: str, notation: Notation = DEFAULT) -> str:
        if not raw.strip():
            raise Blank
        return raw.strip()

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        raise TypeError("text is marked by hand")

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return False

    def latex(self, value: Any, language: str = "en") -> str:
        return ""

    def plain(self, value: Any) -> str:
        return "" if value is None else str(value)

    def space(self) -> dict[str, Any]:
        return {"shape": "lines", "count": self.lines}

    def samples(self, key: Any) -> list[str]:
        return []


KIND = TextKind
