"""A crawl that is killed again and again loses no page and stores no ad twice."""

from __future__ import annotations

import hashlib
import random
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from crawler.evidence import archive_folder, read_capture
from crawler.store import ad_rows, captures, open_store
from tests.conftest import VARDE, Serve, Varde, clean_environment, printed
from tests.crawler.samples import ad_page, list_page, write_site
from tests.crawler.server import LoopbackServer

LISTS, ADS = 100, 29  # 100 list pages of 29 ads: 3,000 pages, and the last are 100 links deep
KILLS, SEED = 20, 20260501
PAGES = {f"/list/{i}" for i in range(LISTS)} | {f"/ad/{i}-{j}" for i in range(LISTS) for j in range(ADS)}


def page(path: str) -> str | None:
    if path not in PAGES:
        return None
    if path.startswith("/ad/"):
        return ad_page(path.removeprefix("/ad/"))
    number = int(path.removeprefix("/list/"))
    after = f"/list/{number + 1}" if number + 1 < LISTS else ""
    return list_page([f"/ad/{number}-{j}" for j in range(ADS)], after=after)


@pytest.mark.slow
def test_twenty_kills_lose_nothing(serve: Serve, varde: Varde, tmp_path: Path) -> None:
    server = serve(page)
    folder = write_site(tmp_path / "sites", "a.example", f"{server.url}/list/0")
    dice = random.Random(SEED)
    for _ in range(KILLS):
        kill_one_run(server, folder, after=dice.randint(1, 120), pause=dice.random() / 50)
    last = varde("crawl", "a.example", "--sites", folder, "--json")
    assert last.returncode == 0, last.stderr
    assert printed(last)[0]["outcome"] == "finished"
    assert set(server.paths()) == PAGES
    assert_whole(tmp_path / "varde.db")


def kill_one_run(server: LoopbackServer, folder: Path, *, after: int, pause: float) -> None:
    """Start a crawl and SIGKILL it `pause` seconds after the server has answered `after` more requests."""
    goal, deadline = len(server.hits) + after, time.monotonic() + 30
    command = [VARDE, "crawl", "a.example", "--sites", str(folder)]
    with subprocess.Popen(command, cwd=folder.parent, env=clean_environment(), stderr=subprocess.DEVNULL) as process:
        while len(server.hits) < goal and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(pause)
        running = process.poll() is None
        process.kill()
    assert running, "the crawl ended before it was killed: the site is too small for this test"
    assert len(server.hits) >= goal, "the crawl made no progress"


def assert_whole(store: Path) -> None:
    db = open_store(store, create=False)
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert db.execute("SELECT count(*) FROM crawls").fetchone()[0] == 1
    states = Counter(state for (state,) in db.execute("SELECT state FROM frontier"))
    assert states == {"done": len(PAGES)}
    ads = {ad.ad_id: ad.observations for ad in ad_rows(db)}
    assert ads == {path.removeprefix("/ad/"): 1 for path in PAGES if path.startswith("/ad/")}
    kept = [capture for _, capture in captures(db)]
    assert len(kept) >= len(PAGES)
    for capture in kept:
        assert hashlib.sha256(read_capture(archive_folder(store), capture)).hexdigest() == capture.sha256
    db.close()
