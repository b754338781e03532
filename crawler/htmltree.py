"""The tree of an HTML page as browsers build it, and what CSS selectors find in it. Only here lexbor is known."""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

from crawler.rawtext import CONTROLS

# Compare elements by `mem_id`: two that hold the same markup are equal. A tag is in lower case, but for those of svg;
# "-text" is the tag of a text, and others that begin with "-" are of comments and the like.
Element = LexborNode
_END = re.compile(r"::(?:text|attr\(\s*([a-zA-Z][\w.:-]*)\s*\))\s*$")
# lexbor 3.1 forgets to look further out where the compound of an ancestor begins with :is(), :not(), :has() or :where()
_BARE = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]"']*)|((?:^|[\s>+~,(])(?=:))""")
_OPTIONS = int(LexborDocumentOptions.WO_EVENTS)  # else a <selectedcontent> is filled with a copy of its option


def parse_html(page: str) -> Element:
    """The html element of a page, read as a browser that runs scripts does. Raises ValueError for too large a tree."""
    try:
        parser = LexborHTMLParser(page.encode("utf-8", "replace"), options=_OPTIONS, scripting=True)
    except SelectolaxError as error:
        raise ValueError(f"the page's tree is too large: {error}") from error
    if parser.root is None:
        raise ValueError("the page has no tree")
    return parser.root


def select(root: Element, selector: str) -> list[Element]:
    """What a selector finds, each element once, in the order of the page. Raises ValueError for what is no selector."""
    try:
        found = root.css(_spelt_out(selector))
    except SelectolaxError as error:
        raise ValueError(f"{selector!r} is no CSS selector") from error
    return list({element.mem_id: element for element in found}.values()) if "," in selector else found


@lru_cache(maxsize=500)
def _spelt_out(selector: str) -> str:
    """A selector with a * before each pseudo-class that stands alone."""
    return _BARE.sub(lambda found: found[1] or f"{found[2]}*", selector)


def split_selector(selector: str) -> tuple[str, str]:
    """A selector without the ::text or ::attr(x) at its end, and the x."""
    end = _END.search(selector)
    return (selector[: end.start()].strip() or "*", end[1] or "") if end else (selector, "")


def check_selector(selector: str) -> None:
    """Raises ValueError for what is no selector, with ::text or ::attr(x) at its end or without."""
    try:
        select(parse_html(""), split_selector(selector)[0])
    except ValueError:
        raise ValueError(f"{selector!r} is no CSS selector; ::text or ::attr(x) stands once, at its end") from None


def attribute(element: Element, name: str) -> str | None:
    """The value of an attribute, "" where it has none; None where there is no such attribute."""
    value: str | None = element.attrs.sget(name, None)
    return value if value is None or value.isprintable() else CONTROLS.sub("", value)


def content(element: Element) -> str:
    """All text inside an element, whether it shows or not."""
    return CONTROLS.sub("", element.text())


def find_around(element: Element, known: dict[int, int]) -> int:
    """What `known` holds for the nearest element around this one; 0 for none.

    It is noted for all elements between, so that many lookups take time in line with the page, however deep it is.
    Ask in the order of the page, and put an element into `known` before what it holds.
    """
    passed = []
    outer = element.parent
    while outer is not None and outer.mem_id not in known:
        passed.append(outer.mem_id)
        outer = outer.parent
    found = 0 if outer is None else known[outer.mem_id]
    known.update(dict.fromkeys(passed, found))
    return found
