"""Alerts opened, changed, woken, joined and lapsed as the clusters they stand on are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from alerts.cases import Level
from alerts.decisions.decisionstore import standing as standing_decisions
from alerts.decisions.snapshots import news
from alerts.facts import Cluster
from alerts.judgements import Judgement
from alerts.levels import load_levels
from alerts.why import LAPSED, why_changed, why_gained, why_joined, why_moved, why_new, why_woken
from crawler.database import Database, utc_now

SHOWN: tuple[Level, ...] = ("L2", "L3")  # the levels that are alerts; L1 is watched only

Judged = tuple[Cluster, Judgement]


@dataclass(frozen=True, slots=True)
class _Standing:
    id: int
    level: str
    state: str


_NONE = _Standing(0, "", "")


def standing_clusters(db: Database, among: Iterable[str]) -> set[str]:
    """Those of the clusters that have an alert of their own."""
    return set(_standing(db, among))


def update_alerts(db: Database, kept: Sequence[Judged], heirs: Mapping[str, str], *, at: str | None = None) -> None:
    """Open and change the alerts of the clusters that were judged, inside the caller's transaction.

    `heirs` names, for each cluster that is no more, the one its ads went to. `at` is when the analysis began: what it
    raises arrives together, in however many transactions. An alert is never closed here: one that no rule holds for
    any more lapses, with what raised it, until a person decides; one that was decided rests until something new of
    weight arrives.
    """
    at = at or utc_now()
    _join_alerts(db, heirs, at)
    _keep_alerts(db, kept, at)


def raised(db: Database, clusters: Iterable[str], *, at: str) -> list[int]:
    """The alerts of these clusters that the analysis begun at `at` opened or woke."""
    sql = (
        "SELECT a.id FROM json_each(?) c CROSS JOIN alerts a ON a.cluster = c.value "
        "AND a.state != 'joined' "  # as the index on clusters says
        "WHERE a.state = 'new' AND a.woken_at = ?"
    )
    return sorted(number for (number,) in _rows(db, sql, json.dumps(list(clusters)), at))


def _join_alerts(db: Database, heirs: Mapping[str, str], at: str) -> None:
    """The alert of a cluster that is now part of another goes with it, or ends where that one has its own."""
    concerned = _standing(db, {*heirs, *heirs.values()})
    for old in sorted(heirs.keys() & concerned.keys()):
        heir, gone = heirs[old], concerned[old]
        if heir in concerned:
            _change(db, gone.id, "joined", why_joined(heir))
            if gone.state != "decided" and concerned[heir].state == "decided":
                _wake(db, concerned[heir].id, why_gained(gone.id, old), at)
                concerned[heir] = _Standing(concerned[heir].id, concerned[heir].level, "new")
        else:
            db.execute("UPDATE alerts SET cluster = ? WHERE id = ?", (heir, gone.id))
            if gone.state != "decided":
                _change(db, gone.id, gone.state, why_moved(old, heir))
            concerned[heir] = gone


def _keep_alerts(db: Database, kept: Sequence[Judged], at: str) -> None:
    """Open and change alerts; those that no rule holds for any more lapse."""
    standing = _standing(db, {cluster.id for cluster, _ in kept})
    for cluster, judgement in kept:
        alert = standing.get(cluster.id)
        if judgement.level not in SHOWN:
            if alert and alert.state == "new":
                _change(db, alert.id, "lapsed", LAPSED)
        elif alert is None:
            _open(db, cluster, judgement, at)
        elif alert.state != "decided":
            _renew(db, alert, cluster, judgement, at)
    resting = [(c, j) for c, j in kept if j.level in SHOWN and standing.get(c.id, _NONE).state == "decided"]
    _wake_decided(db, resting, at)


def _open(db: Database, cluster: Cluster, judgement: Judgement, at: str) -> None:
    now = utc_now()
    db.execute(
        "INSERT INTO alerts (cluster, level, state, opened_at, woken_at, updated_at, why_now, ads, document, rule, "
        "score, sites) VALUES (?, ?, 'new', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (cluster.id, judgement.level, now, at, now, why_new(cluster, judgement), *_content(cluster, judgement)),
    )


def _renew(db: Database, alert: _Standing, cluster: Cluster, judgement: Judgement, at: str) -> None:
    """Change an alert that waits; one that stands at the same level keeps its time and state."""
    if alert.level != judgement.level or alert.state == "lapsed":
        _change(db, alert.id, "new", why_changed(alert.level, alert.state, judgement))
        if judgement.level > alert.level or alert.state == "lapsed":
            db.execute("UPDATE alerts SET woken_at = ? WHERE id = ?", (at, alert.id))
    _rewrite(db, alert.id, cluster, judgement)


def _wake_decided(db: Database, kept: Sequence[Judged], at: str) -> None:
    """Bring decided alerts back where something new of weight arrived since; the others rest as they were decided."""
    decided, levels = standing_decisions(db, (cluster.id for cluster, _ in kept)), load_levels()
    alerts = _standing(db, decided)
    for cluster, judgement in kept:
        decision, was = decided[cluster.id]
        if new := news(was, cluster, judgement, levels):
            _wake(db, alerts[cluster.id].id, why_woken(decision, new), at)
        _rewrite(db, alerts[cluster.id].id, cluster, judgement)


def _wake(db: Database, alert: int, why: str, at: str) -> None:
    _change(db, alert, "new", why)
    db.execute("UPDATE alerts SET woken_at = ? WHERE id = ?", (at, alert))


def _change(db: Database, alert: int, state: str, why: str) -> None:
    change = "UPDATE alerts SET state = ?, updated_at = ?, why_now = ? WHERE id = ?"
    db.execute(change, (state, utc_now(), why, alert))


def _rewrite(db: Database, alert: int, cluster: Cluster, judgement: Judgement) -> None:
    change = "UPDATE alerts SET level = ?, ads = ?, document = ?, rule = ?, score = ?, sites = ? WHERE id = ?"
    db.execute(change, (judgement.level, *_content(cluster, judgement), alert))


def _content(cluster: Cluster, judgement: Judgement) -> tuple[int, str, str, float, str]:
    """Ads, document, rule, score and sites as the table has them."""
    document = json.dumps(msgspec.to_builtins(judgement), ensure_ascii=False)
    sites = json.dumps(sorted({ad.site for ad in cluster.ads}))
    return len(cluster.ads), document, judgement.rule, judgement.score, sites


def _standing(db: Database, clusters: Iterable[str]) -> dict[str, _Standing]:
    """The alerts of these clusters, but for those joined to another."""
    sql = (
        "SELECT cluster, id, level, state FROM alerts "
        "WHERE state != 'joined' AND cluster IN (SELECT value FROM json_each(?))"
    )
    return {row[0]: _Standing(*row[1:]) for row in _rows(db, sql, json.dumps(list(clusters)))}


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
