"""What evidence costs: writing the records of a page, and verifying 10,000 records."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from crawler.database import connect, migrate, transaction, utc_now
from crawler.evidence import Archive, archive_folder
from crawler.exchange import Exchange, Tls
from crawler.manifest import write_manifest
from crawler.migrations import migrations
from crawler.recordcheck import Folder
from crawler.records import keep_records
from crawler.signing import load_signing_key
from crawler.verify import Verifier, verify_archive

_TLS = Tls(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", chain=(b"leaf" * 300, b"root" * 300))
_BATCH = 50  # pages a transaction, as in a crawl


def run(_: Path | None) -> None:
    """The pages are made; no data is needed."""
    with TemporaryDirectory() as folder:
        for size in (3_000, 20_000, 100_000):
            print(f"page of {size:,} bytes: {_writing(Path(folder) / str(size), size):.2f} ms CPU to write")
        archive = make_archive(Path(folder) / "varde.db", records=10_000)
        began, cpu = time.perf_counter(), time.process_time()
        report = verify_archive(Verifier(Folder(archive)))
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        if report.all_failures:
            raise AssertionError(report.all_failures[0])
        print(f"{report.counts['records']:,} records verified in {wall:.1f} s ({cpu:.1f} s CPU)")


def make_archive(store: Path, *, records: int, size: int = 5_000) -> Path:
    """A signed archive beside `store` with at least so many records, of pages of about `size` bytes; its folder."""
    db, folder = connect(store, create=True), archive_folder(store)
    migrate(db, migrations)
    crawl = db.execute(
        "INSERT INTO crawls (site, legal_basis, software, started_at, finished_at) VALUES (?, '', '', ?, ?)",
        ("a.example", utc_now(), utc_now()),
    ).lastrowid
    archive, random = Archive(folder, "a.example"), Random(1)
    for start in range(0, records, 3 * _BATCH):
        kept = [archive.keep(_exchange(number, size, random)) for number in range(start, start + _BATCH)]
        with transaction(db):
            keep_records(db, int(crawl or 0), kept)
    archive.close()
    write_manifest(db, int(crawl or 0), folder, load_signing_key(store))
    db.close()
    return folder


def _writing(folder: Path, size: int) -> float:
    """Milliseconds of CPU a page; the records of a page are three."""
    archive, random = Archive(folder, "a.example"), Random(1)
    pages = [_exchange(number, size, random) for number in range(300)]
    began = time.process_time()
    for page in pages:
        archive.keep(page)
    spent = time.process_time() - began
    archive.close()
    return spent / len(pages) * 1000


def _exchange(number: int, size: int, random: Random) -> Exchange:
    links = (f'<div class="ad"><a href="/ad/{random.randrange(10**6)}">Room {random.randrange(999)}</a></div>\n'
             for _ in range(size // 60))  # fmt: skip
    body = f"<html><body>{''.join(links)}</body></html>".encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body)
    return Exchange(
        url=f"https://a.example/ad/{number}", sent_at=datetime.now(UTC), address="192.0.2.7", status=200, tls=_TLS,
        request=b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", head=head, wire=body, body=body,
    )  # fmt: skip
