"""What vectors, matrices and tables share: entries judged one by one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from flint import fmpq

from examwright.answers.kinds import equivalence
from examwright.answers.kinds.base import THREE_DIGITS, Judgement, Kind, Precision, Said, described, is_exact_number
from examwright.answers.kinds.number import number_latex
from examwright.answers.phrases import joined, listed, phrase, spelled
from examwright.answers.precision import HOW, NIL, ONE
from examwright.solvers.arithmetic import terminates, to_decimal, to_text

_MORE = phrase("; ")


def judge_entries(entries: Iterator[tuple[Any, Any, Any, Any]], precision: Precision, name: Callable[[Any], Said]) -> Judgement:
    """Judge (place, typed, key, slack) one by one. All right: share 1, or less if some have
    fewer digits than asked; else 'wrong' with the share of right entries, and the evidence names the wrong ones."""
    right, total, how = NIL, 0, "key"
    wrong: list[tuple[Any, str, Any, Any]] = []
    notes: list[tuple[Any, str, Any, Any]] = []
    for place, typed, key, slack in entries:
        total += 1
        one = precision.compared(typed, key, slack)
        if one == "wrong":
            wrong.append((place, one, typed, key))
            continue
        right += precision.worth(one)
        if one != "exact":
            how = HOW[one] if how != "fewer digits" else how
            notes.append((place, one, typed, key))
    if not wrong and how == "key":
        return Judgement(ONE, "key", phrase("all entries are exactly right"))
    shown = wrong or notes
    told = [phrase("{place}: {reason}", place=name(place), reason=precision.told(one, typed, key)) for place, one, typed, key in shown[:4]]
    if len(shown) > 4:
        told.append(phrase("and {n} more", n=len(shown) - 4))
    return Judgement(right / max(total, 1), "wrong" if wrong else how, listed(told, _MORE))


@functools.cache
def row_and_column(i: int, j: int) -> Said:
    """The name of an entry of a matrix, both from 1."""
    return phrase("row {i}, column {j}", i=i, j=j)


def size_of(value: Any) -> int | None:
    """A size as written in a type: a positive whole number."""
    if isinstance(value, fmpq) and value.q == 1:
        value = int(value.p)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 40:
        return value
    return None


def vector_fault(value: Any, size: int | None) -> str | None:
    """What is wrong with a vector as a key."""
    if not isinstance(value, tuple):
        return f"is {described(value)}, where a vector is asked for"
    if not all([is_exact_number(v) for v in value]):
        return "has entries that are not numbers"
    if not value:
        return phrase("is empty")
    if size is not None and len(value) != size:
        return f"has {len(value)} entries, where the type says {size}"
    return None


def matrix_fault(value: Any, shape: tuple[int, int] | None) -> str | None:
    """What is wrong with a matrix as a key."""
    if not isinstance(value, tuple) or not value or not all([isinstance(r, tuple) and r for r in value]):
        return f"is {described(value)}, where a matrix is asked for"
    if any([len(r) != len(value[0]) for r in value]):
        return "has rows of different lengths"
    if not all([is_exact_number(v) for r in value for v in r]):
        return "has entries that are not numbers"
    if shape is not None and (len(value), len(value[0])) != shape:
        return f"has shape {len(value)}×{len(value[0])}, where the type says {shape[0]}×{shape[1]}"
    return None


def matrix_latex(value: Any, precision: Precision) -> str:
    """A matrix in square brackets."""
    rows = [" & ".join([number_latex(v, precision) for v in row]) for row in value]
    return r"\begin{bmatrix}" + r" \\ ".join(rows) + r"\end{bmatrix}"


def vector_latex(value: Any, precision: Precision) -> str:
    """A vector as a tuple."""
    entries = [number_latex(v, precision) for v in value]
    tall = any([r"\frac" in e for e in entries])
    inner = r",\, ".join(entries)
    return rf"\left({inner}\right)" if tall else f"({inner})"


def accepted_cells(precision: Precision, key: Any, slack: Any) -> tuple[list[str], bool]:
    """What passes in each place of a row, as a key tells it, and whether anything but the exact values does. A 0 stands as it is: that what rounds to it
    passes as well goes without saying."""
    cells, more = [], False
    for i, k in enumerate(key):
        around = None if slack is None else slack[i]
        exactly = isinstance(k, fmpq)
        certain = around is None or isinstance(around, fmpq)
        told = "" if exactly and k == 0 and certain and not around else precision.accepted(k, around)
        more = more or bool(told)
        decimals = terminates(k) if exactly else None
        cells.append(told or (to_decimal(k) if decimals is not None and decimals <= 4 else to_text(k)))
    return cells, more


class GridKind(Kind):
    """Entries with one precision; `up_to` says in which other forms the key is right as well (see `equivalence`)."""

    precision: Precision = THREE_DIGITS
    up_to: str | None = None
    flat = True  # a vector, not a matrix

    def entrywise(self, structure: Any, key: Any, slack: Any) -> Judgement:
        """Judge entries of the key's shape against one form of the key."""
        return judge_entries(self.entries(structure, key, slack), self.precision, self.place)

    def entries(self, structure: Any, key: Any, slack: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
        """(place, typed, key, slack) of each entry."""
        raise NotImplementedError

    def place(self, at: Any) -> Said:
        """The name of an entry."""
        raise NotImplementedError

    def strange(self, structure: Any, key: Any) -> Said | None:
        """How the shape of an answer differs from that of the key; None if it does not."""
        raise NotImplementedError

    def close(self, a: Any, key: Any, slack: Any) -> bool:
        """Is every entry of `a`, of the key's shape, confusable with that of the key?"""
        raise NotImplementedError

    def form_fault(self, value: Any) -> str | None:
        """What keeps a key of the right shape from being judged in all its forms."""
        return None if self.up_to is None else equivalence.too_many(value, self.up_to, not self.flat)

    def _aligned(self, structure: Any, key: Any, slack: Any) -> tuple[Judgement, Any, Any]:
        if self.up_to is None:
            return self.entrywise(structure, key, slack), key, slack
        return equivalence.aligned(structure, key, slack, self.up_to, not self.flat, self.precision,
                                   lambda k, s: self.entrywise(structure, k, s))

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        strange = self.strange(structure, key)
        if strange is not None:
            return Judgement(fmpq(0), "wrong", strange)
        return self._aligned(structure, key, slack)[0]

    def right(self, structure: Any, key: Any, slack: Any = None) -> bool:
        if self.up_to is not None:
            return self.judge(structure, key, slack).right
        return self.strange(structure, key) is None and all(
            self.precision.right(typed, k, s) for _, typed, k, s in self.entries(structure, key, slack))

    def in_other_form(self, structure: Any, key: Any, slack: Any = None) -> bool:
        if self.up_to is None or self.strange(structure, key) is not None:
            return False
        return not equivalence.same_form(self._aligned(structure, key, slack)[1], key)

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        if not isinstance(a, tuple) or len(a) != len(key):
            return False
        if self.up_to is not None and self.key_fault(a) is None and self.strange(a, key) is None:
            return equivalence.confusable(a, key, slack, self.up_to, not self.flat, self.precision)
        return self.close(a, key, slack)

    def equivalents(self, key: Any) -> list[Any]:
        return [] if self.up_to is None else equivalence.equivalents(key, self.up_to, not self.flat)

    def with_forms(self, accepted: str) -> Said:
        """What the key sheet says of the accepted range, and of other forms."""
        return joined(accepted, phrase(f"up to {self.up_to}") if self.up_to else "")

    def asked(self) -> Said:
        return self.precision.asked()

    def plain(self, value: Any) -> str:
        return to_text(value)


class MatrixLike(GridKind):
    """A matrix of numbers; `shape` is (rows, columns), None for that of the key."""

    shape: tuple[Any, Any] | None = None
    flat = False

    def strange(self, structure: Any, key: Any) -> Said | None:
        if len(structure) == len(key) and len(structure[0]) == len(key[0]):
            return None
        return phrase("a {typed} matrix was typed, the key is {key}", typed=f"{len(structure)}×{len(structure[0])}", key=f"{len(key)}×{len(key[0])}")

    def entries(self, structure: Any, key: Any, slack: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
        for i, row in enumerate(key):
            for j, k in enumerate(row):
                yield (i, j), structure[i][j], k, None if slack is None else slack[i][j]

    def sized(self) -> tuple[int, int] | None:
        """(rows, columns) where they are agreed with the student, None where they are those of the key."""
        return None

    def place(self, at: tuple[int, int]) -> Said:
        return row_and_column(at[0] + 1, at[1] + 1)

    def close(self, a: Any, key: Any, slack: Any) -> bool:
        close = self.precision.confusable
        for i, row in enumerate(key):
            given = a[i]
            if not isinstance(given, tuple) or len(given) != len(row):
                return False
            bounds = (None,) * len(row) if slack is None else slack[i]
            for x, k, s in zip(given, row, bounds):
                if not close(x, k, s):
                    return False
        return True

    def latex(self, value: Any, language: str = "en") -> str:
        return matrix_latex(value, self.precision)

    def rounded(self, value: Any) -> str:
        return "[" + ", ".join(["[" + ", ".join([self.precision.rounded(v) for v in r]) + "]" for r in value]) + "]"

    def show(self, structure: Any) -> Said:
        return spelled("[", listed([spelled("[", listed([t.shown for t in r]), "]") for r in structure]), "]")

    def accepted(self, key: Any, slack: Any = None) -> Said:
        few = key if len(key) * len(key[0]) <= 12 else ()
        rows = [accepted_cells(self.precision, row, None if slack is None else slack[i]) for i, row in enumerate(few)]
        return self.with_forms("; ".join([", ".join(cells) for cells, _ in rows]) if any([more for _, more in rows]) else "")

    def samples(self, key: Any) -> list[str]:
        exact = [[to_text(v) for v in r] for r in key]
        out = [to_text(key), self.rounded(key), "A = [" + "; ".join([", ".join(r) for r in exact]) + "]",
               ", ".join(["(" + ", ".join(r) + ")" for r in exact]), "$" + self.latex(key) + "$"]
        if self.sized() is not None:  # otherwise `2 -1` may be one number
            out += ["; ".join([" ".join(r) for r in exact]), "\n".join([" ".join(r) for r in exact])]
        return out + [to_text(v) for v in self.equivalents(key)]
