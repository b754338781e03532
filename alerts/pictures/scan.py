"""Scan: which of all known hashes a new one is near, by a look at all of them, which are kept in memory.

A look at a million hashes takes some 15 ms, much less than to read them from the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from alerts.pictures import picturestore
from alerts.pictures.grouping import all_rows, hash_rows
from alerts.pictures.near import Rows, distances
from alerts.pictures.picturestore import Known
from crawler.database import Database

_MOST = 64  # blocks that are held apart


@dataclass(slots=True)
class _Held:
    """The hashes up to a number, that of the last one that was stored for good; `of` of a row is its number."""

    upto: int = 0
    all: list[Rows] = field(default_factory=list)
    own: list[Rows] = field(default_factory=list)


_held: WeakKeyDictionary[Database, dict[str, _Held]] = WeakKeyDictionary()


def find_near(db: Database, fresh: Sequence[Known], algorithm: str, distance: int) -> dict[int, set[int]]:
    """For each of the fresh hashes, by number, those near it, itself among them: as it is or mirrored.

    `fresh` have the highest numbers there are; they may be of a transaction that is not ended yet.
    """
    held = _catch_up(db, algorithm, min(one.id for one in fresh))
    near: dict[int, set[int]] = defaultdict(set)
    pictures, ids = [one.picture for one in fresh], np.array([one.id for one in fresh])
    rows, own = all_rows(pictures), hash_rows(pictures)
    every = Rows(rows.bits, ids[rows.of])
    for number, bits in zip(ids[own.of].tolist(), own.bits, strict=True):
        for block in (*held.all, every):
            near[number] |= set(block.of[distances(block.bits, bits) <= distance].tolist())
    for number, bits in zip(every.of[len(fresh) :].tolist(), rows.bits[len(fresh) :], strict=True):
        for block in (*held.own, every[np.arange(len(fresh))]):
            near[number] |= set(block.of[distances(block.bits, bits) <= distance].tolist())
    return near


def _catch_up(db: Database, algorithm: str, before: int) -> _Held:
    """What is held, with what was stored since and before a number."""
    held = _held.setdefault(db, defaultdict(_Held))[algorithm]
    new = picturestore.load_known(db, algorithm, held.upto, before)
    if new:
        pictures, ids = [one.picture for one in new], np.array([one.id for one in new])
        rows, own = all_rows(pictures), hash_rows(pictures)
        held.all.append(Rows(rows.bits, ids[rows.of]))
        held.own.append(Rows(own.bits, ids[own.of]))
        held.upto = new[-1].id
    if len(held.all) > _MOST:
        held.all, held.own = [_joined(held.all)], [_joined(held.own)]
    return held


def _joined(blocks: Sequence[Rows]) -> Rows:
    return Rows(np.concatenate([block.bits for block in blocks]), np.concatenate([block.of for block in blocks]))
