"""Clusters in the store: their members, their ties, and what they were judged to be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from alerts.cases import Level, Link
from alerts.facts import Cluster
from alerts.judgements import Judgement, decode_judgement
from crawler.database import Database, among


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One stored cluster: how many ads, what level, and why."""

    id: str
    ads: int
    judgement: Judgement


def replace_clusters(db: Database, ads: Iterable[int], kept: Sequence[tuple[Cluster, Judgement]]) -> set[str]:
    """Make `kept` the clusters of `ads`, inside the caller's transaction; returns those that are no more.

    Only what differs is written. An ad of none of them is in no cluster any more.
    """
    before = clusters_of(db, ads)
    ids = {cluster.id for cluster, _ in kept} | set(before.values())
    those, names = among(sorted(ids))
    documents = dict(_rows(db, f"SELECT id, document FROM clusters WHERE id {those}", *names))
    now = {ad.ad: cluster.id for cluster, _ in kept for ad in cluster.ads}
    db.conn.executemany("DELETE FROM members WHERE ad = ?", [(ad,) for ad in before if before[ad] != now.get(ad)])
    for cluster, judgement in kept:
        document = _document(cluster, judgement)
        if documents.get(cluster.id) != document:
            _write_cluster(db, cluster, judgement, document)
    empty = f"id {those} AND NOT EXISTS (SELECT 1 FROM members WHERE cluster = clusters.id)"
    return {id for (id,) in _rows(db, f"DELETE FROM clusters WHERE {empty} RETURNING id", *names)}


def _write_cluster(db: Database, cluster: Cluster, judgement: Judgement, document: str) -> None:
    db.execute("DELETE FROM clusters WHERE id = ?", (cluster.id,))
    db.execute(
        "INSERT INTO clusters (id, ads, level, score, document) VALUES (?, ?, ?, ?, ?)",
        (cluster.id, len(cluster.ads), judgement.level, judgement.score, document),
    )
    db.conn.executemany(
        "INSERT OR REPLACE INTO members (ad, cluster) VALUES (?, ?)",
        [(ad.ad, cluster.id) for ad in cluster.ads],
    )
    db.conn.executemany(
        "INSERT INTO links (cluster, ad, other, kind, value, strength, why, contested, first_seen, last_seen) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(x.cluster, x.ad, x.other, x.kind, x.value, x.strength, x.why, x.contested, x.first_seen, x.last_seen)
         for x in cluster.links],
    )  # fmt: skip


def _document(cluster: Cluster, judgement: Judgement) -> str:
    """Everything the cluster's rows are made of, so that a difference anywhere is seen."""
    members = [(ad.ad, ad.observation) for ad in cluster.ads]
    links = [msgspec.to_builtins(link) for link in cluster.links]
    return json.dumps(msgspec.to_builtins(judgement) | {"members": members, "links": links}, ensure_ascii=False)


def clusters(db: Database, ids: Iterable[str] | None = None) -> Iterator[ClusterRow]:
    """The clusters named, or all, the heaviest first."""
    sql = "SELECT id, ads, document FROM clusters"
    if ids is None:
        rows = _rows(db, f"{sql} ORDER BY level DESC, score DESC, id")
    else:
        those, names = among(list(ids))
        rows = _rows(db, f"{sql} WHERE id {those} ORDER BY id", *names)
    return (ClusterRow(id=id, ads=ads, judgement=decode_judgement(document)) for id, ads, document in rows)


def clusters_of(db: Database, ads: Iterable[int]) -> dict[int, str]:
    """Ad number -> its cluster, for those of the ads that are in one."""
    those, numbers = among(list(ads))
    return dict(_rows(db, f"SELECT ad, cluster FROM members WHERE ad {those}", *numbers))


def clusters_of_unlinked(db: Database) -> dict[int, str | None]:
    """Ad number -> its cluster, or None for no cluster, for the ads that were read or seen since they were linked. One
    that another process read just now has no card, and waits.
    """
    sql = "SELECT u.ad, m.cluster FROM unlinked u JOIN cards c ON c.ad = u.ad LEFT JOIN members m ON m.ad = u.ad"
    return dict(_rows(db, f"{sql} ORDER BY u.ad"))


def members_of(db: Database, clusters: Iterable[str]) -> dict[int, str]:
    """Ad number -> its cluster, for the clusters named."""
    those, names = among(list(clusters))
    return dict(_rows(db, f"SELECT ad, cluster FROM members WHERE cluster {those}", *names))


def members(db: Database, cluster: str | None = None) -> dict[int, str]:
    """Ad number -> its cluster, for one cluster or all."""
    if cluster is None:
        return dict(_rows(db, "SELECT ad, cluster FROM members"))
    return dict(_rows(db, "SELECT ad, cluster FROM members WHERE cluster = ?", cluster))


def links(db: Database, cluster: str | None = None) -> Iterator[Link]:
    """The ties of one cluster or all, the strongest first."""
    columns = "SELECT cluster, ad, other, kind, value, strength, why, contested, first_seen, last_seen FROM links"
    where, args = ("", ()) if cluster is None else (" WHERE cluster = ?", (cluster,))
    for row in _rows(db, f"{columns}{where} ORDER BY cluster, contested, strength DESC, kind, value, ad", *args):
        yield Link(
            cluster=row[0], ad=row[1], other=row[2], kind=row[3], value=row[4], strength=row[5], why=row[6],
            contested=bool(row[7]), first_seen=row[8], last_seen=row[9],
        )  # fmt: skip


def count_clusters(db: Database) -> int:
    """How many clusters hold two ads or more."""
    return int(next(_rows(db, "SELECT count(*) FROM clusters WHERE ads > 1"))[0])


def count_levels(db: Database) -> dict[Level, int]:
    """How many clusters, and ads that stand alone, are of each level from L1 up."""
    found: dict[Level, int] = {"L1": 0, "L2": 0, "L3": 0}
    return found | dict(_rows(db, "SELECT level, count(*) FROM clusters WHERE level != 'L0' GROUP BY level"))


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
