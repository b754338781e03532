"""The browser for pages that need JavaScript: finding one, and what it may do."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawler.errors import VardeError
from crawler.pages import PageKind
from crawler.sites import BrowserRules, Site

# The headless shell comes first: it opens a page in less than half the time of the whole browser.
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
    "microsoft-edge",
)  # fmt: skip
# Chromium calls home at every start, and WebRTC sends UDP past the resolver rules; nothing but the
# site's own hosts is to be contacted.
FLAGS = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--no-first-run", "--disable-gpu", "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)  # fmt: skip
NO_BROWSER = "needs a browser, and none was found (see `varde doctor`)"  # why a page is left out
_PATIENCE = 10_000  # milliseconds for one step on a page
_ALLOWED_RESOURCES = {"document", "script", "xhr", "fetch", "stylesheet"}


def find_browser() -> str | None:
    """The executable to render with: VARDE_CHROMIUM, else Playwright's own, else the system's.

    VARDE_CHROMIUM=none says there is none.
    """
    if named := os.environ.get("VARDE_CHROMIUM"):
        return named if Path(named).is_file() else None
    return _playwright_browser() or next(filter(None, map(shutil.which, NAMES)), None)


def _playwright_browser() -> str | None:
    """What `playwright install chromium` brought: its headless shell if that came too, else the browser."""
    try:
        with sync_playwright() as playwright:
            browser = Path(playwright.chromium.executable_path)
    except PlaywrightError:
        return None
    shells = sorted(browser.parents[2].glob("chromium_headless_shell-*/*/*headless*shell"))
    return next((str(path) for path in (*shells[::-1], browser) if path.is_file()), None)


def open_blank_page(executable: str) -> str:
    """Start `executable` and open an empty page; returns why that failed, or "" when it works."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options(executable))
            browser.new_page().goto("about:blank")
            browser.close()
    except PlaywrightError as error:
        return error.message.strip().splitlines()[0]
    return ""


def launch_options(executable: str) -> dict[str, Any]:
    """How the browser is started: sandboxed, but for root, for whom Chromium refuses it."""
    return {"executable_path": executable, "chromium_sandbox": os.geteuid() != 0, "args": list(FLAGS)}


def browser_settings(site: Site, executable: str) -> dict[str, Any]:
    """Scrapy settings that render pages of `site` with `executable`."""
    launch = launch_options(executable)
    launch["args"].append(f"--host-resolver-rules={_resolver_rules(site)}")
    return {
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.browser.BoundedBrowser"),
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        "PLAYWRIGHT_CONTEXTS": {"default": {"service_workers": "block", "accept_downloads": False, "locale": "nb-NO"}},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 30_000,
        "PLAYWRIGHT_ABORT_REQUEST": _is_foreign(site.netlocs),
    }


class PageTimeout(VardeError):
    """A page kept the browser busy for too long. Raised by BoundedBrowser."""


class BoundedBrowser(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # it is not typed
    """Download handler: no page holds the crawl for ever.

    A script that never ends blocks the calls that have no timeout of their own (evaluate, content).
    The page that ran out of time is closed by the base class, which ends its process.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._patience = crawler.settings.getfloat("BROWSER_PAGE_TIMEOUT")

    async def _download_request_with_page(self, request: Request, page: Any, spider: Spider) -> Response:
        work = super()._download_request_with_page(request, page, spider)
        try:
            return await asyncio.wait_for(work, self._patience)
        except TimeoutError as error:
            raise PageTimeout(f"browser page not done within {self._patience:g} s") from error

    async def _close(self) -> None:
        with suppress(TimeoutError):  # a browser that will not close ends with this process
            await asyncio.wait_for(super()._close(), self._patience)


def _resolver_rules(site: Site) -> str:
    """No other host resolves. PLAYWRIGHT_ABORT_REQUEST alone sees neither redirects nor WebSockets
    (playwright issue 3994); Chromium applies these rules to both, and to addresses in digits.
    """
    return ", ".join([*(f"MAP {netloc} {netloc}" for netloc in sorted(site.netlocs)), "MAP * ~NOTFOUND"])


def page_meta(rules: BrowserRules, kind: PageKind) -> dict[str, Any]:
    """Request meta that renders a page: clicks (ad pages only), then waits for `wait_for`."""
    steps = [PageMethod(click, selector) for selector in rules.click] if kind == "ad" else []
    if rules.wait_for:
        steps.append(PageMethod(wait_for_selector, rules.wait_for))
    return {"playwright": True, "playwright_page_methods": steps}


async def click(page: Any, selector: str) -> None:
    if await _is_found(page):
        await page.click(selector, timeout=_PATIENCE)


async def wait_for_selector(page: Any, selector: str) -> None:
    if await _is_found(page):
        await page.wait_for_selector(selector, timeout=_PATIENCE)


async def _is_found(page: Any) -> bool:
    """An error page has nothing to click, and waiting for it would hide its status."""
    status: int = await page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
    return status < 400


def _is_foreign(netlocs: frozenset[str]) -> Callable[[Any], bool]:
    """A test for requests a page makes: all but the site's own documents, scripts and data are stopped."""

    def is_foreign(request: Any) -> bool:
        scheme, _, rest = request.url.partition("://")
        netloc = rest.partition("/")[0].lower()
        return (
            scheme not in ("http", "https") or netloc not in netlocs or request.resource_type not in _ALLOWED_RESOURCES
        )

    return is_foreign


if __name__ == "__main__":  # `./dev` asks whether there is a browser that starts
    found = find_browser()
    fault = open_blank_page(found) if found else "no browser"
    print(fault or found)
    raise SystemExit(bool(fault))
