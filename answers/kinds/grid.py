"""What vectors, matrices and tables share: entries judged one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import THREE_DIGITS, Judgement, Kind, Precision, described, is_exact_number
from examwright.answers.kinds.number import number_latex
from examwright.answers.precision import ONE
from examwright.solvers.arithmetic import to_text


def judge_entries(entries: Iterator[tuple[str, Any, Any, Any]], precision: Precision) -> Judgement:
    """Judge (place, typed, key, slack) one by one. All right: share 1, or less if
    some have too few digits; else 'wrong' with the share of right entries, and the evidence names the wrong ones."""
    right, total, exact = fmpq(0), 0, True
    wrong: list[str] = []
    notes: list[str] = []
    for place, typed, key, slack in entries:
        total += 1
        one = precision.judge(typed, key, slack)
        if one.how == "wrong":
            wrong.append(f"{place}: {one.evidence}")
            continue
        right += one.share
        if one.how != "key":
            exact = False
            notes.append(f"{place}: {one.evidence}")
    if wrong:
        return Judgement(right / max(total, 1), "wrong", _few(wrong))
    if exact:
        return Judgement(ONE, "key", "all entries are exactly right")
    return Judgement(right / total, "rounded", _few(notes))


def _few(notes: list[str]) -> str:
    shown = "; ".join(notes[:4])
    return shown if len(notes) <= 4 else f"{shown}; and {len(notes) - 4} more"


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
        return "is empty"
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


class GridKind(Kind):
    """Entries with one precision."""

    precision: Precision = THREE_DIGITS

    def asked(self) -> str:
        return self.precision.asked()

    def plain(self, value: Any) -> str:
        return to_text(value)


class MatrixLike(GridKind):
    """A matrix of numbers; `shape` is (rows, columns), None for that of the key."""

    shape: tuple[Any, Any] | None = None

    def judge(self, structure: Any, key: Any, slack: Any = None) -> Judgement:
        if len(structure) != len(key) or len(structure[0]) != len(key[0]):
            return Judgement(fmpq(0), "wrong", f"a {len(structure)}×{len(structure[0])} matrix was typed, "
                                               f"the key is {len(key)}×{len(key[0])}")

        def entries() -> Iterator[tuple[str, Any, Any, Any]]:
            for i, row in enumerate(key):
                for j, k in enumerate(row):
                    yield self.place(i, j), structure[i][j], k, None if slack is None else slack[i][j]

        return judge_entries(entries(), self.precision)

    def sized(self) -> tuple[int, int] | None:
        """(rows, columns) where they are agreed with the student, None where they are those of the key."""
        return None

    def place(self, i: int, j: int) -> str:
        """The name of an entry."""
        return f"row {i + 1}, column {j + 1}"

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        if not isinstance(a, tuple) or len(a) != len(key):
            return False
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

    def latex(self, value: Any) -> str:
        return matrix_latex(value, self.precision)

    def rounded(self, value: Any) -> str:
        return "[" + ", ".join(["[" + ", ".join([self.precision.rounded(v) for v in r]) + "]" for r in value]) + "]"

    def show(self, structure: Any) -> str:
        return "[" + ", ".join(["[" + ", ".join([t.text for t in r]) + "]" for r in structure]) + "]"

    def accepted(self, key: Any, slack: Any = None) -> str:
        if len(key) * len(key[0]) > 12:
            return ""
        rows = []
        for i, row in enumerate(key):
            cells = [self.precision.accepted(k, None if slack is None else slack[i][j]) for j, k in enumerate(row)]
            if not all(cells):
                return ""
            rows.append(", ".join(cells))
        return "; ".join(rows)

    def samples(self, key: Any) -> list[str]:
        exact = [[to_text(v) for v in r] for r in key]
        out = [to_text(key), self.rounded(key), "A = [" + "; ".join([", ".join(r) for r in exact]) + "]",
               ", ".join(["(" + ", ".join(r) + ")" for r in exact]), "$" + self.latex(key) + "$"]
        if self.sized() is not None:  # otherwise `2 -1` may be one number
            out += ["; ".join([" ".join(r) for r in exact]), "\n".join([" ".join(r) for r in exact])]
        return out
