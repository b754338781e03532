"""Ads from web archives: the pages of one site are read as a crawl would have read them when they were fetched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from crawler.ads import Ad
from crawler.console import say
from crawler.database import Database
from crawler.document import Document
from crawler.imports import REJECTED, ImportFault, ImportReport, Rejected, RejectedFile, store_batch
from crawler.loops import run_in
from crawler.packages import PackageError
from crawler.pages import PageContent, PageKind
from crawler.parsing import Parser
from crawler.sites import Site
from crawler.unpack import Bomb, NotPacked, unpacked
from crawler.warcs import Record, Response, parse_response, read_records

SUFFIXES = (".warc", ".warc.gz", ".wacz")
_BATCH = 16  # records that are read at once, and stored in one transaction
_INTERVAL = 5.0  # seconds between two lines of progress
_PATIENCE = 10.0  # seconds for one page: nobody waits for an import as a site waits for a crawl
_HEAD = 256 * 1024  # bytes a record may have beyond the body of its page
_PAGES = ("html", "json", "xml")
_DOM = "urn:dom:"  # what a browser made of a page, as Varde archives it
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class _Page:
    """One archived page of the site, its body as browsers unpack it."""

    record: Record
    url: str
    content_type: str
    body: bytes
    seen_at: datetime


def is_archive(file: Path) -> bool:
    return file.name.lower().endswith(SUFFIXES)


def import_archive(db: Database, file: Path, site: Site) -> ImportReport:
    """Store the ads of every page of `site` in a WARC or WACZ file, as seen when they were archived.

    Pages that are neither ads nor lists, and records that cannot be read, are kept in FILE.rejected.jsonl.
    Raises ImportFault where the file cannot be read at all.
    """
    report = ImportReport(str(file))
    with ExitStack() as stack:
        kept = RejectedFile(file.with_name(file.name + REJECTED))
        stack.callback(kept.close)
        rejected = _Rejections(kept, hold=site.needs_browser)
        stack.callback(rejected.flush)
        try:
            runner = stack.enter_context(asyncio.Runner())
            run_in(runner.get_loop(), _import(db, file, site, report, rejected))
        except PackageError as error:
            raise ImportFault(f"{file}: {error}") from error
        except OSError as error:
            raise ImportFault(f"{file}: cannot be read ({error.strerror})") from error
        rejected.flush()
        report.rejected, report.rejected_file = kept.count, kept.finish()
    return report


class _Rejections:
    """What is rejected, at once; or for a site that needs a browser, when no later record shows the page rendered."""

    _MOST = 1_000

    def __init__(self, file: RejectedFile, *, hold: bool) -> None:
        self._file = file
        self._hold = hold
        self._held: dict[str, Rejected] = {}

    def keep(self, record: Record, reason: str) -> None:
        row = {"archive": record.archive, "offset": record.offset, "url": record.url}
        item = Rejected(record.number, reason, {key: value for key, value in row.items() if value != ""})
        if not self._hold or record.url.startswith(_DOM):
            self._file.keep(item)
            return
        self._held[record.url] = item
        if len(self._held) > self._MOST:
            self._file.keep(self._held.pop(next(iter(self._held))))

    def forget(self, url: str) -> None:
        self._held.pop(url, None)

    def flush(self) -> None:
        while self._held:
            self._file.keep(self._held.pop(next(iter(self._held))))


async def _import(db: Database, file: Path, site: Site, report: ImportReport, rejected: _Rejections) -> None:
    parser = Parser(patience=_PATIENCE)
    said = time.monotonic()
    pages = _pages(file, site, report, rejected)
    try:
        while batch := list(islice(pages, _BATCH)):
            contents = await asyncio.gather(*(_read(parser, page, site) for page in batch))
            ads: list[tuple[int | str, Ad]] = []
            for page, content in zip(batch, contents, strict=True):
                ads += [(_place(page.record), ad) for ad in content.ads]
                _note(page, content, report, rejected)
            store_batch(db, file, ads, report)
            if time.monotonic() - said > _INTERVAL:
                said = time.monotonic()
                say(f"{file}: {batch[-1].record.number} records, {report.new + report.changed + report.same} ads")
    finally:
        await parser.close()


def _place(record: Record) -> str:
    return f"{record.archive}:{record.offset}" if record.archive else str(record.offset)


def _note(page: _Page, content: PageContent, report: ImportReport, rejected: _Rejections) -> None:
    if content.fault:
        rejected.keep(page.record, content.fault)
        return
    report.lists += not content.ads
    rejected.forget(page.url)


async def _read(parser: Parser, page: _Page, site: Site) -> PageContent:
    """The page as an ad page; if it is none, as a list. An archive does not say what led to a page."""
    found = await _parsed(parser, page, site, "ad")
    if found.ads or found.gone:
        return found
    as_list = await _parsed(parser, page, site, "list")
    if as_list.ads or as_list.links or as_list.gone or as_list.cursor is not None:
        return as_list
    return PageContent(fault=found.fault or as_list.fault or "neither an ad nor a list of them")


async def _parsed(parser: Parser, page: _Page, site: Site, kind: PageKind) -> PageContent:
    document = Document(page.url, kind, page.content_type, page.body)
    return (await parser.parse(document, site, seen_at=page.seen_at)).content


def _pages(file: Path, site: Site, report: ImportReport, rejected: _Rejections) -> Iterator[_Page]:
    for record in read_records(file, limit=site.max_bytes + _HEAD):
        if record.problem and (record.is_last or _is_of(record, site)):
            rejected.keep(record, record.problem)
            continue
        try:
            page = _page(record, site) if _is_of(record, site) else None
        except (ValueError, Bomb, NotPacked) as error:
            rejected.keep(record, str(error))
            continue
        if page:
            yield page
        else:
            report.passed_over += 1


def _is_of(record: Record, site: Site) -> bool:
    """Is it a response or rendered page of one of the site's hosts?"""
    try:
        parts = urlsplit(record.url.removeprefix(_DOM))
        port = {"http": ":80", "https": ":443"}.get(parts.scheme)
    except ValueError:
        return False
    return port is not None and parts.netloc.lower().removesuffix(port) in site.netlocs


def _page(record: Record, site: Site) -> _Page | None:
    """The page in a record; None for one that is none, such as a redirect or a picture.

    Raises ValueError, Bomb or NotPacked.
    """
    if record.type == "resource":
        found = (record.content_type, record.block) if _is_page(record.content_type) else None
    elif record.type == "response" and record.content_type.lower().startswith("application/http"):
        found = _answered(parse_response(record.block), site)
    else:
        found = None
    return _Page(record, record.url.removeprefix(_DOM), *found, _seen_at(record)) if found else None


def _answered(response: Response, site: Site) -> tuple[str, bytes] | None:
    """Content type and body of a response that is a page; one that does not say what it is may be one."""
    if response.status != 200 or (response.content_type and not _is_page(response.content_type)):
        return None
    return response.content_type, _unpacked(response.body, response.encoding, site.max_bytes)


def _is_page(content_type: str) -> bool:
    kind = content_type.lower().partition(";")[0]
    return any(name in kind for name in _PAGES)


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Many archives keep a body unpacked and its header as it was: what is not packed is taken as it is."""
    try:
        found = unpacked(body, encoding, limit)
    except NotPacked:
        if body.startswith(_GZIP):
            raise
        found = body
    if len(found) > limit:
        raise Bomb(f"a page of {len(found):,} bytes; at most {limit:,} are read")
    return found


def _seen_at(record: Record) -> datetime:
    """WARC-Date, which is in UTC. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(record.date)
    except ValueError as error:
        raise ValueError(f"WARC-Date is {record.date[:40]!r}; when the page was fetched is not known") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
