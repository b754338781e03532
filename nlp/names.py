"""Finds the name an ad gives itself: a persona, not an identity."""

from __future__ import annotations

import re
from typing import Any

from nlp.reading import Name
from nlp.tables import load_table
from nlp.unicode import Plain

_TABLE: dict[str, Any] = load_table("names")
_GIVEN = frozenset(name.casefold() for name in _TABLE["given"].split())
_LONGEST = 80  # characters; a longer field is a sentence


def _any_of(name: str) -> str:
    return "|".join(map(re.escape, _TABLE[name]))


_NAME = re.compile(r"[^\W\d_]{2,20}(?!\w|['’-]\w)")
_JOINER = re.compile(rf"\s*(?:,|/|\s(?:{_any_of('joiners')})\s|[&+])\s*", re.IGNORECASE)
# What may follow a name that stands for the advertiser: nothing, a sign, a number, or a place.
_ENDS = re.compile(rf"\s*(?:$|[^\w\s'’]|\d\d(?!\d))|\s(?:{_any_of('before_place')})\s+(?=[^\W\d_a-zæøåäöа-я])")
_LEADS = re.compile(r"[^\w]*")
_ADVERTISED = frozenset({"escort", "massage"})


def find_names(plain: Plain, field: str, kind: str | None = None) -> list[Name]:
    """The whole of the field `name`, or the given names that open the title of an ad for escort or massage.

    A title counts only where a sign, a number, a place or its end follows the name ("Lina 24 år",
    "Anna – Oslo", "Anna & Mia"). Nothing is guessed from job ads or from running text.
    """
    if field == "title":
        return _of_title(plain) if kind in _ADVERTISED else []
    value = " ".join(plain.text.split())
    if field != "name" or len(value) > _LONGEST or not any(map(str.isalpha, value)):
        return []
    return [_name(plain, field, len(plain.text) - len(plain.text.lstrip()), len(plain.text.rstrip()))]


def _of_title(plain: Plain) -> list[Name]:
    text = plain.text[:_LONGEST]
    names: list[Name] = []
    match = _next_name(text, _LEADS.match(text))
    while match is not None:
        names.append(_name(plain, "title", *match.span()))
        joiner = _JOINER.match(text, match.end())
        if (following := _next_name(text, joiner)) is None:
            return names if _ENDS.match(text, match.end()) else []
        match = following
    return []


def _next_name(text: str, before: re.Match[str] | None) -> re.Match[str] | None:
    match = _NAME.match(text, before.end()) if before else None
    return match if match and match.group()[0].isupper() and match.group().casefold() in _GIVEN else None


def _name(plain: Plain, field: str, start: int, end: int) -> Name:
    value = " ".join(plain.text[start:end].split())
    start, end = plain.origin(start, end)
    return Name(field=field, start=start, end=end, quote=plain.original[start:end], value=value)
