"""Records of the archive in the store: a row each, chained by hash, so that none is changed, added or left out."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.database import Database, transaction, utc_now
from crawler.pages import Capture

TORN = "torn"  # the type of a row for bytes that no record covers: a run was killed between writing and storing


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One WARC record as it lies in the archive. `sha256` is over its stored bytes: the whole gzip member."""

    type: str
    record_id: str
    url: str
    date: str
    file: str
    offset: int
    length: int
    sha256: str


@dataclass(slots=True)
class Kept:
    """What one page left in the archive. `id` is the capture's number once `keep_records` has stored it."""

    capture: Capture
    records: tuple[Record, ...]
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a crawl's chain: a record, its number in the store and the hash up to and with it."""

    number: int
    record: Record
    chain: str


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON with one spelling only: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def first_link(facts: Mapping[str, Any]) -> str:
    """What the first record of a crawl is chained to. `facts` are those of `crawl_facts`, and no others."""
    return hashlib.sha256(canonical({name: facts[name] for name in _FACTS})).hexdigest()


def next_link(chain: str, record: Record) -> str:
    """The hash up to and with `record`: over the one before it in hex, a line end, and the record as canonical JSON."""
    return hashlib.sha256(b"%b\n%b" % (chain.encode(), canonical(record_fields(record)))).hexdigest()


def record_fields(record: Record) -> dict[str, Any]:
    return {
        "type": record.type, "record": record.record_id, "url": record.url, "date": record.date,
        "file": record.file, "offset": record.offset, "length": record.length, "sha256": record.sha256,
    }  # fmt: skip


_FACTS = ("id", "site", "legal_basis", "software", "started_at")


def crawl_facts(db: Database, crawl: int) -> dict[str, Any]:
    """What is fixed when a crawl begins, by name. Raises LookupError for a crawl that is not in the store."""
    row = db.execute(f"SELECT {', '.join(_FACTS)} FROM crawls WHERE id = ?", (crawl,)).fetchone()
    if row is None:
        raise LookupError(f"no crawl {crawl} in the store")
    return dict(zip(_FACTS, row, strict=True))


def chain_head(db: Database, crawl: int) -> str:
    """The hash up to and with the newest record of the crawl."""
    row = db.execute("SELECT chain FROM records WHERE crawl = ? ORDER BY id DESC LIMIT 1", (crawl,)).fetchone()
    return str(row[0]) if row else first_link(crawl_facts(db, crawl))


def keep_records(db: Database, crawl: int, kept: Sequence[Kept]) -> None:
    """Store records and captures, inside the caller's transaction; sets the `id` of each.

    `Archive.sync` must have been called before the transaction is committed.
    """
    links = _insert_records(db, crawl, [record for item in kept for record in item.records])
    numbers = {(link.record.file, link.record.offset): link.number for link in links}
    for item in kept:
        item.id = _insert_capture(db, crawl, item.capture, numbers.get((item.capture.file, item.capture.offset)))


def crawl_records(db: Database, crawl: int) -> Iterator[Link]:
    """The records of a crawl in the order of their chain, read as they are asked for."""
    return _links(db, "WHERE crawl = ? ORDER BY id", (crawl,))


def note_torn_tails(db: Database, crawl: int, folder: Path) -> int:
    """Give every byte of the crawl's files that no record covers a row of type "torn"; returns how many rows.

    A run killed between writing and storing leaves such bytes; with these rows none lies in a file
    unaccounted for. For a crawl that is resumed or finished, while no archive of it is open.
    """
    with transaction(db):
        gaps = [gap for file in _files(db, crawl, folder) for gap in _gaps(db, folder / file)]
        _insert_records(db, crawl, gaps)
    return len(gaps)


def _links(db: Database, where: str, values: tuple[Any, ...]) -> Iterator[Link]:
    sql = f"SELECT id, type, record, url, date, file, offset, length, sha256, chain FROM records {where}"
    for number, kind, record, url, date, file, offset, length, sha256, chain in db.execute(sql, values):
        yield Link(number, Record(type=kind, record_id=record, url=url, date=date, file=file, offset=offset,
                                  length=length, sha256=sha256), chain)  # fmt: skip


def _insert_records(db: Database, crawl: int, records: Sequence[Record]) -> list[Link]:
    """Chain records to the crawl's newest and store them at once: inside a transaction the numbers are ours to give."""
    chain = chain_head(db, crawl)
    last = db.execute("SELECT coalesce(max(id), 0) FROM records").fetchone()[0]
    links = []
    for number, record in enumerate(records, last + 1):
        chain = next_link(chain, record)
        links.append(Link(number, record, chain))
    db.conn.executemany(
        "INSERT INTO records (id, crawl, file, offset, length, type, record, url, date, sha256, chain) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(link.number, crawl, record.file, record.offset, record.length, record.type, record.record_id, record.url,
          record.date, record.sha256, link.chain) for link in links for record in (link.record,)],
    )  # fmt: skip
    return links


def _insert_capture(db: Database, crawl: int, capture: Capture, record: int | None) -> int:
    cursor = db.execute(
        "INSERT INTO captures (crawl, url, fetched_at, status, sha256, size, via, file, offset, length, record) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (crawl, capture.url, capture.fetched_at, capture.status, capture.sha256, capture.size, capture.via,
         capture.file, capture.offset, capture.length, record),
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def _files(db: Database, crawl: int, folder: Path) -> list[str]:
    """The files that hold records of the crawl, and those of its site that nothing in the store speaks of."""
    site = crawl_facts(db, crawl)["site"]
    named = re.compile(rf"{re.escape(site)}-\d{{8}}T\d{{12}}-\d+\.warc\.gz")
    lying = (path.name for path in sorted(folder.glob(f"{site}-*.warc.gz")) if named.fullmatch(path.name))
    mine = [name for (name,) in db.execute("SELECT DISTINCT file FROM records WHERE crawl = ? ORDER BY 1", (crawl,))]
    return [name for name in mine if (folder / name).exists()] + [name for name in lying if not _is_known(db, name)]


def _is_known(db: Database, file: str) -> bool:
    sql = (
        "SELECT EXISTS (SELECT 1 FROM records WHERE file = ?) "
        "OR EXISTS (SELECT 1 FROM captures WHERE file = ? AND record IS NULL)"  # an archive from before there were rows
    )
    return bool(db.execute(sql, (file, file)).fetchone()[0])


def _gaps(db: Database, path: Path) -> Iterable[Record]:
    rows = db.execute("SELECT offset, length FROM records WHERE file = ? ORDER BY offset", (path.name,))
    with path.open("rb") as file:
        os.fsync(file.fileno())  # what a killed run wrote may not be on disk yet; what is noted of it is for ever
        size, end = path.stat().st_size, 0
        for offset, length in itertools.chain(rows, [(size, 0)]):
            if offset > end:
                yield _torn(path.name, end, offset - end, _sha256(file, end, offset - end))
            end = max(end, offset + length)


def _torn(file: str, offset: int, length: int, sha256: str) -> Record:
    return Record(type=TORN, record_id=f"urn:varde:torn:{sha256}", url="", date=utc_now(), file=file,
                  offset=offset, length=length, sha256=sha256)  # fmt: skip


def _sha256(file: Any, offset: int, length: int) -> str:
    file.seek(offset)
    hashed = hashlib.sha256()
    while length and (piece := file.read(min(length, 1 << 20))):
        hashed.update(piece)
        length -= len(piece)
    return hashed.hexdigest()
