"""Shown hashes: by which of an ad's pictures copies are known. Kept when the ad is read, placed when it is linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from alerts.reading.keys import HASHES, MIRROR, is_telling

Shown = tuple[str, str]
"""A hash as keys have it, and the digits of that of the mirror image, "" where it is not known."""


def shown_hashes(images: Iterable[Mapping[str, Any]]) -> Iterator[Shown]:
    """The hashes of 256 bits of an ad's `images` that tell a picture from others."""
    for image in images:
        mirror = image.get(MIRROR, "").lower()
        for name in HASHES:
            digits = image.get(name, "").lower()
            if is_telling(digits):
                yield f"{name}:{digits}", mirror if name == "phash" and is_telling(mirror) else ""
