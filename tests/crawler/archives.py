"""What the tests of the evidence share: a store with a crawl, exchanges, pages kept in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crawler.database import Database, connect, migrate, transaction
from crawler.evidence import Archive
from crawler.exchange import Exchange, Tls
from crawler.migrations import migrations
from crawler.records import Kept, keep_records

SITE = "a.example"
TLS = Tls(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384", chain=(b"\x30\x03leaf", b"\x30\x03root"))


def store_at(path: Path) -> Database:
    db = connect(path, create=True)
    migrate(db, migrations)
    return db


def begin(db: Database, site: str = SITE) -> int:
    cursor = db.execute(
        "INSERT INTO crawls (site, legal_basis, software, started_at) VALUES (?, ?, ?, ?)",
        (site, "Court order 17/2026", "varde 0", "2026-11-21T12:00:00.000+00:00"),
    )
    return int(cursor.lastrowid or 0)


def exchange(body: bytes, url: str = "https://a.example/ad/1", tls: Tls | None = None) -> Exchange:
    return Exchange(
        url=url, sent_at=datetime.now(UTC), address="192.0.2.7", status=200, tls=tls,
        request=b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", wire=body, body=body,
    )  # fmt: skip


def store(db: Database, crawl: int, archive: Archive, kept: list[Kept]) -> list[Kept]:
    archive.sync()
    with transaction(db):
        keep_records(db, crawl, kept)
    return kept


def keep(db: Database, crawl: int, archive: Archive, *bodies: bytes) -> list[Kept]:
    return store(db, crawl, archive, [archive.keep(exchange(body)) for body in bodies])
