"""The download handler: Scrapy's way to our own client and renderer, which go out through the site's egress only."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import Iterable
from functools import cache

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.client import FetchFault, HttpClient, tls_context
from crawler.events import event
from crawler.exchange import Exchange, Rendering
from crawler.job import CrawlJob
from crawler.pages import Page
from crawler.renderer import RenderFault
from crawler.revisits import Visit
from crawler.unpack import Bomb, NotPacked, unpacked

_UNPACKED_ELSEWHERE = 256 * 1024  # bytes from which unpacking is left to a thread, so that other sites go on


class Fetcher(BaseDownloadHandler):
    """Fetches the pages of one crawl; what came is archived before anything reads it, as `meta["kept"]`.

    The responses it gives are plain bytes: nothing that was sent is decoded in this process.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        job: CrawlJob = crawler.spider.job  # type: ignore[union-attr]
        self._job = job
        agent, language = crawler.settings["USER_AGENT"], job.site.language
        self._client = HttpClient(job.egress, user_agent=agent, language=language, tls=_shared_tls())
        self._patience = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._budget = crawler.settings.getfloat("PAGE_BUDGET")

    async def download_request(self, request: Request) -> Response:
        """Raises Refused, FetchFault, Unreachable or RenderFault."""
        if self._job.halted:
            raise IgnoreRequest(self._job.halted)
        began = time.monotonic()
        try:
            if request.meta.get("render"):
                return await self._rendered(request)
            return await self._fetched(request)
        finally:
            request.meta["download_latency"] = time.monotonic() - began
            request.meta["spent"] = request.meta.get("spent", 0.0) + time.monotonic() - began

    async def close(self) -> None:
        self._client.close()

    async def _fetched(self, request: Request) -> Response:
        limit = request.meta.get("limit") or self._job.site.max_bytes
        exchange = await self._client.fetch(
            request.url, headers=_headers(request, self._job), body=_body(request), limit=limit,
            patience=self._left(request),
        )  # fmt: skip
        if "is_picture" not in request.meta:  # a picture is hashed in memory and kept nowhere
            request.meta["kept"] = self._job.keep(exchange, request.meta.get("visit"))
        body = await _plain(exchange, limit)
        return Response(request.url, status=exchange.status, headers=_grouped(exchange), body=body, request=request)

    async def _rendered(self, request: Request) -> Response:
        assert self._job.renderer
        page: Page = request.meta["page"]
        self._job.egress.check(request.url)
        try:
            rendering = await self._job.renderer.render(
                request.url, kind=page.kind, rules=self._job.site.browser, netlocs=self._job.site.netlocs,
                loopback=self._job.site.loopback, user_agent=self.crawler.settings["USER_AGENT"],
                language=self._job.site.language or "nb-NO",
            )  # fmt: skip
        except RenderFault as fault:
            self._note_denied(fault.denied, request.url)
            raise
        request.meta["kept"] = self._job.keep_rendering(rendering)
        self._note_denied(rendering.denied, request.url)
        headers = {b"Content-Type": [b"text/html; charset=utf-8"]}
        return Response(rendering.url, status=_status(rendering), headers=headers, body=rendering.html, request=request)

    def _note_denied(self, denied: Iterable[tuple[str, str]], url: str) -> None:
        """What a rendered page tried to reach, and was not let to."""
        for kind, detail in denied:
            self._job.note(event(kind, detail), url)

    def _left(self, request: Request) -> float:
        """Seconds this try may take: a page that is redirected or tried again has one budget for all of it."""
        left: float = self._budget - request.meta.get("spent", 0.0)
        if left <= 0:
            raise FetchFault("too_slow", f"no whole answer within {self._budget:.0f} s, redirects and tries included")
        return min(self._patience, left, float(request.meta.get("patience", left)))


@cache
def _shared_tls() -> ssl.SSLContext:
    return tls_context()


def _headers(request: Request, job: CrawlJob) -> dict[str, str]:
    if "is_picture" in request.meta:  # no token: it is for the feed alone
        return {"Accept": "image/avif,image/webp,image/png,image/jpeg,image/gif"}
    headers = {}
    visit: Visit | None = request.meta.get("visit")
    if visit and visit.etag:
        headers["If-None-Match"] = visit.etag
    if visit and visit.last_modified:
        headers["If-Modified-Since"] = visit.last_modified
    if token := os.environ.get(job.site.feed.token_env) if job.site.feed.token_env else None:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _body(request: Request) -> bytes:
    page: Page | None = request.meta.get("page")
    return page.body.encode() if page and request.method == "POST" else b""


async def _plain(exchange: Exchange, limit: int) -> bytes:
    """The body without its content encoding. Raises FetchFault."""
    encoding = exchange.header(b"content-encoding")
    try:
        if len(exchange.body) < _UNPACKED_ELSEWHERE:
            return unpacked(exchange.body, encoding, limit)
        return await asyncio.to_thread(unpacked, exchange.body, encoding, limit)
    except Bomb as error:
        raise FetchFault("bomb", str(error)) from error
    except NotPacked as error:
        raise FetchFault("bad_response", str(error)) from error


def _grouped(exchange: Exchange) -> dict[bytes, list[bytes]]:
    grouped: dict[bytes, list[bytes]] = {}
    for name, value in exchange.headers:
        grouped.setdefault(name, []).append(value)
    return grouped


def _status(rendering: Rendering) -> int:
    return rendering.exchange.status if rendering.exchange else 200
