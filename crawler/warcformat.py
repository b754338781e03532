"""How one record looks in a WARC 1.1 file, written and read: a gzip member of its own."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

FIELDS = "application/warc-fields"
FRAMED = "X-Varde-Framed"  # on a response whose body lies there in chunks, as received
_LEVEL = 3  # of zlib: less than half the time of 6, for an eighth more bytes
_GZIP = 16  # added to the window's bits, it asks zlib for gzip
_HEAD_END = re.compile(rb"\n\r?\n")
_ODD = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff<>]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A record still to be written. `headers` are those beyond what every record has."""

    type: str
    url: str
    date: str
    block: bytes
    content_type: str
    headers: Mapping[str, str]
    id: str


def draft(type: str, url: str, date: str, block: bytes, content_type: str, headers: Mapping[str, str]) -> Draft:
    return Draft(type, header_uri(url), date, block, content_type, headers, new_id())


def member(draft: Draft, warcinfo: str) -> bytes:
    """The record as it is stored: a gzip member of its own."""
    digest = hashlib.sha256(draft.block).hexdigest()
    lines = ["WARC/1.1", f"WARC-Type: {draft.type}", f"WARC-Record-ID: <{draft.id}>", f"WARC-Date: {draft.date}"]
    if draft.type != "warcinfo":
        lines += [f"WARC-Target-URI: {draft.url}", f"WARC-Warcinfo-ID: <{warcinfo}>"]
    lines += [f"{name}: {value}" for name, value in draft.headers.items()]
    lines += [f"WARC-Block-Digest: sha256:{digest}", f"Content-Type: {draft.content_type}",
              f"Content-Length: {len(draft.block)}", "\r\n"]  # fmt: skip
    return _pack(b"%b%b\r\n\r\n" % ("\r\n".join(lines).encode(), draft.block))


def _pack(data: bytes) -> bytes:
    """One gzip member. Most records are small, and setting up the usual 32 KB window costs more than packing them."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP + 12, 5) if len(data) <= 4096 else None
    return packer.compress(data) + packer.flush() if packer else zlib.compress(data, _LEVEL, _GZIP + 15)


def unpack(stored: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and block of a stored record. Raises ValueError for anything but one gzip member with one record."""
    unpacker = zlib.decompressobj(_GZIP + 15)
    try:
        whole = unpacker.decompress(stored)
    except zlib.error as error:
        raise ValueError("it cannot be unpacked") from error
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("it is no single gzip member")
    return split_record(whole)


def split_record(stored: bytes) -> tuple[dict[str, str], bytes]:
    """The WARC headers of an unpacked record, by name in lower case, and its block. Raises ValueError for no record."""
    head, parted, rest = stored.partition(b"\r\n\r\n")
    version, *lines = head.decode("utf-8", "surrogateescape").split("\r\n")
    if not parted or not version.startswith("WARC/1."):
        raise ValueError("it is no WARC record")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "-1"))
    if length < 0 or rest[length:] != b"\r\n\r\n":
        raise ValueError("its length is not what it says")
    return headers, rest[:length]


def record_body(headers: Mapping[str, str], block: bytes) -> bytes:
    """What a capture's hash is over: the body without HTTP head and chunk framing, or the DOM of a rendered page."""
    if not headers.get("content-type", "").startswith("application/http"):
        return block
    head = _HEAD_END.search(block)
    wire = block[head.end() :] if head else b""
    return _without_framing(wire) if headers.get(FRAMED.lower()) == "chunked" else wire


def _without_framing(wire: bytes) -> bytes:
    """Raises ValueError for a chunk without a size."""
    parts, at = [], 0
    while (end := wire.find(b"\n", at)) >= 0 and (size := int(wire[at:end].partition(b";")[0], 16)):
        parts.append(wire[end + 1 : end + 1 + size])
        at = end + 1 + size + (2 if wire[end + 1 + size : end + 2 + size] == b"\r" else 1)
    return b"".join(parts)


def new_id() -> str:
    return f"urn:uuid:{uuid4()}"


def warc_fields(fields: Iterable[tuple[str, Any]]) -> bytes:
    return "".join(f"{name}: {' '.join(str(value).split())}\r\n" for name, value in fields).encode("utf-8", "replace")


def header_uri(url: str) -> str:
    """A URL that cannot end its header line: what no URL may hold is percent-encoded."""
    return _ODD.sub(lambda odd: quote(odd[0], safe="", errors="replace"), url)


def zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
