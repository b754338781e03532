"""The rss family: RSS 2.0, RSS 1.0 and Atom, whose entries are ads or lead to pages that are."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from crawler.ads import Ad
from crawler.document import Document
from crawler.pages import PageContent, PageLink, ParseError
from crawler.sites import Site
from spiders import listing
from spiders.feeds.fields import (
    capped,
    faults,
    full_url,
    kept,
    mappings,
    readable,
    text,
    texts,
)

MAX_ENTRIES = 1_000  # of one page; each takes half a millisecond to read
_ENTRY_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>")


def seeds(site: Site, cursor: str | None) -> list[PageLink]:  # noqa: ARG001 - every family takes it
    """The feed from its beginning: that it is unchanged, the server says by itself."""
    return [PageLink(url, "list") for url in site.start]


def read(document: Document, site: Site, *, seen_at: datetime) -> PageContent:
    """The entries of a feed as ads; with an [ad] table, as links to pages that it reads. Raises ParseError."""
    if document.kind == "ad":
        return listing.read(document, site, seen_at=seen_at)
    body, shortened = _first_entries(document.body)
    feed = _parsed(body, document)
    entries = mappings(feed.entries)
    many = f"more than {MAX_ENTRIES:,} entries; the first are read" if shortened else ""
    further, _ = capped((full_url(document, link.get("href")) for link in _next(feed.feed)), "list")
    cursor = document.url if document.url in site.start else None
    if site.ad:
        links, fault = capped((full_url(document, entry.get("link")) for entry in entries), "ad")
        return PageContent(links=(*further, *links), cursor=cursor, fault=faults(many, fault))
    ads = [_ad(entry, document, site, seen_at) for entry in entries]
    full = {ad.ad_id: ad for ad in ads if ad.ad_id and ad.text}
    bare = sum(not (ad.ad_id and ad.text) for ad in ads)
    fault = faults(many, f"{bare} of {len(ads)} entries without id and link, or without text" if bare else "")
    return PageContent(tuple(full.values()), further, cursor=cursor, fault=fault)


def _first_entries(body: bytes) -> tuple[bytes, bool]:
    """The body with its first MAX_ENTRIES entries; what stands before and behind all of them is kept."""
    first = last = None
    count = 0
    for count, end in enumerate(_ENTRY_END.finditer(body), start=1):
        first = end if count == MAX_ENTRIES else first
        last = end
    if first is None or last is None or count <= MAX_ENTRIES:
        return body, False
    return body[: first.end()] + body[last.end() :], True


def _parsed(body: bytes, document: Document) -> Any:
    """What feedparser makes of it. It resolves no entity of a document's own and loads nothing: a text would be
    taken for a URL or a file, so it is handed a stream.
    """
    feed = feedparser.parse(
        BytesIO(body),
        response_headers={"content-type": document.content_type},  # without an address, so ids stay as they are
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not feed.get("version") and not feed.entries:
        raise ParseError(f"no RSS or Atom: {feed.get('bozo_exception') or 'no feed element found'}")
    return feed


def _next(feed: Any) -> list[Any]:
    return [link for link in mappings(feed.get("links")) if link.get("rel") == "next"]


def _ad(entry: Any, document: Document, site: Site, seen_at: datetime) -> Ad:
    link, title = full_url(document, entry.get("link")), readable(entry.get("title"))
    content = mappings(entry.get("content"))
    described = text(content[0].get("value")) if content else text(entry.get("summary"))
    body = readable(described)
    return Ad(
        site=site.name, ad_id=text(entry.get("id")) or link, kind=site.kind, seen_at=seen_at,
        url=link or document.url, title=title, text=body or title,
        posted_at=_written(entry, "published") or _written(entry, "updated"),
        language=text(content[0].get("language")) if content and content[0].get("language") else site.language,
        location=text(entry.get("georss_featurename")) or text(entry.get("location")),
        images=tuple({"url": url} for url in _images(entry, document)),
        extra=kept({"categories": texts(tag.get("term") for tag in mappings(entry.get("tags")))}),
        raw={"description": described} if described != body else {},
    )  # fmt: skip


def _written(entry: Any, name: str) -> str:
    """A date as ISO 8601, or as the source wrote it where that is no date."""
    parts = entry.get(f"{name}_parsed")
    try:
        return datetime.fromtimestamp(timegm(parts), UTC).isoformat() if parts else text(entry.get(name))
    except (ValueError, OverflowError, OSError):
        return text(entry.get(name))


def _images(entry: Any, document: Document) -> tuple[str, ...]:
    """Addresses of enclosed pictures; none is fetched."""
    enclosed = [item for item in mappings(entry.get("enclosures")) if text(item.get("type")).startswith("image/")]
    return texts(full_url(document, item.get("href")) for item in enclosed)
