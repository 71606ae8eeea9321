"""Nodes, splits and small sets of examples on which impurity measures, gains and trees come out clearly."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["node_labels"]

_DYADIC = ((2, 1, 1), (4, 2, 1, 1), (2, 1, 1), (4, 2, 1, 1), (1, 3, 4), (6, 1, 1), (5, 1, 1, 1), (3, 3, 1, 1))


def node_labels(stream: Stream, dyadic: bool) -> tuple[Any, ...]:
    """Class counts of a node with two to four classes, and the class (from 1) of each example in random order. The
    largest class has at least two examples more than the smallest. With `dyadic`, most shares are powers of ½."""
    while True:
        if dyadic:
            counts = [n * k for k in (stream.choice((1, 2, 2, 3)),) for n in stream.shuffled(stream.choice(_DYADIC))]
        else:
            classes = stream.choice((2, 3, 3, 4))
            counts = [1 + stream.below(7) for _ in range(classes)]
        if max(counts) - min(counts) >= 2 and 8 <= sum(counts) <= 16:
            labels = stream.shuffled([k for k, n in enumerate(counts, 1) for _ in range(n)])
            return tuple(map(fmpq, counts)), tuple(map(fmpq, labels))
