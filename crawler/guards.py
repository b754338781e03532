"""What a hostile or careless server may not do to the crawler."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse


class ForeignHost(IgnoreRequest):
    """A request would leave the hosts of its site. Raised by EgressGuard."""


class NotText(IgnoreRequest):
    """A response is no text that can be read, or is empty. Raised by TextGuard."""


class EgressGuard:
    """Downloader middleware: only http and https, and only to the hosts that the site file names.

    Scrapy's allowed_domains is no boundary: requests with dont_filter, and the redirects that
    inherit it, pass it by. This looks at every request, robots.txt and redirects included.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        allowed = self._crawler.spider.job.site.netlocs  # type: ignore[union-attr]
        if parts.scheme not in ("http", "https") or parts.netloc.lower() not in allowed:
            raise ForeignHost(f"{parts.scheme}://{parts.netloc} is not of this site ({', '.join(sorted(allowed))})")


class TextGuard:
    """Downloader middleware: an ad page is text, and not empty."""

    def process_response(self, request: Request, response: Response) -> Response:
        if 300 <= response.status < 400:
            return response
        if not response.body and response.status == 200:
            raise NotText("empty page")
        if not isinstance(response, TextResponse) and response.status == 200 and "page" in request.meta:
            raise NotText(f"not text: {(response.headers.get('Content-Type') or b'no type').decode('latin-1')}")
        return response
