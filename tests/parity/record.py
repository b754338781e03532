"""What a browser shows of each hostile page: `python -m tests.parity.record` writes it to shown.json."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from crawler.browser import find_browser
from tests.crawler.server import Answer, LoopbackServer
from tests.parity.tricks import TrickPage, build_pages

SHOWN = Path(__file__).with_name("shown.json")
MAX_SHOWN = 20_000  # characters kept of one page's text; the numbers are at both ends
_INNER_TEXT = "() => document.body ? document.body.innerText : ''"


def shown_texts(pages: Sequence[TrickPage]) -> Iterator[str]:
    """The innerText of each page in headless Chromium."""
    routes = {f"/{place}": Answer(page.body, kind=page.content_type) for place, page in enumerate(pages)}
    with LoopbackServer(routes) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), chromium_sandbox=os.geteuid() != 0)
        tab = browser.new_page()
        for path in routes:
            tab.goto(f"{server.url}{path}", timeout=60_000)
            yield str(tab.evaluate(_INNER_TEXT))
        browser.close()


def main() -> None:
    pages = build_pages()
    found = {page.name: [] for page in pages}
    for page, text in zip(pages, shown_texts(pages), strict=True):
        found[page.name].append({"sha256": page.sha256, "text": text[:MAX_SHOWN]})
    SHOWN.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
