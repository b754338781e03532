"""The words of an ad that match an entry of the watch-list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alerts.pictures.near import distances, to_bits
from alerts.reading import readstore
from alerts.reading.fields import ad_fields
from alerts.reading.keys import find_keys, is_telling
from alerts.watch.watchsearch import own_text
from alerts.watch.watchstore import Watch
from alerts.watch.watchtext import find_phrase, similarity
from crawler.database import Database
from crawler.observation import Observation
from crawler.store import observations
from nlp.reading import Reading

MAX_QUOTE = 160  # characters
_AROUND = 40  # characters shown on both sides of a phrase


def find_quotes(db: Database, pairs: Iterable[tuple[Watch, int]]) -> dict[tuple[int, int], str]:
    """For (entry, observation): what of that version matched, "" where it is not to be found any more."""
    pairs = list(pairs)
    numbers = {number for _, number in pairs}
    versions = {o.id: o for o in observations(db, numbers)}
    read = readstore.readings(db, numbers)
    return {
        (watch.id, number): _quote(watch, versions[number], read.get(number))[:MAX_QUOTE]
        for watch, number in pairs
        if number in versions
    }


def _quote(watch: Watch, version: Observation, reading: Reading | None) -> str:
    match watch.kind:
        case "image":
            return _picture(watch, version)
        case "text":
            return next((_shown(text, span) for text in ad_fields(version).values()
                         if (span := find_phrase(text, watch.value))), "")  # fmt: skip
        case "template":
            like = similarity(watch.value, own_text(version))
            return f"{like:.0f} % alike: {version.document.get('text', '')}"
    return _written(watch, version, reading) if reading else ""


def _written(watch: Watch, version: Observation, reading: Reading) -> str:
    """How the ad writes the phone or contact: each is tried alone, as the keys are made of it."""
    alone = [
        *(Reading(language="und", phones=(phone,)) for phone in reading.phones),
        *(Reading(language="und", contacts=(contact,)) for contact in reading.contacts),
    ]
    for one in alone:
        if any((key.kind, key.value) == (watch.kind, watch.value) for key in find_keys(one, (), site=version.site)):
            return (*one.phones, *one.contacts)[0].quote
    return ""


def _picture(watch: Watch, version: Observation) -> str:
    """The nearest of the ad's hashes, and how near it is."""
    algorithm, _, digits = watch.value.partition(":")
    wanted = to_bits(digits)[0]
    near = [
        (int(distances(to_bits(image[name]), wanted)[0]), f"{name}:{image[name]}")
        for image in _images(version)
        for name, kind in (("phash", "phash"), ("mirror", "phash"), ("pdq", "pdq"))
        if is_telling(image.get(name, "").lower()) and algorithm in ("any", kind)
    ]
    if not near:
        return ""
    bits, value = min(near)
    return f"{value[:16]}…, {bits} of 256 bits differ"


def _images(version: Observation) -> Iterable[Mapping[str, str]]:
    found: Iterable[Mapping[str, str]] = version.document.get("images", ())
    return found


def _shown(text: str, span: tuple[int, int]) -> str:
    start, end = max(0, span[0] - _AROUND), span[1] + _AROUND
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{' '.join(text[start:end].split())}{after}"
