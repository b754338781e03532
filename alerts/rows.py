"""Ads, clusters, links and alerts as the rows that other systems read: the export formats of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from msgspec import structs

from alerts import alertstore, clusterstore
from alerts.cases import Alert, Decision, Held, Link, Reason
from alerts.factload import load_facts
from alerts.facts import Cluster
from alerts.market.marketstore import cluster_places
from alerts.movement.stays import find_stays
from alerts.reading import readstore
from alerts.referral import referral_for
from alerts.review.words import load_words
from crawler.database import Database
from crawler.store import AdRow, ad_rows
from crawler.store import captures as find_captures
from nlp import catalogue, not_stated
from nlp.reading import Reading

BATCH = 1_000
Row = dict[str, Any]


def ads(db: Database, *, all_states: bool = False) -> Iterator[Row]:
    """One row an ad that was read: the newest version that was."""
    latest, clusters = readstore.newest_read(db), {row.id: row for row in clusterstore.clusters(db)}
    membership = clusterstore.members(db)
    rows = [row for row in ad_rows(db) if row.id in latest]
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        read = readstore.readings(db, [latest[row.id] for row in batch])
        for row in batch:
            cluster = clusters.get(membership.get(row.id, ""))
            yield ad_row(row, read[latest[row.id]], cluster, all_states=all_states)


def ad_row(row: AdRow, reading: Reading, cluster: clusterstore.ClusterRow | None, *, all_states: bool) -> Row:
    level = cluster.judgement.level if cluster else "L0"
    tied = cluster is not None and (cluster.ads > 1 or level in alertstore.SHOWN)
    return {
        "site": row.site, "ad_id": row.ad_id, "kind": row.kind, "url": row.url, "first_seen": row.first_seen,
        "last_seen": row.last_seen, "gone_at": row.gone_at, "observations": row.observations,
        "language": reading.language,
        "cluster": cluster.id if cluster and tied else None, "level": level,
        "phones": [asdict(phone) for phone in reading.phones],
        "contacts": [asdict(contact) for contact in reading.contacts],
        "places": [asdict(place) for place in reading.places],
        "tours": [asdict(tour) for tour in reading.tours],
        "names": [asdict(name) for name in reading.names], "persons": reading.persons,
        "ages": [asdict(age) for age in reading.ages], "traits": [asdict(trait) for trait in reading.traits],
        "pay": [asdict(pay) for pay in reading.pay],
        "indicators": _indicators(reading, row.kind, all_states=all_states),
    }  # fmt: skip


def _indicators(reading: Reading, kind: str, *, all_states: bool) -> list[Row]:
    said = [asdict(f) for f in reading.indicators if all_states or f.state in ("present", "absent")]
    return said + (_not_stated(reading, kind) if all_states else [])


def _not_stated(reading: Reading, kind: str) -> list[Row]:
    entries = (catalogue()[id] for id in not_stated(reading, kind))
    return [
        {"id": entry.id, "state": "not_stated", "weight": entry.weight, "grade": entry.grade, "source": entry.source}
        for entry in entries
    ]


def clusters(db: Database) -> Iterator[Row]:
    """One row a cluster of two ads or more, or one that raised an alert; the heaviest first."""
    members: dict[str, list[int]] = {}
    for ad, cluster in clusterstore.members(db).items():
        members.setdefault(cluster, []).append(ad)
    by_number = {row.id: row for row in ad_rows(db)}
    keys, places = readstore.ad_keys(db), cluster_places(db)
    for row in clusterstore.clusters(db):
        if row.ads > 1 or row.judgement.level in alertstore.SHOWN:
            ads = [by_number[ad] for ad in members[row.id]]
            phones = {key.value for ad in members[row.id] for key, _, _ in keys.get(ad, ()) if key.kind == "phone"}
            yield cluster_row(row, ads, phones=len(phones), places=places.get(row.id, 0))


def cluster_row(row: clusterstore.ClusterRow, ads: list[AdRow], *, phones: int, places: int) -> Row:
    return {
        "cluster": row.id, "ads": row.ads, "phones": phones, "sites": len({ad.site for ad in ads}),
        "places": places, "first_seen": min(ad.first_seen for ad in ads), "last_seen": max(ad.last_seen for ad in ads),
        "level": row.judgement.level, "score": row.judgement.score,
        "reasons": list(map(_reason_row, row.judgement.reasons)),
        "against": list(map(_reason_row, row.judgement.against)),
        "members": [f"{ad.site}/{ad.ad_id}" for ad in ads],
    }  # fmt: skip


def stays(db: Database) -> Iterator[Row]:
    """One row a stay, cluster by cluster, each contact's in time order."""
    members: dict[str, list[int]] = {}
    for ad, cluster in clusterstore.members(db).items():
        members.setdefault(cluster, []).append(ad)
    for cluster, ads in sorted(members.items()):
        tied = tuple(clusterstore.links(db, cluster)) if len(ads) > 1 else ()
        for stay in find_stays(Cluster(id=cluster, ads=tuple(load_facts(db, ads)), links=tied)):
            part = stay.evidence
            source = {"site": part.site, "ad_id": part.ad_id, "observation": part.observation, "field": part.field,
                      "start": part.start, "end": part.end, "quote": part.quote}  # fmt: skip
            listed = {"contacts": list(stay.contacts), "ads": list(stay.ads), "elsewhere": list(stay.elsewhere)}
            yield {"cluster": cluster} | asdict(stay) | listed | {"evidence": source}


def links(db: Database) -> Iterator[Row]:
    """One row a tie: a star for each key, never all pairs."""
    names = {row.id: f"{row.site}/{row.ad_id}" for row in ad_rows(db)}
    return (link_row(link, names) for link in clusterstore.links(db))


def link_row(link: Link, names: Mapping[int, str]) -> Row:
    """A web host is told as what it is part of: a `url` without a path."""
    kind = "url" if link.kind == "host" else link.kind
    return structs.asdict(link) | {"kind": kind, "ad": names[link.ad], "other": names[link.other]}


def alerts(db: Database) -> Iterator[Row]:
    return map(alert_row, alertstore.alerts(db))


def alert_row(alert: Alert) -> Row:
    indicators = {reason.indicator for reason in alert.reasons}
    return {
        "alert": alert.id, "cluster": alert.cluster, "level": alert.level, "state": alert.state,
        "opened_at": alert.opened_at, "updated_at": alert.updated_at, "place": alert.place, "why_now": alert.why_now,
        "rule": alert.rule, "track_record": _held_row(alert.rule_held),
        "score": alert.score, "ads": alert.ads, "sites": list(alert.sites), "kinds": list(alert.kinds),
        "reasons": [_reason_row(reason) | {"track_record": _held_row(alert.held.get(reason.indicator, Held()))}
                    for reason in alert.reasons],
        "against": list(map(_reason_row, alert.against)), "note": load_words().note,
        "referral": [asdict(body) for body in referral_for(set(alert.kinds), indicators, alert.level)],
        "decisions": list(map(_decision_row, alert.decisions)),
    }  # fmt: skip


def _decision_row(decision: Decision) -> Row:
    return {
        "decision": decision.id, "at": decision.at, "by": decision.by, "verdict": decision.verdict,
        "reason": decision.reason, "undoes": decision.undoes, "undone_by": decision.undone_by,
    }  # fmt: skip


def _held_row(held: Held) -> Row:
    """How often it held up; `low` and `high` are null where nothing is decided."""
    low, high = (None if bound is None else round(bound, 4) for bound in (held.low, held.high))
    return {"held": held.held, "decided": held.decided, "low": low, "high": high}


def captures(db: Database) -> Iterator[Row]:
    return ({"capture": number} | asdict(capture) for number, capture in find_captures(db))


def _reason_row(reason: Reason) -> Row:
    return {
        "indicator": reason.indicator, "title": reason.title, "weight": reason.weight, "groups": list(reason.groups),
        "grade": reason.grade, "source": reason.source, "note": reason.note, "benign": reason.benign, "ads": reason.ads,
        "evidence": [
            {"ad": f"{part.site}/{part.ad_id}", "field": part.field, "start": part.start, "end": part.end,
             "quote": part.quote}
            for part in reason.evidence
        ],
    }  # fmt: skip
