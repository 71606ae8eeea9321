"""Hypothesis classes for counting questions, with sizes that can be counted by hand."""

from __future__ import annotations

from typing import Any

from examwright.generator.random import Stream

__all__ = ["growth_setting", "hypothesis_family"]

_FAMILIES = (
    ("k_intervals", 2, 6), ("polynomials", 2, 9), ("halfspaces", 2, 10), ("origin_halfspaces", 3, 10), ("boxes", 2, 6),
    ("balls", 2, 10), ("centred_balls", 3, 8), ("rings", 3, 8), ("polygons", 3, 6), ("conjunctions", 3, 9),
    ("finite", 10, 5000), ("finite", 10, 300), ("two_sided_rays", 1, 1),
)
# class, smallest and largest size, largest number of points
_GROWTH = (
    ("rays", 1, 1, 15), ("two_sided_rays", 1, 1, 15), ("k_intervals", 1, 1, 15), ("signed_intervals", 1, 1, 14),
    ("k_intervals", 2, 3, 10), ("halfspaces", 2, 4, 10), ("polynomials", 2, 4, 10), ("origin_halfspaces", 2, 5, 10),
    ("centred_balls", 3, 6, 14), ("rings", 3, 6, 14),
)
_BREAK = {"rays": 2, "two_sided_rays": 3, "signed_intervals": 4, "centred_balls": 2, "rings": 3}


def hypothesis_family(stream: Stream) -> tuple[Any, ...]:
    """A class and its size."""
    family, low, high = stream.choice(_FAMILIES)
    return family, low + stream.below(high - low + 1)


def growth_setting(stream: Stream) -> tuple[Any, ...]:
    """A class, its size and a number of points that the class cannot shatter."""
    family, low, high, most = stream.choice(_GROWTH)
    size = low + stream.below(high - low + 1)
    at = _BREAK.get(family) or (2 * size + 1 if family == "k_intervals" else
                                size + 1 if family == "origin_halfspaces" else size + 2)
    least = max(at, 4)
    return family, size, least + stream.below(most - least + 1)
