"""Texts as the watch-list compares them: folded, cut into words, and searched for a phrase."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz

from nlp.unicode import LIMIT, plain

MIN_LETTERS = 3  # of a phrase; a shorter one stands in every ad
MIN_SIGNS = 2  # where a sign is a syllable or a word
MIN_TEMPLATE = 80  # letters and digits; a shorter text is too common to say anything
MAX_TEMPLATE = 2_000  # characters compared; beyond that a text is told by its beginning
SIMILAR = 85.0  # rapidfuzz ratio, 0 to 100
LEAST_PART = 3  # letters that a word at the end of a phrase needs to be found within a longer one
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
    read = plain(text).text if _DISGUISED.search(text) else text[:LIMIT]
    return " ".join(read.translate(_FOLDS).split())


def needle(folded: str) -> str:
    """What is searched for in " folded text ": a short word at the end of the phrase must be a whole word."""
    words = folded.split() or [""]
    before = " " if len(words[0]) < LEAST_PART and not _UNSPACED.match(words[0]) else ""
    after = " " if len(words[-1]) < LEAST_PART and not _UNSPACED.match(words[-1]) else ""
    return f"{before}{folded}{after}"


def holds(text: str, phrase: str) -> bool:
    """Does a folded text hold a folded phrase?"""
    return needle(phrase) in f" {text} "


def any_holds(texts: Sequence[str], phrase: str) -> bool:
    """Does one of some texts, as they are written, hold a folded phrase? To fold a text takes many times as long as to
    see a phrase of plain letters in it, which folding leaves as they are in a text without hidden signs.
    """
    return (phrase.isascii() and any(_shows(text, needle(phrase)) for text in texts)) or any(
        holds(fold(text), phrase) for text in texts
    )


def _shows(text: str, wanted: str) -> bool:
    return wanted in f" {text[:LIMIT].lower()} " and not _DISGUISED.search(text)


def terms(folded: str) -> list[str]:
    """The terms that a folded text is indexed by."""
    if _UNSPACED.search(folded) is None:
        return folded.split()
    return [term for word in folded.split() for term in _cut(word)]


def is_unspaced(word: str) -> bool:
    return _UNSPACED.search(word) is not None


def _cut(word: str) -> Iterator[str]:
    done = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > done:
            yield word[done : run.start()]
        signs = run.group()
        yield from (signs[i : i + 2] for i in range(max(1, len(signs) - 1)))
        done = run.end()
    if done < len(word):
        yield word[done:]


def find_phrase(text: str, phrase: str) -> tuple[int, int] | None:
    """Where in a stored text a folded phrase stands, as it is written there; None where it does not."""
    read = plain(text)
    folded, places = [" "], [0]
    for place, char in enumerate(read.text):
        for letter in _FOLDS[ord(char)]:
            if letter != " " or folded[-1] != " ":
                folded.append(letter)
                places.append(place)
    folded.append(" ")
    wanted = needle(phrase)
    found = "".join(folded).find(wanted)
    if found < 0:
        return None
    first = found + wanted.startswith(" ")
    last = found + len(wanted) - 1 - wanted.endswith(" ")
    return read.origin(places[first], places[last] + 1)


def slotless(folded: str) -> str:
    """A folded text as near-duplicates are compared: what holds a digit is a slot."""
    words = [word if word.isalpha() or not _DIGIT.search(word) else "0" for word in folded.split()]
    return " ".join(words)[:MAX_TEMPLATE]


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
