"""Cursors: where the next crawl of a feed begins.

A cursor counts only when the crawl that found it is over and none of its feed pages failed. Entries that could
not be had are asked for again by the next crawl (`store.pages_to_try_again`).
"""

from __future__ import annotations

from dataclasses import dataclass

from crawler.database import Database, utc_now
from crawler.results import Validators


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to begin, and by what to ask whether the page it names has changed."""

    cursor: str
    etag: str
    last_modified: str


def find_cursor(db: Database, site: str) -> Cursor | None:
    row = db.execute("SELECT cursor, etag, last_modified FROM cursors WHERE site = ?", (site,)).fetchone()
    return Cursor(*row) if row else None


def note_cursor(db: Database, site: str, crawl: int, cursor: str, validators: Validators | None) -> None:
    """Remember a cursor of a running crawl, inside the caller's transaction; of two dates the later one."""
    known = find_cursor(db, _pending(site, crawl))
    if known and known.cursor[:1].isdigit() and known.cursor > cursor:
        return
    asked = validators or Validators()
    db.execute(
        "INSERT OR REPLACE INTO cursors (site, cursor, etag, last_modified, at) VALUES (?, ?, ?, ?, ?)",
        (_pending(site, crawl), cursor, asked.etag, asked.last_modified, utc_now()),
    )


def settle_cursor(db: Database, site: str, crawl: int, *, keep: bool) -> None:
    """When a crawl is over, inside the caller's transaction: take what it noted as the site's cursor, or forget it."""
    if keep:
        db.execute(
            "INSERT OR REPLACE INTO cursors (site, cursor, etag, last_modified, at) "
            "SELECT ?, cursor, etag, last_modified, at FROM cursors WHERE site = ?",
            (site, _pending(site, crawl)),
        )
    db.execute("DELETE FROM cursors WHERE site = ?", (_pending(site, crawl),))


def _pending(site: str, crawl: int) -> str:
    return f"{site}#{crawl}"
