"""Who comes and who goes between occasions: Jolly and Seber's open population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from alerts.population.estimates import NoEstimate, log_normal
from alerts.population.histories import Histories


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One occasion: how many were seen, how many of them before, how many stayed in sight after it; of those, how many
    were seen later; and how many were seen before and later, but not now.
    """

    name: str
    caught: int
    marked: int
    released: int
    later: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """An occasion's size with its error and interval; the share that stays, and how many come, until the next one.

    None stands where the counts do not say: at the first and last occasion, and where nobody was seen again.
    """

    name: str
    observed: int
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    staying: float | None
    coming: float | None


def occasions_of(histories: Histories) -> list[Occasion]:
    """The lists taken as occasions in their order; all that are seen stay in sight. Raises NoEstimate below three."""
    places = range(len(histories.lists))
    if len(places) < 3:
        raise NoEstimate(f"{len(places)} occasions: who came and who went shows between three or more")

    def count(place: int, *, now: bool, before: bool | None, later: bool | None) -> int:
        return sum(
            number
            for history, number in histories.counts.items()
            if bool(history[place]) is now
            and before in (None, any(history[:place]))
            and later in (None, any(history[place + 1 :]))
        )

    return [
        Occasion(
            name=histories.lists[place], caught=(caught := count(place, now=True, before=None, later=None)),
            marked=count(place, now=True, before=True, later=None), released=caught,
            later=count(place, now=True, before=None, later=True),
            passed=count(place, now=False, before=True, later=True),
        )
        for place in places
    ]  # fmt: skip


def jolly_seber(occasions: Sequence[Occasion]) -> list[Turnover]:
    """Sizes and turnover of an open population (Jolly 1965, Seber 1965, Biometrika 52:225-259; Seber 1982, 5.1).

    Known and present M = m + s z / r, size N = M n / m, staying φ = M'/(M - m + s), coming B = N' - φ (N - n + s);
    var N = N (N - n) ((M - m + s)/M (1/r - 1/s) + (1 - m/n)/m).
    """
    known = [_known(one) for one in occasions]
    sizes = [_size(one, at) for one, at in zip(occasions, known, strict=True)]
    found = []
    for place, (one, at, size) in enumerate(zip(occasions, known, sizes, strict=True)):
        after = place + 1
        staying = coming = None
        if at is not None and after < len(known) and (known_after := known[after]) is not None:
            staying = known_after / (at - one.marked + one.released)
            size_after = sizes[after]
            if size is not None and size_after is not None:
                coming = size_after - staying * (size - one.caught + one.released)
        found.append(_turnover(one, at, size, staying, coming))
    return found


def _known(one: Occasion) -> float | None:
    """How many of those seen before are still there; at the first occasion, none were."""
    if not one.marked and not one.passed:
        return 0.0 if one.later else None
    return one.marked + one.released * one.passed / one.later if one.later else None


def _size(one: Occasion, known: float | None) -> float | None:
    return known * one.caught / one.marked if known and one.marked else None


def _turnover(
    one: Occasion, known: float | None, size: float | None, staying: float | None, coming: float | None
) -> Turnover:
    se = low = high = None
    if size is not None and known:
        chance = (known - one.marked + one.released) / known * (1 / one.later - 1 / one.released)
        variance = size * (size - one.caught) * (chance + (1 - one.marked / one.caught) / one.marked)
        se = sqrt(max(variance, 0.0))
        low, high = log_normal(size, se**2, one.caught)
    return Turnover(
        name=one.name, observed=one.caught, estimate=size, se=se, low=low, high=high, staying=staying, coming=coming
    )
