"""The sitemap family: sitemap indexes and sitemaps that lead to pages of schema.org JobPosting."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from crawler.document import Document
from crawler.pages import PageContent, PageLink, ParseError
from crawler.sites import Site
from spiders import jobposting
from spiders.feeds.fields import MAX_ITEMS, capped, faults, full_url, moment, text

MAX_ENTRIES = 50_000  # of one sitemap, by its protocol
MAX_UNPACKED = 8 * 1024 * 1024  # bytes of one sitemap
_SINCE = "#since="  # in the URL of a sitemap, where only we see it: what its pages must be newer than
_GZIP = b"\x1f\x8b"
_STEP = 64 * 1024
_ROOTS = ("urlset", "sitemapindex")
_TAGS = tuple("{*}" + name for name in (*_ROOTS, "url", "sitemap"))


@dataclass(slots=True)
class _Entry:
    url: str = ""
    day: str = ""  # of lastmod, in UTC; "" where there is none


def seeds(site: Site, cursor: str | None) -> list[PageLink]:
    """The sitemaps of `start`, for what changed on the day of `cursor` or after."""
    since = _day(cursor) or _day(site.feed.since)
    return [PageLink(url + (_SINCE + since if since else ""), "list") for url in site.start]


def read(document: Document, site: Site, *, seen_at: datetime) -> PageContent:
    """A sitemap, an index of them, or a page with a JobPosting. Raises ParseError for anything else.

    The cursor is a day, not a moment: many sites write no time, and several sitemaps are read in any order.
    """
    if document.kind == "ad":
        return jobposting.read(document, site, seen_at=seen_at)
    kind, entries = _parsed(_unpacked(document.body))
    many = f"more than {MAX_ENTRIES:,} entries; the first are read" if len(entries) > MAX_ENTRIES else ""
    since = _day(document.url.partition(_SINCE)[2])
    del entries[MAX_ENTRIES:]
    for entry in entries:
        entry.url = full_url(document, entry.url)
    if kind == "sitemapindex":
        mark = _SINCE + since if since else ""
        links, fault = capped((entry.url + mark for entry in entries if entry.url and _is_new(entry, since)), "list")
        return PageContent(links=links, fault=faults(many, fault))
    new = {entry.url: entry for entry in entries if entry.url and _is_new(entry, since)}
    oldest = sorted(new.values(), key=lambda entry: entry.day or "9999")
    links = tuple(PageLink(entry.url, "ad") for entry in oldest[: MAX_ITEMS + 1])  # one more shows that there were more
    return PageContent(links=links, cursor=_cursor(oldest[:MAX_ITEMS], seen_at), fault=many)


def _is_new(entry: _Entry, since: str) -> bool:
    return not since or not entry.day or entry.day >= since


def _cursor(entries: list[_Entry], seen_at: datetime) -> str | None:
    """The newest day of those that are followed; a date in the future would hide what comes until then."""
    newest = max((entry.day for entry in entries), default="")
    return min(newest, _day(seen_at.isoformat())) if newest else None


def _day(value: str | None) -> str:
    found = moment(value)
    return found.date().isoformat() if found else ""


def _unpacked(body: bytes) -> bytes:
    """A sitemap that is a gzip file, unpacked up to a limit. Raises ParseError."""
    if not body.startswith(_GZIP):
        return body
    unpacker, parts, size = zlib.decompressobj(zlib.MAX_WBITS | 16), [], 0
    try:
        while body and not unpacker.eof:
            part = unpacker.decompress(body, _STEP)
            body, size = unpacker.unconsumed_tail, size + len(part)
            parts.append(part)
            if size > MAX_UNPACKED:
                raise ParseError(f"sitemap unpacks to more than {MAX_UNPACKED:,} bytes")
    except zlib.error as error:
        raise ParseError(f"sitemap is no gzip file: {error}") from error
    return b"".join(parts)


def _parsed(body: bytes) -> tuple[str, list[_Entry]]:
    """The root's name and the entries, by a parser that resolves and loads nothing. Raises ParseError.

    A sitemap that breaks off gives the entries before that, unless it has none.
    """
    parser = etree.XMLPullParser(
        ("start", "end"), tag=_TAGS, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    entries: list[_Entry] = []
    root, fault = "", ""
    for start in range(0, len(body), _STEP):
        try:
            parser.feed(body[start : start + _STEP])
            root = _take(parser, root, entries)
        except etree.XMLSyntaxError as error:
            fault = str(error)
        if fault or len(entries) > MAX_ENTRIES:
            break
    if root not in _ROOTS:
        raise ParseError(f"no sitemap: {fault or 'urlset or sitemapindex is expected'}")
    if fault and not entries:
        raise ParseError(f"sitemap cannot be read: {fault}")
    return root, entries


def _take(parser: etree.XMLPullParser, root: str, entries: list[_Entry]) -> str:
    """Move what was parsed into `entries`, and free it; returns the name of the root."""
    for event, element in parser.read_events():
        name = _name(element)
        if event == "start":
            root = root or name
        elif name not in _ROOTS:
            entries.append(_entry(element))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return root


def _entry(element: etree._Element) -> _Entry:
    found = {_name(child): text(child.text) for child in element}
    return _Entry(found.get("loc", ""), _day(found.get("lastmod", "")))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
