"""What a question is, once loaded, and what a variant of it is, once drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flint import fmpq

from examwright.generator.formula import Formula
from examwright.generator.text import Text
from examwright.solvers.arithmetic import to_text

if TYPE_CHECKING:
    from examwright.answers.kinds.base import Kind
    from examwright.answers.symbols import Symbol
    from examwright.generator.draw import Draw


@dataclass(frozen=True)
class Mistake:
    """A known wrong way: `formula` for the part's value, or `instead`, formulas for earlier values."""

    formula: Formula | None
    instead: dict[str, Formula]
    points: fmpq
    say: Text
    when: Formula | None
    line: int


@dataclass(frozen=True)
class Follow:
    """Follow-through: `points` for a right continuation of an earlier wrong answer, if `only_if`
    holds for the student's values. No points: no follow-through."""

    points: fmpq
    only_if: Formula | None = None


@dataclass(frozen=True)
class Part:
    """One thing asked for; its value stands in the chain under `name`. `accept` are other values that are fully right,
    `accept_if` a condition under which the student's own value is; `must` is what any answer has to satisfy, right or wrong, to be
    worth continuing."""

    name: str
    ask: Text
    formula: Formula | None
    kind: Kind
    points: fmpq
    follow: Follow
    mistakes: tuple[Mistake, ...]
    solution: Text | None
    line: int
    accept: tuple[Formula, ...] = ()
    accept_if: Formula | None = None
    must: tuple[Formula, ...] = ()


@dataclass(frozen=True)
class Step:
    """One named value of the chain, computed in the order of the file."""

    name: str
    formula: Formula
    part: bool


@dataclass(frozen=True)
class Check:
    """The independent solver: one call that returns a dictionary, or a formula for each name."""

    call: Formula | None
    each: dict[str, Formula]
    line: int


Option = Any  # of a figure: a Formula, a Text, or a tuple of such


@dataclass(frozen=True)
class Figure:
    """A figure of a question: `options` as the paper shows it; `key` are those that are added where the key shows it."""

    name: str
    kind: str
    options: dict[str, Option]
    key: dict[str, Option]
    line: int

    def names(self, filled: bool) -> frozenset[str]:
        """The values of the chain that it shows; `filled`: as the key shows it."""
        return frozenset([n for options in ((self.options, self.key) if filled else (self.options,))
                          for option in options.values() for n in _names(option)])


def _names(option: Option) -> set[str]:
    return set().union(*map(_names, option)) if isinstance(option, tuple) else set(option.names)


@dataclass(frozen=True)
class Question:
    """A question file as loaded. `slip`: the share of the points that a slip of the pen leaves; `uneven` and `few`: why its
    variants may be of very different work, or fewer than 500; "" where they are not. `branches`: drawn values by which the work may
    differ, while it is even for each of them."""

    id: str
    path: Path
    source: str
    title: str
    topics: tuple[str, ...]
    minutes: fmpq
    draws: tuple[Draw, ...]
    steps: tuple[Step, ...]
    requires: tuple[Formula, ...]
    text: Text
    parts: tuple[Part, ...]
    check: Check | None
    solution: Text | None
    figures: dict[str, Figure] = field(default_factory=dict)
    slip: fmpq = fmpq(0)
    uneven: str = ""
    few: str = ""
    branches: tuple[str, ...] = ()
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def points(self) -> fmpq:
        """Full marks."""
        return sum((p.points for p in self.parts), fmpq(0))

    @cached_property
    def draw_names(self) -> tuple[str, ...]:
        """The names of the drawn values, in order."""
        return tuple(n for d in self.draws for n in d.names)

    @property
    def orders_as_written(self) -> dict[str, Any]:
        """The drawn orders of options, as the file has them: what papers have that were issued before such orders were drawn."""
        return {d.names[0]: tuple(sorted([*d.options["free"], *d.options["last"]])) for d in self.draws if d.how == "order"}

    def branch(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The values of the branch, as texts; () where there are no branches."""
        return tuple([to_text(values[name]) for name in self.branches])

    def printed(self, text: Text | None, filled: bool = False) -> set[str]:
        """The values that a text prints, by itself or in its figures; `filled`: as a solution shows them."""
        return set(text.names).union(*[self.figures[f].names(filled) for f in text.figures]) if text else set()

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """The free symbols of all parts, by name."""
        return {s.name: s for p in self.parts for s in p.kind.symbols}

    def part(self, name: str) -> Part:
        """The part of that name. KeyError if there is none."""
        for p in self.parts:
            if p.name == name:
                return p
        raise KeyError(name)

    def with_answer(self, name: str, formula: Formula) -> Question:
        """The same question with another formula for one part, which need not meet the conditions of its own key."""
        return replace(self, cache={k: v for k, v in self.cache.items() if k == "kind formulas"},
                       parts=tuple([replace(p, formula=formula, accept_if=None, must=()) if p.name == name else p for p in self.parts]),
                       steps=tuple([replace(s, formula=formula) if s.name == name else s for s in self.steps]))


@dataclass(frozen=True)
class Variant:
    """A question with its numbers. `values` holds every value of the chain that was computed, `wrong`
    the value of each mistake of each part (None where it does not exist), `slack` the rounding interval of each part:
    what honest students may round for the paper, `carried` the enclosures of what they carry on. `cache` is for
    what is worked out once about the variant."""

    question: Question
    seed: str
    values: dict[str, Any]
    parts: tuple[Part, ...]
    kinds: dict[str, Kind]
    wrong: dict[str, tuple[Any, ...]]
    slack: dict[str, Any]
    carried: dict[str, Any]
    carry: int
    pinned: dict[str, Any]
    redraws: int
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def points(self) -> fmpq:
        """Full marks for the parts asked."""
        return sum((p.points for p in self.parts), fmpq(0))

    def key(self, name: str) -> Any:
        """The exact key of a part; None for one that is marked by hand."""
        return self.values.get(name)
