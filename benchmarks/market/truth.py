"""The truth of a market as the scorer reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.market.stream import TRUTH

AdKey = tuple[str, str]  # site and ad_id


@dataclass(frozen=True, slots=True)
class Stayed:
    """Somebody in one place from day to day, both included; days are ordinals of the calendar."""

    place: str
    first: int
    last: int

    def overlaps(self, other: Stayed) -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class TrueAd:
    """What is true of one ad. `written` maps its own numbers to how they are written; `others` are not its own."""

    owner: str
    owner_kind: str
    alert: str | None
    language: str
    written: tuple[tuple[str, str], ...]
    others: frozenset[str]
    stays: tuple[Stayed, ...]


def load_truth(folder: Path) -> dict[AdKey, TrueAd]:
    """The truth of every ad of the market in `folder`."""
    with (folder / TRUTH).open(encoding="utf-8") as file:
        return {(row["site"], row["ad_id"]): _true_ad(row) for row in map(json.loads, file)}


def parse_stays(rows: Iterable[dict[str, Any]]) -> tuple[Stayed, ...]:
    """Stays from rows of `place`, `from` and `to` (ISO dates or moments)."""
    return tuple(Stayed(row["place"].casefold(), day(row["from"]), day(row["to"])) for row in rows)


def day(moment: str) -> int:
    """The ordinal of an ISO date, or of the day of an ISO moment."""
    return date.fromisoformat(moment[:10]).toordinal()


def _true_ad(row: dict[str, Any]) -> TrueAd:
    return TrueAd(
        owner=row["owner"], owner_kind=row["owner_kind"], alert=row["alert"], language=row["language"],
        written=tuple((phone["e164"], phone["written"]) for phone in row["phones"]),
        others=frozenset(row["others"]), stays=parse_stays(row["stays"]),
    )  # fmt: skip
