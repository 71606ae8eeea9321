"""Vectors and matrices that are right in several forms: ``up_to: sign``, ``scale``, ``positive scale``, ``order`` and,
for matrices, ``row order``, ``column order``, ``row signs``, ``column signs``.

Judging looks for the form of the key that lies nearest to what was typed, its *representative*, and judges entry by
entry against that. A block is what changes together: an entry, a row, a column, or all there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import arb, fmpq

from examwright.answers.kinds.base import KindError, Precision, Typed
from examwright.answers.phrases import phrase
from examwright.answers.precision import HALF, NIL, Judgement, own_unit, span
from examwright.solvers.arithmetic import Real

__all__ = ["MATRIX_WORDS", "VECTOR_WORDS", "aligned", "confusable", "equivalents", "same_form", "too_many", "up_to_of"]

VECTOR_WORDS = ("sign", "scale", "positive scale", "order")
MATRIX_WORDS = ("sign", "scale", "positive scale", "row order", "column order", "row signs", "column signs")

MAX_BLOCKS = 8  # that may be in any order: every order is looked at
MAX_PAIRS = 256  # of entries to be compared for that
MAX_SCALED = 12  # entries with a common factor

Blocks = tuple[tuple[Any, ...], ...]
Entrywise = Callable[[Any, Any], Judgement]  # (key, slack) → what the typed entries are worth by them
Interval = tuple[fmpq, fmpq]


def up_to_of(options: dict[str, Any], allowed: tuple[str, ...]) -> str | None:
    """The ``up_to`` of a type's options. Raises KindError."""
    word = options.get("up_to")
    if word is None:
        return None
    if word not in allowed:
        raise KindError(f"an answer cannot be right up to '{word}'", str(word), list(allowed))
    if "scale" in word:
        for other in ("decimals", "within"):
            if other in options:
                raise KindError(f"'{other}' means nothing where the scale is free", other, ["digits", "whole"])
    return str(word)


# ---- blocks ----------------------------------------------------------------------------------

def _blocks(value: Any, up_to: str, matrix: bool) -> Blocks:
    if not matrix:
        return tuple([(v,) for v in value]) if up_to == "order" else (tuple(value),)
    if up_to.startswith("row"):
        return tuple(value)
    if up_to.startswith("column"):
        return tuple(zip(*value))
    return (tuple([v for row in value for v in row]),)


def _value(blocks: Blocks, up_to: str, like: Any, matrix: bool) -> Any:
    """The value that has these blocks; `like` has its shape."""
    if not matrix:
        return tuple([v for block in blocks for v in block])
    if up_to.startswith("row"):
        return blocks
    if up_to.startswith("column"):
        return tuple(zip(*blocks))
    columns = len(like[0])
    return tuple([blocks[0][i * columns:(i + 1) * columns] for i in range(len(like))])


def _times(factor: Any, block: Sequence[Any]) -> tuple[Any, ...]:
    return tuple([factor * x for x in block])


def too_many(value: Any, up_to: str, matrix: bool) -> str | None:
    """What is wrong with a key whose form is free, to follow the words "the key … "; None if nothing is."""
    blocks = _blocks(value, up_to, matrix)
    if "order" in up_to and (len(blocks) > MAX_BLOCKS or len(blocks) ** 2 * len(blocks[0]) > MAX_PAIRS):
        return f"is too large to be right in any order (at most {MAX_BLOCKS}, or fewer where each has more than {MAX_PAIRS // MAX_BLOCKS**2} numbers)"
    if "scale" in up_to and len(blocks[0]) > MAX_SCALED:
        return f"has {len(blocks[0])} numbers; at most {MAX_SCALED} can be right up to a factor"
    if "scale" in up_to and all([isinstance(x, fmpq) and x == 0 for x in blocks[0]]):
        return phrase("is zero, and has no direction")
    return None


def equivalents(key: Any, up_to: str, matrix: bool) -> list[Any]:
    """Some other forms of the key that are right too."""
    blocks = _blocks(key, up_to, matrix)
    found: list[Blocks]
    if "order" in up_to:
        found = [blocks[::-1], blocks[1:] + blocks[:1]]
    elif "scale" in up_to:
        found = [(_times(f, blocks[0]),) for f in (fmpq(2), fmpq(1, 3), *([fmpq(-1)] if up_to == "scale" else []))]
    else:
        found = [(_times(-1, blocks[0]), *blocks[1:]), tuple([_times(-1, b) for b in blocks])]
    return [_value(b, up_to, key, matrix) for b in found]


# ---- judging ---------------------------------------------------------------------------------

def aligned(structure: Any, key: Any, slack: Any, up_to: str, matrix: bool, precision: Precision,
            entrywise: Entrywise) -> tuple[Judgement, Any, Any]:
    """(judgement, representative, its rounding interval): the form of the key that explains the answer best.

    With a free scale one number of the answer says nothing, so the share counts the right entries beyond the first.
    """
    plain = entrywise(key, slack)
    if plain.how in ("key", "rounded"):
        return plain, key, slack
    if "scale" in up_to:
        return _scaled(structure, key, slack, up_to, matrix, precision, entrywise)
    typed, right = _blocks(structure, up_to, matrix), _blocks(key, up_to, matrix)
    bounds = None if slack is None else _blocks(slack, up_to, matrix)
    if "order" in up_to:
        worth = [[_worth(t, k, None if bounds is None else bounds[j], precision) for j, k in enumerate(right)] for t in typed]
        chosen = best_assignment(worth)
        right = tuple([right[j] for j in chosen])
        bounds = None if bounds is None else tuple([bounds[j] for j in chosen])
    else:
        signs = []
        for i, (t, k) in enumerate(zip(typed, right)):
            s = None if bounds is None else bounds[i]
            minus = None if s is None else _times(-1, s)
            signs.append(-1 if _worth(t, _times(-1, k), minus, precision) > _worth(t, k, s, precision) else 1)
        right = tuple([_times(-1, k) if n < 0 else k for n, k in zip(signs, right)])
        bounds = None if bounds is None else tuple([_times(-1, b) if n < 0 else b for n, b in zip(signs, bounds)])
    form = _value(right, up_to, key, matrix)
    about = None if bounds is None else _value(bounds, up_to, key, matrix)
    return _said(entrywise(form, about), up_to, form, key), form, about


def _said(judged: Judgement, up_to: str, form: Any, key: Any) -> Judgement:
    if judged.how == "wrong" or same_form(form, key):
        return judged
    return judged._replace(evidence=f"{judged.evidence}, up to {up_to}")


def same_form(form: Any, key: Any) -> bool:
    """Is the representative the key as it stands?"""
    return all([same_form(f, k) if isinstance(k, tuple) else f is k for f, k in zip(form, key)])


def _worth(typed: Sequence[Any], key: Sequence[Any], slack: Sequence[Any] | None, precision: Precision) -> fmpq:
    """How much of a block is right; exactly right is worth a little more than rounded."""
    total = NIL
    for i, (t, k) in enumerate(zip(typed, key)):
        one = precision.judge(t, k, None if slack is None else slack[i])
        total += one.share + (fmpq(1, 1000) if one.how == "key" else NIL)
    return total


def best_assignment(worth: Sequence[Sequence[fmpq]]) -> tuple[int, ...]:
    """The column for each row of a square table, no column twice, with the largest sum; the first such in dictionary
    order. Source: dynamic programming over the sets of columns that are taken (Held and Karp)."""
    n = len(worth)
    best: dict[int, tuple[fmpq, tuple[int, ...]]] = {0: (NIL, ())}
    for row in worth:
        reached: dict[int, tuple[fmpq, tuple[int, ...]]] = {}
        for taken, (total, chosen) in best.items():
            for j in range(n):
                if taken >> j & 1:
                    continue
                now = (total + row[j], (*chosen, j))
                old = reached.get(taken | 1 << j)
                if old is None or now[0] > old[0] or (now[0] == old[0] and now[1] < old[1]):
                    reached[taken | 1 << j] = now
        best = reached
    return best[(1 << n) - 1][1]


# ---- scale -----------------------------------------------------------------------------------

def _scaled(structure: Any, key: Any, slack: Any, up_to: str, matrix: bool, precision: Precision,
            entrywise: Entrywise) -> tuple[Judgement, Any, Any]:
    typed, right = _blocks(structure, up_to, matrix)[0], _blocks(key, up_to, matrix)[0]
    bounds = right if slack is None else _blocks(slack, up_to, matrix)[0]
    best: tuple[Judgement, Any, Any] | None = None
    for loose, spans in ((0, right), (1, bounds), (2, bounds)):  # exactly, as precisely as asked, with fewer digits
        region = _factor([_typed_span(t, precision, loose) for t in typed], [_span(k) for k in spans], up_to)
        if region is None:
            continue
        low, high = region
        factor: Any = (low + high) / 2
        if loose or factor.q > 10**12:
            factor = Real(arb(factor))
        form = _value((_times(factor, right),), up_to, key, matrix)
        around = Real(arb((low + high) / 2) + arb(0, arb((high - low) / 2)))
        about = _value((_times(around, bounds),), up_to, key, matrix)
        judged = entrywise(form, about if loose else form)
        if not loose and judged.how == "key":  # what was typed is itself a form of the key
            form = about = _value((tuple([t.value for t in typed]),), up_to, key, matrix)
            return _said(judged, up_to, form, key), form, about
        if judged.how == "wrong" and len(typed) > 1:  # one entry always fits some scale
            share = (judged.share * len(typed) - 1) / (len(typed) - 1)
            judged = judged._replace(share=share if share > 0 else NIL)
        if loose and judged.how == "rounded":
            return _said(judged, up_to, form, key), form, about
        if (loose or judged.how == "wrong") and (best is None or _rank(judged) > _rank(best[0])):
            best = _said(judged, up_to, form, key), form, about
    if best is None:
        return Judgement(NIL, "wrong", phrase("no multiple of the key has one of these entries")), key, slack
    return best


def _rank(judged: Judgement) -> tuple[bool, fmpq]:
    return judged.how != "wrong", judged.share


def _span(x: Any) -> Interval:
    """What a value may be. An infinite enclosure says as little about a factor as one of zero."""
    return span(x) if isinstance(x, fmpq) or x.ball.is_finite() else (fmpq(-1), fmpq(1))


def _typed_span(typed: Typed, precision: Precision, loose: int) -> Interval:
    """What a typed number may stand for: itself (`loose` 0), half a unit of its last digit about it but not more than of
    the digits asked (1), or all of that (2)."""
    low, high = _span(typed.value)
    unit = precision.unit(typed.value)
    own = None if unit is None else own_unit(typed, unit)
    if not loose or unit is None or own is None:
        return low, high
    if loose == 2 and typed.unit is not None:  # whole numbers such as (2, 1, -3) are no coarse decimals
        return low - own * HALF, high + own * HALF
    outer = min(own, unit) * HALF
    inner = outer
    if precision.digits is not None and abs(typed.value) == unit * fmpq(10) ** (precision.digits - 1):
        inner = min(own, unit / 10) * HALF  # 1.00, but 0.999 below it
    return (low - inner, high + outer) if typed.value > 0 else (low - outer, high + inner)


def _factor(typed: Sequence[Interval], key: Sequence[Interval], up_to: str) -> Interval | None:
    """The factors by which most of the key's entries become the typed ones; None where none fits any entry."""
    found: list[Interval] = []
    for (a, b), (low, high) in zip(typed, key):
        if low <= 0 <= high or a <= 0 <= b:
            continue  # says nothing about the factor
        ends = [a / low, a / high, b / low, b / high]
        if up_to == "scale" or ends[0] > 0:
            found.append((min(ends), max(ends)))
    most: list[Interval] = []
    for start, _ in found:
        holding = [(low, high) for low, high in found if low <= start <= high]
        if len(holding) > len(most):
            most = holding
    return (max([low for low, _ in most]), min([high for _, high in most])) if most else None


# ---- telling apart ---------------------------------------------------------------------------

def confusable(a: Any, key: Any, slack: Any, up_to: str, matrix: bool, precision: Precision) -> bool:
    """Could the value `a`, of the key's shape, be taken for some form of the key if tolerances were three times as wide?"""
    given, right = _blocks(a, up_to, matrix), _blocks(key, up_to, matrix)
    bounds = None if slack is None else _blocks(slack, up_to, matrix)
    if "scale" in up_to:
        return _parallel(given[0], right[0], None if bounds is None else bounds[0], up_to, precision)

    def close(i: int, j: int, sign: int = 1) -> bool:
        s = (None,) * len(right[j]) if bounds is None else bounds[j]
        for x, k, b in zip(given[i], right[j], s):
            if not precision.confusable(x, k if sign > 0 else -k, b if sign > 0 or b is None else -b):
                return False
        return True

    if "order" not in up_to:
        return all([close(i, i) or close(i, i, -1) for i in range(len(given))])
    table = [[fmpq(close(i, j)) for j in range(len(right))] for i in range(len(given))]
    return all([table[i][j] == 1 for i, j in enumerate(best_assignment(table))])


def _parallel(given: Sequence[Any], key: Sequence[Any], slack: Sequence[Any] | None, up_to: str, precision: Precision) -> bool:
    """Is there a factor that takes all entries of the key to those given, within three times the tolerance?"""
    region: Interval | None = None
    for i, (x, k) in enumerate(zip(given, key)):
        unit = precision.unit(x)
        reach = NIL if unit is None else unit * 3 / 2
        a, b = _span(x)
        c, d = _span(k)
        if slack is not None:
            s, t = _span(slack[i])
            c, d = min(c, 2 * s - t), max(d, 2 * t - s)
        if c <= 0 <= d:
            if c == d and not a - reach <= 0 <= b + reach:
                return False
            continue
        if x == 0:
            return False
        ends = [e / f for e in (a - reach, b + reach) for f in (c, d)]
        one = min(ends), max(ends)
        region = one if region is None else (max(region[0], one[0]), min(region[1], one[1]))
    return region is None or (region[0] <= region[1] and (up_to == "scale" or region[1] > 0))
