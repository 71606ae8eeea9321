"""Reading intervals: with brackets, ``(0, 1]`` and ``]0; 1]``, as conditions, ``0 < x <= 1``, and unions of them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from examwright.answers.characters import clean
from examwright.answers.parser import evaluate
from examwright.answers.reader import pair_in, read_list
from examwright.answers.symbols import without_greek
from examwright.answers.tokens import CONSTANTS
from examwright.answers.typed import DEFAULT, Notation, Typed, Unreadable
from examwright.solvers.arithmetic import Undecided
from examwright.solvers.intervals import Piece, intersection, interval, union

__all__ = ["TypedIntervals", "read_intervals"]

MAX_PIECES = 12

_REWRITTEN = [(re.compile(pattern), new) for pattern, new in (
    (r"\\(?:infty|infin)(?![A-Za-z])|∞|(?<![A-Za-z])(?:infinity|infty|inf|oo)(?![A-Za-z])", "∞"),
    (r"\\cup(?![a-z])|(?<![A-Za-z])union(?![A-Za-z])|(?<=[\])}])\s*[Uu]\s*(?=[\[\](\\{])", " ∪ "),
    (r"\\cap(?![a-z])", " ∩ "), (r"\\(?:lor|vee)(?![a-z])|∨|\|\||(?<![A-Za-z])or(?![A-Za-z])", " ∪ "),
    (r"\\(?:land|wedge)(?![a-z])|∧|&&?|(?<![A-Za-z])and(?![A-Za-z])", " ∩ "),
    (r"\\(?:le|leq|leqslant)(?![a-z])|≤|⩽|=<", "<="), (r"\\(?:ge|geq|geqslant)(?![a-z])|≥|⩾|=>", ">="),
    (r"\\(?:ne|neq)(?![a-z])|≠|!=|<>", "≠"), (r"\\in(?![a-z])|∈|(?<=[A-Za-z0-9}]) in (?=[\[(\]])", " ∈ "),
    (r"\\mathbb\s*\{?\s*R\s*\}?|ℝ|(?<![A-Za-z])(?:all )?real(?:s| numbers)(?![A-Za-z])", "ℝ"),
    (r"\\(?:emptyset|varnothing)(?![a-z])|∅|\{\s*\}|(?<![A-Za-z])empty(?: set)?(?![A-Za-z])", "∅"),
)]
_VARIABLE = re.compile(r"\\?[^\W\d_]+(?:\s*_?\s*\{?\s*[0-9A-Za-z₀-₉]{1,6}\s*\}?)?")
_LABELLED = re.compile(rf"({_VARIABLE.pattern})\s*[∈:=]\s*(?=[\[\]({{∅ℝ])")
_SIGN = re.compile(r"<=|>=|<|>|≠|=")
_LOWEST, _HIGHEST = "LOWEST", "HIGHEST"  # words that stand for the infinities while the ends are read


class TypedIntervals(NamedTuple):
    """A set of intervals as typed: its pieces (low, high, ends) in order, each bound a `Typed` number or the word '-inf'
    or 'inf', and how it was read."""

    pieces: tuple[tuple[Any, Any, str], ...]
    text: str


def read_intervals(raw: str, notation: Notation = DEFAULT, variable: str = "") -> TypedIntervals:
    """The set of real numbers that was typed. Conditions may name any one variable, or only `variable` where it is given.

    Raises Unreadable, Ambiguous or Blank, and nothing else.
    """
    text = clean(raw).replace("\n", " ")
    for pattern, new in _REWRITTEN:
        text = pattern.sub(new, text)
    reader = _Reader(notation, without_greek(variable))
    m = _LABELLED.match(text)
    if m:
        reader.named(m.group(1))
        text = text[m.end():]
    pieces = text.removesuffix(".").split("∪")
    if len(pieces) > MAX_PIECES:
        raise Unreadable("more than {n} intervals", n=MAX_PIECES)
    try:
        value = union(*[reader.both(piece) for piece in pieces])
    except Undecided:
        raise Unreadable("the ends are too close to tell apart") from None
    found = tuple([(reader.typed(low), reader.typed(high), ends) for low, high, ends in value])
    return TypedIntervals(found, _shown(found))


def _shown(pieces: tuple[tuple[Any, Any, str], ...]) -> str:
    words = [[bound.text if isinstance(bound, Typed) else bound for bound in p[:2]] for p in pieces]
    return " U ".join([f"{{{low}}}" if p[2] == "[]" and low == high else f"{p[2][0]}{low}, {high}{p[2][1]}"
                       for p, (low, high) in zip(pieces, words)]) or "{}"


class _Reader:
    """Reads the pieces of one answer, which name one variable at most; remembers how each number was typed."""

    def __init__(self, notation: Notation, variable: str):
        self.notation = notation
        self.variable = variable
        self.bounds: list[Typed] = []

    def typed(self, bound: Any) -> Any:
        """The bound as it was typed; the words for the infinities stay."""
        return next((t for t in self.bounds if t.value is bound), bound)

    def named(self, name: str) -> None:
        name = without_greek(name.replace(" ", ""))
        if self.variable and name.replace("_", "") != self.variable.replace("_", ""):
            raise Unreadable("'{name}' is not {variable}", name=name, variable=self.variable)
        self.variable = self.variable or name

    def both(self, text: str) -> tuple[Piece, ...]:
        """Pieces that must all hold."""
        parts = text.split("∩")
        if len(parts) > MAX_PIECES:
            raise Unreadable("more than {n} conditions", n=MAX_PIECES)
        out = self.one(parts[0].strip())
        for part in parts[1:]:
            out = intersection(out, self.one(part.strip()))
        return out

    def one(self, text: str) -> tuple[Piece, ...]:
        if not text:
            raise Unreadable("an interval is missing")
        if text in ("ℝ", "R"):
            return interval("-inf", "inf")
        if text == "∅":
            return ()
        if _SIGN.search(text):
            return self.condition(text)
        if text[0] == "{" and text[-1] == "}":
            values = [self.bound(t) for t in read_list(text, self.notation)]
            return union(*[interval(v, v, "[]") for v in values])
        if text[0] not in "([]" or text[-1] not in ")[]" or len(text) < 3:
            raise Unreadable("an interval is asked for, such as (0, 1] or x > 3")
        inner = re.sub(r"\+?\s*∞", _HIGHEST, re.sub(r"-\s*∞", _LOWEST, text[1:-1]))
        low, high = [self.bound(e) for e in pair_in(inner, self.notation)]
        return self.between(low, high, ("[" if text[0] == "[" else "(") + ("]" if text[-1] == "]" else ")"))

    def bound(self, entry: Any) -> Any:
        """The value of one end."""
        if isinstance(entry, Typed):
            self.bounds.append(entry)
            return entry.value
        if entry in (_LOWEST, _HIGHEST):
            return "-inf" if entry == _LOWEST else "inf"
        raise Unreadable("'{text}' is not a number", text=entry)

    def between(self, low: Any, high: Any, ends: str) -> tuple[Piece, ...]:
        if low == "inf" or high == "-inf":
            raise Unreadable("the ends of the interval are the wrong way round")
        found = interval(low, high, ends)
        if not found:
            raise Unreadable("the ends of the interval are the wrong way round, or no number lies between them")
        return found

    def condition(self, text: str) -> tuple[Piece, ...]:
        """x > 3, 0 < x <= 1, x = 2, x ≠ 2."""
        signs = _SIGN.findall(text)
        sides = [s.strip() for s in _SIGN.split(text)]
        if len(signs) > 2 or not all(sides):
            raise Unreadable("a condition such as x > 3 or 0 < x <= 1 is asked for")
        names = [i for i, side in enumerate(sides) if self.is_name(side)]
        if names != [1] and (len(signs) == 2 or len(names) != 1):
            raise Unreadable("a condition compares one variable with a number, or puts it between two")
        self.named(sides[names[0]])
        out = interval("-inf", "inf")
        for i, sign in enumerate(signs):
            left = names[0] > i  # the number stands left of the name
            out = intersection(out, self.compared(sign, sides[i] if left else sides[i + 1], left))
        if len(signs) == 2 and (not {s[0] for s in signs} <= {"<"} and not {s[0] for s in signs} <= {">"}):
            raise Unreadable("the two signs of a double condition must point the same way")
        if not out:
            raise Unreadable("no number meets this condition")
        return out

    def is_name(self, side: str) -> bool:
        if not _VARIABLE.fullmatch(side):
            return False
        name = without_greek(side.replace(" ", ""))
        return name == self.variable or name not in CONSTANTS

    def compared(self, sign: str, side: str, left: bool) -> tuple[Piece, ...]:
        """What one comparison with a number leaves."""
        bare = side.replace(" ", "")
        if bare in ("∞", "+∞", "-∞"):
            value: Any = "-inf" if bare[0] == "-" else "inf"
        else:
            value = self.bound(evaluate(side, self.notation))
        if sign in ("=", "≠"):
            if isinstance(value, str):
                raise Unreadable("infinity is not a number")
            if sign == "=":
                return interval(value, value, "[]")
            return union(interval("-inf", value), interval(value, "inf"))
        closed = sign.endswith("=")
        if (sign[0] == ">") != left:  # the number is the lower end
            if value == "inf":
                raise Unreadable("no number is above infinity")
            return interval(value, "inf", "[)" if closed else "()")
        if value == "-inf":
            raise Unreadable("no number is below minus infinity")
        return interval("-inf", value, "(]" if closed else "()")
