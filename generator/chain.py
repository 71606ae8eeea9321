"""Running the chain of named values: exactly, from other values, in intervals, and in floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from flint import fmpq

from examwright.answers.kinds.base import rounded
from examwright.generator.errors import ExamwrightError
from examwright.generator.formula import RUNTIME_ERRORS, Formula
from examwright.generator.question import Mistake, Part, Question, Step, Variant
from examwright.solvers.arithmetic import Real, exact, to_float, to_text

if TYPE_CHECKING:
    from examwright.answers.kinds.base import Kind


class ChainError(ExamwrightError):
    """A formula that has no value for these numbers: which one, and why."""

    def __init__(self, name: str, formula: str, error: Exception):
        reason = f"there is no entry {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
        super().__init__(f"{name} = {formula} has no value here: {reason}")
        self.name = name


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
        wanted: set[str] = set(question.text.names)
        for part in chosen:
            wanted.add(part.name)
            texts = [part.ask, part.solution, *(m.say for m in part.mistakes)]
            for text in texts:
                wanted.update(text.names if text else ())
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
            for rule in part.must:
                wanted.update(rule.names)
        if question.solution and len(chosen) == len(question.parts):
            wanted.update(question.solution.names)
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


def dependents(question: Question, name: str) -> frozenset[str]:
    """The later values that stand on `name`, directly or through others."""
    key = ("dependents", name)
    found = question.cache.get(key)
    if found is None:
        touched = {name}
        for step in question.steps:
            if not touched.isdisjoint(step.formula.names):
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
        if value and all(isinstance(v, (fmpq, Real)) for v in value):
            import numpy as np

            return np.array([to_float(v) for v in value])
        rows = [to_numeric(v) for v in value]
        if value and all(isinstance(v, tuple) and v and isinstance(v[0], (fmpq, Real)) for v in value):
            import numpy as np

            if len({len(v) for v in value}) == 1:
                return np.array(rows)
        return rows
    return value


def agree(key: Any, found: Any, relative: float = 1e-9) -> bool:
    """True if a float result is the exact value up to float error."""
    if isinstance(key, (bool, str)):
        return bool(key == found)
    if isinstance(key, (fmpq, Real)):
        try:
            a, b = to_float(key), float(found)
        except (TypeError, ValueError):
            return False
        return isfinite(a) and abs(a - b) <= relative * max(1.0, abs(a))  # false for nan and for what no float holds
    if isinstance(key, tuple):
        try:
            items = list(found)
        except TypeError:
            return False
        return len(items) == len(key) and all(agree(k, f, relative) for k, f in zip(key, items))
    return False


def verify(variant: Variant) -> None:
    """Solve the variant again with the independent numeric solver. Raises Disagreement naming
    question, seed, part and both values."""
    question = variant.question
    computed = [p for p in variant.parts if p.formula is not None]
    if not computed or question.check is None:
        return
    where = f"{question.id}, seed {variant.seed}"
    env = _Numeric(variant.values)
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
        if not agree(key, found[part.name]):
            raise Disagreement(f"{where}, part {part.name}: the exact solver gives {to_text(key)}, "
                               f"the numeric solver {_plain(found[part.name])}. The variant is not issued.")
    for name, value in found.items():
        if name not in variant.values or name in variant.kinds:
            continue
        if not agree(variant.values[name], value):
            raise Disagreement(f"{where}, value {name}: the exact solver gives {to_text(variant.values[name])}, "
                               f"the numeric solver {_plain(value)}. The variant is not issued.")


def _plain(value: Any) -> str:
    tolist = getattr(value, "tolist", None)
    return str(tolist() if tolist else value)


class _Numeric(dict):  # type: ignore[type-arg]
    """The chain's values, converted when the numeric solver asks for them."""

    def __init__(self, values: Mapping[str, Any]):
        super().__init__()
        self._values = values

    def __missing__(self, name: str) -> Any:
        value = self[name] = to_numeric(self._values[name])
        return value
