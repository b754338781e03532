"""The nav family: the job feed of the Norwegian Labour and Welfare Administration (pam-stilling-feed)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.ads import Ad
from crawler.document import Document
from crawler.pages import PageContent, PageLink, ParseError
from crawler.sites import Site
from spiders.feeds.fields import (
    MAX_GONE,
    capped,
    faults,
    full_url,
    is_of_site,
    joined,
    json_value,
    kept,
    mapping,
    mappings,
    moment,
    parse_json,
    query_value,
    readable,
    text,
    texts,
    with_query,
    written,
)

_MOST = 4_000  # items of a page, so that all of them can be followed
_AS_WRITTEN = (
    "engagementtype", "extent", "positioncount", "sector", "starttime", "applicationUrl", "applicationDue",
    "source", "sourceurl", "jobtitle",
)  # fmt: skip


def seeds(site: Site, cursor: str | None) -> list[PageLink]:
    """The page where the last crawl ended, which grows until it is full; else the first page of the feed."""
    starts = [cursor] if cursor and is_of_site(cursor, site) else [_sized(url, site) for url in site.start]
    return [PageLink(url, "list") for url in starts]


def read(document: Document, site: Site, *, seen_at: datetime) -> PageContent:
    """A page of the feed, or one entry of it. Raises ParseError for what is neither."""
    page = mapping(parse_json(document))
    return _page(page, document, site) if document.kind == "list" else _entry(page, document, site, seen_at)


def _sized(url: str, site: Site) -> str:
    """Only a site file that says so changes how many items a page has; from then on the URL carries it."""
    given = "page_size" in site.feed.model_fields_set
    return with_query(url, pageSize=min(site.feed.page_size, _MOST)) if given else url


def _next_url(document: Document, next_url: Any) -> str:
    url, size = full_url(document, next_url), query_value(document.url, "pageSize")
    return with_query(url, pageSize=size) if url and size else url


def _page(page: Mapping[str, Any], document: Document, site: Site) -> PageContent:
    if not isinstance(page.get("items"), list) or "next_url" not in page:
        raise ParseError(f"no page of the feed: items and next_url are expected, found {sorted(page)[:20]}")
    since = moment(site.feed.since) if site.feed.since else None
    newest: dict[str, tuple[str, str]] = {}  # the last word of a page on an ad counts
    for item in mappings(page["items"]):
        entry = mapping(item.get("_feed_entry"))
        changed = moment(item.get("date_modified")) or moment(entry.get("sistEndret"))
        if since is None or changed is None or changed >= since:
            newest[text(entry.get("uuid")) or text(item.get("id"))] = (text(entry.get("status")), text(item.get("url")))
    newest.pop("", None)
    links, fault = capped((full_url(document, url) for status, url in newest.values() if status != "INACTIVE"), "ad")
    gone = tuple(id for id, (status, _) in newest.items() if status == "INACTIVE")
    further = _next_url(document, page["next_url"])
    if not text(page["next_url"]):
        return PageContent(links=links, gone=gone[:MAX_GONE], cursor=document.url, fault=fault)
    if not further:
        return PageContent(links=links, gone=gone[:MAX_GONE], fault=faults(fault, "next_url is no URL"))
    return PageContent(
        links=(PageLink(further, "list"), *links), gone=gone[:MAX_GONE], fault=fault
    )  # the next page first: a crawl that is cut short has seen where the feed ends


def _entry(entry: Mapping[str, Any], document: Document, site: Site, seen_at: datetime) -> PageContent:
    """The ad of an entry that is active. One that is not, or has no content, is gone: it is stored no more."""
    if not {"status", "ad_content", "json"} & set(entry):
        raise ParseError(f"no entry of the feed: status and ad_content are expected, found {sorted(entry)[:20]}")
    content = _content(entry)
    id = text(entry.get("uuid")) or text(content.get("uuid")) or urlsplit(document.url).path.rpartition("/")[2]
    if text(entry.get("status")) == "INACTIVE" or not content:
        return PageContent(gone=(id,))
    ad = _ad(id, content, document, site, seen_at)
    return PageContent(ads=(ad,)) if ad.text else PageContent(gone=(id,))


def _content(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Documented as `json`, sent as `ad_content`; either may be an object or JSON in a text."""
    for key in ("ad_content", "json"):
        value = entry.get(key)
        if isinstance(value, str) and value.strip():
            value = json_value(value)
        if isinstance(value, dict) and value:
            return value
    return {}


def _ad(id: str, ad: Mapping[str, Any], document: Document, site: Site, seen_at: datetime) -> Ad:
    """Contact persons' names are not kept: nothing reads them, and they are no party to anything."""
    title, described = text(ad.get("title")), text(ad.get("description"))
    body, employer, contacts = readable(described), mapping(ad.get("employer")), mappings(ad.get("contactList"))
    return Ad(
        site=site.name, ad_id=id, kind=site.kind, seen_at=seen_at, title=title, text=body or title,
        url=full_url(document, ad.get("link")) or document.url, language=site.language,
        posted_at=written(ad.get("published")), expires_at=written(ad.get("expires")),
        location=joined((_place(place) for place in mappings(ad.get("workLocations"))), "; "),
        employer=text(employer.get("name")), org_number=text(employer.get("orgnr")),
        phones=texts(contact.get("phone") for contact in contacts),
        emails=texts(contact.get("email") for contact in contacts),
        extra=kept({key: text(ad.get(key)) for key in _AS_WRITTEN} | _groups(ad)
                   | {"homepage": text(employer.get("homepage"))}),
        raw={"description": described} if described != body else {},
    )  # fmt: skip


def _place(place: Mapping[str, Any]) -> str:
    post = joined((place.get("postalCode"), place.get("city")), " ")
    return joined((place.get("address"), post, place.get("municipal"), place.get("county"), place.get("country")))


def _groups(ad: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Occupations in words, and their codes; the scores of the source's own guesses change without the ad."""
    occupations = mappings(ad.get("occupationCategories"))
    categories = mappings(ad.get("categoryList"))
    return {
        "occupationCategories": texts(joined((o.get("level1"), o.get("level2")), " / ") for o in occupations),
        "categories": texts(joined((c.get("categoryType"), c.get("code"), c.get("name")), " ") for c in categories),
    }
