"""`examwright make`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click


def many(n: int, what: str) -> str:
    """1 mark, 2 marks."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def progress(what: str) -> Callable[[int, int], None]:
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
        made = run(Path(plan), Path(roster), seed, Path(out), jobs, progress("papers"), Path(theme) if theme else None, layout or "", solutions)
    except KeyboardInterrupt:
        raise click.exceptions.Abort("The same command finishes the rest.") from None
    except OSError as error:
        from examwright.generator.errors import ExamwrightError

        raise ExamwrightError(f"{error.filename or out}: {error.strerror}.") from None
    unused = list(made.unused_columns)
    if as_json:
        click.echo(json.dumps({"out": str(made.out), "made": made.made, "again": made.again, "kept": made.kept, "questions": made.questions,
                               "minutes": list(made.minutes), "points": float(made.points), "unnamed": list(made.unnamed), "other_look": list(made.other_look), "unused_columns": unused,
                               "seconds": round(made.seconds, 2)}))
        return
    low, high = made.minutes
    span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    kept = (f", {made.again} lost and printed again" if made.again else "") + (f", {made.kept} kept from before" if made.kept else "")
    click.echo(f"{many(made.made, 'paper')} made{kept}, in {made.seconds:.1f} s. {many(made.questions, 'different question')}, about {span} minutes of "
               f"work, {float(made.points):g} points.")
    if made.unnamed:
        click.echo(f"The fonts of the pages lack characters of {many(len(made.unnamed), 'name')}; there the paper has the id and a line for the "
                   f"name: {', '.join(made.unnamed[:10])}{' …' if len(made.unnamed) > 10 else ''}. (EXAMWRIGHT_FONTS can name a folder "
                   "with more fonts.)")
    if made.other_look:
        click.echo(f"{', '.join(made.other_look[:10])}{' …' if made.other_look[10:] else ''}: the class list asks for another look (large print, type, colour) than "
                   "that of the paper. A paper that is made stays as it is.")
    if unused:
        click.echo(f"{roster} has columns that change nothing on a paper: {', '.join(map(repr, unused[:8]))}{' …' if unused[8:] else ''}.")
    click.echo(f"papers: {made.out}/papers/   keys: {made.out}/keys/   to print: {made.out}/papers-all.pdf   "
               f"answer form: {made.out}/answers-form.csv")
