"""What must hold for every question: the contract tests, as plain functions.

`examwright check`, the pytest plugin and the project's own tests run the same list over every question
found. A contract takes a variant and yields what is wrong, one sentence each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq

from examwright.answers.kinds.number import NumberKind
from examwright.answers.kinds.policy import PolicyKind
from examwright.generator import figures, wording
from examwright.generator.accepted import continued, other_keys
from examwright.generator.chain import ChainError, dependents, holds, rerun, value_of
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError
from examwright.generator.question import Part, Question, Variant
from examwright.grader.mark import WHY, makes_trivial, mark_variant
from examwright.solvers.arithmetic import Real, Symbolic, significant_exponent, to_decimal, to_text

HOSTILE = ("", "   ", "nan", "inf", "1/0", "9" * 400, "9**9**9**9", "(" * 300, "__import__('os')", "½½", "1,2,3,4,5,6,7,8",
           "x" * 2000, "\x00", "٣", "[[1]]", "1e999999")
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

    def add(self, other: Report) -> None:
        """Take in what other seeds of the same question showed."""
        self.seeds += other.seeds
        self.faults += [f for f in other.faults if f not in self.faults]
        self.redraws += other.redraws
        self.distinct |= other.distinct
        for key, n in other.seen.items():
            self.seen[key] = self.seen.get(key, 0) + n


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


def _texts(variant: Variant) -> list[tuple[str, str]]:
    """(where, text) of everything that is printed or said."""
    found = [("text", wording.question_text(variant)), ("solution", wording.solution(variant))]
    for part in variant.parts:
        found.append((f"part {part.name}", wording.ask(variant, part)))
        wording.kind_of(variant, part)
        for i, mistake in enumerate(part.mistakes):
            if variant.wrong[part.name][i] is not None:
                found.append((f"part {part.name}, mistake {i + 1}", wording.say(variant, part, mistake)))
    return found


def texts(variant: Variant) -> Iterator[str]:
    """All texts can be printed and hold nothing that belongs to the program."""
    for where, text in _texts(variant):
        text = wording.described(variant, text)
        bad = _BAD.search(text)
        if bad and not (bad.group().isalpha() and bad.group() in variant.question.source):  # "None of them" is English
            yield f"{where} prints {bad.group()!r}"
        if text.count("$") % 2:
            yield f"{where} has an odd number of $ signs"


_MATH = re.compile(r"(?<!\\)\$\$(.+?)(?<!\\)\$\$|(?<!\\)\$(.+?)(?<!\\)\$", re.S)


def formulas_typeset(variant: Variant) -> Iterator[str]:
    """Every formula of the texts, and every key as the paper prints it, can be typeset."""
    from examwright.generator.mathset import check_math

    found = _texts(variant)
    for part, kind, key in _computed(variant):
        found.append((f"the key of part {part.name}", f"${kind.latex(key)}$"))
        found += [(f"part {part.name}, mistake {i + 1}", f"${kind.latex(w)}$")
                  for i, w in enumerate(variant.wrong[part.name]) if w is not None]
    for where, text in found:
        for match in _MATH.finditer(text):
            fault = check_math(match.group(1) or match.group(2))
            if fault:
                yield f"{where}: {fault}"


def figures_drawn(variant: Variant) -> Iterator[str]:
    """Every figure of the texts can be drawn, and no label of it overlaps anything."""
    from examwright.generator.figures.check import faults

    for where, text in _texts(variant):
        for _, address in figures.IN_TEXT.findall(text):
            try:
                for fault in faults(figures.drawn(address)):
                    yield f"{where}: {fault}"
            except figures.FigureError as error:
                yield f"{where}: {error}"


def _computed(variant: Variant) -> list[tuple[Part, Any, Any]]:
    return [(p, wording.kind_of(variant, p), variant.values[p.name]) for p in variant.parts if p.formula is not None]


def key_earns_full_marks(variant: Variant) -> Iterator[str]:
    """The key as printed, as rounded as the paper asks, and in other right spellings."""
    computed = _computed(variant)
    ways: list[dict[str, str]] = [{p.name: kind.plain(key) for p, kind, key in computed},
                                  {p.name: kind.rounded(key) for p, kind, key in computed}]
    for p, kind, key in computed:
        ways += [{p.name: text} for text in kind.samples(key)]
    for answers in ways:
        for mark in mark_variant(variant, answers):
            if mark.raw and mark.points != mark.of:
                yield f"part {mark.part}: the right answer {mark.raw!r} earns {mark.points} of {mark.of} ({mark.why}: {mark.evidence})"


def other_right_answers(variant: Variant) -> Iterator[str]:
    """The other keys of a part, and other forms of its key, earn full marks, and so does all that follows from them."""
    computed = _computed(variant)
    for part, kind, key in computed:
        others = [v for v, _ in other_keys(part, variant.kinds, variant.carry, variant.values, variant.slack)]
        for other in [*others, *kind.equivalents(key)]:
            onward = continued(variant, {part.name: (other, other)}).values
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
    """Each mistake, typed exactly and rounded, earns its points and shows its message."""
    for part, kind, _ in _computed(variant):
        for i, (mistake, wrong) in enumerate(zip(part.mistakes, variant.wrong[part.name])):
            if wrong is None:
                continue
            for raw in {kind.plain(wrong), kind.rounded(wrong)}:
                mark = next(m for m in mark_variant(variant, {part.name: raw}) if m.part == part.name)
                if mark.why != "mistake" or mark.points != mistake.points:
                    yield (f"part {part.name}: mistake {i + 1} typed as {raw!r} earns {mark.points} ({mark.why}: {mark.evidence}), "
                           f"not {mistake.points}")
                elif mark.say != wording.say(variant, part, mistake):
                    yield f"part {part.name}: mistake {i + 1} typed as {raw!r} is told {mark.say!r}"


def hostile_answers(variant: Variant) -> Iterator[str]:
    """Blank, garbage, wrong shapes and huge inputs: a named reason, no exception, no marks."""
    for raw in HOSTILE:
        for mark in mark_variant(variant, {p.name: raw for p in variant.parts}):
            if mark.why not in WHY or not 0 <= mark.points <= mark.of:
                yield f"part {mark.part}: {raw[:20]!r} gives {mark.points} ({mark.why})"
            if mark.why in ("key", "rounded"):
                yield f"part {mark.part}: {raw[:20]!r} is accepted as right"


def perturbed(kind: Any, key: Any) -> Any:
    """Some other answer of the same shape; None where there is none."""
    options = getattr(kind, "options", None)
    if isinstance(key, str):
        return next((o[0] for o in options or [] if o[0] != key), None)
    if isinstance(key, Real):
        return fmpq(int(float(key.ball.mid()) * 1000) + 777, 1000)
    if isinstance(key, (fmpq, Symbolic)):
        return key + 1  # type: ignore[operator]
    if isinstance(kind, PolicyKind):
        free = [(i, a) for i, best in enumerate(key) for a in kind.actions if a not in best]
        return (*key[:free[0][0]], (free[0][1],), *key[free[0][0] + 1:]) if free else None
    if isinstance(key, tuple) and key and not isinstance(key[0], str):
        first = perturbed(kind, key[0])
        return None if first is None else (first, *key[1:])
    return None


def follow_through(variant: Variant) -> Iterator[str]:
    """One wrong earlier answer, continued rightly, earns the declared follow-through points."""
    question = variant.question
    computed = _computed(variant)
    right = {p.name: kind.plain(key) for p, kind, key in computed}
    for part, kind, key in computed:
        later = [c for c in computed if c[0].name in dependents(question, part.name)]
        own = perturbed(kind, key)
        if not later or own is None or kind.key_fault(own) or makes_trivial(own, key):
            continue
        raw = kind.plain(own)
        if mark_variant(variant, {part.name: raw})[[p.name for p in variant.parts].index(part.name)].points == part.points:
            continue  # accepted after all (a set, an equivalent answer)
        env = rerun(question, variant.values, {part.name: own})
        answers = dict(right)
        answers[part.name] = raw
        expected: dict[str, fmpq | None] = {}
        for p, k, _ in later:
            try:
                value = value_of(p.name, p.formula, env)  # type: ignore[arg-type]
            except ChainError:
                value = None
            if value is None or k.key_fault(value):
                answers.pop(p.name)
                expected[p.name] = None
                continue
            answers[p.name] = k.plain(value)
            allowed = p.follow.only_if is None or holds(p.follow.only_if, env)
            expected[p.name] = p.follow.points if allowed else fmpq(0)
        marks = {m.part: m for m in mark_variant(variant, answers)}
        alone = {m.part: m for m in mark_variant(variant, {n: a for n, a in answers.items() if n != part.name})}
        for p, _, _ in later:
            mark, least = marks[p.name], expected[p.name]
            if mark.points > mark.of:
                yield f"part {p.name} earns {mark.points} of {mark.of}"
            if least is not None and mark.points < least:
                yield (f"part {p.name}: {mark.raw!r} is right from {part.name} = {raw}, but earns {mark.points} "
                       f"({mark.why}: {mark.evidence}), not {least}")
            if p.name in alone and alone[p.name].why in ("key", "rounded") and mark.points < alone[p.name].points:
                yield f"part {p.name} earns less with a wrong {part.name} than by the key alone"


def trivial_buys_nothing(variant: Variant) -> Iterator[str]:
    """Zero as an earlier answer, continued with what follows from it, earns nothing by follow-through."""
    question = variant.question
    for part, kind, key in _computed(variant):
        zero = _zero(key)
        if zero is None or kind.key_fault(zero) or not makes_trivial(zero, key):
            continue
        env = rerun(question, variant.values, {part.name: zero})
        answers = {part.name: kind.plain(zero)}
        for p, k, _ in _computed(variant):
            if p.name in dependents(question, part.name) and p.name in env and not k.key_fault(env[p.name]):
                answers[p.name] = k.plain(env[p.name])
        for mark in mark_variant(variant, answers):
            if mark.part != part.name and mark.why == "follow-through" and "continued from your own " + part.name in mark.evidence:
                yield f"part {mark.part}: zero for {part.name} earns {mark.points} by follow-through"


def _zero(key: Any) -> Any:
    if isinstance(key, (fmpq, Real, Symbolic)):
        return fmpq(0)
    if isinstance(key, tuple) and key:
        items = [_zero(k) for k in key]
        return None if any(i is None for i in items) else tuple(items)
    return None


def more_right_parts_never_cost(variant: Variant) -> Iterator[str]:
    """Answering one more part rightly never lowers the total, and the points add up."""
    computed = _computed(variant)
    answers: dict[str, str] = {}
    last = fmpq(0)
    for part, kind, key in computed:
        answers[part.name] = kind.plain(key)
        total = sum((m.points for m in mark_variant(variant, answers)), fmpq(0))
        if total < last:
            yield f"a right {part.name} lowers the total from {last} to {total}"
        last = total
    if last != sum((p.points for p, _, _ in computed), fmpq(0)):
        yield f"all right answers earn {last} of {variant.points}"


def reproducible(variant: Variant) -> Iterator[str]:
    """The same seed gives the same values."""
    again = draw_variant(variant.question, variant.seed, parts=[p.name for p in variant.parts], check=False)
    if {n: to_text(v) for n, v in again.values.items()} != {n: to_text(v) for n, v in variant.values.items()}:
        yield "the same seed gives other values"


Contract = Callable[[Variant], Iterator[str]]
ALWAYS: tuple[Contract, ...] = (no_floats,)
MARKING: tuple[Contract, ...] = (texts, figures_drawn, key_earns_full_marks, other_right_answers, fewer_digits, mistakes_are_diagnosed, hostile_answers, follow_through,
                                 trivial_buys_nothing, more_right_parts_never_cost, reproducible)
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
        report.distinct.add(repr([to_text(variant.values[n]) for n in question.draw_names]))
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


def statistics(question: Question, report: Report) -> list[Fault]:
    """Faults of the whole: too few variants, too many redraws, mistakes that never exist."""
    out = []

    def fault(contract: str, message: str) -> None:
        out.append(Fault(question.id, "all", contract, message))

    if report.seeds and report.redraws / report.seeds > 20:
        fault("redraws", f"{report.redraws / report.seeds:.1f} redraws for a variant; at most 20 are allowed")
    if report.seeds >= 50 and question.draws and len(report.distinct) < min(20, report.seeds // 3):
        fault("distinct", f"only {len(report.distinct)} different variants in {report.seeds} seeds")
    if report.seeds >= 200:
        for part in question.parts:
            for i in range(len(part.mistakes)):
                if not report.seen.get((part.name, i)):
                    fault("mistakes", f"part {part.name}: mistake {i + 1} does not exist in any of {report.seeds} variants")
    return out
