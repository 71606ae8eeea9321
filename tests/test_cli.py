"""The command line as others script against it: plain and JSON output, exit codes, errors for people."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from examwright.cli import main


def run(*args: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, list(args))
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return str(result.stdout if code == 0 else result.output)


def test_list() -> None:
    rows = json.loads(run("list", "--json"))
    assert {"id", "title", "topics", "minutes", "points", "draw"} <= rows[0].keys()
    ols = next(r for r in rows if r["id"] == "linear-regression/simple-ols")
    assert set(ols["draw"]) >= {"xs", "ys"}
    assert [r["id"] for r in json.loads(run("list", "--topic", "cnn", "--json"))] == sorted(
        r["id"] for r in rows if r["id"].startswith("cnn/"))
    assert "cnn/pooling" in run("list") and "Did you mean 'cnn'" in run("list", "--topic", "cnm", code=2)
    assert any(r["id"] == "lecture-deck/S06" for r in json.loads(run("list", "--bank", "lecture-deck", "--json")))


def test_list_of_a_folder_of_ones_own(write_question: Any) -> None:
    folder = write_question("mine/tiny").parent
    assert [r["id"] for r in json.loads(run("list", str(folder), "--json"))] == ["mine/tiny"]
    assert "mine/tiny" in run("list", str(folder), "--topic", "testing") and "1 question. Banks" in run("list", str(folder))


@pytest.mark.parametrize("name", ["mine/tiny", "mine/deep/tiny", "mine/very/deep/tiny", "questions/mine/tiny", "questions/tiny", "mine/questions/deep/er/tiny",
                                  "questions/questions"])
@pytest.mark.parametrize("up", [0, 1])
def test_a_question_of_ones_own_has_one_id_whoever_asks(write_question: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, up: int) -> None:
    from examwright.generator import index
    from examwright.generator.load import load_file

    monkeypatch.setattr(index, "_own", {})
    path = tmp_path / "own" / (name + ".yaml")
    path.parent.mkdir(parents=True)
    write_question().rename(path)
    folder = path.parents[up]
    listed = [r["id"] for r in json.loads(run("list", str(folder), "--json"))]
    checked = [r["id"] for r in json.loads(run("check", str(folder), "--seeds", "3", "--json"))]
    assert listed == checked == list(index.offer(folder)) == [load_file(path).id] == [index.id_of(path)]


def test_two_files_with_one_id_are_checked_apart(write_question: Any, tmp_path: Path) -> None:
    for folder, change in (("one", ("", "")), ("two", ("draw:", "drwa:"))):
        (tmp_path / "own" / folder / "mine").mkdir(parents=True)
        write_question("tiny", change).rename(tmp_path / "own" / folder / "mine" / "tiny.yaml")
    rows = json.loads(run("check", str(tmp_path / "own"), "--seeds", "3", "--json", code=1))
    assert [r["id"] for r in rows] == ["mine/tiny", "mine/tiny"] and [r["ok"] for r in rows] == [True, False]


def test_show_json_is_a_contract() -> None:
    shown = json.loads(run("show", "linear-regression/simple-ols", "--set", "xs=[1,2,3]", "--set", "ys=[1, 4, 5]", "--json"))
    assert set(shown) >= {"id", "title", "seed", "values", "text", "parts", "solution"}
    theta = next(p for p in shown["parts"] if p["name"] == "theta")
    assert set(theta) >= {"name", "ask", "type", "points", "key", "mistakes"}
    assert theta["key"]["exact"] == ["-2/3", "2"] and theta["key"]["decimal"][1] == "2"
    assert all(set(m) >= {"exact", "decimal", "points", "say"} for m in theta["mistakes"])
    assert shown["values"]["xs"] == ["1", "2", "3"]
    assert next(p for p in shown["parts"] if p["name"] == "A")["key"]["exact"] == [["3", "6"], ["6", "14"]]


def test_show_text() -> None:
    plain = run("show", "lecture-deck/S11")
    assert "key:" not in plain and "Solution" not in plain
    assert "key: ln(5/3)" in run("show", "lecture-deck/S11", "--solution")


def test_mark_json_is_a_contract() -> None:
    marks = json.loads(run("mark", "lecture-deck/S06", "--answer", "f1=0.889", "--json"))
    f1 = next(m for m in marks if m["part"] == "f1")
    assert set(f1) >= {"part", "points", "of", "why", "read", "say"}
    assert f1["points"] == f1["of"] and f1["why"] == "rounded"


def key_of(question: str, seed: int, part: str) -> Any:
    shown = json.loads(run("show", question, "--seed", str(seed), "--json"))
    return next(p for p in shown["parts"] if p["name"] == part)


def test_right_wrong_odd_and_hostile_answers() -> None:
    auc = key_of("evaluation/roc-auc", 3, "auc")
    exact = Fraction(auc["key"]["exact"])

    def why(text: str) -> str:
        marks = json.loads(run("mark", "evaluation/roc-auc", "--seed", "3", "--answer", f"auc={text}", "--json"))
        return str(next(m for m in marks if m["part"] == "auc")["why"])

    assert why(auc["key"]["exact"]) == "key"
    assert why(f"{float(exact):.3f}".replace(".", ",")) in ("key", "rounded")
    assert why(f"{3 * exact.numerator} / {3 * exact.denominator}") == "key"
    assert why(auc["mistakes"][0]["exact"]) == "mistake"
    assert why("0.123456") == "wrong"
    for hostile in ("__import__('os').system('true')", "9" * 5000, "(" * 900, "nan", "{{ 7*7 }}", "\x00"):
        assert why(hostile) in ("unreadable", "undecided", "wrong"), hostile
    assert why("") == "blank"


@pytest.mark.parametrize(("args", "said"), [
    (["show", "cnn/conv"], "Did you mean 'cnn/conv2d'"),
    (["show", "lecture-deck/S999"], "no item"),
    (["shw", "x"], "Did you mean 'show'"),
    (["show", "cnn/conv2d", "--set", "strid=2"], "stride"),
    (["show", "cnn/conv2d", "--set", "stride"], "NAME=VALUE"),
    (["show", "cnn/conv2d", "--set", "stride=1e3"], "1e3"),
    (["show", "cnn/conv2d", "--set", "stride=!!python/object/apply:os.system [x]"], "not allowed"),
    (["mark", "cnn/conv2d", "--answer", "feature_mat=3"], "Did you mean 'feature_map'"),
    (["mark", "cnn/conv2d", "--answer", "3"], "PART=TEXT"),
    (["make", "nowhere.yaml", "--roster", "x.csv", "--seed", "1", "-o", "x"], "nowhere.yaml"),
    (["make", "midtern", "--roster", "x.csv", "--seed", "1", "-o", "x"], "Did you mean 'midterm'"),
    (["grade", "nowhere", "x.csv"], "no exam here"),
    (["check", "nowhere/x"], "nowhere/x"),
    (["judge", "--kind", "numbr", "--key", "1", "--answer", "1"], "no kind 'numbr'"),
])
def test_errors_are_for_people(args: list[str], said: str) -> None:
    assert said in run(*args, code=2)


def test_require_does_not_bind_pins_but_the_solvers_must_agree() -> None:
    shown = json.loads(run("show", "evaluation/confusion-metrics", "--set", "tp=1", "--set", "fp=1", "--set", "fn=1", "--set", "tn=1", "--json"))
    assert shown["values"]["tp"] == "1"


def test_judge() -> None:
    told = json.loads(run("judge", "--kind", "number", "--key", "1/3", "--answer", "0.333", "--digits", "3", "--json"))
    assert told["why"] == "rounded" and told["read"] == "0.333"
    assert json.loads(run("judge", "--kind", "number", "--key", "1/3", "--answer", "0.333", "--json"))["why"] == "wrong"


def test_fast_commands_import_nothing_heavy() -> None:
    code = ("import sys; from click.testing import CliRunner; from examwright.cli import main; "
            "assert CliRunner().invoke(main, ['list']).exit_code == 0; "
            "print([m for m in ('numpy', 'sympy', 'weasyprint', 'flint', 'jinja2', 'rich') if m in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_closed_pipe_is_no_error() -> None:
    shell = f"{sys.executable} -m examwright list | head -1"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", shell], capture_output=True, text=True)
    assert "Traceback" not in result.stderr and "Exception" not in result.stderr


def test_a_fault_of_ours_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from examwright.generator import index

    def entries(root: Any) -> Any:
        raise ValueError("Exceeds the limit\nof something")

    monkeypatch.setattr(index, "entries", entries)
    monkeypatch.delenv("EXAMWRIGHT_TRACEBACK", raising=False)
    said = run("list", code=2)
    assert said.count("\n") == 1 and "a fault of Examwright itself, please report it: ValueError: Exceeds the limit (" in said
    monkeypatch.setenv("EXAMWRIGHT_TRACEBACK", "1")
    assert isinstance(CliRunner().invoke(main, ["list"]).exception, ValueError)


def test_functions_are_listed_with_what_they_do() -> None:
    every = json.loads(run("functions", "--json"))
    assert {e["where"] for e in every} == {"formulas", "check", "design"} and all(e["does"] for e in every)
    assert [(e["where"], e["call"]) for e in json.loads(run("functions", "solve", "--json"))] == [("formulas", "solve(a, b)"), ("check", "solve(a, b)")]
    assert [e["call"] for e in every if e["name"] == "interval"] == ["interval(low, high, ends='()')"]
    assert [e["call"] for e in every if e["name"] == "line_data"] == ["line_data()"]  # without the stream, which is not the author's
    assert "covariance_matrix(X, divisor)" in run("functions", "covariance")
    said = run("functions", "pca")
    assert said.index("in formulas:") < said.index("in `check:`:") < said.index("as a design")
    assert "Did you mean 'sqrt'?" in run("functions", "sqroot", code=2)


def test_judge_many_by_lines_of_json() -> None:
    cases: list[tuple[str, str]] = [
        ('{"id": 7, "kind": "number", "key": "2/9", "answer": "0.222", "digits": 3}', "equal"),
        ('{"kind": "number", "key": 0.1, "answer": 0.1}', "equal"),  # decimals as written
        ('{"kind": "number", "key": "1/10", "answer": 0.1000000000000000055}', "different"),
        ('{"kind": "number", "key": "1", "answer": "1.05", "within": 0.05}', "equal"),
        ('{"kind": "expression", "key": "ln(x^2)", "answer": "2*ln(x)", "symbols": "x > 0"}', "equal"),
        ('{"kind": "set", "key": "{1, 2}", "answer": "{2, 1}"}', "equal"),
        ('{"kind": "number", "key": "1", "answer": "' + "(" * 10_000 + '"}', "unreadable")]
    faults = ["nonsense", "[" * 5_000, "[1]", '{"kind": "number", "key": "1"}', '{"kind": "nummer", "key": "1", "answer": "1"}',
              '{"kind": "number", "key": "1", "answer": "1", "digit": 3}', '{"kind": "number", "key": "1", "answer": null}',
              '{"kind": "number", "key": "1", "answer": "1", "digits": true}', '{"kind": "number", "key": "(", "answer": "1"}', '"\\ud800"']
    result = CliRunner().invoke(main, ["judge", "--lines"], input="\n".join([c for c, _ in cases]) + "\n\n")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and [t["verdict"] for t in told] == [v for _, v in cases] and told[0]["id"] == 7 and "id" not in told[1]
    result = CliRunner().invoke(main, ["judge", "--lines"], input="\n".join(faults).encode() + b"\n\xff\xfe\n")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2 and len(told) == len(faults) + 1 and all(set(t) == {"error"} for t in told), result.output
    assert "Did you mean 'digits'" in told[5]["error"]
    assert json.loads(CliRunner().invoke(main, ["judge", "--kind", "x", "--key", "1", "--answer", "1", "--json"]).stdout)["error"].startswith("there is no kind")
    assert "Missing option --key, --answer" in run("judge", "--kind", "number", code=2)


def test_values_that_are_set_and_answers_from_python() -> None:
    import examwright

    def theta(*ys: Any) -> Any:
        return examwright.draw("linear-regression/simple-ols", set={"xs": [1, 2, 3], "ys": list(ys)}).values["theta"]

    assert theta("1/3", "0.5", 5) == theta(Fraction(1, 3), Fraction(1, 2), 5) and theta("-1/3", 4, "5 ") == theta(Fraction(-1, 3), 4, 5)
    variant = examwright.draw("linear-regression/simple-ols", seed=3)
    for answer in (0.5, None, 3):
        with pytest.raises(TypeError, match="the answer to 'theta' is no text but"):
            examwright.mark(variant, {"theta": answer})  # type: ignore[dict-item]
