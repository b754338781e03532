"""Document: the page as spiders see it, by its own base, without anything loaded or resolved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.document import Document, page_links
from crawler.htmltree import content

URL = "http://b.example/list/"


def html(markup: str, *, url: str = URL, kind: str = "text/html; charset=utf-8") -> Document:
    return Document(url, "list", kind, markup.encode())


BASES = {
    "none": ("", "http://b.example/list/x"),
    "relative": ("<base href='/a/'>", "http://b.example/a/x"),
    "of the site": ("<base href='https://b.example/a/'>", "https://b.example/a/x"),
    "first that has an address": ("<base target=_top><base href=/a/><base href=/b/>", "http://b.example/a/x"),
    "file": ("<base href='file:///etc/'>", "http://b.example/list/x"),
    "other scheme": ("<base href='ftp://b.example/a/'>", "http://b.example/list/x"),
    "data": ("<base href='data:text/html,'>", "http://b.example/list/x"),
    "script": ("<base href='javascript:x'>", "http://b.example/list/x"),
    "broken": ("<base href='http://[b/'>", "http://b.example/list/x"),
}


@pytest.mark.parametrize(("base", "expected"), BASES.values(), ids=BASES)
def test_base_of_the_page_counts_where_it_is_a_web_address(base: str, expected: str) -> None:
    assert html(base).urljoin("x") == expected


def test_links_are_each_once_and_at_most_one_more_than_are_followed() -> None:
    many = html("".join(f"<a href=/{n}>" for n in range(30_000)))
    assert len(page_links(many, "a::attr(href)", "ad")) == 5001
    few = page_links(html("<a href=1><a href=1#x><a href='mailto:x'>"), "a::attr(href)", "ad")
    assert [link.url for link in few] == ["http://b.example/list/1"]


def test_link_that_is_too_long_is_left_to_be_counted() -> None:
    (link,) = page_links(html(f"<a href='{'x' * 3000}'>"), "a::attr(href)", "ad")
    assert len(link.url) > 2048


def test_json_is_utf_8_whatever_it_is_said_to_be() -> None:
    assert html('{"a": "å"}', kind="application/json; charset=latin1").json() == {"a": "å"}
    with pytest.raises(ValueError, match="Expecting value"):
        html("<p>", kind="application/json").json()


def test_what_a_page_declares_is_neither_loaded_nor_grows(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    marker.write_text("SECRET", encoding="utf-8")
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{marker.as_uri()}"><!ENTITY l0 "lol">{names}]>'
    page = html(f"{doctype}<a><b>&x;&l11;</b><d>1</d></a>", kind="application/xml")
    assert [content(element) for element in page.find("b, d")] == ["&x;&l11;", "1"]


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", "", "application/xml"])
def test_html_is_read_as_html_whatever_it_is_said_to_be(kind: str) -> None:
    page = html("<!DOCTYPE html><html><body><p>a<br>b", kind=kind)
    assert [content(element) for element in page.find("p")] == ["ab"]


SELECTORS = {
    "text": ("p::text", ["p", "p"]),
    "attribute": ("p::attr(id)", ["1", ""]),
    "attribute of any": ("::attr(href)", ["x"]),
    "each once": ("p, body > *, [id]", ["p", "p"]),
    "in order": ("a, p", ["p", "a", "p"]),
    "none of": ("p:not([class])", ["p"]),
    "what holds": ("p:has(> a)", ["p"]),
    "place": ("p:nth-child(2)", ["p"]),
    "around it, not": (":not(div) a", ["a"]),
    "around it, any of": (":is(body, i) a", ["a"]),
    "around it, with": ("html > :has(p) a, [href=':x']", ["a"]),
    "beside it, not": (":not(div) ~ p", ["p"]),
    "not in a template": ("i", []),
    "not in a noscript": ("b", []),
}


@pytest.mark.parametrize(("selector", "expected"), SELECTORS.values(), ids=SELECTORS)
def test_selector_finds_what_it_names(selector: str, expected: list[str]) -> None:
    page = html("<p id=1><a href=x></a></p><p id class=c><template><i></i></template><noscript><b></b></noscript>")
    assert [found if isinstance(found, str) else found.tag for found in page.find(selector)] == expected


def test_control_characters_are_left_out() -> None:
    page = html("<p title='a\x01&#2;b\N{NBSP}'>c\x01&#2;\0d</p>")
    assert page.find("p::attr(title)") == ["ab\N{NBSP}"]
    assert content(page.find("p")[0]) == "cd"


def test_page_that_is_deep_is_read_whole() -> None:
    page = html("<div>" * 3000 + "<p class=x>42 00 00 17")
    assert ([content(element) for element in page.find("div .x")], page.events) == (["42 00 00 17"], ())


def test_page_that_went_over_a_limit_says_so() -> None:
    page = replace(html("<div>" * 3000 + "<p class=x>42 00 00 17"), tamed=True)
    assert [content(element) for element in page.find("div .x")] == ["42 00 00 17"]
    assert [(event.kind, event.detail) for event in page.events] == [
        ("parse_limit", "more than 500 tags within each other")
    ]


def test_ordinary_page_has_no_events() -> None:
    page = html("<p>a</p>")
    assert ([content(element) for element in page.find("p")], page.events) == (["a"], ())
