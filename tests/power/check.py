"""What must hold of a store after a cut: everything acknowledged is there, and whatever is there is whole."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crawler.database import Database, StoreError, connect, transaction
from crawler.evidence import archive_folder, read_capture
from crawler.migrations import migrations
from crawler.records import Record, chain_head, crawl_facts, crawl_records, first_link, next_link, note_torn_tails
from crawler.store import captures, open_store

Ack = dict[str, Any]  # a line of the work: "page" and "links" of a crawl, "ads"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong after one cut, in words: acknowledged and lost, or there and not whole."""

    lost: tuple[str, ...]
    broken: tuple[str, ...]


def judge(store: Path, acks: Sequence[Ack]) -> Verdict:
    """Open the store as the next command would, and look at everything."""
    try:
        between = [] if _schema(store) in schemas() else ["a schema that no release has"]
        db = open_store(store, create=True)
    except StoreError as error:
        return Verdict((), (str(error),))
    try:
        for (crawl,) in db.execute("SELECT id FROM crawls").fetchall():
            note_torn_tails(db, crawl, archive_folder(store))  # as a crawl does that goes on
        return Verdict(tuple(_lost(db, acks)), (*between, *_broken(db, store)))
    finally:
        db.close()


def _schema(store: Path) -> tuple[Any, ...]:
    db = connect(store, create=True)
    try:
        return tables(db)
    finally:
        db.close()


def tables(db: Database) -> tuple[Any, ...]:
    return tuple(db.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"))


@cache
def schemas() -> set[tuple[Any, ...]]:
    """What the tables look like before the first migration and after each of them."""
    found = {()}
    for stop in [*(step.name for step in migrations.pending(Database(memory=True))), None]:
        db = Database(memory=True)
        with transaction(db):
            migrations.apply(db, stop_before=stop)
        found.add(tables(db))
        db.close()
    return found


def _lost(db: Database, acks: Sequence[Ack]) -> Iterator[str]:
    ads = {row[0] for row in db.execute("SELECT ad_id FROM ads")}
    pages = {row[0] for row in db.execute("SELECT id FROM frontier WHERE state = 'done'")}
    known = {row[0] for row in db.execute("SELECT url FROM frontier")}
    for ack in acks:
        yield from (f"ad {ad}" for ad in ack["ads"] if ad not in ads)
        yield from (f"link {link}" for link in ack.get("links", ()) if link not in known)
        if ack.get("page", next(iter(pages), None)) not in pages | {None}:
            yield f"page {ack['page']}"


def _broken(db: Database, store: Path) -> Iterator[str]:
    for what, sql in _HALF.items():
        yield from (f"{what}: {row[0]}" for row in db.execute(sql))
    yield from damage(db, store)


def damage(db: Database, store: Path) -> Iterator[str]:
    """What is not whole in a store or its archive, whatever was done to it."""
    yield from (row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok")
    yield from (f"foreign key of {row[0]}" for row in db.execute("PRAGMA foreign_key_check"))
    folder = archive_folder(store)
    for number, capture in captures(db):
        try:
            body = read_capture(folder, capture)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            yield f"capture {number}: {error}"
            continue
        if hashlib.sha256(body).hexdigest() != capture.sha256:
            yield f"capture {number}: another hash"
    yield from _breaks(db, folder)


_HALF = {
    "page without its capture": "SELECT id FROM frontier WHERE state = 'done' AND capture IS NULL",
    "page without its ads": "SELECT id FROM frontier f WHERE state = 'done' "
    "AND (SELECT count(*) FROM ads WHERE ad_id IN (f.id || '-0', f.id || '-1')) != 2",
    "ad stored twice": "SELECT min(id) FROM ads GROUP BY site, ad_id HAVING count(*) > 1",
    "ad without its version": "SELECT id FROM ads a WHERE site != 'old.example' "
    "AND NOT EXISTS (SELECT 1 FROM observations o WHERE o.ad = a.id)",
    "count of pages": "SELECT id FROM crawls c WHERE pages != (SELECT count(*) FROM frontier WHERE crawl = c.id)",
    "old ads": "SELECT count(*) FROM ads WHERE site = 'old.example' HAVING count(*) NOT IN (0, 200)",
}


def _breaks(db: Database, folder: Path) -> Iterator[str]:
    """Every record's bytes are in the archive with their hash, and the chain of each crawl holds."""
    for (crawl,) in db.execute("SELECT id FROM crawls").fetchall():
        chain = first_link(crawl_facts(db, crawl))
        for link in crawl_records(db, crawl):
            chain = next_link(chain, link.record)
            if chain != link.chain:
                yield f"record {link.number}: the chain breaks"
            if hashlib.sha256(_bytes(folder, link.record)).hexdigest() != link.record.sha256:
                yield f"record {link.number}: not in its file"
        if chain != chain_head(db, crawl):
            yield f"crawl {crawl}: the chain ends elsewhere"


def _bytes(folder: Path, record: Record) -> bytes:
    try:
        with (folder / record.file).open("rb") as file:
            file.seek(record.offset)
            return file.read(record.length)
    except FileNotFoundError:
        return b""
