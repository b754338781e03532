"""Document: one fetched page as a spider family reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from w3lib.url import canonicalize_url

from crawler.encodings import Decoded, decode
from crawler.events import SecurityEvent, event
from crawler.htmltree import Element, attribute, parse_html, select, split_selector
from crawler.pages import PageKind, PageLink
from crawler.tame import Tamed, tame

MAX_LINKS = 5000  # links of one page that are followed
_MAX_URL = 2048
_MANY = 150_000  # "<" in a page that lexbor is not asked to read
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>)?\s*+<(?:!doctype\s+html|html)", re.I)
_PAGES = ("http://", "https://")


@dataclass(frozen=True)
class Document:
    """`body` is without any content encoding; `content_type` is the header's value, "" where there was none.

    `tamed` has the page read by our own linear reader whatever it looks like.
    """

    url: str
    kind: PageKind
    content_type: str
    body: bytes = field(repr=False)
    tamed: bool = False

    @cached_property
    def text(self) -> str:
        return self._decoded.text

    @cached_property
    def root(self) -> Element:
        """The page's tree; whatever the page is, it is read as HTML. Raises ValueError."""
        return parse_html(self._tamed.page if self._tamed else self.text)

    def find(self, query: str) -> list[Any]:
        """What a CSS selector finds: elements, or with ::attr(x) at its end their attributes. Raises ValueError."""
        selector, name = split_selector(query)
        elements = select(self.root, selector)
        return [value for element in elements if (value := attribute(element, name)) is not None] if name else elements

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.text)

    def urljoin(self, url: str) -> str:
        """An absolute URL, by the page's own base. Raises ValueError for one that is none."""
        return str(urljoin(self._base, url))

    @property
    def events(self) -> tuple[SecurityEvent, ...]:
        """What the page did to be misread: encodings that are none, limits that its markup went over."""
        faults = [event("charset", fault) for fault in self._decoded.faults]
        tamed = self.__dict__.get("_tamed")  # nothing was cut from a page whose tree nobody asked for
        faults += [event("parse_limit", cut) for cut in tamed.cuts] if tamed else []
        return tuple(faults)

    @cached_property
    def _decoded(self) -> Decoded:
        return decode(self.body, "charset=utf-8" if self._is_json else self.content_type, is_xml=self._is_xml)

    @property
    def _is_json(self) -> bool:
        return "json" in self.content_type.lower()

    @cached_property
    def _is_xml(self) -> bool:
        """A feed or sitemap, which says itself in what encoding it is; XHTML is sent as HTML is."""
        kind = self.content_type.lower().partition(";")[0].strip()
        if "html" in kind or _HTML.match(self.body[:1024]):
            return False
        return "xml" in kind or (not kind and b"<?xml" in self.body[:20])

    @cached_property
    def _tamed(self) -> Tamed | None:
        return tame(self.text) if self.tamed or self.text.count("<") > _MANY else None

    @cached_property
    def _base(self) -> str:
        """The URL that links of the page are relative to; a base that is no web address is as none."""
        for href in self.find("base[href]::attr(href)")[:1]:
            try:
                base = str(urljoin(self.url, href.strip()))
                if base.startswith(_PAGES) and urlsplit(base).hostname:
                    return base
            except ValueError:
                pass
        return self.url


def page_links(document: Document, selector: str, kind: PageKind) -> list[PageLink]:
    """The links that `selector` finds on a page, absolute, canonical and without fragments, each once."""
    return as_links(document, document.find(selector), kind)


def as_links(document: Document, hrefs: list[Any], kind: PageKind) -> list[PageLink]:
    """The pages that `hrefs` lead to: at most MAX_LINKS + 1 of them, the one more to show that there were more."""
    return list(islice(dict.fromkeys(_links(document, hrefs, kind)), MAX_LINKS + 1))


def _links(document: Document, hrefs: list[Any], kind: PageKind) -> Iterator[PageLink]:
    for href in hrefs[: 4 * MAX_LINKS]:
        url = _absolute(document, str(href).strip())
        if url.startswith(_PAGES):
            yield PageLink(url, kind)


def _absolute(document: Document, href: str) -> str:
    """The canonical URL of a link; "" for one that is no URL, which must not cost the other links of its page.

    One that is too long is given as it is: whoever takes it counts and drops it.
    """
    try:
        url = document.urljoin(href)
        return url if len(url) > _MAX_URL else str(canonicalize_url(url))
    except ValueError:
        return ""
