"""`examwright make` and `examwright grade`."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

OPEN = 3  # exit code of `grade` when something waits for a person


def _progress(what: str) -> Callable[[int, int], None]:
    """Shows how far a run is: a line that moves on a terminal, a line for each tenth elsewhere."""
    told = [-1]

    def show(done: int, of: int) -> None:
        tenth = 10 * done // max(of, 1)
        if sys.stderr.isatty():
            bar = "█" * (30 * done // max(of, 1))
            click.echo(f"\r{what} {bar:<30} {done}/{of}" + ("\n" if done == of else ""), nl=False, err=True)
        elif tenth != told[0]:
            click.echo(f"{what} {done}/{of}", err=True)
        told[0] = tenth

    return show


@click.command()
@click.argument("plan")
@click.option("--roster", required=True, metavar="CSV", help="The class: a column 'id', and 'name' if you like.")
@click.option("--seed", required=True, metavar="S", help="Any word or number. Keep it secret: it gives all the numbers.")
@click.option("-o", "out", required=True, metavar="DIR", help="A new folder, or the one of an interrupted run.")
@click.option("--theme", type=click.Path(exists=True, dir_okay=False), help="A theme file, instead of the plan's own.")
@click.option("--layout", type=click.Choice(["two-up", "booklet"]), help="One more print file: two pages on a sheet, or booklets to fold.")
@click.option("--solutions", is_flag=True, help="Also a booklet of solutions for the class, without names.")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: all cores).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def make(plan: str, roster: str, seed: str, out: str, theme: str | None, layout: str | None, solutions: bool, jobs: int | None,
         as_json: bool) -> None:
    """Make papers and keys for a class from an exam plan.

    Writes DIR/papers, DIR/keys, papers-all.pdf (print-ready), answers-form.csv and exam.db. Interrupted, it
    finishes when it is called again. A folder that holds another exam is refused.
    """
    from examwright.generator.make import make as run

    try:
        made = run(Path(plan), Path(roster), seed, Path(out), jobs, _progress("papers"), Path(theme) if theme else None, layout or "", solutions)
    except KeyboardInterrupt:
        click.echo("\nInterrupted. The same command finishes the rest.", err=True)
        raise
    except OSError as error:
        from examwright.generator.errors import ExamwrightError

        raise ExamwrightError(f"{error.filename or out}: {error.strerror}.") from None
    if as_json:
        click.echo(json.dumps({"out": str(made.out), "made": made.made, "kept": made.kept, "questions": made.questions,
                               "minutes": list(made.minutes), "points": float(made.points), "unnamed": list(made.unnamed),
                               "seconds": round(made.seconds, 2)}))
        return
    low, high = made.minutes
    span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    kept = f", {made.kept} kept from before" if made.kept else ""
    click.echo(f"{made.made} papers made{kept}, in {made.seconds:.1f} s. {made.questions} different questions, about {span} minutes of "
               f"work, {float(made.points):g} points.")
    if made.unnamed:
        click.echo(f"{len(made.unnamed)} names have characters that the fonts of the pages lack; these papers have the id and a line for the "
                   f"name: {', '.join(made.unnamed[:10])}{' …' if len(made.unnamed) > 10 else ''}. (EXAMWRIGHT_FONTS can name a folder "
                   "with more fonts.)")
    click.echo(f"papers: {made.out}/papers/   keys: {made.out}/keys/   to print: {made.out}/papers-all.pdf   "
               f"answer form: {made.out}/answers-form.csv")


@click.command()
@click.argument("exam", metavar="DIR")
@click.argument("answers", metavar="ANSWERS.csv")
@click.option("-o", "out", metavar="CSV", help="Where the marks go (default: DIR/marks.csv; totals and open cases beside it).")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: all cores).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def grade(ctx: click.Context, exam: str, answers: str, out: str | None, jobs: int | None, as_json: bool) -> None:
    """Mark a class's answers. Exit 3 if something waits for a person.

    The CSV file is long (student, item, answer) or wide (a column for each item, such as 3b); an item may also be
    named by its question (evaluation/roc-auc/auc).
    """
    from examwright.grader.grade import grade as run

    graded = run(Path(exam), Path(answers), Path(out) if out else None, jobs, _progress("marked"))
    totals = graded.totals()
    why: dict[str, int] = {}
    for m in graded.marks:
        why[m.mark.why] = why.get(m.mark.why, 0) + 1
    kinds: dict[str, int] = {}
    for t in graded.troubles:
        kinds[t.kind] = kinds.get(t.kind, 0) + 1
    points = [float(p) for p, _, _ in totals.values()]
    of = max([float(o) for _, o, _ in totals.values()], default=0.0)
    if as_json:
        click.echo(json.dumps({
            "students": len(totals), "of": of, "mean": statistics.fmean(points), "median": statistics.median(points),
            "least": min(points), "most": max(points), "why": why, "open": len(graded.open), "troubles": kinds,
            "files": [str(f) for f in graded.files]}, ensure_ascii=False, indent=1))
    else:
        _tell(graded, points, of, why)
    if graded.open or graded.troubles:
        ctx.exit(OPEN)


def _tell(graded: Any, points: list[float], of: float, why: dict[str, int]) -> None:
    """The class's result, and what needs a person."""
    click.echo(f"{len(points)} students, {of:g} points: mean {statistics.fmean(points):.1f}, median {statistics.median(points):.1f}, "
               f"from {min(points):.1f} to {max(points):.1f}.")
    steps = [0] * 10
    for p in points:
        steps[min(9, int(10 * p / of)) if of else 0] += 1
    for i, n in enumerate(steps):
        if n:
            click.echo(f"  {10 * i:>3} to {10 * i + 10:>3} %  {'■' * n} {n}")
    click.echo("answers: " + ", ".join(f"{n} {w}" for w, n in sorted(why.items(), key=lambda x: -x[1])) + ".")
    said = graded.said().most_common(5)
    if said:
        click.echo("most common mistakes:")
        for (where, text), n in said:
            click.echo(f"  {n} × {where}: {text}")
    if graded.open or graded.troubles:
        click.echo(f"for a person: {len(graded.open)} answers, {len(graded.troubles)} rows (all in {graded.files[2]}):")
        lines = [f"  row {t.line or '-'}, {t.student}{' ' + t.item if t.item else ''}: {t.message}" for t in graded.troubles]
        lines += [f"  row {m.line}, {m.student} {m.item}: {m.mark.raw.strip()[:40]!r}: {m.mark.evidence or m.mark.say}" for m in graded.open]
        for line in lines[:25]:
            click.echo(line)
        if len(lines) > 25:
            click.echo(f"  … and {len(lines) - 25} more")
    click.echo(f"marks: {graded.files[0]}   totals: {graded.files[1]}")
