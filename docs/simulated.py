"""Write docs/simulated-students.md: how simulated students fare on every question, 1,000 of each sort.

    python docs/simulated.py [TOPIC or QUESTION…] [--students N]

With topics or questions only their rows are worked out again, the others stay; so a long run can be done piece by piece.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.grader.students import LEAST, Tally, simulate

PAGE = Path(__file__).with_name("simulated-students.md")
HEAD = """\
# Simulated students

Is honest work marked as it deserves? `examwright check --simulate 1000` lets three sorts of students work through every question, rounding as
the paper allows, and this page shows what became of them (made by `python docs/simulated.py`; `grader/students.py` says how they work):

* **honest** students make no error. Every part must earn full marks ({honest:.0%});
* students with **one mistake** make one of the question's known mistakes. They must be told of that one ({mistake:.0%} at least);
* students with a **carried error** have a wrong value for one part and go on rightly. What follows must earn its follow-through ({carried:.0%}).

A dash stands where there is nothing of the sort: no known mistakes, or no part that stands on another.

| question | honest, in full | one mistake, diagnosed | carried error, followed |
|---|---|---|---|
"""
_ROW = re.compile(r"\| ([a-z0-9-]+/[a-z0-9-]+) \|.*")


def cell(tally: Tally, least: float) -> str:
    """A share and of how many; in bold where it is too low."""
    if not tally.total:
        return "–"
    text = f"{100 * tally.share:.2f} % of {tally.total:,}"
    return text if tally.share >= least else f"**{text}**"


def main() -> None:
    """Work out the rows that are asked for and write the page after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chosen", nargs="*")
    parser.add_argument("--students", type=int, default=1000)
    options = parser.parse_args()
    questions = list(question_paths())
    old = PAGE.read_text("utf-8") if PAGE.is_file() else ""
    rows = {m[1]: m[0] for m in map(_ROW.fullmatch, old.splitlines()) if m and m[1] in questions}
    for question in questions:
        if options.chosen and not {question, question.partition("/")[0]} & set(options.chosen):
            continue
        tallies = simulate(load(question), range(options.students))
        rows[question] = f"| {question} | " + " | ".join([cell(tallies[sort], least) for sort, least in LEAST.items()]) + " |"
        print(rows[question], flush=True)
        for sort, tally in tallies.items():
            for case, n in tally.failed.most_common(3):
                print(f"    {sort}, {case}, {n}×: {tally.examples[case]}", flush=True)
        PAGE.write_text(HEAD.format(**LEAST) + "\n".join([rows[q] for q in questions if q in rows]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
