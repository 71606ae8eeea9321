"""Nothing runs into anything else, in large type and with long names; and what a reader of the file's text hears is parted and in order."""

from __future__ import annotations

import ctypes
import io
import re
from dataclasses import replace

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from papers import part, view
from pdfua import elements, kids
from pypdf import PdfReader

from examwright.generator.feedback_pages import FeedbackSheet, render_feedback
from examwright.generator.feedback_view import FeedbackItem, FeedbackPart, FeedbackView
from examwright.generator.pages import ItemView, Look, SectionView, press_of, render
from examwright.generator.pages.compose import margins
from examwright.generator.pages.sheet import Sheet

LONG = "How many free parameters does a mixture of Gaussians have, if all share one covariance matrix?"
COURSE = "Introduction to the Foundations of Statistical Machine Learning"
LOOKS = [Look(), Look(large=True)]


def words(page):
    """What is shown in one go, but for formulas: its box and its text."""
    text = page.get_textpage()
    for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        name = ctypes.create_string_buffer(200)
        pdfium.FPDFFont_GetBaseFontName(pdfium.FPDFTextObj_GetFont(found.raw), name, 200)
        if b"NewCMMath" not in name.value:
            size = pdfium.FPDFTextObj_GetText(found.raw, text.raw, None, 0)
            shown = ctypes.create_string_buffer(size)
            pdfium.FPDFTextObj_GetText(found.raw, text.raw, ctypes.cast(shown, ctypes.POINTER(ctypes.c_ushort)), size)
            if (read := shown.raw.decode("utf-16-le").strip("\0")).strip():
                yield found.get_bounds(), read


def collisions(pdf):
    """Words of a page that overlap by more than a point in width and two fifths of their height, or stand beyond its edges."""
    out = []
    for n, page in enumerate(pypdfium2.PdfDocument(pdf)):
        boxes, texts = zip(*words(page))
        left, low, right, high = np.array(boxes).T
        across = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
        up = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
        met = (across > 1) & (up > 0.4 * np.minimum((high - low)[:, None], high - low))
        out += [(n, texts[i], texts[j]) for i, j in zip(*np.where(met)) if i < j]
        out += [(n, t) for t, x, end in zip(texts, left, right) if x < 0 or end > page.get_width()]
    return out


def exam(look, **more):
    items = [ItemView(str(n), LONG[:cut], "Let $x = 12$.", "11.125", "", (part(points="11.125"),)) for n, cut in ((1, 200), (12, 62), (13, 55), (14, 48))]
    fields = {"title": "Midterm examination", "course": COURSE, "name": "Bartholomew Alexander Featherstonehaugh", "student": "2026-103-77",
              "sections": (SectionView("Problems", "", tuple(items)),), "look": look}
    return view(**{**fields, **more})


def feedback(look, **more):
    one = FeedbackPart("a", "Compute $x^2$.", "1.125", "11.125", "partly", "mistake", "You forgot the *square*.", "", "0.5", "1/2", "", r"\frac{2}{9}", "2/9", "", "So $x$.")
    items = [FeedbackItem(str(n), LONG[:cut], "Let $x = 12$.", "10.875", "11.125", (one,), "") for n, cut in ((1, 200), (12, 62), (13, 55), (14, 48))]
    fields = {"title": "Midterm examination", "course": COURSE, "date": "30 November 2026", "student": "2026-103-77", "name": "Bartholomew Alexander Featherstonehaugh",
              "code": "MT-0042", "points": "82.625", "of": "100", "percent": "83", "open": 0, "items": tuple(items), "look": look}
    return FeedbackView(**{**fields, **more})


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("look", LOOKS, ids=["usual", "large"])
def test_nothing_meets(look, language):
    for size in ("A4", "Letter"):
        one = exam(look, language=language, page_size=size)
        assert collisions(render(one)) == [] and collisions(render(one, "key")) == []
        assert collisions(render_feedback(feedback(look, language=language, page_size=size))) == []


def test_the_test_sees_what_meets():
    pdf = pikepdf.open(io.BytesIO(render(exam(Look()))))
    page = pdf.pages[0]
    page.contents_add(pdf.make_stream(page.Contents.read_bytes().replace(b" Tm", b" Tm 3 0 Td", 1)))
    out = io.BytesIO()
    pdf.save(out)
    assert collisions(out.getvalue())


def test_heads_are_cut_where_they_would_meet():
    def of(sheet):
        return margins(sheet, press_of(sheet))

    usual = Sheet(view(), "paper")
    assert of(usual) == (usual.foot, usual.head, usual.who)
    foot, head, who = of(Sheet(exam(Look(large=True)), "paper"))
    assert head.startswith("Introduction") and head.endswith("…") and who.startswith("Bartholomew") and who.endswith("… · 2026-103-77") and not foot.endswith("…")
    assert of(FeedbackSheet(feedback(Look(large=True))))[1].startswith("Feedback · I")


def test_points_are_heard_after_what_they_are_for():
    for pdf in (render(view()), render(view(), "key"), render_feedback(feedback(Look()))):
        with pikepdf.open(io.BytesIO(pdf)) as file:
            seen = 0
            for element, _ in elements(file):
                below = [str(k.S) if isinstance(k, pikepdf.Dictionary) and "/S" in k else "" for k in kids(element)]
                said = [str(k.ActualText) for k in kids(element) if isinstance(k, pikepdf.Dictionary) and "/ActualText" in k]
                if said and re.search("points|2026", said[-1]):
                    assert below[-1] == "/Span" and len(below) > 1
                    seen += 1
            assert seen >= 3  # the date, the title and the part
    pdf = pikepdf.open(io.BytesIO(render_feedback(feedback(Look()))))
    heard = [str(e.ActualText) for e, _ in elements(pdf) if "/ActualText" in e]
    assert "82.625 of 100 points (83 %)" in heard and "10.875 of 11.125 points" in heard and "1.125 of 11.125 points" in heard


def test_words_at_the_ends_of_lines_are_parted():
    """In the text of the file, as it is drawn, without a look at the places."""
    many = " ".join(["word"] * 60)
    pdf = pikepdf.open(io.BytesIO(render(view(part(ask=many)))))
    codes = {}
    for font in pdf.pages[0].Resources.Font.values():
        read = font.ToUnicode.read_bytes().decode()
        codes |= {(str(font.BaseFont), a.lower()): bytes.fromhex(b).decode("utf-16-be") for a, b in re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", read)}
    text, font = "", ""
    for operands, operator in pikepdf.parse_content_stream(pdf.pages[0]):
        if str(operator) == "Tf":
            font = str(pdf.pages[0].Resources.Font[operands[0]].BaseFont)
        elif str(operator) == "TJ":
            shown = b"".join([bytes(o) for o in operands[0] if isinstance(o, pikepdf.String)]).hex()
            text += "".join([codes.get((font, shown[i:i + 4]), "?") for i in range(0, len(shown), 4)])
    assert many in text


def test_glyphs_of_formulas_are_as_wide_as_the_file_says():
    """PDF/UA-1, 7.21.5: in the font program as in the dictionary."""
    pdf = pikepdf.open(io.BytesIO(render(view(part(ask=r"Compute $\sum_{i=1}^n \frac{x_i^2}{\sqrt{2}}$.")), "key")))
    font = next(page.Resources.Font.MJ for page in pdf.pages if "/MJ" in page.Resources.Font).DescendantFonts[0]
    said, given = {}, list(font.W)
    for first, widths in zip(given[::2], given[1::2]):
        said |= {int(first) + n: int(w) for n, w in enumerate(widths)}
    program = CFFFontSet()
    program.decompile(io.BytesIO(font.FontDescriptor.FontFile3.read_bytes()), None)
    found = {}
    for name in program[0].CharStrings.keys():  # noqa: SIM118 (it is no dictionary)
        charstring = program[0].CharStrings[name]
        charstring.draw(RecordingPen())
        found[name] = charstring.width
    assert found.pop(".notdef") == int(font.DW)
    assert {int(name[3:]): w for name, w in found.items()} == said and len(said) > 8


def test_the_outline_counts_all_that_it_shows():
    sections = tuple([SectionView(f"Section {n}", "", (ItemView(str(n), "One", "Text.", "1", "", (part(),)),) * 2) for n in (1, 2)])
    pdf = pikepdf.open(io.BytesIO(render(replace(view(), sections=sections))))
    outlines = pdf.Root.Outlines
    assert (int(outlines.Count), int(outlines.First.Count), int(outlines.First.First.Count)) == (7, 6, 2)


def test_files_are_told_apart_by_their_titles():
    titles = [PdfReader(io.BytesIO(pdf)).metadata.title for pdf in (render(view()), render(view(), "key"), render(view(), "booklet"), render_feedback(feedback(Look())))]
    assert titles == ["CS 1 · Midterm", "CS 1 · Midterm · Key", "CS 1 · Midterm · Solutions", f"Feedback · {COURSE} · Midterm examination"]


@pytest.mark.parametrize("language, said", [("en", "1 row and 2 columns"), ("de", "1 Zeile und 2 Spalten"), ("fr", "1 ligne et 2 colonnes"), ("es", "1 fila y 2 columnas"),
                                            ("zh", "1 行 2 列")])
def test_one_row_is_a_row(language, said):
    assert said in Sheet(view(language=language), "paper").grid(1, 2)
