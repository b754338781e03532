"""Retry-After: a site that asks to be left alone for a while is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.job import CrawlJob

PATIENCE = 300.0  # seconds that a running crawl waits; for longer it ends, and is not begun again before
_PLAIN_429 = 60.0  # seconds, where "too many requests" does not say for how long
_TIMES = 3  # waits for one page
_MAX_WAIT = 7 * 86400.0  # seconds; a site that means longer will say so again, and a wrong date ends nothing for good


class RetryAfter:
    """Downloader middleware: waits, or ends the crawl, when a site answers 429, or 503 with Retry-After."""

    def __init__(self, crawler: Crawler) -> None:
        self._job: CrawlJob = crawler.spider.job  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        seconds = _asked_for(response)
        if seconds is None or "is_robots" in request.meta:
            return response
        waits = request.meta.get("waits", 0)
        if seconds > PATIENCE or waits >= _TIMES:
            until = datetime.now(UTC) + timedelta(seconds=seconds)
            self._job.halt(None, f"the site asks to be left alone for {seconds:.0f} s", not_before=until)
            return response
        self._job.pause(seconds)
        if "is_picture" in request.meta:  # pages wait in the frontier, which hands out none
            return response
        again = request.replace(dont_filter=True)
        again.meta["waits"] = waits + 1
        return again


def _asked_for(response: Response) -> float | None:
    """Seconds that the site asks us to wait; None where it does not."""
    if response.status not in (429, 503):
        return None
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    wait = parse_retry_after(value, datetime.now(UTC))
    return _PLAIN_429 if wait is None and response.status == 429 else wait


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Seconds from `now`, at most a week, of a number of seconds or an HTTP date (RFC 9110 10.2.3); None of neither."""
    if value.isascii() and value.isdigit():
        return min(float(value), _MAX_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), _MAX_WAIT)
