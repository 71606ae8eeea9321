"""Independent checks of the recurrent questions: all states at once by iteration, searches in place of formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["states_by_iteration"]

_FUNCTIONS: dict[str, Any] = {
    "linear": lambda z: z, "relu": lambda z: np.maximum(z, 0.0), "sigmoid": lambda z: 0.5 + 0.5 * np.tanh(0.5 * z), "tanh": np.tanh,
}


def states_by_iteration(
    xs: np.ndarray, start: float, u: float, w: float, b: float, v: float, c: float, activation: str, goal: float,
) -> dict[str, Any]:
    """Every part of rnn/forward-scalar: the vector of all states is the fixed point of h = f(u·x + w·(h shifted) + b), reached after as many
    sweeps as there are steps; the input that leads to the state `goal` is found by bisection."""
    f = _FUNCTIONS[activation]
    states = np.zeros(len(xs))
    for _ in xs:
        states = f(u * xs + w * np.append(start, states[:-1]) + b)

    def miss(x: float) -> float:
        return float(np.sign(u) * (f(np.array(u * x + w * states[-1] + b)) - goal))

    low, high = -1e3, 1e3
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if miss(middle) < 0 else (low, middle)
    return {"h1": states[0], "h2": states[1], "later": states[2:], "y": v * states[-1] + c, "x_next": high}
