"""Scan: which of all known hashes a new one is near, by a look at all of them, which are kept in memory.

The first half of a hash is looked at: that of a strange one differs in 64 bits of 128, give or take 17.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from alerts.pictures import picturestore
from alerts.pictures.grouping import all_rows
from alerts.pictures.near import Bits, Numbers, Rows
from alerts.pictures.picturestore import Known
from crawler.database import Database

ROOM = 1_000  # hashes that a table has room for at first
_BLOCK = 131_072  # hashes looked at together: what is made on the way stays near the processor


class _Table:
    """Hashes, and those of mirror images, as they came: the first words of all side by side, then the second ones."""

    def __init__(self, room: int = ROOM) -> None:
        self._words = np.zeros((4, room), np.uint64)
        self._of = np.zeros(room, np.int64)
        self._is_own = np.zeros(room, np.bool_)
        self._count = 0

    def add(self, rows: Rows, own: int) -> None:
        """Add hashes, of which so many are pictures' own and the others those of mirror images."""
        first, self._count = self._count, self._count + len(rows.of)
        while self._count > len(self._of):
            self._words = np.concatenate((self._words, self._words), axis=1)
            self._of, self._is_own = np.tile(self._of, 2), np.tile(self._is_own, 2)
        new = slice(first, self._count)
        self._words[:, new], self._of[new], self._is_own[new] = rows.bits.T, rows.of, np.arange(len(rows.of)) < own

    def near(self, rows: Rows, own: int, distance: int) -> Iterator[tuple[int, int]]:
        """For what the rows stand for, of which so many are pictures' own, what those stand for that are near them. Two
        mirror images are not told of: the pictures are as near.
        """
        for start in range(0, self._count, _BLOCK):
            block = slice(start, min(start + _BLOCK, self._count))
            for row, (number, bits) in enumerate(zip(rows.of.tolist(), rows.bits, strict=True)):
                places = _near(self._words[:, block], bits, distance)
                told = places if row < own else places[self._is_own[block][places]]
                yield from ((number, other) for other in self._of[block][told].tolist())


def _near(words: Bits, bits: Bits, distance: int) -> Numbers:
    """Which columns of `words` are near a hash."""
    half = np.bitwise_count(words[0] ^ bits[0]) + np.bitwise_count(words[1] ^ bits[1])
    if half.min() > distance:  # nearly always, and told sooner than which
        return np.zeros(0, np.int64)
    some = np.flatnonzero(half <= distance)
    near: Numbers = some[np.bitwise_count(words[:, some] ^ bits[:, None]).sum(axis=0, dtype=np.int64) <= distance]
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
    rows, new = _rows(fresh), _Table(len(fresh) * 2)
    new.add(rows, len(fresh))
    near: dict[int, set[int]] = defaultdict(set)
    for table in (held.table, new):
        for number, other in table.near(rows, len(fresh), distance):
            near[number].add(other)
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
