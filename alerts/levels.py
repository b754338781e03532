"""The level rules as data: which combination of indicators raises which level."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from alerts.cases import Level

FILE = Path(__file__).parent / "data" / "levels.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table; every condition it states must hold. One that is `always` shown waits for no place."""

    level: Level
    says: str
    any: frozenset[str] = frozenset()
    groups: int = 0
    strong: frozenset[str] = frozenset()
    always: bool = False

    def holds(self, present: Mapping[str, float], votes: frozenset[str], *, strong_weight: float) -> bool:
        """Does it hold for the indicators that vote together (id -> weight) and their groups?"""
        if self.any and not self.any & present.keys():
            return False
        if len(votes) < self.groups:
            return False
        return not self.strong or any(id[0] in self.strong and w >= strong_weight for id, w in present.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """What brings a decided alert back: so many new ads, an indicator of such weight, a new key of these kinds."""

    new_ads: int
    indicator_weight: float
    keys: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many alerts the queue takes up a day, how many more of L3, and which share of either one site may have."""

    a_day: int
    urgent_a_day: int
    site_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    rules: tuple[Rule, ...]
    strong_weight: float
    context: frozenset[str]
    wake: Wake
    budget: Budget

    def rank(self, says: str) -> int:
        """Where the rule that says this stands in the table; the first comes first in the queue."""
        return next((place for place, rule in enumerate(self.rules) if rule.says == says), len(self.rules))

    def is_always_shown(self, says: str) -> bool:
        """Does the rule that says this raise alerts that wait for no place?"""
        return any(rule.always for rule in self.rules if rule.says == says)


@lru_cache
def load_levels() -> Levels:
    """The table that comes with Varde."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    rules = tuple(_rule(row) for row in table["rule"])
    wake = table["wake"] | {"keys": frozenset(table["wake"]["keys"])}
    return Levels(
        rules=rules, strong_weight=table["strong_weight"], context=frozenset(table["context"]), wake=Wake(**wake),
        budget=Budget(**table["budget"]),
    )  # fmt: skip


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        level=row["level"], says=row["says"], any=frozenset(row.get("any", ())),
        groups=row.get("groups", 0), strong=frozenset(row.get("strong", ())),
        always=row.get("always", False),
    )  # fmt: skip
