"""Bodies that unpack to too much, lie about their encoding, or do not end."""

from __future__ import annotations

import gzip
import itertools
import sys
import time
import zlib
from collections.abc import Callable, Iterator

import brotli

from tests.crawler.samples import ad_page
from tests.hostile.behaviour import Behaviour
from tests.hostile.wire import Act, Talk, answer, head, says, streams

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MB = 1 << 20
ZEROS = bytes(MB)
PAGE = ad_page(1).encode()


def deflated(window: int) -> Iterator[bytes]:
    """10 GiB of zeros in 10 MB: what one mebibyte is packed to, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    yield packer.compress(ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    yield from itertools.repeat(again * 16, 10 * 1024 // 16)


def members() -> Iterator[bytes]:
    yield from itertools.repeat(gzip.compress(ZEROS) * 16, 10 * 1024 // 16)


def brotlied() -> Iterator[bytes]:
    """10 GiB of zeros in some KB."""
    packer = brotli.Compressor(quality=5)
    block = bytes(16 * MB)
    yield packer.process(block) + packer.flush()
    again = packer.process(block) + packer.flush()
    yield from itertools.repeat(again, 640)


def zstandard() -> Iterator[bytes]:
    yield from itertools.repeat(zstd.compress(bytes(4 * MB)), 2560)


def bomb(coding: str, parts: Iterator[bytes]) -> bytes:
    """As much of a bomb as goes through the limit on the wire, 7 MB, with its honest length."""
    body = bytearray()
    for part in parts:
        if len(body) + len(part) > 7 * MB:
            break
        body += part
    return answer(bytes(body), f"Content-Encoding: {coding}")


def lazy(coding: str, parts: Callable[[], Iterator[bytes]]) -> Act:
    """A bomb that is made when it is first asked for."""
    made: list[bytes] = []

    def act(talk: Talk) -> None:
        if not made:
            made.append(bomb(coding, parts()))
        talk.send(made[0])

    return act


def packed_42_times() -> bytes:
    body = PAGE
    for _ in range(42):
        body = gzip.compress(body)
    return answer(body, "Content-Encoding: " + ", ".join(["gzip"] * 42))


def encoded(coding: str, body: bytes) -> Act:
    return says(answer(body, f"Content-Encoding: {coding}"))


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def trickle(talk: Talk) -> None:
    talk.send(head())
    while not talk.stopping.is_set():
        talk.send(b"aa")
        time.sleep(1)


def slow_chunks(talk: Talk) -> None:
    """Enough in a second to look alive, and never done."""
    talk.send(head("Transfer-Encoding: chunked"))
    while not talk.stopping.is_set():
        talk.send(chunked(b"a" * 1000))
        time.sleep(0.5)


def silent_after(data: bytes) -> Act:
    def act(talk: Talk) -> None:
        talk.send(data)
        talk.wait()

    return act


def forever(part: bytes) -> Iterator[bytes]:
    return itertools.repeat(part)


TE = "Transfer-Encoding: chunked"
BOMB = ("bomb", "too_large")

PACKED = (
    Behaviour("gzip bomb", lazy("gzip", lambda: deflated(31)), BOMB),
    Behaviour("deflate bomb", lazy("deflate", lambda: deflated(15)), BOMB),
    Behaviour("raw deflate bomb", lazy("deflate", lambda: deflated(-15)), BOMB),
    Behaviour("brotli bomb", lazy("br", brotlied), BOMB),
    Behaviour("zstd bomb", lazy("zstd", zstandard), BOMB),
    Behaviour("gzip bomb of members", lazy("x-gzip", members), BOMB),
    Behaviour("gzip bomb without end", streams(head("Content-Encoding: gzip"), lambda: deflated(31)), BOMB),
    Behaviour("gzip bomb in chunks", streams(head("Content-Encoding: gzip", TE), lambda: map(chunked, deflated(31))),
              BOMB),
    Behaviour("stacked encodings", encoded("gzip, gzip", gzip.compress(gzip.compress(PAGE))), ("bomb",)),
    Behaviour("stacked in two headers", says(answer(gzip.compress(gzip.compress(PAGE)), "Content-Encoding: gzip",
              "Content-Encoding: gzip")), states=("failed", "excluded", "done")),
    Behaviour("42 codings", lambda talk: talk.send(packed_42_times()), ("bomb",)),
    Behaviour("300,000 empty gzip members", encoded("gzip", gzip.compress(b"") * 300_000), ("bomb",)),
    Behaviour("500,000 empty zstd frames", encoded("zstd", zstd.compress(b"") * 500_000), ("bomb",)),
    Behaviour("brotli that is none", encoded("br", b"garbage" * 99), ("bad_response",)),
    Behaviour("gzip that is none", encoded("gzip", PAGE), ("bad_response",)),
    Behaviour("zstd that is none", encoded("zstd", PAGE), ("bad_response",)),
    Behaviour("truncated gzip", encoded("gzip", gzip.compress(PAGE)[:-20]), ("bad_response",)),
    Behaviour("zstd of a huge window", encoded("zstd", zstd.compress(bytes(64 * MB))), ("bad_response", "bomb")),
    Behaviour("unknown encoding", encoded("x-odd", PAGE), at="/ad/1", states=("done",), ads=1),
)  # fmt: skip

ENDLESS = (
    Behaviour("endless body", streams(head(), lambda: forever(ZEROS)), ("too_large",)),
    Behaviour("ten gigabytes announced", streams(head("Content-Length: 10000000000"), lambda: forever(ZEROS)),
              ("too_large",)),
    Behaviour("endless chunks", streams(head(TE), lambda: forever(chunked(bytes(65536)))), ("too_large",)),
    Behaviour("endless chunks of a byte", streams(head(TE), lambda: forever(chunked(b"a") * 5000)), ("too_slow",)),
    Behaviour("endless chunk extension", streams(head(TE) + b"1;", lambda: forever(b"a" * 9999)), ("header_flood",)),
    Behaviour("endless trailers", streams(head(TE) + b"0\r\n", lambda: forever(b"a: b\r\n" * 999)),
              ("header_flood",)),
    Behaviour("chunk extensions", streams(head(TE), lambda: forever((b"1;" + b"a" * 999 + b"\r\na\r\n") * 99)),
              ("too_slow", "too_large")),
    Behaviour("extensions larger than their chunks", streams(head(TE), lambda: forever((b"14;" + b"a" * 60_000 + b"\r\n"
              + b"a" * 20 + b"\r\n") * 9)), ("too_large",)),
    Behaviour("endless errors", streams(head(status="500 Oops"), lambda: forever(ZEROS)), ("too_large",)),
    Behaviour("60 MB of text", says(answer(b"<p>" + b"a " * (30 * MB))), ("too_large",)),
)  # fmt: skip

SLOW = (
    Behaviour("trickle", trickle, ("too_slow",)),
    Behaviour("slow chunks", slow_chunks, ("too_slow",)),
    Behaviour("silent", silent_after(b""), ("too_slow",)),
    Behaviour("silent after headers", silent_after(head("Content-Length: 9")), ("too_slow",)),
    Behaviour("silent after a chunk", silent_after(head(TE) + chunked(PAGE)), ("too_slow",)),
    Behaviour("silent in the status line", silent_after(b"HTTP/1.1 2"), ("too_slow",)),
)  # fmt: skip

BROKEN = (
    Behaviour("bad chunk size", says(head(TE) + b"zz\r\nabc\r\n"), ("bad_response",)),
    Behaviour("negative chunk size", says(head(TE) + b"-5\r\nabc\r\n"), ("bad_response",)),
    Behaviour("chunk size of 16 F", streams(head(TE) + b"F" * 16 + b"\r\n", lambda: forever(ZEROS)), ("too_large",)),
    Behaviour("chunk size of 99 digits", says(head(TE) + b"1" * 99 + b"\r\na"), ("bad_response",)),
    Behaviour("chunks without end mark", says(head(TE) + chunked(PAGE))),
    Behaviour("shorter than announced", says(head("Content-Length: 9999") + PAGE)),
)  # fmt: skip
