"""Small papers for the tests of the pages."""

from __future__ import annotations

from examwright.generator.draw import draw_variant
from examwright.generator.exam import load_plan, paper
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.make import paper_view
from examwright.generator.pages import ItemView, PaperView, PartView, SectionView
from examwright.generator.roster import Student

LINE = {"shape": "line"}


def part(label="a", ask="Compute $x^2$.", space=LINE, **more):
    fields = {"points": "2", "asked": "to 3 significant digits", "space": space, "key_latex": r"\frac{2}{9}",
              "key_plain": "2/9", "accepted": "0.2215 … 0.2225", "mistakes": ((r"\frac{4}{9}", "1", "You forgot the *square*."),),
              "solution": r"$x = \frac{2}{9}$, so it falls."}
    return PartView(label, ask, **{**fields, **more})


def view(*parts, **more):
    item = ItemView("1", "A question of $x$", "Let $x = 12$ and **y** be given.", "6", "10", parts or (part(),), "That is all.")
    fields = {"title": "Midterm", "course": "CS 1", "date": "12 November 2026", "minutes": "90", "points": "6",
              "rules": ("No phones.",), "digits": "Carry 4 significant digits.", "student": "s123", "name": "Ada Lovelace",
              "code": "MT-0042", "sections": (SectionView("Problems", "Answer all.", (item,)),)}
    return PaperView(**{**fields, **more})


def many(n):
    return view(*[part(chr(97 + i % 26), f"Part number {i} asks for $x_{{{i}}}$.") for i in range(n)])


def all_questions(folder, name, size="A4"):
    """All questions on one paper."""
    ids = list(question_paths())
    (folder / "plan.yaml").write_text(
        f"title: T\nminutes: 10\npoints: {sum([load(q).points for q in ids])}\npaper: {size}\nsections:\n  - title: S\n    questions: [{', '.join(ids)}]\n", encoding="utf-8")
    plan = load_plan(folder / "plan.yaml")
    slots = paper(plan, name, "s0")
    return paper_view(plan, Student("s0", ""), "CODE", slots, [draw_variant(s.question, s.seed, s.pins, s.parts, plan.digits) for s in slots])
