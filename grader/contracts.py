"""What must hold for every question: the contract tests, as plain functions.

`examwright check`, the pytest plugin and the project's own tests run the same list over every question
found. A contract takes a variant and yields what is wrong, one sentence each. Where there is much to try (hostile texts, mixed
sheets), it tries some of it on each variant and other things on the next, so that many variants cost as little as a few.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median_low
from typing import Any

from flint import fmpq

from examwright.answers.kinds.number import NumberKind
from examwright.generator import figures, wording
from examwright.generator.accepted import other_keys
from examwright.generator.chain import dependents, holds, rerun
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError
from examwright.generator.question import Part, Question, Variant
from examwright.generator.random import Stream
from examwright.generator.store import decode, encode
from examwright.generator.work import work
from examwright.generator.yamlfile import value_at
from examwright.grader.explain import cause
from examwright.grader.guards import makes_trivial, refused_answer, refused_continuation
from examwright.grader.mark import WHY, Mark, mark_variant
from examwright.grader.students import other_value
from examwright.solvers.arithmetic import Real, Symbolic, significant_exponent, to_decimal, to_text

HOSTILE = ("", "   ", "nan", "inf", "1/0", "9" * 400, "9**9**9**9", "(" * 300, "__import__('os')", "½½", "1,2,3,4,5,6,7,8",
           "x" * 2000, "\x00", "٣", "[[0.7193]]", "1e999999")
FULL_SEEDS = 200  # the marking contracts run on so many seeds, the solving contracts on all


@dataclass(frozen=True)
class Fault:
    """One broken contract."""

    question: str
    seed: str
    contract: str
    message: str

    def __str__(self) -> str:
        return f"{self.question}, seed {self.seed}, {self.contract}: {self.message}"


@dataclass
class Report:
    """What a question's seeds showed."""

    question: str
    seeds: int = 0
    faults: list[Fault] = field(default_factory=list)
    redraws: int = 0
    distinct: set[str] = field(default_factory=set)
    seen: dict[tuple[str, int], int] = field(default_factory=dict)  # (part, mistake) → variants that have it
    chosen: dict[str, set[str]] = field(default_factory=dict)  # drawn by `choice` → the values that came up
    works: dict[tuple[str, ...], list[int]] = field(default_factory=dict)  # branch → the work of its variants

    def add(self, other: Report) -> None:
        """Take in what other seeds of the same question showed."""
        self.seeds += other.seeds
        self.faults += [f for f in other.faults if f not in self.faults]
        self.redraws += other.redraws
        self.distinct |= other.distinct
        for key, n in other.seen.items():
            self.seen[key] = self.seen.get(key, 0) + n
        for name, values in other.chosen.items():
            self.chosen.setdefault(name, set()).update(values)
        for branch, works in other.works.items():
            self.works.setdefault(branch, []).extend(works)

    def work(self) -> tuple[int, int, int]:
        """The median of the work, the least and the most; zeros where there was no variant."""
        works = [w for some in self.works.values() for w in some]
        return (median_low(works), min(works), max(works)) if works else (0, 0, 0)


def no_floats(variant: Variant) -> Iterator[str]:
    """Drawn and computed values are exact, and every `require` is true."""

    def look(value: Any) -> bool:
        return all(map(look, value)) if isinstance(value, tuple) else isinstance(value, (fmpq, Real, Symbolic, str, bool))

    for name, value in variant.values.items():
        if not look(value):
            yield f"{name} = {value!r} is not exact"
    for formula in variant.question.requires:
        if all(n in variant.values for n in formula.names) and not holds(formula, variant.values):
            yield f"require {formula.text} is not true"


_BAD = re.compile(r"\{\{ |\{%|\bNone\b|\bnan\b|Fraction\(|fmpq|\bTrue\b|\bFalse\b|[0-9]\.[0-9]{16,}")
_SIGNS = ("{{ ", "{%", "None", "nan", "Fraction(", "fmpq", "True", "False")  # one of them, or what is _LONG, stands in what is _BAD
_LONG = re.compile(r"\.[0-9]{16}")


Keys = tuple[str | int, ...]  # under which something stands in the file


def _texts(variant: Variant) -> list[tuple[str, str, Keys]]:
    """(what, text, keys) of everything that is printed or said."""
    known: list[tuple[str, str, Keys]] | None = variant.cache.get("texts of contracts")
    if known is None:
        known = variant.cache["texts of contracts"] = list(_all_texts(variant))
    return known


def _all_texts(variant: Variant) -> Iterator[tuple[str, str, Keys]]:
    yield "text", wording.question_text(variant), ("text",)
    yield "solution", wording.closing(variant), ("solution",)
    for part in variant.parts:
        at = ("parts", variant.question.parts.index(part))
        yield f"part {part.name}", wording.ask(variant, part), (*at, "ask")
        yield f"part {part.name}, solution", wording.part_solution(variant, part), (*at, "solution")
        wording.kind_of(variant, part)
        for i, mistake in enumerate(part.mistakes):
            if variant.wrong[part.name][i] is not None:
                yield f"part {part.name}, mistake {i + 1}", wording.say(variant, part, mistake), (*at, "mistakes", i, "say")


def _marked(variant: Variant, answers: dict[str, str]) -> list[Mark]:
    """The marks of answers that several contracts look at."""
    known: dict[frozenset[tuple[str, str]], list[Mark]] = variant.cache.setdefault("marked by contracts", {})
    key = frozenset(answers.items())
    if key not in known:
        known[key] = mark_variant(variant, answers)
    return known[key]


def _place(variant: Variant, keys: Keys, look: Callable[[str], int] = lambda text: 0) -> str:
    """" (file:line)" of what stands under the keys, or of what is around it; `look` finds the place in a text."""
    question = variant.question
    found = next((found for n in range(len(keys), -1, -1) if (found := value_at(question.path, question.source, *keys[:n]))), None)
    assert found is not None  # without any keys it is the file
    source, y = found
    return f" ({source.name}:{source.position(y, look(y.text))[0] if isinstance(y.value, str) else y.line})"


def _odd(text: str) -> int:
    """Where the first paragraph with an odd number of $ signs has the last of them."""
    for paragraph in re.finditer(r"(?:.+(?:\n|\Z))+", text):
        if paragraph.group().count("$") % 2:
            return text.rindex("$", paragraph.start(), paragraph.end())
    return 0


def texts(variant: Variant) -> Iterator[str]:
    """All texts can be printed and hold nothing that belongs to the program."""
    for where, text, keys in _texts(variant):
        text = wording.described(variant, text)
        bad = _BAD.search(text) if any([sign in text for sign in _SIGNS]) or _LONG.search(text) else None
        if bad and not (bad.group().isalpha() and bad.group() in variant.question.source):  # "None of them" is English
            yield f"{where} prints {bad.group()!r}" + _place(variant, keys)
        if text.count("$") % 2:
            yield f"{where} has an odd number of $ signs" + _place(variant, keys, _odd)


_MATH = re.compile(r"(?<!\\)\$\$(.+?)(?<!\\)\$\$|(?<!\\)\$(.+?)(?<!\\)\$", re.S)


def formulas_typeset(variant: Variant) -> Iterator[str]:
    """Every formula of the texts, and every key as the paper prints it, can be typeset."""
    from examwright.generator.mathset import check_math

    found = [*_texts(variant)]
    for part, kind, key in _computed(variant):
        at = ("parts", variant.question.parts.index(part))
        found.append((f"the key of part {part.name}", f"${kind.latex(key)}$", (*at, "answer")))
        found += [(f"part {part.name}, mistake {i + 1}", f"${kind.latex(w)}$", (*at, "mistakes", i))
                  for i, w in enumerate(variant.wrong[part.name]) if w is not None]
    for where, text, keys in found:
        formulas = list(_MATH.finditer(text))
        for n, match in enumerate(formulas):
            fault = check_math(match.group(1) or match.group(2))
            if fault:
                yield f"{where}: {fault}" + _place(variant, keys, functools.partial(_formula, n, len(formulas)))


def _formula(n: int, of: int, text: str) -> int:
    """Where formula number n of `of` begins in the text as it stands in the file, if that has as many."""
    formulas = list(_MATH.finditer(text))
    return formulas[n].start() if len(formulas) == of else 0


def figures_drawn(variant: Variant) -> Iterator[str]:
    """Figures of the texts can be drawn, and no label of them overlaps anything."""
    from examwright.generator.figures.check import faults

    shown = {address: where for where, text, _ in _texts(variant) for _, address in figures.IN_TEXT.findall(text)}
    for address, where in _some(variant, list(shown.items()), 1):
        try:
            for fault in faults(figures.drawn(address)):
                yield f"{where}: {fault}"
        except figures.FigureError as error:
            yield f"{where}: {error}"


def _computed(variant: Variant) -> list[tuple[Part, Any, Any]]:
    return [(p, wording.kind_of(variant, p), variant.values[p.name]) for p in variant.parts if p.formula is not None]


def key_earns_full_marks(variant: Variant) -> Iterator[str]:
    """The key as printed, as rounded as the paper asks, and in other right spellings."""
    spellings = {p.name: [kind.plain(key), kind.rounded(key), *kind.samples(key)] for p, kind, key in _computed(variant)}
    most = max(map(len, spellings.values()), default=0)
    for i in sorted({0, 1, *_some(variant, range(most), 2)}):
        for mark in _marked(variant, {name: texts[i] for name, texts in spellings.items() if i < len(texts)}):
            if mark.raw and mark.points != mark.of:
                yield f"part {mark.part}: the right answer {mark.raw!r} earns {mark.points} of {mark.of} ({mark.why}: {mark.evidence})"


def other_right_answers(variant: Variant) -> Iterator[str]:
    """The other keys of a part, and other forms of its key, earn full marks, and so does all that follows from them."""
    computed = _computed(variant)
    for part, kind, key in computed:
        others = [v for v, _ in other_keys(part, variant.kinds, variant.values, variant.carried)]
        for other in [*others, *kind.equivalents(key)]:
            onward = rerun(variant.question, variant.values, {part.name: other})
            answers = {p.name: k.plain(onward[p.name]) for p, k, _ in computed if p.name in onward}
            for mark in mark_variant(variant, answers):
                if mark.raw and mark.points != mark.of:
                    yield (f"part {mark.part}: {mark.raw!r}, from the right answer {answers[part.name]!r} to {part.name}, earns "
                           f"{mark.points} of {mark.of} ({mark.why}: {mark.evidence})")
            raw = kind.rounded(other)
            mark = next(m for m in mark_variant(variant, {part.name: raw}) if m.part == part.name)
            if mark.points != mark.of:
                yield f"part {part.name}: the right answer {raw!r} earns {mark.points} of {mark.of} ({mark.why}: {mark.evidence})"


def fewer_digits(variant: Variant) -> Iterator[str]:
    """A key in one digit fewer than asked earns the share that is set, unless it is a known mistake or right after all."""
    for part, kind, key in _computed(variant):
        digits = kind.precision.digits if isinstance(kind, NumberKind) else None
        e = significant_exponent(key) if digits is not None else None
        if digits is None or e is None or not 1 < digits - e < 30 or digits < 2:
            continue
        raw = to_decimal(key, digits=digits - 1)
        for share in (fmpq(0), fmpq(1, 4)):
            mark = next(m for m in mark_variant(variant, {part.name: raw}, fewer_digits=share) if m.part == part.name)
            if mark.why != "mistake" and mark.points not in (part.points, part.points * share):
                yield f"part {part.name}: {raw!r} has too few digits and earns {mark.points}, not {part.points * share} ({mark.evidence})"


def mistakes_are_diagnosed(variant: Variant) -> Iterator[str]:
    """Each mistake, typed exactly or rounded, earns its points and shows its message. Where another one fits as well,
    both are named and the better-paid one counts."""
    for part, kind, _ in _computed(variant):
        for i, (mistake, wrong) in enumerate(zip(part.mistakes, variant.wrong[part.name])):
            if wrong is None:
                continue
            for raw in _some(variant, sorted({kind.plain(wrong), kind.rounded(wrong)}), 1):
                mark = next(m for m in mark_variant(variant, {part.name: raw}) if m.part == part.name)
                also = [m for j, m in enumerate(part.mistakes) if cause(part, j) in mark.causes]
                earned = max([m.points for m in also], default=None)
                what = f"part {part.name}: mistake {i + 1} typed as {raw!r}"
                if mark.why != "mistake" or mistake not in also:
                    yield f"{what} earns {mark.points} ({mark.why}: {mark.evidence}), not {mistake.points}"
                elif mark.points != earned:
                    yield f"{what} earns {mark.points}, not {earned}"
                elif wording.say(variant, part, mistake) not in mark.say or (len(also) == 1 and len(mark.say) > len(
                        wording.say(variant, part, mistake))):
                    yield f"{what} is told {mark.say!r}"


def messages_keep_the_key(variant: Variant) -> Iterator[str]:
    """What a student who made a mistake is told does not give the answer away: they may try again. (Keys of one or two
    characters, and those that stand in the question anyway, are not looked for.)"""
    for part, kind, key in _computed(variant):
        given = (wording.question_text(variant) + wording.ask(variant, part)).replace("- ", "-")
        texts = {t for t in (kind.plain(key), kind.rounded(key), kind.latex(key)) if len(t) > 2 and any(c.isdigit() for c in t)}
        for mistake, wrong in zip(part.mistakes, variant.wrong[part.name]):
            said = "" if wrong is None else wording.say(variant, part, mistake)
            for text in texts:
                if text in said and text not in given and re.search(rf"(?<![\d.]){re.escape(text)}(?![\d.])", said):
                    yield f"part {part.name}: {said!r} tells the key"


def hostile_answers(variant: Variant) -> Iterator[str]:
    """Blank, garbage, wrong shapes and huge inputs: a named reason, no exception, no marks."""
    for raw in _some(variant, HOSTILE, 3):
        for mark in mark_variant(variant, {p.name: raw for p in variant.parts}):
            if mark.why not in WHY or not 0 <= mark.points <= mark.of:
                yield f"part {mark.part}: {raw[:20]!r} gives {mark.points} ({mark.why})"
            if mark.why in ("key", "rounded"):
                yield f"part {mark.part}: {raw[:20]!r} is accepted as right"
    for sheet in _some(variant, list(extreme_sheets(variant)), 1):  # what later parts are computed from may be extreme, too
        for mark in mark_variant(variant, sheet):
            if mark.why not in WHY or not 0 <= mark.points <= mark.of:
                yield f"part {mark.part}: {mark.raw[:20]!r} gives {mark.points} ({mark.why})"


def _some(variant: Variant, items: Sequence[Any], count: int) -> list[Any]:
    """Some of the items: others for other variants."""
    return Stream("some", variant.question.id, variant.seed, len(items)).sample(items, min(count, len(items)))


def extreme_sheets(variant: Variant) -> Iterator[dict[str, str]]:
    """Numbers of the right shape in every part, but extreme ones."""
    for number in (fmpq(10) ** 9, -(fmpq(10) ** 18), fmpq(10**40 + 1, 10**39 + 7), fmpq(1, 10**12)):
        sheet = {}
        for part, kind, key in _computed(variant):
            value = _filled(key, number)
            if value is not None:
                sheet[part.name] = kind.plain(value)
        yield sheet


def follow_through(variant: Variant) -> Iterator[str]:
    """One wrong earlier answer, continued rightly, earns the declared follow-through points, unless the guards refuse it."""
    question = variant.question
    computed = _computed(variant)
    right = {p.name: kind.plain(key) for p, kind, key in computed}
    earlier = [c for c in computed if dependents(question, c[0].name)]
    for part, kind, _ in _some(variant, earlier, 2):
        later = [c for c in computed if c[0].name in dependents(question, part.name)]
        own = other_value(part, variant, Stream("follow-through", question.id, variant.seed, part.name)) if later else None
        if own is None or kind.key_fault(own):
            continue
        raw = kind.plain(own)
        alone = mark_variant(variant, {part.name: raw})
        if next(m for m in alone if m.part == part.name).points == part.points:
            continue  # accepted after all (a set, an equivalent answer)
        answers, expected = _continued(variant, part, kind, own, later)
        marks = {m.part: m for m in mark_variant(variant, {**right, **answers})}
        for name, least in expected.items():
            mark = marks[name]
            if mark.points > mark.of:
                yield f"part {name} earns {mark.points} of {mark.of}"
            if mark.points < least:
                yield (f"part {name}: {mark.raw!r} is right from {part.name} = {raw}, but earns {mark.points} "
                       f"({mark.why}: {mark.evidence}), not {least}")


def _continued(variant: Variant, part: Part, kind: Any, own: Any, later: list[Any]) -> tuple[dict[str, str], dict[str, fmpq]]:
    """The answers of a student who continues rightly from a wrong one, and the least that each of them has to earn."""
    question = variant.question
    values = rerun(question, variant.values, {part.name: own})
    answers, expected = {part.name: kind.plain(own)}, {}
    refused = refused_answer(part, kind, own, variant.values[part.name], values)
    for p, k, key in later:
        value = values.get(p.name)
        answers[p.name] = ""
        if value is None or k.key_fault(value):
            continue
        plain = k.plain(value)
        answers[p.name] = plain if max(map(len, plain.split())) <= 50 else k.rounded(value)  # nobody writes down more
        before = {n: v for n, v in values.items() if n != p.name}
        no = refused or refused_continuation(p, value, key, {part.name: own}, variant.values, before)
        expected[p.name] = fmpq(0) if no else p.follow.points
    return answers, expected


def impossible_buys_nothing(variant: Variant) -> Iterator[str]:
    """Zero, the identity, a count that is not whole and what breaks a `must`, as an earlier answer, earn nothing by
    follow-through in the part that is continued from it."""
    computed = _computed(variant)
    earlier = [c for c in computed if dependents(variant.question, c[0].name)]
    for part, kind, key in _some(variant, earlier, 2):
        later = [c for c in computed if c[0].name in dependents(variant.question, part.name)]
        for own in _some(variant, list(_impossible(part, key)), 1) if later else ():
            values = {**variant.values, part.name: own}
            if kind.key_fault(own) is None and not makes_trivial(own, key) and all(holds(rule, values) for rule in part.must):
                continue
            answers, _ = _continued(variant, part, kind, own, later)
            raw = answers.pop(part.name)
            for name, text in answers.items():
                for mark in mark_variant(variant, {part.name: raw, name: text}):
                    if mark.part == name and mark.why == "follow-through":
                        yield f"part {name}: {part.name} = {raw} earns {mark.points} by follow-through"


def _impossible(part: Part, key: Any) -> Iterator[Any]:
    """Answers of the key's shape that may be impossible or leave nothing to do."""
    for change in (lambda x: 0 * x, lambda x: x + fmpq(1, 2), lambda x: -x, lambda x: x + 1, lambda x: -1 - abs(x)):
        changed = _each(key, change)
        if changed is not None:
            yield changed
    if isinstance(key, tuple) and key and all([isinstance(row, tuple) and len(row) == len(key) for row in key]):
        yield tuple([tuple([fmpq(int(i == j)) for j in range(len(key))]) for i in range(len(key))])


def _filled(key: Any, number: fmpq) -> Any:
    return _each(key, lambda _: number)


def _each(key: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(key, (fmpq, Real)):
        return change(key)
    if isinstance(key, tuple) and key:
        items = [_each(k, change) for k in key]
        return None if any(i is None for i in items) else tuple(items)
    return None


def _sheet(variant: Variant) -> dict[str, str]:
    """Answers of all sorts, mixed: right, blank, known mistakes, other wrong values, and what cannot be read."""
    stream = Stream("sheets", variant.question.id, variant.seed)
    sheet: dict[str, str] = {}
    for part, kind, key in _computed(variant):
        sort = stream.choice(("right", "right", "blank", "mistake", "other", "other", "unreadable"))
        wrong = [w for w in variant.wrong[part.name] if w is not None]
        value = stream.choice(wrong) if sort == "mistake" and wrong else other_value(part, variant, stream)
        if sort == "right":
            sheet[part.name] = kind.rounded(key)
        elif sort == "unreadable":
            sheet[part.name] = "see page 3"
        elif sort != "blank" and value is not None and not kind.key_fault(value):
            sheet[part.name] = kind.rounded(value)
    return sheet


def never_less_than_alone(variant: Variant) -> Iterator[str]:
    """Whatever stands in the other parts, a part earns at least what it earns alone, and never more than its points."""
    sheet = _sheet(variant)
    for mark in _some(variant, [m for m in _marked(variant, sheet) if m.raw], 3):
        alone = next(m for m in mark_variant(variant, {mark.part: mark.raw}) if m.part == mark.part)
        if not alone.points <= mark.points <= mark.of:
            yield f"part {mark.part} earns {mark.points} of {mark.of} on the sheet {sheet}, {alone.points} alone"


def more_right_parts_never_cost(variant: Variant) -> Iterator[str]:
    """Answering one more part rightly never lowers the total, and the points add up."""
    computed = _computed(variant)

    def total(answers: dict[str, str]) -> fmpq:
        return sum((m.points for m in _marked(variant, answers)), fmpq(0))

    sheet = _sheet(variant)
    before = total(sheet)
    for part, kind, key in _some(variant, [c for c in computed if c[0].name not in sheet], 1):
        if total({**sheet, part.name: kind.rounded(key)}) < before + part.points:
            yield f"a right {part.name} earns less than its {part.points} points on the sheet {sheet}"
    last = total({p.name: kind.plain(key) for p, kind, key in computed})
    if last != sum((p.points for p, _, _ in computed), fmpq(0)):
        yield f"all right answers earn {last} of {variant.points}"


def reproducible(variant: Variant) -> Iterator[str]:
    """The same seed gives the same values, and so do the drawn values as `exam.db` keeps them; tried on every fourth variant."""
    if _some(variant, range(4), 1) != [0]:
        return
    question = variant.question
    kept = {n: decode(json.loads(json.dumps(encode(variant.values[n])))) for n in question.draw_names}
    for pins, what in ((None, "seed gives"), ({**question.orders_as_written, **kept}, "drawn values, as they are kept, give")):
        again = draw_variant(question, variant.seed, pins, [p.name for p in variant.parts], check=False)
        if {n: to_text(v) for n, v in again.values.items()} != {n: to_text(v) for n, v in variant.values.items()}:
            yield f"the same {what} other values"


Contract = Callable[[Variant], Iterator[str]]
ALWAYS: tuple[Contract, ...] = (no_floats,)
MARKING: tuple[Contract, ...] = (texts, figures_drawn, key_earns_full_marks, other_right_answers, fewer_digits, mistakes_are_diagnosed, messages_keep_the_key, hostile_answers, follow_through,
                                 impossible_buys_nothing, never_less_than_alone, more_right_parts_never_cost, reproducible)
TYPESET: tuple[Contract, ...] = (formulas_typeset,)
TYPESET_SEEDS = 3  # typesetting is slow; the formulas of a file look alike


def run(question: Question, seeds: range, full: int = FULL_SEEDS, most_faults: int = 20) -> Report:
    """Every contract over the seeds, and the statistics of the whole."""
    report = sample(question, seeds, full, most_faults)
    report.faults += statistics(question, report)
    return report


def sample(question: Question, seeds: range, full: int = FULL_SEEDS, most_faults: int = 20) -> Report:
    """Every contract over some of the seeds; stops after `most_faults` faults. The solvers must agree on every seed
    (drawing checks that); the marking contracts run on the seeds below `full`."""
    report = Report(question.id)
    for seed in seeds:
        try:
            variant = draw_variant(question, seed)
        except ExamwrightError as error:
            report.faults.append(Fault(question.id, str(seed), "draw", str(error)))
            if len(report.faults) >= most_faults:
                break
            continue
        report.seeds += 1
        report.redraws += variant.redraws
        report.distinct.add(_drawn(variant))
        report.works.setdefault(question.branch(variant.values), []).append(work(variant))
        for name in _choices(question):
            report.chosen.setdefault(name, set()).add(to_text(variant.values[name]))
        for part in variant.parts:
            for i, wrong in enumerate(variant.wrong.get(part.name, ())):
                if wrong is not None:
                    report.seen[part.name, i] = report.seen.get((part.name, i), 0) + 1
        for contract in ALWAYS + (MARKING if seed < full else ()) + (TYPESET if seed < min(full, TYPESET_SEEDS) else ()):
            try:
                for message in contract(variant):
                    report.faults.append(Fault(question.id, str(seed), contract.__name__, message))
            except ExamwrightError as error:
                report.faults.append(Fault(question.id, str(seed), contract.__name__, str(error)))
        if len(report.faults) >= most_faults:
            break
    return report


SAMPLED = 1000  # draws behind the figures of the catalogue


def measure(question: Question) -> dict[str, Any]:
    """The figures of a question that only many draws show: how many of them differ, how many redraws one takes, its work (the median, the
    least, the most)."""
    report = Report(question.id)
    for seed in range(SAMPLED):
        variant = draw_variant(question, seed, check=False)
        report.seeds += 1
        report.redraws += variant.redraws
        report.distinct.add(_drawn(variant))
        report.works.setdefault(question.branch(variant.values), []).append(work(variant))
    return {"distinct": len(report.distinct), "redraws": round(report.redraws / SAMPLED, 2), "work": list(report.work())}


def _drawn(variant: Variant) -> str:
    """The drawn values; the order of options makes no other variant."""
    return repr([to_text(variant.values[n]) for d in variant.question.draws if d.how != "order" for n in d.names])


def _choices(question: Question) -> dict[str, set[str]]:
    """Drawn names with few values to choose from → these values."""
    out = {}
    for draw in question.draws:
        options = draw.options.get("choice")
        if isinstance(options, tuple) and len(set(options)) <= 8 and not {"count", "shape", "except"} & set(draw.options):
            out[draw.names[0]] = {to_text(v) for v in options}
    return out


def statistics(question: Question, report: Report) -> list[Fault]:
    """Faults of the whole: too few variants, too many redraws, mistakes that never exist."""
    out = []

    def fault(contract: str, message: str) -> None:
        out.append(Fault(question.id, "all", contract, message))

    if report.seeds and report.redraws / report.seeds > 20:
        fault("redraws", f"{report.redraws / report.seeds:.1f} redraws for a variant; at most 20 are allowed")
    if report.seeds >= 50 and question.draws and len(report.distinct) < min(20, report.seeds // 3):
        fault("distinct", f"only {len(report.distinct)} different variants in {report.seeds} seeds")
    wanted = 50 if question.few else 500
    if report.seeds >= 1000 and question.draws and len(report.distinct) < wanted:
        fault("distinct", f"only {len(report.distinct)} different variants in {report.seeds} seeds; {wanted} are wanted"
              + ("" if question.few else ", or 50 of a question that says why under 'few'"))
    for branch, works in report.works.items():
        usual, least, most = median_low(works), min(works), max(works)
        even = 4 * (usual - least) <= usual >= 4 * (most - usual)
        if len(works) >= 50 and not even and (question.branches or not question.uneven):
            where = f" for {', '.join(branch)}" if branch else ""
            fault("work", f"{least} to {most}{where} is more than a quarter from the usual {usual}; draw what is more alike, or say why under 'uneven'")
    if report.seeds >= 200:
        for name, values in _choices(question).items():
            for value in sorted(values - report.chosen.get(name, set())):
                fault("choices", f"{name} is never {value} in {report.seeds} variants; other draws are refused, mostly for more or less work than "
                      "usual. Draw what is more alike, or say why under 'uneven'")
        for part in question.parts:
            for i in range(len(part.mistakes)):
                if not report.seen.get((part.name, i)):
                    fault("mistakes", f"part {part.name}: mistake {i + 1} does not exist in any of {report.seeds} variants")
    return out
