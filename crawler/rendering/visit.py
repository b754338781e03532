"""One page in a context of its own: opened, stepped through, and read."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from playwright.async_api import BrowserContext, Dialog, Frame, Page, Request, Response, Route
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from crawler.egress import Egress, Refused
from crawler.events import EventKind
from crawler.exchange import Rendering
from crawler.proxy import Proxy, netloc
from crawler.renderer import RenderFault, Task
from crawler.rendering.received import read_exchange
from crawler.rendering.screen import Screen
from crawler.rendering.steps import take_steps

# A cheap first line; the wall is the proxy. No picture is fetched.
ALLOWED_RESOURCES = {"document", "script", "xhr", "fetch", "stylesheet"}
MAX_NAVIGATIONS = 20  # of the main frame: more is a page that reloads for ever
_LOADING = 30.0  # seconds
_REST = 10.0  # seconds for what a page loads after its document
_SIGN = 2.0  # seconds in which a page that is slow, but does not hang, gives a sign
_ANSWER = 10.0
# What Playwright and Chromium say of a page that did not come; whatever is not here is a bad response.
_FAULTS: tuple[tuple[str, EventKind], ...] = (
    ("ERR_CERT", "tls"),
    ("ERR_SSL", "tls"),
    ("ERR_TOO_MANY_REDIRECTS", "redirects"),
    ("ERR_RESPONSE_HEADERS_TOO_BIG", "header_flood"),
    ("crash", "browser_killed"),
    ("has been closed", "browser_killed"),
    ("Connection closed", "browser_killed"),
)


class Visit:
    """What a page asks for goes through `proxy`; `egress` is that of its site."""

    def __init__(self, context: BrowserContext, proxy: Proxy, egress: Egress, task: Task) -> None:
        self._context, self._proxy, self._egress, self._task = context, proxy, egress, task
        self._ended: asyncio.Future[RenderFault] = asyncio.get_running_loop().create_future()
        self._turned = asyncio.Event()
        self._navigations = 0
        self._response: Response | None = None
        self._failed = ""  # the URL of the last navigation that failed

    async def rendering(self) -> Rendering:
        """Open the page, take its steps, read it. Raises RenderFault."""
        full = asyncio.ensure_future(self._watch_bytes())
        try:
            screen = await self._opened()
            await self._load(screen)
            if self._response is None or self._response.status < 400:  # an error page has nothing to click
                await take_steps(screen, self._task, self._proxy.deny)
            return await self._read(screen)
        except PlaywrightError as error:
            raise self._fault(error) from error
        finally:
            full.cancel()

    async def _watch_bytes(self) -> None:
        await self._proxy.full.wait()
        self._end("too_large", "browser page took more bytes than a page may have")

    async def _opened(self) -> Screen:
        """An empty page, guarded."""
        page = await self._context.new_page()
        session = await self._context.new_cdp_session(page)
        await self._context.route("**/*", self._gate)
        self._context.on("page", _close)
        page.on("dialog", _dismiss)
        page.on("crash", lambda _: self._end("browser_killed", "browser page crashed"))
        page.on("response", self._remember)
        page.on("requestfailed", self._remember_failure)
        page.on("framenavigated", self._count)
        return Screen(page, session, self._ended)

    async def _load(self, screen: Screen) -> None:
        """Open the page; what it goes on to load is waited for, but not for ever. Raises RenderFault."""
        seconds = min(_LOADING, self._task.wall / 2)
        page, patience = screen.page, seconds * 1000
        try:
            await screen.within(seconds + 1, page.goto(self._task.url, timeout=patience, wait_until="domcontentloaded"))
        except PlaywrightTimeout as error:
            await screen.evaluate("1", seconds=_SIGN)  # a page that hangs is another fault
            raise RenderFault("too_slow", f"browser page not loaded within {seconds:g} s") from error
        except PlaywrightError as error:
            if "interrupted by another navigation" not in error.message:
                raise
        await self._load_rest(screen, min(_REST, self._task.wall / 4))

    async def _load_rest(self, screen: Screen, seconds: float) -> None:
        """Wait until the page is whole, or wanted to go where it may not: then it never is."""
        whole = asyncio.ensure_future(screen.page.wait_for_load_state(timeout=(seconds + 1) * 1000))
        turned = asyncio.ensure_future(self._turned.wait())
        done, _ = await screen.within(
            seconds + 1, asyncio.wait({whole, turned}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        )
        for each in (whole, turned):
            each.cancel()
        if not done:
            await screen.evaluate("1", seconds=_SIGN)
            self._proxy.deny("too_slow", f"{self._task.url} not whole within {seconds:g} s")

    async def _read(self, screen: Screen) -> Rendering:
        """The page as it is now."""
        shown = await screen.read()
        self._check_end(shown.url)
        exchange = None
        if self._response:
            exchange = await screen.within(_ANSWER, read_exchange(self._response, self._proxy))
        return Rendering(
            url=shown.url,
            rendered_at=datetime.now(UTC),
            exchange=exchange,
            html=shown.html,
            screenshot=await screen.picture() if self._task.rules.screenshot else b"",
            denied=self._proxy.denied,
        )

    def _check_end(self, url: str) -> None:
        """Raise RenderFault for a page that ended where it may not."""
        try:
            self._egress.check(url)
        except Refused as refused:
            where = self._failed if url.startswith("chrome-error:") else url
            raise RenderFault("browser_denied", f"browser page went on to {where[:200]!r}") from refused

    def _fault(self, error: PlaywrightError) -> RenderFault:
        """What an error of Playwright's means."""
        if self._ended.done():
            return self._ended.result()
        place = netloc(self._failed or self._task.url)
        for denial, what in self._proxy.denied:
            if what == place:
                return RenderFault("browser_denied", f"browser page went on to {place} ({denial})")
        reason = self._proxy.faults.get(place) or error.message.strip().splitlines()[0]
        known = (kind for text, kind in _FAULTS if text in error.message)
        return RenderFault(next(known, "bad_response"), f"browser page: {reason}")

    async def _gate(self, route: Route, request: Request) -> None:
        """Let a request of the page through, or not. "aborted" leaves the page that is shown in its place."""
        with suppress(PlaywrightError):
            if self._is_allowed(request):
                await route.continue_()
            else:
                await route.abort("aborted")

    def _is_allowed(self, request: Request) -> bool:
        if request.resource_type not in ALLOWED_RESOURCES:
            return False
        try:
            self._egress.check(request.url)
        except Refused as refused:
            self._proxy.deny(refused.kind, netloc(request.url))
            return False
        return True

    def _end(self, kind: EventKind, message: str) -> None:
        if not self._ended.done():
            self._ended.set_result(RenderFault(kind, message))

    def _remember(self, response: Response) -> None:
        if _is_main(response.request):
            self._response = response

    def _remember_failure(self, request: Request) -> None:
        if _is_main(request):
            self._failed = request.url
            self._turned.set()

    def _count(self, frame: Frame) -> None:
        self._navigations += frame.parent_frame is None
        if self._navigations > MAX_NAVIGATIONS:
            self._end("redirects", f"browser page went on to another more than {MAX_NAVIGATIONS} times")


def _is_main(request: Request) -> bool:
    """Is it for the page itself, not for one of its frames?"""
    try:
        return request.is_navigation_request() and request.frame.parent_frame is None
    except PlaywrightError:  # it has no frame yet
        return False


async def _close(popup: Page) -> None:
    with suppress(PlaywrightError):
        await popup.close()


async def _dismiss(dialog: Dialog) -> None:
    with suppress(PlaywrightError):
        await dialog.dismiss()
