"""PyTorch and SciPy against the exact convolution solvers and the keys of the question files."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import cnn

torch = pytest.importorskip("torch")
signal = pytest.importorskip("scipy.signal")

SEEDS = range(1, 26)


def floats(value: Any) -> Any:
    """A nested tuple of exact numbers as an array."""
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def image_of(rng: random.Random, rows: int, low: int = -5, high: int = 9) -> Any:
    return exact([[rng.randint(low, high) for _ in range(rows)] for _ in range(rows)])


def torch_conv(image: Any, kernel: Any, stride: int, pad: int, bias: Any) -> np.ndarray:
    x = torch.tensor(floats(image))[None, None]
    k = torch.tensor(floats(kernel))[None, None]
    b = torch.tensor([float(bias)], dtype=torch.float64)
    return torch.nn.functional.conv2d(x, k, b, stride=stride, padding=pad)[0, 0].numpy()


def torch_pool(kind: str, image: Any, window: int, stride: int) -> np.ndarray:
    x = torch.tensor(floats(image))[None, None]
    pool = torch.nn.functional.max_pool2d if kind == "max" else torch.nn.functional.avg_pool2d
    return pool(x, window, stride)[0, 0].numpy()


def torch_side(n: int, f: int, stride: int, pad: int) -> int:
    layer = torch.nn.Conv2d(1, 1, f, stride, pad, bias=False, dtype=torch.float64)
    return layer(torch.zeros(1, 1, n, n, dtype=torch.float64)).shape[-1]


def test_convolution_against_torch_and_scipy() -> None:
    rng = random.Random(7)
    for _ in range(50):
        n, f, stride, pad = rng.randint(3, 7), rng.randint(1, 3), rng.randint(1, 3), rng.randint(0, 2)
        image, kernel, bias = image_of(rng, n), image_of(rng, f, -3, 3), fmpq(rng.randint(-5, 5))
        found = floats(cnn.cross_correlation(image, kernel, fmpq(stride), fmpq(pad), bias))
        assert np.array_equal(found, torch_conv(image, kernel, stride, pad, bias))
        assert found.shape[0] == cnn.conv_output_size(fmpq(n), fmpq(f), fmpq(stride), fmpq(pad))
        plain = floats(cnn.cross_correlation(image, kernel, fmpq(1), fmpq(0), fmpq(0)))
        assert np.array_equal(plain, signal.correlate2d(floats(image), floats(kernel), mode="valid"))
        turned = floats(cnn.cross_correlation(image, cnn.flip_kernel(kernel), fmpq(1), fmpq(0), fmpq(0)))
        assert np.array_equal(turned, signal.convolve2d(floats(image), floats(kernel), mode="valid"))
        assert np.array_equal(floats(cnn.relu_map(image)), np.maximum(floats(image), 0))


def test_pooling_against_torch() -> None:
    rng = random.Random(8)
    for _ in range(50):
        n, window, stride = rng.randint(3, 8), rng.randint(1, 3), rng.randint(1, 3)
        image = image_of(rng, n)
        for kind, solver in (("max", cnn.max_pool), ("avg", cnn.average_pool)):
            found = floats(solver(image, fmpq(window), fmpq(stride)))
            np.testing.assert_allclose(found, torch_pool(kind, image, window, stride), rtol=1e-12)
        np.testing.assert_allclose(floats(cnn.sum_pool(image, fmpq(window), fmpq(stride))),
                                   window**2 * torch_pool("avg", image, window, stride), rtol=1e-12, atol=1e-12)


def build(kinds: Any, units: Any, widths: Any, strides: Any, pads: Any, depth: int, flat: int) -> list[Any]:
    """The layers of a stack as PyTorch modules on the meta device, which has shapes but no numbers."""
    layers: list[Any] = []
    inputs, features = depth, flat
    numbers = zip(*([int(v) for v in row] for row in (units, widths, strides, pads)))
    for kind, (k, f, s, p) in zip(kinds, numbers):
        if kind == "conv":
            layers.append(torch.nn.Conv2d(inputs, k, f, s, p, device="meta"))
            inputs = k
        elif kind == "pool":
            layers.append(torch.nn.MaxPool2d(f, s))
        else:
            layers.append(torch.nn.Linear(features, k, device="meta"))
            features = k
    return layers


def walk(layers: list[Any], side: int, depth: int) -> tuple[list[tuple[int, int]], int, list[int]]:
    """(side, depth) after each spatial layer, the length of the flattened volume, the parameters."""
    x = torch.empty(1, depth, side, side, device="meta")
    volumes = []
    for layer in layers:
        if not isinstance(layer, torch.nn.Linear):
            x = layer(x)
            volumes.append((x.shape[-1], x.shape[1]))
    return volumes, x.flatten(1).shape[1], [sum(p.numel() for p in layer.parameters()) for layer in layers]


@pytest.mark.parametrize("seed", SEEDS)
def test_stack_table_key(seed: int) -> None:
    v = examwright.draw("cnn/stack-table", seed=seed).values
    side, depth, flattened = (int(v[k].p) for k in ("side", "depth", "flat"))
    layers = build(v["kinds"], v["units"], v["widths"], v["strides"], v["pads"], depth, flattened)
    volumes, flat, counts = walk(layers, side, depth)
    assert [tuple(r) for r in (*v["stage1"], *v["stage2"], *v["stage3"])] == volumes
    assert v["flat"] == flat
    assert [row[0] for row in v["parameters"]] == counts
    assert v["total"] == sum(counts)
    assert counts[int(v["largest"].p) - 1] == max(counts)


def test_alexnet_against_torch() -> None:
    kinds = ("conv", "pool", "conv", "pool", "conv", "conv", "conv", "pool", "fc", "fc", "fc")
    units = exact([96, 0, 256, 0, 384, 384, 256, 0, 4096, 4096, 1000])
    widths = exact([11, 3, 5, 3, 3, 3, 3, 3, 0, 0, 0])
    strides = exact([4, 2, 1, 2, 1, 1, 1, 2, 0, 0, 0])
    pads = exact([0, 0, 2, 0, 1, 1, 1, 0, 0, 0, 0])
    volumes, flat, counts = walk(build(kinds, units, widths, strides, pads, 3, 9216), 227, 3)
    start, rows = exact([227, 3]), []
    for stage in (1, 2, 3):
        rows += cnn.stage_volumes(start, kinds, units, widths, strides, pads, fmpq(stage))
        start = rows[-1]
    assert rows == volumes
    assert flat == 9216
    found = cnn.stack_parameters(kinds, units, widths, fmpq(3), fmpq(9216))
    assert [r[0] for r in found] == counts
    assert sum(counts) == 62_378_344


@pytest.mark.parametrize("seed", SEEDS)
def test_output_size_key(seed: int) -> None:
    v = examwright.draw("cnn/output-size", seed=seed).values
    n, depth, filters, f, stride, pad = (int(v[k].p) for k in ("n", "depth", "filters", "f", "stride", "pad"))
    layer = torch.nn.Conv2d(depth, filters, f, stride, pad, device="meta")
    out = layer(torch.empty(1, depth, n, n, device="meta"))
    assert tuple(out.shape[1:]) == (v["output_depth"], v["output_size"], v["output_size"])
    assert out.numel() == v["output_values"]
    assert (v["fit"] == "fits") == (torch_side(n, f, stride, pad) != torch_side(n - 1, f, stride, pad))
    left, right = (int(p.p) for p in v["padding"])
    row = torch.nn.functional.pad(torch.zeros(1, 1, 40), (left, right))
    assert torch.nn.Conv1d(1, 1, int(v["width"].p))(row).shape[-1] == 40
    assert v["total_padding"] == left + right and 0 <= left - right <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_params_key(seed: int) -> None:
    v = examwright.draw("cnn/params", seed=seed).values
    n, depth, filters, f = (int(v[k].p) for k in ("n", "depth", "filters", "f"))
    conv = torch.nn.Conv2d(depth, filters, f, device="meta")
    dense = torch.nn.Linear(n * n * depth, filters, device="meta")
    assert v["weights"] == conv.weight.numel()
    assert v["parameters"] == sum(p.numel() for p in conv.parameters())
    assert v["dense_weights"] == dense.weight.numel()
    assert to_float(v["ratio"]) == pytest.approx(dense.weight.numel() / conv.weight.numel())


@pytest.mark.parametrize("seed", SEEDS)
def test_conv2d_key(seed: int) -> None:
    v = examwright.draw("cnn/conv2d", seed=seed).values
    expected = torch_conv(v["image"], v["kernel"], int(v["stride"].p), int(v["pad"].p), v["bias"])
    assert np.array_equal(floats(v["feature_map"]), expected)
    assert v["output_size"] == expected.shape[0]
    assert np.array_equal(floats(v["rectified"]), torch.relu(torch.tensor(expected)).numpy())


@pytest.mark.parametrize("seed", SEEDS)
def test_pooling_key(seed: int) -> None:
    v = examwright.draw("cnn/pooling", seed=seed).values
    window, stride, side, depth = (int(v[k].p) for k in ("window", "stride", "side", "depth"))
    assert np.array_equal(floats(v["max_pooled"]), torch_pool("max", v["image"], window, stride))
    expected = torch_pool("avg", v["image"], window, stride)
    np.testing.assert_allclose(floats(v["average_pooled"]), expected, rtol=1e-12)
    layer = torch.nn.MaxPool2d(window, stride)
    out = layer(torch.empty(1, depth, side, side, device="meta"))
    assert v["volume"] == (out.shape[2], out.shape[3], out.shape[1])
    assert v["pool_parameters"] == len(list(layer.parameters()))


@pytest.mark.parametrize("seed", range(1, 31))
def test_pipeline_key(seed: int) -> None:
    v = examwright.draw("cnn/pipeline", seed=seed).values
    conv = torch.nn.Conv2d(1, 1, len(v["kernel"]), dtype=torch.float64)
    neuron = torch.nn.Linear(4, 1, dtype=torch.float64)
    pool = (torch.nn.MaxPool2d if v["pool"] == "max" else torch.nn.AvgPool2d)(int(v["window"].p), int(v["stride"].p))
    with torch.no_grad():
        for parameter, value in ((conv.weight, v["kernel"]), (conv.bias, v["bias"]), (neuron.weight, v["weights"]),
                                 (neuron.bias, v["offset"])):
            parameter.copy_(torch.tensor(floats(value)).reshape(parameter.shape))
        feature_map = conv(torch.tensor(floats(v["image"]))[None, None])
        pooled, other = pool(torch.relu(feature_map)), torch.relu(pool(feature_map))
        score = neuron(pooled.flatten())
    assert np.array_equal(floats(v["feature_map"]), feature_map[0, 0].numpy())
    assert np.array_equal(floats(v["pooled"]), pooled[0, 0].numpy())
    assert (v["exchanged"] == "same") == torch.equal(pooled, other)
    assert (v["exchanged"] == "smaller") == (not torch.equal(pooled, other) and bool((other <= pooled).all()))
    assert to_float(v["score"]) == score.item()
    assert v["parameters"] == sum(p.numel() for p in (*conv.parameters(), *neuron.parameters()))


@pytest.mark.parametrize("seed", range(1, 31))
def test_receptive_field_key(seed: int) -> None:
    """Which inputs have a gradient: all weights are ones, so none cancels."""
    v = examwright.draw("cnn/receptive-field", seed=seed).values
    n, f = int(v["n"].p), int(v["f"].p)
    layer = torch.nn.Conv1d(1, 1, f, padding=(f - 1) // 2, bias=False, dtype=torch.float64)
    torch.nn.init.ones_(layer.weight)
    jacobian = torch.autograd.functional.jacobian(lambda x: layer(x[None, None])[0, 0], torch.zeros(n, dtype=torch.float64))
    assert v["edges"] == int(jacobian.count_nonzero()) and v["dense"] == jacobian.numel() and v["weights"] == layer.weight.numel()

    def sights(layers: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """First and last pixel that the cells 0 and 1 depend on."""
        x = torch.zeros(1, 1, 400, dtype=torch.float64, requires_grad=True)
        out = x
        for width, stride in layers:
            out = torch.nn.functional.conv1d(out, torch.ones(1, 1, width, dtype=torch.float64), stride=stride)
        found = []
        for cell in (0, 1):
            (slope,) = torch.autograd.grad(out[0, 0, cell], x, retain_graph=True)
            places = slope[0, 0].nonzero().flatten()
            found.append((int(places[0]), int(places[-1])))
        return found

    layers = [(int(k.p), int(s.p)) for k, s in zip(v["widths"], v["strides"])]
    for depth in range(1, 5):
        (first, last), (second, _) = sights(layers[:depth])
        assert (v["fields"][depth - 1], v["jumps"][depth - 1]) == (last - first + 1, second - first)
    for extra, enough in ((0, True), (-1, False)):
        (first, last), _ = sights(layers + (int(v["more"].p) + extra) * [(3, 1)])
        assert (last - first + 1 >= v["wanted"]) is enough


def test_the_decks_sparse_connections() -> None:
    """Slides S25 and S26: five inputs, five outputs, a filter of width 3."""
    assert cnn.sparse_connections(fmpq(5), fmpq(3)) == 13
    with pytest.raises(ValueError, match="odd width"):
        cnn.sparse_connections(fmpq(5), fmpq(4))


@pytest.mark.parametrize("seed", range(1, 31))
def test_macs_key(seed: int) -> None:
    """torch's own counter of floating-point operations, which counts a multiplication and an addition for each product."""
    from torch.utils.flop_counter import FlopCounterMode

    v = examwright.draw("cnn/macs", seed=seed).values
    n, stride, f, depth, filters, narrow = (int(v[k].p) for k in ("n", "stride", "f", "depth", "filters", "narrow"))

    def products(*layers: Any) -> int:
        with FlopCounterMode(display=False) as counter:
            out = torch.nn.Sequential(*layers)(torch.empty(1, depth, n, n, device="meta"))
        assert out.shape[1:] == (filters, int(v["side"].p), int(v["side"].p))
        return counter.get_total_flops() // 2

    def conv(inputs: int, outputs: int, width: int, step: int, groups: int = 1) -> Any:
        return torch.nn.Conv2d(inputs, outputs, width, step, (width - 1) // 2, groups=groups, bias=False, device="meta")

    assert v["direct"] == products(conv(depth, filters, f, stride))
    assert v["bottleneck"] == products(conv(depth, narrow, 1, 1), conv(narrow, filters, f, stride))
    assert v["depthwise"] == products(conv(depth, depth, f, stride, depth), conv(depth, filters, 1, 1))
    for extra, fits in ((0, True), (1, False)):
        m = int(v["widest"].p) + extra
        assert (2 * products(conv(depth, m, 1, 1), conv(m, filters, f, stride)) <= v["direct"]) is fits


@pytest.mark.parametrize("seed", range(1, 31))
def test_conv1d_key(seed: int) -> None:
    v = examwright.draw("cnn/conv1d", seed=seed).values
    signal, kernel = floats(v["signal"]), floats(v["kernel"])
    assert np.array_equal(floats(v["valid"]), np.correlate(signal, kernel, "valid"))
    assert np.array_equal(floats(v["same"]), np.correlate(signal, kernel, "same"))
    assert v["length"] == len(np.correlate(signal, kernel, "full"))
    assert np.array_equal(floats(v["turned"]), np.convolve(signal, kernel, "valid"))


@pytest.mark.parametrize("seed", range(1, 31))
def test_same_padding_key(seed: int) -> None:
    v = examwright.draw("cnn/same-padding", seed=seed).values
    n, f, even, stride, short, dilation = (int(v[k].p) for k in ("n", "f", "even", "stride", "short", "dilation"))
    image = torch.zeros(1, 1, n, n)

    def conv(width: int, **options: Any) -> Any:
        layer = torch.nn.Conv2d(1, 1, width, bias=False, **options)
        torch.nn.init.ones_(layer.weight)
        return layer

    with torch.no_grad():
        assert torch.nn.Sequential(*[conv(f) for _ in range(int(v["layers"].p))])(image).shape[-1] == v["shrunk"]
        same = conv(f, padding="same")
        assert same._reversed_padding_repeated_twice == 4 * [int(v["side"].p)] and same(image).shape == image.shape
        framed = torch.nn.functional.pad(image, 4 * [int(v["side"].p)], value=1.0)
        assert (conv(f)(framed) > 0).sum().item() == v["touched"]
        left, right = (int(x.p) for x in v["split"])
        padded = torch.nn.functional.pad(image, (left, right, left, right))
        assert left - right in (0, 1) and conv(even, stride=stride)(padded).shape == image.shape
        assert conv(even, stride=stride)(padded[..., :-1]).shape[-1] == n - 1
        assert conv(short, dilation=dilation, padding="same")._reversed_padding_repeated_twice == 4 * [int(v["spread"].p)]


def test_padding_that_cannot_be() -> None:
    assert cnn.same_padding_zeros(fmpq(5), fmpq(1), fmpq(1)) == 0
    assert cnn.dilated_width(fmpq(3), fmpq(1)) == 3
    with pytest.raises(ValueError, match="without padding"):
        cnn.same_padding_zeros(fmpq(1), fmpq(0), fmpq(1))
