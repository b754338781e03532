"""The words around an amount: its period, whether tax is off, and whether it is pay at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from nlp.reading import Per
from nlp.tables import load_table
from nlp.unicode import plain

Basis = Literal["net", "gross"]

_TABLE: Mapping[str, Any] = load_table("pay")
_NEAR = 48  # characters before an amount that can say what it is
_AFTER = 24


def _inverted(name: str) -> dict[str, Any]:
    return {plain(word).text: kind for kind, words in _TABLE[name].items() for word in words}


def _letters(words: Sequence[str]) -> str:
    """An alternation of `words`; a space at their beginning or end asks for an end of word there."""
    forms = (
        ("(?<!\\w)" if word[0] == " " else "")
        + re.escape(word.strip()).replace(r"\ ", r"\s")
        + (r"(?!\w)" if word[-1] == " " else "")
        for word in sorted(words, key=len, reverse=True)
    )
    return "|".join(forms)


_UNITS: Mapping[str, Per] = _inverted("units")
_ADVERBS: Mapping[str, Per] = _inverted("adverbs")
_LABELS: Mapping[str, Per] = _inverted("labels")
_GENERAL_LABELS: Mapping[str, Per] = _inverted("general_labels")
_BASES: Mapping[str, Basis] = _inverted("basis")
_PREPOSITIONS = frozenset(_TABLE["per"]["words"])
_BREAKS = frozenset(_TABLE["breaks"]["words"])
_NAME = r"(?:เดือน|วัน|ชั่วโมง|สัปดาห์|ปี|ชม|[^\W\d_]{1,15})"
_ARTICLES = "|".join(_TABLE["articles"]["words"])
_PER = re.compile(
    rf"\.?,?(?:\s?\+)?(?:\sextra)?(?:\s?/\s?|\s?p/|\s?ต่อ\s?|\s{{1,2}}([^\W\d_]{{1,4}})[./]?\s{{1,2}}(?:(?:{_ARTICLES})\s){{0,2}})({_NAME})",
    re.IGNORECASE,
)
_ADVERB = re.compile(r"\.?(?:\s?\+)?\s([^\W\d_]+)")
_BEHIND = re.compile(r"\.?\s?[,(]?\s?([^\W\d_]+)(?:[\s-]([^\W\d_]+))?(?:\s([^\W\d_]+))?")
_ROLE = re.compile("|".join(f"(?P<{name}>{_letters(words)})" for name, words in _TABLE["roles"].items()))
_SENTENCE = re.compile(r"[!?;\n•|]|(?<![^\W\d_][^\W\d_])(?<!kr)\.\s")
_WORDS = re.compile(r"[^\W\d_]+|[,+&]")
_THAI = re.compile("[\u0e00-\u0e7f]+")
_THAI_ROLES = {word: name for word, name in _inverted("roles").items() if _THAI.match(word)}
_HOUR_LETTERS = re.compile("[іїєґ]")


def period_at(text: str, end: int) -> tuple[int, Per] | None:
    """The period told right behind an amount: "per time", "/h", "miesięcznie"; with where it ends."""
    match = _PER.match(text, end)
    if match and (match[1] is None or match[1].lower() in _PREPOSITIONS) and (unit := _unit(text, match[2].lower())):
        return match.end(), unit
    match = _ADVERB.match(text, end)
    unit = _ADVERBS.get(match[1].lower()) if match else None
    return (match.end(), unit) if match and unit else None


def _unit(text: str, word: str) -> Per | None:
    if word == "год" and _HOUR_LETTERS.search(text):
        return "hour"  # short for the Ukrainian hour; in Russian it is the year
    return _UNITS.get(word)


def basis_at(text: str, end: int) -> tuple[int, Basis] | None:
    """Net or gross, told right behind an amount; with where it ends."""
    match = _BEHIND.match(text, end)
    for last in (3, 2, 1) if match else ():
        if (
            match
            and match[last]
            and (basis := _BASES.get(" ".join(match.group(*range(1, last + 1)) if last > 1 else [match[1]]).lower()))
        ):
            return match.end(last), basis
    return None


@dataclass(frozen=True, slots=True)
class Lead:
    """The words before an amount in its sentence, nearest last, in small letters; commas are words."""

    words: Sequence[str]
    thai: str = ""

    def period(self, *, is_bare: bool) -> Per | None:
        """Told before it: "månedslønn er", "dniówka". "Per hour 12,000" may be strokes of keys."""
        if self.thai:
            return next((per for label, per in _LABELS.items() if label in self.thai), None)
        words = self.words
        for last in range(len(words), 0, -1):
            found = _LABELS.get(words[last - 1]) or _LABELS.get(" ".join(words[max(0, last - 2) : last]))
            if found:
                return found
            if last <= len(words) - 3 or is_bare:
                continue
            if found := _GENERAL_LABELS.get(" ".join(words[max(0, last - 2) : last])):
                return found
        return None

    def basis(self) -> Basis | None:
        words: list[str] = []
        for word in reversed(self.words):
            if word == ",":
                return None
            words.insert(0, word)
            if found := _BASES.get(word) or _BASES.get(" ".join(words[:2])):
                return found
        return None

    def role(self) -> str | None:
        """The nearest word that says what kind of money follows; "broken" where a break stands between."""
        if self.thai:
            return next((name for word, name in _THAI_ROLES.items() if word in self.thai), None)
        is_broken = False
        for word in reversed(self.words):
            if role := role_of_word(word):
                return "broken" if is_broken else role
            is_broken = is_broken or word in _BREAKS
        return None


def lead_of(text: str, done: int, start: int) -> Lead:
    """What stands before `start` in its sentence, at most `_NEAR` characters and not before `done`."""
    low = max(done, start - _NEAR)
    head = text[low:start]
    if low > done and (gap := head.find(" ")) >= 0:
        head = head[gap:]
    cut = 0
    for stop in _SENTENCE.finditer(head):
        cut = stop.end()
    head = head[cut:].lower()
    thai = _THAI.search(head)
    return Lead(_WORDS.findall(head), head if thai else "")


@lru_cache(maxsize=8192)
def role_of_word(word: str) -> str | None:
    """What kind of money a word speaks of."""
    found = _ROLE.search(word)
    return found.lastgroup if found else None


def role_at(text: str, end: int) -> str | None:
    """What kind of money it is by the words behind the amount: "2000 kr i depositum", not "180 kr, bolig tilbys"."""
    words = _WORDS.findall(text[end : end + _AFTER].partition(".")[0].lower())[:3]
    for at, word in enumerate(words):
        if word in _BREAKS:
            return None
        role = role_of_word(word)
        if role == "rent" and (at == 0 or words[at - 1] not in _PREPOSITIONS):
            return None
        if role:
            return role
    return None
