"""Fuzzing of the readers and of `judge` with atheris.

    python tests/fuzz_reader.py -runs=1000000 [FOLDER of inputs to start from and to keep new ones in]

The options are libFuzzer's. An input is one byte for what is asked, one for the question's settings, and the text. A text is read or
refused with a named reason, never anything else; what it was read as reads as the same value; where `fractions.Fraction` reads the
text too, the value is the same, and nothing else is judged equal to it.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from flint import fmpq

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
    same_value,
)

HERE = Path(__file__).parent

NOTATIONS = [Notation(comma, log) for comma in (None, True, False) for log in (None, "e", "2", "10")]
READERS: list[Callable[[str, Notation], Any]] = [
    read_number, read_list, lambda raw, n: read_list(raw, n, 2), lambda raw, n: read_list(raw, n, words=True), read_matrix,
    lambda raw, n: read_matrix(raw, n, (2, 2)), lambda raw, n: read_words(raw), lambda raw, n: read_words(raw, "<"),
]
KINDS = [kinds.make(spec) for spec in (
    "number", "integer", "fraction", {"vector": 2}, {"matrix": [2, 2]}, "set", "interval", {"expression": ["x", "theta_1 > 0"]},
    {"choice": ["rises", "falls", "stays"]}, {"choices": ["rises", "falls", "stays"]}, {"ordering": ["rises", "falls", "stays"]},
    {"table": {"rows": ["a", "b"], "columns": ["c", "d"]}})]
KEYS = [("number", "1/2"), ("number", "1000"), ("number", "ln(5/3)"), ("number", "0"), ("integer", "12"), ("fraction", "-2/9"), ("vector", "(1, 2/3)"),
        ("matrix", "[[1, 2], [3, 4]]"), ("set", "{1, 2}"), ("ordering", "a, b, c"), ("choice", "A, C"), ("interval", "(0, 1]"), ("expression", "x*(x+1)")]
VERDICTS = ("equal", "different", "undecided", "ambiguous", "unreadable")
ASKED = len(READERS) + len(KINDS) + len(KEYS)

_PLAIN = re.compile(r" *[-+]?[0-9]{1,25}(?:\.[0-9]{1,25})? *", re.A)
_QUOTIENT = re.compile(r" *[-+]?[0-9]{1,25}/[0-9]{1,25} *", re.A)


def oracle(raw: str, notation: Notation) -> Fraction | None:
    """The value by `fractions.Fraction`, of the plain texts that both read; None for the others."""
    if (_PLAIN.fullmatch(raw) and not notation.decimal_comma) or (_QUOTIENT.fullmatch(raw) and not re.search("/0+\\s*$", raw)):
        return Fraction(raw.strip())
    return None


def shown_is_read_back(typed: Typed) -> None:
    """What the student is shown means what was read (long ones may be beyond the bounds of what is typed)."""
    if isinstance(typed.value, fmpq):
        try:
            again = read_number(typed.text)
        except Unreadable:
            assert len(typed.text) > 60, f"{typed.text} is shown, and cannot be read"
            return
        assert same_value(again.value, typed.value), f"{typed.value} is shown as {typed.text}"


def check(asked: int, settings: int, raw: str) -> None:
    """One input. Raises AssertionError, or whatever should not have been raised."""
    notation = NOTATIONS[settings % len(NOTATIONS)]
    asked %= ASKED
    try:
        if asked < len(READERS):
            found = READERS[asked](raw, notation)
            if isinstance(found, Typed):
                shown_is_read_back(found)
                plain = oracle(raw, notation)
                assert plain is None or found.value == fmpq(plain.numerator, plain.denominator), f"{raw!r} was read as {found}"
        elif asked < len(READERS) + len(KINDS):
            kind = KINDS[asked - len(READERS)]
            structure = kind.read(raw, notation)
            kind.value(structure)
            assert isinstance(kind.show(structure), str)
        else:
            name, key = KEYS[asked - len(READERS) - len(KINDS)]
            digits = settings // len(NOTATIONS) % 5 or None
            verdict = judge(raw, key, name, digits=digits if name not in ("integer", "fraction") else None)
            assert verdict.verdict in VERDICTS and verdict.evidence
            plain = oracle(raw, Notation())
            if plain is not None and name in ("number", "integer", "fraction") and "ln" not in key:
                right = plain == Fraction(key)
                assert (verdict.why == "key") is right, f"{raw!r} is judged {verdict} for {key}"
                assert right or digits or verdict.verdict == "different"
    except (Unreadable, Ambiguous, Blank) as error:
        assert asked < len(READERS) + len(KINDS), f"judge raised {error!r}"
        assert str(error), "a reason is missing"
        assert asked or oracle(raw, notation) is None, f"{raw!r} is a plain number, and refused: {error}"


def run(data: bytes) -> None:
    """One input as libFuzzer gives it."""
    if len(data) < 3:
        return
    try:
        raw = data[2:].decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raw = data[2:].decode("latin-1")
    check(data[0], data[1], raw)


def starts() -> list[str]:
    """The texts of the corpus."""
    out = []
    for path in sorted((HERE / "corpus").glob("*.yaml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("- "):
                typed = yaml.load(line[2:], yaml.BaseLoader)["typed"]
                out.append(typed if isinstance(typed, str) else "".join([text * int(n) for text, n in typed])[:600])
    return out


def main() -> None:
    """Fuzz until the options say enough, starting from the corpus; then tell how many and the slowest."""
    import atheris

    atheris.instrument_all()  # what was imported so far: the reader, and no library written in C
    slowest: tuple[float, bytes] = (0.0, b"")
    done = 0

    def timed(data: bytes) -> None:
        nonlocal slowest, done
        began = time.process_time()
        run(data)
        slowest = max(slowest, (time.process_time() - began, data))
        done += 1
        if done % 100_000 == 0:
            print(f"{done} inputs; the slowest took {1000 * slowest[0]:.1f} ms (instrumented): {slowest[1]!r}", flush=True)

    folder = next((a for a in sys.argv[1:] if not a.startswith("-")), None)
    if folder is not None:
        for i, text in enumerate(starts()):
            (Path(folder) / f"start-{i}").write_bytes(bytes([i % ASKED, i % 60]) + text.encode("utf-8", "surrogatepass"))
    atheris.Setup(sys.argv, timed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
