"""Keeps what went over the wire before anything parses it: WARC 1.1, a gzip member a record, each with its SHA-256."""

from __future__ import annotations

import gzip
import hashlib
import os
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from crawler.database import utc_text
from crawler.durable import sync_folder
from crawler.errors import VardeError
from crawler.exchange import Exchange, Rendering, Tls
from crawler.pages import Capture
from crawler.records import Kept, Record
from crawler.warcformat import (
    FIELDS,
    FRAMED,
    Draft,
    draft,
    header_uri,
    member,
    new_id,
    record_body,
    split_record,
    warc_fields,
    zulu,
)

__all__ = ["Archive", "Kept", "Record", "archive_folder", "read_capture"]

Via = Literal["http", "browser"]
REVISIT = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


class ArchiveFault(VardeError, OSError):
    """The archive cannot be written; nothing that was not synced before is safe any more. Raised by `Archive`."""


class Archive:
    """One WARC file that one run of one crawl appends to; `name` is the site's, `info` goes into its warcinfo record.

    A new file a run: a file torn by a kill is never written to again, so what lies in it stays readable.
    """

    def __init__(self, folder: Path, name: str, *, info: Mapping[str, str] | None = None) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        self.path = folder / f"{name}-{stamp}-{os.getpid()}.warc.gz"
        self._info = dict(info or {})
        self._fault: ArchiveFault | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._broken(error) from error
        self._end = 0
        self._warcinfo = new_id()
        self._named: tuple[tuple[bytes, ...], str] = ((b"",), "")
        self._chains: set[str] = set()  # those that are in the file
        self._is_new = True

    def keep(self, exchange: Exchange, *, via: Via = "http") -> Kept:
        """Write request, response and what is known of the connection."""
        response = _response(exchange, via)
        records = self._write([*self._about(exchange, response.id), response])
        return Kept(_capture(exchange, records[-1], via), records)

    def keep_revisit(self, exchange: Exchange, *, refers_to: Capture) -> Kept:
        """Write an answer that says "as before" (304), and which capture that was."""
        headers = {
            "WARC-Profile": REVISIT, "WARC-Refers-To-Target-URI": header_uri(refers_to.url),
            "WARC-Refers-To-Date": zulu(datetime.fromisoformat(refers_to.fetched_at)),
        }  # fmt: skip
        revisit = _response(exchange, "http", type="revisit", more=headers)
        records = self._write([*self._about(exchange, revisit.id), revisit])
        return Kept(_capture(exchange, records[-1], "http"), records)

    def keep_rendering(self, rendering: Rendering) -> Kept:
        """Write what a browser was sent, what it was denied, its picture of the page and the DOM it ended with.

        The picture's URI is `urn:view:URL`, as other crawlers write it; the DOM's `urn:dom:URL`.
        """
        drafts: list[Draft] = []
        concurrent: dict[str, str] = {}
        if rendering.exchange is not None:
            response = _response(rendering.exchange, "browser")
            drafts += [*self._about(rendering.exchange, response.id), response]
            concurrent = {"WARC-Concurrent-To": f"<{response.id}>"}
        drafts += _of_rendering(rendering, concurrent)
        records = self._write(drafts)
        return Kept(_rendered_capture(rendering, records[-1]), records)

    def sync(self) -> None:
        """What was written outlives a power cut once this returns. Call it before the COMMIT that makes it known."""
        if self._fault:  # after a sync that failed, the next may succeed without the bytes being on disk
            raise self._fault
        try:
            os.fdatasync(self._file)
            if self._is_new:
                sync_folder(self.path.parent)  # a new file's name must outlive the cut as its bytes do
        except OSError as error:
            raise self._broken(error) from error
        self._is_new = False

    def _broken(self, error: OSError) -> ArchiveFault:
        what_to_do = "free some space, or look at the disk; then run the same command again, it goes on"
        self._fault = ArchiveFault(f"{self.path}: {error.strerror}: {what_to_do}")
        return self._fault

    def close(self) -> None:
        """A file that holds no page is removed."""
        os.close(self._file)
        if not self._end:
            self.path.unlink()

    def _about(self, exchange: Exchange, response_id: str) -> list[Draft]:
        """The records that go with a response: certificates seen for the first time in this file, request, metadata."""
        date, concurrent = zulu(exchange.sent_at), {"WARC-Concurrent-To": f"<{response_id}>"}
        chain = self._chain_name(exchange.tls) if exchange.tls else ""
        fields = _connection(exchange, chain)
        request = draft("request", exchange.url, date, exchange.request, "application/http; msgtype=request",
                         concurrent | {"WARC-IP-Address": exchange.address})  # fmt: skip
        metadata = draft("metadata", exchange.url, date, warc_fields(fields), FIELDS, concurrent)
        if exchange.tls is None or chain in self._chains:
            return [request, metadata]
        certificates = draft("resource", chain, date, _pem(exchange.tls), "application/x-pem-file", {})
        return [certificates, request, metadata]

    def _chain_name(self, tls: Tls) -> str:
        """The URI of a chain of certificates; a site mostly shows one, so only the last is remembered."""
        if tls.chain != self._named[0]:
            self._named = (tls.chain, f"{_CHAIN}{hashlib.sha256(_pem(tls)).hexdigest()}")
        return self._named[1]

    def _write(self, drafts: list[Draft]) -> tuple[Record, ...]:
        """Append records, all or none of them; the first of a file come after its warcinfo."""
        if not self._end:
            drafts = [_warcinfo(self._warcinfo, self.path.name, self._info), *drafts]
        members = [member(item, self._warcinfo) for item in drafts]
        start = self._end
        self._append(b"".join(members))
        self._chains.update(item.url for item in drafts if item.url.startswith(_CHAIN))
        records = []
        for item, stored in zip(drafts, members, strict=True):
            records.append(_record(item, stored, self.path.name, start))
            start += len(stored)
        return tuple(records)

    def _append(self, data: bytes) -> None:
        """Where the disk is full, nothing of `data` stays in the file."""
        if self._fault:
            raise self._fault
        left, at = memoryview(data), self._end
        try:
            while left:
                written = os.pwrite(self._file, left, at)
                left, at = left[written:], at + written
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
            raise self._broken(error) from error
        self._end = at


def read_capture(folder: Path, capture: Capture) -> bytes:
    """The body bytes of a capture as received, without the framing of chunks. Raises OSError when its file is gone."""
    with (folder / capture.file).open("rb") as file:
        file.seek(capture.offset)
        headers, block = split_record(gzip.decompress(file.read(capture.length)))
    return record_body(headers, block)


def archive_folder(store: Path) -> Path:
    """Where the captures of the store at `store` lie: beside it."""
    return store.with_name(f"{store.name}.captures")


# records


_CHAIN = "urn:varde:tls:"


def _response(exchange: Exchange, via: Via, *, type: str = "response", more: Mapping[str, str] | None = None) -> Draft:
    """The payload's digest is over the body as received, with its framing: that is what other tools check."""
    headers = {"WARC-IP-Address": exchange.address, "X-Varde-Via": via, **(more or {})}
    if exchange.wire:
        headers["WARC-Payload-Digest"] = f"sha256:{hashlib.sha256(exchange.wire).hexdigest()}"
    if exchange.wire != exchange.body:
        headers[FRAMED] = "chunked"
    block = exchange.head + exchange.wire
    return draft(type, exchange.url, zulu(exchange.sent_at), block, "application/http; msgtype=response", headers)


def _of_rendering(rendering: Rendering, concurrent: Mapping[str, str]) -> list[Draft]:
    """The DOM's record is the last."""
    date = zulu(rendering.rendered_at)
    fields = [("via", "browser"), ("page", header_uri(rendering.url))]
    fields += [("denied", f"{kind} {header_uri(what)}") for kind, what in rendering.denied]
    drafts = [draft("metadata", f"urn:dom:{rendering.url}", date, warc_fields(fields), FIELDS, concurrent)]
    if rendering.screenshot:
        drafts.append(
            draft("resource", f"urn:view:{rendering.url}", date, rendering.screenshot, "image/png", concurrent)
        )
    dom = {**concurrent, "X-Varde-Via": "browser"}
    return [
        *drafts,
        draft("resource", f"urn:dom:{rendering.url}", date, rendering.html, "text/html; charset=utf-8", dom),
    ]


def _pem(tls: Tls) -> bytes:
    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in tls.chain).encode()


def _connection(exchange: Exchange, chain: str) -> list[tuple[str, str]]:
    fields = [("address", exchange.address)]
    if exchange.tls is not None:
        fields += [("tlsVersion", exchange.tls.version), ("tlsCipher", exchange.tls.cipher), ("tlsChain", chain)]
    return fields


def _warcinfo(id: str, file: str, info: Mapping[str, str]) -> Draft:
    fields = [*info.items(), ("format", "WARC File Format 1.1")]
    return Draft("warcinfo", "", zulu(datetime.now(UTC)), warc_fields(fields), FIELDS, {"WARC-Filename": file}, id)


def _record(written: Draft, stored: bytes, file: str, offset: int) -> Record:
    return Record(type=written.type, record_id=written.id, url=written.url, date=written.date, file=file, offset=offset,
                  length=len(stored), sha256=hashlib.sha256(stored).hexdigest())  # fmt: skip


def _capture(exchange: Exchange, record: Record, via: Via) -> Capture:
    return Capture(
        url=exchange.url, fetched_at=utc_text(exchange.sent_at), status=exchange.status, via=via,
        sha256=hashlib.sha256(exchange.body).hexdigest(), size=len(exchange.body),
        file=record.file, offset=record.offset, length=record.length,
    )  # fmt: skip


def _rendered_capture(rendering: Rendering, record: Record) -> Capture:
    return Capture(
        url=rendering.url, fetched_at=utc_text(rendering.rendered_at), via="browser",
        status=rendering.exchange.status if rendering.exchange else 200,
        sha256=hashlib.sha256(rendering.html).hexdigest(), size=len(rendering.html),
        file=record.file, offset=record.offset, length=record.length,
    )  # fmt: skip
