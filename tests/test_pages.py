"""Pages: real PDFs, read back."""

from __future__ import annotations

import base64
import io
import os
import pickle
import re
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from papers import many, part, view
from pypdf import PdfReader

from examwright.generator import markup, mathjax, mathset
from examwright.generator.errors import ExamwrightError
from examwright.generator.markup import Markup, MarkupError
from examwright.generator.mathfont import MathFont, fixed_code
from examwright.generator.mathjax import MathError
from examwright.generator.mathset import check_math, typeset
from examwright.generator.pages import (
    Look,
    PagesError,
    Theme,
    drawings,
    merge,
    render,
    render_key,
    render_paper,
    sheet,
    weasy,
)
from examwright.generator.pages.theme import PLAIN


def text(pdf, page=None):
    found = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join([p.extract_text() for p in (found if page is None else [found[page]])]).split())


# ---- what stands on a paper ------------------------------------------------------------------

def test_front_page_has_what_an_exam_needs():
    said = text(render_paper(view()), 0)
    for word in ("Midterm", "CS 1", "12 November 2026", "90 minutes", "6 points", "No phones.", "Carry 4 significant digits.",
                 "Ada Lovelace", "s123", "Question", "Sum", "Problems", "Answer all.", "A question of", "(a)", "Answer",
                 "to 3 significant digits", "Page 1 of 1", "MT-0042"):
        assert word in said


def test_formulas_are_text():
    assert "𝑥" not in text(render_paper(view()))
    assert "= 12" in text(render_paper(view()))


def test_blank_lines_for_name_and_number():
    said = text(render_paper(view(name="", student="")))
    assert "Name:" in said and "Student number:" in said


def test_code_and_page_numbers_on_every_page():
    pdf = render_paper(many(40))
    n = len(PdfReader(io.BytesIO(pdf)).pages)
    assert n > 3
    for i in range(n):
        assert "MT-0042" in text(pdf, i) and f"Page {i + 1} of {n}" in text(pdf, i)


@pytest.mark.slow
def test_no_part_is_split_and_no_heading_stands_alone():
    for n in range(3, 14):
        pdf = render_paper(many(n))
        for i in range(len(PdfReader(io.BytesIO(pdf)).pages)):
            said = text(pdf, i)
            assert said.count("asks for") == said.count("Answer (")
            assert ("A question of" in said) <= ("Part number 0 " in said)


def test_a_paper_hides_the_key_and_a_key_shows_all():
    one = view(part(key_latex=r"\frac{77}{83}", accepted="0.927 … 0.928", solution="Because of reasons."))
    paper, key = text(render_paper(one)), text(render_key(one))
    for word in ("77", "83", "0.927", "You forgot", "Because of reasons.", "That is all."):
        assert word not in paper
        assert word in key
    assert "Key" in key and "1 p." in key


@pytest.mark.parametrize("space, word", [
    ({"shape": "line"}, "Answer"),
    ({"shape": "lines", "count": 17}, "significant"),
    ({"shape": "room", "height": 50}, "significant"),
    ({"shape": "grid", "rows": 1, "columns": 12, "row_heads": [], "column_heads": []}, "Answer"),
    ({"shape": "grid", "rows": 5, "columns": 4, "row_heads": [], "column_heads": []}, "Answer"),
    ({"shape": "grid", "rows": 2, "columns": 2, "row_heads": ["$s_1$", "$s_2$"], "column_heads": ["up", "down"]}, "down"),
    ({"shape": "boxes", "options": [("A", "It rises."), ("B", "It falls & sinks.")], "many": False}, "It falls & sinks."),
    ({"shape": "boxes", "options": [("A", "It rises."), ("B", "$x<1$")], "many": True}, "It rises."),
    ({"shape": "line", "options": [("A", "first"), ("B", "second")]}, "second"),
    ({}, "Answer"),
])
def test_every_shape_of_answer_space(space, word):
    assert word in text(render_paper(view(part(space=space))))


@pytest.mark.parametrize("size, width", [("A4", 595), ("Letter", 612)])
def test_page_sizes(size, width):
    page = PdfReader(io.BytesIO(render_paper(view(page_size=size)))).pages[0]
    assert round(float(page.mediabox.width)) == width


def test_unknown_page_size_and_language_are_named():
    with pytest.raises(PagesError, match="A5.*A4"):
        render_paper(view(page_size="A5"))
    with pytest.raises(PagesError, match="tlh"):
        render_paper(view(language="tlh"))


def test_german_words():
    assert "Seite 1 von 1" in text(render_paper(view(language="de")))


def test_a_part_longer_than_a_page_goes_on():
    for count in range(5, 61, 5):
        found = PdfReader(io.BytesIO(render_paper(view(part(space={"shape": "lines", "count": count}))))).pages
        lines = [p.get_contents().get_data().count(b" 0.14 re") for p in found]  # the rules to write on
        assert sum(lines) == count and len(found) <= 3 and lines[1:].count(0) == 0, (count, lines)
    told = "A long story. " * 400
    assert len(PdfReader(io.BytesIO(render_paper(view(part(ask=told, solution=told))))).pages) <= 3
    assert len(PdfReader(io.BytesIO(render_key(view(part(ask=told, solution=told))))).pages) <= 5


def test_nothing_is_wider_than_the_page():
    pypdfium2 = pytest.importorskip("pypdfium2")
    wide = "$x = (" + ", ".join(map(str, range(1000, 1060))) + ")$"
    shown = r"$$\begin{bmatrix}" + " & ".join(map(str, range(1000, 1040))) + r"\end{bmatrix}$$"
    grid = {"shape": "grid", "rows": 2, "columns": 20, "row_heads": [], "column_heads": []}
    heads = {**grid, "column_heads": [f"$s_{{{i}}}$" for i in range(20)]}
    pdf = render_paper(view(part(ask=f"Given {wide}, do it.\n\n{shown}\n\nDone.", space=grid), part(space=heads)))
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_numpy()
    margin = image[60:-60, -8:].min()
    assert margin == 255


# ---- fonts -----------------------------------------------------------------------------------

def fonts(pdf):
    out = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"]
            out[str(font.get_object()["/BaseFont"])] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    return out


def test_all_fonts_are_embedded_and_ours():
    found = fonts(render_key(view()))
    assert all(found.values())
    assert all(["Examwright" in name or "NewCMMath" in name for name in found])


def test_a_character_without_font_is_named_not_substituted():
    with pytest.raises(PagesError, match="王"):
        render_paper(view(name="王 Ada"))


def test_a_missing_font_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(weasy, "FOLDER", tmp_path)
    with pytest.raises(PagesError, match="cmunrm.ttf"):
        weasy.font_files(PLAIN, Look())


def test_more_fonts_from_a_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("EXAMWRIGHT_FONTS", str(tmp_path))
    with pytest.raises(PagesError, match="no .ttf, .otf or .ttc"):
        weasy.font_files(PLAIN, Look())
    (tmp_path / "more.ttf").write_bytes((weasy.FOLDER / "fonts" / "cmunrm.ttf").read_bytes())
    assert weasy.font_files(PLAIN, Look())[-1][0] == "Examwright Extra0"


# ---- texts -----------------------------------------------------------------------------------

def xhtml(source):
    return Markup(lambda formula, display, whole: f"[{formula.latex}]").block(source)


def test_raw_html_is_text():
    said = text(render_paper(view(part(ask="<b>bold</b> <img src='file:///etc/passwd'/> &amp; 1 < 2"))))
    assert "<b>bold</b>" in said and "<img src=" in said and "1 < 2" in said


def test_markdown_and_math_together():
    assert xhtml("*a* $b$ **c**") == "<p><em>a</em> [b] <strong>c</strong></p>"
    assert "<table>" in xhtml("| a | b |\n|---|---|\n| $1$ | $|x|$ |") and "[|x|]" in xhtml("| a |\n|---|\n| $|x|$ |")
    assert xhtml("costs \\$5") == "<p>costs $5</p>"
    assert xhtml("`$x$` and $y$") == "<p><code>$x$</code> and [y]</p>"
    assert 'class="display"' in xhtml("$$\nx\n$$")
    assert xhtml("$a_1$ and $b_2$, then $a_1$") == '<p>[a_1] and <span class="w">[b_2],</span> then [a_1]</p>'
    assert xhtml("`R` \"quoted\" it's") == "<p><code>R</code> “quoted” it’s</p>"


def test_links_are_text_and_pictures_are_refused():
    assert xhtml("see [here](https://example.org)") == "<p>see here (https://example.org)</p>"
    with pytest.raises(MarkupError, match="cannot load pictures"):
        xhtml("![x](https://example.org/a.png)")


def test_texts_that_differ_in_numbers_are_parsed_once():
    markup.parsed.cache_clear()
    for n in range(5):
        assert xhtml(f"Let $x = {n}$ and $y = -{n}.5$.").count("[") == 2
    assert markup.parsed.cache_info().misses == 1


def test_long_formulas_break_after_relations_and_commas():
    parts = markup.pieces("x = (" + ", ".join(map(str, range(20))) + ")")
    assert len(parts) > 5
    assert sum([p.width for p in parts]) == pytest.approx(typeset("x = (" + ", ".join(map(str, range(20))) + ")").width, abs=2)
    assert len(markup.pieces("x = 1")) == 1
    assert len(markup.pieces(r"\begin{bmatrix} 1, & 2 = 3 \\ 4 & 5 \end{bmatrix}\begin{bmatrix}1&2&3&4&5\end{bmatrix}")) == 1


# ---- formulas --------------------------------------------------------------------------------

@pytest.mark.parametrize("latex, words", [
    (r"\foo x", [r"\foo x", r"no command \foo"]),
    (r"\frac{1}{", [r"\frac{1}{", "brace"]),
    (r"\begin{pmatrix} 1", [r"\end{pmatrix}"]),
    (r"\left( x", [r"\left"]),
    ("a & b", ["a & b", "Misplaced &"]),
    (r"\text{한}", ["한"]),
    (r"\def\a{1}\a", [r"\def", "not allowed"]),
    (r"\newcommand{\a}{1}", [r"\newcommand"]),
    (r"\href{file:///etc/passwd}{x}", [r"\href"]),
    (r"\style{fill:url(http://x)}{a}", [r"\style"]),
    (r"a \\ b", ["aligned"]),
    ("", ["empty"]),
    ("x" * 20000, ["20000"]),
    (r"\def", [r"\def"]),
])
def test_faults_of_formulas_are_named(latex, words):
    fault = check_math(latex)
    assert fault is not None
    for word in words:
        assert word in fault


@pytest.mark.parametrize("latex", [
    r"\textcolor{red}{\text{x}}", r"\boxed{3}", r"\cancel{x}", r"\xrightarrow{abc}", r"\widehat{abc}", r"\sqrt[3]{2}",
    r"\begin{array}{c|c}1&2\\\hline 3&4\end{array}", r"\underbrace{x+1}_{2}", r"\text{if größer}", r"50\%", r"\LaTeX"[:0] + r"\ldots",
    r"\begin{cases}1 & x > 0\\0 & \text{else}\end{cases}", r"\left(\begin{matrix}1\\2\\3\\4\\5\\6\\7\\8\end{matrix}\right)",
    r"\operatorname*{argmax}_a Q(s,a)", r"\begin{aligned} a &= 1 \\ b &= 2\end{aligned}", r"\hat y\,\vec{x}\,\bar z\;\tilde w",
])
def test_formulas_that_exams_need(latex):
    assert check_math(latex) is None
    assert render_paper(view(part(ask=f"See ${latex}$ and\n\n$${latex}$$")))


def test_digits_are_put_where_they_belong():
    for latex in (r"\frac{12}{345}+x^2_1", r"\begin{bmatrix}1 & -2\\ 3 & 4.5\end{bmatrix}^{-67}", r"\sum_{i=1}^{20} \sqrt[3]{45}",
                  "98765432101234567890", r"x_1^2", r"\mathbf{12}3", r"\text{no 7 of 8}"):
        quick = typeset(latex)
        plain = mathjax.set_whole(latex, False)
        assert [m.name for m in quick.marks if isinstance(m, mathjax.Glyph)] == [
            m.name for m in plain.marks if isinstance(m, mathjax.Glyph)]
        assert quick.width == pytest.approx(plain.width, abs=0.002)
        for a, b in zip(quick.marks, plain.marks):
            assert a.matrix == pytest.approx(b.matrix, abs=30)


def test_numbers_of_any_length_are_put_where_mathjax_puts_them():
    for latex in ("-12.5", "x = (1, -2.5, 33)", r"\begin{bmatrix}1 & -2\\ 3.25 & 4.5\end{bmatrix}^{-1}", "x^2 - 12 = 5",
                  r"(10 - 0.6049) \cdot (-12) + 0.5 \cdot (2 + 34.5 \cdot 0.1) = -12.5", r"\left(\frac{12}{5},\, -17\right)",
                  r"I = \begin{bmatrix}10 & 2 & -33 \\ 4 & 500 & 6\end{bmatrix} \qquad K = \begin{pmatrix}-1\\20\end{pmatrix} x_1",
                  r"\frac{12}{345}", r"\left(-\frac{163}{66},\, -\frac{1}{2}\right)", r"\hat y = \frac{12}{5} - \frac{ 1 }{27} \cdot 6 = -\frac{103}{5}",
                  r"\begin{bmatrix}\frac{1}{30} & 0 \\ -\frac{200}{3} & \frac{1}{4}\end{bmatrix} x", r"\frac{1.25}{54}\begin{bmatrix}21 & -3\end{bmatrix}",
                  r"\{1, 20, 300\}", r"\sqrt 12", "1 - -2", "2{,}5", "5.", r"-3 < x \le 25"):
        for shown in (latex, latex.replace("2", "987")):
            quick, plain = typeset(shown), mathjax.set_whole(shown, False)
            assert quick.width == pytest.approx(plain.width, abs=0.002)
            assert quick.depth == pytest.approx(plain.depth, abs=0.03) and quick.height == pytest.approx(plain.height, abs=0.03)
            assert [getattr(m, "name", "") for m in quick.marks] == [getattr(m, "name", "") for m in plain.marks]
            for a, b in zip(quick.marks, plain.marks):
                assert a.matrix == pytest.approx(b.matrix, abs=30)
    for cache in (typeset, mathset._layout, mathset._shape, mathset._composable):
        cache.cache_clear()
    typeset("x = (1, -2.5, 33)")
    before = mathset._composable.cache_info().misses
    typeset("x = (-100.25, 2, -3)")
    assert mathset._composable.cache_info().misses == before


def test_digits_that_do_not_show_themselves():
    assert typeset(r"a\hspace{1em}2").width < typeset(r"a\hspace{9em}2").width
    assert check_math(r"\color{#123456}{x}") is None


def test_shapes_are_shared_between_formulas():
    mathset._layout.cache_clear()
    mathset._composable.cache_clear()
    for n in range(100, 140):
        typeset(rf"\frac{{{n}}}{{777}} + {n}.5")
    assert mathset._composable.cache_info().misses == 2  # one for each of its terms


def test_formulas_of_the_same_digits_share_a_layout():
    mathset._layout.cache_clear()
    made = [typeset(r"x_1 = (-1.5, \frac{11}{1})")]
    once = mathset._layout.cache_info().misses
    made += [typeset(rf"x_{n} = (-{n}.5, \frac{{{n + 10}}}{{{n}}})") for n in range(2, 10)]
    assert mathset._layout.cache_info().misses == once and len({f.layout for f in made}) == 1
    assert len({f.marks for f in made}) == len(made)
    assert typeset("x = 12").layout is not typeset("x = 1.2").layout


@pytest.mark.parametrize("latex", [
    r"x_{12}^2 = (-12.5,\, \frac{345}{7}) \approx 9.87", r"\begin{bmatrix}1 & -\frac{2}{31}\\ 3.25 & 45\end{bmatrix}^{-67} + \sqrt[3]{281}",
    r"\textcolor{red}{12} + \boxed{34} - \textcolor{blue}{\frac{5}{67}} = 89", r"\left(\begin{matrix}1\\22\\3\\4\\5\\6\\7\\8\end{matrix}\right) - 12",
    r"\underbrace{x + 123456789}_{2} = -3", r"\xrightarrow{12}\cancel{34}", r"\text{no 7 of 18}", r"\hat y", r"\phantom{12} 3 \, 4", "5"])
def test_what_is_drawn_of_a_formula_are_its_marks(latex):
    """Operators are written once for a layout; those of the formula's own marks are the same. So is the formula in another process."""
    for display in (False, True):
        formula = typeset(latex, display)
        alone = mathset.Formula(latex, formula.width, formula.height, formula.depth, formula.marks)
        assert pickle.loads(pickle.dumps(formula)) == formula == alone and alone.layout is not formula.layout
        for own in ("0 0 0", "1 0 0"):
            drawn, by_itself = drawings.formula_operators(formula, own), drawings.formula_operators(alone, own)
            assert (drawn.operators, list(drawn.open)) == (by_itself.operators, list(by_itself.open)) and drawn.glyphs >= by_itself.glyphs
            shown = [m.name for m in formula.marks if isinstance(m, mathjax.Glyph) and mathjax.outline(m.name)]
            assert drawn.operators.count(" Tj") == len(shown) and drawn.operators.count("%s") == len(drawn.open)
            font = MathFont()
            codes = re.findall("<([0-9a-f]{4})> Tj", drawn.operators % tuple([f"{font.code(name):04x}" for name in drawn.open]))
            assert codes == [f"{font.code(name):04x}" for name in shown]


@pytest.mark.parametrize("name, code", [("N-30", 0x1030), ("N-39", 0x1039), ("I-1D465", 0x4065), ("I-210E", None), ("LO-2211", None), ("Tcf2b28d1-31", None),
                                        ("N-1D7D8", None), ("N-", None), ("", None)])
def test_the_usual_glyphs_have_one_code_in_every_file(name, code):
    assert fixed_code(name) == code
    font = MathFont()
    others = [font.code(f"X-{n:X}") for n in range(5000)]
    assert len({*others, font.code("N-30"), font.code("I-1D465")}) == 5002 and max(others) < 0x10000 and font.code("N-30") == 0x1030


def test_a_formula_does_not_depend_on_those_before():
    a = typeset(r"\frac{17}{29}")
    for cache in (typeset, mathset._layout, mathset._shape):
        cache.cache_clear()
    typeset(r"\frac{98}{76} x_{i_j}")
    assert typeset(r"\frac{17}{29}") == a


def test_a_fault_in_a_paper_names_the_formula():
    with pytest.raises(MathError, match=r"\\unknowncommand"):
        render_paper(view(part(ask=r"Compute $\unknowncommand{x}$.")))
    assert issubclass(MathError, ExamwrightError)


# ---- the same bytes --------------------------------------------------------------------------

def test_the_same_view_gives_the_same_bytes():
    one, other = view(), many(9)
    first = render_paper(one), render_key(one)
    render_paper(other)
    render_key(other)
    assert (render_paper(one), render_key(one)) == first
    assert b"CreationDate" not in first[0] and b"/ID" not in first[0]


@pytest.mark.slow
def test_the_same_bytes_in_another_process_and_order():
    script = textwrap.dedent("""
        import hashlib, sys
        sys.path.insert(0, {folder!r})
        from papers import many, view
        from examwright.generator.pages import merge, render_key, render_paper
        views = [view(), many(5), view(language="de"), view(page_size="Letter")]
        made = {{}}
        for n in {order}:
            made[n] = (render_paper(views[n]), render_key(views[n]))
        together = b''.join(merge([made[n][0] for n in sorted(made)], True))
        print([hashlib.sha256(b"".join(made[n])).hexdigest() for n in sorted(made)], hashlib.sha256(together).hexdigest())
    """)
    said = []
    for order, seed in (([0, 1, 2, 3], "1"), ([3, 2, 1, 0], "77")):
        code = script.format(folder=str(Path(__file__).parent), order=order)
        said.append(subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
                                   capture_output=True, text=True, check=True).stdout)
    assert said[0] == said[1] and said[0].startswith("['")


# ---- nothing is loaded -----------------------------------------------------------------------

SECRET = "the secret 4711"


def svg(inner):
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">{inner}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


HOSTILE = {
    "attachment": '<link rel="attachment" href="URL"/>',
    "stylesheet": '<link rel="stylesheet" href="URL"/>',
    "import": "<style>@import url(URL);</style>",
    "font-face": "<style>@font-face{font-family:X;src:url(URL)} p{font-family:X}</style>",
    "background": '<p style="background-image:url(URL)">x</p>',
    "list": '<ul style="list-style-image:url(URL)"><li>x</li></ul>',
    "content": '<style>p:before{content:url(URL)}</style>',
    "image": '<img src="URL"/>',
    "object": '<object data="URL"/>',
    "embed": '<embed src="URL"/>',
    "attachment-link": '<a rel="attachment" href="URL">x</a>',
    "svg-image": f'<img src="{svg("SVG")}"/>',
    "inline-svg": '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><image xlink:href="URL" width="9" height="9"/></svg>',
    "inline-use": '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><use xlink:href="URL#a"/></svg>',
    "base": '<base href="file:///"/><img src="etc/hostname"/>',
}


@pytest.mark.parametrize("way", HOSTILE)
@pytest.mark.parametrize("kind", ["file", "http"])
def test_no_template_can_load_anything(way, kind, tmp_path, monkeypatch):
    import urllib.request

    secret = tmp_path / "secret.svg"
    secret.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" id="a"><text>{SECRET}</text></svg>')
    url = secret.as_uri() if kind == "file" else "http://127.0.0.1:9/secret.svg"
    opened = []
    monkeypatch.setattr(urllib.request.FileHandler, "file_open", lambda self, r: opened.append(r))
    monkeypatch.setattr(urllib.request.HTTPHandler, "http_open", lambda self, r: opened.append(r))
    inner = f'<image xlink:href="{url}" width="9" height="9"/><use xlink:href="{url}#a"/>'
    body = HOSTILE[way].replace(svg("SVG"), svg(inner)).replace("URL", url)
    monkeypatch.setattr(sheet.Sheet, "blocks_of", lambda self: [sheet.Shape.of(f'<div class="b x"><p>x</p>{body}</div>', ()).filled(())])
    for reference in (False, True):
        try:
            pdf = render_paper(view(), reference)
        except PagesError as error:
            assert any(word in str(error) for word in ("pages load no files", "is no drawing", "cannot place"))
        else:
            assert b"EmbeddedFile" not in pdf and "secret" not in text(pdf)
    assert opened == []


def test_no_text_can_load_anything(monkeypatch):
    import urllib.request

    opened = []
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", lambda self, *a, **k: opened.append(a))
    hostile = " ".join([h for w, h in HOSTILE.items()]).replace("URL", "file:///etc/hostname")
    hostile += "\n\n<style>@import 'file:///etc/hostname';</style>\n\n[x](file:///etc/hostname)"
    boxes = {"shape": "boxes", "options": [("A", hostile), ("B", "x")], "many": True}
    heads = {"shape": "grid", "rows": 1, "columns": 1, "row_heads": [hostile], "column_heads": [hostile]}
    one = view(part(ask=hostile, asked=hostile, solution=hostile, mistakes=(("1", "1", hostile),)), part(space=boxes), part(space=heads),
               name=hostile, title=hostile, course=hostile, date=hostile, rules=(hostile,), digits=hostile, code="x</style>",
               theme=Theme(institution=hostile, words=(("answer", hostile), ("page", hostile))))
    one = replace(one, sections=tuple([replace(s, title=hostile, instructions=hostile) for s in one.sections]))
    for kind in ("paper", "key", "booklet"):
        pdf = render(one, kind)
        assert opened == [] and b"EmbeddedFile" not in pdf and b"/URI" not in pdf
        assert all([page.get("/Annots") is None for page in PdfReader(io.BytesIO(pdf)).pages])


# ---- for the printer -------------------------------------------------------------------------

def render_other(_: bytes) -> bytes:
    """A PDF file of somebody else."""
    return render_paper(view(code="ONE"), reference=True)


def test_merge_keeps_the_order_and_begins_on_the_right():
    one, three = render_paper(view(code="ONE")), render_paper(many(9))
    n = len(PdfReader(io.BytesIO(three)).pages)
    assert n == 3
    flat = PdfReader(io.BytesIO(b"".join(merge([one, three, one], False))))
    assert len(flat.pages) == 5
    sheets = PdfReader(io.BytesIO(b"".join(merge([one, three, one], True))))
    assert len(sheets.pages) == 8
    assert [("ONE" in p.extract_text()) for p in sheets.pages] == [True, False, False, False, False, False, True, False]
    assert not sheets.pages[1].extract_text().strip() and sheets.pages[1].mediabox == sheets.pages[0].mediabox
    assert list(merge([one, three], True)) == list(merge([one, three], True))
    with pytest.raises(PagesError, match="no papers"):
        list(merge([], False))


def test_what_is_merged_has_the_operators_and_fonts_of_the_papers():
    """Told by another reader of PDF files."""
    def said(value):
        value = value.get_object()
        if isinstance(value, dict):
            stream = value.get_data() if hasattr(value, "get_data") else b""
            return {k: said(v) for k, v in value.items() if k not in ("/Length", "/Filter")}, stream
        return [said(v) for v in value] if isinstance(value, list) else value

    papers = [render_paper(many(9)), render(many(9), "key"), render_paper(view(code="ONE"))]
    together = PdfReader(io.BytesIO(b"".join(merge(papers, False)))).pages
    alone = [page for paper in papers for page in PdfReader(io.BytesIO(paper)).pages]
    assert len(together) == len(alone) > 5
    for page, own in zip(together, alone):
        assert page.mediabox == own.mediabox and page.extract_text() == own.extract_text()
        assert [said(page[k]) for k in ("/Contents", "/Resources")] == [said(own[k]) for k in ("/Contents", "/Resources")]


@pytest.mark.parametrize("harm", [lambda pdf: b"", lambda pdf: b"%PDF-1.7", lambda pdf: pdf[:-300], lambda pdf: pdf[300:], lambda pdf: pdf.replace(b"/Root", b"/Ruut"),
                                  lambda pdf: pdf.replace(b" 0 obj\n<</Type/ObjStm", b" 0 obj\n<</Type/ObjStn", 1)[:-40], render_other])
def test_what_is_no_paper_of_ours_is_told(harm):
    with pytest.raises(PagesError, match="no paper that was made here"):
        list(merge([harm(render_paper(view(code="ONE")))], True))


# ---- as a whole ------------------------------------------------------------------------------

def test_the_reference_way_prints_the_same_words():
    pdf = render_paper(view(), reference=True)
    assert "Part" not in text(pdf)
    for word in ("Midterm", "A question of", "Page 1 of 1"):
        assert word in text(pdf)


def test_heavy_libraries_load_late():
    code = "import examwright, examwright.cli, sys; print([m for m in ('weasyprint', 'quickjax', 'pypdf', 'markdown_it') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_importing_pages_does_not_load_weasyprint():
    code = "import examwright.generator.pages, sys; print('weasyprint' in sys.modules, 'quickjax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False False"


def test_an_option_in_the_key_is_words_that_may_be_broken():
    option = r"\text{B. No, part of the border is never covered by the window, 50\% *of* it\_is }x<1\text{ in \{fact\}}"
    said = text(render_key(view(part(key_latex=option, mistakes=((option, "1", "You did not count."),)))))
    assert said.count("B. No, part of the border is never covered by the window, 50% *of* it_is") >= 1 and "in {fact}" in said


def test_values_of_mistakes_have_room_beside_the_words():
    """The longest piece that cannot be broken fits its column."""
    row = " & ".join(["0.014851"] * 4)
    for latex in ("2", r"\frac{1}{3}", "(" + ", ".join(["-0.0197"] * 6) + ")", rf"\begin{{bmatrix}} {row} \\ {row} \end{{bmatrix}}"):
        made = sheet.Sheet(view(), "key").first([(latex, "1", "Why.")])
        longest = max([f.width for f in markup.pieces(latex)])
        assert made >= longest * 9.5 * 25.4 / 72 + 3 and made <= 80


@pytest.mark.parametrize("latex, shown", [
    (r"\begin{bmatrix} 1 \\ \frac{1}{2} \\ 3 \\ 4 \end{bmatrix}", r"(1, \frac{1}{2}, 3, 4)"),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6 \\ 7 & 8 \\ 9 & 0 \end{bmatrix}", r"\left[1\ 2;\ \ 3\ 4;\ \ 5\ 6;\ \ 7\ 8;\ \ 9\ 0\right]"),
    (r"\begin{bmatrix} 1 \\ 2 \end{bmatrix}", None), (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", None),
    (r"\begin{bmatrix} 1 \end{bmatrix}, \begin{bmatrix} 1 \\ 2 \\ 3 \\ 4 \end{bmatrix}", None), ("x", None),
])
def test_tall_values_lie_down_in_a_key(latex, shown):
    assert sheet.lying(latex, True) == (shown or latex)
    assert sheet.lying(latex) == (shown if shown and "&" not in latex else latex)


def test_rows_of_one_length():
    assert [len(r) for r in sheet.spread(range(17), 16)] == [9, 8] and [len(r) for r in sheet.spread(range(16), 16)] == [16]
    assert sheet.spread([], 5) == [] and [len(r) for r in sheet.spread(range(7), 3)] == [3, 3, 1]


def test_what_stays_with_what_follows():
    """A list with the words that lead to it; parts with a short text; nothing with a figure or table before it."""
    paper, key = sheet.Sheet(view(), "paper"), sheet.Sheet(view(), "key")
    short, long, tabled = [sheet.Sheet.extent(t) for t in ("Short.", "Long. " * 120, "A\n\n| a |\n|---|\n| 1 |")]
    assert paper.holds(short, "<p>Short.</p>", "") and not paper.holds(long, "<p>Long.</p>", "")
    assert not paper.holds(tabled, "<table></table>", "") and not paper.holds(short, "<table></table>", "<p>More.</p>")
    for one in (paper, key):
        assert one.holds(short, "<p>These are</p>", "<ul>") and one.holds(short, "<p>So:</p>", "<p>x</p>")
        assert one.holds(short, "<p>So.</p>", '<p class="figure">')
    assert paper.holds(short, "<p>One.</p>", "<p>Two.</p>") and not key.holds(short, "<p>One.</p>", "<p>Two.</p>")


@pytest.mark.parametrize("code", ["EW1 MT-0042", "EW1 ABCD-EFGH", "EW1 Z2Q7-77AA-B", "EW1 0", "EW1 lower-case", "EW1 é"])
def test_the_code_of_a_page_is_what_segno_makes(code):
    import segno

    from examwright.generator.pages import pagecode

    for page in (1, 2, 9, 10, 17, 99, 123):
        made = segno.make_qr(f"{code} {page}", error="m", boost_error=False, mask=4).matrix
        assert pagecode.modules(f"{code} {page}") == ["".join(map(str, row)) for row in made]
        path = pagecode.operators(f"{code} {page}", 13.0)
        drawn = {(int(x) + n - 2, int(y) - 2) for x, y, w in re.findall(r"(\d+) (\d+) (\d+) 1 re", path) for n in range(int(w))}
        assert drawn == {(x, y) for y, row in enumerate(made) for x, dark in enumerate(row) if dark}


@pytest.mark.parametrize("text, said", [("a$x$" * 2000, "a paragraph has more than 400 formulas and marked words"), ("_a_ b " * 1000, "a paragraph has more than 400"),
                                        ("a" * 3000, "a word has 3000 letters, more than 2000")])
def test_what_would_take_minutes_is_refused(text, said):
    with pytest.raises(PagesError, match=said):
        render_paper(view(part(ask=text)))


def test_what_is_long_but_usual_is_printed():
    assert render_paper(view(part(ask="a $x$ " * 300 + "b" * 1500 + " 1 2" * 800)))
