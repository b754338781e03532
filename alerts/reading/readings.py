"""Readings as JSON text and back, for the store."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from alerts.reading.keys import Key
from nlp.reading import Age, Contact, Finding, Name, Pay, Phone, Place, Reading, Span, Stretch, Tour, Trait


@dataclass(frozen=True, slots=True)
class Read:
    """One observation with what was read from it, as it is stored, and the keys it carries."""

    observation: int
    ad: int
    seen_at: str
    document: str
    keys: tuple[Key, ...]


_PARTS: dict[str, type[Any]] = {
    "stretches": Stretch, "phones": Phone, "contacts": Contact, "places": Place, "tours": Tour, "names": Name,
    "traits": Trait, "ages": Age, "pay": Pay, "indicators": Finding,
}  # fmt: skip


def encode_reading(reading: Reading) -> str:
    """The reading as JSON, without empty parts."""
    return json.dumps({key: value for key, value in asdict(reading).items() if value}, ensure_ascii=False)


def decode_reading(text: str) -> Reading:
    values = json.loads(text)
    for name, kind in _PARTS.items():
        values[name] = tuple(kind(**_whole(part)) for part in values.get(name, ()))
    return Reading(**values)


def _whole(part: dict[str, Any]) -> dict[str, Any]:
    """With the places of a number that stands in several as spans."""
    return part | {"parts": tuple(Span(**place) for place in part["parts"])} if "parts" in part else part
