"""Reading typed text: round trips in every accepted style, and nothing but the three errors. Examples: tests/corpus."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from effort import examples
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from examwright.answers import kinds
from examwright.answers.reader import (
    Ambiguous,
    Blank,
    Notation,
    Typed,
    Unreadable,
    read_list,
    read_matrix,
    read_number,
    read_words,
    same_value,
)
from examwright.solvers.arithmetic import Real, exp, ln, log2, sqrt, to_latex, to_text

Q = fmpq


def test_text_says_how_it_was_read() -> None:
    assert [read_number(t).text for t in (".5", "0,50", "2 1/2", "1 000", "50%", "e^-1", "2π", "2*3", "5e3")] == [
        "0.5", "0.50", "5/2", "1000", "0.50", "exp(-1)", "2π", "6", "5000"]


@pytest.mark.parametrize("raw", [None, 5, 0.5, b"5", ["5"]])
def test_what_is_not_text(raw: Any) -> None:
    for read in (read_number, read_list, read_matrix, read_words):
        with pytest.raises(Unreadable):
            read(raw)


# ---- every accepted style of one number ------------------------------------------------------

@dataclass(frozen=True)
class Style:
    """How one student writes numbers: the decimal sign, what stands between thousands, the minus, and what is around."""

    comma: bool
    group: str
    minus: str
    wide: bool  # full-width digits
    before: str
    after: str

    def notation(self) -> Notation:
        return Notation(decimal_comma=self.comma)

    def decimal(self, whole: str, tail: str) -> str:
        """A numeral without its sign."""
        text = whole
        if self.group and len(whole) > 3 and (self.group not in ".," or tail):
            first = len(whole) % 3 or 3
            text = self.group.join([whole[:first], *[whole[i:i + 3] for i in range(first, len(whole), 3)]])
        return text + ("," if self.comma else ".") + tail if tail else text

    def around(self, text: str) -> str:
        if self.wide:
            text = text.translate({ord("0") + i: chr(0xFF10 + i) for i in range(10)})
        return self.before + text.replace("-", self.minus) + self.after


@st.composite
def styles(draw: Any) -> Style:
    comma = draw(st.booleans())
    return Style(comma, draw(st.sampled_from(["", " ", "\u00a0", "\u2009", "\u202f", "'", "’", "." if comma else ","])),
                 draw(st.sampled_from("-−")), draw(st.booleans()),
                 draw(st.sampled_from(["", " ", "x = ", "\\theta_1 = ", "θ₁=", "Answer: ", "≈ ", "about ", "P(y=1|x) = ", "R² = "])),
                 draw(st.sampled_from(["", " ", ".", " units", " (rounded)", " training examples", "\n"])))


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_HALVES = {(1, 2): "½", (1, 3): "⅓", (2, 3): "⅔", (1, 4): "¼", (3, 4): "¾", (1, 5): "⅕", (5, 8): "⅝"}


def as_decimal(n: int, places: int, style: Style) -> list[str]:
    """n·10^-places as decimals, as percents, and in scientific notation in seven forms."""
    sign, digits = "-" if n < 0 else "", str(abs(n)).rjust(places + 1, "0")
    whole, tail = (digits[:-places], digits[-places:]) if places else (digits, "")
    out = [sign + style.decimal(whole, tail)]
    if tail and whole == "0":
        out.append(sign + ("," if style.comma else ".") + tail)
    digits = digits.lstrip("0") or "0"
    k = len(digits) - 1 - places
    mantissa = sign + style.decimal(digits[0], digits[1:])
    for power in (f"e{k}", f"E{k:+03d}", f"·10^{k}", f" * 10^({k})", "×10" + str(k).translate(_RAISED), f" \\times 10^{{{k}}}", f" x 10^{k}"):
        out.append(mantissa + power)
    shifted = str(abs(n)).rjust(max(places - 2, 0) + 1, "0") + "0" * max(2 - places, 0)
    cut = max(places - 2, 0)
    percent = sign + style.decimal(shifted[:-cut] if cut else shifted, shifted[-cut:] if cut else "")
    return [*out, percent + "%", percent + " %", percent + " percent"]


def as_fraction(x: fmpq, style: Style) -> list[str]:
    """A rational as quotients, in LaTeX, as a mixed number, with a vulgar fraction."""
    sign, p, q = "-" if x < 0 else "", abs(int(x.p)), int(x.q)
    out = [f"{sign}{p}/{q}", f"{sign}{p * 6} / {q * 6}", f"{sign}{p}⁄{q}", f"{sign}{p}÷{q}", f"({sign}{p})/({q})", f"{sign}\\frac{{{p}}}{{{q}}}",
           f"${sign}\\tfrac{{{p}}}{{{q}}}$", f"{sign}{p}*{q}^-1", f"( {sign}{p}/{q} )", f"{sign}{p}·{q}⁻¹", f"\\boxed{{{sign}\\dfrac{{{p}}}{{{q}}}}}"]
    whole, rest = divmod(p, q)
    if whole and rest:
        out += [f"{sign}{whole} {rest}/{q}", f"{sign}({whole} + {rest}/{q})"] if len(str(rest)) < 3 else []
    if (rest, q) in _HALVES:
        out.append(f"{sign}{whole or ''}{_HALVES[rest, q]}")
    return [*out, f"{sign}{p}", f"{sign}{p}.", sign + style.decimal(str(p), "")] if q == 1 else out


decimals = st.tuples(st.one_of(st.integers(-10**4, 10**4), st.integers(-10**25, 10**25)), st.integers(0, 12))
rationals = st.one_of(st.builds(Q, st.integers(-99, 99), st.integers(1, 12)), st.builds(Q, st.integers(-10**6, 10**6), st.integers(1, 10**4)),
                      st.builds(Q, st.integers(-10**28, 10**28), st.integers(1, 10**28)))


def read_or_ask(raw: str, notation: Notation) -> Typed | None:
    """None where a person would be asked."""
    try:
        return read_number(raw, notation)
    except (Ambiguous, Unreadable):
        return None


def around(text: str, style: Style) -> str:
    """The text with what the style has around it, where that fits: nobody types "$…$." and "% units"."""
    alone = any([c in text for c in "$%\\"]) or "percent" in text or text.endswith(".")
    return style.around(text) if not alone else style.before + text.replace("-", style.minus)


@examples(400)
@given(decimals, styles())
def test_a_decimal_in_any_style_is_read_as_what_it_is(number: tuple[int, int], style: Style) -> None:
    n, places = number
    x = Q(n) / Q(10) ** places
    for text in as_decimal(n, places, style):
        raw = around(text, style)
        grouped = style.group in tuple(".,") and style.group in text  # the setting decides, and so do two signs
        found = read_number(raw, style.notation())
        assert found.value == x, raw
        asked = read_or_ask(raw, Notation())
        assert asked is None or asked.value == x, raw
        if not grouped and not ("," in text and len(text.split(",")[1]) >= 3):
            assert asked is not None, raw
        other = read_or_ask(raw, Notation(decimal_comma=not style.comma))
        assert other is None or other.value == x or (("," in text or "." in text) and not grouped), raw


@examples(300)
@given(rationals, styles())
def test_a_fraction_in_any_style_is_read_as_what_it_is(x: fmpq, style: Style) -> None:
    for text in as_fraction(x, style):
        raw = around(text, style)
        if style.group in tuple(".,") and style.group in text:
            continue
        assert read_number(raw, style.notation()).value == x, raw


@st.composite
def other_than(draw: Any, n: int, places: int) -> tuple[int, int]:
    """Another number that looks like it: a digit changed, swapped or missing, the sign, a factor of ten or a hundred."""
    digits = list(str(abs(n)))
    at = draw(st.integers(0, len(digits) - 1))
    how = draw(st.sampled_from(["change", "swap", "drop", "sign", "tens", "next"]))
    if how == "change":
        digits[at] = draw(st.sampled_from("0123456789"))
    elif how == "swap" and at:
        digits[at - 1], digits[at] = digits[at], digits[at - 1]
    elif how == "drop" and len(digits) > 1:
        del digits[at]
    m = int("".join(digits)) * (-1 if (n < 0) != (how == "sign") else 1)
    if how == "next":
        m += draw(st.sampled_from([-1, 1]))
    return m, max(places + (draw(st.sampled_from([-3, -2, -1, 1, 2, 3])) if how == "tens" else 0), 0)


@examples(400)
@given(decimals, styles(), st.data())
def test_another_number_in_any_style_is_never_equal(number: tuple[int, int], style: Style, data: Any) -> None:
    """Whatever the setting: typed as it is, or taken for something else, it is not the key."""
    n, places = number
    key = Q(n) / Q(10) ** places
    m, shifted = data.draw(other_than(n, places))
    other = Q(m) / Q(10) ** shifted
    assume(other != key)
    exactly = kinds.make("fraction")
    for text in [*as_decimal(m, shifted, style), *as_fraction(other, style)]:
        for notation in (style.notation(), Notation()):
            found = read_or_ask(around(text, style), notation)
            assert found is None or exactly.judge(found, key).how == "wrong", text


# ---- closed forms, lists, matrices, sets -----------------------------------------------------

@examples(150)
@given(st.sampled_from([ln, log2, sqrt, exp]), st.builds(Q, st.integers(1, 60), st.integers(1, 60)), st.builds(Q, st.integers(-9, 9).filter(bool), st.integers(1, 9)), styles())
def test_round_trip_of_a_closed_form(function: Callable[[Any], Any], argument: fmpq, factor: fmpq, style: Style) -> None:
    x = factor * function(argument)
    inner = to_text(argument)
    spelled = {ln: [f"ln({inner})", f"\\ln\\left({inner}\\right)", f"LN({inner})", f"log_e({inner})"],
               log2: [f"log2({inner})", f"log_2({inner})", f"log₂({inner})", f"\\log_{{2}}({inner})", f"ld({inner})"],
               sqrt: [f"sqrt({inner})", f"√({inner})", f"\\sqrt{{{inner}}}", f"({inner})^(1/2)", f"({inner})^0.5"],
               exp: [f"exp({inner})", f"e^({inner})", f"e^{{{inner}}}", f"e**({inner})"]}[function]
    texts = [to_text(x), f"${to_latex(x)}$", *[f"({to_text(factor)})*{s}" for s in spelled], *[f"{s}·({to_text(factor)})" for s in spelled]]
    for text in texts:
        found = read_number(style.before + text.replace("-", style.minus)).value
        assert same_value(found, x) and (isinstance(x, Real) or found == x), text
        assert not same_value(found, x + Q(1, 10**25)), text


entries = st.one_of(st.builds(Q, st.integers(-99, 99), st.integers(1, 12)), st.integers(-2000, 2000).map(Q),
                    st.builds(lambda n, k: Q(n, 10**k), st.integers(-9999, 9999), st.integers(1, 4)))


def entry(x: fmpq, style: Style, form: int) -> str:
    """One entry: a decimal where it ends, else a fraction."""
    sign, p, q = "-" if x < 0 else "", abs(int(x.p)), int(x.q)
    if form and 10**4 % q == 0 and q > 1:
        n = str(p * 10**4 // q).rjust(5, "0")
        return (sign + n[:-4] + ("," if style.comma else ".") + n[-4:]).rstrip("0").replace("-", style.minus)
    return f"{sign}{p}/{q}".removesuffix("/1").replace("-", style.minus)


@examples(200)
@given(st.lists(entries, min_size=2, max_size=5).map(tuple), styles(), st.integers(0, 1))
def test_round_trip_of_a_list(v: tuple[fmpq, ...], style: Style, form: int) -> None:
    texts = [entry(x, style, form) for x in v]
    between = ["; ", "\n", " ", "\t"] + ([] if style.comma and form else [", ", ","])
    for sign in between:
        inner = sign.join(texts)
        for text in (inner, f"({inner})", f"[{inner}]", f"{{{inner}}}", f"v = ({inner})", f"\\left({inner}\\right)", f"array([{inner}])", f"<{inner}>", f"({inner})^T", f"⟨{inner}⟩"):
            assert tuple([t.value for t in read_list(text, style.notation(), len(v))]) == v, text
            with contextlib.suppress(Ambiguous, Unreadable):
                assert tuple([t.value for t in read_list(text, Notation(), len(v))]) == v, text
    for text in ("\\begin{bmatrix}" + "\\\\".join(texts) + "\\end{bmatrix}", "\\begin{pmatrix} " + " & ".join(texts) + " \\end{pmatrix}^T",
                 ", ".join([f"x_{i} = {t}" for i, t in enumerate(texts)]) if not (style.comma and form) else "(" + "; ".join(texts) + ")"):
        assert tuple([t.value for t in read_list(text, style.notation(), len(v))]) == v, text


@examples(150)
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(entries, min_size=n, max_size=n).map(tuple), min_size=1, max_size=4)).map(tuple),
       styles(), st.integers(0, 1))
def test_round_trip_of_a_matrix(m: tuple[tuple[fmpq, ...], ...], style: Style, form: int) -> None:
    shape = len(m), len(m[0])
    rows = [[entry(x, style, form) for x in row] for row in m]
    turned = [list(row) for row in zip(*rows)]
    comma = style.comma and form

    def latex(of: list[list[str]]) -> str:
        return "\\begin{bmatrix}" + " \\\\ ".join([" & ".join(r) for r in of]) + "\\end{bmatrix}"

    spaced = [" ".join(r) for r in rows]
    texts = [latex(rows), f"$A = {latex(rows)}$", latex(turned) + "^T", "\\left[\\begin{array}{cc}" + "\\\\".join(["&".join(r) for r in rows]) + "\\end{array}\\right]",
             "[" + "; ".join(spaced) + "]", "\n".join(spaced), "[[" + "]\n [".join(spaced) + "]]", "[" + "\n".join(spaced) + "]"]
    if not comma:
        listed = [", ".join(r) for r in rows]
        texts += ["[[" + "], [".join(listed) + "]]", "((" + "), (".join(listed) + "))", "array([[" + "],\n       [".join(listed) + "]])", "{{" + "}, {".join(listed) + "}}", "; ".join(listed),
                  "[[" + "], [".join([", ".join(r) for r in turned]) + "]]^T"]
    for text in texts:
        assert tuple([tuple([t.value for t in r]) for r in read_matrix(text, style.notation(), shape)]) == m, text


@examples(100)
@given(st.lists(entries, min_size=1, max_size=5), st.lists(entries, min_size=1, max_size=5), styles(), st.randoms(use_true_random=False))
def test_a_set_is_equal_in_any_order_and_to_no_other_set(a: list[fmpq], b: list[fmpq], style: Style, random: Any) -> None:
    kind = kinds.make({"set": {"decimals": 4}})
    kind.precision = kinds.make("fraction").precision  # type: ignore[attr-defined]
    shuffled = [*a, *a[:1]]
    random.shuffle(shuffled)
    text = "{" + "; ".join([entry(x, style, 0) for x in shuffled]) + "}"
    typed = kind.read(text, style.notation())
    assert kind.judge(typed, tuple(a)).how == "key"
    assert (kind.judge(typed, tuple(b)).how == "key") is (set(map(str, a)) == set(map(str, b)))


# ---- any text at all -------------------------------------------------------------------------

ATOMS = ["1", "2", "0.5", "1,5", "1,234", "ln", "log", "log2", "sqrt", "√", "e", "pi", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "^", "%", " ", ",", ";", "\n", "=",
         "\\frac", "\\\\", "&", "\\begin{bmatrix}", "\\end{bmatrix}", "½", "²", "x", "1e99", "'", ".", "$", "|", "!", "≈", "–", "‰", "<", ">", "array(", "^T", " and ", ":", "x1 ="]


@examples(400)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(ATOMS), max_size=25).map("".join)))
def test_nothing_but_the_three_errors(raw: str) -> None:
    for read in (read_number, read_list, read_matrix, read_words):
        with contextlib.suppress(Unreadable, Ambiguous, Blank):
            assert isinstance(read(raw), tuple)


@pytest.mark.parametrize("text", ["3–4", " 3 — 4 ", "0.5–0.6", "-1–2", "x = 3 – 4", "Answer: 0.5 – 0.6", "2 (3)", "0.5 (1/3)", "3/4 (0.9)", "50% (0.4)"])
def test_a_range_and_two_values_are_asked_about(text: str) -> None:
    with pytest.raises(Ambiguous):
        read_number(text)


@pytest.mark.parametrize(("text", "value"), [
    ("0.5 (1/2)", "1/2"), ("2/9 (0.222)", "2/9"), ("50% (0.5)", "1/2"), ("x = 0.5 (1/2)", "1/2"), ("–3", "-3"), ("5 - 3", "2"), ("2(3)", "6"),
])
def test_a_value_said_again_and_signs_are_read(text: str, value: str) -> None:
    assert to_text(read_number(text).value) == value
