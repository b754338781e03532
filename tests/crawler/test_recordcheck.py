"""What is found in the records of a crawl, also where their hashes alone look right."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.database import Database, transaction
from crawler.evidence import Archive, Kept, Record
from crawler.recordcheck import ChainLine, Folder, RecordCheck
from crawler.records import crawl_facts, first_link, keep_records, next_link
from tests.crawler.archives import SITE, TLS, begin, exchange, store_at


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return store_at(tmp_path / "varde.db")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "varde.db.captures"


FACTS = {"id": 1, "site": SITE, "legal_basis": "", "software": "", "started_at": ""}


def line_of(file: Path, stored: bytes, record: Record) -> ChainLine:
    file.write_bytes(stored)
    right = Record(
        type=record.type, record_id=record.record_id, url=record.url, date=record.date, file=file.name, offset=0,
        length=len(stored), sha256=hashlib.sha256(stored).hexdigest(),
    )  # fmt: skip
    return ChainLine(1, right, "")


INNER = {
    "type": (lambda raw: raw.replace(b"WARC-Type: response", b"WARC-Type: request"), "its warc-type is 'request'"),
    "id": (lambda raw: raw.replace(b"<urn:uuid:", b"<urn:uuie:", 1), "its warc-record-id is"),
    "URL": (lambda raw: raw.replace(b"https://a", b"https://b"), "its warc-target-uri is 'https://b.example/ad/1'"),
    "date": (lambda raw: raw.replace(b"WARC-Date: 20", b"WARC-Date: 19"), "its warc-date is '19"),
    "block": (lambda raw: raw.replace(b"text/html", b"text/htmx"), "its WARC-Block-Digest is not"),
    "payload": (lambda raw: raw.replace(b"Payload-Digest: sha256:", b"Payload-Digest: sha256:0"), "its WARC-Payload"),
    "length": (lambda raw: raw + b"x", "its length is not what it says"),
    "no length": (lambda raw: raw.replace(b"Content-Length: ", b"Content-Length: x"), "invalid literal"),
    "no record": (lambda raw: b"GARBAGE" + raw, "it is no WARC record"),
}


@pytest.mark.parametrize(("change", "found"), INNER.values(), ids=INNER)
def test_record_is_looked_into_even_where_its_hash_is_right(
    tmp_path: Path, change: Callable[[bytes], bytes], found: str
) -> None:
    """One who writes the chain himself cannot have it say other things than the record."""
    archive = Archive(tmp_path, SITE)
    kept: Kept = archive.keep(exchange(b"<p>"))
    archive.close()
    record = kept.records[-1]
    raw = zlib.decompress(archive.path.read_bytes()[record.offset :], 31)
    check = RecordCheck(Folder(tmp_path))
    check.run([line_of(tmp_path / "x.warc.gz", zlib.compress(change(raw), 6, 31), record)], FACTS)
    assert any(failure.what.startswith(found) for failure in check.failures), check.failures
    assert not any("SHA-256" in failure.what for failure in check.failures)


def test_two_members_are_no_record(tmp_path: Path) -> None:
    archive = Archive(tmp_path, SITE)
    record = archive.keep(exchange(b"<p>")).records[-1]
    archive.close()
    member = archive.path.read_bytes()[record.offset :]
    check = RecordCheck(Folder(tmp_path))
    check.run([line_of(tmp_path / "x.warc.gz", member * 2, record)], FACTS)
    assert "it is no single gzip member" in [failure.what for failure in check.failures]


def test_certificates_are_those_that_their_name_says(tmp_path: Path) -> None:
    archive = Archive(tmp_path, SITE)
    record = archive.keep(exchange(b"<p>", tls=TLS)).records[1]
    archive.close()
    raw = zlib.decompress(archive.path.read_bytes()[record.offset : record.offset + record.length], 31)
    head, _, block = raw[:-4].partition(b"\r\n\r\n")
    other = block.replace(b"A", b"B")
    right = hashlib.sha256(other).hexdigest().encode()
    head = b"\r\n".join(
        b"WARC-Block-Digest: sha256:" + right if line.startswith(b"WARC-Block") else line
        for line in head.split(b"\r\n")
    )
    check = RecordCheck(Folder(tmp_path))
    stored = zlib.compress(head + b"\r\n\r\n" + other + b"\r\n\r\n", 6, 31)
    check.run([line_of(tmp_path / "x.warc.gz", stored, record)], FACTS)
    assert "its certificates are not those that its URI names" in [failure.what for failure in check.failures]


def test_numbers_of_the_chain_have_no_gap(tmp_path: Path) -> None:
    archive = Archive(tmp_path, SITE)
    records = archive.keep(exchange(b"<p>")).records
    archive.close()
    check, chain = RecordCheck(Folder(tmp_path)), first_link(FACTS)
    lines = []
    for number, record in zip((1, 2, 4, 5), records, strict=True):
        chain = next_link(chain, record)
        lines.append(ChainLine(number, record, chain))
    check.run(lines, FACTS)
    first = check.failures[0]
    assert (first.number, first.what[:19]) == (4, "it follows record 2")


def test_records_that_overlap_are_found(tmp_path: Path) -> None:
    archive = Archive(tmp_path, SITE)
    first, *others = archive.keep(exchange(b"<p>")).records
    archive.close()
    check, chain, lines = RecordCheck(Folder(tmp_path)), first_link(FACTS), []
    for number, record in enumerate([replace(first, length=first.length + 1), *others], 1):
        chain = next_link(chain, record)
        lines.append(ChainLine(number, record, chain))
    check.run(lines, FACTS)
    check.failures.clear()
    assert list(check.uncovered(archive.path.name)) == []
    assert "two records claim the bytes from" in check.failures[0].what


def test_gap_between_records_is_found(db: Database, tmp_path: Path, folder: Path) -> None:
    """Bytes that the signed chain itself leaves out."""
    crawl, archive = begin(db), Archive(folder, SITE)
    first, _, third = (archive.keep(exchange(body)) for body in (b"1", b"2", b"3"))
    with transaction(db):
        keep_records(db, crawl, [first, third])
    archive.close()
    check = RecordCheck(Folder(folder))
    facts, lines, chain = crawl_facts(db, crawl), [], ""
    for number, record in enumerate([*first.records, *third.records], 1):
        chain = next_link(chain or check.head, record)
        lines.append(ChainLine(number, record, chain))
    check.run(lines, facts)
    ((offset, length),) = check.uncovered(archive.path.name)
    assert (offset, offset + length) == (third.records[0].offset - length, third.records[0].offset)
