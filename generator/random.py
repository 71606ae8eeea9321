"""Reproducible random draws from a hash stream.

Python's own generator is not promised to draw the same `shuffle` or `sample` in every version; this
stream is SHAKE-256 of the seed, so the same seed gives the same values on any machine, for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

from flint import fmpq

T = TypeVar("T")

_BLOCK = 512  # bytes drawn at a time
_SHIFTS = (0, 0, *[8 - (n - 1).bit_length() for n in range(2, 257)])  # of a byte, for a number below n


class Stream:
    """An endless stream of draws, fixed by `seed` (any bytes or text)."""

    def __init__(self, *seed: Any):
        self._key = "\x1f".join(str(s) for s in seed).encode()
        self._counter = 0
        self._buffer = b""
        self._at = 0

    def _more(self) -> None:
        """Read on; what is left of the buffer comes first."""
        block = hashlib.shake_256(self._key + b"\x1e%d" % self._counter).digest(_BLOCK)
        self._counter += 1
        self._buffer, self._at = self._buffer[self._at:] + block, 0

    @property
    def blocks(self) -> int:
        """How many blocks of random bytes have been read."""
        return self._counter

    def below(self, n: int) -> int:
        """A whole number 0 ≤ k < n, all equally likely. ValueError unless 1 ≤ n ≤ 2^64."""
        if not 1 <= n <= 1 << 64:
            raise ValueError(f"nothing to draw from: {n} values")
        if n == 1:
            return 0
        if n <= 256:  # nearly always: one byte a try
            at, buffer, shift = self._at, self._buffer, _SHIFTS[n]
            while True:
                if at >= len(buffer):
                    self._at = at
                    self._more()
                    at, buffer = 0, self._buffer
                k = buffer[at] >> shift
                at += 1
                if k < n:
                    self._at = at
                    return k
        size = (n - 1).bit_length()
        width = (size + 7) >> 3
        shift = (width << 3) - size
        while True:
            at = self._at
            end = at + width
            if end > len(self._buffer):
                self._more()
                at, end = 0, width
            self._at = end
            k = int.from_bytes(self._buffer[at:end], "big") >> shift
            if k < n:
                return k

    def integer(self, low: int, high: int) -> fmpq:
        """A whole number from low to high, both included."""
        return fmpq(low + self.below(high - low + 1))

    def stepped(self, low: Any, high: Any, step: Any) -> fmpq:
        """low + k·step ≤ high, all k equally likely; exact."""
        low, high, step = fmpq(low), fmpq(high), fmpq(step)
        return low + self.below(int(((high - low) / step).floor()) + 1) * step

    def choice(self, items: Sequence[T]) -> T:
        """One of the items. ValueError if there are none."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in random order (Fisher-Yates)."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return out

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different positions of items, in random order. ValueError if there are fewer."""
        if count > len(items):
            raise ValueError(f"{count} different values from only {len(items)}")
        out = list(items)
        for i in range(count):
            j = i + self.below(len(out) - i)
            out[i], out[j] = out[j], out[i]
        return out[:count]
