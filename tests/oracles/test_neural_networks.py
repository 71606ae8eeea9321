"""PyTorch (float64, autograd) against the exact network solvers and the keys of their question files."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import exact, sigmoid, to_float
from examwright.solvers.exact import neural_networks as nn
from examwright.solvers.exact.common import dot, matvec

torch = pytest.importorskip("torch")


def tensor(value: Any) -> Any:
    """Exact numbers, vectors and matrices as float64 tensors."""
    def plain(x: Any) -> Any:
        return [plain(v) for v in x] if isinstance(x, tuple) else to_float(x)

    return torch.tensor(plain(value), dtype=torch.float64)


def same(found: Any, expected: Any, relative: float = 1e-11) -> bool:
    return bool(torch.allclose(tensor(found), expected.detach(), rtol=relative, atol=1e-15))


def step(x: Any, w: Any, v: Any, target: Any, eta: Any) -> dict[str, Any]:
    """One step of torch.optim.SGD on ½(t - o)² in the network 2-2-1, and the output after it."""
    x, t = tensor(x), tensor(target)
    w, v = tensor(w).requires_grad_(), tensor(v).requires_grad_()
    net_h = w @ x
    out_h = torch.sigmoid(net_h)
    net_o = v @ out_h
    out_o = torch.sigmoid(net_o)
    net_h.retain_grad()
    net_o.retain_grad()
    optimizer = torch.optim.SGD([w, v], lr=float(eta))
    (0.5 * (t - out_o) ** 2).backward()
    optimizer.step()
    after = t - torch.sigmoid(v @ torch.sigmoid(w @ x))
    return {"net_h": net_h, "out_h": out_h, "net_o": net_o, "out_o": out_o, "delta_o": -net_o.grad,
            "delta_h": -net_h.grad, "new_v": v, "new_w": w, "second_error": after}


def test_step_against_autograd() -> None:
    rng = random.Random(11)

    def number() -> fmpq:
        return fmpq(rng.randint(-20, 20), 10)

    for _ in range(50):
        x, v = (number(), number()), (number(), number())
        w = ((number(), number()), (number(), number()))
        target, eta = fmpq(rng.randint(0, 10), 10), fmpq(rng.choice([1, 5, 10, 20]), 10)
        expected = step(x, w, v, target, eta)
        out_h = nn.apply_activation(matvec(w, x), "sigmoid")
        out_o = sigmoid(dot(v, out_h))
        delta_o = nn.sigmoid_output_delta(target, out_o)
        delta_h = nn.sigmoid_hidden_deltas(out_h, v, delta_o)
        assert same(out_h, expected["out_h"]) and same(out_o, expected["out_o"])
        assert same(delta_o, expected["delta_o"]) and same(delta_h, expected["delta_h"])
        assert same(nn.updated_weights((v,), eta, (delta_o,), out_h)[0], expected["new_v"])
        assert same(nn.updated_weights(w, eta, delta_h, x), expected["new_w"])
        assert same(nn.apply_activation(x, "tanh"), torch.tanh(tensor(x)))
        assert same(nn.apply_activation(x, "relu"), torch.relu(tensor(x)))


@pytest.mark.parametrize("seed", range(1, 26))
def test_backprop_key(seed: int) -> None:
    values = examwright.draw("neural-networks/backprop-sigmoid", seed=seed).values
    expected = step(*(values[k] for k in ("x", "w", "v", "target", "eta")))
    for name, found in expected.items():
        assert same(values[name], found), name
    before, after = to_float(values["target"] - values["out_o"]), expected["second_error"].item()  # the target minus the output
    assert values["comment"] == f"{'up' if after < before else 'down'}_{'near' if abs(after) < abs(before) else 'far'}"


@pytest.mark.parametrize("seed", range(1, 26))
def test_forward_key(seed: int) -> None:
    values = examwright.draw("neural-networks/forward-sigmoid", seed=seed).values
    hidden, output = torch.nn.Linear(2, 2, dtype=torch.float64), torch.nn.Linear(2, 1, dtype=torch.float64)
    with torch.no_grad():
        hidden.weight.copy_(tensor(values["w"]))
        hidden.bias.copy_(tensor(values["b"]))
        output.weight.copy_(tensor((values["v"],)))
        output.bias.copy_(tensor((values["c"],)))
        net_h = hidden(tensor(values["x"]))
        net_o = output(torch.sigmoid(net_h))
    assert same(values["net_h"], net_h) and same(values["out_h"], torch.sigmoid(net_h))
    assert same((values["net_o"],), net_o) and same((values["out_o"],), torch.sigmoid(net_o))
    assert (values["label"] == "one") == (torch.sigmoid(net_o).item() > 0.5)


def torch_parameters(widths: list[int]) -> tuple[int, int]:
    """How many weights and biases a stack of torch.nn.Linear with these widths has."""
    layers = [torch.nn.Linear(m, n, device="meta") for m, n in zip(widths, widths[1:])]
    return sum(layer.weight.numel() for layer in layers), sum(layer.bias.numel() for layer in layers)


@pytest.mark.parametrize("seed", range(1, 31))
def test_param_count_key(seed: int) -> None:
    v = examwright.draw("neural-networks/param-count", seed=seed).values
    widths = [int(n) for n in v["widths"]]
    assert (v["weights"], v["biases"]) == torch_parameters(widths)
    assert v["total"] == v["weights"] + v["biases"]
    assert v["growth"] == sum(torch_parameters([widths[0], widths[1] + int(v["extra"]), *widths[2:]])) - v["total"]
    for extra, fits in ((0, True), (1, False)):
        assert (sum(torch_parameters([widths[0], int(v["hidden"]) + extra, widths[-1]])) <= v["total"]) is fits


def test_counting_refuses_what_is_no_network() -> None:
    with pytest.raises(ValueError, match="at least one layer"):
        nn.fully_connected_weights((fmpq(3),))
    with pytest.raises(ValueError, match="too small"):
        nn.widest_hidden_layer(fmpq(10), fmpq(3), fmpq(12), True)
    assert nn.widest_hidden_layer(fmpq(10), fmpq(3), fmpq(39), False) == 3


@pytest.mark.parametrize("seed", range(1, 31))
def test_backprop_relu_key(seed: int) -> None:
    values = examwright.draw("neural-networks/backprop-relu", seed=seed).values
    x, t = tensor(values["x"]), tensor(values["target"])
    w, v = tensor(values["w"]).requires_grad_(), tensor(values["v"]).requires_grad_()
    net_h = w @ x
    out_h = torch.relu(net_h)
    out_o = v @ out_h
    for inner in (net_h, out_o):
        inner.retain_grad()
    (0.5 * (t - out_o) ** 2).backward()
    expected = {"net_h": net_h, "out_h": out_h, "out_o": out_o, "slope_o": out_o.grad, "grad_v": v.grad,
                "slope_h": net_h.grad, "grad_w": w.grad, "new_w": w - to_float(values["eta"]) * w.grad}
    for name, found in expected.items():
        assert same(values[name], found), name
    assert nn.relu_gates(values["net_h"]).count(fmpq(0)) == 1


def test_a_relu_has_no_derivative_at_zero() -> None:
    with pytest.raises(ValueError, match="no derivative"):
        nn.relu_gates(exact([1, 0]))


@pytest.mark.parametrize("seed", range(1, 41))
def test_comp_graph_key(seed: int) -> None:
    values = examwright.draw("neural-networks/comp-graph", seed=seed).values
    ways = {"sum": torch.add, "difference": torch.sub, "product": torch.mul, "maximum": torch.maximum,
            "squared difference": lambda x, y: (x - y) ** 2}
    a, b, c = (tensor(values[k]).requires_grad_() for k in "abc")
    u, v = ways[values["u_op"]](a, b), ways[values["v_op"]](b, c)
    f = ways[values["top_op"]](u, v)
    above = torch.autograd.grad(f, (u, v), retain_graph=True)
    local = torch.autograd.grad(u, (a, b), retain_graph=True) + torch.autograd.grad(v, (b, c), retain_graph=True)
    f.backward()
    for name, found in (("forward", (u, v, f)), ("above", above), ("local", local), ("gradient", (a.grad, b.grad, c.grad))):
        assert same(values[name], torch.stack(found)), name
    assert same(sum(values["paths"]), b.grad)
    assert to_float(values["change"]) == pytest.approx(to_float(values["nudge"]) * b.grad.item())


def test_graph_nodes_in_words_and_formulas() -> None:
    two, three = fmpq(2), fmpq(3)
    assert nn.node_formula("product", "a + b", "\\max(b, c)") == "(a + b) \\cdot \\max(b, c)"
    assert nn.node_formula("difference", "a", "b + c") == "a - (b + c)" and nn.node_formula("sum", "a", "b") == "a + b"
    assert nn.node_formula("squared difference", "u", "v") == "\\left(u - v\\right)^2"
    assert nn.node_slopes("maximum", two, three) == (0, 1) and nn.node_slopes("maximum", three, two, "both") == (1, 1)
    for call in (lambda: nn.node_value("quotient", two, three), lambda: nn.node_slopes("quotient", two, three),
                 lambda: nn.node_formula("quotient", "a", "b"), lambda: nn.node_slopes("sum", two, three, "lost"),
                 lambda: nn.node_slopes("maximum", two, two)):
        with pytest.raises(ValueError, match="no operation|no slip|no derivative"):
            call()


@pytest.mark.parametrize("seed", range(1, 31))
def test_activation_values_key(seed: int) -> None:
    values = examwright.draw("neural-networks/activation-values", seed=seed).values
    z = tensor(values["z"]).requires_grad_()
    for name, function in (("s", torch.sigmoid), ("t", torch.tanh)):
        out = function(z)
        (slope,) = torch.autograd.grad(out, z)
        assert same(values[name], out) and same(values[f"{name}_slope"], slope)
    ends = tensor((values["low"], values["high"])).requires_grad_()
    out = torch.nn.functional.leaky_relu(ends, to_float(values["leak"]))
    out.sum().backward()
    assert same(values["leaky"], torch.stack((out[0], ends.grad[0], out[1], ends.grad[1])))
    x = tensor(values["at"]).requires_grad_()
    out = tensor(values["v"]) @ torch.relu(tensor(values["w"]) * x + tensor(values["b"]))
    out.backward()
    assert same(values["output"], out) and same(values["slope"], x.grad)
    assert same(nn.apply_activation(tuple(values["w"][i] * k + values["b"][i] for i, k in enumerate(values["kinks"])), "relu"),
                torch.zeros(3, dtype=torch.float64))


def test_the_decks_relu_network() -> None:
    """Slide T22: Z(x) = −n₁ − n₂ − n₃ + n₄ + n₅ + n₆."""
    w, b, v = (exact([fmpq(k, 10) for k in row]) for row in (
        (-50, -12, 12, 12, 20, 50), (-77, -13, 10, -2, -11, -50), (-10, -10, -10, 10, 10, 10)))
    found = {x: nn.relu_network_value(w, b, v, fmpq(x, 2)) for x in (-4, -2, 0, 1, 2, 3)}
    assert {x: float(z.p) / float(z.q) for x, z in found.items()} == {-4: -3.4, -2: 0, 0: -1, 1: -1.2, 2: -0.3, 3: 3.2}
    assert nn.relu_network_slope(w, b, v, fmpq(3, 2)) == 7
    with pytest.raises(ValueError, match="no derivative"):
        nn.relu_network_slope(w, b, v, fmpq(1))


@pytest.mark.parametrize("seed", range(1, 31))
def test_perceptron_gate_key(seed: int) -> None:
    """The example that the key prints is the line of scikit-learn's support vector machine, which also tells what no line can do."""
    svm = pytest.importorskip("sklearn.svm")
    v = examwright.draw("neural-networks/perceptron-gate", seed=seed).values
    corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
    on = [o == 1 for o in nn.gate_outputs(v["wanted"], v["silent"])]
    machine = svm.SVC(kernel="linear", C=1e6, tol=1e-8).fit(corners, on)
    found = [*machine.coef_[0], machine.intercept_[0]]
    assert [2 * to_float(k) for k in v["weights"]] == pytest.approx(found, abs=1e-3)
    other = [o == 1 for o in nn.gate_outputs(v["other"], v["silent"])]
    assert (v["possible"] == "can") == (svm.SVC(kernel="linear", C=1e6, tol=1e-8).fit(corners, other).score(corners, other) == 1)
    step = torch.where(tensor(v["w"]) @ tensor(exact(corners)).T + to_float(v["b"]) > 0, 1.0, to_float(v["silent"]))
    assert same(v["outputs"], step.double()) and nn.gate_outputs(v["gate"], v["silent"]) == v["outputs"]


def test_gates_that_one_neuron_cannot_compute() -> None:
    for call, said in ((lambda: nn.gate_weights("xor"), "no line"), (lambda: nn.gate_outputs("maybe", fmpq(0)), "no gate"),
                       (lambda: nn.gate_of_outputs(exact([1, 1, 1, 1])), "no named gate")):
        with pytest.raises(ValueError, match=said):
            call()


@pytest.mark.parametrize("seed", range(1, 31))
def test_forward_relu_key(seed: int) -> None:
    v = examwright.draw("neural-networks/forward-relu", seed=seed).values
    x = tensor(v["x"]).requires_grad_()
    net_h = tensor(v["w"]) @ x + tensor(v["b"])
    out_o = tensor(v["v"]) @ torch.relu(net_h) + tensor(v["c"])
    out_o.backward()
    leaky = tensor(v["v"]) @ torch.nn.functional.leaky_relu(net_h, to_float(v["leak"])) + tensor(v["c"])
    expected = {"net_h": net_h, "out_h": torch.relu(net_h), "out_o": out_o, "gradient": x.grad, "leaky": leaky}
    for name, found in expected.items():
        assert same(v[name], found), name
    assert v["dead"] == tuple(f"h{k + 1}" for k in torch.nonzero(net_h < 0).flatten())


@pytest.mark.parametrize("seed", range(1, 31))
def test_backprop_bce_key(seed: int) -> None:
    values = examwright.draw("neural-networks/backprop-bce", seed=seed).values
    h = tensor(values["h"])
    below = torch.where(h > 0, h, -1.0).requires_grad_()  # the net inputs of the hidden neurons
    v, c = tensor(values["v"]).requires_grad_(), tensor(values["c"]).requires_grad_()
    net_o = v @ torch.relu(below) + c
    net_o.retain_grad()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(net_o, tensor(values["label"]))
    loss.backward()
    eta = to_float(values["eta"])
    expected = {"net_o": net_o, "p": torch.sigmoid(net_o), "loss": loss, "delta": net_o.grad, "grad_v": v.grad, "back": below.grad,
                "new": torch.cat((v - eta * v.grad, (c - eta * c.grad).reshape(1)))}
    for name, found in expected.items():
        assert same(values[name], found), name


@pytest.mark.parametrize("seed", range(1, 31))
def test_backprop_softmax_key(seed: int) -> None:
    values = examwright.draw("neural-networks/backprop-softmax", seed=seed).values
    w, h = tensor(values["w"]).requires_grad_(), tensor(values["h"]).requires_grad_()
    logits = w @ h
    logits.retain_grad()
    place = int(values["truth"].p) - 1
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(place))
    loss.backward()
    expected = {"logits": logits, "p": torch.softmax(logits, 0), "loss": loss, "grad_z": logits.grad, "grad_w": w.grad, "grad_h": h.grad,
                "new_row": (w - to_float(values["eta"]) * w.grad)[place]}
    for name, found in expected.items():
        assert same(values[name], found), name


@pytest.mark.parametrize("seed", range(1, 31))
def test_regularise_key(seed: int) -> None:
    """torch.optim.SGD with weight_decay = 2γ; a plain watch over the errors; the mean over many random masks."""
    v = examwright.draw("neural-networks/regularise", seed=seed).values
    w = tensor(v["weights"]).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=to_float(v["eta"]), weight_decay=2 * to_float(v["gamma"]))
    (tensor(v["slopes"]) @ w).backward()
    optimizer.step()
    assert same(v["new_w"], w)
    epoch, best = 1, 0
    while epoch - (best + 1) < v["patience"]:
        best = epoch if v["errors"][epoch] < v["errors"][best] else best
        epoch += 1
    assert (v["stop"], v["kept"]) == (epoch, best + 1)
    masks = torch.bernoulli(torch.full((200_000, 5), to_float(v["keep"]), dtype=torch.float64),
                            generator=torch.Generator().manual_seed(seed))
    outputs = (masks * tensor(v["h"])) @ tensor(v["v"])
    assert to_float(v["expected"]) == pytest.approx(outputs.mean().item(), abs=5 * outputs.std().item() / 200_000**0.5)
    assert same(v["masked"], (tensor(v["mask"]) * tensor(v["h"])) @ tensor(v["v"])) and v["networks"] == 2**5


def test_training_that_does_not_stop() -> None:
    with pytest.raises(ValueError, match="does not stop"):
        nn.stopping_epoch(exact([5, 4, 3, 4]), fmpq(2))
    assert nn.stopping_epoch(exact([5, 4, 4, 4]), fmpq(2)) == 4 and nn.best_epoch(exact([5, 4, 4, 4]), fmpq(4)) == 2


@pytest.mark.parametrize("seed", range(1, 31))
def test_batchnorm_key(seed: int) -> None:
    v = examwright.draw("neural-networks/batchnorm", seed=seed).values
    layer = torch.nn.BatchNorm1d(1, eps=1e-13, momentum=to_float(v["momentum"]), dtype=torch.float64)
    with torch.no_grad():
        layer.weight.fill_(to_float(v["gamma"]))
        layer.bias.fill_(to_float(v["beta"]))
        layer.running_mean.fill_(to_float(v["old_mean"]))
        layer.running_var.fill_(to_float(v["old_deviation"]) ** 2)
        predicted = layer.eval()(tensor((v["x"],)).reshape(1, 1))
        scaled = layer.train()(tensor(v["batch"]).reshape(-1, 1)).flatten()
    assert torch.allclose(tensor((v["predicted"], *v["scaled"])), torch.cat((predicted[0], scaled)), rtol=1e-10, atol=1e-10)
    assert same(v["running"], layer.running_mean[0])
    batch = tensor(v["batch"])
    assert same(v["middle"], batch.mean()) and same(v["variance"], batch.var(correction=0))
    assert same(v["standard"], (batch - batch.mean()) / batch.std(correction=0))
    assert v["parameters"] == sum(p.numel() for p in torch.nn.BatchNorm1d(int(v["features"].p), device="meta").parameters())


def test_the_decks_worked_example() -> None:
    """Slides S16 to S22: the second printed version, which is the right one."""
    x, w, v = exact([fmpq(35, 100), fmpq(9, 10)]), ((fmpq(1, 10), fmpq(8, 10)), (fmpq(4, 10), fmpq(6, 10))), (
        fmpq(3, 10), fmpq(9, 10))
    out_h = nn.apply_activation(matvec(w, x), "sigmoid")
    delta_o = nn.sigmoid_output_delta(fmpq(1, 2), sigmoid(dot(v, out_h)))
    delta_h = nn.sigmoid_hidden_deltas(out_h, v, delta_o)
    assert to_float(delta_o) == pytest.approx(-0.0406811, abs=5e-8)
    assert [to_float(d) for d in delta_h] == pytest.approx([-0.00265449, -0.00817165], abs=5e-9)
    new_v = nn.updated_weights((v,), fmpq(1), (delta_o,), out_h)[0]
    wrong = nn.sigmoid_hidden_deltas(out_h, new_v, delta_o)
    assert [to_float(d) for d in wrong] == pytest.approx([-0.00240962, -0.00792648], abs=5e-9)
