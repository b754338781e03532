"""The places that ads name: Norwegian municipalities, towns and city districts, and large cities abroad."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from nlp.tables import FOLDER, load_table

Kind = Literal["county", "municipality", "town", "district", "capital", "city"]

WORD = re.compile(r"[^\W\d_]+")
NAMESAKE, WORDLIKE, FOREIGN_WORD, INFLECTED, CAPITAL = "n", "w", "x", "i", "c"
"""Marks of a name: people bear it, it is a common word, a word of other languages, it is inflected in them, it is read
only where it is capital."""

_LEAST_VARIED = 4  # letters of a name that may be written without its accents: "Bø" is not "bo"
_NORDIC = frozenset({"NO", "SE", "DK", "FI", "IS"})
_PLAIN = str.maketrans({"ø": "o", "å": "a", "æ": "ae", "ł": "l", "đ": "d", "ß": "ss", "ı": "i", "ð": "d", "þ": "th"})
_DIGRAPHS = str.maketrans({"ø": "oe", "å": "aa", "æ": "ae", "ö": "oe", "ä": "ae", "ü": "ue"})
_SWEDISH = str.maketrans({"ø": "ö", "æ": "ä"})
_COMMAS = str.maketrans({"ş": "ș", "ţ": "ț"})
_AFTER_VOWEL = ("ssa", "ssä", "sta", "stä", "lla", "n", "st", "sse", "ban", "ben", "ba", "ból", "ből", "yje")
_AFTER_CONSONANT = ("issa", "issä", "ista", "istä", "iin", "in", "is", "ist", "isse", "ban", "ben", "ba", "be", "ból",
                    "ből", "e", "o", "ą", "ui", "as", "ā", "u", "ie", "em", "yje", "eryje", "io")  # fmt: skip
_CYRILLIC_HARD = ("е", "а", "у", "ом", "і", "ові")
_CYRILLIC_A = ("е", "у", "ы", "и", "і", "ой", "ою")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    """A place. `code` is the number of its Norwegian municipality; county and police district only in Norway.

    A county has no coordinates; a district of a city has those of the city.
    """

    name: str
    country: str
    code: str | None
    county: str | None
    police_district: str | None
    latitude: float | None
    longitude: float | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """One way of writing a place: the words before and after its longest one, and the marks of the name."""

    lead: tuple[str, ...]
    rest: tuple[str, ...]
    place: Locality
    marks: str


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All places: by their longest word in lower case, the municipalities by number, and the runs of postcodes."""

    words: frozenset[str]
    index: Mapping[str, tuple[Entry, ...]]
    municipalities: Mapping[str, Locality]
    starts: tuple[str, ...]
    runs: tuple[tuple[str, str], ...]

    def municipality_of(self, postcode: str) -> str | None:
        """The municipality of a Norwegian postcode of four digits; None where there is no such code."""
        at = bisect_right(self.starts, postcode) - 1
        return self.runs[at][1] if at >= 0 and postcode <= self.runs[at][0] else None

    def named(self, name: str) -> list[Locality]:
        """Every place written so, in any case and with or without its accents."""
        lead, word, rest = _split(name.lower())
        found = [entry.place for entry in self.index.get(word, ()) if (entry.lead, entry.rest) == (lead, rest)]
        return list(dict.fromkeys(found))


@cache
def gazetteer() -> Gazetteer:
    table = load_table("places")
    named = list(_norwegian(table))
    municipalities = {place.code: place for place, _, _ in named if place.kind == "municipality" and place.code}
    named += _districts(table["districts"], municipalities)
    named += [(place, (place.name,), "") for place in _counties(table)]
    named += _foreign()
    postcodes = [line.split() for line in _lines("postcodes_no")]
    index = _index(named, never=_set(table["never"]), capital=_set(table["capital"]))
    return Gazetteer(
        words=frozenset(index),
        index=index,
        municipalities=municipalities,
        starts=tuple(first for first, _, _ in postcodes),
        runs=tuple((last, code) for _, last, code in postcodes),
    )


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


Named = tuple[Locality, tuple[str, ...], str]
"""A place, its names and its marks."""


def _lines(name: str) -> Iterator[str]:
    text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


def _rows(name: str) -> Iterator[list[str]]:
    for line in _lines(name):
        cells = line.split("\t")
        yield cells + [""] * (7 - len(cells))


def _norwegian(table: Mapping[str, Any]) -> Iterator[Named]:
    for kind, code, name, latitude, longitude, marks, others in _rows("places_no"):
        place = Locality(
            name=name,
            country="NO",
            code=code,
            county=table["counties"][code[:2]],
            police_district=table["police_of"].get(code, table["police"][code[:2]]),
            latitude=float(latitude),
            longitude=float(longitude),
            kind="municipality" if kind == "municipality" else "town",
        )
        yield place, (name, *filter(None, others.split("|"))), marks


def _districts(table: Mapping[str, Iterable[str]], municipalities: Mapping[str, Locality]) -> Iterator[Named]:
    for code, districts in table.items():
        city = municipalities[code]
        for district in districts:
            names = tuple(district.removeprefix("?").split("|"))
            place = Locality(
                name=names[0],
                country="NO",
                code=code,
                county=city.county,
                police_district=city.police_district,
                latitude=city.latitude,
                longitude=city.longitude,
                kind="district",
            )
            yield place, names, WORDLIKE if district.startswith("?") else ""


def _counties(table: Mapping[str, Any]) -> Iterator[Locality]:
    for number, name in table["counties"].items():
        if number != "03":  # Oslo is a municipality too
            district = table["police"][number]
            yield Locality(
                name=name,
                country="NO",
                code=None,
                county=name,
                police_district=district,
                latitude=None,
                longitude=None,
                kind="county",
            )


def _foreign() -> Iterator[Named]:
    for kind, country, name, latitude, longitude, marks, others in _rows("places_world"):
        place = Locality(
            name=name,
            country=country,
            code=None,
            county=None,
            police_district=None,
            latitude=float(latitude),
            longitude=float(longitude),
            kind="capital" if kind == "capital" else "city",
        )
        yield place, (name, *filter(None, others.split("|"))), marks


def _index(named: Iterable[Named], *, never: frozenset[str], capital: frozenset[str]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, dict[Entry, None]] = {}
    for place, names, marks in named:
        for number, name in enumerate(names):
            cases = marks if number == 0 else marks.replace(INFLECTED, "")
            own = {name.lower()} if number == 0 else set()
            for form in forms(name, cases, place.country) - never | own:
                lead, word, rest = _split(form)
                kept = marks if len(lead) + len(rest) < 2 else ""  # "Vik i Sogn" is no word
                doubt = CAPITAL + (FOREIGN_WORD if form == name.lower() else "") if form in capital else ""
                found.setdefault(word, {})[Entry(lead, rest, place, kept + doubt)] = None
    return {word: tuple(entries) for word, entries in found.items()}


def _split(form: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """The longest word of a name, with what stands before and after it: few texts have it by chance."""
    if form.isalpha():
        return (), form, ()
    words = tuple(WORD.findall(form)) or ("",)
    at = max(range(len(words)), key=lambda place: len(words[place]))
    return words[:at], words[at], words[at + 1 :]


def forms(name: str, marks: str, country: str) -> set[str]:
    """Every way of writing a name, in lower case: as it is, without accents, in the genitive, inflected."""
    base = name.lower()
    if len(base) < _LEAST_VARIED:
        return {base}
    written = {
        base,
        base.translate(_DIGRAPHS),
        base.translate(_SWEDISH),
        _strip(base),
        base.replace("ş", "ș").replace("ţ", "ț"),
    }
    if base[-1] >= "\u0400":
        return written | set(_cyrillic_cases(base))
    if marks.strip(INFLECTED):
        return written
    cases = set(_latin_cases(base)) if INFLECTED in marks else set()
    genitive = {form + "s" for form in written if country in _NORDIC and not form.endswith("s")}
    return written | genitive | cases | {_strip(form) for form in cases}


def _strip(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return "".join(char for char in spread if not unicodedata.combining(char))


def _latin_cases(base: str) -> Iterator[str]:
    if base[-1] in "aeiouyøåæöä":
        yield from (base + ending for ending in _AFTER_VOWEL)
        if base.endswith("o"):
            yield from (base[:-1] + ending for ending in ("e", "as", "ą", "óban", "óba", "óból", "uje"))
    else:
        yield from (base + ending for ending in _AFTER_CONSONANT)


def _cyrillic_cases(base: str) -> Iterator[str]:
    if base[-1] in "ая":
        yield from (base[:-1] + ending for ending in _CYRILLIC_A)
    elif base[-1] in "бвгдзклмнпрстфхцчшщж":
        yield from (base + ending for ending in _CYRILLIC_HARD)
    elif base[-1] in "ьй":
        yield from (base[:-1] + ending for ending in ("я", "е", "ю", "і", "ї", "єві"))
