"""Rows of terms: they come apart where they may, and what is put together is what MathJax makes of the whole."""

from __future__ import annotations

import re

import pytest
from papers import all_questions

from examwright.generator import mathjax, mathset
from examwright.generator.mathrows import fenced, parts
from examwright.generator.pages.holes import Math
from examwright.generator.pages.sheet import Sheet


def apart(latex):
    row = parts(latex)
    return None if row is None else [f"<{part.latex}>" if part.sign else part.latex for part in row]


@pytest.mark.parametrize(("latex", "told"), [
    (r"0 \cdot (-0) + \frac{0}{0} ={}", ["0", r"<\cdot>", "(-0)", "<+>", r"\frac{0}{0}", "<=>"]),
    (r"-0 - x_0^0 \approx -0", ["-0", "<->", "x_0^0", r"<\approx>", "-0"]),
    (r"(0,\, -0; 0)", ["(0", r"<,\,>", "-0", "<;>", "0)"]),
    (r"0\ -0", ["0", r"<\ >", "<->", "0"]),
    (r"\left(0 - \frac{0}{0}\right)^0 + e^{-0 + 0}", [r"\left(0 - \frac{0}{0}\right)^0", "<+>", "e^{-0 + 0}"]),
    (r"\, -0 + 0", [r"\, -0", "<+>", "0"]), (r"{} = 0", ["<=>", "0"]), (r"0 = -0", ["0", "<=>", "-0"]),
    (r"= 0", None), (r"0 =", None), (r"0 = = 0", None), (r"+0", None), (r"(+0)", None), (r"\frac{0}{0}", None), ("x", None), ("", None),
    (r"\ln(0 + x)", None),  # between a function and a bracket there is no space, between it and another term there is
    (r"\alpha_+ - 0", None), (r"0, \dots, 0", None), (r"y_t = \max(0, x)", None), (r"|x - y|", None), (r"\text{a} = 0", None)])
def test_rows_come_apart_at_signs(latex, told):
    assert apart(latex) == told


def test_brackets_that_grow_hold_a_row():
    assert fenced(r" \left[0, 0\right) ") == ("[", "0, 0", ")")
    assert fenced(r"\left(\left(0\right)\right)") is None and fenced(r"\left(0\right)^0") is None and fenced("(0)") is None


def from_mathjax(zeros, display, made):
    """How far marks stand from where MathJax puts them, in thousandths of an em."""
    whole = mathjax.set_whole(zeros, display)
    marks, digits = made.drawn()
    assert sorted([k for k in digits if k >= 0]) == list(range(zeros.count("0")))
    if len(marks) != len(whole.marks) or not all([mathset._like(one, other, 1.0) for one, other in zip(marks, whole.marks)]):
        return 1e9
    boxes = [1000 * abs(a - b) for a, b in zip((made.width, made.height, made.depth), (whole.width, whole.height, whole.depth))]
    return max([*boxes, *[abs(a - b) for one, other in zip(marks, whole.marks) for a, b in zip(one.matrix, other.matrix)]])


@pytest.mark.parametrize("latex", [r"00 \cdot (-0) - \frac{00}{0} + 0 ={}", r"\left(e^{-\frac{0}{00}},\, e^{0},\, x\right)", r"\left(-\frac{0}{0},\, 0,\, 0\right)",
                                   r"\left[0\ -0\ 00;\ \ -0\ 0\ 0\right]", r"\left(0 - \frac{0}{0}\right)^0 + \left(0 - 0\right)^0", r"(0, -0) \approx f(x)"])
@pytest.mark.parametrize("display", [False, True])
def test_a_row_is_what_mathjax_makes_of_it(latex, display):
    row, inside = parts(latex), fenced(latex)
    made = mathset._row(row, display) if row else mathset._fenced(*inside, display)
    assert from_mathjax(latex, display, made) < 1.5


@pytest.mark.slow
def test_rows_of_all_questions_are_what_mathjax_makes_of_them(tmp_path):
    """But for powers of decimals: MathJax sets the exponent of 2.5 higher than that of 2 (and may take larger brackets then), we do not, in rows or not."""
    far = {}
    for name in ("one", "two"):
        holes = {(mathset.zeros(h.latex).decode(), h.display) for b in Sheet(all_questions(tmp_path, name), "key").blocks_of() for h in b.holes if isinstance(h, Math)}
        for zeros, display in sorted(holes):
            row, inside = parts(zeros), fenced(zeros)
            made = mathset._row(row, display) if row else mathset._fenced(*inside, display) if inside else None
            if made and not re.search(r"\.0+\^", zeros):
                far[zeros, display] = from_mathjax(zeros, display, made)
    assert len(far) > 1000
    assert [formula for formula, apart in far.items() if apart > 1.5] == []
