"""Hashes of pictures, by the process that makes them: copies agree, strangers do not, nothing hostile holds it up."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from itertools import combinations
from typing import Any, TypeVar

import pytest
from PIL import Image, ImageDraw, ImageOps

from crawler.picture_worker import MAX_PIXELS
from crawler.pictures import Hasher, PictureFault, PictureHash, PlainPicture
from tests.crawler.patterns import COPIES, bits_between, encoded, pattern, png_of
from tests.loading import loaded_by

T = TypeVar("T")


class Bench:
    """A hasher in a loop of its own, which lives as long as the tests of this file."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self.hasher = Hasher()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def hash(self, picture: bytes) -> PictureHash:
        return self.run(self.hasher.hash(picture))

    def close(self) -> None:
        self.hasher.end()
        self._runner.run(asyncio.sleep(1))  # asyncio hears that it has ended; else it complains in a later test
        self._runner.close()


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    found = Bench()
    yield found
    found.close()


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_within_24_bits_of_its_picture_or_its_mirror(bench: Bench, how: str) -> None:
    for seed in range(8):
        one, other = bench.hash(encoded(pattern(seed))), bench.hash(COPIES[how](pattern(seed)))
        assert min(bits_between(one.phash, other.phash), bits_between(one.phash, other.mirror)) <= 24
        assert bits_between(one.phash, other.mirror if how == "mirrored" else other.phash) <= 24


def test_strangers_are_far_apart(bench: Bench) -> None:
    found = [bench.hash(encoded(pattern(seed))) for seed in range(12)]
    for one, other in combinations(found, 2):
        assert min(bits_between(one.phash, other.phash), bits_between(one.phash, other.mirror)) > 48


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_kind_of_file_gives_the_hash(bench: Bench, kind: str) -> None:
    found = bench.hash(encoded(pattern(3), kind))
    assert bits_between(found.phash, bench.hash(encoded(pattern(3))).phash) <= 12


def test_only_the_first_frame_counts(bench: Bench) -> None:
    moving = encoded(pattern(1), "GIF", save_all=True, append_images=[pattern(2), pattern(3)])
    assert bench.hash(moving) == bench.hash(encoded(pattern(1), "GIF"))


def test_a_picture_is_hashed_as_it_is_shown(bench: Bench) -> None:
    turned = Image.Exif()
    turned[0x112] = 6  # to be turned by a quarter to the right
    lying = encoded(pattern(1).transpose(Image.Transpose.ROTATE_90), exif=turned)
    assert bits_between(bench.hash(lying).phash, bench.hash(encoded(pattern(1))).phash) <= 12
    shown, hidden = pattern(1).convert("RGBA"), pattern(2).convert("RGBA")
    hidden.putalpha(0)
    shown.alpha_composite(hidden)
    assert bench.hash(encoded(shown, "PNG")) == bench.hash(encoded(pattern(1), "PNG"))


def gradient() -> Image.Image:
    return Image.linear_gradient("L").resize((480, 640))


def halves() -> Image.Image:
    image = Image.new("L", (480, 640))
    ImageDraw.Draw(image).rectangle((0, 0, 200, 640), fill=200)
    return image


def clear() -> Image.Image:
    image = pattern(1).convert("RGBA")
    image.putalpha(0)
    return image


@pytest.mark.parametrize(
    "image",
    [Image.new("RGB", (300, 300), "red"), gradient(), ImageOps.mirror(halves()), clear(), Image.new("1", (1, 1))],
    ids=["one-colour", "gradient", "two-halves", "transparent", "one-pixel"],
)
def test_a_picture_without_detail_has_no_hash_as_it_would_tie_everybody(bench: Bench, image: Image.Image) -> None:
    with pytest.raises(PlainPicture):
        bench.hash(encoded(image, "PNG"))


HOSTILE = {
    "empty": (b"", "it is none of JPEG, PNG, WEBP, GIF, AVIF"),
    "text": (b"<p>not here</p>", "it is none of"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>", "it is none of"),
    "tiff": (encoded(pattern(1), "TIFF"), "it is none of"),
    "truncated": (encoded(pattern(1))[:5000], "truncated"),
    "magic-only": (b"\x89PNG\r\n\x1a\n", "cannot be hashed"),
    "bomb": (png_of(60_000, 60_000), "DecompressionBombError"),
    "too-many-pixels": (png_of(5_000, 5_000), f"(25000000 pixels) exceeds limit of {MAX_PIXELS} pixels"),
    "broken-inside": (encoded(pattern(1), "PNG").replace(b"IDAT", b"IDAT\0\0\0\0"), "cannot be hashed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pictures_are_told_by_the_reason(bench: Bench, name: str) -> None:
    picture, reason = HOSTILE[name]
    with pytest.raises(PictureFault, match="cannot be hashed") as caught:
        bench.hash(picture)
    assert reason in str(caught.value)
    assert "0x" not in str(caught.value)  # an address would make each event another


def test_the_largest_pictures_fit(bench: Bench) -> None:
    large = pattern(5).resize((4000, 4000))
    for picture in (encoded(large.convert("RGBA"), "PNG", compress_level=1), encoded(large, progressive=True)):
        assert bench.hash(picture)
    with pytest.raises(PictureFault, match="16004000 pixels"):
        bench.hash(encoded(large.resize((4000, 4001)), quality=50))


def test_what_loads_pictures_is_not_loaded_by_the_crawl() -> None:
    assert not {"PIL", "imagehash", "scipy", "pywt"} & loaded_by("crawler.runs", "crawler.spider")
