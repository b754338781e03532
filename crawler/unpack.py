"""Takes the content encoding off a body, up to a limit: packed bodies are the cheapest bombs there are."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from io import SEEK_CUR, BytesIO

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from crawler.errors import VardeError

ACCEPTED = "gzip, deflate, br, zstd"
_GZIP = b"\x1f\x8b"  # what every member of a gzip file begins with
_STEP = 64 * 1024  # bytes unpacked at once
_PIECE = 16 * 1024  # bytes handed to an unpacker at once: some copy what they do not take yet
_MAX_MEMBERS = 1000  # of a gzip file, or frames of zstd: an empty one takes 20 bytes, and longer than it looks
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
    source, out = BytesIO(body), BytesIO()
    for _ in range(_MAX_MEMBERS):
        unpacker = zlib.decompressobj(window)
        while not unpacker.eof:
            piece = unpacker.unconsumed_tail or source.read(_PIECE)
            _take(out, unpacker.decompress(piece, _STEP), limit, is_last=not piece)
        source.seek(-len(unpacker.unused_data), SEEK_CUR)
        if not body.startswith(_GZIP, source.tell()):
            return out.getvalue()
    raise _in_pieces()


def _gzip(body: bytes, limit: int) -> bytes:
    return _inflated(body, limit, zlib.MAX_WBITS | 16)


def _deflate(body: bytes, limit: int) -> bytes:
    """Servers mean zlib or raw deflate by it; browsers take both."""
    try:
        return _inflated(body, limit, zlib.MAX_WBITS)
    except zlib.error:
        return _inflated(body, limit, -zlib.MAX_WBITS)


def _brotli(body: bytes, limit: int) -> bytes:
    unpacker, source, out = brotli.Decompressor(), BytesIO(body), BytesIO()
    while not unpacker.is_finished():
        is_hungry = unpacker.can_accept_more_data()
        piece = source.read(_PIECE) if is_hungry else b""
        _take(out, unpacker.process(piece, output_buffer_limit=_STEP), limit, is_last=is_hungry and not piece)
    return out.getvalue()


def _zstd(body: bytes, limit: int) -> bytes:
    """Frame after frame."""
    source, out = BytesIO(body), BytesIO()
    for _ in range(_MAX_MEMBERS):
        unpacker = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})
        while not unpacker.eof:
            is_hungry = unpacker.needs_input
            piece = source.read(_PIECE) if is_hungry else b""
            _take(out, unpacker.decompress(piece, _STEP), limit, is_last=is_hungry and not piece)
        source.seek(-len(unpacker.unused_data), SEEK_CUR)
        if source.tell() == len(body):
            return out.getvalue()
    raise _in_pieces()


def _take(out: BytesIO, part: bytes, limit: int, *, is_last: bool) -> None:
    """Add what was unpacked. Raises Bomb for too much, EOFError where the source `is_last` and gives nothing more."""
    out.write(part)
    if out.tell() > limit:
        raise Bomb(f"unpacks to more than {limit:,} bytes")
    if is_last and not part:
        raise EOFError("it ends in the middle")


def _in_pieces() -> Bomb:
    return Bomb(f"packed in more than {_MAX_MEMBERS:,} pieces")


_UNPACK: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd,
}  # fmt: skip
