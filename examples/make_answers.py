"""Writes examples/answers.csv: what the sample class might have handed in for the sample midterm.

    python examples/make_answers.py [SEED]

Right answers in many spellings, rounded ones, known mistakes, errors carried forward, blanks, nonsense, and a few
odd rows. The same seed gives the same file, so it fits `make demo`; run it again when a question of the midterm changes.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

from examwright.generator import wording
from examwright.generator.chain import dependents, rerun
from examwright.generator.draw import draw_variant
from examwright.generator.exam import load_plan, paper
from examwright.generator.make import part_label
from examwright.generator.random import Stream
from examwright.generator.roster import read_roster
from examwright.grader.students import other_value

HERE = Path(__file__).resolve().parent
NONSENSE = ("?", "see back", "it depends on the learning rate", "1/0", "about half", "3 or 4", "n/a", "42 maybe")


def answers_of(stream: Stream, variant: Any, skill: int) -> dict[str, str]:
    """Part → what a student of that skill (0 to 99) types."""
    values: dict[str, Any] = dict(variant.values)
    own: dict[str, Any] = {}
    out: dict[str, str] = {}
    for part in variant.parts:
        kind = wording.kind_of(variant, part)
        if part.formula is None:
            out[part.name] = "I would plot both and compare." if stream.below(3) else ""
            continue
        if any([part.name in dependents(variant.question, name) for name in own]):  # goes on from the own error
            values = rerun(variant.question, variant.values, own)
        value = values.get(part.name)
        if value is None or kind.key_fault(value):
            out[part.name] = ""
            continue
        luck = stream.below(100)
        known = [w for w in variant.wrong[part.name] if w is not None]
        if luck < skill:
            spellings = [kind.rounded(value), kind.rounded(value), kind.plain(value), *kind.samples(value)]
            out[part.name] = stream.choice(spellings)
            continue
        if luck < skill + 25 and known:
            wrong = stream.choice(known)
        elif luck < skill + 40:
            wrong = other_value(part, variant, stream)
        elif luck < skill + 44:
            out[part.name] = stream.choice(NONSENSE)
            continue
        else:
            wrong = None
        if wrong is None:
            out[part.name] = ""
            continue
        out[part.name] = kind.rounded(wrong)
        own[part.name] = wrong
    return out


def build(seed: str) -> str:
    """The text of the answers file."""
    plan = load_plan(HERE.parent / "banks" / "midterm.yaml")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "item", "answer"])
    students = read_roster(HERE / "class.csv")
    for n, student in enumerate(students):
        stream = Stream("sample answers", student.id)
        skill = 25 + stream.below(70)
        if n == len(students) - 1:
            continue  # was ill
        for slot in paper(plan, seed, student.id):
            variant = draw_variant(slot.question, slot.seed, slot.pins, slot.parts, plan.digits)
            given = answers_of(stream, variant, skill)
            for i, part in enumerate(variant.parts):
                writer.writerow([student.id, f"{slot.number}{part_label(i, variant.parts)}", given[part.name]])
    writer.writerow(["2026999", "1a", "0.5"])
    writer.writerow([students[0].id, "17z", "3"])
    return text.getvalue()


if __name__ == "__main__":
    (HERE / "answers.csv").write_text(build(sys.argv[1] if len(sys.argv) > 1 else "2026"), encoding="utf-8")
