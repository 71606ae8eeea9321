"""Small papers for the tests of the pages."""

from __future__ import annotations

from examwright.generator.pages import ItemView, PaperView, PartView, SectionView

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
