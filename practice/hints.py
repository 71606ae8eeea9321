"""Hints and reasons that come out of the chain: the next named value on the way to a part, and the chain run from a mistake."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from examwright.answers.reader import Ambiguous, Blank, Unreadable
from examwright.generator import wording
from examwright.generator.chain import ChainError, mistake_value, rerun, value_of
from examwright.generator.question import Mistake, Part, Variant
from examwright.generator.vocabulary import exact_functions
from examwright.solvers.arithmetic import Undecided, enclosure, is_number, to_text


@dataclass(frozen=True)
class Hint:
    """A step on the way to a part: `name` of the value, the part it answers ("" for one that no part asks for), and the value as LaTeX or
    as text. Without a name it is a word about the method."""

    name: str
    part: str
    latex: str
    text: str


def hints(variant: Variant, part: Part, open_parts: Iterable[str]) -> list[Hint]:
    """The named values on the way to a part, in the order of the chain; where there are none, what its formula does. `open_parts` are those
    still to be answered: what equals the key of one of them is left out, but for the values of earlier parts, which the part stands on."""
    question = variant.question
    before = _ancestors(variant, part)
    keys = [variant.values[n] for n in open_parts if variant.values.get(n) is not None and (n == part.name or n not in before)]
    asked = {p.name for p in variant.parts}
    out = []
    for step in question.steps:
        if step.name not in before or step.name not in variant.values:
            continue
        value = variant.values[step.name]
        if any([_same(value, key) for key in keys]):
            continue
        latex, text = _shown(variant, step.name, value)
        out.append(Hint(step.name, step.name if step.name in asked else "", latex, text))
    return out or _method(part)


def _method(part: Part) -> list[Hint]:
    """What the functions of the part's formula do, as their authors say it in one sentence."""
    known = exact_functions()
    words = re.findall(r"([A-Za-z_]\w*)\s*\(", part.formula.text) if part.formula else []
    said = [re.split(r"(?<=[.:;])\s|\n\n", inspect.getdoc(known[w]) or "")[0] for w in dict.fromkeys(words)
            if w in known and not known[w].__module__.endswith(".common")]
    return [Hint("", "", "", " ".join(text.rstrip(":;").split())) for text in said if text]


def _same(a: Any, b: Any) -> bool:
    """False if two values certainly differ."""
    if isinstance(a, tuple) or isinstance(b, tuple):
        return isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) and all(map(_same, a, b))
    if is_number(a) and is_number(b):
        return bool(enclosure(a).overlaps(enclosure(b)))
    try:
        return bool(type(a) is type(b) and a == b)
    except (TypeError, Undecided):
        return True


def _ancestors(variant: Variant, part: Part) -> set[str]:
    """The computed values that a part's formula stands on, directly or through others."""
    formulas = {s.name: s.formula for s in variant.question.steps}
    found: set[str] = set()
    todo = list(part.formula.names) if part.formula else []
    while todo:
        name = todo.pop()
        if name in formulas and name not in found:
            found.add(name)
            todo += formulas[name].names
    return found


def _shown(variant: Variant, name: str, value: Any) -> tuple[str, str]:
    """A value as (LaTeX or "", text): a part's as its kind prints it."""
    for part in variant.parts:
        if part.name == name:
            kind = wording.kind_of(variant, part)
            return kind.latex(value), kind.plain(value)
    return _latex(value), to_text(value)


def _latex(value: Any) -> str:
    """A number, vector or matrix in LaTeX; "" for anything else."""
    from examwright.answers.kinds import make

    for spec in ({"number": {"digits": 4}}, "vector", "matrix", "interval"):
        kind = make(spec)
        try:
            if kind.key_fault(value) is None:
                return kind.latex(value)
        except (TypeError, AttributeError):
            continue
    return ""


# ---- what a solution gives away ----------------------------------------------------------------

def gives_away(variant: Variant, part: Part) -> frozenset[str]:
    """The other parts whose keys stand in the worked solution of a part: by their names, or because the text or a figure holds a key that is long
    enough not to stand there by chance."""
    key = ("gives away", part.name)
    if key not in variant.cache:
        others = [p for p in variant.parts if p.name != part.name]
        named = variant.question.printed(part.solution, filled=True)
        text = _bare(wording.described(variant, wording.part_solution(variant, part)))
        printed = _bare(wording.described(variant, "\n".join([wording.question_text(variant), *[wording.ask(variant, p) for p in variant.parts]])))
        variant.cache[key] = frozenset([p.name for p in others if p.name in named or any(
            [_stands_in(k, text) and not _stands_in(k, printed) for k in _keys(variant, p)])])
    found: frozenset[str] = variant.cache[key]
    return found


def _keys(variant: Variant, part: Part) -> set[str]:
    """A part's key in the ways a text may print it; those of a few characters are left out, as are words."""
    kind = wording.kind_of(variant, part)
    if part.formula is None or kind.options:
        return set()
    value = variant.values[part.name]
    return {k for k in map(_bare, (kind.latex(value), kind.plain(value), kind.rounded(value))) if len(k) >= 3 and any(map(str.isdigit, k))}


def _bare(text: str) -> str:
    """A text without white space, brackets and what typesets them."""
    return re.sub(r"\\left|\\right|\\[,;:! ]|[\s$(){}\[\]]", "", text)


def _stands_in(key: str, text: str) -> bool:
    return re.search(rf"(?<![0-9.]){re.escape(key)}(?![0-9]|\.[0-9])", text) is not None


# ---- why was mine wrong? ---------------------------------------------------------------------

@dataclass(frozen=True)
class Line:
    """One value of the chain as it should be and as it comes out with the mistake; `right` and `wrong` are (LaTeX or "", text). `formula` and
    `wrong_formula` are how each is computed; the second is "" where only what it stands on differs."""

    name: str
    formula: str
    right: tuple[str, str]
    wrong_formula: str
    wrong: tuple[str, str]


@dataclass(frozen=True)
class Route:
    """How an answer came about: the part where the mistake was made, what its author says of it, and the chain from there."""

    part: str
    say: str
    lines: tuple[Line, ...]


def routes(variant: Variant, part: Part, causes: Iterable[str], texts: Mapping[str, str]) -> list[Route]:
    """For each known mistake among a mark's causes the chain run from it, down to the part. `texts` are the learner's answers: where the
    mistake was made on the way from an earlier own answer, that is where the chain starts."""
    out = []
    for cause in causes:
        name, _, number = cause.rpartition("/")
        source = next((p for p in variant.parts if p.name == name), None)
        if source is None or not number.isdigit() or not 1 <= int(number) <= len(source.mistakes):
            continue
        mistake = source.mistakes[int(number) - 1]
        for values in _starts(variant, part, source, texts):
            lines = _lines(variant, part, source, mistake, values)
            if lines and (source is not part or _is_answer(variant, part, mistake, values, texts.get(part.name, ""))):
                break
        else:
            lines = _lines(variant, part, source, mistake, variant.values)
        if lines:
            out.append(Route(name, wording.say(variant, source, mistake), tuple(lines)))
    return out


def _starts(variant: Variant, part: Part, source: Part, texts: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The chain down to a part: with the key's values, and from the learner's own answers to what comes before `source`."""
    own = {}
    for earlier in variant.parts:
        if earlier.name == source.name:
            break
        kind = wording.kind_of(variant, earlier)
        if kind.manual or not texts.get(earlier.name):
            continue
        try:
            own[earlier.name] = kind.value(kind.read(texts[earlier.name]))
        except (Unreadable, Ambiguous, Blank):
            continue
    starts: list[Mapping[str, Any]] = [variant.values]
    if own:
        starts.append(rerun(variant.question, variant.values, own, _after(variant, part)))
    return starts


def _after(variant: Variant, part: Part) -> str | None:
    """The value of the chain that follows on a part's; None where it is the last one."""
    names = [s.name for s in variant.question.steps]
    return next(iter(names[names.index(part.name) + 1:]), None)


def _is_answer(variant: Variant, part: Part, mistake: Mistake, values: Mapping[str, Any], text: str) -> bool:
    kind = variant.kinds[part.name]
    wrong = mistake_value(variant.question, part, mistake, values)
    try:
        return wrong is not None and not kind.key_fault(wrong) and bool(kind.judge(kind.read(text), wrong).right)
    except (Unreadable, Ambiguous, Blank, Undecided):
        return False


def _lines(variant: Variant, part: Part, source: Part, mistake: Mistake, values: Mapping[str, Any]) -> list[Line]:
    question = variant.question
    try:
        wrong = {n: value_of(n, f, values) for n, f in mistake.instead.items()}
        if mistake.formula is not None:
            wrong[source.name] = value_of(source.name, mistake.formula, values)
    except ChainError:
        return []
    env = rerun(question, values, wrong, _after(variant, part))
    formulas = {**mistake.instead, **({source.name: mistake.formula} if mistake.formula else {})}
    lines = []
    for step in question.steps:
        if step.name not in env or step.name not in values:
            continue
        changed = step.name in wrong or (step.name in _ancestors(variant, part) | {part.name} and not _same(env[step.name], values[step.name]))
        if changed:
            other = formulas.get(step.name)
            lines.append(Line(step.name, step.formula.text, _shown(variant, step.name, values[step.name]),
                              other.text if other else "", _shown(variant, step.name, env[step.name])))
        if step.name == part.name:
            break
    return lines
