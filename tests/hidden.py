"""Variants whose keys cannot be looked at: what a page makes of one holds nothing that it should not tell, however short the key is.

The values that nobody may see yet are objects that note every use of them, texts of solutions and mistakes are a mark that stands nowhere else,
and so are the names of options. A page that was made from such a variant without a note and without the mark cannot hold a key.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from examwright.generator import wording
from examwright.generator.question import Part, Text, Variant
from examwright.practice.hints import gives_away, hints

MARK = "⟦hidden⟧"


class Used(Exception):
    """Something that is hidden was looked at."""


def _use(name: str) -> Any:
    def use(self: Hidden, *_: Any, **__: Any) -> Any:
        self.notes.append(self.what)
        raise Used(f"{self.what}: {name}")

    return use


class Hidden:
    """A value that can be handed on, but not used."""

    def __init__(self, what: str, notes: list[str]):
        object.__setattr__(self, "what", what)
        object.__setattr__(self, "notes", notes)

    def __repr__(self) -> str:  # for failing tests; on a page it would be found
        return MARK

    for _name in ("getattr", "setattr", "str", "html", "format", "iter", "len", "eq", "ne", "lt", "le", "gt", "ge", "hash", "bool", "getitem", "contains",
                  "call", "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "neg", "int", "float", "index", "abs"):
        locals()[f"__{_name}__"] = _use(_name)


class _Source(str):
    """The text of a question's file: it may be hashed, and not be printed."""

    def __html__(self) -> str:
        return MARK

    __str__ = __html__

    def __format__(self, _: str) -> str:
        return MARK


def hidden(real: Variant, notes: list[str], still_open: Iterable[str] | None = None) -> Variant:
    """The variant with all hidden that belongs to the parts that are still open (all of them, where none are named); `notes` gets the name of whatever is
    used nevertheless. What the question prints is not hidden, nor what the solutions of the other parts tell."""
    closed_to = {p.name for p in real.parts} if still_open is None else set(still_open)
    names = [p.name for p in real.parts]
    printed = set().union(*[real.question.printed(t) for t in [real.question.text, *[p.ask for p in real.parts]]])
    printed = printed.union(*[real.question.printed(p.solution, filled=True) for p in real.parts if p.name not in closed_to])
    printed |= _ways_to(real, [p for p in real.parts if p.name not in closed_to])
    given = {s.name for s in real.question.steps if not s.part and (s.name in printed or _for_options(real, s.name))}
    parts = {p.name: _part(p, notes) if p.name in closed_to else p for p in real.question.parts}

    def value(name: str) -> Any:
        drawn = name not in {s.name for s in real.question.steps}
        return real.values[name] if drawn or name in given or name in names and name not in closed_to else Hidden(name, notes)

    question = replace(real.question, source=_Source(real.question.source), parts=tuple(parts.values()),
                       solution=_text(real.question.solution) if closed_to else real.question.solution, cache={})
    secret = {n: Hidden(f"{n} (what is near it)", notes) for n in closed_to}
    cache: dict[Any, Any] = {}
    for part in real.parts:
        kind = wording.kind_of(real, part)
        cache["kind in words", part.name] = _kind(kind, notes) if part.name in closed_to else kind
        cache["hints", part.name] = [replace(h, latex="", text=MARK) for h in hints(real, part, names)]
        cache["gives away", part.name] = gives_away(real, part)
    return replace(real, question=question, values={n: value(n) for n in real.values}, parts=tuple([parts[n] for n in names]), wrong={**real.wrong, **secret},
                   slack={**real.slack, **secret}, carried={**real.carried, **secret}, cache=cache)


def _ways_to(real: Variant, parts: list[Part]) -> set[str]:
    """The values on the right and the wrong ways to some parts, which "Why was mine wrong?" shows."""
    formulas = {s.name: s.formula for s in real.question.steps}
    found: set[str] = set()
    todo = [f for p in parts for f in (p.formula, *[f for m in p.mistakes for f in (m.formula, m.when, *m.instead.values())]) if f]
    while todo:
        fresh = set(todo.pop().names) - found
        found |= fresh
        todo += [formulas[name] for name in fresh if name in formulas]
    return found


def _for_options(real: Variant, name: str) -> bool:
    """True if the words of an answer's type print a value."""
    return any([name in compiled.names for compiled in real.question.cache.get("options", {}).values()])


def _text(text: Text | None) -> Text | None:
    return None if text is None else replace(text, source=MARK, template=None, pieces=None, names={}, calls={})


def _part(part: Part, notes: list[str]) -> Part:
    what = f"{part.name} (how it is computed)"
    return replace(part, formula=part.formula and Hidden(what, notes), solution=_text(part.solution), accept=tuple([Hidden(what, notes) for _ in part.accept]),
                   accept_if=part.accept_if and Hidden(what, notes), must=tuple([Hidden(what, notes) for _ in part.must]), mistakes=tuple([
                       replace(m, formula=m.formula and Hidden(what, notes), instead={k: Hidden(what, notes) for k in m.instead}, say=_text(m.say),
                               when=m.when and Hidden(what, notes)) for m in part.mistakes]))


def _kind(kind: Any, notes: list[str]) -> Any:
    """The kind of an answer, whose options have no telling names and whose statements are not known to be true or false."""
    if not kind.options:
        return kind
    named = {i: f"{MARK}{n}" for n, (i, _) in enumerate(kind.options)}
    out = kind._with(tuple([(named[i], text) for i, text in kind.options]))
    if getattr(kind, "pool", ()):
        out = copy.copy(out)
        out.pool = tuple([s._replace(says=named.get(s.says, MARK), true=Hidden("a statement", notes), why=MARK) for s in kind.pool])
    return out
