"""Sightings: when an ad was seen with which content, and which of them are new versions of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.ads import Ad, ad_document, content_sha256
from crawler.database import Database, utc_text

Outcome = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One ad seen with one content; two at the same moment are ordered by their hash."""

    at: str
    sha256: str
    capture: int | None
    source: str


def observe(db: Database, ad: Ad, *, capture: int | None, source: str) -> Outcome:
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
        return "new"
    if not _note(db, number, seen):
        return "same"
    before, after = _neighbour(db, number, seen, later=False), _neighbour(db, number, seen, later=True)
    if before is None or before.sha256 != seen.sha256:
        _keep_version(db, number, seen, document)
    if after is None:
        db.execute("UPDATE ads SET kind = ?, url = ? WHERE id = ?", (ad.kind, ad.url, number))
    elif after.sha256 != seen.sha256:
        _keep_version(db, number, after, _document(db, number, after.sha256))
    db.execute(
        "UPDATE ads SET first_seen = min(first_seen, ?), last_seen = max(last_seen, ?) WHERE id = ?",
        (seen.at, seen.at, number),
    )
    return "same" if seen.sha256 in {near.sha256 for near in (before, after) if near} else "changed"


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
