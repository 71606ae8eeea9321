"""`make pictures`: the pictures in README and docs, made from the sample midterm."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

from examwright.generator.draw import draw_variant
from examwright.generator.exam import load_plan, paper
from examwright.generator.load import load
from examwright.generator.make import make, paper_code, paper_view
from examwright.generator.pages import render
from examwright.generator.roster import Student
from examwright.generator.wording import kind_of
from examwright.grader.grade import grade
from examwright.outputs import make_feedback, make_report

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "images"


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


def practised(folder: Path) -> None:
    """A question in the browser after a known mistake: on a wide screen, and on a phone in the dark."""
    from playwright.sync_api import sync_playwright

    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("no picture of practice: Chromium is not installed")
        return
    name = "mdp/value-iteration"
    variant = draw_variant(load(name), "7")
    wrong = variant.question.part("V2"), variant.wrong["V2"][0]
    server = subprocess.Popen([sys.executable, "-m", "examwright", "serve", "--port", "0", "--database", str(folder / "practice.db")],
                              stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        url = server.stdout.readline().split()[0]
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            for file, options in {"practice": {"viewport": {"width": 900, "height": 1150}},
                                  "practice-phone": {"viewport": {"width": 375, "height": 760}, "color_scheme": "dark", "device_scale_factor": 1.5}}.items():
                page = chromium.new_page(**options)
                page.goto(f"{url}q/{name}/7")
                for part, value in ((variant.question.part("V1"), variant.values["V1"]), wrong):
                    page.fill(f'[name="{part.name}:0.0"]', kind_of(variant, part).rounded(value))
                    page.click(f'button[value="check {part.name}"]')
                page.click('button[value="show V2"]')
                page.locator("#part-V2").scroll_into_view_if_needed()
                page.evaluate("document.getElementById('part-V2').scrollIntoView()")
                page.evaluate("document.activeElement.blur()")
                picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
                save(ImageOps.expand(picture, 1, "#bbb"), file)
    finally:
        server.terminate()


def told(folder: Path) -> None:
    """A student's feedback, and with Chromium the head of the class report, of the sample class."""
    make(ROOT / "banks" / "midterm.yaml", ROOT / "examples" / "class.csv", 2026, folder)
    grade(folder, ROOT / "examples" / "answers.csv")
    make_feedback(folder, folder / "feedback", ["2026299"])
    save(pictures((folder / "feedback" / "2026299.pdf").read_bytes(), [0, 2]), "feedback")
    make_report(folder, folder / "report")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("no picture of the report: Chromium is not installed")
        return
    shot = folder / "report.png"
    subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1040,1900",
                    f"--screenshot={shot}", (folder / "report" / "report.html").as_uri()], check=True, capture_output=True)
    save(ImageOps.expand(Image.open(shot).convert("RGB"), 1, "#bbb"), "report")


def save(picture: Image.Image, name: str) -> None:
    """Write a picture, small."""
    picture.quantize(255, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)
    print(OUT / f"{name}.png")


def main() -> None:
    """Write all pictures."""
    view = sample(Student("2026103", "Amara Okafor"))
    paper_pdf, key_pdf = render(view, "paper"), render(view, "key")
    large = render(sample(Student("2026104", "Ben Ito", 30, True, False, "cream")), "paper")
    for name, pdf, pages in (("paper", paper_pdf, [0, 2]), ("key", key_pdf, [0, 2]), ("large-print", large, [0, 2])):
        save(pictures(pdf, pages), name)
    with tempfile.TemporaryDirectory() as folder:
        told(Path(folder) / "exam")
        practised(Path(folder))


if __name__ == "__main__":
    main()
