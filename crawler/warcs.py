"""WARC files and WACZ packages of others, read as streams: nothing they say about sizes or names is trusted."""

from __future__ import annotations

import base64
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from crawler.packages import archives_of

_MAX_LINE = 64 * 1024  # bytes of one header line of a record
_MAX_LINES = 2_000  # header lines of a record
_MAX_LENGTH = 4 * 1024**3  # bytes that a record may say it has; to pass over one it must be unpacked
_HTTP = ("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/2", "HTTP/3.0", "HTTP/3")
_READ = ("response", "resource")
_DAMAGE = (ArchiveLoadFailed, StatusAndHeadersParserException, zlib.error, zipfile.BadZipFile, EOFError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of an archive. `number` counts from 1; `archive` is its name inside a package, else "".

    `block` is empty for records that nobody reads; `problem` says why one cannot be, and `is_last` that
    nothing behind it can be either.
    """

    archive: str
    number: int
    offset: int
    type: str = ""
    url: str = ""
    date: str = ""
    content_type: str = ""
    block: bytes = b""
    problem: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """An archived HTTP response; `body` is without chunks, its content encoding still on."""

    status: int
    content_type: str
    encoding: str
    body: bytes


def parse_response(block: bytes) -> Response:
    """The HTTP response in a record. Raises ValueError for anything else."""
    stream = BytesIO(block)
    try:
        head = StatusAndHeadersParser(_HTTP).parse(stream)
    except (StatusAndHeadersParserException, EOFError) as error:
        raise ValueError("no HTTP response") from error
    status = head.get_statuscode()
    if not (status.isascii() and status.isdigit()):
        raise ValueError(f"no HTTP response: status {status[:20]!r}")
    named = [(name.lower(), value) for name, value in head.headers]
    chunked = any(name == "transfer-encoding" and "chunked" in value.lower() for name, value in named)
    body = ChunkedDataReader(stream).read() if chunked else stream.read()
    encoding = ", ".join(value for name, value in named if name == "content-encoding")
    kind = next((value for name, value in named if name == "content-type"), "")
    return Response(int(status[:9]), kind, encoding, body)


def read_records(file: Path, *, limit: int) -> Iterator[Record]:
    """Every record of a .warc, .warc.gz or .wacz file, the blocks of at most `limit` bytes.

    Raises PackageError for a package that is not what it says, before anything of it is given, and OSError.
    """
    with ExitStack() as stack:
        if file.suffix.lower() == ".wacz":
            for name, stream in archives_of(stack.enter_context(file.open("rb"))):
                yield from _records(stream, name, limit)
        else:
            yield from _records(stack.enter_context(file.open("rb")), "", limit)


class _Bounded(DecompressingBufferedReader):  # type: ignore[misc]  # the library has no types
    """Lines of headers are bounded: the library reads one however long it is."""

    lines = 0

    def readline(self, length: int | None = None) -> bytes:
        self.lines += 1
        line: bytes = super().readline(min(length or _MAX_LINE, _MAX_LINE))
        if self.lines > _MAX_LINES or len(line) >= _MAX_LINE:
            raise ArchiveLoadFailed(f"headers of more than {_MAX_LINES:,} lines, or a line of {_MAX_LINE:,} bytes")
        return line


class _Counted:
    """A stream that knows how far it was read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.offset = 0

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.offset += len(data)
        return data

    def tell(self) -> int:
        return self.offset


def _records(stream: IO[bytes], archive: str, limit: int) -> Iterator[Record]:
    counted = _Counted(stream)
    records = WARCIterator(counted, no_record_parse=True)
    records.reader = _Bounded(counted)
    number, offset = 0, 0
    while True:
        number += 1
        records.reader.lines = 0
        try:
            found = next(records, None)
            if found is None:
                break
            record = _record(found, records, archive=archive, number=number, limit=limit)
            offset = records.offset
        except _DAMAGE as error:
            yield _damaged(archive, number, records.offset, str(error))
            return
        yield record
        if record.is_last:
            return
    if left := _left(counted, offset):
        yield _damaged(archive, number, offset, f"{left:,} bytes that are no record")


def _left(counted: _Counted, offset: int) -> int:
    """Bytes behind the last record: reading ends without a word where a gzip member cannot be unpacked."""
    while counted.read(1 << 20):
        pass
    return counted.offset - offset


def _damaged(archive: str, number: int, offset: int, why: str) -> Record:
    reason = " ".join(why.split())[:200]
    return Record(
        archive=archive, number=number, offset=offset, is_last=True,
        problem=f"the archive is damaged, or no WARC, from byte {offset} on: {reason}",
    )  # fmt: skip


def _record(found: Any, records: Any, *, archive: str, number: int, limit: int) -> Record:
    header = found.rec_headers.get_header
    said = header("Content-Length") or ""  # the library takes a length that is none for 0
    if not (said.isascii() and said.isdigit() and len(said) < 20) or int(said) > _MAX_LENGTH:
        raise ValueError(f"a record of {said[:40]!r} bytes")
    length = int(said)
    wanted = found.rec_type in _READ
    block = found.raw_stream.read(limit + 1) if wanted else b""
    whole = len(block) + _rest(found.raw_stream)
    offset, faults = records.get_record_offset(), records.err_count
    problem = _problem(block, whole, length, limit, header("WARC-Block-Digest") if wanted else None)
    if whole < length or faults:
        problem = problem or "what follows it is no record"
        problem = f"the archive is damaged from byte {offset} on: {problem}"
    return Record(
        archive=archive, number=number, offset=offset, type=found.rec_type or "", url=header("WARC-Target-URI") or "",
        date=header("WARC-Date") or "", content_type=header("Content-Type") or "", block=b"" if problem else block,
        problem=problem, is_last=bool(whole < length or faults),
    )  # fmt: skip


def _rest(stream: Any) -> int:
    """Bytes left of a record, which are passed over."""
    size = 0
    while part := stream.read(1 << 16):
        size += len(part)
    return size


def _problem(block: bytes, whole: int, length: int, limit: int, digest: str | None) -> str:
    if whole < length:
        return f"the record breaks off after {whole:,} of {length:,} bytes"
    if len(block) > limit:
        return f"a record of {length:,} bytes; at most {limit:,} are read"
    if digest and not _is_digest(block, digest):
        return f"the record is not what its digest says ({digest[:100]})"
    return ""


def _is_digest(block: bytes, digest: str) -> bool:
    """As `algorithm:value`, the value in base 16 or 32; an algorithm nobody knows tells nothing."""
    algorithm, _, value = digest.partition(":")
    name = algorithm.lower().replace("-", "")
    if name not in ("sha1", "sha256", "sha512", "md5"):
        return True
    hashed = hashlib.new(name, block, usedforsecurity=False)
    spellings = (hashed.hexdigest(), base64.b32encode(hashed.digest()).decode().lower())
    return value.lower().rstrip("=") in {spelling.rstrip("=") for spelling in spellings}
