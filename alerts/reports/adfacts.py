"""What the ads seen in a period say, an ad at a time: by the newest version that it had by then."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from alerts.lists.frame import Frame
from alerts.lists.sighted import parameters
from alerts.movement.places import find_base
from alerts.reading.readings import decode_reading
from crawler.database import Database
from nlp.gazetteer import gazetteer
from nlp.reading import Place, Reading

NOT_STATED, SEVERAL, UNREAD = "not-stated", "several", "unread"
NORWAY = "NO"
BANDS = ((0, 17, "under-18"), (18, 22, "18-22"), (23, 29, "23-29"), (30, 39, "30-39"), (40, 200, "40-up"))
_ADS = (
    "SELECT a.id, a.site, a.kind, r.document FROM json_each(:ads) w JOIN ads a ON a.id = w.value "
    "LEFT JOIN readings r ON r.observation = (SELECT o.id FROM observations o WHERE o.ad = a.id "
    "AND o.seen_at < :after ORDER BY o.seen_at DESC, o.id DESC LIMIT 1)"
)
_Named = tuple[tuple[str, str, str, str | None], ...]


@dataclass(frozen=True, slots=True)
class AdFact:
    """One ad. `place` is a county of Norway, NORWAY where only that is said, or the code of another country; `band` one
    of BANDS. All three are NOT_STATED where the ad does not say, SEVERAL where it says several, and UNREAD where the
    version was not read. `shown` are the indicators that are present.
    """

    ad: int
    site: str
    kind: str
    language: str
    place: str
    band: str
    shown: frozenset[str]


def find_ads(db: Database, frame: Frame, ads: Iterable[int]) -> Iterator[AdFact]:
    """The ads of these numbers."""
    asked = parameters(frame) | {"ads": json.dumps(list(ads)), "after": frame.after}
    for ad, site, kind, document in db.execute(_ADS, asked):
        if document is None:
            yield AdFact(ad, site, kind, UNREAD, UNREAD, UNREAD, frozenset())
        else:
            yield _fact(ad, site, kind, decode_reading(document))


def _fact(ad: int, site: str, kind: str, reading: Reading) -> AdFact:
    named = tuple((place.field, place.name, place.country, place.code) for place in reading.places)
    shown = frozenset(finding.id for finding in reading.indicators if finding.state == "present")
    ages = frozenset(age.value for age in reading.ages)
    return AdFact(ad, site, kind, reading.language, _place(named), _band(ages), shown)


@lru_cache(maxsize=65_536)  # most ads of a market name one of few places
def _place(named: _Named) -> str:
    if not named:
        return NOT_STATED
    places = tuple(
        Place(field=field, start=0, end=0, quote="", name=name, country=country, code=code)
        for field, name, country, code in named
    )
    base = find_base(Reading(language="und", places=places))
    if base is None:
        return _country(places)
    known = gazetteer().municipalities.get(base[1].code or "")
    return known.county if known and known.county else base[1].country


def _country(places: Iterable[Place]) -> str:
    """Of an ad that names no one town: several places, or a country alone."""
    countries = {place.country for place in places}
    return countries.pop() if len(countries) == 1 and all(place.code is None for place in places) else SEVERAL


@lru_cache(maxsize=4096)
def _band(ages: frozenset[int]) -> str:
    if not ages:
        return NOT_STATED
    bands = {name for low, high, name in BANDS for age in ages if low <= age <= high}
    return bands.pop() if len(bands) == 1 else SEVERAL
