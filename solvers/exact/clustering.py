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
    "cluster_means", "cluster_medians", "cluster_points", "manhattan_distances", "nearest_clusters", "squared_distances",
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
