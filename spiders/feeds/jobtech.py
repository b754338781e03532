"""The jobtech family: JobStream v2 of the Swedish employment service, a snapshot or windows of changes.

A window is asked for by `updated-after` and `updated-before`; each leads to the next until the present
is reached. Times carry no zone and are taken as UTC: where the source means Swedish time the windows
lag by two hours at most, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.ads import Ad
from crawler.document import Document
from crawler.pages import PageContent, PageLink, ParseError
from crawler.sites import Site
from spiders.feeds.fields import (
    MAX_GONE,
    MAX_ITEMS,
    full_url,
    joined,
    json_value,
    kept,
    mapping,
    mappings,
    moment,
    query_value,
    readable,
    text,
    texts,
    with_query,
    written,
)

_AFTER, _BEFORE = "updated-after", "updated-before"
_FIRST = timedelta(hours=1)  # a window; it grows while answers are small and shrinks when they are large
_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=1)
_SMALL, _LARGE = 1_000_000, 4_000_000  # bytes of an answer
_OVERLAP = timedelta(minutes=5)  # what changed just now may not be in the stream yet
_LABELS = ("employment_type", "salary_type", "duration", "working_hours_type", "occupation", "occupation_group")
_TEXTS = ("number_of_vacancies", "salary_description", "source_type", "external_id", "access")
_WISHES = ("skills", "languages", "work_experiences")
_PARTS = ("company_information", "needs", "requirements", "conditions")


def seeds(site: Site, cursor: str | None) -> list[PageLink]:
    """The window that begins where the last crawl ended, or at `feed.since`; else what `start` names."""
    since = moment(cursor) or moment(site.feed.since)
    if since is None:
        return [PageLink(_filtered(url, site), "list") for url in site.start]
    return [_window(_filtered(_stream(url), site), since, _FIRST) for url in site.start]


def read(document: Document, site: Site, *, seen_at: datetime) -> PageContent:
    """The ads of a snapshot or window, as a JSON array or as JSON lines. Raises ParseError for anything else."""
    newest = {id: item for item in _items(document.body) if (id := text(item.get("id")))}  # the last word counts
    gone = tuple(id for id, item in newest.items() if item.get("removed") is True)
    offered = [(id, item) for id, item in newest.items() if item.get("removed") is not True]
    ads = [_ad(id, item, document, site, seen_at) for id, item in offered[:MAX_ITEMS]]
    full = tuple(ad for ad in ads if ad.text)
    if len(offered) <= MAX_ITEMS:
        links, cursor = _further(document, seen_at)
        return PageContent(full, links, gone[:MAX_GONE], cursor)
    if shorter := _shorter(document):
        return PageContent(full, (shorter,), gone[:MAX_GONE])
    return PageContent(full, gone=gone[:MAX_GONE], fault=f"{len(offered):,} ads in one answer; {MAX_ITEMS:,} are read")


def _items(body: bytes) -> Iterator[Mapping[str, Any]]:
    """The entries of a body. A body that is one array may say nothing but that."""
    if body.lstrip()[:1] == b"[":
        yield from mappings(json_value(body))
        return
    for number, line in enumerate(body.splitlines(), start=1):
        if line.strip():
            value = json_value(line)
            if not isinstance(value, dict) or "id" not in value:
                raise ParseError(f"line {number} is no ad: an object with id is expected")
            yield value


def _stream(url: str) -> str:
    """The stream beside a snapshot."""
    base, _, query = url.partition("?")
    return base.removesuffix("/snapshot") + "/stream" * base.endswith("/snapshot") + (f"?{query}" if query else "")


def _filtered(url: str, site: Site) -> str:
    return with_query(url, location_concept_id=site.feed.locations, occupation_concept_id=site.feed.keywords)


def _window(url: str, after: datetime, length: timedelta) -> PageLink:
    return PageLink(with_query(url, updated_after=_naive(after), updated_before=_naive(after + length)), "list")


def _naive(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _asked(document: Document) -> tuple[datetime, datetime] | None:
    """The window that a URL asks for."""
    after, before = (moment(query_value(document.url, name)) for name in (_AFTER, _BEFORE))
    return (after, before) if after and before and after < before else None


def _shorter(document: Document) -> PageLink | None:
    """The first half of a window that holds more than can be read; None where there is none."""
    window = _asked(document)
    if window is None or window[1] - window[0] <= _SHORTEST:
        return None
    return _window(document.url, window[0], max((window[1] - window[0]) / 2, _SHORTEST))


def _further(document: Document, seen_at: datetime) -> tuple[tuple[PageLink, ...], str]:
    """The next window, and where the next crawl begins: never later than what was asked for."""
    latest = seen_at.astimezone(UTC) - _OVERLAP
    window = _asked(document)
    if window is None or window[1] >= latest:
        return (), _naive(min(latest, window[1]) if window else latest)
    before, length = window[1], window[1] - window[0]
    if len(document.body) < _SMALL:
        length = min(length * 2, _LONGEST)
    elif len(document.body) > _LARGE:
        length = max(length / 2, _SHORTEST)
    return (_window(document.url, before, length),), _naive(before)


def _ad(id: str, item: Mapping[str, Any], document: Document, site: Site, seen_at: datetime) -> Ad:
    title, employer = text(item.get("headline")), mapping(item.get("employer"))
    described, apply = mapping(item.get("description")), mapping(item.get("application_details"))
    body = text(described.get("text")) or readable(described.get("text_formatted"))
    contacts = mappings(item.get("application_contacts"))
    return Ad(
        site=site.name, ad_id=id, kind=site.kind, seen_at=seen_at, title=title,
        text=body or "\n\n".join(texts(described.get(part) for part in _PARTS)) or title,
        url=full_url(document, item.get("webpage_url")) or document.url,
        language=text(item.get("detected_language")) or site.language,
        posted_at=written(item.get("publication_date")), location=_place(mapping(item.get("workplace_address"))),
        expires_at=written(item.get("last_publication_date")) or written(item.get("application_deadline")),
        employer=text(employer.get("name")) or text(employer.get("workplace")),
        org_number=text(employer.get("organization_number")),
        phones=texts([employer.get("phone_number"), *(contact.get("telephone") for contact in contacts)]),
        emails=texts([employer.get("email"), apply.get("email"), *(contact.get("email") for contact in contacts)]),
        extra=_extra(item, employer, apply),
    )  # fmt: skip


def _place(place: Mapping[str, Any]) -> str:
    post = joined((place.get("postcode"), place.get("city")), " ")
    return joined(
        (place.get("street_address"), post, place.get("municipality"), place.get("region"), place.get("country"))
    )


def _extra(item: Mapping[str, Any], employer: Mapping[str, Any], apply: Mapping[str, Any]) -> dict[str, Any]:
    scope = mapping(item.get("scope_of_work"))
    labels = {key: joined(mapping(part).get("label") for part in _parts(item.get(key))) for key in _LABELS}
    return kept(
        {key: text(item.get(key)) for key in _TEXTS} | labels | {
            "scope_of_work": joined((scope.get("min"), scope.get("max")), "-"),
            "application_url": text(apply.get("url")), "application": text(apply.get("information")),
            "application_deadline": written(item.get("application_deadline")),
            "employer_url": text(employer.get("url")), "must_have": _wishes(item.get("must_have")),
        }
    )  # fmt: skip


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _wishes(value: Any) -> dict[str, list[str]]:
    """What is asked of the applicant (skills, languages, work experiences), as labels."""
    wishes = {key: texts(part.get("label") for part in mappings(mapping(value).get(key))) for key in _WISHES}
    return {key: list(labels) for key, labels in wishes.items() if labels}
