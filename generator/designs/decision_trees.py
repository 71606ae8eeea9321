"""Nodes, splits and small sets of examples on which impurity measures, gains and trees come out clearly."""

from __future__ import annotations

import math
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["node_labels", "split_examples"]

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


def _nats(counts: Any) -> float:
    """Entropy of class counts."""
    total = sum(counts)
    return -sum([n / total * math.log(n / total) for n in counts if n])


def _gain(table: Any) -> float:
    """Information gain in bits, to choose instances by (never a key)."""
    total = sum(map(sum, table))
    left = sum([sum(row) / total * _nats(row) for row in table])
    return (_nats([sum(column) for column in zip(*table)]) - left) / math.log(2)


def split_examples(stream: Stream, classes: fmpq) -> tuple[Any, ...]:
    """The counts of a split (a row for each of two or three branches, a column for each class) and the examples as rows
    (branch, class) from 1 in random order. Branches differ in size, at least two are mixed, and the gain lies between
    0.08 and 0.8 bits."""
    while True:
        branches = stream.choice((2, 3, 3))
        table = [[stream.below(6) for _ in range(int(classes))] for _ in range(branches)]
        sizes, totals = [sum(row) for row in table], [sum(column) for column in zip(*table)]
        if not 8 <= sum(sizes) <= 14 or min(sizes) < 2 or len(set(sizes)) < len(sizes) or min(totals) < 2 or totals[0] == totals[1]:
            continue
        entropies = [round(_nats(row), 6) for row in table]
        if len(set(entropies)) < branches or sum([max(row) < size for row, size in zip(table, sizes)]) < 2:
            continue
        if 0.08 <= _gain(table) <= 0.8:
            examples = stream.shuffled([(i, k) for i, row in enumerate(table, 1) for k, n in enumerate(row, 1) for _ in range(n)])
            return tuple([tuple(map(fmpq, row)) for row in table]), tuple([tuple(map(fmpq, e)) for e in examples])
