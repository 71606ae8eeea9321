"""What it costs to read an answer: numbers per second, and the slowest of the hostile texts in tests/corpus/hostile.yaml."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
from ast import literal_eval
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from examwright.answers.reader import (
    Ambiguous,
    Blank,
    Unreadable,
    read_expression,
    read_list,
    read_matrix,
    read_number,
    read_words,
)
from examwright.answers.symbols import Scope, symbols_of

FILE = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "hostile.yaml"
AIM_MS, AIM_MB = 10, 5
PLAIN = ["0.5", "-0.25", "12", "3.14159", "-7", "0.222", "1000", "42", "0.6667", "-2.406"]
OTHERS = ["1/2", "50%", "0,5", "5e-1", "½", "2 1/2", "x = 3", "−3", "1 000", "ln(5/3)", "5·10^-1", "sqrt 2", "\\frac{1}{2}", "0.5 bits", "1,000.5"]
QUOTIENTS = ["1/2", "2/9", "-3/4", "0.5", "12"]


def texts() -> list[str]:
    """The hostile texts."""
    out = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("- "):
            typed = yaml.load(line[2:], yaml.BaseLoader)["typed"]
            out.append(typed if isinstance(typed, str) else "".join([text * int(n) for text, n in typed]))
    return out


def readers() -> dict[str, Callable[[str], Any]]:
    """All ways to read a text."""
    scope = Scope(symbols_of("x, a, theta_1"))
    return {"number": read_number, "list": read_list, "list of 2": lambda raw: read_list(raw, size=2), "set": lambda raw: read_list(raw, words=True),
            "matrix": read_matrix, "words": read_words, "expression": lambda raw: read_expression(raw, scope)}


def tried(read: Callable[[str], Any], raw: str) -> None:
    with contextlib.suppress(Unreadable, Ambiguous, Blank):
        read(raw)


def milliseconds(read: Callable[[str], Any], raw: str, runs: int = 5) -> float:
    """The median CPU time of reading a text."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        tried(read, raw)
        times.append(time.process_time() - began)
    return 1000 * median(times)


def megabytes(read: Callable[[str], Any], raw: str) -> float:
    """The most memory that Python held at once while it read a text."""
    tracemalloc.start()
    tried(read, raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def per_second(read: Callable[[str], Any], items: list[str], seconds: float) -> float:
    """How many texts are read in a second of CPU time: the median of five batches."""
    rates = []
    for _ in range(5):
        done, began = 0, time.process_time()
        while time.process_time() - began < seconds / 5:
            for raw in items:
                read(raw)
            done += len(items)
        rates.append(done / (time.process_time() - began))
    return median(rates)


def show(table: Callable[[Iterable[str], Iterable[Iterable[str]]], None], seconds: float) -> dict[str, Any]:
    """Measure and print."""
    from sympy import sympify

    rates = {"plain numbers, ours": per_second(read_number, PLAIN, seconds), "plain numbers, Fraction": per_second(Fraction, PLAIN, seconds),
             "plain numbers, ast.literal_eval": per_second(literal_eval, PLAIN, seconds), "plain numbers, sympify": per_second(sympify, PLAIN, seconds),
             "other spellings, ours": per_second(read_number, OTHERS, seconds), "fractions, ours": per_second(read_number, QUOTIENTS, seconds),
             "fractions, sympify": per_second(sympify, QUOTIENTS, seconds)}
    print("\nAnswers read per second of CPU time (the baselines read only some of the spellings, and sympify runs code)\n")
    table(["", "per s"], [[name, f"{rate:.0f}"] for name, rate in rates.items()])
    ways, harmless = readers(), milliseconds(sympify, "1/2 + 1/3", 15)
    costs = sorted([(milliseconds(read, raw), name, raw) for raw in texts() for name, read in ways.items()], reverse=True)
    memory = max([(megabytes(read, raw), name, raw) for raw in texts() for name, read in ways.items()])
    print(f"\nThe slowest of {len(texts())} hostile texts, each read as {', '.join(ways)}; aim: {AIM_MS} ms. Baseline: sympify on the harmless "
          f"'1/2 + 1/3', {harmless:.2f} ms\n")
    table(["text", "read as", "ms", "ratio"], [[repr(raw[:40]), name, f"{ms:.2f}", f"{ms / harmless:.1f}"] for ms, name, raw in costs[:10]])
    print(f"The most memory: {memory[0]:.2f} MB, {memory[2][:40]!r} as {memory[1]}; aim: {AIM_MB} MB.")
    return {"rates": rates, "slowest_ms": costs[0][0], "slowest": costs[0][2][:80], "sympify_ms": harmless, "most_mb": memory[0]}
