"""Readings and keys in the store: what was read of each observation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from alerts.pictures.picturestore import keep_shown
from alerts.reading.keys import Key
from alerts.reading.readings import Read, decode_reading
from alerts.templates.templatestore import keep_wordings
from crawler.database import Database, transaction
from nlp.reading import Reading


def unread_ids(db: Database, catalogue: str) -> list[int]:
    """The observations that were not read with this version of the catalogue, in the order of their numbers."""
    others = _rows(db, "SELECT min(catalogue) FROM readings UNION SELECT max(catalogue) FROM readings")
    if {version for (version,) in others} <= {catalogue, None}:
        return [number for (number,) in _rows(db, "SELECT observation FROM unread ORDER BY observation")]
    sql = (
        "SELECT o.id FROM observations o LEFT JOIN readings r ON r.observation = o.id AND r.catalogue = ? "
        "WHERE r.observation IS NULL ORDER BY o.id"
    )
    return [number for (number,) in _rows(db, sql, catalogue)]


def has_news(db: Database) -> bool:
    """Whether anything was observed or seen again that is not read or linked yet. A moment's work in any store."""
    sql = "SELECT EXISTS (SELECT 1 FROM unread) OR EXISTS (SELECT 1 FROM unlinked)"
    return bool(next(_rows(db, sql))[0])


def keep_readings(db: Database, catalogue: str, batch: Sequence[Read]) -> None:
    """Store a batch of readings with their keys, words and pictures, in one transaction, in place of older ones.

    Their ads then wait to be linked.
    """
    with transaction(db):
        db.conn.executemany("INSERT OR REPLACE INTO unlinked (ad) VALUES (?)", [(item.ad,) for item in batch])
        for item in batch:
            db.execute("DELETE FROM readings WHERE observation = ?", (item.observation,))
            db.execute("DELETE FROM unread WHERE observation = ?", (item.observation,))
        db.conn.executemany(
            "INSERT INTO readings (observation, ad, seen_at, catalogue, document) VALUES (?, ?, ?, ?, ?)",
            [(r.observation, r.ad, r.seen_at, catalogue, r.document) for r in batch],
        )
        db.conn.executemany(
            "INSERT INTO keys (observation, ad, kind, value, confidence, how) VALUES (?, ?, ?, ?, ?, ?)",
            [(r.observation, r.ad, key.kind, key.value, key.confidence, key.how) for r in batch for key in r.keys],
        )
        keep_wordings(db, ((r.ad, r.observation, r.seen_at, r.wording) for r in batch))
        keep_shown(db, (shown for r in batch for shown in r.pictures))


def readings(db: Database, observations: Iterable[int] | None = None) -> dict[int, Reading]:
    """The readings of the observations named, or of all, by number of the observation."""
    sql = "SELECT observation, document FROM readings"
    if observations is None:
        rows = _rows(db, sql)
    else:
        rows = _rows(db, f"{sql} WHERE observation IN (SELECT value FROM json_each(?))", json.dumps(list(observations)))
    return {number: decode_reading(document) for number, document in rows}


def versions_read(db: Database, ads: Iterable[int]) -> list[tuple[int, int]]:
    """(ad, observation) of every version of the ads numbered that was read, each ad's oldest first."""
    where = "WHERE ad IN (SELECT value FROM json_each(?)) ORDER BY ad, seen_at, observation"
    rows = _rows(db, f"SELECT ad, observation FROM readings {where}", json.dumps(list(ads)))
    return [(ad, observation) for ad, observation in rows]


def newest_read(db: Database, ads: Iterable[int] | None = None) -> dict[int, int]:
    """For each ad numbered, or for all, the newest of its observations that was read.

    What arrived since stays out until it is read: a crawl beside the analysis must not make ads vanish.
    """
    sql = "SELECT ad, observation FROM readings"
    if ads is None:
        return dict(_rows(db, f"{sql} ORDER BY seen_at, observation"))
    where = "WHERE ad IN (SELECT value FROM json_each(?)) ORDER BY seen_at, observation"
    return dict(_rows(db, f"{sql} {where}", json.dumps(list(ads))))


def most_phones(db: Database, ads: Iterable[int]) -> dict[int, int]:
    """For each of the ads that shows a phone, the most numbers that one version of it listed."""
    listed = (
        "SELECT r.ad, count(*) AS phones FROM json_each(?) j CROSS JOIN readings r ON r.ad = j.value "
        "CROSS JOIN keys k ON k.observation = r.observation AND k.kind = 'phone' GROUP BY r.observation"
    )
    return dict(_rows(db, f"SELECT ad, max(phones) FROM ({listed}) GROUP BY ad", json.dumps(list(ads))))


def ad_keys(db: Database, ads: Iterable[int] | None = None) -> dict[int, list[tuple[Key, str, str]]]:
    """For each of the ads, or for all, the keys any of its versions carried, each with first and last time seen."""
    found: dict[int, list[tuple[Key, str, str]]] = {}
    where, args = (
        ("", ()) if ads is None else ("WHERE r.ad IN (SELECT value FROM json_each(?)) ", (json.dumps(list(ads)),))
    )
    sql = (
        "SELECT k.ad, k.kind, k.value, max(k.confidence), "
        "coalesce(min(CASE WHEN k.how NOT IN ('plain', 'field') THEN k.how END), min(k.how)), "
        f"min(r.seen_at), max(r.seen_at) FROM readings r JOIN keys k USING (observation) {where}"
        "GROUP BY k.ad, k.kind, k.value ORDER BY k.ad, k.kind, k.value"
    )
    for ad, kind, value, confidence, how, first, last in _rows(db, sql, *args):
        found.setdefault(ad, []).append((Key(kind, value, confidence, how), first, last))
    return found


def count_read(db: Database) -> int:
    """How many ads were read."""
    return int(next(_rows(db, "SELECT count(DISTINCT ad) FROM readings"))[0])


def count_phones(db: Database) -> int:
    """How many different telephone numbers were read."""
    return int(next(_rows(db, "SELECT count(DISTINCT value) FROM keys WHERE kind = 'phone'"))[0])


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
