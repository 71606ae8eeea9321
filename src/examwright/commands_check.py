"""`examwright check`: an instructor's own files, tested like code."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click


def _targets(paths: tuple[str, ...]) -> list[tuple[str, Path]]:
    """(id, path) of every question named by files, folders or ids. Raises ExamwrightError."""
    from examwright.generator.errors import ExamwrightError, nearest
    from examwright.generator.index import id_of, question_paths

    if not paths:
        return list(question_paths().items())
    out: list[tuple[str, Path]] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            found = question_paths(path)
            if not found:
                raise ExamwrightError(f"{text}: no question files (*.yaml) in this folder.")
            out += [(id_of(p), p) for p in found.values()]
        elif path.is_file():
            out.append((id_of(path), path))
        elif path.suffix in (".yaml", ".yml"):
            raise ExamwrightError(f"There is no file {text!r}. "
                                  f"{nearest(path.name, [p.name for p in path.parent.glob('*.y*ml')], 0)}".strip())
        else:
            known = question_paths()
            under = [i for i in known if i == text or i.startswith(text.rstrip("/") + "/")]
            if not under:
                from examwright.generator.load import find

                under = [text]
                known = {text: find(text)}
            out += [(i, known[i]) for i in under]
    return out


def _work(task: tuple[str, str, int, int]) -> Any:
    """One question, or a slice of its seeds, in a worker process: a Report, or the faults of the file."""
    from examwright.generator.errors import ExamwrightError
    from examwright.generator.load import load_file
    from examwright.grader.contracts import sample

    question_id, path, first, last = task
    try:
        return sample(load_file(path, question_id), range(first, last))
    except ExamwrightError as error:
        return question_id, str(error).split("\n")
    except Exception as error:  # a fault of ours, met by this file: told like its own, so that all others are checked
        return question_id, [f"{path}: the check itself failed: {_first_line(error)}"]


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n")[0][:300]


def _students(task: tuple[str, str, int, int, int]) -> Any:
    """A slice of the simulated students of one question, in a worker process: the tallies by sort, or a fault."""
    from examwright.generator.errors import ExamwrightError
    from examwright.generator.load import load_file
    from examwright.grader.students import simulate

    question_id, path, first, last, digits = task
    try:
        return simulate(load_file(path, question_id), range(first, last), digits)
    except ExamwrightError as error:
        return str(error)
    except Exception as error:
        return f"{path}: the check itself failed: {_first_line(error)}"


def _run(work: Callable[[Any], Any], tasks: list[Any], jobs: int | None) -> Iterator[Any]:
    """The results in the order of the tasks, from as many processes; on a terminal with the count of those done."""
    jobs = min(jobs or os.cpu_count() or 1, len(tasks))
    with ProcessPoolExecutor(jobs) if jobs > 1 else nullcontext() as pool:
        for done, result in enumerate(pool.map(work, tasks) if pool else map(work, tasks), 1):
            if sys.stderr.isatty():
                click.echo(f"\r{done} of {len(tasks)} …" if done < len(tasks) else "\r", nl=False, err=True)
            yield result


def _spread(usual: int, least: int, most: int) -> str:
    """The median of the work, and how far the variants are from it."""
    return f"{usual} ({100 * (least - usual) / usual:+.0f} to {100 * (most - usual) / usual:+.0f} %)" if usual else "0"


def _said(fault: Any) -> str:
    """A fault in one line, with the question and the seed once."""
    return str(fault) if not fault.message.startswith(f"{fault.question}, seed {fault.seed}") else fault.message


_SEED = re.compile(r", seed ([^ ,:]+)")
_NUMBER = re.compile(r"[-+]?[0-9][0-9./]*|'[^']*'")


def _alike(faults: list[str]) -> Iterator[str]:
    """The faults, those of variants that differ in seed and values alone told once."""
    groups: dict[str, list[str]] = {}
    for fault in faults:
        without = _SEED.sub("", fault)
        groups.setdefault(_NUMBER.sub("#", without) if without != fault else fault, []).append(fault)
    for first, *others in groups.values():
        yield first
        if others:
            seeds = [m.group(1) for m in map(_SEED.search, others) if m]
            yield f"    and {len(others)} more like it" + (
                f", with seed{'s' if seeds[1:] else ''} {', '.join(seeds[:5])}{' …' if seeds[5:] else ''}" if seeds else "")


def _row(question_id: str, path: Path, result: Any) -> dict[str, Any]:
    """What is told of one question."""
    from examwright.generator.load import load_file
    from examwright.grader.contracts import statistics

    if isinstance(result, list):
        return {"id": question_id, "ok": False, "seeds": 0, "distinct": 0, "redraws": 0, "work": [0, 0, 0], "faults": result}
    faults = [_said(f) for f in result.faults + statistics(load_file(path, question_id), result)]
    return {"id": question_id, "ok": not faults, "seeds": result.seeds, "distinct": len(result.distinct),
            "redraws": round(result.redraws / max(result.seeds, 1), 2), "work": list(result.work()), "faults": faults}


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--seeds", default=100, show_default=True, type=click.IntRange(1, 1_000_000), help="Variants of each question.")
@click.option("--simulate", "students", type=click.IntRange(1, 1_000_000), metavar="N",
              help="Instead: mark N simulated students of each sort, and tell how many get what they deserve.")
@click.option("--digits", default=4, show_default=True, type=click.IntRange(2, 12), help="Significant digits that they carry.")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: all cores).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...], seeds: int, students: int | None, digits: int, jobs: int | None,
          as_json: bool) -> None:
    """Check question files (files, folders or ids; default: all that come with Examwright).

    Tells every fault of the files with line and column, then runs the contract tests. Exit 1 on any fault.

    With --simulate: honest students, who round every step, must get full marks (100 %); students with one known mistake must
    be told of it (95 %); after a wrong answer, parts continued rightly must earn their follow-through (100 %).
    """
    targets = _targets(paths)
    if students:
        ctx.exit(0 if _simulate(targets, students, digits, jobs, as_json) else 1)
    step = max(500, seeds // 8)
    tasks = [(i, str(p), a, min(a + step, seeds)) for i, p in targets for a in range(0, seeds, step)]
    merged: dict[str, Any] = {}
    for (_, path, *_), result in zip(tasks, _run(_work, tasks, jobs)):  # by path: two folders may have the same name, and so two files one id
        if isinstance(result, tuple):  # the file has faults
            merged[path] = result[1]
        elif path in merged:
            merged[path].add(result)
        else:
            merged[path] = result
    rows = [_row(i, p, merged[str(p)]) for i, p in targets]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        width = max(len(r["id"]) for r in rows)
        for r in rows:
            click.echo(f"{r['id']:<{width}}  {'ok' if r['ok'] else 'FAULT':<5}  {r['seeds']} seeds, {r['distinct']} distinct, "
                       f"{r['redraws']} redraws on average, work {_spread(*r['work'])}")
            for line in _alike(r["faults"]):
                click.echo(f"    {line}")
        bad = sum(not r["ok"] for r in rows)
        from examwright.grader.contracts import FULL_SEEDS

        note = f" (marking contracts on the first {FULL_SEEDS})" if seeds > FULL_SEEDS else ""
        click.echo(f"{len(rows)} question{'s' if len(rows) != 1 else ''}, {seeds} seeds each{note}: "
                   + (f"{bad} with faults." if bad else "all well."))
    if any(not r["ok"] for r in rows):
        ctx.exit(1)


def _simulate(targets: list[tuple[str, Path]], students: int, digits: int, jobs: int | None, as_json: bool) -> bool:
    """Print what the simulated students got; True if all got what they deserve."""
    from examwright.grader.students import LEAST, Tally

    step = max(100, students // 8)
    tasks = [(i, str(p), a, min(a + step, students), digits) for i, p in targets for a in range(0, students, step)]
    found: dict[str, Any] = {str(p): {sort: Tally() for sort in LEAST} for _, p in targets}
    for (_, path, *_), result in zip(tasks, _run(_students, tasks, jobs)):
        if isinstance(result, str) or isinstance(found[path], str):
            found[path] = result if isinstance(result, str) else found[path]
            continue
        for sort, tally in result.items():
            found[path][sort].add(tally)
    rows: list[dict[str, Any]] = []
    for question_id, p in targets:
        tallies = found[str(p)]
        if isinstance(tallies, str):
            rows.append({"id": question_id, "ok": False, "fault": tallies})
            continue
        row: dict[str, Any] = {"id": question_id, "ok": all(t.share >= LEAST[sort] for sort, t in tallies.items())}
        for sort, t in tallies.items():
            row[sort] = {"right": t.right, "of": t.total, "failed": [
                {"case": case, "times": n, "example": t.examples[case]} for case, n in t.failed.most_common()]}
        rows.append(row)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return all(r["ok"] for r in rows)
    width = max(len(r["id"]) for r in rows)
    click.echo(f"{'':<{width}}         honest, in full   mistakes, diagnosed   carried errors, followed")
    for r in rows:
        if "fault" in r:
            click.echo(f"{r['id']:<{width}}  FAULT  {r['fault']}")
            continue
        cells = [f"{100 * r[s]['right'] / max(r[s]['of'], 1):6.2f} % of {r[s]['of']:>5}" if r[s]["of"] else f"{'none':>17}" for s in LEAST]
        click.echo(f"{r['id']:<{width}}  {'ok' if r['ok'] else 'FAULT':<5}  {cells[0]}   {cells[1]:>19}   {cells[2]:>24}")
        for sort in LEAST:
            for f in r[sort]["failed"][:3]:
                click.echo(f"    {sort}, {f['case']}, {f['times']}×: {f['example']}")
    bad = sum(not r["ok"] for r in rows)
    click.echo(f"{len(rows)} question{'s' if len(rows) != 1 else ''}, {students} students of each sort, who carry {digits} digits: "
               + (f"{bad} with faults." if bad else "all well."))
    return not bad
