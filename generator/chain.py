"""Running the chain of named values: exactly, from other values, in intervals, and in floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from flint import arb, ctx, fmpq

from examwright.answers.equivalence import generic_points
from examwright.answers.kinds.base import rounded
from examwright.answers.symbols import Symbol
from examwright.generator.errors import ExamwrightError
from examwright.generator.formula import RUNTIME_ERRORS, Formula
from examwright.generator.question import Mistake, Part, Question, Step, Variant
from examwright.generator.random import Stream
from examwright.solvers.arithmetic import Real, Symbolic, TooLarge, Undecided, exact, is_number, to_float, to_text
from examwright.solvers.expression import Expression, wrapped
from examwright.solvers.expression_values import NoValue, Walk

POINTS = 16  # at which an expression is checked

if TYPE_CHECKING:
    from examwright.answers.kinds.base import Kind


class ChainError(ExamwrightError):
    """A formula that has no value for these numbers: which one, and why."""

    def __init__(self, name: str, formula: str, error: Exception):
        reason = f"there is no entry {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
        super().__init__(f"{name} = {formula} has no value here: {reason}")
        self.name = name
        self.too_large = isinstance(error, TooLarge)


class Disagreement(ExamwrightError):
    """The exact and the numeric solver differ: the variant must not be issued."""


def value_of(name: str, formula: Formula, values: Mapping[str, Any]) -> Any:
    """One formula's value, lifted to exact numbers. Raises ChainError."""
    try:
        result = formula.run(values)
        return result if type(result) is fmpq else exact(result)
    except RUNTIME_ERRORS as error:
        raise ChainError(name, formula.text, error) from None


def holds(formula: Formula, values: Mapping[str, Any]) -> bool:
    """True if a condition is certainly true of the values; False also where it has no value."""
    try:
        return bool(formula.run(values))
    except RUNTIME_ERRORS:
        return False


# ---- what depends on what ------------------------------------------------------------------

def needed_steps(question: Question, parts: Iterable[Part]) -> tuple[Step, ...]:
    """The steps that the parts, their mistakes and the printed texts stand on, in order."""
    chosen = tuple(parts)
    key = ("needed", tuple(p.name for p in chosen))
    found = question.cache.get(key)
    if found is None:
        wanted: set[str] = question.printed(question.text)
        for part in chosen:
            wanted.add(part.name)
            wanted |= question.printed(part.ask) | question.printed(part.solution, filled=True)
            for mistake in part.mistakes:
                wanted.update(mistake.say.names)
            for mistake in part.mistakes:
                wanted.update(mistake.formula.names if mistake.formula else ())
                wanted.update(mistake.when.names if mistake.when else ())
                wanted.update(mistake.instead)
                for formula in mistake.instead.values():
                    wanted.update(formula.names)
            for written in part.kind.formulas():
                wanted.update(question.cache["kind formulas"][written].names)
            if part.follow.only_if:
                wanted.update(part.follow.only_if.names)
            wanted |= _accepting(part)
            for rule in part.must:
                wanted.update(rule.names)
        if question.solution and len(chosen) == len(question.parts):
            wanted |= question.printed(question.solution, filled=True)
        check = question.check
        if check is not None:
            names = set(check.call.names if check.call else ())
            for part in chosen:
                names.update(check.each[part.name].names if part.name in check.each else ())
            wanted |= names - {p.name for p in question.parts}
        steps = []
        for step in reversed(question.steps):
            if step.name in wanted:
                wanted.update(step.formula.names)
                steps.append(step)
        found = question.cache[key] = tuple(reversed(steps))
    return found


def _accepting(part: Part) -> set[str]:
    """The values that decide what else is accepted for a part."""
    formulas = part.accept if part.accept_if is None else (*part.accept, part.accept_if)
    return {name for formula in formulas for name in formula.names}


def dependents(question: Question, name: str) -> frozenset[str]:
    """The later values that stand on `name`, directly or through others."""
    key = ("dependents", name)
    found = question.cache.get(key)
    if found is None:
        touched = {name}
        also = {part.name: _accepting(part) - {part.name} for part in question.parts}
        for step in question.steps:
            if not touched.isdisjoint(step.formula.names) or not touched.isdisjoint(also.get(step.name, ())):
                touched.add(step.name)
        touched.discard(name)
        found = question.cache[key] = frozenset(touched)
    return found


# ---- runs ----------------------------------------------------------------------------------

def rerun(question: Question, values: Mapping[str, Any], overrides: Mapping[str, Any],
          upto: str | None = None, lift: Callable[[str, Any], Any] | None = None) -> dict[str, Any]:
    """The chain with some values replaced: what stands on them is computed again, the rest is kept.

    `overrides` are the student's own earlier answers, or the values of a mistake. Values that cannot be computed
    from them (a division by zero, an index out of range) are left out, with all that stands on them. Stops
    before the value `upto`.
    """
    out = dict(values)
    changed = set(overrides)
    out.update(overrides)
    for step in question.steps:
        if step.name == upto:
            break
        if step.name in overrides or step.name not in values:
            continue
        if changed.isdisjoint(step.formula.names):
            continue
        changed.add(step.name)
        try:
            value = value_of(step.name, step.formula, out)
            out[step.name] = lift(step.name, value) if lift else value
        except ChainError:
            out.pop(step.name, None)
    return out


def mistake_value(question: Question, part: Part, mistake: Mistake, values: Mapping[str, Any],
                  lift: Callable[[str, Any], Any] | None = None) -> Any:
    """What a student who makes this mistake writes for the part; None where the mistake does not exist for these
    values. With `lift` the values are enclosures, and the mistake is taken to exist."""
    if mistake.when is not None and lift is None and not holds(mistake.when, values):
        return None
    try:
        if mistake.formula is not None:
            return value_of(part.name, mistake.formula, values)
        wrong = {name: value_of(name, f, values) for name, f in mistake.instead.items()}
        if lift is not None:
            wrong = {name: lift(name, value) for name, value in wrong.items()}
        env = rerun(question, values, wrong, part.name, lift)
        assert part.formula is not None
        return value_of(part.name, part.formula, env)
    except ChainError:
        return None


def mistake_values(question: Question, part: Part, kind: Any, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """The value of each mistake of a part; None where it does not exist or is no answer of the kind."""
    found = [mistake_value(question, part, mistake, values) for mistake in part.mistakes]
    return tuple([None if w is not None and kind.key_fault(w) else w for w in found])


def intervals(question: Question, steps: Iterable[Step], values: Mapping[str, Any],
              lift: Callable[[str, Any], Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rounding intervals: the chain run once more in enclosures, each named value rounded by `lift`.

    Returns for each step the enclosure of what honest students get before they round the value itself, and the
    enclosure of what they carry on (the drawn values among them, exact). Steps where an enclosure cannot be computed
    are left out.
    """
    carried = {name: values[name] for name in question.draw_names if name in values}
    found: dict[str, Any] = {}
    for step in steps:
        try:
            value = value_of(step.name, step.formula, carried)
        except ChainError:
            continue
        found[step.name] = value
        carried[step.name] = lift(step.name, value)
    return found, carried


def carrying(kinds: Mapping[str, Kind], digits: int) -> Callable[[str, Any], Any]:
    """How honest students carry a named value on: rounded to `digits` digits, or as finely as the paper asks for
    it where that is finer; as an enclosure."""

    def lift(name: str, value: Any) -> Any:
        kind = kinds.get(name)
        return rounded(value, digits) if kind is None else kind.carried(value, digits)

    return lift


# ---- solved twice --------------------------------------------------------------------------

def to_numeric(value: Any) -> Any:
    """An exact value as the numeric solvers take it: int, float, array, word, list of words."""
    if isinstance(value, fmpq):
        return int(value.p) if value.q == 1 else to_float(value)
    if isinstance(value, Real):
        return to_float(value)
    if isinstance(value, tuple):
        if value and all([isinstance(v, (fmpq, Real)) for v in value]):
            import numpy as np

            return np.array([to_float(v) for v in value])
        rows = [to_numeric(v) for v in value]
        if value and all([isinstance(v, tuple) and v and all([isinstance(x, (fmpq, Real)) for x in v]) for v in value]):
            import numpy as np

            if len({len(v) for v in value}) == 1:
                return np.array(rows)
        return rows
    return value


class Points:
    """The points at which expressions are checked: random ones of each symbol's domain that a float holds exactly."""

    def __init__(self, symbols: Iterable[Symbol], seed: str):
        import numpy as np

        chosen = tuple(symbols)
        stream = Stream("examwright points 1", seed)
        self.exact = list(generic_points(chosen, stream.below, POINTS, moderate=POINTS))
        self.arrays = {s.name: np.array([to_float(p[s.name]) for p in self.exact]) for s in chosen}

    def values(self, key: Any) -> list[float]:
        """An expression (or a number) at the points. Raises NoValue naming the point where it has none."""
        return [self.value(wrapped(key), point) for point in self.exact]

    @staticmethod
    def value(key: Expression, point: Mapping[str, fmpq]) -> float:
        for bits in (192, 2000):  # where two large numbers nearly cancel
            with ctx.workprec(bits):
                try:
                    return float(arb(Walk(point).enclose(key)).mid())
                except NoValue:
                    break
                except Undecided:
                    continue
        at = ", ".join([f"{name} = {to_text(x)}" for name, x in point.items() if name in key.symbols()])
        raise NoValue(f"{to_text(key)} has no value at {at}; where it has one belongs to the type, such as x > 0")


def agree(key: Any, found: Any, points: Points | None = None, relative: float = 1e-9) -> bool:
    """True if a float result is the exact value up to float error; an array of values at the points, for an expression.
    Raises NoValue for an expression without a value at one of them."""
    if isinstance(key, (fmpq, Real)):  # nearly always
        try:
            a, b = to_float(key), float(found)
        except (TypeError, ValueError):
            return False
        return isfinite(a) and abs(a - b) <= relative * max(1.0, abs(a))  # false for nan and for what no float holds
    if isinstance(key, Symbolic) and points is not None:
        import numpy as np

        values = points.values(key)
        try:
            items = np.broadcast_to(np.asarray(found, dtype=float), (len(values),)).tolist()
        except (TypeError, ValueError):
            return False
        return all(abs(a - b) <= relative * max(1.0, abs(a)) for a, b in zip(values, items))
    if isinstance(key, (bool, str)):
        return bool(key == found) or (key in ("inf", "-inf") and found == float(key))
    if isinstance(key, tuple):
        try:
            items = list(found)
        except TypeError:
            return False
        return len(items) == len(key) and all([agree(k, f, points, relative) for k, f in zip(key, items)])
    return False


def verify(variant: Variant) -> None:
    """Solve the variant again with the independent numeric solver. Raises Disagreement naming
    question, seed, part and both values."""
    question = variant.question
    computed = [p for p in variant.parts if p.formula is not None and not p.kind.own_key]
    if not computed or question.check is None:
        return
    where = f"{question.id}, seed {variant.seed}"
    if question.symbols and "points" not in question.cache:
        question.cache["points"] = Points(question.symbols.values(), question.id)
    points = question.cache.get("points")
    env = _Numeric(variant.values, points.arrays if points else {})
    import numpy as np

    found: dict[str, Any] = {}
    check = question.check
    with np.errstate(all="ignore"):
        if check.call is not None:
            try:
                found = dict(check.call.run(env))
            except RUNTIME_ERRORS as error:
                raise Disagreement(f"{where}: the numeric solver {check.call.text} fails: {error!r}") from None
        else:
            for name, formula in check.each.items():
                if name not in variant.values:  # not asked here
                    continue
                try:
                    found[name] = formula.run(env)
                except RUNTIME_ERRORS as error:
                    raise Disagreement(f"{where}, part {name}: the numeric solver {formula.text} fails: {error!r}") from None
    for part in computed:
        key = variant.values[part.name]
        if part.name not in found:
            raise Disagreement(f"{where}, part {part.name}: the check gives no value for it (exact: {to_text(key)}).")
        if not _agree(key, found[part.name], points, f"{where}, part {part.name}"):
            raise Disagreement(f"{where}, part {part.name}: the exact solver gives {to_text(key)}, "
                               f"the numeric solver {_plain(found[part.name])}. The variant is not issued.")
    for name, value in found.items():
        if name not in variant.values or name in variant.kinds:
            continue
        if not _agree(variant.values[name], value, points, f"{where}, value {name}"):
            raise Disagreement(f"{where}, value {name}: the exact solver gives {to_text(variant.values[name])}, "
                               f"the numeric solver {_plain(value)}. The variant is not issued.")


def _agree(key: Any, found: Any, points: Points | None, where: str) -> bool:
    """`agree`, with a part whose expression is a constant checked at the points like the others."""
    try:
        if points is not None and is_number(key) and getattr(found, "ndim", 0) == 1 and len(found) == POINTS:
            return all(agree(key, f) for f in found)
        return agree(key, found, points)
    except NoValue as error:
        raise Disagreement(f"{where}: {error}. The variant is not issued.") from None


def _plain(value: Any) -> str:
    tolist = getattr(value, "tolist", None)
    return str(tolist() if tolist else value)


class _Numeric(dict):  # type: ignore[type-arg]
    """The chain's values, converted when the numeric solver asks for them."""

    def __init__(self, values: Mapping[str, Any], points: Mapping[str, Any]):
        super().__init__(points)  # a free symbol is an array of points
        self._values = values

    def __missing__(self, name: str) -> Any:
        value = self[name] = to_numeric(self._values[name])
        return value
