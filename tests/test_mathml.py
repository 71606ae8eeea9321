"""Formulas for web pages: the same formulas as on paper, and nothing but formulas."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from examwright.generator.mathjax import MathError
from examwright.generator.mathml import _ELEMENTS, mathml, styled

ALLOWED = _ELEMENTS | {"math", "semantics", "annotation", "mrow"}
ATTRIBUTES = {"display", "encoding", "stretchy", "fence", "symmetric", "largeop", "movablelimits", "lspace", "rspace", "minsize", "maxsize",
              "width", "height", "depth", "voffset", "linethickness", "accent", "accentunder", "rowspan", "columnspan", "displaystyle",
              "scriptlevel", "mathcolor", "mathvariant", "style", "form"}
STYLES = {"text-align:left", "text-align:right", "border:1px solid;padding:.15em"}


def checked(latex: str, display: bool = False) -> ElementTree.Element:
    """The formula, well-formed and with nothing in it that is no MathML."""
    root = ElementTree.fromstring(mathml(latex, display))
    for node in root.iter():
        assert node.tag in ALLOWED, node.tag
        assert set(node.attrib) <= ATTRIBUTES, node.attrib
        assert node.get("style", "text-align:left") in STYLES
    return root


def tags(latex: str) -> list[str]:
    return [n.tag for n in checked(latex).iter() if n.tag not in ("math", "semantics", "annotation", "mrow")]


@pytest.mark.parametrize(("latex", "wanted"), [
    (r"\frac{2}{9}", ["mfrac", "mn", "mn"]), ("x_1^2", ["msubsup", "mi", "mn", "mn"]), (r"\sqrt{3}", ["msqrt", "mn"]),
    (r"\sqrt[3]{x}", ["mroot", "mi", "mn"]), (r"\hat y", ["mover", "mi", "mo"]), (r"25\%", ["mn", "mi"]),
    (r"\begin{bmatrix}1 & 2\end{bmatrix}", ["mo", "mtable", "mtr", "mtd", "mn", "mtd", "mn", "mo"]),
])
def test_structure(latex: str, wanted: list[str]) -> None:
    assert tags(latex) == wanted


@pytest.mark.parametrize(("latex", "signs"), [("x = -1.2", 1), ("-x", 0), ("3 - 2", 0), (r"(1,-2)", 1), (r"2\cdot(-3)", 1), (r"(a) - b", 0), (r"X^\top - 1", 0), (r"a \le -b", 1)])
def test_a_sign_behind_an_operator_is_no_difference(latex: str, signs: int) -> None:
    assert len([n for n in checked(latex).iter("mo") if n.get("form") == "prefix"]) == signs


def test_sums_carry_their_limits_and_numbers_stay_whole() -> None:
    assert tags(r"\sum_{i=1}^{n} 12.5")[:2] == ["munderover", "mo"]
    assert [n.text for n in checked("12.5 + 3").iter("mn")] == ["12.5", "3"]
    assert "".join(checked(r"\operatorname*{arg\,max}_a Q").find("semantics/mrow").itertext()).replace("\u2061", "") == "argmaxaQ"  # type: ignore[union-attr]


def test_columns_of_cases_and_equations_are_aligned() -> None:
    assert {n.get("style") for n in checked(r"\begin{cases}1 & x>0\\0 & \text{else}\end{cases}").iter("mtd")} == {"text-align:left"}
    assert [n.get("style") for n in checked(r"\begin{aligned}a &= b\\c &= d\end{aligned}").iter("mtd")] == ["text-align:right", "text-align:left"] * 2


def test_display_and_the_source_for_those_who_copy() -> None:
    root = checked("a < b", True)
    assert root.get("display") == "block" and checked("a < b").get("display") is None
    assert root.findtext("semantics/annotation") == "a < b"


@pytest.mark.parametrize(("character", "variant", "wanted"), [
    ("R", "double-struck", "ℝ"), ("E", "double-struck", "𝔼"), ("w", "bold", "𝐰"), ("L", "script", "ℒ"), ("H", "fraktur", "ℌ"), ("h", "italic", "ℎ"),
    ("1", "bold", "𝟏"), ("θ", "bold", "𝛉"), ("x", "unheard-of", "x"), ("+", "bold", "+"), ("é", "bold", "é"), ("x", "monospace", "𝚡"),
])
def test_letters_in_math_styles(character: str, variant: str, wanted: str) -> None:
    assert styled(character, variant) == wanted


@pytest.mark.parametrize("latex", [
    r"\text{<script>alert(1)</script>}", r"\text{<img src=x onerror=alert(1)>}", r"\text{&lt;b&gt;}", "a<b", "a&b", r"\unicode{60}script>",
    r"\color{red}{x}", r"\color{expression(alert(1))}{x}", r"\boxed{x}", r"\bbox[red,5px,border:2px solid blue]{x}",
    r"\rule{2em}{1em}", r"\cancel{x}", r"\phantom{x}", r"\mathop{<b>}", r"\ce{H2O}",
])
def test_nothing_but_formulas_comes_out(latex: str) -> None:
    """Each is set harmlessly, or refused."""
    try:
        text = mathml(latex)
    except MathError:
        return
    checked(latex)
    assert "<script" not in text and "<img" not in text and "<b>" not in text and "expression" not in text.split("<annotation")[0]


@pytest.mark.parametrize(("latex", "said"), [
    (r"\href{javascript:alert(1)}{x}", "not allowed"), (r"\style{color:red}{x}", "not allowed"), (r"\class{x}{y}", "not allowed"),
    (r"\cssId{x}{y}", "not allowed"), ("x^{", "brace"), (r"\nosuchcommand x", "no command"), ("", "empty"), ("x" * 20_000, "characters"),
])
def test_what_cannot_be_set_is_said(latex: str, said: str) -> None:
    with pytest.raises(MathError, match=said):
        mathml(latex)


@examples(150)
@given(st.lists(st.sampled_from([
    r"\frac", r"\text", "{", "}", "x", "1", "<", ">", "&", '"', "'", r"\left(", r"\right)", "^", "_", r"\mathbf", r"\color{red}", r"\sqrt", " ",
    r"\begin{matrix}", r"\end{matrix}", r"\\", "$", r"\hat", r"\mathbb", r"\operatorname", r"\mathrm", r"\href", r"\unicode{60}", "script"]), max_size=12))
def test_whatever_is_written(pieces: list[str]) -> None:
    with contextlib.suppress(MathError):
        checked("".join(pieces))


@pytest.mark.parametrize(("latex", "least", "most"), [
    ("x", 0.4, 0.8), (r"\frac{1}{2}", 0.4, 0.8), ("x^2 + y^2 = z^2", 5, 8), (r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}", 3, 5),
    (r"\sum xy = 0\cdot 2 + 3\cdot(-2) + 5\cdot(-7) + 6\cdot(-6) = -77", 20, 40)])
def test_about_how_wide_a_formula_is(latex: str, least: float, most: float) -> None:
    from examwright.generator.webpage import width

    assert least < width(mathml(latex)) < most


def test_what_may_be_too_wide_is_in_a_box_on_pages_without_scripts() -> None:
    from examwright.generator.webpage import WebMarkup, _Still

    text = "Short $x$, long $x_1 + x_2 + x_3 + x_4 + x_5 + x_6 = 0$.\n\n|  | a |\n|---|---|\n| b | 1 |\n"
    still = _Still("de").block(text)
    assert still.count('<span class="wide" role="group" tabindex="0" aria-label="Formel"><math>') == 1
    assert '<div class="scroll" role="group" tabindex="0" aria-label="Tabelle"><table>' in still and "<th></th>" not in still
    assert re.sub(r'<(?:span class="wide"|div class="scroll")[^>]*>|</math></span>|</table></div>|</math>|</table>', "", still) \
        == re.sub("</math>|</table>", "", WebMarkup("de").block(text))


QUESTIONS = sorted((Path(__file__).parent.parent / "templates" / "questions").glob("*/*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("path", QUESTIONS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_question_stands_on_a_web_page(path: Path) -> None:
    import examwright
    from examwright.generator import wording
    from examwright.generator.webpage import WebMarkup

    web = WebMarkup()
    for seed in (1, 2):
        v = examwright.draw(f"{path.parent.name}/{path.stem}", seed=seed)
        texts = [wording.question_text(v), wording.closing(v)]
        for p in v.parts:
            texts += [wording.ask(v, p), wording.part_solution(v, p)]
            texts += [wording.say(v, p, m) for m, w in zip(p.mistakes, v.wrong.get(p.name, ())) if w is not None]
            if p.formula is not None:
                texts.append("$" + wording.kind_of(v, p).latex(v.values[p.name]) + "$")
        for text in texts:
            html = web.block(text)
            assert "\0" not in html
            for formula in re.findall(r"<math.*?</math>", html):
                checked(ElementTree.fromstring(formula).findtext("semantics/annotation") or "")


@pytest.mark.parametrize("latex", [
    r"3.5 + \frac{2}{9}", "x^23", r"\frac12 + 7", "x_{12}^{3}", r"\mathbf{12} + 3", r"\begin{bmatrix}1 & 2.50\\ -3 & \frac{1}{4}\end{bmatrix}",
    r"1{,}000 \cdot 2", r"\sqrt[3]{27}", r"\text{at 5 of $x^2$} + 12", r"0.1 + .5 + 3.", r"\frac{1}23", r"a\,4 + \ln 2x", r"\hspace{2em} 4", "1 2 3",
    r"10^{-3} \times 2.50", r"\binom{5}{2}", r"\color{#123456}{7}", "7\\% \\ge 3", r"90000700009 + 1",
])
def test_a_formula_from_its_shape_is_the_formula(latex: str) -> None:
    from examwright.generator.mathml import _inner, _with_numbers

    for display in (False, True):
        assert _with_numbers(latex, display) in ("", _inner(latex, display))
    assert _with_numbers("3.5 + x", False) and not _with_numbers("x^2", False)


def test_formulas_of_other_variants_come_from_shapes(variant_of: Any) -> None:
    """All formulas of a few questions, in several variants: the same text as without shapes."""
    from examwright.generator import wording
    from examwright.generator.markup import _split
    from examwright.generator.mathml import _inner, _with_numbers

    shaped = 0
    for name in ("linear-regression/simple-ols", "neural-networks/forward-sigmoid", "mdp/value-iteration", "evaluation/confusion-inverse"):
        for seed in range(3):
            variant = variant_of(name, seed)
            for latex, display in _split(wording.question_text(variant) + "\n\n" + wording.solution(variant), True, "en")[1]:
                found = _with_numbers(latex, display)
                shaped += bool(found)
                assert found in ("", _inner(latex, display)), latex
    assert shaped > 100
