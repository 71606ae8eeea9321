"""`make bench`: the figures, each next to its baseline from the same run.

1. Variants per second, for each question: drawn, solved exactly, checked by the numeric solver, and put into words.
   Baseline: the keys alone in SymPy (sympy_keys.py), after making sure that they are the same keys.
2. CPU seconds for a student's paper and key. Baseline: the same pages set by WeasyPrint with a picture for each formula, and
   pdfLaTeX on an equivalent paper where it is installed.
3. How long `examwright list` takes. Baseline: Python that does nothing.
4. CPU milliseconds for a figure. Baseline: the same picture as SVG, set by WeasyPrint.
5. Answers that are expressions, read and judged per second. Baseline: SymPy's `parse_expr` and `simplify` (expressions.py).
6. Marking: numbers per second (baselines: Python's float, SymPy), whole parts per second with follow-through and diagnosis
   (baseline: judged by the key alone), the slowest hostile answer.
7. Answers read per second, next to Fraction, ast.literal_eval and SymPy's sympify; and the slowest of the hostile texts, next to
   sympify on a harmless one (hostile.py).
8. 200 students at once in the browser: how long an answer takes, CPU time for a request (load.py). Baseline: a style sheet from the same server.

CPU time, except for 3, 8 and the hostile answers; medians. Exit status 1 if a SymPy key is missing or is not ours.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from examwright.generator import wording
from examwright.generator.chain import value_of
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError
from examwright.generator.exam import load_plan, paper
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.make import paper_code, paper_view
from examwright.generator.pages import render
from examwright.generator.processes import Tidy
from examwright.generator.question import Question, Variant
from examwright.generator.roster import Student
from examwright.solvers.arithmetic import Real

PLAN = "midterm"
CLASS, QUICK_CLASS = 300, 60  # students whose papers are made one after another; the last third is what is compared
BATCHES = 5
VERIFIED = 5  # seeds on which SymPy's keys must be ours
AIM, AIM_IRRATIONAL = 1000, 300  # variants per second


def main(arguments: list[str] | None = None) -> int:
    """Run everything and print it. The exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="a rough look: shorter batches, fewer papers and starts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    options = parser.parse_args(arguments)
    report: dict[str, Any] = {"machine": machine(), "quick": options.quick}
    print("\n".join([f"{name}: {value}" for name, value in report["machine"].items()]))
    report["questions"] = show_questions(options.quick)
    report["papers"] = show_papers(3 if options.quick else 9, QUICK_CLASS if options.quick else CLASS)
    report["expressions"] = show_expressions(0.1 if options.quick else 0.5)
    report["marking"] = show_marking(options.quick)
    report["start"] = show_start(5 if options.quick else 15)
    import figures

    report["figures"] = figures.show(table, 3 if options.quick else 15)
    import hostile

    report["reading"] = hostile.show(table, 0.1 if options.quick else 1)

    import load

    report["load"] = load.show(options.quick)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 1 if any("fault" in row for row in report["questions"].values()) else 0


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    import flint
    import numpy
    import sympy
    from sympy.external.gmpy import GROUND_TYPES

    info = Path("/proc/cpuinfo")
    models = [line.split(":", 1)[1].strip() for line in (info.read_text() if info.exists() else "").splitlines()
              if line.startswith("model name")]
    load_average = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return {"CPU": f"{models[0] if models else platform.processor() or platform.machine()}, {os.cpu_count()} cores{load_average}",
            "Python": f"{platform.python_version()} ({platform.system()})",
            "SymPy": f"{sympy.__version__} (on {GROUND_TYPES}), python-flint {flint.__version__}, NumPy {numpy.__version__}"}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A plain table; the first column to the left, the others to the right."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max([len(line[i]) for line in lines if i < len(line)]) for i in range(len(lines[0]))]
    for first, *rest in lines:
        print("  ".join([first.ljust(widths[0]), *[cell.rjust(w) for cell, w in zip(rest, widths[1:])]]).rstrip())


# ---- 1: variants -----------------------------------------------------------------------------

def show_questions(quick: bool) -> dict[str, Any]:
    """Measure and print every question file."""
    rows: dict[str, Any] = {}
    for question_id in question_paths():
        try:
            question = load(question_id)
            fault = unlike(question)
            rows[question_id] = {"fault": fault} if fault else measure(question, 0.02 if quick else 0.12)
        except ExamwrightError as error:
            rows[question_id] = {"fault": str(error).splitlines()[0]}
    good = {name: row for name, row in rows.items() if "fault" not in row}
    based = [row for row in good.values() if "sympy" in row]
    print("\nVariants per second of CPU time (drawn, solved, checked, worded), next to the bare keys in SymPy and in our own solvers")
    print(f"SymPy's keys were ours to 30 digits on seeds 0 to {VERIFIED - 1} of all {len(based)} questions of {len(rows)} that have such a key.\n")
    table(["question", "ours/s", "aim", "met", "SymPy keys/s", "ratio", "our keys/s", "ratio"],
          [[name, f"{r['ours']:.0f}", str(r["aim"]), "yes" if r["met"] else "NO", *(
              [f"{r['sympy']:.0f}", f"{r['ratio']:.2f}"] if "sympy" in r else ["-", "-"]), f"{r['keys']:.0f}",
            f"{r['keys_ratio']:.1f}" if "sympy" in r else "-"] for name, r in good.items()])
    slowest = sorted(good, key=lambda name: good[name]["ours"])[:5]
    print("The slowest: " + ", ".join([f"{name} ({good[name]['ours']:.0f}/s)" for name in slowest]))
    for name, row in rows.items():
        if "fault" in row:
            print(f"{name}: {row['fault']}")
    return rows


def unlike(question: Question) -> str:
    """Where SymPy's key, if there is one, is another than ours; "" if nowhere."""
    from sympy_keys import KEYS, differences

    for seed in range(VERIFIED if question.id in KEYS else 0):
        found = differences(draw_variant(question, seed))
        if found:
            return f"SymPy's key is NOT OURS, seed {seed}: {'; '.join(found)}"
    return ""


def words(variant: Variant) -> None:
    """Everything that is written about a variant."""
    wording.question_text(variant)
    for part in variant.parts:
        wording.ask(variant, part)
        wording.kind_of(variant, part)
        for mistake, value in zip(part.mistakes, variant.wrong.get(part.name, ())):
            if value is not None:
                wording.say(variant, part, mistake)
    wording.solution(variant)


def keys(variant: Variant) -> None:
    """The keys alone: the chain of exact values from the drawn ones on."""
    question = variant.question
    values = {name: variant.values[name] for name in question.draw_names}
    for step in question.steps:
        values[step.name] = value_of(step.name, step.formula, values)


def rate(run: Callable[[Any], Any], items: Iterable[Any], seconds: float) -> float:
    """How many items are done in a second of CPU time; as many of them as there is time for."""
    done, began = 0, time.process_time()
    for item in items:
        run(item)
        done += 1
        if time.process_time() - began >= seconds:
            break
    return done / (time.process_time() - began)


def measure(question: Question, seconds: float) -> dict[str, Any]:
    """The figures of one question: medians of batches, each with seeds of its own."""
    from sympy_keys import KEYS, drawn

    rates: dict[str, list[float]] = {"ours": [], "sympy": [], "keys": []}
    variants: list[Variant] = []

    def whole(seed: Any) -> None:
        variants.append(draw_variant(question, seed))
        words(variants[-1])

    def sympy_key(values: dict[str, Any]) -> None:
        KEYS[question.id](**values)

    whole("first")
    for batch in range(BATCHES):
        variants.clear()
        rates["ours"].append(rate(whole, (f"{batch}.{i}" for i in range(10**9)), seconds))
        if question.id in KEYS:
            rates["sympy"].append(rate(sympy_key, [drawn(v) for v in variants], seconds / 2))
        rates["keys"].append(rate(keys, variants, seconds / 2))
    out: dict[str, Any] = {name: median(r) for name, r in rates.items() if r}
    aim = AIM_IRRATIONAL if any(irrational(v.values[p.name]) for v in variants for p in v.parts if p.formula) else AIM
    out.update({"aim": aim, "met": out["ours"] >= aim})
    if "sympy" in out:
        out.update({"ratio": out["ours"] / out["sympy"], "keys_ratio": out["keys"] / out["sympy"]})
    return out


def irrational(value: Any) -> bool:
    """Is there a number in the value that is not rational?"""
    return any(map(irrational, value)) if isinstance(value, tuple) else isinstance(value, Real)


# ---- 2: papers -------------------------------------------------------------------------------

@cache
def plan() -> Any:
    return load_plan(PLAN)


@cache
def tidy() -> Tidy:
    """Garbage collection as in the processes that print a class."""
    return Tidy()


def our_papers(numbers: range, views: bool = False) -> tuple[list[dict[str, float]], list[Any]]:
    """New students' papers and keys, one after another: the CPU seconds of each step, and the views if they are asked for."""
    times, made = [], []
    for number in numbers:
        steps, view = our_paper(number)
        times.append(steps)
        if views:
            made.append(view)
    return times, made


def our_paper(number: int) -> tuple[dict[str, float], Any]:
    """A new student's paper and key: the CPU seconds of each step, and the view."""
    student, done = Student(f"bench-{number}", f"Student {number}"), tidy()
    times = [time.process_time()]
    slots = paper(plan(), "bench", student.id)
    variants = [draw_variant(s.question, s.seed, s.pins, s.parts, plan().digits) for s in slots]
    view = paper_view(plan(), student, paper_code(plan(), student.id, ""), slots, variants)
    times.append(time.process_time())
    render(view, "paper")
    times.append(time.process_time())
    render(view, "key")
    done()
    times.append(time.process_time())
    draw, pages, key = [b - a for a, b in zip(times, times[1:])]
    return {"draw": draw, "paper": pages, "key": key, "whole": draw + pages + key}, view


def plain_papers(views: list[Any]) -> dict[str, list[float]]:
    """CPU seconds of the same papers and keys the plain way, one after another; the first of each is made twice, and counts the second time."""
    return {kind: [plain(view, kind) for view in views[:1] + views][1:] for kind in ("paper", "key")}


def plain(view: Any, kind: str) -> float:
    """CPU seconds of the same paper or key the plain way: fonts and style sheets read for it, WeasyPrint, a picture for each formula
    (one that was there before is not made again)."""
    from examwright.generator.pages import weasy

    began = time.process_time()
    weasy.press.cache_clear()
    render(view, kind, reference=True, full=True)
    return time.process_time() - began


def latex_of(view: Any) -> str:
    """An equivalent paper for pdfLaTeX: the same texts, formulas, tables and room for answers."""
    def text(markdown: str) -> str:
        rows = [line for line in markdown.splitlines() if line.startswith("|")]
        if rows:
            cells = [[c.strip() for c in row.strip("|").split(" | ")] for row in rows if not set(row) <= set("|- ")]
            width = max(len(r) for r in cells)
            body = r" \\ ".join([" & ".join(r) for r in cells])
            block = r"\begin{center}\begin{tabular}{" + "c" * width + "}" + body + r"\end{tabular}\end{center}"
            rest = "\n".join([line for line in markdown.splitlines() if not line.startswith("|")])
            return text(rest) + block
        return re.sub(r"\*\*(.+?)\*\*", r"\\textbf{\1}", re.sub(r"(?<!\\)%", r"\\%", markdown)).replace("#", r"\#")

    out = [r"\documentclass[11pt,a4paper]{article}\usepackage{amsmath,amssymb}\usepackage[utf8]{inputenc}\begin{document}",
           rf"\section*{{{view.title}}} {view.course} \hfill {view.date}", r"\begin{itemize}", *[rf"\item {text(r)}" for r in view.rules],
           r"\end{itemize}"]
    for section in view.sections:
        out.append(rf"\section*{{{text(section.title)}}}")
        for item in section.items:
            out.append(rf"\subsection*{{{item.number} {text(item.title)} \hfill {item.points}}} {text(item.text)}")
            for part in item.parts:
                out.append(rf"\par ({part.label}) {text(part.ask)} \hfill / {part.points}\par\vspace{{25mm}} Answer: \rule{{60mm}}{{0.4pt}}")
    return "\n".join([*out, r"\end{document}"])


def pdflatex(view: Any) -> float | None:
    """CPU seconds of pdfLaTeX for an equivalent paper, one pass; None where it is not installed."""
    if not shutil.which("pdflatex"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "paper.tex"
        source.write_text(latex_of(view), encoding="utf-8")
        times = []
        for _ in range(4):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(["pdflatex", "-interaction=nonstopmode", f"-output-directory={folder}", str(source)], stdout=subprocess.DEVNULL,
                           check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return median(times[1:]) if source.with_suffix(".pdf").exists() else None


def show_papers(count: int, students: int = CLASS) -> dict[str, Any]:
    """Measure and print the papers and keys of a class, each way in a process of its own as it is used: one paper after another. Ours makes the class
    with a new cache on disk; the plain way prints `count` of its last third, before ours makes these and after (half and half)."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("EXAMWRIGHT_CACHE")
        os.environ["EXAMWRIGHT_CACHE"] = folder
        try:
            return measured_papers(count, students)
        finally:
            del os.environ["EXAMWRIGHT_CACHE"]
            if before is not None:
                os.environ["EXAMWRIGHT_CACHE"] = before


def measured_papers(count: int, students: int) -> dict[str, Any]:
    """The same, whatever the cache."""
    spawn = get_context("spawn")
    last = students - students // 3
    with ProcessPoolExecutor(1, spawn) as one, ProcessPoolExecutor(1, spawn) as other, ProcessPoolExecutor(1, spawn) as later:
        begun, _ = one.submit(our_papers, range(last - count)).result()
        more, views = one.submit(our_papers, range(last - count, last), True).result()
        half = (count + 1) // 2
        theirs = other.submit(plain_papers, views[:half]).result()
        ours, _ = one.submit(our_papers, range(last, students)).result()
        for kind, seconds in other.submit(plain_papers, views[half:]).result().items() if views[half:] else ():
            theirs[kind] += seconds
        (second,), _ = later.submit(our_papers, range(students, students + 1)).result()  # the first student of the next exam
    everybody = [*begun, *more, *ours]
    first = everybody[0]
    out: dict[str, Any] = {name: median([o[name] for o in ours]) for name in first}
    mean = {name: sum([o[name] for o in everybody]) / len(everybody) for name in first}
    out.update(plain=median(theirs["paper"]), plain_key=median(theirs["key"]), papers=count, students=students, first=first, second=second, mean=mean,
               pdflatex=pdflatex(views[-1]))
    questions = len(paper(plan(), "bench", "bench-0"))
    latex = "pdfLaTeX is not installed, or failed" if out["pdflatex"] is None else f"pdfLaTeX needs {out['pdflatex']:.3f} for an equivalent paper"
    print(f"\nCPU seconds for a student's paper and key ({PLAN}, {questions} questions; medians of the last {len(ours)} of {students} students with new "
          f"numbers),\nnext to the same pages set by WeasyPrint in the plain way, with an SVG picture for each formula, and without tags ({count} students).\n"
          f"The mean of all {students} is {mean['paper']:.4f} and {mean['key']:.4f}: the very first student takes {first['paper']:.3f} and "
          f"{first['key']:.3f}. In a new process\nwith the cache of the others it is {second['paper']:.3f} and {second['key']:.3f}. {latex}.\n")

    def row(name: str, mine: float, yours: float | None = None) -> list[str]:
        return [name, f"{mine:.4f}", *([] if yours is None else [f"{yours:.3f}", f"{yours / mine:.1f}"])]

    table(["", "ours", "plain", "ratio"],
          [row("draw and put into words", out["draw"]), row("paper", out["paper"], out["plain"]),
           row("key with solutions", out["key"], out["plain_key"]),
           row("paper and key", out["paper"] + out["key"], out["plain"] + out["plain_key"])])
    return out


# ---- 3: expressions --------------------------------------------------------------------------

def show_expressions(seconds: float) -> dict[str, Any]:
    """Measure and print how many typed expressions are judged in a second, and how many verdicts are right."""
    import expressions

    out: dict[str, Any] = {}
    for name, judged in (("ours", expressions.ours()), ("sympy", expressions.sympys())):
        right = sum(judged(item) is item[2] for item in expressions.ANSWERS)  # the first round also warms the caches up
        batches = [rate(judged, itertools.cycle(expressions.ANSWERS), seconds) for _ in range(1 if name == "sympy" else BATCHES)]
        out[name] = {"rate": median(batches), "right": right, "of": len(expressions.ANSWERS)}
    out["ratio"] = out["ours"]["rate"] / out["sympy"]["rate"]
    print("\nTyped expressions read and judged per second of CPU time, next to SymPy's parse_expr and simplify on the same answers\n")
    table(["", "per second", "right verdicts", "ratio"],
          [[name, f"{out[name]['rate']:.0f}", f"{out[name]['right']} of {out[name]['of']}", f"{out['ratio']:.0f}" if name == "ours" else ""]
           for name in ("ours", "sympy")])
    return out


# ---- marking ------------------------------------------------------------------------------

def show_marking(quick: bool) -> dict[str, Any]:
    """Measure and print what marking costs."""
    import marking

    found = marking.numbers(2_000 if quick else 20_000, 3 if quick else BATCHES)
    print("\nTyped numbers read and judged to three digits, per second (aim 100,000)\n")
    table(["", "per second", "ours / this"],
          [["ours", f"{found['ours']:,.0f}"],
           ["float() and math.isclose", f"{found['float']:,.0f}", f"{found['ours'] / found['float']:.2f}"],
           ["SymPy's parse_expr", f"{found['sympy']:,.0f}", f"{found['ours'] / found['sympy']:.0f}"]])
    print(f"math.isclose with a relative tolerance of half a unit in three digits judges {100 * found['differ']:.1f} % of them otherwise.")
    parts = marking.parts(marking.sheets(4 if quick else 40))
    print(f"\nWhole parts marked with follow-through and diagnosis, per second, over {len(question_paths())} questions (aim 5,000 for a class), "
          "next to\nreading and judging by the key alone. A class: "
          + ", ".join([f"{n} in 10 {sort}" for sort, n in marking.SORTS.items()]) + ".\n")
    table(["", "ours", "key alone", "ratio"],
          [[sort, f"{r['ours']:,.0f}", f"{r['key']:,.0f}", f"{r['ours'] / r['key']:.2f}"] for sort, r in parts.items()])
    milliseconds, where, raw = marking.hostile()
    print(f"\nThe slowest hostile answer takes {milliseconds:.1f} ms (aim 10): {raw!r} in {where}.")
    return {"numbers": found, "parts": parts, "hostile": {"ms": milliseconds, "where": where, "answer": raw}}


# ---- 4: start --------------------------------------------------------------------------------

def show_start(runs: int) -> dict[str, float]:
    """Measure and print whole processes, in turn."""
    python = sys.executable
    commands = {"python -c pass": [python, "-c", "pass"],
                "examwright list": [str(Path(python).with_name("examwright")), "list"],
                "python -c 'import sympy'": [python, "-c", "import sympy"]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times[name].append(time.perf_counter() - began)
    out = {name: median(t[1:]) for name, t in times.items()}
    base = out["python -c pass"]
    print(f"\nWhole processes, wall time, median of {runs} runs in turn\n")
    table(["", "ms", "ratio"], [[name, f"{1000 * t:.0f}", f"{t / base:.1f}"] for name, t in out.items()])
    return out


if __name__ == "__main__":
    sys.exit(main())
