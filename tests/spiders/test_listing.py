"""The listing family: each field under the selector that its site file names, kept as the page wrote it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.document import Document
from crawler.pages import PageLink, ParseError
from crawler.sites import AdRules, Site
from spiders.listing import find_links, parse_ad
from tests.crawler.samples import make_site

URL = "http://127.0.0.1:9/list/"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def page(html: str, *, url: str = URL) -> Document:
    return Document(url, "ad", "text/html; charset=utf-8", html.encode())


def with_rules(**rules: str) -> Site:
    return make_site().model_copy(update={"ad": AdRules(**{"ad_id": ".id::text", "text": ".text::text"} | rules)})


def read(html: str, **rules: str) -> Any:
    return parse_ad(page(f"<p class='id'>17</p>{html}"), with_rules(**rules), seen_at=NOW)


def test_ad_has_every_field_its_site_file_names() -> None:
    html = """<p class="id"> 17 </p><h1>Title</h1><div class="text"><p>One</p><p>Two</p></div>
    <b class="x">Bergen</b>
    <a class="phone" href="tel:42000017">42 00 00 17</a><a class="phone">42000018</a>
    <img src="/1.jpg"><img src="2.jpg">
    <time datetime="2026-05-01">today</time>"""
    rules = {
        "title": "h1::text",
        "location": ".x::text",
        "phones": ".phone::text",
        "images": "img::attr(src)",
        "posted_at": "time::attr(datetime)",
        "price": ".price::text",
    }
    ad = parse_ad(page(html), with_rules(**rules), seen_at=NOW)
    assert (ad.site, ad.kind, ad.url, ad.seen_at) == ("a.example", "escort", URL, NOW)
    assert (ad.ad_id, ad.title, ad.text, ad.location, ad.posted_at) == (
        "17",
        "Title",
        "One\n\nTwo",
        "Bergen",
        "2026-05-01",
    )
    assert ad.phones == ("42 00 00 17", "42000018")
    assert ad.images == ({"url": "http://127.0.0.1:9/1.jpg"}, {"url": "http://127.0.0.1:9/list/2.jpg"})
    assert ad.price == ""


# (the inside of the text element, the text of the ad)
TEXTS = {
    "break": ("One<br>Two", "One\nTwo"),
    "paragraphs": ("<p>One</p><p>Two</p>", "One\n\nTwo"),
    "list": ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
    "inline": ("a <b>small</b> room", "a small room"),
    "entities": ("Bl&aring;b&aelig;r &amp; 4&#x32; &lt;p&gt;", "Blåbær & 42 <p>"),
    "script and style": ("One<script>var x = 'no'</script><style>.no{}</style>", "One"),
    "comment": ("One<!-- no -->", "One"),
    "other scripts": ("Комната 42 · غرفة · 房间 · 4️⃣2️⃣", "Комната 42 · غرفة · 房间 · 4️⃣2️⃣"),
    "unclosed": ("<p>One<p>Two<div>Three", "One\n\nTwo\n\nThree"),
}


@pytest.mark.parametrize(("inside", "expected"), TEXTS.values(), ids=TEXTS)
def test_text_is_readable_and_whole(inside: str, expected: str) -> None:
    assert read(f"<div class='text'>{inside}</div>").text == expected


def test_text_in_several_elements_is_joined() -> None:
    assert read("<p class='text'>One</p><p>no</p><p class='text'> </p><p class='text'>Two</p>").text == "One\n\nTwo"


def test_first_of_several_is_taken_for_a_single_field() -> None:
    assert read("<p class='text'>t</p><h1> </h1><h1>One</h1><h1>Two</h1>", title="h1::text").title == "One"


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("<p class='id'>17</p>", "no text: '.text::text' finds nothing"),
        ("<p class='text'>t</p>", "no ad_id: '.id::text' finds nothing"),
        ("<p class='id'> &nbsp; </p><p class='text'>t</p>", "no ad_id: '.id::text' finds nothing"),
        ("", "no ad_id: '.id::text' finds nothing"),
    ],
    ids=["no text", "no id", "blank id", "nothing"],
)
def test_page_without_a_mandatory_field_names_the_selector(html: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_ad(page(html), with_rules(), seen_at=NOW)
    assert str(caught.value) == message


def test_language_of_the_site_stands_in_for_that_of_the_page() -> None:
    site = with_rules(language="html::attr(lang)").model_copy(update={"language": "nb"})
    body = "<p class='id'>1</p><p class='text'>t</p>"
    assert parse_ad(page(f"<html lang='ro'>{body}"), site, seen_at=NOW).language == "ro"
    assert parse_ad(page(body), site, seen_at=NOW).language == "nb"


# (the list page, its links)
LINKS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "ads, then next": (
        "<a class='next' href='?p=2'></a><a class='ad' href='/ad/1'></a><a class='ad' href='2'></a>",
        [
            ("http://127.0.0.1:9/ad/1", "ad"),
            ("http://127.0.0.1:9/list/2", "ad"),
            ("http://127.0.0.1:9/list/?p=2", "list"),
        ],
    ),
    "canonical": (
        "<a class='ad' href=' /ad/1?b=2&a=1#top '></a>",
        [("http://127.0.0.1:9/ad/1?a=1&b=2", "ad")],
    ),
    "letters": ("<a class='ad' href='/ad/på'></a>", [("http://127.0.0.1:9/ad/p%C3%A5", "ad")]),
    "base": (
        "<base href='http://b.example/x/'><a class='ad' href='1'></a>",
        [("http://b.example/x/1", "ad")],
    ),
    "other schemes": (
        "<a class='ad' href='file:///etc/hostname'></a><a class='ad' href='javascript:x'></a>",
        [],
    ),
    "base is a file": (
        "<base href='file:///etc/'><a class='ad' href='hostname'></a>",
        [("http://127.0.0.1:9/list/hostname", "ad")],
    ),
    "broken base": ("<base href='http://[x/'><a class='ad' href='1'></a>", [("http://127.0.0.1:9/list/1", "ad")]),
    "script as base": ("<base href='javascript:x'><a class='ad' href='1'></a>", [("http://127.0.0.1:9/list/1", "ad")]),
    "broken beside a good one": (
        "<a class='ad' href='http://[x/'></a><a class='ad' href='/1'></a><a class='ad'></a>",
        [("http://127.0.0.1:9/1", "ad")],
    ),
    "none": ("<p>empty</p>", []),
}


@pytest.mark.parametrize(("html", "expected"), LINKS.values(), ids=LINKS)
def test_links_are_absolute_canonical_and_only_pages(html: str, expected: list[tuple[str, Any]]) -> None:
    assert find_links(page(html), make_site()) == [PageLink(url, kind) for url, kind in expected]
