"""Witnesses: an ad that alone carries two established keys together is no proof that they are one hand's.

Whoever pastes the numbers of two networks into one ad makes such an ad; a second ad that carries both, or a name that
both are known under, is what it takes to believe it. Until then the ad stays with the key it fits best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from alerts.linking.bridges import Held
from alerts.linking.components import Components
from alerts.linking.rulings import Rulings
from alerts.linking.ties import Tie
from alerts.linking.uses import NOUNS, Card, Guard


def find_unwitnessed(ties: Mapping[int, Tie], cards: Mapping[int, Card], rulings: Rulings, guard: Guard) -> Held:
    """The ties of one component that no second ad bears out, by ad; `ties` are those of the component, by number."""
    known = {number: tie for number, tie in ties.items() if tie.is_strong and len(tie.tied) > guard.side}
    carriers = {number: frozenset(tie.tied) for number, tie in known.items()}
    carried: dict[int, list[int]] = defaultdict(list)
    for number, tie in known.items():
        for ad in tie.tied:
            carried[ad].append(number)
    held: Held = {}
    for ad, numbers in carried.items():
        if len(numbers) > 1:
            held.update(_held(ad, numbers, known, carriers, cards))
    return {
        (number, ad): why for (number, ad), why in held.items()
        if not rulings.is_confirmed(ties[number].use.kind, ties[number].use.value)
    }  # fmt: skip


def _held(
    ad: int, numbers: Sequence[int], ties: Mapping[int, Tie], carriers: Mapping[int, frozenset[int]],
    cards: Mapping[int, Card],
) -> Iterator[tuple[tuple[int, int], str]]:  # fmt: skip
    """The keys of one ad that nothing else puts together with the one it fits best."""
    parts = _parts(ad, numbers, carriers, cards)
    if len(parts) < 2:
        return
    owner = cards[ad].owner
    fits = {number: any(cards[other].owner == owner for other in carriers[number] if other != ad) for number in numbers}
    home = min(parts, key=lambda part: (not any(fits[n] for n in part), -len(part), _age(part, ties, cards)))
    first = ties[home[0]].use
    for part in parts:
        if part is not home:
            for number in part:
                noun = NOUNS.get(ties[number].use.kind, ties[number].use.kind)
                yield (number, ad), f"held: no other ad carries this {noun} together with {first.value}; confirm it"


def _age(part: Sequence[int], ties: Mapping[int, Tie], cards: Mapping[int, Card]) -> tuple[str, str, str]:
    """The age of the oldest ad that carries one of the keys."""
    return min(cards[ties[number].tied[0]].age_order for number in part)


def _parts(
    ad: int, numbers: Sequence[int], carriers: Mapping[int, frozenset[int]], cards: Mapping[int, Card]
) -> list[list[int]]:
    """The keys of an ad, those together that another ad carries together, or that are known under one name."""
    groups = Components(numbers)
    for one, other in combinations(numbers, 2):
        both = carriers[one] & carriers[other]
        if len(both) > 1 or _share_a_name(ad, carriers[one] - both, carriers[other] - both, cards):
            groups.join(one, other)
    return groups.lists()


def _share_a_name(ad: int, some: frozenset[int], others: frozenset[int], cards: Mapping[int, Card]) -> bool:
    """Does the ad's own owner stand behind both?"""
    owner = cards[ad].owner
    return any(cards[n].owner == owner for n in some) and any(cards[n].owner == owner for n in others)
