"""Settings of convolution questions whose windows come out small and whole."""

from __future__ import annotations

from typing import Any

from examwright.generator.random import Stream

__all__ = ["conv_setting", "conv_stack", "conv_tower", "pipeline_setting", "pool_setting"]

_Layer = tuple[str, int, int, int, int]  # kind, units, window, stride, padding

# (image width, kernel width, stride, padding): the kernel fits exactly, the map is 2×2 or 3×3.
_CONVOLUTIONS = (
    (4, 2, 1, 0), (4, 2, 2, 0), (4, 2, 2, 1), (4, 3, 1, 0), (3, 2, 1, 0), (3, 3, 2, 1), (3, 3, 1, 1),
    (5, 3, 1, 0), (5, 3, 2, 0), (5, 3, 2, 1),
)
# (map width, window, stride): whole windows, 2×2 or 3×3 of them; in half of the settings they overlap.
_POOLS = ((4, 2, 2), (6, 2, 2), (6, 3, 3), (4, 2, 1), (5, 3, 2), (5, 3, 1))


def conv_setting(stream: Stream) -> tuple[int, ...]:
    """Image width, kernel width, stride and padding of a convolution with a 2×2 or 3×3 result."""
    return stream.choice(_CONVOLUTIONS)


def pool_setting(stream: Stream) -> tuple[int, ...]:
    """Map width, window and stride of a pooling with a 2×2 or 3×3 result."""
    return stream.choice(_POOLS)


def _positions(side: int, width: int, stride: int, pad: int) -> int:
    return (side + 2 * pad - width) // stride + 1


def _conv(stream: Stream, filters: tuple[int, ...], widths: tuple[int, ...]) -> _Layer:
    f = stream.choice(widths)
    return "conv", stream.choice(filters), f, 1, stream.choice((0, (f - 1) // 2))


def _pool(stream: Stream) -> _Layer:
    return "pool", 0, stream.choice((2, 3)), 2, 0


def conv_stack(stream: Stream) -> tuple[Any, ...]:
    """A small network of three stages and one or two fc layers, 7 or 8 layers in all: the side and depth of
    the image, then the kinds, units, widths, strides and paddings of the layers. Every conv fits exactly, at
    least one pool leaves a border out, and the last volume is 2 to 5 pixels wide."""
    while True:
        side, depth = 20 + stream.below(21), stream.choice((1, 3))
        layers = [
            _conv(stream, (4, 6, 8), (3, 5)), _pool(stream),
            _conv(stream, (10, 12, 16), (3, 5)), _pool(stream),
            _conv(stream, (20, 24, 30), (3,)),
        ]
        if stream.below(2):
            layers.append(_pool(stream))
        m, cut = side, False
        for _, _, f, s, p in layers:
            cut = cut or (m + 2 * p - f) % s != 0
            m = _positions(m, f, s, p) if m + 2 * p >= f else 0
        if not cut or not 2 <= m <= 5:
            continue
        layers.append(("fc", stream.choice((12, 16, 20, 30, 40)), 0, 0, 0))
        layers.append(("fc", stream.choice((4, 5, 8)), 0, 0, 0))
        kinds, units, widths, strides, pads = zip(*layers)
        return side, depth, kinds, units, widths, strides, pads


# (image width, kernel width, pooling window, its stride): the map is 3×3 or 4×4, the pooled map 2×2.
_PIPELINES = ((5, 2, 2, 2), (4, 2, 2, 1), (5, 3, 2, 1))


def pipeline_setting(stream: Stream) -> tuple[int, ...]:
    """Image width, kernel width, pooling window and its stride of a convolution and a pooling with a 2×2 result."""
    return stream.choice(_PIPELINES)


def conv_tower(stream: Stream) -> tuple[Any, ...]:
    """Widths and strides of four layers, one or two of them with stride 2 and not only the last, and a receptive field to be reached that needs
    at least two further layers."""
    while True:
        widths = [stream.choice((2, 3, 3, 5, 7)) for _ in range(4)]
        strides = [stream.choice((1, 1, 2)) for _ in range(4)]
        if not 1 <= strides.count(2) <= 2 or strides[:3].count(2) == 0 or len(set(widths)) < 2:
            continue
        field, jump = 1, 1
        for f, s in zip(widths, strides):
            field, jump = field + (f - 1) * jump, jump * s
        return tuple(widths), tuple(strides), field + 2 * jump + 1 + stream.below(8 * jump)
