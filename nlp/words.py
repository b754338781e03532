"""Words: a linear tokeniser, the normal form that phrases and ads share, stems, and misspelt forms."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from nlp.thai import CLUSTER, SCRIPT, has_thai

# Own tokeniser: spaCy's is quadratic on "((((", and phrases must neither depend on punctuation nor
# cross the end of a sentence.
TOKEN = re.compile(rf"[^\W{SCRIPT}]+|[.!?;:\n\r\u2028\u2029•·▪●‣]|{CLUSTER}")
WESTERN = re.compile(r"\w+|[.!?;:\n\r\u2028\u2029•·▪●‣]")  # the same where no Thai letter stands, in half the time
STOPS = frozenset(".!?;:\n\r\u2028\u2029•·▪●‣")
DATA = Path(__file__).parent / "data"

LONGEST = 40  # no lexicon word is longer; hostile words of 50,000 letters stay out of the cache
SHORTEST_STEM = 3
LONGEST_ENDING = 6
SHORTEST_MISSPELT = 6
LONGEST_MISSPELT = 24
# Lets through one wrong letter from 8 letters on, and one missing or added letter from 6 on.
CUTOFF = 87
ROWS = 4096  # of one comparison table, so that a hostile batch does not fill the memory

LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ð": "d", "ı": "i", "œ": "oe", "ำ": "ํา"})
THAI_MARKS = (0, 103, 107)  # combining classes: vowels and tones, without which it is another word


def find_words(text: str) -> list[str]:
    """The words and sentence ends of `text`, as written."""
    return (TOKEN if has_thai(text) else WESTERN).findall(text)


def find_places(text: str, words: Iterable[str]) -> list[int]:
    """Where each of `words`, which are `find_words(text)`, begins: no word begins in what stands between two."""
    places, end = [], 0
    for word in words:
        begin = text.index(word, end)
        places.append(begin)
        end = begin + len(word)
    return places


def normal(word: str) -> str:
    """The form in which words are compared: no case, no diacritics; "" for what no lexicon holds."""
    return _normal(word) if len(word) <= LONGEST else ""


@lru_cache(maxsize=1 << 15)
def _normal(word: str) -> str:
    folded = word.casefold()
    if folded.isascii():
        return folded
    if len(folded) == 1:
        return folded  # also a Thai sign, which would vanish as a diacritic
    # Ads are often typed without diacritics, so both sides lose them.
    bare = unicodedata.normalize("NFD", folded.translate(LETTERS))
    return "".join(letter for letter in bare if unicodedata.combining(letter) in THAI_MARKS)


def stem(word: str, family: str) -> str:
    """A normal form without the ending that its language (or family of languages) gives it: a light stemmer."""
    return _stem(word, family) if SHORTEST_STEM < len(word) <= LONGEST else word


@lru_cache(maxsize=1 << 14)
def _stem(word: str, family: str) -> str:
    endings = _endings().get(family, frozenset())
    for size in range(min(LONGEST_ENDING, len(word) - SHORTEST_STEM), 0, -1):
        if word[-size:] in endings:
            word = word[:-size]
            break
    is_doubled = len(word) > SHORTEST_STEM and word[-1] == word[-2]  # "planned" and "plans", "rommet" and "rom"
    return word[:-1] if is_doubled else word


@lru_cache(maxsize=1)
def _endings() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8"))["endings"]
    return {family: frozenset(endings.split()) for family, endings in table.items()}


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
