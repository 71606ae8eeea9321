"""Make, fill in, grade: every way of writing the answers down, and everything that can be odd about a file."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flint import fmpq

from examwright.cli import main
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.make import make, safe_cell
from examwright.generator.store import Store, StoredItem
from examwright.grader.grade import grade, normal

PLAN = """\
title: A short test
minutes: 30
points: 24
sections:
  - questions:
      - {question: cnn/output-size, points: 7, parts: [output_size, output_values]}
      - lecture-deck/S11
      - {question: neural-networks/forward-sigmoid, points: 15}
"""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exam(tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("exam")
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "class.csv").write_text("id,name\n007,Ann\n008,Böb\n009,=cmd\n")
    make(folder / "plan.yaml", folder / "class.csv", 3, folder / "out")
    return Path(folder / "out")


@pytest.fixture(scope="module")
def items(exam: Path) -> dict[str, list[StoredItem]]:
    out: dict[str, list[StoredItem]] = {}
    with Store.open(exam / "exam.db") as store:
        for item in store.items():
            out.setdefault(item.student, []).append(item)
    return out


def key(item: StoredItem, part: str) -> str:
    return next(str(p["key"]["rounded"]) for p in item.shown["parts"] if p["name"] == part)


def given(item: StoredItem, part: str) -> bool:
    """Has the part a key?"""
    return any([p["name"] == part and p["key"] is not None for p in item.shown["parts"]])


def right(items: dict[str, list[StoredItem]], who: str) -> dict[str, str]:
    """Label → the right answer."""
    return {f"{i.number}{label}": key(i, name) for i in items[who] for name, label, _ in i.parts}


def write(path: Path, rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with open(path, "w", encoding=encoding, newline="") as f:
        csv.writer(f, delimiter=delimiter).writerows(rows)
    return path


def table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def points(graded: Any) -> dict[str, fmpq]:
    return {who: p for who, (p, _, _) in graded.totals().items()}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_right_answers_earn_everything_wide(exam: Path, items: Any, tmp_path: Path, delimiter: str, encoding: str) -> None:
    labels = list(right(items, "007"))
    rows = [["Student", "Name", *labels]]
    rows += [[who, "", *[right(items, who)[x] for x in labels]] for who in items]
    graded = grade(exam, write(tmp_path / "a.csv", rows, delimiter, encoding), tmp_path / "marks.csv")
    assert points(graded) == dict.fromkeys(items, fmpq(24))
    assert not graded.open and not graded.troubles


@pytest.mark.parametrize("spelled", [
    lambda i, name, label: (f"{i.number}{label}", ""), lambda i, name, label: (f"Q{i.number} ({label})" if label else f"{i.number}.", ""),
    lambda i, name, label: (str(i.number), label), lambda i, name, label: (f"{i.name}/{name}", ""),
    lambda i, name, label: (i.name, name), lambda i, name, label: (i.shown["id"] + "/" + name, ""),
])
def test_right_answers_earn_everything_long(exam: Path, items: Any, tmp_path: Path, spelled: Any) -> None:
    rows = [["id", "item", "part", "answer"]]
    rows += [[who, *spelled(i, name, label), key(i, name)] for who in items for i in items[who] for name, label, _ in i.parts]
    graded = grade(exam, write(tmp_path / "a.csv", rows), tmp_path / "marks.csv")
    assert points(graded) == dict.fromkeys(items, fmpq(24)), graded.troubles


def test_right_answers_to_all_questions_earn_everything(issue: Any, tmp_path: Path) -> None:
    """Whatever a question draws is read back from exam.db: logarithms, words, orders, grids without walls."""
    ids = list(question_paths())
    plan = f"title: All\nminutes: 10\npoints: {sum([load(q).points for q in ids])}\nsections: [{{title: S, questions: [{', '.join(ids)}]}}]\n"
    folder = issue(tmp_path, plan, [f"s{n}" for n in range(6)])
    with Store.open(folder / "exam.db") as store:
        items = list(store.items())
    rows = [["id", "item", "answer"], *[[i.student, f"{i.name}/{name}" if i.student == "s1" else f"{i.number}{label}", key(i, name)] for i in items for name, label, _ in i.parts if given(i, name)]]
    graded = grade(folder, write(tmp_path / "a.csv", rows), tmp_path / "marks.csv")
    assert len({i.shown["id"] for i in items}) == len(ids) and not graded.troubles
    assert [(m.item, m.mark.raw, m.mark.why) for m in graded.marks if m.points != m.of and m.mark.raw] == []
    assert len([m for m in graded.marks if m.mark.raw]) == len(rows) - 1 > 2000


def test_the_blank_form_is_a_file_of_blanks(exam: Path, tmp_path: Path) -> None:
    graded = grade(exam, exam / "answers-form.csv", tmp_path / "marks.csv")
    assert {m.mark.why for m in graded.marks} == {"blank"}
    assert [t.kind for t in graded.troubles] == ["absent"] * 3


def test_everything_odd_is_listed_and_nothing_is_zeroed_in_silence(exam: Path, items: Any, tmp_path: Path) -> None:
    mine = right(items, "007")
    rows = [["student", "item", "answer"], *[["007", label, text] for label, text in mine.items() if label not in ("1a", "2")],
            ["099", "1a", "3"], ["007", "9z", "7"], ["007", "1a", "two and a bit"], ["007", "2", "0.511"], ["007", "2", "0.2"],
            ["008", "1a", right(items, "008")["1a"]], ["008", "1a", right(items, "008")["1a"]], ["", "1a", "5"],
            ["008", "1b", "3", "4"]]
    graded = grade(exam, write(tmp_path / "a.csv", rows), tmp_path / "marks.csv")
    kinds = [t.kind for t in graded.troubles]
    assert kinds.count("unknown student") == 2 and kinds.count("unknown item") == 1 and kinds.count("row") == 1
    assert kinds.count("duplicate") == 1 and kinds.count("absent") == 1
    by = {(m.student, m.item): m for m in graded.marks}
    assert by["007", "1a"].mark.why == "unreadable" and by["007", "1a"].mark.raw == "two and a bit"
    assert by["007", "2"].waits == "duplicate" and by["007", "2"].mark.why == "undecided" and "0.511 | 0.2" in by["007", "2"].mark.raw
    assert by["008", "1a"].mark.why == "key"  # twice the same is one answer
    listed = table(tmp_path / "marks-open.csv")
    assert len(listed) == len(graded.troubles) + len(graded.open)
    assert {"row": str(len(mine) - 2 + 2), "student": "099"}.items() <= listed[[r["student"] for r in listed].index("099")].items()


def test_files_add_up(exam: Path, items: Any, tmp_path: Path) -> None:
    rows = [["student", "item", "answer"], *[["007", label, text] for label, text in right(items, "007").items()], ["008", "2", "0.511"]]
    graded = grade(exam, write(tmp_path / "a.csv", rows), tmp_path / "marks.csv")
    marks = table(tmp_path / "marks.csv")
    totals = {r["student"]: r for r in table(tmp_path / "marks-totals.csv")}
    assert len(marks) == len(graded.marks) == 3 * len(right(items, "007"))
    for who in items:
        total = sum(float(m["points"]) for m in marks if m["student"] == who)
        assert float(totals[who]["points"]) == pytest.approx(total, abs=0.03)
        assert sum(float(totals[who][str(n)] or 0) for n in (1, 2, 3)) == pytest.approx(total, abs=0.03)
        assert float(totals[who]["of"]) == 24
    assert totals["009"]["name"] == "'=cmd"


def test_an_error_is_carried_forward(exam: Path, items: Any, tmp_path: Path) -> None:
    item = items["007"][2]
    from examwright.grader import grade as module

    with Store.open(exam / "exam.db") as store:
        variant = module.issued(item, store.questions())
    from examwright.generator.chain import rerun
    from examwright.solvers.arithmetic import to_text

    own = variant.values["net_o"] + 1
    follows = rerun(variant.question, variant.values, {"net_o": own})["out_o"]
    label = {name: f"{item.number}{x}" for name, x, _ in item.parts}
    from examwright.solvers.arithmetic import to_decimal

    text = to_text(own) if not hasattr(own, "ball") else to_decimal(own, digits=8)
    rows = [["student", "item", "answer"], ["007", label["net_o"], text], ["007", label["out_o"], to_decimal(follows, digits=4)]]
    graded = grade(exam, write(tmp_path / "a.csv", rows), tmp_path / "marks.csv")
    marks = {m.mark.part: m for m in graded.marks if m.student == "007" and m.item.startswith("3")}
    assert marks["net_o"].mark.why in ("wrong", "mistake")
    assert marks["out_o"].mark.why == "follow-through" and marks["out_o"].points > 0


@pytest.mark.parametrize(("text", "said"), [
    ("", "empty"), ("name,1a\nx,3\n", "no column"), ("id,name\n1,x\n", "no answers"), ("id,answer\n1,3\n", "none called 'item'"),
    ("id,1a,1a\n1,2,3\n", "twice"),
])
def test_files_that_cannot_be_used(exam: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ExamwrightError, match=said):
        grade(exam, tmp_path / "a.csv", tmp_path / "marks.csv")
    assert not (tmp_path / "marks.csv").exists()


def test_not_utf8(exam: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"id,1a\n007,\xff\n")
    with pytest.raises(ExamwrightError, match="a.csv:2: is not UTF-8"):
        grade(exam, tmp_path / "a.csv", tmp_path / "marks.csv")


def test_no_exam_there(tmp_path: Path) -> None:
    with pytest.raises(ExamwrightError, match="no exam here"):
        grade(tmp_path, tmp_path / "a.csv")
    (tmp_path / "exam.db").write_bytes(b"not a database at all, but long enough to look at")
    (tmp_path / "a.csv").write_text("id,1a\n1,2\n")
    with pytest.raises(ExamwrightError, match="is not an exam"):
        grade(tmp_path, tmp_path / "a.csv")


def test_exit_codes_and_json(exam: Path, items: Any, tmp_path: Path) -> None:
    rows = [["student", "item", "answer"], *[[w, label, text] for w in items for label, text in right(items, w).items()]]
    answers = str(write(tmp_path / "a.csv", rows))
    run = CliRunner().invoke(main, ["grade", str(exam), answers, "-o", str(tmp_path / "m.csv"), "--json"])
    told = json.loads(run.stdout)
    assert run.exit_code == 0 and told["mean"] == told["of"] == 24 and told["open"] == 0
    write(tmp_path / "a.csv", [*rows, ["0815", "1a", "2"]])
    run = CliRunner().invoke(main, ["grade", str(exam), answers, "-o", str(tmp_path / "m.csv")])
    assert run.exit_code == 3 and "there is no student '0815'" in run.stdout
    run = CliRunner().invoke(main, ["grade", str(exam), str(tmp_path / "none.csv")])
    assert run.exit_code == 2 and "Traceback" not in run.output


def test_the_questions_of_the_day_count_not_those_of_now(exam: Path, items: Any, tmp_path: Path, monkeypatch: Any) -> None:
    """Grading works from exam.db alone: nothing is looked up in the question files."""
    import examwright.generator.load as load

    monkeypatch.setattr(load, "find", lambda *a: pytest.fail("a question file was looked up"))
    rows = [["student", "item", "answer"], *[["007", label, text] for label, text in right(items, "007").items()]]
    assert points(grade(exam, write(tmp_path / "a.csv", rows), tmp_path / "marks.csv"))["007"] == 24


def test_a_solver_that_computes_something_else_now_stops_the_marking(exam: Path, items: Any) -> None:
    from dataclasses import replace

    from examwright.grader import grade as module

    item = items["007"][0]
    shown = json.loads(json.dumps(item.shown))
    shown["parts"][0]["key"]["exact"] = "12345"
    with Store.open(exam / "exam.db") as store, pytest.raises(ExamwrightError, match="the key on record is 12345"):
        module.issued(replace(item, shown=shown), store.questions())


@pytest.mark.parametrize(("text", "safe"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("+3", "'+3"), ("-3", "-3"), ("-x", "'-x"), ("5", "5"), ("", ""),
                                            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"), ("-1(2)", "'-1(2)"), ("-1/2", "-1/2"), ("-0.5e-3", "-0.5e-3"),
                                            (" =1+1", "' =1+1"), ("＝1+1", "'＝1+1"), ("−4", "−4"), ("a\x00b\ud800", "a\ufffdb\ufffd"), ("a\nb", "a\nb")])
def test_no_cell_is_a_formula(text: str, safe: str) -> None:
    assert safe_cell(text) == safe


@pytest.mark.parametrize("label", ["3b", "3 b", "3(b)", "Q3b", "3.b", "question 3 (b)", "3B", "Item 3-b"])
def test_items_as_people_write_them(label: str) -> None:
    assert normal(label) == "3b"


RATIO = """\
title: A ratio
topics: [testing]
minutes: 2
draw: {a: {from: [2, 6]}}
text: Let $a = {{ a }}$.
parts:
  - {name: ratio, ask: Divide it by 7., answer: a/7, type: {number: {digits: 3}}, points: 4}
check: {ratio: a/7}
"""


@pytest.mark.parametrize("setting, earned", [("", 2), ("fewer_digits: 1/4\n", 1), ("fewer_digits: 0\n", 0), ("fewer_digits: 1\n", 4)])
def test_the_plan_says_what_fewer_digits_earn(tmp_path: Path, setting: str, earned: int) -> None:
    (tmp_path / "ratio.yaml").write_text(RATIO)
    (tmp_path / "plan.yaml").write_text(f"title: T\nminutes: 5\npoints: 8\n{setting}sections: [{{questions: [ratio.yaml, evaluation/statements]}}]\n")
    (tmp_path / "class.csv").write_text("id,name\na,Ann\nb,Bob\n")
    out = make(tmp_path / "plan.yaml", tmp_path / "class.csv", 3, tmp_path / "out").out
    with Store.open(out / "exam.db") as store:
        asked = {(i.student, i.number): i for i in store.items()}
    rows = [["student", "1", "2"]]
    for who in ("a", "b"):
        exact = asked[who, 1].shown["parts"][0]["key"]["decimal"]
        rows.append([who, f"{float(exact):.2f}", asked[who, 2].shown["parts"][0]["key"]["rounded"]])
    found = {(m.student, m.item): m.points for m in grade(out, write(tmp_path / "answers.csv", rows)).marks}
    assert found == {("a", "1"): earned, ("b", "1"): earned, ("a", "2"): 4, ("b", "2"): 4}
    assert [asked[w, 2].draws["claims_shown"] for w in "ab"] == [draw_variant(load("evaluation/statements"), asked[w, 2].seed).values["claims_shown"] for w in "ab"]


def test_a_file_for_one_room_that_wipes_the_others_out_is_told(exam: Path, items: Any, tmp_path: Path) -> None:
    """Graded without --add it stands for the whole class: how to undo that is said, and undoing it brings everything back."""
    everybody = write(tmp_path / "all.csv", [["student", "item", "answer"], *[[who, x, text] for who in items for x, text in right(items, who).items()]])
    one = write(tmp_path / "one.csv", [["student", "item", "answer"], *[["007", x, text] for x, text in right(items, "007").items()]])

    def run(*args: str) -> str:
        return CliRunner().invoke(main, ["grade", str(exam), *args, "-o", str(tmp_path / "m.csv")]).stdout

    assert "ATTENTION" not in run(str(everybody))
    assert "ATTENTION: 2 students had answers before and have none in this file" in run(str(one))
    assert "ATTENTION" not in run(str(everybody)) and "ATTENTION" not in run(str(one), "--add")
    assert {row["points"] for row in table(tmp_path / "m-totals.csv")} == {"24"}


def test_an_endless_answer_is_cut_in_the_files_and_kept_in_the_record(exam: Path, items: Any, tmp_path: Path) -> None:
    """A cell of a spreadsheet has 32,767 characters; what is beyond would run over into other rows."""
    label = next(iter(right(items, "007")))
    grade(exam, write(tmp_path / "a.csv", [["student", "item", "answer"], ["007", label, "x" * 100_000]]), tmp_path / "m.csv")
    cells = [row["raw"] for name in ("m.csv", "m-open.csv") for row in table(tmp_path / name) if row["raw"].startswith("x")]
    assert [len(c) < 32_767 and c.endswith("… (100000 characters)") for c in cells] == [True, True]
    with sqlite3.connect(exam / "exam.db") as db:
        kept = [row for table_ in ("submission", "mark") for row in db.execute(f"SELECT * FROM {table_}")]
    assert any("x" * 100_000 in (c.decode() if isinstance(c, bytes) else str(c)) for row in kept for c in row)
