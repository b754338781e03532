"""SiteSpider: the one Scrapy spider, from a fetched page to the transaction that closes it.

What a family of sites knows of its pages is in `spiders/`, and runs in a worker process; here pages are fetched,
handed to it, and closed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.html import get_meta_refresh
from w3lib.url import canonicalize_url

from crawler.adpictures import AdPictures, Stopped
from crawler.blocks import find_block
from crawler.client import FetchFault
from crawler.database import OperationalError, utc_text
from crawler.egress import Refused
from crawler.errors import VardeError
from crawler.events import event
from crawler.guards import is_text
from crawler.job import CrawlJob
from crawler.pages import Page, PageContent, PageKind, PageState
from crawler.renderer import RenderFault
from crawler.results import PageResult, Validators
from crawler.revisits import Visit

MAX_REDIRECTS = 5
_MANY = 20  # ads of one page
_REFRESH_LOOK = 4096  # bytes: a refresh further down is not for readers
_REFRESH_SOON = 10.0  # seconds; a page that reloads itself later is no redirect


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What goes to the parser of one page; `body` is without any content encoding."""

    url: str
    kind: PageKind
    content_type: str
    body: bytes = field(repr=False)


class SiteSpider(Spider):
    name = "site"

    def __init__(self, job: CrawlJob) -> None:
        super().__init__(job.site.name)
        self.job = job

    @cached_property
    def _pictures(self) -> AdPictures:
        return AdPictures(self.job, self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the frontier already holds the start pages."""
        return
        yield  # what makes it the generator that Scrapy calls

    async def read_page(self, response: Response) -> AsyncIterator[Request]:
        """Close the page with what it gave; or ask for the page it sends its readers on to."""
        try:
            again = await self._take(response)
        except (OperationalError, OSError) as error:  # it stays queued
            self.job.break_off(error)
            return
        if again:
            yield again

    async def _take(self, response: Response) -> Request | None:
        page: Page = response.meta["page"]
        if reason := self._refusal(response):
            self._refuse(response, page, reason)
        elif visit := self._unchanged(response):
            self.job.close(self._result(response, PageContent(), seen_again=visit.ads))
        elif target := find_refresh(response):
            return self._sent_on(response, page, target)
        else:
            await self._read(response, page)
        return None

    def _refusal(self, response: Response) -> str:
        """Why the page cannot be read; "" if it can."""
        status = response.status
        if status == 304 and response.meta.get("visit"):
            return ""
        if not 200 <= status < 300:
            return f"HTTP {status}"
        if not response.body:
            return "empty page" if self.job.site.is_whole else ""  # a feed may have nothing to say
        return (
            "" if is_text(content_type(response), response.body) else f"not text: {content_type(response) or 'no type'}"
        )

    def _refuse(self, response: Response, page: Page, reason: str) -> None:
        if block := find_block(response.status, response.body, gave_nothing=True):
            self.job.halt("blocked", f"{block} stands before {response.url} ({reason})")
        if self.job.halted:
            return
        if 300 <= response.status < 400 and response.status != 304:
            self.job.note(event("bad_url", f"redirect to {_header(response, 'Location')!r}"), response.url)
        is_answer = reason.startswith("HTTP")
        self.job.drop(
            page, state="failed" if is_answer else "excluded", reason=reason, kept=response.meta.get("kept"),
            gone=response.status in (404, 410) and page.kind == "ad",
        )  # fmt: skip

    def _unchanged(self, response: Response) -> Visit | None:
        """The last visit, if the page is what it was then: by the server's word, or to the byte."""
        visit: Visit | None = response.meta.get("visit")
        if visit and (response.status == 304 or visit.sha256 == _sha256(response)):
            return visit
        return None

    def _sent_on(self, response: Response, page: Page, target: str) -> Request | None:
        """The request that follows a meta refresh; None where it may not be followed, which closes the page."""
        request = response.request
        assert request
        refreshed = request.meta.get("refreshed", 0)
        try:
            self.job.egress.check(target)
        except Refused as error:
            self._drop_refused(error, request)
            return None
        if refreshed + request.meta.get("redirect_times", 0) >= MAX_REDIRECTS:
            self._drop_redirects(request)
            return None
        again = request.replace(url=target, dont_filter=True)
        again.meta["refreshed"] = refreshed + 1
        return again

    def _drop_refused(self, error: Refused, request: Request) -> None:
        self.job.note(event(error.kind, str(error)), request.url)
        self._drop(request, "excluded", str(error))

    def _drop_redirects(self, request: Request) -> None:
        reason = f"more than {MAX_REDIRECTS} redirects"
        self.job.note(event("redirects", reason), request.url)
        self._drop(request, "excluded", reason)

    def _drop(self, request: Request, state: PageState, reason: str) -> None:
        self.job.drop(request.meta["page"], state=state, reason=reason, kept=request.meta.get("kept"))

    async def _read(self, response: Response, page: Page) -> None:
        fetched = FetchedPage(response.url, page.kind, content_type(response), response.body)
        seen_at = datetime.now(UTC)
        parsed = await self.job.parser.parse(fetched, self.job.site, seen_at=seen_at)
        for happened in parsed.events:
            self.job.note(happened, response.url)
        if len(parsed.content.ads) > _MANY:  # other sites get their turn before they are stored
            await asyncio.sleep(0)
        gave_nothing = not (parsed.content.ads or parsed.content.links)
        if gave_nothing and (block := find_block(response.status, response.body, gave_nothing=True)):
            self.job.halt("blocked", f"{block} stands before {response.url}")
            return
        try:
            looked_at = await self._pictures.looked_at(parsed.content.ads, response.url)
        except Stopped:
            return  # it stays queued
        result = self._result(response, replace(parsed.content, ads=looked_at.ads))
        self.job.close(result if looked_at.is_whole else replace(result, validators=None))  # to be read again

    def _result(self, response: Response, content: PageContent, *, seen_again: tuple[int, ...] = ()) -> PageResult:
        return PageResult(
            response.meta["page"], content, response.meta.get("kept"), seen_again, _validators(response),
            utc_text(datetime.now(UTC)),
        )  # fmt: skip

    def page_failed(self, failure: Failure) -> None:
        """Close a page that could not be fetched: excluded by robots or guard, or failed."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, OperationalError | OSError):
            self.job.break_off(error)
        elif self.job.halted:
            return  # it stays queued
        elif isinstance(error, Refused):
            self._drop_refused(error, request)
        elif isinstance(error, IgnoreRequest) and "redirections" in str(error):  # Scrapy has no type of its own for it
            self._drop_redirects(request)
        elif isinstance(error, IgnoreRequest):
            self._drop(request, "excluded", str(error) or type(error).__name__)
        else:
            self._note_fault(error, request)
            self._drop(request, "failed", _first_line(error))

    def _note_fault(self, error: BaseException | None, request: Request) -> None:
        is_step = str(error).startswith("selector")  # a page that is not as its site file says is no attack
        if isinstance(error, FetchFault | RenderFault) and error.kind and not is_step:
            self.job.note(event(error.kind, _first_line(error)), request.url)
        elif isinstance(error, ValueError):  # Scrapy's, of a redirect that leads to no URL
            self.job.note(event("bad_url", _first_line(error)), request.url)


def find_refresh(response: Response) -> str:
    """Where a page sends its readers on by a meta refresh; "" where it does not, or leads to itself."""
    head = response.body[:_REFRESH_LOOK].decode("latin-1")
    if "http-equiv" not in head.lower():
        return ""
    try:
        seconds, target = get_meta_refresh(head, response.url)
    except ValueError:
        return ""
    here = canonicalize_url(response.url)
    return target if target and (seconds or 0) <= _REFRESH_SOON and canonicalize_url(target) != here else ""


def content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")


def _validators(response: Response) -> Validators | None:
    """What to ask by next time. Pages that a browser rendered are never the same to the byte."""
    if response.meta.get("render"):
        return Validators()
    visit: Visit | None = response.meta.get("visit") if response.status == 304 else None
    return Validators(
        etag=_header(response, "ETag") or (visit.etag if visit else ""),
        last_modified=_header(response, "Last-Modified") or (visit.last_modified if visit else ""),
        sha256=visit.sha256 if visit else _sha256(response),
    )


def _header(response: Response, name: str) -> str:
    """A header that may be sent back; one that no request can hold is not."""
    value = (response.headers.get(name) or b"").decode("latin-1")
    return value if value.isascii() and value.isprintable() and len(value) <= 1000 else ""


def _sha256(response: Response) -> str:
    return hashlib.sha256(response.body).hexdigest()


def _first_line(error: BaseException | None) -> str:
    text = str(error).partition("\n")[0]
    return (text if isinstance(error, VardeError) else f"{type(error).__name__}: {text}")[:500]
