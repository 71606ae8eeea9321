"""What marking costs: numbers, whole parts with follow-through and diagnosis, and hostile answers, next to baselines."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from statistics import median
from typing import Any

from flint import fmpq

from examwright.answers.precision import Precision
from examwright.answers.reader import read_number
from examwright.generator import wording
from examwright.generator.draw import draw_variant
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.question import Variant
from examwright.generator.random import Stream
from examwright.grader.contracts import HOSTILE, extreme_sheets
from examwright.grader.mark import mark_variant
from examwright.grader.students import Student, habits, other_value

Sheet = tuple[Variant, dict[str, str]]

SORTS = {"honest, in full": 5, "one mistake": 2, "one wrong value, carried": 2, "all wrong": 1}  # of ten students in a class
MORE_HOSTILE = ("9" * 5000, "-" * 3000 + "1", "((((" * 200 + "1" + "))))" * 200, "2^2^2^2^2^2", "1/3" * 400, "sqrt(" * 60 + "2" + ")" * 60,
                "1e308", "1e-400", ", ".join(["1"] * 3000), "[[" + "1," * 900 + "1]]", "x=" * 500 + "1", "10^(10^10)", "1 000 " * 300, "½" * 900)


# ---- numbers ---------------------------------------------------------------------------------

def numbers(count: int, batches: int) -> dict[str, float]:
    """Typed numbers read and judged in a second: ours, `float` with `math.isclose`, SymPy. Half of them are right to three
    digits, the others off by a tenth."""
    stream = Stream("numbers")
    rule = Precision(3)
    pairs = []
    for i in range(count):
        key = fmpq(1 + stream.below(999), 1 + stream.below(999))
        pairs.append((rule.rounded(key if i % 2 else key * fmpq(11, 10)), key))
    floats = [(text, int(k.p) / int(k.q)) for text, k in pairs]
    fractions = [(text, Fraction(int(k.p), int(k.q))) for text, k in pairs[:count // 100]]
    ours = [rule.judge(read_number(text), key).share == 1 for text, key in pairs]
    theirs = [math.isclose(float(text), key, rel_tol=5e-3) for text, key in floats]
    return {"ours": _rate(lambda p: rule.judge(read_number(p[0]), p[1]), pairs, batches),
            "float": _rate(lambda p: math.isclose(float(p[0]), p[1], rel_tol=5e-3), floats, batches),
            "sympy": _rate(_sympy, fractions, batches),
            "differ": sum([a != b for a, b in zip(ours, theirs)]) / count}


def _sympy(pair: tuple[str, Fraction]) -> bool:
    from sympy import Rational
    from sympy.parsing.sympy_parser import parse_expr

    key = Rational(pair[1].numerator, pair[1].denominator)
    return bool(abs(parse_expr(pair[0], evaluate=True) - key) <= abs(key) / 200)


def _rate(run: Callable[[Any], Any], items: list[Any], batches: int) -> float:
    """The median over the batches of how many items are done in a second of CPU time."""
    rates = []
    for _ in range(batches + 1):
        began = time.process_time()
        for item in items:
            run(item)
        rates.append(len(items) / (time.process_time() - began))
    return median(rates[1:])


# ---- whole parts -----------------------------------------------------------------------------

def sheets(count: int) -> dict[str, list[Sheet]]:
    """What students of each sort hand in, each with numbers of their own, for every question."""
    out: dict[str, list[Sheet]] = {sort: [] for sort in SORTS}
    for question_id in question_paths():
        question = load(question_id)
        for seed in range(count):
            variant = draw_variant(question, f"marks {seed}", check=False)
            stream = Stream("sheets", question_id, seed)
            student = Student(variant, habits(stream, variant.carry))
            computed = [p for p in variant.parts if p.formula is not None]
            known = [(p, m) for p in computed for m, w in zip(p.mistakes, variant.wrong[p.name]) if w is not None]
            part = stream.choice(computed)
            others = {p.name: other_value(p, variant, stream) for p in computed}
            answers = {"honest, in full": student.work()}
            if known:
                chosen, mistake = stream.choice(known)
                answers["one mistake"] = student.work({chosen.name: student.mistaken(chosen, mistake)})
            if others[part.name] is not None:
                wrong = others[part.name]
                answers["one wrong value, carried"] = student.work({part.name: lambda env, wrong=wrong: wrong})
            answers["all wrong"] = {n: student.kinds[n].rounded(v) for n, v in others.items()
                                    if v is not None and not student.kinds[n].key_fault(v)}
            for sort, given in answers.items():
                out[sort].append((variant, {n: text for n, text in given.items() if text}))
    return out


def parts(by_sort: dict[str, list[Sheet]]) -> dict[str, dict[str, float]]:
    """Parts marked in a second for each sort of students: `ours` with follow-through and diagnosis, `key` read and judged by
    the key alone; and of a class of all sorts."""
    out: dict[str, dict[str, float]] = {}
    for sort, handed in by_sort.items():
        answers = sum([len(given) for _, given in handed])
        out[sort] = {"ours": answers / _seconds(mark_sheet, handed), "key": answers / _seconds(by_the_key, handed)}
    out["a class"] = {way: sum(SORTS.values()) / sum([n / out[sort][way] for sort, n in SORTS.items()]) for way in ("ours", "key")}
    return out


def _seconds(mark: Callable[[Sheet], Any], handed: Iterable[Sheet]) -> float:
    """CPU seconds for all sheets, the better of two runs."""
    times = []
    for _ in range(2):
        for variant, _given in handed:
            variant.cache.clear()  # every paper is marked for the first time
        began = time.process_time()
        for sheet in handed:
            mark(sheet)
        times.append(time.process_time() - began)
    return min(times)


def mark_sheet(sheet: Sheet) -> None:
    """Marks as `grade` gives them."""
    mark_variant(*sheet)


def by_the_key(sheet: Sheet) -> None:
    """Right or wrong, and no more."""
    variant, given = sheet
    for part in variant.parts:
        if part.name in given:
            kind = wording.kind_of(variant, part)
            kind.judge(kind.read(given[part.name]), variant.values[part.name], variant.slack.get(part.name))


# ---- hostile answers -------------------------------------------------------------------------

def hostile() -> tuple[float, str, str]:
    """The most milliseconds that a hostile answer costs for a part (the best of three tries), the question, and how the
    answer begins: what is hard to read, in each part alone, and extreme numbers in all parts at once."""
    worst = (0.0, "", "")
    for question_id in question_paths():
        variant = draw_variant(load(question_id), "hostile", check=False)
        given = [{part.name: raw} for part in variant.parts for raw in (*HOSTILE, *MORE_HOSTILE)]
        for sheet in (*given, *extreme_sheets(variant)):
            times = []
            for _ in range(3):
                began = time.perf_counter()
                mark_variant(variant, sheet)
                times.append(1000 * (time.perf_counter() - began) / max(len(sheet), 1))
            name, raw = next(iter(sheet.items()), ("", ""))
            worst = max(worst, (min(times), f"{question_id}, part {name}" + (" and all others" if len(sheet) > 1 else ""), raw[:30]))
    return worst
