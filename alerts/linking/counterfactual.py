"""Counterfactual: what would be left of a cluster if one of its keys did not count."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from alerts import clusterstore
from alerts.linking import carriers
from alerts.linking.clusters import Group, find_groups
from alerts.linking.history import load_rulings
from alerts.linking.rulings import Ruling, Rulings
from alerts.linking.ties import find_ties
from alerts.linking.uses import Card, Guard, KeyUse
from crawler.database import Database, utc_now


def without(db: Database, cluster: str, *, kind: str, value: str) -> list[Group]:
    """The parts that a cluster would fall into without a key, the largest first. Nothing is written.

    One part: its ads hang together by other keys. Raises LookupError where no two of its ads share that key.
    """
    ads = clusterstore.members(db, cluster)
    uses = carriers.load_uses(db, carriers.key_states(db, ads))
    if not any((use.kind, use.value) == (kind, value) for use in uses):
        raise LookupError(f"no two ads of {cluster} share the {kind} {value!r}")
    cards = carriers.load_cards(db, {carrier.ad for use in uses for carrier in use.carriers} | ads.keys())
    found = _groups(ads, cards, uses, load_rulings(db), (kind, value))
    return sorted(found, key=lambda group: (-len(group.ads), group.id))


def _groups(
    ads: Mapping[int, str], cards: Mapping[int, Card], uses: list[KeyUse], rulings: Rulings, key: tuple[str, str]
) -> list[Group]:
    cut = Ruling(id=0, at=utc_now(), by="", ruling="cut", kind=key[0], value=key[1], ad="", reason="left out")
    rulings = Rulings({**rulings.by_key, (*key, ""): cut})
    ties = find_ties(uses, cards, rulings, Guard())
    here = [replace(tie, tied=tuple(ad for ad in tie.tied if ad in ads)) for tie in ties]
    return find_groups(ads, cards, here, rulings, Guard())
