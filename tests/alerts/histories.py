"""Ads with several versions, as linking loads them."""

from __future__ import annotations

from typing import Any

from alerts.facts import AdFacts, Cluster, Version
from alerts.market.usual import Market
from alerts.relations import Relation, find_relations
from nlp import read

Said = tuple[str, str, str | dict[str, str]]
"""The first and the last day that a version was seen on (of November 2026: "03"), and what it says."""

PHONE = "+4742000017"
CALL = "Ring 42 00 00 17."


def ad(number: int, *said: Said, kind: str = "escort", site: str = "a.example", **more: Any) -> AdFacts:
    """One ad with these versions, oldest first; a plain text is its field `text`."""
    versions = tuple(_version(number * 10 + at, first, last, says, kind) for at, (first, last, says) in enumerate(said))
    newest = said[-1][2]
    return AdFacts(
        ad=number, observation=versions[-1].observation, site=site, ad_id=f"n{number}", kind=kind,
        first_seen=versions[0].first_seen, last_seen=versions[-1].last_seen,
        text=newest if isinstance(newest, str) else newest.get("text", ""), employer=more.get("employer", ""),
        org_number=more.get("org_number", ""), reading=versions[-1].reading, versions=versions,
        posted_at=more.get("posted_at", ""),
    )  # fmt: skip


def _version(observation: int, first: str, last: str, says: str | dict[str, str], kind: str) -> Version:
    fields = {"text": says} if isinstance(says, str) else says
    day = _moment(first)
    reading = read([fields | {"seen_at": day[:10]}], kinds=[kind])[0]
    return Version(observation=observation, first_seen=day, last_seen=_moment(last), reading=reading)


def _moment(day: str) -> str:
    return f"2026-{day if '-' in day else f'11-{day}'}T12:00:00+00:00"


def found(group: Cluster, market: Market | None = None) -> dict[str, Relation]:
    """The relations of a cluster by indicator, each with every quote held against its version."""
    relations = {relation.indicator: relation for relation in find_relations(group, market)}
    assert list(relations) == sorted(relations)
    observations = {version.observation for one in group.ads for version in one.versions}
    for relation in relations.values():
        assert all(part.observation in observations and part.quote for part in relation.evidence)
    return relations
