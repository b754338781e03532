"""Rules on who speaks in an ad, and for how many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from nlp.found import any_of, find_whole, lowered, words_of
from nlp.parts import Parts, Rule, Sign, quote
from nlp.persons import find_persons
from nlp.tables import load_table
from nlp.unicode import Plain

Voice = Literal["self", "other", "plural"]

_TABLE: dict[str, Any] = load_table("pronouns")
_WORDS = _TABLE.pop("words")
_VOICES: dict[str, dict[str, Voice]] = {
    language: {word: voice for voice in ("self", "other", "plural") for word in forms[voice]}
    for language, forms in _TABLE.items()
}
_PERSONS: dict[str, Any] = load_table("persons")
_EACH: tuple[str, ...] = tuple(_PERSONS["each"]["phrases"])
_PRACTICE, _MORE = (frozenset(_PERSONS[name]["words"]) for name in ("practice", "more"))
_ABOUT = {
    (language, plural): frozenset(
        word for word, voice in voices.items() if voice == "other" or (plural and voice == "plural")
    )
    for language, voices in _VOICES.items()
    for plural in (False, True)
}
_THAI = re.compile(any_of(_VOICES["th"]))
_ANYBODY: tuple[str, ...] = tuple(_WORDS["anybody"])
_CLIENTS = frozenset(_WORDS["clients"])
_TOGETHER = frozenset(_WORDS["together"])
_TOKEN = re.compile(r"\w+|[.!?\n]")
_STOPS = frozenset(".!?\n")
_LEAST = 2  # pronouns of the third person or the plural
_SHARE = 0.6
_REACH = 12  # words before a pronoun in which a client is what it stands for
_PROSE = ("title", "text")


@dataclass(frozen=True, slots=True)
class _Pronoun:
    field: str
    start: int
    end: int
    voice: Voice


def third_person_voice(ad: Parts) -> Iterator[Sign]:
    """An ad for one person in which others speak about her: most pronouns are of the third person or the plural.

    "We" counts only where a name or one age says that the ad is for one person: a clinic may say "we".
    "He or she", "she" after a client or a wife, and "we" who will meet do not count.
    """
    if (ad.persons or 1) > 1 or ad.language not in _VOICES:
        return
    is_for_one = len({name.value.casefold() for name in ad.names}) == 1 or len({age.value for age in ad.ages}) == 1
    prose = [field for field in _PROSE if field in ad.fields]
    if not any(_may_speak(ad.fields[field].text, ad.language, plural=is_for_one) for field in prose):
        return
    pronouns = [one for field in prose for one in _pronouns(ad.fields[field], field, ad.language)]
    about = [one for one in pronouns if one.voice == "other" or (one.voice == "plural" and is_for_one)]
    own = sum(one.voice == "self" for one in pronouns)
    if len(about) >= _LEAST and len(about) >= _SHARE * (len(about) + own):
        first = about[0]
        note = f"{len(about)} of {len(about) + own} pronouns speak about the person or for several"
        yield Sign(quote(first.field, ad.fields[first.field], first.start, first.end), note)


def _may_speak(text: str, language: str, *, plural: bool) -> bool:
    """Whether a pronoun of the third person, or of the plural where it counts, stands in a text."""
    told = _ABOUT[language, plural]
    return not told.isdisjoint(words_of(text)) if language != "th" else any(word in text for word in told)


def _pronouns(plain: Plain, field: str, language: str) -> Iterator[_Pronoun]:
    text = lowered(plain.text)
    voices = _VOICES[language]
    if language == "th":
        for match in _THAI.finditer(text):
            yield _Pronoun(field, *match.span(), voices[match.group()])
        return
    passed = (
        {start for place in find_whole(text, _ANYBODY) for start in range(*place)}
        if "she" in text or "/" in text
        else set()
    )
    words = list(_TOKEN.finditer(text))
    client = -_REACH - 1
    for at, word in enumerate(words):
        if word.group() in _CLIENTS:
            client = at
        voice = voices.get(word.group())
        if voice is None or word.start() in passed:
            continue
        after = [one.group() for one in words[at + 1 : at + 3]]
        if (voice == "other" and at - client <= _REACH) or (voice == "plural" and not _TOGETHER.isdisjoint(after)):
            continue
        yield _Pronoun(field, *word.span(), voice)


def several_persons(ad: Parts) -> Iterator[Sign]:
    """The ad offers two persons or more: not the staff of a practice, nor one who works beside another."""
    if (ad.persons or 0) < _LEAST or any(_is_of_each(plain) for plain in ad.fields.values()):
        return
    for field, plain in ad.fields.items():
        for persons in find_persons(plain, field):
            if not _MORE.isdisjoint(persons.quote.lower().split()):
                continue
            count = str(persons.count) if persons.is_counted else "several"
            yield Sign(persons, f"{count} persons")


def _is_of_each(plain: Plain) -> bool:
    return not _PRACTICE.isdisjoint(words_of(plain.text)) or any(phrase in lowered(plain.text) for phrase in _EACH)


RULES: tuple[Rule, ...] = (third_person_voice, several_persons)
