"""Pictures: their perceptual hashes, computed in a process that can be killed. A picture is never written anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from crawler.errors import VardeError
from crawler.workers import WorkerError, Workers

_HASH = re.compile(r"[0-9a-f]{64}")
# One thread: a picture is small, and each more thread of the mathematics would set memory aside.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class PictureFault(VardeError):
    """What came is no picture that can be hashed within the bounds; the message says why. Raised by `Hasher.hash`."""


class PlainPicture(VardeError):
    """A picture that shows too little to tell it from others. Raised by `Hasher.hash`."""


@dataclass(frozen=True, slots=True)
class PictureHash:
    """The pHash of a picture and of its mirror image: 256 bits each, as 64 hexadecimal digits."""

    phash: str
    mirror: str


class Hasher:
    """Hashes pictures in one process of at most `memory` bytes, each within `patience` seconds of its time."""

    def __init__(self, *, patience: float = 4.0, memory: int = 400_000_000) -> None:
        self._workers = Workers("crawler.picture_worker", size=1, memory=memory, by_cpu=True, environment=_ENVIRONMENT)
        self._patience = patience

    async def hash(self, picture: bytes) -> PictureHash:
        """Raises PictureFault and PlainPicture."""
        try:
            found, _ = await self._workers.ask({}, picture, patience=self._patience)
        except (WorkerError, ValueError) as error:
            raise PictureFault(f"cannot be hashed: {error}") from error
        if "plain" in found:
            raise PlainPicture(str(found["plain"]))
        if "limit" in found:
            raise PictureFault(f"cannot be hashed: {found['limit']}")
        return PictureHash(_hash(found, "phash"), _hash(found, "mirror"))

    def end(self) -> None:
        """End the process without a loop to wait in."""
        self._workers.end()


def _hash(found: dict[str, Any], name: Literal["phash", "mirror"]) -> str:
    """A hash as the worker told it, whom a picture may have taken over. Raises PictureFault."""
    value = found.get(name)
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise PictureFault("cannot be hashed: an answer that is none")
    return value
