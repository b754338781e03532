"""Norwegian law in numbers other than wages, and the words by which an ad tells the facts that rules on it need."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from nlp.tables import load_table
from nlp.unicode import plain

_TABLE: Mapping[str, Any] = load_table("law")
WORKING_TIME: Mapping[str, Any] = _TABLE["working_time"]
YOUNG: Mapping[str, Any] = _TABLE["young"]
AU_PAIR: Mapping[str, Any] = _TABLE["au_pair"]
NET_SHARE: float = _TABLE["pay"]["net_share"]
FAR_ABOVE: float = _TABLE["pay"]["far_above"]
FAR_ABOVE_SILENT: float = _TABLE["pay"]["far_above_silent"]
LODGING_REGULATION: str = _TABLE["lodging"]["regulation"]
LODGING_INDUSTRY: str = _TABLE["lodging"]["industry"]

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class LodgingCap:
    """NOK a month that may be deducted for a room of one's own and a shared one."""

    single: float
    double: float
    valid_from: date


def fold(text: str) -> str:
    """Small letters with one space between words and around them: what `says` looks in."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def says(folded: str, fact: str) -> bool:
    """Whether a folded text holds one of the words of a fact (the table `words` of law.toml)."""
    return any(word in folded for word in _words(fact))


@lru_cache(maxsize=64)
def _words(fact: str) -> tuple[str, ...]:
    return tuple(
        " " * word.startswith(" ") + fold(plain(word).text).strip() + " " * word.endswith(" ")
        for word in _TABLE["words"][fact]
    )


def lodging_cap(day: date | None) -> LodgingCap | None:
    """The cap in force on a day, or now for None; None where none is known. A proposed one counts for nothing."""
    for row in _TABLE["lodging"]["rates"]:
        if row["status"] != "proposed" and is_in_force(row, day):
            return LodgingCap(row["single"], row["double"], row["valid_from"])
    return None


def is_in_force(row: Mapping[str, Any], day: date | None) -> bool:
    """Whether a dated row counts on a day; None stands for now, when only the open row does."""
    if day is None:
        return "valid_to" not in row
    return bool(row["valid_from"] <= day <= row.get("valid_to", date.max))
