"""Looks at the machine: what Varde needs, what is there, and the one command that mends what is not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from crawler.browser import find_browser, open_blank_page

FIXED_SQLITE = ((3, 44, 6), (3, 50, 7), (3, 51, 3))  # releases with the WAL-reset fix, by branch
NEEDED = (
    "scrapy",
    "scrapy-playwright",
    "playwright",
    "spacy",
    "rapidfuzz",
    "sqlite-utils",
    "phonenumbers",
    "starlette",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `state` is ok, warning (Varde runs with less) or missing; `mend` a command or advice."""

    what: str
    state: Literal["ok", "warning", "missing"]
    found: str
    mend: str = ""


def examine(store: Path) -> Iterator[Finding]:
    """Look at everything, one finding at a time."""
    yield _python()
    yield from map(_package, NEEDED)
    yield _sqlite()
    yield from _browser()
    yield _disk(store)


def _python() -> Finding:
    return Finding("Python", "ok", sys.version.split()[0])


def _package(name: str) -> Finding:
    try:
        return Finding(name, "ok", version(name))
    except PackageNotFoundError:
        return Finding(name, "missing", "not installed", "./dev sync")


def _sqlite() -> Finding:
    """SQLite before 3.51.3 can, very rarely, damage a WAL file that several processes use (sqlite.org/wal.html)."""
    own = sqlite3.sqlite_version_info
    if own >= FIXED_SQLITE[-1] or any(own[:2] == fixed[:2] and own >= fixed for fixed in FIXED_SQLITE):
        return Finding("SQLite", "ok", sqlite3.sqlite_version)
    mend = "a Python built with SQLite 3.51.3 or newer; until then keep a copy before crawling beside the review page"
    return Finding("SQLite", "warning", f"{sqlite3.sqlite_version}, before the WAL fix of 3.51.3", mend)


def _browser() -> Iterator[Finding]:
    path = find_browser()
    if path is None:
        yield Finding("browser", "warning", "none; pages that need JavaScript are left out", "apt-get install chromium")
        return
    fault = open_blank_page(path)
    if fault:
        yield Finding("browser", "warning", f"{path} does not start: {fault}", "apt-get install --reinstall chromium")
        return
    yield Finding("browser", "ok", path)
    if os.geteuid() == 0:
        yield Finding("browser sandbox", "warning", "off: Chromium refuses it to root", "run Varde as an ordinary user")
    else:
        yield Finding("browser sandbox", "ok", "on")


def _disk(store: Path) -> Finding:
    folder = next(parent for parent in (store.resolve(), *store.resolve().parents) if parent.is_dir())
    free = shutil.disk_usage(folder).free / 1e9
    state: Literal["ok", "warning"] = "ok" if free >= 2 else "warning"
    return Finding(
        "disk",
        state,
        f"{free:.1f} GB free for {store}",
        "" if state == "ok" else "free some space: captures grow",
    )
