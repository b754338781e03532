"""Indicators that only several ads together, or several versions of one, can show: a rule for each cross-ad entry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from alerts.facts import Cluster
from alerts.market.usual import Market
from alerts.movement.sightings import SELLING, find_sightings
from alerts.movement.stays import find_journeys
from alerts.relations import contacts, personas, routes, succession, usual
from alerts.relations.scene import Relation, Rule, Scene, evidence, find_shared

__all__ = ["RULES", "SELLING", "Relation", "evidence", "find_relations"]

MODULES = (contacts, personas, routes, succession, usual)
RULES: Mapping[str, Rule] = MappingProxyType({id: rule for module in MODULES for id, rule in module.RULES.items()})


def find_relations(cluster: Cluster, market: Market | None = None) -> list[Relation]:
    """Every cross-ad indicator of the cluster, one entry each, in the order of their ids.

    Pure. Without a `market`, what is held against the usual (D08, E02) is left out.
    """
    if not _has_more_than_one(cluster, market):
        return []
    scene = Scene(
        cluster=cluster,
        shared=find_shared(cluster),
        seen=find_sightings(cluster),
        journeys=find_journeys(cluster, SELLING),
        market=market,
    )
    return [relation for _, rule in sorted(RULES.items()) if (relation := rule(scene))]


def _has_more_than_one(cluster: Cluster, market: Market | None) -> bool:
    """Whether anything can be compared: most clusters are one ad that never changed, and cost next to nothing here."""
    ads = cluster.ads
    if len(ads) > 1 or (market is not None and ads[0].reading.pay):
        return True
    return len(ads[0].versions) > 1 or any(len(version.reading.tours) > 1 for version in ads[0].versions)
