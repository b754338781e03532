"""One crawl of several hostile sites and a good one, at once, in a process of its own; and what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from crawler.eventlog import LoggedEvent, crawl_events
from crawler.store import open_store
from tests.conftest import clean_environment
from tests.crawler.samples import LEGAL_BASIS, ad_page, list_page, write_site
from tests.crawler.server import LoopbackServer
from tests.hostile.behaviour import Behaviour
from tests.hostile.wire import HostileServer

RUNNER = Path(__file__).with_name("runner.py")
GOOD = "good.example"
GOOD_ADS = 5
BROWSER = "browser"
_LOOK = 0.05  # seconds between two looks at the processes
_SITE = """
name = "{name}"
country = "NO"
kind = "job"
spider = "{spider}"
legal_basis = "{basis}"
start = ["{start}"]
delay = 0
loopback = true
{extra}
{tables}
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one hostile site. `seconds`: from the first request for its page until that was closed."""

    state: str
    reason: str
    outcome: str
    events: tuple[LoggedEvent, ...]
    seconds: float
    ads: int
    asked: dict[str, int]


@dataclass(frozen=True, slots=True)
class Crowd:
    """A finished crawl. `memory` is the most that each kind of process held, in bytes; `stall` seconds;
    `good_seconds` went by until the good site's last page was closed, the start of all crawls included;
    `left` are processes that outlived it.
    """

    code: int
    err: str
    seconds: float
    memory: dict[str, int]
    stall: dict[str, float]
    good_ads: int
    good_seconds: float
    left: list[str]
    outcomes: dict[str, Outcome]


@dataclass(slots=True)
class Watch:
    """Looks at a process and all it starts until it ends."""

    process: subprocess.Popen[bytes]
    memory: dict[str, int] = field(default_factory=dict)
    seen: set[psutil.Process] = field(default_factory=set)

    def left(self) -> list[str]:
        """The processes that are still there, three seconds after the crawl at the most."""
        _, alive = psutil.wait_procs([each for each in self.seen if each.pid != self.process.pid], timeout=3)
        return [str(each) for each in alive if each.status() != psutil.STATUS_ZOMBIE]

    def until_end(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "the crawl does not end"
            self._look()
            time.sleep(_LOOK)

    def _look(self) -> None:
        try:
            family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        self.seen.update(family)
        for each in family:
            try:
                role = _role(each, self.process.pid)
                self.memory[role] = max(self.memory.get(role, 0), each.memory_info().rss)
            except psutil.NoSuchProcess:
                continue


def _role(process: psutil.Process, crawl: int) -> str:
    if process.pid == crawl:
        return "crawl"
    line = process.cmdline()
    if "crawler.parse_worker" in line:
        return "parser"
    return BROWSER if line else "starting"


def run_crowd(behaviours: Sequence[Behaviour], folder: Path, *settings: str, seconds: float = 90) -> Crowd:
    """Crawl all of `behaviours` and the good site."""
    with ExitStack() as stack:
        servers = {each.site: stack.enter_context(HostileServer(each.act, each.at)) for each in behaviours}
        good = stack.enter_context(LoopbackServer(_good_site()))
        sites = write_site(folder / "sites", GOOD, f"{good.url}/")
        for each in behaviours:
            _write(sites, each, servers[each.site].url)
        begin = time.monotonic()
        with (folder / "err").open("wb") as err, (folder / "out").open("wb") as out:
            command = [sys.executable, str(RUNNER), str(folder / "pulse"), *settings, "--"]
            process = subprocess.Popen(
                [*command, "crawl", "--all", "--sites", str(sites), "--json"],
                cwd=folder, env=clean_environment(PYTHONPATH=os.pathsep.join(sys.path)), stdout=out, stderr=err,
            )  # fmt: skip
            watch = Watch(process)
            try:
                watch.until_end(seconds)
            finally:
                process.kill()
                process.wait()
        took = time.monotonic() - begin
    return _read(folder, process.returncode, took, watch, behaviours, servers)


def _good_site() -> dict[str, str]:
    ads = {f"/ad/{i}": ad_page(i) for i in range(GOOD_ADS)}
    return {"/": list_page(ads)} | ads


def _write(sites: Path, behaviour: Behaviour, url: str) -> None:
    start = url.replace("http", behaviour.scheme, 1) + "/"
    if behaviour.spider == "listing":
        write_site(sites, behaviour.site, start, extra=behaviour.extra, tables=behaviour.tables)
        return
    text = _SITE.format(name=behaviour.site, spider=behaviour.spider, basis=LEGAL_BASIS, start=start,
                        extra=behaviour.extra, tables=behaviour.tables)  # fmt: skip
    (sites / f"{behaviour.site}.toml").write_text(text)


def _read(
    folder: Path, code: int, took: float, watch: Watch, behaviours: Sequence[Behaviour],
    servers: dict[str, HostileServer],
) -> Crowd:  # fmt: skip
    err = (folder / "err").read_text(errors="replace")
    assert (folder / "pulse").exists(), err
    reports = {row["site"]: row for row in json.loads((folder / "out").read_bytes() or b"[]")}
    db = open_store(folder / "varde.db", create=False)
    try:
        outcomes = {
            each.name: _outcome(db, each, servers[each.site], reports.get(each.site, {})) for each in behaviours
        }
        good = db.execute("SELECT count(*) FROM ads WHERE site = ?", (GOOD,)).fetchone()[0]
        begun, ended = db.execute("SELECT min(added_at), max(closed_at) FROM frontier WHERE crawl = "
                                  "(SELECT id FROM crawls WHERE site = ?)", (GOOD,)).fetchone()  # fmt: skip
        good_seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()
    finally:
        db.close()
    stall = json.loads((folder / "pulse").read_text())
    return Crowd(code, err, took, watch.memory, stall, good, good_seconds, watch.left(), outcomes)


def _outcome(db: Any, behaviour: Behaviour, server: HostileServer, report: dict[str, Any]) -> Outcome:
    crawl, finished = db.execute("SELECT id, finished_at FROM crawls WHERE site = ?", (behaviour.site,)).fetchone()
    row = db.execute(
        "SELECT state, reason, closed_at FROM frontier WHERE crawl = ? AND url LIKE ? ORDER BY id",
        (crawl, f"%:%:%{behaviour.page}"),
    ).fetchone()
    state, reason, closed = row or ("missing", "", None)
    ads = db.execute("SELECT count(*) FROM ads WHERE site = ?", (behaviour.site,)).fetchone()[0]
    first = server.asked_at.get(behaviour.at)
    end = datetime.fromisoformat(closed or finished or "9999-01-01T00:00:00+00:00")
    return Outcome(state, reason, report.get("outcome", ""), tuple(crawl_events(db, crawl)),
                   (end - first).total_seconds() if first else 0.0, ads, dict(server.asked))  # fmt: skip
