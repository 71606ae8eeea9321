"""Small sigmoid networks: the forward pass, the deltas and one step of gradient descent.

A layer's weights are a matrix with one row for each of its neurons. The deltas are those of Mitchell,
*Machine Learning*, section 4.5: δ_j = −∂E/∂net_j with E = ½(t − o)², so that every weight grows by
η·δ_j·(its input).
"""

from __future__ import annotations

from examwright.solvers.arithmetic import Number, relu, sigmoid, tanh
from examwright.solvers.exact.common import Matrix, Vector

__all__ = ["apply_activation", "sigmoid_hidden_deltas", "sigmoid_output_delta", "updated_weights"]

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
