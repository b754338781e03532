"""The worker process: pages from stdin, renderings to stdout; it ends with the crawl that it works for."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from crawler.browser import FOLDER
from crawler.egress import Refused
from crawler.renderer import PARENT, START, RenderFault, pack_fault, pack_rendering, unpack_task
from crawler.rendering.host import Host, end_browser
from crawler.workers import Message, serve

_LOOK = 0.3  # seconds between two looks whether the crawl still lives


async def main(folder: Path) -> None:
    host = Host(folder)

    async def answer(message: Message, _: bytes) -> tuple[Message, bytes]:
        only_start = message.pop(START, False)
        try:
            if only_start:
                await host.start(unpack_task(message))
                return {}, b""
            return pack_rendering(await host.render(unpack_task(message)))
        except Refused as refused:
            return pack_fault(RenderFault(refused.kind, str(refused))), b""
        except RenderFault as fault:
            return pack_fault(fault), b""

    asyncio.get_running_loop().set_exception_handler(_ignore)
    await serve(answer)
    await host.close()


def _ignore(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A page that was given up leaves calls behind that nobody waits for; what they say is no news."""


def own_folder() -> Path:
    """A folder for this process's browser; those of processes that were killed are removed."""
    base = Path(tempfile.gettempdir())
    for other in base.glob("worker-*"):
        if not Path("/proc", other.name.removeprefix("worker-")).exists():
            shutil.rmtree(other, ignore_errors=True)
    folder = base / f"worker-{os.getpid()}"
    folder.mkdir(mode=0o711)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def remove(folder: Path) -> None:
    """Remove the browser's files, and the folder of the whole crawl, which is no more."""
    whole = folder.parent if folder.parent.name.startswith(FOLDER) else folder
    shutil.rmtree(whole, ignore_errors=True)


def end_with(parent: int, folder: Path) -> None:
    """Wait until process `parent` is gone, however it went; then end the browser and ourselves.

    In a thread: the page that is being shown may never let go.
    """
    while os.getppid() == parent:
        time.sleep(_LOOK)
    end_browser(folder)
    remove(folder)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def forget_switches() -> None:
    """Playwright takes orders from the environment, to look for faults: some of them would lower its guards."""
    for name in {name for name in os.environ if name.startswith("PLAYWRIGHT_")} | {"PWDEBUG", "DEBUG"}:
        if name != "PLAYWRIGHT_NODEJS_PATH":
            os.environ.pop(name, None)


if __name__ == "__main__":
    forget_switches()
    own = own_folder()
    crawl = int(os.environ.get(PARENT, os.getppid()))
    threading.Thread(target=end_with, args=(crawl, own), daemon=True).start()
    asyncio.run(main(own))
    remove(own)
