"""What of templates is kept in the store: the words, keys and frequencies by which one more text is placed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from alerts.templates.finding import Templates
from alerts.templates.weights import Frequencies
from crawler.database import Database

MOST_OF_KEY = 50  # ads of one key that are looked at, the newest: a phrase that all use costs no more than another
_TEXT = "SELECT o.ad, o.document ->> '$.text' FROM readings r JOIN observations o ON o.id = r.observation"
_ORDER = "ORDER BY r.seen_at, o.id"
_AMONG = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class State:
    """When all templates were found last: the number of texts then, and of those placed since."""

    token: str
    texts: int
    placed: int


def load_texts(db: Database, ads: Iterable[int] | None = None) -> dict[int, str]:
    """The text of the ads numbered, or of all that were read, as the newest version of each has it."""
    if ads is None:
        return dict(_rows(db, f"{_TEXT} {_ORDER}"))
    return dict(_rows(db, f"{_TEXT} WHERE r.ad {_AMONG} {_ORDER}", json.dumps(list(ads))))


def known_words(db: Database, ads: Iterable[int]) -> dict[int, str]:
    """What stood for the words of these ads when their templates were found; those without are new."""
    return dict(_rows(db, f"SELECT ad, words FROM template_texts WHERE ad {_AMONG}", json.dumps(list(ads))))


def load_state(db: Database) -> State | None:
    """None in a store whose templates were never found."""
    row = next(_rows(db, "SELECT token, texts, placed FROM template_state"), None)
    return State(*row) if row else None


def load_frequencies(db: Database) -> Frequencies:
    """Those by which all templates were found last. Read once for each such time."""
    ((token,),) = _rows(db, "SELECT token FROM template_state")
    if token not in _read:
        ((groups, *blobs),) = _rows(db, "SELECT groups, numbers, counts, passages FROM template_state")
        numbers, counts, passages = (np.frombuffer(blob, np.uint32) for blob in blobs)
        _read.clear()
        _read[token] = Frequencies(groups, numbers, counts.astype(np.int64), passages)
    return _read[token]


_read: dict[str, Frequencies] = {}


def find_near(db: Database, keys: Sequence[int], shared: int, most: int) -> list[int]:
    """The ads with at least `shared` of these keys, those with the most first."""
    counts: Counter[int] = Counter()
    for key in keys:
        sql = "SELECT ad FROM template_keys WHERE key = ? ORDER BY ad DESC LIMIT ?"
        counts.update(ad for (ad,) in _rows(db, sql, key, MOST_OF_KEY))
    found = [ad for ad, count in counts.items() if count >= shared]
    return sorted(found, key=lambda ad: (-counts[ad], ad))[:most]


def keep_found(db: Database, found: Templates, texts: int) -> None:
    """Keep by what all templates were found, in place of all before, inside the caller's transaction."""
    db.execute("DELETE FROM template_texts")
    db.execute("DELETE FROM template_keys")
    keep_texts(db, found.words, found.keys)
    frequencies = found.frequencies
    blobs = (
        frequencies.numbers.tobytes(),
        frequencies.counts.astype(np.uint32).tobytes(),
        frequencies.passages.tobytes(),
    )
    token = hashlib.sha256(b"".join((str(frequencies.groups).encode(), *blobs))).hexdigest()[:16]
    db.execute(
        "INSERT OR REPLACE INTO template_state (id, token, texts, placed, groups, numbers, counts, passages) "
        "VALUES (1, ?, ?, 0, ?, ?, ?, ?)",
        (token, texts, frequencies.groups, *blobs),
    )


def keep_texts(db: Database, words: Mapping[int, str], keys: Iterable[tuple[int, int]]) -> None:
    """Keep what stands for the words of ads, and their keys as (key, ad), inside the caller's transaction."""
    db.conn.executemany("INSERT OR REPLACE INTO template_texts (ad, words) VALUES (?, ?)", words.items())
    db.conn.executemany("INSERT OR IGNORE INTO template_keys (key, ad) VALUES (?, ?)", keys)


def count_placed(db: Database, number: int) -> None:
    """Note that so many texts were placed, inside the caller's transaction."""
    db.execute("UPDATE template_state SET placed = placed + ?", (number,))


def _rows(db: Database, sql: str, *args: object) -> Iterator[tuple[Any, ...]]:
    return cast("Iterator[tuple[Any, ...]]", db.execute(sql, args))
