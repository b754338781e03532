"""The rss family: RSS 2.0, RSS 1.0 and Atom from a real server, and feeds that mean harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.document import Document
from crawler.pages import PageContent, ParseError
from crawler.sites import Site
from spiders.feeds import rss
from spiders.feeds.rss import MAX_ENTRIES
from tests.crawler.samples import ad_page
from tests.effort import assert_within
from tests.spiders.feeds.servers import NOW, Asked, FeedServer, Reply, make_site, read_feed

URL = "http://127.0.0.1:9/feed"
ITEM = ("<item><guid>g{0}</guid><title>Job &amp; {0}</title><link>/job/{0}</link>"
        "<pubDate>Sat, 01 Aug 2026 10:00:00 +0200</pubDate>"
        "<description>&lt;p&gt;Pack fish {0}.&lt;/p&gt;&lt;p&gt;Now.&lt;/p&gt;</description>"
        "<category>Fish</category></item>")  # fmt: skip
RSS2 = '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Jobs</title>{}</channel></rss>'
RSS1 = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Jobs</title>
</channel><item rdf:about="/job/1"><title>Job 1</title><link>/job/1</link><description>Pack fish 1.</description>
<dc:date>2026-08-01T10:00:00+02:00</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Jobs</title>{}<entry>
<id>urn:job:1</id><title type="text">Job 1</title><link href="/job/1"/><updated>2026-08-01T08:00:00Z</updated>
<summary>Short.</summary><content type="html" xml:lang="nb">&lt;p&gt;Pack fish 1.&lt;/p&gt;</content></entry></feed>"""


def site(**more: object) -> Site:
    return make_site("rss", URL, language="en", **more)


def read(text: str, *, of: Site | None = None) -> PageContent:
    return rss.read(Document(URL, "list", "application/xml", text.encode()), of or site(), seen_at=NOW)


def test_rss_2_entries_are_ads() -> None:
    first, second = read(RSS2.format(ITEM.format(1) + ITEM.format(2))).ads
    assert (first.ad_id, first.title, first.url) == ("g1", "Job & 1", "http://127.0.0.1:9/job/1")
    assert [line for line in first.text.splitlines() if line] == ["Pack fish 1.", "Now."]
    assert (first.posted_at, first.language) == ("2026-08-01T08:00:00+00:00", "en")
    assert first.extra == {"categories": ["Fish"]}
    assert first.raw == {"description": "<p>Pack fish 1.</p><p>Now.</p>"}
    assert second.ad_id == "g2"


def test_rss_1_entries_are_ads() -> None:
    (ad,) = read(RSS1).ads
    assert (ad.title, ad.text, ad.url) == ("Job 1", "Pack fish 1.", "http://127.0.0.1:9/job/1")
    assert ad.posted_at == "2026-08-01T08:00:00+00:00"


def test_atom_entries_are_ads_and_their_content_goes_before_a_summary() -> None:
    (ad,) = read(ATOM.format("")).ads
    assert (ad.ad_id, ad.text, ad.language, ad.posted_at) == (
        "urn:job:1", "Pack fish 1.", "nb", "2026-08-01T08:00:00+00:00"
    )  # fmt: skip


def test_next_pages_are_followed_to_their_end() -> None:
    def answer(asked: Asked) -> Reply:
        number = int(asked.query.get("p", ["1"])[0])
        link = (
            f'<atom:link rel="next" href="?p={number + 1}"/>' if number < 4 else '<atom:link rel="next" href="?p=2"/>'
        )
        return Reply(RSS2.format(link + ITEM.format(number)).encode(), kind="application/rss+xml")

    with FeedServer(answer) as server:
        found = read_feed(rss, make_site("rss", f"{server.url}/feed"))
        assert sorted(found.ads) == ["g1", "g2", "g3", "g4"]
        assert found.cursor == f"{server.url}/feed"


def test_feed_that_did_not_change_is_not_sent_again() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == '"a"':
            return Reply(status=304)
        return Reply(RSS2.format(ITEM.format(1)).encode(), kind="application/rss+xml", headers={"ETag": '"a"'})

    with FeedServer(answer) as server:
        feed = make_site("rss", f"{server.url}/feed")
        first = read_feed(rss, feed)
        again = read_feed(rss, feed, cursor=first.cursor, etag=first.etag)
    assert (first.statuses, again.statuses, again.ads) == ([200], [304], {})


def test_with_selectors_entries_lead_to_pages_of_ads() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/feed":
            return Reply(RSS2.format(ITEM.format(1) + ITEM.format(2)).encode(), kind="text/xml")
        return Reply(ad_page(asked.path.rpartition("/")[2]).encode(), kind="text/html; charset=utf-8")

    with FeedServer(answer) as server:
        feed = make_site(
            "rss", f"{server.url}/feed", ad={"ad_id": ".id::text", "text": ".text::text", "title": "h1::text"}
        )
        found = read_feed(rss, feed)
    assert {(ad.ad_id, ad.title, ad.text) for ad in found.ads.values()} == {
        ("1", "Ad 1", "Two rooms near the harbour."), ("2", "Ad 2", "Two rooms near the harbour.")
    }  # fmt: skip


def test_entry_without_id_or_text_is_said_and_costs_only_itself() -> None:
    content = read(RSS2.format(ITEM.format(1) + "<item><title>x</title></item><item><guid>2</guid></item>"))
    assert [ad.ad_id for ad in content.ads] == ["g1"]
    assert content.fault == "2 of 3 entries without id and link, or without text"


@pytest.mark.parametrize("text", ["", "<html><p>down</p></html>", '{"items": []}', "\0" * 100], ids=repr)
def test_what_is_no_feed_is_said(text: str) -> None:
    with pytest.raises(ParseError, match="no RSS or Atom"):
        read(text)


def test_entities_of_a_document_are_neither_loaded_nor_multiplied(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    laughs = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    head = f'<!DOCTYPE r [<!ENTITY a "ha">{laughs}<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    item = "<item><guid>1</guid><title>&x;T</title><description>&j;&x;D</description></item>"
    content = assert_within(2, lambda: read(head + f'<rss version="2.0"><channel>{item}</channel></rss>'))
    assert "the secret" not in repr(content)
    assert sum(len(ad.text) for ad in content.ads) < 10_000


def test_body_that_is_a_url_or_a_file_name_is_not_loaded(tmp_path: Path) -> None:
    feed = RSS2.format(ITEM.format(1)).encode()
    (tmp_path / "feed.xml").write_bytes(feed)
    with FeedServer(lambda _: Reply(feed, kind="text/xml")) as server:
        for body in (f"{server.url}/feed", str(tmp_path / "feed.xml"), (tmp_path / "feed.xml").as_uri()):
            with pytest.raises(ParseError, match="no RSS or Atom"):
                read(body)
    assert server.asked == []


def test_flood_of_entries_is_cut_and_said() -> None:
    flood = RSS2.format(
        "".join(ITEM.format(number) for number in range(20_000)) + '<atom:link rel="next" href="?p=2"/>'
    )
    content = assert_within(3, lambda: read(flood))
    assert (len(content.ads), content.fault) == (MAX_ENTRIES, "more than 1,000 entries; the first are read")
    assert [link.url for link in content.links] == [f"{URL}?p=2"]


def test_pictures_are_addresses_only() -> None:
    enclosed = '<enclosure url="/a.jpg" type="image/jpeg" length="1"/><enclosure url="/a.mp3" type="audio/mp3"/>'
    (ad,) = read(RSS2.format(ITEM.format(1).replace("</item>", enclosed + "</item>"))).ads
    assert ad.images == ({"url": "http://127.0.0.1:9/a.jpg"},)
