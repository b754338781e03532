"""Alerts in the store: opened, changed, joined and lapsed as clusters are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from alerts.cases import Alert, Level
from alerts.facts import Cluster
from alerts.judge import Judgement
from alerts.judgements import decode_judgement
from alerts.levels import load_levels
from alerts.why import why_changed, why_new
from crawler.database import Database, utc_now

SHOWN: tuple[Level, ...] = ("L2", "L3")  # the levels that are alerts; L1 is watched only


def standing_clusters(db: Database) -> set[str]:
    """The clusters that have an alert of their own."""
    return {row[0] for row in _rows(db, "SELECT cluster FROM alerts WHERE state != 'joined'")}


def update_alerts(db: Database, kept: Sequence[tuple[Cluster, Judgement]]) -> None:
    """Open and change the alerts of clusters, inside the caller's transaction.

    An alert is never closed here: one that no rule holds for any more lapses, with what raised it, until a
    person decides.
    """
    _join_alerts(db, kept)
    _keep_alerts(db, kept)


def _join_alerts(db: Database, kept: Sequence[tuple[Cluster, Judgement]]) -> None:
    """The alert of a cluster that is now part of another goes with it, or ends where that one has its own."""
    heir = {ad.ad: cluster.id for cluster, _ in kept for ad in cluster.ads}
    standing = standing_clusters(db)
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
        judgement = decode_judgement(document)
        # a cluster that was joined to another has no ads left to tell
        span = spans.get(cluster, _ClusterSpan((), (), opened_at, updated_at))
        yield Alert(
            id=number, cluster=cluster, level=level, state=state, opened_at=opened_at or span.first_seen,
            updated_at=updated_at or span.last_seen, why_now=why_now or judgement.rule, rule=judgement.rule,
            score=judgement.score, reasons=judgement.reasons, against=judgement.against, ads=ads, sites=span.sites,
            kinds=span.kinds, first_seen=span.first_seen, last_seen=span.last_seen,
        )  # fmt: skip


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
