"""Holds the records of one crawl against its chain and its files, whatever they lie in."""

from __future__ import annotations

import hashlib
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol

from crawler.records import TORN, Record, first_link, next_link
from crawler.warcformat import record_body, unpack

# What reading something that an attacker may have written can raise; a JSON of 100,000 brackets the RecursionError.
UNREADABLE = (OSError, KeyError, TypeError, ValueError, RecursionError, zipfile.BadZipFile)


class Source(Protocol):
    """Where an archive lies. Names are bare file names; OSError or KeyError is raised for one that is not there."""

    def names(self) -> list[str]: ...
    def open(self, name: str) -> IO[bytes]: ...
    def size(self, name: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def names(self) -> list[str]:
        return sorted(path.name for path in self.path.iterdir() if path.is_file())

    def open(self, name: str) -> IO[bytes]:
        return self._place(name).open("rb")

    def size(self, name: str) -> int:
        return self._place(name).stat().st_size

    def _place(self, name: str) -> Path:
        """A manifest is not trusted before it is checked: it names no file outside the folder."""
        if name != Path(name).name:
            raise FileNotFoundError(name)
        return self.path / name


class Pack:
    """A WACZ: the files of archive/ and varde/, by their bare names."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self.packed = packed
        self._places = {name.rpartition("/")[2]: name for name in packed.namelist()
                        if name.startswith(("archive/", "varde/"))}  # fmt: skip

    def names(self) -> list[str]:
        return sorted(self._places)

    def open(self, name: str) -> IO[bytes]:
        return self.packed.open(self._places[name])

    def size(self, name: str) -> int:
        return self.packed.getinfo(self._places[name]).file_size


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that does not hold. `number` is a record's place in its crawl's chain, from 1."""

    file: str
    what: str
    number: int | None = None
    record: str = ""
    url: str = ""

    def __str__(self) -> str:
        named = f"record {self.number} {self.record} {self.url}".rstrip() + ": " if self.number else ""
        return f"{self.file}: {named}{self.what}"


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A capture as the store has it. `record` is the store's number of its record."""

    id: int
    record: int | None
    url: str
    fetched_at: str
    sha256: str
    size: int
    length: int


@dataclass(frozen=True, slots=True)
class ChainLine:
    """A record as the chain has it. `number` is its place, `row` its number in the store where that is known."""

    number: int
    record: Record
    chain: str
    row: int | None = None


@dataclass(slots=True)
class RecordCheck:
    """Checks the records of one crawl, one after the other; `failures` are in their order.

    `captures` are those of the store by (file, offset); what is left of them points at no record, but for
    those in `lost` files, which are missing or end too early.
    """

    source: Source
    captures: dict[tuple[str, int], CaptureRow] = field(default_factory=dict)
    checked: Callable[[], None] = lambda: None
    failures: list[Failure] = field(default_factory=list)
    count: int = 0
    head: str = ""
    lost: set[str] = field(default_factory=set)
    _spans: dict[str, array[int]] = field(default_factory=dict)
    _file: str = ""
    _opened: IO[bytes] = field(default_factory=BytesIO)
    _closing: ExitStack = field(default_factory=ExitStack)

    def run(self, lines: Iterable[ChainLine], facts: Mapping[str, Any]) -> None:
        self.head = first_link(facts)
        with ExitStack() as self._closing:
            for line in lines:
                self._check_link(line)
                self._check_stored(line)
                self.count += 1
                self.checked()

    def files(self) -> list[str]:
        return list(self._spans)

    def uncovered(self, file: str) -> Iterator[tuple[int, int]]:
        """The spans (offset, length) of a file that no record covers. Overlaps are failures of their own."""
        spans, end = self._spans[file], 0
        for offset, length in sorted(zip(spans[::2], spans[1::2], strict=True)):
            if offset > end:
                yield end, offset - end
            elif offset < end:
                self.failures.append(Failure(file, f"two records claim the bytes from {offset} to {end}"))
            end = max(end, offset + length)
        if self.source.size(file) > end:
            yield end, self.source.size(file) - end

    def _check_link(self, line: ChainLine) -> None:
        if line.number != self.count + 1:
            self._fail(line, f"it follows record {self.count}: what lay between is missing or out of order")
        if next_link(self.head, line.record) != line.chain:
            self._fail(line, "the chain breaks here: this record, or the one before it, was changed or removed")
        self.head = line.chain

    def _check_stored(self, line: ChainLine) -> None:
        record = line.record
        if record.file in self.lost:
            return
        try:
            stored = self._read(record)
        except UNREADABLE:
            self.lost.add(record.file)
            self._fail(line, "the file that holds it is missing or cannot be read")
            return
        if len(stored) < record.length:
            self.lost.add(record.file)
            self._fail(line, "the file ends within it, or before")
            return
        self._spans.setdefault(record.file, array("q")).extend((record.offset, record.length))
        capture = self.captures.pop((record.file, record.offset), None)
        for fault in _faults(record, stored, capture, line.row):
            self._fail(line, fault)
            break

    def _read(self, record: Record) -> bytes:
        """One file is open at a time: records of one lie together, but for those of torn ends."""
        if record.offset + record.length > self.source.size(record.file):
            return b""
        if self._file != record.file:
            self._closing.close()
            self._opened, self._file = self._closing.enter_context(self.source.open(record.file)), record.file
        self._opened.seek(record.offset)
        return self._opened.read(record.length)

    def _fail(self, line: ChainLine, what: str) -> None:
        self.failures.append(Failure(line.record.file, what, line.number, line.record.record_id, line.record.url))


def _faults(record: Record, stored: bytes, capture: CaptureRow | None, row: int | None) -> Iterator[str]:
    """What is wrong with a record, the worst first."""
    if hashlib.sha256(stored).hexdigest() != record.sha256:
        yield "its bytes are not those that were kept (SHA-256 differs)"
    if record.type == TORN:
        return
    try:
        headers, block = unpack(stored)
        yield from _inner_faults(record, headers, block)
        if capture is not None:
            yield from _capture_faults(capture, record, record_body(headers, block), row)
    except ValueError as error:
        yield str(error)


def _inner_faults(record: Record, headers: Mapping[str, str], block: bytes) -> Iterator[str]:
    wanted = {"warc-type": record.type, "warc-record-id": f"<{record.record_id}>", "warc-date": record.date,
              "warc-target-uri": record.url}  # fmt: skip
    for name, value in wanted.items():
        if (found := headers.get(name, "")) != value:
            yield f"its {name} is {found!r}, the chain has {value!r}"
    digest = f"sha256:{hashlib.sha256(block).hexdigest()}"
    if headers.get("warc-block-digest") != digest:
        yield "its WARC-Block-Digest is not that of its block"
    if "warc-payload-digest" in headers and not _is_payload(headers["warc-payload-digest"], block):
        yield "its WARC-Payload-Digest is not that of its payload"
    if record.url.startswith("urn:varde:tls:") and not digest.endswith(record.url.rpartition(":")[2]):
        yield "its certificates are not those that its URI names"


def _is_payload(digest: str, block: bytes) -> bool:
    payload = record_body({"content-type": "application/http"}, block)
    return digest == f"sha256:{hashlib.sha256(payload).hexdigest()}"


def _capture_faults(capture: CaptureRow, record: Record, body: bytes, row: int | None) -> Iterator[str]:
    place = f"capture {capture.id} of the store"
    if hashlib.sha256(body).hexdigest() != capture.sha256 or len(body) != capture.size:
        yield f"its body is not that of {place}"
    if capture.length != record.length or capture.record != row:
        yield f"{place} points past it"
    if capture.fetched_at[:23] != record.date[:23]:
        yield f"{place} is of {capture.fetched_at}, the record of {record.date}"
    if record.url not in (capture.url, f"urn:dom:{capture.url}"):
        yield f"{place} is of {capture.url}"
