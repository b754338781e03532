"""What a page says in schema.org terms: JSON-LD and microdata, microdata in JSON-LD's shape."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from crawler.document import Document
from crawler.htmltree import Element, attribute, content, find_around
from crawler.pages import ParseError
from crawler.visible import visible_text

_MAX_ITEMS = 5000  # microdata items of one page that are read
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
# JSON may escape half a character, which no file can hold; an escaped backslash and a whole pair are kept
_HALF = re.compile(rf"(\\\\|{_HIGH}{_LOW})|{_HIGH}|{_LOW}")
# What site systems put around and into JSON-LD although it is no JSON: comments, CDATA marks, commas before a bracket
_NO_JSON = re.compile(
    r"""("(?:[^"\\]|\\.)*+"?)|<!--|-->|(?://\s*+)?<!\[CDATA\[|(?://\s*+)?\]\]>|//[^\n]*+"""
    r"""|/\*(?:[^*]|\*(?!/))*+(?:\*/)?|,(?=[ \t\r\n]{0,200}[}\]])""",
    re.S,
)
# Where microdata keeps a value that is not its text (HTML standard, 5.2.4)
_VALUES = {"meta": "content", "data": "value", "meter": "value", "time": "datetime", "object": "data"} | {
    **dict.fromkeys(("audio", "embed", "iframe", "img", "source", "track", "video"), "src"),
    **dict.fromkeys(("a", "area", "link"), "href"),
}
_ADDRESSES = {"src", "href", "data"}


def structured(document: Document) -> list[Any]:
    """The JSON-LD and microdata objects of a page.

    A broken block must not cost the good ones; ParseError where nothing else is on the page.
    """
    found, fault = find_items(document), None
    for block in document.find('script[type="application/ld+json"]'):
        text = content(block)
        try:
            found += _linked(_HALF.sub(_whole, text)) if text.strip() else []
        except (ValueError, RecursionError) as error:
            fault = error
    if fault and not found:
        raise ParseError(f"JSON-LD cannot be read: {fault}")
    return found


def find_items(document: Document) -> list[Any]:
    """The outermost microdata items of a page, each property a value or a list of them."""
    items: dict[int, dict[str, Any]] = {}
    scopes: dict[int, int] = {}  # by element: the item that it is, or lies in
    found = []
    for node in document.find("[itemscope], [itemprop]"):
        place, names = node.mem_id, (attribute(node, "itemprop") or "").split()
        owner = items.get(find_around(node, scopes))
        if attribute(node, "itemscope") is not None:
            scopes[place] = place
            if len(items) < _MAX_ITEMS:
                items[place] = {"@type": (attribute(node, "itemtype") or "").rpartition("/")[2]}
        value = items.get(place)
        if names and owner is not None:
            _add(owner, names, value if value is not None else _value(document, node))
        elif value is not None:
            found.append(value)
    return found


def _add(owner: dict[str, Any], names: list[str], value: Any) -> None:
    for name in names:
        known = owner.get(name)
        owner[name] = value if name not in owner else [*known, value] if isinstance(known, list) else [known, value]


def _value(document: Document, node: Element) -> str:
    name = _VALUES.get(str(node.tag), "content")
    value = attribute(node, name)
    if value is None:
        return visible_text(node) if name in ("content", "datetime") and node.tag != "meta" else ""
    return _absolute(document, value) if name in _ADDRESSES else value


def _absolute(document: Document, address: str) -> str:
    try:
        return document.urljoin(address.strip())
    except ValueError:
        return address


def _linked(text: str) -> list[Any]:
    """The objects of one block. Raises ValueError."""
    try:
        data = json.loads(text, strict=False)
    except ValueError:
        data = json.loads(_NO_JSON.sub(_kept, text), strict=False)
    return data if isinstance(data, list) else [data] if isinstance(data, Mapping) else []


def _kept(found: re.Match[str]) -> str:
    return found[1] or ""


def _whole(escape: re.Match[str]) -> str:
    return escape[1] or r"\ufffd"


def value_text(value: Any) -> str:
    """Text that may be wrapped in a schema.org PropertyValue."""
    value = first(value)
    return first_text(value.get("value") if isinstance(value, Mapping) else value)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def first(value: Any) -> Any:
    return next(iter(as_list(value)), None)


def first_text(value: Any) -> str:
    value = first(value)
    return str(value).strip() if isinstance(value, str | int | float) else ""


def texts(value: Any) -> list[str]:
    return [text for item in as_list(value) if (text := first_text(item))]
