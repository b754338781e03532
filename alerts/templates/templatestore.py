"""What of templates is kept in the store: the words, keys and frequencies by which one more text is placed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from alerts.templates.finding import Templates
from alerts.templates.placing import Near
from alerts.templates.weights import Frequencies, Weighed
from alerts.templates.wordings import KEPT_KEYS, Wording
from crawler.database import Database

MOST_OF_KEY = 5  # ads of one key that are looked at, the newest: a passage that all use costs no more than another
Text = tuple[int, str, str, Weighed]
"""An ad, what stands for its words, its template ("" for none), and its words outside boilerplate."""


_OF_KEY = f"SELECT * FROM (SELECT key, ad FROM template_keys WHERE key = ? ORDER BY ad DESC LIMIT {MOST_OF_KEY})"
_OF_KEYS = " UNION ALL ".join([_OF_KEY] * KEPT_KEYS)
_NO_KEY = -1
_WHOLE = 60  # divides by every number of ads up to MOST_OF_KEY, so that equals are equal


@dataclass(frozen=True, slots=True)
class State:
    """When all templates were found last: the number of texts then, and of those placed since."""

    token: str
    texts: int
    placed: int


def keep_wordings(db: Database, read: Iterable[tuple[int, int, str, Wording]]) -> None:
    """Keep the wording of (ad, observation, when it was seen) unless that of a newer version of the ad is kept, inside
    the caller's transaction.
    """
    db.conn.executemany(
        "INSERT INTO wordings (ad, observation, seen_at, name, words, keys) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (ad) DO UPDATE SET observation = excluded.observation, seen_at = excluded.seen_at, "
        "name = excluded.name, words = excluded.words, keys = excluded.keys "
        "WHERE (excluded.seen_at, excluded.observation) >= (seen_at, observation)",
        ((ad, observation, seen_at, one.name, one.words, one.keys) for ad, observation, seen_at, one in read),
    )


def load_wordings(db: Database) -> dict[int, Wording]:
    """The wording of every ad that was read, in its newest version."""
    return {ad: Wording(*rest) for ad, *rest in _rows(db, "SELECT ad, name, words, keys FROM wordings")}


def changed_wordings(db: Database, ads: Sequence[int]) -> dict[int, Wording]:
    """Of these ads, those that are new or have another wording than when their template was found."""
    sql = (
        "SELECT w.ad, w.name, w.words, w.keys FROM json_each(?) j JOIN wordings w ON w.ad = j.value "
        "LEFT JOIN template_texts t ON t.ad = w.ad WHERE t.name IS NOT w.name"
    )
    return {ad: Wording(*rest) for ad, *rest in _rows(db, sql, json.dumps(ads))}


def templates_of(db: Database) -> dict[int, str]:
    """The template of every ad that has one."""
    return dict(_rows(db, "SELECT ad, template FROM template_texts WHERE template != ''"))


def load_state(db: Database) -> State | None:
    """None in a store whose templates were never found."""
    row = next(_rows(db, "SELECT token, texts, placed FROM template_state"), None)
    return State(*row) if row else None


def load_frequencies(db: Database) -> Frequencies:
    """Those by which all templates were found last. Read once for each such time."""
    ((token,),) = _rows(db, "SELECT token FROM template_state")
    if token not in _read:
        ((groups, *blobs),) = _rows(db, "SELECT groups, numbers, counts, passages FROM template_frequencies")
        numbers, counts, passages = (np.frombuffer(blob, np.uint32) for blob in blobs)
        _read.clear()
        _read[token] = Frequencies(groups, numbers, counts.astype(np.int64), passages)
    return _read[token]


_read: dict[str, Frequencies] = {}


def find_near(db: Database, ad: int, keys: Sequence[int], most: int) -> list[Near]:
    """The ads besides this one that share most of these keys, where a key counts the more the fewer have it; the newest
    of equals.
    """
    holders = defaultdict(list)
    for key, holder in _rows(db, _OF_KEYS, *keys, *[_NO_KEY] * (KEPT_KEYS - len(keys))):
        if holder != ad:
            holders[key].append(holder)
    shared: dict[int, int] = defaultdict(int)
    for some in holders.values():
        for holder in some:
            shared[holder] += _WHOLE // len(some)
    near = [-holder for _, holder in sorted((-weight, -holder) for holder, weight in shared.items())[:most]]
    sql = "SELECT ad, template, words FROM template_texts WHERE ad IN (SELECT value FROM json_each(?))"
    found = {row[0]: Near(*row) for row in _rows(db, sql, json.dumps(near))}
    return [found[holder] for holder in near if holder in found]


def keep_found(db: Database, found: Templates) -> None:
    """Keep by what all templates were found, in place of all before, inside the caller's transaction."""
    db.execute("DELETE FROM template_texts")
    db.execute("DELETE FROM template_keys")
    place = {one.name: place for place, one in enumerate(found.distinct.values())}
    keep_texts(
        db,
        (
            (ad, name, found.values.get(ad, ""), found.vectors.weighed(place[name]) if name else b"")
            for ad, name in found.names.items()
        ),
        ((key, ad) for ad, one in found.distinct.items() for key in one.key_numbers()),
    )
    frequencies = found.frequencies
    blobs = (
        frequencies.numbers.tobytes(),
        frequencies.counts.astype(np.uint32).tobytes(),
        frequencies.passages.tobytes(),
    )
    token = hashlib.sha256(b"".join((str(frequencies.groups).encode(), *blobs))).hexdigest()[:16]
    db.execute(
        "INSERT OR REPLACE INTO template_frequencies (id, groups, numbers, counts, passages) VALUES (1, ?, ?, ?, ?)",
        (frequencies.groups, *blobs),
    )
    db.execute(
        "INSERT OR REPLACE INTO template_state (id, token, texts, placed) VALUES (1, ?, ?, 0)",
        (token, len(found.names)),
    )


def keep_texts(db: Database, texts: Iterable[Text], keys: Iterable[tuple[int, int]]) -> None:
    """Keep what one more text is held against, and the keys by which it finds it, inside the caller's transaction."""
    db.conn.executemany(
        "INSERT OR REPLACE INTO template_texts (ad, name, template, words) VALUES (?, ?, ?, ?)",
        texts,
    )
    db.conn.executemany("INSERT OR IGNORE INTO template_keys (key, ad) VALUES (?, ?)", keys)


def set_template(db: Database, ad: int, template: str) -> None:
    """Note the template of an ad whose text is kept, inside the caller's transaction."""
    db.execute("UPDATE template_texts SET template = ? WHERE ad = ?", (template, ad))


def count_placed(db: Database, number: int) -> None:
    """Note that so many texts were placed, inside the caller's transaction."""
    db.execute("UPDATE template_state SET placed = placed + ?", (number,))


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
