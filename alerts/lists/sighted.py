"""Who was seen where and when, as columns: what lists are counted from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypedDict, cast

import numpy as np

from alerts.linking.components import Components
from alerts.lists.frame import Frame, NoLists
from alerts.movement.sightings import SELLING
from crawler.database import Database

_BATCH = 50_000
_DAY = "(unixepoch(s.seen_at) - :second) / 86400"
_SEEN = (
    "FROM sightings s CROSS JOIN ads a ON a.id = s.ad {more} WHERE s.seen_at >= :since AND s.seen_at < :until "
    "AND (:sites = '[]' OR a.site IN (SELECT value FROM json_each(:sites))) "
    "AND (:ad_kinds = '[]' OR a.kind IN (SELECT value FROM json_each(:ad_kinds)))"
)
_CARRIED = (
    " AND c.kind IN (SELECT value FROM json_each(:kinds)) AND s.seen_at >= c.first_seen AND s.seen_at <= c.last_seen"
)
_OF_ADS = f"SELECT s.ad, a.site, {_DAY}, 1.0 {_SEEN.format(more='')}"
_OF_CONTACTS = (
    f"SELECT c.kind || ':' || c.value, a.site, {_DAY}, c.confidence, s.ad, '' "
    f"{_SEEN.format(more='CROSS JOIN carriers c ON c.ad = s.ad')}{_CARRIED}"
)
# The owner of a card is the name of the ad, else its employer, its text or the ad itself: those are no names.
_OF_PERSONAS = (
    f"SELECT c.kind || ':' || c.value, a.site, {_DAY}, c.confidence, s.ad, k.owner "
    f"{_SEEN.format(more='CROSS JOIN cards k ON k.ad = s.ad CROSS JOIN carriers c ON c.ad = s.ad')}{_CARRIED} "
    "AND k.owner != k.template AND k.owner != k.site || '/' || k.ad_id "
    "AND a.kind IN (SELECT value FROM json_each(:selling))"
)


@dataclass(frozen=True, slots=True, eq=False)
class Ties:
    """Pairs of ads that a key ties, and how strongly."""

    ads: np.ndarray
    others: np.ndarray
    strengths: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Sighted:
    """One row a sighting: number of the unit, number of the site, day of the period (from 0), confidence (0 to 1), and
    number of the ad.

    `names` are of the sites, `labels` of the units; ads and clusters have none but their numbers. For clusters the
    units are ads, and `ties` say which belong together. `contested` counts the different keys that
    were left out because they speak for nobody in particular: a site's own number, a switchboard.
    """

    units: np.ndarray
    sites: np.ndarray
    days: np.ndarray
    confidences: np.ndarray
    ads: np.ndarray
    names: tuple[str, ...]
    labels: tuple[str, ...] = ()
    contested: int = 0
    ties: Ties | None = None

    def numbers(self, strength: float) -> np.ndarray:
        """The unit of each row; of clusters, where ties of this strength or more hold them."""
        if self.ties is None:
            return self.units
        ads = np.unique(self.units)
        groups = Components(range(int(max(ads.max(initial=0), self.ties.ads.max(initial=0))) + 1))
        held = self.ties.strengths >= strength
        for ad, other in zip(self.ties.ads[held].tolist(), self.ties.others[held].tolist(), strict=True):
            groups.join(ad, other)
        roots = np.array([groups.root(int(ad)) for ad in ads], dtype=np.int64)
        return roots[np.searchsorted(ads, self.units)] if len(ads) else self.units


class _Columns(TypedDict):
    units: np.ndarray
    sites: np.ndarray
    days: np.ndarray
    confidences: np.ndarray
    ads: np.ndarray


@dataclass(slots=True)
class _Codes:
    """Numbers for values, in the order in which they come."""

    known: dict[str, int] = field(default_factory=dict)

    def of(self, value: str) -> int:
        return self.known.setdefault(value, len(self.known))


def find_sighted(db: Database, frame: Frame) -> Sighted:
    """Every sighting of the period, whatever its confidence and strength. Raises NoLists where there is none."""
    _check_sites(db, frame)
    found = _of_ads(db, frame) if frame.unit in ("ad", "cluster") else _of_contacts(db, frame)
    if not len(found.units):
        raise NoLists(_nothing(db, frame, found.contested))
    return found


def count_unread(db: Database) -> int:
    """How many observations wait to be read: what they give is on no list yet."""
    (unread,) = db.execute("SELECT count(*) FROM unread").fetchone()
    return int(unread)


def count_seen(db: Database, frame: Frame) -> int:
    """How many units were seen in the windows of the frame; 0 for none."""
    found = _of_ads(db, frame) if frame.unit in ("ad", "cluster") else _of_contacts(db, frame)
    counted = (found.days < frame.used_days) & (found.confidences >= frame.confidence)
    return len(np.unique(found.numbers(frame.strength)[counted]))


def _of_ads(db: Database, frame: Frame) -> Sighted:
    sites, parts = _Codes(), []
    for batch in _batches(db, _OF_ADS, frame):
        parts.append(_table((ad, sites.of(site), day, sure, ad) for ad, site, day, sure in batch))
    ties = _ties(db) if frame.unit == "cluster" else None
    return Sighted(**_columns(parts), names=tuple(sites.known), ties=ties)


def _of_contacts(db: Database, frame: Frame) -> Sighted:
    refused = {key for (key,) in db.execute("SELECT kind || ':' || value FROM key_states WHERE state != ''")}
    units, sites, left_out, parts = _Codes(), _Codes(), set(), []
    for batch in _batches(db, _OF_PERSONAS if frame.unit == "persona" else _OF_CONTACTS, frame):
        kept = []
        for key, site, day, sure, ad, name in batch:
            if key in refused:
                left_out.add(key)
            else:
                kept.append((units.of(f"{key} {name}".strip()), sites.of(site), day, sure, ad))
        parts.append(_table(kept))
    names, labels = tuple(sites.known), tuple(units.known)
    return Sighted(**_columns(parts), names=names, labels=labels, contested=len(left_out))


def _table(rows: Iterable[tuple[int, int, int, float, int]]) -> np.ndarray:
    return np.array(list(rows), dtype=float).reshape(-1, 5)


def _columns(parts: list[np.ndarray]) -> _Columns:
    table = np.concatenate([*parts, np.empty((0, 5))])
    units, sites, days, ads = (table[:, place].astype(np.int64) for place in (0, 1, 2, 4))
    return {"units": units, "sites": sites, "days": days, "confidences": table[:, 3], "ads": ads}


def _ties(db: Database) -> Ties:
    rows = db.execute("SELECT ad, other, strength FROM links WHERE contested = 0").fetchall()
    table = np.array(rows, dtype=float).reshape(-1, 3)
    return Ties(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])


def _batches(db: Database, sql: str, frame: Frame) -> Iterator[list[tuple[Any, ...]]]:
    rows = db.execute(sql, parameters(frame) | {"until": frame.after})
    while batch := rows.fetchmany(_BATCH):
        yield cast("list[tuple[Any, ...]]", batch)


def parameters(frame: Frame) -> dict[str, object]:
    """What the queries of this package ask by."""
    return {
        "since": frame.since, "until": frame.until, "second": frame.second, "window": frame.window_days,
        "sites": json.dumps(frame.sites), "ad_kinds": json.dumps(frame.ad_kinds), "kinds": json.dumps(frame.kinds),
        "selling": json.dumps(sorted(SELLING)),
    }  # fmt: skip


def count_units(db: Database, frame: Frame) -> dict[str, int]:
    """How many of each unit were seen, apart: they are never added up. Observations are versions that came up new."""
    (ads,) = db.execute(f"SELECT count(DISTINCT s.ad) {_SEEN.format(more='')}", parameters(frame)).fetchone()
    versions = _SEEN.format(more="").replace("sightings s", "observations s")
    (observations,) = db.execute(f"SELECT count(*) {versions}", parameters(frame)).fetchone()
    return {"ads": ads, "observations": observations}


def _check_sites(db: Database, frame: Frame) -> None:
    known = {site for (site,) in db.execute("SELECT DISTINCT site FROM ads UNION SELECT DISTINCT site FROM crawls")}
    if unknown := sorted(set(frame.sites) - known):
        raise NoLists(f"the store has no site {', '.join(unknown)}; it has {', '.join(sorted(known)) or 'none'}")


def _nothing(db: Database, frame: Frame, contested: int) -> str:
    """Why nothing was found, and where something would be."""
    first, last = db.execute("SELECT min(seen_at), max(seen_at) FROM sightings").fetchone()
    if first is None:
        return "the store holds no ads; `varde crawl` or `varde import` brings some"
    if last < frame.since or first >= frame.until:
        return f"nothing was seen from {frame.first} to {frame.last}; the store has {first[:10]} to {last[:10]}"
    if count_unread(db) and not db.execute("SELECT 1 FROM carriers LIMIT 1").fetchone():
        return "none of the ads are read yet; run `varde analyse` first"
    aside = f" but {contested} that are contested" if contested else ""
    return f"ads were seen from {frame.first} to {frame.last}, with no {frame.noun()}{aside}; take another unit or kind"
