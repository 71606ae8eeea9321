"""`examwright grade`, `regrade`, `sheet` and `history`: marks, and what becomes of them."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from examwright.commands_exam import many, progress

OPEN = 3  # exit code when something waits for a person
SHOWN = 25  # lines of a list that may be long

_dir = click.argument("exam", metavar="DIR")
_out = click.option("-o", "out", metavar="CSV", help="Where the marks go (default: DIR/marks.csv; totals and open cases beside it).")
_jobs = click.option("--jobs", type=click.IntRange(1), help="Processes (default: all cores).")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@_dir
@click.argument("answers", metavar="FILE.csv")
@click.option("--add", "more", is_flag=True, help="Add these answers to those that are there, for example a latecomer's. A cell that is "
              "filled takes the place of an earlier answer.")
@_out
@_jobs
@_json
@click.pass_context
def grade(ctx: click.Context, exam: str, answers: str, more: bool, out: str | None, jobs: int | None, as_json: bool) -> None:
    """Mark a class's answers, or take in a filled-in sheet.

    Answers are long (student, item, answer) or wide (a column for each item, such as 3b); an item may also be named by
    its question (evaluation/roc-auc/auc). The file stands for the whole class: a corrected one takes the place of
    the one before.

    A sheet (marks-open.csv, or any file with the columns student, item, points, and comment or means if you like) is
    told by its header and adds what a person decided.

    Everything is kept in DIR/exam.db; the same file again changes nothing. Exit 0: nothing is open. 3: something
    waits for a person. 2: it could not be done, and nothing was changed.
    """
    from examwright.grader.grade import grade as run

    graded = run(Path(exam), Path(answers), Path(out) if out else None, jobs, progress("marked"), more)
    if as_json:
        click.echo(json.dumps(_summary(graded), ensure_ascii=False, indent=1))
    else:
        _tell(graded)
        _tell_changes(graded.changes, SHOWN)
        _tell_open(graded)
        _tell_gone(graded)
        if not graded.recorded:
            click.echo("exam.db had all of this before; nothing has changed.")
        click.echo(f"marks: {graded.files[0]}   totals: {graded.files[1]}   open: {graded.files[2]}")
    _leave(ctx, graded)


@click.command()
@_dir
@click.option("--why", required=True, metavar="TEXT", help="The reason. It is kept with each mark that changes.")
@click.option("--question", "questions", multiple=True, metavar="[ID=]FILE", help="A corrected question file (or the id of one): its "
              "keys, tolerances, mistakes and points, with the numbers as issued.")
@click.option("--accept", multiple=True, metavar="ITEM=ANSWER", help="This answer is right too, typed as a student would.")
@click.option("--accept-formula", multiple=True, metavar="ITEM=FORMULA", help="This formula over the question's values is right too.")
@click.option("--points", multiple=True, metavar="ITEM=N", help="Other full points for a part.")
@click.option("--void", multiple=True, metavar="ITEM", help="Full points for everybody.")
@click.option("--student", metavar="ID", help="These apply to one student only (not --question).")
@click.option("--withdraw", multiple=True, type=int, metavar="N", help="An earlier amendment counts no longer (numbers: examwright history).")
@click.option("--redo-hand", is_flag=True, help="Where marking by rule gives a mark, it takes the place of a person's.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@_out
@_jobs
@_json
@click.pass_context
def regrade(ctx: click.Context, exam: str, why: str, questions: tuple[str, ...], accept: tuple[str, ...], accept_formula: tuple[str, ...],
            points: tuple[str, ...], void: tuple[str, ...], student: str | None, withdraw: tuple[int, ...], redo_hand: bool,
            dry_run: bool, out: str | None, jobs: int | None, as_json: bool) -> None:
    """Mark the whole class again after a fix, and show each mark that changes.

    Every paper is marked as it was issued, by its own text and numbers, whatever has become of the question files
    since. Fixes are kept in DIR/exam.db and hold for later calls of grade too. ITEM is a label that means the same
    on every paper (3b) or a question and part (evaluation/roc-auc/auc). A person's marks stay, unless --redo-hand.

    Exit 0: done. 3: done, and something waits for a person. 2: it could not be done, and nothing was changed.
    """
    from examwright.grader.regrade import Fixes
    from examwright.grader.regrade import regrade as run

    if student is not None and not (accept or accept_formula or points or void):
        raise click.UsageError("--student goes with --accept, --accept-formula, --points or --void.")
    fixes = Fixes(questions, accept, accept_formula, points, void, student, withdraw, redo_hand)
    done = run(Path(exam), why, fixes, dry_run, Path(out) if out else None, jobs, progress("marked"))
    graded = done.graded
    if as_json:
        click.echo(json.dumps({**_summary(graded), "dry_run": dry_run, "added": done.added, "kept": [_change(c) for c in done.kept]},
                              ensure_ascii=False, indent=1))
    else:
        for text in done.added:
            click.echo(f"amendment: {text}")
        _tell_changes(graded.changes)
        if done.kept:
            click.echo(f"{many(len(done.kept), 'mark')} that a person gave {'stay' if done.kept[1:] else 'stays'}, where marking by rule gives "
                       "another one (--redo-hand takes that):")
            for c in done.kept:
                click.echo(_line(c))
        _tell_open(graded, 0)
        if dry_run:
            click.echo("A dry run: nothing was recorded.")
        else:
            click.echo(("Recorded. " if graded.recorded else "exam.db had all of this before. ") +
                       f"marks: {graded.files[0]}   totals: {graded.files[1]}   open: {graded.files[2]}")
    _leave(ctx, graded)


@click.command()
@_dir
@click.argument("items", nargs=-1, required=True, metavar="ITEM…")
@click.option("-o", "out", required=True, metavar="CSV", help="The sheet to write.")
def sheet(exam: str, items: tuple[str, ...], out: str) -> None:
    """Write a sheet with everybody's answers to some items, to mark them by hand.

    For texts that were written on paper, and to look through a whole question. ITEM is a label (5j) or a question
    and part. Fill in points (and a comment) and hand it back: examwright grade DIR CSV.
    """
    from examwright.grader.grade import write_sheet

    rows = write_sheet(Path(exam), items, Path(out))
    click.echo(f"{many(rows, 'answer')}: {out}")


@click.command()
@_dir
@click.option("--student", metavar="ID", help="Every mark that this student ever had.")
@_json
def history(exam: str, student: str | None, as_json: bool) -> None:
    """List what was handed in, marked and changed: when, by what, and why. Amendments are listed with their numbers."""
    from examwright.grader.records import marks_of, runs

    found = runs(Path(exam))
    if student is not None:
        told = {r["run"]: r for r in found}
        rows = [(told[run], m) for run, m in marks_of(Path(exam), student)]
        if not rows:
            raise click.UsageError(f"No marks of {student!r} are on record.")
        if as_json:
            click.echo(json.dumps([{"run": r["run"], "at": r["at"], "command": r["command"], "reason": r["why"], **_marked(m)}
                                   for r, m in rows], ensure_ascii=False, indent=1))
            return
        for r, m in rows:
            said = f"  {m.mark.evidence}" if m.mark.evidence else ""
            click.echo(f"{m.item:<4} {r['at']}  {r['command']:<8} {_n(m.points)} of {_n(m.of)} ({m.mark.why})  {m.mark.raw.strip()[:40]!r}{said}")
        return
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    from examwright.grader.amend import describe

    for r in found:
        files = ", ".join([f["file"] + (" (added)" if f["kind"] == "more" else "") for f in r["files"]])
        click.echo(f"{r['at']}  {r['command']:<8} {r['marks']} marks" + (f"  {files}" if files else "") + (f"  {r['why']}" if r["why"] else ""))
        for a in r["amendments"]:
            click.echo(f"    amendment {a['number']}: {describe(a['content'])}" + (" [withdrawn]" if a["withdrawn"] else ""))
        for n in r["withdraws"]:
            click.echo(f"    amendment {n} withdrawn")
    if not found:
        click.echo("Nothing is marked yet.")


# ---- telling --------------------------------------------------------------------------------


def _leave(ctx: click.Context, graded: Any) -> None:
    if graded.open or graded.troubles:
        ctx.exit(OPEN)


def _n(points: Any) -> str:
    return f"{float(points):.4g}"


def _marked(m: Any) -> dict[str, Any]:
    return {"student": m.student, "item": m.item, "question": m.question, "part": m.mark.part, "points": float(m.points), "of": float(m.of),
            "why": m.mark.why, "read": m.mark.read, "say": m.mark.told, "evidence": m.mark.evidence, "raw": m.mark.raw}


def _change(c: Any) -> dict[str, Any]:
    return {"student": c.after.student, "item": c.after.item, "question": c.after.question, "part": c.after.mark.part, "reason": c.reason,
            "before": _marked(c.before), "after": _marked(c.after)}


def _summary(graded: Any) -> dict[str, Any]:
    """The result for scripts."""
    points = [float(p) for p, _, _ in graded.totals().values()]
    why: dict[str, int] = {}
    for m in graded.marks:
        why[m.mark.why] = why.get(m.mark.why, 0) + 1
    kinds: dict[str, int] = {}
    for t in graded.troubles:
        kinds[t.kind] = kinds.get(t.kind, 0) + 1
    return {"students": len(points), "of": _of(graded), "mean": statistics.fmean(points), "median": statistics.median(points),
            "least": min(points), "most": max(points), "why": why, "open": len(graded.open),
            "held": len(graded.open) - len(graded.listed), "troubles": kinds,
            "changes": [_change(c) for c in graded.changes], "recorded": graded.recorded, "files": [str(f) for f in graded.files]}


def _of(graded: Any) -> float:
    return max([float(of) for _, of, _ in graded.totals().values()], default=0.0)


def _tell(graded: Any) -> None:
    """The class's result."""
    summary = _summary(graded)
    of = summary["of"]
    click.echo(f"{summary['students']} students, {of:g} points: mean {summary['mean']:.1f}, median {summary['median']:.1f}, "
               f"from {summary['least']:.1f} to {summary['most']:.1f}.")
    steps = [0] * 10
    for p, _, _ in graded.totals().values():
        steps[min(9, int(10 * float(p) / of)) if of else 0] += 1
    for i, n in enumerate(steps):
        if n:
            click.echo(f"  {10 * i:>3} to {10 * i + 10:>3} %  {'■' * n} {n}")
    click.echo("answers: " + ", ".join(f"{n} {w}" for w, n in sorted(summary["why"].items(), key=lambda x: -x[1])) + ".")
    said = graded.said().most_common(5)
    if said:
        click.echo("most common mistakes:")
        for (where, text), n in said:
            click.echo(f"  {n} × {where}: {text}")


def _tell_changes(changes: Iterable[Any], most: int | None = None) -> None:
    """Each mark that changes, before and after, and why."""
    found = list(changes)
    if not found:
        return
    up = [c for c in found if c.after.points > c.before.points]
    down = [c for c in found if c.after.points < c.before.points]
    who = len({c.after.student for c in found})
    total = sum([float(c.after.points - c.before.points) for c in found])
    click.echo(f"{many(len(found), 'mark')} of {many(who, 'student')} {'change' if found[1:] else 'changes'} ({len(up)} up, {len(down)} down, {total:+.4g} points in all):")
    for c in found[:most]:
        click.echo(_line(c))
    if most and len(found) > most:
        click.echo(f"  … and {len(found) - most} more (examwright history DIR --student ID shows those of one student)")


def _tell_gone(graded: Any) -> None:
    """A file for one room that was handed in as if it were the whole class: said last, and how to undo it."""
    absent = {t.student for t in graded.troubles if t.kind == "absent"}
    gone = {c.after.student for c in graded.changes if c.after.student in absent and c.before.mark.raw.strip()}
    if gone:
        click.echo(f"ATTENTION: {many(len(gone), 'student')} had answers before and {'have' if len(gone) > 1 else 'has'} none in this file, which stands "
                   "for the whole class. If it was meant to be added: grade the earlier file again, then this one with --add.")


def _line(c: Any) -> str:
    before, after = c.before, c.after
    of = _n(after.of) if after.of == before.of else f"{_n(after.of)} (were {_n(before.of)})"
    why = before.mark.why if before.mark.why == after.mark.why else f"{before.mark.why} → {after.mark.why}"
    raw = after.mark.raw.strip()
    return (f"  {after.student} {after.item:<4} {_n(before.points)} → {_n(after.points)} of {of}  {why}"
            + (f"  {raw[:30]!r}" if raw else "") + f"  [{_clean(c.reason)}]")


def _clean(text: str) -> str:
    """What a student wrote, without what would move the cursor."""
    return "".join([c if c.isprintable() else "\ufffd" for c in text])


def _tell_open(graded: Any, most: int = SHOWN) -> None:
    """How much needs a person, and the first of it with its place in the input."""
    if not graded.open and not graded.troubles:
        return
    where = f" (all in {graded.files[2]}: fill it in and grade it)" if graded.files else ""
    behind = len(graded.open) - len(graded.listed)
    click.echo(f"for a person: {many(len(graded.listed), 'answer')}" + (f" (and {many(behind, 'later part')} waiting for them)" if behind else "")
               + f", {many(len(graded.troubles), 'row')}{where}" + (":" if most else "."))
    held = graded.held()
    absent = [t.student for t in graded.troubles if t.kind == "absent"]
    found = [[f"{t.file}:{t.line}: {' '.join([t.student, t.item]).strip() or 'column'}: {t.message}"] for t in graded.troubles if t.kind != "absent"]
    for m in graded.listed:
        found.append([f"{m.file}:{m.line}: {m.student} {m.item}: {m.waits}: {m.mark.raw.strip()[:40]!r}"
                      + (f": {m.mark.evidence}" if m.mark.evidence else "")])
        later = held.get(m.place, [])
        found[-1] += [f"    {', '.join(later)} {'wait' if later[1:] else 'waits'} for it"] if later else []
    if absent:
        found.insert(0, [f"no answers at all: {', '.join(absent[:10])}" + (f" and {len(absent) - 10} more" if absent[10:] else "")])
    for lines in found[:most]:
        for line in lines:
            click.echo("  " + _clean(line))
    if len(found) > most > 0:
        click.echo(f"  … and {len(found) - most} more")
