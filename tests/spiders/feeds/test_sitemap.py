"""The sitemap family: indexes, gzip, what changed since, pages of JobPosting, and sitemaps that mean harm."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from crawler.document import Document
from crawler.pages import PageContent, ParseError
from spiders.feeds import sitemap
from spiders.feeds.fields import MAX_ITEMS
from spiders.feeds.sitemap import MAX_UNPACKED
from tests.effort import assert_within
from tests.spiders.feeds.servers import NOW, Asked, FeedServer, Reply, make_site, read_feed

HOST = "http://127.0.0.1:9"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(*entries: tuple[str, str], root: str = "urlset", item: str = "url") -> str:
    parts = [f"<{item}><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{item}>" for url, day in entries]
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} {NAMESPACE}>{"".join(parts)}</{root}>'


def index(*entries: tuple[str, str]) -> str:
    return urlset(*entries, root="sitemapindex", item="sitemap")


def job_page(number: str) -> str:
    posting = {"@context": "https://schema.org/", "@type": "JobPosting", "title": f"Job {number}",
               "identifier": number, "description": "<p>Pack fish.</p>"}  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(posting)}</script>'


def read(body: bytes | str, *, url: str = f"{HOST}/sitemap.xml") -> PageContent:
    data = body.encode() if isinstance(body, str) else body
    return sitemap.read(Document(url, "list", "text/xml", data), make_site("sitemap", HOST), seen_at=NOW)


def board(asked: Asked) -> Reply:
    if asked.path == "/sitemap.xml":
        return Reply(index(("/jobs-1.xml", "2026-07-20"), ("/jobs-2.xml.gz", "2026-08-01")).encode(), kind="text/xml")
    if asked.path == "/jobs-1.xml":
        return Reply(
            urlset(("/job/1", "2026-06-01"), ("/job/2", "2026-07-20T10:00:00+02:00")).encode(), kind="text/xml"
        )
    if asked.path == "/jobs-2.xml.gz":
        return Reply(
            gzip.compress(urlset(("/job/3", "2026-08-01"), ("/job/4", "")).encode()), kind="application/x-gzip"
        )
    return Reply(job_page(asked.path.rpartition("/")[2]).encode(), kind="text/html; charset=utf-8")


def test_index_leads_to_sitemaps_and_they_to_postings() -> None:
    with FeedServer(board) as server:
        found = read_feed(sitemap, make_site("sitemap", f"{server.url}/sitemap.xml"))
    assert sorted(found.ads) == ["1", "2", "3", "4"]
    assert (found.cursor, found.faults) == ("2026-08-01", [])
    assert found.ads["3"].title == "Job 3"


def test_next_crawl_takes_what_changed_since_and_what_has_no_date() -> None:
    with FeedServer(board) as server:
        found = read_feed(sitemap, make_site("sitemap", f"{server.url}/sitemap.xml"), cursor="2026-08-01")
        assert server.paths() == ["/sitemap.xml", "/jobs-2.xml.gz", "/job/3", "/job/4"]
    assert sorted(found.ads) == ["3", "4"]


def test_since_of_the_site_file_is_where_the_first_crawl_begins() -> None:
    with FeedServer(board) as server:
        found = read_feed(sitemap, make_site("sitemap", f"{server.url}/sitemap.xml", feed={"since": "2026-07-01"}))
    assert sorted(found.ads) == ["2", "3", "4"]


def test_date_in_the_future_does_not_hide_what_comes_until_then() -> None:
    assert read(urlset(("/job/1", "2099-01-01"))).cursor == "2026-08-02"


@pytest.mark.parametrize("date", ["", "yesterday", "0000-00-00", "2026-13-01", "x" * 5000], ids=lambda date: date[:12])
def test_date_that_is_none_is_as_no_date(date: str) -> None:
    content = read(urlset(("/job/1", date)), url=f"{HOST}/sitemap.xml#since=2026-08-01")
    assert ([link.url for link in content.links], content.cursor) == ([f"{HOST}/job/1"], None)


def test_flood_of_pages_is_cut_at_the_oldest_so_that_the_next_crawl_goes_on() -> None:
    days = [(f"/job/{number}", f"2026-0{1 + number % 2}-01") for number in range(MAX_ITEMS + 1000)]
    content = read(urlset(*days))
    assert (len(content.links), content.cursor, content.fault) == (MAX_ITEMS + 1, "2026-02-01", "")
    assert sum(int(link.url.rpartition("/")[2]) % 2 == 0 for link in content.links) == (MAX_ITEMS + 1000) // 2


def test_gzip_bomb_is_stopped_early() -> None:
    bomb = gzip.compress(bytes(200_000_000))

    def refused() -> None:
        with pytest.raises(ParseError, match=f"sitemap unpacks to more than {MAX_UNPACKED:,} bytes"):
            read(bomb)

    assert_within(1, refused)


ODD: dict[str, bytes] = {
    "nothing": b"",
    "HTML": b"<html><body>down",
    "no XML": b"hello",
    "feed": b"<rss><channel/></rss>",
    "broken gzip": b"\x1f\x8bxxxxxxxxxxxxxxxxxxx",
    "broken before the first": f"<urlset {NAMESPACE}><url><loc>/a</url>".encode(),
    "deep": b"<urlset>" + b"<url>" * 100_000,
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_what_is_no_sitemap_is_said(body: bytes) -> None:
    with pytest.raises(ParseError, match=r"no sitemap|sitemap cannot be read|sitemap is no gzip file"):
        read(body)


def test_sitemap_that_breaks_off_gives_what_came_before() -> None:
    content = read(urlset(("/job/1", ""), ("/job/2", ""))[:-30])
    assert [link.url for link in content.links] == [f"{HOST}/job/1"]


def test_links_are_addresses_of_pages_only() -> None:
    odd = [
        "file:///etc/hostname",
        "javascript:x",
        "http://[broken/",
        "  /job/1\n",
        "ftp://a.example/",
        "mailto:a@b.example",
    ]
    assert [link.url for link in read(urlset(*((url, "") for url in odd))).links] == [f"{HOST}/job/1"]


def test_entities_are_neither_resolved_nor_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("/the-secret")
    head = f'<!DOCTYPE r [<!ENTITY a "/ha"><!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    items = "<url><loc>&x;</loc></url><url><loc>&a;</loc></url><url><loc>/job/1</loc></url>"
    content = read(f"{head}<urlset>{items}</urlset>")
    assert [link.url for link in content.links] == [f"{HOST}/job/1"]


def test_entities_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    with pytest.raises(ParseError, match=r"no sitemap: .*entity"):
        read(f'<!DOCTYPE r [<!ENTITY a "/ha">{laughs}]><urlset><url><loc>&j;</loc></url></urlset>')


def test_a_million_entries_take_no_more_than_a_moment() -> None:
    body = b"<urlset>" + b"<url><loc>/j</loc></url>" * 330_000 + b"</urlset>"
    assert len(assert_within(5, lambda: read(body)).links) == 1
