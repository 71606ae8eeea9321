"""How much is tried: all examples and all questions, or in the quick run (`-m "not slow"`) a fifth of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings

T = TypeVar("T")
QUICK = False  # set by conftest.py before the tests are read


def examples(n: int, **options: Any) -> settings:
    """Hypothesis settings for n examples."""
    passed = {HealthCheck.too_slow, *options.pop("suppress_health_check", ())}  # a busy machine is no fault
    return settings(max_examples=max(20, n // 5) if QUICK else n, deadline=None, suppress_health_check=list(passed), **options)


def some(items: Iterable[T], first: int = 0) -> list[T]:
    """All of them, or in the quick run every fifth, from the `first` on: for what takes long with each question."""
    return list(items)[first::5] if QUICK else list(items)
