"""Support vector machines: margins, hard and soft, weights from multipliers, slack variables; and the perceptron.

`points` is a matrix with a row for each of n examples, `labels` a vector of n numbers 1 or −1, (w, b) a hyperplane
w·x + b = 0. Source: Cristianini and Shawe-Taylor, *An Introduction to Support Vector Machines* (CST).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, maximum, minimum
from examwright.solvers.exact.common import Matrix, Vector, dot, mean, solve

__all__ = [
    "absolute_values", "bias_between_classes", "class_mean", "closest_pair", "cost_at_tie", "decision_values",
    "equal_shares", "foot_on_hyperplane", "functional_margins", "hinge_slacks", "hinge_subgradient",
    "innermost_points", "innermost_points_without", "inside_of", "longest_square", "midpoint_of_class_means",
    "missing_multiplier", "multipliers_on", "names_where_positive", "novikoff_bound", "ones_where_positive",
    "perceptron_final", "perceptron_pass", "perceptron_total", "perceptron_trace", "perceptron_updates",
    "places_named", "regularised_hinge_loss", "soft_margin_objective", "support_vectors_named",
    "weights_from_multipliers", "weights_on", "with_multiplier",
]


def absolute_values(xs: Vector) -> Vector:
    """|x| for each entry. Source: definition."""
    return tuple([abs(x) for x in xs])


def decision_values(points: Matrix, w: Vector, b: Number) -> Vector:
    """w·x + b for each of the n points. ValueError unless the sizes agree. Source: CST, section 2.1."""
    return tuple([dot(w, x) + b for x in points])


def functional_margins(labels: Vector, values: Vector) -> Vector:
    """y·f(x) for n labels y and decision values f(x): positive where the side is right. ValueError unless the lengths agree.
    Source: CST, definition 2.1."""
    if len(labels) != len(values):
        raise ValueError("as many labels as decision values are needed")
    return tuple([y * f for y, f in zip(labels, values)])


def foot_on_hyperplane(x: Vector, w: Vector, value: Number) -> Vector:
    """The point of the hyperplane that is nearest to x, where `value` is w·x + b: x − value·w/‖w‖². ZeroDivisionError for
    w = 0, ValueError unless the lengths agree. Source: CST, section 2.1 (the distance along the unit normal)."""
    share = value / dot(w, w)
    if len(x) != len(w):
        raise ValueError("a point has as many coordinates as the normal")
    return tuple([xi - share * wi for xi, wi in zip(x, w)])


def innermost_points(xs: Vector, labels: Vector) -> Vector:
    """(the innermost input labelled −1, the innermost labelled +1) of n inputs on a line that a threshold separates: the two
    support vectors. ValueError where a class is empty or no threshold separates them. Source: CST, definition 6.2, on a line."""
    negative = sorted([x for x, y in zip(xs, labels) if y < 0])
    positive = sorted([x for x, y in zip(xs, labels) if y > 0])
    if not negative or not positive:
        raise ValueError("both classes need an example")
    if negative[-1] < positive[0]:
        return negative[-1], positive[0]
    if positive[-1] < negative[0]:
        return negative[0], positive[-1]
    raise ValueError("no threshold separates the classes")


def innermost_points_without(xs: Vector, labels: Vector, gone: Number) -> Vector:
    """`innermost_points` of the examples whose input is not `gone`. Errors as there. Source: CST, definition 6.2, on a line."""
    kept = [(x, y) for x, y in zip(xs, labels) if x != gone]
    return innermost_points(tuple([x for x, _ in kept]), tuple([y for _, y in kept]))


def midpoint_of_class_means(xs: Vector, labels: Vector) -> Number:
    """The place halfway between the means of the inputs labelled 1 and of those labelled −1. ValueError where a class is empty.
    Source: the nearest-centroid rule, Hastie et al., *The Elements of Statistical Learning*, section 18.2."""
    return (mean([x for x, y in zip(xs, labels) if y > 0]) + mean([x for x, y in zip(xs, labels) if y < 0])) / 2


def class_mean(points: Matrix, labels: Vector, label: Number) -> Vector:
    """The mean of the points with that label, a vector. ValueError if there is none. Source: arithmetic mean."""
    chosen = [x for x, y in zip(points, labels) if y == label]
    if not chosen:
        raise ValueError("the mean of no points")
    return tuple([mean(column) for column in zip(*chosen)])


def support_vectors_named(points: Matrix, labels: Vector, names: Sequence[str]) -> tuple[str, ...]:
    """The names, in the order of the n points, of the support vectors of the widest margin in the plane: the corners between which the distance of
    the convex hulls of the two classes is taken, a pair, or one and the two ends of a segment. Where several are equally near, the
    first. ValueError if a class is empty or there are no two coordinates.
    Source: Bennett and Bredensteiner (2000), *Duality and geometry in SVM classifiers*: the widest margin bisects the shortest
    way between the hulls."""
    if any([len(x) != 2 for x in points]):
        raise ValueError("the points lie in a plane")
    best: tuple[Number, tuple[int, ...]] | None = None
    sides = [[i for i, y in enumerate(labels) if (y > 0) == positive] for positive in (True, False)]
    for one, other in (sides, sides[::-1]):
        for i in one:
            ways: list[tuple[tuple[int, ...], Vector]] = [((j,), points[j]) for j in other]
            for j, k in combinations(other, 2):
                along = (points[k][0] - points[j][0], points[k][1] - points[j][1])
                share = dot((points[i][0] - points[j][0], points[i][1] - points[j][1]), along) / dot(along, along)
                if 0 < share < 1:
                    ways.append(((j, k), (points[j][0] + share * along[0], points[j][1] + share * along[1])))
            for places, foot in ways:
                square = (points[i][0] - foot[0])**2 + (points[i][1] - foot[1])**2
                if best is None or square < best[0]:
                    best = square, tuple(sorted((i, *places)))
    if best is None:
        raise ValueError("both classes need an example")
    return tuple([names[i] for i in best[1]])


def places_named(some: Sequence[str], names: Sequence[str]) -> Vector:
    """The places (from 0) of some of the names, in order. Source: definition."""
    return tuple([fmpq(i) for i, name in enumerate(names) if name in some])


def multipliers_on(points: Matrix, labels: Vector, places: Vector) -> Vector:
    """(α₁, …, αₙ, b) of the least w for which y(w·x + b) = 1 at the examples at `places`; α is 0 elsewhere.
    ZeroDivisionError where that leaves no or many solutions. Source: CST, equations 6.2 and 6.3 (stationarity) with the
    constraints active there."""
    chosen = [as_int(i) for i in places]
    size = len(chosen)
    rows = [tuple([labels[j] * dot(points[i], points[j]) for j in chosen]) + (fmpq(1),) for i in chosen]
    rows.append(tuple([labels[j] for j in chosen]) + (fmpq(0),))
    solution = solve(tuple(rows), tuple([labels[i] for i in chosen]) + (fmpq(0),))
    alphas: list[Number] = [fmpq(0)] * len(points)
    for i, alpha in zip(chosen, solution):
        alphas[i] = alpha
    return (*alphas, solution[size])


def weights_from_multipliers(points: Matrix, labels: Vector, alphas: Vector) -> Vector:
    """w = Σ αyx, a vector. ValueError unless there are as many multipliers and labels as points. Source: CST, equation 6.3."""
    if not len(points) == len(labels) == len(alphas):
        raise ValueError("every example needs a label and a multiplier")
    shares = tuple([a * y for a, y in zip(alphas, labels)])
    return tuple([dot(column, shares) for column in zip(*points)])


def weights_on(points: Matrix, labels: Vector, places: Vector) -> Vector:
    """The least w for which y(w·x + b) = 1, with some b, at the examples at `places`. Errors as `multipliers_on`. Source: CST, equation 6.3."""
    return weights_from_multipliers(points, labels, multipliers_on(points, labels, places)[:len(points)])


def bias_between_classes(points: Matrix, labels: Vector, w: Vector) -> Number:
    """b = −½(max w·x over the examples labelled −1 + min w·x over those labelled 1). ValueError if a class is empty.
    Source: CST, proposition 6.4."""
    low = [dot(w, x) for x, y in zip(points, labels) if y < 0]
    high = [dot(w, x) for x, y in zip(points, labels) if y > 0]
    if not low or not high:
        raise ValueError("both classes need an example")
    return -(maximum(*low) + minimum(*high)) / 2


def closest_pair(points: Matrix, labels: Vector, names: Sequence[str]) -> tuple[str, str]:
    """The names, in order, of the two examples of different classes that are closest to each other, the first on a tie.
    ValueError if a class is empty. Source: definition."""
    pairs = [(i, j) for i, j in combinations(range(len(points)), 2) if labels[i] != labels[j]]
    if not pairs:
        raise ValueError("both classes need an example")
    i, j = min(pairs, key=lambda p: sum([(a - b)**2 for a, b in zip(points[p[0]], points[p[1]])], fmpq(0)))
    return names[i], names[j]


def equal_shares(xs: Vector) -> Vector:
    """The sum of the entries, shared equally among those that are not 0. Source: definition."""
    share = sum(xs, fmpq(0)) / (sum([int(x != 0) for x in xs]) or 1)
    return tuple([share if x != 0 else fmpq(0) for x in xs])


def missing_multiplier(labels: Vector, alphas: Vector, place: Number) -> Number:
    """The multiplier at `place` (from 0) that makes Σ αy = 0, from the others. ValueError unless the lengths agree.
    Source: CST, equation 6.2."""
    if len(labels) != len(alphas):
        raise ValueError("every multiplier needs a label")
    k = as_int(place)
    return -labels[k] * dot(labels, with_multiplier(alphas, place, fmpq(0)))


def with_multiplier(alphas: Vector, place: Number, value: Number) -> Vector:
    """The multipliers with the one at `place` (from 0) replaced. Source: definition."""
    return tuple([value if i == place else alpha for i, alpha in enumerate(alphas)])


def names_where_positive(xs: Vector, names: Sequence[str]) -> tuple[str, ...]:
    """The names of the positive entries, in order. ValueError unless the lengths agree. Source: definition."""
    if len(xs) != len(names):
        raise ValueError("every entry needs a name")
    return tuple([name for x, name in zip(xs, names) if x > 0])


def ones_where_positive(xs: Vector) -> Vector:
    """1 for each positive entry, 0 for the others. Source: the Heaviside step function."""
    return tuple([fmpq(int(x > 0)) for x in xs])


def hinge_slacks(margins: Vector) -> Vector:
    """max(0, 1 − m) for each functional margin m. Source: CST, equation 6.7 solved for the least slack."""
    return tuple([maximum(fmpq(0), 1 - m) for m in margins])


def soft_margin_objective(w: Vector, slacks: Vector, cost: Number) -> Number:
    """½‖w‖² + C·Σξ. Source: CST, section 6.1.2, the 1-norm soft margin."""
    return dot(w, w) / 2 + cost * sum(slacks, fmpq(0))


def inside_of(xs: Vector, low: Number, high: Number) -> Vector:
    """1 for each entry with low < x < high, 0 for the others. Source: definition."""
    return tuple([fmpq(int(low < x < high)) for x in xs])


_MOST_UPDATES = 500


def _visits(weights: Vector, points: Matrix, labels: Vector, start: Number, rule: str) -> list[tuple[int, Number, bool, Vector]]:
    """(place, y·f, updated?, weights after it) for one pass from the place `start`; weights are (w, b)."""
    if rule not in ("at most", "below", "always", "no bias", "frozen"):
        raise ValueError(f"no rule {rule!r}; there are at most, below, always, no bias, frozen")
    out, old = [], weights
    for i in range(as_int(start), len(points)):
        extended = (*points[i], fmpq(1))
        margin = labels[i] * dot(old if rule == "frozen" else weights, extended)
        update = rule == "always" or margin < 0 or (margin == 0 and rule != "below")
        if update:
            step = extended if rule != "no bias" else (*points[i], fmpq(0))
            weights = tuple([w + labels[i] * x for w, x in zip(weights, step)])
        out.append((i, margin, update, weights))
    return out


def perceptron_pass(weights: Vector, points: Matrix, labels: Vector, start: Number, rule: str) -> Vector:
    """The weights (w₁, …, w_d, b) after one pass over the n examples from the place `start` (from 0): w ← w + yx, b ← b + y at each
    mistake. `rule` says what is a mistake: 'at most' y·f ≤ 0, 'below' y·f < 0, 'always' every example; 'no bias' is 'at most' with b left
    alone, 'frozen' with f of the first weights. ValueError for another rule. Source: Rosenblatt (1958); CST, table 2.1, with the rate 1."""
    visits = _visits(weights, points, labels, start, rule)
    return visits[-1][3] if visits else weights


def perceptron_updates(weights: Vector, points: Matrix, labels: Vector, start: Number) -> Number:
    """How many mistakes (y·f ≤ 0) a pass from the place `start` makes, each put right at once. Source: as `perceptron_pass`."""
    return fmpq(sum([int(update) for _, _, update, _ in _visits(weights, points, labels, start, "at most")]))


def _passes(weights: Vector, points: Matrix, labels: Vector) -> list[list[tuple[int, Number, bool, Vector]]]:
    """All passes, the last of them without a mistake."""
    out, updates = [], 0
    while True:
        visits = _visits(weights, points, labels, fmpq(0), "at most")
        out.append(visits)
        made = sum([int(update) for _, _, update, _ in visits])
        updates += made
        if not made:
            return out
        if updates > _MOST_UPDATES:
            raise ValueError(f"the perceptron makes more than {_MOST_UPDATES} mistakes")
        weights = visits[-1][3]


def perceptron_final(weights: Vector, points: Matrix, labels: Vector) -> Vector:
    """The weights when a whole pass is made without a mistake (y·f ≤ 0). ValueError for more than 500 mistakes, which is so
    where no line separates the classes. Source: CST, table 2.1."""
    return _passes(weights, points, labels)[-1][-1][3]


def perceptron_total(weights: Vector, points: Matrix, labels: Vector) -> Number:
    """How many mistakes are made from these weights on until a pass has none. Errors as `perceptron_final`.
    Source: CST, table 2.1."""
    return fmpq(sum([int(update) for visits in _passes(weights, points, labels) for _, _, update, _ in visits]))


def perceptron_trace(weights: Vector, points: Matrix, labels: Vector) -> Matrix:
    """A row (example from 1, y·f, 1 for an update, w₁, …, w_d, b) for each visit. Errors as `perceptron_final`. Source: CST, table 2.1."""
    return tuple([(fmpq(i + 1), margin, fmpq(int(update)), *after) for visits in _passes(weights, points, labels)
                  for i, margin, update, after in visits])


def novikoff_bound(square: Number, weights_square: Number, least: Number) -> Number:
    """(R/γ)² from R² = `square`, ‖w‖² = `weights_square` and the least functional margin, γ = `least`/‖w‖. ValueError unless that is
    positive. Source: Novikoff (1962); CST, theorem 2.3."""
    if not least > 0:
        raise ValueError("these weights do not separate the classes")
    return square * weights_square / least**2


def longest_square(points: Matrix) -> Number:
    """The largest ‖x‖². ValueError for no points. Source: definition."""
    return maximum(*[dot(x, x) for x in points])


def cost_at_tie(square: Number, other_square: Number, slack: Number, other_slack: Number) -> Number:
    """The C at which ½·square + C·slack = ½·other_square + C·other_slack, for the ‖w‖² and Σξ of two classifiers. ValueError for
    equal slacks. Source: CST, section 6.1.2, the 1-norm soft margin, solved for C."""
    if slack == other_slack:
        raise ValueError("with equal slack no C makes a difference")
    return (square - other_square) / (2 * (other_slack - slack))


def regularised_hinge_loss(w: Vector, margin: Number, strength: Number) -> Number:
    """½λ‖w‖² + max(0, 1 − m) for the functional margin m of one example. Source: Shalev-Shwartz et al. (2011), *Pegasos*,
    equations 1 and 2."""
    return strength / 2 * dot(w, w) + maximum(fmpq(0), 1 - margin)


def hinge_subgradient(w: Vector, x: Vector, y: Number, margin: Number, strength: Number) -> Vector:
    """λw − yx where the functional margin is below 1, λw elsewhere. ValueError unless w and x have the same length. Source:
    Shalev-Shwartz et al. (2011), *Pegasos*, equation 4."""
    if len(w) != len(x):
        raise ValueError("w has as many entries as x")
    shrunk = [strength * wi for wi in w]
    push = y if margin < 1 else fmpq(0)
    return tuple([s - push * xi for s, xi in zip(shrunk, x)])
