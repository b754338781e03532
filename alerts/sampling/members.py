"""The units that can be drawn, each with where and when it was seen, no finer than an extract may tell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np

from alerts.lists.frame import Frame
from alerts.lists.sighted import Sighted
from alerts.movement.places import Spot, find_base
from crawler.database import Database
from nlp.gazetteer import gazetteer
from nlp.reading import Place, Reading

TRAITS = ("site", "place", "language", "kind")
LEVELS = ("municipality", "county", "country")
NOT_STATED = "not stated"
_NEWEST = (
    "SELECT a.id, a.kind, r.document ->> '$.language', r.document -> '$.places', "
    "max(r.seen_at || printf('%020d', r.observation)) FROM ads a JOIN readings r ON r.ad = a.id "
    "WHERE a.id IN (SELECT value FROM json_each(?)) GROUP BY a.id"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What an extract may tell of an ad. `places` begin with the finest: municipality, county, country."""

    kind: str
    language: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One sighting: the day of the period (from 0), the site, and what is told of the ad."""

    day: int
    site: str
    ad: Told

    def trait(self, name: str) -> str:
        """The site, finest place, language or kind."""
        values = {"site": self.site, "place": self.ad.places[0], "language": self.ad.language, "kind": self.ad.kind}
        return values[name]


@dataclass(frozen=True, slots=True)
class Member:
    """One unit. `label` is what the store calls it, and never leaves the store."""

    label: str
    seen: tuple[Seen, ...]

    def usual(self, trait: str) -> str:
        """What most of its sightings say; of equals the first by the alphabet. So it counts once in a table."""
        counts = Counter(each.trait(trait) for each in self.seen)
        return min(counts, key=lambda value: (-counts[value], value))


def find_members(db: Database, sighted: Sighted, frame: Frame, level: str) -> list[Member]:
    """The units of the frame in the order of their labels, with places as fine as `level`."""
    kept = (sighted.confidences >= frame.confidence) & (sighted.days < frame.used_days)
    columns = (sighted.numbers(frame.strength), sighted.days, sighted.sites, sighted.ads)
    table = np.unique(np.stack([column[kept] for column in columns]), axis=1).T
    told = _told(db, np.unique(table[:, 3]).tolist(), level)
    nothing = Told(NOT_STATED, NOT_STATED, (NOT_STATED,))
    return sorted(
        (
            Member(
                sighted.labels[unit] if sighted.labels else f"{unit}",
                tuple(Seen(day, sighted.names[site], told.get(ad, nothing)) for _, day, site, ad in rows),
            )
            for unit, rows in groupby(table.tolist(), key=itemgetter(0))
        ),
        key=lambda member: member.label,
    )


def _told(db: Database, ads: list[int], level: str) -> dict[int, Told]:
    return {
        ad: Told(kind, language or NOT_STATED, _places(places or "[]", level))
        for ad, kind, language, places, _ in db.execute(_NEWEST, (json.dumps(ads),))
    }


@lru_cache(maxsize=65_536)  # most ads of a market name one of few places
def _places(places: str, level: str) -> tuple[str, ...]:
    """The place an ad is in, from this level up; that it names none, or several."""
    base = find_base(Reading(language="und", places=tuple(Place(**place) for place in json.loads(places))))
    return tuple(_up(base[1], level)) if base else (NOT_STATED,)


def _up(spot: Spot, level: str) -> Iterator[str]:
    """Abroad the country alone: towns there are of all sizes."""
    known = gazetteer().municipalities.get(spot.code or "")
    if known and level == "municipality":
        yield f"{known.name} ({spot.code})"
    if known and known.county and level != "country":
        yield known.county
    yield spot.country
