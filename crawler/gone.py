"""Ads that are no longer offered: marked with when that was found, never deleted."""

from __future__ import annotations

from crawler.database import Database, transaction


def mark_missing(db: Database, crawl: int) -> int:
    """Mark as gone the ads that a whole crawl of their site did not meet again; returns how many.

    Not those whose page failed this time, nor those that came from files: nothing is known of them.
    """
    sql = (
        "UPDATE ads SET gone_at = (SELECT started_at FROM crawls WHERE id = :crawl) "
        "WHERE gone_at IS NULL AND site = (SELECT site FROM crawls WHERE id = :crawl) "
        "AND last_seen < (SELECT started_at FROM crawls WHERE id = :crawl) "
        "AND EXISTS (SELECT 1 FROM visit_ads v WHERE v.site = ads.site AND v.ad = ads.id) "
        "AND NOT EXISTS (SELECT 1 FROM visit_ads v JOIN frontier f ON f.url = v.url "
        "WHERE v.site = ads.site AND v.ad = ads.id AND f.crawl = :crawl AND f.state <> 'done')"
    )
    with transaction(db):
        return int(db.execute(sql, {"crawl": crawl}).rowcount)


def mark_page_gone(db: Database, site: str, url: str, *, at: str) -> None:
    """Mark as gone the ads of a page that the site says is no more, inside the caller's transaction."""
    db.execute(
        "UPDATE ads SET gone_at = ? WHERE gone_at IS NULL AND id IN "
        "(SELECT ad FROM visit_ads WHERE site = ? AND url = ?)",
        (at, site, url),
    )
