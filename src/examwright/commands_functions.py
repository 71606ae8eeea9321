"""`examwright functions`: the words of the formula language."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import click

WHERE = {"formulas": "in formulas", "check": "in `check:`", "design": "as a design of `draw:`"}


@click.command()
@click.argument("word", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def functions(word: str | None, as_json: bool) -> None:
    """List the functions that question files may call, or those that WORD fits: a name, a topic, or a word of what they do.

    They are told apart by where they may stand: in formulas (exact), in `check:` (floats), as a design of `draw:`.
    """
    from examwright.generator.errors import nearest
    from examwright.generator.vocabulary import design_functions, exact_functions, numeric_functions

    every = [_entry(name, function, where) for where, found in (
        ("formulas", exact_functions()), ("check", numeric_functions()), ("design", design_functions())) for name, function in found.items()]
    fitting = [e for e in every if word is None or e["name"] == word] or [
        e for e in every if word and any(word.casefold() in e[k].casefold() for k in ("name", "topic", "does"))]
    if not fitting:
        raise click.UsageError(f"No function fits {word!r}. {nearest(str(word), [e['name'] for e in every], 0)}".strip())
    if as_json:
        click.echo(json.dumps(fitting, ensure_ascii=False, indent=1))
        return
    for where, said in WHERE.items():
        topic = None
        for e in sorted([e for e in fitting if e["where"] == where], key=lambda e: (e["topic"] != "common", e["topic"])):
            if topic is None:
                click.echo(f"{said}:")
            if e["topic"] != topic:
                topic = e["topic"]
                click.echo(f"  {topic}")
            click.echo(f"    {e['call']}\n        {e['does']}")


def _entry(name: str, function: Callable[..., Any], where: str) -> dict[str, str]:
    """What is told of one function."""
    parameters = list(inspect.signature(function).parameters.values())
    if where == "design":  # the stream of random numbers is not the author's
        parameters = parameters[1:]
    shown = [f"{'*' if p.kind is p.VAR_POSITIONAL else ''}{p.name}" + ("" if p.default is p.empty else f"={p.default!r}") for p in parameters]
    return {"name": name, "where": where, "topic": function.__module__.rpartition(".")[2].replace("_", "-").replace("arithmetic", "common"),
            "call": f"{name}({', '.join(shown)})", "does": " ".join((inspect.getdoc(function) or "").split())}
