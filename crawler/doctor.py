"""Looks at the machine: what Varde needs, what is there, and the one command that mends what is not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from crawler.browser import find_browser, open_blank_page, sandbox_state
from crawler.database import SQLITE, sqlite_fault

NEEDED = (
    "scrapy",
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
    fault = sqlite_fault(tuple(map(int, SQLITE.split()[0].split("."))))
    return Finding("SQLite", "missing" if fault else "ok", SQLITE, fault)


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
    sandbox = sandbox_state(path)
    if sandbox.startswith("on"):
        yield Finding("browser sandbox", "ok", sandbox)
    else:
        yield Finding("browser sandbox", "warning", sandbox, "run Varde as an ordinary user who may have namespaces")


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
