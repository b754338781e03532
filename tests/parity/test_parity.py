"""What is read of hostile pages against what headless Chromium shows of them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from crawler.ads import Ad
from crawler.browser import find_browser
from crawler.document import Document
from crawler.parsing import Parsed, Parser
from crawler.sites import AdRules, Site
from tests.crawler.samples import make_site
from tests.parity.record import SHOWN, shown_texts
from tests.parity.tricks import PAGES, TrickPage, build_pages

pytestmark = pytest.mark.parity
NOW = datetime(2026, 5, 1, tzinfo=UTC)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NUMBER = re.compile(r"(?<!\d)4[2349](?:[ \u00a0]?\d){6}(?!\d)")


def numbers(text: str) -> set[str]:
    """The test numbers in a text, as digits."""
    return {re.sub(r"\D", "", found) for found in _NUMBER.findall(_UNSEEN.sub("", text))}


def whole_page() -> Site:
    """A site whose ads are all that a page shows."""
    return make_site().model_copy(update={"ad": AdRules(ad_id="html::text", text="html::text")})


async def _read(pages: Sequence[TrickPage]) -> list[Parsed]:
    parser, site = Parser(), whole_page()
    documents = [
        Document(f"http://127.0.0.1:9/{n}", "ad", page.content_type, page.body) for n, page in enumerate(pages)
    ]
    found = [await parser.parse(document, site, seen_at=NOW) for document in documents]
    await parser.close()
    return found


def text_of(ad: Ad | None) -> str:
    return ad.text if ad else ""


def is_flagged(ad: Ad | None) -> bool:
    return bool(ad and "text_cut" in ad.extra)


def recorded(pages: Sequence[TrickPage]) -> list[str]:
    """What the browser showed of each page when it was recorded."""
    known = {item["sha256"]: item["text"] for items in json.loads(SHOWN.read_text("utf-8")).values() for item in items}
    assert {page.name for page in pages if page.sha256 not in known} == set(), "run python -m tests.parity.record"
    return [known[page.sha256] for page in pages]


@pytest.mark.slow
def test_numbers_are_those_that_a_browser_shows() -> None:
    pages = build_pages()
    found = [parsed.content.ads[0] if parsed.content.ads else None for parsed in asyncio.run(_read(pages))]
    pairs = list(zip(pages, found, recorded(pages), strict=True))
    other = {p.name: (numbers(text_of(ad)), numbers(shown)) for p, ad, shown in pairs
             if numbers(text_of(ad)) != numbers(shown)}  # fmt: skip
    lost = [page.name for page, ad, shown in pairs if numbers(shown) - numbers(text_of(ad)) and not is_flagged(ad)]
    assert len(pages) == PAGES
    assert lost == []
    assert len(other) <= PAGES * 0.02, other


def test_pages_hold_numbers_that_show_and_numbers_that_do_not() -> None:
    pages = build_pages()
    shown = [numbers(text) for text in recorded(pages)]
    assert sum(1 for found in shown if found) > 180
    assert sum(1 for page, found in zip(pages, shown, strict=True) if len(found) < 3) > 40
    assert len({page.name for page in pages}) >= 40


@pytest.mark.skipif(find_browser() is None, reason="no Chromium found (apt-get install chromium)")
def test_browser_still_shows_what_was_recorded() -> None:
    pages = [page for page in build_pages() if len(page.body) < 50_000][::12]
    assert [numbers(text) for text in shown_texts(pages)] == [numbers(text) for text in recorded(pages)]
