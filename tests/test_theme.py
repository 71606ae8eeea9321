"""Themes: what a theme file says stands on the page; what is wrong with it is named; nothing else is loaded."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from papers import part, view
from pdfua import faults, said
from pypdf import PdfReader

from examwright.generator.errors import Problems
from examwright.generator.exam import load_plan
from examwright.generator.pages import Look, PagesError, Theme, render, weasy
from examwright.generator.pages.logo import LogoError, read_logo
from examwright.generator.pages.theme import keep_theme, kept_theme, load_theme
from examwright.generator.pages.words import WORDS

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><g transform="translate(1 1)"><rect width="18" height="18" fill="#14508c"/>' \
       '<circle cx="9" cy="9" r="5" style="fill:white"/><path d="M25 15 L30 5 L35 15 Z" fill="none" stroke="navy"/></g></svg>'
GOOD = 'institution: University of Examples\nlogo: logo.svg\nlogo_height: 14\naccent: "#8c1450"\nlanguage: de\nwords: {name: Vor- und Nachname}\n'
FONTS = weasy.FOLDER / "fonts"
CJK = Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf")


def write(folder, text, **files):
    for name, data in {"logo.svg": LOGO, **files}.items():
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    (folder / "theme.yaml").write_text(text, encoding="utf-8")
    return folder / "theme.yaml"


def words_of(pdf):
    return " ".join(" ".join([p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages]).split())


@pytest.mark.parametrize("word", ['x"; } @import url(file:///etc/passwd); a { content: "', "x\\", "</style><b>", "{{ 7*7 }}"])
def test_a_word_stays_a_word(word):
    pdf = render(view(theme=Theme(words=(("page", word), ("answer", word)))))
    assert "/EmbeddedFile" not in pdf.decode("latin-1") and "".join(word.split()) in "".join(words_of(pdf).split())


def test_what_a_theme_says_is_printed(tmp_path):
    theme = load_theme(write(tmp_path, GOOD))
    pdf = render(view(theme=theme, language="de"))
    assert "University of Examples · CS 1" in words_of(pdf) and "Vor- und Nachname: Ada" in words_of(pdf)
    assert ("Figure", "Logo von University of Examples") in said(pdf) and faults(pdf) == []
    content = PdfReader(io.BytesIO(pdf)).pages[0].get_contents().get_data().decode("latin-1")
    assert "0.549 0.078 0.314 rg" in content  # the accent


def test_a_theme_is_kept_with_its_files(tmp_path):
    names = {"a.ttf": "cmunrm.ttf", "b.ttf": "cmunti.ttf", "c.ttf": "cmunbx.ttf", "d.ttf": "cmunbi.ttf", "e.ttf": "cmuntt.ttf"}
    text = GOOD.replace("of Examples", """'"of" "ä": {no} \\n #1'""").replace("University '", "'University ") + (
        "fonts: {regular: a.ttf, italic: b.ttf, bold: c.ttf, bold italic: d.ttf, more: [e.ttf, a.ttf]}\n")
    (tmp_path / "mine").mkdir()
    theme = load_theme(write(tmp_path / "mine", text, **{k: (FONTS / v).read_bytes() for k, v in names.items()}))
    keep_theme(theme, tmp_path / "kept")
    found = kept_theme(tmp_path / "kept")
    assert found == replace(theme, logo=found.logo, fonts=found.fonts) and found != theme
    for mine, kept in zip([theme.logo, *[p for _, p in theme.fonts]], [found.logo, *[p for _, p in found.fonts]]):
        assert Path(mine).read_bytes() == Path(kept).read_bytes() and Path(kept).parent == tmp_path / "kept"
    assert [style for style, _ in found.fonts] == [style for style, _ in theme.fonts]
    stamps = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "kept").iterdir()}
    keep_theme(theme, tmp_path / "kept")
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "kept").iterdir()} == stamps and "mono.ttf" not in stamps
    assert kept_theme(tmp_path) == Theme()


def test_a_png_logo_and_theme_fonts(tmp_path):
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGBA", (300, 100), (200, 30, 30, 128)).save(picture, "PNG")
    names = {"a.ttf": "cmunrm.ttf", "b.ttf": "cmunti.ttf", "c.ttf": "cmunbx.ttf", "d.ttf": "cmunbi.ttf", "e.ttf": "cmuntt.ttf"}
    fonts = "fonts: {regular: a.ttf, italic: b.ttf, bold: c.ttf, bold italic: d.ttf, mono: e.ttf, more: [a.ttf]}"
    theme = load_theme(write(tmp_path, f"logo: logo.png\n{fonts}\n", **{"logo.png": picture.getvalue()},
                             **{new: (FONTS / old).read_bytes() for new, old in names.items()}))
    pdf = render(view(theme=theme))
    assert faults(pdf) == []
    fonts_in = {str(f.get_object()["/BaseFont"]) for p in PdfReader(io.BytesIO(pdf)).pages for f in p["/Resources"]["/Font"].values()}
    assert any("Examwright-Theme" in name for name in fonts_in)
    assert render(view(theme=theme)) == pdf


@pytest.mark.parametrize("text, said_", [
    ("accent: 14508c", "1:9.*colour"),
    ("logo_heigth: 3", "Did you mean 'logo_height'"),
    ("logo_height: 400", "4 to 40"),
    ("logo: lgo.svg", "Did you mean 'logo.svg'"),
    ("logo: ../logo.svg", "outside the theme's folder"),
    ("logo: /etc/passwd", "outside"),
    ("logo: theme.yaml", "must end in .png or .svg"),
    ("logo: https://example.org/logo.svg", "is not there"),
    ('logo: "a\\0.svg"', "not allowed|cannot be the name"),
    (f"logo: {'x' * 5000}.svg", "cannot be the name of a file"),
    ("logo: folder.svg", "is no file"),
    ("language: frr", "Did you mean 'fr'"),
    ("fonts: {regulr: a.ttf}", "Did you mean 'regular'"),
    ("fonts: {regular: logo.svg}", ".ttf or .otf"),
    ("fonts: {regular: broken.ttf}", "broken.ttf is not a font"),
    ("fonts: {italic: ok.ttf}", "need 'regular'"),
    ("fonts: {regular: ok.ttf}", "fonts lack italic, bold, bold italic"),
    ("words: {minuts: x}", "Did you mean 'minutes'"),
    ("words: {minutes: x}", "must hold {}"),
    ("[1, 2]", "must be a mapping"),
    ("institution: 12", "must be a text"),
])
def test_faults_of_a_theme_are_named(tmp_path, text, said_):
    (tmp_path / "folder.svg").mkdir()
    path = write(tmp_path, text + "\n", **{"broken.ttf": b"no font", "ok.ttf": (FONTS / "cmunrm.ttf").read_bytes()})
    with pytest.raises(Problems, match=said_):
        load_theme(path)


def test_a_plan_names_its_theme(tmp_path):
    write(tmp_path, GOOD)
    plan = "title: T\nminutes: 9\npoints: 5\ntheme: theme.yaml\nsections:\n  - title: S\n    questions: [{question: cnn/output-size, points: 5}]\n"
    (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
    made = load_plan(tmp_path / "plan.yaml")
    assert made.theme.accent == "#8c1450" and made.language == "de"
    for wrong, told in (("them.yaml", "Did you mean 'theme.yaml'"), ("bad.yaml", "bad.yaml:1:1.*unknown key")):
        (tmp_path / "bad.yaml").write_text("acent: x\n", encoding="utf-8")
        (tmp_path / "plan.yaml").write_text(plan.replace("theme.yaml", wrong), encoding="utf-8")
        with pytest.raises(Problems, match=told):
            load_plan(tmp_path / "plan.yaml")


NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"'


@pytest.mark.parametrize("inner, word", [
    ('<image xlink:href="file:///etc/passwd" width="9" height="9"/>', "image"),
    ('<use xlink:href="file:///etc/passwd#a"/>', "use"),
    ("<script>alert(1)</script>", "script"),
    ('<style>@import url("file:///etc/passwd");</style>', "style"),
    ('<rect width="9" height="9" fill="url(file:///x#y)"/>', "fill"),
    ('<rect width="9" height="9" filter="url(#a)"/>', "filter"),
    ('<rect width="9" height="9" onclick="x()"/>', "onclick"),
    ('<a xlink:href="http://example.org"><rect width="9" height="9"/></a>', "<a>"),
    ("<text>Hello</text>", "text"),
    ("<foreignObject/>", "foreignObject"),
    ('<path d="M 0 zero"/>', "cannot be read"),
    ('<rect width="9" height="9" fill="nocolour"/>', "nocolour"),
    ("<g>" * 400 + "</g>" * 400, ""),
    ("<g>" * 5000 + "</g>" * 5000, "400 groups in one another"),
    ('<rect width="nan" height="9"/>', "width of <rect> is 'nan', which is no number"),
    ('<rect width="1e999" height="9"/>', "width of <rect> is '1e999'; numbers up to 1000000"),
    ('<rect width="9" height="9" stroke-width="inf"/>', "stroke-width of <rect> is 'inf'"),
    ('<path d="M 0 0 L 1e999 3"/>', "d of <path> is '1e999'"),
    ('<polygon points="0,0 1e400,3 3,3"/>', "points of <polygon> is '1e400'"),
    ('<g transform="scale(1e300)"><rect width="9" height="9"/></g>', "transform of <g> is '1e300'"),
    ('<rect x=" 1.5e1px " width="9mm" height="9"/>', ""),
])
def test_a_logo_loads_and_runs_nothing(tmp_path, inner, word):
    (tmp_path / "l.svg").write_text(f"<svg {NS}>{inner}</svg>", encoding="utf-8")
    if not word:
        assert read_logo(str(tmp_path / "l.svg"), 12.0).height == 12.0
        return
    with pytest.raises(LogoError, match=word):
        read_logo(str(tmp_path / "l.svg"), 12.0)


def test_a_logo_that_changes_is_read_again(tmp_path):
    path = tmp_path / "l.svg"
    path.write_text(f'<svg {NS}><rect width="9" height="9"/></svg>', encoding="utf-8")
    first = read_logo(str(path), 12.0)
    assert read_logo(str(path), 12.0) is first
    path.write_text(f'<svg {NS}><circle r="4"/></svg>', encoding="utf-8")
    assert read_logo(str(path), 12.0) != first
    path.unlink()
    with pytest.raises(LogoError, match="cannot be read"):
        read_logo(str(path), 12.0)


@pytest.mark.parametrize("data, word", [
    (b'<svg viewBox="0 0 1e999 9"/>', "viewBox of <svg> is '1e999'|not a PNG"), (b'<svg width="nan" height="9"/>', "width of <svg> is 'nan'|not a PNG"),
    (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1">&a;</svg>', "DOCTYPE"),
    ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1">&a;</svg>'.encode("utf-16"), "DOCTYPE"),
    (b'<?xml version="1.0" encoding="nonsense"?><svg viewBox="0 0 1 1"/>', "not an SVG"), (b'<?xml version="1.0" encoding="shift_jis"?><svg viewBox="0 0 1 1"/>', "not an SVG"),
    (b"<html/>", "not an SVG"), (b"<svg", "not an SVG"), (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "viewBox"),
    (b"x" * 3_000_000, "larger than"),
])
def test_files_that_are_no_logos(tmp_path, data, word):
    (tmp_path / "l.svg").write_bytes(data)
    with pytest.raises(LogoError, match=word):
        read_logo(str(tmp_path / "l.svg"), 12.0)
    (tmp_path / "l.png").write_bytes(data)
    with pytest.raises(LogoError, match="not a PNG|larger"):
        read_logo(str(tmp_path / "l.png"), 12.0)


# ---- languages -------------------------------------------------------------------------------

@pytest.mark.parametrize("language, shown", [("fr", "Page 1 sur 1"), ("es", "Página 1 de 1"), ("de", "Seite 1 von 1"), ("en", "Page 1 of 1")])
def test_languages(language, shown):
    for kind in ("paper", "key"):
        pdf = render(view(language=language), kind)
        assert shown in words_of(pdf) and faults(pdf) == []


def test_all_languages_have_all_words():
    for language, words in WORDS.items():
        assert set(WORDS["en"]) - set(words) == set(), language
        assert all([words[k].count("{}") == WORDS["en"][k].count("{}") for k in WORDS["en"]]), language


def test_chinese_needs_a_font_that_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(weasy, "CHINESE", ())
    weasy.press.cache_clear()
    with pytest.raises(PagesError, match="EXAMWRIGHT_FONTS"):
        render(view(language="zh"))
    if not CJK.is_file():
        pytest.skip("no Chinese font here (Debian: fonts-droid-fallback)")
    theme = load_theme(write(tmp_path, "fonts: {more: [cjk.ttf]}\n", **{"cjk.ttf": CJK.read_bytes()}))
    pdf = render(view(language="zh", theme=theme, name="王小明"))
    assert "第 1 页，共 1 页" in words_of(pdf) and "姓名： 王小明" in words_of(pdf) and faults(pdf) == []


# ---- what a student needs --------------------------------------------------------------------

def test_large_print_is_larger_and_whole():
    wide = "| a | b | c |\n|---|---|---|\n| " + " | ".join(["a long sentence in a cell of a table"] * 3) + " |"
    one = view(part(ask=f"Look:\n\n{wide}"), look=Look(large=True, tint="cream"), extra="30", minutes="120")
    for kind in ("paper", "key"):
        pdf = render(one, kind)
        assert faults(pdf) == [] and "120 minutes, of which 30 are extra" in words_of(pdf)
        content = PdfReader(io.BytesIO(pdf)).pages[0].get_contents().get_data().decode("latin-1")
        assert "21 Tf" in content  # 15.75 pt in CSS pixels
        assert "0.992 0.965 0.89 rg 0 0 " in content  # the tint, all over the page


def test_dyslexia_friendly_type_is_that_or_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(weasy, "DYSLEXIC_FOLDERS", (str(tmp_path),))
    weasy.press.cache_clear()
    with pytest.raises(PagesError, match="OpenDyslexic.*fonts-opendyslexic"):
        render(view(look=Look(dyslexic=True)))
    monkeypatch.undo()
    if not Path(weasy.DYSLEXIC_FOLDERS[0]).is_dir():
        pytest.skip("OpenDyslexic is not installed here")
    pdf = render(view(look=Look(dyslexic=True)))
    assert faults(pdf) == []
    assert any("Examwright-Dyslexic" in str(f.get_object()["/BaseFont"])
               for p in PdfReader(io.BytesIO(pdf)).pages for f in p["/Resources"]["/Font"].values())


def test_nothing_stands_outside_the_page_in_any_look():
    import pypdfium2

    wide = "$$" + r"\begin{bmatrix}" + " & ".join(map(str, range(1000, 1030))) + r"\end{bmatrix}" + "$$"
    table = "| " + " | ".join(["word"] * 24) + " |\n|" + " --- |" * 24 + "\n| " + " | ".join(["12.5"] * 24) + " |"
    for look in (Look(), Look(large=True)):
        one = view(part(ask=f"{wide}\n\n{table}\n\nDone."), look=look)
        for page in pypdfium2.PdfDocument(render(replace(one, look=look))):
            image = page.render(scale=1).to_numpy()
            assert image[:, -10:].min() == 255 and image[:, :10].min() == 255
