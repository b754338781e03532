"""The nav family against a server that speaks pam-stilling-feed: paging, ETag, tokens, ads that are stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crawler.document import Document
from crawler.pages import PageContent, PageLink, ParseError
from crawler.sites import Site
from spiders.feeds import nav
from spiders.feeds.fields import MAX_ITEMS
from tests.spiders.feeds.servers import NOW, FeedServer, Nav, make_site, nav_ad, nav_id, read_feed

HOST = "http://127.0.0.1:9"


@pytest.fixture
def feed() -> Nav:
    return Nav()


@pytest.fixture
def server(feed: Nav) -> Iterator[FeedServer]:
    with FeedServer(feed.answer) as server:
        yield server


@pytest.fixture
def site(server: FeedServer) -> Site:
    return make_site("nav", f"{server.url}/api/v1/feed", feed={"token_env": "NAV_TOKEN"}, language="nb")


def page(value: Any, *, kind: str = "list", url: str = f"{HOST}/api/v1/feed") -> PageContent:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    document = Document(url, "list" if kind == "list" else "ad", "application/json", body)
    return nav.read(document, make_site("nav", HOST), seen_at=NOW)


def item(number: int, **entry: Any) -> dict[str, Any]:
    return {"id": nav_id(number), "url": f"/api/v1/feedentry/{nav_id(number)}", "date_modified": "2026-08-01T10:00:00Z",
            "_feed_entry": {"uuid": nav_id(number), "status": "ACTIVE"} | entry}  # fmt: skip


def test_feed_is_read_page_for_page(feed: Nav, site: Site, server: FeedServer) -> None:
    for number in range(7):
        feed.publish(number)
    found = read_feed(nav, site, token=feed.token)
    assert sorted(found.ads) == [nav_id(number) for number in range(7)]
    assert found.cursor == f"{server.url}/api/v1/feed/page-2"
    assert (found.gone, found.faults) == ([], [])


def test_without_a_token_there_is_nothing(feed: Nav, site: Site) -> None:
    feed.publish(1)
    found = read_feed(nav, site, token="")
    assert (found.statuses, found.ads, found.cursor) == ([401], {}, None)


def test_second_crawl_begins_at_the_last_page_and_is_told_that_nothing_is_new(feed: Nav, site: Site) -> None:
    for number in range(4):
        feed.publish(number)
    first = read_feed(nav, site, token=feed.token)
    again = read_feed(nav, site, cursor=first.cursor, etag=first.etag, token=feed.token)
    assert (again.statuses, again.ads) == ([304], {})
    feed.publish(4)
    third = read_feed(nav, site, cursor=first.cursor, etag=first.etag, token=feed.token)
    assert nav_id(4) in third.ads
    assert nav_id(0) not in third.ads


def test_ad_that_is_stopped_later_is_gone_and_no_ad_any_more(feed: Nav, site: Site) -> None:
    feed.publish(1)
    first = read_feed(nav, site, token=feed.token)
    assert list(first.ads) == [nav_id(1)]
    feed.publish(1, status="INACTIVE", at="2026-08-02T10:00:00+02:00")
    again = read_feed(nav, site, cursor=first.cursor, etag=first.etag, token=feed.token)
    assert (again.ads, set(again.gone)) == ({}, {nav_id(1)})


def test_entry_stopped_while_the_crawl_runs_is_gone(feed: Nav, site: Site) -> None:
    id = feed.publish(1)
    feed.entries[id] |= {"status": "INACTIVE", "ad_content": None}
    found = read_feed(nav, site, token=feed.token)
    assert (found.ads, found.gone) == ({}, [id])


@pytest.mark.parametrize("key", ["ad_content", "json"])
@pytest.mark.parametrize("packed", [False, True], ids=["object", "text"])
def test_every_field_of_an_entry_is_taken(key: str, packed: bool) -> None:
    content: Any = json.dumps(nav_ad(7)) if packed else nav_ad(7)
    (ad,) = page({"uuid": nav_id(7), "status": "ACTIVE", key: content}, kind="ad").ads
    assert (ad.ad_id, ad.title, ad.kind, ad.seen_at) == (nav_id(7), "Job 7", "job", NOW)
    assert [line for line in ad.text.splitlines() if line] == ["Pack fish & clean.", "Shift 7"]
    assert ad.raw == {"description": nav_ad(7)["description"]}
    assert ad.location == "7994 LEKA, LEKA, TRØNDELAG, NORGE"
    assert (ad.employer, ad.org_number) == ("X AS", "123456789")
    assert (ad.phones, ad.emails) == (("42 00 00 17",), ("jobs@x.example",))
    assert (ad.posted_at, ad.expires_at) == ("2026-08-01T00:00:00+02:00", "2026-09-01T00:00:00+02:00")
    assert ad.url == f"https://feed.example/stilling/{nav_id(7)}"
    assert ad.extra == {
        "engagementtype": "Sesong", "extent": "Heltid", "positioncount": "4", "sector": "Privat",
        "applicationUrl": "https://x.example/apply", "applicationDue": "Snarest", "source": "Stillingsregistrering",
        "jobtitle": "Pakker", "homepage": "https://x.example",
        "occupationCategories": ["Industri / Matproduksjon"], "categories": ["STYRK08 9112 Renholder"],
    }  # fmt: skip
    assert "A Person" not in repr(ad)


def test_contacts_of_a_stopped_entry_are_not_kept() -> None:
    content = page({"uuid": nav_id(7), "status": "INACTIVE", "ad_content": nav_ad(7)}, kind="ad")
    assert content == PageContent(gone=(nav_id(7),))


@pytest.mark.parametrize("content", [None, {}, "", "null", "{}", {"sector": "Privat"}], ids=repr)
def test_entry_without_content_is_gone(content: Any) -> None:
    assert page({"uuid": nav_id(7), "status": "ACTIVE", "ad_content": content}, kind="ad").gone == (nav_id(7),)


def test_since_leaves_out_what_is_older(feed: Nav, server: FeedServer) -> None:
    feed.publish(1, at="2026-01-01T10:00:00+02:00")
    feed.publish(2, at="2026-08-01T10:00:00+02:00")
    site = make_site("nav", f"{server.url}/api/v1/feed", feed={"since": "2026-07-01"})
    assert list(read_feed(nav, site, token=feed.token).ads) == [nav_id(2)]


def test_page_size_goes_with_every_page(feed: Nav, server: FeedServer) -> None:
    for number in range(9):
        feed.publish(number)
    site = make_site("nav", f"{server.url}/api/v1/feed", feed={"page_size": 4})
    assert len(read_feed(nav, site, token=feed.token).ads) == 9
    assert [asked.query.get("pageSize") for asked in server.asked if "/feed/" in asked.path] == [["4"], ["4"]]


def test_page_size_outlives_the_way_to_a_worker() -> None:
    """What a site file left out is filled in when the site is handed on."""
    site = Site.model_validate_json(make_site("nav", HOST).model_dump_json(by_alias=True))
    body = json.dumps({"items": [], "next_url": "/api/v1/feed/p"}).encode()
    for query in ("", "?pageSize=7"):
        document = Document(f"{HOST}/api/v1/feed{query}", "list", "application/json", body)
        assert nav.read(document, site, seen_at=NOW).links[0].url == f"{HOST}/api/v1/feed/p{query}"


def test_cursor_of_another_host_is_not_followed() -> None:
    site = make_site("nav", f"{HOST}/api/v1/feed")
    assert nav.seeds(site, "http://elsewhere.example/feed/9") == [PageLink(f"{HOST}/api/v1/feed", "list")]


def test_last_word_of_a_page_on_an_ad_counts() -> None:
    content = page(
        {"items": [item(1, status="INACTIVE"), item(1), item(2), item(2, status="INACTIVE")], "next_url": None}
    )
    assert ([link.url for link in content.links], content.gone) == (
        [f"{HOST}/api/v1/feedentry/{nav_id(1)}"], (nav_id(2),)
    )  # fmt: skip


ODD_PAGES: dict[str, Any] = {
    "no JSON": b"<html>",
    "deep": b"[" * 100_000,
    "list": [],
    "no items": {"next_url": None},
    "items is text": {"items": "x", "next_url": None},
    "no next_url": {"items": []},
    "long number": b'{"items": [], "next_url": ' + b"1" * 5000 + b"}",
}


@pytest.mark.parametrize("value", ODD_PAGES.values(), ids=ODD_PAGES)
def test_what_is_no_page_is_said(value: Any) -> None:
    with pytest.raises(ParseError, match=r"items and next_url are expected|not JSON"):
        page(value)


@pytest.mark.parametrize("value", [{}, {"error": "x"}, [], 7], ids=repr)
def test_what_is_no_entry_is_said(value: Any) -> None:
    with pytest.raises(ParseError, match=r"status and ad_content are expected"):
        page(value, kind="ad")


def test_items_of_wrong_types_cost_only_themselves() -> None:
    odd = [None, 7, [], {}, {"id": [], "url": {}}, item(3) | {"url": "http://[broken/"}, item(4) | {"url": 5.5},
           item(5) | {"url": "file:///etc/hostname"}, item(6) | {"_feed_entry": "x"}, item(7)]  # fmt: skip
    urls = [link.url for link in page({"items": odd, "next_url": None}).links]
    assert f"{HOST}/api/v1/feedentry/{nav_id(7)}" in urls
    assert all(url.startswith(HOST) for url in urls)


def test_flood_of_items_is_cut_and_said() -> None:
    content = page({"items": [item(number) for number in range(MAX_ITEMS + 5)], "next_url": "/api/v1/feed/p"})
    assert content.links[0] == PageLink(f"{HOST}/api/v1/feed/p", "list")
    assert (len(content.links), content.fault) == (MAX_ITEMS + 1, "5,005 links on one page; 5,000 are followed")


def test_ad_of_wrong_types_is_still_one() -> None:
    values = {key: [{"a": [1]}] if number % 2 else 7 for number, key in enumerate(nav_ad(1))}
    (ad,) = page({"uuid": nav_id(1), "status": "ACTIVE", "ad_content": values | {"title": "T \ud800"}}, kind="ad").ads
    assert ad.title == "T \ufffd"
