"""The generated market as crawls would list it: its owners are known, and what its ads show is all that is seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from benchmarks.market.dice import Dice
from benchmarks.market.stream import market_ads
from benchmarks.market.values import MarketAd
from benchmarks.market.visits import DAY
from benchmarks.market_size.drawn import Market, histories_of

ADS = 8_000
FIRST, LAST = 90, 173  # days of the market: twelve weeks
SPAN = 14  # days of a list by time
LARGEST = 5  # sites
FOUND = 0.35  # share of visits that a crawl makes: pages fail, runs are missed


@dataclass(frozen=True, slots=True)
class Sight:
    """One visit to an ad: where and when, whose it is, the number that stands for them, and whether a crawl made it."""

    site: str
    day: int
    owner: str
    number: str
    found: bool


@lru_cache(maxsize=2)
def sights(seed: int, ads: int = ADS) -> list[Sight]:
    """Every visit of the twelve weeks, on the largest sites, to an ad that gives a number and is not of a job."""
    every = [one for ad in market_ads(ads, seed) if ad.kind != "job" and ad.wrote for one in _visits(ad, seed)]
    largest = {site for site, _ in Counter(one.site for one in every).most_common(LARGEST)}
    return [one for one in every if one.site in largest]


def _visits(ad: MarketAd, seed: int) -> Iterator[Sight]:
    dice = Dice(seed, "crawl", ad.owner.id, ad.site.host, ad.history[0].minute)
    for seen in ad.history:
        found = dice.chance(FOUND)
        if FIRST <= seen.minute // DAY <= LAST:
            yield Sight(ad.site.host, seen.minute // DAY, ad.owner.id, ad.wrote[0].e164, found)


def by_site(seen: list[Sight]) -> Market:
    """Contacts by the sites that show them: the size is that of all contacts that were advertised there."""
    return _market(seen, lambda one: one.site, lambda one: one.number)


def by_fortnight(seen: list[Sight]) -> Market:
    """Contacts by fortnights: the size is of all in the twelve weeks, and at the middle of those in that fortnight."""
    return _market(seen, lambda one: f"fortnight {(one.day - FIRST) // SPAN + 1}", lambda one: one.number)


def owners_by_site(seen: list[Sight]) -> Market:
    """The size is of owners, but what stands for them is a number: some have several, and some numbers had others."""
    return _market(seen, lambda one: one.site, lambda one: one.owner)


SCENARIOS: Mapping[str, tuple[str, Callable[[list[Sight]], Market]]] = {
    "sites": ("the generated market in twelve weeks, the five largest sites as lists, contacts", by_site),
    "fortnights": ("the same, six fortnights as lists: contacts come and go", by_fortnight),
    "owners": ("the same by sites, where the size asked for is of owners and contacts are counted", owners_by_site),
}
WITHOUT_ORDER = ("sites", "owners")  # their lists are no occasions, as Jolly and Seber need them


def _market(seen: list[Sight], list_of: Callable[[Sight], str], truly: Callable[[Sight], str]) -> Market:
    names = sorted({list_of(one) for one in seen})
    known: dict[str, set[str]] = defaultdict(set)
    there: dict[str, set[str]] = defaultdict(set)
    for one in seen:
        there[list_of(one)].add(truly(one))
        if one.found:
            known[one.number].add(list_of(one))
    on = np.array([[name in lists for name in names] for lists in known.values()], dtype=bool)
    return Market(histories_of(on, names), len(_all(there.values())), len(there[names[len(names) // 2]]))


def _all(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)
