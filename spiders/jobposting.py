"""The jobposting family: schema.org JobPosting on a page, as JSON-LD or microdata, nested and several."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from crawler.ads import Ad, canonical
from crawler.document import Document
from crawler.pages import PageContent, ParseError
from crawler.sites import Site
from crawler.visible import visible_text
from spiders.listing import find_links
from spiders.structured import structured

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
    numbered = {_numbering(posting) for posting in postings if _is_part(_own_id(posting), document.url)} - {""}
    found = [_ad(posting, document.url, site, seen_at, numbered) for posting in postings]
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
        if "JobPosting" in _as_list(item.get("@type")):
            yield item
        else:
            for part in item.values():
                yield from _postings(part, depth + 1)


def _ad(posting: Mapping[str, Any], url: str, site: Site, seen_at: datetime, numbered: Set[str]) -> Ad:
    description = _first_text(posting.get("description"))
    text = _readable(description)
    title = _first_text(posting.get("title"))
    employer = _first(posting.get("hiringOrganization"))
    organisation = employer if isinstance(employer, Mapping) else {"name": employer}
    return Ad(
        site=site.name, kind=site.kind, seen_at=seen_at, url=_first_text(posting.get("url")) or url, title=title,
        ad_id=_identifier(posting, url, title, numbered), text=text,
        posted_at=_first_text(posting.get("datePosted")), expires_at=_first_text(posting.get("validThrough")),
        language=_first_text(posting.get("inLanguage")) or site.language,
        location=", ".join(_locations(posting.get("jobLocation"))),
        employer=_first_text(organisation.get("name")),
        org_number=_value_text(organisation.get("taxID") or organisation.get("identifier")),
        phones=tuple(_texts(organisation.get("telephone"))), emails=tuple(_texts(organisation.get("email"))),
        salary=canonical(posting["baseSalary"]) if posting.get("baseSalary") else "",
        extra={key: posting[key] for key in ("employmentType", "workHours", "jobBenefits") if posting.get(key)},
        raw={"description": description} if description != text else {},
    )  # fmt: skip


def _readable(description: str) -> str:
    """A description as text. Microdata arrives as text already, with its line breaks."""
    if "<" not in description and "&" not in description:
        return description.strip()
    return visible_text(Document("", "ad", "text/html", description.encode("utf-8", "replace")).root)


def _identifier(posting: Mapping[str, Any], page: str, title: str, numbered: Set[str]) -> str:
    """What tells this posting from every other of the site.

    An identifier may be the employer's own, and two employers may use the same. So it stands alone
    only where the posting's URL holds it, or where it is of a numbering that the page's URL goes by
    (`numbered`); else it stands behind the URL. Without one the URL is enough; two on one page
    without either differ by title.
    """
    own = _own_id(posting)
    url = _first_text(posting.get("url")) or _first_text(posting.get("@id"))
    if own:
        return own if _numbering(posting) in numbered or _is_part(own, url or page) else f"{url or page}#{own}"
    return url or f"{page}#{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def _own_id(posting: Mapping[str, Any]) -> str:
    return _value_text(posting.get("identifier"))


def _numbering(posting: Mapping[str, Any]) -> str:
    """Whose numbering the identifier is of; "" where it does not say."""
    identifier = _first(posting.get("identifier"))
    return _first_text(identifier.get("name")) if isinstance(identifier, Mapping) else ""


def _is_part(identifier: str, url: str) -> bool:
    """Does the path or query hold it as a whole? "1" is no part of /job/21."""
    if not identifier:
        return False
    place = re.sub(r"^[a-z]+://[^/?]*", "", url)  # no URL parser: what a page calls its URL may be none
    return bool(re.search(rf"(?<![^\W_]){re.escape(identifier)}(?![^\W_])", place))


def _value_text(value: Any) -> str:
    """Text that may be wrapped in a schema.org PropertyValue."""
    value = _first(value)
    return _first_text(value.get("value") if isinstance(value, Mapping) else value)


def _locations(value: Any) -> Iterable[str]:
    for place in _as_list(value):
        address = place.get("address", place) if isinstance(place, Mapping) else place
        if isinstance(address, Mapping):
            parts = (address.get(key) for key in ("streetAddress", "postalCode", "addressLocality", "addressRegion"))
            yield " ".join(text for part in parts if (text := _first_text(part)))
        elif text := _first_text(address):
            yield text


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return next(iter(_as_list(value)), None)


def _first_text(value: Any) -> str:
    value = _first(value)
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _texts(value: Any) -> list[str]:
    return [text for item in _as_list(value) if (text := _first_text(item))]
