"""How many persons an ad speaks of: a number and a noun, a pair ("me and my friend"), or several ("our girls")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nlp.found import any_of, by_longest_word, find_whole, lowered, words_of
from nlp.parts import quote
from nlp.reading import Span
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: dict[str, Any] = load_table("persons")
_NUMBERS = {word: int(number) for number, words in _TABLE["numbers"].items() for word in words}
_NOUNS = frozenset(_TABLE["words"]["nouns"])
_ENGLISH = frozenset(_TABLE["words"]["english"])
_APART = frozenset(_TABLE["words"]["apart"])
_NOT_BEFORE = frozenset(_TABLE["words"]["not_before"])
_DUO = frozenset(_TABLE["words"]["duo"])
_PHRASES = by_longest_word(
    [(phrase, name == "friends") for name in ("friends", "several") for phrase in _TABLE["phrases"][name]],
    lambda one: one[0],
)
_THAI = tuple((phrase, name == "thai") for name in ("thai", "thai_several") for phrase in _TABLE["phrases"][name])
_THAI_LETTER = re.compile("[\u0e01-\u0e4e]")
_AT_LEAST = 2
_MOST = 20
_LOOK_BACK = 60
_COUNT = re.compile(
    rf"(?:(?P<before>\w+)\s)?(?<![\w.,:/-])(?P<number>\d{{1,2}}|{any_of(_NUMBERS)})\s(?P<between>(?:[^\W\d_]{{1,20}},?\s){{0,2}})\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons(Span):
    """A place that speaks of `count` persons; of at least two where it does not say how many."""

    count: int
    is_counted: bool


def count_persons(fields: Mapping[str, Plain]) -> int | None:
    """The first number stated; 2 where the ad speaks of several and states none; None where it does neither."""
    found = [persons for field, plain in fields.items() for persons in find_persons(plain, field)]
    stated = next((persons.count for persons in found if persons.is_counted), None)
    return stated or (found[0].count if found else None)


def find_persons(plain: Plain, field: str) -> list[Persons]:
    """Where one field speaks of several persons, in the order of the text."""
    return sorted(_found(plain, field), key=lambda persons: (persons.start, -persons.end))


def _found(plain: Plain, field: str) -> Iterator[Persons]:
    text = plain.text
    words = words_of(text)
    for noun, end in find_whole(text, _NOUNS & words):
        yield from _counted(plain, field, noun, end)
    for start, end in find_whole(text, _DUO & words):
        if not _is_denied(text, start):
            yield _persons(plain, field, start, end, is_counted=True)
    for phrase, is_counted in _phrases(text, words):
        for start, end in find_whole(text, [phrase]):
            yield _persons(plain, field, start, end, is_counted=is_counted)


def _phrases(text: str, words: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The phrases that may stand in a text of these words, and whether each says how many."""
    for word in _PHRASES.keys() & words:
        yield from _PHRASES[word]
    if _THAI_LETTER.search(text):
        yield from _THAI


def _counted(plain: Plain, field: str, noun: int, end: int) -> Iterator[Persons]:
    low = lowered(plain.text)
    back = max(0, noun - _LOOK_BACK)
    match = _COUNT.search(low[back:noun])
    if match is None or match["before"] in _NOT_BEFORE or not _APART.isdisjoint(re.findall(r"\w+", match["between"])):
        return
    if match["number"] == "to" and low[noun:end] in _ENGLISH:
        return
    count = _NUMBERS.get(match["number"]) or int(match["number"])
    if _AT_LEAST <= count <= _MOST:
        yield _persons(plain, field, back + match.start("number"), end, count=count, is_counted=True)


def _is_denied(text: str, start: int) -> bool:
    before = re.findall(r"\w+", lowered(text)[max(0, start - 20) : start])
    return bool(before) and before[-1] in _NOT_BEFORE


def _persons(
    plain: Plain, field: str, start: int, end: int, *, count: int = _AT_LEAST, is_counted: bool
) -> Persons:  # fmt: skip
    span = quote(field, plain, start, end)
    return Persons(
        field=field, start=span.start, end=span.end, quote=span.quote, count=count, is_counted=is_counted
    )  # fmt: skip
