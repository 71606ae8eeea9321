"""Recurrent networks: the states of one recurrent unit, parameter counts, character models, one step of an LSTM cell.

One time step of a recurrent unit is h_t = f(u·x_t + w·h_{t−1} + b). Source: Goodfellow, Bengio and Courville, *Deep Learning*, chapter 10;
Hochreiter and Schmidhuber 1997 and Gers et al. 2000 for the LSTM.
"""

from __future__ import annotations

from examwright.solvers.arithmetic import Number, floor, ln, relu, sigmoid, sqrt, tanh
from examwright.solvers.exact.common import Vector

__all__ = ["net_of_state", "recurrent_parameters", "recurrent_state", "widest_recurrent_layer"]


def _linear(z: Number) -> Number:
    return z


_STATES = {"linear": _linear, "relu": relu, "sigmoid": sigmoid, "tanh": tanh}


def recurrent_state(x: Number, previous: Number, u: Number, w: Number, b: Number, activation: str) -> Number:
    """f(u·x + w·h_{t−1} + b): the next state of a recurrent unit; `activation` is linear, relu, sigmoid or tanh. ValueError for another.
    Source: Goodfellow et al., equations 10.8 and 10.9."""
    if activation not in _STATES:
        raise ValueError(f"no activation {activation!r}; there are {', '.join(_STATES)}")
    return _STATES[activation](u * x + w * previous + b)


def net_of_state(state: Number, activation: str) -> Number:
    """The net input z with f(z) = state: the state itself for linear and relu, ln(h/(1 − h)) for sigmoid, ½·ln((1 + h)/(1 − h)) for tanh.
    ValueError for a state that f does not reach in one way only (h ≤ 0 for relu) and for another activation.
    Source: the inverse functions."""
    if activation == "linear":
        return state
    if activation == "relu":
        if state <= 0:
            raise ValueError("only a positive state of a ReLU has one net input")
        return state
    if activation not in _STATES:
        raise ValueError(f"no activation {activation!r}; there are {', '.join(_STATES)}")
    low = 0 if activation == "sigmoid" else -1
    if not low < state < 1:
        raise ValueError(f"a {activation} does not reach this state")
    odds = ln((state - low) / (1 - state))
    return odds if activation == "sigmoid" else odds / 2


# ---- counting --------------------------------------------------------------------------------

def recurrent_parameters(inputs: Number, hidden: Number, blocks: Number, biases: Number) -> Number:
    """blocks·(h·d + h·h + biases·h): the parameters of a recurrent layer of h units on d inputs, with `blocks` sets of weights (1 in a simple
    layer, 3 in a GRU, 4 in an LSTM) and 0, 1 or 2 bias vectors in each. Source: Goodfellow et al., section 10.2 and 10.10.1; Cho et
    al. 2014 for the GRU."""
    return blocks * hidden * (inputs + hidden + biases)


def widest_recurrent_layer(inputs: Number, blocks: Number, budget: Number) -> Number:
    """The largest h for which `recurrent_parameters` with one bias vector is at most `budget`. ValueError if not even one unit is
    affordable. Source: the positive root of h² + (d + 1)·h = budget/blocks."""
    half = (inputs + 1) / 2
    h = floor(sqrt(half * half + budget / blocks) - half)
    if h < 1:
        raise ValueError("the budget is too small for one unit")
    return h
