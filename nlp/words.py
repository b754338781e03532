"""Words: a linear tokeniser, the normal form that phrases and ads share, and misspelt forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

import numpy as np
from rapidfuzz import fuzz, process

# Own tokeniser: spaCy's is quadratic on "((((", and phrases must neither depend on punctuation nor
# cross the end of a sentence.
TOKEN = re.compile(r"\w+|[.!?;:\n\r\u2028\u2029•·▪●‣]")
STOPS = frozenset(".!?;:\n\r\u2028\u2029•·▪●‣")
CHOICE = re.compile(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)")

LONGEST = 40  # no lexicon word is longer; hostile words of 50,000 letters stay out of the cache
SHORTEST_MISSPELT = 6
LONGEST_MISSPELT = 24
# Lets through one wrong letter from 8 letters on, and one missing or added letter from 6 on.
CUTOFF = 87
ROWS = 4096  # of one comparison table, so that a hostile batch does not fill the memory

LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ð": "d", "ı": "i", "œ": "oe"})


def find_words(text: str) -> list[str]:
    """The words and sentence ends of `text`, as written."""
    return TOKEN.findall(text)


def find_places(text: str) -> list[tuple[int, int]]:
    """The (start, end) of each of `find_words(text)`."""
    return [match.span() for match in TOKEN.finditer(text)]


def normal(word: str) -> str:
    """The form in which words are compared: no case, no diacritics; "" for what no lexicon holds."""
    return _normal(word) if len(word) <= LONGEST else ""


@lru_cache(maxsize=1 << 17)
def _normal(word: str) -> str:
    folded = word.casefold()
    if folded.isascii():
        return folded
    # Ads are often typed without diacritics, so both sides lose them.
    bare = unicodedata.normalize("NFD", folded.translate(LETTERS))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def spell_out(pattern: str) -> list[str]:
    """Every phrase a pattern stands for: `[a|b]` is one of them, `(a|b)` one of them or none."""
    choice = CHOICE.search(pattern)
    if choice is None:
        return [pattern]
    must, may = choice.groups()
    options = must.split("|") if must is not None else [*may.split("|"), ""]
    return [
        phrase
        for option in options
        for phrase in spell_out(pattern[: choice.start()] + option + pattern[choice.end() :])
    ]


def parse_phrase(phrase: str) -> tuple[str, ...]:
    """The normal words of a phrase. ValueError when it holds a sentence end, a bracket or no word."""
    words = tuple(normal(word) for word in find_words(phrase))
    if not words or set("[]()|") & set(phrase) or any(not word or word in STOPS for word in words):
        raise ValueError(f"phrase {phrase!r}: one or more words, no sentence end, brackets closed")
    return words


def find_misspelt(words: Iterable[str], lexicon: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Maps each misspelt word to the lexicon word it stands for; the others are left out.

    `words` are normal forms outside the lexicon, `lexicon` holds its long words by first letter.
    """
    found: dict[str, str] = {}
    for initial, group in groupby(sorted(filter(_may_be_misspelt, words)), key=lambda word: word[0]):
        if choices := lexicon.get(initial):
            found |= _nearest(list(group), choices)
    return found


def _may_be_misspelt(word: str) -> bool:
    return SHORTEST_MISSPELT <= len(word) <= LONGEST_MISSPELT and word.isalpha()


def _nearest(words: list[str], choices: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for first in range(0, len(words), ROWS):
        rows = words[first : first + ROWS]
        table = process.cdist(rows, choices, scorer=fuzz.ratio, score_cutoff=CUTOFF, dtype=np.uint8)
        best = table.argmax(axis=1)
        found |= {rows[row]: choices[best[row]] for row in np.flatnonzero(table.max(axis=1))}
    return found
