"""What is to be told, in the store: written with what it is about, claimed before it is sent, never sent twice.

pending ──claim──► sending ──► sent
   ▲                  ├──────► pending again, later (it surely did not arrive), or failed after many tries
   │                  └──────► uncertain (it may have arrived: the process died, or the other side fell silent)
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from alerts.notify.channels import load_channels
from alerts.watch.watchstore import Hit
from crawler.database import Database, transaction, utc_now, utc_text

if TYPE_CHECKING:
    from alerts.notify.notifyfile import About, Channel

State = Literal["pending", "sending", "sent", "uncertain", "failed"]
MAX_TRIES = 12  # with the pauses below, a little over a day
MAX_NOTICES = 1_000  # in one message
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell on one channel; `subject` is the number of the hit or alert."""

    id: int
    kind: About
    subject: int
    tries: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many notices of one channel are in one state, and why the latest of them is."""

    channel: str
    state: State
    notices: int
    changed_at: str
    due_at: str
    error: str


def queue_hits(
    db: Database, channels: Iterable[Channel], hits: Sequence[Hit], wanted: Mapping[int, Sequence[str]]
) -> None:
    """Put new hits into the outbox, inside the transaction that stores them. `wanted`: entry -> its channels."""
    for channel in channels:
        if "watch" in channel.about:
            told = [h for h in hits if not wanted[h.watch] or channel.name in wanted[h.watch]]
            _queue(db, channel, "watch", [(f"hit {hit.watch} {hit.ad}", hit.id) for hit in told])


def notify_alerts(db: Database, numbers: Iterable[int], channels: Sequence[Channel] | None = None) -> None:
    """Put alerts of L2 and L3 into the outbox, inside the transaction that stores them; each level of each once.

    `channels` are those of $VARDE_NOTIFY where None is given. Raises NotifyError where that file is wrong.
    """
    channels = load_channels() if channels is None else channels
    sql = "SELECT id, level FROM alerts WHERE level IN ('L2', 'L3') AND id IN (SELECT value FROM json_each(?))"
    rows = [(f"alert {id} {level}", id) for id, level in _rows(db, sql, json.dumps(list(numbers)))]
    for channel in channels:
        if "alerts" in channel.about:
            _queue(db, channel, "alerts", rows)


def _queue(db: Database, channel: Channel, kind: About, items: Iterable[tuple[str, int]]) -> None:
    now = datetime.now(UTC)
    at, due = utc_text(now), utc_text(channel.due(now))
    db.conn.executemany(
        "INSERT OR IGNORE INTO notices (channel, key, kind, subject, created_at, due_at, changed_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(channel.name, key, kind, subject, at, due, at) for key, subject in items],
    )


def claim(db: Database, channel: str) -> tuple[str, list[Notice]]:
    """Take what is due on a channel, as one message: (its id, what it tells). Nothing is due: ("", []).

    What could not be sent is taken again as the message it was, so that its receiver may know it.
    """
    now = utc_now()
    with transaction(db):
        sql = (
            "SELECT message, id, kind, subject, tries + 1 FROM notices WHERE channel = ?1 AND state = 'pending' "
            "AND due_at <= ?2 AND message = (SELECT max(message) FROM notices WHERE channel = ?1 "
            "AND state = 'pending' AND due_at <= ?2) ORDER BY id LIMIT ?3"
        )
        rows = list(_rows(db, sql, channel, now, MAX_NOTICES))
        if not rows:
            return "", []
        message = rows[0][0] or uuid.uuid4().hex
        taken = [Notice(*row[1:]) for row in rows]
        db.execute(
            "UPDATE notices SET state = 'sending', message = ?, tries = tries + 1, changed_at = ? "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (message, now, json.dumps([notice.id for notice in taken])),
        )
    return message, taken


def settle(db: Database, message: str, state: State, error: str = "") -> None:
    """Say what became of a message that is being sent."""
    with transaction(db):
        db.execute(
            "UPDATE notices SET state = ?, error = ?, changed_at = ? WHERE message = ? AND state = 'sending'",
            (state, error, utc_now(), message),
        )


def put_off(db: Database, message: str, tries: int, error: str) -> State:
    """It surely did not arrive: try again later, or no more."""
    if tries >= MAX_TRIES:
        settle(db, message, "failed", error)
        return "failed"
    due = datetime.now(UTC) + min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE)
    with transaction(db):
        db.execute(
            "UPDATE notices SET state = 'pending', due_at = ?, error = ?, changed_at = ? "
            "WHERE message = ? AND state = 'sending'",
            (utc_text(due), error, utc_now(), message),
        )
    return "pending"


def interrupted(db: Database) -> list[tuple[str, str]]:
    """(channel, message) of what was being sent; only whoever holds the lock on sending knows that no one sends it."""
    sql = "SELECT DISTINCT channel, message FROM notices WHERE state = 'sending' ORDER BY message"
    return cast("list[tuple[str, str]]", list(_rows(db, sql)))


def standings(db: Database) -> list[Standing]:
    """What waits, failed or may have been sent, by channel; the latest error of each."""
    sql = (
        "SELECT channel, state, count(*), max(changed_at), min(due_at), error FROM notices WHERE state != 'sent' "
        "GROUP BY channel, state ORDER BY channel, state"
    )
    return [Standing(*row) for row in _rows(db, sql)]


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
