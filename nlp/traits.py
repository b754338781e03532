"""Finds what an ad says of the person that two ads can be compared by: height, colour of hair, country of origin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from nlp.found import letter_parts, lowered
from nlp.parts import quote
from nlp.reading import Trait, TraitKind
from nlp.tables import load_table
from nlp.unicode import Plain

LEAST, MOST = 140, 200  # cm; what is smaller or larger is rarely a person's height
_HEIGHT = re.compile(r"(?<![\w.,/-])(?:(1[4-9]\d|200)\s?(?:cm|см)|1[.,](\d\d)\s?(?:m|м))(?![\w²])")
_METRIC = re.compile(r"\d\s?(?:cm|см|m|м)\b")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NEAR = 24  # characters before a height in which another thing may be named

_Found = tuple[int, int, TraitKind, str]


@dataclass(frozen=True, slots=True)
class _Words:
    nations: Mapping[str, str]
    countries: Mapping[str, str]
    demonyms: frozenset[str]
    person: frozenset[str]
    self: frozenset[str]
    says: frozenset[str]
    before: frozenset[str]
    compounds: Mapping[str, str]
    not_after: frozenset[str]
    customer: frozenset[str]
    hair: Mapping[str, str]
    colours: Mapping[str, str]
    hair_nouns: frozenset[str]
    telling: frozenset[str]


def find_traits(plain: Plain, field: str) -> list[Trait]:
    """Height in cm, hair as "light", "dark" or "red", origin as an ISO 3166 code; in the order of the text."""
    low = lowered(plain.text)
    # A glance at words that other readers cut too, so that most ads cost no more.
    may_tell = not _words().telling.isdisjoint(letter_parts(plain.text)[1::2])
    found = [*_heights(low), *(_in_words(low) if may_tell else ())]
    return [_trait(plain, field, each) for each in sorted(set(found))]


def _trait(plain: Plain, field: str, found: _Found) -> Trait:
    start, end, kind, value = found
    span = quote(field, plain, start, end)
    return Trait(field=span.field, start=span.start, end=span.end, quote=span.quote, kind=kind, value=value)


def _heights(low: str) -> Iterator[_Found]:
    if _METRIC.search(low) is None:
        return
    for match in _HEIGHT.finditer(low):
        centimetres = int(match[1]) if match[1] else 100 + int(match[2])
        beside = _WORD.findall(low[max(0, match.start() - _NEAR) : match.start()])
        if LEAST <= centimetres <= MOST and _words().customer.isdisjoint(beside[-3:]):
            yield match.start(), match.end(), "height", str(centimetres)


def _in_words(low: str) -> Iterator[_Found]:
    words = list(_WORD.finditer(low))
    spelt = [word.group() for word in words]
    for at in range(len(spelt)):
        if hair := _hair(spelt, at):
            yield words[at].start(), words[at + hair[1]].end(), "hair", hair[0]
        if origin := _origin(spelt, at):
            code, first, last = origin
            yield words[first].start(), words[last].end(), "origin", code


def _hair(spelt: list[str], at: int) -> tuple[str, int] | None:
    """The colour that a word says of hair, and how many more words that takes."""
    table = _words()
    if (colour := table.colours.get(spelt[at])) and spelt[at + 1 : at + 2] and spelt[at + 1] in table.hair_nouns:
        return colour, 1
    return (table.hair[spelt[at]], 0) if spelt[at] in table.hair else None


def _origin(spelt: list[str], at: int) -> tuple[str, int, int] | None:
    """The country that a word says the person is from, with the first and the last word that say so."""
    table, word = _words(), spelt[at]
    if (code := table.nations.get(word)) is not None:
        return _of_nation(spelt, at, code)
    if (code := table.countries.get(word)) is not None and at >= 2 and spelt[at - 1] in table.before:
        lead = spelt[max(0, at - 3) : at - 1]
        if not table.person.isdisjoint(lead) or not table.self.isdisjoint(lead) or not table.says.isdisjoint(lead):
            return code, at - 1, at
        return None
    return (table.compounds[word], at, at) if word in table.compounds else None


def _of_nation(spelt: list[str], at: int, code: str) -> tuple[str, int, int] | None:
    table = _words()
    after = spelt[at + 1 : at + 3]
    if after and after[0] in table.not_after:
        return None
    for step, word in enumerate(after, 1):
        if word in table.person:
            return code, at, at + step
    before = spelt[max(0, at - 3) : at]
    if spelt[at] in table.demonyms or (not table.self.isdisjoint(before) and not table.says.isdisjoint(before[-2:])):
        return code, at, at
    return None


@cache
def _words() -> _Words:
    table = load_table("traits")
    words = {name: frozenset(line.split()) for name, line in table["words"].items()}
    nations = {word: code for code, (people, _) in table["origin"].items() for word in people.split()}
    countries = {word: code for code, (_, names) in table["origin"].items() for word in names.split()}
    hair = {word: colour for colour, line in table["hair"].items() for word in line.split()}
    colours = {word: colour for colour, line in table["hair_colours"].items() for word in line.split()}
    compounds = {people + noun: code for people, code in nations.items() for noun in words["compound"]}
    return _Words(
        nations=nations, countries=countries, demonyms=words["demonym"], person=words["person"], self=words["self"],
        says=words["is"], before=words["from"], compounds=compounds,
        not_after=words["not_after"], customer=words["customer"], hair=hair, colours=colours,
        hair_nouns=frozenset(table["hair_nouns"]["all"].split()),
        telling=frozenset([*nations, *countries, *compounds, *hair, *colours]),
    )  # fmt: skip
