"""K-means: Lloyd's two steps and what they minimise.

Points are the rows of a matrix (n × d), centres of another (K × d); clusters are numbered from 1, and the labels of a
clustering are a vector with the cluster of each point. Sources: Lloyd 1982, *Least squares quantization in PCM*; Bishop,
*Pattern Recognition and Machine Learning*, section 9.1.
"""

from __future__ import annotations

import builtins

from flint import fmpq

from examwright.solvers.arithmetic import Number, absolute, as_int
from examwright.solvers.exact.common import Matrix, Vector, argmin, mean, sum, transpose

__all__ = [
    "absolute_scatter", "best_two_clusters", "cluster_means", "cluster_medians", "cluster_points", "inertia",
    "manhattan_distances", "nearest_clusters", "pairwise_scatter", "squared_distances",
]


def squared_distances(points: Matrix, centres: Matrix) -> Matrix:
    """‖x_i − m_k‖² (n × K) in the unit of the points, squared. Source: Bishop, equation 9.1."""
    return tuple([tuple([sum([(a - b) * (a - b) for a, b in zip(x, m)]) for m in centres]) for x in points])


def manhattan_distances(points: Matrix, centres: Matrix) -> Matrix:
    """Σ_j |x_ij − m_kj| (n × K) in the unit of the points. Source: Kaufman and Rousseeuw, *Finding Groups in Data*,
    section 1.2.1."""
    return tuple([tuple([sum([absolute(a - b) for a, b in zip(x, m)]) for m in centres]) for x in points])


def nearest_clusters(distances: Matrix) -> Vector:
    """The assignment step: the cluster (from 1) with the smallest entry in each row of a table of distances (n × K), the
    first one on a tie. Source: Bishop, equation 9.2."""
    return tuple([argmin(row) + 1 for row in distances])


def cluster_points(points: Matrix, labels: Vector, cluster: Number) -> Matrix:
    """The points of one cluster, in their order. ValueError unless there is a label for each point.
    Source: the indicator r_nk of Bishop, equation 9.1."""
    if builtins.len(points) != builtins.len(labels):
        raise ValueError("as many labels as points are needed")
    return tuple([x for x, k in zip(points, labels) if k == cluster])


def cluster_means(points: Matrix, labels: Vector, clusters: Number) -> Matrix:
    """The update step: the mean of the points of each cluster (K × d). ValueError for a cluster without points.
    Source: Bishop, equation 9.4."""
    out = []
    for k in builtins.range(1, as_int(clusters) + 1):
        own = cluster_points(points, labels, fmpq(k))
        if not own:
            raise ValueError(f"cluster {k} is empty")
        out.append(tuple([mean(column) for column in transpose(own)]))
    return tuple(out)


def cluster_medians(points: Matrix, labels: Vector, clusters: Number) -> Matrix:
    """The median of each coordinate in each cluster, the mean of the middle two for even numbers. ValueError for a
    cluster without points. Source: the K-medians variant, Bradley et al. 1997."""
    out = []
    for k in builtins.range(1, as_int(clusters) + 1):
        own = cluster_points(points, labels, fmpq(k))
        if not own:
            raise ValueError(f"cluster {k} is empty")
        n = builtins.len(own)
        middle = [sorted(column) for column in transpose(own)]
        out.append(tuple([(c[(n - 1) // 2] + c[n // 2]) / 2 for c in middle]))
    return tuple(out)


def inertia(points: Matrix, labels: Vector, centres: Matrix) -> Number:
    """J = Σ_i ‖x_i − m_k(i)‖², k(i) the cluster of point i: a sum, not divided by n. IndexError for a cluster without a
    centre, ValueError unless there is a label for each point. Source: Bishop, equation 9.1."""
    return sum([row[k] for row, k in _own(squared_distances(points, centres), labels)])


def absolute_scatter(points: Matrix, labels: Vector, centres: Matrix) -> Number:
    """The same with Manhattan distances that are not squared. Errors as `inertia`. Source: the K-medians objective,
    Bradley et al. 1997."""
    return sum([row[k] for row, k in _own(manhattan_distances(points, centres), labels)])


def _own(distances: Matrix, labels: Vector) -> list[tuple[Vector, int]]:
    """(distances from all centres, place of the own one) of each point."""
    if builtins.len(distances) != builtins.len(labels):
        raise ValueError("as many labels as points are needed")
    return [(row, as_int(k) - 1) for row, k in zip(distances, labels)]


def pairwise_scatter(points: Matrix, labels: Vector) -> Number:
    """Σ ‖x_i − x_j‖² over the pairs of points of the same cluster: each cluster's inertia times its number of points.
    ValueError unless there is a label for each point. Source: Hastie et al., *The Elements of Statistical Learning*,
    equation 14.31, without the ½."""
    total: Number = fmpq(0)
    for k in sorted(set(labels)):
        own = cluster_points(points, labels, k)
        total = total + sum([sum(row) for row in squared_distances(own, own)]) / 2
    return total


def best_two_clusters(values: Vector) -> Vector:
    """The labels (1, …, 1, 2, …, 2) with the least inertia for numbers in ascending order; the first such cut on a tie.
    ValueError for fewer than two numbers or another order. Source: on a line the best clusters are intervals,
    Fisher 1958, *On grouping for maximum homogeneity*."""
    n = builtins.len(values)
    if n < 2 or builtins.any(a > b for a, b in zip(values, values[1:])):
        raise ValueError("at least two numbers in ascending order are needed")
    points = tuple([(v,) for v in values])
    cuts = [(fmpq(1),) * k + (fmpq(2),) * (n - k) for k in builtins.range(1, n)]
    return cuts[as_int(argmin(tuple([inertia(points, cut, cluster_means(points, cut, fmpq(2))) for cut in cuts])))]
