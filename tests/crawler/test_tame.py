"""The linear reader: every page has a tree, in time that grows with the page, with its text where it belongs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.htmltree import parse_html, select
from crawler.rawtext import raw_text
from crawler.tame import MAX_DEPTH, tame
from crawler.tokens import MAX_TOKENS
from crawler.visible import visible_text
from tests.effort import assert_linear

# (markup, what the element of class "text" holds)
PLACES: dict[str, tuple[str, str]] = {
    "unclosed paragraphs": ("<div class=text><p>One<p>Two</div>no", "One\n\nTwo"),
    "list items": ("<ul class=text><li>a<li>b</ul>no", "a\nb"),
    "end tag of another": ("<div class=text>a</b></p>b</div>no", "a\n\nb"),
    "end tag out of a cell": ("<div class=text><table><td></div>a</table>b</div>no", "a\nb"),
    "formatting around a block": ("<b><div class=text>a</b>b</div>no", "ab"),
    "many formatting around blocks": ("<b><div></b></div>" * 700 + "<div class=text>a</div>no", "a"),
    "attributes": (f"<div {' '.join(f'a{i}' for i in range(500))} class=text>a</div>no", "a"),
    "quotes": ("<div title='>' class=\"text\" x>a</div>no", "a"),
    "doubled attribute": ("<div class=text class=no>a</div>no", "a"),
    "deep": ("<div>" * 3000 + "<div class=text>a</div>no", "a"),
    "deep around it": (f"<div class=text>{'<i>' * 3000}a{'</i>' * 3000}</div>no", "a"),
    "comments": ("<div class=text><!-->a<!--->b<!-- no --!>c<!x>d</ x>e<?y?>f</div>no", "abcdef"),
    "less than": ("<div class=text>a < b <3 <</div>no", "a < b <3 <"),
    "references": ("<div class=text>&#52;&#x32&amp&notit;&#128;&#0;</div>no", "42&¬it;€\ufffd"),
    "script in a comment": ("<div class=text>a<script><!--<script></script>no--></script>b</div>no", "ab"),
    "noscript": ("<div class=text>a<noscript><!--</noscript>b</div>no", "ab"),
    "cdata": ("<div class=text><svg><![CDATA[<a>]]></svg><![CDATA[no]]>b</div>no", "<a>b"),
    "out of svg": ("<div class=text><svg><style><b>a</b></svg>b</div>no", "ab"),
    "plaintext": ("<div class=text>a<plaintext></div>b", "a\n\n</div>b"),
    "control characters": ("<div class=text>\0a\x01\x0cb\ud800</div>no", "a b"),
}


@pytest.mark.parametrize(("markup", "expected"), PLACES.values(), ids=PLACES)
def test_text_is_inside_what_it_belongs_to(markup: str, expected: str) -> None:
    (element,) = select(parse_html(tame(markup).page), ".text")
    assert visible_text(element) == expected


def test_tree_is_never_deeper_than_it_may_be() -> None:
    found = tame("<div>" * 2000)
    assert select(parse_html(found.page), "*" + " > *" * MAX_DEPTH)
    assert not select(parse_html(found.page), "*" + " > *" * (MAX_DEPTH + 4))
    assert found.cuts == (f"more than {MAX_DEPTH} tags within each other",)


def test_what_is_left_out_is_told() -> None:
    assert tame("<p>a</p>").cuts == ()
    assert tame(f"<p {' '.join(f'a{i}' for i in range(70))}>").cuts == ("more than 64 attributes on one tag",)
    many = tame("<br>" * (MAX_TOKENS + 10) + "42 00 00 17")
    assert many.cuts == (f"more than {MAX_TOKENS:,} tags",)
    assert visible_text(parse_html(many.page)) == "42 00 00 17"


FLOODS: dict[str, Callable[[int], str]] = {
    "attributes": lambda n: f"<p {' '.join(f'a{i}=x' for i in range(n))}>",
    "quoted attributes": lambda n: f"<p {' '.join(f'''a{i}='>' ''' for i in range(n))}>",
    "nested": lambda n: "<div>" * n,
    "nested inline": lambda n: "<b i><i i>x</b>" * n,
    "links": lambda n: "<p><a href=A>" * n,
    "tables": lambda n: "<table><tr><td>" * n,
    "end tags": lambda n: "<div><td>" * 90 + "</div>" * n,
    "comments": lambda n: "<!--" * n,
    "short comments": lambda n: "<!-->" * n,
    "two ends of comments": lambda n: "<!-- --> --!" * n,
    "unclosed quotes": lambda n: '<a href="' * n,
    "scripts": lambda n: "<script>" * n,
    "scripts in comments": lambda n: "<script><!--<script>" * n,
    "textareas": lambda n: "<textarea></textarea>" * n,
    "cdata": lambda n: "<svg><![CDATA[" * n,
    "less than": lambda n: "<" * n * 10,
    "references": lambda n: "&amp&#52;" * n,
    "bogus": lambda n: "<!x</ <?" * n,
}


def retold(page: str) -> object:
    return parse_html(tame(page).page)


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize("read", [retold, raw_text], ids=["tame", "raw"])
def test_time_grows_with_the_page(flood: Callable[[int], str], read: Callable[[str], object]) -> None:
    assert_linear(read, flood(4000), flood(8000))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([
    "<", ">", "<!--", "-->", "--!>", "</", "/>", "<p", "<b>", "</b>", "<div ", "</div>", "<table>", "<td>", "</table>",
    "<svg>", "</svg>", "<![CDATA[", "]]>", "<script>", "</script>", "<title>", "<a href='", "'", '"', "=", " ", "&#",
    "52;", "\0", "x:y", "é", "\ud800", "<ſ>", "<p \u212a=1 xml:lang=x :a>", "<head>", "<body a=1>", "</p>",
    "</br>", "<frameset>",
]), max_size=60).map("".join))  # fmt: skip
def test_any_page_can_be_written_anew(page: str) -> None:
    assert isinstance(visible_text(parse_html(tame(page).page)), str)
    assert isinstance(raw_text(page), str)


def test_bare_text_leaves_out_scripts_and_comments_and_breaks_lines() -> None:
    page = "<style>no</style>a<b>b</b><p>c<!-- no --><script>no</script>&aring;<textarea>d</textarea><!-- no"
    assert raw_text(page) == "ab\ncå\nd"
