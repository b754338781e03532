"""CrawlJob: one run over one site, and everything its Scrapy components share."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from crawler import store
from crawler.console import say
from crawler.cursors import find_cursor
from crawler.database import Database, transaction, utc_now, utc_text
from crawler.egress import Egress
from crawler.eventlog import keep_events
from crawler.events import EventKind, SecurityEvent, event
from crawler.evidence import Archive
from crawler.exchange import Exchange, Rendering
from crawler.gone import mark_page_gone
from crawler.pages import Page, PageState
from crawler.parsing import Parser
from crawler.pictures import Hasher
from crawler.picturestore import count_pictures
from crawler.records import Kept, keep_records
from crawler.renderer import Renderer
from crawler.results import PageResult
from crawler.revisits import Visit, find_visits, rules_sha256
from crawler.sites import Site
from crawler.store import Crawl

Ending = Literal["halted", "blocked", "running"]


@dataclass(slots=True)
class CrawlJob:
    """What a crawl writes goes through here, so that no component touches the store by itself.

    `limit` is the most pages this run fetches; `renderer` None where no browser is, `hasher` None where
    no pictures are looked at. `ads` counts what became
    of each ad seen, `fetched` the pages handed out to be fetched, `pages` those closed. `halted` says why the
    crawl asks for no more, `ending` how it ends then: `blocked` or `halted` by the site, `running` where the next
    run goes on; `not_before` until when the site is left alone, where it said so.
    """

    site: Site
    db: Database
    crawl: Crawl
    archive: Archive
    egress: Egress
    parser: Parser
    renderer: Renderer | None = None
    hasher: Hasher | None = None
    limit: int | None = None
    ads: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "same": 0})
    fetched: int = 0
    pages: int = 0
    halted: str = ""
    ending: Ending = "halted"
    not_before: datetime | None = None
    rules: str = ""
    _resume_at: float = 0.0
    _kept: list[Kept] = field(default_factory=list)
    _events: list[tuple[SecurityEvent, str]] = field(default_factory=list)
    _pictures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rules = rules_sha256(self.site)

    @property
    def is_at_limit(self) -> bool:
        return self.limit is not None and self.fetched >= self.limit

    @property
    def is_waiting(self) -> bool:
        """Has the site asked for a pause that is not over?"""
        return time.monotonic() < self._resume_at

    def queued(self, *, after: int, limit: int) -> list[Page]:
        return store.queued_pages(self.db, self.crawl.id, after=after, limit=limit)

    def visits(self, pages: list[Page]) -> dict[str, Visit]:
        """What is known of those of `pages` that show ads, and of where a feed goes on; lists are always read anew."""
        known = find_visits(self.db, self.site.name, self.rules, [page.url for page in pages if page.kind == "ad"])
        if cursor := find_cursor(self.db, self.site.name):
            known[cursor.cursor] = Visit(cursor.etag, cursor.last_modified, "", None, ())
        return known

    # what was fetched: in the archive at once, in the store with the next page that is closed

    def keep(self, exchange: Exchange, visit: Visit | None) -> Kept:
        if exchange.status == 304 and visit and visit.capture:
            kept = self.archive.keep_revisit(exchange, refers_to=visit.capture)
        else:
            kept = self.archive.keep(exchange)
        self._kept.append(kept)
        return kept

    def keep_rendering(self, rendering: Rendering) -> Kept:
        kept = self.archive.keep_rendering(rendering)
        self._kept.append(kept)
        return kept

    def note(self, happened: SecurityEvent, url: str) -> None:
        """Remember a security event; it is stored with the next page that is closed."""
        self._events.append((happened, url))

    def count_picture(self, outcome: str) -> None:
        """Remember what became of a picture; it is stored with the next page that is closed."""
        self._pictures[outcome] += 1

    # what became of a page

    def close(self, result: PageResult) -> None:
        """Store what a page gave and close it, in one transaction."""
        with transaction(self.db):
            self._store_kept()
            outcomes = store.close_page(self.db, self.crawl, result, site=self.site, rules=self.rules)
        self._forget_kept()
        for outcome in outcomes:
            self.ads[outcome] += 1
        self.pages += 1

    def drop(self, page: Page, *, state: PageState, reason: str, kept: Kept | None = None, gone: bool = False) -> None:
        """Close a page that gave nothing, with the reason; `gone` where the site says that it is no more."""
        with transaction(self.db):
            self._store_kept()
            store.drop_page(self.db, page, state=state, reason=reason, capture=kept.id if kept else None)
            if gone:
                mark_page_gone(self.db, self.site.name, page.url, at=utc_now())
        self._forget_kept()
        self.pages += 1

    def flush(self) -> None:
        """Store what was kept and noted since the last page that was closed."""
        with transaction(self.db):
            self._store_kept()
        self._forget_kept()

    def _store_kept(self) -> None:
        """The archive's bytes are on disk before the store speaks of them."""
        if self._kept:
            self.archive.sync()
            keep_records(self.db, self.crawl.id, self._kept)
        keep_events(self.db, self.crawl.id, self._events)
        count_pictures(self.db, self.crawl.id, self._pictures)

    def _forget_kept(self) -> None:
        """Only after the commit: what was rolled back is stored with the next page."""
        self._kept.clear()
        self._events.clear()
        self._pictures.clear()

    # how the site wants to be treated

    def pause(self, seconds: float) -> None:
        """Ask for nothing for a while."""
        say(f"{self.site.name}: asked to wait {seconds:.0f} s")
        self._resume_at = max(self._resume_at, time.monotonic() + seconds)

    def halt(self, kind: EventKind | None, reason: str, *, not_before: datetime | None = None) -> None:
        """Leave the site alone: what is queued stays so, and the crawl ends with the reason."""
        if self.halted:
            return
        self.halted, self.not_before = reason, not_before
        self.ending = "blocked" if kind == "blocked" else "halted"
        if kind:
            self.note(event(kind, reason), self.site.start[0])

    def break_off(self, error: Exception) -> None:
        """End this run because archive or store cannot be written; what is not closed stays queued for the next."""
        if self.ending != "running":
            self.halted, self.ending = f"stopped, for what was fetched cannot be kept: {error}", "running"

    @property
    def not_before_text(self) -> str | None:
        return utc_text(self.not_before) if self.not_before else None
