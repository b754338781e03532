"""Finds the name an ad gives itself: a persona, not an identity."""

from __future__ import annotations

from nlp.reading import Name
from nlp.unicode import Plain

_LONGEST = 80  # characters; a longer field is a sentence


def find_names(plain: Plain, field: str) -> list[Name]:
    """The whole of the field `name`; no names are guessed from other text."""
    value = " ".join(plain.text.split())
    if field != "name" or len(value) > _LONGEST or not any(map(str.isalpha, value)):
        return []
    lead = len(plain.text) - len(plain.text.lstrip())
    start, end = plain.origin(lead, len(plain.text.rstrip()))
    return [Name(field=field, start=start, end=end, quote=plain.original[start:end], value=value)]
