"""Key index: which texts share a key with one more, held in memory and brought up to what the store has."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np

from alerts.templates.kernels import Sorted, add_keys, move_keys, newest_holders
from alerts.templates.keyrows import MOST_OF_KEY, Rows, index_rows, load_rows, newest_rows, token_and_placed
from alerts.templates.parts import part_starts
from alerts.templates.shingles import Numbers
from crawler.database import Database

LOOSE = 5_000  # texts placed whose keys are held one by one, before they are sorted among those of the others
AT_ONCE = 200  # texts that it is quicker to sort
_ROOM = 64  # keys that there is room for at first, a power of two
_ENTRY = 2 + MOST_OF_KEY
_HALF = np.uint64(32)


class Loose:
    """The newest ads of each key, for texts added as they come: a table as `alerts.templates.kernels` has it."""

    def __init__(self) -> None:
        self.table = np.zeros(_ROOM * _ENTRY, np.uint32)
        self._count = 0

    def add(self, ad: int, keys: Numbers) -> None:
        """Add the keys of an ad, as far as it is among the newest of each."""
        room = len(self.table) // _ENTRY
        while 2 * (self._count + len(keys)) > room:
            room *= 2
        if room > len(self.table) // _ENTRY:
            larger = np.zeros(room * _ENTRY, np.uint32)
            move_keys(self.table, larger, _ENTRY)
            self.table = larger
        self._count += add_keys(self.table, _ENTRY, ad, keys)


class KeyIndex:
    """The keys of all texts that were stored for good when it was brought up to date."""

    def __init__(self, rows: Rows) -> None:
        self.upto = 0
        """The number of the last text placed that is here."""
        self._found, self._placed = _sorted(rows), _sorted(index_rows([]))
        self._texts: list[tuple[int, bytes]] = []
        self._loose = Loose()

    def add(self, texts: Sequence[tuple[int, bytes]]) -> None:
        """Add ads with the keys of their texts."""
        self._texts += texts
        if len(self._texts) > LOOSE or len(texts) > AT_ONCE:
            self._placed = _sorted(newest_rows(np.concatenate([self._placed[0], index_rows(self._texts)])))
            self._texts.clear()
            self._loose = Loose()
        else:
            for ad, keys in texts:
                self._loose.add(ad, np.frombuffer(keys, np.uint32))

    def holders(self, keys: Numbers, fresh: Loose) -> Numbers:
        """The newest ads that have each key, here or among `fresh`, newest first: MOST_OF_KEY places a key, 0 where
        there are no more.
        """
        return newest_holders(self._found, self._placed, self._loose.table, fresh.table, keys, MOST_OF_KEY)


def _sorted(rows: Rows) -> Sorted:
    return rows, part_starts((rows >> _HALF).astype(np.uint32))


_held: WeakKeyDictionary[Database, tuple[str, KeyIndex]] = WeakKeyDictionary()
_NOTHING = "", KeyIndex(index_rows([]))


def load_index(db: Database) -> tuple[str, KeyIndex]:
    """What the time is told by when all templates were found last, as they must have been, and the index of these with
    all texts placed since; read once, then brought up to date. Inside the caller's transaction, in which nothing was
    placed yet: it may be undone.
    """
    held, index = _held.get(db, _NOTHING)
    token, placed = token_and_placed(db, index.upto)  # all of them where all was found anew: numbers only grow
    if token != held:
        index = KeyIndex(load_rows(db))
        _held[db] = token, index
    if placed:
        index.add([(ad, keys) for _, ad, keys in placed])
        index.upto = placed[-1][0]
    return token, index
