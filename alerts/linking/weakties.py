"""Weak ties: a text or a street address shared by groups that hold together by contacts of their own.

One such key that alone joins two groups is held as a bridge. In a large market stock texts run crosswise between many
groups, so that none of them is a bridge, and chains of them would make one cluster of hundreds of hands. So groups that
share no contact are not joined by what many may write: a person is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from alerts.linking.bridges import Held
from alerts.linking.components import Components
from alerts.linking.rulings import Rulings
from alerts.linking.ties import Tie
from alerts.linking.uses import NOUNS, Card, Guard

Cards = Mapping[int, Card]
WEAK = frozenset({"template", "address"})


def find_unbacked(ties: Mapping[int, Tie], cards: Cards, rulings: Rulings, guard: Guard) -> Held:
    """The weak ties of a component that nothing else bears out, by ad; `ties` are those of the component, by number."""
    group_of = _contact_groups(ties, guard)
    held: Held = {}
    for number, tie in sorted(ties.items()):
        if tie.use.kind in WEAK and not rulings.is_confirmed(tie.use.kind, tie.use.value):
            held.update(_held(number, tie, group_of, cards))
    return held


def _contact_groups(ties: Mapping[int, Tie], guard: Guard) -> dict[int, int]:
    """The group of each ad that others share a contact with, for groups of at least `guard.weak` ads."""
    ads = {ad for tie in ties.values() for ad in tie.tied}
    groups = Components(ads)
    for tie in ties.values():
        if tie.use.kind not in WEAK:
            for ad in tie.tied[1:]:
                groups.join(tie.tied[0], ad)
    large = [some for some in groups.lists() if len(some) >= guard.weak]
    return {ad: some[0] for some in large for ad in some}


def _held(number: int, tie: Tie, group_of: Mapping[int, int], cards: Cards) -> Iterator[tuple[tuple[int, int], str]]:
    """A weak key stays with the group of which most ads have it."""
    meets = Counter(group_of[ad] for ad in tie.tied if ad in group_of)
    if len(meets) < 2:
        return
    oldest = {group_of[ad]: cards[ad].age_order for ad in reversed(tie.tied) if ad in group_of}
    home = min(meets, key=lambda group: (-meets[group], oldest[group]))
    noun = NOUNS[tie.use.kind]
    why = f"held: {len(meets)} groups that share no contact have this {noun}, and nothing else joins them; confirm it"
    for ad in tie.tied:
        if ad in group_of and group_of[ad] != home:
            yield (number, ad), why
