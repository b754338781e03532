"""Readings as JSON text and back, for the store."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from nlp.reading import Age, Contact, Finding, Name, Pay, Phone, Place, Reading

_PARTS: dict[str, type[Any]] = {
    "phones": Phone, "contacts": Contact, "places": Place, "names": Name,
    "ages": Age, "pay": Pay, "indicators": Finding,
}  # fmt: skip


def encode_reading(reading: Reading) -> str:
    """The reading as JSON, without empty parts."""
    return json.dumps({key: value for key, value in asdict(reading).items() if value}, ensure_ascii=False)


def decode_reading(text: str) -> Reading:
    values = json.loads(text)
    for name, kind in _PARTS.items():
        values[name] = tuple(kind(**part) for part in values.get(name, ()))
    return Reading(**values)
