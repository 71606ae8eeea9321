"""Symmetric matrices with whole eigenvalues, and Gram matrices that are spoilt."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["exclusive_or", "perhaps_gram_2x2", "perhaps_gram_3x3"]


def _exact(m: Any) -> tuple[Any, ...]:
    return tuple([tuple([fmpq(x) for x in row]) for row in m])


def perhaps_gram_2x2(stream: Stream) -> tuple[Any, ...]:
    """A symmetric 2 × 2 matrix with positive whole entries and whole eigenvalues that are not 0, and a vector of whole numbers
    other than an eigenvector. With one chance in two both eigenvalues are positive; else vᵀMv is negative. In one of four the
    entries of the diagonal are equal."""
    definite, alike = stream.below(2) == 0, stream.below(4) == 0
    while True:
        a, d, q = 1 + stream.below(9), 1 + stream.below(9), 1 + stream.below(8)
        square = (a - d)**2 + 4 * q * q
        root = round(square**0.5)
        determinant = a * d - q * q
        if root * root != square or (a + d + root) % 2 or determinant == 0 or (determinant > 0) != definite or (a == d) != alike:
            continue
        for _ in range(40):
            v = [stream.below(9) - 4 for _ in range(2)]
            form = a * v[0]**2 + 2 * q * v[0] * v[1] + d * v[1]**2
            image = (a * v[0] + q * v[1], q * v[0] + d * v[1])
            if 0 not in v and form and (form < 0) != definite and image[0] * v[1] != image[1] * v[0]:
                return _exact([[a, q], [q, d]]), tuple([fmpq(x) for x in v])


def perhaps_gram_3x3(stream: Stream) -> tuple[Any, ...]:
    """A symmetric 3 × 3 matrix with whole entries, positive on the diagonal, whose leading minors are not 0: the Gram matrix of
    three independent vectors, or one with a changed entry that is none."""
    definite = stream.below(2) == 0
    while True:
        rows = [[stream.below(5) - 2 for _ in range(3)] for _ in range(3)]
        g = [[sum(x * y for x, y in zip(p, q)) for q in rows] for p in rows]
        if not definite:
            i, j = stream.choice(((0, 1), (0, 2), (1, 2)))
            g[i][j] = g[j][i] = g[i][j] + stream.choice((-3, -2, -1, 1, 2, 3))
        two = g[0][0] * g[1][1] - g[0][1]**2
        three = (g[0][0] * (g[1][1] * g[2][2] - g[1][2]**2) - g[0][1] * (g[0][1] * g[2][2] - g[1][2] * g[0][2])
                 + g[0][2] * (g[0][1] * g[1][2] - g[1][1] * g[0][2]))
        if two and three and abs(three) <= 60 and max(g[i][i] for i in range(3)) <= 9 and (two > 0 and three > 0) == definite \
                and sum(g[i][j] == 0 for i, j in ((0, 1), (0, 2), (1, 2))) <= 1:
            return _exact(g)


def exclusive_or(stream: Stream, size: Any) -> tuple[Any, ...]:
    """The corners (±size, ±size) in random order with the labels of exclusive or: alike across the diagonal; and the product of the
    coordinates' signs that has the label 1."""
    turn = stream.choice((-1, 1))
    corners = stream.shuffled([(1, 1), (-1, -1), (1, -1), (-1, 1)])
    return (tuple([(s * fmpq(size), t * fmpq(size)) for s, t in corners]), tuple([fmpq(turn * s * t) for s, t in corners]), fmpq(turn))
