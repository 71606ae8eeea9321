"""An interval of real numbers, or a union of some: bounds and ends count."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.answers.intervals import TypedIntervals, read_intervals
from examwright.answers.kinds.base import (
    DEFAULT,
    Judgement,
    Kind,
    KindError,
    Notation,
    Precision,
    Said,
    Typed,
    is_exact_number,
    only_words,
    precision_of,
    share_of,
)
from examwright.answers.phrases import phrase
from examwright.answers.precision import NIL, ONE
from examwright.solvers.arithmetic import Number, Undecided, to_text
from examwright.solvers.intervals import (
    intersection,
    interval,
    intervals_fault,
    intervals_latex,
    intervals_text,
)


class IntervalKind(Kind):
    """``interval`` or ``{interval: {variable: gamma, digits: 3, wrong_ends: 0.5}}``.

    Bounds must be exact unless `digits`, `decimals` or `within` is asked for. `wrong_ends`: the share of the points for right bounds
    with an end open that should be closed, or the other way round; none unless it is given.
    """

    name = "interval"

    def __init__(self, precision: Precision | None = None, variable: str = "", wrong_ends: fmpq = NIL):
        self.precision = precision or Precision()
        self.variable = variable
        self.wrong_ends = wrong_ends

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if options is None:
            return cls()
        options = only_words(options, cls.name, ["variable", "digits", "decimals", "within", "wrong_ends"])
        precision = precision_of(options, cls.name, ("variable", "wrong_ends"), default_digits=None)
        variable = options.get("variable", "")
        if not isinstance(variable, str):
            raise KindError(f"'variable' is the name in conditions such as x > 3, not {variable}", "variable")
        return cls(precision, variable, share_of(options.get("wrong_ends", 0), "wrong_ends", NIL, ONE))

    def key_fault(self, value: Any) -> str | None:
        return intervals_fault(value)

    def exact(self, value: Any) -> str:
        return intervals_text(value)

    def read(self, raw: str, notation: Notation = DEFAULT) -> TypedIntervals:
        return read_intervals(raw, notation, self.variable)

    def value(self, structure: TypedIntervals) -> Any:
        return tuple([(_bound(low), _bound(high), ends) for low, high, ends in structure.pieces])

    def show(self, structure: TypedIntervals) -> str:
        return structure.text

    def judge(self, structure: TypedIntervals, key: Any, slack: Any = None) -> Judgement:
        pieces = structure.pieces
        if len(pieces) != len(key):
            return Judgement(NIL, "wrong", self._evidence(structure, key))
        if not _like(slack, key):
            slack = None
        exact, worst, flipped = True, ONE, False
        for i, ((low, high, ends), (key_low, key_high, key_ends)) in enumerate(zip(pieces, key)):
            for j, (typed, bound) in enumerate(((low, key_low), (high, key_high))):
                if isinstance(typed, str) or isinstance(bound, str):
                    if not (isinstance(typed, str) and typed == bound):
                        return Judgement(NIL, "wrong", self._evidence(structure, key))
                    continue
                one = self.precision.judge(typed, bound, None if slack is None else slack[i][j])
                if one.how == "wrong":
                    return Judgement(NIL, "wrong", self._evidence(structure, key))
                exact, worst = exact and one.how == "key", min(worst, one.share)
            flipped = flipped or ends != key_ends
        if flipped:
            return Judgement(self.wrong_ends * worst, "wrong", phrase("the bounds are right; {reason}", reason=self._evidence(structure, key)))
        if exact:
            return Judgement(ONE, "key", phrase("{typed} is exactly right", typed=structure.text))
        if worst < 1:
            return Judgement(worst, "fewer digits", phrase("{typed} is {key}, rounded to too few digits", typed=structure.text, key=intervals_text(key)))
        return Judgement(worst, "rounded", phrase("{typed} is {key}, rounded", typed=structure.text, key=intervals_text(key)))

    def _evidence(self, structure: TypedIntervals, key: Any) -> Said:
        """A number that lies in one of the two sets only."""
        value, right = self.value(structure), intervals_text(key)
        try:
            for x in _probes([b for p in (*value, *key) for b in p[:2] if not isinstance(b, str)]):
                here, there = _holds(x, value), _holds(x, key)
                if here != there:
                    one, other = (structure.text, right) if here else (right, structure.text)
                    return phrase("{x} lies in {one} and not in {other}", x=to_text(x), one=one, other=other)
        except Undecided:  # bounds too close to look between them
            pass
        return phrase("{typed} is not {key}", typed=structure.text, key=right)

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        if not _like(a, key) or any([p[2] != k[2] for p, k in zip(a, key)]):
            return False
        for i, (piece, right) in enumerate(zip(a, key)):
            for j in (0, 1):
                if isinstance(right[j], str):
                    continue
                if not self.precision.confusable(piece[j], right[j], slack[i][j] if _like(slack, key) else None):
                    return False
        return True

    def latex(self, value: Any, language: str = "en") -> str:
        return intervals_latex(value)

    def plain(self, value: Any) -> str:
        return intervals_text(value)

    def rounded(self, value: Any) -> str:
        out = []
        for low, high, ends in value:
            one, other = [b if isinstance(b, str) else self.precision.rounded(b) for b in (low, high)]
            out.append(intervals_text(((low, high, ends),)) if one == other else f"{ends[0]}{one}, {other}{ends[1]}")
        return " U ".join(out) if out else "{}"

    def asked(self) -> Said:
        how = self.precision.asked()
        return phrase("interval to", how=how) if how else phrase("interval")

    def samples(self, key: Any) -> list[str]:
        text = intervals_text(key)
        out = [text, self.rounded(key), f"${intervals_latex(key)}$"]
        name = self.variable or "x"
        if key:
            out.append(" ∪ ".join([_bracketed(p) for p in key]))
            out.append(" or ".join([_condition(p, name) for p in key]))
            out.append(f"{name} ∈ {text}")
        return out


def _bound(typed: Any) -> Any:
    return typed.value if isinstance(typed, Typed) else typed


def _like(a: Any, key: Any) -> bool:
    """Has it the pieces of the key, with a number wherever that has one?"""
    return isinstance(a, tuple) and len(a) == len(key) and all([
        isinstance(p, tuple) and len(p) == 3 and all([is_exact_number(x) if is_exact_number(k) else x == k for x, k in zip(p[:2], q[:2])])
        for p, q in zip(a, key)])


def _holds(x: Number, value: Any) -> bool:
    return bool(intersection(interval(x, x, "[]"), value))


def _probes(bounds: list[Any]) -> list[Any]:
    """Numbers at, between and beyond the bounds."""
    if not bounds:
        return [fmpq(0)]
    ordered = sorted(bounds)
    between = [(a + b) / 2 for a, b in zip(ordered, ordered[1:])]
    return [*between, ordered[0] - 1, ordered[-1] + 1, *ordered]


def _bracketed(piece: Any) -> str:
    """With the brackets turned out: ]0; 1]."""
    low, high, ends = piece
    one, other = [to_text(b).replace("inf", "∞") for b in (low, high)]
    return ("]" if ends[0] == "(" else "[") + f"{one}; {other}" + ("[" if ends[1] == ")" else "]")


def _condition(piece: Any, name: str) -> str:
    low, high, ends = piece
    left = "" if low == "-inf" else to_text(low) + (" < " if ends[0] == "(" else " <= ")
    right = "" if high == "inf" else (" < " if ends[1] == ")" else " <= ") + to_text(high)
    return left + name + right if left or right else f"-∞ < {name}"


KIND = IntervalKind
