"""Reads digits out of text however they are spelt: figures, number words, letters that look like figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from nlp.tables import load_table

Kind = Literal["digits", "words", "leet"]
Role = Literal["digits", "unit", "tens", "number", "hundred", "repeat", "and", "leet"]

_TABLE: dict[str, Any] = load_table("number_words")
_AND = {"og", "och", "and"}
_MAX_TOKEN = 64  # letters of one token that can still be digits: eight words of eight letters

TOKEN = re.compile(r"(?:\u043f|\u0434\u0435\u0432)'\u044f\u0442\u044c|[^\W_]+", re.IGNORECASE)
"""A word or a figure; the two Ukrainian number words with an apostrophe are one word."""

_LEET = {"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "i": "1", "\u041e": "0", "\u043e": "0",
         "\u0406": "1", "\u0417": "3", "\u0437": "3", "\u0431": "6", "S": "5", "s": "5", "B": "8", "b": "6",
         "Z": "2", "z": "2", "E": "3", "A": "4", "G": "6", "g": "9", "q": "9", "T": "7"}  # fmt: skip
_LEET_MAP = str.maketrans(_LEET)
_ALONE = re.compile("[OoIl\u041e\u043e]{1,3}")
_UNIT_OF_MEASURE = re.compile("[0-9]{1,4}[gGsSTbBAEDzZ]")
_SPELT = str.maketrans("013457", "oieast")


@dataclass(frozen=True, slots=True)
class Numeral:
    """Digits at `start:end` of a text. `weak` numerals are words that seldom mean a number."""

    start: int
    end: int
    digits: str
    kind: Kind
    role: Role
    weak: bool = False
    common: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    digits: str
    role: Role


def _vocabulary() -> dict[str, _Word]:
    words: dict[str, _Word] = {}
    for language in (table for table in _TABLE.values() if isinstance(table, dict)):
        ones = [(spelling, str(n)) for n, all_ in enumerate(language["ones"]) for spelling in all_]
        teens = [(spelling, str(n)) for n, all_ in enumerate(language.get("teens", []), 10) for spelling in all_]
        tens = [(spelling, str(n)) for n, all_ in enumerate(language.get("tens", []), 2) for spelling in all_]
        words |= {a + b: _Word(m + n, "number") for a, m in tens for b, n in ones if n != "0"}
        if "unit_first" in language:
            link = language["unit_first"]
            words |= {b + link + a: _Word(m + n, "number") for a, m in tens for b, n in ones if n != "0"}
        words |= {spelling: _Word(n, "number") for spelling, n in teens}
        words |= {spelling: _Word(n + "0", "tens") for spelling, n in tens}
        words |= {spelling: _Word(n, "unit") for spelling, n in ones}
    words |= {spelling: _Word("", "hundred") for spelling in _TABLE["hundred"]}
    words |= {spelling: _Word("2", "repeat") for spelling in _TABLE["double"]}
    words |= {spelling: _Word("3", "repeat") for spelling in _TABLE["triple"]}
    return words | {spelling: _Word("", "and") for spelling in _AND}


_WORDS = _vocabulary()
_LONGEST = max(map(len, _WORDS))
_BEGINNINGS = {word[:2] for word in _WORDS}
_WEAK = frozenset(_TABLE["weak"])
_COMMON = frozenset(_TABLE["common"]) | _WEAK


def has_digits(text: str, least: int) -> bool:
    """Whether the words and figures of `text` spell at least `least` digits together."""
    found = 0
    for token in TOKEN.findall(text):
        numeral = _decode(token) if len(token) <= _MAX_TOKEN else None
        if numeral:
            found += int(numeral.role == "repeat") + len(numeral.digits)
            if found >= least:
                return True
    return False


def spelt_number(text: str) -> tuple[str, str] | None:
    """The number that the last one or two words of `text` spell, as those words and its digits.

    Two words only where they make one number ("twenty four"); None for a word that is no number.
    """
    tokens = list(TOKEN.finditer(text))
    run = [_placed(known, *token.span()) for token in tokens[-2:] if (known := _decode(token.group()))]
    joined = list(_joined(run, text)) if run and run[-1].end == len(text) else []
    if not joined or joined[-1].kind != "words":
        return None
    return text[joined[-1].start :], joined[-1].digits


def find_numerals(text: str, start: int = 0, end: int | None = None) -> Iterator[Numeral]:
    """The numerals of `text[start:end]` in order, with offsets into `text`."""
    pending: list[Numeral] = []
    for token in TOKEN.finditer(text, start, len(text) if end is None else end):
        word = token.group()
        known = _decode(word) if len(word) <= _MAX_TOKEN else None
        if known:
            pending.append(_placed(known, *token.span()))
        elif pending:
            yield from _joined(pending, text)
            pending = []
    yield from _joined(pending, text)


def _placed(known: Numeral, start: int, end: int) -> Numeral:
    return Numeral(start, end, known.digits, known.kind, known.role, known.weak, known.common)


@lru_cache(maxsize=32_768)
def _decode(token: str) -> Numeral | None:
    """The numeral one token spells, at no place yet."""
    if token.isascii() and token.isdigit():
        return Numeral(0, 0, token, "digits", "digits")
    if _ALONE.fullmatch(token):
        return Numeral(0, 0, token.translate(_LEET_MAP), "leet", "leet", weak=True, common=True)
    lower = token.lower()
    word = _WORDS.get(lower)
    if word:
        return Numeral(0, 0, word.digits, "words", word.role, lower in _WEAK, lower in _COMMON)
    digits = sum(map(token.count, "0123456789"))
    if digits and _is_leet(token, digits):
        return Numeral(0, 0, token.translate(_LEET_MAP), "leet", "leet")
    glued = _unglue(lower) if lower[:2] in _BEGINNINGS or lower[:1].isdigit() else None
    if glued:
        return Numeral(0, 0, glued, "words", "number")
    spelt = _WORDS.get(lower.translate(_SPELT)) if digits and len(token) > 2 else None
    return Numeral(0, 0, spelt.digits, "words", spelt.role) if spelt else None


def _is_leet(token: str, digits: int) -> bool:
    """Figures with letters between that print like figures, and not a measure such as "10g"."""
    letters = [char for char in token if not ("0" <= char <= "9")]
    if _UNIT_OF_MEASURE.fullmatch(token) or not all(char in _LEET for char in letters):
        return False
    return digits >= len(letters) or all(char in "OoIl\u041e\u043e" for char in letters)


def _unglue(token: str) -> str | None:
    """The digits of number words and figures written together; None for any other token."""
    # From the end back: what a word here leaves behind is known to be readable, so no choice is tried twice.
    parts: list[list[str] | None] = [None] * len(token) + [[]]
    for at in range(len(token) - 1, -1, -1):
        for end in range(min(len(token), at + _LONGEST), at, -1):
            rest = parts[end]
            if rest is not None and (digits := _digits_of(token[at:end])):
                parts[at] = [digits, *rest]
                break
    # Two short words together are often a name (to + ni); three or a figure among them are not.
    whole = parts[0]
    return "".join(whole) if whole is not None and len(whole) > 2 else None


def _digits_of(word: str) -> str:
    if len(word) == 1 and "0" <= word <= "9":
        return word
    known = _WORDS.get(word) if len(word) > 1 else None
    return known.digits if known and known.role in {"unit", "tens", "number"} else ""


def _joined(run: list[Numeral], text: str) -> Iterator[Numeral]:
    """The numerals of a run with those that make one number put together: forty + two, to + og + førti."""
    at = 0
    while at < len(run):
        size, digits = _number_at(run, at, text)
        first, last = run[at], run[at + size - 1]
        if digits:
            yield first if size == 1 else Numeral(first.start, last.end, digits, "words", "number")
        at += size


def _number_at(run: list[Numeral], at: int, text: str) -> tuple[int, str]:
    """How many numerals of `run` from `at` on make one number, and its digits ("" for none)."""
    one, two, three = (*run[at : at + 3], None, None, None)[:3]
    if one is None or (two and not _are_close(one, two, text)):
        return 1, one.digits if one and one.role not in {"and", "repeat", "hundred"} else ""
    if one.role == "repeat" and two and two.digits and len(two.digits) == 1:
        return 2, two.digits * int(one.digits)
    if one.role == "unit" and two and two.role == "hundred":
        return _hundreds(run, at, one.digits)
    if one.role == "tens" and two and two.role == "unit" and two.digits != "0" and not two.weak:
        return 2, one.digits[0] + two.digits
    if one.role == "unit" and two and two.role == "and" and three and three.role == "tens":
        return 3, three.digits[0] + one.digits
    return 1, one.digits if one.role not in {"and", "repeat", "hundred"} else ""


def _hundreds(run: list[Numeral], at: int, hundreds: str) -> tuple[int, str]:
    """ "nine hundred [and] forty two": three digits."""
    rest = run[at + 2 : at + 5]
    skipped = 1 if rest and rest[0].role == "and" else 0
    rest = rest[skipped:]
    if len(rest) > 1 and rest[0].role == "tens" and rest[1].role == "unit":
        return 4 + skipped, hundreds + rest[0].digits[0] + rest[1].digits
    if rest and rest[0].role in {"tens", "number"} and len(rest[0].digits) == 2:
        return 3 + skipped, hundreds + rest[0].digits
    return 2, hundreds + "00"


def _are_close(one: Numeral, two: Numeral, text: str) -> bool:
    return text[one.end : two.start] in {" ", "-", "", " - "}
