"""Recurrent networks with small numbers whose memory matters at every step."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream
from examwright.solvers.arithmetic import ln, tanh

__all__ = ["bptt_run", "letter_logits", "lstm_cell", "recurrent_run", "saturated_cell"]


def recurrent_run(stream: Stream, activation: str) -> tuple[Any, ...]:
    """Four inputs, the first state, and the weights u, w and bias b of a unit: with relu exactly one of the second and third states is cut
    to 0, all other states are not 0; linear states stay below 30; net inputs of tanh and sigmoid stay within ±2."""
    small = 2 if activation in ("tanh", "sigmoid") else 1
    while True:  # all in halves and their products, with which floats compute exactly
        u, w = [k / 2 for k in stream.choices((-4, -3, -2, -1, 1, 2, 3, 4), 2)]
        b, start = stream.choice((-3, -2, -1, 1, 2, 3)) / 2, stream.choice((0, 0, 1, -1)) / small
        xs = [(k - 3) / small for k in stream.many(7, 4)]
        nets: list[float] = []
        h = start
        for x in xs:
            nets.append(u * x + w * h + b)
            h = max(nets[-1], 0) if activation == "relu" else nets[-1] if activation == "linear" else max(min(nets[-1], 1), -1)
        if u == w or 0 in nets or len(set(nets)) < 4 or len(set(xs)) < 3:
            continue
        if activation == "relu":
            good = nets[0] > 0 and nets[3] > 0 and (nets[1] < 0) != (nets[2] < 0) and max(nets) <= 20
        else:
            good = max(map(abs, nets)) <= (20 if activation == "linear" else 2)
        if good and all([(8 * z).is_integer() for z in nets]):
            return (tuple([fmpq(int(2 * x), 2) for x in xs]), *[fmpq(int(2 * k), 2) for k in (start, u, w, b)])


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


def lstm_cell(stream: Stream, form: str) -> tuple[Any, ...]:
    """Input, old state, old cell state and the weights of an LSTM cell with one unit: rows (input, old state, bias) for forget gate, input gate,
    output gate and candidate. With the form logarithm all net inputs are logarithms of simple fractions, so that the gates are
    fractions; with decimal they lie between −2.5 and 2.5."""
    cell = fmpq(stream.choice((-4, -3, -2, 2, 3, 4, 6)), 4)
    if form == "logarithm":
        x, hidden = fmpq(stream.choice((1, -1))), fmpq(stream.choice((1, -1)), 2)
        rows: list[tuple[Any, ...]] = []
        seen: set[fmpq] = set()
        while len(rows) < 4:
            p, q = stream.sample((2, 3, 4, 5), 2)
            one, two = stream.choice((1, -1)), stream.choice((1, -1))
            ratio = fmpq(p) ** (one * (1 if x > 0 else -1)) * fmpq(q) ** (two * (1 if hidden > 0 else -1))
            if ratio not in seen and fmpq(1, 4) <= ratio <= 8:
                seen.add(ratio)
                rows.append((one * ln(fmpq(p)), two * ln(fmpq(q * q)), fmpq(0)))
        return x, hidden, cell, tuple(rows)
    tenths = (-20, -15, -12, -10, -8, -5, -4, 4, 5, 8, 10, 12, 15, 20)
    while True:
        i, h = stream.choice((-15, -10, -5, 5, 10, 15)), stream.choice((-8, -6, -5, -4, -2, 2, 4, 5, 6, 8))  # all in tenths
        weights = [(stream.choice(tenths), stream.choice(tenths), stream.choice(tenths[2:-2])) for _ in range(4)]
        nets = [w * i + u * h + 10 * b for w, u, b in weights]  # in hundredths
        if len(set(nets)) == 4 and 0 not in nets and max(map(abs, nets)) <= 250:
            return fmpq(i, 10), fmpq(h, 10), cell, tuple([tuple([fmpq(k, 10) for k in row]) for row in weights])


def bptt_run(stream: Stream, count: Any, activation: str) -> tuple[Any, ...]:
    """`count` inputs, the state before them, weights u and w and a target for back-propagation through time. Linear states are at most 12 in size and
    not 0, and the target lies 1 to 4 beside the last one; with tanh the net inputs stay within ±1.5 and the target is ±1 or 0."""
    t = int(count)
    while True:
        if activation == "linear":
            w = fmpq(stream.choice((-4, -3, -1, 1, 3, 4)), 2)
            u, start = fmpq(stream.choice((-2, -1, 1, 2, 3))), fmpq(stream.choice((-2, -1, 1, 2)))
            xs = [fmpq(stream.below(7) - 3) for _ in range(t)]
        else:
            w, u = fmpq(stream.choice((-15, -12, -8, -5, 5, 8, 12, 15)), 10), fmpq(stream.choice((-10, -5, 5, 10)), 10)
            start = fmpq(stream.choice((-5, -4, 4, 5)), 10)
            xs = [fmpq(stream.choice((-15, -10, -5, 5, 10, 15)), 10) for _ in range(t)]
        if len(set(xs)) < t - 1 or u == w:
            continue
        state: Any = start
        states: list[Any] = []
        for x in xs:
            state = w * state + u * x
            if activation != "linear":
                state = tanh(state)
            states.append(state)
        if any([s == 0 for s in states]):
            continue
        if activation != "linear":
            if max(abs(w * s + u * x) for s, x in zip([start, *states[:-1]], xs)) <= fmpq(3, 2):
                return tuple(xs), start, u, w, fmpq(-1) if states[-1] > 0 else fmpq(1)
        elif max(abs(s) for s in states) <= 12 and all(s.q <= 8 for s in states):
            target = states[-1] + stream.choice((-4, -3, -2, -1, 1, 2, 3, 4))
            return tuple(xs), start, u, w, target


def saturated_cell(stream: Stream) -> tuple[Any, ...]:
    """Five inputs, an old cell state and the weights of an LSTM cell with one unit that looks at its input only: rows (input, bias) for forget gate,
    input gate, output gate and candidate, with net inputs of at least 50 in size. The forget gate closes once, at step 2 or 3; the other gates are
    open two or three times, each at other steps; the cell holds 1 to 3 in size at the end, something else than at the beginning, and the last output gate is open."""
    while True:
        eights = stream.eights(14)
        xs, start = [(-2, -1, 1, 2)[k >> 6] for k in eights[:5]], (-3, -2, 2, 3)[eights[5] >> 6]
        rows = []
        signs: list[list[int]] = []
        for sign, bias, wanted in zip(eights[6::2], eights[7::2], ((4,), (2, 3), (2, 3), (1, 2, 3, 4))):  # most draws fail at the first gate
            w, b = -100 if sign >> 7 else 100, (-150, -50, 50, 150)[bias >> 6]
            rows.append((w, b))
            signs.append([1 if w * x + b > 0 else 0 for x in xs])
            if sum(signs[-1]) not in wanted:
                break
        else:
            forget, gate, read, positive = signs
            if forget.index(0) in (1, 2) and read[-1]:
                cells = [start]
                for f, i, c in zip(forget, gate, positive):
                    cells.append(f * cells[-1] + i * (2 * c - 1))
                if len(set(xs)) >= 3 and gate != read and len(set(rows)) == 4 and 1 <= abs(cells[-1]) <= 3 and cells[-1] != start:
                    return tuple([fmpq(x) for x in xs]), fmpq(start), tuple([(fmpq(w), fmpq(b)) for w, b in rows])
