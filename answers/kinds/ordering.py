"""Printed options in the right order."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

from flint import fmpq

from examwright.answers.brackets import opened
from examwright.answers.characters import AND_WORDS, THEN
from examwright.answers.kinds.base import DEFAULT, Judgement, KindError, Notation, Said, described, word_latex
from examwright.answers.kinds.options import Options, OptionsKind, word_of
from examwright.answers.phrases import phrase
from examwright.answers.precision import NIL, ONE
from examwright.answers.reader import Blank, Unreadable
from examwright.answers.words import clean_words, comparison_in

_SCHEMES = ("all-or-nothing", "pairs")
_SIGNS = (">", "<")
_THEN = re.compile(rf"\s*[,;，；]?\s*(?:\b(?:{AND_WORDS}|y)\s+)?{THEN}\s*", re.I)
_FIRST = re.compile(r"first(?:ly)?\b[\s,:]+(?=\S)", re.I)
_EQUALS = re.compile(r"=|≈|∼|~|\\sim\b")

Ranks = tuple[Any, ...]  # ids from the first to the last; a tuple of ids stands on one rank


class OrderingKind(OptionsKind):
    """``{ordering: [a, b, c]}``. The key is the list of all ids in the right order, the answer is read from left
    to right whatever stands between the words. ``{ordering: {options: …, ties: true}}``: equal ranks stand in a list of
    their own in the key (``['b', ['a', 'c']]``) and are typed ``b > a = c``. With ``scheme: pairs`` each pair of
    options in the right order counts for the answer and each other pair against it, down to nothing. ``sign: ">"`` says that the largest
    comes first (``"<"``: the smallest), so that an answer with the other sign is read from its end."""

    name = "ordering"

    words = ("order", "ties", "scheme", "sign")

    def __init__(self, options: Options, values: dict[str, Any] | None = None):
        super().__init__(options, values)
        self.ties = False
        self.scheme = _SCHEMES[0]
        self.sign = ""

    def _take(self, given: dict[str, Any]) -> None:
        super()._take(given)
        self.ties, self.scheme = given.get("ties", False), given.get("scheme", _SCHEMES[0])
        if not isinstance(self.ties, bool):
            raise KindError(f"'ties' is true or false, not {self.ties}", "ties")
        if self.scheme not in _SCHEMES:
            raise KindError(f"there is no scheme '{self.scheme}'", str(self.scheme), list(_SCHEMES))
        self.sign = given.get("sign", "")
        if "sign" in given and self.sign not in _SIGNS:
            raise KindError(f"there is no sign '{self.sign}'", str(self.sign), list(_SIGNS))
        if self.sign and any([s in t for s in _SIGNS for _, t in self.options]):
            raise KindError("'sign' needs options in which no < or > stands", "sign")

    @property
    def between(self) -> str:
        """What stands between two ranks."""
        return f" {self.sign or _SIGNS[0]} " if self.ties else ", "

    def key_fault(self, value: Any) -> str | None:
        if not isinstance(value, tuple):
            return f"is {described(value)}, where a list of words is asked for"
        if not self.ties and any([isinstance(v, tuple) for v in value]):
            return "has equal ranks, which need 'ties: true' in the type"
        if sorted(_ids(_ranks(value))) != sorted([i for i, _ in self.options]):
            return "does not hold each option once: " + ", ".join(_ids(_ranks(value)))
        return None

    def read(self, raw: str, notation: Notation = DEFAULT) -> Ranks:
        if not raw.strip():
            raise Blank
        text = self.lettered(clean_words(raw))
        text = _THEN.sub(", ", _FIRST.sub("", text, 1) if _FIRST.match(text) else text)  # "first B, then A"
        if sorted(text.upper()) == sorted(self.marks) and text not in [t for _, t in self.options]:  # "bca"
            text = ", ".join(text.upper())
        if not self.ties and _EQUALS.search(text) and not any([_EQUALS.search(t) for _, t in self.options]):
            raise Unreadable("two of them have the same place")
        typed = comparison_in(text) if self.sign else ""
        found = self._with_ties(text, typed) if self.ties and _EQUALS.search(text) else self.find_all(text, typed)
        if typed and typed != self.sign:
            found = found[::-1]
        ids = _ids(found)
        if len(ids) != len(self.options):
            raise Unreadable("{n} typed, all {of} are to be put in order", n=len(ids), of=len(self.options))
        for i in ids:
            if ids.count(i) > 1:
                raise Unreadable("'{text}' stands there twice", text=self.text_of(i))
        return found

    def _with_ties(self, raw: str, sign: str) -> Ranks:
        """``b > a = c``: what equals signs join stands on one rank."""
        text = opened(raw.replace("=>", "→"))[0]
        pieces = _EQUALS.split(text)
        if len(pieces) > len(self.options):
            raise Unreadable("too many equals signs")
        ranks: list[list[str]] = []
        for n, piece in enumerate(pieces):
            if not piece.strip(" ,;><→|(){}[]\n"):
                raise Unreadable("an equals sign with nothing beside it")
            ids = list(self.find_all(piece.strip(" ,;\n"), sign))
            if n:
                ranks[-1].append(ids.pop(0))
            ranks += [[i] for i in ids]
        return _ranks(tuple([tuple(r) for r in ranks]))

    def value(self, structure: Any) -> Any:
        return tuple([tuple([self.values.get(i, i) for i in rank]) if isinstance(rank, tuple) else self.values.get(rank, rank)
                      for rank in structure])

    def show(self, structure: Any) -> str:
        return self.between.join([" = ".join([self.text_of(i) for i in _ids((rank,))]) for rank in structure])

    def judge(self, structure: Ranks, key: Any, slack: Any = None) -> Judgement:
        right = _ranks(key)
        if _same(structure, right):
            return Judgement(ONE, "key", phrase("the order is right"))
        if self.scheme == "pairs":
            at, wanted = _places(structure), _places(right)
            pairs = list(combinations([i for i, _ in self.options], 2))
            good = len([1 for a, b in pairs if _compare(at[a], at[b]) == _compare(wanted[a], wanted[b])])
            share = max(fmpq(2 * good - len(pairs), len(pairs)), NIL)
            return Judgement(share, "wrong", phrase("{n} of {of} pairs are in order; right is {right}", n=good, of=len(pairs), right=self.show(right)))
        at, wanted = _places(structure), _places(right)
        places = len([1 for i in at if at[i] == wanted[i]])
        return Judgement(NIL, "wrong", phrase("{n} of {of} stand in their place; right is {right}", n=places, of=len(at), right=self.show(right)))

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return isinstance(a, tuple) and _same(_ranks(a), _ranks(key))

    def latex(self, value: Any, language: str = "en") -> str:
        return word_latex(self.show(_ranks(value)))

    def _written(self, value: Any, marks: bool) -> str:
        return self.between.join([" = ".join([self.mark_of(i) if marks else i for i in _ids((rank,))]) for rank in _ranks(value)])

    def plain(self, value: Any) -> str:
        strange = any([re.search(r"[,;<>|→=≈∼~\s]", t) for option in self.options for t in option])
        return self._written(value, marks=strange)

    def rounded(self, value: Any) -> str:
        return self._written(value, marks=True)

    def asked(self) -> Said:
        return phrase("equal ones") if self.ties else ""

    def space(self) -> dict[str, Any]:
        return {"shape": "line", "options": super().space()["options"]}

    def samples(self, key: Any) -> list[str]:
        ranks = [[self.mark_of(i) for i in _ids((rank,))] for rank in _ranks(key)]
        written = ["=".join(r) for r in ranks]
        out = [", ".join(written), " > ".join(written), "→".join([" = ".join(reversed(r)) for r in ranks]).lower()]
        if not any([len(r) > 1 for r in ranks]):
            out += [" ".join(written), ", ".join([self.text_of(i) for i in _ids(_ranks(key))])]
        return out


def _ranks(value: Any) -> Ranks:
    """A key as ranks of ids: a tuple only where several stand on one rank."""
    out: list[Any] = []
    for v in value:
        ids = tuple([word_of(x) for x in v]) if isinstance(v, tuple) else (word_of(v),)
        out.append(ids if len(ids) > 1 else ids[0] if ids else ())
    return tuple(out)


def _ids(ranks: Ranks) -> list[str]:
    return [i for rank in ranks for i in (rank if isinstance(rank, tuple) else (rank,))]


def _same(a: Ranks, b: Ranks) -> bool:
    return [sorted(_ids((r,))) for r in a] == [sorted(_ids((r,))) for r in b]


def _places(ranks: Ranks) -> dict[str, int]:
    return {i: n for n, rank in enumerate(ranks) for i in _ids((rank,))}


def _compare(a: int, b: int) -> int:
    return (a > b) - (a < b)


KIND = OrderingKind
