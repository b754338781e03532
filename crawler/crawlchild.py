"""One `varde crawl SITE` in a process of its own: started, asked to stop, and what became of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path
from typing import IO

_GRACE = 60.0  # seconds that a crawl has to end its pages in flight once it was asked to stop
_REPORT = 1 << 16  # bytes; a report is one row
_OUTCOME = re.compile(r"[a-z][a-z -]{0,30}", re.ASCII)


async def crawl_in_child(site: str, store: Path, folder: Path, *, stopping: asyncio.Event) -> str:
    """Crawl one site and say what became of it; when `stopping` is set it is asked to stop, as by Ctrl-C.

    `finished`, `limited`, `locked` (another process crawls it) as `varde crawl` says; `failed`; `interrupted` by
    `stopping`; `stopped` by someone else; or `killed`.
    """
    with tempfile.TemporaryFile() as report:
        arguments = ["crawl", site, "--store", str(store), "--sites", str(folder), "--json"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "crawler.leash", str(os.getpid()), *arguments,
            stdin=DEVNULL, stdout=report, process_group=0,
        )  # fmt: skip
        try:
            code = await _end_of(process, stopping)
        finally:
            _kill(process)
        return _outcome(code, _said(report), stopped=stopping.is_set())


async def _end_of(process: Process, stopping: asyncio.Event) -> int:
    """The exit code, once it ended by itself or because it was asked to."""
    end, stop = asyncio.ensure_future(process.wait()), asyncio.ensure_future(stopping.wait())
    await asyncio.wait((end, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not end.done():
        process.terminate()
        await asyncio.wait((end,), timeout=_GRACE)
        _kill(process)
    return await end


def _kill(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _said(report: IO[bytes]) -> str:
    """The outcome in the crawl's report; empty when it made none."""
    report.seek(0)
    try:
        said = json.loads(report.read(_REPORT))[0]["outcome"]
    except (ValueError, LookupError, TypeError):
        return ""
    return said if isinstance(said, str) and _OUTCOME.fullmatch(said) else ""


def _outcome(code: int, said: str, *, stopped: bool) -> str:
    if stopped and said in ("", "running"):
        return "interrupted"
    if said == "running":
        return "stopped"
    if code < 0:
        return "killed"
    return "failed" if code and said in ("", "finished") else said or "failed"
