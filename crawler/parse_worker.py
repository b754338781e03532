"""The worker that reads pages: `python -m crawler.parse_worker`, started and killed by crawler.parsing."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from crawler.ads import MAX_TEXT, Ad
from crawler.document import MAX_LINKS, Document
from crawler.events import SecurityEvent, event
from crawler.pages import PageContent, ParseError
from crawler.rawtext import raw_text
from crawler.sites import Site
from crawler.workers import Message, serve

RAW_TEXT = 50_000  # code points of a page that only the linear reader could read
MAX_ADS = 10_000  # of one page, as many as feeds give; more would hold up the crawl's other sites
_DATA = 256 * 1024 * 1024  # bytes of memory that this process may write to
_CPU = 6  # seconds of processor time for one message, should nobody be there to kill us
_NO_MEMORY = 3  # exit code
_FIELDS = tuple(f.name for f in fields(Ad))
_HALF = re.compile("[\ud800-\udfff]")
_CUT = "The page holds more text than is kept; what came after is left out."
_RAW = "The page is built so that it cannot be parsed; this is its bare text, with nothing told apart."


async def answer(message: Message, blob: bytes) -> tuple[Message, bytes]:
    """What a page holds, as JSON in the blob; {"limit": why} where it takes another way to read it."""
    _bound_time()
    try:
        content, events = _read(message, blob)
    except MemoryError:
        os._exit(_NO_MEMORY)  # what is left of it would be too little for the next page
    except (RecursionError, ValueError, AssertionError) as error:
        return {"limit": f"{type(error).__name__}: {error}"[:200]}, b""
    found = {"content": _packed(content), "events": [[item.kind, item.detail] for item in events]}
    return {}, json.dumps(found, ensure_ascii=True).encode()


def _read(message: Message, blob: bytes) -> tuple[PageContent, list[SecurityEvent]]:
    site = _site(message["site"])
    document = Document(message["url"], message["kind"], message["content_type"], blob, message["mode"] == "tame")
    if message["mode"] == "raw":
        return _raw(document, site, datetime.fromisoformat(message["seen_at"]))
    content = _family(message["family"], document, site, datetime.fromisoformat(message["seen_at"]))
    if content.fault and not content.ads and any(item.kind == "parse_limit" for item in document.events):
        content, events = _raw(document, site, datetime.fromisoformat(message["seen_at"]))
        return content, [*document.events, *events]
    return _bounded(content, list(document.events))


def _family(name: str, document: Document, site: Site, seen_at: datetime) -> PageContent:
    read: Callable[..., PageContent] = importlib.import_module(name).read
    try:
        return read(document, site, seen_at=seen_at)
    except ParseError as error:
        return PageContent(ads=error.ads, fault=str(error))


def _raw(document: Document, site: Site, seen_at: datetime) -> tuple[PageContent, list[SecurityEvent]]:
    """The last way: the text of an ad page with nothing told apart. No list is made up from it."""
    if document.kind != "ad" or site.spider != "listing":
        return PageContent(fault="the page is built so that it cannot be parsed"), []
    text = raw_text(document.text)
    if not text:
        return PageContent(fault="the page is built so that it cannot be parsed, and holds no text"), []
    place = re.sub(r"^[a-z]+://[^/?]*", "", document.url) or "/"
    ad = Ad(site=site.name, ad_id=place, kind=site.kind, seen_at=seen_at, url=document.url, text=text[:RAW_TEXT],
            language=site.language, extra={"text_cut": _RAW})  # fmt: skip
    return PageContent(ads=(ad,)), [event("text_cut", document.url)]


def _bounded(content: PageContent, events: list[SecurityEvent]) -> tuple[PageContent, list[SecurityEvent]]:
    if len(content.ads) > MAX_ADS:
        events.append(event("link_flood", f"{len(content.ads):,} ads on one page"))
    ads = tuple(_cut(ad) for ad in content.ads[:MAX_ADS])
    events += [event("text_cut", ad.url) for ad in ads if "text_cut" in ad.extra]
    return replace(content, ads=ads, links=content.links[: MAX_LINKS + 1]), events


def _cut(ad: Ad) -> Ad:
    """The ad with no field longer than an ad can be, saying so."""
    long = {name: value[:MAX_TEXT] for name in _FIELDS if _is_long(value := getattr(ad, name))}
    raw = {key: value[:MAX_TEXT] for key, value in ad.raw.items()}
    if not long and raw == ad.raw:
        return ad
    return replace(ad, **long, raw=raw, extra={**ad.extra, "text_cut": _CUT})


def _is_long(value: object) -> bool:
    return isinstance(value, str) and len(value) > MAX_TEXT


def _packed(content: PageContent) -> dict[str, Any]:
    return {
        "ads": [_plain({name: value for name in _FIELDS if (value := getattr(ad, name))}) for ad in content.ads],
        "links": [[link.url, link.kind, link.body] for link in content.links],
        "gone": list(content.gone), "cursor": content.cursor, "fault": content.fault,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """A value as JSON holds it, without halves of characters, which no file can hold."""
    if isinstance(value, str):
        return value if value.isascii() else _HALF.sub("\ufffd", value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_plain(str(key)): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


@lru_cache(maxsize=20)
def _site(text: str) -> Site:
    return Site.model_validate_json(text)


def _bound_time() -> None:
    """End this process should the message take more processor time than any page may."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + _CPU, hard))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (_DATA, _DATA))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asyncio.run(serve(answer, alone=True))


if __name__ == "__main__":
    main()
