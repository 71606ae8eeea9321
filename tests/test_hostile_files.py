"""Files that were made to do harm: too large to read, pipes that never end, links to somebody else's files."""

from __future__ import annotations

import base64
import os
import re
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from examwright.generator import exam, figures, files, fontfile, index
from examwright.generator.errors import ExamwrightError, Problems
from examwright.generator.exam import load_plan
from examwright.generator.figures import FigureError
from examwright.generator.make import make
from examwright.generator.pages import weasy
from examwright.generator.pages.logo import LogoError, read_logo
from examwright.generator.pages.theme import load_theme
from examwright.generator.yamlfile import read
from examwright.grader.grade import grade
from examwright.outputs import NOTES, make_feedback
from examwright.solvers.arithmetic import exact

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
HUGE = 3 << 30  # bytes, which are nowhere on the disk


def sparse(path: Path, data: bytes = b"", size: int = HUGE) -> Path:
    """A file of that size with the data at its beginning."""
    with open(path, "wb") as f:
        f.write(data)
        f.truncate(size)
    return path


def in_time(run: Callable[[], Any], seconds: float = 120.0) -> Any:
    """What a call gives or raises, if it comes back at all."""
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(run())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    assert found, "it waits for ever"
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


# ---- files that are too large ----------------------------------------------------------------

# below a limit that leaves the process no room for the file; what it says of each
LIMITED = """\
import resource, sys
from pathlib import Path
from examwright.generator.embedded import read_key
from examwright.generator.errors import ExamwrightError
from examwright.generator.files import hashed
from examwright.generator.pages.theme import load_theme
from examwright.generator.roster import read_roster
from examwright.generator.yamlfile import read
from examwright.grader.gradebook import _Table
from examwright.outputs import _notes, _sha

resource.setrlimit(resource.RLIMIT_AS, (600_000_000,) * 2)
folder = Path(sys.argv[1])
for run, name in ((read, "q.yaml"), (load_theme, "theme.yaml"), (read_roster, "class.csv"), (_Table.read, "class.csv"), (read_key, "key.pdf")):
    try:
        run(folder / name)
    except ExamwrightError as error:
        print(error)
print(len(hashed(folder / "some.pdf")[0]), hashed(folder / "huge.pdf"), _sha(folder / "huge.pdf"), _notes(folder))
"""


@pytest.mark.slow
def test_of_what_is_too_large_little_is_read(tmp_path: Path) -> None:
    for name in ("q.yaml", "class.csv", "key.pdf", "logo.png", ".feedback.jsonl"):
        sparse(tmp_path / name)
    sparse(tmp_path / "some.pdf", size=600_000_000)
    sparse(tmp_path / "huge.pdf", size=1 << 40)
    (tmp_path / "theme.yaml").write_text("logo: logo.png\n")
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert said[0].endswith("q.yaml:1:1: is larger than 1000000 bytes.") and said[1].endswith("theme.yaml:1:7: logo.png is larger than 2 MB.")
    assert said[2].endswith("class.csv is larger than 50 MB.") and said[3] == said[2] and said[4].endswith("key.pdf is larger than 100 MB.")
    assert said[5:] == ["64 None  {}"]


def test_a_file_is_hashed_as_a_whole(tmp_path: Path) -> None:
    import hashlib

    data = bytes(range(256)) * 5000
    (tmp_path / "f").write_bytes(data)
    assert files.hashed(tmp_path / "f") == (hashlib.sha256(data).hexdigest(), len(data))
    assert files.unchanged(tmp_path / "g", None) and files.unchanged(tmp_path / "f", files.hashed(tmp_path / "f"))
    assert not files.unchanged(tmp_path / "f", None) and not files.unchanged(tmp_path / "g", ("", 0)) and not files.unchanged(tmp_path / "f", ("", len(data)))
    assert files.hashed(tmp_path / "g") is None and files.hashed(tmp_path) is None
    assert files.beginning(tmp_path / "f", 10) == data[:10] and files.beginning(tmp_path / "f", 10**7) == data


# ---- pipes and devices -----------------------------------------------------------------------

def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.yaml")
    with pytest.raises(Problems, match=r"p\.yaml:1:1: cannot be read: Not a regular file\."):
        in_time(lambda: read(tmp_path / "p.yaml"))
    with pytest.raises(Problems, match="cannot be read: Is a directory"):
        read(tmp_path)


PLAN = "title: T\nminutes: 5\npoints: 3\nsections: [{questions: [questions/mine/tiny.yaml]}]\n"


@pytest.fixture
def plan(write_question: Any, tmp_path: Path) -> tuple[Path, Path]:
    """A plan with a question, and a class of one."""
    write_question()
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "class.csv").write_text("id,name\n1,Ann\n")
    return tmp_path / "plan.yaml", tmp_path / "class.csv"


def test_a_class_list_may_come_from_another_program(plan: tuple[Path, Path], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list")
    writer = threading.Thread(target=lambda: (tmp_path / "list").write_text("id,name,Look\n1,Ann,x\n"))
    writer.start()
    made = in_time(lambda: make(plan[0], tmp_path / "list", "0", tmp_path / "out", jobs=1))
    assert (made.made, made.unused_columns) == (1, ("Look",))
    writer.join()


def test_a_pipe_in_the_place_of_the_lock(plan: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    os.mkfifo(out / ".lock")
    with pytest.raises(ExamwrightError, match=r"out/\.lock: it is a link, a folder or a pipe where a file is to be written; delete it\.$"):
        in_time(lambda: make(*plan, 1, out, jobs=1))
    assert [p.name for p in out.iterdir()] == [".lock"]


@pytest.mark.slow
def test_a_pipe_in_the_place_of_a_paper_is_replaced(plan: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(*plan, 1, out, jobs=1)
    paper = (out / "papers" / "1.pdf").read_bytes()
    (out / "papers" / "1.pdf").unlink()
    os.mkfifo(out / "papers" / "1.pdf")
    assert in_time(lambda: make(*plan, 1, out, jobs=1)).again == 1
    assert (out / "papers" / "1.pdf").read_bytes() == paper


def test_a_pipe_in_the_place_of_the_sheet(two: Path) -> None:
    (two / "a.csv").write_text("student,item,answer\n007,1a,1\n")
    os.mkfifo(two / "out" / "marks-open.csv")
    with pytest.raises(ExamwrightError, match=r"marks-open\.csv is no file, but a sheet is to be written there\. Move it away\. Nothing was changed\."):
        in_time(lambda: grade(two / "out", two / "a.csv"))


# ---- links -----------------------------------------------------------------------------------

def test_nothing_is_written_through_the_link_of_a_lock(plan: tuple[Path, Path], tmp_path: Path) -> None:
    victim, out = tmp_path / "victim", tmp_path / "out"
    victim.write_text("mine")
    out.mkdir()
    (out / ".lock").symlink_to(victim)
    with pytest.raises(ExamwrightError, match=r"out/\.lock: it is a link"):
        make(*plan, 1, out, jobs=1)
    assert victim.read_text() == "mine"
    (out / ".lock").unlink()
    (out / ".lock").write_text("what was there")  # is no business of ours
    make(*plan, 1, out, jobs=1)
    assert (out / ".lock").read_text() == "what was there"


def test_nothing_is_written_through_the_link_of_the_notes(two: Path) -> None:
    (two / "a.csv").write_text("student,item,answer\n007,1a,1\n")
    grade(two / "out", two / "a.csv")
    victim, notes = two / "victim", two / "out" / "feedback" / NOTES
    victim.write_text("mine\n")
    notes.parent.mkdir()
    notes.symlink_to(victim)
    with pytest.raises(ExamwrightError, match=rf"feedback/{NOTES}: it is a link"):
        make_feedback(two / "out", students=["007"], jobs=1)
    assert victim.read_text() == "mine\n"
    notes.unlink()
    notes.write_text('{"student": "007", "view": "", "files": 3}\n[]\n7\n\udcff\n{"student": {}, "files": {}}\n', errors="surrogateescape")
    assert make_feedback(two / "out", students=["007"], jobs=1).made == 1


def test_a_link_that_is_put_there_at_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "f").symlink_to(tmp_path / "victim")
    monkeypatch.setattr(Path, "is_symlink", lambda self: False)
    with pytest.raises(ExamwrightError, match="/f: "):
        files.lengthened(tmp_path / "f")
    assert (tmp_path / "victim").read_text() == "mine"


# ---- fonts -----------------------------------------------------------------------------------

PLAIN_FONT = (weasy.FOLDER / "fonts" / "cmunrm.ttf").read_bytes()


def damaged(tag: bytes, how: str) -> bytes:
    """A font whose table of that tag is filled with zeros ("zeros") or ones, is only so long ("3"), or is not there ("gone")."""
    out = bytearray(PLAIN_FONT)
    for at in range(12, 12 + 16 * int.from_bytes(out[4:6], "big"), 16):
        if out[at:at + 4] == tag:
            start, length = struct.unpack(">LL", out[at + 8:at + 16])
            if how in ("zeros", "ones"):
                out[start:start + length] = (b"\0" if how == "zeros" else b"\xff") * length
            elif how == "gone":
                out[at:at + 4] = b"zzzz"
            else:
                out[at + 12:at + 16] = int(how).to_bytes(4, "big")
    assert out != PLAIN_FONT
    return bytes(out)


def fault_of(folder: Path, name: str, data: bytes) -> str:
    """What is said of a theme with that font."""
    (folder / name).write_bytes(data)
    (folder / "theme.yaml").write_text(f"fonts: {{more: [{name}]}}\n")
    with pytest.raises(Problems) as caught:
        load_theme(folder / "theme.yaml")
    return str(caught.value)


@pytest.mark.parametrize("tag, how", [
    *[(tag, how) for tag in (b"cmap", b"hhea", b"hmtx", b"head", b"maxp") for how in ("gone", "3")],
    (b"cmap", "zeros"), (b"hhea", "zeros"), (b"head", "zeros"), (b"maxp", "ones"), (b"loca", "gone"), (b"glyf", "3"), (b"glyf", "ones"), (b"head", "2000000000"),
])
def test_a_font_with_a_damaged_table_is_refused_where_it_is_named(tmp_path: Path, tag: bytes, how: str) -> None:
    assert re.search(r"theme\.yaml:1:16: bad\.ttf is not a font that can be used \(this font file is damaged: .+\)\.$",
                     fault_of(tmp_path, "bad.ttf", damaged(tag, how)))


@pytest.mark.parametrize("name, data, told", [
    ("bad.ttf", b"wOF2" + bytes(60), "it does not begin like a font"), ("bad.ttf", b"wOFF" + bytes(60), "it does not begin like a font"),
    ("bad.otf", b"ttcf" + bytes(60), "it does not begin like a font"), ("bad.ttf", b"", "it does not begin like a font"),
    ("bad.ttc", b"ttcf" + struct.pack(">LL", 0x10000, 0) + bytes(100), "it has 0 fonts; a collection has from 1 to 200"),
    ("bad.ttc", b"ttcf" + struct.pack(">LL", 0x10000, 2**32 - 1) + bytes(100), "it has 4294967295 fonts; a collection has from 1 to 200"),
    ("bad.ttc", b"ttcf" + struct.pack(">LLLL", 0x10001, 1, 16, 2**32 - 1) + bytes(100), "Not a Font Collection|memory|Memory"),
    ("bad.ttc", b"ttcf" + struct.pack(">LL", 0x10000, 50) + bytes(200), "Not a TrueType or OpenType font"),
])
def test_files_that_are_no_fonts(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    assert re.search(rf"{name} is not a font that can be used \(this font file is damaged: ({told})", fault_of(tmp_path, name, data))


def test_a_font_of_any_size_is_not_read(tmp_path: Path) -> None:
    sparse(tmp_path / "huge.ttf", PLAIN_FONT, 6 << 30)
    (tmp_path / "theme.yaml").write_text("fonts: {more: [huge.ttf]}\n")
    with pytest.raises(Problems, match=r"huge\.ttf is not a font that can be used \(it is larger than 300 MB\)\."):
        load_theme(tmp_path / "theme.yaml")


def test_no_font_grows_when_it_is_taken_out_of_a_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from signs import collection, signs_font

    path = collection(tmp_path / "two.ttc", signs_font("王"), signs_font("李"))
    font = f"{path}#1"
    assert fontfile.fault(str(path)) == "" and fontfile.digest(font) != fontfile.digest(f"{path}#0")
    size = len(fontfile.data(font))
    monkeypatch.setattr(fontfile, "MAX_BYTES", size - 1)
    with pytest.raises(ValueError, match="its tables have more than"):
        fontfile.data(font)
    monkeypatch.setattr(fontfile, "MAX_BYTES", size)
    assert len(fontfile.data(font)) == size


def test_a_kept_theme_is_written_once(tmp_path: Path) -> None:
    from examwright.generator.pages.theme import keep_theme

    (tmp_path / "f.ttf").write_bytes(PLAIN_FONT)
    (tmp_path / "theme.yaml").write_text("institution: Here\nfonts: {more: [f.ttf]}\n")
    theme, kept = load_theme(tmp_path / "theme.yaml"), tmp_path / "kept"
    keep_theme(theme, kept)
    before = {p.name: p.stat().st_ino for p in kept.iterdir()}
    keep_theme(theme, kept)
    assert before == {p.name: p.stat().st_ino for p in kept.iterdir()} and {*before} == {"more1.ttf", "theme.yaml"}
    sparse(kept / "more1.ttf", PLAIN_FONT)
    keep_theme(theme, kept)
    assert (kept / "more1.ttf").read_bytes() == PLAIN_FONT


# ---- logos -----------------------------------------------------------------------------------

@pytest.mark.parametrize("box, told", [
    ("1000000 1e-300", "is 1e-300 wide or high by its <svg>; 0.001 is the least that is allowed"), ("1000000 1e-320", "wide or high by its <svg>"),
    ("1e-300 1", "wide or high by its <svg>"), ("1e-5 1e-5", "is 1e-05 wide or high by its <svg>"),
    ("1000000 1", "is 1e+06 wide and 1 high; one side may be 50 times the other at most"), ("1 51", "one side may be 50 times the other"),
    ("51 1", "one side may be 50 times the other"), ("50 1", ""), ("0.001 0.001", ""), ("1000000 1000000", ""),
])
def test_the_sides_of_a_logo(tmp_path: Path, box: str, told: str) -> None:
    (tmp_path / "l.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="1000000 -1000000 {box}"><rect width="1" height="1"/></svg>')
    (tmp_path / "theme.yaml").write_text("logo: l.svg\nlogo_height: 4\n")
    if told:
        with pytest.raises(Problems, match=rf"theme\.yaml:1:7: l\.svg {re.escape(told) if told[0] == 'i' else '.*' + told}"):
            load_theme(tmp_path / "theme.yaml")
        return
    drawing = read_logo(load_theme(tmp_path / "theme.yaml").logo, 40)
    assert drawing.width <= 2000 and max(map(len, drawing.operators.split())) <= 20


def test_a_picture_that_is_a_line(tmp_path: Path) -> None:
    from PIL import Image

    for size in ((1, 100_000), (100_000, 1)):
        Image.new("RGB", size).save(tmp_path / "l.png")
        with pytest.raises(LogoError, match=r"l\.png is .* wide and .* high; one side may be 50 times the other at most"):
            read_logo(str(tmp_path / "l.png"), 12)


def test_a_logo_that_is_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "theme.yaml").write_text("logo: loop.png\n")
    with pytest.raises(Problems, match=r"theme\.yaml:1:7: logo 'loop\.png' is (a link that leads back to itself|not there)\."):
        load_theme(tmp_path / "theme.yaml")


# ---- folders of questions --------------------------------------------------------------------

def faults_of_pool(folder: Path, pool: str) -> list[str]:
    (folder / "plan.yaml").write_text(f"title: T\nminutes: 5\npoints: 3\npool: {pool}\nsections: [{{questions: [{{pick: 1, points: 3}}]}}]\n")
    with pytest.raises(ExamwrightError) as caught:
        load_plan(folder / "plan.yaml")
    return str(caught.value).splitlines()


def test_a_pool_is_no_walk_over_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = tmp_path / "a" / "plans"
    plans.mkdir(parents=True)
    for n in range(12):
        (tmp_path / f"{n}.yaml").write_text("- no question\n")
    for n in range(600):
        (tmp_path / f"{n}.txt").touch()
    monkeypatch.setattr(index, "MAX_LOOKED", 600)  # more than our own
    told = faults_of_pool(plans, "[../.., ..]")
    assert len([line for line in told if "pool '" in line]) == 1 and re.search(r"plan\.yaml:4:8: pool '\.\./\.\.' is too much: .* has more than 600 files and folders below it\. Name the folder that holds", told[0])
    monkeypatch.setattr(index, "MAX_LOOKED", 1000)
    monkeypatch.setattr(exam, "MAX_BROKEN", 3)
    told = faults_of_pool(plans, "../..")
    assert len(told) <= 5 and any(re.search(r"4:7: pool '\.\./\.\.' is too much: 3 of its files are no questions, and there may be more\.$", line) for line in told)
    monkeypatch.setattr(exam, "MAX_FILES", 12)
    assert re.search(r"4:7: pool '\.\./\.\.' is too much: it has 13 question files; 12 are allowed\.$", faults_of_pool(plans, "../..")[0])


def test_names_that_no_file_has(tmp_path: Path) -> None:
    (tmp_path / "theme.yaml").mkdir()
    long = "a" * 300
    assert re.search(r"plan\.yaml:4:7: no bank or question matches 'a{60}'\.", faults_of_pool(tmp_path, f"{long}/b")[0])
    (tmp_path / "plan.yaml").write_text(f"title: T\nminutes: 5\npoints: 3\ntheme: {long}\nsections: [{{questions: [{{pick: 1, points: 3}}]}}]\n")
    with pytest.raises(Problems, match=r"plan\.yaml:4:8: there is no theme file 'a{60}' beside the plan\.( Did you mean 'plan\.yaml'\?)?( Allowed.*)?$"):
        load_plan(tmp_path / "plan.yaml")


def test_links_of_a_pool_lead_nowhere(write_question: Any, tmp_path: Path) -> None:
    folder = write_question().parent
    (folder / "round").symlink_to("..")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(folder / "pipe.yaml")
    told = in_time(lambda: faults_of_pool(tmp_path, "questions"))
    assert len(told) >= 1 and all(re.search(r"loop\.yaml|pipe\.yaml", line) for line in told), told
    errors = {e["id"]: e["error"] for e in in_time(lambda: list(index.entries(folder))) if "error" in e}
    assert {*errors} == {"mine/loop", "mine/pipe"} and all("cannot be read: " in error for error in errors.values())


# ---- figures ---------------------------------------------------------------------------------

LARGE, SMALL = 10**200, fmpq(1, 10**200)


@pytest.mark.parametrize("kind, options, told", [
    ("line_chart", {"x": [0, 1], "series": [[0, 1]], "y_range": [0, SMALL]}, "y_range is too narrow, or its values are too close together"),
    ("line_chart", {"x": [0, 1], "series": [[0, 1]], "y_range": [0, fmpq(1, 10**9)]}, r"the point \(1, 1\) lies far outside of x_range or y_range"),
    ("line_chart", {"x": [0, 1], "series": [[LARGE, 1]]}, r"series must be a number from -10\^30 to 10\^30"),
    ("line_chart", {"x": [10**20, 10**20 + 1], "series": [[0, 1]]}, "x_range is too narrow, or its values are too close together"),
    ("line_chart", {"x": [0, 1], "series": [[0, SMALL]]}, "y_range is too narrow"),
    ("scatter", {"points": [[0, 0], [LARGE, 1]]}, r"points must be a number from -10\^30 to 10\^30"),
    ("contour", {"hessian": [[1, 0], [0, 1]], "minimum": [10**299, 0], "path": [[0, 0]]}, r"minimum must be a number from -10\^30"),
    ("contour", {"hessian": [[1, 0], [0, 1]], "minimum": [0, 0], "path": [[0, 0]]}, "path does not leave the minimum"),
    ("contour", {"hessian": [[1, 0], [0, 1]], "minimum": [10**29, 0], "path": [[10**29 + 1, 0]]}, "path does not leave the minimum"),
    ("contour", {"hessian": [[1, 0], [0, fmpq(1, 10**20)]], "minimum": [0, 0], "path": [[1, 1]]}, "hessian gives level lines that are too long and thin"),
    ("number_line", {"points": [0], "x_range": [0, SMALL]}, "x_range is too narrow"),
    ("table", {"values": [[10**301]]}, r"values must be a number from -10\^300 to 10\^300"),
    ("line_chart", {"x": [0, 1], "series": [[0, fmpq(1, 10**50) + 1]]}, ""), ("number_line", {"points": [10**12]}, ""),
    ("table", {"values": [[10**299, SMALL]]}, ""), ("line_chart", {"x": [0, 1, 2], "series": [[SMALL, 1, 2]]}, ""),
])
def test_numbers_that_a_figure_cannot_draw(kind: str, options: dict[str, Any], told: str) -> None:
    text = figures.address(kind, {name: exact(value) for name, value in options.items()}, "f")
    if told:
        with pytest.raises(FigureError, match=f"^the figure f: {told}"):
            figures.drawn(text)
    else:
        assert max(map(len, figures.drawn(text).operators(lambda glyph: 1).split())) <= 10


def test_a_number_of_thousands_of_digits_in_an_address() -> None:
    text = base64.urlsafe_b64encode(b'["number_line",{"points":[' + b"9" * 4000 + b']},"x"]').decode()
    with pytest.raises(FigureError, match=r"^the figure x: points must be a number from -10\^30 to 10\^30$"):
        figures.drawn(text)
