"""The gallery: every kind of figure with its options, an example in YAML, and its picture."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from textwrap import indent

from examwright.generator import figures
from examwright.generator.figures.options import IN_WORDS
from examwright.generator.load import load_text

HEAD = """\
# Figures

Made by `examwright figures -o docs`; do not edit it by hand. How figures stand in a question file is told in
[the question format](question-format.md#figures).
"""
_QUESTION = """\
title: An example
topics: [figures]
minutes: 1
figures:
{figure}
text: "{{{{ figure('example') }}}}"
parts: [{{name: a, ask: Look at it., type: text, points: 1}}]
"""


def example(kind: str) -> str:
    """The example of a kind as it stands in a question file."""
    return f"  example:\n    kind: {kind}\n" + indent(figures.kind(kind).EXAMPLE, "    ")


def address(kind: str) -> str:
    """The example of a kind, loaded and filled in as that of any question."""
    from examwright.generator.draw import draw_variant
    from examwright.generator.wording import question_text

    text = question_text(draw_variant(load_text(_QUESTION.format(figure=example(kind)), Path(f"{kind}.yaml"), kind), 0))
    found = figures.IN_TEXT.fullmatch(text)
    assert found
    return found.group(2)


def about(kind: str) -> tuple[str, list[tuple[str, str, bool, str]]]:
    """What a kind draws, and its options: (name, what it may be, must it be given?, what it means)."""
    first, _, rest = str(inspect.getdoc(figures.kind(kind).draw)).partition("\n\n")
    told = {m.group(1): " ".join(m.group(2).split()) for m in re.finditer(r"^(\w+): (.*(?:\n +.*)*)", rest, re.M)}
    return first, [(name, IN_WORDS[what], needed, told[name]) for name, (what, needed) in figures.options_of(kind).items()]


def pages() -> dict[str, str]:
    """The files of the gallery: figures.md, and one SVG for each kind."""
    out, text = {}, [HEAD]
    for kind in figures.kind_names():
        made = figures.drawn(address(kind))
        out[f"images/figures/{kind}.svg"] = made.svg(paper="#fff") + "\n"
        first, options = about(kind)
        text += [f"## {kind}\n", first + "\n", f"![{made.alt}](images/figures/{kind}.svg)\n", f"```yaml\nfigures:\n{example(kind)}```\n",
                 "| option | is | |\n| --- | --- | --- |"]
        text += [f"| `{name}` | {what}{', needed' if needed else ''} | {meaning} |" for name, what, needed, meaning in options]
        text += [f"\nIt is said as: *{made.alt}*\n"]
    out["figures.md"] = "\n".join(text)
    return out
