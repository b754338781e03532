"""Security events in the store: what happened to a crawl, each kind of thing once, with how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.database import Database, utc_now
from crawler.events import SecurityEvent

MAX_KINDS = 1000  # different events kept of one crawl; what is beyond that is the same attack again


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of a crawl; `times` how often it happened, `url` where it did first."""

    kind: str
    detail: str
    url: str
    first_at: str
    times: int


def keep_events(db: Database, crawl: int, events: Sequence[tuple[SecurityEvent, str]]) -> None:
    """Note events with the URLs they happened at, inside the caller's transaction."""
    if not events:
        return
    now = utc_now()
    known = db.execute("SELECT count(*) FROM security_events WHERE crawl = ?", (crawl,)).fetchone()[0]
    for event, url in events[: max(0, MAX_KINDS - known)]:
        db.execute(
            "INSERT INTO security_events (crawl, kind, detail, first_at, last_at, url, times) "
            "VALUES (?, ?, ?, ?, ?, ?, 1) "
            "ON CONFLICT DO UPDATE SET last_at = excluded.last_at, times = times + 1",
            (crawl, event.kind, event.detail, now, now, url[:2000]),
        )


def crawl_events(db: Database, crawl: int) -> list[LoggedEvent]:
    """The events of a crawl, the most frequent first."""
    sql = (
        "SELECT kind, detail, url, first_at, times FROM security_events WHERE crawl = ? "
        "ORDER BY times DESC, first_at, kind, detail"
    )
    return [LoggedEvent(*row) for row in db.execute(sql, (crawl,))]


def last_events(db: Database) -> dict[str, int]:
    """For each site, how many security events its newest crawl met."""
    sql = (
        "SELECT c.site, sum(e.times) FROM security_events e JOIN crawls c ON c.id = e.crawl "
        "WHERE c.id IN (SELECT max(id) FROM crawls GROUP BY site) GROUP BY c.site"
    )
    return dict(db.execute(sql))
