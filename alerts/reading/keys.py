"""Keys: the typed values of one ad that can tie it to others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from nlp.orgnumbers import is_org_number
from nlp.reading import Contact, Reading

KeyKind = Literal["phone", "email", "handle", "url", "payment", "image", "template", "host", "address", "employer"]
KEY_KINDS: tuple[KeyKind, ...] = get_args(KeyKind)
MIRROR = "mirror"  # how a key was read that is the hash of a picture's mirror image
MIN_CONFIDENCE = 0.5  # a phone read with less is shown but ties nothing
HASHES = ("phash", "pdq")
_DIGITS = 64  # hexadecimal, of 256 bits; shorter hashes of other tools tie only where they are equal
_HASH = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")
_LEAST_BITS = 64  # of 256
_PAYMENTS = frozenset({
    "vipps", "swish", "mobilepay", "iban", "account", "bitcoin", "ethereum", "litecoin", "tron", "monero",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """A value that ties ads, and how sure its reading is (0 to 1). `how` says how it was written."""

    kind: KeyKind
    value: str
    confidence: float
    how: str


def find_keys(reading: Reading, images: tuple[Mapping[str, Any], ...], *, site: str, org_number: str = "") -> list[Key]:
    """The keys of one observation, each once, the surest reading of it."""
    best: dict[tuple[str, str], Key] = {}
    for key in _keys(reading, images, site, org_number):
        known = best.get((key.kind, key.value))
        if known is None or key.confidence > known.confidence:
            best[key.kind, key.value] = key
    return list(best.values())


def _keys(reading: Reading, images: tuple[Mapping[str, Any], ...], site: str, org_number: str) -> Iterator[Key]:
    if is_org_number(org_number):
        yield Key("employer", "".join(org_number.split()), 1.0, "field")
    for phone in reading.phones:
        if phone.confidence >= MIN_CONFIDENCE:
            yield Key("phone", phone.e164, phone.confidence, phone.method)
    for contact in reading.contacts:
        if key := _contact_key(contact, site):
            yield key
    yield from _image_keys(images)


def _image_keys(images: tuple[Mapping[str, Any], ...]) -> Iterator[Key]:
    """Hashes first: one that is another picture's mirror too is a hash. The mirrors, of hashes that tell their picture
    from others, are for the watch-list; pictures tie by them in `alerts.pictures`.
    """
    for name, algorithm in (("phash", "phash"), ("pdq", "pdq"), (MIRROR, "phash")):
        for image in images:
            digits = image.get(name, "").lower()
            if name == MIRROR and not is_telling(image.get("phash", "").lower()):
                continue
            if is_telling(digits) if len(digits) == _DIGITS else digits:
                yield Key("image", f"{algorithm}:{digits}", 0.9, name)


def is_telling(digits: str) -> bool:
    """Is it a hash of 256 bits that tells its picture from others? Half of the bits of one are set; where few or
    nearly all are, the picture is of one colour, or fades from one to another, and so are a thousand strangers'.
    """
    return bool(_HASH.fullmatch(digits)) and _LEAST_BITS <= int(digits, 16).bit_count() <= 256 - _LEAST_BITS


def _contact_key(contact: Contact, site: str) -> Key | None:
    if contact.kind == "email":
        return Key("email", contact.value.casefold(), 1.0, "plain")
    if contact.kind == "address":
        return Key("address", contact.value.casefold(), 0.9, "text")  # of few names: many strangers share a house
    if contact.value.startswith("+"):  # an account that is reached by its number
        return Key("phone", contact.value, 0.9, contact.kind)
    if contact.kind in _PAYMENTS:
        return Key("payment", f"{contact.kind}:{contact.value.casefold()}", 0.95, contact.kind)
    if contact.kind != "url":
        return Key("handle", f"{contact.kind}:{contact.value.casefold()}", 0.9, contact.kind)
    address = own_address(contact.value, site)
    return Key("url", address, 0.8, "plain") if address else None


def own_address(url: str, site: str) -> str | None:
    """Host, path and query of a URL, or None where it says nothing about who wrote the ad.

    The advertising site's own pages are on every ad of it, and a bare host (a public office, a
    missing space after a full stop) ties strangers.
    """
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # "http://[x"
        return None
    path = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    if not host or not path or host == site or site.endswith(f".{host}"):
        return None
    return (host + path).casefold()
