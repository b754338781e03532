"""The tree and its selectors: what lexbor finds is what XPath finds, and a page that is no use gives an error."""

from __future__ import annotations

import random
import resource
import subprocess
import sys

import pytest
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from crawler.htmltree import (
    Element,
    attribute,
    check_selector,
    content,
    find_around,
    parse_html,
    select,
    split_selector,
)

NAMES = ("a", "b", "text", "ad")
TAGS = ("div", "span", "section", "i", "ul")
PSEUDOS = (":first-child", ":nth-child(2)", ":nth-last-child(odd)", ":only-child", ":empty")
VALUES = ("[n]", "[class~=a]", "[class^='a ']", "[class*=ex]", "[id$='d']", "[id='b']")


def tree(dice: random.Random) -> etree._Element:
    """A page of sixty elements with classes and ids at random; `n` of each is its own."""
    root = etree.Element("html", n="html")
    etree.SubElement(root, "head", n="head")
    elements = [etree.SubElement(root, "body", n="body")]
    for number in range(60):
        element = etree.SubElement(dice.choice(elements), dice.choice(TAGS), n=str(number))
        if dice.random() < 0.6:
            spaces = dice.choice((" ", "  ", "\n", "\t "))
            element.set("class", spaces.join(dice.choices(NAMES, k=dice.randint(1, 3))) + dice.choice(("", " ")))
        if dice.random() < 0.3:
            element.set("id", dice.choice(NAMES))
        elements.append(element)
    return root


def compound(dice: random.Random, *, depth: int = 0) -> str:
    marks = [dice.choice(".#") + dice.choice(NAMES) for _ in range(dice.randint(0, 2))]
    if dice.random() < 0.3:
        marks.append(dice.choice((*PSEUDOS, *VALUES)))
    if not depth and dice.random() < 0.3:
        inner = compound(dice, depth=depth + 1)
        marks.append(dice.choice((":not({})", ":is({})", ":has({})", ":has(> {})", ":where({})")).format(inner))
    return (dice.choice(TAGS) if not marks or dice.random() < 0.3 else "") + "".join(marks)


def selector(dice: random.Random) -> str:
    first, *others = (compound(dice) for _ in range(dice.randint(1, 4)))
    return first + "".join(dice.choice((" ", " ", " > ", " + ", " ~ ")) + other for other in others)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_found_is_what_xpath_finds(seed: int) -> None:
    dice = random.Random(seed)
    page = tree(dice)
    root = parse_html(etree.tostring(page, method="html", encoding="unicode"))
    found = 0
    for _ in range(50):
        query = ", ".join(selector(dice) for _ in range(dice.choice((1, 1, 1, 2, 3))))
        expected = [element.get("n") for element in page.xpath(HTMLTranslator().css_to_xpath(query))]
        assert [attribute(element, "n") for element in select(root, query)] == expected, query
        found += len(expected)
    assert found > 50


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("p", ["1", "4"]),
        (".a > b, i::text", ["2", "3"]),
        ("a::attr( href )", ["/x"]),
        ("[x=':y'] :not(i)", ["3", "5"]),
        ("p:has(+ i)", ["1"]),
    ],
)
def test_selector_is_one(rule: str, found: list[str]) -> None:
    page = (
        "<p id=1>1</p><i id=2></i><div class=a x=':y'><b id=3></b></div><p id=4></p><u x=':y'><a href=/x id=5></a></u>"
    )
    check_selector(rule)
    root = parse_html(page)
    selector, name = split_selector(rule)
    assert [attribute(element, name or "id") for element in select(root, selector)] == found


@pytest.mark.parametrize(
    "rule", ["", "..a", "p >", "p,", "p:frist", ".a::text, .b::text", "p::before", "p:contains(a)"]
)
def test_selector_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"is no CSS selector; ::text or ::attr\(x\) stands once, at its end"):
        check_selector(rule)


def test_nearest_element_around_is_found_in_one_walk() -> None:
    root = parse_html("<i id=1><b><u id=2></u></b><b id=3></b></i><b id=4></b>")
    known: dict[int, int] = {}
    around = []
    for element in select(root, "[id]"):
        around.append(find_around(element, known))
        known[element.mem_id] = int(attribute(element, "id") or 0)
    assert around == [0, 1, 1, 0]


def test_page_without_anything_has_a_tree() -> None:
    assert [content(parse_html(page)) for page in ("", "\0", "<!--", "<frameset>")] == [""] * 4


def test_depth_takes_no_recursion() -> None:
    root: Element = parse_html("<span>" * 300_000 + "x")
    assert (content(root), len(select(root, "span span"))) == ("x", 299_999)


def test_tree_that_is_too_large_is_an_error() -> None:
    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (120_000_000, 120_000_000))

    code = "from crawler.htmltree import parse_html\nparse_html('<p>x' * 1_500_000)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, preexec_fn=bounded, check=False)
    assert "ValueError: the page's tree is too large" in done.stderr
