"""How many persons an ad speaks of: a number and a noun, a pair ("me and my friend"), or several ("our girls")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nlp.found import WORD, any_of, by_longest_word, find_whole, lowered, words_of
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
_MOST_BETWEEN = 2  # words between a number and its noun
_COUNT = re.compile(
    rf"(?:(?P<before>\w+)\s)?(?<![\w.,:/-])(?P<number>\d{{1,2}}|{any_of(_NUMBERS)})\s(?P<between>(?:[^\W\d_]{{1,20}},?\s){{0,{_MOST_BETWEEN}}})\Z"
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
    found = [_persons(plain, field, *one) for one in _found(plain.text)]
    return sorted(found, key=lambda persons: (persons.start, -persons.end))


_Found = tuple[int, int, int, bool]
"""Start, end, count, whether the text says the count."""


@lru_cache(maxsize=8)
def _found(text: str) -> Sequence[_Found]:
    return tuple(_find(text))


def _find(text: str) -> Iterator[_Found]:
    words = words_of(text)
    for noun, end in find_whole(text, _NOUNS & words):
        yield from _counted(text, noun, end)
    for start, end in find_whole(text, _DUO & words):
        if not _is_denied(text, start):
            yield start, end, _AT_LEAST, True
    for phrase, is_counted in _phrases(text, words):
        for start, end in find_whole(text, [phrase]):
            yield start, end, _AT_LEAST, is_counted


def _phrases(text: str, words: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The phrases that may stand in a text of these words, and whether each says how many."""
    for word in _PHRASES.keys() & words:
        yield from _PHRASES[word]
    if _THAI_LETTER.search(text):
        yield from _THAI


def _counted(text: str, noun: int, end: int) -> Iterator[_Found]:
    low = lowered(text)
    back = max(0, noun - _LOOK_BACK)
    head = low[back:noun]
    if not any(word in _NUMBERS or word.isdecimal() for word in WORD.findall(head)[-_MOST_BETWEEN - 1 :]):
        return
    match = _COUNT.search(head)
    if match is None or match["before"] in _NOT_BEFORE or not _APART.isdisjoint(re.findall(r"\w+", match["between"])):
        return
    if match["number"] == "to" and low[noun:end] in _ENGLISH:
        return
    count = _NUMBERS.get(match["number"]) or int(match["number"])
    if _AT_LEAST <= count <= _MOST:
        yield back + match.start("number"), end, count, True


def _is_denied(text: str, start: int) -> bool:
    before = re.findall(r"\w+", lowered(text)[max(0, start - 20) : start])
    return bool(before) and before[-1] in _NOT_BEFORE


def _persons(plain: Plain, field: str, start: int, end: int, count: int, is_counted: bool) -> Persons:
    span = quote(field, plain, start, end)
    return Persons(
        field=field, start=span.start, end=span.end, quote=span.quote, count=count, is_counted=is_counted
    )  # fmt: skip
