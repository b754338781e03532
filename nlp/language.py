"""Tells the language of texts, and of the stretches of one that is written in several."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from nlp.found import letter_parts
from nlp.language_model import LanguageModel
from nlp.parts import quote
from nlp.reading import Stretch
from nlp.tables import load_table
from nlp.unicode import Plain

UNDETERMINED = "und"
LEAST_LETTERS = 40
"""Letters below which no language is claimed: shorter texts are told apart by chance."""

_HEAD = 600  # characters that decide; more add time and no certainty
_READ = 240  # those of them that the model sees
_COUNTED = 60  # words of them that are looked up
_SURE, _CLEAR = 4, 2.0  # small words of a language, and how many times those of the next, that need no model
_FEW, _PLAIN = 3, 1.5  # the same for one stretch of a text
_NORDIC = frozenset({"nb", "nn", "no", "da", "sv"})
_FORMS = ("nb", "nn", "da", "sv")
"""The Nordic languages that small words tell apart, the commonest first."""

_MISTAKEN = frozenset({"no", "nn", "da"})
"""The Nordic languages that the model takes for one another."""
_MARGIN = 2  # small words and affixes by which one of them must lead
_CYRILLIC = frozenset({"ru", "uk", "bg", "be"})
_FAMILY: Mapping[str | None, str] = dict.fromkeys(("nb", "nn", "no", "da"), "no")
_OTHER_SCRIPT = re.compile("[\u0530-\u1dff\u3040-\ud7af]{4}")

_ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
_WORD = re.compile(r"[^\W\d_]+")
_KNOWN_SCRIPT = re.compile(
    "[A-Za-z\u00c0-\u024f\u0370-\u06ff\u0900-\u0a7f\u0b80-\u0bff\u0c00-\u0c7f\u0d80-\u0dff"
    "\u0e00-\u0eff\u1000-\u10ff\u1200-\u139f\u1780-\u17ff\u1e00-\u1fff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
)
_UNIT = re.compile(r"[^\n.!?…]+[.!?…]*\s*")
"""A sentence or a line."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """The languages of each small word, and of each beginning and ending."""

    words: Mapping[str, tuple[str, ...]]
    affixes: Mapping[str, tuple[str, ...]]


def identify(texts: Sequence[str]) -> list[str]:
    """The BCP 47 code of every text, "und" where it has too few letters."""
    _model()  # loaded with the first text, whichever it is: no later one should wait for it
    return [_identify(text) for text in texts]


def find_stretches(plain: Plain, field: str) -> list[Stretch]:
    """The stretches of a text that is written in several languages, in order; none where it is in one.

    Sentences and lines that do not tell go with the one before. The forms of Norwegian, and Danish, count as one
    language here: a sentence may be all three.
    """
    text = plain.text
    if len(text) < 2 * LEAST_LETTERS or _is_one(text):
        return []
    units = [_Unit(unit.start(), unit.end(), _tell(unit.group())) for unit in _UNIT.finditer(text)]
    if not _are_several(units):
        return []
    stretches = _join(unit for unit in _join(units) if _letters(text[unit.start : unit.end]) >= LEAST_LETTERS)
    told = [_Unit(unit.start, unit.end, _told(text, unit)) for unit in stretches]
    if not _are_several(told):
        return []
    return [_stretch(field, plain, unit) for unit in _join(told)]


def _is_one(text: str) -> bool:
    """Whether too few words of a text are of another language than most: one pass instead of one for each sentence."""
    told = _small_words(letter_parts(text)[1::2])
    counts = _total(told)
    first = max(counts, key=counts.__getitem__, default=None)
    family = {language for language in counts if _is_same(language, first)}
    foreign = sum(count for languages, count in told.items() if family.isdisjoint(languages))
    return foreign < _FEW and (text.isascii() or not _OTHER_SCRIPT.search(text))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A part of a text and the language it seems to be in, if any."""

    start: int
    end: int
    language: str | None


def _are_several(units: Iterable[_Unit]) -> bool:
    return len({_FAMILY.get(unit.language, unit.language) for unit in units if unit.language}) > 1


def _tell(text: str) -> str | None:
    """The language that the small words of a sentence point to, or its script; None where nothing does."""
    words = _WORD.findall(text.lower())
    counts = _count(words)
    said = _leader(counts, _FEW, _PLAIN)
    if said in _NORDIC:
        return _nordic(None, counts, words) or said
    if said is None and not text.isascii() and _OTHER_SCRIPT.search(text) and sum(map(len, words)) >= LEAST_LETTERS:
        return _identify(text)
    return said


def _told(text: str, unit: _Unit) -> str | None:
    said = _identify(text[unit.start : unit.end])
    return unit.language if said == UNDETERMINED else said


def _join(units: Iterable[_Unit]) -> list[_Unit]:
    """Units of one language in a row as one, with those that do not tell."""
    joined: list[_Unit] = []
    for unit in units:
        last = joined[-1] if joined else None
        if last is None or not _is_same(last.language, unit.language):
            joined.append(unit)
        else:
            joined[-1] = _Unit(last.start, unit.end, last.language or unit.language)
    return joined


def _is_same(one: str | None, other: str | None) -> bool:
    return one is None or other is None or _FAMILY.get(one, one) == _FAMILY.get(other, other)


def _letters(text: str) -> int:
    return sum(map(len, _WORD.findall(text)))


def _identify(text: str) -> str:
    head = text[:_HEAD]
    if "@" in head or "://" in head or "www." in head:
        head = _ADDRESS.sub(" ", head)
    words = _WORD.findall(head.lower())
    if sum(map(len, words)) < LEAST_LETTERS:
        return UNDETERMINED
    low = words[:_COUNTED]
    counts = _count(low)
    said = _leader(counts, _SURE, _CLEAR)
    if said in _NORDIC:
        said = _nordic(None, counts, low)
    if said is None:
        said = _ask(" ".join(_WORD.findall(head[:_READ])))
        said = (_nordic(said, counts, low) or said) if said in _MISTAKEN else said
    return "nb" if said == "no" else said


def _ask(text: str) -> str:
    """What the model says, set right by letters where it is known to take one language for another."""
    if not _KNOWN_SCRIPT.search(text):
        return UNDETERMINED
    if "ኣ" in text:  # the first letter of much Tigrinya, which Amharic writes "አ" and the model does not know
        return "ti" if text.count("ኣ") > text.count("አ") else "am"
    said = _model().tell(text)
    return _by_letters(said, text) if said in _CYRILLIC else said


def _nordic(said: str | None, counts: Mapping[str, int], words: Iterable[str]) -> str | None:
    """Which Nordic language small words and affixes point to; `said` where they do not tell."""
    scores = {language: counts.get(language, 0) for language in _FORMS}
    for shape in filter(None, map(_shape, words)):
        for language in shape:
            scores[language] += 1
    norwegian = max(scores["nb"], scores["nn"])
    others = {"da": scores["da"], "sv": scores["sv"] if said is None else 0}
    other = max(others, key=others.__getitem__)
    if others[other] - norwegian >= _MARGIN:
        return other
    if said in {"da", None} and norwegian - others[other] < _MARGIN:
        return said
    if scores["nb"] == scores["nn"]:
        return "nb" if said == "da" else said
    return "nb" if scores["nb"] > scores["nn"] else "nn"


@lru_cache(maxsize=1 << 13)
def _shape(word: str) -> tuple[str, ...]:
    """The Nordic languages of the beginning and the endings of a word, once for each."""
    affixes = _tables().affixes
    found = (word[:2] + "-", *("-" + word[-size:] for size in range(2, 6)))
    return tuple(language for affix in found for language in affixes.get(affix, ()))


def _by_letters(said: str, text: str) -> str:
    low = text.lower()
    if "ў" in low:
        return "be"
    if any(letter in low for letter in "їєґ") or ("і" in low and "ы" not in low):
        return "uk"
    return "ru" if any(letter in low for letter in "ыэё") and "і" not in low else said


def _count(words: Iterable[str]) -> dict[str, int]:
    """How many of `words` (in lower case) are small words of each language."""
    counts: dict[str, int] = {}
    for languages in filter(None, map(_tables().words.get, words)):
        for language in languages:
            counts[language] = counts.get(language, 0) + 1
    return counts


def _small_words(words: Iterable[str]) -> Mapping[tuple[str, ...], int]:
    """How many of `words` are small words of just these languages, in the order in which the first of each stands."""
    return Counter(filter(None, map(_tables().words.get, words)))


def _total(told: Mapping[tuple[str, ...], int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for languages, count in told.items():
        for language in languages:
            counts[language] = counts.get(language, 0) + count
    return counts


def _leader(counts: Mapping[str, int], least: int, times: float) -> str | None:
    """The language with `least` small words at least and `times` those of any other; the Nordic ones count as one."""
    if not counts:
        return None
    first = max(counts, key=counts.__getitem__)
    if counts[first] < least:
        return None
    family = _NORDIC if first in _NORDIC else (first,)
    rest = max((count for language, count in counts.items() if language not in family), default=0)
    return first if counts[first] >= times * rest else None


def _stretch(field: str, plain: Plain, unit: _Unit) -> Stretch:
    text = plain.text[unit.start : unit.end]
    span = quote(field, plain, unit.start, unit.start + len(text.rstrip()))
    language = unit.language or UNDETERMINED
    return Stretch(field=field, start=span.start, end=span.end, quote=span.quote, language=language)


@cache
def _tables() -> _Tables:
    table = load_table("languages")
    return _Tables(words=_by_word(table["words"]), affixes=_by_word(table["affixes"]))


def _by_word(lists: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, words in lists.items():
        for word in dict.fromkeys(words.split()):
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


@cache
def _model() -> LanguageModel:
    return LanguageModel.load(load_table("languages")["known"].split())
