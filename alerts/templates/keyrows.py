"""Key rows: by which key one more text finds which ads, in the store.

A text has some thirty keys, each somewhere else: as rows of a table they would be as many pages of the store to read
and to write for every ad. So those of the texts among which all templates were found are kept as sorted numbers, read
at once; those placed since are few, one row each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alerts.templates.shingles import distinct, starts_of
from crawler.database import Database

MOST_OF_KEY = 5  # ads of one key that are looked at, the newest: a passage that all use costs no more than another
_PART = 4_000_000  # rows of the index to a row of the store, which takes a thousand million bytes at most
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)

Rows = NDArray[np.uint64]
"""key << 32 | 2**32 - 1 - ad, ascending: the ads of a key stand side by side, the newest first."""
Placed = tuple[int, int, bytes]
"""The number of a text placed, its ad and its keys."""


def index_rows(texts: Sequence[tuple[int, bytes]]) -> Rows:
    """The rows of ads (below 2**32) with the keys of their texts, without those that are never looked at."""
    numbers = np.frombuffer(b"".join(keys for _, keys in texts), np.uint32).astype(np.uint64)
    ads = np.array([ad for ad, _ in texts], np.uint64).repeat([len(keys) // 4 for _, keys in texts])
    return newest_rows(numbers << _HALF | (_LOW - ads))


def newest_rows(rows: Rows) -> Rows:
    """The rows in order, without those of a key beyond its newest ads."""
    rows = distinct(rows)
    starts = starts_of(rows >> _HALF)
    first = np.repeat(starts, np.diff(starts, append=len(rows)))
    return rows[np.arange(len(rows)) - first < MOST_OF_KEY]


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


def token_and_placed(db: Database, after: int) -> tuple[str, list[Placed]]:
    """What the time is told by when all templates were found last, as they must have been, and the texts placed since
    the one of that number.
    """
    sql = "SELECT s.token, p.number, p.ad, p.keys FROM template_state s LEFT JOIN template_placed p ON p.number > ?"
    rows = db.execute(f"{sql} ORDER BY p.number", (after,)).fetchall()
    return rows[0][0], [(number, ad, keys) for _, number, ad, keys in rows if number is not None]


def load_rows(db: Database) -> Rows:
    """The rows of all texts among which templates were found."""
    (size,) = db.execute("SELECT coalesce(sum(length(keys)), 0) FROM template_index").fetchone()
    rows, start = np.zeros(size // 8, np.uint64), 0
    for (blob,) in db.execute("SELECT keys FROM template_index ORDER BY part"):
        part = np.frombuffer(blob, np.uint64)
        rows[start : start + len(part)] = part
        start += len(part)
    return rows
