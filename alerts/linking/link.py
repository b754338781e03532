"""Linking: finds the clusters of the ads that are new or changed, with all that they touch, and of no others.

What is found is the same as if all were linked at once: a cluster is taken whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alerts.linking import carriers
from alerts.linking.clusters import Group, find_groups
from alerts.linking.reach import Reach
from alerts.linking.rulings import Rulings
from alerts.linking.ties import Settled, Tie, find_ties
from alerts.linking.uses import Guard
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
    settled: Mapping[Key, Settled] = field(default_factory=dict)
    is_all: bool = False


def link(db: Database, ads: Sequence[int], rulings: Rulings, guard: Guard, *, everything: bool = False) -> Linked:
    """The clusters of `ads`, whose cards are up to date, and of every ad that they touch; writes nothing."""
    if everything or len(ads) > _MOST:
        return _link_all(db, rulings, guard)
    reach = Reach(db, rulings, guard, frozenset(ads))
    ties = reach.ties
    groups = find_groups(reach.seen, reach.cards, ties, rulings, guard)
    here = tuple(group for group in groups if group.ads[0] in reach.ads)
    judged = {_key(tie): tie for tie in ties if _key(tie) not in reach.settled}
    settled = {key: tie.settled for key, tie in judged.items() if tie.settled}
    return Linked(frozenset(reach.ads), here, {key: tie.mark for key, tie in judged.items()}, settled)


def _link_all(db: Database, rulings: Rulings, guard: Guard) -> Linked:
    cards = carriers.load_cards(db)
    ties = list(find_ties(carriers.load_uses(db), cards, rulings, guard))
    groups = tuple(find_groups(sorted(cards), cards, ties, rulings, guard))
    settled = {_key(tie): tie.settled for tie in ties if tie.settled}
    return Linked(frozenset(cards), groups, {_key(tie): tie.mark for tie in ties}, settled, is_all=True)


def _key(tie: Tie) -> Key:
    return tie.use.kind, tie.use.value
