"""Feedback for each student: what it says, what it never says, and that it is made again only where something changed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flint import fmpq
from pypdf import PdfReader

from examwright.answers.phrases import phrase
from examwright.cli import main
from examwright.generator.errors import ExamwrightError
from examwright.generator.feedback_pages import _WORDS, LONG, FeedbackSheet, render_feedback, render_feedback_page
from examwright.generator.feedback_view import FeedbackItem, FeedbackPart, FeedbackView
from examwright.generator.pages.views import Look
from examwright.grader.feedback import SHORT, TYPED, lines, note, plain, same, shortened, tone
from examwright.grader.mark import WHY, Mark
from examwright.grader.records import Marked

HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "$\\href{javascript:alert(1)}{x}$", "![x](http://evil.example/x.png)",
           "[x](http://evil.example)", "{{ 7*7 }}", "**bold** _it_ `code` # head", "\x00\x1b[31m\u202eabc", "王伟 😀 \u0301", "&lt;b&gt; &#60;",
           "x" * 5000, "=cmd|'/c calc'!A1", "\U000f0000\U00100001", "]]></math><script>"]


def part(**more: Any) -> FeedbackPart:
    fields = {"label": "a", "ask": "Compute $x^2$.", "points": "1.5", "of": "2", "tone": "partly", "why": "mistake", "say": "You forgot the *square* of $x$.",
              "note": "", "typed": "0.5", "read": "1/2", "asked": "to 3 significant digits", "key_latex": r"\frac{2}{9}", "key_plain": "2/9",
              "accepted": "0.2215 … 0.2225", "solution": r"$x = \frac{2}{9}$, so it falls."}
    return FeedbackPart(**{**fields, **more})


def view(*parts: FeedbackPart, **more: Any) -> FeedbackView:
    item = FeedbackItem("1", "A question of $x$", "Let $x = 12$.", "1.5", "2", parts or (part(),), "That is all.")
    fields = {"title": "Midterm", "course": "CS 1", "date": "12 November 2026", "student": "s123", "name": "Ada Lovelace", "code": "MT-0042",
              "points": "1.5", "of": "2", "percent": "75", "open": 0, "items": (item,)}
    return FeedbackView(**{**fields, **more})


def text(pdf: bytes) -> str:
    return " ".join(" ".join([p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages]).split())


@pytest.fixture
def page_text(stands_alone: Any) -> Any:
    return lambda page: " ".join(stands_alone(page).text.split())


@pytest.fixture(params=["pdf", "html"])
def told(request: Any, page_text: Any) -> Any:
    """What a view says, in a PDF and on a page."""
    return (lambda v: text(render_feedback(v))) if request.param == "pdf" else lambda v: page_text(render_feedback_page(v))


# ---- one page --------------------------------------------------------------------------------

def test_what_a_student_is_told(told: Any) -> None:
    said = told(view())
    for wanted in ("Midterm", "CS 1", "12 November 2026", "Ada Lovelace", "s123", "Feedback", "A question of", "Compute", "Your answer", "0.5", "read as",
                   "1/2", "A known mistake.", "You forgot the square of", "Right answer", "to 3 significant digits", "0.2215", "Worked solution", "so it falls.",
                   "That is all.", "75 %"):
        assert wanted in said, wanted
    assert "still has to look at" not in said


def test_what_could_be_chosen_stands_there(told: Any) -> None:
    said = told(view(part(options=(("A", "It rises."), ("B", "It *falls*."), ("none", "none")), key_latex=r"\text{It falls.}")))
    assert "A It rises." in said and "B It falls." in said and "none" in said and "nonenone" not in said


@pytest.mark.parametrize(("question", "drawn"), [("mdp/policy-eval", 2), ("evaluation/roc-auc", 1)])
def test_figures_stand_in_the_texts(question: str, drawn: int, told: Any) -> None:
    """A figure is drawn in a PDF and on a page as often as it stands there; one that was to be filled in stands in the solution."""
    import examwright
    from examwright.generator import wording

    variant = examwright.draw(question, seed=1)
    asked = wording.question_text(variant) + "".join([wording.ask(variant, p) for p in variant.parts])
    worked = "".join([wording.part_solution(variant, p) for p in variant.parts]) + (asked if drawn == 2 else "")
    one = view(part(solution=worked))
    one = replace(one, items=(replace(one.items[0], text=asked),))
    assert "![](" not in told(one)
    assert render_feedback_page(one).count(b"<svg") == drawn


def test_what_was_accepted_later_stands_beside_the_key(told: Any) -> None:
    assert "0.2215 … 0.2225 also accepted: 0.22; <b>two ninths</b>" in told(view(part(also=("0.22", "<b>two ninths</b>")))).replace("accepted: 0.2215", "0.2215")
    assert "Also accepted." in told(view(part(tone="right", why="accepted", say=""))) and "Taken out." in told(view(part(tone="right", why="void", say="")))


@pytest.mark.parametrize("large", [False, True])
def test_points_in_the_margin_meet_no_text(large: bool) -> None:
    import pypdfium2

    one = part(ask="Compute the residuals of all the examples in the order of the table. " * 9, points="10.33", of="12.5")
    pages = [p.get_textpage() for p in pypdfium2.PdfDocument(render_feedback(view(one, look=Look(large=large))))]
    page, start = next((p, i) for p in pages for i in range(p.count_chars()) if p.get_text_range(i, 7) == "10.33 /")
    inside = range(start, start + len("10.33 / 12.5 p."))
    boxes = {i: page.get_charbox(i) for i in range(page.count_chars()) if page.get_text_range(i, 1).strip()}
    for left, bottom, right, top in [boxes[i] for i in inside if i in boxes]:
        assert not [i for i, (a, b, c, d) in boxes.items() if i not in inside and min(right, c) > max(left, a) and min(top, d) > max(bottom, b)]


def test_what_is_not_final_is_said(told: Any) -> None:
    said = told(view(part(tone="open", why="unreadable", say="", note="I do not know 'abc'", points="0"), open=1))
    assert "still has to look at: 1. Until then the total is not final." in said and "Could not be read. I do not know 'abc'" in said


@pytest.mark.parametrize(("why", "tone_", "wanted"), [
    ("key", "right", "Right."), ("rounded", "right", "Right, rounded."), ("rounded", "partly", "Too few digits."), ("wrong", "wrong", "Not right."),
    ("wrong", "partly", "Partly right."), ("follow-through", "right", "Carried on correctly."), ("blank", "wrong", "No answer."),
    ("undecided", "open", "Waits for a person."), ("hand", "partly", "Marked by hand."),
])
def test_verdicts(why: str, tone_: str, wanted: str, page_text: Any) -> None:
    assert wanted in page_text(render_feedback_page(view(part(why=why, tone=tone_, say=""))))


def test_too_few_digits_are_told_once(page_text: Any) -> None:
    """With what was asked; or with what else it may be."""
    few = Mark("x", fmpq(1, 2), fmpq(1), "rounded", "0.2", phrase("{typed} is {key} rounded to fewer digits than asked: {asked}", typed="0.2", key="149/851", asked="3"),
               phrase("Too few digits."), "0.2")
    told = note(Marked("s", "1a", "q", few, few.points, few.of, 0, 1))
    said = page_text(render_feedback_page(view(part(why="rounded", tone="partly", say="", note=told))))
    assert "Too few digits: 0.2 is 149/851 rounded to fewer digits than asked: 3." in said and said.count("Too few digits") == 1
    said = page_text(render_feedback_page(view(part(why="rounded", tone="partly", say="Too few digits. It may also be this: You halved it."))))
    assert "Partly right. Too few digits. It may also be this" in said and said.count("Too few digits") == 1


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "zh"])
def test_every_language_has_every_word(language: str) -> None:
    from examwright.generator.feedback_pages import _WORDS
    from examwright.generator.pages.theme import LANGUAGES

    assert set(_WORDS) == set(LANGUAGES)
    assert _WORDS[language].keys() == _WORDS["en"].keys() and _WORDS[language]["why"].keys() == _WORDS["en"]["why"].keys()
    assert f'<html lang="{language}">' in render_feedback_page(view(language=language)).decode()


def test_long_answers_do_not_leave_the_page() -> None:
    """No line of a PDF is wider than its page, not even one without spaces."""
    pdf = render_feedback(view(part(typed="9" * 600, read="x+" * 300)))
    for page in PdfReader(io.BytesIO(pdf)).pages:
        found: list[float] = []
        page.extract_text(visitor_text=lambda t, cm, tm, font, size, found=found: found.append(float(tm[4])) if t.strip() else None)
        assert max(found) * 0.75 < 560
    assert all(len(w) <= LONG for w in FeedbackSheet(view()).shown("9" * 600).split())


def test_characters_that_no_font_has_are_named_in_the_pdf_and_shown_on_the_page(page_text: Any) -> None:
    one = view(part(typed="王 😀"), name="王伟")
    assert "[U+738B]" in text(render_feedback(one)) and "[U+1F600]" in text(render_feedback(one))
    assert "王 😀" in page_text(render_feedback_page(one))


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_answers_are_text_and_nothing_else(answer: str, stands_alone: Any, page_text: Any) -> None:
    hostile = view(part(typed=answer, read=answer, note=answer, say="", why="wrong"), name=answer[:100])
    page = render_feedback_page(hostile)
    seen = stands_alone(page)  # no script, no picture, no address
    assert "evil.example" not in " ".join(seen.addresses)
    if answer.isascii() and "\x00" not in answer:
        assert answer in seen.text and seen.text.count(answer) >= 3
    pdf = render_feedback(hostile)
    assert not [a for p in PdfReader(io.BytesIO(pdf)).pages for a in (p.get("/Annots") or [])]
    assert "7*7" not in answer or "49" not in page_text(page)


def test_words_that_cannot_be_typeset_with_a_students_numbers_are_shown_as_they_are(stands_alone: Any) -> None:
    broken = view(part(say=r"You have $\frac{1}{$ here & <b>there</b>."))
    assert r"$\frac{1}{$ here & <b>there</b>." in stands_alone(render_feedback_page(broken)).text
    assert "here & <b>there</b>." in text(render_feedback(broken))


def test_the_pdf_is_tagged_and_carries_no_code_of_a_paper() -> None:
    reader = PdfReader(io.BytesIO(render_feedback(view())))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"] == "en"
    assert "MT-0042" in text(render_feedback(view()))
    assert FeedbackSheet(view()).code == ""


def test_large_print_is_larger() -> None:
    many = view(*[part() for _ in range(8)])
    pages = [len(PdfReader(io.BytesIO(render_feedback(v))).pages) for v in (many, view(*[part() for _ in range(8)], look=Look(large=True)))]
    assert pages[1] > pages[0]


@pytest.mark.slow
def test_the_same_bytes_in_every_process() -> None:
    code = (f"import sys, hashlib; sys.path.insert(0, {str(Path(__file__).parent)!r}); from test_feedback import *; "
            "print(hashlib.sha256(render_feedback(view()) + render_feedback_page(view())).hexdigest())")
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": h}).stdout
            for h in ("1", "2")]
    assert len(set(runs)) == 1 and len(runs[0].strip()) == 64


# ---- from marks to words -----------------------------------------------------------------------

def marked(why: str, points: int = 0, of: int = 2, say: str = "", evidence: str = "", item: str = "3b", causes: tuple[str, ...] = ()) -> Marked:
    return Marked("s", item, "t/q", Mark("x", fmpq(points), fmpq(of), why, "1", evidence, say, "1", causes), fmpq(points), fmpq(of), 1, int(item[0]))


def test_tones_and_notes() -> None:
    assert [tone(marked(w, p)) for w, p in (("key", 2), ("mistake", 1), ("wrong", 0), ("unreadable", 0), ("undecided", 0))] == [
        "right", "partly", "wrong", "open", "open"]
    assert note(marked("key", 2, say="x", evidence="y")) == "" and note(marked("blank", say="No answer was given.")) == ""
    assert note(marked("wrong", evidence="3 is not 4")) == "3 is not 4" and note(marked("wrong", say="It earns nothing.", evidence="e")) == "It earns nothing."
    assert note(marked("unreadable", say="The answer could not be read: x", evidence="x")) == "x"
    assert shortened(" a ") == "a" and len(shortened("x" * 9999)) == TYPED + 2
    assert same("( 1,2 )", "(1, 2)") and not same("0,5", "0.5")


def test_comments_for_a_gradebook() -> None:
    told = lines([marked("key", 2, item="1"), marked("mistake", 1, say="You forgot the *square* of $x_1$.\nTwice.", item="2a", causes=("x/1",)), marked("blank", item="2b"),
                  marked("unreadable", say="could not be read: <b>", item="2c"), marked("hand", 1, say="Nice `try`.", item="3")])
    assert told == ["1: 2 of 2", "2: 1 of 6", "2a: 1 of 2, You forgot the square of $x_1$. Twice.", "2b: 0 of 2, no answer", "2c: 0 of 2, waits for a person",
                    "3: 1 of 2", "3: 1 of 2, Nice try."]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "zh"])
def test_comments_have_every_reason_in_every_language(language: str) -> None:
    assert SHORT.keys() == _WORDS.keys() and SHORT[language].keys() == SHORT["en"].keys() > {*WHY, *_WORDS["en"]["why"]}
    assert [SHORT[language][name].count("{}") for name in ("total", "part", "comment")] == [3, 4, 2]
    assert lines([marked("rounded", 1)], "de") == ["3: 1 von 2", "3b: 1 von 2, zu wenige Stellen"]
    said = lines([marked(why) for why in (*WHY, "hand", "accepted", "void")], language)
    assert all(["0" in line and not re.search(r"\{|follow-through", line) for line in said])
    assert language == "en" or not set(said) & set(lines([marked(why) for why in WHY]))


@pytest.mark.slow
@pytest.mark.parametrize(("plan", "theme", "words"), [
    ("language: de\n", "", ("Deutsch", "auf 3 signifikante Stellen", "1: 0 von 12", "keine Antwort")),
    ("theme: look.yaml\n", "language: fr\n", ("Français", "avec 3 chiffres significatifs", "1 : 0 sur 12", "pas de réponse"))])
def test_everything_is_told_in_the_language_of_the_exam(tmp_path: Path, plan: str, theme: str, words: tuple[str, ...], page_text: Any) -> None:
    from examwright.generator.make import make
    from examwright.grader.grade import grade

    (tmp_path / "plan.yaml").write_text(plan + PLAN)
    (tmp_path / "look.yaml").write_text(theme)
    (tmp_path / "class.csv").write_text("id,name\n007,Ann\n")
    make(tmp_path / "plan.yaml", tmp_path / "class.csv", 3, tmp_path / "out", jobs=1)
    (tmp_path / "answers.csv").write_text("student,item,answer\n007,1b,3\n")
    grade(tmp_path / "out", tmp_path / "answers.csv")
    _, asked, total, blank = words
    run("feedback", tmp_path / "out", "--html", "--jobs", 1)
    assert asked in page_text((tmp_path / "out" / "feedback" / "007.html").read_bytes()) and asked in text((tmp_path / "out" / "feedback" / "007.pdf").read_bytes())
    assert asked in text(next((tmp_path / "out" / "papers").glob("*.pdf")).read_bytes())
    (tmp_path / "moodle.csv").write_text("Identifier,Full name,ID number,Grade,Maximum Grade,Grade can be changed,Feedback comments\nParticipant 1,Ann,007,,17.00,Yes,\n")
    run("gradebook", tmp_path / "out", tmp_path / "moodle.csv", "-o", tmp_path / "up.csv", "--feedback")
    told = (tmp_path / "up.csv").read_text("utf-8")
    assert total in told and blank in told and "no answer" not in told


# ---- a class -----------------------------------------------------------------------------------

def test_what_an_examiner_writes_is_told_beside_the_reason(told: Any) -> None:
    said = told(view(part(why="wrong", tone="wrong", say="*About* is no answer.", note="0.6 is not 2/3")))
    assert "Not right: 0.6 is not 2/3. About is no answer." in said
    short = replace(marked("wrong"), mark=replace(marked("wrong").mark, comment="*About* is no $x_1$."))
    assert lines([short])[1] == "3b: 0 of 2, wrong. About is no $x_1$."


def test_labels_with_formulas_are_told_in_words() -> None:
    assert plain("$s_1$: a1, $s_2$: up", "a1, up") == "s_1: a1, s_2: up" and plain("not a best action in $s_1$", "a1") == "not a best action in s_1"
    assert plain("$s_1$: $x", "$x") == "$s_1$: $x"


def test_answers_accepted_later_with_the_students_own_numbers(two: Path) -> None:
    from examwright.generator.store import Store
    from examwright.grader.feedback import feedback
    from examwright.grader.grade import grade
    from examwright.grader.papers import rules_of
    from examwright.grader.records import read
    from examwright.grader.regrade import Fixes, regrade

    (two / "a.csv").write_text("student,item,answer\n007,1a,1\n")
    grade(two / "out", two / "a.csv")
    regrade(two / "out", "more is right", Fixes(accept=("1c=neither",), accept_formula=("1a=a + b", "1b=(a + b)/(a - 2)")))
    regrade(two / "out", "for her", Fixes(accept=("1a=nothing",), student="008"))
    record = read(two / "out")
    with Store.open(two / "out" / "exam.db") as store:
        papers = store.papers()
    for who, items in record.items.items():
        told = feedback(record.about, papers[who], items, [m for m in record.graded().marks if m.student == who], rules_of(record))
        a, b = (int(items[0].draws[n].p) for n in "ab")
        also = [p.also for p in told.items[0].parts]
        assert also[0] == (str(a + b), *(["nothing"] if who == "008" else [])) and also[2:] == [("neither",), ()]
        assert also[1] == () if a == 2 else float(also[1][0]) == pytest.approx((a + b) / (a - 2), rel=0.005)


PLAN = """\
title: A short test
minutes: 30
points: 17
digits: 4
sections:
  - questions:
      - {question: evaluation/confusion-metrics, points: 12, parts: [counts, accuracy, precision, recall, f1]}
      - {question: lecture-deck/S11, points: 5}
"""


def run(*arguments: Any, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return str(result.output)


@pytest.fixture(scope="module")
def exam(tmp_path_factory: Any) -> Path:
    """Four students: one right, one with mistakes and hostile answers, one who leaves half open, one who was ill."""
    from examwright.generator.make import make
    from examwright.generator.store import Store
    from examwright.grader.grade import grade

    folder = tmp_path_factory.mktemp("exam")
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "class.csv").write_text("id,name\n007,Ann <b>\n008,Böb\n009,=cmd\n010,Ill\n")
    make(folder / "plan.yaml", folder / "class.csv", 3, folder / "out", jobs=1)
    rows = [["student", "item", "answer"]]
    with Store.open(folder / "out" / "exam.db") as store:
        for item in store.items():
            for shown, (name, label, _) in zip(item.shown["parts"], item.parts):
                right = str(shown["key"]["rounded"])
                odd = {"counts": right, "accuracy": HOSTILE[0], "recall": (shown["mistakes"] or [{}])[0].get("decimal")}
                text = {"007": right, "008": odd.get(name, "0.123"), "009": right if name == "counts" else "", "010": ""}[item.student]
                rows.append([item.student, f"{item.number}{label}", text])
    with open(folder / "answers.csv", "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(rows)
    grade(folder / "out", folder / "answers.csv")
    return Path(folder / "out")


@pytest.mark.slow
def test_nothing_is_told_before_it_is_marked(tmp_path: Path) -> None:
    from examwright.generator.make import make

    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "class.csv").write_text("id\n1\n")
    make(tmp_path / "plan.yaml", tmp_path / "class.csv", 3, tmp_path / "out", jobs=1)
    (tmp_path / "canvas.csv").write_text("Student,ID,Section,M (1)\n")
    for command in (["feedback", tmp_path / "out"], ["report", tmp_path / "out"], ["gradebook", tmp_path / "out", tmp_path / "canvas.csv", "-o", tmp_path / "x.csv"]):
        assert "nothing is marked yet" in run(*command, code=2)
    assert "no exam here" in run("feedback", tmp_path, code=2)


@pytest.mark.slow
def test_feedback_for_a_class(exam: Path, tmp_path: Path, page_text: Any) -> None:
    out = tmp_path / "fb"
    said = run("feedback", exam, "-o", out, "--html", "--jobs", 1)
    assert "feedback for 4 students" in said and "(4 made, 0 kept)" in said and "Not final, as marks wait for a person: 008." in said
    assert sorted(p.name for p in out.iterdir() if not p.name.startswith(".")) == sorted([f"{w}{e}" for w in ("007", "008", "009", "010") for e in (".pdf", ".html")])
    for who in ("007", "008", "009", "010"):
        page, pdf = page_text((out / f"{who}.html").read_bytes()), text((out / f"{who}.pdf").read_bytes())
        others = {"007", "008", "009", "010"} - {who}
        assert who in page and who in pdf and not [o for o in others if f" {o} " in page or f" {o} " in pdf], "another student's paper"
    right = page_text((out / "007.html").read_bytes())
    assert "17 of 17 points (100 %)" in right and "Not right" not in right and "Ann <b>" in right
    hostile = page_text((out / "008.html").read_bytes())
    assert HOSTILE[0] in hostile and "Could not be read:" in hostile and "A known mistake." in hostile
    assert page_text((out / "010.html").read_bytes()).count("No answer.") == 6


@pytest.mark.slow
def test_what_is_up_to_date_is_kept_and_what_is_lost_or_cut_short_is_made_again(exam: Path, tmp_path: Path) -> None:
    out = tmp_path / "fb"
    assert "(1 made, 0 kept)" in run("feedback", exam, "-o", out, "--student", "007", "--jobs", 1)
    assert "(3 made, 1 kept)" in run("feedback", exam, "-o", out, "--jobs", 1)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in out.glob("*.pdf")}
    assert "(0 made, 4 kept)" in run("feedback", exam, "-o", out, "--jobs", 2)
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in out.glob("*.pdf")} == before
    (out / "008.pdf").unlink()
    (out / "009.pdf").write_bytes(b"%PDF cut")
    with open(out / ".feedback.jsonl", "a") as notes:
        notes.write('{"student": "010", "view": "x", "fil')  # as a killed run leaves it
    (out / ".007.pdf.99.part").write_bytes(b"x")
    assert "(2 made, 2 kept)" in run("feedback", exam, "-o", out, "--jobs", 2)
    assert {p.name: p.read_bytes() for p in out.glob("*.pdf")} == {n: b for n, (b, _) in before.items()}
    assert not list(out.glob(".*.part"))
    assert "(4 made, 0 kept)" in run("feedback", exam, "-o", out, "--html", "--jobs", 1)  # the pages are missing
    assert "(4 made, 0 kept)" in run("feedback", exam, "-o", out, "--roster", _roster(tmp_path), "--jobs", 1)
    assert "There is no student '07'" in run("feedback", exam, "-o", out, "--student", "07", code=2)


def _roster(folder: Path) -> Path:
    path = folder / "list.csv"
    path.write_text("id,name,large\n007,A,yes\n008,B,yes\n009,C,yes\n010,D,yes\n")
    return path


@pytest.mark.slow
def test_after_a_change_of_one_mark_one_page_is_made(exam: Path, tmp_path: Path) -> None:
    import shutil

    from examwright.grader.grade import grade

    mine = tmp_path / "exam"
    shutil.copytree(exam, mine)
    assert "(4 made" in run("feedback", mine, "--jobs", 1)
    answers = (exam.parent / "answers.csv").read_text()
    (tmp_path / "answers.csv").write_text(re.sub(r"(?m)^009,2,.*$", "009,2,0.5", answers))
    grade(mine, tmp_path / "answers.csv")
    assert "(1 made, 3 kept)" in run("feedback", mine, "--jobs", 1)


@pytest.mark.slow
def test_who_came_later_is_not_marked_yet(exam: Path, tmp_path: Path) -> None:
    import shutil

    from examwright.generator.make import make

    mine = tmp_path / "exam"
    shutil.copytree(exam, mine)
    roster = tmp_path / "class.csv"
    roster.write_text((exam.parent / "class.csv").read_text() + "011,Late\n")
    make(exam.parent / "plan.yaml", roster, 3, mine, jobs=1)
    said = run("feedback", mine, "--jobs", 1)
    assert "feedback for 4 students" in said and "Not marked yet: 011." in said
    assert "3 of 5 students handed in answers" in run("report", mine)


@pytest.mark.slow
def test_report_and_gradebooks_of_a_class(exam: Path, tmp_path: Path, stands_alone: Any) -> None:
    said = run("report", exam, "-o", tmp_path / "r")
    assert "3 of 4 students handed in answers" in said and "1 mark waits for a person" in said
    page = stands_alone((tmp_path / "r" / "report.html").read_bytes()).text
    assert "A short test" in page and not [who for who in ("007", "008", "009", "010", "Ann") if re.search(rf"\b{who}\b", page)], "the report names students"
    canvas = tmp_path / "canvas.csv"
    canvas.write_text("Student,ID,SIS User ID,SIS Login ID,Section,A short test (77),Current Score\n    Points Possible,,,,,17,(read only)\n"
                      "Ann,1,007,a,S,,50\nBob,2,008,b,S,3,50\nCed,3,009,c,S,,50\nNew,5,011,n,S,,50\n")
    said = run("gradebook", exam, canvas, "-o", tmp_path / "up.csv", code=3)
    for wanted in ("2 grades in the column 'A short test (77)'", "wait for a person (1): 008", "not in the file (1): 010", "line 6: New, 5, 011, n"):
        assert wanted in said
    table = list(csv.DictReader(io.StringIO((tmp_path / "up.csv").read_text())))
    assert [r["A short test (77)"] for r in table] == ["17", "17", "3", str(table[3]["A short test (77)"]), ""] and float(table[3]["A short test (77)"]) > 0
    told = json.loads(run("gradebook", exam, canvas, "-o", tmp_path / "up.csv", "--provisional", "--allow-unmatched", "--json"))
    assert told["filled"] == ["007", "008", "009"] and told["missing"] == ["010"] and told["changed"][0]["student"] == "008"
    moodle = tmp_path / "moodle.csv"
    moodle.write_text('"First name","ID number","Assignment: A short test (Real)","Course total (Real)"\nAnn,007,-,-\nBob,008,-,-\nCed,009,-,-\nIll,010,-,-\n')
    run("gradebook", exam, moodle, "-o", tmp_path / "up.csv", "--feedback", code=3)
    rows = {r["ID number"]: r for r in csv.DictReader(io.StringIO((tmp_path / "up.csv").read_text()))}
    comment = "Assignment: A short test (Feedback)"
    assert rows["007"][comment] == "1: 12 of 12<br />2: 5 of 5" and "no answer" in rows["009"][comment]
    assert [(rows[w]["Assignment: A short test (Real)"], rows[w][comment]) for w in ("008", "010")] == [("-", "")] * 2
    assert "no comments" in run("gradebook", exam, canvas, "-o", tmp_path / "up.csv", "--feedback", code=2)
    assert "is the exported file itself" in run("gradebook", exam, canvas, "-o", canvas, code=2)
    assert "not both" in run("gradebook", exam, canvas, "-o", tmp_path / "x.csv", "--column", "a", "--new-column", "b", code=2)


def test_the_three_from_python(tmp_path: Path) -> None:
    import examwright

    for function in (examwright.feedback, examwright.report):
        with pytest.raises(ExamwrightError, match="no exam here"):
            function(tmp_path)
    with pytest.raises(ExamwrightError, match="no exam here"):
        examwright.gradebook(tmp_path, tmp_path / "a.csv", tmp_path / "b.csv")
