"""CrawlJob: one run over one site, and everything its Scrapy components share."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrapy.http import Response

from crawler import store
from crawler.database import Database
from crawler.evidence import Archive
from crawler.pages import Page, PageResult, PageState
from crawler.sites import Site
from crawler.store import Crawl


@dataclass(slots=True)
class CrawlJob:
    """What a crawl writes goes through here, so that no component touches the store by itself.

    `limit` is the most pages this run fetches; `browser` the executable for pages that need
    JavaScript, or None where there is none. `ads` counts what became of each ad seen, `fetched`
    the pages handed out to be fetched, `pages` those closed.
    """

    site: Site
    db: Database
    crawl: Crawl
    archive: Archive
    browser: str | None = None
    limit: int | None = None
    ads: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "same": 0})
    fetched: int = 0
    pages: int = 0

    @property
    def is_at_limit(self) -> bool:
        return self.limit is not None and self.fetched >= self.limit

    def queued(self, *, after: int, limit: int) -> list[Page]:
        return store.queued_pages(self.db, self.crawl.id, after=after, limit=limit)

    def keep(self, response: Response, *, browser: bool) -> int:
        """Archive a response; returns the number of its capture."""
        capture = self.archive.keep(response, via="browser" if browser else "http")
        return store.keep_capture(self.db, self.crawl.id, capture)

    def close(self, result: PageResult) -> None:
        """Store what a page gave and close it, in one transaction."""
        for outcome in store.close_page(self.db, self.crawl.id, result, max_pages=self.site.max_pages):
            self.ads[outcome] += 1
        self.pages += 1

    def drop(self, page: Page, *, state: PageState, reason: str, capture: int | None = None) -> None:
        """Close a page that gave nothing, with the reason."""
        store.drop_page(self.db, page.id, state=state, reason=reason, capture=capture)
        self.pages += 1
