"""Small networks whose wrong answers come out far from the right ones."""

from __future__ import annotations

import math
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream
from examwright.solvers.arithmetic import exact, ln, sigmoid
from examwright.solvers.exact.common import dot, matvec

__all__ = [
    "far_target", "layer_widths", "logistic_neuron", "relu_layer", "relu_network", "relu_units",
    "softmax_layer", "square_batch", "threshold_neuron", "validation_curve",
]


def far_target(stream: Stream, inputs: Any, hidden: Any, output: Any) -> fmpq:
    """A target on the other side of ½ than the output of the sigmoid network 2-2-1 with these inputs, hidden
    weights (a row for each neuron) and output weights: 0 or 0.1, or 0.9 or 1. The error is then above 0.4."""
    net = dot(output, tuple([sigmoid(z) for z in matvec(hidden, inputs)]))
    near, far = (fmpq(0), fmpq(1, 10)) if net > 0 else (fmpq(1), fmpq(9, 10))
    return stream.choice((near, far))


def layer_widths(stream: Stream) -> tuple[fmpq, ...]:
    """The widths of a fully connected network that narrows after its first hidden layer: 16 to 144 inputs (a square), two or three hidden
    layers, 2 to 10 outputs. No two layers are alike, so that no two ways of counting are."""
    sizes = [stream.choice((16, 25, 36, 49, 64, 81, 100, 144)), stream.choice((10, 12, 15, 18, 20, 24, 30, 32, 40, 50))]
    sizes.append(4 + stream.below(sizes[-1] - 5))
    if stream.below(3) == 0 and sizes[-1] >= 6:
        sizes.append(3 + stream.below(sizes[-1] - 3))
    sizes.append(2 + stream.below(9))
    return tuple([fmpq(n) for n in sizes]) if len(set(sizes)) == len(sizes) else layer_widths(stream)


def relu_network(stream: Stream) -> tuple[Any, ...]:
    """Inputs (2), hidden weights (3×2), output weights (3) and a target for a network of three ReLU neurons and a linear output, all whole
    numbers: exactly one hidden neuron is dead, the error is 1 to 4 in size."""
    small = (-3, -2, -1, 1, 2, 3)
    while True:
        x = stream.sample((-2, -1, 1, 2, 3), 2)
        w = [[stream.choice(small), stream.choice(small)] for _ in range(3)]
        nets = [a * x[0] + b * x[1] for a, b in w]
        v = [stream.choice(small) for _ in range(3)]
        if sum(z < 0 for z in nets) != 1 or 0 in nets or len(set(nets)) < 3 or max(nets) > 9:
            continue
        out = sum(a * max(z, 0) for a, z in zip(v, nets))
        target = out + stream.choice((-4, -3, -2, 2, 3, 4))
        if out and abs(out) <= 15:
            return exact(x), exact(w), exact(v), exact(target)


def relu_units(stream: Stream) -> tuple[Any, ...]:
    """Weights, biases and output weights (3 each) of ReLU neurons of one input x, and a place: some neurons are active there and some are
    not, no two switch at the same x, the output and its slope are not 0."""
    while True:
        w = [stream.choice((-2, -1, 1, 2, 3)) for _ in range(3)]
        b = [stream.choice((-4, -3, -2, -1, 1, 2, 3, 4)) for _ in range(3)]
        v = [stream.choice((-2, -1, 1, 2, 3)) for _ in range(3)]
        at = fmpq(stream.below(13) - 6, 2)
        nets = [wi * at + bi for wi, bi in zip(w, b)]
        active = [z > 0 for z in nets]
        if 0 in nets or not 1 <= sum(active) <= 2 or len({fmpq(-bi, wi) for wi, bi in zip(w, b)}) < 3:
            continue
        value = sum([vi * z for vi, z, on in zip(v, nets, active) if on], start=fmpq(0))
        slope = sum([vi * wi for vi, wi, on in zip(v, w, active) if on])
        if value != 0 and slope != 0:
            return exact(w), exact(b), exact(v), at


def threshold_neuron(stream: Stream) -> tuple[Any, ...]:
    """Two weights and a bias, whole numbers, of a threshold neuron that computes a gate of both its inputs; for one of the inputs 0 and 1 its net
    input is exactly 0, so that > and ≥ differ."""
    small = (-3, -2, -1, 1, 2, 3)
    while True:
        w, b = [stream.choice(small), stream.choice(small)], stream.choice(small)
        nets = [b, w[1] + b, w[0] + b, w[0] + w[1] + b]
        if nets.count(0) == 1 and sum(z > 0 for z in nets) in (1, 3):
            return exact(w), fmpq(b)


def relu_layer(stream: Stream) -> tuple[Any, ...]:
    """Inputs (2), hidden weights (3×2) and biases (3), output weights (3) and bias of a network of ReLU neurons and a linear output, all whole numbers:
    one or two hidden neurons are dead, no net input is 0."""
    small = (-3, -2, -1, 1, 2, 3)
    while True:
        x = stream.sample((-3, -2, -1, 1, 2, 3), 2)
        w = [[stream.choice(small), stream.choice(small)] for _ in range(3)]
        b = [stream.choice(small) for _ in range(3)]
        nets = [p * x[0] + q * x[1] + r for (p, q), r in zip(w, b)]
        if 0 in nets or not 1 <= sum(z < 0 for z in nets) <= 2 or max(map(abs, nets)) > 12 or len(set(nets)) < 3:
            continue
        v, c = [stream.choice(small) for _ in range(3)], stream.choice(small)
        out = sum(k * max(z, 0) for k, z in zip(v, nets)) + c
        if out and abs(out) <= 25:
            return exact(x), exact(w), exact(b), exact(v), fmpq(c)


def logistic_neuron(stream: Stream, form: str) -> tuple[Any, ...]:
    """Outputs of three hidden ReLU neurons (one of them 0), and the weights and bias of a sigmoid neuron on them. With the form logarithm weights and bias
    are logarithms of small fractions whose net input is one again, so that the output is a fraction; with decimal the net input lies
    between −2.2 and 2.2."""
    while True:
        h = stream.shuffled([fmpq(0), fmpq(1 + stream.below(2)), fmpq(1 + stream.below(3))])
        if form == "logarithm":
            numbers = [fmpq(k) ** stream.choice((1, -1)) for k in (*stream.sample((2, 3, 4, 5), 3), stream.choice((2, 3)))]
            odds = numbers[3]
            for k, times in zip(numbers, h):
                odds *= k ** int(times)
            if odds != 1 and odds.p + odds.q <= 40 and fmpq(1, 6) <= odds <= 6:
                return tuple(h), tuple([ln(k) for k in numbers[:3]]), ln(numbers[3])
        else:
            h = [x / 2 for x in h]
            v = [fmpq(stream.choice((-15, -12, -10, -8, -5, 5, 8, 10, 12, 15)), 10) for _ in range(3)]
            c = fmpq(stream.choice((-10, -5, -2, 2, 5, 10)), 10)
            net = sum(x * k for x, k in zip(h, v)) + c
            if fmpq(1, 5) <= abs(net) <= fmpq(11, 5) and len(set(v)) == 3:
                return tuple(h), tuple(v), c


def softmax_layer(stream: Stream, form: str) -> tuple[Any, ...]:
    """Weights (3×2, a row for each class) and inputs (2) of a softmax layer. With the form logarithm the weights are logarithms of small numbers or of their
    inverses and the exponentials of the logits are whole numbers up to 12, all different; with decimal the logits lie within ±2."""
    while True:
        if form == "logarithm":
            times = stream.choice(((1, 1), (1, 2), (2, 1)))
            numbers = [[(stream.choice((2, 3, 4, 6)), stream.choice((1, 1, -1))) for _ in times] for _ in range(3)]  # and their exponents
            sizes = []
            for row in numbers:
                top, bottom = [math.prod([k ** t for (k, e), t in zip(row, times) if e == sign]) for sign in (1, -1)]
                if top % bottom or top > 12 * bottom:
                    break
                sizes.append(top // bottom)
            if len(set(sizes)) == len(set([one for one, _ in numbers])) == len(set([two for _, two in numbers])) == 3 and sum(sizes) <= 25:
                return tuple([tuple([ln(fmpq(k) ** e) for k, e in row]) for row in numbers]), exact(times)
        else:
            h = stream.sample((-2, -1, 1, 2, 3), 2)  # in halves, weights in tenths
            w = [stream.choices((-10, -8, -6, -5, -4, -2, 2, 4, 5, 6, 8, 10), 2) for _ in range(3)]
            logits = [a * h[0] + b * h[1] for a, b in w]
            if [len(set(k)) for k in (logits, *zip(*w))] == [3, 3, 3] and max(map(abs, logits)) <= 40:
                return tuple([tuple([fmpq(k, 10) for k in row]) for row in w]), tuple([fmpq(k, 2) for k in h])


def validation_curve(stream: Stream, patience: Any) -> tuple[fmpq, ...]:
    """Ten errors in hundredths, all different: they fall, rise for a moment and fall again before the smallest is followed by `patience` larger ones;
    later an even smaller one comes, too late."""
    wait = int(patience)
    while True:
        errors = [60 + stream.below(20)]
        for step in stream.choices((-9, -7, -6, -4, -3, -2, 2, 3, 4, 5), 9):
            errors.append(errors[-1] + step)
        if len(set(errors)) < 10 or min(errors) < 15:
            continue
        lows = [e for e in range(10) if e == 0 or errors[e] < min(errors[:e])]
        stops = [a + wait for a, b in zip(lows, [*lows[1:], 10]) if b - a > wait]
        if not stops:
            continue
        best = stops[0] - wait
        if 3 <= best <= 6 and min(errors[stops[0] + 1:], default=99) < errors[best] and any(
                errors[e] > errors[e - 1] for e in range(1, best)):
            return tuple([fmpq(e, 100) for e in errors])


def square_batch(stream: Stream) -> tuple[fmpq, ...]:
    """Four numbers whose mean is whole and whose variance (divisor 4) is the square of a whole number from 2 to 6; they do not all lie equally far from
    their mean."""
    while True:
        deviations = [stream.below(19) - 9 for _ in range(3)]
        deviations.append(-sum(deviations))
        squares = sum(d * d for d in deviations)
        if squares % 4 or squares // 4 not in (4, 9, 16, 25, 36) or len({abs(d) for d in deviations}) < 2 or 0 in deviations:
            continue
        middle = stream.below(21) - 8
        if middle:
            return tuple([fmpq(middle + d) for d in deviations])
