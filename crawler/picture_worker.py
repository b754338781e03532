"""The worker that hashes pictures: `python -m crawler.picture_worker`, started and killed by crawler.pictures."""

from __future__ import annotations

import asyncio
import os
import resource
import struct
import time
import warnings
from io import BytesIO

import imagehash
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError, features

from crawler.workers import Message, serve

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", *(("AVIF",) if features.check("avif") else ()))
MAX_PIXELS = 16_000_000
HASH_SIZE = 16  # bits a side: 256 bits, 64 hexadecimal digits
MIN_CONTRAST = 4.0  # standard deviation of 255 levels of grey
MIN_BITS = 64  # of 256 set
_DECODED = (512, 512)  # pixels; a JPEG is decoded at the smallest scale that is no smaller
_LOOKED_AT = (64, 64)  # pixels that the hash is made of
_DATA = 448 * 1024 * 1024  # bytes of memory that this process may write to
_CPU = 6  # seconds of processor time for one message, should nobody be there to kill us
_NO_MEMORY = 3  # exit code
# What Pillow's readers raise for what is no picture, or half of one.
_FAULTS = (
    OSError, ValueError, SyntaxError, LookupError, ArithmeticError, TypeError, AttributeError, EOFError, RuntimeError,
    struct.error, Image.DecompressionBombError, Warning,
)  # fmt: skip


async def answer(_: Message, blob: bytes) -> tuple[Message, bytes]:
    """The hashes of a picture as {"phash": hex, "mirror": hex}; {"plain": why} where it has none that says anything;
    {"limit": why} where it cannot be read. Nothing of the picture is in the answer.
    """
    _bound_time()
    try:
        return hashes(blob), b""
    except MemoryError:
        os._exit(_NO_MEMORY)  # what is left of it would be too little for the next picture
    except UnidentifiedImageError:
        return {"limit": f"it is none of {', '.join(FORMATS)}"}, b""
    except _FAULTS as error:
        return {"limit": f"{type(error).__name__}: {error}"[:200]}, b""


def hashes(blob: bytes) -> Message:
    """What `answer` answers. Raises what Pillow raises, for more than MAX_PIXELS as soon as they are announced."""
    with Image.open(BytesIO(blob), formats=FORMATS) as image:
        image.draft("L", _DECODED)
        grey = _grey(image)
    # A picture of one colour, or a gradient, has next to no frequencies to tell it by: all such have nearly the same
    # hash, few of whose bits are set, or one made of noise. As keys they would tie everybody.
    contrast = ImageStat.Stat(grey.resize(_LOOKED_AT)).stddev[0]
    if contrast < MIN_CONTRAST:
        return {"plain": "one colour"}
    phash = imagehash.phash(grey, hash_size=HASH_SIZE)
    if int(phash.hash.sum()) < MIN_BITS:
        return {"plain": "no detail"}
    return {"phash": str(phash), "mirror": str(imagehash.phash(ImageOps.mirror(grey), hash_size=HASH_SIZE))}


def _grey(image: Image.Image) -> Image.Image:
    """The first frame as a browser shows it, in grey: turned as its EXIF says, on white where it is transparent."""
    if not image.has_transparency_data:
        return ImageOps.exif_transpose(image.convert("L"))
    shown = Image.new("RGBA", image.size, "white")
    shown.alpha_composite(image.convert("RGBA"))
    return shown.convert("L")


def _bound_time() -> None:
    """End this process should the message take more processor time than any picture may."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + _CPU, hard))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (_DATA, _DATA))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    asyncio.run(serve(answer, alone=True))


if __name__ == "__main__":
    main()
