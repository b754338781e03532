"""Generally applied minimum wages in Norway: which industry a text names, and the rate of a day."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FILE = Path(__file__).parent / "data" / "rates.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """NOK an hour, for the lowest adult class of an industry. `valid_to` is the last day; None is open."""

    title: str
    amount: float
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """An industry, the beginnings of words that name it, and its rates, oldest first."""

    id: str
    stems: tuple[str, ...]
    rates: tuple[Rate, ...]


@lru_cache(maxsize=1)
def load_industries() -> Mapping[str, Industry]:
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({row["id"]: _industry(row) for row in table["industry"]})


def _industry(row: Mapping[str, Any]) -> Industry:
    return Industry(
        id=row["id"],
        stems=tuple(stem.lower() for stem in row["stems"]),
        # A proposed rate is kept in the file for its readers; it binds nobody yet.
        rates=tuple(_rate(row["title"], rate) for rate in row["rates"] if rate["status"] != "proposed"),
    )


def _rate(title: str, row: Mapping[str, Any]) -> Rate:
    return Rate(
        title=title,
        amount=row["amount"],
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
    )


def find_industries(text: str) -> tuple[str, ...]:
    """The ids of the industries that the text names."""
    lower = text.lower()
    return tuple(
        industry.id
        for industry in load_industries().values()
        if any(_begins_a_word(stem, lower) for stem in industry.stems)
    )


def _begins_a_word(stem: str, lower: str) -> bool:
    # Looking for the bare letters first costs a tenth of one pattern of all stems.
    return stem in lower and re.search(rf"\b{re.escape(stem)}", lower) is not None


def find_rate(industry: str, day: date | None) -> Rate | None:
    """The rate in force on a day, or now for None; None when no rate is known."""
    for rate in load_industries()[industry].rates:
        if rate.valid_to is None if day is None else _covers(rate, day):
            return rate
    return None


def _covers(rate: Rate, day: date) -> bool:
    return rate.valid_from <= day and (rate.valid_to is None or day <= rate.valid_to)
