"""The jobposting family: schema.org JobPosting on a page, as JSON-LD or microdata, nested and several."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from extruct.jsonld import JsonLdExtractor
from extruct.w3cmicrodata import MicrodataExtractor
from html_text import extract_text
from scrapy.http import TextResponse

from crawler.ads import Ad, canonical
from crawler.pages import PageLink, ParseError
from crawler.sites import Site
from crawler.spider import SiteSpider, page_links

_MAX_DEPTH = 20  # levels of nested objects that are looked through
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
# JSON may escape half a character, which no file can hold; an escaped backslash and a whole pair are kept
_HALF = re.compile(rf"(\\\\|{_HIGH}{_LOW})|{_HIGH}|{_LOW}")


class JobPostingSpider(SiteSpider):
    name = "jobposting"

    def find_links(self, response: TextResponse) -> Sequence[PageLink]:
        rules = self.job.site.listing
        if rules is None:
            return []
        return page_links(response, rules.ads, "ad") + (page_links(response, rules.next, "list") if rules.next else [])

    def parse_ads(self, response: TextResponse, *, seen_at: datetime) -> Sequence[Ad]:
        return parse_postings(response, self.job.site, seen_at=seen_at)


def parse_postings(response: TextResponse, site: Site, *, seen_at: datetime) -> list[Ad]:
    """Every posting of one page, each once. Raises ParseError where there is none, or one without text;
    the error carries the others.
    """
    postings = list(find_postings(response))
    if not postings:
        raise ParseError("no schema.org JobPosting on the page, neither JSON-LD nor microdata")
    numbered = {_numbering(posting) for posting in postings if _is_part(_own_id(posting), response.url)} - {""}
    found = [_ad(posting, response.url, site, seen_at, numbered) for posting in postings]
    ads = list({ad.ad_id: ad for ad in found if ad.text}.values())
    if bare := [ad.title for ad in found if not ad.text]:
        raise ParseError(f"{len(bare)} of {len(found)} postings without description: {bare[0]!r}", ads)
    return ads


def find_postings(response: TextResponse) -> Iterator[Mapping[str, Any]]:
    """The JobPosting objects of a page wherever they are nested, with plain property names."""
    for item in structured(response):
        yield from _postings(item, 0)


def structured(response: TextResponse) -> list[Any]:
    """The JSON-LD and microdata objects of a page, microdata in JSON-LD's shape.

    A broken block must not cost the good ones; ParseError where nothing else is on the page.
    """
    found, fault = [_as_linked(item) for item in MicrodataExtractor().extract(response.text)], None
    for block in response.xpath('//script[@type="application/ld+json"][normalize-space()]').getall():
        try:
            found.extend(JsonLdExtractor().extract(_HALF.sub(_whole, block)))
        except (ValueError, RecursionError) as error:
            fault = error
    if fault and not found:
        raise ParseError(f"JSON-LD cannot be read: {fault}")
    return found


def _whole(escape: re.Match[str]) -> str:
    return escape[1] or r"\ufffd"


def _as_linked(item: Any) -> Any:
    """A microdata item as JSON-LD would write it."""
    if isinstance(item, list):
        return [_as_linked(part) for part in item]
    if not isinstance(item, dict) or "properties" not in item:
        return item
    kind = str(item.get("type", "")).rpartition("/")[2]
    return {"@type": kind} | {name: _as_linked(value) for name, value in item["properties"].items()}


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
    return str(extract_text(description, guess_layout=True)) if "<" in description else description


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
