"""The jobposting family: schema.org JobPosting wherever it stands on a page, and whatever shape it has."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.ads import Ad
from crawler.document import Document
from crawler.pages import ParseError
from spiders.jobposting import find_postings, parse_postings
from tests.crawler.samples import make_site

URL = "http://127.0.0.1:9/job/1"
NOW = datetime(2026, 5, 1, tzinfo=UTC)
SITE = make_site().model_copy(update={"kind": "job", "spider": "jobposting", "language": "nb"})
POSTING = {
    "@context": "https://schema.org/",
    "@type": "JobPosting",
    "title": "Packer",
    "description": "<p>Pack fish.</p>",
}


def page(html: str) -> Document:
    return Document(URL, "ad", "text/html; charset=utf-8", html.encode())


def linked(*blocks: Any) -> Document:
    scripts = (f'<script type="application/ld+json">{json.dumps(block)}</script>' for block in blocks)
    return page(f"<title>Job</title>{''.join(scripts)}")


def ads(document: Document) -> list[Ad]:
    return parse_postings(document, SITE, seen_at=NOW)


def ad(**changes: Any) -> Ad:
    (found,) = ads(linked(POSTING | changes))
    return found


def test_posting_becomes_an_ad_with_its_fields() -> None:
    found = ad(
        identifier={"@type": "PropertyValue", "value": 4711},
        datePosted="2026-05-01",
        validThrough="2026-06-01",
        inLanguage="en",
        url="http://127.0.0.1:9/job/4711-packer",
        employmentType=["FULL_TIME"],
        workHours="37.5",
        jobBenefits="housing",
        hiringOrganization={
            "@type": "Organization",
            "name": "Fish AS",
            "taxID": "000000000",
            "telephone": "42 00 00 17",
            "email": ["x@y.example", "z@y.example"],
        },
        jobLocation=[
            {
                "@type": "Place",
                "address": {"streetAddress": "Gata 1", "postalCode": "5003", "addressLocality": "Bergen"},
            }
        ],
        baseSalary={
            "@type": "MonetaryAmount",
            "currency": "NOK",
            "value": {"value": 254, "unitText": "HOUR"},
        },
    )
    assert (found.site, found.kind, found.ad_id, found.url) == (
        "a.example",
        "job",
        "4711",
        "http://127.0.0.1:9/job/4711-packer",
    )
    assert (found.title, found.text, found.raw) == (
        "Packer",
        "Pack fish.",
        {"description": "<p>Pack fish.</p>"},
    )
    assert (found.posted_at, found.expires_at, found.language) == ("2026-05-01", "2026-06-01", "en")
    assert (found.employer, found.org_number, found.phones) == ("Fish AS", "000000000", ("42 00 00 17",))
    assert found.emails == ("x@y.example", "z@y.example")
    assert found.location == "Gata 1 5003 Bergen"
    assert found.salary == '{"@type":"MonetaryAmount","currency":"NOK","value":{"unitText":"HOUR","value":254}}'
    assert found.extra == {"employmentType": ["FULL_TIME"], "workHours": "37.5", "jobBenefits": "housing"}


MICRODATA = """<div
 itemscope itemtype="https://schema.org/JobPosting"><h1 itemprop="title">Packer</h1>
<div itemprop="description">Pack <b>fish</b>.</div><meta itemprop="datePosted" content="2026-05-01">
<div itemprop="identifier"
 itemscope itemtype="https://schema.org/PropertyValue"><span itemprop="value">9</span></div>
<div itemprop="hiringOrganization"
 itemscope itemtype="https://schema.org/Organization"><i itemprop="name">Fish AS</i></div>
<div itemprop="jobLocation"
 itemscope itemtype="https://schema.org/Place"><div itemprop="address"
 itemscope itemtype="https://schema.org/PostalAddress"><i itemprop="addressLocality">Bergen</i></div></div>
<div itemprop="baseSalary"
 itemscope itemtype="https://schema.org/MonetaryAmount"><meta itemprop="currency" content="NOK">
<div itemprop="value"
 itemscope itemtype="https://schema.org/QuantitativeValue"><i itemprop="value">254</i></div></div></div>"""


def test_microdata_is_read_like_json_ld() -> None:
    (found,) = ads(page(MICRODATA))
    assert (found.ad_id, found.title, found.text, found.posted_at) == (
        f"{URL}#9",
        "Packer",
        "Pack fish.",
        "2026-05-01",
    )
    assert (found.employer, found.location) == ("Fish AS", "Bergen")
    assert json.loads(found.salary)["value"] == {"@type": "QuantitativeValue", "value": "254"}


NESTED: dict[str, Any] = {
    "plain": POSTING,
    "list": [POSTING],
    "graph": {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "x"}, POSTING]},
    "main entity": {
        "@type": "WebPage",
        "mainEntity": {"@type": "ItemList", "itemListElement": [{"item": POSTING}]},
    },
    "two types": POSTING | {"@type": ["Thing", "JobPosting"]},
}


@pytest.mark.parametrize("block", NESTED.values(), ids=NESTED)
def test_posting_is_found_wherever_it_is_nested(block: Any) -> None:
    assert [found.title for found in ads(linked(block))] == ["Packer"]


def test_objects_nested_without_end_are_left() -> None:
    block: Any = POSTING
    for _ in range(200):
        block = {"item": block}
    assert list(find_postings(linked(block))) == []


def test_every_posting_of_a_page_is_an_ad_of_its_own() -> None:
    graph = {"@graph": [POSTING | {"identifier": str(i), "title": f"Job {i}"} for i in range(3)]}
    found = ads(linked(graph, POSTING | {"identifier": "1", "title": "Job 1"}, POSTING | {"identifier": "4"}))
    assert [item.ad_id for item in found] == [f"{URL}#0", "1", f"{URL}#2", f"{URL}#4"]


def test_postings_without_an_identifier_differ_by_title() -> None:
    first, second = ads(linked(POSTING, POSTING | {"title": "Cook"}))
    assert first.ad_id.startswith(f"{URL}#")
    assert first.ad_id != second.ad_id
    assert ads(linked(POSTING))[0].ad_id == first.ad_id


IDENTIFIERS: dict[str, tuple[dict[str, Any], str]] = {
    "text": ({"identifier": "a-1"}, f"{URL}#a-1"),
    "number": ({"identifier": 12}, f"{URL}#12"),
    "object": ({"identifier": {"name": "Fish AS", "value": "a-1"}}, f"{URL}#a-1"),
    "list": ({"identifier": [{"value": "a-1"}, {"value": "b-2"}]}, f"{URL}#a-1"),
    "part of the page's URL": ({"identifier": "1"}, "1"),
    "part of its own URL": ({"identifier": "a-1", "url": "http://127.0.0.1:9/job?id=a-1"}, "a-1"),
    "part of its own path": ({"identifier": "a-1", "url": "/job/a-1/packer"}, "a-1"),
    "behind the employer's place": (
        {"identifier": "1", "url": "http://127.0.0.1:9/firm-a/jobs/1"},
        "http://127.0.0.1:9/firm-a/jobs/1#1",
    ),
    "behind the employer's name": (
        {"identifier": "7", "url": "/fish/7", "hiringOrganization": {"name": "Fish AS"}},
        "/fish/7#7",
    ),
    "in the query behind two steps": ({"identifier": "7", "url": "/firm-a/job?id=7"}, "/firm-a/job?id=7#7"),
    "on another host": (
        {"identifier": "a-1", "url": "https://b.example/job?id=a-1"},
        "https://b.example/job?id=a-1#a-1",
    ),
    "numbering of the employer": (
        {"identifier": {"name": "Fish AS", "value": "8"}, "hiringOrganization": "Fish AS"},
        f"{URL}#8",
    ),
    "part of a number only": ({"identifier": "1", "url": "http://127.0.0.1:9/21"}, "http://127.0.0.1:9/21#1"),
    "part of the host only": ({"identifier": "b", "url": "https://b.example/21"}, "https://b.example/21#b"),
    "object without value": (
        {"identifier": {"name": "Fish AS"}, "url": "https://b.example/1"},
        "https://b.example/1",
    ),
    "broken URL": ({"identifier": "a-1", "url": "http://[b/"}, "http://[b/#a-1"),
    "url": ({"url": "https://b.example/1"}, "https://b.example/1"),
    "@id": ({"@id": "https://b.example/#1"}, "https://b.example/#1"),
}


@pytest.mark.parametrize(("changes", "expected"), IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_identifier_is_the_posting_s_own(changes: dict[str, Any], expected: str) -> None:
    assert ad(**changes).ad_id == expected


SALARIES: dict[str, tuple[Any, str]] = {
    "object": ({"value": 1, "currency": "NOK"}, '{"currency":"NOK","value":1}'),
    "list": ([{"value": 1}], '[{"value":1}]'),
    "text": ("254 kr", '"254 kr"'),
    "number": (254.5, "254.5"),
    "none": (None, ""),
    "empty": ({}, ""),
}


@pytest.mark.parametrize(("salary", "expected"), SALARIES.values(), ids=SALARIES)
def test_salary_is_kept_as_canonical_json(salary: Any, expected: str) -> None:
    assert ad(baseSalary=salary).salary == expected


LOCATIONS: dict[str, tuple[Any, str]] = {
    "text": ("Bergen", "Bergen"),
    "address text": ({"@type": "Place", "address": "Gata 1, Bergen"}, "Gata 1, Bergen"),
    "several": (
        [{"address": {"addressLocality": "Bergen"}}, {"address": {"addressLocality": "Oslo"}}],
        "Bergen, Oslo",
    ),
    "place without address": ({"addressLocality": "Bergen"}, "Bergen"),
    "none": (None, ""),
    "number": (7, "7"),
}


@pytest.mark.parametrize(("location", "expected"), LOCATIONS.values(), ids=LOCATIONS)
def test_location_is_read_in_each_of_its_shapes(location: Any, expected: str) -> None:
    assert ad(jobLocation=location).location == expected


@pytest.mark.parametrize(
    ("organisation", "expected"),
    [
        ("Fish AS", "Fish AS"),
        ({"name": "Fish AS"}, "Fish AS"),
        ([{"name": "Fish AS"}], "Fish AS"),
        (None, ""),
        ({}, ""),
    ],
    ids=["text", "object", "list", "none", "empty"],
)
def test_employer_is_read_in_each_of_its_shapes(organisation: Any, expected: str) -> None:
    assert ad(hiringOrganization=organisation).employer == expected


@pytest.mark.parametrize(
    "number", ["000000000", {"@type": "PropertyValue", "value": "000000000"}], ids=["text", "object"]
)
def test_organisation_number_is_read_in_each_of_its_shapes(number: Any) -> None:
    assert ad(hiringOrganization={"name": "Fish AS", "identifier": number}).org_number == "000000000"


def test_language_of_the_site_stands_in() -> None:
    assert ad().language == "nb"


BAD = {
    "nothing": ("<p>no job</p>", "no schema.org JobPosting"),
    "another type": (
        '<script type="application/ld+json">{"@type": "Event"}</script>',
        "no schema.org JobPosting",
    ),
    "empty block": ('<script type="application/ld+json"></script>', "no schema.org JobPosting"),
    "cut JSON-LD": (
        '<script type="application/ld+json">{"@type": "JobPosting", "ti</script>',
        "JSON-LD cannot be read",
    ),
    "nested too deep": (
        f'<script type="application/ld+json">{"[" * 100_000}</script>',
        "JSON-LD cannot be read",
    ),
}


@pytest.mark.parametrize(("html", "message"), BAD.values(), ids=BAD)
def test_page_without_a_posting_says_so(html: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        ads(page(html))


@pytest.mark.parametrize("description", [None, "", " ", "<p></p>", ["x", "y"][:0], {"a": 1}], ids=repr)
def test_posting_without_a_description_is_no_ad(description: Any) -> None:
    with pytest.raises(ParseError, match="1 of 1 postings without description: 'Packer'"):
        ad(description=description)


def test_posting_without_a_description_does_not_cost_the_others() -> None:
    bare = {name: value for name, value in POSTING.items() if name != "description"}
    with pytest.raises(ParseError, match="1 of 2 postings without description") as raised:
        ads(linked(bare, POSTING | {"title": "Driver"}))
    assert [found.title for found in raised.value.ads] == ["Driver"]


def test_good_block_is_read_beside_a_broken_one() -> None:
    good = json.dumps(POSTING)
    blocks = (f'<script type="application/ld+json">{block}</script>' for block in ('{"@type": ', good))
    assert [found.title for found in ads(page("".join(blocks)))] == ["Packer"]


def test_two_employers_may_use_one_identifier() -> None:
    jobs = [POSTING | {"identifier": "1", "url": f"https://{firm}.example/job"} for firm in "ab"]
    assert [found.ad_id for found in ads(linked(*jobs))] == ["https://a.example/job#1", "https://b.example/job#1"]


def test_numbers_of_two_employers_in_their_paths_are_two_ads() -> None:
    jobs = [POSTING | {"identifier": "1", "url": f"/firm-{firm}/jobs/1"} for firm in "ab"]
    assert len({found.ad_id for found in ads(linked(*jobs))}) == 2


def test_employer_s_numbering_is_not_the_site_s_though_the_page_holds_the_number() -> None:
    jobs = [POSTING | {"identifier": {"name": "Fish AS", "value": n}, "hiringOrganization": "Fish AS"} for n in "18"]
    assert [found.ad_id for found in ads(linked(*jobs))] == ["1", f"{URL}#8"]


def test_number_too_long_to_read_costs_only_its_block() -> None:
    good = json.dumps(POSTING)
    blocks = (f'<script type="application/ld+json">{block}</script>' for block in (f'{{"x": {"9" * 5000}}}', good))
    assert [found.title for found in ads(page("".join(blocks)))] == ["Packer"]


ESCAPES = {
    "high half": (r"a \ud800 b", "a \ufffd b"),
    "low half": (r"a \uDFFF b", "a \ufffd b"),
    "two high halves": (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
    "whole pair": (r"\ud83d\ude00", "\U0001f600"),
    "escaped backslash": (r"\\ud800", r"\ud800"),
}


@pytest.mark.parametrize(("escaped", "expected"), ESCAPES.values(), ids=ESCAPES)
def test_half_a_character_does_not_cost_the_page(escaped: str, expected: str) -> None:
    block = f'{{"@type": "JobPosting", "title": "{escaped}", "description": "Pack fish."}}'
    (found,) = ads(page(f'<script type="application/ld+json">{block}</script>'))
    assert found.title == expected
    found.title.encode()


def test_numbering_that_the_page_goes_by_is_the_site_s_own() -> None:
    named = {"1": "Jobs", "2": "Jobs", "3": "Fish AS", "4": ""}
    jobs = [POSTING | {"identifier": {"name": name, "value": number}} for number, name in named.items()]
    assert [found.ad_id for found in ads(linked(jobs))] == ["1", "2", f"{URL}#3", f"{URL}#4"]
