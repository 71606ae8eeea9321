"""SciPy, scikit-learn and brute force against the exact decision-tree solvers and the keys of the questions."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import examwright
from examwright.solvers.arithmetic import exact, to_float
from examwright.solvers.exact import decision_trees as solver

metrics = pytest.importorskip("sklearn.metrics")
stats = pytest.importorskip("scipy.stats")
tree = pytest.importorskip("sklearn.tree")

SEEDS = range(1, 41)


def floats(value: Any) -> Any:
    """A nested tuple of exact numbers as an array."""
    if isinstance(value, tuple):
        return np.array([floats(v) for v in value], dtype=float)
    return to_float(value)


def labels_of(table: Any) -> tuple[np.ndarray, np.ndarray]:
    """(branch, class) of each example of a split."""
    cells = [(i, k) for i, row in enumerate(table) for k, n in enumerate(row) for _ in range(int(n))]
    return np.array(cells)[:, 0], np.array(cells)[:, 1]


# ---- impurity of a node ----------------------------------------------------------------------

def test_impurities_of_nodes() -> None:
    rng = random.Random(1)
    for _ in range(60):
        counts = exact([rng.randint(0, 9) for _ in range(rng.randint(1, 5))] + [1])
        p = floats(counts) / floats(counts).sum()
        assert to_float(solver.node_entropy(counts, "log2")) == pytest.approx(stats.entropy(p, base=2), abs=1e-12)
        assert to_float(solver.shannon_entropy(solver.class_shares(counts), "ln")) == pytest.approx(stats.entropy(p), abs=1e-12)
        positive = [q for q in solver.class_shares(counts) if q]
        assert floats(solver.information_contents(tuple(positive))) == pytest.approx(-np.log2(floats(tuple(positive))), abs=1e-12)
    with pytest.raises(ZeroDivisionError):
        solver.node_entropy(exact([0, 0]), "log2")
    with pytest.raises(ValueError):
        solver.node_entropy(exact([1, 2]), "log3")


def test_splits_against_mutual_information() -> None:
    rng = random.Random(2)
    for _ in range(60):
        table = exact([[rng.randint(0, 5) for _ in range(3)] + [1] for _ in range(rng.randint(1, 4))])
        branch, label = labels_of(table)
        left = solver.weighted_impurity(solver.branch_totals(table), solver.node_entropies(table, "ln"))
        gain = solver.node_entropy(solver.class_totals(table), "ln") - left
        assert to_float(gain) == pytest.approx(metrics.mutual_info_score(branch, label), abs=1e-12)
        joint = stats.entropy(floats(table).ravel() / floats(table).sum(), base=2)
        assert sum(floats(solver.entropy_parts(table))) == pytest.approx(joint)
        for row, gini in zip(floats(table), floats(solver.node_ginis(table))):
            chances = row / row.sum()
            assert gini == pytest.approx(sum(p * (1 - p) for p in chances)), "two draws with return differ"
    with pytest.raises(ValueError):
        solver.weighted_impurity(exact([1, 2]), exact([1]))


def test_tables_of_examples() -> None:
    rng = random.Random(3)
    for _ in range(20):
        rows = [(1, 1, 1), (2, 2, 2), (2, 3, 1)] + [(rng.randint(1, 2), rng.randint(1, 3), rng.randint(1, 2)) for _ in range(6)]
        tables = solver.split_tables(exact(rows), exact([2, 3]), exact(2))
        for j, table in enumerate(tables):
            expected = metrics.cluster.contingency_matrix([row[j] for row in rows], [row[-1] for row in rows])
            assert np.array_equal(floats(table), expected)


def test_changes_of_a_node() -> None:
    counts = exact([3, 1, 5])
    found = {c: solver.counts_after_change(counts, c) for c in ("double", "exchange", "absorb", "level", "new", "remove")}
    assert found == {"double": (6, 2, 10), "exchange": (5, 1, 3), "absorb": (3, 0, 6), "level": (3, 2, 4),
                     "new": (3, 1, 5, 1), "remove": (3, 5)}
    with pytest.raises(ValueError, match="no change"):
        solver.counts_after_change(counts, "halve")


# ---- the keys of the questions ---------------------------------------------------------------

@pytest.mark.parametrize("seed", SEEDS)
def test_entropy_node_key(seed: int) -> None:
    v = examwright.draw("decision-trees/entropy-node", seed=seed).values
    p = floats(v["counts"]) / sum(floats(v["counts"]))
    assert floats(v["p"]) == pytest.approx(p)
    assert to_float(v["H"]) == pytest.approx(stats.entropy(p, base=2))
    assert to_float(v["nats"]) == pytest.approx(stats.entropy(p))
    assert to_float(v["highest"]) == pytest.approx(stats.entropy(np.full(len(p), 1 / len(p)), base=2))
    moved = stats.entropy(floats(v["after"]), base=2) - to_float(v["H"])
    assert v["trend"] == ("same" if abs(moved) < 1e-12 else "rises" if moved > 0 else "falls")
    expected = {"double": "same", "exchange": "same", "absorb": "falls", "remove": "falls", "level": "rises", "new": "rises"}
    assert v["trend"] == expected[v["change"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_info_gain_key(seed: int) -> None:
    v = examwright.draw("decision-trees/info-gain", seed=seed).values
    branch, label = floats(v["examples"]).T
    assert to_float(v["H"]) == pytest.approx(stats.entropy(np.bincount(label.astype(int)), base=2))
    assert to_float(v["gain"]) == pytest.approx(metrics.mutual_info_score(branch, label) / np.log(2))
    assert to_float(v["H_left"]) == pytest.approx(to_float(v["H"]) - metrics.mutual_info_score(branch, label) / np.log(2))
    assert floats(v["counts"]) == pytest.approx(metrics.cluster.contingency_matrix(branch, label))
    other = {"perfect": 9 - label, "identity": np.arange(len(label)), "constant": np.ones(len(label)), "renamed": branch**2}
    expected = metrics.mutual_info_score(other[v["extreme"]], label) / np.log(2)
    assert to_float(v["other_gain"]) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_best_split_key(seed: int) -> None:
    v = examwright.draw("decision-trees/best-split", seed=seed).values
    examples = floats(v["examples"])
    label = examples[:, -1]
    gains = [metrics.mutual_info_score(a, label) / np.log(2) for a in examples[:, :-1].T]
    assert floats(v["gains"]) == pytest.approx(gains)
    assert v["ranked"] == tuple(["ABC"[j] for j in np.argsort(gains)[::-1]])
    # a tree with one indicator column for each value of the best attribute, grown to leaves with one value each
    best = examples[:, int(np.argmax(gains))]
    hot = (best[:, None] == np.unique(best)[None, :]).astype(float)
    grown = tree.DecisionTreeClassifier(criterion="entropy").fit(hot, label)
    assert v["errors"] == round((1 - grown.score(hot, label)) * len(label))
    assert v["impure"] == sum(len(set(label[best == b])) > 1 for b in set(best))


@pytest.mark.parametrize("seed", SEEDS)
def test_gini_key(seed: int) -> None:
    v = examwright.draw("decision-trees/gini", seed=seed).values
    left, wrong = [], []
    for name in ("first", "second"):
        branch, label = labels_of(v[name])
        grown = tree.DecisionTreeClassifier().fit(branch[:, None], label).tree_
        assert grown.node_count == 3 and grown.impurity[0] == pytest.approx(to_float(v["G"]))
        left.append(np.average(grown.impurity[1:], weights=grown.n_node_samples[1:]))
        wrong.append(1 - np.mean(grown.value[grown.apply(branch[:, None].astype(np.float32))][:, 0, :].argmax(axis=1) == label))
        if name == "first":
            assert floats(v["G_branches"]) == pytest.approx(grown.impurity[1:])
    assert [to_float(v["G_left"]), to_float(v["G_other"])] == pytest.approx(left)
    assert to_float(v["drop"]) == pytest.approx(to_float(v["G"]) - left[0])
    assert floats(v["error_rates"]) == pytest.approx(wrong)
    assert v["chosen"] == "AB"[int(np.argmin(left))] != v["by_error"]
    assert (v["by_error"] == "equal") == (abs(wrong[0] - wrong[1]) < 1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_id3_full_key(seed: int) -> None:
    v = examwright.draw("decision-trees/id3-full", seed=seed).values
    examples, new = floats(v["examples"]), floats(v["new"])
    x, label = examples[:, :-1], examples[:, -1]
    assert floats(v["gains"]) == pytest.approx([metrics.mutual_info_score(a, label) / np.log(2) for a in x.T])
    model = tree.DecisionTreeClassifier(criterion="entropy", max_depth=2).fit(x, label)
    grown = model.tree_

    def told(node: int) -> str:
        if grown.children_left[node] < 0:
            return ["first", "second"][int(grown.value[node][0].argmax())]
        return "ABC"[grown.feature[node]]

    assert v["root"] == told(0)
    assert [v["one"], v["two"]] == [told(grown.children_left[0]), told(grown.children_right[0])]
    assert list(v["predicted"]) == [f"r{i}" for i, k in enumerate(model.predict(new), 1) if k == 1]
    assert v["errors"] == int((model.predict(x) != label).sum())


def test_small_trees_against_sklearn() -> None:
    """Also where gains are equal or nodes empty, as long as the tests are those of the other tree."""
    rng = random.Random(4)
    for _ in range(40):
        rows = [tuple(rng.randint(1, 2) for _ in range(4)) for _ in range(rng.randint(5, 12))]
        examples = exact(rows)
        root = solver.next_test(examples, exact(0))
        if root in ("first", "second"):
            continue
        at = exact("ABC".index(root) + 1)
        nodes = [solver.examples_where(examples, at, exact(v)) for v in (1, 2)]
        if not all(nodes):
            continue
        tests = (root, *[solver.next_test(node, at) for node in nodes])
        assert root not in tests[1:]
        leaves = solver.leaf_classes(examples, tests)
        found = solver.tree_classes(tests, leaves, examples)
        counted: dict[Any, list[int]] = {}
        for row in rows:
            below = tests[row["ABC".index(root)]]
            way = (row["ABC".index(root)], row["ABC".index(below)] if below in "ABC" else 0)
            counted.setdefault(way, []).append(row[-1])
        best = sum(len(c) - max(c.count(1), c.count(2)) for c in counted.values())
        assert solver.disagreements(found, tuple(row[-1] for row in examples)) == best
        assert set(solver.rows_of_class(found, exact(1))) == {f"r{i}" for i, k in enumerate(found, 1) if k == 1}


def test_faults_of_small_trees_are_named() -> None:
    examples = exact([[1, 1, 1, 1], [2, 1, 1, 2]])
    with pytest.raises(ValueError, match="no attribute"):
        solver.leaf_classes(examples, ("first", "A", "A"))
    with pytest.raises(ValueError, match="as many"):
        solver.disagreements(exact([1]), exact([1, 2]))
    # an empty leaf asks the node above it, a node with a tie the one above that
    assert solver.leaf_classes(exact([[1, 1, 1], [1, 1, 2], [2, 1, 1]]), ("A", "B", "B")) == ((1, 1), (1, 1))
    # of equal gains the first one is taken, unless it was used above
    both = exact([[1, 1, 1], [1, 1, 1], [2, 2, 2]])
    assert solver.next_test(both, exact(0)) == "A" and solver.next_test(both, exact(1)) == "B"


@pytest.mark.parametrize("seed", SEEDS)
def test_threshold_key(seed: int) -> None:
    v = examwright.draw("decision-trees/threshold", seed=seed).values
    x, label = floats(v["values"])[:, None], floats(v["classes"])
    model = tree.DecisionTreeClassifier(criterion=v["measure"].lower(), max_depth=1).fit(x, label)
    assert to_float(v["threshold"]) == model.tree_.threshold[0]
    assert to_float(v["remaining"]) == pytest.approx(
        np.average(model.tree_.impurity[1:], weights=model.tree_.n_node_samples[1:]))
    assert v["errors"] == int((model.predict(x) != label).sum())
    assert ["first", "second"].index(v["predicted"]) + 1 == model.predict([[to_float(v["at"])]])[0]
    assert v["tried"] == len(set(v["values"])) - 1 and v["borders"] == len(v["compared"])


def test_thresholds_against_all_cuts() -> None:
    rng = random.Random(5)
    for _ in range(40):
        values, classes = exact([rng.randint(0, 9) for _ in range(7)]), exact([rng.randint(1, 2) for _ in range(7)])
        middles = solver.midpoints(values)
        assert list(floats(middles)) == list((np.unique(floats(values))[1:] + np.unique(floats(values))[:-1]) / 2)
        for t, table in zip(middles, solver.splits_at(values, classes, middles)):
            low = floats(values) <= to_float(t)
            expected = [[np.sum(floats(classes)[side] == k) for k in (1, 2)] for side in (low, ~low)]
            assert np.array_equal(floats(table), expected)
        borders = solver.class_borders(values, classes)
        for measure in ("Gini", "entropy") if len(set(classes)) == 2 and len(middles) > 0 else ():
            left = floats(solver.impurities_after(solver.splits_at(values, classes, middles), measure))
            at_borders = [left[middles.index(t)] for t in borders]
            assert min(at_borders) == pytest.approx(left.min()), "the best cut is where the class changes"
    with pytest.raises(ValueError, match="no measure"):
        solver.impurity_after(exact([[1, 1], [1, 0]]), "gini")
    for function in (solver.class_borders, lambda v, c: solver.split_at(v, c, exact(1))):
        with pytest.raises(ValueError, match="as many"):
            function(exact([1, 2]), exact([1]))


@pytest.mark.parametrize("seed", SEEDS)
def test_regression_key(seed: int) -> None:
    v = examwright.draw("decision-trees/regression", seed=seed).values
    x, y = floats(v["xs"])[:, None], floats(v["ys"])
    model = tree.DecisionTreeRegressor(max_depth=1).fit(x, y)
    assert to_float(v["threshold"]) == model.tree_.threshold[0]
    assert floats(v["leaves"]) == pytest.approx(model.tree_.value[1:, 0, 0])
    assert to_float(v["whole"]) == pytest.approx(model.tree_.impurity[0] * len(y))
    assert to_float(v["prediction"]) == pytest.approx(model.predict([[to_float(v["at"])]])[0])
    assert to_float(v["share"]) == pytest.approx(model.score(x, y))
    for t, error, variances in zip(v["cuts"], floats(v["errors"]), floats(solver.variances_after(v["xs"], v["ys"], v["cuts"]))):
        low = x[:, 0] <= to_float(t)
        assert error == pytest.approx(y[low].var() * low.sum() + y[~low].var() * (~low).sum())
        assert variances == pytest.approx(y[low].var() + y[~low].var())
    low = x[:, 0] <= to_float(v["threshold"])
    assert floats(solver.branch_medians(v["sides"])) == pytest.approx([np.median(y[low]), np.median(y[~low])])


@pytest.mark.parametrize("seed", SEEDS)
def test_prune_key(seed: int) -> None:
    """Every pruning as a classifier of leaf numbers: the most frequent training class of each group of leaves."""
    v = examwright.draw("decision-trees/prune", seed=seed).values
    training, validation = v["training_left"] + v["training_right"], v["validation_left"] + v["validation_right"]
    leaf, label = labels_of(training)
    seen, truth = labels_of(validation)
    groups = {"none": [0, 1, 2, 3, 4], "left": [0, 0, 0, 3, 4], "right": [0, 1, 2, 3, 3], "both": [0, 0, 0, 3, 3]}
    wrong, cost = {}, {}
    for name, group in groups.items():
        model = tree.DecisionTreeClassifier().fit(np.eye(5)[np.array(group)[leaf]], label)
        wrong[name] = int((model.predict(np.eye(5)[np.array(group)[seen]]) != truth).sum())
        share = 1 - model.score(np.eye(5)[np.array(group)[leaf]], label)
        cost[name] = share + to_float(v["alpha"]) * len(set(group))
    assert v["before"] == wrong["none"]
    for (as_it_is, pruned), side in zip(v["table"], ("left", "right")):
        assert int(pruned) - int(as_it_is) == wrong[side] - wrong["none"]
    assert wrong[v["pruned"]] == min(wrong.values())
    assert cost[v["cheapest"]] == pytest.approx(min(cost.values())) and to_float(v["cost"]) == pytest.approx(cost["none"])
    for alpha, side in zip(floats(v["alphas"]), ("left", "right")):
        change = cost[side] - cost["none"]
        saved = 5 - len(set(groups[side]))
        assert alpha == pytest.approx((change + to_float(v["alpha"]) * saved) / saved)


def test_faults_of_prunings_are_named() -> None:
    with pytest.raises(ValueError, match="a row for each leaf"):
        solver.errors_by_majority(exact([[1, 2]]), exact([[1, 2], [1, 0]]))
    with pytest.raises(ZeroDivisionError):
        solver.critical_alpha(exact(1), exact(2), exact(1), exact(10))
    assert [solver.pruning_choice(a, b) for a in (False, True) for b in (False, True)] == ["none", "right", "left", "both"]
