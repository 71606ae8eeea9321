"""Marking a class again after a fix: from what was issued, for good, with every change told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flint import fmpq

from examwright.cli import main
from examwright.generator.errors import ExamwrightError, Problems
from examwright.grader.grade import Graded, current, grade
from examwright.grader.records import Marked, read, runs
from examwright.grader.regrade import Fixes, regrade

FIXED = (("answer: a - b", "answer: a + b"), ("total: a - b", "total: a + b"), ("share: (a - b)/b", "share: (a + b)/b"))


def invoke(*args: Any, code: int) -> str:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return str(result.stdout if code != 2 else result.output)


def marks(graded: Graded) -> dict[str, Marked]:
    """"007 1a" → its mark."""
    return {f"{m.student} {m.item}": m for m in graded.marks}


def draws(two: Path, who: str) -> tuple[int, int]:
    item = read(two / "out").items[who][0]
    return int(item.draws["a"].p), int(item.draws["b"].p)


@pytest.fixture
def answered(two: Path) -> Path:
    """007 answers what the paper asks, 008 by the wrong key, 009 in words; nobody is absent."""
    (a7, b7), (a8, b8), (a9, b9) = [draws(two, who) for who in ("007", "008", "009")]
    larger = {w: "first" if a > b else "second" for w, a, b in (("007", a7, b7), ("008", a8, b8), ("009", a9, b9))}
    (two / "a.csv").write_text(
        "student,item,answer\n"
        f"007,1a,{a7 + b7}\n007,1b,{a7 + b7}/{b7}\n007,1c,{larger['007']}\n007,1d,because\n"
        f"008,1a,{a8 - b8}\n008,1b,{a8 - b8}/{b8}\n008,1c,{larger['008']}\n"
        f"009,1a,both of them\n009,1b,{a9 + b9}/{b9}\n009,1c,{larger['009']}\n")
    grade(two / "out", two / "a.csv")
    return two


@pytest.fixture
def correct(answered: Path) -> Callable[..., Path]:
    """Write a corrected question file: with the right key, and other pieces replaced."""

    def run(*changes: tuple[str, str], name: str = "two.yaml") -> Path:
        text = (answered / "mine" / "two.yaml").read_text()
        for old, new in (*FIXED, *changes):
            assert old in text, old
            text = text.replace(old, new)
        path = answered / "corrected" / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return run


def test_a_wrong_key_is_put_right(answered: Path, correct: Any) -> None:
    before = marks(current(answered / "out"))
    assert before["007 1a"].points == 0 and before["008 1a"].points == 1
    done = regrade(answered / "out", "the key had the wrong sign", Fixes(questions=(str(correct()),)))
    after = marks(done.graded)
    assert [after[f"007 1{x}"].points for x in "ab"] == [1, 2] and after["007 1b"].mark.why == "key"
    assert after["008 1a"].points == 0 and after["008 1b"].mark.why == "follow-through" and after["008 1b"].points == 1
    assert after["009 1b"].points == 2
    assert {f"{c.after.student} {c.after.item}" for c in done.graded.changes} == {"007 1a", "007 1b", "008 1a", "008 1b", "009 1b"}
    assert {c.reason for c in done.graded.changes} == {"mine/two corrected (two.yaml)"}
    assert marks(current(answered / "out")) == after
    assert runs(answered / "out")[-1]["why"] == "the key had the wrong sign"


def test_nobodys_paper_changes(answered: Path, correct: Any) -> None:
    with sqlite3.connect(answered / "out" / "exam.db") as db:
        issued = [db.execute(f"SELECT * FROM {t}").fetchall() for t in ("paper", "item", "question", "file", "exam")]
    regrade(answered / "out", "the key had the wrong sign", Fixes(questions=(str(correct()),)))
    with sqlite3.connect(answered / "out" / "exam.db") as db:
        assert [db.execute(f"SELECT * FROM {t}").fetchall() for t in ("paper", "item", "question", "file", "exam")] == issued


def test_a_dry_run_writes_nothing(answered: Path, correct: Any) -> None:
    files = {p: p.read_bytes() for p in (answered / "out").iterdir()}
    done = regrade(answered / "out", "the key had the wrong sign", Fixes(questions=(str(correct()),)), dry=True)
    assert len(done.graded.changes) == 5 and not done.graded.recorded and not done.graded.files
    assert {p: p.read_bytes() for p in (answered / "out").iterdir()} == files
    real = regrade(answered / "out", "the key had the wrong sign", Fixes(questions=(str(correct()),)))
    assert [(c.before, c.after, c.reason) for c in real.graded.changes] == [(c.before, c.after, c.reason) for c in done.graded.changes]


def test_a_fix_holds_for_later_answers_too_and_is_recorded_once(answered: Path, correct: Any) -> None:
    fixes = Fixes(questions=(str(correct()),))
    regrade(answered / "out", "the key had the wrong sign", fixes)
    assert not regrade(answered / "out", "the key had the wrong sign", fixes).graded.recorded
    a, b = draws(answered, "009")
    (answered / "late.csv").write_text(f"student,item,answer\n009,1a,{a + b}\n")
    assert marks(grade(answered / "out", answered / "late.csv", more=True))["009 1a"].points == 1
    assert len(read(answered / "out").amendments) == 1


def test_a_template_that_moved_on_changes_nothing(answered: Path, correct: Any) -> None:
    """A paper is marked by its own text and numbers, whatever has become of the file."""
    regrade(answered / "out", "the key had the wrong sign", Fixes(questions=(str(correct()),)))
    for path in (answered / "mine" / "two.yaml", correct(("from: [2, 9]", "from: [20, 90]"))):
        path.write_text("title: something else\n")
    assert not regrade(answered / "out", "a look", Fixes()).graded.changes


@pytest.mark.parametrize(("changes", "said"), [
    ([("  b: {from: [2, 9]}\n", "  c: {from: [2, 9]}\n"), ('require: ["a != b"]', "require: []"), ("a + b", "a + c"), ("/b", "/c"),
      ("a*b", "a*c"), ("a > b", "a > c"), ("{{ b }}", "{{ c }}")],
     "it has no draw 'b', which 007 has (item 1). Allowed: a, c"),
    ([("  b: {from: [2, 9]}\n", "  b: {from: [2, 9]}\n  c: {from: [1, 2]}\n")], "it draws 'c', which was not drawn for them"),
    ([("- name: larger", "- name: bigger"), ("larger: ", "bigger: ")], "it has no part 'larger'"),
    ([("{first: The first., second: The second.}", "{second: The second., first: The first.}")],
     "part larger was printed with the options second, first, in this order; the file has first, second"),
    ([("share: (a + b)/b", "share: (a + b)/a")], "the exact solver gives"),
    ([("answer: total/b", "answer: total/(a - a)"), ("share: (a + b)/b", "share: a/(a - a)")], "with the numbers of 007, item 1:"),
])
def test_files_that_do_not_fit_are_refused(answered: Path, correct: Any, changes: list[tuple[str, str]], said: str) -> None:
    before = (answered / "out" / "exam.db").read_bytes()
    with pytest.raises(ExamwrightError) as caught:
        regrade(answered / "out", "x", Fixes(questions=(str(correct(*changes)),)))
    assert said in str(caught.value) and (answered / "out" / "exam.db").read_bytes() == before


def test_other_questions_and_faulty_files(answered: Path, correct: Any, write_question: Any) -> None:
    with pytest.raises(ExamwrightError, match="No paper of this exam has the question 'mine/tiny'.*Questions: mine/two"):
        regrade(answered / "out", "x", Fixes(questions=(str(write_question()),)))
    with pytest.raises(Problems, match="pionts"):
        regrade(answered / "out", "x", Fixes(questions=(str(correct(("points: 2", "pionts: 2"))),)))
    with pytest.raises(ExamwrightError, match="There is no question 'nowhere'"):
        regrade(answered / "out", "x", Fixes(questions=("nowhere",)))
    path = correct(name="other.yaml")
    assert regrade(answered / "out", "x", Fixes(questions=(f"mine/two={path}",)), dry=True).graded.changes


def test_an_answer_is_accepted_too_and_carries_on(answered: Path) -> None:
    """As a formula over everybody's own numbers; from there the next part is right without a loss."""
    done = regrade(answered / "out", "the sum was asked", Fixes(accept_formula=("1a=a + b",)))
    after = marks(done.graded)
    assert (after["007 1a"].mark.why, after["007 1a"].points) == ("accepted", 1)
    assert "amendment 1: the sum was asked" in after["007 1a"].mark.evidence
    assert after["007 1b"].points == 2 and after["008 1a"].points == 1 and after["008 1b"].points == 2  # both ways are right now
    reasons = {f"{c.after.student} {c.after.item}": c.reason for c in done.graded.changes}
    assert reasons["007 1a"] == "mine/two/total: also right: a + b" and reasons["007 1b"] == "follows from another part"


def test_a_text_is_accepted_too(answered: Path) -> None:
    before = marks(current(answered / "out"))
    after = marks(regrade(answered / "out", "fair enough", Fixes(accept=("mine/two/total=Both  of them",))).graded)
    assert (after["009 1a"].mark.why, after["009 1a"].points, after["009 1a"].waits) == ("accepted", 1, "")
    assert before["009 1b"].waits and after["009 1b"].mark.why == "wrong"  # marked as from the key
    value = after["007 1a"].mark.raw
    one = marks(regrade(answered / "out", "for one", Fixes(accept=(f"1a={value}.0",), student="007")).graded)
    assert one["007 1a"].points == 1
    by_hand = marks(regrade(answered / "out", "a good one", Fixes(accept=("1d=Because",))).graded)
    assert by_hand["007 1d"].points == 2 and by_hand["007 1d"].waits == ""


def test_for_one_student_only(answered: Path) -> None:
    before, after = marks(current(answered / "out")), marks(regrade(answered / "out", "a bad print", Fixes(void=("1a",), student="009")).graded)
    assert after["009 1a"].points == 1 and after["007 1a"] == before["007 1a"]
    with pytest.raises(ExamwrightError, match="--student: there is no student 'nobody'"):
        regrade(answered / "out", "x", Fixes(void=("1a",), student="nobody"))


def test_a_part_is_taken_out(answered: Path) -> None:
    after = marks(regrade(answered / "out", "not taught", Fixes(void=("1a", "1d"))).graded)
    assert {after[f"{who} {part}"].mark.why for who in ("007", "008", "009") for part in ("1a", "1d")} == {"void"}
    assert [after[f"{who} 1d"].points for who in ("007", "008", "009")] == [2, 2, 2]
    assert [f"{m.student} {m.item}" for m in current(answered / "out").open] == ["009 1b"]  # it stands on what nobody could read


def test_other_points_scale_the_marks(answered: Path) -> None:
    before, after = marks(current(answered / "out")), marks(regrade(answered / "out", "too hard", Fixes(points=("1b=1,5", "1c=0"))).graded)
    assert all(after[f"{who} 1b"].of == fmpq(3, 2) and after[f"{who} 1b"].points == before[f"{who} 1b"].points * 3 / 4 for who in ("007", "008"))
    assert after["007 1c"].of == after["007 1c"].points == 0
    assert current(answered / "out").totals()["007"][1] == fmpq(9, 2)
    assert marks(regrade(answered / "out", "once more", Fixes(points=("1b=3",))).graded)["008 1b"].of == 3  # the latest counts


def test_points_of_a_corrected_file(answered: Path, correct: Any, issue: Any, tmp_path: Path) -> None:
    path = str(correct(("type: integer\n    points: 1", "type: integer\n    points: 3")))
    after = marks(regrade(answered / "out", "worth more", Fixes(questions=(path,)), dry=True).graded)
    assert after["007 1a"].points == after["007 1a"].of == 3 and after["007 1b"].of == 2
    scaled = tmp_path / "scaled"
    (scaled / "mine").mkdir(parents=True)
    (scaled / "mine" / "two.yaml").write_text((answered / "mine" / "two.yaml").read_text())
    out = issue(scaled, "title: T\nminutes: 5\npoints: 12\nsections: [{questions: [{question: mine/two.yaml, points: 12}]}]\n",
                ["007", "008", "009"])
    grade(out, answered / "a.csv")
    now = marks(regrade(out, "worth more", Fixes(questions=(path,)), dry=True).graded)
    assert [now[f"007 1{x}"].of for x in "abcd"] == [fmpq(9, 2), 3, fmpq(3, 2), 3]  # 12 points, shared 3 : 2 : 1 : 2


def test_a_persons_marks_stay(answered: Path, correct: Any) -> None:
    (answered / "hand.csv").write_text("student,item,points,comment\n007,1a,0.5,half\n007,1d,1,ok\n009,1a,0.5,ok\n")
    grade(answered / "out", answered / "hand.csv")
    done = regrade(answered / "out", "the key had the wrong sign", Fixes(questions=(str(correct()),)))
    after = marks(done.graded)
    assert (after["007 1a"].mark.why, after["007 1a"].points) == ("hand", fmpq(1, 2))
    assert [(c.before.points, c.after.points) for c in done.kept] == [(fmpq(1, 2), 1)]  # type: ignore[union-attr]
    again = regrade(answered / "out", "by the rule for all", Fixes(redo_hand=True))
    now = marks(again.graded)
    assert (now["007 1a"].mark.why, now["007 1a"].points) == ("key", 1)
    assert now["007 1d"].mark.why == now["009 1a"].mark.why == "hand"  # no rule can mark these
    assert not grade(answered / "out", answered / "a.csv").recorded and marks(current(answered / "out")) == now


def test_an_amendment_is_withdrawn_by_a_new_record(answered: Path) -> None:
    before = marks(current(answered / "out"))
    regrade(answered / "out", "not taught", Fixes(void=("1a",)))
    regrade(answered / "out", "hard", Fixes(points=("1b=3",)))
    done = regrade(answered / "out", "it was taught", Fixes(withdraw=(1,)))
    assert {(c.after.item, c.reason) for c in done.graded.changes} == {
        ("1a", "withdrawn: mine/two/total: full points for everybody"), ("1b", "follows from another part")}  # that of 009 waits for 1a again
    assert set(read(answered / "out").amendments) == {2}
    assert not regrade(answered / "out", "it was taught", Fixes(withdraw=(1,))).graded.recorded
    regrade(answered / "out", "nor hard", Fixes(withdraw=(2,)))
    assert marks(current(answered / "out")) == before
    assert regrade(answered / "out", "not taught after all", Fixes(void=("1a",))).added
    with pytest.raises(ExamwrightError, match=r"There is no amendment 9\. In force: 3 \(mine/two/total"):
        regrade(answered / "out", "x", Fixes(withdraw=(9,)))


def test_a_solver_that_was_mended_needs_a_word(answered: Path, monkeypatch: Any) -> None:
    """Another key than the one on record stops grading and regrading; naming the question accepts the new keys for good."""
    from examwright.generator.formula import Formula
    from examwright.generator.question import Question
    from examwright.grader import amend, papers

    drawn, mended = amend.drawn_as_issued, []

    def other_solver(question: Question, item: Any, check: bool = True) -> Any:
        mended.append(question.id)
        return drawn(question.with_answer("total", Formula("a + b", lambda v: v["a"] + v["b"], {"a": 0, "b": 4})), item, check=False)

    for module in (papers, __import__("examwright.grader.regrade", fromlist=["regrade"])):
        monkeypatch.setattr(module, "drawn_as_issued", other_solver)
    with pytest.raises(ExamwrightError, match="the key on record is .*examwright regrade --question mine/two"):
        regrade(answered / "out", "a look", Fixes())
    done = regrade(answered / "out", "the solver was wrong", Fixes(questions=(str(answered / "mine" / "two.yaml"),)))
    assert mended and marks(done.graded)["007 1a"].points == 1
    monkeypatch.undo()  # and back again: the amended keys are on record too
    with pytest.raises(ExamwrightError, match="the key on record is"):
        regrade(answered / "out", "a look", Fixes())


@pytest.mark.parametrize(("fixes", "said"), [
    (Fixes(accept=("1a",)), "--accept '1a' is not ITEM=ANSWER"), (Fixes(accept=("1a=",)), "is not ITEM=ANSWER"),
    (Fixes(points=("1a",)), "is not ITEM=N"), (Fixes(points=("1a=-2",)), "'-2' is no number of points"),
    (Fixes(points=("1a=1e3",)), "no number of points"), (Fixes(void=("1z",)), "--void: no paper has an item '1z'"),
    (Fixes(void=("mine/two/tota",)), "Did you mean 'mine/two/total'"),
    (Fixes(accept_formula=("1a=a +",)), "--accept-formula: a +:"), (Fixes(accept_formula=("1a=q",)), "there is no value 'q' in mine/two"),
    (Fixes(accept_formula=("1a='x'",)), "is no answer to this part on any paper: for 007 it is a word"),
    (Fixes(accept_formula=("1a=a/(b-b)",)), "is no answer to this part on any paper"),
    (Fixes(accept_formula=("1a=__import__('os').system('true')",)), "has no meaning in a formula"),
    (Fixes(accept_formula=("1a=" + "9**" * 9 + "9",)), "on any paper"),
])
def test_fixes_that_make_no_sense(answered: Path, fixes: Fixes, said: str) -> None:
    before = (answered / "out" / "exam.db").read_bytes()
    with pytest.raises(ExamwrightError) as caught:
        regrade(answered / "out", "x", fixes)
    assert said in str(caught.value) and (answered / "out" / "exam.db").read_bytes() == before


def test_a_label_that_is_not_the_same_on_all_papers(issue: Any, tmp_path: Path) -> None:
    plan = ("title: T\nminutes: 9\npoints: 5\npool: cnn/*\n"
            "sections: [{questions: [{pick: 1, topic: cnn, minutes: [3, 5], points: 5}]}]\n")
    out = issue(tmp_path, plan, [f"s{i}" for i in range(8)])
    (tmp_path / "a.csv").write_text("student,item,answer\ns1,1a,1\n")
    grade(out, tmp_path / "a.csv")
    questions = sorted({i[0].name for i in read(out).items.values()})
    assert len(questions) > 1
    with pytest.raises(ExamwrightError, match=f"1a is not the same on all papers. Name it by its question: {questions[0]}/"):
        regrade(out, "x", Fixes(void=("1a",)))
    done = regrade(out, "x", Fixes(void=(f"{questions[0]}/a",)))
    assert {m.question for m in done.graded.marks if m.mark.why == "void"} == {questions[0]}


def test_before_any_grading_and_without_a_reason(two: Path) -> None:
    with pytest.raises(ExamwrightError, match="nothing is marked yet"):
        regrade(two / "out", "x", Fixes())
    assert "Missing option '--why'" in invoke("regrade", two / "out", code=2)
    assert "needs a reason" in invoke("regrade", two / "out", "--why", " ", code=2)
    assert "--student goes with" in invoke("regrade", two / "out", "--why", "x", "--student", "007", code=2)


def test_the_command_line_tells_each_change(answered: Path, correct: Any) -> None:
    path = correct()
    text = invoke("regrade", answered / "out", "--why", "the sign", "--question", path, "--dry-run", code=3)
    a, b = draws(answered, "007")
    assert f"007 1a   0 → 1 of 1  wrong → key  '{a + b}'  [mine/two corrected (two.yaml)]" in text
    assert "5 marks of 3 students change" in text and "A dry run: nothing was recorded." in text
    told = json.loads(invoke("regrade", answered / "out", "--why", "the sign", "--question", path, "--json", code=3))
    assert told["recorded"] and not told["dry_run"] and told["added"] == ["mine/two corrected (two.yaml)"] and told["kept"] == []
    change = next(c for c in told["changes"] if (c["student"], c["item"]) == ("007", "1a"))
    assert (change["before"]["points"], change["after"]["points"], change["reason"]) == (0, 1, told["added"][0])
