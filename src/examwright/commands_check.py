"""`examwright check`: an instructor's own files, tested like code."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click


def _targets(paths: tuple[str, ...]) -> list[tuple[str, Path]]:
    """(id, path) of every question named by files, folders or ids. Raises ExamwrightError."""
    from examwright.generator.errors import ExamwrightError
    from examwright.generator.index import question_paths

    if not paths:
        return list(question_paths().items())
    out: list[tuple[str, Path]] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            found = question_paths(path)
            if not found:
                raise ExamwrightError(f"{text}: no question files (*.yaml) in this folder.")
            own = path.resolve().name
            out += [(i if "/" in i else f"{own}/{i}", p) for i, p in found.items()]
        elif path.is_file():
            from examwright.generator.load import id_of

            out.append((id_of(path), path))
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


def _row(question_id: str, path: Path, result: Any) -> dict[str, Any]:
    """What is told of one question."""
    from examwright.generator.load import load_file
    from examwright.grader.contracts import statistics

    if isinstance(result, list):
        return {"id": question_id, "ok": False, "seeds": 0, "distinct": 0, "redraws": 0, "faults": result}
    faults = [str(f) for f in result.faults + statistics(load_file(path, question_id), result)]
    return {"id": question_id, "ok": not faults, "seeds": result.seeds, "distinct": len(result.distinct),
            "redraws": round(result.redraws / max(result.seeds, 1), 2), "faults": faults}


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--seeds", default=100, show_default=True, type=click.IntRange(1, 1_000_000), help="Variants of each question.")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: all cores).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...], seeds: int, jobs: int | None, as_json: bool) -> None:
    """Check question files (files, folders or ids; default: all that come with Examwright).

    Tells every fault of the files with line and column, then runs the contract tests. Exit 1 on any fault.
    """
    import os
    from concurrent.futures import ProcessPoolExecutor

    targets = _targets(paths)
    step = max(500, seeds // 8)
    tasks = [(i, str(p), a, min(a + step, seeds)) for i, p in targets for a in range(0, seeds, step)]
    jobs = min(jobs or os.cpu_count() or 1, len(tasks))
    merged: dict[str, Any] = {}
    done = 0

    def take(result: Any) -> None:
        nonlocal done
        done += 1
        if isinstance(result, tuple):  # the file has faults
            merged[result[0]] = result[1]
        elif result.question in merged:
            merged[result.question].add(result)
        else:
            merged[result.question] = result
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {len(tasks)} …", nl=False, err=True)

    if jobs == 1:
        for task in tasks:
            take(_work(task))
    else:
        with ProcessPoolExecutor(jobs) as pool:
            for result in pool.map(_work, tasks):
                take(result)
    if sys.stderr.isatty():
        click.echo("\r", nl=False, err=True)
    rows = [_row(i, p, merged[i]) for i, p in targets]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        width = max(len(r["id"]) for r in rows)
        for r in rows:
            click.echo(f"{r['id']:<{width}}  {'ok' if r['ok'] else 'FAULT':<5}  {r['seeds']} seeds, {r['distinct']} distinct, "
                       f"{r['redraws']} redraws on average")
            for fault in r["faults"]:
                click.echo(f"    {fault}")
        bad = sum(not r["ok"] for r in rows)
        from examwright.grader.contracts import FULL_SEEDS

        note = f" (marking contracts on the first {FULL_SEEDS})" if seeds > FULL_SEEDS else ""
        click.echo(f"{len(rows)} question{'s' if len(rows) != 1 else ''}, {seeds} seeds each{note}: "
                   + (f"{bad} with faults." if bad else "all well."))
    if any(not r["ok"] for r in rows):
        ctx.exit(1)
