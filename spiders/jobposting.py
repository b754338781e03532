"""The jobposting family: schema.org JobPosting on a page, as JSON-LD or microdata, nested and several."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from crawler.ads import Ad, canonical
from crawler.document import Document
from crawler.pages import PageContent, ParseError
from crawler.sites import Site
from crawler.visible import visible_text
from spiders.jobids import find_numberings, identify
from spiders.listing import find_links
from spiders.structured import as_list, first, first_text, structured, texts, value_text

_TAG = re.compile(r"<[a-zA-Z/!?]")
_MAX_DEPTH = 20  # levels of nested objects that are looked through


def read(document: Document, site: Site, *, seen_at: datetime) -> PageContent:
    """The links of a list page, or the postings of an ad page."""
    try:
        if document.kind == "list":
            return PageContent(links=tuple(find_links(document, site)))
        return PageContent(ads=tuple(parse_postings(document, site, seen_at=seen_at)))
    except ParseError as error:
        return PageContent(ads=error.ads, fault=str(error))


def parse_postings(document: Document, site: Site, *, seen_at: datetime) -> list[Ad]:
    """Every posting of one page, each once. Raises ParseError where there is none, or one without text;
    the error carries the others.
    """
    postings = list(find_postings(document))
    if not postings:
        raise ParseError("no schema.org JobPosting on the page, neither JSON-LD nor microdata")
    numbered = find_numberings(postings, document.url, site)
    found = [_ad(posting, document, site, seen_at, numbered) for posting in postings]
    ads = list({ad.ad_id: ad for ad in found if ad.text}.values())
    if bare := [ad.title for ad in found if not ad.text]:
        raise ParseError(f"{len(bare)} of {len(found)} postings without description: {bare[0]!r}", ads)
    return ads


def find_postings(document: Document) -> Iterator[Mapping[str, Any]]:
    """The JobPosting objects of a page wherever they are nested, with plain property names."""
    for item in structured(document):
        yield from _postings(item, 0)


def _postings(item: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(item, list):
        for part in item:
            yield from _postings(part, depth + 1)
    elif isinstance(item, dict):
        if "JobPosting" in as_list(item.get("@type")):
            yield item
        else:
            for part in item.values():
                yield from _postings(part, depth + 1)


def _ad(posting: Mapping[str, Any], document: Document, site: Site, seen_at: datetime, numbered: Set[str]) -> Ad:
    description = first_text(posting.get("description"))
    text = _readable(description, tamed=document.tamed)
    title = first_text(posting.get("title"))
    employer = first(posting.get("hiringOrganization"))
    organisation = employer if isinstance(employer, Mapping) else {"name": employer}
    return Ad(
        site=site.name, kind=site.kind, seen_at=seen_at, title=title, text=text,
        url=first_text(posting.get("url")) or document.url,
        ad_id=identify(posting, document, site, numbered),
        posted_at=first_text(posting.get("datePosted")), expires_at=first_text(posting.get("validThrough")),
        language=first_text(posting.get("inLanguage")) or site.language,
        location=", ".join(_locations(posting.get("jobLocation"))),
        employer=first_text(organisation.get("name")),
        org_number=value_text(organisation.get("taxID") or organisation.get("identifier")),
        phones=tuple(texts(organisation.get("telephone"))), emails=tuple(texts(organisation.get("email"))),
        salary=canonical(posting["baseSalary"]) if posting.get("baseSalary") else "",
        extra={key: posting[key] for key in ("employmentType", "workHours", "jobBenefits") if posting.get(key)},
        raw={"description": description} if description != text else {},
    )  # fmt: skip


def _readable(description: str, *, tamed: bool) -> str:
    """A description as text. Some write its tags as references; microdata arrives as text, with its line breaks."""
    markup = description if "<" in description else html.unescape(description)
    if not _TAG.search(markup):
        return markup.strip()
    page = Document("", "ad", "text/html; charset=utf-8", markup.encode("utf-8", "replace"), tamed)
    return visible_text(page.root)


def _locations(value: Any) -> Iterable[str]:
    for place in as_list(value):
        address = place.get("address", place) if isinstance(place, Mapping) else place
        if isinstance(address, Mapping):
            parts = (address.get(key) for key in ("streetAddress", "postalCode", "addressLocality", "addressRegion"))
            yield " ".join(text for part in parts if (text := first_text(part)))
        elif text := first_text(address):
            yield text
