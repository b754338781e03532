"""Readings as JSON text and back, for the store."""

from __future__ import annotations

import json
from dataclasses import dataclass

import msgspec

from alerts.pictures.shown import Shown
from alerts.reading.keys import Key
from alerts.templates.wordings import Wording
from nlp.reading import Reading


@dataclass(frozen=True, slots=True)
class Read:
    """One observation with what was read from it, as it is stored, the keys it carries, the words of its text, and the
    hashes of its pictures.
    """

    observation: int
    ad: int
    seen_at: str
    document: str
    keys: tuple[Key, ...]
    wording: Wording
    pictures: tuple[Shown, ...]


_decoder = msgspec.json.Decoder(Reading)


def encode_reading(reading: Reading) -> str:
    """The reading as JSON, without empty parts."""
    return json.dumps({key: value for key, value in msgspec.to_builtins(reading).items() if value}, ensure_ascii=False)


def decode_reading(text: str) -> Reading:
    return _decoder.decode(text)
