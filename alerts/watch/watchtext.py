"""Texts as the watch-list compares them: folded, cut into words, and searched for a phrase."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from rapidfuzz import fuzz

from nlp.unicode import LIMIT, Plain, plain

MIN_LETTERS = 3  # of a phrase; a shorter one stands in every ad
MIN_SIGNS = 2  # where a sign is a syllable or a word
MIN_TEMPLATE = 80  # letters and digits; a shorter text is too common to say anything
MAX_TEMPLATE = 2_000  # characters compared; beyond that a text is told by its beginning
SIMILAR = 85.0  # rapidfuzz ratio, 0 to 100
LEAST_PART = 3  # letters that a word at the end of a phrase needs to be found within a longer one
BAR = "\u00a6"  # a sign that no folded text holds
_SHORT = 40  # letters; what a shorter word is read as is kept in memory, for most words of an ad stand in others too
_KEPT = 1 << 15  # words
_WINDOW = 4  # words that near-duplicates are looked for by
_LONG = 4  # letters of a word that says something
_UNFOLDED = {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ħ": "h", "ı": "i"}
# Scripts without blanks between words: Thai, Lao, Burmese, Khmer, kana, Han, Hangul. They are cut into pairs of signs.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
# Only texts with such signs have words of two scripts, hidden signs or loose marks, which take longer to undo.
_DISGUISED = re.compile(
    "[\u00ad\u0300-\u1fff\u200b-\u200f\u2028-\u202f\u2060-\u206f\u2800\u3164\ufe00-\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_DIGIT = re.compile(r"\d")
_WRITTEN = re.compile(r"\S+")


class _Folds(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        whole = char if _UNSPACED.match(char) else unicodedata.normalize("NFKD", char).casefold()
        found = self[code] = "".join(map(_fold_char, whole))
        return found


def _fold_char(char: str) -> str:
    if 0x300 <= ord(char) <= 0x36F:
        return ""
    return _UNFOLDED.get(char, char) if char.isalnum() or unicodedata.category(char)[0] == "M" else " "


_FOLDS: Mapping[int, str] = _Folds()


def fold(text: str) -> str:
    """Words with single blanks between them, without case, accents or signs: "Søte, blå" is "sote bla"."""
    return _word_by_word(text, _fold, _fold.__wrapped__)


def outline(text: str) -> str:
    """A text as near-duplicates are compared: folded, and what holds a digit is a slot."""
    return _word_by_word(text, _slotless, _slotless.__wrapped__)[:MAX_TEMPLATE]


def _word_by_word(text: str, short: Callable[[str], str], long: Callable[[str], str]) -> str:
    return " ".join(filter(None, [(short if len(word) < _SHORT else long)(word) for word in text[:LIMIT].split()]))


@lru_cache(_KEPT)
def _slotless(text: str) -> str:
    return " ".join("0" if _DIGIT.search(word) else word for word in fold(text).split())


@lru_cache(_KEPT)
def _fold(text: str) -> str:
    """What some signs are made of is a disguise itself: what is left of another script is read again."""
    folded = _fold_once(text)
    return folded if folded.isascii() else _fold_once(folded)


def _fold_once(text: str) -> str:
    return " ".join(_read(text).text.translate(_FOLDS).split())


def _read(text: str) -> Plain:
    return plain(text) if _DISGUISED.search(text) else Plain(text, text)


def needle(folded: str) -> str:
    """What is searched for in " folded text ": a short word at the end of the phrase must be a whole word."""
    words = folded.split() or [""]
    before = " " if len(words[0]) < LEAST_PART and not _UNSPACED.match(words[0]) else ""
    after = " " if len(words[-1]) < LEAST_PART and not _UNSPACED.match(words[-1]) else ""
    return f"{before}{folded}{after}"


def holds(text: str, phrase: str) -> bool:
    """Does a folded text hold a folded phrase?"""
    return needle(phrase) in f" {text} "


def terms(folded: str) -> list[str]:
    """The terms that a folded text is indexed by. A bar begins one that is too short to be found within a longer word,
    and is within one.
    """
    if _UNSPACED.search(folded) is None:
        return folded.split()
    return [term for word in folded.split() for term in _cut(word)]


def is_unspaced(word: str) -> bool:
    return _UNSPACED.search(word) is not None


def _cut(word: str) -> Iterator[str]:
    done = 0
    for run in _UNSPACED.finditer(word):
        yield from _within(word[done : run.start()])
        signs = run.group()
        yield from (signs[i : i + 2] for i in range(max(1, len(signs) - 1)))
        done = run.end()
    yield from _within(word[done:]) if done else (word,)


def _within(part: str) -> Iterator[str]:
    if part:
        yield part if len(part) >= LEAST_PART else BAR + part


def find_phrase(text: str, phrase: str) -> tuple[int, int] | None:
    """Where in a stored text a folded phrase stands, as it is written there; None where it does not."""
    folded, spans = [" "], [(0, 0)]
    for word in _WRITTEN.finditer(text[:LIMIT]):
        for letter, first, last in (*_letters(word.group()), (" ", 0, 0)):
            if letter != " " or folded[-1] != " ":
                folded.append(letter)
                spans.append((word.start() + first, word.start() + last))
    wanted = needle(phrase)
    found = "".join(folded).find(wanted)
    if found < 0:
        return None
    end = found + len(wanted) - 1 - wanted.endswith(" ")
    return spans[found + wanted.startswith(" ")][0], spans[end][1]


def _letters(word: str) -> list[tuple[str, int, int]]:
    """Each letter of a folded word, and the span of what it is written as: the whole word where that is not known."""
    read = _read(word)
    found = [
        (letter, *read.origin(place, place + 1)) for place, char in enumerate(read.text) for letter in _FOLDS[ord(char)]
    ]
    folded = fold(word)
    if " ".join("".join(letter for letter, _, _ in found).split()) != folded:
        return [(letter, 0, len(word)) for letter in folded]
    return found


def similarity(one: str, other: str) -> float:
    """How like each other two such texts are, 0 to 100; 0 where they are not near-duplicates."""
    return fuzz.ratio(one, other, score_cutoff=SIMILAR)


def windows(text: str) -> list[list[str]]:
    """Groups of neighbouring words of a text, numbers and short words left out.

    A near-duplicate holds all words of some of the groups: one that differs in every seventh word still of half.
    """
    words = [term for term in terms(text) if (len(term) >= _LONG or is_unspaced(term)) and not _DIGIT.search(term)]
    groups = [words[i : i + _WINDOW] for i in range(0, max(1, len(words) - _WINDOW + 1), _WINDOW)]
    return [group for group in groups if group]
