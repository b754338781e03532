"""Finds ages that an ad states about the person it advertises or seeks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from nlp.numerals import spelt_number
from nlp.reading import Age
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: dict[str, Any] = load_table("ages")
_YOUNGEST, _OLDEST = 10, 79
_RARELY_SAID = 15  # below it, "10 years" without more is nearly always how long something lasted
_CLAUSE = 40  # characters before a number that can say whose age it is


def _any_of(name: str) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_TABLE[name], key=len, reverse=True))


_NUMBER = r"(?<![\d.,:/+#-])(?P<age>[1-7]\d)"
_STATED = re.compile(
    rf"{_NUMBER}(?:\s?-\s?(?P<to>[1-7]\d))?[\s-]?(?:(?P<persons>(?:{_any_of('of_persons')})(?!\w))"
    rf"|(?P<years>(?:{_any_of('of_anything')})(?!\w)))",
    re.IGNORECASE,
)
# Numbers are few and words many, so a number is found first and what stands before it is looked at then.
_ALONE = re.compile(r"(?<!\d)(?P<age>[1-7]\d)(?![\d+:]|[.,]\d|\s?\+)")
_LABEL = re.compile(rf"\b(?:{_any_of('before')})(?:\s*[:=-]\s*|\s+)$", re.IGNORECASE)
_SELF = re.compile(rf"\b(?:{_any_of('self')})\s+$", re.IGNORECASE)
_END = re.compile(r"\s*(?:[.,;!)&]|$|\n|og\b|and\b|i\b|och\b)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19[3-9]\d|20[01]\d)(?!\d)")
_BORN = re.compile(rf"\b(?:{_any_of('born')})\s*:?\s*$", re.IGNORECASE)
_REACH = 32  # characters before a number that can hold the word which makes it an age
_LASTING = re.compile(rf"\s*,?\s*(?:{_any_of('lasting')})\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(rf"(?:\b(?:{_any_of('not_before')})|[<>+≥])\s*$", re.IGNORECASE)
_CUSTOMERS = re.compile(rf"\b(?:{_any_of('customers')})\b[^.!?\n]*$", re.IGNORECASE)
_OPENING = re.compile(rf"(?:^|[^\w\s]\s*|\n\s*|\b[A-ZÆØÅÄÖ]\w+\s+|\b(?i:{_any_of('self')}|{_any_of('before')})\s+)$")
_UNIT = re.compile(
    rf"[\s-](?:(?P<persons>(?:{_any_of('spelt_persons')})(?!\w))|(?P<years>(?:{_any_of('spelt_anything')})(?!\w)))",
    re.IGNORECASE,
)
_SPELT = re.compile(r"[^\W\d_]+(?:[\s-][^\W\d_]+)?$")
_TURNS = re.compile(rf"\b(?:{_any_of('turns')})\s+$", re.IGNORECASE)
_SOON = re.compile(rf"(?:\s(?:{_any_of('of_anything')}))?\s(?:{_any_of('soon')})\b", re.IGNORECASE)
_LASTED = re.compile(rf"\b(?:{_any_of('lasted')})\b[^.!?,;\n]*$", re.IGNORECASE)
_THING = re.compile(
    rf"\b(?:{_any_of('things')})\s+(?:{_any_of('is_or_has')})\s(?:\w+\s)?$",
    re.IGNORECASE,
)
_PERSON_OF = re.compile(rf"\b(?:{_any_of('persons')})\s+(?:på|of|de)\s+$", re.IGNORECASE)
_TWO_DIGITS = re.compile(r"[1-7]\d")
_FIELD_AGE = re.compile(r"(?<!\d)\d{1,3}(?!\d)")


def find_ages(plain: Plain, field: str, *, year: int | None = None) -> list[Age]:
    """Ages in years. `year` is the one that years of birth are counted from, by default the current one."""
    if field == "age":
        return _of_field(plain)
    stated = list(_spelt(plain.text))
    if any(map(str.isdecimal, plain.text)):
        stated += _stated(plain.text)
    found = {(start, value): _span(plain, field, start, end, value) for start, end, value in stated}
    found |= {
        (start, value): _span(plain, field, start, end, value)
        for start, end, born in _births(plain.text)
        if _YOUNGEST <= (value := (year or date.today().year) - born) <= _OLDEST
    }
    return sorted(found.values(), key=lambda age: (age.start, age.value))


def _of_field(plain: Plain) -> list[Age]:
    match = _FIELD_AGE.search(plain.text)
    if not match or not _YOUNGEST <= int(match.group()) < 100:
        return []
    return [_span(plain, "age", match.start(), match.end(), int(match.group()))]


def _at_numbers(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches that begin at a number; far quicker than trying the pattern at every letter."""
    end = 0
    for number in _TWO_DIGITS.finditer(text):
        match = pattern.match(text, number.start()) if number.start() >= end else None
        if match:
            end = match.end()
            yield match


def _stated(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, age) of every age said in words."""
    taken: set[int] = set()
    for match in _at_numbers(_STATED, text):
        if _is_age(text, match.span(), int(match["age"]), of_person=bool(match["persons"])):
            taken.add(match.start("age"))
            yield match.start(), match.end(), int(match["age"])
            if match["to"]:
                yield match.start(), match.end(), int(match["to"])
    for match in _TWO_DIGITS.finditer(text):
        # Who turns 18 next month is 17 today; the years of things are said with other words.
        if (soon := _SOON.match(text, match.end())) and (word := _before(_TURNS, text, match)):
            yield word[0], soon.end(), int(match.group()) - 1
    for match in _ALONE.finditer(text):
        word = _before(_LABEL, text, match) or (_END.match(text, match.end()) and _before(_SELF, text, match))
        if word and match.start() not in taken and not _is_about_customers(text, word[0]):
            yield word[0], match.end(), int(match["age"])


def _spelt(text: str) -> Iterator[tuple[int, int, int]]:
    """Ages in number words: "tjuefire år", "twenty-four years old"."""
    for unit in _UNIT.finditer(text):
        head = text[max(0, unit.start() - _REACH) : unit.start()]
        found = _SPELT.search(head)
        number = spelt_number(found.group()) if found else None
        if number is None:
            continue
        start = unit.start() - len(number[0])
        age = int(number[1])
        if _YOUNGEST <= age <= _OLDEST and _is_age(text, (start, unit.end()), age, of_person=bool(unit["persons"])):
            yield start, unit.end(), age


def _births(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, year) of every year of birth."""
    for match in _YEAR.finditer(text):
        if word := _before(_BORN, text, match):
            yield word[0], match.end(), int(match.group())


def _before(pattern: re.Pattern[str], text: str, number: re.Match[str]) -> tuple[int, int] | None:
    """The span of the word before a number that `pattern` knows."""
    reach = max(0, number.start() - _REACH)
    found = pattern.search(text[reach : number.start()])
    return (reach + found.start(), reach + found.end()) if found else None


def _is_age(text: str, place: tuple[int, int], age: int, *, of_person: bool) -> bool:
    start, end = place
    clause = text[max(0, start - _CLAUSE) : start]
    before = clause[-16:]
    if _CUSTOMERS.search(clause) or _THING.search(clause):
        return False
    if _NOT_BEFORE.search(before) and not _PERSON_OF.search(clause):
        return False
    if of_person:
        return True
    if age < _RARELY_SAID and not _OPENING.search(before):
        return False
    return not (_LASTED.search(clause) or _LASTING.match(text[end : end + 24]))


def _is_about_customers(text: str, start: int) -> bool:
    return _CUSTOMERS.search(text[max(0, start - _CLAUSE) : start]) is not None


def _span(plain: Plain, field: str, start: int, end: int, value: int) -> Age:
    start, end = plain.origin(start, end)
    return Age(field=field, start=start, end=end, quote=plain.original[start:end], value=value)
