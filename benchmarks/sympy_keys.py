"""The keys of many questions once more, written with SymPy: what the benchmark compares with, and an oracle for the tests.

One function for a question file (a question without one is measured without this baseline). It takes the drawn values (SymPy rationals, words, and tuples of them) and gives
{part: value}; what is irrational is taken to 50 digits, about as many as our own keys have. It follows the question's
text, not our solvers; where two ways are at hand it takes another one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from flint import arb
from sympy import Abs, Integer, Matrix, N, Rational, binomial, ceiling, exp, eye, floor, integer_log, log, sqrt

from examwright.solvers.arithmetic import enclosure, is_number, to_text

Key = Callable[..., dict[str, Any]]
KEYS: dict[str, Key] = {}
DIGITS = 30  # to which the two keys agree


def key_of(question: str) -> Callable[[Key], Key]:
    """The function below is the key of this question. It is not asked for draws that only change the wording."""
    def note(function: Key) -> Key:
        takes = set(inspect.signature(function).parameters)
        KEYS[question] = lambda **values: function(**{name: value for name, value in values.items() if name in takes})
        return function
    return note


# ---- comparing -------------------------------------------------------------------------------

def to_sympy(value: Any) -> Any:
    """An exact value as SymPy's: rationals, words, and tuples of them."""
    if isinstance(value, tuple):
        return tuple([to_sympy(v) for v in value])
    return Rational(int(value.p), int(value.q)) if is_number(value) else value


def drawn(variant: Any) -> dict[str, Any]:
    """The drawn values of a variant for its function in KEYS; no key hangs on the order of options."""
    return {name: to_sympy(variant.values[name]) for d in variant.question.draws if d.how != "order" for name in d.names}


def differences(variant: Any) -> list[str]:
    """What SymPy's key and ours do not agree on, in words."""
    theirs = KEYS[variant.question.id](**drawn(variant))
    out = []
    for part in variant.parts:
        if part.formula is None:
            continue
        ours = variant.values[part.name]
        if part.name not in theirs:
            out.append(f"{part.name}: SymPy's key is missing")
        elif not _same(ours, theirs[part.name]):
            out.append(f"{part.name}: {to_text(ours)}, but SymPy says {theirs[part.name]}")
    return out


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, Matrix):
        theirs = list(theirs) if theirs.cols == 1 else theirs.tolist()
    if isinstance(ours, tuple):
        return isinstance(theirs, (list, tuple)) and len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if not is_number(ours):
        return bool(ours == theirs)
    a, b = enclosure(ours), arb(str(N(theirs, DIGITS + 15)))
    return bool(abs(a - b) <= abs(a) * arb(10) ** -DIGITS)


# ---- convolutional networks ------------------------------------------------------------------

def positions(n: Any, f: Any, stride: Any, pad: Any) -> Any:
    """How many places a window has on a padded row."""
    return floor((n + 2*pad - f) / stride) + 1


def windows(image: Any, f: Any, stride: Any) -> list[list[list[Any]]]:
    """The entries in each place of an f×f window."""
    starts = range(0, len(image) - f + 1, stride)
    return [[[image[i + a][j + b] for a in range(f) for b in range(f)] for j in starts] for i in starts]


@key_of("cnn/conv2d")
def conv2d(n: Any, f: Any, stride: Any, pad: Any, image: Any, kernel: Any, bias: Any) -> dict[str, Any]:
    inside = range(pad, pad + n)
    padded = [[image[i - pad][j - pad] if i in inside and j in inside else 0 for j in range(n + 2*pad)]
              for i in range(n + 2*pad)]
    weights = [k for row in kernel for k in row]
    feature_map = [[sum([x*k for x, k in zip(window, weights)], bias) for window in row]
                   for row in windows(padded, f, stride)]
    return {"output_size": positions(n, f, stride, pad), "feature_map": feature_map,
            "rectified": [[max(x, 0) for x in row] for row in feature_map]}


@key_of("cnn/output-size")
def output_size(n: Any, depth: Any, filters: Any, f: Any, stride: Any, pad: Any, width: Any) -> dict[str, Any]:
    side, zeros = positions(n, f, stride, pad), width - 1
    return {"fit": "fits" if (n + 2*pad - f) % stride == 0 else "cut", "output_size": side, "output_depth": filters,
            "output_values": side**2 * filters, "total_padding": zeros, "padding": (ceiling(zeros/2), floor(zeros/2))}


@key_of("cnn/params")
def params(n: Any, depth: Any, filters: Any, f: Any) -> dict[str, Any]:
    weights, dense = f**2 * depth * filters, n**2 * depth * filters
    return {"weights": weights, "parameters": weights + filters, "dense_weights": dense, "ratio": dense/weights}


@key_of("cnn/pooling")
def pooling(n: Any, window: Any, stride: Any, image: Any, steps: Any, side: Any, depth: Any) -> dict[str, Any]:
    places = windows(image, window, stride)
    side = positions(side, window, stride, 0)
    return {"max_pooled": [[max(w) for w in row] for row in places],
            "average_pooled": [[sum(w)/len(w) for w in row] for row in places],
            "volume": (side, side, depth), "pool_parameters": Integer(0)}


@key_of("cnn/stack-table")
def stack_table(side: Any, depth: Any, kinds: Any, units: Any, widths: Any, strides: Any, pads: Any) -> dict[str, Any]:
    stages: list[list[Any]] = [[]]
    parameters: list[Any] = []
    inputs = None
    for kind, k, f, s, p in zip(kinds, units, widths, strides, pads):
        if kind == "fc":
            inputs = side**2 * depth if inputs is None else inputs
            parameters.append((inputs + 1) * k)
            inputs = k
            continue
        side = positions(side, f, s, p)
        parameters.append((f**2 * depth + 1) * k)  # a pool has k = 0
        depth = k if kind == "conv" else depth
        stages[-1].append((side, depth))
        if kind == "pool" and len(stages) < 3:
            stages.append([])
    return {"stage1": stages[0], "stage2": stages[1], "stage3": stages[2], "flat": side**2 * depth,
            "parameters": [(x,) for x in parameters], "total": sum(parameters),
            "largest": Integer(1 + parameters.index(max(parameters)))}


# ---- evaluation ------------------------------------------------------------------------------

def f_score(precision: Any, recall: Any, beta: Any) -> Any:
    """The weighted harmonic mean of precision and recall."""
    return (1 + beta**2) / (1/precision + beta**2/recall)


@key_of("evaluation/confusion-metrics")
def confusion_metrics(tp: Any, fp: Any, fn: Any, tn: Any, beta: Any, **_: Any) -> dict[str, Any]:
    precision, recall = tp/(tp + fp), tp/(tp + fn)
    return {"counts": (tp, fp, fn, tn), "accuracy": (tp + tn)/(tp + fp + fn + tn), "precision": precision, "recall": recall,
            "specificity": 1 - fp/(fp + tn), "f1": 2*tp/(2*tp + fp + fn), "f_beta": f_score(precision, recall, beta),
            "arithmetic_mean": (precision + recall)/2}


@key_of("evaluation/mse-mae-rmse")
def mse_mae_rmse(predictions: Any, targets: Any, setting: Any) -> dict[str, Any]:
    n, errors = len(targets), [p - t for p, t in zip(predictions, targets)]
    mse = sum([e**2 for e in errors]) / n
    baseline = sum([t**2 for t in targets])/n - (sum(targets)/n)**2
    factor = {"euros": 1000, "seconds": 60, "mm": 10, "cm": 100}[setting[2]]
    r2 = 1 - mse/baseline
    return {"mse": mse, "rmse": N(sqrt(mse), 50), "mae": sum([Abs(e) for e in errors])/n, "baseline": baseline, "r2": r2,
            "rescaled": (factor**2 * mse, r2)}


@key_of("evaluation/roc-auc")
def roc_auc(scores: Any, labels: Any, change: Any) -> dict[str, Any]:
    positive = [s for s, y in zip(scores, labels) if y == 1]
    negative = [s for s, y in zip(scores, labels) if y == 0]
    points = [tuple([Rational(len([s for s in group if s >= h]), len(group)) for group in (negative, positive)])
              for h in sorted(set(scores), reverse=True)]
    pairs = [(p, q) for p in positive for q in negative]
    concordant, ties = Integer(len([1 for p, q in pairs if p > q])), Integer(len([1 for p, q in pairs if p == q]))
    auc = (concordant + ties/2) / len(pairs)
    return {"points": points, "auc": auc, "concordant": concordant, "auc_after": 1 - auc if change in ("flip", "inverse") else auc}


@key_of("evaluation/threshold-sweep")
def threshold_sweep(scores: Any, labels: Any, h: Any, moved: Any, rule: Any) -> dict[str, Any]:
    def counts(threshold: Any) -> tuple[Any, ...]:
        called = [s > threshold or (s == threshold and rule == "at least") for s in scores]
        cells = list(zip(called, labels))
        return tuple([Integer(cells.count(cell)) for cell in ((True, 1), (True, 0), (False, 1), (False, 0))])

    def metrics(tp: Any, fp: Any, fn: Any, tn: Any) -> tuple[Any, Any, Any]:
        return tp/(tp + fp), tp/(tp + fn), 2*tp/(2*tp + fp + fn)

    def f1(threshold: Any) -> Any:
        tp, fp, fn, _ = counts(threshold)
        return 2*tp/(2*tp + fp + fn)

    at_h = counts(h)
    precision, recall, f1_at_h = metrics(*at_h)
    return {"counts": at_h, "precision": precision, "recall": recall, "f1": f1_at_h,
            "moved_metrics": metrics(*counts(moved))[:2], "best": Integer(1 + scores.index(max(scores, key=f1)))}


# ---- linear regression -----------------------------------------------------------------------

@key_of("linear-regression/simple-ols")
def simple_ols(xs: Any, ys: Any, at: Any) -> dict[str, Any]:
    X, y = Matrix([[1, x] for x in xs]), Matrix(ys)
    A, b = X.T * X, X.T * y
    theta = A.LUsolve(b)
    e = y - X*theta
    mean = sum(ys)/len(ys)
    return {"A": A, "b": b, "theta": theta, "e": e, "mse": e.dot(e)/len(xs), "prediction": theta[0] + theta[1]*at,
            "r2": 1 - e.dot(e)/sum([(v - mean)**2 for v in ys])}


@key_of("linear-regression/normal-eq-matrix")
def normal_eq_matrix(inputs: Any, ys: Any, examples: Any, features: Any) -> dict[str, Any]:
    X, y = Matrix([[1, *row] for row in inputs]), Matrix(ys)
    A, b = X.T * X, X.T * y
    theta = A.LUsolve(b)
    fitted = X*theta
    return {"A": A, "b": b, "theta": theta, "fitted": fitted, "sse": (y - fitted).dot(y - fitted), "trace": features + 1}


@key_of("linear-regression/lagged")
def lagged(xs: Any, ys: Any, ahead: Any, **_: Any) -> dict[str, Any]:
    X, y = Matrix([[1, x] for x in xs]), Matrix(ys)
    A, b = X.T * X, X.T * y
    theta = A.LUsolve(b)
    return {"n": Integer(len(xs)), "A": A, "b": b, "theta": theta, "forecast": theta[0] + theta[1]*ahead}


# ---- logistic regression, neural networks ----------------------------------------------------

@key_of("logistic-regression/ce-point")
def ce_point(y: Any, q: Any, base: Any) -> dict[str, Any]:
    loss = -y*log(q) - (1 - y)*log(1 - q)
    return {"loss": N(loss if base == "ln" else loss/log(2), 50), "slope": q - y}


def sigmoid(z: Any) -> Any:
    """The logistic function in 50 digits. As a closed form the network grows until SymPy takes minutes to compare it."""
    return 1/(1 + exp(-N(z, 50)))


@key_of("neural-networks/forward-sigmoid")
def forward_sigmoid(x: Any, w: Any, b: Any, v: Any, c: Any) -> dict[str, Any]:
    net_h = Matrix(w)*Matrix(x) + Matrix(b)
    out_h = net_h.applyfunc(sigmoid)
    net_o = Matrix(v).dot(out_h) + c
    return {"net_h": net_h, "out_h": out_h, "net_o": net_o, "out_o": sigmoid(net_o), "label": "one" if net_o > 0 else "zero"}


@key_of("neural-networks/backprop-sigmoid")
def backprop_sigmoid(x: Any, w: Any, v: Any, target: Any, eta: Any) -> dict[str, Any]:
    inputs, hidden, output = Matrix(x), Matrix(w), Matrix(v)
    net_h = hidden*inputs
    out_h = net_h.applyfunc(sigmoid)
    net_o = output.dot(out_h)
    out_o = sigmoid(net_o)
    delta_o = (target - out_o)*out_o*(1 - out_o)
    delta_h = Matrix([o*(1 - o)*k*delta_o for o, k in zip(out_h, output)])
    new_v, new_w = output + eta*delta_o*out_h, hidden + eta*delta_h*inputs.T
    second_error = target - sigmoid(new_v.dot((new_w*inputs).applyfunc(sigmoid)))
    return {"net_h": net_h, "out_h": out_h, "net_o": net_o, "out_o": out_o, "delta_o": delta_o, "delta_h": delta_h, "new_v": new_v,
            "new_w": new_w, "second_error": second_error, "comment": ("up" if target - second_error > out_o else "down") + ("_near" if abs(second_error) < abs(target - out_o) else "_far")}


# ---- reinforcement learning ------------------------------------------------------------------

@key_of("mdp/policy-eval")
def policy_eval(P: Any, r: Any, gamma: Any, deviation: Any, bonus: Any, order: Any) -> dict[str, Any]:
    transitions, rewards = Matrix(P), Matrix(r)
    A = eye(2) - gamma*transitions
    V = A.LUsolve(rewards)
    values = Matrix([0, 0])
    for _ in range(2):
        if order == "synchronous":
            values = rewards + gamma*transitions*values
        else:
            for s in range(2):
                values[s] = r[s] + gamma*transitions.row(s).dot(values)
    q = bonus + gamma*Matrix(deviation).dot(V)
    return {"A": A, "V": V, "second": values, "q": q, "verdict": "better" if q > V[0] else "worse"}


@key_of("mdp/value-iteration")
def value_iteration(gamma: Any, first: Any, second: Any, rewards: Any, **_: Any) -> dict[str, Any]:
    P, r = [Matrix(first), Matrix(second)], Matrix(rewards)

    def action_values(V: Any) -> Any:
        return [list(row) for row in zip(*[r.col(a) + gamma*P[a]*V for a in range(2)])]

    V1 = Matrix([max(row) for row in action_values(Matrix([0, 0, 0]))])
    V2 = Matrix([max(row) for row in action_values(V1)])
    policy = [[f"a{a + 1}" for a in range(2) if row[a] == max(row)] for row in action_values(V2)]
    return {"V1": V1, "V2": V2, "policy": policy, "bound": gamma/(1 - gamma)*max([abs(d) for d in V2 - V1])}


@key_of("q-learning/update")
def q_update(alpha: Any, gamma: Any, Q0: Any, steps: Any) -> dict[str, Any]:
    table = [list(row) for row in Q0]
    updates = []
    for s, a, reward, after in steps:
        best = max(table[after - 1]) if after <= len(table) else 0
        table[s - 1][a - 1] += alpha*(reward + gamma*best - table[s - 1][a - 1])
        updates.append(table[s - 1][a - 1])
    row = table[steps[0][0] - 1]
    return {"u1": updates[0], "u2": updates[1], "u3": updates[2], "u4": updates[3], "table": table, "V": [max(q) for q in table],
            "greedy": f"a{row.index(max(row)) + 1}"}


# ---- VC dimension ----------------------------------------------------------------------------

def sauer(n: Any, d: Any) -> Any:
    """The subsets of n points with at most d of them."""
    return sum([binomial(n, i) for i in range(d + 1)])


def growth(family: str, size: Any, n: Any) -> Any:
    """The most labelings of n points."""
    if family in ("rays", "centred_balls"):  # where it changes
        return n + 1
    if family == "two_sided_rays":  # the same twice, but all + and all − only once
        return 2*n
    if family == "signed_intervals":  # two cuts of a circle, or none
        return 2*binomial(n, 2) + 2
    if family in ("k_intervals", "rings"):  # at most so many pairs of ends in n + 1 gaps
        return sum([binomial(n + 1, 2*j) for j in range((size if family == "k_intervals" else 1) + 1)])
    if family in ("polynomials", "halfspaces", "origin_halfspaces"):  # at most so many changes of sign (Cover)
        return 2*sauer(n - 1, size - 1 if family == "origin_halfspaces" else size)
    raise ValueError(f"no class is called {family!r}")


@key_of("vc-dimension/growth-function")
def growth_function(family: Any, size: Any, points: Any) -> dict[str, Any]:
    dichotomies = growth(family, size, points)
    break_point = Integer(1)
    while growth(family, size, break_point) == 2**break_point:
        break_point += 1
    bound = sauer(points, break_point - 1)
    return {"dichotomies": dichotomies, "impossible": 2**points - dichotomies, "break_point": break_point, "bound": bound,
            "tight": "equal" if dichotomies == bound else "smaller"}


@key_of("vc-dimension/hypothesis-class")
def hypothesis_class(family: Any, size: Any, claim: Any, m: Any, other: Any) -> dict[str, Any]:
    dimension = integer_log(int(size), 2)[0] if family == "finite" else {
        "k_intervals": 2*size, "two_sided_rays": 2, "polynomials": size + 1, "halfspaces": size + 1, "origin_halfspaces": size,
        "boxes": 2*size, "balls": size + 1, "centred_balls": 1, "rings": 2, "polygons": 2*size + 1, "conjunctions": size}[family]
    conclusion = {"some": "at_least", "every": "at_least", "not_some": "nothing", "none": "below"}[claim]
    return {"dimension": Integer(dimension), "labelings": Integer(2)**dimension, "conclusion": conclusion,
            "infinite": "infinite" if other in ("sine", "convex", "unions", "neighbour") else "finite"}
