"""The listing family: a list page leads to ad pages, each field under the selector its site file names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from crawler.ads import Ad
from crawler.document import Document, page_links
from crawler.htmltree import Element, find_around
from crawler.pages import PageContent, PageLink, ParseError
from crawler.sites import Site
from crawler.visible import visible_text
from spiders.pagejson import find_json_links

_MANY = {"phones", "emails", "handles"}
_MANDATORY = ("ad_id", "text")


def read(document: Document, site: Site, *, seen_at: datetime) -> PageContent:
    """The links of a list page, or the ad of an ad page."""
    try:
        if document.kind == "list":
            return PageContent(links=tuple(find_links(document, site)))
        return PageContent(ads=(parse_ad(document, site, seen_at=seen_at),))
    except ParseError as error:
        return PageContent(ads=error.ads, fault=str(error))


def find_links(document: Document, site: Site) -> list[PageLink]:
    """The ads a list page names, then the next list page. Raises ParseError for JSON that is not as told."""
    links = find_json_links(document, site.page_json) if site.page_json else []
    if site.listing is None:
        return links
    for rule, kind in ((site.listing.ads, "ad"), (site.listing.next, "list")):
        links += page_links(document, rule, "ad" if kind == "ad" else "list") if rule else []
    return links


def parse_ad(document: Document, site: Site, *, seen_at: datetime) -> Ad:
    """The Ad of one page. Raises ParseError, with the selector, where ad_id or text is missing."""
    if site.ad is None:  # a feed's entries are its ads, and lead to no page that could be read
        raise ParseError("the site file has no table [ad]: it reads no ad pages")
    found = {field: value for field, rule in site.ad if rule and (value := _field(document, field, rule))}
    for field in _MANDATORY:
        if field not in found:
            raise ParseError(f"no {field}: {getattr(site.ad, field)!r} finds nothing")
    found.setdefault("language", site.language)
    return Ad(site=site.name, kind=site.kind, url=document.url, seen_at=seen_at, **found)


def _field(document: Document, field: str, rule: str) -> Any:
    values = [text for node in _nodes(document, rule) if (text := node.strip())]
    if field == "images":
        return tuple({"url": url} for value in values if (url := _absolute(document, value)))
    if field in _MANY:
        return tuple(values)
    return "\n\n".join(values) if field == "text" else next(iter(values), "")


def _absolute(document: Document, address: str) -> str:
    """The URL of an image; "" for one that is none, which must not cost the ad."""
    try:
        return document.urljoin(address)
    except ValueError:
        return ""


def _nodes(document: Document, rule: str) -> list[str]:
    """What a selector finds, as text. `::text` means the readable text of the element, breaks kept."""
    if rule.endswith("::text"):
        return [visible_text(element) for element in _outermost(document.find(rule))]
    return [found if isinstance(found, str) else found.html for found in document.find(rule)]


def _outermost(elements: list[Element]) -> Iterator[Element]:
    """Those that lie in none of the others, which come in the order of the page: so no text is read twice."""
    taken: dict[int, int] = {}
    for element in elements:
        around = find_around(element, taken)
        taken[element.mem_id] = around or element.mem_id
        if not around:
            yield element
