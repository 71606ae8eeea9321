"""Recurrent networks with small numbers whose memory matters at every step."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream
from examwright.solvers.arithmetic import ln

__all__ = ["letter_logits", "recurrent_run"]


def recurrent_run(stream: Stream, activation: str) -> tuple[Any, ...]:
    """Four inputs, the first state, and the weights u, w and bias b of a unit: with relu exactly one of the second and third states is cut
    to 0, all other states are not 0; linear states stay below 30; net inputs of tanh and sigmoid stay within ±2."""
    halves = [fmpq(k, 2) for k in (-4, -3, -2, -1, 1, 2, 3, 4)]
    while True:
        u, w = stream.choice(halves), stream.choice(halves)
        b = stream.choice([fmpq(k, 2) for k in (-3, -2, -1, 1, 2, 3)])
        start = fmpq(stream.choice((0, 0, 1, -1)))
        xs = [fmpq(stream.below(7) - 3) for _ in range(4)]
        if activation in ("tanh", "sigmoid"):
            xs, start = [x / 2 for x in xs], start / 2
        nets, h = [], start
        for x in xs:
            nets.append(u * x + w * h + b)
            h = max(nets[-1], fmpq(0)) if activation == "relu" else nets[-1] if activation == "linear" else max(min(nets[-1], 1), -1)
        if u == w or 0 in nets or len(set(nets)) < 4 or len(set(xs)) < 3:
            continue
        if activation == "relu":
            good = nets[0] > 0 and nets[3] > 0 and (nets[1] < 0) != (nets[2] < 0) and max(nets) <= 20
        else:
            good = max(abs(z) for z in nets) <= (20 if activation == "linear" else 2)
        if good and all(z.q <= 8 for z in nets):
            return tuple(xs), start, u, w, b


def letter_logits(stream: Stream, form: str) -> tuple[Any, ...]:
    """Three rows of four logits: with the form logarithm those of whole numbers up to 9 whose sum is at most 20 in each row, with decimal numbers
    from −2 to 3 with one decimal. The largest of each row stands out."""
    rows: list[tuple[Any, ...]] = []
    while len(rows) < 3:
        if form == "logarithm":
            sizes = [1 + stream.below(9) for _ in range(4)]
            if sum(sizes) in (10, 12, 15, 16, 18, 20) and sizes.count(max(sizes)) == 1 and len(set(sizes)) >= 3:
                rows.append(tuple([ln(fmpq(k)) for k in sizes]))
        else:
            tenths = [stream.below(51) - 20 for _ in range(4)]
            if sorted(tenths)[-1] - sorted(tenths)[-2] >= 3 and len(set(tenths)) == 4:
                rows.append(tuple([fmpq(k, 10) for k in tenths]))
    return tuple(rows)
