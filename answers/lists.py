"""Lists and matrices of numbers, cut in every sensible way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from examwright.answers.brackets import groups, has, opened, split
from examwright.answers.characters import AND, AND_WORDS, ROW, clean
from examwright.answers.numbers import agreeing, is_label, number, sides_of, without_label
from examwright.answers.parser import same_value
from examwright.answers.tokens import FUNCTIONS
from examwright.answers.typed import DEFAULT, Ambiguous, Blank, Notation, Typed, Unreadable

__all__ = ["MAX_ENTRIES", "pair_in", "read_list", "read_matrix"]

MAX_ENTRIES = 200  # of a list
MAX_ROWS = 40  # of a matrix

Entry = Any  # Typed, or str for a word
Entries = tuple[Entry, ...]

_ENVIRONMENT = re.compile(r"\\begin\s*\{(?:[bBpvV]?matrix|smallmatrix|array|tabular)\}\s*(?:\{[lcr| ]*\})?"
                          r"((?:(?!\\begin).)*?)\\end\s*\{[A-Za-z]+\}", re.S)
_CALL = re.compile(r"(?:np\.|numpy\.|torch\.)?(?:array|tensor|matrix|Matrix|vector|vec|c)(?=\()")
_DTYPE = re.compile(r",\s*dtype\s*=\s*[\w.]+\s*(?=\)$)")
_AND = re.compile(AND)
_TRANSPOSED = re.compile(r"(?<=[)\]}])\s*(?:\^\s*\{?\s*(?:T|t|⊤|tr)\s*\}?|ᵀ|'|\.T)$")


def _bodies(text: str) -> tuple[list[str], bool]:
    """The list or matrix without ``theta =``, ``array(…)``, LaTeX environment and sign of transposition, in each of the forms given
    (``(1/2, 1/3) ≈ (0.5, 0.33)``), and whether it is to be transposed."""
    text = _ENVIRONMENT.sub(lambda m: "[" + m.group(1).replace("\n", " ").strip(" " + ROW) + "]", text)
    text = without_label(text)
    if text[-1:] == "." and text[-2:-1] in tuple(")]}"):
        text = text[:-1]
    sides = [side for _, side in sides_of(text)] if has(text, "=") or has(text, "≈") else [text]
    if len(sides) > 1 and not all([side[:1] in tuple("([{") for side in sides]):
        sides = [text]  # θ0 = 1, θ1 = 2
    turned = [bool(_TRANSPOSED.search(side)) for side in sides]
    sides = [_body(_TRANSPOSED.sub("", side)) for side in sides]
    if any([t != turned[0] for t in turned]):
        raise Unreadable("only one of the two forms is transposed")
    return sides, turned[0]


def _body(text: str) -> str:
    text = text.strip()
    m = _CALL.match(text)
    if m:
        inner, whole = opened(_DTYPE.sub("", text[m.end():]))
        text = inner if whole else text
    if text[:1] == "<" and text[-1:] == ">":
        text = "(" + text[1:-1] + ")"
    if not text:
        raise Unreadable("nothing stands after the label")
    return text


# ---- lists ---------------------------------------------------------------------------------

_OPERATOR = "+-*/^="
_SHAPE = re.compile(r"[0-9]+(?:\s?[*xX]\s?[0-9]+)+")


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
        return not (word and (word.group() in FUNCTIONS or word.group() == "√")) and right[0] not in "%‰"
    return [p.strip() for p in split(text, cuts) if p.strip()]


def _merged_groups(pieces: list[str]) -> list[str]:
    """Pieces with ``1 000`` taken as one number."""
    out: list[str] = []
    for piece in pieces:
        if out and re.fullmatch(r"[0-9]{3}([.,][0-9]+)?", piece) and re.fullmatch(r"-?[1-9][0-9]{0,2}( [0-9]{3})*", out[-1]):
            out[-1] += " " + piece
        else:
            out.append(piece)
    return out


def _without_last(pieces: list[str]) -> list[str]:
    """The pieces without an empty one after the last separator: ``1; 2;``."""
    return pieces[:-1] if len(pieces) > 1 and not pieces[-1].strip() else pieces


def _ways(inner: str, bracketed: bool, notation: Notation, size: int | None) -> Iterator[tuple[list[str], Notation]]:
    """All sensible ways to cut a flat list into entries."""
    if ROW in inner or has(inner, "&"):
        if ROW in inner and has(inner, "&"):
            raise Unreadable("a matrix was typed, a list is asked for")
        yield split(inner, ROW + "&"), notation
        return
    if has(inner, ";"):
        comma = notation.decimal_comma is None and not re.search(r"\.[0-9]", inner)
        yield _without_last(split(inner, ";")), replace(notation, decimal_comma=True) if comma else notation
        return
    if has(inner, "\n"):
        yield [p.strip().rstrip(",") for p in split(inner, "\n") if p.strip()], notation
    if has(inner, ","):
        yield from _ways_at_commas(inner, bracketed, notation, size)
        return
    if _SHAPE.fullmatch(inner):
        yield re.split(r"\s?[*xX]\s?", inner), notation
    pieces = _pieces_at_spaces(inner)
    joined = _AND.split(inner)
    if len(joined) > 1:
        yield joined, notation
    elif len(pieces) > 1:
        yield pieces, notation
        merged = _merged_groups(pieces)
        if len(merged) != len(pieces):
            yield merged, notation
    yield [inner], notation


def _ways_at_commas(inner: str, bracketed: bool, notation: Notation,
                    size: int | None) -> Iterator[tuple[list[str], Notation]]:
    """A comma separates, or, between digits, belongs to a number."""
    every = _without_last(split(inner, ","))
    if len(every) > 1 and _AND.search(every[-1]):  # 1, 2 and 3
        every[-1:] = _AND.split(re.sub(rf"^\s*(?:{AND_WORDS}|y)\s", "", every[-1]))
    within = re.search(r"[0-9],[0-9]", inner) is not None and not re.search(r"/[0-9]+,[0-9]+/", inner)  # 1/2,1/3
    if not within or notation.decimal_comma is not True or (
            size == len(every) and all([len(_pieces_at_spaces(piece)) < 2 for piece in every])):  # not 0 -0,1
        yield every, notation
    mixed = re.search(r",(?![0-9])", inner) is not None
    if not within or not (mixed or size is not None or not bracketed or notation.decimal_comma):
        return
    cuts = [split(inner, lambda t, i: t[i] == "," and not (i and t[i - 1].isdigit() and t[i + 1:i + 2].isdigit()))]
    if not mixed and " " in inner:
        cuts.append(_pieces_at_spaces(inner))
    for pieces in cuts:
        for comma in (True, False) if notation.decimal_comma is None else (notation.decimal_comma,):
            yield pieces, replace(notation, decimal_comma=comma)


_WORD = re.compile(r"\$?\\?[^\W\d_][\w{}^' .-]{0,60}\$?")  # left, s_1, $x_{2}$, s'


def _entry(text: str, notation: Notation, words: bool) -> Entry:
    text = text.strip()
    if not text:
        raise Unreadable("an entry is missing")
    try:
        return number(text, notation)
    except Blank:
        raise Unreadable("an entry is missing") from None
    except Unreadable:
        word = text.strip("'\"")
        if words and _WORD.fullmatch(word):
            return " ".join(word.split())
        raise


def _entries(pieces: list[str], notation: Notation, words: bool) -> Entries:
    if len(pieces) > MAX_ENTRIES:
        raise Unreadable("more than {n} entries", n=MAX_ENTRIES)
    alone = [opened(p) for p in pieces]
    if all([whole and inner and inner[0] not in "([{" and not re.search(r"[,;\s&]", inner) for inner, whole in alone]):
        pieces = [inner for inner, _ in alone]  # [[1], [2]]
    if not words:
        _named_in_order(pieces)
    return tuple([_entry(p, notation, words) for p in pieces])


def _named_in_order(pieces: Sequence[str]) -> None:
    """Refuses ``θ1 = 2, θ0 = 1``: the names say another order than the list."""
    names = [p.partition("=")[0].strip() for p in pieces if "=" in p]
    names = [name for name in names if name and is_label(name)]
    if len(names) < 2:
        return
    parts = [re.fullmatch(r"(.*?)([0-9₀-₉]*)\W*", name, re.S) for name in names]
    stems, indices = zip(*[(p.group(1), p.group(2)) for p in parts if p])
    if all(indices) and len(set(stems)) == 1 and all([int(a) < int(b) for a, b in zip(indices, indices[1:])]):
        return
    if not any(indices) and all([len(s) == 1 for s in stems]) and list(stems) == sorted(set(stems)):
        return
    raise Unreadable("the entries have names whose order is not certain; type them in the order asked, without names")


def _show_entries(entries: Entries) -> str:
    return "(" + ", ".join([e.text if isinstance(e, Typed) else e for e in entries]) + ")"


def _same_entries(a: Entries, b: Entries) -> bool:
    return len(a) == len(b) and all(
        same_value(x.value, y.value) if isinstance(x, Typed) and isinstance(y, Typed)
        else isinstance(x, str) and isinstance(y, str) and x == y for x, y in zip(a, b))


def _readings(text: str, notation: Notation, size: int | None, words: bool) -> list[Entries]:
    """The different lists of the size that the text may stand for. Raises the first failure if none."""
    inner, bracketed = opened(text)
    if bracketed and inner[:1] in tuple("[({"):  # [[1],[2]] and [[1, 2]]
        inner, _ = opened(inner)
    if not inner:
        if bracketed and not size:
            return [()]
        raise Unreadable("the list is empty")
    found: list[Entries] = []
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
    if failure is None:
        assert size is not None
        failure = Unreadable("{n} entry typed, {asked} asked for" if sizes[0] == 1 else "{n} entries typed, {asked} asked for", n=sizes[0], asked=size)
    raise failure


def _only(found: Sequence[Any], show: Callable[[Any], str]) -> Any:
    """The one reading that there is. Raises Ambiguous."""
    if len(found) > 1:
        raise Ambiguous([show(f) for f in found[:4]])
    return found[0]


def _agreeing_entries(forms: Sequence[Entries]) -> Entries:
    """The most exact of several forms of one list."""
    if any([len(f) != len(forms[0]) for f in forms]) or any([isinstance(e, str) for f in forms for e in f]):
        raise Unreadable("two lists beside the equals sign that are not the same")
    return tuple([agreeing([("=", e) for e in entry]) for entry in zip(*forms)])


def read_list(raw: str, notation: Notation = DEFAULT, size: int | None = None, *,
              words: bool = False) -> tuple[Entry, ...]:
    """A list of numbers: ``(1, 2)``, ``[1; 2]``, ``{1, 2}``, ``1 2``. Where a semicolon separates, a comma
    is decimal. `size` settles what is otherwise open (``1,5``). With `words`, an entry that is no
    number but has letters is given as a word.

    Raises Unreadable (also for another size), Ambiguous or Blank, and nothing else.
    """
    forms = [_only(_readings(body, notation, size, words), _show_entries) for body in _bodies(clean(raw))[0]]
    return forms[0] if len(forms) == 1 else _agreeing_entries(forms)


def pair_in(text: str, notation: Notation) -> Entries:
    """The two entries, numbers or words, of a cleaned text without its brackets."""
    return _only(_readings(text, notation, 2, True), _show_entries)


# ---- matrices ------------------------------------------------------------------------------

Rows = tuple[Entries, ...]


def _rows(text: str) -> list[str]:
    """The rows of a matrix, each as the text of a list."""
    for _ in range(3):
        inner, whole = opened(text)
        if not whole:
            break
        text = inner
    if not text:
        raise Unreadable("the matrix is empty")
    inside = groups(text)
    if inside and re.fullmatch(r"[\s,;\x1e]*", "".join([text[a:b] for a, b in zip(
            [0, *[end for _, end in inside]], [*[begin for begin, _ in inside], len(text)])])):
        rows = [text[begin:end] for begin, end in inside]  # (1,2),(3,4) and [1 2] [3 4] and (1,2);(3,4)
        decimal = re.search("[0-9],[0-9]", text) is not None  # then a semicolon separates the entries
        if any([ROW in row or (";" in row and not decimal) for row in rows]):
            raise Unreadable("a column within a row")
        return rows
    for sign in (ROW, ";", "\n"):
        if has(text, sign):
            return [row.strip().rstrip(",") if sign == "\n" else row.strip() for row in split(text, sign) if row.strip()]
    return [text]


def _matrices(body: str, notation: Notation, shape: tuple[int | None, int | None]) -> list[Rows]:
    """The different matrices of the shape that the text may stand for."""
    rows = _rows(body)
    if not rows:
        raise Unreadable("the matrix is empty")
    if len(rows) > MAX_ROWS:
        raise Unreadable("more than {n} rows", n=MAX_ROWS)
    if shape[0] not in (None, len(rows)):
        raise Unreadable("{n} row typed, {asked} asked for" if len(rows) == 1 else "{n} rows typed, {asked} asked for", n=len(rows), asked=shape[0])
    read: list[list[Entries]] = []
    for i, row in enumerate(rows, 1):
        try:
            read.append(_readings(row, notation, shape[1], False))
        except Unreadable as error:
            raise Unreadable("row {n}: {reason}", n=i, reason=error.reason) from None
    widths = sorted(set.intersection(*[{len(e) for e in r} for r in read]))
    if not widths:
        raise Unreadable("the rows have different lengths: {lengths}", lengths=", ".join([str(len(r[0])) for r in read[:8]]))
    if widths[0] == 0:
        raise Unreadable("the matrix is empty")
    found: list[Rows] = []
    for width in widths:
        fitting = [[e for e in r if len(e) == width] for r in read]
        found.append(tuple([f[0] for f in fitting]))
        for i, f in enumerate(fitting[:4]):
            for other in f[1:]:
                found.append(tuple([other if j == i else g[0] for j, g in enumerate(fitting)]))
    return found


def _show_rows(matrix: Rows) -> str:
    return "[" + ", ".join([_show_entries(row) for row in matrix]) + "]"


def read_matrix(raw: str, notation: Notation = DEFAULT,
                shape: tuple[int, int] | None = None) -> tuple[tuple[Typed, ...], ...]:
    r"""A matrix: ``[[1, 2], [3, 4]]``, ``1 2; 3 4``, rows on lines, ``(1,2),(3,4)`` or a LaTeX matrix, with or
    without a sign of transposition. `shape` (rows, columns) settles what is otherwise open.

    Raises Unreadable (also for another shape), Ambiguous or Blank, and nothing else.
    """
    bodies, transposed = _bodies(clean(raw))
    asked: tuple[int | None, int | None] = shape or (None, None)
    forms = [_only(_matrices(body, notation, asked[::-1] if transposed else asked), _show_rows) for body in bodies]
    matrix = forms[0]
    if len(forms) > 1:
        if len({len(f) for f in forms}) > 1:
            raise Unreadable("two matrices beside the equals sign that are not the same")
        matrix = tuple([_agreeing_entries(rows) for rows in zip(*forms)])
    return tuple(zip(*matrix)) if transposed else matrix
