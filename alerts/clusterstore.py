"""Clusters in the store: their members, their ties, and what they were judged to be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from alerts.cases import Link
from alerts.facts import Cluster
from alerts.judge import Judgement
from alerts.judgements import decode_judgement
from crawler.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One stored cluster: how many ads, what level, and why."""

    id: str
    ads: int
    judgement: Judgement


def replace_clusters(db: Database, kept: Sequence[tuple[Cluster, Judgement]]) -> None:
    """Make `kept` the clusters there are, inside the caller's transaction; only what differs is written."""
    before: dict[str, str] = dict(_rows(db, "SELECT id, document FROM clusters"))
    for id in before.keys() - {cluster.id for cluster, _ in kept}:
        db.execute("DELETE FROM clusters WHERE id = ?", (id,))
    for cluster, judgement in kept:
        document = _document(cluster, judgement)
        if before.get(cluster.id) != document:
            _write_cluster(db, cluster, judgement, document)


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
    links = [asdict(link) for link in cluster.links]
    return json.dumps(asdict(judgement) | {"members": members, "links": links}, ensure_ascii=False)


def clusters(db: Database, ids: Iterable[str] | None = None) -> Iterator[ClusterRow]:
    """The clusters named, or all, the heaviest first."""
    sql = "SELECT id, ads, document FROM clusters"
    if ids is None:
        rows = _rows(db, f"{sql} ORDER BY level DESC, score DESC, id")
    else:
        rows = _rows(db, f"{sql} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", json.dumps(list(ids)))
    return (ClusterRow(id=id, ads=ads, judgement=decode_judgement(document)) for id, ads, document in rows)


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


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
