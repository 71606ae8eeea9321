"""Practice in the terminal: what is typed, what is told, and formulas in Unicode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import effort
import pytest
from click.testing import CliRunner

pytest.importorskip("sqlalchemy")

from examwright.cli import main  # noqa: E402
from examwright.generator import wording  # noqa: E402
from examwright.generator.index import question_paths  # noqa: E402
from examwright.practice import midterm, tasks  # noqa: E402
from examwright.practice.store import Store  # noqa: E402
from examwright.terminal_math import terminal_text, unicode_math  # noqa: E402

SIGMOID = "neural-networks/forward-sigmoid"


def practise(tmp_path: Path, *lines: str, question: str = SIGMOID, seed: str = "1", code: int = 0) -> str:
    arguments = ["practice", *([question] if question else []), "--seed", seed, "--database", str(tmp_path / "p.db")]
    run = CliRunner().invoke(main, arguments, input="".join([line + "\n" for line in lines]), env={"COLUMNS": "100"})
    assert run.exit_code == code and "Traceback" not in run.output, run.output
    return str(run.output)


def right(variant: Any, name: str) -> str:
    return str(wording.kind_of(variant, variant.question.part(name)).rounded(variant.values[name]))


@pytest.mark.parametrize(("latex", "wanted"), [
    (r"\frac{2}{9}", "2/9"), ("x_1^2", "x₁²"), (r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}", "[1, 2; 3, 4]"), (r"\hat y = \theta_0 + \theta_1 x", "ŷ = θ₀ + θ₁x"),
    (r"\sum_{i=1}^{n} (y_i - \hat y_i)^2", "∑ᵢ₌₁ⁿ(yᵢ − ŷᵢ)²"), (r"\ln\frac{5}{3}", "ln(5/3)"), (r"w_{CA}A", "w_CA A"), (r"\frac{1}{50}(a-b)", "(1/50)(a − b)"),
    (r"-3", "−3"), (r"2 \cdot (-3)", "2⋅(−3)"), (r"e^{-\frac12}", "e^(−1/2)"), (r"\sqrt{12}", "√12"), (r"\sqrt{a+b}", "√(a + b)"), (r"25\%", "25%"),
    (r"\frac{a+b}{2c}", "(a + b)/2c"), (r"X^\top X", "X^⊤X"), (r"\nosuchcommand", r"\nosuchcommand"), (r"a \le b", "a ≤ b"),
    (r"n\log_2 n", "n log₂ n"), (r"-y\ln p(x)", "−y ln p(x)"), (r"\sqrt{n^2}", "√(n²)"),
])
def test_formulas_in_unicode(latex: str, wanted: str) -> None:
    assert unicode_math(latex) == wanted


@pytest.mark.parametrize("question", effort.some(question_paths()))
def test_every_question_can_be_shown(question: str) -> None:
    variant = tasks.variant(question, "1")
    for text in (wording.question_text(variant), wording.solution(variant)):
        shown = terminal_text(text)
        assert "\\frac" not in shown and "\\begin" not in shown and "figure:" not in shown


def test_a_whole_question(tmp_path: Path) -> None:
    variant = tasks.variant(SIGMOID, "1")
    mistake = wording.kind_of(variant, variant.parts[0]).rounded(variant.wrong["net_h"][0])
    out = practise(tmp_path, mistake, right(variant, "net_h"), "(1, potato)", ":hint", right(variant, "out_h"), right(variant, "net_o"), right(variant, "out_o"),
                   right(variant, "label"), ":progress", ":quit")
    for told in ("Partly right.", "are exchanged", "now earns 1.5", "Right.", "This costs nothing", "(a) is", "points.", "0 of 2 times", "1 × ",
                 "Until next time"):
        assert told in out, told


def test_solutions_tell_why(tmp_path: Path) -> None:
    variant = tasks.variant("mdp/value-iteration", "1")
    mistake = wording.kind_of(variant, variant.question.part("V2")).rounded(variant.wrong["V2"][0])
    out = practise(tmp_path, ":skip", mistake, ":solution", ":q", question="mdp/value-iteration")
    assert "Why was mine wrong?" in out and "q2" in out and "follows" in out


def test_what_was_done_is_there_the_next_time(tmp_path: Path) -> None:
    variant = tasks.variant(SIGMOID, "1")
    practise(tmp_path, right(variant, "net_h"))
    out = practise(tmp_path, ":next", ":quit")
    assert "Right answer:" in out.split("(b)")[0]


def test_the_end_of_the_input_and_words_that_are_none(tmp_path: Path) -> None:
    assert "Until next time" in practise(tmp_path)
    assert practise(tmp_path, ":nothing", ":help", ":why", ":'", question="").count(":hint  :solution") == 4
    assert "no question 'no/such'" in practise(tmp_path, question="no/such", code=2)
    run = CliRunner().invoke(main, ["practice", "--topic", "cn", "--database", str(tmp_path / "p.db")])
    assert run.exit_code == 2 and "cnn" in run.output


def test_all_parts_at_once(tmp_path: Path) -> None:
    variant = tasks.variant(SIGMOID, "1")
    mistake = wording.kind_of(variant, variant.parts[0]).rounded(variant.wrong["net_h"][0])
    out = practise(tmp_path, ":all", mistake, ":help", "", right(variant, "net_o"), "", "", ":quit")
    asked, _, told = out.partition("A right answer now earns")
    assert "(e) 1 point" in asked and "Partly right." in asked and "Right answer:" not in asked  # nothing is told before all are answered
    assert "(c)" in told and "Right, rounded." in told and told.count("Right answer:") == 1 and told.endswith("a > Until next time.\n")


def midterm_of(tmp_path: Path, *lines: str) -> str:
    run = CliRunner().invoke(main, ["practice", "--midterm", str(plan_of(tmp_path)), "--database", str(tmp_path / "p.db")],
                             input="".join([line + "\n" for line in lines]), env={"COLUMNS": "100"})
    assert run.exit_code == 0 and "Traceback" not in run.output, run.output
    return str(run.output)


def plan_of(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text("title: Two questions\nminutes: 20\nsections:\n- title: Networks\n  instructions: In this *order*.\n  questions: [{question: "
                    f"{SIGMOID}}}]\n- title: Others\n  questions: [{{question: cnn/output-size}}]\n", encoding="utf-8")
    return path


def test_a_midterm_with_its_clock(tmp_path: Path) -> None:
    out = midterm_of(tmp_path, "1", "(1, 2)", "(1, potato)", ":back", "2", ":quit")
    for told in ("Two questions", "Networks", "Others", " left]", "In this order.", "read as (1, 2)", "cannot read it", "2 of 5", "the clock goes on"):
        assert told in out, told
    assert "Right" not in out and "earns" not in out  # nothing is marked yet
    out = midterm_of(tmp_path, "1", "", "-", ":back", ":hand-in", "no", "nonsense", ":hand-in", "yes", "1", "", "")
    assert "its clock goes on" in out and "your answer: (1, 2)" in out and "1 of 5" in out
    told = out.partition("number of a question to see its solution")[2]
    assert "you wrote (1, 2)" in told and "Right answer:" in told and "Until next time" in told


def test_a_midterm_in_the_terminal_whose_time_is_up(tmp_path: Path) -> None:
    import sqlite3

    midterm_of(tmp_path, "1", "(1, 2)", ":back", ":quit")
    with sqlite3.connect(tmp_path / "p.db") as db:
        db.execute("UPDATE sitting SET until = '2020-01-01T00:00:00.000000+00:00'")
    store = Store(str(tmp_path / "p.db"))
    (sitting,) = store.sittings("terminal")
    found = midterm.find(store, "terminal", sitting.id)
    assert found.handed_in and midterm.sheet(store, found, midterm.items(found)[0]).part("net_h").latest
    store.close()


def test_what_a_midterm_goes_with(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["practice", SIGMOID, "--midterm", "midterm", "--database", str(tmp_path / "p.db")])
    assert run.exit_code == 2 and "--midterm goes with no question" in run.output
    run = CliRunner().invoke(main, ["practice", "--midterm", "midtrem", "--database", str(tmp_path / "p.db")])
    assert run.exit_code == 2 and "no plan 'midtrem'" in run.output and "midterm" in run.output.split("'midtrem'")[1]
