"""One browser process, started when it is needed and started anew when a page spoiled it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from crawler.browser import FLAGS, NOWHERE, PID_FILE, Way, browser_environment, write_starter
from crawler.egress import Egress, Network
from crawler.exchange import Rendering
from crawler.proxy import Proxy
from crawler.renderer import RenderFault, Task
from crawler.rendering.visit import Visit

RECYCLED_AFTER = 200  # pages that one browser shows: its memory grows with them
_CLOSING = 1.5  # seconds in which a context, or a browser, has to close
_FLAGS = (
    *FLAGS,
    "--blink-settings=imagesEnabled=false",
    "--js-flags=--max-old-space-size=512",
    # What goes round every proxy finds no host; the proxy of a page is an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_BYPASS = "<-loopback>"  # Chromium would reach loopback past any proxy
# Left out of what Playwright turns on or off: the browser's own guards against floods, and software WebGL.
_UNWANTED = ["--disable-popup-blocking", "--disable-ipc-flooding-protection", "--enable-unsafe-swiftshader"]


class Host:
    """Shows one page at a time. `folder` is for the browser's files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._shown = 0

    async def render(self, task: Task) -> Rendering:
        """What the browser makes of a page, in a context of its own. Raises RenderFault or Refused."""
        egress = Egress(task.netlocs, loopback=task.loopback, network=load_network(task.network))
        egress.check(task.url)
        async with Proxy(egress) as proxy:
            context = await self._context(task, proxy)
            try:
                return await Visit(context, proxy, egress, task).rendering()
            except RenderFault as fault:
                if fault.kind == "browser_killed":  # it would not let go of its context either
                    await self.end()
                raise RenderFault(fault.kind, str(fault), proxy.denied) from fault
            finally:
                await self._close(context)

    async def _context(self, task: Task, proxy: Proxy) -> BrowserContext:
        """A context of a browser that runs; one that is gone is started anew, once. Raises RenderFault."""
        try:
            return await (await self.start(task)).new_context(**_context_options(task, proxy))
        except PlaywrightError:
            await self.end()
        return await (await self.start(task)).new_context(**_context_options(task, proxy))

    async def _close(self, context: BrowserContext) -> None:
        """Close a context; a browser that is slow to, for it is flooded or hangs, would cost the next page its time."""
        if self._browser is None:
            return
        try:
            await asyncio.wait_for(context.close(), _CLOSING)
        except (TimeoutError, PlaywrightError):
            await self.end()

    async def start(self, task: Task) -> Browser:
        """The browser, running. Raises RenderFault."""
        if self._browser and (self._shown >= RECYCLED_AFTER or not self._browser.is_connected()):
            await self.end()
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        if self._browser is None:
            try:
                self._browser = await self._playwright.chromium.launch(**_launch_options(task, self._folder))
            except PlaywrightError as error:
                reason = error.message.strip().splitlines()[0]
                raise RenderFault("browser_killed", f"browser does not start: {reason}") from error
            self._shown = 0
        self._shown += 1
        return self._browser

    async def end(self) -> None:
        """End the browser, whatever it is doing."""
        end_browser(self._folder)
        browser, self._browser = self._browser, None
        if browser:
            with suppress(TimeoutError, PlaywrightError):
                await asyncio.wait_for(browser.close(), _CLOSING)

    async def close(self) -> None:
        await self.end()
        if self._playwright:
            await self._playwright.stop()


def load_network(name: str) -> Network:
    """The network that "module:Class" names."""
    module, _, attribute = name.partition(":")
    network: Network = getattr(import_module(module), attribute)()
    return network


def end_browser(folder: Path) -> None:
    """Kill the browser that was started from `folder`, with every process of its group."""
    try:
        pid = int((folder / PID_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    (folder / PID_FILE).unlink(missing_ok=True)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _launch_options(task: Task, folder: Path) -> dict[str, Any]:
    way = Way(task.user, task.sandbox)
    return {
        "executable_path": write_starter(folder, task.executable, way),
        "chromium_sandbox": task.sandbox,
        "args": list(_FLAGS),
        "ignore_default_args": _UNWANTED,
        "proxy": {"server": NOWHERE, "bypass": _BYPASS},
        "env": browser_environment(),
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }


def _context_options(task: Task, proxy: Proxy) -> dict[str, Any]:
    return {
        "proxy": {"server": proxy.url, "bypass": _BYPASS},
        "user_agent": task.user_agent,
        "locale": task.language,
        "service_workers": "block",
        "accept_downloads": False,
        "reduced_motion": "reduce",
        "permissions": [],
    }
