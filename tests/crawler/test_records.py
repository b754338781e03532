"""The chain of records in the store."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from crawler.database import Database
from crawler.evidence import Archive, read_capture
from crawler.records import chain_head, crawl_facts, crawl_records, keep_records, note_torn_tails, record_fields
from tests.crawler.archives import SITE, begin, exchange, keep, store_at


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return store_at(tmp_path / "varde.db")


def test_chain_can_be_done_again_by_hand(db: Database, tmp_path: Path) -> None:
    crawl, archive = begin(db), Archive(tmp_path, SITE)
    assert chain_head(db, crawl) == hashlib.sha256(_json(crawl_facts(db, crawl))).hexdigest()
    keep(db, crawl, archive, b"1", b"2")
    keep(db, crawl, archive, b"3")
    chain = hashlib.sha256(_json(crawl_facts(db, crawl))).hexdigest()
    links = list(crawl_records(db, crawl))
    for link in links:
        chain = hashlib.sha256(chain.encode() + b"\n" + _json(record_fields(link.record))).hexdigest()
        assert link.chain == chain
    assert chain_head(db, crawl) == chain
    assert [link.record.type for link in links] == ["warcinfo", *["request", "metadata", "response"] * 3]


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def test_capture_points_at_the_record_that_holds_it(db: Database, tmp_path: Path) -> None:
    crawl, archive = begin(db), Archive(tmp_path, SITE)
    kept = keep(db, crawl, archive, b"1", b"2")
    rows = db.execute("SELECT r.type, c.offset = r.offset FROM captures c JOIN records r ON r.id = c.record").fetchall()
    assert rows == [("response", 1), ("response", 1)]
    assert [number for (number,) in db.execute("SELECT id FROM captures ORDER BY id")] == [item.id for item in kept]
    assert [read_capture(tmp_path, item.capture) for item in kept] == [b"1", b"2"]


def test_crawls_have_chains_of_their_own(db: Database, tmp_path: Path) -> None:
    first, second = begin(db), begin(db, "b.example")
    one, two = Archive(tmp_path, SITE), Archive(tmp_path, "b.example")
    keep(db, first, one, b"1")
    head = chain_head(db, first)
    keep(db, second, two, b"2")
    assert chain_head(db, first) == head
    assert len(list(crawl_records(db, first))) == len(list(crawl_records(db, second))) == 4


def test_what_a_transaction_takes_back_leaves_no_gap_in_the_chain(db: Database, tmp_path: Path) -> None:
    crawl, archive = begin(db), Archive(tmp_path, SITE)
    keep(db, crawl, archive, b"1")
    kept = archive.keep(exchange(b"lost"))
    db.execute("BEGIN")
    keep_records(db, crawl, [kept])
    db.execute("ROLLBACK")
    keep(db, crawl, archive, b"2")
    archive.close()
    assert note_torn_tails(db, crawl, tmp_path) == 1
    torn = [link.record for link in crawl_records(db, crawl)][-1]
    assert (torn.type, torn.offset) == ("torn", kept.records[0].offset)
    assert torn.length == sum(record.length for record in kept.records)
    assert _covered(db, archive.path)


@pytest.mark.parametrize("stored", [True, False], ids=["after some pages", "before any was stored"])
def test_torn_tail_is_accounted_for_once(db: Database, tmp_path: Path, stored: bool) -> None:
    crawl, archive = begin(db), Archive(tmp_path, SITE)
    if stored:
        keep(db, crawl, archive, b"1")
    tail = archive.keep(exchange(b"cut"))
    archive.close()
    archive.path.write_bytes(archive.path.read_bytes()[:-7])
    assert [note_torn_tails(db, crawl, tmp_path) for _ in range(2)] == [1, 0]
    torn = list(crawl_records(db, crawl))[-1].record
    lying = archive.path.read_bytes()[tail.records[0].offset :]
    assert torn.sha256 == hashlib.sha256(lying).hexdigest()
    assert _covered(db, archive.path)


def test_files_of_others_are_left_alone(db: Database, tmp_path: Path) -> None:
    """Another site whose name begins alike, an archive from before there were records, and no archive at all."""
    crawl, other = begin(db), begin(db, "a.example-b")
    archive = Archive(tmp_path, "a.example-b")
    keep(db, other, archive, b"1")
    with (tmp_path / "a.example-20250101T000000000000-7.warc.gz").open("wb") as old:
        old.write(b"before there were rows")
    db.execute(
        "INSERT INTO captures (crawl, url, fetched_at, status, sha256, size, via, file, offset, length) "
        "VALUES (?, 'u', 't', 200, '', 0, 'http', ?, 0, 9)", (crawl, Path(old.name).name),
    )  # fmt: skip
    (tmp_path / "a.example-notes.warc.gz").write_bytes(b"mine")
    assert note_torn_tails(db, crawl, tmp_path) == 0


def test_record_is_never_changed(db: Database, tmp_path: Path) -> None:
    crawl, archive = begin(db), Archive(tmp_path, SITE)
    keep(db, crawl, archive, b"1")
    with pytest.raises(Exception, match="never changed"):
        db.execute("UPDATE records SET url = 'x'")


def _covered(db: Database, path: Path) -> bool:
    end = 0
    for offset, length in db.execute("SELECT offset, length FROM records WHERE file = ? ORDER BY offset", (path.name,)):
        assert offset == end
        end += length
    return end == path.stat().st_size
