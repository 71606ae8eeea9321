"""The class report: how hard the questions were, which mistakes were made, how far the marks can be trusted, what is odd.

Figures are about the students who answered anything; a blank part counts 0 points, a part that waits for a person counts what it
has now. Points become shares (points / full points), so that a question counts alike wherever it stands. A *question* is what a
plan names, on however many papers it stands; with a `pick` it stands on some papers only.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from examwright.answers.reader import without_ignored
from examwright.generator.exam import stored
from examwright.generator.make import safe_cell
from examwright.generator.store import StoredItem
from examwright.grader import statistics
from examwright.grader.records import Graded, Marked, Place

FEW = 10  # students: with fewer, a correlation says nothing
SOME = 5  # students: with fewer, it says nothing that all of them did the same
OFTEN = 0.3  # of the students: a mistake that many make is a matter of the question or the course
UNREAD = 0.1  # of the answers: more than that cannot be read
SAME = 0.2  # of the answers: so many agree on one wrong value
REASONS = ("right", "follow-through", "partly", "mistake", "wrong", "blank", "open", "hand", "void")
EACH = 3  # students at least, before something is odd


@dataclass(frozen=True)
class PartFigures:
    """One part of a question. `of` are its full points as they are now; `n` students had it; `difficulty` is the mean share of the
    points; `discrimination` the correlation with the points of all other questions; `why` counts the marks by their reason, those
    in part apart."""

    question: str
    part: str
    label: str
    of: float
    n: int
    difficulty: float
    discrimination: float | None
    why: Counter[str]

    @property
    def void(self) -> bool:
        """True if the part counts for nobody: full points for all, or no points at all."""
        return self.of == 0 or self.why["void"] == self.n


@dataclass(frozen=True)
class QuestionFigures:
    """One question: where it stands on the papers, and as for a part. `minutes` are those planned, `spent` the median of those that
    the `timed` students took, None where nobody's time is known."""

    question: str
    title: str
    places: tuple[int, ...]
    of: float
    minutes: float
    n: int
    difficulty: float
    sd: float | None
    discrimination: float | None
    blank: float
    parts: tuple[PartFigures, ...]
    timed: int
    spent: float | None

    @property
    def spent_per_point(self) -> float | None:
        """The time taken for one point."""
        return None if self.spent is None or not self.of else self.spent / self.of

    @property
    def void(self) -> str:
        """Which of its parts count for nobody: "", "all", or their labels."""
        out = [p.label or p.part for p in self.parts if p.void]
        return "all" if len(out) == len(self.parts) else " ".join(out)

    @property
    def minutes_per_point(self) -> float:
        """The time planned for one point."""
        return self.minutes / self.of if self.of else 0.0


@dataclass(frozen=True)
class MistakeFigures:
    """A known mistake: how many of the `n` students who had the part made it. `say` is what they were told, with the numbers
    of one of them."""

    question: str
    part: str
    label: str
    number: str
    count: int
    n: int
    say: str

    @property
    def share(self) -> float:
        """The share of the students who had the part."""
        return self.count / self.n


@dataclass(frozen=True)
class Oddity:
    """Something that a person should look at; `part` is "" where it is about the whole question."""

    question: str
    part: str
    label: str
    kind: str
    message: str


@dataclass(frozen=True)
class Group:
    """Some students whose papers have something in common, and their shares of the points in percent."""

    name: str
    percents: tuple[float, ...]


@dataclass(frozen=True)
class Comparison:
    """Are some papers harder than others? `test` is None where `reason` says why there can be none; `p` is corrected for the number of
    comparisons of the same `kind` (version, question, numbers)."""

    kind: str
    name: str
    groups: tuple[Group, ...]
    test: statistics.Test | None
    p: float | None
    reason: str


@dataclass(frozen=True)
class Reliability:
    """Cronbach's α over the places of the paper, with a 95 % bootstrap interval and the standard error of measurement in points."""

    alpha: float | None
    interval: tuple[float, float] | None
    error: float | None
    items: int
    n: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """All figures of a class."""

    title: str
    course: str
    date: str
    of: float
    minutes: float
    students: int
    absent: int
    open: int
    rows: int  # of the answers that belong to nobody or nothing and that nobody has seen to
    percents: tuple[float, ...]  # of the students who answered anything, sorted
    summary: statistics.Summary | None  # of the points
    questions: tuple[QuestionFigures, ...]
    mistakes: tuple[MistakeFigures, ...]
    oddities: tuple[Oddity, ...]
    reliability: Reliability
    comparisons: tuple[Comparison, ...]
    unreached: tuple[tuple[int, float], ...]  # place → share of the students who answered nothing there nor later
    timed: int  # students whose time is known
    spent: float | None  # the median of their minutes


@dataclass
class _Paper:
    """One student's paper: points by question and part."""

    student: str
    version: str
    items: list[StoredItem]
    marks: dict[tuple[int, str], Marked] = field(default_factory=dict)
    times: Mapping[Place, float] = field(default_factory=dict)  # of the class

    def total(self, without: int | None = None) -> tuple[float, float]:
        """(points, full points) of all items, or of all but one."""
        counted = [m for (number, _), m in self.marks.items() if number != without]
        return sum([float(m.points) for m in counted]), sum([float(m.of) for m in counted])

    def share(self, number: int) -> float:
        """The share of the points of an item."""
        mine = [m for (n, _), m in self.marks.items() if n == number]
        of = sum([float(m.of) for m in mine])
        return sum([float(m.points) for m in mine]) / of if of else 0.0

    def rest(self, number: int) -> float:
        """The share of the points of all other items."""
        points, of = self.total(number)
        return points / of if of else 0.0

    def minutes(self, item: StoredItem | None = None) -> float | None:
        """The minutes that the student took for an item, or for the paper: as told, else those of its parts that were told; None
        where none were."""
        if item is None:
            whole, pieces = self.times.get((self.student, 0, "")), [self.minutes(i) for i in self.items]
        else:
            whole = self.times.get((self.student, item.number, ""))
            found = [self.times.get((self.student, item.number, part)) for part, _, _ in item.parts]
            pieces = [None if s is None else s / 60 for s in found]
        if whole is not None:
            return whole / 60
        known = [m for m in pieces if m is not None]
        return sum(known) if known else None

    @property
    def percent(self) -> float:
        points, of = self.total()
        return 100 * points / of if of else 0.0


def report(graded: Graded, about: Mapping[str, str], papers: Mapping[str, Mapping[str, str]], items: Iterable[StoredItem],
           times: Mapping[Place, float]) -> Report:
    """The figures of a class from its marks, from what was issued (rows of exam.db), and from the `times` that students took, in
    seconds, as `Record.times` has them."""
    issued: dict[str, list[StoredItem]] = {who: [] for who in papers}
    for item in items:
        issued[item.student].append(item)
    everyone = {who: _Paper(who, papers[who]["variant"], issued[who], times=times) for who in papers}
    for m in graded.marks:
        everyone[m.student].marks[m.number, m.mark.part] = m
    present = [p for p in everyone.values() if any([m.answered for m in p.marks.values()])]
    plan = stored(about["plan"])
    facts = plan.facts
    asked = _asked(present)
    questions = tuple(sorted([_question(name, found) for name, found in asked.items()], key=lambda q: (q.places, q.question)))
    mistakes = _mistakes(asked, questions)
    totals = [p.total()[0] for p in present]
    return Report(
        title=facts.get("title", ""), course=facts.get("course", ""), date=facts.get("date", ""),
        of=max([p.total()[1] for p in present], default=0.0), minutes=plan.minutes, students=len(everyone),
        absent=len(everyone) - len(present), open=len(graded.open),
        rows=len([t for t in graded.troubles if t.kind != "absent"]), percents=tuple(sorted([p.percent for p in present])),
        summary=statistics.summary(totals) if totals else None, questions=questions, mistakes=mistakes,
        oddities=_oddities(asked, questions, mistakes), reliability=_reliability(present, len(graded.open), len(everyone) - len(present)),
        comparisons=_comparisons(present, asked), unreached=_unreached(present), **_spent([p.minutes() for p in present]))


def _spent(minutes: Iterable[float | None]) -> dict[str, Any]:
    known = [m for m in minutes if m is not None]
    return {"timed": len(known), "spent": statistics.summary(known).median if known else None}


Asked = dict[str, list[tuple[_Paper, StoredItem]]]


def _asked(papers: Sequence[_Paper]) -> Asked:
    """Question → the papers it stands on. A question that stands on a paper twice is two questions."""
    out: Asked = {}
    for paper in papers:
        again: Counter[str] = Counter()
        for item in paper.items:
            again[item.name] += 1
            name = item.name if again[item.name] == 1 else f"{item.name} ({again[item.name]})"
            out.setdefault(name, []).append((paper, item))
    return out


def _question(name: str, found: list[tuple[_Paper, StoredItem]]) -> QuestionFigures:
    shares = [paper.share(item.number) for paper, item in found]
    spread = statistics.summary(shares)
    first = found[0][1]
    marks = [m for paper, item in found for m in _marks(paper, item)]
    parts = tuple(_parts(name, found))
    return QuestionFigures(
        question=name, title=first.shown["title"], places=tuple(sorted({item.number for _, item in found})), of=sum([p.of for p in parts]),
        minutes=float(first.shown["minutes"]), n=len(found), difficulty=spread.mean, sd=spread.sd,
        discrimination=_discrimination(shares, [paper.rest(item.number) for paper, item in found]),
        blank=sum([not m.answered for m in marks]) / len(marks), parts=parts, **_spent([paper.minutes(item) for paper, item in found]))


def _marks(paper: _Paper, item: StoredItem) -> list[Marked]:
    return [paper.marks[item.number, part] for part, _, _ in item.parts]


def _parts(name: str, found: list[tuple[_Paper, StoredItem]]) -> Iterable[PartFigures]:
    for part, label, _ in found[0][1].parts:
        had = [(paper, item) for paper, item in found if (item.number, part) in paper.marks]
        marks = [paper.marks[item.number, part] for paper, item in had]
        shares = [float(m.points / m.of) if m.of else 0.0 for m in marks]
        yield PartFigures(name, part, label, max([float(m.of) for m in marks], default=0.0), len(marks), statistics.summary(shares).mean,
                          _discrimination(shares, [paper.rest(item.number) for paper, item in had]), Counter([reason(m) for m in marks]))


def reason(marked: Marked) -> str:
    """The reason of a mark as it is counted, one of REASONS: right is also what was rounded or accepted too."""
    why = marked.mark.why
    if marked.mark.open:
        return "open"
    if why in ("key", "rounded", "accepted"):
        return "right" if marked.points == marked.of else "partly"
    if why == "wrong":
        return "partly" if marked.points > 0 else "wrong"
    return why


def _discrimination(shares: list[float], rest: list[float]) -> float | None:
    return statistics.correlation(shares, rest) if len(shares) >= FEW else None


# ---- mistakes ------------------------------------------------------------------------------


def _mistakes(asked: Asked, questions: Sequence[QuestionFigures]) -> tuple[MistakeFigures, ...]:
    """Who made which mistake, each student counted once for each. Only explanations that counted: where an answer is right from the
    student's own earlier one, a mistake that would explain it too is not held against anybody."""
    out = []
    for q in questions:
        parts = {p.part: p for p in q.parts}
        made: dict[tuple[str, str], set[str]] = {}
        said: dict[tuple[str, str], tuple[int, str]] = {}
        for paper, item in asked[q.question]:
            for m in _marks(paper, item):
                for cause in m.mark.causes if m.mark.why in ("mistake", "wrong") else ():
                    part, _, number = cause.rpartition("/")
                    mistake = (m.mark.part, f"slip: {number}") if part == "slip" else (part, number)
                    made.setdefault(mistake, set()).add(paper.student)
                    said[mistake] = min(said.get(mistake, (99, "")), (len(m.mark.causes), m.mark.say))  # where it stands alone
        for (part, number), students in made.items():
            figures = parts.get(part)
            out.append(MistakeFigures(q.question, part, figures.label if figures else "", number, len(students), figures.n if figures else q.n,
                                      said[part, number][1]))
    return tuple(sorted(out, key=lambda m: (m.count < EACH, -m.share, m.question, m.part, m.number)))


# ---- what is odd -----------------------------------------------------------------------------


def _oddities(asked: Asked, questions: Sequence[QuestionFigures], mistakes: Sequence[MistakeFigures]) -> tuple[Oddity, ...]:
    out: list[Oddity] = []
    for q in questions:
        if q.discrimination is not None and q.discrimination < 0:
            out.append(Oddity(q.question, "", "", "discrimination", _against(q.discrimination, q.n)))
        for p in q.parts:
            out += [Oddity(q.question, p.part, p.label, kind, text) for kind, text in _of_part(p)
                    if kind != "discrimination" or len(q.parts) > 1]
        for m in mistakes:
            if m.question == q.question and m.share > OFTEN and m.count >= EACH and m.n >= SOME:
                out.append(Oddity(q.question, m.part, m.label, "mistake", f"{m.count} of {m.n} ({m.share:.0%}) made the same mistake: {m.say}"))
        for part in q.parts:
            text = _agreement([(item, paper.marks[item.number, part.part]) for paper, item in asked[q.question]
                               if (item.number, part.part) in paper.marks], part.part)
            if text:
                out.append(Oddity(q.question, part.part, part.label, "key", text))
    return tuple(sorted(out, key=lambda o: (_URGENT.index(o.kind), o.question, o.label)))


_URGENT = ("key", "open", "all wrong", "mistake", "blank", "discrimination", "all right")


def _against(r: float, n: int) -> str:
    chance = 2 / (n - 1) ** 0.5  # two standard errors of a correlation that is really 0
    return (f"Those who do well on the other questions do worse here: r = {r:.2f}, {n} students. "
            + (f"Chance alone gives up to ±{chance:.2f}." if -r < chance else "That is more than chance."))


def _of_part(p: PartFigures) -> Iterable[tuple[str, str]]:
    if p.void:
        return
    answered = p.n - p.why["blank"]
    if p.n >= SOME and p.difficulty >= 1:
        yield "all right", f"All {p.n} students have full points: it tells nobody apart."
    if p.n >= SOME and p.difficulty <= 0:
        yield "all wrong", f"None of {p.n} students has a point."
    if p.discrimination is not None and p.discrimination < 0:
        yield "discrimination", _against(p.discrimination, p.n)
    if p.why["open"] >= EACH and p.why["open"] > UNREAD * answered:
        yield "open", f"{p.why['open']} of {answered} answers could not be read or wait for a person."
    if p.why["blank"] > p.n / 2 and p.n >= SOME:
        yield "blank", f"{p.why['blank']} of {p.n} students left it blank."


def _agreement(found: list[tuple[StoredItem, Marked]], part: str) -> str:
    """A value that many agree on where the key says otherwise, as a sentence: the same value, the same multiple of the key, or the
    same distance from it (numbers differ from paper to paper). A hint only, so floats will do. "" if there is none."""
    answered = [(i, m) for i, m in found if m.answered]
    least = max(EACH, SAME * len(answered))
    values: Counter[str] = Counter()
    for item, m in answered:
        if m.mark.why != "wrong":
            continue
        key = next((p["key"] for p in item.shown["parts"] if p["name"] == part), None)
        if key is None:
            continue
        read = without_ignored(m.mark.read)
        values[f"answered {read}, where the key is {flat(key['rounded'])}"] += 1
        typed, right = number(read), number(key["exact"]) or number(key["decimal"])
        if typed is not None and right:
            values[f"answered {float(typed / right):.3g} times the key"] += 1
            values[f"answered {abs(typed - right)} {'more' if typed > right else 'less'} than the key"] += 1
    if not values:
        return ""
    text, n = max(values.items(), key=lambda v: (v[1], "where" in v[0], v[0]))
    return f"Is the key right? {n} of {len(answered)} {text}." if n >= least else ""


def number(text: Any) -> Fraction | None:
    """A plain number or fraction; None for anything else."""
    match = re.fullmatch(r"(-?[0-9]{1,40}(?:\.[0-9]{1,40})?)(?:/([0-9]{1,40}))?", text.strip()) if isinstance(text, str) else None
    if not match or (match.group(2) and not int(match.group(2))):
        return None
    return Fraction(match.group(1)) / int(match.group(2) or 1)


def flat(value: Any) -> str:
    """A key on one line, at most 60 characters."""
    text = "(" + ", ".join([flat(v) for v in value]) + ")" if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


# ---- reliability -----------------------------------------------------------------------------


def _reliability(papers: Sequence[_Paper], open_marks: int, absent: int) -> Reliability:
    places = sorted({i.number for p in papers for i in p.items})
    complete = [p for p in papers if [i.number for i in p.items] == places]
    table = [[sum([float(m.points) for m in _marks(p, i)]) for i in p.items] for p in complete]
    alpha = statistics.cronbach_alpha(table)
    notes = ["The items are the questions as they stand on the paper, not their parts: parts of one question build on each other, "
             "and α would come out too high."]
    mixed = [n for n in places if len({i.name for p in papers for i in p.items if i.number == n}) > 1]
    if mixed:
        notes.append(f"At {'place' if len(mixed) == 1 else 'places'} {', '.join(map(str, mixed))} students have different questions; α takes "
                     "them for the same one, and where they are not equally hard it comes out too low.")
    notes.append("Blank parts count 0 points." + (f" Left out: {absent} who handed in nothing." if absent else ""))
    if open_marks:
        notes.append(f"Marks that wait for a person count what they have now: {open_marks}.")
    if len(complete) < len(papers):
        notes.append(f"Left out: {len(papers) - len(complete)} with another number of questions.")
    if alpha is None:
        notes.append("There is no α: it needs at least 2 questions, 3 students, and totals that differ.")
        return Reliability(None, None, None, len(places), len(table), tuple(notes))
    if len(table) < 30:
        notes.append(f"With {len(table)} students α is known only roughly: see the interval.")
    spread = statistics.summary([sum(row) for row in table]).sd or 0.0
    return Reliability(alpha, statistics.bootstrap_interval(statistics.cronbach_alpha, table, "alpha"),
                       statistics.error_of_measurement(spread, alpha), len(places), len(table), tuple(notes))


# ---- are some papers harder? -------------------------------------------------------------------


def _comparisons(papers: Sequence[_Paper], asked: Asked) -> tuple[Comparison, ...]:
    return (*_corrected([_versions(papers)]), *_corrected(_picks(papers)), *_corrected(_numbers(papers, asked)))


def _corrected(found: list[Comparison]) -> list[Comparison]:
    tested = [c for c in found if c.test is not None]
    p = iter(statistics.holm([c.test.p for c in tested if c.test is not None]))
    return [Comparison(c.kind, c.name, c.groups, c.test, next(p) if c.test is not None else None, c.reason) for c in found]


def _compared(kind: str, name: str, groups: Mapping[str, list[float]]) -> Comparison:
    """A test of groups of at least two students each."""
    made = tuple([Group(g, tuple(sorted(values))) for g, values in sorted(groups.items())])
    able = [g for g in made if len(g.percents) >= 2]
    if len(able) < 2:
        return Comparison(kind, name, made, None, None, "Fewer than two groups have two students or more.")
    test = statistics.kruskal_wallis([g.percents for g in able], f"{kind} {name}")
    return Comparison(kind, name, made, test, None, "" if test else "All have the same points.")


def _versions(papers: Sequence[_Paper]) -> Comparison:
    groups: dict[str, list[float]] = {}
    for p in papers:
        if p.version:
            groups.setdefault(p.version, []).append(p.percent)
    if not groups:
        return Comparison("version", "Versions", (), None, None, "There are no versions: every student has numbers of their own. See the "
                          "comparisons by question and by the length of the numbers.")
    return _compared("version", "Versions", groups)


def _picks(papers: Sequence[_Paper]) -> list[Comparison]:
    """At each place where students have different questions: are some harder?"""
    out = []
    for place in sorted({i.number for p in papers for i in p.items}):
        groups: dict[str, list[float]] = {}
        for p in papers:
            for i in p.items:
                if i.number == place:
                    groups.setdefault(i.name, []).append(100 * p.share(place))
        if len(groups) > 1:
            out.append(_compared("question", f"Question {place}", groups))
    return out


def _numbers(papers: Sequence[_Paper], asked: Asked) -> list[Comparison]:
    """Do papers and questions with longer numbers earn less?"""
    out = []
    whole = [(float(sum([digits(i) for i in p.items])), p.percent) for p in papers]
    for name, pairs in [("All questions", whole), *[(q, [(float(digits(i)), 100 * p.share(i.number)) for p, i in found])
                                                    for q, found in sorted(asked.items())]]:
        sizes, percents = [x for x, _ in pairs], [y for _, y in pairs]
        if len(pairs) < FEW or len(set(sizes)) < 4:
            continue  # nothing to compare: few students, or the numbers are the same, or nearly
        test = statistics.spearman(sizes, percents, f"numbers {name}")
        out.append(Comparison("numbers", name, (), test, None, "" if test else "All have the same points."))
    return out


def digits(item: StoredItem) -> int:
    """How long the numbers of an issued question are: the digits of all its values and keys, at most as many of each as students
    were told to carry. A rough measure of the arithmetic."""

    def count(value: Any) -> int:
        if isinstance(value, list):
            return sum([count(v) for v in value])
        return min(len(re.sub(r"[^0-9]", "", str(value))), 2 * item.carry) if not isinstance(value, bool) else 0

    keys = [p["key"]["exact"] for p in item.shown["parts"] if p["key"] is not None]
    return sum([count(v) for v in [*item.shown["values"].values(), *keys]])


# ---- time --------------------------------------------------------------------------------------


def _unreached(papers: Sequence[_Paper]) -> tuple[tuple[int, float], ...]:
    """For each place the share of the students who answered nothing from there to the end."""
    places = sorted({i.number for p in papers for i in p.items})
    last = [max([n for (n, _), m in p.marks.items() if m.answered], default=0) for p in papers]
    return tuple([(place, sum([n < place for n in last]) / len(papers)) for place in places])


# ---- tables --------------------------------------------------------------------------------------


def tables(r: Report) -> dict[str, bytes]:
    """The figures as CSV files: name → content (UTF-8 with BOM, as spreadsheets like it)."""

    def x(value: float | None, places: int = 3) -> str:
        return "" if value is None else f"{value:.{places}f}"

    timed = any([q.timed for q in r.questions])
    return {
        "questions.csv": _csv([("question", "title", "places", "points", "students", "mean share", "sd", "discrimination", "blank",
                                "minutes", "minutes per point", "void", *(("timed", "minutes taken", "taken per point") if timed else ())),
                               *[(q.question, q.title, " ".join(map(str, q.places)), f"{q.of:g}", q.n, x(q.difficulty), x(q.sd), x(q.discrimination),
                                  x(q.blank), f"{q.minutes:g}", x(q.minutes_per_point, 2), q.void, *((q.timed, x(q.spent, 2), x(q.spent_per_point, 2)) if timed else ())) for q in r.questions]]),
        "parts.csv": _csv([("question", "part", "label", "points", "students", "mean share", "discrimination", *REASONS),
                           *[(p.question, p.part, p.label, f"{p.of:g}", p.n, x(p.difficulty), x(p.discrimination), *[p.why[w] for w in REASONS])
                             for q in r.questions for p in q.parts]]),
        "mistakes.csv": _csv([("question", "part", "label", "mistake", "students", "of", "share", "told (with one student's numbers)"),
                              *[(m.question, m.part, m.label, m.number, m.count, m.n, x(m.share), m.say) for m in r.mistakes]]),
        "odd.csv": _csv([("question", "part", "label", "kind", "message"),
                         *[(o.question, o.part, o.label, o.kind, o.message) for o in r.oddities]]),
        "comparisons.csv": _csv([("kind", "what", "group", "students", "mean percent", "test", "statistic", "p", "p corrected", "note"),
                                 *[row for c in r.comparisons for row in _comparison_rows(c, x)]]),
        "distribution.csv": _csv([("percent from", "percent to", "students"),
                                  *[(10 * k, 10 * k + 10, n) for k, n in enumerate(histogram(r.percents))]]),
    }


def _comparison_rows(c: Comparison, x: Any) -> Iterable[tuple[Any, ...]]:
    result = (c.test.name, x(c.test.statistic), x(c.test.p, 4), x(c.p, 4)) if c.test else ("", "", "", "")
    for g in c.groups:
        yield (c.kind, c.name, g.name, len(g.percents), x(sum(g.percents) / len(g.percents), 1), *result, c.reason)
    if not c.groups:
        yield (c.kind, c.name, "", c.test.n if c.test else "", "", *result, c.reason)


def histogram(percents: Iterable[float]) -> list[int]:
    """How many in each tenth; 100 % belongs to the last."""
    out = [0] * 10
    for p in percents:
        out[min(9, max(0, int(p // 10)))] += 1
    return out


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in rows:
        writer.writerow([safe_cell(str(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")
