"""What every kind of answer can do."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from flint import fmpq

from examwright.answers.phrases import Said, listed, phrase, spelled
from examwright.answers.precision import THREE_DIGITS, Judgement, Precision
from examwright.answers.reader import DEFAULT, Notation, Typed
from examwright.answers.symbols import Symbol
from examwright.solvers.arithmetic import Real, exact, rounded_ball, significant_exponent

__all__ = [
    "DEFAULT", "THREE_DIGITS", "Judgement", "Kind", "KindError", "Notation", "Precision", "Said", "Typed", "described",
    "is_exact_number", "only_words", "precision_of", "rounded", "share_of", "word_latex",
]


class KindError(ValueError):
    """A ``type:`` that is not understood: `word` is the offending word, `allowed` what may stand there."""

    def __init__(self, message: str, word: str, allowed: list[str] | None = None):
        super().__init__(message)
        self.message = message
        self.word = word
        self.allowed = allowed or []


class Kind:
    """A kind of answer with its options. Keys and values are the plain exact values of a chain; a
    *structure* is what `read` gives: the same shape with each number as `Typed`."""

    name = ""
    manual = False  # marked by hand: no key, never judged
    own_key = False  # the type itself says what is right: no formula of the key, no second solver
    options: tuple[tuple[str, str], ...] = ()  # (id, text) in printed order, where there are any
    symbols: tuple[Symbol, ...] = ()  # free symbols of the answer; formulas of the question may name them

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        """The kind with the options of a question. Raises KindError."""
        if options is not None:
            raise KindError(f"the type '{cls.name}' has no options", _word(options))
        return cls()

    # what a question gives

    def key_fault(self, value: Any) -> str | None:
        """What is wrong with the type or shape of a key, to follow the words "the key … "; None if nothing is."""
        raise NotImplementedError

    def with_texts(self, render: Callable[[str], str]) -> Kind:
        """The kind with all texts of its options or headings rendered."""
        return self

    def usual_ask(self) -> Said:
        """What a part asks where its author does not say it in other words; "" where the author has to."""
        return ""

    def formulas(self) -> list[str]:
        """The formulas among the options, such as a size."""
        return []

    def resolve(self, evaluate: Callable[[str], Any]) -> Kind:
        """The kind with those formulas replaced by their values."""
        return self

    def exact(self, value: Any) -> Any:
        """The key for a machine to read, where that is not simply its numbers: a text."""
        return value

    def carried(self, value: Any, digits: int) -> Any:
        """An answer of this kind as an honest student carries it on: an enclosure of its values rounded to
        `digits` significant digits, or to what is asked where that is finer. Exact kinds carry it as it is."""
        precision: Precision | None = getattr(self, "precision", None)
        return value if precision is None else rounded(value, digits, precision)

    def with_fewer_digits(self, share: fmpq) -> Kind:
        """The kind that pays this share of the points for right answers in fewer digits than asked."""
        precision: Precision | None = getattr(self, "precision", None)
        if precision is None or precision.fewer_digits == share:
            return self
        other: Any = copy.copy(self)
        other.precision = replace(precision, fewer_digits=share)
        return other

    def written(self, value: Any, digits: int) -> Any:
        """The enclosure of what an honest student rounds for the paper: the value itself, or already rounded once to
        `digits` significant digits, but to one digit more than asked at least."""
        precision: Precision | None = getattr(self, "precision", None)
        return value if precision is None else rounded(value, digits, precision, 1)

    # what a student gives

    def read(self, raw: str, notation: Notation = DEFAULT) -> Any:
        """The structure that was typed. Raises Unreadable, Ambiguous or Blank."""
        raise NotImplementedError

    def value(self, structure: Any) -> Any:
        """The plain exact value of a structure, for use in a chain."""
        if isinstance(structure, Typed):
            return structure.value
        if isinstance(structure, tuple):
            return tuple([self.value(s) for s in structure])
        return structure

    def enclosed(self, structure: Any) -> Any:
        """The same as an enclosure: a decimal stands for every value that it is a rounding of."""
        precision: Precision | None = getattr(self, "precision", None)
        if precision is not None and isinstance(structure, Typed):
            return precision.enclosed(structure)
        if precision is not None and type(structure) is tuple:
            return tuple([self.enclosed(s) for s in structure])
        return self.value(structure)

    def show(self, structure: Any) -> Said:
        """How the answer was read."""
        if isinstance(structure, Typed):
            return structure.shown
        if isinstance(structure, tuple):
            return spelled("(", listed([self.show(s) for s in structure]), ")")
        return str(structure)

    # judging

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        """What the answer is worth. `slack`: a value of the key's shape with a wide `Real` wherever rounding
        on the way may have moved the result, or None."""
        raise NotImplementedError

    def right(self, structure: Any, key: Any, slack: Any = None) -> bool:
        """Is the answer right? What `judge` says, without its words where that is quicker."""
        return self.judge(structure, key, slack).right

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        """Could the exact value `a` be taken for the key if tolerances were three times as wide?"""
        raise NotImplementedError

    def in_other_form(self, structure: Any, key: Any, slack: Any = None) -> bool:
        """Of a key that is right in several forms: has a right answer taken another than the one that stands there?"""
        return False

    def equivalents(self, key: Any) -> list[Any]:
        """Some other values that are as right as the key; none for most kinds."""
        return []

    # printing

    def latex(self, value: Any, language: str = "en") -> str:
        """The key in LaTeX, to stand between dollar signs; the few words that kinds put into it are in the language."""
        raise NotImplementedError

    def plain(self, value: Any) -> str:
        """The key as text."""
        raise NotImplementedError

    def rounded(self, value: Any) -> str:
        """The key as a student would type it, rounded as asked."""
        return self.plain(value)

    def accepted(self, key: Any, slack: Any = None) -> Said:
        """The range accepted besides the exact key, for the key sheet; "" if none."""
        return ""

    def asked(self) -> Said:
        """A short hint for the paper; "" if none is needed."""
        return ""

    def space(self) -> dict[str, Any]:
        """The room to leave on paper."""
        return {"shape": "line"}

    def samples(self, key: Any) -> list[str]:
        """Several right ways of typing the key."""
        return [self.plain(key), self.rounded(key)]


def _word(options: Any) -> str:
    if isinstance(options, dict) and options:
        return str(next(iter(options)))
    if isinstance(options, (list, tuple)) and options:
        return str(options[0])
    return str(options)


def described(value: Any) -> Said:
    """What sort of value something is, for the reason why it is no key."""
    if isinstance(value, bool):
        return phrase("true or false")
    if isinstance(value, str):
        return phrase("a word")
    if isinstance(value, tuple):
        return phrase("a matrix" if value and all([isinstance(v, tuple) for v in value]) else "a list")
    if isinstance(value, fmpq):
        return phrase("a whole number" if value.q == 1 else "a fraction")
    return phrase("an irrational number") if isinstance(value, Real) else f"a {type(value).__name__}"


def word_latex(text: str) -> str:
    r"""Text that may hold math between dollar signs, as LaTeX for inside math: ``\text{…}`` around the rest."""
    out = []
    for i, piece in enumerate(text.split("$")):
        if i % 2:
            out.append(piece)
        elif piece:
            out.append(r"\text{" + re.sub(r"([%&#_{}])", r"\\\1", piece) + "}")
    return "".join(out)


def rounded(value: Any, digits: int, precision: Precision | None = None, more: int = 0) -> Any:
    """Every number of the value as it may have been rounded by hand: an enclosure. To `digits` significant digits,
    but to so many `more` than `precision` asks for at least."""
    if is_exact_number(value):
        if precision is not None:
            if precision.digits is precision.decimals is precision.within is None:
                return value  # only the exact value is right
            least = precision.digits or 0
            if precision.decimals is not None:
                e = significant_exponent(Real(abs(value.ball).upper()) if isinstance(value, Real) else value)
                least = 0 if e is None else precision.decimals + e + 1
            digits = max(digits, least + more)
        return rounded_ball(value, digits)
    if isinstance(value, tuple):
        return tuple([rounded(v, digits, precision, more) for v in value])
    return value


def is_exact_number(value: Any) -> bool:
    """True for an fmpq or a Real."""
    return isinstance(value, (fmpq, Real))


def only_words(options: Any, kind: str, allowed: list[str]) -> dict[str, Any]:
    """The options of a type that takes words with values. Raises KindError for anything else."""
    if not isinstance(options, dict):
        raise KindError(f"the options of '{kind}' are words with values, not {options}", str(options), allowed)
    return options


_PRECISION_WORDS = ("digits", "decimals", "within", "whole", "exact")


def precision_of(options: dict[str, Any], kind: str, others: tuple[str, ...] = (),
                 default_digits: int | None = 3) -> Precision:
    """The rounding asked for in the options of a type, which may also hold the words `others`.

    Raises KindError on other words and on values that make no sense.
    """
    allowed = [*others, *_PRECISION_WORDS]
    for word in options:
        if word not in allowed:
            raise KindError(f"the type '{kind}' has no option '{word}'", str(word), allowed)
    digits, decimals, within, *_ = [options.get(w) for w in _PRECISION_WORDS]
    for word in ("whole", "exact"):
        if word in options:
            if options[word] is not True or len([w for w in _PRECISION_WORDS if w in options]) > 1:
                raise KindError(f"'{word}' is true, and stands without the other words of rounding", word)
            return Precision(whole=word == "whole")
    for word, value, least, most in (("digits", digits, 1, 15), ("decimals", decimals, 0, 15)):
        if value is not None and not _whole(value, least, most):
            raise KindError(f"'{word}' is a whole number from {least} to {most}, not {value}", word)
    if digits is not None and decimals is not None:
        raise KindError("either 'digits' or 'decimals' is asked for, not both", "decimals")
    if digits is None and decimals is None:
        digits = default_digits
    if within is not None:
        within = _rational(within)
        if within is None or within <= 0:
            raise KindError(f"'within' is a positive number, not {options['within']}", "within")
    return Precision(None if digits is None else int(digits), None if decimals is None else int(decimals), within)


def share_of(given: Any, word: str, least: fmpq, most: fmpq) -> fmpq:
    """A share of the points as written in a type: a number or a fraction. Raises KindError."""
    share = _rational(given)
    if share is None or not least <= share <= most:
        raise KindError(f"'{word}' is a share of the points from {least} to {most}, not {given}", word)
    return share


def _rational(given: Any) -> fmpq | None:
    """A number of a type, which may be written "1/2"; None for anything else."""
    try:
        if isinstance(given, str):
            if not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?|-?[0-9]{1,20}/[0-9]{1,20}", given):
                return None
            given = Fraction(given)
        value = exact(given)
        return value if isinstance(value, fmpq) else None
    except (TypeError, ZeroDivisionError):
        return None


def _whole(value: Any, least: int, most: int) -> bool:
    if isinstance(value, fmpq):
        return bool(value.q == 1 and least <= value <= most)
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
