"""Scan: which of all known hashes a new one is near, by a look at all of them, which are kept in memory.

The first half of a hash is looked at: that of a strange one differs in 64 bits of 128, give or take 17.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from alerts.pictures import picturestore
from alerts.pictures.grouping import all_rows
from alerts.pictures.near import Bits, Rows
from alerts.pictures.picturestore import Known
from crawler.database import Database

ROOM = 1_000  # hashes that a table has room for at first


class _Table:
    """Hashes, and those of mirror images, as they came: the first words of all side by side, then the second ones."""

    def __init__(self) -> None:
        self._words = np.zeros((4, ROOM), np.uint64)
        self._of = np.zeros(ROOM, np.int64)
        self._is_own = np.zeros(ROOM, np.bool_)
        self._count = 0

    def add(self, rows: Rows, own: int) -> None:
        """Add hashes, of which so many are pictures' own and the others those of mirror images."""
        first, self._count = self._count, self._count + len(rows.of)
        while self._count > len(self._of):
            self._words = np.concatenate((self._words, self._words), axis=1)
            self._of, self._is_own = np.tile(self._of, 2), np.tile(self._is_own, 2)
        new = slice(first, self._count)
        self._words[:, new], self._of[new], self._is_own[new] = rows.bits.T, rows.of, np.arange(len(rows.of)) < own

    def near(self, bits: Bits, distance: int, *, is_own: bool) -> list[int]:
        """What those stand for that are near a hash; near that of a mirror image, of the pictures' own."""
        words = self._words[:, : self._count]
        half = np.bitwise_count(words[0] ^ bits[0]) + np.bitwise_count(words[1] ^ bits[1])
        some = np.flatnonzero(half <= distance)
        some = some[np.bitwise_count(words[:, some] ^ bits[:, None]).sum(axis=0, dtype=np.int64) <= distance]
        near: list[int] = self._of[some if is_own else some[self._is_own[some]]].tolist()
        return near


class _Held:
    """The hashes up to a number, that of the last one that was stored for good."""

    def __init__(self) -> None:
        self.upto = 0
        self.table = _Table()


_held: WeakKeyDictionary[Database, dict[str, _Held]] = WeakKeyDictionary()


def find_near(db: Database, fresh: Sequence[Known], algorithm: str, distance: int) -> dict[int, set[int]]:
    """For each of the fresh hashes, by number, those near it, itself among them: as it is or mirrored.

    `fresh` have the highest numbers there are; they may be of a transaction that is not ended yet.
    """
    held = _catch_up(db, algorithm, min(one.id for one in fresh))
    rows, new = _rows(fresh), _Table()
    new.add(rows, len(fresh))
    near: dict[int, set[int]] = defaultdict(set)
    for place, number in enumerate(rows.of.tolist()):
        for table in (held.table, new):
            near[number].update(table.near(rows.bits[place], distance, is_own=place < len(fresh)))
    return near


def _rows(some: Sequence[Known]) -> Rows:
    """All hashes by number, the mirrors last."""
    every = all_rows([one.picture for one in some])
    return Rows(every.bits, np.array([one.id for one in some])[every.of])


def _catch_up(db: Database, algorithm: str, before: int) -> _Held:
    """What is held, with what was stored since and before a number."""
    held = _held.setdefault(db, defaultdict(_Held))[algorithm]
    if new := picturestore.load_known(db, algorithm, held.upto, before):
        held.table.add(_rows(new), len(new))
        held.upto = new[-1].id
    return held
