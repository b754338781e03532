"""Generally applied minimum wages in Norway: which industry a text names, and the rate of a class on a day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from nlp.tables import load_table

_WORD_BEGINS = re.compile(r"\w")
_LEAST = 3  # letters by which stems are looked up
_BEGINNING = re.compile(rf"(\w{{{_LEAST}}})\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """NOK an hour for one class of an industry. `valid_to` is the last day; None is open."""

    title: str
    amount: float
    valid_from: date
    valid_to: date | None
    regulation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WageClass:
    """One class of workers, what an ad must state to be of it, and its rates, oldest first."""

    title: str
    when: frozenset[str]
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """An industry, the beginnings of words that name it, and its classes, the lowest adult one last."""

    id: str
    title: str
    regulation: str
    stems: tuple[str, ...]
    classes: tuple[WageClass, ...]


@lru_cache(maxsize=1)
def load_industries() -> Mapping[str, Industry]:
    return MappingProxyType({row["id"]: _industry(row) for row in load_table("rates")["industry"]})


def _industry(row: Mapping[str, Any]) -> Industry:
    return Industry(
        id=row["id"],
        title=row["title"],
        regulation=row["regulation"],
        stems=tuple(stem.lower() for stem in row["stems"]),
        classes=tuple(_wage_class(one, row["regulation"]) for one in row["class"]),
    )


def _wage_class(row: Mapping[str, Any], regulation: str) -> WageClass:
    # A proposed rate is kept in the file for its readers; it binds nobody yet.
    rates = (_rate(row["title"], rate, regulation) for rate in row["rates"] if rate["status"] != "proposed")
    return WageClass(title=row["title"], when=frozenset(row["when"]), rates=tuple(rates))


def _rate(title: str, row: Mapping[str, Any], regulation: str) -> Rate:
    return Rate(
        title=title,
        amount=row["amount"],
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        regulation=regulation,
    )


@lru_cache(maxsize=8)
def find_industries(text: str) -> tuple[str, ...]:
    """The ids of the industries that the text names."""
    lower = text.lower()
    stems = _stems()
    named = {
        industry
        for beginning in stems.keys() & {"", *_BEGINNING.findall(lower)}
        for stem, industry in stems[beginning]
        if _begins_a_word(stem, lower)
    }
    return tuple(id for id in load_industries() if id in named)


@lru_cache(maxsize=1)
def _stems() -> Mapping[str, Sequence[tuple[str, str]]]:
    """By their first letters ("" for shorter ones), the stems and their industries: few begin like a word of a text."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for industry in load_industries().values():
        for stem in industry.stems:
            found[stem[:_LEAST] if _BEGINNING.match(stem) else ""].append((stem, industry.id))
    return dict(found)


def _begins_a_word(stem: str, lower: str) -> bool:
    at = lower.find(stem)
    while at > 0 and _WORD_BEGINS.match(lower[at - 1]):
        at = lower.find(stem, at + 1)
    return at >= 0


def class_of(industry: str, facts: Collection[str]) -> WageClass:
    """The class that the stated facts make; where they make none, the lowest adult one."""
    stated = frozenset(facts)
    return next(one for one in load_industries()[industry].classes if one.when <= stated)


def find_rate(industry: str, day: date | None, facts: Collection[str] = ()) -> Rate | None:
    """The rate in force on a day, or now for None, of the class that `facts` make; None when no rate is known."""
    for rate in class_of(industry, facts).rates:
        if rate.valid_to is None if day is None else rate.valid_from <= day <= (rate.valid_to or date.max):
            return rate
    return None
