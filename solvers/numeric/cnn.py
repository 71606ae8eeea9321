"""Independent checks of the convolution questions: windows are laid and counted, not computed by formula."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = [
    "convolve_by_polynomials", "correlate_by_windows", "count_conv_parameters", "count_products",
    "count_window_positions", "fields_by_walking_back", "pipeline_by_windows", "pool_by_windows",
    "same_padding_by_trial", "walk_through_stack",
]


def _positions(n: int, f: int, stride: int, pad: int) -> int:
    """How many windows of width f start at -pad, -pad + stride, … and end inside the padded input."""
    return len(range(-pad, n + pad - f + 1, stride))


def _size(*shape: int) -> int:
    """Number of entries of an array of this shape, without making it."""
    return int(np.broadcast_to(np.int8(0), shape).size)


def count_window_positions(
    n: int, depth: int, filters: int, f: int, stride: int, pad: int, width: int,
) -> dict[str, Any]:
    """Every part of cnn/output-size: lays the windows of width f one by one, and adds zeros left and right in
    turn (left first) until a window of `width` has as many positions as the row has pixels."""
    side = _positions(n, f, stride, pad)
    last = -pad + (side - 1) * stride + f
    row, pads = 2 * width, [0, 0]
    while row + pads[0] + pads[1] - width + 1 < row:
        pads[0 if pads[0] == pads[1] else 1] += 1
    return {
        "fit": "fits" if last == n + pad else "cut",
        "output_size": side, "output_depth": filters, "output_values": _size(side, side, filters),
        "total_padding": pads[0] + pads[1], "padding": np.array(pads, dtype=float),
    }


def count_conv_parameters(n: int, depth: int, filters: int, f: int) -> dict[str, Any]:
    """Every part of cnn/params: the entries of the arrays that hold the weights and biases."""
    weights = _size(filters, f, f, depth)
    dense = _size(filters, n, n, depth)
    return {
        "weights": weights, "parameters": weights + _size(filters), "dense_weights": dense,
        "ratio": dense / weights,
    }


def correlate_by_windows(
    image: np.ndarray, kernel: np.ndarray, stride: int, pad: int, bias: float,
) -> dict[str, Any]:
    """Every part of cnn/conv2d, from strided views of the padded image (h×w) and the kernel (f×f)."""
    padded = np.zeros((image.shape[0] + 2 * pad, image.shape[1] + 2 * pad))
    padded[pad:pad + image.shape[0], pad:pad + image.shape[1]] = image
    windows = sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    feature_map = np.tensordot(windows, kernel, axes=2) + bias
    return {
        "output_size": feature_map.shape[0], "feature_map": feature_map,
        "rectified": np.where(feature_map > 0, feature_map, 0.0),
    }


def pool_by_windows(
    image: np.ndarray, window: int, stride: int, side: int, depth: int,
) -> dict[str, Any]:
    """Every part of cnn/pooling, from strided views of the map; sizes by counting windows."""
    windows = sliding_window_view(image, (window, window))[::stride, ::stride]
    pooled = _positions(side, window, stride, 0)
    return {
        "max_pooled": windows.max(axis=(2, 3)), "average_pooled": windows.mean(axis=(2, 3)),
        "volume": np.array([pooled, pooled, depth], dtype=float), "pool_parameters": 0,
    }


def walk_through_stack(
    side: int, depth: int, kinds: list[str], units: np.ndarray, widths: np.ndarray, strides: np.ndarray,
    pads: np.ndarray,
) -> dict[str, Any]:
    """Every part of cnn/stack-table: one walk from the image (side×side×depth) to the last layer."""
    shape: tuple[int, ...] = (side, side, depth)
    volumes: list[tuple[int, int]] = []
    counts: list[int] = []
    ends: list[int] = []
    flat = 0
    for kind, k, f, s, p in zip(kinds, units, widths, strides, pads):
        k, f, s, p = int(k), int(f), int(s), int(p)
        if kind == "fc":
            if len(shape) == 3:
                shape = (_size(*shape),)
                flat = shape[0]
            counts.append(_size(k, shape[0]) + k)
            shape = (k,)
            continue
        counts.append(_size(k, f, f, shape[2]) + k if kind == "conv" else 0)
        m = _positions(shape[0], f, s, p)
        shape = (m, m, k if kind == "conv" else shape[2])
        volumes.append((m, shape[2]))
        if kind == "pool":
            ends.append(len(volumes))
    table = np.array(volumes, dtype=float)
    return {
        "stage1": table[:ends[0]], "stage2": table[ends[0]:ends[1]], "stage3": table[ends[1]:], "flat": flat,
        "parameters": np.array(counts, dtype=float)[:, None], "total": sum(counts),
        "largest": counts.index(max(counts)) + 1,
    }


def pipeline_by_windows(
    image: np.ndarray, kernel: np.ndarray, bias: float, pool: str, window: int, stride: int, weights: np.ndarray, offset: float,
) -> dict[str, Any]:
    """Every part of cnn/pipeline, from strided views of the image and of the map; parameters by the sizes of their arrays."""
    def pooled(m: np.ndarray) -> Any:
        views = sliding_window_view(m, (window, window))[::stride, ::stride]
        return views.max(axis=(2, 3)) if pool == "max" else views.mean(axis=(2, 3))

    feature_map = np.tensordot(sliding_window_view(image, kernel.shape), kernel, axes=2) + bias
    rectified = np.where(feature_map > 0, feature_map, 0.0)
    first, other = pooled(rectified), np.where(pooled(feature_map) > 0, pooled(feature_map), 0.0)
    return {
        "feature_map": feature_map, "rectified": rectified, "pooled": first,
        "exchanged": "same" if np.array_equal(first, other) else "smaller" if (other <= first).all() else "larger",
        "score": float(np.append(first.ravel(), 1.0) @ np.append(weights.ravel(), offset)),
        "parameters": kernel.size + weights.size + 2,
    }


def fields_by_walking_back(n: int, f: int, widths: np.ndarray, strides: np.ndarray, wanted: int) -> dict[str, Any]:
    """Every part of cnn/receptive-field: connections as the nonzero entries of a band matrix; fields and jumps by walking from the cells 0 and 1
    of a layer back to the pixels that they see; further layers of width 3 are added one at a time."""
    places = np.arange(n)
    band = np.abs(places[:, None] - places[None, :]) <= (f - 1) // 2

    def seen(cell: int, layers: list[tuple[int, int]]) -> tuple[int, int]:
        first = last = cell
        for width, stride in reversed(layers):
            first, last = first * stride, last * stride + width - 1
        return first, last

    stack = [(int(k), int(s)) for k, s in zip(widths, strides)]
    sights = [(seen(0, stack[:i + 1]), seen(1, stack[:i + 1])) for i in range(len(stack))]
    more = 0
    while seen(0, stack + more * [(3, 1)])[1] + 1 < wanted:
        more += 1
    return {
        "edges": int(np.count_nonzero(band)), "dense": band.size, "weights": len(np.unique((places[:, None] - places[None, :])[band])),
        "jumps": np.array([b[0] - a[0] for a, b in sights], dtype=float),
        "fields": np.array([a[1] - a[0] + 1 for a, _ in sights], dtype=float), "more": more,
    }


def count_products(n: int, stride: int, f: int, depth: int, filters: int, narrow: int) -> dict[str, Any]:
    """Every part of cnn/macs: products are counted as the entries of arrays with an index for each loop; the bottleneck is widened until it needs more
    than half of the direct way."""
    side = _positions(n, f, stride, (f - 1) // 2)

    def bottleneck(m: int) -> int:
        return _size(n, n, depth, m) + _size(side, side, f, f, m, filters)

    direct = _size(side, side, f, f, depth, filters)
    widest = 1
    while 2 * bottleneck(widest + 1) <= direct:
        widest += 1
    depthwise = _size(side, side, f, f, depth) + _size(side, side, depth, filters)
    return {"side": side, "direct": direct, "bottleneck": bottleneck(narrow), "ratio": direct / bottleneck(narrow),
            "depthwise": depthwise, "widest": widest}


def convolve_by_polynomials(signal: np.ndarray, kernel: np.ndarray) -> dict[str, Any]:
    """Every part of cnn/conv1d: the full convolution multiplies two polynomials, coefficient by coefficient, the full correlation does so with the kernel
    turned round; valid and same are its inner entries."""
    n, f = len(signal), len(kernel)

    def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        out = np.zeros(n + f - 1)
        for i, x in enumerate(a):
            out[i:i + f] += x * b
        return out

    correlated, convolved = product(signal, kernel[::-1]), product(signal, kernel)
    half = (f - 1) // 2
    return {"valid": correlated[f - 1:n], "same": correlated[half:half + n], "length": len(correlated),
            "turned": convolved[f - 1:n]}


def same_padding_by_trial(n: int, f: int, layers: int, even: int, stride: int, short: int, dilation: int) -> dict[str, Any]:
    """Every part of cnn/same-padding: zeros are added one by one until there are enough windows; which outputs touch the frame is seen from
    an image that is 1 in the frame and 0 inside."""
    def needed(reach: int, step: int) -> int:
        zeros = 0
        while len(range(0, n + zeros - reach + 1, step)) < n:
            zeros += 1
        return zeros

    side = needed(f, 1) // 2
    frame = np.ones((n + 2 * side, n + 2 * side))
    frame[side:side + n, side:side + n] = 0
    width = n
    for _ in range(layers):
        width = _positions(width, f, 1, 0)
    total = needed(even, stride)
    split = np.zeros(2)
    for k in range(total):
        split[k % 2] += 1
    places = dilation * np.arange(short)
    return {
        "shrunk": width, "side": side, "touched": int((sliding_window_view(frame, (f, f)).sum(axis=(2, 3)) > 0).sum()),
        "total": total, "split": split, "spread": needed(int(places[-1] - places[0]) + 1, 1) // 2,
    }
