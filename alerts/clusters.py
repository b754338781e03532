"""Clusters: the connected components of ads and the keys they share, each tie with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import sqrt

from alerts.cases import Link
from alerts.components import Components
from alerts.facts import AdFacts, Cluster, KeyUse
from alerts.keys import Key

HUB = 40  # owners; a key of more of them is a switchboard, a site's own number or a flood, not a tie
LIST_AD = 3  # phones; an ad with more of them lists other people's numbers
# How far a kind of key, alone, speaks for one hand behind two ads.
KIND_STRENGTH = {"phone": 1.0, "email": 1.0, "payment": 1.0, "handle": 0.9, "image": 0.8, "url": 0.7, "template": 0.6}


def find_clusters(ads: Sequence[AdFacts], templates: Mapping[int, str]) -> list[Cluster]:
    """The clusters of `ads`, alone-standing ads as clusters of one, in the order of their lowest number.

    The outcome depends on the ads alone, not on the order they came in; cost grows with mentions.
    """
    uses = list(key_uses(ads, templates))
    lists = _list_ads(ads)
    groups = Components(facts.ad for facts in ads)
    for use in uses:
        tied = _tied(use, lists)
        for ad in tied[1:]:
            groups.join(tied[0], ad)
    links = defaultdict(list)
    for use in uses:
        for link in _links(use, lists, groups):
            links[link.cluster].append(link)
    by_number = {facts.ad: facts for facts in ads}
    return [
        Cluster(
            id=name(members[0]),
            ads=tuple(by_number[ad] for ad in members),
            links=tuple(links[name(members[0])]),
        )
        for members in groups.lists()
    ]


def name(oldest: int) -> str:
    """A cluster is named after the lowest number among its ads, which a rebuild of the same store keeps."""
    return f"c-{oldest}"


def key_uses(ads: Iterable[AdFacts], templates: Mapping[int, str]) -> Iterator[KeyUse]:
    """Every key that two ads or more carry, with who carries it."""
    carried: dict[tuple[str, str], dict[int, tuple[Key, str, str]]] = defaultdict(dict)
    owner: dict[int, str] = {}
    for facts in ads:
        owner[facts.ad] = facts.persona or facts.employer.casefold() or templates.get(facts.ad) or str(facts.ad)
        for key, first, last in facts.keys:
            carried[key.kind, key.value][facts.ad] = (key, first, last)
        if facts.ad in templates:
            key = Key("template", templates[facts.ad], 0.9, "text")
            carried[key.kind, key.value][facts.ad] = (key, facts.first_seen, facts.last_seen)
    for (kind, value), by_ad in sorted(carried.items()):
        if len(by_ad) > 1:
            keys = [key for key, _, _ in by_ad.values()]
            seen = {ad: (first, last) for ad, (_, first, last) in sorted(by_ad.items())}
            yield KeyUse(
                kind, value, seen, min(key.confidence for key in keys), frozenset(key.how for key in keys),
                owners=len({owner[ad] for ad in by_ad}),
            )  # fmt: skip


def _list_ads(ads: Iterable[AdFacts]) -> frozenset[int]:
    return frozenset(facts.ad for facts in ads if facts.most_phones > LIST_AD)


def _tied(use: KeyUse, lists: frozenset[int]) -> list[int]:
    """The ads that the key ties, by number; none where it is contested."""
    if use.owners > HUB:
        return []
    return [ad for ad in use.seen if use.kind != "phone" or ad not in lists]


def _links(use: KeyUse, lists: frozenset[int], groups: Components) -> Iterator[Link]:
    """A star from the ad of the lowest number; contested ties are shown in the cluster of the ad that carries them."""
    tied = _tied(use, lists)
    hub = use.owners > HUB
    centre = tied[0] if tied else next(iter(use.seen))
    strength = KIND_STRENGTH[use.kind] * use.confidence / sqrt(len(use.seen) - 1)
    for ad, (first, last) in use.seen.items():
        if ad == centre:
            continue
        contested = hub or ad not in tied
        yield Link(
            cluster=name(groups.root(ad)), ad=ad, other=centre, kind=use.kind, value=use.value,
            strength=0.0 if contested else round(strength, 3), contested=contested,
            why=_why(use, hub=hub, contested=contested), first_seen=first, last_seen=last,
        )  # fmt: skip


def _why(use: KeyUse, *, hub: bool, contested: bool) -> str:
    noun = {"template": "text template", "url": "web address", "image": "image hash"}.get(use.kind, use.kind)
    if hub:
        return (
            f"contested: {use.owners} different names carry this {noun}, more than {HUB}; a switchboard or a site's own"
        )
    if contested:
        return f"contested: this ad lists more than {LIST_AD} phones, so none of them ties it"
    disguised = sorted(use.hows - {"plain", "field", "text"}) if use.kind == "phone" else []
    written = f", written as {', '.join(disguised)} in some" if disguised else ""
    return f"same {noun} in {len(use.seen)} ads{written}"
