"""The functions that formulas may call: whatever the solver modules define, found by itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any


def _functions(package_name: str) -> dict[str, Callable[..., Any]]:
    package = importlib.import_module(package_name)
    found: dict[str, Callable[..., Any]] = {}
    names = sorted(m.name for m in pkgutil.iter_modules(package.__path__))
    for module_name in sorted(names, key=lambda n: n != "common"):
        module = importlib.import_module(f"{package_name}.{module_name}")
        listed = getattr(module, "__all__", None)
        for name, value in vars(module).items():
            if name.startswith("_") or not inspect.isroutine(value):
                continue
            if listed is not None:
                if name not in listed:
                    continue
            elif getattr(value, "__module__", None) != module.__name__:
                continue
            if found.setdefault(name, value) is not value:
                raise ImportError(f"{module.__name__} and {found[name].__module__} both define {name!r}; a word has one meaning")
    return found


@lru_cache(maxsize=1)
def exact_functions() -> dict[str, Callable[..., Any]]:
    """Name → function, of every module in solvers/exact."""
    return _functions("examwright.solvers.exact")


@lru_cache(maxsize=1)
def numeric_functions() -> dict[str, Callable[..., Any]]:
    """Name → function, of every module in solvers/numeric. Imports numpy."""
    return _functions("examwright.solvers.numeric")


@lru_cache(maxsize=1)
def design_functions() -> dict[str, Callable[..., Any]]:
    """Name → function(stream, **arguments), of every module in generator/designs."""
    return _functions("examwright.generator.designs")


@cache
def arity(function: Callable[..., Any]) -> tuple[int, int | None]:
    """The fewest and the most arguments (None: any number)."""
    low, high = 0, 0
    for p in inspect.signature(function).parameters.values():
        if p.kind is p.VAR_POSITIONAL:
            return low, None
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
            high += 1
            low += p.default is p.empty
    return low, high
