"""What we use of WeasyPrint's private parts is there, and behaves as our own code expects. A failure here says what a new version changed."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
import weasyprint
from papers import view

from examwright.generator.pages import weasy
from examwright.generator.pages.sheet import Sheet
from examwright.generator.pages.theme import PLAIN
from examwright.generator.pages.views import Look

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def press():
    sheet = Sheet(view(), "paper")
    return weasy.press("A4", "en", PLAIN, Look(), tuple(sheet.words.items()))


def test_the_version_is_the_one_that_was_looked_into():
    assert weasyprint.__version__.split(".")[0] == "70"


def test_only_one_file_knows_weasyprint():
    knows = set()
    for path in [*(ROOT / "generator").rglob("*.py"), *(ROOT / "grader").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any([n == "weasyprint" or n.startswith("weasyprint.") for n in names]):
                knows.add(path.name)
    assert knows == {"weasy.py"}


def test_functions_take_what_we_give_them():
    from weasyprint.draw.color import get_color
    from weasyprint.pdf.fonts import Font
    from weasyprint.text.fonts import get_pango_font_key
    from weasyprint.text.line_break import can_break_text, create_layout, get_log_attrs, line_size, strut

    wanted = {create_layout: ["text", "style", "context", "max_width", "justification_spacing"], line_size: ["line", "style"], strut: ["style"],
              can_break_text: ["text", "lang"], get_log_attrs: ["text", "lang"], get_pango_font_key: ["pango_font"],
              get_color: ["style", "key"], Font.__init__: ["self", "pango_font", "description", "font_size"], Font.clean: ["self", "to_unicode", "hinting"]}
    for function, names in wanted.items():
        assert list(inspect.signature(function).parameters) == names, function


def test_a_word_is_as_wide_as_weasyprint_makes_it(press):
    from xml.etree import ElementTree

    root = ElementTree.fromstring('<html lang="en"><body><div class="b">Difficult words, well-known: AVATAR fi</div></body></html>')
    document = press.page(root).render(font_config=press.fonts, stylesheets=[press.sheet])
    (line,) = [box for box in weasy._line_boxes(document.pages[0]._page_box) if "".join([t.text for t in weasy._texts(box)]).startswith("Diff")]
    (text,) = weasy._texts(line)
    face = press.face(text.style)
    space = face.shape(" ").width
    words = [face.shape(w) for w in text.text.split(" ")]
    assert sum([w.width for w in words]) + space * (len(words) - 1) == pytest.approx(text.width, abs=0.02)
    assert words[0].above + words[0].below == pytest.approx(line.height)
    assert words[0].above == pytest.approx(line.baseline)
    assert face.pieces("well-known") == ("well-", "known") and face.pieces("word") == ("word",)


def test_a_block_is_laid_out_where_the_style_sheet_says(press):
    [made] = weasy.compiled(press, '<div class="b stem k"><p>Let <b>x</b> be.</p></div>')
    assert made.keep and not made.long and made.mark is None
    assert made.tree.dx == pytest.approx((20 + 7) * 96 / 25.4) and made.gap == pytest.approx(1.2 * 96 / 25.4)
    [heading] = weasy.compiled(press, '<div class="b head k"><h3 data-mark="1 Title">Title</h3></div>')
    assert heading.mark == (3, "1 Title") and [e.role for e in heading.tree.elems] == ["H3"]


def test_margin_boxes_are_found(press):
    assert set(press.page_boxes) == {"@top-left", "@top-right", "@bottom-left", "@bottom-right"}


def test_a_font_program_is_a_font_and_the_same_each_time(press):
    import io
    import zlib

    from fontTools.ttLib import TTFont

    face = press.face(next(iter(press.faces.values())).style)
    run = face.shape("Aé").runs[0]
    one = weasy.font_object(press, run.font, dict(run.glyphs))
    font = TTFont(io.BytesIO(zlib.decompress(one.program)))
    assert font["maxp"].numGlyphs > 100 and "A" in dict(one.texts).values() and "fi" in dict(one.texts).values()
    assert weasy.font_object(press, run.font, {}) is one  # the Latin letters always
    weasy._subset.cache_clear()
    weasy._font_object.cache_clear()
    two = weasy.font_object(press, run.font, dict(run.glyphs))
    assert (two.program, two.reach, two.unicode) == (one.program, one.reach, one.unicode)


def test_a_glyph_is_as_wide_whatever_size_it_is_measured_in_first(tmp_path):
    from dataclasses import replace

    from fontTools.ttLib import TTFont
    from fontTools.ttLib.scaleUpem import scale_upem

    font = TTFont(ROOT / "templates" / "pages" / "fonts" / "cmunrm.ttf")
    scale_upem(font, 2048)
    for name, (width, left) in font["hmtx"].metrics.items():  # in thousandths of an em nearly a whole number and a half
        font["hmtx"].metrics[name] = next(w for w in range(width, 9999) if 0.45 < w * 1000 / 2048 % 1 < 0.55), left
    font.save(tmp_path / "font.ttf")
    found = []
    for sizes in ((2.3, 21.0), (21.0, 2.3)):
        theme = replace(PLAIN, fonts=tuple([(name, str(tmp_path / "font.ttf")) for name in ("regular", "italic", "bold", "bold italic")]), institution=str(sizes))
        own = weasy.Press("A4", "en", theme, Look(), dict(Sheet(view(), "paper").words))
        values = next(iter(own.faces.values())).values
        for size in sizes:
            face = own.face_of(tuple([size if name == "font_size" else value for name, value in zip(weasy._FACE, values)]), (0.0, 0.0, 0.0))
            run = face.shape("ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξοπρστυφχψωЖЩЮЯжщюя").runs[0]
        widths = own.used[run.font].widths
        metrics = font["hmtx"].metrics
        assert all([widths[glyph] == round(metrics[font.getGlyphName(glyph)][0] * 1000 / 2048) for glyph, _ in run.glyphs])
        found.append(widths)
    assert found[0] == found[1]


def test_a_font_has_what_the_file_uses_beside_the_latin_letters(press):
    face = press.face(next(iter(press.faces.values())).style)
    run = face.shape("Ω").runs[0]
    one = weasy.font_object(press, run.font, dict(run.glyphs))
    assert dict(one.texts)[run.glyphs[0][0]] == "Ω" and one is not weasy.font_object(press, run.font, {})
    assert one.widths[[g for g, _ in one.texts].index(run.glyphs[0][0])][1] > 500
