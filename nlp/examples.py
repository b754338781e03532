"""The example texts of a catalogue, read as ads are: each must show its indicator, or must not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nlp.catalog_file import ANY, Indicator
from nlp.reader import read


@dataclass(frozen=True, slots=True)
class Fault:
    """An example that is not read as its entry says."""

    id: str
    says: str
    text: str


def find_faults(entries: Mapping[str, Indicator]) -> list[Fault]:
    """The examples of `entries`, which must be the catalogue in use, that do not hold.

    An example is read as an ad of a site that claims the language it is listed under.
    """
    wanted = [
        (entry, language, text, is_hit)
        for entry in entries.values()
        if entry.is_of_one_ad and entry.applies_to
        for is_hit, lexicon in ((True, entry.hit_texts), (False, entry.miss_texts))
        for language, texts in lexicon.items()
        for text in texts
    ]
    readings = read(
        [text for _, _, text, _ in wanted],
        kinds=[entry.applies_to[0] for entry, _, _, _ in wanted],
        languages=[None if language == ANY else language for _, language, _, _ in wanted],
    )
    return [
        Fault(entry.id, "does not show it" if is_hit else "shows it", text)
        for (entry, _, text, is_hit), reading in zip(wanted, readings, strict=True)
        if is_hit != any(finding.id == entry.id and finding.state == "present" for finding in reading.indicators)
    ]
