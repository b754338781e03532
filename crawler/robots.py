"""robots.txt as RFC 9309 has it: asked for once a host, capped, obeyed for every page, its Crawl-delay too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

from crawler.client import FetchFault
from crawler.egress import Refused
from crawler.events import event
from crawler.job import CrawlJob

MAX_BYTES = 512 * 1024  # RFC 9309 2.5: at least 500 KiB are to be read; what is beyond is left unread
_MAX_FETCHED = 8 * MAX_BYTES
PATIENCE = 10.0  # seconds
MAX_DELAY = 3600.0  # seconds; a site that asks for more does not want to be crawled


class Forbidden(IgnoreRequest):
    """robots.txt forbids a page, or could not be had, which forbids all. Raised by Robots."""


class NoRobots(Forbidden):
    """It could not be had. Raised by Robots."""


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What a robots.txt allows one user agent. `parsed` None allows all; `fault` forbids all and says why."""

    parsed: Protego | None = None
    fault: str = ""

    def is_allowed(self, url: str, agent: str) -> bool:
        return not self.fault and (self.parsed is None or self.parsed.can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Seconds that it asks for between two requests; 0 where it does not."""
        return float(self.parsed.crawl_delay(agent) or 0) if self.parsed else 0.0


def parse_robots(status: int, body: bytes) -> RobotsRules:
    """RFC 9309 2.3.1: a missing file allows all, one that the server cannot give forbids all."""
    if status >= 500:
        return RobotsRules(fault=f"robots.txt cannot be had (HTTP {status})")
    if not 200 <= status < 300:
        return RobotsRules()
    whole = body if len(body) <= MAX_BYTES else body[: body.rfind(b"\n", 0, MAX_BYTES) + 1]
    return RobotsRules(Protego.parse(whole.decode("utf-8", "replace")))


class Robots:
    """Downloader middleware: no page is asked for that robots.txt forbids, the browser's included."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._job: CrawlJob = crawler.spider.job  # type: ignore[union-attr]
        self._agent: str = crawler.settings["USER_AGENT"]
        self._rules: dict[str, asyncio.Future[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots"):
            return
        parts = urlsplit(request.url)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}")
        if rules.fault:
            if "is_picture" not in request.meta:  # a host of pictures that has none costs its pictures only
                self._job.halt("robots", rules.fault)
            raise NoRobots(rules.fault)
        if not rules.is_allowed(request.url, self._agent):
            raise Forbidden("forbidden by robots.txt")

    async def _rules_of(self, host: str) -> RobotsRules:
        if host not in self._rules:
            self._rules[host] = asyncio.ensure_future(self._fetched(f"{host}/robots.txt"))
        return await self._rules[host]

    async def _fetched(self, url: str) -> RobotsRules:
        meta = {
            "is_robots": True,
            "limit": MAX_BYTES * 8,
            "patience": PATIENCE,
            "download_slot": urlsplit(url).hostname,
        }
        try:
            assert self._crawler.engine
            response = await self._crawler.engine.download_async(Request(url, meta=meta))
        except (FetchFault, Refused, IgnoreRequest) as error:
            self._note_fault(error, url)
            return RobotsRules(fault=f"robots.txt cannot be had ({error})")
        rules = await asyncio.to_thread(parse_robots, response.status, response.body)  # half a second for 150,000 rules
        self._note_oddness(response)
        self._slow_down(rules)
        return rules

    def _note_fault(self, error: Exception, url: str) -> None:
        """By its own name too: that a host leads inwards is more than that it has no robots.txt."""
        if isinstance(error, FetchFault | Refused) and error.kind:
            self._job.note(event(error.kind, str(error)), url)

    def _note_oddness(self, response: Response) -> None:
        if 300 <= response.status < 400:  # what could be followed was
            target = (response.headers.get("Location") or b"").decode("latin-1")
            self._job.note(event("bad_url", f"robots.txt redirects to {target!r}"), response.url)
        if len(response.body) > MAX_BYTES:
            self._job.note(event("robots", f"only the first {MAX_BYTES:,} bytes of robots.txt are read"), response.url)

    def _slow_down(self, rules: RobotsRules) -> None:
        """Scrapy reads Crawl-delay for nobody: it goes into the slot and the floor of the throttle."""
        delay = rules.delay(self._agent)
        if delay > MAX_DELAY:
            self._job.halt("robots", f"robots.txt asks for {delay:.0f} s between two requests")
            return
        if delay <= self._job.site.delay:
            return
        throttle = self._crawler.get_extension(AutoThrottle)
        if throttle:
            throttle.mindelay, throttle.maxdelay = delay, max(throttle.maxdelay, delay)
        assert self._crawler.engine
        for slot in self._crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, delay)
