"""Independent checks of the recurrent questions: all states at once by iteration, searches in place of formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "bptt_by_complex_step", "character_model_in_logs", "count_recurrent_entries", "lstm_step_by_complex_step",
    "saturated_cell_by_complex_step", "states_by_iteration", "unrolled_by_steps",
]

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


def count_recurrent_entries(inputs: int, hidden: int, outputs: int, steps: int) -> dict[str, Any]:
    """Every part of rnn/param-count: the entries of the arrays that hold the weights and biases; the LSTM is widened until it is too wide."""
    def layer(h: int, blocks: int, biases: int) -> int:
        shapes = [(h, inputs), (h, h), *[(h,)] * biases]
        return blocks * sum(np.broadcast_to(np.int8(0), shape).size for shape in shapes)

    output = sum(np.broadcast_to(np.int8(0), shape).size for shape in ((outputs, hidden), (outputs,)))
    simple = layer(hidden, 1, 1)
    units = 1
    while layer(units + 1, 4, 1) <= simple:
        units += 1
    return {"recurrent": simple, "output": output, "total": simple + output, "lstm": layer(hidden, 4, 1), "saving": layer(hidden, 4, 1) - layer(hidden, 3, 1),
            "library": layer(hidden, 4, 2), "units": units}


def character_model_in_logs(logits: np.ndarray, word: list[str], alphabet: list[str], reduction: str) -> dict[str, Any]:
    """Every part of rnn/charlm-loss: logits (a row for each step, a column for each letter) and the letters of the word. All is computed from
    logarithms, as log-softmax with the largest logit taken out first; the greedy letters by sorting."""
    largest = logits.max(axis=1, keepdims=True)
    logs = logits - largest - np.log(np.exp(logits - largest).sum(axis=1, keepdims=True))
    chosen = np.array([logs[t, alphabet.index(letter)] for t, letter in enumerate(word[1:])])
    order = np.argsort(logits, axis=1)
    return {
        "p": np.exp(logs), "q": np.exp(chosen), "loss": float(-chosen.sum() if reduction == "sum" else -chosen.mean()),
        "chance": float(np.exp(chosen.sum())), "perplexity": float(np.exp(-chosen.mean())),
        "greedy": [[alphabet[k]] for k in order[:, -1]],
    }


def lstm_step_by_complex_step(weights: np.ndarray, x: float, hidden: float, cell: float, nudge: float) -> dict[str, Any]:
    """Every part of rnn/lstm-cell-step: rows of weights (input, old state, bias) for forget gate, input gate, output gate and candidate. The
    logistic function by way of tanh; how the cell carries a change by an imaginary step."""
    inner = weights[:, 0] * x + weights[:, 1] * hidden + weights[:, 2]
    squashed = np.tanh(inner * np.array([0.5, 0.5, 0.5, 1.0]))
    forget, write, read = 0.5 + 0.5 * squashed[:3]
    state = forget * (cell + 1e-30j) + write * squashed[3]
    return {"gates": np.array([forget, write, read]), "candidate": squashed[3], "cell": state.real,
            "hidden": read * np.tanh(state.real), "carried": nudge * state.imag / 1e-30}


def bptt_by_complex_step(xs: np.ndarray, start: float, u: float, w: float, target: float, activation: str) -> dict[str, Any]:
    """Every part of rnn/bptt-scalar: no chain rule; the weights, and each state in turn, are moved by a tiny imaginary step and the network is run
    to its end. The steps back from s_T to s_1 are counted one by one."""
    f = _FUNCTIONS[activation]
    count, h = len(xs), 1e-30

    def run(u: complex, w: complex, moved: int = 0) -> list[complex]:
        states = [complex(start)]
        for t, x in enumerate(xs, 1):
            states.append(f(w * states[-1] + u * x) + (1j * h if t == moved else 0))
        return states[1:]

    def loss(state: complex) -> complex:
        return 0.5 * (state - target) ** 2

    ends = [run(u, w, k)[-1] for k in range(1, count + 1)]
    place, steps = count, 0
    while place > 1:
        place, steps = place - 1, steps + 1
    return {
        "states": np.array([s.real for s in run(u, w)]), "slope_T": (loss(run(u, w)[-1] + 1j * h)).imag / h, "steps": steps,
        "factors": np.array([e.imag for e in ends]) / h, "slopes": np.array([loss(e).imag for e in ends]) / h,
        "grad_w": loss(run(u, w + 1j * h)[-1]).imag / h, "grad_u": loss(run(u + 1j * h, w)[-1]).imag / h,
    }


def unrolled_by_steps(tasks: list[list[str]], form: str, inputs: int, outputs: int, size: int, hidden: int, width: int) -> dict[str, Any]:
    """Every part of rnn/shape-choice: the network is unrolled into a list of steps, each with or without an input and an output, and the products
    are counted step by step. The form of a task is read off from the same list for its own numbers of inputs and outputs."""
    def steps(form: str, inputs: int, outputs: int) -> list[tuple[bool, bool]]:
        aligned = form == "aligned"
        first = 0 if aligned else inputs - 1
        count = max(inputs, first + outputs)
        return [(t < inputs, first <= t < first + outputs) for t in range(count)]

    def form_of(plan: list[tuple[bool, bool]]) -> str:
        reads, writes = sum(r for r, _ in plan), sum(w for _, w in plan)
        if 1 in (reads, writes):
            return "many-to-one" if writes == 1 else "one-to-many"
        return "aligned" if all(r and w for r, w in plan) else "delayed"

    sizes = {"many-to-one": (5, 1), "one-to-many": (1, 5), "aligned": (5, 5), "delayed": (5, 4)}

    def products(plan: list[tuple[bool, bool]]) -> int:
        return sum(hidden * hidden + size * hidden * r + hidden * width * w for r, w in plan)

    plan = steps(form, inputs, outputs)
    longer = steps(form, inputs + (form != "one-to-many"), outputs + (form in ("one-to-many", "aligned")))
    last = max(t for t, (_, w) in enumerate(plan) if w)
    return {
        "first": form_of(steps(tasks[0][1], *sizes[tasks[0][1]])), "second": form_of(steps(tasks[1][1], *sizes[tasks[1][1]])),
        "uses": np.array([sum(r for r, _ in plan), len(plan), sum(w for _, w in plan)]), "products": products(plan),
        "more": products(longer) - products(plan), "path": last - min(t for t, (r, _) in enumerate(plan) if r),
    }


def saturated_cell_by_complex_step(
    weights: np.ndarray, xs: np.ndarray, start: float, leak: float, horizon: int, bound: float,
) -> dict[str, Any]:
    """Every part of rnn/lstm-saturated-gradient: rows of weights (input, bias) for forget gate, input gate, output gate and candidate. The gates are
    not rounded but to print them; each cell state in turn is moved by a tiny imaginary step. The fading gradient is multiplied step by step."""
    inner = weights[:, :1] * xs + weights[:, 1:]
    gates = 0.5 + 0.5 * np.tanh(0.5 * inner[:3])
    candidates = np.tanh(inner[3])
    h, count = 1e-30, len(xs)

    def run(moved: int) -> list[complex]:
        states = [complex(start)]
        for t in range(count):
            states[t] += 1j * h if t == moved else 0
            states.append(gates[0, t] * states[t] + gates[1, t] * candidates[t])
        return states

    cells = np.array([c.real for c in run(count)[1:]])
    fading = [1.0]
    while len(fading) <= horizon or fading[-1] >= bound:
        fading.append(fading[-1] * leak)
    return {
        "gates": np.round(np.vstack([gates, candidates])), "cells": cells, "hidden": float(gates[2, -1] * np.tanh(cells[-1])),
        "gradients": np.array([run(k)[-1].imag / h for k in range(count)]), "faded": fading[horizon],
        "steps": next(t for t, g in enumerate(fading) if g < bound),
    }
