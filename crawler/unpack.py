"""Takes the content encoding off a body, up to a limit: packed bodies are the cheapest bombs there are."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from io import BytesIO

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from crawler.errors import VardeError

ACCEPTED = "gzip, deflate, br, zstd"
_GZIP = b"\x1f\x8b"  # what every member of a gzip file begins with
_STEP = 64 * 1024  # bytes unpacked at once
_ZSTD_WINDOW = 23  # base-2 logarithm of bytes: 8 MiB is what RFC 8878 tells every decoder to have


class Bomb(VardeError):
    """A body unpacks to more than the limit, or is packed more than once. Raised by `unpacked`."""


class NotPacked(VardeError):
    """A body is not what its Content-Encoding says. Raised by `unpacked`."""


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without the content encoding that a header names; at most `limit` bytes of it.

    Raises Bomb or NotPacked. An encoding that nobody knows leaves the body as it is, as browsers do.
    """
    codings = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(codings) > 1:
        raise Bomb(f"packed {len(codings)} times over ({encoding[:60]})")
    unpack = _UNPACK.get(codings[0]) if codings and body else None
    if unpack is None:
        return body
    try:
        return unpack(body, limit)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise NotPacked(f"not {codings[0]}, as its header says: {error}") from error


def _inflated(body: bytes, limit: int, window: int) -> bytes:
    """zlib, gzip or raw deflate by `window`; the members of a gzip file one after another."""
    parts: list[bytes] = []
    size = 0
    while body:
        unpacker = zlib.decompressobj(window)
        while not unpacker.eof:
            part = unpacker.decompress(body, _STEP)
            body, size = unpacker.unconsumed_tail, size + len(part)
            parts.append(part)
            _check(size, limit)
            if not part and not body and not unpacker.eof:
                raise EOFError("it ends in the middle")
        body = unpacker.unused_data if unpacker.unused_data.startswith(_GZIP) else b""
    return b"".join(parts)


def _gzip(body: bytes, limit: int) -> bytes:
    return _inflated(body, limit, zlib.MAX_WBITS | 16)


def _deflate(body: bytes, limit: int) -> bytes:
    """Servers mean zlib or raw deflate by it; browsers take both."""
    try:
        return _inflated(body, limit, zlib.MAX_WBITS)
    except zlib.error:
        return _inflated(body, limit, -zlib.MAX_WBITS)


def _brotli(body: bytes, limit: int) -> bytes:
    unpacker, parts, size = brotli.Decompressor(), [], 0
    part = unpacker.process(body, output_buffer_limit=_STEP)
    while True:
        size += len(part)
        parts.append(part)
        _check(size, limit)
        if unpacker.is_finished():
            return b"".join(parts)
        if unpacker.can_accept_more_data() and not part:
            raise EOFError("it ends in the middle")
        part = unpacker.process(b"", output_buffer_limit=_STEP)


def _zstd(body: bytes, limit: int) -> bytes:
    reader = zstd.ZstdFile(BytesIO(body), options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})
    parts, size = [], 0
    while part := reader.read(_STEP):
        size += len(part)
        parts.append(part)
        _check(size, limit)
    return b"".join(parts)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise Bomb(f"unpacks to more than {limit:,} bytes")


_UNPACK: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd,
}  # fmt: skip
