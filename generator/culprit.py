"""Which text cannot be printed: found by printing each by itself, and told with file, line and entry. Only faults come here, so it may take a second."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from examwright.generator.errors import ExamwrightError
from examwright.generator.pages import ItemView, PaperView, SectionView, render
from examwright.generator.question import Variant
from examwright.generator.yamlfile import scalars, value_at

_PIECE = re.compile(r"\$[^$]+\$|'[^']+'|U\+[0-9A-F]+")  # of a message: what may stand so in the file

_FIGURE = re.compile(r"the figure (\w+):")


def of_plan(view: PaperView, path: Path, text: str, error: ExamwrightError) -> str:
    """Where the text of a plan stands that cannot be printed, "" if it is none of the plan's."""
    bare = _bare(view)
    if not _prints(bare):  # a theme, or a missing font
        return "the theme (institution, words)" if _prints(replace(bare, theme=replace(view.theme, institution="", words=()))) else ""
    for keys, alone in _texts_of_plan(view, bare):
        if not _prints(alone):
            return _told(path, text, keys, error)
    return ""


def of_question(view: PaperView, item: ItemView, variant: Variant, error: ExamwrightError) -> str:
    """Where the text of a question stands that cannot be printed; "" if that cannot be told."""
    bare = _bare(view)
    if not _prints(bare):
        return ""
    figure = _FIGURE.match(str(error))
    if figure and figure.group(1) in variant.question.figures:
        return _told(variant.question.path, variant.question.source, ("figures", figure.group(1)), error)
    for keys, alone in _texts_of_question(item, variant):
        if not _prints(_with(bare, alone)):
            return _told(variant.question.path, variant.question.source, keys, error)
    return ""


def prints(view: PaperView, item: ItemView) -> bool:
    """Can a question be printed, whatever else stands on its paper?"""
    return _prints(_with(_bare(view), item))


def _bare(view: PaperView) -> PaperView:
    return replace(view, title="", course="", date="", rules=(), sections=(), data="")


def _with(bare: PaperView, item: ItemView) -> PaperView:
    return replace(bare, sections=(SectionView("", "", (item,)),))


def _prints(view: PaperView) -> bool:
    try:
        render(view, "key")
    except ExamwrightError:
        return False
    return True


def _texts_of_plan(view: PaperView, bare: PaperView) -> Iterator[tuple[tuple[Any, ...], PaperView]]:
    """(its place in the plan, the paper with this text alone) for each text of a plan."""
    yield ("title",), replace(bare, title=view.title)
    yield ("course",), replace(bare, course=view.course)
    yield ("date",), replace(bare, date=view.date)
    for n, rule in enumerate(view.rules):
        yield ("instructions", n), replace(bare, rules=(rule,))
    for n, section in enumerate(view.sections):
        yield ("sections", n, "title"), replace(bare, sections=(replace(section, instructions="", items=()),))
        yield ("sections", n, "instructions"), replace(bare, sections=(replace(section, title="", items=()),))


def _texts_of_question(item: ItemView, variant: Variant) -> Iterator[tuple[tuple[Any, ...], ItemView]]:
    """(its place in the question's file, the question with this text alone) for each text of a question."""
    bare = replace(item, title="", text="", parts=(), solution="")
    yield ("title",), replace(bare, title=item.title)
    yield ("text",), replace(bare, text=item.text)
    names = [p.name for p in variant.question.parts]
    for view, part in zip(item.parts, variant.parts):
        here = ("parts", names.index(part.name))
        alone = replace(view, ask="", space={"shape": "line"}, key_latex="", key_plain="", accepted="", mistakes=(), solution="")
        yield (*here, "ask"), replace(bare, parts=(replace(alone, ask=view.ask),))
        yield (*here, "type"), replace(bare, parts=(replace(alone, space=view.space, key_latex=view.key_latex, key_plain=view.key_plain, accepted=view.accepted),))
        made = [m for m, wrong in enumerate(variant.wrong.get(part.name, ())) if wrong is not None]
        for m, mistake in zip(made, view.mistakes):
            yield (*here, "mistakes", m), replace(bare, parts=(replace(alone, mistakes=(mistake,)),))
        yield (*here, "solution"), replace(bare, parts=(replace(alone, solution=view.solution),))
    yield ("solution",), replace(bare, solution=item.solution)


def _told(path: Path, text: str, keys: tuple[Any, ...], error: ExamwrightError) -> str:
    """FILE:LINE:COLUMN (entry) of the text under the keys; the place within it where the file has what the error names."""
    entry = keys
    while (found := value_at(path, text, *keys)) is None:  # one rule may stand for the list of them
        keys = keys[:-1]
    source, y = found
    pieces = [p.strip("'") for p in _PIECE.findall(str(error))]
    line, column = next((source.position(s, s.text.index(p)) for s in scalars(y) for p in pieces if p in s.text), (y.line, y.column))
    name = entry[0] + "".join([f"[{k + 1}]" if isinstance(k, int) else f".{k}" for k in entry[1:]])
    return f"{source.name}:{line}:{column} ({name})"
