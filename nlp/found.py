"""What the finders of contacts share: a place with its meaning, and the words of a text to look before searching."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from nlp.reading import ContactKind

T = TypeVar("T")

WORD = re.compile(r"\w+")
_LETTER_PARTS = re.compile(r"([^\W\d_]+)")
_THAI = "\u0e00"  # from here on words have no blanks between them


class Found(NamedTuple):
    """A contact at `start:end` of the readable text."""

    start: int
    end: int
    kind: ContactKind
    value: str


@lru_cache(maxsize=8)
def lowered(text: str) -> str:
    """`text` in lower case, offset for offset: a letter that would become two ("İ") stays."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


@lru_cache(maxsize=8)
def words_of(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(lowered(text)))


@lru_cache(maxsize=8)
def letter_parts(text: str) -> Sequence[str]:
    """`text` in lower case cut at its words of letters alone: gap, word, gap … gap. Every second one is a word."""
    return _LETTER_PARTS.split(lowered(text))


def find_whole(text: str, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where one of `words` (lower case) stands as a whole word or phrase. Costs one scan a word: pass few."""
    low = lowered(text)
    for word in words:
        start = low.find(word)
        while start >= 0:
            end = start + len(word)
            if word[0] >= _THAI or not (low[end : end + 1].isalnum() or (start and low[start - 1].isalnum())):
                yield start, end
            start = low.find(word, end)


def by_longest_word(phrases: Iterable[T], spell: Callable[[T], str]) -> Mapping[str, Sequence[T]]:
    """Phrases by the longest of their words: only those need be looked for whose word stands in a text."""
    table: dict[str, list[T]] = defaultdict(list)
    for phrase in phrases:
        table[max(WORD.findall(spell(phrase)), key=len)].append(phrase)
    return dict(table)


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of `words`, the longest first, with any blanks where they have one."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s{1,3}") for word in sorted(words, key=len, reverse=True))
