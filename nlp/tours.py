"""Finds the stays that an ad announces: a place and its dates, as in "Bergen 12.-15. mai, Oslo 16.-18. mai"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from nlp.dates import Dates, any_of, find_dates
from nlp.found import lowered
from nlp.parts import quote
from nlp.reading import Place, Tour
from nlp.tables import load_table
from nlp.unicode import Plain

REACH = 44  # characters between a place and its dates
MOST = 60  # stays of one ad that are read; more are no tour but a calendar
_STOP = re.compile(r"[.!?;]\s|\n")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NEW_ITEM = re.compile(r"[,;/|•·*+&]|\n")


@dataclass(frozen=True, slots=True)
class _Town:
    """A place with where it stands in the readable text."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True, slots=True, order=True)
class _Pair:
    """A place and dates that may be its own; the smaller `cost` the likelier. `town` and `dates` are positions."""

    cost: int
    town: int
    dates: int


def find_tours(fields: Mapping[str, Plain], places: Sequence[Place], *, anchor: date | None) -> list[Tour]:
    """The stays announced beside `places`; `anchor` is the day the ad was posted or seen, which tells the year.

    Without it none is read: a stay without a year is no date.
    """
    if anchor is None or not places:
        return []
    named: dict[str, list[Place]] = {}
    for place in places:
        named.setdefault(place.field, []).append(place)
    return [tour for field, found in named.items() for tour in _find(field, fields[field], found, anchor)][:MOST]


def _find(field: str, plain: Plain, places: Iterable[Place], anchor: date) -> Iterator[Tour]:
    towns = [_town(plain, place) for place in places]
    low = lowered(plain.text)
    dates = [each for start, end in _windows(towns, len(low)) for each in find_dates(low, start, end, anchor)]
    if not dates:
        return
    for town, when in _matched(low, towns, dates):
        span = quote(field, plain, min(town.start, when.start), max(town.end, when.end))
        yield Tour(
            field=span.field, start=span.start, end=span.end, quote=span.quote, name=town.place.name,
            country=town.place.country, code=town.place.code, first=_iso(when.first), last=_iso(when.last),
        )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _town(plain: Plain, place: Place) -> _Town:
    if plain.at is None:
        return _Town(place.start, place.end, place)
    return _Town(bisect_left(plain.at, place.start), bisect_left(plain.at, place.end), place)


def _windows(towns: Sequence[_Town], size: int) -> list[tuple[int, int]]:
    """The stretches of text about the places, those that touch as one."""
    found: list[tuple[int, int]] = []
    for town in sorted(towns, key=lambda each: each.start):
        start, end = max(0, town.start - REACH), min(size, town.end + REACH)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _matched(low: str, towns: Sequence[_Town], dates: Sequence[Dates]) -> list[tuple[_Town, Dates]]:
    """Each place with its dates, the nearest first; further dates of a place follow it by a mere "and"."""
    pairs = sorted(
        _Pair(cost, at, when)
        for at, town in enumerate(towns)
        for when, each in enumerate(dates)
        if abs(town.start - each.start) <= 3 * REACH and (cost := _cost(low, town, each)) is not None
    )
    of_dates: dict[int, int] = {}
    for pair in pairs:
        if pair.dates not in of_dates and pair.town not in of_dates.values():
            of_dates[pair.dates] = pair.town
    for when in range(1, len(dates)):
        if when not in of_dates and when - 1 in of_dates and _is_more(low, dates[when - 1], dates[when]):
            of_dates[when] = of_dates[when - 1]
    return [(towns[of_dates[when]], dates[when]) for when in sorted(of_dates)]


def _cost(low: str, town: _Town, dates: Dates) -> int | None:
    """How far apart they stand; None where anything but a word that links them is between."""
    before = town.start < dates.start
    gap = low[town.end : dates.start] if before else low[dates.end : town.start]
    if len(gap) > REACH or (town.start < dates.end and dates.start < town.end):
        return None
    if not all(word in _links() for word in _WORD.findall(gap)) or re.search(r"\d", gap):
        return None
    stops = len(_STOP.findall(gap)) * 60
    return len(gap) + stops + 40 * len(_NEW_ITEM.findall(gap)) + (0 if before else 1)


def _is_more(low: str, one: Dates, other: Dates) -> bool:
    """Whether dates go on: "Oslo 1.-3. mai og 10.-12. mai"."""
    return re.fullmatch(rf"\s?(?:[,+&]|\s(?:{_and()})\s)\s?", low[one.end : other.start]) is not None


@cache
def _links() -> frozenset[str]:
    """The words that may stand between a place and its dates."""
    words = load_table("tours")["words"]
    return frozenset(f"{words['link']} {words['from']}".replace("_", " ").split())


@cache
def _and() -> str:
    return any_of("og och and und y ja i ir un și та и &")
