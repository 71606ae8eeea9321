"""Recurrent networks: the states of one recurrent unit, parameter counts, character models, one step of an LSTM cell.

One time step of a recurrent unit is h_t = f(u·x_t + w·h_{t−1} + b). Source: Goodfellow, Bengio and Courville, *Deep Learning*, chapter 10;
Hochreiter and Schmidhuber 1997 and Gers et al. 2000 for the LSTM.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from examwright.solvers.arithmetic import Number, exp, floor, ln, relu, sigmoid, sqrt, tanh
from examwright.solvers.exact.common import Matrix, Vector
from examwright.solvers.exact.logistic_regression import softmax

__all__ = [
    "activation_slopes", "cell_gradients", "cell_states", "exponentials", "gate_nets", "gate_values", "last_state_derivatives", "letter_entries",
    "letters_read", "letters_to_predict", "likeliest_letters", "lstm_cell_state", "net_of_state",
    "matrix_uses", "recurrent_parameters", "recurrent_state", "recurrent_states", "softmax_rows", "saturated_gate", "states_before", "steps_until_below",
    "surprisals", "widest_recurrent_layer",
]


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


def matrix_uses(form: str, inputs: Number, outputs: Number) -> Vector:
    """How often W_xh, W_hh and W_hy are applied in one pass, with a state before the first step: (T, T, 1) for many-to-one, (1, U, U) for
    one-to-many, (T, T, T) for aligned (an output at each step) and (T, T + U − 1, U) for delayed (the first output after the last input, later
    steps without input), with T inputs and U outputs, as many as the form has. ValueError for another form.
    Source: Karpathy 2015, *The unreasonable effectiveness of recurrent neural networks*, the figure of the five forms; Goodfellow et al., section 10.2."""
    if form == "aligned":
        return inputs, inputs, outputs
    if form in ("many-to-one", "one-to-many", "delayed"):
        return inputs, inputs + outputs - 1, outputs
    raise ValueError(f"no network of the form {form!r}; there are many-to-one, one-to-many, aligned and delayed")


# ---- character models ------------------------------------------------------------------------

def letter_entries(rows: Matrix, letters: Sequence[str], alphabet: Sequence[str]) -> Vector:
    """From each row the entry in the column of its letter; the columns are those of the alphabet. ValueError for a letter that is not
    there, and unless there are as many letters as rows. Source: the definition of the likelihood of a text."""
    return tuple([row[tuple(alphabet).index(letter)] for row, letter in zip(rows, letters, strict=True)])


def softmax_rows(logits: Matrix) -> Matrix:
    """Softmax of each row. Source: Goodfellow et al., equation 6.29."""
    return tuple([softmax(row) for row in logits])


def likeliest_letters(rows: Matrix, alphabet: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """For each row the list of the letters with the largest entry, more than one on a tie. Source: greedy decoding."""
    return tuple([tuple([letter for letter, p in zip(alphabet, row, strict=True) if not any([q > p for q in row if q is not p])])
                  for row in rows])


def letters_read(word: Sequence[str]) -> tuple[str, ...]:
    """All letters of a word but the last: what a character model is fed. Source: the usual training of a language model."""
    return tuple(word[:-1])


def letters_to_predict(word: Sequence[str]) -> tuple[str, ...]:
    """All letters of a word but the first: the targets of a character model. Source: as `letters_read`."""
    return tuple(word[1:])


def exponentials(rows: Matrix) -> Matrix:
    """e^z of each entry: softmax without the division. Source: as `softmax_rows`."""
    return tuple([tuple([exp(z) for z in row]) for row in rows])


def surprisals(probabilities: Vector) -> Vector:
    """−ln p of each probability, in nats. ValueError unless they are positive. Source: Goodfellow et al., equation 3.48."""
    return tuple([-ln(p) for p in probabilities])


# ---- LSTM ------------------------------------------------------------------------------------

def lstm_cell_state(forget: Number, previous: Number, gate: Number, candidate: Number) -> Number:
    """C_t = f·C_{t−1} + i·C̃. Source: Gers et al. 2000, equation 3; Goodfellow et al., equation 10.41."""
    return forget * previous + gate * candidate


def gate_values(nets: Vector) -> Vector:
    """The sigmoid of each net input: gates between 0 and 1. Source: Goodfellow et al., equation 10.40."""
    return tuple([sigmoid(z) for z in nets])


def gate_nets(weights: Matrix, inputs: Vector) -> Vector:
    """Weights times inputs, one net input for each row; sums of logarithms of fractions become one logarithm, so that they stay exact.
    ValueError unless the sizes agree. Source: ln a + ln b = ln(a·b); Goodfellow et al., equation 10.40."""
    nets = []
    for row in weights:
        terms = [w * x for w, x in zip(row, inputs, strict=True)]
        if all(isinstance(t, fmpq) for t in terms):
            nets.append(sum(terms, start=fmpq(0)))
        else:
            powers: Number = fmpq(1)
            for t in terms:
                powers = powers * exp(t)
            nets.append(ln(powers))
    return tuple(nets)


def saturated_gate(w: Number, b: Number, xs: Vector) -> Vector:
    """σ(w·x + b) at each input, rounded to a whole number: 1 where the net input is positive and 0 where it is negative.
    ValueError if a net input is less than 10 in size, where the rounding is not harmless. Source: the limits of the sigmoid."""
    nets = [w * x + b for x in xs]
    if any([-10 < z < 10 for z in nets]):
        raise ValueError("this gate is not saturated")
    return tuple([fmpq(1) if z > 0 else fmpq(0) for z in nets])


def cell_states(start: Number, forgets: Vector, gates: Vector, candidates: Vector) -> Vector:
    """C_1 … C_T from the cell state before the first step, with the forget gates, input gates and candidates of T steps.
    ValueError unless there are as many of each. Source: as `lstm_cell_state`."""
    state, out = start, []
    for forget, gate, candidate in zip(forgets, gates, candidates, strict=True):
        state = lstm_cell_state(forget, state, gate, candidate)
        out.append(state)
    return tuple(out)


def cell_gradients(forgets: Vector) -> Vector:
    """∂C_T/∂C_k for k = 0 … T − 1: the product of the forget gates of the steps k + 1 … T, which must not depend on the cell states.
    Source: Gers et al. 2000, section 3.2; Goodfellow et al., section 10.10.1."""
    factor: Number = fmpq(1)
    out = []
    for forget in reversed(forgets):
        factor = factor * forget
        out.append(factor)
    return tuple(out[::-1])


def steps_until_below(factor: Number, bound: Number) -> Number:
    """The least number of steps T with factor^T < bound, for 0 < factor < 1 and 0 < bound < 1. ValueError for others.
    Source: the logarithm of both sides."""
    if not (0 < factor < 1 and 0 < bound < 1):
        raise ValueError("factor and bound lie between 0 and 1")
    return floor(ln(bound) / ln(factor)) + 1


# ---- back-propagation through time -----------------------------------------------------------

def recurrent_states(xs: Vector, start: Number, u: Number, w: Number, activation: str) -> Vector:
    """s_1 … s_T of a unit without bias, from the state `start` before the first input. ValueError for an unknown activation.
    Source: as `recurrent_state`."""
    state, out = start, []
    for x in xs:
        state = recurrent_state(x, state, u, w, fmpq(0), activation)
        out.append(state)
    return tuple(out)


def states_before(start: Number, states: Vector) -> Vector:
    """s_0 … s_{T−1}: the state that each step starts from. Source: the recurrence itself."""
    return (start, *states[:-1])


def activation_slopes(states: Vector, activation: str) -> Vector:
    """f′ at each net input, written with the state: 1 for linear, 1 − s² for tanh. ValueError for another activation.
    Source: Goodfellow et al., section 6.3.2."""
    if activation == "linear":
        return tuple([fmpq(1) for _ in states])
    if activation == "tanh":
        return tuple([1 - s * s for s in states])
    raise ValueError(f"no slope of {activation!r}; there are those of linear and tanh")


def last_state_derivatives(w: Number, slopes: Vector) -> Vector:
    """∂s_T/∂s_k for k = 1 … T: the product of w·f′ over the steps k + 1 … T, from f′ at the T steps.
    Source: Goodfellow et al., section 10.2.2; Pascanu, Mikolov and Bengio 2013, equation 5."""
    out: list[Number] = [fmpq(1)]
    for slope in reversed(slopes[1:]):
        out.append(out[-1] * w * slope)
    return tuple(out[::-1])
