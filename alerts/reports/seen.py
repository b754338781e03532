"""How many were seen, where and when: ads and contacts as columns, counted by site and by stretches of time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from alerts.lists.frame import Frame, NoLists
from alerts.lists.sighted import Sighted, count_seen, count_units, count_unread, find_sighted
from alerts.population.turnover import Occasion, Turnover, jolly_seber
from alerts.reports.exhibits import NoReport
from alerts.sampling.designs import FEW
from crawler.database import Database


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The sightings of the period: of ads, and of contacts where there are any. `units` counts each unit apart."""

    frame: Frame
    ads: Sighted
    contacts: Sighted | None
    units: dict[str, int]
    unread: int

    def numbers(self) -> list[int]:
        """The ads that were seen, by the numbers they have in the store."""
        return [int(number) for number in np.unique(self.ads.units)]


def find_seen(db: Database, frame: Frame) -> Seen:
    """What was seen in the period of the frame, whose unit is contact. Raises NoLists and NoReport."""
    ads = find_sighted(db, replace(frame, unit="ad"))
    units = count_units(db, frame)
    if units["ads"] < FEW:
        raise NoReport(f"fewer than {FEW} ads were seen from {frame.first} to {frame.last}; take a longer period")
    contacts: Sighted | None
    try:
        contacts = kept(find_sighted(db, frame), frame)
    except NoLists:  # ads there are, but none with a contact of the kinds asked for
        contacts = None
    units["contacts"] = len(np.unique(contacts.units)) if contacts else 0
    for unit in ("persona", "cluster"):
        units[f"{unit}s"] = count_seen(db, replace(frame, unit=unit))
    return Seen(frame, ads, contacts, units, count_unread(db))


def kept(sighted: Sighted, frame: Frame) -> Sighted:
    """Those that were read surely enough."""
    return _cut(sighted, sighted.confidences >= frame.confidence)


def of_sites(sighted: Sighted, names: Collection[str]) -> Sighted:
    """The sightings of these sites."""
    return _cut(sighted, np.isin(sighted.sites, [sighted.names.index(name) for name in names]))


def _cut(sighted: Sighted, rows: np.ndarray) -> Sighted:
    return replace(
        sighted, units=sighted.units[rows], sites=sighted.sites[rows], days=sighted.days[rows],
        confidences=sighted.confidences[rows], ads=sighted.ads[rows],
    )  # fmt: skip


def by_site(sighted: Sighted) -> dict[str, int]:
    """How many different units each site showed."""
    pairs = np.unique(np.stack([sighted.sites, sighted.units]), axis=1)
    counts = np.bincount(pairs[0], minlength=len(sighted.names)).tolist()
    return dict(sorted(zip(sighted.names, counts, strict=True)))


@dataclass(frozen=True, slots=True)
class Times:
    """Stretches of time, by name; `of_day` gives the number of each day's stretch, -1 where it is in none."""

    names: tuple[str, ...]
    of_day: np.ndarray


def windows(frame: Frame, length: int) -> Times:
    """Stretches of so many days, named by their first; the days that make no whole one are left out."""
    count = frame.days // length
    of_day = np.arange(frame.days) // length
    of_day[of_day >= count] = -1
    return Times(tuple(f"{frame.first + timedelta(days=number * length)}" for number in range(count)), of_day)


def months(frame: Frame) -> Times:
    """The months that the period touches, as 2026-06."""
    days = [f"{frame.first + timedelta(days=day):%Y-%m}" for day in range(frame.days)]
    names = tuple(dict.fromkeys(days))
    return Times(names, np.array([names.index(day) for day in days]))


def by_time(sighted: Sighted, times: Times) -> list[int]:
    """How many different units each stretch of time has."""
    return list(map(int, np.bincount(_pairs(sighted, times)[0], minlength=len(times.names))))


def count_in(sighted: Sighted, times: Times) -> int:
    """How many different units all stretches of time have together."""
    return len(np.unique(_pairs(sighted, times)[1]))


def _pairs(sighted: Sighted, times: Times) -> np.ndarray:
    """Stretch of time and unit, each pair once."""
    places = times.of_day[sighted.days]
    return np.unique(np.stack([places, sighted.units])[:, places >= 0], axis=1)


def turnover(sighted: Sighted, times: Times) -> list[tuple[Occasion, Turnover]]:
    """The size at each stretch of time by Jolly and Seber, with what it was counted from; empty below three."""
    occasions = _occasions(sighted, times)
    return list(zip(occasions, jolly_seber(occasions), strict=True)) if len(occasions) > 2 else []


def _occasions(sighted: Sighted, times: Times) -> list[Occasion]:
    """As `occasions_of` counts them from histories, in columns: a market has very many different histories."""
    at, units = _pairs(sighted, times)
    _, places = np.unique(units, return_inverse=True)
    first = np.full(places.max(initial=-1) + 1, len(times.names))
    last = np.full(len(first), -1)
    np.minimum.at(first, places, at)
    np.maximum.at(last, places, at)
    return [_occasion(name, number, places[at == number], first, last) for number, name in enumerate(times.names)]


def _occasion(name: str, number: int, now: np.ndarray, first: np.ndarray, last: np.ndarray) -> Occasion:
    before, later = first < number, last > number
    both = before & later
    return Occasion(
        name=name, caught=len(now), marked=_sum(before[now]), released=len(now), later=_sum(later[now]),
        passed=_sum(both) - _sum(both[now]),
    )  # fmt: skip


def _sum(which: np.ndarray) -> int:
    return int(np.count_nonzero(which))


def tells_of_few(one: Occasion) -> bool:
    """Whether the estimate of an occasion could tell of fewer than five."""
    counts: Sequence[int] = (one.caught, one.marked, one.caught - one.marked, one.later, one.passed)
    return any(0 < count < FEW for count in counts)
