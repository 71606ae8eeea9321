"""Statistics of an exam: difficulty, discrimination, reliability, and tests whether one group of papers is harder.

NumPy is imported inside the functions. Whatever is drawn at random (permutations, bootstrap samples) comes from a hash of its
seed, so the same marks give the same figures on any machine. `None` means that a figure does not exist for these data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Numbers = Sequence[float]
PERMUTATIONS = 9999
RESAMPLES = 1999
_CHUNK = 4_000_000  # random numbers in memory at a time


@dataclass(frozen=True)
class Summary:
    """Of n numbers: mean, standard deviation (n − 1; None for one number), least, quartiles, most."""

    n: int
    mean: float
    sd: float | None
    least: float
    lower: float
    median: float
    upper: float
    most: float


@dataclass(frozen=True)
class Test:
    """A test: its name, the statistic, the p-value, how many values went in, and in how many groups."""

    __test__ = False  # not one of pytest's

    name: str
    statistic: float
    p: float
    n: int
    groups: int


def summary(values: Numbers) -> Summary:
    """Mean, spread and quartiles. Quartiles by linear interpolation (type 7 of Hyndman and Fan, 1996). ValueError for no values."""
    import numpy as np

    if not len(values):
        raise ValueError("no values to summarize")
    x = np.asarray(values, float)
    lower, median, upper = [float(q) for q in np.percentile(x, [25, 50, 75])]
    return Summary(len(x), float(x.mean()), float(x.std(ddof=1)) if len(x) > 1 else None, float(x.min()), lower, median, upper,
                   float(x.max()))


def correlation(x: Numbers, y: Numbers) -> float | None:
    """Pearson's correlation of two equally long series; None for fewer than 3 pairs or a series without variance.

    Between the points of an item and the points of the rest of the paper it is the item's corrected discrimination; for an item
    that is right or wrong (1 or 0) it equals the point-biserial correlation. Source: Lord and Novick, *Statistical Theories of
    Mental Test Scores* (1968), section 15.3.
    """
    import numpy as np

    a, b = np.asarray(x, float), np.asarray(y, float)
    if a.shape != b.shape:
        raise ValueError(f"{len(a)} values against {len(b)}")
    if len(a) < 3:
        return None
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    if scale <= 1e-12 * len(a):
        return None
    return float(np.clip((a @ b) / scale, -1.0, 1.0))


def cronbach_alpha(scores: Sequence[Numbers]) -> float | None:
    """Cronbach's α of a table of points: a row for each person, a column for each item, nothing missing.

    α = k/(k − 1) · (1 − Σ var(item) / var(total)). None for fewer than 2 items or 3 people, or where all totals are alike. It is a
    lower bound of the reliability if the errors of the items are uncorrelated. Source: Cronbach, *Psychometrika* 16 (1951), 297–334.
    """
    import numpy as np

    table = np.asarray(scores, float)
    if table.ndim != 2 or table.shape[0] < 3 or table.shape[1] < 2:
        return None
    k = table.shape[1]
    total = float(table.sum(axis=1).var(ddof=1))
    if total <= 1e-12:
        return None
    return float(k / (k - 1) * (1 - table.var(axis=0, ddof=1).sum() / total))


def error_of_measurement(sd: float, reliability: float) -> float | None:
    """The standard error of measurement sd·√(1 − reliability), in the unit of `sd`; None for a reliability below 0 or above 1.
    Source: Lord and Novick (1968), section 3.8."""
    return float(sd * (1 - reliability) ** 0.5) if 0 <= reliability <= 1 else None


def bootstrap_interval(statistic: Callable[[Any], float | None], rows: Sequence[Any], seed: str, level: float = 0.95,
                       resamples: int = RESAMPLES) -> tuple[float, float] | None:
    """A percentile bootstrap interval: `statistic` of rows (one for each person) drawn again with replacement. None where fewer than
    half of the resamples have a value. Source: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), section 13.3."""
    import numpy as np

    table = np.asarray(rows, float)
    n = len(table)
    if n < 3:
        return None
    found = []
    for drawn in _random(f"bootstrap {seed}", resamples, n):
        found += [v for v in [statistic(table[row]) for row in (drawn >> 11) % n] if v is not None]
    if len(found) < resamples / 2:
        return None
    low, high = np.percentile(found, [50 - 50 * level, 50 + 50 * level])
    return float(low), float(high)


def ranks(values: Numbers) -> list[float]:
    """Ranks from 1; equal values share the mean of their ranks."""
    import numpy as np

    x = np.asarray(values, float)
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    return [float(r) for r in (ends - (count - 1) / 2)[place]]


def kruskal_wallis(groups: Sequence[Numbers], seed: str, permutations: int = PERMUTATIONS) -> Test | None:
    """Is one of the groups higher or lower than the others? H of Kruskal and Wallis with its correction for ties; the p-value from
    random relabelling (not from χ²), so that small groups and many equal values do no harm.

    p = (1 + how many of the relabellings reach H) / (1 + permutations). None for fewer than two groups, an empty group, or where
    all values are alike. Sources: Kruskal and Wallis, *JASA* 47 (1952), 583–621; Phipson and Smyth, *Stat. Appl. Genet. Mol.
    Biol.* 9 (2010), article 39.
    """
    import numpy as np

    sizes = [len(g) for g in groups]
    n = sum(sizes)
    if len(sizes) < 2 or min(sizes) == 0 or n < 3:
        return None
    values = np.concatenate([np.asarray(g, float) for g in groups])
    r = np.asarray(ranks([float(v) for v in values]))
    _, tied = np.unique(values, return_counts=True)
    correction = 1 - float((tied**3 - tied).sum()) / (n**3 - n)
    if correction <= 1e-12:
        return None
    starts = np.cumsum([0, *sizes[:-1]])
    each = np.asarray(sizes, float)

    def h(ordered: Any) -> Any:
        sums = np.add.reduceat(ordered, starts, axis=-1)
        return (12 / (n * (n + 1)) * (sums**2 / each).sum(axis=-1) - 3 * (n + 1)) / correction

    observed = float(h(r))
    reached = sum([int((h(r[order]) >= observed - 1e-9).sum()) for order in _orders(seed, permutations, n)])
    return Test("Kruskal–Wallis test, p-value by permutation", observed, (1 + reached) / (1 + permutations), n, len(sizes))


def spearman(x: Numbers, y: Numbers, seed: str, permutations: int = PERMUTATIONS) -> Test | None:
    """Do two series rise or fall together? Spearman's ρ (Pearson's correlation of the ranks); two-sided p-value by permutation,
    as in `kruskal_wallis`. None for fewer than 5 pairs or a series without variance. Source: Spearman, *Am. J. Psychol.* 15
    (1904), 72–101."""
    import numpy as np

    n = len(x)
    rho = correlation(ranks(x), ranks(y)) if n >= 5 else None
    if rho is None:
        return None
    a, b = np.asarray(ranks(x)), np.asarray(ranks(y))
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    reached = sum([int((np.abs(b[order] @ a) >= (abs(rho) - 1e-9) * scale).sum()) for order in _orders(seed, permutations, n)])
    return Test("Spearman's rank correlation, p-value by permutation", rho, (1 + reached) / (1 + permutations), n, 1)


def holm(p: Numbers) -> list[float]:
    """p-values corrected for their number, in the same order: of m tests that all ask the same, the chance that any falls below
    5 % by luck alone stays below 5 %. Source: Holm, *Scand. J. Statist.* 6 (1979), 65–70."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    out = [0.0] * len(p)
    highest = 0.0
    for k, i in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - k) * p[i]))
        out[i] = highest
    return out


def _orders(seed: str, count: int, n: int) -> Iterator[Any]:
    """`count` random orders of n places, some at a time: arrays of shape (some, n)."""
    import numpy as np

    for keys in _random(f"permutation {seed}", count, n):
        yield np.argsort(keys, axis=1, kind="stable")


def _random(seed: str, count: int, n: int) -> Iterator[Any]:
    """Rows of n random 64-bit numbers, `count` rows in all, from SHAKE-256: NumPy's own generators may change."""
    import numpy as np

    step = max(1, _CHUNK // n)
    for k, start in enumerate(range(0, count, step)):
        rows = min(step, count - start)
        data = hashlib.shake_256(f"{seed}\x1f{k}".encode()).digest(8 * rows * n)
        yield np.frombuffer(data, "<u8").reshape(rows, n)
