"""Saved pages of a site and the ads expected of them: what its selectors are tried against."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from crawler.ads import Ad
from crawler.document import Document
from crawler.onepage import OnePage
from crawler.pages import PageLink
from crawler.parsing import FAMILIES
from crawler.sites import Site

SAVED_AT = datetime(2026, 1, 1, tzinfo=UTC)  # the time of seeing is no part of what a page says


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One saved page. `expected` is {"url", "kind": "list" | "ad", "ads": [...], "links": [...], "content_type"}."""

    name: str
    html: bytes
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One field of one saved page, as expected and as found; `name` reads `ad-1:location`."""

    name: str
    expected: Any
    found: Any

    @property
    def passed(self) -> bool:
        return bool(self.expected == self.found)


def saved_pages(folder: Path) -> list[SavedPage]:
    """The pages saved in `folder`: NAME.html with NAME.json beside it, in the order of their names."""
    return [SavedPage(path.stem, path.read_bytes(), json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
            for path in sorted(folder.glob("*.html"))]  # fmt: skip


def check_page(page: SavedPage, site: Site) -> Iterator[Check]:
    """Try the rules of `site` on a saved page: one check a field, one for the links."""
    content_type = page.expected.get("content_type", "text/html; charset=utf-8")
    document = Document(page.expected["url"], page.expected["kind"], content_type, page.html)
    content = import_module(FAMILIES[site.spider]).read(document, site, seen_at=SAVED_AT)
    if content.fault:
        yield Check(f"{page.name}:page", "readable", content.fault)
        return
    if "links" in page.expected and page.expected["kind"] == "list":
        yield Check(f"{page.name}:links", page.expected["links"], [link.url for link in content.links])
    if "ads" in page.expected and (page.expected["kind"] == "ad" or page.expected["ads"]):
        yield from _check_ads(page, content.ads)


def _check_ads(page: SavedPage, ads: Sequence[Ad]) -> Iterator[Check]:
    yield Check(f"{page.name}:ads", len(page.expected["ads"]), len(ads))
    for number, (wanted, ad) in enumerate(zip(page.expected["ads"], ads, strict=False), start=1):
        suffix = f"#{number}" if len(ads) > 1 else ""
        for field, value in wanted.items():
            yield Check(f"{page.name}{suffix}:{field}", value, _plain(getattr(ad, field)))


def save_page(folder: Path, page: OnePage, link: PageLink) -> Path:
    """Keep a fetched page, and what was read on it, in `folder` under the next free name; returns the page's path.

    Whoever saves it looks at the JSON: it is what the selectors find today, and what they must find tomorrow.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = next(n for n in count(1) if not (folder / f"{link.kind}-{n}.html").exists())
    expected = {"url": link.url, "kind": link.kind, "content_type": page.content_type, "ads": list(page.ads),
                "links": list(page.links)}  # fmt: skip
    path = folder / f"{link.kind}-{number}.html"
    path.write_bytes(page.body)
    path.with_suffix(".json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _plain(value: Any) -> Any:
    """A field as JSON can hold it."""
    return list(value) if isinstance(value, tuple) else value
