"""What a page shows: asked from outside its own scripts, which could lie, and never for longer than it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

from playwright.async_api import CDPSession, FloatRect, Page
from playwright.async_api import Error as PlaywrightError

from crawler.renderer import RenderFault

MAX_HTML = 8 * 1024 * 1024  # characters of a DOM
MAX_HEIGHT = 10_000  # pixels of a screenshot
WIDTH = 1280.0
_MAX_PICTURE = 16 * 1024 * 1024  # bytes of one
_ANSWER = 10.0  # seconds in which a page answers
_PICTURE = 5.0  # seconds that a screenshot may take
_TRIES = 5  # a page that goes on to another meanwhile is asked again
_DOM = """(() => {
    const html = document.documentElement?.outerHTML ?? "", type = document.doctype;
    const head = type ? `<!DOCTYPE ${type.name}>` : "";
    return {url: document.URL, size: html.length, html: html.length > %d ? "" : head + html};
})()"""
_SIZE = "[document.getElementsByTagName('*').length, document.documentElement?.scrollHeight ?? 0]"
_BOTTOM = "scrollTo(0, document.documentElement.scrollHeight)"
# No picture of an ad is kept: the browser loads none, and what a page paints by other means is hidden.
_NO_PICTURES = """
img, picture, video, canvas, svg image, iframe, frame, object, embed, input[type=image]
    { visibility: hidden !important }
*, *::before, *::after { background-image: none !important; border-image: none !important;
    list-style-image: none !important; mask-image: none !important; cursor: auto !important }
* { content: normal !important }
*::before, *::after { content: none !important }
"""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """The DOM of a page as UTF-8, and the URL it says it has."""

    url: str
    html: bytes


class Screen:
    """One page; whatever is asked of it ends when `ended` has a fault, or when the page falls silent."""

    def __init__(self, page: Page, session: CDPSession, ended: asyncio.Future[RenderFault]) -> None:
        self.page = page
        self._session = session
        self._ended = ended

    async def within(self, seconds: float, work: Awaitable[T]) -> T:
        """The result of `work`. Raises RenderFault when the page is ended, or silent for that long."""
        task = asyncio.ensure_future(work)
        waited: list[asyncio.Future[Any]] = [task, self._ended]
        await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if self._ended.done():
            task.cancel()
            raise self._ended.result()
        if not task.done():
            task.cancel()
            raise RenderFault("browser_killed", f"browser page did not answer within {seconds:g} s")
        return task.result()

    async def evaluate(self, expression: str, *, seconds: float = _ANSWER) -> Any:
        """The value of a script that runs beside the page's own, in a world that they cannot change."""
        for left in reversed(range(_TRIES)):
            try:
                return await self.within(seconds, self._evaluate(expression))
            except PlaywrightError:
                if not left:
                    raise
                await self.within(seconds, asyncio.sleep(0.2))
        return None

    async def _evaluate(self, expression: str) -> Any:
        tree = await self._session.send("Page.getFrameTree")
        world = await self._session.send("Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"]})
        answer = await self._session.send(
            "Runtime.evaluate",
            {"expression": expression, "contextId": world["executionContextId"], "returnByValue": True},
        )
        return answer["result"].get("value")

    async def read(self) -> Shown:
        """The DOM. Raises RenderFault for one over MAX_HTML, which is not even transferred."""
        found = await self.evaluate(_DOM % MAX_HTML)
        if found["size"] > MAX_HTML:
            raise RenderFault("too_large", f"browser page of {found['size']:,} characters; at most {MAX_HTML:,}")
        return Shown(found["url"], found["html"].encode("utf-8", "replace"))

    async def size(self) -> tuple[int, int]:
        """Its elements, and its height in pixels."""
        elements, height = await self.evaluate(_SIZE)
        return elements, height

    async def scroll(self) -> None:
        await self.evaluate(_BOTTOM)

    async def picture(self) -> bytes:
        """A PNG of the page without its pictures; empty where none can be had in time."""
        try:
            _, height = await self.size()
            clip: FloatRect = {"x": 0, "y": 0, "width": WIDTH, "height": max(1, min(height, MAX_HEIGHT))}
            shot = self.page.screenshot(full_page=True, clip=clip, style=_NO_PICTURES, timeout=_PICTURE * 1000)
            picture = await self.within(_PICTURE, shot)
        except (RenderFault, PlaywrightError):
            return b""
        return picture if len(picture) <= _MAX_PICTURE else b""
