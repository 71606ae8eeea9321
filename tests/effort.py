"""How much a property test tries: all of its examples, or in the quick run (`-m "not slow"`) a fifth of them."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

QUICK = False  # set by conftest.py before the tests are read


def examples(n: int, **options: Any) -> settings:
    """Hypothesis settings for n examples."""
    return settings(max_examples=max(20, n // 5) if QUICK else n, deadline=None, **options)
