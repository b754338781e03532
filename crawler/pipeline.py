"""The one pipeline: what a page gave is stored, its links queued and the page closed, in one transaction."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from crawler.pages import PageResult


class StorePage:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: PageResult) -> PageResult:
        self._crawler.spider.job.close(item)  # type: ignore[union-attr]
        return item
