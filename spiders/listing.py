"""The listing family: a list page leads to ad pages, each field under the selector its site file names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from html_text import extract_text
from parsel import Selector
from scrapy.http import TextResponse

from crawler.ads import Ad
from crawler.pages import PageLink, ParseError
from crawler.sites import Site
from crawler.spider import SiteSpider, page_links

_MANY = {"phones", "emails", "handles"}
_MANDATORY = ("ad_id", "text")


class ListingSpider(SiteSpider):
    name = "listing"

    def find_links(self, response: TextResponse) -> Sequence[PageLink]:
        return find_links(response, self.job.site)

    def parse_ads(self, response: TextResponse, *, seen_at: datetime) -> Sequence[Ad]:
        return [parse_ad(response, self.job.site, seen_at=seen_at)]


def find_links(response: TextResponse, site: Site) -> list[PageLink]:
    """The ads a list page names, then the next list page."""
    rules = site.listing
    if rules is None:
        return []
    ads = page_links(response, rules.ads, "ad")
    return ads + (page_links(response, rules.next, "list") if rules.next else [])


def parse_ad(response: TextResponse, site: Site, *, seen_at: datetime) -> Ad:
    """The Ad of one page. Raises ParseError, with the selector, where ad_id or text is missing."""
    assert site.ad is not None  # a listing site has it, the site file was checked
    found = {field: value for field, rule in site.ad if rule and (value := _field(response, field, rule))}
    for field in _MANDATORY:
        if field not in found:
            raise ParseError(f"no {field}: {getattr(site.ad, field)!r} finds nothing")
    found.setdefault("language", site.language)
    return Ad(site=site.name, kind=site.kind, url=response.url, seen_at=seen_at, **found)


def _field(response: TextResponse, field: str, rule: str) -> Any:
    values = [text for node in _nodes(response, rule) if (text := node.strip())]
    if field == "images":
        return tuple({"url": response.urljoin(value)} for value in values)
    if field in _MANY:
        return tuple(values)
    return "\n\n".join(values) if field == "text" else next(iter(values), "")


def _nodes(response: TextResponse, rule: str) -> list[str]:
    """What a selector finds, as text. `::text` means the readable text of the element, breaks kept."""
    if not rule.endswith("::text"):
        return response.css(rule).getall()
    elements = response.css(rule.removesuffix("::text").strip())
    return [_readable(element) for element in elements]


def _readable(element: Selector) -> str:
    return str(extract_text(element.get(), guess_layout=True))
