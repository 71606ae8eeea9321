"""The corpus: what students type, and how it is to be read and judged. One line of tests/corpus/*.yaml is one test.

What a text should be read as is worked out by SymPy, which shares no code with the reader.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sympy
import yaml
from flint import arb, fmpq

from examwright.answers import kinds
from examwright.answers.judge import judge
from examwright.answers.reader import (
    Ambiguous,
    Blank,
    Notation,
    Typed,
    Unreadable,
    read_list,
    read_matrix,
    read_number,
    read_words,
)
from examwright.solvers.arithmetic import Real

CORPUS = Path(__file__).parent / "corpus"


def lines(name: str) -> Any:
    """One parameter for each line that begins with "- "; its place and its text are the id, every scalar stays text."""
    found = []
    for number, line in enumerate((CORPUS / f"{name}.yaml").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("- "):
            case = yaml.load(line[2:], yaml.BaseLoader)
            case["typed"] = typed_text(case["typed"])
            found.append(pytest.param(case, id=ascii(f"{number}: {case['typed'][:40]}")[1:-1]))
    return pytest.mark.parametrize("case", found)


def typed_text(given: Any) -> str:
    """The text itself; ``[[x, 3], [y, 1]]`` stands for xxxy."""
    return given if isinstance(given, str) else "".join([text * int(times) for text, times in given])


@cache
def value(text: str) -> Any:
    """An expected value, exactly."""
    if re.fullmatch("-?[0-9]+(/[0-9]+)?", text):
        return sympy.Rational(text)
    return sympy.simplify(sympy.sympify(text, locals={"log2": lambda x: sympy.log(x, 2)}, rational=True))


def is_value(found: Any, text: str) -> bool:
    """Is what was found exactly the expected value (irrational: to 45 digits)?"""
    expected = value(text)
    if expected.is_Rational:
        return isinstance(found, fmpq) and (int(found.p), int(found.q)) == (expected.p, expected.q)
    near = arb(str(sympy.N(expected, 60)))
    return isinstance(found, Real) and bool(abs(found.ball - near) < arb(10) ** -45 * abs(near))


def is_read(found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return isinstance(found, tuple) and len(found) == len(expected) and all(map(is_read, found, expected))
    return is_value(found.value, expected) if isinstance(found, Typed) else found == expected


def read(case: dict[str, Any]) -> Any:
    """What the reader makes of a case: a kind of question with its options, words, or a list, matrix or number."""
    raw, notation = case["typed"], Notation({"decimal": True, "point": False, None: None}[case.get("comma")], case.get("log"))
    asked = case.get("of")
    if "kind" in case:
        kind: Any = kinds.make(case["kind"])
        return kind.read(raw, notation)
    if asked == "words":
        return read_words(raw)
    if asked == "matrix":
        shape = case.get("shape")
        return read_matrix(raw, notation, shape and (int(shape[0]), int(shape[1])))
    if asked in ("list", "set"):
        return read_list(raw, notation, int(case["size"]) if "size" in case else None, words=asked == "set")
    return read_number(raw, notation)


def check_reading(case: dict[str, Any]) -> None:
    (expected,) = {"reads", "unreadable", "ambiguous", "blank"} & set(case)
    try:
        found = read(case)
    except Blank:
        assert expected == "blank"
    except Ambiguous as error:
        assert expected == "ambiguous", error
        assert len(error.readings) > 1
        assert not case["ambiguous"] or sorted(error.readings) == sorted(case["ambiguous"])
    except Unreadable as error:
        assert expected == "unreadable", error.reason
        assert case["unreadable"] in error.reason
        assert error.reason.strip() == error.reason and len(error.reason) < 150
    else:
        assert expected == "reads", f"was read as {found}"
        assert is_read(found, case["reads"]), found
        if isinstance(found, Typed):
            unit = case.get("unit")
            assert (found.unit is None) if unit is None else is_value(found.unit, unit)
            assert found.ignored == case.get("ignored", "") and found.shown == found.text + (f" ({found.ignored} ignored)" if found.ignored else "")


@lines("numbers")
def test_numbers(case: dict[str, Any]) -> None:
    check_reading(case)


@lines("lists")
def test_lists_and_matrices(case: dict[str, Any]) -> None:
    check_reading(case)


@lines("words")
def test_words_and_options(case: dict[str, Any]) -> None:
    check_reading(case)


@lines("judging")
def test_judging(case: dict[str, Any]) -> None:
    options: dict[str, Any] = {}
    if "digits" in case:
        options["digits"] = int(case["digits"])
    if "within" in case:
        options["within"] = Fraction(case["within"])
    found = judge(case["typed"], case["key"], case["kind"], **options)
    assert (found.verdict, found.why) == (case["verdict"], case["why"]), found
    assert "read" not in case or found.read == case["read"]
    assert found.evidence and (found.read or found.verdict in ("ambiguous", "unreadable"))


# ---- the tables of docs/answers.md -----------------------------------------------------------

DOC = Path(__file__).parent.parent / "docs" / "answers.md"


def rows(of: str, what: str) -> list[tuple[str, list[str]]]:
    """(typed, the codes beside it) of all tables with these headings."""
    out, inside = [], False
    for line in DOC.read_text(encoding="utf-8").splitlines():
        cells = [c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells == [of, what]:
            inside = True
        elif not cells:
            inside = False
        elif inside and set(line) - set("|-"):
            codes = [re.findall("`([^`]+)`", c.replace("\\|", "|")) for c in cells]
            out += [(raw, codes[1]) for raw in codes[0]]
    assert out
    return out


def test_the_numbers_of_the_docs() -> None:
    for raw, expected in rows("typed", "read as"):
        assert is_value(read_number(raw).value, expected[0]), raw


def test_the_lists_and_matrices_of_the_docs() -> None:
    for raw, (expected,) in rows("a list of two", "read as"):
        assert [e.value for e in read_list(raw, size=2)] == [e.value for e in read_list(expected, size=2)], raw
    for raw, (expected,) in rows("a matrix", "read as"):
        assert [[e.value for e in r] for r in read_matrix(raw)] == [[e.value for e in r] for r in read_matrix(expected)], raw


def test_what_goes_to_a_person_in_the_docs() -> None:
    for raw, expected in rows("typed", "two readings"):
        with pytest.raises(Ambiguous) as caught:
            read_number(raw)
        assert not expected or set(caught.value.readings) == set(expected)
    for raw, _ in rows("typed", "why it cannot be read"):
        with pytest.raises(Unreadable):
            read_number(raw)


@lines("hostile")
def test_hostile_texts_are_refused_or_read_in_bounds(case: dict[str, Any]) -> None:
    """No error but the three, and no answer that is longer than it can be shown; benchmarks/run.py measures what each costs."""
    for reader in (read_number, read_list, read_matrix, read_words):
        try:
            found = reader(case["typed"])
        except (Unreadable, Ambiguous, Blank) as error:
            assert len(str(error)) < 2500
        else:
            assert isinstance(found, tuple)
