"""The cluster of each point; how the clusters are called does not matter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import DEFAULT, Judgement, Kind, KindError, Notation, Said, described, word_latex
from examwright.answers.kinds.equivalence import MAX_BLOCKS, best_assignment
from examwright.answers.kinds.grid import size_of
from examwright.answers.kinds.options import word_of
from examwright.answers.phrases import phrase
from examwright.answers.precision import NIL, ONE
from examwright.answers.reader import Blank, Unreadable
from examwright.solvers.arithmetic import exact

_SEPARATORS = re.compile(r"[\s,;|]+")


class LabelsKind(Kind):
    """``{labels: 6}`` (points) or ``{labels: {points: 6, names: [1, 2]}}``; the number of points may be a formula. The
    key is the list of the points' clusters: numbers or words. Typed as ``1 1 2 2``, ``A,A,B,B`` or ``AABB``.

    A wrong clustering earns, after the renaming that suits it best, the share of the points right beyond what one
    cluster for all would have. `names` are the names that the chain uses: what was typed with other names goes on in a
    chain under those, in alphabetical order (A is the first)."""

    name = "labels"

    def __init__(self, points: int | str, names: tuple[Any, ...] = ()):
        self.points = points
        self.names = names

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if not isinstance(options, dict):
            options = {"points": options}
        for word in options:
            if word not in ("points", "names"):
                raise KindError(f"the type 'labels' has no option '{word}'", str(word), ["points", "names"])
        points = options.get("points")
        if not isinstance(points, str) and size_of(points) is None:
            raise KindError("the type 'labels' needs the number of points, from 1 to 40", "labels")
        names = options.get("names", [])
        if not isinstance(names, (list, tuple)) or len({word_of(n) for n in names}) != len(names) or not all(
                [isinstance(n, (str, int, fmpq)) and not isinstance(n, bool) for n in names]):
            raise KindError("'names' is a list of different numbers or words", "names")
        return cls(points if isinstance(points, str) else size_of(points) or 0, tuple([exact(n) for n in names]))

    def formulas(self) -> list[str]:
        return [self.points] if isinstance(self.points, str) else []

    def resolve(self, evaluate: Callable[[str], Any]) -> Kind:
        if not isinstance(self.points, str):
            return self
        points = size_of(evaluate(self.points))
        if points is None:
            raise KindError(f"the number of points '{self.points}' is not a whole number from 1 to 40", self.points)
        return type(self)(points, self.names)

    def key_fault(self, value: Any) -> str | None:
        if not isinstance(value, tuple) or any([isinstance(v, tuple) for v in value]):
            return f"is {described(value)}, where a list of labels is asked for"
        if isinstance(self.points, int) and len(value) != self.points:
            return f"has {len(value)} labels, where the type says {self.points}"
        if not all([isinstance(v, str) and v or isinstance(v, fmpq) for v in value]):
            return "has labels that are neither numbers nor words"
        if len(set(_words(value))) > MAX_BLOCKS:
            return f"has more than {MAX_BLOCKS} clusters"
        known = _words(self.names)
        strange = [w for w in _words(value) if known and w not in known]
        return phrase("has the label {label}, which is none of {names}", label=strange[0], names=", ".join(known)) if strange else None

    def read(self, raw: str, notation: Notation = DEFAULT) -> tuple[str, ...]:
        text = raw.strip()
        if not text:
            raise Blank
        if len(text) > 1000:
            raise Unreadable("the answer is longer than {n} characters", n=1000)
        text = text.rpartition("=")[2].replace("$", "").strip().strip("()[]{}").strip()
        labels = [w.strip("'\"").rstrip(".") for w in _SEPARATORS.split(text) if w]
        if len(labels) == 1 and len(labels[0]) == self.points and self.points != 1:
            labels = list(labels[0])  # AABB
        for label in labels:
            if not re.fullmatch(r"[A-Za-z0-9_]{1,20}", label):
                raise Unreadable("'{text}' is no label", text=label[:30])
        if isinstance(self.points, int) and len(labels) != self.points:
            raise Unreadable("{n} labels typed, {asked} asked for" if len(labels) != 1 else "{n} label typed, {asked} asked for", n=len(labels), asked=self.points)
        if len({w.casefold() for w in labels}) > MAX_BLOCKS:
            raise Unreadable("more than {n} clusters", n=MAX_BLOCKS)
        return tuple(labels)

    def value(self, structure: Any) -> Any:
        known = {w.casefold(): n for w, n in zip(_words(self.names), self.names)}
        typed = [w.casefold() for w in structure]
        if known and not set(typed) <= set(known):
            fresh = sorted(set(typed), key=lambda w: (len(w), w) if w.isdigit() else (0, w))
            known = dict(zip(fresh, self.names)) if len(fresh) <= len(self.names) else {}
        return tuple([known.get(w, fmpq(int(w)) if w.isdigit() else o) for w, o in zip(typed, structure)])

    def show(self, structure: Any) -> str:
        return " ".join(structure)

    def _renamed(self, structure: Any, key: Any) -> tuple[dict[str, str], int]:
        """(typed label → label of the key, points right after this renaming): the best renaming."""
        typed, right = [w.casefold() for w in _words(structure)], _words(key)
        ours, theirs = sorted(set(typed)), sorted(set(right))
        both = Counter(zip(typed, right))
        n = max(len(ours), len(theirs))
        table = [[fmpq(both[ours[i], theirs[j]]) if i < len(ours) and j < len(theirs) else NIL for j in range(n)] for i in range(n)]
        chosen = best_assignment(table)
        renaming = {ours[i]: theirs[j] for i, j in enumerate(chosen) if i < len(ours) and j < len(theirs)}
        return renaming, sum([both[a, b] for a, b in renaming.items()])

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        if len(structure) != len(key):
            return Judgement(NIL, "wrong", phrase("{n} labels were typed, the key has {of}", n=len(structure), of=len(key)))
        renaming, good = self._renamed(structure, key)
        total, right = len(key), _words(key)
        if good == total:
            return Judgement(ONE, "key", phrase("the same clusters"))
        least = max(Counter(right).values())
        share = fmpq(max(good - least, 0), total - least) if total > least else NIL
        wrong = [str(i + 1) for i, w in enumerate(_words(structure)) if renaming.get(w.casefold()) != right[i]]
        return Judgement(share, "wrong", phrase("in the wrong cluster: points {points}" if len(wrong) > 1 else "in the wrong cluster: point {points}",
                                                points=", ".join(wrong)))

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return isinstance(a, tuple) and len(a) == len(key) and self._renamed(a, key)[1] == len(key)

    def in_other_form(self, structure: Any, key: Any, slack: Any = None) -> bool:
        own = _words(self.value(structure))
        # with names of their own the key's numbering goes on
        return len(structure) == len(key) and own != _words(key) and set(own) <= set(_words(self.names or key))

    def equivalents(self, key: Any) -> list[Any]:
        known = list(dict.fromkeys(_words(key)))
        of = {word_of(v): v for v in key}
        renaming = dict(zip(known, known[1:] + known[:1]))
        return [tuple([of[renaming[w]] for w in _words(key)])] if len(known) > 1 else []

    def latex(self, value: Any, language: str = "en") -> str:
        return word_latex(", ".join(_words(value)))

    def plain(self, value: Any) -> str:
        return " ".join(_words(value))

    def asked(self) -> Said:
        return phrase("label each")

    def accepted(self, key: Any, slack: Any = None) -> Said:
        return phrase("other labels")

    def space(self) -> dict[str, Any]:
        if isinstance(self.points, int) and self.points <= 12:
            return {"shape": "grid", "rows": 1, "columns": self.points, "row_heads": [], "column_heads": []}
        return {"shape": "line"}

    def samples(self, key: Any) -> list[str]:
        order = list(dict.fromkeys(_words(key)))
        letters = ["ABCDEFGH"[order.index(w)] for w in _words(key)]
        out = [", ".join(_words(key)), " ".join(letters), "(" + ";".join(letters).lower() + ")"]
        return [*out, "".join(letters)] if len(letters) > 1 else out


def _words(value: Any) -> list[str]:
    return [word_of(v) for v in value]


KIND = LabelsKind
