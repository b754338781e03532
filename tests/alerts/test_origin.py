"""Nationality and ethnicity change no level, no order and no waking: over the gold ads and the sample market."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts import clusterstore, relations
from alerts.factload import load_facts
from alerts.facts import AdFacts, Cluster
from alerts.judge import judge
from alerts.levels import load_levels
from nlp import catalogue, read
from spiders.demo.market import build_sample
from spiders.demo.posts import Post
from tests.alerts.stores import Row, judged_store
from tests.alerts.stores import facts as ad_facts
from tests.gold.gold import load_gold

ORIGIN = {"escort": "Asian lady.", "job": "Only Ukrainians can apply. We welcome refugees from Ukraine."}


def without_origin(cluster: Cluster) -> Cluster:
    """The cluster as if nothing of group F had been read."""
    return replace(cluster, ads=tuple(_without(ad) for ad in cluster.ads))


def _without(ad: AdFacts) -> AdFacts:
    kept = tuple(finding for finding in ad.reading.indicators if not finding.id.startswith("F"))
    reading = replace(ad.reading, indicators=kept)
    versions = tuple(replace(version, reading=reading) for version in ad.versions)
    return replace(ad, reading=reading, versions=versions)


def gold() -> Iterator[Cluster]:
    ads = load_gold()
    readings = read([ad.fields for ad in ads], kinds=[ad.kind for ad in ads])
    for number, (ad, reading) in enumerate(zip(ads, readings, strict=True), 1):
        one = replace(ad_facts(number, kind=ad.kind, employer=ad.fields.get("employer", "")), reading=reading)
        yield Cluster(id=f"c-{number}", ads=(one,), links=())


def market(folder: Path) -> Iterator[Cluster]:
    """The sample market, whose ads name no origin, with one named in each."""
    db = judged_store(folder, map(_row, build_sample().posts))
    members: dict[str, list[int]] = {}
    for ad, cluster in clusterstore.members(db).items():
        members.setdefault(cluster, []).append(ad)
    for cluster, ads in sorted(members.items()):
        yield Cluster(id=cluster, ads=tuple(load_facts(db, ads)), links=tuple(clusterstore.links(db, cluster)))


def _row(post: Post) -> Row:
    fields = {"name": post.name, "employer": post.employer, "org_number": post.org_number, "location": post.city}
    given = {key: value for key, value in fields.items() if value}
    phones = {"phones": [post.phone.e164]} if post.phone.written == "field" else {}
    return {
        "site": post.site, "ad_id": post.ad_id, "kind": post.kind, "seen_at": f"{post.posted_at}T12:00:00+01:00",
        "title": post.title, "text": f"{post.text} {ORIGIN[post.kind]}", **given, **phones,
    }  # fmt: skip


def unlike(clusters: Iterable[Cluster], monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
    """The clusters whose level, rule or score is another without group F; and how many show something of F."""
    kept = {id: rule for id, rule in relations.RULES.items() if not id.startswith("F")}
    changed, shown = [], 0
    for cluster in clusters:
        whole = judge(cluster)
        with monkeypatch.context() as patched:
            patched.setattr(relations, "RULES", kept)
            bare = judge(without_origin(cluster))
        shown += any(reason.indicator[0] == "F" for reason in whole.reasons)
        assert not any(reason.indicator[0] == "F" for reason in (*bare.reasons, *bare.against))
        if (whole.level, whole.rule, whole.score) != (bare.level, bare.rule, bare.score):
            changed.append(cluster.id)
    return changed, shown


def test_origin_changes_no_level_of_the_gold_ads(monkeypatch: pytest.MonkeyPatch) -> None:
    changed, shown = unlike(gold(), monkeypatch)
    assert shown >= 20
    assert changed == []


def test_origin_changes_no_level_of_the_sample_market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clusters = list(market(tmp_path))
    changed, shown = unlike(clusters, monkeypatch)
    assert shown >= 30
    assert changed == []
    judged = [judge(cluster) for cluster in clusters]
    assert {one.level for one in judged} >= {"L1", "L2", "L3"}
    for reason in (reason for one in judged for reason in one.reasons):
        assert reason.benign, reason.indicator
        assert reason.source, reason.indicator


def test_only_group_f_is_about_origin_and_it_is_context() -> None:
    about = {entry.id for entry in catalogue().values() if any("nationality" in group for group in entry.groups)}
    assert about
    assert {id[0] for id in about} <= load_levels().context
