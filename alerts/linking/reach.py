"""Reach: everything that some ads touch, so that linking those alone gives what linking all would.

Contacts are followed to their end. Texts and street addresses are not: in a large market chains of them lead from one
cluster to tens of thousands of ads, and nearly all of these ties are held. What such a key ties depends on the groups
that contacts make of the ads that carry it, and on nothing further off (`weakties`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set

from alerts.linking import carriers
from alerts.linking.clusters import bear_out, joined
from alerts.linking.rulings import Rulings
from alerts.linking.ties import Tie, find_ties, settled_tie
from alerts.linking.uses import Card, Guard
from alerts.linking.weakties import WEAK
from crawler.database import Database

Key = tuple[str, str]


class Reach:
    """`ads`, whose clusters may be others than before, each with the whole of its cluster.

    `seen` are those, and whoever contacts tie to the ads they share a weak key with; `cards` is of all who carry a key
    of these.
    """

    def __init__(self, db: Database, rulings: Rulings, guard: Guard, ads: Set[int]) -> None:
        self._db, self._rulings, self._guard = db, rulings, guard
        self.seen: set[int] = set()
        self.cards: dict[int, Card] = {}
        self.settled: dict[Key, str] = {}
        self._found: list[Tie] = []
        self._touched: list[frozenset[int]] = []  # of each tie
        self._contacts: dict[int, list[int]] = defaultdict(list)  # the ties of each ad
        self._weak: dict[int, list[int]] = defaultdict(list)
        self._before: dict[Key, str] = {}
        self._keys: set[Key] = set()
        self._new = ads
        self.ads = self._with_contacts(ads)
        self.ads = self._with_contacts(self.ads | self._beside())
        while more := self._joined() - self.ads:
            self.ads = self._with_contacts(self.ads | more)

    @property
    def ties(self) -> list[Tie]:
        """All contacts of those seen, and the weak keys of `ads`: of each who is tied by it is known."""
        weak = {number for ad in self.ads for number in self._weak[ad]}
        return [tie for number, tie in enumerate(self._found) if tie.use.kind not in WEAK or number in weak]

    def _with_contacts(self, ads: Set[int]) -> set[int]:
        """`ads` with all that contacts tie to them, step by step."""
        found, new, walked = set(ads), set(ads), set[int]()
        while new:
            self._look_at(new - self.seen)
            ties = {number for ad in new for number in self._contacts[ad]} - walked
            walked |= ties
            new = set[int]().union(*(self._touched[number] for number in ties)) - found
            found |= new
        return found

    def _beside(self) -> set[int]:
        """Who shares a weak key with one of `ads`."""
        ties = {number for ad in self.ads for number in self._weak[ad]}
        return set[int]().union(*(self._touched[number] for number in ties))

    def _joined(self) -> set[int]:
        """The ads that weak keys join to `ads`, now that these are known with their contacts."""
        beside = self._beside()
        if beside <= self.ads:
            return set()
        self._with_contacts(beside)
        groups = joined(self.seen, bear_out(self.seen, self.cards, self.ties, self._rulings, self._guard))
        roots = {groups.root(ad) for ad in self.ads}
        return {ad for ad in self.seen if groups.root(ad) in roots}

    def _look_at(self, new: Set[int]) -> None:
        if not new:
            return
        self.seen |= new
        for tie in self._find(new):
            number, touched = len(self._found), self._touches(tie)
            self._found.append(tie)
            self._touched.append(touched)
            of = self._weak if tie.use.kind in WEAK else self._contacts
            for carrier in tie.use.carriers:
                of[carrier.ad].append(number)

    def _find(self, ads: Set[int]) -> Sequence[Tie]:
        """The ties of ads that were not looked at yet."""
        states = carriers.key_states(self._db, ads)
        self._before |= {key: found.state for key, found in states.items()}
        stands = {
            key: found.centre
            for key, found in states.items()
            if found.centre is not None and not self._rulings.speak_of(*key)
        }
        self.settled |= {key: self._before[key] for key in stands}
        shared = {key for key, found in states.items() if found.is_shared} - stands.keys() - self._keys
        whole = carriers.load_uses(self._db, shared)
        some = carriers.load_settled(self._db, stands, ads)
        self._keys |= shared
        missing = {carrier.ad for use in (*whole, *some) for carrier in use.carriers} | ads
        self.cards |= carriers.load_cards(self._db, sorted(missing - self.cards.keys()))
        return [
            *find_ties(whole, self.cards, self._rulings, self._guard),
            *(settled_tie(use, self.cards, self.settled[use.kind, use.value]) for use in some),
        ]

    def _touches(self, tie: Tie) -> frozenset[int]:
        """Whose cluster a tie may change: those it ties, and the ad that was its centre where another is now."""
        if tie.mark != self._before.get((tie.use.kind, tie.use.value), ""):
            return frozenset(carrier.ad for carrier in tie.use.carriers)
        if tie.centre not in self._new:
            return frozenset(tie.tied)
        others = (ad for ad in (*tie.tied, *(carrier.ad for carrier in tie.use.carriers)) if ad not in self._new)
        return frozenset((*tie.tied, next(others, tie.centre)))
