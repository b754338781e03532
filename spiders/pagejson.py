"""Lists from the JSON that a page itself carries, so that no browser is needed for them."""

from __future__ import annotations

import json
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from crawler.document import Document, as_links
from crawler.htmltree import content
from crawler.pages import PageKind, PageLink, ParseError
from crawler.sites import JsonRules


def find_json_links(document: Document, rules: JsonRules) -> list[PageLink]:
    """The ads that the page's JSON names, then the next list page. Raises ParseError."""
    data = _data(document, rules.script)
    links = _links(document, data, rules.ads, "ad")
    return links + (_links(document, data, rules.next, "list") if rules.next else [])


def _data(document: Document, script: str) -> Any:
    try:
        if not script:
            return document.json()
        found = document.find(script)
        if not found:
            raise ParseError(f"[json] no script: {script!r} finds nothing")
        return json.loads(content(found[0]))
    except RecursionError as error:
        raise ParseError("[json] what the page holds is nested too deep") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"[json] what {script or 'the page'!r} holds is no JSON: {error}") from error


def _links(document: Document, data: Any, expression: str, kind: PageKind) -> list[PageLink]:
    try:
        found = jmespath.search(expression, data)
    except (JMESPathError, RecursionError) as error:
        raise ParseError(f"[json] {expression!r} cannot be used: {error}") from error
    values = found if isinstance(found, list) else [] if found is None else [found]
    if wrong := [value for value in values if not isinstance(value, str)]:
        raise ParseError(f"[json] {expression!r} gives {type(wrong[0]).__name__}; it takes URLs")
    if kind == "ad" and not values:
        raise ParseError(f"[json] {expression!r} finds nothing")
    return as_links(document, values, kind)
