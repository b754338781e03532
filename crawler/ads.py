"""The Ad: one observation of one advertisement, as a spider or an import hands it over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Literal, get_args

Kind = Literal["escort", "job", "massage", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_TEXT = 5 * 1024 * 1024  # code points of one field; more is no ad
_MAX_NESTING = 50  # levels of lists and objects in one field; Python's own JSON fails at about 1,000


class AdError(ValueError):
    """A row is no ad; the message names the key and what would have worked. Raised by `parse_ad_row`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ad:
    """One ad as seen once. Every field is kept as the source wrote it; reading happens later.

    `site` and `ad_id` together identify the ad; the same pair seen again is a new observation of
    it. `salary` is canonical JSON of a schema.org `baseSalary`. `raw` holds the untouched form of
    fields that a spider had to clean.
    """

    site: str
    ad_id: str
    kind: Kind
    seen_at: datetime
    text: str
    url: str = ""
    title: str = ""
    posted_at: str = ""
    expires_at: str = ""
    language: str = ""
    location: str = ""
    name: str = ""
    age: str = ""
    price: str = ""
    salary: str = ""
    employer: str = ""
    org_number: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    images: tuple[Mapping[str, str], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)


REQUIRED = ("site", "ad_id", "kind", "seen_at", "text")
KEYS = tuple(f.name for f in fields(Ad) if f.name != "raw")
_IDENTITY = {"site", "ad_id", "seen_at"}


def parse_ad_row(row: Mapping[str, Any]) -> Ad:
    """An Ad from one row of the import format. Raises AdError."""
    unknown = sorted(set(row) - set(KEYS))
    if unknown:
        raise AdError(f"unknown keys {unknown}; known: {', '.join(KEYS)}")
    missing = [key for key in REQUIRED if row.get(key) in (None, "")]
    if missing:
        raise AdError(f"missing keys {missing}; required: {', '.join(REQUIRED)}")
    return Ad(**{key: _VALUE.get(key, _text)(key, value) for key, value in row.items() if value is not None})


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def ad_document(ad: Ad) -> str:
    """The content of an ad as canonical JSON, without what identifies it and without empty fields."""
    values = {f.name: getattr(ad, f.name) for f in fields(ad) if f.name not in _IDENTITY}
    return canonical({key: value for key, value in values.items() if value})


def content_sha256(document: str) -> str:
    return hashlib.sha256(document.encode("utf-8", "surrogatepass")).hexdigest()


def _text(key: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise AdError(f"{key} is {type(value).__name__}; it takes text")
    text = str(value)
    if len(text) > MAX_TEXT:
        raise AdError(f"{key} has {len(text):,} characters; at most {MAX_TEXT:,} are taken")
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise AdError(f"{key} is not valid UTF-8")
    return text


def _kind(key: str, value: object) -> str:
    if value not in KINDS:
        raise AdError(f"{key} is {value!r}; known: {', '.join(KINDS)}")
    return str(value)


def _moment(key: str, value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
        moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 with an offset is before the first moment of UTC
        moment = None
    if moment is None or moment.tzinfo is None:
        raise AdError(f"{key} is {value!r}; it takes ISO 8601 with an offset, such as 2026-05-01T12:00:00+02:00")
    return moment


def _texts(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(";") if part.strip()]
    if not isinstance(value, list):
        raise AdError(f"{key} is {type(value).__name__}; it takes a list of texts")
    return tuple(_text(key, item) for item in value)


def _images(key: str, value: object) -> tuple[Mapping[str, str], ...]:
    known = {"url", "phash", "mirror", "pdq"}
    if not isinstance(value, list) or not all(isinstance(item, dict) and set(item) <= known for item in value):
        raise AdError(f"{key} takes a list of objects with keys {', '.join(sorted(known))}")
    return tuple({name: _text(key, part) for name, part in item.items()} for item in value)


def _salary(key: str, value: object) -> str:
    return _text(key, canonical(_object(key, value)) if isinstance(value, dict) else value)


def _object(key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise AdError(f"{key} is {type(value).__name__}; it takes an object")
    if _is_deep(value, _MAX_NESTING):
        raise AdError(f"{key} is nested more than {_MAX_NESTING} levels deep")
    _text(key, canonical(value))
    return value


def _is_deep(value: object, levels: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels == 0 or any(_is_deep(part, levels - 1) for part in parts)


_VALUE: dict[str, Callable[[str, Any], Any]] = {
    "kind": _kind, "seen_at": _moment, "phones": _texts, "emails": _texts, "handles": _texts,
    "images": _images, "salary": _salary, "extra": _object,
}  # fmt: skip
