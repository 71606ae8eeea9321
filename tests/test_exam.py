"""From a plan to papers: plans and their faults, the same bytes again, killed runs, other exams' folders."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from examwright.generator import wording
from examwright.generator.errors import ExamwrightError, Problems
from examwright.generator.exam import load_plan, paper, share_points, variant_seed
from examwright.generator.index import plan_paths, question_paths
from examwright.generator.load import load
from examwright.generator.make import make
from examwright.generator.roster import file_name, read_roster, unused_columns
from examwright.generator.store import Store, decode, encode

PLAN = """\
title: A short test
course: Testing
date: 2026-11-30
minutes: 30
points: 20
instructions: [Show your steps.]
sections:
  - title: One
    questions:
      - {question: cnn/output-size, points: 7, parts: [output_size, output_values]}
      - lecture-deck/S11
  - title: Two
    questions:
      - {pick: 1, topic: convolutional networks, minutes: [3, 5], points: 11}
"""
ROSTER = "id,name\ns2,Böb Ö\ns1,Ann\ns3,\n"


def write(folder: Path, plan: str = PLAN, roster: str = ROSTER) -> tuple[Path, Path]:
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    (folder / "class.csv").write_text(roster, encoding="utf-8")
    return folder / "plan.yaml", folder / "class.csv"


def hashes(out: Path) -> dict[str, str]:
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(out.rglob("*")) if p.suffix in (".pdf", ".csv")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("exam")
    make(*write(folder), 7, folder / "out", jobs=2)
    return Path(folder)


def test_every_plan_that_comes_along_loads() -> None:
    assert plan_paths()
    for path in plan_paths().values():
        plan = load_plan(path)
        slots = paper(plan, 1, "a student")
        assert sum((s.points for s in slots), fmpq(0)) == plan.points
        assert len({s.seed for s in slots}) == len(slots)


def test_a_paper_depends_on_seed_and_student_only() -> None:
    plan = load_plan(Path("plan.yaml"), PLAN)
    assert [(s.name, s.seed) for s in paper(plan, 7, "s1")] == [(s.name, s.seed) for s in paper(plan, "7", "s1")]
    assert [s.seed for s in paper(plan, 7, "s1")] != [s.seed for s in paper(plan, 7, "s2")]
    picked = {paper(plan, 7, f"s{i}")[2].name for i in range(40)}
    assert len(picked) >= 2 and "cnn/output-size" not in picked
    assert variant_seed(7, "s1", "q") != variant_seed(7, "s", "1q")


@pytest.mark.parametrize(("old", "new", "line", "said"), [
    ("title: A short test\n", "", 1, "no 'title'"),
    ("course:", "corse:", 2, "Did you mean 'course'"),
    ("points: 20", "points: 21", 5, "add up to 20 points, not 21: 7 + 2 + 11"),
    ("minutes: 30", "minutes: soon", 4, "positive number"),
    ("cnn/output-size", "cnn/outputsize", 10, "Did you mean 'cnn/output-size'"),
    ("output_values]", "output_value]", 10, "Did you mean 'output_values'"),
    ("pick: 1", "pick: 9", 14, "cannot pick 9"),
    ("pick: 1", "pick: no", 14, "no"),
    ("topic: convolutional networks", "topic: convolutional network", 14, "Did you mean 'convolutional networks'"),
    ("minutes: [3, 5]", "minutes: 5", 14, "[from, to]"),
    ("minutes: [3, 5]", "minutes: [9, 3]", 14, "smaller"),
    (", points: 11}", "}", 14, "a pick needs 'points'"),
    ("lecture-deck/S11", "lecture-deck/S99", 11, "'lecture-deck/S99'"),
    ("instructions: [Show", "digits: 99\ninstructions: [Show", 6, "from 2 to 12"),
    ("instructions: [Show", "fewer_digits: 3/2\ninstructions: [Show", 6, "fewer_digits must be a share of the points from 0 to 1"),
    ("instructions: [Show", "fewer_digits: half\ninstructions: [Show", 6, "fewer_digits must be a share"),
    ("instructions: [Show", "fewer_digit: 1/2\ninstructions: [Show", 6, "Did you mean 'fewer_digits'"),
    ("instructions: [Show", "paper: A3\ninstructions: [Show", 6, "A4"),
    ("instructions: [Show", "pool: nowhere\ninstructions: [Show", 6, "no bank or question matches"),
    ("instructions: [Show", "notation: {decimal: dot}\ninstructions: [Show", 6, "comma"),
    ("parts: [output_size", "set: {n: 3, q: 1}, parts: [output_size", 10, "draws nothing called 'q'"),
])
def test_faults_of_plans(old: str, new: str, line: int, said: str) -> None:
    assert old in PLAN
    with pytest.raises(Problems) as caught:
        load_plan(Path("plan.yaml"), PLAN.replace(old, new))
    assert any(said in str(p) and p.line == line for p in caught.value.problems), str(caught.value)


def test_all_faults_of_a_plan_at_once() -> None:
    text = PLAN.replace("course:", "corse:").replace("cnn/output-size", "cnn/xyz").replace("minutes: [3, 5]", "minutes: 5")
    with pytest.raises(Problems) as caught:
        load_plan(Path("plan.yaml"), text)
    assert [p.line for p in caught.value.problems] == [2, 10, 14]


def test_picks_that_may_take_each_others_questions_are_refused() -> None:
    pick = "      - {pick: 2, topic: cnn, minutes: [3, 5], points: 1}\n"
    with pytest.raises(Problems, match="other picks may take"):
        load_plan(Path("plan.yaml"), PLAN.replace("points: 20", "points: 24") + pick * 2)


def test_an_own_question_is_found_beside_the_plan(tmp_path: Path, write_question: Any) -> None:
    path = write_question("mine/tiny")
    plan = "title: T\nminutes: 5\npoints: 3\nsections: [{questions: [{question: mine/tiny.yaml}]}]\n"
    found = load_plan(path.parent.parent / "plan.yaml", plan)
    assert paper(found, 1, "x")[0].question.title == "A tiny question"


# ---- all questions that match ----------------------------------------------------------------

@pytest.mark.parametrize("pool", ["mine", "mine/*", "./mine", "mine/t*", "mine/tiny.yaml"])
def test_own_questions_are_picked_from_a_folder_beside_the_plan(tmp_path: Path, write_question: Any, pool: str) -> None:
    own = write_question("mine/tiny")
    plan = "title: T\nminutes: 5\npoints: 7\npool: [cnn/*, POOL]\nsections: [{questions: [{pick: 1, topic: testing, points: 3}, {pick: 1, topic: cnn, points: 4}]}]\n"
    loaded = load_plan(own.parent.parent / "plan.yaml", plan.replace("POOL", pool))
    slots = paper(loaded, 1, "s1")
    assert slots[0].question.id == "mine/tiny" and slots[0].question.path == own and slots[1].question.id.startswith("cnn/")
    assert variant_seed(1, "s1", "mine/tiny") == slots[0].seed


def test_a_picked_question_of_ones_own_does_not_depend_on_where_the_plan_lies(tmp_path: Path, write_question: Any) -> None:
    import shutil

    for name in ("mine/a", "mine/b", "mine/c", "mine/d"):
        own = write_question(name)
    plan = "title: T\nminutes: 5\npoints: 3\npool: [mine, bandits/*]\nsections: [{questions: [{pick: 1, minutes: [2, 4], points: 3}]}]\n"
    far = tmp_path / "z" / "deep"
    shutil.copytree(own.parent, far / "mine")
    picked = [[paper(load_plan(folder / "plan.yaml", plan), 1, f"s{i}")[0].question.id for i in range(12)] for folder in (own.parent.parent, far)]
    assert picked[0] == picked[1] and len(set(picked[0])) > 2


def test_faults_of_pools_of_ones_own(tmp_path: Path, write_question: Any) -> None:
    own = write_question("mine/tiny", ("minutes: 2", "minute: 2"))
    plan = "title: T\nminutes: 5\npoints: 3\npool: POOL\nsections: [{questions: [{pick: 1, points: 3}]}]\n"
    with pytest.raises(Problems, match="unknown key 'minute'"):
        load_plan(own.parent.parent / "plan.yaml", plan.replace("POOL", "mine"))
    with pytest.raises(Problems, match="no bank or question matches 'mnie/x'. Did you mean 'mine/"):
        load_plan(own.parent.parent / "plan.yaml", plan.replace("POOL", "mnie/x"))


def test_pick_all_takes_every_question_with_its_own_points() -> None:
    text = ("title: T\npool: cnn/*\nsections:\n  - {title: A, questions: [cnn/pooling]}\n  - {title: B, questions: [{pick: all, minutes: [3, 7], points: 5}, "
            "{pick: all}]}\n")
    plan = load_plan(Path("plan.yaml"), text)
    slots = paper(plan, 1, "x")
    cnn = sorted([i for i in question_paths() if i.startswith("cnn/") and i != "cnn/pooling"])
    short = [i for i in cnn if load(i).minutes <= 7]
    assert [s.name for s in slots] == ["cnn/pooling", *short, *[i for i in cnn if i not in short]]
    assert [s.points for s in slots] == [load("cnn/pooling").points, *[fmpq(5)] * len(short), *[load(i).points for i in cnn if i not in short]]
    assert plan.points == sum((s.points for s in slots), fmpq(0)) and plan.minutes == sum((s.question.minutes for s in slots), fmpq(0))


@pytest.mark.parametrize(("text", "said"), [
    ("title: T\nsections: [{questions: [{pick: all, topic: cnnn}]}]\n", "no question of the pool has the topic 'cnnn'"),
    ("title: T\npool: cnn/pooling\nsections: [{questions: [cnn/pooling, {pick: all}]}]\n", "no question of the pool matches"),
    ("title: T\nsections: [{questions: [{pick: every}]}]\n", "pick must be a whole number from 1 to 50, or all"),
    ("title: T\npool: cnn/*\nsections: [{questions: [{pick: all, pionts: 2}]}]\n", "Did you mean 'points'"),
    ("title: T\npool: cnn/*\nsections: [{questions: [{pick: 1, points: 3}]}]\n", "the plan has no 'minutes'"),
    ("title: T\npoints: 3\npool: cnn/*\nsections: [{questions: [{pick: all}]}]\n", "not 3"),
])
def test_faults_of_pick_all(text: str, said: str) -> None:
    with pytest.raises(Problems) as caught:
        load_plan(Path("plan.yaml"), text)
    assert said in str(caught.value)


PLANS = plan_paths()


@pytest.mark.parametrize("name", [n for n in PLANS if n.endswith("-quiz")])
def test_a_quiz_takes_twenty_minutes(name: str) -> None:
    plan = load_plan(name)
    spent = [sum([s.question.minutes for s in paper(plan, seed, "x")], fmpq(0)) for seed in range(20)]
    assert plan.minutes == 20 and 16 <= sum(spent, fmpq(0))/20 <= 24 and max(spent) <= 27, [str(x) for x in spent]


def test_every_question_stands_on_a_worksheet() -> None:
    found = [s.name for n in PLANS if n.endswith("-worksheet") for s in paper(load_plan(n), 1, "x")]
    assert sorted(found) == sorted(question_paths())
    assert {n.rsplit("-", 1)[0] for n in PLANS if n.endswith("-worksheet")} == {n.rsplit("-", 1)[0] for n in PLANS if n.endswith("-quiz")}


@pytest.mark.parametrize(("points", "parts", "shares"), [
    (7, [1, 2], ["5/2", "9/2"]), (10, [2, 3, 1], ["7/2", "5", "3/2"]), (6, [1, 2, 3], ["1", "2", "3"]),
    (1, [1, 1, 1], ["1/3"] * 3), (3, [10, 1, 1], ["2", "1/2", "1/2"]),
])
def test_points_are_shared_in_halves(points: int, parts: list[int], shares: list[str]) -> None:
    got = share_points(fmpq(points), [fmpq(p) for p in parts])
    assert sum(got, fmpq(0)) == points
    assert [str(g) for g in got] == shares


@pytest.mark.parametrize("value", [fmpq(2, 9), "2/9", "word", True, (fmpq(1), ("a", fmpq(-3, 7)))])
def test_drawn_values_survive_the_store(value: Any) -> None:
    import json

    assert decode(json.loads(json.dumps(encode(value)))) == value


@pytest.mark.parametrize(("roster", "said"), [
    ("", "is empty"), ("name\nAnn\n", "no column"), ("id\n\n", "no students"), ("id,name\ns1,A\nS1,B\n", ":3: the id 'S1'"),
    ("id,name\n,A\n", ":2: no id"), ("id,id\n1,2\n", "twice"), ("id\na\x07b\n", "is not an id"),
])
def test_faults_of_class_lists(tmp_path: Path, roster: str, said: str) -> None:
    path = tmp_path / "class.csv"
    path.write_text(roster)
    with pytest.raises(ExamwrightError) as caught:
        read_roster(path)
    assert said in str(caught.value)


@pytest.mark.parametrize("raw", [
    b"\xef\xbb\xbfid;name\r\ns2;B\r\ns1;A\r\n", b"Student ID,Name\ns1,A\ns2,B\n", b"name\tid\nA\ts1\nB\ts2\n",
    b'"id","name"\n"s1","A"\n\n"s2","B"\n',
])
def test_class_lists_as_spreadsheets_write_them(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(raw)
    assert [(s.id, s.name) for s in read_roster(path)] == [("s1", "A"), ("s2", "B")]


def test_what_a_class_list_may_hide(tmp_path: Path) -> None:
    """A comma that shifts the cells, a workbook, a misspelt accommodation; and names in two columns."""
    path = tmp_path / "class.csv"
    path.write_text("id,name\ns1,Ito, Ben\ns2,\n")
    with pytest.raises(ExamwrightError, match="class.csv:2: more cells than the header has columns. A cell with a comma"):
        read_roster(path)
    path.write_bytes(b"PK\x03\x04\x14\x00")
    with pytest.raises(ExamwrightError, match="is a workbook of a spreadsheet program"):
        read_roster(path)
    path.write_text("Matrikelnummer;Vorname;Nachname;Gruppe;Large font;large_print\n7;Änne;Weiß;A;yes;\n", encoding="utf-8")
    assert [(s.id, s.name, s.large) for s in read_roster(path)] == [("7", "Änne Weiß", False)]
    assert unused_columns(path) == ["Gruppe", "Large font"]


def test_a_file_of_endlessly_many_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id," + ",".join(map(str, range(100_000))) + "\n")
    with pytest.raises(ExamwrightError, match="class.csv:1: has 100001 columns"):
        read_roster(path)
    path.write_text("id," + ",".join(f"c{i}" for i in range(16_000)) + "\ns1\n")
    assert [s.id for s in read_roster(path)] == ["s1"]


@pytest.mark.parametrize("who", ["../../etc/passwd", "a/b", "..", ".", "con", "ä", "a b", "x" * 80, "~", "-rf", "=1+1", "A\\B"])
def test_ids_never_leave_the_folder(who: str) -> None:
    name = file_name(who)
    assert "/" not in name and "\\" not in name and not name.startswith(".") and len(name) <= 200
    assert name.isascii()


def test_ids_give_different_files() -> None:
    assert len({file_name(w) for w in ("a b", "a_b", "a~20~b", "a.b", "äb", "ab")}) == 6


@pytest.mark.slow
class TestMake:
    def test_what_is_there(self, made: Path) -> None:
        out = made / "out"
        assert sorted(p.name for p in (out / "papers").iterdir()) == ["s1.pdf", "s2.pdf", "s3.pdf"]
        assert sorted(p.name for p in (out / "keys").iterdir()) == ["s1-key.pdf", "s2-key.pdf", "s3-key.pdf"]
        form = (out / "answers-form.csv").read_text().splitlines()
        assert form[0].startswith("student,name,1a,1b,2,3a,3b") and [r.split(",")[0] for r in form[1:]] == ["s1", "s2", "s3"]
        with Store.open(out / "exam.db") as store:
            assert list(store.papers()) == ["s1", "s2", "s3"]
            assert store.exam()["plan"] == PLAN and store.exam()["seed"] == "7"
            for name, (sha, size) in store.files().items():
                if not name.endswith("/of"):
                    data = (out / name).read_bytes()
                    assert (hashlib.sha256(data).hexdigest(), len(data)) == (sha, size)

    def test_papers_hold_the_questions_and_no_keys_or_seeds(self, made: Path) -> None:
        from pypdf import PdfReader

        with Store.open(made / "out" / "exam.db") as store:
            items = [i for i in store.items() if i.student == "s1"]
        text = "\n".join(p.extract_text() for p in PdfReader(made / "out" / "papers" / "s1.pdf").pages)
        key = "\n".join(p.extract_text() for p in PdfReader(made / "out" / "keys" / "s1-key.pdf").pages)
        assert "Ann" in text and "s1" in text
        for item in items:
            assert item.shown["title"].replace("'", "’") in " ".join(text.replace("'", "’").split())
            assert item.seed not in text + key
            assert item.seed.encode() not in (made / "out" / "papers" / "s1.pdf").read_bytes()
        assert "Key" in key and "Key" not in text

    def test_the_same_bytes_again(self, made: Path, tmp_path: Path) -> None:
        again = "id,name\n" + "\n".join(reversed(ROSTER.strip().split("\n")[1:])) + "\n"
        make(*write(tmp_path, roster=again), "7", tmp_path / "out", jobs=1)
        assert hashes(tmp_path / "out") == hashes(made / "out")

    def test_the_same_bytes_under_another_hash_seed(self, made: Path, tmp_path: Path) -> None:
        write(tmp_path)
        command = [sys.executable, "-m", "examwright", "make", "plan.yaml", "--roster", "class.csv", "--seed", "7", "-o", "out"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "5"})
        assert hashes(tmp_path / "out") == hashes(made / "out")

    def test_another_exam_is_refused(self, made: Path, tmp_path: Path) -> None:
        out, before = made / "out", hashes(made / "out")
        with pytest.raises(ExamwrightError, match="another seed"):
            make(*write(tmp_path), 8, out)
        with pytest.raises(ExamwrightError, match="another plan"):
            make(*write(tmp_path, PLAN + "# x\n"), 7, out)
        with pytest.raises(ExamwrightError, match="s3 has a paper"):
            make(*write(tmp_path, roster="id,name\ns1,Ann\ns2,Böb Ö\n"), 7, out)
        with pytest.raises(ExamwrightError, match="called 'Anne'"):
            make(*write(tmp_path, roster=ROSTER.replace("Ann", "Anne")), 7, out)
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "thesis.tex").write_text("x")
        with pytest.raises(ExamwrightError, match="holds no exam"):
            make(*write(tmp_path), 7, tmp_path / "full")
        assert hashes(out) == before

    def test_a_lost_file_comes_back_and_a_late_student_is_added(self, tmp_path: Path) -> None:
        first = make(*write(tmp_path, roster="id,name\ns1,Ann\n"), 7, tmp_path / "out")
        before = hashes(tmp_path / "out")
        (tmp_path / "out" / "keys" / "s1-key.pdf").unlink()
        (tmp_path / "out" / "papers" / "s1.pdf").write_bytes(b"%PDF half")
        make(*write(tmp_path, roster="id,name\ns1,Ann\n"), 7, tmp_path / "out")
        assert hashes(tmp_path / "out") == before and first.made == 1
        more = make(*write(tmp_path, roster="id,name\ns0,New\ns1,Ann\n"), 7, tmp_path / "out")
        assert (more.made, more.kept) == (1, 1)
        after = hashes(tmp_path / "out")
        assert after["papers/s1.pdf"] == before["papers/s1.pdf"] and after["papers-all.pdf"] != before["papers-all.pdf"]

    def test_exam_db_cannot_be_changed(self, made: Path) -> None:
        db = sqlite3.connect(made / "out" / "exam.db")
        for table in ("exam", "question", "paper", "item", "file"):
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = rowid + 1"):
                with pytest.raises(sqlite3.DatabaseError, match="append-only"):
                    db.execute(statement)
        db.close()

    def test_killed_and_started_again(self, tmp_path: Path) -> None:
        roster = "id\n" + "".join(f"k{i}\n" for i in range(8))
        write(tmp_path, roster=roster)
        command = [sys.executable, "-m", "examwright", "make", "plan.yaml", "--roster", "class.csv", "--seed", "7", "-o", "out"]
        run = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        keys = tmp_path / "out" / "keys"
        while not (keys.is_dir() and list(keys.glob("*.pdf"))):
            assert run.poll() is None
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        for pdf in (tmp_path / "out").rglob("*.pdf"):
            assert pdf.read_bytes().rstrip().endswith(b"%%EOF")
        done = len(list(keys.glob("*.pdf")))
        assert done < 8
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        assert not list((tmp_path / "out").rglob("*.part"))
        (tmp_path / "clean").mkdir()
        make(*write(tmp_path / "clean", roster=roster), 7, tmp_path / "clean" / "out")
        assert hashes(tmp_path / "out") == hashes(tmp_path / "clean" / "out")

    def test_a_name_that_no_font_has(self, tmp_path: Path) -> None:
        made = make(*write(tmp_path, roster="id,name\ns1,王伟\ns2,Łucja Δ\n"), 7, tmp_path / "out")
        assert made.unnamed == ("s1",) and (tmp_path / "out" / "papers" / "s1.pdf").exists()
        with pytest.raises(ExamwrightError, match="cannot print the id"):
            make(*write(tmp_path, roster="id\n王伟\n"), 7, tmp_path / "other")

    def test_versions(self, tmp_path: Path) -> None:
        plan = PLAN.replace("points: 20", "points: 20\nversions: 2")
        roster = "id\n" + "".join(f"v{i}\n" for i in range(4))
        make(*write(tmp_path, plan, roster), 7, tmp_path / "out")
        with Store.open(tmp_path / "out" / "exam.db") as store:
            assert [r["variant"] for r in store.papers().values()] == ["A", "B", "A", "B"]
            shown = {i.student: i.shown["values"] for i in store.items() if i.number == 1}
        assert shown["v0"] == shown["v2"] != shown["v1"] == shown["v3"]

    def test_a_late_student_in_the_middle_of_the_list_changes_nobodys_version(self, tmp_path: Path) -> None:
        plan = PLAN.replace("points: 20", "points: 20\nversions: 2")
        make(*write(tmp_path, plan, "id\nv0\nv2\nv4\n"), 7, tmp_path / "out")
        before = hashes(tmp_path / "out")
        (tmp_path / "out" / "papers" / "v4.pdf").unlink()
        made = make(*write(tmp_path, plan, "id\nv0\nv1\nv2\nv4\n"), 7, tmp_path / "out")
        assert (made.made, made.again, made.kept) == (1, 1, 2)
        after = hashes(tmp_path / "out")
        assert {n: h for n, h in after.items() if n[:4] in ("pape", "keys") and n in before and n != "papers-all.pdf"} == {
            n: h for n, h in before.items() if "/" in n}
        with Store.open(tmp_path / "out" / "exam.db") as store:
            assert {who: r["variant"] for who, r in store.papers().items()} == {"v0": "A", "v1": "B", "v2": "B", "v4": "A"}

    def test_a_changed_question_is_not_mixed_into_a_begun_exam(self, tmp_path: Path, write_question: Any) -> None:
        """Who comes late, and whose paper was lost, gets the question as it was issued; the changed file counts for nobody."""
        path = write_question("mine/tiny")
        plan = f"title: T\nminutes: 5\npoints: 3\nsections: [{{questions: [{{question: {path}}}]}}]\n"
        make(*write(tmp_path, plan, "id\na\n"), 1, tmp_path / "out")
        before, text = hashes(tmp_path / "out"), path.read_text()
        (tmp_path / "out" / "papers" / "a.pdf").unlink()
        path.write_text(text.replace("[2, 9]", "[2, 8]"))
        os.utime(path, ns=(1, 1))
        make(*write(tmp_path, plan, "id\na\nb\n"), 1, tmp_path / "out")
        assert hashes(tmp_path / "out")["papers/a.pdf"] == before["papers/a.pdf"]
        with Store.open(tmp_path / "out" / "exam.db") as store:
            assert [source for _, _, source in store.questions().values()] == [text] and set(store.papers()) == {"a", "b"}
        path.write_text(text.replace("points: 1", "points: 1.5").replace("points: 2", "points: 1.5"))
        os.utime(path, ns=(2, 2))
        with pytest.raises(ExamwrightError, match="has other parts or points now"):
            make(*write(tmp_path, plan, "id\na\nb\nc\n"), 1, tmp_path / "out")

    def test_a_formula_that_cannot_be_set_is_told_with_its_question(self, tmp_path: Path, write_question: Any) -> None:
        from click.testing import CliRunner

        from examwright.cli import main

        path = write_question("mine/broken", ("Let $a =", "Let $\\frac{1}{a =$ or $a ="))
        plan = f"title: T\nminutes: 5\npoints: 5\nsections: [{{questions: [lecture-deck/S11, {{question: {path}}}]}}]\n"
        with pytest.raises(ExamwrightError, match=r"broken.yaml \(seed .*\): \$.*Missing close brace"):
            make(*write(tmp_path, plan, "id\na\n"), 1, tmp_path / "out")
        result = CliRunner().invoke(main, ["preview", str(path), "-o", str(tmp_path / "x.pdf")])
        assert result.exit_code == 2 and "broken.yaml: $" in result.output

    @pytest.mark.parametrize("seed", ["", "  "])
    def test_an_empty_seed_is_refused(self, tmp_path: Path, seed: str) -> None:
        with pytest.raises(ExamwrightError, match="The seed is empty"):
            make(*write(tmp_path), seed, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_what_the_list_says_of_those_who_have_papers(self, tmp_path: Path) -> None:
        """Another look is told and changes nothing; who is missing is named, with what to do."""
        first = make(*write(tmp_path, roster="id,large print\ns1,\ns2,yes\ns3,\n"), 7, tmp_path / "out")
        before = hashes(tmp_path / "out")
        second = make(*write(tmp_path, roster="id,large print\ns1,yes\ns2,yes\ns3,\n"), 7, tmp_path / "out")
        assert (first.other_look, second.other_look) == ((), ("s1",)) and hashes(tmp_path / "out") == before
        with pytest.raises(ExamwrightError, match="s1, s3 have papers there but are not in the list. Who has a paper stays in it"):
            make(*write(tmp_path, roster="id,large print\ns2,yes\n"), 7, tmp_path / "out")

    def test_a_reprint_that_differs_is_not_put_in_place(self, tmp_path: Path) -> None:
        """Larger print for somebody who has a paper is not what was issued."""
        make(*write(tmp_path, roster="id\ns1\n"), 7, tmp_path / "out")
        lost = tmp_path / "out" / "papers" / "s1.pdf"
        lost.unlink()
        with pytest.raises(ExamwrightError, match="papers/s1.pdf in .* differs from what was issued"):
            make(*write(tmp_path, roster="id,large print\ns1,yes\n"), 7, tmp_path / "out")
        assert not lost.exists()

    def test_what_a_killed_run_left_half_written_is_cleared_away(self, tmp_path: Path) -> None:
        make(*write(tmp_path, roster="id\ns1\n"), 7, tmp_path / "out")
        left = [tmp_path / "out" / ".papers-all.pdf.17.part", tmp_path / "out" / "keys" / ".s1-key.pdf.17.part"]
        for path in left:
            path.write_bytes(b"%PDF half")
        make(*write(tmp_path, roster="id\ns1\n"), 7, tmp_path / "out")
        assert not any(path.exists() for path in left)


@pytest.mark.parametrize("points, shown", [("4", "4"), ("5/2", "2.5"), ("9/8", "1.125"), ("39/8", "4.875"), ("10/3", "3.33"), ("1/16", "0.06"), ("0", "0"), ("100", "100")])
def test_points_are_shown_exactly_where_three_decimals_are_enough(points, shown):
    assert wording.points(fmpq(*map(int, points.split("/")))) == shown
