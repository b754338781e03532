"""Groups of indicators that the yearly report counts ads by: forms of exploitation, means of recruitment."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alerts.reports.adfacts import AdFact
from nlp.catalog_file import catalogue

FILE = Path(__file__).with_name("forms.toml")


@dataclass(frozen=True, slots=True)
class Grouping:
    """Ads of these kinds that show any of these indicators. Without kinds, ads of all."""

    name: str
    kinds: frozenset[str]
    indicators: frozenset[str]

    def holds(self, ad: AdFact) -> bool:
        return self.is_of(ad) and not self.indicators.isdisjoint(ad.shown)

    def is_of(self, ad: AdFact) -> bool:
        return not self.kinds or ad.kind in self.kinds


@cache
def groupings() -> Mapping[str, tuple[Grouping, ...]]:
    """By `forms` and `means`, in the order of the file."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {which: tuple(_grouping(name, entry) for name, entry in entries.items()) for which, entries in data.items()}


def _grouping(name: str, entry: Mapping[str, Any]) -> Grouping:
    begins = tuple(entry.get("begins", ()))
    begun = {one.id for one in catalogue().values() if begins and one.id.startswith(begins) and one.weight > 0}
    return Grouping(name, frozenset(entry.get("kinds", ())), frozenset(entry.get("indicators", ())) | begun)
