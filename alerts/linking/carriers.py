"""Cards and carriers in the store: what linking knows of each ad, and who carries which key."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from alerts.linking.ties import Settled
from alerts.linking.uses import Card, Carrier, KeyUse
from alerts.reading.keys import MIRROR
from crawler.database import Database, among
from nlp.orgnumbers import is_org_number

Key = tuple[str, str]
"""Kind and value."""

_CARRIERS = "SELECT kind, value, ad, first_seen, last_seen, confidence, how FROM carriers"
_CARD = "SELECT ad, site, ad_id, owner, first_seen, last_seen, listed, employer, contacts FROM cards"


def unlinked(db: Database) -> list[int]:
    """The ads that were read or seen since they were linked."""
    return [ad for (ad,) in _rows(db, "SELECT ad FROM unlinked ORDER BY ad")]


def note_unlinked(db: Database, ads: Iterable[int]) -> None:
    """Have ads linked anew, inside the caller's transaction."""
    db.conn.executemany("INSERT OR IGNORE INTO unlinked (ad) VALUES (?)", [(ad,) for ad in ads])


def set_linked(db: Database, ads: Iterable[int]) -> None:
    """Note that ads are linked as they were read, inside the caller's transaction."""
    db.conn.executemany("DELETE FROM unlinked WHERE ad = ?", [(ad,) for ad in ads])


def update_cards(db: Database, ads: Sequence[int]) -> None:
    """Bring the cards and carriers of ads up to what was read of them, inside the caller's transaction."""
    those, numbers = among(ads)
    with _looking_after(db, ads):
        rows = list(_rows(db, _NEW_CARDS.format(those=those), *numbers))
        db.conn.executemany(
            "INSERT OR REPLACE INTO cards (ad, site, ad_id, owner, first_seen, last_seen, listed, template, employer, "
            "contacts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(ad, site, ad_id, _owner(name, employer, template, f"{site}/{ad_id}"), first, last, listed, template,
              _number(org_number), contacts)
             for ad, site, ad_id, name, employer, org_number, first, last, listed, template, contacts in rows],
        )  # fmt: skip
        had = db.execute(f"DELETE FROM carriers WHERE ad {those} RETURNING kind, value, ad", numbers).fetchall()
        db.execute(f"INSERT INTO carriers {_NEW_CARRIERS.format(those=those)}", numbers)
        templates = [(template, ad, first, last) for ad, *_, first, last, _, template, _ in rows if template]
        if templates:  # a web host ties by texts
            db.conn.executemany("INSERT INTO carriers VALUES ('template', ?, ?, ?, ?, 0.9, 'text')", templates)
            db.execute(f"INSERT INTO carriers {_NEW_HOSTS.format(those=those)}", numbers)
        if had:
            db.execute(_NOTE_LEFT, (json.dumps(had),))


@contextmanager
def _looking_after(db: Database, ads: Sequence[int]) -> Iterator[None]:
    """While carriers of these ads change: a verdict that rested on them is looked at again."""
    before = _contested(db, ads)
    yield
    after = _contested(db, ads)
    unsettled = {key[:2] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    db.conn.executemany("DELETE FROM settled_keys WHERE kind = ? AND value = ?", unsettled)


# All ads of a key that one of these left.
_NOTE_LEFT = (
    "WITH had AS MATERIALIZED (SELECT value ->> 0 AS kind, value ->> 1 AS value, value ->> 2 AS ad FROM json_each(?)) "
    "INSERT OR IGNORE INTO unlinked SELECT c.ad FROM had h JOIN carriers c ON c.kind = h.kind AND c.value = h.value "
    "WHERE NOT EXISTS (SELECT 1 FROM carriers n WHERE n.kind = h.kind AND n.value = h.value AND n.ad = h.ad)"
)


def _contested(db: Database, ads: Sequence[int]) -> dict[tuple[str, str, int], str | None]:
    """The contested keys (kind, value, ad) of these ads; where a settled verdict rests on one of them, what it goes by:
    when the ad took the key up, and whose it is.
    """
    those, numbers = among(ads)
    return {(kind, value, ad): early for kind, value, ad, early in _rows(db, f"{_CONTESTED} {those}", *numbers)}


_CONTESTED = (
    "SELECT c.kind, c.value, c.ad, iif(min(c.first_seen, a.first_seen) <= s.sure, json_array(c.first_seen, "
    "a.first_seen, a.owner), NULL) FROM carriers c JOIN key_states USING (kind, value) JOIN cards a ON a.ad = c.ad "
    "LEFT JOIN settled_keys s ON s.kind = c.kind AND s.value = c.value WHERE c.ad"
)


def _owner(name: str | None, employer: str | None, template: str, itself: str) -> str:
    """The hand that seems to be behind an ad: two ads that name nobody are one's if their text is."""
    return (name or "").casefold() or (employer or "").casefold() or template or itself


def _number(text: str | None) -> str:
    """An organisation number with its check digit in order; "" for anything else."""
    return "".join(text.split()) if text and is_org_number(text) else ""


# A picture is carried as the first hash of its group, with the bits it differs in from that as `how`.
# The newest version that was read says whose the ad is; a key of that version is seen for as long as the ad is.
_NEWEST = (
    "WITH newest AS (SELECT r.ad, r.observation, max(r.seen_at || printf('%020d', r.observation)) FROM readings r "
    "WHERE r.ad {those} GROUP BY r.ad) "
)
# A card keeps the template that it was made with, as its carriers do; that of the text may be another by now.
_NEW_CARDS = (
    f"{_NEWEST}SELECT a.id, a.site, a.ad_id, r.document ->> '$.names[0].value', o.document ->> '$.employer', "
    "o.document ->> '$.org_number', a.first_seen, a.last_seen, "
    "(SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM readings v JOIN keys k USING (observation) "
    "WHERE v.ad = a.id AND k.kind = 'phone' GROUP BY observation)), coalesce(t.template, ''), "
    "(SELECT coalesce(group_concat(DISTINCT k.value), '') FROM readings v JOIN keys k USING (observation) "
    "WHERE v.ad = a.id AND k.kind IN ('phone', 'email', 'handle')) "
    "FROM newest JOIN readings r USING (observation) JOIN observations o ON o.id = r.observation "
    "JOIN ads a ON a.id = r.ad LEFT JOIN template_texts t ON t.ad = a.id"
)
_NEW_CARRIERS = (
    f"{_NEWEST}SELECT k.kind, coalesce(p.name, k.value) AS carried, r.ad, min(r.seen_at), "
    "max(CASE WHEN n.observation = r.observation THEN a.last_seen ELSE r.seen_at END), max(k.confidence), "
    "coalesce(min(iif(p.bits IS NULL, NULL, printf('%03d', p.bits))), "
    "min(CASE WHEN k.how NOT IN ('plain', 'field') THEN k.how END), min(k.how)) "
    "FROM newest n JOIN readings r ON r.ad = n.ad JOIN keys k ON k.observation = r.observation "
    "JOIN ads a ON a.id = r.ad LEFT JOIN picture_hashes p ON k.kind = 'image' AND p.value = k.value "
    f"WHERE k.how != '{MIRROR}' GROUP BY k.kind, carried, r.ad"
)

# A web host ties ads whose texts stand under several of its addresses; `how` says under which, and which text.
_NEW_HOSTS = (
    "SELECT 'host', substr(k.value, 1, instr(replace(k.value, '?', '/') || '/', '/') - 1) AS carried, k.ad, "
    "min(k.first_seen), max(k.last_seen), max(k.confidence), min(k.value) || ' ' || c.template FROM carriers k "
    "JOIN cards c ON c.ad = k.ad AND c.template != '' WHERE +k.kind = 'url' AND k.ad {those} GROUP BY carried, k.ad"
)  # "+": from the ads, be they few


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


def key_states(db: Database, ads: Collection[int]) -> dict[Key, tuple[str, int | None]]:
    """The keys of these ads: why each tied nobody when it was last looked at, "" for one that tied; and the centre of
    one whose verdict stands.
    """
    those, numbers = among(ads)
    sql = (
        "SELECT DISTINCT c.kind, c.value, coalesce(s.state, ''), k.centre FROM carriers c LEFT JOIN key_states s "
        "ON s.kind = c.kind AND s.value = c.value LEFT JOIN settled_keys k ON k.kind = s.kind AND k.value = s.value "
        f"WHERE c.ad {those}"
    )
    return {(kind, value): (state, centre) for kind, value, state, centre in _rows(db, sql, *numbers)}


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
