"""One number as typed: what may stand before and after it, and several forms of it."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from flint import arb, fmpq

from examwright.answers.brackets import split
from examwright.answers.characters import MAX_LENGTH, clean
from examwright.answers.parser import evaluate, plain
from examwright.answers.phrases import phrase
from examwright.answers.tokens import CONSTANTS, FUNCTIONS
from examwright.answers.typed import DEFAULT, Ambiguous, Notation, Typed, Unreadable
from examwright.solvers.arithmetic import enclosure

__all__ = ["MAX_SIDES", "agreeing", "is_label", "number", "read_number", "sides_of", "without_label"]

MAX_SIDES = 6  # of a chain of equals signs
SHORT = 40  # characters: what is remembered

# Words that may follow a number without changing its value; the read-back says that they are ignored. A word that is not here is
# asked about: "5 million" must never be read as 5, nor "5 m".
_UNITS = """
    unit units point points bit bits nat nats pixel pixels px epoch epochs step steps iteration iterations parameter
    parameters params weight weights bias biases sample samples example examples error errors edge edges neuron neurons
    layer layers feature features channel channels filter filters row rows column columns node nodes leaf leaves class
    classes cluster clusters state states action actions cm mm km kg g s sec second seconds min minute minutes h hour
    hours day days year years euro euros eur usd dollar dollars photo photos image images value values connection
    connections multiplication multiplications operation operations vote votes case cases data symbol symbols entry entries
"""
_KINDS_OF_UNITS = """
    training test validation data hidden input output trainable learnable total misclassified wrong correct per
"""
_UNIT_WORDS, _QUALIFIERS = frozenset(_UNITS.split()), frozenset(_KINDS_OF_UNITS.split())
_WORDS_BEHIND = re.compile(r"(?<=[0-9)}%½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒])(?: ?[A-Za-z]{2,}| [A-Za-z])(?: [A-Za-z]+){0,2}$")
_MONEY = re.compile(r"^(-?)\s?[€£]\s?(?=[0-9.])|(?<=[0-9])\s?[€£]$")
_PERCENT_WORDS = re.compile(r"(?<=[0-9])\s*(?:percent|per cent|pct)$", re.I)
_ABOUT = re.compile(r"(?:approx(?:imately|\.)?|about|around|roughly|circa|ca\.|etwa|ungefähr|rund|environ|aproximadamente|aprox\.|大?约(?:[为是])?|大概)(?![a-z])\s*", re.I)
_REMARK = re.compile(r"\s*(?:\(\s*(?:rounded|rounded (?:up|down|off)|approx\.?|approximately|exact|exactly"
                     r"|(?:rounded )?(?:to )?[0-9]{1,2} ?(?:s\.?f\.?|d\.?p\.?|sig\.? figs?\.?|significant (?:digits?|figures?)"
                     r"|digits?|decimals?|decimal places))\s*\)|(?<=[0-9]) (?:rounded|approx\.?|approximately))$", re.I)

_RANGE = re.compile(r"(-?[0-9][0-9.,]*) ?[–—‒―] ?([0-9][0-9.,]*)")  # 3–4 may be a difference or a range
_LAST_SIDE = re.compile("[=≈:]")  # x = 3–4
_SAID_AGAIN = re.compile(r"(-?[0-9](?:[0-9.,/ ]*[0-9])?%?) \((-?[0-9](?:[0-9.,/ ]*[0-9])?%?)\)")

_LABEL = re.compile(r"(?:the\s+)?(?:final\s+)?(?:answer|ans|result|solution)\s*(?:is\b|[:=])?\s*:?\s*", re.I)
_COLON = re.compile(r"(?!lambda\s)([^:=≈]{1,60}):\s*")
_NAME = re.compile(r"[^\W\d_]+")
_MORE_OF_A_NAME = re.compile(r"[ -]?[a-z]{3,}")  # "log loss = 0.5", "log-likelihood = -3"
_INDEX = re.compile(r"_\s*(?:\{[^{}]*\}|\w+)")
_WRAPPED = re.compile(r"\\(?:hat|bar|vec|tilde|dot|boldsymbol|bm|mathcal|mathbb|overline|widehat)\s*(\{[^{}]*\})?")
_ARGUMENT = re.compile(r"(?<=[^\W_])\s?[(\[{][^()\[\]{}]*[)\]}]|(?<=[/*])\s*\([^()0-9]*\)")
_POWER = re.compile(r"(\w*)\s*\^\s*[({]?\s*(-?[0-9]+|[T⊤])\s*[)}]?")
_COMPUTES = re.compile(r"[+!%<>]|(?<![^\W\d_])(?<![0-9])[0-9]|\s-|-\s|(?<![^\W_]{2})-(?![^\W_]{2})|√|∛")


def is_label(text: str) -> bool:
    r"""Is this the left side of ``x = 5``, a name for the number, and not something to compute with?

    ``x1``, ``P(y=1|x)``, ``\hat{y}``, ``R^2`` and ``TP/(TP+FP)`` are; ``2x``, ``x/2``, ``x + 1``, ``ln x`` and ``x^2`` are not: their x
    is another number than the one that follows.
    """
    text = text.strip()
    if text[:1] == "(" and text[-1:] == ")":  # (θ0, θ1)
        return all([name and name[0] != "(" and is_label(name) for name in re.split(r"\s*[,;]\s*|\s+", text[1:-1].strip())])
    if not text or not (text[0].isalpha() or text[0] in "\\‖|∂∇Δ") or not _NAME.search(text):
        return False
    m = _NAME.match(text)
    if m and m.group() in (*FUNCTIONS, *CONSTANTS) and not _MORE_OF_A_NAME.match(text, m.end()):
        return False
    if text[0] == "|" and re.fullmatch(r"\|\s*[a-z]\s*\|", text):  # |x| = 5 leaves two
        return False
    if text[0] == "\\" and re.match(r"\\sqrt|\\[dt]?frac.*?[{\s+*/-][0-9]", _INDEX.sub("", text)):
        return False
    bare = _WRAPPED.sub(r"N", text.replace("'", ""))
    for _ in range(3):
        bare = _ARGUMENT.sub("", _INDEX.sub("", bare))
    powers = _POWER.findall(bare)
    if any([len(base) == 1 and base.islower() and base.isascii() and (base, k) not in (("r", "2"), ("s", "2")) and k not in "T⊤"
            for base, k in powers]):
        return False
    return not _COMPUTES.search(_POWER.sub(r"\1", bare))


def without_label(text: str) -> str:
    """The text after ``answer:`` or ``MSE:``."""
    m = _LABEL.match(text)
    if not (m and m.end()):
        m = _COLON.match(text)
        if not (m and is_label(m.group(1))):
            return text
    if m.end() == len(text):
        raise Unreadable("nothing stands after the label")
    return text[m.end():]


def sides_of(text: str) -> list[tuple[str, str]]:
    """The sides of a chain of equals signs that are no labels, each with the sign before it: ``x = 1/3 ≈ 0.33``."""
    if "=" not in text and "≈" not in text:
        return [("", text)]
    sides, sign, start = [], "", 0
    for piece in split(text, "=≈"):
        sides.append((sign, piece.strip()))
        start += len(piece) + 1
        sign = text[start - 1:start]
    if len(sides) > MAX_SIDES:
        raise Unreadable("too many equals signs")
    if len(sides) > 1 and not sides[-1][1]:
        raise Unreadable("nothing stands after the equals sign")
    named = [(sign, side) for sign, side in sides[:1] if side and not is_label(side)]
    return [*named, *[(sign, side) for sign, side in sides[1:] if not is_label(side)]] or sides[-1:]


def read_number(raw: str, notation: Notation = DEFAULT) -> Typed:
    """The number that was typed. A label (``x = …``), dollar signs, and a word such as ``units`` after it
    are ignored (the last is kept in `Typed.ignored`); ``2/9 = 0.222`` is read as the exact one of two forms that agree.

    Raises Unreadable, Ambiguous or Blank, and nothing else, in bounded time.
    """
    simple = plain(raw, notation) if isinstance(raw, str) else None
    if simple is None and isinstance(raw, str) and (m := _RANGE.fullmatch(_LAST_SIDE.split(raw[:MAX_LENGTH])[-1].strip())):
        raise Ambiguous([f"{m.group(1)} - {m.group(2)}", phrase("from {first} to {last}", first=m.group(1), last=m.group(2))])
    return number(clean(raw), notation) if simple is None else simple


def number(text: str, notation: Notation) -> Typed:
    """`read_number` for a text that is clean already."""
    simple = plain(text, notation)
    if simple is not None:
        return simple
    if len(text) > SHORT:
        return _number(text, notation)
    found = _known(text, notation)
    if isinstance(found, Typed):
        return found
    raise Unreadable(found.reason) if isinstance(found, Unreadable) else Ambiguous(found.readings)


@functools.lru_cache(maxsize=4096)
def _known(text: str, notation: Notation) -> Typed | Unreadable | Ambiguous:
    """What a short text means, or why it has no meaning: the same few numbers stand in most answers to a question."""
    try:
        return _number(text, notation)
    except Unreadable as error:  # a new one, for this one holds all that was at work when it was raised
        return Unreadable(error.reason)
    except Ambiguous as error:
        return Ambiguous(error.readings)


def _number(text: str, notation: Notation) -> Typed:
    if "\n" in text:
        text = re.sub(r"\s*\n\s*(?=[=≈])|(?<=[=≈])\s*\n\s*", " ", text)
        if "\n" in text:
            raise Unreadable("there are several lines; one number is asked for here")
    text = _REMARK.sub("", without_label(text))
    if text[-1:] == "." and text[-2:-1] != ".":
        text = text[:-1].rstrip()
    sides = sides_of(text)
    if m := _SAID_AGAIN.fullmatch(sides[-1][1]):  # 0.5 (1/2): the same once more, not a product
        sides[-1:] = [(sides[-1][0], m.group(1)), ("=", m.group(2))]
    return agreeing([(sign, _one(side, notation)) for sign, side in sides])


def _one(text: str, notation: Notation) -> Typed:
    """One side: without words of approximation before it; a unit behind it counts for nothing, and is said to be ignored."""
    text = _PERCENT_WORDS.sub("%", _ABOUT.sub("", text, 1) if text[:1].isalpha() else text)
    if text[-1:].isalpha() and (m := _WORDS_BEHIND.search(text)):
        words = m.group().casefold().split()
        if words[-1] in _UNIT_WORDS and _UNIT_WORDS.union(_QUALIFIERS).issuperset(words):
            return evaluate(text[:m.start()], notation)._replace(ignored=m.group().strip())
    elif m := _MONEY.search(text):
        return evaluate(_MONEY.sub(r"\1", text), notation)._replace(ignored=re.sub("[^€£]", "", m.group()))
    return evaluate(text, notation)


def agreeing(forms: Sequence[tuple[str, Typed]]) -> Typed:
    """The most exact of several forms of one number, each with the sign before it. A decimal agrees as far as its digits go, so does a
    whole number after ``≈``. Raises Ambiguous where they differ, or have different units."""
    if len(forms) == 1:
        return forms[0][1]

    def half(sign: str, typed: Typed) -> fmpq:
        if typed.unit is not None:
            return typed.unit / 2
        whole = isinstance(typed.value, fmpq) and typed.value.q == 1
        return fmpq(1, 2) if whole and sign == "≈" else fmpq(0)

    ignored = list(dict.fromkeys([typed.ignored for _, typed in forms if typed.ignored]))
    if len(ignored) > 1:  # 3 h = 3 min
        raise Ambiguous([f"{typed.text} {typed.ignored}".strip() for _, typed in forms])
    best = min(forms, key=lambda form: half(*form))[1]
    for sign, other in forms:
        if isinstance(other.value, fmpq) and isinstance(best.value, fmpq):
            fits = bool(abs(other.value - best.value) <= half(sign, other))
        else:
            fits = not enclosure(other.value - best.value).abs_lower() > arb(half(sign, other))
        if not fits:
            raise Ambiguous(list(dict.fromkeys([typed.text for _, typed in forms])))
    return best._replace(ignored="".join(ignored))
