"""The number words of many languages: whole, glued together, misspelt or with figures for letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Literal

from nlp.tables import load_table

Role = Literal["digits", "unit", "tens", "number", "hundreds", "hundred", "repeat", "plural", "and", "leet"]

_TABLE: dict[str, Any] = load_table("number_words")
_TONGUES: dict[str, dict[str, Any]] = {name: table for name, table in _TABLE.items() if isinstance(table, dict)}
_LEAST_MISSPELT = 4  # letters; shorter words are one letter from too many others
_NEVER_MISSPELT = frozenset({"hundred", "repeat", "plural", "and"})
_DIGITS = frozenset("0123456789")


def _mask(*names: str) -> int:
    return sum(1 << place for place, name in enumerate(_TONGUES) if name in names)


ANY = (1 << len(_TONGUES)) - 1
"""The languages of what is read alike in all of them, one bit each in the order of the table."""

FRENCH = _mask("fr")


@dataclass(frozen=True, slots=True)
class Word:
    """What a word means in the languages of the bits of `tongues`."""

    digits: str
    role: Role
    tongues: int


def _entries() -> Iterator[tuple[str, str, Role, int]]:
    for name, language in _TONGUES.items():
        tongue = _mask(name)
        for n, spellings in enumerate(language["ones"]):
            yield from ((spelling, str(n), "unit", tongue) for spelling in spellings)
        for n, spellings in enumerate(language.get("teens", []), 10):
            yield from ((spelling, str(n), "number", tongue) for spelling in spellings)
        for n, spellings in enumerate(language.get("tens", []), 2):
            yield from ((spelling, f"{n}0", "tens", tongue) for spelling in spellings)
        for n, spellings in enumerate(language.get("hundreds", []), 1):
            yield from ((spelling, f"{n}00", "hundreds", tongue) for spelling in spellings)
        for n, spellings in enumerate(language.get("plurals", [])):
            yield from ((spelling, str(n), "plural", tongue) for spelling in spellings)
        yield from ((spelling, "", "and", tongue) for spelling in language.get("and", []))
    yield from ((spelling, "", "hundred", ANY) for spelling in _TABLE["hundred"])
    yield from ((spelling, "2", "repeat", ANY) for spelling in _TABLE["double"])
    yield from ((spelling, "3", "repeat", ANY) for spelling in _TABLE["triple"])


def _vocabulary() -> dict[str, tuple[Word, ...]]:
    meanings: dict[str, dict[tuple[str, Role], int]] = {}
    for spelling, digits, role, tongue in _entries():
        known = meanings.setdefault(spelling, {})
        known[digits, role] = known.get((digits, role), 0) | tongue
    return {
        spelling: tuple(Word(*meaning, tongues) for meaning, tongues in known.items())
        for spelling, known in meanings.items()
    }


WORDS = _vocabulary()
"""The meanings of every spelling in lower case, that of the first language first."""

WEAK = frozenset(_TABLE["weak"])
COMMON = frozenset(_TABLE["common"]) | WEAK
_IN_COMPANY = _mask(*(name for name, language in _TONGUES.items() if language.get("needs_company")))
SHY = frozenset(_TABLE["shy"]) | {
    word for word, meanings in WORDS.items() if not any(one.tongues & ~_IN_COMPANY for one in meanings)
}
"""Words that count only beside others of their language."""

_LONGEST = max(map(len, WORDS))
_BEGINNINGS = {word[:2] for word in WORDS}

_SHAPES = str.maketrans("013457829@$!|il\u20ac", "oieastbzgasiiiie")


def _shape(word: str) -> str:
    """`word` with letters and figures that print alike made the same."""
    return word.translate(_SHAPES)


def _spelt_with_figures() -> dict[str, tuple[Word, ...]]:
    """Number words by their shape, and those whose first letter is the figure they mean: 4our, 8tte."""
    counted = {
        word: meanings
        for word, meanings in WORDS.items()
        if len(word) > 1 and meanings[0].role not in {"and", "plural"}
    }
    shapes = {_shape(word): meanings for word, meanings in reversed(counted.items())}
    units = {word: meanings for word, meanings in counted.items() if len(word) > 2 and meanings[0].role == "unit"}
    return shapes | {meanings[0].digits + word[1:]: meanings for word, meanings in units.items()}


_WITH_FIGURES = _spelt_with_figures()


_OF_SHAPE = {_shape(word): word for word in reversed(WORDS) if len(word) > 1}


def in_letters(token: str) -> str | None:
    """The number word that `token` prints like, letter for letter: f!re, $even."""
    return _OF_SHAPE.get(_shape(token.lower()))


_REPEATED = re.compile(r"([^\W\d_])\1+")
_SINGLE = {_REPEATED.sub(r"\1", word): meanings for word, meanings in reversed(WORDS.items()) if len(word) > 1}


def drawn_out(token: str) -> tuple[Word, ...]:
    """The meanings of a number word (lower case) with letters repeated: fiiire, treeee."""
    if not any(len(row.group()) > 2 for row in _REPEATED.finditer(token)):
        return ()
    return _SINGLE.get(_REPEATED.sub(r"\1", token), ())


def _misspellings() -> dict[str, tuple[Word, ...]]:
    """Number words with one letter left out or two in the wrong order."""
    found: dict[str, tuple[Word, ...]] = {}
    for word, meanings in WORDS.items():
        if len(word) < _LEAST_MISSPELT or meanings[0].role in _NEVER_MISSPELT or not word.isascii():
            continue
        without = (word[:at] + word[at + 1 :] for at in range(1, len(word)))
        swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1))
        for wrong in chain(without, swapped):
            found.setdefault(wrong, meanings)
    return found


_MISSPELT = _misspellings()


def with_figures(token: str) -> tuple[Word, ...]:
    """The meanings of a number word in which figures or capital I stand for letters: f0ur, nuII, 4our."""
    lower = token.lower()
    return _WITH_FIGURES.get(lower) or _WITH_FIGURES.get(_shape(lower)) or ()


@lru_cache(maxsize=8192)
def misspelt(token: str) -> tuple[Word, ...]:
    """The meanings of the number word that `token` (lower case) is one letter away from."""
    if len(token) < _LEAST_MISSPELT - 1 or len(token) > _LONGEST + 1 or not token.isalpha():
        return ()
    found = _MISSPELT.get(token)
    shorter = (token[:at] + token[at + 1 :] for at in range(1, len(token)))
    other = (WORDS.get(word) or _MISSPELT.get(word) for word in shorter if len(word) >= _LEAST_MISSPELT - 1)
    return found or next((one for one in other if one and len(token) > _LEAST_MISSPELT), ())


def unglue(token: str) -> list[Word]:
    """The number words and figures that `token` (lower case) is made of, all of one language; else none."""
    if not (token[:1] in _DIGITS or token[:2] in _BEGINNINGS or token[:1] in WORDS):
        return []
    path: list[tuple[int, Word]] = []
    tried: set[tuple[int, int]] = set()
    choices = [_choices(token, 0, ANY)]
    while choices:
        step = next(choices[-1], None)
        if step is None:
            choices.pop()
            if path:
                path.pop()
        elif step[0] == len(token):
            return [word for _, word in path] + [step[1]]
        elif (step[0], step[1].tongues) not in tried:
            tried.add((step[0], step[1].tongues))
            path.append(step)
            choices.append(_choices(token, *step[:1], step[1].tongues))
    return []


def _choices(token: str, at: int, tongues: int) -> Iterator[tuple[int, Word]]:
    """(end, word) for the words that `token` goes on with at `at`, the longest first, in the languages left."""
    if token[at] in _DIGITS:
        yield at + 1, Word(token[at], "digits", tongues)
        return
    for end in range(min(len(token), at + _LONGEST), at, -1):
        for word in WORDS.get(token[at:end], ()):
            left = word.tongues & tongues
            if left and (end - at > 1 or word.role == "and" or not token.isascii()):
                yield end, Word(word.digits, word.role, left)


_LEET = {"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "i": "1", "\u041e": "0", "\u043e": "0",
         "\u0406": "1", "\u0417": "3", "\u0437": "3", "\u0431": "6", "S": "5", "s": "5", "B": "8", "b": "6",
         "Z": "2", "z": "2", "E": "3", "A": "4", "G": "6", "g": "9", "q": "9", "T": "7", "\u00d8": "0",
         "\u00f8": "0", "D": "0", "L": "1"}  # fmt: skip
LEET_MAP = str.maketrans(_LEET)
_ROUND = frozenset("OoIl\u041e\u043e")
_UNIT_OF_MEASURE = re.compile("[0-9]{1,4}[gGsSTbBAEDLlzZ]")


def prints_like_figures(char: str) -> bool:
    return char in _LEET or "0" <= char <= "9"


def is_leet(token: str, digits: int) -> bool:
    """Figures with letters between that print like figures, and not a measure such as "10g"."""
    letters = [char for char in token if not ("0" <= char <= "9")]
    if _UNIT_OF_MEASURE.fullmatch(token) or not all(char in _LEET for char in letters):
        return False
    return digits >= len(letters) or all(char in _ROUND for char in letters)


MAX_TOKEN = 64  # letters of one token that can still be digits: eight words of eight letters


def without_long(words: list[str]) -> list[str]:
    """Words with those blanked that are too long to mean digits."""
    if max(map(len, words), default=0) <= MAX_TOKEN:
        return words
    return [word if len(word) <= MAX_TOKEN else "" for word in words]
