"""Sightings: when an ad was seen with which content, and which of them are new versions of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from crawler.ads import Ad, ad_document, content_sha256
from crawler.database import Database, utc_text

Outcome = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Observed:
    """What became of an ad that was seen, and its number in the store."""

    outcome: Outcome
    ad: int


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One ad seen with one content; two at the same moment are ordered by their hash."""

    at: str
    sha256: str
    capture: int | None
    source: str


def observe(db: Database, ad: Ad, *, capture: int | None, source: str) -> Observed:
    """Keep one observation of an ad, inside the caller's transaction.

    Every sighting is noted; a version is stored only where the content differs from that of the
    sighting before it. So the order in which crawls and imports come in makes no difference.
    The ad's kind and URL are those of its newest sighting.
    """
    document = ad_document(ad)
    seen = _Sighting(utc_text(ad.seen_at), content_sha256(document), capture, source)
    number = _known_ad(db, ad)
    if number is None:
        number = _new_ad(db, ad, seen)
        _note(db, number, seen)
        _keep_version(db, number, seen, document)
        return Observed("new", number)
    if not _note(db, number, seen):
        return Observed("same", number)
    before, after = _neighbour(db, number, seen, later=False), _neighbour(db, number, seen, later=True)
    if before is None or before.sha256 != seen.sha256:
        _keep_version(db, number, seen, document)
    if after is None:
        db.execute("UPDATE ads SET kind = ?, url = ? WHERE id = ?", (ad.kind, ad.url, number))
    elif after.sha256 != seen.sha256:
        _keep_version(db, number, after, _document(db, number, after.sha256))
    _widen(db, number, seen.at)
    same = seen.sha256 in {near.sha256 for near in (before, after) if near}
    return Observed("same" if same else "changed", number)


def see_again(db: Database, ad: int, *, at: str, capture: int | None, source: str) -> None:
    """Note, inside the caller's transaction, that an ad was seen at `at` with the content it had last."""
    row = db.execute(
        "SELECT sha256 FROM sightings WHERE ad = ? AND seen_at <= ? ORDER BY seen_at DESC, sha256 DESC LIMIT 1",
        (ad, at),
    ).fetchone()
    if row and _note(db, ad, _Sighting(at, row[0], capture, source)):
        _widen(db, ad, at)


def mark_gone(db: Database, site: str, ad_ids: Iterable[str], *, at: str) -> None:
    """Note, inside the caller's transaction, that a source no longer offers ads. What was observed of them stays."""
    db.conn.executemany(
        "UPDATE ads SET gone_at = ? WHERE site = ? AND ad_id = ? AND gone_at IS NULL AND last_seen <= ?",
        [(at, site, ad_id, at) for ad_id in ad_ids],
    )


def version_spans(db: Database, ads: Iterable[int]) -> dict[int, tuple[str, str]]:
    """For each version of the ads numbered, from when to when it was seen: observation -> (first, last)."""
    sql = (
        "WITH v AS (SELECT id, ad, seen_at, lead(seen_at, 1, '9') OVER (PARTITION BY ad ORDER BY seen_at, sha256) "
        "AS until FROM observations WHERE ad IN (SELECT value FROM json_each(?))) "
        "SELECT v.id, v.seen_at, coalesce((SELECT max(s.seen_at) FROM sightings s WHERE s.ad = v.ad "
        "AND s.seen_at >= v.seen_at AND s.seen_at < v.until), v.seen_at) FROM v"
    )
    return {number: (first, last) for number, first, last in db.execute(sql, (json.dumps(list(ads)),))}


def _widen(db: Database, ad: int, at: str) -> None:
    """An ad that is seen after it was gone is there again."""
    db.execute(
        "UPDATE ads SET first_seen = min(first_seen, ?), last_seen = max(last_seen, ?), "
        "gone_at = CASE WHEN gone_at < ? THEN NULL ELSE gone_at END WHERE id = ?",
        (at, at, at, ad),
    )


def _known_ad(db: Database, ad: Ad) -> int | None:
    row = db.execute("SELECT id FROM ads WHERE site = ? AND ad_id = ?", (ad.site, ad.ad_id)).fetchone()
    return row[0] if row else None


def _new_ad(db: Database, ad: Ad, seen: _Sighting) -> int:
    sql = "INSERT INTO ads (site, ad_id, kind, url, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)"
    number = db.execute(sql, (ad.site, ad.ad_id, ad.kind, ad.url, seen.at, seen.at)).lastrowid
    assert number is not None  # sqlite sets it after every INSERT
    return number


def _note(db: Database, ad: int, seen: _Sighting) -> bool:
    """Note a sighting; False when it is known already."""
    sql = "INSERT OR IGNORE INTO sightings (ad, seen_at, sha256, capture, source) VALUES (?, ?, ?, ?, ?)"
    return bool(db.execute(sql, (ad, seen.at, seen.sha256, seen.capture, seen.source)).rowcount)


def _neighbour(db: Database, ad: int, seen: _Sighting, *, later: bool) -> _Sighting | None:
    """The sighting just before or just after."""
    sign, order = (">", "") if later else ("<", "DESC")
    sql = (
        f"SELECT seen_at, sha256, capture, source FROM sightings WHERE ad = ? AND (seen_at, sha256) {sign} (?, ?) "
        f"ORDER BY seen_at {order}, sha256 {order} LIMIT 1"
    )
    row = db.execute(sql, (ad, seen.at, seen.sha256)).fetchone()
    return _Sighting(*row) if row else None


def _keep_version(db: Database, ad: int, seen: _Sighting, document: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO observations (ad, seen_at, capture, source, sha256, document) VALUES (?, ?, ?, ?, ?, ?)",
        (ad, seen.at, seen.capture, seen.source, seen.sha256, document),
    )


def _document(db: Database, ad: int, sha256: str) -> str:
    """A content that is stored already."""
    sql = "SELECT document FROM observations WHERE ad = ? AND sha256 = ?"
    return str(db.execute(sql, (ad, sha256)).fetchone()[0])
