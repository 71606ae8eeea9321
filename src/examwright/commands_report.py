"""`examwright feedback`, `report` and `gradebook`: what is told when the marks are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from examwright.commands_exam import many, progress
from examwright.commands_grade import OPEN


@click.command()
@click.argument("exam", metavar="DIR")
@click.option("-o", "out", metavar="OUT", help="Where the files go (default: DIR/feedback).")
@click.option("--student", "students", multiple=True, metavar="ID", help="Only this student (repeat for several).")
@click.option("--html", is_flag=True, help="Also a web page for each student, which needs no other file.")
@click.option("--theme", type=click.Path(exists=True, dir_okay=False), help="Another theme than that of the papers.")
@click.option("--roster", type=click.Path(exists=True, dir_okay=False), help="Another class list than at the making, for large print and other accommodations.")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: all cores).")
def feedback(exam: str, out: str | None, students: tuple[str, ...], html: bool, theme: str | None, roster: str | None,
             jobs: int | None) -> None:
    """Write a feedback PDF for each student of a graded exam.

    Each answer as typed and as read, its points and why, the key, the worked solution with the student's own numbers. The pages look
    as the papers did: the same theme, and large print for whom it was printed large. Files that are up to date are kept: an
    interrupted run is finished by the same command, and after regrading only what changed is made again.
    """
    from examwright.outputs import make_feedback

    try:
        made = make_feedback(Path(exam), Path(out) if out else None, students, html, Path(theme) if theme else None,
                             Path(roster) if roster else None, jobs, progress("feedback"))
    except KeyboardInterrupt:
        raise click.exceptions.Abort("The same command finishes the rest.") from None
    click.echo(f"feedback for {many(made.made + made.kept, 'student')} in {made.out}/ ({made.made} made, {made.kept} kept).")
    if made.open:
        click.echo(f"Not final, as marks wait for a person: {_some(made.open)}.")
    if made.unmarked:
        click.echo(f"Not marked yet: {_some(made.unmarked)}. 'examwright grade' marks them.")


@click.command()
@click.argument("exam", metavar="DIR")
@click.option("-o", "out", metavar="OUT", help="Where the files go (default: DIR/report).")
def report(exam: str, out: str | None) -> None:
    """Write the report of a graded class: one web page, and its tables as CSV.

    Scores, difficulty and discrimination of each question, the share of each mistake, reliability, what is odd, and whether
    some papers are harder than others.
    """
    from examwright.outputs import make_report

    found, files = make_report(Path(exam), Path(out) if out else None)
    click.echo(f"{len(found.percents)} of {found.students} students handed in answers" + (
        f": mean {found.summary.mean:.1f} of {found.of:g} points, median {found.summary.median:.1f}." if found.summary else "."))
    if found.reliability.alpha is not None:
        click.echo(f"reliability: alpha = {found.reliability.alpha:.2f} over {found.reliability.items} questions.")
    if found.spent is not None:
        click.echo(f"time: median {found.spent:.0f} minutes, of {found.timed} students; {found.minutes:g} were planned.")
    for m in [m for m in found.mistakes if m.count > 2][:3]:
        click.echo(f"{m.share:.0%} of {m.n}: {m.question}, {m.part}: {' '.join(m.say.split())}")
    if found.oddities:
        click.echo(f"{many(len(found.oddities), 'thing')} to look at:")
        for o in found.oddities[:10]:
            click.echo(f"  {o.question}{', ' + o.part if o.part else ''}: {' '.join(o.message.split())}")
    if found.open:
        click.echo(f"{many(found.open, 'mark')} {'waits' if found.open == 1 else 'wait'} for a person: all figures are provisional.")
    click.echo(f"report: {files[0]}")


@click.command()
@click.argument("exam", metavar="DIR")
@click.argument("export", metavar="EXPORT.csv", type=click.Path(exists=True, dir_okay=False))
@click.option("-o", "out", required=True, metavar="OUT.csv", help="The file to import.")
@click.option("--column", metavar="NAME", help="The column for the points (default: the one called like the exam).")
@click.option("--new-column", metavar="NAME", help="Add a column for the points.")
@click.option("--id", "ids", metavar="COLUMN", help="The column with the ids of the class list (default: the one that fits most).")
@click.option("--feedback", is_flag=True, help="Also write comments (Moodle).")
@click.option("--scale", is_flag=True, help="Convert the points where the column has another maximum.")
@click.option("--provisional", is_flag=True, help="Also those whose marks wait for a person.")
@click.option("--absent-zero", is_flag=True, help="0 points for those who handed in nothing (default: no grade).")
@click.option("--allow-unmatched", is_flag=True, help="Exit 0 although some students are only here or only there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def gradebook(ctx: click.Context, exam: str, export: str, out: str, column: str | None, new_column: str | None, ids: str | None,
              feedback: bool, scale: bool, provisional: bool, absent_zero: bool, allow_unmatched: bool, as_json: bool) -> None:
    """Write the points into a gradebook file exported from Canvas or Moodle. Exit 3 if somebody got no grade.

    Only the chosen column changes (and, with --feedback, the comments beside it); all else comes out as it was exported.
    """
    from examwright.outputs import fill_gradebook

    if column and new_column:
        raise click.UsageError("Give --column or --new-column, not both.")
    done = fill_gradebook(Path(exam), Path(export), Path(out), feedback, column=column, new_column=new_column, ids=ids, scale=scale,
                          provisional=provisional, absent_zero=absent_zero)
    if as_json:
        click.echo(json.dumps({
            "system": done.system, "column": done.column, "matched_by": done.matched_by, "filled": done.filled,
            "changed": [{"student": s, "before": a, "after": b} for s, a, b in done.changed],
            "kept": [{"student": s, "reason": r} for s, r in done.kept], "open": done.open, "absent": done.absent, "missing": done.missing,
            "strangers": [{"line": n, "row": t} for n, t in done.strangers], "file": out}, ensure_ascii=False, indent=1))
    else:
        _tell(done, out)
    if done.open or done.absent or done.kept or ((done.missing or done.strangers) and not allow_unmatched):
        ctx.exit(OPEN)


def _tell(done: Any, out: str) -> None:
    """What became of the gradebook."""
    click.echo(f"{done.system}: {many(len(done.filled), 'grade')} in the column {done.column!r}, students told by {done.matched_by!r}.")
    for text, found in (("replaced another grade", [f"{s} ({a} → {b})" for s, a, b in done.changed]),
                        ("no grade, as marks wait for a person", done.open), ("no grade, as nothing was handed in", done.absent),
                        ("left as it was", [f"{s}: {r}" for s, r in done.kept]), ("in the exam, but not in the file", done.missing),
                        ("in the file, but not in the exam", [f"line {n}: {t}" for n, t in done.strangers])):
        if found:
            click.echo(f"{text} ({len(found)}): {_some(found)}")
    click.echo(f"gradebook: {out}")


def _some(texts: Any) -> str:
    return ", ".join(texts[:20]) + (f" … and {len(texts) - 20} more" if len(texts) > 20 else "")
