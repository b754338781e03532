"""The eures family against a server that speaks the portal's search: POST paging, detail pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.document import Document
from crawler.pages import PageContent, ParseError
from spiders.feeds import eures
from tests.spiders.feeds.servers import EURES, NOW, Eures, FeedServer, Read, eures_vacancy, make_site, read_feed

HOST = f"http://127.0.0.1:9{EURES}"


def crawl(vacancies: list[dict[str, Any]], **feed: Any) -> tuple[Read, FeedServer]:
    with FeedServer(Eures({vacancy["id"]: vacancy for vacancy in vacancies}).answer) as server:
        site = make_site("eures", f"{server.url}{EURES}/jv-search/search", feed=feed)
        return read_feed(eures, site), server


def read(value: Any, *, kind: str = "list") -> PageContent:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    url = f"{HOST}/jv-search/search?page=2" if kind == "list" else f"{HOST}/jv/id/7?requestLang=en"
    document = Document(url, "list" if kind == "list" else "ad", "application/json", body)
    return eures.read(document, make_site("eures", HOST), seen_at=NOW)


def test_search_is_read_page_for_page() -> None:
    found, server = crawl([eures_vacancy(str(number)) for number in range(23)], page_size=10)
    assert sorted(found.ads, key=int) == [str(number) for number in range(23)]
    assert found.faults == []
    bodies = [json.loads(asked.body) for asked in server.asked if asked.method == "POST"]
    assert [(body["page"], body["resultsPerPage"]) for body in bodies] == [(1, 10), (2, 10), (3, 10)]


def test_no_more_than_fifty_results_a_page_are_asked_for() -> None:
    found, server = crawl([eures_vacancy(str(number)) for number in range(60)], page_size=1000)
    assert len(found.ads) == 60
    assert [json.loads(asked.body)["resultsPerPage"] for asked in server.asked if asked.method == "POST"] == [50, 50]


def test_countries_and_keywords_narrow_the_search_each_keyword_by_itself() -> None:
    vacancies = [eures_vacancy("1"), eures_vacancy("2", country="se"), eures_vacancy("3", title="Cleaner"),
                 eures_vacancy("4", title="Driver")]  # fmt: skip
    found, _ = crawl(vacancies, locations=["NO"], keywords=["packer", "cleaner"], since="LAST_WEEK")
    assert sorted(found.ads) == ["1", "3"]


def test_search_that_finds_nothing_is_no_fault() -> None:
    found, _ = crawl([], locations=["no"])
    assert (found.ads, found.faults, found.statuses) == ({}, [], [200])


def test_every_field_of_a_vacancy_is_taken() -> None:
    (ad,) = read(eures_vacancy("NTkx+/="), kind="ad").ads
    assert (ad.ad_id, ad.title, ad.language) == ("NTkx+/=", "Fish packer", "pl")
    assert [line for line in ad.text.splitlines() if line] == ["Praca przy rybach.", "Zakwaterowanie."]
    assert ad.location == "7994 Leka, NO060, NO"
    assert (ad.employer, ad.org_number) == ("Z Sp. z o.o.", "0000123456")
    assert (ad.phones, ad.emails) == (("+47 42 00 00 20",), ("c@z.example",))
    assert ad.posted_at == "2026-08-01T08:00:00+00:00"
    assert ad.extra == {
        "reference": "RNTkx+/=", "source": "BOARD", "positionOfferingCode": "temporary", "numberOfPosts": "3",
        "positionScheduleCodes": ["fulltime"], "applicationInstructions": ["Apply: here"],
    }  # fmt: skip
    assert "Person" not in repr(ad)


def test_id_that_is_no_path_is_quoted() -> None:
    content = read({"numberRecords": 1, "jvs": [{"id": "a/../b?c#d"}]})
    assert [link.url for link in content.links] == [f"{HOST}/jv/id/a%2F..%2Fb%3Fc%23d?requestLang=en"]


def test_profile_is_the_one_it_was_written_in() -> None:
    vacancy = eures_vacancy("7", language="pl")
    vacancy["jvProfiles"]["en"] = {"title": "Translated", "description": "Translated"}
    assert read(vacancy, kind="ad").ads[0].title == "Fish packer"
    assert read(vacancy | {"preferredLanguage": None}, kind="ad").ads[0].title == "Translated"


ODD: dict[str, Any] = {
    "no JSON": b"<html>",
    "error": {"key": "invalid-json", "message": "The provided JSON is not correct"},
    "jvs is text": {"numberRecords": 3, "jvs": "x"},
    "number is text": {"numberRecords": "3", "jvs": []},
    "list": [],
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_what_is_no_result_is_said(value: Any) -> None:
    with pytest.raises(ParseError, match=r"numberRecords and jvs are expected|not JSON"):
        read(value)


@pytest.mark.parametrize(
    "value", [{}, {"id": "7"}, {"jvProfiles": {"en": {}}}, {"id": "7", "jvProfiles": []}], ids=repr
)
def test_what_is_no_vacancy_is_said(value: Any) -> None:
    with pytest.raises(ParseError, match=r"id and jvProfiles are expected"):
        read(value, kind="ad")


@pytest.mark.parametrize("profile", [None, 7, [], {}, {"title": [], "description": {}}], ids=repr)
def test_vacancy_without_text_is_said(profile: Any) -> None:
    with pytest.raises(ParseError, match="vacancy without title and description in 'en'"):
        read({"id": "7", "jvProfiles": {"en": profile}}, kind="ad")


def test_results_that_never_end_end_with_the_results() -> None:
    content = read({"numberRecords": 10**12, "jvs": []})
    assert content == PageContent()


def test_contacts_of_wrong_types_are_none() -> None:
    vacancy = eures_vacancy("7")
    vacancy["jvProfiles"]["pl"]["personContacts"] = [
        7,
        {"communications": [[], {"telephones": {"a": 1}}], "email": [[]]},
    ]
    assert read(vacancy, kind="ad").ads[0].phones == ()
