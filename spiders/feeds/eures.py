"""The eures family: the public search of the European job mobility portal, and its detail pages.

A search is a POST whose page number stands in the URL as well, for its answer does not repeat it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from crawler.ads import Ad
from crawler.document import Document
from crawler.pages import PageContent, PageLink, ParseError
from crawler.sites import Site
from spiders.feeds.fields import (
    capped,
    joined,
    kept,
    mapping,
    mappings,
    parse_json,
    query_value,
    readable,
    text,
    texts,
    with_query,
    written,
)

_MOST = 50  # results a page; the portal refuses more
_PERIODS = ("LAST_DAY", "LAST_THREE_DAYS", "LAST_WEEK", "LAST_MONTH")
_UNUSED = (
    "occupationUris", "skillUris", "requiredExperienceCodes", "positionScheduleCodes", "sectorCodes",
    "educationAndQualificationLevelCodes", "positionOfferingCodes", "euresFlagCodes", "otherBenefitsCodes",
    "requiredLanguages",
)  # fmt: skip
_AS_WRITTEN = ("reference", "source", "numberOfPosts")
_OF_PROFILE = ("positionOfferingCode", "numberOfPosts")
_LISTS = ("positionScheduleCodes", "requiredLanguages", "jobCategoriesCodes")


def seeds(site: Site, cursor: str | None) -> list[PageLink]:  # noqa: ARG001 - every family takes it
    """The first page of one search a keyword: several keywords in one search would all have to match."""
    keywords = site.feed.keywords or ("",)
    return [_search(url, site, keyword, 1) for url in site.start for keyword in keywords]


def read(document: Document, site: Site, *, seen_at: datetime) -> PageContent:
    """A page of results, or one vacancy. Raises ParseError for what is neither."""
    value = mapping(parse_json(document))
    return _results(value, document, site) if document.kind == "list" else _vacancy(value, document, site, seen_at)


def _search(url: str, site: Site, keyword: str, page: int) -> PageLink:
    body = {
        "resultsPerPage": min(site.feed.page_size, _MOST), "page": page, "sortSearch": "MOST_RECENT",
        "keywords": [{"keyword": keyword, "specificSearchCode": "EVERYWHERE"}] if keyword else [],
        "publicationPeriod": site.feed.since if site.feed.since in _PERIODS else None,
        "locationCodes": list(site.feed.locations), "minNumberPost": None, "requestLanguage": "en",
    }  # fmt: skip
    asked = json.dumps(body | {key: [] for key in _UNUSED}, ensure_ascii=False)
    return PageLink(with_query(url, keyword=keyword, page=page), "list", asked)


def _results(value: Mapping[str, Any], document: Document, site: Site) -> PageContent:
    total, jvs = value.get("numberRecords"), value.get("jvs")
    if not isinstance(total, int) or not isinstance(jvs, list):
        raise ParseError(f"no search result: numberRecords and jvs are expected, found {sorted(value)[:20]}")
    ids = [id for jv in mappings(jvs) if (id := text(jv.get("id")))]
    links, fault = capped((_detail(document, id) for id in ids), "ad")
    number = query_value(document.url, "page")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else 1
    if ids and page * min(site.feed.page_size, _MOST) < total:
        links = (_search(document.url, site, query_value(document.url, "keyword"), page + 1), *links)
    return PageContent(links=links, fault=fault or ("results without id" if jvs and not ids else ""))


def _detail(document: Document, id: str) -> str:
    """The vacancy beside the search: …/public/jv-search/search → …/public/jv/id/{id}."""
    base = document.url.partition("?")[0].partition("/jv-search/")[0]
    return f"{base}/jv/id/{quote(id, safe='')}?requestLang=en"


def _vacancy(value: Mapping[str, Any], document: Document, site: Site, seen_at: datetime) -> PageContent:
    profiles = mapping(value.get("jvProfiles"))
    id = text(value.get("id"))
    if not id or not profiles:
        raise ParseError(f"no vacancy: id and jvProfiles are expected, found {sorted(value)[:20]}")
    languages = [text(value.get("preferredLanguage")), "en", *profiles]
    language = next(name for name in languages if name in profiles)
    ad = _ad(value, mapping(profiles[language]), site, seen_at, id=id, language=language, url=document.url)
    if not ad.text:
        raise ParseError(f"vacancy without title and description in {language!r}")
    return PageContent(ads=(ad,))


def _ad(value: Mapping[str, Any], profile: Mapping[str, Any], site: Site, seen_at: datetime, *,
        id: str, language: str, url: str) -> Ad:  # fmt: skip
    """The vacancy in the language it was written in; the portal's own translations are not read."""
    title, described = text(profile.get("title")), text(profile.get("description"))
    body, employer = readable(described), mapping(profile.get("employer"))
    return Ad(
        site=site.name, ad_id=id, kind=site.kind, seen_at=seen_at, url=url, title=title, text=body or title,
        language=text(profile.get("languageVersion")) or language, posted_at=written(value.get("creationDate")),
        expires_at=written(profile.get("lastApplicationDate")),
        location=joined((_place(place) for place in mappings(profile.get("locations"))), "; "),
        employer=text(employer.get("name")), org_number=text(employer.get("legalID")),
        phones=_contacts(profile, "telephone", "phone"), emails=_contacts(profile, "email"),
        extra=kept({key: text(value.get(key)) for key in _AS_WRITTEN}
                   | {key: found for key in _OF_PROFILE if (found := text(profile.get(key)))}
                   | {key: _codes(profile.get(key)) for key in _LISTS}
                   | {"applicationInstructions": _codes(profile.get("applicationInstructions"))}),
        raw={"description": described} if described != body else {},
    )  # fmt: skip


def _place(place: Mapping[str, Any]) -> str:
    address = joined(place.get(key) for key in ("addressLine", "buildingNumber"))
    post = joined((place.get("postalCode"), place.get("cityName")), " ")
    return joined((address, post, place.get("region"), text(place.get("countryCode")).upper()))


def _contacts(profile: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    """What contact persons can be reached by; their names are not kept."""
    found: list[Any] = []
    for person in mappings(profile.get("personContacts")):
        ways = [person, mapping(person.get("communications")), *mappings(person.get("communications"))]
        found += [_number(way.get(key)) for way in ways for key in (*keys, *(f"{key}s" for key in keys))]
    return texts(part for value in found for part in (value if isinstance(value, list) else [value]))


def _number(value: Any) -> Any:
    """A telephone may be an object that holds its number, or several of them."""
    if isinstance(value, list):
        return [_number(part) for part in value if not isinstance(part, list)]
    if isinstance(value, dict):
        return text(value.get("uri")) or text(value.get("formattedNumber")) or text(value.get("dialNumber"))
    return value


def _codes(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else [value]
    return texts(joined(part.values(), " ") if isinstance(part, dict) else readable(part) for part in parts)
