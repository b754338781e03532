"""Key index: which texts share a key with one more, held in memory and brought up to what the store has.

A text has some thirty keys, each somewhere else: as rows of a table they would be as many pages of the store to read
and to write for every ad. So those of the texts among which all templates were found are kept as sorted numbers, read
at once; those placed since are few, one row each.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from alerts.templates.shingles import Numbers, distinct, starts_of
from crawler.database import Database

MOST_OF_KEY = 5  # ads of one key that are looked at, the newest: a passage that all use costs no more than another
LOOSE = 5_000  # texts placed whose keys are held one by one, before they are sorted among those of the others
AT_ONCE = 200  # texts that it is quicker to sort
_PART = 4_000_000  # rows of the index to a row of the store, which takes a thousand million bytes at most
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)

Rows = NDArray[np.uint64]
"""key << 32 | 2**32 - 1 - ad, ascending: the ads of a key stand side by side, the newest first."""
Holders = Mapping[int, Sequence[int]]
"""Key -> the newest ads that have it, newest first, at most MOST_OF_KEY."""
Loose = defaultdict[int, list[int]]
"""Key -> the newest ads that have it, oldest first; texts are added as they come (`add_loose`)."""


def index_rows(texts: Sequence[tuple[int, bytes]]) -> Rows:
    """The rows of ads (below 2**32) with the keys of their texts, without those that are never looked at."""
    numbers = np.frombuffer(b"".join(keys for _, keys in texts), np.uint32).astype(np.uint64)
    ads = np.array([ad for ad, _ in texts], np.uint64).repeat([len(keys) // 4 for _, keys in texts])
    return _newest(numbers << _HALF | (_LOW - ads))


def keep_index(db: Database, rows: Rows) -> None:
    """Keep the index of all texts, in place of what was kept and placed, inside the caller's transaction."""
    db.execute("DELETE FROM template_index")
    db.execute("DELETE FROM template_placed")
    for part, start in enumerate(range(0, len(rows), _PART)):
        db.execute(
            "INSERT INTO template_index (part, keys) VALUES (?, ?)", (part, rows[start : start + _PART].tobytes())
        )


def keep_placed(db: Database, ad: int, keys: bytes) -> None:
    """Keep the keys of one more text, be there none, inside the caller's transaction: texts placed are counted by their
    numbers.
    """
    number = "SELECT coalesce((SELECT max(number) FROM template_placed), since) + 1 FROM template_state"
    db.execute(f"INSERT INTO template_placed (number, ad, keys) VALUES (({number}), ?, ?)", (ad, keys))


class KeyIndex:
    """The keys of all texts that were stored for good when it was brought up to date."""

    def __init__(self, rows: Rows) -> None:
        self.upto = 0
        """The number of the last text placed that is here."""
        self._found, self._placed = rows, np.zeros(0, np.uint64)
        self._texts: list[tuple[int, bytes]] = []
        self._loose: Loose = defaultdict(list)

    def add(self, texts: Sequence[tuple[int, bytes]]) -> None:
        """Add ads with the keys of their texts."""
        self._texts += texts
        if len(self._texts) > LOOSE or len(texts) > AT_ONCE:
            self._placed = _newest(np.concatenate([self._placed, index_rows(self._texts)]))
            self._texts.clear()
            self._loose.clear()
        else:
            for ad, keys in texts:
                add_loose(self._loose, ad, np.frombuffer(keys, np.uint32).tolist())

    def holders(self, keys: Numbers, fresh: Loose) -> Holders:
        """Who has these keys, here or among `fresh`, for those that somebody has."""
        found: dict[int, set[int]] = defaultdict(set)
        for rows in (self._found, self._placed):
            for key, ad in _with_keys(rows, keys):
                found[key].add(ad)
        for loose in (self._loose, fresh):
            for key in keys.tolist() if loose else ():
                if key in loose:
                    found[key].update(loose[key])
        return {key: sorted(ads, reverse=True)[:MOST_OF_KEY] for key, ads in found.items()}


def add_loose(loose: Loose, ad: int, keys: Iterable[int]) -> None:
    """Add the keys of an ad, as far as it is among the newest of each."""
    for key in keys:
        newest = loose[key]
        if ad not in newest:
            insort(newest, ad)
            del newest[:-MOST_OF_KEY]


_held: WeakKeyDictionary[Database, tuple[str, KeyIndex]] = WeakKeyDictionary()


def load_index(db: Database, token: str) -> KeyIndex:
    """The index of the templates found when that was the token, with all texts placed since; read once, then brought up
    to date. Inside the caller's transaction, in which nothing was placed yet: it may be undone.
    """
    if db not in _held or _held[db][0] != token:
        _held[db] = token, KeyIndex(_load_rows(db))
    index = _held[db][1]
    sql = "SELECT number, ad, keys FROM template_placed WHERE number > ? ORDER BY number"
    placed = db.execute(sql, (index.upto,)).fetchall()
    if placed:
        index.add([(ad, keys) for _, ad, keys in placed])
        index.upto = placed[-1][0]
    return index


def _load_rows(db: Database) -> Rows:
    (size,) = db.execute("SELECT coalesce(sum(length(keys)), 0) FROM template_index").fetchone()
    rows, start = np.zeros(size // 8, np.uint64), 0
    for (blob,) in db.execute("SELECT keys FROM template_index ORDER BY part"):
        part = np.frombuffer(blob, np.uint64)
        rows[start : start + len(part)] = part
        start += len(part)
    return rows


def _newest(rows: Rows) -> Rows:
    """The rows in order, without those of a key beyond its newest ads."""
    rows = distinct(rows)
    starts = starts_of(rows >> _HALF)
    first = np.repeat(starts, np.diff(starts, append=len(rows)))
    return rows[np.arange(len(rows)) - first < MOST_OF_KEY]


def _with_keys(rows: Rows, keys: Numbers) -> Iterable[tuple[int, int]]:
    """The (key, ad) of each row that has one of these keys."""
    if not len(rows):
        return ()
    wanted = keys.astype(np.uint64)
    places = (rows.searchsorted(wanted << _HALF)[:, None] + np.arange(MOST_OF_KEY)).ravel()
    some = rows[np.minimum(places, len(rows) - 1)]
    some = some[some >> _HALF == wanted.repeat(MOST_OF_KEY)]
    return zip((some >> _HALF).tolist(), (_LOW - (some & _LOW)).tolist(), strict=True)
