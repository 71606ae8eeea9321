"""Learning theory: sample sizes of finite hypothesis classes, from the bound for consistent learners and from Hoeffding's
inequality with the union bound.

Logarithms are natural. Sources: Mitchell, *Machine Learning*, section 7.3; Shalev-Shwartz and Ben-David,
*Understanding Machine Learning*, chapters 2 to 4; Abu-Mostafa et al., *Learning From Data*, section 1.3.
"""

from __future__ import annotations

from flint import fmpq

from examwright.solvers.arithmetic import Number, as_int, ceil, exp, ln, round_half_up

__all__ = [
    "consistent_error", "consistent_sample_bound", "consistent_sample_size", "far_from_whole", "hoeffding_bound",
    "hoeffding_sample_bound", "hypothesis_count",
]


def hypothesis_count(family: str, n: Number, plain: Number) -> Number:
    """|H|: 2^n 'conjunctions' of n plain variables, 3^n 'signed conjunctions', 2^(2^n) 'tables' (all Boolean functions of n ≤ 10
    variables), or the number `plain`. ValueError for another word or a larger n.
    Source: Mitchell, section 7.3.3; Shalev-Shwartz and Ben-David, section 2.3."""
    k = as_int(n)
    if family == "conjunctions":
        return fmpq(2) ** k
    if family == "signed conjunctions":
        return fmpq(3) ** k
    if family == "tables":
        if k > 10:
            raise ValueError("all functions of more than 10 variables")
        return fmpq(2) ** (2**k)
    if family == "plain":
        return plain
    raise ValueError(f"no class is called {family!r}")


def consistent_sample_bound(size: Number, epsilon: Number, delta: Number) -> Number:
    """(ln|H| + ln(1/δ))/ε: so many examples make the error of a consistent hypothesis at most ε with probability 1 − δ.
    ValueError unless |H| and δ are positive, ZeroDivisionError for ε = 0. Source: Mitchell, equation 7.2."""
    return (ln(size) - ln(delta)) / epsilon


def consistent_sample_size(size: Number, epsilon: Number, delta: Number) -> Number:
    """The same, rounded up to a whole number of examples. Errors as `consistent_sample_bound`.
    Source: Shalev-Shwartz and Ben-David, corollary 2.3."""
    return ceil(consistent_sample_bound(size, epsilon, delta))


def consistent_error(size: Number, m: Number, delta: Number) -> Number:
    """(ln|H| + ln(1/δ))/m: the ε that m examples guarantee. Errors as `consistent_sample_bound`.
    Source: Mitchell, equation 7.2, solved for ε."""
    return consistent_sample_bound(size, m, delta)


def hoeffding_bound(epsilon: Number, m: Number) -> Number:
    """2·e^(−2ε²m): an upper bound on the probability that the training error of a hypothesis is further than ε from the
    true error. TypeError for what is no number. Source: Abu-Mostafa et al., equation 1.5."""
    return 2 * exp(-2 * epsilon * epsilon * m)


def hoeffding_sample_bound(count: Number, epsilon: Number, delta: Number) -> Number:
    """ln(2M/δ)/(2ε²): with so many examples the union bound over M hypotheses of `hoeffding_bound` is δ. ValueError unless M/δ is positive,
    ZeroDivisionError for ε = 0. Source: Abu-Mostafa et al., equation 2.1, solved for N."""
    return ln(2 * count / delta) / (2 * epsilon * epsilon)


def far_from_whole(x: Number) -> bool:
    """True if x is at least 1/20 away from every whole number, so that rounding on the way does not decide between two.
    Source: a condition on drawn numbers, not a formula."""
    gap = x - round_half_up(x, 0)
    return bool(gap >= fmpq(1, 20) or gap <= fmpq(-1, 20))
