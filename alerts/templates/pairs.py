"""Pairs of texts that may be near-duplicates: those whose signatures share keys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alerts.templates.shingles import Words, signatures, starts_of

NEIGHBOURS = 2  # texts with the same key that a text is paired with, among those that share the next key as well
SHARED = 2  # keys that a pair must share; one alone is often a turn of phrase
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def find_pairs(words: Words) -> NDArray[np.uint64]:
    """Pairs as low text << 32 | high text, ascending. Their number grows with the texts, never with the square
    of those that share a key, so that neither a flood of variants nor a phrase that all use costs more than others.
    """
    owner, key = _by_key(signatures(words))
    found = [np.zeros(0, np.uint64)]
    for apart in range(1, NEIGHBOURS + 1):
        same = key[apart:] == key[:-apart]
        one, other = owner[apart:][same], owner[:-apart][same]
        found.append(np.minimum(one, other) << _HALF | np.maximum(one, other))
    pairs = np.concatenate(found)
    pairs.sort()
    first = starts_of(pairs)
    return pairs[first[np.diff(first, append=len(pairs)) >= SHARED]]


def _by_key(rows: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Text and key of every row whose key another text has too; texts with the same key stand in the order of
    their next larger key, so that those which share more than the one come to stand side by side.
    """
    owner, key = rows >> _HALF, rows & _LOW
    following = np.zeros_like(key)
    following[:-1] = np.where(owner[1:] == owner[:-1], key[1:], 0)
    order = np.argsort(key << _HALF | following, kind="stable")
    owner, key = owner[order], key[order]
    again = np.flatnonzero(key[1:] == key[:-1])
    shared = np.zeros(len(key), bool)
    shared[again] = shared[again + 1] = True
    return owner[shared], key[shared]
