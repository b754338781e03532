"""The watch-list in the store: its entries, their history, and the ads that matched them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from alerts.users import current_user
from crawler.database import Database, transaction, utc_now
from crawler.errors import VardeError

WatchKind = Literal["phone", "email", "handle", "url", "payment", "image", "text", "template"]
WATCH_KINDS: tuple[WatchKind, ...] = get_args(WatchKind)
State = Literal["stands", "expired", "removed"]


class WatchError(VardeError):
    """An entry cannot be added, found or removed; the message says what would have worked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWatch:
    """An entry to add. `value` is as keys are written, `typed` as a person wrote it; `distance` in bits, for images.

    `expires_on` is the last day it stands on (UTC). `notify` names channels; () is all of them.
    """

    kind: WatchKind
    value: str
    typed: str
    distance: int
    case_ref: str
    expires_on: str
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(NewWatch):
    """One entry of the list."""

    id: int
    added_by: str
    added_at: str
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An ad that matched an entry, with the version that did. `past`: it was there when the entry was added."""

    id: int
    watch: int
    ad: int
    observation: int
    at: str
    past: bool
    quote: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many ads matched an entry, and how many of those since it was added and last looked at."""

    ads: int
    new: int


NO_HITS = Tally(0, 0)


def add_watch(db: Database, new: NewWatch) -> Watch:
    """Put an entry on the list, inside the caller's transaction. Raises WatchError where the same case has it."""
    for known in watches(db):
        same = (known.kind, known.value, known.case_ref) == (new.kind, new.value, new.case_ref)
        if same and known.state == "stands":
            raise WatchError(
                f"entry {known.id} watches that for {new.case_ref} already, until {known.expires_on}; "
                f"`varde watch remove {known.id} --reason …` first, to add it anew"
            )
    who = current_user()
    number = db.execute(
        "INSERT INTO watches (kind, value, typed, distance, case_ref, added_by, added_at, expires_on, notify) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (new.kind, new.value, new.typed, new.distance, new.case_ref, who, utc_now(), new.expires_on,
         json.dumps(list(new.notify))),
    ).lastrowid  # fmt: skip
    assert number is not None  # sqlite sets it after every INSERT
    _note(db, number, "added", by=who)
    return find_watch(db, number)


def remove_watch(db: Database, number: int, reason: str) -> None:
    """Take an entry off the list; it stays in the history with the reason. Raises WatchError."""
    with transaction(db):
        if find_watch(db, number).state == "removed":
            raise WatchError(f"entry {number} is removed already; `varde watch list --all` shows when and why")
        _note(db, number, "removed", by=current_user(), reason=reason)


def mark_seen(db: Database, number: int) -> None:
    """A person looked at the hits of an entry there are now. Raises WatchError."""
    with transaction(db):
        find_watch(db, number)
        newest = next(_rows(db, "SELECT coalesce(max(id), 0) FROM watch_hits WHERE watch = ?", number))[0]
        _note(db, number, "seen", by=current_user(), up_to=newest)


def _note(db: Database, watch: int, what: str, *, by: str, reason: str = "", up_to: int = 0) -> None:
    db.execute(
        "INSERT INTO watch_events (watch, at, by, what, reason, up_to) VALUES (?, ?, ?, ?, ?, ?)",
        (watch, utc_now(), by, what, reason, up_to),
    )


def find_watch(db: Database, number: int) -> Watch:
    """The entry of that number. Raises WatchError."""
    for found in watches(db):
        if found.id == number:
            return found
    raise WatchError(f"no entry {number} on the watch-list; `varde watch list --all` shows them")


def watches(db: Database) -> list[Watch]:
    """Every entry there ever was, oldest first."""
    today = utc_now()[:10]
    sql = (
        "SELECT w.id, kind, value, typed, distance, case_ref, added_by, added_at, expires_on, notify, "
        "EXISTS (SELECT 1 FROM watch_events e WHERE e.watch = w.id AND e.what = 'removed') FROM watches w ORDER BY w.id"
    )
    return [
        Watch(id=row[0], kind=row[1], value=row[2], typed=row[3], distance=row[4], case_ref=row[5], added_by=row[6],
              added_at=row[7], expires_on=row[8], notify=tuple(json.loads(row[9])),
              state="removed" if row[10] else "expired" if row[8] < today else "stands")
        for row in _rows(db, sql)
    ]  # fmt: skip


def history(db: Database, number: int) -> list[tuple[str, str, str, str]]:
    """(when, who, what, why) of everything that was done to an entry, oldest first."""
    sql = "SELECT at, by, what, reason FROM watch_events WHERE watch = ? ORDER BY id"
    return cast("list[tuple[str, str, str, str]]", list(_rows(db, sql, number)))


def keep_hits(db: Database, found: Iterable[tuple[int, int, int, str | None]], *, past: bool) -> list[Hit]:
    """Store (watch, ad, observation, quote) inside the caller's transaction; returns those not known before."""
    ((last,),) = _rows(db, "SELECT coalesce(max(id), 0) FROM watch_hits")
    now = utc_now()
    db.conn.executemany(
        "INSERT OR IGNORE INTO watch_hits (watch, ad, observation, at, past, quote) VALUES (?, ?, ?, ?, ?, ?)",
        ((watch, ad, observation, now, past, quote) for watch, ad, observation, quote in found),
    )
    return _hits(db, f"{_HITS} WHERE id > ? ORDER BY id", last)


_HITS = "SELECT id, watch, ad, observation, at, past, quote FROM watch_hits"


def hits(db: Database, watch: int) -> list[Hit]:
    """The ads that matched an entry, the newest match first."""
    return _hits(db, f"{_HITS} WHERE watch = ? ORDER BY id DESC", watch)


def hits_of(db: Database, ads: Iterable[int]) -> list[Hit]:
    """The hits that the ads numbered are; those of removed and expired entries too, for they were hits."""
    return _hits(db, f"{_HITS} WHERE ad IN (SELECT value FROM json_each(?)) ORDER BY id", json.dumps(list(ads)))


def hits_numbered(db: Database, numbers: Iterable[int]) -> list[Hit]:
    return _hits(db, f"{_HITS} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", json.dumps(list(numbers)))


def tallies(db: Database) -> dict[int, Tally]:
    """For each entry that ads matched, how many did."""
    sql = (
        "SELECT watch, count(*), sum(NOT past AND id > coalesce((SELECT max(up_to) FROM watch_events e "
        "WHERE e.watch = h.watch AND what = 'seen'), 0)) FROM watch_hits h GROUP BY watch"
    )
    return {watch: Tally(ads, new) for watch, ads, new in _rows(db, sql)}


def count_new(db: Database) -> int:
    """How many hits since their entries were added no one has looked at (`varde watch hits ID --seen`)."""
    return sum(tally.new for tally in tallies(db).values())


def _hits(db: Database, sql: str, *args: object) -> list[Hit]:
    return [
        Hit(id=row[0], watch=row[1], ad=row[2], observation=row[3], at=row[4], past=bool(row[5]), quote=row[6])
        for row in _rows(db, sql, *args)
    ]


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
