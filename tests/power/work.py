"""What is done to a store while the power may fail: a crawl that stops and goes on, imports, an old store migrated.

`python -m tests.power.work FOLDER [archive-sync|store-sync]`: after each thing that the store has
acknowledged, a line of JSON says so in FOLDER/acks. The second argument names what is left out, to see it missed.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from crawler.ads import Ad
from crawler.database import Database, connect, transaction
from crawler.evidence import Archive, archive_folder
from crawler.exchange import Exchange
from crawler.job import CrawlJob
from crawler.migrations import migrations
from crawler.pages import Page, PageContent, PageLink
from crawler.records import note_torn_tails
from crawler.results import PageResult
from crawler.store import begin_crawl, observe_all, open_store
from tests.crawler.samples import make_ad, make_site

STORE, SITE = "varde.db", make_site()
RUNS, PAGES = 4, 40  # pages a run; the last of a run is written to the archive, but not stored, as by a kill
START = f"https://{SITE.name}/0"


class Work:
    """One process that does it all."""

    def __init__(self, folder: Path, without: str) -> None:
        self._store = folder / STORE
        self._without = without
        self._acks = os.open(folder / "acks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def run(self) -> None:
        self._old_store()
        for run in range(RUNS):
            db = self._open()
            self._crawl(db, run)
            self._import(db, run)
            db.close()

    def _acknowledge(self, **done: Any) -> None:
        os.write(self._acks, json.dumps(done).encode() + b"\n")

    def _open(self) -> Database:
        db = open_store(self._store, create=True)
        if self._without == "store-sync":
            db.execute("PRAGMA synchronous = NORMAL")
        return db

    def _old_store(self) -> None:
        """A store of the first release, with ads, that the first run brings up to date."""
        db = connect(self._store, create=True)
        with transaction(db):
            migrations.apply(db, stop_before="m002_evidence")
            db.execute(
                "INSERT INTO ads (site, ad_id, kind, url, first_seen, last_seen) "
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
                "SELECT 'old.example', 'old-' || i, 'escort', '', '2026-01-01', '2026-01-01' FROM n"
            )
        self._acknowledge(ads=["old-1", "old-200"])
        db.close()

    def _crawl(self, db: Database, run: int) -> None:
        seeds = [PageLink(START, "ad")]
        crawl = begin_crawl(db, SITE.name, legal_basis=SITE.legal_basis, software="test", seeds=seeds)
        folder = archive_folder(self._store)
        note_torn_tails(db, crawl.id, folder)
        archive = (_Unsynced if self._without == "archive-sync" else Archive)(folder, SITE.name)
        job = CrawlJob(SITE, db, crawl, archive, egress=cast("Any", None), parser=cast("Any", None))
        for _ in range(PAGES):
            (page,) = job.queued(after=0, limit=1)
            self._page(job, page)
        job.keep(_exchange(page, b"never stored " * 400), None)
        if run % 2:
            archive.sync()
        # the archive is not closed: a killed process does not close it either

    def _page(self, job: CrawlJob, page: Page) -> None:
        kept = job.keep(_exchange(page, f"<p>page {page.id}</p>".encode() * 40), None)
        links = tuple(PageLink(f"https://{SITE.name}/{page.id}-{i}", "ad") for i in range(3))
        ads = tuple(_ad(f"{page.id}-{i}", page.id) for i in range(2))
        job.close(PageResult(page, PageContent(ads, links), kept))
        self._acknowledge(page=page.id, links=[link.url for link in links], ads=[ad.ad_id for ad in ads])

    def _import(self, db: Database, run: int) -> None:
        ads = [_ad(f"import-{run}-{i}", i) for i in range(50)]
        observe_all(db, [(ad, "import") for ad in ads])
        self._acknowledge(ads=[ad.ad_id for ad in ads])


class _Unsynced(Archive):
    """What must not be: an archive that trusts the system to write in time."""

    def sync(self) -> None:
        pass


def _ad(number: str, size: int) -> Ad:
    return make_ad(site=SITE.name, ad_id=number, text=f"Ad {number}. " * (20 + size % 50))


def _exchange(page: Page, body: bytes) -> Exchange:
    return Exchange(
        url=page.url, sent_at=datetime.now(UTC), address="127.0.0.1", status=200, wire=body, body=body,
        request=b"GET / HTTP/1.1\r\n\r\n", head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
    )  # fmt: skip


if __name__ == "__main__":
    Work(Path(sys.argv[1]), without=sys.argv[2] if len(sys.argv) > 2 else "").run()
