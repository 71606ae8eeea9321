"""The command line. Everything heavy is imported inside the commands, so that help and list are quick."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import click

EXIT_ERROR = 2


class _Group(click.Group):
    """Commands of other modules are imported when they are called for; errors print as one text."""

    lazy = {"make": "commands_exam", "check": "commands_check", "grade": "commands_grade", "regrade": "commands_grade",
            "sheet": "commands_grade", "history": "commands_grade", "figures": "commands_figures",
            "functions": "commands_functions",
            "preview": "commands_preview",
            "serve": "commands_practice", "export": "commands_practice", "practice": "commands_practice", "client": "commands_practice", "access": "commands_practice",
            "collect": "commands_practice", "release": "commands_practice",
            "feedback": "commands_report", "report": "commands_report", "gradebook": "commands_report"}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.lazy])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in self.lazy:
            import importlib

            module = importlib.import_module(f"examwright.{self.lazy[name]}")
            command: click.Command = getattr(module, name)
            return command
        return super().get_command(ctx, name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            from examwright.generator.errors import nearest

            ctx.fail(f"There is no command {args[0]!r}. {nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        from examwright.generator.errors import ExamwrightError

        try:
            return super().invoke(ctx)
        except ExamwrightError as error:
            click.echo(f"examwright: {error}" if "\n" not in str(error) else str(error), err=True)
            ctx.exit(EXIT_ERROR)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)
        except (KeyboardInterrupt, click.exceptions.Abort) as error:
            click.echo(f"\nInterrupted. {error}".rstrip(), err=True)
            ctx.exit(130)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:  # nobody but who works on Examwright is helped by a traceback
            if os.environ.get("EXAMWRIGHT_TRACEBACK"):
                raise
            told = f"{type(error).__name__}: {error}".split("\n")[0][:300]
            click.echo(f"examwright: a fault of Examwright itself, please report it: {told} (EXAMWRIGHT_TRACEBACK=1 shows where)", err=True)
            ctx.exit(EXIT_ERROR)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="examwright", message="%(version)s")
def main() -> None:
    """Exam papers whose numbers differ for every student, with exact keys and fair marks."""


@main.command("list")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False))
@click.option("--topic", metavar="T", help="Only questions with this topic (or folder).")
@click.option("--bank", metavar="NAME", help="The pinned items of a bank, for example lecture-deck.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(folder: str | None, topic: str | None, bank: str | None, as_json: bool) -> None:
    """List the questions that come along, or those of a FOLDER: id, title, topics, minutes, points, parts, draw names and shapes, how
    many variants differ."""
    from pathlib import Path

    from examwright.generator.index import bank_paths, entries

    if bank is not None:
        _list_bank(bank, as_json)
        return
    found = []
    every: set[str] = set()
    for e in entries(Path(folder) if folder else None):
        if "error" in e:
            click.echo(f"examwright: {e['error']}", err=True)
            continue
        words = {t.lower() for t in e["topics"]} | {e["id"].split("/")[0]}
        every |= words
        if topic is None or any(topic.lower() == w or topic.lower() in w for w in words):
            found.append(e)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    if not found:
        from examwright.generator.errors import nearest

        raise click.UsageError(f"No question has the topic {topic!r}. {nearest(topic, every, 40)}" if topic else f"{folder}: no question files (*.yaml) in this folder.")
    width = max(len(e["id"]) for e in found)
    for e in found:
        click.echo(f"{e['id']:<{width}}  {e['minutes']:>3} min  {e['points']:>3} points  {e['title']}")
        click.echo(" " * width + "  topics: " + ", ".join(e["topics"]))
        variants = f"; {e['distinct']} of 1000 draws differ; work {e['work'][0]}" if "distinct" in e else ""
        click.echo(" " * width + f"  parts:  {', '.join(e['parts'])}{variants}")
        draws = ", ".join(f"{n} ({s})" for n, s in e["draw"].items())
        click.echo(" " * width + f"  draws:  {draws}")
    click.echo(f"{len(found)} question{'s' if len(found) != 1 else ''}. Banks: {', '.join(bank_paths())} (examwright list --bank NAME).")


def _list_bank(name: str, as_json: bool) -> None:
    from examwright.generator.bank import load_bank

    bank = load_bank(name)
    rows = [{"id": item.id, "question": item.question, "parts": list(item.parts or []), "note": item.note or ""}
            for item in bank.items.values()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    width = max((len(r["id"]) for r in rows), default=0)
    for r in rows:
        click.echo(f"{r['id']:<{width}}  {r['question']}" + (f"  [{', '.join(r['parts'])}]" if r["parts"] else ""))
    click.echo(f"{len(rows)} items in {name}.")


def parse_set(pairs: tuple[str, ...]) -> dict[str, Any]:
    """`NAME=VALUE` pairs with exact YAML values. Raises click.BadParameter for anything else."""
    from pathlib import Path

    from examwright.generator.errors import Problems
    from examwright.generator.yamlfile import read

    out: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE.", param_hint="--set")
        if name in out:
            raise click.BadParameter(f"{name!r} is set twice.", param_hint="--set")
        try:
            source, value = read(Path("--set"), text)
            source.finish()
        except Problems as error:
            told = "; ".join(f"{p.message} {p.hint}".strip() for p in error.problems)
            raise click.BadParameter(f"{pair!r}: {told}", param_hint="--set") from None
        out[name] = value_of_yaml(value.python(), pair)
    return out


def value_of_yaml(value: Any, where: str) -> Any:
    """A plain YAML value as an exact one; "1/2" is a rational."""
    import re

    from flint import fmpq

    from examwright.solvers.arithmetic import exact

    if isinstance(value, list):
        return tuple(value_of_yaml(v, where) for v in value)
    if isinstance(value, dict) or value is None:
        raise click.BadParameter(f"{where!r}: a value must be a number, a word or a list.", param_hint="--set")
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(-?[0-9]{1,60})\s*/\s*([0-9]{1,60})\s*", value)
        if match and int(match.group(2)):
            return fmpq(int(match.group(1)), int(match.group(2)))
    return exact(value)


_seed = click.option("--seed", default="0", show_default=True, metavar="N", help="The same seed gives the same numbers.")
_set = click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="Pin a drawn value: --set 'xs=[1,2,3]'.")
_parts = click.option("--part", "parts", multiple=True, metavar="NAME", help="Only this part (repeat for several).")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@main.command()
@click.argument("id")
@_seed
@_set
@_parts
@click.option("--solution", is_flag=True, help="Print keys, mistakes and the worked solution too.")
@_json
def show(id: str, seed: str, sets: tuple[str, ...], parts: tuple[str, ...], solution: bool, as_json: bool) -> None:
    """Show one variant of a question (an id, a bank item such as lecture-deck/S06, or a file)."""
    import examwright
    from examwright.generator import wording

    variant = examwright.draw(id, seed, parse_set(sets), list(parts) or None)
    data = wording.as_json(variant)
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    click.echo(f"{data['title']}   ({data['id']}, seed {data['seed']}, {data['minutes']} minutes, {data['points']} points)\n")
    click.echo(data["text"] + "\n")
    for p in data["parts"]:
        hint = f"  [{p['asked']}]" if p["asked"] else ""
        click.echo(f"({p['label']}) {p['name']}, {p['points']} point{'s' if p['points'] != 1 else ''}: {p['ask']}{hint}")
        for o in p.get("options", []):
            click.echo(f"      {o['mark']}. {o['text']}")
        if solution and p["key"]:
            key = p["key"]
            rounded = f"  ≈ {key['rounded']}" if key["rounded"] != _flat(key["exact"]) else ""
            click.echo(f"      key: {_flat(key['exact'])}{rounded}")
            for m in p["mistakes"]:
                click.echo(f"      {_flat(m['exact'])} earns {m['points']}: {m['say']}")
    if solution:
        click.echo("\nSolution\n\n" + data["solution"])


def _flat(exact: Any) -> str:
    return "(" + ", ".join(_flat(e) for e in exact) + ")" if isinstance(exact, list) else str(exact)


@main.command()
@click.argument("id")
@_seed
@_set
@click.option("--answer", "answers", multiple=True, metavar="PART=TEXT", help="What the student typed (repeat).")
@_json
def mark(id: str, seed: str, sets: tuple[str, ...], answers: tuple[str, ...], as_json: bool) -> None:
    """Mark answers to one variant. Parts without an answer are blank."""
    import examwright
    from examwright.generator.bank import resolve

    typed: dict[str, str] = {}
    for pair in answers:
        name, equals, text = pair.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"{pair!r} is not PART=TEXT.", param_hint="--answer")
        if name.strip() in typed:
            raise click.BadParameter(f"part {name.strip()!r} is answered twice.", param_hint="--answer")
        typed[name.strip()] = text
    _, _, pinned_parts = resolve(id)
    wanted = None
    if pinned_parts is not None:  # an item asks for some parts; answers to others are still marked
        question = examwright.load(id)
        wanted = [p.name for p in question.parts if p.name in pinned_parts or p.name in typed]
    variant = examwright.draw(id, seed, parse_set(sets), wanted)
    marks = examwright.mark(variant, typed)
    if as_json:
        click.echo(json.dumps([m.as_json() for m in marks], ensure_ascii=False, indent=1))
        return
    from examwright.generator.wording import plain_number

    for m in marks:
        read = f"  read as {m.read}" if m.read else ""
        click.echo(f"{m.part}: {plain_number(m.points)} of {plain_number(m.of)} ({m.why}){read}")
        if m.say:
            click.echo(f"    {m.say}")
    total, of = sum(m.points for m in marks), sum(m.of for m in marks)
    click.echo(f"total: {plain_number(total)} of {plain_number(of)}")


@main.command()
@click.option("--kind", help="integer, number, fraction, expression, vector, matrix, set, interval, ordering or choice.")
@click.option("--key", help="The right answer.")
@click.option("--answer", help="What was typed.")
@click.option("--digits", type=int, help="Significant digits asked.")
@click.option("--within", help="An explicit tolerance.")
@click.option("--symbols", metavar="LIST", help="The symbols of an expression, with their domains: 'x > 0, y'.")
@click.option("--lines", is_flag=True, help="Judge many: a JSON object on each line of the standard input, a JSON object for each on the output.")
@_json
@click.pass_context
def judge(ctx: click.Context, kind: str | None, key: str | None, answer: str | None, digits: int | None, within: str | None, symbols: str | None,
          lines: bool, as_json: bool) -> None:
    """Judge one typed answer against one key, without any question.

    Exit 0: judged (whatever the verdict). 2: the key, the kind or an option is wrong; with --json and --lines that is an object {"error": …}.
    With --lines each object has kind, key and answer, and may have digits, within and symbols; its id, if it has one, stands in the answer to it.
    """
    given = {"kind": kind, "key": key, "answer": answer, "digits": digits, "within": within, "symbols": symbols}
    if lines:
        if any(v is not None for v in given.values()):
            raise click.UsageError("with --lines all of it stands in the lines.")
        failed = False
        for line in sys.stdin.buffer:
            if line.strip():
                told = _judged_line(line)
                failed |= "error" in told
                click.echo(json.dumps(told, ensure_ascii=False))
        ctx.exit(EXIT_ERROR if failed else 0)
    missing = [f"--{name}" for name in ("kind", "key", "answer") if given[name] is None]
    if missing:
        raise click.UsageError(f"Missing option {', '.join(missing)}.")
    told = _judged(given)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        ctx.exit(EXIT_ERROR if "error" in told else 0)
    if "error" in told:
        raise click.UsageError(told["error"])
    click.echo(f"{told['verdict']} ({told['why']})" + (f", read as {told['read']}" if told["read"] else f": {told['evidence']}"))


def _judged(given: dict[str, Any]) -> dict[str, Any]:
    """The verdict as JSON, or {error}."""
    from dataclasses import asdict

    import examwright

    try:
        return asdict(examwright.judge(given["answer"], given["key"], given["kind"], digits=given["digits"], within=given["within"], symbols=given["symbols"]))
    except ValueError as error:
        return {"error": str(error)}


_FIELDS = {"kind": (str,), "key": (str, int), "answer": (str, int), "digits": (int, type(None)), "within": (str, int, type(None)),
           "symbols": (str, type(None))}


def _judged_line(line: bytes) -> dict[str, Any]:
    """The answer to one line of `judge --lines`. Decimals of the JSON are taken as they are written: no binary float decides a mark."""
    from examwright.generator.errors import nearest

    try:
        given = json.loads(line, parse_float=str)
    except (ValueError, RecursionError) as error:
        return {"error": f"not JSON: {error}"}
    if not isinstance(given, dict):
        return {"error": "not a JSON object"}
    name = {"id": given.pop("id")} if "id" in given else {}
    unknown = [k for k in given if k not in _FIELDS]
    if unknown:
        return {**name, "error": f"unknown key {unknown[0]!r}. {nearest(unknown[0], _FIELDS)}"}
    missing = [k for k in ("kind", "key", "answer") if k not in given]
    if missing:
        return {**name, "error": f"{missing[0]!r} is missing"}
    for key, types in _FIELDS.items():
        if isinstance(given.get(key), bool) or not isinstance(given.setdefault(key, None), types):
            return {**name, "error": f"{key!r} is a {'text' if str in types else 'whole number'}"}
    return {**name, **_judged({**given, "key": str(given["key"]), "answer": str(given["answer"])})}


if __name__ == "__main__":
    main()
