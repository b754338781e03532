"""Holds a store against its archive: every capture against its record, every observation against its capture."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from crawler.ads import content_sha256
from crawler.database import Database
from crawler.evidence import read_capture
from crawler.manifest import MANIFEST
from crawler.pages import Capture
from crawler.recordcheck import CaptureRow, ChainLine, Failure, Folder, RecordCheck
from crawler.records import crawl_facts, crawl_records
from crawler.signing import PublicKey
from crawler.stamps import Roots
from crawler.verify import Report, Verifier, as_report_error


def verify_store(
    db: Database, folder: Path, *, pinned: tuple[PublicKey, ...], roots: Roots, checked: Callable[[], None]
) -> Report:
    """Everything in the archive at `folder`, and that the store says the same."""
    verifier = Verifier(Folder(folder), pinned, roots, checked)
    if folder.is_dir():
        verifier.load()
    for crawl, site, finished_at in db.execute("SELECT id, site, finished_at FROM crawls ORDER BY id").fetchall():
        _verify_crawl(db, verifier, crawl, f"{site}-{crawl}{MANIFEST}", is_over=finished_at is not None)
    _check_manifests(db, verifier)
    _check_old_captures(db, folder, verifier.report)
    _check_observations(db, verifier.report)
    if folder.is_dir():
        verifier.check_strangers(_known_files(db))
    return verifier.report


def _verify_crawl(db: Database, verifier: Verifier, crawl: int, name: str, *, is_over: bool) -> None:
    captures = _captures(db, crawl, verifier.report)
    verifier.report.counts["captures"] += len(captures)
    check = RecordCheck(verifier.source, captures, verifier.checked)
    if name in verifier.manifests:
        verifier.verify_crawl(name, check, _matched(db, crawl, verifier, check, name))
    elif db.execute("SELECT 1 FROM records WHERE crawl = ? LIMIT 1", (crawl,)).fetchone():
        _verify_unsigned(db, verifier, crawl, check, is_over=is_over)
    for (file, _), capture in check.captures.items():
        if file not in check.lost:
            verifier.report.fail(file, f"capture {capture.id} ({capture.url}) points at no record")


def _verify_unsigned(db: Database, verifier: Verifier, crawl: int, check: RecordCheck, *, is_over: bool) -> None:
    facts = crawl_facts(db, crawl)
    check.run(_stored_lines(db, crawl), facts)
    verifier.take(check)
    if is_over:
        verifier.report.fail(f"{facts['site']}-{crawl}{MANIFEST}", "is missing: the crawl is over but was not signed; "
                                                                   "the next `varde crawl` signs it")  # fmt: skip
        return
    verifier.report.notes.append(f"crawl {crawl} of {facts['site']} is not over: verified from the store, not signed")
    for file in check.files():
        verifier.report.counts["files"] += 1
        for offset, length in check.uncovered(file):
            if offset + length < verifier.source.size(file):
                verifier.report.fail(file, f"{length} bytes from {offset} on belong to no record")
            else:
                verifier.report.notes.append(f"{file}: {length} bytes at its end are not stored yet")
    verifier.report.failures += check.failures


def _matched(db: Database, crawl: int, verifier: Verifier, check: RecordCheck, name: str) -> Iterator[ChainLine]:
    """The lines of the chain file, each held against the store's row; from where it cannot be read on, the rows."""
    file = verifier.manifests[name][1]["chain"]["file"]
    rows = _stored_lines(db, crawl)
    with as_report_error(verifier.report, file) as faulty:
        for line in verifier.chain_lines(file):
            row = next(rows, None)
            if row is None or (row.record, row.chain) != (line.record, line.chain):
                what = "the store has no row of it" if row is None else "the store's row of it is another"
                check.failures.append(_failure(line, what))
            yield line if row is None else replace(line, row=row.row)
    for row in rows:
        if not faulty:
            check.failures.append(_failure(row, "the chain that was signed does not have it"))
        yield row


def _failure(line: ChainLine, what: str) -> Failure:
    return Failure(line.record.file, what, line.number, line.record.record_id, line.record.url)


def _stored_lines(db: Database, crawl: int) -> Iterator[ChainLine]:
    for number, link in enumerate(crawl_records(db, crawl), 1):
        yield ChainLine(number, link.record, link.chain, link.number)


def _captures(db: Database, crawl: int, report: Report) -> dict[tuple[str, int], CaptureRow]:
    sql = (
        "SELECT file, offset, id, record, url, fetched_at, sha256, size, length FROM captures "
        "WHERE crawl = ? AND record IS NOT NULL ORDER BY id"
    )
    found: dict[tuple[str, int], CaptureRow] = {}
    for file, offset, *rest in db.execute(sql, (crawl,)):
        capture = CaptureRow(*rest)
        if (other := found.setdefault((file, offset), capture)) is not capture:
            report.fail(file, f"captures {other.id} and {capture.id} point at the same record")
    return found


def _check_manifests(db: Database, verifier: Verifier) -> None:
    """A manifest that the store knows cannot be left out or replaced."""
    sql = "SELECT c.site, m.crawl, m.sha256 FROM manifests m JOIN crawls c ON c.id = m.crawl ORDER BY m.id"
    known = {f"{site}-{crawl}{MANIFEST}": sha256 for site, crawl, sha256 in db.execute(sql)}
    for name, sha256 in known.items():
        if name not in verifier.manifests:
            verifier.report.fail(name, "is missing: the store knows that it was written")
        elif verifier.manifests[name][0] != sha256:
            verifier.report.fail(name, "is not the manifest that the store knows")
    for name in set(verifier.manifests) - set(known):
        verifier.report.fail(name, "the store knows of no such manifest")


_OLD = ("url", "fetched_at", "status", "sha256", "size", "via", "file", "offset", "length")


def _check_old_captures(db: Database, folder: Path, report: Report) -> None:
    """Captures from before records were chained have a hash of their own only."""
    rows = db.execute(f"SELECT id, {', '.join(_OLD)} FROM captures WHERE record IS NULL").fetchall()
    for number, *rest in rows:
        capture = Capture(**dict(zip(_OLD, rest, strict=True)))
        try:
            holds = hashlib.sha256(read_capture(folder, capture)).hexdigest() == capture.sha256
        except (OSError, EOFError, ValueError) as error:
            report.fail(capture.file, f"capture {number} ({capture.url}) cannot be read ({error})")
            continue
        if not holds:
            report.fail(capture.file, f"capture {number} ({capture.url}) is not what was kept")
    report.counts["captures"] += len(rows)
    if rows:
        report.notes.append(
            f"{len(rows)} captures are from before records were chained: only their bodies are verified"
        )


def _check_observations(db: Database, report: Report) -> None:
    sql = (
        "SELECT o.id, o.source, o.capture, c.crawl, o.sha256, o.document FROM observations o "
        "LEFT JOIN captures c ON c.id = o.capture ORDER BY o.id"
    )
    for number, source, capture, crawl, sha256, document in db.execute(sql):
        report.counts["observations"] += 1
        if content_sha256(document) != sha256:
            report.fail("store", f"observation {number}: its content is not that of its hash")
        if source.startswith("crawl ") and (capture is None or source != f"crawl {crawl}"):
            report.fail("store", f"observation {number}: points at no capture of {source}")


def _known_files(db: Database) -> set[str]:
    rows = db.execute("SELECT file FROM captures UNION SELECT file FROM records")
    return {file for (file,) in rows}
