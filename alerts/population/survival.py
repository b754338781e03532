"""How long ads stay: Kaplan and Meier's estimate, in which those that are still there count for as long as seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log, sqrt

from alerts.population.estimates import NoEstimate, Z


@dataclass(frozen=True, slots=True)
class Span:
    """How many days an ad was there; `ended` is False where it was still there when it was last looked for."""

    days: float
    ended: bool


@dataclass(frozen=True, slots=True)
class Point:
    """After so many days: how many were looked at until then, how many ended then, and the share that lasts longer.

    The interval is of 95 %; it is None where none or all have ended, which says nothing of chance.
    """

    days: float
    at_risk: int
    ended: int
    share: float
    se: float
    low: float | None
    high: float | None


def kaplan_meier(spans: Iterable[Span]) -> list[Point]:
    """The share that lasts longer, at each length at which any ended (Kaplan & Meier 1958, JASA 53:457-481).

    Error by Greenwood 1926; interval by the log of the log, which stays within 0 and 1 (Kalbfleisch & Prentice 1980).
    A span that breaks off at a length counts as there when others end. Raises NoEstimate without spans.
    """
    taken = list(spans)
    if not taken:
        raise NoEstimate("no ad was seen, so nothing is known of how long they stay")
    ends = Counter(span.days for span in taken if span.ended)
    leaving = Counter(span.days for span in taken)
    at_risk, share, spread = len(taken), 1.0, 0.0
    found = []
    for days in sorted(leaving):
        if ended := ends[days]:
            share *= 1 - ended / at_risk
            spread += ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0
            found.append(_point(days, at_risk, ended, share, spread))
        at_risk -= leaving[days]
    return found


def _point(days: float, at_risk: int, ended: int, share: float, spread: float) -> Point:
    if not 0 < share < 1:
        return Point(days, at_risk, ended, share, 0.0, None, None)
    width = Z * sqrt(spread) / abs(log(share))
    return Point(days, at_risk, ended, share, share * sqrt(spread), share ** exp(width), share ** exp(-width))


def share_after(points: Iterable[Point], days: float) -> float:
    """The share that lasts longer than so many days."""
    return next((point.share for point in reversed(list(points)) if point.days <= days), 1.0)


def median_days(points: Iterable[Point]) -> float | None:
    """After how many days half or fewer are left; None where more than half outlast what was watched."""
    return next((point.days for point in points if point.share <= 0.5), None)
