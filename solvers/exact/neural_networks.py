"""Small sigmoid networks: the forward pass, the deltas and one step of gradient descent.

A layer's weights are a matrix with one row for each of its neurons. The deltas are those of Mitchell,
*Machine Learning*, section 4.5: δ_j = −∂E/∂net_j with E = ½(t − o)², so that every weight grows by
η·δ_j·(its input).
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, floor, maximum, relu, sigmoid, sqrt, tanh
from examwright.solvers.exact.common import Matrix, Vector, mean

__all__ = [
    "apply_activation", "batch_variance", "best_epoch", "decayed_weights", "fully_connected_weights",
    "gate_of_outputs", "gate_outputs", "gate_weights", "leaky_relu", "names_below_zero", "node_formula",
    "node_slopes", "node_value", "normalised", "outer_product", "relu_gates", "relu_kinks",
    "relu_network_slope", "relu_network_value", "sigmoid_hidden_deltas", "sigmoid_output_delta",
    "stopping_epoch", "threshold_outputs", "updated_weights", "widest_hidden_layer",
]

_ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu}


def apply_activation(nets: Vector, activation: str) -> Vector:
    """sigmoid, tanh or relu of each net input. ValueError for another activation.
    Source: Goodfellow et al., *Deep Learning*, section 6.3."""
    if activation not in _ACTIVATIONS:
        raise ValueError(f"no activation {activation!r}; there are {', '.join(_ACTIVATIONS)}")
    f = _ACTIVATIONS[activation]
    return tuple([f(z) for z in nets])


def sigmoid_output_delta(target: Number, output: Number) -> Number:
    """δ_o = (t − o)·o·(1 − o) of a sigmoid output neuron. Source: Mitchell, table 4.2, equation T4.3."""
    return (target - output) * output * (1 - output)


def sigmoid_hidden_deltas(outputs: Vector, weights: Vector, delta: Number) -> Vector:
    """δ_j = o_j·(1 − o_j)·w_j·δ_o of each sigmoid hidden neuron, w_j being its weight to the one output
    neuron before the update. Source: Mitchell, table 4.2, equation T4.4."""
    return tuple([o * (1 - o) * w * delta for o, w in zip(outputs, weights, strict=True)])


def updated_weights(weights: Matrix, eta: Number, deltas: Vector, inputs: Vector) -> Matrix:
    """w_ji + η·δ_j·x_i for weights of shape (neurons, inputs). ValueError unless the sizes agree.
    Source: Mitchell, table 4.2, equation T4.5."""
    return tuple([
        tuple([w + eta * d * x for w, x in zip(row, inputs, strict=True)])
        for row, d in zip(weights, deltas, strict=True)
    ])


# ---- counting --------------------------------------------------------------------------------

def fully_connected_weights(widths: Vector) -> Number:
    """Σ n_{l−1}·n_l over the layers of a fully connected network with these widths, the inputs first; biases are not counted.
    ValueError for fewer than two layers. Source: Goodfellow et al., section 6.3, the shapes of the matrices W."""
    if len(widths) < 2:
        raise ValueError("a network has inputs and at least one layer")
    total: Number = fmpq(0)
    for before, here in zip(widths, widths[1:]):
        total = total + before * here
    return total


def widest_hidden_layer(inputs: Number, outputs: Number, budget: Number, bias: bool) -> Number:
    """The largest h for which a network inputs–h–outputs has at most `budget` parameters, with a bias for each neuron or
    without biases. ValueError if not even one hidden neuron is affordable. Source: h·inputs + h + outputs·h + outputs ≤ budget."""
    each = inputs + outputs + (1 if bias else 0)
    h = floor((budget - (outputs if bias else 0)) / each)
    if h < 1:
        raise ValueError("the budget is too small for a hidden layer")
    return h


# ---- rectified linear units ------------------------------------------------------------------

def relu_gates(nets: Vector) -> Vector:
    """The derivative of the ReLU at each net input: 1 where it is positive, 0 where it is negative. ValueError at 0, where there is
    none. Source: Goodfellow et al., section 6.3.1."""
    if any(z == 0 for z in nets):
        raise ValueError("the ReLU has no derivative at 0")
    return tuple([fmpq(1) if z > 0 else fmpq(0) for z in nets])


def outer_product(column: Vector, row: Vector) -> Matrix:
    """The matrix of the products column[i]·row[j], a row for each entry of the first vector: the gradient of a layer's weights from the
    slopes at its net inputs and its inputs. Source: Goodfellow et al., algorithm 6.4."""
    return tuple([tuple([a * b for b in row]) for a in column])


# ---- computational graphs --------------------------------------------------------------------

_OPERATIONS = ("sum", "difference", "product", "maximum", "squared difference")


def node_value(operation: str, x: Number, y: Number) -> Number:
    """What a node with two inputs puts out: sum, difference, product, maximum or squared difference, (x − y)². ValueError for
    another operation. Source: Goodfellow et al., section 6.5.1."""
    if operation == "sum":
        return x + y
    if operation == "difference":
        return x - y
    if operation == "product":
        return x * y
    if operation == "maximum":
        return maximum(x, y)
    if operation == "squared difference":
        return (x - y) ** 2
    raise ValueError(f"no operation {operation!r}; there are {', '.join(_OPERATIONS)}")


def node_slopes(operation: str, x: Number, y: Number, slip: str = "none") -> Vector:
    """The two partial derivatives of a node, with respect to its first and its second input. `slip` names a wrong way: swapped (x and y
    of a product exchanged), both (a maximum passes to both inputs), unsigned (the minus of a difference forgotten), undoubled (the 2 of
    a square forgotten). ValueError for another operation or slip, and for a maximum of equal inputs, which has no derivative.
    Source: Goodfellow et al., section 6.5.2."""
    if slip not in ("none", "swapped", "both", "unsigned", "undoubled"):
        raise ValueError(f"no slip {slip!r}")
    one, minus = fmpq(1), fmpq(1) if slip == "unsigned" else fmpq(-1)
    if operation == "sum":
        return one, one
    if operation == "difference":
        return one, minus
    if operation == "product":
        return (x, y) if slip == "swapped" else (y, x)
    if operation == "maximum":
        if x == y:
            raise ValueError("the maximum of equal inputs has no derivative")
        if slip == "both":
            return one, one
        return (one, fmpq(0)) if x > y else (fmpq(0), one)
    if operation == "squared difference":
        slope = (x - y) if slip == "undoubled" else 2 * (x - y)
        return slope, minus * slope
    raise ValueError(f"no operation {operation!r}; there are {', '.join(_OPERATIONS)}")


def node_formula(operation: str, x: str, y: str) -> str:
    """LaTeX of the operation on two terms, with parentheses where they are needed. ValueError for another operation.
    Source: the usual order of operations."""

    def factor(term: str, *operators: str) -> str:
        return f"({term})" if not term.startswith("\\max") and any(o in term for o in operators) else term

    if operation == "sum":
        return f"{x} + {y}"
    if operation == "difference":
        return f"{x} - {factor(y, ' + ', ' - ')}"
    if operation == "product":
        left, right = (factor(term, " + ", " - ", " \\cdot ") for term in (x, y))
        return f"{left} \\cdot {right}"
    if operation == "maximum":
        return f"\\max({x}, {y})"
    if operation == "squared difference":
        return f"\\left({x} - {factor(y, ' + ', ' - ')}\\right)^2"
    raise ValueError(f"no operation {operation!r}; there are {', '.join(_OPERATIONS)}")


# ---- activations, and functions that a ReLU network computes ---------------------------------

def leaky_relu(z: Number, leak: Number) -> Number:
    """z where it is positive, leak·z elsewhere. Source: Goodfellow et al., section 6.3.1."""
    return z if z > 0 else leak * z


def relu_network_value(weights: Vector, biases: Vector, outputs: Vector, x: Number) -> Number:
    """Σ v_i·max(0, w_i·x + b_i), a network with one input, a layer of ReLU neurons and a linear output without a bias. ValueError
    unless the three vectors are of one length. Source: Goodfellow et al., section 6.1."""
    total: Number = fmpq(0)
    for w, b, v in zip(weights, biases, outputs, strict=True):
        total = total + v * relu(w * x + b)
    return total


def relu_network_slope(weights: Vector, biases: Vector, outputs: Vector, x: Number) -> Number:
    """The derivative of `relu_network_value` at x, Σ v_i·w_i over the active neurons. ValueError at a kink.
    Source: the chain rule, with `relu_gates`."""
    gates = relu_gates(tuple([w * x + b for w, b in zip(weights, biases, strict=True)]))
    total: Number = fmpq(0)
    for w, v, gate in zip(weights, outputs, gates, strict=True):
        total = total + v * w * gate
    return total


def relu_kinks(weights: Vector, biases: Vector) -> Vector:
    """−b_i/w_i for each ReLU neuron of one input: where it switches, in the order of the neurons. ZeroDivisionError for a weight
    of 0. Source: w_i·x + b_i = 0; Montúfar et al. 2014, section 2."""
    return tuple([-b / w for w, b in zip(weights, biases, strict=True)])


# ---- threshold neurons and gates -------------------------------------------------------------

# Outputs for the inputs (0, 0), (0, 1), (1, 0), (1, 1).
_GATES = {
    "and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "nor": (1, 0, 0, 0), "only_first": (0, 0, 1, 0),
    "only_second": (0, 1, 0, 0), "implies": (1, 1, 0, 1), "implied": (1, 0, 1, 1), "xor": (0, 1, 1, 0), "xnor": (1, 0, 0, 1),
}


def threshold_outputs(w: Vector, b: Number, off: Number) -> Vector:
    """1 where w₁x₁ + w₂x₂ + b > 0 and `off` elsewhere, for the inputs (0, 0), (0, 1), (1, 0), (1, 1). Source: Mitchell, section 4.4.1."""
    nets = (b, w[1] + b, w[0] + b, w[0] + w[1] + b)
    return tuple([fmpq(1) if z > 0 else off for z in nets])


def gate_outputs(gate: str, off: Number) -> Vector:
    """1 and `off` of a named gate for the inputs (0, 0), (0, 1), (1, 0), (1, 1). ValueError for an unknown gate. Source: the truth table."""
    if gate not in _GATES:
        raise ValueError(f"no gate {gate!r}; there are {', '.join(_GATES)}")
    return tuple([fmpq(1) if bit else off for bit in _GATES[gate]])


def gate_of_outputs(outputs: Vector) -> str:
    """The name of the gate with these outputs, 1 counting as on. ValueError if there is none among the named ones.
    Source: the truth table."""
    bits = tuple([int(o == 1) for o in outputs])
    for gate, table in _GATES.items():
        if table == bits:
            return gate
    raise ValueError("no named gate has these outputs")


def gate_weights(gate: str) -> Vector:
    """(w₁, w₂, b) with w₁, w₂ = ±1 and the line halfway between the two kinds of corners, for a gate of one neuron. ValueError for
    xor and xnor, which have none, and for an unknown gate. Source: Minsky and Papert 1969, section 0.2; the corner that differs from
    the other three decides."""
    bits = [as_int(o) for o in gate_outputs(gate, fmpq(0))]
    if sum(bits) == 2:
        raise ValueError("no line separates the corners of this gate")
    alone = int(sum(bits) == 1)
    corner = bits.index(alone)
    signs = [fmpq(1) if corner in places else fmpq(-1) for places in ((2, 3), (1, 3))]
    w = signs if alone else [-s for s in signs]
    half = fmpq(1, 2) if alone else fmpq(-1, 2)
    x1, x2 = divmod(corner, 2)
    return w[0], w[1], half - w[0] * x1 - w[1] * x2


def names_below_zero(xs: Vector, names: Sequence[str]) -> tuple[str, ...]:
    """The names of the negative entries. ValueError unless there are as many names as entries. Source: a ReLU neuron is not active
    at a negative net input."""
    return tuple([name for x, name in zip(xs, names, strict=True) if x < 0])


# ---- regularisation --------------------------------------------------------------------------

def decayed_weights(weights: Vector, gradient: Vector, eta: Number, decay: Number) -> Vector:
    """(1 − decay)·w − η·g: a step of gradient descent with weight decay; for a penalty γ·Σw² the decay is 2ηγ. ValueError unless there are as many
    derivatives as weights. Source: Goodfellow et al., equation 7.5."""
    return tuple([(1 - decay) * w - eta * g for w, g in zip(weights, gradient, strict=True)])


def stopping_epoch(errors: Vector, patience: Number) -> Number:
    """The epoch (from 1) after which training stops: for `patience` epochs in a row the error was not below the smallest before. ValueError if
    this does not happen. Source: Goodfellow et al., algorithm 7.1, with one step between evaluations."""
    best, waited = errors[0], 0
    for epoch, error in enumerate(errors[1:], 2):
        if error < best:
            best, waited = error, 0
        else:
            waited += 1
        if waited == patience:
            return fmpq(epoch)
    raise ValueError("training does not stop in these epochs")


def best_epoch(errors: Vector, last: Number) -> Number:
    """The epoch (from 1) with the smallest error up to the epoch `last`, the first on a tie. IndexError for an epoch that is not there.
    Source: as `stopping_epoch`."""
    best = 0
    for i in range(as_int(last)):
        if errors[i] < errors[best]:
            best = i
    return fmpq(best + 1)


# ---- batch normalisation ---------------------------------------------------------------------

def batch_variance(values: Vector) -> Number:
    """The mean of the squared distances from the mean of a batch: divisor m, not m − 1. ValueError for an empty batch.
    Source: Ioffe and Szegedy 2015, algorithm 1."""
    middle = mean(values)
    return mean([(x - middle) ** 2 for x in values])


def normalised(values: Vector, middle: Number, variance: Number) -> Vector:
    """(x − μ)/√σ² of each value, without an ε. ZeroDivisionError for the variance 0. Source: Ioffe and Szegedy 2015, algorithm 1 with ε = 0."""
    deviation = sqrt(variance)
    return tuple([(x - middle) / deviation for x in values])
