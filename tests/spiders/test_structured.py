"""JSON-LD as it is found in the wild, and microdata of any shape."""

from __future__ import annotations

import pytest

from crawler.document import Document
from spiders.structured import structured


def found(markup: str) -> list[object]:
    return structured(Document("http://b.example/", "ad", "text/html; charset=utf-8", markup.encode()))


BLOCKS = {
    "plain": '{"a": 1}',
    "comment around it": '<!--\n{"a": 1}\n-->',
    "CDATA around it": '//<![CDATA[\n{"a": 1}\n//]]>',
    "comments in it": '{"a": /* one */ 1 // and no more\n}',
    "comma before the end": '{"a": 1,\n}',
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_what_stands_around_json_is_passed_over(block: str) -> None:
    assert found(f'<script type="application/ld+json">{block}</script>') == [{"a": 1}]


def test_what_looks_like_a_comment_in_a_text_is_kept() -> None:
    block = r'{"a": "http://b.example/ /* x */ ,] \" //", "b": 1,}'
    assert found(f'<script type="application/ld+json">{block}</script>') == [
        {"a": 'http://b.example/ /* x */ ,] " //', "b": 1}
    ]


def test_microdata_keeps_values_where_html_says_they_are() -> None:
    markup = """<div itemscope itemtype="https://schema.org/A"><meta itemprop=m content=1><a itemprop=l href=/x>no</a>
    <time itemprop=t datetime=2026>no</time><time itemprop=u>2027</time><data itemprop="d e" value=2>no</data>
    <span itemprop=s content=3>no</span><p itemprop=p>One<br>Two</p><p itemprop=p>Three</p>
    <div itemprop=i itemscope itemtype="https://schema.org/B"><i itemprop=n>4</i></div></div><i itemprop=lost>5</i>"""
    assert found(markup) == [
        {
            "@type": "A", "m": "1", "l": "http://b.example/x", "t": "2026", "u": "2027", "d": "2", "e": "2", "s": "3",
            "p": ["One\nTwo", "Three"], "i": {"@type": "B", "n": "4"},
        }
    ]  # fmt: skip
