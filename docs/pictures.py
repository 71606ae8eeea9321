"""`make pictures`: the pictures in README and docs, made from the sample midterm."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

from examwright.generator.draw import draw_variant
from examwright.generator.exam import load_plan, paper
from examwright.generator.make import paper_code, paper_view
from examwright.generator.pages import render
from examwright.generator.roster import Student

OUT = Path(__file__).resolve().parent / "images"


def sample(student: Student) -> Any:
    """The view of one student's sample midterm."""
    plan = load_plan("midterm")
    slots = paper(plan, "2026", student.id)
    variants = [draw_variant(s.question, s.seed, s.pins, s.parts, plan.digits) for s in slots]
    return paper_view(plan, student, paper_code(plan, student.id, ""), slots, variants)


def pictures(pdf: bytes, pages: list[int]) -> Image.Image:
    """Some pages side by side, each with a thin frame."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    found = [ImageOps.expand(document[n].render(scale=1.25).to_pil().convert("RGB"), 1, "#bbb") for n in pages if n < len(document)]
    whole = Image.new("RGB", (sum([p.width for p in found]) + 16 * (len(found) - 1), found[0].height), "white")
    x = 0
    for picture in found:
        whole.paste(picture, (x, 0))
        x += picture.width + 16
    return whole


def main() -> None:
    """Write all pictures."""
    view = sample(Student("2026103", "Amara Okafor"))
    paper_pdf, key_pdf = render(view, "paper"), render(view, "key")
    large = render(sample(Student("2026104", "Ben Ito", 30, True, False, "cream")), "paper")
    for name, pdf, pages in (("paper", paper_pdf, [0, 1]), ("key", key_pdf, [0, 1]), ("large-print", large, [0, 1])):
        pictures(pdf, pages).quantize(96, Image.Quantize.FASTOCTREE).save(OUT / f"{name}.png", optimize=True)
        print(OUT / f"{name}.png")


if __name__ == "__main__":
    main()
