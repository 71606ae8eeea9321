"""Any number of several printed options."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import DEFAULT, Judgement, Kind, KindError, Notation, described, word_latex
from examwright.answers.kinds.options import Options, OptionsKind, options_of, values_of, word_of
from examwright.answers.precision import NIL, ONE
from examwright.answers.reader import Blank

_SCHEMES = ("all-or-nothing", "per-option")


class ChoicesKind(OptionsKind):
    """``{choices: {…}}``. The key is a list of ids. ``{choices: {options: …, scheme: per-option}}`` gives a
    share for each option rightly ticked or left out; else only the whole list is right."""

    name = "choices"

    def __init__(self, options: Options, values: dict[str, Any] | None = None, scheme: str = _SCHEMES[0]):
        super().__init__(options, values)
        self.scheme = scheme

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if isinstance(options, dict) and isinstance(options.get("options"), (dict, list)):
            for word in options:
                if word not in ("options", "scheme"):
                    raise KindError(f"the type 'choices' has no option '{word}'", str(word), ["options", "scheme"])
            scheme = options.get("scheme", _SCHEMES[0])
            if scheme not in _SCHEMES:
                raise KindError(f"there is no scheme '{scheme}'", str(scheme), list(_SCHEMES))
            return cls(options_of(options["options"], cls.name), values_of(options["options"]), scheme)
        return cls(options_of(options, cls.name), values_of(options))

    def _with(self, options: Options) -> Kind:
        return type(self)(options, self.values, self.scheme)

    def key_fault(self, value: Any) -> str | None:
        if not isinstance(value, tuple):
            return f"is {described(value)}, where a list of options is asked for"
        ids = [i for i, _ in self.options]
        for v in value:
            if word_of(v) not in ids:
                return f"has '{word_of(v)}', which is none of the options {', '.join(ids)}"
        return None

    def _ordered(self, ids: Any) -> tuple[str, ...]:
        wanted = [word_of(i) for i in ids]
        return tuple([i for i, _ in self.options if i in wanted])

    def read(self, raw: str, notation: Notation = DEFAULT) -> tuple[str, ...]:
        if not raw.strip():
            raise Blank
        word = raw.strip().casefold().rstrip(".")
        named = [w.casefold().rstrip(".") for option in self.options for w in option]
        if word in ("none", "none of them", "∅", "{}", "()", "[]") and word not in named:
            return ()
        return self._ordered(self.find_all(raw))

    def show(self, structure: Any) -> str:
        return super().show(structure) if structure != () else "none"

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        right = self._ordered(key)
        if structure == right:
            return Judgement(ONE, "key", f"{self.show(structure)}: all options are right")
        wrong = [self.mark_of(i) for i, _ in self.options if (i in structure) != (i in right)]
        share = fmpq(len(self.options) - len(wrong), len(self.options)) if self.scheme == "per-option" else NIL
        return Judgement(share, "wrong", f"wrongly ticked or left out: {', '.join(wrong)}")

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return isinstance(a, tuple) and self._ordered(a) == self._ordered(key)

    def latex(self, value: Any) -> str:
        return word_latex(self.show(self._ordered(value)))

    def plain(self, value: Any) -> str:
        return ", ".join([self.mark_of(i) for i in self._ordered(value)]) or "none"

    def asked(self) -> str:
        return "tick all that apply"

    def space(self) -> dict[str, Any]:
        return {**super().space(), "many": True}

    def samples(self, key: Any) -> list[str]:
        ids = self._ordered(key)
        if not ids:
            return ["none", "{}"]
        marks = [self.mark_of(i) for i in ids]
        out = [", ".join(marks), " ".join(marks), "; ".join(reversed(marks)), "{" + ",".join(marks).lower() + "}"]
        return out + ["".join(marks)] if all([m.isalpha() for m in marks]) else out


KIND = ChoicesKind
