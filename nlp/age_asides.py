"""Ages that stand beside a name with no word for years: "Petra, 34, Moss", "Lina (23)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nlp.tables import load_table

_TABLE: Mapping[str, Any] = load_table("ages")
_REACH = 32  # characters before a number that can hold a name
# Grown-ups only: below, a wrong one would weigh too much.
_ADULTS = range(18, 70)
_ASIDE = re.compile(
    r"(?:\A|[.!?:\n–-]\s*|\b(?:er|är|am|is|heiter|heter|hedder|cheamă|here|soy)\s)[^\W\d_]*?"
    r"(?P<name>[^\W\d_a-zæøåäö][^\W\d_]{2,15})(?:\s(?:here|her|[^\W\d_a-zæøåäö][^\W\d_]{2,12}))?,?\s\Z"
)
_ASIDE_ENDS = re.compile(
    r",\s(?!\d|[^\W\d_]{1,3}\.)|[.]\s(?![a-zæøåа-я])|[.]?\Z|\s?\n|\s(?:og|and|och|is|er|är|pure)\s"
)
_NAMED = re.compile(r"[^\W\d_a-zæøåäö][^\W\d_]{2,15}\s?\(((?:1[89]|[2-5]\d))\)")
_PERSON_ASIDE = re.compile(rf"\b(?:{'|'.join(map(re.escape, _TABLE['persons']))}),\s\Z")
_ADDRESS = re.compile(r"(?:ul|вул|ул|str|al|pl|adr\w*|oficina|address|c/)[.:\s]*\Z", re.IGNORECASE)
_PLACES = frozenset(_TABLE["places"])
_STREETS = ("gata", "gate", "gaten", "veien", "vegen", "gatan", "vägen", "gade", "vej", "street")


def find_named(text: str) -> Iterator[tuple[int, int, int]]:
    """Ages in brackets after a name, where the ad opens so or lists several."""
    brackets = list(_NAMED.finditer(text)) if "(" in text else []
    if brackets and (len(brackets) > 1 or not text[: brackets[0].start()].strip()):
        yield from ((one.start(1), one.end(1), int(one[1])) for one in brackets)


def age_aside(text: str, number: re.Match[str]) -> tuple[int, int, int] | None:
    """The age at a number that stands beside a name: "Petra, 34, Moss", "Luna 30.", "dame, 29."."""
    start, end = number.span()
    ends = _ASIDE_ENDS.match(text, end) if int(number.group()) in _ADULTS else None
    if ends is None:
        return None
    head = text[max(0, start - _REACH) : start]
    found = (start, end, int(number.group()))
    if not head.strip(" ") or head[-1] == "\n":
        return found if ends.group().startswith(",") else None
    match = _ASIDE.search(head) if start <= _REACH else _ASIDE.search(head, 1)
    if match is None or _ADDRESS.search(head, 0, match.start() + 2):
        return found if _PERSON_ASIDE.search(head) else None
    name = match["name"].lower()
    return None if name in _PLACES or name.endswith(_STREETS) else found
