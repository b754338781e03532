"""Cards: brings what linking knows of each ad, and the keys that it carries, up to what was read of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, cast

from alerts.linking.carriers import note_unlinked
from alerts.reading.keys import MIRROR
from crawler.database import Database, among
from nlp.orgnumbers import is_org_number

Key = tuple[str, str, int]
"""Kind, value, and the ad that carries it."""
Row = tuple[Any, ...]

_CONTACTS = frozenset({"phone", "email", "handle"})
_USUAL = frozenset({"plain", "field"})  # ways to write a key that need no mention
_AFTER_HOST = re.compile("[/?]")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What all versions of some ads show: by ad the newest version that was read, by version how many phones it lists,
    by ad its contacts; and every key of every version.
    """

    newest: dict[int, tuple[str, int]]
    phones: Counter[int]
    versions: dict[int, set[int]]
    contacts: dict[int, set[str]]
    keys: list[Row]


def update_cards(db: Database, ads: Sequence[int]) -> dict[int, int]:
    """Bring the cards and carriers of ads up to what was read of them, inside the caller's transaction. Of a key that
    one of them left, all others are noted to be linked anew, as `note_unlinked` returns them; a verdict that rested on
    one of them is looked at again.
    """
    those, numbers = among(ads)
    had = set(_rows(db, f"SELECT kind, value, ad FROM carriers WHERE ad {those}", *numbers))
    before = _rested_on(db, ads) if had else {}
    shown = _shown(db, ads)
    cards = list(_cards(db, shown))
    carriers = _carriers(shown, cards)
    db.conn.executemany(
        "INSERT OR REPLACE INTO cards (ad, site, ad_id, first_seen, last_seen, template, owner, listed, employer, "
        "contacts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        cards,
    )
    if had:
        db.execute(f"DELETE FROM carriers WHERE ad {those}", numbers)
    db.conn.executemany(
        "INSERT INTO carriers (kind, value, ad, first_seen, last_seen, confidence, how) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((*key, *rest) for key, rest in carriers.items()),
    )
    _unsettle(db, before, _rested_on(db, ads))
    left = {key[:2] for key in had - carriers.keys()}
    return note_unlinked(db, _carrying(db, left)) if left else {}


_SHOWN = (
    "SELECT r.ad, r.observation, r.seen_at, k.kind, k.value, k.confidence, k.how, p.name, p.bits FROM readings r "
    "LEFT JOIN keys k ON k.observation = r.observation "
    "LEFT JOIN picture_hashes p ON k.kind = 'image' AND p.value = k.value WHERE r.ad"
)


def _shown(db: Database, ads: Sequence[int]) -> _Shown:
    those, numbers = among(ads)
    found = _Shown({}, Counter(), defaultdict(set), defaultdict(set), [])
    for row in _rows(db, f"{_SHOWN} {those}", *numbers):
        ad, observation, seen_at, kind, value, *_ = row
        found.versions[ad].add(observation)
        if (seen_at, observation) > found.newest.get(ad, ("", 0)):
            found.newest[ad] = seen_at, observation
        if kind is not None:
            found.keys.append(row)
            if kind in _CONTACTS:
                found.contacts[ad].add(value)
                found.phones[observation] += kind == "phone"
    return found


# The newest version that was read says whose the ad is. A card keeps the template that it was made with, as its
# carriers do; that of the text may be another by now.
_NEWEST = (
    "SELECT a.id, a.site, a.ad_id, a.first_seen, a.last_seen, coalesce(t.template, ''), "
    "r.document ->> '$.names[0].value', o.document ->> '$.employer', o.document ->> '$.org_number' FROM readings r "
    "JOIN observations o ON o.id = r.observation JOIN ads a ON a.id = r.ad "
    "LEFT JOIN template_texts t ON t.ad = r.ad WHERE r.observation"
)


def _cards(db: Database, shown: _Shown) -> Iterator[Row]:
    """(ad, site, ad_id, first_seen, last_seen, template, owner, listed, employer, contacts) of each ad."""
    those, numbers = among([observation for _, observation in shown.newest.values()])
    for *card, name, employer, org_number in _rows(db, f"{_NEWEST} {those}", *numbers):
        ad, site, ad_id, *_, template = card
        owner = (name or "").casefold() or (employer or "").casefold() or template or f"{site}/{ad_id}"
        listed = max(shown.phones[observation] for observation in shown.versions[ad])
        yield *card, owner, listed, _number(org_number), ",".join(sorted(shown.contacts.get(ad, ())))


def _number(text: str | None) -> str:
    """An organisation number with its check digit in order; "" for anything else."""
    return "".join(text.split()) if text and is_org_number(text) else ""


def _carriers(shown: _Shown, cards: Iterable[Row]) -> dict[Key, Row]:
    """(first_seen, last_seen, confidence, how) of each key that an ad carries. A key of the newest version is seen for
    as long as the ad is. A picture is carried as the first hash of its group, with the bits it differs in from that.
    """
    found: dict[Key, Row] = {}
    seen = {card[0]: card[3:6] for card in cards}
    for ad, observation, seen_at, kind, value, confidence, how, name, bits in shown.keys:
        if how == MIRROR:
            continue
        last = seen[ad][1] if observation == shown.newest[ad][1] else seen_at
        told = (2 if how in _USUAL else 1, how) if bits is None else (0, f"{bits:03}")
        key = kind, name or value, ad
        if known := found.get(key):
            found[key] = min(known[0], seen_at), max(known[1], last), max(known[2], confidence), min(known[3], told)
        else:
            found[key] = seen_at, last, confidence, told
    carriers = {key: (*rest, how) for key, (*rest, (_, how)) in found.items()}
    return carriers | _templates(seen) | _hosts(carriers, seen)


def _templates(seen: Mapping[int, Row]) -> dict[Key, Row]:
    return {
        ("template", template, ad): (first, last, 0.9, "text")
        for ad, (first, last, template) in seen.items()
        if template
    }


def _hosts(carriers: Mapping[Key, Row], seen: Mapping[int, Row]) -> dict[Key, Row]:
    """A web host ties ads whose texts stand under several of its addresses; `how` says under which, and which text."""
    found: dict[Key, Row] = {}
    for (kind, url, ad), (first, last, confidence, _) in carriers.items():
        if kind != "url" or not (template := seen[ad][2]):
            continue
        key, how = ("host", _AFTER_HOST.split(url, 1)[0], ad), f"{url} {template}"
        if known := found.get(key):
            found[key] = min(known[0], first), max(known[1], last), max(known[2], confidence), min(known[3], how)
        else:
            found[key] = first, last, confidence, how
    return found


def _carrying(db: Database, keys: Set[tuple[str, str]]) -> set[int]:
    sql = "SELECT ad FROM carriers WHERE kind = ? AND value = ?"
    return {ad for key in keys for (ad,) in _rows(db, sql, *key)}


_RESTS_ON = (
    "SELECT c.kind, c.value, c.ad, c.first_seen, a.first_seen, a.owner FROM carriers c JOIN settled_keys s "
    "USING (kind, value) JOIN cards a ON a.ad = c.ad AND min(c.first_seen, a.first_seen) <= s.sure WHERE c.ad"
)


def _rested_on(db: Database, ads: Sequence[int]) -> dict[Key, Row]:
    """The keys of these ads whose settled verdict rests on one of them; what it goes by: when the ad took the key up,
    and whose it is.
    """
    those, numbers = among(ads)
    return {(kind, value, ad): tuple(rest) for kind, value, ad, *rest in _rows(db, f"{_RESTS_ON} {those}", *numbers)}


def _unsettle(db: Database, before: Mapping[Key, Row], after: Mapping[Key, Row]) -> None:
    keys = {key[:2] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if keys:
        db.conn.executemany("DELETE FROM settled_keys WHERE kind = ? AND value = ?", keys)


def _rows(db: Database, sql: str, *args: object) -> Iterator[Row]:
    return cast("Iterator[Row]", db.execute(sql, args))
