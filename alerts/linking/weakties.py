"""Weak ties: a text or a street address shared by groups that hold together by contacts of their own.

One such key that alone joins two groups is held as a bridge. In a large market stock texts run crosswise between many
groups, so that none of them is a bridge, and chains of them would make one cluster of hundreds of hands. So groups that
share no contact are joined by weak keys only where two such keys are mainly theirs, and theirs alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from alerts.linking.bridges import Held
from alerts.linking.components import Components
from alerts.linking.rulings import Rulings
from alerts.linking.ties import NOUNS, Card, Guard, Tie

Cards = Mapping[int, Card]
WEAK = frozenset({"template", "address"})
_BACKED = 2  # weak keys that join two groups
_MAIN = 0.2  # share of a weak key's ads from which on it is mainly a group's


def find_unbacked(ties: Mapping[int, Tie], cards: Cards, rulings: Rulings, guard: Guard) -> Held:
    """The weak ties of a component that nothing else bears out, by ad; `ties` are those of the component, by number."""
    group_of = _contact_groups(ties, guard)
    weak = {
        number: tie for number, tie in sorted(ties.items())
        if tie.use.kind in WEAK and not rulings.is_confirmed(tie.use.kind, tie.use.value)
    }  # fmt: skip
    meets = {number: Counter(group_of[ad] for ad in tie.tied if ad in group_of) for number, tie in weak.items()}
    joined = _joined(meets.values(), group_of.values())
    held: Held = {}
    for number, tie in weak.items():
        held.update(_held(number, tie, meets[number], group_of, joined, cards))
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


def _joined(meets: Iterable[Counter[int]], groups: Iterable[int]) -> Components:
    """The groups that weak keys join, each with those that it may be one with."""
    backed: Counter[tuple[int, int]] = Counter()
    for counts in meets:
        least = _MAIN * counts.total()
        main = sorted(group for group, ads in counts.items() if ads >= least)
        if len(main) == 2:
            backed[main[0], main[1]] += 1
    joined = Components(set(groups))
    for (one, other), keys in backed.items():
        if keys >= _BACKED:
            joined.join(one, other)
    return joined


def _held(
    number: int, tie: Tie, meets: Counter[int], group_of: Mapping[int, int], joined: Components, cards: Cards
) -> Iterator[tuple[tuple[int, int], str]]:
    """A weak key stays with those of whom most ads have it."""
    parts: Counter[int] = Counter()
    for group, ads in meets.items():
        parts[joined.root(group)] += ads
    if len(parts) < 2:
        return
    oldest = {joined.root(group_of[ad]): cards[ad].age_order for ad in reversed(tie.tied) if ad in group_of}
    home = min(parts, key=lambda part: (-parts[part], oldest[part]))
    noun = NOUNS[tie.use.kind]
    why = f"held: {len(parts)} groups that share no contact have this {noun}, and nothing else joins them; confirm it"
    for ad in tie.tied:
        if ad in group_of and joined.root(group_of[ad]) != home:
            yield (number, ad), why
