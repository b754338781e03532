"""What a hostile or careless server may not do to the crawler."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.job import CrawlJob

_TEXT = ("text/", "application/json", "application/xml", "application/xhtml+xml", "application/ld+json",
         "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/javascript",
         "application/feed+json", "application/x-ndjson", "application/jsonl", "application/stream+json")  # fmt: skip
_PACKED = ("application/gzip", "application/x-gzip")  # a sitemap.xml.gz, whatever the headers call it
_SNIFFED = 1024  # bytes


class EgressGuard:
    """Downloader middleware: every request, whatever `dont_filter` says, stays with its site, or is refused here.

    Scrapy's allowed_domains is no boundary: requests with dont_filter, and the redirects that inherit it, pass it
    by. The fetcher asks the same again, and judges the address when it connects; here it is cheapest.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._job: CrawlJob = crawler.spider.job  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Refused."""
        self._job.egress.check(request.url)


def is_text(content_type: str, body: bytes) -> bool:
    """May it be a page? By its type; without one, by whether NULs stand near its start (UTF-16 with a BOM aside)."""
    kind = content_type.partition(";")[0].strip().lower()
    if not kind:
        return b"\0" not in body[:_SNIFFED] or body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return kind.startswith(_TEXT) or kind.endswith(("+json", "+xml")) or (kind in _PACKED and body[:2] == b"\x1f\x8b")
