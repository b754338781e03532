"""Families of sites for the tests of the parser: what a parser that was broken, or taken over, could do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from crawler.ads import Ad
from crawler.document import Document
from crawler.pages import PageContent, PageLink
from crawler.sites import Site
from spiders import listing


def read(document: Document, site: Site, *, seen_at: datetime) -> PageContent:
    """Do what the body asks for; a page that asks for nothing is read as it should be."""
    act = ACTS.get(document.body.decode())
    return act(document, site) if act else listing.read(document, site, seen_at=seen_at)


def _loop(document: Document, site: Site) -> PageContent:
    while True:
        pass


def _die(document: Document, site: Site) -> PageContent:
    os.kill(os.getpid(), signal.SIGSEGV)
    return PageContent()


def _exhaust(document: Document, site: Site) -> PageContent:
    return PageContent(fault=str(len([bytes(1_000_000) for _ in range(10_000)])))


def _recurse(document: Document, site: Site) -> PageContent:
    return _recurse(document, site)


def _print(document: Document, site: Site) -> PageContent:
    print('{"forged": true}', flush=True)
    return PageContent(fault="printed")


def _lie(document: Document, site: Site) -> PageContent:
    good = Ad(site="other.example", ad_id="1", kind="other", seen_at=datetime.min, text="42 00 00 17 \ud800")
    deep: object = "x"
    for _ in range(100):
        deep = [deep]
    bad = (replace(good, ad_id=""), replace(good, ad_id="2", extra={"x": deep}), replace(good, ad_id="x" * 3000))
    links = [PageLink(url, "ad") for url in ("file:///etc/hostname", "javascript:x", f"http://b.example/{'x' * 3000}")]
    return PageContent(
        ads=(good, *bad),
        links=(*links, PageLink("http://b.example/1", "ad")),
    )


def _flood(document: Document, site: Site) -> PageContent:
    return PageContent(links=tuple(PageLink(f"http://b.example/{n}", "ad") for n in range(20_000)))


def _no_link(document: Document, site: Site) -> PageContent:
    return PageContent(links=(PageLink("http://b.example/1", "door"),))  # type: ignore[arg-type]


ACTS: dict[str, Callable[[Document, Site], PageContent]] = {
    "loop": _loop, "die": _die, "exhaust": _exhaust, "recurse": _recurse, "print": _print, "lie": _lie,
    "flood": _flood, "no link": _no_link,
}  # fmt: skip
