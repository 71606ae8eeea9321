"""Reproducible random draws from a hash stream.

Python's own generator is not promised to draw the same `shuffle` or `sample` in every version; this
stream is SHAKE-256 of the seed, so the same seed gives the same values on any machine, for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from flint import fmpq

T = TypeVar("T")

_BLOCK = 512  # bytes drawn at a time
_SHIFTS = (0, 0, *[8 - (n - 1).bit_length() for n in range(2, 257)])  # of a byte, for a number below n


class Stream:
    """An endless stream of draws, fixed by `seed` (any bytes or text)."""

    def __init__(self, *seed: Any):
        self._key = "\x1f".join([str(s) for s in seed]).encode()
        self._counter = 0
        self._bytes = chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        while True:
            block = hashlib.shake_256(self._key + b"\x1e%d" % self._counter).digest(_BLOCK)
            self._counter += 1
            yield block

    @property
    def blocks(self) -> int:
        """How many blocks of random bytes have been read."""
        return self._counter

    def below(self, n: int) -> int:
        """A whole number 0 ≤ k < n, all equally likely. ValueError unless 1 ≤ n ≤ 2^64."""
        if 1 < n <= 256:  # nearly always: one byte a try
            shift = _SHIFTS[n]
            for k in self._bytes:
                k >>= shift
                if k < n:
                    return k
        if not 1 <= n <= 1 << 64:
            raise ValueError(f"nothing to draw from: {n} values")
        if n == 1:
            return 0
        size = (n - 1).bit_length()
        width = (size + 7) >> 3
        shift = (width << 3) - size
        while True:
            k = int.from_bytes(islice(self._bytes, width), "big") >> shift
            if k < n:
                return k

    def eights(self, count: int) -> list[int]:
        """So many numbers below 256. The first bits of one are what `below` makes of it for a small power of two: k >> 6 is `below(4)`."""
        return list(islice(self._bytes, count))

    def many(self, n: int, count: int) -> list[int]:
        """What `count` calls of `below(n)` give."""
        if not (1 < n <= 256 and count):
            return [self.below(n) for _ in range(count)]
        shift = _SHIFTS[n]
        if n & (n - 1) == 0:
            return [k >> shift for k in islice(self._bytes, count)]
        out: list[int] = []
        for k in self._bytes:
            k >>= shift
            if k < n:
                out.append(k)
                if len(out) == count:
                    break
        return out

    def integer(self, low: int, high: int) -> fmpq:
        """A whole number from low to high, both included."""
        return fmpq(low + self.below(high - low + 1))

    def stepped(self, low: Any, high: Any, step: Any) -> fmpq:
        """low + k·step ≤ high, all k equally likely; exact."""
        low, high, step = fmpq(low), fmpq(high), fmpq(step)
        return low + self.below(int(((high - low) / step).floor()) + 1) * step

    def choice(self, items: Sequence[T]) -> T:
        """One of the items. ValueError if there are none."""
        n = len(items)
        if 1 < n <= 256:  # as in `below`: most draws are choices
            shift = _SHIFTS[n]
            for k in self._bytes:
                k >>= shift
                if k < n:
                    return items[k]
        return items[self.below(n)]

    def choices(self, items: Sequence[T], count: int) -> list[T]:
        """What `count` calls of `choice` give."""
        return [items[k] for k in self.many(len(items), count)]

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
        n, below = len(out), self.below
        for i in range(count):
            j = i + below(n - i)
            out[i], out[j] = out[j], out[i]
        return out[:count]
