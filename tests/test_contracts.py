"""The contracts over every question found on disk, the tools that run them, and proof that they can fail.

A new question file is tested here without touching anything. The first seeds run always (typeset is one question of each
topic), `--seeds N` of them in the slow tests; each variant is drawn once for all contracts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import effort
import pytest
from click.testing import CliRunner
from flint import fmpq

from examwright.answers.kinds.number import NumberKind
from examwright.cli import main
from examwright.generator.draw import draw_variant
from examwright.generator.index import id_of, question_paths, questions_root
from examwright.generator.load import load, load_text
from examwright.grader import contracts
from examwright.grader.mark import mark_variant
from examwright.solvers.arithmetic import to_decimal, to_text

pytest_plugins = ["pytester"]

QUESTIONS = list(question_paths())
CONTRACTS = contracts.ALWAYS + contracts.MARKING + contracts.TYPESET
FIRST = 1  # seeds of the quick tests

Variants = Callable[[str, int], Any]


def _name(contract: Any) -> str:
    return str(contract.__name__)


def _first_of_each_topic() -> list[str]:
    return list({question.partition("/")[0]: question for question in reversed(QUESTIONS)}.values())


# ---- every question on disk ------------------------------------------------------------------

def test_questions_are_found() -> None:
    assert len(QUESTIONS) == len(list(questions_root().rglob("*.yaml"))) >= 11
    assert all(id_of(path) == question_id for question_id, path in question_paths().items())


@pytest.mark.slow
def test_no_choice_has_the_same_answer_on_every_paper() -> None:
    always = []
    for question in map(load, QUESTIONS):
        parts = [p.name for p in question.parts if p.formula is not None and p.kind.options]
        seen: dict[str, set[str]] = {name: set() for name in parts}
        for seed in range(25):
            if all([len(answers) > 1 for answers in seen.values()]):
                break
            values = draw_variant(question, f"answers {seed}").values
            for name in parts:
                seen[name].add(str(values[name]))
        always += [(question.id, name, answers) for name, answers in seen.items() if len(answers) < 2]
    assert always == []


@pytest.mark.parametrize("question", _first_of_each_topic())  # all of them below
def test_contracts_on_the_first_seeds(question: str, variant_of: Variants) -> None:
    assert [f"seed {seed}, {_name(contract)}: {m}" for seed in range(FIRST) for contract in contracts.ALWAYS + contracts.MARKING
            for m in contract(variant_of(question, seed))] == []


@pytest.mark.parametrize("question", _first_of_each_topic())
def test_typeset_on_the_first_seed(question: str, variant_of: Variants) -> None:
    assert [m for contract in contracts.TYPESET for m in contract(variant_of(question, 0))] == []


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_contracts_and_statistics(question: str, seeds: int) -> None:
    report = contracts.run(load(question), range(seeds), full=seeds)
    assert [str(f) for f in report.faults] == [] and report.seeds == seeds


def _just_around(variant: Any) -> list[str]:
    """The first and the last number that the key sheet calls accepted are right, the next ones beyond them in as many
    digits are not, whichever way it is marked. (Where a condition says what is right, the key is an example.)"""
    out = []
    for part in variant.parts:
        kind = variant.kinds[part.name]
        key = variant.values.get(part.name)
        if type(kind) is not NumberKind or kind.precision.within is not None or key == 0 or part.accept_if:
            continue
        unit = kind.precision.unit(key)
        if unit is None:
            continue
        index = [p.name for p in variant.parts].index(part.name)
        ends = (kind.accepted(key, variant.slack.get(part.name)) or to_decimal(key)).split(" … ")
        low, high = (fmpq(*Fraction(e).as_integer_ratio()) for e in (ends[0], ends[-1]))
        for raw in ends:
            mark = mark_variant(variant, {part.name: raw})[index]
            if mark.points != part.points:
                out.append(f"{part.name}: {raw} is accepted for {to_text(key)}, but earns {mark.points}")
        for outside in (low - unit, high + unit):
            raw = to_decimal(outside, decimals=max(kind.precision.places(key), 0))
            mark = mark_variant(variant, {part.name: raw})[index]
            if mark.why in ("key", "rounded") or mark.points == part.points:
                out.append(f"{part.name}: {raw} is taken for {to_text(key)} ({mark.why})")
    return out


@pytest.mark.parametrize("question", effort.some(QUESTIONS, 2))
def test_the_edge_of_the_tolerance(question: str, variant_of: Variants) -> None:
    assert [m for seed in range(FIRST) for m in _just_around(variant_of(question, seed))] == []


_DIGEST = """
import sys
from examwright.generator import wording
from examwright.generator.draw import draw_variant
from examwright.generator.load import load
from examwright.solvers.arithmetic import to_text
for question in sys.argv[1:]:
    for seed in (7, "émile"):
        v = draw_variant(load(question), seed, check=False)
        print(question, seed, {n: to_text(x) for n, x in sorted(v.values.items())}, wording.question_text(v), wording.solution(v))
"""


@pytest.mark.slow
def test_the_same_in_another_process_and_order() -> None:
    """Values, texts and keys of every question, in fresh processes with other hash seeds and the other way round."""
    printed = []
    for hash_seed, order in (("1", QUESTIONS), ("2", QUESTIONS[::-1])):
        run = subprocess.run([sys.executable, "-c", _DIGEST, *order], capture_output=True, text=True, encoding="utf-8",
                             env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"}, check=False)
        assert run.returncode == 0, run.stderr
        printed.append(sorted(run.stdout.splitlines()))
    assert printed[0] == printed[1]


# ---- the contracts can fail ------------------------------------------------------------------

def _faults(question: Any, seeds: int = 12) -> dict[str, list[str]]:
    """contract → messages."""
    found: dict[str, list[str]] = {}
    for fault in contracts.run(question, range(seeds)).faults:
        found.setdefault(fault.contract, []).append(fault.message)
    return found


def test_the_tiny_question_is_well(tiny: Any) -> None:
    report = contracts.run(tiny(), range(60))
    assert (report.faults, report.seeds, len(report.distinct) >= 20) == ([], 60, True)


def test_a_wrong_key_is_told_by_draw(tiny: Any) -> None:
    told = _faults(tiny(("answer: a + b", "answer: a + b + 1")))
    assert set(told) == {"draw"}
    assert "part total: the exact solver gives" in told["draw"][0] and "The variant is not issued." in told["draw"][0]


def test_a_program_word_in_a_text_is_told(tiny: Any) -> None:
    told = _faults(tiny(("Let $a", "Let {{ none }} $a")))
    assert told["texts"][0] == "text prints 'None' (tiny.yaml:8)"
    told = _faults(tiny(("What is $a + b$?", "What is $a + b?")))
    assert told["texts"][0] == "part total has an odd number of $ signs (tiny.yaml:11)"


def test_the_line_of_a_text_is_told(tiny: Any) -> None:
    """The very line within a text of several, where it can be found."""
    told = _faults(tiny(("text: |", "text: |\n  It costs $5 today.\n\n  Then $1$.")), 1)
    assert told["texts"] == ["text has an odd number of $ signs (tiny.yaml:8)"]
    told = _faults(tiny(("text: |", "text: |\n  First $1$,\n  then $\\frac{1}$.\n")), 1)
    assert len(told["formulas_typeset"]) == 1 and told["formulas_typeset"][0].endswith(" (tiny.yaml:9)")


def test_a_mistake_that_is_hidden_by_another_is_told(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    question = tiny()
    monkeypatch.setattr("examwright.grader.explain._known", lambda *a: [])
    assert "mistakes_are_diagnosed" in _faults(question)


def test_too_generous_marking_is_told(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    question = tiny()
    monkeypatch.setattr("examwright.grader.guards.makes_trivial", lambda value, key: False)
    assert "impossible_buys_nothing" in _faults(question)


def test_missing_follow_through_is_told(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    question = tiny()
    monkeypatch.setattr("examwright.grader.mark.own_runs", lambda *a: [])
    assert "follow_through" in _faults(question)


def test_a_part_that_suffers_from_another_is_told(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to `total` spoils `area`, right or wrong: both contracts over mixed sheets see it."""
    question, real = tiny(), contracts.mark_variant

    def spoilt(variant: Any, answers: Any) -> Any:
        return [replace(m, points=fmpq(0)) if m.part == "area" and answers.get("total") else m for m in real(variant, answers)]

    monkeypatch.setattr(contracts, "mark_variant", spoilt)
    assert {"never_less_than_alone", "more_right_parts_never_cost"} <= set(_faults(question))


def test_a_key_that_is_not_accepted_is_told(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    question = tiny()
    monkeypatch.setattr(NumberKind, "rounded", lambda self, value: to_text(value + 1))
    assert "key_earns_full_marks" in _faults(question)


def test_an_exception_for_a_strange_answer_is_an_exception(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from examwright.answers.kinds.integer import IntegerKind

    question = tiny()
    variant = draw_variant(question, 1)
    monkeypatch.setattr(IntegerKind, "read", lambda self, raw, notation=None: {}[raw])
    with pytest.raises(KeyError):
        list(contracts.hostile_answers(variant))


def test_a_float_is_told(tiny: Any) -> None:
    variant = draw_variant(tiny(), 1)
    variant.values["area"] = 0.5
    assert list(contracts.no_floats(variant)) == ["area = 0.5 is not exact"]


def test_few_variants_and_many_redraws_are_told(tiny: Any) -> None:
    few = _faults(tiny(("a: {from: [2, 9]}", "a: {from: [2, 3]}"), ("b: {from: [2, 9]}", "b: {from: [2, 3]}")), 60)
    assert "different variants in 60 seeds" in few["distinct"][0]
    rare = _faults(tiny(("text: |", "require: [a == 7, b == 3 or b == 8]\ntext: |")), 20)
    assert rare["redraws"][0].endswith("redraws for a variant; at most 20 are allowed")


def test_a_mistake_that_never_exists_is_told(tiny: Any) -> None:
    question = tiny(("say: Add, do not subtract.", "say: Add, do not subtract.\n        when: a > 9"))
    report = contracts.run(question, range(200), full=0)
    assert [f.message for f in report.faults] == ["part total: mistake 1 does not exist in any of 200 variants"]


# ---- examwright check ------------------------------------------------------------------------

def _check(*args: str) -> Any:
    return CliRunner().invoke(main, ["check", "--jobs", "1", *args])


def test_check_of_a_good_file(write_question: Any) -> None:
    result = _check(str(write_question()), "--seeds", "8")
    assert result.exit_code == 0 and "all well" in result.output and result.output.startswith("mine/tiny  ok ")


def test_check_of_a_folder_and_json(write_question: Any) -> None:
    good = write_question("mine/good")
    write_question("mine/bad", ("minutes: 2", "minute: 2"))
    result = _check(str(good.parent), "--seeds", "4", "--json")
    rows = {r["id"]: r for r in json.loads(result.output)}
    assert result.exit_code == 1 and sorted(rows) == ["mine/bad", "mine/good"]
    assert rows["mine/good"]["ok"] and rows["mine/good"]["seeds"] == 4
    assert [f.split(": ", 1)[1] for f in rows["mine/bad"]["faults"]] == [
        "the question has no 'minutes'. It is needed.",
        "unknown key 'minute' in a question. Did you mean 'minutes'? Allowed: "
        "check, draw, few, figures, let, minutes, parts, require, slip, solution, text, title, topics, uneven."]


def test_check_stops_at_a_disagreement(write_question: Any) -> None:
    result = _check(str(write_question("mine/wrong", ("answer: total*a", "answer: total*a + 1"))), "--seeds", "3")
    assert result.exit_code == 1 and result.output.startswith("mine/wrong  FAULT")
    assert "mine/wrong, seed 0, part area: the exact solver gives" in result.output


def test_check_of_an_id_and_of_a_topic_folder() -> None:
    question = QUESTIONS[0]
    result = _check(question, "--seeds", "2")
    assert result.exit_code == 0 and question in result.output
    result = _check(question.split("/")[0] + "x/" + question.split("/")[1])
    assert result.exit_code == 2 and "There is no question" in result.output and question in result.output


def test_check_in_two_processes_says_the_same(write_question: Any) -> None:
    folder = write_question("mine/one").parent
    write_question("mine/two", ("answer: total*a", "answer: total*a + 1"))
    one = CliRunner().invoke(main, ["check", str(folder), "--seeds", "5", "--jobs", "1"])
    two = CliRunner().invoke(main, ["check", str(folder), "--seeds", "5", "--jobs", "2"])
    assert (one.exit_code, one.output) == (two.exit_code, two.output) and one.exit_code == 1


def test_check_tells_the_same_fault_of_many_seeds_once(write_question: Any) -> None:
    path = write_question("mine/wrong", ("answer: total*a", "answer: total*a + 1"))
    told = _check(str(path), "--seeds", "9").output.splitlines()
    assert told[1].startswith("    mine/wrong, seed 0, part area: the exact solver gives")
    assert told[2] == "        and 8 more like it, with seeds 1, 2, 3, 4, 5 …" and len(told) == 4
    assert len(json.loads(_check(str(path), "--seeds", "9", "--json").output)[0]["faults"]) == 9  # scripts get them all
    other = _check(str(write_question("mine/dollar", ("What is $a + b$?", "What is $a + b?"), ("Multiply your", "Multiply $ your"))), "--seeds", "2")
    keys = _check(str(write_question("mine/keys", ("    type: integer\n    points: 1", "    typ: integer\n    point: 1")))).output
    assert "unknown key 'typ'" in keys and "unknown key 'point'" in keys  # those of the file, each at its place
    assert "part total has an odd" in other.output and "part area has an odd" in other.output  # other faults are told each


def test_a_file_that_the_check_fails_at_is_told_and_the_others_are_checked(write_question: Any, monkeypatch: Any) -> None:
    from examwright.grader import contracts

    honest = contracts.sample

    def sample(question: Any, seeds: range) -> Any:
        return 1 // 0 if question.id == "mine/odd" else honest(question, seeds)

    monkeypatch.setattr(contracts, "sample", sample)
    write_question("mine/odd")
    result = _check(str(write_question("mine/good").parent), "--seeds", "2")
    assert result.exit_code == 1 and "odd.yaml: the check itself failed: ZeroDivisionError" in result.output
    assert "mine/good  ok" in result.output and "Traceback" not in result.output


def test_check_of_a_file_that_is_not_there(write_question: Any) -> None:
    path = write_question("mine/tiny")
    result = _check(str(path.with_name("tinny.yaml")))
    assert result.exit_code == 2 and result.output.rstrip().endswith("tinny.yaml'. Did you mean 'tiny.yaml'?")


def test_check_of_an_empty_folder(tmp_path: Path) -> None:
    result = _check(str(tmp_path))
    assert result.exit_code == 2 and "no question files" in result.output


# ---- the pytest plugin -----------------------------------------------------------------------

@pytest.mark.slow
def test_plugin_runs_each_contract(pytester: pytest.Pytester, write_question: Any) -> None:
    result = pytester.runpytest_subprocess("--examwright", str(write_question()), "--examwright-seeds", "3", "-v")
    result.assert_outcomes(passed=len(CONTRACTS) + 1)
    for contract in CONTRACTS:
        result.stdout.fnmatch_lines([f"*{contract.__name__}*PASSED*"])


@pytest.mark.slow
def test_plugin_tells_faults_without_a_traceback(pytester: pytest.Pytester, write_question: Any) -> None:
    write_question("mine/bad", ("minutes: 2", "minute: 2"))
    folder = write_question("mine/wrong", ("say: Add, do not subtract.", "say: Add, {{ none }}."),
                            ("type: integer\n    points: 2", "type: {number: {digits: 3}}\n    points: 2")).parent
    result = pytester.runpytest_subprocess("--examwright", str(folder), "--examwright-seeds", "2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*unknown key 'minute' in a question. Did you mean 'minutes'?*"])
    result.stdout.fnmatch_lines(["mine/wrong, seed 0: part total, mistake 1 prints 'None' (*wrong.yaml:17)"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*contracts.py:*")
    assert result.stdout.str().count("Did you mean 'minutes'?") <= 2  # the fault and the summary, not once for each contract
    assert result.parseoutcomes()["skipped"] == len(CONTRACTS)


@pytest.mark.slow
def test_plugin_names_a_path_that_is_not_there(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--examwright", "nowhere.yaml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no file or folder 'nowhere.yaml'*"])


@pytest.mark.slow
def test_plugin_runs_beside_tests_that_were_named(pytester: pytest.Pytester, write_question: Any) -> None:
    own = pytester.makepyfile(test_own="def test_own(): pass")
    result = pytester.runpytest_subprocess(str(own), "--examwright", str(write_question()), "--examwright-seeds", "1")
    result.assert_outcomes(passed=len(CONTRACTS) + 2)


@pytest.mark.slow
@pytest.mark.parametrize("ini", ["[pytest]\ntestpaths = tests", "[pytest]"])
def test_plugin_does_not_run_the_project_tests_unasked(ini: str, pytester: pytest.Pytester, write_question: Any) -> None:
    pytester.makeini(ini)
    tests = pytester.mkdir("tests")
    (tests / "test_own.py").write_text("def test_own(): assert False")
    (pytester.path / "tiny.yaml").write_text(write_question().read_text())
    result = pytester.runpytest_subprocess("--examwright", "tiny.yaml", "--examwright-seeds", "1")
    result.assert_outcomes(passed=len(CONTRACTS) + 1)


def test_plugin_is_silent_without_its_option(pytester: pytest.Pytester) -> None:
    pytester.makefile(".yaml", question="title: [")
    pytester.makepyfile("def test_own():\n    import sys\n    assert 'examwright.generator' not in sys.modules")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1)


def test_questions_load_from_text_as_from_the_file() -> None:
    path = question_paths()[QUESTIONS[0]]
    one, two = load(QUESTIONS[0]), load_text(path.read_text(encoding="utf-8"), path, QUESTIONS[0])
    values = [{n: to_text(v) for n, v in draw_variant(q, 3).values.items()} for q in (one, two)]
    assert values[0] == values[1]
