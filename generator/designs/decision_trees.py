"""Nodes, splits and small sets of examples on which impurity measures, gains and trees come out clearly."""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = [
    "attribute_examples", "node_labels", "prunable_tree", "rival_splits", "small_id3", "split_examples",
    "step_targets", "values_on_a_line",
]

_DYADIC = ((2, 1, 1), (4, 2, 1, 1), (2, 1, 1), (4, 2, 1, 1), (1, 3, 4), (6, 1, 1), (5, 1, 1, 1), (3, 3, 1, 1))


def node_labels(stream: Stream, dyadic: bool) -> tuple[Any, ...]:
    """Class counts of a node with two to four classes, and the class (from 1) of each example in random order. The
    largest class has at least two examples more than the smallest. With `dyadic`, most shares are powers of ½."""
    while True:
        if dyadic:
            counts = [n * k for k in (stream.choice((1, 2, 2, 3)),) for n in stream.shuffled(stream.choice(_DYADIC))]
        else:
            classes = stream.choice((2, 3, 3, 4))
            counts = [1 + stream.below(7) for _ in range(classes)]
        if max(counts) - min(counts) >= 2 and 8 <= sum(counts) <= 16:
            labels = stream.shuffled([k for k, n in enumerate(counts, 1) for _ in range(n)])
            return tuple(map(fmpq, counts)), tuple(map(fmpq, labels))


def _nats(counts: Any) -> float:
    """Entropy of class counts."""
    total = sum(counts)
    return -sum([n / total * math.log(n / total) for n in counts if n])


def _gain(table: Any) -> float:
    """Information gain in bits, to choose instances by (never a key)."""
    return _gain_of(tuple(map(tuple, table)))


@functools.lru_cache(maxsize=4096)
def _gain_of(table: tuple[tuple[int, ...], ...]) -> float:
    total = sum(map(sum, table))
    left = sum([sum(row) / total * _nats(row) for row in table])
    return (_nats([sum(column) for column in zip(*table)]) - left) / math.log(2)


def split_examples(stream: Stream, classes: fmpq) -> tuple[Any, ...]:
    """The counts of a split (a row for each of two or three branches, a column for each class) and the examples as rows
    (branch, class) from 1 in random order. Branches differ in size, at least two are mixed, and the gain lies between
    0.08 and 0.8 bits."""
    while True:
        branches = stream.choice((2, 3, 3))
        table = [[stream.below(6) for _ in range(int(classes))] for _ in range(branches)]
        sizes, totals = [sum(row) for row in table], [sum(column) for column in zip(*table)]
        if not 8 <= sum(sizes) <= 14 or min(sizes) < 2 or len(set(sizes)) < len(sizes) or min(totals) < 2 or totals[0] == totals[1]:
            continue
        entropies = [round(_nats(row), 6) for row in table]
        if len(set(entropies)) < branches or sum([max(row) < size for row, size in zip(table, sizes)]) < 2:
            continue
        if 0.08 <= _gain(table) <= 0.8:
            examples = stream.shuffled([(i, k) for i, row in enumerate(table, 1) for k, n in enumerate(row, 1) for _ in range(n)])
            return tuple([tuple(map(fmpq, row)) for row in table]), tuple([tuple(map(fmpq, e)) for e in examples])


def _tables(examples: Any, values: Any) -> list[list[list[int]]]:
    """A split (branches by classes, two of them) for each of three attributes."""
    one, two, three = tables = [[[0, 0] for _ in range(v)] for v in values]
    for a, b, c, label in examples:
        one[a - 1][label - 1] += 1
        two[b - 1][label - 1] += 1
        three[c - 1][label - 1] += 1
    return tables


def attribute_examples(stream: Stream) -> tuple[Any, ...]:
    """How many values each of three attributes has (two or three), and eight to ten different examples as rows (three
    values, class) from 1. No branch is empty, the best attribute leaves at least one branch impure, its gain is between
    0.2 and 0.8 bits and 0.05 above the others, and all gains are above 0.01."""
    while True:
        values = stream.choice(((2, 2, 3), (2, 3, 2), (3, 2, 2), (3, 3, 2), (2, 3, 3), (3, 2, 3)))
        every = [(a, b, c) for a in range(1, values[0] + 1) for b in range(1, values[1] + 1) for c in range(1, values[2] + 1)]
        n = stream.choice((8, 9, 10))
        rows = [(*cell, 1 + stream.below(2)) for cell in stream.sample(every, n)]
        ones = sum([row[-1] == 1 for row in rows])
        tables = _tables(rows, values)
        if not 3 <= ones <= n - 3 or 2 * ones == n or min([sum(branch) for t in tables for branch in t]) < 1:
            continue
        gains = [_gain(t) for t in tables]
        first, second, third = sorted(gains, reverse=True)
        if 0.2 <= first <= 0.8 and first - second > 0.05 and second - third > 0.01 < third:
            return tuple(map(fmpq, values)), tuple([tuple(map(fmpq, row)) for row in rows])


def rival_splits(stream: Stream) -> tuple[Any, ...]:
    """Two splits in two branches of the same node with two classes. By the Gini impurity one is better by at least 0.02;
    by the rate of misclassified examples both are equal, or (as often) the other one is better."""
    tie = stream.below(2) == 0
    while True:
        n = stream.choice((10, 12, 15, 16, 18, 20, 24))
        a = 4 + stream.below(n - 7)
        p, q, r, s = stream.below(a + 1), stream.below(n - a + 1), stream.below(a + 1), stream.below(n - a + 1)  # in the left branches
        if not (2 <= p + q <= n - 2 and 2 <= r + s <= n - 2) or 2 * (p + q) == n or 2 * (r + s) == n:
            continue
        if p == q or r == s or a - p == n - a - q or a - r == n - a - s:
            continue  # no tie in a leaf
        errors = min(p, q) + min(a - p, n - a - q), min(r, s) + min(a - r, n - a - s)
        if tie != (errors[0] == errors[1]):
            continue
        splits = [((x, y), (a - x, n - a - y)) for x, y in ((p, q), (r, s))]
        # Gini impurities as fractions top/bottom, compared in whole numbers
        tops = [2 * (x * y * (u + v) + u * v * (x + y)) for (x, y), (u, v) in splits]
        bottoms = [n * (x + y) * (u + v) for (x, y), (u, v) in splits]
        if any(bottom > 200 * math.gcd(top, bottom) for top, bottom in zip(tops, bottoms)):
            continue
        gap = tops[0] * bottoms[1] - tops[1] * bottoms[0]
        if 50 * abs(gap) < bottoms[0] * bottoms[1] or (not tie and (gap < 0) != (errors[0] > errors[1])):
            continue
        if all(50 * (2 * a * (n - a) * bottom - top * n * n) >= n * n * bottom for top, bottom in zip(tops, bottoms)):
            return tuple([tuple([tuple(map(fmpq, row)) for row in split]) for split in splits])


def small_id3(stream: Stream) -> tuple[Any, ...]:
    """Eight examples as rows (values of three attributes, class), all 1 or 2, and four new rows of values, of which two
    at least do not occur in the examples. ID3 grows exactly one tree of two levels: its gains lead by 0.05 bits, at most
    one node under the root is pure, no leaf has a tie, the two leaves under a test differ, and the new rows get both
    classes."""
    cells = [(a, b, c) for a in (1, 2) for b in (1, 2) for c in (1, 2)]
    while True:
        eights = stream.eights(16)
        places, first = [k >> 5 for k in eights[::2]], sum([k < 128 for k in eights[1::2]])
        if not 3 <= first <= 5 or any([not 2 * bit <= sum([i & bit for i in places]) <= 6 * bit for bit in (1, 2, 4)]):
            continue
        rows = [(*cells[i], 1 + (k >> 7)) for i, k in zip(places, eights[1::2])]
        gains = sorted(map(_gain, _tables(rows, (2, 2, 2))))
        root = _clear_best(rows, -1)
        if gains[0] < 0.01 or gains[1] - gains[0] < 0.01 or root is None:
            continue
        tests: list[int] = []
        leaves: dict[tuple[int, int], int] = {}
        for v in (1, 2):
            inside = [row for row in rows if row[root] == v]
            if len({row[-1] for row in inside}) == 1:
                leaves[v, 0] = inside[0][-1]
                continue
            j = _clear_best(inside, root)
            if j is None:
                break
            tests.append(j)
            for w in (1, 2):
                ones = [row[-1] for row in inside if row[j] == w]
                if not ones or 2 * ones.count(1) == len(ones):
                    break
                leaves[v, w] = 1 if 2 * ones.count(1) > len(ones) else 2
            if leaves.get((v, 1)) == leaves.get((v, 2)):
                leaves.clear()  # rejected below, also for the last branch
                break
        if len(leaves) != 2 + len(tests) or len(tests) < 2 and stream.below(3) or len(set(tests)) < len(tests):
            continue
        unseen = [cell for cell in cells if cell not in {row[:3] for row in rows}]
        if len(unseen) < 2:
            continue
        new = stream.shuffled(stream.sample(unseen, 2) + stream.sample([c for c in cells if c not in unseen], 2))
        if len({_leaf(cell, root, rows, leaves) for cell in new}) == 2:
            return tuple([tuple(map(fmpq, row)) for row in rows]), tuple([tuple(map(fmpq, cell)) for cell in new])


def _clear_best(rows: Any, used: int) -> int | None:
    """The attribute (from 0) other than `used` with the largest gain, None unless it leads by 0.05 bits."""
    gains = sorted([(_gain([b for b in t if sum(b)]), j) for j, t in enumerate(_tables(rows, (2, 2, 2))) if j != used],
                   reverse=True)
    return gains[0][1] if gains[0][0] - gains[1][0] > 0.05 else None


def _leaf(cell: Any, root: int, rows: Any, leaves: Any) -> int:
    v = cell[root]
    if (v, 0) in leaves:
        return int(leaves[v, 0])
    j = _clear_best([row for row in rows if row[root] == v], root)
    return int(leaves[v, cell[j]])


def values_on_a_line(stream: Stream) -> tuple[Any, ...]:
    """Seven or eight values (even numbers from 2 to 40, one of them twice in every second draw, with the same class), their
    classes 1 and 2 in random order, and a further value that lies close to the best threshold. The best threshold is the
    same for entropy and Gini, clearly better than the next, leaves no tie in a leaf and misclassifies one or two."""
    while True:
        n = stream.choice((7, 7, 8))
        values = sorted(2 * v for v in stream.sample(range(1, 21), n))
        classes = [1 + stream.below(2) for _ in range(n)]
        if stream.below(2):
            i = 1 + stream.below(n - 2)
            values[i], classes[i] = values[i - 1], classes[i - 1]
        cuts = [k for k in range(1, n) if values[k] != values[k - 1]]
        borders = [k for k in cuts if classes[k] != classes[k - 1]]
        if not 3 <= len(borders) <= 4:
            continue
        tables = {k: [[side.count(1), side.count(2)] for side in (classes[:k], classes[k:])] for k in cuts}
        order = sorted(cuts, key=lambda k: -_gain(tables[k]))
        ginis = {k: sum([2 * a * b / (a + b) for a, b in tables[k]]) / n for k in cuts}
        best, rival = order[0], order[1]
        if min(ginis, key=lambda k: ginis[k]) != best or _gain(tables[best]) - _gain(tables[rival]) < 0.05:
            continue
        if any(a == b for a, b in tables[best]) or not 1 <= sum([min(row) for row in tables[best]]) <= 2:
            continue
        if sorted(ginis.values())[1] - ginis[best] < 0.02 or {max((1, 2), key=row.count) for row in (classes[:best], classes[best:])} != {1, 2}:
            continue
        at = values[best - 1] - 1 if stream.below(2) else values[best] + 1
        mixed = stream.shuffled(list(zip(values, classes)))
        return tuple([fmpq(v) for v, _ in mixed]), tuple([fmpq(k) for _, k in mixed]), fmpq(at)


def step_targets(stream: Stream) -> tuple[Any, ...]:
    """Five or six different x (whole, ascending), whole targets, and a further x. The split with the least sum of squares
    is unique by a margin of 10 %, its branches differ in size and their means have denominators of at most 4; it lowers
    the sum of squares by 40 to 95 %."""
    while True:
        n = stream.choice((5, 6, 6))
        xs = sorted(stream.sample(range(1, 16), n))
        cut = 1 + stream.below(n - 1)
        base, step = stream.below(9), stream.choice((-1, 1)) * (4 + stream.below(7))
        ys = [base + (step if i >= cut else 0) + stream.below(7) for i in range(n)]
        left = [_squares(ys[:k]) + _squares(ys[k:]) for k in range(1, n)]
        whole, first = _squares(ys), min(left)
        best = left.index(first) + 1
        if sorted(left)[1] * 10 < first * 11 or not 5 * whole <= 100 * first <= 60 * whole or 2 * best == n or min(ys) < 0:
            continue
        if sum(ys[:best]) % best and best > 4 or sum(ys[best:]) % (n - best) and n - best > 4 or len(set(ys)) < n - 1:
            continue
        if max([Fraction(f, 60).denominator for f in left]) > 12 or Fraction(whole, 60).denominator > 6:
            continue
        spots = [x for x in range(xs[0], xs[-1] + 1) if x not in xs and 2 * x != xs[best - 1] + xs[best]]
        if spots:
            return tuple(map(fmpq, xs)), tuple(map(fmpq, ys)), fmpq(stream.choice(spots))


def _squares(ys: Any) -> int:
    """Sixty times the sum of squares about the mean, which is whole for six numbers at most."""
    return 60 * sum([y * y for y in ys]) - sum(ys) ** 2 * (60 // len(ys))


def prunable_tree(stream: Stream) -> tuple[Any, ...]:
    """Class counts (two classes) of the training examples in the three leaves of one subtree and the two of another, those
    of the validation examples, and a price α of a leaf. Leaves and subtrees have a majority, both subtrees make fewer
    training errors than a leaf would, and their critical prices differ; each of the four prunings is wanted as often."""
    wanted = stream.below(4)
    while True:
        counts = stream.many(16, 10)
        size = sum(counts)
        if size not in (40, 50, 60, 80, 100):
            continue
        pairs = list(zip(counts[::2], counts[1::2]))
        if any([a == b for a, b in pairs]):
            continue
        training = [pairs[:3], pairs[3:]]
        whole = [tuple(map(sum, zip(*part))) for part in training]
        if any(a == b for a, b in whole) or any(min(len(p) * 2, sum(map(sum, p))) < 4 for p in training):
            continue
        saved = [min(total) - sum(map(min, part)) for total, part in zip(whole, training)]
        if min(saved) < 1 or saved[0] == 2 * saved[1] or min([sum(row) for part in training for row in part]) < 3:
            continue
        validation = [[_like(stream, row) for row in part] for part in training]
        decisions = []
        for part, counted, total in zip(training, validation, whole):
            subtree = sum([row[1 if seen[0] > seen[1] else 0] for seen, row in zip(part, counted)])
            leaf = sum([row[1 if total[0] > total[1] else 0] for row in counted])
            decisions.append(leaf <= subtree)
        if decisions != [bool(wanted & 1), bool(wanted & 2)]:
            continue
        alphas = sorted([Fraction(saved[0], 2 * size), Fraction(saved[1], size)])
        alpha = stream.choice((Fraction(1, 100), Fraction(1, 50), Fraction(3, 100), Fraction(1, 20), Fraction(1, 25)))
        if alpha not in alphas and alphas[0] < 2 * alpha < 6 * alphas[1]:
            rows = [tuple([tuple(map(fmpq, row)) for row in part]) for part in (*training, *validation)]
            return (*rows, fmpq(alpha.numerator, alpha.denominator))


def _like(stream: Stream, row: Any) -> tuple[int, int]:
    """Validation counts of a leaf with these training counts: about a third as many, with noise."""
    a, b = [max(0, n // 3 + stream.below(4) - 1) for n in row]
    return (b, a) if stream.below(5) == 0 else (a, b)
