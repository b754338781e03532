"""Loads ads as linking and judging see them, some at a time: a large store does not fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from alerts.facts import AdFacts, Version
from alerts.reading import readstore
from alerts.reading.keys import Key
from crawler.database import Database
from crawler.observation import Observation
from crawler.sightings import version_spans
from crawler.store import AdRow, ad_rows, observations
from nlp.reading import Reading


def load_facts(db: Database, ads: Iterable[int] | None = None) -> list[AdFacts]:
    """The ads numbered, or all, that were read, in the order of their numbers.

    What arrived since the last reading stays out: a crawl beside the analysis must not make ads vanish.
    """
    rows = {row.id: row for row in ad_rows(db, ads)}
    versions = _versions(db, rows)
    newest = {ad: found[-1] for ad, found in versions.items()}
    documents = {o.ad: o for o in observations(db, (version.observation for version in newest.values()))}
    keys, phones = readstore.ad_keys(db, rows), readstore.most_phones(db, rows)
    return [
        _facts(rows[ad], documents[ad], versions[ad], keys.get(ad, ()), phones.get(ad, 0)) for ad in sorted(versions)
    ]


def _versions(db: Database, ads: Iterable[int]) -> dict[int, tuple[Version, ...]]:
    """Every version that was read of each ad, oldest first."""
    numbers = readstore.versions_read(db, ads)
    spans = version_spans(db, {ad for ad, _ in numbers})
    readings = readstore.readings(db, (observation for _, observation in numbers))
    return {
        ad: tuple(_version(number, spans[number], readings[number]) for _, number in found)
        for ad, found in groupby(numbers, itemgetter(0))
    }


def _version(number: int, span: tuple[str, str], reading: Reading) -> Version:
    return Version(observation=number, first_seen=span[0], last_seen=span[1], reading=reading)


def _facts(
    row: AdRow, newest: Observation, versions: Sequence[Version], keys: Iterable[tuple[Key, str, str]], phones: int
) -> AdFacts:
    document = newest.document
    # a key of the newest version is seen for as long as the ad is, not only when the version began
    seen = ((key, first, row.last_seen if last == newest.seen_at else last) for key, first, last in keys)
    return AdFacts(
        ad=row.id, observation=newest.id, site=row.site, ad_id=row.ad_id, kind=row.kind,
        first_seen=row.first_seen, last_seen=row.last_seen, text=document.get("text", ""),
        employer=document.get("employer", ""), org_number=document.get("org_number", ""),
        reading=versions[-1].reading, versions=tuple(versions), keys=tuple(seen), most_phones=phones,
        posted_at=document.get("posted_at", ""),
    )  # fmt: skip
