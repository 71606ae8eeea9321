"""Predictions, confusion counts and scored examples whose measures are short and differ from each other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq

from examwright.generator.random import Stream

__all__ = ["fold_table", "four_fits", "invertible_confusion", "measured_predictions", "priced_models", "rated_classifier", "roc_examples", "swept_examples", "three_class_confusion",
           "three_spread_points", "whole_spread"]


def measured_predictions(stream: Stream) -> tuple[Any, ...]:
    """Predictions and targets of four or five examples, with one decimal. The errors have both signs, the mean of
    the targets has one decimal, and R² lies between 0.3 and 0.97."""
    while True:
        n = stream.choice((4, 5, 5))
        centre = stream.choice((0, 0, 10, 20, 30))
        targets = [centre + stream.below(61) - 30 for _ in range(n)]  # tenths
        errors = [stream.choice((-1, 1)) * stream.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15)) for _ in range(n)]
        predictions = [t + e for t, e in zip(targets, errors)]
        total, off = sum(targets), sum(errors)
        if total % n or off == 0 or abs(off) == sum([abs(e) for e in errors]) or len({abs(e) for e in errors}) < 3:
            continue
        if 0 in targets or 0 in predictions or len(set(targets)) < n:
            continue
        squares, spread = sum([e * e for e in errors]), sum([(t - total // n)**2 for t in targets])
        if not 3 * spread < 100 * squares < 70 * spread:
            continue
        if 50 * off * off < n * spread or 50 * total * total < n * spread:
            continue  # the means of errors and of targets are not almost 0
        return tuple([fmpq(p, 10) for p in predictions]), tuple([fmpq(t, 10) for t in targets])


_SHARES = sorted({Fraction(a, b) for b in (4, 5, 6, 7, 8, 9, 10, 12) for a in range(1, b) if 9 * b <= 20 * a})


def rated_classifier(stream: Stream) -> tuple[Any, ...]:
    """(TP, FP, FN, TN), built from a precision and a recall that have denominators of at most 12 and lie at least
    0.1 apart. There are 20 to 120 examples; their number is often round."""
    while True:
        precision, recall = stream.choice(_SHARES), stream.choice(_SHARES)
        if abs(precision - recall) * 10 < 1:
            continue
        a, b = precision.numerator, recall.numerator
        tp = a * b // _gcd(a, b)
        tp *= 1 + stream.below(max(1, 40 // tp))
        fp, fn = tp * (1 / precision - 1), tp * (1 / recall - 1)
        if not (3 <= tp <= 48 and 1 <= fp <= 30 and 1 <= fn <= 30):
            continue
        used = tp + int(fp) + int(fn)
        totals = [t for t in (20, 25, 30, 36, 40, 45, 50, 60, 64, 70, 72, 75, 80, 90, 96, 100, 110, 120)
                  if used + 4 <= t <= 5 * used]
        if not totals:
            continue
        tn = stream.choice(totals) - used
        if len({tp, int(fp), int(fn), tn}) < 4:
            continue
        return tp, int(fp), int(fn), tn


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def _scores(stream: Stream, count: int) -> list[int]:
    """Hundredths from 6 to 96, descending, at least 3 apart."""
    room = 91 - 3 * (count - 1)
    gaps = sorted([stream.below(room) for _ in range(count)], reverse=True)
    return [6 + g + 3 * (count - 1 - i) for i, g in enumerate(gaps)]


def swept_examples(stream: Stream) -> tuple[Any, ...]:
    """Eight to ten scores (different, descending, two decimals), their labels, a threshold that equals one of the
    scores, and another that lies between two scores, two or three places away. At the first threshold all four counts
    are at least 1 under either rule, and exchanging any of them shows; the largest F1 belongs to one score only, and
    not to the lowest, under either rule."""
    while True:
        n = stream.choice((8, 9, 10))
        positives = stream.choice((4, 4, 5))
        labels = stream.shuffled([1] * positives + [0] * (n - positives))
        hits = [0]
        for label in labels:
            hits.append(hits[-1] + label)
        f1 = [2 * hits[m] * _LCM // (m + positives) for m in range(n + 1)]
        if f1.count(max(f1)) > 1 or max(f1) in f1[n - 1:]:
            continue
        cuts = [_distinguishable(hits[m], m, positives, n) for m in range(n + 1)]
        places = [(k, k + d) for k in range(2, n) for d in (-3, -2, 2, 3)
                  if cuts[k - 1] and cuts[k] and 2 <= k + d <= n - 2 and 0 < hits[k + d] < positives != k + d]
        if not places:
            continue
        k, other = stream.choice(places)  # with "at least" k examples are called positive, with "above" one less
        scores = _scores(stream, n)
        between = list(range(scores[other] + 1, scores[other - 1]))
        moved = stream.choice([v for v in between if v % 5 == 0] or between)
        return tuple([fmpq(s, 100) for s in scores]), tuple(labels), fmpq(scores[k - 1], 100), fmpq(moved, 100)


_LCM = 360360  # of 1 to 15: makes whole numbers of all fractions here


def _distinguishable(tp: int, called: int, positives: int, n: int) -> bool:
    fp, fn = called - tp, positives - tp
    tn = n - called - fn
    return min(tp, fp, fn, tn) > 0 and fp != fn and tp != tn and (tp, fp) != (fn, tn) and (tp, fn) != (fp, tn)


def roc_examples(stream: Stream) -> tuple[Any, ...]:
    """Seven to nine scores (descending, two decimals) and their labels, three to five of each class. In every third
    draw one positive and one negative example have the same score. The area under the ROC
    curve lies between 0.55 and 0.95."""
    while True:
        positives = 3 + stream.below(3)
        negatives = stream.choice((3, 4, 4, 5))
        n = positives + negatives
        if not 7 <= n <= 9:
            continue
        labels = stream.shuffled([1] * positives + [0] * negatives)
        scores = _scores(stream, n)
        if stream.below(3) == 0:
            places = [i for i in range(1, n) if labels[i] != labels[i - 1]]
            i = stream.choice(places)
            scores[i] = scores[i - 1]
            labels[i - 1], labels[i] = 1, 0
        twice = sum([2 if s > t else 1 if s == t else 0 for s, a in zip(scores, labels) if a
                     for t, b in zip(scores, labels) if not b])
        if not 11 * positives * negatives <= 10 * twice <= 19 * positives * negatives:
            continue
        return tuple([fmpq(s, 100) for s in scores]), tuple(labels)


def invertible_confusion(stream: Stream) -> tuple[Any, ...]:
    """(TP, FP, FN, TN) from precision and recall with denominators up to 12, which differ."""
    while True:
        p, r = [Fraction(1 + stream.below(q - 1), q) for q in (stream.choice((3, 4, 5, 6, 8, 9, 10)) for _ in range(2))]
        tp = (p.numerator * r.numerator) * stream.choice((1, 1, 2, 3))
        if p == r or not (Fraction(1, 3) <= p < 1 and Fraction(1, 3) <= r < 1) or not 6 <= tp <= 72:
            continue
        fp, fn = int(tp / p) - tp, int(tp / r) - tp
        tn = 5 * (stream.below(30) + 4)
        if min(fp, fn) >= 1 and fp != fn and (tp + fp + fn + tn) % 5 == 0:
            return fmpq(tp), fmpq(fp), fmpq(fn), fmpq(tn)


def three_spread_points(stream: Stream) -> tuple[Any, ...]:
    """Three points with whole coordinates, x ascending: no two equal y, not on a line, and the lines through two of them
    have whole or half slopes."""
    while True:
        xs = sorted(stream.sample(range(0, 8), 3))
        ys = [stream.below(13) for _ in range(3)]
        slopes = [Fraction(ys[j] - ys[i], xs[j] - xs[i]) for i, j in ((0, 1), (0, 2), (1, 2))]
        if len(set(ys)) == 3 and len(set(slopes)) == 3 and all(s.denominator <= 2 for s in slopes):
            return tuple(map(fmpq, xs)), tuple(map(fmpq, ys))


_NICE_SIZES = (8, 10, 12, 15, 16, 18, 20, 24, 25, 30, 32, 36, 40, 45, 48, 50, 60)
_ARE_NICE = frozenset(_NICE_SIZES)


def three_class_confusion(stream: Stream) -> tuple[tuple[fmpq, ...], ...]:
    """Counts of three classes, true classes in rows and called ones in columns. Row and column sums are handy numbers, no
    two of them alike where it would hide an exchange, and the F1 values lie at least 0.05 apart, the lowest above 0.4."""
    while True:
        sizes = stream.sample(_NICE_SIZES[:14], 3)
        rows = []
        for i, size in enumerate(sizes):
            wrong = [1 + k for k in stream.many(size // 3, 2)]
            wrong.insert(i, size - sum(wrong))
            rows.append(wrong)
        called = [sum(column) for column in zip(*rows)]
        right = [rows[i][i] for i in range(3)]
        if not _ARE_NICE.issuperset(called) or sum(sizes) > 110 or any([abs(c - s) < 2 for c, s in zip(called, sizes)]) or len(set(right)) < 3:
            continue
        f1 = sorted([Fraction(2 * t, a + b) for t, a, b in zip(right, sizes, called)])
        if 5 * f1[0] > 2 and all(b - a >= Fraction(1, 20) for a, b in zip(f1, f1[1:])):
            return tuple([tuple(map(fmpq, row)) for row in rows])


_THRESHOLDS = ((1, 4), (1, 5), (1, 6), (1, 8), (1, 10), (1, 20), (3, 10), (3, 20), (2, 5), (2, 15), (3, 8))


def priced_models(stream: Stream, kind: str) -> tuple[Any, ...]:
    """Costs (of a true positive, a false positive, a false negative), a probability, the counts (TP, FP, FN, TN) of three models
    on the same examples, and the letters of two of the models. For the kind "errors" a true positive costs nothing, for
    "action" it costs the same as a false positive. Neither of two models has more mistakes of both sorts; the cheapest
    is not the one with the fewest mistakes, and the cost of a false negative at which the pair breaks even is whole."""
    while True:
        a, b = stream.choice(_THRESHOLDS)
        unit = stream.choice((2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50))
        false_alarm, miss = a * unit, (b if kind == "action" else b - a) * unit
        hit = false_alarm if kind == "action" else 0
        p = stream.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 24, 25, 30, 32, 35, 40, 45))  # hundredths
        if not (30 <= miss <= 900 and (3 * a * 100 <= 10 * p * b <= 8 * a * 100 or 12 * a * 100 <= 10 * p * b <= 40 * a * 100)):
            continue
        positives, n = stream.choice((30, 40, 50, 60)), stream.choice((200, 250, 300, 400, 500))
        misses = stream.sample(range(2, positives // 2), 3)
        alarms = sorted(stream.sample(range(4, 90), 3))
        rows = stream.shuffled([(positives - m, f, m, n - positives - f) for f, m in zip(alarms, sorted(misses, reverse=True))])
        totals = [hit * tp + false_alarm * fp + miss * fn for tp, fp, fn, _ in rows]
        slips = [fp + fn for _, fp, fn, _ in rows]
        least = sorted(totals)
        if totals.index(least[0]) == slips.index(min(slips)) or slips.count(min(slips)) > 1 or 50 * (least[1] - least[0]) < least[0]:
            continue
        i, j = stream.choice(((0, 1), (0, 2), (1, 2)))
        more, fewer = rows[j][1] - rows[i][1], rows[i][2] - rows[j][2]
        if false_alarm * more % fewer or hit + false_alarm * more // fewer == miss:
            continue
        return (hit, false_alarm, miss), fmpq(p, 100), tuple(rows), ("ABC"[i], "ABC"[j])


# Five deviations with the sum 0 whose squares add up to 20: divided by 5·4, and the root of it, that is 1. (Those of 80 give 2.)
_SPREADS = {
    1: ((3, -3, 1, -1, 0), (4, -1, -1, -1, -1), (-4, 1, 1, 1, 1)),
    2: ((6, -6, 2, -2, 0), (6, -5, -3, 3, -1), (-6, 5, 3, -3, 1), (7, -5, -2, 1, -1), (-7, 5, 2, -1, 1)),
}


def fold_table(stream: Stream, measure: str, simpler: str) -> tuple[Any, ...]:
    """The error rates (or accuracies) of four settings on five folds in rows, and those on the training examples. The
    best mean has the standard error 0.01 or 0.02; a simpler setting is within it, and the best single fold is elsewhere.
    `simpler` says whether the rows get simpler ("larger") or more flexible ("smaller")."""
    while True:
        size = stream.choice((1, 2))
        level = 8 + 2 * size + stream.below(24)
        best = stream.choice((1, 2))  # from the most flexible setting to the simplest
        sums = [5 * level + stream.choice((1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 15, 20, 25)) * size for _ in range(4)]
        sums[best] = 5 * level
        if sums[best + 1] >= 5 * (level + size) or 5 * (level + size) in sums or len(set(sums)) < 4:
            continue
        rows = [[sums[i] // 5 + (j < sums[i] % 5) + d for j, d in enumerate(stream.shuffled(stream.choice(_SPREADS[size])))]
                for i in range(4)]
        lows = [min(row) for row in rows]
        if min(lows) < 2 or lows.index(min(lows)) == best or lows.count(min(lows)) > 1:
            continue
        rows = [stream.shuffled(row) for row in rows]
        training = [level * (4 + 3 * i) // 16 + stream.below(2) for i in range(4)]
        if not 0 < training[0] < training[1] < training[2] < training[3] or any(5 * t >= s for t, s in zip(training, sums)):
            continue
        if simpler == "smaller":
            rows.reverse()
            training.reverse()

        def shown(error: int) -> fmpq:
            return fmpq(error if measure == "error" else 100 - error, 100)

        return tuple([tuple(map(shown, row)) for row in rows]), tuple(map(shown, training))


def whole_spread(stream: Stream, divisor: str) -> tuple[Any, ...]:
    """Four or five different whole numbers whose mean and standard deviation (divisor n for "all", n − 1 for "one less") are whole, and a
    new value that is outside their range in half of the draws and never their mean."""
    while True:
        n = stream.choice((4, 5))
        middle = 20 + stream.below(60)
        off = [stream.below(25) - 12 for _ in range(n - 1)]
        off.append(-sum(off))
        squares, freedom = sum([d * d for d in off]), n if divisor == "all" else n - 1
        spread = next((s for s in range(3, 13) if s * s * freedom == squares), 0)
        if not spread or len(set(off)) < n or abs(off[-1]) > 15:
            continue
        low, high = min(off), max(off)
        outside = [low - 2, low - 3, low - 5, high + 1, high + 3, high + 4, high + 6]
        new = stream.choice(outside) if stream.below(2) else low + 1 + stream.below(high - low - 1)
        if new and new not in off:
            return tuple([fmpq(middle + d) for d in off]), fmpq(middle + new)


def four_fits(stream: Stream) -> tuple[Any, ...]:
    """An error rate that can be reached and those of four models (training, validation), in whole per cent: one underfits, one
    overfits and has the smallest training error, one does both and one neither, which has the smallest validation error.
    Small gaps are of 1 to 4 points, large ones of at least 7."""
    reachable = 1 + stream.below(8)
    slight = stream.shuffled((1, 2))
    gaps = [(9 + stream.below(8), slight[0]), (1 + stream.below(2), 9 + stream.below(9)), (7 + stream.below(3), 7 + stream.below(4)),
            (3 + stream.below(2), slight[1])]
    return fmpq(reachable), tuple([(fmpq(reachable + a), fmpq(reachable + a + b)) for a, b in stream.shuffled(gaps)])
