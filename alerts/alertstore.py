"""Alerts in the store, looked up: the queue of the day, those that match, and how many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from alerts.alertchanges import SHOWN
from alerts.budget import Candidate, give_places, load_budget
from alerts.cases import Alert, Held, Level, Queue
from alerts.decisions.decisionstore import decisions
from alerts.decisions.trackrecord import load_record
from alerts.judgements import decode_judgement
from alerts.levels import load_levels
from crawler.database import Database, utc_now

__all__ = ["SHOWN", "STATES", "alerts", "count_levels", "count_states", "queue", "watched"]

STATES = ("new", "decided", "lapsed", "joined")
_COLUMNS = "id, cluster, level, state, opened_at, woken_at, updated_at, why_now, ads, document FROM alerts"


def queue(db: Database) -> Queue:
    """Today's queue. The day is that of UTC, as are all times of the store."""
    places, waiting = _places(db), _undecided(db)
    rows = _rows(db, f"SELECT {_COLUMNS} WHERE id IN (SELECT value FROM json_each(?))",
                 json.dumps([number for number in waiting if number in places]))  # fmt: skip
    shown = _ordered(_alerts(db, list(rows), places))
    return Queue(tuple(shown), len(waiting) - len(shown))


def alerts(db: Database, *, level: str | None = None, state: str | None = None, cluster: str | None = None,
           number: int | None = None) -> list[Alert]:  # fmt: skip
    """The alerts that match: those with a place first, by the order of the level rules, then by score; then the others.

    Those joined to another only where `state` or a number asks for them.
    """
    sql = (
        f"SELECT {_COLUMNS} "
        "WHERE (?1 IS NULL OR level = ?1) AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR cluster = ?3) "
        "AND (?4 IS NULL OR id = ?4) AND (state != 'joined' OR ?2 IS NOT NULL OR ?4 IS NOT NULL) ORDER BY id"
    )
    return _ordered(_alerts(db, list(_rows(db, sql, level, state, cluster, number)), _places(db)))


def watched(db: Database, cluster: str | None = None) -> list[Alert]:
    """The clusters of level L1, or one of them, in the shape of alerts: number 0, watched, no alert."""
    sql = (
        "SELECT 0, id, level, 'watched', '', '', '', '', ads, document FROM clusters "
        "WHERE level = 'L1' AND (?1 IS NULL OR id = ?1)"
    )
    return _ordered(_alerts(db, list(_rows(db, sql, cluster)), {}))


def count_levels(db: Database) -> dict[Level, int]:
    """How many alerts that nobody decided stand at each level, and how many clusters are watched (L1)."""
    sql = (
        "SELECT level, count(*) FROM alerts WHERE state IN ('new', 'lapsed') GROUP BY level "
        "UNION ALL SELECT level, count(*) FROM clusters WHERE level = 'L1'"
    )
    return {level: count for level, count in _rows(db, sql) if level}


def count_states(db: Database) -> dict[str, int]:
    """How many alerts are in each state."""
    return dict(_rows(db, "SELECT state, count(*) FROM alerts GROUP BY state"))


def _undecided(db: Database) -> list[int]:
    return [row[0] for row in _rows(db, "SELECT id FROM alerts WHERE state IN ('new', 'lapsed')")]


def _places(db: Database) -> dict[int, str]:
    """Alert -> the day whose budget holds its place."""
    levels = load_levels()
    sql = (
        "SELECT id, cluster, level, state, woken_at, updated_at, rule, score, sites FROM alerts WHERE state != 'joined'"
    )
    candidates = [
        Candidate(
            alert=number, at=woken_at, sites=tuple(json.loads(sites)), urgent=level == "L3",
            pressing=(levels.rank(rule), -score, cluster), always=levels.is_always_shown(rule),
            decided=updated_at[:10] if state == "decided" else "",
        )
        for number, cluster, level, state, woken_at, updated_at, rule, score, sites in _rows(db, sql)
    ]  # fmt: skip
    return give_places(candidates, today=utc_now()[:10], budget=load_budget())


def _ordered(found: Iterable[Alert]) -> list[Alert]:
    """Those that have a place, the most pressing first; then those that wait, by the day they came.

    So a flood of alerts comes after all that stood before it.
    """
    rules = load_levels()

    def place(alert: Alert) -> tuple[object, ...]:
        came = "" if alert.place else alert.woken_at
        return came, rules.rank(alert.rule), -alert.score, alert.cluster, alert.id

    return sorted(found, key=place)


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


def _alerts(db: Database, rows: Sequence[tuple[Any, ...]], places: Mapping[int, str]) -> Iterator[Alert]:
    spans, record = _spans(db, [row[1] for row in rows]), load_record(db)
    decided = decisions(db, [row[0] for row in rows])
    for number, cluster, level, state, opened_at, woken_at, updated_at, why_now, ads, document in rows:
        judgement = decode_judgement(document)
        # a cluster that was joined to another has no ads left to tell
        span = spans.get(cluster, _ClusterSpan((), (), opened_at, updated_at))
        yield Alert(
            id=number, cluster=cluster, level=level, state=state, opened_at=opened_at or span.first_seen,
            woken_at=woken_at,
            updated_at=updated_at or span.last_seen, why_now=why_now or judgement.rule, rule=judgement.rule,
            score=judgement.score, reasons=judgement.reasons, against=judgement.against, ads=ads, sites=span.sites,
            kinds=span.kinds, first_seen=span.first_seen, last_seen=span.last_seen, place=places.get(number),
            rule_held=record.rules.get(judgement.rule, Held()),
            held={reason.indicator: record.indicators.get(reason.indicator, Held()) for reason in judgement.reasons},
            decisions=decided.get(number, ()),
        )  # fmt: skip


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
