"""Decision trees: impurity of a node, the gain of a split, the tree that ID3 grows.

The class counts of a node are a vector (n₁, …, n_K). A split is a table with a row for each branch (child node) and a
column for each class. Entropies are in bits unless a base is named.
Sources: Quinlan 1986, *Induction of decision trees*; Breiman et al. 1984, *Classification and Regression Trees*.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, log2, maximum
from examwright.solvers.exact.common import Matrix, Vector, dot, mean, sum, transpose
from examwright.solvers.exact.logistic_regression import logarithm

__all__ = [
    "branch_error_rates", "branch_medians", "branch_totals", "class_borders", "class_changes", "class_shares",
    "class_totals", "counts_after_change", "critical_alpha", "disagreements", "entropy_parts", "entropy_trend",
    "errors_by_majority", "examples_where", "gini_impurity", "impure_branches", "impurities_after", "impurity_after",
    "information_contents", "leaf_classes", "majority_errors", "mean_entropies", "midpoints", "next_test", "node_entropies",
    "node_entropy", "node_ginis", "pruning_choice", "remaining_entropies", "rows_of_class", "scatter_after",
    "scatters_after", "shannon_entropy", "split_at", "split_informations", "split_tables", "splits_at", "targets_beside", "tree_classes",
    "variances_after", "weighted_impurity",
]


# ---- impurity of a node ----------------------------------------------------------------------

def class_shares(counts: Vector) -> Vector:
    """n_k / Σn, one for each of the K classes. ZeroDivisionError for a node without examples.
    Source: Breiman et al., section 2.3."""
    total = sum(counts)
    return tuple([n / total for n in counts])


def information_contents(shares: Vector) -> Vector:
    """−log₂ p_k in bits, one for each share. ValueError unless all are positive. Source: Shannon 1948, section 6."""
    return tuple([-log2(p) for p in shares])


def shannon_entropy(shares: Vector, base: str) -> Number:
    """−Σ p_k log p_k over the shares that are not 0, in bits for log2 and in nats for ln. ValueError for another base or
    a negative share. Source: Shannon 1948, *A Mathematical Theory of Communication*, section 6."""
    return sum([-p * logarithm(p, base) for p in shares if p != 0])


def node_entropy(counts: Vector, base: str) -> Number:
    """The entropy of the classes in a node, in bits for log2 and in nats for ln. ZeroDivisionError for a node without
    examples. Source: Quinlan 1986, section 4."""
    return shannon_entropy(class_shares(counts), base)


def gini_impurity(counts: Vector) -> Number:
    """1 − Σ p_k². ZeroDivisionError for a node without examples. Source: Breiman et al., section 4.3."""
    return 1 - sum([p * p for p in class_shares(counts)])


def counts_after_change(counts: Vector, change: str) -> Vector:
    """The class counts of a node after a change: `double` (each example twice), `exchange` (first and last class),
    `absorb` (one example of the smallest class goes to the largest), `level` (the other way round), `new` (one example
    of a further class), `remove` (the smallest class leaves). The first of equal classes is meant. ValueError for
    another word. Source: the changes that keep, lower or raise the entropy, Shannon 1948, section 6."""
    if change == "double":
        return tuple([2 * n for n in counts])
    if change == "exchange":
        return tuple([counts[-1], *counts[1:-1], counts[0]])
    if change == "new":
        return (*counts, fmpq(1))
    large, small = counts.index(maximum(counts)), counts.index(min(counts))
    if change == "remove":
        return counts[:small] + counts[small + 1:]
    after = list(counts)
    if change == "absorb":
        after[large], after[small] = after[large] + 1, after[small] - 1
    elif change == "level":
        after[large], after[small] = after[large] - 1, after[small] + 1
    else:
        raise ValueError(f"no change {change!r}")
    return tuple(after)


def entropy_trend(before: Vector, after: Vector) -> str:
    """'rises', 'falls' or 'same': the entropy from one node to another. ZeroDivisionError for an empty node.
    Source: the entropy depends on the shares alone, not on their order, Shannon 1948, section 6."""
    if sorted(class_shares(before)) == sorted(class_shares(after)):
        return "same"
    return "rises" if node_entropy(after, "log2") > node_entropy(before, "log2") else "falls"


# ---- splits ----------------------------------------------------------------------------------

def branch_totals(table: Matrix) -> Vector:
    """How many examples go down each branch of a split. Source: the sums of the rows, Quinlan 1986, section 4."""
    return tuple([sum(row) for row in table])


def class_totals(table: Matrix) -> Vector:
    """The class counts of the node that is split. Source: the sums of the columns, Quinlan 1986, section 4."""
    return branch_totals(transpose(table))


def node_entropies(table: Matrix, base: str) -> Vector:
    """The entropy of each branch of a split, in bits for log2 and in nats for ln. ZeroDivisionError for an empty branch.
    Source: Quinlan 1986, section 4."""
    return tuple([node_entropy(row, base) for row in table])


def entropy_parts(table: Matrix) -> Vector:
    """−Σ_k p_jk log₂ p_jk for each branch j, in bits, with shares of **all** examples: what each branch adds to the joint
    entropy of branch and class. ZeroDivisionError for no examples. Source: Cover and Thomas, equation 2.8."""
    total = sum(branch_totals(table))
    return tuple([shannon_entropy(tuple([n / total for n in row]), "log2") for row in table])


def node_ginis(table: Matrix) -> Vector:
    """The Gini impurity of each branch of a split. ZeroDivisionError for an empty branch.
    Source: Breiman et al., section 4.3."""
    return tuple([gini_impurity(row) for row in table])


def weighted_impurity(sizes: Vector, impurities: Vector) -> Number:
    """Σ (n_j/n)·I_j: the impurity left after a split into branches of the sizes n_j with the impurities I_j, in their
    unit. ValueError unless there are as many of both, ZeroDivisionError for no examples. Source: Quinlan 1986, section 4."""
    return dot(sizes, impurities) / sum(sizes)


def split_tables(examples: Matrix, values: Vector, classes: Number) -> tuple[Matrix, ...]:
    """One split for each attribute: `examples` has rows (value of attribute 1, …, value of attribute m, class), all
    numbered from 1, and `values` says how many values each attribute has. IndexError for a number beyond.
    Source: Quinlan 1986, section 4."""
    tables = [[[0] * as_int(classes) for _ in range(as_int(v))] for v in values]
    for row in examples:
        for table, value in zip(tables, row):
            table[as_int(value) - 1][as_int(row[-1]) - 1] += 1
    return tuple([tuple([tuple([fmpq(n) for n in counts]) for counts in table]) for table in tables])


def remaining_entropies(tables: tuple[Matrix, ...]) -> Vector:
    """Σ (n_j/n)·H_j of each split in bits: what is left of the entropy when the attribute is known. ZeroDivisionError
    for an empty branch. Source: Quinlan 1986, section 4."""
    return tuple([weighted_impurity(branch_totals(t), node_entropies(t, "log2")) for t in tables])


def mean_entropies(tables: tuple[Matrix, ...]) -> Vector:
    """The plain mean of the branches' entropies for each split, in bits: small branches count as much as large ones. ZeroDivisionError
    for an empty branch. Source: the average information of Quinlan 1986, section 4, without its weights."""
    return tuple([mean(node_entropies(t, "log2")) for t in tables])


def split_informations(tables: tuple[Matrix, ...]) -> Vector:
    """The entropy of the attribute itself for each split, in bits: what a gain is divided by to become a gain ratio. ZeroDivisionError
    for no examples. Source: Quinlan 1986, section 7 (the IV of an attribute)."""
    return tuple([node_entropy(branch_totals(t), "log2") for t in tables])


def branch_error_rates(table: Matrix) -> Vector:
    """1 − max_k p_jk of each branch j: the share of its examples that do not belong to its most frequent class.
    ZeroDivisionError for an empty branch. Source: Breiman et al., section 4.1."""
    return tuple([1 - maximum(class_shares(row)) for row in table])


def majority_errors(table: Matrix) -> Number:
    """How many examples are misclassified if each branch of a split predicts its most frequent class.
    Source: the resubstitution estimate, Breiman et al., section 2.4."""
    return sum([sum(row) - maximum(row) for row in table])


def impure_branches(table: Matrix) -> Number:
    """How many branches of a split hold more than one class. Source: the stopping rule of Quinlan 1986, section 3."""
    return fmpq(builtins.sum(1 for row in table if maximum(row) < sum(row)))


# ---- a tree of two levels --------------------------------------------------------------------

def examples_where(examples: Matrix, attribute: Number, value: Number) -> Matrix:
    """The rows (values, class) in which the attribute (from 1) has this value. IndexError if there is no such attribute.
    Source: Quinlan 1986, section 4."""
    j = as_int(attribute) - 1
    return tuple([row for row in examples if row[j] == value])


def next_test(examples: Matrix, used: Number) -> str:
    """What ID3 puts in the place of a node: 'A', 'B', … for the attribute with the largest information gain (the first of
    equal ones) that is not the one `used` above it (from 1; 0 for the root), or 'first' or 'second' if all examples are
    of that class. Attributes and classes have two values. IndexError for no examples. Source: Quinlan 1986, section 4."""
    if builtins.all(row[-1] == examples[0][-1] for row in examples):
        return _CLASSES[as_int(examples[0][-1]) - 1]
    found: list[tuple[Number, str]] = []
    for j, letter in enumerate("ABCDEFGH"[: builtins.len(examples[0]) - 1], 1):
        if j != used:
            doubts = [_doubt(_class_counts(examples_where(examples, fmpq(j), fmpq(v)))) for v in (1, 2)]
            found.append((doubts[0] * doubts[1], letter))
    best = found[0]
    for one in found[1:]:
        if one[0] < best[0]:
            best = one
    return best[1]


def _doubt(counts: Vector) -> Number:
    """2 to the power of n times the entropy of a node: rational, so that equal gains are known to be equal."""
    doubt: Number = fmpq(1)
    for n in counts:
        doubt = doubt / n ** as_int(n)
    total = sum(counts)
    return doubt * total ** as_int(total)


_CLASSES = ("first", "second")


def _class_counts(examples: Matrix) -> Vector:
    return tuple([fmpq(builtins.sum(1 for row in examples if row[-1] == k)) for k in (1, 2)])


def leaf_classes(examples: Matrix, tests: Sequence[str]) -> Matrix:
    """The classes (from 1) at the leaves of a tree of two levels: row v for the value v of the root's attribute, column w
    for the value w of the one tested below; both the same where a leaf stands there. `tests` are the test at the root and
    those where its attribute is 1 and 2, as in `next_test`. A leaf gives the majority of its examples; one that is empty
    or has none, that of the node above it. ValueError for a word that is no test. Source: Quinlan 1986, sections 3, 4."""
    root = _attribute(tests[0])
    out: list[Vector] = []
    for v, below in ((fmpq(1), tests[1]), (fmpq(2), tests[2])):
        node = examples_where(examples, fmpq(root), v)
        if below in _CLASSES:
            out.append((fmpq(_CLASSES.index(below) + 1),) * 2)
            continue
        above = _majority(node, _majority(examples, fmpq(1)))
        j = fmpq(_attribute(below))
        out.append((_majority(examples_where(node, j, fmpq(1)), above), _majority(examples_where(node, j, fmpq(2)), above)))
    return tuple(out)


def tree_classes(tests: Sequence[str], leaves: Matrix, rows: Matrix) -> Vector:
    """The classes that a tree of two levels with these tests and leaves, as in `leaf_classes`, gives to the rows.
    ValueError for a word that is no test. Source: Quinlan 1986, section 3."""
    root = _attribute(tests[0])
    out = []
    for row in rows:
        v = as_int(row[root - 1])
        below = tests[v]
        w = 1 if below in _CLASSES else as_int(row[_attribute(below) - 1])
        out.append(leaves[v - 1][w - 1])
    return tuple(out)


def _attribute(letter: str) -> int:
    if letter not in tuple("ABCDEFGH"):
        raise ValueError(f"{letter!r} is no attribute")
    return "ABCDEFGH".index(letter) + 1


def _majority(examples: Matrix, otherwise: Number) -> Number:
    one, two = _class_counts(examples)
    return otherwise if one == two else fmpq(1 if one > two else 2)


def rows_of_class(classes: Vector, wanted: Number) -> tuple[str, ...]:
    """'r1', 'r2', …: the places at which this class stands. Source: the definition."""
    return tuple([f"r{i}" for i, k in enumerate(classes, 1) if k == wanted])


def disagreements(predictions: Vector, truth: Vector) -> Number:
    """At how many places two lists of classes differ. ValueError unless they have the same length. Source: the zero-one
    loss, Breiman et al., section 2.2."""
    if builtins.len(predictions) != builtins.len(truth):
        raise ValueError("as many predictions as true classes are needed")
    return fmpq(builtins.sum(1 for p, t in zip(predictions, truth) if p != t))


# ---- thresholds on a numerical feature -------------------------------------------------------

def midpoints(values: Vector) -> Vector:
    """The middle between each two neighbouring different values, ascending, in their unit: the thresholds that have to be
    tried. Source: Quinlan 1993, *C4.5*, section 2.4."""
    found = sorted(set(values))
    return tuple([(a + b) / 2 for a, b in zip(found, found[1:])])


def class_borders(values: Vector, classes: Vector) -> Vector:
    """Those midpoints between two neighbouring values whose examples do not all have the same class. ValueError unless
    there is a class for each value. Source: Fayyad and Irani 1992, *On the handling of continuous-valued attributes*."""
    if builtins.len(values) != builtins.len(classes):
        raise ValueError("as many classes as values are needed")
    found = sorted(set(values))
    return tuple([(a + b) / 2 for a, b in zip(found, found[1:])
                  if builtins.len({k for v, k in zip(values, classes) if v in (a, b)}) > 1])


def split_at(values: Vector, classes: Vector, threshold: Number) -> Matrix:
    """The table of the split value ≤ threshold (first row) or not, for the classes 1 and 2 (columns). ValueError unless
    there is a class for each value. Source: Breiman et al., section 2.4."""
    if builtins.len(values) != builtins.len(classes):
        raise ValueError("as many classes as values are needed")
    sides = [[k for v, k in zip(values, classes) if (v <= threshold) == low] for low in (True, False)]
    return tuple([(fmpq(side.count(fmpq(1))), fmpq(side.count(fmpq(2)))) for side in sides])


def impurity_after(table: Matrix, measure: str) -> Number:
    """The weighted impurity after a split: `measure` is entropy (in bits) or Gini. ValueError for another word,
    ZeroDivisionError for an empty branch. Source: Breiman et al., section 4.3."""
    if measure not in ("entropy", "Gini"):
        raise ValueError(f"no measure {measure!r}; there are entropy, Gini")
    return weighted_impurity(branch_totals(table), node_entropies(table, "log2") if measure == "entropy" else node_ginis(table))


def splits_at(values: Vector, classes: Vector, thresholds: Vector) -> tuple[Matrix, ...]:
    """The table of `split_at` for each threshold. Errors as there. Source: Breiman et al., section 2.4."""
    return tuple([split_at(values, classes, t) for t in thresholds])


def impurities_after(tables: tuple[Matrix, ...], measure: str) -> Vector:
    """The weighted impurity after each of the splits. Errors as `impurity_after`. Source: Breiman et al., section 4.3."""
    return tuple([impurity_after(table, measure) for table in tables])


def class_changes(classes: Vector) -> Number:
    """How often the class changes from one place of the list to the next. Source: Fayyad and Irani 1992."""
    return fmpq(builtins.sum(1 for a, b in zip(classes, classes[1:]) if a != b))


def targets_beside(xs: Vector, ys: Vector, threshold: Number) -> tuple[Vector, Vector]:
    """The targets of the examples with x ≤ threshold and those of the others. ValueError unless there is a target for each
    x. Source: Breiman et al., section 8.3."""
    if builtins.len(xs) != builtins.len(ys):
        raise ValueError("as many targets as values are needed")
    return tuple([y for x, y in zip(xs, ys) if x <= threshold]), tuple([y for x, y in zip(xs, ys) if not x <= threshold])


def scatter_after(xs: Vector, ys: Vector, threshold: Number) -> Number:
    """Σ (y − ȳ_branch)² after the split x ≤ threshold, in the squared unit of y: a sum, not a mean. ValueError for an empty
    branch or unless there is a target for each x. Source: Breiman et al., section 8.3."""
    return sum([sum([(y - mean(side)) ** 2 for y in side]) for side in targets_beside(xs, ys, threshold)])


def scatters_after(xs: Vector, ys: Vector, thresholds: Vector) -> Vector:
    """The same for each of the thresholds. Errors as `scatter_after`. Source: Breiman et al., section 8.3."""
    return tuple([scatter_after(xs, ys, t) for t in thresholds])


def variances_after(xs: Vector, ys: Vector, thresholds: Vector) -> Vector:
    """The sum of the variances (divided by the number of examples in the branch) of both branches for each threshold, in
    the squared unit of y. Errors as `scatter_after`. Source: scikit-learn's squared error without the branches' weights."""
    return tuple([sum([mean([(y - mean(side)) ** 2 for y in side]) for side in targets_beside(xs, ys, t)]) for t in thresholds])


def branch_medians(sides: tuple[Vector, ...]) -> Vector:
    """The median of the targets of each branch, the mean of the middle two for even numbers, in their unit. IndexError for
    an empty branch. Source: the leaves for absolute errors, Breiman et al., section 8.11."""
    ranked = [sorted(side) for side in sides]
    return tuple([(r[(builtins.len(r) - 1) // 2] + r[builtins.len(r) // 2]) / 2 for r in ranked])


# ---- pruning ---------------------------------------------------------------------------------

def errors_by_majority(training: Matrix, counted: Matrix) -> Number:
    """How many of the counted examples do not belong to the class that is most frequent among the training examples of
    their leaf. Both tables have a row of class counts for each leaf; the first of equally frequent classes is predicted.
    ValueError unless they have as many rows. Source: reduced-error pruning, Quinlan 1987, *Simplifying decision trees*."""
    if builtins.len(training) != builtins.len(counted):
        raise ValueError("both tables need a row for each leaf")
    return sum([sum(row) - row[seen.index(maximum(seen))] for seen, row in zip(training, counted)])


def pruning_choice(left: bool, right: bool) -> str:
    """'none', 'left', 'right' or 'both': which of two subtrees are replaced by leaves. Source: the definition."""
    return ("none", "right", "left", "both")[2 * int(left) + int(right)]


def critical_alpha(subtree_errors: Number, leaf_errors: Number, leaves: Number, size: Number) -> Number:
    """(R(t) − R(T_t)) / (|T_t| − 1): the price of a leaf at which a subtree with so many leaves and errors costs as much as
    a leaf with its errors, where R is the share of all `size` training examples that is misclassified.
    ZeroDivisionError for a single leaf. Source: Breiman et al., equation 3.9."""
    return (leaf_errors - subtree_errors) / size / (leaves - 1)
