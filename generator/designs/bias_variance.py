"""Predictions that scatter."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["scattered_predictions"]


def scattered_predictions(stream: Stream) -> tuple[Any, ...]:
    """Four or five predictions from 0 to 12 with at most one decimal (a half), whose mean has at most one decimal and is not
    one of them."""
    while True:
        n = stream.choice((4, 4, 5))
        doubled = [stream.below(25) for _ in range(n)]
        total = sum(doubled)
        if total * 10 % (2 * n) == 0 and total % n and len(set(doubled)) >= 3 and max(doubled) - min(doubled) >= 4:
            return tuple([fmpq(k, 2) for k in doubled])
