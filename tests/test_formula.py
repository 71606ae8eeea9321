"""The formula language: exact against Python's Fraction, positions of errors, and nothing but the language."""

from __future__ import annotations

import operator
import string
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from effort import examples
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from examwright.generator.chain import agree, to_numeric
from examwright.generator.formula import (
    MAX_BITS,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_LENGTH,
    Formula,
    FormulaError,
    entries,
    parse,
)
from examwright.generator.vocabulary import exact_functions, numeric_functions
from examwright.solvers.arithmetic import (
    Real,
    TooLarge,
    as_int,
    is_integer,
    ln,
    maximum,
    minimum,
    significant_exponent,
    sqrt,
    to_decimal,
    to_latex,
    to_text,
)

FUNCTIONS = exact_functions()
Q = fmpq
ERRORS = (ZeroDivisionError, ValueError, IndexError, TypeError, OverflowError, KeyError)


def run(text: str, numeric: bool = False, **values: Any) -> Any:
    return parse(text, {} if numeric else FUNCTIONS, numeric).run(values)


# ---- against another evaluator ---------------------------------------------------------------

Tree = Any  # ("n", text) | ("v", name) | (op, tree, tree) | ("neg", tree) | ("if", tree, tree, tree) | ...

numbers = st.one_of(
    st.integers(0, 10**6).map(lambda n: ("n", str(n))),
    st.tuples(st.integers(0, 999), st.text(string.digits, min_size=1, max_size=4)).map(lambda t: ("n", f"{t[0]}.{t[1]}")),
    st.text(string.digits, min_size=1, max_size=3).map(lambda d: ("n", "." + d)),
)
names = st.sampled_from(["a", "b", "c"]).map(lambda n: ("v", n))
arithmetic = st.recursive(st.one_of(numbers, names), lambda t: st.one_of(
    st.tuples(st.sampled_from("+-*/"), t, t), st.tuples(st.just("neg"), t),
    st.tuples(st.just("**"), t, st.integers(-3, 4).map(lambda n: ("n", str(n)) if n >= 0 else ("neg", ("n", str(-n))))),
    st.tuples(st.just("if"), st.tuples(st.sampled_from(["<", "<=", "==", "!=", ">", ">="]), t, t), t, t)), max_leaves=12)
conditions = st.recursive(
    st.tuples(st.sampled_from(["<", "<=", "==", "!=", ">", ">="]), arithmetic, arithmetic),
    lambda t: st.one_of(st.tuples(st.sampled_from(["and", "or"]), t, t), st.tuples(st.just("not"), t)), max_leaves=4)

_PRECEDENCE = {"if": 0, "or": 1, "and": 2, "not": 3, "<": 4, "<=": 4, "==": 4, "!=": 4, ">": 4, ">=": 4, "+": 5, "-": 5,
               "*": 6, "/": 6, "neg": 7, "**": 8, "n": 9, "v": 9}


def written(tree: Tree, least: int = 0, spaces: str = " ") -> str:
    """The tree as a formula with only the brackets that precedence needs."""
    op, *parts = tree
    level = _PRECEDENCE[op]
    if op in "nv":
        return str(parts[0])
    if op == "if":
        text = f"{written(parts[1], 1)} if {written(parts[0], 1)} else {written(parts[2], 0)}"
    elif op == "neg":
        text = "-" + written(parts[0], 7)
    elif op == "not":
        text = "not " + written(parts[0], 3)
    elif op == "**":
        text = f"{written(parts[0], 9)}**{written(parts[1], 7)}"
    else:
        gap = spaces if op not in ("and", "or") else " "
        text = f"{written(parts[0], level + (level == 4))}{gap}{op}{gap}{written(parts[1], level + 1)}"
    return f"({text})" if level < least else text


_PYTHON = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "<": operator.lt, "<=": operator.le,
           "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge}


def expected(tree: Tree, values: dict[str, Fraction]) -> Any:
    op, *parts = tree
    if op == "n":
        return Fraction(Decimal(parts[0]))
    if op == "v":
        return values[parts[0]]
    if op == "neg":
        return -expected(parts[0], values)
    if op == "not":
        return not expected(parts[0], values)
    if op == "and":
        return expected(parts[0], values) and expected(parts[1], values)
    if op == "or":
        return expected(parts[0], values) or expected(parts[1], values)
    if op == "if":
        return expected(parts[1] if expected(parts[0], values) else parts[2], values)
    if op == "**":
        return expected(parts[0], values) ** int(expected(parts[1], values))
    return _PYTHON[op](expected(parts[0], values), expected(parts[1], values))


fractions = st.fractions(-50, 50, max_denominator=60)


@examples(400)
@given(st.one_of(arithmetic, conditions), fractions, fractions, fractions, st.sampled_from(["", " ", "  \n "]))
def test_agrees_with_fractions(tree: Tree, a: Fraction, b: Fraction, c: Fraction, spaces: str) -> None:
    values = {"a": a, "b": b, "c": c}
    try:
        wanted = expected(tree, values)
    except ZeroDivisionError:
        wanted = None
    text = written(tree, spaces=spaces)
    if len(text) > MAX_LENGTH:
        return
    try:
        found = run(text, **{n: Q(v.numerator, v.denominator) for n, v in values.items()})
    except FormulaError as error:
        assert "nested too deeply" in error.message
        return
    except ZeroDivisionError:
        assert wanted is None, text
        return
    except ValueError as error:
        assert ("digits" in str(error) or "too large or too small" in str(error)) and wanted is not None and max(
            abs(wanted.numerator).bit_length(), wanted.denominator.bit_length()) > 990, text
        return
    if isinstance(wanted, bool):
        assert found is wanted, text
    else:
        assert isinstance(found, fmpq) and wanted is not None
        assert (int(found.p), int(found.q)) == (wanted.numerator, wanted.denominator), text


@examples(150)
@given(arithmetic, st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_numeric_runs_the_same_formula_in_floats(tree: Tree, a: int, b: int, c: int) -> None:
    text = written(tree)
    try:
        exact, found = run(text, a=Q(a), b=Q(b), c=Q(c)), run(text, numeric=True, a=a, b=b, c=c)
    except (FormulaError, *ERRORS):
        return
    wide = max(abs(float(exact)), 1.0)
    try:
        close = abs(float(found) - float(exact)) <= 1e-6 * wide
    except OverflowError:
        return
    # cancellation and jumps may differ; most formulas do not have them
    assert close or "if" in text or "-" in text or "**" in text, text


@examples(150)
@given(st.lists(fractions, min_size=1, max_size=5), fractions)
def test_vectors_entry_by_entry(xs: list[Fraction], k: Fraction) -> None:
    v = tuple(Q(x.numerator, x.denominator) for x in xs)
    s = Q(k.numerator, k.denominator)
    assert run("2*v + s", v=v, s=s) == tuple(2 * x + s for x in v)
    assert run("v - v*v", v=v) == tuple(x - x * x for x in v)
    assert run("-[v, v]", v=v) == (tuple(-x for x in v),) * 2
    assert run("sum(v)", v=v) == sum(v, Q(0)) and run("v[0] in v", v=v) is True
    with pytest.raises(ValueError, match="different lengths"):
        run("v + w", v=v, w=(*v, s))


# ---- single sayings --------------------------------------------------------------------------

@pytest.mark.parametrize("text, value", [
    ("0.1", Q(1, 10)), (".5", Q(1, 2)), ("1/2", Q(1, 2)), ("0.1 + 0.2", Q(3, 10)), ("2**3**2", Q(512)), ("-2**2", Q(-4)), ("2**-1", Q(1, 2)),
    ("7 - 2 - 1", Q(4)), ("8/4/2", Q(1)), ("2 + 3*4", Q(14)), ("--3", Q(3)), ("+3", Q(3)), ("(2)", Q(2)), ("[1, [2, 3]]", (Q(1), (Q(2), Q(3)))),
    ("[1, 2][1]", Q(2)), ("[[1, 2], [3, 4]][1][0]", Q(3)), ("[1, 2,]", (Q(1), Q(2))), ("[]", ()), ("'ln'", "ln"), ('"a b"', "a b"),
    ("1 if 2 < 1 else 3", Q(3)), ("1 if false else 2 if true else 3", Q(2)), ("0 < 1 < 2", True), ("0 < 2 < 1", False), ("1 == 1.0", True),
    ("'a' == 'a'", True), ("'a' != 'b'", True), ("3 in [1, 2, 3]", True), ("3 not in [1, 2, 3]", False), ("not true", False), ("not not true", True),
    ("true and false or true", True), ("mean([1, 2])", Q(3, 2)), ("max(1, 3, 2)", Q(3)), ("sqrt(4)", Q(2)), ("4**(1/2)", Q(2)), ("sqrt(2)*sqrt(2)", Q(2)),
    ("dot([1, 2], [3, 4])", Q(11)), ("len([1, 2, 3])", Q(3)), ("[1, 2] == [1, 2]", True), ("[1, 2] != [2, 1]", True), ("round(2.5, 0)", Q(3)),
    ("1/0 if false else 1", Q(1)), ("false and 1/0 == 1", False), ("true or 1/0 == 1", True),
])
def test_values(text: str, value: Any) -> None:
    found = run(text)
    assert type(found) is type(value) and found == value


def test_closed_forms() -> None:
    assert run("ln(5/3)").form == (Q(1), "ln", Q(5, 3)) and run("sigmoid(ln(3))") == Q(3, 4)
    assert isinstance(run("2*x + 1", x=ln(Q(2))), Real) and run("x > 0.69", x=ln(Q(2))) is True
    assert run("-x", x=sqrt(Q(2))).form == (Q(-1), "sqrt", Q(2))


@pytest.mark.parametrize("text, error", [
    ("1/0", ZeroDivisionError), ("[1][1]", IndexError), ("[1][0.5]", ValueError), ("'a' + 1", TypeError), ("true + 1", TypeError),
    ("'a'*1000000000", TypeError), ("5[0]", TypeError), ("'word'[0]", TypeError), ("10**10**10", ValueError), ("9**9999*9**9999", ValueError), ("sqrt(sqrt(sqrt(10**10000)))", ValueError), ("(1 + 1/3)**10000", ValueError), ("10**301", ValueError),
    ("(1/10)**301", ValueError), ("10**300 + 1/10**200", ValueError), ("10**299 + 1/10**200", None), ("0*10**299", None), ("gram(gram(gram(gram(gram([[3**2000]])))))", ValueError),
    ("2**0.3 + 1", None), ("(-8)**(1/3)", ValueError), ("sum(range(10**9))", ValueError), ("round(1/3, 10**9)", ValueError), ("0**-1", ZeroDivisionError),
    ("[[[[[[[1]]]]]]]", ValueError), ("flatten([range(9999), range(9999)])", ValueError), ("1 < 'a'", TypeError), ("ln(0)", ValueError),
])
def test_errors_while_running_are_of_the_known_kinds(text: str, error: type[Exception] | None) -> None:
    if error is None:
        run(text)
        return
    with pytest.raises(error):
        run(text)


def test_sizes_are_bounded_step_by_step() -> None:
    x, steps = Q(9, 7) ** 100, 0
    square = parse("x*x", FUNCTIONS)
    with pytest.raises(ValueError, match="too many digits"):
        while steps < 40:
            x, steps = square.run({"x": x}), steps + 1
    assert x.p.bit_length() <= MAX_BITS and steps == 3
    v: Any = (Q(1),) * 3
    double = parse("flatten([v, v])", FUNCTIONS)
    with pytest.raises(ValueError, match="too many entries"):
        for _ in range(40):
            v = double.run({"v": v})
    assert len(v) <= MAX_ENTRIES


def test_closed_forms_do_not_grow_step_by_step() -> None:
    x: Any = ln(Q(3))
    step = parse("64*x + 63*ln(2) + 64*x", FUNCTIONS)
    for _ in range(8):
        x = step.run({"x": x})
        assert x.form is None or x.form[2].height_bits() <= MAX_BITS


@pytest.mark.parametrize("x", [Q(10) ** 5000, Q(10) ** 5000 - 1, Q(7, 3) ** 9000, Q(1, 10**4999), Q(10**5000, 3), Q(1), Q(9, 10), Q(10) ** 299])
def test_numbers_of_thousands_of_digits_are_shown(x: fmpq) -> None:
    e = significant_exponent(x)
    assert e is not None and Q(10) ** e <= x < Q(10) ** (e + 1)
    assert len(to_text(x)) >= 1 and len(to_latex(x)) >= 1 and to_decimal(x, digits=5).replace(".", "").strip("0") != ""
    assert to_text(sqrt(x * x)) == to_text(x)
    y = Real(arb(x))
    e = significant_exponent(y)
    assert arb(10) ** (e - 1) < y.ball < arb(10) ** (e + 2)


@pytest.mark.parametrize("power", range(-4, 5))
@pytest.mark.parametrize("beside", [Q(0), Q(1, 10**9), Q(1, 10**17), Q(1, 10**40)])
def test_exponents_and_whole_numbers_are_exact_where_floats_are_not(power: int, beside: fmpq) -> None:
    edge = Q(10) ** power
    for x in (edge * (1 + beside), edge * (1 - beside), -edge * (1 - beside)):
        e = significant_exponent(x)
        assert e is not None and Q(10) ** e <= abs(x) < Q(10) ** (e + 1)
        assert is_integer(x) == (x.q == 1)
        if x.q == 1:
            assert as_int(x) == x
        else:
            with pytest.raises(ValueError):
                as_int(x)


@pytest.mark.parametrize("xs", [(Q(1), Q(1) + Q(1, 10**40), Q(1), Q(0)), (Q(10) ** 400, Q(3), Q(10) ** 401, Q(1)), (Q(1, 3), Q(-1, 3), Q(1, 3), Q(2, 6)),
                                (Q(1, 10**400), Q(0), Q(2, 10**400), Q(-1, 10**400)), (Q(1), Q(2), Q(3), Q(4), Q(5))])
def test_extremes_are_those_of_the_exact_numbers(xs: tuple[fmpq, ...]) -> None:
    assert maximum(*xs) == sorted(xs)[-1] and minimum(*xs) == sorted(xs)[0]


def test_small_rationals_are_told_apart_by_what_is_kept_of_them() -> None:
    """All fractions of up to 7 bits, and some of 13: what is kept by a float is that of the number itself, however often it is asked."""
    some = {Q(p, q) for p in range(-127, 128) for q in range(1, 128)} | {Q(p, q) for p in range(8100, 8192, 7) for q in range(8001, 8192, 11)}
    assert len({float(x) for x in some}) == len(some)
    for _ in range(2):
        for x in some:
            p, q = int(x.p), int(x.q)
            assert to_text(x) == (str(p) if q == 1 else f"{p}/{q}")
            assert to_latex(x) == (str(p) if q == 1 else ("-" if p < 0 else "") + rf"\frac{{{abs(p)}}}{{{q}}}")


def test_lists_of_all_sorts_are_measured() -> None:
    """Numbers beside words, truths and lists: each is looked at as what it is."""
    assert entries((Q(1), "word", True, ln(Q(2)), (Q(1), ()), Q(2))) == 9
    assert entries(()) == 1 and entries((Q(1),) * 10) == 11
    with pytest.raises(TooLarge):
        entries((Q(1), Q(10) ** 301))


# ---- errors and their places -----------------------------------------------------------------

BAD = [
    # text with «…» around the offending word, message, hint
    ("alpha + «^»2", "'^' has no meaning in a formula.", "Write ** for a power."), ("a «=» b", "'=' has no meaning in a formula.", "Write == to compare."),
    ("a«.»b", "'.' has no meaning in a formula.", "There are no attributes."), ("a «&» b", "'&' has no meaning", "Write and."), ("a «|» b", "'|' has no meaning", "Write or."),
    ("«!»a", "'!' has no meaning", "Write not, or !=."), ("a «%» b", "'%' has no meaning", ""), ("a «@» b", "'@' has no meaning", ""), ("a«;» b", "';' has no meaning", ""),
    ("a «−» b", "'−' has no meaning", "Write -"), ("a «–» b", "", "Write -"), ("a «·» b", "'·' has no meaning", "Write *"), ("a «×» b", "", "Write *"), ("mean(«‘»a’)", "'‘' has no meaning", "Write '"),
    ("a «≤» b", "", "Write <=."), ("a «÷» b", "", "Write /"), ("«√»2", "", "sqrt"),
    ("«{»1}", "'{' has no meaning", ""), ("a + «\\»n", "has no meaning", ""), ("«'»open", "has no meaning", ""), ("«1e5»", "'1e5' is not a number.", "Write it as a decimal"), ("2 + «1e-3»", "'1e-3' is not a number.", ""),
    ("«2x»", "'2x' is not a number.", ""), ("«1_000»", "'1_000' is not a number.", ""), ("«1.2.3»", "'1.2.3' is not a number.", ""), ("«0x1F»", "'0x1F' is not a number.", ""),
    ("«lambda» x", "'lambda' has no meaning", ""), ("1 «for»", "'for' has no meaning", ""), ("«None»", "'None' has no meaning", ""), ("«True»", "'True' has no meaning", ""), ("«__import__»('os')", "'__import__' has no meaning", ""),
    ("«__builtins__»", "'__builtins__' has no meaning", ""), ("«mena»([1])", "there is no function 'mena'.", "Did you mean 'mean'?"), ("«eval»('1')", "there is no function 'eval'.", ""), ("«open»('x')", "there is no function 'open'.", ""),
    ("«mean»()", "mean takes 1 argument, not 0.", ""), ("«dot»([1])", "dot takes 2 arguments, not 1.", ""), ("1 + «dot»([1], [2], [3])", "dot takes 2 arguments, not 3.", ""), ("(a + 1«»", "')' is missing before the end.", ""),
    ("[1, 2«»", "']' is missing before the end.", ""), ("mean([1]«»", "')' is missing before the end.", ""), ("(a «]»", "')' is missing before ']'.", ""), ("[1 «2»]", "',' is missing before '2'.", ""), ("a «b»", "unexpected 'b'.", "Is an operator missing?"),
    ("a «)»", "unexpected ')'.", ""), ("a +«»", "unexpected the end of the formula.", ""), ("a + «*»b", "unexpected '*'.", ""), ("a if b«»", "'else' is missing.", ""), ("a«(»1)", "there is no function 'a'.", "") , ("(a)«(»1)", "only a function's name can be called.", ""),
    ("[1]«(»0)", "only a function's name can be called.", ""), ("«and» a", "unexpected 'and'.", ""), ("a «else» b", "unexpected 'else'.", ""), ("[«,»]", "unexpected ','.", ""), ("«»", "the formula is empty.", ""), ("  «»", "the formula is empty.", ""),
]


def _marked(text: str) -> tuple[str, int, str]:
    start, end = text.index("«"), text.index("»") - 1
    plain = text.replace("«", "").replace("»", "")
    return plain, start, plain[start:end]


@pytest.mark.parametrize("text, message, hint", BAD, ids=[b[0] for b in BAD])
def test_errors_say_where(text: str, message: str, hint: str) -> None:
    plain, offset, word = _marked(text)
    with pytest.raises(FormulaError) as caught:
        parse(plain, FUNCTIONS)
    error = caught.value
    if plain == "a(1)":
        offset, word = 0, "a"
    assert message in error.message and hint in error.hint
    assert (min(error.offset, len(plain.rstrip())), error.word) == (min(offset, len(plain.rstrip())), word)


@pytest.mark.parametrize("text", ["(" * 200, "[" * 200, "-" * 200, "not " * 200, "abs(" * 200, "(" * 200 + "1" + ")" * 200, "1 if 1 else " * 150,
                                  "2**" * 200 + "2", "a[" * 200, "+" * 1999, "'" * 1999, "9" * 1999, "a," * 900, "[" * 39 + "1" + "]" * 38])
def test_depth_and_length_are_bounded(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text, FUNCTIONS)
    assert 0 <= caught.value.offset <= len(text)


def test_limits_are_as_said() -> None:
    assert run("(" * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1)) == 1
    with pytest.raises(FormulaError, match="too deeply"):
        parse("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH, FUNCTIONS)
    assert run("1" + "+1" * (MAX_LENGTH // 2 - 1)) == MAX_LENGTH // 2
    with pytest.raises(FormulaError, match="longer than"):
        parse("1" * (MAX_LENGTH + 1), FUNCTIONS)


def test_names_are_told_with_their_places() -> None:
    formula = parse("mean(xs) + b*xs[i] + mean", FUNCTIONS)
    assert formula.names == {"xs": 5, "b": 11, "i": 16, "mean": 21} and formula.text == "mean(xs) + b*xs[i] + mean"


# ---- nothing else ----------------------------------------------------------------------------

PIECES = ["a", "b", "mean", "sum", "dot", "range", "round", "__import__", "lambda", "class", "eval", "'x'", '"', "'", "0", "1", "2.5", "1e9", "99999999999", ".", "**",
          "*", "/", "+", "-", "(", ")", "[", "]", "{", "}", ",", ":", "=", "==", "!=", "<", " in ", " not ", " and ", " or ", " if ", " else ", "\n", "\t", "\x00", "é", "²", "½", "٣", "\\", "#", "@", ";", "`", "$", "_"]


@examples(500)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)), st.booleans())
def test_any_text_is_a_formula_or_a_formula_error(text: str, numeric: bool) -> None:
    try:
        formula = parse(text, numeric_functions() if numeric else FUNCTIONS, numeric)
    except FormulaError as error:
        assert 0 <= error.offset <= len(text) and error.message and "\n" not in error.message.replace(repr("\n"), "")
        assert len(error.word) <= MAX_LENGTH
        return
    assert isinstance(formula, Formula) and all(text[o:].startswith(n) for n, o in formula.names.items())
    if "mean" not in text and "dot" not in text:
        try:
            formula.run({"a": Q(3), "b": (Q(1), Q(2))} if not numeric else {"a": 3, "b": np.array([1.0, 2.0])})
        except (*ERRORS, ArithmeticError):
            pass


def test_functions_are_looked_up_once_and_nowhere_else() -> None:
    called = []
    formula = parse("f(a) + f(2)", {"f": lambda x: called.append(x) or x})
    assert formula.run({"a": Q(1), "f": None}) == 3 and called == [1, 2]
    with pytest.raises(FormulaError):
        parse("mean([1])", {})


def test_an_unknown_word_of_a_check_leads_to_the_numeric_ones() -> None:
    for numeric, room in ((True, "solvers/numeric"), (False, "solvers/exact")):
        with pytest.raises(FormulaError) as caught:
            parse("zzyzx(1)", {"mean": sum} if numeric else FUNCTIONS, numeric)
        assert caught.value.message == "there is no function 'zzyzx'." and (room in caught.value.hint or "Allowed: mean" in caught.value.hint)
    with pytest.raises(FormulaError) as caught:
        parse("zzyzx(1)", numeric_functions(), True)
    assert "solvers/numeric" in caught.value.hint and "examwright functions" in caught.value.hint


def test_numeric_words_and_lists() -> None:
    assert run("'a' == 'a'", numeric=True) is True
    assert list(run("[1, 2]*3", numeric=True)) == [3.0, 6.0] and list(run("[1, 2] + [3, 4]", numeric=True)) == [4.0, 6.0]
    with pytest.raises(TypeError):
        run("'a'*1000000000", numeric=True)
    with pytest.raises(ValueError):
        run("(10**1000)**1000", numeric=True)
    with pytest.raises(ValueError):
        run("10**1001", numeric=True)


def test_an_enclosure_of_extreme_width_is_refused() -> None:
    """Around a middle of 0, too: rounding it would need a power of ten with millions of digits, which ends the process."""
    tiny, huge = arb(2) ** -2_000_000_000, arb(2) ** 2_000_000_000
    for radius in (tiny, huge):
        with pytest.raises(ValueError, match="too large or too small"):
            entries((Real(arb(0, radius)),))
    assert entries((Real(arb(0, 1)), Real(arb(0)))) == 3


# ---- arithmetic in texts ---------------------------------------------------------------------

@pytest.mark.parametrize(("text", "printed"), [
    ("{{ (x - y) | tuple }}", "(-2, -3)"), ("{{ (x + y) | row }}", "4, 7"), ("{{ (2*x) | row }}", "2, 4"), ("{{ (y / 3) | row }}", r"1, \frac{5}{3}"),
    ("{{ (x * y)[1] }}", "10"), ("{{ (x**2 + 1) | row }}", "2, 5"), ("{{ ([1] + [2]) | row }}", "1, 2"),
])
def test_vectors_in_texts_are_computed_as_in_formulas(text: str, printed: str) -> None:
    from examwright.generator.text import compile_text

    assert compile_text(text).render({"x": (fmpq(1), fmpq(2)), "y": (fmpq(3), fmpq(5))}) == printed


@pytest.mark.parametrize("text", ["{{ (x + z) | row }}", "{{ (x + 'a') | row }}", "{{ (x % 2) | row }}", "{{ ([1, 2] * 3) | row }}", "{{ (x / 0) | row }}"])
def test_what_vectors_in_texts_cannot_do(text: str) -> None:
    from examwright.generator.text import TextError, compile_text

    with pytest.raises(TextError):
        compile_text(text).render({"x": (fmpq(1), fmpq(2)), "z": (fmpq(3),)})


@pytest.mark.parametrize("text, printed", [
    (r"$\sigma(2) = {{ s | sig(4) }}$", r"$\sigma(2) \approx 0.8808$"), ("$p = {{ half | sig(4) }}$", "$p = 0.5000$"), ("$p = {{ third | dec(3) }}$, so", r"$p \approx 0.333$, so"),
    ("$p = {{ s }}$", r"$p \approx 0.8808$"), ("$p = {{ ln2 }}$", r"$p = \ln 2$"), ("$p = {{ ln2 | sig(3) }}$.", r"$p \approx 0.693$."), ("$p = {{ third }}$", r"$p = \frac{1}{3}$"),
    ("$a = -{{ third | sig(2) }} = b$", r"$a \approx -0.33 = b$"), ("$a = {{ third | sig(2) }} + 1 = {{ (third + 1) | sig(2) }}$", r"$a = 0.33 + 1 \approx 1.3$"),
    ("$v = {{ v | sig(2) }}$", r"$v \approx (0.33, 0.50)$"), ("$v = {{ v | tuple }}$", r"$v = (\frac{1}{3}, \frac{1}{2})$"), ("$v = ({{ third | dec(1) }}, {{ half | dec(1) }})$", r"$v \approx (0.3, 0.5)$"),
    ("$v = {{ v | column(1) }}$", r"$v \approx \begin{bmatrix}0.3 \\ 0.5\end{bmatrix}$"), (r"$x &= {{ third | sig(2) }} \\ y$", r"$x &\approx 0.33 \\ y$"), ("${{ third | percent(1) }}$, $p = {{ half | percent(0) }}$", r"$33.3\%$, $p = 50\%$"),
    ("$p = {{ third | percent(1) }}$", r"$p \approx 33.3\%$"), (r"$a \le {{ s | sig(2) }}$, $b != {{ s | sig(2) }}$", r"$a \le 0.88$, $b != 0.88$"), (r"$t = {{ third | sig(2) }}\text{ s}$", r"$t \approx 0.33\text{ s}$"),
    ("$2 \\cdot {{ (third - 1) | sig(2) | paren }} = {{ (third - 1) | sig(2) }}$", r"$2 \cdot (-0.67) \approx -0.67$"),
    (r"$\frac{1}{2} \approx {{ half | sig(3) }}$", r"$\frac{1}{2} = 0.500$"), (r"$a = {{ third | sig(2) }} + {{ (1 - third) | sig(2) }} \approx {{ (2*half) | sig(2) }}$", r"$a = 0.33 + 0.67 \approx 1$"),
    (r"$x \approx {{ third | sig(2) }}$, $y \approx {{ half | dec(2) }}$", r"$x \approx 0.33$, $y = 0.50$"), (r"$y \approx {{ half | dec(1) }} \cdot 2$, $\pi \approx 3.14$", r"$y \approx 0.5 \cdot 2$, $\pi \approx 3.14$"),
    ("$2 \\cdot {{ (third - 1) | sig(1) | paren }} \\cdot {{ (-half) | sig(1) | paren }}$", r"$2 \cdot (-0.7) \cdot (-0.5)$"),
    ("{% set t = third | sig(2) %}$t = {{ '(' ~ t ~ ')' }} \\cdot 2$ {{ t }}", r"$t = (0.33) \cdot 2$ 0.33"), ("$f = {{ third | sig(2) }}^2$", "$f = 0.33^2$"),
])
def test_a_rounded_value_stands_behind_about_equal_in_solutions(text: str, printed: str) -> None:
    from examwright.generator.text import compile_text
    from examwright.solvers.arithmetic import ln, sigmoid

    third, half = fmpq(1, 3), fmpq(1, 2)
    values = {"s": sigmoid(fmpq(2)), "third": third, "half": half, "v": (third, half), "ln2": ln(fmpq(2))}
    compiled = compile_text(text)
    assert compiled.render(values, solution=True) == printed
    assert compiled.render(values).replace(r"\approx", "=") == printed.replace(r"\approx", "=")


# ---- the general words of `check:` -----------------------------------------------------------

WORDS = ["abs(-a)", "argmax(v)", "argmin(v)", "ceil(a/7)", "column(m, 1)", "cos(a)", "count(v, 3)", "dot(v, w)", "exp(a/5)", "floor(-a/7)", "len(v)",
         "ln(a)", "log2(a)", "log10(a)", "matmul(m, transpose(m))", "matvec(m, w)", "max(v)", "max(a, b, 1)", "mean(v)", "min(w)", "min(a, b)",
         "prod(w)", "range(4)", "relu(-a)", "relu(b)", "sigmoid(a)", "sigmoid(-40)", "sign(-b)", "sin(b)", "solve([[2, 1], [a, -1]], [b, 3])",
         "sort(w)", "sqrt(a)", "sum(v)", "sum(v*w)/len(v)", "tan(a)", "tanh(b)", "transpose(m)"]


@pytest.mark.parametrize("text", WORDS)
def test_a_general_word_means_the_same_in_check(text: str) -> None:
    values = {"a": Q(7, 2), "b": Q(5), "v": (Q(3), Q(-1), Q(3)), "w": (Q(2), Q(1, 2), Q(-4)), "m": ((Q(1), Q(2), Q(3)), (Q(0), Q(-1), Q(1, 3)))}
    exact = parse(text, FUNCTIONS).run(values)
    found = parse(text, numeric_functions(), numeric=True).run({n: to_numeric(v) for n, v in values.items()})
    assert agree(exact, found), (exact, found)


def test_every_general_word_of_check_is_tried_and_is_one_of_formulas() -> None:
    from examwright.solvers.numeric import common

    assert set(common.__all__) <= set(FUNCTIONS)
    assert [n for n in common.__all__ if not any(n + "(" in text for text in WORDS)] == []


def test_general_words_of_check_take_free_symbols_point_by_point() -> None:
    x = np.linspace(-3, 3, 11)
    found = parse("max(0, x) + sum([x, exp(x)]) - sigmoid(x)", numeric_functions(), numeric=True, symbols=("x",)).run({"x": x})
    assert np.allclose(found, np.maximum(x, 0) + x + np.exp(x) - 1 / (1 + np.exp(-x)))
