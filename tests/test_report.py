"""The class report on classes made by hand, where every figure can be worked out another way."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from fractions import Fraction
from html import unescape
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from scipy import stats

from examwright import plots
from examwright.generator.store import StoredItem
from examwright.grader import statistics
from examwright.grader.mark import Mark
from examwright.grader.records import Graded, Marked
from examwright.grader.report import Report, flat, histogram, number, report, tables
from examwright.report_page import report_page

ABOUT = {"plan": "title: A *fine* test\ncourse: CS 1\ndate: 2026-11-30\nminutes: 60\npoints: 20\nsections: []\n"}
RNG = np.random.default_rng(5)


class Class:
    """A class: answers are given one by one, papers come about by themselves."""

    def __init__(self) -> None:
        self.marks: list[Marked] = []
        self.items: dict[tuple[str, int], StoredItem] = {}
        self.versions: dict[str, str] = {}
        self.times: dict[tuple[str, int, str], float] = {}

    def answer(self, who: str, place: int, points: Any, of: int = 10, *, name: str = "", part: str = "x", why: str = "", read: str = "",
               key: str = "7", causes: tuple[str, ...] = (), say: str = "", values: Any = None) -> None:
        points = fmpq(points)
        read = read or f"{len(self.marks)}/997"  # no two agree
        why = why or ("key" if points == of else "wrong")
        name = name or f"topic/q{place}"
        item = self.items.get((who, place))
        parts = (*(item.parts if item else ()), (part, "abcdef"[len(item.parts) if item else 0], fmpq(of)))
        shown = {"id": name, "title": f"Question *{name}*", "minutes": 6, "values": values or {"a": "12"},
                 "parts": [*(item.shown["parts"] if item else ()), {"name": part, "key": {"exact": key, "decimal": key, "rounded": key}, "mistakes": []}]}
        self.items[who, place] = StoredItem(who, place, name, "sha", "seed", 4, parts, sum((p for _, _, p in parts), fmpq(0)), {}, shown)
        mark = Mark(part, points, fmpq(of), why, "" if why == "blank" else read, "", say, "" if why == "blank" else read, causes)
        self.marks.append(Marked(who, f"{place}{parts[-1][1]}", name, mark, points, fmpq(of), 1, place))
        self.versions.setdefault(who, "")

    def report(self) -> Report:
        papers = {who: {"name": who, "variant": v, "code": "", "version": ""} for who, v in self.versions.items()}
        return report(Graded(self.marks, [], dict.fromkeys(papers, "")), ABOUT, papers, self.items.values(), self.times)


def scored(table: Any, of: int = 10) -> Class:
    """A class with a row of points for each student, a column for each question."""
    made = Class()
    for i, row in enumerate(table):
        for j, points in enumerate(row):
            made.answer(f"s{i:02}", j + 1, int(points), of)
    return made


TABLE = np.clip(RNG.integers(0, 11, (40, 1)) + RNG.integers(-4, 5, (40, 5)), 0, 10)


def test_figures_of_questions_against_scipy() -> None:
    r = scored(TABLE).report()
    for j, q in enumerate(r.questions):
        rest = TABLE.sum(axis=1) - TABLE[:, j]
        assert q.difficulty == pytest.approx(TABLE[:, j].mean() / 10)
        assert q.sd == pytest.approx(TABLE[:, j].std(ddof=1) / 10)
        assert q.discrimination == pytest.approx(stats.pearsonr(TABLE[:, j], rest).statistic)
        assert (q.places, q.n, q.of, q.minutes, q.minutes_per_point) == ((j + 1,), 40, 10.0, 6.0, 0.6)
        assert q.parts[0].discrimination == q.discrimination  # one part is the question
    assert r.summary is not None and r.summary.mean == pytest.approx(TABLE.sum(axis=1).mean()) and r.of == 50
    assert r.reliability.alpha == statistics.cronbach_alpha(TABLE.tolist()) and (r.reliability.items, r.reliability.n) == (5, 40)
    low, high = r.reliability.interval or (1, 0)
    assert low < r.reliability.alpha < high  # type: ignore[operator]
    assert (r.title, r.course, r.date, r.minutes) == ("A *fine* test", "CS 1", "2026-11-30", 60.0)


def test_parts_are_compared_with_the_other_questions_not_with_their_own() -> None:
    made = Class()
    points = RNG.integers(0, 5, (20, 3))
    for i, (a, b, c) in enumerate(points):
        made.answer(f"s{i}", 1, int(a), 4, part="a")
        made.answer(f"s{i}", 1, int(b), 4, part="b")
        made.answer(f"s{i}", 2, int(c), 4)
    parts = made.report().questions[0].parts
    assert [p.discrimination for p in parts] == pytest.approx([stats.pearsonr(points[:, k], points[:, 2]).statistic for k in (0, 1)])
    assert [p.label for p in parts] == ["a", "b"]


def test_who_handed_in_nothing_counts_nowhere() -> None:
    made = scored([[10, 10], [0, 10], [10, 0]])
    made.answer("ill", 1, 0, why="blank")
    made.answer("ill", 2, 0, why="blank")
    made.marks = [replace(m, mark=replace(m.mark, why="void", raw="" if m.mark.why == "blank" else "1")) if m.number == 2 else m for m in made.marks]
    r = made.report()
    assert (r.students, r.absent, len(r.percents)) == (4, 1, 3)
    assert [q.difficulty for q in r.questions] == pytest.approx([2 / 3, 2 / 3]) and r.questions[0].n == 3
    assert any("Left out: 1" in note for note in r.reliability.notes)


def test_time_per_point() -> None:
    made = scored([[10, 5], [0, 10], [10, 0], [5, 5]])
    assert made.report().timed == 0 and made.report().spent is None and "minutes taken" not in tables(made.report())["questions.csv"].decode()
    made.times = {("s00", 1, "x"): 300.0, ("s01", 1, ""): 600.0, ("s01", 1, "x"): 1.0, ("s02", 1, "x"): 1200.0, ("s02", 2, ""): 60.0, ("s03", 0, ""): 1800.0}
    r = made.report()
    assert [(q.timed, q.spent, q.spent_per_point) for q in r.questions] == [(3, 10.0, 1.0), (1, 1.0, 0.1)]
    assert (r.timed, r.spent) == (4, pytest.approx((10 + 21) / 2))  # 5, 10, 21 and 30 minutes
    rows = list(csv.DictReader(io.StringIO(tables(r)["questions.csv"].decode("utf-8-sig"))))
    assert [(row["timed"], row["minutes taken"], row["taken per point"]) for row in rows] == [("3", "10.00", "1.00"), ("1", "1.00", "0.10")]
    page = unescape(report_page(r).decode())
    assert "how long 4 students took: half of them at most <strong>15.5 minutes</strong>" in page and page.count("Minutes taken (median)") == 1


def test_what_was_taken_out_is_shown_and_is_not_odd() -> None:
    made = Class()
    for i in range(12):
        made.answer(f"s{i}", 1, 4, 4, part="a", why="void")
        made.answer(f"s{i}", 1, i % 5, 4, part="b")
        made.answer(f"s{i}", 2, 0, 4, why="wrong")
    made.marks = [Marked(m.student, m.item, m.question, m.mark, m.points, fmpq(0), 1, 2) if m.number == 2 else m for m in made.marks]  # --points 2=0
    r = made.report()
    assert [(q.void, q.of) for q in r.questions] == [("a", 8), ("all", 0)] and r.questions[0].parts[0].why == {"void": 12}
    assert not [o for o in r.oddities if o.part in ("a", "x")]
    read = {n: list(csv.DictReader(io.StringIO(b.decode("utf-8-sig")))) for n, b in tables(r).items()}
    assert [row["void"] for row in read["questions.csv"]] == ["a", "all"] and [row["void"] for row in read["parts.csv"]] == ["12", "0", "0"]
    page = unescape(report_page(r).decode())
    assert "<strong>void: a</strong>" in page and "<strong>void</strong>" in page and ">void</text>" in page


def test_with_few_students_no_correlation_is_told() -> None:
    r = scored(TABLE[:9]).report()
    assert [q.discrimination for q in r.questions] == [None] * 5
    assert any("known only roughly" in n for n in r.reliability.notes)


def test_nobody_and_one_student() -> None:
    made = Class()
    made.answer("ill", 1, 0, why="blank")
    empty = made.report()
    assert empty.percents == () and empty.summary is None and b"Nobody has answered" in report_page(empty)
    one = scored([[3, 4]]).report()
    assert one.reliability.alpha is None and "There is no α" in one.reliability.notes[-1] and report_page(one)


def test_mistakes_are_shares_of_those_who_had_the_part() -> None:
    made = Class()
    for i in range(50):
        wrong = i < 19
        made.answer(f"s{i}", 1, 0 if wrong else 10, why="mistake" if wrong else "", causes=("x/2",) if wrong else (),
                    say=f"You forgot the derivative, $\\sigma'({i})$." if wrong else "")
    m = made.report().mistakes[0]
    assert (m.share, m.count, m.n, m.part, m.number) == (0.38, 19, 50, "x", "2")
    assert "38 %" in report_page(made.report()).decode()


def test_each_student_counts_once_for_a_mistake_and_only_for_what_was_held_against_them() -> None:
    made = Class()
    for who, why, causes in (("a", "mistake", ("x/1", "x/2")), ("b", "mistake", ("x/1",)), ("c", "follow-through", ("x/1",)),
                             ("d", "wrong", ("slip/sign",)), ("e", "key", ())):
        made.answer(who, 1, 10 if why == "key" else 0, why=why, causes=causes, say=f"said to {who}")
        made.answer(who, 1, 0, part="y", why="mistake" if who == "b" else "blank", causes=("x/1",) if who == "b" else ())
    found = {(m.part, m.number): m for m in made.report().mistakes}
    assert {k: m.count for k, m in found.items()} == {("x", "1"): 2, ("x", "2"): 1, ("x", "slip: sign"): 1}
    assert found["x", "1"].say in ("said to b", "")  # not the words for two mistakes at once


# ---- what is odd -----------------------------------------------------------------------------

def odd(made: Class) -> dict[str, str]:
    return {o.kind: o.message for o in made.report().oddities}


def test_all_right_and_all_wrong() -> None:
    found = odd(scored([[10, 0, 5 + i % 2] for i in range(8)]))
    assert "All 8 students have full points" in found["all right"] and "None of 8 students" in found["all wrong"]
    assert odd(scored([[10, 5]] * 4)) == {}  # too few to say


def test_a_question_that_works_against_the_rest() -> None:
    made = scored([[k, 10 - k, k] for k in range(11)])
    kinds = [(o.question, o.kind) for o in made.report().oddities]
    assert kinds == [("topic/q2", "discrimination")]
    assert "more than chance" in odd(made)["discrimination"]
    weak = odd(scored(np.column_stack([TABLE[:, 0], TABLE[:, 1], RNG.permutation(TABLE[:, 2])])))
    assert "discrimination" not in weak or "Chance alone" in weak["discrimination"] or "more than" in weak["discrimination"]


def test_one_mistake_of_many_and_many_that_cannot_be_read_and_blanks() -> None:
    made = Class()
    for i in range(10):
        made.answer(f"s{i}", 1, 0 if i < 4 else 10, why="mistake" if i < 4 else "", causes=("x/1",) if i < 4 else (), say="Halve it.")
        made.answer(f"s{i}", 2, 0 if i < 3 else 10, why="unreadable" if i < 3 else "")
        made.answer(f"s{i}", 3, 0 if i < 6 else 10, why="blank" if i < 6 else "")
    found = odd(made)
    assert found["mistake"] == "4 of 10 (40%) made the same mistake: Halve it."
    assert found["open"].startswith("3 of 10 answers") and found["blank"].startswith("6 of 10 students")
    assert made.report().open == 3


@pytest.mark.parametrize(("answers", "said"), [
    ([("5", "7")] * 4, "4 of 12 answered 5, where the key is 7"),
    ([("5", "7"), ("5 (cm ignored)", "7")] * 2, "4 of 12 answered 5, where the key is 7"),
    ([("6", "3"), ("14", "7"), ("9", "4.5"), ("1", "1/2")], "4 of 12 answered 2 times the key"),
    ([("4", "3"), ("8", "7"), ("10", "9"), ("21", "20")], "4 of 12 answered 1 more than the key"),
    ([("2", "3"), ("6", "7"), ("8", "9")], "3 of 11 answered 1 less than the key"),
])
def test_a_key_that_many_contradict(answers: list[tuple[str, str]], said: str) -> None:
    made = Class()
    for i, (read, key) in enumerate(answers):
        made.answer(f"w{i}", 1, 0, read=read, key=key)
    for i in range(8):
        made.answer(f"r{i}", 1, 10, read="7", key="7")
    assert said in odd(made)["key"]


def test_scattered_errors_do_not_cast_doubt_on_the_key() -> None:
    made = Class()
    for i, (read, key) in enumerate([("5", "7"), ("50", "3"), ("1/7", "9"), ("-3", "11"), ("a, b", "4")]):
        made.answer(f"w{i}", 1, 0, read=read, key=key)
    for i in range(5):
        made.answer(f"r{i}", 1, 10)
    assert "key" not in odd(made)


@pytest.mark.parametrize(("text", "value"), [("3/4", Fraction(3, 4)), ("-2.5", Fraction(-5, 2)), (["1"], None), ("1/0", None), ("x", None), ("(1, 2)", None), ("1e9", None), ("٣", None)])
def test_numbers_of_answers(text: Any, value: Fraction | None) -> None:
    assert number(text) == value
    assert flat(["1", ["2", "3"]]) == "(1, (2, 3))" and len(flat("9" * 99)) == 58


# ---- harder papers ---------------------------------------------------------------------------

def test_versions_are_compared() -> None:
    made = Class()
    groups = {"A": RNG.integers(3, 11, 12), "B": RNG.integers(0, 7, 12), "C": RNG.integers(2, 11, 12)}
    for version, points in groups.items():
        for i, p in enumerate(points):
            made.answer(f"{version}{i}", 1, int(p))
            made.versions[f"{version}{i}"] = version
    c = made.report().comparisons[0]
    assert c.kind == "version" and [g.name for g in c.groups] == ["A", "B", "C"] and c.test is not None
    assert c.test.statistic == pytest.approx(stats.kruskal(*groups.values()).statistic) and c.p == c.test.p < 0.05
    page = report_page(made.report()).decode()
    assert "look at the versions" in page and "Kruskal–Wallis test" in page


def test_where_no_test_is_possible_that_is_said() -> None:
    r = scored([[5, 6]] * 3).report()
    assert [(c.kind, c.test) for c in r.comparisons] == [("version", None)] and "There are no versions" in r.comparisons[0].reason
    assert "No test: fewer than 10 students" in report_page(r).decode()
    made = Class()
    for who, version in (("a", "A"), ("b", "B")):
        made.answer(who, 1, 5)
        made.versions[who] = version
    assert made.report().comparisons[0].reason == "Fewer than two groups have two students or more."


def test_questions_that_were_picked_are_compared_place_by_place() -> None:
    made = Class()
    for i in range(24):
        hard = i % 2
        made.answer(f"s{i}", 1, 2 if hard else 8 + i % 3, name="topic/hard" if hard else "topic/easy")
        made.answer(f"s{i}", 2, i % 11, name="topic/one" if i % 3 else "topic/two")
    found = {c.name: c for c in made.report().comparisons if c.kind == "question"}
    assert found["Question 1"].p is not None and found["Question 1"].p < 0.01
    assert found["Question 2"].p is not None and found["Question 2"].test is not None and found["Question 2"].p >= found["Question 2"].test.p
    assert "These questions are not equally hard" in report_page(made.report()).decode()
    assert any("At places 1, 2 students have different questions" in n for n in made.report().reliability.notes)


def test_longer_numbers_are_looked_at() -> None:
    made = Class()
    for i in range(20):
        made.answer(f"s{i:02}", 1, 10 - i // 2, values={"a": "1" * (1 + i % 7) if i < 7 else "12345678", "b": "9" * (i % 8)})
        made.answer(f"s{i:02}", 2, i % 5, values={"a": "7"})
    found = {c.name: c for c in made.report().comparisons if c.kind == "numbers"}
    assert set(found) == {"All questions", "topic/q1"}  # the numbers of the other are all alike
    assert found["topic/q1"].test is not None and found["topic/q1"].test.groups == 1


def test_blank_ends_of_papers() -> None:
    made = Class()
    for i in range(10):
        made.answer(f"s{i}", 1, 5)
        made.answer(f"s{i}", 2, 0, why="blank")  # a gap, not an end
        made.answer(f"s{i}", 3, 0, why="blank" if i < 4 else "wrong")
    assert made.report().unreached == ((1, 0.0), (2, 0.4), (3, 0.4))


# ---- files -----------------------------------------------------------------------------------

def test_the_page_stands_alone_and_is_the_same_every_time(stands_alone: Any) -> None:
    made = scored(TABLE)
    made.answer("<b>", 6, 0, name="topic/<script>alert(1)</script>", read="<script>", why="wrong", part="z<b>")
    page = report_page(made.report())
    assert page == report_page(made.report())
    seen = stands_alone(page)
    assert "alert(1)" in seen.text


def test_tables_are_what_the_page_shows() -> None:
    made = scored(TABLE)
    for i in range(40):
        made.answer(f"s{i:02}", 6, 0 if i < 15 else 10, why="mistake" if i < 15 else "", causes=("x/1",) if i < 15 else (), say="=cmd|x")
    r = made.report()
    files = {name: list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))) for name, data in tables(r).items()}
    assert set(files) == {"questions.csv", "parts.csv", "mistakes.csv", "odd.csv", "comparisons.csv", "distribution.csv"}
    assert [float(q["mean share"]) for q in files["questions.csv"]] == pytest.approx([q.difficulty for q in r.questions], abs=6e-4)
    assert files["parts.csv"][5]["mistake"] == "15" and files["parts.csv"][5]["right"] == "25"
    assert files["mistakes.csv"][0]["share"] == "0.375"
    assert files["mistakes.csv"][0]["told (with one student's numbers)"] == "'=cmd|x"
    assert sum(int(d["students"]) for d in files["distribution.csv"]) == 40


def test_histogram_counts_each_once() -> None:
    assert histogram([0, 9.99, 10, 55, 100, 100]) == [2, 1, 0, 0, 0, 1, 0, 0, 0, 2] and histogram([-3]) == [1] + [0] * 9


# ---- plots -----------------------------------------------------------------------------------

def boxes(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Where each label stands, with a generous width for its letters."""
    out = []
    for x, y, anchor, text in re.findall(r'<text x="([-\d.e]+)" y="([-\d.e]+)" text-anchor="(\w+)"[^>]*>([^<]*)</text>', svg):
        text = unescape(text)
        w = 6.9 * len(text)
        left = float(x) - {"start": 0.0, "middle": w / 2, "end": w}[anchor]
        out.append((left, float(y) - 10, left + w, float(y) + 2, text))
    return out


@pytest.mark.parametrize("svg", [
    plots.histogram([0, 1, 30, 200, 999, 3, 0, 0, 1, 1], 47, "h"), plots.histogram([5] + [0] * 9, 2, "h"), plots.histogram([0] * 9 + [5], 99, "h"),
    plots.histogram([0] * 10, None, "h"), plots.composition([("a <very> long name of a part that goes on", [1, 0, 3, 200]), ("b", [0, 0, 0, 0])], list("wxyz"), "c"),
    plots.legend(["right", "carried on", "partly", "known mistake", "wrong", "blank", "open", "by hand", "void"]),
    plots.strips([("a very long name of a question in a far-away topic", [0.0, 100.0]), ("b", []), ("c", [50.0] * 60)], "s"), plots.bar(0.4, "b"), plots.bar(None, "b"),
])
def test_no_label_meets_another_or_leaves_the_plot(svg: str) -> None:
    found = boxes(svg)
    for i, a in enumerate(found):
        assert a[0] >= -1 and a[2] <= plots.WIDTH + 1, a
        for b in found[i + 1:]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)
    assert "<very>" not in svg and svg.count("<svg") in (0, 1)


def contrast(a: str, b: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, 1.4.3)."""
    def light(color: str) -> float:
        color = "".join([c * 2 for c in color[1:]]) if len(color) == 4 else color[1:]
        rgb = [int(color[k:k + 2], 16) / 255 for k in (0, 2, 4)]
        r, g, b = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb]
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    x, y = sorted([light(a), light(b)])
    return (y + 0.05) / (x + 0.05)


def test_colours_can_be_read_in_light_dark_and_on_paper() -> None:
    from examwright.generator.pages.sheet import FOLDER

    css = (FOLDER / "web.css").read_text()
    schemes = [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", css, re.S)]
    assert len(schemes) == 3
    for colours in schemes:
        for text in ("ink", "soft", "accent", "right", "part", "wrong", "open"):
            assert contrast(colours[text], colours["paper"]) >= 4.5, (text, colours)
            assert contrast(colours[text], colours["tint"]) >= 4.5, (text, colours)
    for ground, text in re.findall(r'\("(#\w+)", "(#\w+)"\)', (FOLDER / "report.html.j2").read_text()):
        assert contrast(ground, text) >= 4.5, (ground, text)
