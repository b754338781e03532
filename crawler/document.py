"""Document: one fetched page as a spider family reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from parsel import Selector, SelectorList

from crawler.pages import PageKind


@dataclass(frozen=True)
class Document:
    """`body` is without any content encoding; `content_type` is the header's value, "" where there was none."""

    url: str
    kind: PageKind
    content_type: str
    body: bytes = field(repr=False)

    @cached_property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def selector(self) -> Selector:
        return Selector(self.text, base_url=self.url)

    def css(self, query: str) -> SelectorList[Selector]:
        return self.selector.css(query)

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.text)

    def urljoin(self, url: str) -> str:
        """An absolute URL, by the page's own base. Raises ValueError for one that is none."""
        return urljoin(self.url, url)
