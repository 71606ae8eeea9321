"""Any number of several printed options, given by the author or drawn from a pool of statements."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flint import fmpq

from examwright.answers.characters import NONE
from examwright.answers.kinds.base import (
    DEFAULT,
    Judgement,
    Kind,
    KindError,
    Notation,
    Said,
    described,
    share_of,
    word_latex,
)
from examwright.answers.kinds.options import Options, OptionsKind, word_of
from examwright.answers.phrases import listed, phrase, told
from examwright.answers.precision import NIL, ONE
from examwright.answers.reader import Blank
from examwright.answers.words import clean_words
from examwright.solvers.arithmetic import as_int, to_latex

_OF = r"(?: of (?:them|these|the above)| davon| d[’'](?:entre )?(?:elles|eux)| de (?:ellas|ellos))?"
_NONE = re.compile(rf"(?:{NONE}){_OF}|没有|都不是|∅|\{{\}}|\(\)|\[\]")
_ALL = re.compile(rf"(?:all|alle|tous|toutes|todos|todas|全部|全选){_OF}|都是")
_SCHEMES = ("all-or-nothing", "per-option", "negative")
LEAST = 8  # statements in a pool


class Statement(NamedTuple):
    """A statement of a pool: its text, whether it is true, and the reason."""

    says: str
    true: bool
    why: str


class ChoicesKind(OptionsKind):
    """``{choices: {…}}``. The key is a list of ids. ``{choices: {options: …, scheme: …}}``: with ``all-or-nothing`` only
    the whole list is right; ``per-option`` gives a share for each option rightly ticked or left out; with ``negative``
    a right tick earns 1/(number of right options) and a wrong one costs 1/(number of wrong options), so that neither
    guessing nor ticking everything pays, down to ``floor`` (0).

    ``{choices: {pool: [{says, is, why}, …], pick: 5}}`` draws the options from a pool of statements; the true ones are
    the key. `shown` is the name of the drawn value that says which statements stand there, in which order.
    """

    name = "choices"

    words = (*OptionsKind.words, "scheme", "floor")

    def __init__(self, options: Options, values: dict[str, Any] | None = None):
        super().__init__(options, values)
        self.scheme = _SCHEMES[0]
        self.floor = NIL
        self.pool: tuple[Statement, ...] = ()
        self.pick = 0
        self.shown = ""
        self.own_key = False

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if not isinstance(options, dict) or not isinstance(options.get("pool"), (dict, list)):
            return super().from_options(options)
        allowed = ["pool", "pick", "scheme", "floor"]
        for word in options:
            if word not in allowed:
                raise KindError(f"the type 'choices' has no option '{word}'", str(word), allowed)
        kind = cls(())
        kind._take({word: value for word, value in options.items() if word not in ("pool", "pick")})
        kind.pool = _pool_of(options["pool"])
        kind.pick = _pick_of(options.get("pick"), len(kind.pool))
        kind.own_key = True
        return kind

    def _take(self, given: dict[str, Any]) -> None:
        super()._take(given)
        self.scheme = given.get("scheme", _SCHEMES[0])
        if self.scheme not in _SCHEMES:
            raise KindError(f"there is no scheme '{self.scheme}'", str(self.scheme), list(_SCHEMES))
        self.floor = share_of(given.get("floor", NIL), "floor", fmpq(-1), NIL)
        if "floor" in given and self.scheme != "negative":
            raise KindError("'floor' belongs to the scheme 'negative'", "floor")

    # a pool

    def usual_ask(self) -> Said:
        if self.scheme == "all-or-nothing":
            how = phrase("Only the whole list is right.")
        elif self.scheme == "per-option":
            how = phrase("Each statement that is rightly ticked or left out earns its share of the points.")
        elif self.floor:
            how = phrase("Each true statement that you tick earns its share of the points, each false one costs its share; you can lose ${most}$ of the points at most.",
                         most=to_latex(-self.floor))
        else:
            how = phrase("Each true statement that you tick earns its share of the points, each false one costs its share; "
                         "you cannot get less than nothing for the part.")
        return phrase("Which of these statements are true? {how}", how=how)

    def drawn_as(self, name: str) -> Kind:
        """The kind with the name of the drawn value that says which statements of the pool are shown."""
        kind = copy.copy(self)
        kind.shown = name
        return kind

    def true_ones(self, shown: Sequence[Any]) -> tuple[str, ...]:
        """The key: the true ones of the statements shown, by their numbers from 1. ValueError for a number of none."""
        return tuple([s.says for s in self._statements(shown) if s.true])

    def _statements(self, shown: Sequence[Any]) -> list[Statement]:
        numbers = [as_int(n) for n in shown]
        if len(set(numbers)) != len(numbers) or not all([1 <= n <= len(self.pool) for n in numbers]):
            raise ValueError(f"not different numbers from 1 to {len(self.pool)}, the statements of the pool")
        return [self.pool[n - 1] for n in numbers]

    def formulas(self) -> list[str]:
        return [self.shown] if self.shown and not self.options else super().formulas()

    def resolve(self, evaluate: Callable[[str], Any]) -> Kind:
        if not self.shown or self.options:
            return super().resolve(evaluate)
        return self._with(tuple([(s.says, s.says) for s in self._statements(evaluate(self.shown))]))

    def with_texts(self, render: Callable[[str], str]) -> Kind:
        kind: Any = super().with_texts(render)
        shown = {i for i, _ in self.options}
        kind.pool = tuple([s._replace(why=render(s.why)) if s.says in shown else s for s in self.pool])
        return kind

    def reasons(self, ids: Sequence[str]) -> list[Said]:
        """Of these statements, whether they are true and why (Markdown)."""
        return [phrase("{mark} is true. {why}" if s.true else "{mark} is false. {why}", mark=self.mark_of(s.says), why=_line(s.why))
                for s in self._shown() if s.says in ids]

    def worked(self, language: str = "en") -> str:
        """All statements shown, each with its reason: a Markdown list."""
        text = dict(self.options)
        verdict = {true: told(phrase("This is true." if true else "This is false."), language) for true in (True, False)}
        return "\n".join([f"- **{self.mark_of(s.says)}.** {_line(text[s.says])} *{verdict[s.true]}* {_line(s.why)}" for s in self._shown()])

    def _shown(self) -> list[Statement]:
        of = {s.says: s for s in self.pool}
        return [of[i] for i, _ in self.options if i in of]

    # the answer

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
        word = " ".join(raw.split()).casefold().rstrip(".")
        if word not in [w.casefold().rstrip(".") for option in self.options for w in option]:
            if _NONE.fullmatch(word):
                return ()
            if _ALL.fullmatch(word):
                return tuple([i for i, _ in self.options])
        return self._ordered(self.find_all(self.lettered(clean_words(raw))))

    def show(self, structure: Any) -> Said:
        if structure == ():
            return phrase("none ticked")
        if self.pool and isinstance(structure, tuple):
            return ", ".join([self.mark_of(i) for i in structure])
        return super().show(structure)

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        right = self._ordered(key)
        if structure == right:
            return Judgement(ONE, "key", phrase("{chosen}: all options are right", chosen=self.show(structure)))
        wrong = [i for i, _ in self.options if (i in structure) != (i in right)]
        share = NIL
        if self.scheme == "per-option":
            share = fmpq(len(self.options) - len(wrong), len(self.options))
        elif self.scheme == "negative":
            hits = len([i for i in structure if i in right])
            share = fmpq(hits, len(right)) if right else NIL
            if len(right) < len(self.options):
                share -= fmpq(len(structure) - hits, len(self.options) - len(right))
            share = max(share, self.floor)
        marks = ", ".join([self.mark_of(i) for i in wrong])
        return Judgement(share, "wrong", phrase("wrongly ticked or left out: {marks}", marks=marks), listed(self.reasons(wrong), " "))

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return isinstance(a, tuple) and self._ordered(a) == self._ordered(key)

    def latex(self, value: Any, language: str = "en") -> str:
        ids = self._ordered(value)
        return word_latex(self.show(ids) if ids else told(phrase("none"), language))

    def plain(self, value: Any) -> Said:
        return ", ".join([self.mark_of(i) for i in self._ordered(value)]) or phrase("none ticked")

    def asked(self) -> Said:
        return phrase("all that apply, negative" if self.scheme == "negative" else "all that apply")

    def space(self) -> dict[str, Any]:
        return {**super().space(), "many": True}

    def samples(self, key: Any) -> list[str]:
        ids = self._ordered(key)
        if not ids:
            return ["none", "{}"]
        marks = [self.mark_of(i) for i in ids]
        out = [", ".join(marks), " ".join(marks), "; ".join(reversed(marks)), "{" + ",".join(marks).lower() + "}"]
        return out + ["".join(marks)] if all([m.isalpha() for m in marks]) else out


def _line(text: str) -> str:
    return " ".join(text.split())


def _pool_of(given: Any) -> tuple[Statement, ...]:
    """The statements of a pool. Raises KindError."""
    out: list[Statement] = []
    for item in given if isinstance(given, list) else []:
        words = item if isinstance(item, dict) else {}
        for word in words:
            if word not in ("says", "is", "why"):
                raise KindError(f"a statement has no '{word}'", str(word), ["says", "is", "why"])
        says, true, why = words.get("says"), words.get("is"), words.get("why")
        if not isinstance(says, str) or not isinstance(true, bool) or not isinstance(why, str):
            raise KindError("a statement is {says: a text, is: true or false, why: the reason}", "pool")
        if says in [s.says for s in out]:
            raise KindError("a statement stands in the pool twice", says)
        out.append(Statement(says, true, why))
    if len(out) < LEAST or len({s.true for s in out}) < 2:
        raise KindError(f"a pool is a list of at least {LEAST} statements, true and false ones", "pool")
    return tuple(out)


def _pick_of(given: Any, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 2 <= given <= min(most, 26):
        raise KindError(f"'pick' is a whole number from 2 to {min(most, 26)}, the statements to be shown", "pick")
    return given


KIND = ChoicesKind
