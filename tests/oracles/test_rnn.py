"""PyTorch (float64) against the exact solvers of recurrent networks and the keys of their question files."""

from __future__ import annotations

from typing import Any

import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import rnn

torch = pytest.importorskip("torch")

SEEDS = range(1, 31)


def tensor(value: Any) -> Any:
    """Exact numbers, vectors and matrices as float64 tensors."""
    def plain(x: Any) -> Any:
        return [plain(v) for v in x] if isinstance(x, tuple) else to_float(x)

    return torch.tensor(plain(value), dtype=torch.float64)


def same(found: Any, expected: Any, relative: float = 1e-11) -> bool:
    return bool(torch.allclose(tensor(found), expected.detach(), rtol=relative, atol=1e-14))


@pytest.mark.parametrize("seed", SEEDS)
def test_forward_scalar_key(seed: int) -> None:
    v = examwright.draw("rnn/forward-scalar", seed=seed).values
    inputs = (*v["xs"], v["x_next"])
    if v["activation"] in ("linear", "sigmoid"):  # torch has no such cell
        f = torch.sigmoid if v["activation"] == "sigmoid" else torch.clone
        states = [tensor(v["start"])]
        for x in inputs:
            states.append(f(tensor(v["u"]) * tensor(x) + tensor(v["w"]) * states[-1] + tensor(v["b"])))
        states = torch.stack(states[1:])
    else:
        cell = torch.nn.RNN(1, 1, nonlinearity=v["activation"], dtype=torch.float64)
        with torch.no_grad():
            for parameter, value in zip(cell.parameters(), (v["u"], v["w"], v["b"], fmpq(0))):
                parameter.copy_(tensor(value).reshape(parameter.shape))
            states = cell(tensor(inputs).reshape(-1, 1), tensor(v["start"]).reshape(1, 1))[0].flatten()
    assert same((v["h1"], v["h2"], *v["later"]), states[:4])
    assert same(v["y"], to_float(v["v"]) * states[3] + to_float(v["c"]))
    assert states[4].item() == pytest.approx(to_float(v["goal"]))


def test_states_and_their_net_inputs() -> None:
    half, one = fmpq(1, 2), fmpq(1)
    for activation in ("linear", "sigmoid", "tanh", "relu"):
        z = rnn.net_of_state(half, activation)
        assert to_float(rnn.recurrent_state(one, one, z, fmpq(0), fmpq(0), activation)) == pytest.approx(0.5)
    for state, activation, said in ((fmpq(0), "relu", "positive"), (fmpq(2), "tanh", "does not reach"), (half, "step", "no activation"),
                                    (fmpq(-1, 2), "sigmoid", "does not reach")):
        with pytest.raises(ValueError, match=said):
            rnn.net_of_state(state, activation)
    with pytest.raises(ValueError, match="no activation"):
        rnn.recurrent_state(one, one, one, one, one, "step")


@pytest.mark.parametrize("seed", SEEDS)
def test_param_count_key(seed: int) -> None:
    v = examwright.draw("rnn/param-count", seed=seed).values
    d, h, classes = (int(v[k].p) for k in ("inputs", "hidden", "classes"))

    def count(layer: Any, biases: int = 1) -> int:
        """Parameters of a torch layer, which has two bias vectors; one of them is left out."""
        own = {n: p.numel() for n, p in layer.named_parameters()}
        return sum(k for n, k in own.items() if biases == 2 or not n.startswith("bias_hh"))

    simple, lstm, gru = (kind(d, h, device="meta") for kind in (torch.nn.RNN, torch.nn.LSTM, torch.nn.GRU))
    output = sum(p.numel() for p in torch.nn.Linear(h, classes, device="meta").parameters())
    assert (v["recurrent"], v["output"], v["total"]) == (count(simple), output, count(simple) + output)
    assert (v["lstm"], v["saving"], v["library"]) == (count(lstm), count(lstm) - count(gru), count(lstm, 2))
    assert v["recurrent"] == rnn.recurrent_parameters(v["inputs"], v["hidden"], fmpq(1), fmpq(1))
    for extra, fits in ((0, True), (1, False)):
        assert (count(torch.nn.LSTM(d, int(v["units"].p) + extra, device="meta")) <= v["recurrent"]) is fits


def test_a_budget_that_is_met_exactly() -> None:
    budget = rnn.recurrent_parameters(fmpq(7), fmpq(9), fmpq(4), fmpq(1))
    assert rnn.widest_recurrent_layer(fmpq(7), fmpq(4), budget) == 9
    assert rnn.widest_recurrent_layer(fmpq(7), fmpq(4), budget - 1) == 8
    with pytest.raises(ValueError, match="too small"):
        rnn.widest_recurrent_layer(fmpq(7), fmpq(4), fmpq(35))


@pytest.mark.parametrize("seed", SEEDS)
def test_charlm_loss_key(seed: int) -> None:
    v = examwright.draw("rnn/charlm-loss", seed=seed).values
    logits = tensor(v["logits"])
    targets = torch.tensor(["helo".index(letter) for letter in v["word"][1:]])
    assert same(v["p"], torch.softmax(logits, dim=1))
    assert same(v["q"], torch.softmax(logits, dim=1)[torch.arange(len(targets)), targets])
    assert same(v["loss"], torch.nn.functional.cross_entropy(logits, targets, reduction=v["reduction"]))
    assert same(v["perplexity"], torch.exp(torch.nn.functional.cross_entropy(logits, targets)))
    assert same(v["chance"], torch.exp(-torch.nn.functional.cross_entropy(logits, targets, reduction="sum")))
    assert [best for best, in v["greedy"]] == ["helo"[k] for k in logits.argmax(dim=1)]


def test_the_decks_character_model() -> None:
    """Slides S40 and S43: softmax columns, loss and greedy letters of "hello"."""
    logits = exact([[fmpq(k, 10) for k in row] for row in ((10, 22, -30, 41), (5, 3, -10, 12), (1, 5, 19, -11), (2, -15, -1, 22))])
    p = rnn.softmax_rows(logits)
    expected = [[.037684, .125116, .000690, .836510], [.246572, .201876, .055018, .496535],
                [.113088, .168708, .684143, .034061], [.107382, .019617, .079550, .793451]]
    assert [[to_float(x) for x in row] for row in p] == [pytest.approx(row, abs=5e-7) for row in expected]
    q = rnn.letter_entries(p, rnn.letters_to_predict("hello"), "helo")
    losses = [to_float(x) for x in rnn.surprisals(q)]
    assert losses == pytest.approx([2.078517, 2.900102, 0.379588, 0.231364], abs=5e-7)
    assert sum(losses) == pytest.approx(5.589571, abs=5e-7)
    assert rnn.likeliest_letters(p, "helo") == (("o",), ("o",), ("l",), ("o",))


def test_letters_that_are_not_there() -> None:
    with pytest.raises(ValueError, match="not in"):
        rnn.letter_entries(exact([[1, 2, 3, 4]]), "a", "helo")
    assert rnn.likeliest_letters(exact([[2, 2, 1]]), "abc") == (("a", "b"),)


@pytest.mark.parametrize("seed", SEEDS)
def test_lstm_cell_step_key(seed: int) -> None:
    """torch orders its four blocks input gate, forget gate, candidate, output gate."""
    v = examwright.draw("rnn/lstm-cell-step", seed=seed).values
    rows = tensor(v["weights"])[[1, 0, 3, 2]]
    torch_cell = torch.nn.LSTMCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip(torch_cell.parameters(), (rows[:, 0], rows[:, 1], rows[:, 2], 0 * rows[:, 2])):
            parameter.copy_(value.reshape(parameter.shape))
        nets = rows @ tensor((v["x"], v["old_hidden"], fmpq(1)))
        before = [tensor(v[k]).reshape(1, 1) for k in ("x", "old_hidden", "old_cell")]
        hidden, cell = torch_cell(before[0], (before[1], before[2]))
        moved = torch_cell(before[0], (before[1], before[2] + to_float(v["nudge"])))[1]
    assert same(v["gates"], torch.sigmoid(nets)[[1, 0, 3]]) and same(v["candidate"], torch.tanh(nets[2]))
    assert same(v["cell"], cell[0, 0]) and same(v["hidden"], hidden[0, 0])
    assert to_float(v["carried"]) == pytest.approx((moved - cell).item(), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_bptt_scalar_key(seed: int) -> None:
    v = examwright.draw("rnn/bptt-scalar", seed=seed).values
    u, w, state = tensor(v["u"]).requires_grad_(), tensor(v["w"]).requires_grad_(), tensor(v["start"])
    states = []
    for x in v["xs"]:
        state = w * state + u * tensor(x)
        state = torch.tanh(state) if v["activation"] == "tanh" else state
        states.append(state)
    factors = torch.autograd.grad(state, states, retain_graph=True)
    *slopes, grad_w, grad_u = torch.autograd.grad(0.5 * (state - tensor(v["target"])) ** 2, [*states, w, u])
    assert same(v["states"], torch.stack(states)) and same(v["factors"], torch.stack(factors))
    assert same(v["slope_T"], slopes[-1]) and same(v["slopes"], torch.stack(slopes))
    assert same(v["grad_w"], grad_w, 1e-10) and same(v["grad_u"], grad_u, 1e-10)
    assert v["steps"] == len(states) - 1


def test_the_decks_four_time_steps() -> None:
    """Slide S44: from s_4 back to s_1 the error passes three times through W."""
    factors = rnn.last_state_derivatives(fmpq(2), rnn.activation_slopes(exact([1, 1, 1, 1]), "linear"))
    assert factors == (8, 4, 2, 1)
    with pytest.raises(ValueError, match="no slope"):
        rnn.activation_slopes((fmpq(1),), "relu")


@pytest.mark.parametrize("seed", SEEDS)
def test_shape_choice_key(seed: int) -> None:
    """torch's own counter of floating-point operations, which counts a multiplication and an addition for each product, on the unrolled network."""
    from torch.utils.flop_counter import FlopCounterMode

    v = examwright.draw("rnn/shape-choice", seed=seed).values
    size, hidden, width, inputs, outputs = (int(v[k].p) for k in ("size", "hidden", "width", "inputs", "outputs"))
    layers = {"W_xh": (size, hidden), "W_hh": (hidden, hidden), "W_hy": (hidden, width)}
    matrices = {name: torch.nn.Linear(*shape, bias=False, device="meta") for name, shape in layers.items()}

    def run(inputs: int, outputs: int) -> tuple[dict[str, int], int]:
        uses = dict.fromkeys(matrices, 0)

        def apply(name: str, x: Any) -> Any:
            uses[name] += 1
            return matrices[name](x)

        state, written, t = torch.empty(1, hidden, device="meta"), 0, 0
        with FlopCounterMode(display=False) as counter:
            while written < outputs:
                state = apply("W_hh", state)
                if t < inputs:
                    state = state + apply("W_xh", torch.empty(1, size, device="meta"))
                if v["form"] == "aligned" or t >= inputs - 1:
                    apply("W_hy", state)
                    written += 1
                t += 1
        return uses, counter.get_total_flops() // 2

    uses, products = run(inputs, outputs)
    assert (v["uses"], v["products"], v["path"]) == (tuple(uses.values()), products, uses["W_hh"] - 1)
    longer = {"many-to-one": (1, 0), "one-to-many": (0, 1), "aligned": (1, 1), "delayed": (1, 0)}[v["form"]]
    assert v["more"] == run(inputs + longer[0], outputs + longer[1])[1] - products
    assert [v["first"], v["second"]] == [form for _, form in v["tasks"]]


def test_uses_of_the_matrices() -> None:
    one, four = fmpq(1), fmpq(4)
    assert rnn.matrix_uses("delayed", one, one) == rnn.matrix_uses("aligned", one, one) == (1, 1, 1)
    assert rnn.matrix_uses("many-to-one", four, one) == (4, 4, 1) and rnn.matrix_uses("one-to-many", one, four) == (1, 4, 4)
    with pytest.raises(ValueError, match="the form 'looped'"):
        rnn.matrix_uses("looped", one, one)


@pytest.mark.parametrize("seed", SEEDS)
def test_lstm_saturated_gradient_key(seed: int) -> None:
    """torch's cell with these weights, and its gradients. Its order of the gates is input, forget, candidate, output."""
    v = examwright.draw("rnn/lstm-saturated-gradient", seed=seed).values
    forget, gate, read, candidate = tensor(v["weights"])
    cell = torch.nn.LSTMCell(1, 1, dtype=torch.float64)

    def run(rows: Any, count: int) -> tuple[list[Any], Any]:
        with torch.no_grad():
            cell.weight_ih.copy_(rows[:, :1])
            cell.bias_ih.copy_(rows[:, 1])
            cell.weight_hh.zero_()
            cell.bias_hh.zero_()
        states, hidden = [tensor((v["start"],)).reshape(1, 1).requires_grad_()], torch.zeros(1, 1, dtype=torch.float64)
        for t in range(count):
            hidden, state = cell(tensor(v["xs"])[t % 5].reshape(1, 1), (hidden, states[-1]))
            states.append(state)
        return states, hidden

    states, hidden = run(torch.stack([gate, forget, candidate, read]), 5)
    assert same(v["cells"], torch.cat(states[1:]).flatten()) and same(v["hidden"], hidden.reshape(()))
    slopes = torch.autograd.grad(states[-1].sum(), states[:-1])
    assert same(v["gradients"], torch.cat(slopes).flatten())
    nets = tensor(v["weights"])[:, :1] * tensor(v["xs"]) + tensor(v["weights"])[:, 1:]
    assert same(v["gates"], torch.cat([torch.sigmoid(nets[:3]), torch.tanh(nets[3:])]))

    leaking = torch.tensor([0.0, to_float(v["odds"])], dtype=torch.float64)
    leaking[1].log_()
    for count, seen in ((int(v["horizon"].p), None), (int(v["steps"].p), True), (int(v["steps"].p) - 1, False)):
        states, _ = run(torch.stack([gate, leaking, candidate, read]), count)
        (slope,) = torch.autograd.grad(states[-1].sum(), states[0])
        if seen is None:
            assert same(v["faded"], slope.reshape(()))
        else:
            assert (slope.item() < to_float(v["bound"])) is seen


def test_what_the_cell_refuses() -> None:
    half, one = fmpq(1, 2), fmpq(1)
    assert rnn.saturated_gate(fmpq(-100), fmpq(50), (-one, one)) == (1, 0)
    with pytest.raises(ValueError, match="not saturated"):
        rnn.saturated_gate(fmpq(5), fmpq(0), (one,))
    with pytest.raises(ValueError):
        rnn.cell_states(one, (one,), (one, one), (one, one))
    assert rnn.cell_gradients((fmpq(3), half, one)) == (fmpq(3, 2), half, one)
    assert rnn.steps_until_below(half, fmpq(1, 5)) == 3
    for factor, bound in ((one, half), (half, one), (fmpq(0), half), (half, fmpq(0))):
        with pytest.raises(ValueError, match="between 0 and 1"):
            rnn.steps_until_below(factor, bound)
