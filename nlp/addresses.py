"""Finds street addresses of the Nordic countries, by the number after a street name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nlp.found import Found, any_of
from nlp.tables import load_table

_TABLE: dict[str, Any] = load_table("addresses")
_STRONG = tuple(_TABLE["strong"])
_WEAK = tuple(_TABLE["weak"])
_STREETS = _STRONG + _WEAK
_ENDINGS = frozenset(_STREETS)
_NEVER = frozenset(_TABLE["never"])
_TOWNS = frozenset(_TABLE["towns"])
_NO_NAMES = frozenset(_TABLE["no_names"])
_SWEDISH = ("gatan", "gränd", "gränden", "vägen", "väg", "backen", "stigen")
_LONGEST = 60  # characters of a street name

_DIGIT = re.compile(" (?=[0-9])")
_HOUSE = re.compile(
    r"(?P<number>[0-9]{1,3})(?:\s?-\s?\d{1,3})?(?:\s?(?P<letter>[A-Z]|(?<=\d)[a-z]|[a-h](?=\s?[,.\n]|\s\d|\Z))(?![\w/']))?"
    r"(?![\w:%]|[.,:/-]\d|,-)"
)
_MEASURE = re.compile(rf"\s?(?:{any_of(_TABLE['measures'])})\b", re.IGNORECASE)
_STREET = re.compile(r"(?:[^\W\d_][\w'’.-]*\s){0,3}[^\W\d_][\w'’-]*\.?\s\Z")
# Floor, door and flat, which the value leaves out.
_DOOR = (
    r"(?:,?\s(?:(?:\d{1,2}\.?\s?(?:etg|etasje|etage|sal|tr|krs|vån)\b\.?|[HULK]\d{4}\b|lgh\.?\s?\d{1,4}|leil\.?\s?\d{1,4}"
    r"|\d{1,2}\.\s?(?:tv|th|mf)\b\.?|st\.\s?(?:tv|th|mf)\b\.?|as\.?\s?\d{1,3}|\d{1,3}|[A-Z]\s?\d{1,3})(?![\w])\.?)){0,2}"
)
_POSTCODE = re.compile(
    rf"{_DOOR}\s?[,.;\n]?\s{{0,2}}(?:(?:NO|N|SE|S|DK|FI|FIN|IS)\s?-\s?)?"
    r"(?P<code>\d{5}|\d{3}[ ]\d{2}|\d{4})[ ,]{1,2}"
    r"(?P<town>[^\W\d_][\w-]{1,30}(?:[ ](?:[A-ZØ]{1,2}|i[ ][A-ZÆØÅ][\w-]{1,20})(?!\w))?)"
)
_TOWN = re.compile(rf"{_DOOR}\s?(?:,|\s[-–]|\s(?:i|in|på))\s{{1,2}}(?P<town>[^\W\d_][\w-]{{1,30}})")


def find_addresses(text: str) -> Iterator[Found]:
    done = 0
    for digit in _DIGIT.finditer(text):
        # The name costs less than what a house number must not be followed by.
        start = _street_start(text, digit.end()) if digit.end() >= done else None
        house = _HOUSE.match(text, digit.end()) if start is not None else None
        if start is not None and house and (found := _address(text, start, house)):
            yield found
            done = found.end


def _street_start(text: str, end: int) -> int | None:
    """Where the street name before a number begins; None where no street stands there."""
    low = max(0, end - _LONGEST)
    last = text[low : end - 1].rpartition(" ")[2].rstrip(".").lower()
    if not last.endswith(_STREETS) or last in _NEVER:
        return None
    match = _STREET.search(text, max(low, text.rfind("\n", low, end) + 1), end)
    return _own_name(match, is_bare=last in _ENDINGS) if match else None


def _own_name(match: re.Match[str], *, is_bare: bool) -> int | None:
    """Where the name begins: at the compound itself, or at capitals before a word such as "gate"."""
    words = list(re.finditer(r"\S+", match.group()))
    if not is_bare:
        return match.start() + words[-1].start()
    first = len(words) - 1
    while first and _may_name(words[first - 1].group()):
        first -= 1
    return match.start() + words[first].start() if first < len(words) - 1 else None


def _may_name(word: str) -> bool:
    return word[0].isupper() and not word.endswith(".") and word.lower() not in _NO_NAMES


def _postcode(code: str, street: str) -> str:
    """Swedish ones are written with a space."""
    return f"{code[:3]} {code[3:]}" if len(code) == 5 and street.endswith(_SWEDISH) else code


def _address(text: str, start: int, house: re.Match[str]) -> Found | None:
    street = " ".join(text[start : house.start()].split()).rstrip(".").lower()
    value = f"{street} {house['number']}{(house['letter'] or '').lower()}"
    if code := _POSTCODE.match(text, house.end()):
        return Found(start, code.end(), "address", f"{value}, {_postcode(code['code'], street)} {code['town'].lower()}")
    if _MEASURE.match(text, house.end()):
        return None
    town = _TOWN.match(text, house.end())
    if town and town["town"].lower() in _TOWNS:
        return Found(start, town.end(), "address", f"{value}, {town['town'].lower()}")
    is_street = street.endswith(_STRONG) and text[start].isupper()
    return Found(start, house.end(), "address", value) if is_street else None
