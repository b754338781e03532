"""What was collected, in SQLite: crawls, the frontier, captures, ads and their observations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlite_utils import Database

from crawler.ads import Ad, Kind
from crawler.cursors import note_cursor
from crawler.database import connect, migrate, transaction, utc_now
from crawler.health import count_fields
from crawler.migrations import migrations
from crawler.observation import Observation
from crawler.pages import Capture, Page, PageLink, PageState
from crawler.results import PageResult
from crawler.revisits import keep_visit
from crawler.sightings import Observed, Outcome, mark_gone, observe, see_again

if TYPE_CHECKING:
    from crawler.sites import Site


@dataclass(frozen=True, slots=True)
class Crawl:
    """One run over one site; `resumed` when an interrupted one goes on."""

    id: int
    site: str
    resumed: bool


@dataclass(frozen=True, slots=True)
class AdRow:
    """One ad with the span of time it was seen over; `observations` counts its versions.

    `gone_at` is when its site no longer offered it, None while it does.
    """

    id: int
    site: str
    ad_id: str
    kind: Kind
    url: str
    first_seen: str
    last_seen: str
    observations: int
    gone_at: str | None = None


def open_store(path: Path, *, create: bool) -> Database:
    """The store at `path` with every table of this room. Raises StoreError."""
    db = connect(path, create=create)
    migrate(db, migrations)
    return db


# crawls and their frontier


def begin_crawl(
    db: Database, site: str, *, legal_basis: str, software: str, seeds: Iterable[PageLink], site_sha256: str = ""
) -> Crawl:
    """The crawl of `site` that was interrupted, or a new one with `seeds` queued."""
    with transaction(db):
        for row in _rows(db, "SELECT id FROM crawls WHERE site = ? AND outcome = 'running' ORDER BY id DESC", site):
            return Crawl(row[0], site, resumed=True)
        crawl = _insert(
            db,
            "INSERT INTO crawls (site, legal_basis, software, site_sha256, started_at) VALUES (?, ?, ?, ?, ?)",
            (site, legal_basis, software, site_sha256, utc_now()),
        )
        _queue(db, crawl, list(seeds), depth=0)
    return Crawl(crawl, site, resumed=False)


def finish_crawl(db: Database, crawl: int, *, outcome: str, note: str = "", not_before: str | None = None) -> None:
    """Close a crawl. `not_before` is until when the site asked to be left alone."""
    with transaction(db):
        db.execute(
            "UPDATE crawls SET finished_at = ?, outcome = ?, note = ?, not_before = ? WHERE id = ?",
            (utc_now(), outcome, note, not_before, crawl),
        )


def not_before(db: Database, site: str) -> str | None:
    """Until when the site asked to be left alone, by its newest crawl."""
    row = next(_rows(db, "SELECT not_before FROM crawls WHERE site = ? ORDER BY id DESC LIMIT 1", site), (None,))
    return cast("str | None", row[0])


def note_crawl(db: Database, crawl: int, note: str) -> None:
    """Say how a crawl stands that another run goes on with."""
    with transaction(db):
        db.execute("UPDATE crawls SET note = ? WHERE id = ?", (note, crawl))


def queued_pages(db: Database, crawl: int, *, after: int, limit: int) -> list[Page]:
    """The next pages of `crawl` still to fetch whose number is above `after`, oldest first."""
    sql = (
        "SELECT id, url, kind, depth, body FROM frontier "
        "WHERE crawl = ? AND state = 'queued' AND id > ? ORDER BY id LIMIT ?"
    )
    return [Page(*row) for row in _rows(db, sql, crawl, after, limit)]


def close_page(db: Database, crawl: Crawl, result: PageResult, *, site: Site, rules: str) -> list[Outcome]:
    """Store the ads of a page, queue its links and mark it done, inside the caller's transaction: all or nothing.

    At most `site.max_pages` pages are ever queued for a crawl; links beyond that are not followed. `rules` is
    what the page was read by. Returns what became of each ad.
    """
    page, content, source = result.page, result.content, f"crawl {crawl.id}"
    capture = result.kept.id if result.kept else None
    seen = [observe(db, ad, capture=capture, source=source) for ad in content.ads]
    for ad in result.seen_again:
        see_again(db, ad, at=result.seen_at, capture=capture, source=source)
    if content.gone:
        mark_gone(db, site.name, content.gone, at=result.seen_at or utc_now())
    _follow(db, crawl.id, content.links, depth=page.depth + 1, max_pages=site.max_pages)
    _mark(db, page.id, "failed" if content.fault else "done", content.fault, capture)
    if content.cursor is not None:
        note_cursor(db, site.name, crawl.id, content.cursor, result.validators)
    if result.validators and page.kind == "ad" and not content.fault:
        ads = [*(one.ad for one in seen), *result.seen_again]
        keep_visit(db, site.name, page.url, rules=rules, validators=result.validators, capture=capture, ads=ads)
    _count(db, crawl.id, result, seen)
    again: list[Outcome] = ["same"] * len(result.seen_again)
    return [*(one.outcome for one in seen), *again]


def _follow(db: Database, crawl: int, links: Sequence[PageLink], *, depth: int, max_pages: int) -> None:
    if links:
        pages = next(_rows(db, "SELECT pages FROM crawls WHERE id = ?", crawl))[0]
        _queue(db, crawl, _unknown(db, crawl, links)[: max(0, max_pages - pages)], depth=depth)


def _count(db: Database, crawl: int, result: PageResult, seen: Sequence[Observed]) -> None:
    ads = result.content.ads
    if not ads and not result.seen_again:
        return
    db.execute(
        "UPDATE crawls SET ads = ads + ?, ads_with_phone = ads_with_phone + ? WHERE id = ?",
        (len(seen) + len(result.seen_again), sum(bool(ad.phones) for ad in ads), crawl),
    )
    count_fields(db, crawl, ads, result.seen_again)


def drop_page(db: Database, page: Page, *, state: PageState, reason: str, capture: int | None = None) -> None:
    """Close a page that gave nothing, inside the caller's transaction: `failed`, or `excluded` by robots, guard
    or a missing browser.
    """
    _mark(db, page.id, state, reason, capture)


def crawl_states(db: Database, crawl: int) -> dict[str, int]:
    """How many pages of `crawl` stand in each state."""
    return dict(_rows(db, "SELECT state, count(*) FROM frontier WHERE crawl = ? GROUP BY state", crawl))


def drop_reasons(db: Database, crawl: int) -> dict[str, int]:
    """Why pages of `crawl` gave nothing, most frequent first."""
    sql = (
        "SELECT reason, count(*) FROM frontier WHERE crawl = ? AND state IN ('failed', 'excluded') "
        "GROUP BY reason ORDER BY 2 DESC, 1"
    )
    return dict(_rows(db, sql, crawl))


def pages_to_try_again(db: Database, site: str) -> list[PageLink]:
    """The ad pages that the newest crawl of `site` could not have for what may pass: no answer, or HTTP 5xx."""
    sql = (
        "SELECT url, body FROM frontier WHERE crawl = (SELECT max(id) FROM crawls WHERE site = ?) AND kind = 'ad' "
        "AND state = 'failed' AND (capture IS NULL OR reason LIKE 'HTTP 5%')"
    )
    return [PageLink(url, "ad", body) for url, body in _rows(db, sql, site)]


def has_failed_lists(db: Database, crawl: int) -> bool:
    """Is there a list page of `crawl` that could not be read, or was left out?"""
    sql = "SELECT 1 FROM frontier WHERE crawl = ? AND kind = 'list' AND state IN ('failed', 'excluded') LIMIT 1"
    return bool(list(_rows(db, sql, crawl)))


def last_crawls(db: Database) -> dict[str, tuple[str, str, str]]:
    """For each site its newest crawl: (started_at, outcome, note)."""
    sql = "SELECT site, started_at, outcome, note FROM crawls GROUP BY site HAVING id = max(id)"
    return {site: (started, outcome, note) for site, started, outcome, note in _rows(db, sql)}


def _unknown(db: Database, crawl: int, links: Sequence[PageLink]) -> list[PageLink]:
    """The links not queued before, each once: known ones must not use up what is left of max_pages."""
    unknown: dict[tuple[str, str], PageLink] = {}
    for link in links:
        unknown.setdefault((link.url, link.body), link)
    sql = "SELECT url, body FROM frontier WHERE crawl = ? AND url IN (SELECT value FROM json_each(?))"
    for key in _rows(db, sql, crawl, json.dumps([url for url, _ in unknown])):
        unknown.pop(cast("tuple[str, str]", key), None)
    return list(unknown.values())


def _queue(db: Database, crawl: int, links: Sequence[PageLink], *, depth: int) -> None:
    """Queue what is not queued yet, and count it: counting the frontier for every page would take ever longer."""
    now = utc_now()
    added = db.conn.executemany(
        "INSERT OR IGNORE INTO frontier (crawl, url, kind, depth, added_at, body) VALUES (?, ?, ?, ?, ?, ?)",
        [(crawl, link.url, link.kind, depth, now, link.body) for link in links],
    )
    if links:
        db.execute("UPDATE crawls SET pages = pages + ? WHERE id = ?", (added.rowcount, crawl))


def _mark(db: Database, page: int, state: PageState, reason: str, capture: int | None) -> None:
    db.execute(
        "UPDATE frontier SET state = ?, reason = ?, closed_at = ?, capture = ? WHERE id = ?",
        (state, reason, utc_now(), capture, page),
    )


# captures


def captures(db: Database, numbers: Iterable[int] | None = None) -> Iterator[tuple[int, Capture]]:
    """The captures numbered, or all, as (number, capture) in the order of their numbers."""
    columns = "SELECT id, url, fetched_at, status, sha256, size, via, file, offset, length FROM captures"
    if numbers is None:
        rows = _rows(db, f"{columns} ORDER BY id")
    else:
        rows = _rows(
            db,
            f"{columns} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            json.dumps(list(numbers)),
        )
    for number, url, fetched_at, status, sha256, size, via, file, offset, length in rows:
        yield number, Capture(url=url, fetched_at=fetched_at, status=status, sha256=sha256, size=size, via=via,
                              file=file, offset=offset, length=length)  # fmt: skip


# ads and observations


def observe_all(db: Database, ads: Sequence[tuple[Ad, str]]) -> list[Outcome]:
    """Keep a batch of (ad, source) in one transaction."""
    with transaction(db):
        return [observe(db, ad, capture=None, source=source).outcome for ad, source in ads]


_OBSERVATION = (
    "SELECT o.id, o.ad, a.site, a.ad_id, a.kind, o.seen_at, o.capture, o.document "
    "FROM observations o JOIN ads a ON a.id = o.ad"
)


def observation_ids(db: Database) -> list[int]:
    return [row[0] for row in _rows(db, "SELECT id FROM observations ORDER BY id")]


def observations(db: Database, numbers: Iterable[int]) -> list[Observation]:
    """The observations numbered, in the order of their numbers."""
    sql = f"{_OBSERVATION} WHERE o.id IN (SELECT value FROM json_each(?)) ORDER BY o.id"
    return [_observation(row) for row in _rows(db, sql, json.dumps(list(numbers)))]


def observations_of(db: Database, ads: Iterable[int]) -> list[Observation]:
    """Every version of the ads numbered, oldest first."""
    sql = f"{_OBSERVATION} WHERE o.ad IN (SELECT value FROM json_each(?)) ORDER BY o.seen_at, o.sha256"
    return [_observation(row) for row in _rows(db, sql, json.dumps(list(ads)))]


def latest_observations(db: Database, ads: Iterable[int] | None = None) -> dict[int, int]:
    """For each ad numbered, or for all, the number of its newest observation."""
    sql = "SELECT ad, id FROM observations"
    if ads is None:
        rows = _rows(db, f"{sql} ORDER BY seen_at, sha256")
    else:
        rows = _rows(
            db,
            f"{sql} WHERE ad IN (SELECT value FROM json_each(?)) ORDER BY seen_at, sha256",
            json.dumps(list(ads)),
        )
    return dict(rows)


def count_ads(db: Database) -> int:
    return int(next(_rows(db, "SELECT count(*) FROM ads"))[0])


def ad_rows(db: Database, numbers: Iterable[int] | None = None) -> Iterator[AdRow]:
    """The ads numbered, or all, in the order of their numbers."""
    columns = (
        "SELECT a.id, a.site, a.ad_id, a.kind, a.url, a.first_seen, a.last_seen, "
        "(SELECT count(*) FROM observations o WHERE o.ad = a.id), a.gone_at FROM ads a"
    )
    if numbers is None:
        rows = _rows(db, f"{columns} ORDER BY a.id")
    else:
        rows = _rows(
            db,
            f"{columns} WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id",
            json.dumps(list(numbers)),
        )
    return (AdRow(*row) for row in rows)


def _observation(row: tuple[Any, ...]) -> Observation:
    number, ad, site, ad_id, kind, seen_at, capture, document = row
    return Observation(number, ad, site, ad_id, kind, seen_at, capture, json.loads(document))


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))


def _insert(db: Database, sql: str, values: tuple[object, ...]) -> int:
    number = db.execute(sql, values).lastrowid
    assert number is not None  # sqlite sets it after every INSERT
    return number
