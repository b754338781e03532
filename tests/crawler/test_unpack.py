"""Content encodings come off up to a limit, whatever they are packed from."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from functools import partial

import brotli
import pytest

from crawler.unpack import ACCEPTED, Bomb, NotPacked, unpacked
from tests.effort import assert_within

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 1 << 20
TEXT = b"Two rooms near the harbour. " * 9000 + os.urandom(90_000)
SKIPPED = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"  # a frame that zstd readers pass over


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACK = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": partial(brotli.compress, quality=3),
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("coding", PACK)
def test_body_is_as_it_was(coding: str) -> None:
    assert unpacked(PACK[coding](TEXT), coding, LIMIT) == TEXT


@pytest.mark.parametrize(
    ("coding", "body", "found"),
    [
        pytest.param("deflate", raw_deflate(TEXT), TEXT, id="deflate without its header"),
        pytest.param("GZIP", gzip.compress(TEXT), TEXT, id="upper case"),
        pytest.param(" gzip , identity", gzip.compress(TEXT), TEXT, id="identity beside it"),
        pytest.param("gzip", gzip.compress(TEXT) + gzip.compress(b"more"), TEXT + b"more", id="two members"),
        pytest.param("gzip", gzip.compress(TEXT) + b"junk", TEXT, id="junk behind"),
        pytest.param("zstd", zstd.compress(TEXT) + SKIPPED + zstd.compress(b"more"), TEXT + b"more", id="two frames"),
        pytest.param("identity", TEXT, TEXT, id="identity"),
        pytest.param("", TEXT, TEXT, id="none"),
        pytest.param("aws-chunked", TEXT, TEXT, id="one that nobody knows"),
        pytest.param("gzip", b"", b"", id="nothing at all"),
    ],
)
def test_what_servers_send_is_read(coding: str, body: bytes, found: bytes) -> None:
    assert unpacked(body, coding, LIMIT) == found


def test_every_coding_that_is_asked_for_is_known() -> None:
    assert set(ACCEPTED.split(", ")) <= set(PACK)


@pytest.mark.parametrize("coding", PACK)
@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
def test_limit_is_exact(coding: str, size: int) -> None:
    body = PACK[coding](bytes(size))
    if size == LIMIT:
        assert len(unpacked(body, coding, LIMIT)) == LIMIT
    else:
        with pytest.raises(Bomb, match="more than 1,048,576 bytes"):
            unpacked(body, coding, LIMIT)


@pytest.mark.parametrize("coding", PACK)
@pytest.mark.parametrize("left", [1, 20, 0.5, 0.99], ids=str)
def test_body_that_breaks_off_is_none(coding: str, left: float) -> None:
    whole = PACK[coding](TEXT)
    part = whole[: int(left if left >= 1 else left * len(whole))]
    with pytest.raises(NotPacked, match=f"not {coding}, as its header says"):
        unpacked(part, coding, LIMIT)


@pytest.mark.parametrize("coding", PACK)
def test_garbage_is_none(coding: str) -> None:
    with pytest.raises(NotPacked):
        unpacked(b"\xffgarbage" * 99, coding, LIMIT)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,br", ", ".join(["gzip"] * 42), "br, x"])
def test_two_codings_are_one_too_many(encoding: str) -> None:
    with pytest.raises(Bomb, match="times over"):
        unpacked(gzip.compress(gzip.compress(TEXT)), encoding, LIMIT)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        pytest.param("gzip", gzip.compress(b"") * 300_000, id="gzip members"),
        pytest.param("zstd", zstd.compress(b"") * 500_000, id="zstd frames"),
        pytest.param("zstd", SKIPPED * 500_000, id="frames that are passed over"),
    ],
)
def test_a_thousand_empty_pieces_are_enough(coding: str, body: bytes) -> None:
    def refused() -> None:
        with pytest.raises(Bomb, match="1,000 pieces"):
            unpacked(body, coding, LIMIT)

    assert_within(2, refused)


@pytest.mark.parametrize("coding", PACK)
def test_cost_grows_with_what_is_unpacked_not_with_what_is_left(coding: str) -> None:
    """The rest of a body is not copied for every step."""
    zeros, noise = bytes(40 * LIMIT), os.urandom(30 * LIMIT)
    body = PACK[coding](zeros) + noise

    def refused() -> None:
        with pytest.raises(Bomb):
            unpacked(body, coding, 30 * LIMIT)

    assert_within(1.5, refused)


def test_window_larger_than_every_decoder_has_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    packer = zstd.ZstdCompressor(options=options)
    body = packer.compress(os.urandom(LIMIT)) + packer.flush()
    with pytest.raises(NotPacked):
        unpacked(body, "zstd", 4 * LIMIT)
