"""Linking: finds the clusters of the ads that are new or changed, with all that they touch, and of no others.

What is found is the same as if all were linked at once: a component of ads and keys is taken whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.linking import carriers
from alerts.linking.clusters import Group, find_groups
from alerts.linking.rulings import Rulings
from alerts.linking.ties import Card, Guard, Tie, find_ties
from crawler.database import Database

Key = tuple[str, str]
_MOST = 5_000  # unlinked ads; with more of them everything is linked anew, which then is quicker


@dataclass(frozen=True, slots=True)
class Linked:
    """What was linked: `ads` are those looked at, `groups` the clusters they now form, `states` of the keys looked at.

    `states` says for each key why it ties nobody, "" for one that does; `is_all` that these are all ads there are.
    """

    ads: frozenset[int]
    groups: tuple[Group, ...]
    states: Mapping[Key, str]
    is_all: bool = False


def link(db: Database, ads: Sequence[int], rulings: Rulings, guard: Guard, *, everything: bool = False) -> Linked:
    """The clusters of `ads`, whose cards are up to date, and of every ad that they touch; writes nothing."""
    if everything or len(ads) > _MOST:
        cards = carriers.load_cards(db)
        ties = list(find_ties(carriers.load_uses(db), cards, rulings, guard))
        return replace(_linked(frozenset(cards), cards, ties, rulings, guard), is_all=True)
    reach = _Reach(db, rulings, guard)
    reach.spread(frozenset(ads))
    return _linked(reach.ads, reach.cards, reach.ties, rulings, guard)


def _linked(
    ads: frozenset[int], cards: Mapping[int, Card], ties: Sequence[Tie], rulings: Rulings, guard: Guard
) -> Linked:
    groups = find_groups(sorted(ads), cards, ties, rulings, guard)
    return Linked(ads, tuple(groups), {(tie.use.kind, tie.use.value): tie.state for tie in ties})


class _Reach:
    """Everything that some ads touch, step by step: ads tied to them, and ads of a key that ties others than before."""

    def __init__(self, db: Database, rulings: Rulings, guard: Guard) -> None:
        self._db, self._rulings, self._guard = db, rulings, guard
        self.ads: frozenset[int] = frozenset()
        self.cards: dict[int, Card] = {}
        self.ties: list[Tie] = []
        self._keys: set[Key] = set()

    def spread(self, ads: frozenset[int]) -> None:
        while new := ads - self.ads:
            self.ads |= new
            found = self._find(new)
            self.ties += found
            ads = new.union(*self._touched(found))

    def _find(self, ads: frozenset[int]) -> list[Tie]:
        """The ties of ads that were not looked at yet."""
        uses = [use for use in carriers.load_uses(self._db, sorted(ads)) if (use.kind, use.value) not in self._keys]
        self._keys |= {(use.kind, use.value) for use in uses}
        missing = {carrier.ad for use in uses for carrier in use.carriers} | ads
        self.cards |= carriers.load_cards(self._db, sorted(missing - self.cards.keys()))
        return list(find_ties(uses, self.cards, self._rulings, self._guard))

    def _touched(self, ties: Sequence[Tie]) -> Iterator[frozenset[int]]:
        before = carriers.key_states(self._db, ((tie.use.kind, tie.use.value) for tie in ties))
        for tie in ties:
            is_as_before = tie.state == before.get((tie.use.kind, tie.use.value), "")
            yield frozenset(tie.tied if is_as_before else (carrier.ad for carrier in tie.use.carriers))
