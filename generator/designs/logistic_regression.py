"""Scores whose exponentials are whole numbers, so that probabilities are short fractions."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["softmax_sizes", "three_bases", "two_labelled_points"]


def three_bases(stream: Stream) -> tuple[Any, ...]:
    """Three different numbers from 2, 3, 5 and 1/2, 1/3: the exponentials of the parameters."""
    return tuple(stream.sample((fmpq(2), fmpq(3), fmpq(5), fmpq(1, 2), fmpq(1, 3)), 3))


def two_labelled_points(stream: Stream) -> tuple[Any, ...]:
    """Two or three different inputs from -2 to 2, not both at 0, with labels of both classes."""
    while True:
        n = stream.choice((2, 2, 3))
        xs = sorted(stream.sample(range(-2, 3), n))
        ys = [stream.below(2) for _ in range(n)]
        if len(set(ys)) == 2:
            return tuple(map(fmpq, xs)), tuple(map(fmpq, ys))


def softmax_sizes(stream: Stream) -> tuple[Any, ...]:
    """Three different whole numbers from 1 to 12: the exponentials of the logits."""
    return tuple([fmpq(k) for k in stream.sample(range(1, 13), 3)])
