"""Independent checks of the network questions: no derivative is taken by hand, all are complex steps."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "activations_by_complex_step", "backprop_by_complex_step", "batchnorm_by_moments", "count_network_entries",
    "delta_of_loss_by_complex_step", "forward_relu_by_regions", "forward_sigmoid_numpy", "gates_by_enumeration",
    "graph_by_complex_step", "regularise_by_enumeration", "relu_backprop_by_complex_step",
    "softmax_layer_by_complex_step",
]

_H = 1e-30
# One row for each value that is moved: 4 hidden weights, 2 output weights, 2 hidden nets, 1 output net.
_NUDGES = 1j * _H * np.eye(9)


def _logistic(z: Any) -> Any:
    """The sigmoid by way of tanh, for real and complex arrays."""
    return 0.5 + 0.5 * np.tanh(0.5 * z)


def forward_sigmoid_numpy(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, v: np.ndarray, c: float,
) -> dict[str, Any]:
    """Every part of neural-networks/forward-sigmoid: inputs x (2), hidden weights w (2×2, a row for each
    neuron) and biases b (2), output weights v (2) and bias c; biases as weights of a constant input 1."""
    net_h = np.column_stack([w, b]) @ np.append(x, 1.0)
    out_h = _logistic(net_h)
    net_o = float(np.append(v, c) @ np.append(out_h, 1.0))
    out_o = float(_logistic(net_o))
    return {
        "net_h": net_h, "out_h": out_h, "net_o": net_o, "out_o": out_o,
        "label": "one" if out_o > 0.5 else "zero",
    }


def backprop_by_complex_step(
    x: np.ndarray, w: np.ndarray, v: np.ndarray, target: float, eta: float,
) -> dict[str, Any]:
    """Every part of neural-networks/backprop-sigmoid, for the network of `forward_sigmoid_numpy` without biases.
    All nine derivatives of E = ½(t − o)² come from one batch of forward passes, each with one weight or net
    input moved by a tiny imaginary step."""
    net_h = (w + _NUDGES[:, :4].reshape(9, 2, 2)) @ x + _NUDGES[:, 6:8]
    out_h = _logistic(net_h)
    net_o = ((v + _NUDGES[:, 4:6]) * out_h).sum(axis=1) + _NUDGES[:, 8]
    out_o = _logistic(net_o)
    slope = (0.5 * (target - out_o) ** 2).imag / _H
    new_w = w - eta * slope[:4].reshape(2, 2)
    new_v = v - eta * slope[4:6]
    after = float(target - _logistic(new_v @ _logistic(new_w @ x)))
    before = float(target - out_o[0].real)
    return {
        "net_h": net_h[8].real, "out_h": out_h[8].real,
        "net_o": float(net_o[8].real), "out_o": float(out_o[8].real),
        "delta_o": float(-slope[8]), "delta_h": -slope[6:8], "new_v": new_v, "new_w": new_w,
        "second_error": after, "comment": ("up" if before - after > 0 else "down") + ("_near" if abs(after) < abs(before) else "_far"),
    }


def count_network_entries(widths: np.ndarray, extra: int) -> dict[str, Any]:
    """Every part of neural-networks/param-count: the entries of the arrays that hold weights and biases, counted, also in a
    network whose first hidden layer has `extra` more neurons; the one hidden layer is widened until it is too wide."""

    def entries(layers: list[int]) -> tuple[int, int]:
        weights = [np.broadcast_to(np.int8(0), shape) for shape in zip(layers[1:], layers)]
        return sum(w.size for w in weights), sum(w.shape[0] for w in weights)

    layers = [int(n) for n in widths]
    weights, biases = entries(layers)
    wider = sum(entries([layers[0], layers[1] + extra, *layers[2:]]))
    hidden = 1
    while sum(entries([layers[0], hidden + 1, layers[-1]])) <= weights + biases:
        hidden += 1
    return {"weights": weights, "biases": biases, "total": weights + biases, "growth": wider - weights - biases,
            "hidden": hidden}


def relu_backprop_by_complex_step(x: np.ndarray, w: np.ndarray, v: np.ndarray, target: float, eta: float) -> dict[str, Any]:
    """Every part of neural-networks/backprop-relu: inputs x (2), hidden weights w (3×2) of ReLU neurons, output weights v (3) of a linear
    neuron. The derivatives of E = ½(t − o)² come from forward passes with one weight or net input moved by a tiny imaginary step; a ReLU
    passes it on where the real part is positive."""
    steps = 1j * _H * np.eye(13)  # 6 hidden weights, 3 output weights, 3 hidden nets, the output
    net_h = (w + steps[:, :6].reshape(13, 3, 2)) @ x + steps[:, 9:12]
    out_h = np.where(net_h.real > 0, net_h, 0)
    out_o = ((v + steps[:, 6:9]) * out_h).sum(axis=1) + steps[:, 12]
    slope = (0.5 * (target - out_o) ** 2).imag / _H
    return {
        "net_h": w @ x, "out_h": out_h[12].real, "out_o": float(out_o[12].real), "slope_o": float(slope[12]),
        "grad_v": slope[6:9], "slope_h": slope[9:12], "grad_w": slope[:6].reshape(3, 2),
        "new_w": w - eta * slope[:6].reshape(3, 2),
    }


def graph_by_complex_step(u_op: str, v_op: str, top_op: str, a: float, b: float, c: float, nudge: float) -> dict[str, Any]:
    """Every part of neural-networks/comp-graph: u = u_op(a, b), v = v_op(b, c), f = top_op(u, v). No node is derived: each value is moved by
    a tiny imaginary step, all the way to f or only to the next node."""
    operations: dict[str, Any] = {
        "sum": lambda x, y: x + y, "difference": lambda x, y: x - y, "product": lambda x, y: x * y,
        "maximum": lambda x, y: max(x, y, key=lambda z: z.real), "squared difference": lambda x, y: (x - y) * (x - y),
    }
    node_u, node_v, top = operations[u_op], operations[v_op], operations[top_op]
    d, (p, q, r) = 1j * _H, (complex(a), complex(b), complex(c))

    def slope(z: complex) -> float:
        return z.imag / _H

    u, v = node_u(p, q), node_v(q, r)
    gradient = np.array([slope(top(node_u(x, y), node_v(y, z))) for x, y, z in ((p + d, q, r), (p, q + d, r), (p, q, r + d))])
    return {
        "forward": np.array([u.real, v.real, top(u, v).real]), "above": np.array([slope(top(u + d, v)), slope(top(u, v + d))]),
        "local": np.array([slope(node_u(p + d, q)), slope(node_u(p, q + d)), slope(node_v(q + d, r)), slope(node_v(q, r + d))]),
        "paths": np.array([slope(top(node_u(p, q + d), v)), slope(top(u, node_v(q + d, r)))]),
        "gradient": gradient, "change": nudge * gradient[1],
    }


def activations_by_complex_step(
    z: float, leak: float, low: float, high: float, w: np.ndarray, b: np.ndarray, v: np.ndarray, at: float,
) -> dict[str, Any]:
    """Every part of neural-networks/activation-values. Derivatives of σ and tanh are complex steps, those of leaky ReLU and of the ReLU
    network Σ v·max(0, wx + b) differences over a short way, which are exact on straight pieces; a kink is found as the root of
    the straight line through two net inputs."""
    def leaky(x: float) -> float:
        return max(x, leak * x)

    def network(x: float) -> float:
        return float(np.maximum(np.outer(w, [x])[:, 0] + b, 0) @ v)

    def difference(f: Any, x: float) -> float:
        h = 2.0**-12
        return float(f(x + h) - f(x - h)) / (2 * h)

    moved = z + 1j * _H
    sigmoid, tangent = 1 / (1 + np.exp(-moved)), (np.exp(moved) - np.exp(-moved)) / (np.exp(moved) + np.exp(-moved))
    return {
        "s": float(sigmoid.real), "s_slope": float(sigmoid.imag / _H), "t": float(tangent.real), "t_slope": float(tangent.imag / _H),
        "leaky": np.array([leaky(low), difference(leaky, low), leaky(high), difference(leaky, high)]),
        "output": network(at), "kinks": np.array([float(np.roots([w_i, b_i])[0]) for w_i, b_i in zip(w, b)]),
        "slope": difference(network, at),
    }


def gates_by_enumeration(
    w: np.ndarray, b: float, off: float, wanted: str, other: str, positive: np.ndarray, kind: str,
) -> dict[str, Any]:
    """Every part of neural-networks/perceptron-gate: outputs from the table of inputs, names from Boolean expressions, weights as the line of a
    grid with the widest margin, existence and the range of the bias by trying the values of a grid."""
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    p, q = inputs.T.astype(bool)
    tables = {"and": p & q, "or": p | q, "nand": ~(p & q), "nor": ~(p | q), "only_first": p & ~q, "only_second": q & ~p,
              "implies": ~p | q, "implied": ~q | p, "xor": p ^ q, "xnor": ~(p ^ q)}

    grid = np.array(np.meshgrid([-1, 0, 1], [-1, 0, 1], np.arange(-2, 2.5, 0.5))).reshape(3, -1).T
    grid = grid[grid[:, :2].any(axis=1)]
    nets = grid[:, :2] @ inputs.T + grid[:, 2:]
    margins = np.abs(nets).min(axis=1) / np.hypot(grid[:, 0], grid[:, 1])

    def lines(gate: str) -> list[tuple[float, np.ndarray]]:
        return [(margins[i], grid[i]) for i in np.flatnonzero(((nets > 0) == tables[gate]).all(axis=1))]

    fired = inputs @ w + b > 0
    steps = np.arange(-64, 65) / 4
    good = steps[((inputs @ positive + steps[:, None] > 0) == tables[kind]).all(axis=1)]
    return {
        "outputs": np.where(fired, 1.0, off), "gate": next(name for name, table in tables.items() if (table == fired).all()),
        "weights": max(lines(wanted), key=lambda found: found[0])[1], "possible": "can" if lines(other) else "cannot",
        "biases": [[good[0] - 0.25, good[-1], "(]"]],
    }


def forward_relu_by_regions(x: np.ndarray, w: np.ndarray, b: np.ndarray, v: np.ndarray, c: float, leak: float) -> dict[str, Any]:
    """Every part of neural-networks/forward-relu: the network is linear where the same neurons are active, so its outputs are those of one affine map,
    found from the pattern of active neurons; a leaky ReLU lets the share `leak` of the others through."""
    nets = np.column_stack([w, b]) @ np.append(x, 1.0)
    on = (nets > 0).astype(float)
    gradient = (v * on) @ w
    passed = on + leak * (1 - on)
    return {
        "net_h": nets, "out_h": on * nets, "dead": [f"h{j + 1}" for j in np.flatnonzero(nets < 0)],
        "out_o": float(gradient @ x + (v * on) @ b + c), "gradient": gradient,
        "leaky": float((v * passed) @ w @ x + (v * passed) @ b + c),
    }


def delta_of_loss_by_complex_step(
    h: np.ndarray, v: np.ndarray, c: float, label: float, eta: float,
) -> dict[str, Any]:
    """Every part of neural-networks/backprop-bce: a sigmoid output neuron with weights v and bias c on the outputs h of a hidden layer of ReLU neurons (positive
    where they are active). The cross-entropy is derived by imaginary steps in its net input, its weights and its inputs."""
    def loss(weights: np.ndarray, bias: complex, inputs: np.ndarray, step: complex = 0) -> complex:
        z = weights @ inputs + bias + step
        return complex(np.log(1 + np.exp(-z)) if label == 1 else np.log(1 + np.exp(z)))

    d = 1j * _H
    bumps = d * np.eye(len(h))
    slope = loss(v, c, h, d).imag / _H
    grad_v = np.array([loss(v + bump, c, h).imag for bump in bumps]) / _H
    grad_c = loss(v, c + d, h).imag / _H
    z = float(v @ h + c)
    back = np.array([loss(v, c, h + bump).imag for bump in bumps]) / _H
    return {
        "net_o": z, "p": float(_logistic(z)), "loss": loss(v, c, h).real, "delta": slope, "grad_v": grad_v, "back": np.where(h > 0, back, 0.0),
        "new": np.append(v, c) - eta * np.append(grad_v, grad_c),
    }


def softmax_layer_by_complex_step(w: np.ndarray, h: np.ndarray, truth: int, eta: float) -> dict[str, Any]:
    """Every part of neural-networks/backprop-softmax: logits wh, cross-entropy of the class `truth` (from 1), derived by imaginary steps in the logits, the
    weights (a row for each class) and h."""
    k, n = w.shape

    def loss(weights: np.ndarray, inputs: np.ndarray, step: Any = 0.0) -> complex:
        z = weights @ inputs + step
        return complex(np.log(np.exp(z).sum()) - z[truth - 1])

    d = 1j * _H
    grad_z = np.array([loss(w, h, d * row).imag for row in np.eye(k)]) / _H
    grad_w = np.array([loss(w + d * bump.reshape(k, n), h).imag for bump in np.eye(k * n)]).reshape(k, n) / _H
    grad_h = np.array([loss(w, h + d * row).imag for row in np.eye(n)]) / _H
    z = w @ h
    return {
        "logits": z, "p": np.exp(z - z.max()) / np.exp(z - z.max()).sum(), "loss": loss(w, h).real, "grad_z": grad_z, "grad_w": grad_w,
        "grad_h": grad_h, "new_row": w[truth - 1] - eta * grad_w[truth - 1],
    }


def regularise_by_enumeration(
    weights: np.ndarray, slopes: np.ndarray, eta: float, gamma: float, errors: np.ndarray, patience: int, h: np.ndarray, v: np.ndarray,
    keep: float, mask: np.ndarray,
) -> dict[str, Any]:
    """Every part of neural-networks/regularise: the penalised loss derived by imaginary steps, the stop by looking at all windows of `patience` epochs, and
    dropout by going through all masks with their probabilities."""
    bumps = 1j * _H * np.eye(len(weights))
    total = np.array([slopes @ (weights + bump) + gamma * ((weights + bump) ** 2).sum() for bump in bumps]).imag / _H
    lowest = np.minimum.accumulate(errors)
    fresh = np.append(True, errors[1:] < lowest[:-1])
    stop = next(e for e in range(patience + 1, len(errors) + 1) if not fresh[e - patience:e].any())
    masks = np.array(np.meshgrid(*[[0, 1]] * len(h))).reshape(len(h), -1).T
    chances = np.prod(np.where(masks == 1, keep, 1 - keep), axis=1)
    return {
        "shrink": (weights - eta * gamma * np.array([((weights + b) ** 2).sum().imag for b in bumps]) / _H)[0] / weights[0],
        "new_w": weights - eta * total, "stop": stop, "kept": int(np.flatnonzero(fresh[:stop])[-1]) + 1,
        "masked": float((mask * h) @ v), "expected": float(chances @ (masks * h) @ v), "networks": len(masks),
    }


def batchnorm_by_moments(
    batch: np.ndarray, gamma: float, beta: float, old_mean: float, old_deviation: float, momentum: float, x: float, features: int,
) -> dict[str, Any]:
    """Every part of neural-networks/batchnorm: the variance from the pairs of a batch (half the mean square of their differences), the scaled values
    as the affine map that takes the batch to the mean beta and the deviation |gamma|."""
    differences = batch[:, None] - batch[None, :]
    variance = 0.5 * float((differences**2).mean())
    mean = float(batch.sum()) / batch.size
    slope = gamma / np.sqrt(variance)
    return {
        "middle": mean, "variance": variance, "standard": (batch - mean) / np.sqrt(variance), "scaled": slope * batch + (beta - slope * mean),
        "running": old_mean + momentum * (mean - old_mean), "predicted": gamma / old_deviation * x + (beta - gamma * old_mean / old_deviation),
        "parameters": np.broadcast_to(np.int8(0), (2, features)).size,
    }
