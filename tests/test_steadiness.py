"""Nothing is lost: runs that are killed at any moment, several runs at once, and a full disk."""

from __future__ import annotations

import contextlib
import csv
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from examwright.generator.errors import ExamwrightError
from examwright.grader.grade import current, grade
from examwright.grader.records import read, runs
from examwright.grader.regrade import Fixes, regrade

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")]
STUDENTS = [f"s{i:02}" for i in range(44)]  # enough for two processes
PLAN = "title: T\nminutes: 10\npoints: 6\nsections: [{questions: [{question: mine/two.yaml}]}]\n"
CSVS = ("marks.csv", "marks-totals.csv", "marks-open.csv")


def command(*args: Any) -> list[str]:
    return [sys.executable, "-m", "examwright", *map(str, args)]


def answers(path: Path, students: list[str], shift: int = 0) -> Path:
    rows = [f"{who},1a,{(i + shift) % 7}\n{who},1b,1/{i + 1}\n{who},1c,first\n{who},1d,because\n" for i, who in enumerate(students)]
    path.write_text("student,item,answer\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def origin(issue: Any, issued_once: Path, tmp_path_factory: Any) -> Path:
    """An issued exam of 44 students with two files of answers: a.csv, and b.csv with many other ones."""
    folder = tmp_path_factory.mktemp("many")
    shutil.copytree(issued_once / "mine", folder / "mine")
    issue(folder, PLAN, STUDENTS)
    answers(folder / "a.csv", STUDENTS)
    answers(folder / "b.csv", STUDENTS, 3)
    return Path(folder)


@pytest.fixture
def many(origin: Path, tmp_path: Path) -> Path:
    shutil.copytree(origin, tmp_path / "many")
    return tmp_path / "many"


def whole(out: Path) -> None:
    """exam.db is sound, and every CSV file is there whole or not at all."""
    with contextlib.closing(sqlite3.connect(out / "exam.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for name in CSVS:
        if (out / name).exists():
            text = (out / name).read_text(encoding="utf-8-sig")
            rows = list(csv.reader(text.splitlines()))
            assert text.endswith("\n") and len({len(r) for r in rows}) == 1


def marks(out: Path) -> Any:
    return current(out).marks if read(out).last else None


def files(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in CSVS]


def steps(many: Path) -> dict[str, Callable[[Path], Any]]:
    def sheet(out: Path) -> Any:
        rows = list(csv.DictReader((out / "marks-open.csv").read_text(encoding="utf-8-sig").splitlines()))
        if not rows:
            return grade(out, many / "filled.csv")
        with open(many / "filled.csv", "w", newline="") as f:
            writer = csv.DictWriter(f, rows[0])
            writer.writeheader()
            writer.writerows([{**r, "points": "1" if r["of"] else "", "comment": "" if r["of"] else "was ill"} for r in rows])
        return grade(out, many / "filled.csv")

    return {"first": lambda out: grade(out, many / "a.csv", jobs=1), "corrected": lambda out: grade(out, many / "b.csv", jobs=1),
            "sheet": sheet, "regrade": lambda out: regrade(out, "not taught", Fixes(void=("1a",), points=("1b=3",)), jobs=1)}


# ---- killed ---------------------------------------------------------------------------------


def die_at(step: int) -> None:
    """Kill this process at its n-th step: every SQL statement, fsync and rename is one, the same one repeated counts once."""
    count, last = [0], [""]

    def event(what: str) -> None:
        what = what[:24]
        if what == last[0]:
            return
        last[0] = what
        count[0] += 1
        if count[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)

    connect = sqlite3.connect

    def traced(*args: Any, **options: Any) -> sqlite3.Connection:
        db = connect(*args, **options)
        db.set_trace_callback(event)
        return db

    sqlite3.connect = traced  # type: ignore[assignment]

    def noted(name: str, plain: Callable[..., Any]) -> Callable[..., None]:
        def run(*args: Any) -> None:
            event(f"before {name} {args[-1]}")
            plain(*args)
            event(f"after {name} {args[-1]}")

        return run

    for name in ("fsync", "replace"):
        setattr(os, name, noted(name, getattr(os, name)))


def in_child(run: Callable[[Path], Any], out: Path, step: int) -> int | None:
    """Run it in a forked child that kills itself at that step; the child's wait status."""
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            die_at(step)
            run(out)
            os._exit(0)
        os._exit(1)
    return os.waitpid(pid, 0)[1]


@pytest.mark.parametrize("name", ["first", "corrected", "sheet", "regrade"])
def test_killed_at_every_step(two: Path, name: str) -> None:
    """Whatever the step at which it dies: it is all as it was, or it is all done; the same command finishes it."""
    many, start = two, two / "out"
    answers(many / "a.csv", ["007", "008", "009"])
    answers(many / "b.csv", ["007", "009"], 3)
    chain = steps(many)
    for earlier in list(chain)[:list(chain).index(name)]:
        chain[earlier](start)
    before = marks(start)
    goal = many / "goal"
    shutil.copytree(start, goal)
    chain[name](goal)
    after, result = marks(goal), files(goal)
    assert after != before
    states = set()
    for step in range(1, 400):
        out = many / f"try{step}"
        shutil.copytree(start, out)
        status = in_child(chain[name], out, step)
        assert status in (0, signal.SIGKILL), status
        whole(out)
        now = marks(out)
        assert now in (before, after)
        states.add((now == after, status))
        chain[name](out)
        assert marks(out) == after and files(out) == result and not list(out.glob("*.part")) and not list(out.glob(".*.part"))
        assert len(runs(out)) == len(runs(goal))
        shutil.rmtree(out)
        if status == 0:
            break
    assert status == 0 and step > 15 and states == {(False, signal.SIGKILL), (True, signal.SIGKILL), (True, 0)}


def _working_in(folder: Path) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def test_killed_at_random_with_all_its_workers_going_too(many: Path) -> None:
    grade(shutil.copytree(many / "out", many / "goal"), many / "a.csv")
    goal = marks(many / "goal")
    began = time.monotonic()
    shutil.copytree(many / "out", many / "timed")
    subprocess.run(command("grade", many / "timed", many / "a.csv", "--jobs", 2), capture_output=True)
    span = time.monotonic() - began
    chance = random.Random(3)
    for n in range(6):
        out = many / f"try{n}"
        shutil.copytree(many / "out", out)
        run = subprocess.Popen(command("grade", out, many / "a.csv", "--jobs", 2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(span / 3, span))
        run.kill()  # the parent only
        run.wait()
        whole(out)
        assert marks(out) in (None, goal)
        for _ in range(50):
            if not Path("/proc").is_dir() or not _working_in(out):
                break
            time.sleep(0.1)
        else:
            pytest.fail(f"workers of the killed run are still there: {_working_in(out)}")
        assert subprocess.run(command("grade", out, many / "a.csv"), capture_output=True).returncode == 3
        assert marks(out) == goal and files(out) == files(many / "goal")


# ---- several at once ------------------------------------------------------------------------


def test_several_runs_at_once_are_like_one_after_the_other(many: Path) -> None:
    out = many / "out"
    grade(out, answers(many / "some.csv", STUDENTS[:4]))
    late = [answers(many / f"late{i}.csv", STUDENTS[4 + i:5 + i], i) for i in range(4)]
    running = [subprocess.Popen(command("grade", out, path, "--add"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for path in late]
    running.append(subprocess.Popen(command("regrade", out, "--why", "not taught", "--void", "1a"), stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, text=True))
    for run in running:
        text, errors = run.communicate()
        assert run.returncode == 3, text + errors
    found = current(out)
    assert {m.student for m in found.marks if m.mark.raw} == set(STUDENTS[:8])
    assert {m.mark.why for m in found.marks if m.item == "1a"} == {"void"}
    assert len(runs(out)) == 6
    whole(out)
    written = files(out)  # of the run that came last
    for name in CSVS:
        (out / name).unlink()
    regrade(out, "a look", Fixes())
    assert files(out) == written and current(out).marks == found.marks


def test_grading_beside_making(tmp_path: Path, write_question: Any) -> None:
    """Papers are still being made when the first answers come in."""
    write_question("mine/tiny")
    plan = tmp_path / "questions" / "plan.yaml"
    plan.write_text("title: T\nminutes: 5\npoints: 3\nsections: [{questions: [{question: mine/tiny.yaml}]}]\n")
    (tmp_path / "class.csv").write_text("id\n" + "".join([f"s{i}\n" for i in range(5)]))
    out = tmp_path / "out"
    making = subprocess.Popen(command("make", plan, "--roster", tmp_path / "class.csv", "--seed", 1, "-o", out, "--jobs", 1),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    path = tmp_path / "a.csv"
    path.write_text("student,item,answer\n" + "".join([f"s{i},1a,{i}\n" for i in range(5)]))
    graded = 0
    while making.poll() is None:
        with contextlib.suppress(ExamwrightError):  # no exam yet
            grade(out, path, jobs=1)
            graded += 1
    assert making.returncode == 0, making.communicate()
    found = grade(out, path)
    assert graded and not found.troubles and len(found.marks) == 10 and {m.student for m in found.marks if m.mark.raw} == {f"s{i}" for i in range(5)}
    whole(out)


# ---- a full disk ----------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of so many bytes."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_under_exam_db(many: Path) -> None:
    grade(many / "out", many / "a.csv")
    before = marks(many / "out")
    grade(shutil.copytree(many / "out", many / "goal"), many / "b.csv")
    size = sum(p.stat().st_size for p in (many / "out").iterdir())
    told = set()
    with small_disk(many / "disk", 4 * size + 500_000) as disk:
        shutil.copytree(many / "out", disk / "out")
        old = files(disk / "out")
        for left in (0, 8192, 32768, 65536, 131072, 4 * size):
            free = shutil.disk_usage(disk).free
            (disk / "filler").write_bytes(b"x" * max(0, free - left))
            run = subprocess.run(command("grade", disk / "out", many / "b.csv", "--jobs", 1), capture_output=True, text=True)
            assert "Traceback" not in run.stderr
            told.add(run.returncode)
            whole(disk / "out")
            if run.returncode == 2:
                assert "cannot be written" in run.stderr and marks(disk / "out") in (before, marks(many / "goal"))
                assert files(disk / "out") == old or marks(disk / "out") != before
                assert not list((disk / "out").glob(".*.part"))
            (disk / "filler").unlink()
        assert told == {2, 3}
        assert marks(disk / "out") == marks(many / "goal") and files(disk / "out") == files(many / "goal")


def test_a_full_disk_under_the_marks(many: Path) -> None:
    """The marks are on record; the old CSV files stay whole; the same command writes them when there is room."""
    out = many / "out"
    with small_disk(many / "disk", 65536) as disk:
        grade(out, answers(many / "one.csv", STUDENTS[:1]), many / "first.csv")
        shutil.copy(many / "first.csv", disk / "marks.csv")
        old = (disk / "marks.csv").read_bytes()
        (disk / "filler").write_bytes(b"x" * (shutil.disk_usage(disk).free - 8192))
        run = subprocess.run(command("grade", out, many / "a.csv", "-o", disk / "marks.csv"), capture_output=True, text=True)
        assert run.returncode == 2 and "marks.csv cannot be written: No space left on device" in run.stderr
        assert sorted([p.name for p in disk.iterdir()]) == ["filler", "marks.csv"] and (disk / "marks.csv").read_bytes() == old
        assert len([m for m in current(out).marks if m.mark.raw]) == 4 * len(STUDENTS)
        (disk / "filler").unlink()
        assert subprocess.run(command("grade", out, many / "a.csv", "-o", disk / "marks.csv"), capture_output=True).returncode == 3
        assert len((disk / "marks.csv").read_text().splitlines()) == 4 * len(STUDENTS) + 1


def test_files_that_may_not_grow(many: Path) -> None:
    """The same by a limit on the size of files, which needs no privilege."""
    out = many / "out"
    size = (out / "exam.db").stat().st_size
    for limit in (0, 1024, size, size + 8192, size + 40960):
        run = subprocess.run(command("grade", out, many / "a.csv", "--jobs", 1), capture_output=True, text=True,
                             preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))  # type: ignore[misc]
        assert run.returncode == 2 and "exam.db: it cannot be written" in run.stderr and "Traceback" not in run.stderr, (limit, run)
        whole(out)
        assert marks(out) is None and [p.name for p in out.iterdir()] == ["exam.db"]
    assert len(grade(out, many / "a.csv").marks) == 4 * len(STUDENTS)


def test_making_on_a_full_disk(tmp_path: Path, write_question: Any) -> None:
    write_question("mine/tiny")
    plan = tmp_path / "questions" / "plan.yaml"
    plan.write_text("title: T\nminutes: 5\npoints: 3\nsections: [{questions: [{question: mine/tiny.yaml}]}]\n")
    (tmp_path / "class.csv").write_text("id\ns1\ns2\n")
    with small_disk(tmp_path / "disk", 100_000) as disk:
        make = command("make", plan, "--roster", tmp_path / "class.csv", "--seed", 1, "-o", disk / "out", "--jobs", 1)
        run = subprocess.run(make, capture_output=True, text=True)
        assert run.returncode == 2 and "cannot be written" in run.stderr and "Traceback" not in run.stderr, run.stderr
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        assert subprocess.run(make, capture_output=True).returncode == 0
