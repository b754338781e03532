"""Parser: fetched pages are read in worker processes that can be killed, and their answers are not trusted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from crawler.ads import Ad, AdError, parse_ad_row
from crawler.events import SecurityEvent, event
from crawler.pages import PageContent, PageKind, PageLink
from crawler.sites import Site
from crawler.workers import Message, WorkerError, Workers

FAMILIES: Mapping[str, str] = {
    "listing": "spiders.listing", "jobposting": "spiders.jobposting", "nav": "spiders.feeds.nav",
    "jobtech": "spiders.feeds.jobtech", "eures": "spiders.feeds.eures", "rss": "spiders.feeds.rss",
    "sitemap": "spiders.feeds.sitemap",
}  # fmt: skip
MAX_LINKS = 5000  # links of one page that are followed
MAX_URL = 2048  # characters of one link
_MAX_ADS = 10_000
_MAX_ANSWER = 64 * 1024 * 1024  # bytes of JSON; a page of 8 MB gives at most about 50 MB of escapes
# glibc gives the memory of a page back and asks for it anew at the next, which takes as long as reading it.
_MALLOC = {"MALLOC_TRIM_THRESHOLD_": "16777216", "MALLOC_TOP_PAD_": "1048576"}  # bytes
_UNREADABLE = "the page is built so that it cannot be parsed"


class Fetched(Protocol):
    """The part of a Document that goes to a worker."""

    @property
    def url(self) -> str: ...
    @property
    def kind(self) -> PageKind: ...
    @property
    def content_type(self) -> str: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a page holds, and what it did that it should not have."""

    content: PageContent
    events: tuple[SecurityEvent, ...]


class Parser:
    """Reads pages in `size` processes of at most `memory` bytes each, a page within thrice `patience` seconds."""

    def __init__(
        self,
        *,
        size: int = 2,
        patience: float = 3.0,
        memory: int = 290_000_000,
        families: Mapping[str, str] = FAMILIES,
    ) -> None:
        self._workers = Workers("crawler.parse_worker", size=size, memory=memory, by_cpu=True, environment=_MALLOC)
        self._patience = patience
        self._families = families

    async def parse(self, document: Fetched, site: Site, *, seen_at: datetime) -> Parsed:
        """What a page holds. It never fails for what is in the page: where all else does, there is a fault."""
        events: list[SecurityEvent] = []
        for mode in ("full", "tame", "raw"):
            message = self._message(document, site, seen_at, mode)
            try:
                found = await self._ask(message, document.body, site, seen_at)
                return Parsed(found.content, (*events, *found.events))
            except (WorkerError, _Unread) as error:
                events.append(event("parse_limit", f"{mode}: {error}"))
        return Parsed(PageContent(fault=_UNREADABLE), tuple(events))

    async def close(self) -> None:
        await self._workers.close()

    def end(self) -> None:
        """End the workers without a loop to wait in."""
        self._workers.end()

    def _message(self, document: Fetched, site: Site, seen_at: datetime, mode: str) -> Message:
        return {
            "site": _as_json(site), "family": self._families[site.spider], "mode": mode,
            "url": document.url, "kind": document.kind, "content_type": document.content_type,
            "seen_at": seen_at.isoformat(),
        }  # fmt: skip

    async def _ask(self, message: Message, body: bytes, site: Site, seen_at: datetime) -> Parsed:
        """One way of reading. Raises WorkerError and _Unread."""
        head, blob = await self._workers.ask(message, body, patience=self._patience)
        if "limit" in head:
            raise _Unread(str(head["limit"]))
        if len(blob) > _MAX_ANSWER:
            raise _Unread(f"answer of {len(blob):,} bytes")
        try:
            return _parsed(json.loads(blob), site, seen_at)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise _Unread(f"an answer that is none ({type(error).__name__})") from error


@lru_cache(maxsize=200)
def _as_json(site: Site) -> str:
    return site.model_dump_json(by_alias=True)


class _Unread(ValueError):
    """A worker could not read the page this way."""


def _parsed(found: Any, site: Site, seen_at: datetime) -> Parsed:
    """What a worker says, as far as it can be so. Raises what broken JSON raises."""
    events = [event(kind, str(detail)) for kind, detail in found["events"]]
    content = found["content"]
    ads, fault = _ads(content["ads"], site, seen_at)
    links = tuple(_links(content["links"], events))
    return Parsed(
        PageContent(
            ads=ads,
            links=links,
            gone=tuple(str(item) for item in content["gone"]),
            cursor=None if content["cursor"] is None else str(content["cursor"]),
            fault=str(content["fault"]) or fault,
        ),
        tuple(events),
    )


def _ads(rows: list[Any], site: Site, seen_at: datetime) -> tuple[tuple[Ad, ...], str]:
    """The ads that are some, and what is wrong with the first that is none."""
    ads, fault = [], ""
    for row in rows[:_MAX_ADS]:
        raw = row.pop("raw", {})
        own = {"site": site.name, "kind": site.kind, "seen_at": seen_at.isoformat()}
        try:
            ad = parse_ad_row({key: value for key, value in row.items() if value not in ("", [], {})} | own)
            if len(ad.ad_id) > MAX_URL:
                raise AdError(f"ad_id has {len(ad.ad_id):,} characters; at most {MAX_URL:,} are taken")
        except AdError as error:
            fault = fault or f"an ad that is none: {error}"
        else:
            url = ad.url if len(ad.url) <= MAX_URL else ""
            ads.append(replace(ad, url=url, raw={str(key): str(value) for key, value in raw.items()}))
    return tuple(ads), fault


def _links(rows: list[Any], events: list[SecurityEvent]) -> Iterator[PageLink]:
    if len(rows) > MAX_LINKS:
        events.append(event("link_flood", f"more than {MAX_LINKS:,} links on one page"))
    for url, kind, body in rows[:MAX_LINKS]:
        if kind not in ("list", "ad") or not isinstance(url, str) or not isinstance(body, str):
            raise ValueError("no link")
        if len(url) > MAX_URL or not url.startswith(("http://", "https://")):
            events.append(event("bad_url", url))
        else:
            yield PageLink(url, kind, body)
