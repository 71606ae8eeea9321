"""Reading what a student typed: numbers, lists, matrices and words, exactly or not at all.

Nothing is ever executed and no binary float appears. What has one sensible meaning is read, what has
two is `Ambiguous`, the rest is `Unreadable` with a reason in plain words; both go to a person.
Guessing is not reading: ``2 1/2`` is 5/2, ``1 000`` is 1000, but ``1,234`` and ``ln 5/3`` are asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flint import arb, fmpq

from examwright.answers.equivalence import compare, may_agree
from examwright.answers.parser import (
    CONSTANTS,
    FUNCTIONS,
    MAX_LENGTH,
    ROW,
    SIMPLE,
    clean,
    evaluate,
    evaluate_expression,
    same_value,
)
from examwright.answers.symbols import Scope
from examwright.answers.typed import DEFAULT, Ambiguous, Blank, Notation, Typed, TypedExpression, Unreadable
from examwright.solvers.arithmetic import enclosure

__all__ = [
    "DEFAULT", "Ambiguous", "Blank", "Notation", "Typed", "TypedExpression", "Unreadable", "pair_in", "read_expression",
    "read_list", "read_matrix", "read_number", "read_words", "same_value",
]

MAX_ENTRIES = 200  # of a list
MAX_ROWS = 40  # of a matrix

# Words that may follow a number without changing its value. A word that is not here is asked about:
# "5 million" must never be read as 5.
_UNITS = """
    unit units point points bit bits nat nats pixel pixels px epoch epochs step steps iteration iterations parameter
    parameters params weight weights bias biases sample samples example examples error errors edge edges neuron neurons
    layer layers feature features channel channels filter filters row rows column columns node nodes leaf leaves class
    classes cluster clusters state states action actions cm mm km kg m s sec second seconds min minute minutes h hour
    hours day days year years euro euros eur usd dollar dollars photo photos image images value values connection
    connections multiplication multiplications operation operations vote votes case cases data
"""
_UNIT_WORDS = frozenset(_UNITS.split())

_PERCENT_WORDS = re.compile(r"(?<=[0-9])\s*(?:percent|per cent)$", re.I)
_LABEL = re.compile(r"\s*(?:the\s+)?(?:final\s+)?(?:answer|ans|result|solution)\s*(?:is\b|[:=])?\s*:?\s*", re.I)
_RELATION = re.compile(r"[=≈]")
_RANGE = re.compile(r"\s*(-?[0-9][0-9.,]*)\s*[–—]\s*([0-9][0-9.,]*)\s*")  # 3–4 may be a difference or a range
_SAID_AGAIN = re.compile(r"(-?[0-9](?:[0-9.,/ ]*[0-9])?%?) +\((-?[0-9](?:[0-9.,/ ]*[0-9])?%?)\)")


def _without_units(text: str) -> str:
    text = _PERCENT_WORDS.sub("%", text)
    m = re.search(r"(?<=[0-9)%])\s+([A-Za-z]+)\.?$", text)
    if m and m.group(1).casefold() in _UNIT_WORDS and m.group(1) != "e":
        return text[:m.start()]
    return text


_NAME = re.compile(r"[^\W\d_]+")
_NAMED = re.compile(r"[ -]?[a-z]{3,}")  # "log loss = 0.5", "log-likelihood = -3"
_COMPUTES = re.compile(r"\+|[-*/]\s*[0-9]|\s-|[0-9]\s*[-*/]")


def _is_label(text: str) -> bool:
    r"""Is this the left side of ``x = 5``, a name for the number, and not something to compute with?"""
    text = text.strip()
    if not text:
        return True
    if not (text[0].isalpha() or text[0] in "\\([‖|∂∇Δ") or not re.search(r"[^\W\d_]", text):
        return False
    m = _NAME.match(text)
    if m and m.group() in (*FUNCTIONS, *CONSTANTS) and not _NAMED.match(text, m.end()):
        return False
    bare = re.sub(r"[({\[][^(){}\[\]]*[)}\]]", "", text)
    return not _COMPUTES.search(bare) if bare != text or text[0] not in "([" else True


def read_number(raw: str, notation: Notation = DEFAULT) -> Typed:
    """The number that was typed. A label (``x = …``), dollar signs, and a word such as ``units`` after it
    are ignored; ``2/9 = 0.222`` is read as the exact one of two forms that agree.

    Raises Unreadable, Ambiguous or Blank, and nothing else, in bounded time.
    """
    if type(raw) is str and len(raw) <= 80 and (m := _RANGE.fullmatch(raw)):
        raise Ambiguous([f"{m.group(1)} - {m.group(2)}", f"from {m.group(1)} to {m.group(2)}"])
    return _number(raw if type(raw) is str and len(raw) < 40 and SIMPLE.fullmatch(raw) else clean(raw), notation)


def _number(text: str, notation: Notation) -> Typed:
    if SIMPLE.fullmatch(text):
        return evaluate(text, notation)
    text = text.replace("\n", " ").strip()
    m = _LABEL.match(text)
    if m and m.end():
        text = text[m.end():]
        if not text:
            raise Unreadable("nothing stands after the label")
    if text[-1:] == "." and text[-2:-1] in tuple("0123456789)}%"):
        text = text[:-1]
    sides = [s.strip() for s in _split(text, lambda t, i: t[i] in "=≈")] if _RELATION.search(text) else [text]
    if m := _SAID_AGAIN.fullmatch(sides[-1]):  # 0.5 (1/2): the same once more, not a product
        sides[-1:] = m.groups()
    if len(sides) == 1:
        return evaluate(_without_units(text), notation)
    if len(sides) > 6:
        raise Unreadable("too many equals signs")
    while len(sides) > 1 and _is_label(sides[0]):
        sides.pop(0)
    if not sides[-1]:
        raise Unreadable("nothing stands after the equals sign")
    read = [evaluate(_without_units(side), notation) for side in sides]
    best = min(read, key=lambda t: t.unit or fmpq(0))
    for other in read:
        if other is best:
            continue
        half = fmpq(0) if other.unit is None else other.unit / 2
        if isinstance(other.value, fmpq) and isinstance(best.value, fmpq):
            fits = bool(abs(other.value - best.value) <= half)
        else:
            fits = not enclosure(other.value - best.value).abs_lower() > arb(half)
        if not fits:
            raise Ambiguous([t.text for t in read])
    return best


# ---- expressions ---------------------------------------------------------------------------

def read_expression(raw: str, scope: Scope, notation: Notation = DEFAULT) -> TypedExpression:
    """The expression that was typed, in the symbols of the scope. A label (``y = …``, ``dL/dw = …``) is ignored; of
    ``2(x+1) = 2x + 2`` all sides must be the same function.

    Raises Unreadable, Ambiguous or Blank, and nothing else, in bounded time.
    """
    text = clean(raw).replace("\n", " ").strip()
    m = _LABEL.match(text)
    if m and m.end():
        text = text[m.end():]
    text = text.removesuffix(".").strip()
    if not text:
        raise Unreadable("nothing stands after the label")
    if not _RELATION.search(text):
        return evaluate_expression(text, notation, scope)
    sides = [s.strip() for s in _split(text, lambda t, i: t[i] in "=≈")]
    if len(sides) > 6:
        raise Unreadable("too many equals signs")
    while len(sides) > 1 and _is_label(sides[0]) and not _is_expression(sides[0], notation, scope):
        sides.pop(0)
    if not sides[-1]:
        raise Unreadable("nothing stands after the equals sign")
    read = [evaluate_expression(side, notation, scope) for side in sides]
    best = max(read, key=lambda t: 99 if t.digits is None else t.digits)
    for other in read:
        if other is best or compare(best.value, other.value, scope.symbols).verdict == "equal":
            continue
        if other.rounded is None or not may_agree(best.value, other.rounded, scope.symbols):
            raise Ambiguous([t.text for t in read])
    return best


def _is_expression(side: str, notation: Notation, scope: Scope) -> bool:
    """Can the left side be more than a name for the right one? A symbol alone is a name: w = w - 2."""
    try:
        found = evaluate_expression(side, notation, scope)
    except (Unreadable, Ambiguous):
        return False
    return found.text not in scope.names


# ---- lists ---------------------------------------------------------------------------------

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_TRANSPOSED = re.compile(r"(?<=[)\]}])\s*(?:\^\s*\{?\s*(?:T|t|⊤|tr)\s*\}?|ᵀ|')$")
_ENVIRONMENT = re.compile(r"\\begin\s*\{(?:[bBpvV]?matrix|smallmatrix|array|tabular)\}\s*(?:\{[lcr| ]*\})?"
                          r"(.*?)\\end\s*\{[A-Za-z]+\}", re.S)

Entry = Any  # Typed, or str for a word


def _split(text: str, is_separator: Callable[[str, int], bool]) -> list[str]:
    """The pieces between separators that stand outside all brackets."""
    out, stack, start = [], [], 0
    for i, c in enumerate(text):
        if c in _PAIRS:
            stack.append(_PAIRS[c])
        elif c in ")]}" and stack:
            if stack.pop() != c:
                raise Unreadable("brackets that do not match")
        elif not stack and is_separator(text, i):
            out.append(text[start:i])
            start = i + 1
    if stack:
        raise Unreadable("a bracket is not closed")
    out.append(text[start:])
    return out


def _has(text: str, sign: str) -> bool:
    return len(_split(text, lambda t, i: t[i] == sign)) > 1


def _opened(text: str) -> tuple[str, bool]:
    """The text inside the one pair of brackets around it, and whether there was one."""
    text = text.strip()
    if not text or text[0] not in _PAIRS:
        return text, False
    stack: list[str] = []
    for i, c in enumerate(text):
        if c in _PAIRS:
            stack.append(_PAIRS[c])
        elif c in ")]}":
            if not stack or stack.pop() != c:
                raise Unreadable("brackets that do not match")
            if not stack:
                return (text[1:-1].strip(), True) if i == len(text) - 1 else (text, False)
    raise Unreadable("a bracket is not closed")


def _unlabelled(text: str) -> str:
    """The list without ``theta =`` before it."""
    m = _LABEL.match(text)
    if m and m.end():
        text = text[m.end():]
    sides = _split(text, lambda t, i: t[i] in "=≈")
    if len(sides) == 2 and _is_label(sides[0]):
        text = sides[1]
    text = _TRANSPOSED.sub("", text.strip())
    if not text:
        raise Unreadable("nothing stands after the label")
    return text


_OPERATOR = "+-*/^="


def _pieces_at_spaces(text: str) -> list[str]:
    """Pieces between spaces, as a matrix is typed: ``1 -2`` are two, ``1 - 2`` is one."""
    def cuts(t: str, i: int) -> bool:
        if t[i] not in " \n":
            return False
        left, right = t[:i].rstrip(), t[i + 1:].lstrip()
        if not left or not right:
            return False
        if left[-1] in _OPERATOR or (right[0] in _OPERATOR and not (right[0] in "+-" and right[1:2].strip())):
            return False
        word = re.search(r"[A-Za-z√]+$", left[-6:])
        if word and (word.group() in FUNCTIONS or word.group() == "√"):
            return False
        return right[0] not in "%"
    return [p.strip() for p in _split(text, cuts) if p.strip()]


def _merged_groups(pieces: list[str]) -> list[str]:
    """Pieces with ``1 000`` taken as one number."""
    out: list[str] = []
    for piece in pieces:
        if out and re.fullmatch(r"[0-9]{3}([.,][0-9]+)?", piece) and re.fullmatch(r"-?[1-9][0-9]{0,2}( [0-9]{3})*", out[-1]):
            out[-1] += " " + piece
        else:
            out.append(piece)
    return out


def _ways(inner: str, bracketed: bool, notation: Notation, size: int | None) -> Iterator[tuple[list[str], Notation]]:
    """All sensible ways to cut a flat list into entries."""
    def at(sign: str) -> Callable[[str, int], bool]:
        return lambda t, i: t[i] == sign

    if _has(inner, ";"):
        comma = notation
        if notation.decimal_comma is None and not re.search(r"\.[0-9]", inner):
            comma = replace(notation, decimal_comma=True)
        pieces = _split(inner, at(";"))
        yield pieces if pieces[-1].strip() else pieces[:-1], comma
        return
    if _has(inner, "\n"):
        lines = [p.strip().rstrip(",") for p in _split(inner, at("\n")) if p.strip()]
        yield lines, notation
    if _has(inner, "&"):
        yield _split(inner, at("&")), notation
        return
    if _has(inner, ","):
        every = _split(inner, at(","))
        if notation.decimal_comma is not True or size == len(every):
            yield every, notation
        inside = re.search(r"[0-9],[0-9]", inner) is not None
        if not inside:
            if notation.decimal_comma is True:
                yield every, notation
            return
        mixed = re.search(r",\s", inner) is not None

        def spaced(t: str, i: int) -> bool:
            return t[i] == "," and not (i and t[i - 1].isdigit() and t[i + 1:i + 2].isdigit())

        if mixed or size is not None or not bracketed or notation.decimal_comma:
            loose = _split(inner, spaced)
            if notation.decimal_comma is not False:
                yield loose, replace(notation, decimal_comma=True)
            if notation.decimal_comma is not True:
                yield loose, replace(notation, decimal_comma=False)
            if not mixed and " " in inner and notation.decimal_comma is not False:
                yield _pieces_at_spaces(inner), replace(notation, decimal_comma=True)
            if not mixed and " " in inner and notation.decimal_comma is not True:
                yield _pieces_at_spaces(inner), replace(notation, decimal_comma=False)
        return
    pieces = _pieces_at_spaces(inner)
    if len(pieces) > 1:
        yield pieces, notation
        merged = _merged_groups(pieces)
        if len(merged) != len(pieces):
            yield merged, notation
    yield [inner], notation


_WORD = re.compile(r"\$?\\?[^\W\d_][\w{}^' .-]{0,60}\$?")  # left, s_1, $x_{2}$, s'


def _entry(text: str, notation: Notation, words: bool) -> Entry:
    text = text.strip()
    if not text:
        raise Unreadable("an entry is missing")
    try:
        return _number(text, notation)
    except Blank:
        raise Unreadable("an entry is missing") from None
    except Unreadable:
        word = text.strip("'\"")
        if words and _WORD.fullmatch(word):
            return " ".join(word.split())
        raise


def _entries(pieces: list[str], notation: Notation, words: bool) -> tuple[Entry, ...]:
    if len(pieces) > MAX_ENTRIES:
        raise Unreadable(f"more than {MAX_ENTRIES} entries")
    opened = [_opened(p) for p in pieces]
    if all([whole and inner and inner[0] not in _PAIRS and not re.search(r"[,;\s&]", inner) for inner, whole in opened]):
        pieces = [inner for inner, _ in opened]  # [[1], [2]]
    return tuple([_entry(p, notation, words) for p in pieces])


def _show_entries(entries: tuple[Entry, ...]) -> str:
    return "(" + ", ".join([e.text if isinstance(e, Typed) else e for e in entries]) + ")"


def _same_entries(a: tuple[Entry, ...], b: tuple[Entry, ...]) -> bool:
    return len(a) == len(b) and all(
        same_value(x.value, y.value) if isinstance(x, Typed) and isinstance(y, Typed)
        else isinstance(x, str) and isinstance(y, str) and x == y for x, y in zip(a, b))


def _readings(text: str, notation: Notation, size: int | None, words: bool) -> list[tuple[Entry, ...]]:
    """The different lists of the size that the text may stand for. Raises the first failure if none."""
    inner, bracketed = _opened(text)
    if not inner:
        if bracketed and not size:
            return [()]
        raise Unreadable("the list is empty")
    if bracketed and inner[0] in "[(":  # [[1],[2]] and [[1, 2]]
        again, whole = _opened(inner)
        if whole:
            inner = again
    found: list[tuple[Entry, ...]] = []
    failure: ValueError | None = None
    sizes: list[int] = []
    for pieces, how in _ways(inner, bracketed, notation, size):
        sizes.append(len(pieces))
        if size is not None and len(pieces) != size:
            continue
        try:
            entries = _entries(pieces, how, words)
        except (Unreadable, Ambiguous) as error:
            failure = failure or error
            continue
        if not any(_same_entries(entries, other) for other in found):
            found.append(entries)
    if found:
        return found
    if failure is not None:
        raise failure
    counted = sizes[0] if sizes else 0
    raise Unreadable(f"{_count(counted, 'entry')} typed, {size} asked for")


def _count(n: int, word: str) -> str:
    if n == 1:
        return f"1 {word}"
    return f"{n} {word[:-1]}ies" if word.endswith("y") else f"{n} {word}s"


def read_list(raw: str, notation: Notation = DEFAULT, size: int | None = None, *,
              words: bool = False) -> tuple[Entry, ...]:
    """A list of numbers: ``(1, 2)``, ``[1; 2]``, ``{1, 2}``, ``1 2``. Where a semicolon separates, a comma
    is decimal. `size` settles what is otherwise open (``1,5``). With `words`, an entry that is no
    number but has letters is given as a word.

    Raises Unreadable (also for another size), Ambiguous or Blank, and nothing else.
    """
    text = clean(raw)
    if _environment(text) is not None:
        rows = _matrix_rows(text)
        if len(rows) == 1 or all(not _has(row, "&") for row in rows):
            pieces = _split(rows[0], lambda t, i: t[i] == "&") if len(rows) == 1 else rows
            if size is not None and len(pieces) != size:
                raise Unreadable(f"{_count(len(pieces), 'entry')} typed, {size} asked for")
            return _entries(pieces, notation, words)
        raise Unreadable("a matrix was typed, a list is asked for")
    text = text.replace(ROW, ";")
    found = _readings(_unlabelled(text), notation, size, words)
    if len(found) > 1:
        raise Ambiguous([_show_entries(e) for e in found])
    return found[0]


def pair_in(text: str, notation: Notation) -> tuple[Entry, ...]:
    """The two entries, numbers or words, of a cleaned text without its brackets."""
    found = _readings(text, notation, 2, True)
    if len(found) > 1:
        raise Ambiguous([_show_entries(e) for e in found])
    return found[0]


def _environment(text: str) -> str | None:
    """What stands inside the one LaTeX matrix that the text is, None if it is none."""
    found = _ENVIRONMENT.search(text)
    if found is None:
        return None
    before, after = text[:found.start()].strip(), text[found.end():].strip()
    if before.endswith("=") and _is_label(before[:-1]):
        before = ""
    if before or re.sub(r"^(?:\^\s*\{?\s*(?:T|⊤)\s*\}?|ᵀ|')$", "", after) not in ("", "."):
        raise Unreadable("something stands beside the matrix")
    return found.group(1)


def _matrix_rows(text: str) -> list[str]:
    """The rows of a matrix, each as the text of a list."""
    body = _environment(text)
    if body is not None:
        rows = [row.strip() for row in body.replace("\n", " ").split(ROW) if row.strip()]
        if not rows:
            raise Unreadable("the matrix is empty")
        return rows
    text = _unlabelled(text.replace(ROW, ";"))
    for _ in range(3):
        if text[:1] in tuple(_PAIRS) and _opened(text)[1]:
            inner = _opened(text)[0]
            if not inner:
                raise Unreadable("the matrix is empty")
            text = inner
        else:
            break
    if text[:1] in tuple(_PAIRS):  # (1,2),(3,4) and [1 2] [3 4] and (1,2);(3,4)
        rows = []
        rest = text
        while rest:
            stack, end = [], 0
            for i, c in enumerate(rest):
                if c in _PAIRS:
                    stack.append(_PAIRS[c])
                elif c in ")]}":
                    if not stack or stack.pop() != c:
                        raise Unreadable("brackets that do not match")
                    if not stack:
                        end = i + 1
                        break
            if not end:
                break
            rows.append(rest[:end])
            rest = rest[end:].lstrip(" ,;\n")
            if rest and rest[0] not in _PAIRS:
                rows = []
                break
        if rows:
            return rows
    if not text:
        raise Unreadable("the matrix is empty")
    for sign in ";\n":
        if _has(text, sign):
            return [row.strip().rstrip(",") if sign == "\n" else row.strip()
                    for row in _split(text, lambda t, i, s=sign: t[i] == s) if row.strip()]  # type: ignore[misc]
    return [text]


def read_matrix(raw: str, notation: Notation = DEFAULT,
                shape: tuple[int, int] | None = None) -> tuple[tuple[Typed, ...], ...]:
    r"""A matrix: ``[[1, 2], [3, 4]]``, ``1 2; 3 4``, rows on lines, ``(1,2),(3,4)`` or a LaTeX matrix.
    `shape` (rows, columns) settles what is otherwise open.

    Raises Unreadable (also for another shape), Ambiguous or Blank, and nothing else.
    """
    text = clean(raw)
    rows = _matrix_rows(text)
    if not rows:
        raise Unreadable("the matrix is empty")
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"more than {MAX_ROWS} rows")
    if shape is not None and len(rows) != shape[0]:
        raise Unreadable(f"{_count(len(rows), 'row')} typed, {shape[0]} asked for")
    columns = shape[1] if shape is not None else None
    read: list[list[tuple[Entry, ...]]] = []
    for number, row in enumerate(rows, 1):
        if not row:
            raise Unreadable(f"row {number} is empty")
        try:
            read.append(_readings(row, notation, columns, False))
        except Unreadable as error:
            raise Unreadable(f"row {number}: {error.reason}") from None
    widths = [w for w in sorted({len(e) for e in read[0]}) if all(any(len(e) == w for e in r) for r in read)]
    if not widths:
        raise Unreadable("the rows have different lengths: " + ", ".join([str(len(r[0])) for r in read[:8]]))
    found = []
    for width in widths:
        fitting = [[e for e in r if len(e) == width] for r in read]
        found.append(tuple([f[0] for f in fitting]))
        for i, f in enumerate(fitting[:4]):
            for other in f[1:]:
                found.append(tuple([other if j == i else g[0] for j, g in enumerate(fitting)]))
    if len(found) > 1:
        raise Ambiguous(["[" + ", ".join([_show_entries(r) for r in m]) + "]" for m in found[:4]])
    return found[0]


# ---- words ---------------------------------------------------------------------------------

_WORD_SEPARATOR = re.compile(r"\s*(?:,|;|>|<|→|⇒|≻|≺|->|=>|\n|\|)\s*")


def read_words(raw: str) -> tuple[str, ...]:
    """The words of a list such as ``b > a > c``, ``b, a, c`` or ``b a c``; single spaces inside a word are
    kept where another separator is used. Raises Unreadable or Blank."""
    if not isinstance(raw, str):
        raise Unreadable("this is not text")
    text = raw.strip()
    if not text:
        raise Blank
    if len(raw) > MAX_LENGTH:
        raise Unreadable(f"the answer is longer than {MAX_LENGTH} characters")
    text = text.replace("\\to", "→").replace("\\rightarrow", "→").replace("\\succ", ">").replace("\\{", "{")
    text = text.replace("\\}", "}").replace("$", "").replace("->", "→").replace("=>", "→").strip()
    if ">" in text and "<" in text:
        raise Unreadable("'>' and '<' in one list")
    while text and text[0] in _PAIRS and text[-1] == _PAIRS[text[0]] and _PAIRS[text[0]] not in text[1:-1]:
        text = text[1:-1].strip()
    if not text:
        return ()
    pieces = [" ".join(p.split()) for p in _WORD_SEPARATOR.split(text)]
    if len(pieces) == 1:
        pieces = text.split()
    if any(not p for p in pieces):
        raise Unreadable("an entry is missing")
    if len(pieces) > MAX_ENTRIES:
        raise Unreadable(f"more than {MAX_ENTRIES} entries")
    return tuple(pieces)
