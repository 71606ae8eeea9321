"""Questions with free symbols and intervals, from the file to the mark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flint import fmpq

import examwright
from examwright.cli import main
from examwright.generator.chain import Disagreement
from examwright.generator.draw import DrawError, draw_variant
from examwright.generator.load import load_text
from examwright.grader import contracts
from examwright.grader.mark import mark_variant
from examwright.solvers.arithmetic import to_text
from examwright.solvers.expression import Expression

QUESTION = """\
title: A loss, its gradient, and the rates that converge
topics: [testing]
minutes: 6
draw:
  a: {from: [2, 9]}
  c: {from: [-5, 5], except: [0]}
let:
  shown: a*(w - c)**2/2
text: |
  Let $f(w) = {{ shown }}$.
parts:
  - name: loss
    ask: Add the penalty $\\lambda w^2/2$.
    answer: a*(w - c)**2/2 + lambda*w**2/2
    type: {expression: [w, lambda > 0]}
    points: 2
    mistakes:
      - answer: a*(w - c)**2/2 + lambda*w**2
        points: 1
        say: The penalty has a factor one half.
  - name: gradient
    ask: Derive it.
    answer: derivative(loss, w)
    type: {expression: [w, lambda > 0]}
    points: 2
    mistakes:
      - answer: a*(w - c)
        points: 1
        say: The penalty is missing.
  - name: minimum
    ask: Where is the minimum?
    answer: a*c/(a + lambda)
    type: {expression: [lambda > 0]}
    points: 2
    follow: none
  - name: rates
    ask: With $\\lambda = 1$, for which learning rates does gradient descent converge?
    answer: interval(0, 2/(a + 1))
    type: {interval: {variable: eta, wrong_ends: 0.5}}
    points: 2
    mistakes:
      - answer: interval(0, 1/(a + 1))
        points: 1
        say: That is the interval without overshooting.
  - name: first
    ask: With $\\lambda = 1$, what is the gradient at $w = 0$?
    answer: substitute(substitute(gradient, lambda, 1), w, 0)
    type: integer
    points: 1
check:
  loss: (a*(w - c)*(w - c) + lambda*w*w)/2
  gradient: a*w - a*c + lambda*w
  minimum: c/(1 + lambda/a)
  rates: "[[0, 2/(a + 1), '()']]"
  first: -a*c
"""


def made(*changes: tuple[str, str]) -> Any:
    text = QUESTION
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return load_text(text, Path("symbolic.yaml"), "tests/symbolic")


@pytest.fixture(scope="module")
def variant() -> Any:
    return draw_variant(made(), pins={"a": 3, "c": 2})


def test_keys_are_expressions(variant: Any) -> None:
    assert {n: to_text(variant.values[n]) for n in ("loss", "gradient", "minimum", "first")} == {
        "loss": "3/2*(w - 2)^2 + 1/2*lambda*w^2", "gradient": "3*(w - 2) + lambda*w", "minimum": "6/(3 + lambda)", "first": "-6"}
    assert isinstance(variant.values["loss"], Expression) and isinstance(variant.values["first"], fmpq)


def test_all_contracts_hold() -> None:
    report = contracts.run(made(), range(12))
    assert [str(f) for f in report.faults if f.contract != "distinct"] == []


def marks(variant: Any, **answers: str) -> dict[str, tuple[Any, str]]:
    return {m.part: (m.points, m.why) for m in mark_variant(variant, answers) if m.raw}


def test_right_answers_in_other_forms(variant: Any) -> None:
    assert marks(variant, loss="1.5(w-2)² + λw²/2", gradient="(3+λ)w - 6", minimum="2/(1+λ/3)", rates="0 < η < 1/2", first="-6") == {
        "loss": (2, "key"), "gradient": (2, "key"), "minimum": (2, "key"), "rates": (2, "key"), "first": (1, "key")}
    assert marks(variant, rates="(0, 1/2]")["rates"] == (1, "wrong") and marks(variant, rates="(0; 0.25)")["rates"] == (1, "mistake")


def test_mistakes_and_what_follows_from_them(variant: Any) -> None:
    found = mark_variant(variant, {"loss": "3/2*(w-2)^2 + λ*w^2", "gradient": "3(w-2) + 2λw", "first": "-6"})
    assert [(m.points, m.why) for m in found if m.raw] == [(1, "mistake"), (2, "follow-through"), (1, "key")]
    assert found[0].say == "The penalty has a factor one half."
    assert marks(variant, loss="3/2*(w-2)^2", gradient="3(w-2)") == {"loss": (0, "wrong"), "gradient": (2, "follow-through")}
    assert marks(variant, gradient="3w - 6") == {"gradient": (1, "mistake")}
    assert marks(variant, gradient="w^2 + λ", first="1") == {"gradient": (0, "wrong"), "first": (1, "follow-through")}


@pytest.mark.parametrize("trivial", ["0", "w - w", "(w+1)^2 - w^2 - 2w - 1", "0*w", "sin(0) w"])
def test_a_trivial_expression_buys_nothing(variant: Any, trivial: str) -> None:
    assert marks(variant, loss=trivial, gradient="0")["gradient"] == (0, "wrong")


def test_what_cannot_be_marked_waits_for_a_person(variant: Any) -> None:
    found = {m.part: m for m in mark_variant(variant, {"loss": "3/2x", "gradient": "1/2w", "minimum": "λ+", "rates": "(1, 0)"})}
    assert {n: (m.why, m.open) for n, m in found.items() if m.raw} == {
        "loss": ("unreadable", True), "gradient": ("undecided", True), "minimum": ("unreadable", True), "rates": ("unreadable", True)}
    assert "did you mean" in found["loss"].evidence or "symbols are" in found["loss"].evidence
    assert mark_variant(variant, {"minimum": "6/(3+λ) + 10^-150*exp(-exp(exp(exp(λ))))"})[2].why in ("wrong", "undecided")


def test_the_evidence_of_a_wrong_expression_is_a_point(variant: Any) -> None:
    found = mark_variant(variant, {"minimum": "6/(3-λ)"})[2]
    assert found.why == "wrong" and "at lambda = 2, 6/(3 - lambda) has the value 6, 6/(3 + lambda) has the value 6/5" in found.evidence


def test_texts_print_expressions(variant: Any) -> None:
    assert r"f(w) = \frac{3}{2}(w - 2)^2" in examwright.generator.wording.question_text(variant)  # type: ignore[attr-defined]


# ---- the second solver -----------------------------------------------------------------------

@pytest.mark.parametrize("change, told", [
    (("gradient: a*w - a*c + lambda*w", "gradient: a*w - a*c + 2*lambda*w"), "part gradient: the exact solver gives"),
    (("loss: (a*(w - c)*(w - c) + lambda*w*w)/2", "loss: a"), "part loss"),
    (("rates: \"[[0, 2/(a + 1), '()']]\"", "rates: \"[[0, 2/(a + 1), '(]']]\""), "part rates"),
    (("rates: \"[[0, 2/(a + 1), '()']]\"", "rates: \"[[0, 1/(a + 1), '()']]\""), "part rates"),
])
def test_a_wrong_check_stops_the_variant(change: tuple[str, str], told: str) -> None:
    with pytest.raises(Disagreement) as caught:
        draw_variant(made(change))
    assert told in str(caught.value) and "not issued" in str(caught.value)


def test_a_key_must_have_a_value_on_its_whole_domain() -> None:
    with pytest.raises(Disagreement, match="has no value at lambda = .*belongs to the type"):
        draw_variant(made(("answer: a*c/(a + lambda)", "answer: ln(lambda - 1)")))


def test_a_key_with_symbols_that_the_type_does_not_name() -> None:
    with pytest.raises(DrawError, match="holds w, where the symbols are lambda"):
        draw_variant(made(("answer: a*c/(a + lambda)", "answer: a*w/(a + lambda)")))


def test_numbers_in_an_answer_may_be_rounded_where_digits_are_asked() -> None:
    question = load_text("""\
title: A fitted line
topics: [testing]
minutes: 2
draw:
  xs: {value: [0, 1, 3]}
  ys: {value: [1, 2, 2]}
let:
  theta: solve([[3, 4], [4, 10]], [5, 8])
text: Fit a line.
parts:
  - name: slope
    ask: Its slope?
    answer: theta[1]
    type: {number: {digits: 3}}
    points: 1
  - name: line
    ask: Write the fitted line as a function of $x$.
    answer: theta[0] + slope*x
    type: {expression: {symbols: x, digits: 3}}
    points: 2
check: {slope: 2/7, line: 9/7 + 2*x/7}
""", Path("line.yaml"), "tests/line")
    variant = draw_variant(question)
    for raw, points, why in (("9/7 + 2x/7", 2, "key"), ("1.29 + 0.286x", 2, "rounded"), ("1.2857+0.28571x", 2, "rounded"), ("y = 0.286·x + 1.29", 2, "rounded"), ("1.3+0.29x", 1, "rounded"), ("1.28 + 0.286x", 0, "wrong"), ("1.29 + 0.286x²", 0, "wrong"), ("1.29x + 0.286", 0, "wrong")):
        found = mark_variant(variant, {"line": raw})[1]
        assert (found.points, found.why) == (points, why), (raw, found)
    assert variant.kinds["line"].rounded(variant.values["line"]) == "1.29 + 0.286*x"
    assert [m.points for m in mark_variant(variant, {"slope": "0.3", "line": "9/7+0.3x"})][1] == 2


# ---- the command line ------------------------------------------------------------------------

def test_show_prints_the_exact_key_as_a_text(tmp_path: Path) -> None:
    path = tmp_path / "questions" / "mine" / "symbolic.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(QUESTION, encoding="utf-8")
    run = CliRunner().invoke(main, ["show", str(path), "--set", "a=3", "--set", "c=2", "--json"])
    assert run.exit_code == 0, run.output
    keys = {p["name"]: p["key"] for p in json.loads(run.output)["parts"]}
    assert keys["gradient"]["exact"] == keys["gradient"]["decimal"] == "3*(w - 2) + lambda*w" and keys["rates"]["exact"] == "(0, 1/2)"
    asked = {p["name"]: p["asked"] for p in json.loads(run.output)["parts"]}
    assert asked["loss"] == r"in terms of $w$ and $\lambda$ for $\lambda > 0$" and asked["rates"] == "as an interval"
    run = CliRunner().invoke(main, ["mark", str(path), "--set", "a=3", "--set", "c=2", "--answer", "gradient=λw+3w-6"])
    assert run.exit_code == 0 and "gradient: 2 of 2 (key)  read as lambda*w + 3*w - 6" in run.output


@pytest.mark.parametrize("arguments, verdict", [
    (["--kind", "expression", "--key", "2 ln(x)", "--answer", "ln(x^2)", "--symbols", "x > 0"], "equal (key)"), (["--kind", "expression", "--key", "2 ln(x)", "--answer", "ln(x^2)", "--symbols", "x"], "different (wrong)"),
    (["--kind", "expression", "--key", "x/2", "--answer", "1/2x"], "ambiguous (ambiguous)"), (["--kind", "expression", "--key", "x/2", "--answer", "q/2"], "unreadable (unreadable)"), (["--kind", "interval", "--key", "(0, 1]", "--answer", "0 < x <= 1"], "equal (key)"),
])
def test_judge_on_the_command_line(arguments: list[str], verdict: str) -> None:
    run = CliRunner().invoke(main, ["judge", *arguments])
    assert run.exit_code == 0 and run.output.startswith(verdict), run.output


def test_judge_tells_faults_of_the_caller() -> None:
    for arguments, told in ((["--key", "xy", "--answer", "x"], "say which symbols"), (["--key", "x", "--answer", "x", "--symbols", "x > "], "declares no symbol"), (["--key", "x", "--answer", "x", "--symbols", "y"], "cannot be read"), (["--key", "x", "--answer", "x", "--within", "1"], "belongs to numbers")):
        run = CliRunner().invoke(main, ["judge", "--kind", "expression", *arguments])
        assert run.exit_code == 2 and told in run.output and "Traceback" not in run.output, run.output
