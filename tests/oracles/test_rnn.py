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
