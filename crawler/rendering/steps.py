"""What is done on a page before it is read: clicks, "show more", scrolling, waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from crawler.events import EventKind
from crawler.renderer import RenderFault, Task
from crawler.rendering.screen import Screen

_STEP = 10.0  # seconds for one step
_NEWS = 3.0  # seconds in which something new comes after a click or a scroll, if it comes
_LOOK = 0.1
_ROUNDS_SHARE = 0.6  # of the page's time, after which no further round begins
Note = Callable[[EventKind, str], None]


async def take_steps(screen: Screen, task: Task, note: Note) -> None:
    """All steps of the site file, in turn. Raises RenderFault that names the selector which failed."""
    rules, seconds = task.rules, min(_STEP, task.wall / 4)
    latest = time.monotonic() + task.wall * _ROUNDS_SHARE
    for selector in rules.click if task.kind == "ad" else ():
        await _step(screen, selector, screen.page.click(selector, timeout=seconds * 1000), seconds)
    if rules.wait_for:
        found = screen.page.wait_for_selector(rules.wait_for, timeout=seconds * 1000)
        await _step(screen, rules.wait_for, found, seconds)
    if rules.more:
        await _in_rounds(screen, rules.rounds, latest, _More(screen, rules.more, seconds), note)
    if rules.scroll:
        await _in_rounds(screen, rules.rounds, latest, _Scroll(screen), note)


async def _step(screen: Screen, selector: str, work: Awaitable[object], seconds: float) -> None:
    """One step on what `selector` finds. Raises RenderFault."""
    try:
        await screen.within(seconds + 1, work)
    except PlaywrightTimeout as error:
        await screen.evaluate("1", seconds=2)  # a page that hangs is another fault
        raise RenderFault("too_slow", f"selector {selector!r}: not there within {seconds:g} s") from error
    except PlaywrightError as error:
        raise RenderFault("bad_response", f"selector {selector!r}: {error.message.splitlines()[0]}") from error


class _More:
    """Clicks "show more" while there is one."""

    def __init__(self, screen: Screen, selector: str, seconds: float) -> None:
        self._screen, self._selector, self._seconds = screen, selector, seconds
        self._button = screen.page.locator(selector).first
        self._patience = min(_NEWS, seconds)

    def __str__(self) -> str:
        return f"selector {self._selector!r}"

    async def go(self) -> bool:
        """Click once; False when there is nothing to click."""
        try:
            await self._screen.within(self._seconds, self._button.wait_for(timeout=self._patience * 1000))
        except PlaywrightTimeout:
            return False
        self._patience = _NEWS / 10
        if await self._screen.within(self._seconds, self._button.is_disabled()):
            return False
        await _step(self._screen, self._selector, self._button.click(timeout=self._seconds * 1000), self._seconds)
        return True


class _Scroll:
    """Scrolls to the bottom."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def __str__(self) -> str:
        return "scrolling"

    async def go(self) -> bool:
        await self._screen.scroll()
        return True


async def _in_rounds(screen: Screen, rounds: int, latest: float, step: _More | _Scroll, note: Note) -> None:
    """Repeat a step while it brings something new, at most `rounds` times and until `latest`."""
    for done in range(rounds):
        if time.monotonic() > latest:
            note("too_slow", f"{step}: stopped after {done} rounds, for the page's time ran out")
            return
        before = await screen.size()
        if not await step.go() or not await _grew(screen, before):
            return


async def _grew(screen: Screen, before: tuple[int, int]) -> bool:
    """Did the page come to hold more than `before`, soon?"""
    end = time.monotonic() + _NEWS
    while time.monotonic() < end:
        elements, height = await screen.size()
        if elements > before[0] or height > before[1]:
            return True
        await asyncio.sleep(_LOOK)
    return False
