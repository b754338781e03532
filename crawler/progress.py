"""Says on stderr how a crawl goes while it goes."""

from __future__ import annotations

import time
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from crawler.console import say
from crawler.job import CrawlJob

INTERVAL = 5.0  # seconds between two lines of one site


class Progress:
    """Scrapy extension: a line a site every few seconds, as pages come in."""

    def __init__(self, crawler: Crawler) -> None:
        self._said = time.monotonic()
        crawler.signals.connect(self._response, signals.response_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _response(self, spider: Spider, **_: Any) -> None:
        if time.monotonic() - self._said < INTERVAL:
            return
        self._said = time.monotonic()
        job: CrawlJob = spider.job  # type: ignore[attr-defined]
        say(f"{job.site.name}: {job.pages} pages, {sum(job.ads.values())} ads")
