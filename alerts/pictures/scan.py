"""Scan: which of all known hashes a new one is near, by a look at all of them, which are kept in memory.

The first half of a hash is looked at: that of a strange one differs in 64 bits of 128, give or take 17.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from alerts.pictures import picturestore
from alerts.pictures.grouping import all_rows, hash_rows
from alerts.pictures.near import Bits, Rows, distances
from alerts.pictures.picturestore import Known
from crawler.database import Database

SMALL = 2_000  # hashes of a block that is made anew with each that comes
MOST = 64  # blocks that are held apart


@dataclass(frozen=True, slots=True)
class _Block:
    """Some hashes, and the words of their first halves side by side."""

    rows: Rows
    first: Bits
    second: Bits

    @classmethod
    def of(cls, rows: Rows) -> _Block:
        return cls(rows, rows.bits[:, 0].copy(), rows.bits[:, 1].copy())

    def near(self, bits: Bits, distance: int) -> list[int]:
        """What the rows that are near a hash stand for."""
        half = np.bitwise_count(self.first ^ bits[0]) + np.bitwise_count(self.second ^ bits[1])
        found = self.rows[np.flatnonzero(half <= distance)]
        near: list[int] = found.of[distances(found.bits, bits) <= distance].tolist()
        return near


@dataclass(slots=True)
class _Held:
    """The hashes up to a number, that of the last one that was stored for good; `of` of a row is its number."""

    upto: int = 0
    all: list[_Block] = field(default_factory=list)
    own: list[_Block] = field(default_factory=list)


_held: WeakKeyDictionary[Database, dict[str, _Held]] = WeakKeyDictionary()


def find_near(db: Database, fresh: Sequence[Known], algorithm: str, distance: int) -> dict[int, set[int]]:
    """For each of the fresh hashes, by number, those near it, itself among them: as it is or mirrored.

    `fresh` have the highest numbers there are; they may be of a transaction that is not ended yet.
    """
    held = _catch_up(db, algorithm, min(one.id for one in fresh))
    near: dict[int, set[int]] = defaultdict(set)
    every, own = _rows(fresh)
    for rows, blocks in ((own, (*held.all, _Block.of(every))), (every[len(fresh) :], (*held.own, _Block.of(own)))):
        for number, bits in zip(rows.of.tolist(), rows.bits, strict=True):
            near[number].update(*(block.near(bits, distance) for block in blocks))
    return near


def _rows(some: Sequence[Known]) -> tuple[Rows, Rows]:
    """All hashes, the mirrors last, and those without the mirrors, by number."""
    pictures, ids = [one.picture for one in some], np.array([one.id for one in some])
    every, own = all_rows(pictures), hash_rows(pictures)
    return Rows(every.bits, ids[every.of]), Rows(own.bits, ids[own.of])


def _catch_up(db: Database, algorithm: str, before: int) -> _Held:
    """What is held, with what was stored since and before a number."""
    held = _held.setdefault(db, defaultdict(_Held))[algorithm]
    new = picturestore.load_known(db, algorithm, held.upto, before)
    if new:
        every, own = _rows(new)
        held.all, held.own = _with(held.all, every), _with(held.own, own)
        held.upto = new[-1].id
    return held


def _with(blocks: list[_Block], new: Rows) -> list[_Block]:
    """Few blocks, each looked at by itself, of which a new hash changes a small one."""
    kept = blocks if len(blocks) < MOST else []
    if kept and len(kept[-1].rows.of) < SMALL:
        kept = kept[:-1]
    some = [*(block.rows for block in blocks[len(kept) :]), new]
    bits, numbers = np.concatenate([rows.bits for rows in some]), np.concatenate([rows.of for rows in some])
    return [*kept, _Block.of(Rows(bits, numbers))]
