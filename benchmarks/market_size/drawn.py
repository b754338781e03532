"""Markets drawn as capture histories: each breaks one thing that the estimators suppose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from alerts.population.histories import Histories

REACH = (0.06, 0.08, 0.10, 0.13, 0.16)  # the share of the market that each list shows: together 43 %
RICH = (0.15, 0.20, 0.25, 0.30, 0.35)
OFTEN = (0.03,) * 26  # two occasions a week for three months
THIN = (0.02, 0.03, 0.04, 0.05, 0.08)
SIZE = 2000


@dataclass(frozen=True, slots=True)
class Market:
    """What lists show of a market of `size`; at the middle one there were `then`, where some come and go."""

    histories: Histories
    size: int
    then: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a market departs from what is supposed. Shares and chances are from 0 to 1.

    `leads`: who is on the first list is on the second with this chance. `unlike`: standard deviation of the logarithm
    of the odds of being on a list. `hidden`: share that lists show with a tenth of the chance. `leaving`: share that is
    replaced between two lists. `missed`: share of a contact's later appearances that pass for a new contact.
    `false`: share of those seen that pass for another. `shy`: share that no list shows again after the first.
    """

    size: int = SIZE
    reach: tuple[float, ...] = REACH
    leads: float | None = None
    unlike: float = 0.0
    hidden: float = 0.0
    leaving: float = 0.0
    missed: float = 0.0
    false: float = 0.0
    shy: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    rules: Rules = field(default_factory=Rules)


SCENARIOS: Mapping[str, Scenario] = {
    "as supposed": Scenario("five lists of 6 to 16 %, nothing amiss; 43 % of 2,000 are seen"),
    "rich": Scenario("lists of 15 to 35 %: 76 % are seen", Rules(reach=RICH)),
    "thin": Scenario("lists of 2 to 8 % of 1,000: 200 are seen, 20 of them twice", Rules(size=1000, reach=THIN)),
    "leads": Scenario("of those on the first list 40 % are on the second, not 8 %", Rules(leads=0.4)),
    "avoids": Scenario("of those on the first list 1 % are on the second, not 8 %", Rules(leads=0.01)),
    "unlike": Scenario("odds of being seen differ, by a factor of 2.7 (one standard deviation)", Rules(unlike=1.0)),
    "hidden": Scenario("a third is shown by lists a tenth as often", Rules(hidden=1 / 3)),
    "churn": Scenario("15 % are replaced between two lists; 2,000 are there at a time", Rules(leaving=0.15)),
    "missed": Scenario("of a contact's later appearances 10 % pass for a new contact", Rules(missed=0.1)),
    "false": Scenario("5 % of those seen pass for another", Rules(false=0.05)),
    "shy": Scenario("40 % are shown by no list again after the first", Rules(shy=0.4)),
    "often": Scenario("26 occasions of 3 % each, two a week for three months; nothing amiss", Rules(reach=OFTEN)),
    "often, unlike": Scenario("the same, where odds differ as above", Rules(reach=OFTEN, unlike=1.0)),
    "often, shy": Scenario("the same, where 40 % are not shown again after the first", Rules(reach=OFTEN, shy=0.4)),
}


def draw_market(rules: Rules, chance: np.random.Generator) -> Market:
    """A market by these rules, as its lists show it."""
    on = _present(rules, chance) & (chance.random(_shape(rules)) < _chances(rules, chance))
    if rules.leads is not None:
        on[:, 1] = np.where(on[:, 0], chance.random(len(on)) < rules.leads, on[:, 1])
    later = on & (on.cumsum(axis=1) > 1)
    if rules.shy:
        on &= ~(later & (chance.random(len(on)) < rules.shy)[:, None])
    if rules.missed:
        lost = later & (chance.random(on.shape) < rules.missed)
        on = np.vstack([on & ~lost, *(lost & (np.arange(on.shape[1]) == place) for place in range(on.shape[1]))])
    if rules.false:
        on = _joined(on, rules.false, chance)
    return Market(histories_of(on, [f"list {place + 1}" for place in range(on.shape[1])]), rules.size, rules.size)


def histories_of(on: np.ndarray, names: Sequence[str]) -> Histories:
    """Contacts × lists of booleans as histories. Lists that show nobody are left out, as a person would do."""
    used = on.any(axis=0)
    values, counts = np.unique(on[on.any(axis=1)][:, used], axis=0, return_counts=True)
    table = {tuple(map(int, value)): int(count) for value, count in zip(values, counts, strict=True)}
    return Histories(tuple(name for name, is_used in zip(names, used, strict=True) if is_used), table)


def _shape(rules: Rules) -> tuple[int, int]:
    """Everyone who is ever there, and the lists: those who leave make place for others."""
    ever = rules.size + round(rules.size * rules.leaving) * (len(rules.reach) - 1)
    return ever, len(rules.reach)


def _present(rules: Rules, chance: np.random.Generator) -> np.ndarray:
    """Who is there at which list: everyone, or those who came and have not left."""
    here = np.zeros(_shape(rules), dtype=bool)
    members = np.arange(rules.size)
    going = round(rules.size * rules.leaving)
    for place in range(here.shape[1]):
        if place and going:
            members = chance.permutation(members)
            members[:going] = rules.size + (place - 1) * going + np.arange(going)
        here[members, place] = True
    return here


def _chances(rules: Rules, chance: np.random.Generator) -> np.ndarray:
    ever = _shape(rules)[0]
    reach = np.array(rules.reach)[None, :]
    odds = reach / (1 - reach) * np.exp(rules.unlike * chance.standard_normal((ever, 1)))
    shares: np.ndarray = odds / (1 + odds)
    return np.where(chance.random((ever, 1)) < rules.hidden, shares / 10, shares)


def _joined(on: np.ndarray, share: float, chance: np.random.Generator) -> np.ndarray:
    """Some of those seen are taken for others who are seen."""
    seen = chance.permutation(np.flatnonzero(on.any(axis=1)))
    count = round(share * len(seen))
    joined = on.copy()
    joined[seen[count : 2 * count]] |= on[seen[:count]]
    joined[seen[:count]] = False
    return joined
