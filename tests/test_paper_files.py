"""Papers as files: what a key carries can be marked again, accommodations from the class list, layouts for the printer, preview."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner
from flint import fmpq
from papers import many, view
from pdfua import faults
from pypdf import PdfReader

from examwright.cli import main
from examwright.generator import embedded, figures, wording
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError
from examwright.generator.exam import load_plan, paper
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.make import make, paper_view
from examwright.generator.pages import PagesError, impose, render
from examwright.generator.roster import Student, read_roster
from examwright.generator.store import Store
from examwright.grader.grade import issued
from examwright.grader.mark import mark_variant

PLAN = """\
title: A short test
course: Testing
date: 2026-11-30
minutes: 30
points: 20
sections:
  - title: One
    questions:
      - {question: cnn/output-size, points: 9}
      - {question: evaluation/confusion-metrics, points: 11}
"""
ROSTER = "id,name,extra minutes,large print,dyslexia,paper colour\ns1,Ann,,,,\ns2,Bob,15,yes,no,Cream\n"


def words_of(pdf):
    return " ".join(" ".join([p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages]).split())


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exam")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "class.csv").write_text(ROSTER, encoding="utf-8")
    make(folder / "plan.yaml", folder / "class.csv", "seed", folder / "out", jobs=1, layout="booklet", booklet=True)
    return folder / "out"


# ---- a key carries its variant ---------------------------------------------------------------

def test_a_paper_found_in_ten_years_can_be_marked(exam):
    found = embedded.read_key(exam / "keys" / "s1-key.pdf")
    assert found.about["student"] == "s1" and found.about["title"] == "A short test"
    total = fmpq(0)
    for item in found.items:
        variant = issued(item, found.sources)  # the keys of then are computed again, and compared
        answers = {part.name: wording.kind_of(variant, part).plain(variant.values[part.name]) for part in variant.parts}
        marks = mark_variant(variant, answers)
        assert [m.points for m in marks] == [p.points for p in variant.parts]
        total += item.points
    assert total == 20


def test_only_keys_carry_it_and_nothing_tells_the_time(exam):
    key = (exam / "keys" / "s1-key.pdf").read_bytes()
    assert "variant.json" not in PdfReader(exam / "papers" / "s1.pdf").attachments and faults(key) == []
    for word in (b"CreationDate", b"ModDate"):
        assert word not in key
    with pytest.raises(ExamwrightError, match="carries no variant.json"):
        embedded.read_key(exam / "papers" / "s1.pdf")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9}', '{"format": 1, "about": {}, "items": [{}], "questions": {}}'])
def test_another_json_is_refused(text):
    with pytest.raises(ExamwrightError, match=r"variant\.json"):
        embedded.loads(text)


def test_json_round_trip(exam):
    text = PdfReader(exam / "keys" / "s2-key.pdf").attachments["variant.json"][0].decode()
    data = json.loads(text)
    assert list(data) == sorted(data) and embedded.loads(text).items[0].draws


# ---- accommodations --------------------------------------------------------------------------

def test_needs_are_read_from_the_class_list(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text(ROSTER, encoding="utf-8")
    assert read_roster(path) == [Student("s1", "Ann"), Student("s2", "Bob", 15, True, False, "cream")]


@pytest.mark.parametrize("cells, told", [
    ("soon,,,", "'soon' is not a number of minutes"), (",maybe,,", "'maybe' is neither yes nor no"), (",,,gren", "Did you mean 'green'"),
    ("-5,,,", "not a number of minutes")])
def test_needs_that_cannot_be_read_are_named(tmp_path, cells, told):
    path = tmp_path / "class.csv"
    path.write_text("id,extra minutes,large print,dyslexia,paper colour\ns1," + cells + "\n", encoding="utf-8")
    with pytest.raises(ExamwrightError, match=f"class.csv:2, .*{told}"):
        read_roster(path)


def test_needs_are_met(exam):
    plain, special = [(exam / "papers" / f"{who}.pdf").read_bytes() for who in ("s1", "s2")]
    assert "30 minutes" in words_of(plain) and "45 minutes, of which 15 are extra" in words_of(special)
    assert len(PdfReader(io.BytesIO(special)).pages) > len(PdfReader(io.BytesIO(plain)).pages)
    assert faults(special) == [] and faults(plain) == []


# ---- for the printer -------------------------------------------------------------------------

def test_booklets_fold():
    pdfs = [render(many(9)), render(view(code="TWO"))]
    n = len(PdfReader(io.BytesIO(pdfs[0])).pages)
    assert n == 3
    folded = PdfReader(io.BytesIO(b"".join(impose(pdfs, "booklet"))))
    assert [(int(p.mediabox.width), int(p.mediabox.height)) for p in folded.pages] == [(841, 595)] * 4
    pages = ["".join(re.findall(r"Page \d of \d", p.extract_text())) for p in folded.pages]
    assert pages == ["Page 1 of 3", "Page 2 of 3Page 3 of 3", "Page 1 of 1", ""]
    two = PdfReader(io.BytesIO(b"".join(impose(pdfs, "two-up"))))
    assert ["".join(re.findall(r"Page \d of \d", p.extract_text())) for p in two.pages] == [
        "Page 1 of 3Page 2 of 3", "Page 3 of 3", "Page 1 of 1", ""]
    assert list(impose(pdfs, "booklet")) == list(impose(pdfs, "booklet"))
    with pytest.raises(PagesError, match="three-up"):
        list(impose(pdfs, "three-up"))


def test_how_papers_look_is_kept(exam):
    with Store.open(exam / "exam.db") as store:
        assert store.looks() == {"s2": {"large": True, "dyslexic": False, "tint": "cream"}}
    assert not (exam / "theme").exists()


@pytest.mark.slow
def test_feedback_looks_as_the_papers_did(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN.replace("minutes: 30", "minutes: 30\ntheme: theme.yaml"), encoding="utf-8")
    (tmp_path / "theme.yaml").write_text("institution: University of Examples\nlanguage: de\n", encoding="utf-8")
    (tmp_path / "class.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "answers.csv").write_text("student,item,answer\ns1,1a,A\ns2,1a,A\n", encoding="utf-8")

    def run(*arguments):
        done = CliRunner().invoke(main, [str(a) for a in arguments])
        assert done.exit_code == 0, done.output
        return done.output

    run("make", tmp_path / "plan.yaml", "--roster", tmp_path / "class.csv", "--seed", "1", "-o", tmp_path / "out", "--jobs", "1")
    run("grade", tmp_path / "out", tmp_path / "answers.csv")
    (tmp_path / "theme.yaml").rename(tmp_path / "same.yaml")
    run("feedback", tmp_path / "out", "--jobs", "1")
    pages = [(tmp_path / "out" / "feedback" / f"{who}.pdf").read_bytes() for who in ("s1", "s2")]
    assert all("University of Examples" in words_of(p) and "Ihre Antwort" in words_of(p) for p in pages)
    assert len(PdfReader(io.BytesIO(pages[1])).pages) > len(PdfReader(io.BytesIO(pages[0])).pages)
    same = ("--roster", tmp_path / "class.csv", "--theme", tmp_path / "same.yaml")
    assert "(0 made, 2 kept)" in run("feedback", tmp_path / "out", "--jobs", "1", *same)
    (tmp_path / "class.csv").write_text(ROSTER.replace("yes,no", "no,no"), encoding="utf-8")
    assert "(1 made, 1 kept)" in run("feedback", tmp_path / "out", "--jobs", "1", *same)


def test_solutions_for_the_class_name_nobody(exam):
    booklet = (exam / "solutions.pdf").read_bytes()
    assert "Solutions" in words_of(booklet) and "Name" not in words_of(booklet) and "Ann" not in words_of(booklet) and faults(booklet) == []
    assert (exam / "papers-booklet.pdf").is_file()


# ---- what stands on a paper, and what does not -----------------------------------------------

def numbers(text):
    return set(re.findall(r"\d+(?:\.\d+)?", text))


@pytest.mark.slow
@pytest.mark.parametrize("question", list(question_paths()))
def test_every_question_in_five_variants(question, tmp_path, recwarn, caplog):
    """It prints without a warning; the paper has every number of its text, and no key that does not stand there too."""
    loaded = load(question)
    (tmp_path / "plan.yaml").write_text(
        f"title: T\nminutes: 10\npoints: {loaded.points}\nsections:\n  - title: S\n    questions: [{question}]\n", encoding="utf-8")
    plan = load_plan(tmp_path / "plan.yaml")
    for seed in range(5):
        slots = paper(plan, str(seed), f"s{seed}")
        variants = [draw_variant(s.question, s.seed, s.pins, s.parts, plan.digits) for s in slots]
        one = paper_view(plan, Student(f"s{seed}", ""), "CODE", slots, variants)
        said = words_of(render(one)).replace("−", "-")
        bare = re.sub(r"\s", "", said)
        key = render(one, "key")
        assert seed or faults(key) == []
        (variant,) = variants
        asked = [wording.question_text(variant), *[wording.ask(variant, p) for p in variant.parts]]
        addresses = re.findall(r"!\[\]\((?:figure|blank):([^)]*)\)", " ".join(asked))
        drawn = " ".join([w.text for a in addresses for w in figures.drawn(a).words])
        asked = [re.sub(r"!\[\]\([^)]*\)", " ", text) for text in asked]
        for number in numbers(re.sub(r"\\[a-zA-Z]+|[{}]", " ", " ".join(asked))):
            assert number in bare, f"{question}, seed {seed}: {number} of the text is not on the paper"
        shown = " ".join([*asked, drawn, *[str(wording.kind_of(variant, p).space()) + str(wording.kind_of(variant, p).asked()) for p in variant.parts]])
        for part in variant.parts:
            if part.formula is None:
                continue
            answer = wording.kind_of(variant, part).plain(variant.values[part.name])
            if re.fullmatch(r"-?\d+\.\d{3,}|-?\d{3,}|-?\d+/\d+", answer) and answer.lstrip("-") not in re.sub(r"[\s{}]", "", shown):
                assert answer not in said.split(), f"{question}, seed {seed}: the key {answer} stands on the paper"
    assert [str(w.message) for w in recwarn.list] == [] and caplog.records == []


# ---- preview ---------------------------------------------------------------------------------

def test_preview_draws_one_question(tmp_path, write_question):
    path = write_question()
    out = tmp_path / "p.png"
    done = CliRunner().invoke(main, ["preview", str(path), "--seed", "3", "-o", str(out)])
    assert done.exit_code == 0 and "1 page" in done.output and out.read_bytes()[:4] == b"\x89PNG"
    done = CliRunner().invoke(main, ["preview", "cnn/pooling", "--key", "-o", str(tmp_path / "p.pdf")])
    assert done.exit_code == 0 and "Key" in words_of((tmp_path / "p.pdf").read_bytes())
    done = CliRunner().invoke(main, ["preview", "cnn/poling", "-o", str(out)])
    assert done.exit_code == 2 and "cnn/pooling" in done.output
    assert CliRunner().invoke(main, ["preview", "cnn/pooling", "-o", "x.gif"]).exit_code == 2


def test_preview_without_pypdfium2_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    done = CliRunner().invoke(main, ["preview", "cnn/pooling", "-o", str(tmp_path / "p.png")])
    assert done.exit_code == 2 and "examwright[preview]" in done.output


@pytest.mark.slow
def test_preview_watches_and_survives_errors(tmp_path, write_question):
    path = write_question()
    good = path.read_text("utf-8")
    command = [sys.executable, "-u", "-m", "examwright", "preview", str(path), "--watch", "-o", str(tmp_path / "p.png")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # a background job would ignore it
    guard = threading.Timer(900, process.kill)  # if it never says what it should, its output ends, and the test fails
    guard.start()
    said = []

    def wait_for(words):
        for line in process.stdout:
            said.append(line)
            if words in line:
                return
        raise AssertionError("".join(said))

    try:
        wait_for("1 page")
        path.write_text(good.replace("title:", "titel:", 1), encoding="utf-8")
        wait_for("Did you mean 'title'")
        path.write_text(good.replace("A tiny question", "Another one"), encoding="utf-8")
        wait_for("1 page")
    finally:
        process.send_signal(signal.SIGINT)
        said += process.stdout.read().splitlines()
        guard.cancel()
    assert process.wait() in (0, 130)
    assert "Traceback" not in "".join(said)

