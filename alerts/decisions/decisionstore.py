"""Decisions in the store: taken, taken back, and looked up. Nothing here is ever changed or deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, cast

from alerts import clusterstore
from alerts.cases import Decision, Verdict
from alerts.decisions.snapshots import Snapshot, decode_snapshot, encode_snapshot, fingerprint, take_snapshot
from alerts.decisions.verdicts import UNDONE, BadDecision, ChangedSince, parse_reason
from alerts.judgements import decode_judgement
from alerts.reading import readstore
from alerts.users import parse_name
from alerts.why import why_undone
from crawler.database import Database, transaction, utc_now

_COLUMNS = "d.id, d.at, d.by, d.alert, d.cluster, d.verdict, d.reason, d.undoes, u.id"
_WITH_UNDONE = "decisions d LEFT JOIN decisions u ON u.undoes = d.id"
# The newest decision on each alert that nobody took back.
_STANDING = (
    "(SELECT max(d.id) AS id FROM decisions d WHERE d.undoes IS NULL "
    "AND d.id NOT IN (SELECT undoes FROM decisions WHERE undoes IS NOT NULL) GROUP BY d.alert)"
)


def decide(db: Database, alert: int, verdict: Verdict, *, reason: str, by: str, seen: str = "") -> Decision:
    """Store a person's decision on an alert, with what it was about. Raises BadDecision.

    With `seen` (`Case.seen`) it is refused where the alert has changed since it was read.
    """
    reason, by = parse_reason(reason), parse_name(by)
    with transaction(db):
        cluster, state = _alert(db, alert)
        if state == "joined":
            raise BadDecision(f"alert {alert} was joined to another; `varde alerts show {alert}` says to which")
        judged = current_snapshot(db, alert)
        if seen and seen != fingerprint(judged):
            raise ChangedSince(f"alert {alert} has changed since you opened it: read it again, then decide")
        row = (utc_now(), by, alert, cluster, str(verdict), reason, None, encode_snapshot(judged))
        number = _write(db, row)
        db.execute("UPDATE alerts SET state = 'decided', updated_at = ? WHERE id = ?", (utc_now(), alert))
    return _one(db, number)


def undo(db: Database, decision: int, *, reason: str, by: str) -> Decision:
    """Take a decision back by an entry of its own; its alert is undecided again if no other decision stands.

    Raises BadDecision.
    """
    reason, by = parse_reason(reason), parse_name(by)
    with transaction(db):
        undone = _one(db, decision)
        if undone.undoes is not None:
            raise BadDecision(f"{decision} takes back decision {undone.undoes}; decide anew instead")
        if undone.undone_by is not None:
            raise BadDecision(f"decision {decision} was undone already, by {undone.undone_by}")
        number = _write(db, (utc_now(), by, undone.alert, undone.cluster, UNDONE, reason, decision, "{}"))
        if not next(_rows(db, f"SELECT 1 FROM {_STANDING} JOIN decisions USING (id) WHERE alert = ?", undone.alert), 0):
            db.execute(
                "UPDATE alerts SET state = 'new', updated_at = ?, why_now = ? WHERE id = ? AND state = 'decided'",
                (utc_now(), why_undone(undone, reason), undone.alert),
            )
    return _one(db, number)


def decisions(db: Database, alerts: Iterable[int] | None = None) -> dict[int, tuple[Decision, ...]]:
    """Every decision on the alerts numbered, or on all, oldest first, those taken back included."""
    sql = f"SELECT {_COLUMNS} FROM {_WITH_UNDONE}"
    if alerts is None:
        rows = _rows(db, f"{sql} ORDER BY d.id")
    else:
        where = "WHERE d.alert IN (SELECT value FROM json_each(?)) ORDER BY d.id"
        rows = _rows(db, f"{sql} {where}", json.dumps(list(alerts)))
    found: dict[int, tuple[Decision, ...]] = {}
    for decision in map(_decision, rows):
        found[decision.alert] = (*found.get(decision.alert, ()), decision)
    return found


def standing(db: Database, clusters: Iterable[str]) -> dict[str, tuple[Decision, Snapshot]]:
    """For each of the clusters whose alert is decided: the decision that stands, and what it was about."""
    sql = (
        f"SELECT {_COLUMNS}, a.cluster, d.judged FROM {_WITH_UNDONE} JOIN alerts a ON a.id = d.alert "
        f"WHERE d.id IN {_STANDING} AND a.state = 'decided' AND a.cluster IN (SELECT value FROM json_each(?))"
    )
    rows = _rows(db, sql, json.dumps(list(clusters)))
    return {cluster: (_decision(row), decode_snapshot(judged)) for *row, cluster, judged in rows}


def votes(db: Database) -> Iterator[tuple[str, str, dict[str, float]]]:
    """(verdict, rule, indicators with their weights then) of the decision that stands on each alert."""
    sql = "SELECT verdict, judged ->> '$.rule', judged -> '$.signs' FROM decisions WHERE id IN "
    return ((verdict, rule, json.loads(signs)) for verdict, rule, signs in _rows(db, sql + _STANDING))


def current_snapshot(db: Database, alert: int) -> Snapshot:
    """What a decision on the alert would be about now. Raises BadDecision where there is no such alert."""
    cluster, _ = _alert(db, alert)
    document = next(_rows(db, "SELECT document FROM alerts WHERE id = ?", alert))[0]
    ads = list(clusterstore.members(db, cluster))
    keys = {(key.kind, key.value) for found in readstore.ad_keys(db, ads).values() for key, _, _ in found}
    return take_snapshot(decode_judgement(document), readstore.newest_read(db, ads), keys)


def _write(db: Database, row: tuple[object, ...]) -> int:
    """Add one entry, its columns in the order of the table; returns its number."""
    columns = "at, by, alert, cluster, verdict, reason, undoes, judged"
    return int(db.execute(f"INSERT INTO decisions ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid or 0)


def _alert(db: Database, number: int) -> tuple[str, str]:
    """Cluster and state of an alert. Raises BadDecision."""
    found = next(_rows(db, "SELECT cluster, state FROM alerts WHERE id = ?", number), None)
    if found is None:
        raise BadDecision(f"no alert {number}; `varde alerts` lists those that stand")
    return found[0], found[1]


def _one(db: Database, number: int) -> Decision:
    """Raises BadDecision."""
    row = next(_rows(db, f"SELECT {_COLUMNS} FROM {_WITH_UNDONE} WHERE d.id = ?", number), None)
    if row is None:
        raise BadDecision(f"no decision {number}; `varde alerts show ID` lists those on an alert")
    return _decision(row)


def _decision(row: Iterable[Any]) -> Decision:
    id, at, by, alert, cluster, verdict, reason, undoes, undone_by = row
    return Decision(
        id=id, at=at, by=by, alert=alert, cluster=cluster, verdict=verdict, reason=reason, undoes=undoes,
        undone_by=undone_by,
    )  # fmt: skip


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
