"""Two lists: Lincoln-Petersen and Chapman."""

from __future__ import annotations

from math import sqrt

from alerts.population.estimates import Alternative, Estimate, Interval, NoEstimate, log_normal, normal
from alerts.population.histories import Histories, Overlap

FEW_ON_BOTH = 7  # Robson & Regier 1964: with fewer Chapman's estimator is biased by its own reckoning


def lincoln_petersen(pair: Overlap) -> Estimate:
    """n1 n2 / m (Petersen 1896, Lincoln 1930), variance n1 n2 (n1 - m)(n2 - m) / m³ (Seber 1982, 3.1).

    Raises NoEstimate if nobody is on both lists.
    """
    if not pair.both:
        raise NoEstimate(
            f"lincoln-petersen: nobody is on both {pair.names[0]} and {pair.names[1]}, so the size has no upper bound; "
            "more lists, or a longer period, are needed"
        )
    size = pair.first * pair.second / pair.both
    variance = pair.first * pair.second * (pair.first - pair.both) * (pair.second - pair.both) / pair.both**3
    return _estimate("lincoln-petersen", pair, size, variance)


def chapman(pair: Overlap) -> Estimate:
    """(n1+1)(n2+1)/(m+1) - 1, variance (n1+1)(n2+1)(n1-m)(n2-m)/((m+1)²(m+2)) (Chapman 1951; Seber 1970)."""
    first, second, both = pair.first, pair.second, pair.both
    size = (first + 1) * (second + 1) / (both + 1) - 1
    if not both:
        return Estimate(
            method="chapman", estimate=size, se=None, low=None, high=None, observed=pair.seen, model=pair.names,
            warnings=(f"unusable: nobody is on both {pair.names[0]} and {pair.names[1]}; the figure says no more "
                      "than how large the two lists are",),
        )  # fmt: skip
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return _estimate("chapman", pair, size, variance)


def _estimate(method: str, pair: Overlap, size: float, variance: float) -> Estimate:
    warnings = ["two lists cannot show whether being on one makes being on the other likelier; three or more can"]
    if pair.both < FEW_ON_BOTH:
        warnings.append(f"only {pair.both} on both lists: the estimate is biased, and one false link changes it much")
    if not variance:
        warnings.append("one list is within the other: the formula gives no error, which is no certainty")
        return Estimate(
            method=method, estimate=size, se=None, low=None, high=None, observed=pair.seen, model=pair.names,
            warnings=tuple(warnings),
        )  # fmt: skip
    low, high = log_normal(size, variance, pair.seen)
    return Estimate(
        method=method, estimate=size, se=sqrt(variance), low=low, high=high, observed=pair.seen,
        model=pair.names, intervals=(Interval("log-normal", low, high), normal(size, variance)),
        warnings=tuple(warnings),
    )  # fmt: skip


def choose_pair(histories: Histories) -> tuple[Overlap, list[Overlap]]:
    """The pair of lists that most are on, and the other pairs."""
    pairs = histories.overlaps()
    chosen = max(pairs, key=lambda pair: pair.both)
    return chosen, [pair for pair in pairs if pair is not chosen]


def as_alternative(estimate: Estimate) -> Alternative | None:
    """What a pair gives, to stand beside another's; None where it has no interval."""
    if estimate.se is None or estimate.low is None or estimate.high is None:
        return None
    return Alternative(
        model=estimate.model, estimate=estimate.estimate, se=estimate.se, low=estimate.low, high=estimate.high
    )
