"""SiteSpider: what every spider shares, from a fetched page to the transaction that closes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure
from w3lib.url import canonicalize_url

from crawler.ads import Ad
from crawler.console import say
from crawler.database import OperationalError
from crawler.job import CrawlJob
from crawler.pages import Page, PageKind, PageLink, PageResult, ParseError


class SiteSpider(Spider, ABC):
    """A family of sites. A subclass says what a list page and an ad page give; the frontier does the rest."""

    def __init__(self, job: CrawlJob) -> None:
        super().__init__(job.site.name)
        self.job = job

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the frontier already holds the start pages."""
        return
        yield  # what makes it the generator that Scrapy calls

    @abstractmethod
    def find_links(self, response: TextResponse) -> Sequence[PageLink]:
        """The links to follow on a list page."""

    @abstractmethod
    def parse_ads(self, response: TextResponse, *, seen_at: datetime) -> Sequence[Ad]:
        """The ads on an ad page. Raises ParseError where a mandatory field is missing."""

    def read_page(self, response: TextResponse) -> Iterator[PageResult]:
        page: Page = response.meta["page"]
        ads: Sequence[Ad] = ()
        links: Sequence[PageLink] = ()
        fault = ""
        try:
            ads = self.parse_ads(response, seen_at=datetime.now(UTC)) if page.kind == "ad" else ()
            links = self.find_links(response) if page.kind == "list" else ()
        except ParseError as error:
            ads, fault = error.ads, str(error)
        yield PageResult(page, tuple(ads), tuple(links), response.meta.get("capture"), fault)

    def page_failed(self, failure: Failure) -> None:
        """Close a page that could not be fetched: excluded by robots or guard, or failed."""
        request: Request = failure.request  # type: ignore[attr-defined]
        page, error = request.meta["page"], failure.value
        if isinstance(error, OperationalError):  # it may pass; the page stays queued
            say(f"{self.job.site.name}: {page.url} stays queued, for the store cannot be written: {error}")
        elif isinstance(error, HttpError):
            self._drop(page, f"HTTP {error.response.status}", error.response.meta.get("capture"))
        elif isinstance(error, IgnoreRequest):
            reason = str(error) or type(error).__name__
            self.job.drop(page, state="excluded", reason=reason, capture=request.meta.get("capture"))
        else:
            reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:500]
            self._drop(page, reason + _browser_step(request, reason))

    def _drop(self, page: Page, reason: str, capture: int | None = None) -> None:
        self.job.drop(page, state="failed", reason=reason, capture=capture)


def _browser_step(request: Request, reason: str) -> str:
    """The selector of the browser step that failed, which the first line of its message does not name."""
    steps = request.meta.get("playwright_page_methods", ())
    return "".join(f" selector {step.args[0]!r}" for step in steps if f"Page.{step.method.__name__}:" in reason)


def page_links(response: TextResponse, selector: str, kind: PageKind) -> list[PageLink]:
    """The links that `selector` finds on a page, absolute, canonical and without fragments."""
    urls = (_absolute(response, href.strip()) for href in response.css(selector).getall())
    return [PageLink(url, kind) for url in urls if url.startswith(("http://", "https://"))]


def _absolute(response: TextResponse, href: str) -> str:
    """The canonical URL of a link; "" for one that is no URL, which must not cost the other links of its page."""
    try:
        return str(canonicalize_url(response.urljoin(href)))
    except ValueError:
        return ""
