"""Keeps every response before anything parses it: a WARC record, its SHA-256 and a row in the store."""

from __future__ import annotations

import gzip
import hashlib
import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Literal, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.python import to_unicode
from twisted.web.http import RESPONSES
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.database import utc_text
from crawler.pages import Capture


class Archive:
    """One WARC 1.1 file that one run of one crawl appends to.

    A new file a run: a file torn by a kill is never written to again, so what lies in it stays readable.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        self.path = folder / f"{name}-{stamp}-{os.getpid()}.warc.gz"
        self._file = self.path.open("xb")
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")

    def keep(self, response: Response, *, via: Literal["http", "browser"]) -> Capture:
        """Write the response as a record and flush it; returns where it lies and what it hashes to."""
        fetched_at, offset = datetime.now(UTC), self._file.tell()
        record = self._writer.create_warc_record(
            response.url,
            "response",
            payload=BytesIO(response.body),
            length=len(response.body),
            http_headers=_http_headers(response),
            warc_headers_dict={"WARC-Date": fetched_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "X-Varde-Via": via},
        )
        self._writer.write_record(record)
        self._file.flush()
        return Capture(
            url=response.url, fetched_at=utc_text(fetched_at), status=response.status, via=via,
            sha256=hashlib.sha256(response.body).hexdigest(), size=len(response.body),
            file=self.path.name, offset=offset, length=self._file.tell() - offset,
        )  # fmt: skip

    def close(self) -> None:
        self._file.close()
        if not self.path.stat().st_size:
            self.path.unlink()


def read_capture(folder: Path, capture: Capture) -> bytes:
    """The body bytes of a capture as received. Raises OSError when its file is gone."""
    with (folder / capture.file).open("rb") as file:
        file.seek(capture.offset)
        member = gzip.decompress(file.read(capture.length))
    record = next(iter(ArchiveIterator(BytesIO(member))))
    return bytes(record.raw_stream.read())


def archive_folder(store: Path) -> Path:
    """Where the captures of the store at `store` lie: beside it."""
    return store.with_name(f"{store.name}.captures")


class KeepResponse:
    """Downloader middleware next to the network: archives the bytes before any of our code reads them."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        rendered = bool(request.meta.get("playwright"))
        request.meta["capture"] = self._crawler.spider.job.keep(response, browser=rendered)  # type: ignore[union-attr]
        return response


def _http_headers(response: Response) -> StatusAndHeaders:
    headers = [(to_unicode(name, "latin-1"), to_unicode(value, "latin-1"))
               for name, values in response.headers.items() for value in values]  # fmt: skip
    phrase = RESPONSES.get(response.status, b"").decode()
    return StatusAndHeaders(f"{response.status} {phrase}".strip(), headers, protocol="HTTP/1.1")
