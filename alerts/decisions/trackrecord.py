"""How often what an indicator or a rule pointed at held up, by the decisions that stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from alerts.cases import Held
from alerts.decisions.decisionstore import votes
from alerts.decisions.verdicts import FELL, HELD_UP
from crawler.database import Database

Z = 1.959963984540054  # 95 %


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """By indicator and by the sentence of the rule; `overall` is that of all alerts."""

    indicators: Mapping[str, Held]
    rules: Mapping[str, Held]
    overall: Held


def wilson(held: int, decided: int) -> tuple[float, float]:
    """The 95 % score interval of a share.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), pp. 209-212; recommended for small numbers by Brown, Cai and DasGupta, "Interval
    estimation for a binomial proportion", Statistical Science 16 (2001), pp. 101-133.
    """
    share, square = held / decided, Z * Z / decided
    middle, half = share + square / 2, Z * sqrt((share * (1 - share) + square / 4) / decided)
    return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))


def load_record(db: Database) -> TrackRecord:
    """The track record by the newest decision that stands on each alert: an alert counts once.

    Each is counted by what was seen when it was decided, whatever its ads say now.
    """
    signs: dict[str, list[bool]] = {}
    rules: dict[str, list[bool]] = {}
    for verdict, rule, shown in votes(db):
        if verdict not in HELD_UP | FELL:
            continue
        rules.setdefault(rule, []).append(verdict in HELD_UP)
        for indicator in shown:
            signs.setdefault(indicator, []).append(verdict in HELD_UP)
    return TrackRecord(_held(signs), _held(rules), count(one for found in rules.values() for one in found))


def count(outcomes: Iterable[bool]) -> Held:
    """The record of some alerts: True for each that held up."""
    counted = Counter(outcomes)
    decided = counted.total()
    return Held(counted[True], decided, *wilson(counted[True], decided)) if decided else Held()


def _held(found: Mapping[str, list[bool]]) -> dict[str, Held]:
    return {name: count(outcomes) for name, outcomes in found.items()}
