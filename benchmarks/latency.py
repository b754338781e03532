"""From page to alert while a crawl runs: `varde crawl` of the sample market beside `varde analyse --follow`, and when
each ad was read, linked and judged, counted from the moment its page came.

BENCH_STORE names a store to copy and crawl into, for the figures at its size; else the store begins empty.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from alerts.reading.readstore import count_read
from alerts.store import open_alerts
from crawler.database import Database
from spiders.demo.posts import SITES
from spiders.demo.run import write_sites
from spiders.demo.server import consecutive, start

LOOK = 0.05  # seconds
PATIENCE = 300  # seconds for the whole
VARDE = [sys.executable, "-m", "crawler.cli"]


def run(_: Path | None) -> None:
    with TemporaryDirectory() as name, start(consecutive(0)) as market:
        folder = Path(name)
        store = folder / "varde.db"
        if known := os.environ.get("BENCH_STORE"):
            shutil.copy(known, store)
        db = open_alerts(store, create=not known)
        before = count_read(db)
        sites = write_sites(folder, market.urls)
        with _process("analyse", "--store", str(store), "--follow") as follower:
            _wait_until_it_follows(follower)
            with _process("crawl", *SITES, "--sites", str(sites), "--store", str(store)) as crawl:
                waits = list(_watch(db, crawl))
    print(f"{len(waits)} ads of a crawl into a store of {before:,}, from the page to its judged cluster:")
    print(f"  median {median(waits):.1f} s, 95th percentile {quantiles(waits, n=20)[-1]:.1f} s (goal: 10 or less), "
          f"longest {max(waits):.1f} s")  # fmt: skip


@contextmanager
def _process(*args: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([*VARDE, *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            assert child.stderr
            child.stderr.read()


def _wait_until_it_follows(follower: subprocess.Popen[str]) -> None:
    assert follower.stderr
    for line in follower.stderr:
        if line.startswith("following"):
            return
    raise RuntimeError("varde analyse --follow ended")


def _watch(db: Database, crawl: subprocess.Popen[str]) -> Iterator[float]:
    """Seconds that each observation waited, as each is done."""
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM observations").fetchone()
    waiting: dict[int, datetime] = {}
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and (crawl.poll() is None or waiting):
        time.sleep(LOOK)
        found = db.execute("SELECT id, seen_at FROM observations WHERE id > ? ORDER BY id", [last]).fetchall()
        waiting |= {id: datetime.fromisoformat(seen) for id, seen in found}
        last = found[-1][0] if found else last
        for id in _done(db, waiting):
            yield (datetime.now(UTC) - waiting.pop(id)).total_seconds()


def _done(db: Database, waiting: dict[int, datetime]) -> list[int]:
    """Of these observations, those that are read and whose ad is linked."""
    marks = ",".join(map(str, waiting))
    sql = (
        f"SELECT o.id FROM observations o WHERE o.id IN ({marks}) AND o.id NOT IN (SELECT observation FROM unread) "
        "AND o.ad NOT IN (SELECT ad FROM unlinked)"
    )
    return [id for (id,) in db.execute(sql)]
