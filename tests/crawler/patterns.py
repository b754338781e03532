"""Pictures for tests: generated patterns, and what sites and people do to pictures."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageOps

SIZE = (480, 640)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8", b"ftypavif")


def pattern(seed: int) -> Image.Image:
    """Ellipses and boxes; two seeds have nothing in common."""
    chance = random.Random(seed)

    def colour() -> tuple[int, int, int]:
        return chance.randrange(256), chance.randrange(256), chance.randrange(256)

    image = Image.new("RGB", SIZE, colour())
    draw = ImageDraw.Draw(image)
    for number in range(25):
        x, y = chance.randrange(SIZE[0]), chance.randrange(SIZE[1])
        box = (x, y, x + chance.randrange(20, 250), y + chance.randrange(20, 250))
        (draw.ellipse if number % 2 else draw.rectangle)(box, fill=colour())
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def with_banner(image: Image.Image) -> Image.Image:
    """A line of text over the lowest fiftieth, as sites put their names there."""
    image = image.copy()
    width, height = image.size
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height - height // 50, width, height), fill="white")
    draw.text((8, height - height // 50), "board.example", fill="black")
    return image


COPIES: Mapping[str, Callable[[Image.Image], bytes]] = {
    "quality": lambda image: encoded(image, quality=30),
    "half": lambda image: encoded(image.resize((240, 320)), quality=60),
    "larger": lambda image: encoded(image.resize((1440, 1920)), quality=80),
    "webp": lambda image: encoded(image.resize((160, 213)), "WEBP", quality=50),
    "mirrored": lambda image: encoded(ImageOps.mirror(image), quality=50),
    "banner": lambda image: encoded(with_banner(image), quality=70),
}


def bits_between(one: str, other: str) -> int:
    """Of two hashes of hexadecimal digits."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def png_of(width: int, height: int) -> bytes:
    """A PNG that announces so many pixels, and holds a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    data = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
