"""What is kept of pictures: their hashes, with the ad that shows them, and how many of a crawl came to what."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.database import Database, transaction


def known_hashes(db: Database, site: str, ad_id: str) -> dict[str, Mapping[str, str]]:
    """By its URL each picture of an ad that a version of it had the hash of, as the newest has it."""
    sql = (
        "SELECT i.value ->> 'url', i.value ->> 'phash', i.value ->> 'mirror' FROM ads a JOIN observations o ON o.ad = "
        "a.id, json_each(o.document, '$.images') i WHERE a.site = ? AND a.ad_id = ? AND i.value ->> 'mirror' != '' "
        "ORDER BY o.seen_at, o.sha256"
    )
    rows = db.execute(sql, (site, ad_id))
    return {url: {"url": url, "phash": phash, "mirror": mirror} for url, phash, mirror in rows}


def note_basis(db: Database, crawl: int, basis: str) -> None:
    """Note on what legal basis a crawl looks at pictures, "" where it does not."""
    with transaction(db):
        db.execute("UPDATE crawls SET images_basis = ? WHERE id = ?", (basis, crawl))


def count_pictures(db: Database, crawl: int, outcomes: Mapping[str, int]) -> None:
    """Add to what became of the pictures of a crawl, inside the caller's transaction."""
    db.conn.executemany(
        "INSERT INTO crawl_pictures (crawl, outcome, pictures) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET pictures = pictures + excluded.pictures",
        [(crawl, outcome, pictures) for outcome, pictures in outcomes.items()],
    )


def picture_counts(db: Database, crawl: int) -> dict[str, int]:
    """What became of how many pictures of a crawl."""
    sql = "SELECT outcome, pictures FROM crawl_pictures WHERE crawl = ? ORDER BY pictures DESC, outcome"
    return dict(db.execute(sql, (crawl,)))
