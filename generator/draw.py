"""Drawing a variant: new numbers until they are humane, solvable and diagnosable."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.generator.accepted import among_counts, fulfils, other_keys
from examwright.generator.chain import (
    ChainError,
    carrying,
    holds,
    intervals,
    mistake_value,
    mistake_values,
    needed_steps,
    value_of,
    verify,
)
from examwright.generator.errors import ExamwrightError, nearest, short_path
from examwright.generator.formula import RUNTIME_ERRORS, Formula
from examwright.generator.question import Part, Question, Step, Variant
from examwright.generator.random import Stream
from examwright.generator.work import even, most_even, options_of, usual, work_of
from examwright.generator.yamlfile import value_at
from examwright.solvers.arithmetic import Real, Undecided, as_int, counts_enclosed, exact, is_number, to_text

MAX_REDRAWS = 3000
MAX_COUNT = 1_000  # numbers of one draw, and items of a list to draw from
MAX_RANGE = 100_000  # values that a draw may choose from where each of them has to be looked at
MAX_BLOCKS = 5_000  # of 512 random bytes, besides the first of each redraw, for all the redraws of a variant: a million numbers
SUM_TRIES, SUM_NUMBERS = 200, 20_000  # for a draw with a given sum
SAMPLE = 80  # draws that say how much work a question usually is; three times as many where it has branches
DEFAULT_CARRY = 4  # significant digits that students carry where the plan says nothing


class DrawError(ExamwrightError):
    """No variant could be drawn, or pinned values do not fit."""


@dataclass(frozen=True)
class Draw:
    """One entry of `draw:`: `how` with its options. An option is a Formula or an exact value."""

    names: tuple[str, ...]
    how: str
    options: dict[str, Any]
    line: int

    @functools.cached_property
    def fixed(self) -> bool:
        """Are the options the same in every variant?"""
        return not any([_has_formula(v) for v in self.options.values()])

    @functools.cached_property
    def source(self) -> _Source | None:
        """Where the numbers come from, if the options are fixed; None for too many to be kept. Raises _Retry where there are none."""
        found = _source(self, self.options)
        if found.pool is not None:
            return found if len(found.pool) <= MAX_COUNT else None
        if found.steps > MAX_COUNT:
            return found
        return replace(found, listed=tuple([found.low + k * found.step for k in range(found.steps)]))


@dataclass(frozen=True)
class _Source:
    """The items of `pool`, or else low, low + step, …, of which there are `steps`, and which may be `listed`."""

    pool: Sequence[Any] | None
    low: Any = None
    step: Any = None
    steps: int = 0
    listed: Sequence[Any] = ()

    def many(self, stream: Stream, count: int) -> list[Any]:
        """So many of them, each drawn from all."""
        items = self.listed if self.pool is None else self.pool
        if items:
            return stream.choices(items, count)
        return [self.low + k * self.step for k in stream.many(self.steps, count)]


class _Retry(Exception):
    """This draw will not do; the text says why."""


def _has_formula(value: Any) -> bool:
    return isinstance(value, Formula) or isinstance(value, tuple) and any([_has_formula(v) for v in value])


def _option(value: Any, env: Mapping[str, Any]) -> Any:
    if isinstance(value, Formula):
        return exact(value.run(env))
    if isinstance(value, tuple):
        return tuple([_option(v, env) for v in value])
    return value


def _draw_one(draw: Draw, stream: Stream, env: Mapping[str, Any]) -> Any:
    o = draw.options if draw.fixed else {k: _option(v, env) for k, v in draw.options.items()}
    if draw.how == "value":
        return o["value"]
    if draw.how == "design":
        arguments = {k: v for k, v in o.items() if k != "design"}
        return exact(o["design"](stream, **arguments))
    if draw.how == "pool":
        return _from_pool(stream, as_int(o["pick"]), o["true"])
    if draw.how == "order":
        return (*stream.shuffled(o["free"]), *o["last"])
    if draw.how == "shuffle":
        return tuple(stream.shuffled(o["shuffle"]))
    source = (draw.source if draw.fixed else None) or _source(draw, o)
    if "shape" in o:
        rows, columns = (as_int(n) for n in o["shape"])
        total = rows * columns
    elif "count" in o:
        total = as_int(o["count"])
    else:
        return source.many(stream, 1)[0]
    if not 0 <= total <= MAX_COUNT:
        raise _Retry(f"{draw.names[0]}: {total} values; a draw has at most {MAX_COUNT}")
    pool = source.pool
    if "sum" in o:
        items = _with_sum(draw, stream, o, total, pool)
    elif o.get("distinct"):
        assert pool is not None
        if total > len(pool):
            raise _Retry(f"{draw.names[0]}: {total} different values from only {len(pool)}")
        items = stream.sample(pool, total)
    else:
        items = source.many(stream, total)
    if o.get("sorted"):
        items = sorted(items, reverse=o["sorted"] == "descending")
    if "shape" in o:
        return tuple([tuple(items[r * columns:(r + 1) * columns]) for r in range(rows)])
    return tuple(items)


def _source(draw: Draw, o: Mapping[str, Any]) -> _Source:
    """Where the numbers of a draw with these options come from. Raises _Retry where there are none."""
    if "choice" in o:
        pool: Sequence[Any] | None = [v for v in o["choice"] if v not in o.get("except", ())]
    else:
        low, high = o["from"]
        step = o.get("step", fmpq(1))
        if low > high:
            raise _Retry(f"{draw.names[0]}: nothing lies from {to_text(low)} to {to_text(high)}")
        if not ("except" in o or o.get("distinct")):
            return _Source(None, low, step, int(((fmpq(high) - fmpq(low)) / fmpq(step)).floor()) + 1)
        count = int(((high - low) / step).floor()) + 1
        if count > MAX_RANGE:
            raise _Retry(f"{draw.names[0]}: more than {MAX_RANGE} values to choose from")
        banned = o.get("except", ())
        pool = _range(low, step, count, tuple(banned)) if all([type(v) is fmpq for v in (low, step, *banned)]) else [
            v for v in (low + k * step for k in range(count)) if v not in banned]
    if not pool:
        raise _Retry(f"{draw.names[0]}: nothing is left to draw from")
    return _Source(pool)


@functools.lru_cache(maxsize=8)
def _range(low: fmpq, step: fmpq, count: int, banned: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
    """low, low + step, …: `count` of them, without those that are banned."""
    out = frozenset(banned)
    return tuple([v for v in (low + k * step for k in range(count)) if v not in out])


def _from_pool(stream: Stream, pick: int, true: Sequence[bool]) -> tuple[fmpq, ...]:
    """Numbers (from 1) of statements of a pool, in the order to show them; at least one is true and one false."""
    while True:
        shown = stream.sample(range(len(true)), pick)
        if len({true[i] for i in shown}) == 2:
            return tuple([fmpq(i + 1) for i in shown])


def _with_sum(draw: Draw, stream: Stream, o: Mapping[str, Any], total: int, pool: Sequence[Any] | None) -> list[Any]:
    """`total` values with a given sum: draw all but one, and see whether the last one fits."""
    low, high = o["from"]
    step = o.get("step", fmpq(1))
    tries = min(SUM_TRIES, SUM_NUMBERS // max(total, 1)) if total * low <= o["sum"] <= total * high else 0
    for _ in range(tries):
        if o.get("distinct") and pool is not None:
            items = stream.sample(pool, total - 1)
        else:
            items = [stream.choice(pool) if pool is not None else stream.stepped(low, high, step)
                     for _ in range(total - 1)]
        last = o["sum"] - sum(items, fmpq(0))
        if not low <= last <= high or ((last - low) / step).q != 1:
            continue
        if (pool is not None and last not in pool) or (o.get("distinct") and last in items):
            continue
        items.insert(stream.below(total), last)
        return items
    raise _Retry(f"{draw.names[0]}: no {total} values with the sum {to_text(o['sum'])}" + (f" in {tries} tries" if tries else ""))


def _check_pins(question: Question, pins: Mapping[str, Any]) -> dict[str, Any]:
    names = question.draw_names
    out = {}
    for name, value in pins.items():
        if name not in names:
            raise DrawError(f"{question.id}: there is no drawn value {name!r}. {nearest(name, names)}")
        try:
            out[name] = exact(value)
        except TypeError as error:
            raise DrawError(f"{question.id}: {name} cannot be set: {error}.") from None
    return out


def _kind_of(value: Any, other: Any = None) -> str:
    """What sort of value it is; where nothing is in it, it may be of the `other`'s sort."""
    if isinstance(value, tuple):
        rows = value or (other if isinstance(other, tuple) else ())
        return "matrix" if rows and isinstance(rows[0], tuple) else "vector"
    return "number" if is_number(value) else "true or false" if isinstance(value, bool) else "word"


def choose_parts(question: Question, names: Sequence[str] | None) -> tuple[Part, ...]:
    """The parts asked, in the order of the file. Raises DrawError for a name that is none."""
    if names is None:
        return question.parts
    known = [p.name for p in question.parts]
    for name in names:
        if name not in known:
            raise DrawError(f"{question.id}: there is no part {name!r}. {nearest(name, known)}")
    return tuple(p for p in question.parts if p.name in names)


def draw_variant(question: Question, seed: Any = 0, pins: Mapping[str, Any] | None = None,
                 parts: Sequence[str] | None = None, carry: int = DEFAULT_CARRY, check: bool = True) -> Variant:
    """A variant of the question: the same seed gives the same values, everywhere.

    `pins` sets drawn values (then `require` and the distance of the mistakes are the caller's affair);
    `parts` asks only for some parts; `carry` is the number of digits that the paper tells students to
    carry. Raises DrawError where nothing can be drawn, Disagreement where the two solvers differ.
    """
    chosen = choose_parts(question, parts)
    pinned = _check_pins(question, pins or {})
    steps = needed_steps(question, chosen)
    order = _order(question, steps)
    reasons: Counter[str] = Counter()
    settled = all([n in pinned for d in question.draws if d.how != "order" for n in d.names])
    limit = 50 if pinned else MAX_REDRAWS
    uneven = question.uneven and not question.branches
    usually = {} if pinned or uneven else _usual_work(question, chosen, steps, order)
    blocks, ended = 0, ""
    for attempt in range(limit):
        stream = Stream("examwright draw 1", question.id, seed, attempt)
        try:
            values = _values(question, stream, pinned, order)
            variant = _finish(question, str(seed), values, chosen, steps, pinned, carry, attempt, usually)
        except _Retry as reason:
            reasons[str(reason)] += 1
            if settled:
                break
            blocks += max(stream.blocks - 1, 0)
            if blocks > MAX_BLOCKS:
                limit, ended = attempt + 1, f", when {blocks * 512} bytes of random numbers had been used, which is the limit"
                break
            continue
        if check:
            verify(variant)
        return variant
    told = "; ".join(f"{reason} ({n}×)" if n > 1 else reason for reason, n in reasons.most_common(3))
    what = "the values that were set do not work" if pinned else f"no variant in {limit} draws{ended}"
    raise DrawError(f"{question.id}, seed {seed}: {what}: {told}.")


@dataclass(frozen=True)
class _Order:
    """In which order the values of a variant are computed, and what is demanded after each. `drawn` has the demands after a drawn value ("": before
    all), `steps` those after each step. Steps that a demand stands on come first, so that a draw that will not do costs little."""

    drawn: dict[str, list[Formula]]
    steps: tuple[tuple[Step, tuple[Formula, ...]], ...]
    names: tuple[str, ...]  # of all values as the file has them
    moved: bool


def _order(question: Question, steps: Sequence[Step]) -> _Order:
    key = ("order", tuple([s.name for s in steps]))
    found: _Order | None = question.cache.get(key)
    if found is None:
        names = (*question.draw_names, *[s.name for s in steps])
        place = {name: i for i, name in enumerate(names)}
        ends = {name: draw.names[-1] for draw in question.draws for name in draw.names}
        drawn: dict[str, list[Formula]] = {}
        later: dict[str, list[Formula]] = {}
        for formula in question.requires:
            if all([name in place for name in formula.names]):
                last = max(formula.names, key=place.__getitem__, default="")
                (later.setdefault(last, []) if last and last not in ends else drawn.setdefault(ends.get(last, ""), [])).append(formula)
        ordered: dict[str, Step] = {}
        for step in steps:
            if step.name in later:
                wanted = {step.name}.union(*[f.names for f in later[step.name]])
                for before in reversed(steps[:steps.index(step) + 1]):
                    if before.name in wanted:
                        wanted.update(before.formula.names)
                ordered.update({s.name: s for s in steps if s.name in wanted and s.name not in ordered})
        ordered.update({s.name: s for s in steps if s.name not in ordered})
        found = question.cache[key] = _Order(drawn, tuple([(s, tuple(later.get(s.name, ()))) for s in ordered.values()]), names,
                                             list(ordered) != [s.name for s in steps])
    return found


def _usual_work(question: Question, chosen: tuple[Part, ...], steps: Sequence[Step], order: _Order) -> dict[tuple[str, ...], int]:
    """Branch → how much work these parts usually are, from draws of its own that are the same everywhere."""
    key = ("usual work", tuple(p.name for p in chosen))
    found: dict[tuple[str, ...], int] | None = question.cache.get(key)
    if found is None:
        found = question.cache[key] = _kept_work(question, chosen, steps, order)
    return found


def _kept_work(question: Question, chosen: tuple[Part, ...], steps: Sequence[Step], order: _Order) -> dict[tuple[str, ...], int]:
    """The same from the cache on disk, as it takes as long as a hundred variants: the key says all that it follows from."""
    from examwright.generator import cache

    options = options_of(chosen)
    key = cache.digest("usual work", _code(), question.id, question.source, *[f"{s.name} = {s.formula.text}" for s in steps], "require",
                       *[f.text for f in question.requires], "options", *[f"{name} {count}" for name, count in options.items()])
    kept = cache.CACHE.get(key)
    if kept is None:
        works: dict[tuple[str, ...], list[int]] = {}
        blocks = 0
        for n in range(SAMPLE * (3 if question.branches else 1)):
            for attempt in range(100):
                if blocks > MAX_BLOCKS:  # then what has been seen must do
                    break
                stream = Stream("examwright work 1", question.id, n, attempt)
                try:
                    values = _values(question, stream, {}, order)
                except _Retry:
                    continue
                finally:
                    blocks += max(stream.blocks - 1, 0)
                works.setdefault(question.branch(values), []).append(work_of(steps, values, options))
                break
        kept = [[list(branch), usual(some)] for branch, some in works.items()]
        cache.CACHE.put(key, kept)
        cache.CACHE.save()
    return {tuple(branch): work for branch, work in kept}


@functools.lru_cache(maxsize=1)
def _code() -> bytes:
    """The code that decides how a variant is drawn and how much work it is."""
    from importlib.metadata import version

    from examwright.generator import cache

    rooms = Path(__file__).parent.parent
    files = [*(rooms / "generator").glob("*.py"), *[path for room in ("generator/designs", "solvers", "answers") for path in (rooms / room).rglob("*.py")]]
    return cache.digest(version("python-flint"), *[cache.source(path) for path in sorted(files)])


def _values(question: Question, stream: Stream, pinned: Mapping[str, Any], order: _Order) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if not pinned:
        _demand(order.drawn.get("", ()), values)
    for draw in question.draws:
        whole = bool(pinned) and all(name in pinned for name in draw.names)
        try:
            drawn = _draw_one(draw, stream, values)
        except (*RUNTIME_ERRORS, _Retry) as error:
            if whole:  # the draw is only a pattern for the kinds of the values then
                values.update({name: pinned[name] for name in draw.names})
                continue
            raise error if isinstance(error, _Retry) else _Retry(
                f"{draw.names[0]} cannot be drawn: {error}") from None
        if len(draw.names) == 1:
            values[draw.names[0]] = drawn
        else:
            if not isinstance(drawn, tuple) or len(drawn) != len(draw.names):
                raise DrawError(f"{question.path}:{draw.line}: the design gives "
                                f"{len(drawn) if isinstance(drawn, tuple) else 1} values for {len(draw.names)} names.")
            values.update(zip(draw.names, drawn))
        for name in draw.names:
            if name in pinned:
                got, wanted = _kind_of(pinned[name], values[name]), _kind_of(values[name], pinned[name])
                if got != wanted:
                    raise DrawError(f"{question.id}: {name} is a {wanted}, not a {got}.")
                values[name] = pinned[name]
        if not pinned:
            _demand(order.drawn.get(draw.names[-1], ()), values)
    for step, demands in order.steps:
        try:
            values[step.name] = value_of(step.name, step.formula, values)
        except ChainError as error:
            if error.too_large:
                raise DrawError(f"{_place_of(question, step)}: {error}.") from None
            raise _Retry(str(error)) from None
        if not pinned:
            _demand(demands, values)
    return {name: values[name] for name in order.names} if order.moved else values


def _place_of(question: Question, step: Step) -> str:
    """path:line of a value of the chain."""
    own = next((i for i, p in enumerate(question.parts) if p.name == step.name), None)
    ways: list[tuple[str | int, ...]] = [("let", step.name), *[("parts", i, "let", step.name) for i in range(len(question.parts))]]
    for keys in ways if own is None else [("parts", own, "answer")]:
        found = value_at(question.path, question.source, *keys)
        if found is not None:
            return f"{found[0].name}:{found[1].line}"
    return short_path(question.path)


def _demand(formulas: Iterable[Formula], values: Mapping[str, Any]) -> None:
    for formula in formulas:
        if not holds(formula, values):
            raise _Retry(f"require {formula.text} is not true")


def _finish(question: Question, seed: str, values: dict[str, Any], chosen: tuple[Part, ...], steps: Sequence[Any],
            pinned: dict[str, Any], carry: int, redraws: int, usually: Mapping[tuple[str, ...], int]) -> Variant:
    kinds: dict[str, Any] = {}
    wrong: dict[str, tuple[Any, ...]] = {}
    failed: Counter[str] = question.cache.setdefault("failed", Counter())  # by part; "" for too much or too little work
    cache: dict[Any, Any] = {}

    wanted = usually.get(question.branch(values)) if usually else None

    def weigh(wanted: int) -> None:
        cache["work"] = work_of(steps, values, options_of(chosen), most_even(wanted))
        if not even(cache["work"], wanted):
            failed[""] += 1
            raise _Retry("it is more than a sixth more or less work than usual")

    if wanted is not None and failed[""] > max([failed[p.name] for p in chosen]):  # likely failures first
        weigh(wanted)
    for part in sorted(chosen, key=lambda p: -failed[p.name]) if failed else chosen:
        kind = part.kind
        formulas = kind.formulas()
        if formulas:
            try:
                kind = kind.resolve(functools.partial(_kind_value, question, part.name, values))
            except ValueError as error:
                raise DrawError(f"{question.path}:{part.line}: part {part.name}, type: {error}.") from None
        kinds[part.name] = kind
        if part.formula is None:
            continue
        key = values[part.name]
        fault = kind.key_fault(key)
        if fault:
            raise DrawError(f"{question.path}:{part.line}: part {part.name}: the key {to_text(key)} {fault}.")
        for rule in part.must:
            if not holds(rule, values):
                raise DrawError(f"{question.path}:{part.line}: part {part.name}: the key {to_text(key)} breaks its own rule, "
                                f"must: {rule.text}.")
        found = wrong[part.name] = mistake_values(question, part, kind, values)
        if not fulfils(part, key, values) and part.accept_if is not None:
            raise DrawError(f"{question.path}:{part.line}: part {part.name}: the key {to_text(key)} does not meet "
                            f"accept_if: {part.accept_if.text}.")
        if not pinned:  # the cheap look first: without the rounding intervals
            try:
                _apart(part, kind, key, found, values)
                for other, _ in other_keys(part, kinds, values, {}):
                    _clear(part, kind, other, found, None, "a value that is accepted")
            except _Retry:
                failed[part.name] += 1
                raise
    if wanted is not None and not cache:
        weigh(wanted)
    slack, carried = intervals(question, steps, values, carrying(kinds, carry))
    if not pinned:
        for step in steps:
            if step.name not in slack:
                _decided(step, carried)
        for part in chosen:
            if part.formula is not None and slack.get(part.name) is not None:
                kind = kinds[part.name]
                _clear(part, kind, values[part.name], wrong[part.name], slack[part.name], "the key, honestly rounded")
                for other, about in other_keys(part, kinds, values, carried):
                    _clear(part, kind, other, wrong[part.name], about, "a value that is accepted")
        for part in chosen:
            if kinds[part.name].name == "integer":
                _counts_apart(question, part, values[part.name], wrong[part.name], carried, carrying(kinds, carry))
    written = {name: kinds[name].written(value, carry) for name, value in slack.items() if name in kinds}
    return Variant(question, seed, values, chosen, kinds, wrong, written, carried, carry, pinned, redraws, cache)


def _kind_value(question: Question, name: str, values: Mapping[str, Any], text: str) -> Any:
    """The value of a formula in a part's type, such as the number of columns."""
    return value_of(name, question.cache["kind formulas"][text], values)


def _decided(step: Step, carried: Mapping[str, Any]) -> None:
    """No comparison hangs on how a student rounds."""
    try:
        step.formula.run(carried)
    except Undecided:
        raise _Retry(f"{step.name} hangs on how steps are rounded") from None
    except RUNTIME_ERRORS:
        pass


def _clear(part: Part, kind: Any, key: Any, wrong: tuple[Any, ...], slack: Any, what: str) -> None:
    """No mistake lies in the rounding interval of the key, or of another right value."""
    for i, w in enumerate(wrong):
        try:
            if w is not None and kind.confusable(w, key, slack):
                raise _Retry(f"part {part.name}: mistake {i + 1} cannot be told from {what}")
        except Undecided:
            raise _Retry(f"part {part.name}: mistake {i + 1} is too close to tell apart") from None


def _counts_apart(question: Question, part: Part, key: Any, wrong: tuple[Any, ...], carried: Mapping[str, Any], lift: Any) -> None:
    """No count that a mistake may lead to when steps are rounded is the key, or may come of another mistake."""
    about = list(wrong)
    with counts_enclosed():
        for i, mistake in enumerate(part.mistakes):
            if wrong[i] is not None:
                found = mistake_value(question, part, mistake, carried, lift)
                about[i] = found if isinstance(found, Real) else wrong[i]
    for i, mine in enumerate(about):
        if among_counts(key, mine):
            raise _Retry(f"part {part.name}: mistake {i + 1} cannot be told from the key, honestly rounded")
        for j in range(i):
            if among_counts(about[j], mine) or among_counts(mine, about[j]) or (
                    isinstance(mine, Real) and isinstance(about[j], Real) and mine.ball.overlaps(about[j].ball)):
                raise _Retry(f"part {part.name}: mistakes {j + 1} and {i + 1} cannot be told apart, honestly rounded")


def _apart(part: Part, kind: Any, key: Any, wrong: tuple[Any, ...], values: Mapping[str, Any]) -> None:
    """Rule R1: the key and the mistakes are further apart than what marking accepts."""
    for i, w in enumerate(wrong):
        if w is None:
            continue
        try:
            if kind.confusable(w, key):
                raise _Retry(f"part {part.name}: mistake {i + 1} cannot be told from the key")
            if part.accept_if is not None and fulfils(part, w, values):
                raise _Retry(f"part {part.name}: mistake {i + 1} meets the condition of accept_if")
            for j in range(i):
                if wrong[j] is not None and kind.confusable(w, wrong[j]):
                    raise _Retry(f"part {part.name}: mistakes {j + 1} and {i + 1} cannot be told apart")
        except Undecided:
            raise _Retry(f"part {part.name}: mistake {i + 1} is too close to tell apart") from None
