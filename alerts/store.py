"""What was concluded, in the same SQLite file: clusters, links and alerts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from sqlite_utils import Database

from alerts.cases import Alert, Evidence, Level, Link, Reason
from alerts.facts import Cluster
from alerts.judge import Judgement
from alerts.levels import load_levels
from alerts.migrations import migrations
from alerts.why import why_changed, why_new
from crawler.database import migrate, transaction, utc_now
from crawler.store import open_store

SHOWN: tuple[Level, ...] = ("L2", "L3")  # the levels that are alerts; L1 is watched only


def open_alerts(path: Path, *, create: bool = False) -> Database:
    """The store at `path` with the tables of both rooms. Raises StoreError."""
    db = open_store(path, create=create)
    migrate(db, migrations)
    return db


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One stored cluster: how many ads, what level, and why."""

    id: str
    ads: int
    judgement: Judgement


def keep_clusters(db: Database, judged: Sequence[tuple[Cluster, Judgement]]) -> None:
    """Replace what was concluded by `judged`, in one transaction; only what differs is written.

    An ad that stands alone and shows nothing gets no row. An alert is never closed here: one that no
    rule holds for any more lapses, with what raised it, until a person decides.
    """
    before: dict[str, str] = dict(_rows(db, "SELECT id, document FROM clusters"))
    standing = {row[0] for row in _rows(db, "SELECT cluster FROM alerts WHERE state != 'joined'")}
    kept = [(c, j) for c, j in judged if len(c.ads) > 1 or j.level != "L0" or c.id in standing]
    with transaction(db):
        for id in before.keys() - {cluster.id for cluster, _ in kept}:
            db.execute("DELETE FROM clusters WHERE id = ?", (id,))
        for cluster, judgement in kept:
            document = _document(cluster, judgement)
            if before.get(cluster.id) != document:
                _write_cluster(db, cluster, judgement, document)
        _join_alerts(db, kept)
        _keep_alerts(db, kept)


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


def _join_alerts(db: Database, kept: Sequence[tuple[Cluster, Judgement]]) -> None:
    """The alert of a cluster that is now part of another goes with it, or ends where that one has its own."""
    heir = {ad.ad: cluster.id for cluster, _ in kept for ad in cluster.ads}
    standing = {row[0] for row in _rows(db, "SELECT cluster FROM alerts WHERE state != 'joined'")}
    for id in sorted(standing):
        joined = heir.get(int(id.removeprefix("c-")), id)  # a cluster is named after its lowest number
        if joined == id:
            continue
        if joined in standing:
            change = "UPDATE alerts SET state = 'joined', updated_at = ?, why_now = ? WHERE cluster = ?"
            db.execute(change, (utc_now(), f"its ads are now part of {joined}, which has an alert of its own", id))
        else:
            change = "UPDATE alerts SET cluster = ?, updated_at = ?, why_now = ? WHERE cluster = ?"
            db.execute(change, (joined, utc_now(), f"{id} became part of {joined}", id))
            standing.add(joined)


def _keep_alerts(db: Database, kept: Sequence[tuple[Cluster, Judgement]]) -> None:
    """Open and change alerts; those that no rule holds for any more lapse."""
    sql = "SELECT cluster, level, state FROM alerts WHERE state != 'joined'"
    standing = {id: (level, state) for id, level, state in _rows(db, sql)}
    for cluster, judgement in kept:
        if judgement.level in SHOWN:
            _raise(db, cluster, judgement, standing.get(cluster.id))
        elif standing.get(cluster.id, ("", "lapsed"))[1] != "lapsed":
            why = "what raised it no longer stands in the newest version of its ads, or no longer ties them"
            change = "UPDATE alerts SET state = 'lapsed', updated_at = ?, why_now = ? WHERE cluster = ?"
            db.execute(change, (utc_now(), why, cluster.id))


def _raise(db: Database, cluster: Cluster, judgement: Judgement, standing: tuple[str, str] | None) -> None:
    """Open the alert of a cluster, or change it; one that stands at the same level keeps its time and state."""
    level, state = standing or ("", "")
    document, now = json.dumps(asdict(judgement), ensure_ascii=False), utc_now()
    if not level:
        db.execute(
            "INSERT INTO alerts (cluster, level, state, opened_at, updated_at, why_now, ads, document) "
            "VALUES (?, ?, 'new', ?, ?, ?, ?, ?)",
            (cluster.id, judgement.level, now, now, why_new(cluster, judgement), len(cluster.ads), document),
        )
        return
    if level != judgement.level or state == "lapsed":
        db.execute(
            "UPDATE alerts SET level = ?, state = 'new', updated_at = ?, why_now = ? WHERE cluster = ?",
            (judgement.level, now, why_changed(level, state, judgement), cluster.id),
        )
    db.execute("UPDATE alerts SET ads = ?, document = ? WHERE cluster = ?", (len(cluster.ads), document, cluster.id))


def clusters(db: Database, ids: Iterable[str] | None = None) -> Iterator[ClusterRow]:
    """The clusters named, or all, the heaviest first."""
    sql = "SELECT id, ads, document FROM clusters"
    if ids is None:
        rows = _rows(db, f"{sql} ORDER BY level DESC, score DESC, id")
    else:
        rows = _rows(db, f"{sql} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", json.dumps(list(ids)))
    return (ClusterRow(id=id, ads=ads, judgement=_judgement(document)) for id, ads, document in rows)


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


def alerts(db: Database, *, level: str | None = None, state: str | None = None, cluster: str | None = None,
           number: int | None = None) -> list[Alert]:  # fmt: skip
    """The alerts that match, the most pressing first: by the order of the level rules, then by score.

    Those joined to another only where `state` or a number asks for them.
    """
    sql = (
        "SELECT id, cluster, level, state, opened_at, updated_at, why_now, ads, document FROM alerts "
        "WHERE (?1 IS NULL OR level = ?1) AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR cluster = ?3) "
        "AND (?4 IS NULL OR id = ?4) AND (state != 'joined' OR ?2 IS NOT NULL OR ?4 IS NOT NULL) ORDER BY id"
    )
    return _ordered(_alerts(db, list(_rows(db, sql, level, state, cluster, number))))


def watched(db: Database, cluster: str | None = None) -> list[Alert]:
    """The clusters of level L1, or one of them, in the shape of alerts: number 0, watched, no alert."""
    sql = (
        "SELECT 0, id, level, 'watched', '', '', '', ads, document FROM clusters "
        "WHERE level = 'L1' AND (?1 IS NULL OR id = ?1)"
    )
    return _ordered(_alerts(db, list(_rows(db, sql, cluster))))


def count_levels(db: Database) -> dict[Level, int]:
    """How many alerts stand at each level, and how many clusters are watched (L1)."""
    sql = (
        "SELECT level, count(*) FROM alerts WHERE state != 'joined' GROUP BY level "
        "UNION ALL SELECT level, count(*) FROM clusters WHERE level = 'L1'"
    )
    return {level: count for level, count in _rows(db, sql) if level}


def count_clusters(db: Database) -> int:
    """How many clusters hold two ads or more."""
    return int(next(_rows(db, "SELECT count(*) FROM clusters WHERE ads > 1"))[0])


def _ordered(found: Iterable[Alert]) -> list[Alert]:
    rules = load_levels()
    return sorted(found, key=lambda alert: (rules.rank(alert.rule), -alert.score, alert.id, alert.cluster))


@dataclass(frozen=True, slots=True)
class _ClusterSpan:
    sites: tuple[str, ...]
    kinds: tuple[str, ...]
    first_seen: str
    last_seen: str


def _spans(db: Database, ids: Sequence[str]) -> dict[str, _ClusterSpan]:
    sql = (
        "SELECT m.cluster, json_group_array(DISTINCT a.site), json_group_array(DISTINCT a.kind), min(a.first_seen), "
        "max(a.last_seen) FROM members m JOIN ads a ON a.id = m.ad "
        "WHERE m.cluster IN (SELECT value FROM json_each(?)) GROUP BY m.cluster"
    )
    return {
        cluster: _ClusterSpan(tuple(sorted(json.loads(sites))), tuple(sorted(json.loads(kinds))), first, last)
        for cluster, sites, kinds, first, last in _rows(db, sql, json.dumps(list(ids)))
    }


def _alerts(db: Database, rows: Sequence[tuple[Any, ...]]) -> Iterator[Alert]:
    spans = _spans(db, [row[1] for row in rows])
    for number, cluster, level, state, opened_at, updated_at, why_now, ads, document in rows:
        judgement = _judgement(document)
        # a cluster that was joined to another has no ads left to tell
        span = spans.get(cluster, _ClusterSpan((), (), opened_at, updated_at))
        yield Alert(
            id=number, cluster=cluster, level=level, state=state, opened_at=opened_at or span.first_seen,
            updated_at=updated_at or span.last_seen, why_now=why_now or judgement.rule, rule=judgement.rule,
            score=judgement.score, reasons=judgement.reasons, against=judgement.against, ads=ads, sites=span.sites,
            kinds=span.kinds, first_seen=span.first_seen, last_seen=span.last_seen,
        )  # fmt: skip


def _judgement(document: str) -> Judgement:
    values = json.loads(document)
    level: Level = values["level"]
    return Judgement(
        level=level, rule=values["rule"], score=values["score"],
        reasons=tuple(map(_reason, values["reasons"])), against=tuple(map(_reason, values["against"])),
    )  # fmt: skip


def _reason(values: dict[str, Any]) -> Reason:
    quotes = tuple(Evidence(**part) for part in values["evidence"])
    return Reason(**values | {"evidence": quotes, "groups": tuple(values["groups"])})


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
