"""A wrong key cannot leave the house: faults are planted in copies of the exact solvers, one at a time, and each that
changes a key must be caught by the independent solver.

For every function of solvers/exact that a key stands on, each small change is tried: + for −, a dropped factor,
swapped arguments, a constant off by one, < for ≤, the largest for the smallest. The chain of each question
that uses the function is run with the changed copy on variants drawn beforehand:

* a value cannot be computed or is no key of its kind: broken, and nobody is asked it;
* a key differs: `verify` has to raise `Disagreement`, else the test fails;
* only a mistake's value differs: no wrong key (mistakes have no second solver);
* nothing differs on any variant: the change must stand in `harmless/<module>.yaml` with the reason, else the test fails.

Conditions that only guard a `raise` are left alone: they can refuse a variant, but not make a key wrong.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import functools
import importlib
import inspect
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flint import fmpq

from examwright.generator import draw
from examwright.generator.chain import Disagreement, mistake_value, verify
from examwright.generator.draw import draw_variant
from examwright.generator.errors import ExamwrightError
from examwright.generator.formula import Formula, parse
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.vocabulary import exact_functions
from examwright.solvers import arithmetic
from examwright.solvers.arithmetic import exact, to_text

SEEDS = range(10)
MORE = range(10, 80)  # where nothing was seen on those, and no reason is given
_ORDER = ("same", "mistake", "broken", "caught", "not caught")

# change → why no key of the questions can be wrong by it; a file for each solver module
HARMLESS: dict[str, str] = {
    change: reason
    for path in sorted((Path(__file__).resolve().parent / "harmless").glob("*.yaml"))
    for change, reason in yaml.safe_load(path.read_text("utf-8")).items()
}



# Functions in which there is nothing to change: one call or one look into a table, tested where they are called.
PLAIN = ("column", "flatten", "len", "matvec", "range", "shattering_conclusion", "sort", "transpose")

# Functions whose faults show on few variants, in mistakes or in texts only, or that have only a harmless one.
SELDOM = ("argmax", "decimals_needed", "distinct", "innermost_points", "polynomial_gram")


# ---- what the keys stand on ------------------------------------------------------------------

def _called(text: str) -> set[str]:
    return set(re.findall(r"\b([A-Za-z_]\w*)\s*\(", text)) & set(exact_functions())


@functools.lru_cache(maxsize=1)
def _users() -> dict[str, list[str]]:
    """Function → the questions whose keys or let values call it."""
    found: dict[str, list[str]] = {}
    for question_id in question_paths():
        for name in sorted(set().union(*[_called(s.formula.text) for s in load(question_id).steps])):
            found.setdefault(name, []).append(question_id)
    return found


def _own(name: str) -> bool:
    """Is the function defined in solvers/exact (and not in the arithmetic below it)?"""
    return str(exact_functions()[name].__module__).startswith("examwright.solvers.exact.")


def _written() -> set[str]:
    """The functions that the question files name, some of them only for mistakes: found without loading the questions."""
    return set().union(*[_called(path.read_text("utf-8")) for path in question_paths().values()])


FUNCTIONS = [n for n in sorted(_written()) if _own(n)]


# ---- planting --------------------------------------------------------------------------------

_OPERATORS: dict[type, type] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Div: ast.Mult}
_COMPARISONS: dict[type, type] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
                                  ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In}
_NAMES = {"maximum": "minimum", "minimum": "maximum", "floor": "ceil", "ceil": "floor", "max": "min", "min": "max"}
_STRUCTURE = {"tuple", "list", "set", "dict", "len", "range", "enumerate", "fmpq", "as_int", "str", "int", "all", "any",
              "reversed", "sorted", "zip"}  # without these a function does not run at all, or they change only the type
_SYMMETRIC = {"dot", "isinstance", "Real"}


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """(description, changed copy) of each small change of this one node."""
    before = ast.unparse(node)  # type: ignore[arg-type]

    def told(new: Any) -> tuple[str, Any]:
        return f"{before} → {ast.unparse(new)}", new

    if isinstance(node, ast.BinOp):
        kind = type(node.op)
        if kind in _OPERATORS:
            yield told(ast.BinOp(node.left, _OPERATORS[kind](), node.right))
        if kind in (ast.Mult, ast.Div, ast.Pow):
            yield told(node.left)
        if kind is ast.Mult:
            yield told(node.right)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        yield told(ast.Compare(node.left, [_COMPARISONS[type(node.ops[0])](), *node.ops[1:]], node.comparators))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not any(
            isinstance(a, ast.Starred) for a in node.args):
        if len(node.args) == 1 and node.func.id not in _STRUCTURE and not node.keywords:
            yield told(node.args[0])
        if len(node.args) >= 2 and node.func.id not in _SYMMETRIC:
            yield told(ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords))
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield told(ast.Constant(node.value + 1))
    elif isinstance(node, ast.Name) and node.id in _NAMES and isinstance(node.ctx, ast.Load):
        yield told(ast.Name(_NAMES[node.id], ast.Load()))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield told(node.operand)


def _guards(tree: ast.AST) -> set[int]:
    """Nodes of conditions that only decide on a `raise`, of annotations and of texts."""
    out: set[int] = set()
    for node in ast.walk(tree):
        skipped: list[Any] = []
        if isinstance(node, ast.If) and all(isinstance(s, ast.Raise) for s in node.body):
            skipped.append(node.test)
        elif isinstance(node, ast.Raise):
            skipped.append(node)
        elif isinstance(node, ast.arg):
            skipped.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            skipped.append(node.returns)
        elif isinstance(node, ast.AnnAssign):
            skipped.append(node.annotation)
        for one in skipped:
            out.update(id(n) for n in ast.walk(one) if one is not None) if one is not None else None
    return out


@functools.lru_cache(maxsize=64)
def _module(name: str) -> tuple[Any, ast.Module]:
    module = importlib.import_module(name)
    return module, ast.parse(inspect.getsource(module))


def _reachable(tree: ast.Module, name: str) -> list[str]:
    """The function and the private helpers of its module that it calls."""
    bodies = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    found, todo = [], [name]
    while todo:
        here = todo.pop()
        if here in found or here not in bodies:
            continue
        found.append(here)
        todo += sorted(n.id for n in ast.walk(bodies[here]) if isinstance(n, ast.Name) and n.id.startswith("_"))
    return found


def plants(name: str) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """(description, what makes the public functions of a changed copy of its module) for each small change."""
    module, tree = _module(exact_functions()[name].__module__)
    for own in _reachable(tree, name):
        index = next(i for i, n in enumerate(tree.body) if isinstance(n, ast.FunctionDef) and n.name == own)
        body = tree.body[index]
        skipped = _guards(body)
        nodes = list(ast.walk(body))
        times: dict[str, int] = {}
        for number, node in enumerate(nodes):
            if id(node) in skipped:
                continue
            for told, new in _changes(node):
                times[told] = times.get(told, 0) + 1
                yield ((own if own == name else f"{own} in {name}") + f": {told}" + (f" ({times[told]})" if times[told] > 1 else ""),
                       functools.partial(_planted, module, tree, index, number, new))


def _planted(module: Any, tree: ast.Module, index: int, number: int, new: ast.AST) -> dict[str, Any]:
    """The public functions of a copy of the module with the node `number` of the definition `index` replaced."""
    changed = copy.deepcopy(tree)
    target = list(ast.walk(changed.body[index]))[number]
    _Swap(target, copy.deepcopy(new)).visit(changed)
    ast.fix_missing_locations(changed)
    space = types.ModuleType(module.__name__)
    vars(space).update({n: getattr(arithmetic, n) for n in _NAMES if hasattr(arithmetic, n)})
    exec(compile(changed, f"<a changed copy of {module.__name__}>", "exec"), vars(space))  # our own source, changed by us
    return {n: getattr(space, n) for n in module.__all__}


class _Swap(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else self.generic_visit(node)


# ---- running the chain with a changed copy ---------------------------------------------------

@functools.lru_cache(maxsize=4096)
def _variant(question_id: str, seed: int) -> Any:
    return draw_variant(load(question_id), seed)


def _again(formula: Formula | None, functions: dict[str, Any], symbols: Any) -> Formula | None:
    return None if formula is None else parse(formula.text, functions, symbols=symbols)


def _with(question: Any, functions: dict[str, Any]) -> Any:
    """The question with all its formulas compiled over other functions."""
    own = {p.name for p in question.parts if p.kind.own_key}  # a pool of statements, which calls no function
    again = functools.partial(_again, functions=functions, symbols=question.symbols)
    steps = tuple(s if s.name in own else dataclasses.replace(s, formula=again(s.formula)) for s in question.steps)
    parts = []
    for part in question.parts:
        mistakes = tuple(dataclasses.replace(
            m, formula=again(m.formula), when=again(m.when),
            instead={n: again(f) for n, f in m.instead.items()}) for m in part.mistakes)
        parts.append(part if part.name in own else dataclasses.replace(part, formula=again(part.formula), mistakes=mistakes))
    return dataclasses.replace(question, steps=steps, parts=tuple(parts),
                               cache={"kind formulas": question.cache["kind formulas"]})


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b))
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return bool(a == b)
    return type(a) is type(b) and to_text(a) == to_text(b)


def verdict(variant: Any, question: Any) -> str:
    """'caught', 'not caught', 'broken', 'mistake' or 'same': what the question over changed functions makes of this variant."""
    values = {n: variant.values[n] for n in question.draw_names}
    for step in question.steps:
        if step.name not in variant.values:
            continue
        try:
            values[step.name] = exact(step.formula.run(values))
        except Exception:  # noqa: BLE001  (a ChainError, or a bug that nobody can overlook: there is no variant)
            return "broken"
    parts = tuple(p for p in question.parts if p.name in variant.kinds)
    changed = dataclasses.replace(variant, question=question, values=values, parts=parts)
    if not all(_same(v, variant.values[n]) for n, v in values.items()):
        if any(p.formula is not None and variant.kinds[p.name].key_fault(values[p.name]) for p in parts):
            return "caught"
        try:
            verify(changed)
        except Disagreement:
            return "caught"
        keys = [p.name for p in parts if p.formula is not None]
        if not all(_same(values[n], variant.values[n]) for n in keys):
            return "not caught"
    for part in parts:
        for mistake, wrong in zip(part.mistakes, variant.wrong.get(part.name, ())):
            if not _same(mistake_value(question, part, mistake, values), wrong):
                return "mistake"
    return "same"


def look(name: str) -> dict[str, str]:
    """description → verdict of every planted fault of a function, over all questions that use it."""
    out: dict[str, str] = {}
    for told, plant in plants(name) if name in _users() else ():  # else only mistakes and texts call it
        functions = {**exact_functions(), **plant()}
        changed = {question_id: _with(load(question_id), functions) for question_id in _users()[name]}
        found = "same"
        for seeds in (SEEDS,) if told in HARMLESS else (SEEDS, MORE):
            for question_id, question in changed.items() if found in ("same", "mistake") else ():
                for seed in seeds:
                    one = verdict(_variant(question_id, seed), question)
                    found = max(found, one, key=_ORDER.index)
                    if one not in ("same", "mistake"):
                        break
        out[told] = found
    return out


# ---- the promise -----------------------------------------------------------------------------

def test_there_is_something_to_plant_in() -> None:
    assert len(FUNCTIONS) >= 30
    assert sum(1 for name in FUNCTIONS for _ in plants(name)) >= 400
    assert [name for name in FUNCTIONS if name in _users() and not any(plants(name))] == sorted(PLAIN)


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_planted_fault_is_caught(name: str) -> None:
    found = look(name)
    missed = [told for told, one in found.items() if one == "not caught"]
    assert missed == [], "wrong keys that the independent solver does not see"
    unexplained = [told for told, one in found.items() if one == "same" and told not in HARMLESS]
    assert unexplained == [], f"changes that change nothing on {MORE.stop} variants, without a reason in tests/harmless"


def test_the_list_of_harmless_changes_is_not_stale() -> None:
    every = {told for name in FUNCTIONS for told, _ in plants(name)}
    assert [told for told in HARMLESS if told not in every] == []


def _caught(name: str, wanted: str) -> Iterator[tuple[Any, str]]:
    """The planted faults for which one of the first variants has the verdict wanted: the question over the changed functions, the fault."""
    for told, plant in plants(name):
        functions = {**exact_functions(), **plant()}
        for question_id in _users()[name]:
            question = _with(load(question_id), functions)
            if any(verdict(_variant(question_id, seed), question) == wanted for seed in SEEDS):
                yield question, told


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_fault_in_each_function_stops_the_question(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, as an instructor would meet it: one changed function, loaded and drawn. A fault that shows on few variants
    can be drawn around, where other numbers come out right: then another one has to stop the question."""
    if name in PLAIN or name in SELDOM or name not in _users():
        return
    monkeypatch.setattr(draw, "MAX_REDRAWS", 300)  # a question that cannot be drawn is given up sooner
    assert any(_stops(*found) for wanted in ("caught", "broken") for found in _caught(name, wanted)), "no planted fault stops a question"


def _stops(question: Any, told: str) -> bool:
    try:
        for seed in SEEDS:
            draw_variant(question, seed)
    except ExamwrightError as error:
        assert question.id in str(error) or str(question.path) in str(error), told
        return True
    except Exception:  # noqa: BLE001  (a plain bug is as loud)
        return True
    return False


def test_a_disagreement_names_question_seed_part_and_both_values() -> None:
    variant = _variant("cnn/pooling", 3)
    original = exact_functions()["average_pool"]
    functions = {**exact_functions(), "average_pool": lambda m, w, s: tuple(
        tuple(x + 1 for x in row) for row in original(m, w, s))}
    with pytest.raises(Disagreement) as caught:
        draw_variant(_with(variant.question, functions), 3)
    told = str(caught.value)
    assert told.startswith("cnn/pooling, seed 3, part average_pooled: the exact solver gives [[")
    assert ", the numeric solver [[" in told and told.endswith("The variant is not issued.")
