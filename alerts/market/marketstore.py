"""Measures the market from columns of the store, and keeps what was measured: no reading is loaded whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, cast

from alerts.market.usual import Market, Network, Price, decode_market, encode_market, market_prices, measure_market
from alerts.movement.places import find_spot
from crawler.database import Database, transaction, utc_now
from nlp.reading import Pay, Place, Reading

Groups = Iterable[tuple[Sequence[int], int]]
"""The clusters of two ads or more: the numbers of their ads, and how many uncontested ties hold them."""

_NEWEST = (
    "SELECT ad, document FROM (SELECT ad, document, row_number() OVER "
    "(PARTITION BY ad ORDER BY seen_at DESC, observation DESC) AS age FROM readings) WHERE age = 1"
)
_PLACES = (
    f"SELECT ad, json_extract(document, '$.places') FROM ({_NEWEST}) WHERE json_type(document, '$.places') NOT NULL"
)
_PRICES = (
    "SELECT json_extract(document, '$.places'), json_extract(document, '$.pay') "
    f"FROM ({_NEWEST}) AS newest JOIN ads ON ads.id = newest.ad "
    "WHERE ads.kind IN ('escort', 'massage') AND json_type(document, '$.pay') NOT NULL"
)


def renew_market(db: Database, groups: Groups) -> Market:
    """Measure the market, keep it, and return it: for an analysis that judges every cluster.

    One that judges a few takes what was kept, so that what is usual does not depend on the order in which ads came.
    """
    market = measure_market(_networks(db, groups), _prices(db))
    with transaction(db):
        db.execute(
            "INSERT OR REPLACE INTO market (id, measured_at, document) VALUES (1, ?, ?)",
            (utc_now(), encode_market(market)),
        )
    return market


def kept_market(db: Database) -> Market | None:
    """What was measured last; None in a store where nothing was."""
    row = next(_rows(db, "SELECT document FROM market"), None)
    return decode_market(row[0]) if row else None


def cluster_places(db: Database) -> dict[str, int]:
    """How many different municipalities, and towns abroad, the newest versions of each cluster's ads name."""
    named = _places(db)
    found: dict[str, set[str]] = {}
    for ad, cluster in _rows(db, "SELECT ad, cluster FROM members"):
        found.setdefault(cluster, set()).update(named.get(ad, ()))
    return {cluster: len(keys) for cluster, keys in found.items()}


def _networks(db: Database, groups: Groups) -> Iterator[Network]:
    named = _places(db)
    for ads, ties in groups:
        if len(ads) > 1:
            yield Network(len(ads), ties, len({key for ad in ads for key in named.get(ad, ())}))


def _places(db: Database) -> dict[int, tuple[str, ...]]:
    return {ad: _spot_keys(places) for ad, places in _rows(db, _PLACES)}


@lru_cache(maxsize=65_536)  # most ads of a market name one of few places, with its span
def _spot_keys(places: str) -> tuple[str, ...]:
    spots = (find_spot(Place(**place)) for place in json.loads(places))
    return tuple(sorted({spot.key for spot in spots if spot}))


def _prices(db: Database) -> Iterator[Price]:
    for places, pay in _rows(db, _PRICES):
        yield from market_prices(_slim(places, pay))


def _slim(places: str | None, pay: str) -> Reading:
    """A reading of nothing but its places and its pay."""
    return Reading(
        language="und",
        places=tuple(Place(**place) for place in json.loads(places or "[]")),
        pay=tuple(Pay(**each) for each in json.loads(pay)),
    )


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
