"""The jobtech family against a server that speaks JobStream v2: snapshot, windows, removals."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.document import Document
from crawler.pages import PageContent, PageLink, ParseError
from spiders.feeds import jobtech
from spiders.feeds.fields import MAX_ITEMS
from tests.spiders.feeds.servers import NOW, FeedServer, JobStream, jobstream_ad, make_site, read_feed

HOST = "http://127.0.0.1:9"
WINDOW = f"{HOST}/v2/stream?updated-after=2026-08-01T10:00:00&updated-before=2026-08-01T12:00:00"


def read(body: bytes, *, url: str = WINDOW) -> PageContent:
    document = Document(url, "list", "application/jsonl", body)
    return jobtech.read(document, make_site("jobtech", HOST), seen_at=NOW)


def window(link: PageLink) -> tuple[str, str]:
    query = parse_qs(urlsplit(link.url).query)
    return query["updated-after"][0], query["updated-before"][0]


@pytest.mark.parametrize("as_lines", [True, False], ids=["lines", "array"])
def test_stream_is_read_window_for_window_up_to_now(as_lines: bool) -> None:
    stream = JobStream(as_lines=as_lines)
    stream.publish("1", "2026-08-01T00:10:00")
    stream.publish("2", "2026-08-01T20:00:00")
    stream.publish("3", "2026-08-02T11:30:00")
    stream.publish("0", "2026-07-31T00:00:00")
    with FeedServer(stream.answer) as server:
        site = make_site("jobtech", f"{server.url}/v2/stream", feed={"since": "2026-08-01"})
        found = read_feed(jobtech, site)
    assert sorted(found.ads) == ["1", "2", "3"]
    assert found.faults == []
    assert found.cursor == (NOW - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S")
    asked = [(a.query["updated-after"][0], a.query["updated-before"][0]) for a in server.asked]
    assert asked[0] == ("2026-08-01T00:00:00", "2026-08-01T01:00:00")
    assert [before for _, before in asked[:-1]] == [after for after, _ in asked[1:]]
    assert len(asked) < 10  # quiet windows grow


def test_next_crawl_begins_at_the_cursor_and_takes_removals() -> None:
    stream = JobStream()
    stream.publish("1", "2026-08-02T11:00:00")
    with FeedServer(stream.answer) as server:
        site = make_site("jobtech", f"{server.url}/v2/stream", feed={"since": "2026-08-02"})
        first = read_feed(jobtech, site)
        assert list(first.ads) == ["1"]
        stream.remove("1", "2026-08-02T12:30:00")
        second = read_feed(jobtech, site, cursor=first.cursor, now=NOW + timedelta(hours=1))
    assert (second.ads, second.gone) == ({}, ["1"])
    assert second.cursor == "2026-08-02T12:55:00"


def test_snapshot_comes_first_and_the_stream_from_then_on() -> None:
    stream = JobStream()
    stream.publish("1", "2026-07-01T00:00:00")
    with FeedServer(stream.answer) as server:
        site = make_site("jobtech", f"{server.url}/v2/snapshot")
        first = read_feed(jobtech, site)
        assert list(first.ads) == ["1"]
        stream.publish("2", "2026-08-02T12:10:00")
        second = read_feed(jobtech, site, cursor=first.cursor, now=NOW + timedelta(hours=1))
        assert (list(second.ads), second.faults) == (["2"], [])
        assert server.paths()[0] == "/v2/snapshot"
        assert set(server.paths()[1:]) == {"/v2/stream"}


def test_places_and_occupations_are_asked_for() -> None:
    feed = {"since": "2026-08-01", "locations": ["AvNB_uwa_6n6", "G6DV_fKE_Viz"], "keywords": ["apaJ_2ja_LuF"]}
    (link,) = jobtech.seeds(make_site("jobtech", f"{HOST}/v2/stream", feed=feed), None)
    assert parse_qs(urlsplit(link.url).query) == {
        "updated-after": ["2026-08-01T00:00:00"], "updated-before": ["2026-08-01T01:00:00"],
        "location-concept-id": ["AvNB_uwa_6n6", "G6DV_fKE_Viz"], "occupation-concept-id": ["apaJ_2ja_LuF"],
    }  # fmt: skip
    (further, *_) = jobtech.read(Document(link.url, "list", "", b""), make_site("jobtech", HOST), seen_at=NOW).links
    assert parse_qs(urlsplit(further.url).query)["location-concept-id"] == ["AvNB_uwa_6n6", "G6DV_fKE_Viz"]


@pytest.mark.parametrize(
    ("size", "hours"), [(10, 4.0), (2_000_000, 2.0), (5_000_000, 1.0)], ids=["small", "medium", "large"]
)
def test_windows_follow_the_size_of_answers(size: int, hours: float) -> None:
    (link,) = read(b"\n" * size).links
    assert window(link)[0] == "2026-08-01T12:00:00"
    assert window(link)[1] == f"2026-08-01T{12 + int(hours)}:00:00"


def test_every_field_of_an_ad_is_taken() -> None:
    (ad,) = read(json.dumps(jobstream_ad("7")).encode()).ads
    assert (ad.ad_id, ad.title, ad.language, ad.url) == ("7", "Job 7", "sv", "https://stream.example/annonser/7")
    assert ad.text == "Picking berries.\nHousing is arranged."
    assert ad.location == "Storgatan 1, 91933 Åsele, Åsele, Västerbottens län, Sverige"
    assert (ad.employer, ad.org_number) == ("Y AB", "5566778899")
    assert ad.phones == ("42 00 00 18", "42 00 00 19")
    assert ad.emails == ("a@y.example", "b@y.example")
    assert (ad.posted_at, ad.expires_at) == ("2026-08-01T00:00:00", "2026-08-31T23:59:59")
    assert ad.extra == {
        "number_of_vacancies": "2", "salary_description": "Ackord", "source_type": "VIA_ANNONSERA",
        "employment_type": "Säsongsarbete", "salary_type": "Rörlig lön", "duration": "3 månader",
        "working_hours_type": "Heltid", "occupation": "Bärplockare", "scope_of_work": "100",
        "application": "Send a letter", "application_deadline": "2026-08-31T23:59:59",
        "employer_url": "https://y.example", "must_have": {"languages": ["Thai"]},
    }  # fmt: skip
    assert "B Person" not in repr(ad)


def test_last_word_of_an_answer_on_an_ad_counts() -> None:
    lines = [jobstream_ad("1"), {"id": "1", "removed": True}, {"id": "2", "removed": True}, jobstream_ad("2")]
    content = read(b"\n".join(json.dumps(line).encode() for line in lines))
    assert ([ad.ad_id for ad in content.ads], content.gone) == (["2"], ("1",))


ODD: dict[str, bytes] = {
    "HTML": b"<html><body>down</body></html>",
    "cut line": b'{"id": "1", "head',
    "cut array": b'[{"id": "1"}',
    "message": b'{"message": "too many requests"}',
    "deep": b"[" * 100_000,
    "text": b'"x"',
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_what_is_no_answer_of_the_stream_is_said(body: bytes) -> None:
    with pytest.raises(ParseError, match=r"not JSON|is no ad"):
        read(body)


def test_ads_of_wrong_types_cost_only_themselves() -> None:
    odd: list[Any] = [None, 7, [], {"id": []}, {"id": "3"}, {"id": 4, "headline": {}}, jobstream_ad("5", employer=7,
                      description="x", occupation=[[]], must_have=[1], workplace_address=None)]  # fmt: skip
    content = read(json.dumps(odd).encode())
    assert [(ad.ad_id, ad.text) for ad in content.ads] == [("5", "Job 5")]


FLOOD = b"\n".join(b'{"id": "%d", "headline": "x"}' % number for number in range(MAX_ITEMS + 5))


def test_window_of_too_many_ads_is_asked_for_again_in_halves() -> None:
    content = read(FLOOD)
    assert (len(content.ads), content.cursor, content.fault) == (MAX_ITEMS, None, "")
    assert [window(link) for link in content.links] == [("2026-08-01T10:00:00", "2026-08-01T11:00:00")]


@pytest.mark.parametrize(
    "url", [f"{HOST}/v2/snapshot", WINDOW.replace("12:00:00", "10:05:00")], ids=["all", "shortest"]
)
def test_flood_of_ads_is_cut_and_said(url: str) -> None:
    content = read(FLOOD, url=url)
    assert (len(content.ads), content.links, content.cursor) == (MAX_ITEMS, (), None)
    assert content.fault == "5,005 ads in one answer; 5,000 are read"
