"""The quick selectors give what XPath gives, in the same order, or leave the selector to it."""

from __future__ import annotations

import random

import pytest
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from crawler.quickcss import Index, parse_selector

NAMES = ("a", "b", "text", "id", "ad")
TAGS = ("div", "p", "span", "h1", "a")


def tree(dice: random.Random) -> etree._Element:
    """A tree of sixty elements with classes, ids and tags at random."""
    root = etree.Element("html")
    elements = [root]
    for _ in range(60):
        element = etree.SubElement(dice.choice(elements), dice.choice(TAGS))
        if dice.random() < 0.6:
            spaces = dice.choice((" ", "  ", "\n", "\t "))
            element.set("class", spaces.join(dice.choices(NAMES, k=dice.randint(1, 3))) + dice.choice(("", " ")))
        if dice.random() < 0.3:
            element.set("id", dice.choice(NAMES))
        elements.append(element)
    return root


def selector(dice: random.Random) -> str:
    return " ".join(compound(dice) for _ in range(dice.randint(1, 3)))


def compound(dice: random.Random) -> str:
    marks = "".join(dice.choice(".#") + dice.choice(NAMES) for _ in range(dice.randint(0, 2)))
    return (dice.choice(TAGS) if not marks or dice.random() < 0.4 else "") + marks


@pytest.mark.parametrize("seed", range(40))
def test_what_is_found_is_what_xpath_finds(seed: int) -> None:
    dice = random.Random(seed)
    root = tree(dice)
    index = Index(root)
    found = 0
    for _ in range(50):
        query = selector(dice)
        compounds = parse_selector(query)
        assert compounds, query
        expected = root.xpath(HTMLTranslator().css_to_xpath(query))
        assert index.find(compounds) == expected, query
        found += len(expected)
    assert found > 50


OTHERS = (
    "", "*", "a > b", "a, b", "a[href]", "a:first-child", "a + b", "a ~ b", ".1a", "a.b:not(.c)", "#\\31", ".x::text",
    "svg|a", ".b\\:c",
)  # fmt: skip


@pytest.mark.parametrize("query", OTHERS)
def test_other_selectors_are_left_to_xpath(query: str) -> None:
    assert parse_selector(query) is None
