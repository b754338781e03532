"""Clusters: the connected components of ads and the keys that tie them, each tie with its reason."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.cases import Link
from alerts.linking.bridges import Held, find_held
from alerts.linking.components import Components
from alerts.linking.rulings import Rulings
from alerts.linking.ties import Tie
from alerts.linking.uses import Card, Guard
from alerts.linking.weakties import find_unbacked
from alerts.linking.witnesses import find_unwitnessed

Find = Callable[[Mapping[int, Tie], Mapping[int, Card], Rulings, Guard], Held]
_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"  # none that are taken for each other, and no words


@dataclass(frozen=True, slots=True)
class Group:
    """One cluster as linking finds it: the numbers of its ads, oldest first, and its ties."""

    id: str
    ads: tuple[int, ...]
    links: tuple[Link, ...]


def find_groups(
    ads: Iterable[int], cards: Mapping[int, Card], ties: Sequence[Tie], rulings: Rulings, guard: Guard
) -> list[Group]:
    """The clusters of `ads`, those that stand alone as clusters of one, in the order of their names.

    `ties` are all that tie any of them, as `ties.find_ties` gives them, and tie no ad that is not among them;
    `cards` has every ad that carries one of their keys. The outcome depends on what the ads say and when, not on the
    order or the numbers they came in with; cost grows with the keys carried.
    """
    ads = list(ads)
    ties = _hold(find_held, ads, cards, bear_out(ads, cards, ties, rulings, guard), rulings, guard)
    groups = {some[0]: some for some in joined(ads, ties).lists()}
    names = {root: _name(min((cards[ad] for ad in ads), key=_age)) for root, ads in groups.items()}
    links = defaultdict(list)
    root_of = {ad: root for root, ads in groups.items() for ad in ads}
    for tie in ties:
        for link in _links(tie, root_of, names):
            links[link.cluster].append(link)
    found = [
        Group(names[root], tuple(sorted(ads, key=lambda ad: _age(cards[ad]))), tuple(links[names[root]]))
        for root, ads in groups.items()
    ]
    return sorted(found, key=lambda group: group.id)


def bear_out(
    ads: Iterable[int], cards: Mapping[int, Card], ties: Sequence[Tie], rulings: Rulings, guard: Guard
) -> list[Tie]:
    """The ties, in the order of their keys, without what no second ad and no contact bears out."""
    ads = list(ads)
    ties = sorted(ties, key=lambda tie: (tie.use.kind, tie.use.value))  # what is told of one names the first of others
    for find in (find_unwitnessed, find_unbacked):
        ties = _hold(find, ads, cards, ties, rulings, guard)
    return ties


def joined(ads: Iterable[int], ties: Iterable[Tie]) -> Components[int]:
    """The components that ties make of ads."""
    groups = Components(ads)
    for tie in ties:
        for ad in tie.tied[1:]:
            groups.join(tie.tied[0], ad)
    return groups


def name(site: str, ad_id: str) -> str:
    """What a cluster is called: a short hash of its oldest ad's site and number there, so that every store calls it so.

    Ten letters of 28: of 300,000 clusters two share a name in one of 6,000 stores.
    """
    number = int.from_bytes(hashlib.sha256(f"{site}\n{ad_id}".encode()).digest()[:8])
    letters = []
    for _ in range(10):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return f"c-{''.join(letters[:5])}-{''.join(letters[5:])}"


def _name(oldest: Card) -> str:
    return name(oldest.site, oldest.ad_id)


def _age(card: Card) -> tuple[str, str, str]:
    return card.age_order


def _hold(
    find: Find, ads: Iterable[int], cards: Mapping[int, Card], ties: Sequence[Tie], rulings: Rulings, guard: Guard
) -> list[Tie]:
    """The ties without what is held back of them, component by component; who is held is among those not tied."""
    if sum(len(tie.tied) > 1 for tie in ties) < 2:
        return list(ties)
    groups = joined(ads, ties)
    of_component: dict[int, dict[int, Tie]] = defaultdict(dict)
    for number, tie in enumerate(ties):
        if len(tie.tied) > 1:
            of_component[groups.root(tie.tied[0])][number] = tie
    held: dict[int, dict[int, str]] = defaultdict(dict)  # by the number of the tie
    for _, some in sorted(of_component.items()):
        if len(some) > 1:
            for (number, ad), why in find(some, cards, rulings, guard).items():
                held[number][ad] = why
    return [tie.without(held[number]) if number in held else tie for number, tie in enumerate(ties)]


def _links(tie: Tie, root_of: Mapping[int, int], names: Mapping[int, str]) -> Iterator[Link]:
    """A star from the oldest ad that the key ties; a tie refused is shown in the cluster of whoever carries the key."""
    if not tie.tied and not tie.refused:
        return
    centre = tie.centre
    for carrier in tie.use.carriers:
        if carrier.ad == centre:
            continue
        refusal = tie.refused.get(carrier.ad, "")
        shown = {carrier.ad, centre} if carrier.ad in tie.asked else {carrier.ad}
        for cluster in sorted({names[root_of[ad]] for ad in shown if ad in root_of}):
            yield Link(
                cluster=cluster, ad=carrier.ad, other=centre, kind=tie.use.kind, value=tie.use.value,
                strength=0.0 if refusal else tie.strength, contested=bool(refusal), why=refusal or tie.why,
                first_seen=carrier.first_seen, last_seen=carrier.last_seen,
            )  # fmt: skip
