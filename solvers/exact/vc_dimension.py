"""VC dimension and growth function of the classes that textbooks use.

A class is named by a word and a whole number `size`:

=================== ================================================ ===================
word                a hypothesis says + …                            size
=================== ================================================ ===================
rays                to the right of a threshold on the line          (not used)
two_sided_rays      to the right, or to the left, of a threshold     (not used)
k_intervals         inside a union of at most k intervals            k
signed_intervals    inside one interval, or outside it               (not used)
polynomials         where a polynomial of degree ≤ k is positive     k
halfspaces          on one side of a hyperplane in R^d               d
origin_halfspaces   … of a hyperplane through the origin             d
boxes               in an axis-parallel box in R^d                   d
balls               in a ball in R^d                                 d
centred_balls       in a ball around the origin of R^d               d
rings               in a ring around the origin of R^d               d
polygons            in a convex polygon with ≤ k corners             k
conjunctions        where all of some of d Boolean variables hold    d
finite              (any class of so many hypotheses)                number of hypotheses
=================== ================================================ ===================

Sources: Abu-Mostafa, Magdon-Ismail and Lin, *Learning From Data*, chapter 2; Mohri, Rostamizadeh and
Talwalkar, *Foundations of Machine Learning*, chapter 3; Cover, *Geometrical and Statistical Properties of
Systems of Linear Inequalities* (1965).
"""

from __future__ import annotations

from math import comb

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int

__all__ = [
    "growth_function", "finite_or_infinite", "sauer_bound", "shattering_conclusion", "subsets_of_size", "vc_dimension",
]

_FINITE = ("rectangles", "space", "hundred", "cubics")
_INFINITE = ("sine", "convex", "unions", "neighbour")


def vc_dimension(family: str, size: Number) -> fmpq:
    """The VC dimension of a class (a number of points); of `finite` the largest that so many hypotheses can
    have. ValueError for an unknown class or a size below 1. Source: the tables of the module's sources."""
    k = as_int(size)
    if k < 1:
        raise ValueError("the size of a class is at least 1")
    known = {
        "rays": 1, "two_sided_rays": 2, "k_intervals": 2 * k, "signed_intervals": 3, "polynomials": k + 1,
        "halfspaces": k + 1, "origin_halfspaces": k, "boxes": 2 * k, "balls": k + 1, "centred_balls": 1, "rings": 2,
        "polygons": 2 * k + 1, "conjunctions": k, "finite": k.bit_length() - 1,
    }
    if family not in known:
        raise ValueError(f"no class is called {family!r}")
    return fmpq(known[family])


def subsets_of_size(n: Number, k: Number) -> fmpq:
    """The number of subsets with k of n elements (0 for k > n). ValueError for negative numbers.
    Source: the binomial coefficient."""
    return fmpq(comb(as_int(n), as_int(k)))


def sauer_bound(points: Number | int, dimension: Number | int) -> fmpq:
    """The most dichotomies that a class of this VC dimension can have on so many points: Σ C(N, i), i = 0 to
    the dimension. ValueError for negative numbers. Source: Sauer (1972); Learning From Data, theorem 2.4."""
    n, d = as_int(points), as_int(dimension)
    if d < 0 or d > 1000 or n > 1000:
        raise ValueError("a dimension or a number of points out of range")
    return fmpq(sum([comb(n, i) for i in range(d + 1)]))


def growth_function(family: str, size: Number, points: Number) -> fmpq:
    """The most dichotomies of a class on so many points. ValueError for a class without a formula here.
    Source: Learning From Data, section 2.1; Cover (1965), for half-spaces 2 Σ C(N-1, i), i = 0 to d."""
    n, k = as_int(points), as_int(size)
    if family in ("rays", "centred_balls"):
        return fmpq(n + 1)
    if family == "two_sided_rays":
        return fmpq(2 * n)
    if family == "signed_intervals":
        return fmpq(n * n - n + 2)
    if family == "rings":
        return sauer_bound(n, 2)
    if family == "k_intervals":
        return sauer_bound(n, 2 * k)
    if family in ("halfspaces", "polynomials"):
        return 2 * sauer_bound(n - 1, k)
    if family == "origin_halfspaces":
        return 2 * sauer_bound(n - 1, k - 1)
    raise ValueError(f"no formula for the class {family!r}")


def shattering_conclusion(claim: str) -> str:
    """What a claim about sets of m points says of the VC dimension: 'at_least' m, 'below' m, or 'nothing'.
    Claims: some, every (set of m points is shattered), not_some, none. KeyError for another claim.
    Source: the definition; Learning From Data, definition 2.5."""
    return {"some": "at_least", "every": "at_least", "not_some": "nothing", "none": "below"}[claim]


def finite_or_infinite(kind: str) -> str:
    """'finite' or 'infinite', the VC dimension of a class named by a word. ValueError for another word.
    Source: Mohri et al., examples 3.11 to 3.16."""
    if kind in _FINITE:
        return "finite"
    if kind in _INFINITE:
        return "infinite"
    raise ValueError(f"no class is called {kind!r}")
