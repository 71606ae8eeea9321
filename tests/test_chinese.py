"""Papers in Chinese: which font is used, where lines end, what is bold, signs in formulas and figures."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from papers import part, view
from pdfua import faults, said
from pypdf import PdfReader
from signs import all_signs, collection, signs_font, variable_font

from examwright.answers.kinds.choices import ChoicesKind
from examwright.answers.sentences import is_sentence
from examwright.generator import figures, fontfile
from examwright.generator.errors import ExamwrightError, Problems
from examwright.generator.markup import Markup
from examwright.generator.mathset import check_math, typeset
from examwright.generator.pages import ItemView, Look, PagesError, SectionView, render, weasy
from examwright.generator.pages.theme import PLAIN, keep_theme, kept_theme, load_theme
from examwright.generator.pages.words import WORDS
from examwright.generator.wide import SIGN

LONG = ("某房产中介公司（成立于2019年）在杭州收集了3套二手房的数据：其面积（单位：百平方米）为$x=(1,2,3)$，成交价（单位：百万元）为$y=(2,4,5)$。该公司的分析师小张希望建立"
        "一个“线性模型”（linear model），以便预测面积为$x=7$的房屋的价格；他请教了同事，同事说：“先画散点图，再用**最小二乘法**（ordinary least squares，简称OLS）求解！”你同意吗？"
        "若斜率$\\theta_1$为零、截距$\\theta_0$为负，则（不计舍入）预测值、残差、均方误差各是多少？")
FORMULA = r"定义 $\text{精确率} = \dfrac{\text{真正例}}{\text{真正例} + \text{假正例}}$。"
END = 595.28 - 28 * 72 / 25.4  # points: where the lines end; the points of a part stand behind
AHEAD, BEHIND = "（“《", "，。、；：！？）”》"  # what must not end, and not begin, a line
pytestmark = pytest.mark.slow
INSTALLED = [path for path in weasy.CHINESE if Path(path).is_file()]


def chinese(*texts, **more):
    parts = [part(chr(97 + n), ask=text, asked="整数", mistakes=(), solution="") for n, text in enumerate(texts or [LONG])]
    item = ItemView("1", "用“最小二乘法”拟合**房价**", "设 $x = 12$。", "6", "10", tuple(parts), "")
    fields = {"title": "期中考试", "course": "导论", "date": "11 月 30 日", "rules": ("**禁止**使用手机。",), "digits": "", "name": "王小明", "language": "zh",
              "sections": (SectionView("基础知识", "全部必答。", (item,)),)}
    return view(**{**fields, **more})


SIGNS = all_signs(LONG + FORMULA + "用最小二乘法拟合房价期中考试导论月日禁止使用手机王小明基础知识全部必答设整数不得得分决策树甲乙")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that EXAMWRIGHT_FONTS names, with a regular and a bold font of the signs; no other Chinese font is there."""
    made = tmp_path / "fonts"
    made.mkdir()
    (made / "signs.ttf").write_bytes(signs_font(SIGNS))
    (made / "signs-bold.ttf").write_bytes(signs_font(SIGNS, weight=700, thick=80))
    monkeypatch.setenv("EXAMWRIGHT_FONTS", str(made))
    monkeypatch.setattr(weasy, "CHINESE", ())
    weasy.press.cache_clear()
    yield made
    weasy.press.cache_clear()


def lines_of(pdf):
    """The lines of all pages from top to bottom: the text, the left and the right end in points."""
    out = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        found = []
        for n in range(text.count_chars()):
            c = text.get_text_range(n, 1)
            if c.strip():
                left, bottom, right, _ = text.get_charbox(n, loose=True)
                if left < END:
                    found.append((bottom, left, right, c))
        rows = []
        for bottom, left, right, c in sorted(found, key=lambda f: -f[0]):
            if rows and rows[-1][0] - bottom < 6:
                rows[-1][1].append((left, right, c))
            else:
                rows.append((bottom, [(left, right, c)]))
        for _, row in rows:
            row.sort()
            out.append(("".join([c for _, _, c in row]), row[0][0], row[-1][1]))
    return out


def plain_text(pdf):
    return re.sub(r"\s", "", "".join([p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages]))


def markup(text, language="zh"):
    return Markup(lambda formula, display, whole: f"[{formula.latex}]", language).block(text)


# ---- which font ------------------------------------------------------------------------------

def test_without_a_font_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(weasy, "CHINESE", ())
    monkeypatch.delenv("EXAMWRIGHT_FONTS", raising=False)
    with pytest.raises(PagesError, match="apt install fonts-noto-cjk.*EXAMWRIGHT_FONTS.*theme"):
        render(chinese())
    assert not weasy.printable("王", PLAIN) and weasy.printable("Ada", PLAIN)  # an English paper leaves the name to the student


def test_the_font_of_the_system_is_found_by_itself(monkeypatch, folder):
    monkeypatch.delenv("EXAMWRIGHT_FONTS")
    monkeypatch.setattr(weasy, "CHINESE", (str(folder / "nowhere.ttc"), str(folder / "signs.ttf"), str(folder / "signs-bold.ttf")))
    assert "某房产中介公司" in plain_text(render(chinese()))
    assert [f[:3] for f in weasy.font_files(PLAIN, Look(), "zh")[-2:]] == [("Examwright Extra0", "normal", "normal"), ("Examwright Extra0", "normal", "bold")]
    assert "Extra" not in str(weasy.font_files(PLAIN, Look(), "de"))


def test_a_font_that_is_named_comes_before_that_of_the_system(monkeypatch, folder):
    monkeypatch.setattr(weasy, "CHINESE", (str(folder / "signs-bold.ttf"),))
    assert weasy.text_face(PLAIN, Look(), "zh")[-1] == str(folder / "signs.ttf")


def test_collections_give_their_simplified_chinese(tmp_path, monkeypatch):
    fonts = [signs_font(SIGNS, f"Signs {where}", weight, thick) for weight in (400, 700) for thick, where in enumerate(["JP", "Mono SC", "SC", "TC"])]
    path = collection(tmp_path / "signs.TTC", *fonts)
    assert [(n.family, n.weight, n.font) for n in fontfile.names(str(path))] == [("Signs Mono SC", 400, f"{path}#1"), ("Signs Mono SC", 700, f"{path}#5")]
    assert fontfile.families([str(path)]) == [(f"{path}#1", f"{path}#5")] and fontfile.upright(str(path), 700) == f"{path}#5"
    monkeypatch.setenv("EXAMWRIGHT_FONTS", str(tmp_path))
    pdf = render(chinese())
    assert "同事说：“先画散点图" in plain_text(pdf) and faults(pdf) == []


def test_one_font_of_a_collection_is_the_same_as_alone(tmp_path):
    from fontTools.ttLib import TTFont

    alone = signs_font(SIGNS, "Signs SC")
    path = collection(tmp_path / "two.ttc", signs_font("王", "Signs JP"), alone)
    with TTFont(io.BytesIO(fontfile.data(f"{path}#1"))) as taken, TTFont(io.BytesIO(alone)) as whole:
        assert taken.getBestCmap() == whole.getBestCmap() and taken["hmtx"].metrics == whole["hmtx"].metrics
        assert all([taken["glyf"][name] == whole["glyf"][name] for name in whole.getGlyphOrder()])


def test_a_theme_may_name_collections(tmp_path, monkeypatch):
    monkeypatch.setattr(weasy, "CHINESE", ())
    monkeypatch.delenv("EXAMWRIGHT_FONTS", raising=False)
    collection(tmp_path / "c.ttc", signs_font(SIGNS, "Signs JP"), signs_font(SIGNS))
    for name in ("regular", "italic", "bold", "bold-italic"):
        (tmp_path / f"{name}.ttf").write_bytes((weasy.FOLDER / "fonts" / "cmunrm.ttf").read_bytes())
    (tmp_path / "theme.yaml").write_text("language: zh\nfonts: {more: [c.ttc]}\n", encoding="utf-8")
    theme = load_theme(tmp_path / "theme.yaml")
    keep_theme(theme, tmp_path / "kept")
    assert render(chinese(theme=theme)) == render(chinese(theme=kept_theme(tmp_path / "kept")))
    assert "王小明" in plain_text(render(chinese(theme=theme)))
    (tmp_path / "bad.ttc").write_bytes(b"ttcf" + bytes(40))
    (tmp_path / "theme.yaml").write_text("fonts: {more: [bad.ttc]}\n", encoding="utf-8")
    with pytest.raises(Problems, match=r"bad.ttc is not a font that can be used"):
        load_theme(tmp_path / "theme.yaml")


@pytest.mark.parametrize("data", [b"", b"no font", b"ttcf\0\1\0\0\xff\xff\xff\xff", signs_font("王")[:300]])
def test_a_broken_font_in_the_folder_is_named(folder, data):
    (folder / "broken.ttc").write_bytes(data)
    with pytest.raises(PagesError, match=r"broken.ttc is not a font that can be used"):
        render(chinese())


# ---- lines -----------------------------------------------------------------------------------

@pytest.mark.parametrize("look", [Look(), Look(large=True)], ids=str)
@pytest.mark.parametrize("kind", ["paper", "key"])
def test_lines_end_where_chinese_lines_may(folder, kind, look):
    for shift in range(4):
        lines = lines_of(render(chinese("一" * shift + LONG, look=look), kind))
        first = next(n for n, (text, *_) in enumerate(lines) if "中介" in text)
        last = next(n for n, (text, *_) in enumerate(lines) if text.endswith("多少？"))
        found = lines[first:last + 1]
        assert len(found) > 3
        size = 10.5 * (1.5 if look.large else 1)
        for text, *_ in found:
            assert text[0] not in BEHIND and text[-1] not in AHEAD, text
        for word in ("linear", "model", "ordinary", "least", "squares", "OLS", "2019"):
            assert any([word in text for text, *_ in found]), word
        gaps = [(END - right) / size for _, _, right in found[:-1]]
        assert max(gaps) < 8 and sum([gap < 2.2 for gap in gaps]) >= len(gaps) - 2, gaps  # but before a formula, lines are full


@pytest.mark.parametrize("kind", ["paper", "key"])
def test_the_lines_are_those_of_weasyprint(folder, kind):
    texts = [LONG, "| 真实类别 | 预测为“正例” |\n|---|---|\n| 甲 | 3 |\n| 乙（不计舍入） | 17 |".replace("真实类别", "类别").replace("类别", "数据").replace("正例", "斜率"),
             "* 先画散点图\n* 再求斜率，" + "不计舍入，" * 12 + "各是多少？"]
    one = chinese(*texts)
    ours, theirs = lines_of(render(one, kind)), lines_of(render(one, kind, reference=True))
    here = [(t, round(left)) for t, left, _ in ours if SIGN.search(t) and "页" not in t and "$" not in t]
    there = [(t, round(left)) for t, left, _ in theirs if SIGN.search(t) and "页" not in t]
    # formulas are pictures there
    signs = [["".join(SIGN.findall(t)) for t, _ in lines] for lines in (here, there)]
    assert signs[0] == signs[1]
    assert all([abs(a[1] - b[1]) <= 2 for a, b in zip(here, there)])


def test_a_word_that_differs_from_paper_to_paper_is_broken_too(folder):
    press = weasy.press("A4", "zh", PLAIN, Look(), tuple(WORDS["zh"].items()))
    face = next(iter(press.faces.values()))
    assert len(face.measured("先画散点图，再求斜率").sets) == 1 + len("先画散点图再求斜率")
    assert face.pieces("同意（OLS）吗？") == ("同", "意", "（OLS）", "吗？")
    assert weasy._signs("共有\u20633\u2063套，", "zh") == ["共", "有", "\u20633\u2063", "套，"] and weasy._signs("well-known", "en") == ["well-known"]


# ---- texts -----------------------------------------------------------------------------------

def test_a_line_break_between_signs_is_no_space():
    assert markup("先画散点图，\n再求斜率。") == "<p>先画散点图，再求斜率。</p>"
    assert markup("用 OLS\n求斜率 $x$\n和") == "<p>用 OLS\n求斜率 [x]\n和</p>"
    assert markup("它是\n**斜率**\n吗") == "<p>它是<strong>斜率</strong>吗</p>"
    assert markup("two\nwords") == "<p>two\nwords</p>"


def test_emphasis_beside_wide_punctuation():
    assert markup("请看**（一）**和**“斜率”**。").replace('<span class="q">', "").replace("</span>", "") == "<p>请看<strong>（一）</strong>和<strong>“斜率”</strong>。</p>"
    assert markup("**注意：**不得使用") == "<p><strong>注意：</strong>不得使用</p>"
    assert markup("*不得*使用，but *never* mind") == "<p><strong>不得</strong>使用，but <em>never</em> mind</p>"
    assert markup("斜率 * 截距 ** 和") == "<p>斜率 * 截距 ** 和</p>"
    assert markup("a*b*c **d**") == markup("a*b*c **d**", "en") == "<p>a<em>b</em>c <strong>d</strong></p>"


def test_quotation_marks_are_as_wide_as_signs():
    assert markup('称为 "斜率"') == '<p>称为 <span class="q">“</span>斜率<span class="q">”</span></p>'
    assert "q" not in markup("the \"slope\" isn't…", "en") and markup("Ada’s 斜率", "en") == "<p>Ada’s 斜率</p>"


def test_what_stands_beside_a_formula_may_move_away_from_it():
    assert markup("其中$x$称为") == "<p>其中[x]称为</p>"
    assert markup("(see $x$)，其中") == '<p>(see <span class="w">[x])</span>，其中</p>'


def test_numbers_between_signs_are_the_same_shape(folder):
    from examwright.generator.pages.sheet import Sheet

    def shapes(n):
        return [block.xhtml for block in Sheet(chinese(f"共有{n}套房，其中{n}%为正，斜率为$x={n}$。", f"{n}套房"), "paper").blocks_of()]

    assert shapes(3) == shapes(17)


# ---- bold, formulas, figures -----------------------------------------------------------------

def test_bold_signs_have_the_bold_font(folder):
    for font in ("signs-bold.ttf", "signs.ttf"):
        pdf = render(chinese())
        names = {str(f["/BaseFont"]) for page in PdfReader(io.BytesIO(pdf)).pages for f in page["/Resources"]["/Font"].values()}
        content = b"".join([page.get_contents().get_data() for page in PdfReader(io.BytesIO(pdf)).pages])
        assert [n for n in names if n.endswith("Extra0-Bold")] and faults(pdf) == []
        assert (b"2 Tr" in content) == (font == "signs.ttf")  # where there is no bold font, outlines are drawn, too
        assert content.count(b"2 Tr") <= content.count(b"\nQ")
        (folder / "signs-bold.ttf").unlink(missing_ok=True)
        weasy.press.cache_clear()


def test_a_variable_font_has_its_own_bold(folder):
    from fontTools.ttLib import TTFont

    (folder / "signs-bold.ttf").unlink()
    (folder / "signs.ttf").write_bytes(variable_font((folder / "signs.ttf").read_bytes()))
    reader = PdfReader(io.BytesIO(render(chinese())))
    assert b"2 Tr" not in b"".join([page.get_contents().get_data() for page in reader.pages])
    wide = {}
    for name, font in [(str(f["/BaseFont"]), f["/DescendantFonts"][0]["/FontDescriptor"]) for f in reader.pages[0]["/Resources"]["/Font"].values()]:
        if "Extra" in name:
            with TTFont(io.BytesIO(font["/FontFile2"].get_data())) as read:
                wide[name.rpartition("-")[2]] = {g: read["glyf"][g].xMax for g in read.getGlyphOrder() if read["glyf"][g].numberOfContours > 0}
    both = set(wide["Extra0"]) & set(wide["Bold"]) - {".notdef"}
    assert both and all([wide["Bold"][g] == wide["Extra0"][g] + 48 for g in both])


def test_signs_in_formulas_are_printed(folder):
    assert check_math(r"\text{精确率}") is None and "한" in (check_math(r"\text{한}") or "")
    made = typeset(r"\text{精确率}")
    assert made.width == 3 and [mark.matrix[4] for mark in made.marks] == [20, 1020, 2020]
    pdf = render(chinese(FORMULA))
    assert plain_text(pdf).count("真正例") == 2 and "精确率" in plain_text(pdf) and "假正例" in plain_text(pdf) and faults(pdf) == []
    assert any([role == "Formula" and "精确率" in alt for role, alt in said(pdf)])
    assert render(chinese(FORMULA)) == pdf


def test_a_sign_in_a_formula_that_no_font_has_is_named(folder):
    with pytest.raises(ExamwrightError, match="no '龘', which stands in a formula"):
        render(chinese(r"定义 $\text{龘}$。"))


def test_figures_have_signs_in_labels_and_formulas(folder):
    address = figures.address("bar_chart", {"labels": ("甲", r"$x_{\text{乙}}$"), "values": ((1, 2),), "y_label": "得分"})
    face = weasy.text_face(PLAIN, Look(), "zh")
    assert not re.search("<text", figures.drawn(address, "zh", face).svg())
    assert re.findall("<text[^>]*>(.)</text>", figures.drawn(address, "zh").svg()) == sorted("甲乙得分", key=figures.drawn(address, "zh").svg().index)
    pdf = render(chinese(f"![]({'figure:' + address.removeprefix('figure:')})"))
    assert all([word in plain_text(pdf) for word in ("甲", "乙", "得分")]) and faults(pdf) == []


# ---- everything on a page --------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["paper", "key", "booklet"])
@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_all_signs_are_there_in_their_order(folder, kind, size):
    pdf = render(chinese(LONG, page_size=size), kind)
    wanted = "".join(SIGN.findall(re.sub(r"\$[^$]*\$", "", LONG)))
    assert wanted in "".join(SIGN.findall(plain_text(pdf))) and faults(pdf) == []


def test_notes_are_upright_and_in_wide_brackets(folder):
    pdf = render(chinese())
    assert "答案（整数）：" in plain_text(pdf)
    assert not [n for n in re.findall(rb"/BaseFont/(\S+)", pdf) if b"Oblique" in n or b"Italic" in n]


def test_the_same_bytes_in_other_processes(folder):
    code = ("import sys; sys.path.insert(0, 'tests'); from test_chinese import *; weasy.CHINESE = (); import hashlib; "
            "print(hashlib.sha256(render(chinese(LONG, FORMULA), 'key')).hexdigest())")
    root = Path(__file__).resolve().parent.parent
    found = {subprocess.run([sys.executable, "-c", code], cwd=root, env={**os.environ, "PYTHONHASHSEED": seed, "EXAMWRIGHT_CACHE": "off"}, check=True,
                            capture_output=True, text=True).stdout for seed in ("1", "2")}
    assert len(found) == 1


def test_answers_may_have_wide_separators():
    kind = ChoicesKind.from_options({"a": "它上升。", "b": "它下降。", "c": "不变。"})
    for typed in ("A、C", "A，C", "Ａ；Ｃ", "它上升。、不变。"):
        assert kind.read(typed) == ("a", "c")
    assert is_sentence("对吗？") and is_sentence("对！") and not is_sentence("对")


# ---- with a real font ------------------------------------------------------------------------

@pytest.fixture
def real(monkeypatch):
    if not INSTALLED:
        pytest.skip("no Chinese font here (Debian: apt install fonts-noto-cjk)")
    monkeypatch.delenv("EXAMWRIGHT_FONTS", raising=False)
    weasy.press.cache_clear()


def test_noto_as_it_is_installed(real):
    """Bare outlines of the signs that are used, in the forms of simplified Chinese, and bold ones."""
    from examwright.generator.figures.face import words

    one = chinese(LONG, FORMULA)
    for kind in ("paper", "key"):
        pdf = render(one, kind)
        assert faults(pdf) == [] and "".join(SIGN.findall(re.sub(r"\$[^$]*\$", "", LONG))) in "".join(SIGN.findall(plain_text(pdf)))
        fonts = {str(f["/BaseFont"]).partition("+")[2]: f["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile3"]
                 for page in PdfReader(io.BytesIO(pdf)).pages for f in page["/Resources"]["/Font"].values() if "Extra" in str(f["/BaseFont"])}
        assert set(fonts) == {"Examwright-Extra0", "Examwright-Extra0-Bold"}
        assert all([f["/Subtype"] == "/CIDFontType0C" and len(f.get_data()) < 120_000 for f in fonts.values()]) and len(pdf) < 200_000
    simplified, japanese = [(path.rpartition("#")[0] + f"#{n}",) for path, n in [(weasy.text_face(PLAIN, Look(), "zh")[-1], n) for n in (2, 0)]]
    own = words(weasy.text_face(PLAIN, Look(), "zh"), "骨").marks
    assert own == words(simplified, "骨").marks != words(japanese, "骨").marks
    assert [t for t, *_ in lines_of(render(replace(one, name="李四")))] != []


def test_a_question_in_chinese_is_previewed_in_chinese(folder, tmp_path):
    from examwright.generator.draw import draw_variant
    from examwright.generator.load import load
    from examwright.generator.make import sample_view

    (tmp_path / "q.yaml").write_text("title: 先画散点图\ntopics: [t]\nminutes: 1\ndraw: {a: {from: [1, 900]}}\ntext: 设 $a = {{ a }}$。\nparts:\n  - name: s\n"
                                     "    ask: 求斜率。\n    answer: a + 1\n    type: integer\n    points: 1\ncheck: {s: a + 1}\n", encoding="utf-8")
    variant = draw_variant(load(str(tmp_path / "q.yaml")), "0")
    assert sample_view(variant, PLAIN).language == "zh" and sample_view(variant, replace(PLAIN, language="de")).language == "de"
    assert "求斜率" in plain_text(render(sample_view(variant, PLAIN), "key"))


def test_signs_in_an_english_paper_without_a_font_are_named(monkeypatch):
    monkeypatch.delenv("EXAMWRIGHT_FONTS", raising=False)
    with pytest.raises(PagesError, match="have no '斜'.*language: zh"):
        render(view(part(ask="Compute the 斜率 of it.")))
