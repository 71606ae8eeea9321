"""Convolutional networks: output sizes, feature maps, pooling and parameter counts.

Images, kernels and feature maps are matrices (tuples of rows) of one channel. A "convolution" is the
cross-correlation of the deep-learning literature: the kernel is not flipped (Goodfellow, Bengio and
Courville, *Deep Learning*, section 9.1). A stack of layers is five lists of the same length: the kinds
(conv, pool or fc), the units (filters of a conv, neurons of an fc, 0 for a pool), the window widths, the
strides and the zeros of padding on each side (0 where they mean nothing).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, ceil, floor, is_integer, maximum
from examwright.solvers.exact.common import Matrix, Vector

__all__ = [
    "average_pool", "conv_multiplications", "conv_output_size", "correlate_row", "cross_correlation",
    "depthwise_multiplications", "dilated_width", "flip_kernel", "layer_jumps", "max_pool", "receptive_fields",
    "relu_map", "reversed_row", "same_padding_zeros", "sparse_connections", "stack_names", "stack_parameters", "stage_names", "stage_volumes",
    "sum_pool", "zero_pad",
]

_SLIPS = ("none", "no_plus_one", "pad_forgotten", "rounded_up", "depth_kept", "depth_halved")


def conv_output_size(n: Number, f: Number, stride: Number, pad: Number) -> Number:
    """Positions of a window of width f on n pixels with `pad` zeros on each side:
    ⌊(n + 2·pad − f)/stride⌋ + 1. ValueError if the window is wider than the padded input, ZeroDivisionError
    for stride 0. Source: Dumoulin and Visin, *A guide to convolution arithmetic*, relationship 6."""
    if f > n + 2 * pad:
        raise ValueError("the window is wider than the padded input")
    return floor((n + 2 * pad - f) / stride) + 1


def same_padding_zeros(n: Number, f: Number, stride: Number) -> Number:
    """stride·(n − 1) + f − n: the zeros, both ends together, with which a window of width f has exactly n positions on n pixels
    and the last one ends at the border. ValueError if fewer than none would be needed.
    Source: `conv_output_size`, solved for the padding."""
    zeros = stride * (n - 1) + f - n
    if zeros < 0:
        raise ValueError("the windows do not reach the border even without padding")
    return zeros


def dilated_width(f: Number, dilation: Number) -> Number:
    """dilation·(f − 1) + 1: the pixels that a filter of f weights spans when neighbouring weights lie `dilation` pixels apart.
    Source: Dumoulin and Visin, section 5.1."""
    return dilation * (f - 1) + 1


def zero_pad(image: Matrix, pad: Number) -> Matrix:
    """The image (h×w) inside a frame of zeros `pad` pixels wide: (h+2·pad)×(w+2·pad).
    Source: Dumoulin and Visin, section 2.2."""
    p = as_int(pad)
    zero = fmpq(0)
    wide = len(image[0]) + 2 * p
    frame = tuple([(zero,) * wide for _ in range(p)])
    rows = tuple([(zero,) * p + tuple(row) + (zero,) * p for row in image])
    return frame + rows + frame


def flip_kernel(kernel: Matrix) -> Matrix:
    """The kernel (f×g) turned by 180°: with it the cross-correlation is the mathematical convolution.
    Source: Goodfellow et al., equations 9.4 to 9.6."""
    return tuple([tuple(row[::-1]) for row in kernel[::-1]])


def _windows(image: Matrix, height: int, width: int, stride: Number) -> list[list[list[Any]]]:
    """The entries of each window as a flat list, arranged by output row and column."""
    step = as_int(stride)
    if step < 1:
        raise ValueError("the stride is a positive whole number")
    if height > len(image) or width > len(image[0]):
        raise ValueError("the window is larger than the image")
    return [
        [
            [x for row in image[i:i + height] for x in row[j:j + width]]
            for j in range(0, len(image[0]) - width + 1, step)
        ]
        for i in range(0, len(image) - height + 1, step)
    ]


def cross_correlation(image: Matrix, kernel: Matrix, stride: Number, pad: Number, bias: Number) -> Matrix:
    """Feature map of one filter: at each position of the kernel (f×g) on the zero-padded image, the sum
    of the products of entries that lie on each other, plus the bias. ValueError if the kernel does not fit.
    Source: Goodfellow et al., equation 9.6."""
    weights = [k for row in kernel for k in row]
    padded = zero_pad(image, pad)
    return tuple([
        tuple([sum([x * k for x, k in zip(window, weights)], start=bias) for window in line])
        for line in _windows(padded, len(kernel), len(kernel[0]), stride)
    ])


def relu_map(feature_map: Matrix) -> Matrix:
    """max(0, x) on every entry of a matrix. Source: Goodfellow et al., equation 6.37."""
    return tuple([tuple([maximum(fmpq(0), x) for x in row]) for row in feature_map])


def max_pool(feature_map: Matrix, window: Number, stride: Number) -> Matrix:
    """The largest entry of each window (window×window) that lies wholly inside the map.
    ValueError if none does. Source: Goodfellow et al., section 9.3."""
    w = as_int(window)
    return tuple([tuple([maximum(x) for x in line]) for line in _windows(feature_map, w, w, stride)])


def sum_pool(feature_map: Matrix, window: Number, stride: Number) -> Matrix:
    """The sum of each window that lies wholly inside the map. ValueError if none does.
    Source: as `average_pool`, without the division."""
    w = as_int(window)
    windows = _windows(feature_map, w, w, stride)
    return tuple([tuple([sum(x, start=fmpq(0)) for x in line]) for line in windows])


def average_pool(feature_map: Matrix, window: Number, stride: Number) -> Matrix:
    """The mean of each window (window×window) that lies wholly inside the map. ValueError if none does.
    Source: Goodfellow et al., section 9.3."""
    area = window * window
    return tuple([tuple([x / area for x in row]) for row in sum_pool(feature_map, window, stride)])


# ---- stacks of layers ------------------------------------------------------------------------

def stack_names(kinds: Sequence[str]) -> tuple[str, ...]:
    """conv1, pool1, conv2, …, fc1, …: the kind of each layer and its number among its kind.
    Source: the usual naming, as in Krizhevsky et al. (AlexNet)."""
    seen: dict[str, int] = {}
    names = []
    for kind in kinds:
        seen[kind] = seen.get(kind, 0) + 1
        names.append(f"{kind}{seen[kind]}")
    return tuple(names)


def _stage(kinds: Sequence[str], number: Number) -> range:
    """Positions of the layers of a stage: stages 1 and 2 end with the first and second pool, stage 3
    takes the other conv and pool layers."""
    spatial = [i for i, kind in enumerate(kinds) if kind != "fc"]
    ends = [i + 1 for i in spatial if kinds[i] == "pool"]
    if len(ends) < 2:
        raise ValueError("a stack of three stages needs at least two pools")
    bounds = [0, ends[0], ends[1], len(spatial)]
    k = as_int(number)
    return range(bounds[k - 1], bounds[k])


def stage_names(kinds: Sequence[str], number: Number) -> tuple[str, ...]:
    """The names of the layers in stage 1, 2 or 3 of a stack. ValueError for fewer than two pools.
    Source: as `stack_names`."""
    names = stack_names(kinds)
    return tuple([names[i] for i in _stage(kinds, number)])


def stage_volumes(
    start: Vector, kinds: Sequence[str], units: Vector, widths: Vector, strides: Vector, pads: Vector,
    number: Number, slip: str = "none",
) -> Matrix:
    """A row (side, depth) for each layer of stage 1, 2 or 3, from the volume `start` = (side, depth) that
    enters it. `slip` names a wrong way: no_plus_one, pad_forgotten, rounded_up (⌈⌉ for ⌊⌋), depth_kept (a
    conv keeps the depth of its input), depth_halved (a pool halves the depth).
    ValueError if a window does not fit or the slip is unknown. Source: as `conv_output_size`."""
    if slip not in _SLIPS:
        raise ValueError(f"no slip {slip!r}; there are {', '.join(_SLIPS)}")
    side, depth = start
    rows = []
    for i in _stage(kinds, number):
        pad = fmpq(0) if slip == "pad_forgotten" else pads[i]
        if widths[i] > side + 2 * pad:
            raise ValueError("the window is wider than the padded input")
        steps = (side + 2 * pad - widths[i]) / strides[i]
        side = ceil(steps) if slip == "rounded_up" else floor(steps)
        if slip != "no_plus_one":
            side = side + 1
        if kinds[i] == "conv" and slip != "depth_kept":
            depth = units[i]
        if kinds[i] == "pool" and slip == "depth_halved":
            depth = depth / 2
        rows.append((side, depth))
    return tuple(rows)


def stack_parameters(
    kinds: Sequence[str], units: Vector, widths: Vector, depth: Number, flat: Number, slip: str = "none",
) -> Matrix:
    """A row (parameters,) for each layer: (f²·depth + 1)·K for a conv, (inputs + 1)·units for an fc, 0 for a
    pool. `depth` is that of the input image, `flat` the number of inputs of the first fc. `slip`: no_bias,
    depth_omitted (f² weights in a filter), pool_weights (a pool has its window as weights). ValueError if
    the slip is unknown. Source: Goodfellow et al., chapter 9; LeCun et al. 1998, section II.B."""
    if slip not in ("none", "no_bias", "depth_omitted", "pool_weights"):
        raise ValueError(f"no slip {slip!r}")
    bias = 0 if slip == "no_bias" else 1
    inputs = flat
    rows: list[tuple[Number]] = []
    for kind, k, f in zip(kinds, units, widths):
        if kind == "conv":
            weights = f * f if slip == "depth_omitted" else f * f * depth
            rows.append(((weights + bias) * k,))
            depth = k
        elif kind == "fc":
            rows.append(((inputs + bias) * k,))
            inputs = k
        else:
            rows.append((f * f * depth if slip == "pool_weights" else fmpq(0),))
    return tuple(rows)


# ---- connections and receptive fields ----------------------------------------------------------

def sparse_connections(n: Number, f: Number) -> Number:
    """Connections of a one-dimensional convolution with a window of odd width f, stride 1 and (f − 1)/2 zeros on each side, between n inputs and
    n outputs; those to the zeros are not counted: n·f − p(p + 1) with p = (f − 1)/2. ValueError for an even f or more zeros than
    inputs. Source: Goodfellow et al., figures 9.2 and 9.3."""
    p = (f - 1) / 2
    if not is_integer(p) or p > n:
        raise ValueError("the window has an odd width and is not wider than twice the inputs")
    return n * f - p * (p + 1)


def layer_jumps(strides: Vector) -> Vector:
    """How many pixels of the input lie from one cell of each layer's map to the next: the product of the strides so far. Source: Araujo, Norris
    and Sim 2019, *Computing receptive fields of convolutional neural networks*, equation 2."""
    jump: Number = fmpq(1)
    out = []
    for s in strides:
        jump = jump * s
        out.append(jump)
    return tuple(out)


def receptive_fields(widths: Vector, strides: Vector) -> Vector:
    """The width of the part of the input that a cell of each layer depends on: r_l = r_{l−1} + (f_l − 1)·jump_{l−1}, from r_0 = 1 and jump 1.
    ValueError unless there are as many widths as strides. Source: Araujo, Norris and Sim 2019, equation 2."""
    field: Number = fmpq(1)
    jump: Number = fmpq(1)
    out = []
    for f, s in zip(widths, strides, strict=True):
        field, jump = field + (f - 1) * jump, jump * s
        out.append(field)
    return tuple(out)


# ---- multiplications -------------------------------------------------------------------------

def conv_multiplications(side: Number, f: Number, depth: Number, filters: Number) -> Number:
    """side²·f²·depth·filters: the products that a convolution forms for an output of side×side pixels, those with zeros of the padding included
    and biases not. Source: He and Sun 2015, *Convolutional neural networks at constrained time cost*, equation 1."""
    return side * side * f * f * depth * filters


def depthwise_multiplications(side: Number, f: Number, depth: Number, filters: Number) -> Number:
    """side²·(f²·depth + depth·filters): a filter of its own for each map, then a 1×1 convolution. Source: Howard et al. 2017 (MobileNets),
    section 3.1."""
    return side * side * depth * (f * f + filters)


# ---- one dimension ---------------------------------------------------------------------------

def correlate_row(signal: Vector, kernel: Vector, left: Number, right: Number) -> Vector:
    """Σ_k kernel_k · x_{t+k} at each place of the kernel on the signal with `left` and `right` zeros at its ends; the kernel is not turned round. ValueError
    if it is wider than that. Source: Goodfellow et al., equation 9.6 in one dimension."""
    row = (fmpq(0),) * as_int(left) + tuple(signal) + (fmpq(0),) * as_int(right)
    return cross_correlation((row,), (kernel,), fmpq(1), fmpq(0), fmpq(0))[0]


def reversed_row(xs: Vector) -> Vector:
    """The entries in the opposite order. Source: the turn of the kernel in a mathematical convolution."""
    return tuple(xs[::-1])
