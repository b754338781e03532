"""Reads batches of observations: what goes to `nlp`, and what of it is stored. Pure, so that it can run anywhere.

`nlp.read` is named in full, so that it is loaded where something is read and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import nlp
from alerts.pictures import shown
from alerts.pictures.shown import Shown, shown_hashes
from alerts.reading import fields, keys
from alerts.reading.fields import ad_fields
from alerts.reading.keys import Key, find_keys
from alerts.reading.readings import Read, encode_reading
from alerts.templates import shingles, wordings
from alerts.templates.wordings import Wording, read_wordings
from crawler.observation import Observation
from nlp.reading import Reading


def read_batch(batch: Sequence[Observation]) -> list[Read]:
    """Read one batch, in its order."""
    ads = [ad_fields(o) | {"posted_at": _day(o), "seen_at": o.seen_at[:10]} for o in batch]
    kinds = [observation.kind for observation in batch]
    claimed = [observation.document.get("language") for observation in batch]
    readings = nlp.read(ads, kinds=kinds, languages=claimed)
    return [
        Read(o.id, o.ad, o.seen_at, encode_reading(reading), _keys(o, reading), wording, _pictures(o))
        for o, reading, wording in zip(batch, readings, batch_wordings(batch), strict=True)
    ]


def batch_wordings(batch: Sequence[Observation]) -> list[Wording]:
    """The words by which templates are found; unlike the rest of a reading, in a time that no text can stretch."""
    return read_wordings([observation.document.get("text", "") for observation in batch])


def _keys(observation: Observation, reading: Reading) -> tuple[Key, ...]:
    document = observation.document
    images, number = tuple(document.get("images", ())), document.get("org_number", "")
    return tuple(find_keys(reading, images, site=observation.site, org_number=number))


def _pictures(observation: Observation) -> tuple[Shown, ...]:
    return tuple(shown_hashes(observation.document.get("images", ())))


def reading_version() -> str:
    """A short hash of everything that decides what a reading, its keys, its wording and its pictures' hashes are."""
    code = [Path(str(module.__file__)).read_bytes() for module in (keys, fields, shingles, wordings, shown)]
    return hashlib.sha256(nlp.catalogue_version().encode() + b"".join(code)).hexdigest()[:12]


def _day(observation: Observation) -> str:
    """The day the ad speaks of: it decides which wage was in force, and what age a year of birth means."""
    posted = str(observation.document.get("posted_at", ""))[:10]
    try:
        return date.fromisoformat(posted).isoformat()
    except ValueError:
        return observation.seen_at[:10]
