"""Small networks whose wrong answers come out far from the right ones."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream
from examwright.solvers.arithmetic import sigmoid
from examwright.solvers.exact.common import dot, matvec

__all__ = ["far_target"]


def far_target(stream: Stream, inputs: Any, hidden: Any, output: Any) -> fmpq:
    """A target on the other side of ½ than the output of the sigmoid network 2-2-1 with these inputs, hidden
    weights (a row for each neuron) and output weights: 0 or 0.1, or 0.9 or 1. The error is then above 0.4."""
    net = dot(output, tuple([sigmoid(z) for z in matvec(hidden, inputs)]))
    near, far = (fmpq(0), fmpq(1, 10)) if net > 0 else (fmpq(1), fmpq(9, 10))
    return stream.choice((near, far))
