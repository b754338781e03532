"""Linking: finds the clusters of the ads that are new or changed, with all that they touch, and of no others.

What is found is the same as if all were linked at once: a component of ads and keys is taken whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from alerts.linking import carriers
from alerts.linking.clusters import Group, find_groups
from alerts.linking.rulings import Rulings
from alerts.linking.ties import Settled, Tie, find_ties, settled_tie
from alerts.linking.uses import Card, Guard
from crawler.database import Database

Key = tuple[str, str]
_MOST = 5_000  # unlinked ads; with more of them everything is linked anew, which then is quicker


@dataclass(frozen=True, slots=True)
class Linked:
    """What was linked: `ads` are those looked at, `groups` the clusters they now form, `states` of the keys looked at.

    `states` has the mark of each key, "" for one that ties; `settled` for which of them that stands whoever
    comes; `is_all` that these are all ads there are.
    """

    ads: frozenset[int]
    groups: tuple[Group, ...]
    states: Mapping[Key, str]
    settled: Mapping[Key, Settled]
    is_all: bool = False


def link(db: Database, ads: Sequence[int], rulings: Rulings, guard: Guard, *, everything: bool = False) -> Linked:
    """The clusters of `ads`, whose cards are up to date, and of every ad that they touch; writes nothing."""
    if everything or len(ads) > _MOST:
        cards = carriers.load_cards(db)
        ties = list(find_ties(carriers.load_uses(db), cards, rulings, guard))
        return replace(_linked(frozenset(cards), cards, ties, rulings, guard), is_all=True)
    reach = _Reach(db, rulings, guard)
    reach.spread(frozenset(ads))
    return _linked(reach.ads, reach.cards, reach.ties, rulings, guard, reach.settled)


def _linked(
    ads: frozenset[int],
    cards: Mapping[int, Card],
    ties: Sequence[Tie],
    rulings: Rulings,
    guard: Guard,
    standing: Mapping[Key, str] = MappingProxyType({}),
) -> Linked:
    """`standing` are the keys whose verdict was not looked at again."""
    groups = find_groups(sorted(ads), cards, ties, rulings, guard)
    looked_at: dict[Key, Tie] = {(tie.use.kind, tie.use.value): tie for tie in ties}
    states = {key: tie.mark for key, tie in looked_at.items() if key not in standing}
    settled = {key: tie.settled for key, tie in looked_at.items() if key in states and tie.settled}
    return Linked(ads, tuple(groups), states, settled)


class _Reach:
    """Everything that some ads touch, step by step: ads tied to them, and ads of a key that ties others than before."""

    def __init__(self, db: Database, rulings: Rulings, guard: Guard) -> None:
        self._db, self._rulings, self._guard = db, rulings, guard
        self.ads: frozenset[int] = frozenset()
        self.cards: dict[int, Card] = {}
        self.ties: list[Tie] = []
        self.settled: dict[Key, str] = {}
        self._before: dict[Key, str] = {}
        self._keys: set[Key] = set()

    def spread(self, ads: frozenset[int]) -> None:
        while new := ads - self.ads:
            self.ads |= new
            found = self._find(new)
            self.ties += found
            ads = new.union(*self._touched(found, new))

    def _find(self, ads: frozenset[int]) -> list[Tie]:
        """The ties of ads that were not looked at yet."""
        states = carriers.key_states(self._db, ads)
        self._before |= {key: state for key, (state, _) in states.items()}
        stands = {key for key, (_, is_settled) in states.items() if is_settled and not self._rulings.speak_of(*key)}
        self.settled |= {key: self._before[key] for key in stands}
        uses = carriers.load_uses(self._db, sorted(ads), stands)
        whole = [use for use in uses if (use.kind, use.value) not in self._keys | self.settled.keys()]
        self._keys |= {(use.kind, use.value) for use in whole}
        missing = {carrier.ad for use in uses for carrier in use.carriers} | ads
        self.cards |= carriers.load_cards(self._db, sorted(missing - self.cards.keys()))
        return [
            *find_ties(whole, self.cards, self._rulings, self._guard),
            *(settled_tie(use, state) for use in uses if (state := self.settled.get((use.kind, use.value)))),
        ]

    def _touched(self, ties: Sequence[Tie], new: frozenset[int]) -> Iterator[frozenset[int]]:
        for tie in ties:
            is_as_before = tie.mark == self._before.get((tie.use.kind, tie.use.value), "")
            yield frozenset(tie.tied if is_as_before else (carrier.ad for carrier in tie.use.carriers))
            if not tie.tied and tie.use.carriers[0].ad in new:  # the oldest: another was, to whom the refused pointed
                yield frozenset(carrier.ad for carrier in tie.use.carriers[:2])
