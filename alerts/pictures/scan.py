"""Scan: which of all known hashes a new one is near, by a look at all of them, which are kept in memory.

Loaded when there are many: the compiled code takes longer to load than a few to look through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from alerts.pictures import picturestore
from alerts.pictures.grouping import all_rows
from alerts.pictures.kernels import near_pairs
from alerts.pictures.near import Rows
from alerts.pictures.picturestore import Known
from crawler.database import Database

ROOM = 1_000  # hashes that a table has room for at first


class Table:
    """Hashes as they came: the first words of all side by side, then the second ones; and the number of each."""

    def __init__(self, room: int = ROOM) -> None:
        self._words = np.zeros((4, room), np.uint64)
        self._of = np.zeros(room, np.int64)
        self.count = 0

    def add(self, rows: Rows) -> None:
        """Add hashes; those of mirror images are for the negative of the picture's number."""
        first, self.count = self.count, self.count + len(rows.of)
        while self.count > len(self._of):
            self._words = np.concatenate((self._words, self._words), axis=1)
            self._of = np.tile(self._of, 2)
        self._words[:, first : self.count], self._of[first : self.count] = rows.bits.T, rows.of

    def near(self, rows: Rows, distance: int) -> Iterator[tuple[int, int]]:
        """For each picture that the rows are of, those that are near it. Two mirror images are not told of: the
        pictures are as near.
        """
        pairs = near_pairs(self._words.ravel(), self.count, rows.bits.ravel(), distance).tolist()
        for place, row in zip(pairs[::2], pairs[1::2], strict=True):
            one, other = int(rows.of[row]), int(self._of[place])
            if one > 0 or other > 0:
                yield abs(one), abs(other)


class _Held:
    """The hashes up to a number, that of the last one that was stored for good; behind them in the table are those
    looked for last, which may have been stored since.
    """

    def __init__(self) -> None:
        self.upto, self.stored = 0, 0
        self.table = Table()
        self.last: list[Known] = []

    def keep(self, new: Sequence[Known]) -> None:
        """Take these hashes for stored."""
        if not _are_same(new, self.last):
            self.table.count = self.stored
            if new:
                self.table.add(_rows(new))
        if new:
            self.upto = new[-1].id
        self.stored, self.last = self.table.count, []

    def look_for(self, fresh: Sequence[Known], distance: int) -> Iterator[tuple[int, int]]:
        rows, self.last = _rows(fresh), list(fresh)
        self.table.add(rows)
        return self.table.near(rows, distance)


_held: WeakKeyDictionary[Database, dict[str, _Held]] = WeakKeyDictionary()


def find_near(db: Database, fresh: Sequence[Known], algorithm: str, distance: int) -> dict[int, set[int]]:
    """For each of the fresh hashes, by number, those near it, itself among them: as it is or mirrored.

    `fresh` have the highest numbers there are; they may be of a transaction that is not ended yet.
    """
    held = _held.setdefault(db, defaultdict(_Held))[algorithm]
    held.keep(picturestore.load_known(db, algorithm, held.upto, min(one.id for one in fresh)))
    near: dict[int, set[int]] = defaultdict(set)
    for number, other in held.look_for(fresh, distance):
        near[number].add(other)
    return near


def _are_same(some: Sequence[Known], others: Sequence[Known]) -> bool:
    """Whether they are the same hashes, whatever each hangs together with by now."""
    return [(one.id, one.picture) for one in some] == [(one.id, one.picture) for one in others]


def _rows(some: Sequence[Known]) -> Rows:
    """All hashes by number, and those of mirror images by its negative."""
    every = all_rows([one.picture for one in some])
    of = np.array([one.id for one in some])[every.of]
    of[len(some) :] *= -1
    return Rows(every.bits, of)
