"""The words of a variant: its text, what each part asks, its key, its worked solution."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from flint import fmpq

from examwright.answers.phrases import Said, joined, phrase, told
from examwright.generator import figures
from examwright.generator.accepted import other_keys
from examwright.generator.chain import ChainError, dependents, value_of
from examwright.generator.errors import ExamwrightError
from examwright.generator.question import Mistake, Part, Variant
from examwright.generator.text import Text, TextError
from examwright.generator.work import work
from examwright.solvers.arithmetic import Real, Symbolic, is_number, to_decimal, to_text


class WordingError(ExamwrightError):
    """A text that cannot be printed with these numbers."""


def _render(variant: Variant, what: str, text: Text, values: Mapping[str, Any] | None = None, filled: bool = False) -> str:
    if text.plain is not None:
        return text.plain
    key = ("text", id(text), id(variant.values), filled)  # both live as long as the variant
    if values is None and (found := variant.cache.get(key)) is not None:
        return str(found)
    try:
        out = text.render(variant.values if values is None else values, solution=filled)
        out = _NAMED.sub(lambda m: _figure(variant, m.group(1), filled), out) if text.figures else out
        if values is None:
            variant.cache[key] = out
        return out
    except (TextError, ChainError) as error:
        raise WordingError(f"{variant.question.id}, seed {variant.seed}, {what}: {error}") from None


_NAMED = re.compile(r"!\[\]\(figure:(\w+)\)")


def _figure(variant: Variant, name: str, filled: bool) -> str:
    """The figure as a Markdown picture that holds its values; "blank" where a solution of this variant shows it filled in."""
    figure = variant.question.figures[name]
    options = {**figure.options, **figure.key} if filled else figure.options
    address = figures.address(figure.kind, {k: _option_value(variant, k, v) for k, v in options.items()}, name)
    blank = not filled and figure.key and any([name in text.figures for text in _solutions(variant)])
    return f"![]({'blank' if blank else 'figure'}:{address})"


def described(variant: Variant, text: str) -> str:
    """A text of the variant with each figure replaced by what it shows, in brackets."""
    try:
        return figures.described(text)
    except figures.FigureError as error:
        raise WordingError(f"{variant.question.id}, seed {variant.seed}: {error}") from None


def _option_value(variant: Variant, name: str, option: Any) -> Any:
    if isinstance(option, tuple):
        return tuple([_option_value(variant, name, o) for o in option])
    return option.render(variant.values) if isinstance(option, Text) else value_of(name, option, variant.values)


def _solutions(variant: Variant) -> list[Text]:
    """The texts of the solutions that are printed."""
    found = [p.solution for p in variant.parts if p.solution]
    whole = variant.question.solution
    return [*found, whole] if whole and len(variant.parts) == len(variant.question.parts) else found


def question_text(variant: Variant) -> str:
    """The question's own text (Markdown with LaTeX math; figures as `generator.figures` has them in texts)."""
    return _render(variant, "text", variant.question.text)


def ask(variant: Variant, part: Part, language: str = "en") -> str:
    """What the part asks; where no author says it (`usual_ask`), in the language."""
    if part.kind.own_key and part.ask.source == part.kind.usual_ask():
        return told(part.kind.usual_ask(), language)
    return _render(variant, f"part {part.name}", part.ask)


def say(variant: Variant, part: Part, mistake: Mistake, values: Mapping[str, Any] | None = None) -> str:
    """What a student who made the mistake is told; with the student's own values where given."""
    return _render(variant, f"part {part.name}, mistake", mistake.say, values)


def kind_of(variant: Variant, part: Part) -> Any:
    """The part's kind with its options and headings in words."""
    key = ("kind in words", part.name)
    kind = variant.cache.get(key)
    if kind is None:
        kind = variant.cache[key] = variant.kinds[part.name].with_texts(lambda text: _option(variant, part, text))
    return kind


def _option(variant: Variant, part: Part, text: str) -> str:
    cache = variant.question.cache.setdefault("options", {})
    compiled = cache.get(text)
    if compiled is None:
        from examwright.generator.text import compile_text

        compiled = cache[text] = compile_text(text)
    return _render(variant, f"part {part.name}, type", compiled)


def part_solution(variant: Variant, part: Part, language: str = "en") -> str:
    """The worked solution of a part; where the author wrote none, the reasons of its statements (what is no author's word in the
    language), or the chain's own steps."""
    if part.solution is not None:
        return _render(variant, f"part {part.name}, solution", part.solution, filled=True)
    if part.kind.own_key:
        return "\n" + str(kind_of(variant, part).worked(language))
    if part.formula is None:
        return ""
    lines = []
    for step in variant.question.steps:
        if step.name == part.name or (not step.part and step.name in part.formula.names):
            lines.append(f"`{step.name} = {step.formula.text}` = {to_text(variant.values[step.name])}")
    return "\n\n".join(lines)


def accepted(variant: Variant, part: Part) -> Said:
    """What is fully right besides the key, for the key sheet: the range or the other forms of it, the other keys, the
    condition; "" if nothing is."""
    kind = kind_of(variant, part)
    said = [kind.accepted(variant.values[part.name], variant.slack.get(part.name))]
    said += [phrase("also", answer=kind.rounded(value)) for value, _ in other_keys(part, variant.kinds, variant.values, variant.carried)]
    if part.accept_if is not None:
        said.append(phrase("also where", condition=f"`{part.accept_if.text}`"))
    return joined(*said)


def solution(variant: Variant) -> str:
    """The whole worked solution, part by part."""
    out = []
    for i, part in enumerate(variant.parts):
        text = part_solution(variant, part)
        if text:
            out.append(f"**({label(i)})** {text}")
    last = closing(variant)
    return "\n\n".join([*out, last] if last else out)


def closing(variant: Variant) -> str:
    """What the question's own `solution` adds to those of its parts; "" where only some parts are asked."""
    text = variant.question.solution
    if text is None or len(variant.parts) < len(variant.question.parts):
        return ""
    return _render(variant, "solution", text, filled=True)


def minutes(variant: Variant) -> Any:
    """The time for the parts asked: the question's, in proportion to their points, in half minutes."""
    question = variant.question
    if len(variant.parts) == len(question.parts) or not question.points:
        return question.minutes
    return (question.minutes * variant.points / question.points * 2).ceil() / fmpq(2)


def points(x: fmpq | float) -> str:
    """Points or minutes as they are shown: exactly if three decimals are enough (4, 2.5, 1.125), else rounded to two (3.33)."""
    return _points(float(x))


@functools.lru_cache(maxsize=1024)
def _points(x: float) -> str:
    thousand = 1000 * x
    return f"{x:.3f}".rstrip("0").rstrip(".") if abs(thousand - round(thousand)) < 1e-6 else f"{x:.2f}"


def places(variant: Variant, names: Iterable[str]) -> Said:
    """Parts as students know them: "(a)", "(a) and (c)"."""
    wanted = set(names)
    found = [f"({label(i)})" for i, p in enumerate(variant.parts) if p.name in wanted]
    return phrase("and", first=", ".join(found[:-1]), last=found[-1]) if found[1:] else "".join(found)


def label(i: int) -> str:
    """The letter of the i-th part (from 0): a, b, …, z, aa, …"""
    return (label(i // 26 - 1) if i >= 26 else "") + chr(ord("a") + i % 26)


def exact_json(value: Any) -> Any:
    """An exact value for JSON: strings such as "2/9", nested lists for vectors and matrices."""
    if isinstance(value, tuple):
        return [exact_json(v) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    return to_text(value)


def decimal_json(value: Any) -> Any:
    """The same value in decimals: in full where they end, else 25 significant digits."""
    if isinstance(value, tuple):
        return [decimal_json(v) for v in value]
    if is_number(value) or isinstance(value, Real):
        return to_decimal(value)
    return to_text(value) if isinstance(value, Symbolic) else value


def as_json(variant: Variant) -> dict[str, Any]:
    """Everything about a variant, as `show --json` prints it; each figure as what it shows, in brackets."""
    question = variant.question
    hidden = {p.name for p in question.parts}
    parts = []
    for i, part in enumerate(variant.parts):
        kind = kind_of(variant, part)
        entry: dict[str, Any] = {
            "name": part.name, "label": label(i), "ask": described(variant, ask(variant, part)), "type": kind.name,
            "asked": str(kind.asked()), "points": plain_number(part.points), "key": None, "mistakes": [],
        }
        options = getattr(kind, "options", None)
        if options:
            entry["options"] = [{"id": i, "mark": kind.mark_of(i), "text": text} for i, text in options]
        if part.formula is not None:
            key = variant.values[part.name]
            entry["key"] = {"exact": exact_json(kind.exact(key)), "decimal": decimal_json(kind.exact(key)), "rounded": kind.rounded(key),
                            "accepted": str(accepted(variant, part))}
            entry["mistakes"] = [
                {"exact": exact_json(kind.exact(w)), "decimal": decimal_json(kind.exact(w)), "points": plain_number(m.points),
                 "say": say(variant, part, m)}
                for m, w in zip(part.mistakes, variant.wrong[part.name]) if w is not None
            ]
        entry["follows"] = [p.name for p in variant.parts if part.name in dependents(question, p.name)]
        parts.append(entry)
    return {
        "id": question.id, "title": question.title, "seed": variant.seed,
        "topics": list(question.topics), "minutes": plain_number(minutes(variant)),
        "points": plain_number(variant.points), "work": work(variant),
        "values": {n: exact_json(v) for n, v in variant.values.items() if n not in hidden},
        "text": described(variant, question_text(variant)), "parts": parts, "solution": described(variant, solution(variant)),
    }


def plain_number(x: Any) -> int | float:
    """A rational as a JSON number."""
    return int(x.p) if x.q == 1 else float(x)
