"""Hyperplanes with rational norms, and data sets built from the margin that they should have."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = [
    "multipliers_and_scores", "perceptron_points", "points_beside_hyperplane", "separable_in_plane",
    "separable_on_line", "soft_margin_points", "two_candidates",
]

# normals with whole lengths, up to signs and order
_NORMALS = ((3, 4), (6, 8), (5, 12), (8, 15), (1, 2, 2), (2, 3, 6), (1, 4, 8), (4, 4, 7))


def _exact(xs: Any) -> tuple[Any, ...]:
    return tuple([fmpq(x) for x in xs])


def _normal(stream: Stream, choices: Any) -> list[int]:
    return [x * stream.choice((-1, 1)) for x in stream.shuffled(stream.choice(choices))]


def points_beside_hyperplane(stream: Stream) -> tuple[Any, ...]:
    """A hyperplane (w, b) in two or three dimensions with a whole ‖w‖, and three labelled points, not on it. The first is on its
    right side at a distance that is a multiple of 1/2; of the others one at most is on the wrong side."""
    while True:
        w = _normal(stream, _NORMALS)
        length = round(sum(x * x for x in w) ** 0.5)
        b = stream.choice([k for k in range(-12, 13) if k])
        points: list[list[int]] = []
        values: list[int] = []
        for _ in range(300):
            x = [stream.below(9) - 4 for _ in w]
            value = sum(wi * xi for wi, xi in zip(w, x)) + b
            if value and abs(value) <= 50 and x not in points and (values or 2 * value % length == 0):
                points.append(x)
                values.append(value)
            if len(points) == 3:
                break
        if len(points) < 3 or len({abs(v) for v in values}) < 3:
            continue
        labels = [1 if v > 0 else -1 for v in values]
        if stream.below(2):
            labels[1 + stream.below(2)] *= -1
        if len(set(labels)) == 2:
            return _exact(w), fmpq(b), tuple([_exact(x) for x in points]), _exact(labels)


def separable_on_line(stream: Stream) -> tuple[Any, ...]:
    """Five to seven whole inputs on a line in random order, labelled by a threshold, two or more in each class; and two inputs that
    are new. No two gaps beside the innermost ones are alike."""
    gap = stream.choice((2, 3, 4, 5, 6, 8))
    left, right = [stream.sample(range(1, 6), stream.choice((1, 2))) for _ in range(2)]
    start = stream.below(9) - 6
    low = [start, *[start - step for step in left]]
    high = [start + gap, *[start + gap + step for step in right]]
    if stream.below(2):
        low.append(start - 6 - stream.below(3))
    else:
        high.append(start + gap + 6 + stream.below(3))
    sign = stream.choice((-1, 1))
    order = stream.shuffled([*[(x, -sign) for x in low], *[(x, sign) for x in high]])
    new = start + gap // 2 + stream.choice((-9, -7, -4, -3, 3, 4, 7, 9))
    return _exact([x for x, _ in order]), _exact([y for _, y in order]), fmpq(new)


# directions of w in the plane
_DIRECTIONS = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (0, 1), (1, 0), (3, 4), (4, 3))


def separable_in_plane(stream: Stream, low: Any, high: Any) -> tuple[Any, ...]:
    """Three examples of each class with whole coordinates from `low` to `high`, in random order: two or three of them lie on the
    margin lines of the widest margin, none of them for nothing, all others beyond."""
    low, high = int(low), int(high)
    lattice = [(i, j) for i in range(low, high + 1) for j in range(low, high + 1)]
    inside = frozenset(lattice)
    while True:
        n = [x * stream.choice((-1, 1)) for x in stream.choice(_DIRECTIONS)]
        size = n[0]**2 + n[1]**2
        along = (-n[1], n[0])
        one = stream.choice(lattice)
        if stream.below(3) == 0:  # a pair
            times = stream.choice((1, 2, 3, 4))
            other = [(one[0] + times * n[0], one[1] + times * n[1])]
            apart = times * size
        else:  # one, and two on the other line with the foot between them
            apart = stream.choice((2, 3, 4, 5, 6, 8))
            line = [x for x in lattice if (x[0] - one[0]) * n[0] + (x[1] - one[1]) * n[1] == apart]
            if len(line) < 2:
                continue
            other = stream.sample(line, 2)
            sides = [(x[0] - one[0]) * along[0] + (x[1] - one[1]) * along[1] for x in other]
            if sides[0] * sides[1] >= 0 or abs(sides[0] - sides[1]) > 6 * size:
                continue
        if not inside.issuperset(other) or size > apart**2:
            continue
        level = {x: (x[0] - one[0]) * n[0] + (x[1] - one[1]) * n[1] for x in lattice}
        before = [x for x in lattice if -6 * size <= level[x] < 0]
        behind = [x for x in lattice if apart < level[x] <= apart + 6 * size]
        if len(before) < 2 or len(behind) < 3 - len(other):
            continue
        first = [one, *stream.sample(before, 2)]
        second = [*other, *stream.sample(behind, 3 - len(other))]
        sign = stream.choice((-1, 1))
        order = stream.shuffled([*[(x, -sign) for x in first], *[(x, sign) for x in second]])
        return tuple([_exact(x) for x, _ in order]), _exact([y for _, y in order])


def soft_margin_points(stream: Stream) -> tuple[Any, ...]:
    """A hyperplane (w, b) in the plane with a length of w in halves, and five labelled points in random order: one on a margin
    line, one beyond, one inside the margin on the right side, one on the wrong side, and a fifth anywhere. None lies on the
    boundary or has a slack of 2. The fifth value is the place of an example that has slack."""
    while True:
        n = _normal(stream, ((3, 4), (6, 8), (9, 12)))
        b = stream.below(31) - 15  # all in tenths
        found: dict[str, list[Any]] = {}
        for i in range(-5, 6):
            for j in range(-5, 6):
                f = n[0] * i + n[1] * j + b
                for y in (1, -1):
                    m = y * f
                    kind = "on" if m == 10 else "beyond" if 10 < m <= 40 else "inside" if 0 < m < 10 else "wrong" if -30 <= m < 0 else ""
                    if kind and m != -10:
                        found.setdefault(kind, []).append(((i, j), y))
        if len(found) < 4 or min(map(len, found.values())) < 2:
            continue
        rows = [stream.choice(found[kind]) for kind in ("on", "beyond", "inside", "wrong")]
        rows.append(stream.choice(found[stream.choice(("beyond", "inside", "wrong", "wrong"))]))
        if len({x for x, _ in rows}) == 5 and len({y for _, y in rows}) == 2:
            rows = stream.shuffled(rows)
            paying = [i for i, (x, y) in enumerate(rows) if y * (n[0] * x[0] + n[1] * x[1] + b) < 10]
            return (tuple([fmpq(x, 10) for x in n]), fmpq(b, 10), tuple([_exact(x) for x, _ in rows]), _exact([y for _, y in rows]),
                    fmpq(stream.choice(paying)))


def perceptron_points(stream: Stream) -> tuple[Any, ...]:
    """Four examples of two classes in the plane with whole coordinates, separated by a line with room beside it. From zero the
    perceptron makes two or three mistakes in the first pass, two or more later, and nine at most."""
    while True:
        points = [(stream.below(8) - 3, stream.below(8) - 3) for _ in range(4)]
        w, b = (stream.below(7) - 3, stream.below(7) - 3), stream.below(9) - 4
        values = [w[0] * x + w[1] * y + b for x, y in points]
        labels = [1 if v > 0 else -1 for v in values]
        if len(set(points)) < 4 or min(map(abs, values)) < 2 or len(set(labels)) < 2:
            continue
        weights, made = [0, 0, 0], [0]
        while len(made) < 2 or (made[-1] > made[-2] and made[-1] <= 9):
            made.append(made[-1])
            for (i, j), y in zip(points, labels):
                if y * (weights[0] * i + weights[1] * j + weights[2]) <= 0:
                    weights = [weights[0] + y * i, weights[1] + y * j, weights[2] + y]
                    made[-1] += 1
        if 2 <= made[1] <= 3 and made[1] + 2 <= made[-1] <= 9:
            return tuple([_exact(x) for x in points]), _exact(labels)


def two_candidates(stream: Stream) -> tuple[Any, ...]:
    """Four labelled points in the plane and two hyperplanes, w and b in halves: the first has the longer w and the smaller sum of
    slacks, and both sums are whole or half. At some C with a small denominator, the last value, the objectives are equal."""
    def slack(w: Any, b: int, rows: Any) -> int:  # in halves
        return sum([max(0, 2 - y * (w[0] * x[0] + w[1] * x[1] + b)) for x, y in rows])

    while True:
        n = [k - 2 for k in stream.many(5, 2)]
        rows = []
        for _ in range(4):
            i, j = stream.many(7, 2)
            x = (i - 3, j - 3)
            value = n[0] * x[0] + n[1] * x[1]
            rows.append((x, 1 if value > 0 or (value == 0 and stream.below(2)) else -1))
        if len({x for x, _ in rows}) < 4 or sum([y for _, y in rows]) != 0:
            continue
        *weights, b, c = [k - 3 for k in stream.many(7, 6)]
        long, short = weights[:2], weights[2:]
        squares = [w[0]**2 + w[1]**2 for w in (long, short)]  # in quarters
        if not 0 < squares[1] < squares[0]:
            continue
        one, other = slack(long, b, rows), slack(short, c, rows)
        if not 0 < one < other <= 12 or one > 4:
            continue
        tie = fmpq(squares[0] - squares[1], 8) / fmpq(other - one, 2)
        if tie.q <= 8 and fmpq(1, 8) <= tie <= 3 and tie != 1:
            return (tuple([_exact(x) for x, _ in rows]), _exact([y for _, y in rows]), tuple([fmpq(x, 2) for x in long]), fmpq(b, 2),
                    tuple([fmpq(x, 2) for x in short]), fmpq(c, 2), tie)


def multipliers_and_scores(stream: Stream, cost: Any) -> tuple[Any, ...]:
    """Labels, multipliers between 0 and C, scores w·x and the place of a free support vector (0 < α < C) for six examples of a soft
    margin at its optimum, with some b in tenths: two with α = 0 beyond the margin, two free ones, two with α = C inside the margin or on
    the wrong side, in random order. A kernel that gives these scores exists: the sum of αy·w·x is positive."""
    unit = fmpq(cost) / 10
    while True:
        kinds = stream.shuffled(("zero", "zero", "free", "free", "bound", "bound"))
        labels = stream.choices((-1, 1), 6)
        b = stream.below(31) - 15  # in tenths, like the margins
        alphas: list[int] = []
        margins: list[int] = []
        for kind in kinds:
            between, beyond, inside = 1 + stream.below(9), 11 + stream.below(20), stream.choice((-12, -7, -4, 2, 3, 5, 6, 8))
            alphas.append(between if kind == "free" else 0 if kind == "zero" else 10)
            margins.append(10 if kind == "free" else beyond if kind == "zero" else inside)
        if len(set(labels)) < 2 or sum(a * y for a, y in zip(alphas, labels)) != 0 or b == 0:
            continue
        scores = [y * m - b for y, m in zip(labels, margins)]
        bound = [m for kind, m in zip(kinds, margins) if kind == "bound"]
        if len(set(scores)) < 6 or min(bound) > 0 or bound[0] == bound[1] or sum(a * y * g for a, y, g in zip(alphas, labels, scores)) <= 0:
            continue
        free = [i for i, kind in enumerate(kinds) if kind == "free"]
        return (_exact(labels), tuple([a * unit for a in alphas]), tuple([fmpq(g, 10) for g in scores]), fmpq(stream.choice(free)))
