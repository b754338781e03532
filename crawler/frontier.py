"""The frontier: a Scrapy scheduler whose queue is the store, so that a killed crawl loses nothing.

Scrapy's own job directory loses pages when the process is killed: what was handed out is
forgotten while the record of what was seen survives. Here a page is queued until the transaction
that stores what it gave; a run that dies leaves its pages queued for the next.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Self

from scrapy import Request, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.browser import NO_BROWSER
from crawler.database import OperationalError
from crawler.job import CrawlJob
from crawler.pages import Page
from crawler.revisits import Visit

_BATCH = 100


class Frontier(BaseScheduler):
    """Hands out the queued pages of one crawl in order. Redirects and retries, which Scrapy hands
    back, wait in memory only: their page stays queued in the store until it is closed.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._pages: deque[Page] = deque()
        self._visits: dict[str, Visit] = {}
        self._again: deque[Request] = deque()
        self._last = 0
        crawler.signals.connect(self._spider_error, signals.spider_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open(self, spider: Any) -> None:
        self._spider = spider  # a SiteSpider, which this file cannot import back
        self._job: CrawlJob = spider.job

    def enqueue_request(self, request: Request) -> bool:
        self._again.append(request)
        return True

    def next_request(self) -> Request | None:
        if self._job.is_waiting or self._job.halted:
            return None
        if self._again:
            return self._again.popleft()
        while page := self._next_page():
            if self._has_what_it_needs(page):
                self._job.fetched += 1
                return self._request(page)
        return None

    def has_pending_requests(self) -> bool:
        if self._job.halted:
            return False
        self._fill()
        return bool(self._again) or (bool(self._pages) and not self._job.is_at_limit)

    def _next_page(self) -> Page | None:
        self._fill()
        return None if self._job.is_at_limit or not self._pages else self._pages.popleft()

    def _fill(self) -> None:
        if self._pages:
            return
        found = self._job.queued(after=self._last, limit=_BATCH)
        if found:
            self._pages.extend(found)
            self._visits = self._job.visits(found)
            self._last = found[-1].id

    def _has_what_it_needs(self, page: Page) -> bool:
        """False closes the page: it is too deep, or needs a browser that is not there."""
        reason = ""
        if page.depth > self._job.site.max_depth:
            reason = f"deeper than {self._job.site.max_depth} links"
        elif self._needs_browser(page) and self._job.renderer is None:
            reason = NO_BROWSER
        if reason:
            self._job.drop(page, state="excluded", reason=reason)
        return not reason

    def _needs_browser(self, page: Page) -> bool:
        return bool(getattr(self._job.site.browser, page.kind))

    def _request(self, page: Page) -> Request:
        meta: dict[str, Any] = {"page": page, "render": self._needs_browser(page)}
        if not meta["render"] and (visit := self._visits.get(page.url)):
            meta["visit"] = visit
        return Request(
            page.url,
            method="POST" if page.body else "GET",
            callback=self._spider.read_page,
            errback=self._spider.page_failed,
            meta=meta,
            dont_filter=True,
        )

    def _spider_error(self, failure: Failure, response: Response | Failure | None) -> None:
        """A fault of ours must not lose a page silently, nor hold it queued for ever; a store that cannot
        be written now may be another time.
        """
        if not isinstance(response, Response):
            return
        if isinstance(failure.value, OperationalError | OSError):
            self._job.break_off(failure.value)
            return
        reason = f"{type(failure.value).__name__}: {failure.value}"
        self._job.drop(response.meta["page"], state="failed", reason=reason, kept=response.meta.get("kept"))
