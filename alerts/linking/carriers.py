"""Carriers in the store: what linking knows of each ad, who carries which key, and which keys tie nobody."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, cast

from alerts.linking.ties import Settled
from alerts.linking.uses import Card, Carrier, KeyUse
from crawler.database import Database, among

Key = tuple[str, str]
"""Kind and value."""

_CARRIERS = "SELECT kind, value, ad, first_seen, last_seen, confidence, how FROM carriers"
_CARD = "SELECT ad, site, ad_id, owner, first_seen, last_seen, listed, employer, contacts FROM cards"


def unlinked(db: Database) -> dict[int, int]:
    """The ads that were read or seen since they were linked, each with the number that it was last noted by."""
    return dict(_rows(db, "SELECT ad, note FROM unlinked ORDER BY ad"))


def note_unlinked(db: Database, ads: Iterable[int]) -> dict[int, int]:
    """Have ads linked anew, inside the caller's transaction; returns the numbers of those that did not wait before."""
    sql = "INSERT OR IGNORE INTO unlinked (ad) SELECT value FROM json_each(?) RETURNING ad, note"
    return dict(_rows(db, sql, json.dumps(list(ads))))


def set_linked(db: Database, ads: Iterable[int], notes: Mapping[int, int]) -> None:
    """Note that ads are linked as they were when they had these numbers, inside the caller's transaction."""
    sql = "DELETE FROM unlinked WHERE ad = ? AND note = ?"
    db.conn.executemany(sql, [(ad, notes[ad]) for ad in ads if ad in notes])


def load_cards(db: Database, ads: Collection[int] | None = None) -> dict[int, Card]:
    """The cards of the ads numbered, or of all."""
    those, numbers = ("", ()) if ads is None else among(ads)
    rows = _rows(db, f"{_CARD} WHERE ad {those}" if those else _CARD, *numbers)
    return {
        ad: Card(
            ad=ad,
            site=site,
            ad_id=ad_id,
            owner=owner,
            first_seen=first,
            last_seen=last,
            listed=listed,
            employer=employer,
            contacts=frozenset(filter(None, contacts.split(","))),
        )
        for ad, site, ad_id, owner, first, last, listed, employer, contacts in rows
    }


def load_uses(db: Database, keys: Iterable[Key] | None = None) -> list[KeyUse]:
    """Those of the keys that two ads or more carry, or all such, with everyone who carries them."""
    if keys is None:
        return _uses(_rows(db, f"{_CARRIERS} ORDER BY kind, value, ad"))
    sql = f"{_CARRIERS} WHERE kind = ? AND value = ? ORDER BY ad"
    return _uses(row for key in sorted(keys) for row in _rows(db, sql, *key))


def load_settled(db: Database, settled: Mapping[Key, int], ads: Collection[int]) -> list[KeyUse]:
    """Of keys whose verdict stands, each with its centre, the ads numbered that carry it and that."""
    found = []
    for key, centre in sorted(settled.items()):
        those, numbers = among({*ads, centre})
        sql = f"{_CARRIERS} WHERE kind = ? AND value = ? AND ad {those} ORDER BY ad"
        found += _uses(_rows(db, sql, *key, *numbers))
    return found


def _uses(rows: Iterable[tuple[Any, ...]]) -> list[KeyUse]:
    found = ((key, tuple(Carrier(*row[2:]) for row in some)) for key, some in groupby(rows, itemgetter(0, 1)))
    return [KeyUse(kind, value, carriers) for (kind, value), carriers in found if len(carriers) > 1]


class KeyState(NamedTuple):
    """What is known of a key before it is looked at. `state` says why it tied nobody the last time, "" for one that
    tied; `centre` is the oldest ad that carries it, where that verdict stands; `is_shared` that several ads carry it.
    """

    state: str
    centre: int | None
    is_shared: bool


_STATES = (
    "SELECT c.kind, c.value, coalesce(s.state, ''), k.centre, EXISTS (SELECT 1 FROM carriers o WHERE o.kind = c.kind "
    "AND o.value = c.value AND o.ad != c.ad) FROM carriers c LEFT JOIN key_states s ON s.kind = c.kind "
    "AND s.value = c.value LEFT JOIN settled_keys k ON k.kind = s.kind AND k.value = s.value WHERE c.ad"
)


def key_states(db: Database, ads: Collection[int]) -> dict[Key, KeyState]:
    """The keys of these ads."""
    those, numbers = among(ads)
    return {(kind, value): KeyState(*rest) for kind, value, *rest in _rows(db, f"{_STATES} {those}", *numbers)}


def set_key_states(db: Database, states: Mapping[Key, str], settled: Mapping[Key, Settled]) -> None:
    """Remember why keys tie nobody ("" for those that do), and which of these verdicts are settled, inside the
    caller's transaction.
    """
    for table in ("key_states", "settled_keys"):
        db.conn.executemany(f"DELETE FROM {table} WHERE kind = ? AND value = ?", list(states))
    db.conn.executemany(
        "INSERT INTO settled_keys (kind, value, centre, sure) VALUES (?, ?, ?, ?)",
        [(*key, verdict.centre, verdict.sure) for key, verdict in settled.items()],
    )
    rows = [(kind, value, state) for (kind, value), state in states.items() if state]
    db.conn.executemany("INSERT INTO key_states (kind, value, state) VALUES (?, ?, ?)", rows)


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
