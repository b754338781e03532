"""How many persons an ad offers, where it says so in a number and a noun."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nlp.unicode import Plain

NUMBERS = {"two": 2, "three": 3, "four": 4, "to": 2, "tre": 3, "fire": 4, "två": 2, "fyra": 4, "dwie": 2,
           "trzy": 3, "dvi": 2, "trys": 3, "două": 2, "trei": 3, "дві": 2, "три": 3, "две": 2}  # fmt: skip
NOUNS = ("girls", "ladies", "women", "jenter", "damer", "kvinner", "tjejer", "kvinnor", "piger", "kvinder",
         "dziewczyny", "panie", "merginos", "fete", "дівчини", "девушки")  # fmt: skip
PERSONS = re.compile(rf"\b([2-9]|{'|'.join(NUMBERS)})\s(?:\w{{1,20}}\s)?(?:{'|'.join(NOUNS)})\b", re.IGNORECASE)


def count_persons(fields: Mapping[str, Plain]) -> int | None:
    """The first such number, or None when the ad states none."""
    for plain in fields.values():
        if match := PERSONS.search(plain.text):
            word = match[1].lower()
            return NUMBERS[word] if word in NUMBERS else int(word)
    return None
