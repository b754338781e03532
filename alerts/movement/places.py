"""Municipalities and towns as points of a map, and how far apart they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from nlp.gazetteer import gazetteer
from nlp.reading import Place, Reading

SOURCE = "municipalities: Kartverket (CC BY 4.0); towns abroad: GeoNames (CC BY 4.0); a point stands for all of it"
EARTH = 6371.0  # km, mean radius
NORDIC = frozenset({"NO", "SE", "DK", "FI", "IS"})


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A municipality, or a town abroad, as one point in degrees; `key` is the same for all that an ad may call it."""

    key: str
    name: str
    country: str
    code: str | None
    latitude: float
    longitude: float


def find_spot(place: Place) -> Spot | None:
    """Where a place is; None for a county, a country, or a name that several places have."""
    return _spot(place.name, place.country, place.code)


@lru_cache(maxsize=4096)
def _spot(name: str, country: str, code: str | None) -> Spot | None:
    known = gazetteer()
    found = [known.municipalities[code]] if code and code in known.municipalities else []
    if not found and country != "NO":
        found = [place for place in known.named(name) if place.country == country]
    if not found or found[0].latitude is None or found[0].longitude is None:
        return None
    return Spot(
        f"{country}/{code or found[0].name}", found[0].name, country, code, found[0].latitude, found[0].longitude
    )


def kilometres(one: Spot, other: Spot) -> float:
    """The great circle between two places, by the haversine formula."""
    north, south = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, chord)))


def find_base(reading: Reading) -> tuple[Place, Spot] | None:
    """The one place that an ad is in: by the site's field for it, else by its title, else by its text.

    None where the first of these that names a place names several: a list of towns is no whereabouts.
    """
    for field in ("location", "title", "text"):
        named = [(place, spot) for place in reading.places if place.field == field and (spot := find_spot(place))]
        if named:
            return named[0] if len({spot.key for _, spot in named}) == 1 else None
    return None


def count_spots(readings: Iterable[Reading]) -> int:
    """How many different municipalities and towns abroad the readings name."""
    return len({spot.key for reading in readings for place in reading.places if (spot := find_spot(place))})
